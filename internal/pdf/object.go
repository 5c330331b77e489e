package pdf

import "io"

// Object returns the indirect object, null if there is none. A value lives
// until the document is reset.
func (d *Doc) Object(r Ref) Value {
	for _, f := range d.fetching {
		if f == r {
			return Value{}
		}
	}
	if len(d.fetching) > maxDepth {
		return Value{}
	}
	d.fetching = append(d.fetching, r)
	n, ok := d.load(r)
	if x := &d.xref; !ok && d.poppler && !x.stream && !x.rebuilt {
		x.rebuilt = true
		x.root = Ref{Num: -1}
		d.reconstruct(false)
		n, ok = d.load(r)
	}
	d.fetching = d.fetching[:len(d.fetching)-1]
	if !ok {
		return Value{}
	}
	return Value{d, n}
}

// Root returns the catalogue.
func (d *Doc) Root() Value { return d.Object(d.xref.root) }

// Trailer returns the trailer dictionary of the newest section.
func (d *Doc) Trailer() Value { return d.trailer }

func (d *Doc) load(r Ref) (int32, bool) {
	if r.Num < 0 || r.Num >= d.xref.size || d.overflow {
		return 0, false
	}
	e := d.lookup(r.Num)
	if e == nil {
		return 0, false
	}
	if e.node != 0 && (e.gen == r.Gen || e.typ == eCompressed) {
		return e.node, true
	}
	switch e.typ {
	case ePlain:
		if e.gen != r.Gen || e.off < 0 {
			return 0, false
		}
		from := d.start + e.off
		p := d.parserAt(from)
		p.obj, p.stream = r, true
		p.plain = d.crypt == nil || d.crypt.own == r
		p.advance()
		if !p.t.isInt() || p.t.i != int64(r.Num) {
			return 0, false
		}
		p.advance()
		if !p.t.isInt() || p.t.i != int64(r.Gen) {
			return 0, false
		}
		p.advance()
		if !p.t.is(cObj) {
			return 0, false
		}
		p.advance()
		if p.t.kind == tEOF {
			d.spend(d.size - from)
			return 0, true
		}
		n := p.value(0)
		d.unended = d.unended || p.cut
		d.spend(p.c.pos() - from)
		d.keep(r.Num, n)
		return n, true
	case eCompressed:
		return d.loadCompressed(r, e.off, e.gen)
	}
	return 0, false
}

func (d *Doc) keep(num, n int32) {
	// The table may have been rebuilt while the object was parsed.
	if e := d.xref.get(num); e != nil && n != 0 {
		e.node = n
		d.cached = append(d.cached, num)
	}
}

// objStm is a decoded object stream (ISO 32000-1 §7.5.7).
type objStm struct {
	num  int32 // 0: empty
	used int64
	data []byte
	nums []int32
	offs []int64 // of each object in data
}

func (d *Doc) forgetObjStms() {
	for i := range d.objStms {
		d.objStms[i].num = 0
		if cap(d.objStms[i].data) > 1<<20 {
			d.objStms[i].data = nil
		}
	}
}

func (d *Doc) loadCompressed(r Ref, stm int64, index int32) (int32, bool) {
	if stm <= 0 || stm >= int64(d.xref.size) {
		return 0, false
	}
	if e := d.xref.get(int32(stm)); e != nil && e.typ != ePlain && e.typ != eNone {
		return 0, false
	}
	s := d.objStm(int32(stm))
	if s == nil {
		return 0, false
	}
	if index < 0 || int(index) >= len(s.nums) || s.nums[index] != r.Num {
		return 0, true
	}
	from, to := s.offs[index], int64(len(s.data))
	if int(index)+1 < len(s.offs) {
		to = min(to, s.offs[index+1])
	}
	if from > to {
		return 0, true
	}
	p := parser{d: d, plain: true}
	p.c.buf = s.data[from:to]
	p.advance()
	if p.t.kind == tEOF {
		return 0, true
	}
	n := p.value(0)
	d.keep(r.Num, n)
	return n, true
}

// objStm returns the decoded object stream of that number, nil if it is not one.
func (d *Doc) objStm(num int32) *objStm {
	d.objStmClock++
	s := &d.objStms[0]
	for i := range d.objStms {
		o := &d.objStms[i]
		if o.num == num {
			o.used = d.objStmClock
			return o
		}
		if o.num == 0 || s.num != 0 && o.used < s.used {
			s = o
		}
	}
	v := d.Object(Ref{Num: num})
	if v.Kind() != Stream {
		return nil
	}
	count, ok := v.Key("N").int32()
	if !ok || count <= 0 || count > 1000000 {
		return nil
	}
	first, ok := v.Key("First").Int()
	if !ok || first < 0 {
		return nil
	}
	s.num = 0
	r, err := d.decode(v, true)
	if err != nil {
		return nil
	}
	s.data = r.all(s.data[:0], d.limits.inflate)
	d.spend(int64(len(s.data)))
	if r.over {
		d.overflow = true
		return nil
	}
	s.nums, s.offs = s.nums[:0], s.offs[:0]
	head := s.data[:min(first, int64(len(s.data)))]
	p := parser{d: d, plain: true}
	p.c.buf = head
	for i := int32(0); i < count; i++ {
		p.advance()
		if !p.t.isInt() || p.t.i < 0 {
			return nil
		}
		n := p.t.i
		p.advance()
		if p.t.kind != tInt && p.t.kind != tInt64 || p.t.i < 0 {
			return nil
		}
		off := min(first+p.t.i, int64(len(s.data)))
		if i > 0 && off < s.offs[i-1] {
			return nil
		}
		s.nums = append(s.nums, int32(n))
		s.offs = append(s.offs, off)
	}
	s.num, s.used = num, d.objStmClock
	return s
}

// Stream returns a reader of the decoded bytes of a stream. Filters of images
// (DCT, JPX, CCITT, JBIG2) are not decoded: the error is then
// [ErrFilter]. The reader is used before the document is reset, and reads
// whatever is there: damaged data end it early.
func (d *Doc) Stream(v Value) (io.Reader, error) {
	return new(decoders).open(d, v, true)
}

// RawStream returns a reader of the bytes of a stream as they lie in the
// file, and how many they are.
func (d *Doc) RawStream(v Value) (io.Reader, int64) {
	n := v.node()
	if n.kind != Stream {
		return nil, 0
	}
	s := d.streams[n.v]
	return &rawReader{src: &d.source, off: s.pos, end: min(s.pos+s.length, d.size)}, s.length
}

func (d *Doc) decode(v Value, refs bool) (*decoded, error) { return d.dec.open(d, v, refs) }
