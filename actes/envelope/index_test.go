package envelope_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/envelope"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged/report"
)

// sent returns an index that holds an act, two answers to one letter and one to
// another, a cancellation and two requests for the classification.
func sent(t testing.TB) *envelope.Index {
	t.Helper()
	ctx := context.Background()
	x := new(envelope.Index)
	july := message.CourrierPref{IDActe: idActe, DateCourrierPref: day("2024-07-10")}
	august := message.CourrierPref{IDActe: idActe, DateCourrierPref: day("2024-08-10")}
	doc := []envelope.Piece{piece("99_DE", pdfBytes())}
	for i, d := range []envelope.Depart{
		simple().Messages[0],
		{Message: &message.DemandeClassification{DateClassification: day("2017-12-08")}},
		{Message: &message.RefusPieceComplementaire{CourrierPref: july}, Fichiers: doc},
		{Message: &message.PieceComplementaire{CourrierPref: august}, Fichiers: doc},
		{Message: &message.ReponseLettreObservations{CourrierPref: july}, Fichiers: doc},
		envelope.Cancel(&message.ARActe{IDActe: idActe}),
		{Message: &message.DemandeClassification{DateClassification: day("2019-04-18")}},
	} {
		e := anEnvoi(d)
		e.Serie = i + 1
		_, w := write(t, e)
		if err := envelope.Remember(ctx, x, w.Envelope, day("2024-07-01").AddDays(i)); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

func find(t testing.TB, x envelope.SentStore, a envelope.Answer) []envelope.Match {
	t.Helper()
	l, err := envelope.FindSent(context.Background(), x, a)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestAnswersFindWhatWasSent(t *testing.T) {
	x := sent(t)
	act := anActe().DonneesActe
	mi := &message.EnveloppeMISILLCL{Destinataire: siren}
	other := act
	other.Date = day("2024-06-28")
	quoted := act
	quoted.Document.NomFichier = "99_DE-034-123456782-20240627-D2024_042-DE-1-1_1.pdf"
	july := message.CourrierPref{IDActe: idActe, DateCourrierPref: day("2024-07-10")}
	september := message.CourrierPref{IDActe: idActe, DateCourrierPref: day("2024-09-01")}
	cl := message.EnveloppeCLMISILL{Emetteur: actes.Collectivite{SIREN: siren},
		Formulaires: []message.FichierSigne{{NomFichier: "034-123456782-20240627-D2024_042-DE-1-1_0.xml"}}}
	for _, c := range []struct {
		name      string
		a         envelope.Answer
		code      string // of the first match, "" for none
		serie     string // end of its envelope's name
		raison    envelope.Raison
		confiance envelope.Confiance
	}{
		{"an AR", envelope.Answer{Message: &message.ARActe{IDActe: idActe}}, "1-1", "-1", envelope.ParIDActe, envelope.Sure},
		{"an AR with another date", envelope.Answer{Message: &message.ARActe{IDActe: "034-123456782-20240701-D2024_042-DE"}}, "1-1", "-1", envelope.ParNumero, envelope.Probable},
		{"an AR without identifier", envelope.Answer{Message: &message.ARActe{ActeRecu: quoted}}, "1-1", "-1", envelope.ParActe, envelope.Probable},
		{"an AR of someone else", envelope.Answer{Message: &message.ARActe{IDActe: "034-210600730-20240627-D2024_042-DE"}}, "", "", "", 0},
		{"a letter", envelope.Answer{Message: &message.CourrierSimple{CourrierPref: september}}, "1-1", "-1", envelope.ParIDActe, envelope.Sure},
		{"a référé", envelope.Answer{Message: &message.DefereTA{IDActe: idActe}}, "1-1", "-1", envelope.ParIDActe, envelope.Sure},
		{"an anomaly with its envelope", envelope.Answer{Message: &message.AnomalieActe{ActeRecu: act}, Enveloppe: mi}, "1-1", "-1", envelope.ParActe, envelope.Sure},
		{"an anomaly without, by its file name", envelope.Answer{Message: &message.AnomalieActe{ActeRecu: act}, Fichier: "034-123456782----1-3_1.xml"}, "1-1", "-1", envelope.ParActe, envelope.Probable},
		{"an anomaly without, by the files it quotes", envelope.Answer{Message: &message.AnomalieActe{ActeRecu: quoted}}, "1-1", "-1", envelope.ParActe, envelope.Probable},
		{"an anomaly without anything", envelope.Answer{Message: &message.AnomalieActe{ActeRecu: act}}, "1-1", "-1", envelope.ParAnonyme, envelope.Possible},
		{"an anomaly with another date", envelope.Answer{Message: &message.AnomalieActe{ActeRecu: other}, Enveloppe: mi}, "1-1", "-1", envelope.ParNumero, envelope.Probable},
		{"an anomaly of someone else", envelope.Answer{Message: &message.AnomalieActe{ActeRecu: act}, Enveloppe: &message.EnveloppeMISILLCL{Destinataire: "210600730"}}, "", "", "", 0},
		{"a 3-5", envelope.Answer{Message: &message.ARPieceComplementaire{InfosCourrierPref: july}}, "3-3", "-3", envelope.ParCourrier, envelope.Sure},
		{"a 3-5 of a letter never answered", envelope.Answer{Message: &message.ARPieceComplementaire{InfosCourrierPref: september}}, "3-4", "-4", envelope.ParApproche, envelope.Possible},
		{"a 4-5", envelope.Answer{Message: &message.ARReponseRejetLettreObservations{InfosCourrierPref: july}}, "4-4", "-5", envelope.ParCourrier, envelope.Sure},
		{"a 6-2", envelope.Answer{Message: &message.ARAnnulation{IDActe: idActe}}, "6-1", "-6", envelope.ParIDActe, envelope.Sure},
		{"an envelope refused", envelope.Answer{Message: &message.AnomalieEnveloppe{}, Fichier: "ANO_TACT--123456782--20240701-1.xml"}, "1-1", "-1", envelope.ParArchive, envelope.Sure},
		{"an envelope refused without a name", envelope.Answer{Message: &message.AnomalieEnveloppe{EnveloppeRecue: cl}}, "1-1", "-1", envelope.ParFichier, envelope.Probable},
		{"a classification", envelope.Answer{Message: &message.RetourClassification{}, Enveloppe: mi}, "7-1", "-7", envelope.ParDemande, envelope.Probable},
		{"no new classification, by its name", envelope.Answer{Message: &message.ReponseClassificationSansChangement{}, Fichier: "034-123456782----7-3_5.xml"}, "7-1", "-7", envelope.ParDemande, envelope.Probable},
		{"a classification for nobody", envelope.Answer{Message: &message.RetourClassification{}}, "", "", "", 0},
	} {
		l := find(t, x, c.a)
		if c.code == "" {
			if len(l) != 0 {
				t.Errorf("%s: matched %+v", c.name, l)
			}
			continue
		}
		if len(l) == 0 {
			t.Errorf("%s: nothing found", c.name)
			continue
		}
		got := l[0]
		if got.Sent.Code != c.code || got.Sent.Enveloppe != "TACT--123456782--20240701"+c.serie || got.Raison != c.raison || got.Confiance != c.confiance {
			t.Errorf("%s: %s of %s by %s, %d", c.name, got.Sent.Code, got.Sent.Enveloppe, got.Raison, got.Confiance)
		}
	}
}

func TestMailsFindWhatWasSent(t *testing.T) {
	x := sent(t)
	for name, raison := range map[string]envelope.Raison{"ar.eml": envelope.ParIDActe, "anomalie-sans-enveloppe.eml": envelope.ParActe, "courrier-nom-accentue.eml": envelope.ParIDActe} {
		m, _ := corpusMail(t, name)
		l := find(t, x, m.Answers[0])
		if len(l) != 1 || l[0].Sent.IDActe != idActe || l[0].Raison != raison {
			t.Errorf("%s: %+v", name, l)
		}
	}
	m, _ := corpusMail(t, "multicanal.eml")
	if l, err := m.Multicanal.Find(context.Background(), x); err != nil || len(l) != 1 || l[0].Sent.IDActe != idActe {
		t.Errorf("the reminder: %+v, %v", l, err)
	}
	if l, err := (&envelope.Multicanal{SIREN: "123 456 782", Numero: "D2024_042"}).Find(context.Background(), x); err != nil || len(l) != 1 {
		t.Errorf("a reminder without identifier: %+v, %v", l, err)
	}
}

func receive(t testing.TB, x *envelope.Index, m message.Message, file string) ([]envelope.Match, *report.Report) {
	t.Helper()
	l, rep, err := envelope.Receive(context.Background(), x, envelope.Answer{Message: m, Fichier: file})
	if err != nil {
		t.Fatal(err)
	}
	return l, rep
}

func lateAnomaly(t testing.TB) ([]envelope.Match, *report.Report) {
	x := sent(t)
	receive(t, x, &message.ARActe{IDActe: idActe}, "")
	return receive(t, x, &message.AnomalieActe{ActeRecu: anActe().DonneesActe}, "034-123456782----1-3_1.xml")
}

func stateOf(t testing.TB, x *envelope.Index, code string) []envelope.Etat {
	t.Helper()
	l, err := x.ByCode(context.Background(), siren, code)
	if err != nil {
		t.Fatal(err)
	}
	var out []envelope.Etat
	for _, s := range l {
		out = append(out, s.Etat)
	}
	return out
}

func TestAnswersChangeTheState(t *testing.T) {
	ctx := context.Background()
	x := sent(t)
	suivi := func() envelope.Suivi {
		s, err := x.Suivi(ctx, idActe)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if got := suivi(); got != (envelope.Suivi{Connu: true, AnnulationEnCours: true}) {
		t.Errorf("at first: %+v", got)
	}
	receive(t, x, &message.ARActe{IDActe: idActe}, "")
	if got := suivi(); got != (envelope.Suivi{Connu: true, Acquitte: true, AnnulationEnCours: true}) {
		t.Errorf("acknowledged: %+v", got)
	}
	// An anomaly after the AR changes nothing and is said (R01).
	_, rep := receive(t, x, &message.AnomalieActe{ActeRecu: anActe().DonneesActe}, "034-123456782----1-3_1.xml")
	if !rep.Has(envelope.AnomalieTardive) || !suivi().Acquitte {
		t.Errorf("late anomaly:%s", lines(rep))
	}
	receive(t, x, &message.ARAnnulation{IDActe: idActe}, "")
	if got := suivi(); got != (envelope.Suivi{Connu: true}) {
		t.Errorf("withdrawn: %+v", got)
	}
	if got := stateOf(t, x, "1-1"); got[0] != envelope.Annule {
		t.Errorf("withdrawn: %v", got)
	}
	// The same AR read again, as mail boxes do, does not bring the act back.
	receive(t, x, &message.ARActe{IDActe: idActe}, "")
	if got := stateOf(t, x, "1-1"); got[0] != envelope.Annule {
		t.Errorf("brought back: %v", got)
	}
	// The latest request is answered first, then the one before.
	file := "034-123456782----7-3_1.xml"
	receive(t, x, &message.ReponseClassificationSansChangement{}, file)
	if got := stateOf(t, x, "7-1"); got[0] != envelope.Transmis || got[1] != envelope.Acquitte {
		t.Errorf("requests: %v", got)
	}
	receive(t, x, &message.RetourClassification{}, file)
	if l, _ := receive(t, x, &message.RetourClassification{}, file); l[0].Raison != envelope.ParRepondue || l[0].Confiance != envelope.Possible {
		t.Errorf("nothing pending: %+v", l)
	}
	// An unmatched letter is guessed at, and changes nothing.
	receive(t, x, &message.ARPieceComplementaire{InfosCourrierPref: message.CourrierPref{IDActe: idActe, DateCourrierPref: day("2024-09-01")}}, "")
	if a, b := stateOf(t, x, "3-3"), stateOf(t, x, "3-4"); a[0] != envelope.Transmis || b[0] != envelope.Transmis {
		t.Errorf("answers: %v %v", a, b)
	}
	receive(t, x, &message.AnomalieEnveloppe{}, "ANO_TACT--123456782--20240701-5.xml")
	if got := stateOf(t, x, "4-4"); got[0] != envelope.Anomalie {
		t.Errorf("envelope refused: %v", got)
	}
}

func TestIndexComesBackFromJSON(t *testing.T) {
	x := sent(t)
	a, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	var y envelope.Index
	if err := json.Unmarshal(a, &y); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(&y)
	if err != nil || !bytes.Equal(a, b) {
		t.Errorf("%v\n%s\n%s", err, a, b)
	}
	if ids, err := y.Transmitted(context.Background(), siren, "D2024_042"); err != nil || len(ids) != 1 || ids[0].String() != idActe {
		t.Errorf("transmitted %v, %v", ids, err)
	}
	var empty envelope.Index
	if b, err := json.Marshal(&empty); err != nil || string(b) != "[]" {
		t.Errorf("%s, %v", b, err)
	}
	if json.Unmarshal([]byte(`{"x":1}`), &empty) == nil {
		t.Error("an object is taken for an index")
	}
}

func TestAMessageKeptTwiceCountsOnce(t *testing.T) {
	ctx := context.Background()
	x := new(envelope.Index)
	_, w := write(t, simple())
	for range 2 {
		if err := envelope.Remember(ctx, x, w.Envelope, day("2024-07-01")); err != nil {
			t.Fatal(err)
		}
	}
	if l, err := x.ByNumero(ctx, "", "D2024_042"); err != nil || len(l) != 1 {
		t.Errorf("%d acts, %v", len(l), err)
	}
}
