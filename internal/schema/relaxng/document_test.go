package relaxng

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/mutant"
)

// rng writes a grammar: a root element around the body, with the usual
// declarations.
func rng(attrs, body string) string {
	return `<grammar xmlns="` + Structure + `" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes" xmlns:n="urn:n"` + attrs + `>` + body + `</grammar>`
}

func inStart(body string) string { return rng("", "<start>"+body+"</start>") }

const emptyB, emptyC = `<element name="b"><empty/></element>`, `<element name="c"><empty/></element>`

const exceptOfTwo = "of an exception with several children all must fail, as if they were a group"

// syntax are grammars in XML syntax with documents, one construct at a time:
// a document followed by "!" is not valid. libxml2 tells documents it judges
// otherwise, and why it is wrong.
var syntax = []struct {
	rule, grammar string
	docs          []string
	libxml2       map[string]string
}{
	{"an element is a grammar", `<element name="a" xmlns="` + Structure + `"><text/></element>`, []string{"<a>x</a>", "<b/>!"}, nil},
	{"children of an element are a group (4.12)", inStart(`<element name="a">` + emptyB + emptyC + `</element>`), []string{"<a><b/><c/></a>", "<a><c/><b/></a>!"}, nil},
	{"group, choice, interleave", inStart(`<element name="a"><choice><group>` + emptyB + emptyC + `</group><interleave><element name="d"><text/></element><element name="e"><text/></element></interleave></choice></element>`),
		[]string{"<a><b/><c/></a>", "<a><e/><d/></a>", "<a><b/><d/></a>!"}, nil},
	{"occurrences", inStart(`<element name="a"><optional>` + emptyB + `</optional><oneOrMore>` + emptyC + `</oneOrMore><zeroOrMore><element name="d"><empty/></element><element name="e"><empty/></element></zeroOrMore></element>`),
		[]string{"<a><c/></a>", "<a><b/><c/><c/><d/><e/><d/><e/></a>", "<a><b/></a>!", "<a><c/><d/></a>!"}, nil},
	{"mixed", inStart(`<element name="a"><mixed>` + emptyB + emptyC + `</mixed></element>`), []string{"<a>x<b/>y<c/></a>", "<a>x<c/><b/></a>!"}, nil},
	{"an attribute without content is text (4.12)", inStart(`<element name="a"><attribute name="x"/><empty/></element>`), []string{`<a x="y"/>`, `<a/>!`}, nil},
	{"namespace inherited (4.8)", rng(` ns="urn:n"`, `<start><element name="a"><attribute name="x"/><element name="b" ns=""><element name="c"><empty/></element></element></element></start>`),
		[]string{`<n:a xmlns:n="urn:n" x=""><b><c/></b></n:a>`, `<n:a xmlns:n="urn:n" n:x=""><b><c/></b></n:a>!`, `<n:a xmlns:n="urn:n" x=""><n:b/></n:a>!`}, nil},
	{"an attribute with a name element inherits the namespace (4.8)", rng(` ns="urn:n"`, `<start><element name="a"><attribute><name>x</name></attribute><empty/></element></start>`),
		[]string{`<n:a xmlns:n="urn:n" n:x=""/>`, `<n:a xmlns:n="urn:n" x=""/>!`}, nil},
	{"an attribute with its own namespace", inStart(`<element name="a"><attribute name="x" ns="urn:n"/><empty/></element>`), []string{`<a xmlns:n="urn:n" n:x=""/>`, `<a x=""/>!`}, nil},
	{"names with a prefix (4.10)", rng(` ns="urn:other"`, `<start><element name="n:a"><attribute name="n:x"/><element><name>n:b</name><empty/></element></element></start>`),
		[]string{`<a xmlns="urn:n" xmlns:n="urn:n" n:x=""><b/></a>`, `<a xmlns="urn:other"/>!`}, nil},
	{"the prefix of where it stands", inStart(`<element name="n:a"><element name="n:b" xmlns:n="urn:m"><empty/></element></element>`),
		[]string{`<a xmlns="urn:n"><b xmlns="urn:m"/></a>`, `<a xmlns="urn:n"><b/></a>!`}, nil},
	{"the prefix xml", inStart(`<element name="a"><attribute name="xml:lang"/><empty/></element>`), []string{`<a xml:lang=""/>`, `<a lang=""/>!`}, nil},
	{"blanks around names (4.2)", inStart(`<element name=" a "><element><name> b </name><data type=" int "/></element></element>`), []string{"<a><b>1</b></a>"}, nil},
	{"any name but", rng(` ns="urn:n"`, `<start><element name="a"><zeroOrMore><attribute><anyName><except><nsName/><nsName ns=""/></except></anyName></attribute></zeroOrMore><optional><attribute name="id"/></optional><text/></element></start>`),
		[]string{`<a xmlns="urn:n" id="" xml:lang=""/>`, `<a xmlns="urn:n" x=""/>!`, `<a xmlns="urn:n" xmlns:n="urn:n" n:x=""/>!`}, nil},
	{"a namespace but", inStart(`<element name="a"><zeroOrMore><element><nsName ns="urn:n"><except><name>n:b</name><choice><name ns="urn:n">c</name></choice></except></nsName><text/></element></zeroOrMore></element>`),
		[]string{`<a xmlns:n="urn:n"><n:d/></a>`, `<a xmlns:n="urn:n"><n:b/></a>!`, `<a xmlns:n="urn:n"><n:c/></a>!`, `<a><d/></a>!`}, nil},
	{"a choice of names", inStart(`<element><choice><name>a</name><name>b</name></choice><empty/></element>`), []string{"<a/>", "<b/>", "<c/>!"}, nil},
	{"any element", rng("", `<start><element name="a"><ref name="any"/></element></start><define name="any"><zeroOrMore><choice><attribute><anyName/></attribute><text/><element><anyName/><ref name="any"/></element></choice></zeroOrMore></define>`),
		[]string{`<a x=""><b>x<c xmlns="urn:x" y=""/></b>y</a>`, "<a/>", "<b/>!"}, nil},
	{"data with parameters", inStart(`<element name="a"><data type="string"><param name="pattern">[a-c]+</param><param name="maxLength">3</param></data></element>`), []string{"<a>abc</a>", "<a>abca</a>!", "<a>d</a>!"}, nil},
	{"patterns all hold", inStart(`<element name="a"><data type="string"><param name="pattern">[a-c]+</param><param name="pattern">[b-d]+</param></data></element>`), []string{"<a>bc</a>", "<a>a</a>!", "<a>d</a>!"}, nil},
	{"data except values", inStart(`<element name="a"><data type="token"><except><value>x</value><choice><value>y</value><value type="string">z</value></choice></except></data></element>`), []string{"<a>t</a>", "<a>x</a>!", "<a>y</a>!", "<a>z</a>!", "<a>xy</a>"},
		map[string]string{"<a>t</a>": exceptOfTwo, "<a>xy</a>": exceptOfTwo}},
	{"data except one value", inStart(`<element name="a"><data type="token"><except><value>x</value></except></data></element>`), []string{"<a>t</a>", "<a> x </a>!", "<a>xy</a>"}, nil},
	{"values", inStart(`<element name="a"><choice><value> x  y </value><value type="string"> z</value><value type="integer">1</value></choice></element>`), []string{"<a>x y</a>", "<a> z</a>", "<a>z</a>!", "<a>01</a>", "<a>2</a>!"}, nil},
	{"a value in CDATA", inStart(`<element name="a"><value type="string"><![CDATA[<x>]]>&amp;<!-- c --></value></element>`), []string{"<a>&lt;x>&amp;</a>", "<a>x</a>!"}, map[string]string{"compile": "a value is one text node, which a comment or CDATA section cuts"}},
	{"an empty value", inStart(`<element name="a"><value/></element>`), []string{"<a/>", "<a> </a>", "<a>x</a>!"}, nil},
	{"the library of where it stands (4.3)", inStart(`<element name="a"><choice><data type="int"/><group datatypeLibrary=""><element name="b"><data type="string"/></element></group></choice></element>`), []string{"<a>1</a>", "<a><b>x</b></a>", "<a>x</a>!"}, nil},
	{"list", inStart(`<element name="a"><list><oneOrMore><data type="int"/></oneOrMore><optional><value>x</value></optional></list></element>`), []string{"<a>1 2 x</a>", "<a>1</a>", "<a>x</a>!", "<a>1 x x</a>!"}, nil},
	{"notAllowed", inStart(`<element name="a"><choice>` + emptyB + `<notAllowed/></choice></element>`), []string{"<a><b/></a>", "<a/>!"}, nil},
	{"combined by choice", rng("", `<start combine="choice"><ref name="x"/></start><start combine="choice"><element name="z"><empty/></element></start><define name="x"><element name="a"><ref name="y"/></element></define><define name="y" combine="choice">`+emptyB+`</define><define name="y">`+emptyC+`</define>`),
		[]string{"<a><b/></a>", "<a><c/></a>", "<z/>", "<a/>!"}, nil},
	{"combined by interleave", rng("", `<start><element name="a"><ref name="y"/></element></start><define name="y" combine="interleave">`+emptyB+`</define><define name="y" combine="interleave">`+emptyC+`</define>`),
		[]string{"<a><b/><c/></a>", "<a><c/><b/></a>", "<a><b/></a>!"}, nil},
	{"a lone start with combine", rng("", `<start combine="choice"><ref name="x"/></start><define name="x" combine="interleave"><element name="a"><empty/></element></define>`), []string{"<a/>"}, nil},
	{"div (4.11)", rng("", `<div ns="urn:n"><start><ref name="x"/></start><div><define name="x"><element name="a"><empty/></element></define></div></div>`), []string{`<a xmlns="urn:n"/>`, "<a/>!"}, nil},
	{"a definition of several patterns is a group (4.12)", rng("", `<start><element name="a"><zeroOrMore><ref name="x"/></zeroOrMore></element></start><define name="x">`+emptyB+emptyC+`</define>`), []string{"<a><b/><c/><b/><c/></a>", "<a><b/><b/></a>!"}, nil},
	{"a nested grammar and its parent", rng("", `<start><element name="a"><grammar><start><element name="b"><parentRef name="x"/></element></start><define name="x"><element name="no"><empty/></element></define></grammar></element></start><define name="x">`+emptyC+`</define>`),
		[]string{"<a><b><c/></b></a>", "<a><b><no/></b></a>!"}, nil},
	{"annotations (4.1)", `<r:grammar xmlns:r="` + Structure + `" xmlns:a="http://relaxng.org/ns/compatibility/annotations/1.0" xmlns:xsd="http://www.w3.org/2001/XMLSchema" a:x="1"><xsd:annotation>t<r:nonsense/></xsd:annotation><r:start><a:documentation>x</a:documentation><r:element name="a" a:defaultValue="x"><x>y</x><r:text/></r:element></r:start></r:grammar>`,
		[]string{"<a>x</a>", "<b/>!"}, nil},
	{"identifiers", inStart(`<element name="a"><zeroOrMore><element name="b"><attribute name="id"><data type="ID"/></attribute><empty/></element></zeroOrMore></element>`),
		[]string{`<a><b id="x"/><b id="y"/></a>`, `<a><b id="x"/><b id="x"/></a>!`, `<a><b id="1"/></a>!`}, nil},
	{"empty values simplify (4.21)", inStart(`<element name="a"><attribute name="x"><group><empty/><value>1</value></group></attribute><choice><empty/><empty/></choice></element>`), []string{`<a x="1"/>`, `<a x="2"/>!`, `<a/>!`}, nil},
	{"text repeated in an attribute", inStart(`<element name="a"><attribute name="x"><zeroOrMore><text/></zeroOrMore></attribute><oneOrMore><text/></oneOrMore></element>`), []string{`<a x="1">t</a>`, `<a/>!`}, nil},
}

func writeGrammar(t testing.TB, src string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "g.rng")
	if err := os.WriteFile(name, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestXMLSyntax(t *testing.T) {
	for _, c := range syntax {
		t.Run(c.rule, func(t *testing.T) {
			g, rep, err := Compile(context.Background(), files("g.rng", c.grammar), "g.rng", Options{})
			if err != nil {
				for f := range rep.All() {
					t.Logf("%s %s", f.Where, f.Message(report.EN))
				}
				t.Fatal(err)
			}
			for _, d := range c.docs {
				doc, bad := strings.CutSuffix(d, "!")
				if codes, rep := judge(t, g, doc); rep.Valid() == bad {
					t.Errorf("%s: valid %v, findings %q", doc, rep.Valid(), codes)
				}
			}
		})
	}
}

// TestXMLSyntaxReferee asks xmllint about the same grammars and documents.
func TestXMLSyntaxReferee(t *testing.T) {
	for _, c := range syntax {
		t.Run(c.rule, func(t *testing.T) {
			name := writeGrammar(t, c.grammar)
			if !mutant.Compiles(t, mutant.RNG, name) {
				if c.libxml2["compile"] == "" {
					t.Error("xmllint does not compile it")
				}
				return
			}
			var docs [][]byte
			for _, d := range c.docs {
				docs = append(docs, []byte(strings.TrimSuffix(d, "!")))
			}
			for i, valid := range mutant.Xmllint(t, mutant.RNG, name, docs) {
				if doc, bad := strings.CutSuffix(c.docs[i], "!"); valid == bad && c.libxml2[doc] == "" {
					t.Errorf("%s: xmllint says valid %v", doc, valid)
				}
			}
		})
	}
}

// TestXMLSyntaxRefused: each is refused with a place; those xmllint accepts are
// named with the clause they break.
func TestXMLSyntaxRefused(t *testing.T) {
	for rule, c := range map[string]struct{ grammar, xmllintAccepts string }{
		"another root":                                 {`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>`, ""},
		"an unknown element":                           {inStart(`<elment name="a"/>`), ""},
		"an element without content":                   {inStart(`<element name="a"/>`), ""},
		"an element without name":                      {inStart(`<element><empty/></element>`), ""},
		"an empty group":                               {inStart(`<element name="a"><group/></element>`), ""},
		"start of two patterns":                        {inStart(emptyB + emptyC), ""},
		"no start":                                     {rng("", `<define name="x"><text/></define>`), ""},
		"a reference without definition (4.18)":        {inStart(`<element name="a"><ref name="x"/></element>`), ""},
		"the same, out of reach":                       {rng("", `<start>`+emptyB+`</start><define name="y"><element name="c"><ref name="x"/></element></define>`), ""},
		"a nested grammar without start, out of reach": {rng("", `<start>`+emptyB+`</start><define name="y"><grammar><define name="z"><text/></define></grammar></define>`), ""},
		"a parent without definition, out of reach":    {rng("", `<start>`+emptyB+`</start><define name="y"><grammar><start><parentRef name="z"/></start></grammar></define>`), ""},
		"recursion beside notAllowed (4.19)":           {rng("", `<start><choice>`+emptyB+`<group><notAllowed/><ref name="x"/></group></choice></start><define name="x">`+emptyC+`<optional><ref name="x"/></optional></define>`), ""},
		"defined twice (4.17)":                         {rng("", `<start>`+emptyB+`</start><define name="y"><text/></define><define name="y"><text/></define>`), ""},
		"combined in two ways (4.17)":                  {rng("", `<start>`+emptyB+`</start><define name="y" combine="choice"><text/></define><define name="y" combine="interleave"><text/></define>`), ""},
		"an unknown combination":                       {rng("", `<start combine="both">`+emptyB+`</start>`), "RELAX NG 4.17: choice or interleave"},
		"an undeclared prefix (4.10)":                  {inStart(`<element name="z:a"><empty/></element>`), ""},
		"a name that is none":                          {inStart(`<element name="a b"><empty/></element>`), ""},
		"an unknown type (4.16)":                       {inStart(`<element name="a"><data type="nombre"/></element>`), ""},
		"an unknown library (4.16)":                    {inStart(`<element name="a"><data type="int" datatypeLibrary="urn:x"/></element>`), ""},
		"a type the built-in library has not":          {inStart(`<element name="a"><data type="int" datatypeLibrary=""/></element>`), ""},
		"an unknown parameter":                         {inStart(`<element name="a"><data type="int"><param name="size">1</param></data></element>`), "RELAX NG 4.16: it is not a parameter of the type"},
		"a parameter of a built-in type":               {inStart(`<element name="a"><data type="string" datatypeLibrary=""><param name="length">1</param></data></element>`), ""},
		"a value not of its type":                      {inStart(`<element name="a"><value type="int">x</value></element>`), ""},
		"xmlns as an attribute (4.16)":                 {inStart(`<element name="a"><attribute name="xmlns"/></element>`), ""},
		"anyName in its own exception (4.16)":          {inStart(`<element><anyName><except><anyName/></except></anyName><empty/></element>`), ""},
		"nsName in its own exception (4.16)":           {inStart(`<element><nsName ns="urn:n"><except><nsName ns="urn:n"/></except></nsName><empty/></element>`), ""},
		"recursion outside an element (4.19)":          {rng("", `<start><ref name="x"/></start><define name="x"><choice><element name="a"><empty/></element><ref name="x"/></choice></define>`), ""},
		"a parent at the top":                          {rng("", `<start><element name="a"><parentRef name="x"/></element></start><define name="x"><text/></define>`), ""},
		"an attribute in an attribute (7.1.1)":         {inStart(`<element name="a"><attribute name="x"><attribute name="y"/></attribute></element>`), ""},
		"attributes repeated in a group(7.1.2)":        {inStart(`<element name="a"><oneOrMore><group><attribute name="x"/>` + emptyB + `</group></oneOrMore></element>`), ""},
		"an element in a list (7.1.3)":                 {inStart(`<element name="a"><list>` + emptyB + `</list></element>`), ""},
		"text in an exception (7.1.4)":                 {inStart(`<element name="a"><data type="int"><except><text/></except></data></element>`), ""},
		"start of text (7.1.5)":                        {inStart(`<text/>`), ""},
		"a value beside an element (7.2)":              {inStart(`<element name="a"><data type="int"/>` + emptyB + `</element>`), ""},
		"one attribute twice (7.3)":                    {inStart(`<element name="a"><attribute name="x"/><attribute name="x"/><empty/></element>`), ""},
		"an open attribute once (7.3)":                 {inStart(`<element name="a"><attribute><anyName/></attribute><empty/></element>`), ""},
		"interleave of one name (7.4)":                 {inStart(`<element name="a"><interleave><group>` + emptyB + emptyC + `</group><group>` + emptyB + emptyC + `</group></interleave></element>`), ""},
		"interleave of texts (7.4)":                    {inStart(`<element name="a"><interleave><text/><mixed>` + emptyB + `</mixed></interleave></element>`), ""},
		"a document type":                              {`<!DOCTYPE grammar>` + inStart(`<element name="a"><empty/></element>`), "RELAX NG 3: it may; Liasse reads no document type"},
		"not well-formed":                              {`<grammar xmlns="` + Structure + `">`, ""},
	} {
		t.Run(rule, func(t *testing.T) {
			g, rep, err := Compile(context.Background(), files("g.rng", c.grammar), "g.rng", Options{})
			var invalid *report.InvalidError
			if g != nil || !errors.As(err, &invalid) || rep.Valid() {
				t.Errorf("error %v", err)
			}
			for f := range rep.All() {
				if f.Where.Line == 0 {
					t.Errorf("no place: %s", f.Message(report.EN))
				}
			}
			if ok := mutant.Compiles(t, mutant.RNG, writeGrammar(t, c.grammar)); ok != (c.xmllintAccepts != "") {
				t.Errorf("xmllint accepts it: %v", ok)
			}
		})
	}
}

// What changes nothing is said and tolerated.
func TestXMLSyntaxTolerated(t *testing.T) {
	for rule, src := range map[string]string{
		"an unknown attribute": inStart(`<element name="a" nom="b"><empty/></element>`),
		"stray text":           inStart(`stray<element name="a"><empty/></element>`),
	} {
		_, rep, err := Compile(context.Background(), files("g.rng", src), "g.rng", Options{})
		if err != nil || !rep.Has(report.XSDCompileNote) {
			t.Errorf("%s: %v, noted %v", rule, err, rep.Has(report.XSDCompileNote))
		}
	}
}

func TestXMLSyntaxIncludes(t *testing.T) {
	fsys := files(
		"main.rng", rng(` ns="urn:n"`, `<include href="parts/base%201.rng"><define name="item"><element name="piece"><text/></element></define><div><start><ref name="list"/></start></div></include>`),
		"parts/base 1.rng", rng("", `<start><element name="no"><empty/></element></start><define name="list"><element name="list"><oneOrMore><ref name="item"/></oneOrMore><externalRef href="deep/extra.rng"/><externalRef href="../latin.rng" ns="urn:l"/></element></define><define name="item"><element name="item"><text/></element></define>`),
		"parts/deep/extra.rng", `<element name="extra" xmlns="`+Structure+`"><ref xmlns="`+Structure+`" name="item"/></element>`,
		"latin.rng", `<?xml version="1.0" encoding="ISO-8859-1"?><element name="l`+"\xe9"+`" xmlns="`+Structure+`"><value type="string">`+"\xe9"+`</value></element>`,
	)
	check := func(docs map[string]bool) {
		t.Helper()
		g, rep, err := Compile(context.Background(), fsys, "main.rng", Options{})
		if err != nil {
			for f := range rep.All() {
				t.Logf("%s %s", f.Where, f.Message(report.EN))
			}
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.CopyFS(dir, fsys); err != nil {
			t.Fatal(err)
		}
		var all [][]byte
		var wants []bool
		for doc, want := range docs {
			if codes, rep := judge(t, g, doc); rep.Valid() != want {
				t.Errorf("%s: %s", doc, codes)
			}
			all, wants = append(all, []byte(doc)), append(wants, want)
		}
		for i, got := range mutant.Xmllint(t, mutant.RNG, filepath.Join(dir, "main.rng"), all) {
			if got != wants[i] {
				t.Errorf("%s: xmllint says %v", all[i], got)
			}
		}
	}
	check(map[string]bool{
		`<list xmlns="urn:n"><piece/><extra><piece/></extra><lé xmlns="urn:l">é</lé></list>`: true,
		`<list xmlns="urn:n"><item/><extra><piece/></extra><lé xmlns="urn:l">é</lé></list>`:  false,
		`<list xmlns="urn:n"><piece/><extra><piece/></extra><lé xmlns="urn:l">e</lé></list>`: false,
		`<list xmlns="urn:n"><piece/><extra><piece/></extra><lé>é</lé></list>`:               false,
		`<no xmlns="urn:n"/>`: false,
	})
	fsys["main.rng"].Data = []byte(rng("", `<start><grammar xml:base="parts/"><include href="deep/g.rng"/></grammar></start>`))
	fsys["parts/deep/g.rng"] = &fstest.MapFile{Data: []byte(rng("", `<start><element name="a"><empty/></element></start>`))}
	check(map[string]bool{"<a/>": true, "<b/>": false})

	for rule, c := range map[string]struct{ body, want string }{
		"a file that is absent":         {`<include href="no.rng"/>`, "XSD-RESOLVE"},
		"a file outside the folder":     {`<include href="../g.rng"/>`, "XSD-RESOLVE"},
		"the same, escaped":             {`<include href="%2e%2e/g.rng"/>`, "XSD-RESOLVE"},
		"an absolute path":              {`<include href="/etc/passwd"/>`, "XSD-RESOLVE"},
		"an address":                    {`<include href="http://example.org/g.rng"/>`, "XSD-RESOLVE"},
		"a base elsewhere":              {`<include xml:base="http://example.org/" href="g.rng"/>`, "XSD-RESOLVE"},
		"an external file, absent":      {`<start><externalRef href="no.rng"/></start>`, "XSD-RESOLVE"},
		"a fragment (4.5)":              {`<include href="latin.rng#x"/>`, "XSD-COMPILE"},
		"itself":                        {`<include href="main.rng"/>`, "XSD-COMPILE"},
		"itself, as an external file":   {`<start><element name="a"><externalRef href="main.rng"/></element></start>`, "XSD-COMPILE"},
		"a file that is no grammar":     {`<include href="latin.rng"/>`, "XSD-COMPILE"},
		"include in include":            {`<include href="parts/deep/g.rng"><include href="parts/deep/g.rng"/></include>`, "XSD-COMPILE"},
		"overriding what is not there":  {`<include href="parts/deep/g.rng"><define name="x"><text/></define></include>`, "XSD-COMPILE"},
		"a cycle through both":          {`<include href="cycle.rng"/>`, "XSD-COMPILE"},
		"defined in two files":          {`<include href="parts/deep/g.rng"/><start><element name="b"><empty/></element></start>`, "XSD-COMPILE"},
		"no attribute href":             {`<include/>`, "XSD-COMPILE"},
		"a folder instead of a grammar": {`<include href="parts"/>`, "XSD-RESOLVE"},
	} {
		fsys["main.rng"].Data = []byte(rng("", c.body))
		fsys["cycle.rng"] = &fstest.MapFile{Data: []byte(rng("", `<start><element name="a"><externalRef href="main.rng"/></element></start>`))}
		_, rep, err := Compile(context.Background(), fsys, "main.rng", Options{})
		var codes string
		for f := range rep.All() {
			codes += f.Code()
		}
		if err == nil || codes != c.want {
			t.Errorf("%s: %v, findings %q", rule, err, codes)
		}
	}
}

// The prefix of the grammar's own namespace is not put before names in
// findings: it is seldom the one of the document.
func TestNamesInMessages(t *testing.T) {
	src := rng(` ns="urn:n" xmlns:seda="urn:n"`, `<start><element name="a">`+emptyB+`<element name="x" ns="urn:x">`+emptyC+`</element></element></start>`)
	g, _, err := Compile(context.Background(), files("g.rng", strings.Replace(src, "<grammar ", `<grammar xmlns:px="urn:x" `, 1)), "g.rng", Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, rep := judge(t, g, `<a xmlns="urn:n"/>`)
	for f := range rep.All() {
		if got := f.Message(report.EN); got != "a lacks b and px:x." {
			t.Error(got)
		}
	}
}
