package archive

import "strings"

// ids is a set of identifiers. Those that are a few letters and a number, as
// nearly all are (ID12), cost a bit or so each when their numbers follow each
// other, so that a package of any size can be checked.
type ids struct {
	prefixes map[string]uint32
	pages    map[uint32]*page // by prefix and number
	others   map[string]bool
}

// page is a set of numbers that follow each other.
type page [pageBits / 64]uint64

const (
	pageBits    = 1024
	maxNumber   = pageBits << 16
	maxPrefixes = 1 << 8
)

// split parts an identifier into its letters and its number; a number that
// would be written otherwise is none.
func split(id string) (prefix string, n uint32, ok bool) {
	prefix = strings.TrimRight(id, "0123456789")
	digits := id[len(prefix):]
	if digits == "" || digits[0] == '0' || len(digits) > 8 {
		return "", 0, false
	}
	for _, d := range []byte(digits) {
		n = 10*n + uint32(d-'0')
	}
	return prefix, n, n < maxNumber
}

// place returns the page of the identifier and its bit there.
func (s *ids) place(id string) (key, bit uint32, ok bool) {
	prefix, n, ok := split(id)
	if !ok {
		return 0, 0, false
	}
	at, ok := s.prefixes[prefix]
	if !ok {
		if at = uint32(len(s.prefixes)); at >= maxPrefixes {
			return 0, 0, false
		}
		if s.prefixes == nil {
			s.prefixes, s.pages = map[string]uint32{}, map[uint32]*page{}
		}
		s.prefixes[strings.Clone(prefix)] = at
	}
	return at<<16 | n/pageBits, n % pageBits, true
}

// add puts the identifier in the set and reports whether it was not there.
func (s *ids) add(id string) bool {
	key, bit, ok := s.place(id)
	if !ok {
		if s.others[id] {
			return false
		}
		if s.others == nil {
			s.others = map[string]bool{}
		}
		s.others[id] = true
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

// has reports whether the identifier is in the set.
func (s *ids) has(id string) bool {
	key, bit, ok := s.place(id)
	if !ok {
		return s.others[id]
	}
	p := s.pages[key]
	return p != nil && p[bit/64]&(1<<(bit%64)) != 0
}
