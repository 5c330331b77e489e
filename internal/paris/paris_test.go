package paris

import (
	"testing"
	"time"
	_ "time/tzdata" // the referee: the IANA database
)

func TestAgreesWithTheZoneDatabase(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for at := time.Date(1981, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2100; at = at.Add(7 * time.Hour) {
		got, want := In(at).Format(time.DateTime), at.In(zone).Format(time.DateTime)
		if got != want {
			t.Fatalf("%v is %s in Paris, here %s", at, want, got)
		}
	}
}

func TestChangesAtOneUTC(t *testing.T) {
	for _, c := range []struct{ utc, want string }{
		{"2024-03-31T00:59:59Z", "2024-03-31 01:59:59"},
		{"2024-03-31T01:00:00Z", "2024-03-31 03:00:00"},
		{"2024-10-27T00:59:59Z", "2024-10-27 02:59:59"},
		{"2024-10-27T01:00:00Z", "2024-10-27 02:00:00"},
		{"2024-12-31T23:30:00Z", "2025-01-01 00:30:00"},
		{"1995-10-01T12:00:00Z", "1995-10-01 13:00:00"},
	} {
		at, err := time.Parse(time.RFC3339, c.utc)
		if err != nil {
			t.Fatal(err)
		}
		if got := In(at).Format(time.DateTime); got != c.want {
			t.Errorf("%s is %s in Paris, here %s", c.utc, c.want, got)
		}
	}
}
