package xades_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/dsigtest"
	"github.com/liasse/liasse/actes/signature/xades"
)

// FuzzValidate: any document gives a verdict; and an intact signature of ours is
// never over what we did not sign.
func FuzzValidate(f *testing.F) {
	s, ec := dsigtest.New(f, "rsa"), dsigtest.New(f, "ecdsa")
	for _, g := range []dsigtest.Signature{{Over: "A"}, {}, {Over: "A", XAdES: dsigtest.XAdES132, Unsigned: `<xad:SignatureTimeStamp/><xad:CounterSignature/>`}, {Over: "A", Untyped: true},
		{Refs: []dsigtest.Ref{{URI: "#O", Transforms: []string{dsigtest.Base64}}}, Objects: `<ds:Object Id="O">AAAA</ds:Object>`}} {
		g.ID = "S"
		f.Add([]byte(s.Sign(f, flux(s.Skeleton(g)), "S")))
		f.Add([]byte(ec.Sign(f, flux(ec.Skeleton(g)), "S")))
	}
	f.Add([]byte(`<ds:Signature xmlns:ds="` + dsigtest.DSig + `"><ds:SignedInfo/><ds:SignedInfo/></ds:Signature>`))
	if l, err := filepath.Glob("../../../../shared/corpus/signature/dss/xades/*.xml"); err == nil {
		for _, name := range l {
			if b, err := os.ReadFile(name); err == nil && len(b) < 8<<10 {
				f.Add(b)
			}
		}
	}
	key := string(s.Cert.RawSubjectPublicKeyInfo)
	f.Fuzz(func(t *testing.T, doc []byte) {
		in := xades.Bytes(doc)
		in.Contents = []*signature.Content{signature.NewContent("a.pdf", []byte("x"))}
		r, err := xades.Validate(t.Context(), in, signature.Options{At: now})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range r.Verdicts {
			if !v.Intact || len(v.Chain) == 0 || string(v.Chain[0].X509.Key.Raw) != key {
				continue
			}
			for _, c := range v.Covers {
				if c.From < 0 || c.To > int64(len(doc)) || c.From > c.To {
					t.Fatalf("covers %d to %d of %d", c.From, c.To, len(doc))
				}
				if covered := string(doc[c.From:c.To]); c.Kind == "PARTIAL" && c.Name == "A" && !c.Altered && !strings.Contains(covered, "100.00") {
					t.Errorf("covered: %s", covered)
				}
			}
		}
	})
}
