package profile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/mutant"
)

func skeleton(t testing.TB, opt SkeletonOptions) (*Skeleton, *report.Report) {
	t.Helper()
	s, r, err := NewSkeleton(t.Context(), ours, "profil.rng", opt)
	if err != nil {
		t.Fatal(err)
	}
	return s, r
}

func TestNewSkeleton(t *testing.T) {
	s, r := skeleton(t, SkeletonOptions{})
	if want := `<?xml version="1.0" encoding="UTF-8"?>
<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1">
  <Comment>Profil</Comment>
  <Date>2000-01-01T00:00:00Z</Date>
  <DataObjectPackage>
    <DescriptiveMetadata>
      <ArchiveUnit id="ID1">
        <Content>
          <Title>À compléter</Title>
          <Status/>
        </Content>
        <ArchiveUnit id="ID2">
          <Content>
            <Title>À compléter</Title>
            <Description>Annexe</Description>
            <Status/>
          </Content>
        </ArchiveUnit>
      </ArchiveUnit>
    </DescriptiveMetadata>
  </DataObjectPackage>
</ArchiveTransfer>
`; string(s.XML) != want {
		t.Errorf("%s", s.XML)
	}
	if s.Version != seda.V21 || !r.Valid() {
		t.Errorf("version %s, %v", s.Version, r.Err())
	}
	unit := "/ArchiveTransfer/DataObjectPackage/DescriptiveMetadata/ArchiveUnit"
	var fields []string
	for _, f := range s.Fields {
		fields = append(fields, fmt.Sprint(f.Path, " ", f.Name, " ", f.Type, " ", f.Choices, " ", f.Value))
	}
	if want := []string{"/ArchiveTransfer/Date Date dateTime [] 2000-01-01T00:00:00Z", unit + "/Content/Title Title string [] À compléter",
		unit + "/ArchiveUnit/Content/Title Title string [] À compléter", unit + "/ArchiveUnit/Content/Description Description  [Annexe Acte] Annexe"}; !slices.Equal(fields, want) {
		t.Errorf("fields %q", fields)
	}
	var told []string
	for f := range r.All() {
		told = append(told, f.Message(report.FR))
	}
	if want := []string{"En-tête du bordereau : à compléter, « date » (Date) : il faut une date et une heure de la forme AAAA-MM-JJThh:mm:ss.",
		"Unité d'archives n° 1 : à compléter, « intitulé » (Title) : texte libre.", "Unité d'archives n° 1.1 : à compléter, « intitulé » (Title) : texte libre.",
		"Unité d'archives n° 1.1 : à compléter, « description » (Description) : une des valeurs « Annexe » ou « Acte »."}; !slices.Equal(told, want) {
		t.Errorf("told %q", told)
	}
	if s, _ := skeleton(t, SkeletonOptions{Optional: true}); !bytes.Contains(s.XML, []byte("<Language>fr</Language>")) {
		t.Errorf("the optional element is missing: %s", s.XML)
	}
}

// rngOf is a profile of one element in the body.
// TestFill: each field may be given a value of its own, no other part of the
// message changes, and the skeleton stays what it was.
func TestFill(t *testing.T) {
	s, _ := skeleton(t, SkeletonOptions{Optional: true})
	before := bytes.Clone(s.XML)
	if again, err := s.Fill(nil); err != nil || !bytes.Equal(again, before) {
		t.Errorf("nothing given: %v\n%s", err, again)
	}
	if len(s.Fields) < 4 {
		t.Fatal(s.Fields)
	}
	all, want := map[string]string{}, string(before)
	for _, f := range s.Fields {
		if _, twice := all[f.Path]; twice {
			t.Errorf("two fields are at %s", f.Path)
		}
		all[f.Path] = "<" + f.Path + ">"
		one, err := s.Fill(map[string]string{f.Path: "é & <b>"})
		if err != nil || bytes.Equal(one, before) || strings.Count(string(one), "é &amp; &lt;b") != 1 {
			t.Errorf("%s: %v\n%s", f.Path, err, one)
		}
	}
	out, err := s.Fill(all)
	if err != nil {
		t.Fatal(err)
	}
	for path := range all {
		if strings.Count(string(out), "&lt;"+path+"&gt;")+strings.Count(string(out), "&lt;"+path+">") != 1 {
			t.Errorf("%s is not in\n%s", path, out)
		}
	}
	if string(s.XML) != want {
		t.Error("the skeleton was changed")
	}
	if _, err := s.Fill(map[string]string{"/ArchiveTransfer/Rien": ""}); !errors.Is(err, ErrField) {
		t.Error(err)
	}
	if _, err := s.Fill(map[string]string{s.Fields[0].Path: "\x00"}); err == nil || errors.Is(err, ErrField) {
		t.Error("a character no document may hold:", err)
	}
}

func rngOf(body string) fstest.MapFS {
	return fstest.MapFS{"p.rng": {Data: []byte(`<element name="ArchiveTransfer" xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes" ns="` + seda.V22.Namespace() + `">` + body + `</element>`)}}
}

func TestNewSkeletonNumbers(t *testing.T) {
	object := `<element name="BinaryDataObject"><attribute name="id"><data type="ID"/></attribute><element name="Uri"><data type="anyURI"/></element></element>`
	s, r, err := NewSkeleton(t.Context(), rngOf(object+object+`<element name="ArchiveUnit"><attribute name="id"><data type="ID"/></attribute><attribute name="xml:lang"/><attribute name="href" ns="http://www.w3.org/1999/xlink"/>
	<element name="DataObjectReferenceId"><data type="IDREF"/></element><element name="DataObjectReferenceId"><data type="IDREF"/></element><element name="ArchiveUnitRefId"><data type="IDREF"/></element>
	<element name="x" ns=""><element name="y"><empty/></element></element></element>`), "p.rng", SkeletonOptions{})
	if err != nil || !r.Valid() {
		t.Fatal(err, r.Err())
	}
	for _, want := range []string{`<BinaryDataObject id="ID1">`, `<BinaryDataObject id="ID2">`, `<Uri>content/a-completer</Uri>`, `<Uri>content/a-completer-2</Uri>`,
		`<ArchiveUnit id="ID3" xml:lang="fr" xlink:href="À compléter">`, `<DataObjectReferenceId>ID1</DataObjectReferenceId>`, `<DataObjectReferenceId>ID2</DataObjectReferenceId>`,
		`<ArchiveUnitRefId>ID3</ArchiveUnitRefId>`, `<x xmlns="">`, `xmlns:xlink="http://www.w3.org/1999/xlink"`} {
		if !bytes.Contains(s.XML, []byte(want)) {
			t.Errorf("no %s in %s", want, s.XML)
		}
	}
}

// What no value was found for stays a departure, said with the rest.
// TestNewSkeletonSpeaksEachVersion: where a profile asks for any text, the codes
// are those of the version it describes.
func TestNewSkeletonSpeaksEachVersion(t *testing.T) {
	body := `<element name="DescriptionLanguage"><data type="string"/></element><element name="DescriptionLevel"><data type="string"/></element><element name="Attachment"><data type="string"/></element>`
	for version, want := range map[seda.Version]string{
		seda.V02: "<DescriptionLanguage>fr</DescriptionLanguage>\n  <DescriptionLevel>file</DescriptionLevel>\n  <Attachment/>",
		seda.V10: "<DescriptionLanguage>fra</DescriptionLanguage>\n  <DescriptionLevel>file</DescriptionLevel>\n  <Attachment/>",
		seda.V22: "<DescriptionLanguage>fr</DescriptionLanguage>\n  <DescriptionLevel>File</DescriptionLevel>\n  <Attachment>À compléter</Attachment>",
	} {
		profile := rngOf(body)
		profile["p.rng"].Data = bytes.ReplaceAll(profile["p.rng"].Data, []byte(seda.V22.Namespace()), []byte(version.Namespace()))
		s, r, err := NewSkeleton(t.Context(), profile, "p.rng", SkeletonOptions{})
		if err != nil || !r.Valid() || !bytes.Contains(s.XML, []byte(want)) {
			t.Errorf("%s: %v %v %s", version, err, r.Err(), s.XML)
		}
	}
}

func TestNewSkeletonSaysWhatItCannotFill(t *testing.T) {
	s, r, err := NewSkeleton(t.Context(), rngOf(`<element name="Comment"><data type="string"><param name="pattern">.*q.*</param><param name="pattern">.*z.*</param></data></element>`), "p.rng", SkeletonOptions{})
	if err != nil || !r.Has(RuleValue) || len(s.Fields) != 1 {
		t.Errorf("%v, %v, %d fields", err, r.Err(), len(s.Fields))
	}
}

func TestNewSkeletonErrors(t *testing.T) {
	var bad *report.InvalidError
	for name, fsys := range map[string]fstest.MapFS{
		"no file":          {},
		"no grammar":       {"p.rng": {Data: []byte("<a/>")}},
		"an XML Schema":    {"p.rng": {Data: []byte(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"/></xs:schema>`)}},
		"a bomb":           rngOf(strings.Repeat(`<group>`, 150) + strings.Repeat(`<element name="a"><text/></element>`, 30_000) + strings.Repeat(`</group>`, 150)),
		"nothing possible": rngOf(`<notAllowed/>`),
	} {
		if s, r, err := NewSkeleton(t.Context(), fsys, "p.rng", SkeletonOptions{}); s != nil || !errors.As(err, &bad) || r.Valid() {
			t.Errorf("%s: %v", name, err)
		}
	}
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stop)
	if _, _, err := NewSkeleton(ctx, ours, "profil.rng", SkeletonOptions{}); !errors.Is(err, stop) {
		t.Errorf("cancelled: %v", err)
	}
}

// refusedByXSD are skeletons the official schema cannot take, with the fault of
// the profile.
var refusedByXSD = map[string]string{
	"profiles/profil_ok.rng, optional": "asks for ObjectGroupExtenstionAbstract, which is abstract, and for an empty FinalAction",
}

// TestSkeletonsOfTheCorpus: the skeleton of every profile follows the profile by
// xmllint, and the official schema, and reads back.
func TestSkeletonsOfTheCorpus(t *testing.T) {
	dir := corpus.Dir(t, "archive")
	t.Setenv("XML_CATALOG_FILES", filepath.Join(dir, "xsd", "catalog.xml"))
	profiles, err := filepath.Glob(filepath.Join(dir, "profiles", "*.rng"))
	if err != nil {
		t.Fatal(err)
	}
	deeper, err := filepath.Glob(filepath.Join(dir, "profiles", "*", "*.rng"))
	if err != nil {
		t.Fatal(err)
	}
	if profiles = append(profiles, deeper...); len(profiles) < 4 {
		t.Fatalf("%d profiles", len(profiles))
	}
	for _, full := range profiles {
		path, err := filepath.Rel(dir, full)
		if err != nil {
			t.Fatal(err)
		}
		path = filepath.ToSlash(path)
		for _, optional := range []bool{false, true} {
			name := path
			if optional {
				name += ", optional"
			}
			s, r, err := NewSkeleton(t.Context(), os.DirFS(dir), path, SkeletonOptions{Optional: optional})
			if err != nil || !r.Valid() {
				t.Fatalf("%s: %v, %v", name, err, r.Err())
			}
			if !mutant.Xmllint(t, mutant.RNG, full, [][]byte{s.XML})[0] {
				t.Errorf("%s: the skeleton does not follow its profile by xmllint", name)
			}
			main := filepath.Join(dir, "xsd", "seda-"+string(s.Version), "seda-"+string(s.Version)+"-main.xsd")
			if s.Version == "1.0" {
				main = filepath.Join(dir, "xsd", "seda-1.0", "seda_v1-0.xsd")
			}
			if ok := mutant.Xmllint(t, mutant.XSD, main, [][]byte{s.XML})[0]; ok == (refusedByXSD[name] != "") {
				t.Errorf("%s: the official schema takes it: %v", name, ok)
			}
			t.Logf("%s: SEDA %s, %d bytes, %d fields", name, s.Version, len(s.XML), len(s.Fields))
			back := report.New(report.Options{})
			p, complete, err := seda.Read(t.Context(), bytes.NewReader(s.XML), seda.ReadOptions{}, back)
			if err != nil || !complete || !back.Valid() {
				t.Errorf("%s: reading back: %v, complete %v, %v", name, err, complete, back.Err())
				continue
			}
			units, objects := 0, 0
			for range p.Walk() {
				units++
			}
			for range p.Objects() {
				objects++
			}
			wantUnits, wantObjects := bytes.Count(s.XML, []byte("<ArchiveUnit ")), bytes.Count(s.XML, []byte("DataObject id="))
			if s.Version == seda.V10 {
				wantObjects = bytes.Count(s.XML, []byte("<Document>")) // each read as a unit with its object
				wantUnits = bytes.Count(s.XML, []byte("<Archive>")) + bytes.Count(s.XML, []byte("<ArchiveObject>")) + wantObjects
			}
			if units != wantUnits || objects != wantObjects {
				t.Errorf("%s: %d units and %d objects read back, want %d and %d", name, units, objects, wantUnits, wantObjects)
			}
		}
	}
}
