package actes

import (
	"slices"
	"testing"
	"time"

	"github.com/liasse/liasse/ged"
)

func day(t testing.TB, s string) ged.Date {
	t.Helper()
	if s == "" {
		return ged.Date{}
	}
	d, err := ged.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDeadlines(t *testing.T) {
	type fact struct{ code, date, letter string }
	for _, c := range []struct {
		name      string
		reception string
		budget    bool
		facts     []fact
		counting  Comptage
		want      string
		waiting   bool
		closed    bool
	}{
		{name: "franc, two months, Monday", reception: "2024-07-01", want: "2024-09-02"},
		{name: "not franc ends on a Sunday, carried", reception: "2024-07-01", counting: Comptage{NonFranc: true}, want: "2024-09-02"},
		{name: "not franc, not carried", reception: "2024-07-01", counting: Comptage{NonFranc: true, SansReport: true}, want: "2024-09-01"},
		{name: "shorter month", reception: "2024-12-31", want: "2025-03-03"}, // 28 Feb, franc 1 March, a Saturday
		{name: "budget, one month", reception: "2024-04-15", budget: true, want: "2024-05-16"},
		{name: "budget, thirty days", reception: "2024-04-15", counting: Comptage{Jours: 30}, want: "2024-05-16"},
		{name: "holiday", reception: "2024-09-10", want: "2024-11-12"}, // 11 November is a Monday
		{name: "Alsace, 26 December", reception: "2024-10-25", counting: Comptage{AlsaceMoselle: true}, want: "2024-12-27"},
		{name: "elsewhere 26 December is a working day", reception: "2024-10-25", want: "2024-12-26"},
		{name: "documents asked and not sent", reception: "2024-07-01", facts: []fact{{"3-1", "2024-07-10", ""}}, want: "", waiting: true},
		{name: "documents received", reception: "2024-07-01",
			facts: []fact{{"3-1", "2024-07-10", ""}, {"3-4", "2024-07-18", "2024-07-10"}, {"3-5", "2024-07-20", "2024-07-10"}}, want: "2024-09-23"},
		{name: "3-5 alone", reception: "2024-07-01", facts: []fact{{"3-1", "2024-07-10", ""}, {"3-5", "2024-07-20", ""}}, want: "2024-09-23"},
		{name: "documents asked too late", reception: "2024-07-01", facts: []fact{{"3-1", "2024-09-10", ""}}, want: "2024-09-02"},
		{name: "answer to another letter", reception: "2024-07-01",
			facts: []fact{{"3-1", "2024-07-10", ""}, {"3-4", "2024-07-18", "2024-07-09"}}, want: "", waiting: true},
		{name: "observations, silence", reception: "2024-07-01", facts: []fact{{"4-1", "2024-07-10", ""}}, want: "2024-11-12", waiting: true},
		{name: "observations answered", reception: "2024-07-01", facts: []fact{{"4-1", "2024-07-10", ""}, {"4-4", "2024-08-01", ""}}, want: "2024-10-02"},
		{name: "observations answered after the silence", reception: "2024-07-01",
			facts: []fact{{"4-1", "2024-07-10", ""}, {"4-4", "2024-10-01", ""}}, want: "2024-11-12"},
		{name: "observations answered, then received", reception: "2024-07-01",
			facts: []fact{{"4-1", "2024-07-10", ""}, {"4-4", "2024-08-01", ""}, {"4-5", "2024-08-02", ""}}, want: "2024-10-03"},
		{name: "observations and documents, both answered", reception: "2024-07-01",
			facts: []fact{{"3-1", "2024-07-10", ""}, {"4-1", "2024-07-11", ""}, {"4-4", "2024-07-15", ""}, {"3-4", "2024-07-20", ""}}, want: "2024-09-23"},
		{name: "second letter does not count", reception: "2024-07-01", counting: Comptage{LettreUnique: true},
			facts: []fact{{"4-1", "2024-07-10", ""}, {"4-4", "2024-08-01", ""}, {"4-1", "2024-09-01", ""}}, want: "2024-10-02"},
		{name: "cancelled", reception: "2024-07-01", facts: []fact{{"6-2", "2024-07-10", ""}}, closed: true},
		{name: "court seized", reception: "2024-07-01", facts: []fact{{"5-1", "2024-08-30", ""}, {"3-1", "2024-08-31", ""}}, closed: true},
		{name: "facts in any order", reception: "2024-07-01",
			facts: []fact{{"3-5", "2024-07-20", ""}, {"3-1", "2024-07-10", ""}}, want: "2024-09-23"},
		{name: "a courrier simple changes nothing", reception: "2024-07-01", facts: []fact{{"2-1", "2024-07-10", ""}}, want: "2024-09-02"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var faits []Fait
			for _, f := range c.facts {
				faits = append(faits, Fait{f.code, day(t, f.date), day(t, f.letter)})
			}
			e := Delai(day(t, c.reception), c.budget, faits, c.counting)
			if e.Date.String() != c.want || e.Attente != c.waiting || e.Close != c.closed {
				t.Errorf("%v attente %v close %v, want %s; %+v", e.Date, e.Attente, e.Close, c.want, e.Motifs)
			}
			if len(e.Motifs) == 0 {
				t.Error("no reason given")
			}
			for _, m := range e.Motifs {
				if m.FR == "" || m.EN == "" || m.Code == "" {
					t.Errorf("a step says nothing: %+v", m)
				}
			}
			if !e.Date.IsZero() && e.Passee(e.Date) {
				t.Error("the last useful day is not past on that day")
			}
			if got := e.Passee(day(t, "2030-01-01")); got != (c.want != "") {
				t.Errorf("past: %v", got)
			}
		})
	}
}

func TestHolidaysOfAYear(t *testing.T) {
	for year, want := range map[int][]string{
		2024: {"01-01", "04-01", "05-01", "05-08", "05-09", "05-20", "07-14", "08-15", "11-01", "11-11", "12-25"},
		2025: {"01-01", "04-21", "05-01", "05-08", "05-29", "06-09", "07-14", "08-15", "11-01", "11-11", "12-25"},
		2008: {"01-01", "03-24", "05-01", "05-08", "05-12", "07-14", "08-15", "11-01", "11-11", "12-25"}, // Ascension on 1 May
	} {
		var got []string
		for d := (ged.Date{Year: year, Month: time.January, Day: 1}); d.Year == year; d = d.AddDays(1) {
			if Ferie(d, false) != "" {
				got = append(got, d.String()[5:])
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d: %v", year, got)
		}
	}
	if Ferie(day(t, "2024-03-29"), true) == "" || Ferie(day(t, "2024-03-29"), false) != "" {
		t.Error("Good Friday is a holiday in Alsace-Moselle only")
	}
}

func TestEasterAgreesWithTheTables(t *testing.T) {
	for _, s := range []string{"1818-03-22", "1943-04-25", "1961-04-02", "2000-04-23", "2011-04-24", "2019-04-21", "2024-03-31", "2025-04-20", "2038-04-25", "2285-03-22"} {
		if d := day(t, s); Paques(d.Year) != d {
			t.Errorf("Easter of %d is %v, not %v", d.Year, s, Paques(d.Year))
		}
	}
}

func TestLifeCycle(t *testing.T) {
	walk := func(from Etat, events ...Evenement) Etat {
		for _, e := range events {
			from, _ = Transition(from, e)
		}
		return from
	}
	for name, c := range map[string]struct{ got, want Etat }{
		"the common path":                   {walk(Inconnu, Depose, ControleReussi, PrisEnCharge, ARRecu, DelaiEcoule, ArchivageDemande, ArchivageEnvoye, ArchivageReussi), Archive},
		"refused by the operator":           {walk(Inconnu, Depose, ControleEchoue), Erreur},
		"refused by the ministry":           {walk(Inconnu, Depose, ControleReussi, PrisEnCharge, AnomalieRecue), Erreur},
		"an anomaly after the AR":           {walk(Inconnu, Depose, ControleReussi, PrisEnCharge, ARRecu, AnomalieRecue), Acquitte},
		"cancelled":                         {walk(Acquitte, AnnulationEnvoyee, AnnulationAcquittee), Annule},
		"on hold":                           {walk(Inconnu, DeposeAConfirmer, Confirme), Poste},
		"a letter acknowledged, answered":   {walk(Inconnu, CourrierRecu, ARCourrierEnvoye, ReponseEmise, ARReponseRecu), ReponseAcquittee},
		"a courrier simple":                 {walk(Inconnu, CourrierSansARRecu), DocumentRecuSansAR},
		"cancelling what was never sent":    {walk(Poste, AnnulationEnvoyee), Poste},
		"an AR before the archive was sent": {walk(Poste, ARRecu), Poste},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
	if _, ok := Transition(Acquitte, AnomalieRecue); ok {
		t.Error("an anomaly after the AR must be told apart")
	}
	if !Ended(6, Acquitte) || Ended(1, Acquitte) || !Ended(7, Transmis) || Ended(1, Transmis) || !Ended(1, Erreur) {
		t.Error("what is finished is not")
	}
}

func TestStatesOfTheOperators(t *testing.T) {
	for code, want := range map[string]Etat{"SENT": Transmis, "ACK_REPONSE_LETTRE_OBSERVATION": ReponseAcquittee,
		"PIECE_COMPLEMENTAIRE_ASKED": ReponseEnvoyee, "CANCELLATION_ASKED": AnnulationDemandee} {
		if s, ok := ParseStatut(STELA, code); !ok || s.Etat != want {
			t.Errorf("%s is %v", code, s.Etat)
		}
	}
	for _, code := range []string{"", "99", "SENT"} {
		if s, ok := ParseStatut(S2LOW, code); ok || s.Etat != Inconnu {
			t.Errorf("%q is known to S²LOW", code)
		}
	}
	for e := Inconnu; int(e) < len(etats); e++ {
		if e.String() == "" {
			t.Errorf("state %d has no name", e)
		}
	}
}
