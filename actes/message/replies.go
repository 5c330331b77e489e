package message

import "github.com/liasse/liasse/actes"

// What follows makes the answers to the préfecture's letters from the letters
// themselves: DateCourrierPref in an answer is the date of the letter answered,
// never that of the day.

// Reply answers a courrier simple (2-2).
func (m *CourrierSimple) Reply(document FichierSigne) *ReponseCourrierSimple {
	return &ReponseCourrierSimple{m.CourrierPref, document}
}

// Acknowledge acknowledges a request of documents (3-2). It is due without anyone's
// decision.
func (m *DemandePieceComplementaire) Acknowledge() *ARDemandePieceComplementaire {
	return &ARDemandePieceComplementaire{m.CourrierPref}
}

// Supply sends the documents asked for (3-4).
func (m *DemandePieceComplementaire) Supply(documents ...FichierSigne) *PieceComplementaire {
	return &PieceComplementaire{m.CourrierPref, documents}
}

// Refuse refuses to send them (3-3); the document says why.
func (m *DemandePieceComplementaire) Refuse(document FichierSigne) *RefusPieceComplementaire {
	return &RefusPieceComplementaire{m.CourrierPref, document}
}

// Acknowledge acknowledges a letter of observations (4-2). It is due without
// anyone's decision.
func (m *LettreObservations) Acknowledge() *ARLettreObservations {
	return &ARLettreObservations{m.CourrierPref}
}

// Reply answers a letter of observations (4-4).
func (m *LettreObservations) Reply(document FichierSigne) *ReponseLettreObservations {
	return &ReponseLettreObservations{m.CourrierPref, document}
}

// Reject rejects a letter of observations (4-3).
func (m *LettreObservations) Reject(document FichierSigne) *RejetLettreObservations {
	return &RejetLettreObservations{m.CourrierPref, document}
}

// Of describes an act for its transmission; the names are those its files have
// in the envelope, which package envelope composes.
func Of(a *actes.Acte, document string, annexes []string) *Acte {
	m := &Acte{DonneesActe{
		Date: a.Date, NumeroInterne: a.Numero, Nature: a.Nature, Matiere: a.Matiere, Objet: a.Objet,
		ClassificationDateVersion: a.Classification, DocumentPapier: a.DocumentPapier,
		Document: FichierSigne{document, string(a.Document.Signature)},
	}}
	if !a.Precedent.IsZero() {
		m.PrecedentIdentifiantActe = a.Precedent.String()
	}
	for i, name := range annexes {
		f := FichierSigne{NomFichier: name}
		if i < len(a.Annexes) {
			f.Signature = string(a.Annexes[i].Signature)
		}
		m.Annexes = append(m.Annexes, f)
	}
	return m
}

// Recu is what an acknowledgement adds to the record of its act; file and name
// are the message as received.
func (m *ARActe) Recu(file actes.Contenu, name string) *actes.Recu {
	return &actes.Recu{IDActe: m.IDActe, DateReception: m.DateReception, Message: file, Nom: name}
}
