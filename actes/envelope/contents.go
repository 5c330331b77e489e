package envelope

import (
	"strconv"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/budget"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// contents applies the rules of formats, typology, PDF and budget to the files
// of a message the authority sends.
func (r *reader) contents(i int, files []named) {
	rc := &r.env.Messages[i]
	p := r.opt.Profile
	exp := baseOf(rc.Message, "", "")
	cadre := actes.Cadre{Profile: p, Nature: exp.nature}
	acte, isActe := rc.Message.(*message.Acte)
	if isActe {
		cadre.Matiere = acte.Matiere
		if p == actes.S2LOW {
			cadre.Matiere = acte.Matiere.UpToHole()
		}
		if p == actes.STELA && acte.Nature == actes.Budgetaire && len(acte.Annexes) == 0 {
			r.add("M12", actes.AnnexeRequise, in(rc.Nom))
		}
	}
	// The types permitted are those of the classification the act quotes; when
	// that is not the one at hand, those of any edition.
	listing := r.opt.Classification
	if isActe && listing != nil && acte.ClassificationDateVersion != listing.Date {
		listing = nil
	}
	for k, n := range files {
		j := rc.Files[k]
		if j < 0 {
			continue
		}
		f, c := &r.env.Files[j], &r.info[j]
		if c.cut {
			continue // what is left of it says nothing
		}
		where := in(f.Nom)
		label := labelOf(n)
		if f.Taille == 0 {
			r.add("M12", actes.FichierVide, where, label)
		} else {
			scratch := report.New(r.opt.Report)
			format := cadre.Check(scratch, where, label, n.at, f.Nom, c.head)
			r.refer(scratch, ofMessage, false)
			if n.role == RolePrincipal {
				cadre.Principal = format
			}
		}
		r.typology(where, label, n, exp.nature, cadre.Matiere, listing)
		r.content(f, c, n, cadre)
	}
}

func labelOf(n named) report.Param {
	if n.role == RoleReponse {
		k := strconv.Itoa(n.place + 1)
		return report.Words("file", "Pièce "+k, "Document "+k)
	}
	return actes.FileLabel(n.place)
}

// typology judges the code in the name of a file. It is mandatory since
// November 2018, by the date of the envelope's name; S²LOW asks for it whatever
// the date. Answers carry it since 2019, and no source says they are refused
// without.
func (r *reader) typology(where report.Location, label report.Param, n named, nature actes.Nature, matiere actes.Matiere, cl *actes.Classification) {
	if r.opt.Profile == actes.STELA {
		return
	}
	severity := report.Error
	if d := r.env.Date(); !d.IsZero() && d.Before(actes.TypologieObligatoire) && r.opt.Profile != actes.S2LOW {
		severity = report.Warning
	}
	code := ""
	if len(n.NomFichier) > 5 && n.NomFichier[5] == '-' && isCodePJ(n.NomFichier[:5]) {
		code = n.NomFichier[:5]
	}
	if n.role == RoleReponse && code == "" {
		severity = report.Warning
	}
	scratch := report.New(r.opt.Report)
	actes.CheckTypologie(scratch, where, severity, label, code, nature, matiere, cl, r.opt.Politique)
	r.refer(scratch, ofMessage, false)
}

// content merges what was found in a file: PDF, budget, signatures.
func (r *reader) content(f *File, c *content, n named, cadre actes.Cadre) {
	where := in(f.Nom)
	if !c.whole && f.Taille > 0 && (f.Format == actes.PDF || f.Format == actes.XML) {
		ref := "M14"
		if f.Format == actes.XML {
			ref = "M17"
		}
		r.add(ref, ContenuNonControle, where, entry(f.Nom), report.P("format", f.Format.String()))
	}
	if c.isPDF && c.rep != nil {
		r.refer(in2(c.rep, f.Nom), ofPDF, false)
	}
	market := cadre.Nature == actes.Contrat && cadre.Matiere[0] == 1 && cadre.Matiere[1] == 1
	if c.signed != nil && !*c.signed && !market {
		r.add("M15", SignatureInvalide, where, entry(f.Nom))
	}
	main := n.role == RolePrincipal && f.Format == actes.XML && cadre.Nature == actes.Budgetaire &&
		(r.opt.Profile == actes.STELA || cadre.Matiere[0] == 7 && cadre.Matiere[1] == 1)
	switch {
	case c.budget != nil && (main || c.isBudget && n.role == RoleAnnexe):
		r.refer(c.budget, ofBudget, false)
	case main && c.tried: // it is a message, or no XML at all
		r.refer(c.rep, ofBudget, false)
		if c.msg != nil {
			r.add("M17", budget.Racine, where, report.P("element", c.msg.Root()))
		}
	}
}

// in2 is the report as seen from outside the file.
func in2(rep *report.Report, member string) *report.Report {
	out := report.New(rep.Options())
	out.Merge(rep, container.Show(member))
	return out
}
