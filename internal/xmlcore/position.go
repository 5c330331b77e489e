package xmlcore

import (
	"bytes"
	"strconv"

	"github.com/liasse/liasse/ged/report"
)

// mark is a position in the document.
type mark struct {
	line int   // from 1
	col  int   // characters before it on its line
	off  int64 // original bytes before it
	cr   bool  // the character before it is CR: an LF at it ends no further line
}

// after returns the position behind the characters b that stand at m.
func (m mark) after(b []byte, enc *encoding) mark {
	if len(b) == 0 {
		return m
	}
	last := -1
	if n := bytes.Count(b, lf); n > 0 { // looking for the first is quicker than for the last
		last = bytes.LastIndexByte(b, '\n')
		m.line += n
		if m.cr && b[0] == '\n' {
			m.line--
		}
	}
	m.cr = false
	if bytes.IndexByte(b, '\r') >= 0 {
		m.line += bytes.Count(b, cr) - bytes.Count(b, crlf)
		last = max(last, bytes.LastIndexByte(b, '\r'))
		m.cr = b[len(b)-1] == '\r'
	}
	switch {
	case last >= 0:
		m.col = countRunes(b[last+1:])
	default:
		m.col += countRunes(b)
	}
	switch {
	case enc == utf8Encoding:
		m.off += int64(len(b))
	case enc.table != nil:
		m.off += int64(countRunes(b))
	default:
		n := 2 * countRunes(b)
		for _, c := range b {
			if c >= 0xF0 { // a pair of surrogates
				n += 2
			}
		}
		m.off += int64(n)
	}
	return m
}

var lf, cr, crlf = []byte("\n"), []byte("\r"), []byte("\r\n")

// advance moves the mark to buf[i]: at a shift of the window, or to make the
// next question cheap.
func (r *Reader) advance(i int) {
	r.mark = r.mark.after(r.buf[r.at:i], r.enc)
	r.at = i
}

func (r *Reader) locate(i int) report.Location {
	if r.at < r.tok {
		r.advance(r.tok)
	}
	return r.place(r.mark.after(r.buf[r.at:i], r.enc))
}

func (r *Reader) place(m mark) report.Location {
	return report.Location{Member: r.member, Path: r.Path(), Line: m.line, Column: m.col + 1, Offset: m.off}
}

// Location returns where the current event begins: the path is that of the
// innermost element open at it. A verdict carries its own location.
func (r *Reader) Location() report.Location { return r.locate(r.tok) }

// AttrLocation returns where the name of attribute i of the StartElement
// stands; the path ends with /@name.
func (r *Reader) AttrLocation(i int) report.Location {
	n := 0
	for j := range r.tags {
		t := &r.tags[j]
		if t.q.isDecl {
			continue
		}
		if n == i {
			l := r.locate(r.tok + t.at)
			l.Path += "/@" + t.q.raw
			return l
		}
		n++
	}
	return r.Location()
}

// Offset returns where the current event begins, in bytes as received.
func (r *Reader) Offset() int64 {
	if off, ok := r.OffsetUTF8(); ok {
		return off
	}
	if r.at < r.tok {
		r.advance(r.tok)
	}
	return r.mark.off
}

// OffsetUTF8 is [Reader.Offset] for a document in UTF-8, at next to no cost; ok
// is false for another, in which characters have to be counted.
func (r *Reader) OffsetUTF8() (offset int64, ok bool) {
	return r.origin.off + int64(r.tok), r.enc == utf8Encoding
}

// extent is where an element begins and where its content does.
type extent struct{ begin, inside mark }

// settle works out where the open elements begin that nobody asked about,
// before their start tags leave the window. One pass over the window serves all.
func (r *Reader) settle() {
	i := len(r.frames)
	for i > 0 && r.frames[i-1].begin != settled {
		i--
	}
	for len(r.places) < len(r.frames) {
		r.places = append(r.places, extent{})
	}
	m, at := r.origin, 0
	for ; i < len(r.frames); i++ {
		f := &r.frames[i]
		m = m.after(r.buf[at:f.begin], r.enc)
		r.places[i].begin = m
		m = m.after(r.buf[f.begin:f.inside], r.enc)
		r.places[i].inside = m
		at = f.inside
		f.begin = settled
	}
}

// StartLocation returns where the start tag of the innermost open element is:
// at EndElement, the one that is closed. The cost is that of looking back, so
// that nobody need remember the place of every element in case something is
// missing from it.
func (r *Reader) StartLocation() report.Location {
	i := len(r.frames) - 1
	switch {
	case i < 0:
		return r.Location()
	case r.frames[i].begin == settled:
		return r.place(r.places[i].begin)
	}
	return r.place(r.origin.after(r.buf[:r.frames[i].begin], r.enc))
}

// ContentLocation returns where the content of the innermost open element
// begins, just behind its start tag.
func (r *Reader) ContentLocation() report.Location {
	i := len(r.frames) - 1
	switch {
	case i < 0:
		return r.Location()
	case r.frames[i].begin == settled:
		return r.place(r.places[i].inside)
	}
	return r.place(r.origin.after(r.buf[:r.frames[i].inside], r.enc))
}

// Locate returns the place of an offset met before, in the innermost open
// element. Line and column are known if it is still in the window, which holds
// the last 64 KiB or so of UTF-8; otherwise the offset is all there is.
func (r *Reader) Locate(offset int64) report.Location {
	at := offset - r.origin.off
	if r.enc != utf8Encoding || at < 0 || at > int64(r.end) {
		return report.Location{Member: r.member, Path: r.Path(), Offset: offset, At: true}
	}
	return r.place(r.origin.after(r.buf[:at], r.enc))
}

// End returns the offset just after the current event, in bytes as received.
func (r *Reader) End() int64 {
	if r.enc == utf8Encoding {
		return r.mark.off + int64(r.pos-r.at)
	}
	return r.mark.after(r.buf[r.at:r.pos], r.enc).off
}

// Path returns the path of the innermost open element, names as written in the
// document: /a/p:b[2]. The index is given from the second sibling of the same
// name on.
func (r *Reader) Path() string {
	if len(r.frames) == 0 {
		return ""
	}
	b := make([]byte, 0, 128)
	for i := range r.frames {
		f := &r.frames[i]
		b = append(b, '/')
		b = append(b, f.name.raw...)
		if f.index > 1 {
			b = append(b, '[')
			b = strconv.AppendUint(b, uint64(f.index), 10)
			b = append(b, ']')
		}
	}
	return string(b)
}

// Siblings returns how many children of the name the element around the innermost
// open one has had so far, the innermost one among them.
func (r *Reader) Siblings(n *Name) int {
	depth, parent := len(r.frames)-1, uint32(0)
	if depth > 0 {
		parent = r.frames[depth-1].serial
	}
	if depth < 0 || depth >= len(n.siblings) || n.siblings[depth].parent != parent {
		return 0
	}
	return int(n.siblings[depth].n)
}

// Encoding returns the encoding in force: UTF-8, UTF-16LE, UTF-16BE, US-ASCII,
// ISO-8859-1, ISO-8859-15 or windows-1252.
func (r *Reader) Encoding() string { return r.enc.name }

// Position returns where the current event begins as [Reader.Location] does,
// line and column from 1, without its path: for a consumer that must remember
// the place of every element in case something is missing from it.
func (r *Reader) Position() (line, column int, offset int64) {
	if r.at < r.tok {
		r.advance(r.tok)
	}
	return r.mark.line, r.mark.col + 1, r.mark.off
}
