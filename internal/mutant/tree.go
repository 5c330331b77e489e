package mutant

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/liasse/liasse/internal/xmlcore"
)

// node is an element, or characters when name is empty.
type node struct {
	name  string // as written: prefix:local
	attrs []attribute
	kids  []*node
	text  string
}

type attribute struct{ name, value string }

// parse reads a document with its prefixes and declarations as written.
func parse(doc []byte) (*node, error) {
	b := &builder{root: &node{}}
	b.open = []*node{b.root}
	err := xmlcore.Run(context.Background(), xmlcore.NewReader(bytes.NewReader(doc), xmlcore.Options{}), b)
	if err != nil {
		return nil, err
	}
	return b.root.kids[0], nil
}

type builder struct {
	root *node
	open []*node
}

func (b *builder) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	top := b.open[len(b.open)-1]
	switch k {
	case xmlcore.StartElement:
		n := &node{name: r.Name().String()}
		for _, d := range r.Namespaces() {
			name := "xmlns"
			if d.Prefix != "" {
				name += ":" + d.Prefix
			}
			n.attrs = append(n.attrs, attribute{name, d.URI})
		}
		for _, a := range r.Attrs() {
			n.attrs = append(n.attrs, attribute{a.Name.String(), string(a.Value)})
		}
		top.kids = append(top.kids, n)
		b.open = append(b.open, n)
	case xmlcore.EndElement:
		b.open = b.open[:len(b.open)-1]
	case xmlcore.Text:
		if len(b.open) == 1 {
			return nil
		}
		if i := len(top.kids); i > 0 && top.kids[i-1].name == "" {
			top.kids[i-1].text += string(r.Text())
		} else {
			top.kids = append(top.kids, &node{text: string(r.Text())})
		}
	}
	return nil
}

func (n *node) clone() *node {
	c := &node{name: n.name, attrs: slices.Clone(n.attrs), text: n.text}
	for _, k := range n.kids {
		c.kids = append(c.kids, k.clone())
	}
	return c
}

// value returns the characters of an element without element children.
func (n *node) value() (string, bool) {
	var b strings.Builder
	for _, k := range n.kids {
		if k.name != "" {
			return "", false
		}
		b.WriteString(k.text)
	}
	return b.String(), true
}

func (n *node) setValue(s string) { n.kids = []*node{{text: s}} }

// elements returns the indices of the element children.
func (n *node) elements() []int {
	var out []int
	for i, k := range n.kids {
		if k.name != "" {
			out = append(out, i)
		}
	}
	return out
}

// walk calls f for the element and those below, with its parent.
func (n *node) walk(parent *node, f func(n, parent *node)) {
	f(n, parent)
	for _, k := range n.kids {
		if k.name != "" {
			k.walk(n, f)
		}
	}
}

var (
	textEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#13;")
	attrEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;", "\r", "&#13;", "\n", "&#10;", "\t", "&#9;")
)

func (n *node) write(b *bytes.Buffer) {
	if n.name == "" {
		textEscape.WriteString(b, n.text)
		return
	}
	b.WriteString("<" + n.name)
	for _, a := range n.attrs {
		b.WriteString(" " + a.name + `="`)
		attrEscape.WriteString(b, a.value)
		b.WriteString(`"`)
	}
	if len(n.kids) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteString(">")
	for _, k := range n.kids {
		k.write(b)
	}
	b.WriteString("</" + n.name + ">")
}

func (n *node) bytes() []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	n.write(&b)
	b.WriteByte('\n')
	return b.Bytes()
}

func local(name string) string { return name[strings.IndexByte(name, ':')+1:] }

// declaration reports whether an attribute declares a namespace or speaks of
// schemas: operators leave these alone.
func (a *attribute) declaration() bool {
	return a.name == "xmlns" || strings.HasPrefix(a.name, "xmlns:") || strings.HasPrefix(a.name, "xsi:")
}
