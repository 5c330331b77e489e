package xades

import (
	"net/url"
	"strings"

	"github.com/liasse/liasse/internal/c14n"
)

// Algorithms of canonicalisation and transformation.
const (
	algC14N10    = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	algC14N11    = "http://www.w3.org/2006/12/xml-c14n11"
	algEnveloped = nsDS + "enveloped-signature"
	algBase64    = nsDS + "base64"
	algXPath     = "http://www.w3.org/TR/1999/REC-xpath-19991116"
	algFilter2   = "http://www.w3.org/2002/06/xmldsig-filter2"
	// maxTransforms of one reference.
	maxTransforms = 5
	maxPrefixes   = 256
)

// canonicalisation reads a method: CanonicalizationMethod, or a Transform. An
// empty algorithm is Canonical XML 1.0, which the old signatures mean by it.
func canonicalisation(n *node) (opt c14n.Options, ok bool) {
	alg := n.attr("Algorithm")
	if a, with := strings.CutSuffix(alg, "#WithComments"); with && a != "http://www.w3.org/2001/10/xml-exc-c14n" {
		alg, opt.Comments = a, true
	}
	switch alg {
	case algC14N10, "":
	case algC14N11:
		opt.Version11 = true
	case nsExc, nsExc + "WithComments":
		opt.Exclusive, opt.Comments = true, alg != nsExc
	default:
		return opt, false
	}
	if n == nil {
		return opt, true
	}
	for _, c := range n.children {
		if !opt.Exclusive || !c.is(nsExc, "InclusiveNamespaces") || opt.Prefixes != nil {
			return opt, false // parameters nobody defined
		}
		opt.Prefixes = strings.Fields(c.attr("PrefixList"))
		if len(opt.Prefixes) > maxPrefixes {
			return opt, false
		}
	}
	return opt, true
}

// words is a reason in French and in English.
type words struct{ fr, en string }

// plan says which octets a reference is over.
type plan struct {
	whole     bool   // the whole document
	id        string // an element of it
	external  bool   // a file: name, or the one file when named is false
	name      string
	named     bool
	enveloped bool // without the signature itself
	unsigned  bool // without any signature
	filter    *expression
	method    c14n.Options
	explicit  bool // a canonicalisation is asked for
	base64    bool
	refused   *words // why it is not followed
}

// planOf reads a ds:Reference. Whatever is not on the list of what is followed
// is refused, never guessed.
func planOf(n *node) plan {
	var p plan
	uri, has := n.attr("URI"), n.has("URI")
	switch {
	case !has:
		p.external = true
	case uri == "":
		p.whole = true
	case uri == "#xpointer(/)":
		p.whole, p.method.Comments = true, true
	case strings.HasPrefix(uri, "#xpointer("):
		id, ok := quoted(strings.TrimSuffix(strings.TrimPrefix(uri, "#xpointer("), ")"), "id(", ")")
		p.id, p.method.Comments = id, true
		if !ok {
			p.refused = &words{"pointeur XPath non admis", "XPointer not admitted"}
		}
	case uri[0] == '#':
		p.id = uri[1:]
		if u, err := url.PathUnescape(p.id); err == nil {
			p.id = u
		}
		if p.id == "" {
			p.refused = &words{"référence vide", "empty reference"}
		}
	default:
		p.external, p.named, p.name = true, true, uri
	}
	comments := p.method.Comments
	list := n.child(nsDS, "Transforms")
	if list == nil {
		return p
	}
	if len(list.children) > maxTransforms {
		p.refused = &words{"trop de transformations", "too many transforms"}
		return p
	}
	for _, t := range list.children {
		if !t.is(nsDS, "Transform") {
			p.refused = &words{"transformation illisible", "unreadable transform"}
			return p
		}
		if why := p.transform(t, comments); why != nil {
			p.refused = why
			return p
		}
	}
	return p
}

func (p *plan) transform(t *node, comments bool) *words {
	late := &words{"transformation après la mise en forme canonique", "transform after canonicalisation"}
	switch alg := t.attr("Algorithm"); alg {
	case algEnveloped:
		if p.explicit || p.base64 {
			return late
		}
		if p.external {
			return &words{"signature enveloppée dans un fichier extérieur", "enveloped signature in an external file"}
		}
		p.enveloped = true
	case algBase64:
		if p.base64 {
			return late
		}
		p.base64 = true
	case algXPath, algFilter2:
		e := expressionOf(t)
		switch {
		case e == nil || e.filter2 != (alg == algFilter2):
			return &words{"filtre XPath non admis", "XPath filter not admitted"}
		case p.explicit || p.base64 || p.external || p.filter != nil:
			return late
		case e.noSignature:
			p.unsigned = true
		case !p.whole && p.id != e.id:
			return &words{"filtre XPath sur un autre élément", "XPath filter on another element"}
		default:
			p.filter = e
		}
	default:
		opt, ok := canonicalisation(t)
		if !ok || alg == "" {
			return &words{"transformation non admise", "transform not admitted"}
		}
		if p.base64 {
			return late
		}
		if p.explicit { // what is canonical already: the same again changes nothing
			if opt.Exclusive != p.method.Exclusive || opt.Version11 != p.method.Version11 || len(opt.Prefixes) > 0 || len(p.method.Prefixes) > 0 {
				return late
			}
		}
		// A reference by name or to the document selects no comment, whatever the
		// method (XMLDSig §4.4.3.3); octets from outside keep theirs.
		opt.Comments = opt.Comments && (comments || p.external)
		p.method, p.explicit = opt, true
	}
	return nil
}

// expressionOf returns the expression of a Transform, nil when it is not one of
// those followed.
func expressionOf(t *node) *expression {
	if len(t.children) != 1 || t.children[0].local != "XPath" {
		return nil
	}
	return t.children[0].xpath
}

// expression is an XPath of one of the few forms that are followed. The rest of
// XPath is a programming language in the hands of who made the document.
type expression struct {
	filter2     bool
	noSignature bool   // everything but signatures
	id          string // else: the element with the Id,
	steps       []step // its children by name,
	content     bool   // and their content without themselves
}

type step struct{ space, local string }

// parseExpression reads an expression; filter is the Filter attribute of XPath
// Filter 2, "" for the older transform. It returns nil for any other form.
func parseExpression(text, filter string, lookup func(string) (string, bool)) *expression {
	s := strings.Join(strings.Fields(text), "")
	name := func(q string) (step, bool) {
		prefix, local, ok := strings.Cut(q, ":")
		if !ok {
			prefix, local = "", q
		}
		if local == "" || strings.ContainsAny(local, "*@[](){}'\":|$,=") {
			return step{}, false
		}
		space, bound := "", true
		if prefix != "" { // a name without prefix has no namespace in XPath 1.0
			space, bound = lookup(prefix)
		}
		return step{space, local}, bound
	}
	signature := func(q string) bool {
		switch strings.ReplaceAll(q, `"`, "'") {
		case "*[local-name()='Signature'andnamespace-uri()='" + nsDS + "']", "*[namespace-uri()='" + nsDS + "'andlocal-name()='Signature']":
			return true
		}
		// A name as it is written, where its prefix is that of signatures: older
		// tools wrote so.
		if w, ok := quoted(q, "*[name()=", "]"); ok && strings.Contains(w, ":") {
			q = w
		}
		n, ok := name(q)
		return ok && n == step{nsDS, "Signature"}
	}
	switch filter {
	case "":
		// Four ways of writing the same condition.
		for _, w := range [][2]string{{"not(ancestor-or-self::", ")"}, {"count(ancestor-or-self::", ")=0"},
			{"self::node()[not(ancestor-or-self::", ")]"}, {"not(boolean(ancestor-or-self::", "))"}} {
			if q, ok := strings.CutPrefix(s, w[0]); ok {
				if q, ok = strings.CutSuffix(q, w[1]); ok && signature(q) {
					return &expression{noSignature: true}
				}
			}
		}
	case "subtract":
		for _, w := range []string{"/descendant::", "//", "/descendant-or-self::"} {
			if q, ok := strings.CutPrefix(s, w); ok && signature(q) {
				return &expression{filter2: true, noSignature: true}
			}
		}
	case "intersect":
		e := &expression{filter2: true}
		head, rest := s, ""
		if i := strings.IndexAny(s, ")]"); i >= 0 {
			head, rest = s[:i+1], s[i+1:]
		}
		var ok bool
		if e.id, ok = quoted(head, "id(", ")"); !ok {
			if e.id, ok = quoted(head, "//*[@Id=", "]"); !ok {
				return nil
			}
		}
		for rest != "" {
			if rest[0] != '/' || e.content {
				return nil
			}
			var q string
			if q, rest, ok = strings.Cut(rest[1:], "/"); ok {
				rest = "/" + rest
			}
			if q == "node()" {
				e.content = true
				continue
			}
			n, ok := name(q)
			if !ok || len(e.steps) == 8 {
				return nil
			}
			e.steps = append(e.steps, n)
		}
		return e
	}
	return nil
}

// quoted returns the literal between before and after, in either quotes.
func quoted(s, before, after string) (string, bool) {
	s, ok := strings.CutPrefix(s, before)
	if s, ok = cut(s, after, ok); !ok || len(s) < 3 {
		return "", false
	}
	q := s[0]
	if q != '\'' && q != '"' || s[len(s)-1] != q {
		return "", false
	}
	s = s[1 : len(s)-1]
	return s, strings.IndexByte(s, q) < 0
}

func cut(s, after string, ok bool) (string, bool) {
	if !ok {
		return s, false
	}
	return strings.CutSuffix(s, after)
}
