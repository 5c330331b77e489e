package schema

import (
	"bytes"
	"context"
	"testing"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// FuzzValidate reads hostile messages against every grammar.
func FuzzValidate(f *testing.F) {
	for _, k := range []grammarKey{{"seda1.rnc", seda.V02}, {"seda1.rnc", seda.V10}, {"seda2.rnc", seda.V20}, {"seda2.rnc", seda.V23}, {"vitam2.rnc", seda.V21}} {
		for _, d := range grammars[k].get().Samples() {
			f.Add([]byte(d), k.file == "vitam2.rnc")
		}
	}
	f.Fuzz(func(t *testing.T, doc []byte, vitam bool) {
		opt := Options{}
		if vitam {
			opt.Target = seda.Vitam
		}
		rep, err := Validate(context.Background(), bytes.NewReader(doc), opt)
		if err != nil {
			t.Fatal(err)
		}
		for f := range rep.All() {
			if f.Where.Offset > int64(len(doc)) {
				t.Errorf("%s is at %d of %d bytes", f.Code(), f.Where.Offset, len(doc))
			}
		}
		// In the same pass as another reader, the verdict is the same.
		other := report.New(report.Options{})
		r := xmlcore.NewReader(bytes.NewReader(doc), xmlcore.Options{Report: other})
		v := NewValidator(opt, other)
		_ = xmlcore.Run(context.Background(), r, sinkFunc(func(*xmlcore.Reader, xmlcore.Kind) error { return nil }), v)
		v.Finish(r)
		if rep.Valid() && !other.Valid() {
			t.Error("two passes differ")
		}
	})
}

type sinkFunc func(*xmlcore.Reader, xmlcore.Kind) error

func (f sinkFunc) Event(r *xmlcore.Reader, k xmlcore.Kind) error { return f(r, k) }
