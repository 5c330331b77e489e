package sip

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"sync"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
)

// piece is a part of the second pass: the beginning of a member with its first
// bytes, or more of them.
type piece struct {
	begin *outgoing
	data  []byte
	buf   []byte     // to be given back once data was written
	read  *rereading // what brings data and buf, or err, when it is done
	err   error      // what kept the reading from going on; the last piece
}

// rereading is a small content that is read beside what comes before it.
type rereading struct {
	member *outgoing
	buf    []byte
	done   chan error
}

// outgoing is a member with its name, about to be written.
type outgoing struct {
	zipEntry
	object *archive.Object
}

// feeder reads the members again, in their order, ahead of who writes them: the
// disk is read while it is written. What comes out of it is as it will be
// stored, and agrees with the first pass in size and checksum, or is an error.
type feeder struct {
	session *session
	worker  *worker
	out     chan piece
	free    chan []byte
	small   chan *rereading
}

// ahead is how many buffers lie between the reading and the writing, and readers
// how many read small contents: to open a file takes longer than to read it.
const (
	ahead   = 8
	readers = 2
)

// feed reads the members until the context ends; whoever calls it receives from
// out until that is closed.
func (s *session) feed(ctx context.Context, w *worker) *feeder {
	f := &feeder{session: s, worker: w, out: make(chan piece, queue), free: make(chan []byte, ahead), small: make(chan *rereading, ahead)}
	for range ahead {
		f.free <- nil // made when first needed
	}
	var reading sync.WaitGroup
	for range readers {
		reading.Go(func() {
			for r := range f.small {
				r.done <- f.reread(ctx, r)
			}
		})
	}
	go func() {
		defer close(f.out)
		defer reading.Wait()
		defer close(f.small)
		n := 0
		for o, err := range s.objects() {
			if err == nil && n == s.members.n {
				err = errOtherParts
			}
			if err != nil {
				_ = f.send(ctx, piece{err: err}) // who does not listen has ended it
				return
			}
			m, at := s.members.at(n)
			e := &outgoing{zipEntry{name: s.name(n, o), method: m.method, crc: m.crc, compressed: m.compressed, size: m.size}, o}
			if err = ctx.Err(); err == nil {
				err = f.member(ctx, e, at.data())
			}
			if err != nil {
				_ = f.send(ctx, piece{err: contentError(ctx, o.ID, err)})
				return
			}
			n++
		}
		if n < s.members.n {
			_ = f.send(ctx, piece{err: errOtherParts})
		}
	}()
	return f
}

func (f *feeder) send(ctx context.Context, p piece) error {
	select {
	case f.out <- p:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// buffer waits for one that was written.
func (f *feeder) buffer(ctx context.Context) ([]byte, error) {
	select {
	case b := <-f.free:
		if b == nil {
			b = make([]byte, bufferSize)
		}
		return b, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (f *feeder) member(ctx context.Context, m *outgoing, data []byte) error {
	if data != nil || m.size == 0 {
		f.worker.meter.add(m.size)
		return f.send(ctx, piece{begin: m, data: data})
	}
	if m.method == store && m.size < bufferSize {
		buf, err := f.buffer(ctx)
		if err != nil {
			return err
		}
		r := &rereading{m, buf, make(chan error, 1)}
		f.small <- r // there is room for as many as there are buffers
		return f.send(ctx, piece{begin: m, read: r})
	}
	if err := f.send(ctx, piece{begin: m}); err != nil {
		return err
	}
	src, err := m.object.Source.Open(ctx)
	if err != nil {
		return err
	}
	defer src.Close()
	in := ged.ContextReader(ctx, src)
	if m.method == deflate {
		return f.deflated(ctx, in, m)
	}
	sum, size := crc32.NewIEEE(), int64(0)
	for {
		buf, err := f.buffer(ctx)
		if err != nil {
			return err
		}
		n, err := io.ReadFull(in, buf)
		ended := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !ended {
			return err
		}
		size += int64(n)
		f.worker.meter.add(int64(n))
		sum.Write(buf[:n])
		if size > m.size || ended && (size != m.size || sum.Sum32() != m.crc) {
			return ErrChanged
		}
		if err := f.send(ctx, piece{data: buf[:n], buf: buf}); err != nil || ended {
			return err
		}
	}
}

// reread fills the buffer with a content that fits in it.
func (f *feeder) reread(ctx context.Context, r *rereading) error {
	m := r.member
	src, err := m.object.Source.Open(ctx)
	if err != nil {
		return err
	}
	defer src.Close()
	n, err := io.ReadFull(ged.ContextReader(ctx, src), r.buf[:m.size+1])
	f.worker.meter.add(int64(n))
	switch {
	case err == nil || (err == io.EOF || err == io.ErrUnexpectedEOF) && int64(n) != m.size:
		return ErrChanged
	case err != io.EOF && err != io.ErrUnexpectedEOF:
		return err
	case crc32.ChecksumIEEE(r.buf[:n]) != m.crc:
		return ErrChanged
	}
	return nil
}

// deflated does again what the first pass did.
func (f *feeder) deflated(ctx context.Context, in io.Reader, m *outgoing) error {
	w := f.worker
	out := &feederWriter{f: f, ctx: ctx}
	w.deflater.Reset(out)
	sum, size := crc32.NewIEEE(), int64(0)
	w.buf = w.buf[:bufferSize]
	for ended := false; !ended; {
		n, err := io.ReadFull(in, w.buf)
		ended = err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !ended {
			return err
		}
		size += int64(n)
		w.meter.add(int64(n))
		sum.Write(w.buf[:n])
		if size > m.size {
			return ErrChanged
		}
		if _, err := w.deflater.Write(w.buf[:n]); err != nil {
			return err
		}
	}
	if err := w.deflater.Close(); err != nil {
		return err
	}
	if size != m.size || sum.Sum32() != m.crc || out.n != m.compressed {
		return ErrChanged
	}
	return out.flush()
}

// feederWriter gathers what the deflater writes.
type feederWriter struct {
	f   *feeder
	ctx context.Context
	buf []byte
	at  int
	n   int64
}

func (w *feederWriter) Write(p []byte) (int, error) {
	total := len(p)
	for len(p) > 0 {
		if w.buf == nil {
			b, err := w.f.buffer(w.ctx)
			if err != nil {
				return 0, err
			}
			w.buf, w.at = b, 0
		}
		n := copy(w.buf[w.at:], p)
		w.at, p = w.at+n, p[n:]
		if w.at == len(w.buf) {
			if err := w.flush(); err != nil {
				return 0, err
			}
		}
	}
	w.n += int64(total)
	return total, nil
}

func (w *feederWriter) flush() error {
	if w.buf == nil {
		return nil
	}
	b := w.buf
	w.buf = nil
	return w.f.send(w.ctx, piece{data: b[:w.at], buf: b})
}

// copyMembers writes the entries: the second pass.
func (s *session) copyMembers(z *zipWriter, w *worker) error {
	ctx := s.ctx
	feeding, stop := context.WithCancel(ctx)
	f := s.feed(feeding, w)
	err := writePieces(ctx, z, f)
	stop()
	for range f.out { // until the reading has ended
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func writePieces(ctx context.Context, z *zipWriter, f *feeder) error {
	var open *outgoing
	for p := range f.out {
		if p.err != nil {
			return p.err
		}
		if p.begin != nil {
			if open != nil {
				if err := z.end(); err != nil {
					return &ContentError{open.object.ID, ErrChanged}
				}
			}
			open = p.begin
			if err := z.begin(open.zipEntry); err != nil {
				return fmt.Errorf("sip: write an entry: %w", err)
			}
		}
		if r := p.read; r != nil {
			if err := <-r.done; err != nil {
				return contentError(ctx, open.object.ID, err)
			}
			p.data, p.buf = r.buf[:open.size], r.buf
		}
		if len(p.data) > 0 {
			if _, err := z.Write(p.data); errors.Is(err, errEntrySize) {
				return &ContentError{open.object.ID, ErrChanged}
			} else if err != nil {
				return fmt.Errorf("sip: write an entry: %w", err)
			}
		}
		if p.buf != nil {
			f.free <- p.buf
		}
	}
	if open != nil && z.end() != nil {
		return &ContentError{open.object.ID, ErrChanged}
	}
	return nil
}

var errOtherParts = errors.New("sip: the parts of the package are others than before")

// ErrChanged says that a content is not of the size its source announced, or
// not the same when read a second time.
var ErrChanged = errors.New("sip: the content changed while the package was made")

// ContentError is the failure to read the content of one object.
type ContentError struct {
	Object string // its identifier
	Err    error
}

// Error names the object; it never quotes its name or its content.
func (e *ContentError) Error() string {
	return fmt.Sprintf("sip: content of object %s: %v", e.Object, e.Err)
}

// Unwrap returns the cause.
func (e *ContentError) Unwrap() error { return e.Err }

func contentError(ctx context.Context, object string, err error) error {
	if cause := ctx.Err(); cause != nil {
		return cause
	}
	return &ContentError{object, err}
}
