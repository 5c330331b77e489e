package relaxng

import (
	"slices"

	"github.com/liasse/liasse/internal/schema"
)

// alt is one way an element may be: its attributes, and a value or children.
// Nearly every element has one; it has more only where attributes and children
// depend on one another.
type alt struct {
	attrs []attr
	pat   schema.Pattern
	value *schema.Value // instead of children
}

type attr struct {
	node     *pattern
	required bool
	many     bool // repeated, as a class of names must be
}

// element is an element whose content is still to be translated.
type element struct{ node *pattern }

func (l *loader) fail(p *pattern, fr, en string) { panic(&fault{p.at, fr, en}) }

// grammar translates the whole grammar.
func (l *loader) grammar(top *pattern) {
	if top.kind != kGrammar {
		l.bind(top, &scope{})
	}
	for _, a := range l.start(top) {
		if len(a.attrs) > 0 || a.value != nil || a.pat == schema.Empty || !l.b.OneOf(a.pat) {
			l.fail(top, "« start » doit être un choix d'éléments", "start must be a choice of elements")
		}
		l.b.Start(a.pat)
	}
	for len(l.queue) > 0 {
		e := l.queue[0]
		l.queue = l.queue[1:]
		l.content(e.node)
	}
}

func (l *loader) start(top *pattern) []alt {
	alts := l.split(top)
	if len(alts) == 0 {
		l.fail(top, "aucun élément racine n'est permis", "no root element is allowed")
	}
	if len(alts) > 1 {
		l.fail(top, "« start » doit être un choix d'éléments", "start must be a choice of elements")
	}
	return alts
}

// body returns the alternatives of a nested or outermost grammar: those of its
// start.
func (l *loader) body(p *pattern) []alt {
	s := l.nested(p)
	for _, d := range s.defs { // global attributes are declared even where nothing refers to them
		l.globals(d)
	}
	return l.definition(s.start)
}

// nested gives a grammar its scope; it has a start.
func (l *loader) nested(p *pattern) *scope {
	if p.inner != nil {
		return p.inner
	}
	s := l.combine(p.body, p.scope, l.depth)
	if s.start == nil {
		l.fail(p, "la grammaire n'a pas de « start »", "the grammar has no start")
	}
	p.inner = s
	return s
}

func (l *loader) globals(d *definition) {
	for _, b := range d.body {
		l.globalsIn(b)
	}
}

func (l *loader) globalsIn(p *pattern) {
	switch p.kind {
	case kAttribute:
		if p.ann != nil && p.ann.global {
			if n, ok := p.names.One(); ok {
				l.b.GlobalAttribute(n, l.attribute(p))
			}
		}
	case kGroup, kInterleave, kChoice, kOptional, kElement:
		for _, k := range p.kids {
			l.globalsIn(k)
		}
	}
}

// lookup finds what a reference refers to.
func (l *loader) lookup(p *pattern) *definition {
	s := p.scope
	if p.kind == kParent {
		if s = s.parent; s == nil {
			l.fail(p, "« parent » hors d'une grammaire imbriquée", "parent outside a nested grammar")
		}
	}
	d := s.defs[p.name]
	if d == nil {
		l.fail(p, "renvoi à une définition qui n'existe pas : "+p.name, "reference to a definition that does not exist: "+p.name)
	}
	return d
}

// definition translates a definition once.
func (l *loader) definition(d *definition) []alt {
	switch d.state {
	case 1:
		panic(&fault{d.at, "définition qui se contient elle-même hors d'un élément", "definition that holds itself outside an element"})
	case 0:
		d.state = 1
		for i, b := range d.body {
			alts := l.split(b)
			switch {
			case i == 0:
				d.alts = alts
			case d.op == '|':
				d.alts = l.merge(b, append(d.alts[:len(d.alts):len(d.alts)], alts...))
			default:
				d.alts = l.cross(b, kInterleave, d.alts, alts)
			}
		}
		d.state = 2
	}
	return d.alts
}

// kids returns the sub-patterns the version has; a reference to a definition
// the version has not counts as absent.
func (l *loader) kids(p *pattern) []*pattern {
	out := make([]*pattern, 0, len(p.kids))
	for _, k := range p.kids {
		if !l.absent(k) {
			out = append(out, k)
		}
	}
	return out
}

// absent reports whether the version does not have the particle.
func (l *loader) absent(p *pattern) bool {
	for {
		l.spend(p.at, 1)
		if !l.present(p.ann) {
			return true
		}
		switch p.kind {
		case kPlus, kStar, kOptional:
			p = p.kids[0]
			continue
		case kGroup, kInterleave, kChoice:
			for _, k := range p.kids {
				if !l.absent(k) {
					return false
				}
			}
			return true
		}
		return false
	}
}

// split translates a pattern in the content of an element.
func (l *loader) split(p *pattern) []alt {
	l.spend(p.at, 1)
	if l.dead(p) {
		return nil
	}
	switch p.kind {
	case kEmpty:
		return []alt{{pat: schema.Empty}}
	case kText:
		return []alt{{pat: schema.Text}}
	case kNotAllowed:
		return nil
	case kElement:
		return []alt{{pat: l.b.Element(l.leaf(p))}}
	case kAttribute:
		return []alt{{pat: schema.Empty, attrs: []attr{{node: p, required: true}}}}
	case kData, kValue, kList:
		return []alt{{pat: schema.Empty, value: l.value(p)}}
	case kRef, kParent:
		alts := l.definition(l.lookup(p))
		l.spend(p.at, len(alts))
		return alts
	case kGrammar:
		return l.body(p)
	case kMixed:
		return l.cross(p, kInterleave, []alt{{pat: schema.Text}}, l.split(p.kids[0]))
	case kGroup, kInterleave:
		kids := l.kids(p)
		parts := make([][]alt, len(kids))
		for i, k := range kids { // in order: messages list particles as numbered
			parts[i] = l.split(k)
		}
		out := []alt{{pat: schema.Empty}}
		for _, part := range slices.Backward(parts) { // groups nest to the right
			out = l.cross(p, p.kind, part, out)
		}
		return out
	case kChoice:
		var all []alt
		for _, k := range l.kids(p) {
			all = append(all, l.split(k)...)
		}
		return l.merge(p, all)
	case kOptional:
		if l.absent(p.kids[0]) {
			return []alt{{pat: schema.Empty}}
		}
		return l.merge(p, append([]alt{{pat: schema.Empty}}, l.split(p.kids[0])...))
	case kPlus, kStar:
		if l.absent(p.kids[0]) {
			return []alt{{pat: schema.Empty}}
		}
		return l.repeat(p)
	}
	l.fail(p, "motif inattendu", "unexpected pattern")
	return nil
}

func sameAttrs(a, b []attr) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// merge joins the alternatives of a choice that differ in children or value
// only.
func (l *loader) merge(p *pattern, all []alt) []alt {
	var out []alt
	values := map[int][]*schema.Value{}
next:
	for _, a := range all {
		for i := range out {
			o := &out[i]
			l.spend(p.at, 1+len(a.attrs))
			if !sameAttrs(o.attrs, a.attrs) {
				continue
			}
			switch {
			case o.value == nil && a.value == nil:
				o.pat = l.b.Choice(o.pat, a.pat)
				continue next
			case o.value != nil && a.value != nil:
				values[i] = append(values[i], a.value)
				continue next
			case o.value != nil && a.pat == schema.Empty:
				values[i] = append(values[i], schema.NoText)
				continue next
			case a.value != nil && o.pat == schema.Empty:
				o.value = a.value
				values[i] = []*schema.Value{a.value, schema.NoText}
				continue next
			}
		}
		if a.value != nil {
			values[len(out)] = []*schema.Value{a.value}
		}
		out = append(out, a)
		if len(out) > maxBranches*maxBranches {
			l.fail(p, "trop d'alternatives entre attributs et contenu", "too many alternatives of attributes and content")
		}
	}
	for i, v := range values {
		out[i].value = schema.ChoiceValue(v...)
	}
	if len(out) == 2 { // an attribute or nothing: optional
		for i := range out {
			a, o := out[i], out[1-i]
			if len(a.attrs) == 1 && a.value == nil && o.value == nil && a.pat == schema.Empty && o.pat == schema.Empty && len(o.attrs) == 0 {
				a.attrs = []attr{{node: a.attrs[0].node, many: a.attrs[0].many}}
				return []alt{a}
			}
		}
	}
	if len(out) > maxBranches {
		l.fail(p, "trop d'alternatives entre attributs et contenu", "too many alternatives of attributes and content")
	}
	return out
}

// cross combines every alternative of two sides of a group or interleave.
func (l *loader) cross(p *pattern, k kind, left, right []alt) []alt {
	if len(left)*len(right) > maxBranches {
		l.fail(p, "trop d'alternatives entre attributs et contenu", "too many alternatives of attributes and content")
	}
	var out []alt
	for _, a := range left {
		for _, b := range right {
			l.spend(p.at, 1+len(a.attrs)+len(b.attrs))
			c := alt{attrs: a.attrs, value: a.value, pat: schema.Empty}
			if len(a.attrs) > 0 && len(b.attrs) > 0 {
				l.distinct(p, a.attrs, b.attrs)
				c.attrs = append(append(make([]attr, 0, len(a.attrs)+len(b.attrs)), a.attrs...), b.attrs...)
			} else if len(b.attrs) > 0 {
				c.attrs = b.attrs
			}
			if a.value != nil || b.value != nil {
				if a.value != nil && b.value != nil || a.pat != schema.Empty || b.pat != schema.Empty {
					l.fail(p, "une valeur ne se combine ni avec des éléments, ni avec du texte, ni avec une autre valeur (RELAX NG 7.2)",
						"a value does not combine with elements, text or another value (RELAX NG 7.2)")
				}
				if b.value != nil {
					c.value = b.value
				}
				out = append(out, c)
				continue
			}
			if k == kGroup {
				c.pat = l.b.Group(a.pat, b.pat)
			} else {
				l.disjoint(p, a.pat, b.pat)
				c.pat = l.b.Interleave(a.pat, b.pat)
			}
			out = append(out, c)
		}
	}
	return out
}

// distinct refuses two attributes of one name (RELAX NG 7.3).
func (l *loader) distinct(p *pattern, a, b []attr) {
	l.spend(p.at, len(a)*len(b)/8)
	for _, x := range a {
		for _, y := range b {
			if x.node.names.Overlaps(&y.node.names) {
				l.fail(p, "deux attributs peuvent porter le même nom (RELAX NG 7.3)", "two attributes may have the same name (RELAX NG 7.3)")
			}
		}
	}
}

// disjoint refuses an interleave both sides of which take an element of one
// name, or characters (RELAX NG 7.4): each element must belong to one side.
func (l *loader) disjoint(p *pattern, a, b schema.Pattern) {
	if a == schema.Empty || b == schema.Empty {
		return
	}
	if l.b.HasText(a) && l.b.HasText(b) {
		l.fail(p, "deux parties mêlées contiennent du texte (RELAX NG 7.4)", "two interleaved parts hold text (RELAX NG 7.4)")
	}
	left, right := l.b.Leaves(a), l.b.Leaves(b)
	l.spend(p.at, len(left)+len(right))
	names := map[schema.QName]bool{}
	var classes []schema.LeafID
	for _, x := range left {
		if n, ok := l.b.Leaf(x).One(); ok {
			names[n] = true
		} else {
			classes = append(classes, x)
		}
	}
	for _, y := range right {
		n, one := l.b.Leaf(y).One()
		against := classes
		if one && names[n] {
			against = []schema.LeafID{y}
		} else if !one {
			against = left
		}
		l.spend(p.at, len(against))
		for _, x := range against {
			if l.b.Leaf(x).Overlaps(l.b.Leaf(y)) {
				l.fail(p, "deux parties mêlées admettent le même élément (RELAX NG 7.4)", "two interleaved parts admit the same element (RELAX NG 7.4)")
			}
		}
	}
}

// repeat translates oneOrMore and zeroOrMore.
func (l *loader) repeat(p *pattern) []alt {
	inner := l.split(p.kids[0])
	var attrs []attr
	pat := schema.NotAllowed
	children, none := false, p.kind == kStar
	for _, a := range inner {
		switch {
		case a.value != nil:
			l.fail(p, "une valeur ne se répète que dans une liste (RELAX NG 7.2)", "a value repeats only inside a list (RELAX NG 7.2)")
		case len(a.attrs) == 0:
			pat = l.b.Choice(pat, a.pat)
			children = true
		case a.pat != schema.Empty || len(a.attrs) > 1:
			l.fail(p, "des attributs se répètent avec autre chose (RELAX NG 7.1.2)", "attributes repeat together with something else (RELAX NG 7.1.2)")
		default:
			x := a.attrs[0]
			none = none || !x.required // once or more of what may be absent
			x.required, x.many = false, true
			attrs = append(attrs, x)
		}
	}
	if !children {
		pat = schema.Empty
	}
	if none || len(attrs) == 0 {
		if children {
			pat = l.b.OneOrMore(pat)
			if none {
				pat = l.b.Optional(pat)
			}
		}
		if len(inner) == 0 { // notAllowed
			if p.kind == kPlus {
				return nil
			}
			pat = schema.Empty
		}
		return []alt{{attrs: attrs, pat: pat}}
	}
	// Once or more, of attributes and perhaps children: at least one of them.
	var out []alt
	if children {
		out = append(out, alt{attrs: attrs, pat: l.b.OneOrMore(pat)})
		pat = l.b.Optional(l.b.OneOrMore(pat))
	}
	for i := range attrs {
		with := append([]attr(nil), attrs...)
		with[i].required = true
		out = append(out, alt{attrs: with, pat: pat})
	}
	return l.merge(p, out)
}
