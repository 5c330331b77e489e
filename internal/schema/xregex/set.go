package xregex

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// span is a range of characters, both ends included.
type span struct{ lo, hi rune }

// set is a set of characters as disjoint spans in increasing order.
type set []span

func single(r rune) set { return set{{r, r}} }

func newSet(spans []span) set {
	s := slices.Clone(spans)
	slices.SortFunc(s, func(a, b span) int { return int(a.lo - b.lo) })
	out := s[:0]
	for _, r := range s {
		if n := len(out); n > 0 && r.lo <= out[n-1].hi+1 {
			out[n-1].hi = max(out[n-1].hi, r.hi)
			continue
		}
		out = append(out, r)
	}
	return out
}

func (s set) complement() set {
	var out set
	next := rune(0)
	for _, r := range s {
		if r.lo > next {
			out = append(out, span{next, r.lo - 1})
		}
		next = r.hi + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, span{next, unicode.MaxRune})
	}
	return out
}

func (s set) minus(o set) set {
	return newSet(append(slices.Clone(s.complement()), o...)).complement()
}

func (s set) contains(r rune) bool {
	i, found := slices.BinarySearchFunc(s, r, func(a span, r rune) int {
		switch {
		case a.hi < r:
			return -1
		case a.lo > r:
			return 1
		}
		return 0
	})
	_ = i
	return found
}

func fromTables(tables ...*unicode.RangeTable) set {
	var spans []span
	add := func(lo, hi, stride rune) {
		if stride == 1 {
			spans = append(spans, span{lo, hi})
			return
		}
		for r := lo; r <= hi; r += stride {
			spans = append(spans, span{r, r})
		}
	}
	for _, t := range tables {
		for _, r := range t.R16 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return newSet(spans)
}

var dot = set{{'\n', '\n'}, {'\r', '\r'}}.complement()

// others is the general category C, which for a regular expression includes
// the code points no character has (Cn): go's unicode.C does not.
var others = sync.OnceValue(func() set {
	return fromTables(unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z).complement()
})

// wordSet is \w: all but punctuation, separators and others.
var wordSet = sync.OnceValue(func() set {
	return fromTables(unicode.L, unicode.M, unicode.N, unicode.S)
})

var digitSet = sync.OnceValue(func() set { return fromTables(unicode.Nd) })

func multi(letter rune) set {
	switch letter {
	case 's':
		return set{{'\t', '\n'}, {'\r', '\r'}, {' ', ' '}}
	case 'i':
		return nameStart
	case 'c':
		return nameChar
	case 'd':
		return digitSet()
	}
	return wordSet()
}

// property returns the set of \p{name}: a general category or, with Is in
// front, a block.
func property(name string) (set, bool) {
	if block, ok := strings.CutPrefix(name, "Is"); ok {
		s, ok := blocks[block]
		return s, ok
	}
	switch name {
	case "C":
		return others(), true
	case "Cn":
		return others().minus(fromTables(unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs)), true
	case "LC": // a later invention, not of XML Schema
		return nil, false
	}
	if len(name) > 2 {
		return nil, false
	}
	t, ok := unicode.Categories[name]
	if !ok {
		return nil, false
	}
	return fromTables(t), true
}
