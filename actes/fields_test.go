package actes

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// The rules of the peers, as their own expressions.
var numberRules = map[Profile]*regexp.Regexp{
	Norme:   regexp.MustCompile(`^[A-Z0-9]([A-Z0-9_]{0,13}[A-Z0-9])?$`),
	S2LOW:   regexp.MustCompile(`^([A-Z0-9][A-Z0-9_]{0,13})?[A-Z0-9]$`),
	STELA:   regexp.MustCompile(`^[A-Z0-9_]{1,15}$`),
	Pastell: regexp.MustCompile(`^[0-9A-Z_]{2,15}$`),
	XSD:     regexp.MustCompile(`^(?s:.){0,15}$`),
}

func TestNumbersAreJudgedAsEachPeerDoes(t *testing.T) {
	for _, n := range []string{"", "A", "_", "A_", "_A", "A_B", "2024_042", "2024-042", "a1", "é", "ABCDEFGHIJKLMNO", "ABCDEFGHIJKLMNOP",
		"AB CD", "A__B", "A.B", "2024/42", "ABCDEFGHIJKLMN_", "\u00a0", "123456789012345é"} {
		for p, re := range numberRules {
			rep := new(report.Report)
			CheckNumero(rep, report.Location{}, n, p)
			if rep.Valid() != re.MatchString(n) {
				t.Errorf("%q under %q: accepted %v, the peer says %v", n, p, rep.Valid(), re.MatchString(n))
			}
		}
	}
}

func TestNormalisedNumbersAreAccepted(t *testing.T) {
	for in, want := range map[string]NumeroNormalise{
		"2024_042":              {"2024_042", nil},
		"2024-042":              {"2024_042", []Retouche{Separateurs}},
		"délib 2024/042":        {"DELIB_2024_042", []Retouche{Majuscules, Accents, Separateurs}},
		"n°12":                  {"N12", []Retouche{Majuscules, Retires}},
		"_2024__7_":             {"2024_7", []Retouche{Bords}},
		"Cœur":                  {"COEUR", []Retouche{Accents, Majuscules}},
		"DELIBERATION_2024_042": {"DELIBE_2024_042", []Retouche{Raccourci}},
		"20240627123456789012":  {"627123456789012", []Retouche{Raccourci}},
		"漢":                     {"", []Retouche{Retires}},
		"":                      {"", nil},
	} {
		got := NormaliseNumero(in)
		if in == "DELIBERATION_2024_042" {
			// What matters: the tail that tells acts apart is whole.
			if !strings.HasSuffix(got.Numero, "2024_042") {
				t.Errorf("%q lost its number: %q", in, got.Numero)
			}
			continue
		}
		if got.Numero != want.Numero || !slices.Equal(got.Retouches, want.Retouches) {
			t.Errorf("%q: %+v, want %+v", in, got, want)
		}
	}
}

func FuzzNumero(f *testing.F) {
	for _, s := range []string{"", "2024-042", "délib n° 12/2024 – voirie", "ÀÉÎ_œ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123", "\xff\x00", "ǅ", "___"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := NormaliseNumero(s)
		if n.Numero != "" && !numberRules[Norme].MatchString(n.Numero) {
			t.Fatalf("%q gave %q", s, n.Numero)
		}
		if again := NormaliseNumero(n.Numero); again.Numero != n.Numero || again.Retouches != nil {
			t.Fatalf("%q is changed again to %q", n.Numero, again.Numero)
		}
		if n.Numero == s != (n.Retouches == nil) {
			t.Fatalf("%q gave %q and says %v", s, n.Numero, n.Retouches)
		}
		for p, re := range numberRules {
			if !utf8.ValidString(s) {
				continue
			}
			rep := new(report.Report)
			CheckNumero(rep, report.Location{}, s, p)
			if rep.Valid() != re.MatchString(s) {
				t.Fatalf("%q under %q: %v", s, p, rep.Valid())
			}
		}
	})
}

func TestMattersAreNumbersNotDigits(t *testing.T) {
	for text, ok := range map[string]bool{"7.10": true, "1": true, "1.2.3.4.5": true, "9999.1": true, "": false, "7.": false, ".1": false,
		"7.0": false, "07.1": false, "7.-1": false, "1.2.3.4.5.6": false, "7,1": false, "+7.1": false, "12345.1": false, "7. 1": false} {
		m, err := ParseMatiere(text)
		if (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
		if err == nil && m.String() != text {
			t.Errorf("%q reads back as %q", text, m)
		}
	}
	list := []string{"7.10", "7.2", "10.1", "7", "7.2.1", "2.9"}
	slices.SortFunc(list, func(a, b string) int {
		x, _ := ParseMatiere(a)
		y, _ := ParseMatiere(b)
		return x.Compare(y)
	})
	if got := strings.Join(list, " "); got != "2.9 7 7.2 7.2.1 7.10 10.1" {
		t.Error(got)
	}
	m := Matiere{1, 1, 1, 0, 1}
	if m.Hole() != 4 || m.Level() != 5 || m.UpToHole() != (Matiere{1, 1, 1}) || m.String() != "1.1.1.0.1" {
		t.Error("the hole at level 4 is not seen")
	}
	if (Matiere{7, 10}).Hole() != 0 || (Matiere{0, 3}).Hole() != 1 {
		t.Error("holes are not where they are")
	}
	if p := (Matiere{5, 2, 1}); p.Parent() != (Matiere{5, 2}) || !p.Under(p.Parent()) || p.Parent().Child(1) != p || (Matiere{5, 20}).Under(Matiere{5, 2}) {
		t.Error("the family of 5.2.1 is wrong")
	}
}

func TestIdentifiersReadAndWrite(t *testing.T) {
	for text, ok := range map[string]bool{
		"034-123456782-20240627-D2024_042-DE":        true,
		"02A-123456782-20240229-a-AU":                true,
		"971-000000000-20240627-_-BF":                true,
		"034-123456782-20230229-D2024_042-DE":        false, // no such day
		"034-123456782-20240627-D2024_042-ZZ":        false,
		"034-123456782-20240627-D2024_042-1":         false,
		"|34-123456782-20240627-D2024_042-DE":        false,
		"034-12345678-20240627-D2024_042-DE":         false,
		"034-123456782-20240627-2024-042-DE":         false,
		"034-123456782-20240627--DE":                 false,
		"034-123456782-20240627-1234567890123456-DE": false,
		"134-123456782-20240627-D-DE":                false,
		"":                                           false,
	} {
		id, err := ParseIDActe(text)
		if (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
		if err == nil && id.String() != text {
			t.Errorf("%q reads back as %q", text, id)
		}
	}
	if got := good().ID().String(); got != "034-123456782-20240627-D2024_042-DE" {
		t.Error(got)
	}
}

func FuzzIDActe(f *testing.F) {
	f.Add("034-123456782-20240627-D2024_042-DE")
	f.Add("|34-123456782-20240627-D-ÉÀ")
	schema := regexp.MustCompile(`^[0|9][0-9][A|B|0-9]-[0-9]{9}-[0-9]{8}-[a-zA-Z0-9_]{1,15}-\p{Lu}{2}$`)
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseIDActe(s)
		if err != nil {
			return
		}
		if id.String() != s || !schema.MatchString(s) {
			t.Fatalf("%q reads as %q", s, id)
		}
		text, _ := id.MarshalText()
		var back IDActe
		if err := back.UnmarshalText(text); err != nil || back != id {
			t.Fatalf("%q does not survive its own text", s)
		}
	})
}

func TestNaturesAgree(t *testing.T) {
	want := []string{"DE", "AR", "AI", "CC", "BF", "AU"}
	for i, n := range Natures() {
		if int(n) != i+1 || n.Abrege() != want[i] || n.Libelle() == "" {
			t.Errorf("nature %d is %v", i+1, n)
		}
		for _, s := range []string{want[i], string(rune('1' + i))} {
			if got, ok := ParseNature(s); !ok || got != n {
				t.Errorf("%q is not %v", s, n)
			}
		}
	}
	for _, s := range []string{"", "0", "7", "de", "01", "ZZ"} {
		if _, ok := ParseNature(s); ok {
			t.Errorf("%q is a nature", s)
		}
	}
}

func TestFormatsByProfile(t *testing.T) {
	const (
		xml  = "<?xml version='1.0'?><a/>"
		png  = "\x89PNG\r\n\x1a\n"
		jpeg = "\xFF\xD8\xFF\xE0"
		text = "bonjour"
	)
	for _, c := range []struct {
		profile Profile
		nature  Nature
		matter  Matiere
		main    Format
		at      Emplacement
		name    string
		head    string
		want    string // codes
	}{
		{Norme, 1, Matiere{5, 2}, "", Principal, "a.pdf", onePage, ""},
		{Norme, 1, Matiere{5, 2}, "", Principal, "a.PDF", onePage, ""},
		{Norme, 1, Matiere{5, 2}, "", Principal, "a.png", png, "ACT-FORMAT-IMAGE"},
		{S2LOW, 1, Matiere{5, 2}, "", Principal, "a.png", png, "ACT-FORMAT-DOCUMENT"},
		{STELA, 1, Matiere{5, 2}, "", Principal, "a.png", png, ""},
		{Norme, 1, Matiere{5, 2}, "", Principal, "a.xml", xml, "ACT-FORMAT-XML"},
		{Norme, 5, Matiere{7, 1, 3}, "", Principal, "a.xml", xml, ""},
		{Norme, 5, Matiere{7, 10}, "", Principal, "a.xml", xml, "ACT-FORMAT-XML"},
		{STELA, 5, Matiere{7, 1}, "", Principal, "a.pdf", onePage, "ACT-FORMAT-DOCUMENT"},
		{Norme, 1, Matiere{5, 2}, PDF, Annexe, "a.xml", xml, ""},
		{Norme, 5, Matiere{7, 1}, XML, Annexe, "a.xml", xml, "ACT-FORMAT-DOCUMENT"},
		{Norme, 5, Matiere{7, 1}, XML, Annexe, "a.pdf", onePage, ""},
		{STELA, 5, Matiere{7, 1}, XML, Annexe, "a.xml", xml, "ACT-FORMAT-DOCUMENT"},
		{Norme, 1, Matiere{5, 2}, PDF, Annexe, "a.jpeg", jpeg, ""},
		{Norme, 1, Matiere{5, 2}, PDF, Annexe, "a.pdf", png, "ACT-FORMAT-EXTENSION"},
		{STELA, 1, Matiere{5, 2}, PDF, Annexe, "a.pdf", png, ""}, // STELA looks at the name only
		{Norme, 1, Matiere{5, 2}, PDF, Annexe, "a.txt", text, "ACT-FORMAT-DOCUMENT"},
		{Norme, 1, Matiere{5, 2}, PDF, Reponse, "a.png", png, ""},
		{Norme, 1, Matiere{5, 2}, PDF, Reponse, "a.docx", "PK\x03\x04", "ACT-FORMAT-DOCUMENT"},
		{XSD, 1, Matiere{5, 2}, PDF, Principal, "a.docx", "PK\x03\x04", ""},
	} {
		rep := new(report.Report)
		Cadre{c.profile, c.nature, c.matter, c.main}.Check(rep, report.Location{}, FileLabel(0), c.at, c.name, []byte(c.head))
		var got []string
		for f := range rep.All() {
			got = append(got, f.Code())
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q nature %d %v, %s as %d: %v, want %q", c.profile, c.nature, c.matter, c.name, c.at, got, c.want)
		}
	}
}

func TestTodayIsThatOfParis(t *testing.T) {
	late := ged.Date{Year: 2024, Month: 6, Day: 30}.In(noon.Location()).Add(22*3600e9 + 1)
	if got := (Options{Now: late}).Today(); got.String() != "2024-07-01" {
		t.Errorf("at 22:00 UTC on 30 June it is %v in Paris", got)
	}
	if got := (Options{Now: late, Location: late.Location()}).Today(); got.String() != "2024-06-30" {
		t.Errorf("and %v in the location asked for", got)
	}
}

func TestASuggestedNumberNeverQuotesAName(t *testing.T) {
	for numero, want := range map[string]string{"2024-042": "2024_042", "d2024.7": "D2024_7", "Dupont-Jean": "2024_042", "né le 3 mai": "2024_042",
		"DUPONT 12 rue de la Paix Paris": "2024_042"} {
		rep := new(report.Report)
		CheckNumero(rep, report.Location{}, numero, Norme)
		for f := range rep.All() {
			if f.Rule == NumeroCaractere && !strings.Contains(f.Message(report.FR), "exemple "+want+".") {
				t.Errorf("%s: %s", numero, f.Message(report.FR))
			}
		}
	}
}
