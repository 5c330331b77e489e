package actes

import (
	"cmp"
	"errors"
	"strconv"
	"strings"
)

// Matiere is a path in the classification of matters: one to five levels, each
// an integer that may have several digits (7.10 comes after 7.9). A level that
// is 0 is absent. Two levels are mandatory in an act. Matiere is comparable.
type Matiere [5]int

// ErrMatiere is the error of [ParseMatiere]. It does not quote the text.
var ErrMatiere = errors.New("actes: not a matter such as 7.10")

// ParseMatiere reads a dotted path such as "5.2.1": one to five positive
// numbers of at most four digits, without leading zero.
func ParseMatiere(s string) (Matiere, error) {
	var m Matiere
	level := 0
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || level == len(m) || n <= 0 || len(part) > 4 || part[0] < '1' || part[0] > '9' {
			return Matiere{}, ErrMatiere
		}
		m[level] = n
		level++
	}
	return m, nil
}

// IsZero reports whether there is no matter at all.
func (m Matiere) IsZero() bool { return m == Matiere{} }

// Level returns the number of the last level that is present, 0 to 5.
func (m Matiere) Level() int {
	for i := len(m); i > 0; i-- {
		if m[i-1] != 0 {
			return i
		}
	}
	return 0
}

// Hole returns the first level that is absent although a deeper one is
// present, or 0. The schema accepts such paths, receivers read them
// differently.
func (m Matiere) Hole() int {
	for i := range m.Level() {
		if m[i] == 0 {
			return i + 1
		}
	}
	return 0
}

// UpToHole returns the levels before the first absent one, which is all that
// S²LOW reads.
func (m Matiere) UpToHole() Matiere {
	if h := m.Hole(); h > 0 {
		return m.Prefix(h - 1)
	}
	return m
}

// Prefix returns the first n levels.
func (m Matiere) Prefix(n int) Matiere {
	var p Matiere
	copy(p[:max(0, min(n, len(m)))], m[:])
	return p
}

// Parent returns the path without its last level.
func (m Matiere) Parent() Matiere { return m.Prefix(m.Level() - 1) }

// Child returns the path with one more level. A path of five levels has no
// child and is returned as it is.
func (m Matiere) Child(n int) Matiere {
	if l := m.Level(); l < len(m) {
		m[l] = n
	}
	return m
}

// Under reports whether m is p or lies below it.
func (m Matiere) Under(p Matiere) bool { return m.Prefix(p.Level()) == p }

// Compare orders paths level by level, by number: 7.2 before 7.10.
func (m Matiere) Compare(o Matiere) int {
	for i := range m {
		if c := cmp.Compare(m[i], o[i]); c != 0 {
			return c
		}
	}
	return 0
}

// String writes the dotted path; an absent level inside it is written 0.
func (m Matiere) String() string {
	var b strings.Builder
	for i := range m.Level() {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(strconv.Itoa(m[i]))
	}
	return b.String()
}

// MarshalText writes the dotted path.
func (m Matiere) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads a dotted path; an empty text is no matter.
func (m *Matiere) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*m = Matiere{}
		return nil
	}
	v, err := ParseMatiere(string(b))
	if err == nil {
		*m = v
	}
	return err
}
