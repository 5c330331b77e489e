package paye

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/liasse/liasse/internal/xmlout"
)

// ErrOrdre is returned for an item that cannot stand where it is given.
var ErrOrdre = errors.New("paye: an item that cannot stand here: header, establishments with their payslips, nomenclatures, repartition")

// Writer composes a DocumentPaye in ISO-8859-1, from items given in the order of
// the document; characters the encoding has not are written by reference. What is
// held in memory is one item. It is for one goroutine.
type Writer struct {
	x     *xmlout.Writer
	stage int
	open  bool // a block DonneesIndiv
}

// NewWriter returns a Writer to dst. Indent is put before an element for each
// level; "" writes on one line.
func NewWriter(dst io.Writer, indent string) *Writer {
	return &Writer{x: xmlout.New(dst, xmlout.Options{Latin1: true, Indent: indent})}
}

// Item writes the next item: an [*Entete]; for each establishment an
// [*Etablissement] (a block without a name is opened when none is given) and its
// [*Bulletin]s; a [*Nomenclatures]; a [*Repartition].
func (w *Writer) Item(it Item) error {
	stage := map[string]int{"*paye.Entete": 1, "*paye.Etablissement": 2, "*paye.Bulletin": 2, "*paye.Nomenclatures": 3, "*paye.Repartition": 4}[fmt.Sprintf("%T", it)]
	if stage < w.stage || stage == w.stage && stage != 2 || w.stage == 0 && stage != 1 {
		return ErrOrdre
	}
	w.stage = stage
	if stage > 2 {
		w.closeBlock()
	}
	switch x := it.(type) {
	case *Entete:
		w.x.Start("n", "DocumentPaye")
		w.x.Namespace("n", Namespace)
		emit(w.x, x)
	case *Etablissement:
		w.closeBlock()
		w.x.Start("", "DonneesIndiv")
		w.open = true
		if x.Nomme || x.Siret != "" || x.Nom != "" {
			w.x.Start("", "Etablissement")
			emit(w.x, x)
			w.x.End()
		}
	case *Bulletin:
		if !w.open {
			w.x.Start("", "DonneesIndiv")
			w.open = true
		}
		w.x.Start("", "PayeIndivMensuel")
		emit(w.x, x)
		w.x.End()
	case *Nomenclatures:
		w.x.Start("", "Nomenclatures")
		emit(w.x, x)
		w.x.End()
	case *Repartition:
		w.x.Start("", "RepartitionParNature")
		emit(w.x, x)
		w.x.End()
	}
	if err := w.x.Err(); err != nil {
		return fmt.Errorf("paye: %w", err)
	}
	return nil
}

func (w *Writer) closeBlock() {
	if w.open {
		w.open = false
		w.x.End()
	}
}

// Close ends the document. It does not close the destination.
func (w *Writer) Close() error {
	if w.stage == 0 {
		return ErrOrdre
	}
	w.closeBlock()
	w.x.End()
	if err := w.x.Close(); err != nil {
		return fmt.Errorf("paye: %w", err)
	}
	return nil
}

// NomFichier composes the name of a statement:
// <SIRET>-<AAAA>-ETAT_PAYE-<MM>[-<train>].xhl.
func NomFichier(e *Entete) string {
	siret := ""
	if e.Employeur != nil {
		siret = e.Employeur.Siret
	}
	name := fmt.Sprintf("%s-%s-ETAT_PAYE-%02d", siret, e.Annee, Mois(e.Mois))
	if e.Train != "" {
		if n, err := strconv.Atoi(e.Train); err == nil {
			return fmt.Sprintf("%s-%02d.xhl", name, n)
		}
		return name + "-" + e.Train + ".xhl"
	}
	return name + ".xhl"
}
