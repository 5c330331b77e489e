package schema

import (
	"slices"

	"github.com/liasse/liasse/internal/schema/datatype"
)

// Grammar is a compiled grammar. It is immutable and may be used by several
// goroutines at once.
type Grammar struct {
	names  map[QName]int32 // every name the grammar mentions → symbol
	list   []QName
	spaces map[string]int32 // every namespace it mentions
	// spaceNames are those namespaces by number.
	spaceNames []string

	leaves []leaf
	decls  []decl
	types  []typ
	models []model
	root   int32 // model of the document: what the root element may be

	document int32 // type whose content is that model

	rows  []row
	edges []edge
	multi []branching

	globals    map[int32]int32  // symbol → leaf of a global element
	attributes map[int32]*Value // symbol → value of a global attribute
	typeNames  map[QName]int32
	prefixes   map[string]string
	xsd        bool
	arena      *arena
}

type leaf struct {
	names   NameClass
	sym     int32 // of its one name, -1 for a class
	process Process
	decls   []int32
	place   string

	weight int   // names mentioned: what it costs to ask whether one is admitted
	quick  int32 // its only declaration, when nothing else need be asked; else -1
	typ    int32 // of quick
}

// decl is a declaration: an element of the leaf is of the type.
type decl struct {
	leaf, typ int32
	nillable  bool
	block     Derivation
}

type typ struct {
	name        QName
	base        int32
	dt          *datatype.Type
	value       *Value
	model       int32
	start       int32
	mixed       bool
	strictEmpty bool
	complex     bool
	abstract    bool
	alias       bool
	given       string // of an alias: the text of an element without any
	by, block   Derivation
	attrs       attrTable

	text  textMode
	bare  bool // no attribute is required
	fast  bool // tabulated
	how   mode // how an element of it is followed
	quick datatype.Quick
}

// textMode says what is done with the characters of an element.
type textMode uint8

const (
	textChildren textMode = iota // white space, or what the state allows
	textIgnored                  // anything goes
	textCollected
	textStreamed // base64
)

// attrTable is what is known of a type's attributes.
type attrTable struct {
	named    []attrEntry // by symbol
	required int         // how many named ones are required
	wild     []attrWild
	// demanding says that an attribute of a class of names is required.
	demanding bool
}

type attrEntry struct {
	sym      int32
	required bool
	value    *Value
	identity datatype.Identity
	quick    datatype.Quick
}

type attrWild struct {
	names    NameClass
	value    *Value
	process  Process
	required bool
}

func (g *Grammar) name(n QName) int32 {
	sym, ok := g.names[n]
	if !ok {
		sym = int32(len(g.list))
		g.names[n] = sym
		g.list = append(g.list, n)
		g.space(n.Space)
	}
	return sym
}

func (g *Grammar) space(s string) int32 {
	id, ok := g.spaces[s]
	if !ok {
		id = int32(len(g.spaces))
		g.spaces[s] = id
		g.spaceNames = append(g.spaceNames, s)
	}
	return id
}

func (g *Grammar) attrTable(attrs []Attribute) attrTable {
	var t attrTable
	for _, a := range attrs {
		if n, ok := a.Names.One(); ok && a.Process == Declared {
			t.named = append(t.named, attrEntry{sym: g.names[n], required: a.Required, value: a.Value, identity: a.Value.id, quick: a.Value.quick()})
			if a.Required {
				t.required++
			}
			continue
		}
		t.wild = append(t.wild, attrWild{names: a.Names, value: a.Value, process: a.Process, required: a.Required})
		t.demanding = t.demanding || a.Required
	}
	slices.SortFunc(t.named, func(a, b attrEntry) int { return int(a.sym - b.sym) })
	return t
}

func (t *attrTable) find(sym int32) *attrEntry {
	for i := range t.named {
		if e := &t.named[i]; e.sym >= sym {
			if e.sym == sym {
				return e
			}
			break
		}
	}
	return nil
}

// display writes a name for a message, with the grammar's own prefix.
func (g *Grammar) display(n QName) string {
	if n.Space == "" {
		return n.Local
	}
	p, ok := g.prefixes[n.Space]
	switch {
	case !ok && n.Space == xmlSpace: // whose prefix nobody needs to declare
		return "xml:" + n.Local
	case !ok:
		return "{" + n.Space + "}" + n.Local
	case p == "":
		return n.Local
	}
	return p + ":" + n.Local
}

func (g *Grammar) leafName(l int32) string { return g.leaves[l].names.describe(g) }

// derives reports whether type t may stand, through xsi:type, for type d, no
// step of the derivation being one that is blocked.
func (g *Grammar) derives(t, d int32, block Derivation) bool {
	if g.types[d].alias {
		d = g.types[d].base
	}
	to := &g.types[d]
	block |= to.block
	any := to.name == QName{datatype.Namespace, "anyType"}
	for x := t; x >= 0; x = g.types[x].base {
		from := &g.types[x]
		if x == d {
			return true
		}
		if !from.complex && !to.complex && from.dt != nil && to.dt != nil && from.dt.DerivesFrom(to.dt) {
			return block&Restriction == 0
		}
		if from.by&block != 0 {
			return false
		}
	}
	return any && block&Restriction == 0 // a built-in type restricts anyType
}

// Declares reports whether an element of the name may be the root of a
// document.
func (g *Grammar) Declares(n QName) bool {
	sym, ok := g.names[n]
	if ok {
		_, ok = g.globals[sym]
	}
	return ok
}

// Names returns the names of all elements the grammar declares, in the order
// of their first mention.
func (g *Grammar) Names() []QName {
	var out []QName
	seen := map[int32]bool{}
	for i := range g.leaves {
		if s := g.leaves[i].sym; s >= 0 && !seen[s] {
			seen[s] = true
			out = append(out, g.list[s])
		}
	}
	return out
}

// Stats says how large a compiled grammar is.
type Stats struct {
	Models   int // content models
	Lazy     int // of these, without tables
	States   int // in tables
	Largest  int // states of the largest tabulated model
	Patterns int
}

// Stats returns the size of the grammar.
func (g *Grammar) Stats() Stats {
	s := Stats{Models: len(g.models), States: len(g.rows), Patterns: len(g.arena.nodes)}
	for i := range g.models {
		if g.models[i].lazy {
			s.Lazy++
		}
		s.Largest = max(s.Largest, g.models[i].states)
	}
	return s
}
