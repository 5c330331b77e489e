package datatype

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
)

// manyCodes is the number of enumerated values from which they are looked up
// instead of compared one by one.
const manyCodes = 16

// codes finds enumerated values: equal values have equal keys. Those of one key
// are chained.
type codes struct {
	first map[string]int32
	next  []int32 // by number of the value; -1 ends the chain
}

func (t *Type) indexed(all []value) *codes {
	if len(all) <= manyCodes {
		return nil
	}
	c := &codes{first: make(map[string]int32, len(all)), next: make([]int32, len(all))}
	var buf []byte
	for i := range all {
		var k string
		if t.kind == String {
			k = view(all[i].text) // its own copy, which nobody changes
		} else {
			buf = t.key(&all[i], buf[:0])
			k = string(buf)
		}
		c.next[i] = -1
		if before, ok := c.first[k]; ok {
			c.next[i] = before
		}
		c.first[k] = int32(i)
	}
	return c
}

// key appends what values of the kind that are equal have in common.
func (t *Type) key(v *value, to []byte) []byte {
	switch t.kind {
	case AnySimple, String, AnyURI, QName, Notation:
		return append(to, v.text...)
	case HexBinary:
		return append(to, bytes.ToUpper(v.text)...)
	case Base64Binary:
		for _, c := range v.text {
			if !blank(c) {
				to = append(to, c)
			}
		}
		return to
	case Boolean:
		if v.flag {
			return append(to, 1)
		}
		return append(to, 0)
	case Decimal:
		if v.dec.negative {
			to = append(to, '-')
		}
		to = append(append(to, v.dec.whole...), '.')
		return append(to, v.dec.beyond...)
	case Float, Double:
		f := v.float
		switch {
		case f == 0: // the negative one too
			f = 0
		case f != f:
			f = math.NaN()
		}
		return binary.LittleEndian.AppendUint64(to, math.Float64bits(f))
	case List:
		for i := range v.items {
			to = append(t.item.key(&v.items[i], to), ' ')
		}
		return to
	case Union:
		return v.of.key(v, append(to, byte(v.of.kind)))
	}
	if t.kind.temporal() {
		to = slices.Grow(to, 16)
		if v.at.zoned {
			to = append(to, 'Z')
		}
		return append(binary.LittleEndian.AppendUint64(to, uint64(v.at.line(0))), v.at.fraction...)
	}
	return to // of durations: their equality is too subtle
}

// enumerated reports whether a value is one of those listed; ok is false if the
// budget ran out before that was known.
func (t *Type) enumerated(s *Scratch, v *value) (found, ok bool) {
	cost := 1 + len(v.items)/4
	if t.codes == nil {
		s.Work -= cost * len(t.enum) / 4
		for i := range t.enum {
			if t.same(v, &t.enum[i]) {
				return true, true
			}
		}
		return false, s.Work >= 0
	}
	i, known := t.codes.first[string(t.key(v, nil))]
	for ; known && i >= 0; i = t.codes.next[i] {
		if t.same(v, &t.enum[i]) {
			return true, true
		}
		if s.Work -= cost; s.Work < 0 {
			return false, false
		}
	}
	return false, true
}
