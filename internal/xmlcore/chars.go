package xmlcore

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Classes of bytes. A byte of a multi-byte character counts as a name byte:
// whether the character may stand in a name is decided once, when the name is
// interned.
const (
	isSpace  = 1 << iota // S
	isName               // may stand in a name
	isStart              // may begin a name
	isQuoted             // ends or alters an attribute value: " ' < & tab LF CR
	isDigit
	isHex
)

var class = func() (t [256]uint8) {
	for c := range t {
		b := byte(c)
		switch {
		case b == ' ':
			t[c] |= isSpace
		case b == '\t' || b == '\n' || b == '\r':
			t[c] |= isSpace | isQuoted
		case b == '"' || b == '\'' || b == '<' || b == '&':
			t[c] |= isQuoted
		case b >= '0' && b <= '9':
			t[c] |= isName | isDigit | isHex
		case b == '-' || b == '.':
			t[c] |= isName
		case b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b == '_' || b == ':' || b >= 0x80:
			t[c] |= isName | isStart
			if l := b | 0x20; l >= 'a' && l <= 'f' && b < 0x80 {
				t[c] |= isHex
			}
		}
	}
	return t
}()

// nameStart and nameMore are the productions NameStartChar and, in addition to
// it, NameChar, beyond ASCII (XML 1.0 fifth edition §2.3 [4] [4a]).
var (
	nameStart = [...][2]rune{
		{0xC0, 0xD6}, {0xD8, 0xF6}, {0xF8, 0x2FF}, {0x370, 0x37D}, {0x37F, 0x1FFF},
		{0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF}, {0x3001, 0xD7FF},
		{0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF},
	}
	nameMore = [...][2]rune{{0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}}
)

func inRanges(c rune, t [][2]rune) bool {
	for _, r := range t {
		if c <= r[1] {
			return c >= r[0]
		}
	}
	return false
}

// badName returns the index of the first character that makes b not a Name,
// -1 if there is none.
func badName(b []byte) int {
	for i := 0; i < len(b); {
		if c := b[i]; c < 0x80 {
			if class[c]&isName == 0 || i == 0 && class[c]&isStart == 0 {
				return i
			}
			i++
			continue
		}
		c, n := utf8.DecodeRune(b[i:])
		if !inRanges(c, nameStart[:]) && (i == 0 || !inRanges(c, nameMore[:])) {
			return i
		}
		i += n
	}
	return -1
}

// isChar is the production Char of XML 1.0 §2.2 [2].
func isChar(c rune) bool {
	return c >= 0x20 && c <= 0xD7FF || c == '\t' || c == '\n' || c == '\r' ||
		c >= 0xE000 && c <= 0xFFFD || c >= 0x10000 && c <= 0x10FFFF
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// outcome of checking bytes.
type outcome uint8

const (
	allGood    outcome = iota
	incomplete         // the last character lacks bytes
	notUTF8
	notChar
)

// check returns how many bytes of b, from i on, are UTF-8 of characters XML
// allows, and why it stopped.
func check(b []byte, i int) (int, outcome) {
	for {
		for i+8 <= len(b) {
			x := binary.LittleEndian.Uint64(b[i:])
			if x&highs != 0 {
				break
			}
			if (x-0x20*ones)&^x&highs != 0 {
				for j := i; j < i+8; j++ {
					if c := b[j]; c < 0x20 && class[c]&isSpace == 0 {
						return j, notChar
					}
				}
			}
			i += 8
		}
		for n := 0; ; n++ {
			if i == len(b) {
				return i, allGood
			}
			c := b[i]
			switch {
			case c < 0x80:
				if c < 0x20 && class[c]&isSpace == 0 {
					return i, notChar
				}
				i++
			case c >= 0xC2 && c < 0xE0 && i+1 < len(b) && b[i+1]&0xC0 == 0x80:
				i += 2
			default:
				r, size := utf8.DecodeRune(b[i:])
				if size <= 1 {
					if !utf8.FullRune(b[i:]) {
						return i, incomplete
					}
					return i, notUTF8
				}
				if r == 0xFFFE || r == 0xFFFF {
					return i, notChar
				}
				i += size
			}
			if n >= 8 && c < 0x80 {
				break
			}
		}
	}
}

// scanText returns the index of the first byte of b, from i on, that character
// data must stop at: < & ] or CR; len(b) if there is none.
func scanText(b []byte, i int) int {
	for i+8 <= len(b) {
		x := binary.LittleEndian.Uint64(b[i:])
		lt, amp, cr, br := x^'<'*ones, x^'&'*ones, x^'\r'*ones, x^']'*ones
		m := ((lt-ones)&^lt | (amp-ones)&^amp | (cr-ones)&^cr | (br-ones)&^br) & highs
		if m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
		i += 8
	}
	for i < len(b) && b[i] != '<' && b[i] != '&' && b[i] != '\r' && b[i] != ']' {
		i++
	}
	return i
}

// countRunes counts the characters of valid UTF-8.
func countRunes(b []byte) int {
	n := len(b)
	for len(b) >= 8 {
		x := binary.LittleEndian.Uint64(b)
		n -= bits.OnesCount64(x >> 7 &^ (x >> 6) & ones) // continuation bytes: 10xxxxxx
		b = b[8:]
	}
	for _, c := range b {
		if c&0xC0 == 0x80 {
			n--
		}
	}
	return n
}
