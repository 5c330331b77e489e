package ged

import (
	"slices"

	"github.com/liasse/liasse/ged/report"
)

// AccessDelay is a delay before which a record may not be shown to anyone
// (code du patrimoine L213-1 and L213-2), under the code the first SEDA gave
// it. Archiving systems have codes of their own for the same delays.
type AccessDelay struct {
	Code  string
	Years int
	Start StartEvent
	// Death is the code of the shorter delay, counted from the death of the
	// person, that applies when that day is known and comes sooner; "" if none.
	Death string
	Never bool
	// Object says in French what the delay protects.
	Object string
}

// accessDelays: list of access restriction codes of SEDA 1.0. The delays were
// read in summaries of the code, not in the code itself.
var accessDelays = []AccessDelay{
	{Code: "AR038", Object: "communicable de plein droit"},
	{Code: "AR039", Years: 25, Start: FromDocument, Object: "délibérations du Gouvernement, relations extérieures, monnaie, secret en matière commerciale et industrielle, infractions fiscales et douanières"},
	{Code: "AR040", Years: 25, Start: FromDocument, Object: "documents hors du champ de la loi de 1978"},
	{Code: "AR041", Years: 25, Start: FromDocument, Object: "secret en matière de statistiques"},
	{Code: "AR042", Years: 25, Start: FromDocument, Object: "contrat de prestation de services pour des personnes déterminées"},
	{Code: "AR043", Years: 25, Start: FromDeces, Object: "secret médical, date du décès connue"},
	{Code: "AR044", Years: 25, Start: FromDeces, Object: "état civil (naissances et mariages), date du décès connue"},
	{Code: "AR045", Years: 25, Start: FromDeces, Object: "minutes de notaires, date du décès connue"},
	{Code: "AR046", Years: 25, Start: FromDeces, Object: "enquêtes de police, date du décès connue"},
	{Code: "AR047", Years: 25, Start: FromDeces, Object: "affaires portées devant les juridictions, date du décès connue"},
	{Code: "AR048", Years: 50, Start: FromDocument, Object: "vie privée, jugement de valeur sur une personne"},
	{Code: "AR049", Years: 50, Start: FromDocument, Object: "défense nationale, intérêts de l'État, sécurité publique"},
	{Code: "AR050", Years: 50, Start: FromCloture, Object: "bâtiments pénitentiaires, à compter de la fin de leur usage"},
	{Code: "AR051", Years: 50, Start: FromDocument, Object: "contrat de prestation touchant à ce qui précède"},
	{Code: "AR052", Years: 75, Start: FromDocument, Death: "AR043", Object: "questionnaires statistiques sur des faits privés"},
	{Code: "AR053", Years: 75, Start: FromDocument, Object: "contrat de prestation lié à la police ou aux juridictions"},
	{Code: "AR054", Years: 75, Start: FromCloture, Death: "AR044", Object: "état civil (naissances et mariages)"},
	{Code: "AR055", Years: 75, Start: FromDocument, Death: "AR045", Object: "minutes de notaires"},
	{Code: "AR056", Years: 75, Start: FromDocument, Death: "AR046", Object: "enquêtes de police"},
	{Code: "AR057", Years: 75, Start: FromDocument, Death: "AR047", Object: "affaires portées devant les juridictions"},
	{Code: "AR058", Years: 100, Start: FromDocument, Object: "documents concernant des mineurs"},
	{Code: "AR059", Years: 100, Start: FromDocument, Object: "défense nationale, documents nommant des personnes"},
	{Code: "AR060", Years: 100, Start: FromDocument, Object: "intimité de la vie sexuelle"},
	{Code: "AR061", Years: 120, Start: FromNaissance, Death: "AR043", Object: "secret médical, date du décès inconnue"},
	{Code: "AR062", Never: true, Object: "armes de destruction massive"},
}

// AccessDelays returns the delays, in the order of their codes.
func AccessDelays() []AccessDelay { return slices.Clone(accessDelays) }

// DelayOf returns the delay of the code.
func DelayOf(code string) (AccessDelay, bool) {
	for _, d := range accessDelays {
		if d.Code == code {
			return d, true
		}
	}
	return AccessDelay{}, false
}

// AccessDate is the day from which a record is open to anyone, with the
// reasons.
type AccessDate struct {
	// From is the first day it may be shown; zero when it is open at once, never,
	// or when that is not known.
	From             Date
	Immediate, Never bool
	// Code is that of the delay that decides, "" when it is not known.
	Code string
	// Rules are the delays that were applied to the record itself, for its
	// archive package: the deciding one only.
	Rules []Rule
	// Reasons says in both languages how this was found.
	Reasons *report.Report
}

// Open reports whether anyone may see the record on the day.
func (a *AccessDate) Open(on Date) bool {
	return a.Immediate || !a.From.IsZero() && !on.Before(a.From)
}

// ComputeAccess computes from when the file made of the documents is open: the
// strictest of its parts decides, and delays that run from a document run from
// the most recent of them. A document's delay is that of its own access rules,
// else that of its kind (civil-status acts, personnel files), else it is open
// at once; one flagged as holding sensitive personal data, without any delay,
// must be examined by someone.
//
// Years are added to the day after the start, so a register closed on 31
// December 1949 with a delay of 75 years is open on 1 January 2025.
func ComputeAccess(known Starts, docs ...*Document) AccessDate {
	out := AccessDate{Reasons: &report.Report{}, Immediate: true, Code: "AR038"}
	c := access{known: known, docs: docs, reasons: out.Reasons}
	parts := 0
	for _, d := range docs {
		for _, v := range c.document(d) {
			parts++
			if v.rank() > out.rank() || v.rank() == out.rank() && v.From.After(out.From) {
				out.From, out.Immediate, out.Never, out.Code, out.Rules = v.From, v.Immediate, v.Never, v.Code, v.Rules
			}
		}
	}
	if len(out.Rules) == 0 && out.Immediate {
		out.Rules = []Rule{accessRule("AR038", Period{}, c.start(FromDocument), FromDocument)}
	}
	if parts > 1 && out.Code != "" {
		out.Reasons.Add(RuleAccessStrictest, report.Location{}, report.P("code", out.Code))
	}
	return out
}

// rank orders answers by how much they hide.
func (a *AccessDate) rank() int {
	switch {
	case a.Never:
		return 3
	case a.Immediate:
		return 0
	case a.From.IsZero():
		return 2 // not known: only Never is stricter
	}
	return 1
}

type access struct {
	known   Starts
	docs    []*Document
	reasons *report.Report
}

// start returns the day of the event for the whole file: the latest.
func (c *access) start(event StartEvent) Date {
	var out Date
	for _, d := range c.docs {
		if s := d.Start(event, c.known); s.After(out) || out.IsZero() {
			out = s
		}
	}
	return out
}

// document returns the answer of each delay of the document.
func (c *access) document(d *Document) []AccessDate {
	var out []AccessDate
	for _, r := range d.Rules {
		if r.Category == Communicabilite {
			out = append(out, c.rule(r))
		}
	}
	if out != nil {
		return out
	}
	switch {
	case d.Type == ActeNaissance || d.Type == ActeMariage:
		return []AccessDate{c.rule(Rule{Code: "AR054"})}
	case d.Type == DossierAgent:
		// Personnel files run from their closing (platforms' own tables).
		return []AccessDate{c.rule(Rule{Code: "AR048", StartEvent: FromCloture})}
	case d.Type != ActeDeces && d.Privacy.Level == Sensible:
		c.reasons.Add(RuleAccessPersonal, report.Location{})
		return []AccessDate{{}}
	}
	return []AccessDate{c.rule(Rule{Code: "AR038"})}
}

func (c *access) rule(r Rule) AccessDate {
	code := report.P("code", r.Code)
	delay, ok := DelayOf(r.Code)
	period := Period{Years: delay.Years}
	switch {
	case !ok && r.Duration.IsZero():
		c.reasons.Add(RuleAccessUnknown, report.Location{}, code)
		return AccessDate{Code: r.Code}
	case !ok: // a code of someone else, with its duration
		period = r.Duration
	case delay.Never:
		c.reasons.Add(RuleAccessNever, report.Location{}, code)
		return AccessDate{Never: true, Code: r.Code}
	case delay.Years == 0:
		c.reasons.Add(RuleAccessNow, report.Location{}, code)
		if r.Start.IsZero() {
			r.Start = c.start(FromDocument)
		}
		return AccessDate{Immediate: true, Code: r.Code, Rules: []Rule{accessRule(r.Code, period, r.Start, FromDocument)}}
	}
	if r.StartEvent == FromInconnu {
		r.StartEvent = delay.Start
	}
	if r.Start.IsZero() {
		r.Start = c.start(r.StartEvent)
	}
	applied := accessRule(r.Code, period, r.Start, r.StartEvent)
	if shorter, ok := DelayOf(delay.Death); ok {
		if death := c.known[FromDeces]; !death.IsZero() {
			other := accessRule(shorter.Code, Period{Years: shorter.Years}, death, FromDeces)
			if applied.Start.IsZero() || other.End.Before(applied.End) {
				applied = other
			}
		}
	}
	code = report.P("code", applied.Code)
	fr, en := applied.StartEvent.words()
	if applied.Start.IsZero() {
		c.reasons.Add(RuleAccessStart, report.Location{}, code, report.Words("event", fr, en))
		return AccessDate{Code: applied.Code}
	}
	from := applied.End.AddDays(1)
	c.reasons.Add(RuleAccess, report.Location{}, code, applied.Duration.param("delay"),
		report.Date("start", applied.Start.String()), report.Words("event", fr, en), report.Date("date", from.String()))
	return AccessDate{From: from, Code: applied.Code, Rules: []Rule{applied}}
}

// accessRule is the delay as a rule; its last day is the eve of the day the
// record opens.
func accessRule(code string, period Period, start Date, event StartEvent) Rule {
	r := Rule{Category: Communicabilite, Code: code, Duration: period, Start: start, StartEvent: event}
	if !start.IsZero() {
		r.End = period.After(start.AddDays(1)).AddDays(-1)
	}
	return r
}
