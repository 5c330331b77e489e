package archive_test

import (
	"testing"
	"time"
	"unsafe"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

func TestWhen(t *testing.T) {
	day := ged.Date{Year: 2024, Month: 6, Day: 27}
	moment := time.Date(2024, 6, 27, 23, 30, 0, 0, time.FixedZone("", 7200))
	for _, c := range []struct {
		when   archive.When
		text   string
		date   ged.Date
		moment bool
	}{
		{"", "", ged.Date{}, false},
		{archive.Day(ged.Date{}), "", ged.Date{}, false},
		{archive.Moment(time.Time{}), "", ged.Date{}, false},
		{archive.Day(day), "2024-06-27", day, false},
		{archive.Moment(moment), "2024-06-27T23:30:00+02:00", day, true},
		{"2024-06-27T23:30:00", "2024-06-27T23:30:00", day, false}, // without zone
		{"2024-06-27+02:00", "2024-06-27+02:00", day, false},
		{"2024", "2024", ged.Date{}, false},
		{"2024-06", "2024-06", ged.Date{}, false},
		{"hier", "hier", ged.Date{}, false},
	} {
		at, ok := c.when.Time()
		if c.when.String() != c.text || c.when.IsZero() != (c.text == "") || c.when.Date() != c.date || ok != c.moment || ok && !at.Equal(moment) {
			t.Errorf("%q: %q, day %s, moment %v %v", c.text, c.when, c.when.Date(), at, ok)
		}
	}
}

// TestDatesInTheirOrder: a unit may not end before it starts; a year alone is
// no day, and so cannot be held against one.
func TestDatesInTheirOrder(t *testing.T) {
	for _, c := range []struct {
		start, end archive.When
		wrong      bool
	}{
		{"2024-06-27", "2024-06-26", true},
		{"2024-06-27", "2024-06-26T23:59:59Z", true},
		{"2024-06-27", "2024-06-27", false},
		{"2024-06-27", "2024", false},
		{"2024", "2023-01-01", false},
		{"", "2023-01-01", false},
	} {
		r := report.New(report.Options{})
		archive.Check(&archive.Package{Units: []*archive.Unit{{ID: "U1", Level: archive.Item, Title: "t", Dates: archive.Dates{Start: c.start, End: c.end}}}}, r)
		if r.Has(archive.RuleDateOrder) != c.wrong {
			t.Errorf("from %q to %q: %v", c.start, c.end, r.Err())
		}
	}
}

// TestUnitIsNotHeavier: a package in memory is mostly units.
func TestUnitIsNotHeavier(t *testing.T) {
	if n := unsafe.Sizeof(archive.Unit{}); n > 648 {
		t.Errorf("a unit takes %d bytes", n)
	}
}
