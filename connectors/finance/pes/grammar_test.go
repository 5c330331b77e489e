package pes

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/mutant"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/xmlcore"
)

const (
	nsAller  = "http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller"
	nsRetour = "http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/retour"
)

// family says which official schema judges what one of our grammars judges.
type family struct {
	document, file, root, space, xsd string
	mutants                          int
	only                             func(*row) bool
}

var families = []family{
	{"PES_Aller", "aller.rnc", "PES_Aller", nsAller, "PES_V2/Rev0/PES_Aller.xsd", 800,
		func(r *row) bool { return r.name != "PES_Facture" && r.name != "PES_Marche" }},
	{"PES_Aller", "aller.rnc", "PES_Aller", nsAller, "PES_V2/Rev0/PES_Aller.xsd", 800,
		func(r *row) bool { return r.name == "PES_Facture" || r.name[0] == 'E' }},
	{"PES_Aller", "aller.rnc", "PES_Aller", nsAller, "PES_V2/Rev0/PES_Aller.xsd", 800,
		func(r *row) bool { return r.name == "PES_Marche" || r.name[0] == 'E' }},
	{"PES_ACQUIT (v2)", "acquit.rnc", "PES_ACQUIT", nsRetour + "/v2", "PES_V2/Rev0/PES_V2_Acquit_Autonome_V2.xsd", 160, nil},
	{"PES_ACQUIT (old)", "acquit.rnc", "PES_ACQUIT", nsRetour, "PES_V2/Rev0/PES_V2_Acquit_Autonome.xsd", 160, nil},
	{"PES_ACQUIT_RETOUR", "acquit.rnc", "PES_ACQUIT_RETOUR", nsAller + "/ack", "PES_V2/RETOUR/Rev0/PES_V2_Acquit_Retour.xsd", 80, nil},
	{"PES_Retour", "retour.rnc", "PES_Retour", nsRetour, "PES_V2/RETOUR/Rev0/PES_Retour.xsd", 480, nil},
}

func officialSchema(t testing.TB, f family, version string) string {
	return filepath.Join(corpus.Dir(t, "finance"), "xsd", "pes_v"+version, filepath.FromSlash(f.xsd))
}

func validate(t testing.TB, v *schema.Validator, doc []byte) (bool, *report.Report) {
	t.Helper()
	rep := report.New(report.Options{})
	r := xmlcore.NewReader(bytes.NewReader(doc), xmlcore.Options{})
	v.Reset(schema.ValidateOptions{Report: rep})
	err := xmlcore.Run(context.Background(), r, v)
	v.Finish(r)
	var bad *xmlcore.Error
	if err != nil && !errors.As(err, &bad) {
		t.Fatal(err)
	}
	if bad != nil {
		rep.Record(bad.Finding)
	}
	return err == nil && rep.Valid(), rep
}

func codes(rep *report.Report) string {
	var all []string
	for f := range rep.All() {
		all = append(all, f.Code()+" at "+f.Where.Path)
	}
	return strings.Join(all, ", ")
}

// TestGrammarAgreesOnCorpus compares the verdict on every PES of the corpus
// with xmllint's, by both sets.
func TestGrammarAgreesOnCorpus(t *testing.T) {
	byRoot := map[string][]string{}
	dir := filepath.Join(corpus.Dir(t, "finance"), "samples")
	data := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".xml") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		r := xmlcore.NewReader(bytes.NewReader(b), xmlcore.Options{})
		for {
			k, err := r.Next()
			if err != nil {
				return nil
			}
			if k == xmlcore.StartElement {
				break
			}
		}
		key := r.Name().Space + " " + r.Name().Local
		byRoot[key] = append(byRoot[key], path)
		data[path] = b
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	n, valid := 0, 0
	for i, f := range families {
		if i == 1 || i == 2 { // the same root
			continue
		}
		paths := byRoot[f.space+" "+f.root]
		if len(paths) == 0 {
			t.Errorf("no sample of %s", f.document)
		}
		docs := make([][]byte, len(paths))
		for i, p := range paths {
			docs[i] = data[p]
		}
		for _, version := range Versions() {
			want := mutant.Xmllint(t, mutant.XSD, officialSchema(t, f, version), docs)
			v := grammars[grammarKey{f.file, version}]().NewValidator(schema.ValidateOptions{})
			for i, p := range paths {
				got, rep := validate(t, v, docs[i])
				n++
				if want[i] {
					valid++
				}
				if got != want[i] {
					t.Errorf("%s, %s: valid %v, xmllint says %v; %s", filepath.Base(p), version, got, want[i], codes(rep))
				}
			}
		}
	}
	t.Logf("%d verdicts, %d valid", n, valid)
	if valid < 150 {
		t.Errorf("only %d valid: the comparison proves little", valid)
	}
}

// TestGrammarAgreesOnMutants compares verdicts with xmllint's, by both sets, on
// variants of documents that hold all the schema allows.
func TestGrammarAgreesOnMutants(t *testing.T) {
	total, valid, agree, blanks := 0, 0, 0, 0
	ops := map[mutant.Op]int{}
	versions := Versions()
	if testing.Short() {
		versions = []string{V517}
	}
	for _, version := range versions {
		for _, f := range families {
			docs, pools, names := seedDocs(t, f.document, f.space, version, f.only)
			xsd := officialSchema(t, f, version)
			v := grammars[grammarKey{f.file, version}]().NewValidator(schema.ValidateOptions{})
			for i, ok := range mutant.Xmllint(t, mutant.XSD, xsd, docs) {
				if !ok {
					_, rep := validate(t, v, docs[i])
					t.Errorf("%s %s: seed %d is not valid to begin with; %s", f.document, version, i+1, codes(rep))
				}
			}
			m, err := mutant.New(mutant.Options{Seed: 20240315, Values: pools, Foreign: []string{
				`<x xmlns="urn:x"/>`, `<IdPce V="1"/>`, `<ds:Object xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>`}}, docs[:5]...)
			if err != nil {
				t.Fatal(err)
			}
			n := f.mutants
			if version != V517 { // most of it is the same grammar
				n /= 5
			}
			if testing.Short() {
				n /= 10
			}
			mutants := m.Make(n)
			raw := make([][]byte, len(mutants))
			touched := map[string]bool{}
			for i := range mutants {
				raw[i] = mutants[i].Doc
				ops[mutants[i].Op]++
				touched[strings.TrimSuffix(mutants[i].Touched, "/@V")] = true
			}
			for _, name := range names {
				if touched[name] || version != V517 {
					continue
				}
				for i, doc := range docs {
					if x := reach(doc, name); x != nil {
						raw, touched[name] = append(raw, x), true
						mutants = append(mutants, mutant.Mutant{Doc: x, Op: mutant.BadAttribute, Touched: name, Source: i})
						break
					}
				}
			}
			want := mutant.Xmllint(t, mutant.XSD, xsd, raw)
			for i, x := range mutants {
				got, rep := validate(t, v, x.Doc)
				total++
				if want[i] {
					valid++
				}
				switch {
				case got == want[i]:
					agree++
				case got && rep.Has(report.XSDLexSpace): // xmllint refuses blanks around a date, against the norm
					blanks++
				default:
					t.Errorf("%s %s, mutant %d, %s of %s: valid %v, xmllint says %v; %s", f.document, version, i, x.Op, x.Touched, got, want[i], codes(rep))
				}
			}
			for _, n := range names {
				if !touched[n] && n != f.root && n != "Signature" && !strings.Contains(n, ":") && version == V517 {
					t.Errorf("%s: no mutant touches %s", f.document, n)
				}
			}
		}
	}
	t.Logf("%d mutants, %d valid (%d%%), %d agree, %d dates with blanks", total, valid, 100*valid/max(total, 1), agree, blanks)
	if testing.Short() { // too few to say how they are spread
		return
	}
	if blanks == 0 {
		t.Error("no mutant has a date with blanks: the exception is not tried")
	}
	if valid*100 < 15*total {
		t.Errorf("only %d of %d mutants are valid", valid, total)
	}
	for _, op := range mutant.Ops() {
		if ops[op]*10 < total {
			t.Errorf("%s: only %d of %d mutants", op, ops[op], total)
		}
	}
}
