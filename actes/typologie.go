package actes

import (
	"slices"
	"strings"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// Politique chooses how types of document are judged.
type Politique uint8

const (
	// ParNature judges by the nature alone, as receivers do since the notice
	// of 2019. It is the default.
	ParNature Politique = iota
	// ParMatiere also wants the digits of the code to suit the matter, the
	// rule of 2017: generic codes (99) always suit; otherwise the first digit
	// is 0 or the first level, the second 0 or the second level. A second
	// level above 9 is therefore suited only by 99_ and x0_ codes.
	ParMatiere
)

// EditionsTypologie are the dates of the classifications whose lists of types
// of document are known here, oldest first.
var EditionsTypologie = [...]ged.Date{{Year: 2017, Month: 11, Day: 13}, {Year: 2017, Month: 12, Day: 8}, {Year: 2019, Month: 4, Day: 18}}

// Typologie is one type of document a nature may have.
type Typologie struct {
	Code    string // two digits, an underscore, two letters: 99_DE
	Libelle string
}

// Typologies returns the types a nature has in the edition of that date,
// ordered by code; with the zero date, those of any edition. It returns nil
// for a date that is no known edition.
func Typologies(n Nature, edition ged.Date) []Typologie {
	mask := byte(7)
	if !edition.IsZero() {
		i := slices.Index(EditionsTypologie[:], edition)
		if i < 0 {
			return nil
		}
		mask = 4 >> i
	}
	var out []Typologie
	for f := range strings.FieldsSeq(typologies[n]) {
		code, editions := f[:5], f[6]-'0'
		if editions&mask != 0 {
			out = append(out, Typologie{code, libellesTypologie[code]})
		}
	}
	return out
}

// ValidTypologie reports whether the text has the form of a code: two digits,
// an underscore, two capitals.
func ValidTypologie(code string) bool {
	return len(code) == 5 && digits(code[:2], 2) && code[2] == '_' &&
		code[3] >= 'A' && code[3] <= 'Z' && code[4] >= 'A' && code[4] <= 'Z'
}

// DefautTypologie returns the generic code of a nature, right for its main
// document and for an annexe nothing else describes: 99_DE, 99_AR, 99_AI,
// 99_DC, 99_BU, 99_AU. It is "" for an unknown nature.
func DefautTypologie(n Nature) string {
	switch n {
	case Deliberation:
		return "99_DE"
	case Reglementaire:
		return "99_AR"
	case Individuel:
		return "99_AI"
	case Contrat:
		return "99_DC"
	case Budgetaire:
		return "99_BU"
	case Autre:
		return "99_AU"
	}
	return ""
}

// SignatureTypologie is the type of a detached signature joined as an annexe,
// permitted under every nature.
const SignatureTypologie = "99_SE"

// Avis is what is thought of a type of document.
type Avis uint8

// The opinions.
const (
	Permise         Avis = iota // in the list
	Absente                     // there is no code
	Inconnue                    // in no list of any nature
	AutreNature                 // in the list of another nature only
	HorsMatiere                 // in the list, but does not suit the matter
	NatureSansListe             // the nature itself is unknown
)

// JudgeTypologie gives the opinion on a code for a nature. The lists are those
// of the classification when it has any, else those of the known edition of
// its date, else of any edition; classification may be nil. The matter counts
// only with the policy [ParMatiere].
func JudgeTypologie(code string, n Nature, m Matiere, classification *Classification, policy Politique) Avis {
	switch {
	case code == "":
		return Absente
	case !n.Valid():
		return NatureSansListe
	}
	if !slices.ContainsFunc(typologiesOf(n, classification), func(t Typologie) bool { return t.Code == code }) {
		for _, other := range Natures() {
			if slices.ContainsFunc(typologiesOf(other, classification), func(t Typologie) bool { return t.Code == code }) {
				return AutreNature
			}
		}
		return Inconnue
	}
	if policy == ParMatiere && !suits(code, m) {
		return HorsMatiere
	}
	return Permise
}

func typologiesOf(n Nature, c *Classification) []Typologie {
	if c == nil {
		return Typologies(n, ged.Date{})
	}
	if c.HasTypologies() {
		return c.Typologies(n)
	}
	if l := Typologies(n, c.Date); l != nil {
		return l
	}
	return Typologies(n, ged.Date{})
}

// suits is the filter of 2017. It compares single digits, so that a second
// level of two digits suits nothing but a 0.
func suits(code string, m Matiere) bool {
	if strings.HasPrefix(code, "99") {
		return true
	}
	x, y := int(code[0]-'0'), int(code[1]-'0')
	return (x == 0 || x == m[0]) && (y == 0 || y == m[1])
}

// SuggestTypologies returns codes to propose for a file whose code is missing
// or refused, best first, at most five: codes of the nature's list that look
// like the refused one (same two letters, same two digits), the generic code
// of the nature always among them.
func SuggestTypologies(code string, n Nature, m Matiere, classification *Classification, policy Politique) []string {
	list := typologiesOf(n, classification)
	if classification == nil || !classification.HasTypologies() && Typologies(n, classification.Date) == nil {
		// Any edition is accepted; only the last one is worth proposing.
		list = Typologies(n, EditionsTypologie[len(EditionsTypologie)-1])
	}
	generic := DefautTypologie(n)
	if !slices.ContainsFunc(list, func(t Typologie) bool { return t.Code == generic }) {
		// The lists of 2017-11-13 had other generic codes under two natures.
		generic = ""
		for _, t := range list {
			if strings.HasPrefix(t.Code, "99_") && t.Code != SignatureTypologie {
				generic = t.Code
				break
			}
		}
	}
	var out []string
	add := func(c string) {
		if c != "" && c != code && len(out) < 5 && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	if code == "" || strings.HasPrefix(code, "99") {
		add(generic)
	}
	normal := strings.ToUpper(strings.NewReplacer("-", "_", " ", "_", ".", "_").Replace(strings.TrimSpace(code)))
	near := func(c string) int {
		switch {
		case c == normal:
			return 0
		case len(normal) == 5 && c[3:] == normal[3:] && c[0] == normal[0]:
			return 1
		case len(normal) == 5 && c[:2] == normal[:2]:
			return 2
		case len(normal) == 5 && c[3:] == normal[3:]:
			return 3
		}
		return 4
	}
	for rank := range 4 {
		for _, t := range list {
			if len(out) < 4 && len(t.Code) == 5 && near(t.Code) == rank && t.Code != SignatureTypologie &&
				(policy == ParNature || suits(t.Code, m)) {
				add(t.Code)
			}
		}
	}
	add(generic)
	return out
}

// CheckTypologie says what is wrong with the type of a file, with the severity
// given (an error since November 2018, a warning before).
func CheckTypologie(rep *report.Report, where report.Location, severity report.Severity, file report.Param,
	code string, n Nature, m Matiere, classification *Classification, policy Politique) {
	file.Name = "file"
	suggestion := func() report.Param {
		return report.List("suggestion", SuggestTypologies(code, n, m, classification, policy))
	}
	codeParam := report.P("code", code)
	if ValidTypologie(code) {
		codeParam = report.Code("code", code)
	}
	switch JudgeTypologie(code, n, m, classification, policy) {
	case Absente:
		rep.AddAs(severity, TypologieAbsente, where, file, suggestion())
	case Inconnue:
		rep.AddAs(severity, TypologieInconnue, where, file, codeParam, suggestion())
	case AutreNature:
		rep.AddAs(severity, TypologieNature, where, file, codeParam, report.P("nature", n.String()), suggestion())
	case HorsMatiere:
		rep.AddAs(severity, TypologieMatiere, where, file, codeParam, report.P("matiere", m.String()), suggestion())
	}
}

// TypologieObligatoire is the day from which the type of every file is
// mandatory.
var TypologieObligatoire = ged.Date{Year: 2018, Month: 11, Day: 1}
