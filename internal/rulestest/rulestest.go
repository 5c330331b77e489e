// Package rulestest proves, in the tests of a package that exports rules, that
// every one of them can be produced: a rule no input produces is a promise
// nobody keeps.
package rulestest

import (
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
)

// Every runs one case for each rule and fails for a rule that has no case, for
// a case whose report does not hold the rule, and for a finding whose messages
// lack a parameter the templates use.
func Every(t *testing.T, rules []*report.Rule, cases map[*report.Rule]func(testing.TB) *report.Report) {
	t.Helper()
	Catalogue(t, rules)
	for _, rule := range rules {
		t.Run(rule.Code, func(t *testing.T) {
			produce, ok := cases[rule]
			if !ok {
				t.Fatalf("no case produces %s", rule.Code)
			}
			r := produce(t)
			found := false
			for f := range r.All() {
				Complete(t, f)
				found = found || f.Rule == rule
			}
			if !found {
				t.Errorf("the case for %s does not produce it; it produced %s", rule.Code, codes(r))
			}
		})
	}
	listed := map[*report.Rule]bool{}
	for _, rule := range rules {
		listed[rule] = true
	}
	for rule := range cases {
		if !listed[rule] {
			t.Errorf("%s has a case but is not listed", rule.Code)
		}
	}
}

// Catalogue fails for a code used twice and for a rule without one of its
// languages.
func Catalogue(t testing.TB, rules []*report.Rule) {
	t.Helper()
	seen := map[string]bool{}
	for _, rule := range rules {
		if seen[rule.Code] {
			t.Errorf("code %s is used twice", rule.Code)
		}
		seen[rule.Code] = true
		if rule.FR == "" || rule.EN == "" {
			t.Errorf("%s has no message in one of its languages", rule.Code)
		}
	}
}

// Complete fails for a finding whose parameters do not fill its templates.
func Complete(t testing.TB, f *report.Finding) {
	t.Helper()
	have := map[string]bool{}
	for _, p := range f.Params {
		have[p.Name] = true
	}
	for _, field := range f.Rule.Fields {
		if !have[field.Name] {
			t.Errorf("a finding of %s has no parameter %s", f.Rule.Code, field.Name)
		}
	}
}

func codes(r *report.Report) string {
	var l []string
	for f := range r.All() {
		l = append(l, f.Rule.Code)
	}
	if l == nil {
		return "nothing"
	}
	return strings.Join(l, " ")
}
