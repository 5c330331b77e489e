package element

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Editions are the listVersionID that coded elements of a version of the first
// family have by default, or must have, by the names of the elements.
type Editions map[string]string

// EditionAttr is the attribute that holds one.
const EditionAttr = "listVersionID"

// Limits of one part held in memory.
const (
	maxNode      = 32 << 20 // characters
	maxNodeItems = 1 << 20  // elements, texts and attributes
)

// Reader builds nodes from the events of a reader that stands on a start
// tag.
type Reader struct {
	R     *xmlcore.Reader
	Also  xmlcore.Sink // sees every event; may be nil
	left  int
	items int
	slab  []Node // not used yet
	made  int    // nodes of the last slab
	stack []*Node
	long  []byte // a text that comes in pieces
	words [512]string
	// Editions, if not nil, say that the namespaces of SEDA are those of the
	// first family, and what their elements have by default. A message of the
	// second holds elements of the first as those of any other namespace.
	Editions Editions
	// The last namespace asked for and what it is: nearly always the same.
	space   string
	version Version
	ours    bool
}

// Family reports whether the namespace is SEDA's for this message, and which.
func (b *Reader) Family(space string) (Version, bool) {
	if b.Editions != nil {
		return First(space)
	}
	if space != b.space {
		b.space = space
		b.version, b.ours = Second(space)
	}
	return b.version, b.ours
}

// node returns a new node. They are made many at a time.
func (b *Reader) node() *Node {
	if len(b.slab) == 0 {
		b.made = min(max(2*b.made, 4), 64)
		b.slab = make([]Node, b.made)
	}
	n := &b.slab[0]
	b.slab = b.slab[1:]
	return n
}

// word returns the text as a string; a short one that came not long ago is not
// made again.
func (b *Reader) word(t []byte) string {
	if len(t) > 32 {
		return string(t)
	}
	h := uint32(2166136261) // FNV-1a
	for _, c := range t {
		h = (h ^ uint32(c)) * 16777619
	}
	w := &b.words[h%uint32(len(b.words))]
	if *w != string(t) {
		*w = string(t)
	}
	return *w
}

// Next returns the next event.
func (b *Reader) Next() (xmlcore.Kind, error) {
	k, err := b.R.Next()
	if err == nil && b.Also != nil {
		err = b.Also.Event(b.R, k)
	}
	return k, err
}

// Each calls the function on each element directly inside the one the reader
// stands on; the function leaves the reader on its end tag. Comments are
// passed over, wherever they are.
func (b *Reader) Each(visit func(name *xmlcore.Name) error) error {
	for {
		k, err := b.Next()
		if err != nil {
			return err
		}
		switch k {
		case xmlcore.EndElement:
			return nil
		case xmlcore.StartElement:
			if err := visit(b.R.Name()); err != nil {
				return err
			}
		}
	}
}

// Root goes to the first start tag.
func (b *Reader) Root() error {
	for {
		k, err := b.Next()
		if err != nil {
			return err
		}
		if k == xmlcore.StartElement {
			return nil
		}
	}
}

// Drain reads what stands behind the message.
func (b *Reader) Drain() error {
	for {
		if _, err := b.Next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// Read returns the element the reader stands on and leaves the reader on its
// end tag.
func (b *Reader) Read() (*Node, error) {
	b.left, b.items = maxNode, maxNodeItems
	return b.rest(append(b.stack[:0], b.open()))
}

// leaf reads the element the reader stands on, which has no attribute. When it
// holds no element it returns its text, and no node.
func (b *Reader) leaf() (string, *Node, error) {
	b.left, b.items = maxNode, maxNodeItems
	name := b.R.Name()
	text, pieces := "", 0
	for {
		k, err := b.Next()
		if err != nil {
			return "", nil, err
		}
		switch k {
		case xmlcore.EndElement:
			if pieces > 1 {
				text = string(b.long)
			}
			return text, nil, nil
		case xmlcore.Text:
			t := b.R.Text()
			if b.left -= len(t); b.left < 0 {
				return "", nil, TooLong(b.R, maxNode)
			}
			switch pieces++; pieces {
			case 1:
				text = b.word(t)
			case 2:
				b.long = append(append(b.long[:0], text...), t...)
			default:
				b.long = append(b.long, t...)
			}
		case xmlcore.StartElement:
			if pieces > 1 {
				text = string(b.long)
			}
			n := b.named(name)
			if text != "" {
				n.hold(Piece{Text: text})
			}
			c := b.open()
			n.hold(Piece{Node: c})
			n, err = b.rest(append(b.stack[:0], n, c))
			return "", n, err
		}
	}
}

// rest reads until the first of the open elements is closed.
func (b *Reader) rest(stack []*Node) (*Node, error) {
	top := stack[0]
	for len(stack) > 0 {
		k, err := b.Next()
		if err != nil {
			return nil, err
		}
		n := stack[len(stack)-1]
		switch k {
		case xmlcore.StartElement:
			c := b.open()
			n.hold(Piece{Node: c})
			stack = append(stack, c)
		case xmlcore.EndElement:
			n.close()
			stack = stack[:len(stack)-1]
		case xmlcore.Text:
			t := b.R.Text()
			b.left -= len(t)
			b.items--
			n.hold(Piece{Text: b.word(t)})
		}
		if b.left < 0 || b.items < 0 {
			return nil, TooLong(b.R, maxNode)
		}
	}
	b.stack = stack[:0]
	return top, nil
}

// named returns a node of the name, as it was met.
func (b *Reader) named(name *xmlcore.Name) *Node {
	n := b.node()
	n.Space, n.Name = name.Space, name.Local
	if v, ok := b.Family(name.Space); ok {
		n.Space, n.Version = Own, v
	}
	return n
}

// TooLong says that what is kept of a message has passed the limit, in bytes.
func TooLong(r *xmlcore.Reader, limit int) error {
	return &xmlcore.Error{Finding: report.Finding{
		Rule: report.LimBytes, Severity: report.LimBytes.Severity, Where: r.Location(),
		Params: []report.Param{report.Int("limit", limit), report.Words("what", "message en mémoire", "message in memory")},
	}}
}

func (b *Reader) open() *Node {
	n := b.named(b.R.Name())
	for _, a := range b.R.Attrs() {
		if b.Editions != nil && a.Name.Space == "" && a.Name.Local == EditionAttr && string(a.Value) == b.Editions[n.Name] {
			continue // there by default
		}
		at := Attr{Space: a.Name.Space, Name: a.Name.Local, Value: b.word(a.Value)}
		if at.Space == xsiSpace && at.Name == "type" {
			at.Value = b.qualify(at.Value)
		}
		if at.Space == "" && at.Name == "lang" && n.Space == Own && b.Editions == nil && !b.speaks() {
			at.Space = xmlcore.XMLSpace // as meant: no element of SEDA has one without the prefix
		}
		n.Attrs = append(n.Attrs, at)
		b.left -= len(at.Value)
		b.items--
	}
	if len(n.Attrs) > 1 {
		slices.SortFunc(n.Attrs, func(a, c Attr) int {
			if a.Space != c.Space {
				return strings.Compare(a.Space, c.Space)
			}
			return strings.Compare(a.Name, c.Name)
		})
	}
	b.left -= len(n.Name)
	b.items--
	return n
}

// speaks reports whether the element the reader stands on has an xml:lang.
func (b *Reader) speaks() bool {
	return slices.ContainsFunc(b.R.Attrs(), func(a xmlcore.Attr) bool { return a.Name.Space == xmlcore.XMLSpace && a.Name.Local == "lang" })
}

// inSpace parts a namespace from the name in it; no text of XML holds it.
const inSpace = "\x00"

// qualify turns the prefix of an xsi:type into its namespace. One without prefix
// nor default namespace can only be meant for SEDA, which has no types outside
// it; what is no name, or has a prefix that nobody declared, stays as it stands.
func (b *Reader) qualify(value string) string {
	prefix, local, prefixed := strings.Cut(trimmed(value), ":")
	if !prefixed {
		prefix, local = "", prefix
	}
	space, _ := b.R.Lookup(prefix)
	if prefixed && (prefix == "" || space == "") || strings.Contains(local, ":") {
		return value
	}
	if _, ok := b.Family(space); ok || space == "" {
		space = Own
	}
	return space + inSpace + local
}

// Parser reads back what canonical wrote; it keeps its buffers.
type Parser struct {
	r        *xmlcore.Reader
	Editions Editions // see [Reader]
	// Keep says that an element which holds what has no place in it is written
	// as it is, rather than without.
	Keep bool
}

var errFragment = errors.New("seda: an extra that is not one element")

// Parse returns the one element the text holds.
func (p *Parser) Parse(text string) (*Node, error) {
	if p.r == nil {
		p.r = xmlcore.NewReader(strings.NewReader(text), xmlcore.Options{})
	} else {
		p.r.Reset(strings.NewReader(text), xmlcore.Options{})
	}
	k, err := p.r.Next()
	if err != nil || k != xmlcore.StartElement {
		return nil, errFragment
	}
	n, err := (&Reader{R: p.r, Editions: p.Editions}).Read()
	if err != nil {
		return nil, errFragment
	}
	if _, err := p.r.Next(); !errors.Is(err, io.EOF) {
		return nil, errFragment
	}
	return n, nil
}
