package datatype

import (
	"bytes"
	"strconv"
	"unicode/utf8"
	"unsafe"

	"github.com/liasse/liasse/internal/schema/xregex"
)

// view is the text of b without a copy: it lives as long as b is unchanged.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// value is a value of any kind; it points into the text it was read from.
type value struct {
	text  []byte // strings: normalised; binary: octets
	dec   decimal
	float float64
	at    moment
	span  span
	space string // QName: namespace
	items []value
	flag  bool
	of    *Type // the member of a union
}

// decimal is a number as its digits, without leading zeros before the point and
// trailing ones after it.
type decimal struct {
	negative      bool
	whole, beyond []byte
}

func parseDecimal(b []byte, point bool) (decimal, bool) {
	var d decimal
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		d.negative = b[0] == '-'
		b = b[1:]
	}
	n := 0
	for n < len(b) && digit(b[n]) {
		n++
	}
	d.whole = b[:n]
	if n < len(b) {
		if !point || b[n] != '.' {
			return d, false
		}
		d.beyond = b[n+1:]
		for _, c := range d.beyond {
			if !digit(c) {
				return d, false
			}
		}
	}
	if len(d.whole)+len(d.beyond) == 0 {
		return d, false
	}
	for len(d.whole) > 0 && d.whole[0] == '0' {
		d.whole = d.whole[1:]
	}
	for n := len(d.beyond); n > 0 && d.beyond[n-1] == '0'; n-- {
		d.beyond = d.beyond[:n-1]
	}
	if len(d.whole)+len(d.beyond) == 0 {
		d.negative = false
	}
	return d, true
}

func compareDecimals(a, b *decimal) order {
	if a.negative != b.negative {
		if a.negative {
			return less
		}
		return greater
	}
	o := 0
	switch {
	case len(a.whole) != len(b.whole):
		o = len(a.whole) - len(b.whole)
	default:
		if o = bytes.Compare(a.whole, b.whole); o == 0 {
			o = bytes.Compare(a.beyond, b.beyond)
		}
	}
	if a.negative {
		o = -o
	}
	switch {
	case o < 0:
		return less
	case o > 0:
		return greater
	}
	return equal
}

func parseFloat(b []byte, bits int) (float64, bool) {
	switch string(b) {
	case "INF", "-INF", "NaN":
		f, _ := strconv.ParseFloat(view(b), bits)
		return f, true
	}
	for _, c := range b { // hexadecimal, underscores and words are Go's, not ours
		if !digit(c) && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(view(b), bits)
	if err != nil {
		ne, ok := err.(*strconv.NumError)
		return f, ok && ne.Err == strconv.ErrRange // beyond the range: an infinity
	}
	return f, true
}

// parse reads the normalised text as a value of the type's kind, without
// facets.
func (t *Type) parse(s *Scratch, b []byte) (v value, ok bool) {
	switch t.kind {
	case AnySimple:
		v.text = b
		return v, true
	case AnyURI:
		v.text = b
		return v, reference(b)
	case String:
		v.text = b
		return v, t.lexical.check(b)
	case Boolean:
		switch string(b) {
		case "true", "1":
			v.flag = true
			return v, true
		case "false", "0":
			return v, true
		}
		return v, false
	case Decimal:
		v.dec, ok = parseDecimal(b, t.lexical != integer)
		return v, ok
	case Float, Double:
		bits := 64
		if t.kind == Float {
			bits = 32
		}
		v.float, ok = parseFloat(b, bits)
		return v, ok
	case Duration:
		v.span, ok = parseSpan(b)
		return v, ok
	case HexBinary:
		v.text = b
		return v, isHex(b)
	case Base64Binary:
		var c Base64
		v.text = b
		return v, c.Write(b) && c.Close()
	case QName, Notation:
		return s.qname(b)
	case List:
		for _, part := range bytes.Fields(b) {
			item, ok := t.item.parse(s, part)
			if !ok {
				return v, false
			}
			v.items = append(v.items, item)
		}
		return v, true
	case Union:
		b = bytes.Clone(b) // members use the scratch
		m, _, fault := t.active(s, b)
		if fault != nil {
			return v, false
		}
		v, ok = m.parse(s, bytes.Clone(m.Normal(s, b)))
		v.of = m
		return v, ok
	}
	return v, parseMoment(t.kind, b, &v.at)
}

func (s *Scratch) qname(b []byte) (v value, ok bool) {
	prefix, local, found := bytes.Cut(b, []byte(":"))
	if !found {
		prefix, local = nil, b
	}
	if found && !ncname.check(prefix) || !ncname.check(local) {
		return v, false
	}
	v.text = local
	if s.Lookup == nil {
		v.space = view(prefix)
		return v, true
	}
	v.space, ok = s.Lookup(string(prefix))
	return v, ok || !found
}

func (l lexical) check(b []byte) bool {
	switch l {
	case anyText:
		return true
	case entity:
		return false
	case language:
		n, first := 0, true
		for _, c := range b {
			switch {
			case c == '-':
				if n == 0 {
					return false
				}
				n, first = 0, false
			case c|0x20 >= 'a' && c|0x20 <= 'z', digit(c) && !first:
				if n++; n > 8 {
					return false
				}
			default:
				return false
			}
		}
		return n > 0
	}
	if len(b) == 0 {
		return false
	}
	for i := 0; i < len(b); {
		if r := b[i]; r < utf8.RuneSelf {
			if k := nameByte[r]; k == 2 && (r != ':' || l != ncname) || k == 1 && (i > 0 || l == nmtoken) {
				i++
				continue
			}
			return false
		}
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case i == 0 && l != nmtoken && !xregex.IsNameStart(r),
			!xregex.IsNameChar(r):
			return false
		}
		i += n
	}
	return true
}

// nameByte says of ASCII characters whether a name may begin with them (2) or
// go on (1).
var nameByte = func() (t [utf8.RuneSelf]uint8) {
	for i := range t {
		switch {
		case xregex.IsNameStart(rune(i)):
			t[i] = 2
		case xregex.IsNameChar(rune(i)):
			t[i] = 1
		}
	}
	return t
}()

// compare orders two values of the kind.
func (t *Type) compare(a, b *value) order {
	switch t.kind {
	case Decimal:
		return compareDecimals(&a.dec, &b.dec)
	case Float, Double:
		switch {
		case a.float < b.float:
			return less
		case a.float > b.float:
			return greater
		case a.float == b.float, a.float != a.float && b.float != b.float: // NaN equals itself here
			return equal
		}
		return unordered
	case Duration:
		return compareSpans(&a.span, &b.span)
	}
	if t.kind.temporal() {
		return compareMoments(&a.at, &b.at)
	}
	if t.same(a, b) {
		return equal
	}
	return unordered
}

// same reports whether two values of the kind are equal.
func (t *Type) same(a, b *value) bool {
	switch t.kind {
	case AnySimple, String, AnyURI:
		return bytes.Equal(a.text, b.text)
	case HexBinary:
		return bytes.EqualFold(a.text, b.text)
	case Base64Binary:
		return equalBase64(a.text, b.text)
	case QName, Notation:
		return a.space == b.space && bytes.Equal(a.text, b.text)
	case Boolean:
		return a.flag == b.flag
	case Union:
		return a.of.kind == b.of.kind && a.of.same(a, b)
	case List:
		if len(a.items) != len(b.items) {
			return false
		}
		for i := range a.items {
			if !t.item.same(&a.items[i], &b.items[i]) {
				return false
			}
		}
		return true
	}
	return t.compare(a, b) == equal
}

// isHex reports whether the text is hexBinary: two digits for each octet.
func isHex(b []byte) bool {
	for _, c := range b {
		if !hexDigit(c) {
			return false
		}
	}
	return len(b)%2 == 0
}

func equalBase64(a, b []byte) bool {
	a, b = bytes.ReplaceAll(a, []byte(" "), nil), bytes.ReplaceAll(b, []byte(" "), nil)
	return bytes.Equal(a, b)
}
