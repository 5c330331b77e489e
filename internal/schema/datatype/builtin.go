package datatype

// lexical is the further form some built-in types demand of a string, or of a
// decimal.
type lexical uint8

const (
	anyText lexical = iota
	language
	nmtoken
	name
	ncname
	entity
	integer
)

var anySimpleType = plain("anySimpleType", nil, AnySimple, Preserve)

func plain(n string, base *Type, k Kind, s Space) *Type {
	return &Type{name: n, base: base, kind: k, space: s, length: -1, minLen: -1, maxLen: -1, total: -1, fraction: -1}
}

var builtins = func() map[string]*Type {
	m := map[string]*Type{"anySimpleType": anySimpleType}
	for _, p := range []struct {
		name  string
		kind  Kind
		space Space
	}{
		{"string", String, Preserve}, {"boolean", Boolean, Collapse}, {"decimal", Decimal, Collapse},
		{"float", Float, Collapse}, {"double", Double, Collapse}, {"duration", Duration, Collapse},
		{"dateTime", DateTime, Collapse}, {"time", Time, Collapse}, {"date", Date, Collapse},
		{"gYearMonth", GYearMonth, Collapse}, {"gYear", GYear, Collapse}, {"gMonthDay", GMonthDay, Collapse},
		{"gDay", GDay, Collapse}, {"gMonth", GMonth, Collapse}, {"hexBinary", HexBinary, Collapse},
		{"base64Binary", Base64Binary, Collapse}, {"anyURI", AnyURI, Collapse}, {"QName", QName, Collapse},
		{"NOTATION", Notation, Collapse},
	} {
		m[p.name] = plain(p.name, anySimpleType, p.kind, p.space)
	}
	for _, d := range []struct {
		name, base string
		space      Space
		lex        lexical
		id         Identity
	}{
		{"normalizedString", "string", Replace, anyText, NotIdentity},
		{"token", "normalizedString", Collapse, anyText, NotIdentity},
		{"language", "token", Collapse, language, NotIdentity},
		{"NMTOKEN", "token", Collapse, nmtoken, NotIdentity},
		{"Name", "token", Collapse, name, NotIdentity},
		{"NCName", "Name", Collapse, ncname, NotIdentity},
		{"ID", "NCName", Collapse, ncname, ID},
		{"IDREF", "NCName", Collapse, ncname, IDRef},
		{"ENTITY", "NCName", Collapse, entity, NotIdentity},
		{"integer", "decimal", Collapse, integer, NotIdentity},
	} {
		t := plain(d.name, m[d.base], m[d.base].kind, d.space)
		t.lexical, t.identity = d.lex, d.id
		m[d.name] = t
	}
	for _, d := range []struct{ name, base, min, max string }{
		{"nonPositiveInteger", "integer", "", "0"}, {"negativeInteger", "nonPositiveInteger", "", "-1"},
		{"nonNegativeInteger", "integer", "0", ""}, {"positiveInteger", "nonNegativeInteger", "1", ""},
		{"long", "integer", "-9223372036854775808", "9223372036854775807"}, {"int", "long", "-2147483648", "2147483647"},
		{"short", "int", "-32768", "32767"}, {"byte", "short", "-128", "127"},
		{"unsignedLong", "nonNegativeInteger", "0", "18446744073709551615"},
		{"unsignedInt", "unsignedLong", "0", "4294967295"}, {"unsignedShort", "unsignedInt", "0", "65535"},
		{"unsignedByte", "unsignedShort", "0", "255"},
	} {
		var f Facets
		if d.min != "" {
			f.MinInclusive = &d.min
		}
		if d.max != "" {
			f.MaxInclusive = &d.max
		}
		t, err := m[d.base].Restrict(f)
		if err != nil {
			panic(err) // the table above is wrong
		}
		t.name = d.name
		m[d.name] = t
	}
	one := 1
	for list, item := range map[string]string{"NMTOKENS": "NMTOKEN", "IDREFS": "IDREF", "ENTITIES": "ENTITY"} {
		t, err := ListOf(m[item]).Restrict(Facets{MinLength: &one})
		if err != nil {
			panic(err)
		}
		t.name = list
		if list == "IDREFS" {
			t.identity = IDRefs
		}
		m[list] = t
	}
	return m
}()

// Builtin returns the built-in type of the local name, in the namespace of XML
// Schema.
func Builtin(local string) (*Type, bool) {
	t, ok := builtins[local]
	return t, ok
}

// Namespace is the namespace of XML Schema, in which the built-in types are
// named; Library is the name of the same set of types in RELAX NG.
const (
	Namespace = "http://www.w3.org/2001/XMLSchema"
	Library   = "http://www.w3.org/2001/XMLSchema-datatypes"
)

// Builtins returns all built-in types by local name. The caller does not
// change it.
func Builtins() map[string]*Type { return builtins }
