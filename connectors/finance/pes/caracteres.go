package pes

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/liasse/liasse/ged/report"
)

// Caracteres says what becomes of a character that ISO-8859-1, the encoding of
// every PES, does not have: €, œ, ’, –.
type Caracteres uint8

// What a writer does with such a character. Each time gives a finding, but for
// references, which lose nothing.
const (
	// CaracteresRefuses keeps the document from being written.
	CaracteresRefuses Caracteres = iota
	// CaracteresTranslitteres writes the nearest there is: EUR, oe, ', -. What has
	// none is refused.
	CaracteresTranslitteres
	// CaracteresReferences writes a character reference (&#8364;): right XML that
	// few readers of PES were tried on.
	CaracteresReferences
)

// representable reports whether the character may stand in a value of a PES as
// it is. The octets 80 to 9F are none in ISO-8859-1 that people use.
func representable(r rune) bool { return r >= 0x20 && r <= 0x7E || r >= 0xA0 && r <= 0xFF }

// proches are the nearest writings of characters that taking their accents
// away does not bring into ISO-8859-1.
var proches = map[rune]string{
	'€': "EUR", 'Œ': "OE", 'œ': "oe", '’': "'", '‘': "'", '‚': "'", '‛': "'", '′': "'", 'ʼ': "'", '“': `"`, '”': `"`, '„': `"`, '″': `"`,
	'–': "-", '—': "-", '‐': "-", '‑': "-", '‒': "-", '−': "-", '…': "...", '•': "-", '‹': "<", '›': ">", '™': "TM", '№': "No", '‰': "o/oo",
	'\t': " ", '\n': " ", '\r': " ", '\u2002': " ", '\u2003': " ", '\u2009': " ", '\u202F': " ", '\u2007': " ", '\u2028': " ", '\u2029': " ",
	'\u00AD': "", '\u200B': "", '\u200C': "", '\u200D': "", '\u2060': "", '\uFEFF': "", '\u200E': "", '\u200F': "",
	'Ł': "L", 'ł': "l", 'Đ': "D", 'đ': "d", 'ı': "i", 'ĸ': "k", 'Ŋ': "N", 'ŋ': "n", 'Ħ': "H", 'ħ': "h", 'Ŧ': "T", 'ŧ': "t",
	'ﬀ': "ff", 'ﬁ': "fi", 'ﬂ': "fl", 'Ĳ': "IJ", 'ĳ': "ij", '≤': "<=", '≥': ">=", '≠': "<>", '→': "->",
	// Octets of Windows-1252 that were taken for ISO-8859-1.
	'\u0080': "EUR", '\u0085': "...", '\u008C': "OE", '\u0091': "'", '\u0092': "'", '\u0093': `"`, '\u0094': `"`, '\u0095': "-",
	'\u0096': "-", '\u0097': "-", '\u009C': "oe",
}

// proche returns the nearest writing of a character in ISO-8859-1.
func proche(r rune) (string, bool) {
	if s, ok := proches[r]; ok {
		return s, true
	}
	s := strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Mn, c) {
			return -1
		}
		return c
	}, norm.NFKD.String(string(r)))
	for _, c := range s {
		if !representable(c) {
			return "", false
		}
	}
	return s, s != "" || unicode.Is(unicode.Mn, r)
}

// Latin1 brings a value into ISO-8859-1 as policy p says. Letters and accents
// that stand apart are put together first. It returns the characters that were
// refused or replaced, in order; a refused one is left out.
func (p Caracteres) Latin1(s string) (out string, refuses, remplaces []rune) {
	plain := true
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7E {
			plain = false
			break
		}
	}
	if plain {
		return s, nil, nil
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFC.String(s) {
		if representable(r) {
			b.WriteRune(r)
			continue
		}
		near, ok := "", false
		switch p {
		case CaracteresReferences:
			if r >= 0x20 && r != unicode.ReplacementChar && r != 0xFFFE && r != 0xFFFF || r == '\t' || r == '\n' || r == '\r' {
				b.WriteRune(r)
				continue
			}
		case CaracteresTranslitteres:
			near, ok = proche(r)
		}
		if !ok {
			refuses = append(refuses, r)
			continue
		}
		remplaces = append(remplaces, r)
		b.WriteString(near)
	}
	return b.String(), refuses, remplaces
}

// signaler records what became of characters of a field.
func signaler(rep *report.Report, where report.Location, field string, refuses, remplaces []rune) {
	for _, r := range refuses {
		rep.Add(CaractereRefuse, where, report.Code("char", fmt.Sprintf("U+%04X", r)), report.P("field", field))
	}
	for _, r := range remplaces {
		near, _ := proche(r)
		rep.Add(CaractereRemplace, where, report.Code("char", fmt.Sprintf("U+%04X", r)), report.P("field", field), report.P("by", near))
	}
}
