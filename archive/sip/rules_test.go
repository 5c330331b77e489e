package sip

import (
	"testing"

	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

func TestEveryRule(t *testing.T) {
	// with makes a package of a manifest with the objects and one file.
	with := func(objects string, files ...[2]string) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			return verify(t, pack(t, append([][2]string{{"manifest.xml", manifestHead + objects + manifestTail}, {"content/a", "abc"}}, files...)...)).Report
		}
	}
	good := bdo("content/a", "SHA-256", abc256)
	if r := with(good)(t); r.Total() > 0 {
		t.Fatal(r.Err())
	}
	rulestest.Every(t, Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		RuleAgreement: func(t testing.TB) *report.Report {
			return verify(t, pack(t, [2]string{"a_manifest.xml", `<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1"/>`})).Report
		},
		RuleManifest:   func(t testing.TB) *report.Report { return verify(t, pack(t)).Report },
		RuleRootFile:   with(good, [2]string{"notes.txt", ""}),
		RuleFolder:     with(good, [2]string{"other/b", ""}),
		RuleEntryName:  with(good, [2]string{"content/é.pdf", ""}),
		RuleMissing:    with(good + bdo("content/b", "SHA-256", abc256)),
		RuleUndeclared: with(""),
		RuleNoURI:      with(good + bdo("", "SHA-256", abc256)),
		RuleURITwice:   with(good + good),
		RuleAlgorithm:  with(bdo("content/a", "sha-256", abc256)),
		RuleDigestCase: with(bdo("content/a", "SHA-256", "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")),
		RuleManifestName: func(t testing.TB) *report.Report {
			return ask(t, inspect.NewBytes("a", pack(t, [2]string{"$_manifest.xml", manifestHead + manifestTail})), inspect.Options{}).Report
		},
		RuleNameCode: func(t testing.TB) *report.Report {
			return ask(t, inspect.NewBytes("a", pack(t, [2]string{"manifest.xml", manifestHead + manifestTail}, [2]string{"content/\x82", "abc"})), inspect.Options{}).Report
		},
		RuleSpelled: func(t testing.TB) *report.Report {
			return ask(t, inspect.NewBytes("a", pack(t, [2]string{"manifest.xml", manifestHead + bdo("content/A", "SHA-256", abc256) + manifestTail}, [2]string{"content/a", "abc"})), inspect.Options{}).Report
		},
		RuleRenamed: func(t testing.TB) *report.Report {
			_, _, s := writeAsalae(t, forAsalae(t), AsalaeOptions{Lossy: true})
			return s.Report
		},
		RuleVersion: func(t testing.TB) *report.Report {
			return verify(t, pack(t, [2]string{"manifest.xml", `<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.0"/>`})).Report
		},
	})
}
