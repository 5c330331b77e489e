package xades

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/asn1x"
)

// types are the attribute types of names by the many short names they are
// written with.
var types = map[string]string{
	"CN": "2.5.4.3", "SN": "2.5.4.4", "SURNAME": "2.5.4.4", "SERIALNUMBER": "2.5.4.5", "C": "2.5.4.6", "L": "2.5.4.7",
	"ST": "2.5.4.8", "S": "2.5.4.8", "STREET": "2.5.4.9", "O": "2.5.4.10", "OU": "2.5.4.11", "T": "2.5.4.12", "TITLE": "2.5.4.12",
	"GIVENNAME": "2.5.4.42", "G": "2.5.4.42", "GN": "2.5.4.42", "UID": "0.9.2342.19200300.100.1.1", "USERID": "0.9.2342.19200300.100.1.1",
	"DC": "0.9.2342.19200300.100.1.25", "E": "1.2.840.113549.1.9.1", "EMAIL": "1.2.840.113549.1.9.1", "EMAILADDRESS": "1.2.840.113549.1.9.1",
	"ORGANIZATIONIDENTIFIER": "2.5.4.97", "DNQ": "2.5.4.46", "DNQUALIFIER": "2.5.4.46", "POSTALCODE": "2.5.4.17",
	"DESCRIPTION": "2.5.4.13", "BUSINESSCATEGORY": "2.5.4.15", "INITIALS": "2.5.4.43", "PSEUDONYM": "2.5.4.65",
}

// sameName compares a name written as a string (RFC 2253, RFC 4514, or what
// tools make of them) with that of a certificate: types, blanks, case, order
// and hexadecimal values aside.
func sameName(text string, n trust.Name) bool {
	a, b := components(text), components(n.String())
	if slices.Equal(a, b) {
		return true
	}
	slices.Reverse(a)
	return slices.Equal(a, b)
}

// components splits a name into "type=value", normalised.
func components(s string) []string {
	var out []string
	for len(s) > 0 {
		var part string
		part, s = component(s)
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			continue
		}
		name = strings.ToUpper(strings.TrimSpace(name))
		name = strings.TrimPrefix(name, "OID.")
		if id, ok := types[name]; ok {
			name = id
		}
		out = append(out, name+"="+plain(strings.TrimSpace(value)))
	}
	return out
}

// component cuts at the first separator that is neither escaped nor quoted.
func component(s string) (part, rest string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case (c == ',' || c == ';' || c == '+') && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// plain undoes escapes, quotes and hexadecimal.
func plain(v string) string {
	if h, ok := strings.CutPrefix(v, "#"); ok {
		if b, err := hex.DecodeString(h); err == nil {
			if d, err := asn1x.ParseAll(b); err == nil {
				if t, ok := d.Text(); ok {
					v = t
				}
			}
		}
	} else {
		if len(v) > 1 && v[0] == '"' && v[len(v)-1] == '"' {
			v = v[1 : len(v)-1]
		}
		var b strings.Builder
		for i := 0; i < len(v); i++ {
			if v[i] == '\\' && i+1 < len(v) {
				if i+2 < len(v) {
					if d, err := hex.DecodeString(v[i+1 : i+3]); err == nil {
						b.Write(d)
						i += 2
						continue
					}
				}
				i++
			}
			b.WriteByte(v[i])
		}
		v = b.String()
	}
	return strings.ToLower(strings.Join(strings.Fields(v), " "))
}
