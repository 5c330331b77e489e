package message

import (
	"bytes"
	"context"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

var (
	june    = ged.Date{Year: 2024, Month: 6, Day: 27}
	july    = ged.Date{Year: 2024, Month: 7, Day: 1}
	edition = ged.Date{Year: 2019, Month: 4, Day: 18}
	letter  = CourrierPref{"034-123456782-20240627-D2024_042-DE", july}
	file    = FichierSigne{NomFichier: "a_1.pdf", Signature: "-----BEGIN PKCS7-----\nMII=\n-----END PKCS7-----"}
)

func envelope() *EnveloppeCLMISILL {
	return &EnveloppeCLMISILL{
		Emetteur:       actes.Collectivite{SIREN: "123456782", Departement: "034", Arrondissement: "3", Nature: "31"},
		Referent:       &Referent{"Zoé Œdipe", "", "zoe@ville.fr"},
		AdressesRetour: []string{"tdt@example.org", "x@ville.bzh"},
		Formulaires:    []FichierSigne{{NomFichier: "034-123456782-20240627-D2024_042-DE-1-1_0.xml"}},
	}
}

func donnees() DonneesActe {
	return DonneesActe{
		Date: june, NumeroInterne: "D2024_042", Nature: actes.Deliberation, Matiere: actes.Matiere{7, 10, 1},
		Objet: "Œuvres d'été : 3 € < 4 & \"plus\" – l’an 漢", PrecedentIdentifiantActe: letter.IDActe,
		ClassificationDateVersion: edition, Document: file, Annexes: []FichierSigne{{NomFichier: "b_2.png"}, file}, DocumentPapier: true,
	}
}

// samples holds one full message of every kind.
func samples() []Message {
	id := letter.IDActe
	return []Message{
		&Acte{donnees()},
		&ARActe{id, july, donnees(), edition},
		&AnomalieActe{july, "002", "ODT-VERIF-01 : date périmée", donnees(), edition},
		&CourrierSimple{letter, file}, &ReponseCourrierSimple{letter, file},
		&DemandePieceComplementaire{letter, "le plan\nen couleur", file}, &ARDemandePieceComplementaire{letter},
		&RefusPieceComplementaire{letter, file}, &PieceComplementaire{letter, []FichierSigne{file, {NomFichier: "c.pdf"}}},
		&ARPieceComplementaire{july, letter},
		&LettreObservations{letter, "motif", file}, &ARLettreObservations{letter}, &RejetLettreObservations{letter, file},
		&ReponseLettreObservations{letter, file}, &ARReponseRejetLettreObservations{july, letter},
		&DefereTA{id, july, "incompétence", []FichierSigne{file}},
		&Annulation{id}, &ARAnnulation{id, july},
		&DemandeClassification{edition},
		&RetourClassification{actes.Classification{Date: edition,
			Natures: []actes.NatureActe{{Abrege: "DE", Libelle: "Délibérations", Typologies: []actes.Typologie{{Code: "99_DE", Libelle: "Délibération"}}}},
			Matieres: []*actes.Branche{{Code: 7, Libelle: "Finances", Sous: []*actes.Branche{{Code: 10, Libelle: "Divers", Sous: []*actes.Branche{
				{Code: 1, Libelle: "a", Sous: []*actes.Branche{{Code: 1, Libelle: "b", Sous: []*actes.Branche{{Code: 12, Libelle: "c"}}}}}}}}}}}},
		&ReponseClassificationSansChangement{edition},
		envelope(),
		&EnveloppeMISILLCL{SousPrefecture, "034", "3", nil, []FichierSigne{{NomFichier: "x.xml"}}, "123456782"},
		&AnomalieEnveloppe{july, "005", "abc-EACT--123456782--20240701-1.tar.gz -> PREF-VERIF-02 : SIREN", *envelope()},
	}
}

func TestWrittenThenReadIsEqual(t *testing.T) {
	all := samples()
	if len(all) != len(Kinds()) {
		t.Fatalf("%d samples for %d kinds", len(all), len(Kinds()))
	}
	for i, m := range all {
		if k := Kinds()[i]; k.Code != m.Code() || k.Root != m.Root() || reflect.TypeOf(k.New()) != reflect.TypeOf(m) {
			t.Fatalf("sample %d is a %s", i, m.Code())
		}
		for _, opt := range []WriteOptions{{}, {UTF8: true}, {Compact: true, CRLF: true}} {
			var buf, again bytes.Buffer
			if err := WriteWith(&buf, m, opt); err != nil {
				t.Errorf("%s: %v", m.Code(), err)
				continue
			}
			if err := WriteWith(&again, m, opt); err != nil || !bytes.Equal(buf.Bytes(), again.Bytes()) {
				t.Errorf("%s: written twice, not the same", m.Code())
			}
			r := mustRead(t, buf.Bytes())
			if !reflect.DeepEqual(r.Message, m) {
				t.Errorf("%s %+v:\n%+v\n%+v", m.Code(), opt, m, r.Message)
			}
			if !r.Report.Valid() || len(r.Extra) > 0 {
				t.Errorf("%s: %s", m.Code(), codes(r.Report))
			}
			if !opt.UTF8 && !strings.Contains(buf.String(), `encoding="ISO-8859-1"`) {
				t.Errorf("%s does not say ISO-8859-1", m.Code())
			}
		}
	}
}

func TestAnActAlwaysSaysWhetherPaperFollows(t *testing.T) {
	a := &Acte{donnees()}
	for paper, want := range map[bool]string{true: ">O<", false: ">N<"} {
		a.DocumentPapier = paper
		var buf bytes.Buffer
		if err := Write(&buf, a); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(buf.String(), "<actes:DocumentPapier"+want+"/actes:DocumentPapier>") {
			t.Errorf("DocumentPapier is not %s", want)
		}
	}
}

func TestWriteRefusesWhatTheMinistryRefuses(t *testing.T) {
	cases := map[string]func() Message{
		"number with a hyphen": func() Message { d := donnees(); d.NumeroInterne = "2024-042"; return &Acte{d} },
		"no subject":           func() Message { d := donnees(); d.Objet = ""; return &Acte{d} },
		"501 characters":       func() Message { d := donnees(); d.Objet = strings.Repeat("é", 501); return &Acte{d} },
		"hole in the matter":   func() Message { d := donnees(); d.Matiere = actes.Matiere{1, 1, 0, 1}; return &Acte{d} },
		"one level":            func() Message { d := donnees(); d.Matiere = actes.Matiere{1}; return &Acte{d} },
		"nature 7":             func() Message { d := donnees(); d.Nature = 7; return &Acte{d} },
		"30 February": func() Message {
			d := donnees()
			d.Date = ged.Date{Year: 2024, Month: 2, Day: 30}
			return &Acte{d}
		},
		"no file":            func() Message { d := donnees(); d.Document = FichierSigne{}; return &Acte{d} },
		"file in a folder":   func() Message { d := donnees(); d.Document.NomFichier = "../a.pdf"; return &Acte{d} },
		"control character":  func() Message { return &LettreObservations{letter, "a\x00b", file} },
		"not UTF-8":          func() Message { return &LettreObservations{letter, "a\xFFb", file} },
		"no letter date":     func() Message { return &ARLettreObservations{CourrierPref{IDActe: letter.IDActe}} },
		"no document":        func() Message { return &PieceComplementaire{CourrierPref: letter} },
		"department bar":     func() Message { e := envelope(); e.Emetteur.Departement = "|34"; return e },
		"no return address":  func() Message { e := envelope(); e.AdressesRetour = nil; return e },
		"no form":            func() Message { e := envelope(); e.Formulaires = nil; return e },
		"bad referent mail":  func() Message { e := envelope(); e.Referent.Email = "a+b@c.fr"; return e },
		"999":                func() Message { return &AnomalieEnveloppe{july, "999", "", *envelope()} },
		"two-digit anomaly":  func() Message { return &AnomalieActe{july, "02", "", donnees(), edition} },
		"empty tree":         func() Message { return &RetourClassification{actes.Classification{Date: edition}} },
		"no message":         func() Message { return nil },
		"identifier with ||": func() Message { return &Annulation{"|34-123456782-20240627-D-DE"} },
	}
	for name, m := range cases {
		var buf bytes.Buffer
		err := Write(&buf, m())
		var invalid *report.InvalidError
		if !errors.As(err, &invalid) || buf.Len() > 0 {
			t.Errorf("%s: error %v, %d bytes", name, err, buf.Len())
		}
	}
}

// The addresses tried with xmllint on the official schema.
func TestMailAddressesAreThoseOfTheSchema(t *testing.T) {
	for address, ok := range map[string]bool{
		"x@ville.alsace": true, "x@ville.paris": true, "x@ville.bzh": true, "A@B.FR": true, "a@-.fr": true, "a_b-c.d@e.f.fr": true,
		"x@ville.bretagne": false, "x@ville.corsica": false, "a+b@c.fr": false, "a..b@c.fr": false, "o'n@b.fr": false,
		"é@b.fr": false, "a@b_c.fr": false, " a@b.fr": false, "a@b.fr ": false, "": false, "a@b": false, "a@b.f": false,
		"a@b.f1": false, "a@@b.fr": false, ".a@b.fr": false, "a@.fr": false, "a@b..fr": false, "@b.fr": false, "a@b.fr.": false,
	} {
		rep := new(report.Report)
		CheckEmail(rep, report.Location{}, address)
		if rep.Valid() != ok {
			t.Errorf("%q: accepted %v, want %v", address, rep.Valid(), ok)
		}
	}
}

func TestDetailOfAnAnomaly(t *testing.T) {
	for text, want := range map[string]Detail{
		"ODT-VERIF-01 : Votre acte":                                {"", "ODT-VERIF-01", "Votre acte"},
		"SLO-EACT--1--2-2.tar.gz -> PREF-VERIF-02 : SIREN\nabsent": {"SLO-EACT--1--2-2.tar.gz", "PREF-VERIF-02", "SIREN\nabsent"},
		"Ca ne fonctionne pas":                                     {"", "", "Ca ne fonctionne pas"},
		"  ODT-VERIF-99 : nouveau":                                 {"", "ODT-VERIF-99", "nouveau"},
		"XYZ-VERIF-01 : autre":                                     {"", "", "XYZ-VERIF-01 : autre"},
		"":                                                         {},
	} {
		if got := ParseDetail(text); got != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
	for _, a := range AnomaliesConnues() {
		if got, ok := ParseDetail(a.Code + " : x").Connue(); !ok || got != a {
			t.Errorf("%s is not found in its own table", a.Code)
		}
	}
	if _, ok := ParseDetail("ODT-VERIF-99 : x").Connue(); ok {
		t.Error("an unknown anomaly is known")
	}
}

func TestMojibakeIsRepairedBesideTheLiteralText(t *testing.T) {
	doc := []byte(strings.Replace(acteXML("0"), ">R<", ">Délibération – l’été<", 1)) // UTF-8 under an ISO-8859-1 prologue
	r := mustRead(t, doc)
	m, fixed := r.Message.(*Acte), r.Repaired
	if fixed == nil || fixed.(*Acte).Objet != "Délibération – l’été" {
		t.Fatal("not repaired")
	}
	if !strings.HasPrefix(m.Objet, "DÃ©lib") || !r.Report.Has(report.XMLEncodingSuspect) || !r.Report.Valid() {
		t.Error("the literal text must stay, with a warning")
	}
	if mustRead(t, []byte(acteXML("0"))).Repaired != nil {
		t.Error("a sound message was repaired")
	}
	for in, want := range map[string]string{"été": "été", "Ã©tÃ©": "été", "â€™": "’", "abc": "abc", "漢": "漢", "Ã": "Ã"} {
		if got := Repair(in); got != want {
			t.Errorf("Repair(%q) = %q", in, got)
		}
	}
}

func TestABrokenMessageGivesWhatStoodBeforeTheFault(t *testing.T) {
	doc := arXML(goodID, "")
	r := mustRead(t, []byte(doc[:strings.Index(doc, "<actes:Objet>")]))
	ar, ok := r.Message.(*ARActe)
	if !ok || ar.IDActe != letter.IDActe || ar.DateReception != july || ar.ActeRecu.Nature != actes.Deliberation {
		t.Error("the acknowledgement was lost")
	}
	if r.Report.Valid() {
		t.Error("a truncated document is not valid")
	}
}

func TestAFailingSourceIsNoVerdict(t *testing.T) {
	broken := errors.New("disk")
	_, err := Read(context.Background(), io.MultiReader(strings.NewReader(head), iotest.ErrReader(broken)), Options{})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, strings.NewReader(acteXML("0")), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestLimitsHold(t *testing.T) {
	big := acteXML("0")
	big = strings.Replace(big, ">R<", ">"+strings.Repeat("a", 1<<20)+"<", 1)
	r, err := Read(context.Background(), strings.NewReader(big), Options{MaxBytes: 1 << 16})
	if err != nil || !r.Report.Has(report.LimBytes) {
		t.Errorf("no limit: %v", err)
	}
}

func FuzzMessage(f *testing.F) {
	for _, m := range samples() {
		var buf bytes.Buffer
		if err := Write(&buf, m); err != nil {
			f.Fatal(err)
		}
		f.Add(buf.Bytes())
	}
	f.Add([]byte(arXML("", "<a><b/></a>")))
	f.Fuzz(func(t *testing.T, doc []byte) {
		r, err := Read(context.Background(), bytes.NewReader(doc), Options{Now: presentDay})
		if err != nil {
			t.Fatal(err)
		}
		if r.Message == nil {
			return
		}
		Summary(r.Message)
		// What can be written reads back the same, without an error.
		var buf bytes.Buffer
		if Write(&buf, r.Message) != nil {
			return
		}
		again, err := Read(context.Background(), bytes.NewReader(buf.Bytes()), Options{Now: presentDay})
		if err != nil || !reflect.DeepEqual(again.Message, r.Message) {
			t.Fatalf("%v: not equal after writing:\n%+v\n%+v", err, r.Message, again.Message)
		}
		strict, err := Read(context.Background(), bytes.NewReader(buf.Bytes()), Options{Profile: actes.XSD})
		if err != nil || !strict.Report.Valid() {
			t.Fatalf("%v: written against the schema: %s", err, codes(strict.Report))
		}
	})
}

func TestAReaderMayBeUsedAgain(t *testing.T) {
	var r Reader
	for _, m := range samples() {
		var buf bytes.Buffer
		if err := Write(&buf, m); err != nil {
			t.Fatal(err)
		}
		// A broken document in between must leave nothing behind.
		if _, err := r.Read(context.Background(), strings.NewReader(head+"<actes:Acte><a"), Options{}); err != nil {
			t.Fatal(err)
		}
		got, err := r.Read(context.Background(), bytes.NewReader(buf.Bytes()), Options{Now: presentDay})
		if err != nil || !reflect.DeepEqual(got.Message, m) || !got.Report.Valid() {
			t.Errorf("%s: %v %s", m.Code(), err, codes(got.Report))
		}
	}
}

func TestAnswersKeepTheDateOfTheLetter(t *testing.T) {
	simple := &CourrierSimple{letter, file}
	pieces := &DemandePieceComplementaire{letter, "", file}
	lettre := &LettreObservations{letter, "", file}
	for code, m := range map[string]Message{
		"2-2": simple.Reply(file), "3-2": pieces.Acknowledge(), "3-3": pieces.Refuse(file), "3-4": pieces.Supply(file, file),
		"4-2": lettre.Acknowledge(), "4-3": lettre.Reject(file), "4-4": lettre.Reply(file),
	} {
		if m.Code() != code {
			t.Errorf("%s is a %s", code, m.Code())
		}
		var buf bytes.Buffer
		if err := Write(&buf, m); err != nil {
			t.Errorf("%s: %v", code, err)
		}
		if !strings.Contains(buf.String(), `actes:DateCourrierPref="2024-07-01"`) {
			t.Errorf("%s lost the date of the letter", code)
		}
	}
}

func TestAnActMakesItsMessageAndItsReceipt(t *testing.T) {
	a := &actes.Acte{Numero: "D2024_042", Date: june, Nature: actes.Deliberation, Matiere: actes.Matiere{5, 2}, Objet: "R",
		Classification: edition, DocumentPapier: true, Document: actes.Fichier{Signature: []byte("p7")}, Annexes: []actes.Fichier{{}}}
	a.Precedent, _ = actes.ParseIDActe(letter.IDActe)
	m := Of(a, "a_1.pdf", []string{"a_2.pdf"})
	var buf bytes.Buffer
	if err := Write(&buf, m); err != nil {
		t.Fatal(err)
	}
	got := mustRead(t, buf.Bytes()).Message.(*Acte)
	if !reflect.DeepEqual(got, m) || got.PrecedentIdentifiantActe != letter.IDActe || got.Document.Signature != "p7" || len(got.Annexes) != 1 {
		t.Errorf("%+v", got)
	}
	if r := (&ARActe{IDActe: letter.IDActe, DateReception: july}).Recu(strings.NewReader("x"), "ar.xml"); r.IDActe != letter.IDActe || r.DateReception != july {
		t.Error("the receipt is not that of the acknowledgement")
	}
}
