package schema

import (
	"errors"
	"slices"
)

// Pattern is a term of the algebra of one element's content, interned in the
// [Builder] that made it: equal terms are equal numbers.
type Pattern int32

// The constant patterns.
const (
	NotAllowed Pattern = iota // no content at all is right
	Empty                     // no children
	Text                      // characters, or none
)

type patternKind uint8

const (
	pNotAllowed patternKind = iota
	pEmpty
	pText
	pLeaf       // a: leaf
	pChoice     // a or b; alternatives nested to the right in increasing order
	pGroup      // a then b; a is no group
	pInterleave // a and b in any order, mixed
	pPlus       // a once or more
	pCount      // a, min to max times (max -1: no bound)
)

type pnode struct {
	kind     patternKind
	nullable bool
	text     bool // holds Text
	a, b     Pattern
	min, max int32
}

// errLimit is raised (by panic, inside the package) when an arena is full.
var errLimit = errors.New("schema: too many patterns")

// arena interns patterns. An arena over a base shares the base's patterns,
// which it never changes: the base is the compiled grammar's, the overlay a
// validator's.
type arena struct {
	base  *arena
	from  Pattern // first identifier of its own
	nodes []pnode
	index map[pnode]Pattern
	limit int

	work  int // patterns visited since the arena was made
	epoch uint32
	stamp []uint32
	memo  []Pattern
}

func newArena(limit int) *arena {
	a := &arena{index: map[pnode]Pattern{}, limit: limit}
	a.nodes = append(a.nodes, pnode{kind: pNotAllowed}, pnode{kind: pEmpty, nullable: true},
		pnode{kind: pText, nullable: true, text: true})
	return a
}

func (a *arena) over(limit int) *arena {
	return &arena{base: a, from: a.end(), index: map[pnode]Pattern{}, limit: limit}
}

func (a *arena) end() Pattern { return a.from + Pattern(len(a.nodes)) }

func (a *arena) node(p Pattern) *pnode {
	if p < a.from {
		return &a.base.nodes[p]
	}
	return &a.nodes[p-a.from]
}

func (a *arena) nullable(p Pattern) bool { return a.node(p).nullable }

func (a *arena) intern(n pnode) Pattern {
	a.work++
	if a.base != nil {
		if p, ok := a.base.index[n]; ok {
			return p
		}
	}
	if p, ok := a.index[n]; ok {
		return p
	}
	if len(a.nodes) >= a.limit {
		panic(errLimit)
	}
	p := a.end()
	a.nodes = append(a.nodes, n)
	a.index[n] = p
	return p
}

func (a *arena) leaf(l int32) Pattern { return a.intern(pnode{kind: pLeaf, a: Pattern(l)}) }

func (a *arena) group(p, q Pattern) Pattern { return a.pair(pGroup, p, q) }

func (a *arena) interleave(p, q Pattern) Pattern { return a.pair(pInterleave, p, q) }

// pair is a group or an interleave, nested to the right.
func (a *arena) pair(k patternKind, p, q Pattern) Pattern {
	switch {
	case p == NotAllowed || q == NotAllowed:
		return NotAllowed
	case p == Empty:
		return q
	case q == Empty:
		return p
	}
	if n := *a.node(p); n.kind == k {
		return a.pair(k, n.a, a.pair(k, n.b, q))
	}
	x, y := a.node(p), a.node(q)
	return a.intern(pnode{kind: k, a: p, b: q, nullable: x.nullable && y.nullable, text: x.text || y.text})
}

func (a *arena) alternatives(p Pattern, to []Pattern) []Pattern {
	for {
		n := a.node(p)
		if n.kind != pChoice {
			return append(to, p)
		}
		to = append(to, n.a)
		p = n.b
	}
}

func (a *arena) choice(p, q Pattern) Pattern {
	switch {
	case p == q || q == NotAllowed:
		return p
	case p == NotAllowed:
		return q
	}
	var buf [32]Pattern
	return a.choiceOf(a.alternatives(q, a.alternatives(p, buf[:0])))
}

// choiceOf makes a choice of alternatives that are no choices. It reorders
// all.
func (a *arena) choiceOf(all []Pattern) Pattern {
	a.work += len(all)
	slices.Sort(all)
	all = slices.Compact(all)
	for len(all) > 0 && all[0] == NotAllowed {
		all = all[1:]
	}
	if len(all) == 0 {
		return NotAllowed
	}
	if all[0] == Empty { // empty | p is p when p takes no children
		for _, p := range all[1:] {
			if a.nullable(p) {
				all = all[1:]
				break
			}
		}
	}
	out := all[len(all)-1]
	for i := len(all) - 2; i >= 0; i-- {
		x, y := a.node(all[i]), a.node(out)
		out = a.intern(pnode{kind: pChoice, a: all[i], b: out, nullable: x.nullable || y.nullable, text: x.text || y.text})
	}
	return out
}

func (a *arena) plus(p Pattern) Pattern {
	n := a.node(p)
	switch {
	case p <= Text || n.kind == pPlus || n.kind == pCount && n.max < 0 && n.min <= 1:
		return p
	case n.kind == pChoice && n.a == Empty:
		return a.optional(a.plus(n.b))
	}
	return a.intern(pnode{kind: pPlus, a: p, nullable: n.nullable, text: n.text})
}

func (a *arena) optional(p Pattern) Pattern { return a.choice(Empty, p) }

func (a *arena) star(p Pattern) Pattern { return a.optional(a.plus(p)) }

// count is p from lo to hi times in sequence; hi below 0 sets no bound.
func (a *arena) count(p Pattern, lo, hi int32) Pattern {
	if a.nullable(p) {
		lo = 0
	}
	switch {
	case hi == 0 || p == Empty || p == NotAllowed && lo == 0:
		return Empty
	case p == NotAllowed:
		return NotAllowed
	case hi == 1 && lo == 1:
		return p
	case hi == 1:
		return a.optional(p)
	case hi < 0 && lo == 0:
		return a.star(p)
	case hi < 0 && lo == 1:
		return a.plus(p)
	}
	return a.multiply(p, lo, hi)
}

// multiply is p from lo to hi times. If p is itself q so many times, that is q
// at once, as long as no number in between is left out: a sequence, to be
// repeated, of elements that repeat would else have a state for each way of
// sharing them out.
func (a *arena) multiply(p Pattern, lo, hi int32) Pattern {
	q, optional := p, false
	if n := a.node(p); n.kind == pChoice && n.a == Empty {
		q, optional = n.b, true
	}
	least, most := int64(1), int64(1) // how often q stands in p; most below 0 sets no bound
	switch n := a.node(q); n.kind {
	case pPlus:
		q, most = n.a, -1
	case pCount:
		q, least, most = n.a, int64(n.min), int64(n.max)
	}
	whole := !optional || least <= 1
	if optional {
		least = 0
	}
	l, h := int64(lo), int64(hi)
	whole = whole && (l == h || l == 0 && least <= 1 || l > 0 && (most < 0 || l*most+1 >= (l+1)*least))
	if l *= least; most < 0 {
		h = -1
	} else if h > 0 {
		h *= most
	}
	if q == p || !whole || max(l, h) > 1<<30 {
		return a.counted(p, lo, hi)
	}
	return a.count(q, int32(l), int32(h))
}

func (a *arena) counted(p Pattern, lo, hi int32) Pattern {
	n := a.node(p)
	return a.intern(pnode{kind: pCount, a: p, min: lo, max: hi, nullable: lo == 0, text: n.text})
}

// derive returns what may follow a child that is one of the leaves, in a
// content of p.
func (a *arena) derive(p Pattern, leaves []int32) Pattern {
	a.epoch++
	return a.d(p, leaves)
}

// textDerive returns what may follow characters.
func (a *arena) textDerive(p Pattern) Pattern {
	a.epoch++
	return a.d(p, nil)
}

// d is the derivative by the leaves, or by characters when there are none.
func (a *arena) d(p Pattern, leaves []int32) Pattern {
	n := *a.node(p)
	switch n.kind {
	case pNotAllowed, pEmpty:
		return NotAllowed
	case pText:
		if leaves == nil {
			return Text
		}
		return NotAllowed
	case pLeaf:
		a.work++
		if slices.Contains(leaves, int32(n.a)) {
			return Empty
		}
		return NotAllowed
	}
	if leaves == nil && !n.text {
		return NotAllowed
	}
	if int(p) < len(a.stamp) && a.stamp[p] == a.epoch {
		return a.memo[p]
	}
	a.work++
	var out Pattern
	switch n.kind {
	case pChoice:
		var buf [32]Pattern
		all := buf[:0]
		for q := p; ; {
			m := *a.node(q)
			if m.kind != pChoice {
				all = a.alternatives(a.d(q, leaves), all)
				break
			}
			all = a.alternatives(a.d(m.a, leaves), all)
			q = m.b
		}
		out = a.choiceOf(all)
	case pGroup:
		out = a.group(a.d(n.a, leaves), n.b)
		if a.nullable(n.a) {
			out = a.choice(out, a.d(n.b, leaves))
		}
	case pInterleave:
		out = a.choice(a.interleave(a.d(n.a, leaves), n.b), a.interleave(n.a, a.d(n.b, leaves)))
	case pPlus:
		out = a.group(a.d(n.a, leaves), a.star(n.a))
	case pCount:
		hi := n.max
		if hi > 0 {
			hi--
		}
		out = a.group(a.d(n.a, leaves), a.count(n.a, max(n.min-1, 0), hi))
	}
	if need := int(a.end()); len(a.stamp) < need {
		need += need/2 + 64
		a.stamp = append(a.stamp, make([]uint32, need-len(a.stamp))...)
		a.memo = append(a.memo, make([]Pattern, need-len(a.memo))...)
	}
	a.stamp[p], a.memo[p] = a.epoch, out
	return out
}

// leaves calls add for each leaf of p, once for each time the traversal meets
// its term; with first, only for those that may come next.
func (a *arena) leaves(p Pattern, first bool, add func(int32)) {
	seen := map[Pattern]struct{}{}
	var walk func(Pattern)
	walk = func(p Pattern) {
		for {
			a.work++
			n := a.node(p)
			if n.kind == pLeaf {
				add(int32(n.a))
				return
			}
			if n.kind <= pText {
				return
			}
			if _, ok := seen[p]; ok {
				return
			}
			seen[p] = struct{}{}
			walk(n.a)
			n = a.node(p)
			switch {
			case n.kind == pPlus || n.kind == pCount:
				return
			case first && n.kind == pGroup && !a.nullable(n.a):
				return
			}
			p = n.b
		}
	}
	walk(p)
}

// adopt copies a pattern of another arena over the same base.
func (a *arena) adopt(o *arena, p Pattern, done map[Pattern]Pattern) Pattern {
	if p < a.from {
		return p
	}
	if q, ok := done[p]; ok {
		return q
	}
	n := *o.node(p)
	switch n.kind {
	case pChoice, pGroup, pInterleave:
		n.a, n.b = a.adopt(o, n.a, done), a.adopt(o, n.b, done)
	case pPlus, pCount:
		n.a = a.adopt(o, n.a, done)
	}
	q := a.intern(n)
	done[p] = q
	return q
}
