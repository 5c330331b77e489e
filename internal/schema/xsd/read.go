package xsd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/datatype"
	"github.com/liasse/liasse/internal/xmlcore"
)

// document is a schema document taken into a namespace.
type document struct {
	file   string
	target string // a chameleon has the namespace of whoever includes it
	own    bool   // the target namespace is written in the document
	root   *node

	elements, attributes bool // local names are qualified
	block                string
}

// node is an element of a schema document, annotations left out.
type node struct {
	name  string // in the namespace of XML Schema
	attrs []attr
	kids  []*node
	doc   *document
	scope *xmlcore.Scope
	line  int32
	col   int32
}

type attr struct{ name, value string }

func (n *node) attr(name string) (string, bool) {
	for i := range n.attrs {
		if n.attrs[i].name == name {
			return n.attrs[i].value, true
		}
	}
	return "", false
}

// get returns an attribute without the white space around it, "" if absent.
func (n *node) get(name string) string {
	v, _ := n.attr(name)
	return strings.Trim(v, " \t\r\n")
}

func (n *node) flag(name string) bool {
	v := n.get(name)
	return v == "true" || v == "1"
}

// child returns the first child of one of the names.
func (n *node) child(names ...string) *node {
	for _, k := range n.kids {
		for _, want := range names {
			if k.name == want {
				return k
			}
		}
	}
	return nil
}

func (n *node) place() string { return fmt.Sprintf("%s:%d", n.doc.file, n.line) }

// name reads a qualified name. A name without namespace in a document taken
// into a namespace is of that namespace.
func (l *loader) name(n *node, text string) schema.QName {
	prefix, local, found := strings.Cut(text, ":")
	if !found {
		prefix, local = "", text
	}
	space, ok := n.scope.Lookup(prefix)
	if !ok || local == "" || strings.Contains(local, ":") {
		l.fail(n, "nom qualifié incorrect : "+text, "wrong qualified name: "+text)
	}
	if space == "" && !n.doc.own {
		space = n.doc.target
	}
	return schema.QName{Space: space, Local: local}
}

// reader builds the tree of a document.
type reader struct {
	l    *loader
	doc  *document
	open []*node
	skip int
	head bool // stop behind the inclusions
}

var errEnough = errors.New("xsd: the head of the document is read")

// Event takes the next event of the document.
func (b *reader) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	switch k {
	case xmlcore.StartElement:
		name := r.Name()
		if b.skip > 0 || name.Space != datatype.Namespace || name.Local == "annotation" {
			if len(b.open) == 0 {
				return &fault{at: place{b.doc.file, 1, 1}, fr: "la racine n'est pas xs:schema", en: "the root is not xs:schema"}
			}
			b.skip++
			return nil
		}
		if b.head && len(b.open) > 0 && name.Local != "include" && name.Local != "import" && name.Local != "redefine" {
			return errEnough
		}
		line, col, _ := r.Position()
		n := &node{name: name.Local, doc: b.doc, line: int32(line), col: int32(col)}
		if len(b.open) == 0 && name.Local != "schema" {
			return &fault{at: n.at(), fr: "la racine n'est pas xs:schema", en: "the root is not xs:schema"}
		}
		if b.l.nodes++; b.l.nodes > b.l.opt.Nodes {
			return &fault{at: n.at(), fr: tooLargeFR, en: tooLargeEN}
		}
		if len(b.open) > 0 {
			n.scope = b.open[len(b.open)-1].scope
		}
		n.scope = n.scope.Inside(r)
		for _, a := range r.Attrs() {
			if a.Name.Space == "" && a.Name.Local != "id" {
				n.attrs = append(n.attrs, attr{a.Name.Local, string(a.Value)})
			}
		}
		if len(b.open) > 0 {
			up := b.open[len(b.open)-1]
			up.kids = append(up.kids, n)
		} else {
			b.doc.root = n
		}
		b.open = append(b.open, n)
	case xmlcore.EndElement:
		if b.skip > 0 {
			b.skip--
		} else {
			b.open = b.open[:len(b.open)-1]
		}
	}
	return nil
}

const maxNesting = 128

// parse reads a document, or with head what stands before its components.
func (l *loader) parse(file string, from *node, head bool) *document {
	at := place{file: file}
	if from != nil {
		at = from.at()
	}
	f, err := l.fs.Open(file)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
			return nil
		}
		panic(&failure{fmt.Errorf("xsd: %w", err)})
	}
	defer f.Close()
	counted := &counter{r: f, sum: &l.bytes, most: l.opt.Bytes}
	if head { // looking around costs a window of each document
		counted.sum, counted.most = &l.around, 8*l.opt.Bytes
	}
	doc := &document{file: file}
	b := &reader{l: l, doc: doc, head: head}
	err = xmlcore.Run(l.ctx, xmlcore.NewReader(counted, xmlcore.Options{Member: file, Limits: xmlcore.Limits{Depth: maxNesting}}), b)
	var bad *xmlcore.Error
	var wrong *fault
	switch {
	case err == nil, errors.Is(err, errEnough):
	case counted.over:
		panic(&fault{at: at, fr: tooLargeFR, en: tooLargeEN})
	case errors.As(err, &bad):
		panic(&refused{bad.Finding})
	case errors.As(err, &wrong):
		panic(wrong)
	default:
		if st, e := f.Stat(); e == nil && st.IsDir() {
			return nil
		}
		panic(&failure{fmt.Errorf("xsd: %w", err)})
	}
	target, own := doc.root.attr("targetNamespace")
	doc.target, doc.own = strings.Trim(target, " \t\r\n"), own
	doc.elements = doc.root.get("elementFormDefault") == "qualified"
	doc.attributes = doc.root.get("attributeFormDefault") == "qualified"
	doc.block = doc.root.get("blockDefault")
	return doc
}

// counter charges what is read to the set.
type counter struct {
	r    io.Reader
	sum  *int64
	most int64
	over bool
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if *c.sum += int64(n); *c.sum > c.most {
		c.over = true
		return 0, errors.New("xsd: too many bytes")
	}
	return n, err
}

// place is where something stands in a set.
type place struct {
	file      string
	line, col int
}

func (p place) location() report.Location {
	return report.Location{Member: p.file, Line: p.line, Column: p.col}
}

func (n *node) at() place { return place{n.doc.file, int(n.line), int(n.col)} }
