package pronom_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/liasse/liasse/ged/format"
)

// flaky fails at a reading, or cancels there.
type flaky struct {
	io.ReaderAt
	at, n int
	then  func() error
	mu    sync.Mutex
}

func (f *flaky) ReadAt(p []byte, off int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.n++; f.n == f.at {
		if err := f.then(); err != nil {
			return 0, err
		}
	}
	return f.ReaderAt.ReadAt(p, off)
}

// TestHeadsThatComeBackAreReadByNobodyElse: the memory first bytes are read into
// is used again for the next file; a goroutine of the engine that still read it
// would be a race, or another answer.
func TestHeadsThatComeBackAreReadByNobodyElse(t *testing.T) {
	id := identifier(t)
	var contents [][]byte
	kinds := [][]byte{pdf("1.4", ""), pdf("1.7", xmp("2", "B")), pdf("1.4", xmp("1", "A")), odt(t), zipOf(t, "a", "b"), png, []byte("<?xml version=\"1.0\"?><a/>"), []byte("text\n"),
		[]byte("RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x44\xac\x00\x00\x88\x58\x01\x00\x02\x00\x10\x00data\x00\x00\x00\x00"),
		[]byte("RIFF\xff\xff\xff\x7fAVI LIST\x10\x00\x00\x00hdrl"), []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x02"),
		[]byte("II*\x00\x08\x00\x00\x00"), []byte("{\\rtf1\\ansi}"), []byte("\xff\xfe<\x00?\x00x\x00m\x00l\x00 \x00"), []byte("%!PS-Adobe-3.0\n"), []byte("\x1f\x8b\x08\x00"),
		ole(2048, map[int]uint32{44: 1, 48: 1, 76: 0})}
	r := rand.New(rand.NewPCG(1, 2))
	many := 300
	if testing.Short() {
		many = 90
	}
	for i := range many {
		c := bytes.Clone(kinds[i%len(kinds)])
		switch i / len(kinds) % 5 {
		case 1:
			c = append(c, bytes.Repeat([]byte{byte(i)}, r.IntN(90_000))...)
		case 2:
			c = append(c, kinds[r.IntN(len(kinds))]...)
		case 3:
			mid := make([]byte, r.IntN(70_000))
			for k := range mid {
				mid[k] = byte(r.Uint32())
			}
			c = append(append(c[:len(c)/2:len(c)/2], mid...), c[len(c)/2:]...)
		case 4:
			c = c[:r.IntN(len(c)+1)]
		}
		contents = append(contents, c)
	}
	said := func(r format.Result) string { return fmt.Sprintf("%+v", r) }
	want := make([]string, len(contents))
	for i, c := range contents {
		want[i] = said(identify(t, c, ""))
	}
	broken := errors.New("broken")
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(7, uint64(g)))
			for range contents {
				k := r.IntN(len(contents))
				c := contents[k]
				ctx, cancel := context.WithCancel(context.Background())
				src := &flaky{ReaderAt: bytes.NewReader(c), at: -1}
				switch r.IntN(4) {
				case 0:
					src.at, src.then = 1+r.IntN(4), func() error { return broken }
				case 1:
					src.at, src.then = 1+r.IntN(4), func() error { cancel(); return nil }
				}
				res, err := id.Identify(ctx, src, int64(len(c)), "")
				cancel()
				switch {
				case err == nil && said(res) != want[k]:
					t.Errorf("content %d: %s; alone it was %s", k, said(res), want[k])
				case err != nil && !errors.Is(err, broken) && !errors.Is(err, context.Canceled):
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
