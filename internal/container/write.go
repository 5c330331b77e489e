package container

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/gzip"
)

// WriterOptions say how to write. The zero value writes with the default level,
// dates every entry 1970-01-01 and has no size limit.
type WriterOptions struct {
	ModTime time.Time // of every entry; seconds count
	// Level is the deflate level, 1 to 9; 0 means 5. Every level hurries over
	// what is compressed already (PDF, JPEG).
	Level int
	// MaxSize is the largest archive to write, in bytes; 0 means no limit.
	MaxSize int64
}

// Errors of a TarGzWriter.
var (
	ErrTooLarge = errors.New("container: the archive would exceed its size limit")
	ErrName     = errors.New("container: a name that may not be written")
	ErrSize     = errors.New("container: the source has not the size announced")
)

// TarGzWriter writes a flat tar.gz, byte for byte the same for the same
// entries: ustar, mode 0644, user and group 0 without names, no pax or GNU
// header, and a gzip header that names neither file, time nor system.
type TarGzWriter struct {
	ctx   context.Context
	out   limited
	gz    *gzip.Writer
	tw    *tar.Writer
	names Names
	mtime time.Time
	buf   []byte
	err   error
}

// NewTarGzWriter returns a writer to w. Close must be called.
func NewTarGzWriter(ctx context.Context, w io.Writer, opt WriterOptions) (*TarGzWriter, error) {
	level := opt.Level
	if level == 0 {
		level = 5
	}
	mtime := opt.ModTime.Truncate(time.Second)
	if opt.ModTime.IsZero() {
		mtime = time.Unix(0, 0)
	}
	t := &TarGzWriter{ctx: ctx, out: limited{w: w, max: opt.MaxSize}, mtime: mtime, names: Names{Flat: true}}
	gz, err := gzip.NewWriterLevel(&t.out, level)
	if err != nil {
		return nil, err
	}
	// The bytes must tell neither when nor where they were made.
	gz.OS, gz.ModTime = 255, time.Unix(0, 0)
	t.gz, t.tw = gz, tar.NewWriter(gz)
	return t, nil
}

// Add writes one file of exactly size bytes read from r. The errors are
// [ErrName], [ErrSize], [ErrTooLarge], those of r and of the destination, and
// the context's; after one of them only Close may be called.
func (t *TarGzWriter) Add(name string, size int64, r io.Reader) error {
	if t.err == nil {
		t.err = t.add(name, size, r)
	}
	return t.err
}

func (t *TarGzWriter) add(name string, size int64, r io.Reader) error {
	if !t.names.admit(name) || len(name) > 100 {
		return fmt.Errorf("%w: %q", ErrName, Show(name))
	}
	err := t.tw.WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o644, ModTime: t.mtime, Format: tar.FormatUSTAR,
	})
	if err != nil {
		return t.cause(err)
	}
	if t.buf == nil {
		t.buf = make([]byte, 64<<10)
	}
	for left := size; left > 0; {
		if err := t.ctx.Err(); err != nil {
			return err
		}
		n, err := r.Read(t.buf[:min(left, int64(len(t.buf)))])
		if _, werr := t.tw.Write(t.buf[:n]); werr != nil {
			return t.cause(werr)
		}
		left -= int64(n)
		if err == io.EOF && left > 0 {
			return fmt.Errorf("%w: %d bytes missing", ErrSize, left)
		}
		if err != nil && err != io.EOF {
			return err
		}
	}
	// One byte more would mean the source grew since it was measured.
	if n, _ := io.ReadFull(r, t.buf[:1]); n > 0 {
		return fmt.Errorf("%w: more than %d bytes", ErrSize, size)
	}
	return nil
}

// cause prefers the destination's own error to the one a layer made of it.
func (t *TarGzWriter) cause(err error) error {
	if t.out.err != nil {
		return t.out.err
	}
	return err
}

// Close ends the archive; it does not close the destination. After a failed
// Add it writes nothing and returns that failure.
func (t *TarGzWriter) Close() error {
	if t.err != nil {
		return t.err
	}
	err := t.tw.Close()
	if cerr := t.gz.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		err = t.cause(err)
		t.err = err
		return err
	}
	t.err = errors.New("container: the archive is closed")
	return nil
}

// Written returns how many bytes of the archive were written so far; it is
// exact after Close.
func (t *TarGzWriter) Written() int64 { return t.out.n }

// limited counts what is written and stops at max.
type limited struct {
	w      io.Writer
	n, max int64
	err    error
}

func (l *limited) Write(p []byte) (int, error) {
	if l.err != nil {
		return 0, l.err
	}
	if l.max > 0 && l.n+int64(len(p)) > l.max {
		l.err = ErrTooLarge
		return 0, l.err
	}
	n, err := l.w.Write(p)
	l.n += int64(n)
	if err != nil {
		l.err = err
	}
	return n, err
}
