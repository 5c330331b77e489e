package pes

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Errors of [Envoi.Renvoyer].
var (
	ErrRienARenvoyer = errors.New("pes: nothing to send again")
	ErrNomFic        = errors.New("pes: a new NomFic of 1 to 100 letters, digits, '_', '-' or '.' is needed")
	ErrEncodage      = errors.New("pes: the file sent is in an encoding that cannot be cut")
)

// edit replaces a part of a file.
type edit struct {
	Etendue
	by string
}

// Renvoyer writes, for a comparison made by [Envoi.Rapprocher], the least that has to be sent again, under a new NomFic, from
// the bytes of the file that was sent: bordereaux refused and PJ refused, every
// other left out. Bordereaux are copied byte for byte, so that a signature of
// their own stays good; a global signature is taken away, and the file is to be
// signed again. What caused the refusal is still there: it is for the emitter to
// correct.
func (e *Envoi) Renvoyer(w io.Writer, sent io.ReaderAt, r *Rapprochement, nomFic string) error {
	if len(r.Bordereaux) == 0 && len(r.PJ) == 0 && !r.Marches && !r.Facture {
		return ErrRienARenvoyer
	}
	l := part{marche: r.Marches, facture: r.Facture, bordereaux: r.bordereaux, pj: map[int]bool{}}
	for i := range e.PJ {
		l.pj[i] = slices.Contains(r.PJ, e.PJ[i].IdUnique)
	}
	return e.write(w, sent, l, r.AvecRefCompta, nomFic)
}

// part is what is kept of a file: bordereaux and PJ by their place.
type part struct {
	bordereaux, pj  map[int]bool
	marche, facture bool
}

// write copies a part of the file, under a new NomFic; linked PJ get a block
// RefCompta.
func (e *Envoi) write(w io.Writer, sent io.ReaderAt, kept part, linked []string, nomFic string) error {
	if strings.HasPrefix(e.encoding, "UTF-16") {
		return ErrEncodage
	}
	if !validNomFic(nomFic) || nomFic == e.Entete.NomFic || e.nomFic.Fin == 0 {
		return ErrNomFic
	}
	edits := []edit{{e.nomFic, `<NomFic V="` + nomFic + `"/>`}}
	cut := func(x Etendue) {
		if x.Fin > x.Debut {
			edits = append(edits, edit{x, ""})
		}
	}
	cut(e.signature)
	if !kept.marche {
		cut(e.marche)
	}
	if !kept.facture {
		cut(e.facture)
	}
	// those takes out of a block what is not kept of it, or the whole of it.
	those := func(block Etendue, n int, of func(i int) (at Etendue, keep bool)) {
		var out []Etendue
		some := false
		for i := range n {
			at, keep := of(i)
			some = some || keep
			if !keep {
				out = append(out, at)
			}
		}
		if !some {
			out = []Etendue{block}
		}
		for _, x := range out {
			cut(x)
		}
	}
	for d := Depense; d <= Recette; d++ {
		var list []int
		for i := range e.Bordereaux {
			if e.Bordereaux[i].Domaine == d {
				list = append(list, i)
			}
		}
		those(e.domaines[d], len(list), func(i int) (Etendue, bool) { return e.Bordereaux[list[i]].Etendue, kept.bordereaux[list[i]] })
	}
	those(e.pj, len(e.PJ), func(i int) (Etendue, bool) { return e.PJ[i].Etendue, kept.pj[i] })
	for i := range e.PJ {
		p := &e.PJ[i]
		if kept.pj[i] && slices.Contains(linked, p.IdUnique) {
			block, err := e.refCompta(p.IdUnique)
			if err != nil {
				return err
			}
			edits = append(edits, edit{Etendue{p.finContenu, p.finContenu}, block})
		}
	}
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Compare(a.Debut, b.Debut) })
	at := int64(0)
	for _, x := range edits {
		if x.Debut < at { // inside a part already left out
			continue
		}
		if _, err := io.Copy(w, io.NewSectionReader(sent, at, x.Debut-at)); err != nil {
			return fmt.Errorf("pes: %w", err)
		}
		if _, err := io.WriteString(w, x.by); err != nil {
			return fmt.Errorf("pes: %w", err)
		}
		at = x.Fin
	}
	if _, err := io.Copy(w, io.NewSectionReader(sent, at, 1<<62)); err != nil {
		return fmt.Errorf("pes: %w", err)
	}
	return nil
}

func validNomFic(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' && c != '.' {
			return false
		}
	}
	return s != "" && len(s) <= 100 && strings.Trim(s, "0") != ""
}

// refCompta composes the block that links a PJ to the piece that announced it.
func (e *Envoi) refCompta(id string) (string, error) {
	for i := range e.Bordereaux {
		b := &e.Bordereaux[i]
		for _, p := range b.PJ {
			exer, object, piece := number(b.Exer), b.TypBord, number(p.IdPce)
			if p.IdUnique != id || !allDigits(exer) || !allDigits(object) || !allDigits(piece) {
				continue
			}
			s := `<RefCompta><Domaine V="` + b.Domaine.Code() + `"/><Exercice V="` + exer + `"/><TypeObjet V="` + object + `"/>`
			if bord := number(b.IdBord); b.TypBord == "06" && b.Domaine == Recette && allDigits(bord) { // ORMC: rôle, then article
				return s + `<Identifiant V="` + bord + `"/><ComplementIdentifiant V="` + piece + `"/></RefCompta>`, nil
			}
			return s + `<Identifiant V="` + piece + `"/></RefCompta>`, nil
		}
	}
	return "", fmt.Errorf("pes: no piece of the file announces a pièce justificative that needs RefCompta")
}
