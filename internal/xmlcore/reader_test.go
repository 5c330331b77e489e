package xmlcore

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// events writes all events of a document, one per line; pieces of one
// construct are joined, so that windows do not show.
func events(r *Reader) (string, error) {
	var b strings.Builder
	var text strings.Builder
	last := ""
	flush := func() {
		if last != "" {
			fmt.Fprintf(&b, "%s %q\n", last, text.String())
			last = ""
			text.Reset()
		}
	}
	for {
		k, err := r.Next()
		if err != nil {
			flush()
			if err == io.EOF {
				return b.String(), nil
			}
			return b.String(), err
		}
		switch k {
		case Text:
			kind := "text"
			if r.CData() {
				kind = "cdata"
			}
			if last != kind {
				flush()
			}
			last = kind
			text.Write(r.Text())
			continue
		case Comment, ProcInst:
			kind := k.String() + " " + r.Target()
			if k == Comment {
				kind = "Comment"
			}
			if last != kind {
				flush()
			}
			text.Write(r.Text())
			last = kind
			if !r.More() {
				flush()
			}
			continue
		}
		flush()
		n := r.Name()
		fmt.Fprintf(&b, "%v {%s}%s depth %d path %s at %s\n", k, n.Space, n, r.Depth(), r.Path(), r.Location())
		if k == StartElement {
			for _, d := range r.Namespaces() {
				fmt.Fprintf(&b, "  ns %s=%s\n", d.Prefix, d.URI)
			}
			for i, a := range r.Attrs() {
				fmt.Fprintf(&b, "  {%s}%s=%q at %s\n", a.Name.Space, a.Name, a.Value, r.AttrLocation(i))
			}
		}
	}
}

func read(doc string) (string, error) {
	return events(NewReader(strings.NewReader(doc), Options{}))
}

// verdict returns the code and place of the verdict on a document, "" if it is
// well-formed.
func verdict(t testing.TB, doc string) string {
	t.Helper()
	_, err := read(doc)
	if err == nil {
		return ""
	}
	var bad *Error
	if !errors.As(err, &bad) {
		t.Fatalf("not a verdict: %v", err)
	}
	return fmt.Sprintf("%s %d:%d", bad.Finding.Rule.Code, bad.Finding.Where.Line, bad.Finding.Where.Column)
}

func TestEventsOfADocument(t *testing.T) {
	got, err := read("<?xml version='1.0'?><!-- é --><a xmlns='u' xmlns:p='v' p:x=' 1\t2&#10;'>t&amp;t\r\n<p:b/><b>]]</b><![CDATA[<&\r]]><?do  it?><b p:y=\"'\"></b\n></a>\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{
		`Comment " é "`, "StartElement {u}a depth 1 path /a at /a 1:32", "  ns =u\n  ns p=v\n",
		`{v}p:x=" 1 2\n" at /a/@p:x 1:57`, `text "t&t\n"`, "StartElement {v}p:b depth 2 path /a/p:b at /a/p:b 2:1\n",
		"EndElement {v}p:b depth 2 path /a/p:b at /a/p:b 2:5\n", `text "]]"`, `cdata "<&\n"`, `ProcInst do "it"`,
		"StartElement {u}b depth 2 path /a/b[2]", `{v}p:y="'"`,
	} {
		if !strings.Contains(got, s) {
			t.Errorf("no %q in\n%s", s, got)
		}
	}
}

func TestSmallReadsGiveTheSameEvents(t *testing.T) {
	doc := "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9" + strings.Repeat("x\r\n&lt;é]]>"[:9], 30000) + "</a>"
	want, err := read(doc)
	if err != nil {
		t.Fatal(err)
	}
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"one byte": iotest.OneByteReader, "half": iotest.HalfReader, "data with error": iotest.DataErrReader,
	} {
		got, err := events(NewReader(wrap(strings.NewReader(doc)), Options{}))
		if err != nil || got != want {
			t.Errorf("%s: %v, same events: %v", name, err, got == want)
		}
	}
}

func TestFailureOfTheSourceIsNoVerdict(t *testing.T) {
	boom := errors.New("boom")
	_, err := events(NewReader(io.MultiReader(strings.NewReader("<a>x"), iotest.ErrReader(boom)), Options{}))
	var bad *Error
	if !errors.Is(err, boom) || errors.As(err, &bad) {
		t.Errorf("err = %v", err)
	}
}
