package asic_test

import (
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/signature/asic"
	"github.com/liasse/liasse/actes/signature/internal/conformance"
	"github.com/liasse/liasse/internal/corpus"
)

// now is when the files composed here are judged.
var now = conformance.Now

// reason says why we keep to our own answer where it is not that of the table.
func reason(row corpus.Row, key, have, want string) string {
	switch {
	case key == "covers" && strings.Contains(want, "COUNTER_SIGNATURE:"):
		if strings.Count(have, "COUNTER_SIGNATURE:") == strings.Count(want, "COUNTER_SIGNATURE:") {
			return "identifiers of signatures are each validator's own"
		}
	case key == "covers" && strings.HasSuffix(row.Path, "brokenReferenceAndAlteredManifest.asice"):
		return "the manifest that would name the files cannot be read: nothing says that they are signed"
	case key == "covers" && strings.Contains(row.Facts["refs.bad"], "!notfound"):
		return "a file that is not there is not covered"
	case key == "refs" && strings.HasSuffix(row.Path, "container-with-counter-signature.asics"):
		return "the counter-signature has two references: the table counts the counter-signed value twice"
	}
	return ""
}

// TestT1 compares what is said by default, with no anchor and no network, with
// the table of the corpus: every row must agree, but for the facts with a reason.
func TestT1(t *testing.T) {
	conformance.Rows(t, asic.Kind, asic.Inspector(), "T1", 57, 100, reason)
}

// TestT2 compares the whole process, anchors and time given: 92 % are due.
func TestT2(t *testing.T) {
	conformance.Rows(t, asic.Kind, asic.Inspector(), "T2", 59, 92, reason)
}
