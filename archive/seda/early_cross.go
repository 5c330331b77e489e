package seda

import (
	"slices"
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/internal/xmlcore"
)

// crossing is an element both families have, under names and in places of
// their own. What no row of the table names is lost from the one to the other.
type crossing struct {
	earlyIn, early, laterIn, later string
	kind                           crossKind
}

type crossKind uint8

const (
	identifier crossKind = iota // a token with attributes scheme…
	token                       // one without
	words                       // a text with its language
	code                        // a token of a list
	tongue                      // a code of language
	entity                      // an organization
	keyword
	history
)

var crossings = []crossing{
	{inMessage, "Comment", inMessage, "Comment", words},
	{inMessage, "Date", inMessage, "Date", token},
	{inMessage, "TransferIdentifier", inMessage, "MessageIdentifier", identifier},
	{inMessage, "RelatedTransferReference", inMessage, "RelatedTransferReference", identifier},
	{inMessage, "TransferRequestReplyIdentifier", inMessage, "TransferRequestReplyIdentifier", identifier},
	{inMessage, "ArchivalAgency", inMessage, "ArchivalAgency", entity},
	{inMessage, "TransferringAgency", inMessage, "TransferringAgency", entity},
	{inArchive, "ArchivalAgreement", inMessage, "ArchivalAgreement", identifier},
	{inArchive, "ArchivalProfile", "ManagementMetadata", "ArchivalProfile", identifier},
	{inArchive, "ServiceLevel", "ManagementMetadata", "ServiceLevel", identifier},
	{inArchive, "DescriptionLanguage", "Content", "DescriptionLanguage", tongue},
	{inArchive, "Name", "Content", "Title", words},
	{inObject, "Name", "Content", "Title", words},
	{inArchive, "ArchivalAgencyArchiveIdentifier", "Content", "ArchivalAgencyArchiveUnitIdentifier", token},
	{inObject, "ArchivalAgencyObjectIdentifier", "Content", "ArchivalAgencyArchiveUnitIdentifier", token},
	{inDocument, "ArchivalAgencyDocumentIdentifier", "Content", "ArchivalAgencyArchiveUnitIdentifier", token},
	{inDocument, "Identification", "Content", "ArchivalAgencyArchiveUnitIdentifier", token},
	{inArchive, "OriginatingAgencyArchiveIdentifier", "Content", "OriginatingAgencyArchiveUnitIdentifier", token},
	{inObject, "OriginatingAgencyObjectIdentifier", "Content", "OriginatingAgencyArchiveUnitIdentifier", token},
	{inDocument, "OriginatingAgencyDocumentIdentifier", "Content", "OriginatingAgencyArchiveUnitIdentifier", token},
	{inArchive, "TransferringAgencyArchiveIdentifier", "Content", "TransferringAgencyArchiveUnitIdentifier", token},
	{inObject, "TransferringAgencyObjectIdentifier", "Content", "TransferringAgencyArchiveUnitIdentifier", token},
	{inDocument, "TransferringAgencyDocumentIdentifier", "Content", "TransferringAgencyArchiveUnitIdentifier", token},
	{inContent, "Description", "Content", "Description", words},
	{inDocument, "Description", "Content", "Description", words},
	{inContent, "OtherDescriptiveData", "Content", "Description", words},
	{inContent, "FilePlanPosition", "Content", "FilePlanPosition", token},
	{inContent, "CustodialHistory", "Content", "CustodialHistory", history},
	{inContent, "Keyword", "Content", "Keyword", keyword},
	{inContent, "ContentDescriptive", "Content", "Keyword", keyword},
	{inContent, "OriginatingAgency", "Content", "OriginatingAgency", entity},
	{inDocument, "Type", "Content", "Type", code},
}

// extraVersion returns the version of SEDA the extra is of, "" for an element
// of another namespace.
func extraVersion(x archive.Extra) Version {
	tag, _, _ := strings.Cut(x.XML, ">")
	_, rest, ok := strings.Cut(tag, ` xmlns="`)
	if !ok {
		return ""
	}
	space, _, _ := strings.Cut(rest, `"`)
	return VersionOf(space)
}

// early reports whether the extra stands in a message of the first family.
func earlyExtra(x archive.Extra) bool {
	switch x.In {
	case inArchive, inObject, inContent, inDocument:
		return true
	}
	return x.In == inMessage && extraVersion(x).early()
}

// once are the elements the second family takes one of, with how many may
// stand beside what the model holds.
var once = map[string]int{"DescriptionLanguage": 1, "Type": 1, "ServiceLevel": 0, "ArchivalProfile": 0, "ArchivalAgreement": 0, "OriginatingAgency": 0,
	"CustodialHistory": 1, "ArchivalAgency": 0, "TransferringAgency": 0}

// cross gives the extras of a version of the second family those of the first
// become; the rest of them is lost.
func (m *maker) cross(extras []archive.Extra) []archive.Extra { return m.crossIn(extras, "") }

// crossIn is cross, with the one part that the holder of the extras has; ""
// is any.
func (m *maker) crossIn(extras []archive.Extra, only string) []archive.Extra {
	if !slices.ContainsFunc(extras, earlyExtra) {
		return extras
	}
	var out []archive.Extra
	met := map[string]bool{}
	for _, x := range extras {
		if !earlyExtra(x) {
			out = append(out, x)
			continue
		}
		if x.XML == "" { // said of the whole there
			continue
		}
		path := x.In + "/" + x.Name
		d := dialectOf(extraVersion(x))
		if d == nil {
			m.lost(path)
			continue
		}
		n, err := (&parser{early: d}).parse(x.XML)
		if err != nil {
			m.lost(path)
			continue
		}
		if x.In == inDocument && x.Name == "Attachment" {
			out = append(out, m.inline(n)...)
			continue
		}
		row := slices.IndexFunc(crossings, func(c crossing) bool { return c.earlyIn == x.In && c.early == x.Name })
		if row < 0 || only != "" && crossings[row].laterIn != only {
			m.lost(path)
			continue
		}
		c := crossings[row]
		if room, ok := once[c.later]; ok && !x.Detail && (room == 0 || met[c.later]) {
			m.lost(path)
			continue
		}
		met[c.later] = true
		if x.Name == "OtherDescriptiveData" && m.converted != nil {
			m.converted(path, "Content/Description")
		}
		if to := c.toLater(n, d, m.opt.Version, path, m.lost); to != nil {
			to.setVersion(anyVersion)
			out = append(out, archive.Extra{In: c.laterIn, Name: c.later, Detail: x.Detail, XML: to.canonical(m.opt.Version)})
		}
	}
	return out
}

// inline keeps a file that stands in the message itself; of any other
// attachment the model has what the second family can say.
func (m *maker) inline(n *node) []archive.Extra {
	for _, a := range n.attrs {
		switch a.name {
		case "filename", "mimeCode", "format":
		default:
			m.lost(inDocument + "/Attachment/@" + a.name)
		}
	}
	if blank(n.text()) {
		return nil
	}
	to := elem("Attachment", n.text()).setAttr("filename", n.attr("filename"))
	return []archive.Extra{{In: binaryObject.name, Name: to.name, XML: to.canonical(m.opt.Version)}}
}

var schemeAttrs = map[string]bool{"schemeID": true, "schemeName": true, "schemeAgencyID": true, "schemeAgencyName": true,
	"schemeVersionID": true, "schemeDataURI": true, "schemeURI": true}

// copied copies a leaf with the attributes that keep reports; the others are
// lost.
func copied(n *node, name, path string, lost loss, keep func(nodeAttr) (nodeAttr, bool)) *node {
	out := elem(name, n.text())
	for _, a := range n.attrs {
		if kept, ok := keep(a); ok {
			out.attrs = append(out.attrs, kept)
		} else {
			lost(path + "/@" + a.name)
		}
	}
	return out
}

func keepSchemes(a nodeAttr) (nodeAttr, bool) { return a, a.space == "" && schemeAttrs[a.name] }

func keepNone(a nodeAttr) (nodeAttr, bool) { return a, false }

func (c crossing) toLater(n *node, d *dialect, to Version, path string, lost loss) *node {
	switch c.kind {
	case identifier:
		return copied(n, c.later, path, lost, keepSchemes)
	case words:
		return copied(n, c.later, path, lost, func(a nodeAttr) (nodeAttr, bool) {
			return nodeAttr{space: xmlcore.XMLSpace, name: "lang", value: a.value}, a.name == "languageID"
		})
	case code, token:
		return copied(n, c.later, path, lost, keepNone)
	case tongue:
		out := copied(n, c.later, path, lost, keepNone)
		if two := isoCode(n.token(), 1, 0); two != "" {
			out.items = []item{{text: two}}
		}
		return out
	case entity:
		out, rest := tree(c.later), tree("OrganizationDescriptiveMetadata")
		for ch := range n.children {
			if ch.is("Identification") && len(out.items) == 0 {
				out.add(copied(ch, "Identifier", path+"/Identification", lost, keepSchemes))
				continue
			}
			if to == V20 && (ch.name != "Name" || len(rest.items) > 0) { // it takes one element there
				lost(path + "/" + ch.name)
				continue
			}
			rest.add(ch.foreign(d.version.Namespace()))
		}
		if len(rest.items) > 0 {
			out.add(rest)
		}
		return out
	case keyword:
		out := tree(c.later)
		for _, name := range []string{"KeywordContent", "KeywordReference", "KeywordType"} {
			if ch := n.child(name); ch != nil {
				out.add(copied(ch, name, path+"/"+name, lost, func(a nodeAttr) (nodeAttr, bool) {
					if name == "KeywordContent" {
						return nodeAttr{space: xmlcore.XMLSpace, name: "lang", value: a.value}, a.name == "languageID"
					}
					return a, name == "KeywordReference" && schemeAttrs[a.name]
				}))
			}
		}
		for ch := range n.children {
			if out.child(ch.name) == nil {
				lost(path + "/" + ch.name)
			}
		}
		return out
	case history:
		out := tree(c.later)
		if n.leaf() {
			return out.add(elem("CustodialHistoryItem", n.text()))
		}
		for ch := range n.children {
			out.add(copied(ch, "CustodialHistoryItem", path+"/CustodialHistoryItem", lost, func(a nodeAttr) (nodeAttr, bool) {
				if a.name == "languageID" {
					return nodeAttr{space: xmlcore.XMLSpace, name: "lang", value: a.value}, true
				}
				return a, a.name == "when"
			}))
		}
		return out
	}
	return nil
}

// foreign copies the element as one of another namespace.
func (n *node) foreign(space string) *node {
	out := &node{space: n.space, name: n.name, attrs: n.attrs}
	if n.space == own {
		out.space = space
	}
	for _, it := range n.items {
		if it.node != nil {
			out.items = append(out.items, item{node: it.node.foreign(space)})
		} else {
			out.items = append(out.items, it)
		}
	}
	return out
}

// native is the reverse of foreign.
func (n *node) native() *node {
	out := &node{space: n.space, name: n.name, attrs: n.attrs}
	if _, ok := isEarly(n.space); ok {
		out.space = own
	}
	for _, it := range n.items {
		if it.node != nil {
			out.items = append(out.items, item{node: it.node.native()})
		} else {
			out.items = append(out.items, it)
		}
	}
	return out
}

// untyped leaves out the type of a document, which its unit says.
func untyped(extras []archive.Extra) []archive.Extra {
	typed := func(x archive.Extra) bool { return x.In == inDocument && x.Name == "Type" }
	if !slices.ContainsFunc(extras, typed) {
		return extras
	}
	return slices.DeleteFunc(slices.Clone(extras), typed)
}

// implied are the extras of a unit that a message of the first family says
// without a word, or that only the second has a place for.
func (m *maker) implied(u *archive.Unit) []archive.Extra {
	d := dialectOf(Version(m.pkg.Origin))
	if d == nil {
		return nil
	}
	var out []archive.Extra
	add := func(n *node, detail bool) {
		out = append(out, archive.Extra{In: unitContent.name, Name: n.name, Detail: detail, XML: n.canonical(m.opt.Version)})
	}
	for _, g := range u.Groups {
		for _, o := range g.Objects {
			if types := slices.DeleteFunc(slices.Clone(o.Extras), func(x archive.Extra) bool { return x.In != inDocument || x.Name != "Type" }); len(types) > 0 {
				out = append(out, m.cross(types)...)
			} else {
				add(elem("Type", contentType), false)
			}
		}
	}
	if len(out) > 1 { // there is room for one
		m.lost(inDocument + "/Type")
		out = out[:1]
	}
	if slices.Contains(m.pkg.Units, u) && !has(u.Extras, "DescriptionLanguage") {
		add(elem("DescriptionLanguage", "fr"), false)
	}
	if a := firstAgent(u.Agents, ged.Producer); a != nil && !blank(a.Name) && !has(u.Extras, "OriginatingAgency") {
		add(tree("OriginatingAgency", elem("Identifier", a.Identity()),
			tree("OrganizationDescriptiveMetadata", &node{space: d.version.Namespace(), name: "Name", items: []item{{text: a.Name}}})), true)
	}
	return out
}

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
	n, err := (&parser{early: from}).parse(x.XML)
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
					out.add(c.native())
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
