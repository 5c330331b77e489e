package pades

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"io"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/pdf"
)

// ranges are the octets a ByteRange names.
type ranges struct {
	ctx  context.Context
	r    io.ReaderAt
	a, b *io.SectionReader
}

// Open implements [signature.Octets].
func (r *ranges) Open() (io.ReadCloser, error) {
	parts := []io.Reader{}
	for _, s := range []*io.SectionReader{r.a, r.b} {
		if s != nil {
			_, off, n := s.Outer()
			parts = append(parts, io.NewSectionReader(r.r, off, n))
		}
	}
	return io.NopCloser(&watched{r.ctx, io.MultiReader(parts...)}), nil
}

// watched reads until the context ends.
type watched struct {
	ctx context.Context
	r   io.Reader
}

func (w *watched) Read(b []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(b)
}

func hexadecimal(b []byte) string { return hex.EncodeToString(b) }

// examine checks the ByteRange of a signature, opens the revision it covers
// and compares that with the file as it is.
func (f *file) examine(s *found) error {
	s.Consistent = true
	s.octets = &ranges{ctx: f.ctx, r: f.r}
	s.over = signature.NewContentOf("", s.octets)
	why := f.bounds(s)
	if why == [2]string{} {
		n := s.Range
		s.octets.a = io.NewSectionReader(f.r, n[0], n[1])
		s.octets.b = io.NewSectionReader(f.r, n[2], n[3])
		s.Whole = s.end() == f.size
		var err error
		if why, err = f.revision(s); err != nil {
			return err
		}
	}
	if s.RangeOK = why == [2]string{}; !s.RangeOK {
		s.fail(RuleByteRange, report.Words("why", why[0], why[1]))
		s.Changes = nil
	}
	f.weigh(s)
	return f.ctx.Err()
}

// bounds checks the four numbers.
func (f *file) bounds(s *found) (why [2]string) {
	n := s.Range
	if len(n) != 4 {
		return [2]string{"elle ne dit pas quels octets elle couvre", "it does not say which octets it covers"}
	}
	for _, x := range n {
		if x < 0 || x > f.size {
			return [2]string{"elle désigne des octets hors du fichier", "it names octets outside the file"}
		}
	}
	switch {
	case n[0] != 0 || n[1] == 0:
		return [2]string{"elle ne part pas du premier octet", "it does not begin at the first octet"}
	case n[2] < n[0]+n[1] || n[3] == 0:
		return [2]string{"ses deux parties ne se suivent pas", "its two parts do not follow one another"}
	case n[2]+n[3] > f.size:
		return [2]string{"elle désigne des octets hors du fichier", "it names octets outside the file"}
	}
	return why
}

// revision looks for the signature in the revision it covers. The hole must be
// its value there, and the dictionary the same as now.
func (f *file) revision(s *found) (why [2]string, err error) {
	hole := [2]string{"le trou qu'elle laisse n'est pas exactement la place de sa valeur", "the hole it leaves is not exactly the place of its value"}
	// Two digits for each octet, perhaps one for the last: nothing else may lie
	// there.
	n := s.Range[2] - s.Range[1] - 2
	exact := (n+1)/2 == int64(len(s.sig.Contents))
	// The document now: the only revision there is, or the last.
	if s.Whole {
		if s.sig.Start != s.Range[1] || s.sig.End != s.Range[2] || !exact || twice(s.sig.Dict) {
			why = hole
		}
		s.hasStore = f.doc.Root().Key("DSS").IsDict()
		if s.hasStore {
			err = f.store(&f.doc, false, func(id string) { s.store = append(s.store, id) })
		}
		return why, err
	}
	var was pdf.Doc
	end := s.end()
	err = was.Open(f.ctx, io.NewSectionReader(f.r, 0, end), end)
	if _, broken := err.(*pdf.Error); err != nil && !broken {
		return why, err
	}
	var then *pdf.Signature
	if err == nil {
		l := was.Signatures()
		for i := range l {
			if l[i].Start == s.Range[1] && l[i].End == s.Range[2] && bytes.Equal(l[i].Contents, s.sig.Contents) {
				then = &l[i]
			}
		}
	}
	if then == nil {
		s.Consistent = false
		s.fail(RuleDictionary)
		if s.sig.Start != s.Range[1] || s.sig.End != s.Range[2] || !exact {
			why = hole
		}
		return why, nil
	}
	if !exact || twice(then.Dict) {
		return hole, nil
	}
	stop := func() bool { return f.ctx.Err() != nil }
	// What is permitted is what was signed, not what the document says now.
	s.Permission, s.locks = then.DocMDP, locks(then)
	if !f.sameDictionary(&was, then, s, stop) {
		s.Consistent = false
		s.fail(RuleDictionary)
	}
	c := compare(&was, &f.doc, end, &f.visits, stop)
	c.Hidden = f.hidden(end) || f.doc.Repaired() && !was.Repaired()
	if c.Hidden {
		c.add(Undefined, "")
	}
	s.Changes = &c
	s.hasStore = was.Root().Key("DSS").IsDict()
	if s.hasStore {
		// What a later revision dropped from its DSS dictionary is still in the file.
		if err := f.store(&was, true, func(id string) { s.store = append(s.store, id) }); err != nil {
			return why, err
		}
	}
	return why, was.Err()
}

// twice reports whether a dictionary has an entry twice: readers differ on
// which of them counts.
func twice(v pdf.Value) bool {
	seen := map[string]bool{}
	for key := range v.Entries() {
		if seen[key] {
			return true
		}
		seen[key] = true
	}
	return false
}

// sameDictionary compares the signature dictionary of the signed revision with
// the one of now, all that it leads to included.
func (f *file) sameDictionary(was *pdf.Doc, then *pdf.Signature, s *found, stop func() bool) bool {
	left := 10000
	d := &differ{was: was, is: &f.doc, end: s.end(), seen: map[pair]bool{}, visits: &left, stop: stop}
	// A signature reference may lead to the catalogue, which is compared apart.
	wr, _ := was.Trailer().Raw("Root").Ref()
	ir, _ := f.doc.Trailer().Raw("Root").Ref()
	d.seen[pair{wr, ir}] = true
	for key := range then.Dict.Entries() {
		d.same(then.Dict.Raw(key), s.sig.Dict.Raw(key), visit{as: content})
	}
	for key := range s.sig.Dict.Entries() {
		if then.Dict.Raw(key).Kind() == pdf.Null && s.sig.Dict.Raw(key).Kind() != pdf.Null {
			return false
		}
	}
	for d.next() {
	}
	return d.out.Kinds == 0 && !d.out.Partial
}

// hidden reports whether octets were appended after the revision that no
// cross-reference section accounts for.
func (f *file) hidden(end int64) bool {
	last := int64(0)
	for _, s := range f.doc.Sections() {
		last = max(last, s.Offset)
	}
	from := end
	if last >= end {
		ends := f.doc.Revisions()
		from = ends[len(ends)-1]
	}
	var buf [16 << 10]byte
	for off := from; off < f.size; off += int64(len(buf)) {
		n, _ := f.r.ReadAt(buf[:min(int64(len(buf)), f.size-off)], off)
		if len(bytes.Trim(buf[:n], "\x00\t\n\f\r ")) > 0 {
			return true
		}
		if f.ctx.Err() != nil {
			return false
		}
	}
	return false
}

// weigh turns what was done after signing into faults.
func (f *file) weigh(s *found) {
	c := s.Changes
	if c == nil {
		return
	}
	if c.Kinds&Paged != 0 {
		s.fail(RulePages, report.Int("before", c.Before), report.Int("after", c.After))
	}
	if c.Partial {
		s.fail(RuleCompare)
	}
	switch {
	case c.Hidden:
		s.doubt(RuleHidden)
	case c.Kinds&Undefined != 0:
		s.doubt(RuleUndefined, report.Code("where", shape(c.Where)))
	}
	forbidden := Change(0)
	switch s.Permission {
	case 1:
		forbidden = Filled | Annotated | Paged | Undefined
	case 2:
		forbidden = Annotated | Paged | Undefined
	case 3:
		forbidden = Paged | Undefined
	}
	if c.Kinds&forbidden != 0 {
		s.doubt(RuleForbidden)
	}
	if locked(s.locks, c.Fields) {
		s.doubt(RuleLocked)
	}
	if c.Kinds&(Extended|Filled|Annotated) != 0 && c.Kinds&(Paged|Undefined) == 0 {
		s.note(RuleAllowed, words(c.Kinds))
	}
	for _, p := range c.Pages {
		s.note(RuleAnnotation, report.Int("page", p))
		break
	}
	for _, p := range c.Overlaps {
		s.note(RuleOverlap, report.Int("page", p))
		break
	}
}

// words says what was added.
func words(k Change) report.Param {
	switch {
	case k&Annotated != 0:
		return report.Words("what", "annotations", "annotations")
	case k&Filled != 0:
		return report.Words("what", "champs remplis", "fields filled")
	}
	return report.Words("what", "signature, horodatage ou preuves", "signature, timestamp or validation data")
}

// shape keeps of a path the keys of the standard, which are public, and not the
// names a document gives.
func shape(path string) string {
	out := []byte{}
	for _, c := range []byte(path) {
		if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '/' || c >= '0' && c <= '9' {
			out = append(out, c)
		} else {
			out = append(out, '?')
		}
	}
	if len(out) > 80 {
		out = append(out[:80], "..."...)
	}
	return string(out)
}

// lock is a set of fields that may not change.
type lock struct {
	action string // All, Include, Exclude
	named  map[string]bool
}

// locks reads what a signature locks (ISO 32000-1 §12.8.2.4, and the Lock of
// its field).
func locks(s *pdf.Signature) (out []lock) {
	rules := []pdf.Value{s.Field.Dict.Key("Lock")}
	for _, r := range s.Dict.Key("Reference").Elems() {
		if r = r.Resolve(); r.Key("TransformMethod").IsName("FieldMDP") {
			rules = append(rules, r.Key("TransformParams"))
		}
	}
	for _, r := range rules {
		l := lock{r.Key("Action").Name(), map[string]bool{}}
		for _, e := range r.Key("Fields").Elems() {
			l.named[text(e.Resolve().Bytes())] = true
		}
		if l.action != "" {
			out = append(out, l)
		}
	}
	return out
}

// locked reports whether one of the fields is locked.
func locked(locks []lock, changed []string) bool {
	for _, l := range locks {
		for _, name := range changed {
			in := false
			// A name stands for the fields below it.
			for k := range name + "." {
				if k == len(name) || name[k] == '.' {
					in = in || l.named[name[:k]]
				}
			}
			switch {
			case l.action == "All", l.action == "Include" && in, l.action == "Exclude" && !in:
				return true
			}
		}
	}
	return false
}

// text decodes a text string (ISO 32000-1 §7.9.2.2).
func text(b []byte) string {
	if len(b) < 2 || b[0] != 0xfe || b[1] != 0xff {
		r := make([]rune, len(b))
		for i, c := range b {
			r[i] = rune(c)
		}
		return string(r)
	}
	var r []rune
	for i := 2; i+1 < len(b); i += 2 {
		r = append(r, rune(b[i])<<8|rune(b[i+1]))
	}
	return string(r)
}

// digested compares the content of an old signature, which is the SHA-1 of
// the ranges, with them.
func (f *file) digested(s *found, inside []byte, has bool) {
	ref := &s.signed.References[0]
	sum, ok := s.over.Digest(trust.SHA1)
	ref.Intact = ref.Intact && has && ok && len(inside) == sha1.Size && bytes.Equal(sum, inside)
	ref.Found = has && ok
}

// moment reads a date of a PDF (ISO 32000-1 §7.9.4): D:YYYYMMDDHHmmSSOHH'mm'.
func moment(s string) (time.Time, bool) {
	if len(s) < 2 || s[:2] != "D:" {
		return time.Time{}, false
	}
	s = s[2:]
	num := func(n, otherwise int) int {
		if len(s) < n {
			s = ""
			return otherwise
		}
		v := 0
		for i := range n {
			if s[i] < '0' || s[i] > '9' {
				return otherwise
			}
			v = v*10 + int(s[i]-'0')
		}
		s = s[n:]
		return v
	}
	y := num(4, 0)
	mo, d, h, mi, se := num(2, 1), num(2, 1), num(2, 0), num(2, 0), num(2, 0)
	if y == 0 || mo < 1 || mo > 12 || d < 1 || d > 31 || h > 23 || mi > 59 || se > 59 {
		return time.Time{}, false
	}
	offset := 0
	if len(s) > 0 && (s[0] == '+' || s[0] == '-') {
		sign := 1
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
		offset = num(2, 0) * 3600
		if len(s) > 0 && s[0] == '\'' {
			s = s[1:]
		}
		offset = sign * (offset + num(2, 0)*60)
	}
	return time.Date(y, time.Month(mo), d, h, mi, se, 0, time.FixedZone("", offset)).UTC(), true
}
