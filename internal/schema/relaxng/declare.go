package relaxng

import (
	"fmt"

	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/datatype"
)

// leaf returns the particle of an element pattern, made when it is first met.
func (l *loader) leaf(p *pattern) schema.LeafID {
	if !p.hasLeaf {
		p.leaf = l.b.NewLeaf(schema.Leaf{Names: p.names, Process: process(p.ann), Place: fmt.Sprintf("%s:%d", p.at.file, p.at.line)})
		p.hasLeaf = true
		l.queue = append(l.queue, element{p})
	}
	return p.leaf
}

func process(a *annotations) schema.Process {
	if a != nil {
		switch a.process {
		case "lax":
			return schema.Lax
		case "strict":
			return schema.Strict
		case "skip":
			return schema.Skip
		}
	}
	return schema.Declared
}

// content translates what is inside an element.
func (l *loader) content(p *pattern) {
	nillable := p.ann != nil && p.ann.nillable
	inner := p.kids[0]
	if l.absent(inner) {
		inner = &pattern{kind: kEmpty, at: inner.at, scope: inner.scope}
	}
	if inner.kind == kRef || inner.kind == kParent {
		if d := l.lookup(inner); d.ann != nil && d.ann.typ != (schema.QName{}) {
			l.b.Declare(p.leaf, l.named(inner, d), nillable)
			return
		}
	}
	if inner.kind == kData && inner.except == nil && inner.dt.Builtin() {
		if inner.ann == nil || !inner.ann.public {
			l.b.Declare(p.leaf, l.b.SimpleType(inner.dt), nillable)
			return
		}
	}
	alts := l.split(inner)
	if len(alts) == 0 { // notAllowed: there is no such element
		alts = []alt{{pat: schema.NotAllowed}}
	}
	for _, a := range alts {
		l.b.Declare(p.leaf, l.newType(p, a, schema.Type{Base: -1}), nillable)
	}
}

// named returns the type a definition annotated v:type stands for.
func (l *loader) named(at *pattern, d *definition) schema.TypeID {
	if d.hasType {
		return d.typ
	}
	alts := l.definition(d)
	if len(alts) != 1 {
		panic(&fault{d.at, "un type nommé ne peut pas avoir plusieurs formes", "a named type cannot have several forms"})
	}
	base := schema.TypeID(-1)
	if d.ann.base.Space == datatype.Namespace {
		if t, ok := datatype.Builtin(d.ann.base.Local); ok {
			base = l.b.SimpleType(t)
		}
	} else if d.ann.base != (schema.QName{}) {
		for _, other := range at.scope.defs {
			if other.ann != nil && other.ann.typ == d.ann.base && other != d {
				base = l.named(at, other)
			}
		}
		if base < 0 {
			panic(&fault{d.at, "v:base nomme un type que la grammaire n'a pas", "v:base names a type the grammar has not"})
		}
	}
	a := alts[0]
	if d.ann.public && a.value != nil {
		a.value = a.value.Public()
	}
	d.typ = l.newType(at, a, schema.Type{Name: d.ann.typ, Base: base, Abstract: d.ann.abstract})
	d.hasType = true
	return d.typ
}

// newType makes the type of one alternative.
func (l *loader) newType(p *pattern, a alt, t schema.Type) schema.TypeID {
	for _, x := range a.attrs {
		n := x.node
		if n.names.Infinite() && !x.many {
			l.fail(n, "un attribut de nom libre doit être répété (RELAX NG 7.3)", "an attribute with an open class of names must be repeated (RELAX NG 7.3)")
		}
		use := schema.Attribute{Names: n.names, Value: l.attribute(n), Required: x.required, Process: process(n.ann)}
		t.Attributes = append(t.Attributes, use)
	}
	t.Complex = a.value == nil || len(a.attrs) > 0 // a simple type has none
	switch {
	case a.value != nil:
		t.Value = a.value
	default:
		t.Content, t.Mixed = l.b.Unmix(a.pat)
		if !t.Mixed {
			t.Content = a.pat
		}
		t.StrictEmpty = l.xsd && a.pat == schema.Empty
	}
	return l.b.NewType(t)
}

// attribute returns the predicate on the value of an attribute.
func (l *loader) attribute(p *pattern) *schema.Value {
	if p.content == nil {
		inner := p.kids[0]
		if l.absent(inner) {
			inner = &pattern{kind: kEmpty, at: inner.at, scope: inner.scope}
		}
		p.content = l.value(inner)
	}
	return p.content
}

// value translates a pattern that may hold values only.
func (l *loader) value(p *pattern) *schema.Value {
	l.spend(p.at, 1)
	v := l.plainValue(p)
	if p.ann != nil && p.ann.public {
		v = v.Public()
	}
	return v
}

func (l *loader) plainValue(p *pattern) *schema.Value {
	if l.dead(p) {
		return schema.ChoiceValue()
	}
	switch p.kind {
	case kText:
		return schema.AnyText
	case kEmpty:
		return schema.NoText
	case kNotAllowed:
		return schema.ChoiceValue()
	case kData:
		var except *schema.Value
		if p.except != nil {
			l.exception(p.except)
			except = l.value(p.except)
		}
		return schema.DataValue(p.dt, except)
	case kValue:
		v, ok := schema.LiteralValue(p.dt, p.value)
		if !ok {
			l.fail(p, "la valeur n'est pas du type annoncé", "the value is not of the type given")
		}
		return v
	case kList:
		items := 0
		v, ok := schema.ListValue(l.items(p.kids[0], &items))
		if !ok {
			l.fail(p, "liste trop grande", "list too large")
		}
		return v
	case kChoice:
		var all []*schema.Value
		for _, k := range l.kids(p) {
			all = append(all, l.value(k))
		}
		return schema.ChoiceValue(all...)
	case kOptional:
		return schema.ChoiceValue(l.value(p.kids[0]), schema.NoText)
	case kGroup, kInterleave, kMixed:
		return l.together(p)
	case kPlus, kStar:
		switch v := l.value(p.kids[0]); {
		case v == schema.AnyText, v == schema.NoText: // which repeated is the same
			return v
		}
	case kGrammar:
		return l.valueOf(p, l.nested(p).start)
	case kRef, kParent:
		return l.valueOf(p, l.lookup(p))
	}
	l.fail(p, "seule une valeur est permise ici (RELAX NG 7.1)", "only a value is allowed here (RELAX NG 7.1)")
	return nil
}

// together translates a group of values, in which but one may say anything
// (RELAX NG 7.2); empty ones go (4.21).
func (l *loader) together(p *pattern) *schema.Value {
	out := schema.NoText
	if p.kind == kMixed {
		out = schema.AnyText
	}
	for _, k := range l.kids(p) {
		switch v := l.value(k); {
		case v == schema.NoText, v == schema.AnyText && out == schema.AnyText && p.kind == kGroup:
		case out == schema.NoText:
			out = v
		default:
			l.fail(p, "une valeur ne se combine ni avec du texte, ni avec une autre valeur (RELAX NG 7.2)",
				"a value does not combine with text or another value (RELAX NG 7.2)")
		}
	}
	return out
}

// exception refuses in an exception what is not a choice of values (RELAX NG
// 7.1.4).
func (l *loader) exception(p *pattern) {
	l.spend(p.at, 1)
	if l.dead(p) {
		return
	}
	switch p.kind {
	case kData, kValue, kNotAllowed:
		return
	case kChoice:
		for _, k := range p.kids {
			l.exception(k)
		}
		return
	case kRef, kParent:
		d := l.lookup(p)
		if d.vstate != 0 {
			return
		}
		d.vstate = 1
		for _, b := range d.body {
			l.exception(b)
		}
		d.vstate = 0
		return
	}
	l.fail(p, "ce motif n'est pas permis dans une exception (RELAX NG 7.1.4)", "this pattern is not allowed in an exception (RELAX NG 7.1.4)")
}

func (l *loader) valueOf(p *pattern, d *definition) *schema.Value {
	switch d.vstate {
	case 1:
		l.fail(p, "définition qui se contient elle-même", "definition that holds itself")
	case 0:
		d.vstate = 1
		if len(d.body) > 1 && d.op != '|' {
			l.fail(p, "seule une valeur est permise ici (RELAX NG 7.1)", "only a value is allowed here (RELAX NG 7.1)")
		}
		var all []*schema.Value
		for _, b := range d.body {
			all = append(all, l.value(b))
		}
		d.value = schema.ChoiceValue(all...)
		if d.ann != nil && d.ann.public {
			d.value = d.value.Public()
		}
		d.vstate = 2
	}
	return d.value
}

// items translates what is inside a list.
func (l *loader) items(p *pattern, n *int) *schema.ItemPattern {
	l.spend(p.at, 1)
	if *n++; *n > 4000 {
		l.fail(p, "liste trop grande", "list too large")
	}
	if l.dead(p) {
		return &schema.ItemPattern{Value: schema.ChoiceValue()}
	}
	kids := func() (out []*schema.ItemPattern) {
		for _, k := range l.kids(p) {
			out = append(out, l.items(k, n))
		}
		return out
	}
	switch p.kind {
	case kEmpty:
		return &schema.ItemPattern{}
	case kGroup:
		return &schema.ItemPattern{Group: kids()}
	case kChoice:
		return &schema.ItemPattern{Or: kids()}
	case kPlus:
		return &schema.ItemPattern{Plus: l.items(p.kids[0], n)}
	case kStar:
		return &schema.ItemPattern{Or: []*schema.ItemPattern{{}, {Plus: l.items(p.kids[0], n)}}}
	case kOptional:
		return &schema.ItemPattern{Or: []*schema.ItemPattern{{}, l.items(p.kids[0], n)}}
	case kData, kValue, kNotAllowed:
		return &schema.ItemPattern{Value: l.value(p)}
	case kRef, kParent:
		d := l.lookup(p)
		if d.state == 1 {
			l.fail(p, "définition qui se contient elle-même", "definition that holds itself")
		}
		if len(d.body) != 1 {
			l.fail(p, "seule une valeur est permise ici (RELAX NG 7.1)", "only a value is allowed here (RELAX NG 7.1)")
		}
		before := d.state
		d.state = 1
		out := l.items(d.body[0], n)
		d.state = before
		return out
	}
	l.fail(p, "ce motif n'est pas permis dans une liste (RELAX NG 7.1.3)", "this pattern is not allowed inside a list (RELAX NG 7.1.3)")
	return nil
}
