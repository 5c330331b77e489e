package schema

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/liasse/liasse/internal/limit"
	"github.com/liasse/liasse/internal/schema/datatype"
)

// Limits bound what a grammar may cost. Zero fields mean the default.
type Limits struct {
	Leaves   int // element particles, default 100,000
	Patterns int // interned patterns, default 262,144
	States   int // states of one content model kept in tables, default 4,096
	AllState int // states of all models kept in tables, default 65,536
	Work     int // patterns visited while tables are made, default 3,000,000
}

func (l Limits) withDefaults() Limits {
	limit.Default(&l.Leaves, 100_000)
	limit.Default(&l.Patterns, 1<<18)
	limit.Default(&l.States, 4096)
	limit.Default(&l.AllState, 1<<16)
	limit.Default(&l.Work, 3_000_000)
	return l
}

// ErrLimit is returned by [Builder.Build] for a grammar beyond its limits.
var ErrLimit = errors.New("schema: the grammar is too large")

// Process says what is checked of an element or attribute that a particle or a
// wildcard admits.
type Process uint8

const (
	// Declared: the particle has its own declaration.
	Declared Process = iota
	// Lax: a global declaration of that name is applied if there is one, else
	// the particle's own.
	Lax
	// Strict: there must be a global declaration of that name.
	Strict
	// Skip: nothing below is checked.
	Skip
)

// LeafID names an element particle, TypeID a type, of one Builder.
type (
	LeafID int32
	TypeID int32
)

// Leaf is an element particle: a class of names and what elements of these
// names must be.
type Leaf struct {
	Names   NameClass
	Process Process
	Place   string // file:line of the declaration
}

// Derivation is a set of ways in which one type is made from another.
type Derivation uint8

// The ways.
const (
	Extension Derivation = 1 << iota
	Restriction
)

// Type is what an element must be: its attributes and either a value or
// children.
type Type struct {
	// Name is the name xsi:type may use; zero for an anonymous type.
	Name QName
	// Base is the type this one is derived from, by number; -1 for none.
	Base TypeID
	// By says how it is derived from Base.
	By Derivation
	// Block lists the derivations through which no type may stand for this one.
	Block Derivation
	// Complex marks a complex type, even if its content is a value.
	Complex bool
	// Abstract types have no elements of their own: xsi:type must name another.
	Abstract bool
	// Alias marks the variant of Base one declaration has (its fixed value): for
	// xsi:type it is Base.
	Alias bool
	// Given is the text that declaration gives an element without any.
	Given string
	// Value is the predicate on the text of an element without children; nil
	// for an element with children.
	Value *Value
	// Content is what the children must be, when Value is nil.
	Content Pattern
	// Mixed allows characters anywhere between the children.
	Mixed bool
	// StrictEmpty refuses even white space and needs Content to be [Empty].
	StrictEmpty bool
	Attributes  []Attribute
}

// Attribute is an attribute, or a wildcard of attributes, of a type.
type Attribute struct {
	Names    NameClass
	Value    *Value
	Required bool
	Process  Process
}

// Builder collects the parts of a grammar. Its methods panic with a value that
// [Builder.Build] and [Builder.Catch] turn into [ErrLimit] when a limit is
// passed; a front end calls them inside Catch.
type Builder struct {
	lim      Limits
	arena    *arena
	leaves   []leaf
	types    []Type
	decls    []decl
	start    Pattern
	globals  map[QName]*Value
	simple   map[*datatype.Type]TypeID
	prefixes map[string]string
	xsd      bool
}

// NewBuilder returns an empty builder.
func NewBuilder(lim Limits) *Builder {
	lim = lim.withDefaults()
	return &Builder{lim: lim, arena: newArena(lim.Patterns), globals: map[QName]*Value{},
		simple: map[*datatype.Type]TypeID{}, prefixes: map[string]string{}}
}

// Catch runs f and returns [ErrLimit] if it passed a limit.
func (b *Builder) Catch(f func()) (err error) {
	defer func() {
		if x := recover(); x == errLimit {
			err = ErrLimit
		} else if x != nil {
			panic(x)
		}
	}()
	f()
	return nil
}

// Work returns how many patterns were visited so far, a measure of the time
// spent.
func (b *Builder) Work() int { return b.arena.work }

// Element is one element of the leaf. Patterns are kept in the normal form of
// the package's doc: equal contents written alike are equal.
func (b *Builder) Element(l LeafID) Pattern { return b.arena.leaf(int32(l)) }

// Group is p then q.
func (b *Builder) Group(p, q Pattern) Pattern { return b.arena.group(p, q) }

// Choice is p or q.
func (b *Builder) Choice(p, q Pattern) Pattern { return b.arena.choice(p, q) }

// ChoiceOf is one of the patterns.
func (b *Builder) ChoiceOf(all ...Pattern) Pattern {
	var flat []Pattern
	for _, p := range all {
		flat = b.arena.alternatives(p, flat)
		b.arena.work++
		if len(flat) > b.lim.Patterns {
			panic(errLimit)
		}
	}
	return b.arena.choiceOf(flat)
}

// Interleave is p and q mixed in any order. No element name may be admitted by
// both, nor characters: the front end checks that.
func (b *Builder) Interleave(p, q Pattern) Pattern { return b.arena.interleave(p, q) }

// OneOrMore is p once or more.
func (b *Builder) OneOrMore(p Pattern) Pattern { return b.arena.plus(p) }

// Optional is p or nothing.
func (b *Builder) Optional(p Pattern) Pattern { return b.arena.optional(p) }

// Repeat is p from lo to hi times; hi below 0 sets no bound.
func (b *Builder) Repeat(p Pattern, lo, hi int) Pattern {
	return b.arena.count(p, int32(lo), int32(hi))
}

// Leaves returns the particles of a pattern, each once, in the order they were
// made.
func (b *Builder) Leaves(p Pattern) []LeafID {
	var all []LeafID
	b.arena.leaves(p, false, func(l int32) { all = append(all, LeafID(l)) })
	slices.Sort(all)
	return slices.Compact(all)
}

// HasText reports whether the pattern holds [Text].
func (b *Builder) HasText(p Pattern) bool { return b.arena.node(p).text }

// Unmix takes the characters out of a pattern in which they may stand anywhere,
// as in mixed content; ok is false if the pattern is not of that form.
func (b *Builder) Unmix(p Pattern) (rest Pattern, ok bool) {
	if p == Text {
		return Empty, true
	}
	switch n := *b.arena.node(p); n.kind {
	case pInterleave: // members are nested to the right
		if n.a == Text {
			return n.b, !b.HasText(n.b)
		}
		if b.HasText(n.a) {
			return p, false
		}
		rest, ok = b.Unmix(n.b)
		return b.Interleave(n.a, rest), ok
	case pPlus: // (text | a | b)* is mixed (a | b)*
		rest := NotAllowed
		found := false
		for _, q := range b.arena.alternatives(n.a, nil) {
			if q == Text {
				found = true
				continue
			}
			if b.HasText(q) {
				return p, false
			}
			rest = b.Choice(rest, q)
		}
		return b.arena.star(rest), found
	}
	return p, false
}

// NewLeaf adds a particle; [Builder.Declare] says what its elements are.
func (b *Builder) NewLeaf(l Leaf) LeafID {
	if len(b.leaves) >= b.lim.Leaves {
		panic(errLimit)
	}
	b.leaves = append(b.leaves, leaf{names: l.Names, process: l.Process, place: l.Place})
	return LeafID(len(b.leaves) - 1)
}

// Leaf returns the names of a particle.
func (b *Builder) Leaf(l LeafID) *NameClass { return &b.leaves[l].names }

// Declare adds a declaration to a particle: its elements are of the type. With
// several, an element may be of any of them.
func (b *Builder) Declare(l LeafID, t TypeID, nillable bool) {
	b.leaves[l].decls = append(b.leaves[l].decls, int32(len(b.decls)))
	b.decls = append(b.decls, decl{leaf: int32(l), typ: int32(t), nillable: nillable})
}

// Block lists the derivations xsi:type may not use on elements of a particle
// declared before.
func (b *Builder) Block(l LeafID, d Derivation) {
	for _, i := range b.leaves[l].decls {
		b.decls[i].block = d
	}
}

// NewType adds a type.
func (b *Builder) NewType(t Type) TypeID {
	b.types = append(b.types, t)
	return TypeID(len(b.types) - 1)
}

// SimpleType returns the one type of a simple type without attributes.
func (b *Builder) SimpleType(t *datatype.Type) TypeID {
	id, ok := b.simple[t]
	if !ok {
		var n QName
		if t.Builtin() {
			n = QName{datatype.Namespace, t.Name()}
		}
		id = b.NewType(Type{Name: n, Base: -1, Value: DataValue(t, nil)})
		b.simple[t] = id
	}
	return id
}

// Start says what the root element may be: a choice of particles, whose names
// are also the global declarations.
func (b *Builder) Start(p Pattern) { b.start = p }

// GlobalAttribute declares an attribute that lax and strict wildcards apply.
func (b *Builder) GlobalAttribute(n QName, v *Value) { b.globals[n] = v }

// Prefix says under which prefix messages name a namespace.
func (b *Builder) Prefix(space, prefix string) {
	if _, ok := b.prefixes[space]; !ok {
		b.prefixes[space] = prefix
	}
}

// XMLSchema gives the grammar the ways of XML Schema: xsi:type, xsi:nil and
// the schema locations are understood on every element, and an element
// particle is preferred to a wildcard that admits the same name.
func (b *Builder) XMLSchema() { b.xsd = true }

// Build makes the grammar. The builder is not used again.
func (b *Builder) Build(ctx context.Context) (g *Grammar, err error) {
	catch := b.Catch(func() { g, err = b.build(ctx) })
	if catch != nil {
		return nil, catch
	}
	return g, err
}

func (b *Builder) build(ctx context.Context) (*Grammar, error) {
	g := &Grammar{arena: b.arena, leaves: b.leaves, decls: b.decls, xsd: b.xsd, prefixes: b.prefixes,
		names: map[QName]int32{}, spaces: map[string]int32{}, typeNames: map[QName]int32{}}
	if b.xsd {
		for _, t := range slices.Sorted(maps.Keys(datatype.Builtins())) {
			b.SimpleType(datatype.Builtins()[t])
		}
	}
	name := func(n QName) { g.name(n) }
	space := func(s string) { g.space(s) }
	for i := range g.leaves {
		g.leaves[i].names.Each(name, space)
		g.leaves[i].names.Each(func(QName) { g.leaves[i].weight++ }, func(string) { g.leaves[i].weight++ })
		if n, ok := g.leaves[i].names.One(); ok {
			g.leaves[i].sym = g.names[n]
		} else {
			g.leaves[i].sym = -1
		}
	}
	for i := range b.types {
		for j := range b.types[i].Attributes {
			b.types[i].Attributes[j].Names.Each(name, space)
		}
	}
	g.attributes = map[int32]*Value{}
	for n, v := range b.globals {
		g.attributes[g.name(n)] = v
	}
	t := newTabulator(ctx, g, b.lim, b.start)
	g.types = make([]typ, len(b.types))
	models := map[Pattern]int32{}
	model := func(p Pattern) (int32, error) {
		m, ok := models[p]
		if !ok {
			var err error
			if m, err = t.model(p); err != nil {
				return 0, err
			}
			models[p] = m
		}
		return m, nil
	}
	for i := range b.types {
		s := &b.types[i]
		d := &g.types[i]
		*d = typ{name: s.Name, base: int32(s.Base), value: s.Value, mixed: s.Mixed, strictEmpty: s.StrictEmpty, model: -1,
			by: s.By, block: s.Block, complex: s.Complex, abstract: s.Abstract, alias: s.Alias, given: s.Given}
		d.attrs = g.attrTable(s.Attributes)
		if s.Value != nil {
			d.dt = s.Value.Type()
		} else {
			m, err := model(s.Content)
			if err != nil {
				return nil, err
			}
			d.model, d.start = m, g.models[m].start
		}
		if s.Name != (QName{}) {
			if _, twice := g.typeNames[s.Name]; twice {
				return nil, fmt.Errorf("schema: two types named %s", s.Name.Local)
			}
			g.typeNames[s.Name] = int32(i)
		}
	}
	m, err := model(b.start)
	if err != nil {
		return nil, err
	}
	for i := range g.types {
		g.types[i].settle(g)
	}
	for i := range g.leaves {
		l := &g.leaves[i]
		l.quick = -1
		if l.process == Declared && len(l.decls) == 1 {
			l.quick = l.decls[0]
			l.typ = g.decls[l.quick].typ
		}
	}
	g.root, g.document = m, int32(len(g.types))
	g.types = append(g.types, typ{base: -1, model: m, start: g.models[m].start})
	g.types[g.document].settle(g)
	g.globals = map[int32]int32{}
	for _, l := range g.models[m].leaves {
		if sym := g.leaves[l].sym; sym >= 0 {
			if _, twice := g.globals[sym]; !twice {
				g.globals[sym] = l
			}
		}
	}
	return g, nil
}

// OneOf reports whether the pattern is a particle or a choice of particles.
func (b *Builder) OneOf(p Pattern) bool {
	for _, q := range b.arena.alternatives(p, nil) {
		if b.arena.node(q).kind != pLeaf {
			return false
		}
	}
	return true
}

// settle works out what the validator asks at every element.
func (t *typ) settle(g *Grammar) {
	switch {
	case t.value == nil && t.mixed, t.value != nil && t.value.any():
		t.text = textIgnored
	case t.value == nil:
		t.text = textChildren
	case t.value.streamed():
		t.text = textStreamed
	default:
		t.text = textCollected
	}
	t.bare = t.attrs.required == 0 && !t.attrs.demanding && !t.abstract
	t.fast = t.model >= 0 && !g.models[t.model].lazy
	switch {
	case t.value == nil:
		t.how = inFrame
	case t.text == textIgnored:
		t.how = inIgnored
	case t.text == textCollected && t.value.id == datatype.NotIdentity:
		t.how = inValue
		t.quick = t.value.quick()
	default:
		t.how = inOther
	}
}
