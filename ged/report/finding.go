package report

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
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
	// Label is how people who know the document call the place, in French and by
	// public numbers only: "bordereau 2024/12, pièce 345". It may be empty.
	Label string
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
		Label  string `json:"label,omitempty"`
	}
	w := where{Member: l.Member, Path: l.Path, Line: l.Line, Column: l.Column, Label: l.Label}
	if l.Line > 0 || l.At {
		w.Offset = &l.Offset
	}
	return json.Marshal(w)
}

// Param is one value of a finding. Make it with [P], [Int], [List], [All],
// [Code], [Date], [Words] or [Named].
type Param struct {
	Name  string
	value string
	list  []string
	all   bool // every item of the list, not one of them
	shape bool // value is a shape (see Shape), not the text itself
	code  bool // the caller vouches that the value is a public code
	fr    string
	en    string
}

// P is a text parameter; whether it is shown or only its shape is decided by
// the rule's declaration of that name.
func P(name, value string) Param { return Param{Name: name, value: value} }

// Int is a number parameter.
func Int[T ~int | ~int64 | ~int32 | ~uint32 | ~uint64](name string, n T) Param {
	return Param{Name: name, value: strconv.FormatInt(int64(n), 10), code: true}
}

// List is a list of public names of which one is meant, for instance the
// elements expected: "a, b ou c". A last item "…" says that there are more.
func List(name string, values []string) Param {
	if values == nil {
		values = []string{} // an empty list is a list: it reads "nothing"
	}
	return Param{Name: name, list: values, code: true}
}

// All is a list of public names that are all meant, for instance the elements
// missing: "a, b et c". A last item "…" says that there are more.
func All(name string, values []string) Param {
	p := List(name, values)
	p.all = true
	return p
}

// Date is a day, written YYYY-MM-DD: it is public, reads as people of the
// language write it, and stays as it is in JSON. Any other text is taken as [P]
// takes it.
func Date(name, day string) Param {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return P(name, day)
	}
	return Named(name, day, t.Format("02/01/2006"), day)
}

// Code is a text parameter whose value the caller knows to be a public code
// (a nature, a format identifier), shown even where the rule declares the
// parameter [Personal].
func Code(name, value string) Param { return Param{Name: name, value: value, code: true} }

// Words is a parameter that is itself a phrase of ours, in both languages: why
// a name is unsafe, what is malformed. It never quotes the document. JSON holds
// the English phrase.
func Words(name, fr, en string) Param { return Param{Name: name, value: en, fr: fr, code: true} }

// Named is a public name that people read in a phrase, in both languages: JSON
// holds the bare name.
func Named(name, value, fr, en string) Param {
	return Param{Name: name, value: value, fr: fr, en: en, code: true}
}

// Text returns the parameter for a reader of the language.
func (p Param) Text(lang Lang) string {
	switch {
	case p.shape:
		return describeShape(p.value, lang)
	case p.list != nil:
		return joinList(p.list, p.all, lang)
	case p.fr != "" && lang != EN:
		return p.fr
	case p.en != "" && lang == EN:
		return p.en
	}
	return p.value
}

// plural reports whether a noun counted by the parameter is plural in the
// language: in French from two on, in English for all but one.
func (p Param) plural(lang Lang) bool {
	n, err := strconv.ParseInt(p.value, 10, 64)
	if lang == EN {
		return err != nil || n != 1
	}
	return err != nil || n < -1 || n > 1
}

// Items returns the names of a [List] or of [All], nil for any other parameter.
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
		said := f.param(t[i+1:j], lang)
		b.WriteString(said)
		t = t[j+1:]
		if strings.HasPrefix(t, ".") && (strings.HasSuffix(said, "…") || strings.HasSuffix(said, ".")) {
			t = t[1:] // what is quoted ends the sentence already
		}
	}
}

// param returns the text for what stands between braces: a name, or a name and
// the two forms of what it counts, "n|one|several".
func (f *Finding) param(token string, lang Lang) string {
	name, forms, counted := strings.Cut(token, "|")
	for _, p := range f.Params {
		if p.Name != name {
			continue
		}
		if !counted {
			return p.Text(lang)
		}
		one, several, _ := strings.Cut(forms, "|")
		if p.plural(lang) {
			return several
		}
		return one
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

func joinList(l []string, all bool, lang Lang) string {
	last := " ou "
	switch {
	case lang == EN && all:
		last = " and "
	case lang == EN:
		last = " or "
	case all:
		last = " et "
	}
	n := len(l)
	switch {
	case n == 0 && lang == EN:
		return "nothing"
	case n == 0:
		return "rien"
	case n == 1:
		return l[0]
	case l[n-1] == "…":
		return strings.Join(l[:n-1], ", ") + "…"
	}
	return strings.Join(l[:n-1], ", ") + last + l[n-1]
}
