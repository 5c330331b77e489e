package xades_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/signature/internal/conformance"
	"github.com/liasse/liasse/actes/signature/xades"
	"github.com/liasse/liasse/internal/corpus"
)

// now is when the files composed here are judged.
var now = conformance.Now

// reason says why we keep to our own answer where it is not that of the table;
// "" where there is no good one.
func reason(row corpus.Row, key, have, want string) string {
	absent := func(s string) bool {
		name, ok := strings.CutPrefix(s, "FULL:")
		return ok && strings.Contains(row.Facts["refs.bad"], name+"!notfound")
	}
	switch {
	case row.Path == "xmldsig/phaos-3/signature-big.xml" && (key == "refs.bad" || key == "covers"):
		return "one reference is by a free XPath, which is refused, and one over an absent file"
	case key == "covers" && strings.Contains(row.Path, "enveloped-manifest"):
		return "the whole document has one name, from a manifest too"
	case key == "covers" && strings.Contains(want, "COUNTER_SIGNATURE:") && row.Verdict == "invalid":
		return "a counter-signature over something else than its parent is not said to cover the parent"
	case key == "covers":
		h := strings.Split(have, "+")
		for _, w := range strings.Split(want, "+") {
			if !slices.Contains(h, w) && !absent(w) {
				return ""
			}
		}
		return "a file that is not at hand is not said to be covered"
	case strings.HasPrefix(row.Path, "dss/xades/xades-lta-copied-atst.xml") && slices.Contains(row.Flags, "2021-08-12T14:27:00Z"):
		return "the revocation list was made a day after the time of validation, and is not taken"
	}
	return ""
}

// TestT1 compares what is said by default, with no anchor and no network, with
// the table of the corpus: every row must agree.
func TestT1(t *testing.T) {
	conformance.Rows(t, xades.Kind, xades.Inspector(), "T1", 141, 100, reason)
}

// TestT2 compares the whole process, anchors and time given: 92 % are due.
func TestT2(t *testing.T) {
	conformance.Rows(t, xades.Kind, xades.Inspector(), "T2", 105, 92, reason)
}
