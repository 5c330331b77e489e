package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liasse/liasse/internal/corpus"
)

// ruled is a table with what the first family wants: rules in the codes of
// as@lae.
const ruled = "ID;ParentID;File;Content.Title;Content.DescriptionLevel;Management.AppraisalRule.Rule;Management.AppraisalRule.StartDate;" +
	"Management.AppraisalRule.FinalAction;Management.AccessRule.Rule;Management.AccessRule.StartDate\n" +
	"1;;;Dossier;RecordGrp;APP10Y;2026-01-01;Keep;AR038;2026-01-01\n2;1;a.txt;Titre;Item;;;;;\n"

func TestAsalae(t *testing.T) {
	lint := corpus.Tool(t, "xmllint")
	xsd := filepath.Join(corpus.Dir(t, "archive"), "xsd")
	table := filepath.Join(folder(t, map[string]string{"a.txt": "A", "table.csv": ruled}), "table.csv")
	for version, schema := range map[string]string{"0.2": "seda_v0-2.xsd", "1.0": "seda_v1-0.xsd", "2.2": "seda-2.2-main.xsd"} {
		for _, ext := range []string{".tar.gz", ".zip"} {
			dir := t.TempDir()
			out := filepath.Join(dir, "versement"+ext)
			args := []string{"-csv", table, "-out", out, "-seda", version, "-profile", "asalae"}
			status, stdout, stderr := play(t, args...)
			if status != 0 || !strings.Contains(stdout, "SEDA-FORESEEN-OK") {
				t.Fatalf("SEDA %s %s: status %d: %s\n%s", version, ext, status, stdout, stderr)
			}
			message := filepath.Join(dir, "versement.xml")
			cmd := exec.Command(lint, "--nonet", "--noout", "--schema", filepath.Join(xsd, "seda-"+version, schema), message)
			cmd.Env = append(os.Environ(), "XML_CATALOG_FILES="+filepath.Join(xsd, "catalog.xml"))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("SEDA %s: %v\n%s", version, err, out)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
				t.Errorf("SEDA %s: %v, %v", version, left, err)
			}
			if err := os.Remove(out); err != nil {
				t.Fatal(err)
			}
			if status, _, stderr := play(t, args...); status != 1 || !strings.Contains(stderr, "versement.xml") {
				t.Errorf("SEDA %s: the message is there: status %d: %s", version, status, stderr)
			}
			if _, err := os.Lstat(out); err == nil {
				t.Errorf("SEDA %s: an archive without its message", version)
			}
		}
	}
}

// TestAsalaeWantsRules: a folder says nothing of them, and nothing is left of
// the attempt.
func TestAsalaeWantsRules(t *testing.T) {
	dir, where := folder(t, map[string]string{"a/b.txt": "1"}), t.TempDir()
	status, _, stderr := play(t, "-no-pronom", "-dir", dir, "-out", filepath.Join(where, "v.tar.gz"), "-seda", "1.0", "-profile", "asalae")
	if status != 1 || !strings.Contains(stderr, "AccessRestrictionRule") {
		t.Errorf("status %d: %s", status, stderr)
	}
	if left, err := os.ReadDir(where); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
	for _, args := range [][]string{
		{"-dir", dir, "-out", "x", "-seda", "1.0"}, {"-dir", dir, "-out", "x", "-seda", "0.2", "-profile", "vitam"}, {"-profile", "asalae"},
	} {
		if status, _, _ := play(t, args...); status != 2 {
			t.Errorf("%q: status %d", args, status)
		}
	}
}
