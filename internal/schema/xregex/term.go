package xregex

import "slices"

// term is the identifier of an interned term: equal terms have equal
// identifiers within one store.
type term int32

const (
	never term = 0 // no text
	empty term = 1 // the empty text
)

type kind uint8

const (
	kNever kind = iota
	kEmpty
	kSet    // a: index of a set of classes
	kCat    // a then b
	kAlt    // a or b; alternatives nested to the right in increasing order
	kRepeat // a, min to max times (max -1: no bound)
)

type node struct {
	kind     kind
	nullable bool
	a, b     term
	min, max int32
}

// store holds interned terms and computes derivatives. work counts the terms
// visited.
type store struct {
	nodes []node
	index map[node]term
	memo  []term
	stamp []uint32
	epoch uint32
	work  int
	sets  [][]uint64 // sets of classes of characters, as bits
}

func newStore(sets [][]uint64) *store {
	s := &store{index: make(map[node]term), sets: sets}
	s.nodes = append(s.nodes, node{kind: kNever}, node{kind: kEmpty, nullable: true})
	return s
}

func (s *store) clone() *store {
	c := &store{index: make(map[node]term, len(s.nodes)), sets: s.sets, nodes: slices.Clone(s.nodes)}
	for i, n := range c.nodes {
		if n.kind > kEmpty {
			c.index[n] = term(i)
		}
	}
	return c
}

func (s *store) intern(n node) term {
	s.work++
	if t, ok := s.index[n]; ok {
		return t
	}
	t := term(len(s.nodes))
	s.nodes = append(s.nodes, n)
	s.index[n] = t
	return t
}

func (s *store) set(i int) term { return s.intern(node{kind: kSet, a: term(i)}) }

func (s *store) cat(a, b term) term {
	switch {
	case a == never || b == never:
		return never
	case a == empty:
		return b
	case b == empty:
		return a
	}
	if n := s.nodes[a]; n.kind == kCat {
		return s.cat(n.a, s.cat(n.b, b))
	}
	return s.intern(node{kind: kCat, a: a, b: b, nullable: s.nodes[a].nullable && s.nodes[b].nullable})
}

func (s *store) alternatives(t term, to []term) []term {
	for s.nodes[t].kind == kAlt {
		to = append(to, s.nodes[t].a)
		t = s.nodes[t].b
	}
	return append(to, t)
}

func (s *store) alt(a, b term) term {
	switch {
	case a == b || b == never:
		return a
	case a == never:
		return b
	}
	var buf [16]term
	all := s.alternatives(b, s.alternatives(a, buf[:0]))
	s.work += len(all)
	slices.Sort(all)
	all = slices.Compact(all)
	if all[0] == empty { // empty | p = p when p takes the empty text
		for _, t := range all[1:] {
			if s.nodes[t].nullable {
				all = all[1:]
				break
			}
		}
	}
	out := all[len(all)-1]
	for i := len(all) - 2; i >= 0; i-- {
		out = s.intern(node{kind: kAlt, a: all[i], b: out, nullable: s.nodes[all[i]].nullable || s.nodes[out].nullable})
	}
	return out
}

func (s *store) repeat(a term, lo, hi int32) term {
	if s.nodes[a].nullable {
		lo = 0
	}
	switch {
	case hi == 0 || a == empty || a == never && lo == 0:
		return empty
	case a == never:
		return never
	case lo == 1 && hi == 1:
		return a
	}
	if n := s.nodes[a]; n.kind == kRepeat && n.min == 0 && n.max < 0 {
		return a // (x*){n,m} is x*
	}
	return s.intern(node{kind: kRepeat, a: a, min: lo, max: hi, nullable: lo == 0})
}

// derive returns what must follow a character of the class in a text of t.
func (s *store) derive(t term, class int) term {
	s.epoch++
	return s.d(t, class)
}

func (s *store) d(t term, class int) term {
	n := s.nodes[t]
	switch n.kind {
	case kNever, kEmpty:
		return never
	case kSet:
		s.work++
		if s.sets[n.a][class>>6]&(1<<(class&63)) != 0 {
			return empty
		}
		return never
	}
	if int(t) < len(s.stamp) && s.stamp[t] == s.epoch {
		return s.memo[t]
	}
	s.work++
	var out term
	switch n.kind {
	case kCat:
		out = s.cat(s.d(n.a, class), n.b)
		if s.nodes[n.a].nullable {
			out = s.alt(out, s.d(n.b, class))
		}
	case kAlt:
		out = s.alt(s.d(n.a, class), s.d(n.b, class))
	case kRepeat:
		hi := n.max
		if hi > 0 {
			hi--
		}
		out = s.cat(s.d(n.a, class), s.repeat(n.a, max(n.min-1, 0), hi))
	}
	if len(s.stamp) < len(s.nodes) {
		s.stamp = append(s.stamp, make([]uint32, len(s.nodes)+len(s.nodes)/2-len(s.stamp)+16)...)
		s.memo = append(s.memo, make([]term, len(s.stamp)-len(s.memo))...)
	}
	s.stamp[t], s.memo[t] = s.epoch, out
	return out
}

// adopt copies a term of another store over the same sets.
func (s *store) adopt(o *store, t term, done map[term]term) term {
	if t <= empty {
		return t
	}
	if c, ok := done[t]; ok {
		return c
	}
	n := o.nodes[t]
	switch n.kind {
	case kCat, kAlt:
		n.a, n.b = s.adopt(o, n.a, done), s.adopt(o, n.b, done)
	case kRepeat:
		n.a = s.adopt(o, n.a, done)
	}
	c := s.intern(n)
	done[t] = c
	return c
}
