package bagit_test

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/liasse/liasse/archive/bagit"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

// unpack extracts an archive of the corpus into a folder of the test.
func unpack(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	f, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		switch h.Typeflag {
		case tar.TypeDir:
			err = root.MkdirAll(strings.TrimSuffix(h.Name, "/"), 0o755)
		case tar.TypeReg:
			if err = root.MkdirAll(filepath.Dir(h.Name), 0o755); err != nil {
				break
			}
			var out *os.File
			if out, err = root.Create(h.Name); err == nil {
				_, err = io.Copy(out, r)
				err = errors.Join(err, out.Close())
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestCorpus holds the inspector against every bag of the corpus: kind,
// version, verdict and facts.
func TestCorpus(t *testing.T) {
	domain := corpus.Dir(t, "archive")
	suite := sync.OnceValue(func() string { return unpack(t, filepath.Join(domain, "bagit", "conformance-suite.tar.gz")) })
	rows := 0
	for _, row := range corpus.Expected(t, "archive") {
		if row.Kind != "bagit" {
			continue
		}
		rows++
		t.Run(row.Path, func(t *testing.T) {
			_, folder, ok := strings.Cut(row.Path, "!")
			if !ok {
				t.Fatalf("%s is not a folder of the suite", row.Path)
			}
			in := inspect.NewDir(filepath.Base(folder), os.DirFS(filepath.Join(suite(), folder)))
			r, err := inspect.Run(context.Background(), []inspect.Inspector{bagit.Inspector()}, in, inspect.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if r.Kind != row.Kind || r.Version != row.Version {
				t.Errorf("%s %q, want %s %q", r.Kind, r.Version, row.Kind, row.Version)
			}
			if row.Verdict != "any" && string(r.Verdict()) != row.Verdict {
				t.Errorf("%s, want %s", r.Verdict(), row.Verdict)
				for f := range r.Report.All() {
					t.Log(f.Severity, f.Where, f.Code(), f.Message(report.EN))
				}
			}
			for key, want := range row.Facts {
				got, ok := r.Summary.Get(key).(int)
				if !ok || strconv.Itoa(got) != want {
					t.Errorf("%s: %d, want %s", key, got, want)
				}
			}
			if code, _, ok := strings.Cut(row.Hint, " in "); ok && strings.HasPrefix(code, "BAG-") && !r.Report.Has(bagit.RuleUnsafePath) {
				t.Errorf("no %s", code)
			}
			if strings.Contains(row.Hint, "one warning at least") && r.Report.Count(report.Warning) == 0 {
				t.Error("no warning")
			}
		})
	}
	if rows < 38 {
		t.Errorf("only %d bags in the corpus", rows)
	}
}

// TestSuiteFindings says why each bag of the suite is refused or warned of: a
// bag refused for another reason than the one it was made for proves nothing.
func TestSuiteFindings(t *testing.T) {
	suite := unpack(t, filepath.Join(corpus.Dir(t, "archive"), "bagit", "conformance-suite.tar.gz"))
	for _, c := range []struct {
		bag  string
		rule *report.Rule
	}{
		{"v0.97/invalid/baginfo-missing-encoding", bagit.RuleDeclaration},
		{"v0.97/invalid/corrupt-data-file", report.DigMismatch},
		{"v0.97/invalid/extra-file-in-bag", bagit.RuleExtra},
		{"v0.97/invalid/invalid-version-number", bagit.RuleVersion},
		{"v0.97/invalid/missing-baginfo", bagit.RuleMissing},
		{"v0.97/invalid/out-of-scope-file-paths-using-dot-notation", bagit.RuleUnsafePath},
		{"v0.97/warning/duplicate-file-with-different-case", bagit.RuleTwin},
		{"v0.97/warning/special-system-files", bagit.RuleSystemFile},
		{"v0.97/warning/relative-path", bagit.RuleDotSlash},
		{"v0.97/warning/same-filename-listed-twice-with-the-same-hash", bagit.RuleDuplicate},
		{"v1.0/invalid/same-filename-listed-twice-with-different-hashes", bagit.RuleDuplicate},
		{"v1.0/invalid/same-filename-listed-twice-with-different-hashes", bagit.RuleDeclaration},
		{"v1.0/invalid/same-filename-listed-twice-with-the-same-hash", bagit.RuleDuplicate},
		{"v0.97/valid/ISO-8859-1-encoded-tag-files", bagit.RuleEncoding},
	} {
		r := verify(t, os.DirFS(filepath.Join(suite, c.bag)))
		if !r.Report.Has(c.rule) {
			t.Errorf("%s: no %s", c.bag, c.rule)
		}
	}
}
