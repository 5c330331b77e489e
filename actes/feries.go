package actes

import (
	"time"

	"github.com/liasse/liasse/ged"
)

// Ferie returns the name of the legal holiday a day is in metropolitan France
// (Code du travail L3133-1), or "". With alsaceMoselle the two further days of
// the départements 57, 67 and 68 count (L3134-13).
func Ferie(d ged.Date, alsaceMoselle bool) string {
	if name := fixes[[2]int{int(d.Month), d.Day}]; name != "" {
		return name
	}
	if alsaceMoselle && d.Month == time.December && d.Day == 26 {
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

// fixes are the holidays of a fixed date, by month and day.
var fixes = map[[2]int]string{
	{1, 1}: "jour de l'An", {5, 1}: "fête du Travail", {5, 8}: "victoire de 1945", {7, 14}: "fête nationale",
	{8, 15}: "Assomption", {11, 1}: "Toussaint", {11, 11}: "armistice de 1918", {12, 25}: "Noël",
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
