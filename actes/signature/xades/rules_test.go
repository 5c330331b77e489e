package xades_test

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/dsigtest"
	"github.com/liasse/liasse/actes/signature/xades"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

func TestRules(t *testing.T) {
	s, ec := dsigtest.New(t, "rsa"), dsigtest.New(t, "ecdsa")
	of := func(g dsigtest.Signature, change ...string) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			g.ID = "S"
			if g.Over == "" && g.Refs == nil {
				g.Over = "A"
			}
			doc := s.Sign(t, flux(s.Skeleton(g)), "S")
			for i := 0; i+1 < len(change); i += 2 {
				doc = strings.Replace(doc, change[i], change[i+1], 1)
			}
			return validate(t, doc, signature.Options{}).Findings
		}
	}
	rulestest.Every(t, xades.Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		xades.RuleNone: func(t testing.TB) *report.Report { return validate(t, flux(""), signature.Options{}).Findings },
		xades.RuleLimit: func(t testing.TB) *report.Report {
			return validate(t, "<PES>"+strings.Repeat(`<ds:Signature xmlns:ds="`+dsigtest.DSig+`"/>`, 5001)+"</PES>", signature.Options{}).Findings
		},
		xades.RuleAbsent:    of(dsigtest.Signature{}, `Bordereau Id="A"`, `Bordereau Id="B"`),
		xades.RuleWrapped:   of(dsigtest.Signature{}, `<xad:SignedProperties Id="S_SP"`, `<xad:SignedProperties Id="X_SP"`, "<Piece>", `<Piece Id="S_SP">`),
		xades.RuleAmbiguous: of(dsigtest.Signature{}, "<Piece>", `<Piece ID="A">`),
		xades.RuleRefused:   of(dsigtest.Signature{Refs: []dsigtest.Ref{{URI: "#A", Transforms: []string{"urn:x"}}}}),
		xades.RuleAlgorithm: of(dsigtest.Signature{Method: dsigtest.DSig + "hmac-sha1"}),
		xades.RuleEncoding:  of(dsigtest.Signature{}, `_SV">`, `_SV">é`),
		xades.RuleKey:       of(dsigtest.Signature{}, "<ds:X509Data>", `<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>wA==</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue><ds:X509Data>`),
		xades.RuleRenamed: func(t testing.TB) *report.Report {
			sum := sha256.Sum256([]byte("délibération"))
			g := dsigtest.Signature{ID: "S", Refs: []dsigtest.Ref{{URI: "a.pdf", Value: base64.StdEncoding.EncodeToString(sum[:])}}}
			return validate(t, s.Sign(t, s.Skeleton(g), "S"), signature.Options{}, signature.NewContent("b.pdf", []byte("délibération"))).Findings
		},
		xades.RuleExternal:   of(dsigtest.Signature{Refs: []dsigtest.Ref{{URI: "a.pdf", Value: "AAAA"}}}),
		xades.RuleEnveloped:  of(dsigtest.Signature{SPTransforms: []string{dsigtest.Enveloped, dsigtest.ExcC14N}}),
		xades.RuleUntyped:    of(dsigtest.Signature{Untyped: true}),
		xades.RuleProperties: of(dsigtest.Signature{Time: "hier"}),
		xades.RulePolicy: func(t testing.TB) *report.Report {
			doc := s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A"})), "S")
			return validate(t, doc, signature.Options{PolicyDocuments: map[string][]byte{"1.2.250.1.131.1.5.18.21.1.7": []byte("un autre texte")}}).Findings
		},
		xades.RuleStamp: of(dsigtest.Signature{Unsigned: `<xad:SignatureTimeStamp><xad:EncapsulatedTimeStamp>AAAA</xad:EncapsulatedTimeStamp></xad:SignatureTimeStamp>`}),
		xades.RuleCopied: func(t testing.TB) *report.Report {
			sig := ec.Skeleton(dsigtest.Signature{ID: "S", Over: "A"})
			return validate(t, flux(sig+strings.ReplaceAll(sig, `Id="S`, `Id="T`)), signature.Options{}).Findings
		},
	})
}
