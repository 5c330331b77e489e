package xades_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/cmstest"
	"github.com/liasse/liasse/actes/signature/internal/dsigtest"
	"github.com/liasse/liasse/actes/signature/xades"
)

// The rules below were settled by comparing with the reference validator on
// files composed and altered by program.

// element returns an element as it is written in a document.
func element(t *testing.T, doc, name string) string {
	t.Helper()
	i, j := strings.Index(doc, "<"+name), strings.Index(doc, "</"+name+">")
	if i < 0 || j < i {
		t.Fatalf("no %s", name)
	}
	return doc[i : j+len(name)+3]
}

// Properties that name another signature are this one's all the same: they are
// found by walking down to them, and the digest says that they are signed.
func TestTarget(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	doc := strings.Replace(s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A"})), "S"), `Target="#S"`, `Target="#T"`, 1)
	r := validate(t, doc, signature.Options{})
	v := one(t, r)
	if !v.Intact || v.Conclusion.Sub != signature.NoCertificateChainFound || !r.Findings.Valid() {
		t.Errorf("%s, intact %v", v.Conclusion, v.Intact)
	}
	if !r.Findings.Has(xades.RuleProperties) {
		t.Error("nothing is said of it")
	}
}

// Signed properties taken out of the signature, and still found by their
// identifier, are not those of the signature.
func TestPropertiesTakenOut(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	doc := s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A", XAdES: dsigtest.XAdES132})), "S")
	o := element(t, doc, "ds:Object")
	r := validate(t, strings.Replace(strings.Replace(doc, o, "", 1), "</PES>", strings.Replace(o, "<ds:Object", `<ds:Object xmlns:ds="`+dsigtest.DSig+`"`, 1)+"</PES>", 1), signature.Options{})
	v := one(t, r)
	if v.Conclusion.Sub != signature.SignedDataNotFound || v.Intact || r.Findings.Valid() {
		t.Errorf("%s, intact %v", v.Conclusion, v.Intact)
	}
}

// A certificate whose name cannot be read is the signer's only if all holds
// with it: with altered content nobody is known to have signed.
func TestUnreadableName(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	doc := s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A", CertDigest: "*"})), "S")
	if v := one(t, validate(t, doc, signature.Options{})); v.Conclusion.Sub != signature.NoCertificateChainFound || !v.Intact {
		t.Errorf("whole: %s", v.Conclusion)
	}
	doc = strings.Replace(doc, "100.00", "900.00", 1)
	if v := one(t, validate(t, doc, signature.Options{})); v.Conclusion.Sub != signature.NoSigningCertificateFound || v.Intact {
		t.Errorf("altered: %s", v.Conclusion)
	}
}

// Both halves of an elliptic value may be as short as the larger of the two
// numbers; never of unequal width, nor wider than the key.
func TestShortPair(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tpl := &x509.Certificate{SerialNumber: big.NewInt(9), Subject: pkix.Name{CommonName: "essai"}, NotBefore: now.AddDate(-5, 0, 0), NotAfter: now.AddDate(5, 0, 0)}
	raw, err := x509.CreateCertificate(rand.Reader, tpl, tpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	s := &dsigtest.Signer{Key: key, Cert: cert}
	for range 200 {
		doc := s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A"})), "S")
		v := element(t, doc, "ds:SignatureValue")
		text := v[strings.Index(v, ">")+1 : strings.Index(v, "</")]
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(b) != 132 {
			t.Fatal(len(b), err)
		}
		if b[0] != 0 || b[66] != 0 {
			continue
		}
		with := func(value []byte) *signature.Verdict {
			return one(t, validate(t, strings.Replace(doc, text, base64.StdEncoding.EncodeToString(value), 1), signature.Options{}))
		}
		short := append(append([]byte(nil), b[1:66]...), b[67:]...)
		if !with(b).Intact || !with(short).Intact {
			t.Error("a value that is right is refused")
		}
		wide := append(append([]byte{0}, b[:66]...), append([]byte{0}, b[66:]...)...)
		if with(wide).Intact || with(b[1:]).Intact {
			t.Error("a value of the wrong width is taken")
		}
		return
	}
	t.Fatal("no short value in 200")
}

// What a level needs: a name for the certificate, and a token in a timestamp.
func TestLevelNeeds(t *testing.T) {
	s, ca := dsigtest.New(t, "rsa"), cmstest.NewCA(t)
	level := func(g dsigtest.Signature) string {
		g.ID, g.Over, g.XAdES = "S", "A", dsigtest.XAdES132
		return one(t, validate(t, s.Sign(t, flux(s.Skeleton(g)), "S"), signature.Options{})).Level
	}
	const timeAlone = `<xad:SignedSignatureProperties><xad:SigningTime>2024-03-15T10:20:30Z</xad:SigningTime></xad:SignedSignatureProperties>`
	for _, c := range []struct {
		name, want string
		g          dsigtest.Signature
	}{
		{"all", "XAdES-BASELINE-B", dsigtest.Signature{}},
		{"no certificate named", "XML-NOT-ETSI", dsigtest.Signature{Properties: timeAlone}},
		{"a timestamp without token", "XAdES-BASELINE-B", dsigtest.Signature{Unsigned: `<xad:SignatureTimeStamp><xad:EncapsulatedTimeStamp/></xad:SignatureTimeStamp>`}},
		{"a format that says nothing", "XML-NOT-ETSI", dsigtest.Signature{
			Refs:       []dsigtest.Ref{{ID: "R", URI: "#A", Transforms: []string{dsigtest.Enveloped, dsigtest.ExcC14N}}},
			SignedData: `<xad:SignedDataObjectProperties><xad:DataObjectFormat ObjectReference="#R"/></xad:SignedDataObjectProperties>`}},
	} {
		if got := level(c.g); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	// XAdES 1.1.1 states the canonicalisation of what is stamped with what is
	// stamped.
	const open = `<xad:SignatureTimeStamp><xad:HashDataInfo uri="#S_SV"><xad:Transforms><ds:Transform Algorithm="` + dsigtest.ExcC14N +
		`"/></xad:Transforms></xad:HashDataInfo><xad:EncapsulatedTimeStamp>TOKEN</xad:EncapsulatedTimeStamp></xad:SignatureTimeStamp>`
	doc := s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A", Unsigned: open})), "S")
	value := strings.Replace(element(t, doc, "ds:SignatureValue"), "<ds:SignatureValue", `<ds:SignatureValue xmlns:ds="`+dsigtest.DSig+`"`, 1)
	token := ca.Stamp(t, cmstest.Stamp{Content: []byte(value), At: time.Date(2024, 3, 16, 0, 0, 0, 0, time.UTC)})
	v := one(t, validate(t, strings.Replace(doc, "TOKEN", base64.StdEncoding.EncodeToString(token), 1), signature.Options{}))
	if len(v.Stamps) != 1 || v.Stamps[0].State() != "intact" {
		t.Errorf("the timestamp of 1.1.1 is not intact")
	}
}

// References are judged one after the other: the first that is absent or
// differs decides.
func TestFirstFaultDecides(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	gone, wrong := dsigtest.Ref{URI: "#nulle-part", Value: "AAAA"}, dsigtest.Ref{URI: "#A", Transforms: []string{dsigtest.Enveloped, dsigtest.ExcC14N}, Value: "AAAA"}
	for want, refs := range map[signature.Sub][]dsigtest.Ref{signature.SignedDataNotFound: {gone, wrong}, signature.HashFailure: {wrong, gone}} {
		v := one(t, validate(t, s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S", Refs: refs})), "S"), signature.Options{}))
		if v.Conclusion.Sub != want {
			t.Errorf("%s, want %s", v.Conclusion, want)
		}
	}
}
