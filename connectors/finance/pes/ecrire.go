package pes

import (
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlout"
)

// Errors of a [Writer].
var (
	ErrOrdre = errors.New("pes: an item that cannot stand here: header, dépense, recette, pièces justificatives, each with what it holds")
	ErrVide  = errors.New("pes: nothing was written")
)

// Ecriture are the options of writing. The zero value refuses what ISO-8859-1
// cannot hold, and has what is written judged as Hélios would.
type Ecriture struct {
	Caracteres Caracteres
	// Controle are the options what is written is judged by.
	Controle Options
	// ID is the attribute Id of the root element, needed by a global signature; ""
	// writes none.
	ID string
	// Indent is put before an element for each level, "" writes on one line.
	Indent string
	// Niveau is the level of compression of PJ, as of compress/gzip; 0 is its
	// default.
	Niveau int
}

// Writer composes a PES_Aller from items given in the order of the document: an
// [*Entete]; for each domain an [*EnteteDomaine] (IdVer 2 is written when none
// is given), each [*Bordereau] followed by its pieces, each [*Piece] by its
// lines; then each [*PJ]. Fields that are "" are left out where the schema lets
// them. It is for one goroutine. See [Ecrire].
type Writer struct {
	x     *xmlout.Writer
	rep   *report.Report
	opt   *Ecriture
	err   error
	stage int // 0 before the header, then the part being written
	// What is open.
	domaine, bordereau, piece bool
	d                         Domaine
	count                     [4]int   // bordereaux, pieces, lines, PJ: for places
	path                      []string // of what is being written
	gz                        *gzip.Writer
	chunk                     []byte
	refused                   bool
}

const (
	stageEntete = iota + 1
	stageDepense
	stageRecette
	stagePJ
	stageEnd
)

// Ecrire writes a PES_Aller: compose gives its items to the Writer. The document
// is judged while it is written, in one pass and in constant memory; what
// characters became is in the report as well. The error is that of compose, of
// dst, [ErrOrdre], or a *[report.InvalidError] when a character was refused:
// what lies in dst is then of no use. A document with other faults is written
// all the same: look at the report of the Reading before sending it.
func Ecrire(ctx context.Context, dst io.Writer, opt Ecriture, compose func(*Writer) error) (*Reading, error) {
	opt.Controle.Version = valueOr(opt.Controle.Version, V517)
	pr, pw := io.Pipe()
	type judged struct {
		r   *Reading
		err error
	}
	done := make(chan judged, 1)
	go func() {
		r, err := Read(ctx, pr, opt.Controle)
		if err == nil {
			io.Copy(io.Discard, pr) // what follows a fault is written all the same
		}
		pr.CloseWithError(err) // the writer stops as well
		done <- judged{r, err}
	}()
	w := &Writer{rep: report.New(opt.Controle.Report), opt: &opt}
	w.x = xmlout.New(io.MultiWriter(dst, pw), xmlout.Options{Latin1: true, Indent: opt.Indent})
	err := compose(w)
	if err == nil {
		err = w.finish()
	}
	pw.CloseWithError(err)
	j := <-done
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, fmt.Errorf("pes: %w", context.Cause(ctx))
	case err != nil:
		return nil, err
	case j.err != nil:
		return nil, j.err
	}
	j.r.Report.Merge(w.rep, "")
	if w.refused {
		return j.r, fmt.Errorf("pes: %w", w.rep.Err())
	}
	return j.r, nil
}

// Item writes an item as [Items] yields it, so that a document can be copied
// with changes; [*FinBordereau], [*Facture], [*Marche]
// and what is not of a PES_Aller are left aside.
// The content of a PJ is not part of the item: see [Writer.PJ].
func (w *Writer) Item(it Item) error {
	switch x := it.(type) {
	case *Entete:
		return w.Entete(x)
	case *EnteteDomaine:
		return w.EnteteDomaine(x)
	case *Bordereau:
		return w.Bordereau(x)
	case *Piece:
		return w.Piece(x)
	case *Ligne:
		return w.Ligne(x)
	}
	return w.err
}

// Entete writes what the document begins with.
func (w *Writer) Entete(e *Entete) error {
	if w.stage != 0 {
		return w.order()
	}
	w.stage = stageEntete
	w.path = append(w.path, "n:PES_Aller")
	w.x.Start("n", string(Aller))
	w.x.Namespace("n", NamespaceAller)
	if w.opt.ID != "" {
		w.x.Attr("", "Id", w.clean("Id", w.opt.ID))
	}
	w.enveloppe(e)
	w.in("EnTetePES", func() { put(w, e, colEntetePES) })
	return w.status()
}

func (w *Writer) enveloppe(e *Entete) {
	w.in("Enveloppe", func() {
		w.in("Parametres", func() { put(w, e, colParametres) })
		if e.Emetteur != (CarteVisite{}) {
			w.in("Emetteur", func() { put(w, &e.Emetteur, colVisite) })
		}
		if e.Recepteur != (CarteVisite{}) {
			w.in("Recepteur", func() { put(w, &e.Recepteur, colVisite) })
		}
	})
}

// EnteteDomaine opens a domain.
func (w *Writer) EnteteDomaine(e *EnteteDomaine) error {
	stage := stageDepense
	name := "PES_DepenseAller"
	if e.Domaine == Recette {
		stage, name = stageRecette, "PES_RecetteAller"
	}
	if w.stage == 0 || w.stage >= stage || e.Domaine != Depense && e.Domaine != Recette {
		return w.order()
	}
	w.closeDomaine()
	w.stage, w.d, w.domaine = stage, e.Domaine, true
	w.open(name)
	h := "EnTeteDepense"
	if e.Domaine == Recette {
		h = "EnTeteRecette"
	}
	w.in(h, func() { put(w, e, colDomaine) })
	return w.status()
}

// Bordereau opens a bordereau.
func (w *Writer) Bordereau(b *Bordereau) error {
	if !w.domaine || w.d != b.Domaine {
		if err := w.EnteteDomaine(&EnteteDomaine{Domaine: b.Domaine, IdVer: "2"}); err != nil {
			return err
		}
	}
	w.closeBordereau()
	w.count[0]++
	w.count[1], w.bordereau = 0, true
	w.open("Bordereau")
	w.path[len(w.path)-1] += index(w.count[0])
	if b.ID != "" {
		w.x.Attr("", "Id", w.clean("Id", b.ID))
	}
	cols := colBordDepense
	if b.Domaine == Recette {
		cols = colBordRecette
	}
	w.in("BlocBordereau", func() { put(w, b, cols) })
	return w.status()
}

// Piece opens a piece of the current bordereau.
func (w *Writer) Piece(p *Piece) error {
	if !w.bordereau {
		return w.order()
	}
	w.closePiece()
	w.count[1]++
	w.count[2], w.piece = 0, true
	w.open("Piece")
	w.path[len(w.path)-1] += index(w.count[1])
	w.in("BlocPiece", func() {
		if w.d == Recette {
			put(w, p, colPieceRecette)
			w.refs(p.PJRefs)
			put(w, p, colPieceRecetteSuite)
			return
		}
		w.in("InfoPce", func() {
			put(w, p, colInfoPce)
			w.refs(p.PJRefs)
			put(w, p, colInfoPceSuite)
		})
		if p.DGP != nil {
			w.in("DGP", func() { put(w, p.DGP, colDGP) })
		}
	})
	return w.status()
}

// Ligne writes a line of the current piece, with its tiers.
func (w *Writer) Ligne(l *Ligne) error {
	if !w.piece {
		return w.order()
	}
	w.count[2]++
	w.in("LigneDePiece"+index(w.count[2]), func() {
		w.in("BlocLignePiece", func() {
			if w.d == Recette {
				w.ligneRecette(l)
			} else {
				w.ligneDepense(l)
			}
			if l.Rattach != nil {
				w.in("RattachPiece", func() { put(w, l.Rattach, colRattach) })
			}
			if l.Liens != (Liens{}) {
				w.in("LiensIdent", func() { put(w, &l.Liens, colLiens) })
			}
		})
		for i := range l.Tiers {
			w.tiers(&l.Tiers[i])
		}
		for i := range l.Recouvrements {
			w.in("Recouvrement", func() { put(w, &l.Recouvrements[i], colRecouvrement) })
		}
	})
	return w.status()
}

func (w *Writer) ligneDepense(l *Ligne) {
	w.in("InfoLignePce", func() {
		put(w, l, colLigneDepense)
		w.refs(l.PJRefs)
	})
	if l.InfoTVAHLM {
		w.in("InfoTVAHLM", func() { put(w, l, colTVAHLM) })
	}
	if l.CodOpSpec != "" || l.IdOpSpec != "" {
		w.in("OpSpec", func() { put(w, l, colOpSpec) })
	}
}

func (w *Writer) ligneRecette(l *Ligne) {
	w.in("InfoLignePiece", func() {
		put(w, l, colLigneRecette)
		if l.CollBen != (CollBen{}) {
			w.in("InfoCollBen", func() { put(w, &l.CollBen, colCollBen) })
		}
		w.refs(l.PJRefs)
	})
	switch p := l.Prelevement; {
	case p == nil:
	case p.SEPA:
		w.in("InfoPrelevementSEPA", func() { put(w, p, colPrelevementSEPA) })
	default:
		w.in("InfoPrelevement", func() { put(w, p, colPrelevement) })
	}
	if l.Assure || l.CodAssDeb != "" {
		w.in("InfoAssure", func() { put(w, l, colAssure) })
	}
}

func (w *Writer) refs(refs []PJRef) {
	for i := range refs {
		w.in("PJRef", func() { put(w, &refs[i], colPJRef) })
	}
}

func (w *Writer) tiers(t *Tiers) {
	w.in("Tiers", func() {
		w.in("InfoTiers", func() {
			if w.d != Recette {
				put(w, t, colTiersDepense)
				return
			}
			put(w, t, colTiersRecette)
			if n := t.Naissance; n != nil {
				w.in("LieuNaissance", func() {
					put(w, n, colNaissance)
					if n.Metropole {
						w.in("MetropoleDomCom", func() { put(w, n, colMetropole) })
					}
					if n.Etranger {
						w.in("Etranger", func() { put(w, n, colEtranger) })
					}
				})
			}
		})
		if t.Adresse != nil {
			w.in("Adresse", func() { put(w, t.Adresse, colAdresse) })
		}
		if c := t.Compte; c != nil {
			w.in("CpteBancaire", func() {
				if c.IBAN != "" || c.BIC != "" {
					put(w, c, colIBAN)
				}
				if c.IBAN == "" && c.BIC == "" || c.CodeEtab+c.CodeGuic+c.IdCpte+c.CleRib+c.IdPayInt+c.IdBancInt != "" {
					put(w, c, colRIB)
				}
				put(w, c, colCompte)
			})
		}
	})
}

// PJ writes a pièce justificative: its content is read once, compressed and
// encoded as it goes by.
func (w *Writer) PJ(p *PJ, content io.Reader) error {
	f, err := w.Fichier(p.MIMEType)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, content); err != nil && w.err == nil {
		w.err = fmt.Errorf("pes: reading a pièce justificative: %w", err)
	}
	return w.FinPJ(p)
}

// Fichier opens a pièce justificative and returns where its content goes; the
// rest of it follows, with [Writer.FinPJ]. [Options].Contenu may return it, to
// copy a document without keeping its contents.
func (w *Writer) Fichier(mime string) (io.Writer, error) {
	if w.stage == 0 || w.stage > stagePJ || w.path[len(w.path)-1] == "Fichier" {
		return nil, w.order()
	}
	if w.stage != stagePJ {
		w.closeDomaine()
		w.stage = stagePJ
		w.open("PES_PJ")
		w.in("EnTetePES_PJ", func() { w.value("IdVer", "1") })
	}
	w.count[3]++
	w.open("PJ")
	w.path[len(w.path)-1] += index(w.count[3])
	w.open("Contenu")
	w.open("Fichier")
	w.x.Attr("", "MIMEType", w.clean("MIMEType", mime))
	if w.gz == nil {
		level := w.opt.Niveau
		if level == 0 {
			level = gzip.DefaultCompression
		}
		gz, err := gzip.NewWriterLevel((*base64Text)(w), level)
		if err != nil {
			w.err = fmt.Errorf("pes: %w", err)
			return nil, w.err
		}
		w.gz = gz
	} else {
		w.gz.Reset((*base64Text)(w))
	}
	w.chunk = w.chunk[:0]
	return w.gz, w.status()
}

// FinPJ writes what follows the content of a pièce justificative.
func (w *Writer) FinPJ(p *PJ) error {
	if len(w.path) == 0 || w.path[len(w.path)-1] != "Fichier" {
		return w.order()
	}
	if err := w.gz.Close(); err != nil && w.err == nil {
		w.err = err
	}
	w.x.Text(base64.StdEncoding.EncodeToString(w.chunk))
	w.chunk = w.chunk[:0]
	w.end()
	w.end()
	put(w, p, colPJ)
	for i := range p.RefCompta {
		w.in("RefCompta", func() { put(w, &p.RefCompta[i], colRefCompta) })
	}
	w.end()
	return w.status()
}

// base64Text encodes into the text of the current element, whole quanta of 48
// KiB at a time.
type base64Text Writer

func (t *base64Text) Write(p []byte) (int, error) {
	w := (*Writer)(t)
	const quantum = 48 << 10
	for rest := p; len(rest) > 0; {
		n := min(quantum-len(w.chunk), len(rest))
		w.chunk = append(w.chunk, rest[:n]...)
		rest = rest[n:]
		if len(w.chunk) == quantum {
			w.x.Text(base64.StdEncoding.EncodeToString(w.chunk))
			w.chunk = w.chunk[:0]
		}
	}
	return len(p), w.status()
}

func (w *Writer) finish() error {
	if w.err == nil && w.stage == 0 {
		return ErrVide
	}
	if w.err == nil && w.path[len(w.path)-1] == "Fichier" {
		return ErrOrdre
	}
	w.closeDomaine()
	for len(w.path) > 0 {
		w.end()
	}
	w.stage = stageEnd
	if w.err != nil {
		return w.err
	}
	if err := w.x.Close(); err != nil {
		return fmt.Errorf("pes: %w", err)
	}
	return nil
}

func (w *Writer) order() error {
	if w.err == nil {
		w.err = ErrOrdre
	}
	return w.err
}

func (w *Writer) status() error {
	if w.err == nil {
		if err := w.x.Err(); err != nil {
			w.err = fmt.Errorf("pes: %w", err)
		}
	}
	return w.err
}

func index(n int) string {
	if n <= 1 {
		return ""
	}
	return "[" + strconv.Itoa(n) + "]"
}

func (w *Writer) open(name string) {
	w.path = append(w.path, name)
	if i := strings.IndexByte(name, '['); i >= 0 {
		name = name[:i]
	}
	w.x.Start("", name)
}

func (w *Writer) end() {
	w.path = w.path[:len(w.path)-1]
	w.x.End()
}

func (w *Writer) in(name string, f func()) {
	w.open(name)
	f()
	w.end()
}

func (w *Writer) closePiece() {
	if w.piece {
		w.piece = false
		w.end()
	}
}

func (w *Writer) closeBordereau() {
	w.closePiece()
	if w.bordereau {
		w.bordereau = false
		w.end()
	}
}

func (w *Writer) closeDomaine() {
	w.closeBordereau()
	if w.domaine {
		w.domaine = false
		w.end()
	}
	w.count[0] = 0
}

// value writes an element whose value is in its attribute V.
func (w *Writer) value(name, v string) {
	w.x.Start("", name)
	w.x.Attr("", "V", w.clean(name, v))
	w.x.End()
}

// clean brings a value into the encoding and tells what became of it.
func (w *Writer) clean(field, v string) string {
	out, refuses, remplaces := w.opt.Caracteres.Latin1(v)
	if len(refuses)+len(remplaces) > 0 {
		w.refused = w.refused || len(refuses) > 0
		where := report.Location{Member: w.opt.Controle.Member, Path: "/" + strings.Join(w.path, "/") + "/" + field}
		signaler(w.rep, where, field, refuses, remplaces)
	}
	return out
}
