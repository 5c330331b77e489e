package relaxng

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/liasse/liasse/internal/schema/xregex"
)

type tokenKind uint8

const (
	tEOF     tokenKind = iota
	tName              // identifier or keyword
	tCName             // prefix:local
	tNsName            // prefix:*
	tLiteral           // text holds the value
	tSymbol            // text holds the characters
)

type token struct {
	kind   tokenKind
	text   string // tCName: local name
	prefix string // tCName, tNsName
	quoted bool   // an identifier written with a backslash: no keyword
	line   int
	col    int
}

// fault ends the compilation: something is wrong with the grammar.
type fault struct {
	at     place
	fr, en string
}

type lexer struct {
	file      string
	src       string
	pos       int
	line, col int
}

func (x *lexer) fail(fr, en string) {
	panic(&fault{place{x.file, x.line, x.col}, fr, en})
}

// newLexer prepares a text: escapes of the form \x{…} are read as the
// character they stand for, line ends are LF.
func newLexer(file, src string) *lexer {
	x := &lexer{file: file, line: 1, col: 1}
	src = strings.TrimPrefix(src, "\ufeff")
	if !utf8.ValidString(src) {
		x.fail("le fichier n'est pas en UTF-8", "the file is not UTF-8")
	}
	src = strings.ReplaceAll(strings.ReplaceAll(src, "\r\n", "\n"), "\r", "\n")
	if !strings.Contains(src, `\x`) {
		x.src = src
		return x
	}
	var b strings.Builder
	for {
		i := strings.Index(src, `\x`)
		if i < 0 {
			break
		}
		j := i + 2
		for j < len(src) && src[j] == 'x' {
			j++
		}
		end := strings.IndexByte(src[j:], '}')
		n, err := uint64(0), error(nil)
		if j < len(src) && src[j] == '{' && end > 0 {
			n, err = strconv.ParseUint(src[j+1:j+end], 16, 32)
		}
		if j >= len(src) || src[j] != '{' || end <= 1 || err != nil || n > utf8.MaxRune || n == 0 {
			b.WriteString(src[:i+2])
			src = src[i+2:]
			continue
		}
		b.WriteString(src[:i])
		b.WriteRune(rune(n))
		src = src[j+end+1:]
	}
	x.src = b.String() + src
	return x
}

func (x *lexer) advance(n int) string {
	s := x.src[x.pos : x.pos+n]
	x.pos += n
	if i := strings.LastIndexByte(s, '\n'); i >= 0 {
		x.line += strings.Count(s, "\n")
		x.col = utf8.RuneCountInString(s[i+1:]) + 1
	} else {
		x.col += utf8.RuneCountInString(s)
	}
	return s
}

// nameLength returns the length of the NCName at the position.
func (x *lexer) nameLength(from int) int {
	n := 0
	for i, r := range x.src[from:] {
		if r == ':' || i == 0 && !xregex.IsNameStart(r) || !xregex.IsNameChar(r) {
			break
		}
		n = i + utf8.RuneLen(r)
	}
	return n
}

// next reads a token; comments, documentation included, are passed over.
func (x *lexer) next() token {
	for x.pos < len(x.src) {
		switch c := x.src[x.pos]; c {
		case ' ', '\t', '\n':
			x.advance(1)
			continue
		case '#':
			n := strings.IndexByte(x.src[x.pos:], '\n')
			if n < 0 {
				n = len(x.src) - x.pos
			}
			x.advance(n)
			continue
		}
		break
	}
	t := token{line: x.line, col: x.col}
	if x.pos == len(x.src) {
		return t
	}
	rest := x.src[x.pos:]
	switch c := rest[0]; c {
	case '"', '\'':
		return x.literal(t)
	case '\\':
		n := x.nameLength(x.pos + 1)
		if n == 0 {
			x.fail("« \\ » sans nom", `\ without a name`)
		}
		t.kind, t.quoted, t.text = tName, true, x.advance(n + 1)[1:]
		return t
	case '|', '&':
		if strings.HasPrefix(rest[1:], "=") {
			t.kind, t.text = tSymbol, x.advance(2)
			return t
		}
		t.kind, t.text = tSymbol, x.advance(1)
		return t
	case '>':
		if strings.HasPrefix(rest, ">>") {
			t.kind, t.text = tSymbol, x.advance(2)
			return t
		}
	case '=', ',', '?', '*', '+', '-', '(', ')', '{', '}', '[', ']', '~':
		t.kind, t.text = tSymbol, x.advance(1)
		return t
	}
	n := x.nameLength(x.pos)
	if n == 0 {
		x.fail("caractère inattendu", "unexpected character")
	}
	name := x.advance(n)
	if x.pos+1 < len(x.src) && x.src[x.pos] == ':' {
		if x.src[x.pos+1] == '*' {
			x.advance(2)
			t.kind, t.prefix = tNsName, name
			return t
		}
		if n := x.nameLength(x.pos + 1); n > 0 {
			t.kind, t.prefix, t.text = tCName, name, x.advance(n + 1)[1:]
			return t
		}
	}
	t.kind, t.text = tName, name
	return t
}

func (x *lexer) literal(t token) token {
	quote := x.src[x.pos : x.pos+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(x.src[x.pos:], triple) {
		quote = triple
	}
	end := strings.Index(x.src[x.pos+len(quote):], quote)
	if end < 0 {
		x.fail("guillemet non fermé", "unclosed quotation mark")
	}
	s := x.src[x.pos+len(quote) : x.pos+len(quote)+end]
	if len(quote) == 1 && strings.IndexByte(s, '\n') >= 0 {
		x.fail("guillemet non fermé sur sa ligne", "quotation mark not closed on its line")
	}
	x.advance(end + 2*len(quote))
	t.kind, t.text = tLiteral, s
	return t
}
