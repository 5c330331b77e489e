package message

import (
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

const head = `<?xml version="1.0" encoding="ISO-8859-1"?>` + "\n"

const ns = ` xmlns:actes="` + Namespace + `" xmlns:insee="` + NamespaceINSEE + `"`

func acteXML(nombre string) string {
	return head + `<actes:Acte` + ns + ` actes:Date="2024-06-27" actes:NumeroInterne="D2024_042" actes:CodeNatureActe="1">` +
		`<actes:CodeMatiere1 actes:CodeMatiere="5"/><actes:CodeMatiere2 actes:CodeMatiere="2"/><actes:Objet>R</actes:Objet>` +
		`<actes:ClassificationDateVersion>2019-04-18</actes:ClassificationDateVersion>` +
		`<actes:Document><actes:NomFichier>a.pdf</actes:NomFichier></actes:Document><actes:Annexes actes:Nombre="` + nombre + `"/>` +
		`<actes:DocumentPapier>N</actes:DocumentPapier></actes:Acte>`
}

func arXML(id, inside string) string {
	recu := strings.NewReplacer(head, "", ns, "", "actes:Acte ", "actes:ActeRecu ", "/actes:Acte>", "/actes:ActeRecu>").Replace(acteXML("0"))
	return head + `<actes:ARActe` + ns + ` ` + id + ` actes:DateReception="2024-07-01">` + recu +
		`<actes:ClassificationDateVersionEnCours>2019-04-18</actes:ClassificationDateVersionEnCours>` + inside + `</actes:ARActe>`
}

const goodID = `actes:IDActe="034-123456782-20240627-D2024_042-DE"`

func TestEveryRuleIsProduced(t *testing.T) {
	read := func(doc string) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report { return mustRead(t, []byte(doc)).Report }
	}
	rulestest.Every(t, Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		MessageRacine:      read(head + `<actes:IDCL` + ns + `/>`),
		MessageEspace:      read(strings.Replace(acteXML("0"), Namespace, "http://www.interieur.gouv.fr/ACTES#v1.0", 1)),
		MessageInutile:     read(arXML("", "")),
		MessageIdentifiant: read(arXML(strings.Replace(goodID, "042", "043", 1), "")),
		MessageAnnexes:     read(acteXML("2")),
		MessageValeur:      func(testing.TB) *report.Report { return Check(&Annulation{IDActe: "x"}) },
		MessageEmail: func(testing.TB) *report.Report {
			e := envelope()
			e.AdressesRetour = []string{"mairie@ville.bretagne"}
			return Check(e)
		},
	})
}

func TestWhatTheStateSendsIsOnlyWarnedAbout(t *testing.T) {
	for name, doc := range map[string]string{
		"annexes":   strings.Replace(arXML(goodID, ""), `Nombre="0"`, `Nombre="3"`, 1),
		"namespace": strings.Replace(arXML(goodID, ""), Namespace, "http://www.interieur.gouv.fr/ACTES#v1.0", 1),
		"extra":     arXML(goodID, "<actes:Toto/>"),
		"matter":    strings.Replace(arXML(goodID, ""), `CodeMatiere2 actes`, `CodeMatiere3 actes`, 1),
	} {
		r := mustRead(t, []byte(doc))
		if !r.Report.Valid() || r.Report.Total() == 0 {
			t.Errorf("%s: %s", name, codes(r.Report))
		}
		if ar, ok := r.Message.(*ARActe); !ok || ar.IDActe == "" || ar.DateReception.IsZero() {
			t.Errorf("%s: the acknowledgement was lost", name)
		}
	}
}
