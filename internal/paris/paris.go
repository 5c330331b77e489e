// Package paris computes the legal time of metropolitan France without the
// system's zone files, which Windows and small containers lack: one hour ahead
// of UTC, two between the last Sunday of March and the last Sunday of October,
// changing at 01:00 UTC (directive 2000/84/CE; until 1995 the summer ended in
// September). It is exact from 1981 on; before, winter time is assumed.
package paris

import "time"

var (
	winter = time.FixedZone("CET", 3600)
	summer = time.FixedZone("CEST", 7200)
)

// In returns the same moment as clocks show it in Paris.
func In(t time.Time) time.Time {
	if summerAt(t.UTC()) {
		return t.In(summer)
	}
	return t.In(winter)
}

func summerAt(utc time.Time) bool {
	year := utc.Year()
	if year < 1981 {
		return false
	}
	end := time.October
	if year < 1996 {
		end = time.September
	}
	return !utc.Before(lastSunday(year, time.March)) && utc.Before(lastSunday(year, end))
}

// lastSunday returns 01:00 UTC on the last Sunday of the month.
func lastSunday(year int, month time.Month) time.Time {
	last := time.Date(year, month+1, 0, 1, 0, 0, 0, time.UTC)
	return last.AddDate(0, 0, -int(last.Weekday()))
}
