package envelope

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// Etat is the state of something sent, as far as answers can change it. The
// whole life cycle is that of [actes.Transition].
type Etat string

// The states.
const (
	Transmis Etat = ""         // sent, no answer yet
	Acquitte Etat = "acquitte" // acknowledged
	Anomalie Etat = "anomalie" // refused
	Annule   Etat = "annule"   // acknowledged, then withdrawn
)

// Sent is one message sent, with all by which an answer may find it.
type Sent struct {
	// Enveloppe is the name of the archive without trigram and extension:
	// EACT--123456782--20240701-1.
	Enveloppe string       `json:"enveloppe"`
	Code      string       `json:"code"`              // of the message: 1-1, 3-4, 6-1, 7-1…
	Fichier   string       `json:"fichier,omitempty"` // name of the message's XML
	SIREN     string       `json:"siren"`
	IDActe    string       `json:"idActe,omitempty"` // of the act sent, or spoken of
	Numero    string       `json:"numero,omitempty"`
	Date      ged.Date     `json:"date"` // of the decision
	Nature    actes.Nature `json:"nature,omitempty"`
	// DateCourrierPref is the date of the letter a message answers.
	DateCourrierPref ged.Date `json:"dateCourrierPref"`
	Le               ged.Date `json:"le"` // day of sending
	Etat             Etat     `json:"etat,omitempty"`
}

// SentStore keeps what was sent. [Index] is one in memory; a database can be
// another. Every list MUST be in the order of sending, oldest first. An empty
// list is no error. Implementations MUST be safe for concurrent use.
type SentStore interface {
	// Add keeps a message. What was kept already (same Enveloppe, Fichier and
	// Code) MUST be replaced, so that a file read twice counts once.
	Add(ctx context.Context, s Sent) error
	// ByIDActe returns the messages sent about an act, the act itself included.
	ByIDActe(ctx context.Context, idActe string) ([]Sent, error)
	// ByNumero returns the acts (1-1) sent under that number by the authority;
	// an empty SIREN stands for any.
	ByNumero(ctx context.Context, siren, numero string) ([]Sent, error)
	// ByEnveloppe returns the messages of an envelope.
	ByEnveloppe(ctx context.Context, enveloppe string) ([]Sent, error)
	// ByCode returns the messages of that code sent by the authority.
	ByCode(ctx context.Context, siren, code string) ([]Sent, error)
}

// Index is a [SentStore] in memory, for programs that keep few acts and for
// tests; json.Marshal writes it and json.Unmarshal reads it back. It also
// answers what [Options] asks: it is a [Registre] and an
// [actes.DuplicateChecker]. The zero value is empty and ready.
type Index struct {
	mu   sync.RWMutex
	list []Sent
	// Positions in list.
	byID, byNumber, byEnvelope, byCode map[string][]int
}

var (
	_ SentStore              = (*Index)(nil)
	_ Registre               = (*Index)(nil)
	_ actes.DuplicateChecker = (*Index)(nil)
)

// Add implements [SentStore].
func (x *Index) Add(_ context.Context, s Sent) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.add(s)
	return nil
}

func (x *Index) add(s Sent) {
	for _, i := range x.byEnvelope[s.Enveloppe] {
		if old := &x.list[i]; old.Fichier == s.Fichier && old.Code == s.Code {
			same := old.SIREN == s.SIREN && old.IDActe == s.IDActe && old.Numero == s.Numero
			*old = s
			if !same {
				x.rebuild()
			}
			return
		}
	}
	x.list = append(x.list, s)
	x.enter(len(x.list) - 1)
}

func (x *Index) rebuild() {
	x.byID, x.byNumber, x.byEnvelope, x.byCode = nil, nil, nil, nil
	for i := range x.list {
		x.enter(i)
	}
}

func (x *Index) enter(i int) {
	if x.byID == nil {
		x.byID, x.byNumber = map[string][]int{}, map[string][]int{}
		x.byEnvelope, x.byCode = map[string][]int{}, map[string][]int{}
	}
	s := &x.list[i]
	put := func(m map[string][]int, key string) { m[key] = append(m[key], i) }
	if s.IDActe != "" {
		put(x.byID, s.IDActe)
	}
	if s.Code == "1-1" {
		put(x.byNumber, s.SIREN+"/"+s.Numero)
		put(x.byNumber, "/"+s.Numero)
	}
	put(x.byEnvelope, s.Enveloppe)
	put(x.byCode, s.SIREN+"/"+s.Code)
}

func (x *Index) pick(m func() map[string][]int, key string) ([]Sent, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var out []Sent
	for _, i := range m()[key] {
		out = append(out, x.list[i])
	}
	return out, nil
}

// ByIDActe implements [SentStore].
func (x *Index) ByIDActe(_ context.Context, id string) ([]Sent, error) {
	return x.pick(func() map[string][]int { return x.byID }, id)
}

// ByNumero implements [SentStore].
func (x *Index) ByNumero(_ context.Context, siren, numero string) ([]Sent, error) {
	return x.pick(func() map[string][]int { return x.byNumber }, siren+"/"+numero)
}

// ByEnveloppe implements [SentStore].
func (x *Index) ByEnveloppe(_ context.Context, name string) ([]Sent, error) {
	return x.pick(func() map[string][]int { return x.byEnvelope }, name)
}

// ByCode implements [SentStore].
func (x *Index) ByCode(_ context.Context, siren, code string) ([]Sent, error) {
	return x.pick(func() map[string][]int { return x.byCode }, siren+"/"+code)
}

// Suivi implements [Registre].
func (x *Index) Suivi(ctx context.Context, idActe string) (Suivi, error) {
	list, err := x.ByIDActe(ctx, idActe)
	var s Suivi
	for _, e := range list {
		switch e.Code {
		case "1-1":
			s.Connu, s.Acquitte = true, e.Etat == Acquitte
		case "6-1":
			s.AnnulationEnCours = e.Etat == Transmis
		}
	}
	return s, err
}

// Transmitted implements [actes.DuplicateChecker].
func (x *Index) Transmitted(ctx context.Context, siren, numero string) ([]actes.IDActe, error) {
	list, err := x.ByNumero(ctx, siren, numero)
	var out []actes.IDActe
	for _, e := range list {
		if id, err := actes.ParseIDActe(e.IDActe); err == nil {
			out = append(out, id)
		}
	}
	return out, err
}

// MarshalJSON writes what was sent, in order.
func (x *Index) MarshalJSON() ([]byte, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	list := x.list
	if list == nil {
		list = []Sent{}
	}
	return json.Marshal(list)
}

// UnmarshalJSON replaces the content by what [Index.MarshalJSON] wrote.
func (x *Index) UnmarshalJSON(b []byte) error {
	var list []Sent
	if err := json.Unmarshal(b, &list); err != nil {
		return fmt.Errorf("envelope: index: %w", err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.list = nil
	x.rebuild()
	for _, s := range list {
		x.add(s)
	}
	return nil
}

// Remember keeps the messages of an envelope of ours, sent that day, so that
// their answers can be matched. An envelope of the ministry is not kept.
func Remember(ctx context.Context, store SentStore, env *Envelope, le ged.Date) error {
	cl, ok := env.Enveloppe.(*message.EnveloppeCLMISILL)
	if !ok {
		return nil
	}
	for i := range env.Messages {
		r := &env.Messages[i]
		if r.Message == nil {
			continue
		}
		letter, _ := message.Courrier(r.Message)
		s := Sent{Enveloppe: env.Nom.EnvelopeName.String(), Code: r.Code(), Fichier: r.Nom,
			SIREN: cl.Emetteur.SIREN, Le: le, IDActe: message.IDActe(r.Message), DateCourrierPref: letter.DateCourrierPref}
		if a, ok := r.Message.(*message.Acte); ok {
			s.Numero, s.Date, s.Nature = a.NumeroInterne, a.Date, a.Nature
			s.IDActe = actes.IDActe{Departement: cl.Emetteur.Departement, SIREN: s.SIREN, Date: a.Date, Numero: a.NumeroInterne, Nature: a.Nature}.String()
		}
		if err := store.Add(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

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
			if s.Fichier != "" && slices.Contains(namesOf(m.EnveloppeRecue.Formulaires), s.Fichier) {
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
