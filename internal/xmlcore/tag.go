package xmlcore

import (
	"bytes"

	"github.com/liasse/liasse/ged/report"
)

// rawAttr is an attribute of the current start tag as read.
type rawAttr struct {
	q        *qname
	at       int // of its name, counted from the tag
	from, to int // of its value in the tag, or in values
	moved    bool
}

// markup reads the construct that begins with the "<" at pos.
func (r *Reader) markup() (Kind, error) {
	if r.end-r.pos < 2 && !r.more(true) {
		return 0, r.short("une balise n'est pas terminée", "a tag is not complete")
	}
	switch r.buf[r.pos+1] {
	case '/':
		return r.endTag()
	case '!':
		return r.bang()
	case '?':
		return r.procInst()
	}
	for {
		k, err := r.startTag()
		if k != 0 || err != nil {
			return k, err
		}
		if limit := 4 * r.lim.AttrLen; r.end-r.tok > limit {
			return 0, r.tooLong(r.tok, limit, "balise", "tag")
		}
		if !r.more(true) {
			return 0, r.short("une balise n'est pas terminée", "a tag is not complete")
		}
	}
}

// startTag reads the start tag at pos. It returns no kind when the window ends
// within it.
func (r *Reader) startTag() (Kind, error) {
	b := r.buf[:r.end]
	at := r.pos + 1
	i := at
	for i < len(b) && class[b[i]]&isName != 0 {
		i++
	}
	if i == len(b) {
		return 0, r.partialName(at, i)
	}
	if i == at {
		return 0, r.syntax(r.pos, "« < » n'est pas suivi d'un nom", "\"<\" is not followed by a name")
	}
	q, err := r.qname(at, i)
	if err != nil {
		return 0, err
	}
	if len(r.frames) == 0 && r.rooted {
		return 0, r.fail(report.XMLRoots, r.pos, report.P("element", q.raw))
	}
	if len(r.frames) >= r.lim.Depth {
		return 0, r.fail(report.LimDepth, r.pos, report.Int("limit", r.lim.Depth))
	}
	r.tagNo++
	r.tags, r.values = r.tags[:0], r.values[:0]
	next := content
	if b[i] == '>' {
		i++
	} else {
		if i, err = r.attributes(b, i); i == 0 || err != nil {
			return 0, err
		}
		if b[i] == '/' {
			next = emptyEnd
		} else {
			i++
		}
	}
	if limit := 4 * r.lim.AttrLen; i-r.tok > limit {
		return 0, r.tooLong(r.tok, limit, "balise", "tag")
	}
	if err := r.enter(q); err != nil {
		return 0, err
	}
	f := &r.frames[len(r.frames)-1]
	f.begin, f.inside = r.tok, i
	r.pos = i
	r.state, r.rooted = next, true
	return StartElement, nil
}

// attributes reads what follows the name of a start tag. It returns the index
// of ">" or "/>", 0 when the window ends before.
func (r *Reader) attributes(b []byte, i int) (int, error) {
	for {
		before := i
		for i < len(b) && class[b[i]]&isSpace != 0 {
			i++
		}
		if i == len(b) {
			return 0, nil
		}
		switch b[i] {
		case '>':
			return i, nil
		case '/':
			if i+1 == len(b) {
				return 0, nil
			}
			if b[i+1] != '>' {
				return 0, r.syntax(i, "« / » n'est pas suivi de « > »", "\"/\" is not followed by \">\"")
			}
			return i, nil
		}
		at := i
		// Both are decided by one byte, so that the window's end, which may cut
		// the name, does not change the verdict.
		switch {
		case class[b[at]]&isName == 0:
			return 0, r.syntax(at, "un caractère n'est pas permis dans une balise", "a character is not allowed in a tag")
		case before == at:
			return 0, r.syntax(at, "un espace manque avant un attribut", "a space is missing before an attribute")
		}
		for i < len(b) && class[b[i]]&isName != 0 {
			i++
		}
		if i == len(b) {
			return 0, r.partialName(at, i)
		}
		q, err := r.qname(at, i)
		if err != nil {
			return 0, err
		}
		if i < len(b) && b[i] != '=' {
			for i < len(b) && class[b[i]]&isSpace != 0 {
				i++
			}
			if i == len(b) {
				return 0, nil
			}
			if b[i] != '=' {
				return 0, r.syntax(i, "un attribut n'a pas de valeur", "an attribute has no value")
			}
		}
		i++
		for i < len(b) && class[b[i]]&isSpace != 0 {
			i++
		}
		if i == len(b) {
			return 0, nil
		}
		quote := b[i]
		if quote != '"' && quote != '\'' {
			return 0, r.syntax(i, "la valeur d'un attribut n'est pas entre guillemets", "the value of an attribute is not quoted")
		}
		i++
		from := i
		t := rawAttr{q: q, at: at - r.tok, from: from}
		for i < len(b) && class[b[i]]&isQuoted == 0 {
			i++
		}
		if i < len(b) && b[i] == quote {
			t.to = i
		} else {
			t.moved, t.from = true, len(r.values)
			if i, err = r.value(q, b, from, i, quote); err != nil {
				return 0, err
			}
			t.to = len(r.values)
		}
		if i-from > r.lim.AttrLen {
			return 0, r.tooLong(from, r.lim.AttrLen, "valeur d'attribut", "attribute value")
		}
		if i == len(b) {
			return 0, nil
		}
		i++
		if q.seen == r.tagNo {
			return 0, r.fail(report.XMLAttrDup, at, report.P("attribute", q.raw))
		}
		q.seen = r.tagNo
		if len(r.tags) >= r.lim.Attrs {
			return 0, r.fail(report.LimCount, at, report.Int("limit", r.lim.Attrs), report.Words("what", "attributs", "attributes"))
		}
		r.tags = append(r.tags, t)
	}
}

// value normalises the attribute value b[from:…] into values (XML 1.0
// §3.3.3); up to i it needs no change. It returns the index of the closing
// quote, len(b) if the window ends before.
func (r *Reader) value(q *qname, b []byte, from, i int, quote byte) (int, error) {
	for {
		r.values = append(r.values, b[from:i]...)
		if i == len(b) {
			return i, nil
		}
		switch c := b[i]; c {
		case quote:
			return i, nil
		case '<':
			return 0, r.fail(report.XMLAttrLt, i, report.P("attribute", q.raw))
		case '&':
			ch, n, err := r.reference(i)
			if err != nil {
				return 0, err
			}
			if n == 0 {
				return len(b), nil
			}
			r.values = appendRune(r.values, ch)
			i += n
		case '\r':
			if i+1 == len(b) {
				return len(b), nil
			}
			if b[i+1] == '\n' {
				i++
			}
			fallthrough
		case '\n', '\t':
			r.values = append(r.values, ' ')
			i++
		default: // the other quote
			r.values = append(r.values, c)
			i++
		}
		from = i
		for i < len(b) && class[b[i]]&isQuoted == 0 {
			i++
		}
	}
}

// enter resolves the names of the start tag just read and opens its element.
func (r *Reader) enter(q *qname) error {
	f := frame{ns: len(r.bindings)}
	r.declared, r.attrs = r.declared[:0], r.attrs[:0]
	bare := len(r.tags) == 0
	if !bare {
		for i := range r.tags {
			if t := &r.tags[i]; t.q.isDecl {
				if err := r.declare(t, r.bytes(t)); err != nil {
					return err
				}
			}
		}
	}
	if q.isDecl && q.prefix.name != "" {
		return r.fail(report.XMLNSReserved, r.tok, report.P("prefix", "xmlns"))
	}
	if q.prefix.uri == nil {
		return r.fail(report.XMLNSUnbound, r.tok, report.P("prefix", q.prefix.name))
	}
	f.name = r.elementName(q)
	if !bare {
		for i := range r.tags {
			t := &r.tags[i]
			if t.q.isDecl {
				continue
			}
			if t.q.prefix.uri == nil {
				return r.fail(report.XMLNSUnbound, r.tok+t.at, report.P("prefix", t.q.prefix.name))
			}
			n := r.attrName(t.q)
			if *n.expanded == r.tagNo {
				return r.fail(report.XMLNSAttrDup, r.tok+t.at, report.P("attribute", n.raw))
			}
			*n.expanded = r.tagNo
			r.attrs = append(r.attrs, Attr{n, r.bytes(t)})
		}
	}
	parent := uint32(0)
	depth := len(r.frames)
	if depth > 0 {
		parent = r.frames[depth-1].serial
	}
	n := f.name
	if depth >= len(n.siblings) {
		if err := r.spend(8*(depth+1-len(n.siblings)), r.tok); err != nil {
			return err
		}
		n.siblings = append(n.siblings, make([]siblings, depth+1-len(n.siblings))...)
	}
	s := &n.siblings[depth]
	if s.parent != parent {
		*s = siblings{parent: parent}
	}
	s.n++
	r.serial++
	f.serial, f.index = r.serial, s.n
	r.frames = append(r.frames, f)
	return nil
}

// bytes returns the value of an attribute of the current start tag.
func (r *Reader) bytes(t *rawAttr) []byte {
	if t.moved {
		return r.values[t.from:t.to:t.to]
	}
	return r.buf[t.from:t.to:t.to]
}

// partialName judges a name of which the window shows only buf[i:j].
func (r *Reader) partialName(i, j int) error {
	if j-i > r.lim.NameLen {
		return r.tooLong(i, r.lim.NameLen, "nom", "name")
	}
	return nil
}

// endTag reads the end tag at pos.
func (r *Reader) endTag() (Kind, error) {
	if len(r.frames) == 0 {
		return 0, r.syntax(r.pos, "une balise de fin ne ferme aucun élément", "an end tag closes no element")
	}
	want := r.frames[len(r.frames)-1].name.raw
	if b := r.buf[r.pos+2 : r.end]; len(b) > len(want) && b[len(want)] == '>' && string(b[:len(want)]) == want {
		r.pos += len(want) + 3
		r.pop = true
		return EndElement, nil
	}
	for {
		b := r.buf[:r.end]
		at := r.pos + 2
		i := at
		for i < len(b) && class[b[i]]&isName != 0 {
			i++
		}
		if i == len(b) {
			if err := r.partialName(at, i); err != nil {
				return 0, err
			}
		} else {
			if err := r.endName(at, i); err != nil {
				return 0, err
			}
			for i < len(b) && class[b[i]]&isSpace != 0 {
				i++
			}
			if i < len(b) && i-r.tok <= windowSize {
				if b[i] != '>' {
					return 0, r.syntax(i, "une balise de fin ne contient qu'un nom", "an end tag holds but a name")
				}
				r.pos = i + 1
				r.pop = true
				return EndElement, nil
			}
		}
		if r.end-r.tok > windowSize {
			return 0, r.tooLong(r.tok, windowSize, "balise", "tag")
		}
		if !r.more(true) {
			return 0, r.short("une balise n'est pas terminée", "a tag is not complete")
		}
	}
}

// endName checks the name buf[i:j] of an end tag against the open element.
func (r *Reader) endName(i, j int) error {
	if i == j {
		return r.syntax(r.pos, "« </ » n'est pas suivi d'un nom", "\"</\" is not followed by a name")
	}
	want := r.frames[len(r.frames)-1].name.raw
	if string(r.buf[i:j]) == want {
		return nil
	}
	q, err := r.qname(i, j)
	if err != nil {
		return err
	}
	return r.fail(report.XMLTagMismatch, r.pos, report.P("got", q.raw), report.P("want", want))
}

// bang reads what begins with "<!".
func (r *Reader) bang() (Kind, error) {
	const cdata, comment, doctype = "<![CDATA[", "<!--", "<!DOCTYPE"
	for r.end-r.pos < len(cdata) && r.more(true) {
	}
	b := r.buf[r.pos:min(r.end, r.pos+len(cdata))]
	switch {
	case bytes.HasPrefix(b, []byte(comment)):
		r.pos += len(comment)
		return r.section(Comment, "--")
	case string(b) == cdata:
		if len(r.frames) == 0 {
			return 0, r.fail(report.XMLTrailing, r.pos)
		}
		r.pos += len(cdata)
		return r.section(Text, "]]>")
	case len(b) == len(doctype) && bytes.EqualFold(b, []byte(doctype)):
		return 0, r.fail(report.XMLDoctype, r.pos)
	}
	for _, s := range []string{cdata, comment, doctype} {
		if len(b) < len(s) && string(b) == s[:len(b)] {
			return 0, r.short("une balise n'est pas terminée", "a tag is not complete")
		}
	}
	return 0, r.syntax(r.pos, "« <! » n'ouvre ni commentaire ni section CDATA", "\"<!\" opens neither a comment nor a CDATA section")
}
