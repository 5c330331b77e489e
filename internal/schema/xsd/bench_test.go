package xsd

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/mutant"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/sedatest"
	"github.com/liasse/liasse/internal/xmlcore"
)

func BenchmarkCompile(b *testing.B) {
	for _, e := range []entry{
		{"actes", "xsd", "actesv1_1.xsd"}, {"archive", "xsd/seda-1.0", "seda_v1-0.xsd"}, {"archive", "xsd/seda-2.1", "seda-2.1-main.xsd"},
		{"archive", "xsd/vitam-2.3", "seda-vitam-main.xsd"}, {"finance", "xsd/pes_v5.17", "PES_V2/Rev0/PES_Aller.xsd"},
	} {
		b.Run(e.folder+"/"+e.file, func(b *testing.B) {
			fsys := os.DirFS(filepath.Join(corpus.Dir(b, e.domain), filepath.FromSlash(e.folder)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Compile(context.Background(), fsys, []string{e.file}, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOfficialTransfer validates a manifest of about 20 MB by the official
// schemas of SEDA 2.1; ratio is the best time of reading and validating over the
// best of reading alone, on the same bytes in turn.
func BenchmarkOfficialTransfer(b *testing.B) {
	g := entry{"archive", "xsd/seda-2.1", "seda-2.1-main.xsd"}.grammar(b)
	doc := sedatest.Transfer(25_000)
	r := xmlcore.NewReader(nil, xmlcore.Options{})
	v := g.NewValidator(schema.ValidateOptions{})
	alone, both := time.Hour, time.Hour // other programs run beside
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		r.Reset(bytes.NewReader(doc), xmlcore.Options{})
		start := time.Now()
		if err := xmlcore.Run(context.Background(), r); err != nil {
			b.Fatal(err)
		}
		alone = min(alone, time.Since(start))
		rep := report.New(report.Options{})
		v.Reset(schema.ValidateOptions{Report: rep})
		r.Reset(bytes.NewReader(doc), xmlcore.Options{})
		start = time.Now()
		if err := xmlcore.Drive(context.Background(), r, v); err != nil {
			b.Fatal(err)
		}
		both = min(both, time.Since(start))
		v.Finish(r)
		if !rep.Valid() {
			b.Fatal(mutant.Faults(rep))
		}
	}
	b.ReportMetric(float64(both)/float64(alone), "ratio")
}
