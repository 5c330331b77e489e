package xsd

import (
	"strings"

	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/datatype"
)

// typ is a type, simple or complex.
type typ struct {
	name   schema.QName
	node   *node // nil for a built-in
	state  uint8
	depth  int // of derivation
	simple bool
	id     schema.TypeID
	made   bool // id is valid

	dt *datatype.Type // of a simple type, or simple content; nil otherwise

	base     *typ
	by       schema.Derivation
	content  schema.Pattern
	mixed    bool
	attrs    *attributes
	abstract bool
	block    schema.Derivation
}

// maxDerivation bounds the steps from a type to the built-in it comes from,
// and the types nested in one another.
const maxDerivation = 256

func (l *loader) newType(n *node, name schema.QName) *typ {
	t := &typ{name: name, node: n, simple: n.name == "simpleType", content: schema.Empty, attrs: &attributes{}}
	if !t.simple {
		t.abstract = n.flag("abstract")
		t.block = l.derivations(n, "block") &^ substitution
	}
	l.set.types = append(l.set.types, t)
	return t
}

// anonymous returns the type written inside another component.
func (l *loader) anonymous(n *node) *typ {
	t := l.set.anonymous[n]
	if t == nil {
		t = l.newType(n, schema.QName{})
		l.set.anonymous[n] = t
	}
	return t
}

func (l *loader) builtinType(dt *datatype.Type) *typ {
	t := l.set.builtins[dt]
	if t == nil {
		t = &typ{name: schema.QName{Space: datatype.Namespace, Local: dt.Name()}, simple: true, dt: dt, state: 2,
			id: l.b.SimpleType(dt), made: true, attrs: &attributes{}}
		l.set.builtins[dt] = t
	}
	return t
}

// complete translates a type as far as others need it.
func (l *loader) complete(t *typ, from *node) {
	switch t.state {
	case 1:
		l.fail(from, "type dérivé de lui-même", "type derived from itself")
	case 2:
		return
	}
	if l.set.depth++; l.set.depth > maxDerivation {
		l.fail(from, "dérivations trop profondes", "derivations too deep")
	}
	t.state = 1
	l.spend(t.node, 10)
	if t.simple {
		t.dt = l.simple(t)
	} else {
		l.complex(t)
	}
	if t.base != nil {
		if t.depth = t.base.depth + 1; t.depth > maxDerivation {
			l.fail(from, "dérivations trop profondes", "derivations too deep")
		}
	}
	t.state = 2
	l.set.depth--
}

// simpleOf returns the simple type of a type that must be one, or have simple
// content.
func (l *loader) simpleOf(t *typ, n *node) *datatype.Type {
	l.complete(t, n)
	if t.dt == nil {
		l.fail(n, "un type simple est attendu ici", "a simple type is expected here")
	}
	return t.dt
}

func (l *loader) anySimple() *typ {
	dt, _ := datatype.Builtin("anySimpleType")
	return l.builtinType(dt)
}

func (l *loader) simple(t *typ) *datatype.Type {
	n := t.node.child("restriction", "list", "union")
	if n == nil {
		l.fail(t.node, "type simple sans restriction, liste ni union", "simple type without restriction, list or union")
	}
	t.by = schema.Restriction
	switch n.name {
	case "list":
		t.base = l.anySimple()
		return datatype.ListOf(l.simpleOf(l.typeIn(n, "itemType"), n))
	case "union":
		t.base = l.anySimple()
		var members []*datatype.Type
		for _, m := range strings.Fields(n.get("memberTypes")) {
			members = append(members, l.simpleOf(l.typeNamed(l.name(n, m), n), n))
		}
		for _, k := range n.kids {
			if k.name == "simpleType" {
				members = append(members, l.simpleOf(l.anonymous(k), k))
			}
		}
		if len(members) == 0 {
			l.fail(n, "union sans type membre", "union without member type")
		}
		u := datatype.UnionOf(members...)
		l.spend(n, len(members))
		if l.set.members += u.Members(); l.set.members > maxMembers {
			l.fail(n, tooLargeFR, tooLargeEN)
		}
		return u
	}
	t.base = l.typeIn(n, "base")
	return l.restrict(l.simpleOf(t.base, n), n)
}

// maxMembers bounds the members of all unions.
const maxMembers = 50_000

// typeIn returns the type an attribute names or a child simpleType defines.
func (l *loader) typeIn(n *node, name string) *typ {
	if ref := n.get(name); ref != "" {
		return l.typeNamed(l.name(n, ref), n)
	}
	k := n.child("simpleType")
	if k == nil {
		l.fail(n, "il manque un type ("+name+")", "a type is missing ("+name+")")
	}
	return l.anonymous(k)
}

// restrict applies the facets among the children.
func (l *loader) restrict(base *datatype.Type, n *node) *datatype.Type {
	var f datatype.Facets
	for _, k := range n.kids {
		value, ok := k.attr("value")
		known, right := f.Set(k.name, value)
		switch {
		case !known:
			switch k.name {
			case "simpleType", "attribute", "attributeGroup", "anyAttribute":
			default:
				l.note(k, "xs:"+k.name+" n'est pas pris en compte", "xs:"+k.name+" is not taken into account")
			}
			continue
		case !right:
			l.fail(k, "valeur incorrecte de la facette "+k.name, "wrong value of facet "+k.name)
		}
		if !ok {
			l.fail(k, "facette sans valeur", "facet without a value")
		}
	}
	l.spend(n, 1+len(f.Enumeration)*base.Members()+100*len(f.Patterns))
	f.PatternWork = patternWork
	f.Spend = func(steps int) { l.spend(n, steps) }
	f.Lookup = n.scope.Lookup
	// Without any facet, it is still a type of its own: what is derived from it
	// is not derived from its siblings.
	t, err := base.Restrict(f)
	if err != nil {
		l.fail(n, "restriction incorrecte : "+err.Error(), "wrong restriction: "+err.Error())
	}
	return t
}

const patternWork = 20_000
