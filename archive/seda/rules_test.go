package seda

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/vitam"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

func TestEveryRule(t *testing.T) {
	unit := func(change func(u *archive.Unit)) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			p := build(t, deliberation(), contents())
			r := &report.Report{}
			if Check(p, Options{Target: Vitam}, r); !r.Valid() {
				t.Fatal(r.Err())
			}
			change(p.Units[0])
			Check(p, Options{Target: Vitam}, r)
			return r
		}
	}
	rule := func(rule ged.Rule) func(testing.TB) *report.Report {
		return unit(func(u *archive.Unit) { u.Rules = append(u.Rules, rule) })
	}
	reply := func(text string) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			_, r, err := ReadReply(context.Background(), strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
	}
	transfer := func(text string) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			_, r, _ := read(t, []byte(text))
			return r
		}
	}
	rulestest.Every(t, Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		RuleTextChar:    unit(func(u *archive.Unit) { u.Tags = []string{"\x00"} }),
		RuleTextControl: unit(func(u *archive.Unit) { u.Title = "a\u0085b" }),
		RuleTextMarkup:  unit(func(u *archive.Unit) { u.Description = "<b>a</b>" }),
		RuleTextLong:    unit(func(u *archive.Unit) { u.Description = strings.Repeat("x", vitam.MaxField+1) }),
		RuleUnitLong: unit(func(u *archive.Unit) {
			u.Tags = []string{strings.Repeat("x", vitam.MaxUnit/2), strings.Repeat("x", vitam.MaxUnit/2), "x"}
		}),
		RuleDateRange: rule(ged.Rule{Category: ged.Communicabilite, Code: "A", Start: ged.Date{Year: 9000, Month: 1, Day: 1}}),
		RuleLanguage:  unit(func(u *archive.Unit) { u.Languages = []string{"français"} }),
		RuleKeyword:   unit(func(u *archive.Unit) { u.Keywords = []ged.Keyword{{Content: "a", Kind: "sujet"}} }),
		RuleCategory:  rule(ged.Rule{Category: ged.SecretClassifie, Code: "A"}),
		RuleLost:      rule(ged.Rule{Category: ged.GelDeConservation, Code: "A"}),
		RuleRequired: unit(func(u *archive.Unit) {
			u.Regimes = []archive.Regime{{Category: ged.UtiliteCourante, Prevent: true}}
		}),
		RuleConverted: func(t testing.TB) *report.Report {
			p, _, _ := read(t, []byte(transferOf(V21, signedObject, signedUnits, "")))
			_, r := convert(t, p, Options{Version: V23})
			return r
		},
		RuleAssumed: func(t testing.TB) *report.Report {
			p, _, _ := read(t, []byte(transferOf(V21, "", unitOf("A", ""), "")))
			_, r := convert(t, p, Options{Version: V10})
			return r
		},
		RuleTransferRoot: transfer(`<a/>`),
		RuleMessageRoot: func(t testing.TB) *report.Report {
			r := &report.Report{}
			if m, _, err := ReadMessage(context.Background(), strings.NewReader(`<a/>`), ReadOptions{}, r); m != nil || err != nil {
				t.Fatal(err)
			}
			return r
		},
		RuleTransferVersion: transfer(`<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v9.99"/>`),
		RuleNamespace:       transfer(`<ArchiveTransfer xmlns="org:afnor:medona:1.0"/>`),
		RuleRef:             transfer(transferOf(V21, "", unitOf("A", refTo("NO")), "")),
		RuleRefObject: transfer(transferOf(V21, signedObject, unitOf("A",
			`<DataObjectReference><DataObjectReferenceId>O1</DataObjectReferenceId></DataObjectReference>`), "")),
		RuleGroupUndeclared: transfer(transferOf(V21, `<BinaryDataObject id="O"><DataObjectGroupReferenceId>NO</DataObjectGroupReferenceId></BinaryDataObject>`, "", "")),
		RuleSort:            rule(ged.Rule{Category: ged.Conservation, Code: "A", SortFinal: ged.Trier}),
		RuleAgent:           unit(func(u *archive.Unit) { u.Agents = []ged.Agent{{Role: ged.Validator, Name: "x"}} }),
		RuleEventTime:       unit(func(u *archive.Unit) { u.Events = []ged.Event{{Type: ged.EventIngestion, Time: time.Time{}}} }),

		RuleReplyRoot:    reply(`<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1"/>`),
		RuleReplyMissing: reply(`<ArchiveTransferReply xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1"/>`),
		RuleReplyVersion: reply(`<ArchiveTransferReply xmlns="x"/>`),
	})
}
