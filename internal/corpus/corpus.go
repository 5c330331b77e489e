// Package corpus finds, for tests, the corpus of real and composed files and
// the referee programs, and decides whether their absence skips or fails.
//
// The corpus is the folder $LIASSE_CORPUS, else ../shared/corpus beside the
// repository. LIASSE_REQUIRE is a comma-separated list (corpus, xmllint,
// xmlsec1, openssl, pdfsig, pdfinfo, …): a thing named there must be present.
package corpus

import (
	"bufio"
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
