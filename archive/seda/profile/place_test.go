package profile

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/liasse/liasse/ged/grammar"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

func TestPlaces(t *testing.T) {
	marks := &landmarks{seen: map[string]landmark{"/m:ArchiveTransfer/m:Archive/m:ArchiveObject[2]": {id: "O2", title: "Actes"}}}
	for path, want := range map[string][2]string{
		"":                                {"En-tête du bordereau", "Header of the message"},
		"/ArchiveTransfer/Comment":        {"En-tête du bordereau", "Header of the message"},
		"/ArchiveTransfer/ArchivalAgency": {"Service d'archives", "Archival agency"},
		"/ArchiveTransfer/DataObjectPackage/ManagementMetadata/AccessRule/Rule":                                    {"Règles communes du versement", "Common rules of the transfer"},
		"/ArchiveTransfer/DataObjectPackage/DataObjectGroup[3]/BinaryDataObject[2]/@id":                            {"Objet numérique n° 3.2", "Binary object 3.2"},
		"/ArchiveTransfer/DataObjectPackage/DescriptiveMetadata/ArchiveUnit[2]/ArchiveUnit/ArchiveUnit[4]/Content": {"Unité d'archives n° 2.1.4", "Archive unit 2.1.4"},
		"/m:ArchiveTransfer/m:Archive/m:ArchiveObject[2]/m:Name":                                                   {"Objet d'archives n° 1.2 (O2)", "Archive object 1.2 (O2)"},
		"/ArchiveTransfer/Contains[2]/Contains/Document[3]/Attachment":                                             {"Document n° 2.1.3", "Document 2.1.3"},
	} {
		fr, en, title := marks.place(path)
		if fr != want[0] || en != want[1] {
			t.Errorf("%s: %q, %q", path, fr, en)
		}
		if (title == "Actes") != strings.HasPrefix(path, "/m:") {
			t.Errorf("%s: title %q", path, title)
		}
	}
}

// A profile of SEDA 0.2, whose tree is made of Contains.
func TestCheckOfTheFirstFamily(t *testing.T) {
	const space = "fr:gouv:ae:archive:draft:standard_echange_v0.2"
	fsys := fstest.MapFS{"p.rng": {Data: []byte(`<element name="ArchiveTransfer" xmlns="http://relaxng.org/ns/structure/1.0" ns="` + space + `">
	<element name="Contains"><element name="DescriptionLevel"><value>file</value></element><element name="Name"><text/></element>
	<oneOrMore><element name="Contains"><element name="DescriptionLevel"><value>item</value></element><element name="Name"><text/></element></element></oneOrMore></element></element>`)}}
	profile, _, err := grammar.LoadProfile(t.Context(), fsys, "p.rng", grammar.Options{})
	if err != nil {
		t.Fatal(err)
	}
	doc := `<ArchiveTransfer xmlns="` + space + `"><Contains><DescriptionLevel>file</DescriptionLevel><Name>Acte</Name>
<Contains><DescriptionLevel>item</DescriptionLevel><Name>Pièce</Name></Contains>
<Contains><DescriptionLevel>items</DescriptionLevel><Name>Annexe</Name></Contains></Contains></ArchiveTransfer>`
	r, err := Check(t.Context(), strings.NewReader(doc), profile, Options{Report: report.Options{ShowValues: true}})
	if err != nil {
		t.Fatal(err)
	}
	want := "3:29 Objet d'archives n° 1.2 « Annexe » : le profil demande pour « niveau de description » (DescriptionLevel) exactement « item » ; le bordereau contient autre chose (items)."
	if got := sentences(r); len(got) != 1 || got[0] != want {
		t.Errorf("%q", got)
	}
}

// FuzzCheck: whatever the message, the check ends in a report, and two
// checks say the same.
func FuzzCheck(f *testing.F) {
	set := loadProfile(f)
	f.Add([]byte(followed), true)
	for _, change := range [][2]string{{">Profil<", "><"}, {"<Status/>", ""}, {"id=\"U2\"", "id=\"U1\""}, {"ArchiveUnit id", "Archive id"}, {"<Title>", "<Title><Title/>"}, {"</ArchiveTransfer>", ""}} {
		f.Add([]byte(strings.Replace(followed, change[0], change[1], 1)), false)
	}
	f.Fuzz(func(t *testing.T, doc []byte, show bool) {
		var said [2]string
		for i := range said {
			r, err := Check(context.Background(), strings.NewReader(string(doc)), set, Options{Report: report.Options{ShowValues: show}})
			if err != nil {
				t.Fatal(err)
			}
			if n := r.Count(report.Error) + r.Count(report.Fatal); n > Described {
				t.Fatalf("%d departures described", n)
			}
			said[i] = fmt.Sprint(sentences(r))
		}
		if said[0] != said[1] {
			t.Fatal("two checks differ")
		}
	})
}

// BenchmarkCheck checks a transfer of 100,000 units that follows its
// profile, beside the bare reading of it.
func BenchmarkCheck(b *testing.B) {
	set := loadProfile(b)
	var doc strings.Builder
	head, tail, _ := strings.Cut(followed, `<ArchiveUnit id="U2">`)
	doc.WriteString(head)
	for i := range 100_000 {
		fmt.Fprintf(&doc, `<ArchiveUnit id="V%d"><Content><Title>Pièce</Title><Description>Acte</Description><Status/></Content></ArchiveUnit>`, i)
	}
	doc.WriteString(`<ArchiveUnit id="U2">` + tail)
	b.Run("check", func(b *testing.B) {
		b.SetBytes(int64(doc.Len()))
		b.ReportAllocs()
		for b.Loop() {
			if r, err := Check(b.Context(), strings.NewReader(doc.String()), set, Options{}); err != nil || !r.Valid() {
				b.Fatal(err, r.Err())
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(doc.Len()))
		for b.Loop() {
			if err := xmlcore.Run(b.Context(), xmlcore.NewReader(strings.NewReader(doc.String()), xmlcore.Options{})); err != nil {
				b.Fatal(err)
			}
		}
	})
}
