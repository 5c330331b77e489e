package resip

import (
	"crypto/sha256"
	"path"

	"github.com/liasse/liasse/ged/report"
)

// row is what is kept of a line of use.
type row struct {
	offset int64 // where it begins
	first  int64 // number of the identifier of its unit
	line   int64
	parent int32 // row of the unit it stands below
	sum    uint32
}

// What parent may be besides a row.
const (
	atTop   = -1
	pending = -2 // a row that was not met yet, if any
)

// pages are rows, in pieces that stay where they are: nothing is copied when
// there are more.
type pages struct {
	all []*[pageRows]row
	n   int
}

const pageRows = 64

func (p *pages) at(i int) *row { return &p.all[i/pageRows][i%pageRows] }

func (p *pages) add() *row {
	if p.n%pageRows == 0 {
		p.all = append(p.all, new([pageRows]row))
	}
	p.n++
	return p.at(p.n - 1)
}

// placing finds which unit stands below which. Of the identifiers it keeps half
// of their SHA-256 only, by which nobody can make two be taken for each other.
type placing struct {
	rows  pages
	byKey map[digest]int32
	order []int32 // the rows, a unit before those below it; nil when they stand so
}

type digest [sha256.Size / 2]byte

func digestOf(key string) digest {
	sum := sha256.Sum256([]byte(key))
	return digest(sum[:])
}

// find returns the row of the key, or pending.
func (t *placing) find(key digest) int32 {
	if i, known := t.byKey[key]; known {
		return i
	}
	return pending
}

// add keeps the line, unless there is one of the same key.
func (t *lines) add(l *line) bool {
	key := digestOf(l.key)
	if _, twice := t.byKey[key]; twice {
		return false
	}
	if t.byKey == nil {
		t.byKey = map[digest]int32{}
	}
	t.byKey[key] = int32(t.rows.n)
	r := t.rows.add()
	*r = row{offset: l.offset, line: int64(l.where.Line), parent: atTop}
	switch {
	case t.byPath: // what is known is enough when it is the folder itself
		if r.parent = pending; path.Dir(l.key) != l.key {
			r.parent = t.find(digestOf(path.Dir(l.key)))
		}
	case l.parent != "" && l.parent != l.key: // else it has none, as ReSIP says it
		r.parent = t.find(digestOf(l.parent))
	}
	return true
}

// folder returns the row of the nearest folder above the key, or pending.
func (t *placing) folder(key string) int32 {
	p := path.Dir(key)
	if p == key { // the top of all
		return pending
	}
	top, from := ".", 0
	if p[0] == '/' {
		top, from = "/", 1
	}
	found := t.find(digestOf(top))
	h := sha256.New()
	var sum []byte
	done := 0
	for i := from; i <= len(p); i++ {
		if i < len(p) && p[i] != '/' {
			continue
		}
		h.Write([]byte(p[done:i]))
		done = i
		if sum = h.Sum(sum[:0]); p != top {
			if at := t.find(digest(sum[:len(digest{})])); at >= 0 {
				found = at
			}
		}
	}
	return found
}

// place puts every unit below its parent, once all lines have been read. Where
// parents run in a circle, the line that closes it is left at the top. words gives the key and the
// parent of a row again.
func (t *lines) place(words func(row int) (key, parent string, err error)) error {
	where := func(r *row) report.Location { return report.Location{Line: int(r.line), Column: 1} }
	for i := range t.rows.n {
		r := t.rows.at(i)
		if r.parent != pending {
			continue
		}
		key, parent, err := words(i)
		if err != nil {
			return err
		}
		if t.byPath {
			r.parent = max(t.folder(key), atTop)
			continue
		}
		if r.parent = t.find(digestOf(parent)); r.parent < 0 {
			t.rep.Add(RuleParent, where(r))
			r.parent = atTop
		}
	}
	t.byKey = nil
	met := make([]int32, t.rows.n) // one more than the row whose way up met it first
	for i := range t.rows.n {
		at, way := int32(i), int32(i)+1
		for ; at >= 0 && met[at] == 0; at = t.rows.at(int(at)).parent {
			met[at] = way
		}
		if at >= 0 && met[at] == way {
			r := t.rows.at(int(at))
			t.rep.Add(RuleLine, where(r), report.Words("what", "les parents tournent en rond", "the parents run in a circle"))
			r.parent = atTop
		}
	}
	t.sort()
	return nil
}

// sort finds the order in which a unit comes before those below it.
func (t *placing) sort() {
	var above []int32
	n := t.rows.n
	ordered := true
	for i := 0; i < n && ordered; i++ {
		above, ordered = t.below(above, i)
		above = append(above, int32(i))
	}
	if ordered {
		return
	}
	// The rows below each one, the last first, then the ways down.
	last, before := make([]int32, n+1), make([]int32, n)
	for i := range last {
		last[i] = atTop
	}
	slot := func(parent int32) *int32 { return &last[parent+1] }
	for i := range n {
		p := slot(t.rows.at(i).parent)
		before[i], *p = *p, int32(i)
	}
	t.order = make([]int32, n)
	// From behind: what stands last below the top comes last, and a row comes
	// before all that is below it. A row is met twice.
	at, place := *slot(atTop), n
	for at >= 0 {
		if down := *slot(at); down >= 0 {
			*slot(at) = atTop
			at = down
			continue
		}
		place--
		t.order[place] = at
		if next := before[at]; next >= 0 {
			at = next
		} else {
			at = t.rows.at(int(at)).parent
		}
	}
}

// below cuts the rows that stand above one another to those above row i, and
// reports whether its parent is one of them.
func (t *placing) below(above []int32, i int) ([]int32, bool) {
	parent := t.rows.at(i).parent
	for len(above) > 0 && above[len(above)-1] != parent {
		above = above[:len(above)-1]
	}
	return above, parent < 0 || len(above) > 0
}

// sorted returns the row that comes at the place.
func (t *placing) sorted(place int) int {
	if t.order == nil {
		return place
	}
	return int(t.order[place])
}
