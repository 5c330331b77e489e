package xsd

import (
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/datatype"
)

// attribute is an attribute declaration, and its use.
type attribute struct {
	name     schema.QName
	dt       *datatype.Type
	fixed    *string
	required bool
	at       *node
}

// attributes are those of a type or attribute group.
type attributes struct {
	uses []attribute
	wild *wildcard
}

// maxUses bounds the attributes of all types together.
const maxUses = 200_000

// attributesIn adds the attributes among the children. Of several wildcards the
// names all of them admit are meant, processed as the one written here says,
// else the first of the groups referred to (XML Schema 1.0 Part 1 §3.4.2).
func (l *loader) attributesIn(n *node, to *attributes, index map[schema.QName]int) {
	var own, groups *wildcard
	for _, k := range n.kids {
		switch k.name {
		case "attribute":
			l.attribute(k, to, index)
		case "attributeGroup":
			g := l.attributeGroup(k)
			for _, u := range g.uses {
				l.put(k, to, index, u)
			}
			groups = groups.and(g.wild)
		case "anyAttribute":
			own = own.and(l.wildcard(k))
		}
	}
	to.wild = own.and(groups)
}

// put adds a use, in place of one of that name if there is one.
func (l *loader) put(n *node, to *attributes, index map[schema.QName]int, u attribute) {
	l.spend(n, 1)
	if i, ok := index[u.name]; ok {
		to.uses[i] = u
		return
	}
	if l.uses++; l.uses > maxUses {
		l.fail(n, tooLargeFR, tooLargeEN)
	}
	index[u.name] = len(to.uses)
	to.uses = append(to.uses, u)
}

// inherit begins the attributes of a type with those of its base. A restriction
// leaves out those it prohibits; in an extension that word has no effect.
func (l *loader) inherit(n *node, from *attributes, by schema.Derivation) (*attributes, map[schema.QName]int) {
	to, index := &attributes{}, map[schema.QName]int{}
	prohibited := map[schema.QName]bool{}
	if by == schema.Restriction && len(from.uses) > 0 {
		for _, k := range n.kids {
			if k.name == "attribute" && k.get("use") == "prohibited" {
				prohibited[l.attributeUse(k).name] = true
			}
		}
	}
	for _, u := range from.uses {
		if !prohibited[u.name] {
			l.put(n, to, index, u)
		}
	}
	return to, index
}

func (l *loader) attribute(n *node, to *attributes, index map[schema.QName]int) {
	if a := l.attributeUse(n); n.get("use") != "prohibited" {
		a.required = n.get("use") == "required"
		l.put(n, to, index, a)
	}
}

// attributeUse reads an attribute, declared here or elsewhere.
func (l *loader) attributeUse(n *node) (a attribute) {
	if ref := n.get("ref"); ref != "" {
		a = *l.globalAttribute(l.find(kAttribute, l.name(n, ref), n), n)
	} else {
		name := n.get("name")
		if name == "" {
			l.fail(n, "attribut sans nom", "attribute without a name")
		}
		a = attribute{name: schema.QName{Local: name}, dt: l.attributeType(n)}
		form := n.get("form")
		if form == "qualified" || form == "" && n.doc.attributes {
			a.name.Space = n.doc.target
		}
	}
	a.at = n
	if fixed, ok := n.attr("fixed"); ok {
		a.fixed = &fixed
	}
	return a
}

func (l *loader) attributeType(n *node) *datatype.Type {
	if n.get("type") == "" && n.child("simpleType") == nil {
		return l.anySimple().dt
	}
	t := l.typeIn(n, "type")
	if !t.simple {
		l.fail(n, "le type d'un attribut doit être simple", "the type of an attribute must be simple")
	}
	return l.simpleOf(t, n)
}

func (l *loader) globalAttribute(c *component, from *node) *attribute {
	switch c.state {
	case 1:
		l.fail(from, "définition circulaire", "circular definition")
	case 0:
		c.state = 1
		a := &attribute{name: c.name, dt: l.attributeType(c.node), at: c.node}
		if fixed, ok := c.node.attr("fixed"); ok {
			a.fixed = &fixed
		}
		c.attr = a
		c.state = 2
	}
	return c.attr
}

func (l *loader) attributeGroup(n *node) *attributes {
	c := l.find(kAttributeGroup, l.name(n, n.get("ref")), n)
	switch c.state {
	case 1:
		l.fail(n, "groupe d'attributs qui se contient lui-même", "attribute group that holds itself")
	case 0:
		if l.set.depth++; l.set.depth > maxDerivation {
			l.fail(n, "définitions trop imbriquées", "definitions nested too deep")
		}
		c.state = 1
		c.attrs = &attributes{}
		l.attributesIn(c.node, c.attrs, map[schema.QName]int{})
		c.state = 2
		l.set.depth--
	}
	return c.attrs
}

// value returns what an attribute must be.
func (l *loader) value(a *attribute) *schema.Value {
	if a.fixed == nil {
		return schema.DataValue(a.dt, nil)
	}
	v, ok := schema.LiteralValue(a.dt, *a.fixed)
	if !ok {
		l.fail(a.at, "la valeur fixée n'est pas du type", "the fixed value is not of the type")
	}
	return v
}

// list returns the attributes for the grammar.
func (l *loader) list(a *attributes) []schema.Attribute {
	var out []schema.Attribute
	for i := range a.uses {
		u := &a.uses[i]
		out = append(out, schema.Attribute{Names: schema.Name(u.name.Space, u.name.Local), Value: l.value(u), Required: u.required})
	}
	if w := a.wild; w != nil && !w.empty() {
		out = append(out, schema.Attribute{Names: w.names(), Process: w.process})
	}
	return out
}
