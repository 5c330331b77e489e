package archive

import (
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// Of returns what the rules in force say of the unit, with the reasons. A unit
// that is not of the package has no rule.
func (res *Resolution) Of(u *Unit) Effective {
	out := Effective{Reasons: &report.Report{}}
	where := report.Location{Path: "unit"}
	if u != nil {
		where = at("unit", u.ID)
	}
	state := res.units[u]
	if state == nil {
		state = &resolved{}
	}
	if state.circle {
		out.blocked = true
		out.Reasons.Add(RuleCycle, where, report.P("id", u.ID))
	}
	for _, r := range state.rules {
		out.Rules = append(out.Rules, *r)
	}
	res.explain(u, state, &out, where)
	out.retention(where)
	out.access(where)
	return out
}

func origin(u *Unit) report.Param {
	if u == nil {
		return report.Words("origin", "l'ensemble du paquet", "the whole package")
	}
	return report.Words("origin", "l'unité "+u.ID, "unit "+u.ID)
}

// explain says where each rule comes from, what the unit stopped, and what
// keeps an end from being computed.
func (res *Resolution) explain(u *Unit, state *resolved, out *Effective, where report.Location) {
	for i := range out.Rules {
		r := &out.Rules[i]
		code, category := report.P("code", r.Code), categoryParam(r.Category)
		if r.Code == "" {
			continue
		}
		if r.Origin == u {
			out.Reasons.Add(RuleOwn, where, code, category)
		} else {
			out.Reasons.Add(RuleInherited, where, code, category, origin(r.Origin))
		}
		switch {
		case r.clash:
			out.Reasons.Add(RuleWrongCategory, where, code, category)
		case !r.Known && r.Category != ged.GelDeConservation:
			out.Reasons.Add(RuleUnknown, where, code)
		case r.Unlimited:
			out.Reasons.Add(RuleUnlimited, where, code)
		case r.Start.IsZero() && r.End.IsZero() && r.Category != ged.GelDeConservation:
			out.Reasons.Add(RuleNoStart, where, code)
		case !r.End.IsZero():
			out.Reasons.Add(RuleEnd, where, code, report.Date("start", r.Start.String()), report.Date("end", r.End.String()))
		}
		if r.Category == ged.GelDeConservation {
			out.holds = append(out.holds, *r)
			out.Reasons.Add(RuleHold, where, code)
		}
	}
	if u == nil || state.circle {
		return
	}
	var own []*EffectiveRule
	for _, r := range state.rules {
		if r.Origin == u {
			own = append(own, r)
		}
	}
	fateOf := stops(u, own)
	named := map[key]bool{}
	stop := func(rules []*EffectiveRule) {
		for _, r := range rules {
			f := fateOf(r)
			if f == excluded {
				named[key{r.Category, r.Code}] = true
			}
			if f == inherited || r.Code == "" {
				continue
			}
			fr, en := f.words()
			out.Reasons.Add(RuleStopped, where, report.P("code", r.Code), categoryParam(r.Category), origin(r.Origin),
				report.Words("why", fr, en))
		}
	}
	if state.roots {
		stop(res.top)
	}
	for _, p := range state.above {
		stop(res.units[p].rules)
	}
	for _, g := range u.Regimes {
		for _, code := range g.Except {
			if !g.Prevent && !named[key{g.Category, code}] {
				out.Reasons.Add(RuleExceptNothing, where, report.P("code", code), categoryParam(g.Category))
			}
		}
	}
}

func (f fate) words() (fr, en string) {
	switch f {
	case prevented:
		return "l'unité bloque l'héritage de toute la catégorie", "the unit stops the whole category"
	case excluded:
		return "l'unité exclut cette règle", "the unit excludes this rule"
	}
	return "l'unité la redéfinit", "the unit writes it anew"
}

// retention sums up the rules of retention: the longest decides when, and all
// must agree on what.
func (e *Effective) retention(where report.Location) {
	any, unknown, keep, destroy, sort := false, false, false, false, false
	for _, r := range e.Rules {
		if r.Category != ged.Conservation {
			continue
		}
		switch r.SortFinal {
		case ged.Conserver:
			keep = true
		case ged.Trier:
			sort = true
		case ged.Detruire:
			destroy = true
		}
		if r.Code == "" {
			continue
		}
		any = true
		e.blocked = e.blocked || r.Uncertain
		switch {
		case r.Unlimited && !r.clash:
			e.DUAUnlimited = true
		case r.End.IsZero():
			unknown = true
		case r.End.After(e.DUAEnd):
			e.DUAEnd = r.End
		}
	}
	switch {
	case destroy && (keep || sort):
		e.Conflict = true
		e.Reasons.Add(RuleSortConflict, where, report.Words("where", "l'unité", "the unit"))
	case destroy:
		e.SortFinal = ged.Detruire
	case sort: // to sort is to keep some: keeping all does not contradict it
		e.SortFinal = ged.Trier
	case keep:
		e.SortFinal = ged.Conserver
	}
	if unknown || e.DUAUnlimited {
		e.DUAEnd = ged.Date{}
	}
	if !any {
		e.Reasons.Add(RuleNoRetention, where)
	}
	e.blocked = e.blocked || unknown || !any
}

// access takes the strictest rule: the unit is open the day after its last
// day, or on the day itself when the delay is none at all.
func (e *Effective) access(where report.Location) {
	any, unknown, last := false, false, ""
	for _, r := range e.Rules {
		if r.Category != ged.Communicabilite || r.Code == "" {
			continue
		}
		any = true
		from := r.End
		switch {
		case r.Unlimited && !r.clash:
			e.AccessNever = true
		case r.End.IsZero():
			unknown = true
		case !r.Duration.IsZero():
			from = from.AddDays(1)
		}
		if from.After(e.AccessFrom) || e.AccessFrom.IsZero() && !from.IsZero() {
			e.AccessFrom, last = from, r.Code
		}
	}
	switch {
	case !any:
		e.Reasons.Add(RuleNoAccess, where)
	case e.AccessNever || unknown:
		e.AccessFrom = ged.Date{}
	default:
		e.Reasons.Add(RuleAccessFrom, where, report.P("code", last), report.Date("date", e.AccessFrom.String()))
	}
}

// categoryParam is a category in a finding.
func categoryParam(c ged.RuleCategory) report.Param {
	fr, en := c.Words()
	if fr == string(c) {
		return report.P("category", fr)
	}
	return report.Named("category", string(c), fr, en)
}
