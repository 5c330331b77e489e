package xmlcore

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/liasse/liasse/internal/corpus"
)

var domains = []string{"actes", "archive", "civilstatus-hr", "finance", "platforms", "signature"}

// xmlFiles calls f with every file of the corpus whose name ends in .xml.
func xmlFiles(t *testing.T, f func(path, name string, doc []byte)) {
	for _, d := range domains {
		dir := corpus.Dir(t, d)
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() || !strings.EqualFold(filepath.Ext(path), ".xml") {
				return err
			}
			doc, err := os.ReadFile(path)
			if err == nil {
				rel, _ := filepath.Rel(dir, path)
				f(path, d+"/"+rel, doc)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// ours are the reasons for which this reader refuses what libxml2 accepts:
// libxml2 reads DTDs, XML 1.1 and UTF-16 without byte order mark, believes the
// byte order mark against the declaration, and only warns about namespaces.
func ours(code string) bool {
	switch code {
	case "XML-DOCTYPE", "XML-VERSION", "XML-ENCODING", "XML-ENCODING-CONFLICT", "XML-NS-UNBOUND", "XML-NS-EMPTY", "XML-NS-RESERVED", "XML-NS-ATTR-DUP", "XML-NS-NAME":
		return true
	}
	return strings.HasPrefix(code, "LIM-")
}

func code(doc []byte) string {
	_, err := events(NewReader(bytes.NewReader(doc), Options{}))
	var bad *Error
	if errors.As(err, &bad) {
		return bad.Finding.Rule.Code
	}
	return ""
}

var parserError = regexp.MustCompile(`(?m)^(\S+?):\d+: (?:parser|encoding|I/O|internal) error`)

// refused runs xmllint over files in one process and returns those it does not
// find well-formed.
func refused(t *testing.T, xmllint string, files []string) map[string]bool {
	t.Helper()
	bad := map[string]bool{}
	for len(files) > 0 {
		n := min(200, len(files))
		var out bytes.Buffer
		cmd := exec.Command(xmllint, append([]string{"--noout", "--nonet"}, files[:n]...)...)
		cmd.Stderr = &out
		if err := cmd.Run(); err != nil {
			var exit *exec.ExitError
			if !errors.As(err, &exit) {
				t.Fatal(err)
			}
		}
		for _, m := range parserError.FindAllStringSubmatch(out.String(), -1) {
			bad[m[1]] = true
		}
		files = files[n:]
	}
	return bad
}

func TestXmllintAgreesOnTheCorpus(t *testing.T) {
	xmllint := corpus.Tool(t, "xmllint")
	codes, names := map[string]string{}, map[string]string{}
	var paths []string
	xmlFiles(t, func(path, name string, doc []byte) {
		paths = append(paths, path)
		codes[path], names[path] = code(doc), name
	})
	bad := refused(t, xmllint, paths)
	well := 0
	for _, p := range paths {
		switch c := codes[p]; {
		case c == "" && !bad[p]:
			well++
		case c == "" && bad[p]:
			t.Errorf("%s: xmllint refuses it, we do not", names[p])
		case !bad[p] && ours(c):
			t.Logf("%s: refused by us alone, %s", names[p], c)
		case !bad[p]:
			t.Errorf("%s: we refuse it, %s, xmllint does not", names[p], c)
		}
	}
	t.Logf("%d files, %d well-formed, %d refused by xmllint", len(paths), well, len(bad))
}

// mutants changes a document in small ways: bytes and pieces of markup
// dropped, doubled, swapped, inserted.
func mutants(rng *rand.Rand, doc string, n int) []string {
	inserts := []string{"<", ">", "&", "&amp;", "&#65;", "&#0;", "]]>", "--", "<!--", "-->", "<?p ", "?>", "<![CDATA[", "'", "\"", " ", "=", "/", "x='1'", "<b>", "</b>", "<b/>",
		"\r", "\n", "\x01", "é", "\xe9", ":", "xmlns:z='z'", "z:x", "<?xml version='1.0'?>", "<!DOCTYPE a>", "\ufffe", "·", "1", ";", "#"}
	good := []string{"x", "&amp;", "<!-- c -->", "<?q?>", "<b/>", "\r\n", "<![CDATA[x]]>", "]", "<b x=' '>y</b>"}
	out := make([]string, n)
	for i := range out {
		s := doc
		if i%3 == 0 { // most of these stay well-formed
			parts := strings.SplitAfter(s, ">")
			k := rng.IntN(len(parts))
			parts[k] += good[rng.IntN(len(good))]
			out[i] = strings.Join(parts, "")
			continue
		}
		for range 1 + rng.IntN(2) {
			at := rng.IntN(len(s) + 1)
			to := min(len(s), at+1+rng.IntN(6))
			switch rng.IntN(5) {
			case 0:
				s = s[:at] + s[to:]
			case 1:
				s = s[:to] + s[at:to] + s[to:]
			case 2, 3:
				s = s[:at] + inserts[rng.IntN(len(inserts))] + s[at:]
			case 4:
				other := rng.IntN(len(s) + 1)
				s = s[:other] + s[at:to] + s[other:]
			}
			if s == "" {
				s = " "
			}
		}
		out[i] = s
	}
	return out
}

var seeds = []string{
	"<?xml version='1.0' encoding='UTF-8'?>\n<!-- é --><a xmlns='u' xmlns:p='v'><p:b x='1' p:x=\"2\">t&amp;é&#233;</p:b><?p d?><c/><![CDATA[<x>]]></a>\n",
	"<a><b c='d' e='f'>g</b>\r\n<b c=\"&lt;'\">]] ></b><!-- - --></a>",
	"<root><item id='1'>un</item><item id='2'>deux &gt; un</item></root>",
	"<?xml version='1.0' encoding='ISO-8859-1' standalone='yes'?><a>\xe9t\xe9<b/></a>",
}

func TestXmllintAgreesOnMutants(t *testing.T) {
	xmllint := corpus.Tool(t, "xmllint")
	rng := rand.New(rand.NewPCG(7, 11))
	dir := t.TempDir()
	var paths, docs []string
	for i, s := range seeds {
		for j, m := range mutants(rng, s, 700) {
			p := filepath.Join(dir, fmt.Sprintf("m%d-%d.xml", i, j))
			if err := os.WriteFile(p, []byte(m), 0o600); err != nil {
				t.Fatal(err)
			}
			paths, docs = append(paths, p), append(docs, m)
		}
	}
	bad := refused(t, xmllint, paths)
	valid, alone := 0, map[string]int{}
	for i, p := range paths {
		switch c := code([]byte(docs[i])); {
		case c == "" && !bad[p]:
			valid++
		case c == "" && bad[p]:
			t.Errorf("xmllint refuses, we do not: %q", docs[i])
		case !bad[p] && ours(c):
			alone[c]++
		case !bad[p]:
			t.Errorf("we refuse, %s, xmllint does not: %q", c, docs[i])
		}
	}
	t.Logf("%d mutants, %d well-formed for both, refused by us alone: %v", len(paths), valid, alone)
	if valid*100 < 15*len(paths) {
		t.Errorf("only %d of %d mutants are well-formed", valid, len(paths))
	}
}

// tokens writes elements, attributes and characters in a form both readers can
// be brought to.
func tokens(r *Reader) (string, error) {
	var b strings.Builder
	for {
		k, err := r.Next()
		if err == io.EOF {
			return b.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch k {
		case StartElement:
			fmt.Fprintf(&b, "<%s %s", r.Name().Space, r.Name().Local)
			for _, a := range r.Attrs() {
				fmt.Fprintf(&b, " %s %s=%q", a.Name.Space, a.Name.Local, a.Value)
			}
			b.WriteString(">")
		case EndElement:
			fmt.Fprintf(&b, "</%s>", r.Name().Local)
		case Text:
			b.Write(r.Text())
		case Comment:
			fmt.Fprintf(&b, "<!--%s-->", r.Text())
		case ProcInst:
			fmt.Fprintf(&b, "<?%s %s?>", r.Target(), r.Text())
		}
	}
}

func goTokens(doc []byte) (string, error) {
	var b strings.Builder
	d := xml.NewDecoder(bytes.NewReader(doc))
	depth := 0
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return b.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			depth++
			fmt.Fprintf(&b, "<%s %s", tok.Name.Space, tok.Name.Local)
			for _, a := range tok.Attr {
				if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
					continue
				}
				// encoding/xml does not normalise white space in attributes.
				v := strings.Map(func(c rune) rune {
					if c == '\n' || c == '\t' || c == '\r' {
						return ' '
					}
					return c
				}, a.Value)
				fmt.Fprintf(&b, " %s %s=%q", a.Name.Space, a.Name.Local, v)
			}
			b.WriteString(">")
		case xml.EndElement:
			depth--
			fmt.Fprintf(&b, "</%s>", tok.Name.Local)
		case xml.CharData:
			if depth > 0 {
				b.Write(tok)
			}
		case xml.Comment:
			fmt.Fprintf(&b, "<!--%s-->", tok)
		case xml.ProcInst:
			if tok.Target != "xml" {
				// Nor does it make the line ends of instructions LF.
				fmt.Fprintf(&b, "<?%s %s?>", tok.Target, strings.ReplaceAll(string(tok.Inst), "\r\n", "\n"))
			}
		}
	}
}

var blankReference = regexp.MustCompile(`&#(x0*[9aAdD]|0*9|0*10|0*13);`)

// What encoding/xml reads of the well-formed UTF-8 documents of the corpus is
// what we read.
func TestEncodingXMLReadsTheSame(t *testing.T) {
	n := 0
	xmlFiles(t, func(_, name string, doc []byte) {
		if len(doc) > 4<<20 {
			return
		}
		doc = bytes.TrimPrefix(doc, []byte("\ufeff"))
		r := NewReader(bytes.NewReader(doc), Options{})
		got, err := tokens(r)
		if err != nil || r.Encoding() != "UTF-8" || blankReference.Match(doc) {
			return // blanks given by reference are kept in attributes: goTokens cannot tell
		}
		want, err := goTokens(doc)
		if err != nil {
			t.Errorf("%s: encoding/xml refuses: %v", name, err)
			return
		}
		n++
		if got != want {
			i := 0
			for i < min(len(got), len(want)) && got[i] == want[i] {
				i++
			}
			t.Errorf("%s: differs after %d bytes of tokens", name, i)
		}
	})
	if n < 100 {
		t.Errorf("only %d documents compared", n)
	}
}
