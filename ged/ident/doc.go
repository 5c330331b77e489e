// Package ident reads the identifiers French records carry: SIREN and SIRET
// (organisations and their establishments, Code de commerce R123-220 and
// following), NIR (persons, décret 82-103), and the COG codes of départements
// and communes (INSEE, code officiel géographique).
//
// Each has a Parse function that takes what people type (blanks, no-break
// blanks, dots and dashes between groups are ignored) and returns the canonical
// value, and a Valid function that demands the canonical form itself: use the
// latter to judge a file, the former to read a form. Shape and key are checked,
// not existence: no table is embedded, since communes change every year and
// establishments every day.
//
// # Privacy
//
// A NIR identifies a person from birth to death, and may be processed only in
// the cases of décret 2019-341. No error of this package ever quotes what it was
// given, and a [NIR] prints as "NIR(13)" whatever the formatting verb; its
// digits leave it only through [NIR.Value] and [NIR.Grouped]. It must not serve
// as a key to join records, and the century of birth is not in it.
//
// All values are immutable and may be shared by goroutines.
package ident

import "errors"

// What is wrong with an identifier. errors.Is finds these in an [*Error].
var (
	ErrLength      = errors.New("wrong number of characters")
	ErrCharacter   = errors.New("character that does not belong in it")
	ErrZeros       = errors.New("only zeros")
	ErrNines       = errors.New("only nines after the first digit")
	ErrKey         = errors.New("the check key does not match")
	ErrSexe        = errors.New("first digit is neither 1 nor 2")
	ErrProvisional = errors.New("provisional number (first digit 7 or 8)")
	ErrMois        = errors.New("no such month")
	ErrDepartement = errors.New("no such département")
	ErrCommune     = errors.New("no such commune")
	ErrOrdre       = errors.New("order number zero")
)

// Error says which identifier is wrong and why. It never holds the value.
type Error struct {
	Type string // SIREN, SIRET, NIR, département, commune
	Why  error  // one of this package's Err variables
}

// Error names the kind of identifier and the reason.
func (e *Error) Error() string { return "ident: " + e.Type + ": " + e.Why.Error() }

// Unwrap returns Why.
func (e *Error) Unwrap() error { return e.Why }

// separators removes what people put between groups of digits. It returns s
// itself when there is nothing to remove.
func separators(s string) string {
	for i := range len(s) {
		if !alphanumeric(s[i]) {
			out := make([]byte, 0, len(s))
			for _, r := range s {
				switch r {
				case ' ', '\t', '.', '-', '\u00a0', '\u202f':
				default:
					out = append(out, string(r)...)
				}
			}
			return string(out)
		}
	}
	return s
}

func alphanumeric(c byte) bool {
	return isDigit(c) || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func digits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

func all(s string, c byte) bool {
	for i := range len(s) {
		if s[i] != c {
			return false
		}
	}
	return true
}
