package xades_test

import (
	"context"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/liasse/liasse/actes/signature/xades"
	"github.com/liasse/liasse/ged/inspect"
)

// TestDetect: a signature is found between large contents and in UTF-16, and
// nothing else is taken for one.
func TestDetect(t *testing.T) {
	far := strings.Repeat("<a/>", 40_000)
	const signature = `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>`
	wide := func(s string, bom ...byte) []byte {
		for _, u := range utf16.Encode([]rune(s)) {
			if bom[0] == 0xFF {
				bom = append(bom, byte(u), byte(u>>8))
			} else {
				bom = append(bom, byte(u>>8), byte(u))
			}
		}
		return bom
	}
	doc := "<r>" + far + signature + far + "</r>"
	for name, x := range map[string]struct {
		b    []byte
		want bool
	}{
		"short":               {[]byte(signature), true},
		"mark, blanks":        {[]byte("\xEF\xBB\xBF \n" + signature), true},
		"between":             {[]byte(doc), true},
		"UTF-16LE":            {wide(doc, 0xFF, 0xFE), true},
		"UTF-16BE":            {wide(doc, 0xFE, 0xFF), true},
		"none":                {[]byte("<r>" + far + "</r>"), false},
		"none, UTF-16":        {wide("<r>"+far+"</r>", 0xFE, 0xFF), false},
		"no XML":              {[]byte("see " + signature), false},
		"a mark alone":        {[]byte{0xFE, 0xFF}, false},
		"half a mark":         {[]byte{0xFE}, false},
		"nothing":             {nil, false},
		"text in UTF-16":      {wide("see "+signature, 0xFF, 0xFE), false},
		"another declaration": {[]byte(`<r xmlns="http://www.w3.org/2000/09/"/>`), false},
	} {
		if got := xades.Inspector().Detect(context.Background(), inspect.NewBytes(name, x.b)); got != x.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
