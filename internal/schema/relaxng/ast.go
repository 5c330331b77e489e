package relaxng

import (
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/datatype"
)

// Space is the namespace of the annotations this package understands.
const Space = "urn:liasse:grammar"

// place is where something stands in a grammar.
type place struct {
	file      string
	line, col int
}

type kind uint8

const (
	kEmpty kind = iota
	kText
	kNotAllowed
	kElement   // names, kids[0]
	kAttribute // names, kids[0]
	kGroup
	kInterleave
	kChoice
	kPlus // kids[0]
	kStar
	kOptional
	kMixed
	kList
	kData   // datatype, except
	kValue  // datatype, value
	kRef    // name
	kParent // name
	kGrammar
)

// pattern is a pattern as written.
type pattern struct {
	kind   kind
	at     place
	kids   []*pattern
	names  schema.NameClass
	name   string
	dt     *datatype.Type
	except *pattern
	value  string
	body   *grammar
	ann    *annotations

	scope   *scope        // of a reference
	leaf    schema.LeafID // of an element, once compiled
	hasLeaf bool
	content *schema.Value // of an attribute, once compiled
	inner   *scope        // of a grammar, once met
	dead    verdict
}

// annotations are those of our namespace on one pattern or definition.
type annotations struct {
	from, until string
	process     string
	nillable    bool
	public      bool
	global      bool
	abstract    bool
	typ, base   schema.QName
}

// grammar is the body of a grammar: a list of components.
type grammar struct {
	parts []*part
	xsd   bool
	whole bool // every reference must have its definition, used or not (RELAX NG 4.18)
}

// part is start (name "") or a definition.
type part struct {
	name   string
	op     byte // '=', '|' or '&'
	body   *pattern
	at     place
	ann    *annotations
	nested *include
}

// include is a file to include, with the components that replace its own.
type include struct {
	href     string
	space    string // inherited default namespace
	override []*part
}

// scope is a grammar with its definitions combined.
type scope struct {
	parent *scope
	defs   map[string]*definition
	whole  bool
	start  *definition
}

// definition is what a name stands for in a scope.
type definition struct {
	name  string
	at    place
	plain bool // one of the bodies was given with =
	op    byte // of the others
	body  []*pattern
	ann   *annotations

	dead    verdict
	state   uint8 // 0 not begun, 1 being compiled, 2 compiled
	alts    []alt
	vstate  uint8
	value   *schema.Value
	hasType bool
	typ     schema.TypeID
}
