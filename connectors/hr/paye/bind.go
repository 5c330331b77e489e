package paye

import (
	"reflect"
	"sync"

	"github.com/liasse/liasse/internal/xmlout"
)

// The structures of this package are their own schema: a field is the element of
// its name. What has no field goes to Autres.

var elementList = reflect.TypeFor[[]*Element]()

// binding is what a structure has fields for.
type binding struct {
	order  []int          // of fields that are elements
	byName map[string]int // their names
	must   map[int]bool
	autres int // field Autres, or -1
}

var bindings sync.Map // reflect.Type → *binding

func bind(t reflect.Type) *binding {
	if b, ok := bindings.Load(t); ok {
		return b.(*binding)
	}
	b := &binding{byName: map[string]int{}, must: map[int]bool{}, autres: -1}
	for i := range t.NumField() {
		f := t.Field(i)
		switch tag := f.Tag.Get("paye"); {
		case f.Name == "Autres":
			b.autres = i
		case !f.IsExported() || tag == "-" || f.Name == "Where" || f.Type.Kind() == reflect.Int || f.Type.Kind() == reflect.Bool:
		default:
			b.order = append(b.order, i)
			b.byName[f.Name] = i
			b.must[i] = tag == "!"
		}
	}
	bindings.Store(t, b)
	return b
}

// fill gives the children of an element to the fields of *x. A second element
// of a name that stands once goes to Autres.
func fill(x any, children []*Element) {
	v := reflect.ValueOf(x).Elem()
	b := bind(v.Type())
	for _, e := range children {
		i, ok := b.byName[e.Nom]
		if ok && set(v.Field(i), e) {
			continue
		}
		if b.autres >= 0 {
			f := v.Field(b.autres)
			f.Set(reflect.Append(f, reflect.ValueOf(e)))
		}
	}
}

// set gives an element to a field, false when it does not suit.
func set(f reflect.Value, e *Element) bool {
	switch {
	case f.Type() == elementList:
		f.Set(reflect.Append(f, reflect.ValueOf(e)))
	case f.Kind() == reflect.String:
		if f.String() != "" || len(e.Enfants) > 0 {
			return false
		}
		f.SetString(e.V)
	case f.Kind() == reflect.Pointer:
		if !f.IsNil() || e.Valeur {
			return false
		}
		p := reflect.New(f.Type().Elem())
		fill(p.Interface(), e.Enfants)
		f.Set(p)
	case f.Type().Elem().Kind() == reflect.String: // []string
		if len(e.Enfants) > 0 {
			return false
		}
		f.Set(reflect.Append(f, reflect.ValueOf(e.V)))
	case f.Type() == reflect.TypeFor[[]Ligne](): // Remuneration: a name for each kind
		for _, c := range e.Enfants {
			l := Ligne{Categorie: c.Nom}
			fill(&l, c.Enfants)
			f.Set(reflect.Append(f, reflect.ValueOf(l)))
		}
	default: // []struct
		p := reflect.New(f.Type().Elem())
		fill(p.Interface(), e.Enfants)
		f.Set(reflect.Append(f, p.Elem()))
	}
	return true
}

// emit writes the fields of *x, then what has none.
func emit(w *xmlout.Writer, x any) {
	v := reflect.Indirect(reflect.ValueOf(x))
	b := bind(v.Type())
	for _, i := range b.order {
		f := v.Field(i)
		name := v.Type().Field(i).Name
		switch {
		case f.Type() == elementList:
			emitAll(w, f.Interface().([]*Element))
		case f.Kind() == reflect.String:
			if s := f.String(); s != "" || b.must[i] {
				leaf(w, name, s)
			}
		case f.Kind() == reflect.Pointer:
			if !f.IsNil() {
				w.Start("", name)
				emit(w, f.Interface())
				w.End()
			}
		case f.Type() == reflect.TypeFor[[]Ligne]():
			w.Start("", name)
			for k := range f.Len() {
				l := f.Index(k).Addr().Interface().(*Ligne)
				w.Start("", l.Categorie)
				emit(w, l)
				w.End()
			}
			w.End()
		default:
			for k := range f.Len() {
				if e := f.Index(k); e.Kind() == reflect.String {
					leaf(w, name, e.String())
				} else {
					w.Start("", name)
					emit(w, e.Addr().Interface())
					w.End()
				}
			}
		}
	}
	if b.autres >= 0 {
		emitAll(w, v.Field(b.autres).Interface().([]*Element))
	}
}

func emitAll(w *xmlout.Writer, list []*Element) {
	for _, e := range list {
		w.Start("", e.Nom)
		if e.Valeur {
			w.Attr("", "V", e.V)
		}
		emitAll(w, e.Enfants)
		w.End()
	}
}

func leaf(w *xmlout.Writer, name, v string) {
	w.Start("", name)
	w.Attr("", "V", v)
	w.End()
}
