package budget_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/budget"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

// TestSCDLEqualsTheCorpus: the CSV of each budget that has one in the corpus is
// the same to the byte.
func TestSCDLEqualsTheCorpus(t *testing.T) {
	dir := corpus.Dir(t, "finance")
	paths, err := filepath.Glob(filepath.Join(dir, "samples", "budget", "*.scdl.csv"))
	if err != nil || len(paths) < 2 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(strings.TrimSuffix(path, ".scdl.csv") + ".xml")
		if err != nil {
			t.Fatal(err)
		}
		var plan *budget.Plan
		if f, err := os.Open(filepath.Join(dir, "plans_de_comptes", budget.NomPlan(read(t, b, budget.Options{})))); err == nil {
			plan, err = budget.ReadPlan(context.Background(), f)
			f.Close()
			if err != nil {
				t.Fatal(err)
			}
		}
		var out bytes.Buffer
		if err := budget.ExporterSCDL(context.Background(), &out, bytes.NewReader(b), plan); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(out.Bytes(), want) {
			got, wanted := strings.Split(out.String(), "\n"), strings.Split(string(want), "\n")
			for i := range wanted {
				if i >= len(got) || got[i] != wanted[i] {
					t.Errorf("%s: line %d of %d differs (we have %d)", filepath.Base(path), i+1, len(wanted), len(got))
					break
				}
			}
		}
	}
}

const plan = `<?xml version="1.0"?><Nomenclature><Nature><Chapitres><Chapitre Code="011" Libelle="Charges" Section="F"/><Chapitre Code="21" Libelle="Immobilisations" Section="I"/></Chapitres>` +
	`<Comptes><Compte Code="6" Libelle="Six"><Compte Code="60" Libelle="Achats, et autres"/></Compte></Comptes></Nature>` +
	`<Fonction><RefFonctionnelles><RefFonc Code="0" Libelle="Services"/></RefFonctionnelles></Fonction></Nomenclature>`

func TestSCDL(t *testing.T) {
	p, err := budget.ReadPlan(context.Background(), strings.NewReader(plan))
	if err != nil {
		t.Fatal(err)
	}
	line := func(inside string) string { return `<LigneBudget>` + inside + `</LigneBudget>` }
	doc := `<DocumentBudgetaire xmlns="` + budget.NS + `"><EnTeteDocBudgetaire><LibelleColl V="=HYPERLINK(&quot;x&quot;)"/></EnTeteDocBudgetaire><Budget>` +
		`<EnTeteBudget><IdEtab V="21560046100010"/></EnTeteBudget><BlocBudget><NatDec V="02"/><Exer V="2024"/></BlocBudget>` +
		line(`<Nature V="60"/><Fonction V="0"/><ContNat V="011"/><ArtSpe V="true"/><CodRD V="D"/><MtPrev V="-12.50"/><OpBudg V="1"/>`) +
		`<LigneBudget calculated="true"><Nature V="60"/></LigneBudget>` +
		line(`<Nature V="999"/><ContNat V="21"/>`) + `</Budget></DocumentBudgetaire>`
	var out bytes.Buffer
	if err := budget.ExporterSCDL(context.Background(), &out, strings.NewReader(doc), p); err != nil {
		t.Fatal(err)
	}
	head := `Décision modificative,2024,21560046100010,"=HYPERLINK(""x"")",`
	want := []string{
		head + `011,Charges,60,"Achats, et autres",0,Services,,fonctionnement,ordre,dépense,,,,,-12.50,,,spécialisé`,
		head + `21,Immobilisations,999,,,,,investissement,,,,,,,,,,`, "",
	}
	if got := strings.Split(out.String(), "\r\n")[1:]; strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	var invalid *report.InvalidError
	for name, bad := range map[string]string{"another document": `<a/>`} {
		if err := budget.ExporterSCDL(context.Background(), &out, strings.NewReader(bad), nil); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := budget.ExporterSCDL(context.Background(), &out, strings.NewReader(doc[:300]), nil); err == nil {
		t.Error("a document that is cut is exported")
	}
	if _, err := budget.ReadPlan(context.Background(), strings.NewReader(`<Nomenclature/>`)); !errors.As(err, &invalid) {
		t.Errorf("no plan: %v", err)
	}
}

func TestNomenclatures(t *testing.T) {
	for s, want := range map[string]bool{"M57-M57_A": true, "M14-M14_COM_500_3500": true, "M4-M43_D": true, "M49-M49_D": true, "M57_A": false, "M57-M14_CE": false, "": false} {
		if budget.ValidNomenclature(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
	d := &budget.Document{Exer: "2024"}
	d.Etablissement.Nomenclature = "M57-M57_A"
	if got := budget.NomPlan(d); got != "2024_M57_A_planDeCompte.xml" {
		t.Error(got)
	}
	d.Etablissement.Nomenclature = "M57-../../x"
	if got := budget.NomPlan(d); got != "" {
		t.Error(got)
	}
}

func FuzzSCDL(f *testing.F) {
	f.Add([]byte(`<DocumentBudgetaire xmlns="` + budget.NS + `"><Budget><LigneBudget><Nature V="1"/></LigneBudget></Budget></DocumentBudgetaire>`))
	f.Add([]byte(plan))
	f.Fuzz(func(t *testing.T, b []byte) {
		var out bytes.Buffer
		p, _ := budget.ReadPlan(context.Background(), bytes.NewReader(b))
		if budget.ExporterSCDL(context.Background(), &out, bytes.NewReader(b), p) == nil && !bytes.HasSuffix(out.Bytes(), []byte("\r\n")) {
			t.Error("no line end")
		}
	})
}
