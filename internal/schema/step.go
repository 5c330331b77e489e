package schema

import (
	"github.com/liasse/liasse/internal/schema/datatype"
	"github.com/liasse/liasse/internal/xmlcore"
)

// mode says how the innermost element is followed, and so what the next event
// means. An element that has a value and nothing else has no frame until
// something out of the ordinary happens in it.
type mode uint8

const (
	inFrame    mode = iota // it has a frame
	inIgnored              // no frame; any text will do
	inValue                // no frame; its text is collected
	inOther                // no frame; its text needs a frame in the end
	inAccepted             // no frame; all its text was met, and is right
	inSkipped              // it is not checked
)

// symbol is what the grammar knows of a name of the document, and steps taken
// with it: documents repeat themselves. Two are kept, for what stands in two
// places, and for the first of several.
type symbol struct {
	name  *xmlcore.Name
	sym   int32 // -1: the grammar does not mention it
	space int32 // -1: nor its namespace
	xsi   bool
	old   uint8 // which step makes room for a new one
	steps [2]step
}

// step is what a name did in a state of a tabulated model: there was one
// particle for it, with one declaration.
type step struct {
	state int32 // before it; -1 if there was none
	next  int32
	leaf  int32
	typ   int32
	how   mode
	bare  bool            // the type needs no attribute
	quick *datatype.Quick // of the type
}

func (v *Validator) symbol(n *xmlcore.Name) *symbol {
	if n.ID < len(v.symbols) {
		if s := &v.symbols[n.ID]; s.name == n {
			return s
		}
	}
	return v.newSymbol(n)
}

func (v *Validator) newSymbol(n *xmlcore.Name) *symbol {
	if n.ID >= len(v.symbols) {
		v.symbols = append(v.symbols, make([]symbol, n.ID+16-len(v.symbols))...)
	}
	s := &v.symbols[n.ID]
	*s = symbol{name: n, sym: -1, space: -1, xsi: n.Space == xsiSpace, steps: [2]step{{state: -1}, {state: -1}}}
	if sym, ok := v.g.names[QName{n.Space, n.Local}]; ok {
		s.sym = sym
	}
	if sp, ok := v.g.spaces[n.Space]; ok {
		s.space = sp
	}
	return s
}

// take opens the element of step i of a name.
func (v *Validator) take(r *xmlcore.Reader, s *symbol, i uint8) {
	p := &s.steps[i]
	if attrs := r.Attrs(); len(attrs) > 0 || !p.bare {
		v.takeAttributes(r, s, i, attrs)
		return
	}
	if p.how == inFrame {
		v.frame1(s, p)
		return
	}
	v.plain, v.took, v.mode, v.quick = s.name.ID, i, p.how, p.quick
	if p.how != inIgnored {
		v.text, v.length = v.text[:0], 0
		if p.how == inOther {
			v.base64 = datatype.Base64{}
		}
	}
}

// takeAttributes is take for an element that has, or must have, attributes.
func (v *Validator) takeAttributes(r *xmlcore.Reader, s *symbol, i uint8, attrs []xmlcore.Attr) {
	p := &s.steps[i]
	t := &v.g.types[p.typ]
	right, ids, last, kind := v.quickAttributes(t, attrs)
	if t.text >= textCollected {
		v.text, v.length = v.text[:0], 0
		v.base64 = datatype.Base64{}
	}
	if right && ids == 0 && p.how != inFrame {
		v.plain, v.took, v.mode, v.quick = s.name.ID, i, p.how, p.quick
		return
	}
	v.frame1(s, p)
	switch {
	case !right:
		v.opened(r)
	case ids == 1:
		v.identify(r, v.top(), kind, attrs[last].Value)
	case ids > 1:
		v.collectIDs(r, p.typ)
	}
}

// open1 opens an element of the one particle, the parent having gone on from
// one state to the next.
func (v *Validator) open1(r *xmlcore.Reader, s *symbol, state, next, leaf int32) {
	l := &v.g.leaves[leaf]
	if l.quick < 0 || len(v.frames) == 1 { // the root element has a frame in any case
		v.marks = append(v.marks[:0], leaf)
		v.push(r, s, v.marks, true)
		return
	}
	t := &v.g.types[l.typ]
	i := s.old
	s.steps[i] = step{state: state, next: next, leaf: leaf, typ: l.typ, how: t.how, bare: t.bare, quick: &t.quick}
	s.old ^= 1
	v.take(r, s, i)
}

// frame1 pushes the frame of an element of one declaration, that of a step its
// name took.
func (v *Validator) frame1(s *symbol, p *step) {
	t := &v.g.types[p.typ]
	n := len(v.frames)
	if n == cap(v.frames) {
		v.frames = append(v.frames, frame{})
	} else {
		v.frames = v.frames[:n+1]
	}
	f := &v.frames[n]
	f.name, f.first, f.sym, f.space, f.prev = s.name, int32(len(v.cands)), s.sym, s.space, -1
	f.flags = flags{text: t.text, single: t.fast, moved: true}
	f.missing, f.faults, f.prevName = 0, 0, nil
	v.cands = append(v.cands, cand{leaf: p.leaf, decl: v.g.leaves[p.leaf].quick, typ: p.typ, state: t.start})
}

// frame gives the element that is open without one its frame: something out of
// the ordinary has happened in it.
func (v *Validator) frame() {
	s := &v.symbols[v.plain]
	v.frame1(s, &s.steps[v.took])
	v.mode = inFrame
}

// plainType returns the type of the element that is open without a frame.
func (v *Validator) plainType() *typ { return &v.g.types[v.symbols[v.plain].steps[v.took].typ] }

// framed makes ready for a child, where the innermost element has no frame; it
// returns false if there is nothing to check.
func (v *Validator) framed() bool {
	if v.mode == inSkipped {
		v.skipped()
		v.skip++
		return false
	}
	v.frame()
	return true
}

// valueText takes a piece of the text of an element without a frame.
func (v *Validator) valueText(r *xmlcore.Reader) {
	chunk := r.Text()
	if v.length == 0 && r.Last() { // the whole text: judged where it lies
		if v.quick.Accepts(chunk) && len(chunk) <= v.opt.MaxValue || v.sound(v.plainType(), chunk) {
			v.mode = inAccepted
			return
		}
		v.mode = inOther
	}
	v.length += len(chunk)
	if len(v.text) <= v.opt.MaxValue {
		v.text = append(v.text, chunk...)
	}
}

// otherText is valueText for identifiers and streams.
func (v *Validator) otherText(r *xmlcore.Reader) {
	chunk := r.Text()
	v.length += len(chunk)
	if v.plainType().text == textStreamed {
		v.base64.Write(chunk)
	} else if len(v.text) <= v.opt.MaxValue {
		v.text = append(v.text, chunk...)
	}
}

// sound reports whether the text of an element without a frame is right, and
// there is nothing to say of it.
func (v *Validator) sound(t *typ, text []byte) bool {
	if len(text) > v.opt.MaxValue {
		return false
	}
	var fault *datatype.Fault
	var note datatype.Note
	if t.dt != nil {
		fault, note = t.dt.Check(&v.scratch, text)
	} else {
		fault, note = t.value.check(&v.scratch, text)
	}
	return fault == nil && note == datatype.NoNote
}

// endOther takes the end tag of an element that is not followed in a frame.
func (v *Validator) endOther(r *xmlcore.Reader) {
	switch v.mode {
	case inSkipped:
		if v.skip--; v.skip == 0 {
			v.mode = inFrame
		}
		return
	case inValue:
		if v.length <= v.opt.MaxValue && v.sound(v.plainType(), v.text) {
			v.mode = inFrame
			return
		}
	}
	v.frame()
	v.end(r)
}
