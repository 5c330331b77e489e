package actes

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

func TestSniffsFormatsByContent(t *testing.T) {
	for text, want := range map[string]Format{
		"%PDF-1.4\n": PDF, "junk before\n%PDF-1.7\n": PDF, "\x89PNG\r\n\x1a\nx": PNG, "\xFF\xD8\xFF\xE1x": JPEG,
		"<?xml version=\"1.0\"?><a/>": XML, "\xEF\xBB\xBF\r\n<a/>": XML, "<!-- c --><a/>": XML, "<é/>": XML, "<_a/>": XML,
		"\xFF\xFE<\x00a\x00": XML, "\xFE\xFF\x00<\x00a": XML,
		"<html><body>": "", "<HTML>": "", "<!doctype html>": "", "<": "", "< a>": "", "<3 maires": "", "Délibération": "", "PK\x03\x04": "", "": "",
		strings.Repeat(" ", SniffSize) + "%PDF-1.4": "",
	} {
		if got, _ := Sniff([]byte(text)); got != want {
			t.Errorf("%.20q: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"du texte\r\n": "text/plain", "a\x00b": "application/octet-stream", "a\x01": "application/octet-stream",
		"PK\x03\x04": "application/zip", "": "application/x-empty"} {
		if _, got := Sniff([]byte(text)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// A decision taken this morning in Nouméa is not in the future there, though
// Paris is still yesterday.
func TestTodayIsThatOfTheTown(t *testing.T) {
	late := time.Date(2024, 6, 26, 20, 0, 0, 0, time.UTC)
	noumea := time.FixedZone("", 11*3600)
	for name, c := range map[string]struct {
		opt   Options
		valid bool
	}{
		"Paris":   {Options{Now: late}, false},
		"Nouméa":  {Options{Now: late, Location: noumea}, true},
		"no date": {Options{}, true},
	} {
		rep, err := good().Check(context.Background(), c.opt)
		if err != nil || rep.Valid() != c.valid {
			t.Errorf("%s: %v %v", name, rep.Valid(), err)
		}
	}
	if d := (Options{}).Today(); !d.IsZero() {
		t.Error("no present, and yet a day")
	}
}

// S²LOW takes a number once for ever, the others look at date and nature too.
func TestANumberUsedForAnotherAct(t *testing.T) {
	before := sent{{"034", "123456782", ged.Date{Year: 2020, Month: 1, Day: 1}, "D2024_042", Deliberation}}
	for profile, valid := range map[Profile]bool{Norme: true, S2LOW: false, STELA: true} {
		rep, err := good().Check(context.Background(), Options{Profile: profile, Doublons: before})
		if err != nil || !rep.Has(DoublonNumero) || rep.Valid() != valid {
			t.Errorf("%q: valid %v, %v", profile, rep.Valid(), err)
		}
	}
}

func TestMattersAndIdentifiersTravelAsText(t *testing.T) {
	type record struct {
		M Matiere
		I IDActe
	}
	in := record{Matiere{7, 10, 2}, good().ID()}
	b, err := json.Marshal(in)
	if err != nil || string(b) != `{"M":"7.10.2","I":"034-123456782-20240627-D2024_042-DE"}` {
		t.Fatalf("%s %v", b, err)
	}
	var out record
	if err := json.Unmarshal(b, &out); err != nil || out != in {
		t.Errorf("%+v %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"M":"","I":""}`), &out); err != nil || !out.M.IsZero() || !out.I.IsZero() {
		t.Errorf("%+v %v", out, err)
	}
	for _, bad := range []string{`{"M":"7."}`, `{"M":"07.1"}`, `{"M":"1.2.3.4.5.6"}`, `{"I":"034-1"}`} {
		if json.Unmarshal([]byte(bad), &out) == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
	if m := (Matiere{1, 0, 3}); m.UpToHole() != (Matiere{1}) || m.Hole() != 2 {
		t.Errorf("%v %d", m.UpToHole(), m.Hole())
	}
	if (Matiere{7, 2}).Compare(Matiere{7, 10}) >= 0 || (Matiere{7, 2}).Compare(Matiere{7, 2}) != 0 {
		t.Error("7.2 comes before 7.10")
	}
}

// Every sentence of this package, said of real values, begins with a capital
// and ends: who reads it in a list must not take it for the end of another.
func TestSentencesAreWhole(t *testing.T) {
	for _, rule := range Rules() {
		for _, s := range []string{rule.FR, rule.EN} {
			if r := []rune(s)[0]; r != '{' && strings.ToUpper(string(r)) != string(r) || !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "?") {
				t.Errorf("%s: %s", rule.Code, s)
			}
		}
	}
	for i := range 2 {
		for _, l := range []report.Lang{report.FR, report.EN} {
			if s := FileLabel(i).Text(l); s[:1] != strings.ToUpper(s[:1]) {
				t.Errorf("%s begins a sentence", s)
			}
		}
	}
}

// A type of document may vanish from a classification, or change meaning under
// the same code: an act not yet sent is then caught although its matter stays.
func TestTypesOfDocumentThatMovedCatchActs(t *testing.T) {
	with := func(types ...Typologie) *Classification {
		c := small()
		c.Natures[0].Typologies = types
		return c
	}
	deliberation, report21 := Typologie{"99_DE", "Délibération"}, Typologie{"21_RP", "Rapport"}
	from := with(deliberation, report21)
	for name, c := range map[string]struct {
		to   *Classification
		want []int
	}{
		"nothing moved":       {with(deliberation, report21), nil},
		"written otherwise":   {with(deliberation, Typologie{"21_RP", "RAPPORT"}), nil},
		"one vanished":        {with(deliberation), []int{1}},
		"one changed meaning": {with(Typologie{"99_DE", "Plan de situation"}, report21), []int{0}},
		"no list at all":      {&Classification{Matieres: small().Matieres}, nil},
	} {
		got := Affected(from, c.to, []*Acte{good()})
		switch {
		case len(got) == 0 && c.want == nil:
		case len(got) != 1 || len(got[0].Fichiers) != len(c.want) || got[0].Fichiers[0] != c.want[0] || got[0].Matiere != 0 || len(got[0].Propositions) > 0:
			t.Errorf("%s: %+v", name, got)
		case got[0].Text(report.FR) == "" || got[0].Text(report.FR) == got[0].Text(report.EN):
			t.Errorf("%s: %q", name, got[0].Text(report.FR))
		}
	}
}

func TestSuggestsTheNearestTypeFirst(t *testing.T) {
	for _, c := range []struct {
		code string
		n    Nature
		want string
	}{
		{"", Deliberation, "99_DE"}, {"99_XX", Deliberation, "99_DE"}, {"99_AU", Contrat, "99_DC"}, {"23_RP", Deliberation, "21_RP"},
	} {
		if got := SuggestTypologies(c.code, c.n, Matiere{}, nil, ParNature); len(got) == 0 || got[0] != c.want {
			t.Errorf("%q for %v: %v, want %s first", c.code, c.n, got, c.want)
		}
	}
}

// STELA looks at the extension alone: what it cannot tell is said so, what it
// can by its name.
func TestSTELANamesTheFormatByTheExtension(t *testing.T) {
	for name, want := range map[string]string{"a.doc": "inconnu", "a.xml": "XML"} {
		rep := report.New(report.Options{})
		Cadre{Profile: STELA, Nature: Deliberation, Matiere: Matiere{5, 2}}.Check(rep, report.Location{}, FileLabel(0), Principal, name, []byte("%PDF-1.4"))
		said := ""
		for f := range rep.All() {
			said += f.Message(report.FR)
		}
		if !strings.Contains(said, "« "+want+" »") {
			t.Errorf("%s: %s", name, said)
		}
	}
}

func TestFormatsOfSTELADependOnTheNature(t *testing.T) {
	for _, c := range []struct {
		n    Nature
		at   Emplacement
		want string
	}{
		{Deliberation, Principal, "[PDF JPG PNG]"}, {Budgetaire, Principal, "[XML]"},
		{Deliberation, Annexe, "[PDF JPG PNG XML]"}, {Budgetaire, Annexe, "[PDF JPG PNG]"}, {Autre, Reponse, "[PDF XML PNG JPG]"},
	} {
		if got := fmt.Sprint(Cadre{Profile: STELA, Nature: c.n}.Formats(c.at)); got != c.want {
			t.Errorf("%v at %d: %s, want %s", c.n, c.at, got, c.want)
		}
	}
}

// The types of an act are those of the classification it quotes: the one at
// hand, when it is another, says nothing of them.
func TestTypesAreThoseOfTheClassificationQuoted(t *testing.T) {
	a := good()
	a.Annexes[0].Typologie = SignatureTypologie // in every edition, and not in the small classification
	for quoted, judged := range map[ged.Date]bool{small().Date: true, {Year: 2017, Month: 12, Day: 8}: false} {
		a.Classification = quoted
		rep, err := a.Check(context.Background(), Options{Classification: small()})
		if err != nil {
			t.Fatal(err)
		}
		if got := rep.Has(TypologieInconnue) || rep.Has(TypologieNature); got != judged {
			t.Errorf("quoting %s: judged by the classification at hand: %v", quoted, got)
		}
	}
}
