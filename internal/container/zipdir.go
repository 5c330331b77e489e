package container

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
)

// ErrEntries says that a zip lists more than the caller lets it.
var ErrEntries = errors.New("container: the central directory is over a limit")

// directoryRoom is what an entry may take of the central directory, in bytes,
// on average: real ones take about 130.
const directoryRoom = 256

// ReadDirectory is [zip.NewReader] for a zip whose sender is not trusted: that
// one takes the central directory into memory before anyone can count, six
// times its size when the names are short. Past the number of entries, or what
// as many take, it returns [ErrEntries]; once the context ends, that error. Like
// it, it may return a reader and [zip.ErrInsecurePath]. Bodies are read whatever
// becomes of the context.
func ReadDirectory(ctx context.Context, r io.ReaderAt, size int64, entries int) (*zip.Reader, error) {
	d := &directory{ctx: ctx, r: r, entries: int64(entries), bytes: max(int64(entries)*directoryRoom, 1<<20), next: -1}
	z, err := zip.NewReader(d, size)
	d.done = true
	switch {
	case d.over || z != nil && len(z.File) > entries:
		return nil, ErrEntries
	case z == nil && ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return z, err
}

const (
	localSignature   = "PK\x03\x04"
	centralSignature = "PK\x01\x02"
)

// directory watches the reading of the central directory.
type directory struct {
	ctx            context.Context
	r              io.ReaderAt
	done           bool  // the directory was read: what follows are bodies
	entries, bytes int64 // what it may hold
	next           int64 // offset that would continue the reading
	heads, size    int64 // seen since the reading last jumped
	tail           [3]byte
	over           bool
}

func (d *directory) ReadAt(p []byte, off int64) (int, error) {
	if !d.done && d.ctx.Err() != nil {
		return 0, d.ctx.Err()
	}
	n, err := d.r.ReadAt(p, off)
	if !d.done && n > 0 {
		if d.saw(p[:n], off); d.over {
			return 0, ErrEntries
		}
	}
	return n, err
}

// saw counts headers in what was read at off. The directory is read in order,
// so that a jump means something else was read before.
func (d *directory) saw(p []byte, off int64) {
	if off != d.next {
		d.heads, d.size, d.tail = 0, 0, [3]byte{}
	}
	d.next = off + int64(len(p))
	d.size += int64(len(p))
	edge := append(slices.Clone(d.tail[:]), p[:min(len(p), 3)]...)
	d.heads += int64(bytes.Count(p, []byte(centralSignature)) + bytes.Count(edge, []byte(centralSignature)))
	if len(p) >= 3 {
		copy(d.tail[:], p[len(p)-3:])
	}
	d.over = d.over || d.heads > d.entries || d.size > d.bytes
}
