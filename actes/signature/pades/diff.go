package pades

import (
	"bytes"
	"io"

	"github.com/liasse/liasse/internal/pdf"
)

// role is what an object is for, which decides what a change in it means.
type role uint8

const (
	content role = iota // whatever a page is made of, and all that has no other role
	catalog
	names     // the names of the catalogue
	pages     // a node of the page tree, a page among them
	structure // the tree of what the content means, for those who cannot see it
	form      // the interactive form
	resources // what fields are drawn with by default, by kind
	named     // one kind of it, by name
	field     // a field of it
	annots    // the list of annotations of a page
	annot
	filling // what a field or annotation is drawn with
	free    // may change without question
	roles
)

// Change sorts what was done to a file after it was signed.
type Change uint8

// The kinds of changes, from the harmless to the undefined.
const (
	Extended  Change = 1 << iota // signatures, timestamps, validation data, metadata
	Filled                       // the value or look of form fields
	Annotated                    // annotations added, changed or removed
	Paged                        // pages added, removed or moved
	Undefined                    // anything else
)

// Changes is what was done to a file after it was signed.
type Changes struct {
	Kinds Change
	// Where is the first place of an undefined change, as keys from the
	// catalogue.
	Where string
	// Before and After count the pages.
	Before, After int
	// Pages are the pages, from 1, with annotations added or changed; Overlaps
	// those where such an annotation covers another.
	Pages, Overlaps []int
	// Fields are the full names of the fields whose value changed.
	Fields []string
	// Hidden says that octets were appended that no cross-reference reaches.
	Hidden bool
	// Partial says that a limit was met, and there may be more.
	Partial bool
}

func (c *Changes) add(k Change, where string) {
	if k == Undefined && c.Kinds&Undefined == 0 {
		c.Where = where
	}
	c.Kinds |= k
}

// pair is an object of the signed revision with the one in its place now.
type pair struct{ was, is pdf.Ref }

// visit is a pair to look at, and how it was reached.
type visit struct {
	pair
	as   role
	page int
	path string
	// signed says that the field held a signature already, fresh that it holds
	// one now and did not.
	signed, fresh bool
	// still says that the value of the field is what it was.
	still bool
}

// maxVisits bounds the values looked at for one file, all signatures together.
const maxVisits = 16 << 20

// differ walks both revisions from the catalogue. What has several roles is
// judged by the strictest: pages and what they are made of come first, and what
// was seen then is not looked at again.
type differ struct {
	was, is *pdf.Doc
	end     int64 // of the signed revision
	out     Changes
	queue   [roles][]visit
	seen    map[pair]bool
	index   map[pdf.Ref]int // of the pages, from 1
	visits  *int            // left for the file
	stop    func() bool
}

// order is that in which roles are looked at.
var order = [...]role{catalog, names, pages, content, structure, form, resources, named, field, annots, annot, filling}

// compare returns what was done after the signed revision. It takes from
// visits what it looks at; stop tells that there is no use going on.
func compare(was, is *pdf.Doc, end int64, visits *int, stop func() bool) Changes {
	d := &differ{was: was, is: is, end: end, seen: map[pair]bool{}, visits: visits, stop: stop}
	d.pages()
	wr, _ := was.Trailer().Raw("Root").Ref()
	ir, _ := is.Trailer().Raw("Root").Ref()
	d.queue[catalog] = []visit{{pair: pair{wr, ir}, as: catalog}}
	d.same(was.Trailer().Raw("Encrypt"), is.Trailer().Raw("Encrypt"), visit{as: content, path: "Encrypt"})
	for d.next() {
	}
	d.names()
	if d.out.Before != d.out.After {
		d.out.add(Paged, "Pages")
	}
	d.out.Partial = d.out.Partial || was.Overflow() || is.Overflow()
	return d.out
}

// pages counts the pages of both and numbers those of now.
func (d *differ) pages() {
	d.index = map[pdf.Ref]int{}
	for range d.was.Pages() {
		d.out.Before++
	}
	for p := range d.is.Pages() {
		if d.out.After++; len(d.index) < 1<<20 {
			d.index[p.Ref] = d.out.After
		}
	}
}

// next looks at one pair, of the strictest role that waits.
func (d *differ) next() bool {
	for _, r := range order {
		q := d.queue[r]
		if len(q) == 0 {
			continue
		}
		v := q[len(q)-1]
		d.queue[r] = q[:len(q)-1]
		if *d.visits--; *d.visits < 0 || *d.visits&1023 == 0 && d.stop() {
			d.out.Partial = true
			return false
		}
		if d.seen[v.pair] {
			return true
		}
		d.seen[v.pair] = true
		if v.as == pages {
			v.page = d.index[v.is]
		}
		a, b := d.was.Keep(), d.is.Keep()
		x, y := d.was.Object(v.was), d.is.Object(v.is)
		d.values(x, y, v)
		if x.Kind() == pdf.Stream && y.Kind() == pdf.Stream && !d.untouched(v.pair) && !d.sameData(x, y) {
			d.differs(v)
		}
		a()
		b()
		return true
	}
	return false
}

// untouched reports whether the object lies where it lay.
func (d *differ) untouched(p pair) bool {
	if p.was != p.is {
		return false
	}
	o, s, ok := d.was.Place(p.was)
	o2, s2, ok2 := d.is.Place(p.is)
	if !ok || !ok2 || o != o2 || s != s2 {
		return false
	}
	if s == 0 {
		return o < d.end
	}
	return d.untouched(pair{pdf.Ref{Num: s}, pdf.Ref{Num: s}})
}

// sameData compares the octets of two streams as they lie in the file.
func (d *differ) sameData(a, b pdf.Value) bool {
	r, n := d.was.RawStream(a)
	s, m := d.is.RawStream(b)
	if n != m || r == nil || s == nil {
		return false
	}
	var p, q [16 << 10]byte
	for left := n; left > 0 && !d.stop(); {
		k := min(left, int64(len(p)))
		i, err := io.ReadFull(r, p[:k])
		j, err2 := io.ReadFull(s, q[:k])
		if i != j || !bytes.Equal(p[:i], q[:j]) {
			return false
		}
		if err != nil || err2 != nil {
			return err != nil && err2 != nil
		}
		left -= k
	}
	return true
}

// differs records a change in something of that role.
func (d *differ) differs(v visit) {
	switch v.as {
	case free:
		d.out.add(Extended, v.path)
	case form, field, filling:
		if v.fresh {
			d.out.add(Extended, v.path)
			return
		}
		if v.signed {
			d.out.add(Undefined, v.path)
			return
		}
		if v.page > 0 {
			d.annotated(v.page)
			return
		}
		d.out.add(Filled, v.path)
	case annots, annot:
		if v.fresh {
			d.out.add(Extended, v.path)
			return
		}
		d.annotated(v.page)
	case pages:
		d.out.add(Paged, v.path)
	default:
		d.out.add(Undefined, v.path)
	}
}

func (d *differ) annotated(page int) {
	d.out.add(Annotated, "")
	if n := len(d.out.Pages); n < 1000 && (n == 0 || d.out.Pages[n-1] != page) {
		d.out.Pages = append(d.out.Pages, page)
	}
}

// same compares two values of the same place. References are put off.
func (d *differ) same(x, y pdf.Value, v visit) {
	p, isRef := x.Ref()
	q, isRef2 := y.Ref()
	if isRef && isRef2 {
		if v.as == free {
			if p != q || !d.untouched(pair{p, q}) {
				d.differs(v)
			}
			return
		}
		if v.as == pages && p != q {
			d.out.add(Paged, v.path)
		}
		v.pair = pair{p, q}
		if !d.seen[v.pair] {
			d.queue[v.as] = append(d.queue[v.as], v)
		}
		return
	}
	d.values(x.Resolve(), y.Resolve(), v)
}

func (d *differ) values(x, y pdf.Value, v visit) {
	if *d.visits--; *d.visits < 0 {
		d.out.Partial = true
		return
	}
	switch {
	case v.as == structure && x.Kind() != pdf.Null && y.Kind() != pdf.Null && (x.Kind() == pdf.Array || y.Kind() == pdf.Array):
		d.kids(x, y, v)
	case x.Kind() == pdf.Array && y.Kind() == pdf.Array && listed(v.as),
		listed(v.as) && x.Kind() == pdf.Null && y.Kind() == pdf.Array,
		v.as == annots && x.Kind() == pdf.Array && y.Kind() == pdf.Null:
		d.list(x, y, v)
	case (v.as == form || v.as == names || v.as == resources || v.as == named) && x.Kind() == pdf.Null && y.IsDict():
		d.dicts(x, y, v)
	case x.Kind() != y.Kind():
		n, ok := x.Num()
		if m, ok2 := y.Num(); !ok || !ok2 || n != m {
			d.differs(v)
		}
	case x.Kind() == pdf.Array:
		if x.Len() != y.Len() {
			d.differs(v)
			if v.as == pages {
				return
			}
		}
		var l []pdf.Value
		for _, e := range x.Elems() {
			l = append(l, e)
		}
		for i, e := range y.Elems() {
			if i < len(l) {
				d.same(l[i], e, v)
			}
		}
	case x.IsDict() || x.Kind() == pdf.Stream:
		d.dicts(x, y, v)
	case !bytes.Equal(pdf.Append(nil, x), pdf.Append(nil, y)):
		d.differs(v)
	}
}

// value is that of a field, or of the one it is a part of.
func value(f pdf.Value) pdf.Value {
	if v := f.Key("V"); v.Kind() != pdf.Null {
		return v
	}
	return f.Key("Parent").Key("V")
}

// listed reports whether an array of that role lists fields or annotations.
func listed(r role) bool { return r == annots || r == form || r == field }

// dicts compares two dictionaries entry by entry.
func (d *differ) dicts(x, y pdf.Value, v visit) {
	if v.as == field || v.as == annot {
		sig := func(f pdf.Value) bool { return f.Key("FT").IsName("Sig") || f.Key("Parent").Key("FT").IsName("Sig") }
		had, has := x.Key("V").Kind() != pdf.Null, y.Key("V").Kind() != pdf.Null
		v.signed = sig(x) && had
		v.fresh = sig(x) && !had && has
		widget := v.as == field || x.Key("Subtype").IsName("Widget")
		v.still = widget && bytes.Equal(pdf.Append(nil, value(x)), pdf.Append(nil, value(y)))
	}
	entry := func(key string, a, b pdf.Value) {
		w := v
		if len(w.path) < 200 {
			if w.path != "" {
				w.path += "/"
			}
			w.path += key
		}
		if skip := d.child(&w, key, x); skip {
			return
		}
		if a.Kind() == pdf.Null && b.Kind() == pdf.Null {
			return
		}
		d.same(a, b, w)
	}
	for key := range x.Entries() {
		entry(key, x.Raw(key), y.Raw(key))
	}
	for key := range y.Entries() {
		switch {
		case x.Raw(key).Kind() != pdf.Null:
		case v.as == resources || v.as == named:
			d.out.add(Filled, v.path) // one more than there was
		default:
			entry(key, pdf.Value{}, y.Raw(key))
		}
	}
}
