// Package pdftest composes, for tests, PDF files, their updates and their
// signatures, right and wrong. It shares no code with the packages it tests: it
// writes octets.
package pdftest

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/liasse/liasse/actes/signature/internal/cmstest"
)

// Numbers of the objects of a [New] document.
const (
	Catalog = iota + 1
	Pages
	Page
	Content
	Font
	Form
	Name             // a text field
	Place            // an empty signature field
	Look             // what the text field is drawn with
	Picture          // an XObject the page shows
	Annots           // the list of annotations of the page
	Free             // the first number not used
	SignatureAt = 30 // where Sign begins
)

// Objects are the values of objects by their number.
type Objects map[int]string

// Doc is a PDF being written.
type Doc struct {
	B     []byte
	Root  int
	size  int
	prev  int
	signs int
	now   Objects
}

func stream(dict, data string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(data), data)
}

// Stream writes a stream object.
func Stream(dict, data string) string { return stream(dict, data) }

// New returns a document of one page with a text, a picture, a text field and
// an empty signature field. change alters the objects before they are written.
func New(change ...func(Objects)) *Doc {
	d := &Doc{Root: Catalog, now: Objects{}}
	d.B = []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	o := Objects{
		Catalog: "<</Type/Catalog/Pages 2 0 R/AcroForm 6 0 R>>",
		Pages:   "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		Page:    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</P 10 0 R>>>>/Annots 11 0 R>>",
		Content: stream("", "BT /F 12 Tf 50 700 Td (Le conseil vote 1 000 euros) Tj ET /P Do"),
		Font:    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
		Form:    "<</Fields[7 0 R 8 0 R]/SigFlags 3>>",
		Name:    "<</Type/Annot/Subtype/Widget/FT/Tx/T(montant)/V(1000)/Rect[50 600 250 620]/P 3 0 R/AP<</N 9 0 R>>/F 4>>",
		Place:   "<</Type/Annot/Subtype/Widget/FT/Sig/T(maire)/Rect[0 0 0 0]/P 3 0 R/F 132>>",
		Look:    stream("/Type/XObject/Subtype/Form/BBox[0 0 200 20]", "(1000) Tj"),
		Picture: stream("/Type/XObject/Subtype/Form/BBox[0 0 10 10]", "0 0 10 10 re f"),
		Annots:  "[7 0 R 8 0 R]",
	}
	for _, f := range change {
		f(o)
	}
	return d.Update(o)
}

// Update appends a revision with the objects; an empty value frees the number.
func (d *Doc) Update(o Objects) *Doc {
	maps.Copy(d.now, o)
	nums := slices.Sorted(maps.Keys(o))
	var xref strings.Builder
	if d.prev == 0 {
		xref.WriteString("0 1\n0000000000 65535 f \n")
	}
	for _, n := range nums {
		if o[n] == "" {
			fmt.Fprintf(&xref, "%d 1\n0000000000 65535 f \n", n)
			continue
		}
		fmt.Fprintf(&xref, "%d 1\n%010d 00000 n \n", n, len(d.B))
		d.B = fmt.Appendf(d.B, "%d 0 obj\n%s\nendobj\n", n, o[n])
		d.size = max(d.size, n+1)
	}
	at := len(d.B)
	prev := ""
	if d.prev > 0 {
		prev = fmt.Sprintf("/Prev %d", d.prev)
	}
	d.B = fmt.Appendf(d.B, "xref\n%strailer\n<</Size %d/Root %d 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", xref.String(), d.size, d.Root, prev, at)
	d.prev = at
	return d
}

// Object returns the value an object has now.
func (d *Doc) Object(n int) string { return d.now[n] }

// Edit appends a revision in which an object has one part of its value replaced
// by another.
func (d *Doc) Edit(n int, old, with string) *Doc {
	if !strings.Contains(d.now[n], old) {
		panic("pdftest: nothing to replace in object " + fmt.Sprint(n))
	}
	return d.Update(Objects{n: strings.Replace(d.now[n], old, with, 1)})
}

// Signing says how to sign, and what to do wrong. The zero value of each member
// is the right thing.
type Signing struct {
	Type, SubFilter string
	Entries         string // more entries of the dictionary
	Field           int    // the field to sign, Place when 0
	FieldEntries    string // more entries of the field
	Room            int    // hexadecimal digits kept for the value
	// Range alters the ranges before they are written and signed.
	Range func(r *[4]int)
	// Written alters the ranges as written; the value is over the right ones.
	Written func(string) string
	// Value makes the value over the octets; the agent's detached CMS when nil.
	Value func(over []byte) []byte
	// Hex alters the digits of the value.
	Hex func(string) string
	// Indirect puts the value in an object of its own.
	Indirect bool
	// With are more objects of the revision.
	With Objects
}

// Sign appends a revision with a signature.
func (d *Doc) Sign(t cmstest.TB, ca *cmstest.CA, s Signing) *Doc {
	t.Helper()
	if s.Type == "" {
		s.Type = "Sig"
	}
	if s.SubFilter == "" {
		s.SubFilter = "ETSI.CAdES.detached"
	}
	if s.Field == 0 {
		s.Field = Place
	}
	if s.Room == 0 {
		s.Room = 6000
	}
	n := SignatureAt + d.signs
	d.signs++
	const mark = "[0000000000 0000000000 0000000000 0000000000]"
	hole := "<" + strings.Repeat("0", s.Room) + ">"
	o := Objects{}
	maps.Copy(o, s.With)
	contents := "/Contents " + hole
	if s.Indirect {
		contents = fmt.Sprintf("/Contents %d 0 R", n+100)
		o[n+100] = hole
	}
	o[n] = fmt.Sprintf("<</Type/%s/Filter/Adobe.PPKLite/SubFilter/%s/M(D:20250303100000+01'00')%s/ByteRange %s%s>>", s.Type, s.SubFilter, s.Entries, mark, contents)
	field := d.now[s.Field]
	o[s.Field] = strings.TrimSuffix(field, ">>") + fmt.Sprintf("/V %d 0 R%s>>", n, s.FieldEntries)
	from := len(d.B)
	d.Update(o)
	start := from + bytes.Index(d.B[from:], []byte(hole))
	end := start + len(hole)
	r := [4]int{0, start, end, len(d.B) - end}
	if s.Range != nil {
		s.Range(&r)
	}
	written := fmt.Sprintf("[%d %d %d %d]", r[0], r[1], r[2], r[3])
	if s.Written != nil {
		written = s.Written(written)
	}
	at := from + bytes.Index(d.B[from:], []byte(mark))
	copy(d.B[at:], fmt.Sprintf("%-*s", len(mark), written))
	over := []byte{}
	for i := 0; i < 4; i += 2 {
		a, b := max(0, r[i]), max(0, r[i]+r[i+1])
		over = append(over, d.B[min(a, len(d.B)):min(b, len(d.B))]...)
	}
	value := s.Value
	if value == nil {
		value = func(over []byte) []byte {
			return ca.Sign(t, cmstest.Signature{Content: over, Detached: true, NoTime: true})
		}
	}
	hex := fmt.Sprintf("%x", value(over))
	if len(hex) > s.Room {
		t.Fatal("pdftest: no room for the value")
	}
	if s.Hex != nil {
		hex = s.Hex(hex + strings.Repeat("0", s.Room-len(hex)))
	}
	copy(d.B[start+1:end-1], hex)
	return d
}
