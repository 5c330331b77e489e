package xsd

import (
	"strings"

	"github.com/liasse/liasse/internal/schema"
)

// substitution stands beside the derivations in block and final.
const substitution schema.Derivation = 1 << 7

// derivations reads a block attribute, the document's default where absent.
func (l *loader) derivations(n *node, name string) (d schema.Derivation) {
	text, ok := n.attr(name)
	if !ok {
		text = n.doc.block
	}
	for _, w := range strings.Fields(text) {
		switch w {
		case "#all":
			return schema.Extension | schema.Restriction | substitution
		case "extension":
			d |= schema.Extension
		case "restriction":
			d |= schema.Restriction
		case "substitution":
			d |= substitution
		}
	}
	return d
}

// complex translates a complex type (XML Schema 1.0 Part 1 §3.4.2).
func (l *loader) complex(t *typ) {
	n := t.node
	derived := n.child("simpleContent", "complexContent")
	if derived == nil {
		t.base, t.by = l.set.anyType, schema.Restriction
		t.mixed = n.flag("mixed")
		t.content, _ = l.model(n)
		l.ownAttributes(t, n, &attributes{})
		return
	}
	how := derived.child("extension", "restriction")
	if how == nil {
		l.fail(derived, "ni extension ni restriction", "neither extension nor restriction")
	}
	if how.get("base") == "" {
		l.fail(how, "dérivation sans base", "derivation without a base")
	}
	t.base = l.typeNamed(l.name(how, how.get("base")), how)
	t.by = schema.Extension
	if how.name == "restriction" {
		t.by = schema.Restriction
	}
	l.complete(t.base, how)
	inherited := t.base.attrs
	if derived.name == "simpleContent" {
		l.simpleContent(t, how)
	} else {
		mixed := n.flag("mixed")
		if _, ok := derived.attr("mixed"); ok {
			mixed = derived.flag("mixed")
		}
		content, empty := l.model(how)
		switch {
		case t.by == schema.Restriction:
			t.content, t.mixed = content, mixed
		case empty && !mixed:
			// Nothing added: also the way SEDA extends a type of simple content
			// through complexContent.
			t.content, t.mixed, t.dt = t.base.content, t.base.mixed, t.base.dt
		case t.base.dt != nil:
			l.fail(how, "un contenu d'éléments ne peut pas étendre un contenu simple", "element content cannot extend simple content")
		default:
			t.content, t.mixed = l.b.Group(t.base.content, content), mixed || t.base.mixed
		}
		if t.by == schema.Restriction && t.base == l.set.anyType {
			inherited = &attributes{}
		}
	}
	l.ownAttributes(t, how, inherited)
}

func (l *loader) simpleContent(t *typ, how *node) {
	dt := t.base.dt
	if t.by == schema.Restriction {
		if inner := how.child("simpleType"); inner != nil {
			dt = l.simpleOf(l.anonymous(inner), inner)
		}
		if dt != nil {
			dt = l.restrict(dt, how)
		}
	}
	if dt == nil {
		l.fail(how, "la base n'a pas un contenu simple", "the base does not have simple content")
	}
	t.dt = dt
}

// ownAttributes gives the type those inherited and its own.
func (l *loader) ownAttributes(t *typ, n *node, inherited *attributes) {
	to, index := l.inherit(n, inherited, t.by)
	l.attributesIn(n, to, index)
	if t.by == schema.Extension && inherited.wild != nil {
		to.wild = to.wild.or(inherited.wild)
	}
	t.attrs = to
}

// model translates the particle among the children. empty is set when there is
// none, so that the content of an extension is its base's.
func (l *loader) model(n *node) (p schema.Pattern, empty bool) {
	k := n.child("sequence", "choice", "all", "group")
	if k == nil {
		return schema.Empty, true
	}
	p = l.particle(k)
	if k.name == "group" {
		return p, false
	}
	if k.get("maxOccurs") == "0" || !hasParticle(k) && (k.name != "choice" || k.get("minOccurs") == "0") {
		return schema.Empty, true
	}
	return p, false
}

func hasParticle(n *node) bool {
	return n.child("element", "group", "choice", "sequence", "all", "any") != nil
}

// make adds the type to the grammar.
func (l *loader) make(t *typ) schema.TypeID {
	if t.made {
		return t.id
	}
	s := schema.Type{Name: t.name, Base: -1, By: t.by, Block: t.block, Complex: !t.simple, Abstract: t.abstract}
	if t.base != nil && t.base != t {
		s.Base = l.make(t.base)
	}
	if t.dt != nil {
		s.Value = schema.DataValue(t.dt, nil)
	} else {
		s.Content, s.Mixed = t.content, t.mixed
		s.StrictEmpty = t.content == schema.Empty && !t.mixed
	}
	if !t.simple {
		s.Attributes = l.list(t.attrs)
	}
	t.id, t.made = l.b.NewType(s), true
	return t.id
}
