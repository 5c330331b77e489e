package schema

import (
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema/datatype"
)

func TestSaysWhatIsExpectedInWords(t *testing.T) {
	for notation, fr := range map[string]string{
		"xs:date":                              "AAAA-MM-JJ",
		"maxLength = 15":                       "au plus 15 caractères",
		"length = 2":                           "il faut 2 caractères",
		"pattern [0-9]{3}":                     "il faut 3 chiffres",
		"pattern [0-9a-zA-Z]*":                 "il faut seulement des lettres sans accent ou chiffres",
		"pattern [A-Z]{2,5}":                   "il faut de 2 à 5 majuscules sans accent",
		"pattern \\d?":                         "il faut au plus 1 chiffre",
		"pattern [0-9]{2,}":                    "il faut au moins 2 chiffres",
		"pattern [a-e]{3}":                     "la forme demandée est [a-e]{3}",
		"pattern [0-9":                         "la forme demandée est [0-9",
		"pattern [0-9]{3}x":                    "la forme demandée est [0-9]{3}x",
		"pattern [0-9]{5,2}":                   "la forme demandée est [0-9]{5,2}",
		"maxLength = 1":                        "au plus 1 caractère",
		"xs:NMTOKEN | list":                    "xs:NMTOKEN | list",
		"minLength = 1":                        "vide",
		"length = 1":                           "il faut 1 caractère.",
		"fractionDigits = 1":                   "au plus 1 chiffre après",
		"totalDigits = 5":                      "au plus 5 chiffres",
		"fractionDigits = 2":                   "au plus 2 chiffres après le point",
		"xs:decimal, minExclusive = 0":         "il faut plus que 0",
		"xs:date, maxInclusive = 2024-12-31":   "il faut 2024-12-31 ou plus tôt",
		"xs:gYear, minInclusive = 2000":        "il faut 2000 ou plus tard",
		"pattern .*[^0]+.*":                    "ni faite seulement de zéros",
		"pattern [0-9]*":                       "chiffres seulement",
		"xs:date | xs:gYear | xs:gYearMonth":   "une date (AAAA-MM-JJ), une année (AAAA) ou un mois (AAAA-MM)",
		"xs:boolean | ":                        "true ou false ou rien",
		"xs:positiveInteger, minInclusive = 1": "1 ou plus",
	} {
		if got := expected(&datatype.Fault{Expected: notation}).Text(report.FR); !strings.Contains(got+".", fr) {
			t.Errorf("%s: %s", notation, got)
		}
	}
}

// Only what looks like a code is quoted where a public code should stand.
func TestQuotesOnlyWhatLooksLikeACode(t *testing.T) {
	for text, want := range map[string]bool{
		"034-123456782-20240627-D2024_042-DE": true, "|34": true, "92A": true, "-3": true, "": true, "DE": true,
		"Jean Dupont": false, "Dupont": false, "a@b.fr": false, "06 12 34 56 78": false, "é1": false,
		strings.Repeat("1", 65): false,
	} {
		if got := isCode([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
