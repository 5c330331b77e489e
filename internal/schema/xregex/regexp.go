package xregex

import (
	"encoding/binary"
	"errors"
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"
)

// ErrWork is returned by [Regexp.Match] when the budget is exhausted.
var ErrWork = errors.New("xregex: match needs too much work")

// Regexp is a compiled expression. It is immutable and may be used by several
// goroutines at once.
type Regexp struct {
	src  string
	work int

	ascii  [128]uint16
	starts []rune // first characters of intervals, increasing, from 0
	class  []uint16
	nclass int

	table []int32 // state*nclass+class → state, -1 for none; nil when the automaton is too large
	final []bool

	start term // for the lazy automaton
	base  *store
	pool  sync.Pool // *machine
}

const (
	tableStates  = 4096
	tableEntries = 1 << 16
	lazyStates   = 4096
	lazyNodes    = 1 << 15
)

// Compile translates an expression. It spends at most about work elementary
// steps on tabulating the automaton (0 means 100,000); an expression that
// would need more is still matched, more slowly. Its error is an [*Error].
func Compile(expr string, work int) (*Regexp, error) {
	if len(expr) > MaxLength {
		return nil, &Error{Offset: MaxLength, Detail: "longer than 8 KiB"}
	}
	if !utf8.ValidString(expr) {
		return nil, &Error{Detail: "not UTF-8"}
	}
	if work <= 0 {
		work = 100_000
	}
	p := &parser{s: expr}
	t := p.expr()
	if p.err == nil && p.pos < len(p.s) {
		p.fail("unmatched )")
	}
	if p.err != nil {
		return nil, p.err
	}
	re := &Regexp{src: expr, work: p.work}
	var sets []set
	number(t, map[string]int{}, &sets)
	s := newStore(re.partition(sets))
	re.base = s
	re.start = build(s, t)
	re.tabulate(work)
	re.work += s.work
	if re.table != nil {
		re.base = nil
	}
	return re, nil
}

// String returns the expression as given.
func (re *Regexp) String() string { return re.src }

// Work returns how many elementary steps compiling took, for a caller that
// compiles many hostile expressions.
func (re *Regexp) Work() int { return re.work }

// number replaces the sets of a tree by their numbers, equal sets sharing one.
// The number is kept in min, which sets do not use.
func number(t *tree, seen map[string]int, sets *[]set) {
	if t.op == opSet {
		var key []byte
		for _, r := range t.set {
			key = binary.AppendVarint(binary.AppendVarint(key, int64(r.lo)), int64(r.hi))
		}
		i, ok := seen[string(key)]
		if !ok {
			i = len(*sets)
			seen[string(key)] = i
			*sets = append(*sets, t.set)
		}
		t.min = i
		return
	}
	for _, k := range t.kids {
		number(k, seen, sets)
	}
}

func build(s *store, t *tree) term {
	switch t.op {
	case opSet:
		return s.set(t.min)
	case opCat:
		out := empty
		for _, k := range slices.Backward(t.kids) {
			out = s.cat(build(s, k), out)
		}
		return out
	case opAlt:
		out := never
		for _, k := range slices.Backward(t.kids) {
			out = s.alt(build(s, k), out)
		}
		return out
	case opRepeat:
		return s.repeat(build(s, t.kids[0]), int32(t.min), int32(t.max))
	}
	return empty
}

// partition splits the characters into the coarsest classes on which all sets
// agree, and returns each set as bits over the classes.
func (re *Regexp) partition(sets []set) [][]uint64 {
	bounds := []rune{0}
	for _, s := range sets {
		for _, r := range s {
			bounds = append(bounds, r.lo)
			if r.hi < unicode.MaxRune {
				bounds = append(bounds, r.hi+1)
			}
		}
	}
	re.work += len(bounds)
	slices.Sort(bounds)
	re.starts = slices.Compact(bounds)
	class := make([]uint16, len(re.starts))
	n := 1
	for _, s := range sets {
		split := map[uint16]uint16{} // old class → class of its part inside s
		inside := make([]bool, len(class))
		for _, r := range s {
			i, _ := slices.BinarySearch(re.starts, r.lo)
			for ; i < len(re.starts) && re.starts[i] <= r.hi; i++ {
				inside[i] = true
			}
		}
		outside := map[uint16]bool{}
		for i, c := range class {
			if !inside[i] {
				outside[c] = true
			}
		}
		for i, c := range class {
			if !inside[i] || !outside[c] {
				continue
			}
			to, ok := split[c]
			if !ok {
				to = uint16(n)
				n++
				split[c] = to
			}
			class[i] = to
		}
		re.work += len(class)
	}
	re.class, re.nclass = class, n
	bits := make([][]uint64, len(sets))
	for k, s := range sets {
		bits[k] = make([]uint64, (n+63)/64)
		for _, r := range s {
			i, _ := slices.BinarySearch(re.starts, r.lo)
			for ; i < len(re.starts) && re.starts[i] <= r.hi; i++ {
				c := class[i]
				bits[k][c>>6] |= 1 << (c & 63)
			}
		}
	}
	for r := range re.ascii {
		re.ascii[r] = re.find(rune(r))
	}
	return bits
}

func (re *Regexp) find(r rune) uint16 {
	i, ok := slices.BinarySearch(re.starts, r)
	if !ok {
		i--
	}
	return re.class[i]
}

// tabulate explores the automaton and keeps it if it is small enough.
func (re *Regexp) tabulate(work int) {
	s := re.base
	limit := s.work + work
	ids := map[term]int32{re.start: 0}
	states := []term{re.start}
	var table []int32
	for i := 0; i < len(states); i++ {
		for c := range re.nclass {
			t := s.derive(states[i], c)
			if t == never {
				table = append(table, -1)
				continue
			}
			id, ok := ids[t]
			if !ok {
				id = int32(len(states))
				ids[t] = id
				states = append(states, t)
			}
			table = append(table, id)
			if len(states) > tableStates || len(table) > tableEntries || s.work > limit {
				fresh := newStore(s.sets)
				re.work += s.work
				re.start = fresh.adopt(s, re.start, map[term]term{})
				re.base = fresh
				return
			}
		}
	}
	re.table = table
	re.final = make([]bool, len(states))
	for i, t := range states {
		re.final[i] = s.nodes[t].nullable
	}
}

// Match reports whether the whole of v, which must be valid UTF-8, is of the
// expression. It takes the steps it needs from *budget and returns [ErrWork]
// when they do not suffice.
func (re *Regexp) Match(v []byte, budget *int) (bool, error) {
	*budget -= 1 + len(v)/64 // a table costs hardly more than reading the text did
	if *budget < 0 {
		return false, ErrWork
	}
	if re.table == nil {
		return re.lazy(v, budget)
	}
	state := 0
	for i := 0; i < len(v); {
		var c uint16
		if b := v[i]; b < utf8.RuneSelf {
			c = re.ascii[b]
			i++
		} else {
			r, n := utf8.DecodeRune(v[i:])
			c = re.find(r)
			i += n
		}
		next := re.table[state*re.nclass+int(c)]
		if next < 0 {
			return false, nil
		}
		state = int(next)
	}
	return re.final[state], nil
}

// machine is the bounded cache of a lazily explored automaton.
type machine struct {
	s    *store
	rows map[edge]term
}

type edge struct {
	from  term
	class uint16
}

func (re *Regexp) lazy(v []byte, budget *int) (bool, error) {
	m, _ := re.pool.Get().(*machine)
	if m == nil {
		m = &machine{s: re.base.clone(), rows: map[edge]term{}}
	}
	defer re.pool.Put(m)
	state := re.start
	for i := 0; i < len(v); {
		var c uint16
		if b := v[i]; b < utf8.RuneSelf {
			c = re.ascii[b]
			i++
		} else {
			r, n := utf8.DecodeRune(v[i:])
			c = re.find(r)
			i += n
		}
		e := edge{state, c}
		next, ok := m.rows[e]
		if !ok {
			if len(m.rows) >= lazyStates*4 || len(m.s.nodes) >= lazyNodes {
				old := m.s
				m.s = re.base.clone()
				state = m.s.adopt(old, state, map[term]term{})
				*budget -= len(m.s.nodes)
				clear(m.rows)
				e.from = state
			}
			before := m.s.work
			next = m.s.derive(state, int(c))
			*budget -= m.s.work - before
			if *budget < 0 {
				return false, ErrWork
			}
			m.rows[e] = next
		}
		if next == never {
			return false, nil
		}
		state = next
	}
	return m.s.nodes[state].nullable, nil
}
