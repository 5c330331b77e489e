package message

import (
	"fmt"
	"io"
	"strconv"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/internal/xmlout"
)

// WriteOptions say how a message is written. The zero value is what the
// ministry's peers write: ISO-8859-1, characters outside it as references, two
// blanks of indentation.
type WriteOptions struct {
	UTF8    bool // some receivers are not known to read it
	Compact bool // no indentation
	CRLF    bool // as the ministry's own files
}

// Write writes a message. One that is not valid is refused whole: nothing is
// written and the error is a [*report.InvalidError] whose report says why.
func Write(w io.Writer, m Message) error { return WriteWith(w, m, WriteOptions{}) }

// WriteWith is [Write] with options.
func WriteWith(w io.Writer, m Message, opt WriteOptions) error {
	if err := Check(m).Err(); err != nil {
		return err
	}
	o := xmlout.Options{Latin1: !opt.UTF8, CRLF: opt.CRLF, Indent: "  "}
	if opt.Compact {
		o.Indent = ""
	}
	x := &writer{xmlout.New(w, o)}
	x.message(m)
	if err := x.w.Close(); err != nil {
		return fmt.Errorf("message: writing %s: %w", m.Root(), err)
	}
	return nil
}

type writer struct{ w *xmlout.Writer }

func (x *writer) start(local string)       { x.w.Start("actes", local) }
func (x *writer) attr(local, value string) { x.w.Attr("actes", local, value) }
func (x *writer) end()                     { x.w.End() }
func (x *writer) elem(local, value string) { x.w.Element("actes", local, value) }
func (x *writer) siren(value string)       { x.w.Attr("insee", "SIREN", value) }
func (x *writer) int(local string, n int)  { x.attr(local, strconv.Itoa(n)) }
func (x *writer) optional(local, v string) {
	if v != "" {
		x.elem(local, v)
	}
}

func (x *writer) message(m Message) {
	x.start(m.Root())
	x.w.Namespace("actes", Namespace)
	x.w.Namespace("insee", NamespaceINSEE)
	if c, document := letterOf(m); c != nil {
		x.letter(*c)
		switch m := m.(type) {
		case *DemandePieceComplementaire:
			x.elem("DescriptionPieces", m.DescriptionPieces)
		case *LettreObservations:
			x.elem("Motif", m.Motif)
		case *PieceComplementaire:
			x.files("Documents", "Document", m.Documents)
		}
		if document != nil {
			x.file("Document", *document)
		}
	}
	if received, c := answerOf(m); c != nil {
		x.attr("DateReception", received.String())
		x.start("InfosCourrierPref")
		x.letter(*c)
		x.end()
	}
	switch m := m.(type) {
	case *Acte:
		x.acte(&m.DonneesActe)
	case *ARActe:
		x.attr("IDActe", m.IDActe)
		x.attr("DateReception", m.DateReception.String())
		x.echo(&m.ActeRecu)
		x.elem("ClassificationDateVersionEnCours", m.ClassificationDateVersionEnCours.String())
	case *AnomalieActe:
		x.elem("Date", m.Date.String())
		x.elem("Nature", m.Nature)
		x.optional("Detail", m.Detail)
		x.echo(&m.ActeRecu)
		x.elem("ClassificationDateVersionEnCours", m.ClassificationDateVersionEnCours.String())
	case *DefereTA:
		x.attr("IDActe", m.IDActe)
		x.elem("DateDepot", m.DateDepot.String())
		x.elem("NatureIllegalite", m.NatureIllegalite)
		x.files("PiecesJointes", "PieceJointe", m.PiecesJointes)
	case *Annulation:
		x.attr("IDActe", m.IDActe)
	case *ARAnnulation:
		x.attr("IDActe", m.IDActe)
		x.attr("DateReception", m.DateReception.String())
	case *DemandeClassification:
		x.optional("DateClassification", m.DateClassification.String())
	case *RetourClassification:
		x.classification(&m.Classification)
	case *ReponseClassificationSansChangement:
		x.elem("DateClassification", m.DateClassification.String())
	case *EnveloppeCLMISILL:
		x.enveloppe(m)
	case *EnveloppeMISILLCL:
		x.enveloppeMI(m)
	case *AnomalieEnveloppe:
		x.elem("Date", m.Date.String())
		x.elem("Nature", m.Nature)
		x.optional("Detail", m.Detail)
		x.start("EnveloppeRecue")
		x.enveloppe(&m.EnveloppeRecue)
		x.end()
	}
	x.end()
}

func (x *writer) file(local string, f FichierSigne) {
	x.start(local)
	x.elem("NomFichier", f.NomFichier)
	x.optional("Signature", f.Signature)
	x.end()
}

func (x *writer) files(local, item string, l []FichierSigne) {
	x.start(local)
	for _, f := range l {
		x.file(item, f)
	}
	x.end()
}

func (x *writer) letter(c CourrierPref) {
	x.attr("IDActe", c.IDActe)
	x.attr("DateCourrierPref", c.DateCourrierPref.String())
}

func (x *writer) echo(a *DonneesActe) {
	x.start("ActeRecu")
	x.acte(a)
	x.end()
}

func (x *writer) acte(a *DonneesActe) {
	x.attr("Date", a.Date.String())
	x.attr("NumeroInterne", a.NumeroInterne)
	x.int("CodeNatureActe", int(a.Nature))
	for i, code := range a.Matiere {
		if code != 0 {
			x.start("CodeMatiere" + strconv.Itoa(i+1))
			x.int("CodeMatiere", code)
			x.end()
		}
	}
	x.elem("Objet", a.Objet)
	if a.PrecedentIdentifiantActe != "" {
		x.start("PrecedentIdentifiantActe")
		x.attr("IDActe", a.PrecedentIdentifiantActe)
		x.end()
	}
	x.elem("ClassificationDateVersion", a.ClassificationDateVersion.String())
	x.file("Document", a.Document)
	x.start("Annexes")
	x.int("Nombre", len(a.Annexes))
	for _, f := range a.Annexes {
		x.file("Annexe", f)
	}
	x.end()
	papier := "N"
	if a.DocumentPapier {
		papier = "O"
	}
	x.elem("DocumentPapier", papier)
}

func (x *writer) referent(r *Referent) {
	if r == nil {
		return
	}
	x.start("Referent")
	x.optional("Nom", r.Nom)
	x.optional("Telephone", r.Telephone)
	x.optional("Email", r.Email)
	x.end()
}

func (x *writer) enveloppe(e *EnveloppeCLMISILL) {
	x.start("Emetteur")
	x.start("IDCL")
	x.siren(e.Emetteur.SIREN)
	x.attr("Departement", e.Emetteur.Departement)
	x.attr("Arrondissement", e.Emetteur.Arrondissement)
	x.attr("Nature", e.Emetteur.Nature)
	x.end()
	x.referent(e.Referent)
	x.end()
	x.start("AdressesRetour")
	for _, a := range e.AdressesRetour {
		x.elem("Email", a)
	}
	x.end()
	x.files("FormulairesEnvoyes", "Formulaire", e.Formulaires)
}

func (x *writer) enveloppeMI(e *EnveloppeMISILLCL) {
	x.start("Emetteur")
	switch e.Autorite {
	case SGAR:
		x.start("IDSGAR")
	case SousPrefecture:
		x.start("IDSousPref")
	default:
		x.start("IDPref")
	}
	x.attr("Departement", e.Departement)
	if e.Autorite == SousPrefecture {
		x.attr("Arrondissement", e.Arrondissement)
	}
	x.end()
	x.referent(e.Referent)
	x.end()
	x.files("FormulairesEnvoyes", "Formulaire", e.Formulaires)
	x.start("Destinataire")
	x.siren(e.Destinataire)
	x.end()
}

func (x *writer) classification(c *actes.Classification) {
	x.elem("DateClassification", c.Date.String())
	x.start("NaturesActes")
	for i := range c.Natures {
		n := &c.Natures[i]
		x.start("NatureActe")
		if n.Code != 0 {
			x.int("CodeNatureActe", int(n.Code))
		}
		x.attr("Libelle", n.Libelle)
		x.attr("TypeAbrege", n.Abrege)
		for _, t := range n.Typologies {
			x.start("TypePJNatureActe")
			x.attr("CodeTypePJ", t.Code)
			x.attr("Libelle", t.Libelle)
			x.end()
		}
		x.end()
	}
	x.end()
	x.start("Matieres")
	x.branches(c.Matieres, 1)
	x.end()
}

func (x *writer) branches(l []*actes.Branche, level int) {
	for _, b := range l {
		x.start("Matiere" + strconv.Itoa(level))
		x.int("CodeMatiere", b.Code)
		x.attr("Libelle", b.Libelle)
		x.branches(b.Sous, level+1)
		x.end()
	}
}
