package pades

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/cms"
	"github.com/liasse/liasse/internal/pdf"
)

// Errors of [Sign].
var (
	// ErrNotPDF says that the document cannot be read as a PDF well enough to be
	// signed: no page, or objects that would swallow what is appended.
	ErrNotPDF = errors.New("pades: the document is no PDF that can be signed")
	// ErrEncrypted says that the document is encrypted.
	ErrEncrypted = errors.New("pades: an encrypted document cannot be signed")
	// ErrCertified says that the author of the document certified it and allows
	// no further signature (DocMDP, ISO 32000-1 §12.8.2.2).
	ErrCertified = errors.New("pades: the document is certified and takes no further signature")
	// ErrField says that there is no empty signature field of the name asked for.
	ErrField = errors.New("pades: no empty signature field of this name")
)

// SignOptions says what signature to make.
type SignOptions struct {
	// Time is when the signatory says to sign (M); it must be given.
	Time time.Time
	// Field is the full name of an empty signature field to use. When empty the
	// first empty one is taken, or an invisible one added to the first page.
	Field string
	// Reason, Location and Name are shown by readers; empty ones are left out.
	Reason, Location, Name string
	// Stamper asks for the signature timestamp of level T; nil makes level B.
	Stamper signature.Stamper
}

// Octets kept for the CMS beside the certificates: attributes and value, and
// a timestamp with the certificates of the unit.
const (
	roomSigned = 8 << 10
	roomStamp  = 24 << 10
)

// Sign copies the document of size octets from r to w and appends a revision
// with a PAdES signature of level B or T (EN 319 142-1 §6) over all of it. The
// octets of r are an exact prefix of what is written, so that signatures made
// before keep covering what they covered. Memory does not grow with the
// document.
//
// The error is one of those above, of package signature when the signatory is
// not fit to sign, of the key, of the time-stamping unit or of the reader and
// writer. What was written by then is to be thrown away.
func Sign(ctx context.Context, r io.ReaderAt, size int64, w io.Writer, s signature.Signatory, opt SignOptions) error {
	p, err := s.Prepare(opt.Time)
	if err != nil {
		return err
	}
	var d pdf.Doc
	if err := d.Open(ctx, r, size); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w: %w", ErrNotPDF, err)
	}
	if d.DocMDP() == 1 {
		return ErrCertified
	}
	out := &signedCopy{w: w, sum: p.Digest.New(), original: size}
	u, err := pdf.NewUpdate(ctx, &d, out)
	switch bad := (*pdf.Error)(nil); {
	case errors.Is(err, pdf.ErrEncrypted):
		return ErrEncrypted
	case errors.As(err, &bad):
		return fmt.Errorf("%w: %w", ErrNotPDF, err)
	case err != nil:
		return err
	}
	room := roomSigned + len(s.Certificate)
	for _, c := range s.Issuers {
		room += len(c)
	}
	if opt.Stamper != nil {
		room += roomStamp
	}
	a := &addition{d: &d, u: u, opt: opt}
	if err := a.write(room); err != nil {
		return err
	}
	if _, err := u.Close(); err != nil {
		return err
	}
	return out.finish(ctx, p, room, opt.Stamper)
}

// signedCopy passes the original on while it digests it, and holds what is
// appended until the value is known.
type signedCopy struct {
	w        io.Writer
	sum      hash.Hash
	original int64
	passed   int64
	tail     bytes.Buffer
}

// Write implements io.Writer.
func (c *signedCopy) Write(b []byte) (int, error) {
	k := int(min(int64(len(b)), c.original-c.passed))
	if k > 0 {
		n, err := c.w.Write(b[:k])
		c.sum.Write(b[:n])
		c.passed += int64(n)
		if err != nil {
			return n, err
		}
	}
	n, _ := c.tail.Write(b[k:])
	return k + n, nil
}

// rangeMark is put in place once the places are known: wide enough for any.
const rangeMark = "[0 0000000000000 0000000000000 0000000000000]"

func (c *signedCopy) finish(ctx context.Context, p *signature.Signing, room int, stamper signature.Stamper) error {
	tail := c.tail.Bytes()
	hole := bytes.LastIndex(tail, holeOf(room))
	at := bytes.LastIndex(tail[:max(hole, 0)], []byte("/ByteRange "+rangeMark))
	if hole < 0 || at < 0 {
		return errors.New("pades: the place of the signature was lost")
	}
	end := hole + 2*room + 2
	br := tail[at+len("/ByteRange "):][:len(rangeMark)]
	clear(br)
	text := fmt.Sprintf("[0 %d %d %d", c.original+int64(hole), c.original+int64(end), len(tail)-end)
	for i := range br {
		br[i] = ' '
	}
	copy(br, text)
	br[len(br)-1] = ']'
	c.sum.Write(tail[:hole])
	c.sum.Write(tail[end:])
	value, err := cms.Make(ctx, p, cms.Making{Digest: c.sum.Sum(nil), Stamper: stamper})
	if err != nil {
		return err
	}
	if len(value) > room {
		return fmt.Errorf("pades: the signature takes %d octets, more than the %d kept for it", len(value), room)
	}
	hex.Encode(tail[hole+1:], value)
	_, err = c.w.Write(tail)
	return err
}

func holeOf(room int) []byte {
	return append(append([]byte("<"), bytes.Repeat([]byte("0"), 2*room)...), '>')
}

// addition writes the objects of the new revision.
type addition struct {
	d   *pdf.Doc
	u   *pdf.Update
	opt SignOptions
}

func (a *addition) write(room int) error {
	field, err := a.field()
	if err != nil {
		return err
	}
	value := a.u.New()
	if err := a.u.Object(value, a.dictionary(room)); err != nil {
		return err
	}
	if field != nil {
		b := pdf.AppendEntries([]byte("<<"), field.Dict, 0, "V")
		b = append(b, " /V "...)
		b = append(pdf.AppendRef(b, value), ">>"...)
		if err := a.u.Object(field.Ref, b); err != nil {
			return err
		}
		return a.form(pdf.Ref{})
	}
	return a.newField(value)
}

// field returns the empty signature field to use, nil when one is to be added.
func (a *addition) field() (*pdf.Field, error) {
	for _, f := range a.d.Fields() {
		if f.Type != "Sig" || f.V.Kind() != pdf.Null || f.Ref == (pdf.Ref{}) {
			continue
		}
		if a.opt.Field == "" || a.opt.Field == f.Name {
			return &f, nil
		}
	}
	if a.opt.Field != "" {
		return nil, ErrField
	}
	return nil, nil
}

func (a *addition) dictionary(room int) []byte {
	b := []byte("<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (")
	b = a.opt.Time.UTC().AppendFormat(b, "D:20060102150405+00'00'")
	b = append(b, ')')
	for _, e := range []struct{ key, text string }{{"Name", a.opt.Name}, {"Reason", a.opt.Reason}, {"Location", a.opt.Location}} {
		if e.text != "" {
			b = append(b, " /"+e.key+" "...)
			b = pdf.AppendText(b, e.text)
		}
	}
	b = append(b, " /ByteRange "+rangeMark+" /Contents "...)
	b = append(b, holeOf(room)...)
	return append(b, ">>"...)
}

// newField adds an invisible field to the first page and to the form.
func (a *addition) newField(value pdf.Ref) error {
	var page pdf.Page
	for p := range a.d.Pages() {
		page = p
		break
	}
	if page.Ref == (pdf.Ref{}) {
		return fmt.Errorf("%w: no page", ErrNotPDF)
	}
	used := map[string]bool{}
	for _, f := range a.d.Fields() {
		used[f.Name] = true
	}
	name := "Signature1"
	for i := 2; used[name]; i++ {
		name = "Signature" + strconv.Itoa(i)
	}
	ref := a.u.New()
	// Hidden from view and locked: flags print and locked (§12.5.3).
	b := fmt.Appendf(nil, "<</Type /Annot /Subtype /Widget /FT /Sig /T (%s) /F 132 /Rect [0 0 0 0] /P ", name)
	b = append(pdf.AppendRef(b, page.Ref), " /V "...)
	b = append(pdf.AppendRef(b, value), ">>"...)
	if err := a.u.Object(ref, b); err != nil {
		return err
	}
	if err := a.append(page.Ref, page.Dict, "Annots", ref); err != nil {
		return err
	}
	return a.form(ref)
}

// append adds a reference to a list of a dictionary: to the list itself when it
// is an object, so that nothing else changes, else by writing the dictionary
// again.
func (a *addition) append(owner pdf.Ref, dict pdf.Value, key string, ref pdf.Ref) error {
	if at, ok := dict.Raw(key).Ref(); ok && dict.Key(key).Len() > 0 {
		return a.u.Object(at, listWith(dict.Key(key), ref))
	}
	b := pdf.AppendEntries([]byte("<<"), dict, 0, key)
	b = append(b, " /"+key+" "...)
	b = append(b, listWith(dict.Key(key), ref)...)
	return a.u.Object(owner, append(b, ">>"...))
}

func listWith(list pdf.Value, ref pdf.Ref) []byte {
	b := []byte("[")
	for _, e := range list.Elems() {
		b = append(pdf.Append(b, e), ' ')
	}
	return append(pdf.AppendRef(b, ref), ']')
}

// sigFlags says that there are signatures and that the file is only to be
// appended to (ISO 32000-1 §12.7.2).
const sigFlags = " /SigFlags 3"

// form adds a field to the form and says that there are signatures; a zero
// reference adds none.
func (a *addition) form(field pdf.Ref) error {
	root, ok := a.d.Trailer().Raw("Root").Ref()
	if !ok {
		return fmt.Errorf("%w: no catalogue", ErrNotPDF)
	}
	old := a.d.Root().Key("AcroForm")
	if n, _ := old.Key("SigFlags").Int(); n == 3 && field == (pdf.Ref{}) {
		return nil
	}
	b := pdf.AppendEntries([]byte("<<"), old, 0, "SigFlags", "Fields")
	b = append(b, sigFlags+" /Fields "...)
	switch list, indirect := old.Raw("Fields").Ref(); {
	case field == (pdf.Ref{}):
		b = pdf.Append(b, old.Raw("Fields"))
	case indirect && old.Key("Fields").Len() > 0:
		if err := a.u.Object(list, listWith(old.Key("Fields"), field)); err != nil {
			return err
		}
		b = pdf.AppendRef(b, list)
	default:
		b = append(b, listWith(old.Key("Fields"), field)...)
	}
	b = append(b, ">>"...)
	if at, ok := a.d.Root().Raw("AcroForm").Ref(); ok && old.IsDict() {
		return a.u.Object(at, b)
	}
	c := pdf.AppendEntries([]byte("<<"), a.d.Root(), 0, "AcroForm")
	c = append(append(append(c, " /AcroForm "...), b...), ">>"...)
	return a.u.Object(root, c)
}
