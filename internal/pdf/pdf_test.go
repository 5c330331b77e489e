package pdf

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

type sample struct {
	name string
	data []byte
}

// corpusPDFs reads every PDF of the corpus, those in the envelopes included.
func corpusPDFs(t testing.TB) []sample {
	t.Helper()
	root := filepath.Dir(corpus.Dir(t, "actes"))
	var all []sample
	seen := map[string]bool{}
	add := func(name string, b []byte) {
		if !seen[string(b)] {
			seen[string(b)] = true
			all = append(all, sample{name, b})
		}
	}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		switch {
		case strings.EqualFold(filepath.Ext(path), ".pdf"):
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			add(rel, b)
		case strings.HasPrefix(rel, "actes") && strings.HasSuffix(path, ".tar.gz"):
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			defer f.Close()
			z, err := gzip.NewReader(f)
			if err != nil {
				return nil // a damaged archive is another test's matter
			}
			for tr := tar.NewReader(z); ; {
				h, err := tr.Next()
				if err != nil {
					return nil
				}
				if strings.EqualFold(filepath.Ext(h.Name), ".pdf") && h.Size < 8<<20 {
					if b, err := io.ReadAll(tr); err == nil {
						add(rel+"!/"+h.Name, b)
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// pdfinfo returns the referee's exit status.
func pdfinfo(t testing.TB, tool string, data []byte) int {
	f, err := os.CreateTemp("", "liasse*.pdf")
	if err != nil {
		t.Error(err)
		return -1
	}
	defer os.Remove(f.Name())
	f.Write(data)
	f.Close()
	err = exec.Command(tool, f.Name()).Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	if err != nil {
		t.Error(err)
		return -1
	}
	return 0
}

// known are the damaged files on which we differ from pdfinfo, with the reason.
var known = map[string]string{
	"xref-stream damage 4": "junk inside deflated data: poppler's inflater goes on where a zlib data error ends the stream",
}

// referee compares Check with pdfinfo on every case, on two cores.
func referee(t *testing.T, cases func(yield func(name string, data []byte) bool)) (n, accepted int) {
	tool := corpus.Tool(t, "pdfinfo")
	type job struct {
		name string
		data []byte
	}
	jobs := make(chan job)
	var mu sync.Mutex
	var wg sync.WaitGroup
	bad := 0
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var c Checker
			for j := range jobs {
				info, err := c.Check(context.Background(), bytes.NewReader(j.data), int64(len(j.data)), new(report.Report))
				status := pdfinfo(t, tool, j.data)
				mu.Lock()
				n++
				if status == 0 {
					accepted++
				}
				if err != nil || info.Readable != (status == 0) && known[j.name] == "" {
					if bad++; bad <= 40 {
						t.Errorf("%s: pdfinfo ends with %d, Check says readable=%v (%v)", j.name, status, info.Readable, err)
					}
				}
				mu.Unlock()
			}
		}()
	}
	cases(func(name string, data []byte) bool { jobs <- job{name, data}; return true })
	close(jobs)
	wg.Wait()
	if bad > 0 {
		t.Errorf("%d disagreements in %d", bad, n)
	}
	return n, accepted
}

func TestCorpusAgreesWithPdfinfo(t *testing.T) {
	pdfs := corpusPDFs(t)
	if len(pdfs) < 31 {
		t.Fatalf("only %d PDFs in the corpus", len(pdfs))
	}
	referee(t, func(yield func(string, []byte) bool) {
		for _, p := range pdfs {
			yield(p.name, p.data)
		}
	})
}

func TestTruncationsAgreeWithPdfinfo(t *testing.T) {
	per := 100
	if testing.Short() {
		per = 10
	}
	pdfs := corpusPDFs(t)
	n, accepted := referee(t, func(yield func(string, []byte) bool) {
		for _, p := range pdfs {
			if len(p.data) == 0 {
				continue
			}
			rnd := rand.New(rand.NewPCG(1, uint64(len(p.data))))
			for i := range per {
				cut := len(p.data) * i / (per * 7 / 10)
				if i >= per*7/10 {
					cut = rnd.IntN(len(p.data))
				}
				yield(fmt.Sprintf("%s[:%d]", p.name, cut), p.data[:cut])
			}
		}
	})
	if accepted == 0 || accepted == n {
		t.Errorf("%d of %d truncations accepted: the comparison proves nothing", accepted, n)
	}
	t.Logf("%d truncations of %d files, %d readable", n, len(pdfs), accepted)
}
