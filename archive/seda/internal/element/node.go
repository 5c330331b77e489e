package element

import (
	"slices"
	"strings"
)

// Own stands for the namespace of SEDA in a node, whatever its version.
const Own = "seda"

const xsiSpace = "http://www.w3.org/2001/XMLSchema-instance"

// Node is one element of a message in memory: small ones only, the parts of a
// unit or of an object.
type Node struct {
	Space, Name string
	Attrs       []Attr // in the order of their names
	Items       []Piece
	Version     Version  // of the SEDA namespace it was read in
	first       [1]Piece // of items: most elements hold one thing
}

// Attr is an attribute; Space is "" without a prefix.
type Attr struct{ Space, Name, Value string }

// Piece is a piece of text or an element.
type Piece struct {
	Text string
	Node *Node
}

// Elem makes an element of SEDA that holds a text.
func Elem(name, text string) *Node {
	n := &Node{Space: Own, Name: name}
	if text != "" {
		n.hold(Piece{Text: text})
	}
	return n
}

// hold adds a piece to the element.
func (n *Node) hold(it Piece) {
	if n.Items == nil {
		n.Items = n.first[:0]
	}
	n.Items = append(n.Items, it)
}

// Tree makes an element of SEDA that holds others; nil ones are left out.
func Tree(name string, children ...*Node) *Node {
	n := &Node{Space: Own, Name: name}
	return n.Add(children...)
}

// Add puts elements behind what there is; nil ones are left out.
func (n *Node) Add(children ...*Node) *Node {
	for _, c := range children {
		if c != nil {
			n.hold(Piece{Node: c})
		}
	}
	return n
}

// Optional is elem, or nil when the text says nothing: no element of SEDA means
// anything empty, and most refuse it.
func Optional(name, text string) *Node {
	if Blank(text) {
		return nil
	}
	return Elem(name, text)
}

// Is reports whether the node is the element of SEDA of the name.
func (n *Node) Is(name string) bool { return n != nil && n.Space == Own && n.Name == name }

// Attr returns the value of an attribute of no namespace, "" without it.
func (n *Node) Attr(name string) string {
	for _, a := range n.Attrs {
		if a.Space == "" && a.Name == name {
			return a.Value
		}
	}
	return ""
}

// SetAttr adds an attribute of no namespace; an empty value adds nothing.
func (n *Node) SetAttr(name, value string) *Node {
	if value != "" {
		n.Attrs = append(n.Attrs, Attr{Name: name, Value: value})
	}
	return n
}

// Text returns the characters directly inside the element, as written.
func (n *Node) Text() string {
	if len(n.Items) == 1 {
		return n.Items[0].Text
	}
	var b strings.Builder
	for _, it := range n.Items {
		b.WriteString(it.Text)
	}
	return b.String()
}

// Token is the text without blanks around it.
func (n *Node) Token() string { return trimmed(n.Text()) }

// trimmed takes the blanks of XML from both ends.
func trimmed(s string) string {
	for s != "" && isBlank(s[0]) {
		s = s[1:]
	}
	for s != "" && isBlank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// Leaf reports whether the element is of SEDA and holds no element.
func (n *Node) Leaf() bool {
	return n.Space == Own && !slices.ContainsFunc(n.Items, func(it Piece) bool { return it.Node != nil })
}

// Children yields the elements directly inside.
func (n *Node) Children(yield func(*Node) bool) {
	for _, it := range n.Items {
		if it.Node != nil && !yield(it.Node) {
			return
		}
	}
}

// Child returns the first element of SEDA of the name, or nil.
func (n *Node) Child(name string) *Node {
	for c := range n.Children {
		if c.Is(name) {
			return c
		}
	}
	return nil
}

// ChildToken returns the text of the first such element, "" without it.
func (n *Node) ChildToken(name string) string {
	if c := n.Child(name); c != nil {
		return c.Token()
	}
	return ""
}

// close drops blanks that only lay elements out, and puts the pieces of a text
// together.
func (n *Node) close() {
	if len(n.Items) < 2 {
		return
	}
	laid, said := false, false
	for _, it := range n.Items {
		laid = laid || it.Node != nil
		said = said || it.Node == nil && !Blank(it.Text)
	}
	if laid && !said {
		n.Items = slices.DeleteFunc(n.Items, func(it Piece) bool { return it.Node == nil })
		return
	}
	items := n.Items[:0]
	for i := 0; i < len(n.Items); {
		if n.Items[i].Node != nil {
			items = append(items, n.Items[i])
			i++
			continue
		}
		from := i
		for i < len(n.Items) && n.Items[i].Node == nil {
			i++
		}
		text := n.Items[from].Text
		if i > from+1 {
			var b strings.Builder
			for _, it := range n.Items[from:i] {
				b.WriteString(it.Text)
			}
			text = b.String()
		}
		items = append(items, Piece{Text: text})
	}
	clear(n.Items[len(items):])
	n.Items = items
}

// Equal reports whether two elements say the same.
func (n *Node) Equal(o *Node) bool {
	if n.Space != o.Space || n.Name != o.Name || !slices.Equal(n.Attrs, o.Attrs) || len(n.Items) != len(o.Items) {
		return false
	}
	for i, it := range n.Items {
		switch other := o.Items[i]; {
		case it.Node == nil && other.Node == nil:
			if it.Text != other.Text {
				return false
			}
		case it.Node == nil || other.Node == nil || !it.Node.Equal(other.Node):
			return false
		}
	}
	return true
}

// SetVersion says that the node and all below are of the version.
func (n *Node) SetVersion(v Version) {
	if n.Space == Own {
		n.Version = v
	}
	for c := range n.Children {
		c.SetVersion(v)
	}
}

// Blank reports whether the text says nothing.
func Blank(s string) bool { return strings.TrimSpace(s) == "" }
