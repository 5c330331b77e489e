package seda

import (
	"github.com/liasse/liasse/archive"
)

// maker turns the parts of a package into the elements of one version. Check
// uses it to tell beforehand what the version cannot hold.
type maker struct {
	pkg   *archive.Package
	opt   Options
	lies  func(*archive.Object) archive.Object // see [Options.lies]
	parse parser
	lost  loss
	// converted, if not nil, is told of what becomes something else.
	converted func(path, other string)
	describes map[string]*archive.Unit // by the object's ID, once needed
	// below are the units at the top that also stand below another one.
	below map[*archive.Unit]bool
}

func newMaker(p *archive.Package, opt Options, lost loss) *maker {
	m := &maker{pkg: p, opt: opt, lies: opt.lies(), lost: lost, below: map[*archive.Unit]bool{}}
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

// cross gives what extras of the first family become in the version, where only
// the part of the name is at hand; "" is any.
func (m *maker) cross(extras []archive.Extra, only string) []archive.Extra {
	return m.later().cross(extras, only)
}

func (m *maker) later() later {
	return later{version: m.opt.Version, lost: m.lost, converted: m.converted}
}

// extrasOfMessage are those of the package.
func (m *maker) extrasOfMessage() []archive.Extra { return m.cross(m.pkg.Extras, "") }

func (m *maker) head() []*node {
	p := *m.pkg
	if c := sortComment(m.pkg); c != "" {
		p.Header.Comments = append(p.Header.Comments[:len(p.Header.Comments):len(p.Header.Comments)], c)
	}
	return messageHead.nodes(&p, byPart(m.extrasOfMessage(), messageHead), m.opt.Version, &m.parse, m.lost)
}

// byPart leaves out the extras that belong to the other half of the message:
// what no table knows is written first.
func byPart(extras []archive.Extra, p *part[archive.Package]) []archive.Extra {
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
	rules := &managed{rules: m.pkg.Rules, regimes: m.pkg.Regimes}
	return append(out, packageRules.nodes(rules, second, m.opt.Version, &m.parse, m.lost)...)
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
	if m.lies != nil && !o.Physical {
		full.Object = m.lies(o)
	}
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
	return p, full, m.cross(untyped(o.Extras), "")
}

func (m *maker) management(u *archive.Unit) []*node {
	if len(u.Rules)+len(u.Regimes)+len(u.Extras) == 0 {
		return nil
	}
	return unitManagement.nodes(&managed{rules: u.Rules, regimes: u.Regimes}, m.cross(u.Extras, unitContent.name), m.opt.Version, &m.parse, m.lost)
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
		extras = append(m.cross(extras, unitContent.name), m.later().implied(m.pkg, u)...)
	}
	return extras
}

// unitHead gives what stands before the Management of the unit, and what the
// unit holds behind its Content that no table knows.
func (m *maker) unitHead(u *archive.Unit) (head, rest []*node) {
	for _, n := range unitHead.nodes(u, m.cross(u.Extras, unitContent.name), m.opt.Version, &m.parse, m.lost) {
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
