package seda1

import (
	"cmp"
	"slices"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/seda2"
	"github.com/liasse/liasse/ged"
)

// Maker turns the parts of a package into the elements of a version of
// the first family.
type Maker struct {
	*Dialect
	pkg *archive.Package
	// lies, if not nil, gives an object as it lies in the file that holds the
	// message.
	lies  func(*archive.Object) archive.Object
	parse element.Parser
	plain element.Parser // of the second family
	lost  element.Loss
	// assumed is told of what the version demands and is written by default, and
	// converted of what is written otherwise.
	assumed   func(path, value string)
	converted func(path, other string)
	// minor is told of what is not written and says little of the records.
	minor element.Loss
}

// NewMaker returns a maker for a version of the first family, that tells
// nobody anything. Objects are written as lies gives them, if it is not nil.
func NewMaker(p *archive.Package, v element.Version, lies func(*archive.Object) archive.Object) *Maker {
	d := Of(v)
	return &Maker{Dialect: d, pkg: p, lies: lies, parse: element.Parser{Editions: d.Editions}, lost: func(string) {}, minor: func(string) {},
		assumed: func(string, string) {}, converted: func(string, string) {}}
}

// nodesOf makes the elements of a part, in the words of the version.
func nodesOf[T any](m *Maker, p *element.Part[T], t *T, extras []archive.Extra) []*element.Node {
	nodes := p.Nodes(t, m.adapt(p.Name, extras), m.version, &m.parse, m.lost)
	for _, n := range nodes {
		m.Stamp(n)
	}
	return nodes
}

// Stamp gives coded elements the edition of their list.
func (m *Maker) Stamp(n *element.Node) {
	if n.Space != element.Own {
		return
	}
	if edition := m.Editions[n.Name]; edition != "" && n.Attr(element.EditionAttr) == "" && n.Leaf() {
		n.Attrs = append(n.Attrs, element.Attr{Name: element.EditionAttr, Value: edition})
	}
	for c := range n.Children {
		m.Stamp(c)
	}
}

// at returns where an element of the name belongs among the nodes of the part.
func at[T any](p *element.Part[T], nodes []*element.Node, name string) int {
	rank := p.Find(&element.Node{Space: element.Own, Name: name})
	i := 0
	for i < len(nodes) {
		if r := p.Find(nodes[i]); r < 0 || r > rank {
			break
		}
		i++
	}
	return i
}

// place is what surrounds a unit.
type place struct {
	top   bool
	above inherited
	// children stand below the unit as units, documents as documents.
	children, documents []*archive.Unit
}

// file reports whether the unit says its dates in the document that is its own
// file: there is one, and a reader meets it before the units below.
func (m *Maker) file(u *archive.Unit, p *place) bool {
	return files(u) == 1 && (m.documentsFirst || len(p.children) == 0)
}

// files counts the files of the unit itself.
func files(u *archive.Unit) (n int) {
	for o := range element.Objects(u.Groups) {
		if !o.Physical {
			n++
		}
	}
	return n
}

// split says which children of the unit are written as documents: units that a
// reader would make of documents, and that stand where documents do.
func (m *Maker) split(u *archive.Unit) (children, documents []*archive.Unit) {
	children = slices.DeleteFunc(slices.Clone(u.Children), func(c *archive.Unit) bool { return c == nil })
	if len(u.Groups) > 0 || len(children) == 0 {
		return children, nil
	}
	cut := len(children)
	if m.pkg.Origin != "" { // in which documents stand apart too, on the other side
		slices.SortStableFunc(children, func(a, b *archive.Unit) int { return m.rank(a) - m.rank(b) })
	}
	if m.documentsFirst {
		for cut = 0; cut < len(children) && m.isDocument(children[cut]); cut++ {
		}
		children, documents = children[cut:], children[:cut]
	} else {
		for cut > 0 && m.isDocument(children[cut-1]) {
			cut--
		}
		children, documents = children[:cut], children[cut:]
	}
	if len(documents) == 1 {
		h := held{document: document{unit: *documents[0]}}
		if h.alone(!m.documentsFirst && len(children) > 0) { // it would be the file of the unit
			if m.documentsFirst {
				return append(documents, children...), nil
			}
			return append(children, documents...), nil
		}
	}
	return children, documents
}

// rank puts documents where the version has them.
func (m *Maker) rank(u *archive.Unit) int {
	if m.isDocument(u) != m.documentsFirst {
		return 1
	}
	return 0
}

// isDocument reports whether a document says all the unit says.
func (m *Maker) isDocument(u *archive.Unit) bool {
	if u.Level != archive.Item || len(u.Children) > 0 || len(u.Groups) != 1 || u.Groups[0] == nil || len(u.Groups[0].Objects) != 1 {
		return false
	}
	o := u.Groups[0].Objects[0]
	if o == nil || o.Physical || u.Groups[0].ID != "" {
		return false
	}
	read := m.stored(o)
	read.Name = fileName(cmp.Or(read.URI, read.Name))
	if u.Title != impliedTitle(u, &read) {
		return false
	}
	rest := *u
	rest.ID, rest.Level, rest.Title, rest.Description, rest.Status, rest.Groups, rest.Extras = "", "", "", "", "", nil, nil
	rest.ArchivalIDs = tail(rest.ArchivalIDs)
	if m.version == element.V10 {
		rest.OriginatingIDs, rest.TransferringIDs = tail(rest.OriginatingIDs), tail(rest.TransferringIDs)
		rest.Languages = nil
	}
	rest.Dates.Created, rest.Dates.Received, rest.Dates.Sent = "", "", ""
	if !empty(&rest) {
		return false
	}
	for _, w := range []archive.When{u.Dates.Created, u.Dates.Received, u.Dates.Sent} {
		if !w.IsZero() && w.Date().IsZero() {
			return false
		}
	}
	return !slices.ContainsFunc(u.Extras, func(x archive.Extra) bool {
		return x.In != inDocument && (x.In != seda2.UnitContent.Name || x.Name != "Type")
	})
}

func tail(ids []string) []string {
	if len(ids) < 2 {
		return nil
	}
	return ids[1:]
}

// empty reports whether the unit says nothing.
func empty(u *archive.Unit) bool {
	return u.ID == "" && u.Profile == "" && u.Level == "" && u.Title == "" && u.Description == "" && u.Type == "" && u.Status == "" &&
		len(u.FilePlan)+len(u.SystemIDs)+len(u.OriginatingIDs)+len(u.TransferringIDs)+len(u.ArchivalIDs)+len(u.Languages)+len(u.Tags)+
			len(u.Keywords)+len(u.History)+len(u.Agents)+len(u.Links)+len(u.Events)+len(u.Rules)+len(u.Regimes)+len(u.Groups)+
			len(u.Children)+len(u.Extras) == 0 && u.Dates == archive.Dates{}
}

// visitor takes the units of a package in the order of the message.
type visitor struct {
	open  func(u *archive.Unit, p *place)
	file  func(u *archive.Unit, o *archive.Object, p *place) // a document that is the unit's own
	item  func(u *archive.Unit)                              // a unit that is a document
	close func()
	// again is told of a unit met a second time, and shared of one whose files
	// another one has: they are written once.
	again, shared func(u *archive.Unit)
	stop          func() bool
}

// visit walks the units. The first family is a tree: a unit stands in one
// place.
func (m *Maker) visit(v visitor) {
	type frame struct {
		unit *archive.Unit
		place
		next int
	}
	met := map[*archive.Unit]bool{}
	filed := map[*archive.Group]bool{}
	documents := func(f *frame) {
		for _, g := range f.unit.Groups {
			if g == nil {
				continue
			}
			if filed[g] {
				v.shared(f.unit)
				continue
			}
			filed[g] = true
			for _, o := range g.Objects {
				if o != nil && !o.Physical {
					v.file(f.unit, o, &f.place)
				}
			}
		}
		for _, d := range f.documents {
			if met[d] {
				v.again(d)
				continue
			}
			met[d] = true
			if g := d.Groups[0]; filed[g] {
				v.shared(d)
				continue
			}
			filed[d.Groups[0]] = true
			v.item(d)
		}
	}
	var stack []*frame
	open := func(u *archive.Unit, top bool, above inherited) {
		if met[u] {
			v.again(u)
			return
		}
		met[u] = true
		f := &frame{unit: u, place: place{top: top, above: above}}
		f.children, f.documents = m.split(u)
		v.open(u, &f.place)
		if m.documentsFirst {
			documents(f)
		}
		stack = append(stack, f)
	}
	for _, u := range m.pkg.Units {
		if u == nil {
			continue
		}
		open(u, true, inherited{})
		for len(stack) > 0 {
			if v.stop() {
				return
			}
			f := stack[len(stack)-1]
			if f.next == len(f.children) {
				if !m.documentsFirst {
					documents(f)
				}
				v.close()
				stack = stack[:len(stack)-1]
				continue
			}
			f.next++
			below, _ := f.above.below(m.rules(f.unit, f.top))
			open(f.children[f.next-1], false, below)
		}
	}
}

// rules are those of the unit; at the top, those of the whole package too,
// which the first family has no place for.
func (m *Maker) rules(u *archive.Unit, top bool) []ged.Rule {
	if !top || len(m.pkg.Rules) == 0 {
		return u.Rules
	}
	out := slices.Clone(u.Rules)
	for _, r := range m.pkg.Rules {
		if firstRule(u.Rules, r.Category) == nil && !archive.RegimeOf(u.Regimes, r.Category).Prevent {
			out = append(out, r)
		}
	}
	return out
}

func (m *Maker) messageHead() []*element.Node {
	p := *m.pkg
	if c := seda2.SortComment(&p); c != "" {
		p.Header.Comments = append(p.Header.Comments[:len(p.Header.Comments):len(p.Header.Comments)], c)
	}
	if m.version == element.V02 && len(p.Header.Comments) > 1 { // there is room for one
		p.Header.Comments = []string{joined(p.Header.Comments)}
	}
	return nodesOf(m, m.head, &p, m.half(m.head))
}

func (m *Maker) messageTail() []*element.Node { return nodesOf(m, m.tail, m.pkg, m.half(m.tail)) }

// half are the extras of the message that belong to its head or to its tail:
// what no table knows stands in the head.
func (m *Maker) half(p *element.Part[archive.Package]) []archive.Extra {
	var out []archive.Extra
	for _, x := range m.pkg.Extras {
		if inTail := m.tail.Find(&element.Node{Space: element.Own, Name: x.Name}) >= 0; inTail == (p == m.tail) {
			out = append(out, x)
		}
	}
	return out
}

// unit gives what a unit says before what it holds.
func (m *Maker) unit(u *archive.Unit, p *place) []*element.Node {
	d := &described{Unit: *u}
	d.Rules = m.rules(u, p.top)
	extras := u.Extras
	table := m.object
	if p.top {
		table = m.Dialect.archive
		h := &m.pkg.Header
		d.agreement, d.profile, d.service = h.Agreement, h.Profile, h.ServiceLevel
		extras = slices.Clone(extras)
		for _, f := range []struct {
			name string
			said *string
		}{{"ArchivalAgreement", &d.agreement}, {"ArchivalProfile", &d.profile}, {"ServiceLevel", &d.service}} {
			if slices.ContainsFunc(u.Extras, func(x archive.Extra) bool { return x.In == inArchive && x.Name == f.name }) {
				*f.said = ""
				continue
			}
			for _, x := range m.pkg.Extras {
				if x.Name == f.name {
					extras = append(extras, x)
				}
			}
		}
		if u == m.pkg.Units[0] && firstAgent(d.Agents, ged.Producer) == nil && !element.Blank(h.OriginatingAgency) {
			d.Agents = append(slices.Clone(d.Agents), seda2.Identified(ged.Agent{Role: ged.Producer}, h.OriginatingAgency))
		}
	}
	nodes := nodesOf(m, table, d, extras)
	content := nodesOf(m, m.content, d, extras)
	if len(content) == 0 && !p.top {
		return nodes
	}
	if !slices.ContainsFunc(content, func(n *element.Node) bool { return n.Is("Language") }) {
		n := element.Elem("Language", m.language)
		m.Stamp(n)
		content = slices.Insert(content, at(m.content, content, "Language"), n)
		m.assumed(inContent+"/Language", m.language)
	}
	return slices.Insert(nodes, at(table, nodes, inContent), element.Tree(inContent, content...))
}

func firstAgent(agents []ged.Agent, role ged.Role) *ged.Agent {
	for i := range agents {
		if agents[i].Role == role && !element.Blank(agents[i].Identity()) {
			return &agents[i]
		}
	}
	return nil
}

// own gives the document that is the file of the unit itself.
func (m *Maker) own(u *archive.Unit, o *archive.Object, p *place) []*element.Node {
	d := &document{object: m.stored(o)}
	if m.file(u, p) {
		d.unit.Status = u.Status
		d.unit.Dates.Created, d.unit.Dates.Received, d.unit.Dates.Sent = u.Dates.Created, u.Dates.Received, u.Dates.Sent
	}
	extras := append(slices.Clone(o.Extras), m.inline(o)...)
	if files(u) == 1 {
		extras = append(extras, ofDocumentExtras(u)...)
	}
	return nodesOf(m, m.document, d, extras)
}

// ofDocumentExtras are the extras of a unit that are about its document: those
// of a document that could not be one here, and the type of the second family,
// which has the same codes.
func ofDocumentExtras(u *archive.Unit) (out []archive.Extra) {
	for _, x := range u.Extras {
		if x.In == inDocument || x.In == seda2.UnitContent.Name && x.Name == "Type" {
			out = append(out, x)
		}
	}
	return out
}

// item gives the document that says all the unit says.
func (m *Maker) item(u *archive.Unit) []*element.Node {
	o := u.Groups[0].Objects[0]
	d := &document{unit: *u, object: m.stored(o)}
	return nodesOf(m, m.document, d, slices.Concat(u.Extras, o.Extras, m.inline(o)))
}

// inline is the file that stands in a message of the second family, where the
// first has it.
func (m *Maker) inline(o *archive.Object) []archive.Extra {
	for _, x := range o.Extras {
		if x.In != seda2.BinaryObject.Name || x.Name != "Attachment" || m.lies != nil {
			continue
		}
		if n, err := m.plain.Parse(x.XML); err == nil {
			to := attachment(m.puids).Get(&document{object: *o})[0]
			to.Items = n.Items
			return []archive.Extra{{In: inDocument, Name: to.Name, Detail: true, XML: to.Canonical(m.version)}}
		}
	}
	return nil
}

func (m *Maker) stored(o *archive.Object) archive.Object {
	if m.lies != nil {
		return m.lies(o)
	}
	return *o
}

// digestOf gives the Integrity of 0.2, which stands in the head of the message
// and names the file.
func (m *Maker) digestOf(o *archive.Object) *element.Node {
	s := m.stored(o)
	name := cmp.Or(s.URI, s.Name)
	if len(s.Digests) == 0 || element.Blank(name) || element.Blank(s.Digests[0].Value) {
		return nil
	}
	return hashCode(name, s.Digests[0])
}
