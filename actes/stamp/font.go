package stamp

// Text in the standard fonts with WinAnsiEncoding (ISO 32000-1 annex D.2).

// winAnsiHigh are the characters of bytes 0x80 to 0x9f; the rest of the
// encoding is Latin-1.
var winAnsiHigh = map[rune]byte{
	'€': 0x80, '‚': 0x82, 'ƒ': 0x83, '„': 0x84, '…': 0x85, '†': 0x86, '‡': 0x87, 'ˆ': 0x88, '‰': 0x89,
	'Š': 0x8a, '‹': 0x8b, 'Œ': 0x8c, 'Ž': 0x8e, '‘': 0x91, '’': 0x92, '“': 0x93, '”': 0x94, '•': 0x95,
	'–': 0x96, '—': 0x97, '˜': 0x98, '™': 0x99, 'š': 0x9a, '›': 0x9b, 'œ': 0x9c, 'ž': 0x9e, 'Ÿ': 0x9f,
	'\u202f': 0xa0, // the narrow no-break space of French typography
	'\u2011': '-',  // the no-break hyphen
}

// winAnsi encodes text; ok is false when something had to become "?".
func winAnsi(s string) (b []byte, ok bool) {
	ok = true
	for _, r := range s {
		switch {
		case r >= ' ' && r <= '~', r >= 0xa0 && r <= 0xff:
			b = append(b, byte(r))
		case r == '\t' || r == '\n' || r == '\r':
			b = append(b, ' ')
		default:
			c, known := winAnsiHigh[r]
			if !known {
				c, ok = '?', false
			}
			b = append(b, c)
		}
	}
	return b, ok
}

// helvetica holds the advance widths of Helvetica, in thousandths of the size,
// for the bytes from 0x20 to 0x7e.
var helvetica = [...]uint16{
	278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
	667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
	556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
}

// wide are the bytes above 0x7e that are not as wide as 556.
var wide = map[byte]uint16{
	0x82: 222, 0x84: 333, 0x85: 1000, 0x89: 1000, 0x8a: 667, 0x8b: 333, 0x8c: 1000, 0x8e: 611, 0x91: 222, 0x92: 222,
	0x93: 333, 0x94: 333, 0x95: 350, 0x97: 1000, 0x98: 333, 0x99: 1000, 0x9a: 500, 0x9b: 333, 0x9c: 944, 0x9e: 500, 0x9f: 667,
	0xa0: 278, 0xa1: 333, 0xa6: 260, 0xa8: 333, 0xa9: 737, 0xaa: 370, 0xac: 584, 0xad: 333, 0xae: 737, 0xaf: 333, 0xb0: 400, 0xb1: 584,
	0xb2: 333, 0xb3: 333, 0xb4: 333, 0xb6: 537, 0xb7: 278, 0xb8: 333, 0xb9: 333, 0xba: 365, 0xbc: 834, 0xbd: 834, 0xbe: 834, 0xbf: 611,
	0xc0: 667, 0xc1: 667, 0xc2: 667, 0xc3: 667, 0xc4: 667, 0xc5: 667, 0xc6: 1000, 0xc7: 722, 0xc8: 667, 0xc9: 667, 0xca: 667, 0xcb: 667,
	0xcc: 278, 0xcd: 278, 0xce: 278, 0xcf: 278, 0xd0: 722, 0xd1: 722, 0xd2: 778, 0xd3: 778, 0xd4: 778, 0xd5: 778, 0xd6: 778, 0xd7: 584,
	0xd8: 778, 0xd9: 722, 0xda: 722, 0xdb: 722, 0xdc: 722, 0xdd: 667, 0xde: 667, 0xdf: 611, 0xe6: 889, 0xe7: 500,
	0xec: 278, 0xed: 278, 0xee: 278, 0xef: 278, 0xf7: 584, 0xf8: 611, 0xfd: 500, 0xff: 500,
}

// width is the width of encoded text at size 1.
func width(b []byte, courier bool) float64 {
	if courier {
		return 0.6 * float64(len(b))
	}
	n := 0
	for _, c := range b {
		switch {
		case c >= 0x20 && c <= 0x7e:
			n += int(helvetica[c-0x20])
		default:
			w, ok := wide[c]
			if !ok {
				w = 556
			}
			n += int(w)
		}
	}
	return float64(n) / 1000
}
