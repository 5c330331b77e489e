package preflight

import (
	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged/report"
)

// Context is the way a transfer is handed to a Vitam platform (X-Context-Id).
type Context string

// Contexts. A classification plan (FILING_SCHEME) and a tree of attachment
// (HOLDING_SCHEME) hold no object, and are checked for less.
const (
	DefaultWorkflow Context = ""
	FilingScheme    Context = "filing"
	HoldingScheme   Context = "holding"
)

// Outcome is one row of the table of what a platform answers: the rank at which
// it looks, the code it gives and what to do about it.
type Outcome struct {
	// Rank orders the rows: of several faults the platform names the one of the
	// lowest rank, and stops.
	Rank int
	// Code is the outcome code of Vitam, or the reply code as@lae writes.
	Code string
	// Warning outcomes do not stop a transfer.
	Warning bool
	// Only are the contexts in which the platform looks; none means all.
	Only []Context
	// FR and EN say what to do.
	FR, EN string
}

func (o *Outcome) in(c Context) bool {
	if len(o.Only) == 0 {
		return true
	}
	for _, only := range o.Only {
		if only == c {
			return true
		}
	}
	return false
}

// Fault is one thing that can be wrong with a transfer, with what it weighs for
// the standard and for each platform.
type Fault struct {
	Rule *report.Rule
	// Standard is the severity where no platform is asked; Silent faults are
	// then not told.
	Standard report.Severity
	Silent   bool
	// Vitam and Asalae are what the platform answers. Without one the fault
	// weighs there what it weighs for the standard, a warning at most for Vitam.
	Vitam, Asalae *Outcome
}

// Judge weighs faults by the rules of a target, tells them, and predicts what
// the target answers. It is used by one goroutine.
type Judge struct {
	Target  seda.Target
	Context Context // of Vitam alone
	// Report is where faults are told; a judge must have one.
	Report *report.Report

	first  *Outcome
	warned *Outcome
	// version is the one to judge by, when not the message's own; elsewhere
	// says that the schema is not among those built in.
	version   seda.Version
	elsewhere bool
}

// expect remembers that the platform would give the answer; nil does nothing.
func (j *Judge) expect(o *Outcome) {
	if o == nil || !o.in(j.Context) {
		return
	}
	into := &j.first
	if o.Warning {
		into = &j.warned
	}
	if *into == nil || o.Rank < (*into).Rank {
		*into = o
	}
}

// Outcome returns the answer to expect, nil when nothing stands against the
// transfer. A warning is given only when nothing is worse.
func (j *Judge) Outcome() *Outcome {
	if j.first == nil {
		return j.warned
	}
	return j.first
}

// Tell adds the finding of a fault to the report, as the target weighs it.
func (j *Judge) Tell(f *Fault, where report.Location, params ...report.Param) {
	severity, silent := f.Standard, f.Silent
	ref := ""
	switch j.Target {
	case seda.Vitam:
		o := f.Vitam
		switch {
		case o != nil && !o.in(j.Context):
			return
		case o != nil && o.Warning:
			severity, silent, ref = report.Warning, false, o.Code
		case o != nil:
			severity, silent, ref = report.Error, false, o.Code
		default: // the platform's table is the verdict
			severity = min(severity, report.Warning)
		}
		j.expect(o)
	case seda.Asalae:
		if o := f.Asalae; o != nil {
			severity, silent, ref = report.Error, false, o.Code
			j.expect(o)
		}
	}
	if !silent {
		j.Report.Record(report.Finding{Rule: f.Rule, Severity: severity, Where: where, Ref: ref, Params: params})
	}
}

// Conclude adds what the platform is expected to answer and what to do. It says
// nothing when no platform is asked.
func (j *Judge) Conclude() {
	o := j.Outcome()
	switch {
	case j.Target == seda.Standard:
	case o != nil:
		j.Report.Record(report.Finding{Rule: RuleForeseen, Severity: report.Info, Ref: o.Code,
			Params: []report.Param{report.P("code", o.Code), report.Words("advice", o.FR, o.EN)}})
	case j.Report.Valid():
		j.Report.Add(RuleNothingAgainst, report.Location{})
	}
}

// codeKey is the key of the summary that carries the expected answer.
func (j *Judge) codeKey() string { return string(j.Target) + ".code" }
