package seda

import (
	"cmp"
	"context"
	"io"
	"slices"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// ReadOptions bound a package in memory. The zero value is safe.
type ReadOptions struct {
	// Member is the name the message has in its package.
	Member string
	// MaxBytes bounds the message; 0 means 512 MiB. MaxParts bounds its units,
	// objects and references together; 0 means four millions.
	MaxBytes int64
	MaxParts int
	// Also, unless nil, follows the message in the same pass: a validator of
	// package schema judges it while it is read. It is told of the end whatever
	// became of the reading.
	Also Sink
}

// Sink follows a message as it is read: each event, and then, once, that there
// are no more. A Validator of package schema and a Survey of package preflight
// are sinks; as they speak of the reader itself, no other package than those of
// this module can bring its own.
type Sink interface {
	xmlcore.Sink
	Finish(*xmlcore.Reader)
}

// Read reads an ArchiveTransfer of SEDA 0.2, 1.0 or 2.0 to 2.3 into a package. Both layouts
// of units (nested, or side by side with references) and both styles of groups
// (DataObjectGroup, or DataObjectGroupId in the objects) give the same package.
// What has no field in the model stays as extras, so that writing the package
// in the same version loses nothing.
//
// The report tells what does not hold together; the package is what could be
// made of the message, and complete is false when the reading had to stop. The
// error is one of src or of the context.
//
// Contents are not looked for: each object has the URI the message gives.
func Read(ctx context.Context, src io.Reader, opt ReadOptions, rep *report.Report) (p *archive.Package, complete bool, err error) {
	l := newLinker(opt, rep)
	limits := xmlcore.Limits{Bytes: cmp.Or(opt.MaxBytes, 512<<20)}
	for it, err := range scan(ctx, src, xmlcore.Options{Report: rep, Member: opt.Member, Limits: limits}, opt.Also) {
		if err != nil {
			return nil, false, err
		}
		if it.Package != nil {
			p = it.Package
		} else if !l.take(it) {
			break
		}
	}
	complete = p != nil
	if p == nil {
		p = &archive.Package{}
	}
	l.link(p)
	if Version(p.Origin).Early() {
		l.early(p)
	}
	return p, complete, nil
}

func newLinker(opt ReadOptions, rep *report.Report) *linker {
	return &linker{rep: rep, member: opt.Member, max: cmp.Or(opt.MaxParts, 4_000_000),
		units: map[string]*archive.Unit{}, groups: map[string]*group{}, objects: map[string]*group{}, ids: map[string]bool{}}
}

// linker puts together what a scan yields.
type linker struct {
	rep     *report.Report
	member  string
	max     int // parts that may come
	parts   int
	units   map[string]*archive.Unit
	order   []*archive.Unit
	groups  map[string]*group
	list    []*group
	objects map[string]*group // by the object's ID
	ids     map[string]bool
	edges   []edge
}

// group is a group with what is known of it so far.
type group struct {
	archive.Group
	declared  bool
	object    string // the first that names it
	line, col int
}

// edge is a parent with what stands below it, in the order written.
type edge struct {
	from *archive.Unit // nil at the top
	to   *archive.Unit // nil for a reference
	ref  *Ref
	line int
	col  int
}

func (l *linker) where(line, col int) report.Location {
	return report.Location{Member: l.member, Line: line, Column: col}
}

func (l *linker) id(id string, line, col int) {
	if l.ids[id] {
		l.rep.Add(archive.RuleIDTwice, l.where(line, col), report.P("id", id))
	}
	l.ids[id] = true
}

func (l *linker) take(it Item) bool {
	if l.parts++; l.parts > l.max {
		l.rep.Add(report.LimCount, l.where(it.Line, it.Column), report.Int("limit", l.max), report.Words("what", "éléments du bordereau", "parts of the message"))
		return false
	}
	switch {
	case it.Object != nil:
		l.object(it)
	case it.Group != nil:
		l.id(it.Group.ID, it.Line, it.Column)
		g := l.group(it.Group.ID)
		g.declared, g.Extras = true, it.Group.Extras
	case it.Unit != nil:
		u := it.Unit
		l.id(u.ID, it.Line, it.Column)
		if l.units[u.ID] == nil {
			l.units[u.ID] = u
		}
		l.order = append(l.order, u)
		l.edges = append(l.edges, edge{from: l.units[it.Parent], to: u, line: it.Line, col: it.Column})
	case it.Ref != nil:
		if it.Ref.Kind == RefUnit {
			l.id(it.Ref.ID, it.Line, it.Column)
		}
		l.edges = append(l.edges, edge{from: l.units[it.Ref.From], ref: it.Ref, line: it.Line, col: it.Column})
	}
	return true
}

func (l *linker) group(id string) *group {
	g := l.groups[id]
	if g == nil {
		g = &group{Group: archive.Group{ID: id}}
		l.groups[id] = g
		l.list = append(l.list, g)
	}
	return g
}

func (l *linker) object(it Item) {
	o := it.Object
	l.id(o.ID, it.Line, it.Column)
	var g *group
	if it.GroupID == "" {
		g = &group{declared: true}
		l.list = append(l.list, g)
	} else {
		if g = l.groups[it.GroupID]; it.Declares && it.Alias == "" && g != nil && g.ID != it.GroupID {
			delete(l.groups, it.GroupID) // was only another name so far
		}
		g = l.group(it.GroupID)
		if g.object == "" {
			g.object, g.line, g.col = o.ID, it.Line, it.Column
		}
		if it.Declares && it.Alias == "" {
			g.declared = true
			l.id(it.GroupID, it.Line, it.Column)
		}
	}
	if it.Alias != "" {
		if it.Declares {
			l.id(it.Alias, it.Line, it.Column)
		}
		if l.groups[it.Alias] == nil {
			l.groups[it.Alias] = g
		}
	}
	g.Objects = append(g.Objects, o)
	if l.objects[o.ID] == nil {
		l.objects[o.ID] = g
	}
}

// link follows the references, once everything has been met.
func (l *linker) link(p *archive.Package) {
	for _, g := range l.list {
		p.Groups = append(p.Groups, &g.Group)
		if !g.declared {
			l.rep.Add(RuleGroupUndeclared, l.where(g.line, g.col), report.P("id", g.object), report.P("group", g.ID))
		}
	}
	below := map[*archive.Unit]bool{} // stands below another one
	var tops []*archive.Unit
	named := map[*archive.Unit]bool{} // at the top by a reference
	for _, e := range l.edges {
		u := e.to
		if e.ref != nil && e.ref.Kind != RefUnit {
			l.refer(e)
			continue
		}
		if e.ref != nil {
			if u = l.units[e.ref.To]; u == nil {
				l.dangling(e)
				continue
			}
		}
		switch {
		case e.from != nil:
			e.from.Children = append(e.from.Children, u)
			below[u] = true
		case e.ref != nil:
			named[u] = true
			tops = append(tops, u)
		default:
			tops = append(tops, u)
		}
	}
	taken := map[*archive.Unit]bool{}
	for _, u := range tops {
		if (!below[u] || named[u]) && !taken[u] {
			taken[u] = true
			p.Units = append(p.Units, u)
		}
	}
	l.circles(p)
	for _, u := range l.order {
		for i, link := range u.Links {
			if link.Unit == nil {
				continue
			}
			if to := l.units[link.Unit.ID]; to != nil {
				u.Links[i].Unit = to
			} else {
				l.rep.Add(RuleRef, report.Location{Member: l.member, Path: "unit[" + u.ID + "]"}, report.P("from", u.ID), report.P("to", link.Unit.ID))
			}
		}
	}
}

// circles puts at the top what no unit there leads to: units that only stand
// below each other would be lost.
func (l *linker) circles(p *archive.Package) {
	reached := map[*archive.Unit]bool{}
	mark := func(u *archive.Unit) {
		stack := []*archive.Unit{u}
		for len(stack) > 0 {
			u := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if !reached[u] {
				reached[u] = true
				stack = append(stack, u.Children...)
			}
		}
	}
	for _, u := range p.Units {
		mark(u)
	}
	if len(reached) == len(l.order) {
		return
	}
	for _, u := range l.order {
		if !reached[u] {
			p.Units = append(p.Units, u)
			mark(u)
		}
	}
}

func (l *linker) dangling(e edge) {
	l.rep.Add(RuleRef, l.where(e.line, e.col), report.P("from", e.ref.From), report.P("to", e.ref.To))
}

func (l *linker) refer(e edge) {
	g := l.groups[e.ref.To]
	if e.ref.Kind == RefObject {
		if g = l.objects[e.ref.To]; g != nil && g.ID != "" {
			l.rep.Add(RuleRefObject, l.where(e.line, e.col), report.P("from", e.ref.From), report.P("to", e.ref.To))
		}
	}
	if g == nil || e.from == nil {
		l.dangling(e)
		return
	}
	e.from.Groups = append(e.from.Groups, &g.Group)
}

// early finishes a package of the first family: links to units of the message
// are links to them, and groups follow the units.
func (l *linker) early(p *archive.Package) {
	rank := make(map[*archive.Group]int, len(p.Groups))
	for u := range p.Walk() {
		for _, g := range u.Groups {
			if _, ok := rank[g]; !ok {
				rank[g] = len(rank)
			}
		}
		for i, link := range u.Links {
			if to := l.units[link.External]; to != nil && link.Unit == nil {
				u.Links[i] = archive.Link{Type: link.Type, Unit: to}
			}
		}
	}
	slices.SortStableFunc(p.Groups, func(a, b *archive.Group) int { return rank[a] - rank[b] })
}
