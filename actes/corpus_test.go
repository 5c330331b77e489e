package actes_test

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

// table reads a table of the corpus, without its heading.
func table(t testing.TB, name string) [][]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(corpus.Dir(t, "actes"), "tables", name))
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	sc := bufio.NewScanner(bytes.NewReader(b))
	for sc.Scan() {
		rows = append(rows, strings.Split(strings.TrimRight(sc.Text(), "\r"), "\t"))
	}
	return rows[1:]
}

func read(t testing.TB, file string) *actes.Classification {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(corpus.Dir(t, "actes"), "classification", file))
	if err != nil {
		t.Fatal(err)
	}
	r, err := message.Read(context.Background(), bytes.NewReader(b), message.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &r.Message.(*message.RetourClassification).Classification
}

func TestDepartmentsAreThoseOfTheTable(t *testing.T) {
	rows := table(t, "departement_arrondissements.tsv")
	if len(rows) != 103 {
		t.Errorf("%d rows", len(rows))
	}
	for _, r := range rows {
		got, ok := actes.Arrondissements(r[0])
		if !ok || got != strings.ReplaceAll(r[1], ",", "") {
			t.Errorf("%s: %q, table %s", r[0], got, r[1])
		}
	}
	for _, s := range []string{"976", "986", "020", "099", "|34", "", "34", "0341"} {
		if _, ok := actes.Arrondissements(s); ok {
			t.Errorf("%q is known", s)
		}
	}
}

func TestNaturesOfAuthoritiesAreThoseOfTheTable(t *testing.T) {
	for _, r := range table(t, "nature_collectivite.tsv") {
		if l, ok := actes.NatureCollectivite(r[0]); !ok || l == "" {
			t.Errorf("%s is unknown", r[0])
		}
	}
}

func TestStatesAreThoseOfTheTable(t *testing.T) {
	rows := table(t, "statuts_s2low.tsv")
	if len(rows) != len(actes.Statuts(actes.S2LOW)) {
		t.Errorf("%d rows, %d states", len(rows), len(actes.Statuts(actes.S2LOW)))
	}
	for _, r := range rows {
		if s, ok := actes.ParseStatut(actes.S2LOW, r[0]); !ok || s.Libelle != r[1] || s.Etat == actes.Inconnu {
			t.Errorf("%s %s: %+v", r[0], r[1], s)
		}
	}
}

func TestTypologiesAreThoseOfTheTable(t *testing.T) {
	want := map[string]bool{}
	for _, r := range table(t, "typologie_par_nature.tsv") {
		nature, _ := actes.ParseNature(r[0])
		for i, listed := range r[4:7] {
			if listed == "1" {
				want[nature.Abrege()+r[2]+actes.EditionsTypologie[i].String()] = true
			}
		}
	}
	got := map[string]bool{}
	pairs := 0
	for _, n := range actes.Natures() {
		pairs += len(actes.Typologies(n, ged.Date{}))
		for _, e := range actes.EditionsTypologie {
			for _, typ := range actes.Typologies(n, e) {
				got[n.Abrege()+typ.Code+e.String()] = true
				if typ.Libelle == "" || !actes.ValidTypologie(typ.Code) {
					t.Errorf("%s has no label", typ.Code)
				}
			}
		}
	}
	if pairs != 129 {
		t.Errorf("%d pairs of nature and code", pairs)
	}
	for k := range want {
		if !got[k] {
			t.Errorf("%s is missing", k)
		}
	}
	for k := range got {
		if !want[k] {
			t.Errorf("%s is too many", k)
		}
	}
}

// The classification files list what the table says of their editions.
func TestTypologiesAreThoseOfTheClassifications(t *testing.T) {
	for i, file := range []string{"RetourClassification-pastell-generique.xml", "RetourClassification-2017-12-08.xml", "999-1234----7-2_1.xml"} {
		c := read(t, file)
		if c.Date != actes.EditionsTypologie[i] {
			t.Errorf("%s is of %v", file, c.Date)
		}
		for _, n := range actes.Natures() {
			a, b := actes.Typologies(n, c.Date), c.Typologies(n)
			if !slices.EqualFunc(a, b, func(x, y actes.Typologie) bool { return x.Code == y.Code }) {
				t.Errorf("%s, %v: %v\n%v", file, n, a, b)
			}
			for _, typ := range b {
				if actes.JudgeTypologie(typ.Code, n, actes.Matiere{}, nil, actes.ParNature) != actes.Permise ||
					actes.JudgeTypologie(typ.Code, n, actes.Matiere{}, c, actes.ParNature) != actes.Permise {
					t.Errorf("%s is refused to %v", typ.Code, n)
				}
			}
		}
	}
}

func TestMattersAreThoseOfTheTables(t *testing.T) {
	for file, tsv := range map[string]string{
		"RetourClassification-2017-12-08.xml": "matieres_2017-12-08.tsv",
		"999-1234----7-2_1.xml":               "matieres_2019-04-18.tsv",
	} {
		c := read(t, file)
		rows := table(t, tsv)
		if c.Len() != len(rows) {
			t.Errorf("%s: %d matters, table %d", file, c.Len(), len(rows))
		}
		for _, r := range rows {
			m, err := actes.ParseMatiere(r[0])
			if err != nil {
				t.Fatal(err)
			}
			b, ok := c.Lookup(m)
			if !ok || strings.TrimSpace(b.Libelle) != strings.TrimSpace(r[2]) {
				t.Errorf("%s %s: found %v", file, r[0], ok)
			}
		}
		last := actes.Matiere{}
		for m, b := range c.All() {
			if m.Compare(last) <= 0 {
				t.Errorf("%s: %v after %v", file, m, last)
			}
			if _, err := actes.ParseMatiere(m.String()); err != nil || b.Leaf() != (len(b.Children()) == 0) {
				t.Errorf("%s: %v", file, m)
			}
			last = m
		}
	}
}

func TestDiffTellsWhatChangedMeaning(t *testing.T) {
	from, to := read(t, "RetourClassification-2017-12-08.xml"), read(t, "999-1234----7-2_1.xml")
	by := map[actes.Changement][]string{}
	for _, d := range actes.Diff(from, to) {
		if d.Nature == 0 {
			by[d.Kind] = append(by[d.Kind], d.Code)
		}
	}
	for kind, want := range map[actes.Changement]string{
		actes.Retire:   "1.4.2 2.1.9 4.1.9 6.1.10 9.1.6",
		actes.Ajoute:   "1.4.5 3.5.11 7.1.9 7.2.4 8.5.10",
		actes.Redefini: "1.1.5 1.1.6 1.1.7 1.1.8 1.1.9 1.1.10 2.1.7 2.1.8",
	} {
		if got := strings.Join(by[kind], " "); got != want {
			t.Errorf("%v: %s, want %s", kind, got, want)
		}
	}
	if got := len(by[actes.Reecrit]); got != 213-8 {
		t.Errorf("%d labels respelt, want 205", got)
	}
	if d := actes.Diff(to, to); len(d) != 0 {
		t.Errorf("a classification differs from itself: %v", d)
	}
	back := actes.Diff(to, from)
	if len(back) != len(actes.Diff(from, to)) {
		t.Error("the way back is longer")
	}
}

func TestPendingActsAffected(t *testing.T) {
	from, to := read(t, "RetourClassification-2017-12-08.xml"), read(t, "999-1234----7-2_1.xml")
	act := func(n actes.Nature, m actes.Matiere, types ...string) *actes.Acte {
		a := &actes.Acte{Nature: n, Matiere: m, Document: actes.Fichier{Typologie: types[0]}}
		for _, x := range types[1:] {
			a.Annexes = append(a.Annexes, actes.Fichier{Typologie: x})
		}
		return a
	}
	pending := []*actes.Acte{
		act(actes.Deliberation, actes.Matiere{5, 2, 1}, "99_DE", "21_RP"),         // nothing
		act(actes.Contrat, actes.Matiere{1, 1, 5}, "99_DC"),                       // other meaning, moved to 1.1.6
		act(actes.Deliberation, actes.Matiere{1, 4, 2}, "99_DE"),                  // gone
		act(actes.Deliberation, actes.Matiere{5, 2, 1}, "99_DE", "99_AR"),         // 99_AR left nature 1
		act(actes.Contrat, actes.Matiere{1, 1, 1}, "99_DC", "16_AE", "10_AV", ""), // 16_AE left nature 4
	}
	got := actes.Affected(from, to, pending)
	if len(got) != 4 {
		t.Fatalf("%d acts affected", len(got))
	}
	if g := got[0]; g.Acte != pending[1] || g.Matiere != actes.Redefini || !slices.Contains(g.Propositions, actes.Matiere{1, 1, 6}) || g.Old == g.New {
		t.Errorf("%+v", g)
	}
	if g := got[1]; g.Acte != pending[2] || g.Matiere != actes.Retire {
		t.Errorf("%+v", g)
	}
	if g := got[2]; g.Acte != pending[3] || g.Matiere != 0 || !slices.Equal(g.Fichiers, []int{1}) {
		t.Errorf("%+v", g)
	}
	for i, g := range got {
		if g.Text(report.FR) == "" || g.Text(report.EN) == g.Text(report.FR) {
			t.Errorf("act %d: no reason given", i)
		}
	}
	if g := got[3]; g.Acte != pending[4] || !slices.Equal(g.Fichiers, []int{1}) {
		t.Errorf("%+v", g)
	}
}

func TestClassificationsWithoutTypologyLoad(t *testing.T) {
	c := read(t, "RetourClassification-no-typology-not-schema-valid.xml")
	if c.HasTypologies() || len(c.Natures) != 6 || c.Len() != 66 {
		t.Error("not loaded")
	}
	// Its lists being empty, the known ones serve.
	if actes.JudgeTypologie("99_DE", actes.Deliberation, actes.Matiere{}, c, actes.ParNature) != actes.Permise {
		t.Error("99_DE is refused")
	}
	rep := new(report.Report)
	c.Check(rep, report.Location{})
	if !rep.Valid() || !rep.Has(actes.ClassificationSansTypologie) || !rep.Has(actes.ClassificationTypologieForme) {
		t.Error("its oddities must be warned about")
	}
}

func TestSearchIgnoresCaseAndAccents(t *testing.T) {
	c := read(t, "999-1234----7-2_1.xml")
	find := func(q string) (out []string) {
		for m := range c.Search(q) {
			out = append(out, m.String())
		}
		return out
	}
	if got := find("REGLEMENT interieur"); len(got) == 0 {
		t.Error("nothing found")
	}
	if a, b := find("délégation"), find("DELEGATION"); len(a) == 0 || !slices.Equal(a, b) {
		t.Errorf("%v %v", a, b)
	}
	if got := find("7.10"); len(got) == 0 || got[0] != "7.10" {
		t.Errorf("%v", got)
	}
	if got := find("zzz"); got != nil {
		t.Errorf("%v", got)
	}
	if got := find("  "); got != nil {
		t.Errorf("%v", got)
	}
}
