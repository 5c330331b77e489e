package relaxng

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/xmlcore"
)

// repeated writes f n times, with # for the number and @ for the next.
func repeated(n int, f string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.NewReplacer("#", strconv.Itoa(i), "@", strconv.Itoa(i+1)).Replace(f))
	}
	return b.String()
}

// hostile are grammars small to write and large to compile.
var hostile = map[string]func() string{
	"doubling": func() string {
		return "start = element r { d0 }\n" + repeated(60, "d# = (d@, d@)\n") + "d60 = element x {empty}"
	},
	"doubling optional": func() string {
		return "start = element r { d0 }\n" + repeated(60, "d# = (d@?, d@?)\n") + "d60 = element x {empty}"
	},
	"doubling interleave": func() string {
		return "start = element r { d0 }\n" + repeated(60, "d# = (d@ & d@)\n") + "d60 = element x {empty}"
	},
	"doubling choices of groups": func() string {
		return "start = element r { d0 }\n" + repeated(40, "d# = (d@, element a# {empty}) | (d@, element b# {empty})\n") + "d40 = element x {empty}"
	},
	"long sequence":   func() string { return "element r { " + repeated(30_000, "element e# {empty}?, ") + "empty }" },
	"long choice":     func() string { return "element r { (" + repeated(30_000, "element e# {empty} | ") + "empty)* }" },
	"long interleave": func() string { return "element r { " + repeated(30_000, "element e# {empty}? & ") + "empty }" },
	"many states":     func() string { return "element r { (a|b)*, a, " + strings.Repeat("(a|b),", 2000) + " empty }\n" },
	"many ambiguous": func() string {
		return "element r { (" + strings.Repeat("(element a {\"1\"}, element b {empty}) | ", 3000) + "empty)* }"
	},
	"many stars": func() string {
		return "element r { " + strings.Repeat("(", 200) + "element a {empty}" + strings.Repeat("*)", 200) + "}"
	},
	"nested repetition": func() string {
		return "element r { ((((element a {empty}?, element b {empty}?)*, element a {empty}?)*, element b {empty}?)*)* }"
	},
	"many attributes": func() string { return "element r { " + repeated(20_000, "attribute a# {text}?, ") + "empty }" },
	"attribute choices": func() string {
		return "element r { " + repeated(6, "(attribute a# {text} | element a# {empty}), ") + "empty }"
	},
	"many elements": func() string {
		return "start = e0\n" + repeated(12_000, "e# = element e# { e@* }\n") + "e12000 = element z {empty}"
	},
	"all of all": func() string {
		return "start = element r { any }\nany = (" + repeated(1500, "element e# { any } | ") + "empty)*"
	},
	"regular expressions": func() string {
		return "element r { " + strings.Repeat(`xsd:string { pattern = "((a|b)*a(a|b){300}){1,300}" } | `, 1500) + "text }"
	},
	"classes": func() string {
		return `element r { xsd:string { pattern = "` + strings.Repeat(`[\p{L}-[\p{Lu}]]\w\P{N}`, 350) + `" } }`
	},
	"large list":     func() string { return "element r { list { " + strings.Repeat(`("a"|"b"|"c")*, `, 900) + "empty } }" },
	"many values":    func() string { return "element r { " + repeated(30_000, `"v#" | `) + `"z" }` },
	"names excepted": func() string { return "element r { element * - (" + repeated(20_000, "e# | ") + "z) {empty}* }" },
	"values excepted": func() string {
		return "element r { (element a { xsd:token - (" + repeated(20_000, `"v#" | `) + `"z") } | element b {empty} | element e1 {empty} | element x {empty})* }`
	},
	"exceptions in exceptions": func() string {
		return "element r { element a { " + strings.Repeat("xsd:token - (", 200) + `"x"` + strings.Repeat(")", 200) + " }* }"
	},
	"a chain of definitions": func() string { return "start = element r { d0 }\n" + repeated(30_000, "d# = d@\n") + "d30000 = empty" },
	"parts that notAllowed takes away": func() string {
		return "start = element r { d0 }\n" + repeated(60, "d# = (d@, d@) | (d@ & notAllowed)\n") + "d60 = empty"
	},
	"many patterns of one value": func() string { return "element r { xsd:string { " + strings.Repeat(`pattern = "a*" `, 40_000) + "} }" },
	"wild cards":                 func() string { return "element r { " + repeated(2000, "element * - e# {empty}?, ") + "empty }" },
}

// TestHostileGrammars: each compiles or is refused with a finding, and a
// document can be judged or given up on, within bounded work.
func TestHostileGrammars(t *testing.T) {
	doc := "<r>" + strings.Repeat("<a/><b/><e1/><x/>", 500) + "</r>"
	for name, src := range hostile {
		t.Run(name, func(t *testing.T) {
			src := src()
			if strings.HasPrefix(src, "element r { (a|b)") {
				src = "start = " + src + "a = element a {empty}\nb = element b {empty}"
			}
			withstand(t, files("g.rnc", src), "g.rnc", doc)
		})
	}
}

// withstand proves that a grammar compiles or is refused with a finding, within
// bounded memory, and that a document is judged by it or given up on.
func withstand(t *testing.T, fsys fstest.MapFS, name, doc string) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	g, rep, err := Compile(context.Background(), fsys, name, Options{})
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	var bad *report.InvalidError
	if err != nil && (!errors.As(err, &bad) || rep.Valid()) {
		t.Fatal(err)
	}
	total := (after.TotalAlloc - before.TotalAlloc) >> 20
	if total > 160 {
		t.Errorf("%d MiB allocated", total)
	}
	t.Logf("%v, %d MiB allocated, %v", took, total, err)
	if g == nil {
		return
	}
	start = time.Now()
	read(t, g, rep, doc)
	t.Logf("document judged in %v, %+v", time.Since(start), g.Stats())
}

// outcome proves that compiling gave a grammar or an error with a finding, and
// has a document read by the grammar to its end.
func outcome(t *testing.T, g *schema.Grammar, rep *report.Report, err error, doc string) {
	t.Helper()
	var bad *report.InvalidError
	switch {
	case err == nil && g == nil, err != nil && g != nil:
		t.Fatal("a grammar or an error, not both")
	case err != nil && !errors.As(err, &bad):
		t.Fatal(err)
	case err != nil && rep.Valid():
		t.Fatal("an error without a finding")
	case g != nil:
		read(t, g, nil, doc)
	}
}

func read(t *testing.T, g *schema.Grammar, rep *report.Report, doc string) {
	t.Helper()
	v := g.NewValidator(schema.ValidateOptions{Report: rep})
	r := xmlcore.NewReader(strings.NewReader(doc), xmlcore.Options{})
	if err := xmlcore.Run(context.Background(), r, v); err != nil {
		t.Fatal(err)
	}
	v.Finish(r)
}

func FuzzCompileRNC(f *testing.F) {
	for _, s := range []string{
		`element a { attribute x { text }?, (element b { xsd:int { minInclusive = "1" } } | c)*, mixed { element d { empty } } }` + "\nc = element c { text }",
		"namespace n = \"urn:n\"\ndefault namespace = \"\"\nstart |= element n:* - n:a { list { \"x\"+ } }\ndiv { include \"g.rnc\" { start = notAllowed } }",
		"[ a:b = \"c\" ] start = grammar { start = parent x } >> q [ ]\nx &= element y { token - \"z\" & string }",
		"start = element \\element { \"\\x{41}\" ~ '''b''' }",
	} {
		f.Add(s)
	}
	for _, h := range hostile {
		if s := h(); len(s) < 4000 {
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 1<<16 {
			return
		}
		g, rep, err := Compile(context.Background(), files("g.rnc", src), "g.rnc", Options{})
		outcome(t, g, rep, err, "<a x='1'><b>1</b>t<c/><d/></a>")
	})
}

var fuzzGrammars = []string{
	`start = element r { a*, (b | c)+, d? }
a = element a { attribute x { xsd:ID }, attribute y { xsd:IDREFS }? }
b = element b { mixed { a & c? } } | element b { "1" | xsd:date }
c = element c { element * { text }*, text }
d = element d { list { xsd:int+ } }`,
	`namespace v = "urn:liasse:grammar"
v:xsd [ ]
start = element r { element a { empty }?, (element b { xsd:int }, element c { any }?)*, [ v:nillable = "true" ] element d { xsd:string { maxLength = "3" } }? }
any = (text | [ v:process = "lax" ] attribute * { text } | [ v:process = "lax" ] element * { any })*`,
	"start = element r { " + interleaved(26) + " }",
}

// FuzzValidate: whatever the document, the validator ends, and a second run
// after Reset says the same.
func FuzzValidate(f *testing.F) {
	for _, s := range []string{`<r><a x="i" y="i"/><b>t<c/><a x="j"/></b><d>1 2</d></r>`, `<r xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><b i:type="x">1</b><d i:nil="1"/></r>`,
		`<r><b>1</b><b>2024-01-01</b><c>x<z/></c></r>`, `<r><ea/><ec/><eb/></r>`, `<r><c/><a/><zz><y/></zz><b/></r>`} {
		f.Add([]byte(s))
	}
	var grammars []*schema.Grammar
	for _, src := range fuzzGrammars {
		grammars = append(grammars, compile(f, src, Options{}))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		for i, g := range grammars {
			var said [2]string
			v := g.NewValidator(schema.ValidateOptions{})
			for round := range said {
				rep := report.New(report.Options{})
				v.Reset(schema.ValidateOptions{Report: rep})
				r := xmlcore.NewReader(bytes.NewReader(doc), xmlcore.Options{})
				err := xmlcore.Run(context.Background(), r, v)
				v.Finish(r)
				if err == nil && v.Valid() != rep.Valid() {
					t.Fatalf("grammar %d: Valid %v, report %v", i, v.Valid(), rep.Valid())
				}
				j, err := rep.MarshalJSON()
				if err != nil {
					t.Fatal(err)
				}
				said[round] = string(j)
			}
			if said[0] != said[1] {
				t.Fatalf("grammar %d: two runs differ\n%s\n%s", i, said[0], said[1])
			}
		}
	})
}
