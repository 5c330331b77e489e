package pes

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/mutant"
)

// contents lists what a PES_Aller holds, without layout.
func contents(t testing.TB, doc []byte) (all []string) {
	t.Helper()
	for it, err := range Items(context.Background(), bytes.NewReader(doc), Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		switch x := it.(type) {
		case *Entete:
			all = append(all, fmt.Sprint(x.NomFic, x.CodCol, x.DteStr, x.Emetteur))
		case *Bordereau:
			y := *x
			y.Where.Line, y.Where.Column, y.Where.Offset, y.Where.Path = 0, 0, 0, ""
			all = append(all, fmt.Sprintf("%+v", y))
		case *Piece:
			all = append(all, fmt.Sprint(x.IdPce, x.TypPce, x.NatPce, x.Objet, x.PJRefs, *x.DGP))
		case *Ligne:
			all = append(all, fmt.Sprint(x.IdLigne, x.Nature, x.MtHT, x.MtTVA, x.Tiers[0].IdTiers, *x.Tiers[0].Compte))
		case *PJ:
			all = append(all, fmt.Sprint(x.IdUnique, x.NomPJ, x.TypePJ, x.Description, x.RefCompta, x.Contenu.SHA256))
		}
	}
	return all
}

// TestRenvoiEqualsTheCorpus rebuilds what the corpus says is to be sent again,
// and has the official schema judge it.
func TestRenvoiEqualsTheCorpus(t *testing.T) {
	dir := filepath.Join(corpus.Dir(t, "finance"), "samples", "renvoi")
	file := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	sent := file("envoi.xml")
	e, err := Inventorier(context.Background(), bytes.NewReader(sent), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for acquit, want := range map[string]string{
		"acquit_partiel.xml":                  "renvoi_apres_acquit_partiel.xml",
		"acquit_bordereau_contradictoire.xml": "renvoi_apres_acquit_contradictoire.xml",
	} {
		r := e.Rapprocher(mustRead(t, string(file(acquit)), Options{}))
		expected := file(want)
		nomFic := mustRead(t, string(expected), Options{}).Entete.NomFic
		var out bytes.Buffer
		if err := e.Renvoyer(&out, bytes.NewReader(sent), r, nomFic); err != nil {
			t.Fatal(err)
		}
		got, wanted := strings.Join(contents(t, out.Bytes()), "\n"), strings.Join(contents(t, expected), "\n")
		if got != wanted {
			t.Errorf("%s:\n%s\nwant\n%s", acquit, got, wanted)
		}
		for _, version := range Versions() {
			if !mutant.Xmllint(t, mutant.XSD, officialSchema(t, families[0], version), [][]byte{out.Bytes()})[0] {
				t.Errorf("%s: what is to be sent again is not valid in %s", acquit, version)
			}
		}
		if x := mustRead(t, out.String(), Options{}); !x.Report.Valid() {
			t.Errorf("%s: %s", acquit, codes(x.Report))
		}
	}
}

func TestRenvoiRefusesWhatCannotBe(t *testing.T) {
	sent := depenseXML()
	e, err := Inventorier(context.Background(), strings.NewReader(sent), Options{})
	if err != nil {
		t.Fatal(err)
	}
	ko := `<ElementACQUIT><DomaineAck V="5"/><EtatAck V="0"/><NumBord V="12"/><ExerciceBord V="2024"/></ElementACQUIT>`
	refused := e.Rapprocher(mustRead(t, acquitXML(ko), Options{}))
	for name, x := range map[string]struct {
		r    *Rapprochement
		nom  string
		want error
	}{
		"nothing refused":   {e.Rapprocher(mustRead(t, acquitXML(""), Options{})), "F2", ErrRienARenvoyer},
		"another file":      {e.Rapprocher(mustRead(t, acquitXML(ko, `<CodCol V="520"/>`, `<CodCol V="521"/>`), Options{})), "F2", ErrRienARenvoyer},
		"the name sent":     {refused, "F1", ErrNomFic},
		"no name":           {refused, "", ErrNomFic},
		"a name with quote": {refused, `F"2`, ErrNomFic},
		"good":              {refused, "F2", nil},
	} {
		var out bytes.Buffer
		if err := e.Renvoyer(&out, strings.NewReader(sent), x.r, x.nom); !errors.Is(err, x.want) || (err == nil) != (x.want == nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, doc := range map[string]string{"an acquit": acquitXML(""), "cut": sent[:700], "another root": `<a/>`} {
		if _, err := Inventorier(context.Background(), strings.NewReader(doc), Options{}); err == nil {
			t.Errorf("%s was taken for what was sent", name)
		}
	}
}

// TestRenvoiTellsDomainsApart: a titre and a mandat may bear one number.
func TestRenvoiTellsDomainsApart(t *testing.T) {
	rec := recetteXML(`<IdBord V="7"/>`, `<IdBord V="12"/>`)
	rec = rec[strings.Index(rec, "<PES_RecetteAller>") : strings.Index(rec, "</PES_RecetteAller>")+len("</PES_RecetteAller>")]
	sent := depenseXML(`</PES_DepenseAller>`, `</PES_DepenseAller>`+rec)
	e, err := Inventorier(context.Background(), strings.NewReader(sent), Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := e.Rapprocher(mustRead(t, acquitXML(`<ElementACQUIT><DomaineAck V="6"/><EtatAck V="0"/><NumBord V="12"/><ExerciceBord V="2024"/></ElementACQUIT>`+
		`<ElementACQUIT><DomaineAck V="5"/><EtatAck V="1"/><NumBord V="12"/><ExerciceBord V="2024"/></ElementACQUIT>`), Options{}))
	var out bytes.Buffer
	if err := e.Renvoyer(&out, strings.NewReader(sent), r, "F2"); err != nil {
		t.Fatal(err)
	}
	if x := mustRead(t, out.String(), Options{}); x.Facts.Depense.Present || x.Facts.Bordereaux != 1 || !x.Report.Valid() || !strings.Contains(out.String(), rec) {
		t.Errorf("%+v; %s", x.Facts, codes(x.Report))
	}
}
