// Package pdftest composes PDF files for tests: every style of
// cross-reference, any tree of pages.
package pdftest

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"maps"
	"slices"
)

// Style is how a file keeps its objects and their addresses.
type Style int

// The styles.
const (
	Table   Style = iota // classic table
	XStream              // cross-reference stream, objects in the file
	ObjStm               // cross-reference stream, objects in an object stream
	Hybrid               // table, and a stream it names for objects in an object stream
)

// Styles lists the styles with their names.
var Styles = map[string]Style{"table": Table, "xref-stream": XStream, "object-stream": ObjStm, "hybrid": Hybrid}

type object struct {
	body   string
	stream []byte
}

// File is a file being composed. Objects are numbered by the caller.
type File struct {
	Version string // "1.7" if empty
	Junk    string // before the header
	Trailer string // more entries of the trailer
	objs    map[int]object
}

// Obj sets an object.
func (f *File) Obj(num int, format string, args ...any) {
	f.set(num, object{body: fmt.Sprintf(format, args...)})
}

// Stream sets a stream; dict is what its dictionary holds besides Length.
func (f *File) Stream(num int, dict, data string) {
	f.set(num, object{body: dict, stream: []byte(data)})
}

func (f *File) set(num int, o object) {
	if f.objs == nil {
		f.objs = map[int]object{}
	}
	f.objs[num] = o
}

// Bytes writes the file. Object 1 is the catalogue.
func (f *File) Bytes(style Style) []byte {
	var b bytes.Buffer
	b.WriteString(f.Junk)
	v := f.Version
	if v == "" {
		v = "1.7"
	}
	start := b.Len()
	fmt.Fprintf(&b, "%%PDF-%s\n%%\xe2\xe3\xcf\xd3\n", v)
	nums := slices.Sorted(maps.Keys(f.objs))
	stm := nums[len(nums)-1] + 1 // object stream
	xref := stm + 1
	offs := map[int]int{}
	var inside []int
	for _, n := range nums {
		o := f.objs[n]
		if o.stream == nil && (style == ObjStm || style == Hybrid) {
			inside = append(inside, n)
			continue
		}
		offs[n] = b.Len() - start
		if o.stream == nil {
			fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n, o.body)
		} else {
			fmt.Fprintf(&b, "%d 0 obj\n<< %s /Length %d >>\nstream\n%s\nendstream\nendobj\n", n, o.body, len(o.stream), o.stream)
		}
	}
	if len(inside) > 0 {
		var head, body bytes.Buffer
		for _, n := range inside {
			fmt.Fprintf(&head, "%d %d ", n, body.Len())
			body.WriteString(f.objs[n].body + "\n")
		}
		offs[stm] = b.Len() - start
		z := deflate(append(head.Bytes(), body.Bytes()...))
		fmt.Fprintf(&b, "%d 0 obj\n<< /Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\nendobj\n",
			stm, len(inside), head.Len(), len(z), z)
	}
	switch style {
	case Table:
		at := b.Len() - start
		f.table(&b, offs, xref)
		fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", xref, f.Trailer, at)
	case Hybrid:
		// as Microsoft Word writes them: a table with the hidden objects free,
		// then an empty one whose trailer names the stream
		first := b.Len() - start
		f.table(&b, offs, xref+1)
		fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R %s >>\n", xref+1, f.Trailer)
		x := b.Len() - start
		f.xrefStream(&b, xref, stm, map[int]int{}, inside, "")
		at := b.Len() - start
		fmt.Fprintf(&b, "xref\n0 0\ntrailer\n<< /Size %d /Root 1 0 R /Prev %d /XRefStm %d %s >>\nstartxref\n%d\n%%%%EOF\n", xref+1, first, x, f.Trailer, at)
	default:
		at := b.Len() - start
		offs[xref] = at
		f.xrefStream(&b, xref, stm, offs, inside, "/Root 1 0 R "+f.Trailer)
		fmt.Fprintf(&b, "startxref\n%d\n%%%%EOF\n", at)
	}
	return b.Bytes()
}

func (f *File) table(b *bytes.Buffer, offs map[int]int, size int) {
	fmt.Fprintf(b, "xref\n0 %d\n", size)
	for n := range size {
		if off, ok := offs[n]; ok {
			fmt.Fprintf(b, "%010d 00000 n \n", off)
		} else {
			fmt.Fprintf(b, "%010d %05d f \n", 0, 65535)
		}
	}
}

func (f *File) xrefStream(b *bytes.Buffer, num, stm int, offs map[int]int, inside []int, more string) {
	var rows bytes.Buffer
	index := ""
	if len(offs) == 0 { // the stream of a hybrid file: only what the table hides
		for _, n := range inside {
			index += fmt.Sprintf("%d 1 ", n)
		}
	}
	prev := make([]byte, 5)
	row := func(r [5]byte) {
		rows.WriteByte(2) // PNG predictor "up"
		for i := range r {
			rows.WriteByte(r[i] - prev[i])
		}
		copy(prev, r[:])
	}
	for n := 0; n <= num; n++ {
		i := slices.Index(inside, n)
		off, plain := offs[n]
		switch {
		case i >= 0:
			row([5]byte{2, byte(stm >> 16), byte(stm >> 8), byte(stm), byte(i)})
		case index != "":
		case plain:
			row([5]byte{1, byte(off >> 16), byte(off >> 8), byte(off), 0})
		default:
			row([5]byte{0, 0, 0, 0, 255})
		}
	}
	if index != "" {
		index = "/Index [" + index + "]"
	}
	z := deflate(rows.Bytes())
	fmt.Fprintf(b, "%d 0 obj\n<< /Type /XRef /Size %d /W [1 3 1] %s /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 5 >> %s /Length %d >>\nstream\n%s\nendstream\nendobj\n",
		num, num+1, index, more, len(z), z)
}

func deflate(b []byte) []byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(b)
	w.Close()
	return z.Bytes()
}

// Simple is a file of n pages with a line of text on each. Object 1 is the
// catalogue, 2 the page tree, 3 the font; page i is object 4+2i.
func Simple(n int) *File {
	f := new(File)
	f.Obj(1, "<< /Type /Catalog /Pages 2 0 R >>")
	kids := ""
	for i := range n {
		kids += fmt.Sprintf("%d 0 R ", 4+2*i)
		f.Obj(4+2*i, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>", 5+2*i)
		f.Stream(5+2*i, "", fmt.Sprintf("BT /F1 24 Tf 72 700 Td (Page %d) Tj ET", i+1))
	}
	f.Obj(2, "<< /Type /Pages /Count %d /Kids [%s] >>", n, kids)
	f.Obj(3, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	return f
}
