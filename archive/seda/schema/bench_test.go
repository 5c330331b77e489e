package schema

import (
	"bytes"
	"context"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/liasse/liasse/ged/grammar"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/sedatest"
	"github.com/liasse/liasse/internal/xmlcore"
)

// large is the number of units in a manifest of 112 MB.
const large = 138_000

// BenchmarkValidate judges a manifest of 112 MB by the grammar built in; ratio is
// the best time of reading and judging over the best of reading alone, on the
// same bytes in turn.
func BenchmarkValidate(b *testing.B) {
	doc := sedatest.Transfer(large)
	ctx := context.Background()
	best := func(d *time.Duration, run func()) {
		start := time.Now()
		run()
		*d = min(*d, time.Since(start))
	}
	alone, both := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		best(&alone, func() {
			if err := xmlcore.Run(ctx, xmlcore.NewReader(bytes.NewReader(doc), xmlcore.Options{})); err != nil {
				b.Fatal(err)
			}
		})
		best(&both, func() {
			rep, err := Validate(ctx, bytes.NewReader(doc), Options{})
			if err != nil || !rep.Valid() {
				b.Fatal(err, rep.Err())
			}
		})
	}
	b.ReportMetric(float64(both)/float64(alone), "ratio")
	b.ReportMetric(float64(len(doc))/1e6/both.Seconds(), "MB/s-judged")
}

// BenchmarkOfficialSet judges a manifest of 112 MB by the official schemas of
// SEDA 2.1, as who uses package grammar does. ratio is the best time of it over the
// best time of reading alone, xmllint over the best of xmllint --stream reading
// a file, in turn on the same bytes.
func BenchmarkOfficialSet(b *testing.B) {
	dir := filepath.Join(corpus.Dir(b, "archive"), "xsd", "seda-2.1")
	b.Setenv("XML_CATALOG_FILES", filepath.Join(filepath.Dir(dir), "catalog.xml"))
	ctx := context.Background()
	set, _, err := grammar.Load(ctx, os.DirFS(dir), grammar.Options{Entries: []string{"seda-2.1-main.xsd"}})
	if err != nil {
		b.Fatal(err)
	}
	doc := sedatest.Transfer(large)
	name := filepath.Join(b.TempDir(), "manifest.xml")
	if err := os.WriteFile(name, doc, 0o600); err != nil {
		b.Fatal(err)
	}
	xmllint, _ := exec.LookPath("xmllint")
	alone, judged, referee := time.Hour, time.Hour, time.Hour
	best := func(d *time.Duration, run func() error) {
		start := time.Now()
		if err := run(); err != nil {
			b.Fatal(err)
		}
		*d = min(*d, time.Since(start))
	}
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	r := xmlcore.NewReader(nil, xmlcore.Options{})
	for b.Loop() {
		best(&alone, func() error {
			r.Reset(bytes.NewReader(doc), xmlcore.Options{})
			return xmlcore.Run(ctx, r)
		})
		best(&judged, func() error {
			rep, err := set.Validate(ctx, bytes.NewReader(doc), grammar.ValidateOptions{})
			if err == nil {
				err = rep.Err()
			}
			return err
		})
		if xmllint != "" {
			best(&referee, exec.Command(xmllint, "--stream", "--noout", "--schema", filepath.Join(dir, "seda-2.1-main.xsd"), name).Run)
		}
	}
	b.ReportMetric(float64(judged)/float64(alone), "ratio")
	b.ReportMetric(alone.Seconds()*1e3, "ms-read")
	b.ReportMetric(judged.Seconds()*1e3, "ms-judged")
	if xmllint != "" {
		b.ReportMetric(float64(judged)/float64(referee), "xmllint")
	}
}
