package message

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/internal/xmlcore"
)

// The kinds of results.
const (
	KindMessage        = "actes.message"
	KindClassification = "actes.classification"
)

// Inspector returns the inspector of messages standing alone, envelopes and
// classifications included.
func Inspector() inspect.Inspector { return inspector{} }

type inspector struct{}

// Detect looks for a root element in the namespace of the protocol.
func (inspector) Detect(_ context.Context, in *inspect.Input) bool {
	if in.Data == nil {
		return false
	}
	r := xmlcore.NewReader(bytes.NewReader(in.Head), xmlcore.Options{})
	for {
		k, err := r.Next()
		if err != nil {
			// What breaks the rules of XML before its root is still a message,
			// whose findings say what is wrong.
			_, known := KindOfRoot(xmlcore.GuessRoot(in.Head))
			return known && bytes.Contains(in.Head, []byte(namespaceFamily))
		}
		if k == xmlcore.StartElement {
			n := r.Name()
			_, known := KindOfRoot(n.Local)
			return n.Space == Namespace || known && strings.HasPrefix(n.Space, namespaceFamily) ||
				known && n.Space == "" && named(in.Head)
		}
	}
}

// namespaceFamily begins the namespace of every edition of the protocol.
const namespaceFamily = "http://www.interieur.gouv.fr/ACTES"

// named reports whether a document without namespace speaks the words of the
// protocol: other formats too have a root Acte or Annulation.
func named(head []byte) bool {
	for _, word := range []string{"IDActe", "CodeNatureActe", "IDCL", "FormulairesEnvoyes", "DateClassification"} {
		if bytes.Contains(head, []byte(word)) {
			return true
		}
	}
	return false
}

// Inspect reads and judges a message.
func (inspector) Inspect(ctx context.Context, in *inspect.Input, opt inspect.Options) (*inspect.Result, error) {
	rep := opt.Report().Options()
	reading, err := Read(ctx, io.NewSectionReader(in.Data, 0, in.Size),
		Options{Profile: ProfileOf(opt.Profile), Now: opt.At, Report: rep})
	if err != nil {
		return nil, err
	}
	res := &inspect.Result{Kind: KindMessage, Version: Version, Report: reading.Report}
	if reading.Message != nil {
		res.Summary = Summary(reading.Message)
	}
	if root := reading.Root; root == "RetourClassification" || root == "" && xmlcore.GuessRoot(in.Head) == "RetourClassification" {
		res.Kind = KindClassification
	}
	return res, nil
}

// ProfileOf turns the name of a profile given to an inspection into ours; one
// that other formats know (dgfip, vitam) asks nothing special of an act.
func ProfileOf(name string) actes.Profile {
	switch p := actes.Profile(name); p {
	case actes.XSD, actes.S2LOW, actes.STELA, actes.Pastell:
		return p
	}
	return actes.Norme
}

// Summary returns the facts of a message, under the keys of the project's
// inspection contract. It never holds the subject, the person to reach, or a
// mail address.
func Summary(m Message) inspect.Summary {
	var s inspect.Summary
	s.Set("code", m.Code())
	s.Set("idActe", identifier(IDActe(m)))
	if received, _ := answerOf(m); received != nil {
		s.Set("dateReception", received.String())
	}
	if c, ok := Courrier(m); ok {
		s.Set("dateCourrierPref", c.DateCourrierPref.String())
	}
	switch m := m.(type) {
	case *Acte:
		summarise(&s, &m.DonneesActe)
	case *ARActe:
		s.Set("dateReception", m.DateReception.String())
		summarise(&s, &m.ActeRecu)
	case *AnomalieActe:
		summarise(&s, &m.ActeRecu)
		s.Set("anomalie", code(m.Nature, 20))
		s.Set("anomalieCode", ParseDetail(m.Detail).Code)
	case *DefereTA:
		s.Set("dateDepot", m.DateDepot.String())
	case *ARAnnulation:
		s.Set("dateReception", m.DateReception.String())
	case *DemandeClassification:
		s.Set("dateClassification", m.DateClassification.String())
	case *RetourClassification:
		c := &m.Classification
		s.Set("dateClassification", c.Date.String())
		types := 0
		for i := range c.Natures {
			types += len(c.Natures[i].Typologies)
		}
		s.Set("natures", len(c.Natures))
		s.Set("typologies", types)
		s.Set("matieres", c.Len())
	case *ReponseClassificationSansChangement:
		s.Set("dateClassification", m.DateClassification.String())
	case *EnveloppeCLMISILL:
		emetteur(&s, m)
	case *EnveloppeMISILLCL:
		s.Set("siren", code(m.Destinataire, 9))
		s.Set("formulaires", len(m.Formulaires))
	case *AnomalieEnveloppe:
		s.Set("anomalie", code(m.Nature, 20))
		s.Set("anomalieCode", ParseDetail(m.Detail).Code)
		emetteur(&s, &m.EnveloppeRecue)
	}
	return s
}

func summarise(s *inspect.Summary, a *DonneesActe) {
	if a.Nature != 0 {
		s.Set("nature", strconv.Itoa(int(a.Nature)))
	}
	s.Set("numero", code(a.NumeroInterne, 20))
	s.Set("date", a.Date.String())
	if a.Matiere.Hole() == 0 {
		s.Set("matiere", a.Matiere.String())
	}
	s.Set("annexes", len(a.Annexes))
	s.Set("documentPapier", a.DocumentPapier)
}

func emetteur(s *inspect.Summary, e *EnveloppeCLMISILL) {
	s.Set("siren", code(e.Emetteur.SIREN, 9))
	s.Set("departement", code(e.Emetteur.Departement, 3))
	s.Set("arrondissement", code(e.Emetteur.Arrondissement, 2))
	s.Set("formulaires", len(e.Formulaires))
}

// identifier lets an identifier of an act into a summary only when it is one:
// anything may stand in its place in a hostile or broken file.
func identifier(s string) string {
	if !idPattern.MatchString(s) {
		return ""
	}
	return s
}

// code lets a code of at most so many characters into a summary, only when it
// looks like one: a number typed into the wrong field may be that of a phone.
func code(s string, most int) string {
	if len(s) > most {
		return ""
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && strings.IndexByte("_-./|", c) < 0 {
			return ""
		}
	}
	return s
}
