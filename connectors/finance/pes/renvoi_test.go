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

// TestLotsHoldEverythingOnce divides a file: each lot is right by the official
// schema, and together they are the file.
func TestLotsHoldEverythingOnce(t *testing.T) {
	sent, err := os.ReadFile(filepath.Join(corpus.Dir(t, "finance"), "samples", "renvoi", "envoi.xml"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := Inventorier(context.Background(), bytes.NewReader(sent), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]int{1: 4, 3: 2, 10: 1, 0: 4} {
		lots := e.Decouper(n)
		if len(lots) != want {
			t.Errorf("%d at a time: %d lots", n, len(lots))
		}
		var docs [][]byte
		bordereaux, pj := 0, 0
		for i, l := range lots {
			var out bytes.Buffer
			if err := e.EcrireLot(&out, bytes.NewReader(sent), l, fmt.Sprint("LOT_", i+1)); err != nil {
				t.Fatal(err)
			}
			r := mustRead(t, out.String(), Options{})
			if !r.Report.Valid() || r.Entete.NomFic != fmt.Sprint("LOT_", i+1) || r.Facts.Bordereaux != len(l.Bordereaux) || r.Facts.PJ != len(l.PJ) {
				t.Errorf("lot %d of %d: %+v; %s", i+1, n, r.Facts, codes(r.Report))
			}
			bordereaux, pj = bordereaux+r.Facts.Bordereaux, pj+r.Facts.PJ
			docs = append(docs, out.Bytes())
		}
		if bordereaux != 4 || pj != 5 {
			t.Errorf("%d at a time: %d bordereaux, %d PJ", n, bordereaux, pj)
		}
		for i, ok := range mutant.Xmllint(t, mutant.XSD, officialSchema(t, families[0], V517), docs) {
			if !ok {
				t.Errorf("lot %d of %d is refused by the official schema", i+1, n)
			}
		}
	}
}

// TestContractsAreDividedToo: a contract is sent again when it was refused, and
// stands in one lot.
func TestContractsAreDividedToo(t *testing.T) {
	const marche = `<PES_Marche><EnTeteMarche><IdVer V="1"/></EnTeteMarche><Marches><Marche/></Marches></PES_Marche>`
	sent := depenseXML(`</n:PES_Aller>`, marche+`<PES_PJ><EnTetePES_PJ><IdVer V="1"/></EnTetePES_PJ>`+pjXML("A9", pdf(), refComptaXML)+`</PES_PJ></n:PES_Aller>`)
	e, err := Inventorier(context.Background(), strings.NewReader(sent), Options{})
	if err != nil {
		t.Fatal(err)
	}
	lots := e.Decouper(1)
	if len(lots) != 2 || lots[0].Marches || !lots[1].Marches || len(lots[1].PJ) != 1 || len(lots[1].Bordereaux) != 0 {
		t.Fatalf("%+v", lots)
	}
	for i, l := range lots {
		var out bytes.Buffer
		if err := e.EcrireLot(&out, strings.NewReader(sent), l, "L"); err != nil || strings.Contains(out.String(), marche) != (i == 1) || strings.Contains(out.String(), "A9") != (i == 1) {
			t.Errorf("lot %d: %v", i+1, err)
		}
	}
	element := func(domaine, etat, more string) string {
		return `<ElementACQUIT><DomaineAck V="` + domaine + `"/><EtatAck V="` + etat + `"/>` + more + `</ElementACQUIT>`
	}
	bord := `<NumBord V="12"/><ExerciceBord V="2024"/>`
	for name, x := range map[string]struct {
		acquit       string
		marche, bord bool
	}{
		"the bordereau refused": {element("5", "0", bord) + element("11", "1", `<IdMarche V="2024M1"/>`), false, true},
		"the contract refused":  {element("5", "1", bord) + element("11", "0", `<IdMarche V="2024M1"/>`), true, false},
		"everything refused":    {element("99", "0", ""), true, true},
	} {
		r := e.Rapprocher(mustRead(t, acquitXML(x.acquit), Options{}))
		var out bytes.Buffer
		if err := e.Renvoyer(&out, strings.NewReader(sent), r, "F2"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(out.String(), marche) != x.marche || strings.Contains(out.String(), "<Bordereau>") != x.bord {
			t.Errorf("%s: what is sent again holds the contract %v, the bordereau %v", name, strings.Contains(out.String(), marche), strings.Contains(out.String(), "<Bordereau>"))
		}
	}
}
