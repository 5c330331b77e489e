package schema

// completion answers what a content still needs. It only reads the arena, which
// may be shared.
type completion struct {
	arena *arena
	cost  map[Pattern]int
	needs map[needKey]bool
	work  int
}

type needKey struct {
	p    Pattern
	leaf int32
}

const endless = 1 << 30

// length returns how many elements the shortest completion of p has.
func (c *completion) length(p Pattern) int {
	n := c.arena.node(p)
	switch {
	case n.nullable:
		return 0
	case n.kind == pNotAllowed:
		return endless
	case n.kind == pLeaf:
		return 1
	}
	if l, ok := c.cost[p]; ok {
		return l
	}
	c.work++
	var l int
	switch n.kind {
	case pChoice:
		l = min(c.length(n.a), c.length(n.b))
	case pGroup, pInterleave:
		l = min(c.length(n.a)+c.length(n.b), endless)
	case pPlus:
		l = c.length(n.a)
	case pCount:
		l = min(c.length(n.a), endless/int(n.min)) * int(n.min)
	}
	if c.cost == nil {
		c.cost = map[Pattern]int{}
	}
	c.cost[p] = l
	return l
}

// shortest appends the particles of the shortest completion of p, up to one
// more than a message lists.
func (c *completion) shortest(p Pattern, to []int32) []int32 {
	for len(to) <= maxNames {
		c.work++
		n := c.arena.node(p)
		if n.nullable {
			break
		}
		switch n.kind {
		case pLeaf:
			return append(to, int32(n.a))
		case pChoice:
			if p = n.a; c.length(n.b) < c.length(n.a) {
				p = n.b
			}
			continue
		case pGroup, pInterleave:
			to = c.shortest(n.a, to)
			p = n.b
			continue
		case pPlus, pCount:
			p = n.a
			continue
		}
		break
	}
	return to
}

// leaf reports whether every completion of p holds the particle.
func (c *completion) leaf(p Pattern, leaf int32) bool {
	n := c.arena.node(p)
	switch {
	case n.nullable:
		return false
	case n.kind == pNotAllowed:
		return true
	case n.kind == pLeaf:
		return int32(n.a) == leaf
	}
	key := needKey{p, leaf}
	if b, ok := c.needs[key]; ok {
		return b
	}
	c.work++
	var b bool
	switch n.kind {
	case pChoice:
		b = c.leaf(n.a, leaf) && c.leaf(n.b, leaf)
	case pGroup, pInterleave:
		b = c.leaf(n.a, leaf) || c.leaf(n.b, leaf)
	default:
		b = c.leaf(n.a, leaf)
	}
	if c.needs == nil {
		c.needs = map[needKey]bool{}
	}
	c.needs[key] = b
	return b
}
