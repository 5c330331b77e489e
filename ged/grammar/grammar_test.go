package grammar_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/liasse/liasse/ged/grammar"
	"github.com/liasse/liasse/ged/report"
)

const xs = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" `

func files(pairs ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return m
}

var letters = files(
	"courrier/envoi.xsd", xs+`targetNamespace="urn:courrier" xmlns="urn:courrier" elementFormDefault="qualified">
 <xs:include schemaLocation="../communs/types.xsd"/>
 <xs:import namespace="http://www.w3.org/XML/1998/namespace"/>
 <xs:element name="Envoi"><xs:complexType><xs:sequence>
  <xs:element name="Date" type="xs:date"/><xs:element name="Objet" type="Texte" maxOccurs="3"/>
 </xs:sequence><xs:attribute ref="xml:lang" use="required"/></xs:complexType></xs:element>
</xs:schema>`,
	"communs/types.xsd", "<?xml version='1.0' encoding='ISO-8859-1'?>"+xs+`>
 <xs:simpleType name="Texte"><xs:restriction base="xs:string"><xs:pattern value="[a-z`+"\xe9"+`]+"/></xs:restriction></xs:simpleType>
</xs:schema>`,
	"reponse.xsd", xs+`targetNamespace="urn:reponse"><xs:element name="Reponse" type="xs:boolean"/></xs:schema>`,
	"casse.xsd", xs+`><xs:element name="X" type="Nulle"/></xs:schema>`,
)

func load(t testing.TB, opt grammar.Options) *grammar.Set {
	t.Helper()
	set, _, err := grammar.Load(context.Background(), letters, opt)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func codes(rep *report.Report) string {
	var all []string
	for f := range rep.All() {
		all = append(all, f.Code())
	}
	return strings.Join(all, " ")
}

const letter = `<Envoi xmlns="urn:courrier" xml:lang="fr"><Date>2024-06-27</Date><Objet>été</Objet></Envoi>`

func TestValidate(t *testing.T) {
	set := load(t, grammar.Options{})
	for doc, want := range map[string]string{
		letter: "",
		`<Reponse xmlns="urn:reponse">1</Reponse>`: "",
		`<Reponse xmlns="urn:reponse">x</Reponse>`: "XSD-VALUE",
		`<Autre/>`: "XSD-ROOT",
		`<Envoi xmlns="urn:courrier" xml:lang="fr"><Objet>é</Objet></Envoi>`:          "XSD-MISSING",
		`<Envoi xmlns="urn:courrier"><Date>2024-06-27</Date><Objet>É</Objet></Envoi>`: "XSD-ATTR-MISSING XSD-VALUE",
		`<!DOCTYPE Envoi>` + letter: "XML-DOCTYPE",
		letter + `<x/>`:             "XML-ROOTS",
		``:                          "XML-EMPTY",
	} {
		rep, err := set.Validate(context.Background(), strings.NewReader(doc), grammar.ValidateOptions{Member: "m.xml"})
		if err != nil {
			t.Fatal(err)
		}
		if got := codes(rep); got != want {
			t.Errorf("%s: %q, want %q", doc, got, want)
		}
		for f := range rep.All() {
			if f.Where.Member != "m.xml" {
				t.Errorf("%s: %s is located in %q", doc, f.Code(), f.Where.Member)
			}
		}
	}
}

// TestSharedByGoroutines runs the same set from several goroutines, on
// documents of different verdicts.
func TestSharedByGoroutines(t *testing.T) {
	set := load(t, grammar.Options{Entries: []string{"courrier/envoi.xsd"}})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				doc, want := letter, ""
				if (i+j)%2 == 0 {
					doc, want = strings.Replace(letter, "06", "13", 1), "XSD-VALUE"
				}
				rep, err := set.Validate(context.Background(), strings.NewReader(doc), grammar.ValidateOptions{})
				if err != nil || codes(rep) != want {
					t.Errorf("%v %s, want %s", err, codes(rep), want)
				}
			}
		})
	}
	wg.Wait()
}

func TestErrorsAreNotVerdicts(t *testing.T) {
	set := load(t, grammar.Options{Entries: []string{"reponse.xsd"}})
	broken := errors.New("broken")
	src := io.MultiReader(strings.NewReader(`<Reponse xmlns="urn:reponse">`), failing{broken})
	if rep, err := set.Validate(context.Background(), src, grammar.ValidateOptions{}); rep != nil || !errors.Is(err, broken) {
		t.Errorf("%v %v", rep, err)
	}
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(stop)
	if _, err := set.Validate(ctx, strings.NewReader(letter), grammar.ValidateOptions{}); !errors.Is(err, stop) {
		t.Error(err)
	}
	if _, _, err := grammar.Load(ctx, letters, grammar.Options{Entries: []string{"reponse.xsd"}}); !errors.Is(err, stop) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestAFolderThatCannotBeListed is not one without schemas.
func TestAFolderThatCannotBeListed(t *testing.T) {
	if _, _, err := grammar.Load(context.Background(), lost{}, grammar.Options{}); !errors.Is(err, fs.ErrPermission) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := grammar.Load(ctx, files(), grammar.Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	var invalid *report.InvalidError
	if _, _, err := grammar.Load(context.Background(), files(), grammar.Options{}); !errors.As(err, &invalid) {
		t.Error(err)
	}
}

type lost struct{}

func (lost) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

func TestLoadRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		entry, want string
	}{
		"a type that does not exist":   {"casse.xsd", "XSD-COMPILE"},
		"an entry that does not exist": {"rien.xsd", "XSD-RESOLVE"},
		"a path out of the files":      {"../x.xsd", "XSD-RESOLVE"},
	} {
		set, rep, err := grammar.Load(context.Background(), letters, grammar.Options{Entries: []string{c.entry}})
		var bad *report.InvalidError
		if set != nil || !errors.As(err, &bad) || codes(rep) != c.want {
			t.Errorf("%s: %v %s", name, err, codes(rep))
		}
	}
	if _, rep, err := grammar.Load(context.Background(), files(), grammar.Options{}); err == nil || codes(rep) != "XSD-RESOLVE" {
		t.Errorf("no document at all: %v %s", err, codes(rep))
	}
}

// Without entries named, what cannot be compiled is said and left out.
func TestLoadAll(t *testing.T) {
	_, rep, err := grammar.Load(context.Background(), letters, grammar.Options{})
	if err != nil || codes(rep) != "XSD-COMPILE" || !rep.Valid() {
		t.Errorf("%v %s", err, codes(rep))
	}
}

func ExampleLoad() {
	schemas := fstest.MapFS{"avis.xsd": {Data: []byte(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
	<xs:element name="avis"><xs:complexType><xs:sequence>
	<xs:element name="date" type="xs:date"/><xs:element name="objet" type="xs:string"/>
	</xs:sequence></xs:complexType></xs:element></xs:schema>`)}}
	set, _, err := grammar.Load(context.Background(), schemas, grammar.Options{Entries: []string{"avis.xsd"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	rep, err := set.Validate(context.Background(), strings.NewReader("<avis>\n<objet>voirie</objet></avis>"), grammar.ValidateOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for f := range rep.All() {
		fmt.Println(f.Where, f.Message(report.FR))
	}
	// Output: /avis/objet 2:1 Dans avis, il manque date.
}

const rng = `<grammar xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes" ns="urn:courrier">`

var profiles = files(
	"profil.rng", rng+`<include href="communs/types.rng"/><start><element name="Envoi"><attribute name="xml:lang"><value>fr</value></attribute>
	<element name="Date"><data type="date"/></element><oneOrMore><ref name="objet"/></oneOrMore></element></start></grammar>`,
	"communs/types.rng", rng+`<define name="objet"><element name="Objet"><value type="string">été</value></element></define></grammar>`,
	"profil.rnc", "default namespace = \"urn:courrier\"\nstart = element Envoi { attribute xml:lang { text }, element Date { xsd:date }, element Objet { text } }",
	"profil.xsd", xs+`targetNamespace="urn:courrier"><xs:element name="Envoi" type="xs:string"/></xs:schema>`,
	"casse.rng", rng+`<start><ref name="rien"/></start></grammar>`,
	"coupe.rng", rng,
)

func TestLoadProfile(t *testing.T) {
	other := strings.Replace(letter, "été", "hiver", 1)
	for name, want := range map[string][2]string{
		"profil.rng": {"", "XSD-ENUM"}, "profil.rnc": {"", ""}, "profil.xsd": {"XSD-ATTR XSD-ELEMENT XSD-ELEMENT", "XSD-ATTR XSD-ELEMENT XSD-ELEMENT"},
	} {
		set, notes, err := grammar.LoadProfile(context.Background(), profiles, name, grammar.Options{})
		if err != nil || notes.Len() != 0 {
			t.Fatalf("%s: %v, %s", name, err, codes(notes))
		}
		for i, doc := range []string{letter, other} {
			rep, err := set.Validate(context.Background(), strings.NewReader(doc), grammar.ValidateOptions{Member: "m.xml"})
			if err != nil {
				t.Fatal(err)
			}
			if got := codes(rep); got != want[i] {
				t.Errorf("%s: document %d: %s, want %s", name, i, got, want[i])
			}
		}
	}
	for name, want := range map[string]string{"casse.rng": "XSD-COMPILE", "coupe.rng": "XML-TRUNCATED", "rien.rng": "XSD-RESOLVE", "communs": "XSD-RESOLVE", "../profil.rng": "XSD-RESOLVE"} {
		set, rep, err := grammar.LoadProfile(context.Background(), profiles, name, grammar.Options{})
		var bad *report.InvalidError
		if set != nil || !errors.As(err, &bad) || codes(rep) != want {
			t.Errorf("%s: %v %s, want %s", name, err, codes(rep), want)
		}
	}
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(stop)
	if _, _, err := grammar.LoadProfile(ctx, profiles, "profil.rng", grammar.Options{}); !errors.Is(err, stop) {
		t.Errorf("cancelled: %v", err)
	}
}

func ExampleLoadProfile() {
	profiles := fstest.MapFS{"avis.rng": {Data: []byte(`<element name="avis" xmlns="http://relaxng.org/ns/structure/1.0">
	<element name="objet"><value type="string">voirie</value></element></element>`)}}
	set, _, err := grammar.LoadProfile(context.Background(), profiles, "avis.rng", grammar.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	rep, err := set.Validate(context.Background(), strings.NewReader("<avis><objet>eaux</objet></avis>"), grammar.ValidateOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for f := range rep.All() {
		fmt.Println(f.Where, f.Message(report.FR))
	}
	// Output: /avis/objet 1:14 La valeur de objet (4 lettres) n'est pas dans la liste permise : voirie.
}
