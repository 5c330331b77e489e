package schema

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/mutant"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/xsd"
	"github.com/liasse/liasse/internal/xmlcore"
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
	dir := corpus.Dir(t, "archive")
	add := func(name string, data []byte) {
		if v := seda.VersionOf(rootSpace(data)); v != "" {
			out = append(out, namedDoc{name, v, data})
		}
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		switch filepath.Ext(name) {
		case ".xml":
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			add(name, data)
		case ".zip":
			z, err := zip.OpenReader(path)
			if err != nil {
				return nil // broken on purpose
			}
			defer z.Close()
			for _, f := range z.File {
				if !strings.HasSuffix(f.Name, ".xml") {
					continue
				}
				if r, err := f.Open(); err == nil {
					if b, err := io.ReadAll(io.LimitReader(r, 8<<20)); err == nil {
						add(name+"!/"+f.Name, b)
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// rootSpace returns the namespace of a document's root, "" when it has none.
func rootSpace(data []byte) string {
	r := xmlcore.NewReader(bytes.NewReader(data), xmlcore.Options{})
	for {
		k, err := r.Next()
		if err != nil {
			return ""
		}
		if k == xmlcore.StartElement {
			return r.Name().Space
		}
	}
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

func judgeBy(t testing.TB, v *schema.Validator, doc []byte) (bool, *report.Report) {
	t.Helper()
	rep := report.New(report.Options{})
	r := xmlcore.NewReader(bytes.NewReader(doc), xmlcore.Options{})
	v.Reset(schema.ValidateOptions{Report: rep})
	err := xmlcore.Run(context.Background(), r, v)
	v.Finish(r)
	var bad *xmlcore.Error
	if errors.As(err, &bad) {
		rep.Record(bad.Finding)
	} else if err != nil {
		t.Fatal(err)
	}
	return rep.Valid(), rep
}

func judge(t testing.TB, doc []byte, opt Options) (bool, *report.Report) {
	t.Helper()
	rep, err := Validate(context.Background(), bytes.NewReader(doc), opt)
	if err != nil {
		t.Fatal(err)
	}
	return rep.Valid(), rep
}

func found(rep *report.Report) string {
	var all []string
	for f := range rep.All() {
		if f.Severity >= report.Error {
			all = append(all, fmt.Sprintf("%s %s %s", f.Code(), f.Ref, f.Where))
		}
	}
	return strings.Join(all, "; ")
}

// excused names a disagreement with xmllint that is one of those known: the
// references it does not resolve, the lexical cases in which it differs from
// the standard, and an empty Metadata, which it takes for valid because one of
// the choices is an abstract head.
func excused(rep *report.Report, got, want bool) string {
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
		return f.Rule == report.XSDValue && strings.Contains(f.Message(report.EN), "base64")
	}):
		return "base64"
	case !got && want && only(func(f *report.Finding) bool {
		return f.Rule == report.XSDMissing && strings.HasSuffix(f.Where.Path, "/Metadata")
	}):
		return "empty Metadata"
	case !got && rep.Has(report.XMLNSUnbound):
		return "unbound prefix"
	}
	return ""
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
			v := referee(t, o.folder, o.file).NewValidator(schema.ValidateOptions{})
			var want []bool
			if o.target == seda.Standard {
				want = mutant.Xmllint(t, mutant.XSD, filepath.Join(dir, "xsd", o.folder, o.file), raw)
			} else {
				for _, d := range raw {
					ok, _ := judgeBy(t, v, d)
					want = append(want, ok)
				}
			}
			valid, excuses := 0, map[string]int{}
			for i, d := range docs {
				got, rep := judge(t, d.data, Options{Target: o.target})
				if want[i] {
					valid++
				}
				if _, other := judgeBy(t, v, d.data); found(other) != found(rep) {
					t.Errorf("%s: %.400s; the official set compiled gives %.400s", d.name, found(rep), found(other))
				}
				if got == want[i] {
					continue
				}
				if why := excused(rep, got, want[i]); why != "" {
					excuses[why]++
					continue
				}
				t.Errorf("%s: valid %v, wanted %v; %.400s", d.name, got, want[i], found(rep))
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
