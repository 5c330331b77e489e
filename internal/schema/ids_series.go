package schema

import (
	"slices"
	"strconv"
)

// idSeries are identifiers that differ in the number they end with, in rising
// order: U1, U2, U4. Programs number what they write, and a number above the
// last is new without any search, where a hash would wait for memory.
type idSeries struct {
	prefix  []byte
	numbers []uint64
	offs    []int64
	refused int // numbers that came out of order
	closed  bool
}

const (
	maxSeries = 8
	maxPrefix = 64
	maxDigits = 18
)

// numbered splits an identifier before the number it ends with; ok is false for
// one that has none, or one with zeros in front.
func numbered(id []byte) (prefix []byte, n uint64, ok bool) {
	i := len(id)
	for i > 0 && id[i-1]-'0' <= 9 {
		i--
	}
	digits := id[i:]
	if len(digits) == 0 || len(digits) > maxDigits || i > maxPrefix || digits[0] == '0' && len(digits) > 1 {
		return nil, 0, false
	}
	for _, c := range digits {
		n = n*10 + uint64(c-'0')
	}
	return id[:i], n, true
}

// seriesOf returns the series of a prefix, or nil; create says to begin one.
func (t *idTable) seriesOf(prefix []byte, create bool) *idSeries {
	if t.recent < t.begun {
		if s := &t.series[t.recent]; string(s.prefix) == string(prefix) {
			return s
		}
	}
	for i := range t.series[:t.begun] {
		if s := &t.series[i]; string(s.prefix) == string(prefix) {
			t.recent = i
			return s
		}
	}
	if !create || t.begun == maxSeries {
		return nil
	}
	if t.begun == len(t.series) {
		t.series = append(t.series, idSeries{})
	}
	s := &t.series[t.begun]
	*s = idSeries{prefix: append(s.prefix[:0], prefix...), numbers: s.numbers[:0], offs: s.offs[:0]}
	t.recent = t.begun
	t.begun++
	return s
}

func (s *idSeries) search(n uint64) (int, bool) {
	last := len(s.numbers) - 1
	if last < 0 || n > s.numbers[last] || n < s.numbers[0] {
		return 0, false
	}
	if i := n - s.numbers[0]; s.numbers[last]-s.numbers[0] == uint64(last) { // no gap
		return int(i), true
	}
	return slices.BinarySearch(s.numbers, n)
}

// enter remembers an identifier, or returns where it was given before.
func (t *idTable) enter(id []byte, off int64) (first int64, twice bool) {
	if prefix, n, ok := numbered(id); ok {
		if s := t.seriesOf(prefix, true); s != nil && !s.closed {
			if last := len(s.numbers) - 1; last < 0 || n > s.numbers[last] {
				s.numbers, s.offs = append(s.numbers, n), append(s.offs, off)
				t.count++
				return 0, false
			}
			if i, found := s.search(n); found {
				return s.offs[i], true
			}
			if s.refused++; s.refused > 64+len(s.numbers)/4 {
				t.dissolve(s)
			}
		}
	}
	hash, e, bucket := t.find(id)
	if e != nil {
		return e.off, true
	}
	t.add(hash, bucket, off)
	t.count++
	return 0, false
}

// dissolve moves a series to the hashes: its numbers come in no order.
func (t *idTable) dissolve(s *idSeries) {
	var id []byte
	for i, n := range s.numbers {
		id = strconv.AppendUint(append(id[:0], s.prefix...), n, 10)
		hash, _, bucket := t.find(id)
		t.add(hash, bucket, s.offs[i])
	}
	s.numbers, s.offs, s.closed = s.numbers[:0], s.offs[:0], true
}

func (t *idTable) has(id []byte) bool {
	if prefix, n, ok := numbered(id); ok {
		if s := t.seriesOf(prefix, false); s != nil {
			if _, found := s.search(n); found {
				return true
			}
		}
	}
	if len(t.entries) == 0 {
		return false
	}
	_, e, _ := t.find(id)
	return e != nil
}
