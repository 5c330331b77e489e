package resip

import (
	"slices"
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/seda2"
)

// filler makes of a line what its columns say.
type filler struct {
	layout  *layout
	content element.Filler[archive.Unit]
	rules   element.Filler[seda2.Managed]
	// keep says that what is made stays: it must not hold the whole line.
	keep   bool
	roots  [2]*element.Node
	places []*element.Node
	made   []*element.Node // by the index of the column
}

func newFiller(t *layout, keep bool) *filler {
	return &filler{layout: t, content: element.Filler[archive.Unit]{Part: seda2.UnitContent}, rules: element.Filler[seda2.Managed]{Part: seda2.UnitManagement},
		keep: keep, roots: [2]*element.Node{element.Tree(roots[0]), element.Tree(roots[1])}, places: make([]*element.Node, t.places), made: make([]*element.Node, t.cells())}
}

// fill makes the elements the columns name, in their order, and gives them to
// the same tables that read a message. It returns how many cells of attributes are
// malformed.
func (f *filler) fill(u *archive.Unit, record []string) (faults int) {
	for _, r := range f.roots {
		r.Items = r.Items[:0]
	}
	clear(f.places)
	clear(f.made)
	value := func(i int) string {
		if i >= len(record) {
			return ""
		}
		return strings.TrimSpace(record[i])
	}
	for i := range f.layout.columns {
		c := &f.layout.columns[i]
		text := value(c.index)
		if c.attr || text == "" {
			continue
		}
		at := f.roots[c.root]
		for i, s := range c.steps {
			next := f.places[s.place]
			if next == nil || i == len(c.steps)-1 {
				next = element.Tree(s.name)
				next.Version = element.AnyVersion
				f.places[s.place] = next
				at.Add(next)
			}
			at = next
		}
		if f.keep {
			text = strings.Clone(text)
		}
		at.Items = []element.Piece{{Text: text}}
		f.made[c.index] = at
	}
	for i := range f.layout.columns {
		c := &f.layout.columns[i]
		if !c.attr || f.made[c.attrOf] == nil {
			continue
		}
		if text := value(c.index); text != "" && !attributes(f.made[c.attrOf], text) {
			faults++
		}
	}
	for n := range f.roots[0].Children {
		if e, _ := f.content.Put(u, n); e != nil {
			u.Extras = append(u.Extras, *e)
		}
	}
	var m seda2.Managed
	for n := range f.roots[1].Children {
		if e, _ := f.rules.Put(&m, n); e != nil {
			u.Extras = append(u.Extras, *e)
		}
	}
	u.Rules, u.Regimes = m.Rules, m.Regimes
	seda2.SortExtras(u.Extras)
	return faults
}

// attributes gives the element name="value" pairs.
func attributes(n *element.Node, s string) bool {
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		name, rest, ok := strings.Cut(s, "=")
		if name = strings.TrimSpace(name); !ok || rest == "" || rest[0] != '"' && rest[0] != '\'' {
			return false
		}
		value, after, ok := strings.Cut(rest[1:], rest[:1])
		local, xml := strings.CutPrefix(name, "xml:")
		if !ok || !plainName(local) {
			return false
		}
		a := element.Attr{Name: local, Value: strings.Clone(value)}
		if xml {
			a.Space = "http://www.w3.org/XML/1998/namespace"
		}
		if slices.ContainsFunc(n.Attrs, func(b element.Attr) bool { return b.Space == a.Space && b.Name == a.Name }) {
			return false
		}
		n.Attrs, s = append(n.Attrs, a), after
	}
	return true
}
