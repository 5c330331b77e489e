package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

func clock() time.Time { return time.Date(2024, 3, 16, 9, 0, 0, 0, time.UTC) }

// command runs the program as a user would.
func command(t *testing.T, args ...string) (said, complained string, status int) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(context.Background(), args, &out, &errs, clock)
	return out.String(), errs.String(), status
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != strings.ReplaceAll(string(want), "\r\n", "\n") {
		t.Errorf("%s: said\n%s", name, got)
	}
}

func TestStory(t *testing.T) {
	dir := t.TempDir()
	out, errs, status := command(t, "essai", "-vers", dir)
	if status != 0 {
		t.Fatalf("status %d: %s", status, errs)
	}
	golden(t, "essai.txt", out)
	file := func(name string) string { return filepath.Join(dir, name) }
	if b, err := os.ReadFile(file("anonyme.xml")); err != nil || bytes.Contains(b, []byte("PAPETERIE")) || len(b) == 0 {
		t.Errorf("the copy without names: %v", err)
	}
	// The file sent again is judged as the part of the first it is.
	again, _, status := command(t, "controle", file("PES_ESSAI_2.xml"))
	if status != 1 || !strings.Contains(again, "PES-COMPTE") {
		t.Errorf("status %d: %s", status, again)
	}
	lots := t.TempDir()
	out, errs, status = command(t, "decoupe", "-n", "2", "-vers", lots, file("PES_ESSAI_1.xml"))
	if status != 0 {
		t.Fatal(errs)
	}
	golden(t, "decoupe.txt", out)
	if _, _, status := command(t, "controle", filepath.Join(lots, "PES_ESSAI_1_1.xml")); status != 0 {
		t.Error("the lot without the fault is not good")
	}
	// Nothing is overwritten, and what stood there is as it was.
	before, err := os.ReadFile(file("PES_ESSAI_1.xml"))
	if err != nil {
		t.Fatal(err)
	}
	if _, errs, status := command(t, "essai", "-vers", dir); status != 2 || errs == "" {
		t.Errorf("a second time: status %d", status)
	}
	if after, err := os.ReadFile(file("PES_ESSAI_1.xml")); err != nil || !bytes.Equal(before, after) {
		t.Error("a file was overwritten")
	}
	if out, _, status := command(t, "explique", "-envoi", filepath.Join(lots, "PES_ESSAI_1_1.xml"), file("acquit.xml")); status != 1 || !strings.Contains(out, "ne répond pas") {
		t.Errorf("an acquit of another file: status %d, %s", status, out)
	}
}

func TestWrongUse(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "a.xml")
	if err := os.WriteFile(text, []byte("<a/>"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"no command":            {},
		"unknown command":       {"envoie"},
		"unknown flag":          {"controle", "-x"},
		"no file":               {"controle"},
		"two files":             {"montre", "-vers", dir, text, text},
		"no folder":             {"anonymise", text},
		"a folder":              {"archive", "-vers", dir, dir},
		"no acquit":             {"renvoie", "-vers", dir, text},
		"an acquit that is not": {"explique", text},
		"a file that is no PES": {"decoupe", "-vers", dir, text},
		"nor to show":           {"montre", "-vers", dir, text},
	} {
		if _, errs, status := command(t, args...); status != 2 || errs == "" {
			t.Errorf("%s: status %d, said %q", name, status, errs)
		}
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("something was left behind: %v", files)
	}
}
