package xmlcore

import (
	"bytes"
	"unicode/utf8"

	"github.com/liasse/liasse/ged/report"
)

func appendRune(b []byte, c rune) []byte {
	if c < utf8.RuneSelf {
		return append(b, byte(c))
	}
	return utf8.AppendRune(b, c)
}

// emit makes a Text event of chars, which ends at buf[i].
func (r *Reader) emit(chars []byte, i int) (Kind, error) {
	r.chars, r.pos = chars, i
	r.cdata, r.partial = false, false
	return Text, nil
}

// text reads character data from pos to the next markup, or as much of it as
// the window holds. Without references or CR it is a slice of the window.
func (r *Reader) text() (Kind, error) {
	i := r.pos
	for {
		i = scanText(r.buf[:r.end], i)
		switch {
		case i == r.end:
			n := i - r.tok
			more := r.more(false)
			i = r.tok + n
			if !more {
				return r.emit(r.buf[r.tok:i], i)
			}
		case r.buf[i] == '<':
			return r.emit(r.buf[r.tok:i], i)
		case r.buf[i] == ']':
			n, ok, err := r.bracket(i)
			if err != nil {
				return 0, err
			}
			if !ok {
				return r.emit(r.buf[r.tok:n], n)
			}
			i = n
		default:
			return r.mixedText(i)
		}
	}
}

// bracket judges the "]" at buf[i] and returns the index behind it. When the
// window is full of this text and does not show what follows, it returns i and
// false.
func (r *Reader) bracket(i int) (int, bool, error) {
	n := i - r.tok
	for r.end-(r.tok+n) < len("]]>") && r.more(false) {
	}
	i = r.tok + n
	if bytes.HasPrefix(r.buf[i:r.end], []byte("]]>")) {
		return 0, false, r.fail(report.XMLCDEnd, i)
	}
	if r.end-i < len("]]>") && r.stop == running {
		return i, false, nil
	}
	return i + 1, true, nil
}

// mixedText reads character data that holds references or CR, copying it to
// out; buf[i] is the first of them.
func (r *Reader) mixedText(i int) (Kind, error) {
	r.out = append(r.out[:0], r.buf[r.tok:i]...)
	for {
		if i == r.end {
			n := i - r.tok
			more := r.more(false)
			i = r.tok + n
			if !more {
				return r.emit(r.out, i)
			}
		}
		switch r.buf[i] {
		case '<':
			return r.emit(r.out, i)
		case '\r':
			n := i - r.tok
			more := i+1 < r.end || r.more(false)
			i = r.tok + n
			if !more && r.stop == running {
				return r.emit(r.out, i)
			}
			i++
			if i < r.end && r.buf[i] == '\n' {
				i++
			}
			r.out = append(r.out, '\n')
		case '&':
			c, n, err := r.reference(i)
			if err != nil {
				return 0, err
			}
			if n == 0 {
				d := i - r.tok
				more := r.more(d == 0)
				i = r.tok + d
				if more {
					continue
				}
				if r.stop == running {
					return r.emit(r.out, i)
				}
				return 0, r.short("une référence n'est pas terminée", "a reference is not complete")
			}
			r.out = appendRune(r.out, c)
			i += n
		case ']':
			n, ok, err := r.bracket(i)
			if err != nil {
				return 0, err
			}
			if !ok {
				return r.emit(r.out, n)
			}
			r.out = append(r.out, ']')
			i = n
		}
		j := scanText(r.buf[:r.end], i)
		r.out = append(r.out, r.buf[i:j]...)
		i = j
	}
}

// reference reads the reference at buf[i]: the character and the length of the
// reference, 0 if the window ends within it (XML 1.0 §4.1, §4.6).
func (r *Reader) reference(i int) (rune, int, error) {
	b := r.buf[i+1 : r.end]
	if len(b) == 0 {
		return 0, 0, nil
	}
	if b[0] == '#' {
		return r.charRef(i, b)
	}
	n := 0
	for n < len(b) && class[b[n]]&isName != 0 {
		n++
	}
	if n > r.lim.NameLen {
		return 0, 0, r.tooLong(i, r.lim.NameLen, "référence", "reference")
	}
	if n == len(b) {
		return 0, 0, nil
	}
	if n == 0 || b[n] != ';' || badName(b[:n]) >= 0 {
		return 0, 0, r.syntax(i, "« & » doit s'écrire « &amp; »", "\"&\" must be written \"&amp;\"")
	}
	var c rune
	switch string(b[:n]) {
	case "amp":
		c = '&'
	case "lt":
		c = '<'
	case "gt":
		c = '>'
	case "quot":
		c = '"'
	case "apos":
		c = '\''
	default:
		return 0, 0, r.fail(report.XMLEntity, i, report.P("name", string(b[:n])))
	}
	return c, n + 2, nil
}

func (r *Reader) charRef(i int, b []byte) (rune, int, error) {
	n, base, digit := 1, rune(10), uint8(isDigit)
	if len(b) > 1 && b[1] == 'x' {
		n, base, digit = 2, 16, isHex
	}
	first := n
	var c rune
	for n < len(b) && class[b[n]]&digit != 0 && n <= r.lim.NameLen {
		d := rune(b[n] - '0')
		if d > 9 {
			d = rune(b[n]|0x20) - 'a' + 10
		}
		c = min(c*base+d, 0x110000)
		n++
	}
	switch {
	case n > r.lim.NameLen:
		return 0, 0, r.tooLong(i, r.lim.NameLen, "référence", "reference")
	case n == len(b):
		return 0, 0, nil
	case n == first || b[n] != ';' || !isChar(c):
		return 0, 0, r.fail(report.XMLCharRef, i)
	}
	return c, n + 2, nil
}

// section reads the content of a comment, processing instruction or CDATA
// section from pos to its end, or as much as the window holds.
func (r *Reader) section(k Kind, closing string) (Kind, error) {
	from := r.pos
	i := from
	for {
		j := bytes.Index(r.buf[i:r.end], []byte(closing))
		end := 0 // behind the closing
		if j >= 0 {
			j += i
			end = j + len(closing)
			if k == Comment {
				if end == r.end {
					i = j
					j = -1
				} else if r.buf[end] != '>' {
					return 0, r.fail(report.XMLComment, j)
				}
				end++
			}
		} else {
			i = max(from, r.end-len(closing)+1)
		}
		if j >= 0 {
			r.partial = false
			r.chars, r.pos, r.cdata = r.lines(r.buf[from:j]), end, k == Text
			r.state = r.home()
			if k == Text && from == j {
				return 0, nil // nothing between the brackets
			}
			return k, nil
		}
		d, f := i-r.tok, from-r.tok
		more := r.more(false)
		i, from = r.tok+d, r.tok+f
		if more {
			continue
		}
		if r.stop != running {
			return 0, r.short("un commentaire, une instruction ou une section CDATA n'est pas terminé",
				"a comment, instruction or CDATA section is not complete")
		}
		return r.piece(k, from, closing)
	}
}

// piece gives what the full window holds of a long construct, without what may
// be the beginning of its closing or of a line end.
func (r *Reader) piece(k Kind, from int, closing string) (Kind, error) {
	i := r.end
	for i > from && r.end-i < len("-->")-1 && r.buf[i-1] == closing[0] {
		i--
	}
	if i == r.end && r.buf[i-1] == '\r' {
		i--
	}
	r.chars, r.pos, r.cdata, r.partial = r.lines(r.buf[from:i]), i, k == Text, true
	switch k {
	case Comment:
		r.state = inComment
	case ProcInst:
		r.state = inProcInst
	default:
		r.state = inCData
	}
	return k, nil
}

// lines makes the line ends LF (XML 1.0 §2.11).
func (r *Reader) lines(b []byte) []byte {
	i := bytes.IndexByte(b, '\r')
	if i < 0 {
		return b
	}
	r.out = r.out[:0]
	for i >= 0 {
		r.out = append(append(r.out, b[:i]...), '\n')
		b = b[i+1:]
		if len(b) > 0 && b[0] == '\n' {
			b = b[1:]
		}
		i = bytes.IndexByte(b, '\r')
	}
	r.out = append(r.out, b...)
	return r.out
}

// procInst reads the processing instruction at pos up to its data.
func (r *Reader) procInst() (Kind, error) {
	i := 0
	for {
		b := r.buf[:r.end]
		i = r.pos + 2
		for i < len(b) && class[b[i]]&isName != 0 {
			i++
		}
		if i+1 < len(b) { // the byte after it, and one more to see "?>"
			break
		}
		if err := r.partialName(r.pos+2, i); err != nil {
			return 0, err
		}
		if !r.more(true) {
			return 0, r.short("une instruction de traitement n'est pas terminée", "a processing instruction is not complete")
		}
	}
	at := r.pos + 2
	if i == at {
		return 0, r.fail(report.XMLPI, r.pos, detail("son nom manque", "its target is missing"))
	}
	q, err := r.qname(at, i)
	if err != nil {
		return 0, err
	}
	switch {
	case q.raw == "xml":
		return 0, r.fail(report.XMLDecl, r.pos, detail("elle n'est pas au tout début", "it is not at the very beginning"))
	case reservedTarget(q.raw):
		return 0, r.fail(report.XMLPI, r.pos, detail("le nom xml est réservé", "the target xml is reserved"))
	case q.prefix.name != "":
		return 0, r.fail(report.XMLNSName, at, report.P("name", q.raw))
	case class[r.buf[i]]&isSpace == 0 && (r.buf[i] != '?' || r.buf[i+1] != '>'):
		return 0, r.fail(report.XMLPI, i, detail("un espace manque après son nom", "a space is missing after its target"))
	}
	r.target = q.raw
	for {
		for i < r.end && class[r.buf[i]]&isSpace != 0 {
			i++
		}
		if i < r.end {
			break
		}
		// However many blanks there are, they need not be held.
		r.pos = i
		d := i - r.tok
		more := r.more(false)
		i = r.tok + d
		if more {
			continue
		}
		if r.stop != running {
			return 0, r.short("une instruction de traitement n'est pas terminée", "a processing instruction is not complete")
		}
		r.tok = i
	}
	r.pos = i
	return r.section(ProcInst, "?>")
}
