package schema

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/mutant"
	"github.com/liasse/liasse/internal/schema"
)

// Values tried in place of those of elements and attributes.
var (
	dayPool  = mutant.Pool{Good: []string{"2024-02-29", "2024-01-01Z", "-0044-03-15", "2024-01-01+14:00"}, Bad: []string{"0000-01-01", "2023-02-29", "2024-1-1", "01/01/2024", "", "2024-01-01T00:00:00"}}
	datePool = mutant.Pool{Good: []string{"2024-02-29", "2024-01-01T24:00:00Z", "2024", "2024-06", "--02-29", "--12", "---31"}, Bad: []string{"24", "2024-13", "--02-30", "---32", "", "juin 2024", "2024-06-31"}}
	timePool = mutant.Pool{Good: []string{"2024-02-29T23:59:59", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00.5+01:00"}, Bad: []string{"2024-02-30T00:00:00", "2024-01-01", "2024-01-01T25:00:00", "", "2024-01-01T00:00"}}
	sizePool = mutant.Pool{Good: []string{"1", "12", "+3", "007", "123456789012345678"}, Bad: []string{"", "0", "1.5", "x", "1 2", "-1"}}
	textPool = mutant.Pool{Good: []string{"été 2024", "a", "x y  z", " b "}, Bad: []string{"", " ", "\n"}}
	langPool = mutant.Pool{Good: []string{"fr", "en-GB", "fra"}, Bad: []string{"français", "x y", "123456789", "fr_FR"}}

	// Any text is a URI by the standard; xmllint looks closer.
	uriPool = mutant.Pool{Good: []string{"urn:x", "http://a.fr/b?c#d"}, Bad: []string{"a", ""}}

	messagePools = map[string]mutant.Pool{
		"Date": timePool, "GrantDate": timePool, "LastModified": timePool, "DateCreatedByApplication": timePool, "SigningTime": timePool,
		"ValidationTime": timePool, "TimeStamp": timePool, "TransferDate": timePool, "EventDateTime": datePool,
		"Content/StartDate": datePool, "Content/EndDate": datePool, "CreatedDate": datePool, "TransactedDate": datePool, "@when": datePool,
		"StartDate": dayPool, "HoldEndDate": dayPool, "BirthDate": dayPool, "RequestDate": dayPool,
		"Size": sizePool, "@uncompressedSize": sizePool, "NumberOfPage": sizePool, "DataObjectNumber": sizePool, "Width": sizePool,
		"Title": textPool, "MessageIdentifier": textPool, "ArchivalAgreement": textPool, "Identifier": textPool, "SystemId": textPool,
		"Language": langPool, "DescriptionLanguage": langPool, "@languageID": langPool,
		"@lang":              {Good: []string{"fr", "en-GB", ""}, Bad: []string{"français", "x y", "123456789"}},
		"Attachment":         {Good: []string{"TTAA", "TTA=", ""}, Bad: []string{"TTA", "TTB=", "TT=A"}},
		"MessageDigest":      {Good: []string{"TTAA", "0a", "0A0b", "abcdef01"}, Bad: []string{"0", "é", "0x12", "abc"}},
		"PreventInheritance": {Good: []string{"true", "0", "", " false "}, Bad: []string{" ", "oui", "TRUE", "2"}},
		"NeedAuthorization":  {Good: []string{"true", "0", "1", "false"}, Bad: []string{"", " ", "oui", "TRUE", "2"}},
		"@href":              uriPool, "@uri": uriPool, "@URI": uriPool, "Uri": uriPool, "@schemeURI": uriPool, "@schemeDataURI": uriPool, "@listURI": uriPool,
		"@listSchemeURI": uriPool, "@Algorithm": uriPool, "@Type": uriPool, "@Target": uriPool, "@Encoding": uriPool, "@UR": uriPool,
		"@ObjectReference": uriPool, "SPURI": uriPool, "ObjectReference": uriPool, "DocumentationReference": uriPool,
		"@id": {Good: []string{"_a", "été", "a.b-c"}, Bad: []string{"1a", "a b", "", "a:b"}},
	}
	foreignElements = []string{`<x xmlns="urn:x" xml:lang="fr">y</x>`, `<x xmlns="urn:x" xml:lang="trop_long"/>`,
		`<x xmlns="urn:x"><y xmlns:l="http://www.w3.org/1999/xlink" l:type="simple"/></x>`, `<x xmlns="urn:x"><y xmlns:l="http://www.w3.org/1999/xlink" l:type="autre"/></x>`,
		`<etranger xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>`}
)

// TestGrammarMutantsConformance compares verdicts with those of the official
// sets on documents that hold every element of both grammars, ours and the
// official one, and on variants of them and of the messages of the corpus; and
// proves that the comparison means something.
func TestGrammarMutantsConformance(t *testing.T) {
	dir := corpus.Dir(t, "archive")
	t.Setenv("XML_CATALOG_FILES", filepath.Join(dir, "xsd", "catalog.xml"))
	messages := corpusMessages(t)
	number := 3040
	if testing.Short() {
		number /= 10
	}
	for _, o := range officialSets {
		t.Run(o.folder, func(t *testing.T) {
			t.Parallel()
			number := number
			switch {
			case o.target != seda.Standard:
				number /= 6
			case o.version < seda.V20: // small messages, with many attributes
				number += number * 3 / 4
			}
			set := referee(t, o.folder, o.file)
			ours := grammarOf(o.version, o.target).get()
			official := mutant.NewJudge(set)
			var docs [][]byte
			samples := 0
			for _, d := range append(set.Samples(), ours.Samples()...) {
				docs = append(docs, []byte(d))
			}
			samples = len(docs)
			size := 0
			for _, d := range messages {
				if d.version == o.version && len(d.data) < 12<<10 && size < 64<<10 {
					docs = append(docs, d.data)
					size += len(d.data)
				}
			}
			xsd := filepath.Join(dir, "xsd", o.folder, o.file)
			ask := func(docs [][]byte) []bool {
				if o.target == seda.Standard {
					return mutant.Xmllint(t, mutant.XSD, xsd, docs)
				}
				out := make([]bool, len(docs))
				for i, d := range docs {
					out[i], _ = official.Valid(t, d)
				}
				return out
			}
			var good [][]byte
			for i, ok := range ask(docs) {
				if got, rep := judge(t, docs[i], Options{Target: o.target, Version: o.version}); i < samples && !(ok && got) && mutant.Excused(rep, got, ok) == "" {
					t.Errorf("sample %d of %d: valid %v by the official set, %v by ours: %.300s", i, samples, ok, got, mutant.Faults(rep))
				} else if ok {
					good = append(good, docs[i])
				}
			}
			m, err := mutant.New(mutant.Options{Seed: 20240627, Values: messagePools, Foreign: foreignElements}, good...)
			if err != nil {
				t.Fatal(err)
			}
			mutants := m.Make(number)
			want := ask(mutant.Docs(mutants))
			agree, excuses, tally, touched, valued := 0, map[string]int{}, mutant.Tally{}, map[string]bool{}, map[string]bool{}
			for i, x := range mutants {
				tally.Add(x, want[i])
				touched[x.Touched] = true
				if x.Op == mutant.BadValue {
					valued[x.Touched] = true
					_, a, _ := strings.Cut(x.Touched, "/")
					valued[a] = true
				}
				got, rep := judge(t, x.Doc, Options{Target: o.target, Version: o.version})
				if i%4 == 0 { // where the faults are, too
					if _, other := official.Valid(t, x.Doc); located(other) != located(rep) {
						t.Errorf("mutant %d, %s of %s: %.300s; by the official set %.300s", i, x.Op, x.Touched, mutant.Faults(rep), mutant.Faults(other))
					}
				}
				if got == want[i] {
					agree++
					continue
				}
				if got && bytes.Contains(x.Doc, []byte(`="é€😀"`)) { // a name by the fifth edition of XML, not by the second
					excuses["name characters"]++
					continue
				}
				why := mutant.Excused(rep, got, want[i])
				if why == "" && !got && rep.Has(report.XSDIDDup) && (x.Touched == "DataObjectGroupId" || x.Touched == "DataObjectGroup/@id") {
					why = "twice the same ID, of a union" // the only type of which xmllint does not see it
				}
				if why != "" {
					excuses[why]++
					continue
				}
				t.Errorf("mutant %d, %s of %s: valid %v, wanted %v; %.300s", i, x.Op, x.Touched, got, want[i], mutant.Faults(rep))
			}
			t.Logf("%d mutants of %d documents, %d valid, %d agree, excused %v", tally.Total, len(good), tally.Valid, agree, excuses)
			if tally.Total != number {
				t.Errorf("%d mutants of %d", tally.Total, number)
			}
			tally.Check(t)
			if testing.Short() || o.target != seda.Standard { // too few
				return
			}
			for _, n := range ours.Names() {
				if !touched[n.Local] && !unseen(n) {
					t.Errorf("no mutant touches element %s", n.Local)
				}
			}
			for _, d := range docs[:samples] {
				for _, m := range sampleValues.FindAllSubmatch(d, -1) {
					name := string(m[1])
					if len(m[2]) > 0 {
						name = "@" + string(m[2])
					}
					if !valued[name] && name != "@xmlns" && !strings.HasPrefix(name, "@p") {
						t.Errorf("no mutant has a wrong value of %s", name)
						valued[name] = true
					}
				}
			}
		})
	}
}

// sampleValues finds the elements with a value, and the attributes, of a sample.
var sampleValues = regexp.MustCompile(`<([\w.-]+)[^>]*>[^<]+</| (?:\w+:)?(\w+)="`)

// unseen reports whether no valid document has an element of the name: heads of
// substitution groups, and one whose type is abstract.
func unseen(n schema.QName) bool {
	return strings.HasSuffix(n.Local, "Abstract") || n.Space == "http://www.w3.org/1999/xlink" ||
		n.Local == "AuthorizationRequestReply" || n.Local == "Extended"
}

// located lists where the errors are.
func located(rep *report.Report) string {
	var all []string
	for f := range rep.All() {
		if f.Severity >= report.Error {
			all = append(all, f.Where.String())
		}
	}
	return strings.Join(all, "; ")
}
