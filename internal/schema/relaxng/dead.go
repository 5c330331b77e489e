package relaxng

// verdict says whether a pattern is the same as notAllowed.
type verdict uint8

const (
	unasked verdict = iota
	asking          // the question is being answered
	alive
	isDead
)

func verdictOf(dead bool) verdict {
	if dead {
		return isDead
	}
	return alive
}

// dead reports whether a pattern is the same as notAllowed, which takes away
// what it stands in, up to the next choice or element (RELAX NG 4.20). What is
// taken away so need not keep to the restrictions of chapter 7; but a
// definition that holds itself is refused there too (4.19).
func (l *loader) dead(p *pattern) bool {
	if p.dead == unasked {
		l.spend(p.at, 1)
		p.dead = asking
		p.dead = verdictOf(l.isDead(p))
	}
	return p.dead == isDead
}

func (l *loader) isDead(p *pattern) bool {
	switch p.kind {
	case kNotAllowed:
		return true
	case kAttribute, kList, kPlus, kMixed:
		return !l.absent(p.kids[0]) && l.dead(p.kids[0])
	case kOptional, kStar: // or nothing
		if !l.absent(p.kids[0]) {
			l.dead(p.kids[0])
		}
	case kGroup, kInterleave, kChoice:
		kids := l.kids(p)
		return l.oneOrAll(kids, p.kind == kChoice)
	case kRef, kParent:
		return l.deadDefinition(l.lookup(p))
	case kGrammar:
		return l.deadDefinition(l.nested(p).start)
	}
	return false
}

// oneOrAll reports whether one of the patterns is dead or, of a choice, all.
// Each is asked.
func (l *loader) oneOrAll(all []*pattern, choice bool) bool {
	n := 0
	for _, p := range all {
		if l.dead(p) {
			n++
		}
	}
	if choice {
		return n == len(all)
	}
	return n > 0
}

func (l *loader) deadDefinition(d *definition) bool {
	switch d.dead {
	case asking:
		panic(&fault{d.at, "définition qui se contient elle-même hors d'un élément", "definition that holds itself outside an element"})
	case unasked:
		d.dead = asking
		d.dead = verdictOf(l.oneOrAll(d.body, d.op == '|'))
	}
	return d.dead == isDead
}
