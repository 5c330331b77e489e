package schema

import (
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema/datatype"
)

// typeWords are the types people meet, in words; the others are called by
// their names.
var typeWords = map[string][2]string{
	"xs:date":               {"il faut une date de la forme AAAA-MM-JJ", "a date of the form YYYY-MM-DD is needed"},
	"xs:dateTime":           {"il faut une date et une heure de la forme AAAA-MM-JJThh:mm:ss", "a date and time of the form YYYY-MM-DDThh:mm:ss is needed"},
	"xs:time":               {"il faut une heure de la forme hh:mm:ss", "a time of the form hh:mm:ss is needed"},
	"xs:gYear":              {"il faut une année de quatre chiffres", "a year of four digits is needed"},
	"xs:integer":            {"il faut un nombre entier", "an integer is needed"},
	"xs:int":                {"il faut un nombre entier", "an integer is needed"},
	"xs:long":               {"il faut un nombre entier", "an integer is needed"},
	"xs:nonNegativeInteger": {"il faut un nombre entier, 0 ou plus", "an integer, 0 or more, is needed"},
	"xs:positiveInteger":    {"il faut un nombre entier, 1 ou plus", "an integer, 1 or more, is needed"},
	"xs:decimal":            {"il faut un nombre, avec un point pour les décimales", "a number, with a point before decimals, is needed"},
	"xs:boolean":            {"il faut true ou false", "true or false is needed"},
	"xs:anyURI":             {"il faut une adresse (URI)", "a URI is needed"},
	"xs:base64Binary":       {"il faut des données en base64", "base64 data is needed"},
	"xs:hexBinary":          {"il faut des données en hexadécimal", "hexadecimal data is needed"},
	"xs:ID":                 {"il faut un identifiant XML : une lettre ou « _ », puis lettres, chiffres, « - », « . » ou « _ »", "an XML identifier is needed: a letter or \"_\", then letters, digits, \"-\", \".\" or \"_\""},
	"empty":                 {"il ne faut aucune valeur", "no value is allowed"},
}

// typeNames are the types that stand in choices, in fewer words.
var typeNames = map[string][2]string{
	"xs:date":         {"une date (AAAA-MM-JJ)", "a date (YYYY-MM-DD)"},
	"xs:dateTime":     {"une date et une heure (AAAA-MM-JJThh:mm:ss)", "a date and time (YYYY-MM-DDThh:mm:ss)"},
	"xs:gYear":        {"une année (AAAA)", "a year (YYYY)"},
	"xs:gYearMonth":   {"un mois (AAAA-MM)", "a month (YYYY-MM)"},
	"xs:gMonth":       {"un mois sans année (--MM)", "a month without a year (--MM)"},
	"xs:gMonthDay":    {"un jour sans année (--MM-JJ)", "a day without a year (--MM-DD)"},
	"xs:gDay":         {"un jour du mois (---JJ)", "a day of the month (---DD)"},
	"xs:boolean":      {"true ou false", "true or false"},
	"xs:base64Binary": {"des données en base64", "base64 data"},
	"xs:hexBinary":    {"des données en hexadécimal", "hexadecimal data"},
	"xs:language":     {"un code de langue (fr)", "a language code (fr)"},
	"xs:integer":      {"un nombre entier", "an integer"},
	"":                {"rien", "nothing"},
}

// choice says what the alternatives of a choice are, if all have a name.
func choice(notation string) (fr, en string, ok bool) {
	all := strings.Split(notation, " | ")
	for i, a := range all {
		w, ok := typeNames[a]
		if !ok || len(all) == 1 {
			return "", "", false
		}
		switch i {
		case 0:
			fr, en = "il faut "+w[0], w[1]
		case len(all) - 1:
			fr, en = fr+" ou "+w[0], en+" or "+w[1]+" is needed"
		default:
			fr, en = fr+", "+w[0], en+", "+w[1]
		}
	}
	return fr, en, true
}

var facetWords = map[string][2]string{
	"length = ":         {"il faut %s caractères", "%s characters are needed"},
	"minLength = ":      {"il faut au moins %s caractères", "at least %s characters are needed"},
	"maxLength = ":      {"il faut au plus %s caractères", "at most %s characters are allowed"},
	"totalDigits = ":    {"il faut au plus %s chiffres", "at most %s digits are allowed"},
	"fractionDigits = ": {"il faut au plus %s chiffres après le point", "at most %s digits are allowed after the point"},
	"pattern ":          {"la forme demandée est %s", "the form required is %s"},
}

// one puts what is said of many in the singular.
var one = strings.NewReplacer("caractères", "caractère", "chiffres", "chiffre", "characters are", "character is", "digits are", "digit is")

// formWords are patterns that official sets put under hundreds of values.
var formWords = map[string][2]string{
	`.*[^0]+.*`: {"elle ne doit être ni vide, ni faite seulement de zéros", "it must be neither empty nor made of zeros only"},
	`[^ \.]|n[^c]|[^n]c|[^n][^c]|...+`: {"elle ne doit être ni vide, ni une espace, ni un point, ni « nc »",
		"it must be neither empty, nor one blank, nor one point, nor \"nc\""},
	`[0-9]*`: {"il faut des chiffres seulement", "digits only are allowed"},
}

// boundWords say where numbers end; moments have words of their own.
var boundWords, momentWords = map[string][2]string{
	"minInclusive": {"il faut %s ou plus", "%s or more is needed"},
	"maxInclusive": {"il faut %s ou moins", "%s or less is needed"},
	"minExclusive": {"il faut plus que %s", "more than %s is needed"},
	"maxExclusive": {"il faut moins que %s", "less than %s is needed"},
}, map[string][2]string{
	"minInclusive": {"il faut %s ou plus tard", "%s or later is needed"},
	"maxInclusive": {"il faut %s ou plus tôt", "%s or earlier is needed"},
	"minExclusive": {"il faut plus tard que %s", "later than %s is needed"},
	"maxExclusive": {"il faut plus tôt que %s", "earlier than %s is needed"},
}

// bound says what a bound of a type asks for: "xs:decimal, minExclusive = 0".
func bound(notation string) (fr, en string, ok bool) {
	name, rest, _ := strings.Cut(notation, ", ")
	facet, limit, ok := strings.Cut(rest, " = ")
	words := boundWords
	if strings.HasPrefix(name, "xs:date") || strings.HasPrefix(name, "xs:time") || strings.HasPrefix(name, "xs:g") {
		words = momentWords
	}
	w, known := words[facet]
	return strings.Replace(w[0], "%s", limit, 1), strings.Replace(w[1], "%s", limit, 1), ok && known
}

// expected says what is demanded of a value: for people in words, which JSON
// holds in English.
func expected(f *datatype.Fault) report.Param {
	if w, ok := typeWords[f.Expected]; ok {
		return report.Words("expected", w[0], w[1])
	}
	switch f.Expected {
	case "minLength = 1":
		return report.Words("expected", "elle ne doit pas être vide", "it must not be empty")
	case "xs:positiveInteger, minInclusive = 1", "xs:nonNegativeInteger, minInclusive = 0": // built in
		name, _, _ := strings.Cut(f.Expected, ",")
		w := typeWords[name]
		return report.Words("expected", w[0], w[1])
	}
	if form, ok := strings.CutPrefix(f.Expected, "pattern "); ok {
		if w, ok := formWords[form]; ok {
			return report.Words("expected", w[0], w[1])
		}
		if fr, en, ok := formOf(form); ok {
			return report.Words("expected", "il faut "+fr, "what is needed is "+en)
		}
	}
	if fr, en, ok := choice(f.Expected); ok {
		return report.Words("expected", fr, en)
	}
	if fr, en, ok := bound(f.Expected); ok {
		return report.Words("expected", fr, en)
	}
	for prefix, w := range facetWords {
		if rest, ok := strings.CutPrefix(f.Expected, prefix); ok {
			fr, en := strings.Replace(w[0], "%s", rest, 1), strings.Replace(w[1], "%s", rest, 1)
			if rest == "1" {
				fr, en = one.Replace(fr), one.Replace(en)
			}
			return report.Words("expected", fr, en)
		}
	}
	return report.P("expected", f.Expected)
}

// maxCode is the longest text that can be a public code, in bytes.
const maxCode = 64

// isCode reports whether a text in the place of a public code looks like one.
// Anything may stand there in a broken or hostile file, a name typed into the
// wrong field for instance: a code has a digit, or is very short.
func isCode(text []byte) bool {
	digit := false
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9':
			digit = true
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', strings.IndexByte("-_.+:/|", c) >= 0:
		default:
			return false
		}
	}
	return len(text) <= 4 || digit && len(text) <= maxCode
}

// TypeWords says in French and English what a value of a built-in datatype is,
// for types people meet; ok is false for the others.
func TypeWords(local string) (fr, en string, ok bool) {
	w, ok := typeWords["xs:"+local]
	return w[0], w[1], ok
}
