//go:build libxml2 && cgo

package xmlcore_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lestrrat-go/libxml2/parser"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/xmlcore"
)

// accepts reads to the end with our reader and returns the rule that stopped it.
func accepts(t testing.TB, data []byte) *report.Rule {
	t.Helper()
	r := xmlcore.NewReader(bytes.NewReader(data), xmlcore.Options{})
	for {
		_, err := r.Next()
		var fault *xmlcore.Error
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &fault):
			return fault.Finding.Rule
		case err != nil:
			t.Fatal(err)
		}
	}
}

// libxml2Accepts parses with libxml2: no network, no entity substitution. It
// is given files of the corpus and small probes only: the binding is archived
// and cannot be trusted with hostile input.
func libxml2Accepts(data []byte) bool {
	doc, err := parser.New(parser.XMLParseNoNet).Parse(data)
	if doc != nil {
		doc.Free()
	}
	return err == nil
}

// strictness lists the rules by which we refuse what libxml2 reads, on purpose:
// it takes namespace errors for warnings and reads document types.
var strictness = []*report.Rule{
	report.XMLDoctype, report.XMLVersion, report.XMLEncoding, report.XMLEncodingBytes,
	report.XMLNSUnbound, report.XMLNSEmpty, report.XMLNSReserved, report.XMLNSAttrDup, report.XMLNSName,
	report.LimDepth, report.LimBytes, report.LimCount,
}

func TestLibxml2AgreesOnTheCorpus(t *testing.T) {
	n := 0
	for _, domain := range []string{"actes", "archive", "civilstatus-hr", "finance", "platforms", "signature"} {
		dir := corpus.Dir(t, domain)
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !slices.Contains([]string{".xml", ".xsd", ".rng", ".wsdl"}, strings.ToLower(filepath.Ext(path))) {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			n++
			rule := accepts(t, data)
			if they := libxml2Accepts(data); they != (rule == nil) && !(they && slices.Contains(strictness, rule)) {
				t.Errorf("%s: libxml2 accepts: %t, we stop at: %v", strings.TrimPrefix(path, dir), they, rule)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("corpus: %d XML files read by both", n)
}

func FuzzLibxml2(f *testing.F) {
	for _, s := range []string{"<a/>", "<a b='1'>&#233;</a>", "<p:a xmlns:p='u'/>", "<a><![CDATA[]]></a><!-- -->"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 900 {
			return // the binding's error buffer holds 1 024 bytes and is not checked
		}
		rule := accepts(t, data)
		if they := libxml2Accepts(data); they != (rule == nil) && !(they && slices.Contains(strictness, rule)) {
			t.Errorf("libxml2 accepts: %t, we stop at: %v", they, rule)
		}
	})
}
