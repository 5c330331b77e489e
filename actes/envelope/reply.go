package envelope

import (
	"errors"

	"github.com/liasse/liasse/actes/message"
)

// unnamed stands for a file whose name Write will compose.
var unnamed message.FichierSigne

// ErrReponse is returned when a message cannot be answered that way.
var ErrReponse = errors.New("envelope: this message has no such answer")

// Acknowledge returns the acknowledgement that must be sent without anyone's
// decision: a 3-2 for a 3-1, a 4-2 for a 4-1. Other messages, among them 2-1
// and 5-1, are not acknowledged: the answer is [ErrReponse].
func Acknowledge(m message.Message) (message.Message, error) {
	switch m := m.(type) {
	case *message.DemandePieceComplementaire:
		return m.Acknowledge(), nil
	case *message.LettreObservations:
		return m.Acknowledge(), nil
	}
	return nil, ErrReponse
}

// MustAcknowledge reports whether the message must be acknowledged, with [Acknowledge].
func MustAcknowledge(m message.Message) bool {
	_, err := Acknowledge(m)
	return err == nil
}

// Reply answers a letter with documents: a 2-2 to a 2-1 and a 4-4 to a 4-1
// (one document), a 3-4 to a 3-1 (one or more).
func Reply(m message.Message, pieces ...Piece) (Depart, error) {
	switch m := m.(type) {
	case *message.CourrierSimple:
		return depart(m.Reply(unnamed), pieces, 1)
	case *message.DemandePieceComplementaire:
		return depart(m.Supply(), pieces, len(pieces))
	case *message.LettreObservations:
		return depart(m.Reply(unnamed), pieces, 1)
	}
	return Depart{}, ErrReponse
}

// Refuse refuses what a letter asks, with a document that says why: a 3-3 to
// a 3-1, a 4-3 to a 4-1.
func Refuse(m message.Message, piece Piece) (Depart, error) {
	switch m := m.(type) {
	case *message.DemandePieceComplementaire:
		return depart(m.Refuse(unnamed), []Piece{piece}, 1)
	case *message.LettreObservations:
		return depart(m.Reject(unnamed), []Piece{piece}, 1)
	}
	return Depart{}, ErrReponse
}

func depart(m message.Message, pieces []Piece, want int) (Depart, error) {
	if len(pieces) != want || want == 0 {
		return Depart{}, ErrReponse
	}
	return Depart{Message: m, Fichiers: pieces}, nil
}

// Cancel withdraws an act that was acknowledged (6-1).
func Cancel(ar *message.ARActe) Depart {
	return Depart{Message: &message.Annulation{IDActe: ar.IDActe}}
}
