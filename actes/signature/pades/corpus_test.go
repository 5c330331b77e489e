package pades_test

import (
	"testing"

	"github.com/liasse/liasse/actes/signature/internal/conformance"
	"github.com/liasse/liasse/actes/signature/pades"
)

// now is when the files composed here are judged.
var now = conformance.Now

// TestT1 compares what is said by default, with no anchor and no network, with
// the table of the corpus.
func TestT1(t *testing.T) {
	conformance.Rows(t, pades.Kind, pades.Inspector(), "T1", 27, 100, nil)
}

// TestT2 compares the whole process, anchors and time given: 92 % are due.
func TestT2(t *testing.T) {
	conformance.Rows(t, pades.Kind, pades.Inspector(), "T2", 49, 92, nil)
}
