package c14n

import "github.com/liasse/liasse/internal/xmlcore"

// A Context follows the namespaces and the xml: attributes in force, once for
// all the canonicalisers that begin in the middle of a document: see
// [Canonicalizer.Enter]. The zero value is ready, for one document.
type Context struct {
	scope    []binding
	marks    []int
	xmlAttrs []inherited
}

// Event takes an event of the document.
func (x *Context) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	switch k {
	case xmlcore.StartElement:
		x.marks = append(x.marks, len(x.scope))
		for _, d := range r.Namespaces() {
			x.scope = append(x.scope, binding{d.Prefix, d.URI})
		}
		x.xmlAttrs = remember(x.xmlAttrs, r)
	case xmlcore.EndElement:
		n := len(x.marks) - 1
		x.scope, x.marks = x.scope[:x.marks[n]], x.marks[:n]
		x.xmlAttrs = forget(x.xmlAttrs, r.Depth())
	}
	return nil
}

// Enter makes the element of the next event the apex, in place of what the
// options say. x has followed the document up to it, that element not included.
// It is called after New or Reset, before any event.
func (c *Canonicalizer) Enter(x *Context) {
	c.opt.Apex = func(*xmlcore.Reader) bool { return true }
	c.state, c.rooted = before, true
	c.tracks = !c.opt.Exclusive || len(c.opt.Prefixes) > 0
	if c.tracks {
		c.scope = append(c.scope[:0], x.scope...)
	}
	if !c.opt.Exclusive {
		c.xmlAttrs = append(c.xmlAttrs[:0], x.xmlAttrs...)
	}
}
