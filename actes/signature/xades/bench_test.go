package xades_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/dsigtest"
	"github.com/liasse/liasse/actes/signature/xades"
	"github.com/liasse/liasse/internal/c14n"
	"github.com/liasse/liasse/internal/xmlcore"
)

// BenchmarkSmall validates a small signed document, as many at a time as there
// are processors.
func BenchmarkSmall(b *testing.B) {
	s := dsigtest.New(b, "rsa")
	doc := []byte(s.Sign(b, flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A"})), "S"))
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			r, err := xades.Validate(context.Background(), xades.Bytes(doc), signature.Options{At: now})
			if err != nil || !r.Verdicts[0].Intact {
				b.Error("not intact", err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "verifications/s")
}

// large writes a PES of about the size with n signed bordereaux.
func large(t testing.TB, size, n int) *os.File {
	f, err := os.Create(filepath.Join(t.TempDir(), "pes.xml"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	const line = `<LigneDePiece><BlocLignePiece><InfoLignePce><IdLigne V="1"/><Nature V="60632"/><LibVir1 V="FACTURE 2024-17"/><ModRegl V="03"/><TVAIntraCom V="0"/><MtHT V="100.00"/></InfoLignePce></BlocLignePiece><Tiers><InfoTiers><Nom V="SOCIÉTÉ D'ESSAI"/></InfoTiers></Tiers></LigneDePiece>` + "\n"
	body := strings.Repeat(line, size/n/len(line))
	s := dsigtest.New(t, "rsa")
	fmt.Fprint(f, `<n:PES_Aller xmlns:n="urn:n"><PES_DepenseAller>`)
	for i := range n {
		id := fmt.Sprintf("B%d", i)
		doc := s.Sign(t, `<Bordereau Id="`+id+`">`+body+s.Skeleton(dsigtest.Signature{ID: id + "_SIG_1", Over: id})+`</Bordereau>`, id+"_SIG_1")
		if _, err := io.WriteString(f, doc); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Fprint(f, `</PES_DepenseAller></n:PES_Aller>`)
	return f
}

// BenchmarkLarge validates 100 MB with 500 signed bordereaux, and tells how many
// times one pass that only canonicalises and digests it takes: the best of each, for
// the machine may be busy.
func BenchmarkLarge(b *testing.B) {
	f := large(b, 100_000_000, 500)
	st, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(st.Size())
	var one, ours time.Duration
	best := func(d *time.Duration, f func()) {
		start := time.Now()
		if f(); *d == 0 || time.Since(start) < *d {
			*d = time.Since(start)
		}
	}
	var peak atomic.Uint64
	runtime.GC()
	var base runtime.MemStats
	runtime.ReadMemStats(&base)
	done := make(chan struct{})
	go func() {
		var m runtime.MemStats
		for {
			select {
			case <-done:
				return
			case <-time.After(50 * time.Millisecond):
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapAlloc))
			}
		}
	}()
	for b.Loop() {
		best(&ours, func() {
			r, err := xades.Validate(context.Background(), xades.Input{Data: f, Size: st.Size()}, signature.Options{At: now})
			if err != nil || len(r.Verdicts) != 500 || !r.Verdicts[499].Intact {
				b.Fatal("not intact", err)
			}
		})
		b.StopTimer()
		best(&one, func() {
			c := c14n.New(sha256.New(), c14n.Options{Exclusive: true})
			if err := xmlcore.Run(context.Background(), xmlcore.NewReader(io.NewSectionReader(f, 0, st.Size()), xmlcore.Options{}), c); err != nil {
				b.Fatal(err)
			}
		})
		b.StartTimer()
	}
	close(done)
	b.ReportMetric(float64(ours)/float64(one), "×c14n+sha256")
	b.ReportMetric(float64(int64(peak.Load())-int64(base.HeapAlloc))/(1<<20), "MiB-above-base")
}

// Memory does not grow with the document: what is allocated depends on the
// signatures, not on what they are over.
func TestConstantMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 24 MB")
	}
	allocated := func(size int) uint64 {
		f := large(t, size, 4)
		st, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		r, err := xades.Validate(t.Context(), xades.Input{Data: f, Size: st.Size()}, signature.Options{At: now})
		if err != nil || !r.Verdicts[3].Intact {
			t.Fatal("not intact", err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	small, big := allocated(1_000_000), allocated(20_000_000)
	if big > small+512<<10 {
		t.Errorf("%d octets allocated for 1 MB, %d for 20 MB", small, big)
	}
}
