package xmlcore

import (
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
)

// encode writes a text in an encoding the reader knows, by its own name.
func encode(t testing.TB, name, s string) string {
	switch name {
	case "UTF-8":
		return s
	case "UTF-8 BOM":
		return "\ufeff" + s
	case "UTF-16LE":
		return u16(s, false, true)
	case "UTF-16BE":
		return u16(s, true, true)
	}
	enc := encodingNamed(name)
	var b strings.Builder
	for _, c := range s {
		if c < 0x80 {
			b.WriteByte(byte(c))
			continue
		}
		i := -1
		for j, x := range enc.table {
			if rune(x) == c {
				i = j
			}
		}
		if i < 0 {
			t.Fatalf("%q is not in %s", c, name)
		}
		b.WriteByte(byte(0x80 + i))
	}
	return b.String()
}

// widths gives the bytes a character takes in an encoding, and those in front
// of the document.
func widths(name string) (front int64, width func(rune) int64) {
	switch name {
	case "UTF-8", "UTF-8 BOM":
		return int64(len(name)-5) * 3 / 4, func(c rune) int64 { return int64(len(string(c))) }
	case "UTF-16LE", "UTF-16BE":
		return 2, func(c rune) int64 {
			if c > 0xFFFF {
				return 4
			}
			return 2
		}
	}
	return 0, func(rune) int64 { return 1 }
}

// place computes, the slow way, where character n of a document stands.
func place(name string, doc []rune, n int) (line, col int, off int64) {
	front, width := widths(name)
	line, col, off = 1, 1, front
	for i, c := range doc[:n] {
		off += width(c)
		if c == '\n' || c == '\r' && (i+1 == len(doc) || doc[i+1] != '\n') {
			line, col = line+1, 1
		} else {
			col++
		}
	}
	return
}

// Every element and attribute, and the end, stands where counting says, in
// every encoding, whatever the line ends and the size of the window.
func TestPositionsAreExactInEveryEncoding(t *testing.T) {
	for _, name := range []string{"UTF-8", "UTF-8 BOM", "UTF-16LE", "UTF-16BE", "ISO-8859-1", "ISO-8859-15", "windows-1252"} {
		for _, eol := range []string{"\n", "\r\n", "\r"} {
			decl := "<?xml version='1.0' encoding='" + strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, " BOM"), "LE"), "BE") + "'?>" + eol
			special := "é"
			switch name {
			case "UTF-8", "UTF-8 BOM", "UTF-16LE", "UTF-16BE":
				special = "é€\U0001f600"
			case "ISO-8859-15", "windows-1252":
				special = "é€œ"
			}
			body := strings.Repeat(special+eol+"<!--"+eol+special+"--><x1 a='"+special+eol+"'  b=''/>"+special+"<x2>&amp;"+eol+"</x2 >", 40)
			text := decl + "<r>" + body + "</r>" + eol
			runes := []rune(text)
			find := func(from int, s string) int { // character index of s from there on
				return from + len([]rune(text[len(string(runes[:from])):][:strings.Index(text[len(string(runes[:from])):], s)]))
			}
			for _, window := range []int{0, 200, 333} {
				r := &Reader{source: source{window: window}}
				r.Reset(strings.NewReader(encode(t, name, text)), Options{})
				at := 0
				check := func(what string, l report.Location, n int) {
					line, col, off := place(name, runes, n)
					if l.Line != line || l.Column != col || l.Offset != off {
						t.Fatalf("%s %q window %d: %s at %d:%d offset %d, want %d:%d offset %d", name, eol, window, what, l.Line, l.Column, l.Offset, line, col, off)
					}
				}
				for {
					k, err := r.Next()
					if err == io.EOF {
						break
					}
					if err != nil {
						t.Fatal(name, err)
					}
					switch {
					case k == StartElement && r.Name().Local == "x1":
						at = find(at+1, "<x1")
						check("x1", r.Location(), at)
						check("b", r.AttrLocation(1), find(at, "b='"))
						check("a", r.AttrLocation(0), find(at, "a='"))
						if off := r.Offset(); off != r.Location().Offset {
							t.Fatalf("offset %d", off)
						}
					case k == EndElement && r.Name().Local == "x1":
						_, _, off := place(name, runes, find(at, "/>")+2)
						if r.End() != off {
							t.Fatalf("%s: end %d, want %d", name, r.End(), off)
						}
					case k == StartElement && r.Name().Local == "x2":
						check("x2", r.Location(), find(at, "<x2"))
					case k == EndElement && r.Name().Local == "x2":
						check("/x2", r.Location(), find(at, "</x2"))
					}
				}
				if want, _ := widths(name); r.End() != want+func() (n int64) {
					_, w := widths(name)
					for _, c := range runes {
						n += w(c)
					}
					return
				}() {
					t.Errorf("%s: the document ends at %d", name, r.End())
				}
				if canonical := strings.TrimSuffix(name, " BOM"); r.Encoding() != canonical {
					t.Errorf("encoding %s, want %s", r.Encoding(), canonical)
				}
			}
		}
	}
}

// A window may end between CR and LF where only blanks are skipped.
func TestLineEndsAcrossWindows(t *testing.T) {
	for _, head := range []string{"", " ", "<?p ", "<?p  "} {
		doc := head + strings.Repeat("\r\n", 500)
		if head != "" && head != " " {
			doc += "?>"
		}
		for window := range 40 {
			r := &Reader{source: source{window: 128 + window}}
			r.Reset(strings.NewReader(doc+"<a/>"), Options{})
			for k := ProcInst; k != StartElement; {
				var err error
				if k, err = r.Next(); err != nil {
					t.Fatal(err)
				}
			}
			if l := r.Location(); l.Line != 501 || l.Offset != int64(len(doc)) {
				t.Fatalf("%q window %d: at %s offset %d", head, 128+window, l, l.Offset)
			}
		}
	}
}

func TestEncodingsGiveTheRightCharacters(t *testing.T) {
	for _, c := range []struct{ name, bytes, want string }{
		{"ISO-8859-1", "\xa4\xe9\xff\x85", "¤éÿ\u0085"},
		{"latin1", "\xbd", "½"},
		{"ISO-8859-15", "\xa4\xa6\xa8\xb4\xb8\xbc\xbd\xbe\xe9\xa3", "€ŠšŽžŒœŸé£"},
		{"windows-1252", "\x80\x82\x83\x85\x8c\x91\x92\x93\x94\x96\x97\x99\x9c\x9f\xe9", "€‚ƒ…Œ‘’“”–—™œŸé"},
		{"CP1252", "\x8a\x9a\x8e\x9e\x88\x89\x86\x87\x8b\x9b\x95\x98\x84", "ŠšŽžˆ‰†‡‹›•˜„"},
		{"US-ASCII", "abc", "abc"},
		{"utf-8", "é", "é"},
	} {
		r := NewReader(strings.NewReader("<?xml version='1.0' encoding='"+c.name+"'?><a>"+c.bytes+"</a>"), Options{})
		r.Next()
		if k, err := r.Next(); k != Text || string(r.Text()) != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, r.Text(), err, c.want)
		}
	}
}

func TestLyingDeclarationIsSuspected(t *testing.T) {
	const decl = "<?xml version='1.0' encoding='ISO-8859-1'?>\n"
	for name, c := range map[string]struct {
		doc  string
		want int64 // offset of the warning, -1 for none
	}{
		"UTF-8 bytes":     {decl + "<a>x é\n€</a>", int64(len(decl)) + 5},
		"Latin-1 bytes":   {decl + "<a>\xe9t\xe9</a>", -1},
		"both":            {decl + "<a>é \xe9 </a>", -1},
		"ASCII":           {decl + "<a>e</a>", -1},
		"UTF-8 declared":  {"<a>é</a>", -1},
		"in a bad one":    {decl + "<a>é</b>", int64(len(decl)) + 3},
		"across windows":  {decl + "<a>" + strings.Repeat("x", windowSize-len(decl)-4) + "é</a>", windowSize - 1},
		"across windows2": {decl + "<a>" + strings.Repeat("x", windowSize-len(decl)-5) + "€</a>", windowSize - 2},
	} {
		t.Run(name, func(t *testing.T) {
			var rep report.Report
			events(NewReader(strings.NewReader(c.doc), Options{Report: &rep, Member: "m.xml"}))
			if c.want < 0 {
				if rep.Len() > 0 {
					t.Error("a warning")
				}
				return
			}
			if rep.Len() != 1 {
				t.Fatalf("%d warnings", rep.Len())
			}
			for f := range rep.All() {
				if f.Rule != report.XMLEncodingSuspect || f.Where.Offset != c.want || f.Where.Member != "m.xml" {
					t.Errorf("%s at %+v, want offset %d", f.Rule, f.Where, c.want)
				}
			}
		})
	}
}

func TestSiblingsAreNumberedFromTheSecond(t *testing.T) {
	doc := "<a xmlns:p='u'><b/><c/><b><b/><c/></b><p:b/><b><b/></b><c/><p:b/></a>"
	want := "/a /a/b /a/c /a/b[2] /a/b[2]/b /a/b[2]/c /a/p:b /a/b[3] /a/b[3]/b /a/c[2] /a/p:b[2]"
	r := NewReader(strings.NewReader(doc), Options{})
	var got []string
	for {
		k, err := r.Next()
		if err != nil {
			break
		}
		if k == StartElement {
			got = append(got, r.Path())
		}
	}
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
}

func TestNamesAreInternedWithDenseIDs(t *testing.T) {
	r := NewReader(strings.NewReader("<a x='1'><p:b xmlns:p='u' p:x=''/><p:b xmlns:p='v'/><q:b xmlns:q='u'/><a x=''/><p:b xmlns:p='u'/></a>"), Options{})
	for range 2 {
		ids := map[string]int{}
		byPointer := map[*Name]string{}
		seen := func(n *Name) {
			key := n.Space + "|" + n.String()
			if id, ok := ids[key]; ok && id != n.ID {
				t.Errorf("%s has IDs %d and %d", key, id, n.ID)
			}
			ids[key] = n.ID
			if k, ok := byPointer[n]; ok && k != key {
				t.Errorf("%s and %s share a pointer", k, key)
			}
			byPointer[n] = key
		}
		for {
			k, err := r.Next()
			if err != nil {
				break
			}
			if k == StartElement {
				seen(r.Name())
				for _, a := range r.Attrs() {
					seen(a.Name)
				}
			}
		}
		if len(ids) != len(byPointer) || len(ids) != 6 {
			t.Errorf("%d names, %d pointers", len(ids), len(byPointer))
		}
		for key, id := range ids {
			if id < 0 || id >= len(ids) {
				t.Errorf("%s has ID %d", key, id)
			}
		}
		r.Reset(strings.NewReader("<a x='1'><p:b xmlns:p='u' p:x=''/><p:b xmlns:p='v'/><q:b xmlns:q='u'/><a x=''/><p:b xmlns:p='u'/></a>"), Options{})
	}
}

func TestLookupFollowsTheScope(t *testing.T) {
	r := NewReader(strings.NewReader("<a xmlns='u' xmlns:p='v'><b xmlns='' xmlns:p='w'/></a>"), Options{})
	want := []string{"u v", " w", " w", "u v"}
	for i := 0; ; i++ {
		_, err := r.Next()
		if err == io.EOF {
			break
		}
		d, _ := r.Lookup("")
		p, _ := r.Lookup("p")
		if got := d + " " + p; got != want[i] {
			t.Errorf("event %d: %q, want %q", i, got, want[i])
		}
		if _, ok := r.Lookup("z"); ok {
			t.Error("z is bound")
		}
		if x, ok := r.Lookup("xml"); !ok || x != XMLSpace {
			t.Error("xml is not bound")
		}
	}
}

// small reads a document through a tiny window: pieces and moves happen
// everywhere, and nothing else may change.
func small(doc string, window int) (string, error) {
	r := &Reader{source: source{window: window}}
	r.Reset(strings.NewReader(doc), Options{})
	return events(r)
}

func same(a, b error) bool {
	var x, y *Error
	if errors.As(a, &x) && errors.As(b, &y) {
		return x.Finding.Rule == y.Finding.Rule && x.Finding.Where == y.Finding.Where
	}
	return a == b
}

// alike compares what two windows showed. Pieces of the construct that turns
// out to be ill-formed may be shown before.
func alike(got, want string, err, wantErr error) bool {
	return same(err, wantErr) && (got == want || err != nil && strings.HasPrefix(got, want))
}

func TestTheWindowDoesNotShow(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	docs := []string{}
	for _, s := range snippets {
		docs = append(docs, s.doc, strings.Replace(s.doc, "<a", "<!--"+strings.Repeat("é", rng.IntN(90))+"--><a", 1))
	}
	for _, s := range seeds {
		docs = append(docs, mutants(rng, s, 400)...)
	}
	for _, doc := range docs {
		want, wantErr := read(doc)
		for _, window := range []int{128, 150, 201} {
			got, err := small(doc, window)
			if !alike(got, want, err, wantErr) {
				t.Fatalf("window %d: %v, else %v\n%.300q\n%s\n%s", window, err, wantErr, doc, got, want)
			}
		}
	}
}
