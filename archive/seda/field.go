package seda

import (
	"slices"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/internal/xmlcore"
)

// field is one element that a part of a message may hold, and the field of the
// model it is. A table of them, in the order of the schema, reads and writes
// the part: what a version adds or drops is a row of it.
type field[T any] struct {
	name string
	span
	// once says that version 2.0 takes one only where the later ones take any
	// number.
	once bool
	// single says that no version takes more than one.
	single bool
	// assumed is the text of an element that says what is understood without
	// it, and that every part must have.
	assumed string
	// plain elements hold a text that the model keeps as it is.
	plain bool
	// get gives the elements the model asks for; set puts one in the model, and
	// reports whether it could. Without them the element is kept as it is.
	get func(*T) []*node
	set func(*T, *node) bool
	// say, if not nil, does what set does for an element that holds a text and
	// nothing else, provided that get would give it back just so; when it cannot
	// it changes nothing. says, if not nil, is the text get gives one element
	// of, blank for none. Both spare the making of elements.
	say  func(*T, string) bool
	says func(*T) string
}

// text is a field that holds one text. A second one is kept as it is.
func text[T any](name string, at func(*T) *string) field[T] {
	return field[T]{name: name, plain: true,
		get: func(t *T) []*node { return one(optional(name, *at(t))) },
		set: func(t *T, n *node) bool {
			p := at(t)
			if *p != "" || !n.leaf() {
				return false
			}
			*p = n.text()
			return true
		},
		say: func(t *T, s string) bool {
			p := at(t)
			if *p != "" {
				return false
			}
			*p = s
			return true
		},
		says: func(t *T) string { return *at(t) },
	}
}

// texts is a field that holds any number of texts.
func texts[T any](name string, at func(*T) *[]string) field[T] {
	return field[T]{name: name, plain: true,
		get: func(t *T) []*node {
			var out []*node
			for _, s := range *at(t) {
				if n := optional(name, s); n != nil {
					out = append(out, n)
				}
			}
			return out
		},
		set: func(t *T, n *node) bool {
			if !n.leaf() || blank(n.text()) {
				return false
			}
			*at(t) = append(*at(t), n.text())
			return true
		},
		say: func(t *T, s string) bool {
			*at(t) = append(*at(t), s)
			return true
		},
	}
}

// raw is an element no field of the model holds.
func raw[T any](name string) field[T] { return field[T]{name: name} }

func (f field[T]) in(s span) field[T] {
	f.span = s
	return f
}

func (f field[T]) once20() field[T] {
	f.once = true
	return f
}

func one(n *node) []*node {
	if n == nil {
		return nil
	}
	return []*node{n}
}

// part is a kind of element with its table.
type part[T any] struct {
	name   string
	fields []field[T]
}

func (p *part[T]) find(n *node) int {
	if n.space != own {
		return -1
	}
	return slices.IndexFunc(p.fields, func(f field[T]) bool { return f.name == n.name })
}

// filler puts elements in the model; it keeps what it needs from one to the
// next.
type filler[T any] struct {
	*part[T]
	scratch T
	byName  []int16 // index of the field by the ID of the name, +1; -1 for none
}

// index is find for a name of the message.
func (p *filler[T]) index(b *nodeReader, name *xmlcore.Name) int {
	for name.ID >= len(p.byName) {
		p.byName = append(p.byName, 0)
	}
	at := &p.byName[name.ID]
	if *at == 0 {
		*at = -1
		if i := p.find(b.named(name)); i >= 0 {
			*at = int16(i) + 1
		}
	}
	return int(*at) - 1
}

// take gives the model the element the reader stands on, as put does, and
// leaves the reader on its end tag.
func (p *filler[T]) take(b *nodeReader, t *T) (*archive.Extra, error) {
	var n *node
	name := b.r.Name()
	if i := p.index(b, name); i >= 0 && p.fields[i].say != nil && len(b.r.Attrs()) == 0 {
		f := &p.fields[i]
		text, whole, err := b.leaf()
		if err != nil {
			return nil, err
		}
		if n = whole; n == nil {
			v, _ := b.seda(name.Space)
			if f.holds(v) && !blank(text) && f.say(t, text) {
				return nil, nil
			}
			n = b.named(name)
			if text != "" {
				n.hold(item{text: text})
			}
		}
	} else {
		var err error
		if n, err = b.read(); err != nil {
			return nil, err
		}
	}
	e, _ := p.put(t, n)
	return e, nil
}

// put gives the model an element. What the model cannot hold, or would not
// write again just so, is the extra returned; index is where it belongs.
func (p *filler[T]) put(t *T, n *node) (extra *archive.Extra, index int) {
	index = p.find(n)
	if index < 0 {
		return p.extra(n, false), len(p.fields)
	}
	f := &p.fields[index]
	if f.set == nil {
		return p.extra(n, false), index
	}
	if f.plain && len(n.attrs) == 0 && n.leaf() && !blank(n.text()) && f.holds(n.version) && f.set(t, n) {
		return nil, index
	}
	if f.assumed != "" {
		if len(n.attrs) > 0 || !f.set(t, n) {
			return p.extra(n, false), index
		}
		return nil, index
	}
	var none T
	p.scratch = none
	if !f.set(&p.scratch, n) {
		return p.extra(n, false), index
	}
	again := f.get(&p.scratch)
	if !f.set(t, n) {
		return p.extra(n, false), index
	}
	// An element the version does not have is kept whole, to be written again
	// in that version only.
	if len(again) == 1 && again[0].equal(n) && f.holds(n.version) {
		return nil, index
	}
	return p.extra(n, len(again) == 1), index
}

func (p *part[T]) extra(n *node, detail bool) *archive.Extra {
	return &archive.Extra{In: p.name, Name: n.name, Detail: detail, XML: n.canonical(n.seda())}
}

// loss is called with the path of what the version cannot hold, from the part.
type loss func(path string)

// nodes gives the elements of the part as the version takes them.
func (p *part[T]) nodes(t *T, extras []archive.Extra, version Version, parse *parser, lost loss) []*node {
	type kept struct {
		node   *node
		key    *node // what the model holds of it
		used   bool
		detail bool
	}
	var byField map[int][]*kept
	for i := range extras {
		if extras[i].In != p.name {
			continue
		}
		n, err := parse.parse(extras[i].XML)
		if err != nil {
			lost(p.name + "/" + extras[i].Name)
			continue
		}
		at := p.find(n)
		k := &kept{node: n, detail: extras[i].Detail && at >= 0}
		if at < 0 {
			at = len(p.fields)
		} else if k.detail {
			var scratch T
			if f := &p.fields[at]; f.set != nil && f.set(&scratch, n) {
				if again := f.get(&scratch); len(again) == 1 {
					k.key = again[0]
				}
			}
		}
		if byField == nil {
			byField = map[int][]*kept{}
		}
		byField[at] = append(byField[at], k)
	}
	var out []*node
	for i := range p.fields {
		f := &p.fields[i]
		var all []*node
		if f.get != nil {
			from := f.get(t)
			if f.assumed != "" && len(from)+len(byField[i]) == 0 {
				from = one(elem(f.name, f.assumed))
			}
			for _, n := range from {
				for _, k := range byField[i] {
					if !k.used && k.key != nil && k.key.equal(n) {
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
			if n.version == version { // as it was read
				out = append(out, n)
				count++
				continue
			}
			if !f.holds(version) || count > 0 && (f.single || f.once && version == V20) {
				lost(p.name + "/" + n.name)
				continue
			}
			if n = fit(n, p.name, version, lost); n != nil {
				out = append(out, n)
				count++
			}
		}
	}
	for _, k := range byField[len(p.fields)] { // unknown: last, where wildcards are
		if k.node.space == own && k.node.version != version {
			lost(p.name + "/" + k.node.name)
			continue
		}
		out = append(out, k.node)
	}
	return out
}

// fit returns the element without what the version does not have, or nil when
// nothing of it is left.
func fit(n *node, path string, version Version, lost loss) *node {
	if n.space != own || n.fits(version) {
		return n
	}
	path += "/" + n.name
	if n.version != "" && n.version < V22 && version >= V22 && len(n.attrs) == 0 && n.leaf() && blank(n.text()) {
		lost(path) // only the versions before 2.2 take an empty identifier
		return nil
	}
	var out *node // a copy, once something must go
	for i, it := range n.items {
		keep := it.node
		if it.node != nil && it.node.space == own && !limit(n.name, it.node.name).holds(version) {
			lost(path + "/" + it.node.name)
			keep = nil
		} else if it.node != nil {
			keep = fit(it.node, path, version, lost)
		}
		if out == nil && keep != it.node {
			c := *n
			c.items = slices.Clone(n.items[:i])
			out = &c
		}
		if out != nil && (keep != nil || it.node == nil) {
			out.items = append(out.items, item{text: it.text, node: keep})
		}
	}
	if out == nil {
		out = n
	} else if len(out.items) == 0 {
		return nil
	}
	if version == V20 && !agentFits(out) {
		lost(path)
		return nil
	}
	return out
}

// fits reports whether the element is a text that every version takes, which is
// seen at once.
func (n *node) fits(version Version) bool {
	return len(n.items) == 1 && n.items[0].node == nil && (n.version == "" || version < V22 || n.version >= V22) &&
		(version != V20 || !agentNames[n.name])
}

var agentNames = map[string]bool{
	"AuthorizedAgent": true, "Writer": true, "Addressee": true, "Recipient": true, "Signer": true, "Validator": true,
}

// agentFits reports whether version 2.0, which wants a person's two names,
// takes the agent.
func agentFits(n *node) bool {
	if !agentNames[n.name] || n.child("Corpname") != nil {
		return true
	}
	return n.child("FirstName") != nil && n.child("BirthName") != nil
}

func has(extras []archive.Extra, name string) bool {
	return slices.ContainsFunc(extras, func(e archive.Extra) bool { return e.Name == name })
}

// alone says that no version takes more than one.
func (f field[T]) alone() field[T] {
	f.single = true
	return f
}

// rank is the place among the fields of an element kept as it is.
func (p *part[T]) rank(x archive.Extra) int {
	if i := p.find(&node{space: own, name: x.Name}); i >= 0 {
		return i
	}
	return len(p.fields)
}
