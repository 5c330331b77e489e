package envelope

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"io"
	"mime"
	"mime/quotedprintable"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// A mail is cut into parts by hand, over bytes in memory: the library's readers
// refuse what mail servers and ministries really send (a boundary that never
// closes, a raw accent in a file name, a broken line of base64), and here what
// is damaged must still be handed over.

// header is a block of fields (RFC 5322 §2.2), names in lower case.
type header struct{ names, values []string }

// get returns the first field of the name.
func (h *header) get(name string) string {
	for i, n := range h.names {
		if n == name {
			return h.values[i]
		}
	}
	return ""
}

const (
	maxFields     = 1000
	maxFieldBytes = 1 << 20
)

// cutHeader reads the fields before the first empty line and returns what
// follows it. A line that is no field is skipped.
func cutHeader(p []byte) (h header, body []byte) {
	size := 0
	var folded [][]byte // lines of the last field; a field of many lines is joined once
	join := func() {
		if len(folded) > 1 {
			h.values[len(h.values)-1] = string(bytes.Join(folded, []byte(" ")))
		}
		folded = folded[:0]
	}
	defer join()
	for len(p) > 0 {
		line := p
		if i := bytes.IndexByte(p, '\n'); i >= 0 {
			line, p = p[:i], p[i+1:]
		} else {
			p = nil
		}
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			break
		}
		if size += len(line); size > maxFieldBytes || len(h.names) >= maxFields {
			continue
		}
		if line[0] == ' ' || line[0] == '\t' {
			if len(folded) > 0 {
				folded = append(folded, bytes.TrimSpace(line))
			}
			continue
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || bytes.ContainsAny(name, " \t\"") && !bytes.HasSuffix(name, []byte(" ")) {
			continue
		}
		join()
		folded = append(folded, bytes.TrimSpace(value))
		h.names = append(h.names, strings.ToLower(string(bytes.TrimSpace(name))))
		h.values = append(h.values, string(folded[0]))
	}
	return h, p
}

// media splits a field with parameters (RFC 2045 §5.1), with the extensions of
// RFC 2231 (charset, continuations) and with the encoded words of RFC 2047 that
// do not belong there and are found there.
func media(field string) (value string, params map[string]string) {
	value, rest, _ := strings.Cut(field, ";")
	value = strings.ToLower(strings.TrimSpace(value))
	params = map[string]string{}
	type piece struct {
		text    string
		encoded bool
	}
	pieces := map[string]map[int]piece{}
	for rest != "" && len(params)+len(pieces) < 100 {
		var name, raw string
		name, rest = cutParamName(rest)
		raw, rest = cutParamValue(rest)
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" {
			continue
		}
		base, extended := strings.CutSuffix(name, "*")
		base, index, split := strings.Cut(base, "*")
		n := 0
		if split {
			n, _ = strconv.Atoi(index)
		}
		if !extended && !split {
			if _, twice := params[name]; !twice {
				params[name] = words(raw)
			}
			continue
		}
		if pieces[base] == nil {
			pieces[base] = map[int]piece{}
		}
		pieces[base][n] = piece{raw, extended}
	}
	for base, list := range pieces {
		var b strings.Builder
		charset := ""
		for n := 0; ; n++ {
			p, ok := list[n]
			if !ok {
				break
			}
			if p.encoded {
				if n == 0 {
					if q := strings.SplitN(p.text, "'", 3); len(q) == 3 {
						charset, p.text = q[0], q[2]
					}
				}
				p.text = percent(p.text)
			}
			b.WriteString(p.text)
		}
		params[base] = decodeText([]byte(b.String()), charset)
	}
	return value, params
}

func cutParamName(s string) (name, rest string) {
	i := strings.IndexAny(s, "=;")
	if i < 0 {
		return "", ""
	}
	if s[i] == ';' {
		return "", s[i:]
	}
	return s[:i], s[i+1:]
}

func cutParamValue(s string) (value, rest string) {
	s = strings.TrimLeft(s, " \t;")
	if s == "" || s[0] != '"' {
		value, rest, _ = strings.Cut(s, ";")
		return strings.TrimSpace(value), rest
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == '"':
			_, rest, _ = strings.Cut(s[i+1:], ";")
			return b.String(), rest
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), ""
}

func percent(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// words decodes the encoded words of a field (RFC 2047), and raw bytes beyond
// ASCII by what they look like.
func words(s string) string {
	dec := mime.WordDecoder{CharsetReader: func(charset string, r io.Reader) (io.Reader, error) {
		b, err := io.ReadAll(r)
		return strings.NewReader(decodeText(b, charset)), err
	}}
	if strings.Contains(s, "=?") {
		if t, err := dec.DecodeHeader(s); err == nil {
			s = t
		}
	}
	return decodeText([]byte(s), "")
}

// decodeText turns bytes into text: by the charset named, when it is one of the
// few used in this trade and agrees with the bytes; else UTF-8 if they are, and
// Windows-1252 if they are not.
func decodeText(b []byte, charset string) string {
	switch strings.ToLower(strings.TrimSpace(charset)) {
	case "iso-8859-1", "iso8859-1", "latin1", "windows-1252", "cp1252":
		if ascii(b) {
			return string(b)
		}
		return charmapText(charmap.Windows1252, b)
	case "iso-8859-15", "iso8859-15", "latin9":
		return charmapText(charmap.ISO8859_15, b)
	}
	if utf8.Valid(b) {
		return string(b)
	}
	return charmapText(charmap.Windows1252, b)
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func charmapText(m *charmap.Charmap, b []byte) string {
	out := make([]byte, 0, len(b)+len(b)/8)
	for _, c := range b {
		out = utf8.AppendRune(out, m.DecodeByte(c))
	}
	return string(out)
}

// decodeBody undoes the transfer encoding (RFC 2045 §6). It returns all that
// can be decoded; ok is false when something could not.
func decodeBody(ctx context.Context, p []byte, encoding string) (body []byte, ok bool) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return decodeBase64(p)
	case "quoted-printable":
		out, err := readAll(ctx, quotedprintable.NewReader(bytes.NewReader(p)))
		if ctx.Err() != nil {
			return nil, false
		}
		if err != nil {
			// What the strict decoder refuses is mostly a stray "=": keep the
			// rest as it is.
			return looseQuoted(p), false
		}
		return out, true
	case "", "7bit", "8bit", "binary":
		return p, true
	}
	return p, false
}

func decodeBase64(p []byte) ([]byte, bool) {
	clean := make([]byte, 0, len(p))
	ok, ended := true, false
	for _, c := range p {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
			ok = ok && !ended
			if !ended {
				clean = append(clean, c)
			}
		case c == '=':
			ended = true
		case c == '\r', c == '\n', c == ' ', c == '\t':
		default:
			ok = false
		}
	}
	if len(clean)%4 == 1 {
		clean, ok = clean[:len(clean)-1], false
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, err := base64.RawStdEncoding.Decode(out, clean)
	return out[:n], ok && err == nil
}

func looseQuoted(p []byte) []byte {
	out := make([]byte, 0, len(p))
	for i := 0; i < len(p); i++ {
		if p[i] != '=' {
			out = append(out, p[i])
			continue
		}
		if i+2 < len(p) {
			var n [1]byte
			if _, err := hex.Decode(n[:], p[i+1:i+3]); err == nil {
				out = append(out, n[0])
				i += 2
				continue
			}
		}
		if rest := bytes.TrimLeft(p[i+1:], " \t\r"); len(rest) > 0 && rest[0] == '\n' {
			i = len(p) - len(rest) // the soft line break
			continue
		}
		out = append(out, '=')
	}
	return out
}

// split cuts a multipart body (RFC 2046 §5.1.1). closed tells that the closing
// delimiter was met; without it the last part is what was left.
func split(p []byte, boundary string) (parts [][]byte, closed bool) {
	delim := append([]byte("--"), boundary...)
	start := -1
	for at := 0; at < len(p) && len(parts) < maxParts; {
		end := bytes.IndexByte(p[at:], '\n')
		next := len(p)
		if end >= 0 {
			next = at + end + 1
		}
		if line := p[at:next]; bytes.HasPrefix(line, delim) {
			tail := bytes.TrimRight(line[len(delim):], " \t\r\n")
			if last := string(tail) == "--"; last || len(tail) == 0 {
				if start >= 0 {
					// The line break before a delimiter belongs to it.
					stop := at
					if stop > start && p[stop-1] == '\n' {
						stop--
						if stop > start && p[stop-1] == '\r' {
							stop--
						}
					}
					parts = append(parts, p[start:stop])
				}
				if last {
					return parts, true
				}
				start = next
			}
		}
		at = next
	}
	if start >= 0 && start < len(p) {
		parts = append(parts, p[start:])
	}
	return parts, false
}
