package pronom

import (
	"context"
	"io"
	"sync"
)

// view is the file as the engine sees it: random access, a bound on what is
// read, and an end of everything when the answer is given. It has the methods
// that make siegfried take it as it is, without a copy in memory or on disk.
//
// The engine keeps the slices it was given, in several readers at once: a
// chunk is therefore never written to twice while it works on the file.
type view struct {
	ctx  context.Context
	size int64

	mu      sync.Mutex
	r       io.ReaderAt
	left    int64 // bytes that may still be shown
	leftEnd int64 // the same, for those asked for from the end
	cut     bool  // more was asked for
	err     error // of r, or the context's
	ended   bool
	head    []byte // the first bytes
	tail    []byte // the last ones, once asked for
	chunk   []byte // what was read last in between
	at      int64  // where chunk begins
}

const (
	headSize  = 32 << 10
	tailSize  = 8 << 10
	chunkSize = 64 << 10
)

// newView shows a file; its first bytes are read into head.
func newView(ctx context.Context, r io.ReaderAt, size, limit int64, head *[headSize]byte) *view {
	v := &view{ctx: ctx, r: r, size: size, left: limit, leftEnd: limit}
	v.head = v.fill(head[:min(size, headSize)], 0)
	return v
}

// read reads exactly n bytes; nil when it cannot, and then err is set.
func (v *view) read(off, n int64) []byte { return v.fill(make([]byte, n), off) }

// fill does the same for what fits in p.
func (v *view) fill(p []byte, off int64) []byte {
	if v.err != nil {
		return nil
	}
	if v.err = v.ctx.Err(); v.err != nil {
		return nil
	}
	got, err := v.r.ReadAt(p, off)
	if got < len(p) {
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF // the size announced was not true
		}
		v.err = err
		return nil
	}
	return p
}

// IsSlicer tells siegfried to use Slice and EofSlice.
func (v *view) IsSlicer() bool { return true }

// Size returns the length of the file.
func (v *view) Size() int64 { return v.size }

// Read is there because siegfried asks for an io.Reader; it is never called.
func (v *view) Read([]byte) (int, error) { return 0, io.EOF }

// Slice returns the l bytes at off; fewer, with io.EOF, at the end.
func (v *view) Slice(off int64, l int) ([]byte, error) {
	if off < 0 || l < 0 || off >= v.size {
		return nil, io.EOF
	}
	n := min(int64(l), v.size-off)
	p, err := v.show(off, n, &v.left)
	if err == nil && n < int64(l) {
		err = io.EOF
	}
	return p, err
}

// EofSlice returns the l bytes that end o bytes before the end; fewer, with
// io.EOF, at the beginning.
func (v *view) EofSlice(o int64, l int) ([]byte, error) {
	if o < 0 || l < 0 || o >= v.size {
		return nil, io.EOF
	}
	n := min(int64(l), v.size-o)
	p, err := v.show(v.size-o-n, n, &v.leftEnd)
	if err == nil && n < int64(l) {
		err = io.EOF
	}
	return p, err
}

// show returns n bytes that are known to be inside the file.
func (v *view) show(off, n int64, left *int64) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case v.ended:
		return nil, io.EOF
	case v.err != nil:
		return nil, v.err
	case n > *left:
		v.cut = true
		return nil, io.EOF
	}
	*left -= n
	if off+n <= int64(len(v.head)) {
		return v.head[off : off+n : off+n], nil
	}
	if from := v.size - tailSize; off >= from {
		if v.tail == nil {
			v.tail = v.read(from, tailSize)
		}
		if v.err != nil {
			return nil, v.err
		}
		return v.tail[off-from : off-from+n : off-from+n], nil
	}
	if off < v.at || off+n > v.at+int64(len(v.chunk)) {
		from, to := off, min(off+max(n, chunkSize), v.size)
		if left == &v.leftEnd { // what follows comes before
			from, to = max(off+n-max(n, chunkSize), 0), off+n
		}
		v.at, v.chunk = from, v.read(from, to-from)
		if v.err != nil {
			return nil, v.err
		}
	}
	return v.chunk[off-v.at : off-v.at+n : off-v.at+n], nil
}

// ReadAt reads what siegfried would be shown, within the same bound.
func (v *view) ReadAt(p []byte, off int64) (int, error) {
	s, err := v.Slice(off, len(p))
	return copy(p, s), err
}

// end makes sure that nothing is read any more: goroutines of the engine may
// outlive its answer by a moment.
func (v *view) end() (cut bool, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.ended = true
	if v.err == nil {
		v.err = v.ctx.Err()
	}
	return v.cut, v.err
}
