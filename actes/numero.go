package actes

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/liasse/liasse/ged/report"
	"golang.org/x/text/unicode/norm"
)

// numeroMax is the length of a number in every rule set.
const numeroMax = 15

// CheckNumero says what is wrong with the number of an act:
//
//	Norme, S2LOW  1 to 15 of A-Z 0-9 _, a letter or a digit at both ends
//	STELA         1 to 15 of A-Z 0-9 _
//	Pastell       2 to 15 of A-Z 0-9 _
//	XSD           at most 15 characters, whichever
//
// A hyphen is fatal to the protocol, whose file names are split at hyphens.
func CheckNumero(rep *report.Report, where report.Location, numero string, profile Profile) {
	n := utf8.RuneCountInString(numero)
	shortest := 1
	if profile == Pastell {
		shortest = 2
	}
	switch {
	case n > numeroMax, n > 0 && n < shortest:
		rep.Add(NumeroLong, where, report.Int("length", n), report.Int("min", shortest), report.Int("max", numeroMax))
	case n == 0 && profile != XSD:
		rep.Add(NumeroVide, where)
	}
	if profile == XSD {
		return
	}
	for _, r := range numero {
		if !numeroRune(r) {
			rep.Add(NumeroCaractere, where, charParam(r), report.Code("suggestion", example(numero)))
			return
		}
	}
	if (profile == Norme || profile == S2LOW) && n > 0 && (numero[0] == '_' || numero[len(numero)-1] == '_') {
		rep.Add(NumeroBord, where)
	}
}

// example returns a number to propose instead of a refused one. What has not
// the look of a number may be a name typed in the wrong place: it is not
// quoted, even normalised, and a number of ours stands for it.
func example(refused string) string {
	digit := false
	for _, r := range refused {
		digit = digit || r >= '0' && r <= '9'
		if (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z') && !strings.ContainsRune("_-./ ", r) {
			return "2024_042"
		}
	}
	if n := NormaliseNumero(refused).Numero; digit && len(refused) <= 20 {
		return n
	}
	return "2024_042"
}

func numeroRune(r rune) bool {
	return r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_'
}

func charParam(r rune) report.Param {
	switch {
	case r == '-':
		return report.Words("char", "un trait d'union", "a hyphen")
	case r == ' ' || unicode.IsSpace(r):
		return report.Words("char", "un espace", "a blank")
	case r >= 'a' && r <= 'z':
		return report.Words("char", "une minuscule", "a lower-case letter")
	case unicode.IsLetter(r):
		return report.Words("char", "une lettre accentuée ou étrangère", "an accented or foreign letter")
	case r > ' ' && r < 0x7F:
		return report.Words("char", "le signe « "+string(r)+" »", "the sign \""+string(r)+"\"")
	}
	code := "U+" + strings.ToUpper(strconv.FormatInt(int64(r), 16))
	return report.Words("char", "le caractère "+code, "character "+code)
}

// Retouche is one kind of change that [NormaliseNumero] made.
type Retouche uint8

// The changes.
const (
	Majuscules  Retouche = iota + 1 // lower case became upper case
	Accents                         // accents were removed, ligatures opened
	Separateurs                     // - / . and blanks became _
	Retires                         // other characters were dropped
	Bords                           // underscores at an end, or repeated, were dropped
	Raccourci                       // the number was shortened to 15 characters
)

// String names the change in French.
func (r Retouche) String() string {
	switch r {
	case Majuscules:
		return "mis en majuscules"
	case Accents:
		return "accents retirés"
	case Separateurs:
		return "séparateurs remplacés par « _ »"
	case Retires:
		return "caractères retirés"
	case Bords:
		return "soulignés superflus retirés"
	case Raccourci:
		return "raccourci à 15 caractères"
	}
	return ""
}

// NumeroNormalise is the answer of [NormaliseNumero].
type NumeroNormalise struct {
	Numero    string     // "" when nothing usable was left
	Retouches []Retouche // in the order they were made, each once
}

// NormaliseNumero makes of the number an office gives its acts ("2024-042/é")
// one the protocol accepts ("2024_042_E"). A number already right comes back
// unchanged. Two different numbers may become the same one: the caller checks
// that it was not used before.
//
// A number that is too long loses first its underscores but one between two
// digits, then letters of its longest words from their ends, then its
// beginning: what tells two acts apart stands at the end.
func NormaliseNumero(s string) NumeroNormalise {
	var out NumeroNormalise
	note := func(r Retouche) {
		for _, have := range out.Retouches {
			if have == r {
				return
			}
		}
		out.Retouches = append(out.Retouches, r)
	}
	var b []byte
	// What lies beyond this cannot matter: it bounds the work.
	for _, r := range norm.NFD.String(s[:min(len(s), 4096)]) {
		switch {
		case unicode.Is(unicode.Mn, r):
			note(Accents)
		case numeroRune(r):
			b = append(b, byte(r))
		case r >= 'a' && r <= 'z':
			note(Majuscules)
			b = append(b, byte(r)-'a'+'A')
		case ligatures[r] != "":
			note(Accents)
			b = append(b, ligatures[r]...)
		case r == '-' || r == '/' || r == '.' || r == '\u2010' || r == '\u2011' || r == '\u2013' || unicode.IsSpace(r):
			note(Separateurs)
			b = append(b, '_')
		default:
			note(Retires)
		}
	}
	trimmed := tidy(b)
	if len(trimmed) != len(b) {
		note(Bords)
	}
	if len(trimmed) > numeroMax {
		note(Raccourci)
		trimmed = tidy(shorten(trimmed))
	}
	out.Numero = string(trimmed)
	return out
}

// tidy removes underscores at the ends and repeated ones.
func tidy(b []byte) []byte {
	var out []byte
	for i, c := range b {
		if c == '_' && (len(out) == 0 || i+1 == len(b) || out[len(out)-1] == '_') {
			continue
		}
		out = append(out, c)
	}
	for len(out) > 0 && out[len(out)-1] == '_' {
		out = out[:len(out)-1]
	}
	return out
}

func shorten(b []byte) []byte {
	isDigit := func(c byte) bool { return c >= '0' && c <= '9' }
	for i := len(b) - 2; i > 0 && len(b) > numeroMax; i-- {
		if b[i] == '_' && (!isDigit(b[i-1]) || !isDigit(b[i+1])) {
			b = append(b[:i:i], b[i+1:]...)
		}
	}
	for len(b) > numeroMax {
		// The longest run of letters, the first of equals, loses its last one.
		start, length := 0, 0
		for i := 0; i < len(b); {
			j := i
			for j < len(b) && b[j] >= 'A' && b[j] <= 'Z' {
				j++
			}
			if j-i > length {
				start, length = i, j-i
			}
			i = j + 1
		}
		if length < 2 {
			return b[len(b)-numeroMax:]
		}
		b = append(b[:start+length-1:start+length-1], b[start+length:]...)
	}
	return b
}
