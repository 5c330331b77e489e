package xmlcore

import (
	"io"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/limit"
)

// Kind is the kind of an event.
type Kind uint8

// The kinds of events. An empty-element tag gives StartElement then EndElement.
const (
	StartElement Kind = iota + 1
	EndElement
	Text
	Comment
	ProcInst
)

// String returns the name of the kind.
func (k Kind) String() string {
	switch k {
	case StartElement:
		return "StartElement"
	case EndElement:
		return "EndElement"
	case Text:
		return "Text"
	case Comment:
		return "Comment"
	case ProcInst:
		return "ProcInst"
	}
	return "none"
}

// Attr is an attribute of the current start tag, other than a namespace
// declaration.
type Attr struct {
	Name *Name
	// Value is normalised as XML 1.0 §3.3.3 says for CDATA attributes. It is
	// valid until the next call of Next.
	Value []byte
}

// Namespace is a namespace declaration; the empty prefix is the default
// namespace, and only that one can have an empty URI.
type Namespace struct{ Prefix, URI string }

// Limits bound what a document may ask for. 0 means the default; going over is
// a LIM- verdict.
type Limits struct {
	Depth      int   // open elements: 256
	Attrs      int   // attributes and declarations of one start tag: 256
	NameLen    int   // bytes of a qualified name or a reference: 1 KiB
	AttrLen    int   // bytes of one attribute value: 1 MiB; of a whole start tag: four times that
	Namespaces int   // declarations in scope: 256
	Bytes      int64 // bytes of the document as received: 4 GiB
}

// namesBudget bounds the memory interned names and namespace URIs may take
// over a whole document.
const namesBudget = 16 << 20

func (l Limits) withDefaults() Limits {
	limit.Default(&l.Depth, 256)
	limit.Default(&l.Attrs, 256)
	limit.Default(&l.NameLen, 1<<10)
	limit.Default(&l.AttrLen, 1<<20)
	limit.Default(&l.Namespaces, 256)
	limit.Default(&l.Bytes, 4<<30)
	return l
}

// Options of a reader. The zero value is safe.
type Options struct {
	Limits Limits
	// Report receives warnings (XML-ENCODING-SUSPECT). It may be nil. Faults
	// that end the reading are not put there: Next returns them.
	Report *report.Report
	// Member is put into every location.
	Member string
}

type state uint8

const (
	atStart    state = iota // nothing read yet
	outside                 // before or after the root element
	content                 // inside the root element
	emptyEnd                // the EndElement of an empty-element tag is due
	inComment               // a long comment goes on
	inProcInst              // a long processing instruction goes on
	inCData                 // inside a CDATA section
	finished                // the document was complete
)

// frame is an open element.
type frame struct {
	name   *Name
	ns     int    // bindings in force before its start tag
	serial uint32 // identifies the element among those of its depth
	index  uint32 // rank among its siblings of the same name, from 1
	begin  int    // its start tag is buf[begin:inside], or begin is settled
	inside int
}

// settled is the beginning of an element whose start tag has left the window.
const settled = -1

// Reader reads one document. It is used by one goroutine.
type Reader struct {
	source

	// buf[tok:pos] is the current event.
	tok, pos int
	state    state
	pop      bool // the current event is an EndElement: leave it at the next call
	rooted   bool // the root element was met
	err      error

	lim    Limits
	report *report.Report
	member string

	frames   []frame
	origin   mark     // of buf[0]
	places   []extent // of the settled frames
	serial   uint32
	names    names
	bindings []binding
	declared []Namespace // by the current start tag

	attrs   []Attr
	tags    []rawAttr
	tagNo   uint64
	values  []byte // attribute values that needed normalising
	out     []byte // characters that needed normalising
	chars   []byte
	target  string
	cdata   bool
	partial bool
}

// NewReader returns a reader of the document. It reads src in large pieces and
// never closes it.
func NewReader(src io.Reader, opt Options) *Reader {
	r := new(Reader)
	r.Reset(src, opt)
	return r
}

// Reset makes the reader ready for another document and keeps its buffers.
// Names are forgotten: their IDs begin again at 0.
func (r *Reader) Reset(src io.Reader, opt Options) {
	lim := opt.Limits.withDefaults()
	r.source.reset(src, lim.Bytes)
	clear(r.attrs[:cap(r.attrs)])
	clear(r.frames[:cap(r.frames)])
	*r = Reader{
		source: r.source, lim: lim, report: opt.Report, member: opt.Member,
		frames: r.frames[:0], places: r.places, names: r.names, bindings: r.bindings[:0], declared: r.declared[:0],
		attrs: r.attrs[:0], tags: r.tags[:0], values: r.values[:0], out: r.out[:0],
	}
	r.names.reset()
}

// Next advances to the next event. It returns [io.EOF] after a complete,
// well-formed document; an [*Error] if the document is not acceptable, which
// is a verdict; any other error comes from the source and is wrapped. After an
// error it returns the same again.
func (r *Reader) Next() (Kind, error) {
	if r.err != nil {
		return 0, r.err
	}
	if r.pop {
		r.pop = false
		r.leave()
	}
	for {
		r.tok = r.pos
		var k Kind
		var err error
		switch r.state {
		case content:
			if r.pos == r.end && !r.more(false) {
				return 0, r.short("un élément n'est pas fermé", "an element is not closed")
			}
			if r.buf[r.pos] == '<' {
				k, err = r.markup()
			} else {
				k, err = r.text()
			}
		case emptyEnd:
			r.pos += len("/>")
			r.state, r.pop = content, true
			return EndElement, nil
		case outside:
			k, err = r.misc()
		case inComment:
			k, err = r.section(Comment, "--")
		case inProcInst:
			k, err = r.section(ProcInst, "?>")
		case inCData:
			k, err = r.section(Text, "]]>")
		case atStart:
			err = r.prologue()
		default:
			err = io.EOF
		}
		if err != nil {
			r.err = err
			r.suspect()
			return 0, err
		}
		if k != 0 {
			return k, nil
		}
	}
}

// misc reads what may stand outside the root element.
func (r *Reader) misc() (Kind, error) {
	for {
		for r.pos < r.end && class[r.buf[r.pos]]&isSpace != 0 {
			r.pos++
		}
		r.tok = r.pos
		if r.pos < r.end {
			break
		}
		if r.more(false) {
			continue
		}
		switch {
		case r.stop == stopEOF && r.end == r.wend:
		case r.rooted:
			return 0, r.short("", "")
		default:
			return 0, r.short("un caractère n'est pas entier", "a character is not whole")
		}
		if !r.rooted {
			return 0, r.fail(report.XMLEmpty, r.pos)
		}
		r.state = finished
		return 0, io.EOF
	}
	if r.buf[r.pos] != '<' {
		return 0, r.fail(report.XMLTrailing, r.pos)
	}
	return r.markup()
}

// home is the state between two constructs.
func (r *Reader) home() state {
	if len(r.frames) == 0 {
		return outside
	}
	return content
}

// leave closes the element whose EndElement was the current event.
func (r *Reader) leave() {
	top := len(r.frames) - 1
	if f := &r.frames[top]; f.ns < len(r.bindings) {
		r.unbind(f.ns)
	}
	r.frames = r.frames[:top]
	if top == 0 {
		r.state = outside
	}
}

// Name returns the name of the element at StartElement and EndElement.
func (r *Reader) Name() *Name {
	if len(r.frames) == 0 {
		return nil
	}
	return r.frames[len(r.frames)-1].name
}

// Attrs returns the attributes of the StartElement in document order, without
// namespace declarations. The slice and the values are valid until Next.
func (r *Reader) Attrs() []Attr { return r.attrs }

// Attr returns the value of an attribute of the StartElement, valid until Next.
func (r *Reader) Attr(space, local string) ([]byte, bool) {
	for i := range r.attrs {
		if n := r.attrs[i].Name; n.Local == local && n.Space == space {
			return r.attrs[i].Value, true
		}
	}
	return nil, false
}

// Namespaces returns the declarations of the StartElement in document order,
// valid until Next.
func (r *Reader) Namespaces() []Namespace { return r.declared }

// Text returns, for Text, a piece of the characters of a text node, which may
// come in several events; for Comment and ProcInst their content, or a piece
// of it when More. Line ends are LF. It is valid until Next.
func (r *Reader) Text() []byte { return r.chars }

// Last reports whether an end tag follows the Text event at once: its piece of
// characters is then the last one of the element. It may be false although that
// is so, where the window ends.
func (r *Reader) Last() bool {
	return r.end-r.pos > 2 && r.buf[r.pos] == '<' && r.buf[r.pos+1] == '/' && r.state == content
}

// CData reports whether the Text event comes from a CDATA section.
func (r *Reader) CData() bool { return r.cdata }

// More reports whether the comment, processing instruction or CDATA section of
// the current event goes on in the next event: they come in pieces when they
// are longer than the window.
func (r *Reader) More() bool { return r.partial }

// Target returns the target of the ProcInst.
func (r *Reader) Target() string { return r.target }

// Depth returns how many elements are open, the current one included at
// StartElement and EndElement.
func (r *Reader) Depth() int { return len(r.frames) }
