package datatype

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/liasse/liasse/internal/schema/xregex"
)

// Kind is the family of values a type is of.
type Kind uint8

// The kinds, by primitive type; strings include all types derived from string.
const (
	AnySimple Kind = iota
	String
	Boolean
	Decimal
	Float
	Double
	Duration
	DateTime
	Time
	Date
	GYearMonth
	GYear
	GMonthDay
	GDay
	GMonth
	HexBinary
	Base64Binary
	AnyURI
	QName
	Notation
	List
	Union
)

// temporal reports whether the kind is a date or time.
func (k Kind) temporal() bool { return k >= DateTime && k <= GMonth }

// Space says what is done to white space before anything else.
type Space uint8

// The values of the whiteSpace facet.
const (
	Preserve Space = iota
	Replace
	Collapse
)

// Identity says what part a type plays in cross references.
type Identity uint8

// The identities.
const (
	NotIdentity Identity = iota
	ID
	IDRef
	IDRefs
)

// Type is a simple type. It is immutable.
type Type struct {
	name     string // of a built-in
	base     *Type
	kind     Kind
	space    Space
	lexical  lexical
	identity Identity
	item     *Type   // of a list
	members  []*Type // of a union
	weight   int     // of a union: see Members

	steps    []step // of patterns: every step must hold
	enum     []value
	codes    *codes   // to find one of many among enum
	texts    []string // of enum, as written
	length   int      // -1: no such facet
	minLen   int
	maxLen   int
	total    int
	fraction int
	bounds   []bound
}

// step is the pattern facets of one restriction: one of them must hold.
type step []*xregex.Regexp

type bound struct {
	facet string // minInclusive, …
	text  string
	v     value
}

// Name returns the local name of a built-in type, for a restricted one that of
// the nearest built-in it is made from.
func (t *Type) Name() string {
	for t.name == "" {
		t = t.base
	}
	return t.name
}

// Builtin reports whether the type is a built-in one.
func (t *Type) Builtin() bool { return t.name != "" }

// Kind returns the family of values.
func (t *Type) Kind() Kind { return t.kind }

// Identity returns the part played in cross references.
func (t *Type) Identity() Identity { return t.identity }

// Any reports whether every text is of the type, so that nobody need collect
// it.
func (t *Type) Any() bool {
	return (t.kind == String || t.kind == AnySimple) && t.lexical == anyText && !t.faceted()
}

// Streamable reports whether the type is an unrestricted base64Binary, which a
// [Base64] can check piece by piece.
func (t *Type) Streamable() bool { return t.kind == Base64Binary && !t.faceted() }

func (t *Type) faceted() bool {
	return t.steps != nil || t.enum != nil || t.length >= 0 || t.minLen >= 0 || t.maxLen >= 0 || t.total >= 0 ||
		t.fraction >= 0 || t.bounds != nil
}

// DerivesFrom reports whether the type is the other or a restriction of it, in
// any number of steps, or of a member of it if the other is a union.
func (t *Type) DerivesFrom(o *Type) bool {
	for x := t; x != nil; x = x.base {
		if x == o {
			return true
		}
	}
	if o.kind == Union && !o.faceted() {
		for _, m := range o.members {
			if t.DerivesFrom(m) {
				return true
			}
		}
	}
	return false
}

// Pattern returns the first pattern in force, "" if there is none.
func (t *Type) Pattern() string {
	for _, s := range t.steps {
		return s[0].String()
	}
	return ""
}

// Facets are what one restriction adds. Nil pointers and empty slices say
// nothing.
type Facets struct {
	Patterns          []string // one of them must hold
	Enumeration       []string
	Length, MinLength *int
	MaxLength         *int
	MinInclusive      *string
	MaxInclusive      *string
	MinExclusive      *string
	MaxExclusive      *string
	TotalDigits       *int
	FractionDigits    *int
	WhiteSpace        *Space
	PatternWork       int                                // see xregex.Compile
	Spend             func(steps int)                    // told of the work each pattern took; nil does not care
	Lookup            func(prefix string) (string, bool) // namespaces in scope, for QName values
}

// Set takes the facet of the name as XML Schema writes it, and adds to the
// patterns or values of an enumeration. known is false for a name no facet has,
// ok for a value it cannot have.
func (f *Facets) Set(name, value string) (known, ok bool) {
	trimmed := strings.Trim(value, " \t\r\n")
	number := func(to **int) (known, ok bool) {
		n, err := strconv.Atoi(trimmed)
		*to = &n
		return true, err == nil && n >= 0
	}
	switch name {
	case "pattern":
		f.Patterns = append(f.Patterns, value)
	case "enumeration":
		f.Enumeration = append(f.Enumeration, value)
	case "length":
		return number(&f.Length)
	case "minLength":
		return number(&f.MinLength)
	case "maxLength":
		return number(&f.MaxLength)
	case "totalDigits":
		return number(&f.TotalDigits)
	case "fractionDigits":
		return number(&f.FractionDigits)
	case "minInclusive":
		f.MinInclusive = &value
	case "maxInclusive":
		f.MaxInclusive = &value
	case "minExclusive":
		f.MinExclusive = &value
	case "maxExclusive":
		f.MaxExclusive = &value
	case "whiteSpace":
		s, ok := map[string]Space{"preserve": Preserve, "replace": Replace, "collapse": Collapse}[trimmed]
		f.WhiteSpace = &s
		return true, ok
	default:
		return false, false
	}
	return true, true
}

// Restrict returns the type with further facets. A pattern adds to those of
// the base, any other facet takes the place of the base's. The error says
// which facet does not fit.
func (t *Type) Restrict(f Facets) (*Type, error) {
	n := *t
	n.name, n.base = "", t
	if f.WhiteSpace != nil {
		if *f.WhiteSpace < t.space {
			return nil, fmt.Errorf("whiteSpace weaker than that of the base")
		}
		n.space = *f.WhiteSpace
	}
	if len(f.Patterns) > 0 {
		var s step
		for _, p := range f.Patterns {
			re, err := xregex.Compile(p, f.PatternWork)
			if err != nil {
				return nil, err
			}
			s = append(s, re)
			if f.Spend != nil {
				f.Spend(re.Work())
			}
		}
		n.steps = append(t.steps[:len(t.steps):len(t.steps)], s)
	}
	for _, c := range []struct {
		name string
		from *int
		to   *int
		ok   bool
	}{
		{"length", f.Length, &n.length, t.measurable()},
		{"minLength", f.MinLength, &n.minLen, t.measurable()},
		{"maxLength", f.MaxLength, &n.maxLen, t.measurable()},
		{"totalDigits", f.TotalDigits, &n.total, t.kind == Decimal},
		{"fractionDigits", f.FractionDigits, &n.fraction, t.kind == Decimal},
	} {
		if c.from == nil {
			continue
		}
		if !c.ok {
			return nil, fmt.Errorf("%s does not apply to %s", c.name, t.Name())
		}
		if *c.from < 0 {
			return nil, fmt.Errorf("%s is negative", c.name)
		}
		*c.to = *c.from
	}
	s := &Scratch{Lookup: f.Lookup, Work: 1 << 24}
	for _, c := range []struct {
		name     string
		opposite string
		text     *string
	}{
		{"minInclusive", "minExclusive", f.MinInclusive}, {"maxInclusive", "maxExclusive", f.MaxInclusive},
		{"minExclusive", "minInclusive", f.MinExclusive}, {"maxExclusive", "maxInclusive", f.MaxExclusive},
	} {
		if c.text == nil {
			continue
		}
		if !t.ordered() {
			return nil, fmt.Errorf("%s does not apply to %s", c.name, t.Name())
		}
		text := string(normalize(s, n.space, []byte(*c.text)))
		v, ok := n.parse(s, []byte(text))
		if !ok {
			return nil, fmt.Errorf("%s is not a value of %s", c.name, t.Name())
		}
		var keep []bound
		for _, b := range n.bounds {
			if b.facet != c.name && b.facet != c.opposite {
				keep = append(keep, b)
			}
		}
		n.bounds = append(keep, bound{c.name, text, v})
	}
	if len(f.Enumeration) > 0 {
		n.enum, n.texts = make([]value, 0, len(f.Enumeration)), f.Enumeration
		for i, e := range f.Enumeration {
			text := []byte(string(normalize(s, n.space, []byte(e)))) // own copy: values point into it
			v, ok := n.parse(s, text)
			if !ok {
				return nil, fmt.Errorf("enumeration value %d is not a value of %s", i+1, t.Name())
			}
			n.enum = append(n.enum, v)
		}
		n.codes = n.indexed(n.enum)
	}
	return &n, nil
}

// ListOf returns the type of lists of the item type separated by white space.
func ListOf(item *Type) *Type {
	t := &Type{base: anySimpleType, kind: List, space: Collapse, item: item,
		length: -1, minLen: -1, maxLen: -1, total: -1, fraction: -1}
	if item.identity == IDRef {
		t.identity = IDRefs
	}
	return t
}

// UnionOf returns the type of the values of all members; the first member a
// text fits decides which value it is. A member that is a union itself is
// replaced by its members.
func UnionOf(members ...*Type) *Type {
	t := &Type{base: anySimpleType, kind: Union, space: Preserve,
		length: -1, minLen: -1, maxLen: -1, total: -1, fraction: -1}
	for i, m := range members {
		t.weight = min(t.weight+m.Members(), 1<<30)
		if m.kind == Union && !m.faceted() {
			t.members = append(t.members, m.members...)
		} else {
			t.members = append(t.members, m)
		}
		if i == 0 {
			t.identity = m.identity
		} else if m.identity != t.identity {
			t.identity = NotIdentity
		}
	}
	return t
}

// Members returns how many types one check may have to try: those of a union,
// and of the unions among them.
func (t *Type) Members() int {
	switch t.kind {
	case Union:
		return t.weight
	case List:
		return t.item.Members()
	}
	return 1
}

// measurable reports whether the length facets apply.
func (t *Type) measurable() bool {
	switch t.kind {
	case String, HexBinary, Base64Binary, AnyURI, QName, Notation, List:
		return true
	}
	return false
}

// ordered reports whether the bound facets apply.
func (t *Type) ordered() bool {
	return t.kind == Decimal || t.kind == Float || t.kind == Double || t.kind == Duration || t.kind.temporal()
}

// describe returns the name or the facet for a message: a notation, not a
// sentence, so that it needs no language.
func (t *Type) describe() string {
	if t.kind != Union {
		return "xs:" + t.Name()
	}
	var b strings.Builder
	for i, m := range t.members {
		if i > 0 {
			b.WriteString(" | ")
		}
		if i == 8 {
			b.WriteString("…")
			break
		}
		b.WriteString(m.describe())
	}
	return b.String()
}

func facet(name string, n int) string { return name + " = " + strconv.Itoa(n) }
