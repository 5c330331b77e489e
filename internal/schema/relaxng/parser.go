package relaxng

import (
	"strconv"
	"strings"

	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/datatype"
)

// parser reads one file.
type parser struct {
	*lexer
	l         *loader
	tok, peek token
	spaces    map[string]string // prefixes
	space     string            // default namespace
	inherited string
	libraries map[string]string
	depth     int
}

const xmlSpace = "http://www.w3.org/XML/1998/namespace"

func (l *loader) parser(file, src, inherited string) *parser {
	p := &parser{lexer: newLexer(file, src), l: l, space: inherited, inherited: inherited,
		spaces:    map[string]string{"xml": xmlSpace},
		libraries: map[string]string{"xsd": datatype.Library}}
	p.tok = p.lexer.next()
	p.peek = p.lexer.next()
	p.declarations()
	return p
}

func (p *parser) failAt(t token, fr, en string) {
	panic(&fault{place{p.file, t.line, t.col}, fr, en})
}

func (p *parser) next() token {
	t := p.tok
	p.tok = p.peek
	p.peek = p.lexer.next()
	return t
}

func (p *parser) at() place { return place{p.file, p.tok.line, p.tok.col} }

func (p *parser) is(symbol string) bool { return p.tok.kind == tSymbol && p.tok.text == symbol }

func (p *parser) keyword(word string) bool {
	return p.tok.kind == tName && !p.tok.quoted && p.tok.text == word
}

func (p *parser) expect(symbol string) {
	if !p.is(symbol) {
		p.failAt(p.tok, "« "+symbol+" » attendu", strconv.Quote(symbol)+" expected")
	}
	p.next()
}

func (p *parser) name() string {
	if p.tok.kind != tName {
		p.failAt(p.tok, "nom attendu", "name expected")
	}
	return p.next().text
}

func (p *parser) literal() string {
	if p.tok.kind != tLiteral {
		p.failAt(p.tok, "texte entre guillemets attendu", "quoted text expected")
	}
	s := p.next().text
	if !p.is("~") {
		return s
	}
	var b strings.Builder
	b.WriteString(s)
	for p.is("~") {
		p.next()
		if p.tok.kind != tLiteral {
			p.failAt(p.tok, "texte entre guillemets attendu", "quoted text expected")
		}
		b.WriteString(p.next().text)
	}
	return b.String()
}

func (p *parser) declarations() {
	for {
		switch {
		case p.keyword("namespace") && p.peek.kind == tName:
			p.next()
			prefix := p.name()
			p.expect("=")
			p.spaces[prefix] = p.uri()
			p.l.prefix(p.spaces[prefix], prefix)
		case p.keyword("default") && p.peek.kind == tName && p.peek.text == "namespace":
			p.next()
			p.next()
			prefix, named := "", p.tok.kind == tName
			if named {
				prefix = p.name()
			}
			p.expect("=")
			p.space = p.uri()
			p.l.prefix(p.space, "")
			if named {
				p.spaces[prefix] = p.space
			}
		case p.keyword("datatypes") && p.peek.kind == tName:
			p.next()
			prefix := p.name()
			p.expect("=")
			p.libraries[prefix] = p.literal()
		default:
			return
		}
	}
}

func (p *parser) uri() string {
	if p.keyword("inherit") {
		p.next()
		return p.inherited
	}
	return p.literal()
}

func (p *parser) prefixed(t token) string {
	s, ok := p.spaces[t.prefix]
	if !ok {
		p.failAt(t, "préfixe non déclaré", "prefix not declared")
	}
	return s
}

// isGrammar reports whether what follows is the body of a grammar rather than
// a pattern.
func (p *parser) isGrammar() bool {
	switch p.tok.kind {
	case tName:
		if !p.tok.quoted && (p.tok.text == "start" || p.tok.text == "div" || p.tok.text == "include") {
			return true
		}
		fallthrough
	case tCName:
		return p.peek.kind == tSymbol && (p.peek.text == "=" || p.peek.text == "|=" || p.peek.text == "&=" || p.peek.text == "[")
	}
	return p.tok.kind == tEOF
}

// file reads the whole file as a pattern; the body of a grammar is one.
func (p *parser) whole() *pattern {
	at := p.at()
	ann := p.annotations()
	var out *pattern
	if p.isGrammar() {
		out = p.node(kGrammar, at)
		out.body = &grammar{}
		p.components(out.body, ann)
	} else {
		out = p.patternAfter(ann)
	}
	if p.tok.kind != tEOF {
		p.failAt(p.tok, "suite inattendue", "unexpected continuation")
	}
	return out
}

func (p *parser) node(k kind, at place) *pattern {
	p.l.count(at)
	return &pattern{kind: k, at: at}
}

func (p *parser) enter() {
	if p.depth++; p.depth > maxNesting {
		p.failAt(p.tok, "imbrication trop profonde", "nested too deep")
	}
}

func (p *parser) leave() { p.depth-- }

// pattern reads particles joined by one connector.
func (p *parser) pattern() *pattern { return p.patternAfter(p.annotations()) }

func (p *parser) patternAfter(ann *annotations) *pattern {
	p.enter()
	defer p.leave()
	at := p.at()
	first := p.particle(ann)
	var k kind
	switch {
	case p.is(","):
		k = kGroup
	case p.is("|"):
		k = kChoice
	case p.is("&"):
		k = kInterleave
	default:
		return first
	}
	connector := p.tok.text
	out := p.node(k, at)
	out.kids = append(out.kids, first)
	for p.is(connector) {
		p.next()
		out.kids = append(out.kids, p.particle(p.annotations()))
	}
	if p.is(",") || p.is("|") || p.is("&") {
		p.failAt(p.tok, "connecteurs mêlés sans parenthèses", "connectors mixed without parentheses")
	}
	return out
}

func (p *parser) particle(ann *annotations) *pattern {
	at := p.at()
	out := p.primary()
	if ann != nil {
		if out.ann != nil { // annotations on parentheses that hold annotated patterns
			outer := p.node(kGroup, at)
			outer.kids = []*pattern{out}
			out = outer
		}
		out.ann = ann
	}
	p.following()
	k := kEmpty
	switch {
	case p.is("?"):
		k = kOptional
	case p.is("*"):
		k = kStar
	case p.is("+"):
		k = kPlus
	default:
		return out
	}
	p.next()
	r := p.node(k, at)
	r.kids = []*pattern{out}
	p.following()
	return r
}

// following passes over annotations behind a pattern.
func (p *parser) following() {
	for p.is(">>") {
		p.next()
		if p.tok.kind != tName && p.tok.kind != tCName {
			p.failAt(p.tok, "nom attendu", "name expected")
		}
		p.next()
		p.annotationBody()
	}
}

func (p *parser) braced(k kind, at place) *pattern {
	out := p.node(k, at)
	p.next()
	p.expect("{")
	out.kids = []*pattern{p.pattern()}
	p.expect("}")
	return out
}

func (p *parser) simple(k kind, at place) *pattern {
	p.next()
	return p.node(k, at)
}

func (p *parser) primary() *pattern {
	at := p.at()
	switch p.tok.kind {
	case tLiteral:
		out := p.node(kValue, at)
		out.dt, _ = datatype.Builtin("token")
		out.value = p.literal()
		return out
	case tCName:
		return p.data(at)
	case tSymbol:
		if p.is("(") {
			p.next()
			out := p.pattern()
			p.expect(")")
			return out
		}
	case tName:
		if p.tok.quoted {
			return p.reference(kRef, at)
		}
		switch p.tok.text {
		case "element", "attribute":
			k := kElement
			space := p.space
			if p.tok.text == "attribute" {
				k, space = kAttribute, ""
			}
			p.next()
			names := p.nameClass(space)
			p.expect("{")
			out := p.node(k, at)
			out.names = names
			out.kids = []*pattern{p.pattern()}
			p.expect("}")
			return out
		case "list":
			return p.braced(kList, at)
		case "mixed":
			return p.braced(kMixed, at)
		case "empty":
			return p.simple(kEmpty, at)
		case "text":
			return p.simple(kText, at)
		case "notAllowed":
			return p.simple(kNotAllowed, at)
		case "string", "token":
			return p.data(at)
		case "parent":
			p.next()
			return p.reference(kParent, at)
		case "external":
			p.next()
			href := p.literal()
			return p.l.external(href, p.inherit(), at)
		case "grammar":
			p.next()
			p.expect("{")
			out := p.node(kGrammar, at)
			out.body = &grammar{}
			p.enter()
			p.components(out.body, nil)
			p.leave()
			p.expect("}")
			return out
		case "attributes", "default", "datatypes", "div", "include", "inherit", "namespace", "start":
			if p.tok.text != "attributes" {
				break
			}
			fallthrough
		default:
			return p.reference(kRef, at)
		}
	}
	p.failAt(p.tok, "motif attendu", "pattern expected")
	return nil
}

func (p *parser) reference(k kind, at place) *pattern {
	out := p.node(k, at)
	out.name = p.name()
	return out
}

func (p *parser) inherit() string {
	if !p.keyword("inherit") {
		return p.space
	}
	p.next()
	p.expect("=")
	t := p.tok
	t.prefix = p.name()
	return p.prefixed(t)
}

// data reads a datatype with parameters or a value.
func (p *parser) data(at place) *pattern {
	t := p.next()
	own := t.kind == tName // the built-in library
	lib := ""
	if !own {
		var ok bool
		if lib, ok = p.libraries[t.prefix]; !ok {
			if lib, ok = p.spaces[t.prefix]; !ok || lib != datatype.Namespace {
				p.failAt(t, "préfixe de types non déclaré", "prefix of datatypes not declared")
			}
			lib = datatype.Library
		}
	}
	dt := p.l.datatype(lib, t.text, place{p.file, t.line, t.col})
	if p.tok.kind == tLiteral {
		out := p.node(kValue, at)
		out.dt, out.value = dt, p.literal()
		return out
	}
	out := p.node(kData, at)
	out.dt = dt
	if p.is("{") {
		if own {
			p.failAt(p.tok, "ce type n'a pas de paramètres", "this type has no parameters")
		}
		p.next()
		out.dt = p.params(dt)
		p.expect("}")
	}
	if p.is("-") {
		p.next()
		out.except = p.particle(p.annotations())
	}
	return out
}

func (p *parser) params(dt *datatype.Type) *datatype.Type {
	var all []param
	for !p.is("}") {
		p.annotations()
		at := p.at()
		name := p.name()
		p.expect("=")
		all = append(all, param{name, p.literal(), at})
	}
	return p.l.restricted(dt, all, p.at())
}

// nameClass reads a choice of classes.
func (p *parser) nameClass(space string) schema.NameClass {
	p.enter()
	defer p.leave()
	all := []schema.NameClass{p.basicName(space)}
	for p.is("|") {
		p.next()
		all = append(all, p.basicName(space))
	}
	return schema.NameChoice(all...)
}

func (p *parser) basicName(space string) schema.NameClass {
	p.annotations()
	p.l.count(p.at())
	t := p.tok
	var out schema.NameClass
	switch {
	case t.kind == tName:
		p.next()
		out = schema.Name(space, t.text)
	case t.kind == tCName:
		p.next()
		out = schema.Name(p.prefixed(t), t.text)
	case t.kind == tNsName:
		p.next()
		out = schema.NsName(p.prefixed(t), p.exception(space))
	case p.is("*"):
		p.next()
		out = schema.AnyName(p.exception(space))
	case p.is("("):
		p.next()
		out = p.nameClass(space)
		p.expect(")")
	default:
		p.failAt(t, "nom attendu", "name expected")
	}
	p.following()
	return out
}

func (p *parser) exception(space string) *schema.NameClass {
	if !p.is("-") {
		return nil
	}
	p.next()
	p.enter()
	defer p.leave()
	n := p.basicName(space)
	return &n
}
