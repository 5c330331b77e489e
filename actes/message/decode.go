package message

import (
	"math"
	"strconv"
	"strings"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmltree"
)

// decoder turns a tree into a typed value. It says nothing of what it cannot
// read, which is left zero: the grammar has said it. It notes what the rules
// need that the typed value does not tell.
type decoder struct {
	fix   func(string) string // applied to every text
	extra []Extra
	// nombre is the Annexes/@Nombre read last, -1 when it is no number, and
	// annexes the place of that element.
	nombre  int
	annexes *xmltree.Node
}

func (d *decoder) text(n *xmltree.Node) string {
	if n == nil {
		return ""
	}
	return d.str(n.Text)
}

func (d *decoder) str(s string) string {
	if d.fix != nil {
		s = d.fix(s)
	}
	return strings.Clone(s)
}

// attr returns an attribute: in the namespace as the schema wants it, else in
// that of another edition, or without one as hand-made messages have it.
func (d *decoder) attr(n *xmltree.Node, local string) string {
	if v, ok := n.Attr(Namespace, local); ok {
		return d.str(v)
	}
	for i := range n.Attrs {
		if a := &n.Attrs[i]; a.Local == local && ours(a.Space) {
			return d.str(a.Value)
		}
	}
	return ""
}

func (d *decoder) siren(n *xmltree.Node) string {
	for _, space := range []string{NamespaceINSEE, Namespace, ""} {
		if v, ok := n.Attr(space, "SIREN"); ok {
			return trim(v)
		}
	}
	return ""
}

func trim(s string) string { return strings.Trim(s, " \t\r\n") }

func date(s string) ged.Date {
	v, err := ged.ParseDateTime(s)
	if err != nil {
		return ged.Date{}
	}
	return v
}

// integer reads an xsd:integer; one out of range is as near as it can be, one
// that is no integer is 0.
func integer(s string) (n int, ok bool) {
	s = trim(s)
	n64, err := strconv.ParseInt(strings.TrimPrefix(s, "+"), 10, 64)
	if err != nil {
		if ne, is := err.(*strconv.NumError); !is || ne.Err != strconv.ErrRange {
			return 0, false
		}
	}
	return int(max(math.MinInt32, min(n64, math.MaxInt32))), true
}

// children gives each child of the element to the slot of its name. A child
// without a slot, or second in a slot for one, is extra. A name ending in *
// may repeat: its slot is called for each.
type slots map[string]func(*xmltree.Node)

func (d *decoder) children(n *xmltree.Node, s slots) {
	if n == nil {
		return
	}
	var seen [16]string
	filled := seen[:0]
next:
	for _, c := range n.Children {
		if ours(c.Space) {
			if f := s[c.Local+"*"]; f != nil {
				f(c)
				continue
			}
			if f := s[c.Local]; f != nil {
				for _, have := range filled {
					if have == c.Local {
						d.leave(c)
						continue next
					}
				}
				filled = append(filled, c.Local)
				f(c)
				continue
			}
		}
		d.leave(c)
	}
}

// maxExtra bounds what is kept of elements that should not be there.
const maxExtra = 100

func (d *decoder) leave(n *xmltree.Node) {
	if len(d.extra) >= maxExtra {
		return
	}
	var b strings.Builder
	for x := range n.Tree() {
		b.WriteString(x.Text)
	}
	d.extra = append(d.extra, Extra{n.Where, n.Local, d.str(b.String())})
}

// into returns slots' functions for plain values.
func (d *decoder) string(to *string) func(*xmltree.Node) {
	return func(n *xmltree.Node) { *to = d.text(n); d.children(n, nil) }
}

func (d *decoder) trimmed(to *string) func(*xmltree.Node) {
	return func(n *xmltree.Node) { *to = trim(d.text(n)); d.children(n, nil) }
}

func (d *decoder) date(to *ged.Date) func(*xmltree.Node) {
	return func(n *xmltree.Node) { *to = date(n.Text); d.children(n, nil) }
}

func (d *decoder) fichier(to *FichierSigne) func(*xmltree.Node) {
	return func(n *xmltree.Node) {
		d.children(n, slots{"NomFichier": d.string(&to.NomFichier), "Signature": d.string(&to.Signature)})
	}
}

func (d *decoder) fichiers(to *[]FichierSigne) func(*xmltree.Node) {
	return func(n *xmltree.Node) {
		var f FichierSigne
		d.fichier(&f)(n)
		*to = append(*to, f)
	}
}

// list reads an element that holds files only.
func (d *decoder) list(to *[]FichierSigne, local string) func(*xmltree.Node) {
	return func(n *xmltree.Node) { d.children(n, slots{local + "*": d.fichiers(to)}) }
}

func (d *decoder) acte(to *DonneesActe) func(*xmltree.Node) {
	return func(n *xmltree.Node) {
		to.Date = date(d.attr(n, "Date"))
		to.NumeroInterne = d.attr(n, "NumeroInterne")
		nature, _ := integer(d.attr(n, "CodeNatureActe"))
		to.Nature = actes.Nature(nature)
		s := slots{
			"Objet":                     d.string(&to.Objet),
			"ClassificationDateVersion": d.date(&to.ClassificationDateVersion),
			"Document":                  d.fichier(&to.Document),
			"PrecedentIdentifiantActe": func(n *xmltree.Node) {
				to.PrecedentIdentifiantActe = trim(d.attr(n, "IDActe"))
			},
			"DocumentPapier": func(n *xmltree.Node) { to.DocumentPapier = trim(n.Text) == "O" },
			"Annexes": func(n *xmltree.Node) {
				d.annexes = n
				var ok bool
				if d.nombre, ok = integer(d.attr(n, "Nombre")); !ok {
					d.nombre = -1
				}
				d.list(&to.Annexes, "Annexe")(n)
			},
		}
		for i := range to.Matiere {
			s["CodeMatiere"+strconv.Itoa(i+1)] = func(n *xmltree.Node) {
				to.Matiere[i], _ = integer(d.attr(n, "CodeMatiere"))
			}
		}
		d.children(n, s)
	}
}

func (d *decoder) courrier(n *xmltree.Node) CourrierPref {
	return CourrierPref{trim(d.attr(n, "IDActe")), date(d.attr(n, "DateCourrierPref"))}
}

func (d *decoder) referent(to **Referent) func(*xmltree.Node) {
	return func(n *xmltree.Node) {
		r := new(Referent)
		d.children(n, slots{"Nom": d.string(&r.Nom), "Telephone": d.string(&r.Telephone), "Email": d.trimmed(&r.Email)})
		*to = r
	}
}

func (d *decoder) enveloppeCL(to *EnveloppeCLMISILL) func(*xmltree.Node) {
	return func(n *xmltree.Node) {
		d.children(n, slots{
			"Emetteur": func(n *xmltree.Node) {
				d.children(n, slots{
					"IDCL": func(n *xmltree.Node) {
						to.Emetteur = actes.Collectivite{SIREN: d.siren(n), Departement: trim(d.attr(n, "Departement")),
							Arrondissement: trim(d.attr(n, "Arrondissement")), Nature: trim(d.attr(n, "Nature"))}
					},
					"Referent": d.referent(&to.Referent),
				})
			},
			"AdressesRetour": func(n *xmltree.Node) {
				d.children(n, slots{"Email*": func(n *xmltree.Node) { to.AdressesRetour = append(to.AdressesRetour, trim(d.text(n))) }})
			},
			"FormulairesEnvoyes": d.list(&to.Formulaires, "Formulaire"),
		})
	}
}

func (d *decoder) enveloppeMI(to *EnveloppeMISILLCL, n *xmltree.Node) {
	service := func(a Autorite) func(*xmltree.Node) {
		return func(n *xmltree.Node) {
			to.Autorite = a
			to.Departement = trim(d.attr(n, "Departement"))
			to.Arrondissement = trim(d.attr(n, "Arrondissement"))
		}
	}
	d.children(n, slots{
		"Emetteur": func(n *xmltree.Node) {
			d.children(n, slots{"IDPref": service(Prefecture), "IDSousPref": service(SousPrefecture), "IDSGAR": service(SGAR),
				"Referent": d.referent(&to.Referent)})
		},
		"FormulairesEnvoyes": d.list(&to.Formulaires, "Formulaire"),
		"Destinataire":       func(n *xmltree.Node) { to.Destinataire = d.siren(n) },
	})
}

func (d *decoder) classification(to *actes.Classification, n *xmltree.Node) {
	d.children(n, slots{
		"DateClassification": d.date(&to.Date),
		"NaturesActes": func(n *xmltree.Node) {
			d.children(n, slots{"NatureActe*": func(n *xmltree.Node) {
				code, _ := integer(d.attr(n, "CodeNatureActe"))
				nature := actes.NatureActe{Code: actes.Nature(code), Abrege: d.attr(n, "TypeAbrege"), Libelle: d.attr(n, "Libelle")}
				d.children(n, slots{"TypePJNatureActe*": func(n *xmltree.Node) {
					nature.Typologies = append(nature.Typologies, actes.Typologie{Code: d.attr(n, "CodeTypePJ"), Libelle: d.attr(n, "Libelle")})
				}})
				to.Natures = append(to.Natures, nature)
			}})
		},
		"Matieres": func(n *xmltree.Node) { to.Matieres = d.branches(n, 1) },
	})
}

func (d *decoder) branches(n *xmltree.Node, level int) []*actes.Branche {
	var out []*actes.Branche
	if level > 5 {
		d.children(n, nil)
		return nil
	}
	d.children(n, slots{"Matiere" + strconv.Itoa(level) + "*": func(n *xmltree.Node) {
		code, _ := integer(d.attr(n, "CodeMatiere"))
		out = append(out, &actes.Branche{Code: code, Libelle: d.attr(n, "Libelle"), Sous: d.branches(n, level+1)})
	}})
	return out
}

// message reads the root element.
func (d *decoder) message(n *xmltree.Node, kind Kind) Message {
	out := kind.New()
	if c, document := letterOf(out); c != nil {
		*c = d.courrier(n)
		s := slots{}
		if document != nil {
			s["Document"] = d.fichier(document)
		}
		switch m := out.(type) {
		case *DemandePieceComplementaire:
			s["DescriptionPieces"] = d.string(&m.DescriptionPieces)
		case *LettreObservations:
			s["Motif"] = d.string(&m.Motif)
		case *PieceComplementaire:
			s["Documents"] = d.list(&m.Documents, "Document")
		}
		d.children(n, s)
		return out
	}
	if received, c := answerOf(out); c != nil {
		*received = date(d.attr(n, "DateReception"))
		d.children(n, slots{"InfosCourrierPref": func(n *xmltree.Node) { *c = d.courrier(n) }})
		return out
	}
	switch m := out.(type) {
	case *Acte:
		d.acte(&m.DonneesActe)(n)
	case *ARActe:
		m.IDActe, m.DateReception = trim(d.attr(n, "IDActe")), date(d.attr(n, "DateReception"))
		d.children(n, slots{"ActeRecu": d.acte(&m.ActeRecu), "ClassificationDateVersionEnCours": d.date(&m.ClassificationDateVersionEnCours)})
	case *AnomalieActe:
		d.children(n, slots{"Date": d.date(&m.Date), "Nature": d.trimmed(&m.Nature), "Detail": d.string(&m.Detail),
			"ActeRecu": d.acte(&m.ActeRecu), "ClassificationDateVersionEnCours": d.date(&m.ClassificationDateVersionEnCours)})
	case *DefereTA:
		m.IDActe = trim(d.attr(n, "IDActe"))
		d.children(n, slots{"DateDepot": d.date(&m.DateDepot), "NatureIllegalite": d.string(&m.NatureIllegalite),
			"PiecesJointes": d.list(&m.PiecesJointes, "PieceJointe")})
	case *Annulation:
		m.IDActe = trim(d.attr(n, "IDActe"))
		d.children(n, nil)
	case *ARAnnulation:
		m.IDActe, m.DateReception = trim(d.attr(n, "IDActe")), date(d.attr(n, "DateReception"))
		d.children(n, nil)
	case *DemandeClassification:
		d.children(n, slots{"DateClassification": d.date(&m.DateClassification)})
	case *RetourClassification:
		d.classification(&m.Classification, n)
	case *ReponseClassificationSansChangement:
		d.children(n, slots{"DateClassification": d.date(&m.DateClassification)})
	case *EnveloppeCLMISILL:
		d.enveloppeCL(m)(n)
	case *EnveloppeMISILLCL:
		d.enveloppeMI(m, n)
	case *AnomalieEnveloppe:
		d.children(n, slots{"Date": d.date(&m.Date), "Nature": d.trimmed(&m.Nature), "Detail": d.string(&m.Detail),
			"EnveloppeRecue": d.enveloppeCL(&m.EnveloppeRecue)})
	}
	return out
}

// where returns the place of an attribute, else of its element.
func where(n *xmltree.Node, local string) report.Location {
	if n == nil {
		return report.Location{}
	}
	for i := range n.Attrs {
		if n.Attrs[i].Local == local {
			return n.Attrs[i].Where
		}
	}
	return n.Where
}
