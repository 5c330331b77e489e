// Package scan looks for a few octets in files of any size, without holding
// them: what says that a file is signed may stand anywhere in it.
package scan

import (
	"context"
	"io"
)

// limit bounds what is searched of one file.
const limit = 1 << 30

// piece is how much is read at once.
const piece = 64 << 10

// Find reports whether match takes a piece of the octets from there to size.
// What it looks for takes longest octets at most: pieces overlap by as many.
// What cannot be read holds nothing: whoever reads the file next will say so.
func Find(ctx context.Context, r io.ReaderAt, from, size, longest int64, match func([]byte) bool) bool {
	size = min(size, from+limit)
	buf := make([]byte, min(piece, max(size-from, 0)))
	for from < size && ctx.Err() == nil {
		n, err := r.ReadAt(buf[:min(int64(len(buf)), size-from)], from)
		if match(buf[:n]) {
			return true
		}
		if err != nil || int64(n) <= longest {
			return false
		}
		if from += int64(n); from < size {
			from -= longest
		}
	}
	return false
}
