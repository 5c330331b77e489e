package pes

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
)

// EtatContenu says what the content of a PJ turned out to be.
type EtatContenu uint8

// What a content can be. Only ContenuBon can be used.
const (
	ContenuAbsent  EtatContenu = iota // no element Fichier
	ContenuBon                        // gzip that inflates to its end
	ContenuVide                       // nothing, or gzip of nothing
	ContenuBase64                     // not base64
	ContenuPasGzip                    // base64 of something else than gzip
	ContenuTronque                    // gzip that ends too early, or whose checksum is wrong
	ContenuBombe                      // gzip that inflates beyond measure
)

// Contenu is what was learnt of the content of a PJ while it went by.
type Contenu struct {
	Etat EtatContenu
	// Comprime and Octets are the sizes before and after inflation; SHA256 is
	// the digest of the latter. They tell what was read when Etat is not
	// ContenuBon.
	Comprime, Octets int64
	SHA256           [sha256.Size]byte
	// Type is what the first bytes look like: a MIME type, "" when unknown.
	Type string
	// Suite says that bytes follow the last member of the gzip.
	Suite bool
}

// The measure beyond which a content is taken for a bomb: both must be passed.
const (
	defaultMaxRatio    = 200
	defaultMaxInflated = 16 << 20
)

// errBase64 is what base64Reader returns for a text that is not base64.
var errBase64 = errors.New("pes: not base64")

// inflater reads contents one after another and keeps its memory.
type inflater struct {
	b64  base64Reader
	buf  *bufio.Reader
	gz   *gzip.Reader
	out  []byte
	head [16]byte
}

// read drains the text of a Fichier, gives what it inflates to to w when that
// is not nil, and says what it is. The error is that of w or of the source.
func (f *inflater) read(src textSource, w io.Writer, opt Options) (Contenu, error) {
	var c Contenu
	f.b64 = base64Reader{src: src, in: f.b64.in[:0]}
	if f.buf == nil {
		f.buf, f.out = bufio.NewReaderSize(&f.b64, 48<<10), make([]byte, 64<<10)
	} else {
		f.buf.Reset(&f.b64)
	}
	err := f.inflate(&c, w, opt)
	if e := f.b64.drain(); e != nil && err == nil {
		err = e
	}
	c.Comprime = f.b64.total
	if f.b64.bad {
		c.Etat = ContenuBase64
	}
	return c, err
}

func (f *inflater) inflate(c *Contenu, w io.Writer, opt Options) error {
	first, err := f.buf.Peek(2)
	switch {
	case f.b64.failed != nil:
		return f.b64.failed
	case len(first) == 0 && err == io.EOF:
		c.Etat = ContenuVide
		return nil
	case len(first) < 2 || first[0] != 0x1f || first[1] != 0x8b:
		c.Etat = ContenuPasGzip
		return nil
	}
	if f.gz == nil {
		f.gz, err = gzip.NewReader(f.buf)
	} else {
		err = f.gz.Reset(f.buf)
	}
	if err != nil {
		c.Etat = ContenuTronque
		return f.b64.failed
	}
	sum := sha256.New()
	head := 0
	for {
		f.gz.Multistream(false) // to tell a further member from bytes that follow
		for {
			n, err := f.gz.Read(f.out)
			if n > 0 {
				p := f.out[:n]
				head += copy(f.head[head:], p)
				c.Octets += int64(n)
				sum.Write(p)
				if w != nil {
					if _, err := w.Write(p); err != nil {
						return err
					}
				}
				if c.Octets > opt.maxInflated() && c.Octets > opt.maxRatio()*max(f.b64.total, 1) {
					c.Etat = ContenuBombe
					return nil
				}
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				c.Etat = ContenuTronque
				return f.b64.failed
			}
		}
		next, err := f.buf.Peek(2)
		if len(next) == 0 && err == io.EOF {
			break
		}
		if len(next) < 2 || next[0] != 0x1f || next[1] != 0x8b || f.gz.Reset(f.buf) != nil {
			c.Suite = true
			break
		}
	}
	if f.b64.failed != nil {
		return f.b64.failed
	}
	sum.Sum(c.SHA256[:0])
	c.Type = sniff(f.head[:head])
	c.Etat = ContenuBon
	if c.Octets == 0 {
		c.Etat = ContenuVide
	}
	return nil
}

// textSource gives the text of an element piece by piece; ok is false at its
// end. A piece is valid until the next call.
type textSource interface {
	nextText() (piece []byte, ok bool, err error)
}

// base64Reader decodes the text of an element. White space anywhere is ignored,
// as xs:base64Binary wants it.
type base64Reader struct {
	src    textSource
	in     []byte // characters not yet decoded, without blanks
	rest   []byte // of the current piece
	total  int64
	ended  bool
	padded bool // = was met: nothing may follow
	small  [3]byte
	spill  []byte // of small, decoded and not yet given
	bad    bool
	failed error // of the source
}

func (b *base64Reader) Read(p []byte) (int, error) {
	if len(b.spill) > 0 {
		n := copy(p, b.spill)
		b.spill = b.spill[n:]
		return n, nil
	}
	if len(p) < 3 { // not room for a quantum
		n, err := b.Read(b.small[:])
		b.spill = b.small[:n]
		if n == 0 || len(p) == 0 {
			return 0, err
		}
		return b.Read(p)
	}
	for {
		if b.failed != nil {
			return 0, b.failed
		}
		if b.bad {
			return 0, errBase64
		}
		if len(b.rest) == 0 && !b.ended {
			piece, ok, err := b.src.nextText()
			if err != nil {
				b.failed = err
				return 0, err
			}
			b.rest, b.ended = piece, !ok
			continue
		}
		if b.ended && len(b.in) == 0 {
			return 0, io.EOF
		}
		if b.ended { // a quantum that is not complete
			b.bad = true
			continue
		}
		if n := b.decode(p); n > 0 {
			b.total += int64(n)
			return n, nil
		}
	}
}

// decode takes what it can of rest and returns how many bytes it made.
func (b *base64Reader) decode(p []byte) int {
	if b.padded {
		for _, c := range b.rest {
			if !blank(c) {
				b.bad = true
				return 0
			}
		}
		b.rest = nil
		return 0
	}
	want := len(p) / 3 * 4
	if len(b.in) == 0 { // most of the time: whole quanta without blanks
		n := min(len(b.rest), want) &^ 3
		if n > 0 && b.rest[n-1] != '=' {
			if m, err := base64.StdEncoding.Decode(p, b.rest[:n]); err == nil && m == n/4*3 {
				b.rest = b.rest[n:]
				return m
			}
		}
	}
	i := 0
	for ; i < len(b.rest) && len(b.in) < want; i++ {
		if c := b.rest[i]; !blank(c) {
			b.in = append(b.in, c)
		}
	}
	b.rest = b.rest[i:]
	n := len(b.in) &^ 3
	if n == 0 {
		return 0
	}
	m, err := base64.StdEncoding.Decode(p, b.in[:n])
	if err != nil {
		b.bad = true
		return 0
	}
	b.padded = b.in[n-1] == '='
	b.in = append(b.in[:0], b.in[n:]...)
	if b.padded && len(b.in) > 0 {
		b.bad = true
	}
	return m
}

// drain reads what is left of the text, so that all of it is judged.
func (b *base64Reader) drain() error {
	var sink [3 << 10]byte
	for {
		if _, err := b.Read(sink[:]); err != nil {
			break
		}
	}
	if b.failed != nil {
		return b.failed
	}
	for !b.ended { // after a fault
		_, ok, err := b.src.nextText()
		if err != nil {
			return err
		}
		b.ended = !ok
	}
	return nil
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
