package ged_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

func day(s string) ged.Date {
	d, err := ged.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func years(n int) ged.Period { return ged.Period{Years: n} }

func keep(code string, p ged.Period, start string, sort ged.SortFinal) ged.Rule {
	r := ged.Rule{Category: ged.Conservation, Code: code, Duration: p, SortFinal: sort}
	if start != "" {
		r.Start = day(start)
	}
	return r
}

func with(rules ...ged.Rule) *ged.Document { return &ged.Document{Type: "x", Rules: rules} }

func restrict(code string) ged.Rule { return ged.Rule{Category: ged.Communicabilite, Code: code} }

func TestEveryRule(t *testing.T) {
	retention := func(d *ged.Document) func(testing.TB) *report.Report {
		return func(testing.TB) *report.Report { r := ged.ComputeRetention(d, nil, nil); return r.Reasons }
	}
	access := func(docs ...*ged.Document) func(testing.TB) *report.Report {
		return func(testing.TB) *report.Report { return ged.ComputeAccess(nil, docs...).Reasons }
	}
	held := with(keep("A", years(1), "2020-01-01", ged.Detruire))
	held.Holds = []ged.Hold{{Reason: "contentieux"}}
	uncertain := keep("A", years(1), "2020-01-01", ged.Detruire)
	uncertain.Uncertain = true
	dated := with(restrict("AR048"))
	dated.Dates.Acted = day("2020-01-01")
	rulestest.Every(t, ged.Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		ged.RuleRetention:          retention(with(keep("A", years(1), "2020-01-01", ged.Detruire))),
		ged.RuleRetentionUnlimited: retention(with(ged.Rule{Category: ged.Conservation, Code: "A", Unlimited: true, SortFinal: ged.Conserver})),
		ged.RuleRetentionStart:     retention(with(keep("A", years(1), "", ged.Detruire))),
		ged.RuleRetentionUncertain: retention(with(uncertain)),
		ged.RuleRetentionLongest:   retention(with(keep("A", years(1), "2020-01-01", ged.Detruire), keep("B", years(2), "2020-01-01", ged.Detruire))),
		ged.RuleRetentionNone:      retention(with()),
		ged.RuleSortNone:           retention(with(keep("A", years(1), "2020-01-01", ""))),
		ged.RuleSortKept:           retention(with(keep("A", years(1), "2020-01-01", ged.Detruire), keep("B", years(1), "2020-01-01", ged.Conserver))),
		ged.RuleVisa:               retention(with(keep("A", years(1), "2020-01-01", ged.Detruire))),
		ged.RuleHold:               retention(held),
		ged.RuleAccess:             access(dated),
		ged.RuleAccessNow:          access(with()),
		ged.RuleAccessNever:        access(with(restrict("AR062"))),
		ged.RuleAccessStart:        access(with(restrict("AR048"))),
		ged.RuleAccessUnknown:      access(with(restrict("X"))),
		ged.RuleAccessPersonal:     access(&ged.Document{Privacy: ged.Privacy{Level: ged.Sensible}}),
		ged.RuleAccessStrictest:    access(with(), dated),
	})
}

func TestRetentionLongestAndConserverWin(t *testing.T) {
	r := ged.ComputeRetention(with(keep("A", years(10), "2020-02-29", ged.Detruire), keep("B", years(1), "2024-01-01", ged.Conserver)), nil, nil)
	if r.End != day("2030-02-28") || r.SortFinal != ged.Conserver || r.Rules[1].End != day("2025-01-01") {
		t.Errorf("%v %v", r.End, r.SortFinal)
	}
	if r := ged.ComputeRetention(with(keep("A", years(1), "2020-01-01", ged.Detruire), keep("B", years(1), "2020-01-01", ged.Trier)), nil, nil); r.SortFinal != ged.Trier {
		t.Errorf("sort %v", r.SortFinal)
	}
}

// TestNothingIsDestroyedInDoubt: one doubt of any kind, and the answer is no on
// any day.
func TestNothingIsDestroyedInDoubt(t *testing.T) {
	sure := with(keep("A", years(1), "2020-01-01", ged.Detruire))
	r := ged.ComputeRetention(sure, nil, nil)
	if r.MayAskDestruction(day("2021-01-01")) || !r.MayAskDestruction(day("2021-01-02")) {
		t.Error("the day after the last one is the first")
	}
	held := with(sure.Rules...)
	held.Holds = []ged.Hold{{}}
	uncertain := keep("A", years(1), "2020-01-01", ged.Detruire)
	uncertain.Uncertain = true
	for name, d := range map[string]*ged.Document{
		"held": held, "uncertain": with(uncertain), "no rule": with(), "no start": with(keep("A", years(1), "", ged.Detruire)),
		"one start unknown": with(sure.Rules[0], keep("B", years(1), "", ged.Detruire)),
		"kept":              with(sure.Rules[0], keep("B", years(1), "2020-01-01", ged.Conserver)),
		"to be sorted":      with(keep("A", years(1), "2020-01-01", ged.Trier)), "no final action": with(keep("A", years(1), "2020-01-01", "")),
		"unlimited": with(sure.Rules[0], ged.Rule{Category: ged.Conservation, Code: "U", Unlimited: true, SortFinal: ged.Detruire}),
	} {
		if r := ged.ComputeRetention(d, nil, nil); r.MayAskDestruction(day("9000-01-01")) {
			t.Errorf("%s: may be destroyed", name)
		}
	}
	for _, kind := range []ged.Type{ged.Mandat, ged.Deliberation, ged.DossierAgent, ged.ActeNaissance, "other"} {
		d := &ged.Document{Type: kind, Dates: ged.Dates{Acted: day("1900-01-01"), To: day("1900-12-31"), Closed: day("1900-01-01")}}
		r := ged.ComputeRetention(d, ged.ExampleRetentionTable(), ged.Starts{ged.FromNaissance: day("1850-01-01")})
		if r.MayAskDestruction(day("9000-01-01")) {
			t.Errorf("%s: an example table lets records be destroyed", kind)
		}
	}
}

func TestRetentionTableOfExamples(t *testing.T) {
	table := ged.ExampleRetentionTable()
	for _, row := range table.Rows {
		if !row.Uncertain {
			t.Errorf("%s is not marked uncertain", row.Code)
		}
	}
	act := &ged.Document{Type: ged.Deliberation, Dates: ged.Dates{Acted: day("2024-06-27")}}
	if r := ged.ComputeRetention(act, table, nil); r.End != day("2025-06-27") || r.SortFinal != ged.Conserver || len(r.Rules) != 1 {
		t.Errorf("a deliberation: %v %v", r.End, r.SortFinal)
	}
	mandat := &ged.Document{Type: ged.Mandat, Dates: ged.Dates{From: day("2023-01-01"), To: day("2023-06-30")}}
	if r := ged.ComputeRetention(mandat, table, nil); r.End != day("2033-12-31") {
		t.Errorf("a payment order runs from the end of its year: %v", r.End)
	}
	agent := &ged.Document{Type: ged.DossierAgent}
	if r := ged.ComputeRetention(agent, table, ged.Starts{ged.FromNaissance: day("1960-02-29")}); r.End != day("2040-02-29") {
		t.Errorf("an agent's file runs from birth: %v", r.End)
	}
	own := with(keep("OWN", years(3), "2024-01-01", ged.Conserver))
	own.Type = ged.Deliberation
	if r := ged.ComputeRetention(own, table, nil); len(r.Rules) != 1 || r.Rules[0].Code != "OWN" {
		t.Error("a record's own rule does not replace that of its class")
	}
}

func TestReadRetentionTable(t *testing.T) {
	row := func(s string) string { return `{"name":"n","version":"1","rows":[` + s + `]}` }
	good := `{"code":"A","label":"l","classes":["7"],"dua":"P1Y","start":"acte","sortFinal":"detruire","reference":"r","validFrom":"2020-01-01","validTo":"2020-12-31"}`
	table, err := ged.ReadRetentionTable(strings.NewReader(row(good)))
	if err != nil {
		t.Fatal(err)
	}
	for acted, want := range map[string]int{"2019-12-31": 0, "2020-01-01": 1, "2020-12-31": 1, "2021-01-01": 0} {
		d := &ged.Document{Dates: ged.Dates{Acted: day(acted)}, Class: ged.Class{Path: []ged.ClassStep{{Code: "7"}, {Code: "7.1"}}}}
		if r := ged.ComputeRetention(d, table, nil); len(r.Rules) != want {
			t.Errorf("act of %s: %d rules", acted, len(r.Rules))
		}
	}
	for name, s := range map[string]string{
		"not JSON": "x", "unknown member": `{"a":1}`, "twice": row(good + "," + good), "no code": row(strings.Replace(good, `"A"`, `""`, 1)),
		"no duration": row(strings.Replace(good, "P1Y", "P0D", 1)), "hours": row(strings.Replace(good, "P1Y", "PT1H", 1)),
		"start": row(strings.Replace(good, "acte", "hier", 1)), "sort": row(strings.Replace(good, "detruire", "jeter", 1)),
		"no sort": row(strings.Replace(good, "detruire", "", 1)), "no reference": row(strings.Replace(good, `"r"`, `""`, 1)),
	} {
		if _, err := ged.ReadRetentionTable(strings.NewReader(s)); !errors.Is(err, ged.ErrRetentionTable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAccessDates(t *testing.T) {
	doc := func(kind ged.Type, dates ged.Dates, codes ...string) *ged.Document {
		d := &ged.Document{Type: kind, Dates: dates}
		for _, c := range codes {
			d.Rules = append(d.Rules, restrict(c))
		}
		return d
	}
	acted := func(s string) ged.Dates { return ged.Dates{Acted: day(s)} }
	closed := ged.Dates{Closed: day("1949-12-31")}
	for name, c := range map[string]struct {
		known ged.Starts
		docs  []*ged.Document
		code  string
		from  string // "now", "never", "unknown"
	}{
		"a deliberation":                 {nil, []*ged.Document{doc(ged.Deliberation, acted("2024-06-27"))}, "AR038", "now"},
		"nothing":                        {nil, nil, "AR038", "now"},
		"a register of births":           {nil, []*ged.Document{doc(ged.ActeNaissance, closed)}, "AR054", "2025-01-01"},
		"births, death known and sooner": {ged.Starts{ged.FromDeces: day("1960-05-01")}, []*ged.Document{doc(ged.ActeNaissance, closed)}, "AR044", "1985-05-02"},
		"births, death known and later":  {ged.Starts{ged.FromDeces: day("2010-05-01")}, []*ged.Document{doc(ged.ActeMariage, closed)}, "AR054", "2025-01-01"},
		"a register still open":          {nil, []*ged.Document{doc(ged.ActeNaissance, ged.Dates{})}, "AR054", "unknown"},
		"deaths":                         {nil, []*ged.Document{doc(ged.ActeDeces, closed)}, "AR038", "now"},
		"a personnel file":               {nil, []*ged.Document{doc(ged.DossierAgent, ged.Dates{Closed: day("2000-02-28")})}, "AR048", "2050-02-28"},
		"medical, birth":                 {ged.Starts{ged.FromNaissance: day("1900-01-01")}, []*ged.Document{doc("x", ged.Dates{}, "AR061")}, "AR061", "2020-01-02"},
		"medical, death":                 {ged.Starts{ged.FromNaissance: day("1900-01-01"), ged.FromDeces: day("1980-01-01")}, []*ged.Document{doc("x", ged.Dates{}, "AR061")}, "AR043", "2005-01-02"},
		"strictest of parts":             {nil, []*ged.Document{doc("x", acted("2020-01-01"), "AR039"), doc("x", acted("2000-01-01"), "AR048")}, "AR048", "2070-01-02"},
		"never wins":                     {nil, []*ged.Document{doc("x", acted("2020-01-01"), "AR062"), doc("x", ged.Dates{}, "AR048")}, "AR062", "never"},
		"unknown wins over a date":       {nil, []*ged.Document{doc("x", acted("2020-01-01"), "AR048"), doc("x", ged.Dates{}, "ACC-9")}, "ACC-9", "unknown"},
		"an unknown code is not open":    {nil, []*ged.Document{doc("x", acted("2020-01-01"), "ACC-9")}, "ACC-9", "unknown"},
		"several delays of one document": {nil, []*ged.Document{doc("x", acted("2020-01-01"), "AR038", "AR060")}, "AR060", "2120-01-02"},
		"29 February":                    {nil, []*ged.Document{doc("x", acted("2024-02-28"), "AR039")}, "AR039", "2049-02-28"},
	} {
		a := ged.ComputeAccess(c.known, c.docs...)
		got := a.From.String()
		switch {
		case a.Immediate:
			got = "now"
		case a.Never:
			got = "never"
		case a.From.IsZero():
			got = "unknown"
		}
		if a.Code != c.code || got != c.from {
			t.Errorf("%s: %s %s, want %s %s", name, a.Code, got, c.code, c.from)
		}
		far := day("9999-01-01")
		if a.Open(far) != (got == "now" || got[0] == '1' || got[0] == '2') {
			t.Errorf("%s: open in 9999: %v", name, a.Open(far))
		}
		if !a.From.IsZero() && (a.Open(a.From.AddDays(-1)) || !a.Open(a.From)) {
			t.Errorf("%s: the first day", name)
		}
		if c.docs != nil && a.Reasons.Len() == 0 {
			t.Errorf("%s: no reason given", name)
		}
	}
	foreign := &ged.Document{Dates: acted("2020-01-01"), Rules: []ged.Rule{{Category: ged.Communicabilite, Code: "ACC-00002", Duration: years(25), StartEvent: ged.FromActe}}}
	if a := ged.ComputeAccess(nil, foreign); a.From != day("2045-01-02") || a.Rules[0].End != day("2045-01-01") {
		t.Errorf("a platform's code with its duration: %v", a.From)
	}
}

func TestAccessDelaysAreWhole(t *testing.T) {
	delays := ged.AccessDelays()
	if len(delays) != 25 {
		t.Errorf("%d delays, the list of SEDA 1.0 has AR038 to AR062", len(delays))
	}
	for i, d := range delays {
		if n := 38 + i; d.Code != "AR0"+string(rune('0'+n/10))+string(rune('0'+n%10)) || d.Object == "" {
			t.Errorf("delay %d is %s", i, d.Code)
		}
		if (d.Years > 0) == (d.Never || d.Code == "AR038") || d.Years > 0 && d.Start == "" {
			t.Errorf("%s: years and start", d.Code)
		}
		if other, ok := ged.DelayOf(d.Death); d.Death != "" && (!ok || other.Start != ged.FromDeces || other.Years >= d.Years) {
			t.Errorf("%s: its shorter delay", d.Code)
		}
	}
}

func TestStartComesFromTheDocument(t *testing.T) {
	d := &ged.Document{Dates: ged.Dates{Acted: day("2024-01-01"), Closed: day("2024-05-01"), To: day("2024-06-30"), Received: time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)},
		Files: []ged.File{{Created: time.Date(2024, 8, 1, 0, 0, 0, 0, time.UTC)}}}
	for event, want := range map[ged.StartEvent]string{ged.FromActe: "2024-01-01", ged.FromCloture: "2024-05-01", ged.FromExercice: "2024-12-31",
		ged.FromDocument: "2024-08-01", ged.FromNaissance: "", ged.FromDeces: "1999-01-01", ged.FromInconnu: ""} {
		if got := d.Start(event, ged.Starts{ged.FromDeces: day("1999-01-01")}); got.String() != want {
			t.Errorf("%q: %v, want %s", event, got, want)
		}
	}
}
