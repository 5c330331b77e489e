package message_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged/inspect"
)

// A message that breaks the rules of XML before its root is still one: the
// findings say what is wrong, where "unknown" would say nothing.
func TestDetectsMessagesBrokenBeforeTheirRoot(t *testing.T) {
	const open = `<actes:ReponseClassificationSansChangement xmlns:actes="` + message.Namespace + `">`
	const good = open + `<actes:DateClassification>2019-04-18</actes:DateClassification></actes:ReponseClassificationSansChangement>`
	for name, c := range map[string]struct{ text, kind, verdict string }{
		"nothing wrong":            {good, message.KindMessage, "valid"},
		"a DOCTYPE":                {"<!DOCTYPE x>" + good, message.KindMessage, "invalid"},
		"an unknown encoding":      {`<?xml version="1.0" encoding="EBCDIC"?>` + good, message.KindMessage, "invalid"},
		"a wrong byte in front":    {"<!-- \xE9 -->" + good, message.KindMessage, "invalid"},
		"a first tag cut":          {open[:len(open)-1], message.KindMessage, "invalid"},
		"a DOCTYPE, the catalogue": {"<!DOCTYPE x>" + strings.ReplaceAll(good, "ReponseClassificationSansChangement", "RetourClassification"), message.KindClassification, "invalid"},
		"no namespace":             {strings.ReplaceAll(strings.Replace(good, ` xmlns:actes="`+message.Namespace+`"`, "", 1), "actes:", ""), message.KindMessage, "valid"},
		"another format":           {`<Acte xmlns="urn:x"/>`, "", ""},
		"another format's words":   {`<Acte><numero>1</numero></Acte>`, "", ""},
	} {
		in := inspect.NewBytes("m.xml", []byte(c.text))
		i := message.Inspector()
		if got := i.Detect(context.Background(), in); got != (c.kind != "") {
			t.Errorf("%s: recognised %v", name, got)
			continue
		}
		if c.kind == "" {
			continue
		}
		res, err := i.Inspect(context.Background(), in, inspect.Options{})
		if err != nil || res.Kind != c.kind || string(res.Verdict()) != c.verdict {
			t.Errorf("%s: %v %v %v", name, res.Kind, res.Verdict(), err)
		}
	}
}

// What stands after a fault was not read: that it is missing is not said.
func TestSaysNothingOfWhatAFaultHides(t *testing.T) {
	text := `<actes:Acte xmlns:actes="` + message.Namespace + `" actes:Date="2024-06-27" actes:NumeroInterne="D1" actes:CodeNatureActe="1">` +
		`<actes:CodeMatiere1 actes:CodeMatiere="5"/><actes:CodeMatiere2 actes:CodeMatiere="2"/><actes:Objet>&nbsp;x</actes:Objet></actes:Acte>`
	out, err := message.Read(context.Background(), strings.NewReader(text), message.Options{})
	if err != nil || out.Report.Len() != 1 || out.Report.Valid() {
		t.Errorf("%v: %d findings", err, out.Report.Len())
		for f := range out.Report.All() {
			t.Log(f.Code())
		}
	}
}

// What only worries us is no rule of the schema, nor of STELA.
func TestWarningsOfOursAreNotTheirs(t *testing.T) {
	env := `<?xml version="1.0" encoding="ISO-8859-1"?><a:EnveloppeCLMISILL xmlns:a="` + message.Namespace + `" xmlns:i="` + message.NamespaceINSEE + `">` +
		`<a:Emetteur><a:IDCL i:SIREN="123456789" a:Departement="034" a:Arrondissement="3" a:Nature="31"/><a:Referent><a:Nom>Hélène</a:Nom></a:Referent></a:Emetteur>` +
		`<a:AdressesRetour><a:Email>a@b.fr</a:Email></a:AdressesRetour><a:FormulairesEnvoyes><a:Formulaire><a:NomFichier>x</a:NomFichier></a:Formulaire></a:FormulairesEnvoyes></a:EnveloppeCLMISILL>`
	for profile, want := range map[actes.Profile]int{actes.Norme: 2, actes.S2LOW: 2, actes.XSD: 0, actes.STELA: 0} {
		out, err := message.Read(context.Background(), strings.NewReader(env), message.Options{Profile: profile})
		if err != nil || out.Report.Len() != want || !out.Report.Valid() || out.Repaired == nil {
			t.Errorf("%q: %d findings, want %d (%v)", profile, out.Report.Len(), want, err)
		}
	}
}

// Each fault of an act is said once: by the schema or by our rule, never both,
// and by the rules each profile has.
func TestFaultsOfAnActAreSaidOnce(t *testing.T) {
	const good = `<actes:Acte xmlns:actes="` + message.Namespace + `" actes:Date="2024-06-27" actes:NumeroInterne="D1" actes:CodeNatureActe="1">` +
		`<actes:CodeMatiere1 actes:CodeMatiere="5"/><actes:CodeMatiere2 actes:CodeMatiere="2"/><actes:Objet>x</actes:Objet>` +
		`<actes:ClassificationDateVersion>2019-04-18</actes:ClassificationDateVersion><actes:Document><actes:NomFichier>a.pdf</actes:NomFichier></actes:Document>` +
		`<actes:Annexes actes:Nombre="0"/><actes:DocumentPapier>N</actes:DocumentPapier></actes:Acte>`
	for name, c := range map[string]struct {
		old, new           string
		norme, s2low, stel string // the codes found
	}{
		"nothing":             {"", "", "", "", ""},
		"no number":           {` actes:NumeroInterne="D1"`, "", "XSD-ATTR-MISSING", "XSD-ATTR-MISSING", "XSD-ATTR-MISSING"},
		"an empty number":     {`"D1"`, `""`, "ACT-NUMERO-EMPTY", "ACT-NUMERO-EMPTY", "ACT-NUMERO-EMPTY"},
		"sixteen characters":  {`"D1"`, `"D123456789012345"`, "XSD-VALUE", "XSD-VALUE", "XSD-VALUE"},
		"a lower-case number": {`"D1"`, `"d1"`, "ACT-NUMERO-CHAR", "ACT-NUMERO-CHAR", "ACT-NUMERO-CHAR"},
		"an edge":             {`"D1"`, `"D_"`, "ACT-NUMERO-EDGE", "ACT-NUMERO-EDGE", ""},
		"no subject":          {"<actes:Objet>x</actes:Objet>", "", "XSD-MISSING", "XSD-MISSING", "XSD-MISSING"},
		"an empty subject":    {">x<", "><", "ACT-OBJET-EMPTY", "ACT-OBJET-EMPTY", ""},
		"499 characters":      {">x<", ">" + strings.Repeat("é", 499) + "<", "", "", ""},
		"500 characters":      {">x<", ">" + strings.Repeat("é", 500) + "<", "ACT-OBJET-LIMIT", "ACT-OBJET-LENGTH", ""},
		"501 characters":      {">x<", ">" + strings.Repeat("é", 501) + "<", "XSD-VALUE", "XSD-VALUE", "XSD-VALUE"},
		"no nature":           {` actes:CodeNatureActe="1"`, "", "XSD-ATTR-MISSING", "XSD-ATTR-MISSING", "XSD-ATTR-MISSING"},
		"nature 7":            {`CodeNatureActe="1"`, `CodeNatureActe="7"`, "ACT-NATURE", "ACT-NATURE", ""},
		"a nature in letters": {`CodeNatureActe="1"`, `CodeNatureActe="DE"`, "XSD-VALUE", "XSD-VALUE", "XSD-VALUE"},
		"no second level":     {`<actes:CodeMatiere2 actes:CodeMatiere="2"/>`, "", "XSD-MISSING", "XSD-MISSING", "XSD-MISSING"},
		"a second level of 0": {`CodeMatiere="2"`, `CodeMatiere="0"`, "ACT-MATIERE-LEVELS", "ACT-MATIERE-LEVELS", ""},
		"a hole":              {`<actes:Objet>`, `<actes:CodeMatiere4 actes:CodeMatiere="1"/><actes:Objet>`, "ACT-MATIERE-HOLE", "", ""},
		"a wrong count":       {`Nombre="0"`, `Nombre="2"`, "ACT-MSG-ANNEXES", "ACT-MSG-ANNEXES", ""},
		"no paper":            {"<actes:DocumentPapier>N</actes:DocumentPapier>", "", "XSD-MISSING", "XSD-MISSING", "XSD-MISSING"},
		"a date that is none": {"2024-06-27", "2024-06-31", "XSD-VALUE", "XSD-VALUE", "XSD-VALUE"},
		"another's attribute": {` actes:NumeroInterne="D1"`, ` xmlns:o="urn:o" o:NumeroInterne="-"`, "XSD-ATTR XSD-ATTR-MISSING", "XSD-ATTR XSD-ATTR-MISSING", "XSD-ATTR XSD-ATTR-MISSING"},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		for profile, want := range map[actes.Profile]string{actes.Norme: c.norme, actes.S2LOW: c.s2low, actes.STELA: c.stel} {
			out, err := message.Read(context.Background(), strings.NewReader(text), message.Options{Profile: profile})
			if err != nil {
				t.Fatal(err)
			}
			var codes []string
			for f := range out.Report.All() {
				codes = append(codes, f.Code())
			}
			slices.Sort(codes)
			if got := strings.Join(codes, " "); got != want {
				t.Errorf("%s, profile %q: %s, want %s", name, profile, got, want)
			}
		}
	}
}
