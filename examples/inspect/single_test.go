package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestOneFileIsAFolderOfOne: a file given where a folder may be is walked like
// one, and nothing beside it is seen.
func TestOneFileIsAFolderOfOne(t *testing.T) {
	dir := t.TempDir()
	for _, n := range []string{"ancre.cer", "autre.cer"} {
		if err := os.WriteFile(filepath.Join(dir, n), []byte(n), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := folderOrFile(filepath.Join(dir, "ancre.cer"))
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	err = fs.WalkDir(f, ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			seen = append(seen, p)
		}
		return err
	})
	if err != nil || !slices.Equal(seen, []string{"ancre.cer"}) {
		t.Errorf("%v %v", seen, err)
	}
	if b, err := fs.ReadFile(f, "ancre.cer"); err != nil || string(b) != "ancre.cer" {
		t.Errorf("%q %v", b, err)
	}
	if _, err := fs.Stat(f, "autre.cer"); err == nil {
		t.Error("the file beside it is seen")
	}
}
