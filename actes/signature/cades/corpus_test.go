package cades_test

import (
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/signature/cades"
	"github.com/liasse/liasse/actes/signature/internal/conformance"
	"github.com/liasse/liasse/internal/corpus"
)

// now is when the files composed here are judged.
var now = conformance.Now

// reason says why we keep to our own answer where it is not that of the table.
func reason(row corpus.Row, key, have, want string) string {
	switch {
	case key == "covers" && strings.Contains(want, "COUNTER_SIGNATURE:"):
		// The parent is named by an identifier each validator makes for itself,
		// and we also name the content inside the file.
		if strings.Count(have, "COUNTER_SIGNATURE:") == strings.Count(want, "COUNTER_SIGNATURE:") {
			return "identifiers of signatures are each validator's own"
		}
	case key == "refs.bad" && want == "message_digest!differs" && strings.HasSuffix(have, "!differs"):
		return "a reference to a detached file is named by the file, as in the composed rows"
	}
	return ""
}

// TestT1 compares what is said by default, with no anchor and no network, with
// the table of the corpus: every row must agree.
func TestT1(t *testing.T) {
	conformance.Rows(t, cades.Kind, cades.Inspector(), "T1", 48, 100, reason)
}

// TestT2 compares the whole process, anchors and time given: 92 % are due.
func TestT2(t *testing.T) {
	conformance.Rows(t, cades.Kind, cades.Inspector(), "T2", 59, 92, reason)
}
