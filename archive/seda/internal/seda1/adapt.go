package seda1

import (
	"slices"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/seda2"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/internal/xmlcore"
)

// adapt gives the extras of the part of a version of the first family that
// those of another version become; those of no version stay where they were.
func (m *Maker) adapt(in string, extras []archive.Extra) []archive.Extra {
	if !slices.ContainsFunc(extras, func(x archive.Extra) bool { return x.In != in || extraVersion(x) != m.version }) {
		return extras
	}
	var out []archive.Extra
	alone := map[string]bool{}
	for _, x := range extras {
		v := extraVersion(x)
		switch {
		case x.XML == "":
		case isExtra(x) || v == "":
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
			if single[to.Name] && alone[to.Name] {
				m.lost(x.In + "/" + x.Name)
				continue
			}
			alone[to.Name] = true
			out = append(out, archive.Extra{In: in, Name: to.Name, Detail: x.Detail, XML: to.Canonical(m.version)})
		default:
			if to := m.earlier(in, x); to != nil {
				if !x.Detail && alone[to.Name] {
					m.lost(x.In + "/" + x.Name)
					continue
				}
				alone[to.Name] = true
				out = append(out, archive.Extra{In: in, Name: to.Name, Detail: x.Detail, XML: to.Canonical(m.version)})
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
var orders = map[element.Version]map[string][]string{
	element.V10: {"": {"BusinessType", "Description", "Identification", "LegalClassification", "Name", "Address", "Communication", "Contact"},
		"Keyword": {"KeywordContent", "KeywordReference", "KeywordType", "AccessRestrictionRule"}},
	element.V02: {"": {"BusinessType", "Description", "Identification", "LegalClassification", "Name", "Contact", "Address", "Communication"},
		"ContentDescriptive": {"AccessRestriction", "KeywordContent", "KeywordReference", "KeywordType"}},
}

// sibling gives the element the other version of the family has for the extra,
// or nil.
func (m *Maker) sibling(x archive.Extra) *element.Node {
	from := Of(extraVersion(x))
	if from == nil {
		return nil // the part is of this family, and the element of the other
	}
	n, err := (&element.Parser{Editions: from.Editions}).Parse(x.XML)
	if err != nil {
		return nil
	}
	to := m.renamed(n, x.In)
	if !m.has(x.In, to.Name) {
		return nil
	}
	switch to.Name {
	case "CustodialHistory":
		if m.version == element.V10 {
			return element.Tree(to.Name, element.Elem("CustodialHistoryItem", to.Text()))
		}
		var all []string
		for c := range to.Children {
			all = append(all, c.Text())
		}
		m.converted(x.In+"/"+x.Name, to.Name)
		return element.Elem(to.Name, joined(all))
	case "RelatedObjectReference":
		if m.version == element.V10 {
			id := *to
			id.Name = "RelatedObjectIdentifier"
			return element.Tree(to.Name, &id, element.Elem("Relation", seda2.LinkElement(ged.Citant)))
		}
		if id := to.Child("RelatedObjectIdentifier"); id != nil {
			m.lost(x.In + "/" + x.Name + "/Relation")
			id.Name = to.Name
			return id
		}
		return nil
	case "DescriptionLanguage", "Language":
		c := languageCode(to.Token(), m.version == element.V10)
		if c == "" {
			return nil
		}
		to.Items = []element.Piece{{Text: c}}
	case "Control":
		if v := to.Token(); m.version == element.V02 && v != "true" && v != "false" {
			return nil
		}
	case "Comment":
		if m.version == element.V02 {
			return nil // there is room for one, and the model holds it
		}
	}
	return to
}

// has reports whether a part of the version has an element of the name.
func (m *Maker) has(in, name string) bool {
	n := &element.Node{Space: element.Own, Name: name}
	switch in {
	case InMessage:
		return m.head.Find(n) >= 0 || m.tail.Find(n) >= 0
	case inArchive:
		return m.archive.Find(n) >= 0
	case inObject:
		return m.object.Find(n) >= 0
	case inContent:
		return m.content.Find(n) >= 0
	case inDocument:
		return m.document.Find(n) >= 0
	}
	return false
}

// renamed copies the element in the names and the order of the version.
func (m *Maker) renamed(n *element.Node, in string) *element.Node {
	from, to := 0, 1
	if m.version == element.V02 {
		from, to = 1, 0
	}
	out := &element.Node{Space: n.Space, Name: n.Name, Attrs: n.Attrs}
	for _, s := range siblings {
		if s[from] == n.Name && (s[0] != "Identification" || in == inDocument) && (s[0] != "URI" || in == "Communication") {
			out.Name = s[to]
		}
	}
	for _, it := range n.Items {
		if it.Node != nil {
			out.Items = append(out.Items, element.Piece{Node: m.renamed(it.Node, n.Name)})
		} else {
			out.Items = append(out.Items, it)
		}
	}
	order := orders[m.version][out.Name]
	if n.Child("Identification") != nil && n.Name != "Contact" {
		order = orders[m.version][""]
	}
	if order != nil {
		slices.SortStableFunc(out.Items, func(a, b element.Piece) int {
			if a.Node == nil || b.Node == nil {
				return 0
			}
			return slices.Index(order, a.Node.Name) - slices.Index(order, b.Node.Name)
		})
	}
	return out
}

// earlier gives the element of the part that an extra of the second family
// becomes, or nil.
func (m *Maker) earlier(in string, x archive.Extra) *element.Node {
	row := m.row(in, x)
	if row == nil {
		return nil
	}
	n, err := m.plain.Parse(x.XML)
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
		return copied(n, row.early, path, lost, func(a element.Attr) (element.Attr, bool) {
			return element.Attr{Name: "languageID", Value: a.Value}, a.Space == xmlcore.XMLSpace && a.Name == "lang"
		})
	case code:
		if !slices.Contains(documentTypes, n.Token()) {
			m.lost(path)
			return nil
		}
		return copied(n, row.early, path, lost, keepNone)
	case tongue:
		c := languageCode(n.Token(), m.version == element.V10)
		if c == "" {
			m.lost(path)
		}
		if c == "" || c == m.language {
			return nil
		}
		return element.Elem(row.early, c)
	case entity:
		out := element.Tree(row.early)
		if d := n.Child("OrganizationDescriptiveMetadata"); d != nil {
			for c := range d.Children {
				if v, ok := element.First(c.Space); ok && v == m.version {
					out.Add(native(c))
				} else if !(ok && c.Name == "Name") {
					lost(path + "/OrganizationDescriptiveMetadata/" + c.Name)
				}
			}
		}
		if id := n.Child("Identifier"); id != nil {
			out.Add(copied(id, "Identification", path+"/Identifier", lost, keepSchemes))
		}
		order := orders[m.version][""]
		slices.SortStableFunc(out.Items, func(a, b element.Piece) int {
			return slices.Index(order, a.Node.Name) - slices.Index(order, b.Node.Name)
		})
		return out
	case keyword:
		out := element.Tree(row.early)
		for c := range n.Children {
			out.Add(copied(c, c.Name, path+"/"+c.Name, lost, func(a element.Attr) (element.Attr, bool) {
				if c.Name == "KeywordContent" {
					return element.Attr{Name: "languageID", Value: a.Value}, a.Name == "lang"
				}
				return keepSchemes(a)
			}))
		}
		return out
	case history:
		out := element.Tree(row.early)
		var lines []string
		for c := range n.Children {
			if !c.Is("CustodialHistoryItem") {
				m.lost(path + "/" + c.Name)
				continue
			}
			lines = append(lines, c.Text())
			out.Add(copied(c, c.Name, path+"/"+c.Name, lost, func(a element.Attr) (element.Attr, bool) {
				if a.Space == xmlcore.XMLSpace && a.Name == "lang" {
					return element.Attr{Name: "languageID", Value: a.Value}, true
				}
				return a, a.Name == "when"
			}))
		}
		if m.version == element.V02 {
			return element.Elem(row.early, joined(lines))
		}
		return out
	}
	return nil
}

// documentTypes are the types of documents of the first family.
var documentTypes = []string{"CDO", "RI", "RISTR", "RISEM", "PDI", "PDIPRO", "PDIREF", "PDIFIX", "PDICTX"}

// row finds what an extra of the second family becomes in the part.
func (m *Maker) row(in string, x archive.Extra) *crossing {
	for i := range crossings {
		c := &crossings[i]
		if c.laterIn != x.In || c.later != x.Name || c.earlyIn != in || c.early == "OtherDescriptiveData" {
			continue
		}
		if !m.has(in, c.early) {
			continue
		}
		// What only details a field goes with it; a second title has no place.
		if !x.Detail && c.kind == words && x.Name != "Comment" {
			continue
		}
		return c
	}
	return nil
}
