package seda1

import (
	"slices"
	"testing"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
)

// heard is a teller that keeps what it hears.
type heard struct{ lost, required []string }

func (h *heard) At(string)                {}
func (h *heard) Lost(path string)         { h.lost = append(h.lost, path) }
func (h *heard) Minor(string)             {}
func (h *heard) Converted(string, string) {}
func (h *heard) Assumed(string, string)   {}
func (h *heard) Required(name string)     { h.required = append(h.required, name) }
func (h *heard) Sorted(string)            {}
func (h *heard) Misdated(string)          {}

// TestReviewOfOddPackages: a package made by hand may hold no unit where one
// should be, and extras in places they do not belong to.
func TestReviewOfOddPackages(t *testing.T) {
	stray := archive.Extra{In: inArchive, Name: "Name", XML: `<Name xmlns="` + element.V21.Namespace() + `">x</Name>`}
	for name, c := range map[string]struct {
		p    archive.Package
		lost string
	}{
		"no unit":                        {archive.Package{Header: archive.Header{OriginatingAgency: "A"}, Units: []*archive.Unit{nil}}, ""},
		"an element of the other family": {archive.Package{Units: []*archive.Unit{{ID: "U", Extras: []archive.Extra{stray}}}}, "Archive/Name"},
	} {
		for _, v := range []element.Version{element.V02, element.V10} {
			var h heard
			if Review(&c.p, v, &h, true); c.lost != "" && !slices.Contains(h.lost, c.lost) {
				t.Errorf("%s, %s: lost %q", name, v, h.lost)
			}
			if !slices.Contains(h.required, "TransferIdentifier") {
				t.Errorf("%s, %s: required %q", name, v, h.required)
			}
		}
	}
}
