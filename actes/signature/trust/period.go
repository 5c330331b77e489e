package trust

import (
	"slices"
	"time"
)

// Period is a stretch of time. From is part of it and Until is not; a zero end
// is open.
type Period struct{ From, Until time.Time }

// Holds reports whether t lies within the period.
func (p Period) Holds(t time.Time) bool {
	return (p.From.IsZero() || !t.Before(p.From)) && (p.Until.IsZero() || t.Before(p.Until))
}

func (p Period) empty() bool {
	return !p.From.IsZero() && !p.Until.IsZero() && !p.From.Before(p.Until)
}

// periods returns the times of trust, whichever way they are said.
func (a Anchor) periods() []Period {
	if len(a.Periods) > 0 {
		return a.Periods
	}
	return []Period{{Until: a.Sunset}}
}

// Trusted reports whether the anchor is trusted at a time.
func (a Anchor) Trusted(at time.Time) bool {
	return slices.ContainsFunc(a.periods(), func(p Period) bool { return p.Holds(at) })
}

// Until returns up to when, at a time, the anchor could be relied upon: that
// time itself while it is trusted, else the end of the last period before it.
// began is false when it had never been trusted yet.
func (a Anchor) Until(at time.Time) (until time.Time, began bool) {
	if a.Trusted(at) {
		return at, true
	}
	for _, p := range a.periods() {
		if !p.empty() && !p.Until.IsZero() && !p.Until.After(at) && (!began || p.Until.After(until)) {
			until, began = p.Until, true
		}
	}
	return until, began
}

// and returns the anchor trusted during other periods as well: in order, none
// touching another.
func (a Anchor) and(other []Period) Anchor {
	l := slices.Concat(a.periods(), other)
	slices.SortFunc(l, func(x, y Period) int { return x.From.Compare(y.From) })
	var out []Period
	for _, p := range l {
		switch n := len(out) - 1; {
		case p.empty():
		case n < 0 || !out[n].Until.IsZero() && p.From.After(out[n].Until):
			out = append(out, p)
		case p.Until.IsZero() || !out[n].Until.IsZero() && p.Until.After(out[n].Until):
			out[n].Until = p.Until
		}
	}
	if len(out) == 0 { // never trusted: an empty period says it
		out = []Period{l[0]}
	}
	a.Sunset, a.Periods = out[len(out)-1].Until, out
	if len(out) == 1 && out[0].From.IsZero() {
		a.Periods = nil
	}
	return a
}
