// Package nameset keeps sets of names that differ by a number: identifiers, and
// the names of entries made from them. What thousands have in common is kept
// once, and each costs a bit or so when the numbers follow each other.
package nameset

import (
	"encoding/binary"
	"strings"
)

// Set is a set of names of any form. The zero value is empty and ready to use;
// a Set is for one goroutine.
type Set struct {
	around map[string]uint32 // what stands around the number
	pages  map[uint32]*page
	others map[string]struct{}
}

// page is a set of numbers that follow each other.
type page [pageBits / 64]uint64

const (
	pageBits  = 1024
	maxNumber = pageBits << 16
	maxAround = 1 << 10
)

// split parts a name at its last number, unless that would be written
// otherwise: the three parts are those of this name only.
func split(name string) (before, after string, n uint32, ok bool) {
	end := strings.LastIndexAny(name, digits) + 1
	before = strings.TrimRight(name[:end], digits)
	number := name[len(before):end]
	if number == "" || number[0] == '0' || len(number) > 8 {
		return "", "", 0, false
	}
	for _, d := range []byte(number) {
		n = 10*n + uint32(d-'0')
	}
	return before, name[end:], n, n < maxNumber
}

const digits = "0123456789"

// place returns the page of the name and its bit there.
func (s *Set) place(name string, add bool) (key, bit uint32, ok bool) {
	before, after, n, ok := split(name)
	if !ok {
		return 0, 0, false
	}
	var buf [64]byte
	around := append(append(binary.AppendUvarint(buf[:0], uint64(len(before))), before...), after...)
	at, ok := s.around[string(around)]
	if !ok {
		if at = uint32(len(s.around)); !add || at >= maxAround {
			return 0, 0, false
		}
		if s.around == nil {
			s.around, s.pages = map[string]uint32{}, map[uint32]*page{}
		}
		s.around[string(around)] = at
	}
	return at<<16 | n/pageBits, n % pageBits, true
}

// Add puts the name in the set and reports whether it was not there.
func (s *Set) Add(name string) bool {
	key, bit, ok := s.place(name, true)
	if !ok {
		if _, in := s.others[name]; in {
			return false
		}
		if s.others == nil {
			s.others = map[string]struct{}{}
		}
		s.others[strings.Clone(name)] = struct{}{}
		return true
	}
	p := s.pages[key]
	if p == nil {
		p = new(page)
		s.pages[key] = p
	}
	word := &p[bit/64]
	if *word&(1<<(bit%64)) != 0 {
		return false
	}
	*word |= 1 << (bit % 64)
	return true
}

// Has reports whether the name is in the set.
func (s *Set) Has(name string) bool {
	if key, bit, ok := s.place(name, false); ok {
		p := s.pages[key]
		return p != nil && p[bit/64]&(1<<(bit%64)) != 0
	}
	_, in := s.others[name]
	return in
}
