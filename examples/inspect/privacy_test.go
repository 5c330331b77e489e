package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Everything a document may hold that identifies someone or quotes it. None of
// it may be seen in any output, whatever is wrong with the document.
var secrets = []string{
	"Zoé Martin-Secret", "zoe.secret@mairie.example.fr", "zoe+secret@mairie.example.fr", "06 77 88 99 00", "0677889900",
	"Objet tres secret", "Motif secret", "Pieces secretes", "Illegalite secrete", "Detail secret", "MIISECRETSIGNATURE", "Libelle secret",
	"Commune de Secretville", "contenu secret du document",
}

// hostile are documents that hold the secrets, in places where they belong and
// where they do not.
func hostile(t *testing.T) map[string][]byte {
	const ns = ` xmlns:actes="` + message.Namespace + `" xmlns:insee="` + message.NamespaceINSEE + `" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`
	const name, mail, plus, phone, tel = "Zoé Martin-Secret", "zoe.secret@mairie.example.fr", "zoe+secret@mairie.example.fr", "06 77 88 99 00", "0677889900"
	file := func(tag, n, signature string) string {
		return "<actes:" + tag + "><actes:NomFichier>" + n + "</actes:NomFichier><actes:Signature>" + signature + "</actes:Signature></actes:" + tag + ">"
	}
	donnees := func(date, numero, nature, matiere, objet, precedent, cl, nombre, papier string) string {
		return fmt.Sprintf(` actes:Date="%s" actes:NumeroInterne="%s" actes:CodeNatureActe="%s"><actes:CodeMatiere1 actes:CodeMatiere="%s"/><actes:CodeMatiere2 actes:CodeMatiere="2"/>`+
			`<actes:Objet>%s</actes:Objet><actes:PrecedentIdentifiantActe actes:IDActe="%s"/><actes:ClassificationDateVersion>%s</actes:ClassificationDateVersion>%s`+
			`<actes:Annexes actes:Nombre="%s"/><actes:DocumentPapier>%s</actes:DocumentPapier>`,
			date, numero, nature, matiere, objet, precedent, cl, file("Document", "99_DE-034-123456782-20240627-D1-DE-1-1_1.pdf", "MIISECRETSIGNATURE"), nombre, papier)
	}
	enveloppe := func(siren, dep, arr, nature, mail string) string {
		return fmt.Sprintf(`<actes:Emetteur><actes:IDCL insee:SIREN="%s" actes:Departement="%s" actes:Arrondissement="%s" actes:Nature="%s"/>`+
			`<actes:Referent><actes:Nom>%s</actes:Nom><actes:Telephone>%s</actes:Telephone><actes:Email>%s</actes:Email></actes:Referent></actes:Emetteur>`+
			`<actes:AdressesRetour><actes:Email>%s</actes:Email></actes:AdressesRetour><actes:FormulairesEnvoyes>%s</actes:FormulairesEnvoyes>`,
			siren, dep, arr, nature, name, phone, mail, mail, file("Formulaire", "034-123456782-20240627-D1-DE-1-1_0.xml", "MIISECRETSIGNATURE"))
	}
	good := donnees("2024-06-27", "D1", "1", "5", "Objet tres secret", "034-123456782-20240627-D0-DE", "2019-04-18", "0", "N")
	long := donnees("2024-06-27", "D1", "1", "5", strings.Repeat("Objet tres secret ", 40), "034-123456782-20240627-D0-DE", "2019-04-18", "0", "N")
	bad := donnees(name, name, name, name, "Objet tres secret\r\n<actes:x>"+name+"</actes:x>", name+"-"+phone, name, phone, "Libelle secret")
	act := func(d string) string { return "<actes:Acte" + ns + d + "</actes:Acte>" }
	letter := func(root, id, date, inside string) string {
		return "<actes:" + root + ns + ` actes:IDActe="` + id + `" actes:DateCourrierPref="` + date + `">` + inside + "</actes:" + root + ">"
	}
	env := func(inside string) string {
		return "<actes:EnveloppeCLMISILL" + ns + ">" + inside + "</actes:EnveloppeCLMISILL>"
	}
	budget := func(natdec, exer, siret, version string) string {
		return `<DocumentBudgetaire xmlns="http://www.minefi.gouv.fr/cp/demat/docbudgetaire"><VersionSchema V="` + version + `"/><Scellement md5="` + name + `" sha1="` + phone + `" date="` + name + `"/>` +
			`<EnTeteDocBudgetaire><LibelleColl V="Commune de Secretville"/><IdColl V="` + siret + `"/></EnTeteDocBudgetaire><Budget><EnTeteBudget><IdEtab V="` + siret + `"/></EnTeteBudget>` +
			`<BlocBudget><NatDec V="` + natdec + `"/><Exer V="` + exer + `"/></BlocBudget><LigneBudget><x V="` + name + `"/></LigneBudget></Budget></DocumentBudgetaire>`
	}
	classification := func(code, label string) string {
		return `<actes:RetourClassification` + ns + `><actes:DateClassification>` + code + `</actes:DateClassification><actes:NaturesActes><actes:NatureActe actes:CodeNatureActe="` + code +
			`" actes:Libelle="` + label + `" actes:TypeAbrege="` + code + `"><actes:TypePJNatureActe actes:CodeTypePJ="` + code + `" actes:Libelle="` + label + `"/></actes:NatureActe></actes:NaturesActes>` +
			`<actes:Matieres><actes:Matiere1 actes:CodeMatiere="` + code + `" actes:Libelle="` + label + `"/></actes:Matieres></actes:RetourClassification>`
	}
	anomaly := func(nature, detail string) string {
		return `<actes:AnomalieEnveloppe` + ns + `><actes:Date>` + name + `</actes:Date><actes:Nature>` + nature + `</actes:Nature><actes:Detail>` + detail +
			`</actes:Detail><actes:EnveloppeRecue>` + enveloppe(name, name, name, name, plus) + `</actes:EnveloppeRecue></actes:AnomalieEnveloppe>`
	}
	ar := `<actes:ARActe` + ns + ` actes:IDActe="` + name + `" actes:DateReception="` + phone + `"><actes:ActeRecu` + bad + `</actes:ActeRecu><actes:ClassificationDateVersionEnCours>` + name +
		`</actes:ClassificationDateVersionEnCours></actes:ARActe>`
	out := map[string][]byte{}
	for k, text := range map[string]string{
		"acte.xml": act(good), "acte-long.xml": act(long), "acte-faux.xml": act(bad), "acte-coupe.xml": act(good)[:600], "acte-texte.xml": act(good + name),
		"ar.xml":     ar,
		"2-1.xml":    letter("CourrierSimple", name, name, file("Document", "x.pdf", mail)),
		"3-1.xml":    letter("DemandePieceComplementaire", name+phone, phone, "<actes:DescriptionPieces>Pieces secretes<actes:y/></actes:DescriptionPieces>"+file("Document", "x.pdf", mail)),
		"4-1.xml":    letter("LettreObservations", mail, mail, "<actes:Motif>Motif secret</actes:Motif><actes:Motif>Motif secret</actes:Motif>"),
		"6-1.xml":    letter("Annulation", name, name, name),
		"5-1.xml":    "<actes:DefereTA" + ns + ` actes:IDActe="` + name + `"><actes:DateDepot>` + name + "</actes:DateDepot><actes:NatureIllegalite>Illegalite secrete</actes:NatureIllegalite>" + name + "</actes:DefereTA>",
		"env.xml":    env(enveloppe("123456782", "034", "3", "31", mail)),
		"env-x.xml":  env(enveloppe(name, name, name, name, plus)),
		"env-t.xml":  env(enveloppe(tel, phone, phone, mail, tel)),
		"ano.xml":    anomaly("005", "Detail secret "+name),
		"ano-x.xml":  anomaly(name, "abc.tar.gz -> ODT-VERIF-01 : Detail secret"),
		"7-2.xml":    classification(name, "Libelle secret"),
		"budget.xml": budget(name, name, phone, name), "budget2.xml": budget(mail, phone, name, phone),
	} {
		out[k] = []byte(`<?xml version="1.0" encoding="UTF-8"?>` + text)
	}
	pack := func(files map[string][]byte) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		w := tar.NewWriter(z)
		for n, body := range files {
			if err := w.WriteHeader(&tar.Header{Name: n, Size: int64(len(body)), Mode: 0o600}); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(body); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(w.Close(), z.Close()); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	pdf := "99_DE-034-123456782-20240627-D1-DE-1-1_1.pdf"
	message, envelope := "034-123456782-20240627-D1-DE-1-1_0.xml", "TACT--123456782--20240701-1.xml"
	for k, files := range map[string]map[string][]byte{
		"1": {envelope: out["env.xml"], message: out["acte.xml"], pdf: []byte("contenu secret du document")},
		"2": {envelope: out["env-x.xml"], message: out["acte-faux.xml"], pdf: []byte("%PDF-1.4 contenu secret du document")},
		"3": {envelope: out["env-t.xml"], message: out["acte-coupe.xml"], pdf: out["budget.xml"]},
		"4": {envelope: out["acte.xml"], message: out["budget2.xml"], pdf: out["ano.xml"]},
	} {
		out["abc-TACT--123456782--20240701-"+k+".tar.gz"] = pack(files)
	}
	return out
}

// TestNothingPersonalIsShown runs the command over the hostile documents in all
// its forms and looks for the secrets. That -valeurs shows some of them proves
// that they were there to be seen.
func TestNothingPersonalIsShown(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for name, body := range hostile(t) {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, body, 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, p)
	}
	show := func(flags ...string) string {
		var out, bad bytes.Buffer
		run(context.Background(), append(append([]string{"-at", "2024-07-02T10:00:00Z"}, flags...), files...), &out, &bad)
		return out.String() + bad.String()
	}
	page := filepath.Join(dir, "page.html")
	show("-html", page)
	html, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	outputs := map[string]string{"html": string(html), "fr": show(), "en": show("-lang", "en"), "json": show("-json")}
	for _, p := range []string{"xsd", "s2low", "stela", "dgfip"} {
		outputs[p] = show("-profile", p, "-json")
	}
	for form, text := range outputs {
		if len(text) < 1000 || strings.Contains(text, "unknown") {
			t.Errorf("%s: something was not recognised", form)
		}
		for _, s := range secrets {
			if i := strings.Index(text, s); i >= 0 {
				t.Errorf("%s shows a secret (number %d of the list) after %q", form, index(s), text[max(0, i-150):i])
			}
		}
	}
	if open := show("-valeurs"); !strings.Contains(open, secrets[0]) {
		t.Error("-valeurs shows no value")
	}
}

func index(s string) int {
	for i, have := range secrets {
		if have == s {
			return i
		}
	}
	return -1
}

// private are the elements and attributes whose values no output may quote.
var private = map[string]bool{"Objet": true, "Nom": true, "Telephone": true, "Email": true, "Detail": true, "DescriptionPieces": true, "Motif": true,
	"NatureIllegalite": true, "LibelleColl": true, "LibellePoste": true, "LibelleEtab": true}

// TestNothingPersonalOfTheCorpusIsShown does the same with every XML of the
// corpus, and what stands in its private elements.
func TestNothingPersonalOfTheCorpusIsShown(t *testing.T) {
	dir := corpus.Dir(t, "actes")
	checked := 0
	for _, row := range corpus.Expected(t, "actes") {
		if len(row.Flags) > 0 || !strings.HasSuffix(row.Path, ".xml") {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(row.Path))
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var out, bad bytes.Buffer
		for _, flags := range [][]string{{"-json"}, {}, {"-lang", "en"}} {
			run(context.Background(), append(flags, path), &out, &bad)
		}
		text := strings.ReplaceAll(out.String()+bad.String(), filepath.Base(path), "")
		for _, v := range privateValues(data) {
			checked++
			if strings.Contains(text, v) {
				t.Errorf("%s: a private value of %d characters is shown", row.Path, len(v))
			}
		}
	}
	if checked < 30 {
		t.Errorf("only %d private values were looked for", checked)
	}
}

func privateValues(data []byte) []string {
	var out []string
	r := xmlcore.NewReader(bytes.NewReader(data), xmlcore.Options{})
	in := false
	for {
		k, err := r.Next()
		if err != nil {
			return out
		}
		switch k {
		case xmlcore.StartElement:
			in = private[r.Name().Local]
			if v, ok := r.Attr("", "V"); ok && in && len(v) > 5 {
				out = append(out, string(v))
			}
		case xmlcore.EndElement:
			in = false
		case xmlcore.Text:
			if s := strings.TrimSpace(string(r.Text())); in && len(s) > 5 {
				out = append(out, s)
			}
		}
	}
}
