package ident

// Departement is the COG code of a département or overseas collectivity: 01 to
// 95, 2A, 2B, 971 to 978, 984 to 989.
type Departement string

// Commune is the COG code of a commune (or of a municipal arrondissement), five
// characters beginning with the département's. It is not the postal code. Codes
// of the past (merged communes, Corsica before 1976 excepted) have the same
// shape and are accepted, as are 99xxx, which stand for foreign countries in
// civil status.
type Commune string

// ParseDepartement reads a code of two characters, or of three as many formats
// pad it ("034", "02A"); separators are ignored and letters may be small.
func ParseDepartement(s string) (Departement, error) {
	s = upperCorse(separators(s))
	if len(s) == 3 && s[0] == '0' {
		s = s[1:]
	}
	return Departement(s), Departement(s).check()
}

// ValidDepartement reports whether s is a code in its canonical form.
func ValidDepartement(s string) bool { return Departement(s).check() == nil }

func (d Departement) check() error {
	why := d.why()
	if why != nil {
		return &Error{"département", why}
	}
	return nil
}

func (d Departement) why() error {
	switch {
	case d == "2A" || d == "2B":
		return nil
	case !digits(string(d)):
		return ErrCharacter
	case len(d) != 2 && len(d) != 3:
		return ErrLength
	}
	n := number(string(d))
	switch {
	case len(d) == 2 && n >= 1 && n <= 95 && n != 20:
	case len(d) == 3 && (n >= 971 && n <= 978 || n >= 984 && n <= 989):
	default:
		return ErrDepartement
	}
	return nil
}

// Padded returns the code on three characters, as ACTES and other formats want
// it: 034, 02A, 974.
func (d Departement) Padded() string {
	if len(d) == 2 {
		return "0" + string(d)
	}
	return string(d)
}

// ParseCommune reads a code; separators are ignored and letters may be small.
func ParseCommune(s string) (Commune, error) {
	s = upperCorse(separators(s))
	return Commune(s), Commune(s).check()
}

// ValidCommune reports whether s is a code in its canonical form.
func ValidCommune(s string) bool { return Commune(s).check() == nil }

func (c Commune) check() error {
	why := c.why()
	if why != nil {
		return &Error{"commune", why}
	}
	return nil
}

func (c Commune) why() error {
	for i := range len(c) {
		if !isDigit(c[i]) && !(i == 1 && c[0] == '2' && (c[1] == 'A' || c[1] == 'B')) {
			return ErrCharacter
		}
	}
	switch {
	case len(c) != 5:
		return ErrLength
	case c[:2] == "00" || c[:2] == "20":
		return ErrDepartement
	case c[2:] == "000":
		return ErrCommune
	}
	return nil
}

// Departement returns the code of the commune's département: its first two
// characters, three overseas. It is "" when c is not five characters.
func (c Commune) Departement() Departement {
	switch {
	case len(c) != 5:
		return ""
	case c[:2] == "97" || c[:2] == "98":
		return Departement(c[:3])
	}
	return Departement(c[:2])
}

func upperCorse(s string) string {
	for i := range len(s) {
		if s[i] == 'a' || s[i] == 'b' {
			b := []byte(s)
			b[i] &^= 0x20
			return string(b)
		}
	}
	return s
}
