package budget

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/mutant"
)

// TestSchemasAgreeOnMutants compares the verdict of the built-in grammars with
// xmllint's on variants of real budgets, by both sets.
func TestSchemasAgreeOnMutants(t *testing.T) {
	dir := corpus.Dir(t, "finance")
	var docs [][]byte
	for _, name := range []string{"DOCBUDG-21560046100085-056025-BP-2022.xml", "compose_bp_sans_scellement.xml"} {
		b, err := os.ReadFile(filepath.Join(dir, "samples", "budget", name))
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, b)
	}
	ligne := func(inside string) []byte {
		return bytes.Replace(docs[0], []byte("<LigneBudget>"), []byte("<LigneBudget>"+inside+"</LigneBudget><LigneBudget>"), 1)
	}
	// What the real ones do not have, new and old.
	docs = append(docs,
		ligne(`<Groupe V="a"/><Nature V="60"/><LibCpte V="x"/><CodRD V="R"/><TxReal3112 V="1.5"/><OpBudg V="T"/><TypOpBudg V="1"/><MtSup Code="A" V="1.00"/><CaracSup Code="B" V="x"/><APCP V="x"/><MtCumulCA V="3"/>`),
		ligne(`<Nature V="60"/><CodRD V="R"/><OpBudg V="0"/><MtSup Code="A"/><CaracSup Code="B"/>`),
		ligne(`<Nature V="60"/><CodRD V="R"/>`),
		bytes.Replace(docs[0], []byte(`<NatDec V="01"/>`), []byte(`<NatDec V="10"/>`), 1),
		bytes.Replace(docs[0], []byte(`</Budget>`), []byte(`</Budget><a:DocumentRapport xmlns:a="http://projets.admisource.gouv.fr/xemelios/namespaces#anomally"/>`), 1))
	pool := func(good, bad []string) mutant.Pool { return mutant.Pool{Good: good, Bad: bad} }
	m, err := mutant.New(mutant.Options{Seed: 2024, Foreign: []string{`<x xmlns="urn:x"/>`, `<Nature V="1"/>`}, Values: map[string]mutant.Pool{
		"NatDec/@V": pool([]string{"01", "02", "09"}, []string{"", "04", "1", "01 "}), "Exer/@V": pool([]string{"2024", "1999", "2024Z"}, []string{"24", "x", ""}),
		"Nature/@V": pool([]string{"60", "0"}, []string{"", "6A", " 60"}), "MtPrev/@V": pool([]string{"-1.5", "0", "+12.00", " 3 "}, []string{"1,5", "1.234", "", "123456789012345"}),
		"IdEtab/@V": pool([]string{"12345678901234"}, []string{"123", "1234567890123X"}), "CodRD/@V": pool([]string{"R", "D"}, []string{"X", "r"}),
		"ArtSpe/@V": pool([]string{"true", "0"}, []string{"oui", ""}), "DteStr/@V": pool([]string{"2024-02-29"}, []string{"2023-02-29", "01/02/2024"}),
	}}, docs[0], docs[2])
	if err != nil {
		t.Fatal(err)
	}
	n := 200
	if testing.Short() {
		n = 60
	}
	for _, x := range m.Make(n) {
		docs = append(docs, x.Doc)
	}
	total, valid := 0, 0
	for _, version := range SchemaVersions() {
		xsd := filepath.Join(dir, "xsd", "pes_v"+version, "SchemaDocBudg", "DocumentBudgetaire.xsd")
		for i, want := range mutant.Xmllint(t, mutant.XSD, xsd, docs) {
			doc, rep, err := Read(context.Background(), bytes.NewReader(docs[i]), int64(len(docs[i])), Options{Schemas: true})
			if err != nil {
				t.Fatal(err)
			}
			total++
			if want {
				valid++
			}
			got, why := false, ""
			for _, s := range doc.SchemasJuges {
				if s.Version == version {
					got = s.Valid
					for f := range s.Report.All() {
						why += f.Code() + " " + f.Where.Path + " "
					}
					if got && s.Report.Has(report.XSDLexSpace) {
						got = want // xmllint refuses blanks around a date, against the norm
					}
				}
			}
			if got != want {
				t.Errorf("document %d, %s: valid %v, xmllint says %v; %s %d", i, version, got, want, why, rep.Total())
			}
		}
	}
	t.Log(fmt.Sprint(total, " verdicts, ", valid, " valid"))
	if valid*100 < 15*total {
		t.Error("too few are valid to prove anything")
	}
}
