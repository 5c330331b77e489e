// Package oracle compares our readers with other engines. It is a module of
// its own because those engines are large: nobody who imports Liasse may have
// to fetch them.
package oracle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lestrrat-go/helium"
	"github.com/lestrrat-go/helium/sax"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/xmlcore"
)

// ours writes the events of our reader in a form the other engine can give
// too, and the rule that ended the reading, if any.
func ours(data []byte) (string, *report.Rule) {
	var b strings.Builder
	r := xmlcore.NewReader(bytes.NewReader(data), xmlcore.Options{})
	for {
		k, err := r.Next()
		if errors.Is(err, io.EOF) {
			return b.String(), nil
		}
		var fault *xmlcore.Error
		if errors.As(err, &fault) {
			return b.String(), fault.Finding.Rule
		}
		if err != nil {
			return b.String(), report.XMLSyntax
		}
		switch k {
		case xmlcore.StartElement:
			n := r.Name()
			fmt.Fprintf(&b, "<{%s}%s:%s", n.Space, n.Prefix, n.Local)
			var attrs []string
			for _, a := range r.Attrs() {
				attrs = append(attrs, qualified(a.Name.Prefix, a.Name.Local)+"="+string(a.Value))
			}
			slices.Sort(attrs)
			fmt.Fprintf(&b, " %q>", attrs)
		case xmlcore.EndElement:
			b.WriteString("</>")
		case xmlcore.Text:
			if r.Depth() > 0 {
				b.Write(r.Text())
			}
		}
	}
}

func qualified(prefix, local string) string {
	if prefix == "" {
		return local
	}
	return prefix + ":" + local
}

// theirs does the same with helium.
func theirs(data []byte) (string, error) {
	var b strings.Builder
	h := sax.New()
	h.SetOnStartElementNS(sax.StartElementNSFunc(func(_ context.Context, local, prefix, uri string, _ []sax.Namespace, attrs []sax.Attribute) error {
		fmt.Fprintf(&b, "<{%s}%s:%s", uri, prefix, local)
		var list []string
		for _, a := range attrs {
			list = append(list, a.Name()+"="+a.Value())
		}
		slices.Sort(list)
		fmt.Fprintf(&b, " %q>", list)
		return nil
	}))
	h.SetOnEndElementNS(sax.EndElementNSFunc(func(context.Context, string, string, string) error {
		b.WriteString("</>")
		return nil
	}))
	text := func(_ context.Context, c []byte) error { b.Write(c); return nil }
	h.SetOnCharacters(sax.CharactersFunc(text))
	h.SetOnCDataBlock(sax.CDataBlockFunc(text))
	h.SetOnIgnorableWhitespace(sax.IgnorableWhitespaceFunc(text))
	_, err := helium.NewParser().SubstituteEntities(true).MaxDepth(256).SAXHandler(h).Parse(context.Background(), data)
	return b.String(), err
}

// stricter are the rules by which we refuse what helium reads, each on purpose.
var stricter = []*report.Rule{
	report.XMLDoctype,       // always refused
	report.XMLVersion,       // XML 1.1
	report.XMLEncoding,      // encodings outside our list
	report.XMLEncodingBytes, // bytes that belie the declaration
	report.LimDepth, report.LimBytes, report.LimCount,
}

// judge returns what is wrong when both engines read the data, "" if nothing.
func judge(data []byte) string {
	got, rule := ours(data)
	want, err := theirs(data)
	switch {
	case rule == nil && err != nil:
		return "we accept, helium refuses: " + err.Error()
	case rule != nil && err == nil:
		if slices.Contains(stricter, rule) {
			return ""
		}
		return "helium accepts, we refuse: " + rule.Code
	case rule == nil && got != want:
		return "the events differ"
	}
	return ""
}

func TestHeliumAgreesOnTheCorpus(t *testing.T) {
	n := 0
	for _, domain := range []string{"actes", "archive", "civilstatus-hr", "finance", "platforms", "signature"} {
		dir := corpus.Dir(t, domain)
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(strings.ToLower(path), ".xml") && !strings.HasSuffix(path, ".xsd") && !strings.HasSuffix(path, ".rng") {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			n++
			if why := judge(data); why != "" && known[filepath.Base(path)] == "" {
				t.Errorf("%s: %s", strings.TrimPrefix(path, dir), why)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("corpus: %d XML files read by both engines", n)
}

// known lists the files on which the engines differ and why that is right.
var known = map[string]string{}

func FuzzHelium(f *testing.F) {
	for _, s := range []string{"<a/>", "<a b='1' c=\"2\">t<![CDATA[x]]></a>", "<p:a xmlns:p='u'><p:b p:c=''/></p:a>",
		"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>", "<a>&amp;&#233;&lt;</a><!-- c --><?p d?>"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if why := judge(data); why != "" {
			t.Error(why)
		}
	})
}
