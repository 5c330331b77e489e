package pdf

import (
	"bytes"
	"context"
	"io"
)

// limits bound the memory a document may take.
type limits struct {
	nodes   int   // values in the arena
	bytes   int   // bytes of strings and names in the arena
	inflate int64 // bytes of one decoded object stream
	objects int   // greatest object number + 1
	kids    int   // page tree nodes visited
}

var defaultLimits = limits{
	nodes: 2 << 20, bytes: 64 << 20, inflate: 32 << 20,
	// poppler gives up on a table it cannot allocate: its tables double from
	// 1024 entries and must stay below 2³¹ bytes of 40-byte entries.
	objects: 1 << 25,
	kids:    4 << 20,
}

// Doc is an open PDF file. The zero value is ready for [Doc.Reset]. A Doc is
// used by one goroutine at a time.
type Doc struct {
	source
	limits limits
	work   int64 // bytes parsed and decoded

	start        int64 // offset of %PDF-, to which all others are relative
	header       bool
	major, minor int
	linearized   bool // the file is as long as its linearization says
	linLength    int64
	linPages     int64
	linTable     int64
	linKnown     bool
	nodes        []node
	bytes        []byte
	streams      []streamInfo
	overflow     bool
	xref         xref
	trailer      Value
	crypt        *crypt
	cryptBuf     crypt
	cached       []int32 // object numbers, in the order they entered the arena
	fetching     []Ref
	objStms      [4]objStm
	objStmClock  int64
	dec          decoders
	sections     []Section
	poppler      bool  // reconstruct on a missing object, as poppler does
	repaired     bool  // the cross-reference table had to be rebuilt
	unended      bool  // an object read goes on to the end of the file
	contentSeen  int64 // decoded bytes of content already looked at
	lastXRef     int64 // of the newest section, relative to the header
}

// spend counts work. What a file may cost is bounded by its size, so that one
// that has a reader go over the same bytes again and again is given up.
func (d *Doc) spend(n int64) {
	d.work += max(n, 0)
	if d.work > 128<<20+16*d.size {
		d.overflow = true
	}
}

// mark is a state of the arena to return to.
type mark struct{ nodes, bytes, streams, cached int }

func (d *Doc) mark() mark { return mark{len(d.nodes), len(d.bytes), len(d.streams), len(d.cached)} }

// release forgets every value made since the mark.
func (d *Doc) release(m mark) {
	if len(d.nodes) < m.nodes || len(d.cached) < m.cached {
		return // the table was rebuilt in between and everything forgotten
	}
	for _, num := range d.cached[m.cached:] {
		if e := d.xref.get(num); e != nil {
			e.node = 0
		}
	}
	d.cached = d.cached[:m.cached]
	d.nodes = d.nodes[:m.nodes]
	d.bytes = d.bytes[:m.bytes]
	d.streams = d.streams[:m.streams]
}

// Keep returns a function that forgets every value made since: with it, memory
// does not grow with the number of objects looked at.
func (d *Doc) Keep() (forget func()) {
	m := d.mark()
	return func() { d.release(m) }
}

// Overflow reports whether a limit was met: what was asked for since may be
// missing.
func (d *Doc) Overflow() bool { return d.overflow }

// Reset makes the document ready to read another file, keeping its buffers.
// All values of the former file become invalid. Nothing but the header is
// read; the error is one of the reader.
func (d *Doc) Reset(ctx context.Context, r io.ReaderAt, size int64) error {
	d.source.ctx = ctx
	d.source.reset(r, size)
	d.work = 0
	if d.limits.nodes == 0 {
		d.limits = defaultLimits
	}
	d.nodes = append(d.nodes[:0], node{})
	d.bytes, d.streams = d.bytes[:0], d.streams[:0]
	d.overflow = false
	d.cached, d.fetching = d.cached[:0], d.fetching[:0]
	d.sections = d.sections[:0]
	d.trailer, d.crypt = Value{}, nil
	d.unended = false
	d.poppler, d.repaired, d.lastXRef, d.contentSeen = false, false, 0, 0
	d.linKnown, d.linearized = false, false
	d.forgetObjStms()
	d.xref.clear()
	d.readHeader()
	return d.err
}

// readHeader looks for the header in the first kilobyte (ISO 32000-1 annex H.3,
// implementation note 13).
func (d *Doc) readHeader() {
	var b [1024]byte
	n := d.readAt(b[:min(1024, max(d.size, 0))], 0)
	head := b[:n]
	d.start, d.header, d.major, d.minor = 0, false, 0, 0
	i := bytes.Index(head, []byte("%PDF-"))
	if i < 0 || i >= n-5 {
		return
	}
	d.start, d.header = int64(i), true
	rest := head[i+5:]
	d.major, rest = digits(rest)
	if len(rest) > 0 && rest[0] == '.' {
		d.minor, _ = digits(rest[1:])
	}
}

func digits(b []byte) (int, []byte) {
	n := 0
	for len(b) > 0 && b[0] >= '0' && b[0] <= '9' {
		n = min(n*10+int(b[0]-'0'), 1<<20)
		b = b[1:]
	}
	return n, b
}

func (d *Doc) parserAt(off int64) parser {
	p := parser{d: d, c: cursor{src: &d.source, end: d.size}}
	p.c.seek(off)
	return p
}

// linearization reads the linearization dictionary (ISO 32000-1 annex F.3.3),
// if the file begins with one.
func (d *Doc) linearization() {
	if d.linKnown {
		return
	}
	d.linKnown = true
	d.linLength, d.linPages, d.linTable = 0, 0, 0
	p := d.parserAt(d.start)
	p.noXRef, p.plain = true, true
	m := d.mark()
	defer d.release(m)
	p.advance()
	if !p.t.isInt() {
		return
	}
	p.advance()
	if !p.t.isInt() {
		return
	}
	p.advance()
	if !p.t.is(cObj) {
		return
	}
	p.advance()
	v := Value{d, p.value(0)}
	if lin, ok := v.Raw("Linearized").Num(); !v.IsDict() || !ok || lin <= 0 {
		return
	}
	if n, ok := v.Raw("L").Int(); ok && n > 0 {
		d.linLength = n
	}
	if n, ok := v.Raw("N").Int(); ok && n > 0 {
		d.linPages = n
	}
	if n, ok := v.Raw("T").Int(); ok && n > 0 {
		d.linTable = n
	}
	d.linearized = d.size > 0 && d.linLength == d.size
}

// startXRef finds the offset of the last cross-reference section. With retry
// a file shorter or longer than its linearization says still counts as
// linearized.
func (d *Doc) startXRef(retry bool) int64 {
	d.linearization()
	if d.linearized || retry && d.linLength > 0 {
		// the section follows the linearization dictionary
		var b [1024]byte
		n := d.readAt(b[:], d.start)
		i := bytes.Index(b[:n], []byte("endobj"))
		if i < 0 {
			return 0
		}
		for i += 6; i < n && b[i] != 0 && class[b[i]] == chSpace; i++ {
		}
		return int64(i)
	}
	const seg, step = 1024, 1024 - 16
	limit := min(d.size, 24576)
	for k := int64(0); step*k < limit; k++ {
		var b [seg]byte
		n := d.readAt(b[:], max(d.size-step*k-seg, 0))
		i := bytes.LastIndex(b[:n], []byte("startxref"))
		if i < 0 {
			continue
		}
		for i += 9; i < n && (class[b[i]] == chSpace && b[i] != 0 || b[i] == '\v'); i++ {
		}
		x := int64(0)
		for ; i < n && b[i] >= '0' && b[i] <= '9'; i++ {
			if x > (1<<63-1-9)/10 {
				break
			}
			x = x*10 + int64(b[i]-'0')
		}
		return x
	}
	return 0
}
