// Package vitam knows what the platform of that name refuses in the texts of a
// unit, although the schemas let it pass (workflow PROCESS_SIP_UNITARY, step
// CHECK_UNIT_SCHEMA): what is written, and what is read, is looked at alike.
package vitam

import "strings"

// Limits, in characters: of one field, and of all those of a unit.
const (
	MaxField = 10_000_000
	MaxUnit  = 16_000_000
)

// Schema is what the rules of these limits refer to.
const Schema = "Vitam, CHECK_UNIT_SCHEMA"

// Markup says what in the text a platform takes for markup: an entity left
// undecoded, a tag closed or closing itself, a script, a CDATA or ENTITY mark.
func Markup(s string) (fr, en string) {
	for rest := s; ; {
		i := strings.IndexByte(rest, '&')
		if i < 0 {
			break
		}
		rest = rest[i+1:]
		n := nameLength(rest)
		if n > 0 && n < len(rest) && rest[n] == ';' {
			return "une entité comme &amp;", "an entity such as &amp;"
		}
	}
	if !strings.Contains(s, "<") {
		return "", ""
	}
	lower := strings.ToLower(s)
	for _, mark := range []string{"<![cdata[", "<!entity"} {
		if strings.Contains(lower, mark) {
			return "une marque CDATA ou ENTITY", "a CDATA or ENTITY mark"
		}
	}
	if strings.Contains(lower, "<script") {
		return "un script", "a script"
	}
	opened := map[string]bool{}
	for rest := s; ; {
		i := strings.IndexByte(rest, '<')
		if i < 0 {
			return "", ""
		}
		rest = rest[i+1:]
		if closing, ok := strings.CutPrefix(rest, "/"); ok {
			if n := nameLength(closing); n > 0 && opened[closing[:n]] {
				return "une balise", "a tag"
			}
			continue
		}
		n := nameLength(rest)
		if n == 0 {
			continue
		}
		end := strings.IndexAny(rest, "<>")
		if end < 0 || rest[end] == '<' {
			continue
		}
		if strings.HasSuffix(rest[:end], "/") {
			return "une balise", "a tag"
		}
		opened[rest[:n]] = true
	}
}

// nameLength returns the length of the name of ASCII letters and digits the
// text begins with.
func nameLength(s string) int {
	for i := range len(s) {
		b := s[i]
		if letter := b|0x20 >= 'a' && b|0x20 <= 'z'; !letter && (i == 0 || b < '0' || b > '9') {
			return i
		}
	}
	return len(s)
}
