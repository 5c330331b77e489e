package pades_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/cmstest"
	"github.com/liasse/liasse/actes/signature/internal/pdftest"
	"github.com/liasse/liasse/actes/signature/pades"
)

// FuzzValidate: whatever the file, a verdict or an error of the context, and
// nothing but the original is intact and whole.
func FuzzValidate(f *testing.F) {
	ca := cmstest.NewCA(f)
	for _, a := range attacks {
		f.Add(a.make(f, ca).B)
	}
	f.Add(pdftest.New().B)
	f.Add(stamped(f, ca, pdftest.New().Sign(f, ca, pdftest.Signing{}), 21).B)
	f.Add([]byte("%PDF-1.7\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := pades.Validate(context.Background(), bytes.NewReader(b), int64(len(b)), signature.Options{At: now})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range r.Verdicts {
			for _, c := range v.Covers {
				if o, err := c.Data.Open(); err == nil {
					o.Close()
				}
			}
		}
	})
}

// large writes a signed PDF with a stream of n octets and an update after it.
func large(t testing.TB, n int) string {
	ca := cmstest.NewCA(t)
	d := pdftest.New(func(o objects) { o[21] = pdftest.Stream("", strings.Repeat("x", n)) })
	d.Sign(t, ca, pdftest.Signing{}).Edit(pdftest.Name, "(1000)", "(2000)")
	name := filepath.Join(t.TempDir(), "grand.pdf")
	if err := os.WriteFile(name, d.B, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func judgeFile(t testing.TB, name string) (allocated uint64) {
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	var a, b runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&a)
	r, err := pades.Validate(context.Background(), f, st.Size(), signature.Options{At: now})
	runtime.ReadMemStats(&b)
	if err != nil || len(r.Verdicts) != 1 || !r.Verdicts[0].Intact {
		t.Fatalf("%v", err)
	}
	return b.TotalAlloc - a.TotalAlloc
}

// TestMemoryDoesNotGrowWithTheFile: all that is allocated, garbage included, is
// the same for a file twenty times as large.
func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	small, big := judgeFile(t, large(t, 1<<20)), judgeFile(t, large(t, 20<<20))
	if big > small+1<<20 {
		t.Errorf("%d octets allocated for 1 MiB, %d for 20 MiB", small, big)
	}
}

// BenchmarkLarge judges a file of 200 MB.
func BenchmarkLarge(b *testing.B) {
	name := large(b, 200<<20)
	b.SetBytes(200 << 20)
	for b.Loop() {
		b.ReportMetric(float64(judgeFile(b, name))/(1<<20), "MiB-allocated")
	}
}

// TestCancelled: the context ends the work.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	d := pdftest.New().Sign(t, cmstest.NewCA(t), pdftest.Signing{})
	cancel()
	if _, err := pades.Validate(ctx, bytes.NewReader(d.B), int64(len(d.B)), signature.Options{At: now}); err == nil {
		t.Error("no error")
	}
}

// TestManyObjectsAndSignatures ends in reasonable work: every signature covers
// an own revision and is compared with the last.
func TestManyObjectsAndSignatures(t *testing.T) {
	ca := cmstest.NewCA(t)
	fields := ""
	const n = 40
	d := pdftest.New(func(o objects) {
		for i := range n {
			fields += itoa3(2000+i) + " 0 R "
			o[2000+i] = "<</FT/Sig/T(s" + itoa3(2000+i) + ")>>"
		}
		for i := range 2000 {
			o[4000+i] = "<</A[1 2 3]/B(texte)>>"
		}
		kids := ""
		for i := range 2000 {
			kids += itoa3(4000+i) + " 0 R "
		}
		o[pdftest.Form] = "<</Fields[" + fields + "]>>"
		o[pdftest.Catalog] = "<</Type/Catalog/Pages 2 0 R/AcroForm 6 0 R/Legal[" + kids + "]>>"
	})
	for i := range n {
		d.Sign(t, ca, pdftest.Signing{Field: 2000 + i, Room: 3000})
	}
	begin := time.Now()
	r := validate(t, d.B, strict())
	if len(r.Verdicts) != n {
		t.Fatalf("%d verdicts", len(r.Verdicts))
	}
	for i, v := range r.Verdicts {
		if !v.Intact || v.Conclusion.Sub != signature.NoCertificateChainFound {
			t.Errorf("signature %d: %v", i, v.Conclusion)
		}
	}
	t.Log(time.Since(begin))
}
