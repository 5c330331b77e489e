package schema

import (
	"context"
	"fmt"
	"slices"
)

// model is the content model of types: its states stand in the grammar's rows
// from start on, unless it is lazy; then a state is a pattern.
type model struct {
	pattern  Pattern
	start    int32
	states   int
	lazy     bool
	leaves   []int32 // every particle, in the order of the grammar
	alphabet []int32 // symbols of the names mentioned, sorted
	spaces   []int32 // namespaces mentioned by classes, sorted
	wild     bool    // some particle is a class of names
	// known are the names the model declares and no wildcard takes, nor any
	// global declaration: only in models that need XML Schema 1.1.
	known map[int32]bool
}

// row is a state of a tabulated model.
type row struct {
	edges    uint32 // first of its edges
	n        uint32
	text     int32 // state after characters, -1 if there may be none
	pattern  Pattern
	nullable bool
}

// edge is what a name does in a state. Names the model does not mention are
// classed: otherName, or otherIn(namespace).
type edge struct {
	sym   int32
	leaf  int32 // the only particle that admits it, else -1
	next  int32 // state, when there is one particle
	multi int32 // index of a branching, when there are several
}

// branching is an edge on which several particles admit the name.
type branching struct {
	leaves []int32
	next   []int32 // by the set of particles the element turned out to be, as bits; -1 none
}

const otherName = -1

func otherIn(space int32) int32 { return -2 - space }

// maxBranching is the number of particles up to which a branching is
// tabulated.
const maxBranching = 6

const maxEdges = 1 << 20

type tabulator struct {
	ctx   context.Context
	g     *Grammar
	lim   Limits
	limit int // of the arena's work
	// globals are the symbols of global elements; beaten says that a particle
	// beat a wildcard in the model at hand.
	globals map[int32]bool
	beaten  bool
}

func newTabulator(ctx context.Context, g *Grammar, lim Limits, start Pattern) *tabulator {
	t := &tabulator{ctx: ctx, g: g, lim: lim, limit: g.arena.work + lim.Work, globals: map[int32]bool{}}
	g.arena.leaves(start, false, func(l int32) {
		if sym := g.leaves[l].sym; sym >= 0 {
			t.globals[sym] = true
		}
	})
	return t
}

func (t *tabulator) model(p Pattern) (int32, error) {
	g := t.g
	m := model{pattern: p}
	g.arena.leaves(p, false, func(l int32) { m.leaves = append(m.leaves, l) })
	slices.Sort(m.leaves)
	m.leaves = slices.Compact(m.leaves)
	for _, l := range m.leaves {
		m.wild = m.wild || g.leaves[l].names.kind != oneName
		g.leaves[l].names.Each(
			func(n QName) { m.alphabet = append(m.alphabet, g.names[n]) },
			func(s string) { m.spaces = append(m.spaces, g.spaces[s]) })
	}
	if m.wild { // names of a mentioned namespace differ from those of others
		for _, s := range m.alphabet {
			m.spaces = append(m.spaces, g.spaces[g.list[s].Space])
		}
	}
	slices.Sort(m.alphabet)
	m.alphabet = slices.Compact(m.alphabet)
	slices.Sort(m.spaces)
	m.spaces = slices.Compact(m.spaces)
	id := int32(len(g.models))
	g.models = append(g.models, m)
	if err := t.ctx.Err(); err != nil {
		return 0, fmt.Errorf("schema: %w", context.Cause(t.ctx))
	}
	if !t.model11(&g.models[id]) {
		if err := t.ctx.Err(); err != nil {
			return 0, fmt.Errorf("schema: %w", context.Cause(t.ctx))
		}
		g.models[id].lazy, g.models[id].states, g.models[id].start = true, 0, int32(p)
	}
	return id, nil
}

// model11 tabulates a model by the rules of the XML Schema it needs. A wildcard
// that may stand where a declared element may is against those of 1.0; by those
// of 1.1 the element wins, and an element whose name the model declares somewhere
// must be of the type declared there, wherever a wildcard takes it: without a
// global declaration it has no type, and is refused (XSD 1.1-1 §3.4.4.2, clause
// 5 of Element Locally Valid (Complex Type)).
func (t *tabulator) model11(m *model) bool {
	g := t.g
	rows, edges, multi, patterns := len(g.rows), len(g.edges), len(g.multi), g.arena.end()
	t.beaten = false
	ok := t.tabulate(m)
	if !ok || !t.beaten {
		return ok
	}
	m.known = map[int32]bool{}
	for _, l := range m.leaves {
		if f := &g.leaves[l]; f.process == Declared && f.sym >= 0 && !t.globals[f.sym] {
			m.known[f.sym] = true
		}
	}
	g.rows, g.edges, g.multi = g.rows[:rows], g.edges[:edges], g.multi[:multi]
	g.arena.truncate(patterns)
	return t.tabulate(m)
}

// admitted is admit in a model.
func (t *tabulator) admitted(m *model, first []int32, sym int32) []int32 {
	g := t.g
	out := g.admit(first, sym)
	if !g.xsd || len(out) == 0 {
		return out
	}
	if m.known[sym] {
		return slices.DeleteFunc(out, func(l int32) bool { return g.leaves[l].process == Lax || g.leaves[l].process == Strict })
	}
	if !t.beaten && g.leaves[out[0]].process == Declared && slices.ContainsFunc(first, func(l int32) bool {
		f := &g.leaves[l]
		n := g.symbol(sym)
		return f.process != Declared && f.names.Contains(n.Space, n.Local)
	}) {
		t.beaten = true
	}
	return out
}

// tabulate explores the states of a model breadth first; it takes all back and
// returns false when there are too many.
func (t *tabulator) tabulate(m *model) (ok bool) {
	g := t.g
	rows, edges, multi := len(g.rows), len(g.edges), len(g.multi)
	patterns := g.arena.end()
	defer func() {
		x := recover()
		if x != nil && x != errLimit {
			panic(x)
		}
		if ok = ok && x == nil; !ok {
			g.rows, g.edges, g.multi = g.rows[:rows], g.edges[:edges], g.multi[:multi]
			g.arena.truncate(patterns)
		}
	}()
	syms := slices.Clone(m.alphabet)
	if m.wild {
		syms = append(syms, otherName)
		for _, s := range m.spaces {
			syms = append(syms, otherIn(s))
		}
		slices.Sort(syms)
	}
	base := int32(rows)
	limit := min(t.limit, g.arena.work+t.lim.Work/3) // one model must not starve the others
	ids := map[Pattern]int32{m.pattern: base}
	queue := []Pattern{m.pattern}
	state := func(p Pattern) int32 {
		if p == NotAllowed {
			return -1
		}
		id, ok := ids[p]
		if !ok {
			id = base + int32(len(queue))
			ids[p] = id
			queue = append(queue, p)
		}
		return id
	}
	for i := 0; i < len(queue); i++ {
		p := queue[i]
		r := row{edges: uint32(len(g.edges)), nullable: g.arena.nullable(p), text: -1, pattern: p}
		if g.arena.node(p).text {
			r.text = state(g.arena.textDerive(p))
		}
		first := t.first(p)
		single := map[int32]int32{}
		// A single state may have as many edges as the grammar has particles,
		// and each costs as much as the pattern is long.
		checkWork := func() {
			if g.arena.work > limit || t.ctx.Err() != nil {
				panic(errLimit)
			}
		}
		move := func(l int32) int32 {
			next, ok := single[l]
			if !ok {
				checkWork()
				next = state(g.arena.derive(p, []int32{l}))
				single[l] = next
			}
			return next
		}
		add := func(sym int32, leaves []int32) bool {
			switch {
			case len(leaves) == 1:
				g.edges = append(g.edges, edge{sym: sym, leaf: leaves[0], next: move(leaves[0]), multi: -1})
			case len(leaves) > maxBranching:
				return false
			case len(leaves) > 1:
				checkWork()
				b := branching{leaves: leaves, next: make([]int32, 1<<len(leaves))}
				b.next[0] = -1
				var set []int32
				for mask := 1; mask < len(b.next); mask++ {
					set = set[:0]
					for k, l := range leaves {
						if mask&(1<<k) != 0 {
							set = append(set, l)
						}
					}
					b.next[mask] = state(g.arena.derive(p, set))
				}
				g.edges = append(g.edges, edge{sym: sym, leaf: -1, next: -1, multi: int32(len(g.multi))})
				g.multi = append(g.multi, b)
			}
			return true
		}
		if !m.wild { // edges straight from the particles
			for i := 0; i < len(first); {
				j := i + 1
				for j < len(first) && g.leaves[first[j]].sym == g.leaves[first[i]].sym {
					j++
				}
				if !add(g.leaves[first[i]].sym, slices.Clone(first[i:j])) {
					return false
				}
				i = j
			}
		} else {
			weight := len(first)
			for _, l := range first {
				weight += g.leaves[l].weight
			}
			for _, sym := range syms {
				g.arena.work += weight
				if g.arena.work > limit || !add(sym, t.admitted(m, first, sym)) {
					return false
				}
			}
		}
		r.n = uint32(len(g.edges)) - r.edges
		g.rows = append(g.rows, r)
		if len(queue) > t.lim.States || rows+len(queue) > t.lim.AllState || len(g.edges) > maxEdges || g.arena.work > limit {
			return false
		}
	}
	m.start, m.states = base, len(queue)
	return true
}

// first returns the particles that may come next, by symbol, then number.
func (t *tabulator) first(p Pattern) []int32 {
	var out []int32
	t.g.arena.leaves(p, true, func(l int32) { out = append(out, l) })
	slices.SortFunc(out, func(a, b int32) int {
		if d := t.g.leaves[a].sym - t.g.leaves[b].sym; d != 0 {
			return int(d)
		}
		return int(a - b)
	})
	return slices.Compact(out)
}

// admit returns which of the particles admit the symbol, or the class of names
// a negative one stands for.
func (g *Grammar) admit(first []int32, sym int32) []int32 {
	var out []int32
	wild := 0
	for _, l := range first {
		f := &g.leaves[l]
		if f.names.kind == oneName && f.sym != sym {
			continue
		}
		if f.names.kind != oneName {
			n := g.symbol(sym)
			if !f.names.Contains(n.Space, n.Local) {
				continue
			}
		}
		out = append(out, l)
		if f.process != Declared {
			wild++
		}
	}
	if g.xsd && wild > 0 && wild < len(out) { // element beats wildcard
		out = slices.DeleteFunc(out, func(l int32) bool { return g.leaves[l].process != Declared })
	}
	return out
}

// symbol returns the name, or a name of the class.
func (g *Grammar) symbol(sym int32) QName {
	switch {
	case sym >= 0:
		return g.list[sym]
	case sym == otherName:
		return QName{noName, noName}
	}
	return QName{g.spaceNames[-2-sym], noName}
}

// find returns the edge of a state for a symbol.
func (g *Grammar) find(state, sym int32) *edge {
	r := &g.rows[state]
	lo, hi := r.edges, r.edges+r.n
	for hi-lo > 8 {
		mid := (lo + hi) / 2
		if g.edges[mid].sym <= sym {
			lo = mid
		} else {
			hi = mid
		}
	}
	for ; lo < hi; lo++ {
		if e := &g.edges[lo]; e.sym >= sym {
			if e.sym == sym {
				return e
			}
			return nil
		}
	}
	return nil
}

// class returns the symbol under which the model knows a name: the name's own
// or a class. sym and space are the grammar's numbers of name and namespace,
// -1 if it has none.
func (m *model) class(sym, space int32) int32 {
	if !m.wild {
		return sym
	}
	if sym >= 0 {
		if _, ok := slices.BinarySearch(m.alphabet, sym); ok {
			return sym
		}
	}
	if space >= 0 {
		if _, ok := slices.BinarySearch(m.spaces, space); ok {
			return otherIn(space)
		}
	}
	return otherName
}

// truncate forgets the patterns from p on.
func (a *arena) truncate(p Pattern) {
	for _, n := range a.nodes[p-a.from:] {
		delete(a.index, n)
	}
	a.nodes = a.nodes[:p-a.from]
	for i := int(p); i < len(a.stamp); i++ {
		a.stamp[i] = 0
	}
}
