package c14n

import (
	"slices"
	"strings"

	"github.com/liasse/liasse/internal/xmlcore"
)

// What must be written by reference, in texts and in attributes (Canonical XML
// 1.0 §2.3).
const (
	inText = 1 << iota
	inAttr
)

var special = [256]uint8{
	'&': inText | inAttr, '<': inText | inAttr, '>': inText, '\r': inText | inAttr,
	'"': inAttr, '\t': inAttr, '\n': inAttr,
}

func (c *Canonicalizer) name(n *xmlcore.Name) {
	if n.Prefix != "" {
		c.buf = append(c.buf, n.Prefix...)
		c.buf = append(c.buf, ':')
	}
	c.buf = append(c.buf, n.Local...)
}

// declarations writes the new namespaces by order of prefix, the default one
// first.
func (c *Canonicalizer) declarations() {
	slices.SortFunc(c.fresh, func(a, b binding) int { return strings.Compare(a.prefix, b.prefix) })
	for _, b := range c.fresh {
		c.buf = append(c.buf, " xmlns"...)
		if b.prefix != "" {
			c.buf = append(c.buf, ':')
			c.buf = append(c.buf, b.prefix...)
		}
		c.buf = append(c.buf, '=', '"')
		c.buf = escapeAttr(c.buf, b.uri)
		c.buf = append(c.buf, '"')
	}
}

// attributes writes them by order of namespace, then of local name; those
// without a namespace come first.
func (c *Canonicalizer) attributes(attrs []xmlcore.Attr) {
	if len(attrs) == 1 {
		c.attribute(&attrs[0])
		return
	}
	c.order = c.order[:0]
	for i := range attrs {
		n := attrs[i].Name
		j := len(c.order)
		c.order = append(c.order, i)
		for j > 0 && after2(attrs[c.order[j-1]].Name, n) {
			c.order[j] = c.order[j-1]
			j--
		}
		c.order[j] = i
	}
	for _, i := range c.order {
		c.attribute(&attrs[i])
	}
}

func after2(a, b *xmlcore.Name) bool {
	if a.Space != b.Space {
		return a.Space > b.Space
	}
	return a.Local > b.Local
}

func (c *Canonicalizer) attribute(a *xmlcore.Attr) {
	c.buf = append(c.buf, ' ')
	c.name(a.Name)
	c.buf = append(c.buf, '=', '"')
	c.buf = escapeAttr(c.buf, a.Value)
	c.buf = append(c.buf, '"')
}

// attributesAndInherited writes the attributes of an element whose parent is not
// written. Canonical XML 1.0 §2.4 adds the nearest xml: attributes of its
// ancestors that it does not have itself; 1.1 §2.4 only xml:lang and xml:space,
// and joins xml:base with those of the ancestors left out just above it.
func (c *Canonicalizer) attributesAndInherited(own []xmlcore.Attr, depth int) {
	all := slices.Clone(own)
	index := func(local string) int {
		return slices.IndexFunc(all, func(a xmlcore.Attr) bool { return a.Name.Prefix == "xml" && a.Name.Local == local })
	}
	put := func(local, value string) {
		all = append(all, xmlcore.Attr{Name: &xmlcore.Name{Space: xmlURI, Local: local, Prefix: "xml"}, Value: []byte(value)})
	}
	written := 0 // depth of the nearest ancestor that is written
	for i := len(c.open) - 2; i >= 0; i-- {
		if c.open[i] {
			written = depth - (len(c.open) - 1 - i)
			break
		}
	}
	var bases []string // nearest first
	for i := len(c.xmlAttrs) - 1; i >= 0; i-- {
		in := c.xmlAttrs[i]
		switch {
		case !c.opt.Version11, in.local == "lang", in.local == "space":
			if index(in.local) < 0 {
				put(in.local, in.value)
			}
		case in.local == "base" && in.depth > written:
			bases = append(bases, in.value)
		}
	}
	if len(bases) > 0 {
		joined := bases[len(bases)-1]
		for i := len(bases) - 2; i >= 0; i-- {
			joined = joinBase(joined, bases[i])
		}
		if i := index("base"); i >= 0 {
			joined = joinBase(joined, string(all[i].Value))
			all = slices.Delete(all, i, i+1)
		}
		if joined != "" {
			put("base", joined)
		}
	}
	c.attributes(all)
}

const xmlURI = "http://www.w3.org/XML/1998/namespace"

func escapeAttr[T string | []byte](buf []byte, v T) []byte {
	from := 0
	for i := range len(v) {
		if special[v[i]]&inAttr == 0 {
			continue
		}
		buf = append(buf, v[from:i]...)
		from = i + 1
		switch v[i] {
		case '&':
			buf = append(buf, "&amp;"...)
		case '<':
			buf = append(buf, "&lt;"...)
		case '"':
			buf = append(buf, "&quot;"...)
		case '\t':
			buf = append(buf, "&#x9;"...)
		case '\n':
			buf = append(buf, "&#xA;"...)
		default:
			buf = append(buf, "&#xD;"...)
		}
	}
	return append(buf, v[from:]...)
}
