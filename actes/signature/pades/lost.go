package pades

import (
	"context"
	"io"
	"regexp"

	"github.com/liasse/liasse/internal/pdf"
)

// maxLost bounds what is searched of a file for a signature no object leads to.
const maxLost = 1 << 30

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

// lost reports whether the octets from there on hold a signature dictionary. A
// file that cannot be read holds none: whoever reads it next will say so.
func lost(ctx context.Context, r io.ReaderAt, from, size int64) bool {
	const overlap = 64
	size = min(size, from+maxLost)
	buf := make([]byte, min(64<<10, max(size-from, 0)))
	for from < size && ctx.Err() == nil {
		n, err := r.ReadAt(buf[:min(int64(len(buf)), size-from)], from)
		if byteRange.Match(buf[:n]) {
			return true
		}
		if err != nil || n <= overlap {
			return false
		}
		if from += int64(n); from < size {
			from -= overlap
		}
	}
	return false
}
