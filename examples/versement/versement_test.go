package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/internal/corpus"
)

var update = flag.Bool("update", false, "write the golden files anew")

// fixed is the clock of the tests.
func fixed() time.Time { return time.Date(2026, time.July, 1, 8, 30, 0, 0, time.UTC) }

// play runs the command and returns its status and what it printed.
func play(t testing.TB, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(context.Background(), args, &out, &errs, fixed)
	return status, out.String(), errs.String()
}

// folder makes a folder of the files; a name that ends in / is a folder.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	at := time.Date(2026, 5, 4, 3, 2, 1, 987654321, time.UTC)
	for name, content := range files {
		full := filepath.Join(dir, name)
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(full, 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(full, at, at); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: the report changed:\n%s", name, got)
	}
}

func TestSample(t *testing.T) {
	status, stdout, stderr := play(t)
	if status != 0 || stderr != "" {
		t.Fatalf("status %d: %s", status, stderr)
	}
	where := regexp.MustCompile(`prêt : (.*)\n`).FindStringSubmatch(stdout)
	if where == nil {
		t.Fatal(stdout)
	}
	defer os.RemoveAll(filepath.Dir(where[1]))
	golden(t, "exemple.txt", strings.ReplaceAll(stdout, where[1], "PAQUET"))
	if names := entries(t, where[1]); len(names) != 5 || names[0] != "manifest.xml" {
		t.Errorf("entries %q", names)
	}
}

func entries(t testing.TB, name string) (names []string) {
	t.Helper()
	z, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	return names
}

// mixed is a folder as people keep them.
var mixed = map[string]string{
	"Budget 2026/budget primitif.txt": "Budget primitif\n",
	"Budget 2026/annexes/état.csv":    "a;b\n1;2\n",
	"Budget 2026/annexes/vide.txt":    "",
	"Budget 2026/Thumbs.db":           "x",
	"Courrier/":                       "",
	"lisez-moi.pdf":                   "pas un PDF",
	"sans format":                     "\x00\x01\x02\x03",
}

func TestFolder(t *testing.T) {
	dir, out := folder(t, mixed), filepath.Join(t.TempDir(), "sip.zip")
	args := []string{"-dir", dir, "-out", out, "-accord", "IC-1", "-archives", "AD59", "-versant", "12345678200010"}
	status, stdout, stderr := play(t, args...)
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	got := strings.ReplaceAll(strings.ReplaceAll(stdout, out, "PAQUET"), dir, "DOSSIER")
	golden(t, "dossier.txt", got)
	again := filepath.Join(t.TempDir(), "again.zip")
	args[3] = again
	if status, _, stderr := play(t, args...); status != 0 {
		t.Fatal(stderr)
	}
	if a, b := content(t, out), content(t, again); !bytes.Equal(a, b) {
		t.Error("the same folder gave two packages")
	}
	left, err := os.ReadDir(filepath.Dir(out))
	if err != nil || len(left) != 1 {
		t.Errorf("beside the package: %v, %v", left, err)
	}
}

func content(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// manifest returns the message of a package.
func manifest(t testing.TB, name string) []byte {
	t.Helper()
	z, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	r, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestWhatVitamWouldAnswer runs the pre-flight of the package on itself.
func TestWhatVitamWouldAnswer(t *testing.T) {
	dir := folder(t, map[string]string{"a/b.txt": "texte", "a/c.txt": "texte"})
	for _, version := range []string{"2.1", "2.2", "2.3"} {
		out := filepath.Join(t.TempDir(), "sip.zip")
		status, stdout, stderr := play(t, "-dir", dir, "-out", out, "-seda", version, "-profile", "vitam")
		if status != 0 || !strings.Contains(stdout, "SEDA-FORESEEN-OK") {
			t.Errorf("SEDA %s: status %d: %s\n%s", version, status, stdout, stderr)
		}
	}
	// A title Vitam takes for markup: the package is refused before it is sent.
	table := filepath.Join(folder(t, map[string]string{"a.txt": "A", "table.csv": "File;Content.Title\na.txt;\"Un <b>titre</b>\"\n"}), "table.csv")
	out := filepath.Join(t.TempDir(), "sip.zip")
	status, _, stderr := play(t, "-csv", table, "-out", out, "-profile", "vitam")
	if _, err := os.Lstat(out); status != 1 || err == nil || !strings.Contains(stderr, "SEDA") && !strings.Contains(stderr, "balise") {
		t.Errorf("markup: status %d: %s", status, stderr)
	}
}

// TestOfficialSchemas validates what both sources give in every version.
func TestOfficialSchemas(t *testing.T) {
	lint := corpus.Tool(t, "xmllint")
	xsd := filepath.Join(corpus.Dir(t, "archive"), "xsd")
	files := map[string]string{"a/b.txt": "texte", "a/c/d.bin": "\x00\x01", "vide/": ""}
	dir := folder(t, files)
	table := filepath.Join(folder(t, map[string]string{"a.txt": "A", "table.csv": "File;Content.Title;Content.Tag;Management.AccessRule.Rule;Management.AccessRule.StartDate\na.txt;Titre;étiquette;ACC-00001;2026-01-01\n"}), "table.csv")
	for _, version := range []string{"2.0", "2.1", "2.2", "2.3"} {
		var made []string
		for flag, source := range map[string]string{"-dir": dir, "-csv": table} {
			out := filepath.Join(t.TempDir(), "sip.zip")
			if status, _, stderr := play(t, flag, source, "-out", out, "-seda", version); status != 0 {
				t.Fatalf("%s %s: %s", version, flag, stderr)
			}
			xml := strings.TrimSuffix(out, ".zip") + ".xml"
			if err := os.WriteFile(xml, manifest(t, out), 0o644); err != nil {
				t.Fatal(err)
			}
			made = append(made, xml)
		}
		args := append([]string{"--nonet", "--noout", "--schema", filepath.Join(xsd, "seda-"+version, "seda-"+version+"-main.xsd")}, made...)
		cmd := exec.Command(lint, args...)
		cmd.Env = append(os.Environ(), "XML_CATALOG_FILES="+filepath.Join(xsd, "catalog.xml"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("SEDA %s: %v\n%s", version, err, out)
		}
	}
}

func TestNothingIsOverwrittenNorFollowed(t *testing.T) {
	dir, where := folder(t, map[string]string{"a.txt": "a"}), t.TempDir()
	taken := filepath.Join(where, "pris.zip")
	if err := os.WriteFile(taken, []byte("à moi"), 0o644); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(where, "lien.zip")
	if err := os.Symlink(filepath.Join(where, "ailleurs.zip"), link); err != nil {
		t.Skip("no links here:", err)
	}
	for _, out := range []string{taken, link, filepath.Join(where, "absent", "a.zip"), where, filepath.Join(dir, "a.zip")} {
		status, _, stderr := play(t, "-no-pronom", "-dir", dir, "-out", out)
		if status != 1 || stderr == "" {
			t.Errorf("%s: status %d", filepath.Base(out), status)
		}
	}
	if b := content(t, taken); string(b) != "à moi" {
		t.Error("the file was overwritten")
	}
	left, err := os.ReadDir(where)
	if err != nil || len(left) != 2 {
		t.Errorf("%v, %v", left, err)
	}
}

// TestTakenMeanwhile makes a file appear under the name while the package is
// being written.
func TestTakenMeanwhile(t *testing.T) {
	out := filepath.Join(t.TempDir(), "a.zip")
	f, err := create(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(out, []byte("à moi"), 0o644); err != nil {
		t.Fatal(err)
	}
	err = f.keep()
	f.abandon()
	if err == nil || string(content(t, out)) != "à moi" {
		t.Errorf("err = %v", err)
	}
	if left, _ := os.ReadDir(filepath.Dir(out)); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}

func TestHostileFolder(t *testing.T) {
	dir := folder(t, map[string]string{"bon.txt": "1", "a\x01b.txt": "2", "\x1b[31m.txt": "3"})
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "lien")); err != nil {
		t.Skip("no links here:", err)
	}
	out := filepath.Join(t.TempDir(), "sip.zip")
	status, stdout, stderr := play(t, "-no-pronom", "-dir", dir, "-out", out)
	if status != 1 || !strings.Contains(stderr, "lien : ") {
		t.Errorf("a link: status %d: %s", status, stderr)
	}
	if err := os.Remove(filepath.Join(dir, "lien")); err != nil {
		t.Fatal(err)
	}
	status, more, stderr := play(t, "-no-pronom", "-dir", dir, "-out", out)
	if status != 1 || !strings.Contains(stderr, "a⟨U+0001⟩b.txt") || !strings.Contains(stderr, "⟨U+001B⟩[31m.txt") {
		t.Errorf("control characters: status %d: %s", status, stderr)
	}
	if strings.ContainsAny(stdout+more+stderr, "\x1b\x01") {
		t.Error("control characters reach the terminal")
	}
	if _, err := os.Lstat(out); err == nil {
		t.Error("a package was made")
	}
}

// TestEveryFaultOfATableIsToldAtOnce: with its line, links that lead out of the
// folder among them.
func TestEveryFaultOfATableIsToldAtOnce(t *testing.T) {
	table := "ID;ParentID;File;DescriptionLevel;Title\n" +
		"1;;files;RecordGrp;Racine\n2;1;files/a.txt;Item;A\n2;1;files/a.txt;Item;double\n4;5;;RecordGrp;rond\n5;4;;RecordGrp;rond\n" +
		"6;1;../../etc/passwd;Item;dehors\n7;1;files/nulle.txt;Item;absent\n8;1;files/lien;Item;lien\n9;1;files/rond;Item;lien\n" +
		"10;1;files/dehors/passwd;Item;lien\n11;1;/etc/passwd;Item;absolu\n"
	dir := folder(t, map[string]string{"files/a.txt": "a", "t.csv": table})
	for name, target := range map[string]string{"lien": "/etc/passwd", "rond": "rond", "dehors": "/etc"} {
		if err := os.Symlink(target, filepath.Join(dir, "files", name)); err != nil {
			t.Skip("no links here:", err)
		}
	}
	out := filepath.Join(t.TempDir(), "sip.zip")
	status, _, stderr := play(t, "-no-pronom", "-csv", filepath.Join(dir, "t.csv"), "-out", out)
	for _, line := range []string{"4", "5", "7", "8", "9", "10", "11", "12"} {
		if !strings.Contains(stderr, "✗ ligne "+line+" : ") {
			t.Errorf("line %s is not told of", line)
		}
	}
	if status != 1 || t.Failed() {
		t.Errorf("status %d: %s", status, stderr)
	}
	if _, err := os.Lstat(out); err == nil {
		t.Error("a package was made")
	}
}

func TestWindowsNamesAreToldOf(t *testing.T) {
	dir := folder(t, map[string]string{"CON": "1", "aux.txt": "2", "fin.": "3", "bon.txt": "4"})
	out := filepath.Join(t.TempDir(), "sip.zip")
	status, stdout, stderr := play(t, "-no-pronom", "-dir", dir, "-out", out)
	if status != 0 || strings.Count(stdout, "CTN-NAME") != 3 {
		t.Errorf("status %d: %s\n%s", status, stdout, stderr)
	}
}

func TestWrongUse(t *testing.T) {
	dir := folder(t, map[string]string{"a.txt": "a"})
	for name, args := range map[string][]string{
		"no out":          {"-dir", dir},
		"both":            {"-dir", dir, "-csv", "x", "-out", "y"},
		"version":         {"-dir", dir, "-out", "y", "-seda", "3"},
		"profile":         {"-dir", dir, "-out", "y", "-profile", "autre"},
		"vitam and 2.0":   {"-dir", dir, "-out", "y", "-seda", "2.0", "-profile", "vitam"},
		"argument":        {dir},
		"date":            {"-date", "hier"},
		"flag of nothing": {"-nothing"},
	} {
		if status, _, stderr := play(t, args...); status != 2 || stderr == "" {
			t.Errorf("%s: status %d, %q", name, status, stderr)
		}
	}
	if status, _, _ := play(t, "-h"); status != 0 {
		t.Errorf("help: status %d", status)
	}
	for name, args := range map[string][]string{
		"no folder":    {"-dir", filepath.Join(dir, "absent"), "-out", filepath.Join(t.TempDir(), "a.zip")},
		"empty folder": {"-dir", t.TempDir(), "-out", filepath.Join(t.TempDir(), "a.zip")},
		"no table":     {"-csv", filepath.Join(dir, "absent.csv"), "-out", filepath.Join(t.TempDir(), "a.zip")},
		"bad table":    {"-csv", filepath.Join(dir, "a.txt"), "-out", filepath.Join(t.TempDir(), "a.zip")},
	} {
		if status, _, stderr := play(t, append(args, "-no-pronom")...); status != 1 || stderr == "" {
			t.Errorf("%s: status %d, %q", name, status, stderr)
		}
	}
}

// TestManyFiles lowers the number of files above which the package is compared
// as a whole.
func TestManyFiles(t *testing.T) {
	defer func(n int) { oneByOne = n }(oneByOne)
	dir := folder(t, mixed)
	one, two := filepath.Join(t.TempDir(), "sip.zip"), filepath.Join(t.TempDir(), "sip.zip")
	if status, _, stderr := play(t, "-no-pronom", "-dir", dir, "-out", one); status != 0 {
		t.Fatal(stderr)
	}
	oneByOne = 2
	status, stdout, stderr := play(t, "-no-pronom", "-dir", dir, "-out", two)
	if status != 0 || !strings.Contains(stdout, "à l'octet près") {
		t.Fatalf("status %d: %s\n%s", status, stderr, stdout)
	}
	if !bytes.Equal(content(t, one), content(t, two)) {
		t.Error("another package")
	}
	v := &versement{journal: journal{w: io.Discard}, now: fixed, progress: newProgress(io.Discard, fixed), whole: sha256.New()}
	f, err := os.Open(one)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if v.written.Bytes = 10; v.verify(context.Background(), f) == nil {
		t.Error("what was not written is taken for it")
	}
}
