package profile

import (
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

func TestEveryRule(t *testing.T) {
	profiled := func(change ...string) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			return checkProfile(t, strings.NewReplacer(change...).Replace(followed), Options{})
		}
	}
	rulestest.Every(t, Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		RuleRoot:        profiled("v2.1", "v1.0"),
		RuleElement:     profiled("<Status/>", "<Statut/>"),
		RuleMissing:     profiled("<Comment>Profil</Comment>", ""),
		RuleBefore:      profiled("<Comment>Profil</Comment>", "", "</Date>", "</Date><Comment>Profil</Comment>"),
		RuleAfter:       profiled("<Description>Acte</Description><Status/>", "<Description>Acte</Description><Status/><Language>fr</Language>"),
		RuleText:        profiled("<Content>", "<Content>x"),
		RuleValue:       profiled("2024-06-27T", "27/06/2024"),
		RuleFixed:       profiled(">Profil<", ">Autre<"),
		RuleAttr:        profiled("<Date>", `<Date zone="">`),
		RuleAttrMissing: profiled(` id="U2"`, ""),
		RuleFill: func(t testing.TB) *report.Report {
			_, r := skeleton(t, SkeletonOptions{})
			return r
		},
		RuleMore: func(t testing.TB) *report.Report {
			return checkProfile(t, strings.Replace(followed, "<Status/>", strings.Repeat("<Statut/>", 19), 2), Options{Max: 3})
		},
	})
}
