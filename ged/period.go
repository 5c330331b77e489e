package ged

import (
	"errors"
	"strconv"
	"strings"

	"github.com/liasse/liasse/ged/report"
)

// Period is a length of calendar time, the form of a DUA: P10Y, P18M, P30D. It
// is counted on the civil calendar, never in hours.
type Period struct {
	Years, Months, Days int
}

// ErrPeriod is the error of [ParsePeriod]. It does not quote the text.
var ErrPeriod = errors.New("ged: not a period of years, months or days")

// maxPeriod bounds each member of a period: no table speaks of more, and
// computed dates stay in the calendar.
const maxPeriod = 9999

// ParsePeriod reads an ISO 8601 duration made of years, months, weeks and days,
// in that order: P1Y, P1Y6M, P2W. Hours and fractions are refused, as is the
// empty P. P0D is no time at all.
func ParsePeriod(s string) (Period, error) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(s), "P")
	if !ok || rest == "" {
		return Period{}, ErrPeriod
	}
	var p Period
	last := -1
	for rest != "" {
		i := strings.IndexAny(rest, "YMWD")
		if i < 1 || i > 5 {
			return Period{}, ErrPeriod
		}
		n, ok := number(rest[:i])
		order := strings.IndexByte("YMWD", rest[i])
		if !ok || n > maxPeriod || order <= last {
			return Period{}, ErrPeriod
		}
		switch last = order; order {
		case 0:
			p.Years = n
		case 1:
			p.Months = n
		case 2:
			p.Days = 7 * n
		case 3:
			p.Days += n
		}
		rest = rest[i+1:]
	}
	if p.Days > maxPeriod {
		return Period{}, ErrPeriod
	}
	return p, nil
}

// String writes the period as ISO 8601; no time at all is P0D.
func (p Period) String() string {
	if p == (Period{}) {
		return "P0D"
	}
	var b strings.Builder
	b.WriteByte('P')
	for _, m := range []struct {
		n    int
		unit byte
	}{{p.Years, 'Y'}, {p.Months, 'M'}, {p.Days, 'D'}} {
		if m.n != 0 {
			b.WriteString(strconv.Itoa(m.n))
			b.WriteByte(m.unit)
		}
	}
	return b.String()
}

// param is the period in a finding: in words for people, as [Period.String]
// writes it in JSON.
func (p Period) param(name string) report.Param {
	var fr, en []string
	say := func(n int, f1, f2, e1, e2 string) {
		switch {
		case n == 1:
			fr, en = append(fr, "1 "+f1), append(en, "1 "+e1)
		case n > 1:
			fr, en = append(fr, strconv.Itoa(n)+" "+f2), append(en, strconv.Itoa(n)+" "+e2)
		}
	}
	say(p.Years, "an", "ans", "year", "years")
	say(p.Months, "mois", "mois", "month", "months")
	say(p.Days, "jour", "jours", "day", "days")
	if fr == nil {
		fr, en = []string{"aucun délai"}, []string{"no delay"}
	}
	return report.Named(name, p.String(), strings.Join(fr, " et "), strings.Join(en, " and "))
}

// MarshalText writes the period as [Period.String] does.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the period as [ParsePeriod] does.
func (p *Period) UnmarshalText(b []byte) error {
	v, err := ParsePeriod(string(b))
	if err != nil {
		return err
	}
	*p = v
	return nil
}

// IsZero reports whether the period is no time at all.
func (p Period) IsZero() bool { return p == Period{} }

// After returns the day the period ends when it starts on d: years and months
// from date to date, 29 February becoming 28 when the year asks for it and the
// end of a short month standing for the days it lacks, then the days.
func (p Period) After(d Date) Date {
	return d.AddMonths(12*p.Years + p.Months).AddDays(p.Days)
}
