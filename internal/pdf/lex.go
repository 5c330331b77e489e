package pdf

import (
	"context"
	"io"
)

const (
	wholeMax  = 256 << 10 // a file up to this size is read whole
	blockSize = 16 << 10
	blockN    = 32
)

// source gives the bytes of a file: whole when it is small, else by blocks of
// a direct-mapped cache. A slice it returned is good until the next call.
type source struct {
	ctx    context.Context
	r      io.ReaderAt
	size   int64
	whole  []byte
	blocks *[blockN]block
	err    error // the first I/O error, which is not the file's fault
}

type block struct {
	base int64 // -1: empty
	n    int
	data [blockSize]byte
}

func (s *source) reset(r io.ReaderAt, size int64) {
	s.r, s.size, s.err = r, size, nil
	s.whole = s.whole[:0]
	if size <= wholeMax {
		if int64(cap(s.whole)) < size {
			s.whole = make([]byte, size)
		}
		s.whole = s.whole[:size]
		if n, err := r.ReadAt(s.whole, 0); int64(n) < size {
			s.fail(err)
			s.whole = s.whole[:n]
			s.size = int64(n)
		}
		return
	}
	if s.blocks == nil {
		s.blocks = new([blockN]block)
	}
	for i := range s.blocks {
		s.blocks[i].base = -1
	}
}

func (s *source) fail(err error) {
	if s.err == nil {
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		s.err = err
	}
}

// at returns bytes of the file from off on, at least one unless off is outside.
func (s *source) at(off int64) []byte {
	if off < 0 || off >= s.size {
		return nil
	}
	if s.size <= wholeMax {
		return s.whole[off:]
	}
	k := off / blockSize
	b := &s.blocks[k%blockN]
	if b.base != k*blockSize {
		b.base, b.n = -1, 0
		if s.err != nil {
			return nil
		}
		if err := s.ctx.Err(); err != nil {
			s.err = err
			return nil
		}
		b.base = k * blockSize
		want := min(int64(blockSize), s.size-b.base)
		n, err := s.r.ReadAt(b.data[:want], b.base)
		if int64(n) < want {
			s.fail(err)
		}
		b.n = n
	}
	if i := int(off - b.base); i < b.n {
		return b.data[i:b.n]
	}
	return nil
}

// ReadAt reads the file at any place, for streams.
func (s *source) readAt(p []byte, off int64) int {
	n := 0
	for n < len(p) {
		b := s.at(off + int64(n))
		if len(b) == 0 {
			break
		}
		n += copy(p[n:], b)
	}
	return n
}

// cursor walks over the bytes of a source, or of memory when src is nil. After
// anything else has used the source it must seek again.
type cursor struct {
	src  *source
	buf  []byte
	i    int
	base int64 // offset of buf[0]
	end  int64 // no byte at or after this offset
}

func (c *cursor) seek(off int64) {
	if c.src == nil {
		c.i = int(min(max(off, 0), int64(len(c.buf))))
		return
	}
	c.base, c.i = off, 0
	c.buf = nil
	if off < c.end {
		c.buf = c.src.at(off)
		if rest := c.end - off; int64(len(c.buf)) > rest {
			c.buf = c.buf[:rest]
		}
	}
}

func (c *cursor) pos() int64 { return c.base + int64(c.i) }

// fill gets the next bytes; it reports whether there are any.
func (c *cursor) fill() bool {
	if c.i < len(c.buf) {
		return true
	}
	if c.src == nil {
		return false
	}
	c.seek(c.pos())
	return len(c.buf) > 0
}

// peek returns the next byte, or -1 at the end.
func (c *cursor) peek() int {
	if c.i < len(c.buf) || c.fill() {
		return int(c.buf[c.i])
	}
	return -1
}

func (c *cursor) next() int {
	if c.i < len(c.buf) || c.fill() {
		c.i++
		return int(c.buf[c.i-1])
	}
	return -1
}

// Classes of characters (ISO 32000-1 §7.2.2): white space and the delimiters
// that end a name or a keyword.
const (
	chSpace = 1
	chDelim = 2
	chDigit = 4
)

var class = func() (t [256]uint8) {
	for _, c := range []byte("\x00\t\n\f\r ") {
		t[c] = chSpace
	}
	for _, c := range []byte("()<>[]{}/%") {
		t[c] = chDelim
	}
	for c := '0'; c <= '9'; c++ {
		t[c] = chDigit
	}
	return t
}()

// tokKind is the kind of a token.
type tokKind uint8

const (
	tEOF tokKind = iota
	tErr
	tInt    // fits 32 bits
	tInt64  // larger
	tReal   //
	tString // bytes in the arena
	tName   // bytes in the arena
	tArray  // [
	tEndArray
	tDict // <<
	tEndDict
	tBool
	tNull
	tCmd // a keyword
)

// command is a keyword the readers care about.
type command uint8

const (
	cOther command = iota
	cObj
	cEndobj
	cStream
	cEndstream
	cR
	cXref
	cTrailer
	cN
	cF
)

type token struct {
	kind    tokKind
	cmd     command
	i       int64
	f       float64
	at, len int32 // bytes in the arena
}

func (t *token) is(c command) bool { return t.kind == tCmd && t.cmd == c }
func (t *token) isInt() bool       { return t.kind == tInt }

const (
	cmdMax  = 128
	nameMax = 1 << 20
)

// lex reads the next token. Bytes of names and strings go to the arena.
func (d *Doc) lex(c *cursor, t *token) {
	*t = token{}
	var ch int
	for {
		if ch = c.next(); ch < 0 {
			return
		}
		if ch == '%' {
			for ch = c.next(); ch >= 0 && ch != '\r' && ch != '\n'; ch = c.next() {
			}
			if ch < 0 {
				return
			}
			continue
		}
		if class[ch] != chSpace {
			break
		}
	}
	switch ch {
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '-', '.':
		lexNumber(c, t, ch)
	case '(':
		d.lexString(c, t)
	case '/':
		d.lexName(c, t)
	case '[':
		t.kind = tArray
	case ']':
		t.kind = tEndArray
	case '<':
		if c.peek() == '<' {
			c.i++
			t.kind = tDict
			return
		}
		d.lexHex(c, t)
	case '>':
		if c.peek() == '>' {
			c.i++
			t.kind = tEndDict
			return
		}
		t.kind = tErr
	case ')', '{', '}':
		t.kind = tErr
	default:
		var w [cmdMax]byte
		w[0] = byte(ch)
		n := 1
		for n < cmdMax {
			ch = c.peek()
			if ch < 0 || class[ch]&(chSpace|chDelim) != 0 {
				break
			}
			w[n] = byte(ch)
			n++
			c.i++
		}
		t.kind = tCmd
		switch string(w[:n]) {
		case "true":
			t.kind, t.i = tBool, 1
		case "false":
			t.kind = tBool
		case "null":
			t.kind = tNull
		case "obj":
			t.cmd = cObj
		case "endobj":
			t.cmd = cEndobj
		case "stream":
			t.cmd = cStream
		case "endstream":
			t.cmd = cEndstream
		case "R":
			t.cmd = cR
		case "xref":
			t.cmd = cXref
		case "trailer":
			t.cmd = cTrailer
		case "n":
			t.cmd = cN
		case "f":
			t.cmd = cF
		}
	}
}

func lexNumber(c *cursor, t *token, ch int) {
	const (
		max32 = 1<<31 - 1
		max64 = 1<<63 - 1
	)
	neg := ch == '-'
	var x int64
	var f float64
	big := false // x overflowed, f counts
	dot := ch == '.'
	if ch >= '0' && ch <= '9' {
		x = int64(ch - '0')
	}
	for !dot {
		ch = c.peek()
		if ch == '.' {
			c.i++
			dot = true
			break
		}
		if ch < '0' || ch > '9' {
			break
		}
		c.i++
		n := int64(ch - '0')
		switch {
		case big:
			f = f*10 + float64(n)
		case x > (max64-n)/10:
			big = true
			f = float64(x)*10 + float64(n)
		default:
			x = x*10 + n
		}
	}
	if !dot && !big {
		if neg {
			x = -x
		}
		t.i = x
		t.kind = tInt
		if x > max32 || x < -max32-1 {
			t.kind = tInt64
		}
		return
	}
	if !big {
		f = float64(x)
	}
	decimals := 0
	for dot {
		ch = c.peek()
		if ch == '-' { // Acrobat ignores a sign in the middle
			c.i++
			continue
		}
		if ch < '0' || ch > '9' {
			break
		}
		c.i++
		if decimals < 15 && f < 1e15 { // further digits say nothing a float64 can hold
			f = f*10 + float64(ch-'0')
			decimals++
		}
	}
	f /= pow10[decimals]
	if neg {
		f = -f
	}
	t.kind, t.f = tReal, f
}

var pow10 = [16]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

func (d *Doc) put(b byte) {
	if len(d.bytes) < d.limits.bytes {
		d.bytes = append(d.bytes, b)
	} else {
		d.overflow = true
	}
}

func (d *Doc) lexString(c *cursor, t *token) {
	start := len(d.bytes)
	for depth := 1; ; {
		ch := c.next()
		switch ch {
		case -1:
			depth = 0
		case '(':
			depth++
		case ')':
			depth--
		case '\\':
			switch ch = c.next(); ch {
			case -1:
				depth = 0
			case 'n':
				ch = '\n'
			case 'r':
				ch = '\r'
			case 't':
				ch = '\t'
			case 'b':
				ch = '\b'
			case 'f':
				ch = '\f'
			case '\r':
				if c.peek() == '\n' {
					c.i++
				}
				continue
			case '\n':
				continue
			case '0', '1', '2', '3', '4', '5', '6', '7':
				ch -= '0'
				for k := 0; k < 2; k++ {
					o := c.peek()
					if o < '0' || o > '7' {
						break
					}
					c.i++
					ch = ch<<3 + o - '0'
				}
			}
		}
		if depth == 0 {
			break
		}
		d.put(byte(ch))
	}
	t.kind, t.at, t.len = tString, int32(start), int32(len(d.bytes)-start)
}

func hexDigit(ch int) int {
	switch {
	case ch >= '0' && ch <= '9':
		return ch - '0'
	case ch >= 'A' && ch <= 'F':
		return ch - 'A' + 10
	case ch >= 'a' && ch <= 'f':
		return ch - 'a' + 10
	}
	return -1
}

func (d *Doc) lexHex(c *cursor, t *token) {
	start := len(d.bytes)
	v, n := 0, 0
	for {
		ch := c.next()
		if ch < 0 || ch == '>' {
			break
		}
		if class[ch] == chSpace {
			continue
		}
		v = v<<4 + max(hexDigit(ch), 0)
		if n++; n == 2 {
			d.put(byte(v))
			v, n = 0, 0
		}
	}
	if n == 1 {
		d.put(byte(v << 4))
	}
	t.kind, t.at, t.len = tString, int32(start), int32(len(d.bytes)-start)
}

func (d *Doc) lexName(c *cursor, t *token) {
	start := len(d.bytes)
	for {
		ch := c.peek()
		if ch < 0 || class[ch]&(chSpace|chDelim) != 0 {
			break
		}
		c.i++
		if ch == '#' {
			if h := hexDigit(c.peek()); h >= 0 {
				c.i++
				ch = h << 4
				if l := hexDigit(c.next()); l >= 0 {
					ch += l
				}
			}
		}
		if len(d.bytes)-start >= nameMax {
			t.kind = tEOF
			return
		}
		d.put(byte(ch))
	}
	t.kind, t.at, t.len = tName, int32(start), int32(len(d.bytes)-start)
}
