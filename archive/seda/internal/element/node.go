package element

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
	"github.com/liasse/liasse/internal/xmlout"
)

// Own stands for the namespace of SEDA in a node, whatever its version.
const Own = "seda"

const xsiSpace = "http://www.w3.org/2001/XMLSchema-instance"

// Node is one element of a message in memory: small ones only, the parts of a
// unit or of an object.
type Node struct {
	Space, Name string
	Attrs       []Attr // in the order of their names
	Items       []Piece
	Version     Version  // of the SEDA namespace it was read in
	first       [1]Piece // of items: most elements hold one thing
}

type Attr struct{ Space, Name, Value string }

// Piece is a piece of text or an element.
type Piece struct {
	Text string
	Node *Node
}

// Elem makes an element of SEDA that holds a text.
func Elem(name, text string) *Node {
	n := &Node{Space: Own, Name: name}
	if text != "" {
		n.hold(Piece{Text: text})
	}
	return n
}

// hold adds a piece to the element.
func (n *Node) hold(it Piece) {
	if n.Items == nil {
		n.Items = n.first[:0]
	}
	n.Items = append(n.Items, it)
}

// Tree makes an element of SEDA that holds others; nil ones are left out.
func Tree(name string, children ...*Node) *Node {
	n := &Node{Space: Own, Name: name}
	return n.Add(children...)
}

func (n *Node) Add(children ...*Node) *Node {
	for _, c := range children {
		if c != nil {
			n.hold(Piece{Node: c})
		}
	}
	return n
}

// Optional is elem, or nil when the text says nothing: no element of SEDA means
// anything empty, and most refuse it.
func Optional(name, text string) *Node {
	if Blank(text) {
		return nil
	}
	return Elem(name, text)
}

func (n *Node) Is(name string) bool { return n != nil && n.Space == Own && n.Name == name }

func (n *Node) Attr(name string) string {
	for _, a := range n.Attrs {
		if a.Space == "" && a.Name == name {
			return a.Value
		}
	}
	return ""
}

func (n *Node) SetAttr(name, value string) *Node {
	if value != "" {
		n.Attrs = append(n.Attrs, Attr{Name: name, Value: value})
	}
	return n
}

// Text returns the characters directly inside the element, as written.
func (n *Node) Text() string {
	if len(n.Items) == 1 {
		return n.Items[0].Text
	}
	var b strings.Builder
	for _, it := range n.Items {
		b.WriteString(it.Text)
	}
	return b.String()
}

// Token is the text without blanks around it.
func (n *Node) Token() string { return trimmed(n.Text()) }

// trimmed takes the blanks of XML from both ends.
func trimmed(s string) string {
	for s != "" && isBlank(s[0]) {
		s = s[1:]
	}
	for s != "" && isBlank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// Leaf reports whether the element is of SEDA and holds no element.
func (n *Node) Leaf() bool {
	return n.Space == Own && !slices.ContainsFunc(n.Items, func(it Piece) bool { return it.Node != nil })
}

// Children yields the elements directly inside.
func (n *Node) Children(yield func(*Node) bool) {
	for _, it := range n.Items {
		if it.Node != nil && !yield(it.Node) {
			return
		}
	}
}

// Child returns the first element of SEDA of the name, or nil.
func (n *Node) Child(name string) *Node {
	for c := range n.Children {
		if c.Is(name) {
			return c
		}
	}
	return nil
}

// ChildToken returns the text of the first such element, "" without it.
func (n *Node) ChildToken(name string) string {
	if c := n.Child(name); c != nil {
		return c.Token()
	}
	return ""
}

// spaces gives each namespace its prefix in a canonical text: that of SEDA is
// the default one, the others are n1, n2… as they come.
type spaces map[string]string

func (s spaces) prefix(space string) (string, bool) {
	switch space {
	case xmlcore.XMLSpace:
		return "xml", true
	case xsiSpace:
		return "xsi", s["xsi"] != ""
	}
	p, ok := s[space]
	return p, ok
}

// FirstVersion returns the version of the first element of SEDA in the node, "" when
// there is none.
func (n *Node) FirstVersion() Version {
	if n.Version != "" {
		return n.Version
	}
	for c := range n.Children {
		if v := c.FirstVersion(); v != "" {
			return v
		}
	}
	return ""
}

// Canonical writes the element in the one form an [archive.Extra] keeps.
func (n *Node) Canonical(version Version) string {
	var b strings.Builder
	w := xmlout.New(&b, xmlout.Options{})
	n.Emit(w, version, nil, true)
	if w.Close() != nil {
		return ""
	}
	_, text, _ := strings.Cut(b.String(), "\n")
	return text
}

// Emit writes the element. up are the namespaces declared above; declare says
// that the default namespace is not that of the version yet.
func (n *Node) Emit(w *xmlout.Writer, version Version, up spaces, declare bool) {
	fresh := false // whether children in SEDA must declare it
	need := func(space string) string {
		p, ok := up.prefix(space)
		if !ok {
			next := make(spaces, len(up)+1)
			for k, v := range up {
				next[k] = v
			}
			if p == "" {
				p = "n" + strconv.Itoa(len(next)+1)
				next[space] = p
			} else {
				next[p] = p
			}
			up = next
			w.Namespace(p, space)
		}
		return p
	}
	switch {
	case n.Space == Own:
		w.Start("", n.Name)
		if declare {
			w.Namespace("", version.Namespace())
		}
	case n.Space == "":
		w.Start("", n.Name)
		if !declare {
			w.Namespace("", "")
		}
		fresh = true
	default:
		if p, ok := up.prefix(n.Space); ok {
			w.Start(p, n.Name)
		} else {
			w.Start("n"+strconv.Itoa(len(up)+1), n.Name)
			need(n.Space)
		}
		fresh = declare
	}
	for _, a := range n.Attrs {
		p := ""
		if a.Space != "" {
			p = need(a.Space)
		}
		value := a.Value
		if a.Space == xsiSpace && a.Name == "type" {
			if space, local, ok := strings.Cut(value, "}"); ok {
				value = local
				if space != Own {
					value = need(space) + ":" + local
				}
			}
		}
		w.Attr(p, a.Name, value)
	}
	mixed := false
	for _, it := range n.Items {
		mixed = mixed || it.Node == nil && len(n.Items) > 1
	}
	if mixed {
		w.Inline()
	}
	for _, it := range n.Items {
		if it.Node != nil {
			it.Node.Emit(w, version, up, fresh)
		} else {
			w.Text(it.Text)
		}
	}
	w.End()
}

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

// qualify turns the prefix of an xsi:type into its namespace: "{space}local"
// without the opening brace.
func (b *Reader) qualify(value string) string {
	prefix, local, ok := strings.Cut(trimmed(value), ":")
	if !ok {
		prefix, local = "", prefix
	}
	space, _ := b.R.Lookup(prefix)
	if _, ok := b.Family(space); ok {
		space = Own
	}
	if space == "" {
		return local
	}
	return space + "}" + local
}

// close drops blanks that only lay elements out, and puts the pieces of a text
// together.
func (n *Node) close() {
	if len(n.Items) < 2 {
		return
	}
	laid, said := false, false
	for _, it := range n.Items {
		laid = laid || it.Node != nil
		said = said || it.Node == nil && !Blank(it.Text)
	}
	if laid && !said {
		n.Items = slices.DeleteFunc(n.Items, func(it Piece) bool { return it.Node == nil })
		return
	}
	items := n.Items[:0]
	for i := 0; i < len(n.Items); {
		if n.Items[i].Node != nil {
			items = append(items, n.Items[i])
			i++
			continue
		}
		from := i
		for i < len(n.Items) && n.Items[i].Node == nil {
			i++
		}
		text := n.Items[from].Text
		if i > from+1 {
			var b strings.Builder
			for _, it := range n.Items[from:i] {
				b.WriteString(it.Text)
			}
			text = b.String()
		}
		items = append(items, Piece{Text: text})
	}
	clear(n.Items[len(items):])
	n.Items = items
}

// Parser reads back what canonical wrote; it keeps its buffers.
type Parser struct {
	r        *xmlcore.Reader
	Editions Editions // see [nodeReader]
}

var errFragment = errors.New("seda: an extra that is not one element")

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

// Equal reports whether two elements say the same.
func (n *Node) Equal(o *Node) bool {
	if n.Space != o.Space || n.Name != o.Name || !slices.Equal(n.Attrs, o.Attrs) || len(n.Items) != len(o.Items) {
		return false
	}
	for i, it := range n.Items {
		switch other := o.Items[i]; {
		case it.Node == nil && other.Node == nil:
			if it.Text != other.Text {
				return false
			}
		case it.Node == nil || other.Node == nil || !it.Node.Equal(other.Node):
			return false
		}
	}
	return true
}

// Blank reports whether the text says nothing.
func Blank(s string) bool { return strings.TrimSpace(s) == "" }

// SetVersion says that the node and all below are of the version.
func (n *Node) SetVersion(v Version) {
	if n.Space == Own {
		n.Version = v
	}
	for c := range n.Children {
		c.SetVersion(v)
	}
}
