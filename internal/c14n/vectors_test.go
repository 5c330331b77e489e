package c14n_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/liasse/liasse/internal/c14n"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/xmlcore"
)

var (
	reDoctype = regexp.MustCompile(`(?s)<!DOCTYPE [^\[>]*(\[.*?\]\s*)?>\n?`)
	reDefault = regexp.MustCompile(`<!ATTLIST (\S+) (\S+) (?:CDATA|\([^)]*\)) ['"]([^'"]*)['"]>`)
	reTokens  = regexp.MustCompile(`<!ATTLIST (\S+) (\S+) (?:ID|NMTOKENS) #IMPLIED>`)
	reEntity  = regexp.MustCompile(`<!ENTITY (\S+) (SYSTEM )?"([^"]*)">`)
)

// withoutDTD does by hand, for the examples of the norm, what their document
// type definitions ask: default attributes, attributes of types other than
// CDATA, entities. The XML door refuses them, and so it must.
func withoutDTD(t *testing.T, dir string, doc []byte) []byte {
	s := string(doc)
	dtd := reDoctype.FindString(s)
	s = strings.Replace(s, dtd, "", 1)
	for _, m := range reDefault.FindAllStringSubmatch(dtd, -1) {
		tag := regexp.MustCompile(`<` + m[1] + `\b[^>]*?(/?)>`)
		s = tag.ReplaceAllStringFunc(s, func(at string) string {
			if strings.Contains(at, " "+m[2]+"=") {
				return at
			}
			return strings.Replace(at, "<"+m[1], `<`+m[1]+` `+m[2]+`="`+m[3]+`"`, 1)
		})
	}
	for _, m := range reTokens.FindAllStringSubmatch(dtd, -1) {
		value := regexp.MustCompile(`(<` + m[1] + `\b[^>]*? ` + m[2] + `=)'([^']*)'`)
		s = value.ReplaceAllStringFunc(s, func(at string) string {
			p := value.FindStringSubmatch(at)
			v := strings.ReplaceAll(p[2], "&#x20;", " ") // XML 1.0 §3.3.3: blanks by reference too are collapsed when #x20
			return p[1] + "'" + strings.Trim(regexp.MustCompile(` +`).ReplaceAllString(v, " "), " ") + "'"
		})
	}
	for _, m := range reEntity.FindAllStringSubmatch(dtd, -1) {
		text := m[3]
		if m[2] != "" {
			b, err := os.ReadFile(filepath.Join(dir, m[3]))
			if err != nil {
				t.Fatal(err)
			}
			text = string(b)
		}
		s = strings.ReplaceAll(s, "&"+m[1]+";", text)
	}
	return []byte(s)
}

// within selects the elements of the names with their content, less those of
// another name with theirs.
func within(without string, names ...string) func() func(*xmlcore.Reader, xmlcore.Kind) bool {
	return func() func(*xmlcore.Reader, xmlcore.Kind) bool {
		in, out := 0, 0 // depth of the element that decides
		return func(r *xmlcore.Reader, k xmlcore.Kind) bool {
			d := r.Depth()
			if k == xmlcore.StartElement {
				if in >= d {
					in = 0
				}
				if out >= d {
					out = 0
				}
				for _, n := range names {
					if in == 0 && r.Name().Local == n {
						in = d
					}
				}
				if out == 0 && r.Name().Local == without {
					out = d
				}
				return in > 0 && out == 0
			}
			return in > 0 && d >= in && (out == 0 || d < out)
		}
	}
}

// subsets are the XPath expressions of the vectors, by the name of their file.
var subsets = map[string]func() func(*xmlcore.Reader, xmlcore.Kind) bool{
	"37_subset.xpath": specSubset, "xmlbase-c14n11spec-102.xpath": specSubset, "xmlbase-c14n11spec2-102.xpath": specSubset,
	"xmlbase-prop-1.xpath": within("e2", "c14n11XmlBaseDoc1"), "xmlbase-prop-2.xpath": within("", "e1"),
	"xmlbase-prop-3.xpath": within("", "e11"), "xmlbase-prop-4.xpath": within("", "e111"),
	"xmlid-1.xpath": within("", "e1"), "xmlid-2.xpath": within("", "e11", "e12"),
	"xmllang-1.xpath": within("", "e1"), "xmllang-2.xpath": within("", "e2"),
	"xmlspace-1.xpath": within("", "e1"), "xmlspace-2.xpath": within("", "e2"),
}

// specSubset is the node-set of the example in §3.7 of the norm: e1 without its
// text, and e3, which is below e2, which is not in it.
func specSubset() func(*xmlcore.Reader, xmlcore.Kind) bool {
	return func(r *xmlcore.Reader, k xmlcore.Kind) bool {
		return k == xmlcore.StartElement && (r.Name().Local == "e1" || r.Name().Local == "e3")
	}
}

// TestVectors runs every row of kind c14n of the table of the corpus.
func TestVectors(t *testing.T) {
	dir := corpus.Dir(t, "signature")
	rows := 0
	for _, row := range corpus.Expected(t, "signature") {
		if row.Kind != "c14n" {
			continue
		}
		rows++
		method, _, _ := strings.Cut(row.Facts["method"], ",")
		opt := c14n.Options{Exclusive: method == "exc-c14n", Version11: method == "c14n11", Comments: strings.HasSuffix(method, "+comments")}
		if row.Path == "c14n/in/38_input.xml" {
			// The table says 1.0, but the output (xml:base joined) is that of the
			// example in §3.8 of Canonical XML 1.1, with the subset of §3.7.
			opt.Version11, opt.Select = true, specSubset()
		}
		if s := row.Facts["subset"]; s != "" {
			f := subsets[filepath.Base(s)]
			if f == nil {
				t.Fatalf("%s: no selection for %s", row.Path, s)
			}
			opt.Select = f()
		}
		if apex := row.Facts["apex"]; apex != "" {
			opt.Apex = named(apex[strings.LastIndexByte(apex, ':')+1:])
		}
		path := filepath.Join(dir, filepath.FromSlash(row.Path))
		in, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := canonical(bytes.NewReader(withoutDTD(t, filepath.Dir(path), in)), opt)
		if err != nil {
			t.Errorf("%s: %v", row.Path, err)
			continue
		}
		want, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(row.Facts["output"])))
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(got); hex.EncodeToString(sum[:]) != row.Facts["sha256"] {
			t.Errorf("%s %s:\n%s\nwant\n%s", row.Path, row.Facts["method"], got, want)
		}
	}
	if rows < 27 {
		t.Errorf("%d rows of kind c14n", rows)
	}
}

// Joining of bases: the examples of RFC 3986 §5.4 that have no fragment, and
// those that only Canonical XML 1.1 has, with a base that is relative.
func TestJoinedBases(t *testing.T) {
	doc := func(outer, inner string) string {
		return `<a xml:base="` + outer + `"><b xml:base="` + inner + `"/></a>`
	}
	for _, c := range []struct{ base, ref, want string }{
		{"http://a/b/c/d;p?q", "g", "http://a/b/c/g"},
		{"http://a/b/c/d;p?q", "g:h", "g:h"},
		{"http://a/b/c/d;p?q", "./g/", "http://a/b/c/g/"},
		{"http://a/b/c/d;p?q", "//g", "http://g"},
		{"http://a/b/c/d;p?q", "?y", "http://a/b/c/d;p?y"},
		{"http://a/b/c/d;p?q", "", "http://a/b/c/d;p?q"},
		{"http://a/b/c/d;p?q", "../..", "http://a/"},
		{"http://a/b/c/d;p?q", "../../../g", "http://a/g"},
		{"http://a", "g", "http://a/g"},
		{"a/b", "../../c", "../c"},
		{"a/", "..", ""},
		{"../", "..", "../../"},
		{"a//b/", "./c", "a/b/c"},
	} {
		got, err := canonical(strings.NewReader(doc(c.base, c.ref)), c14n.Options{Version11: true, Apex: named("b")})
		if err != nil {
			t.Fatal(err)
		}
		want := `<b xml:base="` + c.want + `"></b>`
		if c.want == "" {
			want = "<b></b>"
		}
		if string(got) != want {
			t.Errorf("%s + %s: %s, want %s", c.base, c.ref, got, want)
		}
	}
}

// A canonicaliser that enters at an element gives what one that looked for it
// from the beginning gives.
func TestEnter(t *testing.T) {
	doc := `<?p?><a xmlns="urn:d" xmlns:p="urn:p" xml:lang="fr" xml:id="i"><z xmlns:p="no" xml:lang="no"/><b xmlns:q="urn:q" xml:space="preserve"><p:c Id="1">x<d/></p:c></b><e/></a>`
	for _, opt := range []c14n.Options{{}, {Version11: true}, {Exclusive: true}, {Exclusive: true, Prefixes: []string{"q", "#default"}}} {
		whole := opt
		whole.Apex = byID("1")
		want, err := canonical(strings.NewReader(doc), whole)
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		e := &entering{c: c14n.New(&got, opt)}
		r := xmlcore.NewReader(strings.NewReader(doc), xmlcore.Options{})
		if err := xmlcore.Run(t.Context(), r, e); err != nil {
			t.Fatal(err)
		}
		if err := e.c.Flush(); err != nil || got.String() != string(want) {
			t.Errorf("%v\n%s\n%s", err, got.String(), want)
		}
	}
}

type entering struct {
	x  c14n.Context
	c  *c14n.Canonicalizer
	in bool
}

func (e *entering) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	if k == xmlcore.StartElement && byID("1")(r) {
		e.c.Enter(&e.x)
		e.in = true
	}
	if err := e.x.Event(r, k); err != nil || !e.in {
		return err
	}
	return e.c.Event(r, k)
}
