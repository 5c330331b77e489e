package schema

import (
	"slices"
	"strings"
	"testing"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/mutant"
)

// TestGrammarExpectedConformance compares verdicts with what the corpus says of
// its messages and packages: by the official schemas and, with Vitam's profile,
// by that platform's, whose answers of later steps suppose a message its schema
// accepts.
func TestGrammarExpectedConformance(t *testing.T) {
	messages := corpusMessages(t)
	later := []string{"CHECK_HEADER", "CHECK_DATAOBJECTPACKAGE", "CHECK_DIGEST", "CHECK_OBJECT_SIZE", "CHECK_UNIT_SCHEMA", "UNITS_RULES_COMPUTE"}
	valid, invalid := 0, 0
	for _, row := range corpus.Expected(t, "archive") {
		opt := Options{}
		var want bool
		switch {
		case !strings.HasPrefix(row.Kind, "s"): // seda.… and sip.…
			continue
		case len(row.Flags) == 0:
			if want = row.Verdict == "valid"; !want && !strings.HasPrefix(row.Hint, "XSD") {
				continue
			}
		case slices.Equal(row.Flags, []string{"-profile", "vitam"}):
			opt.Target = seda.Vitam
			step, _, _ := strings.Cut(row.Hint, ".")
			want = row.Verdict == "valid" || slices.Contains(later, step)
			if !want && !strings.Contains(row.Hint, "NOT_XSD_VALID") {
				continue
			}
		default:
			continue
		}
		for _, d := range messages {
			if name, inside, _ := strings.Cut(d.name, "!/"); name != row.Path || strings.Contains(inside, "/") {
				continue // a file of the records may be a message, too
			}
			if want {
				valid++
			} else {
				invalid++
			}
			if got, rep := judge(t, d.data, opt); got != want {
				t.Errorf("%s %v: valid %v, expected %s %s; %.300s", d.name, row.Flags, got, row.Verdict, row.Hint, mutant.Faults(rep))
			}
		}
	}
	t.Logf("%d messages expected to be valid, %d invalid", valid, invalid)
	if valid < 100 || invalid < 20 {
		t.Errorf("only %d messages expected to be valid, %d invalid", valid, invalid)
	}
}
