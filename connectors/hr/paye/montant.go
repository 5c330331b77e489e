package paye

import (
	"fmt"
	"strings"
)

// Centimes is an amount in hundredths of a euro.
type Centimes int64

// String writes the amount with a point: "-12.50".
func (c Centimes) String() string {
	if c < 0 {
		return "-" + (-c).String()
	}
	return fmt.Sprintf("%d.%02d", c/100, c%100)
}

// maxUnits bounds the digits before the point: sums of a whole file fit.
const maxUnits = 12

// ParseCentimes reads an amount of a statement, rounded to the hundredth, half
// away from zero: "1850.96", "-3", "+.5", with a comma too. An empty one is 0.
// ok is false for what is no such number.
func ParseCentimes(s string) (c Centimes, ok bool) {
	s = strings.TrimSpace(s)
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
		if s == "" {
			return 0, false
		}
	}
	units, cents, _ := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	units = strings.TrimLeft(units, "0")
	if len(units) > maxUnits || s == "." || s == "," {
		return 0, false
	}
	for _, d := range []byte(units + cents) {
		if d < '0' || d > '9' {
			return 0, false
		}
	}
	for _, d := range []byte(units + (cents + "00")[:2]) {
		c = 10*c + Centimes(d-'0')
	}
	if len(cents) > 2 && cents[2] >= '5' {
		c++
	}
	if negative {
		c = -c
	}
	return c, true
}
