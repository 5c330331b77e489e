package bagit_test

import (
	"testing"

	"github.com/liasse/liasse/archive/bagit"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

func TestRules(t *testing.T) {
	manifest := basic("1.0")["manifest-sha512.txt"]
	of := func(changes ...string) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report { return verify(t, basic("1.0", changes...).fs()).Report }
	}
	with := func(path string) func(testing.TB) *report.Report {
		return of("data/"+path, "beta", "manifest-sha512.txt", manifest+sha("beta")+"  data/"+path+"\n")
	}
	list := func(line string) func(testing.TB) *report.Report {
		return of("manifest-sha512.txt", manifest+line+"\n")
	}
	tags := func(line string) func(testing.TB) *report.Report { return of("tagmanifest-sha512.txt", line+"\n") }
	info := func(line string) func(testing.TB) *report.Report { return of("bag-info.txt", line+"\n") }
	fetch := func(line string) func(testing.TB) *report.Report {
		return of("fetch.txt", line+"\n", "data/a.txt", "-")
	}
	rulestest.Every(t, bagit.Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		bagit.RuleNoDeclaration:   of("bagit.txt", "-"),
		bagit.RuleDeclaration:     of("bagit.txt", ""),
		bagit.RuleVersion:         of("bagit.txt", declare("2.0", "UTF-8")),
		bagit.RuleEncoding:        of("bagit.txt", declare("1.0", "ISO-8859-1")),
		bagit.RuleEncodingUnknown: of("bagit.txt", declare("1.0", "KLINGON")),
		bagit.RuleEncodingBytes:   info("A: \xff"),
		bagit.RuleBOM:             of("bagit.txt", "\ufeff"+declare("1.0", "UTF-8")),
		bagit.RuleNoPayload:       of("data/a.txt", "-", "data/b/beta.txt", "-"),
		bagit.RuleEmptyPayload: func(t testing.TB) *report.Report {
			m := basic("1.0", "data/a.txt", "-", "data/b/beta.txt", "-", "manifest-sha512.txt", "").fs()
			m["data"] = folder
			return verify(t, m).Report
		},
		bagit.RuleNoManifest:   of("manifest-sha512.txt", "-"),
		bagit.RuleManifestName: of("manifest-SHA256.txt", ""),
		bagit.RuleAlgorithm:    of("manifest-crc32.txt", ""),
		bagit.RuleLine:         list("zz"),
		bagit.RuleUnsafePath:   list(sha("") + " ../x"),
		bagit.RuleOutside:      list(sha("") + " x"),
		bagit.RuleDotSlash:     list(sha("") + " ./data/x"),
		bagit.RuleStar:         list(sha("") + " *data/x"),
		bagit.RulePercent:      with("100%"),
		bagit.RuleDuplicate:    list(sha("") + " data/a.txt"),
		bagit.RuleMissing:      list(sha("") + " data/x"),
		bagit.RuleExtra:        of("data/x", ""),
		bagit.RuleUnlisted:     of("manifest-sha256.txt", ""),
		bagit.RuleNotFile:      list(sha("") + " data/b"),
		bagit.RuleTagList:      tags(sha("") + " bagit.txt"),
		bagit.RuleTagSelf:      tags(sha("") + " tagmanifest-sha512.txt"),
		bagit.RuleSerialization: func(t testing.TB) *report.Report {
			return verifyArchive(t, zipOf(t, basic("1.0"), "")).Report
		},
		bagit.RuleTwin:          with("A.TXT"),
		bagit.RuleForm:          of("data/e\u0301", "", "manifest-sha512.txt", manifest+sha("")+" data/\u00e9\n"),
		bagit.RuleName:          with("a:b"),
		bagit.RuleSystemFile:    with("Thumbs.db"),
		bagit.RuleInfoLine:      info("x"),
		bagit.RuleInfoValue:     info("Bagging-Date: x"),
		bagit.RuleInfoRepeat:    info("Payload-Oxum: 9.2\nPayload-Oxum: 9.2"),
		bagit.RuleOxum:          info("Payload-Oxum: 1.1"),
		bagit.RuleFetchURL:      fetch("x - data/a.txt"),
		bagit.RuleFetchScheme:   fetch("file:///x - data/a.txt"),
		bagit.RuleFetchHole:     fetch("https://example.org/a - data/a.txt"),
		bagit.RuleFetchUnlisted: fetch("https://example.org/a - data/z.txt"),
		bagit.RuleFetchSize:     of("fetch.txt", "https://example.org/a 77 data/a.txt\n"),
	})
}
