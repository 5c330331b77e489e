package sip

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/liasse/liasse/ged/inspect"
)

// setOf is a schema set whose transfers hold the children given.
func setOf(version, children string) fstest.MapFS {
	return fstest.MapFS{"s.xsd": {Data: []byte(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"
		targetNamespace="fr:gouv:culture:archivesdefrance:seda:v` + version + `"><xs:element name="ArchiveTransfer"><xs:complexType>
		<xs:sequence>` + children + `</xs:sequence></xs:complexType></xs:element></xs:schema>`)}}
}

func TestSchemasOfTheUserJudgeTheMessageOfAPackage(t *testing.T) {
	files := ours(t)
	docs, contents := act()
	packed, _ := write(t, build(t, docs, contents), Options{})
	_, version, _ := strings.Cut(files[0][1], "seda:v")
	version, _, _ = strings.Cut(version, `"`)
	for name, data := range map[string][]byte{"a.zip": packed, "a.tar": tarred(t, files)} {
		in := func() *inspect.Input { return inspect.NewBytes(name, data) }
		r := ask(t, in(), inspect.Options{Schemas: setOf(version, `<xs:any processContents="skip" maxOccurs="unbounded"/>`)})
		if r.Verdict() != inspect.Valid {
			t.Errorf("%s, a set that takes it: %s", name, r.Verdict())
		}
		for _, target := range []string{"", "vitam", "asalae"} {
			r = ask(t, in(), inspect.Options{Profile: target, Schemas: setOf(version, `<xs:element name="Nothing"/>`)})
			of := 0
			for f := range r.Report.All() {
				if strings.HasPrefix(f.Code(), "XSD-") {
					of++
				}
			}
			if r.Verdict() != inspect.Invalid || of == 0 {
				t.Errorf("%s, %q, a set that refuses it: %s, %d faults of the schema", name, target, r.Verdict(), of)
			}
		}
		if _, err := Inspector().Inspect(context.Background(), in(), inspect.Options{Schemas: fstest.MapFS{}}); err == nil {
			t.Errorf("%s: an empty set gives a verdict", name)
		}
	}
}

// TestNamesInTheOldCode: a name that does not say it is UTF-8, and is not, is in
// code page 437; whatever else, names are compared as they are.
func TestNamesInTheOldCode(t *testing.T) {
	list := ours(t)
	entry := list[1][0]
	for name, c := range map[string]struct {
		uri, entry string
		found      bool
	}{
		"code page 437":         {"content/délibéré.pdf", "content/d\x82lib\x82r\x82.pdf", true},
		"UTF-8":                 {"content/délibéré.pdf", "content/délibéré.pdf", true},
		"Latin 1":               {"content/délibéré.pdf", "content/d\xe9lib\xe9r\xe9.pdf", false},
		"accents on their own":  {"content/délibéré.pdf", "content/de\u0301libe\u0301re\u0301.pdf", false},
		"437 that reads as two": {"content/délibéré.pdf", "content/d\x82lib\x82re.pdf", false},
	} {
		l := append([][2]string{}, list...)
		l[0][1] = strings.ReplaceAll(l[0][1], "<Uri>"+entry+"</Uri>", "<Uri>"+c.uri+"</Uri>")
		l[1][0] = c.entry
		r := ask(t, inspect.NewBytes("a", pack(t, l...)), inspect.Options{})
		if got := !r.Report.Has(RuleMissing) && !r.Report.Has(RuleUndeclared); got != c.found || (r.Verdict() == inspect.Valid) != c.found {
			t.Errorf("%s: found %v, %s: %v", name, got, r.Verdict(), r.Report.Err())
		}
		if got := r.Report.Has(RuleNameCode); got != (strings.Contains(c.entry, "\x82") || strings.Contains(c.entry, "\xe9")) {
			t.Errorf("%s: the code told: %v", name, got)
		}
		r = ask(t, inspect.NewBytes("a", pack(t, l...)), inspect.Options{Profile: "vitam"})
		if got := r.Summary.Get("vitam.code"); got != vitamUpload.Code {
			t.Errorf("%s: answers %v", name, got)
		}
		list = ours(t)
	}
}

// TestABrokenMessageAnnouncesNobodyKnowsWhat: files are not said to be too many
// by a message that broke off.
func TestABrokenMessageAnnouncesNobodyKnowsWhat(t *testing.T) {
	list := ours(t)
	for name, text := range map[string]string{
		"broken off": list[0][1][:len(list[0][1])-20], "with a DOCTYPE": "<!DOCTYPE a>" + list[0][1][strings.Index(list[0][1], "<Archive"):],
	} {
		list[0][1] = text
		if r := ask(t, inspect.NewBytes("a", pack(t, list...)), inspect.Options{}); r.Verdict() != inspect.Invalid || r.Report.Has(RuleUndeclared) {
			t.Errorf("%s: %s: %v", name, r.Verdict(), r.Report.Err())
		}
	}
}
