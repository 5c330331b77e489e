package mutant

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// Op is what was done to a document.
type Op uint8

// The operators.
const (
	Drop         Op = iota // an element is taken out
	Duplicate              // an element stands twice
	Swap                   // two neighbours change places
	Retag                  // an element takes the name of another
	BadValue               // a value is replaced by one that is likely wrong
	GoodValue              // a value is replaced by one that is likely right
	Foreign                // an element from elsewhere is inserted
	BadAttribute           // an attribute is removed, renamed or added
	numOps
)

var opNames = [...]string{"drop", "duplicate", "swap", "retag", "bad value", "good value", "foreign", "bad attribute"}

// String returns the operator's name.
func (o Op) String() string { return opNames[o] }

// Ops lists the operators.
func Ops() []Op {
	all := make([]Op, numOps)
	for i := range all {
		all[i] = Op(i)
	}
	return all
}

// Pool are values to try in place of a value.
type Pool struct{ Good, Bad []string }

// Options of a [Maker].
type Options struct {
	Seed uint64
	// Values are pools by the local name of an element, or "@" and that of an
	// attribute; "Parent/Name" and "Parent/@name" go first. What is not listed
	// takes the values the documents have under that name, and common bad ones.
	Values map[string]Pool
	// Foreign are elements to insert, as XML with its own declarations.
	Foreign []string
}

// Mutant is a variant of a document.
type Mutant struct {
	Doc []byte
	Op  Op
	// Touched is the local name of the element concerned, with "/@" and that of
	// the attribute when it is one.
	Touched string
	// Source is the index of the document it was made from.
	Source int
}

// Maker makes variants of documents.
type Maker struct {
	opt   Options
	rand  *rand.Rand
	docs  []*node
	names []string // qualified element names met
	seen  map[string][]string
	where [numOps]*places
	pick  map[string]int
	turn  int
}

var badValues = []string{"", " ", "\n", "x", "é€😀", "-1", "0", "1.5", "2024-02-30", "2024-13-01", "2023-02-29T00:00:00", "0000-01-01",
	"01/02/2024", "12", "123", "1234567890", "a b", "a@b", "<>&", strings.Repeat("a", 16), strings.Repeat("0", 256), strings.Repeat("é", 501)}

// New prepares variants of the documents, which must be well-formed.
func New(opt Options, docs ...[]byte) (*Maker, error) {
	m := &Maker{opt: opt, rand: rand.New(rand.NewPCG(opt.Seed, 0x6d7574616e74)), seen: map[string][]string{}, pick: map[string]int{}}
	for i, d := range docs {
		n, err := parse(d)
		if err != nil {
			return nil, fmt.Errorf("mutant: document %d: %w", i, err)
		}
		m.docs = append(m.docs, n)
		n.walk(nil, func(n, parent *node) {
			if !slices.Contains(m.names, n.name) {
				m.names = append(m.names, n.name)
			}
			if v, ok := n.value(); ok {
				m.remember(local(n.name), v)
			}
			for _, a := range n.attrs {
				if !a.declaration() {
					m.remember("@"+local(a.name), a.value)
				}
			}
		})
	}
	return m, nil
}

func (m *Maker) remember(key, value string) {
	if all := m.seen[key]; !slices.Contains(all, value) && len(all) < 50 {
		m.seen[key] = append(all, value)
	}
}

// target is a place an operator may work at.
type target struct {
	doc    int
	n      *node // in the original
	parent *node
	index  int    // of n in parent.kids, or of the attribute when attr is set
	attr   string // qualified name
	name   string // what is counted as touched
}

// Make returns n variants, the operators taking turns.
func (m *Maker) Make(n int) []Mutant {
	out := make([]Mutant, 0, n)
	for idle := 0; len(out) < n && idle < 2*int(numOps); m.turn++ {
		op := Op(m.turn % int(numOps))
		if x, ok := m.one(op); ok {
			out = append(out, x)
			idle = 0
		} else {
			idle++
		}
	}
	return out
}

// places are where an operator may work, with how often it did by name.
type places struct {
	all   []target
	group []int // of the target: index in count
	count []int
}

func (m *Maker) places(op Op) *places {
	if p := m.where[op]; p != nil {
		return p
	}
	p := &places{}
	groups := map[string]int{}
	for d, root := range m.docs {
		root.walk(nil, func(n, parent *node) {
			for _, t := range m.targets(op, d, n, parent) {
				g, ok := groups[t.name]
				if !ok {
					g = len(p.count)
					groups[t.name] = g
					p.count = append(p.count, 0)
				}
				p.all, p.group = append(p.all, t), append(p.group, g)
			}
		})
	}
	m.where[op] = p
	return p
}

// one applies the operator where it was applied least.
func (m *Maker) one(op Op) (Mutant, bool) {
	p := m.places(op)
	if len(p.all) == 0 {
		return Mutant{}, false
	}
	least := slices.Min(p.count)
	var best []int
	for i, g := range p.group {
		if p.count[g] == least {
			best = append(best, i)
		}
	}
	chosen := best[m.rand.IntN(len(best))]
	t := p.all[chosen]
	p.count[p.group[chosen]]++
	root := m.docs[t.doc].clone()
	n, parent := find(m.docs[t.doc], root, t.n)
	m.apply(op, t, n, parent)
	return Mutant{Doc: root.bytes(), Op: op, Touched: t.name, Source: t.doc}, true
}

// find returns the copy of a node of the original, and its parent's.
func find(original, copied, want *node) (n, parent *node) {
	if original == want {
		return copied, nil
	}
	for i, k := range original.kids {
		if k == want {
			return copied.kids[i], copied
		}
		if n, parent = find(k, copied.kids[i], want); n != nil {
			return n, parent
		}
	}
	return nil, nil
}

func (m *Maker) targets(op Op, doc int, n, parent *node) []target {
	t := target{doc: doc, n: n, parent: parent, name: local(n.name)}
	var out []target
	switch op {
	case Drop, Duplicate, Swap:
		if parent == nil {
			return nil
		}
		return []target{t}
	case Retag, Foreign:
		return []target{t}
	case BadValue, GoodValue:
		if _, ok := n.value(); ok && m.has(op, parent, n, "") {
			out = append(out, t)
		}
	}
	for i, a := range n.attrs {
		if !a.declaration() && (op == BadAttribute || m.has(op, parent, n, a.name)) {
			x := t
			x.index, x.attr, x.name = i, a.name, t.name+"/@"+local(a.name)
			out = append(out, x)
		}
	}
	if op == BadAttribute && len(out) == 0 {
		out = append(out, t)
	}
	return out
}

func (m *Maker) pool(parent, n *node, attr string) (Pool, string) {
	key := local(n.name)
	wide := key
	if attr != "" {
		key, wide = key+"/@"+local(attr), "@"+local(attr)
	} else if parent != nil {
		key = local(parent.name) + "/" + key
	}
	p, ok := m.opt.Values[key]
	if !ok {
		p, ok = m.opt.Values[wide]
		key = wide
	}
	if !ok || p.Good == nil {
		p.Good = m.seen[wide]
	}
	if p.Bad == nil {
		p.Bad = badValues
	}
	return p, key
}

func (m *Maker) has(op Op, parent, n *node, attr string) bool {
	p, _ := m.pool(parent, n, attr)
	return op == BadValue || len(p.Good) > 0
}

func (m *Maker) apply(op Op, t target, n, parent *node) {
	switch op {
	case Drop:
		i := slices.Index(parent.kids, n)
		parent.kids = slices.Delete(parent.kids, i, i+1)
	case Duplicate:
		i := slices.Index(parent.kids, n)
		parent.kids = slices.Insert(parent.kids, i+1, n.clone())
	case Swap:
		all := parent.elements()
		at := slices.IndexFunc(all, func(i int) bool { return parent.kids[i] == n })
		with := at + 1
		if with == len(all) {
			with = 0
		}
		parent.kids[all[at]], parent.kids[all[with]] = parent.kids[all[with]], parent.kids[all[at]]
	case Retag:
		for range 20 {
			if name := m.names[m.rand.IntN(len(m.names))]; name != n.name {
				n.name = name
				break
			}
		}
	case BadValue, GoodValue:
		p, key := m.pool(t.parent, t.n, t.attr)
		values := p.Bad
		if op == GoodValue {
			values = p.Good
		}
		key = op.String() + " " + key
		v := values[m.pick[key]%len(values)] // in turn, so that all are tried
		m.pick[key]++
		if t.attr == "" {
			n.setValue(v)
		} else {
			n.attrs[t.index].value = v
		}
	case Foreign:
		m.insert(n)
	case BadAttribute:
		m.attribute(t, n)
	}
}

// insert puts an element from elsewhere among the children.
func (m *Maker) insert(n *node) {
	var k *node
	switch {
	case len(m.opt.Foreign) > 0 && m.rand.IntN(2) == 0:
		k, _ = parse([]byte(m.opt.Foreign[m.rand.IntN(len(m.opt.Foreign))]))
	default:
		root := m.docs[m.rand.IntN(len(m.docs))]
		var all []*node
		root.walk(nil, func(x, parent *node) {
			if parent != nil {
				all = append(all, x)
			}
		})
		if len(all) > 0 {
			k = all[m.rand.IntN(len(all))].clone()
		}
	}
	if k == nil {
		k = &node{name: "etranger"}
	}
	at := 0
	if e := n.elements(); len(e) > 0 {
		at = e[m.rand.IntN(len(e))] + m.rand.IntN(2)
	}
	n.kids = slices.Insert(n.kids, at, k)
}

func (m *Maker) attribute(t target, n *node) {
	what := m.rand.IntN(4)
	if t.attr == "" {
		what = 3
	}
	switch what {
	case 0: // removed
		n.attrs = slices.Delete(n.attrs, t.index, t.index+1)
	case 1: // renamed
		n.attrs[t.index].name += "X"
	case 2: // without its prefix, or with one
		if a := &n.attrs[t.index]; strings.Contains(a.name, ":") {
			a.name = local(a.name)
		} else {
			a.name = "xml:" + a.name
		}
	default:
		n.attrs = append(n.attrs, attribute{"inconnu", "1"})
	}
}
