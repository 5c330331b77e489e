// Package conformance compares, in tests, what an inspector says of signed
// files with the table of the corpus, fact by fact.
package conformance

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/internal/corpus"
)

// Now is the day the corpus is judged on when its table names no other.
var Now = time.Date(2026, time.November, 22, 10, 0, 0, 0, time.UTC)

// Reason says why we keep to our own answer where it is not that of the table;
// "" where there is no good one.
type Reason func(row corpus.Row, key, have, want string) string

// Rows inspects the files of the rows of a kind and tier (T1, T2), of which
// there must be so many at least: so many of a hundred must agree in every fact.
// Disagreements are logged by name, and facts on which we keep to our answer
// with the reason; reason is nil where we never do.
func Rows(t testing.TB, kind string, of inspect.Inspector, tier string, least, percent int, reason Reason) {
	t.Helper()
	dir := corpus.Dir(t, "signature")
	rows, agreed := 0, 0
	for _, row := range corpus.Expected(t, "signature") {
		if row.Kind != kind || !strings.HasPrefix(row.How, tier) {
			continue
		}
		rows++
		name := row.Path + " " + strings.Join(row.Flags, " ")
		res := File(t, of, filepath.Join(dir, filepath.FromSlash(row.Path)), options(t, dir, row.Flags))
		if res == nil {
			t.Logf("DISAGREES %s: not recognised", name)
			continue
		}
		bad := disagreements(t, res, row, reason)
		if len(bad) == 0 {
			agreed++
			continue
		}
		t.Logf("DISAGREES %s:\n\t%s\n\t(%s)", name, strings.Join(bad, "\n\t"), row.Hint)
	}
	t.Logf("%s: %d of %d rows agree in every fact", tier, agreed, rows)
	if rows < least || agreed*100 < percent*rows {
		t.Errorf("%d of %d rows agree; %d rows and %d %% are due", agreed, rows, least, percent)
	}
}

// File inspects a file; the result is nil when it is not recognised.
func File(t testing.TB, of inspect.Inspector, path string, opt inspect.Options) *inspect.Result {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	in := inspect.NewBytes(filepath.Base(path), b)
	if !of.Detect(context.Background(), in) {
		return nil
	}
	res, err := of.Inspect(context.Background(), in, opt)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// options reads the flags of a row.
func options(t testing.TB, dir string, flags []string) inspect.Options {
	t.Helper()
	opt := inspect.Options{At: Now}
	one := func(name string) fs.FS {
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		return fstest.MapFS{filepath.Base(name): {Data: b}}
	}
	for i := 0; i+1 < len(flags); i += 2 {
		switch flags[i] {
		case "-trust":
			opt.Trust = append(opt.Trust, one(flags[i+1]))
		case "-detached":
			opt.Detached = append(opt.Detached, one(flags[i+1]))
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
	return opt
}

// multiset compares what the table joins by "+" without regard to order.
func multiset(s string) string {
	l := strings.Split(s, "+")
	slices.Sort(l)
	return strings.Join(l, "+")
}

func disagreements(t testing.TB, res *inspect.Result, row corpus.Row, reason Reason) []string {
	t.Helper()
	var out []string
	got := string(res.Verdict())
	if row.Verdict != "any" && got != row.Verdict {
		out = append(out, fmt.Sprintf("verdict %s, want %s", got, row.Verdict))
	}
	for key, want := range row.Facts {
		if k, not := strings.CutSuffix(key, "!"); not {
			have, _ := res.Summary.Get(k).(string)
			if k == "verdict" {
				have = got
			}
			if have == want {
				out = append(out, k+" is "+have)
			}
			continue
		}
		have, _ := res.Summary.Get(key).(string)
		if multiset(have) == multiset(want) {
			continue
		}
		if reason != nil {
			if why := reason(row, key, have, want); why != "" {
				t.Logf("%s %s: %s = %s, the table has %s: %s", row.Path, strings.Join(row.Flags, " "), key, have, want, why)
				continue
			}
		}
		out = append(out, fmt.Sprintf("%s = %s, want %s", key, have, want))
	}
	slices.Sort(out)
	return out
}
