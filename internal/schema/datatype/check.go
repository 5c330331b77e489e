package datatype

import (
	"bytes"
	"unicode/utf8"
)

// Scratch is the working memory of checks, owned by one goroutine.
type Scratch struct {
	// Lookup finds the namespace of a prefix in scope, for QName values.
	Lookup func(prefix string) (string, bool)
	// Work is the budget left for matching patterns; a check that exhausts it
	// fails with [Fault].Work set.
	Work int

	buf []byte
}

// Fault says why a text is not of a type.
type Fault struct {
	// Facet is the name of the facet that does not hold, "" when the text is
	// not a value at all.
	Facet string
	// Ref is the clause of XML Schema: cvc-pattern-valid, cvc-datatype-valid.1.2.1 …
	Ref string
	// Expected says in a notation free of language what is demanded: xs:date,
	// maxLength = 15, pattern [0-9]{3}.
	Expected string
	// Enumeration lists the permitted values when that is the facet.
	Enumeration []string
	// Work is set when the budget for patterns ran out: the text was not judged.
	Work bool
}

// Note is something a valid text is worth a warning for.
type Note uint8

// The notes.
const (
	NoNote     Note = iota
	Blanks          // white space around a date or time: libxml2 refuses it
	ManyDigits      // more than 18 digits in a number: processors may refuse it
)

// Check decides whether the text, valid UTF-8, is of the type. It returns nil
// or what is wrong.
func (t *Type) Check(s *Scratch, text []byte) (*Fault, Note) {
	if t.kind == Union {
		return t.checkUnion(s, text)
	}
	b := normalize(s, t.space, text)
	if f := t.checkPatterns(s, b); f != nil {
		return f, NoNote
	}
	return t.checkRest(s, b, len(text))
}

// checkPatterns is the part of Check about patterns.
func (t *Type) checkPatterns(s *Scratch, b []byte) *Fault {
	for _, alternatives := range t.steps {
		held := false
		for _, re := range alternatives {
			ok, err := re.Match(b, &s.Work)
			if err != nil {
				return &Fault{Facet: "pattern", Ref: "cvc-pattern-valid", Expected: "pattern " + re.String(), Work: true}
			}
			if held = ok; held {
				break
			}
		}
		if !held {
			return &Fault{Facet: "pattern", Ref: "cvc-pattern-valid", Expected: "pattern " + alternatives[0].String()}
		}
	}
	return nil
}

// checkRest is Check after patterns; b is the normalised text, written the
// length of the original.
func (t *Type) checkRest(s *Scratch, b []byte, written int) (*Fault, Note) {
	switch {
	case t.kind == List:
		return t.checkList(s, b)
	case t.kind == String && t.enum == nil:
		if t.lexical != anyText && !t.lexical.check(b) {
			break
		}
		if t.length >= 0 || t.minLen >= 0 || t.maxLen >= 0 {
			return t.checkLength(utf8.RuneCount(b)), NoNote
		}
		return nil, NoNote
	case t.kind.temporal() && t.enum == nil && t.bounds == nil:
		var m moment
		if !parseMoment(t.kind, b, &m) {
			break
		}
		if len(b) != written {
			return nil, Blanks
		}
		return nil, NoNote
	default:
		return t.checkValue(s, b, written)
	}
	return &Fault{Ref: "cvc-datatype-valid.1.2.1", Expected: t.describe()}, NoNote
}

// checkValue is Check for what has to become a value.
func (t *Type) checkValue(s *Scratch, b []byte, written int) (*Fault, Note) {
	v, ok := t.parse(s, b)
	if !ok {
		return &Fault{Ref: "cvc-datatype-valid.1.2.1", Expected: t.describe()}, NoNote
	}
	if f := t.facets(s, &v, b); f != nil {
		return f, NoNote
	}
	note := NoNote
	switch {
	case t.kind.temporal() && len(b) != written:
		note = Blanks
	case t.kind == Decimal && len(v.dec.whole)+len(v.dec.beyond) > 18:
		note = ManyDigits
	}
	return nil, note
}

func (t *Type) facets(s *Scratch, v *value, b []byte) *Fault {
	if t.length >= 0 || t.minLen >= 0 || t.maxLen >= 0 {
		if f := t.checkLength(t.measure(v, b)); f != nil {
			return f
		}
	}
	if t.total >= 0 || t.fraction >= 0 {
		if n := len(v.dec.whole) + len(v.dec.beyond); t.total >= 0 && n > t.total {
			return &Fault{Facet: "totalDigits", Ref: "cvc-totalDigits-valid", Expected: facet("totalDigits", t.total)}
		}
		if t.fraction >= 0 && len(v.dec.beyond) > t.fraction {
			return &Fault{Facet: "fractionDigits", Ref: "cvc-fractionDigits-valid", Expected: facet("fractionDigits", t.fraction)}
		}
	}
	for i := range t.bounds {
		bd := &t.bounds[i]
		o := t.compare(v, &bd.v)
		ok := false
		switch bd.facet {
		case "minInclusive":
			ok = o == greater || o == equal
		case "maxInclusive":
			ok = o == less || o == equal
		case "minExclusive":
			ok = o == greater
		case "maxExclusive":
			ok = o == less
		}
		if !ok {
			return &Fault{Facet: bd.facet, Ref: "cvc-" + bd.facet + "-valid", Expected: "xs:" + t.Name() + ", " + bd.facet + " = " + bd.text}
		}
	}
	if t.enum != nil {
		if found, ok := t.enumerated(s, v); !found {
			return &Fault{Facet: "enumeration", Ref: "cvc-enumeration-valid", Enumeration: t.texts, Work: !ok}
		}
	}
	return nil
}

// measure returns the length of a value: characters, octets or items.
func (t *Type) measure(v *value, b []byte) int {
	switch t.kind {
	case HexBinary:
		return len(b) / 2
	case Base64Binary:
		n := len(b) - bytes.Count(b, []byte(" ")) - bytes.Count(b, []byte("="))
		return n * 3 / 4
	case QName, Notation: // the norm gives these no length worth the name
		return max(t.length, t.minLen)
	case List:
		return len(v.items)
	}
	return utf8.RuneCount(b)
}

func (t *Type) checkLength(n int) *Fault {
	switch {
	case t.length >= 0 && n != t.length:
		return &Fault{Facet: "length", Ref: "cvc-length-valid", Expected: facet("length", t.length)}
	case t.minLen >= 0 && n < t.minLen:
		return &Fault{Facet: "minLength", Ref: "cvc-minLength-valid", Expected: facet("minLength", t.minLen)}
	case t.maxLen >= 0 && n > t.maxLen:
		return &Fault{Facet: "maxLength", Ref: "cvc-maxLength-valid", Expected: facet("maxLength", t.maxLen)}
	}
	return nil
}

func (t *Type) checkList(s *Scratch, b []byte) (*Fault, Note) {
	n, note := 0, NoNote
	b = bytes.Clone(b) // the items use the scratch
	for part := range bytes.FieldsSeq(b) {
		n++
		f, m := t.item.Check(s, part)
		if f != nil {
			f.Ref = "cvc-datatype-valid.1.2.2"
			return f, NoNote
		}
		note = max(note, m)
	}
	if f := t.checkLength(n); f != nil {
		return f, NoNote
	}
	if t.enum != nil {
		v, ok := t.parse(s, b)
		if !ok {
			return &Fault{Ref: "cvc-datatype-valid.1.2.2", Expected: t.describe()}, NoNote
		}
		if f := t.facets(s, &v, b); f != nil {
			return f, NoNote
		}
	}
	return nil, note
}

// checkUnion tries the members in order. The facets of the union itself judge
// the text as the member that fits has it.
func (t *Type) checkUnion(s *Scratch, text []byte) (*Fault, Note) {
	text = bytes.Clone(text) // members use the scratch
	m, note, fault := t.active(s, text)
	if fault != nil {
		return fault, NoNote
	}
	b := bytes.Clone(m.Normal(s, text))
	if f := t.checkPatterns(s, b); f != nil {
		return f, NoNote
	}
	if t.enum != nil {
		v, ok := t.parse(s, text)
		if !ok {
			return &Fault{Ref: "cvc-datatype-valid.1.2.3", Expected: t.describe()}, NoNote
		}
		if f := t.facets(s, &v, b); f != nil {
			return f, NoNote
		}
	}
	return nil, note
}

// active returns the first member of a union the text fits, never a union
// itself.
func (t *Type) active(s *Scratch, text []byte) (*Type, Note, *Fault) {
	for _, m := range t.members {
		s.Work--
		f, note := m.Check(s, text)
		switch {
		case f != nil && (f.Work || s.Work < 0):
			f.Work = true
			return nil, NoNote, f
		case f == nil && m.kind == Union:
			return m.active(s, text)
		case f == nil:
			return m, note, nil
		}
	}
	return nil, NoNote, &Fault{Ref: "cvc-datatype-valid.1.2.3", Expected: t.describe()}
}

// Equal reports whether two texts are the same value of the type; lookup finds
// the namespaces in scope of b.
func (t *Type) Equal(s *Scratch, a, b []byte) bool {
	x, ok := t.parse(s, bytes.Clone(normalize(s, t.space, a)))
	if !ok {
		return false
	}
	y, ok := t.parse(s, normalize(s, t.space, b))
	return ok && t.same(&x, &y)
}

// Normal returns the text with white space treated as the type demands. The
// result is valid until the next use of the scratch.
func (t *Type) Normal(s *Scratch, text []byte) []byte { return normalize(s, t.space, text) }

func blank(c byte) bool { return c <= ' ' && (c == ' ' || c == '\t' || c == '\n' || c == '\r') }

func normalize(s *Scratch, space Space, b []byte) []byte {
	switch space {
	case Replace:
		if !bytes.ContainsAny(b, "\t\n\r") {
			return b
		}
		s.buf = s.buf[:0]
		for _, c := range b {
			if blank(c) {
				c = ' '
			}
			s.buf = append(s.buf, c)
		}
		return s.buf
	case Collapse:
		for len(b) > 0 && blank(b[0]) {
			b = b[1:]
		}
		for len(b) > 0 && blank(b[len(b)-1]) {
			b = b[:len(b)-1]
		}
		for i, c := range b {
			if blank(c) && (c != ' ' || blank(b[i+1])) {
				return s.collapse(b, i)
			}
		}
	}
	return b
}

func (s *Scratch) collapse(b []byte, from int) []byte {
	s.buf = append(s.buf[:0], b[:from]...)
	for i := from; i < len(b); i++ {
		if !blank(b[i]) {
			s.buf = append(s.buf, b[i])
		} else if !blank(b[i+1]) {
			s.buf = append(s.buf, ' ')
		}
	}
	return s.buf
}

// Base64 checks base64Binary text piece by piece, white space between
// characters allowed. The zero value is ready.
type Base64 struct {
	n    int64 // characters that count, padding included
	pad  int
	last byte
	bad  bool
}

// base64Chars holds 1 for the characters of the alphabet.
var base64Chars = func() (t [256]uint8) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = 1
	}
	return t
}()

// Write takes the next piece and reports whether the text may still be valid.
func (c *Base64) Write(b []byte) bool {
	t := &base64Chars
	for len(b) > 0 {
		// There are megabytes of nothing but the alphabet.
		for c.pad == 0 && len(b) >= 8 && t[b[0]]&t[b[1]]&t[b[2]]&t[b[3]]&t[b[4]]&t[b[5]]&t[b[6]]&t[b[7]] == 1 {
			c.n += 8
			c.last = b[7]
			b = b[8:]
		}
		if len(b) == 0 {
			break
		}
		x := b[0]
		b = b[1:]
		switch {
		case blank(x):
		case x == '=':
			if c.pad++; c.pad > 2 {
				c.bad = true
			}
			c.n++
		case t[x] == 1:
			if c.pad > 0 {
				c.bad = true
			}
			c.n++
			c.last = x
		default:
			c.bad = true
		}
	}
	return !c.bad
}

// Close reports whether the whole text is valid: full groups, and no bits left
// over in the last character before padding.
func (c *Base64) Close() bool {
	if c.bad || c.n%4 != 0 {
		return false
	}
	switch c.pad {
	case 1:
		return bytes.IndexByte([]byte("AEIMQUYcgkosw048"), c.last) >= 0
	case 2:
		return bytes.IndexByte([]byte("AQgw"), c.last) >= 0
	}
	return true
}
