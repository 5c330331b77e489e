package seda

import (
	"slices"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/internal/xmlcore"
)

// adapt gives the extras of the part of a version of the first family that
// those of another version become; those of no version stay where they were.
func (m *earlyMaker) adapt(in string, extras []archive.Extra) []archive.Extra {
	if !slices.ContainsFunc(extras, func(x archive.Extra) bool { return x.In != in || extraVersion(x) != m.version }) {
		return extras
	}
	var out []archive.Extra
	alone := map[string]bool{}
	for _, x := range extras {
		v := extraVersion(x)
		switch {
		case x.XML == "":
		case earlyExtra(x) || v == "":
			if x.In != in {
				continue
			}
			if v == m.version || v == "" {
				out = append(out, x)
				continue
			}
			to := m.sibling(x)
			if to == nil {
				m.lost(x.In + "/" + x.Name)
				continue
			}
			if single[to.name] && alone[to.name] {
				m.lost(x.In + "/" + x.Name)
				continue
			}
			alone[to.name] = true
			out = append(out, archive.Extra{In: in, Name: to.name, Detail: x.Detail, XML: to.canonical(m.version)})
		default:
			if to := m.earlier(in, x); to != nil {
				if !x.Detail && alone[to.name] {
					m.lost(x.In + "/" + x.Name)
					continue
				}
				alone[to.name] = true
				out = append(out, archive.Extra{In: in, Name: to.name, Detail: x.Detail, XML: to.canonical(m.version)})
			}
		}
	}
	return out
}

// single are the elements of 0.2 that 1.0 takes any number of.
var single = map[string]bool{"Type": true, "OtherMetadata": true, "Control": true}

// siblings are the names of 0.2 with those of 1.0.
var siblings = [...][2]string{
	{"Appraisal", "AppraisalRule"}, {"AccessRestriction", "AccessRestrictionRule"}, {"ContentDescriptive", "Keyword"},
	{"URI", "URIID"}, {"Identification", "ArchivalAgencyDocumentIdentifier"},
}

// orders are those of the elements whose children stand in another order in
// each version.
var orders = map[Version]map[string][]string{
	V10: {"": {"BusinessType", "Description", "Identification", "LegalClassification", "Name", "Address", "Communication", "Contact"},
		"Keyword": {"KeywordContent", "KeywordReference", "KeywordType", "AccessRestrictionRule"}},
	V02: {"": {"BusinessType", "Description", "Identification", "LegalClassification", "Name", "Contact", "Address", "Communication"},
		"ContentDescriptive": {"AccessRestriction", "KeywordContent", "KeywordReference", "KeywordType"}},
}

// sibling gives the element the other version of the family has for the extra,
// or nil.
func (m *earlyMaker) sibling(x archive.Extra) *node {
	from := dialectOf(extraVersion(x))
	n, err := (&parser{editions: from.editions}).parse(x.XML)
	if err != nil {
		return nil
	}
	to := m.renamed(n, x.In)
	table := -1
	probe := &node{space: own, name: to.name}
	switch x.In {
	case inMessage:
		table = max(m.head.find(probe), m.tail.find(probe))
	case inArchive:
		table = m.dialect.archive.find(probe)
	case inObject:
		table = m.object.find(probe)
	case inContent:
		table = m.content.find(probe)
	case inDocument:
		table = m.document.find(probe)
	}
	if table < 0 {
		return nil
	}
	switch to.name {
	case "CustodialHistory":
		if m.version == V10 {
			return tree(to.name, elem("CustodialHistoryItem", to.text()))
		}
		var all []string
		for c := range to.children {
			all = append(all, c.text())
		}
		m.converted(x.In+"/"+x.Name, to.name)
		return elem(to.name, joined(all))
	case "RelatedObjectReference":
		if m.version == V10 {
			id := *to
			id.name = "RelatedObjectIdentifier"
			return tree(to.name, &id, elem("Relation", linkElement(ged.Citant)))
		}
		if id := to.child("RelatedObjectIdentifier"); id != nil {
			m.lost(x.In + "/" + x.Name + "/Relation")
			id.name = to.name
			return id
		}
		return nil
	case "DescriptionLanguage", "Language":
		c := languageCode(to.token(), m.version == V10)
		if c == "" {
			return nil
		}
		to.items = []item{{text: c}}
	case "Control":
		if v := to.token(); m.version == V02 && v != "true" && v != "false" {
			return nil
		}
	case "Comment":
		if m.version == V02 {
			return nil // there is room for one, and the model holds it
		}
	}
	return to
}

// renamed copies the element in the names and the order of the version.
func (m *earlyMaker) renamed(n *node, in string) *node {
	from, to := 0, 1
	if m.version == V02 {
		from, to = 1, 0
	}
	out := &node{space: n.space, name: n.name, attrs: n.attrs}
	for _, s := range siblings {
		if s[from] == n.name && (s[0] != "Identification" || in == inDocument) && (s[0] != "URI" || in == "Communication") {
			out.name = s[to]
		}
	}
	for _, it := range n.items {
		if it.node != nil {
			out.items = append(out.items, item{node: m.renamed(it.node, n.name)})
		} else {
			out.items = append(out.items, it)
		}
	}
	order := orders[m.version][out.name]
	if n.child("Identification") != nil && n.name != "Contact" {
		order = orders[m.version][""]
	}
	if order != nil {
		slices.SortStableFunc(out.items, func(a, b item) int {
			if a.node == nil || b.node == nil {
				return 0
			}
			return slices.Index(order, a.node.name) - slices.Index(order, b.node.name)
		})
	}
	return out
}

// earlier gives the element of the part that an extra of the second family
// becomes, or nil.
func (m *earlyMaker) earlier(in string, x archive.Extra) *node {
	row := m.row(in, x)
	if row == nil {
		return nil
	}
	n, err := m.plain.parse(x.XML)
	if err != nil {
		return nil
	}
	lost := m.minor
	path := x.In + "/" + x.Name
	switch row.kind {
	case identifier:
		return copied(n, row.early, path, lost, keepSchemes)
	case token:
		return copied(n, row.early, path, lost, keepNone)
	case words:
		return copied(n, row.early, path, lost, func(a nodeAttr) (nodeAttr, bool) {
			return nodeAttr{name: "languageID", value: a.value}, a.space == xmlcore.XMLSpace && a.name == "lang"
		})
	case code:
		if !slices.Contains(documentTypes, n.token()) {
			m.lost(path)
			return nil
		}
		return copied(n, row.early, path, lost, keepNone)
	case tongue:
		c := languageCode(n.token(), m.version == V10)
		if c == "" {
			m.lost(path)
		}
		if c == "" || c == m.language {
			return nil
		}
		return elem(row.early, c)
	case entity:
		out := tree(row.early)
		if d := n.child("OrganizationDescriptiveMetadata"); d != nil {
			for c := range d.children {
				if v, ok := isEarly(c.space); ok && v == m.version {
					out.add(native(c))
				} else if !(ok && c.name == "Name") {
					lost(path + "/OrganizationDescriptiveMetadata/" + c.name)
				}
			}
		}
		if id := n.child("Identifier"); id != nil {
			out.add(copied(id, "Identification", path+"/Identifier", lost, keepSchemes))
		}
		order := orders[m.version][""]
		slices.SortStableFunc(out.items, func(a, b item) int {
			return slices.Index(order, a.node.name) - slices.Index(order, b.node.name)
		})
		return out
	case keyword:
		out := tree(row.early)
		for c := range n.children {
			out.add(copied(c, c.name, path+"/"+c.name, lost, func(a nodeAttr) (nodeAttr, bool) {
				if c.name == "KeywordContent" {
					return nodeAttr{name: "languageID", value: a.value}, a.name == "lang"
				}
				return keepSchemes(a)
			}))
		}
		return out
	case history:
		out := tree(row.early)
		var lines []string
		for c := range n.children {
			if !c.is("CustodialHistoryItem") {
				m.lost(path + "/" + c.name)
				continue
			}
			lines = append(lines, c.text())
			out.add(copied(c, c.name, path+"/"+c.name, lost, func(a nodeAttr) (nodeAttr, bool) {
				if a.space == xmlcore.XMLSpace && a.name == "lang" {
					return nodeAttr{name: "languageID", value: a.value}, true
				}
				return a, a.name == "when"
			}))
		}
		if m.version == V02 {
			return elem(row.early, joined(lines))
		}
		return out
	}
	return nil
}

// documentTypes are the types of documents of the first family.
var documentTypes = []string{"CDO", "RI", "RISTR", "RISEM", "PDI", "PDIPRO", "PDIREF", "PDIFIX", "PDICTX"}

// row finds what an extra of the second family becomes in the part.
func (m *earlyMaker) row(in string, x archive.Extra) *crossing {
	for i := range crossings {
		c := &crossings[i]
		if c.laterIn != x.In || c.later != x.Name || c.earlyIn != in || c.early == "OtherDescriptiveData" {
			continue
		}
		probe := &node{space: own, name: c.early}
		switch in {
		case inMessage:
			if m.head.find(probe) < 0 {
				continue
			}
		case inArchive:
			if m.dialect.archive.find(probe) < 0 {
				continue
			}
		case inObject:
			if m.object.find(probe) < 0 {
				continue
			}
		case inContent:
			if m.content.find(probe) < 0 {
				continue
			}
		case inDocument:
			if m.document.find(probe) < 0 {
				continue
			}
		}
		// What only details a field goes with it; a second title has no place.
		if !x.Detail && c.kind == words && x.Name != "Comment" {
			continue
		}
		return c
	}
	return nil
}
