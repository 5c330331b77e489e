package seda

import (
	"strconv"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
)

// maker turns the parts of a package into the elements of one version. Check
// uses it to tell beforehand what the version cannot hold.
type maker struct {
	pkg   *archive.Package
	opt   Options
	parse parser
	lost  loss
	// converted, if not nil, is told of what becomes something else.
	converted func(path, other string)
	describes map[string]*archive.Unit // by the object's ID, once needed
	// below are the units at the top that also stand below another one.
	below map[*archive.Unit]bool
}

func newMaker(p *archive.Package, opt Options, lost loss) *maker {
	m := &maker{pkg: p, opt: opt, lost: lost, below: map[*archive.Unit]bool{}}
	tops := make(map[*archive.Unit]bool, len(p.Units))
	for _, u := range p.Units {
		tops[u] = true
	}
	for u := range p.Walk() {
		for _, c := range u.Children {
			if tops[c] {
				m.below[c] = true
			}
		}
	}
	return m
}

// extrasOfMessage are those of the package.
func (m *maker) extrasOfMessage() []archive.Extra { return m.cross(m.pkg.Extras) }

func (m *maker) head() []*node {
	p := *m.pkg
	if c := sortComment(m.pkg); c != "" {
		p.Header.Comments = append(p.Header.Comments[:len(p.Header.Comments):len(p.Header.Comments)], c)
	}
	return messageHead.nodes(&p, byPart(m.extrasOfMessage(), messageHead), m.opt.Version, &m.parse, m.lost)
}

// byPart leaves out the extras that belong to the other half of the message:
// what no table knows is written first.
func byPart(extras []archive.Extra, p *part[pkg]) []archive.Extra {
	var out []archive.Extra
	for _, e := range extras {
		inTail := messageTail.find(&node{space: own, name: e.Name}) >= 0
		if inTail == (p == messageTail) {
			out = append(out, e)
		}
	}
	return out
}

func (m *maker) codeLists() []*node {
	return codeListNodes(m.pkg, m.opt.Version, &m.parse, m.lost)
}

func (m *maker) tail() []*node {
	return messageTail.nodes(m.pkg, byPart(m.extrasOfMessage(), messageTail), m.opt.Version, &m.parse, m.lost)
}

// metadata is ManagementMetadata: its own elements, then the rules.
func (m *maker) metadata() []*node {
	var first, second []archive.Extra
	for _, e := range m.extrasOfMessage() {
		if packageManagement.find(&node{space: own, name: e.Name}) >= 0 {
			first = append(first, e)
		} else {
			second = append(second, e)
		}
	}
	out := packageManagement.nodes(m.pkg, first, m.opt.Version, &m.parse, m.lost)
	rules := &managed{m.pkg.Rules, m.pkg.Regimes}
	return append(out, packageRules.nodes(rules, second, m.opt.Version, &m.parse, m.lost)...)
}

// sortComment tells the archivist which records are to be sorted, since SEDA's
// FinalAction cannot say it.
func sortComment(p *archive.Package) string {
	n := 0
	for u := range p.Walk() {
		for _, r := range u.Rules {
			if r.SortFinal == ged.Trier {
				n++
				break
			}
		}
	}
	for _, r := range p.Rules {
		if r.SortFinal == ged.Trier {
			return "Sort final « trier » pour l'ensemble du versement : tri à faire par l'archiviste."
		}
	}
	if n == 0 {
		return ""
	}
	return "Sort final « trier » pour " + strconv.Itoa(n) + " unité(s) de ce versement : tri à faire par l'archiviste."
}

// wrapped reports whether the group is written around its objects; version 2.0
// has only the flat style, and an object alone has neither.
func (m *maker) wrapped(g *archive.Group) bool { return g.ID != "" && m.opt.Version > V20 }

// object gives the children of the object i of the group.
func (m *maker) object(g *archive.Group, i int) []*node {
	p, full, extras := m.objectParts(g, i)
	return p.nodes(&full, extras, m.opt.Version, &m.parse, m.lost)
}

// objectParts gives the table of the object i of the group, and what it is
// filled with.
func (m *maker) objectParts(g *archive.Group, i int) (*part[object], object, []archive.Extra) {
	o := g.Objects[i]
	full := object{Object: *o, uris: m.opt.Target == Asalae}
	switch {
	case m.wrapped(g):
	case i == 0:
		full.groupID = g.ID
	default:
		full.groupRef = g.ID
	}
	p := objectPart(o)
	if m.opt.Version == V20 && g.ID == "" && full.Usage != "" { // it goes with a group there
		m.lost(p.name + "/DataObjectVersion")
		full.Usage = ""
	}
	if m.opt.Stored != nil && !o.Physical {
		s := m.opt.Stored(o)
		full.URI, full.Size, full.Digests = s.URI, s.Size, []ged.Digest{s.Digest}
	}
	return p, full, m.cross(untyped(o.Extras))
}

func (m *maker) management(u *archive.Unit) []*node {
	if len(u.Rules)+len(u.Regimes)+len(u.Extras) == 0 {
		return nil
	}
	return unitManagement.nodes(&managed{u.Rules, u.Regimes}, m.crossIn(u.Extras, unitContent.name), m.opt.Version, &m.parse, m.lost)
}

func (m *maker) content(u *archive.Unit) []*node {
	return unitContent.nodes(u, m.contentExtras(u), m.opt.Version, &m.parse, m.lost)
}

// contentExtras are what the Content of the unit holds besides the model.
func (m *maker) contentExtras(u *archive.Unit) []archive.Extra {
	extras := u.Extras
	if m.opt.Version >= V23 {
		extras = m.signing(u)
	}
	if m.pkg.Origin != "" {
		extras = append(m.crossIn(extras, unitContent.name), m.implied(u)...)
	}
	return extras
}

// unitHead gives what stands before the Management of the unit, and what the
// unit holds behind its Content that no table knows.
func (m *maker) unitHead(u *archive.Unit) (head, rest []*node) {
	for _, n := range unitHead.nodes(u, m.crossIn(u.Extras, unitContent.name), m.opt.Version, &m.parse, m.lost) {
		if unitHead.find(n) >= 0 {
			head = append(head, n)
		} else {
			rest = append(rest, n)
		}
	}
	return head, rest
}

// extras gives those of an element without a table.
func (m *maker) extras(in string, extras []archive.Extra) []*node {
	p := &part[struct{}]{name: in}
	if in == "DataObjectGroup" {
		p.fields = []field[struct{}]{raw[struct{}]("LogBook").in(from21)}
	}
	return p.nodes(&struct{}{}, extras, m.opt.Version, &m.parse, m.lost)
}
