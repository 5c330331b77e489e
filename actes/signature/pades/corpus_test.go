package pades_test

import (
	"testing"

	"github.com/liasse/liasse/actes/signature/internal/conformance"
	"github.com/liasse/liasse/actes/signature/pades"
	"github.com/liasse/liasse/internal/corpus"
)

// now is when the files composed here are judged.
var now = conformance.Now

// reason says why we keep to our own answer where it is not that of the table.
func reason(row corpus.Row, key, have, want string) string {
	return ""
}

// TestT1 compares what is said by default, with no anchor and no network, with
// the table of the corpus.
func TestT1(t *testing.T) {
	rows, agreed := conformance.Rows(t, pades.Kind, pades.Inspector(), "T1", reason)
	if rows < 27 || agreed != rows {
		t.Errorf("%d of %d rows agree", agreed, rows)
	}
}

// TestT2 compares the whole process, anchors and time given: 92 % are due.
func TestT2(t *testing.T) {
	rows, agreed := conformance.Rows(t, pades.Kind, pades.Inspector(), "T2", reason)
	if rows < 49 || agreed*100 < 92*rows {
		t.Errorf("%d of %d rows agree, 92 %% are due", agreed, rows)
	}
}
