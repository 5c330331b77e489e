package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func command(t *testing.T, args ...string) (status int, out, bad string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(context.Background(), args, &o, &e)
	return status, o.String(), e.String()
}

// Whoever reads -json counts on one object a file, in the order given, and on
// the exit status for the worst of them.
func TestOneObjectAFileWhateverHappens(t *testing.T) {
	dir := t.TempDir()
	good, bad, odd, gone := filepath.Join(dir, "good.xml"), filepath.Join(dir, "bad.xml"), filepath.Join(dir, "odd"), filepath.Join(dir, "gone.xml")
	const text = `<a:DemandeClassification xmlns:a="http://www.interieur.gouv.fr/ACTES#v1.1-20040216"/>`
	for name, body := range map[string]string{good: text, bad: "<!DOCTYPE x>" + text, odd: "?"} {
		if err := os.WriteFile(name, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		files    []string
		status   int
		verdicts string
	}{
		{[]string{good}, 0, "valid"},
		{[]string{good, bad}, 1, "valid invalid"},
		{[]string{bad, odd, good}, 2, "invalid unknown valid"},
		{[]string{gone, good}, 2, "unknown valid"},
	} {
		status, out, _ := command(t, append([]string{"-json"}, c.files...)...)
		var verdicts []string
		for line := range strings.Lines(out) {
			var r struct{ File, Verdict string }
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				t.Fatal(err)
			}
			if r.File != c.files[len(verdicts)] {
				t.Errorf("%v: object %d is about another file", c.verdicts, len(verdicts))
			}
			verdicts = append(verdicts, r.Verdict)
		}
		if got := strings.Join(verdicts, " "); status != c.status || got != c.verdicts {
			t.Errorf("status %d, verdicts %s; want %d, %s", status, got, c.status, c.verdicts)
		}
	}
}

// Whoever asks what Vitam answers gets the answer for anything but a document of
// XML that is no transfer: an archive without a message, and no archive at all.
// A profile that is none is at fault, not the transfer: no verdict, and what is
// wrong where it stands in the profile.
func TestAProfileThatIsNoneIsToBlame(t *testing.T) {
	dir := t.TempDir()
	transfer, profile := filepath.Join(dir, "bordereau.xml"), filepath.Join(dir, "profil.rng")
	for name, body := range map[string]string{
		transfer: `<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1"/>`,
		profile:  "<grammar xmlns=\"http://relaxng.org/ns/structure/1.0\">\n<start><group></start></grammar>",
	} {
		if err := os.WriteFile(name, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	status, out, _ := command(t, "-json", "-rng", profile, transfer)
	var r struct {
		Verdict  string
		Findings []struct {
			Code  string
			Where struct {
				Member string
				Line   int
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if status != 2 || r.Verdict != "unknown" || len(r.Findings) != 1 || r.Findings[0].Code == "INS-UNREADABLE" ||
		r.Findings[0].Where.Member != "profil.rng" || r.Findings[0].Where.Line != 2 {
		t.Errorf("%d %+v", status, r)
	}
}

func TestVitamRefusesWhatNobodyRecognises(t *testing.T) {
	var z bytes.Buffer
	w := zip.NewWriter(&z)
	if f, err := w.Create("content/a.txt"); err != nil {
		t.Fatal(err)
	} else if _, err = f.Write([]byte("a")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ body, alone, asked, code string }{
		"archive": {z.String(), "unknown", "invalid", "MANIFEST_FILE_NAME_CHECK.KO"},
		"rar":     {"Rar!\x1a\x07\x00", "unknown", "invalid", "CHECK_CONTAINER.KO"},
		"xml":     {" <a/>", "unknown", "unknown", ""},
		"empty":   {"", "unknown", "unknown", ""},
	} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(c.body), 0o600); err != nil {
			t.Fatal(err)
		}
		for profile, want := range map[string]string{"": c.alone, "vitam": c.asked} {
			args := []string{"-json", file}
			if profile != "" {
				args = append([]string{"-profile", profile}, args...)
			}
			_, out, bad := command(t, args...)
			var r struct {
				Kind, Verdict string
				Summary       map[string]any
			}
			if err := json.Unmarshal([]byte(out), &r); err != nil {
				t.Fatal(err, bad)
			}
			if r.Kind != "unknown" || r.Verdict != want {
				t.Errorf("%s, %q: kind %s, %s, want %s", name, profile, r.Kind, r.Verdict, want)
			}
			if code, _ := r.Summary["vitam.code"].(string); profile != "" && code != c.code {
				t.Errorf("%s: code %q, want %q", name, code, c.code)
			}
		}
	}
}

func TestWrongUseIsSaid(t *testing.T) {
	for name, args := range map[string][]string{
		"no file":            nil,
		"an unknown profile": {"-profile", "s2lwo", "x.xml"},
		"an unknown flag":    {"-jason", "x.xml"},
		"a language":         {"-lang", "de", "x.xml"},
		"a date":             {"-at", "yesterday", "x.xml"},
	} {
		if status, out, bad := command(t, args...); status != 2 || out != "" || bad == "" {
			t.Errorf("%s: status %d, output %q, error %q", name, status, out, bad)
		}
	}
}

// The system and package flag quote what they were given as it is.
func TestErrorsDriveNoTerminal(t *testing.T) {
	name := "gone\x1b[31m\u009b2J\u202e\nINSPECT: fine"
	for _, args := range [][]string{{name}, {"-lang", name, "x"}, {"-at", name, "x"}, {"-" + name}, {"-html", filepath.Join(name, "x"), "main.go"}} {
		_, _, bad := command(t, args...)
		if bad == "" || strings.ContainsAny(bad, "\x1b\u009b\u202e") {
			t.Errorf("%q", bad)
		}
	}
}

func TestThePageFollowsNoLinkAndOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	aim, link, kept := filepath.Join(dir, "aim"), filepath.Join(dir, "link.html"), filepath.Join(dir, "kept.html")
	if err := os.WriteFile(kept, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	pages := []string{kept}
	if os.Symlink(aim, link) == nil { // not everyone may on Windows
		pages = append(pages, link)
	}
	for _, page := range pages {
		if status, _, bad := command(t, "-html", page, "main.go"); status != 2 || bad == "" {
			t.Errorf("%s: status %d", filepath.Base(page), status)
		}
	}
	if b, err := os.ReadFile(kept); string(b) != "kept" {
		t.Error("overwritten", err)
	}
	if _, err := os.Stat(aim); err == nil {
		t.Error("written through a link")
	}
}
