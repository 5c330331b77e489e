package mutant

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Judge judges documents by a grammar, one after another.
type Judge struct {
	v *schema.Validator
	r *xmlcore.Reader
}

// NewJudge returns a judge by a grammar.
func NewJudge(g *schema.Grammar) *Judge {
	return &Judge{g.NewValidator(schema.ValidateOptions{}), xmlcore.NewReader(nil, xmlcore.Options{})}
}

// Valid returns whether our engine finds a document valid, and what it found. A
// document that is not well-formed is not valid.
func (j *Judge) Valid(t testing.TB, doc []byte) (bool, *report.Report) {
	t.Helper()
	rep := report.New(report.Options{})
	j.r.Reset(bytes.NewReader(doc), xmlcore.Options{})
	j.v.Reset(schema.ValidateOptions{Report: rep})
	err := xmlcore.Run(context.Background(), j.r, j.v)
	j.v.Finish(j.r)
	var bad *xmlcore.Error
	if errors.As(err, &bad) {
		rep.Record(bad.Finding)
	} else if err != nil {
		t.Fatal(err)
	}
	return rep.Valid(), rep
}

// Root returns the name of the root of a document, if one can be read.
func Root(doc []byte) (name schema.QName, ok bool) {
	r := xmlcore.NewReader(bytes.NewReader(doc), xmlcore.Options{})
	for {
		k, err := r.Next()
		if err != nil {
			return name, false
		}
		if k == xmlcore.StartElement {
			return schema.QName{Space: r.Name().Space, Local: r.Name().Local}, true
		}
	}
}

// Faults lists the errors of a report, with their clauses and places.
func Faults(rep *report.Report) string {
	var all []string
	for f := range rep.All() {
		if f.Severity >= report.Error {
			all = append(all, fmt.Sprintf("%s %s %s", f.Code(), f.Ref, f.Where))
		}
	}
	return strings.Join(all, "; ")
}

// Excused names a disagreement with xmllint by an XML Schema that is one of
// those known, "" when it is none: the references it does not resolve, and the
// cases in which it differs from the standard (engineering §4.1).
func Excused(rep *report.Report, got, want bool) string {
	only := func(ok func(f *report.Finding) bool) bool {
		for f := range rep.All() {
			if f.Severity >= report.Error && !ok(f) {
				return false
			}
		}
		return true
	}
	switch {
	case !got && want && only(func(f *report.Finding) bool { return f.Rule == report.XSDIDRef }):
		return "IDREF"
	case got && !want && rep.Has(report.XSDLexSpace):
		return "blanks"
	case got && !want && rep.Has(report.XSDLexInteger):
		return "digits"
	case got && !want && rep.Has(report.XSDLexCDATA):
		return "CDATA"
	case !got && want && only(func(f *report.Finding) bool {
		// It passes over characters outside the alphabet, as in "...".
		return f.Rule == report.XSDValue && strings.Contains(f.Message(report.EN), "base64")
	}):
		return "base64"
	case !got && want && only(func(f *report.Finding) bool {
		// An empty Metadata of SEDA 2.x: it takes a choice as optional when one of
		// its elements is abstract and nothing stands in its place.
		return f.Rule == report.XSDMissing && f.Ref == "cvc-complex-type.2.4.b" && strings.HasSuffix(f.Where.Path, "/Metadata")
	}):
		return "abstract head"
	case !got && rep.Has(report.XMLDoctype):
		return "DOCTYPE"
	case !got && rep.Has(report.XMLNSUnbound): // it goes on with a name that has a colon in it
		return "unbound prefix"
	}
	return ""
}

// Agrees reports whether our verdict is that of xmllint, or a disagreement that
// is excused, which it counts.
func Agrees(rep *report.Report, got, want bool, excuses map[string]int) bool {
	if got == want {
		return true
	}
	why := Excused(rep, got, want)
	if why != "" {
		excuses[why]++
	}
	return why != ""
}

// Docs returns the documents of mutants.
func Docs(all []Mutant) [][]byte {
	docs := make([][]byte, len(all))
	for i := range all {
		docs[i] = all[i].Doc
	}
	return docs
}

// Tally counts the mutants tried, to prove that a comparison means something.
type Tally struct {
	Total, Valid int
	by           [numOps]int
}

// Add counts a mutant and the verdict of the referee.
func (y *Tally) Add(m Mutant, valid bool) {
	y.Total++
	y.by[m.Op]++
	if valid {
		y.Valid++
	}
}

// Check fails the test when fewer than 15 % of the mutants are valid, or fewer
// than 10 % are of some operator.
func (y *Tally) Check(t testing.TB) {
	t.Helper()
	if y.Valid*100 < 15*y.Total {
		t.Errorf("only %d of %d mutants are valid", y.Valid, y.Total)
	}
	for op, n := range y.by {
		if n*10 < y.Total {
			t.Errorf("%s: only %d of %d mutants", Op(op), n, y.Total)
		}
	}
}
