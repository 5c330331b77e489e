package xsd

import (
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/datatype"
)

// element is an element declaration.
type element struct {
	name     schema.QName
	node     *node
	typ      *typ
	nillable bool
	abstract bool
	fixed    bool
	given    *string // fixed value or default
	block    schema.Derivation

	members []*component // directly in its place
	pattern schema.Pattern
	state   uint8 // of pattern
}

// leafKey is what makes two element particles the same.
type leafKey struct {
	name               schema.QName
	typ                *typ
	nillable, abstract bool
	fixed              bool
	given              string
	hasGiven           bool
	block              schema.Derivation
}

// translation is the state of a translation.
type translation struct {
	anyType   *typ
	types     []*typ
	anonymous map[*node]*typ
	builtins  map[*datatype.Type]*typ
	leaves    map[leafKey]schema.LeafID
	order     []leafKey
	wildcards map[string]schema.LeafID
	lax       []schema.LeafID
	elements  []*component // global, in order
	depth     int
	members   int
	pairs     int // compared by positions
}

func (l *loader) element(n *node, name schema.QName) *element {
	e := &element{name: name, node: n, nillable: n.flag("nillable"), abstract: n.flag("abstract"), block: l.derivations(n, "block")}
	if v, ok := n.attr("fixed"); ok {
		e.fixed, e.given = true, &v
	} else if v, ok := n.attr("default"); ok {
		e.given = &v
	}
	for _, k := range n.kids {
		switch k.name {
		case "key", "keyref", "unique":
			l.note(k, "la contrainte d'identité "+k.get("name")+" n'est pas contrôlée", "identity constraint "+k.get("name")+" is not checked")
		}
	}
	return e
}

// typeOf settles the type of a declaration.
func (l *loader) typeOf(e *element) *typ {
	if e.typ != nil {
		return e.typ
	}
	switch inner := e.node.child("simpleType", "complexType"); {
	case e.node.get("type") != "":
		e.typ = l.typeNamed(l.name(e.node, e.node.get("type")), e.node)
	case inner != nil:
		e.typ = l.anonymous(inner)
	case e.node.get("substitutionGroup") != "":
		l.spend(e.node, 1)
		if l.set.depth++; l.set.depth > maxDerivation {
			l.fail(e.node, "groupes de substitution trop imbriqués", "substitution groups nested too deep")
		}
		head := l.find(kElement, l.name(e.node, e.node.get("substitutionGroup")), e.node)
		e.typ = l.typeOf(l.global(head))
		l.set.depth--
	default:
		e.typ = l.set.anyType
	}
	return e.typ
}

func (l *loader) global(c *component) *element {
	if c.element == nil {
		c.element = l.element(c.node, c.name)
	}
	return c.element
}

func (l *loader) localElement(n *node) *element {
	name := schema.QName{Local: n.get("name")}
	if name.Local == "" {
		l.fail(n, "élément sans nom ni renvoi", "element without a name or reference")
	}
	form := n.get("form")
	if form == "qualified" || form == "" && n.doc.elements {
		name.Space = n.doc.target
	}
	return l.element(n, name)
}

// leaf returns the particle of a declaration: one for all that say the same.
func (l *loader) leaf(e *element) schema.LeafID {
	key := leafKey{name: e.name, typ: l.typeOf(e), nillable: e.nillable, abstract: e.abstract, fixed: e.fixed, block: e.block}
	if e.given != nil {
		key.given, key.hasGiven = *e.given, true
	}
	leaf, ok := l.set.leaves[key]
	if !ok {
		leaf = l.b.NewLeaf(schema.Leaf{Names: schema.Name(e.name.Space, e.name.Local), Place: e.node.place()})
		l.set.leaves[key] = leaf
		l.set.order = append(l.set.order, key)
	}
	return leaf
}

// reference returns the elements that may stand where a global one is referred
// to: itself unless abstract, and those of its substitution group.
func (l *loader) reference(c *component, n *node) schema.Pattern {
	e := l.global(c)
	switch e.state {
	case 1:
		l.fail(n, "groupe de substitution circulaire", "circular substitution group")
	case 2:
		return e.pattern
	}
	e.state = 1
	e.pattern = schema.NotAllowed
	if !e.abstract {
		e.pattern = l.b.Element(l.leaf(e))
	}
	if len(e.members) > 0 && e.block&substitution == 0 {
		all := []schema.Pattern{e.pattern}
		seen := map[*component]bool{c: true}
		queue := append([]*component(nil), e.members...)
		for len(queue) > 0 {
			m := queue[0]
			queue = queue[1:]
			l.spend(n, 1)
			if seen[m] {
				continue
			}
			seen[m] = true
			x := l.global(m)
			queue = append(queue, x.members...)
			if !x.abstract && l.substitutes(x, e) {
				all = append(all, l.b.Element(l.leaf(x)))
			}
		}
		e.pattern = l.b.ChoiceOf(all...)
	}
	e.state = 2
	return e.pattern
}

// substitutes reports whether a member may stand for the head: no step of the
// derivation of its type is one that the head, its type or a type between the
// two blocks (XML Schema 1.0 Part 1 §3.3.6, Substitution Group OK).
func (l *loader) substitutes(m, head *element) bool {
	to := l.typeOf(head)
	block := head.block | to.block
	var used schema.Derivation
	for t := l.typeOf(m); t != to; {
		l.spend(m.node, 1)
		base, by := l.derivation(t)
		used |= by
		if base == nil || base == t {
			break
		}
		t = base
		block |= t.block
	}
	return used&block&^substitution == 0
}

// derivation returns the base of a type that may not be complete yet.
func (l *loader) derivation(t *typ) (*typ, schema.Derivation) {
	if t.state == 2 || t.node == nil {
		return t.base, t.by
	}
	if t.simple {
		if r := t.node.child("restriction"); r != nil {
			return l.typeIn(r, "base"), schema.Restriction
		}
		return l.anySimple(), schema.Restriction
	}
	if d := t.node.child("simpleContent", "complexContent"); d != nil {
		if how := d.child("extension", "restriction"); how != nil && how.get("base") != "" {
			by := schema.Extension
			if how.name == "restriction" {
				by = schema.Restriction
			}
			return l.typeNamed(l.name(how, how.get("base")), how), by
		}
	}
	return l.set.anyType, schema.Restriction
}
