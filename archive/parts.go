package archive

import (
	"context"
	"iter"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container/nameset"
)

// Parts describes a package piece by piece, for one too large to be held: a
// million units of it cost what describes them, a [Package] some kilobyte each.
// [Tree] is one, the Table of package resip another.
//
// A method may be called several times, by several goroutines, and MUST then
// yield the same parts in the same order. An error is the last thing yielded.
type Parts interface {
	// Message is what is said of the whole: header, rules, regimes and extras.
	// Its units and groups are not looked at.
	Message() *Package
	// Groups yields the groups with their objects, in the order they are to be
	// written. What was yielded is not touched again.
	Groups() iter.Seq2[*Group, error]
	// Units yields the units, a parent before its children. A unit may be looked
	// at until the next one is asked for.
	Units() iter.Seq2[Placed, error]
}

// Placed is a unit with its place: at depth 0 it stands at the top, else below
// the last unit that came before it with a lower depth, which MUST be that of
// its parent. Its Children are not looked at; of its Groups, and of the units
// it is linked to, only the identifiers are.
type Placed struct {
	Unit  *Unit
	Depth int
}

// groupID is the name a unit knows the group by: that of its object when it
// stands alone.
func groupID(g *Group) string {
	if g.ID == "" && len(g.Objects) == 1 && g.Objects[0] != nil {
		return g.Objects[0].ID
	}
	return g.ID
}

// CheckParts does what [Check] does, for a package that comes in parts. The
// error is one of the parts, or the context's.
func CheckParts(ctx context.Context, parts Parts, r *report.Report) error {
	message := parts.Message()
	c := &checker{report: r}
	c.header(&message.Header)
	groups, units, n := 0, 0, 0
	alive := func() bool {
		n++
		return n%256 != 0 || ctx.Err() == nil
	}
	for g, err := range parts.Groups() {
		if err != nil {
			return err
		}
		if !alive() {
			return context.Cause(ctx)
		}
		c.group(g)
		c.held.Add(groupID(g))
		groups++
	}
	linked := false
	var below nameset.Set
	for u, err := range parts.Units() {
		if err != nil {
			return err
		}
		if !alive() {
			return context.Cause(ctx)
		}
		units++
		c.unit(u.Unit)
		if u.Depth == maxDepth {
			r.Add(RuleDepth, at("unit", u.Unit.ID), report.P("id", u.Unit.ID), report.Int("max", maxDepth))
		}
		below.Add(u.Unit.ID)
		linked = linked || len(u.Unit.Links) > 0
	}
	if units == 0 {
		r.Add(RuleEmpty, report.Location{})
	}
	if c.referred < groups { // some are not named: which ones
		for g, err := range parts.Groups() {
			if err != nil {
				return err
			}
			if !alive() {
				return context.Cause(ctx)
			}
			if !c.named.Has(groupID(g)) {
				r.Add(RuleGroupOrphan, at("group", g.ID), report.P("id", g.ID))
			}
		}
	}
	if linked {
		for u, err := range parts.Units() {
			if err != nil {
				return err
			}
			if !alive() {
				return context.Cause(ctx)
			}
			for _, l := range u.Unit.Links {
				if l.Unit != nil && !below.Has(l.Unit.ID) {
					r.Add(RuleLink, at("unit", u.Unit.ID), report.P("id", u.Unit.ID))
				}
			}
		}
	}
	c.rules(message.Rules, report.Location{Path: "package"}, report.Words("where", "l'ensemble du paquet", "the whole package"))
	return nil
}
