package pdf

import (
	"math"
	"strconv"
	"unicode/utf16"
)

// Append writes a value as it stands in a file. References stay references; a
// stream is written as its dictionary, what could not be parsed as null. The
// strings of an encrypted document come out decrypted.
func Append(b []byte, v Value) []byte { return appendValue(b, v, 0) }

func appendValue(b []byte, v Value, depth int) []byte {
	if depth > maxDepth {
		return append(b, "null"...)
	}
	n := v.node()
	switch n.kind {
	case Bool:
		return strconv.AppendBool(b, n.v != 0)
	case Int:
		return strconv.AppendInt(b, n.v, 10)
	case Real:
		return AppendNum(b, math.Float64frombits(uint64(n.v)))
	case String:
		return AppendString(b, v.Bytes())
	case Name:
		return AppendName(b, string(v.d.bytes[n.first:n.first+n.n]))
	case Reference:
		r, _ := v.Ref()
		return AppendRef(b, r)
	case Array:
		b = append(b, '[')
		for i, e := range v.Elems() {
			if i > 0 {
				b = append(b, ' ')
			}
			b = appendValue(b, e, depth+1)
		}
		return append(b, ']')
	case Dict, Stream:
		b = append(b, "<<"...)
		b = AppendEntries(b, v, depth)
		return append(b, ">>"...)
	}
	return append(b, "null"...)
}

// AppendEntries writes the entries of a dictionary without its brackets,
// leaving out those named.
func AppendEntries(b []byte, v Value, depth int, without ...string) []byte {
next:
	for key, e := range v.Entries() {
		for _, w := range without {
			if key == w {
				continue next
			}
		}
		b = append(AppendName(b, key), ' ')
		b = append(appendValue(b, e, depth+1), ' ')
	}
	return b
}

// AppendRef writes a reference.
func AppendRef(b []byte, r Ref) []byte {
	b = strconv.AppendInt(b, int64(r.Num), 10)
	b = append(b, ' ')
	b = strconv.AppendInt(b, int64(r.Gen), 10)
	return append(b, " R"...)
}

// AppendNum writes a number without exponent; what is not finite becomes 0.
func AppendNum(b []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		f = 0
	}
	return strconv.AppendFloat(b, f, 'f', -1, 64)
}

// AppendName writes a name, its unusual bytes escaped.
func AppendName(b []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	b = append(b, '/')
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || c == '#' || class[c] == chDelim {
			b = append(b, '#', hex[c>>4], hex[c&15])
		} else {
			b = append(b, c)
		}
	}
	return b
}

// AppendText writes a text string, in UTF-16 with its mark (ISO 32000-1
// §7.9.2.2).
func AppendText(b []byte, s string) []byte {
	t := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		t = append(t, byte(u>>8), byte(u))
	}
	return AppendString(b, t)
}

// AppendString writes a string in parentheses.
func AppendString(b, s []byte) []byte {
	b = append(b, '(')
	for _, c := range s {
		switch c {
		case '(', ')', '\\':
			b = append(b, '\\', c)
		case '\r':
			b = append(b, `\r`...)
		case '\n':
			b = append(b, `\n`...)
		default:
			b = append(b, c)
		}
	}
	return append(b, ')')
}
