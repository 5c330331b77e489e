package report

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Shape describes a value without quoting it, in a form that means the same in
// every language: "empty", "spaces:3", "digits:13", "number:7" (with a point or a sign),
// "capitals:2", "letters:8", "alphanumeric:9", "text:120" or "bytes:7" (not UTF-8). The number counts
// characters, or octets for bytes.
func Shape(v string) string {
	if v == "" {
		return "empty"
	}
	if !utf8.ValidString(v) {
		return "bytes:" + strconv.Itoa(len(v))
	}
	n, digits, upper, lower, spaces := 0, 0, 0, 0, 0
	for _, r := range v {
		n++
		switch {
		case r >= '0' && r <= '9':
			digits++
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLetter(r):
			lower++
		case unicode.IsSpace(r):
			spaces++
		}
	}
	kind := "text:"
	switch n {
	case digits:
		kind = "digits:"
	case spaces:
		kind = "spaces:"
	case upper:
		kind = "capitals:"
	case upper + lower:
		kind = "letters:"
	case upper + lower + digits:
		kind = "alphanumeric:"
	}
	if kind == "text:" && isNumber(v) {
		kind = "number:"
	}
	return kind + strconv.Itoa(n)
}

// isNumber reports whether the text is a number with a sign, a point or a comma:
// an amount.
func isNumber(v string) bool {
	whole, rest, _ := strings.Cut(strings.Replace(strings.TrimLeft(v, "+-"), ",", ".", 1), ".")
	digits := func(s string) bool {
		return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
	}
	return len(v)-len(strings.TrimLeft(v, "+-")) <= 1 && whole+rest != "" && digits(whole) && digits(rest)
}

var shapeWords = map[string][4]string{ // singular and plural, French then English
	"spaces":       {"1 espace", "%s espaces", "1 blank", "%s blanks"},
	"digits":       {"1 chiffre", "%s chiffres", "1 digit", "%s digits"},
	"number":       {"nombre de 1 caractère", "nombre de %s caractères", "number of 1 character", "number of %s characters"},
	"capitals":     {"1 majuscule", "%s majuscules", "1 capital", "%s capitals"},
	"letters":      {"1 lettre", "%s lettres", "1 letter", "%s letters"},
	"alphanumeric": {"1 lettre ou chiffre", "%s lettres et chiffres", "1 letter or digit", "%s letters and digits"},
	"text":         {"texte de 1 caractère", "texte de %s caractères", "text of 1 character", "text of %s characters"},
	"bytes":        {"1 octet illisible", "%s octets illisibles", "1 unreadable byte", "%s unreadable bytes"},
}

func describeShape(s string, lang Lang) string {
	kind, n, ok := strings.Cut(s, ":")
	if !ok {
		if lang == EN {
			return "empty"
		}
		return "vide"
	}
	w, i := shapeWords[kind], 0
	if lang == EN {
		i = 2
	}
	if n == "1" {
		return w[i]
	}
	return strings.Replace(w[i+1], "%s", n, 1)
}
