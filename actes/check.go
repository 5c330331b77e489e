package actes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/paris"
	"github.com/liasse/liasse/internal/pdf"
)

// DuplicateChecker knows the acts already transmitted. Transmitted MUST return
// the identifiers of those the authority transmitted under that number, in any
// year: receivers want a number to be used once for ever. It is called by one
// goroutine for each check.
type DuplicateChecker interface {
	Transmitted(ctx context.Context, siren, numero string) ([]IDActe, error)
}

// Options of [Acte.Check]. The zero value checks all that needs neither the
// present nor a classification.
type Options struct {
	Profile Profile
	// Now is the present; zero leaves out the rules about the age of the
	// decision. The day it is is that of Paris, or of Location when given
	// (overseas).
	Now      time.Time
	Location *time.Location
	// Classification is the one in force, nil when it is not known.
	Classification *Classification
	Politique      Politique
	Doublons       DuplicateChecker // nil: not checked
	// Report says how findings are kept.
	Report report.Options
}

// Today returns the day it is for the options, or no date.
func (o Options) Today() ged.Date {
	switch {
	case o.Now.IsZero():
		return ged.Date{}
	case o.Location != nil:
		return ged.DateOf(o.Now.In(o.Location))
	}
	return ged.DateOf(paris.In(o.Now))
}

// Check says everything that is wrong with an act about to be transmitted. The
// place of a finding is the field: numero, objet, document, annexes[2]. The
// error means that a file or the DuplicateChecker could not be asked.
func (a *Acte) Check(ctx context.Context, opt Options) (*report.Report, error) {
	rep := report.New(opt.Report)
	at := func(field string) report.Location { return report.Location{Path: field} }
	if opt.Profile != XSD {
		a.Collectivite.Check(rep, at("collectivite"))
	}
	CheckNumero(rep, at("numero"), a.Numero, opt.Profile)
	CheckObjet(rep, at("objet"), a.Objet, opt.Profile)
	if strings.ContainsAny(a.Objet, "\r\n") && opt.Profile == Norme {
		rep.Add(ObjetLignes, at("objet"))
	}
	CheckDate(rep, at("date"), a.Date, opt.Today(), opt.Profile)
	if !a.Nature.Valid() && opt.Profile != XSD {
		rep.Add(NatureInconnue, at("nature"), report.Int("nature", a.Nature))
	}
	CheckMatiere(rep, at("matiere"), a.Matiere, opt.Profile)
	if a.Classification.IsZero() {
		rep.Add(ClassificationAbsente, at("classification"))
	}
	if c := opt.Classification; c != nil && opt.Profile != XSD {
		checkClassification(rep, a.Matiere, a.Classification, c)
	}
	if !a.Precedent.IsZero() {
		if _, err := ParseIDActe(a.Precedent.String()); err != nil {
			rep.Add(PrecedentForme, at("precedent"))
		}
	}
	if err := a.checkFiles(ctx, rep, opt); err != nil {
		return nil, err
	}
	if opt.Doublons != nil {
		if err := a.checkDuplicates(ctx, rep, opt.Doublons, opt.Profile); err != nil {
			return nil, err
		}
	}
	return rep, nil
}

// CheckObjet says what is wrong with the subject of an act: from 1 to 499
// characters (500 by the schema and by STELA).
func CheckObjet(rep *report.Report, where report.Location, objet string, profile Profile) {
	limit := 500
	if profile == S2LOW || profile == Pastell {
		limit = 499
	}
	n := utf8.RuneCountInString(objet)
	switch {
	case n == 0 && profile != XSD && profile != STELA:
		rep.Add(ObjetVide, where)
	case n > limit:
		rep.Add(ObjetLong, where, report.Int("length", n), report.Int("max", limit))
	case n == 500 && profile == Norme:
		rep.Add(ObjetLimite, where)
	}
	for _, r := range objet {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			rep.Add(ObjetEcrit, where)
			return
		}
	}
}

// CheckDate says what is wrong with the date of a decision, today being the
// zero date when the present is not known.
func CheckDate(rep *report.Report, where report.Location, date, today ged.Date, profile Profile) {
	if !date.Valid() {
		rep.Add(DateAbsente, where)
		return
	}
	if today.IsZero() || profile == XSD || profile == STELA || profile == Pastell {
		return
	}
	switch {
	case date.After(today):
		rep.Add(DateFuture, where, report.Date("date", date.String()), report.Date("today", today.String()))
	case date.Before(today.AddYears(-2)) && profile == Norme:
		rep.Add(DateAncienne, where, report.Date("date", date.String()))
	}
}

// CheckMatiere says what is wrong with the path of a matter: two levels at
// least, positive codes, no level skipped.
func CheckMatiere(rep *report.Report, where report.Location, m Matiere, profile Profile) {
	if m[0] == 0 || m[1] == 0 {
		rep.Add(MatiereNiveaux, where)
		return
	}
	if profile == XSD || profile == STELA {
		return
	}
	for _, n := range m {
		if n < 0 {
			rep.Add(MatiereNegative, where)
			return
		}
	}
	// S²LOW stops reading at the hole.
	if h := m.Hole(); h != 0 && profile != S2LOW {
		rep.Add(MatiereTrou, where, report.P("matiere", m.String()), report.Int("level", h))
	}
}

func checkClassification(rep *report.Report, m Matiere, quoted ged.Date, c *Classification) {
	if m.Hole() == 0 && !m.IsZero() {
		if _, ok := c.Lookup(m); !ok {
			rep.Add(MatiereInconnue, report.Location{Path: "matiere"},
				report.P("matiere", m.String()), report.Date("date", c.Date.String()))
		}
	}
	if !quoted.IsZero() && quoted != c.Date {
		rep.Add(ClassificationPerimee, report.Location{Path: "classification"},
			report.Date("date", quoted.String()), report.Date("current", c.Date.String()))
	}
}

func (a *Acte) checkFiles(ctx context.Context, rep *report.Report, opt Options) error {
	cadre := Cadre{Profile: opt.Profile, Nature: a.Nature, Matiere: a.Matiere}
	// The types permitted are those of the classification the act quotes; when
	// that is not the one at hand, those of any edition.
	listing := opt.Classification
	if listing != nil && a.Classification != listing.Date {
		listing = nil
	}
	for i, f := range a.Fichiers() {
		if err := ctx.Err(); err != nil {
			return err
		}
		where, at := report.Location{Path: "document"}, Principal
		if i > 0 {
			where, at = report.Location{Path: "annexes[" + strconv.Itoa(i) + "]"}, Annexe
		}
		format, err := checkFile(ctx, rep, where, cadre, at, FileLabel(i), f, opt)
		if err != nil {
			return err
		}
		if i == 0 {
			cadre.Principal = format
		}
		if opt.Profile != XSD && opt.Profile != STELA {
			CheckTypologie(rep, where, report.Error, FileLabel(i), f.Typologie, a.Nature, a.Matiere, listing, opt.Politique)
		}
	}
	if opt.Profile == STELA && a.Nature == Budgetaire && len(a.Annexes) == 0 {
		rep.Add(AnnexeRequise, report.Location{Path: "annexes"})
	}
	return nil
}

// FileLabel names a file of an act by its place, 0 being the main document,
// for the parameter file of the rules of this package.
func FileLabel(i int) report.Param {
	if i == 0 {
		return report.Words("file", "Document principal", "Main document")
	}
	n := strconv.Itoa(i)
	return report.Words("file", "Annexe "+n, "Annexe "+n)
}

func checkFile(ctx context.Context, rep *report.Report, where report.Location, cadre Cadre, at Emplacement,
	label report.Param, f Fichier, opt Options) (Format, error) {
	if f.Contenu == nil {
		rep.Add(FichierAbsent, where, label)
		return "", nil
	}
	size := f.Contenu.Size()
	if size <= 0 {
		rep.Add(FichierVide, where, label)
		return "", nil
	}
	head := make([]byte, min(size, SniffSize))
	if n, err := f.Contenu.ReadAt(head, 0); n < len(head) {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return "", fmt.Errorf("actes: reading %s: %w", label.Text(report.EN), err)
	}
	format := cadre.Check(rep, where, label, at, f.Nom, head)
	if format == PDF && opt.Profile != XSD && opt.Profile != STELA {
		if err := checkPDF(ctx, rep, where, f.Contenu, size); err != nil {
			return "", fmt.Errorf("actes: checking %s: %w", label.Text(report.EN), err)
		}
	}
	return format, nil
}

// checkPDF says whether a PDF can be read, as operators find out before they
// transmit it. The rules are those of package pdf, PDF-….
func checkPDF(ctx context.Context, rep *report.Report, where report.Location, content io.ReaderAt, size int64) error {
	_, found, err := pdf.Check(ctx, content, size)
	if err != nil {
		return err
	}
	for f := range found.All() {
		g := *f
		g.Where.Path = where.Path
		rep.Record(g)
	}
	return nil
}

func (a *Acte) checkDuplicates(ctx context.Context, rep *report.Report, known DuplicateChecker, profile Profile) error {
	sent, err := known.Transmitted(ctx, a.Collectivite.SIREN, a.Numero)
	if err != nil {
		return fmt.Errorf("actes: asking for duplicates: %w", err)
	}
	where, id := report.Location{Path: "numero"}, a.ID()
	for _, s := range sent {
		if s == id {
			rep.Add(Doublon, where, report.P("id", s.String()))
			return nil
		}
	}
	if len(sent) > 0 {
		severity := DoublonNumero.Severity
		if profile == S2LOW { // there a number is used once for ever
			severity = report.Error
		}
		rep.AddAs(severity, DoublonNumero, where, report.P("id", sent[0].String()))
	}
	return nil
}
