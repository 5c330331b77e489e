package xregex

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxLength bounds, in bytes, an expression.
const MaxLength = 8 << 10

// maxCount bounds a repeat count; a value can not be longer than that anyway.
const maxCount = 1 << 30

// Error says what is wrong with an expression and where.
type Error struct {
	Offset int    // bytes from the start of the expression
	Detail string // English, without the expression itself
}

// Error describes the fault.
func (e *Error) Error() string {
	return fmt.Sprintf("regular expression: %s at byte %d", e.Detail, e.Offset)
}

type op uint8

const (
	opEmpty op = iota
	opSet
	opCat
	opAlt
	opRepeat
)

// tree is an expression as written.
type tree struct {
	op       op
	set      set
	kids     []*tree
	min, max int // max -1: no bound
}

const (
	maxNesting = 250
	perSpan    = 4 // steps it takes to sort and join a span of a set
)

type parser struct {
	s     string
	pos   int
	depth int
	work  int // spent on sets
	err   *Error
}

func (p *parser) fail(detail string) {
	if p.err == nil {
		p.err = &Error{Offset: p.pos, Detail: detail}
	}
	p.pos = len(p.s)
}

func (p *parser) peek() rune {
	if p.pos >= len(p.s) {
		return -1
	}
	r, _ := utf8.DecodeRuneInString(p.s[p.pos:])
	return r
}

func (p *parser) next() rune {
	if p.pos >= len(p.s) {
		return -1
	}
	r, n := utf8.DecodeRuneInString(p.s[p.pos:])
	p.pos += n
	return r
}

// expr reads branches separated by bars.
func (p *parser) expr() *tree {
	if p.depth++; p.depth > maxNesting {
		p.fail("parentheses nested too deep")
	}
	defer func() { p.depth-- }()
	first := p.branch()
	if p.peek() != '|' {
		return first
	}
	t := &tree{op: opAlt, kids: []*tree{first}}
	for p.peek() == '|' {
		p.next()
		t.kids = append(t.kids, p.branch())
	}
	return t
}

func (p *parser) branch() *tree {
	t := &tree{op: opCat}
	for {
		switch p.peek() {
		case -1, '|', ')':
			switch len(t.kids) {
			case 0:
				return &tree{op: opEmpty}
			case 1:
				return t.kids[0]
			}
			return t
		}
		t.kids = append(t.kids, p.piece())
	}
}

func (p *parser) piece() *tree {
	a := p.atom()
	lo, hi := 1, 1
	switch p.peek() {
	case '?':
		p.next()
		lo, hi = 0, 1
	case '*':
		p.next()
		lo, hi = 0, -1
	case '+':
		p.next()
		lo, hi = 1, -1
	case '{':
		p.next()
		lo, hi = p.quantity()
	default:
		return a
	}
	return &tree{op: opRepeat, kids: []*tree{a}, min: lo, max: hi}
}

func (p *parser) quantity() (lo, hi int) {
	lo = p.number()
	hi = lo
	if p.peek() == ',' {
		p.next()
		hi = -1
		if p.peek() != '}' {
			hi = p.number()
		}
	}
	if p.next() != '}' {
		p.fail("quantity is not {n}, {n,} or {n,m}")
	}
	if hi >= 0 && hi < lo {
		p.fail("quantity {n,m} with m below n")
	}
	return lo, hi
}

func (p *parser) number() int {
	i := p.pos
	for p.pos < len(p.s) && p.s[p.pos] >= '0' && p.s[p.pos] <= '9' {
		p.pos++
	}
	n, err := strconv.Atoi(p.s[i:p.pos])
	if i == p.pos {
		p.fail("quantity is not {n}, {n,} or {n,m}")
		return 0
	}
	if err != nil || n > maxCount {
		p.fail("repeat count too large")
		return 0
	}
	return n
}

func (p *parser) atom() *tree {
	switch r := p.next(); r {
	case '(':
		t := p.expr()
		if p.next() != ')' {
			p.fail("missing )")
		}
		return t
	case '[':
		return &tree{op: opSet, set: p.class()}
	case '\\':
		s, _ := p.escape()
		return &tree{op: opSet, set: s}
	case '.':
		return &tree{op: opSet, set: dot}
	case '?', '*', '+', '{':
		p.fail("quantifier without an atom")
	case ']', '}':
		p.fail("unescaped " + string(r))
	default:
		return &tree{op: opSet, set: single(r)}
	}
	return &tree{op: opEmpty}
}

// escape reads what follows a backslash: a set, and the character itself when
// the escape is of a single one (else -1).
func (p *parser) escape() (set, rune) {
	switch r := p.next(); r {
	case 'n':
		return single('\n'), '\n'
	case 'r':
		return single('\r'), '\r'
	case 't':
		return single('\t'), '\t'
	case '\\', '|', '.', '?', '*', '+', '(', ')', '{', '}', '-', '[', ']', '^':
		return single(r), r
	case 's', 'S', 'i', 'I', 'c', 'C', 'd', 'D', 'w', 'W':
		s := multi(r | 0x20)
		if r < 'a' {
			s = s.complement()
		}
		p.work += perSpan * len(s)
		return s, -1
	case 'p', 'P':
		s := p.property()
		if r == 'P' {
			s = s.complement()
		}
		return s, -1
	}
	p.fail("unknown escape")
	return nil, -1
}

func (p *parser) property() set {
	if p.next() != '{' {
		p.fail(`\p without {`)
		return nil
	}
	i := p.pos
	for p.pos < len(p.s) && p.s[p.pos] != '}' {
		p.pos++
	}
	name := p.s[i:p.pos]
	if p.next() != '}' {
		p.fail(`\p without }`)
		return nil
	}
	s, ok := property(name)
	if !ok {
		p.fail("unknown character property")
	}
	p.work += perSpan * len(s)
	return s
}

// class reads a character class after its opening bracket.
func (p *parser) class() set {
	if p.depth++; p.depth > maxNesting {
		p.fail("classes nested too deep")
		return nil
	}
	defer func() { p.depth-- }()
	negative := false
	if p.peek() == '^' {
		p.next()
		negative = true
	}
	var ranges []span
	first := true
	finish := func() set {
		p.work += perSpan * len(ranges)
		s := newSet(ranges)
		if negative {
			s = s.complement()
		}
		return s
	}
	for {
		switch r := p.next(); r {
		case -1:
			p.fail("missing ]")
			return nil
		case ']':
			if first {
				p.fail("empty character class")
			}
			return finish()
		case '[':
			p.fail("unescaped [ in a character class")
			return nil
		case '-':
			if p.peek() == '[' && !first { // subtraction
				p.next()
				minus := p.class()
				if p.next() != ']' {
					p.fail("class subtraction is not last")
				}
				p.work += perSpan * len(minus)
				return finish().minus(minus)
			}
			if !first && p.peek() != ']' && !strings.HasPrefix(p.s[p.pos:], "-[") {
				p.fail("- between other characters of a class")
				return nil
			}
			ranges = append(ranges, span{'-', '-'})
		default:
			lo := r
			if r == '\\' {
				var s set
				if s, lo = p.escape(); lo < 0 {
					ranges = append(ranges, s...)
					break
				}
			}
			ranges = append(ranges, span{lo, p.rangeEnd(lo)})
		}
		first = false
	}
}

// rangeEnd reads -x after the first character of a possible range.
func (p *parser) rangeEnd(lo rune) rune {
	if p.pos+1 >= len(p.s) || p.s[p.pos] != '-' {
		return lo
	}
	if c := p.s[p.pos+1]; c == '[' || c == ']' { // subtraction, or a last hyphen
		return lo
	}
	p.next()
	hi := p.next()
	if hi == '\\' {
		if _, hi = p.escape(); hi < 0 {
			p.fail("range ends with a set")
			return lo
		}
	}
	if hi < lo {
		p.fail("range out of order")
		return lo
	}
	return hi
}
