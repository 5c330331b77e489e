package envelope_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/budget"
	"github.com/liasse/liasse/actes/envelope"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

type change = func([]member) []member

func drop(prefix string) change {
	return func(l []member) []member {
		var out []member
		for _, m := range l {
			if !strings.HasPrefix(m.name, prefix) {
				out = append(out, m)
			}
		}
		return out
	}
}

func add(name, body string) change {
	return func(l []member) []member { return append(l, member{name: name, body: []byte(body)}) }
}

// body replaces the content of the file whose name begins so.
func body(prefix string, b []byte) change {
	return func(l []member) []member {
		for i := range l {
			if strings.HasPrefix(l[i].name, prefix) {
				l[i].body = b
			}
		}
		return l
	}
}

// annulation is an envelope that cancels an act.
func annulation() *envelope.Envoi {
	return anEnvoi(envelope.Cancel(&message.ARActe{IDActe: idActe}))
}

type suivi map[string]envelope.Suivi

func (s suivi) Suivi(_ context.Context, id string) (envelope.Suivi, error) { return s[id], nil }

type sentNumbers []string

func (s sentNumbers) Transmitted(context.Context, string, string) ([]actes.IDActe, error) {
	var out []actes.IDActe
	for _, id := range s {
		p, err := actes.ParseIDActe(id)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// market is an envelope of public procurement.
func market() *envelope.Envoi {
	a := anActe()
	a.Nature, a.Matiere = actes.Contrat, actes.Matiere{1, 1}
	return anEnvoi(envelope.Depart{Message: a, Fichiers: []envelope.Piece{piece("99_DC", pdfBytes())}})
}

// The catalogue: every line that this package judges, with an envelope that
// breaks it and nothing else.
var catalogue = []struct {
	ref     string
	rule    *report.Rule
	name    string // what is done to the envelope
	envoi   func() *envelope.Envoi
	opt     envelope.Options
	change  change
	warning bool
}{
	{ref: "A01", rule: report.CtnTruncated, name: "cut", change: nil}, // see hostile_test.go for all ways to break an archive
	{ref: "A02", rule: envelope.ArchiveTaille, name: "over the size", opt: envelope.Options{MaxSize: 100}},
	{ref: "A03", rule: envelope.ArchiveNom, name: "name with a date that is none", opt: envelope.Options{Name: "abc-TACT--123456782--20240732-1.tar.gz"}, change: rename("TACT--123456782--20240701-1.xml", "TACT--123456782--20240732-1.xml")},
	{ref: "A04", rule: envelope.ArchiveTrigramme, name: "trigram of another operator", opt: envelope.Options{Trigramme: "SLO"}},
	{ref: "A05", rule: envelope.ArchiveQuadrigramme, name: "a test envelope in production", opt: envelope.Options{Quadrigramme: "EACT"}},
	{ref: "A06", rule: envelope.EnveloppeAbsente, name: "no envelope XML", change: drop("TACT--")},
	{ref: "A06", rule: envelope.EnveloppeMultiple, name: "two envelopes", change: func(l []member) []member {
		return append(l, member{name: "TACT--123456782--20240701-2.xml", body: l[0].body})
	}},
	{ref: "A07", rule: report.CtnLink, name: "a link", change: func(l []member) []member {
		return append(l, member{name: "99_SE-034-123456782-20240627-D2024_042-DE-1-1_9.pdf", typ: tar.TypeSymlink})
	}},
	{ref: "A07", rule: report.CtnPath, name: "a path that climbs", change: add("../evil.pdf", "x")},
	{ref: "A07", rule: report.CtnDir, name: "a folder", change: add("dossier/evil.pdf", "x")},
	{ref: "A08", rule: report.LimCount, name: "too many entries", opt: envelope.Options{Entries: 3}},
	{ref: "A08", rule: report.LimBytes, name: "too much inside", opt: envelope.Options{Inflated: 3000}},
	{ref: "V01", rule: report.XMLDoctype, name: "a DOCTYPE in the envelope", change: edit("<actes:EnveloppeCLMISILL", "<!DOCTYPE x><actes:EnveloppeCLMISILL")},
	{ref: "V02", rule: envelope.EmetteurDifferent, name: "another authority", opt: envelope.Options{Autorite: &actes.Collectivite{SIREN: siren, Departement: "034", Arrondissement: "3", Nature: "44"}}},
	{ref: "V02", rule: envelope.EnveloppeSIREN, name: "the name has another SIREN", opt: envelope.Options{Name: "abc-TACT--210600730--20240701-1.tar.gz"}, change: func(l []member) []member {
		l[0].name = "TACT--210600730--20240701-1.xml"
		return l
	}},
	{ref: "V04", rule: envelope.FormulaireAbsent, name: "a message announced and absent", change: edit("</actes:FormulairesEnvoyes>", "<actes:Formulaire><actes:NomFichier>034-123456782----7-1_0.xml</actes:NomFichier></actes:Formulaire></actes:FormulairesEnvoyes>")},
	{ref: "V04", rule: envelope.FormulaireDouble, name: "a message announced twice", change: edit("</actes:FormulairesEnvoyes>", "<actes:Formulaire><actes:NomFichier>034-123456782-20240627-D2024_042-DE-1-1_0.xml</actes:NomFichier></actes:Formulaire></actes:FormulairesEnvoyes>")},
	{ref: "M01", rule: envelope.FormulaireNature, name: "a PDF announced as a message", change: edit("</actes:FormulairesEnvoyes>", "<actes:Formulaire><actes:NomFichier>99_DE-034-123456782-20240627-D2024_042-DE-1-1_1.pdf</actes:NomFichier></actes:Formulaire></actes:FormulairesEnvoyes>")},
	{ref: "M01", rule: envelope.EnveloppeSens, name: "a message of the préfecture among ours", change: func(l []member) []member {
		l = edit("</actes:FormulairesEnvoyes>", "<actes:Formulaire><actes:NomFichier>034-123456782-20240627-D2024_042-DE-6-2_0.xml</actes:NomFichier></actes:Formulaire></actes:FormulairesEnvoyes>")(l)
		return add("034-123456782-20240627-D2024_042-DE-6-2_0.xml", `<?xml version="1.0" encoding="ISO-8859-1"?><actes:ARAnnulation xmlns:actes="`+message.Namespace+`" actes:IDActe="`+idActe+`" actes:DateReception="2024-07-01"/>`)(l)
	}},
	{ref: "M01", rule: report.XMLTagMismatch, name: "a message that is no XML", change: edit("</actes:Acte>", "</actes:Actes>")},
	{ref: "M04", rule: envelope.FichierAbsent, name: "an annexe absent", change: drop("21_RP")},
	{ref: "M04", rule: envelope.FichierCasse, name: "a name in other capitals", change: func(l []member) []member {
		for i := range l {
			if strings.HasPrefix(l[i].name, "21_RP") {
				l[i].name = strings.Replace(l[i].name, ".pdf", ".PDF", 1)
			}
		}
		return l
	}},
	{ref: "M05", rule: message.MessageAnnexes, name: "a wrong count of annexes", change: edit(`actes:Nombre="1"`, `actes:Nombre="2"`)},
	{ref: "M06", rule: envelope.FichierNom, name: "a hyphen too many", change: rename("_2.pdf", "-x_2.pdf")},
	{ref: "M06", rule: envelope.FichierDiscordant, name: "another number in a name", change: rename("21_RP-034-123456782-20240627-D2024_042", "21_RP-034-123456782-20240627-D2024_043")},
	{ref: "M06", rule: envelope.FichierSerie, name: "a serial used twice", change: rename("_2.pdf", "_1.pdf")},
	{ref: "M06", rule: envelope.FichierDate, name: "the day of sending in the names", change: rename("20240627-D2024_042", "20240701-D2024_042"), warning: true},
	{ref: "M07", rule: envelope.FichierInutile, name: "a file nobody names", change: add("99_SE-034-123456782-20240627-D2024_042-DE-1-1_9.pdf", string(pdfBytes())), warning: true},
	{ref: "M08", rule: actes.NumeroBord, name: "a number ending in _", change: rename("D2024_042", "D2024_")},
	{ref: "M09", rule: actes.DateFuture, name: "tomorrow's decision", opt: envelope.Options{Now: time.Date(2024, 6, 26, 12, 0, 0, 0, time.UTC)}},
	{ref: "M10", rule: actes.MatiereTrou, name: "a matter with a hole", change: edit(`<actes:CodeMatiere3 actes:CodeMatiere="1"/>`, `<actes:CodeMatiere4 actes:CodeMatiere="1"/>`)},
	{ref: "M11", rule: actes.ClassificationPerimee, name: "a stale classification", opt: envelope.Options{Classification: &actes.Classification{Date: day("2024-01-01"),
		Matieres: []*actes.Branche{{Code: 5, Sous: []*actes.Branche{{Code: 2, Sous: []*actes.Branche{{Code: 1}}}}}}}}},
	{ref: "M11", rule: actes.MatiereInconnue, name: "an unknown matter", opt: envelope.Options{Classification: &actes.Classification{Date: day("2019-04-18"),
		Matieres: []*actes.Branche{{Code: 5, Sous: []*actes.Branche{{Code: 3}}}}}}},
	{ref: "M12", rule: actes.FichierVide, name: "an empty annexe", change: body("21_RP", nil)},
	{ref: "M12", rule: actes.FormatDocument, name: "a text as annexe", change: body("21_RP", []byte("du texte"))},
	{ref: "M13", rule: actes.TypologieNature, name: "a type of another nature", change: rename("21_RP-", "99_AU-")},
	{ref: "M13", rule: actes.TypologieAbsente, name: "no type", change: rename("21_RP-", "")},
	{ref: "M15", rule: envelope.SignatureInvalide, name: "a false signature in a PDF", opt: envelope.Options{PAdES: func(_ context.Context, f envelope.File, _ io.ReaderAt) (bool, error) {
		return !strings.HasPrefix(f.Nom, "99_DE"), nil
	}}},
	{ref: "M16", rule: envelope.SignatureNonVerifiee, name: "a detached signature", change: edit("_1.pdf</actes:NomFichier>", "_1.pdf</actes:NomFichier><actes:Signature>x</actes:Signature>"), warning: true},
	{ref: "M16", rule: envelope.SignatureDetacheeInvalide, name: "the detached signature of another file", change: edit("_1.pdf</actes:NomFichier>", "_1.pdf</actes:NomFichier><actes:Signature>x</actes:Signature>"),
		opt: envelope.Options{Detached: func(context.Context, envelope.File, string) (bool, bool, error) { return false, true, nil }}},
	{ref: "M18", rule: envelope.Virus, name: "a virus", opt: envelope.Options{Antivirus: func(_ context.Context, f envelope.File, _ io.ReaderAt) (bool, error) {
		return !strings.HasPrefix(f.Nom, "21_RP"), nil
	}}},
	{ref: "M18", rule: envelope.VirusInconnu, name: "a scanner that is down", warning: true, opt: envelope.Options{Antivirus: func(_ context.Context, f envelope.File, _ io.ReaderAt) (bool, error) {
		return false, errors.New("no scanner")
	}}},
	{ref: "M19", rule: actes.Doublon, name: "an act sent already", opt: envelope.Options{Doublons: sentNumbers{idActe}}},
	{ref: "M19", rule: envelope.ActeEnDouble, name: "two acts of one number", warning: true, change: func([]member) []member {
		other := aTown()
		other.date = "20240626"
		return aTown().files(other)
	}},
	{ref: "M19", rule: actes.DoublonNumero, name: "a number used already", warning: true, opt: envelope.Options{Doublons: sentNumbers{"034-123456782-20230627-D2024_042-AI"}}},
	{ref: "M20", rule: envelope.ReferenceInconnue, name: "an act never sent", envoi: annulation, opt: envelope.Options{Registre: suivi{}}},
	{ref: "M21", rule: envelope.AnnulationEtat, name: "an act not acknowledged", envoi: annulation, opt: envelope.Options{Registre: suivi{idActe: {Connu: true}}}},
	{ref: "M21", rule: envelope.AnnulationEnCours, name: "a second cancellation", envoi: annulation, opt: envelope.Options{Registre: suivi{idActe: {Connu: true, Acquitte: true, AnnulationEnCours: true}}}},
	{ref: "M22", rule: report.XMLEncodingSuspect, name: "mojibake", change: edit("R\xe8glement int\xe9rieur", "R\xc3\xa8glement int\xc3\xa9rieur"), warning: true},
}

func TestEachLineOfTheCatalogueIsOneFinding(t *testing.T) {
	for _, c := range catalogue {
		if c.ref == "A01" {
			continue
		}
		t.Run(c.ref+" "+c.name, func(t *testing.T) {
			e := simple()
			if c.envoi != nil {
				e = c.envoi()
			}
			_, rep := spoilt(t, e, c.opt, c.change)
			if rep.Valid() != c.warning {
				t.Errorf("valid is %v:%s", rep.Valid(), lines(rep))
			}
			found := false
			for f := range rep.All() {
				found = found || f.Rule == c.rule && f.Ref == c.ref
				rulestest.Complete(t, f)
				if f.Ref == "" {
					t.Errorf("%s refers to no line of the catalogue", f.Code())
				}
				if f.Ref != c.ref {
					t.Logf("also %s %s %s", f.Ref, f.Code(), f.Where)
				}
			}
			if !found {
				t.Errorf("no %s of %s:%s", c.rule.Code, c.ref, lines(rep))
			}
		})
	}
}

func TestTheUntouchedEnvelopesAreClean(t *testing.T) {
	for name, e := range map[string]*envelope.Envoi{"act": simple(), "cancellation": annulation(), "market": market()} {
		for _, p := range []actes.Profile{actes.Norme, actes.XSD, actes.S2LOW, actes.STELA} {
			_, rep := spoilt(t, e, envelope.Options{Profile: p, Registre: suivi{idActe: {Connu: true, Acquitte: true}}}, nil)
			if rep.Total() != 0 {
				t.Errorf("%s under profile %q:%s", name, p, lines(rep))
			}
		}
	}
}

// TestAWrongNameIsSaidOnce: the envelope inside is not missing because the
// archive was saved under another name.
func TestAWrongNameIsSaidOnce(t *testing.T) {
	for _, name := range []string{"abc-TACT--123456782--20240701-1 (1).tar.gz", "abc-TACT--123456782--20240701-1_copie.tar.gz", "ABC-TACT--123456782--20240701-1.TAR.GZ", "envoi.tgz"} {
		_, rep := spoilt(t, simple(), envelope.Options{Name: name}, nil)
		if rep.Total() != 1 || !rep.Has(envelope.ArchiveNom) {
			t.Errorf("%s:%s", name, lines(rep))
		}
	}
}

func TestSignaturesOfBiddersAreNotJudged(t *testing.T) {
	opt := envelope.Options{PAdES: func(context.Context, envelope.File, io.ReaderAt) (bool, error) { return false, nil }}
	if _, rep := spoilt(t, market(), opt, nil); !rep.Valid() {
		t.Errorf("public procurement is refused:%s", lines(rep))
	}
}

func TestSchemaProfileKnowsNoOtherRule(t *testing.T) {
	for _, c := range catalogue {
		if c.ref[0] == 'A' && c.ref != "A03" && c.ref != "A06" || c.rule == report.XMLDoctype || c.ref == "M01" || c.ref == "M15" || c.ref == "M18" || c.ref == "M19" || c.ref == "M20" || c.ref == "M21" || c.name == "name with a date that is none" {
			continue
		}
		e := simple()
		if c.envoi != nil {
			e = c.envoi()
		}
		opt := c.opt
		opt.Profile = actes.XSD
		if _, rep := spoilt(t, e, opt, c.change); !rep.Valid() {
			t.Errorf("%s %s is refused by the schema alone:%s", c.ref, c.name, lines(rep))
		}
	}
}

func TestAFailingHookIsNoVerdict(t *testing.T) {
	boom := errors.New("boom")
	data, _ := write(t, simple())
	for name, opt := range map[string]envelope.Options{
		"spool":      {Spool: func(envelope.File) (io.Writer, error) { return nil, boom }},
		"PAdES":      {PAdES: func(context.Context, envelope.File, io.ReaderAt) (bool, error) { return false, boom }},
		"duplicates": {Doublons: failing{boom}},
	} {
		if _, _, err := envelope.Read(context.Background(), bytes.NewReader(data), opt); !errors.Is(err, boom) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := envelope.Read(ctx, bytes.NewReader(data), envelope.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Transmitted(context.Context, string, string) ([]actes.IDActe, error) {
	return nil, f.err
}

func TestEveryRuleIsProduced(t *testing.T) {
	cases := map[*report.Rule]func(testing.TB) *report.Report{}
	for _, c := range catalogue {
		cases[c.rule] = func(t testing.TB) *report.Report {
			e := simple()
			if c.envoi != nil {
				e = c.envoi()
			}
			_, rep := spoilt(t, e, c.opt, c.change)
			return rep
		}
	}
	cases[envelope.ContenuNonControle] = func(t testing.TB) *report.Report {
		e := simple()
		e.Messages[0].Fichiers[0] = piece("99_DE", noise(60_000))
		_, rep := spoilt(t, e, envelope.Options{Memory: 50_000}, nil)
		return rep
	}
	cases[envelope.AnomalieTardive] = func(t testing.TB) *report.Report {
		_, rep := lateAnomaly(t)
		return rep
	}
	mail := func(raw string) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			_, rep, err := envelope.ReadMail(context.Background(), strings.NewReader(raw), envelope.MailOptions{})
			if err != nil {
				t.Fatal(err)
			}
			return rep
		}
	}
	cases[envelope.MailTronque] = mail("Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntexte")
	cases[envelope.MailEncodage] = mail("Content-Transfer-Encoding: base64\n\n****")
	cases[envelope.MailInconnu] = mail("Subject: bonjour\n\ntexte")
	ours := map[*report.Rule]bool{}
	for _, r := range envelope.Rules() {
		ours[r] = true
	}
	for r := range cases {
		if !ours[r] {
			delete(cases, r)
		}
	}
	rulestest.Every(t, envelope.Rules(), cases)
}

func TestBudgetRules(t *testing.T) {
	a := anActe()
	a.Nature, a.Matiere, a.NumeroInterne = actes.Budgetaire, actes.Matiere{7, 1}, "BP2024"
	e := anEnvoi(envelope.Depart{Message: a, Fichiers: []envelope.Piece{piece("99_BU", pdfBytes()), piece("70_DE", pdfBytes())}})
	for name, c := range map[string]struct {
		xml  string
		rule *report.Rule
	}{
		"not a budget":  {"<facture/>", budget.Racine},
		"a message":     {`<Acte xmlns="` + message.Namespace + `"/>`, budget.Racine},
		"no XML at all": {"<?xml version='1.0'?><a>", report.XMLTruncated},
		"no seal":       {`<DocumentBudgetaire xmlns="` + budget.NS + `"><EnTeteDocBudgetaire/><Budget/></DocumentBudgetaire>`, budget.ScellementAbsent},
	} {
		_, rep := spoilt(t, e, envelope.Options{}, func(l []member) []member {
			l = rename("_1.pdf", "_1.xml")(l)
			return body("99_BU", []byte(c.xml))(l)
		})
		found := false
		for f := range rep.All() {
			found = found || f.Rule == c.rule && f.Ref == "M17" && f.Severity >= report.Error
		}
		if !found {
			t.Errorf("%s: no %s:%s", name, c.rule.Code, lines(rep))
		}
	}
}

func TestPredictions(t *testing.T) {
	long := anEnvoi(envelope.Depart{Message: anActe(), Fichiers: []envelope.Piece{piece("99_DE", pdfBytes())}})
	for _, c := range []struct {
		profile    actes.Profile
		opt        envelope.Options
		change     change
		rule, etat string
		class      envelope.Class
	}{
		{actes.S2LOW, envelope.Options{}, nil, "", "2", ""},
		{actes.STELA, envelope.Options{}, nil, "", "ARCHIVE_SIZE_CHECKED", ""},
		{actes.S2LOW, envelope.Options{Name: "abc-TACT-.tar.gz"}, nil, "A03", "", envelope.Invalid},
		{actes.S2LOW, envelope.Options{Trigramme: "SLO"}, rename("99_DE-", "99_AU-"), "A04", "", envelope.Invalid},
		{actes.S2LOW, envelope.Options{}, rename("99_DE-", "99_AU-"), "M13", "-1", envelope.Rejected},
		{actes.S2LOW, envelope.Options{Doublons: sentNumbers{idActe}}, nil, "M19", "", envelope.Duplicate},
		{actes.S2LOW, envelope.Options{}, drop("TACT"), "A06", "", envelope.Invalid},
		{actes.STELA, envelope.Options{MaxSize: 10}, nil, "A02", "ARCHIVE_TOO_LARGE", envelope.Rejected},
		{actes.STELA, envelope.Options{}, rename("_1.pdf", "_1.doc"), "M12", "", envelope.Invalid},
	} {
		c.opt.Profile = c.profile
		_, rep := spoilt(t, long, c.opt, c.change)
		p, ok := envelope.Predict(rep, c.profile)
		if !ok || p.Rule != c.rule || p.Etat != c.etat || p.Class != c.class || p.Accepted != (c.rule == "") || p.Operateur != c.profile || p.Libelle == "" {
			t.Errorf("%s, %s: %+v%s", c.profile, c.rule, p, lines(rep))
		}
	}
	if _, ok := envelope.Predict(&report.Report{}, actes.XSD); ok {
		t.Error("the schema is no operator")
	}
}
