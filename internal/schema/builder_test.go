package schema_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/datatype"
)

// build makes a grammar of one root r whose content is made by f.
func build(t *testing.T, xsd bool, f func(b *schema.Builder, leaf func(names schema.NameClass, p schema.Process) schema.Pattern) schema.Pattern) *schema.Grammar {
	t.Helper()
	b := schema.NewBuilder(schema.Limits{})
	if xsd {
		b.XMLSchema()
	}
	number, _ := datatype.Builtin("int")
	leaf := func(names schema.NameClass, p schema.Process) schema.Pattern {
		l := b.NewLeaf(schema.Leaf{Names: names, Process: p})
		b.Declare(l, b.SimpleType(number), false)
		return b.Element(l)
	}
	root := b.NewLeaf(schema.Leaf{Names: schema.Name("", "r")})
	global := b.NewLeaf(schema.Leaf{Names: schema.Name("", "known")})
	b.Declare(global, b.SimpleType(number), false)
	b.Declare(root, b.NewType(schema.Type{Base: -1, Content: f(b, leaf)}), false)
	b.Start(b.Choice(b.Element(root), b.Element(global)))
	g, err := b.Build(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func verdicts(t *testing.T, g *schema.Grammar, docs map[string]bool) {
	t.Helper()
	for doc, want := range docs {
		if rep := run(t, g, doc, schema.ValidateOptions{}); rep.Valid() != want {
			t.Errorf("%.60s: valid %v\n%s", doc, rep.Valid(), list(rep))
		}
	}
}

func times(n int, s string) string { return strings.Repeat(s, n) }

func TestRepeat(t *testing.T) {
	const a, b = "<a>1</a>", "<b>1</b>"
	g := build(t, false, func(bd *schema.Builder, leaf func(schema.NameClass, schema.Process) schema.Pattern) schema.Pattern {
		pa, pb := leaf(schema.Name("", "a"), schema.Declared), leaf(schema.Name("", "b"), schema.Declared)
		return bd.Group(bd.Repeat(pa, 2, 5000), bd.Repeat(bd.Group(pb, bd.Optional(pa)), 1, 2))
	})
	verdicts(t, g, map[string]bool{
		"<r>" + a + a + b + "</r>":                 true,
		"<r>" + a + b + "</r>":                     false,
		"<r>" + times(5000, a) + b + "</r>":        true,
		"<r>" + times(5001, a) + b + "</r>":        false,
		"<r>" + a + a + b + a + b + a + "</r>":     true,
		"<r>" + a + a + b + b + b + "</r>":         false,
		"<r>" + a + a + b + a + a + b + "</r>":     false,
		"<r>" + a + a + "</r>":                     false,
		"<r>" + times(3, a) + times(2, b) + "</r>": true,
	})
}

// TestRepeatOfRepeat tries every small repetition of a repetition: the numbers
// of elements it takes are those counting gives.
func TestRepeatOfRepeat(t *testing.T) {
	const most = 9
	bounds := [][2]int{{0, 1}, {0, 2}, {0, -1}, {1, 2}, {1, -1}, {2, 2}, {2, 3}, {2, -1}, {3, 3}, {3, 4}}
	for _, in := range bounds {
		for _, out := range bounds {
			for _, optional := range []bool{false, true} {
				g := build(t, false, func(b *schema.Builder, leaf func(schema.NameClass, schema.Process) schema.Pattern) schema.Pattern {
					p := b.Repeat(leaf(schema.Name("", "a"), schema.Declared), in[0], in[1])
					if optional {
						p = b.Optional(p)
					}
					return b.Repeat(p, out[0], out[1])
				})
				taken := map[int]bool{} // after so many repetitions of the inner one
				now := map[int]bool{0: true}
				for i := 0; i <= max(out[1], most); i++ {
					if i >= out[0] && (out[1] < 0 || i <= out[1]) {
						for n := range now {
							taken[n] = true
						}
					}
					next := map[int]bool{}
					for n := range now {
						for k := 0; n+k <= most; k++ {
							if k >= in[0] && (in[1] < 0 || k <= in[1]) || optional && k == 0 {
								next[n+k] = true
							}
						}
					}
					now = next
				}
				for n := range most + 1 {
					rep := run(t, g, "<r>"+times(n, "<a>1</a>")+"</r>", schema.ValidateOptions{})
					if rep.Valid() != taken[n] {
						t.Errorf("%v of %v, optional %v: %d elements are valid: %v", out, in, optional, n, rep.Valid())
					}
				}
			}
		}
	}
}

func TestWildcards(t *testing.T) {
	for _, c := range []struct {
		process schema.Process
		docs    map[string]bool
	}{
		{schema.Strict, map[string]bool{"<r><known>1</known></r>": true, "<r><known>x</known></r>": false, "<r><other>1</other></r>": false}},
		{schema.Skip, map[string]bool{"<r><known>x<y/></known></r>": true, "<r><other/></r>": true}},
		{schema.Lax, map[string]bool{"<r><known>x</known></r>": false, "<r><other>1</other></r>": true}},
	} {
		g := build(t, true, func(b *schema.Builder, leaf func(schema.NameClass, schema.Process) schema.Pattern) schema.Pattern {
			return b.OneOrMore(leaf(schema.AnyName(nil), c.process))
		})
		verdicts(t, g, c.docs)
	}
}

// TestElementBeatsWildcard: with XML Schema's ways, a named particle is
// preferred to a wildcard beside it; with RELAX NG's, both remain.
func TestElementBeatsWildcard(t *testing.T) {
	content := func(b *schema.Builder, leaf func(schema.NameClass, schema.Process) schema.Pattern) schema.Pattern {
		return b.Choice(leaf(schema.Name("", "a"), schema.Declared), leaf(schema.AnyName(nil), schema.Skip))
	}
	verdicts(t, build(t, true, content), map[string]bool{"<r><a>x</a></r>": false, "<r><a>1</a></r>": true, "<r><b>x</b></r>": true})
	verdicts(t, build(t, false, content), map[string]bool{"<r><a>x</a></r>": true})
}

func TestBuilderLimits(t *testing.T) {
	b := schema.NewBuilder(schema.Limits{Leaves: 10})
	err := b.Catch(func() {
		for range 11 {
			b.NewLeaf(schema.Leaf{Names: schema.Name("", "a")})
		}
	})
	if !errors.Is(err, schema.ErrLimit) {
		t.Errorf("leaves: %v", err)
	}
	b = schema.NewBuilder(schema.Limits{Patterns: 100})
	err = b.Catch(func() {
		p := b.Element(b.NewLeaf(schema.Leaf{Names: schema.Name("", "a")}))
		for range 40 {
			p = b.Group(p, p)
		}
	})
	if !errors.Is(err, schema.ErrLimit) {
		t.Errorf("patterns: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b = schema.NewBuilder(schema.Limits{})
	b.Start(b.Element(b.NewLeaf(schema.Leaf{Names: schema.Name("", "a")})))
	if _, err := b.Build(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestNameClasses(t *testing.T) {
	but := schema.Name("urn:a", "x")
	any := schema.AnyName(&but)
	ns := schema.NsName("urn:a", nil)
	other := schema.NsName("urn:b", nil)
	both := schema.NameChoice(schema.Name("urn:a", "x"), schema.Name("urn:a", "y"))
	for _, c := range []struct {
		a, b schema.NameClass
		want bool
	}{{any, ns, true}, {any, but, false}, {ns, other, false}, {ns, both, true}, {both, but, true}, {any, any, true}} {
		if got := c.a.Overlaps(&c.b); got != c.want {
			t.Errorf("%v overlaps %v: %v", c.a, c.b, got)
		}
		if got := c.b.Overlaps(&c.a); got != c.want {
			t.Errorf("%v overlaps %v: %v", c.b, c.a, got)
		}
	}
	if any.Contains("urn:a", "x") || !any.Contains("", "x") || !both.Contains("urn:a", "y") || other.Contains("urn:a", "x") {
		t.Error("Contains")
	}
	if both.Infinite() || !ns.Infinite() {
		t.Error("Infinite")
	}
}
