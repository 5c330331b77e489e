package pes

import (
	"io"
)

// Lot is a part of a PES_Aller that can be sent on its own.
type Lot struct {
	// Bordereaux are those of the lot ("2024/12"), PJ its pièces justificatives.
	Bordereaux, PJ []string
	// Marches and Facture say that the lot holds PES_Marche, PES_Facture.
	Marches, Facture bool

	part part
}

// Decouper divides a file into lots of at most n bordereaux (1 when n is less):
// a pièce justificative goes with the first bordereau that announces it. Those
// that none announces, contracts and invoices make a last lot. The lots together
// hold everything once.
func (e *Envoi) Decouper(n int) []Lot {
	n = max(n, 1)
	byID := map[string][]int{}
	for i := range e.PJ {
		byID[e.PJ[i].IdUnique] = append(byID[e.PJ[i].IdUnique], i)
	}
	given := map[int]bool{}
	var lots []Lot
	fresh := func() *Lot {
		lots = append(lots, Lot{part: part{bordereaux: map[int]bool{}, pj: map[int]bool{}}})
		return &lots[len(lots)-1]
	}
	give := func(l *Lot, i int) {
		if !given[i] {
			given[i], l.part.pj[i] = true, true
			l.PJ = append(l.PJ, e.PJ[i].IdUnique)
		}
	}
	for i := range e.Bordereaux {
		var l *Lot
		if len(lots) == 0 || len(lots[len(lots)-1].Bordereaux) >= n {
			l = fresh()
		} else {
			l = &lots[len(lots)-1]
		}
		b := &e.Bordereaux[i]
		l.part.bordereaux[i] = true
		l.Bordereaux = append(l.Bordereaux, b.Cle())
		for _, a := range b.PJ {
			for _, k := range byID[a.IdUnique] {
				give(l, k)
			}
		}
	}
	if len(given) < len(e.PJ) || e.marche.Fin > 0 || e.facture.Fin > 0 {
		l := fresh()
		for i := range e.PJ {
			give(l, i)
		}
		l.Marches, l.Facture = e.marche.Fin > 0, e.facture.Fin > 0
		l.part.marche, l.part.facture = l.Marches, l.Facture
	}
	return lots
}

// EcrireLot writes a lot made by [Envoi.Decouper] from the bytes of the whole
// file, under a NomFic of its own. Bordereaux are copied byte for byte, and their
// signatures stay good; a global signature is taken away.
func (e *Envoi) EcrireLot(w io.Writer, sent io.ReaderAt, l Lot, nomFic string) error {
	return e.write(w, sent, l.part, nil, nomFic)
}
