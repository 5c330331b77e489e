package message

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

var presentDay = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

// lone reports whether a row of the corpus is about a message standing alone.
func lone(path string) bool {
	for _, dir := range []string{"messages/", "classification/", "composed/messages/", "composed/tricky/messages/"} {
		if strings.HasPrefix(path, dir) {
			return true
		}
	}
	return false
}

func TestInspectAgreesWithTheCorpus(t *testing.T) {
	dir := corpus.Dir(t, "actes")
	rows := 0
	for _, row := range corpus.Expected(t, "actes") {
		if !lone(row.Path) {
			continue
		}
		rows++
		t.Run(strings.Join(append([]string{row.Path}, row.Flags...), " "), func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(row.Path)))
			if err != nil {
				t.Fatal(err)
			}
			in := &inspect.Input{Name: filepath.Base(row.Path), Data: bytes.NewReader(b), Size: int64(len(b)), Head: b[:min(len(b), inspect.HeadSize)]}
			opt := inspect.Options{At: presentDay}
			for i := 0; i+1 < len(row.Flags); i += 2 {
				switch row.Flags[i] {
				case "-profile":
					opt.Profile = row.Flags[i+1]
				default:
					t.Fatalf("flag %s", row.Flags[i])
				}
			}
			if !Inspector().Detect(context.Background(), in) {
				t.Fatal("not recognised")
			}
			res, err := Inspector().Inspect(context.Background(), in, opt)
			if err != nil {
				t.Fatal(err)
			}
			if row.Verdict != "any" && string(res.Verdict()) != row.Verdict {
				t.Errorf("verdict %s, expected %s; %s", res.Verdict(), row.Verdict, codes(res.Report))
			}
			if row.Kind != "any" && res.Kind != row.Kind {
				t.Errorf("kind %s, expected %s", res.Kind, row.Kind)
			}
			if row.Version != "" && res.Version != row.Version {
				t.Errorf("version %s, expected %s", res.Version, row.Version)
			}
			for k, want := range row.Facts {
				if got := fmt.Sprint(res.Summary.Get(k)); got != want {
					t.Errorf("fact %s = %s, expected %s", k, got, want)
				}
			}
			if strings.Contains(row.Hint, "warning") && res.Report.Count(report.Warning) == 0 {
				t.Errorf("no warning, but: %s", row.Hint)
			}
		})
	}
	if rows < 50 {
		t.Errorf("only %d rows", rows)
	}
}

func codes(r *report.Report) string {
	var l []string
	for f := range r.All() {
		l = append(l, f.Severity.String()+" "+f.Code()+" "+f.Where.Path)
	}
	return strings.Join(l, ", ")
}

// refusedByWrite are the real messages whose content the schema refuses, with
// the rule that keeps them from being written again.
var refusedByWrite = map[string]*report.Rule{
	"messages/034-000000000-20170701-20170721D-AI-1-3_0-nature-not-numeric.xml": MessageValeur,
	"messages/034-000000000-20170701-20170721D-AI-1-3_0.xml":                    MessageValeur,
	"messages/ANO_EACT--214400152--20180925-1.xml":                              MessageValeur,
	"messages/fake-ar-actes-not-schema-valid.xml":                               nil, // writable once its extra elements are gone
	"classification/RetourClassification-no-typology-not-schema-valid.xml":      MessageValeur,
	"composed/tricky/messages/m12-ar-sans-idacte.xml":                           MessageValeur,
	"composed/tricky/messages/m14-departement-barre.xml":                        nil, // filled in by the test
	"composed/tricky/messages/m05-ar-dit-utf8-mais-latin1.xml":                  MessageValeur,
	"composed/tricky/messages/m08-racine-inconnue.xml":                          nil,
	"composed/tricky/messages/m09-racine-idcl-valide-xsd.xml":                   nil,
}

func TestMessagesReadAreWrittenEqualAndValid(t *testing.T) {
	dir := corpus.Dir(t, "actes")
	var files []string
	for _, sub := range []string{"messages", "classification", "composed/messages", "composed/tricky/messages"} {
		err := filepath.WalkDir(filepath.Join(dir, sub), func(p string, d fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(p, ".xml") {
				files = append(files, p)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	out := t.TempDir()
	var written []string
	for i, p := range files {
		rel, _ := filepath.Rel(dir, p)
		rel = filepath.ToSlash(rel)
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		first := mustRead(t, b)
		if first.Message == nil {
			if _, listed := refusedByWrite[rel]; !listed {
				t.Errorf("%s: nothing read", rel)
			}
			continue
		}
		var buf bytes.Buffer
		err = Write(&buf, first.Message)
		rule, listed := refusedByWrite[rel]
		if err != nil {
			var invalid *report.InvalidError
			if !listed || !asInvalid(err, &invalid) || rule != nil && !invalid.Report.Has(rule) {
				t.Errorf("%s: %v", rel, err)
			}
			if buf.Len() > 0 {
				t.Errorf("%s: refused, and %d bytes written", rel, buf.Len())
			}
			continue
		}
		if rule != nil {
			t.Errorf("%s: written although it should be refused", rel)
		}
		second := mustRead(t, buf.Bytes())
		if !reflect.DeepEqual(first.Message, second.Message) {
			t.Errorf("%s: changed by writing:\n%+v\n%+v", rel, first.Message, second.Message)
		}
		if !second.Report.Valid() {
			t.Errorf("%s: written and not valid: %s", rel, codes(second.Report))
		}
		name := filepath.Join(out, fmt.Sprintf("%02d.xml", i))
		if err := os.WriteFile(name, buf.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		written = append(written, name)
	}
	if len(written) < 40 {
		t.Errorf("only %d messages written", len(written))
	}
	t.Run("xmllint", func(t *testing.T) {
		xmllint := corpus.Tool(t, "xmllint")
		args := append([]string{"--noout", "--nonet", "--schema", filepath.Join(dir, "xsd", "actesv1_1.xsd")}, written...)
		if b, err := exec.Command(xmllint, args...).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, b)
		}
	})
}

func asInvalid(err error, to **report.InvalidError) bool {
	e, ok := err.(*report.InvalidError)
	*to = e
	return ok
}

func mustRead(t testing.TB, b []byte) *Reading {
	t.Helper()
	r, err := Read(context.Background(), bytes.NewReader(b), Options{Now: presentDay})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestEveryCodeIsInTheCorpus(t *testing.T) {
	dir := corpus.Dir(t, "actes")
	var seen []string
	entries, err := os.ReadDir(filepath.Join(dir, "composed", "messages"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, "composed", "messages", e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if r := mustRead(t, b); r.Message != nil {
			seen = append(seen, r.Message.Code())
		}
	}
	for _, k := range Kinds() {
		if !slices.Contains(seen, k.Code) {
			t.Errorf("%s is not read from the corpus", k.Code)
		}
	}
}
