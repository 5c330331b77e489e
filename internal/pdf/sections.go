package pdf

import (
	"bytes"
	"slices"
)

// Section is one cross-reference section. A revision ends with one, but the
// first revision of a linearized file has two, and each of a hybrid file a
// table and a stream.
type Section struct {
	Offset int64 // in the file
	Stream bool  // a cross-reference stream
	Hybrid bool  // a table whose trailer names a stream too
	Num    int32 // the object number of a stream
}

// Sections returns the cross-reference sections of an open document, the
// newest first.
func (d *Doc) Sections() []Section { return d.sections }

// Revisions returns where each revision of an open document ends, oldest
// first: the offset after its %%EOF and the end of line that follows. The
// bytes up to there are the document as it was then.
func (d *Doc) Revisions() []int64 {
	d.linearization()
	var ends []int64
	for _, s := range d.sections {
		end, ok := d.endAfter(s.Offset)
		if !ok {
			end = d.size
		}
		if d.linLength > 0 && end < d.start+d.linLength {
			end = min(d.start+d.linLength, d.size)
		}
		ends = append(ends, end)
	}
	slices.Sort(ends)
	return slices.Compact(ends)
}

// endAfter finds the end of the first %%EOF after an offset.
func (d *Doc) endAfter(from int64) (int64, bool) {
	const word = "%%EOF"
	var buf [4096]byte
	for off := from; off < d.size && !d.stopped(); off += int64(len(buf) - len(word)) {
		n := d.readAt(buf[:], off)
		i := bytes.Index(buf[:n], []byte(word))
		if i < 0 {
			continue
		}
		end := off + int64(i+len(word))
		var eol [2]byte
		m := d.readAt(eol[:], end)
		switch {
		case m == 2 && eol[0] == '\r' && eol[1] == '\n':
			end += 2
		case m > 0 && (eol[0] == '\r' || eol[0] == '\n'):
			end++
		}
		return end, true
	}
	return 0, false
}

// Place says where an object lies in an open document: at an offset of the
// file, or in an object stream when stream is not 0. ok is false when there is
// no such object.
func (d *Doc) Place(r Ref) (offset int64, stream int32, ok bool) {
	e := d.lookup(r.Num)
	if e == nil {
		return 0, 0, false
	}
	switch e.typ {
	case ePlain:
		return d.start + e.off, 0, e.gen == r.Gen
	case eCompressed:
		return 0, int32(e.off), true
	}
	return 0, 0, false
}
