package message

import "github.com/liasse/liasse/ged"

// letterOf returns what messages about a letter of the préfecture have in
// common: which letter, and for those that carry just one document, that.
// Both are nil for other messages.
func letterOf(m Message) (*CourrierPref, *FichierSigne) {
	switch m := m.(type) {
	case *CourrierSimple:
		return &m.CourrierPref, &m.Document
	case *ReponseCourrierSimple:
		return &m.CourrierPref, &m.Document
	case *DemandePieceComplementaire:
		return &m.CourrierPref, &m.Document
	case *ARDemandePieceComplementaire:
		return &m.CourrierPref, nil
	case *RefusPieceComplementaire:
		return &m.CourrierPref, &m.Document
	case *PieceComplementaire:
		return &m.CourrierPref, nil
	case *LettreObservations:
		return &m.CourrierPref, &m.Document
	case *ARLettreObservations:
		return &m.CourrierPref, nil
	case *RejetLettreObservations:
		return &m.CourrierPref, &m.Document
	case *ReponseLettreObservations:
		return &m.CourrierPref, &m.Document
	}
	return nil, nil
}

// answerOf returns the same of the acknowledgements of answers (3-5, 4-5).
func answerOf(m Message) (received *ged.Date, c *CourrierPref) {
	switch m := m.(type) {
	case *ARPieceComplementaire:
		return &m.DateReception, &m.InfosCourrierPref
	case *ARReponseRejetLettreObservations:
		return &m.DateReception, &m.InfosCourrierPref
	}
	return nil, nil
}

// Courrier returns which letter of the préfecture a message is, answers or
// acknowledges the answer of; false for other messages.
func Courrier(m Message) (CourrierPref, bool) {
	if c, _ := letterOf(m); c != nil {
		return *c, true
	}
	if _, c := answerOf(m); c != nil {
		return *c, true
	}
	return CourrierPref{}, false
}

// IDActe returns the identifier of the act a message is about, as it stands
// there; "" for messages that have none (1-1, 1-3, 7-x, envelopes).
func IDActe(m Message) string {
	switch m := m.(type) {
	case *ARActe:
		return m.IDActe
	case *DefereTA:
		return m.IDActe
	case *Annulation:
		return m.IDActe
	case *ARAnnulation:
		return m.IDActe
	}
	c, _ := Courrier(m)
	return c.IDActe
}
