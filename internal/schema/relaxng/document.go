package relaxng

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Structure is the namespace of RELAX NG in XML syntax.
const Structure = "http://relaxng.org/ns/structure/1.0"

const blanks = " \t\r\n"

// isXML reports whether a file is in XML syntax: no grammar in compact syntax
// begins with "<" or in UTF-16.
func isXML(data []byte) bool {
	if bytes.HasPrefix(data, []byte("\xfe\xff")) || bytes.HasPrefix(data, []byte("\xff\xfe")) {
		return true
	}
	data = bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), blanks)
	return len(data) > 0 && data[0] == '<'
}

// node is an element of RELAX NG in a file, what is of other namespaces left
// out (annotations, RELAX NG 4.1).
type node struct {
	name  string
	attrs []nodeAttr
	kids  []*node
	text  string // of value, param and name
	scope *xmlcore.Scope
	line  int32
	col   int32
}

type nodeAttr struct{ name, value string }

func (n *node) attr(name string) (string, bool) {
	for i := range n.attrs {
		if n.attrs[i].name == name {
			return n.attrs[i].value, true
		}
	}
	return "", false
}

// allowed lists, for each element, the attributes it may have besides ns and
// datatypeLibrary.
var allowed = map[string]string{
	"element": " name ", "attribute": " name ", "group": "", "interleave": "", "choice": "", "optional": "",
	"zeroOrMore": "", "oneOrMore": "", "list": "", "mixed": "", "ref": " name ", "parentRef": " name ",
	"empty": "", "value": " type ", "data": " type ", "param": " name ", "except": "", "notAllowed": "", "text": "",
	"externalRef": " href ", "grammar": "", "start": " combine ", "define": " name combine ", "div": "", "include": " href ",
	"name": "", "anyName": "", "nsName": "",
}

// holdsText are the elements whose text means something.
func holdsText(name string) bool { return name == "value" || name == "param" || name == "name" }

// treeBuilder keeps the elements of RELAX NG of a file.
type treeBuilder struct {
	l    *loader
	file string
	root *node
	open []*node
	text []byte
	skip int
}

// Event takes the next event of the file.
func (b *treeBuilder) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	switch k {
	case xmlcore.StartElement:
		return b.start(r)
	case xmlcore.EndElement:
		if b.skip > 0 {
			b.skip--
			return nil
		}
		n := b.open[len(b.open)-1]
		b.open = b.open[:len(b.open)-1]
		if holdsText(n.name) {
			n.text, b.text = string(b.text), b.text[:0]
		}
	case xmlcore.Text:
		if b.skip > 0 || len(b.open) == 0 {
			return nil
		}
		if n := b.open[len(b.open)-1]; holdsText(n.name) {
			b.text = append(b.text, r.Text()...)
		} else if len(bytes.Trim(r.Text(), blanks)) > 0 {
			line, col, _ := r.Position()
			b.l.note(place{b.file, line, col}, "du texte est ignoré", "text is ignored")
		}
	}
	return nil
}

func (b *treeBuilder) start(r *xmlcore.Reader) error {
	name := r.Name()
	line, col, _ := r.Position()
	at := place{b.file, line, col}
	if len(b.open) == 0 && b.skip == 0 && name.Space != Structure {
		return &fault{at, "la racine n'est pas une grammaire RELAX NG", "the root is not a RELAX NG grammar"}
	}
	if b.skip > 0 || name.Space != Structure {
		b.skip++
		return nil
	}
	may, known := allowed[name.Local]
	if !known {
		return &fault{at, "élément inconnu de RELAX NG", "element unknown to RELAX NG"}
	}
	if b.l.nodes++; b.l.nodes > b.l.opt.Nodes {
		return &fault{at, "la grammaire est trop grande", "the grammar is too large"}
	}
	n := &node{name: name.Local, line: int32(line), col: int32(col)}
	if len(b.open) > 0 {
		up := b.open[len(b.open)-1]
		if holdsText(up.name) {
			return &fault{at, "un élément se trouve dans un texte", "an element stands inside a text"}
		}
		n.scope = up.scope
		up.kids = append(up.kids, n)
	} else {
		b.root = n
	}
	if s, _ := r.Attr("", "ns"); len(s) > 0 { // messages name bare what the grammar names so
		b.l.prefix(string(s), "")
	}
	n.scope = n.scope.Inside(r)
	for _, x := range r.Namespaces() {
		b.l.prefix(x.URI, x.Prefix)
	}
	for _, a := range r.Attrs() {
		switch {
		case a.Name.Space == xmlcore.XMLSpace && a.Name.Local == "base":
			n.attrs = append(n.attrs, nodeAttr{"xml:base", string(a.Value)})
		case a.Name.Space != "":
		case a.Name.Local == "ns" || a.Name.Local == "datatypeLibrary":
			n.attrs = append(n.attrs, nodeAttr{a.Name.Local, string(a.Value)})
		case strings.Contains(may, " "+a.Name.Local+" "):
			n.attrs = append(n.attrs, nodeAttr{a.Name.Local, strings.Trim(string(a.Value), blanks)})
		default:
			b.l.note(at, "un attribut inconnu de RELAX NG est ignoré", "an attribute unknown to RELAX NG is ignored")
		}
	}
	b.open = append(b.open, n)
	return nil
}

// note reports a defect that changes nothing.
func (l *loader) note(at place, fr, en string) {
	l.rep.Add(report.XSDCompileNote, report.Location{Member: at.file, Line: at.line, Column: at.col}, report.Words("detail", fr, en))
}

// document reads a file in XML syntax; space is the namespace it inherits.
func (l *loader) document(file string, data []byte, space string) *pattern {
	b := &treeBuilder{l: l, file: file}
	r := xmlcore.NewReader(bytes.NewReader(data), xmlcore.Options{Member: file, Limits: xmlcore.Limits{Depth: maxNesting}})
	err := xmlcore.Run(l.ctx, r, b)
	var bad *xmlcore.Error
	var wrong *fault
	switch {
	case err == nil:
	case errors.As(err, &bad):
		panic(&refused{bad.Finding})
	case errors.As(err, &wrong):
		panic(wrong)
	default:
		panic(&failure{fmt.Errorf("relaxng: %w", err)})
	}
	return (&translator{l: l, file: file}).pattern(b.root, around{space: space})
}

func (f *fault) Error() string { return f.en }

// reference is the file an href means, relative to where it stands.
func (x *translator) reference(n *node, a around) string {
	href, ok := n.attr("href")
	if !ok {
		x.fail(n, "l'attribut href manque", "attribute href is missing")
	}
	if strings.Contains(href, "#") {
		x.fail(n, "href désigne un fragment (RELAX NG 4.5)", "href names a fragment (RELAX NG 4.5)")
	}
	if plain, err := url.PathUnescape(href); err == nil {
		href = plain
	}
	if a.base != "" && !strings.Contains(href, ":") && !strings.HasPrefix(href, "/") {
		href = a.base + href
	}
	return href
}
