package schema

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/liasse/liasse/internal/schema/datatype"
)

// Samples returns documents the grammar admits, which together hold every
// particle and every attribute that can be reached from a root: what tests need
// to compare two grammars, or one with a referee. The texts are tried for values
// the usual ones do not fit. A value nothing fits is left empty, so that a
// document may turn out invalid: judge it first. What a wildcard admits is tried
// with one element only.
func (g *Grammar) Samples(texts ...string) []string {
	s := &sampler{g: g, texts: append(texts, sampleTexts...), leaves: map[int32]bool{}, attrs: map[*attrEntry]bool{}, turns: map[*Value]int{}}
	roots := slices.Collect(maps.Values(g.globals))
	slices.Sort(roots)
	var out []string
	for _, l := range roots {
		for range 40 {
			s.want()
			if !s.wanted(l) {
				break
			}
			out = append(out, s.document(l))
		}
	}
	return out
}

const xmlSpace = "http://www.w3.org/XML/1998/namespace"

var sampleTexts = []string{
	"texte", "1", "2024-06-27", "2024-06-27T10:00:00", "true", "2024", "2024-06", "--06-27", "--06", "---27", "P1Y", "fr", "TTAA",
	"0123456789abcdef", "10:00:00", "1.5", "urn:x", "12", "123456782", "",
}

type sampler struct {
	g      *Grammar
	texts  []string
	leaves map[int32]bool // met
	attrs  map[*attrEntry]bool
	turns  map[*Value]int
	below  map[int32]bool // types below which something was not met
	ids    int
	b      bytes.Buffer
}

// want computes the types below which something is still to be met.
func (s *sampler) want() {
	s.below = map[int32]bool{}
	for again := true; again; {
		again = false
		for i := range s.g.types {
			if !s.below[int32(i)] && s.typeWants(int32(i)) {
				s.below[int32(i)] = true
				again = true
			}
		}
	}
}

func (s *sampler) typeWants(i int32) bool {
	t := &s.g.types[i]
	for j := range t.attrs.named {
		if !s.attrs[&t.attrs.named[j]] {
			return true
		}
	}
	return t.model >= 0 && slices.ContainsFunc(s.g.models[t.model].leaves, s.wanted)
}

// wanted reports whether the particle, or something below it, was not met.
func (s *sampler) wanted(l int32) bool {
	f := &s.g.leaves[l]
	if f.process != Declared {
		return !s.leaves[l] && (f.process != Strict || s.strict(l) >= 0)
	}
	d, ok := s.decl(l)
	return ok && (!s.leaves[l] || s.below[d.typ])
}

// decl returns the first declaration of a particle that elements can be of.
func (s *sampler) decl(l int32) (*decl, bool) {
	for _, d := range s.g.leaves[l].decls {
		if d := &s.g.decls[d]; !s.g.types[d.typ].abstract {
			return d, true
		}
	}
	return nil, false
}

func (s *sampler) document(l int32) string {
	s.b.Reset()
	s.ids = 0
	s.element(l, s.g.list[s.g.leaves[l].sym], "", nil)
	return strings.ReplaceAll(s.b.String(), "\x00", "ID1") // the first, if there is one
}

// maxSampleDepth is how often a type stands inside itself, at most.
const maxSampleDepth = 2

// element writes an element of the particle; open are the types it stands in.
func (s *sampler) element(l int32, name QName, space string, open []int32) {
	s.leaves[l] = true
	b := &s.b
	switch s.g.leaves[l].process {
	case Declared:
	case Strict:
		known := s.strict(l)
		s.element(known, s.g.list[s.g.leaves[known].sym], space, open)
		return
	default:
		fmt.Fprintf(b, `<%s xmlns="%s">texte</%[1]s>`, name.Local, name.Space)
		return
	}
	d, ok := s.decl(l)
	if !ok {
		return
	}
	t := &s.g.types[d.typ]
	fmt.Fprintf(b, "<%s", name.Local)
	if name.Space != space {
		fmt.Fprintf(b, ` xmlns="%s"`, name.Space)
	}
	for i := range t.attrs.named {
		a := &t.attrs.named[i]
		if !a.required && s.attrs[a] {
			continue
		}
		s.attrs[a] = true
		n := s.g.list[a.sym]
		switch n.Space {
		case "":
			fmt.Fprintf(b, ` %s=`, n.Local)
		case xmlSpace:
			fmt.Fprintf(b, ` xml:%s=`, n.Local)
		default:
			fmt.Fprintf(b, ` xmlns:p%[1]d="%[2]s" p%[1]d:%[3]s=`, i, n.Space, n.Local)
		}
		fmt.Fprintf(b, `"%s"`, s.text(a.value))
	}
	switch {
	case t.model < 0:
		fmt.Fprintf(b, ">%s</%s>", s.text(t.value), name.Local)
	default:
		b.WriteString(">")
		s.children(t, d.typ, name.Space, append(open, d.typ))
		fmt.Fprintf(b, "</%s>", name.Local)
	}
}

// children writes the content of an element: what was not met, then what is
// needed to end.
func (s *sampler) children(t *typ, id int32, space string, open []int32) {
	if s.g.models[t.model].lazy {
		return
	}
	nested := 0
	for _, x := range open {
		if x == id {
			nested++
		}
	}
	state := t.start
	times := map[int32]int{}
	for n := 0; n < 200; n++ {
		s.want()
		good := func(e *edge) bool {
			l := s.particle(e)
			return n < 150 && nested <= maxSampleDepth && s.takes(e) && times[l] < 12 && s.wanted(l) && (!s.loops(l, open) || !s.leaves[l])
		}
		path := s.path(state, func(row *row) *edge {
			var best *edge
			for i := range s.g.edges[row.edges : row.edges+row.n] {
				if e := &s.g.edges[int(row.edges)+i]; good(e) && (best == nil || s.particle(e) < s.particle(best)) {
					best = e
				}
			}
			return best
		})
		if path == nil {
			break
		}
		for _, e := range path {
			state = s.step(e, times, space, open)
		}
	}
	for n := 0; !s.g.rows[state].nullable && n < 200; n++ {
		path := s.path(state, nil)
		if path == nil {
			return
		}
		for _, e := range path {
			state = s.step(e, times, space, open)
		}
	}
}

// loops reports whether elements of the particle stand in themselves already.
func (s *sampler) loops(l int32, open []int32) bool {
	d, ok := s.decl(l)
	n := 0
	for _, x := range open {
		if ok && x == d.typ {
			n++
		}
	}
	return n >= maxSampleDepth
}

func (s *sampler) step(e *edge, times map[int32]int, space string, open []int32) int32 {
	l := s.particle(e)
	times[l]++
	name := s.g.symbol(e.sym)
	if e.sym < 0 {
		name.Local = "etranger"
		if e.sym == otherName {
			name.Space = "urn:etranger"
		}
	}
	s.element(l, name, space, open)
	return s.after(e)
}

func (s *sampler) particle(e *edge) int32 {
	if e.multi < 0 {
		return e.leaf
	}
	return s.g.multi[e.multi].leaves[0]
}

func (s *sampler) after(e *edge) int32 {
	if e.multi < 0 {
		return e.next
	}
	return s.g.multi[e.multi].next[1]
}

// takes reports whether an element can be written for an edge.
func (s *sampler) takes(e *edge) bool {
	l := &s.g.leaves[s.particle(e)]
	if l.process != Declared {
		other := s.g.symbol(otherName)
		return (l.process != Strict || s.strict(s.particle(e)) >= 0) && (e.sym == otherName || e.sym < 0 && !l.names.Contains(other.Space, other.Local) &&
			s.g.symbol(e.sym).Space != xmlSpace)
	}
	_, ok := s.decl(s.particle(e))
	return ok && e.sym >= 0 && s.after(e) >= 0
}

// strict returns a global element, with a value, that a wildcard admits which
// wants one; -1 if there is none.
func (s *sampler) strict(l int32) int32 {
	best := int32(-1)
	for sym, global := range s.g.globals {
		n := s.g.list[sym]
		d, ok := s.decl(global)
		if ok && s.g.types[d.typ].model < 0 && s.g.leaves[l].names.Contains(n.Space, n.Local) && (best < 0 || global < best) {
			best = global
		}
	}
	return best
}

// path returns the shortest way from a state to one that has a good edge, and
// that edge, or to one where content may end, when good is nil.
func (s *sampler) path(from int32, good func(*row) *edge) []*edge {
	type via struct {
		state int32
		edge  *edge
	}
	back := map[int32]via{from: {-1, nil}}
	queue := []int32{from}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		row := &s.g.rows[at]
		var last *edge
		if good != nil {
			last = good(row)
		}
		if last != nil || good == nil && row.nullable {
			var out []*edge
			if last != nil {
				out = append(out, last)
			}
			for x := back[at]; x.edge != nil; x = back[x.state] {
				out = append(out, x.edge)
			}
			slices.Reverse(out)
			return out
		}
		for i := range s.g.edges[row.edges : row.edges+row.n] {
			e := &s.g.edges[int(row.edges)+i]
			if next := s.after(e); s.takes(e) {
				if _, ok := back[next]; !ok {
					back[next] = via{at, e}
					queue = append(queue, next)
				}
			}
		}
	}
	return nil
}

// text returns a value, another one each time.
func (s *sampler) text(v *Value) string {
	if v == nil {
		return ""
	}
	switch v.id {
	case datatype.ID:
		s.ids++
		return fmt.Sprintf("ID%d", s.ids)
	case datatype.IDRef, datatype.IDRefs:
		return "\x00"
	}
	if v.dt != nil && v.dt.Kind() == datatype.AnyURI {
		return "urn:x"
	}
	scratch := &datatype.Scratch{Work: 1 << 20}
	all := s.texts
	if f, _ := v.check(scratch, []byte("\x01")); f != nil && len(f.Enumeration) > 0 {
		all = f.Enumeration
	}
	var fit []string
	for _, x := range all {
		if f, _ := v.check(scratch, []byte(x)); f == nil {
			fit = append(fit, x)
		}
	}
	if len(fit) == 0 {
		return ""
	}
	s.turns[v]++
	var b strings.Builder
	for _, r := range fit[(s.turns[v]-1)%len(fit)] {
		switch r {
		case '<', '&', '"':
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
