package seda

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

// own stands for the namespace of SEDA in a node, whatever its version.
const own = "seda"

const xsiSpace = "http://www.w3.org/2001/XMLSchema-instance"

// node is one element of a message in memory: small ones only, the parts of a
// unit or of an object.
type node struct {
	space, name string
	attrs       []nodeAttr // in the order of their names
	items       []item
	version     Version // of the SEDA namespace it was read in
	first       [1]item // of items: most elements hold one thing
}

type nodeAttr struct{ space, name, value string }

// item is a piece of text or an element.
type item struct {
	text string
	node *node
}

// elem makes an element of SEDA that holds a text.
func elem(name, text string) *node {
	n := &node{space: own, name: name}
	if text != "" {
		n.hold(item{text: text})
	}
	return n
}

// hold adds a piece to the element.
func (n *node) hold(it item) {
	if n.items == nil {
		n.items = n.first[:0]
	}
	n.items = append(n.items, it)
}

// tree makes an element of SEDA that holds others; nil ones are left out.
func tree(name string, children ...*node) *node {
	n := &node{space: own, name: name}
	return n.add(children...)
}

func (n *node) add(children ...*node) *node {
	for _, c := range children {
		if c != nil {
			n.hold(item{node: c})
		}
	}
	return n
}

// optional is elem, or nil when the text says nothing: no element of SEDA means
// anything empty, and most refuse it.
func optional(name, text string) *node {
	if blank(text) {
		return nil
	}
	return elem(name, text)
}

func (n *node) is(name string) bool { return n != nil && n.space == own && n.name == name }

func (n *node) attr(name string) string {
	for _, a := range n.attrs {
		if a.space == "" && a.name == name {
			return a.value
		}
	}
	return ""
}

func (n *node) setAttr(name, value string) *node {
	if value != "" {
		n.attrs = append(n.attrs, nodeAttr{name: name, value: value})
	}
	return n
}

// text returns the characters directly inside the element, as written.
func (n *node) text() string {
	if len(n.items) == 1 {
		return n.items[0].text
	}
	var b strings.Builder
	for _, it := range n.items {
		b.WriteString(it.text)
	}
	return b.String()
}

// token is the text without blanks around it.
func (n *node) token() string { return trimmed(n.text()) }

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

// leaf reports whether the element is of SEDA and holds no element.
func (n *node) leaf() bool {
	return n.space == own && !slices.ContainsFunc(n.items, func(it item) bool { return it.node != nil })
}

// children yields the elements directly inside.
func (n *node) children(yield func(*node) bool) {
	for _, it := range n.items {
		if it.node != nil && !yield(it.node) {
			return
		}
	}
}

// child returns the first element of SEDA of the name, or nil.
func (n *node) child(name string) *node {
	for c := range n.children {
		if c.is(name) {
			return c
		}
	}
	return nil
}

// childToken returns the text of the first such element, "" without it.
func (n *node) childToken(name string) string {
	if c := n.child(name); c != nil {
		return c.token()
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

// seda returns the version of the first element of SEDA in the node, "" when
// there is none.
func (n *node) seda() Version {
	if n.version != "" {
		return n.version
	}
	for c := range n.children {
		if v := c.seda(); v != "" {
			return v
		}
	}
	return ""
}

// canonical writes the element in the one form an [archive.Extra] keeps.
func (n *node) canonical(version Version) string {
	var b strings.Builder
	w := xmlout.New(&b, xmlout.Options{})
	n.emit(w, version, nil, true)
	if w.Close() != nil {
		return ""
	}
	_, text, _ := strings.Cut(b.String(), "\n")
	return text
}

// emit writes the element. up are the namespaces declared above; declare says
// that the default namespace is not that of the version yet.
func (n *node) emit(w *xmlout.Writer, version Version, up spaces, declare bool) {
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
	case n.space == own:
		w.Start("", n.name)
		if declare {
			w.Namespace("", version.Namespace())
		}
	case n.space == "":
		w.Start("", n.name)
		if !declare {
			w.Namespace("", "")
		}
		fresh = true
	default:
		if p, ok := up.prefix(n.space); ok {
			w.Start(p, n.name)
		} else {
			w.Start("n"+strconv.Itoa(len(up)+1), n.name)
			need(n.space)
		}
		fresh = declare
	}
	for _, a := range n.attrs {
		p := ""
		if a.space != "" {
			p = need(a.space)
		}
		value := a.value
		if a.space == xsiSpace && a.name == "type" {
			if space, local, ok := strings.Cut(value, "}"); ok {
				value = local
				if space != own {
					value = need(space) + ":" + local
				}
			}
		}
		w.Attr(p, a.name, value)
	}
	mixed := false
	for _, it := range n.items {
		mixed = mixed || it.node == nil && len(n.items) > 1
	}
	if mixed {
		w.Inline()
	}
	for _, it := range n.items {
		if it.node != nil {
			it.node.emit(w, version, up, fresh)
		} else {
			w.Text(it.text)
		}
	}
	w.End()
}

// editions are the listVersionID that coded elements of a version of the first
// family have by default, or must have, by the names of the elements.
type editions map[string]string

// editionAttr is the attribute that holds one.
const editionAttr = "listVersionID"

// Limits of one part held in memory.
const (
	maxNode      = 32 << 20 // characters
	maxNodeItems = 1 << 20  // elements, texts and attributes
)

// nodeReader builds nodes from the events of a reader that stands on a start
// tag.
type nodeReader struct {
	r     *xmlcore.Reader
	also  xmlcore.Sink // sees every event; may be nil
	left  int
	items int
	slab  []node // not used yet
	made  int    // nodes of the last slab
	stack []*node
	long  []byte // a text that comes in pieces
	words [512]string
	// editions, if not nil, say that the namespaces of SEDA are those of the
	// first family, and what their elements have by default. A message of the
	// second holds elements of the first as those of any other namespace.
	editions editions
	// The last namespace asked for and what it is: nearly always the same.
	space   string
	version Version
	ours    bool
}

// seda reports whether the namespace is SEDA's for this message, and which.
func (b *nodeReader) seda(space string) (Version, bool) {
	if b.editions != nil {
		return isEarly(space)
	}
	if space != b.space {
		b.space = space
		b.version, b.ours = isSEDA(space)
	}
	return b.version, b.ours
}

// node returns a new node. They are made many at a time.
func (b *nodeReader) node() *node {
	if len(b.slab) == 0 {
		b.made = min(max(2*b.made, 4), 64)
		b.slab = make([]node, b.made)
	}
	n := &b.slab[0]
	b.slab = b.slab[1:]
	return n
}

// word returns the text as a string; a short one that came not long ago is not
// made again.
func (b *nodeReader) word(t []byte) string {
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

// next returns the next event.
func (b *nodeReader) next() (xmlcore.Kind, error) {
	k, err := b.r.Next()
	if err == nil && b.also != nil {
		err = b.also.Event(b.r, k)
	}
	return k, err
}

// each calls the function on each element directly inside the one the reader
// stands on; the function leaves the reader on its end tag. Comments are
// passed over, wherever they are.
func (b *nodeReader) each(visit func(name *xmlcore.Name) error) error {
	for {
		k, err := b.next()
		if err != nil {
			return err
		}
		switch k {
		case xmlcore.EndElement:
			return nil
		case xmlcore.StartElement:
			if err := visit(b.r.Name()); err != nil {
				return err
			}
		}
	}
}

// root goes to the first start tag.
func (b *nodeReader) root() error {
	for {
		k, err := b.next()
		if err != nil {
			return err
		}
		if k == xmlcore.StartElement {
			return nil
		}
	}
}

// drain reads what stands behind the message.
func (b *nodeReader) drain() error {
	for {
		if _, err := b.next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// read returns the element the reader stands on and leaves the reader on its
// end tag.
func (b *nodeReader) read() (*node, error) {
	b.left, b.items = maxNode, maxNodeItems
	return b.rest(append(b.stack[:0], b.open()))
}

// leaf reads the element the reader stands on, which has no attribute. When it
// holds no element it returns its text, and no node.
func (b *nodeReader) leaf() (string, *node, error) {
	b.left, b.items = maxNode, maxNodeItems
	name := b.r.Name()
	text, pieces := "", 0
	for {
		k, err := b.next()
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
			t := b.r.Text()
			if b.left -= len(t); b.left < 0 {
				return "", nil, tooLong(b.r, maxNode)
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
				n.hold(item{text: text})
			}
			c := b.open()
			n.hold(item{node: c})
			n, err = b.rest(append(b.stack[:0], n, c))
			return "", n, err
		}
	}
}

// rest reads until the first of the open elements is closed.
func (b *nodeReader) rest(stack []*node) (*node, error) {
	top := stack[0]
	for len(stack) > 0 {
		k, err := b.next()
		if err != nil {
			return nil, err
		}
		n := stack[len(stack)-1]
		switch k {
		case xmlcore.StartElement:
			c := b.open()
			n.hold(item{node: c})
			stack = append(stack, c)
		case xmlcore.EndElement:
			n.close()
			stack = stack[:len(stack)-1]
		case xmlcore.Text:
			t := b.r.Text()
			b.left -= len(t)
			b.items--
			n.hold(item{text: b.word(t)})
		}
		if b.left < 0 || b.items < 0 {
			return nil, tooLong(b.r, maxNode)
		}
	}
	b.stack = stack[:0]
	return top, nil
}

// named returns a node of the name, as it was met.
func (b *nodeReader) named(name *xmlcore.Name) *node {
	n := b.node()
	n.space, n.name = name.Space, name.Local
	if v, ok := b.seda(name.Space); ok {
		n.space, n.version = own, v
	}
	return n
}

func tooLong(r *xmlcore.Reader, limit int) error {
	return &xmlcore.Error{Finding: report.Finding{
		Rule: report.LimBytes, Severity: report.LimBytes.Severity, Where: r.Location(),
		Params: []report.Param{report.Int("limit", limit), report.Words("what", "message en mémoire", "message in memory")},
	}}
}

func (b *nodeReader) open() *node {
	n := b.named(b.r.Name())
	for _, a := range b.r.Attrs() {
		if b.editions != nil && a.Name.Space == "" && a.Name.Local == editionAttr && string(a.Value) == b.editions[n.name] {
			continue // there by default
		}
		at := nodeAttr{space: a.Name.Space, name: a.Name.Local, value: b.word(a.Value)}
		if at.space == xsiSpace && at.name == "type" {
			at.value = b.qualify(at.value)
		}
		n.attrs = append(n.attrs, at)
		b.left -= len(at.value)
		b.items--
	}
	if len(n.attrs) > 1 {
		slices.SortFunc(n.attrs, func(a, c nodeAttr) int {
			if a.space != c.space {
				return strings.Compare(a.space, c.space)
			}
			return strings.Compare(a.name, c.name)
		})
	}
	b.left -= len(n.name)
	b.items--
	return n
}

// qualify turns the prefix of an xsi:type into its namespace: "{space}local"
// without the opening brace.
func (b *nodeReader) qualify(value string) string {
	prefix, local, ok := strings.Cut(trimmed(value), ":")
	if !ok {
		prefix, local = "", prefix
	}
	space, _ := b.r.Lookup(prefix)
	if _, ok := b.seda(space); ok {
		space = own
	}
	if space == "" {
		return local
	}
	return space + "}" + local
}

// close drops blanks that only lay elements out, and puts the pieces of a text
// together.
func (n *node) close() {
	if len(n.items) < 2 {
		return
	}
	laid, said := false, false
	for _, it := range n.items {
		laid = laid || it.node != nil
		said = said || it.node == nil && !blank(it.text)
	}
	if laid && !said {
		n.items = slices.DeleteFunc(n.items, func(it item) bool { return it.node == nil })
		return
	}
	items := n.items[:0]
	for i := 0; i < len(n.items); {
		if n.items[i].node != nil {
			items = append(items, n.items[i])
			i++
			continue
		}
		from := i
		for i < len(n.items) && n.items[i].node == nil {
			i++
		}
		text := n.items[from].text
		if i > from+1 {
			var b strings.Builder
			for _, it := range n.items[from:i] {
				b.WriteString(it.text)
			}
			text = b.String()
		}
		items = append(items, item{text: text})
	}
	clear(n.items[len(items):])
	n.items = items
}

// parser reads back what canonical wrote; it keeps its buffers.
type parser struct {
	r        *xmlcore.Reader
	editions editions // see [nodeReader]
}

var errFragment = errors.New("seda: an extra that is not one element")

func (p *parser) parse(text string) (*node, error) {
	if p.r == nil {
		p.r = xmlcore.NewReader(strings.NewReader(text), xmlcore.Options{})
	} else {
		p.r.Reset(strings.NewReader(text), xmlcore.Options{})
	}
	k, err := p.r.Next()
	if err != nil || k != xmlcore.StartElement {
		return nil, errFragment
	}
	n, err := (&nodeReader{r: p.r, editions: p.editions}).read()
	if err != nil {
		return nil, errFragment
	}
	if _, err := p.r.Next(); !errors.Is(err, io.EOF) {
		return nil, errFragment
	}
	return n, nil
}

// equal reports whether two elements say the same.
func (n *node) equal(o *node) bool {
	if n.space != o.space || n.name != o.name || !slices.Equal(n.attrs, o.attrs) || len(n.items) != len(o.items) {
		return false
	}
	for i, it := range n.items {
		switch other := o.items[i]; {
		case it.node == nil && other.node == nil:
			if it.text != other.text {
				return false
			}
		case it.node == nil || other.node == nil || !it.node.equal(other.node):
			return false
		}
	}
	return true
}

// blank reports whether the text says nothing.
func blank(s string) bool { return strings.TrimSpace(s) == "" }

// setVersion says that the node and all below are of the version.
func (n *node) setVersion(v Version) {
	if n.space == own {
		n.version = v
	}
	for c := range n.children {
		c.setVersion(v)
	}
}
