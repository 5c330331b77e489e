package profile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/liasse/liasse/archive/internal/archivetest"
	"github.com/liasse/liasse/ged/grammar"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

// ours is a profile of a transfer of SEDA 2.1: two units, the second with a
// fixed description.
var ours = fstest.MapFS{"profil.rng": {Data: []byte(`<grammar xmlns="http://relaxng.org/ns/structure/1.0"
 datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes" ns="fr:gouv:culture:archivesdefrance:seda:v2.1">
<start><element name="ArchiveTransfer">
 <element name="Comment"><value type="string">Profil</value></element>
 <element name="Date"><data type="dateTime"/></element>
 <element name="DataObjectPackage"><element name="DescriptiveMetadata">
  <element name="ArchiveUnit"><attribute name="id"><data type="ID"/></attribute>
   <element name="Content"><element name="Title"><data type="string"/></element><element name="Status"><empty/></element></element>
   <oneOrMore><element name="ArchiveUnit"><attribute name="id"><data type="ID"/></attribute>
    <element name="Content"><element name="Title"><data type="string"/></element><element name="Description"><choice><value>Annexe</value><value>Acte</value></choice></element><optional><element name="Language"><data type="language"/></element></optional><element name="Status"><empty/></element></element>
   </element></oneOrMore></element>
 </element></element>
</element></start></grammar>`)}}

const followed = `<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1">
<Comment>Profil</Comment><Date>2024-06-27T10:00:00Z</Date>
<DataObjectPackage><DescriptiveMetadata>
<ArchiveUnit id="U1"><Content><Title>Dossier</Title><Status/></Content>
<ArchiveUnit id="U2"><Content><Title>Acte</Title><Description>Acte</Description><Status/></Content></ArchiveUnit>
<ArchiveUnit id="U3"><Content><Title>Plan</Title><Description>Annexe</Description><Status/></Content></ArchiveUnit>
</ArchiveUnit></DescriptiveMetadata></DataObjectPackage></ArchiveTransfer>`

func loadProfile(t testing.TB) *grammar.Set {
	t.Helper()
	set, _, err := grammar.LoadProfile(t.Context(), ours, "profil.rng", grammar.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func checkProfile(t testing.TB, doc string, opt Options) *report.Report {
	t.Helper()
	r, err := Check(t.Context(), strings.NewReader(doc), loadProfile(t), opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sentences lists findings with their place, in French.
func sentences(r *report.Report) []string {
	var out []string
	for f := range r.All() {
		out = append(out, fmt.Sprintf("%d:%d %s", f.Where.Line, f.Where.Column, f.Message(report.FR)))
	}
	return out
}

func TestCheckSaysWhereAndWhat(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string
		show     bool
		want     []string
	}{
		"a transfer that follows it": {"", "", false, nil},
		"the header":                 {">Profil<", ">Autre<", false, []string{"2:10 En-tête du bordereau : le profil demande pour « commentaire » (Comment) exactement « Profil » ; le bordereau contient autre chose (5 lettres)."}},
		"a unit in a unit":           {">Annexe<", ">Annexes<", false, []string{"6:63 Unité d'archives n° 1.2 (U3) : le profil demande pour « description » (Description) exactement « Annexe » ou « Acte » ; le bordereau contient autre chose (7 lettres)."}},
		"with its title":             {">Annexe<", ">Annexes<", true, []string{"6:63 Unité d'archives n° 1.2 (U3) « Plan » : le profil demande pour « description » (Description) exactement « Annexe » ou « Acte » ; le bordereau contient autre chose (Annexes)."}},
		"an identifier that is none": {`id="U3"`, `id="Jean Dupont"`, false, []string{"6:14 Unité d'archives n° 1.2 : attribut id ne convient pas au profil (texte de 11 caractères) : il faut un identifiant XML : une lettre ou « _ », puis lettres, chiffres, « - », « . » ou « _ »."}},
		"a thing missing":            {"<Description>Acte</Description>", "", false, []string{"5:50 Unité d'archives n° 1.1 (U2) : il manque ce que le profil exige : « description » (Description)."}},
		"identifiers":                {`id="U3"`, `id="U2"`, false, []string{"6:1 L'identifiant (2 lettres et chiffres) est employé deux fois."}},
		"a document cut short":       {"</DataObjectPackage></ArchiveTransfer>", "", false, []string{"7:37 Le document XML s'arrête avant la fin : un élément n'est pas fermé."}},
	} {
		t.Run(name, func(t *testing.T) {
			r := checkProfile(t, strings.Replace(followed, c.old, c.new, 1), Options{Member: "manifest.xml", Report: report.Options{ShowValues: c.show}})
			if got := sentences(r); !slices.Equal(got, c.want) {
				t.Errorf("%q", got)
			}
			for f := range r.All() {
				if f.Where.Member != "manifest.xml" {
					t.Errorf("%s in %q", f.Code(), f.Where.Member)
				}
			}
		})
	}
}

// The attributes of XML itself have a prefix nobody declares in a profile.
func TestAttributesOfXMLAreNamedAsTheyAreWritten(t *testing.T) {
	profile := rngOf(`<element name="Comment"><attribute name="xml:lang"/><text/></element>`)
	set, _, err := grammar.LoadProfile(t.Context(), profile, "p.rng", grammar.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Check(t.Context(), strings.NewReader(`<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.2"><Comment>x</Comment></ArchiveTransfer>`), set, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := sentences(r); len(got) != 1 || !strings.Contains(got[0], "l'attribut xml:lang,") {
		t.Errorf("%q", got)
	}
}

// Whoever drew up the profile finds what is not followed.
func TestCheckNamesThePlaceInTheProfile(t *testing.T) {
	for old, line := range map[string]int{">Profil<": 4, ">Annexe<": 10} {
		r := checkProfile(t, strings.Replace(followed, old, ">x<", 1), Options{Member: "m.xml"})
		for f := range r.All() {
			if len(f.Also) != 1 || f.Also[0].Member != "profil.rng" || f.Also[0].Line != line {
				t.Errorf("%s: %v", old, f.Also)
			}
		}
		if r.Valid() {
			t.Errorf("%s: nothing found", old)
		}
	}
}

// The first twenty are described, the others counted.
func TestCheckDescribesTheFirst(t *testing.T) {
	units := strings.Repeat(`<ArchiveUnit id="U"><Content/></ArchiveUnit>`, 300)
	r := checkProfile(t, strings.Replace(followed, "</ArchiveUnit></DescriptiveMetadata>", units+"</ArchiveUnit></DescriptiveMetadata>", 1), Options{})
	if n := r.Count(report.Error); n != Described {
		t.Errorf("%d described", n)
	}
	if !r.Has(RuleMore) {
		t.Error("the others are not mentioned")
	}
	for f := range r.All() {
		if f.Rule == RuleMore && !strings.Contains(f.Message(report.FR), "Le bordereau s'écarte du profil en 5") {
			t.Error(f.Message(report.FR))
		}
	}
}

// Units beyond those remembered are still called by their number.
func TestCheckInBoundedMemory(t *testing.T) {
	var b strings.Builder
	for i := range maxMarks + 5 {
		fmt.Fprintf(&b, `<ArchiveUnit id="V%d"><Content><Title/><Description>Acte</Description><Status/></Content></ArchiveUnit>`, i)
	}
	doc := strings.Replace(followed, "<ArchiveUnit id=\"U2\">", b.String()+"<ArchiveUnit id=\"U2\">", 1)
	r := checkProfile(t, strings.Replace(doc, ">Annexe<", "><", 1), Options{})
	if got := sentences(r); len(got) != 1 || !strings.Contains(got[0], "Unité d'archives n° 1."+strconv.Itoa(maxMarks+7)+" :") {
		t.Errorf("%q", got)
	}
}

// TestProfileSharedByGoroutines checks different messages against one profile
// at once.
func TestProfileSharedByGoroutines(t *testing.T) {
	set := loadProfile(t)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 25 {
				doc, want := followed, 0
				if (i+j)%2 == 0 {
					doc, want = strings.Replace(doc, ">Annexe<", "><", 1), 1
				}
				r, err := Check(context.Background(), strings.NewReader(doc), set, Options{})
				if err != nil || r.Len() != want {
					t.Errorf("%v, %d findings instead of %d", err, r.Len(), want)
				}
			}
		})
	}
	wg.Wait()
}

func TestCheckErrors(t *testing.T) {
	set, broken := loadProfile(t), errors.New("broken")
	if _, err := Check(t.Context(), io.MultiReader(strings.NewReader(followed[:50]), failingReader{broken}), set, Options{}); !errors.Is(err, broken) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(broken)
	if _, err := Check(ctx, strings.NewReader(followed), set, Options{}); !errors.Is(err, broken) {
		t.Error(err)
	}
}

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

// TestProfilesExpected judges the rows of the corpus that name a profile: the
// verdict, and the line and element of the first departure.
func TestProfilesExpected(t *testing.T) {
	dir := corpus.Dir(t, "archive")
	rows := 0
	for _, row := range corpus.Expected(t, "archive") {
		i := slices.Index(row.Flags, "-rng")
		if i < 0 {
			continue
		}
		rows++
		set, _, err := grammar.LoadProfile(t.Context(), os.DirFS(dir), path.Clean(row.Flags[i+1]), grammar.Options{})
		if err != nil {
			t.Fatal(err)
		}
		doc, err := os.ReadFile(filepath.Join(dir, row.Path))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(row.Path, ".zip") {
			doc = archivetest.ManifestOf(doc)
		}
		r, err := Check(t.Context(), bytes.NewReader(doc), set, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Valid() != (row.Verdict == "valid") {
			t.Errorf("%s %s: valid %v, want %s", row.Path, row.Flags, r.Valid(), row.Verdict)
		}
		line, element := FirstDeparture(r)
		if want := row.Facts["profile.firstLine"]; want != "" && want != strconv.Itoa(line) {
			t.Errorf("%s %s: first line %d, want %s", row.Path, row.Flags, line, want)
		}
		if want := row.Facts["profile.element"]; want != "" && want != element {
			t.Errorf("%s %s: first element %s, want %s", row.Path, row.Flags, element, want)
		}
	}
	if rows < 5 {
		t.Errorf("%d rows name a profile", rows)
	}
}
