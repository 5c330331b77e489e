package relaxng

import (
	"context"
	"io/fs"
	"math"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/limit"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/datatype"
)

// Sample is an element of a document a grammar takes.
type Sample struct {
	Name  schema.QName
	Attrs []SampleAttr
	Kids  []*Sample
	// Text is what the element holds when it has no children.
	Text SampleText
	// Place is where the grammar declares it, file:line.
	Place string
}

// SampleAttr is an attribute of a Sample.
type SampleAttr struct {
	Name schema.QName
	Text SampleText
}

// SampleText is a value, and what else it could have been.
type SampleText struct {
	// Value is one the grammar takes, unless Unknown.
	Value string
	// Fixed values are the only ones possible; Choices are the values listed
	// where there are several.
	Fixed   bool
	Choices []string
	// Type is the local name of the datatype that is free within its bounds, ""
	// when any text will do; Pattern a pattern the value must match.
	Type, Pattern string
	Identity      datatype.Identity
	// Unknown says that no value was found, although there may be one.
	Unknown bool
}

// SampleOptions say how a sample is made.
type SampleOptions struct {
	// Optional asks for optional elements, once each, except inside themselves.
	Optional bool
	// Suggest names values to try first for an element of the path, or an
	// attribute, when anything goes that the grammar takes.
	Suggest func(path []*Sample, attribute string, t SampleText) []string
	// Elements bounds the sample, default 20,000.
	Elements int
}

// MakeSample makes a document the grammar takes: the least one, or with the
// elements that are optional. References between identifiers are left to the
// caller. The report and error are those of [Compile].
func MakeSample(ctx context.Context, fsys fs.FS, name string, opt Options, how SampleOptions) (root *Sample, rep *report.Report, err error) {
	if _, rep, err = Compile(ctx, fsys, name, opt); err != nil {
		return nil, rep, err
	}
	limit.Default(&how.Elements, 20_000)
	rep = report.New(report.Options{})
	err = guarded(ctx, fsys, name, opt, rep, func(l *loader) {
		top := l.load(name, opt.Namespace, place{file: name}, 0)
		if top.kind != kGrammar {
			l.bind(top, &scope{})
		}
		s := &sampler{l: l, how: how, costs: map[*definition]int{}, grammars: map[*pattern]*scope{}, open: map[*definition]bool{}}
		for s.changed = true; s.changed; {
			s.changed, s.met = false, map[*definition]bool{}
			s.cost(top)
		}
		if s.final(top) >= impossible {
			l.fail(top, "aucun document n'est possible", "no document is possible")
		}
		holder := &Sample{}
		s.fill(top, holder)
		root = holder.Kids[0]
	})
	if err != nil {
		return nil, rep, err
	}
	return root, rep, nil
}

// sampler follows the patterns as written.
type sampler struct {
	l        *loader
	how      SampleOptions
	grammars map[*pattern]*scope
	costs    map[*definition]int  // elements the least content has
	met      map[*definition]bool // in this round
	changed  bool
	made     int
	path     []*Sample
	open     map[*definition]bool // followed now
}

// impossible is the cost of what no finite document has.
const impossible = math.MaxInt32

func add(a, b int) int { return min(a+b, impossible) }

// scope returns the definitions of a nested grammar.
func (s *sampler) scope(p *pattern) *scope {
	x := s.grammars[p]
	if x == nil {
		x = s.l.nested(p)
		s.grammars[p] = x
	}
	return x
}

// target returns the definition a reference or grammar stands for.
func (s *sampler) target(p *pattern) *definition {
	if p.kind == kGrammar {
		return s.scope(p).start
	}
	return s.l.lookup(p)
}

// cost returns how many elements the least content of a pattern has, as far as
// known in this round.
func (s *sampler) cost(p *pattern) int {
	s.l.spend(p.at, 1)
	if p.kind == kStar || p.kind == kOptional {
		s.cost(p.kids[0])
	}
	return s.weigh(p, s.cost, s.costOf)
}

// weigh returns the cost of a pattern from those of its parts and of what it
// refers to.
func (s *sampler) weigh(p *pattern, part func(*pattern) int, named func(*definition) int) int {
	switch p.kind {
	case kNotAllowed:
		return impossible
	case kElement:
		return add(1, part(p.kids[0]))
	case kAttribute, kPlus, kMixed:
		return part(p.kids[0])
	case kGroup, kInterleave:
		n := 0
		for _, k := range p.kids {
			n = add(n, part(k))
		}
		return n
	case kChoice:
		n := impossible
		for _, k := range p.kids {
			n = min(n, part(k))
		}
		return n
	case kRef, kParent, kGrammar:
		return named(s.target(p))
	}
	return 0
}

func (s *sampler) costOf(d *definition) int {
	before, known := s.costs[d]
	if !known {
		before = impossible
		s.costs[d] = before
	}
	if s.met[d] {
		return before
	}
	s.met[d] = true
	n := 0
	if d.op == '|' {
		n = impossible
	}
	for _, b := range d.body {
		if c := s.cost(b); d.op == '|' {
			n = min(n, c)
		} else {
			n = add(n, c)
		}
	}
	if n < before {
		s.costs[d], s.changed = n, true
	}
	return s.costs[d]
}

// least returns the cheapest of several patterns, the first of equals.
func (s *sampler) least(all []*pattern) *pattern {
	best, cost := all[0], impossible+1
	for _, k := range all {
		if c := s.final(k); c < cost {
			best, cost = k, c
		}
	}
	return best
}

// final is the cost once all rounds are over.
func (s *sampler) final(p *pattern) int {
	s.l.spend(p.at, 1)
	return s.weigh(p, s.final, func(d *definition) int {
		if c, ok := s.costs[d]; ok {
			return c
		}
		return impossible
	})
}

// fill adds to an element what a pattern asks for.
func (s *sampler) fill(p *pattern, into *Sample) {
	s.l.spend(p.at, 1)
	switch p.kind {
	case kElement:
		s.element(p, into)
	case kAttribute:
		into.Attrs = append(into.Attrs, SampleAttr{s.name(p), s.text(p.kids[0], into, s.name(p).Local)})
	case kGroup, kInterleave:
		for _, k := range p.kids {
			s.fill(k, into)
		}
	case kPlus, kMixed:
		s.fill(p.kids[0], into)
	case kOptional, kStar:
		s.maybe(p.kids[0], into)
	case kChoice:
		if s.valued(p, map[*definition]bool{}) {
			into.Text = s.text(p, into, "")
			return
		}
		best := s.least(p.kids)
		if s.final(best) == 0 && s.how.Optional {
			for _, k := range p.kids { // something or nothing
				if s.final(k) > 0 {
					s.maybe(k, into)
					return
				}
			}
		}
		s.fill(best, into)
	case kRef, kParent, kGrammar:
		d := s.target(p)
		was := s.open[d]
		s.open[d] = true
		if d.op == '|' {
			s.fill(s.least(d.body), into)
		} else {
			for _, b := range d.body {
				s.fill(b, into)
			}
		}
		s.open[d] = was
	case kText, kData, kValue, kList:
		into.Text = s.text(p, into, "")
	}
}

// maybe adds what is optional, if that is wanted and makes sense: elements that
// have a name, and not inside themselves.
func (s *sampler) maybe(p *pattern, into *Sample) {
	if s.how.Optional && s.final(p) < impossible && s.definite(p, map[*definition]bool{}) {
		s.fill(p, into)
	}
}

// definite reports whether a pattern holds elements, all of one name, and
// leads into no definition that is being followed.
func (s *sampler) definite(p *pattern, seen map[*definition]bool) bool {
	s.l.spend(p.at, 1)
	switch p.kind {
	case kElement:
		return !p.names.Infinite()
	case kGroup, kInterleave, kChoice:
		any := false
		for _, k := range p.kids {
			any = s.definite(k, seen) || any
		}
		return any
	case kPlus, kStar, kOptional, kMixed:
		return s.definite(p.kids[0], seen)
	case kRef, kParent, kGrammar:
		d := s.target(p)
		if s.open[d] || seen[d] {
			return false
		}
		seen[d] = true
		for _, b := range d.body {
			if s.definite(b, seen) {
				return true
			}
		}
	}
	return false
}

func (s *sampler) element(p *pattern, into *Sample) {
	if s.made++; s.made > s.how.Elements {
		s.l.fail(p, "le plus petit document est trop grand", "the least document is too large")
	}
	e := &Sample{Name: s.name(p), Place: placeOf(p)}
	into.Kids = append(into.Kids, e)
	s.path = append(s.path, e)
	s.fill(p.kids[0], e)
	s.path = s.path[:len(s.path)-1]
}

// name chooses a name of a class.
func (s *sampler) name(p *pattern) schema.QName {
	if n, ok := p.names.One(); ok {
		return n
	}
	var spaces []string
	var names []schema.QName
	p.names.Each(func(n schema.QName) { names = append(names, n) }, func(x string) { spaces = append(spaces, x) })
	for _, x := range append(spaces, "", "urn:x") {
		names = append(names, schema.QName{Space: x, Local: "x"})
	}
	for _, n := range names {
		if p.names.Contains(n.Space, n.Local) {
			return n
		}
	}
	s.l.fail(p, "aucun nom d'élément n'a été trouvé", "no name of an element was found")
	return schema.QName{}
}
