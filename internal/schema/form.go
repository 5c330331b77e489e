package schema

import (
	"strconv"
	"strings"
)

// rareForms are patterns of the French sets that are a puzzle to read, in words
// that follow "il faut".
var rareForms = map[string][2]string{
	`(02[A-B][0-9]{3,4}|[0-9]{6,7})`: {"6 ou 7 chiffres (en Corse, 02A ou 02B puis 3 ou 4 chiffres)", "6 or 7 digits (in Corsica, 02A or 02B then 3 or 4 digits)"},
	`[A-Z]{2,2}[0-9]{2,2}[a-zA-Z0-9]{1,30}`: {"un IBAN : deux majuscules, deux chiffres, puis au plus 30 lettres et chiffres, sans espace",
		"an IBAN: two capitals, two digits, then at most 30 letters and digits, without blanks"},
	`[A-Z]{6,6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3,3}){0,1}`: {"un BIC : 8 ou 11 majuscules et chiffres", "a BIC: 8 or 11 capitals and digits"},
	`.+\.[A-Za-z0-9]{2,4}`:                              {"un nom de fichier avec son extension, de 2 à 4 lettres ou chiffres (piece.pdf)", "a file name with its extension, of 2 to 4 letters or digits (piece.pdf)"},
	`[0-9]{8,8}(\-[0-9])?`:                              {"8 chiffres, au besoin suivis d'un tiret et d'un chiffre", "8 digits, followed if need be by a hyphen and a digit"},
	`(0[1-9]|1[0-2])\-[0-9]{4}`:                         {"un mois et une année de la forme MM-AAAA", "a month and a year of the form MM-YYYY"},
	`(20[0-4]{1}[0-9]{1}|2050).*`:                       {"une année de 2000 à 2050", "a year from 2000 to 2050"},
	`(0[1-9]*|[1-9][0-9]*)`:                             {"un nombre entier sans zéro inutile", "an integer without useless zeros"},
	`2[A-B]|[0-8][0-9]|9[0-5]|97[1-8]|98[6-8]`:          {"un code de département (01 à 95, 2A, 2B, 971 à 978, 986 à 988)", "a code of a department (01 to 95, 2A, 2B, 971 to 978, 986 to 988)"},
	`2[A-B]|[0-8][0-9]|9[0-5]|97[1-8]|98[6-7]`:          {"un code de département (01 à 95, 2A, 2B, 971 à 978, 986 à 987)", "a code of a department (01 to 95, 2A, 2B, 971 to 978, 986 to 987)"},
}

// classWords are the sets of characters people have words for: one of them,
// several of them.
var classWords = map[string][2][2]string{
	"[0-9]":       {{"chiffre", "chiffres"}, {"digit", "digits"}},
	"[A-Z]":       {{"majuscule sans accent", "majuscules sans accent"}, {"capital without accent", "capitals without accents"}},
	"[a-z]":       {{"minuscule sans accent", "minuscules sans accent"}, {"small letter without accent", "small letters without accents"}},
	"[a-zA-Z]":    {{"lettre sans accent", "lettres sans accent"}, {"letter without accent", "letters without accents"}},
	"[A-Z0-9]":    {{"majuscule ou chiffre", "majuscules ou chiffres"}, {"capital or digit", "capitals or digits"}},
	"[0-9a-zA-Z]": {{"lettre sans accent ou chiffre", "lettres sans accent ou chiffres"}, {"letter without accent or digit", "letters without accents or digits"}},
}

// sameClass are other ways of writing those sets.
var sameClass = map[string]string{
	`\d`: "[0-9]", "[A-Za-z]": "[a-zA-Z]", "[0-9A-Z]": "[A-Z0-9]", "[A-Za-z0-9]": "[0-9a-zA-Z]", "[a-zA-Z0-9]": "[0-9a-zA-Z]",
}

// formOf says in words what a pattern demands, if there are words for it: one
// set of characters and how many of them, or a pattern known by heart.
func formOf(pattern string) (fr, en string, ok bool) {
	if w, ok := rareForms[pattern]; ok {
		return w[0], w[1], true
	}
	end := len(`\d`)
	if strings.HasPrefix(pattern, "[") {
		end = strings.IndexByte(pattern, ']') + 1
	}
	if end <= 0 || end > len(pattern) {
		return "", "", false
	}
	class := pattern[:end]
	if same, ok := sameClass[class]; ok {
		class = same
	}
	w, known := classWords[class]
	least, most, ok := repetition(pattern[end:])
	switch {
	case !known || !ok:
		return "", "", false
	case most < 0 && least <= 1:
		return "seulement des " + w[0][1], "only " + w[1][1], true
	case most < 0:
		return "au moins " + count(least, w[0]), "at least " + count(least, w[1]), true
	case least == most:
		return count(most, w[0]), count(most, w[1]), true
	case least == 0:
		return "au plus " + count(most, w[0]), "at most " + count(most, w[1]), true
	}
	from := strconv.Itoa(least)
	return "de " + from + " à " + count(most, w[0]), from + " to " + count(most, w[1]), true
}

func count(n int, noun [2]string) string {
	if n == 1 {
		return "1 " + noun[0]
	}
	return strconv.Itoa(n) + " " + noun[1]
}

// repetition reads what follows a set in a pattern: nothing, ?, *, + or {2,5}.
// most is below 0 when there is no bound.
func repetition(s string) (least, most int, ok bool) {
	switch s {
	case "":
		return 1, 1, true
	case "?":
		return 0, 1, true
	case "*":
		return 0, -1, true
	case "+":
		return 1, -1, true
	}
	s, ok = strings.CutPrefix(s, "{")
	if !ok {
		return 0, 0, false
	}
	if s, ok = strings.CutSuffix(s, "}"); !ok {
		return 0, 0, false
	}
	from, to, two := strings.Cut(s, ",")
	least, err := strconv.Atoi(from)
	if err != nil || least < 0 {
		return 0, 0, false
	}
	switch {
	case !two:
		return least, least, true
	case to == "":
		return least, -1, true
	}
	most, err = strconv.Atoi(to)
	return least, most, err == nil && most >= least
}
