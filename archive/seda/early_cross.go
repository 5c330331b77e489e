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

// earlyExtra reports whether the extra stands in a message of the first family.
func earlyExtra(x archive.Extra) bool {
	switch x.In {
	case inArchive, inObject, inContent, inDocument:
		return true
	}
	return x.In == inMessage && extraVersion(x).Early()
}

// once are the elements the second family takes one of, with how many may
// stand beside what the model holds.
var once = map[string]int{"DescriptionLanguage": 1, "Type": 1, "ServiceLevel": 0, "ArchivalProfile": 0, "ArchivalAgreement": 0, "OriginatingAgency": 0,
	"CustodialHistory": 1, "ArchivalAgency": 0, "TransferringAgency": 0}

// later is a version of the second family that a package of the first is written
// in.
type later struct {
	version Version
	lost    loss
	// converted, if not nil, is told of what becomes something else.
	converted func(path, other string)
}

// cross gives the extras of the version those of the first family become; the
// rest of them is lost. only is the one part that the holder of the extras has,
// "" for any.
func (m later) cross(extras []archive.Extra, only string) []archive.Extra {
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
		n, err := (&parser{editions: d.editions}).parse(x.XML)
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
		if to := c.toLater(n, d, m.version, path, m.lost); to != nil {
			to.setVersion(anyVersion)
			out = append(out, archive.Extra{In: c.laterIn, Name: c.later, Detail: x.Detail, XML: to.canonical(m.version)})
		}
	}
	return out
}

// inline keeps a file that stands in the message itself; of any other
// attachment the model has what the second family can say.
func (m later) inline(n *node) []archive.Extra {
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
	return []archive.Extra{{In: binaryObject.name, Name: to.name, XML: to.canonical(m.version)}}
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
			rest.add(foreign(ch, d.version.Namespace()))
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
func foreign(n *node, space string) *node {
	out := &node{space: n.space, name: n.name, attrs: n.attrs}
	if n.space == own {
		out.space = space
	}
	for _, it := range n.items {
		if it.node != nil {
			out.items = append(out.items, item{node: foreign(it.node, space)})
		} else {
			out.items = append(out.items, it)
		}
	}
	return out
}

// native is the reverse of foreign.
func native(n *node) *node {
	out := &node{space: n.space, name: n.name, attrs: n.attrs}
	if _, ok := isEarly(n.space); ok {
		out.space = own
	}
	for _, it := range n.items {
		if it.node != nil {
			out.items = append(out.items, item{node: native(it.node)})
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
func (m later) implied(p *archive.Package, u *archive.Unit) []archive.Extra {
	d := dialectOf(Version(p.Origin))
	if d == nil {
		return nil
	}
	var out []archive.Extra
	add := func(n *node, detail bool) {
		out = append(out, archive.Extra{In: unitContent.name, Name: n.name, Detail: detail, XML: n.canonical(m.version)})
	}
	for _, g := range u.Groups {
		for _, o := range g.Objects {
			if types := slices.DeleteFunc(slices.Clone(o.Extras), func(x archive.Extra) bool { return x.In != inDocument || x.Name != "Type" }); len(types) > 0 {
				out = append(out, m.cross(types, "")...)
			} else {
				add(elem("Type", contentType), false)
			}
		}
	}
	if len(out) > 1 { // there is room for one
		m.lost(inDocument + "/Type")
		out = out[:1]
	}
	if slices.Contains(p.Units, u) && !has(u.Extras, "DescriptionLanguage") {
		add(elem("DescriptionLanguage", "fr"), false)
	}
	if a := firstAgent(u.Agents, ged.Producer); a != nil && !blank(a.Name) && !has(u.Extras, "OriginatingAgency") {
		add(tree("OriginatingAgency", elem("Identifier", a.Identity()),
			tree("OrganizationDescriptiveMetadata", &node{space: d.version.Namespace(), name: "Name", items: []item{{text: a.Name}}})), true)
	}
	return out
}
