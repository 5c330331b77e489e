package pes

import (
	"path"
	"strings"

	"github.com/liasse/liasse/ged/ident"
	"github.com/liasse/liasse/ged/report"
)

// pieceJustificative checks a PJ (H35, H45 to H48).
func (c *checker) pieceJustificative(p *PJ) {
	if p.hasFichier {
		c.pjs++
	}
	bad := func(fr, en string) {
		c.add(PieceJustificative, p.Where, report.Int("number", p.Numero), report.Words("why", fr, en))
	}
	if v := c.facts.IdVerPJ; v != "" && number(v) != "1" && !p.Deplacee {
		bad("la version (IdVer) de l'en-tête des PJ doit être 1", "the version (IdVer) of the header of PJ must be 1")
	}
	switch p.Contenu.Etat {
	case ContenuAbsent, ContenuVide:
		bad("son contenu est vide", "its content is empty")
	case ContenuBase64:
		bad("son contenu n'est pas du base64", "its content is not base64")
	case ContenuPasGzip:
		bad("son contenu n'est pas compressé (gzip)", "its content is not compressed (gzip)")
	case ContenuTronque:
		bad("son contenu compressé est tronqué ou endommagé", "its compressed content is cut or damaged")
	case ContenuBombe:
		bad("son contenu se décompresse sans mesure (bombe de décompression)", "its content inflates beyond measure (decompression bomb)")
	}
	if p.Contenu.Suite {
		c.addAs(report.Warning, PJSuite, p.Where, report.Int("number", p.Numero))
	}
	if p.NomPJ != "" {
		if n := len(path.Ext(p.NomPJ)) - 1; n < 2 || n > 4 {
			bad("le nom doit avoir une extension de 2 à 4 caractères", "the name must have an extension of 2 to 4 characters")
		}
	}
	if (p.TypePJ == "012" || p.TypePJ == "013") && len(p.RefCompta) == 0 {
		bad("un état du CFU (012, 013) doit avoir un bloc RefCompta", "a part of the CFU (012, 013) must have a block RefCompta")
	}
	for i := range p.RefCompta {
		c.refCompta(p, &p.RefCompta[i], bad)
	}
	if p.Contenu.Etat == ContenuBon {
		if mime, ext, content, disagree := typesDisagree(p); disagree {
			c.add(PJType, p.Where, report.Int("number", p.Numero), known("mime", mime), known("extension", ext), known("content", content))
		}
	}
	if l := c.link(p.IdUnique); l != nil {
		if l.here {
			c.add(PJDouble, p.Where, shown("id", p.IdUnique))
		}
		l.here, l.where = true, p.Where
		l.compta = l.compta || len(p.RefCompta) > 0
	}
}

func known(name, value string) report.Param {
	if value == "" {
		return report.Words(name, "inconnu", "unknown")
	}
	return report.P(name, value)
}

// refCompta checks what a PJ says it justifies.
func (c *checker) refCompta(p *PJ, r *RefCompta, bad func(fr, en string)) {
	if r.Identifiant == "" {
		bad("RefCompta n'a pas d'Identifiant", "RefCompta has no Identifiant")
	}
	types, ok := typesPJ[r.Domaine]
	switch {
	case r.Domaine == "":
		return
	case !ok:
		bad("le domaine de RefCompta n'admet aucune pièce justificative", "the domain of RefCompta admits no pièce justificative")
		return
	}
	if p.TypePJ != "" {
		objets, ok := types[p.TypePJ]
		switch {
		case !ok:
			bad("le type de la pièce ne convient pas au domaine de RefCompta", "the type of the piece does not suit the domain of RefCompta")
		case objets != nil && !objets[r.TypeObjet]:
			bad("le type de la pièce ne convient pas au type d'objet de RefCompta", "the type of the piece does not suit the type of object of RefCompta")
		}
	}
	switch r.Domaine {
	case "01", "02":
		if r.ComplementIdentifiant != "" && number(r.ComplementIdentifiant) == "0" {
			bad("le numéro de ligne (ComplementIdentifiant) doit être 1 au moins", "the line number (ComplementIdentifiant) must be 1 at least")
		}
	case "06":
		if n := len(r.Identifiant); n > 0 && (n < 5 || n > 14) {
			bad("l'identifiant d'un contrat a 5 à 14 caractères", "the identifier of a contract has 5 to 14 characters")
		}
		if s := r.ComplementIdentifiant; s != "" {
			if _, err := ident.ParseSIRET(s); err != nil || strings.TrimSpace(s) != s {
				bad("le pouvoir adjudicateur (ComplementIdentifiant) doit être un SIRET", "the contracting authority (ComplementIdentifiant) must be a SIRET")
			}
		}
	}
}
