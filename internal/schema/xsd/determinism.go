package xsd

import (
	"github.com/liasse/liasse/internal/schema"
)

// Bounds of the search for models that are not deterministic: beyond them
// nothing is said, which is what a note may do.
const (
	maxPositions = 400
	maxPairs     = 2_000_000
)

// positions are the particles of a model, for the constraint that an element
// always be that of one particle alone (Unique Particle Attribution, XML Schema
// 1.0 Part 1 §3.8.6). Models that break it are matched all the same.
type positions struct {
	l     *loader
	all   []position
	full  bool // too large to look at
	depth int
	// clash and other are two particles found to compete.
	clash, other *position
}

type position struct {
	node  *node
	name  schema.QName
	wild  *wildcard
	after []int
}

// fragment is what a part of a model may begin and end with.
type fragment struct {
	first, last []int
	nullable    bool
}

// deterministic notes a model that is not.
func (l *loader) deterministic(t *typ) {
	if l.set.pairs > maxPairs {
		return
	}
	p := &positions{l: l}
	f := fragment{nullable: true}
	for _, n := range l.models(t) {
		f = p.then(f, p.particle(n))
	}
	if p.full {
		return
	}
	p.check(f.first)
	for i := range p.all {
		p.check(p.all[i].after)
	}
	if p.clash != nil {
		shown := p.clash.name.Local
		if shown == "" {
			shown = p.other.name.Local
		}
		if shown == "" {
			shown = "*"
		}
		l.note(p.clash.node, "modèle de contenu non déterministe ("+shown+") : d'autres lecteurs refusent ce schéma",
			"content model that is not deterministic ("+shown+"): other readers refuse this schema")
	}
}

// models lists the particles whose sequence is the content of a type.
func (l *loader) models(t *typ) []*node {
	var out []*node
	for ; t != nil && t.node != nil && !t.simple; t = t.base {
		n := t.node
		if d := n.child("simpleContent", "complexContent"); d != nil {
			if n = d.child("extension", "restriction"); n == nil {
				break
			}
		}
		if k := n.child("sequence", "choice", "all", "group"); k != nil {
			out = append([]*node{k}, out...)
		}
		if t.by != schema.Extension {
			break
		}
	}
	return out
}

func (p *positions) link(from, to []int) {
	if p.l.set.pairs += len(from) * len(to); p.l.set.pairs > maxPairs {
		p.full = true
		return
	}
	for _, i := range from {
		p.all[i].after = append(p.all[i].after, to...)
	}
}

func (p *positions) then(a, b fragment) fragment {
	if p.link(a.last, b.first); p.full {
		return fragment{nullable: true}
	}
	c := fragment{first: a.first, last: b.last, nullable: a.nullable && b.nullable}
	if a.nullable {
		c.first = append(append([]int(nil), a.first...), b.first...)
	}
	if b.nullable {
		c.last = append(append([]int(nil), b.last...), a.last...)
	}
	return c
}

func (p *positions) particle(n *node) fragment {
	lo, hi := p.l.occurs(n)
	if p.full || hi == 0 {
		return fragment{nullable: true}
	}
	f := p.term(n)
	if hi < 0 || hi > 1 && hi > lo {
		p.link(f.last, f.first)
	}
	f.nullable = f.nullable || lo == 0
	return f
}

func (p *positions) term(n *node) fragment {
	switch n.name {
	case "element", "any":
		x := position{node: n}
		switch ref := n.get("ref"); {
		case n.name == "any":
			x.wild = p.l.wildcard(n)
		case ref != "":
			x.name = p.l.name(n, ref)
		default:
			x.name = p.l.localElement(n).name
		}
		if p.full = p.full || len(p.all) >= maxPositions; p.full {
			return fragment{nullable: true}
		}
		p.all = append(p.all, x)
		at := []int{len(p.all) - 1}
		return fragment{first: at, last: at}
	case "group":
		if p.depth++; p.depth > maxNesting {
			p.full = true
		}
		f := fragment{nullable: true}
		if c := p.l.comps[kGroup][p.l.name(n, n.get("ref"))]; c != nil && !p.full {
			if k := c.node.child("sequence", "choice", "all"); k != nil {
				f = p.particle(k)
			}
		}
		p.depth--
		return f
	}
	f := fragment{nullable: n.name != "choice"}
	for _, k := range n.kids {
		switch k.name {
		case "element", "any", "group", "sequence", "choice", "all":
			g := p.particle(k)
			if n.name != "choice" {
				f = p.then(f, g)
				continue
			}
			f.first, f.last = append(f.first, g.first...), append(f.last, g.last...)
			f.nullable = f.nullable || g.nullable
		}
	}
	return f
}

// check looks for two particles of a set that admit one name.
func (p *positions) check(set []int) {
	names := map[schema.QName]int{}
	var wild, named []int // in order, so that the same is said each time
	for _, i := range set {
		if p.clash != nil {
			return
		}
		x := &p.all[i]
		if x.wild != nil {
			wild = append(wild, i)
			continue
		}
		if j, ok := names[x.name]; ok && j != i {
			p.clash, p.other = x, &p.all[j]
		}
		names[x.name] = i
		named = append(named, i)
	}
	for k, i := range wild {
		for _, j := range named {
			if p.clash == nil && p.all[i].wild.admits(p.all[j].name.Space) {
				p.clash, p.other = &p.all[i], &p.all[j]
			}
		}
		for _, j := range wild[:k] {
			if a, b := p.all[i].wild.names(), p.all[j].wild.names(); i != j && p.clash == nil && a.Overlaps(&b) {
				p.clash, p.other = &p.all[i], &p.all[j]
			}
		}
		if p.l.set.pairs += len(named) + k; p.l.set.pairs > maxPairs {
			return
		}
	}
}
