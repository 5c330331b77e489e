package xmlout

import (
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Options of a Writer. The zero value writes UTF-8 without indentation.
type Options struct {
	// Latin1 writes ISO-8859-1 instead of UTF-8.
	Latin1 bool
	// Indent is repeated once per level at the start of each line; "" writes no
	// line break between elements. It may hold blanks and tabs only.
	Indent string
	// CRLF ends lines with CR LF, line breaks inside texts included; a reader
	// gets LF either way.
	CRLF bool
}

// What a document can be refused for; errors.Is finds them in what Close and
// Err return.
var (
	ErrChar      = errors.New("character not allowed in XML, or text that is not UTF-8")
	ErrName      = errors.New("not an XML name, or a name outside the encoding")
	ErrPrefix    = errors.New("prefix bound to no namespace, or a reserved one")
	ErrAttribute = errors.New("attribute or namespace given twice, or outside a start tag")
	ErrNesting   = errors.New("elements not properly nested")
	ErrMixed     = errors.New("text beside indented elements")
	ErrOption    = errors.New("indentation of something else than blanks and tabs")
)

// flushSize is how much is gathered before it is handed to the io.Writer.
const flushSize = 32 << 10

type element struct {
	prefix, local string
	bindings      int  // length of Writer.bindings when it was opened
	text, child   bool // holds text, holds elements
	inline        bool // nothing inside is indented
}

type binding struct{ prefix, uri string }

type attribute struct{ prefix, local string }

// A Writer writes one document. It is for one goroutine.
type Writer struct {
	w        io.Writer
	opt      Options
	eol      string
	buf      []byte
	err      error
	open     []element
	bindings []binding
	attrs    []attribute // of the start tag being written
	inTag    bool        // the start tag's ">" is still to come
	rooted   bool
}

// New returns a Writer that has begun the document with its XML declaration.
func New(w io.Writer, opt Options) *Writer {
	x := &Writer{w: w, opt: opt, eol: "\n", buf: make([]byte, 0, flushSize+4096)}
	if opt.CRLF {
		x.eol = "\r\n"
	}
	for _, b := range []byte(opt.Indent) {
		if b != ' ' && b != '\t' {
			x.err = fmt.Errorf("xmlout: %w", ErrOption)
		}
	}
	x.buf = append(x.buf, `<?xml version="1.0" encoding="`...)
	if opt.Latin1 {
		x.buf = append(x.buf, `ISO-8859-1"?>`...)
	} else {
		x.buf = append(x.buf, `UTF-8"?>`...)
	}
	x.buf = append(x.buf, x.eol...)
	return x
}

// Start opens an element; the first one is the root. The prefix, "" for none,
// must be bound by then or by a Namespace call that follows.
func (x *Writer) Start(prefix, local string) {
	if x.err != nil {
		return
	}
	x.closeTag()
	if n := len(x.open); n > 0 {
		p := &x.open[n-1]
		p.child = true
		if x.indents(p) {
			x.newline(n)
		}
	} else if x.rooted {
		x.fail(ErrNesting)
		return
	}
	x.rooted = true
	e := element{prefix: prefix, local: local, bindings: len(x.bindings)}
	if n := len(x.open); n > 0 {
		e.inline = x.open[n-1].inline || x.open[n-1].text
	}
	x.open = append(x.open, e)
	x.buf = append(x.buf, '<')
	x.name(prefix, local)
	x.inTag = true
	if len(x.buf) > flushSize {
		x.flush()
	}
}

// Namespace declares a prefix, "" being the default namespace, on the element
// just opened. An empty uri is allowed for the default namespace only.
func (x *Writer) Namespace(prefix, uri string) {
	if !x.tagOpen() {
		return
	}
	if prefix == "xml" || prefix == "xmlns" || prefix != "" && uri == "" || uri == xmlURI || uri == xmlnsURI {
		x.fail(ErrPrefix)
		return
	}
	for _, b := range x.bindings[x.top().bindings:] {
		if b.prefix == prefix {
			x.fail(ErrAttribute)
			return
		}
	}
	x.bindings = append(x.bindings, binding{prefix, uri})
	if prefix == "" {
		x.buf = append(x.buf, ` xmlns="`...)
	} else {
		x.buf = append(x.buf, ` xmlns:`...)
		x.name("", prefix)
		x.buf = append(x.buf, `="`...)
	}
	x.escape(uri, true)
	x.buf = append(x.buf, '"')
}

// Attr gives the element just opened an attribute, after those given before.
func (x *Writer) Attr(prefix, local, value string) {
	if !x.tagOpen() {
		return
	}
	if prefix == "" && local == "xmlns" || prefix == "xmlns" {
		x.fail(ErrPrefix) // a declaration goes through Namespace
		return
	}
	for _, a := range x.attrs {
		if a.local == local && a.prefix == prefix {
			x.fail(ErrAttribute)
			return
		}
	}
	x.attrs = append(x.attrs, attribute{prefix, local})
	x.buf = append(x.buf, ' ')
	x.name(prefix, local)
	x.buf = append(x.buf, '=', '"')
	x.escape(value, true)
	x.buf = append(x.buf, '"')
}

// Inline says that the element just opened may mix text and elements: nothing
// inside it is indented.
func (x *Writer) Inline() {
	if x.tagOpen() {
		x.top().inline = true
	}
}

// Text adds characters to the open element; several calls make one text, but a
// call must not end inside a UTF-8 sequence. "" does nothing. Text after an
// element, where indentation was written already, is an error unless Inline
// was called.
func (x *Writer) Text(s string) {
	if x.err != nil || s == "" {
		return
	}
	x.closeTag()
	if len(x.open) == 0 {
		x.fail(ErrNesting)
		return
	}
	e := x.top()
	if e.child && x.indents(e) {
		x.fail(ErrMixed)
		return
	}
	e.text = true
	for len(s) > flushSize {
		// A long text is cut where no UTF-8 sequence is.
		n := flushSize
		for n > flushSize-utf8.UTFMax && !utf8.RuneStart(s[n]) {
			n--
		}
		x.escape(s[:n], false)
		x.flush()
		s = s[n:]
	}
	x.escape(s, false)
	if len(x.buf) > flushSize {
		x.flush()
	}
}

// End closes the element opened last; one without content is written <a/>.
func (x *Writer) End() {
	if x.err != nil {
		return
	}
	n := len(x.open)
	if n == 0 {
		x.fail(ErrNesting)
		return
	}
	e := &x.open[n-1]
	if x.inTag {
		x.checkTag()
		x.buf = append(x.buf, '/', '>')
		x.inTag = false
		x.attrs = x.attrs[:0]
	} else {
		if e.child && x.indents(e) {
			x.newline(n - 1)
		}
		x.buf = append(x.buf, '<', '/')
		if e.prefix != "" {
			x.copyName(e.prefix)
			x.buf = append(x.buf, ':')
		}
		x.copyName(e.local)
		x.buf = append(x.buf, '>')
	}
	if x.err != nil {
		return // keep the element for the message already made
	}
	x.bindings = x.bindings[:e.bindings]
	x.open = x.open[:n-1]
	if len(x.buf) > flushSize {
		x.flush()
	}
}

// Element writes an element holding just a text, on one line.
func (x *Writer) Element(prefix, local, text string) {
	x.Start(prefix, local)
	x.Text(text)
	x.End()
}

// Err returns the first error, if any: a long loop may look at it to stop early.
func (x *Writer) Err() error { return x.err }

// Close ends the document and hands the last bytes to the io.Writer, which it
// does not close. It returns the first error met since New.
func (x *Writer) Close() error {
	if x.err == nil && (len(x.open) > 0 || !x.rooted) {
		x.fail(ErrNesting)
	}
	if x.err == nil && x.opt.Indent != "" {
		x.buf = append(x.buf, x.eol...)
	}
	x.flush()
	return x.err
}

func (x *Writer) top() *element { return &x.open[len(x.open)-1] }

func (x *Writer) indents(e *element) bool {
	return x.opt.Indent != "" && !e.inline && !e.text
}

func (x *Writer) newline(depth int) {
	x.buf = append(x.buf, x.eol...)
	for range depth {
		x.buf = append(x.buf, x.opt.Indent...)
	}
}

func (x *Writer) tagOpen() bool {
	if x.err == nil && !x.inTag {
		x.fail(ErrAttribute)
	}
	return x.err == nil
}

func (x *Writer) closeTag() {
	if x.inTag {
		x.checkTag()
		x.buf = append(x.buf, '>')
		x.inTag = false
		x.attrs = x.attrs[:0]
	}
}

// checkTag verifies what is known only when the start tag is complete: the
// prefixes, which may be declared after their use.
func (x *Writer) checkTag() {
	e := x.top()
	if _, ok := x.lookup(e.prefix); !ok && e.prefix != "" {
		x.fail(ErrPrefix)
		return
	}
	for i, a := range x.attrs {
		if a.prefix == "" {
			continue
		}
		uri, ok := x.lookup(a.prefix)
		if !ok {
			x.fail(ErrPrefix)
			return
		}
		for _, b := range x.attrs[:i] {
			if b.local != a.local || b.prefix == "" {
				continue
			}
			if other, _ := x.lookup(b.prefix); other == uri {
				x.fail(ErrAttribute)
				return
			}
		}
	}
}

func (x *Writer) lookup(prefix string) (string, bool) {
	if prefix == "xml" {
		return xmlURI, true
	}
	for i := len(x.bindings) - 1; i >= 0; i-- {
		if x.bindings[i].prefix == prefix {
			return x.bindings[i].uri, true
		}
	}
	return "", false
}

// fail records the first error, with the element it happened in.
func (x *Writer) fail(err error) {
	if x.err != nil {
		return
	}
	if len(x.open) == 0 {
		x.err = fmt.Errorf("xmlout: %w", err)
		return
	}
	e := x.top()
	name := e.local
	if e.prefix != "" {
		name = e.prefix + ":" + e.local
	}
	x.err = fmt.Errorf("xmlout: in element %.80q: %w", name, err)
}

func (x *Writer) flush() {
	if x.err == nil && len(x.buf) > 0 {
		if _, err := x.w.Write(x.buf); err != nil {
			x.err = fmt.Errorf("xmlout: write: %w", err)
		}
	}
	x.buf = x.buf[:0]
}
