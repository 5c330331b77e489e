package datatype

import (
	"fmt"
	"strings"
	"testing"
)

func check(t *Type, v string) (*Fault, Note) {
	return t.Check(&Scratch{Work: 1 << 20}, []byte(v))
}

func builtin(tb testing.TB, name string) *Type {
	tb.Helper()
	t, ok := Builtin(name)
	if !ok {
		tb.Fatalf("no type %s", name)
	}
	return t
}

func TestBuiltins(t *testing.T) {
	for _, c := range []struct {
		rule, name string
		yes, no    []string
	}{
		{"booleans", "boolean", []string{"true", "0", " 1 "}, []string{"TRUE", "", "2"}},
		{"decimals", "decimal", []string{"1", "-.5", "+1.", "00.100", " 1 "}, []string{"", ".", "1e3", "1 2", "INF"}},
		{"integers", "integer", []string{"01", "+1", " 1 ", "-3", strings.Repeat("9", 40)}, []string{"1.0", "", "-", "1-"}},
		{"non negative", "nonNegativeInteger", []string{"-0", "0", "7"}, []string{"-1"}},
		{"positive", "positiveInteger", []string{"1"}, []string{"0", "-1"}},
		{"bytes", "byte", []string{"-128", "127", "+0127"}, []string{"128", "-129"}},
		{"unsigned long", "unsignedLong", []string{"18446744073709551615"}, []string{"18446744073709551616", "-1"}},
		{"floats", "float", []string{"1e3", "INF", "-INF", "NaN", "1.", ".5E-2", "1e400"}, []string{"inf", "+INF", "0x1", "1_0", "", "e3"}},
		{"dates", "date", []string{"2024-02-29", "2023-01-01Z", "2023-01-01+02:00", "2023-01-01-14:00", "12023-01-01", "-0044-03-15", " 2023-01-01 "},
			[]string{"0000-01-01", "2023-02-29", "2023-13-01", "2023-00-01", "2023-01-32", "23-01-01", "02023-01-01", "2023-01-01+14:01", "2023-1-1", "2023-01-01T00:00:00"}},
		{"dateTimes", "dateTime", []string{"2024-01-01T24:00:00", "2024-01-01T10:11:12.345Z", "2024-01-01T10:11:12"},
			[]string{"2024-01-01T24:00:01", "2024-01-01T25:00:00", "2024-01-01T10:11", "2024-01-01T10:11:60", "2024-01-01T10:11:12.", "2024-01-01 10:11:12"}},
		{"times", "time", []string{"10:11:12", "10:11:12.5+01:00"}, []string{"10:11", "1:02:03"}},
		{"parts of dates", "gYearMonth", []string{"2024-02", "2024-02Z"}, []string{"2024-13", "2024"}},
		{"years", "gYear", []string{"2024", "-0001"}, []string{"24", "0000", "+2024"}},
		{"days of the year", "gMonthDay", []string{"--02-29", "--12-31Z"}, []string{"--02-30", "12-31"}},
		{"days", "gDay", []string{"---31"}, []string{"---32", "--31"}},
		{"months", "gMonth", []string{"--12"}, []string{"--13", "12"}},
		{"durations", "duration", []string{"P1Y2M3DT4H5M6.7S", "-P1D", "PT1S", "P0Y"}, []string{"P", "PT", "P1S", "P1Y2", "1Y", "P1D1Y", "P1.5D", "P1DT"}},
		{"hexadecimal", "hexBinary", []string{"", "0aFF"}, []string{"0", "0g"}},
		{"base64", "base64Binary", []string{"", "QUJD", "QUI=", "QQ==", "QU JD", "Q U J D"}, []string{"QUJ", "QUJ=", "QR==", "=QQQ", "QQ=Q", "QQ===", "é"}},
		{"languages", "language", []string{"fr", "fr-FR", "x-123"}, []string{"", "123", "fr-", "abcdefghi"}},
		{"names", "Name", []string{"a:b", "_1", "é"}, []string{"1a", "", "a b"}},
		{"names without colon", "NCName", []string{"a-b"}, []string{"a:b", "-a"}},
		{"name tokens", "NMTOKEN", []string{"1a", "-"}, []string{"", "a b"}},
		{"lists of name tokens", "NMTOKENS", []string{"a 1\t b"}, []string{"", " ", "a (b"}},
		{"entities need a DOCTYPE", "ENTITY", nil, []string{"a"}},
		{"strings", "string", []string{"", " \n"}, nil},
	} {
		ty := builtin(t, c.name)
		for _, v := range c.yes {
			if f, _ := check(ty, v); f != nil {
				t.Errorf("%s: %s refuses %q: %s", c.rule, c.name, v, f.Ref)
			}
		}
		for _, v := range c.no {
			if f, _ := check(ty, v); f == nil {
				t.Errorf("%s: %s accepts %q", c.rule, c.name, v)
			}
		}
	}
}

func p[T any](v T) *T { return &v }

func TestFacets(t *testing.T) {
	for _, c := range []struct {
		rule, base string
		facets     []Facets
		yes, no    []string
		ref        string
	}{
		{"length counts characters", "string", []Facets{{MaxLength: p(3)}}, []string{"", "éàü", "😀😀😀"}, []string{"abcd", "    "}, "cvc-maxLength-valid"},
		{"length counts octets of hexBinary", "hexBinary", []Facets{{Length: p(2)}}, []string{"00ff"}, []string{"0011aa"}, "cvc-length-valid"},
		{"length counts octets of base64", "base64Binary", []Facets{{Length: p(2)}}, []string{"QUI=", "QU I="}, []string{"QUJD"}, "cvc-length-valid"},
		{"length counts items of a list", "NMTOKENS", []Facets{{MaxLength: p(2)}}, []string{"a bbbbb"}, []string{"a b c"}, "cvc-maxLength-valid"},
		{"pattern on the collapsed value", "nonNegativeInteger", []Facets{{Patterns: []string{"[0-9]{3}"}}}, []string{" 002 ", "123"}, []string{"2", "+02", "0002"}, "cvc-pattern-valid"},
		{"patterns of one step are alternatives", "string", []Facets{{Patterns: []string{"a", "b"}}}, []string{"a", "b"}, []string{"c"}, "cvc-pattern-valid"},
		{"patterns of two steps both hold", "string", []Facets{{Patterns: []string{"[ab]"}}, {Patterns: []string{"[bc]"}}}, []string{"b"}, []string{"a", "c"}, "cvc-pattern-valid"},
		{"the nearest enumeration counts", "string", []Facets{{Enumeration: []string{"a", "b"}}, {Enumeration: []string{"b"}}}, []string{"b"}, []string{"a"}, "cvc-enumeration-valid"},
		{"enumeration by value", "integer", []Facets{{Enumeration: []string{"001", "100"}}}, []string{"1", "+1", "0001", "100"}, []string{"10", "2"}, "cvc-enumeration-valid"},
		{"enumeration of dates across zones", "dateTime", []Facets{{Enumeration: []string{"2024-01-01T12:00:00Z"}}}, []string{"2024-01-01T14:00:00+02:00"}, []string{"2024-01-01T12:00:00"}, "cvc-enumeration-valid"},
		{"enumeration of durations", "duration", []Facets{{Enumeration: []string{"P1Y"}}}, []string{"P12M"}, []string{"P365D"}, "cvc-enumeration-valid"},
		{"digits of the value", "decimal", []Facets{{TotalDigits: p(2), FractionDigits: p(1)}}, []string{"+01.50", "0.5", "12"}, []string{"123"}, "cvc-totalDigits-valid"},
		{"fraction digits", "decimal", []Facets{{FractionDigits: p(1)}}, []string{"1.500"}, []string{"1.51"}, "cvc-fractionDigits-valid"},
		{"bounds of decimals", "decimal", []Facets{{MinExclusive: p("-1.5"), MaxInclusive: p("10")}}, []string{"-1.49", "10.0"}, []string{"-1.50"}, "cvc-minExclusive-valid"},
		{"bounds of floats", "double", []Facets{{MaxExclusive: p("1e2")}}, []string{"99.9", "-INF"}, []string{"100", "NaN"}, "cvc-maxExclusive-valid"},
		{"bounds of dates", "date", []Facets{{MinInclusive: p("2024-01-01")}}, []string{"2024-01-01", "2024-06-01Z"}, []string{"2023-12-31", "2024-01-01Z"}, "cvc-minInclusive-valid"},
		{"bounds of durations", "duration", []Facets{{MaxInclusive: p("P30D")}}, []string{"P30D", "PT1H"}, []string{"P1M", "P31D"}, "cvc-maxInclusive-valid"},
		{"a nearer bound replaces", "integer", []Facets{{MinInclusive: p("5")}, {MinExclusive: p("7")}}, []string{"8"}, []string{"7", "6"}, "cvc-minExclusive-valid"},
		{"white space", "string", []Facets{{WhiteSpace: p(Collapse), Enumeration: []string{"a b"}}}, []string{" a\n b "}, []string{"ab"}, "cvc-enumeration-valid"},
	} {
		ty := builtin(t, c.base)
		for _, f := range c.facets {
			var err error
			if ty, err = ty.Restrict(f); err != nil {
				t.Fatalf("%s: %v", c.rule, err)
			}
		}
		for _, v := range c.yes {
			if f, _ := check(ty, v); f != nil {
				t.Errorf("%s: refuses %q: %s", c.rule, v, f.Ref)
			}
		}
		for _, v := range c.no {
			if f, _ := check(ty, v); f == nil {
				t.Errorf("%s: accepts %q", c.rule, v)
			} else if f.Ref != c.ref {
				t.Errorf("%s: %q: %s, want %s", c.rule, v, f.Ref, c.ref)
			}
		}
		if !ty.DerivesFrom(builtin(t, c.base)) || builtin(t, c.base).DerivesFrom(ty) {
			t.Errorf("%s: derivation", c.rule)
		}
	}
}

func TestRestrictRefuses(t *testing.T) {
	for _, c := range []struct {
		rule, base string
		f          Facets
	}{
		{"length of a number", "integer", Facets{Length: p(1)}},
		{"digits of a string", "string", Facets{TotalDigits: p(1)}},
		{"bound of a string", "string", Facets{MinInclusive: p("a")}},
		{"bound that is no value", "date", Facets{MinInclusive: p("demain")}},
		{"enumeration that is no value", "integer", Facets{Enumeration: []string{"un"}}},
		{"negative length", "string", Facets{MaxLength: p(-1)}},
		{"weaker white space", "token", Facets{WhiteSpace: p(Preserve)}},
		{"bad pattern", "string", Facets{Patterns: []string{"("}}},
	} {
		if _, err := builtin(t, c.base).Restrict(c.f); err == nil {
			t.Errorf("%s is accepted", c.rule)
		}
	}
}

func TestNotes(t *testing.T) {
	for _, c := range []struct {
		name, v string
		want    Note
	}{
		{"date", "2024-01-01", NoNote}, {"date", "\n2024-01-01", Blanks}, {"dateTime", "2024-01-01T00:00:00 ", Blanks},
		{"integer", " 1 ", NoNote}, {"integer", strings.Repeat("1", 18), NoNote}, {"integer", strings.Repeat("1", 19), ManyDigits},
		{"string", " a ", NoNote},
	} {
		f, got := check(builtin(t, c.name), c.v)
		if f != nil || got != c.want {
			t.Errorf("%s %q: %v, %v", c.name, c.v, f, got)
		}
	}
}

func TestQNameNeedsItsPrefix(t *testing.T) {
	s := &Scratch{Work: 100, Lookup: func(p string) (string, bool) { return "urn:x", p == "x" }}
	ty := builtin(t, "QName")
	for v, want := range map[string]bool{"x:a": true, "y:a": false, "a": true, "x:": false, "x:a:b": false} {
		if f, _ := ty.Check(s, []byte(v)); (f == nil) != want {
			t.Errorf("%q: %v", v, f)
		}
	}
}

func TestCheckAllocatesNothing(t *testing.T) {
	s := &Scratch{Work: 1 << 40}
	pattern, _ := builtin(t, "string").Restrict(Facets{Patterns: []string{`[a-z]+-\d{3}`}, MaxLength: p(20)})
	for _, c := range []struct {
		ty *Type
		v  string
	}{{builtin(t, "dateTime"), "2024-01-01T10:11:12.5Z"}, {builtin(t, "integer"), " 12 "}, {pattern, "abc-123"}, {builtin(t, "token"), "a  b"}} {
		v := []byte(c.v)
		c.ty.Check(s, v)
		if n := testing.AllocsPerRun(100, func() { c.ty.Check(s, v) }); n > 0 {
			t.Errorf("%s: %v allocations", c.ty.Name(), n)
		}
	}
}

// TestFacetsSet: every facet has a place, and what cannot stand there is told
// from what is no facet.
func TestFacetsSet(t *testing.T) {
	var f Facets
	for _, c := range []struct {
		name, value string
		known, ok   bool
	}{
		{"length", " 3\n", true, true}, {"minLength", "+1", true, true}, {"maxLength", "7", true, true}, {"totalDigits", "5", true, true},
		{"fractionDigits", "2", true, true}, {"maxLength", "-1", true, false}, {"length", "++1", true, false}, {"length", "", true, false},
		{"totalDigits", "99999999999999999999", true, false}, {"whiteSpace", "collapse ", true, true}, {"whiteSpace", "none", true, false},
		{"minInclusive", "1", true, true}, {"maxInclusive", "2", true, true}, {"minExclusive", "3", true, true}, {"maxExclusive", "4", true, true},
		{"pattern", "a", true, true}, {"pattern", " b", true, true}, {"enumeration", "", true, true}, {"assertion", "", false, false},
	} {
		var g Facets
		if known, ok := g.Set(c.name, c.value); known != c.known || ok != c.ok {
			t.Errorf("%s = %q: known %v, ok %v", c.name, c.value, known, ok)
		}
		if c.ok {
			f.Set(c.name, c.value)
		}
	}
	if *f.Length != 3 || *f.MinLength != 1 || *f.MaxLength != 7 || *f.TotalDigits != 5 || *f.FractionDigits != 2 || *f.WhiteSpace != Collapse ||
		*f.MinInclusive+*f.MaxInclusive+*f.MinExclusive+*f.MaxExclusive != "1234" || len(f.Patterns) != 2 || f.Patterns[1] != " b" || len(f.Enumeration) != 1 {
		t.Errorf("%+v", f)
	}
}

// TestManyCodes: one of many enumerated values is found by what it means, in
// whatever way it is written, and no other is.
func TestManyCodes(t *testing.T) {
	many := func(f string) (out []string) {
		for i := range 40 {
			out = append(out, fmt.Sprintf(f, i))
		}
		return out
	}
	list := func(name string) *Type { return ListOf(builtin(t, name)) }
	scope := func(prefix string) (string, bool) {
		space, ok := map[string]string{"": "urn:d", "p": "urn:p", "q": "urn:p"}[prefix]
		return space, ok
	}
	for _, c := range []struct {
		rule    string
		base    *Type
		values  []string
		yes, no []string
	}{
		{"string", builtin(t, "string"), many("v %d"), []string{"v 0", "v 39"}, []string{"v  0", "v", "v 40", ""}},
		{"token", builtin(t, "token"), many("v %d"), []string{" v  39 "}, []string{"v 40"}},
		{"anyURI", builtin(t, "anyURI"), many("urn:%d"), []string{" urn:7 "}, []string{"urn:40"}},
		{"decimal", builtin(t, "decimal"), many("-%d.50"), []string{"-7.5", "-07.500", "-.5"}, []string{"7.5", "-7.05", "-40.5"}},
		{"integer", builtin(t, "integer"), many("%d"), []string{"-0", "+07", "39"}, []string{"-7", "40"}},
		{"double", builtin(t, "double"), append(many("%de1"), "NaN", "INF"), []string{"-0", "70", "7E1", "NaN", "INF", "0.39e3"}, []string{"7", "-INF", "-70"}},
		{"boolean", builtin(t, "boolean"), strings.Fields(strings.Repeat("true ", 20)), []string{"1", "true"}, []string{"0", "false"}},
		{"hexBinary", builtin(t, "hexBinary"), many("%02dab"), []string{"07AB", "39aB"}, []string{"40ab", "07"}},
		{"base64Binary", builtin(t, "base64Binary"), many("AA%02d"), []string{"AA07", "A A 0 7"}, []string{"AA40", "aa07"}},
		{"dateTime", builtin(t, "dateTime"), many("2024-01-01T00:%02d:00.50Z"), []string{"2024-01-01T00:07:00.5Z", "2024-01-01T02:07:00.500+02:00", "2023-12-31T23:39:00.5-01:00"}, []string{"2024-01-01T00:07:00.5", "2024-01-01T00:07:00Z", "2024-01-01T00:40:00.5Z"}},
		{"date", builtin(t, "date"), many("20%02d-01-01"), []string{"2007-01-01"}, []string{"2007-01-01Z", "2040-01-01"}},
		{"gYear", builtin(t, "gYear"), many("20%02d"), []string{"2007"}, []string{"2007Z", "2040"}},
		{"duration", builtin(t, "duration"), many("PT%dM"), []string{"PT60S", "PT0.0S", "P0D", "PT1M"}, []string{"PT61S", "PT40M", "-PT1M"}},
		{"QName", builtin(t, "QName"), many("p:n%d"), []string{"p:n7", "q:n39"}, []string{"n7", "p:n40"}},
		{"list", list("decimal"), many("1 2.0 %d"), []string{"1 2 7", "1.0  02 39"}, []string{"1 2", "1 2 40", "12 7", "1 2 7 7"}},
		{"union", UnionOf(builtin(t, "integer"), builtin(t, "date"), builtin(t, "token")), append(many("%d"), append(many("20%02d-01-01"), many("v%d")...)...), []string{"07", "2007-01-01", " v39"}, []string{"40", "2007-01-02", "v40", "2007-01-01Z"}},
	} {
		typ, err := c.base.Restrict(Facets{Enumeration: c.values, Lookup: scope})
		if err != nil {
			t.Fatalf("%s: %v", c.rule, err)
		}
		s := &Scratch{Work: 1 << 20, Lookup: scope}
		for _, v := range c.yes {
			if f, _ := typ.Check(s, []byte(v)); f != nil {
				t.Errorf("%s: %q is refused: %+v", c.rule, v, f.Ref)
			}
		}
		for _, v := range c.no {
			if f, _ := typ.Check(s, []byte(v)); f == nil || f.Work {
				t.Errorf("%s: %q is accepted, or not judged", c.rule, v)
			}
		}
		if s.Work < 1<<20-1000 {
			t.Errorf("%s: %d steps", c.rule, 1<<20-s.Work)
		}
	}
}

// TestCodesCost: where enumerated values have to be compared one by one, that is
// charged, and ends in time.
func TestCodesCost(t *testing.T) {
	var values []string
	for i := range 5000 {
		values = append(values, fmt.Sprintf("PT%dS", i))
	}
	typ, err := builtin(t, "duration").Restrict(Facets{Enumeration: values})
	if err != nil {
		t.Fatal(err)
	}
	s := &Scratch{Work: 100_000}
	for range 1000 {
		if f, _ := typ.Check(s, []byte("PT5000S")); f == nil {
			t.Fatal("accepted")
		} else if f.Work {
			return
		}
	}
	t.Error("a thousand times five thousand comparisons for nothing")
}
