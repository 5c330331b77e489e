package pki_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/cades"
	"github.com/liasse/liasse/actes/signature/trust"
)

var now = time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC)

// here permits the one address test servers listen on.
var here = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

// authority is a certification authority with its web server: a trusted root,
// one authority under it and an agent who has signed. What it makes it makes
// with the standard library alone.
type authority struct {
	*httptest.Server
	root, ca, agent          *x509.Certificate
	rootKey, caKey, agentKey *ecdsa.PrivateKey
	store                    *trust.Store
	hits                     atomic.Int64

	mu      sync.Mutex
	revoked time.Time
	until   time.Time // of lists and responses
	pages   map[string]http.HandlerFunc
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newAuthority() *authority {
	a := &authority{until: now.Add(24 * time.Hour), pages: map[string]http.HandlerFunc{}}
	a.Server = httptest.NewServer(a)
	issue := func(name string, ca bool, parent *x509.Certificate, key *ecdsa.PrivateKey, issuer, list string) (*x509.Certificate, *ecdsa.PrivateKey) {
		k := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
		x := &x509.Certificate{SerialNumber: must(rand.Int(rand.Reader, big.NewInt(1<<60))), Subject: pkix.Name{CommonName: name},
			NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0), IsCA: ca, BasicConstraintsValid: ca, KeyUsage: x509.KeyUsageContentCommitment}
		if ca {
			x.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
		}
		if issuer != "" {
			x.IssuingCertificateURL, x.CRLDistributionPoints = []string{a.URL + issuer}, []string{a.URL + list}
		}
		if !ca {
			x.OCSPServer = []string{a.URL + "/ocsp"}
		}
		if parent == nil {
			parent, key = x, k
		}
		return must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, x, parent, k.Public(), key)))), k
	}
	a.root, a.rootKey = issue("Racine d'essai", true, nil, nil, "", "")
	a.ca, a.caKey = issue("AC d'essai", true, a.root, a.rootKey, "/racine.cer", "/racine.crl")
	a.agent, a.agentKey = issue("agent", false, a.ca, a.caKey, "/ac.cer", "/ac.crl")
	a.store = trust.NewStore(trust.Anchor{Certificate: must(trust.ParseCertificate(a.root.Raw))})
	return a
}

// ServeHTTP publishes.
func (a *authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.hits.Add(1)
	a.mu.Lock()
	defer a.mu.Unlock()
	if f := a.pages[r.URL.Path]; f != nil {
		f(w, r)
		return
	}
	list := func(c *x509.Certificate, k *ecdsa.PrivateKey) {
		l := &x509.RevocationList{Number: big.NewInt(4), ThisUpdate: a.until.Add(-48 * time.Hour), NextUpdate: a.until}
		if !a.revoked.IsZero() && c == a.ca {
			l.RevokedCertificateEntries = []x509.RevocationListEntry{{SerialNumber: a.agent.SerialNumber, RevocationTime: a.revoked}}
		}
		w.Write(must(x509.CreateRevocationList(rand.Reader, l, c, k)))
	}
	switch r.URL.Path {
	case "/ac.cer":
		w.Write(a.ca.Raw)
	case "/racine.crl":
		list(a.root, a.rootKey)
	case "/ac.crl":
		list(a.ca, a.caKey)
	case "/ocsp":
		b, _ := io.ReadAll(io.LimitReader(r.Body, 10000))
		if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/ocsp-request" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Write(a.respond(b))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// respond answers an OCSPRequest for the agent.
func (a *authority) respond(request []byte) []byte {
	raw := func(tag int, compound bool, class int, parts ...[]byte) []byte {
		return must(asn1.Marshal(asn1.RawValue{Tag: tag, IsCompound: compound, Class: class, Bytes: []byte(strings.Join(strs(parts), ""))}))
	}
	seq := func(parts ...[]byte) []byte { return raw(16, true, 0, parts...) }
	in := func(tag int, parts ...[]byte) []byte { return raw(tag, true, 2, parts...) }
	when := func(t time.Time) []byte { return must(asn1.MarshalWithParams(t.UTC(), "generalized")) }
	var q struct {
		TBS struct {
			List []struct{ ID asn1.RawValue }
			Exts asn1.RawValue `asn1:"optional,tag:2"`
		}
	}
	if _, err := asn1.Unmarshal(request, &q); err != nil {
		return []byte{0x30, 3, 10, 1, 1}
	}
	status := raw(0, false, 2)
	if !a.revoked.IsZero() {
		status = in(1, when(a.revoked))
	}
	single := seq(q.TBS.List[0].ID.FullBytes, status, when(a.until.Add(-48*time.Hour)), in(0, when(a.until)))
	parts := [][]byte{in(1, a.ca.RawSubject), when(a.until.Add(-48 * time.Hour)), seq(single)}
	if len(q.TBS.Exts.Bytes) > 0 {
		parts = append(parts, in(1, q.TBS.Exts.Bytes))
	}
	data := seq(parts...)
	h := sha256.Sum256(data)
	value := must(a.caKey.Sign(rand.Reader, h[:], crypto.SHA256))
	basic := seq(data, seq(must(asn1.Marshal(asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}))), must(asn1.Marshal(asn1.BitString{Bytes: value, BitLength: 8 * len(value)})))
	return seq(must(asn1.Marshal(asn1.Enumerated(0))), in(0, seq(must(asn1.Marshal(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1})), must(asn1.Marshal(basic)))))
}

func strs(l [][]byte) (out []string) {
	for _, b := range l {
		out = append(out, string(b))
	}
	return out
}

// sign signs as the agent, who brings his own certificate and no other.
func (a *authority) sign() []byte {
	b, err := cades.Sign(context.Background(), strings.NewReader("délibération"), signature.Signatory{Key: a.agentKey, Certificate: a.agent.Raw},
		cades.SignOptions{Time: now.AddDate(0, 0, -1), Attached: true})
	if err != nil {
		panic(fmt.Sprint("sign: ", err))
	}
	return b
}
