package xsd

import (
	"slices"
	"strings"

	"github.com/liasse/liasse/internal/schema"
)

// wildcard is what xs:any and xs:anyAttribute admit (XML Schema 1.0 Part 1
// §3.10): all namespaces, all but one and none, or a list.
type wildcard struct {
	all     bool
	not     bool
	spaces  []string // of a list, sorted, "" for no namespace; or the one excluded
	process schema.Process
}

func (l *loader) wildcard(n *node) *wildcard {
	w := &wildcard{process: schema.Strict}
	switch n.get("processContents") {
	case "lax":
		w.process = schema.Lax
	case "skip":
		w.process = schema.Skip
	}
	value, ok := n.attr("namespace")
	value = strings.TrimSpace(value)
	switch {
	case !ok || value == "##any":
		w.all = true
	case value == "##other":
		w.not, w.spaces = true, []string{n.doc.target}
	default:
		for _, s := range strings.Fields(value) {
			switch s {
			case "##targetNamespace":
				s = n.doc.target
			case "##local":
				s = ""
			}
			w.spaces = append(w.spaces, s)
		}
		slices.Sort(w.spaces)
		w.spaces = slices.Compact(w.spaces)
		l.spend(n, len(w.spaces))
	}
	return w
}

func (w *wildcard) empty() bool { return !w.all && !w.not && len(w.spaces) == 0 }

func (w *wildcard) admits(space string) bool {
	switch {
	case w.all:
		return true
	case w.not:
		return space != "" && space != w.spaces[0]
	}
	return slices.Contains(w.spaces, space)
}

// and is the intersection, with the first one's way of processing; a nil
// wildcard says nothing.
func (w *wildcard) and(o *wildcard) *wildcard {
	switch {
	case w == nil:
		return o
	case o == nil || o.all:
		return w
	}
	x := *w
	switch {
	case w.all:
		x.all, x.not, x.spaces = false, o.not, o.spaces
	case w.not && o.not:
		if w.spaces[0] == "" {
			x.spaces = o.spaces // the excluded set of both; two different ones cannot be expressed
		}
	case w.not:
		x.not, x.spaces = false, o.only(w)
	default:
		x.spaces = w.only(o)
	}
	return &x
}

// only returns the namespaces of a list another wildcard admits too.
func (w *wildcard) only(o *wildcard) []string {
	var out []string
	for _, s := range w.spaces {
		if o.admits(s) {
			out = append(out, s)
		}
	}
	return out
}

// or is the union, with the first one's way of processing.
func (w *wildcard) or(o *wildcard) *wildcard {
	switch {
	case w == nil:
		return o
	case o == nil || w.all:
		return w
	}
	x := *w
	switch {
	case o.all:
		x.all, x.not, x.spaces = true, false, nil
	case w.not && o.not:
		if w.spaces[0] != o.spaces[0] {
			x.spaces = []string{""}
		}
	case w.not || o.not:
		not, list := w, o
		if o.not {
			not, list = o, w
		}
		name, none := slices.Contains(list.spaces, not.spaces[0]), slices.Contains(list.spaces, "")
		switch {
		case name && none:
			x.all, x.not, x.spaces = true, false, nil
		case not.spaces[0] == "" && none:
			x.all, x.not, x.spaces = true, false, nil
		case name:
			x.not, x.spaces = true, []string{""}
		default: // none only cannot be expressed: the exclusion stands
			x.not, x.spaces = true, not.spaces
		}
	default:
		x.spaces = slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(w.spaces), o.spaces...))))
	}
	return &x
}

func (w *wildcard) names() schema.NameClass {
	switch {
	case w.all:
		return schema.AnyName(nil)
	case w.not:
		except := schema.NsName("", nil)
		if w.spaces[0] != "" {
			except = schema.NameChoice(except, schema.NsName(w.spaces[0], nil))
		}
		return schema.AnyName(&except)
	}
	var list []schema.NameClass
	for _, s := range w.spaces {
		list = append(list, schema.NsName(s, nil))
	}
	return schema.NameChoice(list...)
}

// key names the wildcard.
func (w *wildcard) key() string {
	k := string(rune('0' + w.process))
	switch {
	case w.all:
		return k + "*"
	case w.not:
		k += "!"
	}
	return k + strings.Join(w.spaces, " ")
}
