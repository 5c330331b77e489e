package schema

import (
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/limit"
	"github.com/liasse/liasse/internal/schema/datatype"
	"github.com/liasse/liasse/internal/xmlcore"
)

// ValidateOptions are the options of one run. The zero value is usable.
type ValidateOptions struct {
	// Report receives the findings; nil discards them (see [Validator.Valid]).
	Report *report.Report
	// MaxValue bounds, in bytes, the text of a value; 0 means 1 MiB. Plain
	// strings and base64 are not collected and not bounded.
	MaxValue int
	// MaxIDs bounds how many identifiers are remembered; 0 means 5 million.
	MaxIDs int
	// Places adds to errors where the grammar declares the element they were
	// found in, file and line, as a further location.
	Places bool
}

const (
	maxCandidates  = 64
	workPerEvent   = 50
	repairWork     = 1_000_000
	workAllowance  = 2_000_000
	maxFaults      = 10_000 // faults looked at closely in one document
	faultsPerFrame = 20
)

// Validator is one run of a grammar over one document, as a [xmlcore.Sink].
// It is used by one goroutine, and again after [Validator.Reset].
type Validator struct {
	g   *Grammar
	opt ValidateOptions

	symbols []symbol // by xmlcore.Name.ID
	frames  []frame
	cands   []cand
	mode    mode
	plain   int             // its name, if the innermost element is open without a frame: an index of symbols
	took    uint8           // which of its steps
	quick   *datatype.Quick // of its type
	skip    int             // open elements below, and with, one that is not checked
	stopped bool            // a limit was passed: the verdict is known no further
	done    bool
	valid   bool

	text    []byte // of the innermost element
	length  int    // of that text, however much of it is kept
	base64  datatype.Base64
	scratch datatype.Scratch
	reader  *xmlcore.Reader
	lookup  func(string) (string, bool)

	events int
	work   int // patterns visited by lazy models already flushed
	faults int

	leaves []int32 // working memory of start
	marks  []int32

	queue     []report.Finding
	pending   int // missing entries of open frames
	missing   []missingEntry
	expected  map[stateKey]expectation
	repair    int // budget of repairs
	tardy     int // budget of late
	tardiness map[lateKey]*lateness
	coming    map[stateKey]map[int32]bool
	unchecked report.Location
	skipName  string

	lazy lazyCache
	ids  idTable
}

// cand is a declaration an open element may be of.
type cand struct {
	leaf  int32 // particle, for the parent's next state; -1 for the document
	decl  int32 // -1 for the document, and for an element xsi:type alone speaks of
	typ   int32
	state int32
	given int32 // 1 + the declared type, with the value its declaration gives, when xsi:type has put another in its place; else 0
}

// frame is an open element.
type frame struct {
	name  *xmlcore.Name
	first int32 // of its candidates; they end where those of the next frame begin
	sym   int32
	space int32
	prev  int32 // state before the previous child; -1 if unknown
	flags

	missing  int32
	faults   int32
	prevName *xmlcore.Name
	prevOff  int64 // where the previous child began
}

type flags struct {
	text      textMode
	single    bool // one candidate, whose model is fast
	moved     bool // the parent has already gone on
	surplus   bool // nobody expected it: what it lacks is not reported
	nilled    bool
	textFault bool
	cdata     bool
	prevGuess bool // the previous child was taken for the one expected
}

const xsiSpace = "http://www.w3.org/2001/XMLSchema-instance"

// NewValidator returns a validator for one document.
func (g *Grammar) NewValidator(opt ValidateOptions) *Validator {
	v := &Validator{g: g}
	v.lookup = func(prefix string) (string, bool) { return v.reader.Lookup(prefix) }
	v.Reset(opt)
	return v
}

// Reset makes the validator ready for another document, keeping its memory.
func (v *Validator) Reset(opt ValidateOptions) {
	limit.Default(&opt.MaxValue, 1<<20)
	limit.Default(&opt.MaxIDs, 5_000_000)
	v.opt = opt
	clear(v.symbols)
	v.frames, v.cands = v.frames[:0], v.cands[:0]
	v.mode = inFrame
	v.skip, v.stopped, v.done, v.valid = 0, false, false, true
	v.events, v.work, v.faults, v.pending = 0, 0, 0, 0
	v.queue, v.missing = v.queue[:0], v.missing[:0]
	v.repair, v.tardy = repairWork, lateWork
	v.tardiness, v.coming = nil, nil // a budget may have cut them short
	v.unchecked, v.skipName = report.Location{}, ""
	v.scratch.Lookup = v.lookup
	v.scratch.Work = workAllowance
	v.ids.reset(opt.MaxIDs)
	v.lazy.reset(v.g)
	root := &v.g.models[v.g.root]
	v.cands = append(v.cands, cand{leaf: -1, decl: -1, typ: v.g.document, state: root.start})
	v.frames = append(v.frames, frame{flags: flags{moved: true}, prev: -1})
}

// Valid reports whether no error was found so far.
func (v *Validator) Valid() bool { return v.valid && !v.stopped }

// Finish reports what is still held back. Call it after [xmlcore.Run], whatever
// Run returned: a document that is cut short leaves findings pending.
func (v *Validator) Finish(r *xmlcore.Reader) {
	v.reader = r
	v.flush()
}

// Event takes the next event of the document. It returns no error: what is
// wrong goes to the report.
func (v *Validator) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	if v.stopped {
		return nil
	}
	if v.events++; v.events&4095 == 0 && !v.within(r) {
		return nil
	}
	switch k {
	case xmlcore.StartElement:
		v.startTag(r)
	case xmlcore.EndElement:
		v.endTag(r)
	case xmlcore.Text:
		v.anyText(r)
	}
	return nil
}

// Pull reads the next events, at most so many, and takes each, for
// [xmlcore.Drive]: a validator that is the only consumer. A large document has
// tens of millions of events, of which most need no call. It returns the error
// of the reader, [io.EOF] at the end of the document.
func (v *Validator) Pull(r *xmlcore.Reader, most int) error {
	before := v.events
	if v.events += most; (before^v.events)&^4095 != 0 && !v.stopped {
		v.within(r)
	}
	for range most {
		k, err := r.Next()
		if err != nil {
			return err
		}
		switch {
		case v.stopped:
		case k == xmlcore.StartElement:
			v.startTag(r)
		case k == xmlcore.EndElement:
			if v.mode == inAccepted || v.mode == inIgnored {
				v.mode = inFrame
			} else {
				v.endTag(r)
			}
		case k != xmlcore.Text || v.mode == inIgnored:
		case v.mode == inValue:
			v.valueText(r)
		default:
			v.anyText(r)
		}
	}
	return nil
}

// startTag takes a start tag: at once if it is one of the last steps its name
// took, and the parent need not be asked.
func (v *Validator) startTag(r *xmlcore.Reader) {
	if v.mode != inFrame && !v.framed() {
		return
	}
	f := &v.frames[len(v.frames)-1]
	n := r.Name()
	if f.single && uint(n.ID) < uint(len(v.symbols)) {
		c := &v.cands[f.first]
		s := &v.symbols[n.ID]
		i, p := uint8(0), &s.steps[0]
		if p.state != c.state {
			i, p = 1, &s.steps[1]
		}
		if p.state == c.state && s.name == n {
			off, ok := r.OffsetUTF8()
			if !ok {
				off = r.Offset()
			}
			f.prev, f.prevName, f.prevOff, f.prevGuess = c.state, n, off, false
			c.state = p.next
			if p.how == inValue && p.bare && len(r.Attrs()) == 0 { // take, for the most usual
				v.plain, v.took, v.mode, v.quick, v.text, v.length = n.ID, i, inValue, p.quick, v.text[:0], 0
				return
			}
			v.take(r, s, i)
			return
		}
	}
	v.start(r, v.symbol(n))
}

// endTag takes an end tag.
func (v *Validator) endTag(r *xmlcore.Reader) {
	switch v.mode {
	case inFrame:
		f := &v.frames[len(v.frames)-1]
		if f.single && f.moved && f.faults|f.missing == 0 && len(v.frames) > 2 && v.g.rows[v.cands[f.first].state].nullable {
			v.cands = v.cands[:f.first]
			v.frames = v.frames[:len(v.frames)-1]
			return
		}
		v.end(r)
	case inAccepted, inIgnored:
		v.mode = inFrame
	default:
		v.endOther(r)
	}
}

// anyText takes a piece of text.
func (v *Validator) anyText(r *xmlcore.Reader) {
	switch v.mode {
	case inFrame:
		v.characters(r)
	case inValue:
		v.valueText(r)
	case inOther:
		v.otherText(r)
	}
}

// within checks the budgets.
func (v *Validator) within(r *xmlcore.Reader) bool {
	v.scratch.Work += 4096 * workPerEvent
	if v.lazy.work() <= workAllowance+v.events*workPerEvent && v.scratch.Work >= 0 {
		return true
	}
	v.stop(r, report.LimTime)
	return false
}

// stop ends the check: a limit is passed.
func (v *Validator) stop(r *xmlcore.Reader, rule *report.Rule, params ...report.Param) {
	v.reader = r
	v.emit(report.Finding{Rule: rule, Severity: rule.Severity, Where: r.Location(), Params: params})
	v.flush()
	v.stopped = true
}

func (v *Validator) top() *frame { return &v.frames[len(v.frames)-1] }

// start takes a start tag that is not the step its name took last: it is
// another, or there are several candidates, particles or a lazy model.
func (v *Validator) start(r *xmlcore.Reader, s *symbol) {
	v.reader = r // of every document at its root at least
	f := v.top()
	if int(f.first) == len(v.cands)-1 && !f.nilled { // one candidate, and perhaps one particle
		c := &v.cands[f.first]
		t := &v.g.types[c.typ]
		if t.fast {
			if e := v.g.find(c.state, v.g.models[t.model].class(s.sym, s.space)); e != nil && e.multi < 0 {
				f.prev, f.prevName, f.prevOff, f.prevGuess = c.state, s.name, r.Offset(), false
				state := c.state
				c.state = e.next
				v.open1(r, s, state, e.next, e.leaf)
				return
			}
		}
	}
	v.leaves = v.leaves[:0]
	if !f.nilled {
		for _, c := range v.cands[f.first:] {
			v.leaves = v.admitted(c, s, v.leaves)
		}
	}
	if v.stopped {
		return
	}
	if len(v.leaves) == 0 {
		v.cands = v.cands[:f.first+1]
		v.unexpected(r, s)
		return
	}
	v.push(r, s, v.leaves, false)
}

// admitted appends the particles that admit the name in the candidate's state,
// each once.
func (v *Validator) admitted(c cand, s *symbol, to []int32) []int32 {
	t := &v.g.types[c.typ]
	if t.model < 0 {
		return to
	}
	m := &v.g.models[t.model]
	add := func(l int32) {
		for _, x := range to {
			if x == l {
				return
			}
		}
		to = append(to, l)
	}
	sym := m.class(s.sym, s.space)
	if m.lazy {
		for _, l := range v.lazy.edge(v, m, Pattern(c.state), sym, s).leaves {
			add(l)
		}
		return to
	}
	if e := v.g.find(c.state, sym); e != nil {
		if e.multi < 0 {
			add(e.leaf)
		} else {
			for _, l := range v.g.multi[e.multi].leaves {
				add(l)
			}
		}
	}
	return to
}

// push opens an element that may be of any of the particles. moved says that
// the parent has gone on already.
func (v *Validator) push(r *xmlcore.Reader, s *symbol, leaves []int32, moved bool) {
	first := len(v.cands)
	skip, strict := false, false
	for _, leaf := range leaves {
		l := &v.g.leaves[leaf]
		decls := l.decls
		if l.process != Declared {
			if global, ok := v.g.globals[s.sym]; ok && l.process != Skip {
				decls = v.g.leaves[global].decls
			} else if l.process == Skip || l.process == Lax && len(decls) == 0 {
				skip = true
			} else if l.process == Strict {
				decls = nil
				if t := v.named(r); t >= 0 { // it needs no declaration then (§3.10.4)
					v.cands = append(v.cands, cand{leaf: leaf, decl: -1, typ: t, state: v.g.types[t].start})
				} else {
					strict = true
				}
			}
		}
		for _, d := range decls {
			t := v.g.decls[d].typ
			v.cands = append(v.cands, cand{leaf: leaf, decl: d, typ: t, state: v.g.types[t].start})
		}
	}
	if len(v.cands)-first > maxCandidates {
		v.stop(r, report.LimStates)
		return
	}
	if skip || len(v.cands) == first {
		v.cands = v.cands[:first]
		if strict && !skip {
			v.fault(r, v.top(), report.Finding{Rule: report.XSDElement, Ref: "cvc-complex-type.2.4.c", Where: r.Location(),
				Params: []report.Param{report.P("element", s.name.String()), report.List("expected", nil)}})
		}
		if !moved {
			v.advance(s.sym, s.space, leaves)
		}
		v.pass(r, nil)
		return
	}
	v.frames = append(v.frames, frame{first: int32(first), name: s.name, sym: s.sym, space: s.space, prev: -1,
		flags: flags{moved: moved}})
	v.opened(r)
}

// opened checks the attributes of the element just pushed and settles what is
// to be done with its text.
func (v *Validator) opened(r *xmlcore.Reader) {
	f := v.top()
	if len(v.cands)-int(f.first) == 1 {
		v.attributes(r, f, &v.cands[f.first], true)
	} else {
		v.select1(r, f)
	}
	cands := v.cands[f.first:]
	f.text = v.g.types[cands[0].typ].text
	f.single = len(cands) == 1 && v.g.types[cands[0].typ].fast && !f.nilled
	for _, c := range cands[1:] { // candidates of several minds
		if t := v.g.types[c.typ].text; t != f.text {
			f.text = textCollected
		}
	}
	if cands[0].given != 0 && v.g.types[cands[0].typ].value != nil {
		f.text = textCollected
	}
	v.text, v.length = v.text[:0], 0
	if f.text == textStreamed {
		v.base64 = datatype.Base64{}
	}
}

// select1 drops the candidates whose attributes are wrong; when all are, it
// keeps the one with fewest faults and reports them.
func (v *Validator) select1(r *xmlcore.Reader, f *frame) {
	best, fewest := 0, int(^uint(0)>>1)
	keep := v.cands[f.first:f.first]
	all := v.cands[f.first:]
	right := 0
	for i := range all {
		c := all[i]
		n := v.attributes(r, f, &c, false)
		if n < fewest {
			best, fewest = i, n
		}
		if n == 0 {
			if right == 0 { // nothing written yet: all[best] is intact until then
				best = i
			}
			right++
		}
	}
	if right == 0 {
		c := all[best]
		v.attributes(r, f, &c, true)
		all[0] = c
		v.cands = v.cands[:f.first+1]
		return
	}
	for i := range all {
		c := all[i]
		if v.attributes(r, f, &c, false) == 0 {
			keep = append(keep, c)
		}
	}
	v.cands = v.cands[:int(f.first)+len(keep)]
	v.collectIDs(r, v.cands[f.first].typ)
}

// advance moves the candidates of the innermost frame past a child that is one
// of the particles.
func (v *Validator) advance(sym, space int32, accepted []int32) {
	f := v.top()
	if int(f.first) == len(v.cands)-1 {
		f.prev, f.prevGuess = v.cands[f.first].state, false
	} else {
		f.prev = -1
	}
	keep := v.cands[f.first:f.first]
	for _, c := range v.cands[f.first:] {
		t := &v.g.types[c.typ]
		if t.model < 0 {
			continue
		}
		m := &v.g.models[t.model]
		next := int32(-1)
		class := m.class(sym, space)
		if m.lazy {
			next = v.lazy.next(v, m, Pattern(c.state), class, accepted)
		} else if e := v.g.find(c.state, class); e != nil {
			next = v.g.next(e, accepted)
		}
		if next >= 0 {
			c.state = next
			keep = append(keep, c)
		}
	}
	if len(keep) > 0 {
		v.cands = v.cands[:int(f.first)+len(keep)]
	}
}

// next returns the state an edge leads to when the child is one of the
// accepted particles, -1 if it admits none of them.
func (g *Grammar) next(e *edge, accepted []int32) int32 {
	if e.multi < 0 {
		for _, l := range accepted {
			if l == e.leaf {
				return e.next
			}
		}
		return -1
	}
	b := &g.multi[e.multi]
	mask := 0
	for k, l := range b.leaves {
		for _, x := range accepted {
			if x == l {
				mask |= 1 << k
			}
		}
	}
	return b.next[mask]
}
