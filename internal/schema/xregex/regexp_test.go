package xregex

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func match(t testing.TB, expr, v string) bool {
	t.Helper()
	re, err := Compile(expr, 0)
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	budget := 10_000_000
	ok, err := re.Match([]byte(v), &budget)
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	return ok
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		rule, expr string
		yes, no    []string
	}{
		{"anchored at both ends", `ab`, []string{"ab"}, []string{"", "a", "xab", "abx"}},
		{"^ and $ are ordinary", `^[\w\W]{0,255}$`, []string{"^bonjour$", "^$"}, []string{"bonjour", "", "^" + strings.Repeat("x", 256) + "$"}},
		{"bar inside a class", `[0|9]{1}[0-9]{1}[A|B|0-9]{1}`, []string{"034", "02A", "|34", "999"}, []string{"0|4", "134", "02C"}},
		{"class subtraction", `[a-z-[aeiou]]+`, []string{"bcd"}, []string{"abc", "-", "["}},
		{"subtraction from a negative class", `[^a-c-[x]]`, []string{"d", "y"}, []string{"a", "x"}},
		{"nested subtraction", `[a-z-[b-y-[m]]]+`, []string{"a", "z", "m"}, []string{"b", "n"}},
		{"first and last hyphen", `[-a]+[b-]`, []string{"-a-", "ab"}, []string{"a", "c"}},
		{"hyphen before a subtraction", `[a-z--[b-z]]+`, []string{"a-a"}, []string{"b", "["}},
		{"blocks of no character", `\p{IsHighSurrogates}?[\p{IsLowSurrogates}a]\P{IsHighPrivateUseSurrogates}`, []string{"ab", "a\ue000"}, []string{"a", "\ue000a"}},
		{"escaped hyphen", `[_a-zA-Z0-9\-]+`, []string{"a-b_"}, []string{"a.b"}},
		{"dot excludes CR and LF", `.`, []string{"a", "é", "\t"}, []string{"\n", "\r", ""}},
		{"digits of any script", `\d+`, []string{"09", "٣"}, []string{"a", "²"}},
		{"word characters", `\w+`, []string{"aé9", "€", "+"}, []string{"-", "_", " ", "."}},
		{"name characters", `\i\c*`, []string{"a-b", "_:x", "é1"}, []string{"1a", "-a", "a b"}},
		{"space characters", `\s+`, []string{" \t\r\n"}, []string{"\u00a0"}},
		{"category", `[\p{Lu}]{2}`, []string{"DE", "ÉÀ"}, []string{"De", "D1"}},
		{"negated category", `\P{L}+`, []string{"12-"}, []string{"a"}},
		{"block", `\p{IsBasicLatin}+`, []string{"abc"}, []string{"é"}},
		{"unassigned is other", `\p{C}`, []string{"\u0378", "\u0001"}, []string{"a"}},
		{"large counter", `.{1,4000}`, []string{"a", strings.Repeat("é", 4000)}, []string{"", strings.Repeat("a", 4001)}},
		{"counter above Go's bound", `(ab){1001}`, []string{strings.Repeat("ab", 1001)}, []string{strings.Repeat("ab", 1000), strings.Repeat("ab", 1002)}},
		{"nested counters", `((a{2}){3,}b){2}`, []string{"aaaaaabaaaaaaaab"}, []string{"aaaabaaaaaab", "aaaaaaabaaaaaab"}},
		{"nullable body", `(a?){3}`, []string{"", "a", "aaa"}, []string{"aaaa"}},
		{"empty branch", `a|`, []string{"", "a"}, []string{"b"}},
		{"ambiguous", `(a|b)*a(a|b){20}`, []string{"a" + strings.Repeat("b", 20)}, []string{"b" + strings.Repeat("a", 20), strings.Repeat("b", 40)}},
		{"mail address of the acts", `[_a-zA-Z0-9\-]+(\.[_a-zA-Z0-9\-]+)*@[a-zA-Z0-9\-]+(\.[a-zA-Z0-9\-]+)*\.[a-zA-Z]{2,6}`,
			[]string{"x@ville.alsace", "A@B.FR", "a@-.fr"}, []string{"x@ville.bretagne", "a+b@c.fr", "a..b@c.fr", "é@b.fr", "a@b_c.fr", " a@b.fr", ""}},
	} {
		for _, v := range c.yes {
			if !match(t, c.expr, v) {
				t.Errorf("%s: %s refuses %q", c.rule, c.expr, v)
			}
		}
		for _, v := range c.no {
			if match(t, c.expr, v) {
				t.Errorf("%s: %s accepts %q", c.rule, c.expr, v)
			}
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	for _, expr := range []string{"(", ")", "a)", "[", "[]", "[a", "a{", "a{1", "a{2,1}", "a{x}", "*", "+a", "{1}", "]", "}",
		`\`, `\e`, `\p`, `\p{`, `\p{Xx}`, `\p{IsNowhere}`, "[z-a]", "[a-\\d]", "[a-c-e]", "[a[b]]", "[a-[b]c]", "\xff",
		strings.Repeat("(", 300) + strings.Repeat(")", 300), strings.Repeat("a", MaxLength+1), "a{99999999999}"} {
		if _, err := Compile(expr, 0); err == nil {
			t.Errorf("%.40q compiles", expr)
		}
	}
}

// TestLazy checks that an automaton too large to tabulate gives the verdicts
// of the table.
func TestLazy(t *testing.T) {
	expr := `(a|b)*a(a|b){3}|c{2,9}`
	full, err := Compile(expr, 0)
	if err != nil || full.table == nil {
		t.Fatal("not tabulated", err)
	}
	lazy, err := Compile(expr, 1)
	if err != nil || lazy.table != nil {
		t.Fatal("tabulated", err)
	}
	budget := 100_000_000
	var walk func(v []byte, n int)
	walk = func(v []byte, n int) {
		a, _ := full.Match(v, &budget)
		b, err := lazy.Match(v, &budget)
		if err != nil || a != b {
			t.Fatalf("%q: table %v, lazy %v (%v)", v, a, b, err)
		}
		if n > 0 {
			for _, c := range []byte("abc") {
				walk(append(v, c), n-1)
			}
		}
	}
	walk(nil, 7)
}

func TestMatchIsBounded(t *testing.T) {
	re, err := Compile(`((a|b)*a(a|b){900}){1,50}c`, 0)
	if err != nil {
		t.Fatal(err)
	}
	budget := 2_000_000
	_, err = re.Match([]byte(strings.Repeat("abba", 100_000)), &budget)
	if err != ErrWork {
		t.Fatalf("err = %v", err)
	}
}

var leadingZero = regexp.MustCompile(`[{,]0[0-9]`)

// goPattern translates the expressions both notations share.
func goPattern(expr string) (string, bool) {
	if strings.Contains(expr, "-[") || strings.Contains(expr, "(?") || strings.Contains(expr, "[^]") || strings.Contains(expr, "[]") ||
		strings.Contains(expr, "[:") {
		return "", false
	}
	for _, r := range expr {
		if r >= utf8.RuneSelf || r < ' ' || r == '^' || r == '$' || r == '\\' || r == '.' {
			return "", false
		}
	}
	// Lazy quantifiers and stacked ones differ.
	for _, q := range []string{"??", "*?", "+?", "}?", "**", "++", "+*", "*+", "?*", "?+", "}*", "}+", "}{", "?{", "*{", "+{"} {
		if strings.Contains(expr, q) {
			return "", false
		}
	}
	if leadingZero.MatchString(expr) { // Go takes {01} for text
		return "", false
	}
	return `\A(?s:` + expr + `)\z`, true
}

func FuzzRegex(f *testing.F) {
	for _, s := range [][2]string{{"a{2,3}(b|c)*", "aabc"}, {"[a-z-[aeiou]]", "b"}, {"(x|y|)+z?", "xyz"}, {`\p{Lu}\i\c\w`, "A"},
		{"(a{1,9}){1,9}", "aaaaaaaaaaaaaaaaaaaa"}, {"[0|9]{1}", "|"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, expr, v string) {
		if len(expr) > 300 || len(v) > 300 || !utf8.ValidString(v) {
			return
		}
		re, err := Compile(expr, 20_000)
		if err != nil {
			return
		}
		budget := 500_000
		got, err := re.Match([]byte(v), &budget)
		if err != nil {
			return
		}
		p, ok := goPattern(expr)
		if !ok {
			return
		}
		g, err := regexp.Compile(p)
		if err != nil {
			return
		}
		if want := g.MatchString(v); got != want {
			t.Fatalf("%q on %q: %v, Go says %v", expr, v, got, want)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	re, err := Compile(`[0|9]{1}[0-9]{1}[A|B|0-9]{1}-[0-9]{9}-[0-9]{8}-[a-zA-Z0-9_]{1,15}-[\p{Lu}]{2}`, 0)
	if err != nil {
		b.Fatal(err)
	}
	v := []byte("034-123456782-20240627-D2024_042-DE")
	for b.Loop() {
		budget := 1000
		if ok, _ := re.Match(v, &budget); !ok {
			b.Fatal("no match")
		}
	}
}
