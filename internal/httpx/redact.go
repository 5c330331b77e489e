package httpx

import (
	"bytes"
	"encoding/base64"
	"html"
	"net/url"
	"slices"
)

// Redactor replaces secrets wherever they occur, as they are and as forms,
// URLs, HTML, ISO-8859-1 and base64 write them. The zero value replaces
// nothing. It is immutable.
type Redactor struct {
	// A pointer, so that printing what holds a Redactor shows an address.
	needles *[][]byte
}

var redacted = []byte("[secret]")

// NewRedactor returns a redactor of the non-empty secrets.
func NewRedactor(secrets ...string) Redactor {
	var needles [][]byte
	for _, s := range secrets {
		if s == "" {
			continue
		}
		for _, v := range []string{s, url.QueryEscape(s), url.PathEscape(s), html.EscapeString(s), string(latin1(s)),
			base64.StdEncoding.EncodeToString([]byte(s)), base64.RawURLEncoding.EncodeToString([]byte(s)),
			base64.StdEncoding.EncodeToString(latin1(s))} {
			if b := []byte(v); !slices.ContainsFunc(needles, func(n []byte) bool { return bytes.Equal(n, b) }) {
				needles = append(needles, b)
			}
		}
	}
	// Longest first: a secret may contain another.
	slices.SortStableFunc(needles, func(a, b []byte) int { return len(b) - len(a) })
	return Redactor{&needles}
}

// Cut returns a copy of b without secrets, at most limit bytes long.
func (r Redactor) Cut(b []byte, limit int) []byte {
	out := bytes.Clone(b)
	if r.needles == nil {
		return out[:min(len(out), limit)]
	}
	for _, n := range *r.needles {
		out = bytes.ReplaceAll(out, n, redacted)
	}
	if len(out) > limit {
		out = bytes.Clone(out[:limit])
	}
	return out
}

// String returns s without secrets.
func (r Redactor) String(s string) string { return string(r.Cut([]byte(s), len(s)+1<<20)) }

// latin1 writes s in ISO-8859-1, a question mark for what it cannot hold.
func latin1(s string) []byte {
	out := make([]byte, 0, len(s))
	for _, c := range s {
		if c > 0xff {
			c = '?'
		}
		out = append(out, byte(c))
	}
	return out
}
