package stamp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/pdf"
)

// Result says what was done.
type Result struct {
	Pages      int   // how many pages were stamped
	Annotation bool  // the stamp is an annotation
	Signatures int   // signatures the document holds
	DocMDP     int   // what its certification allows: 1 to 3, 0 when it has none
	Forced     bool  // the certification forbids the stamp, and it was put all the same
	Size       int64 // of the stamped file, in bytes
	// Report holds what is worth knowing: a change forbidden and made all the
	// same (STAMP-DOCMDP as a warning), characters replaced (STAMP-TEXT), a
	// damaged object table that had to be rebuilt (PDF-REPAIRED).
	Report *report.Report
}

// Stamp writes to dst the PDF of size bytes read from src, stamped. The error
// is an [*Error] when the stamp is refused, and nothing was written; any other
// error is of the reader, the writer or the context, and what was written is
// worthless. Memory does not grow with the size of the document.
func Stamp(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, opt Options) (Result, error) {
	res := Result{Report: new(report.Report)}
	o, no := opt.filled()
	if no != nil {
		return res, no
	}
	var lg *logo
	if len(o.Logo) > 0 {
		if lg, no = readLogo(o.Logo); no != nil {
			return res, no
		}
	}
	d := new(pdf.Doc)
	if err := d.Open(ctx, src, size); err != nil {
		var e *pdf.Error
		if errors.As(err, &e) {
			return res, refuse(e.Rule)
		}
		return res, err
	}
	if d.Encrypted() {
		return res, refuse(RuleEncrypted)
	}
	if d.Repaired() {
		res.Report.Add(pdf.RuleRepaired, report.Location{})
	}
	if no := res.permitted(d, &o); no != nil {
		return res, no
	}
	count := 0
	for range d.Pages() {
		count++
	}
	if err := ctx.Err(); err != nil {
		return res, err
	}
	wanted, no := o.choose(count)
	if no != nil {
		return res, no
	}
	s := &stamper{d: d, o: &o, art: draw(&o, lg), annotate: res.Annotation,
		forms: map[int]pdf.Ref{}, opens: map[int]pdf.Ref{}, closes: map[string]pdf.Ref{}, done: map[pdf.Ref]bool{}}
	if s.art.missing {
		res.Report.Add(RuleText, report.Location{})
	}
	u, err := pdf.NewUpdate(ctx, d, dst)
	if e := (*pdf.Error)(nil); errors.As(err, &e) {
		return res, refuse(e.Rule)
	}
	if err != nil {
		return res, err
	}
	s.u = u
	for p := range d.Pages() {
		if !wanted(p.Index + 1) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return res, err
		}
		// A page that stands twice in the tree is stamped once.
		if !s.done[p.Ref] {
			s.done[p.Ref] = true
			if err := s.page(p); err != nil {
				return res, err
			}
		}
		res.Pages++
	}
	if res.Size, err = u.Close(); err != nil {
		return res, err
	}
	return res, d.Err()
}

// permitted decides how the stamp may enter the document.
func (r *Result) permitted(d *pdf.Doc, o *Options) *Error {
	for _, s := range d.Signatures() {
		if len(s.Contents) > 0 && len(s.ByteRange) > 0 {
			r.Signatures++
		}
	}
	r.DocMDP = d.DocMDP()
	r.Annotation = o.Mode == Annotation || o.Mode == Auto && (r.Signatures > 0 || r.DocMDP > 0)
	if r.DocMDP == 1 || r.DocMDP == 2 || r.DocMDP == 3 && !r.Annotation {
		level := report.Int("level", r.DocMDP)
		if !o.Force {
			return refuse(RuleDocMDP, level)
		}
		r.Forced = true
		r.Report.AddAs(report.Warning, RuleDocMDP, report.Location{}, level)
	}
	return nil
}

// choose returns which page numbers are wanted, of so many pages.
func (o *Options) choose(count int) (func(int) bool, *Error) {
	if count == 0 {
		return nil, refuse(pdf.RulePages)
	}
	switch o.Pages {
	case First:
		return func(n int) bool { return n == 1 }, nil
	case Last:
		return func(n int) bool { return n == count }, nil
	case List:
		for _, n := range o.List {
			if n < 1 || n > count {
				return nil, refuse(RulePages, report.Int("page", n), report.Int("count", count))
			}
		}
		return func(n int) bool { return slices.Contains(o.List, n) }, nil
	}
	return func(int) bool { return true }, nil
}

// stamper holds what pages share.
type stamper struct {
	d        *pdf.Doc
	u        *pdf.Update
	o        *Options
	art      *artwork
	annotate bool
	res      pdf.Ref
	forms    map[int]pdf.Ref    // by turn
	opens    map[int]pdf.Ref    // streams of so many q
	closes   map[string]pdf.Ref // streams that close and draw, by their text
	done     map[pdf.Ref]bool
}

// form returns the form turned for a page turned by so many degrees.
func (s *stamper) form(turn int) (pdf.Ref, error) {
	if r, ok := s.forms[turn]; ok {
		return r, nil
	}
	if s.res == (pdf.Ref{}) {
		var err error
		if s.res, err = s.art.resources(s.u); err != nil {
			return s.res, err
		}
	}
	r, err := s.art.write(s.u, s.res, turned(turn))
	s.forms[turn] = r
	return r, err
}

func (s *stamper) page(p pdf.Page) error {
	pl := place(s.o, p)
	if s.annotate {
		return s.addAnnotation(p, pl)
	}
	return s.addContent(p, pl)
}

// addContent draws the stamp after the page's content, which is shut between
// q and Q.
func (s *stamper) addContent(p pdf.Page, pl placement) error {
	form, err := s.form(0) // the matrix in the page's content turns it
	if err != nil {
		return err
	}
	under, over := s.d.Balance(p)
	old := p.Contents()
	var list []pdf.Ref
	if len(old) > 0 {
		open, err := s.open(under + 1)
		if err != nil {
			return err
		}
		list = append(list, open)
		list = append(list, old...)
	}
	res, name := s.resources(p, form)
	tail := []byte("\n")
	if len(old) > 0 {
		tail = append(tail, strings.Repeat("Q ", min(over+1, maxBalance))...)
	}
	tail = append(tail, "q "...)
	for _, v := range pl.matrix {
		tail = num(tail, v)
	}
	tail = fmt.Appendf(tail, "cm /%s Do Q\n", name)
	end, ok := s.closes[string(tail)]
	if !ok {
		end = s.u.New()
		if err := s.u.Stream(end, "", tail); err != nil {
			return err
		}
		if len(s.closes) < 1000 {
			s.closes[string(tail)] = end
		}
	}
	b := pdf.AppendEntries([]byte("<<"), p.Dict, 0, "Contents", "Resources")
	b = append(b, "/Contents ["...)
	for _, r := range append(list, end) {
		b = append(pdf.AppendRef(b, r), ' ')
	}
	b = append(b, "] /Resources "...)
	b = append(b, res...)
	return s.u.Object(p.Ref, append(b, ">>"...))
}

// maxBalance bounds how many operators are added to balance a page's content.
const maxBalance = 1000

func (s *stamper) open(n int) (pdf.Ref, error) {
	n = min(n, maxBalance)
	if r, ok := s.opens[n]; ok {
		return r, nil
	}
	r := s.u.New()
	s.opens[n] = r
	return r, s.u.Stream(r, "", []byte(strings.Repeat("q ", n)))
}

// resources composes the page's own resources: what it had, inherited or
// shared, and the form under a name not yet used.
func (s *stamper) resources(p pdf.Page, form pdf.Ref) (b []byte, name string) {
	old := p.Resources.Resolve()
	objs := old.Key("XObject")
	name = "LiasseStamp"
	for i := 2; objs.Raw(name).Kind() != pdf.Null; i++ {
		name = fmt.Sprintf("LiasseStamp%d", i)
	}
	b = pdf.AppendEntries([]byte("<<"), old, 0, "XObject")
	b = append(b, "/XObject <<"...)
	b = pdf.AppendEntries(b, objs, 0)
	b = fmt.Appendf(b, "/%s %d 0 R>>>>", name, form.Num)
	return b, name
}

// Flags of the annotation (ISO 32000-1 §12.5.3): printed, not to be moved,
// changed or removed.
const annotFlags = 4 | 64 | 128 | 512

func (s *stamper) addAnnotation(p pdf.Page, pl placement) error {
	form, err := s.form(pl.turn)
	if err != nil {
		return err
	}
	annot := s.u.New()
	a := fmt.Appendf(nil, "<</Type /Annot /Subtype /Stamp /F %d /NM (liasse-ar-%d) /P ", annotFlags, p.Index+1)
	a = pdf.AppendRef(a, p.Ref)
	a = append(a, " /Rect ["...)
	for _, v := range pl.rect {
		a = num(a, v)
	}
	a = append(a, "] /Contents "...)
	a = pdf.AppendText(a, strings.Join(s.o.lines(), ", "))
	a = fmt.Appendf(a, " /AP <</N %d 0 R>>>>", form.Num)
	if err := s.u.Object(annot, a); err != nil {
		return err
	}
	b := pdf.AppendEntries([]byte("<<"), p.Dict, 0, "Annots")
	b = append(b, "/Annots ["...)
	for _, e := range p.Dict.Key("Annots").Elems() {
		b = append(pdf.Append(b, e), ' ')
	}
	b = pdf.AppendRef(b, annot)
	return s.u.Object(p.Ref, append(b, "]>>"...))
}
