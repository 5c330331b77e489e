package actes

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// Classification is what a préfecture publishes: the natures with their types
// of document and the tree of matters, all of one date. Levels 1 and 2 of the
// tree are national, levels 3 to 5 are the préfecture's own and change from
// one date to the next, sometimes keeping a code and giving it another
// meaning: see [Diff].
//
// It is the content of the message RetourClassification (7-2). It is read
// only once made, and may then be shared.
type Classification struct {
	Date     ged.Date
	Natures  []NatureActe // in the order received
	Matieres []*Branche   // level 1, in the order received
}

// NatureActe is a nature as a classification lists it.
type NatureActe struct {
	// Code is the nature; 0 when the message gave none that is a number.
	Code       Nature
	Abrege     string // two capitals
	Libelle    string
	Typologies []Typologie
}

// Nature returns the nature it stands for, by its abbreviation when the code
// is absent, or 0.
func (n *NatureActe) Nature() Nature {
	if n.Code != 0 {
		if n.Code.Valid() {
			return n.Code
		}
		return 0
	}
	nature, ok := ParseNature(n.Abrege)
	if !ok || len(n.Abrege) != 2 {
		return 0
	}
	return nature
}

// Branche is a matter in the tree.
type Branche struct {
	Code    int // of its own level
	Libelle string
	Sous    []*Branche // in the order received
}

// Leaf reports whether nothing lies below.
func (b *Branche) Leaf() bool { return len(b.Sous) == 0 }

// Children returns what lies below, by number; twins keep their order.
func (b *Branche) Children() []*Branche { return sorted(b.Sous) }

func sorted(l []*Branche) []*Branche {
	l = slices.Clone(l)
	slices.SortStableFunc(l, func(x, y *Branche) int { return cmp.Compare(x.Code, y.Code) })
	return l
}

// HasTypologies reports whether any nature lists a type of document of the
// proper form. Classifications before the end of 2017 do not.
func (c *Classification) HasTypologies() bool {
	for i := range c.Natures {
		for _, t := range c.Natures[i].Typologies {
			if ValidTypologie(t.Code) {
				return true
			}
		}
	}
	return false
}

// Typologies returns the types of document of a nature, ordered by code.
func (c *Classification) Typologies(n Nature) []Typologie {
	var out []Typologie
	for i := range c.Natures {
		if c.Natures[i].Nature() == n {
			out = append(out, c.Natures[i].Typologies...)
		}
	}
	slices.SortStableFunc(out, func(a, b Typologie) int { return strings.Compare(a.Code, b.Code) })
	return out
}

// Lookup finds a matter. Of twins with the same code it returns the first.
func (c *Classification) Lookup(m Matiere) (*Branche, bool) {
	if m.Hole() != 0 || m.IsZero() {
		return nil, false
	}
	list := c.Matieres
	var found *Branche
	for _, code := range m[:m.Level()] {
		// Twins: the first whose branch leads on would be a guess; the code is
		// what is looked up, so all of them are followed together.
		var next []*Branche
		found = nil
		for _, b := range list {
			if b.Code == code {
				if found == nil {
					found = b
				}
				next = append(next, b.Sous...)
			}
		}
		if found == nil {
			return nil, false
		}
		list = next
	}
	return found, true
}

// Libelle returns the labels of the matter's levels, from the first.
func (c *Classification) Libelle(m Matiere) []string {
	var out []string
	for l := 1; l <= m.Level(); l++ {
		b, ok := c.Lookup(m.Prefix(l))
		if !ok {
			break
		}
		out = append(out, b.Libelle)
	}
	return out
}

// All yields every matter with its path, in the order of the paths.
func (c *Classification) All() iter.Seq2[Matiere, *Branche] {
	return func(yield func(Matiere, *Branche) bool) { walk(Matiere{}, 0, c.Matieres, yield) }
}

func walk(at Matiere, level int, list []*Branche, yield func(Matiere, *Branche) bool) bool {
	if level == len(at) {
		return true
	}
	for _, b := range sorted(list) {
		m := at
		m[level] = b.Code
		if !yield(m, b) || !walk(m, level+1, b.Sous, yield) {
			return false
		}
	}
	return true
}

// Len returns how many matters there are, all levels together.
func (c *Classification) Len() int {
	n := 0
	for range c.All() {
		n++
	}
	return n
}

// Search yields the matters whose label, or whose dotted path, holds every
// word of the query, case and accents ignored. Only whole beginnings of words
// count: "voi" finds "voirie", "oirie" does not.
func (c *Classification) Search(query string) iter.Seq2[Matiere, *Branche] {
	return func(yield func(Matiere, *Branche) bool) {
		if m, err := ParseMatiere(strings.TrimSpace(query)); err == nil {
			for at, b := range c.All() {
				if at.Under(m) && !yield(at, b) {
					return
				}
			}
			return
		}
		wanted := strings.Fields(fold(query))
		if len(wanted) == 0 {
			return
		}
		for at, b := range c.All() {
			label := " " + fold(b.Libelle)
			if !slices.ContainsFunc(wanted, func(w string) bool { return !strings.Contains(label, " "+w) }) {
				if !yield(at, b) {
					return
				}
			}
		}
	}
}

// Check warns of what is odd in a classification. Nothing of it makes the
// classification unusable.
func (c *Classification) Check(rep *report.Report, where report.Location) {
	seen := map[Nature]bool{}
	damaged := false
	for i := range c.Natures {
		n := &c.Natures[i]
		nature := n.Nature()
		switch {
		case nature == 0:
			rep.Add(ClassificationNature, where)
		case n.Code == 0:
			rep.Add(ClassificationSansCode, where, report.Code("abrege", nature.Abrege()))
		}
		if nature != 0 && seen[nature] {
			rep.Add(ClassificationDouble, where, report.P("code", nature.String()))
		}
		seen[nature] = true
		if len(n.Typologies) == 0 {
			rep.Add(ClassificationSansTypologie, where, report.P("nature", nature.String()))
		}
		codes := map[string]bool{}
		for _, t := range n.Typologies {
			damaged = damaged || lost(t.Libelle)
			if !ValidTypologie(t.Code) {
				rep.Add(ClassificationTypologieForme, where, report.P("code", t.Code), report.P("nature", nature.String()))
			} else if codes[t.Code] {
				rep.Add(ClassificationDouble, where, report.P("code", t.Code))
			}
			codes[t.Code] = true
		}
	}
	var last Matiere
	negative := false
	for m, b := range c.All() {
		damaged = damaged || lost(b.Libelle)
		negative = negative || b.Code <= 0
		if m == last {
			rep.Add(ClassificationDouble, where, report.P("code", m.String()))
		}
		last = m
	}
	if negative {
		rep.Add(ClassificationCode, where)
	}
	if damaged {
		rep.Add(ClassificationPerdu, where)
	}
}
