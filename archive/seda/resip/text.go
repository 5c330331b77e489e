package resip

import (
	"bufio"
	"bytes"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// separator is what stands between the names of the header: a semicolon, which
// a spreadsheet set to French writes, or a tab or a comma where there is none.
func separator(in *bufio.Reader) rune {
	head, _ := in.Peek(in.Size())
	if i := bytes.IndexAny(head, "\r\n"); i >= 0 {
		head = head[:i]
	}
	for _, r := range ";\t," {
		if bytes.ContainsRune(head, r) {
			return r
		}
	}
	return ';'
}

// charset is how the characters of a table are written, as far as is known: a
// first letter beyond ASCII tells.
type charset int

const (
	ascii charset = iota
	unicode
	windows1252
)

// decode turns the cells into UTF-8 where they are; false for what cannot be.
func (c *charset) decode(record []string) bool {
	for _, s := range record {
		switch {
		case *c != ascii || isASCII(s):
		case utf8.ValidString(s):
			*c = unicode
		default:
			*c = windows1252
		}
	}
	for i, s := range record {
		if *c != windows1252 {
			if !utf8.ValidString(s) {
				return false
			}
			continue
		}
		// Five bytes stand for nothing in Windows-1252.
		if slices.ContainsFunc([]byte(s), func(b byte) bool { return b == 0x81 || b == 0x8d || b == 0x8f || b == 0x90 || b == 0x9d }) {
			return false
		}
		if s, err := charmap.Windows1252.NewDecoder().String(s); err == nil {
			record[i] = s
		}
	}
	return true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
