package message

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/mutant"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/xmlcore"
)

type namedDoc struct {
	name string
	data []byte
}

// corpusXML returns every XML file of the corpus of acts, those inside archives
// included.
func corpusXML(t testing.TB) []namedDoc {
	t.Helper()
	root := corpus.Dir(t, "actes")
	var out []namedDoc
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(root, path)
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch {
		case strings.HasSuffix(name, ".xml"):
			out = append(out, namedDoc{name, data})
		case strings.HasSuffix(name, ".tar.gz"):
			out = append(out, archived(name, data)...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// archived returns the XML files of an archive as far as it can be read: some
// are broken on purpose.
func archived(name string, data []byte) (out []namedDoc) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	r := tar.NewReader(io.LimitReader(z, 64<<20))
	for {
		h, err := r.Next()
		if err != nil {
			return out
		}
		if h.Typeflag != tar.TypeReg || !strings.HasSuffix(h.Name, ".xml") {
			continue
		}
		b, err := io.ReadAll(r)
		if err != nil {
			return out
		}
		out = append(out, namedDoc{name + "!/" + h.Name, b})
	}
}

// validate returns whether the document is valid, and what was found.
func validate(t testing.TB, v *schema.Validator, r *xmlcore.Reader, doc []byte) (bool, *report.Report) {
	t.Helper()
	rep := report.New(report.Options{})
	r.Reset(bytes.NewReader(doc), xmlcore.Options{})
	v.Reset(schema.ValidateOptions{Report: rep})
	err := xmlcore.Run(context.Background(), r, v)
	v.Finish(r)
	var bad *xmlcore.Error
	if err != nil && !errors.As(err, &bad) {
		t.Fatal(err)
	}
	if bad != nil {
		rep.Record(bad.Finding)
	}
	return err == nil && rep.Valid(), rep
}

func codesFound(rep *report.Report) string {
	var all []string
	for f := range rep.All() {
		all = append(all, f.Code())
	}
	return strings.Join(all, " ")
}

// TestGrammarAgreesOnCorpus compares the verdict on every XML file of the corpus
// with xmllint's by the official schema.
func TestGrammarAgreesOnCorpus(t *testing.T) {
	xsd := filepath.Join(corpus.Dir(t, "actes"), "xsd", "actesv1_1.xsd")
	all := corpusXML(t)
	docs := make([][]byte, len(all))
	for i := range all {
		docs[i] = all[i].data
	}
	want := mutant.Xmllint(t, mutant.XSD, xsd, docs)
	v, r := Grammar().NewValidator(schema.ValidateOptions{}), xmlcore.NewReader(nil, xmlcore.Options{})
	valid := 0
	for i, d := range all {
		got, rep := validate(t, v, r, d.data)
		// A DOCTYPE is always refused here, and never by xmllint.
		if got != want[i] && !rep.Has(report.XMLDoctype) {
			t.Errorf("%s: valid %v, xmllint says %v; findings %s", d.name, got, want[i], codesFound(rep))
		}
		if want[i] {
			valid++
		}
	}
	t.Logf("%d documents, %d valid", len(all), valid)
	if valid < 30 {
		t.Errorf("only %d valid documents: the comparison proves little", valid)
	}
}

const actesNS = `xmlns:actes="http://www.interieur.gouv.fr/ACTES#v1.1-20040216" xmlns:insee="http://xml.insee.fr/schema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`

// seeds are documents with what the corpus lacks: parts as documents of their
// own, long classification paths, all that is optional.
var seeds = []string{
	`<actes:IDCL ` + actesNS + ` insee:SIREN="123456782" actes:Departement="034" actes:Arrondissement="3" actes:Nature="31"/>`,
	`<actes:IDPref ` + actesNS + ` actes:Departement="02A"/>`,
	`<actes:IDSGAR ` + actesNS + ` actes:Departement="075"/>`,
	`<actes:IDSousPref ` + actesNS + ` actes:Departement="034" actes:Arrondissement="1"/>`,
	`<actes:Referent ` + actesNS + `><actes:Nom>n</actes:Nom><actes:Telephone/><actes:Email>a@b.fr</actes:Email></actes:Referent>`,
	`<actes:FormulairesEnvoyes ` + actesNS + `><actes:Formulaire><actes:NomFichier>f.xml</actes:NomFichier><actes:Signature z="1">x<y xmlns="urn:y" b="2"/><actes:IDPref actes:Departement="034"/></actes:Signature></actes:Formulaire></actes:FormulairesEnvoyes>`,
	`<insee:SIREN ` + actesNS + `>123456782</insee:SIREN>`,
	`<insee:NIC ` + actesNS + `>00012</insee:NIC>`,
	`<insee:SIRET ` + actesNS + `>12345678200012</insee:SIRET>`,
	`<insee:SIRETStructure ` + actesNS + `><insee:SIREN>123456782</insee:SIREN><insee:NIC>00012</insee:NIC></insee:SIRETStructure>`,
	`<actes:Acte ` + actesNS + ` actes:Date="2024-06-27" actes:NumeroInterne="A1" actes:CodeNatureActe="1"><actes:CodeMatiere1 actes:CodeMatiere="1"/><actes:CodeMatiere2 actes:CodeMatiere="1"/><actes:CodeMatiere3 actes:CodeMatiere="1"/><actes:CodeMatiere4 actes:CodeMatiere="1"/><actes:CodeMatiere5 actes:CodeMatiere="1"/><actes:Objet>o</actes:Objet><actes:PrecedentIdentifiantActe actes:IDActe="034-123456782-20240627-A1-DE"/><actes:ClassificationDateVersion>2019-04-18</actes:ClassificationDateVersion><actes:Document><actes:NomFichier>f.pdf</actes:NomFichier><actes:Signature/></actes:Document><actes:Annexes actes:Nombre="2"><actes:Annexe><actes:NomFichier>g.pdf</actes:NomFichier></actes:Annexe><actes:Annexe><actes:NomFichier>h.pdf</actes:NomFichier></actes:Annexe></actes:Annexes><actes:DocumentPapier xsi:nil="true"/></actes:Acte>`,
	`<actes:EnveloppeMISILLCL ` + actesNS + `><actes:Emetteur><actes:IDSGAR actes:Departement="075"/><actes:Referent/></actes:Emetteur><actes:FormulairesEnvoyes><actes:Formulaire><actes:NomFichier>f.xml</actes:NomFichier></actes:Formulaire></actes:FormulairesEnvoyes><actes:Destinataire insee:SIREN="123456782"/></actes:EnveloppeMISILLCL>`,
	`<actes:RetourClassification ` + actesNS + `><actes:DateClassification>2024-01-01</actes:DateClassification><actes:NaturesActes><actes:NatureActe actes:CodeNatureActe="1" actes:Libelle="l" actes:TypeAbrege="DE"><actes:TypePJNatureActe actes:CodeTypePJ="99_DE" actes:Libelle="l"/></actes:NatureActe></actes:NaturesActes><actes:Matieres><actes:Matiere1 actes:CodeMatiere="1" actes:Libelle="l"><actes:Matiere2 actes:CodeMatiere="1" actes:Libelle="l"><actes:Matiere3 actes:CodeMatiere="1" actes:Libelle="l"><actes:Matiere4 actes:CodeMatiere="1" actes:Libelle="l"><actes:Matiere5 actes:CodeMatiere="1" actes:Libelle="l"/></actes:Matiere4></actes:Matiere3></actes:Matiere2></actes:Matiere1></actes:Matieres></actes:RetourClassification>`,
}

var (
	datePool   = mutant.Pool{Good: []string{"2024-02-29", "2024-01-01Z", "2024-01-01+14:00", "12024-01-01", "-0044-03-15", " 2024-01-01"}, Bad: []string{"0000-01-01", "2023-02-29", "2024-01-01+14:01", "24-01-01", "2024-1-1", "01/01/2024", "2024-01-01T00:00:00", "", "02024-01-01", "2024-01-01z"}}
	intPool    = mutant.Pool{Good: []string{"01", "+1", " 1 ", "-3", "12345678901234567890", "-0"}, Bad: []string{"", "1.0", "x", "1 2", "--1", "+", "1e3"}}
	depPool    = mutant.Pool{Good: []string{"034", "02A", "|34", "999", "90B", "03|"}, Bad: []string{"34", "0|4", "134", "02C", " 034", "034 ", ""}}
	idPool     = mutant.Pool{Good: []string{"034-123456782-20240627-D2024_042-DE", "02A-000000000-99999999-_-ÉÀ", "|34-123456782-20240627-a-ZZ"}, Bad: []string{"034-123456782-20240627-D2024-042-DE", "034-123456782-20240627--DE", "034-123456782-20240627-A-De", " 034-123456782-20240627-A-DE", "034-123456782-20240627-ABCDEFGHIJKLMNOP-DE"}}
	mailPool   = mutant.Pool{Good: []string{"x@ville.alsace", "A@B.FR", "a@-.fr", "a-b_c.d@e-f.g.museum"}, Bad: []string{"x@ville.bretagne", "a+b@c.fr", "a..b@c.fr", "é@b.fr", "a@b_c.fr", " a@b.fr", "a@b.fr ", ""}}
	sirenPool  = mutant.Pool{Good: []string{"123456782", " 123456782 ", "\n000000000"}, Bad: []string{"12345678", "1234567823", "12345678A", "123 456 782", ""}}
	textPool   = mutant.Pool{Good: []string{"", " ", "é€😀", strings.Repeat("x", 15)}, Bad: []string{strings.Repeat("x", 16), strings.Repeat("é", 501), strings.Repeat(" ", 501)}}
	actesPools = map[string]mutant.Pool{
		"@Date": datePool, "@DateReception": datePool, "@DateCourrierPref": datePool, "Date": datePool, "DateDepot": datePool,
		"DateClassification": datePool, "ClassificationDateVersion": datePool, "ClassificationDateVersionEnCours": datePool,
		"@CodeMatiere": intPool, "@CodeNatureActe": intPool,
		"@Nombre":      {Good: []string{"0", "-0", "+7", " 2 ", "12345678901234567890"}, Bad: []string{"-1", "", "1.5", "deux"}},
		"@Departement": depPool, "@IDActe": idPool, "Email": mailPool, "@SIREN": sirenPool, "SIREN": sirenPool,
		"@Arrondissement":          {Good: []string{"0", " 9 "}, Bad: []string{"10", "+1", "-0", "", "01"}},
		"@Nature":                  {Good: []string{"31", " 02 "}, Bad: []string{"2", "+31", "031", ""}},
		"AnomalieActe/Nature":      {Good: []string{"002", " 999 "}, Bad: []string{"2", "+02", "0002", ""}},
		"AnomalieEnveloppe/Nature": {Good: []string{"5", "005", "+5", "0005", " 100 "}, Bad: []string{"6", "999", "-1", "", "5.0"}},
		"@NumeroInterne":           textPool, "Objet": {Good: []string{"", strings.Repeat("😀", 500), "a\n b"}, Bad: []string{strings.Repeat("é", 501), strings.Repeat(" ", 600)}},
		"@TypeAbrege": {Good: []string{"DE", "  ", "é1"}, Bad: []string{"", "D", "DEL"}},
		"NIC":         {Good: []string{"00012", " 00012"}, Bad: []string{"0001", "000123", ""}},
		"SIRET":       {Good: []string{"12345678200012"}, Bad: []string{"1234567820001", "x"}},
	}
)

// dateWithBlanks reports whether a valid document's only oddity is a date with
// white space around it, which xmllint refuses against the norm (actes §2.1).
func dateWithBlanks(rep *report.Report) bool { return rep.Valid() && rep.Has(report.XSDLexSpace) }

// TestGrammarAgreesOnMutants compares verdicts with xmllint's on variants of
// valid messages, and proves that the comparison means something.
func TestGrammarAgreesOnMutants(t *testing.T) {
	root := corpus.Dir(t, "actes")
	xsd := filepath.Join(root, "xsd", "actesv1_1.xsd")
	var docs [][]byte
	var names []string
	for _, d := range corpusXML(t) {
		if len(d.data) < 8<<10 && strings.HasPrefix(d.name, filepath.Join("composed", "messages")) {
			docs, names = append(docs, d.data), append(names, d.name)
		}
	}
	for _, s := range seeds {
		docs, names = append(docs, []byte(s)), append(names, "seed "+s[:30])
	}
	for i, ok := range mutant.Xmllint(t, mutant.XSD, xsd, docs) {
		if !ok {
			t.Errorf("%s is not valid to begin with", names[i])
		}
	}
	m, err := mutant.New(mutant.Options{Seed: 20240627, Values: actesPools, Foreign: []string{
		`<x xmlns="urn:x">y</x>`, `<actes:Toto ` + actesNS + `/>`, `<actes:IDPref ` + actesNS + ` actes:Departement="xx"/>`,
		`<actes:Signature ` + actesNS + `/>`}}, docs...)
	if err != nil {
		t.Fatal(err)
	}
	mutants := m.Make(2800)
	raw := make([][]byte, len(mutants))
	for i := range mutants {
		raw[i] = mutants[i].Doc
	}
	want := mutant.Xmllint(t, mutant.XSD, xsd, raw)
	v, r := Grammar().NewValidator(schema.ValidateOptions{}), xmlcore.NewReader(nil, xmlcore.Options{})
	ops, touched := map[mutant.Op]int{}, map[mutant.Op]map[string]bool{}
	valid, agree, blanks, several := 0, 0, 0, 0
	for i, x := range mutants {
		ops[x.Op]++
		if touched[x.Op] == nil {
			touched[x.Op] = map[string]bool{}
		}
		touched[x.Op][x.Touched] = true
		got, rep := validate(t, v, r, x.Doc)
		if want[i] {
			valid++
		}
		if rep.Count(report.Error) > 1 {
			several++
		}
		switch {
		case got == want[i]:
			agree++
		case dateWithBlanks(rep):
			blanks++
		default:
			t.Errorf("mutant %d, %s of %s in %s: valid %v, xmllint says %v; findings %s", i, x.Op, x.Touched, names[x.Source], got, want[i], codesFound(rep))
		}
	}
	t.Logf("%d mutants, %d valid (%d%%), %d agree, %d dates with blanks, %d with several findings", len(mutants), valid, 100*valid/len(mutants), agree, blanks, several)
	if blanks == 0 {
		t.Error("no mutant has a date with blanks: the exception is not tried")
	}
	if valid*100 < 15*len(mutants) {
		t.Errorf("only %d of %d mutants are valid", valid, len(mutants))
	}
	for _, op := range mutant.Ops() {
		if ops[op]*10 < len(mutants) {
			t.Errorf("%s: only %d of %d mutants", op, ops[op], len(mutants))
		}
	}
	for _, n := range Grammar().Names() {
		if !touched[mutant.Retag][n.Local] {
			t.Errorf("no mutant touches element %s", n.Local)
		}
	}
	for _, n := range []string{"NomFichier", "Nom", "Telephone", "Detail", "Motif", "DescriptionPieces", "NatureIllegalite", "DocumentPapier",
		"Acte/@Date", "Annexes/@Nombre", "IDCL/@SIREN", "IDCL/@Nature", "IDCL/@Arrondissement", "IDCL/@Departement", "ARActe/@IDActe",
		"ARActe/@DateReception", "Matiere1/@Libelle", "Matiere5/@CodeMatiere", "NatureActe/@TypeAbrege", "TypePJNatureActe/@CodeTypePJ",
		"Acte/@NumeroInterne", "Acte/@CodeNatureActe", "CourrierSimple/@DateCourrierPref", "Nature", "Objet", "Email", "SIREN", "NIC", "SIRET", "DateDepot"} {
		for _, op := range []mutant.Op{mutant.BadValue, mutant.GoodValue} {
			if !touched[op][n] {
				t.Errorf("%s: no mutant touches the values of %s", op, n)
			}
		}
	}
}

// TestGrammarTraps tries, one by one, the points where the schema surprises.
func TestGrammarTraps(t *testing.T) {
	xsd := filepath.Join(corpus.Dir(t, "actes"), "xsd", "actesv1_1.xsd")
	const xs = ` xmlns:xs="http://www.w3.org/2001/XMLSchema"`
	referent := func(inside string) string {
		return `<actes:Referent ` + actesNS + xs + `>` + inside + `</actes:Referent>`
	}
	form := func(inside string) string {
		return `<actes:FormulairesEnvoyes ` + actesNS + xs + `><actes:Formulaire><actes:NomFichier>f</actes:NomFichier>` + inside + `</actes:Formulaire></actes:FormulairesEnvoyes>`
	}
	papier := func(p string) string {
		return strings.Replace(seeds[10], `<actes:DocumentPapier xsi:nil="true"/>`, p, 1)
	}
	docs := []string{
		`<actes:IDPref ` + actesNS + ` actes:Departement="034"> </actes:IDPref>`,
		`<actes:IDPref ` + actesNS + ` actes:Departement="034"><!-- c --></actes:IDPref>`,
		`<actes:DemandeClassification ` + actesNS + `> </actes:DemandeClassification>`,
		`<actes:DemandeClassification ` + actesNS + `>x</actes:DemandeClassification>`,
		`<actes:DemandeClassification ` + actesNS + ` xsi:schemaLocation="a b" xsi:noNamespaceSchemaLocation="c"/>`,
		`<actes:DemandeClassification ` + actesNS + ` xsi:nil="false"/>`,
		`<actes:DemandeClassification ` + actesNS + ` xsi:other="x"/>`,
		`<actes:DemandeClassification ` + actesNS + ` xml:lang="fr"/>`,
		`<actes:ARPieceComplementaire ` + actesNS + ` xsi:type="actes:ARReponseCL" actes:DateReception="2024-01-01"><actes:InfosCourrierPref xsi:type="actes:DonneesCourrierPref" actes:IDActe="034-123456782-20240627-A-DE" actes:DateCourrierPref="2024-01-01"/></actes:ARPieceComplementaire>`,
		`<actes:ARPieceComplementaire ` + actesNS + ` xsi:type="actes:DonneesCourrierPref" actes:DateReception="2024-01-01"><actes:InfosCourrierPref actes:IDActe="034-123456782-20240627-A-DE" actes:DateCourrierPref="2024-01-01"/></actes:ARPieceComplementaire>`,
		referent(`<actes:Nom xsi:type="xs:token">a</actes:Nom>`), referent(`<actes:Nom xsi:type="xs:string">a</actes:Nom>`),
		referent(`<actes:Nom xsi:type="xs:integer">1</actes:Nom>`), referent(`<actes:Nom xsi:type="xs:NCName">a b</actes:Nom>`),
		referent(`<actes:Nom xsi:type="actes:Email">a@b.fr</actes:Nom>`), referent(`<actes:Nom xsi:type="insee:SIRENType">123456782</actes:Nom>`),
		referent(`<actes:Nom xsi:type="nowhere:string">a</actes:Nom>`), referent(`<actes:Nom xsi:type="xs:nonsense">a</actes:Nom>`),
		referent(`<actes:Email xsi:type="xs:string">a@b.fr</actes:Email>`), referent(`<actes:Email xsi:type="actes:Email">a@b.fr</actes:Email>`),
		referent(`<actes:Nom xsi:nil="true"/>`), referent(`<actes:Nom><x/></actes:Nom>`),
		form(`<actes:Signature><actes:Toto/></actes:Signature>`), form(`<actes:Signature>x<a b="c"><d/></a></actes:Signature>`),
		form(`<actes:Signature><actes:Acte/></actes:Signature>`), form(`<actes:Signature><a><actes:IDPref actes:Departement="034"/></a></actes:Signature>`),
		form(`<actes:Signature><a><actes:IDPref actes:Departement="xx"/></a></actes:Signature>`),
		form(`<actes:Signature actes:Arrondissement="xx"/>`), form(`<actes:Signature actes:Arrondissement="1" actes:Toto="2" z=""/>`),
		form(`<actes:Signature xsi:type="xs:integer">12</actes:Signature>`), form(`<actes:Signature xsi:type="xs:integer">x</actes:Signature>`),
		form(`<actes:Signature xsi:type="actes:FichierSigne"><actes:NomFichier/></actes:Signature>`),
		form(`<actes:Signature xsi:type="actes:FichierSigne"><a/></actes:Signature>`), form(`<actes:Signature xsi:nil="true"/>`),
		form(`<actes:Signature><a xsi:type="actes:Matiere"/></actes:Signature>`),
		papier(`<actes:DocumentPapier xsi:nil="1"></actes:DocumentPapier>`), papier(`<actes:DocumentPapier xsi:nil="true"> </actes:DocumentPapier>`),
		papier(`<actes:DocumentPapier xsi:nil="false">N</actes:DocumentPapier>`), papier(`<actes:DocumentPapier xsi:nil="true"><!--c--></actes:DocumentPapier>`),
		papier(`<actes:DocumentPapier xsi:nil="oui"/>`), papier(``), papier(`<actes:DocumentPapier/>`),
	}
	raw := make([][]byte, len(docs))
	for i := range docs {
		raw[i] = []byte(docs[i])
	}
	want := mutant.Xmllint(t, mutant.XSD, xsd, raw)
	v, r := Grammar().NewValidator(schema.ValidateOptions{}), xmlcore.NewReader(nil, xmlcore.Options{})
	for i := range docs {
		if got, rep := validate(t, v, r, raw[i]); got != want[i] {
			t.Errorf("valid %v, xmllint says %v; findings %s\n%s", got, want[i], codesFound(rep), docs[i])
		}
	}
}

// TestGrammarEditions: the first edition knows neither paper documents nor the
// typology.
func TestGrammarEditions(t *testing.T) {
	with := []byte(seeds[10])
	without := []byte(strings.Replace(seeds[10], `<actes:DocumentPapier xsi:nil="true"/>`, "", 1))
	r := xmlcore.NewReader(nil, xmlcore.Options{})
	for name, g := range map[string]struct {
		grammar       *schema.Grammar
		with, without bool
	}{"first": {FirstGrammar(), false, true}, "2017": {Grammar(), true, false}} {
		v := g.grammar.NewValidator(schema.ValidateOptions{})
		if got, rep := validate(t, v, r, with); got != g.with {
			t.Errorf("%s edition, with paper document: %v %s", name, got, codesFound(rep))
		}
		if got, rep := validate(t, v, r, without); got != g.without {
			t.Errorf("%s edition, without: %v %s", name, got, codesFound(rep))
		}
	}
	if slices.ContainsFunc(FirstGrammar().Names(), func(n schema.QName) bool { return n.Local == "TypePJNatureActe" }) {
		t.Error("the first edition has the typology")
	}
}
