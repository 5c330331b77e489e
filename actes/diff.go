package actes

import (
	"slices"
	"strings"

	"github.com/liasse/liasse/ged/report"
)

// Difference is one thing that changed between two classifications. It is
// about a matter when Nature is 0, else about a type of document.
type Difference struct {
	Matiere  Matiere
	Nature   Nature
	Code     string // the dotted matter, or the type of document
	Kind     Changement
	Old, New string // labels
}

// Changement is a kind of change.
type Changement uint8

// The changes.
const (
	Ajoute   Changement = iota + 1 // the code is new
	Retire                         // the code is gone
	Reecrit                        // the label is spelt otherwise, the meaning seems the same
	Redefini                       // the code now names something else
)

// String names the change in French.
func (c Changement) String() string {
	switch c {
	case Ajoute:
		return "ajouté"
	case Retire:
		return "retiré"
	case Reecrit:
		return "réécrit"
	case Redefini:
		return "redéfini"
	}
	return ""
}

// Diff lists what changed from one classification to another: matters in the
// order of their paths, then types of document by nature and code. A label
// respelt (case, accents, plural, punctuation, lost characters) is told from
// one that says something else; the second is judged by the words the two
// labels share, so that a person should look at it.
func Diff(from, to *Classification) []Difference {
	var out []Difference
	a, b := labels(from), labels(to)
	for _, m := range union(a, b, Matiere.Compare) {
		if kind, x, y := compare(a[m], b[m]); kind != 0 {
			out = append(out, Difference{Matiere: m, Code: m.String(), Kind: kind, Old: x, New: y})
		}
	}
	for _, n := range Natures() {
		a, b := typeLabels(from, n), typeLabels(to, n)
		for _, code := range union(a, b, strings.Compare) {
			if kind, x, y := compare(a[code], b[code]); kind != 0 {
				out = append(out, Difference{Nature: n, Code: code, Kind: kind, Old: x, New: y})
			}
		}
	}
	return out
}

func labels(c *Classification) map[Matiere][]string {
	out := map[Matiere][]string{}
	for m, b := range c.All() {
		out[m] = append(out[m], b.Libelle)
	}
	return out
}

func typeLabels(c *Classification, n Nature) map[string][]string {
	out := map[string][]string{}
	for _, t := range c.Typologies(n) {
		out[t.Code] = append(out[t.Code], t.Libelle)
	}
	return out
}

func union[K comparable](a, b map[K][]string, order func(K, K) int) []K {
	var keys []K
	for k := range a {
		keys = append(keys, k)
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, order)
	return keys
}

// compare judges the labels a code had and has. Twins are compared together.
func compare(a, b []string) (kind Changement, x, y string) {
	x, y = strings.Join(a, " / "), strings.Join(b, " / ")
	switch {
	case len(a) == 0:
		kind = Ajoute
	case len(b) == 0:
		kind = Retire
	case x == y:
	case sameMeaning(x, y):
		kind = Reecrit
	default:
		kind = Redefini
	}
	return kind, x, y
}

// Atteinte is one act not yet sent that a new classification catches, and why.
type Atteinte struct {
	Acte *Acte
	// Matiere is what became of the matter: Retire, Redefini, or 0.
	Matiere Changement
	// Fichiers are the files, 0 the main document, whose type of document is
	// not permitted any more, or now names something else.
	Fichiers []int
	// Old and New are the labels of the matter when it was redefined.
	Old, New string
	// Propositions are matters of the new classification whose label is that
	// of the matter lost: most often the place it moved to.
	Propositions []Matiere
}

// Text says in a sentence, in the language, why the act must be looked at
// again.
func (a Atteinte) Text(lang report.Lang) string {
	fr, en := []string{}, []string{}
	m := a.Acte.Matiere.String()
	switch a.Matiere {
	case Retire:
		fr = append(fr, "la matière "+m+" n'existe plus")
		en = append(en, "matter "+m+" exists no more")
	case Redefini:
		fr = append(fr, "la matière "+m+" désigne maintenant « "+a.New+" » et non plus « "+a.Old+" »")
		en = append(en, "matter "+m+" now means \""+a.New+"\" and no longer \""+a.Old+"\"")
	}
	for _, i := range a.Fichiers {
		code := a.Acte.Fichiers()[i].Typologie
		label := FileLabel(i)
		fr = append(fr, label.Text(report.FR)+" : la typologie "+code+" n'est plus permise ou a changé de sens")
		en = append(en, label.Text(report.EN)+": type of document "+code+" is no longer permitted or changed meaning")
	}
	if lang == report.EN {
		return strings.Join(en, "; ")
	}
	return strings.Join(fr, " ; ")
}

// Affected says which acts, chosen under one classification and not yet sent,
// must be looked at again under another. Acts caught by nothing need only the
// new date. The order is that of the acts.
func Affected(from, to *Classification, pending []*Acte) []Atteinte {
	a, b := labels(from), labels(to)
	var out []Atteinte
	for _, act := range pending {
		hit := Atteinte{Acte: act}
		kind, x, y := compare(a[act.Matiere], b[act.Matiere])
		switch {
		case len(b[act.Matiere]) == 0:
			hit.Matiere = Retire
		case len(a[act.Matiere]) > 0 && kind == Redefini:
			hit.Matiere, hit.Old, hit.New = Redefini, x, y
		}
		if hit.Matiere != 0 && x != "" {
			for m, br := range to.All() {
				if fold(br.Libelle) == fold(x) && m != act.Matiere && m[0] == act.Matiere[0] {
					hit.Propositions = append(hit.Propositions, m)
				}
			}
		}
		was, is := typeLabels(from, act.Nature), typeLabels(to, act.Nature)
		for i, f := range act.Fichiers() {
			if f.Typologie == "" || !to.HasTypologies() {
				continue
			}
			if k, _, _ := compare(was[f.Typologie], is[f.Typologie]); len(is[f.Typologie]) == 0 || len(was[f.Typologie]) > 0 && k == Redefini {
				hit.Fichiers = append(hit.Fichiers, i)
			}
		}
		if hit.Matiere != 0 || len(hit.Fichiers) > 0 {
			out = append(out, hit)
		}
	}
	return out
}
