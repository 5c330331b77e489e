// Package corpus finds, for tests, the corpus of real and composed files and
// the referee programs, and decides whether their absence skips or fails.
//
// The corpus is the folder $LIASSE_CORPUS, else ../shared/corpus beside the
// repository. LIASSE_REQUIRE is a comma-separated list (corpus, xmllint,
// xmlsec1, openssl, pdfsig, pdfinfo, …): a thing named there must be present.
package corpus

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// required reports whether LIASSE_REQUIRE names the thing.
func required(name string) bool {
	return slices.Contains(strings.Split(os.Getenv("LIASSE_REQUIRE"), ","), name)
}

func missing(t testing.TB, name, how string) {
	t.Helper()
	if required(name) {
		t.Fatalf("%s is required (LIASSE_REQUIRE) and absent: %s", name, how)
	}
	t.Skipf("%s is absent: %s", name, how)
}

// Dir returns the folder of a domain of the corpus (actes, archive, …). It
// skips or fails the test when there is none.
func Dir(t testing.TB, domain string) string {
	t.Helper()
	root := os.Getenv("LIASSE_CORPUS")
	if root == "" {
		root = filepath.Join(moduleRoot(t), "..", "shared", "corpus")
	}
	dir := filepath.Join(root, domain)
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		missing(t, "corpus", "no folder "+domain+" (set LIASSE_CORPUS)")
	}
	return dir
}

// Tool returns the path of a referee program. It skips or fails the test when
// it is not installed.
func Tool(t testing.TB, name string) string {
	t.Helper()
	p, err := exec.LookPath(name)
	if err != nil {
		missing(t, name, "not in PATH")
	}
	return p
}

func moduleRoot(t testing.TB) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = up
	}
}

// Row is one line of a domain's EXPECTED.tsv.
type Row struct {
	Path    string // relative to the domain's folder; "a.tar.gz!x" is the folder x inside a
	Flags   []string
	Kind    string
	Version string
	Verdict string
	Hint    string
	Facts   map[string]string
	How     string
}

// Expected reads the EXPECTED.tsv of a domain.
func Expected(t testing.TB, domain string) []Row {
	t.Helper()
	f, err := os.Open(filepath.Join(Dir(t, domain), "EXPECTED.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []Row
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for first := true; sc.Scan(); first = false {
		line := strings.TrimRight(sc.Text(), "\r")
		if first || line == "" || line[0] == '#' {
			continue
		}
		c := append(strings.Split(line, "\t"), make([]string, 8)...)
		r := Row{Path: c[0], Flags: strings.Fields(c[1]), Kind: c[2], Version: c[3],
			Verdict: c[4], Hint: c[5], How: c[7], Facts: map[string]string{}}
		for kv := range strings.SplitSeq(c[6], ";") {
			if k, v, ok := strings.Cut(strings.TrimSpace(kv), "="); ok {
				r.Facts[k] = v
			}
		}
		rows = append(rows, r)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// maxDocument bounds what [Documents] reads of one file.
const maxDocument = 8 << 20

// Documents calls f with the name and octets of every file of a domain, and of
// the XML files inside its zip and tar.gz archives as far as these can be read
// (some are broken on purpose): "a.zip!/x.xml".
func Documents(t testing.TB, domain string, f func(name string, data []byte)) {
	t.Helper()
	dir := Dir(t, domain)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err != nil || info.Size() > maxDocument {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		inside := func(member string, r io.Reader) {
			if !strings.HasSuffix(member, ".xml") {
				return
			}
			if b, err := io.ReadAll(io.LimitReader(r, maxDocument)); err == nil {
				f(name+"!/"+member, b)
			}
		}
		switch {
		case bytes.HasPrefix(data, []byte("PK")):
			if z, err := zip.NewReader(bytes.NewReader(data), int64(len(data))); err == nil {
				for _, m := range z.File {
					if r, err := m.Open(); err == nil {
						inside(m.Name, r)
					}
				}
			}
		case bytes.HasPrefix(data, []byte("\x1f\x8b")):
			if z, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
				tr := tar.NewReader(io.LimitReader(z, 64<<20))
				for h, err := tr.Next(); err == nil; h, err = tr.Next() {
					inside(h.Name, tr)
				}
			}
		default:
			f(name, data)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
