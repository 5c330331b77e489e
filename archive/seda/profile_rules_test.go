package seda

import (
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

func TestEveryRuleOfProfiles(t *testing.T) {
	profiled := func(change ...string) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			return checkProfile(t, strings.NewReplacer(change...).Replace(followed), ProfileOptions{})
		}
	}
	rulestest.Every(t, profileRules(), map[*report.Rule]func(testing.TB) *report.Report{
		RuleProfileRoot:        profiled("v2.1", "v1.0"),
		RuleProfileElement:     profiled("<Status/>", "<Statut/>"),
		RuleProfileMissing:     profiled("<Comment>Profil</Comment>", ""),
		RuleProfileBefore:      profiled("<Comment>Profil</Comment>", "", "</Date>", "</Date><Comment>Profil</Comment>"),
		RuleProfileAfter:       profiled("<Description>Acte</Description><Status/>", "<Description>Acte</Description><Status/><Language>fr</Language>"),
		RuleProfileText:        profiled("<Content>", "<Content>x"),
		RuleProfileValue:       profiled("2024-06-27T", "27/06/2024"),
		RuleProfileFixed:       profiled(">Profil<", ">Autre<"),
		RuleProfileAttr:        profiled("<Date>", `<Date zone="">`),
		RuleProfileAttrMissing: profiled(` id="U2"`, ""),
		RuleProfileFill: func(t testing.TB) *report.Report {
			_, r := skeleton(t, SkeletonOptions{})
			return r
		},
		RuleProfileMore: func(t testing.TB) *report.Report {
			return checkProfile(t, strings.Replace(followed, "<Status/>", strings.Repeat("<Statut/>", 19), 2), ProfileOptions{Max: 3})
		},
	})
}
