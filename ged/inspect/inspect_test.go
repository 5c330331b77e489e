package inspect_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

var ruleHostile = report.NewRule("TEST-HOSTILE", report.Error, "Nom {name}.", "Name {name}.", "test")

// one recognises inputs that begin with its prefix and answers with its result.
type one struct {
	prefix string
	result inspect.Result
	err    error
}

func (o one) Detect(_ context.Context, in *inspect.Input) bool {
	return bytes.HasPrefix(in.Head, []byte(o.prefix))
}

func (o one) Inspect(_ context.Context, _ *inspect.Input, opt inspect.Options) (*inspect.Result, error) {
	if o.err != nil {
		return nil, o.err
	}
	r := o.result
	if r.Report == nil {
		r.Report = opt.Report()
	}
	return &r, nil
}

func run(t testing.TB, content string, list ...inspect.Inspector) *inspect.Result {
	t.Helper()
	r, err := inspect.Run(context.Background(), list, inspect.NewBytes("f", []byte(content)), inspect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestEveryRule(t *testing.T) {
	rulestest.Every(t, inspect.Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		inspect.UnknownKind: func(t testing.TB) *report.Report { return run(t, "?").Report },
		inspect.Unreadable:  func(testing.TB) *report.Report { return inspect.Failed("x", inspect.Options{}).Report },
		inspect.EmptyFile:   func(t testing.TB) *report.Report { return run(t, "").Report },
	})
}

func TestFirstInspectorThatRecognisesAnswers(t *testing.T) {
	r := run(t, "abc", one{prefix: "x", result: inspect.Result{Kind: "x"}},
		one{prefix: "a", result: inspect.Result{Kind: "first"}}, one{prefix: "ab", result: inspect.Result{Kind: "second"}})
	if r.Kind != "first" || r.Verdict() != inspect.Valid || r.File != "f" {
		t.Errorf("kind %q, verdict %s, file %q", r.Kind, r.Verdict(), r.File)
	}
}

func TestVerdicts(t *testing.T) {
	bad := report.New(report.Options{})
	bad.Add(report.XMLDoctype, report.Location{})
	for name, c := range map[string]struct {
		r    inspect.Result
		want inspect.Verdict
	}{
		"no finding":             {inspect.Result{Kind: "k", Report: &report.Report{}}, inspect.Valid},
		"fatal":                  {inspect.Result{Kind: "k", Report: bad}, inspect.Invalid},
		"no kind":                {inspect.Result{Report: bad}, inspect.Unknown},
		"kind but nothing read":  {inspect.Result{Kind: "k", Report: bad, Unread: true}, inspect.Unknown},
		"the kind named unknown": {inspect.Result{Kind: "unknown", Report: &report.Report{}}, inspect.Unknown},
		"an unknown kind that a platform is known to refuse": {inspect.Result{Kind: "unknown", Report: bad}, inspect.Invalid},
	} {
		if got := c.r.Verdict(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestErrorOfAnInspectorIsNoVerdict(t *testing.T) {
	broken := errors.New("disk")
	_, err := inspect.Run(context.Background(), []inspect.Inspector{one{err: broken}}, inspect.NewBytes("f", []byte("a")), inspect.Options{})
	if !errors.Is(err, broken) {
		t.Errorf("err = %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := inspect.Run(ctx, []inspect.Inspector{one{}}, inspect.NewBytes("f", nil), inspect.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}

// hostile is a result whose every text tries to do harm.
func hostile() *inspect.Result {
	rep := report.New(report.Options{})
	rep.Record(report.Finding{Rule: ruleHostile, Severity: report.Error,
		Where:  report.Location{Member: "<script>alert(1)</script>\u202egnp.exe", Path: "/a\x1b[2J", Line: 3, Column: 1},
		Ref:    "<b>",
		Params: []report.Param{report.P("name", "\x1b]0;owned\x07<img src=x onerror=alert(1)>")}})
	r := &inspect.Result{File: "\x1b[31mf\n", Kind: "k", Version: "<1>", Report: rep,
		Signatures: []inspect.Signature{{Format: "<i>", Level: "\x9b", Indication: "\u2066x"}}}
	r.Summary.Set("siren", "<script>")
	r.Summary.Set("codes", []string{"1-1", "\x00"})
	return r
}

func TestTextDrivesNoTerminal(t *testing.T) {
	for _, l := range []report.Lang{report.FR, report.EN} {
		var b strings.Builder
		if err := hostile().WriteText(&b, l); err != nil {
			t.Fatal(err)
		}
		if i := strings.IndexAny(b.String(), "\x1b\x07\x00\u202e\u2066\u009b"); i >= 0 {
			t.Errorf("%s: a control character came through at %d", l, i)
		}
	}
}

func TestJSONDrivesNoTerminalAndSaysTheSame(t *testing.T) {
	want := hostile()
	want.Summary.Set("x", "a\u009b2J\U000e0041\ufeff\u00e9")
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if i := strings.IndexAny(string(b), "\x1b\x07\x00\x7f\u202e\u2066\u009b\U000e0041\ufeff"); i >= 0 {
		t.Errorf("a control character came through at %d", i)
	}
	var got struct{ Summary map[string]any }
	if err := json.Unmarshal(b, &got); err != nil || got.Summary["x"] != want.Summary.Get("x") {
		t.Errorf("%v: %q", err, got.Summary["x"])
	}
}

func TestPageHoldsNoMarkupOfTheFile(t *testing.T) {
	var b strings.Builder
	if err := inspect.WriteHTML(&b, report.FR, hostile()); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, bad := range []string{"<script", "<img", "<b>", "<i>", "\x1b", "\u202e", "onerror=\"", "http://", "https://"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	for _, want := range []string{`default-src 'none'; style-src 'unsafe-inline'; img-src data:`, `<html lang="fr">`, "<main>", "NON CONFORME"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestJSONIsTheContract(t *testing.T) {
	r := run(t, "a", one{prefix: "a", result: inspect.Result{Kind: "k", Version: "1"}})
	r.Summary.Set("b", 2)
	r.Summary.Set("a", []string{"x", "y"})
	r.Summary.Set("absent", "")
	r.Summary.Set("b", 3)
	got, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"v":1,"file":"f","kind":"k","version":"1","verdict":"valid","counts":{"fatal":0,"error":0,"warning":0,"info":0},` +
		`"findings":[],"signatures":[],"summary":{"b":3,"a":["x","y"]}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestFindingsNotShownAreCounted(t *testing.T) {
	rep := report.New(report.Options{MaxPerSeverity: 1})
	for range 5 {
		rep.Add(report.XMLDoctype, report.Location{})
	}
	r := &inspect.Result{File: "f", Kind: "k", Report: rep}
	var text, page strings.Builder
	if err := errors.Join(r.WriteText(&text, report.FR), inspect.WriteHTML(&page, report.EN, r)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "4 autres constats") || !strings.Contains(page.String(), "4 more findings") {
		t.Error("the number of findings left out is not said")
	}
}

func TestLongFactIsShownShortAndGivenWhole(t *testing.T) {
	long := strings.Repeat("é", 1000)
	r := &inspect.Result{File: "f", Kind: "k", Report: &report.Report{}}
	r.Summary.Set("covers", long)
	var text, page strings.Builder
	if err := errors.Join(r.WriteText(&text, report.FR), inspect.WriteHTML(&page, report.EN, r)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "é… (1000 caractères en tout)") || !strings.Contains(page.String(), "é… (1000 characters in all)") {
		t.Error("the length of a fact cut short is not said")
	}
	if strings.Contains(text.String(), long) || strings.Contains(page.String(), long) {
		t.Error("a long fact is shown whole")
	}
	if b, err := json.Marshal(r); err != nil || !strings.Contains(string(b), long) {
		t.Errorf("the JSON does not hold the whole fact: %v", err)
	}
}

func text(t *testing.T, r *inspect.Result, l report.Lang) string {
	t.Helper()
	var b strings.Builder
	if err := r.WriteText(&b, l); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What keeps a file from being accepted is read first, and once.
func TestWorstFirstAndOnce(t *testing.T) {
	rep := report.New(report.Options{})
	say := func(s report.Severity, member, name string) {
		rep.AddAs(s, ruleHostile, report.Location{Member: member}, report.P("name", name))
	}
	say(report.Info, "a.xml", "one")
	say(report.Warning, "a.xml", "two")
	say(report.Warning, "a.xml", "two")
	say(report.Error, "b.xml", "three")
	say(report.Warning, "b.xml", "four")
	say(report.Fatal, "b.xml", "five")
	got := text(t, &inspect.Result{File: "f", Kind: "k", Report: rep}, report.FR)
	at := -1
	for _, want := range []string{"1 erreur bloquante, 1 erreur, 3 avertissements, 1 information", "b.xml", "five", "three", "four", "a.xml", "two. (2 fois)", "one"} {
		i := strings.Index(got, want)
		if i <= at {
			t.Fatalf("%q is not where it belongs:\n%s", want, got)
		}
		at = i
	}
}

func TestFactsAreSaidInWords(t *testing.T) {
	r := &inspect.Result{File: "f", Kind: "k", Report: &report.Report{},
		Signatures: []inspect.Signature{{Format: "XAdES", Level: "B", Indication: "INDETERMINATE", SubIndication: "REVOKED_NO_POE"}, {Format: "XML", Level: "NOT-ETSI", Indication: "NEW"}}}
	for _, f := range []inspect.Fact{
		{"nature", "3"}, {"codes", []string{"1-1", "9-9"}}, {"refuses", []string{}}, {"scope", "aucun"}, {"schema.5.17", "invalid"}, {"exercice", ""},
		{"sig.intact", "true+false"}, {"sig.indication", "INDETERMINATE"}, {"date", "2026-07-01"}, {"claimed", "2026-07-01T08:00:00Z+-"},
		{"covers", "FULL:a+b.pdf+PARTIAL:PARTIAL:x"}, {"refs.bad", "a!b!notfound+c!differs"},
		{"tst", "archive@2026-07-01T08:00:00Z:differs+new@2026-07-02T08:00:00Z:odd"}, {"tst.indication", "FAILED/HASH_FAILURE+PASSED"},
		{"agents", 3}, {"documentPapier", false}, {"idActe", "034-20260701"},
	} {
		r.Summary = append(r.Summary, f)
	}
	got := text(t, r, report.FR)
	for _, want := range []string{
		"XAdES-B : sans conclusion, car le certificat est révoqué, et rien n'en prouve l'existence avant (INDETERMINATE, REVOKED_NO_POE)",
		"XML (hors des niveaux de l'ETSI) : NEW\n",
		" 3 (arrêté individuel)\n", " 1-1 (transmission d'un acte), 9-9\n", " aucun\n", " rien\n", " non conforme\n", " oui, non\n", " 01/07/2026\n",
		" 01/07/2026 à 08:00:00 (temps universel), -\n", " a+b.pdf, une partie : PARTIAL:x\n", " a!b (introuvable), c (a changé)\n",
		" d'archivage 01/07/2026 à 08:00:00 (temps universel) (ne porte pas sur elle), new 02/07/2026 à 08:00:00 (temps universel):odd\n",
		" non recevable, car ce qui est signé a changé depuis (FAILED, HASH_FAILURE), recevable (PASSED)\n", " 3\n", " non\n", " 034-20260701\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	for _, unwanted := range []string{"Conclusion ..", "Exercice"} {
		if strings.Contains(got, unwanted) {
			t.Errorf("%q is said in\n%s", unwanted, got)
		}
	}
	if got = text(t, r, report.EN); !strings.Contains(got, " 2026-07-01\n") || strings.Contains(got, "arrêté") {
		t.Errorf("English:\n%s", got)
	}
}

// Who can mend a fault is said once, and only where there is one.
func TestErrorsSayWhoCanMendThem(t *testing.T) {
	rep := report.New(report.Options{})
	rep.Add(report.XMLTrailing, report.Location{})
	rep.Add(report.XSDText, report.Location{}, report.P("element", "a"))
	rep.Add(ruleHostile, report.Location{}, report.P("name", "a"))
	r := &inspect.Result{File: "f", Kind: "k", Report: rep}
	if got := text(t, r, report.FR); strings.Count(got, "→ À faire : transmettre") != 1 || strings.Count(got, "→") != 1 {
		t.Error(got)
	}
	var page strings.Builder
	if err := inspect.WriteHTML(&page, report.EN, r); err != nil || strings.Count(page.String(), "To do: hand this report") != 1 {
		t.Error(err, page.String())
	}
	mild := report.New(report.Options{})
	mild.AddAs(report.Warning, report.XSDText, report.Location{}, report.P("element", "a"))
	if got := text(t, &inspect.Result{File: "f", Kind: "k", Report: mild}, report.FR); strings.Contains(got, "→") {
		t.Error(got)
	}
}
