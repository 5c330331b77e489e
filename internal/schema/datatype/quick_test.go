package datatype

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// quickTypes are types of which the cheap check knows something.
func quickTypes(t *testing.T) map[string]*Type {
	num := func(n int) *int { return &n }
	text := func(s string) *string { return &s }
	types := map[string]*Type{}
	for name, b := range Builtins() {
		types[name] = b
	}
	for _, c := range []struct {
		base string
		f    Facets
	}{
		{"string", Facets{MinLength: num(1)}}, {"string", Facets{MinLength: num(3), MaxLength: num(5)}},
		{"token", Facets{MinLength: num(1)}}, {"token", Facets{MinLength: num(1), MaxLength: num(4)}}, {"token", Facets{MaxLength: num(4)}},
		{"token", Facets{MinLength: num(3)}}, {"token", Facets{Length: num(2)}}, {"NCName", Facets{MaxLength: num(3)}},
		{"NMTOKEN", Facets{MinLength: num(2)}}, {"anyURI", Facets{MinLength: num(1)}}, {"string", Facets{Patterns: []string{"[a-c]+"}}},
		{"token", Facets{Enumeration: []string{"Item", "File", "a b", "é", "", "2"}}}, {"string", Facets{Enumeration: []string{" a", "b"}}},
		{"token", Facets{Enumeration: []string{"Item", "a", "é", ""}, MinLength: num(1), MaxLength: num(3)}},
		{"token", Facets{Enumeration: []string{"Item", "a", "été"}, Patterns: []string{"[a-zé]+"}}},
		{"hexBinary", Facets{MaxLength: num(1)}}, {"base64Binary", Facets{Length: num(3)}},
		{"decimal", Facets{TotalDigits: num(5), FractionDigits: num(2)}}, {"decimal", Facets{MinInclusive: text("0"), MaxExclusive: text("100")}},
		{"decimal", Facets{MinExclusive: text("-1.5")}}, {"integer", Facets{MinExclusive: text("-3"), MaxInclusive: text("12")}},
		{"integer", Facets{MinInclusive: text("99999999999999999999")}}, {"date", Facets{MinInclusive: text("2000-01-01")}},
	} {
		base, _ := Builtin(c.base)
		d, err := base.Restrict(c.f)
		if err != nil {
			t.Fatal(err)
		}
		types[fmt.Sprintf("%s-%d", c.base, len(types))] = d
	}
	for _, members := range [][]string{{"date", "gYear"}, {"date", "string"}, {"token", "NMTOKEN"}, {"integer", "string"}, {"boolean", "language"},
		{"base64Binary", "hexBinary"}, {"date", "base64Binary"}, {"integer", "hexBinary"}} {
		var of []*Type
		for _, m := range members {
			of = append(of, types[m])
		}
		u := UnionOf(of...)
		types["union "+fmt.Sprint(members)] = u
		if d, err := u.Restrict(Facets{Enumeration: []string{"a", "2025"}}); err == nil {
			types["codes of union "+fmt.Sprint(members)] = d
		}
	}
	return types
}

var quickSeeds = []string{"", " ", "a", " a", "a ", "a b", "a  b", "ab\tc", "été", "Item", "File", "xs:a", "é", "-", "+1", "-0", "0", "1", "12", "-2", "-3", "007",
	"99", "100", "99.5", "1.", ".5", ".", "1.25", "1.250", "1.255", "123.45", "1234.56", "127", "128", "-129", "999999999999999999",
	"9999999999999999999", "18446744073709551615", "18446744073709551616", "9223372036854775807", "9223372036854775808", "true", "TRUE", "fr", "fr-FR",
	"2025-06-01", "2024-02-29", "2023-02-29", "2100-02-29", "0000-01-01", "2025-13-01", "2025-00-10", "2025-12-00", "2025-04-31", "2025-12-31",
	"2025-06-01Z", "2025-06-01+02:00", "12025-06-01", "-2025-06-01", "2025-06-01T00:00:00", "2025-06-01T23:59:59Z", "2025-06-01T24:00:00",
	"2025-06-01T24:00:01Z", "2025-06-01T12:60:00", "2025-06-01T12:00:60Z", "2025-06-01T12:00:00.250+01:00", "2025-06-01 12:00:00", " 2025-06-01",
	"2025", "2025-06", "12:30:00", "--06-01", "---01", "--06", "id_1", "1id", "P1Y", "1.5E3", "0AFF", "0aF", "TWFu", "TWE=", "TWF=", "TW Fu", "=", "TW==", "b", "2"}

// A cheap check may only accept what the full one accepts without a note,
// whatever the text.
func TestQuickAcceptsOnlyWhatCheckDoes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	texts := append([]string(nil), quickSeeds...)
	for range 20_000 { // one or two bytes changed, added or lost
		b := []byte(quickSeeds[random.IntN(len(quickSeeds))])
		for range 1 + random.IntN(2) {
			c := "0123456789-:.TZ+ ae\t"[random.IntN(20)]
			i := random.IntN(len(b) + 1)
			switch {
			case i == len(b):
				b = append(b, c)
			case random.IntN(3) == 0:
				b = append(b[:i:i], b[i+1:]...)
			default:
				b[i] = c
			}
		}
		texts = append(texts, string(b))
	}
	s := &Scratch{Lookup: func(string) (string, bool) { return "", true }}
	for name, typ := range quickTypes(t) {
		q := typ.Quick()
		for _, text := range texts {
			if !q.Accepts([]byte(text)) {
				continue
			}
			s.Work = 1 << 20
			if f, note := typ.Check(s, []byte(text)); f != nil || note != NoNote {
				t.Errorf("%s: %q accepted, but fault %v, note %v", name, text, f, note)
			}
		}
	}
}

// The usual forms must not need the full check.
func TestQuickAcceptsTheUsual(t *testing.T) {
	day := func(names ...string) Quick {
		var of []Quick
		for _, n := range names {
			b, _ := Builtin(n)
			of = append(of, b.Quick())
		}
		return QuickEither(of...)
	}
	of := func(name string) Quick { b, _ := Builtin(name); return b.Quick() }
	token, _ := Builtin("token")
	one := 1
	word, _ := token.Restrict(Facets{MinLength: &one})
	code, _ := token.Restrict(Facets{Enumeration: []string{"RestrictAccess", "Transfer", "Copy", "Keep", "Destroy"}})
	some, _ := word.Restrict(Facets{Enumeration: []string{"Keep", "Destroy"}})
	for _, c := range []struct {
		what string
		q    Quick
		text string
		want bool
	}{
		{"a token", word.Quick(), "APP-00001", true}, {"an empty token", word.Quick(), "", false}, {"blanks", word.Quick(), " a", false},
		{"a code", code.Quick(), "Keep", true}, {"no code", code.Quick(), "keep", false}, {"an empty code", code.Quick(), "", false},
		{"a code with a length", some.Quick(), "Destroy", true}, {"no such code", some.Quick(), "Sort", false},
		{"a digest in either notation", UnionOf(Builtins()["base64Binary"], Builtins()["hexBinary"]).Quick(), "00aff1", true},
		{"a choice of texts", QuickTexts(token, []string{"a", "b"}), "b", true},
		{"a date", of("date"), "2024-02-29", true}, {"no date", of("date"), "2023-02-29", false},
		{"a moment", of("dateTime"), "2025-06-01T10:00:00Z", true}, {"a moment in a zone", of("dateTime"), "2025-06-01T10:00:00+02:00", true},
		{"a year among dates", day("date", "dateTime", "gYear"), "2025", true}, {"other than dates", day("date", "string"), "2025", false},
		{"an integer", of("positiveInteger"), "12", true}, {"zero", of("positiveInteger"), "0", false},
		{"an amount", of("decimal"), "-12", true}, {"a fraction", of("decimal"), "12.50", true},
		{"a name", of("ID"), "AU12", true}, {"a truth", of("boolean"), "true", true},
	} {
		if got := c.q.Accepts([]byte(c.text)); got != c.want {
			t.Errorf("%s: %q: %v", c.what, c.text, got)
		}
	}
}
