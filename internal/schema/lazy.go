package schema

import (
	"slices"

	"github.com/liasse/liasse/ged/report"
)

// lazyCache explores the models that have no tables. Its patterns lie over
// those of the grammar; when there are too many it forgets all but the states
// of open elements.
type lazyCache struct {
	arena   *arena
	rows    map[lazyKey]lazyEdge
	texts   map[Pattern]Pattern
	flushed int // work of arenas given up
	flushes int
}

type lazyKey struct {
	state Pattern
	sym   int32
}

// lazyEdge is what a name does in a state.
type lazyEdge struct {
	leaves []int32
	next   Pattern // when there is one particle; -1 none
}

const (
	lazyStates   = 4096
	lazyPatterns = 1 << 16
	maxFlushes   = 1000
)

func (z *lazyCache) reset(g *Grammar) {
	if z.arena == nil {
		z.arena = g.arena.over(1 << 20)
		z.rows, z.texts = map[lazyKey]lazyEdge{}, map[Pattern]Pattern{}
	}
	z.arena.work, z.flushed, z.flushes = 0, 0, 0
}

func (z *lazyCache) work() int { return z.flushed + z.arena.work }

// guard runs a derivation; a pattern explosion stops the check.
func (z *lazyCache) guard(v *Validator, f func()) {
	defer func() {
		if x := recover(); x == errLimit {
			v.stop(v.reader, report.LimStates)
		} else if x != nil {
			panic(x)
		}
	}()
	f()
}

func (z *lazyCache) edge(v *Validator, m *model, state Pattern, sym int32, s *symbol) lazyEdge {
	key := lazyKey{state, sym}
	if e, ok := z.rows[key]; ok {
		return e
	}
	e := lazyEdge{next: -1}
	z.guard(v, func() {
		var first []int32
		z.arena.leaves(state, true, func(l int32) { first = append(first, l) })
		slices.Sort(first)
		for _, l := range first {
			z.arena.work += v.g.leaves[l].weight
		}
		e.leaves = v.g.admit(slices.Compact(first), sym)
		if len(e.leaves) == 1 {
			e.next = z.arena.derive(state, e.leaves)
		}
	})
	if len(z.rows) < 4*lazyStates {
		z.rows[key] = e
	}
	if z.work() > workAllowance+v.events*workPerEvent {
		v.stop(v.reader, report.LimTime)
	}
	return e
}

// next returns the state after a child that is one of the particles, -1 if
// none is admitted.
func (z *lazyCache) next(v *Validator, m *model, state Pattern, sym int32, accepted []int32) int32 {
	p := NotAllowed
	if e, ok := z.rows[lazyKey{state, sym}]; ok && len(e.leaves) == 1 && len(accepted) == 1 && accepted[0] == e.leaves[0] {
		p = e.next
	} else {
		z.guard(v, func() { p = z.arena.derive(state, accepted) })
	}
	if p == NotAllowed {
		return -1
	}
	return int32(z.flush(v, p))
}

func (z *lazyCache) text(v *Validator, m *model, state Pattern) int32 {
	p, ok := z.texts[state]
	if !ok {
		z.guard(v, func() { p = z.arena.textDerive(state) })
		z.texts[state] = p
	}
	if p == NotAllowed {
		return -1
	}
	return int32(p)
}

// flush forgets what no open element needs, when there is much of it. It
// returns what p has become.
func (z *lazyCache) flush(v *Validator, p Pattern) Pattern {
	if len(z.rows) < lazyStates && len(z.arena.nodes) < lazyPatterns {
		return p
	}
	if z.flushes++; z.flushes > maxFlushes {
		v.stop(v.reader, report.LimStates)
		return p
	}
	old := z.arena
	z.flushed += old.work
	z.arena = v.g.arena.over(1 << 20)
	done := map[Pattern]Pattern{}
	z.guard(v, func() {
		for i := range v.cands {
			c := &v.cands[i]
			if t := &v.g.types[c.typ]; t.model >= 0 && v.g.models[t.model].lazy {
				c.state = int32(z.arena.adopt(old, Pattern(c.state), done))
			}
		}
		p = z.arena.adopt(old, p, done)
	})
	for i := range v.frames {
		v.frames[i].prev = -1 // may be of the old arena
	}
	clear(z.rows)
	clear(z.texts)
	return p
}
