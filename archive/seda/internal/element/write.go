package element

import (
	"slices"
	"strconv"
	"strings"

	"github.com/liasse/liasse/internal/xmlcore"
	"github.com/liasse/liasse/internal/xmlout"
)

// spaces gives each namespace its prefix in a canonical text: that of SEDA is
// the default one, that of instances xsi, the others are n1, n2… as they come.
type spaces map[string]string

func (s spaces) has(prefix string) bool {
	for _, p := range s {
		if p == prefix {
			return true
		}
	}
	return false
}

func (s spaces) prefix(space string) (string, bool) {
	if space == xmlcore.XMLSpace {
		return "xml", true
	}
	p, ok := s[space]
	return p, ok
}

// FirstVersion returns the version of the first element of SEDA in the node, "" when
// there is none.
func (n *Node) FirstVersion() Version {
	if n.Version != "" {
		return n.Version
	}
	for c := range n.Children {
		if v := c.FirstVersion(); v != "" {
			return v
		}
	}
	return ""
}

// Canonical writes the element in the one form an [archive.Extra] keeps.
func (n *Node) Canonical(version Version) string {
	var b strings.Builder
	w := xmlout.New(&b, xmlout.Options{})
	n.emit(w, version, nil, true, &reserved{root: n})
	if w.Close() != nil {
		return ""
	}
	_, text, _ := strings.Cut(b.String(), "\n")
	return text
}

// Emit writes the element where the namespace of the version is the default one.
func (n *Node) Emit(w *xmlout.Writer, version Version) {
	n.emit(w, version, nil, false, &reserved{root: n})
}

// reserved are the prefixes that an xsi:type below the root has and that nobody
// declared: no namespace gets them, or the type would become one of that
// namespace. They are looked for once a prefix is made.
type reserved struct {
	root  *Node
	names map[string]bool
}

// fresh returns a prefix for one more namespace.
func (r *reserved) fresh(space string, used spaces) string {
	if r.names == nil {
		r.names = map[string]bool{}
		for todo := []*Node{r.root}; len(todo) > 0; {
			n := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, a := range n.Attrs {
				if a.Space == xsiSpace && a.Name == "type" && !strings.Contains(a.Value, inSpace) {
					prefix, _, _ := strings.Cut(trimmed(a.Value), ":")
					r.names[prefix] = true
				}
			}
			todo = slices.AppendSeq(todo, n.Children)
		}
	}
	if space == xsiSpace && !r.names["xsi"] {
		return "xsi"
	}
	for i := len(used) + 1; ; i++ {
		p := "n" + strconv.Itoa(i)
		if !r.names[p] && !used.has(p) {
			return p
		}
	}
}

// emit writes the element. up are the namespaces declared above; declare says
// that the default namespace is not that of the version yet.
func (n *Node) emit(w *xmlout.Writer, version Version, up spaces, declare bool, not *reserved) {
	fresh := false // whether children in SEDA must declare it
	need := func(space string) string {
		p, ok := up.prefix(space)
		if !ok {
			next := make(spaces, len(up)+1)
			for k, v := range up {
				next[k] = v
			}
			p = not.fresh(space, up)
			next[space] = p
			up = next
			w.Namespace(p, space)
		}
		return p
	}
	switch {
	case n.Space == Own:
		w.Start("", n.Name)
		if declare {
			w.Namespace("", version.Namespace())
		}
	case n.Space == "":
		w.Start("", n.Name)
		if !declare {
			w.Namespace("", "")
		}
		fresh = true
	default:
		if p, ok := up.prefix(n.Space); ok {
			w.Start(p, n.Name)
		} else {
			w.Start(not.fresh(n.Space, up), n.Name)
			need(n.Space)
		}
		fresh = declare
	}
	for _, a := range n.Attrs {
		p := ""
		if a.Space != "" {
			p = need(a.Space)
		}
		value := a.Value
		if a.Space == xsiSpace && a.Name == "type" {
			if space, local, ok := strings.Cut(value, inSpace); ok {
				value = local
				if space != Own {
					value = need(space) + ":" + local
				}
			}
		}
		w.Attr(p, a.Name, value)
	}
	mixed := false
	for _, it := range n.Items {
		mixed = mixed || it.Node == nil && len(n.Items) > 1
	}
	if mixed {
		w.Inline()
	}
	for _, it := range n.Items {
		if it.Node != nil {
			it.Node.emit(w, version, up, fresh, not)
		} else {
			w.Text(it.Text)
		}
	}
	w.End()
}
