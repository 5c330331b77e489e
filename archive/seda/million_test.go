package seda

import (
	"context"
	"io"
	"testing"

	"github.com/liasse/liasse/ged/report"
)

// gauge reads on, and looks now and then at how much memory is in use.
type gauge struct {
	r    io.Reader
	read int64
	next int64
	top  uint64
}

func (g *gauge) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	if g.read += int64(n); g.read >= g.next || err == io.EOF {
		g.next = g.read + 128<<20
		g.top = max(g.top, live())
	}
	return n, err
}

// BenchmarkMillionUnits writes and reads a manifest of a million units,
// one in four with a file, and says how much memory each unit costs. What is read
// is made as it is read.
func BenchmarkMillionUnits(b *testing.B) {
	n := 1_000_000
	if testing.Short() {
		n = 20_000
	}
	ctx := context.Background()
	piped := func() (io.Reader, func()) {
		r, w := io.Pipe()
		go func() { w.CloseWithError(WriteItems(ctx, w, message(), numbered(n), Options{})) }()
		return r, func() { r.Close() }
	}
	perUnit := func(b *testing.B, base uint64, g *gauge) {
		b.SetBytes(g.read)
		b.ReportMetric((float64(g.top)-float64(base))/float64(n), "B/unit")
	}
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			base := live()
			r, end := piped()
			g := &gauge{r: r, next: 128 << 20}
			if _, err := io.Copy(io.Discard, g); err != nil {
				b.Fatal(err)
			}
			end()
			perUnit(b, base, g)
		}
	})
	b.Run("scan", func(b *testing.B) {
		for b.Loop() {
			base := live()
			r, end := piped()
			g := &gauge{r: r, next: 128 << 20}
			units := 0
			for it, err := range Scan(ctx, g, "", &report.Report{}) {
				if err != nil {
					b.Fatal(err)
				}
				if it.Unit != nil {
					units++
				}
			}
			if end(); units != n {
				b.Fatalf("%d units", units)
			}
			perUnit(b, base, g)
		}
	})
}
