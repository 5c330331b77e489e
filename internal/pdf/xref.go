package pdf

// Cross-references (ISO 32000-1 §7.5.4, §7.5.8) and their reconstruction. The
// order of steps and the conditions under which a step fails are those
// observed in poppler 22.12, whose verdict is the reference: see doc.go.

type entryType uint8

const (
	eNone entryType = iota // no section has spoken of it yet
	eFree
	ePlain      // at an offset of the file
	eCompressed // in an object stream
)

// entry is one line of the table.
type entry struct {
	off  int64 // offset, or number of the object stream
	gen  int32 // generation, or index in the object stream
	node int32 // the parsed object in the arena, 0 if none
	typ  entryType
	set  bool // a section gave it
	seen bool // visited by the walk of the page tree
}

const chunk = 256

// xref is the table. Its size is what the file says and costs nothing; room is
// made by chunks for the entries that are really there.
type xref struct {
	size   int32
	chunks []*[chunk]entry
	free   []*[chunk]entry

	ok       bool
	stream   bool  // the newest section is a stream
	prev     int64 // section still to be read, 0 for none
	main     int64 // offset of the main table's entries in a linearized file
	rebuilt  bool  // rebuilt because an object was missing
	root     Ref
	ends     []int64 // places of endstream, known after a reconstruction
	followed []int64
	used     int // chunks in use
}

func (x *xref) clear() {
	x.drop()
	*x = xref{chunks: x.chunks, free: x.free, ends: x.ends[:0], followed: x.followed[:0], root: Ref{Num: -1}, ok: true}
}

// drop empties the table.
func (x *xref) drop() {
	for i, c := range x.chunks {
		if c != nil {
			if len(x.free) < 64 {
				*c = [chunk]entry{}
				x.free = append(x.free, c)
			}
			x.chunks[i] = nil
		}
	}
	x.chunks = x.chunks[:0]
	x.size, x.used = 0, 0
	x.ends = x.ends[:0]
}

// get returns the entry if there is room for it, nil if nothing was ever said
// of it.
func (x *xref) get(num int32) *entry {
	if k := int(num) / chunk; num >= 0 && k < len(x.chunks) && x.chunks[k] != nil {
		return &x.chunks[k][num%chunk]
	}
	return nil
}

// grow raises the size; it fails where poppler could not allocate.
func (d *Doc) grow(n int64) bool {
	if n > int64(d.limits.objects) {
		return false
	}
	d.xref.size = max(d.xref.size, int32(n))
	return true
}

// makeEntry returns the entry, making room; nil when the file claims more than its
// length can justify.
func (d *Doc) makeEntry(num int32) *entry {
	x := &d.xref
	k := int(num) / chunk
	for k >= len(x.chunks) {
		x.chunks = append(x.chunks, nil)
	}
	if x.chunks[k] == nil {
		if int64(x.used) > 1024+d.size/1024 {
			d.overflow = true
			return nil
		}
		x.used++
		if n := len(x.free); n > 0 {
			x.chunks[k], x.free = x.free[n-1], x.free[:n-1]
		} else {
			x.chunks[k] = new([chunk]entry)
		}
	}
	return &x.chunks[k][num%chunk]
}

// openXRef reads the table the way poppler does: from startxref, else by
// reconstruction. It reports whether a trailer with a Root was found.
func (d *Doc) openXRef(start int64, main int64, reconstruct bool) bool {
	x := &d.xref
	d.forget()
	x.clear()
	x.prev, x.main = start, main
	d.trailer = Value{}
	d.sections = d.sections[:0]
	if reconstruct && !d.reconstruct(false) {
		x.ok = false
		return false
	}
	if x.prev <= 0 {
		if x.ok = d.reconstruct(false); !x.ok {
			return false
		}
	} else {
		x.followed = x.followed[:0]
		d.readSection(&x.prev)
		if !x.ok {
			if x.ok = d.reconstruct(false); !x.ok {
				return false
			}
		}
	}
	if n, ok := d.trailer.Raw("Size").int32(); ok && n > x.size {
		if !d.grow(int64(n)) {
			if x.ok = d.reconstruct(false); !x.ok {
				return false
			}
		}
	}
	r, ok := d.trailer.Raw("Root").Ref()
	if ok {
		x.root = r
		return true
	}
	x.ok = d.reconstruct(false)
	return x.ok
}

func (v Value) int32() (int32, bool) {
	n := v.node()
	return int32(n.v), n.kind == Int && !n.wide
}

// readSection reads one section at *pos and reports whether another one
// follows, whose offset it leaves in *pos. On failure xref.ok is false.
func (d *Doc) readSection(pos *int64) bool {
	x := &d.xref
	at := *pos
	off := d.start + at
	if off < 0 {
		x.ok = false
		return false
	}
	p := d.parserAt(off)
	p.noXRef, p.plain, p.stream = true, true, true
	p.advance()
	if p.t.is(cXref) {
		return d.readTable(&p, pos, at)
	}
	num := p.t
	if !num.isInt() {
		x.ok = false
		return false
	}
	if p.advance(); !p.t.isInt() {
		x.ok = false
		return false
	}
	if p.advance(); !p.t.is(cObj) {
		x.ok = false
		return false
	}
	p.advance()
	v := Value{d, p.value(0)}
	if v.Kind() != Stream {
		x.ok = false
		return false
	}
	if d.trailer.d == nil {
		x.stream = true
	}
	d.sections = append(d.sections, Section{Offset: off, Stream: true, Num: int32(num.i)})
	return d.readXRefStream(v, pos)
}

func (d *Doc) readTable(p *parser, pos *int64, at int64) bool {
	x := &d.xref
	fail := func() bool { x.ok = false; return false }
	work := 0
	for {
		p.advance()
		if p.t.is(cTrailer) {
			break
		}
		if !p.t.isInt() {
			return fail()
		}
		first := p.t.i
		if p.advance(); !p.t.isInt() {
			return fail()
		}
		n := p.t.i
		if first < 0 || n < 0 || first+n > 1<<31-1 || !d.grow(first+n) {
			return fail()
		}
		for i := first; i < first+n; i++ {
			row, ok := p.tableEntry()
			if !ok {
				return fail()
			}
			if work++; work&0xffff == 0 && d.stopped() {
				return fail()
			}
			e := d.makeEntry(int32(i))
			if e == nil {
				return fail()
			}
			if e.set {
				continue
			}
			*e = row
			// some files count from 1 a table that begins with object 0
			if i == 1 && first == 1 && row.off == 0 && row.gen == 65535 && row.typ == eFree {
				if e0 := d.makeEntry(0); e0 != nil {
					*e0 = *e
				}
				*e = entry{}
				i, first = 0, 0
			}
		}
	}
	p.advance()
	v := Value{d, p.value(0)}
	if !v.IsDict() {
		return fail()
	}
	more := false
	prev := v.Raw("Prev")
	next, ok := prev.Int()
	if r, isRef := prev.Ref(); isRef { // "/Prev 123 0 R" is met
		next, ok = int64(r.Num), true
	}
	if ok && next != *pos {
		*pos, more = next, true
	}
	if d.trailer.d == nil {
		d.trailer = v
	}
	hybrid, isHybrid := v.Raw("XRefStm").Int()
	d.sections = append(d.sections, Section{Offset: d.start + at, Hybrid: isHybrid})
	if isHybrid {
		for _, f := range x.followed {
			if f == hybrid {
				return fail()
			}
		}
		if len(x.followed) > 64 {
			return fail()
		}
		x.followed = append(x.followed, hybrid)
		d.readSection(&hybrid)
		if !x.ok {
			return false
		}
	}
	return more
}

func (d *Doc) readXRefStream(v Value, pos *int64) bool {
	x := &d.xref
	x.ok = false
	size, ok := v.Raw("Size").int32()
	if !ok || size < 0 || !d.grow(int64(size)) {
		return false
	}
	w := v.Raw("W")
	if w.Kind() != Array || w.Len() < 3 {
		return false
	}
	var width [3]int
	for i, e := range w.Elems() {
		if i == 3 {
			break
		}
		n, ok := e.int32()
		if !ok || n < 0 || n > 8 || i == 0 && n > 4 {
			return false
		}
		width[i] = int(n)
	}
	r, err := d.decode(v, false)
	if err != nil {
		return false
	}
	index := v.Raw("Index")
	if index.Kind() == Array {
		var first int32
		for i, e := range index.Elems() {
			n, ok := e.int32()
			if !ok || n < 0 {
				if i%2 == 0 && i == index.Len()-1 {
					break // the odd one out is not read
				}
				return false
			}
			if i%2 == 0 {
				first = n
			} else if !d.readXRefEntries(r, width, first, n) {
				return false
			}
		}
	} else if !d.readXRefEntries(r, width, 0, size) {
		return false
	}
	more := false
	if prev, ok := v.Raw("Prev").Int(); ok && prev >= 0 {
		*pos, more = prev, true
	}
	if d.trailer.d == nil {
		d.trailer = v
	}
	x.ok = true
	return more
}

func (d *Doc) readXRefEntries(r *decoded, w [3]int, first, n int32) bool {
	if int64(first)+int64(n) > 1<<31-1 || !d.grow(int64(first)+int64(n)) {
		return false
	}
	width := w[0] + w[1] + w[2]
	var buf [20]byte
	for i := first; i < first+n; i++ {
		if !r.full(buf[:width]) {
			return false
		}
		if i&0xffff == 0 && d.stopped() {
			return false
		}
		b := buf[:width]
		typ := uint64(1)
		if w[0] > 0 {
			typ = bigEndian(b[:w[0]])
		}
		off := bigEndian(b[w[0] : w[0]+w[1]])
		gen := bigEndian(b[w[0]+w[1]:])
		if off > 1<<63-1 {
			return false
		}
		if gen > 1<<31-1 {
			if i != 0 || gen != 1<<32-1 {
				return false
			}
			gen = 65535
		}
		e := d.makeEntry(i)
		if e == nil {
			return false
		}
		if e.set {
			continue
		}
		*e = entry{off: int64(off), gen: int32(gen), set: true}
		switch typ {
		case 0:
			e.typ = eFree
		case 1:
			e.typ = ePlain
		case 2:
			e.typ = eCompressed
		default:
			return false
		}
	}
	return true
}

func bigEndian(b []byte) (v uint64) {
	for _, c := range b {
		v = v<<8 | uint64(c)
	}
	return v
}

// lookup returns the entry of an object, reading older sections until one
// speaks of it.
func (d *Doc) lookup(num int32) *entry {
	x := &d.xref
	if num < 0 {
		return nil
	}
	if e := x.get(num); num < x.size && e != nil && e.typ != eNone {
		return e
	}
	if !x.stream && x.main != 0 {
		return d.lookupMain(num)
	}
	d.readUntil(num)
	if num >= x.size {
		return nil
	}
	e := x.get(num)
	if e == nil || e.typ == eNone {
		return nil
	}
	return e
}

// lookupMain reads one entry of the main table of a linearized file.
func (d *Doc) lookupMain(num int32) *entry {
	if num >= d.xref.size {
		return nil
	}
	at := d.xref.main + 20*int64(num)
	p := d.parserAt(at)
	p.c.end = min(p.c.end, at+20)
	p.c.seek(at)
	row, ok := p.tableEntry()
	if !ok {
		return nil
	}
	e := d.makeEntry(num)
	if e != nil {
		*e = row
	}
	return e
}

// tableEntry reads an entry of a table: an offset, a generation, and whether it
// is in use.
func (p *parser) tableEntry() (e entry, ok bool) {
	p.advance()
	if p.t.kind != tInt && p.t.kind != tInt64 {
		return e, false
	}
	e = entry{off: p.t.i, typ: eFree, set: true}
	if p.advance(); !p.t.isInt() {
		return e, false
	}
	e.gen = int32(p.t.i)
	p.advance()
	if p.t.is(cN) {
		e.typ = ePlain
	}
	return e, e.typ == ePlain || p.t.is(cF)
}

// readUntil reads older sections until one gives the object; every section
// when num is -1.
func (d *Doc) readUntil(num int32) {
	x := &d.xref
	seen := d.sectionsSeen()
	first := seen
	for x.prev != 0 {
		if num >= 0 {
			if num >= x.size {
				return
			}
			if e := x.get(num); e != nil && e.typ != eNone {
				return
			}
		}
		loop := seen-first > maxSections
		for _, s := range d.sections[min(first, len(d.sections)):] {
			loop = loop || s.Offset == d.start+x.prev
		}
		if loop || d.stopped() {
			if !x.stream && d.poppler {
				x.ok = d.reconstruct(false)
			}
			x.prev = 0
			return
		}
		x.followed = x.followed[:0]
		if !d.readSection(&x.prev) {
			x.prev = 0
		}
		seen++
		e := x.get(num)
		if !x.ok || x.prev == 0 && num >= 0 && (e == nil || e.typ == eNone) {
			if !x.stream && d.poppler {
				x.ok = d.reconstruct(false)
			}
			return
		}
	}
}

// maxSections bounds the chain of Prev.
const maxSections = 4096

func (d *Doc) sectionsSeen() int { return len(d.sections) }

// stopped reports whether the work must end: cancelled, or the reader failed.
func (d *Doc) stopped() bool {
	return d.err != nil || d.ctx.Err() != nil
}

// forget drops every parsed value from the cache, as the table changes.
func (d *Doc) forget() {
	for _, num := range d.cached {
		if e := d.xref.get(num); e != nil {
			e.node = 0
		}
	}
	d.cached = d.cached[:0]
	d.forgetObjStms()
}

// streamEnd gives the end of the stream that begins at the offset, when a
// reconstruction has found where streams end.
func (d *Doc) streamEnd(begin int64) (int64, bool) {
	ends := d.xref.ends
	lo, hi := 0, len(ends)
	for lo < hi {
		if m := (lo + hi) / 2; ends[m] >= begin {
			hi = m
		} else {
			lo = m + 1
		}
	}
	if lo == len(ends) {
		return 0, false
	}
	return ends[lo], true
}
