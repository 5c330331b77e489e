package ged

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Date is a day of the civil calendar, without time or zone: what a decision,
// a deadline or a retention rule speaks of. The zero value means no date.
// Dates compare with == and [Date.Compare].
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ErrDate is the error of [ParseDate]. It does not quote the text.
var ErrDate = errors.New("ged: not a calendar date")

// NewDate returns the date, or ErrDate when the calendar has no such day.
func NewDate(year int, month time.Month, day int) (Date, error) {
	d := Date{year, month, day}
	if !d.Valid() {
		return Date{}, ErrDate
	}
	return d, nil
}

// DateOf returns the day of the moment, in the moment's own location. For the
// day it is in France use a moment converted by the caller.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate reads an xsd:date (XML Schema Part 2 §3.2.9): YYYY-MM-DD, years of
// more than four digits and negative years included, blanks around it ignored.
// A time zone is checked and dropped: 2024-07-01+02:00 is the first of July.
func ParseDate(s string) (Date, error) {
	d, rest, err := scanDate(strings.Trim(s, " \t\r\n"))
	if err != nil || !validZone(rest) {
		return Date{}, ErrDate
	}
	return d, nil
}

// ParseDateTime reads the day of an xsd:date or of an xsd:dateTime, whose hour
// and zone are checked and dropped.
func ParseDateTime(s string) (Date, error) {
	d, rest, err := scanDate(strings.Trim(s, " \t\r\n"))
	if err != nil {
		return Date{}, ErrDate
	}
	if hour, ok := strings.CutPrefix(rest, "T"); ok {
		if rest, ok = cutClock(hour); !ok {
			return Date{}, ErrDate
		}
	}
	if !validZone(rest) {
		return Date{}, ErrDate
	}
	return d, nil
}

// maxYear bounds the years read, so that arithmetic on dates cannot overflow.
const maxYear = 1_000_000

func scanDate(s string) (Date, string, error) {
	sign := 1
	if t, ok := strings.CutPrefix(s, "-"); ok {
		sign, s = -1, t
	}
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	if n < 4 || n > 7 || n > 4 && s[0] == '0' || len(s) < n+6 || s[n] != '-' || s[n+3] != '-' {
		return Date{}, "", ErrDate
	}
	year, ok1 := number(s[:n])
	month, ok2 := number(s[n+1 : n+3])
	day, ok3 := number(s[n+4 : n+6])
	d := Date{sign * year, time.Month(month), day}
	// XML Schema 1.0 has no year 0.
	if !ok1 || !ok2 || !ok3 || year == 0 || year > maxYear || !d.Valid() {
		return Date{}, "", ErrDate
	}
	return d, s[n+6:], nil
}

func cutClock(s string) (rest string, ok bool) {
	if len(s) < 8 || s[2] != ':' || s[5] != ':' {
		return "", false
	}
	h, ok1 := number(s[:2])
	m, ok2 := number(s[3:5])
	sec, ok3 := number(s[6:8])
	if !ok1 || !ok2 || !ok3 || m > 59 || sec > 59 || h > 24 || h == 24 && (m > 0 || sec > 0) {
		return "", false
	}
	s = s[8:]
	if fraction, ok := strings.CutPrefix(s, "."); ok {
		s = strings.TrimLeft(fraction, "0123456789")
		if len(s) == len(fraction) {
			return "", false
		}
	}
	return s, true
}

func validZone(s string) bool {
	if s == "" || s == "Z" {
		return true
	}
	if len(s) != 6 || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return false
	}
	h, ok1 := number(s[1:3])
	m, ok2 := number(s[4:6])
	return ok1 && ok2 && m <= 59 && (h < 14 || h == 14 && m == 0)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func number(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if !isDigit(s[i]) {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, s != ""
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Valid reports whether the calendar has that day.
func (d Date) Valid() bool {
	return d.Month >= time.January && d.Month <= time.December && d.Day >= 1 && d.Day <= lastDay(d.Year, d.Month)
}

func lastDay(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// String writes the date as YYYY-MM-DD, and no date as "".
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	if d.Year < 0 {
		return fmt.Sprintf("-%04d-%02d-%02d", -d.Year, int(d.Month), d.Day)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Compact writes the date as YYYYMMDD, the form used in file names.
func (d Date) Compact() string { return strings.ReplaceAll(d.String(), "-", "") }

// French writes the date as it is read in France, 27/06/2024.
func (d Date) French() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%02d/%02d/%04d", d.Day, int(d.Month), d.Year)
}

// MarshalText writes the date as [Date.String] does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the date as [ParseDate] does; an empty text is no date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// Compare returns -1, 0 or 1 as d is before, the same as, or after e.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is later than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// In returns the moment the day begins in the location.
func (d Date) In(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// AddDays returns the day n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date { return DateOf(d.In(time.UTC).AddDate(0, 0, n)) }

// AddMonths counts from date to date (de quantième à quantième): the same day
// n months later or, when that month is too short, its last day. One month
// after 31 January is 28 or 29 February.
func (d Date) AddMonths(n int) Date {
	first := DateOf(time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC))
	first.Day = min(d.Day, lastDay(first.Year, first.Month))
	return first
}

// AddYears is AddMonths of twelve times n.
func (d Date) AddYears(n int) Date { return d.AddMonths(12 * n) }

// DaysUntil returns how many days lie between d and e, negative when e is
// earlier.
func (d Date) DaysUntil(e Date) int {
	return int(e.In(time.UTC).Unix()/86400 - d.In(time.UTC).Unix()/86400)
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.In(time.UTC).Weekday() }
