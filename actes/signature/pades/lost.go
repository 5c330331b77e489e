package pades

import (
	"context"
	"io"
	"regexp"

	"github.com/liasse/liasse/actes/signature/internal/scan"
	"github.com/liasse/liasse/internal/pdf"
)

// byteRange is what every signature dictionary holds, and nothing else: such a
// dictionary stands neither in an object stream nor among encrypted strings.
var byteRange = regexp.MustCompile(`/ByteRange[\x00\t\n\f\r ]{0,16}\[`)

// loose is where the octets begin that no revision of an open document covers:
// the whole file when its table of objects had to be rebuilt.
func loose(d *pdf.Doc) int64 {
	if d.Repaired() {
		return 0
	}
	from := int64(0)
	for _, end := range d.Revisions() {
		from = max(from, end)
	}
	return from
}

// lost reports whether the octets from there on hold a signature dictionary.
func lost(ctx context.Context, r io.ReaderAt, from, size int64) bool {
	return scan.Find(ctx, r, from, size, int64(len("/ByteRange"))+17, byteRange.Match)
}
