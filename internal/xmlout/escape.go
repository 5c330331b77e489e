package xmlout

import (
	"strconv"
	"unicode/utf8"
)

const (
	xmlURI   = "http://www.w3.org/XML/1998/namespace"
	xmlnsURI = "http://www.w3.org/2000/xmlns/"
)

// Classes of octets: what a text, an attribute and a name copy as they stand.
const (
	plainText = 1 << iota
	plainAttr
	nameStart
	nameRest
)

var class = func() (t [256]uint8) {
	for c := range t {
		switch {
		case c >= 0x80, c < 0x20, c == '&', c == '<':
		case c == '>': // written by reference in texts so that "]]>" cannot arise
			t[c] = plainAttr
		case c == '"':
			t[c] = plainText
		default:
			t[c] = plainText | plainAttr
		}
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_':
			t[c] |= nameStart | nameRest
		case c >= '0' && c <= '9', c == '-', c == '.':
			t[c] |= nameRest
		}
	}
	t['\t'] = plainText
	t['\n'] = plainText
	return t
}()

// escape appends a value; in an attribute the blanks that a reader would turn
// into spaces are written by reference.
func (x *Writer) escape(s string, attr bool) {
	plain := uint8(plainText)
	if attr {
		plain = plainAttr
	}
	crlf := x.opt.CRLF && !attr
	buf, from := x.buf, 0
	for i := 0; i < len(s); {
		c := s[i]
		if class[c]&plain != 0 && (c != '\n' || !crlf) {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n <= 1 || r == 0xFFFE || r == 0xFFFF {
				x.fail(ErrChar)
				return
			}
			if x.opt.Latin1 {
				buf = append(buf, s[from:i]...)
				if r >= 0xA0 && r <= 0xFF {
					buf = append(buf, byte(r))
				} else {
					buf = append(buf, '&', '#')
					buf = strconv.AppendInt(buf, int64(r), 10)
					buf = append(buf, ';')
				}
				from = i + n
			}
			i += n
			continue
		}
		buf = append(buf, s[from:i]...)
		switch c {
		case '&':
			buf = append(buf, "&amp;"...)
		case '<':
			buf = append(buf, "&lt;"...)
		case '>':
			buf = append(buf, "&gt;"...)
		case '"':
			buf = append(buf, "&quot;"...)
		case '\t':
			buf = append(buf, "&#9;"...)
		case '\r':
			buf = append(buf, "&#13;"...)
		case '\n':
			if attr {
				buf = append(buf, "&#10;"...)
			} else {
				buf = append(buf, '\r', '\n')
			}
		default:
			x.fail(ErrChar)
			return
		}
		i++
		from = i
	}
	x.buf = append(buf, s[from:]...)
}

// name appends a qualified name, each part of which must be an NCName.
func (x *Writer) name(prefix, local string) {
	if prefix != "" {
		if !x.checkName(prefix) {
			return
		}
		x.copyName(prefix)
		x.buf = append(x.buf, ':')
	}
	if x.checkName(local) {
		x.copyName(local)
	}
}

func (x *Writer) checkName(s string) bool {
	ok := s != ""
	for i, r := range s {
		switch {
		case r < utf8.RuneSelf:
			want := uint8(nameRest)
			if i == 0 {
				want = nameStart
			}
			ok = ok && class[r]&want != 0
		case r == utf8.RuneError, x.opt.Latin1 && r > 0xFF:
			ok = false
		default:
			ok = ok && (isNameStart(r) || i > 0 && isNameRest(r))
		}
	}
	if !ok {
		x.fail(ErrName)
	}
	return ok
}

// copyName appends a name that checkName accepted.
func (x *Writer) copyName(s string) {
	if x.opt.Latin1 {
		for i := range len(s) {
			if s[i] >= utf8.RuneSelf {
				for _, r := range s {
					x.buf = append(x.buf, byte(r))
				}
				return
			}
		}
	}
	x.buf = append(x.buf, s...)
}

// isNameStart and isNameRest are productions [4] and [4a] of XML 1.0 above ASCII.
func isNameStart(r rune) bool {
	switch {
	case r >= 0xC0 && r <= 0x2FF:
		return r != 0xD7 && r != 0xF7
	case r >= 0x370 && r <= 0x1FFF:
		return r != 0x37E
	}
	return r == 0x200C || r == 0x200D || r >= 0x2070 && r <= 0x218F || r >= 0x2C00 && r <= 0x2FEF ||
		r >= 0x3001 && r <= 0xD7FF || r >= 0xF900 && r <= 0xFDCF || r >= 0xFDF0 && r <= 0xFFFD ||
		r >= 0x10000 && r <= 0xEFFFF
}

func isNameRest(r rune) bool {
	return r == 0xB7 || r >= 0x300 && r <= 0x36F || r == 0x203F || r == 0x2040
}
