package actes

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

// onePage is a PDF of one empty page.
var onePage = makePDF()

func makePDF() string {
	var b strings.Builder
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, object := range []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	xref := b.Len()
	b.WriteString("xref\n0 4\n0000000000 65535 f \n")
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", xref)
	return b.String()
}

var noon = time.Date(2024, 7, 1, 10, 0, 0, 0, time.UTC)

// good returns an act nothing is wrong with.
func good() *Acte {
	return &Acte{
		Collectivite:   Collectivite{"123456782", "034", "3", "31"},
		Numero:         "D2024_042",
		Date:           ged.Date{Year: 2024, Month: 6, Day: 27},
		Nature:         Deliberation,
		Matiere:        Matiere{5, 2},
		Objet:          "Règlement intérieur",
		Classification: ged.Date{Year: 2019, Month: 4, Day: 18},
		Document:       Fichier{Nom: "ri.pdf", Typologie: "99_DE", Contenu: strings.NewReader(onePage)},
		Annexes:        []Fichier{{Nom: "rapport.PDF", Typologie: "21_RP", Contenu: strings.NewReader(onePage)}},
	}
}

// small is a classification made here, with one matter of two digits.
func small() *Classification {
	return &Classification{
		Date: ged.Date{Year: 2019, Month: 4, Day: 18},
		Natures: []NatureActe{
			{Code: 1, Abrege: "DE", Libelle: "Délibérations", Typologies: []Typologie{{"99_DE", "Délibération"}, {"21_RP", "Rapport"}}},
			{Code: 6, Abrege: "AU", Libelle: "Autres", Typologies: []Typologie{{"99_AU", "Autre"}}},
		},
		Matieres: []*Branche{
			{Code: 7, Libelle: "Finances locales", Sous: []*Branche{
				{Code: 10, Libelle: "Divers"}, {Code: 2, Libelle: "Fiscalité"}, {Code: 1, Libelle: "Décisions budgétaires"}}},
			{Code: 5, Libelle: "Institutions et vie politique", Sous: []*Branche{
				{Code: 2, Libelle: "Fonctionnement des assemblées", Sous: []*Branche{{Code: 1, Libelle: "Règlement intérieur"}}}}},
		},
	}
}

type sent []IDActe

func (s sent) Transmitted(context.Context, string, string) ([]IDActe, error) { return s, nil }

func TestEveryRuleIsProduced(t *testing.T) {
	act := func(opt Options, change func(*Acte)) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			a := good()
			change(a)
			opt.Now = noon
			rep, err := a.Check(context.Background(), opt)
			if err != nil {
				t.Fatal(err)
			}
			return rep
		}
	}
	class := func(change func(*Classification)) func(testing.TB) *report.Report {
		return func(testing.TB) *report.Report {
			c := small()
			change(c)
			rep := new(report.Report)
			c.Check(rep, report.Location{})
			return rep
		}
	}
	norm := Options{}
	held := Options{Classification: small()}
	rulestest.Every(t, Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		NumeroVide:            act(norm, func(a *Acte) { a.Numero = "" }),
		NumeroLong:            act(norm, func(a *Acte) { a.Numero = "ABCDEFGHIJKLMNOP" }),
		NumeroCaractere:       act(norm, func(a *Acte) { a.Numero = "2024-042" }),
		NumeroBord:            act(norm, func(a *Acte) { a.Numero = "2024_" }),
		ObjetVide:             act(norm, func(a *Acte) { a.Objet = "" }),
		ObjetLong:             act(norm, func(a *Acte) { a.Objet = strings.Repeat("é", 501) }),
		ObjetLimite:           act(norm, func(a *Acte) { a.Objet = strings.Repeat("é", 500) }),
		ObjetLignes:           act(norm, func(a *Acte) { a.Objet = "a\nb" }),
		ObjetEcrit:            act(norm, func(a *Acte) { a.Objet = "a\x01b" }),
		DateAbsente:           act(norm, func(a *Acte) { a.Date = ged.Date{Year: 2023, Month: 2, Day: 29} }),
		DateFuture:            act(norm, func(a *Acte) { a.Date = ged.Date{Year: 2024, Month: 7, Day: 2} }),
		DateAncienne:          act(norm, func(a *Acte) { a.Date = ged.Date{Year: 2022, Month: 6, Day: 30} }),
		NatureInconnue:        act(norm, func(a *Acte) { a.Nature = 7 }),
		MatiereNiveaux:        act(norm, func(a *Acte) { a.Matiere = Matiere{5} }),
		MatiereTrou:           act(norm, func(a *Acte) { a.Matiere = Matiere{1, 1, 1, 0, 1} }),
		MatiereNegative:       act(norm, func(a *Acte) { a.Matiere = Matiere{1, -1} }),
		MatiereInconnue:       act(held, func(a *Acte) { a.Matiere = Matiere{7, 3} }),
		ClassificationAbsente: act(norm, func(a *Acte) { a.Classification = ged.Date{} }),
		ClassificationPerimee: act(held, func(a *Acte) { a.Classification = ged.Date{Year: 2017, Month: 12, Day: 8} }),
		PrecedentForme:        act(norm, func(a *Acte) { a.Precedent = IDActe{Departement: "034"} }),
		Doublon:               act(Options{Doublons: sent{good().ID()}}, func(*Acte) {}),
		DoublonNumero: act(Options{Doublons: sent{{"034", "123456782", ged.Date{Year: 2020, Month: 1, Day: 1}, "D2024_042", Deliberation}}},
			func(*Acte) {}),
		SIRENForme:            act(norm, func(a *Acte) { a.Collectivite.SIREN = "1234" }),
		SIRENCle:              act(norm, func(a *Acte) { a.Collectivite.SIREN = "123456789" }),
		DepartementForme:      act(norm, func(a *Acte) { a.Collectivite.Departement = "|34" }),
		DepartementInconnu:    act(norm, func(a *Acte) { a.Collectivite.Departement = "976" }),
		ArrondissementForme:   act(norm, func(a *Acte) { a.Collectivite.Arrondissement = "12" }),
		ArrondissementInconnu: act(norm, func(a *Acte) { a.Collectivite.Arrondissement = "9" }),
		CollectiviteForme:     act(norm, func(a *Acte) { a.Collectivite.Nature = "3" }),
		CollectiviteInconnue:  act(norm, func(a *Acte) { a.Collectivite.Nature = "02" }),
		FichierAbsent:         act(norm, func(a *Acte) { a.Document.Contenu = nil }),
		FichierVide:           act(norm, func(a *Acte) { a.Document.Contenu = strings.NewReader("") }),
		FormatDocument:        act(norm, func(a *Acte) { a.Document.Contenu = strings.NewReader("bonjour") }),
		FormatImage: act(norm, func(a *Acte) {
			a.Document = Fichier{Nom: "a.png", Typologie: "99_DE", Contenu: strings.NewReader("\x89PNG\r\n\x1a\n")}
		}),
		FormatXML: act(norm, func(a *Acte) {
			a.Document = Fichier{Nom: "a.xml", Typologie: "99_DE", Contenu: strings.NewReader("<?xml version='1.0'?><a/>")}
		}),
		FormatExtension:   act(norm, func(a *Acte) { a.Document.Nom = "a.png" }),
		AnnexeRequise:     act(Options{Profile: STELA}, func(a *Acte) { a.Nature, a.Annexes = Budgetaire, nil }),
		TypologieAbsente:  act(norm, func(a *Acte) { a.Document.Typologie = "" }),
		TypologieInconnue: act(norm, func(a *Acte) { a.Document.Typologie = "CO_DE" }),
		TypologieNature:   act(norm, func(a *Acte) { a.Document.Typologie = "10_DE" }),
		TypologieMatiere:  act(Options{Politique: ParMatiere}, func(a *Acte) { a.Annexes[0].Typologie = "21_RP" }),
		ClassificationDouble: class(func(c *Classification) {
			c.Matieres[0].Sous = append(c.Matieres[0].Sous, &Branche{Code: 10, Libelle: "Divers bis"})
		}),
		ClassificationSansCode:       class(func(c *Classification) { c.Natures[0].Code = 0 }),
		ClassificationNature:         class(func(c *Classification) { c.Natures[0].Code = 9 }),
		ClassificationSansTypologie:  class(func(c *Classification) { c.Natures[0].Typologies = nil }),
		ClassificationTypologieForme: class(func(c *Classification) { c.Natures[0].Typologies[0].Code = "55" }),
		ClassificationCode:           class(func(c *Classification) { c.Matieres[0].Code = -3 }),
		ClassificationPerdu:          class(func(c *Classification) { c.Matieres[0].Libelle = "maîtrise d'?uvre" }),
	})
}

func TestAGoodActHasNoFinding(t *testing.T) {
	for _, p := range []Profile{Norme, XSD, S2LOW, STELA, Pastell} {
		rep, err := good().Check(context.Background(), Options{Profile: p, Now: noon, Classification: small(), Doublons: sent{}})
		if err != nil {
			t.Fatal(err)
		}
		for f := range rep.All() {
			t.Errorf("profile %q: %s %s", p, f.Code(), f.Message(report.FR))
		}
	}
	rep := new(report.Report)
	small().Check(rep, report.Location{})
	if rep.Total() != 0 {
		t.Error("a good classification has findings")
	}
}

func TestABrokenPDFIsRefusedAtItsPlace(t *testing.T) {
	a := good()
	a.Annexes[0].Contenu = strings.NewReader(onePage[:40])
	rep, err := a.Check(context.Background(), Options{Now: noon})
	if err != nil || rep.Valid() {
		t.Fatalf("accepted: %v", err)
	}
	for f := range rep.All() {
		if f.Where.Path != "annexes[1]" || !strings.HasPrefix(f.Code(), "PDF-") {
			t.Errorf("%s at %s", f.Code(), f.Where)
		}
	}
}
