package actes

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold makes texts comparable: lower case, no accents, ligatures opened, runs
// of anything that is neither letter nor digit become one space.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			if l, ok := ligatures[r]; ok {
				b.WriteString(strings.ToLower(l))
			} else {
				b.WriteRune(unicode.ToLower(r))
			}
		default:
			gap = true
		}
	}
	return b.String()
}

// ligatures and letters that canonical decomposition leaves whole.
var ligatures = map[rune]string{
	'œ': "OE", 'Œ': "OE", 'æ': "AE", 'Æ': "AE", 'ß': "SS", 'ø': "O", 'Ø': "O", 'ł': "L", 'Ł': "L", 'đ': "D", 'Đ': "D",
}

// words returns the meaningful words of a label, folded and without the mark
// of the plural.
func words(label string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.SplitSeq(fold(label), " ") {
		if len(w) > 3 {
			w = strings.TrimRight(w, "sx")
		}
		if w != "" && !empty[w] {
			set[w] = true
		}
	}
	return set
}

var empty = map[string]bool{
	"a": true, "au": true, "aux": true, "d": true, "de": true, "des": true, "du": true, "en": true, "et": true,
	"l": true, "la": true, "le": true, "les": true, "ou": true, "par": true, "pour": true, "sur": true, "un": true, "une": true,
}

// sameMeaning guesses whether two labels name the same thing: they share at
// least half of their meaningful words. Préfectures respell labels freely
// (plural, commas, truncation); what they move is told by other words.
func sameMeaning(a, b string) bool {
	if fold(a) == fold(b) {
		return true
	}
	x, y := words(a), words(b)
	common := 0
	for w := range x {
		if y[w] {
			common++
		}
	}
	total := len(x) + len(y) - common
	return total > 0 && 2*common >= total
}

// lost reports whether a label shows the traces of a conversion that lost
// characters: a question mark against a letter, an inverted one, U+FFFD.
func lost(s string) bool {
	if strings.ContainsAny(s, "¿\uFFFD") {
		return true
	}
	for i := strings.IndexByte(s, '?'); i >= 0 && i+1 < len(s); {
		if r := s[i+1]; r >= 'a' && r <= 'z' {
			return true
		}
		next := strings.IndexByte(s[i+1:], '?')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return false
}
