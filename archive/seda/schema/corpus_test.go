package schema

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/mutant"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/xsd"
)

// officialSets are the sets of the corpus. Those of Vitam are not compiled by
// xmllint: our front end for XML Schema, which agrees with it on the others,
// stands in for it.
var officialSets = []struct {
	version seda.Version
	target  seda.Target
	folder  string
	file    string
}{
	{seda.V02, seda.Standard, "seda-0.2", "seda_v0-2.xsd"},
	{seda.V10, seda.Standard, "seda-1.0", "seda_v1-0.xsd"},
	{seda.V20, seda.Standard, "seda-2.0", "seda-2.0-main.xsd"},
	{seda.V21, seda.Standard, "seda-2.1", "seda-2.1-main.xsd"},
	{seda.V22, seda.Standard, "seda-2.2", "seda-2.2-main.xsd"},
	{seda.V23, seda.Standard, "seda-2.3", "seda-2.3-main.xsd"},
	{seda.V21, seda.Vitam, "vitam-2.1", "seda-vitam-main.xsd"},
	{seda.V22, seda.Vitam, "vitam-2.2", "seda-vitam-main.xsd"},
	{seda.V23, seda.Vitam, "vitam-2.3", "seda-vitam-main.xsd"},
	{unified, seda.Vitam, "vitam-unified", "seda-vitam-main.xsd"},
}

type namedDoc struct {
	name    string
	version seda.Version
	data    []byte
}

// corpusMessages returns every message of SEDA of the corpus, those inside
// packages included.
func corpusMessages(t testing.TB) (out []namedDoc) {
	t.Helper()
	corpus.Documents(t, "archive", func(name string, data []byte) {
		root, _ := mutant.Root(data)
		if v := seda.VersionOf(root.Space); v != "" {
			out = append(out, namedDoc{name, v, data})
		}
	})
	return out
}

// referee is a schema of the corpus, compiled by our front end.
func referee(t testing.TB, folder, file string) *schema.Grammar {
	t.Helper()
	g, _, err := xsd.Compile(context.Background(), os.DirFS(filepath.Join(corpus.Dir(t, "archive"), "xsd", folder)), []string{file}, xsd.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func judge(t testing.TB, doc []byte, opt Options) (bool, *report.Report) {
	t.Helper()
	rep, err := Validate(context.Background(), bytes.NewReader(doc), opt)
	if err != nil {
		t.Fatal(err)
	}
	return rep.Valid(), rep
}

// TestGrammarCorpusConformance compares the verdict on every message of the
// corpus with that of the official set of its version, and Vitam's.
func TestGrammarCorpusConformance(t *testing.T) {
	dir := corpus.Dir(t, "archive")
	t.Setenv("XML_CATALOG_FILES", filepath.Join(dir, "xsd", "catalog.xml"))
	all := corpusMessages(t)
	for _, o := range officialSets {
		t.Run(o.folder, func(t *testing.T) {
			var raw [][]byte
			var docs []namedDoc
			for _, d := range all {
				if d.version == o.version {
					docs, raw = append(docs, d), append(raw, d.data)
				}
			}
			if len(docs) == 0 {
				t.Skip("no message of that version")
			}
			official := mutant.NewJudge(referee(t, o.folder, o.file))
			var want []bool
			if o.target == seda.Standard {
				want = mutant.Xmllint(t, mutant.XSD, filepath.Join(dir, "xsd", o.folder, o.file), raw)
			} else {
				for _, d := range raw {
					ok, _ := official.Valid(t, d)
					want = append(want, ok)
				}
			}
			valid, excuses := 0, map[string]int{}
			for i, d := range docs {
				got, rep := judge(t, d.data, Options{Target: o.target})
				if want[i] {
					valid++
				}
				if _, other := official.Valid(t, d.data); mutant.Faults(other) != mutant.Faults(rep) {
					t.Errorf("%s: %.400s; the official set compiled gives %.400s", d.name, mutant.Faults(rep), mutant.Faults(other))
				}
				if !mutant.Agrees(rep, got, want[i], excuses) {
					t.Errorf("%s: valid %v, wanted %v; %.400s", d.name, got, want[i], mutant.Faults(rep))
				}
			}
			t.Logf("%d messages, %d valid, excused %v", len(docs), valid, excuses)
		})
	}
	var versions []string
	for _, d := range all {
		versions = append(versions, string(d.version))
	}
	slices.Sort(versions)
	t.Log(len(all), "messages of versions", slices.Compact(versions))
}
