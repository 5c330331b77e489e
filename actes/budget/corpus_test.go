package budget_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/budget"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

// Every budget of the acts' table: kind, version, verdict and facts agree.
func TestInspectAgreesWithTheCorpus(t *testing.T) {
	dir := corpus.Dir(t, "actes")
	n := 0
	for _, row := range corpus.Expected(t, "actes") {
		if row.Kind != "actes.budget" {
			continue
		}
		n++
		t.Run(filepath.Base(row.Path), func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(dir, row.Path))
			if err != nil {
				t.Fatal(err)
			}
			res, err := inspect.Run(context.Background(), []inspect.Inspector{budget.Inspector()},
				inspect.NewBytes(filepath.Base(row.Path), b), inspect.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if res.Kind != row.Kind || res.Version != row.Version || string(res.Verdict()) != row.Verdict {
				t.Errorf("%s %s %s, the table says %s %s %s (%s)",
					res.Kind, res.Version, res.Verdict(), row.Kind, row.Version, row.Verdict, row.Hint)
			}
			for _, f := range res.Summary {
				if strings.HasPrefix(f.Key, "schema.") || f.Key == "nomenclature" || row.Facts[f.Key] == "" && f.Value == "" {
					continue // of the other domain's table
				}
				if got := fmt.Sprint(f.Value); got != row.Facts[f.Key] {
					t.Errorf("%s = %s, the table says %s", f.Key, got, row.Facts[f.Key])
				}
			}
			for key := range row.Facts {
				if res.Summary.Get(key) == nil {
					t.Errorf("no %s", key)
				}
			}
			if strings.Contains(row.Hint, "accents already lost") && !res.Report.Has(budget.Accents) {
				t.Error("the lost accents are not told")
			}
			if strings.Contains(row.Hint, "re-indented variant") && !res.Report.Has(budget.ScellementVariante) {
				t.Error("the variant that matched is not told")
			}
		})
	}
	if n < 13 {
		t.Errorf("only %d budgets in the table", n)
	}
}

// The finance corpus has budgets of its own, among them a real CFU. Its table
// says ok of a seal where that of the acts, and so this package, says intact of
// the very same files.
func TestSealsOfTheFinanceCorpus(t *testing.T) {
	dir := corpus.Dir(t, "finance")
	states := map[string]budget.State{"ok": budget.Intact, "rompu": budget.Broken, "absent": budget.Absent}
	n := 0
	for _, row := range corpus.Expected(t, "finance") {
		want, ok := states[row.Facts["scellement"]]
		if row.Kind != "actes.budget" || !ok {
			continue
		}
		n++
		b, err := os.ReadFile(filepath.Join(dir, row.Path))
		if err != nil {
			t.Fatal(err)
		}
		doc, rep, err := budget.Read(context.Background(), bytes.NewReader(b), int64(len(b)), budget.Options{Schemas: true})
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(row.Path)
		for _, s := range doc.SchemasJuges {
			if want := row.Facts["schema."+s.Version]; (want == "valid") != s.Valid {
				t.Errorf("%s: schema %s valid %v, the table says %s", name, s.Version, s.Valid, want)
			}
		}
		if len(doc.SchemasJuges) == 0 && !doc.CFU {
			t.Errorf("%s: judged by no schema", name)
		}
		if doc.Seal.State != want {
			t.Errorf("%s: seal %s, the table says %s", name, doc.Seal.State, want)
		}
		if want == budget.Intact && doc.Seal.Variant != budget.Exact {
			t.Errorf("%s: variant %s", name, doc.Seal.Variant)
		}
		if doc.NatDec != row.Facts["natdec"] || doc.Exer != row.Facts["exercice"] ||
			fmt.Sprint(doc.Lignes) != row.Facts["lignes"] || doc.Etablissement.Nomenclature != row.Facts["nomenclature"] {
			t.Errorf("%s: facts differ from the table's", name)
		}
		if valid := rep.Valid(); valid != (row.Verdict == "valid") {
			t.Errorf("%s: valid = %t, the table says %s", name, valid, row.Verdict)
		}
		if doc.CFU && fmt.Sprint(doc.Signatures) != row.Facts["sig.count"] {
			t.Errorf("%s: %d signatures", name, doc.Signatures)
		}
	}
	if n < 12 {
		t.Errorf("only %d budgets in the table", n)
	}
}

// Every sealed document of the corpus, its seal cut out, is sealed again with
// the same digests; the sealed text verifies.
func TestAddSealGivesTheToolsOwnDigests(t *testing.T) {
	var files []string
	for _, pattern := range []string{"actes/budget/*ok.xml", "actes/composed/tricky/budget/b0[146]*.xml"} {
		l, err := filepath.Glob(filepath.Join(filepath.Dir(corpus.Dir(t, "actes")), pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, l...)
	}
	if len(files) < 7 {
		t.Fatalf("only %d files", len(files))
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		was := read(t, b, budget.Options{})
		bare := unseal(t, b)
		if s := read(t, bare, budget.Options{}).Seal; s.State != budget.Absent {
			t.Fatalf("%s: seal %s after it was cut out", name, s.State)
		}
		var out bytes.Buffer
		placed, err := budget.AddSeal(context.Background(), &out, bytes.NewReader(bare), int64(len(bare)), someday, budget.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !strings.EqualFold(placed.MD5, was.Seal.MD5) || !strings.EqualFold(placed.SHA1, was.Seal.SHA1) {
			t.Errorf("%s: other digests than the tool's", name)
		}
		if s := read(t, out.Bytes(), budget.Options{}).Seal; s.State != budget.Intact || s.Variant != budget.Exact {
			t.Errorf("%s: sealed again, reads %s %s", name, s.State, s.Variant)
		}
		if got := unseal(t, out.Bytes()); !bytes.Equal(got, bare) {
			t.Errorf("%s: other octets than the seal changed", name)
		}
		if !placed.AnyVariant {
			t.Errorf("%s: the tool's own layout is not recognised", name)
		}
	}
}

func read(t testing.TB, b []byte, opt budget.Options) *budget.Document {
	t.Helper()
	doc, _, err := budget.Read(context.Background(), bytes.NewReader(b), int64(len(b)), opt)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func check(t testing.TB, b []byte, opt budget.Options) *report.Report {
	t.Helper()
	_, rep, err := budget.Read(context.Background(), bytes.NewReader(b), int64(len(b)), opt)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}
