package relaxng

import (
	"archive/zip"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/mutant"
	"github.com/liasse/liasse/internal/schema"
)

// profiles are those of the corpus, with documents of the corpus that follow
// them.
var profiles = []struct{ path, valid string }{
	{"profiles/Profil20.rng", "profiles/checkProfil_manifest_ok.xml"},
	{"profiles/profil_ok.rng", "sips/ok/OK_SIPwithProfilRNG.zip"},
	{"profiles/profile_ok_small.rng", ""},
	{"profiles/pes/DEP56_PROFIL_PES_0001_20170529_v10_schema.rng", ""},
}

func compileProfile(t testing.TB, dir, path string) *schema.Grammar {
	t.Helper()
	g, rep, err := Compile(context.Background(), os.DirFS(dir), path, Options{})
	if err != nil || rep.Len() > 0 {
		t.Fatalf("%s: %v, %d notes", path, err, rep.Len())
	}
	return g
}

// manifests are the transfers of the corpus that stand alone.
func manifests(t testing.TB, dir string) (names []string, docs [][]byte) {
	t.Helper()
	for _, pattern := range []string{"manifests/*.xml", "profiles/*.xml", "profiles/pes/bordereau*.xml", "examples/*.xml"} {
		all, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range all {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if len(data) < 1<<20 {
				names, docs = append(names, filepath.Base(name)), append(docs, data)
			}
		}
	}
	z, err := zip.OpenReader(filepath.Join(dir, "sips/ok/OK_SIPwithProfilRNG.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, ".xml") {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			names, docs = append(names, "OK_SIPwithProfilRNG.zip"), append(docs, data)
		}
	}
	return names, docs
}

// TestProfilesOfTheCorpus compares verdicts with xmllint's on every transfer of
// the corpus, under every profile.
func TestProfilesOfTheCorpus(t *testing.T) {
	dir := corpus.Dir(t, "archive")
	names, docs := manifests(t, dir)
	for _, p := range profiles {
		judge := mutant.NewJudge(compileProfile(t, dir, p.path))
		accepted := 0
		for i, want := range mutant.Xmllint(t, mutant.RNG, filepath.Join(dir, p.path), docs) {
			valid, _ := judge.Valid(t, docs[i])
			if valid != want {
				t.Errorf("%s under %s: valid %v, xmllint says %v", names[i], p.path, valid, want)
			}
			if valid {
				accepted++
			}
		}
		if p.valid != "" && accepted == 0 {
			t.Errorf("%s accepts nothing", p.path)
		}
		t.Logf("%s: %d of %d accepted", p.path, accepted, len(docs))
	}
}

// Values tried in place of those of the documents.
var (
	stamps   = mutant.Pool{Good: []string{"2024-02-29T23:59:59", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00.5+01:00"}, Bad: []string{"2024-02-30T00:00:00", "2024-01-01", "", "2024-01-01T00:00"}}
	numbers  = mutant.Pool{Good: []string{"1", "12", "+3"}, Bad: []string{"", "1.5", "x", "1 2", "--1", "-1"}}
	anything = mutant.Pool{Good: []string{"été 2024", "a", "x y  z", "1"}, Bad: []string{"", strings.Repeat("a", 600), " "}}
	someIDs  = mutant.Pool{Good: []string{"_neuf", "ID-9.x"}, Bad: []string{"", "9", "a b", "a:b"}}
)

var pools = map[string]mutant.Pool{
	"Date": stamps, "LastModified": stamps, "Size": numbers, "MessageIdentifier": anything, "Title": anything, "Description": anything,
	"Filename": anything, "Uri": anything, "MessageDigest": anything, "@schemeID": anything, "@schemeURI": anything, "@filename": anything,
	"Identifier": anything, "FormatId": anything, "MimeType": anything, "@algorithm": anything, "@id": someIDs, "@lang": {Good: []string{"fr", "en-GB"}, Bad: []string{"français", ""}},
	"StartDate": {Good: []string{"2024-02-29", "1999-12-31"}, Bad: []string{"2023-02-29", "31/12/1999", "2024"}},
}

// TestVerdictsOnMutants compares verdicts with xmllint's on variants of what
// follows each profile.
func TestVerdictsOnMutants(t *testing.T) {
	dir := corpus.Dir(t, "archive")
	_, all := manifests(t, dir)
	each := 600
	if testing.Short() {
		each = 150
	}
	var tally mutant.Tally
	for _, p := range profiles {
		judge := mutant.NewJudge(compileProfile(t, dir, p.path))
		var docs [][]byte
		for _, d := range all {
			if ok, _ := judge.Valid(t, d); ok {
				docs = append(docs, d)
			}
		}
		if len(docs) == 0 { // no document of the corpus follows it
			for _, optional := range []bool{false, true} {
				root, _, err := MakeSample(context.Background(), os.DirFS(dir), p.path, Options{}, SampleOptions{Optional: optional})
				if err != nil {
					t.Fatal(err)
				}
				doc, _ := written(t, root)
				docs = append(docs, doc)
			}
		}
		m, err := mutant.New(mutant.Options{Seed: 20241122, Values: pools, Foreign: []string{`<x xmlns="urn:x">y</x>`, `<Comment/>`}}, docs...)
		if err != nil {
			t.Fatal(err)
		}
		mutants := m.Make(each)
		for i, want := range mutant.Xmllint(t, mutant.RNG, filepath.Join(dir, p.path), mutant.Docs(mutants)) {
			x := mutants[i]
			tally.Add(x, want)
			got, rep := judge.Valid(t, x.Doc)
			if got != want {
				t.Errorf("%s: mutant %d, %s of %s: valid %v, xmllint says %v; %.300s", p.path, i, x.Op, x.Touched, got, want, mutant.Faults(rep))
			}
		}
	}
	t.Logf("%d mutants, %d valid", tally.Total, tally.Valid)
	tally.Check(t)
}
