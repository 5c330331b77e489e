package ident

import "fmt"

// NIR is the numéro d'inscription au répertoire, "numéro de sécurité sociale":
// 13 characters, to which a key of two digits is often added. The zero value is
// no NIR. It prints as "NIR(13)" with every verb of package fmt and encodes to
// an empty object in JSON.
type NIR struct{ c [13]byte }

// ParseNIR reads 13 characters, or 15 with the key, which must then be right;
// separators are ignored and the letters of Corsica may be small.
//
// A number of shape 1 or 2 followed by nines only, which payroll software uses
// for "unknown", is refused with ErrNines; a provisional number with
// ErrProvisional.
func ParseNIR(s string) (NIR, error) { return parseNIR(separators(s)) }

// ValidNIR reports whether s is a NIR in its canonical form, with or without
// its key: capitals, no separator.
func ValidNIR(s string) bool {
	n, err := parseNIR(s)
	return err == nil && string(n.c[:]) == s[:13]
}

func parseNIR(s string) (NIR, error) {
	var n NIR
	if why := n.parse(s); why != nil {
		return NIR{}, &Error{"NIR", why}
	}
	return n, nil
}

func (n *NIR) parse(s string) error {
	for i := range len(s) {
		if !isDigit(s[i]) && (i != 6 || s[i]|0x20 != 'a' && s[i]|0x20 != 'b') {
			return ErrCharacter
		}
	}
	if len(s) != 13 && len(s) != 15 {
		return ErrLength
	}
	copy(n.c[:], s)
	corse := !isDigit(s[6])
	if corse {
		n.c[6] &^= 0x20
	}
	month, dep := number(s[3:5]), s[5:7]
	switch {
	case s[0] == '7' || s[0] == '8':
		return ErrProvisional
	case s[0] != '1' && s[0] != '2':
		return ErrSexe
	case all(s[1:13], '9'):
		return ErrNines
	case !(month >= 1 && month <= 12 || month == 20 || month >= 30 && month <= 42 || month >= 50):
		return ErrMois
	case corse && s[5] != '2', dep == "00":
		return ErrDepartement
	case s[7:10] == "000":
		return ErrCommune
	case s[10:13] == "000":
		return ErrOrdre
	}
	if len(s) == 15 {
		if k := n.key(); s[13] != k[0] || s[14] != k[1] {
			return ErrKey
		}
	}
	return nil
}

// IsZero reports whether n is no NIR.
func (n NIR) IsZero() bool { return n == NIR{} }

// Value returns the 13 characters. It is personal data: see the package's
// documentation.
func (n NIR) Value() string {
	if n.IsZero() {
		return ""
	}
	return string(n.c[:])
}

// Key returns the two digits of the key, from 01 to 97: 97 less the remainder
// of the number by 97, 2A counting as 19 and 2B as 18. It is "" for the zero
// value.
func (n NIR) Key() string {
	if n.IsZero() {
		return ""
	}
	k := n.key()
	return string(k[:])
}

func (n NIR) key() [2]byte {
	c := n.c
	switch c[6] {
	case 'A':
		c[5], c[6] = '1', '9'
	case 'B':
		c[5], c[6] = '1', '8'
	}
	r := 0
	for _, d := range c {
		r = (r*10 + int(d-'0')) % 97
	}
	k := 97 - r
	return [2]byte{'0' + byte(k/10), '0' + byte(k%10)}
}

// Grouped returns the 13 characters and the key as a social security card
// shows them: "1 85 07 2B 123 045 18". It is personal data.
func (n NIR) Grouped() string {
	if n.IsZero() {
		return ""
	}
	v := n.Value()
	return v[:1] + " " + v[1:3] + " " + v[3:5] + " " + v[5:7] + " " + v[7:10] + " " + v[10:] + " " + n.Key()
}

// String returns "NIR(13)", or "NIR(0)" for the zero value: never the number.
func (n NIR) String() string {
	if n.IsZero() {
		return "NIR(0)"
	}
	return "NIR(13)"
}

// Format prints what String returns, whatever the verb.
func (n NIR) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(n.String())) }
