package datatype

import (
	"strings"
	"testing"
)

// TestAnyURI: only what no escaping of characters can mend is no anyURI, as the
// two usual processors agree.
func TestAnyURI(t *testing.T) {
	uri, _ := Builtin("anyURI")
	short, err := uri.Restrict(Facets{MinLength: size(1), MaxLength: size(12)})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"": true, "content/a b.txt": true, "content/é.txt": true, `C:\x\y`: true, "content/a{1}^|`.txt": true, "a#b": true, "#": true,
		"a?b#c?d": true, "?a:b": true, "/a:b": true, "./a:b": true, "a:": true, "FRAD.A:B": true, "urn:x:[y]": true, "a?[b]": true, "a#[b]": true,
		"http://[::1]:80/x": true, "http://a@[::1]": true, "http://x y/%C3%A9": true, "  urn:x ": true, "//": true, "http://a@b@c/": true,
		"content/100%.txt": false, "%": false, "%4": false, "%zz": false, "a#%4": false, "##": false, "a#b#c": false,
		"content/[1].txt": false, "x:/a[b]": false, "http://[x/": false, "//a[b]/c": false, "//[::1]x/": false, "http://[::1]/[": false,
		"2024-01-01T10:00:00": false, ":a": false, "://x": false, "1:2": false, "a b:c": false, "é:b": false, "a_b:c": false, "a%20:b": false, "..:a": false,
	} {
		s := &Scratch{Work: 1000}
		if f, _ := uri.Check(s, []byte(text)); (f == nil) != want {
			t.Errorf("%q: %v, want %v", text, f == nil, want)
		}
		for _, ty := range []*Type{uri, short} {
			q := ty.Quick()
			if f, _ := ty.Check(s, []byte(text)); q.Accepts([]byte(text)) && f != nil {
				t.Errorf("%q: quickly taken, and is not of the type", text)
			}
		}
	}
	if f, _ := short.Check(&Scratch{Work: 1000}, []byte(strings.Repeat("a", 13))); f == nil {
		t.Error("the length is not looked at")
	}
}

func size(n int) *int { return &n }
