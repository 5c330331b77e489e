package schema

// QName is an expanded name.
type QName struct{ Space, Local string }

// NameClass is a set of names. The zero value is the set of all names; build
// others with [Name], [NsName], [AnyName] and [NameChoice].
type NameClass struct {
	kind   nameKind
	name   QName
	except *NameClass
	alts   []NameClass
	// Of a choice of many, so that one name is not compared with each: the
	// names among alts, and the others.
	names map[QName]struct{}
	rest  []NameClass
}

type nameKind uint8

const (
	anyName nameKind = iota
	nsName
	oneName
	nameChoice
)

// Name is the class of one name.
func Name(space, local string) NameClass {
	return NameClass{kind: oneName, name: QName{space, local}}
}

// NsName is the class of all names of a namespace but the exceptions, which
// may be nil.
func NsName(space string, except *NameClass) NameClass {
	return NameClass{kind: nsName, name: QName{Space: space}, except: except}
}

// AnyName is the class of all names but the exceptions, which may be nil.
func AnyName(except *NameClass) NameClass { return NameClass{except: except} }

// NameChoice is the union of classes.
func NameChoice(classes ...NameClass) NameClass {
	if len(classes) == 1 {
		return classes[0]
	}
	c := NameClass{kind: nameChoice, alts: classes}
	if len(classes) > manyNames {
		c.names = make(map[QName]struct{}, len(classes))
		for _, a := range classes {
			if n, ok := a.One(); ok {
				c.names[n] = struct{}{}
			} else {
				c.rest = append(c.rest, a)
			}
		}
	}
	return c
}

// manyNames is how many alternatives make a set of names worth its room.
const manyNames = 16

// One returns the name of a class that holds exactly one name.
func (c *NameClass) One() (QName, bool) { return c.name, c.kind == oneName }

// Contains reports whether the name is of the class.
func (c *NameClass) Contains(space, local string) bool {
	switch c.kind {
	case oneName:
		return c.name.Local == local && c.name.Space == space
	case nameChoice:
		alts := c.alts
		if c.names != nil {
			if _, ok := c.names[QName{space, local}]; ok {
				return true
			}
			alts = c.rest
		}
		for i := range alts {
			if alts[i].Contains(space, local) {
				return true
			}
		}
		return false
	case nsName:
		if c.name.Space != space {
			return false
		}
	}
	return c.except == nil || !c.except.Contains(space, local)
}

// Infinite reports whether the class is not a finite list of names.
func (c *NameClass) Infinite() bool {
	switch c.kind {
	case oneName:
		return false
	case nameChoice:
		for i := range c.alts {
			if c.alts[i].Infinite() {
				return true
			}
		}
		return false
	}
	return true
}

// Each calls name for every name the class mentions and space for every
// namespace, exceptions included.
func (c *NameClass) Each(name func(QName), space func(string)) {
	switch c.kind {
	case oneName:
		name(c.name)
	case nsName:
		space(c.name.Space)
	}
	for i := range c.alts {
		c.alts[i].Each(name, space)
	}
	if c.except != nil {
		c.except.Each(name, space)
	}
}

// noName is no name of any document: it stands for "another name".
const noName = "\x00"

// Overlaps reports whether some name is of both classes.
func (c *NameClass) Overlaps(o *NameClass) bool {
	if n, ok := c.One(); ok {
		return o.Contains(n.Space, n.Local)
	}
	if n, ok := o.One(); ok {
		return c.Contains(n.Space, n.Local)
	}
	found := false
	try := func(n QName) {
		found = found || c.Contains(n.Space, n.Local) && o.Contains(n.Space, n.Local)
	}
	trySpace := func(s string) { try(QName{s, noName}) }
	c.Each(try, trySpace)
	o.Each(try, trySpace)
	try(QName{noName, noName})
	return found
}

// String writes the class for a message, with the prefixes of the grammar.
func (c *NameClass) describe(g *Grammar) string {
	switch c.kind {
	case oneName:
		return g.display(c.name)
	case nsName:
		if c.name.Space == "" {
			return "*"
		}
		return g.display(QName{c.name.Space, "*"})
	case nameChoice:
		if len(c.alts) > 0 {
			return c.alts[0].describe(g)
		}
	}
	return "*"
}
