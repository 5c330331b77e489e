package xsd

import (
	"slices"
	"strings"

	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/datatype"
)

// kind is a symbol space of components.
type kind uint8

const (
	kElement kind = iota
	kAttribute
	kType
	kGroup
	kAttributeGroup
	kinds
)

var kindNames = [kinds][2]string{
	{"l'élément", "element"}, {"l'attribut", "attribute"}, {"le type", "type"}, {"le groupe", "group"}, {"le groupe d'attributs", "attribute group"},
}

// component is a global component of the set.
type component struct {
	name schema.QName
	node *node

	state   uint8 // 0 not begun, 1 being translated, 2 translated
	element *element
	typ     *typ
	pattern schema.Pattern // of a group
	attr    *attribute     // of an attribute
	attrs   *attributes    // of an attribute group
}

func kindOf(n *node) (kind, bool) {
	switch n.name {
	case "element":
		return kElement, true
	case "attribute":
		return kAttribute, true
	case "simpleType", "complexType":
		return kType, true
	case "group":
		return kGroup, true
	case "attributeGroup":
		return kAttributeGroup, true
	}
	return 0, false
}

// collect adds the global components of a document.
func (l *loader) collect(doc *document) {
	for _, k := range doc.root.kids {
		l.spend(k, 1)
		kind, ok := kindOf(k)
		if !ok {
			switch k.name {
			case "include", "import", "redefine", "notation":
			default:
				l.note(k, "xs:"+k.name+" n'est pas pris en compte", "xs:"+k.name+" is not taken into account")
			}
			continue
		}
		local := k.get("name")
		if local == "" {
			l.fail(k, "composant global sans nom", "global component without a name")
		}
		name := schema.QName{Space: doc.target, Local: local}
		if old := l.comps[kind][name]; old != nil {
			if !l.same(old.node, k) {
				panic(&fault{at: k.at(), also: old.node.at(),
					fr: kindNames[kind][0] + " " + local + " est déclaré deux fois, différemment",
					en: kindNames[kind][1] + " " + local + " is declared twice, differently"})
			}
			continue
		}
		l.comps[kind][name] = &component{name: name, node: k}
	}
}

// references are the attributes that hold qualified names.
var references = []string{"type", "ref", "base", "itemType", "memberTypes", "substitutionGroup"}

// same reports whether two components say the same.
func (l *loader) same(a, b *node) bool {
	l.spend(b, 1)
	if a.name != b.name || len(a.attrs) != len(b.attrs) || len(a.kids) != len(b.kids) {
		return false
	}
	for _, x := range a.attrs {
		y, ok := b.attr(x.name)
		switch {
		case !ok:
			return false
		case slices.Contains(references, x.name):
			u, v := strings.Fields(x.value), strings.Fields(y)
			if len(u) != len(v) {
				return false
			}
			for i := range u {
				if l.name(a, u[i]) != l.name(b, v[i]) {
					return false
				}
			}
		case strings.TrimSpace(x.value) != strings.TrimSpace(y):
			return false
		}
	}
	if a.name == "element" || a.name == "attribute" {
		if a.doc.elements != b.doc.elements || a.doc.attributes != b.doc.attributes {
			return false
		}
	}
	for i := range a.kids {
		if !l.same(a.kids[i], b.kids[i]) {
			return false
		}
	}
	return true
}

// find returns a global component n refers to.
func (l *loader) find(k kind, name schema.QName, n *node) *component {
	if c := l.comps[k][name]; c != nil {
		return c
	}
	if l.missing[name.Space] == nil && name.Space != n.doc.target && l.builtin(name.Space) && len(l.queue) > 0 {
		// Nobody imported it, yet it is plain what is meant.
		doc := l.queue[0]
		l.queue = l.queue[:0]
		l.collect(doc)
		if c := l.comps[k][name]; c != nil {
			return c
		}
	}
	if m := l.missing[name.Space]; m != nil {
		panic(&unresolved{m.at(), name.Space, m.get("schemaLocation")})
	}
	shown := name.Local
	if name.Space != "" {
		shown = "{" + name.Space + "}" + name.Local
	}
	l.fail(n, kindNames[k][0]+" "+shown+" n'existe pas dans ce qui a été fourni", kindNames[k][1]+" "+shown+" is not in what was given")
	return nil
}

// typeNamed returns the type of a name.
func (l *loader) typeNamed(name schema.QName, n *node) *typ {
	if name.Space == datatype.Namespace {
		if name.Local == "anyType" {
			return l.set.anyType
		}
		if dt, ok := datatype.Builtin(name.Local); ok {
			return l.builtinType(dt)
		}
	}
	c := l.find(kType, name, n)
	if c.typ == nil {
		c.typ = l.newType(c.node, c.name)
	}
	return c.typ
}
