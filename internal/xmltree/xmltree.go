// Package xmltree keeps a small XML document in memory: messages, replies,
// classifications, profiles. It is built over the events of
// [github.com/liasse/liasse/internal/xmlcore], so it is as strict, and every
// node knows where it stands in the file.
//
// Text that lies between the children of an element is concatenated: these
// documents have no mixed content whose order means something. Comments and
// processing instructions are left out.
package xmltree

import (
	"context"
	"io"
	"iter"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/limit"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Node is an element. Its methods may be called on nil, which stands for an
// absent element without content. A tree is not changed once built and may be
// read by many goroutines.
type Node struct {
	Space, Local, Prefix string
	Attrs                []Attr
	Parent               *Node // nil for the root
	Children             []*Node
	Text                 string          // its own characters, concatenated
	Where                report.Location // of its start tag
	End                  int64           // offset behind its end tag; 0 if the document ended before
}

// Attr is an attribute with its normalised value.
type Attr struct {
	Space, Local, Value string
	Where               report.Location
}

// Is reports whether the element has the name.
func (n *Node) Is(space, local string) bool {
	return n != nil && n.Local == local && n.Space == space
}

// Attr returns the value of an attribute.
func (n *Node) Attr(space, local string) (string, bool) {
	if a := n.AttrNode(space, local); a != nil {
		return a.Value, true
	}
	return "", false
}

// AttrNode returns an attribute with its place, nil if it is absent.
func (n *Node) AttrNode(space, local string) *Attr {
	if n != nil {
		for i := range n.Attrs {
			if a := &n.Attrs[i]; a.Local == local && a.Space == space {
				return a
			}
		}
	}
	return nil
}

// Child returns the first child of that name, nil if there is none.
func (n *Node) Child(space, local string) *Node {
	for c := range n.All(space, local) {
		return c
	}
	return nil
}

// ChildText returns the text of the first child of that name, "" if there is
// none.
func (n *Node) ChildText(space, local string) string {
	if c := n.Child(space, local); c != nil {
		return c.Text
	}
	return ""
}

// All yields the children of that name in document order.
func (n *Node) All(space, local string) iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		if n == nil {
			return
		}
		for _, c := range n.Children {
			if c.Is(space, local) && !yield(c) {
				return
			}
		}
	}
}

// Tree yields the element and all its descendants in document order.
func (n *Node) Tree() iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		if n != nil {
			n.walk(yield)
		}
	}
}

// walk recurses no deeper than the reader's limit of depth.
func (n *Node) walk(yield func(*Node) bool) bool {
	if !yield(n) {
		return false
	}
	for _, c := range n.Children {
		if !c.walk(yield) {
			return false
		}
	}
	return true
}

const (
	defaultBytes    = 16 << 20
	defaultElements = 200_000
)

// Builder is a sink that builds the tree. The zero value is ready, for one
// document.
type Builder struct {
	// MaxBytes bounds the characters kept: names, values, text and places. 0
	// means 16 MiB. Beyond it the reading ends with LIM-BYTES.
	MaxBytes int
	// MaxElements bounds the elements and attributes kept. 0 means 200 000.
	// Beyond it the reading ends with LIM-COUNT.
	MaxElements int

	root, open  *Node
	text        [][]byte // by depth
	depth       int
	bytes, kept int
}

// Root returns, once the reading is over, the root element: whole after a
// clean end, else as far as the document was read; nil if no element was.
func (b *Builder) Root() *Node {
	for n := b.open; n != nil; n = n.Parent { // the document ended inside them
		b.depth--
		n.Text = string(b.text[b.depth])
	}
	b.open = nil
	return b.root
}

// Event takes an event of the document.
func (b *Builder) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	switch k {
	case xmlcore.StartElement:
		return b.start(r)
	case xmlcore.EndElement:
		b.depth--
		b.open.Text = string(b.text[b.depth])
		b.open.End = r.End()
		b.open = b.open.Parent
	case xmlcore.Text:
		b.text[b.depth-1] = append(b.text[b.depth-1], r.Text()...)
		return b.keep(r, len(r.Text()), 0)
	}
	return nil
}

func (b *Builder) start(r *xmlcore.Reader) error {
	name := r.Name()
	n := &Node{Space: name.Space, Local: name.Local, Prefix: name.Prefix, Parent: b.open, Where: r.Location()}
	size := len(n.Where.Path)
	if attrs := r.Attrs(); len(attrs) > 0 {
		n.Attrs = make([]Attr, len(attrs))
		for i, a := range attrs {
			n.Attrs[i] = Attr{a.Name.Space, a.Name.Local, string(a.Value), r.AttrLocation(i)}
			size += len(a.Value) + len(n.Attrs[i].Where.Path)
		}
	}
	if b.open == nil {
		b.root = n
	} else {
		b.open.Children = append(b.open.Children, n)
	}
	b.open = n
	if b.depth == len(b.text) {
		b.text = append(b.text, nil)
	}
	b.text[b.depth] = b.text[b.depth][:0]
	b.depth++
	return b.keep(r, size, 1+len(n.Attrs))
}

// keep counts what was kept against the limits.
func (b *Builder) keep(r *xmlcore.Reader, bytes, elements int) error {
	limit.Default(&b.MaxBytes, defaultBytes)
	limit.Default(&b.MaxElements, defaultElements)
	b.bytes += bytes
	b.kept += elements
	var f report.Finding
	if b.bytes > b.MaxBytes {
		f = report.Finding{Rule: report.LimBytes,
			Params: []report.Param{report.Int("limit", b.MaxBytes), report.Words("what", "document XML en mémoire", "XML document in memory")}}
	} else if b.kept > b.MaxElements {
		f = report.Finding{Rule: report.LimCount,
			Params: []report.Param{report.Int("limit", b.MaxElements), report.Words("what", "éléments et attributs", "elements and attributes")}}
	} else {
		return nil
	}
	f.Severity, f.Where = f.Rule.Severity, r.Location()
	return &xmlcore.Error{Finding: f}
}

// Parse reads a whole document into a tree; further sinks see the same events.
// The error is that of [xmlcore.Run]; with it comes the tree as far as it was
// read, nil if there is none.
func Parse(ctx context.Context, src io.Reader, opt xmlcore.Options, more ...xmlcore.Sink) (*Node, error) {
	var b Builder
	err := xmlcore.Run(ctx, xmlcore.NewReader(src, opt), append([]xmlcore.Sink{&b}, more...)...)
	return b.Root(), err
}
