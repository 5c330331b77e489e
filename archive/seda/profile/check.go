package profile

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/liasse/liasse/ged/grammar"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Described is how many departures from a profile are described unless
// [Options] says otherwise.
const Described = 20

// Options are the options of [Check]. The zero value is usable.
type Options struct {
	// Report are the options of the report. With ShowValues the title of a unit
	// stands beside its number.
	Report report.Options
	// Member is the name the message has in its package.
	Member string
	// MaxBytes bounds the message; 0 means 4 GiB.
	MaxBytes int64
	// Max is how many departures are described, 0 means [Described]; the others
	// are counted.
	Max int
}

// Check checks a transfer against the profile of an archive service
// (profil d'archivage: a grammar that narrows the ArchiveTransfer of one version
// of SEDA, 0.2 to 2.3), compiled by [grammar.LoadProfile]. The same profile may
// be used by several goroutines at once; nothing but src is read.
//
// Each departure is a finding (PROFILE-…): it names the unit, the object or the
// part of the message in the words of an archivist, says what the profile asks
// for, and is located in the message, with the place in the profile as a further
// location. Values of the message are shown as shapes,
// those the profile fixes as they are. What makes the message unreadable, and
// identifiers that do not hold together, keep their own rules (XML-…, XSD-ID-DUP,
// XSD-IDREF).
//
// The error means that the message was not judged: src could not be read, or ctx
// was cancelled.
func Check(ctx context.Context, src io.Reader, profile *grammar.Set, opt Options) (*report.Report, error) {
	if opt.Max <= 0 {
		opt.Max = Described
	}
	marks := &landmarks{titles: opt.Report.ShowValues, seen: map[string]landmark{}}
	raw, err := profile.Validate(ctx, src, grammar.ValidateOptions{
		Report: report.Options{ShowValues: opt.Report.ShowValues, MaxPerSeverity: max(opt.Max, Described)},
		Member: opt.Member, MaxBytes: opt.MaxBytes, Places: true, Also: []xmlcore.Sink{marks}})
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	out := report.New(opt.Report)
	described := 0
	for f := range raw.All() {
		if f.Severity < report.Error {
			out.Record(*f)
			continue
		}
		if described++; described <= opt.Max {
			out.Record(departure(f, marks))
		}
	}
	if more := raw.Count(report.Error) + raw.Count(report.Fatal) - opt.Max; more > 0 {
		out.Add(RuleMore, report.Location{Member: opt.Member}, report.Int("n", more), report.Int("max", opt.Max))
	}
	return out, nil
}

// FirstDeparture returns the line of the first departure from the profile in
// the order of the message, and the name of the element concerned; 0 and "" when
// the message follows the profile.
func FirstDeparture(r *report.Report) (line int, element string) {
	for f := range r.All() {
		if f.Severity >= report.Error && f.Where.Line > 0 && (line == 0 || f.Where.Line < line) {
			line = f.Where.Line
			element = f.Where.Path[strings.LastIndexByte(f.Where.Path, '/')+1:]
			element, _, _ = strings.Cut(element, "[")
		}
	}
	return line, element
}

// departures are what the findings of the grammar engine become: the rule, and
// which of its parameters hold names of elements.
var departures = map[*report.Rule]struct {
	rule  *report.Rule
	names string
}{
	report.XSDRoot:        {RuleRoot, " element "},
	report.XSDElement:     {RuleElement, " element expected "},
	report.XSDMissing:     {RuleMissing, " missing "},
	report.XSDOrder:       {RuleBefore, " element before "},
	report.XSDOrderAfter:  {RuleAfter, " element after "},
	report.XSDText:        {RuleText, " element "},
	report.XSDEmpty:       {RuleText, " element "},
	report.XSDValue:       {RuleValue, " name "},
	report.XSDEnum:        {RuleFixed, " name "},
	report.XSDAttr:        {RuleAttr, " element "},
	report.XSDAttrMissing: {RuleAttrMissing, " element "},
}

// departure says what the engine found in the words of the profile.
func departure(f *report.Finding, marks *landmarks) report.Finding {
	d, ok := departures[f.Rule]
	if !ok {
		return *f
	}
	out := *f
	out.Rule, out.Ref = d.rule, "" // the clauses of XML Schema do not apply
	fr, en, title := marks.place(f.Where.Path)
	out.Params = []report.Param{report.Words("place", fr, en)}
	if title == "" {
		out.Params = append(out.Params, report.Code("title", ""))
	} else {
		out.Params = append(out.Params, report.P("title", " « "+title+" »"))
	}
	for _, p := range f.Params {
		switch {
		case p.Name == "name" && strings.Contains(f.Where.Path, "/@"):
			name := f.Where.Path[strings.LastIndex(f.Where.Path, "/@")+2:]
			p = report.Words(p.Name, "attribut "+name, "attribute "+name)
		case p.Items() == nil && p.Text(report.FR) != p.Text(report.EN): // words already
		case strings.Contains(d.names, " "+p.Name+" "):
			p = report.Words(p.Name, elementWords(p, report.FR), elementWords(p, report.EN))
		case d.rule == RuleFixed && p.Name == "expected":
			p = fixedWords(p)
		}
		out.Params = append(out.Params, p)
	}
	return out
}

// maxFixed bounds, in characters, a value of the profile in a finding.
const maxFixed = 120

// fixedWords quotes the values a profile fixes.
func fixedWords(p report.Param) report.Param {
	var fr, en []string
	for _, v := range p.Items() {
		if v == "…" {
			fr, en = append(fr, v), append(en, v)
			continue
		}
		if r := []rune(v); len(r) > maxFixed {
			v = string(r[:maxFixed]) + "…"
		}
		fr, en = append(fr, "« "+v+" »"), append(en, "\""+v+"\"")
	}
	return report.Words(p.Name, strings.Join(fr, " ou "), strings.Join(en, " or "))
}

// elementWords writes names of elements as an archivist reads them: the usual
// French name, then that of the element.
func elementWords(p report.Param, lang report.Lang) string {
	names := p.Items()
	if names == nil {
		if names = strings.Split(p.Text(report.EN), ", "); p.Text(report.EN) == "" {
			names = nil
		}
	}
	if len(names) == 0 {
		return report.List("", nil).Text(lang)
	}
	if lang == report.EN {
		return strings.Join(names, ", ")
	}
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = frenchElement(n)
	}
	return strings.Join(out, ", ")
}

func frenchElement(name string) string {
	_, local, found := strings.Cut(name, ":")
	if !found {
		local = name
	}
	fr, ok := elementNames[local]
	if !ok && strings.HasSuffix(local, "CodeListVersion") {
		fr, ok = "version d'une liste de codes", true
	}
	if ok {
		return "« " + fr + " » (" + name + ")"
	}
	return name
}
