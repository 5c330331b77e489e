package pes

import (
	"maps"
	"reflect"
	"strings"
)

// fields returns the nodes of elements that each fill the field of their name;
// "Obj=Objet" fills another, and a final "!" marks what must be there, for who
// writes. A second element of the name changes nothing.
func fields[T any](get func(*decoder) *T, names string) map[string]*node {
	t := reflect.TypeFor[T]()
	kids := map[string]*node{}
	for _, spec := range strings.Fields(names) {
		element, field, renamed := strings.Cut(strings.TrimSuffix(spec, "!"), "=")
		if !renamed {
			field = element
		}
		f, ok := t.FieldByName(field)
		if !ok {
			panic("pes: " + t.Name() + " has no field " + field) // found by any test
		}
		at := func(d *decoder) any {
			p := get(d)
			if p == nil {
				return nil
			}
			return reflect.ValueOf(p).Elem().FieldByIndex(f.Index).Addr().Interface()
		}
		n := &node{}
		if f.Type == reflect.TypeFor[Montant]() {
			n.money = func(d *decoder) *Montant {
				if p, ok := at(d).(*Montant); ok && p.Ecrit == "" {
					return p
				}
				return nil
			}
		} else {
			n.value = func(d *decoder) *string {
				if p, ok := at(d).(*string); ok && *p == "" {
					return p
				}
				return nil
			}
		}
		kids[element] = n
	}
	return kids
}

// with adds nodes to others.
func with(kids map[string]*node, more map[string]*node) map[string]*node {
	maps.Copy(kids, more)
	return kids
}

func holds(kids map[string]*node) *node { return &node{kids: kids} }

// lazily returns the target of a pointer, made when first asked for.
func lazily[T any](p **T) *T {
	if *p == nil {
		*p = new(T)
	}
	return *p
}

var fichier = &node{}

var entetePES = holds(fields(func(d *decoder) *Entete { return &d.entete },
	champsEntetePES))

var parametres = func() map[string]*node {
	kids := fields(func(d *decoder) *Entete { return &d.entete }, champsParametres)
	spanned(kids["NomFic"], func(d *decoder) *Etendue { return &d.marks.nomFic })
	return kids
}()

// spanned makes a node note where its first element stands.
func spanned(n *node, of func(*decoder) *Etendue) *node {
	begin, end := n.begin, n.end
	n.begin = func(d *decoder) {
		if e := of(d); e.Fin == 0 {
			e.Debut = d.r.Offset()
		}
		if begin != nil {
			begin(d)
		}
	}
	n.end = func(d *decoder) error {
		if e := of(d); e.Fin == 0 {
			e.Fin = d.r.End()
		}
		if end != nil {
			return end(d)
		}
		return nil
	}
	return n
}

var enveloppe = holds(map[string]*node{
	"Parametres": holds(parametres),
	"Emetteur":   holds(fields(func(d *decoder) *CarteVisite { return &d.entete.Emetteur }, champsVisite)),
	"Recepteur":  holds(fields(func(d *decoder) *CarteVisite { return &d.entete.Recepteur }, champsVisite)),
})

var allerRoot = holds(map[string]*node{
	"Enveloppe": enveloppe,
	"EnTetePES": {
		kids:  entetePES.kids,
		begin: func(d *decoder) { d.entete.WhereEntete = d.where() },
		end:   func(d *decoder) error { return d.tellEntete() },
	},
	"PES_DepenseAller": domaineNode(Depense, "EnTeteDepense", depenseBloc, depensePiece),
	"PES_RecetteAller": domaineNode(Recette, "EnTeteRecette", recetteBloc, recettePiece),
	"PES_Facture":      spanned(pesFacture, func(d *decoder) *Etendue { return &d.marks.facture }),
	"PES_Marche":       spanned(holds(pesMarche), func(d *decoder) *Etendue { return &d.marks.marche }),
	"PES_PJ": spanned(&node{
		kids: map[string]*node{
			"EnTetePES_PJ": holds(fields(func(d *decoder) *Facts { return &d.facts }, "IdVer=IdVerPJ")),
			"PJ":           pjNode(false),
		},
		begin: func(d *decoder) { d.facts.PresentPJ = true },
	}, func(d *decoder) *Etendue { return &d.marks.pj }),
	"ds:Signature": spanned(&node{begin: func(d *decoder) { d.facts.SigneGlobal = true }},
		func(d *decoder) *Etendue { return &d.marks.signature }),
})

func (d *decoder) tellEntete() error {
	if d.told.entete {
		return nil
	}
	d.told.entete = true
	return d.visit(&d.entete)
}

func domaineNode(domaine Domaine, header string, bloc map[string]*node, piece *node) *node {
	return spanned(&node{
		kids: map[string]*node{
			header: {
				kids:  fields(func(d *decoder) *EnteteDomaine { return d.facts.domaine(d.domaine) }, champsDomaine),
				begin: func(d *decoder) { d.facts.domaine(d.domaine).Where = d.where() },
				end: func(d *decoder) error {
					if err := d.tellEntete(); err != nil {
						return err
					}
					e := *d.facts.domaine(d.domaine)
					return d.visit(&e)
				},
			},
			"Bordereau": {
				kids: map[string]*node{
					"BlocBordereau": {kids: bloc, end: func(d *decoder) error { return d.tellBordereau() }},
					"Piece":         piece,
					"ds:Signature":  {begin: func(d *decoder) { d.fin.Signe = true }},
				},
				begin: func(d *decoder) {
					d.facts.Bordereaux++
					id, _ := d.r.Attr("", "Id")
					d.bord = &Bordereau{Domaine: d.domaine, ID: string(id[:min(len(id), maxText)]), Where: d.where()}
					d.fin = FinBordereau{Bordereau: d.bord}
					d.told.bord = false
				},
				end: func(d *decoder) error {
					if err := d.tellBordereau(); err != nil {
						return err
					}
					d.fin.Etendue = Etendue{d.bord.Where.Offset, d.r.End()}
					fin := d.fin
					d.bord = nil
					return d.visit(&fin)
				},
			},
		},
		begin: func(d *decoder) {
			d.domaine = domaine
			e := d.facts.domaine(domaine)
			if !e.Present {
				e.Present, e.Domaine, e.Where = true, domaine, d.where()
			}
		},
	}, func(d *decoder) *Etendue { return &d.marks.domaines[domaine] })
}

func (d *decoder) tellBordereau() error {
	if d.told.bord || d.bord == nil {
		return nil
	}
	if err := d.tellEntete(); err != nil {
		return err
	}
	d.told.bord = true
	return d.visit(d.bord)
}

func bordereau(d *decoder) *Bordereau { return d.bord }

var (
	depenseBloc = fields(bordereau, champsBordDepense)
	recetteBloc = fields(bordereau, champsBordRecette)
)

func pieceNode(kids map[string]*node, bloc *node, ligne *node) *node {
	kids["BlocPiece"] = bloc
	kids["LigneDePiece"] = ligne
	return &node{
		kids: kids,
		begin: func(d *decoder) {
			d.fin.Pieces++
			d.piece = &Piece{Bordereau: d.bord, Where: d.where()}
			d.told.piece = false
		},
		end: func(d *decoder) error {
			err := d.tellPiece()
			d.piece = nil
			if err == nil && d.endPiece != nil {
				err = d.endPiece()
			}
			return err
		},
	}
}

func (d *decoder) tellPiece() error {
	if d.told.piece || d.piece == nil {
		return nil
	}
	if err := d.tellBordereau(); err != nil {
		return err
	}
	d.told.piece = true
	return d.visit(d.piece)
}

func blocPiece(kids map[string]*node) *node {
	return &node{kids: kids, end: func(d *decoder) error { return d.tellPiece() }}
}

// pjRef is a PJRef of the piece, or of the line.
func pjRef(list func(d *decoder) *[]PJRef) *node {
	return &node{
		kids: fields(func(d *decoder) *PJRef { return d.ref }, champsPJRef),
		begin: func(d *decoder) {
			d.ref = nil
			if l := list(d); l != nil && len(*l) < maxRepeat {
				*l = append(*l, PJRef{})
				d.ref = &(*l)[len(*l)-1]
			}
		},
	}
}

var (
	refOfPiece = pjRef(func(d *decoder) *[]PJRef {
		if d.piece == nil {
			return nil
		}
		return &d.piece.PJRefs
	})
	refOfLigne = pjRef(func(d *decoder) *[]PJRef {
		if d.ligne == nil {
			return nil
		}
		return &d.ligne.PJRefs
	})
)

func piece(d *decoder) *Piece { return d.piece }

var depensePiece = pieceNode(map[string]*node{}, blocPiece(map[string]*node{
	"InfoPce": holds(with(
		fields(piece, champsInfoPce+champsInfoPceSuite),
		map[string]*node{"PJRef": refOfPiece})),
	"DGP": holds(fields(func(d *decoder) *DGP {
		if d.piece == nil {
			return nil
		}
		return lazily(&d.piece.DGP)
	}, champsDGP)),
}), ligneNode(map[string]*node{
	"InfoLignePce": holds(with(
		fields(ligne, champsLigneDepense),
		map[string]*node{"PJRef": refOfLigne})),
	"InfoTVAHLM": {
		kids:  fields(ligne, champsTVAHLM),
		begin: func(d *decoder) { d.onLigne(func(l *Ligne) { l.InfoTVAHLM = true }) },
	},
	"OpSpec":       holds(fields(ligne, champsOpSpec)),
	"RattachPiece": rattach,
	"LiensIdent":   liens,
}))

var recettePiece = pieceNode(map[string]*node{}, blocPiece(with(
	fields(piece, champsPieceRecette+champsPieceRecetteSuite),
	map[string]*node{"PJRef": refOfPiece})),
	ligneNode(map[string]*node{
		"InfoLignePiece": holds(with(
			fields(ligne, champsLigneRecette),
			map[string]*node{
				"PJRef": refOfLigne,
				"InfoCollBen": holds(fields(func(d *decoder) *CollBen {
					if d.ligne == nil {
						return nil
					}
					return &d.ligne.CollBen
				}, champsCollBen)),
			})),
		"InfoPrelevement":     prelevementNode(false),
		"InfoPrelevementSEPA": prelevementNode(true),
		"InfoAssure": {
			kids:  fields(ligne, champsAssure),
			begin: func(d *decoder) { d.onLigne(func(l *Ligne) { l.Assure = true }) },
		},
		"RattachPiece": rattach,
		"LiensIdent":   liens,
	}))

func (d *decoder) onLigne(f func(*Ligne)) {
	if d.ligne != nil {
		f(d.ligne)
	}
}

func ligne(d *decoder) *Ligne { return d.ligne }

var rattach = holds(fields(func(d *decoder) *Rattachement {
	if d.ligne == nil {
		return nil
	}
	return lazily(&d.ligne.Rattach)
}, champsRattach))

var liens = holds(fields(func(d *decoder) *Liens {
	if d.ligne == nil {
		return nil
	}
	return &d.ligne.Liens
}, champsLiens))

func prelevementNode(sepa bool) *node {
	return &node{
		kids: fields(func(d *decoder) *Prelevement {
			if d.ligne == nil {
				return nil
			}
			return d.ligne.Prelevement
		}, champsPrelevement),
		begin: func(d *decoder) {
			d.onLigne(func(l *Ligne) {
				if l.Prelevement == nil {
					l.Prelevement = &Prelevement{SEPA: sepa}
				}
			})
		},
	}
}

func ligneNode(bloc map[string]*node) *node {
	return &node{
		kids: map[string]*node{"BlocLignePiece": holds(bloc), "Tiers": tiersNode, "Recouvrement": recouvrementNode},
		begin: func(d *decoder) {
			d.fin.Lignes++
			d.ligne = &Ligne{Where: d.where()}
		},
		end: func(d *decoder) error {
			if err := d.tellPiece(); err != nil {
				return err
			}
			l := d.ligne
			l.Piece = d.piece
			d.ligne = nil
			d.fin.SommeHT += l.MtHT.Centimes
			d.fin.SommeTVA += l.MtTVA.Centimes
			if d.domaine == Recette {
				d.facts.TotalRecette += l.MtHT.Centimes
			} else {
				d.facts.TotalDepense += l.MtHT.Centimes
			}
			return d.visit(l)
		},
	}
}

var recouvrementNode = &node{
	kids: fields(func(d *decoder) *Recouvrement { return d.reco }, champsRecouvrement),
	begin: func(d *decoder) {
		d.reco = nil
		d.onLigne(func(l *Ligne) {
			if len(l.Recouvrements) < maxTiers {
				l.Recouvrements = append(l.Recouvrements, Recouvrement{})
				d.reco = &l.Recouvrements[len(l.Recouvrements)-1]
			}
		})
	},
}

func tiers(d *decoder) *Tiers { return d.tiers }

func adresse(d *decoder) *Adresse {
	if d.tiers == nil {
		return nil
	}
	return d.tiers.Adresse
}

func compte(d *decoder) *Compte {
	if d.tiers == nil {
		return nil
	}
	return d.tiers.Compte
}

func naissance(d *decoder) *Naissance {
	if d.tiers == nil {
		return nil
	}
	return d.tiers.Naissance
}

// onTiers changes the tiers being read.
func onTiers(f func(*Tiers)) func(*decoder) {
	return func(d *decoder) {
		if d.tiers != nil {
			f(d.tiers)
		}
	}
}

var tiersNode = &node{
	kids: map[string]*node{
		"InfoTiers": holds(with(
			fields(tiers, champsTiersRecette),
			map[string]*node{"LieuNaissance": {
				kids: with(fields(naissance, champsNaissance), map[string]*node{
					"MetropoleDomCom": {
						kids:  fields(naissance, champsMetropole),
						begin: onTiers(func(t *Tiers) { t.Naissance.Metropole = true }),
					},
					"Etranger": {
						kids:  fields(naissance, champsEtranger),
						begin: onTiers(func(t *Tiers) { t.Naissance.Etranger = true }),
					},
				}),
				begin: onTiers(func(t *Tiers) { lazily(&t.Naissance) }),
			}})),
		"Adresse": {
			kids:  fields(adresse, champsAdresse),
			begin: onTiers(func(t *Tiers) { lazily(&t.Adresse) }),
		},
		"CpteBancaire": {
			kids:  fields(compte, champsRIB+champsIBAN+champsCompte),
			begin: onTiers(func(t *Tiers) { lazily(&t.Compte) }),
		},
	},
	begin: func(d *decoder) {
		d.tiers = nil
		d.onLigne(func(l *Ligne) {
			if len(l.Tiers) < maxTiers {
				l.Tiers = append(l.Tiers, Tiers{Where: d.where()})
				d.tiers = &l.Tiers[len(l.Tiers)-1]
			}
		})
	},
	end: func(d *decoder) error { d.tiers = nil; return nil },
}

var misplacedPJ = pjNode(true)

func pjNode(misplaced bool) *node {
	return &node{
		kids: with(
			fields(func(d *decoder) *PJ { return d.pj }, champsPJ),
			map[string]*node{
				"Contenu": holds(map[string]*node{"Fichier": fichier}),
				"RefCompta": {
					kids: fields(func(d *decoder) *RefCompta { return d.compta },
						champsRefCompta),
					begin: func(d *decoder) {
						d.compta = nil
						if d.pj != nil && len(d.pj.RefCompta) < maxRepeat {
							d.pj.RefCompta = append(d.pj.RefCompta, RefCompta{})
							d.compta = &d.pj.RefCompta[len(d.pj.RefCompta)-1]
						}
					},
				},
			}),
		begin: func(d *decoder) {
			d.seenPJ++
			d.pj = &PJ{Numero: d.seenPJ, Deplacee: misplaced, Where: d.where()}
		},
		end: func(d *decoder) error {
			p := d.pj
			d.pj, d.compta = nil, nil
			if p != nil {
				p.Etendue, p.finContenu = Etendue{p.Where.Offset, d.r.End()}, d.r.Offset()
			}
			if err := d.tellEntete(); err != nil || p == nil {
				return err
			}
			return d.visit(p)
		},
	}
}
