package actes

import (
	"slices"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged"
)

func TestTypologyIsJudgedByEdition(t *testing.T) {
	edition := func(i int) *Classification { return &Classification{Date: EditionsTypologie[i]} }
	other := &Classification{Date: ged.Date{Year: 2023, Month: 1, Day: 1}}
	for _, c := range []struct {
		code string
		n    Nature
		m    Matiere
		c    *Classification
		p    Politique
		want Avis
	}{
		{"99_AT", Reglementaire, Matiere{}, edition(0), ParNature, Permise},
		{"99_AT", Reglementaire, Matiere{}, edition(2), ParNature, Inconnue},
		{"99_AT", Reglementaire, Matiere{}, nil, ParNature, Permise},
		{"99_AT", Reglementaire, Matiere{}, other, ParNature, Permise},
		{"99_CO", Contrat, Matiere{}, edition(0), ParNature, Permise},
		{"99_CO", Contrat, Matiere{}, edition(1), ParNature, Inconnue},
		{"99_AU", Deliberation, Matiere{}, nil, ParNature, AutreNature},
		{"10_DE", Deliberation, Matiere{}, nil, ParNature, AutreNature},
		{"CO_DE", Deliberation, Matiere{}, nil, ParNature, Inconnue},
		{"", Deliberation, Matiere{}, nil, ParNature, Absente},
		{"99_DE", 9, Matiere{}, nil, ParNature, NatureSansListe},
		{"21_RP", Deliberation, Matiere{2, 1}, nil, ParMatiere, Permise},
		{"21_RP", Deliberation, Matiere{5, 2}, nil, ParMatiere, HorsMatiere},
		{"21_RP", Deliberation, Matiere{5, 2}, nil, ParNature, Permise},
		{"70_DE", Deliberation, Matiere{7, 10}, nil, ParMatiere, Permise}, // x0 suits any second level
		{"99_DE", Deliberation, Matiere{7, 10}, nil, ParMatiere, Permise},
		{"11_AC", Contrat, Matiere{1, 10}, nil, ParMatiere, HorsMatiere},
		{"99_AU", Deliberation, Matiere{}, small(), ParNature, AutreNature},
		{"31_DP", Deliberation, Matiere{}, small(), ParNature, Inconnue},
	} {
		if got := JudgeTypologie(c.code, c.n, c.m, c.c, c.p); got != c.want {
			t.Errorf("%q %v %v policy %d: %d, want %d", c.code, c.n, c.m, c.p, got, c.want)
		}
	}
}

func TestSuggestionsArePermittedAndNear(t *testing.T) {
	for _, n := range Natures() {
		for _, code := range []string{"", "CO_DE", "99_AU", "10_DE", "99-de", "x", "21_XX", "99_SE", DefautTypologie(n)} {
			list := SuggestTypologies(code, n, Matiere{}, nil, ParNature)
			if len(list) == 0 && code != DefautTypologie(n) || len(list) > 5 {
				t.Errorf("%q for %v: %v", code, n, list)
			}
			for _, s := range list {
				if JudgeTypologie(s, n, Matiere{}, nil, ParNature) != Permise || s == code {
					t.Errorf("%q for %v: %s is no help", code, n, s)
				}
			}
		}
		if got := SuggestTypologies("", n, Matiere{}, nil, ParNature); got[0] != DefautTypologie(n) {
			t.Errorf("without a code %v gets %s first", n, got[0])
		}
	}
	if got := SuggestTypologies("21-rp", Deliberation, Matiere{}, nil, ParNature); got[0] != "21_RP" {
		t.Errorf("%v", got)
	}
	old := &Classification{Date: EditionsTypologie[0]}
	if got := SuggestTypologies("", Contrat, Matiere{}, old, ParNature); !slices.Contains(got, "99_CO") {
		t.Errorf("the edition of 2017-11-13 has 99_CO: %v", got)
	}
}

func TestLabelsAreComparedByMeaning(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"Éolien", "EOLIEN", true},
		{"logement de fonction", "Logements de fonction", true},
		{"marchés de maîtrise d¿¿uvre MAPA", "Marchés de maîtrise d'oeuvre MAPA", true},
		{"marchés dialogue compétitif", "Marchés conception-réalisation", false},
		{"ZAD", "ZPPAUP", false},
		{"autres", "marchés passés selon une procédure adaptée (MAPA)", false},
		{"", "", true},
		{"", "autres", false},
	} {
		if got := sameMeaning(c.a, c.b); got != c.same || sameMeaning(c.b, c.a) != c.same {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
}

func TestLookupFollowsTwins(t *testing.T) {
	c := small()
	c.Matieres[0].Sous = append(c.Matieres[0].Sous, &Branche{Code: 10, Libelle: "Divers bis", Sous: []*Branche{{Code: 3, Libelle: "x"}}})
	if b, ok := c.Lookup(Matiere{7, 10, 3}); !ok || b.Libelle != "x" {
		t.Error("the child of the second twin is lost")
	}
	if b, ok := c.Lookup(Matiere{7, 10}); !ok || b.Libelle != "Divers" {
		t.Error("of twins the first is meant")
	}
	for _, m := range []Matiere{{}, {7, 3}, {7, 0, 1}, {9}, {7, 10, 3, 1}} {
		if _, ok := c.Lookup(m); ok {
			t.Errorf("%v is found", m)
		}
	}
	if got := strings.Join(c.Libelle(Matiere{5, 2, 9}), " / "); got != "Institutions et vie politique / Fonctionnement des assemblées" {
		t.Error(got)
	}
	var order []string
	for m := range c.All() {
		order = append(order, m.String())
	}
	if got := strings.Join(order, " "); got != "5 5.2 5.2.1 7 7.1 7.2 7.10 7.10 7.10.3" {
		t.Error(got)
	}
}
