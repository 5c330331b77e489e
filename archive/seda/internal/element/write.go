package element

import (
	"strconv"
	"strings"

	"github.com/liasse/liasse/internal/xmlcore"
	"github.com/liasse/liasse/internal/xmlout"
)

// spaces gives each namespace its prefix in a canonical text: that of SEDA is
// the default one, the others are n1, n2… as they come.
type spaces map[string]string

func (s spaces) prefix(space string) (string, bool) {
	switch space {
	case xmlcore.XMLSpace:
		return "xml", true
	case xsiSpace:
		return "xsi", s["xsi"] != ""
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
	n.emit(w, version, nil, true)
	if w.Close() != nil {
		return ""
	}
	_, text, _ := strings.Cut(b.String(), "\n")
	return text
}

// Emit writes the element where the namespace of the version is the default one.
func (n *Node) Emit(w *xmlout.Writer, version Version) { n.emit(w, version, nil, false) }

// emit writes the element. up are the namespaces declared above; declare says
// that the default namespace is not that of the version yet.
func (n *Node) emit(w *xmlout.Writer, version Version, up spaces, declare bool) {
	fresh := false // whether children in SEDA must declare it
	need := func(space string) string {
		p, ok := up.prefix(space)
		if !ok {
			next := make(spaces, len(up)+1)
			for k, v := range up {
				next[k] = v
			}
			if p == "" {
				p = "n" + strconv.Itoa(len(next)+1)
				next[space] = p
			} else {
				next[p] = p
			}
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
			w.Start("n"+strconv.Itoa(len(up)+1), n.Name)
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
			it.Node.emit(w, version, up, fresh)
		} else {
			w.Text(it.Text)
		}
	}
	w.End()
}
