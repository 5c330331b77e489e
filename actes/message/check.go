package message

import (
	"strings"
	"unicode/utf8"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmltree"
)

// checker applies the rules that a grammar cannot express, or that say whether
// a message is of any use.
type checker struct {
	rep  *report.Report
	opt  Options
	root *xmltree.Node
	kind Kind
	d    *decoder
	cut  bool // the document is not well-formed: what is missing stood further on
}

func (c *checker) check(m Message) {
	if c.kind.Sens == Retour && !c.cut {
		c.useful(m)
	}
	switch m := m.(type) {
	case *Acte:
		c.acte(m)
	case *ARActe:
		c.echo(m.ActeRecu, "ActeRecu")
		c.identifier(m)
	case *AnomalieActe:
		c.echo(m.ActeRecu, "ActeRecu")
	case *RetourClassification:
		m.Classification.Check(c.rep, c.root.Where)
	case *EnveloppeCLMISILL:
		c.emetteur(m.Emetteur, c.child("Emetteur", "IDCL"), report.Error)
	case *AnomalieEnveloppe:
		c.emetteur(m.EnveloppeRecue.Emetteur, c.child("EnveloppeRecue", "Emetteur", "IDCL"), report.Warning)
	case *EnveloppeMISILLCL:
		c.emetteur(actes.Collectivite{SIREN: m.Destinataire}, c.child("Destinataire"), report.Warning)
		c.emetteur(actes.Collectivite{Departement: m.Departement, Arrondissement: m.Arrondissement}, c.child("Emetteur"), report.Warning)
	}
}

// child follows a path of names, whatever their namespace.
func (c *checker) child(path ...string) *xmltree.Node {
	n := c.root
	for _, local := range path {
		var next *xmltree.Node
		for _, k := range n.Children {
			if k.Local == local {
				next = k
				break
			}
		}
		if next == nil {
			return nil
		}
		n = next
	}
	return n
}

// useful reports the things without which a message of the State is worth
// nothing to who receives it.
func (c *checker) useful(m Message) {
	var missing []string
	need := func(name string, absent bool) {
		if absent {
			missing = append(missing, name)
		}
	}
	if _, infos := answerOf(m); infos != nil {
		need("InfosCourrierPref", infos.IDActe == "")
	} else if c.kind.Code[0] >= '1' && c.kind.Code[0] <= '6' && c.kind.Code != "1-3" {
		need("IDActe", IDActe(m) == "")
	}
	switch m := m.(type) {
	case *ARActe:
		need("DateReception", m.DateReception.IsZero())
	case *ARAnnulation:
		need("DateReception", m.DateReception.IsZero())
	case *AnomalieActe:
		need("Nature", m.Nature == "")
		need("ActeRecu", c.child("ActeRecu") == nil)
	case *AnomalieEnveloppe:
		need("Nature", m.Nature == "")
		need("EnveloppeRecue", c.child("EnveloppeRecue") == nil)
	case *RetourClassification:
		need("DateClassification", m.Classification.Date.IsZero())
	case *ReponseClassificationSansChangement:
		need("DateClassification", m.DateClassification.IsZero())
	case *EnveloppeMISILLCL:
		named := false
		for _, f := range m.Formulaires {
			named = named || f.NomFichier != ""
		}
		need("Formulaire", !named)
	}
	if missing != nil {
		c.rep.Add(MessageInutile, c.root.Where, report.P("code", c.kind.Code), report.All("missing", missing))
	}
}

// acte applies the rules of an act about to be transmitted. What the schema
// says already is not said twice.
func (c *checker) acte(m *Acte) {
	p := c.opt.Profile
	today := actes.Options{Now: c.opt.Now, Location: c.opt.Location}.Today()
	if _, given := c.given(c.root, "NumeroInterne"); given && utf8.RuneCountInString(m.NumeroInterne) <= 15 {
		actes.CheckNumero(c.rep, where(c.root, "NumeroInterne"), m.NumeroInterne, p)
	}
	if n := c.child("Objet"); n != nil && !c.cut && utf8.RuneCountInString(m.Objet) <= 500 {
		actes.CheckObjet(c.rep, n.Where, m.Objet, p)
	}
	if m.Date.Valid() {
		actes.CheckDate(c.rep, where(c.root, "Date"), m.Date, today, p)
	}
	if v, given := c.given(c.root, "CodeNatureActe"); given && !m.Nature.Valid() && p != actes.STELA {
		if _, ok := integer(v); ok {
			c.rep.Add(actes.NatureInconnue, where(c.root, "CodeNatureActe"), report.Int("nature", m.Nature))
		}
	}
	if p != actes.STELA && c.child("CodeMatiere1") != nil && c.child("CodeMatiere2") != nil {
		actes.CheckMatiere(c.rep, c.root.Where, m.Matiere, p)
	}
	if !c.cut {
		c.annexes(m.DonneesActe, report.Error)
	}
}

// given returns an attribute of the protocol, whatever its namespace.
func (c *checker) given(n *xmltree.Node, local string) (string, bool) {
	for i := range n.Attrs {
		if a := &n.Attrs[i]; a.Local == local && ours(a.Space) {
			return a.Value, true
		}
	}
	return "", false
}

func (c *checker) annexes(a DonneesActe, severity report.Severity) {
	if n := c.d.annexes; n != nil && c.opt.Profile != actes.STELA && c.d.nombre >= 0 && c.d.nombre != len(a.Annexes) {
		c.rep.AddAs(severity, MessageAnnexes, where(n, "Nombre"), report.Int("declared", c.d.nombre), report.Int("found", len(a.Annexes)))
	}
}

// echo looks at an act the ministry quotes back. What is wrong with it was
// sent by the authority: it is worth a warning and no more.
func (c *checker) echo(a DonneesActe, local string) {
	n := c.child(local)
	if n == nil {
		return
	}
	c.downgraded(report.Warning, func(rep *report.Report) {
		if a.Matiere.Hole() != 0 {
			actes.CheckMatiere(rep, n.Where, a.Matiere, c.opt.Profile)
		}
	})
	c.annexes(a, report.Warning)
}

// identifier compares the identifier of an ARActe with the act it quotes.
func (c *checker) identifier(m *ARActe) {
	id, err := actes.ParseIDActe(m.IDActe)
	if err != nil || m.ActeRecu.NumeroInterne == "" {
		return
	}
	field := ""
	switch {
	case id.Numero != m.ActeRecu.NumeroInterne:
		field = "NumeroInterne"
	case !m.ActeRecu.Date.IsZero() && id.Date != m.ActeRecu.Date:
		field = "Date"
	case m.ActeRecu.Nature.Valid() && id.Nature != m.ActeRecu.Nature:
		field = "CodeNatureActe"
	default:
		return
	}
	c.rep.Add(MessageIdentifiant, where(c.root, "IDActe"), report.P("field", field))
}

func (c *checker) emetteur(e actes.Collectivite, n *xmltree.Node, most report.Severity) {
	if n == nil {
		return
	}
	c.downgraded(most, func(rep *report.Report) {
		all := report.New(rep.Options())
		e.Check(all, n.Where)
		for f := range all.All() {
			switch f.Rule {
			case actes.SIRENForme, actes.ArrondissementForme, actes.CollectiviteForme:
				continue // the schema has said it
			case actes.SIRENCle:
				if c.opt.Profile == actes.STELA {
					continue // which counts the digits and no more
				}
			case actes.DepartementForme:
				if !strings.Contains(e.Departement, "|") {
					continue
				}
			}
			rep.Record(*f)
		}
	})
}

// downgraded runs a check whose findings weigh at most so much.
func (c *checker) downgraded(most report.Severity, check func(*report.Report)) {
	rep := report.New(c.rep.Options())
	check(rep)
	for f := range rep.All() {
		g := *f
		g.Severity = min(g.Severity, most)
		c.rep.Record(g)
	}
}
