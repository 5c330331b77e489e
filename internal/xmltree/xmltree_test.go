package xmltree

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

func parse(t *testing.T, doc string) *Node {
	t.Helper()
	n, err := Parse(context.Background(), strings.NewReader(doc), xmlcore.Options{Member: "m.xml"})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTreeKeepsNamesValuesAndPlaces(t *testing.T) {
	n := parse(t, "<a xmlns='u' xmlns:p='v' p:x='1'>t<b>1</b><!-- c -->é&amp;\n<p:b q='2'/><b>2</b><![CDATA[<]]></a>")
	if !n.Is("u", "a") || n.Text != "té&\n<" || len(n.Children) != 3 {
		t.Fatalf("root {%s}%s %q, %d children", n.Space, n.Local, n.Text, len(n.Children))
	}
	if v, ok := n.Attr("v", "x"); !ok || v != "1" {
		t.Errorf("attribute = %q, %v", v, ok)
	}
	if got := n.ChildText("u", "b"); got != "1" {
		t.Errorf("first b = %q", got)
	}
	var texts []string
	for b := range n.All("u", "b") {
		texts = append(texts, b.Text)
	}
	if strings.Join(texts, ",") != "1,2" {
		t.Errorf("all b = %q", texts)
	}
	pb := n.Child("v", "b")
	if w := pb.Where; w != (report.Location{Member: "m.xml", Path: "/a/p:b", Line: 2, Column: 1, Offset: 60}) {
		t.Errorf("p:b at %+v", w)
	}
	if w := pb.AttrNode("", "q").Where; w.Path != "/a/p:b/@q" || w.Column != 6 || w.Line != 2 {
		t.Errorf("q at %+v", w)
	}
	count := 0
	for range n.Tree() {
		count++
	}
	if count != 4 {
		t.Errorf("%d elements", count)
	}
	if pb.Parent != n || pb.End != 72 {
		t.Errorf("end of p:b %d", pb.End)
	}
}

func TestAbsentNodesAnswerAsEmpty(t *testing.T) {
	var n *Node
	if _, ok := n.Attr("", "x"); ok || n.Child("", "b").Child("", "c") != nil || n.ChildText("", "b") != "" || n.Is("", "") {
		t.Error("a nil node has content")
	}
	for range n.Tree() {
		t.Error("a nil node has elements")
	}
}

func TestPartialTreeSurvivesAFault(t *testing.T) {
	n, err := Parse(context.Background(), strings.NewReader("<a>one<b>two</b><c>three</a>"), xmlcore.Options{})
	var bad *xmlcore.Error
	if !errors.As(err, &bad) || bad.Finding.Rule != report.XMLTagMismatch {
		t.Fatalf("err = %v", err)
	}
	if n.Text != "one" || n.ChildText("", "b") != "two" || n.ChildText("", "c") != "three" {
		t.Errorf("partial tree lost text: %q", n.Text)
	}
}

func TestLimitsEndTheReading(t *testing.T) {
	for name, c := range map[string]struct {
		b    Builder
		doc  string
		rule *report.Rule
	}{
		"text":       {Builder{MaxBytes: 100}, "<a>" + strings.Repeat("x", 200) + "</a>", report.LimBytes},
		"attributes": {Builder{MaxBytes: 100}, "<a x='" + strings.Repeat("x", 200) + "'/>", report.LimBytes},
		"elements":   {Builder{MaxElements: 10}, "<a>" + strings.Repeat("<b/>", 20) + "</a>", report.LimCount},
		"default":    {Builder{}, "<a>" + strings.Repeat("x", 17<<20) + "</a>", report.LimBytes},
	} {
		t.Run(name, func(t *testing.T) {
			err := xmlcore.Run(context.Background(), xmlcore.NewReader(strings.NewReader(c.doc), xmlcore.Options{}), &c.b)
			var bad *xmlcore.Error
			if !errors.As(err, &bad) || bad.Finding.Rule != c.rule {
				t.Fatalf("err = %v", err)
			}
			if c.b.Root() == nil {
				t.Error("the tree read so far is lost")
			}
		})
	}
}

func TestOtherSinksSeeTheSameEvents(t *testing.T) {
	var other Builder
	n, err := Parse(context.Background(), strings.NewReader("<a><b/></a>"), xmlcore.Options{}, &other)
	if err != nil || len(n.Children) != 1 || len(other.Root().Children) != 1 {
		t.Errorf("err = %v", err)
	}
}

// FuzzParse: no panic, and whatever was read of a document hangs together.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"<a x='1'>t<b/>é</a>", "<a><b>t", "<a></b>", "<p:a xmlns:p='u' p:x=''><![CDATA[x]]></p:a>", ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		n, err := Parse(context.Background(), bytes.NewReader(doc), xmlcore.Options{})
		if err == nil && n == nil {
			t.Fatal("a document without root")
		}
		for e := range n.Tree() {
			for _, c := range e.Children {
				if c.Parent != e {
					t.Fatal("a child knows another parent")
				}
			}
			if err == nil && (e.End <= e.Where.Offset || e.End > int64(len(doc))) {
				t.Fatalf("element from %d to %d", e.Where.Offset, e.End)
			}
		}
	})
}
