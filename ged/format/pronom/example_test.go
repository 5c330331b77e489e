package pronom_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/liasse/liasse/ged/format"
	"github.com/liasse/liasse/ged/format/pronom"
)

// One Identifier serves the whole program: sip.Options.Formats,
// archive.Identify and archive.TreeOptions.Formats take it.
func ExampleNew() {
	var id format.Identifier
	id, err := pronom.New(pronom.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	content := []byte("%PDF-1.4\n…\n%%EOF\n")
	res, err := id.Identify(context.Background(), bytes.NewReader(content), int64(len(content)), "délibération.doc")
	if err != nil {
		fmt.Println(err)
		return
	}
	best, known := res.Best()
	fmt.Println(known, best.PUID, best.MIME, best.Basis, "extension fausse :", best.Mismatch)
	// Output: true fmt/18 application/pdf signature extension fausse : true
}
