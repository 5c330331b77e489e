package schema_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/relaxng"
	"github.com/liasse/liasse/internal/xmlcore"
)

const pieces = `
start = element r { attribute n { xsd:ID }?, (date | code | size | name | word | raw | twice)* }
date = element date { xsd:date }
code = element code { "Keep" | "Destroy" }
size = element size { attribute unit { "o" | "Ko" }, xsd:positiveInteger }
name = element name { xsd:ID }
word = element word { xsd:token { minLength = "1" maxLength = "12" } }
raw = element raw { xsd:base64Binary }
twice = element twice { element date { xsd:date }, element date { xsd:gYear }, element word { text }? }
`

// What is found must depend on the text only, not on the pieces the reader
// gives it in, nor on what the validator did before: a value may be cut by a
// comment, a CDATA section or the end of the window.
func TestPiecesOfTextMakeNoDifference(t *testing.T) {
	g, _, err := relaxng.Compile(context.Background(), fstest.MapFS{"t.rnc": {Data: []byte(pieces)}}, "t.rnc", relaxng.Options{})
	if err != nil {
		t.Fatal(err)
	}
	v := g.NewValidator(schema.ValidateOptions{})
	codes := func(doc string) string {
		rep := report.New(report.Options{})
		v.Reset(schema.ValidateOptions{Report: rep})
		r := xmlcore.NewReader(strings.NewReader(doc), xmlcore.Options{})
		if err := xmlcore.Run(context.Background(), r, v); err != nil {
			t.Fatal(err)
		}
		v.Finish(r)
		var all []string
		for f := range rep.All() {
			all = append(all, f.Rule.Code+" "+f.Ref)
		}
		return fmt.Sprint(v.Valid(), all)
	}
	for _, c := range []struct {
		element, value string
		valid          bool
	}{
		{"date", "2024-02-29", true}, {"date", "2023-02-29", false}, {"date", "", false},
		{"code", "Keep", true}, {"code", "Keeps", false}, {`size unit="o"`, "12", true}, {`size unit="o"`, "0", false}, {`size unit="m"`, "1", false},
		{"size", "1", false}, {"name", "a1", true}, {"name", "1a", false}, {"word", "douze octets", true}, {"word", "treize octets", false},
		{"raw", "TWFu", true}, {"raw", "TWF", false},
	} {
		name, _, _ := strings.Cut(c.element, " ")
		write := func(value string, pad int) string {
			again := "" // the step is taken a second time
			if name != "name" {
				again = "<" + c.element + ">" + c.value + "</" + name + ">"
			}
			return "<r n='x'><!--" + strings.Repeat("p", pad) + "--><" + c.element + ">" + value + "</" + name + ">" + again +
				"<twice><date>2024-01-01</date><date>2024</date></twice><twice><date>2024-01-01</date><date>2024</date><word/></twice></r>"
		}
		want := codes(write(c.value, 0))
		if got := strings.HasPrefix(want, "true"); got != c.valid {
			t.Errorf("%s: %q: %s", c.element, c.value, want)
		}
		half := len(c.value) / 2
		for how, value := range map[string]string{
			"cut by a comment":             c.value[:half] + "<!-- - -->" + c.value[half:],
			"a comment before":             "<!-- - -->" + c.value,
			"a comment after":              c.value + "<!-- - -->",
			"half in a CDATA section":      c.value[:half] + "<![CDATA[" + c.value[half:] + "]]>",
			"with an instruction between":  c.value[:half] + "<?p ?>" + c.value[half:],
			"an empty CDATA section after": c.value + "<![CDATA[]]>",
		} {
			if got := codes(write(value, 0)); got != want {
				t.Errorf("%s: %q, %s: %s, not %s", c.element, c.value, how, got, want)
			}
		}
		for pad := 64<<10 - 60; pad < 64<<10; pad++ {
			if got := codes(write(c.value, pad)); got != want {
				t.Fatalf("%s: %q, window's end %d before: %s, not %s", c.element, c.value, pad, got, want)
			}
		}
	}
}
