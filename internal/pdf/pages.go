package pdf

import "iter"

// Page is a page with what it inherits (ISO 32000-1 §7.7.3.4).
type Page struct {
	Index     int // from 0
	Ref       Ref
	Dict      Value
	Resources Value // as written, perhaps a reference; null if there are none
	Own       bool  // Resources is the page's own entry, not inherited
	MediaBox  [4]float64
	CropBox   [4]float64 // inside MediaBox; MediaBox when there is none
	Rotate    int        // 0, 90, 180 or 270, clockwise
}

// inherited is what a node of the page tree passes down.
type inherited struct {
	resources       Value
	media, crop     [4]float64
	hasMedia, hasCB bool
	rotate          int
}

// letter is the size poppler gives a page that has none.
var letter = [4]float64{0, 0, 612, 792}

func (in inherited) with(v Value) inherited {
	if r := v.Raw("Resources"); r.Kind() != Null {
		in.resources = r
	}
	if b, ok := box(v.Key("MediaBox")); ok {
		in.media, in.hasMedia = b, true
	}
	if b, ok := box(v.Key("CropBox")); ok {
		in.crop, in.hasCB = b, true
	}
	if n, ok := v.Key("Rotate").Num(); ok {
		in.rotate = int(n)
	}
	return in
}

// box reads a rectangle and orders its corners (ISO 32000-1 §7.9.5).
func box(v Value) (b [4]float64, ok bool) {
	if v.Kind() != Array || v.Len() != 4 {
		return b, false
	}
	for i, e := range v.Elems() {
		if b[i], ok = e.Resolve().Num(); !ok {
			return b, false
		}
	}
	b[0], b[2] = min(b[0], b[2]), max(b[0], b[2])
	b[1], b[3] = min(b[1], b[3]), max(b[1], b[3])
	return b, true
}

func (d *Doc) page(index int, ref Ref, v Value, in inherited) Page {
	in = in.with(v)
	p := Page{Index: index, Ref: ref, Dict: v, Resources: in.resources, Own: v.Raw("Resources").Kind() != Null}
	p.MediaBox = letter
	if in.hasMedia && in.media[2] > in.media[0] && in.media[3] > in.media[1] {
		p.MediaBox = in.media
	}
	p.CropBox = p.MediaBox
	if in.hasCB {
		c := [4]float64{max(in.crop[0], p.MediaBox[0]), max(in.crop[1], p.MediaBox[1]),
			min(in.crop[2], p.MediaBox[2]), min(in.crop[3], p.MediaBox[3])}
		if c[2] > c[0] && c[3] > c[1] {
			p.CropBox = c
		}
	}
	p.Rotate = ((in.rotate%360 + 360) % 360) / 90 * 90
	return p
}

// treeStats are what a walk of the page tree saw.
type treeStats struct {
	pages int // pages that can be read
	lost  int // kids that are missing, damaged, or lead back to an ancestor
	full  bool
}

// Pages yields the pages in order. A kid that is missing or leads back to a
// node already visited is passed over. The page's values are good only until
// the next iteration: what was parsed for it is then forgotten.
func (d *Doc) Pages() iter.Seq[Page] {
	return func(yield func(Page) bool) {
		d.walkPages(func(p Page) bool { return yield(p) })
	}
}

type frame struct {
	kids Value
	next int32 // node of the next kid
	in   inherited
	keep mark
}

// walkPages visits the tree without recursion. Each Pages node is entered
// once; the number of kids seen is bounded.
func (d *Doc) walkPages(yield func(Page) bool) (st treeStats) {
	x := &d.xref
	for _, c := range x.chunks {
		if c != nil {
			for i := range c {
				c[i].seen = false
			}
		}
	}
	rootRef, _ := d.Root().Raw("Pages").Ref()
	top := d.Root().Key("Pages")
	if !top.IsDict() {
		return st
	}
	if top.Key("Kids").Kind() != Array {
		if top.Key("Type").IsName("Page") {
			st.pages = 1
			yield(d.page(0, rootRef, top, inherited{}))
		}
		return st
	}
	if e := x.get(rootRef.Num); e != nil {
		e.seen = true
	}
	var room [16]frame
	stack := append(room[:0], d.frame(top, inherited{}))
	for kids := 0; len(stack) > 0; kids++ {
		f := &stack[len(stack)-1]
		if f.next == 0 {
			d.release(f.keep)
			stack = stack[:len(stack)-1]
			continue
		}
		if kids > d.limits.kids || kids&0x3ff == 0x3ff && d.stopped() {
			st.full = true
			return st
		}
		kid := Value{d, f.next}
		f.next = d.nodes[f.next].next
		ref, isRef := kid.Ref()
		m := d.mark()
		v := kid.Resolve()
		if !isRef || !v.IsDict() {
			st.lost++
			d.release(m)
			continue
		}
		if v.Key("Type").IsName("Page") || v.Raw("Kids").Kind() == Null {
			st.pages++
			if !yield(d.page(st.pages-1, ref, v, f.in)) {
				return st
			}
			d.release(m)
			continue
		}
		e := x.get(ref.Num)
		if e == nil || e.seen || len(stack) >= maxDepth {
			st.lost++
			d.release(m)
			continue
		}
		e.seen = true
		g := d.frame(v, f.in)
		g.keep = m
		if g.next == 0 && g.kids.Kind() != Array {
			st.lost++
		}
		stack = append(stack, g)
	}
	return st
}

func (d *Doc) frame(v Value, in inherited) frame {
	f := frame{in: in.with(v), keep: d.mark()}
	f.kids = v.Key("Kids")
	if n := f.kids.node(); n.kind == Array {
		f.next = n.first
	}
	return f
}
