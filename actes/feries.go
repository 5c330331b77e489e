package actes

import (
	"time"

	"github.com/liasse/liasse/ged"
)

// Ferie returns the name of the legal holiday a day is in metropolitan France
// (Code du travail L3133-1), or "". With alsaceMoselle the two further days of
// the départements 57, 67 and 68 count (L3134-13).
func Ferie(d ged.Date, alsaceMoselle bool) string {
	switch {
	case d.Month == time.January && d.Day == 1:
		return "jour de l'An"
	case d.Month == time.May && d.Day == 1:
		return "fête du Travail"
	case d.Month == time.May && d.Day == 8:
		return "victoire de 1945"
	case d.Month == time.July && d.Day == 14:
		return "fête nationale"
	case d.Month == time.August && d.Day == 15:
		return "Assomption"
	case d.Month == time.November && d.Day == 1:
		return "Toussaint"
	case d.Month == time.November && d.Day == 11:
		return "armistice de 1918"
	case d.Month == time.December && d.Day == 25:
		return "Noël"
	case d.Month == time.December && d.Day == 26 && alsaceMoselle:
		return "Saint-Étienne"
	}
	switch Paques(d.Year).DaysUntil(d) {
	case -2:
		if alsaceMoselle {
			return "Vendredi saint"
		}
	case 1:
		return "lundi de Pâques"
	case 39:
		return "Ascension"
	case 50:
		return "lundi de Pentecôte"
	}
	return ""
}

// Paques returns Easter Sunday of a year of the Gregorian calendar (algorithm
// of Butcher and Meeus).
func Paques(year int) ged.Date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return ged.Date{Year: year, Month: time.Month(n / 31), Day: n%31 + 1}
}
