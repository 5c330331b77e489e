package schema

import (
	"bytes"
	"hash/maphash"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema/datatype"
	"github.com/liasse/liasse/internal/xmlcore"
)

// idTable remembers identifiers by a 64-bit hash under a secret key with their
// offsets, 16 bytes each, and the references not yet resolved. The texts are
// not kept: among five million identifiers two share a hash in one document of
// a million, and nobody outside can choose them to.
type idTable struct {
	seed  maphash.Seed
	slots []idSlot
	n     int
	max   int
	full  bool

	refs   []idRef
	values []byte // of refs
}

type idSlot struct {
	hash uint64 // 0: free
	off  int64
}

// idRef is a reference to an identifier that was not met before it.
type idRef struct {
	from, to  int // of its value
	line, col int32
	off       int64
}

const maxRefBytes = 64 << 20

func (t *idTable) reset(most int) {
	if t.slots == nil {
		t.seed = maphash.MakeSeed()
	}
	clear(t.slots)
	t.n, t.max, t.full = 0, most, false
	t.refs, t.values = t.refs[:0], t.values[:0]
}

// slot returns where the identifier is, or would be: its hash is then 0. It is
// nil while the table is empty.
func (t *idTable) slot(id []byte) (s *idSlot, h uint64) {
	if h = maphash.Bytes(t.seed, id); h == 0 {
		h = 1
	}
	return t.find(h), h
}

func (t *idTable) find(h uint64) *idSlot {
	if len(t.slots) == 0 {
		return nil
	}
	mask := uint64(len(t.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		if s := &t.slots[i]; s.hash == 0 || s.hash == h {
			return s
		}
	}
}

func (t *idTable) has(id []byte) bool {
	s, _ := t.slot(id)
	return s != nil && s.hash != 0
}

func (t *idTable) grow() {
	old := t.slots
	t.slots = make([]idSlot, max(256, 2*len(old)))
	for _, s := range old {
		if s.hash != 0 {
			*t.find(s.hash) = s
		}
	}
}

// identify takes a valid value of an ID, IDREF or IDREFS.
func (v *Validator) identify(r *xmlcore.Reader, f *frame, kind datatype.Identity, text []byte) {
	switch kind {
	case datatype.ID:
		v.define(r, f, bytes.Trim(text, " \t\r\n"))
	case datatype.IDRef:
		v.refer(r, bytes.Trim(text, " \t\r\n"))
	case datatype.IDRefs:
		for id := range bytes.FieldsSeq(text) {
			v.refer(r, id)
		}
	}
}

func (v *Validator) define(r *xmlcore.Reader, f *frame, id []byte) {
	t := &v.ids
	if t.n >= t.max {
		v.idsFull(r)
		return
	}
	if t.n*4 >= len(t.slots)*3 {
		t.grow()
	}
	s, h := t.slot(id)
	if s.hash == 0 {
		*s = idSlot{h, r.Offset()}
		t.n++
		return
	}
	v.fault(r, f, report.Finding{Rule: report.XSDIDDup, Ref: "cvc-id.2", Where: r.StartLocation(), Also: []report.Location{
		{Member: r.Location().Member, Offset: s.off, At: true}},
		Params: []report.Param{report.P("id", string(id))}})
}

func (v *Validator) refer(r *xmlcore.Reader, id []byte) {
	t := &v.ids
	if t.has(id) {
		return
	}
	if len(t.refs) >= t.max || len(t.values)+len(id) > maxRefBytes {
		v.idsFull(r)
		return
	}
	t.values = append(t.values, id...)
	line, col, off := r.Position()
	t.refs = append(t.refs, idRef{len(t.values) - len(id), len(t.values), int32(line), int32(col), off})
}

func (v *Validator) idsFull(r *xmlcore.Reader) {
	if v.ids.full {
		return
	}
	v.ids.full = true
	v.emit(report.Finding{Rule: report.LimIDs, Severity: report.LimIDs.Severity, Where: r.Location(),
		Params: []report.Param{report.Int("limit", v.ids.max)}})
}

// dangling reports the references that name nothing, at the end of the
// document. A table that is not complete proves nothing.
func (v *Validator) dangling(r *xmlcore.Reader) {
	t := &v.ids
	if t.full {
		return
	}
	member := r.Location().Member
	for _, ref := range t.refs {
		id := t.values[ref.from:ref.to]
		if t.has(id) {
			continue
		}
		v.fault(r, nil, report.Finding{Rule: report.XSDIDRef, Ref: "cvc-id.1",
			Where:  report.Location{Member: member, Line: int(ref.line), Column: int(ref.col), Offset: ref.off},
			Params: []report.Param{report.P("id", string(id))}})
	}
}
