package ged

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/liasse/liasse/ged/report"
)

// RetentionTable is a records schedule (tableau de gestion): how long each kind
// of record is kept, and what becomes of it. It is data an archivist owns:
// versioned, per département, read with [ReadRetentionTable].
type RetentionTable struct {
	Name    string         `json:"name"`
	Version string         `json:"version"`
	Notice  string         `json:"notice,omitempty"`
	Rows    []RetentionRow `json:"rows"`
}

// RetentionRow is one line of a schedule.
type RetentionRow struct {
	Code  string `json:"code"`
	Label string `json:"label"`
	// Types are the kinds of records the line is about, Classes the codes of the
	// filing plan; either suffices.
	Types     []Type     `json:"types,omitempty"`
	Classes   []string   `json:"classes,omitempty"`
	DUA       Period     `json:"dua,omitzero"`
	Unlimited bool       `json:"unlimited,omitempty"`
	Start     StartEvent `json:"start,omitempty"` // "" means that the source does not say
	SortFinal SortFinal  `json:"sortFinal,omitempty"`
	Reference string     `json:"reference"`
	ValidFrom Date       `json:"validFrom,omitzero"`
	ValidTo   Date       `json:"validTo,omitzero"`
	// Uncertain lines come from a derived source: an archivist must confirm
	// them before anything is destroyed.
	Uncertain bool `json:"uncertain,omitempty"`
}

// ErrRetentionTable says that a table cannot be used; the error it is wrapped
// in says which line and why.
var ErrRetentionTable = errors.New("ged: bad retention table")

const maxTable = 8 << 20

// ReadRetentionTable reads a table in JSON, the form of [RetentionTable], and
// checks it: codes present and distinct, a duration, a known start event and
// final action. A line without final action must be uncertain.
func ReadRetentionTable(r io.Reader) (*RetentionTable, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxTable+1))
	if err != nil {
		return nil, fmt.Errorf("ged: read the retention table: %w", err)
	}
	if len(data) > maxTable {
		return nil, fmt.Errorf("%w: over %d bytes", ErrRetentionTable, maxTable)
	}
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.DisallowUnknownFields()
	var t RetentionTable
	if err := dec.Decode(&t); err != nil {
		return nil, fmt.Errorf("%w: not the JSON expected", ErrRetentionTable)
	}
	seen := map[string]bool{}
	for i, row := range t.Rows {
		bad := ""
		switch {
		case row.Code == "":
			bad = "no code"
		case seen[row.Code]:
			bad = "code used twice"
		case row.DUA.IsZero() && !row.Unlimited:
			bad = "no duration"
		case !row.Unlimited && !row.Start.known():
			bad = "unknown start event"
		case row.SortFinal == "" && !row.Uncertain, row.SortFinal != "" && row.SortFinal.rank() == 0:
			bad = "unknown final action"
		case row.Reference == "":
			bad = "no reference"
		}
		if bad != "" {
			return nil, fmt.Errorf("%w: line %d: %s", ErrRetentionTable, i+1, bad)
		}
		seen[row.Code] = true
	}
	return &t, nil
}

//go:embed retention_example.json
var exampleTable []byte

// ExampleRetentionTable returns a short table taken from derived sources, to
// show the form and to run examples. Every line is marked uncertain: an
// archivist must confirm it, and nothing is ever destroyed on its word.
func ExampleRetentionTable() *RetentionTable {
	t, err := ReadRetentionTable(strings.NewReader(string(exampleTable)))
	if err != nil {
		panic(err) // a test reads it
	}
	return t
}

func (e StartEvent) known() bool {
	switch e {
	case FromInconnu, FromActe, FromCloture, FromExercice, FromDocument, FromNaissance, FromDeces:
		return true
	}
	return false
}

// rank orders final actions by what they protect; 0 is none.
func (s SortFinal) rank() int {
	switch s {
	case Detruire:
		return 1
	case Trier:
		return 2
	case Conserver:
		return 3
	}
	return 0
}

// Starts gives the days of events a Document does not hold: birth and death of
// the person, or better knowledge of the others.
type Starts map[StartEvent]Date

// Start returns the day the event happened for the document: in known first,
// then from the document's own dates. It is zero when it is not known.
func (d *Document) Start(event StartEvent, known Starts) Date {
	if day, ok := known[event]; ok && event != FromInconnu {
		return day
	}
	switch event {
	case FromActe:
		return d.Dates.Acted
	case FromCloture:
		return d.Dates.Closed
	case FromExercice:
		if !d.Dates.To.IsZero() {
			return Date{d.Dates.To.Year, time.December, 31}
		}
	case FromDocument:
		return latest(d)
	}
	return Date{}
}

// latest is the day of the most recent date of the document.
func latest(d *Document) Date {
	out := d.Dates.Acted
	add := func(day Date) {
		if !day.IsZero() && day.After(out) {
			out = day
		}
	}
	for _, t := range []time.Time{d.Dates.Created, d.Dates.Received} {
		if !t.IsZero() {
			add(DateOf(t))
		}
	}
	add(d.Dates.To)
	for _, f := range d.Files {
		if !f.Created.IsZero() {
			add(DateOf(f.Created))
		}
	}
	return out
}

// Retention is what is known of a record's fate, with the reasons.
type Retention struct {
	// Rules are those that apply, with their start and end as far as known:
	// what an archive package is given.
	Rules []Rule
	// End is the last day of the DUA, zero when it is unlimited or not known.
	End       Date
	Unlimited bool
	// SortFinal is what happens then; "" when no rule says.
	SortFinal SortFinal
	// Reasons says in both languages how this was found; its warnings are what
	// keeps the record from being destroyed.
	Reasons *report.Report
	blocked bool
}

// ComputeRetention finds the rules that apply to the document (its own, else
// the table's lines for its kind or class, valid on the day it was decided) and
// computes its fate: the longest DUA wins, Conserver wins over Trier and Trier
// over Detruire. The table may be nil.
func ComputeRetention(d *Document, table *RetentionTable, known Starts) Retention {
	out := Retention{Reasons: &report.Report{}}
	for _, r := range d.Rules {
		if r.Category == Conservation {
			out.Rules = append(out.Rules, r)
		}
	}
	if len(out.Rules) == 0 && table != nil {
		out.Rules = table.rulesFor(d)
	}
	where := report.Location{}
	if len(out.Rules) == 0 {
		out.Reasons.Add(RuleRetentionNone, where)
		out.blocked = true
		return out
	}
	unknown, winner := false, -1
	destroyed, kept := false, false
	for i := range out.Rules {
		r := &out.Rules[i]
		code := report.P("code", r.Code)
		if r.Start.IsZero() {
			r.Start = d.Start(r.StartEvent, known)
		}
		switch {
		case r.Unlimited:
			out.Unlimited = true
			out.Reasons.Add(RuleRetentionUnlimited, where, code)
		case r.Start.IsZero():
			unknown = true
			out.Reasons.Add(RuleRetentionStart, where, code)
		default:
			r.End = r.Duration.After(r.Start)
			fr, en := r.StartEvent.words()
			out.Reasons.Add(RuleRetention, where, code, r.Duration.param("dua"), report.Date("start", r.Start.String()),
				report.Words("event", fr, en), report.Date("end", r.End.String()))
			if winner < 0 || r.End.After(out.Rules[winner].End) {
				winner = i
			}
		}
		if r.Uncertain {
			out.blocked = true
			out.Reasons.Add(RuleRetentionUncertain, where, code)
		}
		if r.SortFinal.rank() > out.SortFinal.rank() {
			out.SortFinal = r.SortFinal
		}
		destroyed, kept = destroyed || r.SortFinal == Detruire, kept || r.SortFinal.rank() > 1
	}
	switch {
	case out.Unlimited:
	case unknown:
		out.blocked = true
	default:
		out.End = out.Rules[winner].End
		if len(out.Rules) > 1 {
			out.Reasons.Add(RuleRetentionLongest, where, report.P("code", out.Rules[winner].Code), report.Date("end", out.End.String()))
		}
	}
	switch {
	case out.SortFinal == "":
		out.blocked = true
		out.Reasons.Add(RuleSortNone, where)
	case destroyed && kept:
		out.Reasons.Add(RuleSortKept, where)
	case out.SortFinal == Detruire:
		out.Reasons.Add(RuleVisa, where)
	}
	if len(d.Holds) > 0 {
		out.blocked = true
		out.Reasons.Add(RuleHold, where)
	}
	return out
}

// MayAskDestruction reports whether an elimination may be proposed on the day:
// the DUA is over, the final action is to destroy, every start is known, every
// rule confirmed, no hold. The visa of the departmental archives is still
// needed.
func (r *Retention) MayAskDestruction(on Date) bool {
	return !r.blocked && !r.Unlimited && r.SortFinal == Detruire && !r.End.IsZero() && on.After(r.End)
}

func (t *RetentionTable) rulesFor(d *Document) []Rule {
	on := d.Dates.Acted
	if on.IsZero() {
		on = latest(d)
	}
	var out []Rule
	for _, row := range t.Rows {
		if !row.covers(d) || !on.IsZero() && (on.Before(row.ValidFrom) || !row.ValidTo.IsZero() && on.After(row.ValidTo)) {
			continue
		}
		out = append(out, Rule{
			Category: Conservation, Code: row.Code, Duration: row.DUA, Unlimited: row.Unlimited, StartEvent: row.Start,
			SortFinal: row.SortFinal, Reference: row.Reference, Uncertain: row.Uncertain,
		})
	}
	return out
}

func (r *RetentionRow) covers(d *Document) bool {
	for _, t := range r.Types {
		if t == d.Type && t != "" {
			return true
		}
	}
	for _, c := range r.Classes {
		for _, step := range d.Class.Path {
			if c == step.Code && c != "" {
				return true
			}
		}
	}
	return false
}

func (e StartEvent) words() (fr, en string) {
	switch e {
	case FromActe:
		return "date de l'acte", "date of the act"
	case FromCloture:
		return "clôture du dossier ou du registre", "closing of the file or register"
	case FromExercice:
		return "fin de l'exercice", "end of the accounting year"
	case FromDocument:
		return "document le plus récent", "most recent document"
	case FromNaissance:
		return "naissance de la personne", "birth of the person"
	case FromDeces:
		return "décès de la personne", "death of the person"
	}
	return "date donnée", "date given"
}
