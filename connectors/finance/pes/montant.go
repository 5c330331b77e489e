package pes

import (
	"strconv"
	"strings"
)

// Centimes is an amount of money in hundredths of a euro.
type Centimes int64

// String writes the amount as PES does: "1234.50".
func (c Centimes) String() string {
	sign := ""
	if c < 0 {
		sign, c = "-", -c
	}
	u := strconv.FormatUint(uint64(c), 10)
	for len(u) < 3 {
		u = "0" + u
	}
	return sign + u[:len(u)-2] + "." + u[len(u)-2:]
}

// Montant is an amount as it stands in a file.
type Montant struct {
	Ecrit    string // "" when there is none
	Centimes Centimes
	// Lisible says that Ecrit is a number of at most two decimals that fits.
	Lisible bool
}

// ParseMontant reads the forms of xs:decimal: blanks around it, a sign, zeros
// anywhere, "100", "100.", ".5".
func ParseMontant(s string) Montant {
	m := Montant{Ecrit: s}
	t := strings.Trim(s, " \t\r\n")
	negative := strings.HasPrefix(t, "-")
	if negative || strings.HasPrefix(t, "+") {
		t = t[1:]
	}
	units, cents, _ := strings.Cut(t, ".")
	cents = strings.TrimRight(cents, "0")
	units = strings.TrimLeft(units, "0")
	if len(cents) > 2 || len(units) > 15 || t == "" || t == "." {
		return m
	}
	var n Centimes
	for _, c := range []byte(units + (cents + "00")[:2]) {
		if c < '0' || c > '9' {
			return m
		}
		n = 10*n + Centimes(c-'0')
	}
	if negative {
		n = -n
	}
	m.Centimes, m.Lisible = n, true
	return m
}

// EnEuros is the amount as a [Montant], to be written.
func (c Centimes) EnEuros() Montant { return Montant{Ecrit: c.String(), Centimes: c, Lisible: true} }
