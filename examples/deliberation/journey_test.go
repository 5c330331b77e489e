package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/hex"
	"encoding/xml"
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

var update = flag.Bool("update", false, "write the golden file anew")

// fixed is the clock of the tests.
func fixed() time.Time { return time.Date(2026, time.July, 1, 8, 30, 0, 0, time.UTC) }

// play runs the command and returns its status and what it printed.
func play(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(context.Background(), args, &out, &errs, fixed)
	return status, out.String(), errs.String()
}

func TestTheWholeJourney(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	status, stdout, stderr := play(t, "-out", dir)
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	got := strings.ReplaceAll(stdout, dir, "DOSSIER")
	// The operation's name is made by the peer.
	got = regexp.MustCompile(`(opération) \S+`).ReplaceAllString(got, "$1 GUID")
	const golden = "testdata/journey.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the timeline changed:\n%s", got)
	}
	checkPackage(t, dir)
}

// checkPackage recomputes the digests of the package with nothing of ours.
func checkPackage(t *testing.T, dir string) {
	t.Helper()
	z, err := zip.OpenReader(filepath.Join(dir, "versement.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	entries := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if entries[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	var manifest struct {
		Objects []struct {
			Uri           string
			MessageDigest string
			Size          int
		} `xml:"DataObjectPackage>DataObjectGroup>BinaryDataObject"`
	}
	if err := xml.Unmarshal(entries["manifest.xml"], &manifest); err != nil {
		t.Fatal(err)
	}
	if len(manifest.Objects) != 4 || len(entries) != 5 {
		t.Errorf("%d objects, %d entries", len(manifest.Objects), len(entries))
	}
	for _, o := range manifest.Objects {
		sum := sha512.Sum512(entries[o.Uri])
		if hex.EncodeToString(sum[:]) != o.MessageDigest || len(entries[o.Uri]) != o.Size {
			t.Errorf("%s: digest or size differ", o.Uri)
		}
	}
	original, err := sample.ReadFile("sample/deliberation.pdf")
	if err != nil {
		t.Fatal(err)
	}
	stamped, err := os.ReadFile(filepath.Join(dir, "tamponne-deliberation.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(stamped, original) || len(stamped) == len(original) {
		t.Error("the stamped document does not begin with the original")
	}
}

func TestOutputIsValidForTheOfficialSchemas(t *testing.T) {
	xmllint := corpus.Tool(t, "xmllint")
	actes, arch := corpus.Dir(t, "actes"), corpus.Dir(t, "archive")
	dir := filepath.Join(t.TempDir(), "out")
	if status, _, stderr := play(t, "-out", dir); status != 0 {
		t.Fatal(stderr)
	}
	check := func(schema, file string) {
		t.Helper()
		cmd := exec.Command(xmllint, "--nonet", "--noout", "--schema", schema, file)
		cmd.Env = append(os.Environ(), "XML_CATALOG_FILES="+filepath.Join(arch, "xsd/catalog.xml"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %s", filepath.Base(file), out)
		}
	}
	check(filepath.Join(arch, "xsd/seda-2.1/seda-2.1-main.xsd"), filepath.Join(dir, "manifest.xml"))
	unpacked := t.TempDir()
	archives, _ := filepath.Glob(filepath.Join(dir, "*.tar.gz"))
	if len(archives) != 1 {
		t.Fatalf("%d archives", len(archives))
	}
	if out, err := exec.Command("tar", "-xzf", archives[0], "-C", unpacked).CombinedOutput(); err != nil {
		t.Fatalf("tar: %s", out)
	}
	messages, _ := filepath.Glob(filepath.Join(unpacked, "*.xml"))
	if len(messages) != 2 {
		t.Fatalf("%d XML files", len(messages))
	}
	for _, m := range append(messages, filepath.Join(dir, "aracte.xml")) {
		check(filepath.Join(actes, "xsd/actesv1_1.xsd"), m)
	}
}

func TestOwnFilesTakeTheSameJourney(t *testing.T) {
	in := t.TempDir()
	copySample(t, in, func(s string) string {
		s = strings.ReplaceAll(s, "D2026_042", "ARR2026_7")
		s = strings.ReplaceAll(s, `"DE"`, `"AR"`)
		s = strings.ReplaceAll(s, "99_DE", "99_AR")
		s = strings.ReplaceAll(s, "21_RP", "99_AR")
		// What only archiving needs may be left out.
		return regexp.MustCompile(`(?s),\s*"archivage": \{.*?\}`).ReplaceAllString(s, "")
	})
	dir := filepath.Join(t.TempDir(), "out")
	status, stdout, stderr := play(t, "-acte", filepath.Join(in, "acte.json"),
		"-document", filepath.Join(in, "deliberation.pdf"), "-annexe", filepath.Join(in, "reglement.pdf"),
		"-annexe", filepath.Join(in, "deliberation.pdf"), "-out", dir)
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	if !strings.Contains(stdout, "034-123456782-20260625-ARR2026_7-AR") {
		t.Error("the acknowledgement is not of this act")
	}
}

func copySample(t *testing.T, dir string, edit func(string) string) {
	t.Helper()
	entries, err := sample.ReadDir("sample")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := sample.ReadFile("sample/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(e.Name(), ".json") {
			b = []byte(edit(string(b)))
		}
		if err := os.WriteFile(filepath.Join(dir, e.Name()), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBadInputIsSaidAndLeavesNothing gives the command what users really give.
func TestBadInputIsSaidAndLeavesNothing(t *testing.T) {
	in := t.TempDir()
	same := func(s string) string { return s }
	put := func(name, content string) string {
		path := filepath.Join(in, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	edited := func(name, from, to string) string {
		d := filepath.Join(in, name)
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
		copySample(t, d, func(s string) string { return strings.Replace(s, from, to, 1) })
		return filepath.Join(d, "acte.json")
	}
	copySample(t, in, same)
	full := filepath.Join(in, "full")
	if err := os.Mkdir(full, 0o755); err != nil {
		t.Fatal(err)
	}
	put("full/lettre.txt", "à garder")
	for name, c := range map[string]struct {
		args []string
		want string // must be in the message
	}{
		"text file as document":   {[]string{"-document", put("delib.txt", "bonjour")}, "PDF"},
		"text named pdf":          {[]string{"-document", put("faux.pdf", "bonjour")}, "PDF"},
		"empty document":          {[]string{"-document", put("vide.pdf", "")}, "vide"},
		"truncated document":      {[]string{"-document", put("coupe.pdf", "%PDF-1.4\n1 0 obj\n<< /Type /Cat")}, "PDF"},
		"missing document":        {[]string{"-document", filepath.Join(in, "absent.pdf")}, "n'existe pas"},
		"missing annexe":          {[]string{"-annexe", filepath.Join(in, "absente.pdf")}, "n'existe pas"},
		"missing annexe named":    {[]string{"-acte", edited("a", "reglement.pdf", "perdu.pdf")}, "n'existe pas"},
		"missing description":     {[]string{"-acte", filepath.Join(in, "rien.json")}, "n'existe pas"},
		"broken JSON":             {[]string{"-acte", put("casse.json", "{\n  \"acte\": {,}\n}")}, "ligne 2"},
		"JSON cut":                {[]string{"-acte", put("coupe.json", "{\"acte\": {")}, "avant la fin"},
		"unknown field":           {[]string{"-acte", put("champ.json", `{"acte": {"numéro": "1"}}`)}, "numéro"},
		"wrong type":              {[]string{"-acte", put("type.json", `{"acte": {"numero": 42}}`)}, "acte.numero"},
		"number with a hyphen":    {[]string{"-acte", edited("b", "D2026_042", "D2026-042")}, "trait d'union"},
		"impossible date":         {[]string{"-acte", edited("c", "2026-06-25", "2026-02-30")}, "AAAA-MM-JJ"},
		"date to come":            {[]string{"-acte", edited("d", "2026-06-25", "2026-09-01")}, "futur"},
		"no such nature":          {[]string{"-acte", edited("e", `"DE"`, `"XX"`)}, "nature"},
		"matter of one level":     {[]string{"-acte", edited("f", `"5.2"`, `"5"`)}, "niveau"},
		"address the State drops": {[]string{"-acte", edited("g", "actes@saint-exemple.example.fr", "actes@mairie.bretagne")}, "bretagne"},
		"no return address":       {[]string{"-acte", edited("h", `"actes@saint-exemple.example.fr"`, "")}, "adresse"},
		"folder not empty":        {[]string{"-out", full}, "n'est pas vide"},
		"out is a file":           {[]string{"-out", put("fichier", "x")}, "dossier"},
		"configuration missing":   {[]string{"-config", filepath.Join(in, "conf.json")}, "n'existe pas"},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out")
			args := c.args
			if args[0] != "-out" {
				args = append(args, "-out", out)
			}
			status, _, stderr := play(t, args...)
			if status == 0 {
				t.Error("accepted")
			}
			if !strings.Contains(strings.ToLower(stderr), strings.ToLower(c.want)) {
				t.Errorf("the message does not say %q: %s", c.want, stderr)
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("something was left behind")
			}
		})
	}
	if b, err := os.ReadFile(filepath.Join(full, "lettre.txt")); err != nil || string(b) != "à garder" {
		t.Error("a file of the user was touched")
	}
}

func TestInterruptionStopsTheJourney(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	if status := run(ctx, nil, &out, &errs, fixed); status == 0 {
		t.Error("an interrupted journey ended well")
	}
}
