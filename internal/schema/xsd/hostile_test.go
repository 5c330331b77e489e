package xsd

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/mutant"
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

func rootOfType(inside string) string {
	return `<xs:element name="r"><xs:complexType>` + inside + `</xs:complexType></xs:element>`
}

// hostile are schemas small to write and large to compile, or to use.
var hostile = map[string]func() string{
	"groups that double": func() string {
		return rootOfType(`<xs:group ref="g0"/>`) + repeated(60, `<xs:group name="g#"><xs:sequence><xs:group ref="g@"/><xs:group ref="g@"/></xs:sequence></xs:group>`) +
			`<xs:group name="g60"><xs:sequence><xs:element name="x"/></xs:sequence></xs:group>`
	},
	"optional groups that double": func() string {
		return rootOfType(`<xs:group ref="g0"/>`) + repeated(60, `<xs:group name="g#"><xs:sequence><xs:group ref="g@" minOccurs="0"/><xs:group ref="g@" minOccurs="0"/></xs:sequence></xs:group>`) +
			`<xs:group name="g60"><xs:sequence><xs:element name="x"/></xs:sequence></xs:group>`
	},
	"types that double": func() string {
		return repeated(200, `<xs:complexType name="t@"><xs:complexContent><xs:extension base="t#"><xs:sequence><xs:element name="a#" type="t0" maxOccurs="9"/><xs:element name="b#" minOccurs="0"/></xs:sequence><xs:attribute name="p#"/></xs:extension></xs:complexContent></xs:complexType>`) +
			`<xs:complexType name="t0"/><xs:element name="r" type="t200"/>`
	},
	"a chain of extensions": func() string {
		return repeated(20_000, `<xs:complexType name="t@"><xs:complexContent><xs:extension base="t#"><xs:sequence><xs:element name="e#"/></xs:sequence><xs:attribute name="p#"/></xs:extension></xs:complexContent></xs:complexType>`) +
			`<xs:complexType name="t0"/><xs:element name="r" type="t20000"/>`
	},
	"a chain of restrictions": func() string {
		return repeated(30_000, `<xs:simpleType name="t@"><xs:restriction base="t#"><xs:pattern value="a*b"/></xs:restriction></xs:simpleType>`) +
			`<xs:simpleType name="t0"><xs:restriction base="xs:string"/></xs:simpleType><xs:element name="r" type="t30000"/>`
	},
	"unions that double": func() string {
		return repeated(60, `<xs:simpleType name="u#"><xs:union memberTypes="u@ u@"/></xs:simpleType>`) + `<xs:simpleType name="u60"><xs:restriction base="xs:int"/></xs:simpleType><xs:element name="r" type="u0"/>`
	},
	"unions restricted that double": func() string {
		return repeated(60, `<xs:simpleType name="u#"><xs:restriction><xs:simpleType><xs:union memberTypes="u@ u@"/></xs:simpleType><xs:pattern value=".*"/></xs:restriction></xs:simpleType>`) +
			`<xs:simpleType name="u60"><xs:restriction base="xs:int"/></xs:simpleType><xs:element name="r" type="u0"/>`
	},
	"attribute groups that share": func() string {
		return repeated(300, `<xs:attributeGroup name="g@"><xs:attributeGroup ref="g#"/><xs:attribute name="p#"/></xs:attributeGroup>`) + `<xs:attributeGroup name="g0"><xs:attribute name="q"/></xs:attributeGroup>` +
			repeated(2000, `<xs:complexType name="t#"><xs:attributeGroup ref="g200"/></xs:complexType>`) + `<xs:element name="r" type="t1"/>`
	},
	"counts in counts": func() string {
		return rootOfType(strings.Repeat(`<xs:sequence minOccurs="0" maxOccurs="1000">`, 60) + `<xs:element name="a" minOccurs="0" maxOccurs="999999999999999999999"/><xs:element name="b" minOccurs="0"/>` + strings.Repeat(`</xs:sequence>`, 60))
	},
	"a long sequence": func() string {
		return rootOfType(`<xs:sequence>` + repeated(40_000, `<xs:element name="e#" minOccurs="0"/>`) + `</xs:sequence>`)
	},
	"a long choice": func() string {
		return rootOfType(`<xs:choice maxOccurs="unbounded">` + repeated(40_000, `<xs:element name="e#"/>`) + `</xs:choice>`)
	},
	"a long all": func() string {
		return rootOfType(`<xs:all>` + repeated(20_000, `<xs:element name="e#" minOccurs="0"/>`) + `</xs:all>`)
	},
	"many global elements": func() string { return repeated(80_000, `<xs:element name="e#"/>`) },
	"a large substitution group": func() string {
		return `<xs:element name="h"/>` + repeated(5000, `<xs:element name="e#" substitutionGroup="h"/>`) + rootOfType(`<xs:sequence>`+strings.Repeat(`<xs:element ref="h" minOccurs="0"/>`, 500)+`</xs:sequence>`)
	},
	"a chain of substitutions": func() string {
		return `<xs:element name="e0" block="extension"/>` + repeated(3000, `<xs:element name="e@" substitutionGroup="e#"/>`) + rootOfType(`<xs:choice>`+repeated(3000, `<xs:element ref="e#"/>`)+`</xs:choice>`)
	},
	"wildcards": func() string {
		return rootOfType(`<xs:sequence>` + repeated(2000, `<xs:any namespace="urn:a# urn:b# ##local" minOccurs="0" processContents="lax"/>`) + `</xs:sequence>`)
	},
	"ambiguity": func() string {
		return rootOfType(`<xs:sequence><xs:choice minOccurs="0" maxOccurs="unbounded"><xs:element name="a"/><xs:element name="b"/></xs:choice><xs:element name="a"/>` +
			strings.Repeat(`<xs:choice><xs:element name="a"/><xs:element name="b"/></xs:choice>`, 2000) + `</xs:sequence>`)
	},
	"expressions": func() string {
		return `<xs:element name="r"><xs:simpleType><xs:restriction base="xs:string">` + strings.Repeat(`<xs:pattern value="((a|b)*a(a|b){300}){1,300}"/>`, 1500) + `</xs:restriction></xs:simpleType></xs:element>`
	},
	"many values": func() string {
		return `<xs:element name="r"><xs:simpleType><xs:restriction base="xs:decimal">` + repeated(60_000, `<xs:enumeration value="#"/>`) + `</xs:restriction></xs:simpleType></xs:element>`
	},
	"expressions of classes": func() string {
		return `<xs:element name="r"><xs:simpleType><xs:restriction base="xs:string">` + strings.Repeat(`<xs:pattern value="[\p{L}\p{N}-[\p{Lu}-[\p{IsBasicLatin}]]]*(\w|\W|\i|\c|\d|\s){5,500}\P{Zs}{0,300}"/>`, 1500) + `</xs:restriction></xs:simpleType></xs:element>`
	},
	"counts of what repeats": func() string {
		return rootOfType(`<xs:choice maxOccurs="100000"><xs:sequence minOccurs="2" maxOccurs="100000"><xs:element name="a" maxOccurs="unbounded"/></xs:sequence><xs:element name="b" maxOccurs="100000"/><xs:element name="e1"/><xs:element name="x"/></xs:choice>`)
	},
	"many types of many values": func() string {
		return repeated(20, `<xs:simpleType name="t#"><xs:restriction base="xs:decimal">`+repeated(4000, `<xs:enumeration value="#.5"/>`)+`</xs:restriction></xs:simpleType>`) + rootOfType(`<xs:choice maxOccurs="unbounded"><xs:element name="a" type="t1"/><xs:element name="b" type="t2"/><xs:element name="e1"/><xs:element name="x"/></xs:choice>`)
	},
	"anonymous types": func() string {
		return strings.Repeat(`<xs:element name="e"><xs:complexType><xs:sequence>`, 40) + strings.Repeat(`</xs:sequence></xs:complexType></xs:element>`, 40)
	},
}

// TestHostileSchemas: each compiles or is refused with a finding, and a document
// can be judged or given up on, within bounded work.
func TestHostileSchemas(t *testing.T) {
	doc := "<r>" + strings.Repeat("<a/><b/><e1/><x/>", 500) + "</r>"
	for name, src := range hostile {
		t.Run(name, func(t *testing.T) {
			fsys := fstest.MapFS{"h.xsd": {Data: []byte(head + ">" + src() + "</xs:schema>")}}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			start := time.Now()
			g, rep, err := Compile(context.Background(), fsys, []string{"h.xsd"}, Options{})
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			total := (after.TotalAlloc - before.TotalAlloc) >> 20
			runtime.GC()
			runtime.ReadMemStats(&after)
			held := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) >> 20
			var bad *report.InvalidError
			if err != nil && !errors.As(err, &bad) {
				t.Fatal(err)
			}
			if total > 300 || held > 64 {
				t.Errorf("%d MiB allocated, %d MiB held", total, held)
			}
			t.Logf("%d bytes, %v, %d MiB allocated, %d held, %s", len(fsys["h.xsd"].Data), took.Round(time.Millisecond), total, held, mutant.Faults(rep))
			if g == nil {
				return
			}
			start = time.Now()
			v := g.NewValidator(schema.ValidateOptions{Report: rep})
			r := xmlcore.NewReader(strings.NewReader(doc), xmlcore.Options{})
			if err := xmlcore.Run(context.Background(), r, v); err != nil {
				t.Fatal(err)
			}
			v.Finish(r)
			t.Logf("document judged in %v, %+v", time.Since(start).Round(time.Millisecond), g.Stats())
		})
	}
}

// hostileValues are documents of values dear to check, with their schemas.
var hostileValues = map[string]struct{ schema, doc string }{
	"one of many decimals": {`<xs:simpleType name="t"><xs:restriction base="xs:decimal">` + repeated(5000, `<xs:enumeration value="#.5"/>`) + `</xs:restriction></xs:simpleType>`, strings.Repeat("<v>4999.50</v>", 20_000)},
	"one of many lists": {`<xs:simpleType name="l"><xs:list itemType="xs:decimal"/></xs:simpleType><xs:simpleType name="t"><xs:restriction base="l">` + repeated(5000, `<xs:enumeration value="1 2 3 4 5 6 7 8 9 #"/>`) + `</xs:restriction></xs:simpleType>`,
		strings.Repeat("<v>1 2 3 4 5 6 7 8 9 4999</v>", 5000)},
	"a list of many of many": {`<xs:simpleType name="e"><xs:restriction base="xs:token">` + repeated(10_000, `<xs:enumeration value="v#"/>`) + `</xs:restriction></xs:simpleType><xs:simpleType name="t"><xs:list itemType="e"/></xs:simpleType>`,
		"<v>" + strings.Repeat("v9999 ", 130_000) + "</v>"},
	"one of many of a union": {`<xs:simpleType name="u"><xs:union memberTypes="xs:int xs:date xs:token"/></xs:simpleType><xs:simpleType name="t"><xs:restriction base="u">` + repeated(10_000, `<xs:enumeration value="w#"/>`) + `</xs:restriction></xs:simpleType>`,
		strings.Repeat("<v>w9999</v>", 20_000)},
}

// TestHostileValues: many values, each one of many enumerated, are all judged.
func TestHostileValues(t *testing.T) {
	for name, c := range hostileValues {
		t.Run(name, func(t *testing.T) {
			src := head + ">" + c.schema + rootOfType(`<xs:sequence><xs:element name="v" type="t" maxOccurs="unbounded"/></xs:sequence>`) + "</xs:schema>"
			g, _, err := Compile(context.Background(), fstest.MapFS{"h.xsd": {Data: []byte(src)}}, []string{"h.xsd"}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			if ok, rep := mutant.NewJudge(g).Valid(t, []byte("<r>"+c.doc+"</r>")); !ok {
				t.Error(mutant.Faults(rep))
			}
			if took := time.Since(start); took > 10*time.Second { // a tenth of a second, or minutes
				t.Errorf("judged in %v", took)
			}
		})
	}
}

// TestDefaultUnderManyTypes: a long default value is not checked for ever
// against the type each element names.
func TestDefaultUnderManyTypes(t *testing.T) {
	src := head + `><xs:simpleType name="D"><xs:restriction base="xs:string"><xs:pattern value="(a|b)*a(a|b){50}"/></xs:restriction></xs:simpleType>` +
		rootOfType(`<xs:sequence><xs:element name="a" type="xs:string" maxOccurs="unbounded" default="`+strings.Repeat("ab", 1<<16)+`"/></xs:sequence>`) + "</xs:schema>"
	g, _, err := Compile(context.Background(), fstest.MapFS{"h.xsd": {Data: []byte(src)}}, []string{"h.xsd"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	doc := `<r` + xsi + `>` + strings.Repeat(`<a xsi:type="D"/>`, 5000) + `</r>`
	if _, rep := mutant.NewJudge(g).Valid(t, []byte(doc)); !rep.Has(report.LimTime) {
		t.Error(mutant.Faults(rep))
	}
}

func TestTooManyDocuments(t *testing.T) {
	fsys := fstest.MapFS{}
	for i := range 600 {
		fsys["d"+strconv.Itoa(i)+".xsd"] = &fstest.MapFile{Data: []byte(head + `><xs:include schemaLocation="d` + strconv.Itoa(i+1) + `.xsd"/></xs:schema>`)}
	}
	_, rep, err := Compile(context.Background(), fsys, []string{"d0.xsd"}, Options{})
	if err == nil || !rep.Has(report.XSDCompile) {
		t.Error(err)
	}
	fsys["big.xsd"] = &fstest.MapFile{Data: []byte(head + ">" + strings.Repeat(" ", 1<<20) + "</xs:schema>")}
	if _, rep, err = Compile(context.Background(), fsys, []string{"big.xsd"}, Options{Bytes: 1 << 19}); err == nil || !rep.Has(report.XSDCompile) {
		t.Error(err)
	}
}

// TestFixedOfAnything: an element of no stated type, as when "type" is
// misspelt, may have a fixed value; it is noted, not checked.
func TestFixedOfAnything(t *testing.T) {
	fsys := fstest.MapFS{"a.xsd": {Data: []byte(head + `><xs:element name="f" ype="xs:integer" fixed="1"/></xs:schema>`)}}
	_, rep, err := Compile(context.Background(), fsys, []string{"a.xsd"}, Options{})
	if err != nil || !rep.Has(report.XSDCompileNote) {
		t.Errorf("%v, %d findings", err, rep.Total())
	}
}

func FuzzCompileXSD(f *testing.F) {
	f.Add(head+`><xs:element name="f" fixed="1"/></xs:schema>`, "<f>1</f>")
	for _, c := range traps {
		f.Add(c.schema, append(append([]string{`<r/>`}, c.valid...), c.invalid...)[1])
	}
	for _, name := range []string{"groups that double", "counts in counts", "anonymous types", "unions that double"} {
		f.Add(head+">"+hostile[name]()+"</xs:schema>", "<r><a/><b/></r>")
	}
	f.Fuzz(func(t *testing.T, src, doc string) {
		fsys := fstest.MapFS{"a.xsd": {Data: []byte(src)}}
		start := time.Now()
		g, rep, err := Compile(context.Background(), fsys, []string{"a.xsd"}, Options{})
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("compiled in %v", took)
		}
		var bad *report.InvalidError
		if err != nil {
			if !errors.As(err, &bad) || rep.Valid() {
				t.Fatal(err)
			}
			return
		}
		v := g.NewValidator(schema.ValidateOptions{Report: rep})
		r := xmlcore.NewReader(strings.NewReader(doc), xmlcore.Options{})
		_ = xmlcore.Run(context.Background(), r, v)
		v.Finish(r)
	})
}
