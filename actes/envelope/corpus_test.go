package envelope_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/envelope"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/internal/corpus"
)

// The day the corpus is judged on when its table names no other.
var now = time.Date(2026, time.November, 22, 10, 0, 0, 0, time.UTC)

func inspectFile(t testing.TB, path string, flags []string) (*inspect.Result, bool) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return inspectBytes(t, filepath.Base(path), data, flags)
}

func inspectBytes(t testing.TB, name string, data []byte, flags []string) (*inspect.Result, bool) {
	t.Helper()
	opt := inspect.Options{At: now}
	for i := 0; i+1 < len(flags); i += 2 {
		switch flags[i] {
		case "-profile":
			opt.Profile = flags[i+1]
		case "-at":
			at, err := time.Parse(time.RFC3339, flags[i+1])
			if err != nil {
				t.Fatal(err)
			}
			opt.At = at
		default:
			t.Fatalf("flag %s", flags[i])
		}
	}
	r := strings.NewReader(string(data))
	in := &inspect.Input{Name: name, Data: r, Size: int64(len(data)), Head: data[:min(len(data), inspect.HeadSize)]}
	insp := envelope.Inspector()
	if !insp.Detect(context.Background(), in) {
		return nil, false
	}
	res, err := insp.Inspect(context.Background(), in, opt)
	if err != nil {
		t.Fatal(err)
	}
	return res, true
}

func show(v any) string {
	if l, ok := v.([]string); ok {
		return strings.Join(l, ",")
	}
	return fmt.Sprint(v)
}

func findings(res *inspect.Result) string {
	var b strings.Builder
	for f := range res.Report.All() {
		fmt.Fprintf(&b, "\n\t%s %s %s %s: %s", f.Severity, f.Ref, f.Code(), f.Where, f.Message("fr"))
	}
	return b.String()
}

func TestInspectAgreesWithTheCorpus(t *testing.T) {
	dir := corpus.Dir(t, "actes")
	rows := 0
	for _, row := range corpus.Expected(t, "actes") {
		if row.Kind != "actes.envelope" {
			continue
		}
		rows++
		t.Run(row.Path+" "+strings.Join(row.Flags, " "), func(t *testing.T) {
			res, ok := inspectFile(t, filepath.Join(dir, filepath.FromSlash(row.Path)), row.Flags)
			if !ok {
				t.Fatal("not recognised")
			}
			if res.Kind != row.Kind || res.Version != row.Version {
				t.Errorf("kind %s version %s", res.Kind, res.Version)
			}
			if got := string(res.Verdict()); row.Verdict != "any" && got != row.Verdict {
				t.Errorf("verdict %s, want %s (%s)%s", got, row.Verdict, row.Hint, findings(res))
			}
			for key, want := range row.Facts {
				if got := show(res.Summary.Get(key)); got != want {
					t.Errorf("%s = %q, want %q", key, got, want)
				}
			}
		})
	}
	if rows < 100 {
		t.Errorf("only %d rows of the table are about envelopes", rows)
	}
}
