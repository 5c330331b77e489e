package pes

import (
	"strings"

	"github.com/liasse/liasse/ged/ident"
)

// digits reports whether s is exactly n digits.
func digits(s string, n int) bool { return len(s) == n && allDigits(s) }

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// luhn reports whether the digits satisfy the formula of Luhn.
func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// identifiantFaux says why an identifier is not of the nature declared, "" when
// nothing is wrong with it.
func identifiantFaux(nature, id string) (fr, en string) {
	length := func(min, max int) bool { return len(id) >= min && len(id) <= max }
	switch nature {
	case "01":
		if !digits(id, 14) {
			return "un SIRET a 14 chiffres", "a SIRET has 14 digits"
		}
		if _, err := ident.ParseSIRET(id); err != nil {
			return "la clé du SIRET est fausse", "the key of the SIRET is wrong"
		}
	case "02":
		if !digits(id, 9) {
			return "un SIREN a 9 chiffres", "a SIREN has 9 digits"
		}
		if !luhn(id) {
			return "la clé du SIREN est fausse", "the key of the SIREN is wrong"
		}
	case "03":
		if len(id) != 9 {
			return "un FINESS a 9 caractères", "a FINESS has 9 characters"
		}
		if allDigits(id) && !luhn(id) {
			return "la clé du FINESS est fausse", "the key of the FINESS is wrong"
		}
	case "04":
		if len(id) != 15 {
			return "un NIR a 15 caractères, clé comprise", "a NIR has 15 characters, key included"
		}
		if !nirKey(id) {
			return "la clé du NIR est fausse", "the key of the NIR is wrong"
		}
	case "05":
		if !length(4, 18) {
			return "un numéro de TVA intracommunautaire a 4 à 18 caractères", "an intra-community VAT number has 4 to 18 characters"
		}
	case "06":
		if !length(1, 18) {
			return "un identifiant hors UE a 18 caractères au plus", "an identifier from outside the EU has 18 characters at most"
		}
	case "07":
		if !length(9, 9) {
			return "un numéro TAHITI a 9 caractères", "a TAHITI number has 9 characters"
		}
	case "08":
		if !length(9, 10) || !allDigits(id) {
			return "un RIDET a 9 ou 10 chiffres", "a RIDET has 9 or 10 digits"
		}
	case "10":
		if !length(5, 18) || !strings.HasPrefix(id, "FRWF") {
			return "il doit commencer par FRWF et avoir 18 caractères au plus", "it must begin with FRWF and have 18 characters at most"
		}
	case "11":
		if !length(5, 80) || !allDigits(id[:5]) {
			return "un IREP commence par cinq chiffres et a 80 caractères au plus", "an IREP begins with five digits and has 80 characters at most"
		}
	case "12":
		if !digits(id, 13) {
			return "un numéro fiscal (NFP) a 13 chiffres", "a tax number (NFP) has 13 digits"
		}
	}
	return "", ""
}

// nirKey reports whether the last two of 15 characters are the key of the 13
// others. Hélios checks no more: numbers given provisionally pass.
func nirKey(id string) bool {
	n := id[:13]
	switch id[5:7] {
	case "2A":
		n = n[:5] + "19" + n[7:]
	case "2B":
		n = n[:5] + "18" + n[7:]
	}
	if !allDigits(n) || !allDigits(id[13:]) {
		return false
	}
	rest := 0
	for i := range len(n) {
		rest = (10*rest + int(n[i]-'0')) % 97
	}
	return 97-rest == int(id[13]-'0')*10+int(id[14]-'0')
}

// validIBAN checks capitals and the remainder by 97 (ISO 13616).
func validIBAN(s string) bool {
	if len(s) < 5 {
		return false
	}
	rest := 0
	for i := range len(s) {
		c := s[(i+4)%len(s)]
		switch {
		case c >= '0' && c <= '9':
			rest = (10*rest + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			rest = (100*rest + int(c-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}

// ribLetters gives each letter its digit in a RIB: A J 1, B K S 2, … I R Z 9.
const ribLetters = "12345678912345678923456789"

// validRIB checks the key of a French account: 97 less the remainder by 97 of
// 89 times the bank, 15 times the branch and 3 times the account.
func validRIB(bank, branch, account, key string) bool {
	remainder := func(s string, width int) (int, bool) {
		if len(s) > width {
			return 0, false
		}
		n := 0
		for i := range len(s) {
			c := s[i]
			switch {
			case c >= 'a' && c <= 'z':
				c = ribLetters[c-'a']
			case c >= 'A' && c <= 'Z':
				c = ribLetters[c-'A']
			case c < '0' || c > '9':
				return 0, false
			}
			n = (10*n + int(c-'0')) % 97
		}
		return n, true
	}
	b, ok1 := remainder(bank, 5)
	g, ok2 := remainder(branch, 5)
	a, ok3 := remainder(account, 11)
	if !ok1 || !ok2 || !ok3 || !digits(key, 2) {
		return false
	}
	return 97-(89*b+15*g+3*a)%97 == int(key[0]-'0')*10+int(key[1]-'0')
}

// validICS reports whether s has the structure of a SEPA creditor identifier
// of 13 characters (FR00ZZZ123456) or is a national issuer number of 6 digits.
func validICS(s string) bool {
	if digits(s, 6) {
		return true
	}
	if len(s) != 13 || !allDigits(s[2:4]) || !allDigits(s[7:]) {
		return false
	}
	letter := func(c byte) bool { return c >= 'A' && c <= 'Z' }
	alnum := func(c byte) bool { return letter(c) || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }
	return letter(s[0]) && letter(s[1]) && alnum(s[4]) && alnum(s[5]) && alnum(s[6])
}
