package xmlout_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/liasse/liasse/internal/xmlcore"
	"github.com/liasse/liasse/internal/xmlout"
)

func write(opt xmlout.Options, f func(*xmlout.Writer)) (string, error) {
	var b bytes.Buffer
	w := xmlout.New(&b, opt)
	f(w)
	err := w.Close()
	return b.String(), err
}

func TestOutput(t *testing.T) {
	const utf8Decl = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	const latinDecl = `<?xml version="1.0" encoding="ISO-8859-1"?>` + "\n"
	for _, c := range []struct {
		name string
		opt  xmlout.Options
		f    func(*xmlout.Writer)
		want string
	}{
		{"an empty element is one tag", xmlout.Options{}, func(w *xmlout.Writer) {
			w.Element("", "a", "")
		}, utf8Decl + `<a/>`},
		{"prefixes and order are the caller's", xmlout.Options{}, func(w *xmlout.Writer) {
			w.Start("p", "a")
			w.Attr("p", "z", "1")
			w.Attr("", "b", "2")
			w.Namespace("p", "urn:p")
			w.Namespace("", "urn:d")
			w.Element("", "b", "x")
			w.End()
		}, utf8Decl + `<p:a p:z="1" b="2" xmlns:p="urn:p" xmlns="urn:d"><b>x</b></p:a>`},
		{"indentation stays out of text", xmlout.Options{Indent: "  "}, func(w *xmlout.Writer) {
			w.Start("", "a")
			w.Element("", "b", " x ")
			w.Start("", "m")
			w.Text("t")
			w.Element("", "i", "u")
			w.Start("", "j")
			w.Element("", "k", "")
			w.End()
			w.Text("v")
			w.End()
			w.Start("", "n")
			w.Inline()
			w.Element("", "i", "")
			w.Text("v")
			w.End()
			w.End()
		}, utf8Decl + "<a>\n  <b> x </b>\n  <m>t<i>u</i><j><k/></j>v</m>\n  <n><i/>v</n>\n</a>\n"},
		{"CRLF ends every line", xmlout.Options{Indent: "\t", CRLF: true}, func(w *xmlout.Writer) {
			w.Start("", "a")
			w.Element("", "b", "x\ny\r")
			w.End()
		}, strings.ReplaceAll(utf8Decl+"<a>\n\t<b>x\ny&#13;</b>\n</a>\n", "\n", "\r\n")},
		{"text escapes", xmlout.Options{}, func(w *xmlout.Writer) {
			w.Start("", "a")
			w.Text("x]]")
			w.Text(">&<\"'\t\n\r")
			w.End()
		}, utf8Decl + "<a>x]]&gt;&amp;&lt;\"'\t\n&#13;</a>"},
		{"attribute escapes", xmlout.Options{}, func(w *xmlout.Writer) {
			w.Start("", "a")
			w.Attr("", "v", "&<>\"'\t\n\r")
			w.End()
		}, utf8Decl + `<a v="&amp;&lt;>&quot;'&#9;&#10;&#13;"/>`},
		{"outside Latin-1 becomes a reference", xmlout.Options{Latin1: true}, func(w *xmlout.Writer) {
			w.Start("", "é")
			w.Attr("", "v", "œ€é")
			w.Text("\u0085€é😀")
			w.End()
		}, latinDecl + "<\xe9 v=\"&#339;&#8364;\xe9\">&#133;&#8364;\xe9&#128512;</\xe9>"},
		{"xml: needs no declaration", xmlout.Options{}, func(w *xmlout.Writer) {
			w.Start("", "a")
			w.Attr("xml", "lang", "fr")
			w.End()
		}, utf8Decl + `<a xml:lang="fr"/>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := write(c.opt, c.f)
			if err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	in := func(f func(*xmlout.Writer)) func(*xmlout.Writer) {
		return func(w *xmlout.Writer) { w.Start("", "root"); f(w); w.End() }
	}
	for _, c := range []struct {
		name string
		opt  xmlout.Options
		f    func(*xmlout.Writer)
		want error
	}{
		{"no root", xmlout.Options{}, func(w *xmlout.Writer) {}, xmlout.ErrNesting},
		{"two roots", xmlout.Options{}, func(w *xmlout.Writer) { w.Element("", "a", ""); w.Element("", "a", "") }, xmlout.ErrNesting},
		{"left open", xmlout.Options{}, func(w *xmlout.Writer) { w.Start("", "a") }, xmlout.ErrNesting},
		{"end too many", xmlout.Options{}, func(w *xmlout.Writer) { w.Element("", "a", ""); w.End() }, xmlout.ErrNesting},
		{"text outside", xmlout.Options{}, func(w *xmlout.Writer) { w.Element("", "a", ""); w.Text("x") }, xmlout.ErrNesting},
		{"NUL", xmlout.Options{}, in(func(w *xmlout.Writer) { w.Text("a\x00") }), xmlout.ErrChar},
		{"control in attribute", xmlout.Options{}, in(func(w *xmlout.Writer) { w.Attr("", "a", "\x1b") }), xmlout.ErrChar},
		{"U+FFFE", xmlout.Options{}, in(func(w *xmlout.Writer) { w.Text("\ufffe") }), xmlout.ErrChar},
		{"not UTF-8", xmlout.Options{Latin1: true}, in(func(w *xmlout.Writer) { w.Text("\xe9") }), xmlout.ErrChar},
		{"not UTF-8, long", xmlout.Options{}, in(func(w *xmlout.Writer) { w.Text(strings.Repeat("\x80", 100_000)) }), xmlout.ErrChar},
		{"name with blank", xmlout.Options{}, in(func(w *xmlout.Writer) { w.Element("", "a b", "") }), xmlout.ErrName},
		{"name with colon", xmlout.Options{}, in(func(w *xmlout.Writer) { w.Element("", "a:b", "") }), xmlout.ErrName},
		{"name with digit first", xmlout.Options{}, in(func(w *xmlout.Writer) { w.Attr("", "1", "") }), xmlout.ErrName},
		{"no name", xmlout.Options{}, in(func(w *xmlout.Writer) { w.Element("", "", "") }), xmlout.ErrName},
		{"name outside Latin-1", xmlout.Options{Latin1: true}, in(func(w *xmlout.Writer) { w.Element("", "œuvre", "") }), xmlout.ErrName},
		{"unbound element prefix", xmlout.Options{}, in(func(w *xmlout.Writer) { w.Element("p", "a", "") }), xmlout.ErrPrefix},
		{"unbound attribute prefix", xmlout.Options{}, in(func(w *xmlout.Writer) { w.Attr("p", "a", "") }), xmlout.ErrPrefix},
		{"prefix out of scope", xmlout.Options{}, in(func(w *xmlout.Writer) {
			w.Start("", "a")
			w.Namespace("p", "urn:p")
			w.End()
			w.Element("p", "b", "")
		}), xmlout.ErrPrefix},
		{"empty uri for a prefix", xmlout.Options{}, in(func(w *xmlout.Writer) { w.Namespace("p", "") }), xmlout.ErrPrefix},
		{"xml prefix", xmlout.Options{}, in(func(w *xmlout.Writer) { w.Namespace("xml", "urn:x") }), xmlout.ErrPrefix},
		{"declaration as attribute", xmlout.Options{}, in(func(w *xmlout.Writer) { w.Attr("", "xmlns", "urn:x") }), xmlout.ErrPrefix},
		{"attribute twice", xmlout.Options{}, in(func(w *xmlout.Writer) { w.Attr("", "a", ""); w.Attr("", "a", "") }), xmlout.ErrAttribute},
		{"attribute twice by two prefixes", xmlout.Options{}, in(func(w *xmlout.Writer) {
			w.Namespace("p", "urn:p")
			w.Namespace("q", "urn:p")
			w.Attr("p", "a", "")
			w.Attr("q", "a", "")
		}), xmlout.ErrAttribute},
		{"prefix declared twice", xmlout.Options{}, in(func(w *xmlout.Writer) { w.Namespace("", "a"); w.Namespace("", "a") }), xmlout.ErrAttribute},
		{"attribute after content", xmlout.Options{}, in(func(w *xmlout.Writer) { w.Text("x"); w.Attr("", "a", "") }), xmlout.ErrAttribute},
		{"text after indented child", xmlout.Options{Indent: " "}, in(func(w *xmlout.Writer) { w.Element("", "a", ""); w.Text("x") }), xmlout.ErrMixed},
		{"indentation with a letter", xmlout.Options{Indent: "x"}, in(func(w *xmlout.Writer) {}), xmlout.ErrOption},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := write(c.opt, c.f); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

type failing struct{ after int }

func (f *failing) Write(p []byte) (int, error) {
	if f.after -= len(p); f.after < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestWriteErrorIsKept(t *testing.T) {
	w := xmlout.New(&failing{100_000}, xmlout.Options{})
	w.Start("", "a")
	for range 10_000 {
		w.Element("", "b", "0123456789")
	}
	if !errors.Is(w.Err(), io.ErrShortWrite) {
		t.Errorf("Err() = %v while writing", w.Err())
	}
	w.End()
	if err := w.Close(); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("Close() = %v", err)
	}
}

// compose writes a random document and the same facts, flat, in a form the
// reading side can rebuild.
func compose(rnd *rand.Rand, opt xmlout.Options) (doc, facts string, err error) {
	var f strings.Builder
	value := func() string {
		const set = "abé€œ\u0085\u00a0]]>&<\"'\t\n\r  😀\uFFFD"
		runes := []rune(set)
		s := make([]rune, rnd.IntN(9))
		for i := range s {
			s[i] = runes[rnd.IntN(len(runes))]
		}
		return string(s)
	}
	names := []string{"a", "b-1", "é", "_x.y"}
	prefixes := []string{"", "p", "q"}
	uris := map[string]string{"": "urn:d", "p": "urn:p", "q": "urn:q&\"<é>"}
	doc, err = write(opt, func(w *xmlout.Writer) {
		var element func(depth int)
		element = func(depth int) {
			p, l := prefixes[rnd.IntN(3)], names[rnd.IntN(len(names))]
			w.Start(p, l)
			fmt.Fprintf(&f, "<%q %q", uris[p], l)
			if depth == 0 {
				for _, p := range prefixes {
					w.Namespace(p, uris[p])
				}
			}
			for _, i := range rnd.Perm(len(names))[:rnd.IntN(3)] {
				v := value()
				w.Attr("", names[i], v)
				fmt.Fprintf(&f, " %q=%q", names[i], v)
			}
			f.WriteString("\n")
			if depth < 4 && rnd.IntN(3) > 0 {
				mixed := opt.Indent == "" || depth > 0 && rnd.IntN(2) == 0
				if mixed {
					w.Inline()
				}
				text := ""
				for range rnd.IntN(4) {
					if v := value(); mixed {
						w.Text(v)
						text += v
					}
					if text != "" {
						fmt.Fprintf(&f, "%q\n", text)
						text = ""
					}
					element(depth + 1)
				}
			} else if v := value(); v != "" && (opt.Indent == "" || depth > 0) {
				w.Text(v)
				fmt.Fprintf(&f, "%q\n", v)
			}
			w.End()
			f.WriteString(">\n")
		}
		element(0)
	})
	return doc, f.String(), err
}

func latin1(_ string, r io.Reader) (io.Reader, error) {
	b, err := io.ReadAll(r)
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return strings.NewReader(string(runes)), err
}

// readStrictly rebuilds the facts of compose with xmlcore, the reader of this
// house, which accepts only what is well-formed.
func readStrictly(doc string) (string, error) {
	r := xmlcore.NewReader(strings.NewReader(doc), xmlcore.Options{})
	var f strings.Builder
	text := ""
	for {
		k, err := r.Next()
		if k != xmlcore.Text && text != "" {
			fmt.Fprintf(&f, "%q\n", text)
			text = ""
		}
		switch {
		case err == io.EOF:
			return f.String(), nil
		case err != nil:
			return "", err
		case k == xmlcore.StartElement:
			fmt.Fprintf(&f, "<%q %q", r.Name().Space, r.Name().Local)
			for _, a := range r.Attrs() {
				fmt.Fprintf(&f, " %q=%q", a.Name.Local, a.Value)
			}
			f.WriteString("\n")
		case k == xmlcore.EndElement:
			f.WriteString(">\n")
		default:
			text += string(r.Text())
		}
	}
}

// read rebuilds the facts of compose with encoding/xml, a second opinion. Where the document is
// indented, texts of blanks between elements are not facts.
func read(doc string, indented func(text string, depth int) bool) (string, error) {
	d := xml.NewDecoder(strings.NewReader(doc))
	d.CharsetReader = latin1
	var f strings.Builder
	text, depth := "", 0
	flush := func() {
		if text != "" && !indented(text, depth) {
			fmt.Fprintf(&f, "%q\n", text)
		}
		text = ""
	}
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return f.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			flush()
			depth++
			fmt.Fprintf(&f, "<%q %q", tok.Name.Space, tok.Name.Local)
			for _, a := range tok.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
					fmt.Fprintf(&f, " %q=%q", a.Name.Local, a.Value)
				}
			}
			f.WriteString("\n")
		case xml.EndElement:
			flush()
			depth--
			f.WriteString(">\n")
		case xml.CharData:
			if depth > 0 {
				text += string(tok)
			}
		}
	}
}

func TestReadsBackEqual(t *testing.T) {
	for _, opt := range []xmlout.Options{{}, {Latin1: true}, {CRLF: true}} {
		for seed := range uint64(2000) {
			doc, facts, err := compose(rand.New(rand.NewPCG(seed, 1)), opt)
			if err != nil {
				t.Fatal(err)
			}
			strict, err := readStrictly(doc)
			if err != nil {
				t.Fatalf("%+v seed %d: %v\n%s", opt, seed, err, doc)
			}
			if strict != facts {
				t.Fatalf("%+v seed %d\n%s\ngot  %s\nwant %s", opt, seed, doc, strict, facts)
			}
			got, err := read(doc, func(string, int) bool { return false })
			if err != nil {
				t.Fatalf("%+v seed %d: %v\n%s", opt, seed, err, doc)
			}
			if got != facts {
				t.Fatalf("%+v seed %d\n%s\ngot  %s\nwant %s", opt, seed, doc, got, facts)
			}
		}
	}
}

// With indentation, the only texts that were not given are a line break and
// the indentation of a level. The composed root holds no text of its own, so
// that a lone line break in it is indentation.
func TestIndentationAddsOnlyBlanksBetweenElements(t *testing.T) {
	for seed := range uint64(2000) {
		opt := xmlout.Options{Indent: "\u0020\t\t\t \t"} // a mark no value holds
		doc, facts, err := compose(rand.New(rand.NewPCG(seed, 2)), opt)
		if err != nil {
			t.Fatal(err)
		}
		got, err := read(doc, func(s string, depth int) bool {
			rest, ok := strings.CutPrefix(s, "\n")
			return ok && strings.ReplaceAll(rest, opt.Indent, "") == "" && (rest != "" || depth == 1)
		})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if got != facts {
			t.Fatalf("seed %d\n%s\ngot  %s\nwant %s", seed, doc, got, facts)
		}
	}
}

type discard struct{ n int64 }

func (d *discard) Write(p []byte) (int, error) { d.n += int64(len(p)); return len(p), nil }

// BenchmarkWrite writes documents of the shape of a SEDA archive: many units of
// four leaves.
func BenchmarkWrite(b *testing.B) {
	for _, opt := range []xmlout.Options{{Indent: "  "}, {Latin1: true}} {
		b.Run(fmt.Sprintf("latin1=%t", opt.Latin1), func(b *testing.B) {
			b.ReportAllocs()
			var d discard
			for b.Loop() {
				d.n = 0
				w := xmlout.New(&d, opt)
				w.Start("", "ArchiveTransfer")
				w.Namespace("", "fr:gouv:culture:archivesdefrance:seda:v2.1")
				w.Namespace("xlink", "http://www.w3.org/1999/xlink")
				for range 20_000 {
					w.Start("", "ArchiveUnit")
					w.Attr("", "id", "ID123456")
					w.Start("", "Content")
					w.Element("", "DescriptionLevel", "RecordGrp")
					w.Element("", "Title", "Délibération du conseil municipal relative au budget primitif")
					w.Element("", "Description", "Vote du budget primitif de la commune, annexes comprises & signées")
					w.Element("", "StartDate", "2024-07-01")
					w.End()
					w.End()
				}
				w.End()
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(d.n)
		})
	}
}
