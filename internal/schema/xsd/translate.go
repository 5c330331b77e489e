package xsd

import (
	"slices"
	"strings"

	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/datatype"
)

// translate makes the grammar of the components.
func (l *loader) translate() {
	l.b.XMLSchema()
	l.set = translation{anonymous: map[*node]*typ{}, builtins: map[*datatype.Type]*typ{}, leaves: map[leafKey]schema.LeafID{},
		wildcards: map[string]schema.LeafID{}}
	everything := &wildcard{all: true, process: schema.Lax}
	l.set.anyType = &typ{name: schema.QName{Space: datatype.Namespace, Local: "anyType"}, state: 2, mixed: true,
		attrs: &attributes{wild: everything}}
	l.set.anyType.content = l.b.Repeat(l.any(everything, nil), 0, -1)

	l.order()
	for _, c := range l.set.elements {
		l.join(c)
	}
	var roots []schema.Pattern
	for _, c := range l.set.elements {
		roots = append(roots, l.b.Element(l.leaf(l.global(c))))
	}
	for _, name := range l.sorted(kType) {
		l.typeNamed(name, l.comps[kType][name].node)
	}
	for i := 0; i < len(l.set.types); i++ { // grows while it is walked
		l.complete(l.set.types[i], l.set.types[i].node)
	}
	for _, name := range l.sorted(kAttribute) {
		a := l.globalAttribute(l.comps[kAttribute][name], l.comps[kAttribute][name].node)
		l.b.GlobalAttribute(name, l.value(a))
	}
	for _, t := range l.set.types {
		if !t.simple {
			l.deterministic(t)
		}
		l.make(t)
	}
	for i := 0; i < len(l.set.order); i++ {
		l.declare(l.set.order[i])
	}
	anyType := l.make(l.set.anyType)
	for _, leaf := range l.set.lax {
		l.b.Declare(leaf, anyType, false)
	}
	l.b.Start(l.b.ChoiceOf(roots...))
	for space, n := range l.missing {
		l.note(n, "l'import de "+space+" ne mène à rien, mais rien n'y renvoie", "the import of "+space+" leads nowhere, but nothing refers to it")
	}
}

// order lists the global elements document by document, as written.
func (l *loader) order() {
	for _, d := range l.docs {
		for _, k := range d.root.kids {
			if k.name == "element" {
				if c := l.comps[kElement][schema.QName{Space: d.target, Local: k.get("name")}]; c != nil && c.node == k {
					l.set.elements = append(l.set.elements, c)
				}
			}
		}
	}
}

func (l *loader) sorted(k kind) []schema.QName {
	var names []schema.QName
	for n := range l.comps[k] {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b schema.QName) int {
		if d := strings.Compare(a.Space, b.Space); d != 0 {
			return d
		}
		return strings.Compare(a.Local, b.Local)
	})
	return names
}

// join enters an element into the substitution group it names.
func (l *loader) join(c *component) {
	ref := c.node.get("substitutionGroup")
	if ref == "" {
		return
	}
	head := l.find(kElement, l.name(c.node, ref), c.node)
	h := l.global(head)
	h.members = append(h.members, c)
}

// declare says what the elements of a particle are.
func (l *loader) declare(k leafKey) {
	leaf := l.set.leaves[k]
	t := l.make(k.typ)
	if k.hasGiven && k.typ.dt != nil {
		t = l.given(k, t)
	} else if k.hasGiven && k.fixed {
		at := k.typ.node
		if at == nil { // anyType is written nowhere
			at = l.docs[0].root
		}
		l.note(at, "la valeur fixée de l'élément "+k.name.Local+" n'est pas contrôlée", "the fixed value of element "+k.name.Local+" is not checked")
	}
	if k.abstract {
		t = l.b.NewType(schema.Type{Base: t, By: schema.Restriction, Abstract: true, Complex: true, Content: schema.Empty})
	}
	l.b.Declare(leaf, t, k.nillable)
	if b := k.block &^ substitution; b != 0 {
		l.b.Block(leaf, b)
	}
}

// given returns the variant of a type an element with a default or fixed value
// has: no content at all counts as that value.
func (l *loader) given(k leafKey, t schema.TypeID) schema.TypeID {
	str, _ := datatype.Builtin("string")
	nothing, _ := schema.LiteralValue(str, "")
	v := schema.DataValue(k.typ.dt, nil)
	if k.fixed {
		var ok bool
		if v, ok = schema.LiteralValue(k.typ.dt, k.given); !ok {
			panic(&fault{at: l.docs[0].root.at(), fr: "la valeur fixée de l'élément " + k.name.Local + " n'est pas de son type",
				en: "the fixed value of element " + k.name.Local + " is not of its type"})
		}
	}
	s := schema.Type{Base: t, By: schema.Restriction, Alias: true, Given: k.given, Complex: !k.typ.simple, Abstract: k.typ.abstract,
		Block: k.typ.block, Value: schema.ChoiceValue(v, nothing)}
	if !k.typ.simple {
		s.Attributes = l.list(k.typ.attrs)
	}
	return l.b.NewType(s)
}
