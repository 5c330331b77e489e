package relaxng

import (
	"strings"

	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/datatype"
)

// translator turns the elements of a file in XML syntax into patterns as
// written: the simplification of RELAX NG chapter 4.
type translator struct {
	l    *loader
	file string
}

// around is what elements inherit from those around them (RELAX NG 4.3, 4.8).
type around struct {
	space, library, base string
}

func (x *translator) at(n *node) place { return place{x.file, int(n.line), int(n.col)} }

func (x *translator) fail(n *node, fr, en string) { panic(&fault{x.at(n), fr, en}) }

// inside is what an element hands down.
func (x *translator) inside(n *node, a around) around {
	if s, ok := n.attr("ns"); ok {
		a.space = s
	}
	if s, ok := n.attr("datatypeLibrary"); ok {
		a.library = s
	}
	if s, ok := n.attr("xml:base"); ok {
		folder := s[:strings.LastIndexByte(s, '/')+1]
		if strings.Contains(folder, ":") || strings.HasPrefix(folder, "/") {
			a.base = folder
		} else {
			a.base += folder
		}
	}
	return a
}

func (x *translator) node(k kind, n *node) *pattern {
	x.l.count(x.at(n))
	return &pattern{kind: k, at: x.at(n)}
}

// name returns the value of attribute name, which must be an NCName.
func (x *translator) name(n *node) string {
	s, ok := n.attr("name")
	if !ok {
		x.fail(n, "l'attribut name manque", "attribute name is missing")
	}
	if !isNCName(s) {
		x.fail(n, "le nom n'est pas correct", "the name is not right")
	}
	return s
}

func isNCName(s string) bool {
	t, _ := datatype.Builtin("NCName")
	f, _ := t.Check(&datatype.Scratch{Work: 1 << 16}, []byte(s))
	return f == nil && s == strings.Trim(s, blanks)
}

// childless refuses what an element must not hold.
func (x *translator) childless(n *node) {
	if len(n.kids) > 0 {
		x.fail(n.kids[0], "aucun élément n'est permis ici", "no element is allowed here")
	}
}

// patterns translates children; without, several are a group (4.12).
func (x *translator) patterns(n *node, kids []*node, a around) *pattern {
	return x.join(kGroup, n, kids, a)
}

func (x *translator) join(k kind, n *node, kids []*node, a around) *pattern {
	switch len(kids) {
	case 0:
		x.fail(n, "un contenu est attendu ici", "some content is expected here")
	case 1:
		return x.pattern(kids[0], a)
	}
	out := x.node(k, n)
	out.kids = make([]*pattern, len(kids))
	for i, kid := range kids {
		out.kids[i] = x.pattern(kid, a)
	}
	return out
}

var oneInside = map[string]kind{"oneOrMore": kPlus, "zeroOrMore": kStar, "optional": kOptional, "mixed": kMixed, "list": kList}

var manyInside = map[string]kind{"group": kGroup, "interleave": kInterleave, "choice": kChoice}

var nothingInside = map[string]kind{"empty": kEmpty, "text": kText, "notAllowed": kNotAllowed}

// pattern translates an element that is a pattern; outer is what it inherits.
func (x *translator) pattern(n *node, outer around) *pattern {
	x.l.spend(x.at(n), 1)
	a := x.inside(n, outer)
	if k, ok := manyInside[n.name]; ok {
		return x.join(k, n, n.kids, a)
	}
	if k, ok := oneInside[n.name]; ok {
		out := x.node(k, n)
		out.kids = []*pattern{x.patterns(n, n.kids, a)}
		return out
	}
	if k, ok := nothingInside[n.name]; ok {
		x.childless(n)
		return x.node(k, n)
	}
	switch n.name {
	case "element", "attribute":
		return x.element(n, a)
	case "ref", "parentRef":
		x.childless(n)
		out := x.node(kRef, n)
		if n.name == "parentRef" {
			out.kind = kParent
		}
		out.name = x.name(n)
		return out
	case "value":
		x.childless(n)
		out := x.node(kValue, n)
		out.value = n.text
		if name, ok := n.attr("type"); ok {
			out.dt = x.l.datatype(a.library, name, x.at(n))
		} else {
			out.dt, _ = datatype.Builtin("token")
		}
		return out
	case "data":
		return x.data(n, a)
	case "externalRef":
		x.childless(n)
		return x.l.external(x.reference(n, a), a.space, x.at(n))
	case "grammar":
		out := x.node(kGrammar, n)
		out.body = &grammar{whole: true}
		x.components(out.body, n, a, false)
		return out
	}
	x.fail(n, "cet élément n'est pas attendu ici", "this element is not expected here")
	return nil
}

// element translates element and attribute: a class of names and a content.
func (x *translator) element(n *node, a around) *pattern {
	out := x.node(kElement, n)
	kids := n.kids
	name, named := n.attr("name")
	if n.name == "attribute" {
		out.kind = kAttribute
	}
	switch {
	case named:
		b := a
		if _, own := n.attr("ns"); n.name == "attribute" && !own { // 4.8
			b.space = ""
		}
		out.names = x.qualified(n, name, b)
	case len(kids) == 0:
		x.fail(n, "un nom est attendu", "a name is expected")
	default:
		out.names = x.class(kids[0], a, true, true)
		kids = kids[1:]
	}
	if n.name == "attribute" {
		x.reserved(n, &out.names)
		switch len(kids) {
		case 0: // 4.12
			out.kids = []*pattern{x.node(kText, n)}
			return out
		case 1:
		default:
			x.fail(kids[1], "un attribut n'a qu'un contenu", "an attribute has one content")
		}
	}
	out.kids = []*pattern{x.patterns(n, kids, a)}
	return out
}

// reserved refuses attributes that would be namespace declarations (4.16).
func (x *translator) reserved(n *node, names *schema.NameClass) {
	bad := false
	names.Each(func(q schema.QName) {
		bad = bad || q == schema.QName{Local: "xmlns"} || strings.TrimSuffix(q.Space, "/") == "http://www.w3.org/2000/xmlns"
	}, func(space string) { bad = bad || strings.TrimSuffix(space, "/") == "http://www.w3.org/2000/xmlns" })
	if bad {
		x.fail(n, "un attribut ne peut pas s'appeler xmlns (RELAX NG 4.16)", "an attribute cannot be named xmlns (RELAX NG 4.16)")
	}
}

// qualified reads a name with or without a prefix (4.10).
func (x *translator) qualified(n *node, text string, a around) schema.NameClass {
	prefix, local, found := strings.Cut(strings.Trim(text, blanks), ":")
	space := a.space
	if found {
		var ok bool
		if space, ok = n.scope.Lookup(prefix); !ok {
			x.fail(n, "préfixe non déclaré", "prefix not declared")
		}
	} else {
		prefix, local = "", prefix
	}
	if !isNCName(local) || found && !isNCName(prefix) {
		x.fail(n, "le nom n'est pas correct", "the name is not right")
	}
	return schema.Name(space, local)
}

// class translates a class of names; any and spaces say whether anyName and
// nsName may still occur (4.16).
func (x *translator) class(n *node, outer around, any, spaces bool) schema.NameClass {
	x.l.count(x.at(n))
	a := x.inside(n, outer)
	switch n.name {
	case "name":
		return x.qualified(n, n.text, a)
	case "choice":
		return x.classes(n, n.kids, a, any, spaces)
	case "anyName", "nsName":
		if !any && n.name == "anyName" || !spaces {
			x.fail(n, n.name+" n'est pas permis dans cette exception (RELAX NG 4.16)", n.name+" is not allowed in this exception (RELAX NG 4.16)")
		}
		var except *schema.NameClass
		if len(n.kids) > 0 {
			if e := n.kids[0]; e.name == "except" && len(n.kids) == 1 {
				c := x.classes(e, e.kids, x.inside(e, a), false, n.name == "anyName")
				except = &c
			} else {
				x.fail(n.kids[len(n.kids)-1], "une seule exception est attendue", "one exception is expected")
			}
		}
		if n.name == "anyName" {
			return schema.AnyName(except)
		}
		return schema.NsName(a.space, except)
	}
	x.fail(n, "un nom est attendu", "a name is expected")
	return schema.NameClass{}
}

func (x *translator) classes(n *node, kids []*node, a around, any, spaces bool) schema.NameClass {
	if len(kids) == 0 {
		x.fail(n, "un nom est attendu", "a name is expected")
	}
	all := make([]schema.NameClass, len(kids))
	for i, k := range kids {
		all[i] = x.class(k, a, any, spaces)
	}
	return schema.NameChoice(all...)
}

func (x *translator) data(n *node, a around) *pattern {
	out := x.node(kData, n)
	name, ok := n.attr("type")
	if !ok {
		x.fail(n, "l'attribut type manque", "attribute type is missing")
	}
	out.dt = x.l.datatype(a.library, name, x.at(n))
	var params []param
	for i, k := range n.kids {
		switch {
		case k.name == "param":
			name, ok := k.attr("name")
			if !ok {
				x.fail(k, "l'attribut name manque", "attribute name is missing")
			}
			if a.library == "" {
				x.fail(k, "ce type n'a pas de paramètres", "this type has no parameters")
			}
			params = append(params, param{name, k.text, x.at(k)})
		case k.name == "except" && i == len(n.kids)-1:
			out.except = x.join(kChoice, k, k.kids, x.inside(k, a))
		default:
			x.fail(k, "cet élément n'est pas attendu ici", "this element is not expected here")
		}
	}
	if len(params) > 0 {
		out.dt = x.l.restricted(out.dt, params, x.at(n))
	}
	return out
}

// components translates what is in a grammar, in a div, or in an include,
// whose definitions replace those of the file included.
func (x *translator) components(g *grammar, n *node, a around, override bool) {
	for _, k := range n.kids {
		at := x.at(k)
		x.l.count(at)
		b := x.inside(k, a)
		switch k.name {
		case "div":
			x.components(g, k, b, override)
		case "include":
			if override {
				x.fail(k, "« include » dans le corps d'un « include »", "include inside the body of an include")
			}
			var body grammar
			x.components(&body, k, b, true)
			g.parts = append(g.parts, &part{at: at, nested: &include{href: x.reference(k, b), space: b.space, override: body.parts}})
		case "start", "define":
			p := &part{at: at, op: '='}
			if k.name == "define" {
				p.name = x.name(k)
			} else if len(k.kids) > 1 {
				x.fail(k.kids[1], "« start » n'a qu'un contenu", "start has one content")
			}
			if how, ok := k.attr("combine"); ok {
				switch how {
				case "choice":
					p.op = '|'
				case "interleave":
					p.op = '&'
				default:
					x.fail(k, "combine vaut « choice » ou « interleave »", "combine is choice or interleave")
				}
			}
			p.body = x.patterns(k, k.kids, b)
			g.parts = append(g.parts, p)
		default:
			x.fail(k, "cet élément n'est pas attendu ici", "this element is not expected here")
		}
	}
}
