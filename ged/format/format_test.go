package format_test

import (
	"testing"

	"github.com/liasse/liasse/ged/format"
)

func TestBest(t *testing.T) {
	a, b := format.ID{PUID: "fmt/18"}, format.ID{PUID: "fmt/95"}
	for _, c := range []struct {
		ids       []format.ID
		best      string
		ok        bool
		ambiguous bool
	}{
		{nil, "", false, false},
		{[]format.ID{a}, "fmt/18", true, false},
		{[]format.ID{b, a}, "fmt/95", true, true},
	} {
		r := format.Result{IDs: c.ids}
		if best, ok := r.Best(); best.PUID != c.best || ok != c.ok || r.Ambiguous() != c.ambiguous {
			t.Errorf("%v: %v, %v, ambiguous %v", c.ids, best, ok, r.Ambiguous())
		}
	}
}

func TestBasesAreNamedAndOrdered(t *testing.T) {
	seen := map[string]bool{}
	for b := format.Unknown; b <= format.Container; b++ {
		if s := b.String(); seen[s] || s == "" {
			t.Errorf("basis %d is called %q", b, s)
		}
		seen[b.String()] = true
	}
	if format.Basis(200).String() != "unknown" {
		t.Error("a basis to come has a name")
	}
}
