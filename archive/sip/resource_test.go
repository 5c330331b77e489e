package sip

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
)

// ofSize is a package of one object.
func ofSize(t testing.TB, name string, s ged.Source) *archive.Package {
	return build(t, []*ged.Document{{ID: "d", Title: "t", Files: []ged.File{{ID: "a", Name: name, Role: ged.RoleMain}}}}, ged.Contents{"a": s})
}

// allocated is how much memory the function asks for, all in all.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestMemoryDoesNotGrowWithTheObjects compares objects of 2 MiB and of 64 MiB,
// stored and deflated, in both directions: not even what is given back at once
// may grow.
func TestMemoryDoesNotGrowWithTheObjects(t *testing.T) {
	for _, name := range []string{"a.pdf", "a.txt"} {
		var made [2]uint64
		var read [2]uint64
		for i, size := range []zeros{2 << 20, 64 << 20} {
			p := ofSize(t, name, size)
			var file *holey
			made[i] = allocated(func() {
				file = &holey{}
				if _, err := Write(context.Background(), file, p, Options{}); err != nil {
					t.Fatal(err)
				}
			})
			read[i] = allocated(func() {
				s, err := Verify(context.Background(), file, file.size, VerifyOptions{Limits: Limits{Ratio: 10_000}})
				if err != nil || !s.Report.Valid() || s.ContentBytes != int64(size) {
					t.Fatal(err, s.Report.Err(), s.ContentBytes)
				}
			})
		}
		// The pools of the library of compression may be filled anew.
		if made[1] > made[0]+2<<20 || read[1] > read[0]+1<<20 {
			t.Errorf("%s: writing took %d then %d bytes, reading %d then %d", name, made[0], made[1], read[0], read[1])
		}
	}
}

// holey is a file that keeps everything but long runs of zeros.
type holey struct {
	parts []part
	size  int64
}

type part struct {
	at   int64
	data []byte
}

func (h *holey) Write(p []byte) (int, error) {
	if len(bytes.Trim(p, "\x00")) > 0 {
		h.parts = append(h.parts, part{h.size, bytes.Clone(p)})
	}
	h.size += int64(len(p))
	return len(p), nil
}

func (h *holey) ReadAt(p []byte, off int64) (int, error) {
	n := int(min(int64(len(p)), h.size-off))
	clear(p[:n])
	for _, b := range h.parts {
		if from, to := max(off, b.at), min(off+int64(n), b.at+int64(len(b.data))); from < to {
			copy(p[from-off:to-off], b.data[from-b.at:to-b.at])
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// watchedSource cancels once so many bytes were read of it, and counts those
// read afterwards.
type watchedSource struct {
	size   int64
	cancel func()
	at     int64
	read   *atomic.Int64
}

func (s *watchedSource) Size() int64 { return s.size }
func (s *watchedSource) Open(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(io.LimitReader(s, s.size)), nil
}

func (s *watchedSource) Read(p []byte) (int, error) {
	clear(p)
	n := s.read.Add(int64(len(p)))
	if n >= s.at {
		s.cancel()
	}
	return len(p), nil
}

// TestCancellationIsNoticedAtOnce: what is read behind the cancellation is what
// two processors digest in a few milliseconds.
func TestCancellationIsNoticedAtOnce(t *testing.T) {
	const size = 4 << 20
	for _, at := range []int64{1, size / 2, size + size/2, 2*size - 1} {
		ctx, cancel := context.WithCancel(context.Background())
		var read atomic.Int64
		s := &watchedSource{size: size, cancel: cancel, at: at, read: &read}
		p := ofSize(t, "a.pdf", s)
		_, err := Write(ctx, io.Discard, p, Options{})
		if late := read.Load() - at; !errors.Is(err, context.Canceled) || late > 4*bufferSize {
			t.Errorf("after %d bytes: %v, %d bytes more were read", at, err, late)
		}
		cancel()
	}
	data, _ := write(t, ofSize(t, "a.pdf", zeros(size)), Options{})
	for _, at := range []int64{size / 4, size / 2} {
		ctx, cancel := context.WithCancel(context.Background())
		var read atomic.Int64
		src := readerAtFunc(func(p []byte, off int64) (int, error) {
			if read.Add(int64(len(p))) >= at {
				cancel()
			}
			return bytes.NewReader(data).ReadAt(p, off)
		})
		_, err := Verify(ctx, src, int64(len(data)), VerifyOptions{})
		if late := read.Load() - at; !errors.Is(err, context.Canceled) || late > 4*bufferSize {
			t.Errorf("verifying, after %d bytes: %v, %d bytes more were read", at, err, late)
		}
		cancel()
	}
}

type readerAtFunc func(p []byte, off int64) (int, error)

func (f readerAtFunc) ReadAt(p []byte, off int64) (int, error) { return f(p, off) }

// TestEveryContentThatCannotBeReadIsNamed: one failure does not hide the
// others, and none makes the rest be digested.
func TestEveryContentThatCannotBeReadIsNamed(t *testing.T) {
	docs, contents := many(40, 100)
	broken := 0
	for id := range contents {
		if broken++; broken > 3 {
			break
		}
		contents[id] = &source{size: 5, reads: []func() io.Reader{func() io.Reader { return nil }}}
	}
	_, err := Write(context.Background(), io.Discard, build(t, docs, contents), Options{})
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 3 {
		t.Fatalf("err = %v", err)
	}
	for _, e := range joined.Unwrap() {
		var content *ContentError
		if !errors.As(e, &content) || !errors.Is(e, errBroken) {
			t.Errorf("%v", e)
		}
	}
}

func TestProgressReachesItsTotal(t *testing.T) {
	p := ofSize(t, "a.pdf", zeros(3<<20))
	var last, total int64
	tell := func(done, all int64) {
		if done < last || done > all {
			t.Errorf("%d of %d after %d", done, all, last)
		}
		last, total = done, all
	}
	var b bytes.Buffer
	if _, err := Write(context.Background(), &b, p, Options{Progress: tell}); err != nil || last != total || total != 6<<20 {
		t.Errorf("writing: %v, %d of %d", err, last, total)
	}
	last = 0
	if _, err := Verify(context.Background(), bytes.NewReader(b.Bytes()), int64(b.Len()), VerifyOptions{Progress: tell}); err != nil || last != total || total != 3<<20 {
		t.Errorf("reading: %v, %d of %d", err, last, total)
	}
}

// TestQuickStillNoticesWhatTheDiskDamaged: without digests, the checksums of
// the archive tell.
func TestQuickStillNoticesWhatTheDiskDamaged(t *testing.T) {
	docs, contents := act()
	data, _ := write(t, build(t, docs, contents), Options{})
	at := bytes.Index(data, []byte("%PDF-1.4"))
	data[at+20] ^= 1
	s, err := Verify(context.Background(), bytes.NewReader(data), int64(len(data)), VerifyOptions{Quick: true})
	if err != nil || s.Report.Valid() {
		t.Errorf("%v: a flipped bit is not noticed", err)
	}
}
