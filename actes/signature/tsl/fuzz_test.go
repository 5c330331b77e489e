package tsl_test

import (
	"bytes"
	"testing"

	"github.com/liasse/liasse/actes/signature/internal/dsigtest"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/tsl"
)

// FuzzTSL: any octets give a list; and only services that we have signed as
// granted make anchors.
func FuzzTSL(f *testing.F) {
	s, o := dsigtest.New(f, "rsa"), dsigtest.New(f, "ecdsa")
	body := services(tsl.QualifiedCA, o, []string{"granted", "2017-01-01T00:00:00Z", "accredited", "2010-01-01T00:00:00Z"})
	f.Add([]byte(sign(f, s, body, "")))
	f.Add([]byte(sign(f, s, body, "", "Identifier>5", "Identifier>9", "2017", "x")))
	f.Add([]byte(list(body, "")))
	f.Add([]byte(list("", "")))
	f.Add([]byte(`<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#"/>`))
	f.Add([]byte(`<a/>`))
	mine := certificate(f, s)
	f.Fuzz(func(t *testing.T, doc []byte) {
		l, err := tsl.Read(t.Context(), bytes.NewReader(doc), int64(len(doc)), tsl.Options{At: now, Signers: []*trust.Certificate{mine}})
		if err != nil {
			t.Fatal(err)
		}
		if !l.Accepted() && l.Findings.Valid() {
			t.Error("refused, and nothing says why")
		}
		anchors, _ := l.Anchors()
		for _, a := range anchors {
			if !bytes.Equal(a.Certificate.Raw, o.Cert.Raw) || !a.Sunset.IsZero() {
				t.Error("an anchor that was not signed")
			}
		}
	})
}
