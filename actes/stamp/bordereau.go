package stamp

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/pdf"
)

// Acquittement is what a bordereau d'acquittement says: that an act was sent,
// what with, and what became of it. All texts are shown as they are given; the
// empty ones are left out.
type Acquittement struct {
	AR           AR // required, as for a stamp
	Collectivite string
	SIREN        string
	Deposant     string // who sent the act
	Nature       string
	Numero       string
	Decision     time.Time // date of the act
	Objet        string
	Matiere      string // code and label
	Papier       bool   // documents are also sent on paper
	Envoye       time.Time
	Publie       time.Time
	Fichiers     []Fichier
	Etapes       []Etape
	// Edite is when the bordereau is made; it must be given.
	Edite time.Time
}

// Fichier is one file of the envelope.
type Fichier struct {
	Genre      string // Acte, Annexe…
	Format     string // application/pdf
	Taille     int64  // octets
	NomOrigine string // as the collectivité named it
	NomMetier  string // in the envelope
	Empreinte  string // digest, with its algorithm
}

// Etape is one state of the life of the transmission.
type Etape struct {
	Etat    string
	Date    time.Time
	Message string
}

// Limits of a bordereau.
const (
	maxRows = 5000
	maxCell = 20_000 // octets of one text
)

// WriteBordereau writes the bordereau d'acquittement of an act, a PDF of A4
// pages: the act and its dates, its files, its life cycle. The same content
// gives the same octets; memory grows with the rows. It may then be signed by
// package signature/pades.
//
// The error is an [*Error] when there is no ARActe, too much of something, or
// no date; the report warns of characters the font cannot write.
func WriteBordereau(ctx context.Context, w io.Writer, a Acquittement) (*report.Report, error) {
	switch {
	case strings.TrimSpace(a.AR.IDActe) == "" || a.AR.Recu.IsZero():
		return nil, refuse(RuleAR)
	case a.Edite.IsZero():
		return nil, refuseOption("Edite")
	case len(a.Fichiers) > maxRows:
		return nil, refuseOption("Fichiers")
	case len(a.Etapes) > maxRows:
		return nil, refuseOption("Etapes")
	}
	s := &sheet{ctx: ctx}
	s.newPage()
	s.line(bold, 15, left, "Bordereau d'acquittement de transmission")
	s.skip(6)
	s.line(plain, 9, left, "Contrôle de légalité (code général des collectivités territoriales, article L2131-1)")
	s.skip(12)
	for _, r := range [][2]string{
		{"Collectivité", a.Collectivite}, {"SIREN", a.SIREN}, {"Déposé par", a.Deposant}, {"Identifiant unique", a.AR.IDActe},
		{"Nature", a.Nature}, {"Numéro", a.Numero}, {"Date de l'acte", date(a.Decision)}, {"Objet", a.Objet}, {"Matière", a.Matiere},
		{"Documents papier", map[bool]string{true: "oui", false: "non"}[a.Papier]},
		{"Envoyé en préfecture le", date(a.Envoye)}, {"Reçu en préfecture le", date(a.AR.Recu)}, {"Publié le", date(a.Publie)},
	} {
		if r[1] != "" {
			s.row(9, []column{{left, 130}, {left + 135, right - left - 135}}, r[0], r[1])
		}
	}
	if len(a.Fichiers) > 0 {
		s.heading("Fichiers transmis")
		cols := []column{{left, 55}, {left + 60, 75}, {left + 140, 55}, {left + 200, right - left - 200}}
		s.row(8, cols, "Genre", "Format", "Taille", "Nom d'origine, nom métier, empreinte")
		s.rule()
		for _, f := range a.Fichiers {
			var names []string
			for _, n := range []string{f.NomOrigine, f.NomMetier, f.Empreinte} {
				if n != "" {
					names = append(names, n)
				}
			}
			s.row(8, cols, f.Genre, f.Format, strconv.FormatInt(f.Taille, 10)+" octets", strings.Join(names, "\n"))
		}
	}
	if len(a.Etapes) > 0 {
		s.heading("Cycle de vie")
		cols := []column{{left, 110}, {left + 115, 110}, {left + 230, right - left - 230}}
		s.row(8, cols, "État", "Date", "Message")
		s.rule()
		for _, e := range a.Etapes {
			when := ""
			if !e.Date.IsZero() {
				when = e.Date.Format("02/01/2006 15:04:05")
			}
			s.row(8, cols, e.Etat, when, e.Message)
		}
	}
	if s.err != nil {
		return nil, s.err
	}
	rep := new(report.Report)
	if s.missing {
		rep.Add(RuleText, report.Location{})
	}
	if err := s.write(w, a); err != nil {
		return nil, err
	}
	return rep, nil
}

// The page: A4, in points.
const (
	pageWidth, pageHeight  = 595.0, 842.0
	left, right, top, foot = 50.0, 545.0, 790.0, 60.0
	plain, bold            = "/F0", "/F1"
	leading                = 1.3
)

type column struct{ x, width float64 }

// sheet sets text on pages.
type sheet struct {
	ctx     context.Context
	pages   []*bytes.Buffer
	y       float64
	missing bool
	err     error
}

func (s *sheet) newPage() {
	s.pages = append(s.pages, new(bytes.Buffer))
	s.y = top
	if s.err == nil {
		s.err = s.ctx.Err()
	}
}

func (s *sheet) skip(h float64) { s.y -= h }

// room begins another page unless h points are left.
func (s *sheet) room(h float64) {
	if s.y-h < foot {
		s.newPage()
	}
}

func (s *sheet) page() *bytes.Buffer { return s.pages[len(s.pages)-1] }

func (s *sheet) encode(t string) []byte {
	b, ok := winAnsi(t)
	s.missing = s.missing || !ok
	return b
}

func show(b []byte, font string, size, x, y float64, text []byte) []byte {
	b = append(b, "BT "+font+" "...)
	b = op(b, "Tf", size)
	b = op(b, "Td", x, y)
	return append(pdf.AppendString(b, text), " Tj ET\n"...)
}

func (s *sheet) line(font string, size, x float64, t string) {
	s.room(size * leading)
	s.y -= size * leading
	s.page().Write(show(nil, font, size, x, s.y, s.encode(t)))
}

func (s *sheet) heading(t string) {
	s.skip(14)
	s.room(60) // not alone at the foot of a page
	s.line(bold, 11, left, t)
	s.skip(4)
}

func (s *sheet) rule() {
	s.skip(3)
	b := op(nil, "w", 0.5)
	b = op(b, "m", left, s.y)
	b = op(b, "l", right, s.y)
	s.page().Write(append(b, "S\n"...))
}

// row sets texts side by side, each wrapped in its column. A row longer than a
// page goes on on the next.
func (s *sheet) row(size float64, cols []column, texts ...string) {
	cells := make([][][]byte, len(texts))
	n := 0
	for i, t := range texts {
		if len(t) > maxCell { // evidence is not cut
			if s.err == nil {
				s.err = refuseOption("texte")
			}
			return
		}
		for part := range strings.SplitSeq(strings.ReplaceAll(t, "\r\n", "\n"), "\n") {
			cells[i] = append(cells[i], wrap(s.encode(part), size, cols[i].width)...)
		}
		n = max(n, len(cells[i]))
	}
	s.skip(3)
	for k := range n {
		s.room(size * leading)
		s.y -= size * leading
		for i, c := range cells {
			if k < len(c) && len(c[k]) > 0 {
				s.page().Write(show(nil, plain, size, cols[i].x, s.y, c[k]))
			}
		}
	}
}

// wrap cuts encoded text into lines no wider than so many points: at blanks,
// else anywhere.
func wrap(b []byte, size, limit float64) (lines [][]byte) {
	for len(b) > 0 {
		end, blank, w := 0, -1, 0.0
		for end < len(b) {
			w += width(b[end:end+1], false) * size
			if w > limit && end > 0 {
				break
			}
			if b[end] == ' ' {
				blank = end
			}
			end++
		}
		if end < len(b) && blank > 0 {
			lines = append(lines, b[:blank])
			b = b[blank+1:]
			continue
		}
		lines = append(lines, b[:end])
		b = b[end:]
	}
	return lines
}

// write puts the pages in a file. Objects: 1 catalogue, 2 page tree, 3 and 4
// fonts, 5 information, then a page and its content in turn.
func (s *sheet) write(w io.Writer, a Acquittement) error {
	var b bytes.Buffer
	var places []int
	object := func(format string, args ...any) {
		places = append(places, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n", len(places))
		fmt.Fprintf(&b, format, args...)
		b.WriteString("\nendobj\n")
	}
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	object("<</Type /Catalog /Pages 2 0 R /Lang (fr-FR) /ViewerPreferences <</DisplayDocTitle true>>>>")
	var kids []byte
	for i := range s.pages {
		kids = fmt.Appendf(kids, "%d 0 R ", 6+2*i)
	}
	object("<</Type /Pages /Kids [%s] /Count %d>>", kids, len(s.pages))
	object("%s", fontDict("Helvetica"))
	object("%s", fontDict("Helvetica-Bold"))
	object("<</Title %s /Producer (Liasse) /CreationDate (%s)>>", pdf.AppendText(nil, "Bordereau d'acquittement "+a.AR.IDActe),
		a.Edite.UTC().Format("D:20060102150405Z"))
	for i, p := range s.pages {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		p.Write(show(nil, plain, 7, left, foot-25, s.encode("Édité le "+a.Edite.Format("02/01/2006 15:04:05")+" – "+a.AR.IDActe)))
		p.Write(show(nil, plain, 7, right-45, foot-25, s.encode(fmt.Sprintf("Page %d / %d", i+1, len(s.pages)))))
		object("<</Type /Page /Parent 2 0 R /MediaBox [0 0 %g %g] /Resources <</Font <</F0 3 0 R /F1 4 0 R>>>> /Contents %d 0 R>>", pageWidth, pageHeight, 7+2*i)
		data := deflate(p.Bytes())
		object("<</Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream", len(data), data)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(places)+1)
	for _, p := range places {
		fmt.Fprintf(&b, "%010d 00000 n \n", p)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d /Root 1 0 R /Info 5 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(places)+1, at)
	_, err := w.Write(b.Bytes())
	return err
}
