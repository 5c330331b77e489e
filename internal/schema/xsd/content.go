package xsd

import (
	"strconv"
	"strings"

	"github.com/liasse/liasse/internal/schema"
)

// maxOccurs is what greater bounds are cut to: no document has that many
// children.
const maxOccurs = 1 << 30

// occurs reads how often a particle may stand; hi is -1 for no bound.
func (l *loader) occurs(n *node) (lo, hi int) {
	read := func(name string) int {
		v, ok := n.attr(name)
		if !ok {
			return 1
		}
		v = strings.Trim(v, " \t\r\n")
		if name == "maxOccurs" && v == "unbounded" {
			return -1
		}
		i, err := strconv.Atoi(strings.TrimPrefix(v, "+"))
		if ne, isNum := err.(*strconv.NumError); isNum && ne.Err == strconv.ErrRange && v[0] != '-' {
			i, err = maxOccurs, nil
		}
		if err != nil || i < 0 {
			l.fail(n, "nombre d'occurrences incorrect", "wrong number of occurrences")
		}
		return min(i, maxOccurs)
	}
	lo, hi = read("minOccurs"), read("maxOccurs")
	if hi >= 0 && lo > hi {
		l.fail(n, "minOccurs dépasse maxOccurs", "minOccurs exceeds maxOccurs")
	}
	return lo, hi
}

// particle translates a particle with its occurrences.
func (l *loader) particle(n *node) schema.Pattern {
	l.spend(n, 1)
	lo, hi := l.occurs(n)
	if hi == 0 {
		return schema.Empty
	}
	return l.b.Repeat(l.term(n), lo, hi)
}

func (l *loader) term(n *node) schema.Pattern {
	switch n.name {
	case "element":
		if ref := n.get("ref"); ref != "" {
			return l.reference(l.find(kElement, l.name(n, ref), n), n)
		}
		return l.b.Element(l.leaf(l.localElement(n)))
	case "any":
		return l.any(l.wildcard(n), n)
	case "group":
		return l.group(n)
	case "sequence", "choice", "all":
		return l.compositor(n)
	}
	l.fail(n, "particule inattendue : "+n.name, "unexpected particle: "+n.name)
	return schema.Empty
}

func (l *loader) compositor(n *node) schema.Pattern {
	var kids []schema.Pattern
	for _, k := range n.kids {
		switch k.name {
		case "element", "any", "group", "sequence", "choice", "all":
			kids = append(kids, l.particle(k))
		default:
			l.note(k, "xs:"+k.name+" n'est pas pris en compte", "xs:"+k.name+" is not taken into account")
		}
	}
	switch n.name {
	case "choice":
		return l.b.ChoiceOf(kids...)
	case "all":
		l.distinct(n)
		p := schema.Empty
		for i := len(kids) - 1; i >= 0; i-- {
			p = l.b.Interleave(kids[i], p)
		}
		return p
	}
	p := schema.Empty
	for i := len(kids) - 1; i >= 0; i-- { // groups nest to the right
		p = l.b.Group(kids[i], p)
		l.spend(n, 1)
	}
	return p
}

// distinct refuses an xs:all in which two members may be the same element.
func (l *loader) distinct(n *node) {
	seen := map[schema.QName]bool{}
	for _, k := range n.kids {
		if k.name != "element" {
			l.fail(k, "xs:all ne contient que des éléments", "xs:all holds elements only")
		}
		p := l.term(k)
		for _, leaf := range l.b.Leaves(p) {
			name, _ := l.b.Leaf(leaf).One()
			if seen[name] {
				l.fail(k, "élément présent deux fois dans xs:all : "+name.Local, "element that stands twice in xs:all: "+name.Local)
			}
			seen[name] = true
		}
	}
}

func (l *loader) group(n *node) schema.Pattern {
	ref := n.get("ref")
	if ref == "" {
		l.fail(n, "groupe sans renvoi", "group without a reference")
	}
	c := l.find(kGroup, l.name(n, ref), n)
	switch c.state {
	case 1:
		l.fail(n, "groupe qui se contient lui-même", "group that holds itself")
	case 0:
		if l.set.depth++; l.set.depth > maxDerivation {
			l.fail(n, "définitions trop imbriquées", "definitions nested too deep")
		}
		c.state = 1
		c.pattern = schema.Empty
		if k := c.node.child("sequence", "choice", "all"); k != nil {
			c.pattern = l.particle(k)
		}
		c.state = 2
		l.set.depth--
	}
	return c.pattern
}

// any returns the particle of a wildcard.
func (l *loader) any(w *wildcard, n *node) schema.Pattern {
	if w.empty() {
		return schema.NotAllowed
	}
	key := w.key()
	leaf, ok := l.set.wildcards[key]
	if !ok {
		s := schema.Leaf{Names: w.names(), Process: w.process}
		if n != nil {
			s.Place = n.place()
		}
		leaf = l.b.NewLeaf(s)
		l.set.wildcards[key] = leaf
		if w.process == schema.Lax {
			l.set.lax = append(l.set.lax, leaf)
		}
	}
	return l.b.Element(leaf)
}
