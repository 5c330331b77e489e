package schema

import (
	"bytes"
	"hash/maphash"
	"math/bits"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema/datatype"
	"github.com/liasse/liasse/internal/xmlcore"
)

// idTable remembers identifiers by a 64-bit hash under a secret key with their
// offsets, and the references not yet resolved. The texts are not kept: among
// five million identifiers two share a hash in one document of a million, and
// nobody outside can choose them to.
//
// Nearly every identifier is new, and asking whether it is costs above all the
// wait for memory. So a hash first finds a bucket of eight tags, bytes of
// hashes, in one word: a table of these is small enough to stay near the
// processor, and seldom has a tag in common with what is new. Identifiers that
// are numbered in order need not even that (see idSeries).
type idTable struct {
	seed    maphash.Seed
	tags    []uint64 // buckets, filled from the lowest byte on; 0 is a free place
	numbers []uint32 // of the entries, eight to a bucket
	entries []idEntry
	series  []idSeries // of which some are begun, and one was of use last
	begun   int
	recent  int
	count   int // of identifiers
	max     int
	full    bool

	refs   []idRef
	values []byte // of refs
}

type idEntry struct {
	hash uint64
	off  int64
}

// idRef is a reference to an identifier that was not met before it.
type idRef struct {
	from, to  int // of its value
	line, col int32
	off       int64
}

const (
	maxRefBytes = 64 << 20
	minBuckets  = 32
	maxIDCount  = 1 << 31
)

func (t *idTable) reset(most int) {
	if t.tags == nil {
		t.seed = maphash.MakeSeed()
		t.resize(minBuckets)
	}
	clear(t.tags)
	t.entries, t.max, t.full = t.entries[:0], min(most, maxIDCount), false
	t.refs, t.values = t.refs[:0], t.values[:0]
	t.begun, t.recent, t.count = 0, 0, 0
}

const (
	eachByte = 0x0101010101010101
	lowBits  = 0x7F7F7F7F7F7F7F7F
)

// find looks for an identifier. It returns its hash, its entry or else nil, and
// then the bucket where there is room for it.
func (t *idTable) find(id []byte) (hash uint64, e *idEntry, bucket uint64) {
	hash = maphash.Bytes(t.seed, id)
	mask := uint64(len(t.tags) - 1)
	tag := hash>>56 | 1
	for bucket = hash & mask; ; bucket = (bucket + 1) & mask {
		w := t.tags[bucket]
		x := w ^ tag*eachByte
		// The highest bit of each byte that is 0, and of no other: free places
		// have numbers of another document.
		for m := ^(x&lowBits + lowBits | x | lowBits); m != 0; m &= m - 1 {
			if e := &t.entries[t.numbers[bucket*8+uint64(bits.TrailingZeros64(m)/8)]]; e.hash == hash {
				return hash, e, bucket
			}
		}
		if w>>56 == 0 {
			return hash, nil, bucket
		}
	}
}

// add enters an identifier that was not found.
func (t *idTable) add(hash, bucket uint64, off int64) {
	n := len(t.entries)
	t.entries = append(t.entries, idEntry{hash, off})
	t.put(hash, bucket, n)
	if n >= 5*len(t.tags) {
		t.resize(2 * len(t.tags))
		mask := uint64(len(t.tags) - 1)
		for i := range t.entries {
			h := t.entries[i].hash
			b := h & mask
			for t.tags[b]>>56 != 0 {
				b = (b + 1) & mask
			}
			t.put(h, b, i)
		}
	}
}

// put fills the first free place of a bucket.
func (t *idTable) put(hash, bucket uint64, number int) {
	at := uint64(bits.Len64(t.tags[bucket])+7) / 8
	t.tags[bucket] |= (hash>>56 | 1) << (8 * at)
	t.numbers[bucket*8+at] = uint32(number)
}

func (t *idTable) resize(buckets int) {
	t.tags, t.numbers = make([]uint64, buckets), make([]uint32, 8*buckets)
}

// identify takes a valid value of an ID, IDREF or IDREFS.
func (v *Validator) identify(r *xmlcore.Reader, f *frame, kind datatype.Identity, text []byte) {
	switch kind {
	case datatype.ID:
		v.define(r, f, trim(text))
	case datatype.IDRef:
		v.refer(r, trim(text))
	case datatype.IDRefs:
		for id := range bytes.FieldsSeq(text) {
			v.refer(r, id)
		}
	}
}

// trim takes off blanks, of which there are hardly ever any.
func trim(b []byte) []byte {
	if len(b) > 0 && b[0] > ' ' && b[len(b)-1] > ' ' {
		return b
	}
	return bytes.Trim(b, " \t\r\n")
}

func (v *Validator) define(r *xmlcore.Reader, f *frame, id []byte) {
	t := &v.ids
	if t.count >= t.max {
		v.idsFull(r)
		return
	}
	first, twice := t.enter(id, r.Offset())
	if !twice {
		return
	}
	v.fault(r, f, report.Finding{Rule: report.XSDIDDup, Ref: "cvc-id.2", Where: r.StartLocation(), Also: []report.Location{
		{Member: r.Location().Member, Offset: first, At: true}},
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
