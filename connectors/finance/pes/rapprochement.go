package pes

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Envoi is the inventory of a PES_Aller that was sent: what an acknowledgement
// speaks of, and where it stands in the file.
type Envoi struct {
	Entete     Entete
	Bordereaux []BordereauEnvoye
	PJ         []PJEnvoyee
	// SigneGlobal says that one signature covers the whole file: nothing can be
	// taken out of it without signing again.
	SigneGlobal bool
	encoding    string
	namespaces  []xmlcore.Namespace // of the root
	nomFic, pj  Etendue
	signature   Etendue
	marche      Etendue
	facture     Etendue
	domaines    [3]Etendue
}

// BordereauEnvoye is a bordereau of an [Envoi].
type BordereauEnvoye struct {
	Domaine               Domaine
	Exer, IdBord, TypBord string
	Signe                 bool
	// PJ are the pièces justificatives its pieces announce on electronic support.
	PJ      []PJAnnoncee
	Etendue Etendue
}

// Cle identifies the bordereau as acknowledgements do: "2024/12".
func (b *BordereauEnvoye) Cle() string { return cle(b.Exer, b.IdBord) }

// PJAnnoncee says which piece announces a pièce justificative.
type PJAnnoncee struct{ IdUnique, IdPce string }

// PJEnvoyee is a pièce justificative of an [Envoi].
type PJEnvoyee struct {
	IdUnique string
	// RefCompta says that the block is there.
	RefCompta  bool
	Etendue    Etendue
	finContenu int64
}

// Inventorier reads a PES_Aller that was sent. The error is that of the source,
// or a *[report.InvalidError] when the document is no PES_Aller that can be read
// to its end.
func Inventorier(ctx context.Context, src io.Reader, opt Options) (*Envoi, error) {
	_, e, err := inventorier(ctx, src, opt)
	return e, err
}

// inventorier tells opt.Visit of what it reads, too.
func inventorier(ctx context.Context, src io.Reader, opt Options) (*Reading, *Envoi, error) {
	e := &Envoi{}
	outer := opt.Visit
	var b *BordereauEnvoye
	piece := ""
	announce := func(refs []PJRef) {
		for _, r := range refs {
			if b != nil && r.Support == "01" && r.IdUnique != "" {
				b.PJ = append(b.PJ, PJAnnoncee{r.IdUnique, piece})
			}
		}
	}
	opt.Visit = func(it Item) error {
		switch x := it.(type) {
		case *Bordereau:
			e.Bordereaux = append(e.Bordereaux, BordereauEnvoye{Domaine: x.Domaine, Exer: x.Exer, IdBord: x.IdBord, TypBord: x.TypBord})
			b = &e.Bordereaux[len(e.Bordereaux)-1]
		case *Piece:
			piece = x.IdPce
			announce(x.PJRefs)
		case *Ligne:
			announce(x.PJRefs)
		case *FinBordereau:
			b.Signe, b.Etendue = x.Signe, x.Etendue
			b = nil
		case *PJ:
			e.PJ = append(e.PJ, PJEnvoyee{x.IdUnique, len(x.RefCompta) > 0, x.Etendue, x.finContenu})
		}
		if outer != nil {
			return outer(it)
		}
		return nil
	}
	r, err := Read(ctx, src, opt)
	if err != nil {
		return nil, nil, err
	}
	if r.Root != Aller || !r.Lu {
		if r.Root != "" && r.Root != Aller {
			r.Report.Add(RacineInconnue, report.Location{Member: opt.Member}, report.Code("root", string(r.Root)))
		}
		return nil, nil, fmt.Errorf("pes: %w", r.Report.Err())
	}
	e.namespaces = r.marks.namespaces
	e.Entete, e.SigneGlobal, e.encoding = r.Entete, r.Facts.SigneGlobal, r.Encoding
	e.nomFic, e.pj, e.signature, e.domaines = r.marks.nomFic, r.marks.pj, r.marks.signature, r.marks.domaines
	e.marche, e.facture = r.marks.marche, r.marks.facture
	return r, e, nil
}

// Rapprochement is what an acknowledgement means for what was sent, and what is
// the least to send again.
type Rapprochement struct {
	// Lie says that the acknowledgement answers this file: same NomFic and CodCol.
	// Nothing else is filled when it does not.
	Lie bool
	// Flux says that the whole file was refused. MemesOctets says that nothing was
	// wrong with it: the same bytes may be sent again.
	Flux, MemesOctets bool
	// Acceptes, Rejetes and Inconnus are the bordereaux ("2024/12") accepted,
	// refused, and those the acknowledgement does not speak of: ask the accountant
	// about the latter, and do not send them again.
	Acceptes, Rejetes, Inconnus []string
	// PJInconnues are the pièces justificatives it does not speak of.
	PJInconnues []string
	// Bordereaux are to be sent again, whole.
	Bordereaux []string
	// PJ are to be sent again, corrected. Those of AvecRefCompta, whose bordereau
	// was accepted, need a block RefCompta.
	PJ, AvecRefCompta []string
	// PJRefSeules were accepted while their bordereau was refused: its PJRef is
	// enough, the PJ must not be sent again.
	PJRefSeules []string
	// Marches and Facture say that the contracts (PES_Marche), the invoices
	// (PES_Facture) of the file were refused, one of them at least: the block is to
	// be sent again whole, since acknowledgements speak of them in too few words.
	Marches, Facture bool
	// DejaIntegrees were refused because a PJ of that identifier is at Hélios
	// already: nothing to send, but another content may be there.
	DejaIntegrees []string

	bordereaux map[int]bool // to be sent again, by their place in the Envoi
}

// Rapprocher compares an acknowledgement with what was sent. All lists are
// sorted.
func (e *Envoi) Rapprocher(acquit *Reading) *Rapprochement {
	r := &Rapprochement{bordereaux: map[int]bool{}}
	a := acquit.Acquit
	if a == nil || acquit.Entete.NomFic != e.Entete.NomFic || acquit.Entete.CodCol != e.Entete.CodCol {
		return r
	}
	r.Lie = true
	bordereaux, pj, duplicate := map[string]bool{}, map[string]bool{}, map[string]bool{}
	r.Flux = a.NonAcquit
	repeatable, anomalies := 0, 0
	for i := range a.Elements {
		x := &a.Elements[i]
		ok := x.Accepte()
		for j := range x.Erreurs {
			anomalies++
			if x.Erreurs[j].Repetable() {
				repeatable++
			}
		}
		switch {
		case x.Flux():
			r.Flux = r.Flux || !ok
		case number(x.DomaineAck) == "11" || x.IdMarche != "":
			r.Marches = r.Marches || !ok
		case number(x.DomaineAck) == "12":
			r.Facture = r.Facture || !ok
		case x.IdUnique != "":
			before, met := pj[x.IdUnique]
			pj[x.IdUnique] = ok && (before || !met)
			for j := range x.Erreurs {
				duplicate[x.IdUnique] = duplicate[x.IdUnique] || x.Erreurs[j].Code == "ERREUR_DOUBLON_PJ"
			}
		case x.NumBord != "":
			for _, key := range keysOf(x) {
				before, met := bordereaux[key]
				bordereaux[key] = ok && (before || !met) // one refusal is enough
			}
		}
	}
	r.MemesOctets = anomalies > 0 && repeatable == anomalies
	r.Marches = e.marche.Fin > 0 && (r.Marches || r.Flux)
	r.Facture = e.facture.Fin > 0 && (r.Facture || r.Flux)
	refusedPJ := map[string]bool{}
	for _, p := range e.PJ {
		accepted, met := pj[p.IdUnique]
		switch {
		case r.Flux:
			refusedPJ[p.IdUnique] = true
		case !met:
			r.PJInconnues = append(r.PJInconnues, p.IdUnique)
		case !accepted && duplicate[p.IdUnique]:
			r.DejaIntegrees = append(r.DejaIntegrees, p.IdUnique)
		case !accepted:
			refusedPJ[p.IdUnique] = true
		}
	}
	ofRefused := map[string]bool{} // PJ that a bordereau to be sent again announces
	for i := range e.Bordereaux {
		b := &e.Bordereaux[i]
		accepted, met := bordereaux[b.Domaine.Code()+" "+b.Cle()]
		switch {
		case r.Flux, met && !accepted:
			r.Rejetes = append(r.Rejetes, b.Cle())
			r.Bordereaux = append(r.Bordereaux, b.Cle())
			r.bordereaux[i] = true
			for _, p := range b.PJ {
				ofRefused[p.IdUnique] = true
				if pj[p.IdUnique] && !r.Flux {
					r.PJRefSeules = append(r.PJRefSeules, p.IdUnique)
				}
			}
		case met:
			r.Acceptes = append(r.Acceptes, b.Cle())
		default:
			r.Inconnus = append(r.Inconnus, b.Cle())
		}
	}
	for id := range refusedPJ {
		r.PJ = append(r.PJ, id)
	}
	if !r.Flux {
		for _, p := range e.PJ {
			if refusedPJ[p.IdUnique] && !ofRefused[p.IdUnique] && !p.RefCompta {
				r.AvecRefCompta = append(r.AvecRefCompta, p.IdUnique)
			}
		}
	}
	for _, l := range []*[]string{&r.Acceptes, &r.Rejetes, &r.Inconnus, &r.PJInconnues, &r.Bordereaux, &r.PJ, &r.AvecRefCompta, &r.PJRefSeules, &r.DejaIntegrees} {
		slices.Sort(*l)
		*l = slices.Compact(*l)
	}
	return r
}

// keysOf returns the bordereaux an element may speak of: its signature (domain
// 3) is that of a bordereau of either domain.
func keysOf(x *ElementAcquit) []string {
	switch number(x.DomaineAck) {
	case "5":
		return []string{Depense.Code() + " " + x.Cle()}
	case "6", "7":
		return []string{Recette.Code() + " " + x.Cle()}
	case "3":
		return []string{Depense.Code() + " " + x.Cle(), Recette.Code() + " " + x.Cle()}
	}
	return nil
}

// Signaler adds to a report what someone must know of the comparison.
func (r *Rapprochement) Signaler(rep *report.Report) {
	if !r.Lie {
		rep.Add(AcquitNonLie, report.Location{})
		return
	}
	if len(r.Inconnus) > 0 {
		names := make([]string, len(r.Inconnus))
		for i, key := range r.Inconnus {
			p := shown("bordereau", key)
			names[i] = p.Text(report.FR)
		}
		rep.Add(AcquitMuet, report.Location{}, report.All("bordereaux", names))
	}
	for _, id := range r.DejaIntegrees {
		rep.Add(AcquitPJDouble, report.Location{}, shown("id", id))
	}
}
