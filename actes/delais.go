package actes

import (
	"cmp"
	"slices"
	"time"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// Comptage says how the deadline of the check is counted. The zero value is
// the common practice: franc, from date to date, carried to the next working
// day; two months for the legality check (CGCT L2131-6), one for a budget.
// Practice differs by case and no source settles all of it: the parameters are
// the caller's to set.
type Comptage struct {
	Mois  int // months of the deadline; 0 means 2, or 1 for a budget act
	Jours int // when not 0, the deadline is that many days instead of months
	// NonFranc counts the last day of the period as its end. A franc deadline,
	// the default, counts neither the first day nor the last: the day after is
	// the last useful one.
	NonFranc bool
	// SansReport leaves the end on a Saturday, Sunday or holiday where it is.
	SansReport    bool
	AlsaceMoselle bool // two more holidays
	// Feries adds local holidays (overseas); nil adds none.
	Feries func(ged.Date) bool
	// Silence is the number of months after which a letter of observations
	// left unanswered counts as rejected; 0 means 2.
	Silence int
	// LettreUnique lets only the first letter of observations start the
	// deadline anew.
	LettreUnique bool
}

// Fait is one exchange that moves the deadline.
type Fait struct {
	// Code is that of the message: 3-1, 3-3, 3-4, 3-5, 4-1, 4-3, 4-4, 4-5, 5-1
	// or 6-2. Others change nothing.
	Code string
	// Date is the day of the letter for 3-1 and 4-1, of sending for 3-3, 3-4,
	// 4-3, 4-4, of reception for 3-5, 4-5 and 6-2, of filing for 5-1.
	Date ged.Date
	// Courrier is the date of the letter that an answer answers
	// (DateCourrierPref), zero for the last one.
	Courrier ged.Date
}

// Echeance is the answer: until when the State may object, and why.
type Echeance struct {
	// Date is the last day on which the préfet may act. It is zero when
	// nothing can be said: documents are awaited, or the clock was stopped.
	Date ged.Date
	// Attente says that the clock starts anew on an event still to come.
	Attente bool
	// Close says that nothing runs any more: the transmission was cancelled,
	// or the court is seized.
	Close  bool
	Motifs []Motif // the reasoning, in order
}

// Passee reports whether the deadline has passed on that day. While documents
// are awaited there is no date to pass. A letter of observations left
// unanswered has one, that of the silence, provided that every answer sent is
// among the facts. It is no proof that the act is lawful.
func (e Echeance) Passee(today ged.Date) bool {
	return !e.Close && !e.Date.IsZero() && today.After(e.Date)
}

// Motif is one step of the reasoning.
type Motif struct {
	Code string   // of the message, or "report" for a carry to a working day
	Date ged.Date // the date the step leads to, or speaks of
	FR   string
	EN   string
}

// Text returns the step in the language.
func (m Motif) Text(lang report.Lang) string {
	if lang == report.EN {
		return m.EN
	}
	return m.FR
}

// Delai computes the deadline of an act from the date of reception of its
// ARActe, which is the only date that counts, and from what followed.
func Delai(reception ged.Date, budget bool, faits []Fait, c Comptage) Echeance {
	if c.Mois == 0 {
		c.Mois = 2
		if budget {
			c.Mois = 1
		}
	}
	if c.Silence == 0 {
		c.Silence = 2
	}
	k := clock{c: c}
	k.start("1-2", reception, "accusé de réception du "+reception.French(), "acknowledged on "+reception.String())
	faits = slices.Clone(faits)
	slices.SortStableFunc(faits, func(a, b Fait) int { return a.Date.Compare(b.Date) })
	for _, f := range faits {
		if k.e.Close {
			break
		}
		// What comes after the silence finds the letter already rejected.
		if k.pieces.IsZero() && !k.lettre.IsZero() && f.Date.After(k.lettre.AddMonths(c.Silence)) {
			k.silence()
			k.lettre, k.e.Attente = ged.Date{}, false
		}
		k.apply(f)
	}
	if k.pieces.IsZero() && !k.lettre.IsZero() && !k.e.Close {
		k.silence()
		k.e.Attente = true
	}
	return k.e
}

type clock struct {
	c       Comptage
	e       Echeance
	pieces  ged.Date // of the 3-1 not yet answered
	lettre  ged.Date // of the 4-1 not yet answered
	answer  ged.Date // day the last answer was sent
	lettres int
}

func (k *clock) note(code string, d ged.Date, fr, en string) {
	k.e.Motifs = append(k.e.Motifs, Motif{code, d, fr, en})
}

func (k *clock) silence() {
	d := k.lettre.AddMonths(k.c.Silence)
	k.start("4-1", d, "sans réponse, la lettre d'observations vaut rejet le "+d.French(),
		"left unanswered, the letter of observations counts as rejected on "+d.String())
}

func (k *clock) start(code string, from ged.Date, fr, en string) {
	k.note(code, from, fr, en)
	var end ged.Date
	if k.c.Jours != 0 {
		end = from.AddDays(k.c.Jours)
	} else {
		end = from.AddMonths(k.c.Mois)
	}
	if k.c.NonFranc {
		k.note("delai", end, "délai compté jusqu'au "+end.French(), "counted until "+end.String())
	} else {
		end = end.AddDays(1)
		k.note("delai", end, "délai franc : dernier jour utile le "+end.French(), "franc: last useful day "+end.String())
	}
	if !k.c.SansReport {
		for why := k.closed(end); why != ""; why = k.closed(end) {
			next := end.AddDays(1)
			k.note("report", next, end.French()+" ("+why+") : reporté au "+next.French(),
				end.String()+" is not a working day: carried to "+next.String())
			end = next
		}
	}
	k.e.Date = end
}

func (k *clock) closed(d ged.Date) string {
	switch d.Weekday() {
	case time.Saturday:
		return "samedi"
	case time.Sunday:
		return "dimanche"
	}
	if f := Ferie(d, k.c.AlsaceMoselle); f != "" {
		return f
	}
	if k.c.Feries != nil && k.c.Feries(d) {
		return "jour férié"
	}
	return ""
}

func (k *clock) apply(f Fait) {
	day, en := f.Date.French(), f.Date.String()
	switch f.Code {
	case "3-1", "4-1":
		if k.pieces.IsZero() && k.lettre.IsZero() && f.Date.After(k.e.Date) {
			k.note(f.Code, f.Date, "courrier du "+day+" hors délai : sans effet", "letter of "+en+" out of time: no effect")
			return
		}
		if f.Code == "3-1" {
			k.pieces = f.Date
			k.e.Date, k.e.Attente = ged.Date{}, true
			k.note(f.Code, f.Date, "pièces demandées le "+day+" : le délai attend leur arrivée",
				"documents asked on "+en+": the clock waits for them")
			return
		}
		k.lettres++
		if k.c.LettreUnique && k.lettres > 1 {
			k.note(f.Code, f.Date, "nouvelle lettre d'observations du "+day+" : sans effet", "further letter of observations of "+en+": no effect")
			return
		}
		k.lettre, k.e.Attente = f.Date, true
		k.note(f.Code, f.Date, "lettre d'observations du "+day+" : le délai repartira de la réponse",
			"letter of observations of "+en+": the clock will start anew from the answer")
	case "3-3", "3-4":
		k.answered(&k.pieces, f, "réponse à la demande de pièces envoyée le "+day, "answer to the request of documents sent on "+en)
	case "4-3", "4-4":
		k.answered(&k.lettre, f, "réponse à la lettre d'observations envoyée le "+day, "answer to the letter of observations sent on "+en)
	case "3-5", "4-5":
		// The date of reception replaces that of sending.
		if !k.answer.IsZero() && !f.Date.Before(k.answer) && k.pieces.IsZero() && k.lettre.IsZero() {
			k.answer = ged.Date{}
			k.start(f.Code, f.Date, "réponse reçue par la préfecture le "+day, "answer received by the préfecture on "+en)
		} else if f.Code == "3-5" {
			k.answered(&k.pieces, f, "réponse reçue par la préfecture le "+day, "answer received by the préfecture on "+en)
			k.answer = ged.Date{}
		} else {
			k.answered(&k.lettre, f, "réponse reçue par la préfecture le "+day, "answer received by the préfecture on "+en)
			k.answer = ged.Date{}
		}
	case "5-1":
		k.e = Echeance{Close: true, Motifs: k.e.Motifs}
		k.note(f.Code, f.Date, "déféré au tribunal administratif le "+day, "taken to the administrative court on "+en)
	case "6-2":
		k.e = Echeance{Close: true, Motifs: k.e.Motifs}
		k.note(f.Code, f.Date, "transmission annulée le "+day, "transmission cancelled on "+en)
	}
}

// answered starts the clock anew when the answer is to the letter that stopped
// it.
func (k *clock) answered(letter *ged.Date, f Fait, fr, en string) {
	if letter.IsZero() || cmp.Or(f.Courrier, *letter) != *letter {
		k.note(f.Code, f.Date, fr+" : aucun courrier en attente, sans effet", en+": no letter awaits it, no effect")
		return
	}
	*letter = ged.Date{}
	k.answer = f.Date
	if !k.pieces.IsZero() {
		k.note(f.Code, f.Date, fr, en)
		return
	}
	k.e.Attente = !k.lettre.IsZero()
	k.start(f.Code, f.Date, fr, en)
}
