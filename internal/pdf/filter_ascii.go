package pdf

import (
	"bufio"
	"io"
)

func byteReader(r io.Reader) io.ByteReader {
	if b, ok := r.(io.ByteReader); ok {
		return b
	}
	return bufio.NewReader(r)
}

// asciiHex undoes ASCIIHexDecode (ISO 32000-1 §7.4.2).
type asciiHex struct {
	r    io.ByteReader
	done bool
}

func (a *asciiHex) Read(p []byte) (int, error) {
	for i := range p {
		v, n := 0, 0
		for n < 2 && !a.done {
			b, err := a.r.ReadByte()
			if err != nil || b == '>' {
				a.done = true
				break
			}
			if h := hexDigit(int(b)); h >= 0 {
				v, n = v<<4|h, n+1
			}
		}
		if n == 1 {
			v <<= 4
		}
		if n == 0 {
			if i == 0 {
				return 0, io.EOF
			}
			return i, nil
		}
		p[i] = byte(v)
	}
	return len(p), nil
}

// ascii85 undoes ASCII85Decode (ISO 32000-1 §7.4.3).
type ascii85 struct {
	r    io.ByteReader
	buf  [4]byte
	out  []byte
	done bool
}

func (a *ascii85) Read(p []byte) (int, error) { return drain(p, &a.out, &a.done, a.group) }

func (a *ascii85) group() {
	var v uint32
	n := 0
	for n < 5 {
		b, err := a.r.ReadByte()
		if err != nil || b == '~' {
			a.done = true
			break
		}
		if b == 'z' && n == 0 {
			a.buf = [4]byte{}
			a.out = a.buf[:]
			return
		}
		if b < '!' || b > 'u' {
			continue
		}
		v = v*85 + uint32(b-'!')
		n++
	}
	if n < 2 {
		return
	}
	for k := n; k < 5; k++ {
		v = v*85 + 84
	}
	a.buf = [4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}
	a.out = a.buf[:n-1]
}

// runLength undoes RunLengthDecode (ISO 32000-1 §7.4.5).
type runLength struct {
	r      io.ByteReader
	copies int // bytes to copy as they are
	repeat int // times to give b
	b      byte
}

func (r *runLength) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		switch {
		case r.repeat > 0:
			p[n] = r.b
			n++
			r.repeat--
			continue
		case r.copies > 0:
			b, err := r.r.ReadByte()
			if err != nil {
				return n, io.EOF
			}
			p[n] = b
			n++
			r.copies--
			continue
		}
		l, err := r.r.ReadByte()
		if err != nil || l == 128 {
			return n, io.EOF
		}
		if l < 128 {
			r.copies = int(l) + 1
			continue
		}
		if r.b, err = r.r.ReadByte(); err != nil {
			return n, io.EOF
		}
		r.repeat = 257 - int(l)
	}
	return n, nil
}

// lzw undoes LZWDecode (ISO 32000-1 §7.4.4): codes of 9 to 12 bits, most
// significant bit first, widened one code early unless EarlyChange is 0.
type lzw struct {
	r      io.ByteReader
	early  int
	bits   uint32
	nbits  uint
	width  uint
	next   int
	prev   int // -1 after a clear
	prefix [4096]int16
	suffix [4096]byte
	stack  [4097]byte
	out    []byte
	done   bool
}

func newLZW(r io.Reader, early bool) *lzw {
	l := &lzw{r: byteReader(r), width: 9, next: 258, prev: -1}
	if early {
		l.early = 1
	}
	return l
}

func (l *lzw) Read(p []byte) (int, error) { return drain(p, &l.out, &l.done, l.step) }

func (l *lzw) step() {
	for l.nbits < l.width {
		b, err := l.r.ReadByte()
		if err != nil {
			l.done = true
			return
		}
		l.bits = l.bits<<8 | uint32(b)
		l.nbits += 8
	}
	l.nbits -= l.width
	code := int(l.bits>>l.nbits) & (1<<l.width - 1)
	switch {
	case code == 256:
		l.width, l.next, l.prev = 9, 258, -1
		return
	case code == 257 || l.prev < 0 && code > 255 || code > l.next || l.prev >= 0 && code == l.next && l.next >= 4096:
		l.done = true
		return
	}
	at := len(l.stack)
	c := code
	if code == l.next { // the code being defined: previous string and its first byte
		at--
		c = l.prev
	}
	for c > 255 {
		at--
		l.stack[at] = l.suffix[c]
		c = int(l.prefix[c])
	}
	at--
	l.stack[at] = byte(c)
	if code == l.next {
		l.stack[len(l.stack)-1] = byte(c)
	}
	if l.prev >= 0 && l.next < 4096 {
		l.prefix[l.next], l.suffix[l.next] = int16(l.prev), byte(c)
		l.next++
	}
	l.prev = code
	for l.width < 12 && l.next+l.early >= 1<<l.width {
		l.width++
	}
	l.out = l.stack[at:]
}
