package xsd

import (
	"strings"
	"testing"

	"github.com/liasse/liasse/internal/mutant"
)

// Values tried in place of those of elements and attributes, by what the sets
// put there.
var (
	datePool    = mutant.Pool{Good: []string{"2024-02-29", "2024-01-01", "2024-01-01Z", "-0044-03-15"}, Bad: []string{"0000-01-01", "2023-02-29", "2024-1-1", "01/01/2024", "", "2024-01-01T00:00:00"}}
	timePool    = mutant.Pool{Good: []string{"2024-02-29T23:59:59", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00.5+01:00"}, Bad: []string{"2024-02-30T00:00:00", "2024-01-01", "2024-01-01T25:00:00", "", "2024-01-01T00:00"}}
	integerPool = mutant.Pool{Good: []string{"1", "0", "12", "+3"}, Bad: []string{"", "1.5", "x", "1 2", "--1", "-1"}}
	namePool    = mutant.Pool{Good: []string{"été 2024", "a", "1", "true", "x y  z"}, Bad: []string{"", strings.Repeat("a", 600), "é€😀", " ", "01/02/2024"}}
)

var mutantPools = map[string]mutant.Pool{
	"Date": timePool, "StartDate": datePool, "EndDate": datePool, "CreatedDate": datePool, "TransactedDate": timePool, "Size": integerPool,
	"Title": namePool, "Description": namePool, "@lang": {Good: []string{"fr", "en-GB", ""}, Bad: []string{"français", "x y", "123456789"}},
	"Attachment": {Good: []string{"TTAA", "TTA=", ""}, Bad: []string{"TTA", "TTB=", "TT=A"}},
	"@filename":  namePool, "@V": {Good: []string{"1", "2024", "01", "0"}, Bad: []string{"", "x", "99999999999999999999", "1.234"}},
	"BinaryObject": {Good: []string{"TTAA"}, Bad: []string{"TT*A"}},
}

// foreign are elements to insert that are of no set, or global ones.
var foreign = []string{`<x xmlns="urn:x">y</x>`, `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>`,
	`<etranger xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>`}

// TestVerdictsOnMutants compares verdicts with xmllint's on variants of valid
// documents of each set, and proves that the comparison means something.
func TestVerdictsOnMutants(t *testing.T) {
	each := 175
	if testing.Short() {
		each = 60
	}
	byDomain := map[string][]namedDoc{}
	excuses, tally := map[string]int{}, mutant.Tally{}
	for _, e := range compared {
		t.Run(e.folder+"/"+e.file, func(t *testing.T) {
			catalogue(t, e.domain)
			if !mutant.Compiles(t, mutant.XSD, e.path(t)) {
				t.Skip("xmllint does not compile it")
			}
			if _, ok := byDomain[e.domain]; !ok {
				byDomain[e.domain] = documents(t, e.domain)
			}
			g := e.grammar(t)
			judge := mutant.NewJudge(g)
			var docs [][]byte
			var names []string
			size := 0
			for _, d := range byDomain[e.domain] {
				if !g.Declares(d.root) || len(d.data) > 48<<10 || size > 400<<10 {
					continue
				}
				if ok, _ := judge.Valid(t, d.data); ok {
					docs, names = append(docs, d.data), append(names, d.name)
					size += len(d.data)
				}
			}
			if len(docs) == 0 {
				t.Skip("no valid document of the corpus has such a root")
			}
			m, err := mutant.New(mutant.Options{Seed: 20241122, Values: mutantPools, Foreign: foreign}, docs...)
			if err != nil {
				t.Fatal(err)
			}
			mutants := m.Make(each)
			want := mutant.Xmllint(t, mutant.XSD, e.path(t), mutant.Docs(mutants))
			before := tally.Valid
			for i, x := range mutants {
				tally.Add(x, want[i])
				got, rep := judge.Valid(t, x.Doc)
				if !mutant.Agrees(rep, got, want[i], excuses) {
					t.Errorf("mutant %d, %s of %s in %s: valid %v, xmllint says %v; %.300s", i, x.Op, x.Touched, names[x.Source], got, want[i], mutant.Faults(rep))
				}
			}
			t.Logf("%d mutants of %d documents, %d valid", len(mutants), len(docs), tally.Valid-before)
		})
	}
	t.Logf("%d mutants, %d valid, excused %v", tally.Total, tally.Valid, excuses)
	if tally.Total > 0 && !testing.Short() && tally.Total < 5000 {
		t.Errorf("only %d mutants", tally.Total)
	}
	tally.Check(t)
}
