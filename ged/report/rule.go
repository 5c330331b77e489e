package report

import (
	"fmt"
	"strings"
)

// Severity says what a finding means for the verdict.
type Severity uint8

// The severities, from the least to the most severe. A document with an Error
// or a Fatal finding does not conform.
const (
	Info    Severity = iota // worth knowing, nothing to do
	Warning                 // accepted, but some receiver may object
	Error                   // does not conform
	Fatal                   // could not be read further
)

var severityNames = [...]string{"info", "warning", "error", "fatal"}

// String returns "info", "warning", "error" or "fatal".
func (s Severity) String() string {
	if int(s) < len(severityNames) {
		return severityNames[s]
	}
	return fmt.Sprintf("severity(%d)", s)
}

// MarshalText gives the severity its lower-case name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (s *Severity) UnmarshalText(b []byte) error {
	for i, n := range severityNames {
		if n == string(b) {
			*s = Severity(i)
			return nil
		}
	}
	return fmt.Errorf("report: unknown severity %q", b)
}

// Lang is a language a message can be written in.
type Lang string

// The languages of messages.
const (
	FR Lang = "fr"
	EN Lang = "en"
)

// Privacy says how the value of a parameter may be shown.
type Privacy uint8

const (
	// Public values are names, counts and codes of the format: never personal.
	Public Privacy = iota
	// Personal values may identify someone or quote a document: their shape is
	// shown instead, unless [Options.ShowValues] asks otherwise.
	Personal
)

// Field declares one parameter of a rule's templates.
type Field struct {
	Name    string
	Privacy Privacy
}

// Rule is one thing that can be wrong, or worth saying. Rules are exported
// package variables made once with [NewRule]; compare them by pointer or by
// Code. A Rule is immutable.
type Rule struct {
	Code     string   // DOMAIN-SUBJECT[-DETAIL], stable for ever
	Severity Severity // of a finding unless the check says otherwise
	FR, EN   string   // templates; {name} stands for the parameter of that name, {name|one|several} for what it counts
	Fields   []Field  // every parameter the templates use
	Norm     string   // the text the rule comes from, with its section
}

// NewRule describes a rule. The parameters are found in the templates; those
// whose name ends in "!" there, as in {value!}, are [Personal]. A noun or a verb
// that a number governs is written in its two forms after the name of the
// number, as in "{n} {n|fichier manque|fichiers manquent}": the language of the
// template decides which one is said.
// It panics if the two templates do not use the same parameters or if the code
// is not of the grammar: rules are package variables, so this is found by any
// test.
func NewRule(code string, severity Severity, fr, en, norm string) *Rule {
	if !validCode(code) {
		panic("report: bad rule code " + code)
	}
	r := &Rule{Code: code, Severity: severity, Norm: norm}
	r.FR, r.Fields = parseTemplate(fr)
	var en2 []Field
	r.EN, en2 = parseTemplate(en)
	if len(en2) != len(r.Fields) {
		panic("report: templates of " + code + " differ in parameters")
	}
	for _, f := range en2 {
		if g, ok := r.field(f.Name); !ok || g != f {
			panic("report: templates of " + code + " differ in parameter " + f.Name)
		}
	}
	return r
}

// String returns the code.
func (r *Rule) String() string { return r.Code }

func (r *Rule) field(name string) (Field, bool) {
	for _, f := range r.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

func validCode(c string) bool {
	parts := strings.Split(c, "-")
	if len(parts) < 2 {
		return false
	}
	for _, p := range parts {
		if p == "" {
			return false
		}
		for _, b := range []byte(p) {
			if (b < 'A' || b > 'Z') && (b < '0' || b > '9') {
				return false
			}
		}
	}
	return true
}

// parseTemplate removes the privacy marks and lists the parameters in order of
// first use.
func parseTemplate(t string) (string, []Field) {
	var out strings.Builder
	var fields []Field
	for {
		i := strings.IndexByte(t, '{')
		if i < 0 {
			out.WriteString(t)
			return out.String(), fields
		}
		j := strings.IndexByte(t[i:], '}')
		if j < 0 {
			panic("report: unclosed brace in template " + t)
		}
		token, personal := strings.CutSuffix(t[i+1:i+j], "!")
		name, forms, counted := strings.Cut(token, "|")
		if name == "" {
			panic("report: empty parameter in template " + t)
		}
		if counted && strings.Count(forms, "|") != 1 {
			panic("report: not two forms in template " + t)
		}
		f := Field{Name: name}
		if personal {
			f.Privacy = Personal
		}
		known := false
		for _, g := range fields {
			known = known || g.Name == name
		}
		if !known {
			fields = append(fields, f)
		}
		out.WriteString(t[:i])
		out.WriteString("{" + token + "}")
		t = t[i+j+1:]
	}
}
