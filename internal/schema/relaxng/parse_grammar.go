package relaxng

import (
	"strings"

	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/datatype"
)

// components reads the body of a grammar; ann are annotations already read.
func (p *parser) components(g *grammar, ann *annotations) {
	for {
		if ann == nil {
			ann = p.annotations()
		}
		if p.tok.kind == tEOF || p.is("}") {
			return
		}
		p.component(g, ann)
		ann = nil
	}
}

func (p *parser) component(g *grammar, ann *annotations) {
	at := p.at()
	p.l.count(at)
	switch {
	case (p.tok.kind == tName || p.tok.kind == tCName) && p.peek.kind == tSymbol && p.peek.text == "[":
		t := p.next()
		if t.kind == tCName && p.prefixed(t) == Space && t.text == "xsd" {
			g.xsd = true
		}
		p.annotationBody()
	case p.keyword("div"):
		p.next()
		p.expect("{")
		p.enter()
		p.components(g, nil)
		p.leave()
		p.expect("}")
	case p.keyword("include"):
		p.next()
		inc := &include{href: p.literal()}
		inc.space = p.inherit()
		if p.is("{") {
			p.next()
			var body grammar
			p.enter()
			p.components(&body, nil)
			p.leave()
			p.expect("}")
			for _, x := range body.parts {
				if x.nested != nil {
					panic(&fault{x.at, "« include » dans le corps d'un « include »", "include inside the body of an include"})
				}
			}
			inc.override = body.parts
		}
		g.parts = append(g.parts, &part{at: at, nested: inc})
	default:
		x := &part{at: at, ann: ann}
		if p.keyword("start") {
			p.next()
		} else {
			if p.tok.kind == tName && !p.tok.quoted && keywords[p.tok.text] {
				p.failAt(p.tok, "mot réservé", "reserved word")
			}
			x.name = p.name()
		}
		switch {
		case p.is("="), p.is("|="), p.is("&="):
			x.op = p.next().text[0]
		default:
			p.failAt(p.tok, "« = » attendu", `"=" expected`)
		}
		x.body = p.pattern()
		g.parts = append(g.parts, x)
	}
}

var keywords = map[string]bool{"attribute": true, "default": true, "datatypes": true, "div": true, "element": true,
	"empty": true, "external": true, "grammar": true, "include": true, "inherit": true, "list": true, "mixed": true,
	"namespace": true, "notAllowed": true, "parent": true, "start": true, "string": true, "text": true, "token": true}

// annotations reads […] if it stands here, and keeps what is ours.
func (p *parser) annotations() *annotations {
	if !p.is("[") {
		return nil
	}
	p.next()
	var a *annotations
	for !p.is("]") {
		t := p.tok
		if t.kind != tName && t.kind != tCName {
			p.failAt(t, "nom d'annotation attendu", "name of an annotation expected")
		}
		p.next()
		if !p.is("=") {
			p.annotationBody()
			continue
		}
		p.next()
		value := p.literal()
		if t.kind == tCName && p.prefixed(t) == Space {
			if a == nil {
				a = &annotations{}
			}
			p.annotate(a, t, value)
		}
	}
	p.next()
	return a
}

func (p *parser) annotate(a *annotations, t token, value string) {
	truth := func() bool {
		switch value {
		case "true", "false":
			return value == "true"
		}
		p.failAt(t, "annotation : « true » ou « false » attendu", "annotation: true or false expected")
		return false
	}
	switch t.text {
	case "from":
		a.from = value
	case "until":
		a.until = value
	case "process":
		if value != "lax" && value != "strict" && value != "skip" {
			p.failAt(t, "annotation : « lax », « strict » ou « skip » attendu", "annotation: lax, strict or skip expected")
		}
		a.process = value
	case "nillable":
		a.nillable = truth()
	case "public":
		a.public = truth()
	case "global":
		a.global = truth()
	case "abstract":
		a.abstract = truth()
	case "type":
		a.typ = p.typeName(t, value)
	case "base":
		a.base = p.typeName(t, value)
	default:
		p.failAt(t, "annotation inconnue dans notre espace de noms", "unknown annotation in our namespace")
	}
}

func (p *parser) typeName(t token, value string) schema.QName {
	prefix, local, ok := strings.Cut(value, ":")
	if !ok {
		return schema.QName{Space: p.space, Local: value}
	}
	t.prefix = prefix
	if _, known := p.spaces[prefix]; !known && p.libraries[prefix] == datatype.Library {
		return schema.QName{Space: datatype.Namespace, Local: local}
	}
	return schema.QName{Space: p.prefixed(t), Local: local}
}

// annotationBody passes over the body of an annotation element.
func (p *parser) annotationBody() {
	p.expect("[")
	for depth := 1; depth > 0; {
		switch {
		case p.tok.kind == tEOF:
			p.failAt(p.tok, "annotation non fermée", "annotation not closed")
		case p.is("["):
			depth++
		case p.is("]"):
			depth--
		}
		p.next()
	}
}
