package ged

import (
	"testing"
	"time"
)

func TestParseDateFollowsXMLSchema(t *testing.T) {
	for text, want := range map[string]string{
		"2024-06-27":       "2024-06-27",
		"2024-07-01Z":      "2024-07-01",
		"2024-07-01+02:00": "2024-07-01",
		"2024-07-01-14:00": "2024-07-01",
		" 2024-07-01\n":    "2024-07-01",
		"12024-07-01":      "12024-07-01",
		"-0044-03-15":      "-0044-03-15",
		"2024-02-29":       "2024-02-29",
		"2023-02-29":       "refused",
		"0000-01-01":       "refused",
		"02024-01-01":      "refused",
		"2024-13-01":       "refused",
		"2024-00-10":       "refused",
		"2024-1-1":         "refused",
		"24-01-01":         "refused",
		"2024-07-01+14:01": "refused",
		"2024-07-01+2:00":  "refused",
		"2024-07-01T00:00": "refused",
		"20240701":         "refused",
		"+2024-07-01":      "refused",
		"2024-07-0é":       "refused",
		"":                 "refused",
		"99999999-01-01":   "refused",
		"2024-07-01 +02:0": "refused",
	} {
		got := "refused"
		if d, err := ParseDate(text); err == nil {
			got = d.String()
		}
		if got != want {
			t.Errorf("ParseDate(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestParseDateTimeKeepsTheDay(t *testing.T) {
	for text, want := range map[string]string{
		"2024-06-27T23:59:59+02:00":  "2024-06-27",
		"2024-06-27T24:00:00":        "2024-06-27",
		"2024-06-27T08:00:00.123Z":   "2024-06-27",
		"2024-06-27":                 "2024-06-27",
		"2024-06-27T24:00:01":        "refused",
		"2024-06-27T08:60:00":        "refused",
		"2024-06-27T08:00:00.":       "refused",
		"2024-06-27T08:00":           "refused",
		"2024-06-27T08:00:00+99:00":  "refused",
		"2024-06-27 08:00:00":        "refused",
		"2024-06-27T08:00:00Z extra": "refused",
	} {
		got := "refused"
		if d, err := ParseDateTime(text); err == nil {
			got = d.String()
		}
		if got != want {
			t.Errorf("ParseDateTime(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestMonthsRunFromDateToDate(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2024-07-01", 2, "2024-09-01"},
		{"2024-12-31", 2, "2025-02-28"},
		{"2023-12-31", 2, "2024-02-29"},
		{"2024-08-31", 1, "2024-09-30"},
		{"2024-03-31", -1, "2024-02-29"},
		{"2024-11-15", 14, "2026-01-15"},
		{"2024-02-29", 12, "2025-02-28"},
	} {
		from, err := ParseDate(c.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := from.AddMonths(c.n).String(); got != c.want {
			t.Errorf("%s + %d months = %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestDateArithmeticAgreesWithTime(t *testing.T) {
	d := Date{1999, time.December, 31}
	for range 20000 {
		next := d.AddDays(1)
		if !next.After(d) || !d.Before(next) || d.DaysUntil(next) != 1 || next.AddDays(-1) != d {
			t.Fatalf("the day after %v is %v", d, next)
		}
		if (d.Weekday()+1)%7 != next.Weekday() {
			t.Fatalf("%v is a %v and %v a %v", d, d.Weekday(), next, next.Weekday())
		}
		back, err := ParseDate(next.String())
		if err != nil || back != next {
			t.Fatalf("%v does not survive its own text", next)
		}
		d = next
	}
}

func TestNoDateIsEmpty(t *testing.T) {
	var d Date
	if d.String() != "" || d.French() != "" || !d.IsZero() || d.Valid() {
		t.Error("the zero Date must say nothing")
	}
	d = Date{2024, time.June, 27}
	if err := d.UnmarshalText(nil); err != nil || !d.IsZero() {
		t.Error("an empty text must be no date")
	}
	if err := d.UnmarshalText([]byte("27/06/2024")); err == nil {
		t.Error("a date that is no xsd:date must be refused")
	}
}
