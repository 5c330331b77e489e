package element

import (
	"iter"
	"slices"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Field is one element that a part of a message may hold, and the field of the
// model it is. A table of them, in the order of the schema, reads and writes
// the part: what a version adds or drops is a row of it.
type Field[T any] struct {
	Name string
	Span
	// Once says that version 2.0 takes one only where the later ones take any
	// number.
	Once bool
	// Single says that no version takes more than one.
	Single bool
	// Assumed is the text of an element that says what is understood without
	// it, and that every part must have.
	Assumed string
	// Plain elements hold a text that the model keeps as it is.
	Plain bool
	// Order, if not nil, is that of what the element holds.
	Order *Order
	// Get gives the elements the model asks for; set puts one in the model, and
	// reports whether it could. Without them the element is kept as it is.
	Get func(*T) []*Node
	Set func(*T, *Node) bool
	// Say, if not nil, does what set does for an element that holds a text and
	// nothing else, provided that get would give it back just so; when it cannot
	// it changes nothing. says, if not nil, is the text get gives one element
	// of, blank for none. Both spare the making of elements.
	Say  func(*T, string) bool
	Says func(*T) string
}

// Text is a field that holds one text. A second one is kept as it is.
func Text[T any](name string, at func(*T) *string) Field[T] {
	return Field[T]{Name: name, Plain: true,
		Get: func(t *T) []*Node { return One(Optional(name, *at(t))) },
		Set: func(t *T, n *Node) bool {
			p := at(t)
			if *p != "" || !n.Leaf() {
				return false
			}
			*p = n.Text()
			return true
		},
		Say: func(t *T, s string) bool {
			p := at(t)
			if *p != "" {
				return false
			}
			*p = s
			return true
		},
		Says: func(t *T) string { return *at(t) },
	}
}

// Texts is a field that holds any number of texts.
func Texts[T any](name string, at func(*T) *[]string) Field[T] {
	return Field[T]{Name: name, Plain: true,
		Get: func(t *T) []*Node {
			var out []*Node
			for _, s := range *at(t) {
				if n := Optional(name, s); n != nil {
					out = append(out, n)
				}
			}
			return out
		},
		Set: func(t *T, n *Node) bool {
			if !n.Leaf() || Blank(n.Text()) {
				return false
			}
			*at(t) = append(*at(t), n.Text())
			return true
		},
		Say: func(t *T, s string) bool {
			*at(t) = append(*at(t), s)
			return true
		},
	}
}

// Raw is an element no field of the model holds.
func Raw[T any](name string) Field[T] { return Field[T]{Name: name} }

// Sorted says the order of what the element holds.
func (f Field[T]) Sorted(o *Order) Field[T] {
	f.Order = o
	return f
}

// In says in which versions the element exists.
func (f Field[T]) In(s Span) Field[T] {
	f.Span = s
	return f
}

// Once20 says that version 2.0 takes one only.
func (f Field[T]) Once20() Field[T] {
	f.Once = true
	return f
}

// One is a list of the element, nil of none.
func One(n *Node) []*Node {
	if n == nil {
		return nil
	}
	return []*Node{n}
}

// Part is a kind of element with its table.
type Part[T any] struct {
	Name   string
	Fields []Field[T]
}

// Find returns the index of the field an element of SEDA is of, -1 for none.
func (p *Part[T]) Find(n *Node) int {
	if n.Space != Own {
		return -1
	}
	return slices.IndexFunc(p.Fields, func(f Field[T]) bool { return f.Name == n.Name })
}

// Filler puts elements in the model; it keeps what it needs from one to the
// next.
type Filler[T any] struct {
	*Part[T]
	scratch T
	byName  []int16 // index of the field by the ID of the name, +1; -1 for none
}

// index is find for a name of the message.
func (p *Filler[T]) index(b *Reader, name *xmlcore.Name) int {
	for name.ID >= len(p.byName) {
		p.byName = append(p.byName, 0)
	}
	at := &p.byName[name.ID]
	if *at == 0 {
		*at = -1
		if i := p.Find(b.named(name)); i >= 0 {
			*at = int16(i) + 1
		}
	}
	return int(*at) - 1
}

// Take gives the model the element the reader stands on, as put does, and
// leaves the reader on its end tag.
func (p *Filler[T]) Take(b *Reader, t *T) (*archive.Extra, error) {
	var n *Node
	name := b.R.Name()
	if i := p.index(b, name); i >= 0 && p.Fields[i].Say != nil && len(b.R.Attrs()) == 0 {
		f := &p.Fields[i]
		text, whole, err := b.leaf()
		if err != nil {
			return nil, err
		}
		if n = whole; n == nil {
			v, _ := b.Family(name.Space)
			if f.Holds(v) && !Blank(text) && f.Say(t, text) {
				return nil, nil
			}
			n = b.named(name)
			if text != "" {
				n.hold(Piece{Text: text})
			}
		}
	} else {
		var err error
		if n, err = b.Read(); err != nil {
			return nil, err
		}
	}
	e, _ := p.Put(t, n)
	return e, nil
}

// Put gives the model an element. What the model cannot hold, or would not
// write again just so, is the extra returned; index is where it belongs.
func (p *Filler[T]) Put(t *T, n *Node) (extra *archive.Extra, index int) {
	index = p.Find(n)
	if index < 0 {
		return p.extra(n, false), len(p.Fields)
	}
	f := &p.Fields[index]
	if f.Set == nil {
		return p.extra(n, false), index
	}
	read := n
	n, surplus := f.Order.Arrange(n)
	if len(surplus) > 0 { // said when it is written
		defer func() { extra = p.extra(read, extra == nil || extra.Detail) }()
	}
	if f.Plain && len(n.Attrs) == 0 && n.Leaf() && !Blank(n.Text()) && f.Holds(n.Version) && f.Set(t, n) {
		return nil, index
	}
	if f.Assumed != "" {
		if len(n.Attrs) > 0 || !f.Set(t, n) {
			return p.extra(n, false), index
		}
		return nil, index
	}
	var none T
	p.scratch = none
	if !f.Set(&p.scratch, n) {
		return p.extra(n, false), index
	}
	again := f.Get(&p.scratch)
	if !f.Set(t, n) {
		return p.extra(n, false), index
	}
	// An element the version does not have is kept whole, to be written again
	// in that version only.
	if len(again) == 1 && (again[0].Equal(n) || again[0].reorders(n)) && f.Holds(n.Version) {
		return nil, index
	}
	return p.extra(n, len(again) == 1), index
}

func (p *Part[T]) extra(n *Node, detail bool) *archive.Extra {
	return &archive.Extra{In: p.Name, Name: n.Name, Detail: detail, XML: n.Canonical(n.FirstVersion())}
}

// Loss is called with the path of what the version cannot hold, from the part.
type Loss func(path string)

// Nodes gives the elements of the part as the version takes them.
func (p *Part[T]) Nodes(t *T, extras []archive.Extra, version Version, parse *Parser, lost Loss) []*Node {
	type kept struct {
		node   *Node
		key    *Node // what the model holds of it
		used   bool
		detail bool
	}
	var byField map[int][]*kept
	for i := range extras {
		if extras[i].In != p.Name {
			continue
		}
		n, err := parse.Parse(extras[i].XML)
		if err != nil {
			lost(p.Name + "/" + extras[i].Name)
			continue
		}
		at := p.Find(n)
		k := &kept{node: n, detail: extras[i].Detail && at >= 0}
		if at < 0 {
			at = len(p.Fields)
		} else {
			f := &p.Fields[at]
			arranged, surplus := f.Order.Arrange(n)
			if len(surplus) == 0 || !parse.Keep {
				k.node = arranged
				for _, c := range surplus {
					lost(p.Name + "/" + n.Name + "/" + c.Name)
				}
			}
			var scratch T
			if k.detail && f.Set != nil && f.Set(&scratch, arranged) {
				if again := f.Get(&scratch); len(again) == 1 {
					k.key = again[0]
				}
			}
		}
		if byField == nil {
			byField = map[int][]*kept{}
		}
		byField[at] = append(byField[at], k)
	}
	var out []*Node
	for i := range p.Fields {
		f := &p.Fields[i]
		var all []*Node
		if f.Get != nil {
			from := f.Get(t)
			if f.Assumed != "" && len(from)+len(byField[i]) == 0 {
				from = One(Elem(f.Name, f.Assumed))
			}
			for _, n := range from {
				for _, k := range byField[i] {
					if !k.used && k.key != nil && k.key.Equal(n) {
						k.used, n = true, k.node
						break
					}
				}
				all = append(all, n)
			}
		}
		for _, k := range byField[i] {
			if !k.used && !k.detail {
				all = append(all, k.node)
			}
		}
		count := 0
		for _, n := range all {
			if n.Version == version { // as it was read
				out = append(out, n)
				count++
				continue
			}
			if !f.Holds(version) || count > 0 && (f.Single || f.Once && version == V20) {
				lost(p.Name + "/" + n.Name)
				continue
			}
			if n = Fit(n, p.Name, version, lost); n != nil {
				out = append(out, n)
				count++
			}
		}
	}
	for _, k := range byField[len(p.Fields)] { // unknown: last, where wildcards are
		if k.node.Space == Own && k.node.Version != version {
			lost(p.Name + "/" + k.node.Name)
			continue
		}
		out = append(out, k.node)
	}
	return out
}

// Fit returns the element without what the version does not have, or nil when
// nothing of it is left.
func Fit(n *Node, path string, version Version, lost Loss) *Node {
	if n.Space != Own || n.fits(version) {
		return n
	}
	path += "/" + n.Name
	if n.Version != "" && n.Version < V22 && version >= V22 && identifiers[n.Name] && len(n.Attrs) == 0 && n.Leaf() && Blank(n.Text()) {
		lost(path) // only the versions before 2.2 take an empty identifier
		return nil
	}
	var out *Node // a copy, once something must go
	for i, it := range n.Items {
		keep := it.Node
		if it.Node != nil && it.Node.Space == Own && !limit(n.Name, it.Node.Name).Holds(version) {
			lost(path + "/" + it.Node.Name)
			keep = nil
		} else if it.Node != nil {
			keep = Fit(it.Node, path, version, lost)
		}
		if out == nil && keep != it.Node {
			c := *n
			c.Items = slices.Clone(n.Items[:i])
			out = &c
		}
		if out != nil && (keep != nil || it.Node == nil) {
			out.Items = append(out.Items, Piece{Text: it.Text, Node: keep})
		}
	}
	if out == nil {
		out = n
	} else if len(out.Items) == 0 {
		return nil
	}
	if version == V20 && !agentFits(out) {
		lost(path)
		return nil
	}
	return out
}

// identifiers are the elements of type IdentifierType: they may be empty before
// 2.2, and no longer from then on. What holds nothing but optional elements
// (FormatIdentification, Metadata/Document) may be empty in every version.
var identifiers = map[string]bool{
	"ArchivalAgreement": true, "ArchivalProfile": true, "ArchiveUnitProfile": true, "AuthorizationRequestReplyIdentifier": true,
	"Identifier": true, "KeywordReference": true, "MessageIdentifier": true, "MessageReceivedIdentifier": true,
	"MessageRequestIdentifier": true, "OriginatingAgencyIdentifier": true, "PhysicalId": true, "RelatedTransferReference": true,
	"ServiceLevel": true, "SubmissionAgencyIdentifier": true, "TransferRequestReplyIdentifier": true, "UnitIdentifier": true,
}

// fits reports whether the element is a text that every version takes, which is
// seen at once.
func (n *Node) fits(version Version) bool {
	return len(n.Items) == 1 && n.Items[0].Node == nil && (n.Version == "" || version < V22 || n.Version >= V22) &&
		(version != V20 || !agentNames[n.Name])
}

var agentNames = map[string]bool{
	"AuthorizedAgent": true, "Writer": true, "Addressee": true, "Recipient": true, "Signer": true, "Validator": true,
}

// agentFits reports whether version 2.0, which wants a person's two names,
// takes the agent.
func agentFits(n *Node) bool {
	if !agentNames[n.Name] || n.Child("Corpname") != nil {
		return true
	}
	return n.Child("FirstName") != nil && n.Child("BirthName") != nil
}

// Objects yields the objects of the groups that are there, in order.
func Objects(groups []*archive.Group) iter.Seq[*archive.Object] {
	return (&archive.Package{Groups: groups}).Objects()
}

// Has reports whether an extra is of the name.
func Has(extras []archive.Extra, name string) bool {
	return slices.ContainsFunc(extras, func(e archive.Extra) bool { return e.Name == name })
}

// Alone says that no version takes more than one.
func (f Field[T]) Alone() Field[T] {
	f.Single = true
	return f
}

// Rank is the place among the fields of an element kept as it is.
func (p *Part[T]) Rank(x archive.Extra) int {
	if i := p.Find(&Node{Space: Own, Name: x.Name}); i >= 0 {
		return i
	}
	return len(p.Fields)
}
