package pes

import (
	"context"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/internal/corpus"
)

// TestCodesAreThoseOfTheSchemas: what the schemas enumerate is in the tables.
func TestCodesAreThoseOfTheSchemas(t *testing.T) {
	f, err := os.Open(filepath.Join(corpus.Dir(t, "finance"), "tables", "codes_v5.17.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string]string{
		"PES_V2/CommunPES.xsd TPJ": "TypePJ", "PES_V2/CommunPES.xsd TCatTiers": "CatTiers", "PES_V2/CommunPES.xsd TNatJur": "NatJur", "PES_V2/CommunPES.xsd TNatIdTiers": "NatIdTiers",
		"PES_V2/CommunAck.xsd TDomaineAck": "acquit.DomaineAck", "PES_V2/NS_Depense/r0/CommunDepense.xsd TTypBordAller": "depense.TypBord",
		"PES_V2/NS_Depense/r0/CommunDepense.xsd TTypPce": "depense.TypPce", "PES_V2/NS_Depense/r0/CommunDepense.xsd TNatPce": "depense.NatPce",
		"PES_V2/NS_Depense/r0/CommunDepense.xsd TCodePaiement": "depense.ModRegl", "PES_V2/NS_Recette/r0/CommunRecette.xsd TTypBordAller": "recette.TypBord",
		"PES_V2/NS_Recette/r0/CommunRecette.xsd TTypPce": "recette.TypPce", "PES_V2/NS_Recette/r0/CommunRecette.xsd TNatPce": "recette.NatPce",
		"PES_V2/NS_Recette/r0/CommunRecette.xsd TEdition": "recette.Edition", "PES_V2/RETOUR/NS_Depense/r0/CommunDepense_Retour.xsd TEtatPce": "retour.depense.EtatPce",
		"PES_V2/RETOUR/NS_Recette/r0/CommunRecette_Retour.xsd TCodeSuspPour": "retour.recette.CodeSuspPour",
	}
	c, n := CodesIntegres(), 0
	for _, row := range rows {
		if table := tables[row[0]+" "+row[1]]; table != "" {
			n++
			if !c.Has(table, row[2]) {
				t.Errorf("%s has no %s", table, row[2])
			}
		}
	}
	if n < 150 {
		t.Errorf("only %d codes", n)
	}
	if l := c.Libelle("CatTiers", "50"); !strings.HasPrefix(l, "Personnes morales de droit privé") {
		t.Errorf("CatTiers 50 is %q: the labels of 5.17 are shifted", l)
	}
}

func TestCodesOfAnotherYear(t *testing.T) {
	later, err := ReadCodes(strings.NewReader("\ufeff# 2027\r\nTypePJ\t015\tNouvelle pièce\r\nTypePJ\t003\tDépense (2027)\n\ndepense.triplet\t01-12-01\t\n"))
	if err != nil {
		t.Fatal(err)
	}
	c := CodesIntegres().Avec(later)
	if c.Libelle("TypePJ", "015") != "Nouvelle pièce" || c.Libelle("TypePJ", "003") != "Dépense (2027)" || c.Libelle("TypePJ", "004") == "" || len(c.Tables()) != len(CodesIntegres().Tables()) {
		t.Error("the later year is not laid over")
	}
	if CodesIntegres().Has("TypePJ", "015") || len(c.Table("TypePJ")) != len(CodesIntegres().Table("TypePJ"))+1 {
		t.Error("the tables built in were changed")
	}
	doc := depenseXML(`<TypPce V="01"/>`, `<TypPce V="12"/>`)
	if !mustRead(t, doc, Options{}).Report.Has(Triplet) || mustRead(t, doc, Options{Codes: c}).Report.Has(Triplet) {
		t.Error("the triplet of the later year is not known")
	}
	for name, bad := range map[string]string{"no tabs": "TypePJ 015 x", "no code": "TypePJ\t\tx", "too long": "a\tb\t" + strings.Repeat("x", 3000)} {
		if _, err := ReadCodes(strings.NewReader(bad)); !errors.Is(err, ErrCodes) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNomenclatureFile: what -nomenclature may name.
func TestNomenclatureFile(t *testing.T) {
	doc := depenseXML(`<CodCol V`, `<FinJur V="560000001"/><CodCol V`, `<TypPce V="01"/>`, `<TypPce V="12"/>`, `<Nature V="60632"/>`, `<Nature V="9"/>`)
	for file, want := range map[string]string{
		"":        "PES-TRIPLET",
		"M57\r\n": "PES-FINJUR PES-TRIPLET",
		"M21":     "PES-TRIPLET",
		"depense.triplet\t01-12-01\t\nbudget.nomenclature\tM57\t":                   "PES-FINJUR",
		`<N><Nature><Comptes><Compte Code="1" Libelle="a"/></Comptes></Nature></N>`: "PES-TRIPLET PES-COMPTE-PLAN",
	} {
		res, err := inspect.Run(context.Background(), []inspect.Inspector{Inspector()}, inspect.NewBytes("a.xml", []byte(doc)), inspect.Options{Codes: []byte(file)})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for f := range res.Report.All() {
			got = append(got, f.Code())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%.20q: %v, want %s", file, got, want)
		}
	}
	if _, err := inspect.Run(context.Background(), []inspect.Inspector{Inspector()}, inspect.NewBytes("a.xml", []byte(doc)), inspect.Options{Codes: []byte("M99 ?")}); !errors.Is(err, ErrCodes) {
		t.Errorf("nonsense: %v", err)
	}
}
