package report

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Location says where a finding is. The zero value means the whole object.
type Location struct {
	// Member is the path of the object inside containers, outermost first,
	// joined by "!/" when one archive lies in another: "a.tar.gz!/m.xml".
	Member string
	// Path is the XML path, for instance /ArchiveTransfer/Comment[2]; the index
	// is present only when several siblings share the name.
	Path string
	// Line and Column count from 1, Column in characters. 0 means unknown.
	Line, Column int
	// Offset counts bytes of the object as received, from 0. It means something
	// only when Line is not 0 or At is true.
	Offset int64
	// At says that Offset is known although Line is not (binary formats).
	At bool
}

// In returns the location as seen from outside the container whose member is
// named: In("b") on member "c" gives "b!/c".
func (l Location) In(member string) Location {
	switch {
	case member == "":
	case l.Member == "":
		l.Member = member
	default:
		l.Member = member + "!/" + l.Member
	}
	return l
}

// IsZero reports whether the location says nothing.
func (l Location) IsZero() bool { return l == Location{} }

// String writes the location for a reader: member, path, line and column.
func (l Location) String() string {
	var b strings.Builder
	b.WriteString(l.Member)
	if l.Path != "" {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(l.Path)
	}
	if l.Line > 0 {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.Itoa(l.Line))
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(l.Column))
	}
	return b.String()
}

// MarshalJSON writes the members that are known.
func (l Location) MarshalJSON() ([]byte, error) {
	type where struct {
		Member string `json:"member,omitempty"`
		Path   string `json:"path,omitempty"`
		Line   int    `json:"line,omitempty"`
		Column int    `json:"column,omitempty"`
		Offset *int64 `json:"offset,omitempty"`
	}
	w := where{Member: l.Member, Path: l.Path, Line: l.Line, Column: l.Column}
	if l.Line > 0 || l.At {
		w.Offset = &l.Offset
	}
	return json.Marshal(w)
}

// Param is one value of a finding. Make it with [P], [Int], [List], [Code] or
// [Words].
type Param struct {
	Name  string
	value string
	list  []string
	shape bool // value is a shape (see Shape), not the text itself
	code  bool // the caller vouches that the value is a public code
	fr    string
}

// P is a text parameter; whether it is shown or only its shape is decided by
// the rule's declaration of that name.
func P(name, value string) Param { return Param{Name: name, value: value} }

// Int is a number parameter.
func Int[T ~int | ~int64 | ~int32 | ~uint32 | ~uint64](name string, n T) Param {
	return Param{Name: name, value: strconv.FormatInt(int64(n), 10), code: true}
}

// List is a list of public names, for instance the elements expected.
func List(name string, values []string) Param {
	if values == nil {
		values = []string{} // an empty list is a list: it reads "nothing"
	}
	return Param{Name: name, list: values, code: true}
}

// Code is a text parameter whose value the caller knows to be a public code
// (a nature, a format identifier), shown even where the rule declares the
// parameter [Personal].
func Code(name, value string) Param { return Param{Name: name, value: value, code: true} }

// Words is a parameter that is itself a phrase of ours, in both languages: why
// a name is unsafe, what is malformed. It never quotes the document. JSON holds
// the English phrase.
func Words(name, fr, en string) Param { return Param{Name: name, value: en, fr: fr, code: true} }

// Text returns the parameter for a reader of the language.
func (p Param) Text(lang Lang) string {
	switch {
	case p.shape:
		return describeShape(p.value, lang)
	case p.list != nil:
		return joinList(p.list, lang)
	case p.fr != "" && lang != EN:
		return p.fr
	}
	return p.value
}

// Items returns the names of a [List], nil for any other parameter.
func (p Param) Items() []string { return slices.Clone(p.list) }

// MarshalJSON writes the value, the list, or the neutral form of the shape
// ("digits:13").
func (p Param) MarshalJSON() ([]byte, error) {
	if p.list != nil {
		return json.Marshal(p.list)
	}
	return json.Marshal(p.value)
}

// Finding is one thing a check has to say.
type Finding struct {
	Rule     *Rule
	Severity Severity
	Where    Location
	// Also are further places that explain the finding: the first use of a
	// duplicated identifier, the end tag where something is missing.
	Also []Location
	// Ref names the clause of a norm or the operator's own rule that applies
	// here: cvc-complex-type.2.4, A06, ODT-VERIF-01. It may be empty.
	Ref    string
	Params []Param
}

// Code returns the code of the rule.
func (f *Finding) Code() string { return f.Rule.Code }

// Message composes the sentence in the language; any language but EN is FR.
func (f *Finding) Message(lang Lang) string {
	t := f.Rule.FR
	if lang == EN {
		t = f.Rule.EN
	}
	if !strings.Contains(t, "{") {
		return t
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(t, '{')
		if i < 0 {
			b.WriteString(t)
			return b.String()
		}
		j := i + strings.IndexByte(t[i:], '}')
		b.WriteString(t[:i])
		b.WriteString(f.param(t[i+1:j], lang))
		t = t[j+1:]
	}
}

func (f *Finding) param(name string, lang Lang) string {
	for _, p := range f.Params {
		if p.Name == name {
			return p.Text(lang)
		}
	}
	return "?"
}

// MarshalJSON writes the finding in the form fixed by the project's contract
// for `inspect -json`.
func (f Finding) MarshalJSON() ([]byte, error) {
	params := make(map[string]Param, len(f.Params))
	for _, p := range f.Params {
		params[p.Name] = p
	}
	var where any
	if !f.Where.IsZero() {
		where = f.Where
	}
	return json.Marshal(struct {
		Code     string           `json:"code"`
		Severity Severity         `json:"severity"`
		Rule     string           `json:"rule,omitempty"`
		Where    any              `json:"where,omitempty"`
		Also     []Location       `json:"also,omitempty"`
		Params   map[string]Param `json:"params"`
		Message  map[Lang]string  `json:"message"`
	}{f.Rule.Code, f.Severity, f.Ref, where, f.Also, params,
		map[Lang]string{FR: f.Message(FR), EN: f.Message(EN)}})
}

func joinList(l []string, lang Lang) string {
	or := " ou "
	if lang == EN {
		or = " or "
	}
	switch len(l) {
	case 0:
		if lang == EN {
			return "nothing"
		}
		return "rien"
	case 1:
		return l[0]
	}
	return strings.Join(l[:len(l)-1], ", ") + or + l[len(l)-1]
}
