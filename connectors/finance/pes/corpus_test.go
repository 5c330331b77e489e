package pes

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/internal/corpus"
)

// one is a folder where only one file is seen.
type one struct {
	fs.FS
	name string
}

func (o one) ReadDir(string) ([]fs.DirEntry, error) {
	st, err := fs.Stat(o.FS, o.name)
	return []fs.DirEntry{fs.FileInfoToDirEntry(st)}, err
}

// TestInspectAgreesWithTheCorpus holds the inspector against every row about PES.
// Left out is what depends on the value of a signature.
func TestInspectAgreesWithTheCorpus(t *testing.T) {
	dir := corpus.Dir(t, "finance")
	rows, facts := 0, 0
	for _, row := range corpus.Expected(t, "finance") {
		signature := strings.Contains(row.Facts["rule"], "SIG") || strings.Contains(row.Facts["warn"], "WRONG_CERTIFICATE") ||
			strings.Contains(row.Hint, "CERTIFICATE") || strings.Contains(row.Hint, "INVALID_SIGNATURE") || strings.Contains(row.Hint, "La signature du fichier est invalide")
		if !strings.HasPrefix(row.Path, "samples/pes") && !strings.HasPrefix(row.Path, "samples/acquit") && !strings.HasPrefix(row.Path, "samples/renvoi") && !strings.HasPrefix(row.Path, "samples/retour") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, row.Path))
		if err != nil {
			t.Fatal(err)
		}
		opt := inspect.Options{}
		for i := 0; i+1 < len(row.Flags); i += 2 {
			switch row.Flags[i] {
			case "-version":
				opt.Version = row.Flags[i+1]
			case "-profile":
				opt.Profile = row.Flags[i+1]
			case "-detached":
				path := filepath.Join(dir, row.Flags[i+1])
				opt.Detached = append(opt.Detached, one{os.DirFS(filepath.Dir(path)), filepath.Base(path)})
			}
		}
		res, err := inspect.Run(context.Background(), []inspect.Inspector{Inspector()}, inspect.NewBytes(filepath.Base(row.Path), b), opt)
		if err != nil {
			t.Fatal(err)
		}
		rows++
		name := row.Path + " " + strings.Join(row.Flags, " ")
		if row.Kind != "any" && res.Kind != row.Kind || row.Version != res.Version {
			t.Errorf("%s: %s %s, want %s %s", name, res.Kind, res.Version, row.Kind, row.Version)
		}
		if row.Verdict != "any" && string(res.Verdict()) != row.Verdict && !signature {
			t.Errorf("%s: %s, want %s (%s): %s", name, res.Verdict(), row.Verdict, row.Hint, codes(res.Report))
		}
		for key, want := range row.Facts {
			if strings.HasPrefix(key, "sig.") || signature && (key == "rule" || key == "warn" || key == "scope") {
				continue
			}
			facts++
			got := fmt.Sprint(res.Summary.Get(key))
			if l, ok := res.Summary.Get(key).([]string); ok {
				got = strings.Join(l, ",")
			}
			if !strings.EqualFold(got, want) {
				t.Errorf("%s: %s is %s, want %s", name, key, got, want)
			}
		}
		if row.Facts["nomfic"] != "" && row.Facts["warn"] == "" && res.Summary.Get("warn") != nil && !signature {
			t.Errorf("%s: unexpected warnings %v", name, res.Summary.Get("warn"))
		}
	}
	t.Logf("%d rows, %d facts", rows, facts)
	if rows < 200 {
		t.Errorf("only %d rows", rows)
	}
}
