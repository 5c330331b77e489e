package ident

// SIREN is the number of an organisation: 9 digits, the last a Luhn key.
type SIREN string

// SIRET is the number of an establishment: the SIREN of its organisation, then
// the 5 digits of the NIC, the last a Luhn key over all 14.
type SIRET string

// La Poste has more establishments than Luhn keys allow: their SIRET follow
// another rule, except the head office's.
const (
	laPoste      = "356000000"
	laPosteSiege = "35600000000048"
)

// ParseSIREN reads a SIREN, separators ignored.
func ParseSIREN(s string) (SIREN, error) {
	s = separators(s)
	return SIREN(s), SIREN(s).check()
}

// ValidSIREN reports whether s is a SIREN in its canonical form.
func ValidSIREN(s string) bool { return SIREN(s).check() == nil }

// ParseSIRET reads a SIRET, separators ignored.
func ParseSIRET(s string) (SIRET, error) {
	s = separators(s)
	return SIRET(s), SIRET(s).check()
}

// ValidSIRET reports whether s is a SIRET in its canonical form.
func ValidSIRET(s string) bool { return SIRET(s).check() == nil }

func (s SIREN) check() error {
	why := shape(string(s), 9)
	if why == nil && luhn(string(s))%10 != 0 {
		why = ErrKey
	}
	if why != nil {
		return &Error{"SIREN", why}
	}
	return nil
}

// Grouped returns the number in groups of three digits; a value that is not of
// the right length comes back as it is.
func (s SIREN) Grouped() string {
	if len(s) != 9 {
		return string(s)
	}
	return string(s[:3] + " " + s[3:6] + " " + s[6:])
}

// Key returns the ninth digit that the first eight call for; ok is false when s
// does not begin with eight digits.
func (s SIREN) Key() (key byte, ok bool) {
	if len(s) < 8 || !digits(string(s[:8])) {
		return 0, false
	}
	return '0' + byte((10-luhn(string(s[:8])+"0")%10)%10), true
}

// TVA returns the intra-community VAT number made from the SIREN, "" when the
// SIREN is not nine digits.
func (s SIREN) TVA() string {
	if len(s) != 9 || !digits(string(s)) {
		return ""
	}
	k := (12 + 3*(number(string(s))%97)) % 97
	return "FR" + string([]byte{'0' + byte(k/10), '0' + byte(k%10)}) + string(s)
}

func (s SIRET) check() error {
	why := shape(string(s), 14)
	switch {
	case why != nil:
	case s.SIREN().check() != nil:
		why = ErrKey
	case s.SIREN() == laPoste && s != laPosteSiege:
		if sum(string(s))%5 != 0 {
			why = ErrKey
		}
	case luhn(string(s))%10 != 0:
		why = ErrKey
	}
	if why != nil {
		return &Error{"SIRET", why}
	}
	return nil
}

// SIREN returns the number of the organisation, "" when s has fewer than nine
// characters.
func (s SIRET) SIREN() SIREN {
	if len(s) < 9 {
		return ""
	}
	return SIREN(s[:9])
}

// NIC returns the five digits that follow the SIREN, "" when s is not of the
// right length.
func (s SIRET) NIC() string {
	if len(s) != 14 {
		return ""
	}
	return string(s[9:])
}

// Grouped returns the number in groups, 3-3-3-5; a value that is not of the
// right length comes back as it is.
func (s SIRET) Grouped() string {
	if len(s) != 14 {
		return string(s)
	}
	return s.SIREN().Grouped() + " " + s.NIC()
}

func shape(s string, n int) error {
	switch {
	case !digits(s):
		return ErrCharacter
	case len(s) != n:
		return ErrLength
	case all(s, '0'):
		return ErrZeros
	}
	return nil
}

// luhn returns the Luhn sum of digits: every second one from the right counts
// double, the digits of the double added.
func luhn(s string) int {
	total := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		total += d
	}
	return total
}

func sum(s string) int {
	total := 0
	for i := range len(s) {
		total += int(s[i] - '0')
	}
	return total
}

func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
