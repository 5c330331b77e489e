package seda

import (
	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/seda1"
	"github.com/liasse/liasse/archive/seda/internal/seda2"
)

// maker turns the parts of a package into the elements of one version. Check
// uses it to tell beforehand what the version cannot hold.
type maker struct {
	pkg     *archive.Package
	opt     Options
	version element.Version                      // of opt
	lies    func(*archive.Object) archive.Object // see [Options.lies]
	parse   element.Parser
	lost    element.Loss
	// converted, if not nil, is told of what becomes something else.
	converted func(path, other string)
	describes map[string]*archive.Unit // by the object's ID, once needed
	// below are the units at the top that also stand below another one.
	below map[*archive.Unit]bool
}

func newMaker(p *archive.Package, opt Options, lost element.Loss) *maker {
	m := &maker{pkg: p, opt: opt, version: element.Version(opt.Version), lies: opt.lies(), lost: lost, below: map[*archive.Unit]bool{}}
	tops := make(map[*archive.Unit]bool, len(p.Units))
	for _, u := range p.Units {
		tops[u] = true
	}
	for u := range p.Walk() {
		for _, c := range u.Children {
			if c != nil && tops[c] {
				m.below[c] = true
			}
		}
	}
	return m
}

// cross gives what extras of the first family become in the version, where only
// the part of the name is at hand; "" is any.
func (m *maker) cross(extras []archive.Extra, only string) []archive.Extra {
	return m.later().Cross(extras, only)
}

func (m *maker) later() seda1.Later {
	return seda1.Later{Version: m.version, Lost: m.lost, Converted: m.converted}
}

// extrasOfMessage are those of the package.
func (m *maker) extrasOfMessage() []archive.Extra { return m.cross(m.pkg.Extras, "") }

func (m *maker) head() []*element.Node {
	p := *m.pkg
	if c := seda2.SortComment(m.pkg); c != "" {
		p.Header.Comments = append(p.Header.Comments[:len(p.Header.Comments):len(p.Header.Comments)], c)
	}
	return seda2.MessageHead.Nodes(&p, byPart(m.extrasOfMessage(), seda2.MessageHead), m.version, &m.parse, m.lost)
}

// byPart leaves out the extras that belong to the other half of the message:
// what no table knows is written first.
func byPart(extras []archive.Extra, p *element.Part[archive.Package]) []archive.Extra {
	var out []archive.Extra
	for _, e := range extras {
		inTail := seda2.MessageTail.Find(&element.Node{Space: element.Own, Name: e.Name}) >= 0
		if inTail == (p == seda2.MessageTail) {
			out = append(out, e)
		}
	}
	return out
}

func (m *maker) codeLists() []*element.Node {
	return seda2.CodeListNodes(m.pkg, m.version, &m.parse, m.lost)
}

func (m *maker) tail() []*element.Node {
	return seda2.MessageTail.Nodes(m.pkg, byPart(m.extrasOfMessage(), seda2.MessageTail), m.version, &m.parse, m.lost)
}

// metadata is ManagementMetadata: its own elements, then the rules.
func (m *maker) metadata() []*element.Node {
	var first, second []archive.Extra
	for _, e := range m.extrasOfMessage() {
		if seda2.PackageManagement.Find(&element.Node{Space: element.Own, Name: e.Name}) >= 0 {
			first = append(first, e)
		} else {
			second = append(second, e)
		}
	}
	out := seda2.PackageManagement.Nodes(m.pkg, first, m.version, &m.parse, m.lost)
	rules := &seda2.Managed{Rules: m.pkg.Rules, Regimes: m.pkg.Regimes}
	return append(out, seda2.PackageRules.Nodes(rules, second, m.version, &m.parse, m.lost)...)
}

// wrapped reports whether the group is written around its objects; version 2.0
// has only the flat style, and an object alone has neither.
func (m *maker) wrapped(g *archive.Group) bool { return g.ID != "" && m.opt.Version > V20 }

// object gives the children of the object i of the group.
func (m *maker) object(g *archive.Group, i int) []*element.Node {
	p, full, extras := m.objectParts(g, i)
	return p.Nodes(&full, extras, m.version, &m.parse, m.lost)
}

// objectParts gives the table of the object i of the group, and what it is
// filled with.
func (m *maker) objectParts(g *archive.Group, i int) (*element.Part[seda2.Object], seda2.Object, []archive.Extra) {
	o := g.Objects[i]
	full := seda2.Object{Object: *o, URIs: m.opt.Target == Asalae}
	if m.lies != nil && !o.Physical {
		full.Object = m.lies(o)
	}
	switch {
	case m.wrapped(g):
	case i == 0:
		full.GroupID = g.ID
	default:
		full.GroupRef = g.ID
	}
	p := seda2.ObjectPart(o)
	if m.opt.Version == V20 && g.ID == "" && full.Usage != "" { // it goes with a group there
		m.lost(p.Name + "/DataObjectVersion")
		full.Usage = ""
	}
	return p, full, m.cross(seda1.Untyped(o.Extras), "")
}

func (m *maker) management(u *archive.Unit) []*element.Node {
	if len(u.Rules)+len(u.Regimes)+len(u.Extras) == 0 {
		return nil
	}
	return seda2.UnitManagement.Nodes(&seda2.Managed{Rules: u.Rules, Regimes: u.Regimes}, m.cross(u.Extras, seda2.UnitContent.Name), m.version, &m.parse, m.lost)
}

func (m *maker) content(u *archive.Unit) []*element.Node {
	return seda2.UnitContent.Nodes(u, m.contentExtras(u), m.version, &m.parse, m.lost)
}

// contentExtras are what the Content of the unit holds besides the model.
func (m *maker) contentExtras(u *archive.Unit) []archive.Extra {
	extras := u.Extras
	if m.opt.Version >= V23 {
		extras = m.signing(u)
	}
	if m.pkg.Origin != "" {
		extras = append(m.cross(extras, seda2.UnitContent.Name), m.later().Implied(m.pkg, u)...)
	}
	return extras
}

// unitHead gives what stands before the Management of the unit, and what the
// unit holds behind its Content that no table knows.
func (m *maker) unitHead(u *archive.Unit) (head, rest []*element.Node) {
	for _, n := range seda2.UnitHead.Nodes(u, m.cross(u.Extras, seda2.UnitContent.Name), m.version, &m.parse, m.lost) {
		if seda2.UnitHead.Find(n) >= 0 {
			head = append(head, n)
		} else {
			rest = append(rest, n)
		}
	}
	return head, rest
}

// extras gives those of an element without a table.
func (m *maker) extras(in string, extras []archive.Extra) []*element.Node {
	p := &element.Part[struct{}]{Name: in}
	if in == "DataObjectGroup" {
		p.Fields = []element.Field[struct{}]{element.Raw[struct{}]("LogBook").In(element.From21)}
	}
	return p.Nodes(&struct{}{}, extras, m.version, &m.parse, m.lost)
}
