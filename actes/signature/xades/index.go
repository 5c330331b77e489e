package xades

import (
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Namespaces.
const (
	nsDS   = "http://www.w3.org/2000/09/xmldsig#"
	nsDS11 = "http://www.w3.org/2009/xmldsig11#"
	ns111  = "http://uri.etsi.org/01903/v1.1.1#"
	ns122  = "http://uri.etsi.org/01903/v1.2.2#"
	ns132  = "http://uri.etsi.org/01903/v1.3.2#"
	ns141  = "http://uri.etsi.org/01903/v1.4.1#"
	nsExc  = "http://www.w3.org/2001/10/xml-exc-c14n#"
)

// Limits of what is kept of the signatures of one document.
const (
	maxSignatures = 5000
	maxReferences = 10000 // of one signature
	maxObjects    = 1000  // likewise
	maxNodes      = 1 << 19
	maxKept       = 64 << 20 // octets of text and values
	maxRenames    = 1 << 20  // see document.renames
)

func isXAdES(space string) bool {
	return space == ns132 || space == ns111 || space == ns122 || space == ns141
}

type attr struct{ space, local, value string }

// node is an element inside a signature, as far as it is kept: the content of
// a ds:Object is not, but for the properties and manifests.
type node struct {
	space, local string
	attrs        []attr
	parent       *node
	children     []*node
	text         []byte
	depth        int
	ord, last    int // place among all elements of the document; of the last one inside
	xpath        *expression
}

func (n *node) is(space, local string) bool {
	return n != nil && n.local == local && n.space == space
}

// attr returns the value of an attribute without namespace.
func (n *node) attr(local string) string {
	if n != nil {
		for i := range n.attrs {
			if n.attrs[i].local == local && n.attrs[i].space == "" {
				return n.attrs[i].value
			}
		}
	}
	return ""
}

func (n *node) has(local string) bool {
	if n != nil {
		for i := range n.attrs {
			if n.attrs[i].local == local && n.attrs[i].space == "" {
				return true
			}
		}
	}
	return false
}

// id returns the identifier of the element.
func (n *node) id() string { return n.attr("Id") }

func (n *node) child(space, local string) *node {
	if n != nil {
		for _, c := range n.children {
			if c.local == local && c.space == space {
				return c
			}
		}
	}
	return nil
}

func (n *node) all(space, local string) []*node {
	var out []*node
	if n != nil {
		for _, c := range n.children {
			if c.local == local && c.space == space {
				out = append(out, c)
			}
		}
	}
	return out
}

// named returns the first child of the local name in any XAdES namespace, or
// of XMLDSig: old files mix them.
func (n *node) named(local string) *node {
	if n != nil {
		for _, c := range n.children {
			if c.local == local && (isXAdES(c.space) || c.space == nsDS) {
				return c
			}
		}
	}
	return nil
}

// allNamed returns every child of the local name, as named does.
func (n *node) allNamed(local string) []*node {
	var out []*node
	if n != nil {
		for _, c := range n.children {
			if c.local == local && (isXAdES(c.space) || c.space == nsDS) {
				out = append(out, c)
			}
		}
	}
	return out
}

func (n *node) string() string {
	if n == nil {
		return ""
	}
	return strings.TrimSpace(string(n.text))
}

// walk visits the element and what is below it.
func (n *node) walk(f func(*node)) {
	if n == nil {
		return
	}
	f(n)
	for _, c := range n.children {
		c.walk(f)
	}
}

// found is a ds:Signature of the document.
type found struct {
	*node
	where     report.Location
	parentOrd int // of the element it lies in; 0 for the document
	// counter says that it is the child of a CounterSignature, of the signature
	// of.
	counter  bool
	of       *found
	refs     int
	excess   bool // of references
	counters []*found
}

// index is the first pass: it finds the signatures and keeps what is said in
// them, and nothing of the rest.
type index struct {
	all   []*found
	over  bool // of some limit
	ord   int
	cur   *node
	saved []*node // what was being kept around a signature inside a ds:Object
	byDS  map[*node]*found
	path  []int // ordinals of the open elements
	kept  int
	nodes int
}

// Event takes an event of the document.
func (x *index) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	switch k {
	case xmlcore.StartElement:
		x.ord++
		x.start(r)
	case xmlcore.EndElement:
		x.end(r)
	case xmlcore.Text:
		if x.cur != nil && r.Depth() == x.cur.depth {
			t := r.Text()
			if x.kept += len(t); x.kept > maxKept {
				x.over = true
				return nil
			}
			x.cur.text = append(x.cur.text, t...)
		}
	}
	return nil
}

func (x *index) start(r *xmlcore.Reader) {
	name := r.Name()
	depth := r.Depth()
	x.path = append(x.path, x.ord)
	sig := name.Local == "Signature" && name.Space == nsDS
	inside := x.cur != nil && depth == x.cur.depth+1 && keeps(x.cur, name)
	if !sig && !inside || x.over {
		return
	}
	if inside && name.Local == "Reference" && name.Space == nsDS && x.cur.is(nsDS, "SignedInfo") {
		if f := x.owner(x.cur); f != nil {
			if f.refs++; f.refs > maxReferences {
				f.excess = true
				return
			}
		}
	}
	if x.nodes++; x.nodes > maxNodes {
		x.over = true
		return
	}
	n := &node{space: name.Space, local: name.Local, depth: depth, ord: x.ord}
	for _, a := range r.Attrs() {
		x.kept += len(a.Value) + 64
		n.attrs = append(n.attrs, attr{a.Name.Space, a.Name.Local, string(a.Value)})
	}
	if inside {
		n.parent = x.cur
		x.cur.children = append(x.cur.children, n)
	}
	if sig {
		x.signature(r, n, inside)
	}
	x.cur = n
}

func (x *index) signature(r *xmlcore.Reader, n *node, inside bool) {
	if len(x.all) >= maxSignatures {
		x.over = true
		return
	}
	d := len(x.path)
	f := &found{node: n, where: r.Location()}
	if d > 1 {
		f.parentOrd = x.path[d-2]
	}
	if inside && n.parent.local == "CounterSignature" && isXAdES(n.parent.space) {
		if f.of = x.owner(n.parent); f.of != nil {
			f.counter = true
			f.of.counters = append(f.of.counters, f)
		}
	}
	if !inside {
		x.saved = append(x.saved, x.cur)
	}
	if x.byDS == nil {
		x.byDS = map[*node]*found{}
	}
	x.byDS[n] = f
	x.all = append(x.all, f)
}

// owner returns the signature a kept node belongs to.
func (x *index) owner(n *node) *found {
	for ; n != nil; n = n.parent {
		if f := x.byDS[n]; f != nil {
			return f
		}
	}
	return nil
}

// keeps tells whether a child of a kept node is kept: of a ds:Object, which may
// hold the whole document, only what speaks of the signature.
func keeps(parent *node, child *xmlcore.Name) bool {
	if parent.local != "Object" || parent.space != nsDS {
		return true
	}
	switch child.Local {
	case "QualifyingProperties":
		return isXAdES(child.Space)
	case "Manifest", "SignatureProperties":
		return child.Space == nsDS
	}
	return false
}

func (x *index) end(r *xmlcore.Reader) {
	depth := r.Depth()
	x.path = x.path[:len(x.path)-1]
	if x.cur == nil || x.cur.depth != depth {
		return
	}
	n := x.cur
	n.last = x.ord
	if n.local == "XPath" {
		n.xpath = parseExpression(string(n.text), n.attr("Filter"), r.Lookup)
	}
	x.cur = n.parent
	if n.parent == nil && x.byDS[n] != nil && len(x.saved) > 0 {
		x.cur = x.saved[len(x.saved)-1]
		x.saved = x.saved[:len(x.saved)-1]
	}
}
