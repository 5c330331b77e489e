package datatype

import "testing"

func TestUnion(t *testing.T) {
	get := func(n string) *Type { b, _ := Builtin(n); return b }
	must := func(x *Type, err error) *Type {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	three := 3
	code := must(get("token").Restrict(Facets{Length: &three}))
	u := UnionOf(get("date"), UnionOf(get("int"), code))
	one := must(u.Restrict(Facets{Enumeration: []string{"2024-01-01", "1", "abc"}}))
	digits := must(u.Restrict(Facets{Patterns: []string{"[0-9]+"}}))
	nested := UnionOf(digits, get("boolean"))
	list := ListOf(u)
	for _, c := range []struct {
		of   *Type
		text string
		want bool
	}{
		{u, "2024-02-30", false}, {u, "2024-02-29", true}, {u, " 12 ", true}, {u, " abc", true}, {u, "abcd", false}, {u, "", false},
		{one, "2024-01-01", true}, {one, "01", true}, {one, " +1", true}, {one, "2", false}, {one, " abc ", true}, {one, "abd", false},
		{digits, " 12", true}, {digits, "abc", false}, {nested, "true", true}, {nested, "12", true}, {nested, "abc", false},
		{list, "1 abc 2024-01-01", true}, {list, "1 abcd", false},
	} {
		s := &Scratch{Work: 10000}
		if f, _ := c.of.Check(s, []byte(c.text)); (f == nil) != c.want {
			t.Errorf("%q: %+v", c.text, f)
		}
	}
	if !get("short").DerivesFrom(u) || get("string").DerivesFrom(u) || get("int").DerivesFrom(one) {
		t.Error("derivation from members")
	}
	s := &Scratch{Work: 10000}
	if !u.Equal(s, []byte("1"), []byte(" 01")) || u.Equal(s, []byte("abc"), []byte("1")) {
		t.Error("equality of values")
	}
	if ListOf(get("IDREF")).Identity() != IDRefs || UnionOf(get("ID"), get("string")).Identity() != NotIdentity {
		t.Error("identity")
	}
}
