package pades

import (
	"bytes"
	"slices"

	"github.com/liasse/liasse/internal/pdf"
)

// child gives the role of an entry of a dictionary; skip says that it leads
// back to what is looked at elsewhere.
func (d *differ) child(v *visit, key string, x pdf.Value) (skip bool) {
	switch v.as {
	case catalog:
		switch key {
		case "Pages":
			v.as = pages
		case "AcroForm":
			v.as = form
		case "Names":
			v.as = names
		case "DSS", "Metadata", "Extensions", "Version":
			v.as = free
		case "StructTreeRoot":
			v.as = structure
		case "PieceInfo":
			v.as = filling // what software keeps for itself: nothing of it is shown
		case "Perms":
			// Certifying or granting rights after the fact adds limits, not content.
			if v.as = content; x.Raw(key).Kind() == pdf.Null {
				v.as = filling
			}
		default:
			v.as = content
		}
	case names:
		// The look of the icons of annotations is filed there by name.
		if v.as = content; key == "AP" {
			v.as = free
		}
	case structure:
		switch key {
		case "P", "Pg":
			return true
		case "K":
		case "IDTree", "ParentTree", "ParentTreeNextKey":
			v.as = free // indexes: what they lead to is looked at from the tree
		default:
			v.as = content
		}
	case pages:
		switch key {
		case "Parent":
			return true
		case "Kids", "Count", "Type":
		case "Metadata", "LastModified", "PieceInfo":
			v.as = free
		case "Annots":
			v.as = annots
		default:
			v.as = content
		}
	case form:
		switch key {
		case "Fields":
		case "SigFlags":
			v.as = free
		case "DR":
			v.as = resources
		case "NeedAppearances":
			v.as = filling
		case "DA":
			v.as = filling // how text yet to be typed will look
		case "Q":
			// Software that adds the form or a field to it adds this too.
			if v.as = content; x.Raw(key).Kind() == pdf.Null {
				v.as = filling
			}
		default:
			v.as = content
		}
	case resources:
		v.as = named
	case named:
		v.as = content
	case field, annot:
		return d.widget(v, key)
	case content:
		// What a structure element points to is looked at as a page or an
		// annotation.
		return key == "Obj" && x.Key("Type").IsName("OBJR")
	}
	return false
}

// widget gives the role of an entry of a field or annotation.
func (d *differ) widget(v *visit, key string) (skip bool) {
	switch key {
	case "Parent", "P", "Pg", "IRT", "Popup":
		return true
	case "A", "AA", "FT", "T", "Subtype":
		v.as = content
	case "Kids":
	case "V":
		v.as = filling
		if v.signed {
			// The signature dictionary of another signature: it may not change.
			v.as = content
		}
	case "AP":
		// A field that shows something else while its value stays: a look kept
		// ready to replace what was signed.
		if v.still && !v.fresh {
			v.as = content
			return false
		}
		v.as = filling
	case "AS", "M", "I", "TI", "RV", "MK":
		v.as = filling
	case "Ff", "DA":
		// A signature that locks fields makes them read-only (ISO 32000-1 §12.7.4.5).
		v.as = filling
	default:
		if v.as == field && !v.fresh {
			v.as = content
			return false
		}
		v.as = filling
	}
	return false
}

// list compares two lists of fields or annotations: what is in both, by
// reference, and what was added or taken away.
func (d *differ) list(x, y pdf.Value, v visit) {
	member := v
	if v.as == annots {
		member.as = annot
	} else {
		member.as = field
	}
	had := map[pdf.Ref]bool{}
	var direct, direct2 []pdf.Value
	for _, e := range x.Elems() {
		if r, ok := e.Ref(); ok {
			had[r] = true
		} else {
			direct = append(direct, e)
		}
	}
	var added []pdf.Value
	for _, e := range y.Elems() {
		r, ok := e.Ref()
		switch {
		case !ok:
			direct2 = append(direct2, e)
		case had[r]:
			delete(had, r)
			w := member
			w.pair = pair{r, r}
			d.queue[w.as] = append(d.queue[w.as], w)
		default:
			added = append(added, e)
		}
	}
	for i, e := range direct2 {
		if i < len(direct) {
			d.values(direct[i], e, member)
		} else {
			added = append(added, e)
		}
	}
	if len(had) > 0 || len(direct) > len(direct2) {
		if member.as == field {
			member.as = content // filling a form takes no field away
		}
		d.differs(member)
	}
	if member.as == content {
		member.as = field
	}
	for _, e := range added {
		d.added(e.Resolve(), y, member)
	}
}

// kids compares what a structure element holds (ISO 32000-1 §14.7.2): software
// that adds an annotation or a field to a tagged document adds its element.
// What was there must stay, in its order.
func (d *differ) kids(x, y pdf.Value, v visit) {
	spread := func(w pdf.Value) (l []pdf.Value) {
		if w.Kind() != pdf.Array {
			return []pdf.Value{w}
		}
		for _, e := range w.Elems() {
			l = append(l, e)
		}
		return l
	}
	was, is := spread(x), spread(y)
	at := 0
	for _, e := range was {
		r, isRef := e.Ref()
		found := false
		for i := at; i < len(is) && !found; i++ {
			q, isRef2 := is[i].Ref()
			if found = isRef && isRef2 && r == q || !isRef && !isRef2 && bytes.Equal(pdf.Append(nil, e), pdf.Append(nil, is[i])); found {
				at = i + 1
			}
		}
		if !found {
			d.differs(v)
			return
		}
		if isRef {
			d.same(e, e, v)
		}
	}
	if len(is) > len(was) {
		d.out.add(Extended, v.path)
	}
}

// added records a field or annotation that was not there.
func (d *differ) added(e, list pdf.Value, v visit) {
	signature := e.Key("FT").IsName("Sig") || e.Key("Parent").Key("FT").IsName("Sig")
	rect, ok := corners(e)
	visible := ok && rect[2] > rect[0] && rect[3] > rect[1]
	switch {
	case signature && !visible:
		d.out.add(Extended, v.path)
		return
	case v.as == field && signature:
		d.out.add(Extended, v.path)
		return
	case v.as == field:
		d.out.add(Filled, v.path)
		return
	case signature:
		d.out.add(Extended, v.path)
	case e.Key("Subtype").IsName("Widget"):
		d.out.add(Filled, v.path)
	default:
		d.out.add(Annotated, v.path)
	}
	if !visible {
		return
	}
	if !slices.Contains(d.out.Pages, v.page) {
		d.out.Pages = append(d.out.Pages, v.page)
	}
	if len(d.out.Overlaps) == 0 || d.out.Overlaps[len(d.out.Overlaps)-1] != v.page {
		if d.covers(e, rect, list) {
			d.out.Overlaps = append(d.out.Overlaps, v.page)
		}
	}
}

// covers reports whether an annotation lies over another of the list.
func (d *differ) covers(e pdf.Value, rect [4]float64, list pdf.Value) bool {
	n := 0
	for _, o := range list.Elems() {
		if n++; n > 1000 {
			return false
		}
		w := o.Resolve()
		r, ok := corners(w)
		if w == e || !ok || r[2] <= r[0] || r[3] <= r[1] || w.Key("Subtype").IsName("Popup") {
			continue
		}
		if rect[0] < r[2] && r[0] < rect[2] && rect[1] < r[3] && r[1] < rect[3] {
			return true
		}
	}
	return false
}

func corners(e pdf.Value) (b [4]float64, ok bool) {
	a := e.Key("Rect")
	if a.Kind() != pdf.Array || a.Len() != 4 {
		return b, false
	}
	for i, x := range a.Elems() {
		if b[i], ok = x.Resolve().Num(); !ok {
			return b, false
		}
	}
	b[0], b[2] = min(b[0], b[2]), max(b[0], b[2])
	b[1], b[3] = min(b[1], b[3]), max(b[1], b[3])
	return b, true
}

// names lists the fields whose value is another than it was.
func (d *differ) names() {
	if d.out.Kinds&(Filled|Undefined) == 0 {
		return
	}
	was := map[string][]byte{}
	for _, f := range d.was.Fields() {
		if f.Type != "Sig" && len(was) < 10000 {
			was[f.Name] = pdf.Append(nil, f.V)
		}
	}
	for _, f := range d.is.Fields() {
		old, ok := was[f.Name]
		if f.Type != "Sig" && (!ok || !bytes.Equal(old, pdf.Append(nil, f.V))) && len(d.out.Fields) < 10000 {
			d.out.Fields = append(d.out.Fields, f.Name)
		}
	}
}
