package pdf

import (
	"bufio"
	"io"
)

// Bounds of the decoded bytes of content that are looked at: of one page, and
// of all pages together, which may share one stream.
const (
	maxContent      = 64 << 20
	maxContentRatio = 64 // times the size of the file, above maxContent
)

// Contents returns the content streams of a page in order, as references.
func (p Page) Contents() []Ref {
	raw := p.Dict.Raw("Contents")
	v := raw.Resolve()
	var refs []Ref
	switch v.Kind() {
	case Stream:
		if r, ok := raw.Ref(); ok {
			refs = append(refs, r)
		}
	case Array:
		for _, e := range v.Elems() {
			if r, ok := e.Ref(); ok {
				refs = append(refs, r)
			}
		}
	}
	return refs
}

// Balance reads the content of a page and counts the operators Q without a q
// before them, and the operators q without a Q after them. What cannot be
// decoded counts for nothing, nor what lies beyond the bounds.
func (d *Doc) Balance(p Page) (under, over int) {
	left := min(maxContent, maxContent+maxContentRatio*d.size-d.contentSeen)
	was := left
	for _, ref := range p.Contents() {
		if left <= 0 {
			break
		}
		r, err := d.Stream(d.Object(ref))
		if err != nil {
			continue
		}
		lr := &io.LimitedReader{R: r, N: left}
		under, over = balance(bufio.NewReaderSize(lr, 8<<10), under, over)
		left = lr.N
	}
	d.contentSeen += was - left
	return under, over
}

// balance scans one stream; operators do not cross streams.
func balance(r *bufio.Reader, under, over int) (int, int) {
	next := func() int {
		b, err := r.ReadByte()
		if err != nil {
			return -1
		}
		return int(b)
	}
	var word [3]byte
	n := 0
	for {
		ch := next()
		if ch >= 0 && class[ch]&(chSpace|chDelim) == 0 {
			if n < len(word) {
				word[n] = byte(ch)
			}
			n++
			continue
		}
		if n > 0 && n < len(word) {
			switch string(word[:n]) {
			case "q":
				over++
			case "Q":
				if over > 0 {
					over--
				} else {
					under++
				}
			case "ID":
				skipInlineImage(next)
			}
		}
		n = 0
		switch ch {
		case -1:
			return under, over
		case '%':
			for ch >= 0 && ch != '\n' && ch != '\r' {
				ch = next()
			}
		case '/': // a name is no operator
			n = len(word)
		case '(':
			for depth := 1; depth > 0; {
				switch ch = next(); ch {
				case -1:
					return under, over
				case '\\':
					next()
				case '(':
					depth++
				case ')':
					depth--
				}
			}
		}
	}
}

// skipInlineImage passes over the data of an inline image: to EI between
// white space.
func skipInlineImage(next func() int) {
	for state := 0; ; {
		ch := next()
		switch {
		case ch < 0:
			return
		case state == 3 && class[ch]&(chSpace|chDelim) != 0:
			return
		case state == 1 && ch == 'E':
			state = 2
		case state == 2 && ch == 'I':
			state = 3
		case class[ch] == chSpace:
			state = 1
		default:
			state = 0
		}
	}
}
