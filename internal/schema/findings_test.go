package schema_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/relaxng"
	"github.com/liasse/liasse/internal/sedatest"
	"github.com/liasse/liasse/internal/xmlcore"
)

func grammarOf(t testing.TB, src string) *schema.Grammar {
	t.Helper()
	g, rep, err := relaxng.Compile(context.Background(), fstest.MapFS{"g.rnc": {Data: []byte(src)}}, "g.rnc", relaxng.Options{})
	if err != nil {
		for f := range rep.All() {
			t.Log(f.Where, f.Message(report.EN))
		}
		t.Fatal(err)
	}
	return g
}

func run(t testing.TB, g *schema.Grammar, doc string, opt schema.ValidateOptions) *report.Report {
	t.Helper()
	if opt.Report == nil {
		opt.Report = report.New(report.Options{})
	}
	v := g.NewValidator(opt)
	r := xmlcore.NewReader(strings.NewReader(doc), xmlcore.Options{})
	if err := xmlcore.Run(context.Background(), r, v); err != nil {
		t.Fatal(err)
	}
	v.Finish(r)
	return opt.Report
}

// list writes findings as code, place and English message, one a line.
func list(rep *report.Report) string {
	var b strings.Builder
	for f := range rep.All() {
		fmt.Fprintf(&b, "%s %s %s | %s\n", f.Code(), f.Ref, f.Where, f.Message(report.EN))
	}
	return b.String()
}

const family = `
namespace v = "urn:liasse:grammar"
start = element r { a, b?, c, (d | e), f*, g? } | element s { k?, h, i? } | element t { k?, h, h }
h = element h { empty }
i = element i { empty }
k = element k { empty }
a = element a { empty }
b = element b { xsd:int }
c = element c { element x { empty }, element y { empty }? }
d = element d { text }
e = element e { empty }
f = element f { attribute n { xsd:int }, attribute m { text }? }
g = element g { [ v:public = "true" ] xsd:token { pattern = "[A-Z]{2}" } | "zz" }
`

// TestOneFaultOneFinding states, for one fault each, the one finding made of it
// and where.
func TestOneFaultOneFinding(t *testing.T) {
	g := grammarOf(t, family)
	for _, c := range []struct{ rule, doc, want string }{
		{"valid", `<r><a/><b>1</b><c><x/></c><d>t</d><f n="1"/><g>AB</g></r>`, ""},
		{"root", `<z><a/></z>`, "XSD-ROOT cvc-elt.1 /z 1:1 | Root element z is not declared by the schema."},
		{"missing in the middle", `<r><a/><d/></r>`, "XSD-MISSING cvc-complex-type.2.4.a /r/d 1:8 | r lacks c."},
		{"missing first", `<r><c><x/></c><d/></r>`, "XSD-MISSING cvc-complex-type.2.4.a /r/c 1:4 | r lacks a."},
		{"missing at the end", `<r><a/><c/></r>`, "XSD-MISSING cvc-complex-type.2.4.b /r/c 1:8 | c lacks x.\nXSD-MISSING cvc-complex-type.2.4.b /r 1:1 | r lacks d."},
		{"two missing", `<r><d/></r>`, "XSD-MISSING cvc-complex-type.2.4.a /r/d 1:4 | r lacks a and c."},
		{"swapped", `<r><c><x/></c><a/><d/></r>`, "XSD-ORDER cvc-complex-type.2.4.a /r/a 1:15 | Element a is misplaced: it belongs before c."},
		{"in the way", `<r><a/><c><x/></c><d/><g>AB</g><f n="1"/></r>`, "XSD-ORDER-AFTER cvc-complex-type.2.4.a /r/g 1:23 | Element g is misplaced: it belongs after f."},
		{"required, and in the way", `<s><h/><k/></s>`, "XSD-ORDER-AFTER cvc-complex-type.2.4.a /s/h 1:4 | Element h is misplaced: it belongs after k."},
		{"required, in the way, and more", `<s><h/><k/><i/></s>`, "XSD-ORDER-AFTER cvc-complex-type.2.4.a /s/h 1:4 | Element h is misplaced: it belongs after k."},
		{"required twice, once in the way", `<t><h/><k/></t>`, "XSD-ORDER-AFTER cvc-complex-type.2.4.a /t/h 1:4 | Element h is misplaced: it belongs after k.\nXSD-MISSING cvc-complex-type.2.4.b /t 1:1 | t lacks h."},
		{"twice", `<r><a/><a/><c><x/></c><d/></r>`, "XSD-ELEMENT cvc-complex-type.2.4.a /r/a[2] 1:8 | Element a is not expected here; expected: c or b."},
		{"too late", `<r><a/><c><x/></c><d/><f n="1"/><b>2</b></r>`, "XSD-ORDER cvc-complex-type.2.4.a /r/b 1:33 | Element b is misplaced: it belongs before c."},
		{"misspelt", `<r><a/><cc><x/></cc><d/></r>`, "XSD-ELEMENT cvc-complex-type.2.4.a /r/cc 1:8 | Element cc is not expected here; expected: c or b.\nXSD-UNCHECKED  /r/cc 1:8 | The content of element cc, which is not expected, was not checked."},
		{"stranger before what is required", `<r><a/><z/><c><x/></c><d/></r>`, "XSD-ELEMENT cvc-complex-type.2.4.a /r/z 1:8 | Element z is not expected here; expected: c or b."},
		{"stranger at the end", `<r><a/><c><x/></c><e/><z/></r>`, "XSD-ELEMENT cvc-complex-type.2.4.a /r/z 1:23 | Element z is not expected here; expected: f or g."},
		{"child of a value", `<r><a/><b>1<z/></b><c><x/></c><e/></r>`, "XSD-ELEMENT cvc-complex-type.2.2 /r/b/z 1:12 | Element z is not expected here; expected: nothing."},
		{"child of nothing", `<r><a><z/></a><c><x/></c><e/></r>`, "XSD-ELEMENT cvc-complex-type.2.1 /r/a/z 1:7 | Element z is not expected here; expected: nothing."},
		{"text among children", `<r><a/>x<c><x/>y</c><e/></r>`, "XSD-TEXT cvc-complex-type.2.3 /r 1:8 | Element r must not hold text.\nXSD-TEXT cvc-complex-type.2.3 /r/c 1:16 | Element c must not hold text."},
		{"value", "<r><a/><b>\nabc</b><c><x/></c><e/></r>", "XSD-VALUE cvc-datatype-valid.1.2.1 /r/b 1:11 | The value of b (text of 4 characters) is not right: an integer is needed."},
		{"value of an attribute", `<r><a/><c><x/></c><e/><f m="" n="9999999999"/></r>`, "XSD-VALUE cvc-maxInclusive-valid /r/f/@n 1:31 | The value of f/@n (10 digits) is not right: 2147483647 or less is needed."},
		{"attribute too many", `<r><a/><c><x/></c><e/><f n="1" k=""/></r>`, "XSD-ATTR cvc-complex-type.3.2.2 /r/f/@k 1:32 | Attribute k is not allowed on element f."},
		{"attribute missing", `<r><a/><c><x/></c><e/><f m=""/></r>`, "XSD-ATTR-MISSING cvc-complex-type.4 /r/f 1:23 | Required attribute n is missing on element f."},
		{"no more of an optional part", `<r><a/><c><x/><x/></c><e/></r>`, "XSD-ELEMENT cvc-complex-type.2.4.a /r/c/x[2] 1:15 | Element x is not expected here; expected: y."},
	} {
		got := strings.TrimSuffix(list(run(t, g, c.doc, schema.ValidateOptions{})), "\n")
		if got != c.want {
			t.Errorf("%s: %s\n got %s\nwant %s", c.rule, c.doc, got, c.want)
		}
	}
}

// TestLateIsToldFromTooMany: a child that the grammar admits earlier on is told
// where it belongs; one that is repeated, or ruled out by a choice, is not.
func TestLateIsToldFromTooMany(t *testing.T) {
	g := grammarOf(t, `start = element r { a*, b?, (c | d), e*, (f | g)*, h? }
a = element a { empty }
b = element b { empty }
c = element c { empty }
d = element d { empty }
e = element e { empty }
f = element f { empty }
g = element g { empty }
h = element h { element r { a*, b?, c } }`)
	for _, c := range []struct{ rule, inside, want string }{
		{"before what was met, not what may come", `<c/><e/><f/><a/>`, "Element a is misplaced: it belongs before c."},
		{"again, where any number is allowed", `<a/><b/><c/><e/><a/>`, "Element a is misplaced: it belongs before b."},
		{"each of several", `<c/><e/><b/><a/>`, "Element b is misplaced: it belongs before c. Element a is misplaced: it belongs before b."},
		{"one too many", `<b/><c/><e/><b/>`, "Element b is not expected here; expected: e, f, g or h."},
		{"the other of a choice", `<c/><e/><d/>`, "Element d is not expected here; expected: e, f, g or h."},
		{"behind what ends", `<c/><h><r><c/></r></h><e/>`, "Element h is misplaced: it belongs after e."},
		{"behind what ends, with one between", `<c/><f/><h><r><c/></r></h><e/>`, "Element e is misplaced: it belongs before f."},
		{"nothing more", `<c/><h><r><c/></r></h><h><r><c/></r></h>`, "Element h is not expected here; expected: nothing more."},
		{"of its own parent only", `<c/><h><r><b/><c/><b/></r></h>`, "Element b is not expected here; expected: nothing more."},
	} {
		var got []string
		for f := range run(t, g, "<r>"+c.inside+"</r>", schema.ValidateOptions{}).All() {
			got = append(got, f.Message(report.EN))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %s\n got %s\nwant %s", c.rule, c.inside, got, c.want)
		}
	}
}

// TestAnotherNamespaceIsSaid in words where nothing else is expected.
func TestAnotherNamespaceIsSaid(t *testing.T) {
	g := grammarOf(t, `namespace n = "urn:n"
start = element n:r { element * - n:* { empty }* }`)
	if got := list(run(t, g, `<r xmlns="urn:n"><o xmlns=""/></r>`, schema.ValidateOptions{})); got != "" {
		t.Errorf("one of another namespace: %s", got)
	}
	got := list(run(t, g, `<r xmlns="urn:n"><x/></r>`, schema.ValidateOptions{}))
	if !strings.Contains(got, "is not expected here; expected: an element of another namespace.") {
		t.Error(got)
	}
}

// TestPrivacy: a value is quoted only where the grammar says it is a code.
func TestPrivacy(t *testing.T) {
	g := grammarOf(t, `namespace v = "urn:liasse:grammar"
start = element r { element nom { xsd:string { maxLength = "3" } }, element code { [ v:public = "true" ] xsd:string { maxLength = "3" } }, element choix { "un" | "deux" } }`)
	doc := `<r><nom>Dupont</nom><code>ABCD</code><choix>Durand</choix></r>`
	got := list(run(t, g, doc, schema.ValidateOptions{}))
	for _, want := range []string{"nom (6 letters)", "code (ABCD)", "choix (6 letters)", "un or deux"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.Contains(got, "Dupont") || strings.Contains(got, "Durand") {
		t.Error("a name is quoted")
	}
	shown := list(run(t, g, doc, schema.ValidateOptions{Report: report.New(report.Options{ShowValues: true})}))
	if !strings.Contains(shown, "Dupont") {
		t.Error("ShowValues does not show")
	}
}

func TestIdentifiers(t *testing.T) {
	g := grammarOf(t, `start = element r { element i { attribute id { xsd:ID }, xsd:IDREFS? }*, element n { xsd:ID }? }`)
	for _, c := range []struct{ rule, doc, want string }{
		{"forward and back", `<r><i id="a">b a</i><i id="b"/><n>c</n></r>`, ""},
		{"twice", `<r><i id="a"/><i id=" a "/></r>`, "XSD-ID-DUP cvc-id.2 /r/i[2] 1:15 | The identifier (1 letter) is used twice.\n"},
		{"once as text", `<r><i id="a"/><n>a</n></r>`, "XSD-ID-DUP cvc-id.2 /r/n 1:15 | The identifier (1 letter) is used twice.\n"},
		{"nowhere", "<r>\n<i id=\"a\">zz</i></r>", "XSD-IDREF cvc-id.1 2:13 | The reference (2 letters) names no identifier of the document.\n"},
	} {
		if got := list(run(t, g, c.doc, schema.ValidateOptions{})); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.rule, got, c.want)
		}
	}
	var b strings.Builder
	b.WriteString("<r>")
	for i := range 1000 {
		fmt.Fprintf(&b, `<i id="x%d">x%d</i>`, i, 999-i)
	}
	b.WriteString("</r>")
	if got := list(run(t, g, b.String(), schema.ValidateOptions{})); got != "" {
		t.Errorf("a thousand identifiers: %s", got)
	}
	rep := run(t, g, b.String(), schema.ValidateOptions{MaxIDs: 10})
	if !rep.Has(report.LimIDs) || !rep.Valid() {
		t.Errorf("limit of identifiers: %s", list(rep))
	}
}

// TestInstanceAttributes covers what v:xsd adds.
func TestInstanceAttributes(t *testing.T) {
	g := grammarOf(t, `namespace v = "urn:liasse:grammar"
namespace p = "urn:p"
v:xsd [ ]
start = element p:r { element p:n { xsd:string }?, [ v:nillable = "true" ] element p:o { xsd:int }?, element p:e { empty }?, element p:t { base }?, element p:w { any }? }
[ v:type = "p:Base" ] base = element p:x { empty }
[ v:type = "p:Derived" v:base = "p:Base" ] derived = element p:x { empty }, element p:y { empty }
start |= element p:unused { derived }
any = (text | [ v:process = "lax" ] attribute * { text } | [ v:process = "lax" ] element * { any })*`)
	const head = `<p:r xmlns:p="urn:p" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`
	for _, c := range []struct{ rule, doc, want string }{
		{"type derived", `<p:n xsi:type="xs:token">a</p:n>`, ""},
		{"type not derived", `<p:n xsi:type="xs:int">1</p:n>`, "XSD-TYPE"},
		{"type unknown", `<p:n xsi:type="p:Nothing">1</p:n>`, "XSD-TYPE"},
		{"derived type gives the content", `<p:t xsi:type="p:Derived"><p:x/><p:y/></p:t>`, ""},
		{"derived type is checked", `<p:t xsi:type="p:Derived"><p:x/></p:t>`, "XSD-MISSING"},
		{"declared type", `<p:t><p:x/><p:y/></p:t>`, "XSD-ELEMENT"},
		{"nil", `<p:o xsi:nil="true"/>`, ""},
		{"nil with content", `<p:o xsi:nil="1">2</p:o>`, "XSD-NIL"},
		{"nil with a child", `<p:o xsi:nil="1"><p:x/></p:o>`, "XSD-NIL"},
		{"nil not allowed", `<p:n xsi:nil="false">a</p:n>`, "XSD-NIL"},
		{"nil that is no boolean", `<p:o xsi:nil="oui">2</p:o>`, "XSD-VALUE"},
		{"not nil", `<p:o xsi:nil="0"></p:o>`, "XSD-VALUE"},
		{"empty means empty", `<p:e> </p:e>`, "XSD-EMPTY"},
		{"comment in empty", `<p:e><!-- --></p:e>`, ""},
		{"unknown instance attribute", `<p:e xsi:autre=""/>`, "XSD-ATTR"},
		{"lax: unknown", `<p:w a="1">x<q/><p:zz/></p:w>`, ""},
		{"lax: known and wrong, deep", `<p:w><q><p:unused/></q></p:w>`, "XSD-MISSING"},
		{"lax: known and right", `<p:w><q><p:unused><p:x/><p:y/></p:unused></q></p:w>`, ""},
		{"blanks in CDATA", `<p:t><![CDATA[ ]]><p:x/></p:t>`, "XSD-LEX-CDATA"},
	} {
		rep := run(t, g, head+c.doc+`</p:r>`, schema.ValidateOptions{})
		var codes []string
		for f := range rep.All() {
			codes = append(codes, f.Code())
		}
		if got := strings.Join(codes, " "); got != c.want {
			t.Errorf("%s: %s\n%s", c.rule, got, list(rep))
		}
	}
}

func TestLexicalWarnings(t *testing.T) {
	g := grammarOf(t, `element r { attribute d { xsd:date }, xsd:integer }`)
	rep := run(t, g, `<r d=" 2024-01-01">1234567890123456789</r>`, schema.ValidateOptions{})
	if !rep.Valid() || !rep.Has(report.XSDLexSpace) || !rep.Has(report.XSDLexInteger) {
		t.Error(list(rep))
	}
}

// TestManyFaults: a parent shows its first faults and counts the others, and
// what is held back for a missing child comes out in order.
func TestManyFaults(t *testing.T) {
	g := grammarOf(t, `element r { element a { empty }, element b { xsd:int }* }`)
	rep := run(t, g, "<r>"+strings.Repeat("<z/>", 500)+"</r>", schema.ValidateOptions{})
	if n := rep.Count(report.Error); n > 22 || !rep.Has(report.XSDMore) {
		t.Errorf("%d errors\n%.500s", n, list(rep))
	}
	rep = run(t, g, "<r>"+strings.Repeat("<b>x</b>", 3000)+"<a/></r>", schema.ValidateOptions{Report: report.New(report.Options{MaxPerSeverity: 10000})})
	last := -1
	for f := range rep.All() {
		if f.Where.Column < last && f.Code() == "XSD-VALUE" {
			t.Fatal("findings out of order")
		}
		last = f.Where.Column
	}
	if n := rep.Count(report.Error); n != 3001 {
		t.Errorf("%d errors", n)
	}
}

// TestFinishAfterTruncation: what was held back is said even when the document
// stops.
func TestFinishAfterTruncation(t *testing.T) {
	g := grammarOf(t, family)
	rep := report.New(report.Options{})
	v := g.NewValidator(schema.ValidateOptions{Report: rep})
	r := xmlcore.NewReader(strings.NewReader(`<r><c><x/></c>`), xmlcore.Options{})
	if err := xmlcore.Run(context.Background(), r, v); err == nil {
		t.Fatal("read to the end")
	}
	v.Finish(r)
	if !rep.Has(report.XSDMissing) {
		t.Error(list(rep))
	}
}

func TestLongValue(t *testing.T) {
	g := grammarOf(t, `element r { element t { xsd:string { maxLength = "10" } }, element s { xsd:string }, element b { xsd:base64Binary } }`)
	long := strings.Repeat("A", 40_000)
	rep := run(t, g, "<r><t>"+long+"</t><s>"+long+"</s><b>"+long+"</b></r>", schema.ValidateOptions{MaxValue: 1000})
	if got := list(rep); strings.Count(got, "\n") != 1 || !rep.Has(report.LimBytes) {
		t.Error(got)
	}
}

// TestWorkIsBounded: a document made to be expensive for its grammar is given
// up on, with a finding.
func TestWorkIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("element r { ")
	for i := range 400 {
		fmt.Fprintf(&b, "(element e%d { empty }?, element f%d {empty}?)* & ", i, i)
	}
	b.WriteString("element z { empty }* }")
	g := grammarOf(t, b.String())
	if g.Stats().Lazy == 0 {
		t.Fatal("the grammar has tables")
	}
	b.Reset()
	b.WriteString("<r>")
	for i := range 40_000 {
		fmt.Fprintf(&b, "<e%d/>", i*7919%400)
	}
	b.WriteString("</r>")
	rep := run(t, g, b.String(), schema.ValidateOptions{})
	if !rep.Valid() && !rep.Has(report.LimTime) && !rep.Has(report.LimStates) {
		t.Error(list(rep))
	}
	t.Logf("%s", list(rep))
}

// TestSteadyState: a valid document costs no allocation per element.
func TestSteadyState(t *testing.T) {
	g := compileBench(t)
	r := xmlcore.NewReader(nil, xmlcore.Options{})
	v := g.NewValidator(schema.ValidateOptions{})
	count := func(doc []byte, sinks ...xmlcore.Sink) float64 {
		return testing.AllocsPerRun(5, func() {
			r.Reset(strings.NewReader(string(doc)), xmlcore.Options{})
			v.Reset(schema.ValidateOptions{})
			if err := xmlcore.Run(context.Background(), r, sinks...); err != nil || !v.Valid() {
				t.Fatal(err)
			}
		})
	}
	small, large := sedatest.Transfer(40), sedatest.Transfer(4000)
	perElement := (count(large, v) - count(large)) - (count(small, v) - count(small))
	if perElement > 20 {
		t.Errorf("%v allocations more for 4000 units than for 40", perElement)
	}
}

// TestGrammarIsShared runs two validators of one grammar at once.
func TestGrammarIsShared(t *testing.T) {
	g := grammarOf(t, family)
	done := make(chan string)
	for range 4 {
		go func() {
			var all string
			for range 200 {
				rep := report.New(report.Options{})
				v := g.NewValidator(schema.ValidateOptions{Report: rep})
				r := xmlcore.NewReader(strings.NewReader(`<r><c><x/></c><a/><d/></r>`), xmlcore.Options{})
				if err := xmlcore.Run(context.Background(), r, v); err != nil {
					done <- err.Error()
					return
				}
				all = list(rep)
			}
			done <- all
		}()
	}
	first := <-done
	for range 3 {
		if other := <-done; other != first {
			t.Errorf("%s\n%s", first, other)
		}
	}
}

// TestLongValuesAreAffordable: patterns on long honest values never exhaust the
// work allowed.
func TestLongValuesAreAffordable(t *testing.T) {
	g := grammarOf(t, `element r { element t { xsd:string { pattern = "[a-z ]*" } }* }`)
	doc := "<r>" + strings.Repeat("<t>"+strings.Repeat("mot ", 2000)+"</t>", 1500) + "</r>"
	if rep := run(t, g, doc, schema.ValidateOptions{}); !rep.Valid() {
		t.Error(list(rep))
	}
}

// TestSaysInWordsWhatNoNameSays: where any element of another vocabulary may
// stand, and of a text that is checked as it streams by.
func TestSaysInWordsWhatNoNameSays(t *testing.T) {
	g := grammarOf(t, `default namespace n = "urn:n"
start = element r { element open { element * - n:* { text }? }, element file { xsd:base64Binary } }`)
	said := ""
	for f := range run(t, g, `<r xmlns="urn:n"><open><a/></open><file>`+strings.Repeat("=", 5000)+`</file></r>`, schema.ValidateOptions{}).All() {
		said += f.Message(report.FR) + "\n"
	}
	for _, want := range []string{"attendu : un élément d'un autre espace de noms.", "il faut des données en base64"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said in %s", want, said)
		}
	}
	if strings.Contains(said, "xs:") || strings.Contains(said, "*") {
		t.Error(said)
	}
}
