package envelope

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged"
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
