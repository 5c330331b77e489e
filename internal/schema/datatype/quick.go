package datatype

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Quick is the cheap side of a check: what it accepts is surely of the type
// and deserves no note; of the rest it knows nothing, and [Type.Check] decides.
// The zero value accepts nothing. It is immutable.
type Quick struct {
	kind   quickKind
	lex    lexical
	of     Kind  // of date or time
	lo, hi int64 // number: least and greatest value; string: least and greatest length in bytes
	total  int   // digits of a number
	places int   // of these after the point, -1 for integers
	set    *words
	either []Quick
}

type quickKind uint8

const (
	quickNothing quickKind = iota
	quickText              // by length
	quickWord              // by length and without white space in front
	quickName
	quickURI
	quickMoment
	quickNumber
	quickFlag
	quickSet
	quickBase64
	quickHex
	quickEither
)

// manyDigits is the number of digits from which a number needs a note, or may
// not fit 64 bits.
const manyDigits = 18

// Quick returns the cheap side of the type's check.
func (t *Type) Quick() Quick {
	if t.enum != nil {
		return t.quickCodes()
	}
	if t.steps != nil || t.length >= 0 {
		return Quick{}
	}
	switch {
	case t.kind == Union:
		of := make([]Quick, len(t.members))
		for i, m := range t.members {
			of[i] = m.Quick()
		}
		return QuickEither(of...)
	case t.kind == String:
		return t.quickString()
	case t.kind == AnyURI:
		q := t.quickString()
		switch q.kind { // a blank in front or at the end is no part of it, and makes none of it
		case quickText:
			q.kind = quickURI
		case quickWord:
			q.kind, q.lo = quickURI, 1
		}
		return q
	case t.kind == Boolean:
		return Quick{kind: quickFlag}
	case t.kind == Decimal:
		return t.quickNumber()
	case t.kind.temporal() && t.bounds == nil:
		return Quick{kind: quickMoment, of: t.kind}
	case t.kind == Base64Binary && !t.faceted():
		return Quick{kind: quickBase64}
	case t.kind == HexBinary && !t.faceted():
		return Quick{kind: quickHex}
	}
	return Quick{}
}

// quickCodes accepts the enumerated strings, which were read as values of the
// type when it was made: what else it demands is asked here, once for each.
func (t *Type) quickCodes() Quick {
	if t.kind != String {
		return Quick{}
	}
	s := &Scratch{Work: 1 << 16}
	var texts []string
	for i := range t.enum {
		b := t.enum[i].text
		if t.checkPatterns(s, b) == nil && t.checkLength(utf8.RuneCount(b)) == nil {
			texts = append(texts, string(b))
		}
	}
	return quickWords(texts)
}

func (t *Type) quickString() Quick {
	q := Quick{kind: quickText, lex: t.lexical, lo: int64(max(t.minLen, 0)), hi: math.MaxInt64}
	if t.maxLen >= 0 {
		q.hi = int64(t.maxLen) // characters are no more than bytes, and collapsing only takes away
	}
	switch {
	case t.lexical == entity:
		return Quick{}
	case t.lexical != anyText:
		if q.lo > 1 {
			return Quick{}
		}
		q.kind = quickName // which has a character at least
	case q.lo == 0:
	case t.space == Collapse:
		if q.lo > 1 {
			return Quick{}
		}
		q.kind = quickWord
	case q.lo > math.MaxInt32:
		return Quick{}
	default:
		q.lo = (q.lo-1)*utf8.UTFMax + 1
	}
	return q
}

func (t *Type) quickNumber() Quick {
	q := Quick{kind: quickNumber, lo: math.MinInt64, hi: math.MaxInt64, total: manyDigits, places: -1}
	if t.total >= 0 {
		q.total = min(q.total, t.total)
	}
	if t.lexical != integer {
		q.places = manyDigits
		if t.fraction >= 0 {
			q.places = min(q.places, t.fraction)
		}
	}
	for i := range t.bounds {
		b := &t.bounds[i]
		n, err := strconv.ParseInt(b.text, 10, 64)
		if err != nil {
			// A bound no number of so few digits reaches is none.
			if e, ok := err.(*strconv.NumError); !ok || e.Err != strconv.ErrRange || strings.HasPrefix(b.facet, "min") != (n < 0) {
				return Quick{}
			}
			continue
		}
		switch b.facet {
		case "minInclusive":
			q.lo = max(q.lo, n)
		case "maxInclusive":
			q.hi = min(q.hi, n)
		case "minExclusive":
			if n == math.MaxInt64 {
				return Quick{}
			}
			q.lo = max(q.lo, n+1)
		case "maxExclusive":
			if n == math.MinInt64 {
				return Quick{}
			}
			q.hi = min(q.hi, n-1)
		}
	}
	return q
}

// QuickAny accepts every text.
var QuickAny = Quick{kind: quickText, hi: math.MaxInt64}

// QuickTexts accepts the texts, which are normal forms of values of the type.
func QuickTexts(t *Type, texts []string) Quick {
	if t.kind != String {
		return Quick{}
	}
	return quickWords(texts)
}

// QuickEither accepts what one of the others accepts. It accepts nothing when
// a note of one of them could be lost by another's accepting: that a date
// stands between blanks, where a string would do too.
func QuickEither(of ...Quick) Quick {
	moments := 0
	for i := range of {
		switch of[i].kind {
		case quickMoment:
			moments++
		case quickText, quickWord, quickName, quickURI, quickFlag, quickSet, quickBase64, quickHex:
		default:
			return Quick{}
		}
	}
	if moments > 0 && moments < len(of) {
		return Quick{}
	}
	return Quick{kind: quickEither, either: of}
}

// Accepts reports whether the text, valid UTF-8, is surely of the type.
func (q *Quick) Accepts(b []byte) bool {
	switch q.kind {
	case quickWord:
		return len(b) > 0 && b[0] > ' ' && int64(len(b)) <= q.hi
	case quickText:
		return int64(len(b)) >= q.lo && int64(len(b)) <= q.hi
	case quickURI:
		return int64(len(b)) <= q.hi && (q.lo == 0 || len(b) > 0 && b[0] > ' ') && reference(b)
	case quickMoment:
		return quickDate(q.of, b)
	case quickSet:
		return q.set.has(b)
	case quickName:
		return int64(len(b)) <= q.hi && (q.lex.ascii(b) || q.lex.check(b))
	case quickNumber:
		return q.number(b)
	case quickBase64:
		var c Base64
		return c.Write(b) && c.Close()
	case quickHex:
		return isHex(b)
	case quickEither:
		for i := range q.either {
			if q.either[i].Accepts(b) {
				return true
			}
		}
	case quickFlag:
		switch string(b) {
		case "true", "false", "0", "1":
			return true
		}
	}
	return false
}

// nameBits says of a byte, for each kind of name, whether it may begin one and
// whether it may go on.
var nameBits = func() (t [256]uint16) {
	for l := nmtoken; l <= ncname; l++ {
		for c := range byte(utf8.RuneSelf) {
			if l.check([]byte{c}) {
				t[c] |= 1 << (2 * l)
			}
			if l.check([]byte{'a', c}) {
				t[c] |= 2 << (2 * l)
			}
		}
	}
	return t
}()

// ascii reports whether the text is a name of the kind, in ASCII.
func (l lexical) ascii(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	all := nameBits[b[0]] << 1
	for _, c := range b[1:] {
		all &= nameBits[c]
	}
	return all>>(2*l+1)&1 != 0
}

// quickDate reads the two usual forms eight bytes at a time.
func quickDate(k Kind, b []byte) bool {
	if k == Date && len(b) == 10 {
		return quickDay((*[10]byte)(b))
	}
	if k == DateTime && (len(b) == 19 || len(b) == 20 && b[19] == 'Z') {
		x := binary.LittleEndian.Uint64(b[11:]) ^ 0x30303A30303A3030 // hh:mm:ss
		if (x|(x+0x76767F76767F7676))&highBits == 0 && b[10] == 'T' &&
			x&0xF*10+x>>8&0xF < 24 && x>>24&0xF < 6 && x>>48&0xF < 6 {
			return quickDay((*[10]byte)(b))
		}
	}
	var m moment
	return parseMoment(k, b, &m)
}

const highBits = 0x8080808080808080

// quickDay reads YYYY-MM-DD.
func quickDay(b *[10]byte) bool {
	// A digit becomes its value and a hyphen 0; anything else has, or gets by
	// the addition, its highest bit.
	x := binary.LittleEndian.Uint64(b[:8]) ^ 0x2D30302D30303030
	d := uint64(binary.LittleEndian.Uint16(b[8:])) ^ 0x3030
	if (x|(x+0x7F76767F76767676)|d|(d+0x7676))&highBits != 0 || x&0x0F0F0F0F == 0 {
		return false
	}
	month, day := x>>40&0xF*10+x>>48&0xF, d&0xF*10+d>>8
	if month-1 >= 12 || day-1 >= 31 {
		return false
	}
	if day <= 28 {
		return true
	}
	year := x&0xF*1000 + x>>8&0xF*100 + x>>16&0xF*10 + x>>24&0xF
	return int(day) <= daysIn(int64(year), int(month))
}

// number reads a number of few digits.
func (q *Quick) number(b []byte) bool {
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > q.total+1 { // a point, perhaps
		return false
	}
	n, i := int64(0), 0
	for i < len(b) && digit(b[i]) {
		n = n*10 + int64(b[i]-'0')
		i++
	}
	if i == len(b) {
		if negative {
			n = -n
		}
		return i <= q.total && n >= q.lo && n <= q.hi
	}
	places := len(b) - i - 1
	if b[i] != '.' || negative || places > q.places || i+places == 0 || n < q.lo || n >= q.hi {
		return false
	}
	for _, c := range b[i+1:] {
		if !digit(c) {
			return false
		}
	}
	return true
}

// words is a set of texts in which every hash has one of them at most.
type words struct {
	slots []string
	mul   uint32
	shift uint8
	all   map[string]struct{} // instead, when no such hash was found
}

func quickWords(texts []string) Quick {
	w := &words{all: make(map[string]struct{}, len(texts))}
	for _, s := range texts {
		if s != "" {
			w.all[s] = struct{}{}
		}
	}
	if len(w.all) <= 64 {
		for bits := uint8(1); bits <= 10 && w.slots == nil; bits++ {
			if 1<<bits >= len(w.all) {
				w.spread(bits)
			}
		}
	}
	return Quick{kind: quickSet, set: w}
}

// spread looks for a hash of so many bits that keeps all texts apart.
func (w *words) spread(bits uint8) {
	w.shift = 32 - bits
	for try := range uint32(16) {
		w.mul = 0x9E3779B1 + try<<8*0x85EBCA6 // odd: the shifted part is even
		slots := make([]string, 1<<bits)
		apart := true
		for s := range w.all {
			i := w.hash([]byte(s))
			apart = apart && slots[i] == ""
			slots[i] = s
		}
		if apart {
			w.slots = slots
			return
		}
	}
}

func (w *words) hash(b []byte) uint32 {
	n := len(b)
	return (uint32(n) + uint32(b[0])<<8 + uint32(b[n-1])<<16 + uint32(b[n/2])<<24) * w.mul >> w.shift
}

func (w *words) has(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	if w.slots == nil {
		_, ok := w.all[string(b)]
		return ok
	}
	return w.slots[w.hash(b)] == string(b)
}
