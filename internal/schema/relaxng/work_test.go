package relaxng

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
)

// fading is a context cancelled once it has been asked so many times.
type fading struct {
	context.Context
	left int
}

func (c *fading) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// One state with 5 000 edges, each as costly as the model is long, took nine
// seconds during which nobody was asked whether to go on.
func TestOneLargeModelCanBeCancelled(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "element e%d {empty}?, ", i)
	}
	src := files("g.rnc", "start = element a { "+b.String()+"empty }")
	all := &fading{context.Background(), 1 << 30}
	if _, _, err := Compile(all, src, "g.rnc", Options{}); err != nil {
		t.Fatal(err)
	}
	asked := 1<<30 - all.left
	if asked < 30 {
		t.Errorf("the context was asked %d times", asked)
	}
	for _, n := range []int{0, asked / 2, asked - 1} {
		if _, _, err := Compile(&fading{context.Background(), n}, src, "g.rnc", Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled after %d of %d questions: %v", n, asked, err)
		}
	}
}

// Following every link of a list pattern counts as work.
func TestAnAmbiguousListIsGivenUp(t *testing.T) {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, `("a", ("a"|"b%d")*)|`, i)
	}
	g := compile(t, `element a { list { (`+b.String()+`"a")* } }`, Options{})
	if _, rep := judge(t, g, "<a>"+strings.Repeat("a ", 20)+"</a>"); !rep.Valid() {
		t.Error(rep.Err())
	}
	if codes, rep := judge(t, g, "<a>"+strings.Repeat("a ", 20_000)+"</a>"); !rep.Has(report.LimTime) {
		t.Errorf("findings %q", codes)
	}
}

func TestAChoiceOfManyNamesIsTheSameSet(t *testing.T) {
	var names []string
	for i := range 40 {
		names = append(names, fmt.Sprintf("n%d", i))
	}
	class := strings.Join(names, "|")
	g := compile(t, "namespace p = \"urn:p\"\nelement a { element "+class+"|p:* {empty}*, element * - ("+class+"|p:*|z) {empty}* }", Options{})
	for doc, want := range map[string]bool{
		"<a><n0/><n39/></a>": true, `<a xmlns:p="urn:p"><p:n1/><p:x/><n2/><n40/></a>`: true,
		"<a><n40/><n39/></a>": false, "<a><z/></a>": false, `<a xmlns:p="urn:p"><y/><p:y/></a>`: false,
	} {
		if _, rep := judge(t, g, doc); rep.Valid() != want {
			t.Errorf("%s: valid %v", doc, rep.Valid())
		}
	}
}
