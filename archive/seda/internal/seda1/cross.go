package seda1

import (
	"slices"
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/seda2"
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
	{InMessage, "Comment", InMessage, "Comment", words},
	{InMessage, "Date", InMessage, "Date", token},
	{InMessage, "TransferIdentifier", InMessage, "MessageIdentifier", identifier},
	{InMessage, "RelatedTransferReference", InMessage, "RelatedTransferReference", identifier},
	{InMessage, "TransferRequestReplyIdentifier", InMessage, "TransferRequestReplyIdentifier", identifier},
	{InMessage, "ArchivalAgency", InMessage, "ArchivalAgency", entity},
	{InMessage, "TransferringAgency", InMessage, "TransferringAgency", entity},
	{inArchive, "ArchivalAgreement", InMessage, "ArchivalAgreement", identifier},
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
func extraVersion(x archive.Extra) element.Version {
	tag, _, _ := strings.Cut(x.XML, ">")
	_, rest, ok := strings.Cut(tag, ` xmlns="`)
	if !ok {
		return ""
	}
	space, _, _ := strings.Cut(rest, `"`)
	return element.VersionOf(space)
}

// isExtra reports whether the extra stands in a message of the first family.
func isExtra(x archive.Extra) bool {
	switch x.In {
	case inArchive, inObject, inContent, inDocument:
		return true
	}
	return x.In == InMessage && extraVersion(x).Early()
}

// once are the elements the second family takes one of, with how many may
// stand beside what the model holds.
var once = map[string]int{"DescriptionLanguage": 1, "Type": 1, "ServiceLevel": 0, "ArchivalProfile": 0, "ArchivalAgreement": 0, "OriginatingAgency": 0,
	"CustodialHistory": 1, "ArchivalAgency": 0, "TransferringAgency": 0}

// Later is a version of the second family that a package of the first is written
// in.
type Later struct {
	Version element.Version
	Lost    element.Loss
	// Converted, if not nil, is told of what becomes something else.
	Converted func(path, other string)
}

// Cross gives the extras of the version those of the first family become; the
// rest of them is lost. only is the one part that the holder of the extras has,
// "" for any.
func (m Later) Cross(extras []archive.Extra, only string) []archive.Extra {
	if !slices.ContainsFunc(extras, isExtra) {
		return extras
	}
	var out []archive.Extra
	met := map[string]bool{}
	for _, x := range extras {
		if !isExtra(x) {
			out = append(out, x)
			continue
		}
		if x.XML == "" { // said of the whole there
			continue
		}
		path := x.In + "/" + x.Name
		d := Of(extraVersion(x))
		if d == nil {
			m.Lost(path)
			continue
		}
		n, err := (&element.Parser{Editions: d.Editions}).Parse(x.XML)
		if err != nil {
			m.Lost(path)
			continue
		}
		if x.In == inDocument && x.Name == "Attachment" {
			out = append(out, m.inline(n)...)
			continue
		}
		row := slices.IndexFunc(crossings, func(c crossing) bool { return c.earlyIn == x.In && c.early == x.Name })
		if row < 0 || only != "" && crossings[row].laterIn != only {
			m.Lost(path)
			continue
		}
		c := crossings[row]
		if room, ok := once[c.later]; ok && !x.Detail && (room == 0 || met[c.later]) {
			m.Lost(path)
			continue
		}
		met[c.later] = true
		if x.Name == "OtherDescriptiveData" && m.Converted != nil {
			m.Converted(path, "Content/Description")
		}
		if to := c.toLater(n, d, m.Version, path, m.Lost); to != nil {
			to.SetVersion(element.AnyVersion)
			out = append(out, archive.Extra{In: c.laterIn, Name: c.later, Detail: x.Detail, XML: to.Canonical(m.Version)})
		}
	}
	return out
}

// inline keeps a file that stands in the message itself; of any other
// attachment the model has what the second family can say.
func (m Later) inline(n *element.Node) []archive.Extra {
	for _, a := range n.Attrs {
		switch a.Name {
		case "filename", "mimeCode", "format":
		default:
			m.Lost(inDocument + "/Attachment/@" + a.Name)
		}
	}
	if element.Blank(n.Text()) {
		return nil
	}
	to := element.Elem("Attachment", n.Text()).SetAttr("filename", n.Attr("filename"))
	return []archive.Extra{{In: seda2.BinaryObject.Name, Name: to.Name, XML: to.Canonical(m.Version)}}
}

var schemeAttrs = map[string]bool{"schemeID": true, "schemeName": true, "schemeAgencyID": true, "schemeAgencyName": true,
	"schemeVersionID": true, "schemeDataURI": true, "schemeURI": true}

// copied copies a leaf with the attributes that keep reports; the others are
// lost.
func copied(n *element.Node, name, path string, lost element.Loss, keep func(element.Attr) (element.Attr, bool)) *element.Node {
	out := element.Elem(name, n.Text())
	for _, a := range n.Attrs {
		if kept, ok := keep(a); ok {
			out.Attrs = append(out.Attrs, kept)
		} else {
			lost(path + "/@" + a.Name)
		}
	}
	return out
}

func keepSchemes(a element.Attr) (element.Attr, bool) { return a, a.Space == "" && schemeAttrs[a.Name] }

func keepNone(a element.Attr) (element.Attr, bool) { return a, false }

func (c crossing) toLater(n *element.Node, d *Dialect, to element.Version, path string, lost element.Loss) *element.Node {
	switch c.kind {
	case identifier:
		return copied(n, c.later, path, lost, keepSchemes)
	case words:
		return copied(n, c.later, path, lost, func(a element.Attr) (element.Attr, bool) {
			return element.Attr{Space: xmlcore.XMLSpace, Name: "lang", Value: a.Value}, a.Name == "languageID"
		})
	case code, token:
		return copied(n, c.later, path, lost, keepNone)
	case tongue:
		out := copied(n, c.later, path, lost, keepNone)
		if two := isoCode(n.Token(), 1, 0); two != "" {
			out.Items = []element.Piece{{Text: two}}
		}
		return out
	case entity:
		out, rest := element.Tree(c.later), element.Tree("OrganizationDescriptiveMetadata")
		for ch := range n.Children {
			if ch.Is("Identification") && len(out.Items) == 0 {
				out.Add(copied(ch, "Identifier", path+"/Identification", lost, keepSchemes))
				continue
			}
			if to == element.V20 && (ch.Name != "Name" || len(rest.Items) > 0) { // it takes one element there
				lost(path + "/" + ch.Name)
				continue
			}
			rest.Add(foreign(ch, d.version.Namespace()))
		}
		if len(rest.Items) > 0 {
			out.Add(rest)
		}
		return out
	case keyword:
		out := element.Tree(c.later)
		for _, name := range []string{"KeywordContent", "KeywordReference", "KeywordType"} {
			if ch := n.Child(name); ch != nil {
				out.Add(copied(ch, name, path+"/"+name, lost, func(a element.Attr) (element.Attr, bool) {
					if name == "KeywordContent" {
						return element.Attr{Space: xmlcore.XMLSpace, Name: "lang", Value: a.Value}, a.Name == "languageID"
					}
					return a, name == "KeywordReference" && schemeAttrs[a.Name]
				}))
			}
		}
		for ch := range n.Children {
			if out.Child(ch.Name) == nil {
				lost(path + "/" + ch.Name)
			}
		}
		return out
	case history:
		out := element.Tree(c.later)
		if n.Leaf() {
			return out.Add(element.Elem("CustodialHistoryItem", n.Text()))
		}
		for ch := range n.Children {
			out.Add(copied(ch, "CustodialHistoryItem", path+"/CustodialHistoryItem", lost, func(a element.Attr) (element.Attr, bool) {
				if a.Name == "languageID" {
					return element.Attr{Space: xmlcore.XMLSpace, Name: "lang", Value: a.Value}, true
				}
				return a, a.Name == "when"
			}))
		}
		return out
	}
	return nil
}

// foreign copies the element as one of another namespace.
func foreign(n *element.Node, space string) *element.Node {
	out := &element.Node{Space: n.Space, Name: n.Name, Attrs: n.Attrs}
	if n.Space == element.Own {
		out.Space = space
	}
	for _, it := range n.Items {
		if it.Node != nil {
			out.Items = append(out.Items, element.Piece{Node: foreign(it.Node, space)})
		} else {
			out.Items = append(out.Items, it)
		}
	}
	return out
}

// native is the reverse of foreign.
func native(n *element.Node) *element.Node {
	out := &element.Node{Space: n.Space, Name: n.Name, Attrs: n.Attrs}
	if _, ok := element.First(n.Space); ok {
		out.Space = element.Own
	}
	for _, it := range n.Items {
		if it.Node != nil {
			out.Items = append(out.Items, element.Piece{Node: native(it.Node)})
		} else {
			out.Items = append(out.Items, it)
		}
	}
	return out
}

// Untyped leaves out the type of a document, which its unit says.
func Untyped(extras []archive.Extra) []archive.Extra {
	typed := func(x archive.Extra) bool { return x.In == inDocument && x.Name == "Type" }
	if !slices.ContainsFunc(extras, typed) {
		return extras
	}
	return slices.DeleteFunc(slices.Clone(extras), typed)
}

// Implied are the extras of a unit that a message of the first family says
// without a word, or that only the second has a place for.
func (m Later) Implied(p *archive.Package, u *archive.Unit) []archive.Extra {
	d := Of(element.Version(p.Origin))
	if d == nil {
		return nil
	}
	var out []archive.Extra
	add := func(n *element.Node, detail bool) {
		out = append(out, archive.Extra{In: seda2.UnitContent.Name, Name: n.Name, Detail: detail, XML: n.Canonical(m.Version)})
	}
	for o := range element.Objects(u.Groups) {
		if types := slices.DeleteFunc(slices.Clone(o.Extras), func(x archive.Extra) bool { return x.In != inDocument || x.Name != "Type" }); len(types) > 0 {
			out = append(out, m.Cross(types, "")...)
		} else {
			add(element.Elem("Type", contentType), false)
		}
	}
	if len(out) > 1 { // there is room for one
		m.Lost(inDocument + "/Type")
		out = out[:1]
	}
	if slices.Contains(p.Units, u) && !element.Has(u.Extras, "DescriptionLanguage") {
		add(element.Elem("DescriptionLanguage", "fr"), false)
	}
	if a := firstAgent(u.Agents, ged.Producer); a != nil && !element.Blank(a.Name) && !element.Has(u.Extras, "OriginatingAgency") {
		add(element.Tree("OriginatingAgency", element.Elem("Identifier", a.Identity()),
			element.Tree("OrganizationDescriptiveMetadata", &element.Node{Space: d.version.Namespace(), Name: "Name", Items: []element.Piece{{Text: a.Name}}})), true)
	}
	return out
}
