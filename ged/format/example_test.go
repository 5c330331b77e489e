package format_test

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/liasse/liasse/ged/format"
)

// pdfOnly is an engine of one format, for a program that only makes PDF.
type pdfOnly struct{}

func (pdfOnly) Identify(ctx context.Context, r io.ReaderAt, size int64, _ string) (format.Result, error) {
	if err := ctx.Err(); err != nil {
		return format.Result{}, err
	}
	head := make([]byte, min(size, 5))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return format.Result{}, err
	}
	if string(head) != "%PDF-" {
		return format.Result{}, nil // an answer: not known
	}
	return format.Result{IDs: []format.ID{{PUID: "fmt/276", Name: "Acrobat PDF 1.7", MIME: "application/pdf", Basis: format.Signature}}}, nil
}

func ExampleIdentifier() {
	var engine format.Identifier = pdfOnly{}
	res, err := engine.Identify(context.Background(), bytes.NewReader([]byte("%PDF-1.7 …")), 10, "délibération.pdf")
	if err != nil {
		fmt.Println(err)
		return
	}
	best, known := res.Best()
	fmt.Println(known, best.PUID, best.Basis)
	// Output: true fmt/276 signature
}
