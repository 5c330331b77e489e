package archive

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// ErrRules says that a package has more rules to compute than it may ask for.
var ErrRules = errors.New("archive: too many effective rules")

// maxEffective bounds the rules kept for all units together: a chain of units
// with a rule each asks for the square of its length.
const maxEffective = 4 << 20

// Resolution holds the rules in force for every unit of a package. It may be
// read by many goroutines.
type Resolution struct {
	ref   Referential
	top   []*EffectiveRule // of the package
	units map[*Unit]*resolved
}

// resolved are the rules of a unit. Those that inherit everything from one
// parent share its list.
type resolved struct {
	rules  []*EffectiveRule
	roots  bool // inherits the rules of the package
	above  []*Unit
	last   *Unit // parent done last
	circle bool
}

// EffectiveRule is a rule in force for a unit.
type EffectiveRule struct {
	// Rule carries its duration and its End as the referential gives them. A
	// rule without Code is a final action that a unit states without a rule.
	ged.Rule
	// Origin is the unit the rule is written on, nil for the whole package.
	Origin *Unit
	// Known is false when nothing says how long the rule runs.
	Known bool
	clash bool
}

// key tells which rules stand for each other: a unit that writes a rule again
// replaces the one that comes from above.
type key struct {
	category ged.RuleCategory
	code     string
}

// Resolve computes the rules in force for every unit (SEDA 2.x, Management):
// rules go down from parent to child, for each category; a unit with several
// parents takes those of all of them. A unit stops all the rules of a category
// with Prevent, or those it names with Except; its own always apply, and one it
// writes again takes the place of the one above of the same code. The rules of
// the package go to the units at its top.
//
// The referential gives the durations; without it, or for a code it does not
// have, the rule's own duration counts. The error is that of the context or
// [ErrRules].
func Resolve(ctx context.Context, p *Package, ref Referential) (*Resolution, error) {
	res := &Resolution{ref: ref, units: map[*Unit]*resolved{}}
	waiting := map[*Unit]int{} // parents not done yet
	var order []*Unit
	for u := range p.Walk() {
		order = append(order, u)
		res.units[u] = &resolved{}
	}
	for _, u := range p.Units {
		if u != nil {
			res.units[u].roots = true
		}
	}
	for _, u := range order {
		for _, c := range u.Children {
			if c == nil {
				continue
			}
			at := res.units[c]
			if n := len(at.above); n == 0 || at.above[n-1] != u { // else: twice below the same
				at.above = append(at.above, u)
				waiting[c]++
			}
		}
	}
	res.top = res.own(nil, p.Rules, p.Regimes)
	total := 0
	var ready []*Unit
	for _, u := range slices.Backward(order) {
		if waiting[u] == 0 {
			ready = append(ready, u)
		}
	}
	done := 0
	for len(ready) > 0 {
		if done%1024 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		u := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		done++
		if total += res.compute(u); total > maxEffective {
			return nil, ErrRules
		}
		for _, c := range u.Children {
			if c == nil || res.units[c].last == u {
				continue
			}
			res.units[c].last = u
			if waiting[c]--; waiting[c] == 0 {
				ready = append(ready, c)
			}
		}
	}
	if done < len(order) { // the rest stands below a circle
		for _, u := range order {
			if waiting[u] > 0 {
				res.units[u].circle = true
				res.units[u].rules = res.own(u, u.Rules, u.Regimes)
			}
		}
	}
	return res, nil
}

// own are the rules written at one place, with their ends.
func (res *Resolution) own(origin *Unit, rules []ged.Rule, regimes []Regime) []*EffectiveRule {
	var out []*EffectiveRule
	for _, r := range rules {
		e := &EffectiveRule{Rule: r, Origin: origin}
		e.Known, e.clash = res.ref.define(&e.Rule)
		switch {
		case e.clash || e.Unlimited:
			e.End = ged.Date{}
		case e.Known && !e.Start.IsZero():
			e.End = e.Duration.After(e.Start)
		case r.Category == ged.GelDeConservation && !e.Known:
			e.Known = !e.End.IsZero() // HoldEndDate
		default:
			e.End = ged.Date{}
		}
		out = append(out, e)
	}
	for _, g := range regimes {
		if g.SortFinal != "" {
			out = append(out, &EffectiveRule{Rule: ged.Rule{Category: g.Category, SortFinal: g.SortFinal}, Origin: origin})
		}
	}
	return out
}

// compute finds the rules of a unit whose parents are done, and returns how
// many it had to keep.
func (res *Resolution) compute(u *Unit) int {
	at := res.units[u]
	own := res.own(u, u.Rules, u.Regimes)
	var from [][]*EffectiveRule
	if at.roots {
		from = append(from, res.top)
	}
	for _, p := range at.above {
		from = append(from, res.units[p].rules)
	}
	if len(own) == 0 && len(u.Regimes) == 0 && len(from) == 1 {
		at.rules = from[0]
		return 1
	}
	at.rules = own
	stopped := stops(u, own)
	met := map[*EffectiveRule]bool{}
	for i, rules := range from {
		for _, r := range rules {
			if (i == 0 || !met[r]) && stopped(r) == inherited {
				at.rules = append(at.rules, r)
			}
			if len(from) > 1 {
				met[r] = true
			}
		}
	}
	return len(at.rules) + 1
}

// fate is what becomes of a rule that comes from above.
type fate uint8

const (
	inherited fate = iota
	prevented
	excluded
	replaced
)

// stops returns what the unit makes of a rule from above.
func stops(u *Unit, own []*EffectiveRule) func(*EffectiveRule) fate {
	out := map[key]fate{}
	prevents := map[ged.RuleCategory]bool{}
	for _, r := range own {
		out[key{r.Category, r.Code}] = replaced
	}
	for _, g := range u.Regimes {
		prevents[g.Category] = prevents[g.Category] || g.Prevent
		for _, code := range g.Except {
			out[key{g.Category, strings.TrimSpace(code)}] = excluded
		}
	}
	return func(r *EffectiveRule) fate {
		if prevents[r.Category] {
			return prevented
		}
		return out[key{r.Category, r.Code}]
	}
}

// Effective is what the rules in force say of a unit.
type Effective struct {
	// Rules are the unit's own first, then those from above.
	Rules []EffectiveRule

	// DUAEnd is the last day of the longest retention, zero when it is
	// unlimited or not known.
	DUAEnd       ged.Date
	DUAUnlimited bool
	// SortFinal is what all rules of retention agree on. It is "" when none
	// says and when they contradict each other: then Conflict is true, and
	// someone must decide.
	SortFinal ged.SortFinal
	Conflict  bool

	// AccessFrom is the first day anyone may read it, that of the strictest
	// rule; zero when there is none such or it is not known.
	AccessFrom  ged.Date
	AccessNever bool

	// Reasons says in both languages how this was found; its warnings are what
	// stands against elimination or access.
	Reasons *report.Report

	blocked bool
	holds   []EffectiveRule
}

// Held reports whether a hold (gel) is in force on the day. A hold without end
// lasts until someone lifts it.
func (e *Effective) Held(on ged.Date) bool {
	for _, h := range e.holds {
		if (h.Start.IsZero() || !on.Before(h.Start)) && (h.End.IsZero() || !on.After(h.End)) {
			return true
		}
	}
	return false
}

// MayAskDestruction reports whether an elimination may be proposed on the day:
// every rule of retention is over and says to destroy, all is known and
// confirmed, no hold. The visa of the departmental archives is still needed.
func (e *Effective) MayAskDestruction(on ged.Date) bool {
	return !e.blocked && !e.Conflict && !e.DUAUnlimited && e.SortFinal == ged.Detruire && !e.DUAEnd.IsZero() &&
		on.After(e.DUAEnd) && !e.Held(on)
}

// Open reports whether anyone may read the unit on the day.
func (e *Effective) Open(on ged.Date) bool {
	return !e.AccessNever && !e.AccessFrom.IsZero() && !on.Before(e.AccessFrom)
}
