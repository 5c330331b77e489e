package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/internal/corpus"
)

func resolve(t testing.TB, p *Package, ref Referential) *Resolution {
	t.Helper()
	res, err := Resolve(context.Background(), p, ref)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func date(t testing.TB, s string) ged.Date {
	t.Helper()
	d, err := ged.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// pair is a rule and the unit it comes from, "" being the package.
type pair struct{ code, origin string }

func pairs(rules []EffectiveRule) []pair {
	var out []pair
	for _, r := range rules {
		p := pair{code: string(r.Category) + "/" + r.Code}
		if r.Origin != nil {
			p.origin = r.Origin.ID
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b pair) int { return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(a.origin, b.origin)) })
	return slices.Compact(out)
}

// naive applies the text of the standard path by path: a rule written at one
// end of a path holds at the other unless a unit on the way stops it.
func naive(p *Package, target *Unit) []pair {
	found := map[pair]bool{}
	stops := func(u *Unit, r ged.Rule) bool {
		for _, own := range u.Rules {
			if own.Category == r.Category && own.Code == r.Code {
				return true
			}
		}
		for _, g := range u.Regimes {
			if g.Category == r.Category && (g.Prevent || slices.Contains(g.Except, r.Code) || g.SortFinal != "" && r.Code == "") {
				return true
			}
		}
		return false
	}
	written := func(rules []ged.Rule, regimes []Regime) []ged.Rule {
		out := slices.Clone(rules)
		for _, g := range regimes {
			if g.SortFinal != "" {
				out = append(out, ged.Rule{Category: g.Category})
			}
		}
		return out
	}
	var follow func(u *Unit, r ged.Rule, from string)
	follow = func(u *Unit, r ged.Rule, from string) {
		if u == target {
			found[pair{string(r.Category) + "/" + r.Code, from}] = true
		}
		for _, c := range u.Children {
			if !stops(c, r) {
				follow(c, r, from)
			}
		}
	}
	for _, r := range written(p.Rules, p.Regimes) {
		for _, u := range p.Units {
			if !stops(u, r) {
				follow(u, r, "")
			}
		}
	}
	for u := range p.Walk() {
		for _, r := range written(u.Rules, u.Regimes) {
			follow(u, r, u.ID)
		}
	}
	var out []pair
	for f := range found {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b pair) int { return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(a.origin, b.origin)) })
	return out
}

// random makes a package whose units are children of several others at times.
func random(r *rand.Rand) *Package {
	categories := []ged.RuleCategory{ged.Conservation, ged.Communicabilite, ged.GelDeConservation}
	says := func(rules *[]ged.Rule, regimes *[]Regime) {
		for _, c := range categories {
			for code := range 3 {
				if r.IntN(4) == 0 {
					*rules = append(*rules, ged.Rule{Category: c, Code: fmt.Sprint(c, code), SortFinal: []ged.SortFinal{ged.Conserver, ged.Detruire}[r.IntN(2)]})
				}
			}
			g := Regime{Category: c}
			switch r.IntN(6) {
			case 0:
				g.Prevent = true
			case 1:
				g.Except = []string{fmt.Sprint(c, r.IntN(3))}
			case 2:
				g.SortFinal = ged.Conserver
			default:
				continue
			}
			*regimes = append(*regimes, g)
		}
	}
	p := &Package{}
	says(&p.Rules, &p.Regimes)
	units := make([]*Unit, 2+r.IntN(9))
	for i := range units {
		u := &Unit{ID: fmt.Sprint("U", i)}
		units[i] = u
		says(&u.Rules, &u.Regimes)
		if i == 0 || r.IntN(4) == 0 {
			p.Units = append(p.Units, u)
		}
		for _, up := range units[:i] {
			if r.IntN(4) == 0 {
				up.Children = append(up.Children, u)
			}
		}
	}
	return p
}

func TestRulesInForceAreThoseOfTheNaiveReading(t *testing.T) {
	seen, several := 0, 0
	for seed := range uint64(4000) {
		p := random(rand.New(rand.NewPCG(seed, 3)))
		res := resolve(t, p, nil)
		for u := range p.Walk() {
			e := res.Of(u)
			got, want := pairs(e.Rules), naive(p, u)
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d, unit %s: %v, want %v", seed, u.ID, got, want)
			}
			seen += len(got)
			if len(res.units[u].above) > 1 {
				several++
			}
			keep, destroy := false, false
			for _, r := range e.Rules {
				if r.Category == ged.Conservation {
					keep, destroy = keep || r.SortFinal == ged.Conserver, destroy || r.SortFinal == ged.Detruire
				}
			}
			if e.Conflict != (keep && destroy) || e.Conflict && e.SortFinal != "" || e.Conflict != e.Reasons.Has(RuleSortConflict) {
				t.Fatalf("seed %d, unit %s: a conflict is hidden or invented", seed, u.ID)
			}
			if e.MayAskDestruction(date(t, "2900-01-01")) {
				t.Fatalf("seed %d: destruction without any known end", seed)
			}
		}
	}
	if seen < 10_000 || several < 1000 {
		t.Errorf("%d rules and %d units of several parents prove little", seen, several)
	}
}

func TestEndsAndFate(t *testing.T) {
	start := date(t, "2020-02-29")
	ref := Referential{
		"DUA":  {Category: ged.Conservation, Duration: ged.Period{Years: 1}, Known: true},
		"LONG": {Category: ged.Conservation, Duration: ged.Period{Months: 18}, Known: true},
		"INF":  {Category: ged.Conservation, Unlimited: true, Known: true},
		"ACC0": {Category: ged.Communicabilite, Known: true},
		"ACC":  {Category: ged.Communicabilite, Duration: ged.Period{Years: 4}, Known: true},
		"HOLD": {Category: ged.GelDeConservation},
		"H2":   {Category: ged.GelDeConservation, Duration: ged.Period{Years: 10}, Known: true},
	}
	rule := func(category ged.RuleCategory, code string, sort ged.SortFinal) ged.Rule {
		return ged.Rule{Category: category, Code: code, Start: start, SortFinal: sort}
	}
	dua, long := rule(ged.Conservation, "DUA", ged.Detruire), rule(ged.Conservation, "LONG", ged.Detruire)
	undated := ged.Rule{Category: ged.Conservation, Code: "DUA", SortFinal: ged.Detruire}
	unsure := dua
	unsure.Uncertain = true
	ended := rule(ged.GelDeConservation, "HOLD", "")
	ended.End = date(t, "2021-12-31")
	tests := []struct {
		name            string
		rules           []ged.Rule
		duaEnd, destroy string // day from which it may be asked, "" never
		access          string
	}{
		{"one year after 29 February is 28 February", []ged.Rule{dua}, "2021-02-28", "2021-03-01", ""},
		{"the longest retention decides", []ged.Rule{dua, long}, "2021-08-29", "2021-08-30", ""},
		{"unlimited never ends", []ged.Rule{dua, rule(ged.Conservation, "INF", ged.Detruire)}, "", "", ""},
		{"keep against destroy", []ged.Rule{dua, rule(ged.Conservation, "LONG", ged.Conserver)}, "2021-08-29", "", ""},
		{"no start, no end", []ged.Rule{long, undated}, "", "", ""},
		{"not in the referential", []ged.Rule{rule(ged.Conservation, "?", ged.Detruire)}, "", "", ""},
		{"wrong category", []ged.Rule{rule(ged.Conservation, "ACC", ged.Detruire)}, "", "", ""},
		{"not confirmed", []ged.Rule{unsure}, "2021-02-28", "", ""},
		{"hold without end", []ged.Rule{dua, rule(ged.GelDeConservation, "HOLD", "")}, "2021-02-28", "", ""},
		{"hold with an end", []ged.Rule{dua, ended}, "2021-02-28", "2022-01-01", ""},
		{"hold with a duration", []ged.Rule{dua, rule(ged.GelDeConservation, "H2", "")}, "2021-02-28", "2030-03-01", ""},
		{"open at once", []ged.Rule{rule(ged.Communicabilite, "ACC0", "")}, "", "", "2020-02-29"},
		{"the strictest access decides", []ged.Rule{rule(ged.Communicabilite, "ACC", ""), rule(ged.Communicabilite, "ACC0", "")}, "", "", "2024-03-01"},
		{"access not known", []ged.Rule{rule(ged.Communicabilite, "ACC", ""), rule(ged.Communicabilite, "?", "")}, "", "", ""},
		{"own duration without referential", []ged.Rule{{Category: ged.Communicabilite, Code: "X", Start: start, Duration: ged.Period{Days: 1}}}, "", "", "2020-03-02"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &Package{Units: []*Unit{{ID: "A", Children: []*Unit{{ID: "B"}}}}, Rules: tt.rules}
			e := resolve(t, p, ref).Of(p.Units[0].Children[0])
			if e.DUAEnd.String() != tt.duaEnd || e.AccessFrom.String() != tt.access {
				t.Errorf("retention until %v, open from %v", e.DUAEnd, e.AccessFrom)
			}
			first, opened := "", ""
			for d, end := start, start.AddYears(15); d.Before(end); d = d.AddDays(1) {
				if first == "" && e.MayAskDestruction(d) {
					first = d.String()
				}
				if opened == "" && e.Open(d) {
					opened = d.String()
				}
			}
			if first != tt.destroy || opened != tt.access {
				t.Errorf("may be destroyed from %q, read from %q", first, opened)
			}
		})
	}
}

func TestAccessNever(t *testing.T) {
	p := &Package{Units: []*Unit{{ID: "A", Rules: []ged.Rule{{Category: ged.Communicabilite, Code: "X", Unlimited: true}}}}}
	e := resolve(t, p, nil).Of(p.Units[0])
	if !e.AccessNever || e.Open(date(t, "9000-01-01")) {
		t.Error("a delay without end opens")
	}
}

func TestUnitsInACircleAreNotDestroyed(t *testing.T) {
	rule := ged.Rule{Category: ged.Conservation, Code: "X", Start: date(t, "2000-01-01"), Duration: ged.Period{Days: 1}, SortFinal: ged.Detruire}
	a, b, c := &Unit{ID: "A"}, &Unit{ID: "B"}, &Unit{ID: "C", Rules: []ged.Rule{rule}}
	a.Children, b.Children = []*Unit{b, b}, []*Unit{a, c}
	p := &Package{Units: []*Unit{a}}
	e := resolve(t, p, nil).Of(c)
	if e.MayAskDestruction(date(t, "2020-01-01")) || !e.Reasons.Has(RuleCycle) {
		t.Error("a unit below a circle may be destroyed")
	}
	if e := resolve(t, p, nil).Of(&Unit{ID: "elsewhere"}); len(e.Rules) > 0 || e.MayAskDestruction(date(t, "2020-01-01")) {
		t.Error("a unit of no package has rules")
	}
}

func TestResolveIsBounded(t *testing.T) {
	p := &Package{Units: []*Unit{{ID: "top"}}}
	last := p.Units[0]
	for i := range 20_000 {
		u := &Unit{Rules: []ged.Rule{{Category: ged.Diffusion, Code: fmt.Sprint(i)}}}
		last.Children = []*Unit{u}
		last = u
	}
	if _, err := Resolve(context.Background(), p, nil); !errors.Is(err, ErrRules) {
		t.Errorf("a chain of rules: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Resolve(ctx, p, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestReferentialOfTheCorpus(t *testing.T) {
	f, err := os.Open(filepath.Join(corpus.Dir(t, "archive"), "referentials", "vitam_regles_exemple.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ref, r, err := ReadReferential(f)
	if err != nil || !r.Valid() {
		t.Fatal(err, r.Err())
	}
	for code, want := range map[string]RuleDefinition{
		"APP-00001": {Category: ged.Conservation, Duration: ged.Period{Years: 80}, Known: true},
		"ACC-00001": {Category: ged.Communicabilite, Known: true},
		"ACC-00036": {Category: ged.Communicabilite, Duration: ged.Period{Years: 100}, Known: true},
	} {
		got := ref[code]
		got.Label = ""
		if got != want {
			t.Errorf("%s: %+v", code, got)
		}
	}
}

func TestReferentialLines(t *testing.T) {
	const header = "RuleId,RuleType,RuleValue,RuleDescription,RuleDuration,RuleMeasurement\n"
	for line, good := range map[string]bool{
		"A,AccessRule,,,999,year": true, "A,AccessRule,,,1000,Year": false, "A,AccessRule,,,11988,MONTH": true,
		"A,AccessRule,,,11989,month": false, "A,AccessRule,,,-1,day": false, "A,AccessRule,,,,day": false,
		"A,HoldRule,,,,": true, "A,AccessRule,,,unlimited,": true, "A,Access,,,1,Year": false, ",AccessRule,,,1,Year": false,
		"A,AccessRule": false, "A,AccessRule,,,1,Second": false,
		"A,HoldRule,,,,Year": false, "A,HoldRule,,,3,": false, "A,HoldRule,,,3,Year": true,
		"A,AccessRule,R\xe8gle,,1,Year": false, "A,AccessRule,R\u00e8gle,,1,Year": true,
	} {
		ref, r, err := ReadReferential(strings.NewReader(header + line))
		if err != nil || (len(ref) == 1) != good || r.Valid() != good {
			t.Errorf("%s: %d rules, %v", line, len(ref), r.Err())
		}
	}
	marked := "\ufeff" + `"RuleId",RuleType,RuleValue,RuleDescription,RuleDuration,RuleMeasurement` + "\nA,AccessRule,,,1,Year\n"
	if ref, r, err := ReadReferential(strings.NewReader(marked)); err != nil || !r.Valid() || len(ref) != 1 {
		t.Errorf("a mark of order of bytes before a name in quotes: %d rules, %v", len(ref), err)
	}
	if _, r, err := ReadReferential(strings.NewReader("")); err != nil || !r.Has(RuleRefColumn) {
		t.Error("an empty referential is accepted")
	}
	if _, _, err := ReadReferential(strings.NewReader(header + "\"a")); err == nil {
		t.Error("broken CSV is accepted")
	}
}

func FuzzReadReferential(f *testing.F) {
	f.Add("RuleId,RuleType,RuleValue,RuleDescription,RuleDuration,RuleMeasurement\nA,AccessRule,x,y,1,Year\n")
	f.Fuzz(func(t *testing.T, s string) {
		ref, _, err := ReadReferential(strings.NewReader(s))
		if err == nil {
			for code, d := range ref {
				if code == "" || d.Category == "" || d.Duration.Years > maxRuleYear {
					t.Fatalf("%q: %+v", code, d)
				}
			}
		}
	})
}
