package schema

import "github.com/liasse/liasse/internal/xmlcore"

// What a model says of the order of two names is worked out when a document
// first breaks it, in memory of the run: documents in order pay nothing.

const (
	lateWork   = 300_000 // moves looked at in one document
	lateStates = 4000    // of one model
)

// lateness is what is known of a name that came too late in a model.
type lateness struct {
	behind  map[int32]bool // what may stand behind it; nil if that is not known
	follows map[int32]bool // by name: whether it may stand behind that one
}

type lateKey struct {
	model *model
	sym   int32
}

// late returns the name of a child of the innermost frame before which the
// element just met belongs, or "": the model admits it, but no longer. Of
// several it is the first in the order of the grammar.
func (v *Validator) late(r *xmlcore.Reader, m *model, state int32, s *symbol) string {
	if m.lazy || m.states > lateStates {
		return ""
	}
	kept := v.repair
	v.repair = v.tardy
	defer func() { v.tardy, v.repair = v.repair, kept }()
	ahead := v.ahead(m, state)
	if ahead == nil || ahead[s.sym] || ahead[-1] && !m.known[s.sym] { // a class of names may yet take it
		return ""
	}
	l := v.lateness(m, s)
	if l.behind == nil || r.Siblings(s.name) > 1 && !l.behind[s.sym] { // one too many
		return ""
	}
	met := v.met(r)
	before := ""
	for _, leaf := range m.leaves {
		sym := v.g.leaves[leaf].sym
		name := met[sym]
		switch {
		case name == nil || sym == s.sym || l.behind[sym] && before != "":
		case v.follows(m, l, s, sym):
		case !l.behind[sym]: // a choice was made that rules it out
			return ""
		default:
			before = name.String()
		}
		if v.repair <= 0 {
			return ""
		}
	}
	return before
}

// met returns the names of the children the innermost frame has had, by symbol.
func (v *Validator) met(r *xmlcore.Reader) map[int32]*xmlcore.Name {
	v.repair -= len(v.symbols) / 8
	names := map[int32]*xmlcore.Name{}
	for i := range v.symbols {
		if s := &v.symbols[i]; s.name != nil && s.sym >= 0 && r.Siblings(s.name) > 0 {
			names[s.sym] = s.name
		}
	}
	return names
}

// lateness returns what is known of the name in the model.
func (v *Validator) lateness(m *model, s *symbol) *lateness {
	key := lateKey{m, s.sym}
	if l := v.tardiness[key]; l != nil {
		return l
	}
	l := &lateness{follows: map[int32]bool{}}
	if next, ok := v.reach(m, m.start, s.sym); ok {
		l.behind = v.ahead(m, next)
	}
	if v.tardiness == nil {
		v.tardiness = map[lateKey]*lateness{}
	}
	v.tardiness[key] = l
	return l
}

// follows reports whether the name may stand behind the other one.
func (v *Validator) follows(m *model, l *lateness, s *symbol, other int32) bool {
	may, known := l.follows[other]
	if !known {
		next, ok := v.reach(m, m.start, other)
		may = ok && v.ahead(m, next)[s.sym]
		l.follows[other] = may
	}
	return may
}

// reach returns the state behind the first particle of the name that can be come
// to.
func (v *Validator) reach(m *model, from, sym int32) (next int32, ok bool) {
	v.wander(m, from, func(mv move) bool {
		if v.g.leaves[mv.leaf].sym == sym {
			next, ok = mv.next, true
		}
		return !ok
	})
	return next, ok
}

// ahead returns the names that may come in a state or behind it, nil when there
// is too much to look at.
func (v *Validator) ahead(m *model, state int32) map[int32]bool {
	key := stateKey{m, state}
	names, known := v.coming[key]
	if known {
		return names
	}
	names = map[int32]bool{}
	if !v.wander(m, state, func(mv move) bool {
		names[v.g.leaves[mv.leaf].sym] = true
		return true
	}) {
		names = nil
	}
	if v.coming == nil {
		v.coming = map[stateKey]map[int32]bool{}
	}
	v.coming[key] = names
	return names
}

// wander visits the moves from a state and from all that come behind it, the
// nearest first, and reports whether it came to the end of them.
func (v *Validator) wander(m *model, from int32, visit func(move) bool) bool {
	states := []int32{from}
	seen := map[int32]bool{from: true}
	var moves []move
	for i := 0; i < len(states); i++ {
		if v.repair <= 0 {
			return false
		}
		moves = v.movesOf(m, states[i], moves[:0])
		for _, mv := range moves {
			if !visit(mv) {
				return false
			}
			if mv.next >= 0 && !seen[mv.next] {
				seen[mv.next] = true
				states = append(states, mv.next)
			}
		}
	}
	return true
}
