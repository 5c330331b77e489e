package report

import (
	"encoding/json"
	"fmt"
	"iter"
)

// Options of a report.
type Options struct {
	// ShowValues keeps the values of personal fields in the findings instead of
	// their shapes. For someone looking at their own file; never for logs.
	ShowValues bool
	// MaxPerSeverity bounds how many findings of each severity are kept; the
	// counts stay exact. 0 means 200.
	MaxPerSeverity int
}

const defaultMax = 200

// maxValue bounds, in characters, a value shown in a finding.
const maxValue = 120

// maxPhrase bounds, in characters, the words a value is said in.
const maxPhrase = 400

// Report collects findings. The zero value is an empty report that hides
// personal values. A report is written by one goroutine; once complete it may
// be read by many.
type Report struct {
	opt      Options
	findings []Finding
	counts   [4]int
	kept     [4]int
}

// New returns an empty report with the options.
func New(opt Options) *Report { return &Report{opt: opt} }

// Options returns the options the report was made with, for a check that needs
// a second report of the same kind.
func (r *Report) Options() Options { return r.opt }

// Add records a finding of the rule with the rule's own severity.
func (r *Report) Add(rule *Rule, where Location, params ...Param) {
	r.Record(Finding{Rule: rule, Severity: rule.Severity, Where: where, Params: params})
}

// AddAs records a finding with another severity than the rule's own: the same
// fault weighs less when it comes from the State than from the sender.
func (r *Report) AddAs(severity Severity, rule *Rule, where Location, params ...Param) {
	r.Record(Finding{Rule: rule, Severity: severity, Where: where, Params: params})
}

// Record adds a finding composed by the caller. Personal values are replaced
// by their shapes here, and long public ones are cut.
func (r *Report) Record(f Finding) {
	s := min(f.Severity, Fatal)
	r.counts[s]++
	limit := r.opt.MaxPerSeverity
	if limit <= 0 {
		limit = defaultMax
	}
	if r.kept[s] >= limit {
		return
	}
	r.kept[s]++
	params := make([]Param, len(f.Params))
	for i, p := range f.Params {
		params[i] = r.mask(f.Rule, p)
	}
	f.Params = params
	r.findings = append(r.findings, f)
}

func (r *Report) mask(rule *Rule, p Param) Param {
	if p.shape || p.list != nil {
		return p
	}
	if !p.code && !r.opt.ShowValues {
		// An undeclared parameter is a mistake; hide it rather than leak it.
		if f, ok := rule.field(p.Name); !ok || f.Privacy == Personal {
			p.value, p.shape = Shape(p.value), true
			return p
		}
	}
	p.value, p.fr, p.en = cut(p.value, maxValue), cut(p.fr, maxPhrase), cut(p.en, maxPhrase)
	return p
}

// cut keeps at most n characters of a text.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
}

// Merge adds the findings of another report, located inside the named member
// of the container this report is about; an empty member changes nothing. The
// counts of the other report are added in full even where its findings were
// capped.
func (r *Report) Merge(o *Report, member string) {
	if o == nil {
		return
	}
	for _, f := range o.findings {
		f.Where = f.Where.In(member)
		if member != "" && len(f.Also) > 0 {
			also := make([]Location, len(f.Also))
			for i, l := range f.Also {
				also[i] = l.In(member)
			}
			f.Also = also
		}
		r.Record(f)
	}
	for s := range o.counts {
		r.counts[s] += o.counts[s] - o.kept[s]
	}
}

// All yields the findings kept, in the order they were made.
func (r *Report) All() iter.Seq[*Finding] {
	return func(yield func(*Finding) bool) {
		if r == nil {
			return
		}
		for i := range r.findings {
			if !yield(&r.findings[i]) {
				return
			}
		}
	}
}

// Len returns how many findings were kept.
func (r *Report) Len() int {
	if r == nil {
		return 0
	}
	return len(r.findings)
}

// Count returns how many findings of the severity were made, kept or not.
func (r *Report) Count(s Severity) int {
	if r == nil {
		return 0
	}
	return r.counts[min(s, Fatal)]
}

// Total returns how many findings were made, kept or not.
func (r *Report) Total() int {
	if r == nil {
		return 0
	}
	return r.counts[0] + r.counts[1] + r.counts[2] + r.counts[3]
}

// Valid reports whether the document conforms: no error and no fatal finding.
func (r *Report) Valid() bool { return r.Count(Error) == 0 && r.Count(Fatal) == 0 }

// Has reports whether a kept finding is of the rule.
func (r *Report) Has(rule *Rule) bool {
	for f := range r.All() {
		if f.Rule == rule {
			return true
		}
	}
	return false
}

// Err returns nil when the report is valid, else an [*InvalidError].
func (r *Report) Err() error {
	if r.Valid() {
		return nil
	}
	return &InvalidError{Report: r}
}

// MarshalJSON writes the counts and the findings.
func (r *Report) MarshalJSON() ([]byte, error) {
	findings := r.findings
	if findings == nil {
		findings = []Finding{}
	}
	return json.Marshal(struct {
		Counts   Counts    `json:"counts"`
		Findings []Finding `json:"findings"`
	}{r.Counts(), findings})
}

// Counts are the numbers of findings made, by severity.
type Counts struct {
	Fatal   int `json:"fatal"`
	Error   int `json:"error"`
	Warning int `json:"warning"`
	Info    int `json:"info"`
}

// Counts returns the numbers of findings made, by severity.
func (r *Report) Counts() Counts {
	return Counts{r.Count(Fatal), r.Count(Error), r.Count(Warning), r.Count(Info)}
}

// InvalidError is a report that found the document not to conform, as an error.
type InvalidError struct{ Report *Report }

// Error states the first error found and how many there are.
func (e *InvalidError) Error() string {
	for f := range e.Report.All() {
		if f.Severity >= Error {
			n := e.Report.Count(Error) + e.Report.Count(Fatal)
			return fmt.Sprintf("not conformant (%d): %s: %s", n, f.Rule.Code, f.Message(EN))
		}
	}
	return "not conformant"
}
