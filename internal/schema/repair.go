package schema

import (
	"slices"
	"strconv"
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// missingEntry is a particle reported missing in an open frame, which may still
// turn up further on.
type missingEntry struct {
	sym     int32
	finding int    // its place in the queue, -1 once that is out of reach
	before  string // what stood in its place

	early *symbol // rather than missing: the name of a child that was said to stand too early
}

// move is a particle that may come next, and the state after it.
type move struct{ leaf, next int32 }

// movesOf appends what may come next in a state, in the order of the grammar.
func (v *Validator) movesOf(m *model, state int32, to []move) []move {
	if m.lazy {
		before := v.lazy.arena.work
		v.lazy.guard(v, func() {
			var first []int32
			v.lazy.arena.leaves(Pattern(state), true, func(l int32) { first = append(first, l) })
			slices.Sort(first)
			for _, l := range slices.Compact(first) {
				if v.lazy.arena.work-before > v.repair {
					break // the names of a huge model are not worth the time
				}
				if next := v.lazy.arena.derive(Pattern(state), []int32{l}); next != NotAllowed {
					to = append(to, move{l, int32(next)})
				}
			}
		})
		v.repair -= v.lazy.arena.work - before
		return to
	}
	r := &v.g.rows[state]
	from := len(to)
	for _, e := range v.g.edges[r.edges : r.edges+r.n] {
		if e.multi < 0 {
			to = append(to, move{e.leaf, e.next})
			continue
		}
		b := &v.g.multi[e.multi]
		for k, l := range b.leaves {
			to = append(to, move{l, b.next[1<<k]})
		}
	}
	slices.SortFunc(to[from:], func(a, b move) int { return int(a.leaf - b.leaf) })
	v.repair -= len(to) - from
	return append(to[:from], slices.Compact(to[from:])...)
}

// takes returns the particle of a state that admits the name, and the state
// after it; -1 if none does.
func (v *Validator) takes(m *model, state int32, s *symbol) (leaf, next int32) {
	sym := m.class(s.sym, s.space)
	if m.lazy {
		e := v.lazy.edge(v, m, Pattern(state), sym, s)
		if len(e.leaves) == 0 {
			return -1, -1
		}
		return e.leaves[0], v.lazy.next(v, m, Pattern(state), sym, e.leaves[:1])
	}
	e := v.g.find(state, sym)
	switch {
	case e == nil:
		return -1, -1
	case e.multi < 0:
		return e.leaf, e.next
	}
	b := &v.g.multi[e.multi]
	return b.leaves[0], b.next[1]
}

func (v *Validator) stateNullable(m *model, state int32) bool {
	if m.lazy {
		return v.lazy.arena.nullable(Pattern(state))
	}
	return v.g.rows[state].nullable
}

const (
	bridgeLength = 4
	bridgeStates = 2000
)

// path is a state reached by skipping particles.
type path struct {
	state, leaf int32
	from        int32 // index of the path it prolongs, -1
	length      int8
}

// bridge looks breadth first for the fewest particles to skip from a state
// until goal holds, and returns them with the state reached. longest bounds
// how many.
func (v *Validator) bridge(m *model, state int32, longest int, goal func(int32) bool) (skipped []int32, at int32, ok bool) {
	paths := []path{{state: state, leaf: -1, from: -1}}
	seen := map[int32]bool{state: true}
	var moves []move
	for i := 0; i < len(paths) && v.repair > 0; i++ {
		p := paths[i]
		if i > 0 && goal(p.state) {
			for j := int32(i); paths[j].from >= 0; j = paths[j].from {
				skipped = append(skipped, paths[j].leaf)
			}
			slices.Reverse(skipped)
			return skipped, p.state, true
		}
		if int(p.length) == longest {
			continue
		}
		moves = v.movesOf(m, p.state, moves[:0])
		for _, mv := range moves {
			if !seen[mv.next] && len(paths) < bridgeStates && mv.next >= 0 {
				seen[mv.next] = true
				paths = append(paths, path{mv.next, mv.leaf, int32(i), p.length + 1})
			}
		}
	}
	return nil, 0, false
}

// pattern returns what a state is, and where.
func (v *Validator) pattern(m *model, state int32) (*arena, Pattern) {
	if m.lazy {
		return v.lazy.arena, Pattern(state)
	}
	return v.g.arena, v.g.rows[state].pattern
}

type stateKey struct {
	model *model
	state int32
}

// expectation is what may come in a state, required particles first.
type expectation struct {
	names []string
	sole  move // the one particle that must come, leaf -1 if there is not just one
}

func (v *Validator) expect(m *model, state int32) expectation {
	key := stateKey{m, state}
	if x, ok := v.expected[key]; ok && !m.lazy {
		return x
	}
	x := expectation{sole: move{leaf: -1}}
	moves := v.movesOf(m, state, nil)
	var required, optional []string
	a, p := v.pattern(m, state)
	needs := completion{arena: a}
	end := v.stateNullable(m, state)
	for _, mv := range moves {
		name := v.g.leafName(mv.leaf)
		if !end && len(moves) <= 200 && v.repair > 0 && needs.leaf(p, mv.leaf) {
			required = append(required, name)
			x.sole = mv
		} else {
			optional = append(optional, name)
		}
	}
	v.repair -= needs.work
	if len(required) != 1 {
		x.sole.leaf = -1
	}
	for _, n := range append(required, optional...) {
		if !slices.Contains(x.names, n) {
			x.names = append(x.names, n)
		}
	}
	if v.expected == nil {
		v.expected = map[stateKey]expectation{}
	}
	if len(v.expected) < 4096 && !m.lazy {
		v.expected[key] = x
	}
	return x
}

// unexpected takes a start tag no candidate admits; the frame is down to its
// best candidate. Every branch makes one finding and goes on.
func (v *Validator) unexpected(r *xmlcore.Reader, s *symbol) {
	if len(v.frames) == 1 {
		v.fault(r, v.top(), report.Finding{Rule: report.XSDRoot, Ref: "cvc-elt.1", Where: r.Location(),
			Params: []report.Param{report.P("element", s.name.String())}})
		v.pass(r, nil)
		return
	}
	f := v.top()
	c := &v.cands[f.first]
	t := &v.g.types[c.typ]
	where := r.Location()
	element := report.P("element", s.name.String())
	if f.nilled || t.model < 0 {
		finding := report.Finding{Rule: report.XSDElement, Ref: "cvc-complex-type.2.2", Where: where,
			Params: []report.Param{element, report.List("expected", nil)}}
		if f.nilled {
			finding.Rule, finding.Ref = report.XSDNil, "cvc-elt.3.2.1"
			finding.Params = []report.Param{report.P("element", f.name.String())}
		}
		v.fault(r, f, finding)
		v.pass(r, s)
		return
	}
	m := &v.g.models[t.model]
	if v.faults > maxFaults || v.repair <= 0 {
		v.fault(r, f, report.Finding{Rule: report.XSDElement, Ref: "cvc-complex-type.2.4.a", Where: where,
			Params: []report.Param{element, report.List("expected", nil)}})
		v.pass(r, s)
		return
	}
	state := c.state
	known, _ := v.anywhere(m, s)
	// A name only counted as the one expected gives way to that one itself.
	if f.prevGuess && f.prev >= 0 {
		if leaf, next := v.takes(m, f.prev, s); leaf >= 0 && next >= 0 {
			c.state = next
			f.prev, f.prevGuess = -1, false
			v.open1(r, s, -1, -1, leaf)
			return
		}
	}
	// What stood too early is not missing here.
	if e := v.wasEarly(f); e != nil {
		if _, at := v.takes(m, state, e.early); at >= 0 {
			if leaf, next := v.takes(m, at, s); leaf >= 0 && next >= 0 {
				e.early = nil
				c.state = next
				f.prev, f.prevGuess = -1, false
				v.open1(r, s, -1, -1, leaf)
				return
			}
		}
	}
	// What was reported missing was merely misplaced.
	if known >= 0 {
		if e := v.wasMissing(f, s.sym); e != nil {
			e.sym = -1
			if e.finding >= 0 {
				q := &v.queue[e.finding]
				if q.Rule == report.XSDMissing {
					*q = report.Finding{Rule: report.XSDOrder, Severity: report.XSDOrder.Severity, Ref: "cvc-complex-type.2.4.a",
						Where: where, Params: []report.Param{element, report.P("before", e.before)}}
				}
			}
			v.openSurplus(r, s, known)
			return
		}
	}
	// Something is missing before it.
	if known >= 0 {
		skipped, at, ok := v.bridge(m, state, bridgeLength, func(x int32) bool {
			leaf, _ := v.takes(m, x, s)
			return leaf >= 0
		})
		if ok && !v.stopped {
			v.reportMissing(r, f, skipped, where, s.name.String())
			leaf, next := v.takes(m, at, s)
			c.state = next
			f.prev, f.prevName, f.prevGuess = -1, s.name, false
			v.open1(r, s, -1, -1, leaf)
			return
		}
		// The child before it is the one in the way.
		if f.prev >= 0 && f.prevName != nil && f.prevName != s.name {
			if leaf, next := v.takes(m, f.prev, s); leaf >= 0 && next >= 0 {
				l := r.Locate(f.prevOff)
				l.Path = parentPath(l.Path) + "/" + f.prevName.String()
				v.fault(r, f, report.Finding{Rule: report.XSDOrderAfter, Ref: "cvc-complex-type.2.4.a", Where: l,
					Params: []report.Param{report.P("element", f.prevName.String()), report.P("after", s.name.String())}})
				c.state = next
				f.prev = -1
				v.missing = append(v.missing, missingEntry{sym: -1, finding: -1, early: v.symbol(f.prevName)})
				f.missing++
				v.open1(r, s, -1, -1, leaf)
				return
			}
		}
		if before := v.late(r, m, state, s); before != "" {
			v.fault(r, f, report.Finding{Rule: report.XSDOrder, Ref: "cvc-complex-type.2.4.a", Where: where,
				Params: []report.Param{element, report.P("before", before)}})
			v.openSurplus(r, s, known)
			return
		}
	}
	x := v.expect(m, state)
	names := x.names
	if known >= 0 { // which no wildcard takes
		names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == "*" })
	}
	ref := "cvc-complex-type.2.4.a"
	switch {
	case len(m.leaves) == 0:
		ref = "cvc-complex-type.2.1"
	case len(names) == 0:
		ref = "cvc-complex-type.2.4.d"
	}
	v.fault(r, f, report.Finding{Rule: report.XSDElement, Ref: ref, Where: where,
		Params: []report.Param{element, expectedOf(s.name.String(), names, len(m.leaves) > 0)}})
	if known >= 0 { // too many, or too late
		v.openSurplus(r, s, known)
		return
	}
	if x.sole.leaf >= 0 { // a misspelt name, most likely
		f.prev, f.prevName, f.prevGuess = state, s.name, true
		c.state = x.sole.next
	}
	v.pass(r, s)
}

// maxQueue bounds the findings held back.
const maxQueue = 512

func parentPath(p string) string {
	if i := strings.LastIndexByte(p, '/'); i > 0 {
		return p[:i]
	}
	return ""
}

// anywhere returns a particle of the model that has the very name, wherever it
// stands; -1 if there is none.
func (v *Validator) anywhere(m *model, s *symbol) (leaf int32, ok bool) {
	if s.sym >= 0 {
		v.repair -= len(m.leaves) / 8
		for _, l := range m.leaves {
			if v.g.leaves[l].sym == s.sym {
				return l, true
			}
		}
		for _, l := range m.leaves {
			if n := &v.g.leaves[l].names; n.kind == nameChoice && n.Contains(s.name.Space, s.name.Local) {
				return l, true
			}
		}
	}
	return -1, false
}

// openSurplus validates below an element that should not be there, without
// moving its parent.
func (v *Validator) openSurplus(r *xmlcore.Reader, s *symbol, leaf int32) {
	v.top().prev = -1
	depth := len(v.frames)
	v.open1(r, s, -1, -1, leaf)
	if v.mode != inFrame && v.mode != inSkipped {
		v.frame()
	}
	if len(v.frames) > depth {
		v.top().surplus = true
	}
}

// pass leaves the element just met unread; s is nil where nobody need be told.
func (v *Validator) pass(r *xmlcore.Reader, s *symbol) {
	v.mode, v.skip, v.skipName = inSkipped, 1, ""
	if s != nil {
		v.unchecked, v.skipName = r.Location(), s.name.String()
	}
}

// skipped says once, when an element left unread turns out to have children,
// that they were not checked.
func (v *Validator) skipped() {
	if v.skipName == "" {
		return
	}
	v.emit(report.Finding{Rule: report.XSDUnchecked, Severity: report.XSDUnchecked.Severity, Where: v.unchecked,
		Params: []report.Param{report.P("element", v.skipName)}})
	v.skipName = ""
}

func (v *Validator) wasMissing(f *frame, sym int32) *missingEntry {
	own := v.missing[len(v.missing)-int(f.missing):]
	for i := range own {
		if own[i].sym == sym {
			return &own[i]
		}
	}
	return nil
}

// wasEarly returns the last child of the frame that was said to stand too early
// and whose place has not been reached yet.
func (v *Validator) wasEarly(f *frame) *missingEntry {
	own := v.missing[len(v.missing)-int(f.missing):]
	for i := len(own) - 1; i >= 0; i-- {
		if own[i].early != nil {
			return &own[i]
		}
	}
	return nil
}

// reportMissing reports particles that were skipped before the element at
// where, and remembers them.
func (v *Validator) reportMissing(r *xmlcore.Reader, f *frame, skipped []int32, where report.Location, before string) {
	v.pending++
	said := v.fault(r, f, report.Finding{Rule: report.XSDMissing, Ref: "cvc-complex-type.2.4.a", Where: where,
		Params: []report.Param{report.P("parent", f.name.String()), v.listLeaves(skipped)}})
	at := -1
	if said {
		at = len(v.queue) - 1
	}
	for _, l := range skipped {
		v.missing = append(v.missing, missingEntry{sym: v.g.leaves[l].sym, finding: at, before: before})
		f.missing++
	}
}

// closeMissing ends the holding back of a frame's findings.
func (v *Validator) closeMissing(f *frame) {
	if f.missing == 0 {
		return
	}
	v.missing = v.missing[:len(v.missing)-int(f.missing)]
	if len(v.missing) == 0 {
		v.pending = 0
		v.flush()
	}
}

// expectedOf says what may stand here, in an element that may hold others or
// not. Where that is only what a wildcard takes, and it did not take this, the
// namespace is at fault; as it is where what may stand here has the same name.
func expectedOf(name string, names []string, others bool) report.Param {
	switch {
	case slices.Contains(names, name):
		return report.Named("expected", name, name+", mais d'un autre espace de noms", name+", but of another namespace")
	case len(names) == 0 && others:
		return report.Words("expected", "rien de plus", "nothing more")
	case len(names) == 1 && names[0] == "*":
		return report.Words("expected", "un élément d'un autre espace de noms", "an element of another namespace")
	}
	return report.List("expected", shortList(names))
}

// listLeaves names what is missing.
func (v *Validator) listLeaves(leaves []int32) report.Param {
	names := make([]string, 0, min(len(leaves), maxNames+1))
	for i, l := range leaves {
		if i == maxNames {
			names = append(names, "…")
			break
		}
		names = append(names, v.g.leafName(l))
	}
	return report.All("missing", names)
}

// missingAtEnd reports what the element lacks where it ends.
func (v *Validator) missingAtEnd(r *xmlcore.Reader, f *frame, c *cand) {
	m := &v.g.models[v.g.types[c.typ].model]
	state := c.state
	if e := v.wasEarly(f); e != nil && v.faults <= maxFaults {
		if _, at := v.takes(m, state, e.early); at >= 0 {
			if state = at; v.stateNullable(m, at) {
				return
			}
		}
	}
	missing := report.Words("missing", "un élément obligatoire", "a mandatory element")
	if v.faults <= maxFaults {
		a, p := v.pattern(m, state)
		all := completion{arena: a}
		if leaves := all.shortest(p, nil); len(leaves) > 0 {
			missing = v.listLeaves(leaves)
		}
		v.repair -= all.work
	}
	v.fault(r, f, report.Finding{Rule: report.XSDMissing, Ref: "cvc-complex-type.2.4.b", Where: r.StartLocation(),
		Also:   []report.Location{r.Location()},
		Params: []report.Param{report.P("parent", f.name.String()), missing}})
}

// fault reports an error and reports whether it was kept: a frame shows its
// first twenty.
func (v *Validator) fault(r *xmlcore.Reader, f *frame, finding report.Finding) bool {
	v.valid = false
	v.faults++
	if f != nil {
		if f.faults++; f.faults > faultsPerFrame {
			return false
		}
	}
	finding.Severity = report.Error
	if v.opt.Places && f != nil {
		v.declared(f, &finding)
	}
	v.emit(finding)
	return true
}

// declared adds to a finding where the grammar declares an open element.
func (v *Validator) declared(f *frame, finding *report.Finding) {
	if int(f.first) >= len(v.cands) || v.cands[f.first].leaf < 0 {
		return
	}
	place := v.g.leaves[v.cands[f.first].leaf].place
	i := strings.LastIndexByte(place, ':')
	if i < 0 {
		return
	}
	if line, err := strconv.Atoi(place[i+1:]); err == nil && line > 0 {
		finding.Also = append(finding.Also, report.Location{Member: place[:i], Line: line, Column: 1})
	}
}

func (v *Validator) emit(f report.Finding) {
	if v.pending > 0 {
		if len(v.queue) >= maxQueue { // what is missing is missing, then
			for i := range v.missing {
				v.missing[i].finding = -1
			}
			v.flush()
		}
		v.queue = append(v.queue, f)
		return
	}
	if v.opt.Report != nil {
		v.opt.Report.Record(f)
	}
}

// flush hands over the findings held back, in order.
func (v *Validator) flush() {
	if v.opt.Report != nil {
		for _, f := range v.queue {
			v.opt.Report.Record(f)
		}
	}
	v.queue = v.queue[:0]
}
