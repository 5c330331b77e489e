package pdf

import "math"

// maxDepth bounds the nesting of arrays and dictionaries, as poppler does.
const maxDepth = 500

// parser reads values from a cursor. num and gen are the object being read,
// for the decryption of strings; 0 when they are not encrypted.
type parser struct {
	d      *Doc
	c      cursor
	t      token // the current token
	obj    Ref
	plain  bool // strings are not encrypted
	stream bool // a dictionary may be followed by a stream
	noXRef bool // references cannot be resolved: cross-reference streams
	cut    bool // an array or dictionary had no end before that of the file
}

func (p *parser) advance() { p.d.lex(&p.c, &p.t) }

// newNode adds a node to the arena; 0, the null node, when it is full.
func (d *Doc) newNode(n node) int32 {
	if len(d.nodes) >= d.limits.nodes {
		d.overflow = true
		return 0
	}
	d.nodes = append(d.nodes, n)
	return int32(len(d.nodes) - 1)
}

// value parses the value that begins at the current token and leaves the
// token after it as the current one.
func (p *parser) value(depth int) int32 {
	d := p.d
	if depth >= maxDepth || d.overflow {
		return d.newNode(node{kind: Bad})
	}
	t := p.t
	switch t.kind {
	case tArray:
		return p.array(depth)
	case tDict:
		return p.dict(depth)
	case tInt:
		p.advance()
		if p.t.kind == tInt {
			// perhaps a reference: look two tokens ahead
			gen, back := p.t, p.c.pos()
			mark := len(d.bytes)
			p.advance()
			if p.t.is(cR) {
				p.advance()
				if t.i <= 0 || gen.i < 0 {
					return d.newNode(node{kind: Null})
				}
				return d.newNode(node{kind: Reference, v: gen.i<<32 | t.i})
			}
			d.bytes = d.bytes[:mark]
			p.c.seek(back)
			p.t = gen
		}
		return d.newNode(node{kind: Int, v: t.i})
	}
	n := node{}
	switch t.kind {
	case tInt64:
		n = node{kind: Int, wide: true, v: t.i}
	case tReal:
		n = node{kind: Real, v: int64(math.Float64bits(t.f))}
	case tString:
		n = node{kind: String, first: t.at, n: t.len}
		if d.crypt != nil && !p.plain {
			n.n = int32(d.crypt.str(p.obj, d.bytes[t.at:t.at+t.len]))
		}
	case tName:
		n = node{kind: Name, first: t.at, n: t.len}
	case tBool:
		n = node{kind: Bool, v: t.i}
	case tNull:
	default:
		n = node{kind: Bad}
	}
	p.advance()
	return d.newNode(n)
}

func (p *parser) array(depth int) int32 {
	d := p.d
	me := d.newNode(node{kind: Array})
	if me == 0 {
		return 0
	}
	p.advance()
	last := int32(0)
	for p.t.kind != tEndArray && p.t.kind != tEOF && depth+1 < maxDepth {
		k := p.value(depth + 1)
		if k == 0 {
			break
		}
		p.link(me, last, k)
		last = k
	}
	p.cut = p.cut || p.t.kind == tEOF
	p.advance()
	return me
}

func (p *parser) link(me, last, k int32) {
	nodes := p.d.nodes
	if last == 0 {
		nodes[me].first = k
	} else {
		nodes[last].next = k
	}
	nodes[me].n++
}

func (p *parser) dict(depth int) int32 {
	d := p.d
	me := d.newNode(node{kind: Dict})
	if me == 0 {
		return 0
	}
	p.advance()
	last, contents := int32(0), int32(0)
	for p.t.kind != tEndDict && p.t.kind != tEOF {
		if p.t.kind != tName { // skipped, as Acrobat and poppler do
			p.advance()
			continue
		}
		key := p.t
		p.advance()
		if p.t.kind == tEOF || p.t.kind == tErr {
			break
		}
		k := d.newNode(node{kind: Name, first: key.at, n: key.len})
		if k == 0 {
			break
		}
		v := int32(0)
		if d.crypt != nil && !p.plain && p.t.kind == tString && string(d.bytes[key.at:key.at+key.len]) == "Contents" {
			// not encrypted in a signature, encrypted in an annotation
			p.plain = true
			v = p.value(depth + 1)
			p.plain = false
			contents = v
		} else {
			v = p.value(depth + 1)
		}
		if v == 0 || depth+1 >= maxDepth {
			break
		}
		p.link(me, last, k)
		p.link(me, k, v)
		last = v
	}
	if contents != 0 && (Value{d, me}).Raw("ByteRange").Kind() == Null {
		n := &d.nodes[contents]
		n.n = int32(d.crypt.str(p.obj, d.bytes[n.first:n.first+n.n]))
	}
	p.cut = p.cut || p.t.kind == tEOF
	if p.t.kind != tEndDict {
		return me
	}
	p.advance()
	if !p.t.is(cStream) {
		return me
	}
	if !p.stream {
		return d.newNode(node{kind: Bad})
	}
	return p.streamBody(me)
}

// streamBody makes a stream of the dictionary just read; the current token is
// the keyword stream.
func (p *parser) streamBody(me int32) int32 {
	d, c := p.d, &p.c
	// the data begin after the end of the line
	for {
		ch := c.next()
		if ch == '\r' {
			if c.peek() == '\n' {
				c.i++
			}
			break
		}
		if ch < 0 || ch == '\n' {
			break
		}
	}
	pos := c.pos()
	length, known := int64(0), false
	l := Value{d, me}.Raw("Length")
	if !p.noXRef {
		l = l.Resolve()
	}
	if length, known = l.Int(); !known {
		length = 0
	}
	if !p.noXRef {
		if end, ok := d.streamEnd(pos); ok {
			length = end - pos
		}
	}
	if length < 0 || pos > math.MaxInt64-length-5000 {
		return d.newNode(node{kind: Bad})
	}
	c.seek(pos + length)
	p.advance()
	if p.t.is(cEndstream) {
		p.advance()
	} else if p.noXRef {
		// Where references cannot be followed the length may be unknown; poppler
		// then hopes that 5000 bytes more are enough, and so must we.
		length += 5000
	} else {
		if end, ok := d.findEndstream(c, pos+length); ok {
			length = end - pos
		} else {
			length = max(c.end-pos, 0)
		}
		d.spend(length)
		p.t = token{}
	}
	if len(d.streams) >= d.limits.nodes/8 {
		d.overflow = true
		return 0
	}
	d.streams = append(d.streams, streamInfo{pos, length, p.obj})
	n := &d.nodes[me]
	n.kind = Stream
	n.v = int64(len(d.streams) - 1)
	return me
}

// findEndstream looks for the keyword endstream from an offset on.
func (d *Doc) findEndstream(c *cursor, from int64) (int64, bool) {
	const word = "endstream"
	c.seek(from)
	m := 0
	for {
		ch := c.next()
		if ch < 0 {
			return 0, false
		}
		switch {
		case ch == int(word[m]):
			if m++; m == len(word) {
				return c.pos() - int64(len(word)), true
			}
		case ch == 'e':
			m = 1
		default:
			m = 0
		}
	}
}
