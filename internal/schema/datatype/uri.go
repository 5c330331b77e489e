package datatype

import "bytes"

// reference reports whether the text can be an anyURI: what is left of the
// grammar of URI references (RFC 2396, with the brackets of RFC 2732) once the
// characters that it forbids, blanks and accents and the rest, are written as
// %HH by whoever uses it (XML Schema 2 §3.2.17, XLink §5.4). Four things are
// never so written: a % without two digits, a second #, a bracket in a path,
// and a colon in front that ends no scheme.
func reference(b []byte) bool {
	// Most are plain paths and addresses.
	colon, plain := -1, true
	for i, c := range b {
		switch c {
		case ':':
			if colon < 0 {
				colon = i
			}
		case '%', '#', '[', ']':
			plain = false
		case '/', '?':
			if colon < 0 {
				colon = len(b)
			}
		}
	}
	if plain {
		return colon < 0 || colon == len(b) || scheme(b[:colon])
	}
	if !escapes(b) {
		return false
	}
	b, fragment, _ := bytes.Cut(b, []byte("#"))
	if bytes.IndexByte(fragment, '#') >= 0 {
		return false
	}
	if i := bytes.IndexAny(b, ":/?"); i >= 0 && b[i] == ':' {
		if !scheme(b[:i]) {
			return false
		}
		if b = b[i+1:]; len(b) == 0 || b[0] != '/' {
			return true // opaque: a bracket is one of its characters
		}
	}
	b, _, _ = bytes.Cut(b, []byte("?")) // where a bracket may be too
	if rest, ok := bytes.CutPrefix(b, []byte("//")); ok {
		authority, path := rest, []byte(nil)
		if i := bytes.IndexByte(rest, '/'); i >= 0 {
			authority, path = rest[:i], rest[i:]
		}
		return host(authority) && !bytes.ContainsAny(path, "[]")
	}
	return !bytes.ContainsAny(b, "[]")
}

func scheme(b []byte) bool {
	for i, c := range b {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || !digit(c) && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return len(b) > 0
}

func escapes(b []byte) bool {
	for {
		i := bytes.IndexByte(b, '%')
		if i < 0 {
			return true
		}
		if i+2 >= len(b) || !hexDigit(b[i+1]) || !hexDigit(b[i+2]) {
			return false
		}
		b = b[i+3:]
	}
}

func hexDigit(c byte) bool { return digit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// host reports whether brackets, if any, hold an address at their place: after
// the user, before the port.
func host(b []byte) bool {
	if !bytes.ContainsAny(b, "[]") {
		return true
	}
	b = b[bytes.LastIndexByte(b, '@')+1:]
	address, port, closed := bytes.Cut(b, []byte("]"))
	if !closed || len(address) == 0 || address[0] != '[' || bytes.IndexByte(address[1:], '[') >= 0 {
		return false
	}
	if len(port) == 0 {
		return true
	}
	for _, c := range port[1:] {
		if !digit(c) {
			return false
		}
	}
	return port[0] == ':'
}
