package schema

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/liasse/liasse/internal/schema/datatype"
)

// Value is a predicate on the whole text of an element or attribute. Make one
// with [AnyText], [NoText], [DataValue], [LiteralValue], [ListValue] or
// [ChoiceValue]; it is immutable.
type Value struct {
	kind   valueKind
	dt     *datatype.Type
	except *Value
	text   []byte // of a literal
	alts   []*Value
	list   *itemAutomaton
	plain  [][]byte            // of a choice of strings
	set    map[string]struct{} // of a choice of many strings
	public bool
	id     datatype.Identity
}

type valueKind uint8

const (
	vAny valueKind = iota
	vNone
	vData
	vLiteral
	vList
	vChoice
)

// AnyText takes every text.
var AnyText = &Value{}

// NoText takes white space only.
var NoText = &Value{kind: vNone}

// DataValue takes the values of a type that are not values of except, which
// may be nil.
func DataValue(t *datatype.Type, except *Value) *Value {
	return &Value{kind: vData, dt: t, except: except, id: t.Identity()}
}

// LiteralValue takes the one value written as text; ok is false if the text is
// not of the type.
func LiteralValue(t *datatype.Type, text string) (v *Value, ok bool) {
	s := &datatype.Scratch{Work: 1 << 20}
	if !t.Equal(s, []byte(text), []byte(text)) {
		return nil, false
	}
	return &Value{kind: vLiteral, dt: t, text: []byte(text), id: t.Identity()}, true
}

// manyAlternatives is the number of strings from which a choice is a hash set.
const manyAlternatives = 16

// ChoiceValue takes what one of the alternatives takes.
func ChoiceValue(alts ...*Value) *Value {
	var flat []*Value
	public := len(alts) > 0
	for _, a := range alts {
		public = public && a.public
		if a.kind == vChoice {
			flat = append(flat, a.alts...)
		} else {
			flat = append(flat, a)
		}
	}
	if len(flat) == 1 {
		return flat[0]
	}
	v := &Value{kind: vChoice, alts: flat, public: public}
	if len(flat) == 0 {
		return v
	}
	first := true
	for _, a := range flat {
		switch {
		case a.kind == vNone:
		case first:
			v.id, first = a.id, false
		case a.id != v.id:
			v.id = datatype.NotIdentity // all must agree (RELAX NG DTD compatibility)
		}
	}
	dt := flat[0].dt
	s := &datatype.Scratch{}
	var plain [][]byte
	for _, a := range flat {
		if a.kind == vLiteral && a.dt == dt && dt.Kind() == datatype.String {
			plain = append(plain, bytes.Clone(dt.Normal(s, a.text)))
		}
	}
	switch {
	case len(plain) < len(flat):
	case len(plain) < manyAlternatives:
		v.plain = plain
	default:
		v.set = make(map[string]struct{}, len(plain))
		for _, p := range plain {
			v.set[string(p)] = struct{}{}
		}
	}
	return v
}

// Public returns the value marked as a public code: findings may quote what
// stands in its place.
func (v *Value) Public() *Value {
	c := *v
	c.public = true
	return &c
}

// Type returns the type of a value that is just that, else nil.
func (v *Value) Type() *datatype.Type {
	if v.kind == vData && v.except == nil {
		return v.dt
	}
	return nil
}

// any reports whether every text is taken, so that it need not be collected.
func (v *Value) any() bool { return v.kind == vAny || v.kind == vData && v.except == nil && v.dt.Any() }

// streamed reports whether the text is base64 to be checked piece by piece.
func (v *Value) streamed() bool { return v.kind == vData && v.except == nil && v.dt.Streamable() }

// quick returns what tells most texts of the value without looking closely.
func (v *Value) quick() datatype.Quick {
	switch {
	case v.kind == vAny:
		return datatype.QuickAny
	case v.kind == vData && v.except == nil:
		return v.dt.Quick()
	case v.kind == vLiteral:
		return datatype.QuickTexts(v.dt, []string{normal(v.dt, v.text)})
	case v.kind == vChoice && v.plain != nil:
		texts := make([]string, len(v.plain))
		for i, p := range v.plain {
			texts[i] = string(p)
		}
		return datatype.QuickTexts(v.alts[0].dt, texts)
	case v.kind == vChoice && v.set != nil:
		return datatype.QuickTexts(v.alts[0].dt, slices.Collect(maps.Keys(v.set)))
	case v.kind == vChoice:
		of := make([]datatype.Quick, len(v.alts))
		for i, a := range v.alts {
			of[i] = a.quick()
		}
		return datatype.QuickEither(of...)
	}
	return datatype.Quick{}
}

func normal(t *datatype.Type, text []byte) string {
	return string(t.Normal(&datatype.Scratch{}, text))
}

func isBlank(b []byte) bool {
	for _, c := range b {
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return true
}

// check decides about a text.
func (v *Value) check(s *datatype.Scratch, text []byte) (*datatype.Fault, datatype.Note) {
	switch v.kind {
	case vNone:
		if !isBlank(text) {
			return &datatype.Fault{Ref: "cvc-complex-type.2.1", Expected: "empty"}, datatype.NoNote
		}
	case vData:
		f, note := v.dt.Check(s, text)
		if f == nil && v.except != nil {
			if g := v.except.refuses(s, text); g == nil || g.Work {
				return &datatype.Fault{Ref: "cvc-datatype-valid.1.2.1", Expected: v.describe(), Work: g != nil}, datatype.NoNote
			}
		}
		return f, note
	case vLiteral:
		s.Work -= 1 + len(v.text)/64
		if !v.dt.Equal(s, v.text, text) {
			return &datatype.Fault{Facet: "enumeration", Ref: "cvc-enumeration-valid", Enumeration: []string{string(v.text)}}, datatype.NoNote
		}
	case vList:
		return v.list.check(s, text)
	case vChoice:
		return v.checkChoice(s, text)
	}
	return nil, datatype.NoNote
}

// other is the fault of a text that is none of a choice, where nobody asks more.
var other = &datatype.Fault{}

// refuses is check for one who wants no more than to know: it names no values.
func (v *Value) refuses(s *datatype.Scratch, text []byte) *datatype.Fault {
	s.Work--
	if v.kind == vChoice {
		f, _ := v.among(s, text)
		return f
	}
	f, _ := v.check(s, text)
	return f
}

// among looks for the alternative that takes the text; the fault is other if
// none does.
func (v *Value) among(s *datatype.Scratch, text []byte) (*datatype.Fault, datatype.Note) {
	switch {
	case v.plain != nil:
		b := v.alts[0].dt.Normal(s, text)
		for _, p := range v.plain {
			if bytes.Equal(p, b) {
				return nil, datatype.NoNote
			}
		}
		return other, datatype.NoNote
	case v.set != nil:
		if _, ok := v.set[string(v.alts[0].dt.Normal(s, text))]; ok {
			return nil, datatype.NoNote
		}
		return other, datatype.NoNote
	}
	for _, a := range v.alts {
		if f, note := a.check(s, text); f == nil || f.Work {
			return f, note
		}
	}
	return other, datatype.NoNote
}

// maxListed is how many values a fault lists: a message names eight.
const maxListed = 1000

func (v *Value) checkChoice(s *datatype.Scratch, text []byte) (*datatype.Fault, datatype.Note) {
	f, note := v.among(s, text)
	if f != other {
		return f, note
	}
	var values []string
	for i, a := range v.alts {
		if a.kind != vLiteral {
			return &datatype.Fault{Ref: "cvc-datatype-valid.1.2.3", Expected: v.describe()}, datatype.NoNote
		}
		if i < maxListed {
			values = append(values, string(a.text))
		}
	}
	return &datatype.Fault{Facet: "enumeration", Ref: "cvc-enumeration-valid", Enumeration: values}, datatype.NoNote
}

// describe says in a notation free of language what is taken.
func (v *Value) describe() string {
	switch v.kind {
	case vNone:
		return "empty"
	case vData:
		return "xs:" + v.dt.Name()
	case vLiteral:
		return string(v.text)
	case vList:
		return "list"
	case vChoice:
		var parts []string
		for i, a := range v.alts {
			if i == 8 {
				parts = append(parts, "…")
				break
			}
			parts = append(parts, a.describe())
		}
		return strings.Join(parts, " | ")
	}
	return "text"
}

// ItemPattern is what a list may hold: sequences and repetitions of values.
type ItemPattern struct {
	Value *Value         // an item
	Group []*ItemPattern // one after the other; empty: no item
	Or    []*ItemPattern // one of them
	Plus  *ItemPattern   // once or more
}

// maxItems bounds the values of a list pattern.
const maxItems = 1000

// ListValue takes texts whose parts, separated by white space, are of the
// pattern; ok is false if the pattern is too large.
func ListValue(p *ItemPattern) (v *Value, ok bool) {
	a := &itemAutomaton{}
	f, ok := a.build(p, 0)
	if !ok {
		return nil, false
	}
	a.first, a.nullable = f.first, f.nullable
	a.final = make([]bool, len(a.values))
	for _, i := range f.last {
		a.final[i] = true
	}
	return &Value{kind: vList, list: a}, true
}

// itemAutomaton is the position automaton of a list pattern.
type itemAutomaton struct {
	values   []*Value
	follow   [][]int
	first    []int
	final    []bool
	nullable bool
	links    int
}

type itemFragment struct {
	first, last []int
	nullable    bool
}

func (a *itemAutomaton) link(from, to []int) bool {
	a.links += len(from) * len(to)
	if a.links > maxItems*maxItems {
		return false
	}
	for _, i := range from {
		a.follow[i] = append(a.follow[i], to...)
	}
	return true
}

func (a *itemAutomaton) build(p *ItemPattern, depth int) (f itemFragment, ok bool) {
	if depth > maxItems {
		return f, false
	}
	switch {
	case p.Value != nil:
		if len(a.values) == maxItems {
			return f, false
		}
		i := len(a.values)
		a.values = append(a.values, p.Value)
		a.follow = append(a.follow, nil)
		return itemFragment{first: []int{i}, last: []int{i}}, true
	case p.Plus != nil:
		if f, ok = a.build(p.Plus, depth+1); ok {
			ok = a.link(f.last, f.first)
		}
		return f, ok
	case p.Or != nil:
		for _, k := range p.Or {
			g, ok := a.build(k, depth+1)
			if !ok {
				return f, false
			}
			f.first, f.last = append(f.first, g.first...), append(f.last, g.last...)
			f.nullable = f.nullable || g.nullable
		}
		return f, true
	}
	f.nullable = true
	for _, k := range p.Group {
		g, ok := a.build(k, depth+1)
		if !ok || !a.link(f.last, g.first) {
			return f, false
		}
		if f.nullable {
			f.first = append(f.first, g.first...)
		}
		if g.nullable {
			f.last = append(f.last, g.last...)
		} else {
			f.last = g.last
		}
		f.nullable = f.nullable && g.nullable
	}
	return f, true
}

func (a *itemAutomaton) check(s *datatype.Scratch, text []byte) (*datatype.Fault, datatype.Note) {
	fault := &datatype.Fault{Ref: "cvc-datatype-valid.1.2.2", Expected: "list"}
	now := slices.Clone(a.first)
	stamp := make([]int, len(a.values)) // the item a position was last reached for
	var at []int                        // positions the last item may be
	n := 0
	for part := range bytes.FieldsSeq(bytes.Clone(text)) {
		n++
		at = at[:0]
		for _, i := range now {
			s.Work--
			if f, _ := a.values[i].check(s, part); f == nil {
				at = append(at, i)
			} else if f.Work {
				return f, datatype.NoNote
			} else {
				fault = f
			}
		}
		now = now[:0]
		for _, i := range at {
			s.Work -= len(a.follow[i]) / 8
			for _, j := range a.follow[i] {
				if stamp[j] < n {
					stamp[j] = n
					now = append(now, j)
				}
			}
		}
		if len(at) == 0 || s.Work < 0 {
			fault.Work = s.Work < 0
			return fault, datatype.NoNote
		}
	}
	if n == 0 && a.nullable {
		return nil, datatype.NoNote
	}
	for _, i := range at {
		if a.final[i] {
			return nil, datatype.NoNote
		}
	}
	return fault, datatype.NoNote
}

// Accepts reports whether a text is a value, whatever the prefixes in scope.
func (v *Value) Accepts(text string) bool {
	f, _ := v.check(&datatype.Scratch{Work: 1 << 20}, []byte(text))
	return f == nil
}
