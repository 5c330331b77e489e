package relaxng

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/xmlcore"
)

func files(kv ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(kv); i += 2 {
		m[kv[i]] = &fstest.MapFile{Data: []byte(kv[i+1])}
	}
	return m
}

func compile(t testing.TB, src string, opt Options) *schema.Grammar {
	t.Helper()
	g, rep, err := Compile(context.Background(), files("g.rnc", src), "g.rnc", opt)
	if err != nil {
		for f := range rep.All() {
			t.Logf("%s %s", f.Where, f.Message(report.EN))
		}
		t.Fatalf("does not compile: %v\n%s", err, src)
	}
	return g
}

// judge validates a document and returns the codes of its findings.
func judge(t testing.TB, g *schema.Grammar, doc string) (string, *report.Report) {
	t.Helper()
	rep := report.New(report.Options{})
	v := g.NewValidator(schema.ValidateOptions{Report: rep})
	r := xmlcore.NewReader(strings.NewReader(doc), xmlcore.Options{})
	if err := xmlcore.Run(context.Background(), r, v); err != nil {
		t.Fatalf("%v\n%s", err, doc)
	}
	v.Finish(r)
	var codes []string
	for f := range rep.All() {
		codes = append(codes, f.Code())
	}
	if v.Valid() != rep.Valid() {
		t.Errorf("Valid() is %v, the report says %v", v.Valid(), rep.Valid())
	}
	return strings.Join(codes, " "), rep
}

// TestPatterns validates documents against grammars, one construct at a time:
// a document followed by "!" is not valid.
func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		rule, grammar string
		docs          []string
	}{
		{"empty", `element a { empty }`, []string{"<a/>", "<a> </a>", "<a>x</a>!", "<a><b/></a>!", "<b/>!", `<a x=""/>!`}},
		{"text", `element a { text }`, []string{"<a/>", "<a>x</a>", "<a><b/></a>!"}},
		{"no such element", `element a { (element b {notAllowed} | element c {empty}), element d {empty} }`, []string{"<a><c/><d/></a>", "<a><b/><d/></a>!", "<a><b>x</b><d/></a>!", "<a><d/></a>!"}},
		{"no such element, by a part of its content", `element a { element b {notAllowed, element c {text}}? }`, []string{"<a/>", "<a><b/></a>!", "<a><b><c/></b></a>!"}},
		{"an element under one name that there is not", `element a { (element b {notAllowed} | element b {text}) }`, []string{"<a><b>x</b></a>", "<a><b><c/></b></a>!", "<a/>!"}},
		{"no such list", `element a { list { notAllowed } | element b {empty} }`, []string{"<a><b/></a>", "<a>x</a>!", "<a/>!"}},
		{"group", `element a { element b {empty}, element c {empty} }`, []string{"<a><b/><c/></a>", "<a> <b/>\n<c/> </a>", "<a><b/></a>!", "<a><c/><b/></a>!", "<a><b/>x<c/></a>!"}},
		{"choice", `element a { element b {empty} | element c {empty} }`, []string{"<a><b/></a>", "<a><c/></a>", "<a/>!", "<a><b/><c/></a>!"}},
		{"repetition", `element a { element b {empty}*, element c {empty}+, element d {empty}? }`, []string{"<a><c/></a>", "<a><b/><b/><c/><c/><d/></a>", "<a><b/></a>!", "<a><c/><d/><d/></a>!"}},
		{"interleave", `element a { element b {empty} & element c {empty}? & element d {empty}* }`, []string{"<a><b/></a>", "<a><d/><c/><d/><b/><d/></a>", "<a><c/></a>!", "<a><b/><b/></a>!"}},
		{"interleave of groups", `element a { (element b {empty}, element c {empty}) & (element d {empty}, element e {empty}) }`, []string{"<a><b/><d/><c/><e/></a>", "<a><d/><e/><b/><c/></a>", "<a><c/><b/><d/><e/></a>!"}},
		{"mixed", `element a { mixed { element b {empty}, element c {empty} } }`, []string{"<a>x<b/>y<c/>z</a>", "<a><c/><b/></a>!", "<a>x<b/></a>!"}},
		{"text at its place", `element a { element b {empty}, text, element c {empty} }`, []string{"<a><b/>x<c/></a>", "<a><b/><c/></a>", "<a>x<b/><c/></a>!", "<a><b/><c/>x</a>!"}},
		{"attributes", `element a { attribute x {text}, attribute y {"1"|"2"}? }`, []string{`<a x=""/>`, `<a x="" y="2"/>`, `<a y="1"/>!`, `<a x="" y="3"/>!`, `<a x="" z=""/>!`}},
		{"attribute of a namespace", `namespace n = "urn:n"` + "\n" + `element n:a { attribute n:x {text} }`, []string{`<a xmlns="urn:n" xmlns:n="urn:n" n:x=""/>`, `<a xmlns="urn:n" x=""/>!`, `<a/>!`}},
		{"default namespace", `default namespace = "urn:n"` + "\n" + `element a { attribute x {text}, element b {empty} }`, []string{`<p:a xmlns:p="urn:n" x=""><p:b/></p:a>`, `<p:a xmlns:p="urn:n" x=""><b/></p:a>!`}},
		{"attributes tied to children", `element a { (attribute x {text}, element b {empty}) | (attribute y {text}, element c {empty}) }`, []string{`<a x=""><b/></a>`, `<a y=""><c/></a>`, `<a x=""><c/></a>!`, `<a><b/></a>!`, `<a x="" y=""><b/></a>!`}},
		{"choice of attributes", `element a { attribute x {text} | attribute y {text} }`, []string{`<a x=""/>`, `<a y=""/>`, `<a/>!`, `<a x="" y=""/>!`}},
		{"optional attribute by choice", `element a { (attribute x {text} | empty), element b {empty} }`, []string{`<a x=""><b/></a>`, `<a><b/></a>`}},
		{"attribute before a value", `element a { attribute x {text}?, xsd:integer }`, []string{`<a x="">1</a>`, `<a>1</a>`, `<a x="">y</a>!`}},
		{"any attribute", `element a { attribute * - b {text}* }`, []string{`<a x="" y=""/>`, `<a/>`, `<a b=""/>!`}},
		{"at least one attribute", `element a { attribute * {text}+ }`, []string{`<a x=""/>`, `<a/>!`}},
		{"once or more of an attribute that may be absent", `element a { (attribute x {text}?)+, element b {empty}? }`, []string{`<a/>`, `<a x=""/>`, `<a x=""><b/></a>`, `<a y=""/>!`}},
		{"once or more of an attribute or a child", `element a { (attribute x {text}? | element b {empty})+ }`, []string{`<a/>`, `<a x=""/>`, `<a><b/><b/></a>`, `<a x=""><b/></a>`, `<a y=""/>!`}},
		{"attributes of a namespace", `namespace n = "urn:n"` + "\n" + `element a { attribute n:* {text}* }`, []string{`<a xmlns:n="urn:n" n:x=""/>`, `<a x=""/>!`}},
		{"any element", "start = element a { any }\nany = (attribute * {text} | text | element * {any})*", []string{`<a x=""><b>x<c/></b>y</a>`, `<a/>`}},
		{"any element but", `element a { element * - (b|c) {text} }`, []string{`<a><d/></a>`, `<a><b/></a>!`, `<a><c/></a>!`}},
		{"elements of a namespace but", `namespace n = "urn:n"` + "\n" + `element a { element n:* - n:b {text}* }`, []string{`<a xmlns:n="urn:n"><n:c/><n:d/></a>`, `<a xmlns:n="urn:n"><n:b/></a>!`, `<a><c/></a>!`}},
		{"choice of names", `element a | b { empty }`, []string{`<a/>`, `<b/>`, `<c/>!`}},
		{"data", `element a { xsd:integer { minInclusive = "1" maxInclusive = "9" } }`, []string{"<a>5</a>", "<a> 05 </a>", "<a>10</a>!", "<a/>!", "<a>x</a>!", "<a>5<b/></a>!"}},
		{"two patterns both hold", `element a { xsd:string { pattern = "[ab]" pattern = "[bc]" } }`, []string{"<a>b</a>", "<a>a</a>!"}},
		{"except", `element a { xsd:token - ("x" | "y") }`, []string{"<a>z</a>", "<a> x </a>!"}},
		{"value", `element a { "x y" | string " z" | xsd:integer "1" }`, []string{"<a> x  y </a>", "<a> z</a>", "<a>z</a>!", "<a>001</a>", "<a>2</a>!"}},
		{"many values", `element a { "a"|"b"|"c"|"d"|"e"|"f"|"g"|"h"|"i"|"j" }`, []string{"<a> j </a>", "<a>k</a>!"}},
		{"value or children", `element a { xsd:integer | element b {empty} }`, []string{"<a>1</a>", "<a><b/></a>", "<a>x</a>!", "<a/>!"}},
		{"text after children that stand in a choice with a value", `element a { "x" | element b {empty} }`, []string{"<a><b/></a>", "<a>x</a>", "<a> <b/> </a>", "<a><b/>x</a>!", "<a>x<b/></a>!", "<a><b/>1</a>!"}},
		{"the same, mixed", `element a { "x" | mixed { element b {empty} } }`, []string{"<a><b/>x</a>", "<a>y<b/>z</a>", "<a>x</a>", "<a>y</a>!"}},
		{"what notAllowed takes away need not be right (4.20)", `element a { attribute x { text | (notAllowed, attribute y {text}) } }`, []string{`<a x="1"/>`, "<a/>!"}},
		{"the same of values and attributes", `element a { element b {empty} | (notAllowed, xsd:token, xsd:token) | (attribute x { attribute y {notAllowed} }, element c {empty}) | (mixed { mixed { text } }, notAllowed) | list { notAllowed }* }`, []string{"<a><b/></a>", "<a/>", `<a x="1"/>!`, "<a>x</a>!"}},
		{"the same by definitions", "start = element a { element b {empty} | (none, (element c {empty} & element c {empty})) | element e {none} }\nnone = grammar { start = parent no }\nno |= notAllowed\nno |= (element d {empty}, never)\nnever &= text\nnever &= notAllowed", []string{"<a><b/></a>", "<a><c/><c/></a>!", "<a><e/></a>!"}},
		{"value or nothing", `element a { xsd:integer? }`, []string{"<a>1</a>", "<a/>", "<a>x</a>!"}},
		{"list", `element a { list { xsd:integer, ("x" | "y")+, xsd:date? } }`, []string{"<a>1 x y</a>", "<a>1 x 2024-01-01</a>", "<a>1</a>!", "<a>x</a>!", "<a>1 x 2024-01-01 x</a>!"}},
		{"list of nothing", `element a { list { xsd:integer* } }`, []string{"<a/>", "<a>1 2</a>", "<a>1 x</a>!"}},
		{"recursion through elements", "start = r\nr = element r { r* , element e {empty}? }", []string{"<r><r><r/></r><r><e/></r></r>", "<r><e/><r/></r>!"}},
		{"ambiguous by attribute", `element a { element b { attribute t {"1"}, element c {empty} } | element b { attribute t {"2"}, element d {empty} } }`, []string{`<a><b t="1"><c/></b></a>`, `<a><b t="2"><d/></b></a>`, `<a><b t="1"><d/></b></a>!`, `<a><b t="3"/></a>!`}},
		{"ambiguous by what is far below", `element a { (element b { element c { "1" } }, element d {empty}) | (element b { element c { "2" } }, element e {empty}) }`, []string{"<a><b><c>1</c></b><d/></a>", "<a><b><c>2</c></b><e/></a>", "<a><b><c>1</c></b><e/></a>!", "<a><b><c>3</c></b><e/></a>!"}},
		{"ambiguous in sequence", `element a { element b {"1"}*, element b {"1"|"2"}, element b {"2"}? }`, []string{"<a><b>1</b><b>1</b><b>2</b></a>", "<a><b>2</b><b>2</b></a>", "<a><b>2</b><b>1</b></a>!", "<a/>!"}},
		{"combine", "start = a\na = element a { x }\nx |= element b {empty}\nx |= element c {empty}\nstart |= element z {empty}", []string{"<a><b/></a>", "<a><c/></a>", "<z/>"}},
		{"combine by interleave", "start = element a { x }\nx &= element b {empty}\nx &= element c {empty}", []string{"<a><c/><b/></a>", "<a><b/></a>!"}},
		{"nested grammar", "start = element a { grammar { start = element b { parent x }\nx = element no {empty} } }\nx = element c {empty}", []string{"<a><b><c/></b></a>", "<a><b><no/></b></a>!"}},
		{"escaped characters", `element a { "\x{41}" ~ 'b' ~ """c""" }`, []string{"<a>Abc</a>", "<a>abc</a>!"}},
		{"identifiers", "start = element a { attribute id { xsd:ID }?, element r { attribute to { xsd:IDREF } }*, element b { attribute id {xsd:ID} }* }",
			[]string{`<a id="x"><r to="x"/><r to="y"/><b id="y"/></a>`, `<a id="x"><b id="x"/></a>!`, `<a><r to="z"/></a>!`}},
		{"many in any order", "start = element a { " + interleaved(26) + " }", []string{"<a>" + elements(26) + "</a>", "<a>" + elements(25) + "</a>!"}},
		{"more states than a table", "start = element a { (x|y)*, x, " + strings.Repeat("(x|y),", 19) + " (x|y) }\nx = element x {empty}\ny = element y {empty}",
			[]string{"<a><x/>" + strings.Repeat("<y/>", 20) + "</a>", "<a>" + strings.Repeat("<y/><x/>", 3000) + "</a>", "<a><y/>" + strings.Repeat("<x/>", 19) + "</a>!"}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			g := compile(t, c.grammar, Options{})
			for _, d := range c.docs {
				doc, bad := strings.CutSuffix(d, "!")
				codes, rep := judge(t, g, doc)
				if rep.Valid() == bad {
					t.Errorf("%.80s: valid %v, findings %q", doc, rep.Valid(), codes)
				}
			}
		})
	}
}

func interleaved(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(" & ")
		}
		b.WriteString("element e" + string(rune('a'+i)) + " {empty}")
	}
	return b.String()
}

func elements(n int) string {
	var b strings.Builder
	for i := n - 1; i >= 0; i-- {
		b.WriteString("<e" + string(rune('a'+i)) + "/>")
	}
	return b.String()
}

func TestSyntaxAccepted(t *testing.T) {
	for rule, src := range map[string]string{
		"annotations":       "namespace z = \"urn:z\"\n## Doc\n[ z:a = \"1\" z:b [ \"x\" z:c [] ] ]\nstart = [ z:d = \"2\" ] element a { [ z:x=\"1\" ] text } >> z:e [ ]\nz:f [ \"y\" ]\ndiv { x = empty }",
		"keywords as names": `element element { attribute list { text }, element start { empty } }`,
		"escaped keyword":   "start = \\start\n\\start = element a { empty }",
		"line ends":         "start =\r\n element a\r{ empty } # comment",
	} {
		if _, _, err := Compile(context.Background(), files("g.rnc", src), "g.rnc", Options{}); err != nil {
			t.Errorf("%s: %v", rule, err)
		}
	}
}

func TestSyntaxRefused(t *testing.T) {
	for rule, src := range map[string]string{
		"nothing":                            "",
		"open brace":                         "element a { empty",
		"open quotation mark":                `element a { "x }`,
		"connectors mixed":                   "element a { text, empty | text }",
		"unknown reference":                  "start = nowhere",
		"unknown prefix":                     "element p:a { empty }",
		"unknown type":                       "element a { xsd:nombre }",
		"unknown parameter":                  `element a { xsd:string { size = "1" } }`,
		"parameter that does not apply":      `element a { xsd:date { length = "1" } }`,
		"bad regular expression":             `element a { xsd:string { pattern = "[" } }`,
		"value not of its type":              `element a { xsd:date "demain" }`,
		"definition twice":                   "start = a\na = element a {empty}\na = element b {empty}",
		"combined in two ways":               "start = a\na |= element a {empty}\na &= element b {empty}",
		"recursion outside an element":       "start = a\na = b\nb = (element b {empty}, a) | empty",
		"value in a group (7.2)":             "element a { xsd:int, element b {empty} }",
		"two values (7.2)":                   "element a { xsd:int, xsd:int }",
		"value repeated (7.2)":               "element a { xsd:int+ }",
		"attribute twice (7.3)":              "element a { attribute x {text}, attribute x {text} }",
		"open attribute not repeated (7.3)":  "element a { attribute * {text} }",
		"element in an attribute (7.1.1)":    "element a { attribute x { element b {empty} } }",
		"attribute repeated in group(7.1.2)": "element a { (attribute x {text}, element b {empty})+ }",
		"text in a list (7.1.3)":             "element a { list { text } }",
		"list in a list (7.1.3)":             "element a { list { list { xsd:int } } }",
		"element in except (7.1.4)":          "element a { xsd:int - element b {empty} }",
		"start that is text (7.1.5)":         "start = text",
		"start that is a group (7.1.5)":      "start = element a {empty}, element b {empty}",
		"interleave of one name (7.4)":       "element a { (element b {empty}, element c {empty}) & (element b {empty}, element d {empty}) }",
		"interleave hidden in a class (7.4)": "element a { element b {empty} & element * {empty} }",
		"interleave of texts (7.4)":          "element a { mixed { element b {empty}, text } }",
		"parent at the top":                  "start = parent a",
		"include in include":                 "include \"g.rnc\"",
		"no start":                           "a = element a {empty}",
		"bad annotation":                     "namespace v = \"urn:liasse:grammar\"\nstart = [ v:process = \"peut-être\" ] element a {empty}",
		"not UTF-8":                          "element a { \xff }",
		"too many branches":                  "element a { (attribute a {text}|attribute b {text}), (attribute c {text}|attribute d {text}), (attribute e {text}|attribute f {text}), (attribute g {text}|attribute h {text}), (attribute i {text}|attribute j {text}), (attribute k {text}|attribute l {text}), (attribute m {text}|attribute n {text}) }",
		"nested too deep":                    "element a { " + strings.Repeat("(", 2000) + "empty" + strings.Repeat(")", 2000) + "}",
	} {
		g, rep, err := Compile(context.Background(), files("g.rnc", src), "g.rnc", Options{})
		var invalid *report.InvalidError
		if err == nil || g != nil || !errors.As(err, &invalid) || !rep.Has(report.XSDCompile) {
			t.Errorf("%s: error %v", rule, err)
			continue
		}
		for f := range rep.All() {
			if f.Where.Line == 0 && rule != "too many branches" {
				t.Errorf("%s: no place", rule)
			}
		}
	}
}

func TestIncludes(t *testing.T) {
	fsys := files(
		"main.rnc", "include \"parts/base.rnc\" { item = element piece { text } }\nextra = external \"parts/extra.rnc\"",
		"parts/base.rnc", "default namespace = \"urn:b\"\nstart = element list { item*, extra }\nitem = element item { text }\nextra = notAllowed?",
		"parts/extra.rnc", "element extra { empty }",
	)
	if _, _, err := Compile(context.Background(), fsys, "main.rnc", Options{}); err == nil {
		t.Error("a definition given in two files compiles")
	}
	fsys["main.rnc"].Data = []byte("default namespace = \"urn:b\"\ninclude \"parts/base.rnc\" { item = element piece { text }\nextra = external \"parts/extra.rnc\" }")
	g, _, err := Compile(context.Background(), fsys, "main.rnc", Options{})
	if err != nil {
		t.Fatal(err)
	}
	for doc, want := range map[string]bool{
		`<list xmlns="urn:b"><piece/><extra/></list>`: true,
		`<list xmlns="urn:b"><item/><extra/></list>`:  false,
	} {
		if codes, rep := judge(t, g, doc); rep.Valid() != want {
			t.Errorf("%s: %s", doc, codes)
		}
	}
	for rule, src := range map[string]string{
		"outside the folder": `include "../secret.rnc"`, "absolute": `include "/etc/passwd"`, "by address": `include "http://example.org/x.rnc"`,
		"absent": `include "no.rnc"`,
	} {
		fsys["main.rnc"].Data = []byte(src)
		_, rep, err := Compile(context.Background(), fsys, "main.rnc", Options{})
		if err == nil || !rep.Has(report.XSDResolve) {
			t.Errorf("%s: %v", rule, err)
		}
	}
	fsys["main.rnc"].Data = []byte(`include "main.rnc"`)
	if _, _, err := Compile(context.Background(), fsys, "main.rnc", Options{}); err == nil {
		t.Error("a circular include compiles")
	}
}

func TestVersions(t *testing.T) {
	src := `namespace v = "urn:liasse:grammar"
start = element a {
  [ v:from = "2.1" ] element b { "x" | [ v:from = "2.10" ] "y" },
  [ v:until = "2.0" ] old?,
  ([ v:from = "2.2" v:until = "2.2" ] element d { empty } | element e { empty })*
}
old = element c { empty }`
	for version, docs := range map[string]map[string]bool{
		"2.0":  {"<a><c/></a>": true, "<a/>": true, "<a><b>x</b></a>": false, "<a><d/></a>": false},
		"2.1":  {"<a><b>x</b></a>": true, "<a/>": false, "<a><b>x</b><c/></a>": false, "<a><b>y</b></a>": false},
		"2.2":  {"<a><b>x</b><d/><e/></a>": true},
		"2.10": {"<a><b>y</b></a>": true, "<a><b>y</b><d/></a>": false},
		"":     {"<a><b>y</b><e/></a>": true, "<a><b>y</b><c/></a>": false},
	} {
		g := compile(t, src, Options{Version: version})
		for doc, want := range docs {
			if codes, rep := judge(t, g, doc); rep.Valid() != want {
				t.Errorf("version %q: %s: %s", version, doc, codes)
			}
		}
	}
}

// TestNamespaceInherited compiles one file for two namespaces.
func TestNamespaceInherited(t *testing.T) {
	const src = "default namespace = inherit\nnamespace v = \"urn:liasse:grammar\"\nnamespace own = inherit\nv:xsd [ ]\n" +
		"start = element a { element b { ([ v:process = \"lax\" ] element * - own:* { text })* } }"
	for _, ns := range []string{"urn:1", "urn:2"} {
		g := compile(t, src, Options{Namespace: ns})
		for doc, valid := range map[string]bool{
			`<a xmlns="` + ns + `"><b><x xmlns="urn:x"/></b></a>`: true,
			`<a xmlns="` + ns + `"><b><x/></b></a>`:               false,
			`<a xmlns="urn:3"><b/></a>`:                           false,
		} {
			if codes, rep := judge(t, g, doc); rep.Valid() != valid {
				t.Errorf("%s: %s", doc, codes)
			}
		}
	}
}

// TestAbstract tries elements of a type that is only there to be derived from.
func TestAbstract(t *testing.T) {
	g := compile(t, `namespace v = "urn:liasse:grammar"
v:xsd [ ]
start = element a { open } | element b { head }
[ v:type = "Open" v:abstract = "true" ]
open = element c { empty }?
[ v:type = "Closed" v:base = "Open" ]
closed = open
[ v:type = "head" v:abstract = "true" ]
head = empty
use = element d { closed }
start |= use`, Options{})
	const xsi = ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" `
	for doc, valid := range map[string]bool{
		`<a/>`:                                  false,
		`<a` + xsi + `xsi:type="Closed"/>`:      true,
		`<a` + xsi + `xsi:type="Open"/>`:        false,
		`<d><c/></d>`:                           true,
		`<b/>`:                                  false,
		`<b` + xsi + `xsi:type="Closed"/>`:      false,
		`<a` + xsi + `xsi:type="Unheard"/>`:     false,
		`<a` + xsi + `xsi:type="head"><c/></a>`: false,
	} {
		if codes, rep := judge(t, g, doc); rep.Valid() != valid {
			t.Errorf("%s: %s", doc, codes)
		}
	}
}

// TestTypesOfValues: a value with attributes is a complex type, which takes no
// place, and leaves none, that the derivation of its value alone would give.
func TestTypesOfValues(t *testing.T) {
	g := compile(t, `namespace v = "urn:liasse:grammar"
namespace xs = "http://www.w3.org/2001/XMLSchema"
v:xsd [ ]
start = element text { textType } | element token { tokenType } | element plain { xsd:string } | element code { codeType }
[ v:type = "textType" v:base = "xs:string" ]
textType = attribute lang { xsd:language }?, xsd:string
[ v:type = "tokenType" v:base = "xs:token" ]
tokenType = attribute scheme { xsd:token }?, xsd:token
[ v:type = "codeType" v:base = "xs:token" ]
codeType = xsd:token { minLength = "1" }`, Options{})
	const head = ` xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="`
	for doc, valid := range map[string]bool{
		`<text` + head + `textType" lang="fr">x</text>`:   true,
		`<text` + head + `tokenType">x</text>`:            false,
		`<text` + head + `xs:token">x</text>`:             false,
		`<text` + head + `xs:string">x</text>`:            false,
		`<plain` + head + `xs:token">x</plain>`:           true,
		`<plain` + head + `codeType">x</plain>`:           true,
		`<plain` + head + `textType" lang="fr">x</plain>`: true,
		`<code` + head + `tokenType">x</code>`:            false,
		`<token` + head + `codeType">x</token>`:           false,
	} {
		if codes, rep := judge(t, g, doc); rep.Valid() != valid {
			t.Errorf("%s: %s", doc, codes)
		}
	}
}
