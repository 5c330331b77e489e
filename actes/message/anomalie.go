package message

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Detail is what the text of an anomaly tells.
type Detail struct {
	// Archive is the name of the archive refused, when the text begins with it.
	Archive string
	// Code is that of the ministry, as ODT-VERIF-01; "" when there is none.
	Code string
	// Texte is the explanation, without archive and code.
	Texte string
}

// detailPattern is the form of the texts observed: optionally the archive and
// an arrow, then the code, a colon and the explanation.
var detailPattern = regexp.MustCompile(`(?s)(?:^|-> )((?:ODT|PREF)-VERIF-\d+) : (.*)`)

// ParseDetail reads the Detail of an anomaly. A text of another form is all
// Texte.
func ParseDetail(s string) Detail {
	s = strings.TrimSpace(s)
	m := detailPattern.FindStringSubmatchIndex(s)
	if m == nil {
		return Detail{Texte: s}
	}
	d := Detail{Code: s[m[2]:m[3]], Texte: strings.TrimSpace(s[m[4]:m[5]])}
	if m[0] > 0 {
		d.Archive = strings.TrimSpace(s[:m[0]])
	}
	return d
}

// AnomalieConnue is an anomaly of the ministry whose meaning is known. The
// official list is not public: these were observed.
type AnomalieConnue struct {
	Code   string // ODT-VERIF-01
	Root   string // AnomalieActe or AnomalieEnveloppe
	Nature int    // the number in the element Nature, whatever its zeros
	FR, EN string // what it means and what to do
	// Retry says that the same thing may be sent again, later or corrected.
	Retry bool
}

var anomaliesConnues = []AnomalieConnue{
	{"ODT-VERIF-01", "AnomalieActe", 2,
		"La classification utilisée n'est plus à jour : demander la nouvelle (message 7-1), revoir la matière, renvoyer l'acte.",
		"The classification used is out of date: ask for the new one (message 7-1), review the matter, send the act again.", true},
	{"PREF-VERIF-02", "AnomalieEnveloppe", 5,
		"Le SIREN n'est pas encore enregistré dans @CTES : réessayer plus tard, ou contacter la préfecture.",
		"The SIREN is not registered in @CTES yet: try again later, or contact the préfecture.", true},
	{"ODT-VERIF-17", "AnomalieEnveloppe", 999,
		"La transaction n'a pas été reconnue, le plus souvent parce qu'un nom de fichier de l'enveloppe est mal formé : corriger les noms et renvoyer.",
		"The transaction was not recognised, most often because a file name in the envelope is malformed: correct the names and send again.", true},
}

// AnomaliesConnues returns the table of known anomalies.
func AnomaliesConnues() []AnomalieConnue { return append([]AnomalieConnue(nil), anomaliesConnues...) }

// Connue returns what is known of the anomaly, and whether anything is.
func (d Detail) Connue() (AnomalieConnue, bool) {
	for _, a := range anomaliesConnues {
		if a.Code == d.Code {
			return a, true
		}
	}
	return AnomalieConnue{}, false
}

// Repair undoes the reading of UTF-8 as ISO-8859-1 or windows-1252: of
// "dÃ©libÃ©ration" it makes "délibération". A text that is not of that kind
// comes back as it is.
func Repair(s string) string {
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < utf8.RuneSelf
	}
	if ascii {
		return s
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r <= 0xFF {
			b = append(b, byte(r))
			continue
		}
		c, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			return s
		}
		b = append(b, c)
	}
	if !utf8.Valid(b) {
		return s
	}
	return string(b)
}
