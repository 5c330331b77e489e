package c14n_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/internal/c14n"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/xmlcore"
)

func byID(id string) func(*xmlcore.Reader) bool {
	return func(r *xmlcore.Reader) bool { v, _ := r.Attr("", "Id"); return string(v) == id }
}

func named(local string) func(*xmlcore.Reader) bool {
	return func(r *xmlcore.Reader) bool { return r.Name().Local == local }
}

func skip(local string, how c14n.Skip) func(*xmlcore.Reader, xmlcore.Kind) c14n.Skip {
	return func(r *xmlcore.Reader, k xmlcore.Kind) c14n.Skip {
		if k == xmlcore.StartElement && r.Name().Local == local {
			return how
		}
		return c14n.Keep
	}
}

func TestRulesOfTheNorm(t *testing.T) {
	exclusive := c14n.Options{Exclusive: true}
	for _, c := range []struct {
		name, in string
		opt      c14n.Options
		want     string
	}{
		{"declaration and empty tag", `<?xml version="1.0"?><a/>`, c14n.Options{}, `<a></a>`},
		{"instructions outside the root stand on their own lines", "<?p?>\n\n<?q  r ?><a/><?s t?>", c14n.Options{}, "<?p?>\n<?q r ?>\n<a></a>\n<?s t?>"},
		{"comments left out", "<!--x--><a>b<!--y-->c</a><!--z-->", c14n.Options{}, "<a>bc</a>"},
		{"comments kept", "<!--x--><a>b<!--y-->c</a><!--z-->", c14n.Options{Comments: true}, "<!--x-->\n<a>b<!--y-->c</a>\n<!--z-->"},
		{"text escapes", "<a>&amp;&lt;&gt;&#13;&quot;&#9;<![CDATA[<&>]]>\r\n</a>", c14n.Options{}, "<a>&amp;&lt;&gt;&#xD;\"\t&lt;&amp;&gt;\n</a>"},
		{"attribute escapes", `<a b="&amp;&lt;>&quot;'&#9;&#10;&#13; &#32;"/>`, c14n.Options{}, `<a b="&amp;&lt;>&quot;'&#x9;&#xA;&#xD;  "></a>`},
		{"attributes by namespace then name", `<a xmlns:y="urn:1" xmlns:x="urn:2" x:a="1" y:b="2" y:a="3" c="4" b="5"/>`, c14n.Options{},
			`<a xmlns:x="urn:2" xmlns:y="urn:1" b="5" c="4" y:a="3" y:b="2" x:a="1"></a>`},
		{"superfluous declarations", `<a xmlns="urn:d" xmlns:p="urn:p"><b xmlns="urn:d" xmlns:p="urn:p"/><p:c xmlns:p="urn:q"><p:d xmlns:p="urn:p"/></p:c></a>`, c14n.Options{},
			`<a xmlns="urn:d" xmlns:p="urn:p"><b></b><p:c xmlns:p="urn:q"><p:d xmlns:p="urn:p"></p:d></p:c></a>`},
		{"no default namespace to undo", `<a xmlns=""><b xmlns=""/></a>`, c14n.Options{}, `<a><b></b></a>`},
		{"default namespace undone, and again", `<a xmlns="urn:d"><b xmlns=""><c xmlns=""/><d xmlns="urn:d"/></b></a>`, c14n.Options{},
			`<a xmlns="urn:d"><b xmlns=""><c></c><d xmlns="urn:d"></d></b></a>`},
		{"ISO-8859-1 becomes UTF-8", "<?xml version='1.0' encoding='ISO-8859-1'?><\xe9 a='\xe9'>\xe9</\xe9>", c14n.Options{}, "<é a=\"é\">é</é>"},
		{"exclusive: only what is used, where it is used", `<a xmlns="urn:d" xmlns:p="urn:p"><b p:x=""/><p:c><p:d/></p:c></a>`, exclusive,
			`<a xmlns="urn:d"><b xmlns:p="urn:p" p:x=""></b><p:c xmlns:p="urn:p"><p:d></p:d></p:c></a>`},
		{"exclusive: default undone where shown only", `<p:a xmlns:p="urn:p" xmlns="urn:d"><b xmlns=""/><c><d xmlns=""/></c></p:a>`, exclusive,
			`<p:a xmlns:p="urn:p"><b></b><c xmlns="urn:d"><d xmlns=""></d></c></p:a>`},
		{"exclusive: xml: is never declared", `<a xml:lang="fr"/>`, exclusive, `<a xml:lang="fr"></a>`},
		{"PrefixList", `<a xmlns="urn:d" xmlns:p="urn:p" xmlns:q="urn:q"><p:b Id="1"/></a>`, c14n.Options{Exclusive: true, Prefixes: []string{"q", "#default"}, Apex: byID("1")},
			`<p:b xmlns="urn:d" xmlns:p="urn:p" xmlns:q="urn:q" Id="1"></p:b>`},
		{"element: namespaces and xml: attributes come along", `<a xmlns="urn:d" xmlns:p="urn:p" xmlns:x="urn:x" xml:lang="fr" xml:space="preserve"><z xml:base="no"/><b xmlns:p="urn:p2" xml:lang="en"><c Id="1" xml:space="default"><d/></c></b></a>`,
			c14n.Options{Apex: byID("1")},
			`<c xmlns="urn:d" xmlns:p="urn:p2" xmlns:x="urn:x" Id="1" xml:lang="en" xml:space="default"><d></d></c>`},
		{"element: not in the exclusive form", `<a xmlns:p="urn:p" xml:lang="fr"><p:c Id="1"/></a>`, c14n.Options{Exclusive: true, Apex: byID("1")},
			`<p:c xmlns:p="urn:p" Id="1"></p:c>`},
		{"element: an undone default stays undone", `<a xmlns="urn:d"><b xmlns=""><c Id="1"><d xmlns="urn:d"/></c></b></a>`, c14n.Options{Apex: byID("1")},
			`<c Id="1"><d xmlns="urn:d"></d></c>`},
		{"element: the first only, nothing around it", `<?p?><a>x<b Id="1">y<!--n--></b>z<b Id="1"/></a><?q?>`, c14n.Options{Apex: byID("1")}, `<b Id="1">y</b>`},
		{"element left out", `<a>1<s><s>2</s>3</s>4<b/></a>`, c14n.Options{Skip: skip("s", c14n.Drop)}, `<a>14<b></b></a>`},
		{"element and following text left out", "<a>1<s/>4<b/>5<s/><b/>6<s/><!-- -->7</a>", c14n.Options{Skip: skip("s", c14n.DropWithText)}, `<a>1<b></b>5<b></b>67</a>`},
		{"text left out by its place", "<a>1<s/>4</a>", c14n.Options{Skip: func(r *xmlcore.Reader, k xmlcore.Kind) c14n.Skip {
			if k == xmlcore.Text && r.Offset() < 4 {
				return c14n.Drop
			}
			return c14n.Keep
		}}, `<a><s></s>4</a>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := canonical(strings.NewReader(c.in), c.opt)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// A document read octet by octet comes in other pieces and gives the same.
func TestPiecesDoNotMatter(t *testing.T) {
	doc := `<?p ` + strings.Repeat("q", 100_000) + `?><a>` + strings.Repeat("x&amp;\r\n", 30_000) + `<!--` + strings.Repeat("c ", 100_000) + `--></a>`
	opt := c14n.Options{Comments: true}
	whole, err := canonical(strings.NewReader(doc), opt)
	if err != nil {
		t.Fatal(err)
	}
	pieces, err := canonical(io.MultiReader(strings.NewReader(doc[:50_000]), strings.NewReader(doc[50_000:200_001]), strings.NewReader(doc[200_001:])), opt)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.ReplaceAll(strings.ReplaceAll(doc, "\r\n", "\n"), "?><a>", "?>\n<a>"); string(whole) != want {
		t.Error("a long document is not what it should be")
	}
	if !bytes.Equal(whole, pieces) {
		t.Error("the pieces matter")
	}
}

func TestReset(t *testing.T) {
	var b bytes.Buffer
	c := c14n.New(io.Discard, c14n.Options{Apex: byID("none")})
	run := func(doc string) {
		t.Helper()
		if err := xmlcore.Run(context.Background(), xmlcore.NewReader(strings.NewReader(doc), xmlcore.Options{}), c); err != nil {
			t.Fatal(err)
		}
	}
	run(`<a xmlns="urn:d" xml:lang="fr"><b/></a>`)
	if c.Found() {
		t.Error("an element that is not there is found")
	}
	c.Reset(&b, c14n.Options{})
	run(`<a><b/></a>`)
	if err := c.Flush(); err != nil || b.String() != "<a><b></b></a>" || !c.Found() {
		t.Errorf("%v %q", err, b.String())
	}
}

type brokenDisk struct{}

var errDisk = errors.New("disk")

func (brokenDisk) Write([]byte) (int, error) { return 0, errDisk }

func TestWriteErrorStopsTheReading(t *testing.T) {
	c := c14n.New(brokenDisk{}, c14n.Options{})
	doc := strings.NewReader("<a>" + strings.Repeat("<b/>", 1_000_000) + "</a>")
	if err := xmlcore.Run(context.Background(), xmlcore.NewReader(doc, xmlcore.Options{}), c); !errors.Is(err, errDisk) {
		t.Errorf("%v", err)
	}
	if doc.Len() == 0 {
		t.Error("the document was read to its end")
	}
	if err := c.Flush(); !errors.Is(err, errDisk) {
		t.Errorf("Flush: %v", err)
	}
}

// document yields a document of archive units, n octets or a little more.
type document struct {
	n    int64
	unit []byte
	rest []byte
	end  bool
}

func newDocument(n int64) *document {
	const unit = `    <ArchiveUnit id="ID123456" xml:lang="fr">
      <Content>
        <DescriptionLevel>RecordGrp</DescriptionLevel>
        <Title>Délibération du conseil municipal &amp; annexes</Title>
        <x:Note xmlns:x="urn:note" x:b="2" a="1">Vote du budget primitif de la commune</x:Note>
        <StartDate>2024-07-01</StartDate>
      </Content>
    </ArchiveUnit>
`
	const head = `<?xml version="1.0" encoding="UTF-8"?>
<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1" xmlns:xlink="http://www.w3.org/1999/xlink">
`
	return &document{n: n, unit: []byte(unit), rest: []byte(head)}
}

func (d *document) Read(p []byte) (int, error) {
	if len(d.rest) == 0 {
		switch {
		case d.n > 0:
			d.rest = d.unit
			d.n -= int64(len(d.unit))
		case !d.end:
			d.rest, d.end = []byte("</ArchiveTransfer>\n"), true
		default:
			return 0, io.EOF
		}
	}
	n := copy(p, d.rest)
	d.rest = d.rest[n:]
	return n, nil
}

// Memory does not grow with the document: sixteen times more to read allocates
// no more.
func TestConstantMemory(t *testing.T) {
	allocated := func(n int64) uint64 {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		c := c14n.New(sha256.New(), c14n.Options{Exclusive: true})
		if err := xmlcore.Run(context.Background(), xmlcore.NewReader(newDocument(n), xmlcore.Options{}), c); err != nil {
			t.Fatal(err)
		}
		if err := c.Flush(); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	small, big := allocated(1<<20), allocated(16<<20)
	if big > small+64<<10 {
		t.Errorf("%d octets allocated for 1 MiB, %d for 16 MiB", small, big)
	}
}

// BenchmarkExclusive canonicalises 50 MB from a file into SHA-256 and reports
// how many times faster that is than xmllint --exc-c14n on the same file, which
// does not digest.
func BenchmarkExclusive(b *testing.B) {
	file := filepath.Join(b.TempDir(), "d.xml")
	f, err := os.Create(file)
	if err != nil {
		b.Fatal(err)
	}
	size, err := io.Copy(f, newDocument(50_000_000))
	if err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		f, err := os.Open(file)
		if err != nil {
			b.Fatal(err)
		}
		c := c14n.New(sha256.New(), c14n.Options{Exclusive: true})
		if err := xmlcore.Run(context.Background(), xmlcore.NewReader(f, xmlcore.Options{}), c); err != nil {
			b.Fatal(err)
		}
		if err := c.Flush(); err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
	ours := b.Elapsed() / time.Duration(b.N)
	if xmllint, err := exec.LookPath("xmllint"); err == nil {
		best := time.Duration(0)
		for range 3 {
			start := time.Now()
			if err := exec.Command(xmllint, "--nonet", "--huge", "--exc-c14n", file).Run(); err != nil {
				b.Fatal(err)
			}
			if d := time.Since(start); best == 0 || d < best {
				best = d
			}
		}
		b.ReportMetric(float64(best)/float64(ours), "×xmllint")
	}
}

// FuzzC14N: canonicalising what is canonical changes nothing, in both forms.
func FuzzC14N(f *testing.F) {
	for _, s := range []string{
		`<a/>`, `<?p q?><a xmlns="urn:d" xmlns:p="urn:p" p:b="&#13;"><p:c xmlns="">x]]&gt;</p:c><!--y--></a><?r?>`,
		`<a xmlns="urn:d"><b xmlns=""><c xmlns="urn:d"/></b></a>`, "<a>\r\n<![CDATA[<]]></a>", `<a xml:lang="fr" b=" 	"/>`,
	} {
		f.Add(s, true, true)
	}
	f.Fuzz(func(t *testing.T, doc string, exclusive, comments bool) {
		opt := c14n.Options{Exclusive: exclusive, Comments: comments}
		once, err := canonical(strings.NewReader(doc), opt)
		if err != nil {
			return
		}
		twice, err := canonical(bytes.NewReader(once), opt)
		if err != nil {
			t.Fatalf("the canonical form is not accepted: %v", err)
		}
		if !bytes.Equal(once, twice) {
			t.Errorf("%q\n%q", once, twice)
		}
		// The exclusive form of the inclusive form is the exclusive form.
		inclusive, err := canonical(strings.NewReader(doc), c14n.Options{Comments: comments})
		if err != nil {
			t.Fatal(err)
		}
		direct, err := canonical(strings.NewReader(doc), c14n.Options{Exclusive: true, Comments: comments})
		if err != nil {
			t.Fatal(err)
		}
		if through, err := canonical(bytes.NewReader(inclusive), c14n.Options{Exclusive: true, Comments: comments}); err != nil || !bytes.Equal(through, direct) {
			t.Errorf("%v\n%q\n%q", err, through, direct)
		}
	})
}

// The vectors of the corpus that carry no DOCTYPE.
func TestCorpusVectors(t *testing.T) {
	dir := filepath.Join(corpus.Dir(t, "signature"), "c14n")
	for _, c := range []struct {
		in, out string
		opt     c14n.Options
	}{
		{"in/32_input.xml", "in/32_c14n.xml", c14n.Options{}},
		{"in/36_input.xml", "in/36_c14n.xml", c14n.Options{}},
		{"in/default_ns_redefinition_input.xml", "in/default_ns_redefinition_c14n.xml", c14n.Options{Apex: named("Object")}},
		{"inExcl/example2_2_1.xml", "inExcl/example2_2_1_c14nized.xml", c14n.Options{Apex: named("elem2")}},
		{"inExcl/example2_2_1.xml", "inExcl/example2_2_c14nized_exclusive.xml", c14n.Options{Exclusive: true, Apex: named("elem2")}},
		{"inExcl/example2_2_2.xml", "inExcl/example2_2_2_c14nized.xml", c14n.Options{Apex: named("elem2")}},
		{"inExcl/example2_2_2.xml", "inExcl/example2_2_c14nized_exclusive.xml", c14n.Options{Exclusive: true, Apex: named("elem2")}},
		{"inExcl/example2_2_3.xml", "inExcl/example2_2_3_c14nized_exclusive.xml", c14n.Options{Exclusive: true, Apex: named("p")}},
		{"inExcl/example2_4.xml", "inExcl/example2_4_c14nized.xml", c14n.Options{Exclusive: true, Apex: named("elem2")}},
		{"inExcl/plain-soap-1.1.xml", "inExcl/plain-soap-c14nized.xml", c14n.Options{Exclusive: true, Apex: named("Body")}},
	} {
		in, err := os.ReadFile(filepath.Join(dir, c.in))
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join(dir, c.out))
		if err != nil {
			t.Fatal(err)
		}
		got, err := canonical(bytes.NewReader(in), c.opt)
		if err != nil {
			t.Fatalf("%s: %v", c.in, err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.in, got, want)
		}
	}
}
