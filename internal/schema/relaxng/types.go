package relaxng

import "github.com/liasse/liasse/internal/schema/datatype"

// compatibility is the library of RELAX NG DTD Compatibility: ID, IDREF and
// IDREFS, which are those of XML Schema.
const compatibility = "http://relaxng.org/ns/compatibility/datatypes/1.0"

// datatype finds a type of a library; "" is the built-in one.
func (l *loader) datatype(library, name string, at place) *datatype.Type {
	known := false
	switch library {
	case "":
		known = name == "string" || name == "token"
	case datatype.Library:
		known = true
	case compatibility:
		known = name == "ID" || name == "IDREF" || name == "IDREFS"
	default:
		panic(&fault{at, "bibliothèque de types inconnue", "unknown library of datatypes"})
	}
	if known {
		if dt, ok := datatype.Builtin(name); ok {
			return dt
		}
	}
	panic(&fault{at, "type de données inconnu", "unknown datatype"})
}

// param is a parameter of a datatype.
type param struct {
	name, value string
	at          place
}

// restricted is the type with parameters. Patterns are several: each must hold.
func (l *loader) restricted(dt *datatype.Type, all []param, end place) *datatype.Type {
	seen := map[string]bool{}
	var f datatype.Facets
	var patterns []param
	for _, x := range all {
		if x.name == "pattern" {
			patterns = append(patterns, x)
			continue
		}
		if seen[x.name] {
			panic(&fault{x.at, "paramètre répété", "parameter given twice"})
		}
		seen[x.name] = true
		known, ok := f.Set(x.name, x.value)
		switch {
		case !known, x.name == "enumeration", x.name == "whiteSpace": // which are no parameters here
			panic(&fault{x.at, "paramètre inconnu", "unknown parameter"})
		case !ok:
			panic(&fault{x.at, "nombre attendu", "number expected"})
		}
	}
	restrict := func(at place, f datatype.Facets) {
		t, err := dt.Restrict(f)
		if err != nil {
			panic(&fault{at, "paramètre incorrect : " + err.Error(), "wrong parameter: " + err.Error()})
		}
		dt = t
	}
	if len(seen) > 0 || len(patterns) == 0 {
		restrict(end, f)
	}
	for i, x := range patterns {
		l.spend(x.at, 100+2*i) // those before are copied, and kept
		restrict(x.at, datatype.Facets{Patterns: []string{x.value}, PatternWork: patternWork, Spend: func(steps int) { l.spend(x.at, steps) }})
	}
	return dt
}
