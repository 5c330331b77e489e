package schema

import (
	"bytes"
	"hash/maphash"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema/datatype"
	"github.com/liasse/liasse/internal/xmlcore"
)

// idTable remembers identifiers by 128 bits of hash with their places, 24 bytes
// each, and the references not yet resolved.
type idTable struct {
	seed  maphash.Seed
	seed2 maphash.Seed
	slots []idSlot
	n     int
	max   int
	full  bool

	refs   []idRef
	values []byte // of refs
}

type idSlot struct {
	hash  uint64 // 0: free
	check uint64
	off   int64
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
		t.seed, t.seed2 = maphash.MakeSeed(), maphash.MakeSeed()
	}
	clear(t.slots)
	t.n, t.max, t.full = 0, most, false
	t.refs, t.values = t.refs[:0], t.values[:0]
}

func (t *idTable) hash(id []byte) (uint64, uint64) {
	h := maphash.Bytes(t.seed, id)
	if h == 0 {
		h = 1
	}
	return h, maphash.Bytes(t.seed2, id)
}

func (t *idTable) find(h uint64, check uint64) *idSlot {
	if len(t.slots) == 0 {
		return nil
	}
	mask := uint64(len(t.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.hash == 0 || s.hash == h && s.check == check {
			return s
		}
	}
}

func (t *idTable) grow() {
	old := t.slots
	t.slots = make([]idSlot, max(256, 2*len(old)))
	for _, s := range old {
		if s.hash != 0 {
			*t.find(s.hash, s.check) = s
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
	h, check := t.hash(id)
	s := t.find(h, check)
	if s.hash == 0 {
		*s = idSlot{h, check, r.Offset()}
		t.n++
		return
	}
	v.fault(r, f, report.Finding{Rule: report.XSDIDDup, Ref: "cvc-id.2", Where: r.StartLocation(), Also: []report.Location{
		{Member: r.Location().Member, Offset: s.off, At: true}},
		Params: []report.Param{report.P("id", string(id))}})
}

func (v *Validator) refer(r *xmlcore.Reader, id []byte) {
	t := &v.ids
	h, check := t.hash(id)
	if s := t.find(h, check); s != nil && s.hash != 0 {
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
		h, check := t.hash(id)
		if s := t.find(h, check); s != nil && s.hash != 0 {
			continue
		}
		v.fault(r, nil, report.Finding{Rule: report.XSDIDRef, Ref: "cvc-id.1",
			Where:  report.Location{Member: member, Line: int(ref.line), Column: int(ref.col), Offset: ref.off},
			Params: []report.Param{report.P("id", string(id))}})
	}
}
