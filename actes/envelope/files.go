package envelope

import (
	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/message"
)

// named is one file a message names.
type named struct {
	message.FichierSigne
	role Role
	// place counts from 0, the main document, for the label of findings.
	place int
	at    actes.Emplacement
}

// filesOf lists the files a message names and that travel with it. What an
// answer of the ministry echoes (ActeRecu, EnveloppeRecue) was sent long ago.
func filesOf(m message.Message) []named {
	one := func(f message.FichierSigne) []named {
		if f.NomFichier == "" {
			return nil
		}
		return []named{{f, RoleReponse, 0, actes.Reponse}}
	}
	many := func(l []message.FichierSigne) []named {
		var out []named
		for i, f := range l {
			out = append(out, named{f, RoleReponse, i, actes.Reponse})
		}
		return out
	}
	switch m := m.(type) {
	case *message.Acte:
		out := make([]named, 0, 1+len(m.Annexes))
		if m.Document.NomFichier != "" {
			out = append(out, named{m.Document, RolePrincipal, 0, actes.Principal})
		}
		for i, f := range m.Annexes {
			out = append(out, named{f, RoleAnnexe, i + 1, actes.Annexe})
		}
		return out
	case *message.CourrierSimple:
		return one(m.Document)
	case *message.ReponseCourrierSimple:
		return one(m.Document)
	case *message.DemandePieceComplementaire:
		return one(m.Document)
	case *message.RefusPieceComplementaire:
		return one(m.Document)
	case *message.PieceComplementaire:
		return many(m.Documents)
	case *message.LettreObservations:
		return one(m.Document)
	case *message.RejetLettreObservations:
		return one(m.Document)
	case *message.ReponseLettreObservations:
		return one(m.Document)
	case *message.DefereTA:
		return many(m.PiecesJointes)
	}
	return nil
}

// expected is what the names of a message's files must say.
type expected struct {
	Base
	known bool // false: only the code is known
	// free says that date, number and nature may also be absent from the names.
	free   bool
	nature actes.Nature
}

// baseOf composes the base of the names of a message's files.
func baseOf(m message.Message, departement, siren string) expected {
	e := expected{Base: Base{Departement: departement, SIREN: siren, Code: m.Code()}, known: true}
	fromActe := func(d *message.DonneesActe) {
		e.Date, e.Numero, e.Nature, e.nature = d.Date, d.NumeroInterne, d.Nature.Abrege(), d.Nature
	}
	switch m := m.(type) {
	case *message.Acte:
		fromActe(&m.DonneesActe)
		return e
	case *message.AnomalieActe:
		fromActe(&m.ActeRecu)
		e.free = true
		return e
	case *message.DemandeClassification, *message.RetourClassification, *message.ReponseClassificationSansChangement:
		return e
	}
	id, err := actes.ParseIDActe(message.IDActe(m))
	if err != nil {
		e.known = false
		return e
	}
	e.Date, e.Numero, e.Nature, e.nature = id.Date, id.Numero, id.Nature.Abrege(), id.Nature
	if siren == "" {
		e.Departement, e.SIREN = id.Departement, id.SIREN
	}
	return e
}

// from reports whether the message comes from the authority.
func fromAuthority(m message.Message) bool {
	k, ok := message.KindOf(m.Code())
	return ok && k.Sens == message.Envoi
}
