package envelope

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// Answer is a message of the ministry with what came along.
type Answer struct {
	Message message.Message
	// Enveloppe is the envelope that came with it, or nil: some come without.
	Enveloppe *message.EnveloppeMISILLCL
	// EnveloppeNom and Fichier are the names of their files, "" when not known.
	EnveloppeNom, Fichier string
}

// Raison says by what an answer was matched.
type Raison string

// The reasons, from the surest to the least sure.
const (
	ParIDActe   Raison = "idActe"    // by the identifier of the act
	ParArchive  Raison = "archive"   // by the name of the envelope, ANO_ taken away
	ParCourrier Raison = "courrier"  // by identifier and date of the préfecture's letter
	ParActe     Raison = "acte"      // by SIREN, number, date and nature
	ParNumero   Raison = "numero"    // by SIREN and number only
	ParDemande  Raison = "demande"   // latest request of the authority: nothing in the answer says which
	ParFichier  Raison = "fichier"   // by names of files quoted in the answer
	ParAnonyme  Raison = "anonyme"   // by number, date and nature, the SIREN being unknown
	ParRepondue Raison = "repondue"  // latest request, which had been answered already
	ParApproche Raison = "approchee" // by identifier, the date of the letter differing
)

// Confiance is how much a match can be relied upon.
type Confiance uint8

// The degrees.
const (
	Possible Confiance = iota + 1 // a person should look
	Probable                      // right unless two things happen at once
	Sure
)

// Match is one thing sent that an answer is about.
type Match struct {
	Sent      Sent
	Raison    Raison
	Confiance Confiance
}

// FindSent finds what an answer is about, best first; nothing when nothing
// sent fits, which is no error. The rules of the peers in service:
//
//   - 1-2, 2-1, 3-1, 4-1, 5-1, 6-2 by the identifier they hold, else by its
//     SIREN and number;
//   - 1-3 has no identifier: by SIREN (of the envelope that came with it, else
//     of its file name or of those it quotes), number, date and nature;
//   - 3-5 and 4-5 by the letter they quote, among the answers sent to it;
//   - an AnomalieEnveloppe by its file name, else by the messages it quotes;
//   - 7-2 and 7-3 by the latest pending request of the SIREN.
//
// For a 6-2 both the cancellation and the act are returned.
func FindSent(ctx context.Context, store SentStore, a Answer) ([]Match, error) {
	f := finder{ctx, store}
	switch m := a.Message.(type) {
	case *message.ARActe:
		l, err := f.act(m.IDActe)
		if len(l) == 0 && err == nil {
			l, err = f.echo(a, &m.ActeRecu)
		}
		return l, err
	case *message.CourrierSimple, *message.DemandePieceComplementaire, *message.LettreObservations, *message.DefereTA:
		return f.act(message.IDActe(m))
	case *message.ARAnnulation:
		l, err := f.about(m.IDActe, "6-1", ged.Date{})
		if err != nil {
			return nil, err
		}
		act, err := f.act(m.IDActe)
		return append(l, act...), err
	case *message.AnomalieActe:
		return f.echo(a, &m.ActeRecu)
	case *message.ARPieceComplementaire:
		return f.answers(m.InfosCourrierPref, "3-4", "3-3")
	case *message.ARReponseRejetLettreObservations:
		return f.answers(m.InfosCourrierPref, "4-4", "4-3")
	case *message.AnomalieEnveloppe:
		return f.anomaly(a, m)
	case *message.RetourClassification, *message.ReponseClassificationSansChangement:
		return f.request(a)
	}
	return nil, nil
}

type finder struct {
	ctx   context.Context
	store SentStore
}

// act finds the act of an identifier.
func (f finder) act(id string) ([]Match, error) {
	l, err := f.about(id, "1-1", ged.Date{})
	if err != nil || len(l) > 0 {
		return l, err
	}
	// The identifier was composed by the ministry: should it differ from ours
	// in department or date, the number is still the authority's own.
	p, err := actes.ParseIDActe(id)
	if err != nil {
		return nil, nil
	}
	list, err := f.store.ByNumero(f.ctx, p.SIREN, p.Numero)
	if err != nil {
		return nil, err
	}
	return rank(list, ParNumero, Probable), nil
}

// about finds the messages of a code about an act, latest first.
func (f finder) about(id, code string, letter ged.Date) ([]Match, error) {
	if id == "" {
		return nil, nil
	}
	list, err := f.store.ByIDActe(f.ctx, id)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(s Sent) bool { return s.Code != code })
	reason := ParIDActe
	if !letter.IsZero() {
		reason = ParCourrier
		list = slices.DeleteFunc(list, func(s Sent) bool { return s.DateCourrierPref != letter })
	}
	return rank(list, reason, Sure), nil
}

// rank makes matches of what was sent, latest first: unanswered before
// answered. More than one is a little less sure.
func rank(list []Sent, reason Raison, c Confiance) []Match {
	slices.Reverse(list)
	slices.SortStableFunc(list, func(a, b Sent) int { return cmp.Compare(answered(a), answered(b)) })
	var out []Match
	for i, s := range list {
		conf := c
		if i > 0 {
			conf = Possible
		} else if len(list) > 1 && answered(list[1]) == answered(s) {
			conf = min(c, Probable)
		}
		out = append(out, Match{s, reason, conf})
	}
	return out
}

func answered(s Sent) int {
	if s.Etat == Transmis {
		return 0
	}
	return 1
}

// echo finds an act by what an answer quotes of it.
func (f finder) echo(a Answer, d *message.DonneesActe) ([]Match, error) {
	siren, sure := "", Sure
	if a.Enveloppe != nil {
		siren = a.Enveloppe.Destinataire
	}
	if siren == "" {
		sure = Probable
		siren = sirenOfNames(append([]string{a.Fichier, d.Document.NomFichier}, namesOf(d.Annexes)...)...)
	}
	if siren == "" {
		if n, err := ParseEnvelopeName(a.EnveloppeNom); err == nil {
			siren = n.SIREN
		}
	}
	if d.NumeroInterne == "" {
		return nil, nil
	}
	list, err := f.store.ByNumero(f.ctx, siren, d.NumeroInterne)
	if err != nil {
		return nil, err
	}
	var exact []Sent
	for _, s := range list {
		if s.Date == d.Date && s.Nature == d.Nature {
			exact = append(exact, s)
		}
	}
	switch {
	case siren == "":
		return rank(exact, ParAnonyme, Possible), nil
	case exact != nil:
		return rank(exact, ParActe, sure), nil
	}
	return rank(list, ParNumero, Probable), nil
}

func namesOf(l []message.FichierSigne) []string {
	var out []string
	for _, f := range l {
		out = append(out, f.NomFichier)
	}
	return out
}

// sirenOfNames returns the SIREN of the first name of the grammar.
func sirenOfNames(names ...string) string {
	for _, n := range names {
		if f, err := parseFile(n); err == nil && len(f.SIREN) == 9 {
			return f.SIREN
		}
	}
	return ""
}

// answers finds what was answered to a letter.
func (f finder) answers(letter message.CourrierPref, codes ...string) ([]Match, error) {
	var exact, near []Sent
	list, err := f.store.ByIDActe(f.ctx, letter.IDActe)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		switch {
		case !slices.Contains(codes, s.Code):
		case s.DateCourrierPref == letter.DateCourrierPref:
			exact = append(exact, s)
		default:
			near = append(near, s)
		}
	}
	if exact != nil {
		return rank(exact, ParCourrier, Sure), nil
	}
	return rank(near, ParApproche, Possible), nil
}

// anomaly finds a whole envelope.
func (f finder) anomaly(a Answer, m *message.AnomalieEnveloppe) ([]Match, error) {
	if n, err := ParseAnomalieName(a.Fichier); err == nil {
		list, err := f.store.ByEnveloppe(f.ctx, n.String())
		if err != nil {
			return nil, err
		}
		var out []Match
		for _, s := range list {
			out = append(out, Match{s, ParArchive, Sure})
		}
		if out != nil {
			return out, nil
		}
	}
	// Without the name: the authority and the files it quotes.
	quoted := map[string]bool{}
	for _, f := range m.EnveloppeRecue.Formulaires {
		quoted[f.NomFichier] = f.NomFichier != ""
	}
	var out []Match
	for _, k := range message.Kinds() {
		if k.Sens != message.Envoi {
			continue
		}
		list, err := f.store.ByCode(f.ctx, m.EnveloppeRecue.Emetteur.SIREN, k.Code)
		if err != nil {
			return nil, err
		}
		for _, s := range list {
			if quoted[s.Fichier] {
				out = append(out, Match{s, ParFichier, Probable})
			}
		}
	}
	return out, nil
}

// request finds the request for a classification.
func (f finder) request(a Answer) ([]Match, error) {
	siren := ""
	if a.Enveloppe != nil {
		siren = a.Enveloppe.Destinataire
	}
	if siren == "" {
		siren = sirenOfNames(a.Fichier)
	}
	if n, err := ParseEnvelopeName(a.EnveloppeNom); siren == "" && err == nil {
		siren = n.SIREN
	}
	list, err := f.store.ByCode(f.ctx, siren, "7-1")
	if err != nil || siren == "" {
		return nil, err
	}
	pending := slices.DeleteFunc(slices.Clone(list), func(s Sent) bool { return s.Etat != Transmis })
	if len(pending) > 0 {
		return rank(pending, ParDemande, Sure), nil
	}
	// The answer to a request that was answered: the ministry also sends new
	// classifications nobody asked for.
	return rank(list, ParRepondue, Possible), nil
}

// Receive finds what an answer is about and, when that is sure enough, records
// its effect on the first match (both for a 6-2, all for an
// AnomalieEnveloppe): acknowledged, refused, withdrawn. The report warns of an
// anomaly that comes for an act which awaits none (R01); its state is left.
func Receive(ctx context.Context, store SentStore, a Answer) ([]Match, *report.Report, error) {
	rep := new(report.Report)
	matches, err := FindSent(ctx, store, a)
	if err != nil {
		return nil, nil, err
	}
	for i := range matches {
		m := &matches[i]
		to, all := effect(a.Message, m.Sent)
		if i > 0 && !all || m.Confiance < Probable && !all || to == m.Sent.Etat {
			continue
		}
		if to == Anomalie && m.Sent.Etat != Transmis {
			id := cmp.Or(m.Sent.IDActe, m.Sent.Enveloppe)
			rep.Record(report.Finding{Rule: AnomalieTardive, Severity: AnomalieTardive.Severity, Ref: "R01",
				Where: in(a.Fichier), Params: []report.Param{report.P("id", id)}})
			continue
		}
		s := m.Sent
		s.Etat = to
		if err := store.Add(ctx, s); err != nil {
			return nil, nil, err
		}
	}
	return matches, rep, nil
}

// effect is the state an answer gives to something sent; all says that it
// concerns every match and not the first only.
func effect(m message.Message, s Sent) (to Etat, all bool) {
	switch m.(type) {
	case *message.ARActe:
		// An acknowledgement repeated does not bring a withdrawn act back.
		if s.Etat == Annule {
			return Annule, false
		}
		return Acquitte, false
	case *message.AnomalieActe:
		return Anomalie, false
	case *message.AnomalieEnveloppe:
		return Anomalie, true
	case *message.ARAnnulation:
		if s.Code == "1-1" {
			return Annule, true
		}
		return Acquitte, true
	case *message.ARPieceComplementaire, *message.ARReponseRejetLettreObservations,
		*message.RetourClassification, *message.ReponseClassificationSansChangement:
		return Acquitte, false
	}
	return s.Etat, false
}

// Find returns the acts (1-1) a reminder is about.
func (m *Multicanal) Find(ctx context.Context, store SentStore) ([]Match, error) {
	f := finder{ctx, store}
	if m.IDActe != "" {
		return f.act(m.IDActe)
	}
	siren := strings.ReplaceAll(m.SIREN, " ", "")
	if siren == "" || m.Numero == "" {
		return nil, nil
	}
	list, err := store.ByNumero(ctx, siren, m.Numero)
	return rank(list, ParNumero, Probable), err
}
