package report_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

var nirRule = report.NewRule("TEST-NIR", report.Error,
	"Le numéro {nir!} de {field} est faux.", "Number {nir!} of {field} is wrong.", "test §1")

func TestRulesOfThePackageAreDistinctAndBilingual(t *testing.T) {
	rulestest.Catalogue(t, report.Rules())
}

func TestPersonalValueBecomesItsShape(t *testing.T) {
	var r report.Report
	r.Add(nirRule, report.Location{}, report.P("nir", "2850701004045"), report.P("field", "agent"))
	j, err := json.Marshal(&r)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(j), "2850701004045") || strings.Contains(fmt.Sprintf("%+v", r), "2850701004045") {
		t.Error("the value can be read in the report")
	}
	for f := range r.All() {
		if got, want := f.Message(report.FR), "Le numéro 13 chiffres de agent est faux."; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if got, want := f.Message(report.EN), "Number 13 digits of agent is wrong."; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestUndeclaredParameterIsHidden(t *testing.T) {
	var r report.Report
	r.Add(nirRule, report.Location{}, report.P("nir", "1"), report.P("field", "x"), report.P("other", "secret"))
	if j, _ := json.Marshal(&r); strings.Contains(string(j), "secret") {
		t.Error("an undeclared parameter was shown")
	}
}

func TestShowValuesShowsAndCodeIsAlwaysShown(t *testing.T) {
	r := report.New(report.Options{ShowValues: true})
	r.Add(nirRule, report.Location{}, report.P("nir", "42"), report.P("field", "x"))
	var hidden report.Report
	hidden.Add(nirRule, report.Location{}, report.Code("nir", "42"), report.P("field", "x"))
	for _, r := range []*report.Report{r, &hidden} {
		for f := range r.All() {
			if got := f.Message(report.FR); !strings.Contains(got, "42") {
				t.Errorf("value not shown: %q", got)
			}
		}
	}
}

func TestLongPublicValueIsCut(t *testing.T) {
	var r report.Report
	long := strings.Repeat("é", 20000)
	r.Add(nirRule, report.Location{}, report.P("nir", ""), report.P("field", long))
	r.Add(nirRule, report.Location{}, report.P("nir", ""), report.Named("field", long, long, long))
	for f := range r.All() {
		if n := len([]rune(f.Message(report.FR))); n > 500 || len(f.Message(report.EN)) > 1000 {
			t.Errorf("message of %d characters", n)
		}
	}
}

func TestWordsSpeakTheReadersLanguage(t *testing.T) {
	var r report.Report
	r.Add(report.XMLSyntax, report.Location{}, report.Words("detail", "guillemet absent", "quote missing"))
	for f := range r.All() {
		if m := f.Message(report.FR); !strings.Contains(m, "guillemet") {
			t.Errorf("French: %q", m)
		}
		if m := f.Message(report.EN); !strings.Contains(m, "quote") {
			t.Errorf("English: %q", m)
		}
		if j, _ := json.Marshal(f); !strings.Contains(string(j), `"detail":"quote missing"`) {
			t.Errorf("JSON: %s", j)
		}
	}
}

func TestShapes(t *testing.T) {
	for v, want := range map[string]string{
		"": "empty", "12": "digits:2", "AB": "capitals:2", "aB": "letters:2", "a1": "alphanumeric:2",
		"é à": "text:3", "-12.50": "number:6", "1,5": "number:3", "1.2.3": "text:5", "--1": "text:3", ".": "text:1", "-": "text:1", "1 000.00": "text:8", "  ": "spaces:2", "\xff": "bytes:1", "a@b.fr": "text:6",
	} {
		if got := report.Shape(v); got != want {
			t.Errorf("Shape(%q) = %s, want %s", v, got, want)
		}
	}
}

func TestCountsStayExactBeyondWhatIsKept(t *testing.T) {
	r := report.New(report.Options{MaxPerSeverity: 3})
	for range 10 {
		r.Add(nirRule, report.Location{}, report.P("nir", "1"), report.P("field", "x"))
	}
	r.AddAs(report.Warning, nirRule, report.Location{}, report.P("nir", "1"), report.P("field", "x"))
	if r.Count(report.Error) != 10 || r.Count(report.Warning) != 1 || r.Len() != 4 {
		t.Errorf("errors %d, warnings %d, kept %d", r.Count(report.Error), r.Count(report.Warning), r.Len())
	}
	var outer report.Report
	outer.Merge(r, "m.xml")
	if outer.Count(report.Error) != 10 || outer.Len() != 4 {
		t.Errorf("merged: errors %d, kept %d", outer.Count(report.Error), outer.Len())
	}
}

func TestMergeLocatesInsideTheMember(t *testing.T) {
	var in, out report.Report
	in.Record(report.Finding{Rule: nirRule, Severity: report.Error,
		Where: report.Location{Member: "PJ[3]", Line: 4, Column: 3, Offset: 312},
		Also:  []report.Location{{Line: 1}}})
	out.Merge(&in, "m.xml")
	outer := report.New(report.Options{})
	outer.Merge(&out, "a.zip")
	for f := range outer.All() {
		if f.Where.Member != "a.zip!/m.xml!/PJ[3]" || f.Also[0].Member != "a.zip!/m.xml" {
			t.Errorf("member %q, also %q", f.Where.Member, f.Also[0].Member)
		}
	}
}

func TestErrCarriesTheReport(t *testing.T) {
	var r report.Report
	if r.Err() != nil || !r.Valid() {
		t.Error("an empty report is not valid")
	}
	r.Add(report.XMLDoctype, report.Location{})
	var invalid *report.InvalidError
	if err := r.Err(); !errors.As(err, &invalid) || !strings.Contains(err.Error(), "XML-DOCTYPE") {
		t.Errorf("err = %v", r.Err())
	}
}

func TestTemplatesMustAgree(t *testing.T) {
	for name, f := range map[string]func(){
		"missing parameter": func() { report.NewRule("A-B", 0, "{x}", "y", "") },
		"other privacy":     func() { report.NewRule("A-B", 0, "{x!}", "{x}", "") },
		"bad code":          func() { report.NewRule("a-b", 0, "", "", "") },
		"one word":          func() { report.NewRule("AB", 0, "", "", "") },
		"one form":          func() { report.NewRule("A-B", 0, "{n|x}", "{n|x|y}", "") },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("accepted")
				}
			}()
			f()
		})
	}
}

func ExampleReport() {
	var r report.Report
	r.Add(report.XSDElement, report.Location{Member: "manifest.xml", Path: "/ArchiveTransfer", Line: 4, Column: 3, Offset: 312},
		report.P("element", "MessageIdentifier"), report.List("expected", []string{"Comment", "Date"}))
	for f := range r.All() {
		fmt.Println(f.Severity, f.Where)
		fmt.Println(f.Message(report.FR))
	}
	fmt.Println("valid:", r.Valid())
	// Output:
	// error manifest.xml /ArchiveTransfer 4:3
	// L'élément MessageIdentifier n'est pas attendu ici ; attendu : Comment ou Date.
	// valid: false
}

func TestAnEmptyListSaysNothing(t *testing.T) {
	var r report.Report
	r.Add(report.XSDElement, report.Location{}, report.P("element", "a"), report.List("expected", nil))
	for f := range r.All() {
		if m := f.Message(report.FR); !strings.HasSuffix(m, "rien.") {
			t.Error(m)
		}
		if b, err := json.Marshal(f); err != nil || !strings.Contains(string(b), `"expected":[]`) {
			t.Errorf("%s %v", b, err)
		}
	}
}

func said(t *testing.T, rule *report.Rule, params ...report.Param) (fr, en string) {
	t.Helper()
	var r report.Report
	r.Add(rule, report.Location{}, params...)
	for f := range r.All() {
		return f.Message(report.FR), f.Message(report.EN)
	}
	t.Fatal("no finding")
	return "", ""
}

func TestNounsAgreeWithTheirNumber(t *testing.T) {
	rule := report.NewRule("TEST-COUNT", report.Error,
		"{n} {n|fichier manque|fichiers manquent}.", "{n} {n|file is|files are} missing.", "")
	for n, want := range map[int][2]string{
		0: {"0 fichier manque.", "0 files are missing."},
		1: {"1 fichier manque.", "1 file is missing."},
		2: {"2 fichiers manquent.", "2 files are missing."},
	} {
		if fr, en := said(t, rule, report.Int("n", n)); fr != want[0] || en != want[1] {
			t.Errorf("%d: %q, %q", n, fr, en)
		}
	}
	if len(rule.Fields) != 1 || rule.Fields[0] != (report.Field{Name: "n"}) {
		t.Errorf("fields %v", rule.Fields)
	}
}

func TestListsOfAllAndOfOne(t *testing.T) {
	rule := report.NewRule("TEST-LIST", report.Error, "Il manque {all} ; permis : {one}.", "{all} missing; allowed: {one}.", "")
	names := []string{"a", "b", "c"}
	fr, en := said(t, rule, report.All("all", names), report.List("one", names))
	if fr != "Il manque a, b et c ; permis : a, b ou c." || en != "a, b and c missing; allowed: a, b or c." {
		t.Errorf("%q, %q", fr, en)
	}
	if fr, _ = said(t, rule, report.All("all", names), report.List("one", append(names, "…"))); !strings.HasSuffix(fr, " permis : a, b, c…") {
		t.Errorf("a list that goes on: %q", fr)
	}
}

func TestADayReadsAsPeopleWriteIt(t *testing.T) {
	rule := report.NewRule("TEST-DAY", report.Error, "Le {day}.", "On {day}.", "")
	if fr, en := said(t, rule, report.Date("day", "2026-06-01")); fr != "Le 01/06/2026." || en != "On 2026-06-01." {
		t.Errorf("%q, %q", fr, en)
	}
	if j, _ := json.Marshal(report.Date("day", "2026-06-01")); string(j) != `"2026-06-01"` {
		t.Errorf("JSON %s", j)
	}
	hidden := report.NewRule("TEST-DAY-HIDDEN", report.Error, "Le {day!}.", "On {day!}.", "")
	if fr, _ := said(t, hidden, report.Date("day", "Jeanne")); strings.Contains(fr, "Jeanne") {
		t.Errorf("what is no day is shown: %q", fr)
	}
}

func TestWhatEndsASentenceEndsItOnce(t *testing.T) {
	rule := report.NewRule("TEST-END", report.Error, "On lit : {text}.", "It reads: {text}.", "")
	if fr, _ := said(t, rule, report.Words("text", "fin.", "end.")); fr != "On lit : fin." {
		t.Errorf("%q", fr)
	}
	if fr, _ := said(t, rule, report.Named("text", "V", "l'attribut V", "attribute V")); fr != "On lit : l'attribut V." {
		t.Errorf("%q", fr)
	}
}
