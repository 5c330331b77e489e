package envelope

import (
	"errors"

	"github.com/liasse/liasse/actes/message"
)

// unnamed stands for a file whose name Write will compose.
var unnamed message.FichierSigne

// ErrReponse is returned when a message cannot be answered that way.
var ErrReponse = errors.New("envelope: this message has no such answer")

// Accuse returns the acknowledgement that must be sent without anyone's
// decision: a 3-2 for a 3-1, a 4-2 for a 4-1. Other messages, among them 2-1
// and 5-1, are not acknowledged: the answer is [ErrReponse].
func Accuse(m message.Message) (message.Message, error) {
	switch m := m.(type) {
	case *message.DemandePieceComplementaire:
		return m.Accuser(), nil
	case *message.LettreObservations:
		return m.Accuser(), nil
	}
	return nil, ErrReponse
}

// DoitAccuser reports whether the message must be acknowledged, with [Accuse].
func DoitAccuser(m message.Message) bool {
	_, err := Accuse(m)
	return err == nil
}

// Repondre answers a letter with documents: a 2-2 to a 2-1 and a 4-4 to a 4-1
// (one document), a 3-4 to a 3-1 (one or more).
func Repondre(m message.Message, pieces ...Piece) (Depart, error) {
	switch m := m.(type) {
	case *message.CourrierSimple:
		return depart(m.Repondre(unnamed), pieces, 1)
	case *message.DemandePieceComplementaire:
		return depart(m.Envoyer(), pieces, len(pieces))
	case *message.LettreObservations:
		return depart(m.Repondre(unnamed), pieces, 1)
	}
	return Depart{}, ErrReponse
}

// Refuser refuses what a letter asks, with a document that says why: a 3-3 to
// a 3-1, a 4-3 to a 4-1.
func Refuser(m message.Message, piece Piece) (Depart, error) {
	switch m := m.(type) {
	case *message.DemandePieceComplementaire:
		return depart(m.Refuser(unnamed), []Piece{piece}, 1)
	case *message.LettreObservations:
		return depart(m.Rejeter(unnamed), []Piece{piece}, 1)
	}
	return Depart{}, ErrReponse
}

func depart(m message.Message, pieces []Piece, want int) (Depart, error) {
	if len(pieces) != want || want == 0 {
		return Depart{}, ErrReponse
	}
	return Depart{Message: m, Fichiers: pieces}, nil
}

// Annuler withdraws an act that was acknowledged (6-1).
func Annuler(ar *message.ARActe) Depart {
	return Depart{Message: &message.Annulation{IDActe: ar.IDActe}}
}
