package pdf

import "bytes"

// reconstruct rebuilds the table by scanning the file, line by line, for
// "n g obj", "trailer" and "endstream". It reproduces poppler 22.12, with its
// blind spots: lines are cut at 255 bytes and end at a null byte, objects in
// object streams and trailers in cross-reference streams are not found. The
// first or the last trailer with a Root counts, by firstRoot.
func (d *Doc) reconstruct(firstRoot bool) bool {
	x := &d.xref
	d.forget()
	x.drop()
	d.repaired = true
	d.sections = d.sections[:0]
	s := scanner{d: d}
	s.c = cursor{src: &d.source, end: d.size}
	s.c.seek(d.start)
	got := false
	for lines := 0; s.line(); lines++ {
		if lines&0xfff == 0xfff && d.stopped() {
			return false
		}
		ok := true
		s.parts(func(kind partKind, num, gen int64, off int64) bool {
			switch kind {
			case partTrailer:
				at := s.c.pos()
				p := d.parserAt(off)
				p.noXRef, p.plain = true, true
				m := d.mark()
				p.advance()
				v := Value{d, p.value(0)}
				s.c.seek(at)
				if r, isRef := v.Raw("Root").Ref(); v.IsDict() && isRef && (!got || !firstRoot) {
					x.root, d.trailer, got = r, v, true
					break
				}
				d.release(m)
			case partObject:
				if num >= 1<<31-1-256 || !d.grow((num+256)&^255) {
					ok = false
					return false
				}
				e := d.makeEntry(int32(num))
				if e == nil {
					ok = false
					return false
				}
				if e.typ == eFree || gen >= int64(e.gen) {
					*e = entry{off: off - d.start, gen: int32(gen), typ: ePlain, set: true}
				}
			case partEndstream:
				if len(x.ends) < d.limits.nodes {
					x.ends = append(x.ends, off)
				}
			}
			return true
		})
		if !ok {
			return false
		}
	}
	return got
}

type partKind uint8

const (
	partTrailer   partKind = iota // off is where its dictionary begins
	partObject                    // off is where its number begins
	partEndstream                 // off is where the keyword begins
)

// scanner yields the lines of a file as poppler cuts them.
type scanner struct {
	d   *Doc
	c   cursor
	buf [256]byte // the line, ended by a null byte; what lies behind is stale
	pos int64     // offset of the line
}

// line reads the next line; false at the end of the file.
func (s *scanner) line() bool {
	if s.c.peek() < 0 {
		return false
	}
	s.pos = s.c.pos()
	s.read()
	return true
}

func (s *scanner) read() {
	n := 0
	for n < len(s.buf)-1 {
		ch := s.c.next()
		if ch < 0 || ch == '\n' {
			break
		}
		if ch == '\r' {
			if s.c.peek() == '\n' {
				s.c.i++
			}
			break
		}
		s.buf[n] = byte(ch)
		n++
	}
	s.buf[n] = 0
}

// text is the line from p on, up to the null byte.
func (s *scanner) text(p int) []byte {
	if p >= len(s.buf) {
		return nil
	}
	b := s.buf[p:]
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return b
}

func pdfSpace(b byte) bool { return class[b] == chSpace }
func cSpace(b byte) bool   { return b != 0 && class[b] == chSpace || b == '\v' }
func isDigit(b byte) bool  { return b >= '0' && b <= '9' }

var (
	kwEndobj    = []byte("endobj")
	kwEndstream = []byte("endstream")
	kwTrailer   = []byte("trailer")
	kwObj       = []byte("obj")
)

// parts finds what the line holds; the line is cut at each endobj.
func (s *scanner) parts(yield func(kind partKind, num, gen, off int64) bool) {
	pos := s.pos
	p := 0
	for t := s.text(p); len(t) > 0 && pdfSpace(t[0]); t = t[1:] {
		p++
	}
	for again := true; ; {
		cut := bytes.Index(s.text(p), kwEndobj)
		if cut < 0 && !again {
			return
		}
		again = cut >= 0
		tok := p + cut
		if cut >= 0 {
			s.buf[tok] = 0
		}
		t := s.text(p)
		switch {
		case bytes.HasPrefix(t, kwTrailer):
			if !yield(partTrailer, 0, 0, pos+7) {
				return
			}
		case len(t) > 0 && isDigit(t[0]):
			if num, gen, ok := s.object(p); ok && !yield(partObject, num, gen, pos) {
				return
			}
		default:
			i := bytes.Index(t, kwEndstream)
			if i >= 0 && (i == 0 || pdfSpace(t[i-1])) && (i+9 >= 256 || i+9 >= len(t) || pdfSpace(t[i+9])) {
				if !yield(partEndstream, 0, 0, pos+int64(i)) {
					return
				}
			}
		}
		if cut < 0 {
			return
		}
		p = tok + len(kwEndobj)
		pos += int64(cut) + int64(len(kwEndobj))
		for t := s.text(p); len(t) > 0 && pdfSpace(t[0]); t = t[1:] {
			p++
			pos++
		}
	}
}

// object reads "num gen obj" at p, where there is a digit; each number may
// stand alone on its line.
func (s *scanner) object(p int) (num, gen int64, ok bool) {
	if t := bytes.TrimLeft(s.text(p), "0"); len(t) == 0 || !isDigit(t[0]) {
		return 0, 0, false // object 0 is none
	}
	num, p, ok = s.number(p)
	if !ok || p >= len(s.buf) || !isDigit(s.buf[p]) {
		return 0, 0, false
	}
	gen, p, ok = s.number(p)
	if !ok {
		return 0, 0, false
	}
	return num, gen, bytes.HasPrefix(s.text(p), kwObj)
}

// number reads digits and the space after them, going to the next line at
// the end of this one.
func (s *scanner) number(p int) (int64, int, bool) {
	t := s.text(p)
	var n int64
	i := 0
	for i < len(t) && isDigit(t[i]) {
		n = min(n*10+int64(t[i]-'0'), 1<<40)
		i++
	}
	switch {
	case n > 1<<31-1:
		return 0, 0, false
	case i == len(t):
		s.read()
		p = 0
	case cSpace(t[i]):
		p += i + 1
	default:
		return 0, 0, false
	}
	for t = s.text(p); len(t) > 0 && cSpace(t[0]); t = t[1:] {
		p++
	}
	return n, p, true
}
