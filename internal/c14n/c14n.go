package c14n

import (
	"io"
	"strings"

	"github.com/liasse/liasse/internal/xmlcore"
)

// Skip says what to leave out.
type Skip uint8

const (
	Keep         Skip = iota // write it
	Drop                     // leave out the element with its content, or the text
	DropWithText             // leave out the element, and the text node right after it
)

// Options of a Canonicalizer. The zero value is inclusive Canonical XML 1.0
// without comments of the whole document.
type Options struct {
	// Exclusive asks for the exclusive form.
	Exclusive bool
	// Prefixes is the PrefixList of the exclusive form: prefixes treated as in
	// the inclusive form; "#default" or "" is the default namespace.
	Prefixes []string
	// Version11 asks for Canonical XML 1.1 where the form is inclusive: xml:id is
	// not inherited by an element without its parent, and xml:base is joined.
	Version11 bool
	// Comments keeps comments.
	Comments bool
	// Apex, if not nil, restricts the output to the first element for which it
	// returns true, with its content. It is asked at start tags.
	Apex func(r *xmlcore.Reader) bool
	// Select, if not nil, makes the output a document subset: it is asked at each
	// start tag, text, comment and processing instruction, inside the apex and
	// for the apex itself. What it refuses is left out, but what an element
	// refused holds is asked in its turn. Namespaces and attributes go with
	// their element.
	Select func(r *xmlcore.Reader, k xmlcore.Kind) bool
	// Skip, if not nil, is asked at each start tag and for each piece of text
	// that would be written. A text may come in several pieces; the reader's
	// Offset tells which they are.
	Skip func(r *xmlcore.Reader, k xmlcore.Kind) Skip
}

type binding struct{ prefix, uri string }

type inherited struct {
	depth        int
	local, value string
}

// A Canonicalizer writes the canonical form of the events it is given. It is
// for one goroutine, and one document: see Reset.
type Canonicalizer struct {
	w   io.Writer
	opt Options
	buf []byte
	err error

	shown []binding // namespaces written by the open elements that were written
	marks []int     // length of shown at each of them
	// scope and scopeMarks do the same for all declarations, where those that
	// were not written matter.
	scope      []binding
	scopeMarks []int
	tracks     bool
	xmlAttrs   []inherited // xml: attributes of the ancestors of what may be without its parent
	open       []bool      // with Select: whether each open element was written

	fresh []binding // declarations to write on the current tag
	order []int     // attributes of the current tag, sorted

	state    state
	apex     int // depth of the apex
	skip     int // depth of the element being left out, 0 if none
	dropText bool
	rooted   bool // the root element was seen
	piece    bool // the comment or processing instruction goes on
}

type state uint8

const (
	before state = iota // the apex is yet to come
	within
	after
)

const bufSize = 32 << 10

// New returns a Canonicalizer that writes to w, in pieces of some 32 KiB.
func New(w io.Writer, opt Options) *Canonicalizer {
	c := &Canonicalizer{buf: make([]byte, 0, bufSize+4096)}
	c.Reset(w, opt)
	return c
}

// Reset makes the Canonicalizer ready for another document.
func (c *Canonicalizer) Reset(w io.Writer, opt Options) {
	prefixes := opt.Prefixes
	opt.Prefixes = nil
	if opt.Exclusive && len(prefixes) > 0 {
		opt.Prefixes = make([]string, len(prefixes))
		for i, p := range prefixes {
			opt.Prefixes[i] = strings.TrimPrefix(p, "#default")
		}
	}
	*c = Canonicalizer{w: w, opt: opt, buf: c.buf[:0],
		shown: c.shown[:0], marks: c.marks[:0], scope: c.scope[:0], scopeMarks: c.scopeMarks[:0],
		fresh: c.fresh[:0], order: c.order[:0], xmlAttrs: c.xmlAttrs[:0], open: c.open[:0]}
	c.tracks = !opt.Exclusive && (opt.Apex != nil || opt.Select != nil) || len(opt.Prefixes) > 0
	if opt.Apex == nil {
		c.state = within
	}
}

// Found reports whether the apex was met; it is true for a whole document.
func (c *Canonicalizer) Found() bool { return c.state != before }

// Flush hands the last bytes to the writer. It returns the first error met.
func (c *Canonicalizer) Flush() error {
	c.flush()
	return c.err
}

// Event takes one event. The error is the writer's.
func (c *Canonicalizer) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	if c.skip > 0 {
		if k == xmlcore.EndElement && r.Depth() == c.skip {
			c.skip = 0
		}
		return c.err
	}
	if k != xmlcore.Text {
		c.dropText = false
	}
	switch k {
	case xmlcore.StartElement:
		c.start(r)
	case xmlcore.EndElement:
		c.end(r)
	case xmlcore.Text:
		if c.state != within || c.dropText && !r.CData() || r.Depth() == 0 {
			break
		}
		c.dropText = false
		if c.opt.Skip != nil && c.opt.Skip(r, k) != Keep || c.opt.Select != nil && !c.opt.Select(r, k) {
			break
		}
		c.Text(r.Text())
	case xmlcore.Comment:
		if c.opt.Comments && (c.opt.Select == nil || c.opt.Select(r, k)) {
			c.misc(r, "<!--", "", "-->")
		}
	case xmlcore.ProcInst:
		if c.opt.Select == nil || c.opt.Select(r, k) {
			c.misc(r, "<?", r.Target(), "?>")
		}
	}
	if len(c.buf) >= bufSize {
		c.flush()
	}
	return c.err
}

// misc writes a comment or a processing instruction, or a piece of one; outside
// the root element it stands on a line of its own.
func (c *Canonicalizer) misc(r *xmlcore.Reader, before, target, after string) {
	out := r.Depth() == 0
	if c.state != within || out && c.opt.Apex != nil {
		return
	}
	if !c.piece {
		if out && c.rooted {
			c.buf = append(c.buf, '\n')
		}
		c.buf = append(c.buf, before...)
		c.buf = append(c.buf, target...)
		if target != "" && len(r.Text()) > 0 {
			c.buf = append(c.buf, ' ')
		}
	}
	c.put(r.Text())
	if c.piece = r.More(); c.piece {
		return
	}
	c.buf = append(c.buf, after...)
	if out && !c.rooted {
		c.buf = append(c.buf, '\n')
	}
}

// Text writes characters as the text of the open element. A caller that changes
// a document on its way to the digest passes here what the text becomes, and
// gives Event everything else.
func (c *Canonicalizer) Text(b []byte) {
	from := 0
	for i, ch := range b {
		if special[ch]&inText == 0 {
			continue
		}
		c.put(b[from:i])
		from = i + 1
		switch ch {
		case '&':
			c.buf = append(c.buf, "&amp;"...)
		case '<':
			c.buf = append(c.buf, "&lt;"...)
		case '>':
			c.buf = append(c.buf, "&gt;"...)
		default:
			c.buf = append(c.buf, "&#xD;"...)
		}
	}
	c.put(b[from:])
}

// put copies octets, past the buffer when they are many.
func (c *Canonicalizer) put(b []byte) {
	if len(b) >= bufSize {
		c.flush()
		if c.err == nil {
			_, c.err = c.w.Write(b)
		}
		return
	}
	if len(c.buf)+len(b) > cap(c.buf) {
		c.flush()
	}
	c.buf = append(c.buf, b...)
}

func (c *Canonicalizer) start(r *xmlcore.Reader) {
	c.rooted = true
	isApex := false
	switch c.state {
	case after:
		return
	case before:
		if isApex = c.opt.Apex(r); isApex {
			c.state, c.apex = within, r.Depth()
		}
	}
	if c.state == within && c.opt.Skip != nil && !isApex {
		if s := c.opt.Skip(r, xmlcore.StartElement); s != Keep {
			c.skip, c.dropText = r.Depth(), s == DropWithText
			return
		}
	}
	decls := r.Namespaces()
	if c.tracks {
		c.scopeMarks = append(c.scopeMarks, len(c.scope))
		for _, d := range decls {
			c.scope = append(c.scope, binding{d.Prefix, d.URI})
		}
	}
	if c.state == before {
		c.remember(r)
		return
	}
	orphan := isApex // its parent is not written
	if c.opt.Select != nil {
		visible := c.opt.Select(r, xmlcore.StartElement)
		orphan = len(c.open) == 0 && c.opt.Apex != nil || len(c.open) > 0 && !c.open[len(c.open)-1]
		c.open = append(c.open, visible)
		if !visible {
			c.remember(r)
			return
		}
	}

	name, attrs := r.Name(), r.Attrs()
	c.marks = append(c.marks, len(c.shown))
	c.fresh = c.fresh[:0]
	switch {
	case c.opt.Exclusive:
		c.declare(name.Prefix, name.Space)
		for i := range attrs {
			if p := attrs[i].Name.Prefix; p != "" {
				c.declare(p, attrs[i].Name.Space)
			}
		}
		for _, p := range c.opt.Prefixes {
			if uri, ok := lookup(c.scope, p); ok || p == "" {
				c.declare(p, uri)
			}
		}
	case orphan:
		for i := len(c.scope) - 1; i >= 0; i-- {
			if nearest(c.scope, i) {
				c.declare(c.scope[i].prefix, c.scope[i].uri)
			}
		}
	default:
		for _, d := range decls {
			c.declare(d.Prefix, d.URI)
		}
	}

	c.buf = append(c.buf, '<')
	c.name(name)
	if len(c.fresh) > 0 {
		c.declarations()
	}
	if orphan && !c.opt.Exclusive && len(c.xmlAttrs) > 0 {
		c.attributesAndInherited(attrs, r.Depth())
	} else if len(attrs) > 0 {
		c.attributes(attrs)
	}
	c.buf = append(c.buf, '>')
	if c.opt.Select != nil {
		c.remember(r)
	}
}

// remember keeps the xml: attributes of an element for those below it.
func (c *Canonicalizer) remember(r *xmlcore.Reader) {
	if !c.opt.Exclusive {
		c.xmlAttrs = remember(c.xmlAttrs, r)
	}
}

func remember(l []inherited, r *xmlcore.Reader) []inherited {
	for _, a := range r.Attrs() {
		if a.Name.Prefix == "xml" {
			l = append(l, inherited{r.Depth(), a.Name.Local, string(a.Value)})
		}
	}
	return l
}

func forget(l []inherited, depth int) []inherited {
	for len(l) > 0 && l[len(l)-1].depth == depth {
		l = l[:len(l)-1]
	}
	return l
}

func (c *Canonicalizer) end(r *xmlcore.Reader) {
	if c.state == after {
		return
	}
	if c.tracks {
		n := len(c.scopeMarks) - 1
		c.scope, c.scopeMarks = c.scope[:c.scopeMarks[n]], c.scopeMarks[:n]
	}
	c.xmlAttrs = forget(c.xmlAttrs, r.Depth())
	if c.state == before {
		return
	}
	if c.opt.Select != nil {
		n := len(c.open) - 1
		visible := c.open[n]
		c.open = c.open[:n]
		if !visible {
			if c.opt.Apex != nil && r.Depth() == c.apex {
				c.state = after
			}
			return
		}
	}
	n := len(c.marks) - 1
	c.shown, c.marks = c.shown[:c.marks[n]], c.marks[:n]
	c.buf = append(c.buf, '<', '/')
	c.name(r.Name())
	c.buf = append(c.buf, '>')
	if c.opt.Apex != nil && r.Depth() == c.apex {
		c.state = after
	}
}

// declare puts a namespace among those to write on this tag, unless an element
// around it shows the same or it is the one XML itself declares.
func (c *Canonicalizer) declare(prefix, uri string) {
	for i := len(c.shown) - 1; i >= 0; i-- {
		if c.shown[i].prefix == prefix {
			if c.shown[i].uri == uri {
				return
			}
			c.show(prefix, uri)
			return
		}
	}
	if uri != "" {
		c.show(prefix, uri)
	}
}

func (c *Canonicalizer) show(prefix, uri string) {
	if prefix != "xml" {
		c.fresh = append(c.fresh, binding{prefix, uri})
		c.shown = append(c.shown, binding{prefix, uri})
	}
}

// nearest reports whether no later declaration of the scope hides the one at i.
func nearest(scope []binding, i int) bool {
	for _, b := range scope[i+1:] {
		if b.prefix == scope[i].prefix {
			return false
		}
	}
	return true
}

func lookup(l []binding, prefix string) (string, bool) {
	for i := len(l) - 1; i >= 0; i-- {
		if l[i].prefix == prefix {
			return l[i].uri, true
		}
	}
	return "", false
}

// flush hands the buffer to the writer.
func (c *Canonicalizer) flush() {
	if c.err == nil && len(c.buf) > 0 {
		_, c.err = c.w.Write(c.buf)
	}
	c.buf = c.buf[:0]
}
