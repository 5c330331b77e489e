package asn1x

import (
	"fmt"
	"io"
)

// MaxDepth is how deep values may nest.
const MaxDepth = 64

// Class is the class of a tag.
type Class uint8

// The classes.
const (
	Universal Class = iota
	Application
	Context
	Private
)

// Tags of the universal class.
const (
	TagBoolean         = 1
	TagInteger         = 2
	TagBitString       = 3
	TagOctetString     = 4
	TagNull            = 5
	TagOID             = 6
	TagEnumerated      = 10
	TagUTF8String      = 12
	TagSequence        = 16
	TagSet             = 17
	TagNumericString   = 18
	TagPrintableString = 19
	TagT61String       = 20
	TagIA5String       = 22
	TagUTCTime         = 23
	TagGeneralizedTime = 24
	TagVisibleString   = 26
	TagGeneralString   = 27
	TagUniversalString = 28
	TagBMPString       = 30
)

// Value is one value, as it lies in the input. Its slices alias the input.
type Value struct {
	Class       Class
	Tag         uint32
	Constructed bool
	// Indefinite says that the length was not given and an end-of-contents
	// mark closes the value: BER, not DER.
	Indefinite bool
	// Offset counts octets from the beginning of what was parsed.
	Offset int64
	Raw    []byte // the whole value: tag, length, contents, end mark if any
	Body   []byte // the contents
}

// Error is a fault of the encoding, or a limit that was reached.
type Error struct {
	Offset int64  // of the octet where reading stopped
	What   string // fixed words, never content
	Limit  bool   // a limit of this package, not a fault of the input
}

// Error says what is wrong and where.
func (e *Error) Error() string { return fmt.Sprintf("asn1: %s at octet %d", e.What, e.Offset) }

func fault(at int64, what string) error { return &Error{Offset: at, What: what} }

// IsZero reports whether there is no value: an optional member that is absent.
func (v Value) IsZero() bool { return v.Raw == nil }

// Is reports whether the value has the universal tag.
func (v Value) Is(tag uint32) bool { return v.Class == Universal && v.Tag == tag && v.Raw != nil }

// IsContext reports whether the value has the context-specific tag.
func (v Value) IsContext(tag uint32) bool { return v.Class == Context && v.Tag == tag && v.Raw != nil }

// Parse reads the first value of the input and returns the octets after it.
func Parse(b []byte) (v Value, rest []byte, err error) { return parseAt(b, 0, 0) }

// ParseAll reads the only value of the input: octets after it are a fault.
func ParseAll(b []byte) (Value, error) {
	v, rest, err := Parse(b)
	if err == nil && len(rest) > 0 {
		err = fault(int64(len(b)-len(rest)), "octets after the value")
	}
	return v, err
}

// ReadAll reads a whole input of the given size into memory, refusing more
// than limit octets with an [*Error] whose Limit is set.
func ReadAll(r io.ReaderAt, size, limit int64) ([]byte, error) {
	if size > limit {
		return nil, &Error{Offset: limit, What: "input too large", Limit: true}
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, size), b); err != nil {
		return nil, err
	}
	return b, nil
}

func parseAt(b []byte, off int64, depth int) (Value, []byte, error) {
	v, head, length, err := header(b, off)
	if err != nil {
		return Value{}, nil, err
	}
	if !v.Indefinite {
		if length > len(b)-head {
			return Value{}, nil, fault(off, "value longer than what holds it")
		}
		v.Raw, v.Body = b[:head+length:head+length], b[head:head+length:head+length]
		return v, b[head+length:], nil
	}
	end, err := findEnd(b[head:], off+int64(head), depth+1)
	if err != nil {
		return Value{}, nil, err
	}
	v.Body = b[head : head+end : head+end]
	v.Raw = b[: head+end+2 : head+end+2]
	return v, b[head+end+2:], nil
}

// findEnd returns where the end-of-contents mark of an indefinite value lies.
// It keeps only the depth, so that a file of opening marks costs nothing.
func findEnd(b []byte, off int64, depth int) (int, error) {
	open := 1
	for i := 0; ; {
		if len(b)-i >= 2 && b[i] == 0 && b[i+1] == 0 {
			if open--; open == 0 {
				return i, nil
			}
			i += 2
			continue
		}
		v, head, length, err := header(b[i:], off+int64(i))
		if err != nil {
			return 0, err
		}
		i += head
		if v.Indefinite {
			if open++; depth+open > MaxDepth {
				return 0, &Error{Offset: off + int64(i), What: "values nested too deep", Limit: true}
			}
			continue
		}
		if length > len(b)-i {
			return 0, fault(off+int64(i), "value longer than what holds it")
		}
		i += length
	}
}

// header reads a tag and a length and returns how many octets they take.
func header(b []byte, off int64) (v Value, head, length int, err error) {
	if len(b) < 2 {
		return v, 0, 0, fault(off, "input ends inside a tag or length")
	}
	v.Offset = off
	v.Class, v.Constructed, v.Tag = Class(b[0]>>6), b[0]&0x20 != 0, uint32(b[0]&0x1f)
	head = 1
	if v.Tag == 0x1f {
		v.Tag = 0
		for {
			if head >= len(b) {
				return v, 0, 0, fault(off, "input ends inside a tag or length")
			}
			c := b[head]
			head++
			if v.Tag > 1<<24 {
				return v, 0, 0, fault(off, "tag number too large")
			}
			v.Tag = v.Tag<<7 | uint32(c&0x7f)
			if c&0x80 == 0 {
				break
			}
		}
	}
	if v.Class == Universal && v.Tag == 0 {
		return v, 0, 0, fault(off, "end mark outside an indefinite value")
	}
	if head >= len(b) {
		return v, 0, 0, fault(off, "input ends inside a tag or length")
	}
	c := b[head]
	head++
	switch {
	case c < 0x80:
		return v, head, int(c), nil
	case c == 0x80:
		if !v.Constructed {
			return v, 0, 0, fault(off, "indefinite length of a primitive value")
		}
		v.Indefinite = true
		return v, head, 0, nil
	}
	n := int(c & 0x7f)
	if n > len(b)-head {
		return v, 0, 0, fault(off, "input ends inside a tag or length")
	}
	var l uint64
	for _, c := range b[head : head+n] {
		if l > 1<<40 {
			return v, 0, 0, fault(off, "value longer than what holds it")
		}
		l = l<<8 | uint64(c)
	}
	head += n
	if l > uint64(len(b)-head) {
		return v, 0, 0, fault(off, "value longer than what holds it")
	}
	return v, head, int(l), nil
}

// bodyOffset returns where the contents begin.
func (v Value) bodyOffset() int64 {
	tail := 0
	if v.Indefinite {
		tail = 2
	}
	return v.Offset + int64(len(v.Raw)-len(v.Body)-tail)
}

// Cursor walks the values inside a constructed one. Make it with
// [Value.Enter]. After a fault Next answers no more; Err tells it.
type Cursor struct {
	rest []byte
	off  int64
	err  error
}

// Enter returns a cursor on the contents; of a primitive value it holds a
// fault.
func (v Value) Enter() *Cursor {
	if !v.Constructed {
		return &Cursor{err: fault(v.Offset, "constructed value expected")}
	}
	return &Cursor{rest: v.Body, off: v.bodyOffset()}
}

// Next returns the next value, and false at the end or after a fault.
func (c *Cursor) Next() (Value, bool) {
	if c.err != nil || len(c.rest) == 0 {
		return Value{}, false
	}
	v, rest, err := parseAt(c.rest, c.off, 0)
	if err != nil {
		c.err = err
		return Value{}, false
	}
	c.off += int64(len(c.rest) - len(rest))
	c.rest = rest
	return v, true
}

// Peek returns the next value without passing it.
func (c *Cursor) Peek() (Value, bool) {
	d := *c
	v, ok := d.Next()
	if d.err != nil {
		c.err = d.err
	}
	return v, ok
}

// Take returns the next value, which must have the universal tag.
func (c *Cursor) Take(tag uint32) Value {
	v, ok := c.Next()
	if !ok {
		c.Fail("value missing")
		return Value{}
	}
	if !v.Is(tag) {
		c.err = fault(v.Offset, "value of another type expected")
		return Value{}
	}
	return v
}

// Optional returns the next value if it has the universal tag, else nothing.
func (c *Cursor) Optional(tag uint32) Value {
	if v, ok := c.Peek(); ok && v.Is(tag) {
		c.Next()
		return v
	}
	return Value{}
}

// OptionalContext returns the next value if it has the context tag, else
// nothing.
func (c *Cursor) OptionalContext(tag uint32) Value {
	if v, ok := c.Peek(); ok && v.IsContext(tag) {
		c.Next()
		return v
	}
	return Value{}
}

// More reports whether values are left.
func (c *Cursor) More() bool { return c.err == nil && len(c.rest) > 0 }

// Err returns the fault that stopped the cursor, or nil.
func (c *Cursor) Err() error { return c.err }

// Fail records a fault of meaning found by the caller at the current place,
// unless there is one already.
func (c *Cursor) Fail(what string) {
	if c.err == nil {
		c.err = fault(c.off, what)
	}
}

// Close returns the fault, if any; values left unread are one.
func (c *Cursor) Close() error {
	if c.More() {
		c.Fail("unexpected value")
	}
	return c.err
}

// Children returns the values inside, refusing more than limit.
func (v Value) Children(limit int) ([]Value, error) {
	var l []Value
	c := v.Enter()
	for {
		w, ok := c.Next()
		if !ok {
			return l, c.Err()
		}
		if len(l) >= limit {
			return l, &Error{Offset: w.Offset, What: "too many values", Limit: true}
		}
		l = append(l, w)
	}
}

// Explicit returns the only value inside an explicit tag.
func (v Value) Explicit() (Value, error) {
	c := v.Enter()
	w, ok := c.Next()
	if !ok {
		c.Fail("value missing")
	}
	return w, c.Close()
}
