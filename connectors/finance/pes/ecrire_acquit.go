package pes

import (
	"fmt"
	"io"
	"iter"
	"strconv"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlout"
)

const (
	champsErreur        = "NumAnoAck=Code LibelleAnoAck=Libelle"
	champsElementAncien = "DomaineAck! EtatAck! ExerciceBord NumBord NumPiece NumLigne IdUnique NumAnoAck LibelleAnoAck=LibelleAno"
	champsElementRetour = "DomaineAckRetour! NomFichierRetour! TypRestit! DateAcquit!"
	champsEnteteRetour  = "TypRestit! IdVer! NatInf!"
	champsPieceRetour   = "IdPce! TypPce! NatPce! Obj=Objet DtePcePec EtatPce! ObsEtat Commentaire DtePceRej DtePceInst"
	champsLigneRetour   = "IdLigne! EtatLigPce! ObsEtat Commentaire MtHT! MtTVA"
)

var (
	colErreur        = columns[Erreur](champsErreur)
	colElementAncien = columns[ElementAcquit](champsElementAncien)
	colElementRetour = columns[ElementRetour](champsElementRetour)
	colEnteteRetour  = columns[EnteteRetour](champsEnteteRetour)
	colBordRetour    = columns[PieceRetour]("Exer! IdBord! TypBord!")
	colPieceRetour   = columns[PieceRetour](champsPieceRetour)
	colLigneRetour   = columns[LigneRetour](champsLigneRetour)
	// Of a PES_Retour the code of the authority has another name.
	colEnteteRetourPES = columns[Entete]("DteStr! IdPost! LibellePoste IdColl! FinJur CodColl=CodCol! CodBud! LibelleColBud")
)

// document writes a document around what inside writes.
func document(dst io.Writer, opt Ecriture, root Root, space string, e *Entete, cols []column, inside func(*Writer)) (*report.Report, error) {
	w := &Writer{rep: report.New(opt.Controle.Report), opt: &opt}
	w.x = xmlout.New(dst, xmlout.Options{Latin1: true, Indent: opt.Indent})
	w.path = append(w.path, "n:"+string(root))
	w.x.Start("n", string(root))
	w.x.Namespace("n", space)
	w.enveloppe(e)
	w.in("EnTetePES", func() { put(w, e, cols) })
	inside(w)
	w.end()
	if err := w.x.Close(); err != nil {
		return nil, fmt.Errorf("pes: %w", err)
	}
	if w.refused {
		return w.rep, fmt.Errorf("pes: %w", w.rep.Err())
	}
	return w.rep, nil
}

// EcrireAcquit writes an acknowledgement, in its present form or the one before
// (Ancien): what a fake of Hélios answers. Elements that speak of nothing the
// form can say are an error of the schema, which [Read] tells. The report says
// what became of characters; the error is as that of [Ecrire].
func EcrireAcquit(dst io.Writer, e *Entete, a *ReadingAcquit, opt Ecriture) (*report.Report, error) {
	space := NamespaceAcquit
	if a.Ancien {
		space = NamespaceAncienAcquit
	}
	return document(dst, opt, Acquit, space, e, colEntetePES, func(w *Writer) {
		w.in("ACQUIT", func() {
			w.in("EnTeteAcquit", func() { w.value("IdVer", valueOr(a.IdVer, "2")) })
			for i := range a.Elements {
				x := &a.Elements[i]
				w.in("ElementACQUIT"+index(i+1), func() {
					if a.Ancien {
						put(w, x, colElementAncien)
					} else {
						w.element(x)
					}
				})
			}
		})
	})
}

// element writes an element of the present form: anomalies of one piece stand
// together, and so do those of one line.
func (w *Writer) element(x *ElementAcquit) {
	w.value("DomaineAck", x.DomaineAck)
	w.value("EtatAck", x.EtatAck)
	switch {
	case x.IdUnique != "":
		w.value("IdUnique", x.IdUnique)
	case x.IdMarche != "":
		w.value("IdMarche", x.IdMarche)
	default:
		if x.NumBord != "" {
			w.value("NumBord", x.NumBord)
		}
		if x.ExerciceBord != "" {
			w.value("ExerciceBord", x.ExerciceBord)
		}
	}
	errors := func(piece, ligne string) {
		for i := range x.Erreurs {
			if r := &x.Erreurs[i]; r.Piece == piece && r.Ligne == ligne {
				w.in("Erreur", func() { put(w, r, colErreur) })
			}
		}
	}
	distinct := func(of func(*Erreur) string) (all []string) {
		met := map[string]bool{"": true}
		for i := range x.Erreurs {
			if v := of(&x.Erreurs[i]); !met[v] {
				met[v] = true
				all = append(all, v)
			}
		}
		return all
	}
	errors("", "")
	for _, piece := range distinct(func(r *Erreur) string { return r.Piece }) {
		w.in("DetailPiece", func() {
			w.value("NumPiece", piece)
			errors(piece, "")
			for _, ligne := range distinct(func(r *Erreur) string {
				if r.Piece != piece {
					return ""
				}
				return r.Ligne
			}) {
				w.in("DetailLigne", func() {
					w.value("NumLigne", ligne)
					errors(piece, ligne)
				})
			}
		})
	}
}

// EcrireAcquitRetour writes the confirmation of PES_Retour files. The schemas of
// the DGFiP want CodCol in its header, S²LOW (2025) reads CodColl: the latter is
// written when the profile of opt.Controle is [ProfilS2LOW].
func EcrireAcquitRetour(dst io.Writer, e *Entete, retours []ElementRetour, opt Ecriture) (*report.Report, error) {
	cols := colEntetePES
	if opt.Controle.Profile == ProfilS2LOW {
		cols = colEnteteRetourPES
	}
	return document(dst, opt, AcquitRetour, NamespaceAcquitRetour, e, cols, func(w *Writer) {
		w.in("ACQUIT_RETOUR", func() {
			w.in("EnTeteAcquit_Retour", func() { w.value("IdVer", "1") })
			for i := range retours {
				w.in("ElementACQUIT_RETOUR"+index(i+1), func() { put(w, &retours[i], colElementRetour) })
			}
		})
	})
}

// EnteteRetour is the header of a domain of a PES_Retour.
type EnteteRetour struct {
	TypRestit string // 01 rejections, 02 periodic, 03 stock
	IdVer     string
	NatInf    string // 1 stock, 2 flux
}

// EcrireRetour writes a PES_Retour of the states of pieces, in constant memory:
// what a fake of Hélios tells later. Pieces of one domain, and in it of one
// bordereau, must follow one another, dépense first; those of each domain get
// the header given.
func EcrireRetour(dst io.Writer, e *Entete, h EnteteRetour, pieces iter.Seq[*PieceRetour], opt Ecriture) (*report.Report, error) {
	return document(dst, opt, Retour, NamespaceRetour, e, colEnteteRetourPES, func(w *Writer) {
		domaine, key := Domaine(0), ""
		closeTo := func(depth int) {
			for len(w.path) > depth {
				w.end()
			}
		}
		for p := range pieces {
			if w.x.Err() != nil {
				return
			}
			if p.Domaine != domaine {
				closeTo(1)
				domaine, key = p.Domaine, ""
				name, header := "PES_DepenseRetour", "EnTeteDepense"
				if domaine == Recette {
					name, header = "PES_RecetteRetour", "EnTeteRecette"
				}
				w.open(name)
				w.in(header, func() { put(w, &h, colEnteteRetour) })
			}
			if k := strconv.Quote(p.Exer) + strconv.Quote(p.IdBord) + p.TypBord; k != key {
				closeTo(2)
				key = k
				w.open("Bordereau")
				w.in("BlocBordereau", func() { put(w, p, colBordRetour) })
			}
			w.in("Piece", func() {
				head := "InfoPiece"
				if domaine == Recette {
					head = "BlocPiece"
				}
				w.in(head, func() { put(w, p, colPieceRetour) })
				for i := range p.Lignes {
					w.in("LigneDePiece", func() {
						w.in("BlocLignePiece", func() {
							w.in("InfoLignePiece", func() { put(w, &p.Lignes[i], colLigneRetour) })
						})
					})
				}
			})
		}
		closeTo(1)
	})
}

func valueOr(v, other string) string {
	if v == "" {
		return other
	}
	return v
}
