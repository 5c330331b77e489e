package envelope

import (
	"html"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/liasse/liasse/actes"
)

// Multicanal is the reminder that an act announced as sent partly on paper
// (DocumentPapier) still lacks its paper part. It answers no message: it is
// matched by the identifier it holds.
type Multicanal struct {
	// IDActe is the identifier of the act, wherever in the text it stands; ""
	// when the text holds none, and when it holds several different ones.
	IDActe string
	// Autres are all identifiers found when there are several.
	Autres []string
	// The values of the labels that were found, as written. No label and no
	// form of a value is guaranteed.
	RecuPar, NatureTransaction, DateAR, Pieces, Emetteur, SIREN, Numero, Objet, Nature, Matiere, Operateur, DateAgrement string
}

// reminder is the sentence by which the reminder is known, folded. Only its
// core: the words around it may change.
const reminder = "acte dont la transmission est effectuee en multi canal"

// idActePattern finds identifiers in a text. The text of a mail wraps lines
// anywhere, but never inside the value of a table cell.
var idActePattern = regexp.MustCompile(`\b[09][0-9][0-9AB]-[0-9]{9}-[0-9]{8}-[A-Za-z0-9_]{1,15}-(?:DE|AR|AI|CC|BF|AU)\b`)

// labels are the beginnings of the labels, folded, longest first where one
// begins another.
var labels = []struct {
	label string
	field func(*Multicanal) *string
}{
	{"acte recu par", func(m *Multicanal) *string { return &m.RecuPar }},
	{"nature transaction", func(m *Multicanal) *string { return &m.NatureTransaction }},
	{"date d emission de l accuse de reception", func(m *Multicanal) *string { return &m.DateAR }},
	{"nombre de pieces jointes", func(m *Multicanal) *string { return &m.Pieces }},
	{"nom emetteur", func(m *Multicanal) *string { return &m.Emetteur }},
	{"n de siren", func(m *Multicanal) *string { return &m.SIREN }},
	{"numero acte de la collectivite locale", func(m *Multicanal) *string { return &m.Numero }},
	{"objet acte", func(m *Multicanal) *string { return &m.Objet }},
	{"nature de l acte", func(m *Multicanal) *string { return &m.Nature }},
	{"matiere", func(m *Multicanal) *string { return &m.Matiere }},
	{"operateur de transmission", func(m *Multicanal) *string { return &m.Operateur }},
	{"date d agrement de l operateur", func(m *Multicanal) *string { return &m.DateAgrement }},
}

// readMulticanal recognises the reminder in a text, or returns nil.
func readMulticanal(text string) *Multicanal {
	const enough = 1 << 20 // characters of a reminder are a few thousand
	text = text[:min(len(text), enough)]
	if !strings.Contains(foldText(text), reminder) {
		return nil
	}
	m := &Multicanal{}
	seen := map[string]bool{}
	for _, id := range idActePattern.FindAllString(text, 100) {
		if _, err := actes.ParseIDActe(id); err == nil && !seen[id] {
			seen[id] = true
			m.Autres = append(m.Autres, id)
		}
	}
	if len(m.Autres) == 1 {
		m.IDActe, m.Autres = m.Autres[0], nil
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		folded := foldText(line)
		for _, l := range labels {
			rest, ok := strings.CutPrefix(folded, l.label)
			if !ok || rest != "" && rest[0] != ' ' {
				continue
			}
			to := l.field(m)
			if *to != "" {
				break
			}
			// "Label: value", or the label and then its value.
			if _, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(value) != "" {
				*to = strings.TrimSpace(value)
			} else if i+1 < len(lines) {
				*to = strings.TrimSpace(lines[i+1])
			}
			break
		}
	}
	return m
}

// foldText lowers, removes accents and makes one blank of what is neither
// letter nor digit.
func foldText(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(unicode.ToLower(r))
		default:
			gap = true
		}
	}
	return b.String()
}

// htmlText returns the text of an HTML page, one line for each run of text
// between tags that break it. It is for reading values out of a mail, not for
// showing the page.
func htmlText(s string) string {
	var b strings.Builder
	line := func() {
		if t := b.String(); t != "" && !strings.HasSuffix(t, "\n") {
			b.WriteByte('\n')
		}
	}
	text := func(t string) {
		// Word by word, as the text may be the whole of a large mail; a
		// no-break space is a space too.
		for word := range strings.FieldsSeq(html.UnescapeString(t)) {
			if n := b.Len(); n > 0 && b.String()[n-1] != '\n' {
				b.WriteByte(' ')
			}
			b.WriteString(word)
		}
	}
	for s != "" {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			text(s)
			break
		}
		text(s[:i])
		s = s[i:]
		if strings.HasPrefix(s, "<!--") {
			_, s, _ = strings.Cut(s, "-->")
			continue
		}
		j := strings.IndexByte(s, '>')
		if j < 0 {
			break
		}
		name := strings.ToLower(strings.TrimLeft(s[1:j], "/ "))
		if k := strings.IndexFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }); k >= 0 {
			name = name[:k]
		}
		closing := strings.HasPrefix(s, "</")
		s = s[j+1:]
		switch name {
		case "b", "i", "u", "em", "strong", "font", "a", "small", "sup", "sub", "span":
		case "script", "style":
			if !closing {
				s = afterElement(s, name)
			}
		default:
			line()
		}
	}
	return strings.TrimSpace(b.String())
}

// afterElement returns the text from the end tag of the element on, "" when it
// has none.
func afterElement(s, name string) string {
	for {
		i := strings.Index(s, "</")
		if i < 0 {
			return ""
		}
		s = s[i:]
		if len(s) >= 2+len(name) && strings.EqualFold(s[2:2+len(name)], name) {
			return s
		}
		s = s[2:]
	}
}
