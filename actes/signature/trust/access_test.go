package trust_test

import (
	"bytes"
	"encoding/pem"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/signature/internal/cmstest"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/asn1x"
)

func TestAddressesOfACertificate(t *testing.T) {
	many := make([]string, 100)
	for i := range many {
		many[i] = "http://exemple.invalid/" + strings.Repeat("x", i)
	}
	root := cmstest.Root(t, "racine")
	c := parsed(t, root.Issue(t, cmstest.Profile{Issuers: []string{"http://a.invalid/ac.cer", "ldap://a.invalid/", "http://a.invalid/ac.cer"},
		OCSP: []string{"http://o.invalid"}, CRL: []string{"http://a.invalid/l", strings.Repeat("x", 3000)}, Deltas: []string{"http://a.invalid/d"}}).Cert.Raw)
	a := c.Addresses()
	for _, x := range []struct{ got, want []string }{
		{a.Issuers, []string{"http://a.invalid/ac.cer", "ldap://a.invalid/"}}, {a.OCSP, []string{"http://o.invalid"}},
		{a.CRLs, []string{"http://a.invalid/l"}}, {a.Deltas, []string{"http://a.invalid/d"}},
	} {
		if !slices.Equal(x.got, x.want) {
			t.Errorf("%q, want %q", x.got, x.want)
		}
	}
	if n := len(parsed(t, root.Issue(t, cmstest.Profile{Issuers: many}).Cert.Raw).Addresses().Issuers); n != 16 {
		t.Errorf("%d addresses of 100", n)
	}
	if a := parsed(t, root.Cert.Raw).Addresses(); len(a.Issuers)+len(a.OCSP)+len(a.CRLs)+len(a.Deltas) > 0 {
		t.Errorf("%+v of a certificate that states none", a)
	}
	l, err := trust.ParseCRL(root.CRL(t, cmstest.List{This: time.Unix(1, 0), Next: time.Unix(2, 0), Deltas: []string{"http://a.invalid/d"}}))
	if err != nil || !slices.Equal(l.Deltas(), []string{"http://a.invalid/d"}) {
		t.Errorf("%v", err)
	}
}

func TestBundles(t *testing.T) {
	a, b := cmstest.Root(t, "a"), cmstest.Root(t, "b")
	text := func(der ...[]byte) (out []byte) {
		for _, d := range der {
			out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: d})...)
		}
		return append([]byte("\r\n"), out...)
	}
	for _, c := range []struct {
		name string
		file []byte
		want int // 0 is an error
	}{
		{"DER", a.Cert.Raw, 1},
		{"PEM", text(a.Cert.Raw, b.Cert.Raw), 2},
		{"PEM with one that cannot be read", text([]byte("x"), b.Cert.Raw), 1},
		{"CMS", cmstest.Bundle(a, b), 2},
		{"CMS in PEM", pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: cmstest.Bundle(a, b)}), 2},
		{"CMS without certificates", cmstest.Bundle(), 0},
		{"too many", cmstest.Bundle(slices.Repeat([]*cmstest.Authority{a}, 100)...), 64},
		{"PEM of nothing", text([]byte("x")), 0},
		{"not closed", []byte("-----BEGIN CERTIFICATE-----\nAA"), 0},
		{"text", []byte("<html>"), 0},
		{"nothing", nil, 0},
		{"huge", make([]byte, 5<<20), 0},
	} {
		l, err := trust.ParseBundle(c.file)
		if len(l) != c.want || (err == nil) != (c.want > 0) {
			t.Errorf("%s: %d certificates, %v", c.name, len(l), err)
		}
	}
}

// TestOCSPQuestionAndAnswer: a request names the certificate as a responder reads
// it, and the nonce of the answer is found in either way of writing it.
func TestOCSPQuestionAndAnswer(t *testing.T) {
	ca := cmstest.Root(t, "ac")
	agent := ca.Issue(t, cmstest.Profile{Name: "agent"})
	nonce := bytes.Repeat([]byte{9}, 32)
	for _, want := range [][]byte{nil, nonce} {
		got, ok := cmstest.Nonce(trust.OCSPRequest(parsed(t, agent.Cert.Raw), parsed(t, ca.Cert.Raw), want))
		if !ok || !bytes.Equal(got, want) {
			t.Errorf("nonce %x, %v", got, ok)
		}
	}
	s := cmstest.Status{Of: agent, Issuer: ca, This: time.Unix(1_000_000, 0), Next: time.Unix(2_000_000, 0), Nonce: nonce}
	o, err := trust.ParseOCSP(ca.OCSP(t, s))
	if err != nil || !bytes.Equal(o.Nonce, nonce) {
		t.Fatalf("nonce %x, %v", o.Nonce, err)
	}
	if this, next := o.Updates(); !this.Equal(s.This) || !next.Equal(s.Next) {
		t.Errorf("from %v to %v", this, next)
	}
	s.Nonce, s.Next = nil, time.Time{}
	if o, err = trust.ParseOCSP(ca.OCSP(t, s)); err != nil || o.Nonce != nil {
		t.Errorf("nonce %x, %v", o.Nonce, err)
	}
	if _, next := o.Updates(); !next.IsZero() {
		t.Errorf("until %v", next)
	}
}

// FuzzPublished reads any octets as each thing an authority publishes.
func FuzzPublished(f *testing.F) {
	ca := cmstest.Root(f, "ac")
	agent := ca.Issue(f, cmstest.Profile{Name: "agent", Issuers: []string{"http://a"}, OCSP: []string{"http://o"}, CRL: []string{"http://l"}, Deltas: []string{"http://d"}})
	f.Add(agent.Cert.Raw)
	f.Add(cmstest.Bundle(ca, agent))
	f.Add(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: agent.Cert.Raw}))
	f.Add(ca.CRL(f, cmstest.List{This: time.Unix(1, 0), Next: time.Unix(2, 0), Base: 1, Number: 2, Revoked: []*cmstest.Authority{agent}, At: time.Unix(1, 0), Deltas: []string{"http://d"}}))
	f.Add(ca.OCSP(f, cmstest.Status{Of: agent, Issuer: ca, This: time.Unix(1, 0), Next: time.Unix(2, 0), Nonce: []byte{1}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := trust.ParseBundle(b)
		if (err == nil) != (len(l) > 0) || len(l) > 64 {
			t.Fatalf("%d certificates, %v", len(l), err)
		}
		for _, c := range l {
			a := c.Addresses()
			for _, k := range [][]string{a.Issuers, a.OCSP, a.CRLs, a.Deltas} {
				if len(k) > 16 || slices.ContainsFunc(k, func(s string) bool { return s == "" || len(s) > 2048 }) {
					t.Fatal("addresses beyond the limits")
				}
			}
			if v, err := asn1x.ParseAll(trust.OCSPRequest(c, l[0], b[:min(len(b), 32)])); err != nil || !v.Is(asn1x.TagSequence) {
				t.Fatalf("a request that cannot be read: %v", err)
			}
		}
		if l, err := trust.ParseCRL(b); err == nil && len(l.Deltas()) > 16 {
			t.Fatal("addresses beyond the limits")
		}
		if o, err := trust.ParseOCSP(b); err == nil {
			o.Updates()
		}
	})
}
