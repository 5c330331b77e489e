package xmlcore

import "strings"

// encoding is one this package reads.
type encoding struct {
	name      string
	table     *[128]uint16 // characters of the bytes from 0x80 on, 0 where undefined
	bigEndian bool         // of UTF-16
}

var (
	utf8Encoding = &encoding{name: "UTF-8"}
	utf16LE      = &encoding{name: "UTF-16LE"}
	utf16BE      = &encoding{name: "UTF-16BE", bigEndian: true}
	usASCII      = &encoding{name: "US-ASCII", table: new([128]uint16)}
	latin1       = &encoding{name: "ISO-8859-1", table: latin(nil)}
	// ISO/IEC 8859-15 differs from 8859-1 in eight characters.
	latin9 = &encoding{name: "ISO-8859-15", table: latin(map[byte]uint16{
		0xA4: '€', 0xA6: 'Š', 0xA8: 'š', 0xB4: 'Ž', 0xB8: 'ž', 0xBC: 'Œ', 0xBD: 'œ', 0xBE: 'Ÿ',
	})}
	// Code page 1252 puts characters where 8859-1 has the C1 controls and
	// leaves five bytes undefined.
	windows1252 = &encoding{name: "windows-1252", table: latin(map[byte]uint16{
		0x80: '€', 0x81: 0, 0x82: '‚', 0x83: 'ƒ', 0x84: '„', 0x85: '…', 0x86: '†', 0x87: '‡',
		0x88: 'ˆ', 0x89: '‰', 0x8A: 'Š', 0x8B: '‹', 0x8C: 'Œ', 0x8D: 0, 0x8E: 'Ž', 0x8F: 0,
		0x90: 0, 0x91: '‘', 0x92: '’', 0x93: '“', 0x94: '”', 0x95: '•', 0x96: '–', 0x97: '—',
		0x98: '˜', 0x99: '™', 0x9A: 'š', 0x9B: '›', 0x9C: 'œ', 0x9D: 0, 0x9E: 'ž', 0x9F: 'Ÿ',
	})}
)

// latin is the table of ISO-8859-1 with some bytes changed.
func latin(changed map[byte]uint16) *[128]uint16 {
	t := new([128]uint16)
	for i := range t {
		t[i] = uint16(0x80 + i)
	}
	for b, c := range changed {
		t[b-0x80] = c
	}
	return t
}

// encodingNamed finds an encoding by its name or alias in the IANA registry of
// character sets; nil if it is not accepted, or is a UTF-16.
func encodingNamed(name string) *encoding {
	switch strings.ToLower(name) {
	case "utf-8", "utf8":
		return utf8Encoding
	case "us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us":
		return usASCII
	case "iso-8859-1", "iso_8859-1", "iso8859-1", "latin1", "l1", "iso_8859-1:1987", "cp819", "ibm819":
		return latin1
	case "iso-8859-15", "iso_8859-15", "iso8859-15", "latin-9", "latin9":
		return latin9
	case "windows-1252", "cp1252", "cswindows1252":
		return windows1252
	}
	return nil
}

func isUTF16(name string) bool {
	switch strings.ToLower(name) {
	case "utf-16", "utf-16le", "utf-16be", "utf16", "iso-10646-ucs-2":
		return true
	}
	return false
}

// declares reports whether a UTF-16 encoding may be declared under the name.
func (e *encoding) declares(name string) bool {
	return isUTF16(name) && (!strings.HasSuffix(strings.ToLower(name), "e") || strings.EqualFold(name, e.name))
}
