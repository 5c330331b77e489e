package pes

import (
	"bytes"
	"context"
	"io"
	"strconv"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/pades"
	"github.com/liasse/liasse/ged/report"
)

// A PDF is judged from its end, and a PJ goes by once: one that holds signatures
// is kept while it goes by, up to maxPJSignee octets, in pieces that serve the
// next PJ too.
const (
	maxPJSignee = defaultMaxInflated
	morceau     = 256 << 10
	// enTetePDF is how far from the first octet the header of a PDF may stand.
	enTetePDF = 1024
)

var (
	marquePDF       = []byte("%PDF-")
	marqueSignature = []byte("/ByteRange")
)

// signaturesPJ judges the signatures inside the PDF files a PES carries.
type signaturesPJ struct {
	sig signature.Options
	// broken says that a PJ declared as a PDF has one that fails.
	broken bool

	kept   [][]byte // the PJ that goes by
	size   int64    // of it
	tail   []byte   // its last octets, where a mark may begin
	signed bool     // it holds a mark of signature
	other  bool     // it is no PDF
}

// begin forgets the PJ before.
func (s *signaturesPJ) begin() {
	s.size, s.tail, s.signed, s.other = 0, s.tail[:0], false, false
}

// Write takes a piece of the content of a PJ. It never fails.
func (s *signaturesPJ) Write(p []byte) (int, error) {
	n := len(p)
	if s.other {
		return n, nil
	}
	if !s.signed {
		s.seek(p)
	}
	before := s.size
	s.size += int64(n)
	if before < maxPJSignee {
		s.keep(before, p[:min(int64(n), maxPJSignee-before)])
	}
	if before < enTetePDF && s.size >= enTetePDF {
		s.other = !s.isPDF()
	}
	return n, nil
}

// seek looks for the mark, which may lie across two pieces.
func (s *signaturesPJ) seek(p []byte) {
	s.tail = append(s.tail, p[:min(len(p), len(marqueSignature)-1)]...)
	s.signed = bytes.Contains(s.tail, marqueSignature) || bytes.Contains(p, marqueSignature)
	if len(p) >= len(marqueSignature) {
		s.tail = append(s.tail[:0], p[len(p)-len(marqueSignature)+1:]...)
	} else if extra := len(s.tail) - len(marqueSignature) + 1; extra > 0 {
		s.tail = append(s.tail[:0], s.tail[extra:]...)
	}
}

func (s *signaturesPJ) keep(at int64, p []byte) {
	for len(p) > 0 {
		i, from := int(at/morceau), int(at%morceau)
		if i == len(s.kept) {
			s.kept = append(s.kept, make([]byte, morceau))
		}
		n := copy(s.kept[i][from:], p)
		p, at = p[n:], at+int64(n)
	}
}

func (s *signaturesPJ) isPDF() bool {
	return bytes.Contains(s.kept[0][:min(s.size, enTetePDF)], marquePDF)
}

// ReadAt reads the PJ that was kept.
func (s *signaturesPJ) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 || off >= s.size {
		return 0, io.EOF
	}
	if rest := s.size - off; int64(len(p)) > rest {
		p, err = p[:rest], io.EOF
	}
	for n < len(p) {
		at := off + int64(n)
		n += copy(p[n:], s.kept[at/morceau][at%morceau:])
	}
	return n, err
}

// judge says what the signatures of the PJ that went by are worth. What fails is a
// warning: Hélios looks at none of them.
func (s *signaturesPJ) judge(ctx context.Context, p *PJ, rep *report.Report, opt Options) error {
	if p.Contenu.Etat != ContenuBon || s.other || !s.signed || s.size < enTetePDF && !s.isPDF() {
		return nil
	}
	where := report.Location{Member: membrePJ(opt.Member, p.Numero)}
	number := report.Int("number", p.Numero)
	if s.size > maxPJSignee {
		rep.Add(PJSignatureNonVerifiee, where, number, report.Words("why",
			"le fichier PDF dépasse 16 Mio", "the PDF file passes 16 MiB"))
		return nil
	}
	out, err := pades.Validate(ctx, s, s.size, s.sig)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil || len(out.Verdicts) == 0 && !out.Findings.Valid() {
		rep.Add(PJSignatureNonVerifiee, where, number, report.Words("why",
			"le fichier PDF n'a pas pu être lu", "the PDF file could not be read"))
		return nil
	}
	p.Signatures = out
	for i := range out.Verdicts {
		v := &out.Verdicts[i]
		if v.Conclusion.Indication != signature.TotalFailed {
			continue
		}
		at := v.Where
		at.Member = where.Member
		rep.Add(PJSignature, at, number, report.Int("signature", i+1), report.P("conclusion", string(v.Conclusion.Sub)))
		s.broken = s.broken || p.MIMEType == "application/pdf"
	}
	return nil
}

// membrePJ names the content of a PJ as an object inside the document.
func membrePJ(document string, numero int) string {
	name := "PJ[" + strconv.Itoa(numero) + "]"
	if document == "" {
		return name
	}
	return document + "!/" + name
}

// stelaPJ makes the check STELA may be set to make of the PDF files, after those
// of the signatures of the file: the first that fails is told.
func (s *signaturesPJ) stelaPJ(r *Reading, opt Options) {
	const state = "PDF_ATTACHMENT"
	if !s.broken || r.Root != Aller || r.Etat != EtatTransmis {
		return
	}
	r.Etat = state
	r.Report.Record(report.Finding{Rule: STELA, Severity: report.Error, Ref: state, Params: []report.Param{stelaState(state)},
		Where: report.Location{Member: opt.Member}})
}
