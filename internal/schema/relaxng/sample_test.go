package relaxng

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/mutant"
	"github.com/liasse/liasse/internal/schema/datatype"
	"github.com/liasse/liasse/internal/xmlcore"
	"github.com/liasse/liasse/internal/xmlout"
)

// written writes a sample, giving identifiers values of their own; complete is
// false when a value is unknown or a reference cannot be resolved.
func written(t testing.TB, root *Sample) (doc []byte, complete bool) {
	t.Helper()
	var out bytes.Buffer
	w := xmlout.New(&out, xmlout.Options{})
	n := 0
	complete = true
	value := func(x SampleText) string {
		switch {
		case x.Unknown, x.Identity > datatype.ID, x.Identity == datatype.ID && x.Pattern != "":
			complete = false
		case x.Identity == datatype.ID && !x.Fixed:
			n++
			return "_" + strconv.Itoa(n)
		case x.Identity == datatype.ID:
			complete = false // the same one may stand twice
		}
		return x.Value
	}
	var write func(e *Sample, around string)
	write = func(e *Sample, around string) {
		w.Start("", e.Name.Local)
		if e.Name.Space != around {
			w.Namespace("", e.Name.Space)
		}
		for i, a := range e.Attrs {
			prefix := ""
			switch a.Name.Space {
			case "":
			case xmlcore.XMLSpace:
				prefix = "xml"
			default:
				prefix = "p" + strconv.Itoa(i)
				w.Namespace(prefix, a.Name.Space)
			}
			w.Attr(prefix, a.Name.Local, value(a.Text))
		}
		if len(e.Kids) == 0 {
			w.Text(value(e.Text))
		}
		for _, k := range e.Kids {
			write(k, e.Name.Space)
		}
		w.End()
	}
	write(root, "")
	if w.Close() != nil {
		return nil, false // a namespace that is no URI, for instance
	}
	return out.Bytes(), complete
}

// taken makes a sample and asks the grammar about it.
func taken(t testing.TB, fsys fstest.MapFS, optional bool) string {
	t.Helper()
	root, _, err := MakeSample(context.Background(), fsys, "g.rng", Options{}, SampleOptions{Optional: optional})
	if err != nil {
		t.Fatal(err)
	}
	doc, complete := written(t, root)
	if !complete {
		t.Fatalf("incomplete: %s", doc)
	}
	g, _, err := Compile(context.Background(), fsys, "g.rng", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if codes, rep := judge(t, g, string(doc)); !rep.Valid() {
		t.Errorf("%s: %s", doc, codes)
	}
	_, s, _ := strings.Cut(string(doc), "?>")
	return strings.TrimSpace(s)
}

// Every grammar of the syntax tests has a sample it takes, with and without
// what is optional.
func TestSamplesAreTaken(t *testing.T) {
	for _, c := range syntax {
		t.Run(c.rule, func(t *testing.T) {
			for _, optional := range []bool{false, true} {
				taken(t, files("g.rng", c.grammar), optional)
			}
		})
	}
}

func TestSampleChooses(t *testing.T) {
	for name, c := range map[string]struct{ body, least, full string }{
		"the cheaper alternative":   {`<element name="a"><choice><element name="b">` + emptyC + `</element>` + emptyC + `</choice></element>`, "<a><c/></a>", "<a><c/></a>"},
		"the first of equals":       {`<element name="a"><choice>` + emptyB + emptyC + `</choice></element>`, "<a><b/></a>", "<a><b/></a>"},
		"something or nothing":      {`<element name="a"><choice>` + emptyB + `<empty/></choice></element>`, "<a/>", "<a><b/></a>"},
		"once what is repeated":     {`<element name="a"><oneOrMore>` + emptyB + `</oneOrMore><zeroOrMore>` + emptyC + `</zeroOrMore></element>`, "<a><b/></a>", "<a><b/><c/></a>"},
		"fixed and typed values":    {`<element name="a"><attribute name="x"><value>v</value></attribute><data type="date"/></element>`, `<a x="v">2000-01-01</a>`, `<a x="v">2000-01-01</a>`},
		"a value of a pattern":      {`<element name="a"><data type="string"><param name="pattern">FR_[A-Z]{3}_\d{4}(x|y)?</param></data></element>`, `<a>FR_AAA_0000</a>`, `<a>FR_AAA_0000</a>`},
		"a length":                  {`<element name="a"><data type="string"><param name="minLength">7</param></data></element>`, `<a>2000-01-01</a>`, `<a>2000-01-01</a>`},
		"bounds":                    {`<element name="a"><data type="integer"><param name="minInclusive">1000</param></data></element>`, `<a>2000</a>`, `<a>2000</a>`},
		"no name that is excepted":  {`<element><anyName><except><name>x</name><nsName ns=""/></except></anyName><text/></element>`, `<x xmlns="urn:x">x</x>`, `<x xmlns="urn:x">x</x>`},
		"no open names when filled": {`<element name="a"><optional><element><anyName/><text/></element></optional></element>`, "<a/>", "<a/>"},
	} {
		t.Run(name, func(t *testing.T) {
			fsys := files("g.rng", inStart(c.body))
			if got := taken(t, fsys, false); got != c.least {
				t.Errorf("least: %s", got)
			}
			if got := taken(t, fsys, true); got != c.full {
				t.Errorf("full: %s", got)
			}
		})
	}
}

// A definition that holds itself is gone into once.
func TestSampleOfRecursion(t *testing.T) {
	fsys := files("g.rng", rng("", `<start><ref name="u"/></start><define name="u"><element name="u"><ref name="t"/><zeroOrMore><choice><ref name="u"/>`+emptyB+`</choice></zeroOrMore></element></define><define name="t"><element name="t"><text/></element></define>`))
	if got := taken(t, fsys, false); got != "<u><t>x</t></u>" {
		t.Error(got)
	}
	if got := taken(t, fsys, true); got != "<u><t>x</t><b/></u>" {
		t.Error(got)
	}
	// The definitions stand in an order that needs several rounds.
	fsys = files("g.rng", rng("", `<start><ref name="a"/></start><define name="a"><element name="a"><choice><ref name="a"/><ref name="b"/></choice></element></define><define name="b"><element name="b"><choice><ref name="a"/><ref name="c"/></choice></element></define><define name="c">`+emptyC+`</define>`))
	if got := taken(t, fsys, false); got != "<a><b><c/></b></a>" {
		t.Error(got)
	}
}

func TestSampleRefused(t *testing.T) {
	var bad *report.InvalidError
	for name, fsys := range map[string]fstest.MapFS{
		"no finite document":    files("g.rng", rng("", `<start><ref name="a"/></start><define name="a"><element name="a"><ref name="a"/></element></define>`)),
		"too large a document":  hostileXML["doubling references"](),
		"much that says little": hostileXML["doubling values"](),
		"not a grammar":         files("g.rng", "<a/>"),
	} {
		start := time.Now()
		root, rep, err := MakeSample(context.Background(), fsys, "g.rng", Options{}, SampleOptions{})
		if name == "much that says little" && err == nil {
			continue // its values are worked out once
		}
		if root != nil || !errors.As(err, &bad) || rep.Valid() {
			t.Errorf("%s: %v", name, err)
		}
		t.Logf("%s: %v", name, time.Since(start))
	}
}

// FuzzMakeSample: a grammar takes the sample made of it, or the sample says that
// a value is unknown.
func FuzzMakeSample(f *testing.F) {
	for _, c := range syntax {
		f.Add([]byte(c.grammar), false)
		f.Add([]byte(c.grammar), true)
	}
	for _, h := range hostileXML {
		if s := h()["g.rng"].Data; len(s) < 8000 {
			f.Add(s, true)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte, optional bool) {
		if len(src) > 1<<16 {
			return
		}
		fsys := fstest.MapFS{"g.rng": {Data: src}}
		start := time.Now()
		root, rep, err := MakeSample(context.Background(), fsys, "g.rng", Options{}, SampleOptions{Optional: optional, Elements: 500})
		if took := time.Since(start); took > 10*time.Second {
			t.Fatalf("took %v", took)
		}
		var bad *report.InvalidError
		switch {
		case err != nil && !errors.As(err, &bad):
			t.Fatal(err)
		case err != nil:
			if rep.Valid() {
				t.Fatal("an error without a finding")
			}
			return
		}
		doc, complete := written(t, root)
		if !complete {
			return
		}
		g, _, err := Compile(context.Background(), fsys, "g.rng", Options{})
		if err != nil {
			t.Fatal(err)
		}
		if ok, rep := mutant.NewJudge(g).Valid(t, doc); !ok {
			t.Fatalf("not taken: %s", mutant.Faults(rep))
		}
	})
}
