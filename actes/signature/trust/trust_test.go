package trust_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"encoding/xml"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/corpus"
)

func keyOf(t testing.TB, pub crypto.PublicKey) *trust.Key {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	k, err := trust.ParseKey(der)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestVerifyAcceptsTheRightValueOnly(t *testing.T) {
	msg := []byte("délibération")
	rk, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ek, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	edPub, edKey, _ := ed25519.GenerateKey(rand.Reader)
	sign := func(s crypto.Signer, d trust.Digest, opt crypto.SignerOpts) []byte {
		in := msg
		if d != "" {
			in = d.Sum(msg)
		}
		b, err := s.Sign(rand.Reader, in, opt)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, c := range []struct {
		name string
		key  *trust.Key
		alg  trust.Algorithm
		sig  []byte
	}{
		{"pkcs1 sha1", keyOf(t, &rk.PublicKey), trust.Algorithm{Scheme: trust.RSA, Digest: trust.SHA1}, sign(rk, trust.SHA1, crypto.SHA1)},
		{"pkcs1 sha256", keyOf(t, &rk.PublicKey), trust.Algorithm{Scheme: trust.RSA, Digest: trust.SHA256}, sign(rk, trust.SHA256, crypto.SHA256)},
		{"pkcs1 sha3-512", keyOf(t, &rk.PublicKey), trust.Algorithm{Scheme: trust.RSA, Digest: trust.SHA3_512}, sign(rk, trust.SHA3_512, crypto.SHA3_512)},
		{"pss", keyOf(t, &rk.PublicKey), trust.Algorithm{Scheme: trust.PSS, Digest: trust.SHA512, MGF: trust.SHA512, Salt: 64},
			sign(rk, trust.SHA512, &rsa.PSSOptions{SaltLength: 64, Hash: crypto.SHA512})},
		{"ecdsa", keyOf(t, &ek.PublicKey), trust.Algorithm{Scheme: trust.ECDSA, Digest: trust.SHA256}, sign(ek, trust.SHA256, crypto.SHA256)},
		{"ed25519", keyOf(t, edPub), trust.Algorithm{Scheme: trust.EdDSA}, sign(edKey, "", crypto.Hash(0))},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.key.Verify(c.alg, msg, c.sig); err != nil {
				t.Fatalf("the right value: %v", err)
			}
			if err := c.key.Verify(c.alg, append([]byte("x"), msg...), c.sig); !errors.Is(err, trust.ErrSignature) {
				t.Errorf("another message: %v", err)
			}
			for _, bad := range [][]byte{nil, append([]byte{0}, c.sig...), append(c.sig[:len(c.sig):len(c.sig)], 0), c.sig[1:], make([]byte, len(c.sig))} {
				if err := c.key.Verify(c.alg, msg, bad); !errors.Is(err, trust.ErrSignature) {
					t.Errorf("a value of %d octets: %v", len(bad), err)
				}
			}
			other := c.alg
			other.Salt--
			if c.alg.Scheme == trust.PSS && c.key.Verify(other, msg, c.sig) == nil {
				t.Error("another salt length is accepted")
			}
		})
	}
}

// A value made for the key must not pass as one of another algorithm, and a
// lax padding (Bleichenbacher's forgery on e=3) not at all.
func TestVerifyRefusesForgeries(t *testing.T) {
	msg := []byte("m")
	ek, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	zero, _ := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int), new(big.Int)})
	n := elliptic.P256().Params().N
	order, _ := asn1.Marshal(struct{ R, S *big.Int }{n, n})
	alg := trust.Algorithm{Scheme: trust.ECDSA, Digest: trust.SHA256}
	for _, sig := range [][]byte{zero, order} {
		if err := keyOf(t, &ek.PublicKey).Verify(alg, msg, sig); !errors.Is(err, trust.ErrSignature) {
			t.Errorf("psychic signature: %v", err)
		}
	}
	// A cube that begins like a padded digest and ends in garbage.
	rk := rsa3(t)
	info := append([]byte{0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20}, trust.SHA256.Sum(msg)...)
	em := append([]byte{0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0}, info...)
	em = append(em, make([]byte, rk.Size()-len(em))...)
	root := cubeRoot(new(big.Int).SetBytes(em))
	forged := root.Add(root, big.NewInt(1)).FillBytes(make([]byte, rk.Size()))
	err := keyOf(t, rk).Verify(trust.Algorithm{Scheme: trust.RSA, Digest: trust.SHA256}, msg, forged)
	if !errors.Is(err, trust.ErrSignature) {
		t.Errorf("cube forgery: %v", err)
	}
	// The key of a PSS certificate does not verify PKCS#1, nor does EC verify RSA.
	if err := keyOf(t, &ek.PublicKey).Verify(trust.Algorithm{Scheme: trust.RSA, Digest: trust.SHA256}, msg, forged); !errors.Is(err, trust.ErrUnsupported) {
		t.Errorf("key of another type: %v", err)
	}
}

func rsa3(t testing.TB) *rsa.PublicKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return &rsa.PublicKey{N: k.N, E: 3}
}

func cubeRoot(n *big.Int) *big.Int {
	lo, hi := new(big.Int), new(big.Int).Lsh(big.NewInt(1), uint(n.BitLen()/3+1))
	for new(big.Int).Sub(hi, lo).Cmp(big.NewInt(1)) > 0 {
		mid := new(big.Int).Rsh(new(big.Int).Add(lo, hi), 1)
		if new(big.Int).Exp(mid, big.NewInt(3), nil).Cmp(n) > 0 {
			hi = mid
		} else {
			lo = mid
		}
	}
	return lo
}

// TestWeakRSAKeysStillVerify: a 768-bit value is right or wrong whatever the
// policy then says of the key.
func TestWeakRSAKeysStillVerify(t *testing.T) {
	one := big.NewInt(1)
	var n, d *big.Int
	for d == nil { // 65537 may divide phi: draw again
		p, _ := rand.Prime(rand.Reader, 384)
		q, _ := rand.Prime(rand.Reader, 384)
		n = new(big.Int).Mul(p, q)
		d = new(big.Int).ModInverse(big.NewInt(65537), new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one)))
	}
	msg := []byte("m")
	info := append([]byte{0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20}, trust.SHA256.Sum(msg)...)
	size := (n.BitLen() + 7) / 8
	em := make([]byte, size)
	em[1] = 1
	for i := 2; i < size-len(info)-1; i++ {
		em[i] = 0xff
	}
	copy(em[size-len(info):], info)
	sig := new(big.Int).Exp(new(big.Int).SetBytes(em), d, n).FillBytes(make([]byte, size))
	k := keyOf(t, &rsa.PublicKey{N: n, E: 65537})
	alg := trust.Algorithm{Scheme: trust.RSA, Digest: trust.SHA256}
	if err := k.Verify(alg, msg, sig); err != nil {
		t.Error(err)
	}
	sig[len(sig)-1] ^= 1
	if err := k.Verify(alg, msg, sig); !errors.Is(err, trust.ErrSignature) {
		t.Error(err)
	}
}

// TestConstraintsAreThoseOfTheReferencePolicy compares the table with the
// policy file of the corpus, entry by entry.
func TestConstraintsAreThoseOfTheReferencePolicy(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(corpus.Dir(t, "signature"), "policy", "dss-default-constraint.xml"))
	if err != nil {
		t.Fatal(err)
	}
	type algo struct {
		Name string `xml:",chardata"`
		Date string `xml:"Date,attr"`
		Size string `xml:"Size,attr"`
	}
	var doc struct {
		Cryptographic struct {
			Digests []algo `xml:"AcceptableDigestAlgo>Algo"`
			Dates   struct {
				Update string `xml:"UpdateDate,attr"`
				Algo   []algo
			} `xml:"AlgoExpirationDate"`
		}
	}
	if err := xml.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	c := trust.TS119312()
	if got := c.Updated.Format(time.DateOnly); got != doc.Cryptographic.Dates.Update {
		t.Errorf("update %s, want %s", got, doc.Cryptographic.Dates.Update)
	}
	for _, d := range doc.Cryptographic.Digests {
		if _, ok := c.Digests[trust.Digest(d.Name)]; !ok {
			t.Errorf("digest %s is not listed", d.Name)
		}
	}
	if len(c.Digests) != len(doc.Cryptographic.Digests) {
		t.Errorf("%d digests, want %d", len(c.Digests), len(doc.Cryptographic.Digests))
	}
	schemes := map[string]trust.Scheme{"RSA": trust.RSA, "RSASSA-PSS": trust.PSS, "DSA": trust.DSA, "ECDSA": trust.ECDSA}
	sizes, seen := 0, 0
	for _, l := range c.Keys {
		sizes += len(l)
	}
	for _, a := range doc.Cryptographic.Dates.Algo {
		end := time.Time{}
		if a.Date != "" {
			end, _ = time.Parse(time.DateOnly, a.Date)
		}
		if a.Size == "" {
			if got := c.Digests[trust.Digest(a.Name)]; !got.Equal(end) {
				t.Errorf("%s ends %v, want %v", a.Name, got, end)
			}
			continue
		}
		s, ok := schemes[a.Name]
		if !ok {
			continue
		}
		seen++
		bits, _ := strconv.Atoi(a.Size)
		if end.IsZero() {
			if c.Key(s, bits, time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)) != trust.Fit {
				t.Errorf("%s %d has an end", a.Name, bits)
			}
			continue
		}
		if c.Key(s, bits, end.Add(-time.Second)) != trust.Fit || c.Key(s, bits, end) == trust.Fit {
			t.Errorf("%s %d does not end at %v", a.Name, bits, end)
		}
	}
	if seen != sizes {
		t.Errorf("%d sizes in the table, %d in the policy", sizes, seen)
	}
}

func TestFitness(t *testing.T) {
	c := trust.TS119312()
	at := func(s string) time.Time { v, _ := time.Parse(time.DateOnly, s); return v }
	for _, x := range []struct {
		alg  trust.Algorithm
		bits int
		at   string
		want trust.Fitness
	}{
		{trust.Algorithm{Scheme: trust.RSA, Digest: trust.SHA256}, 2048, "2026-01-01", trust.Fit},
		{trust.Algorithm{Scheme: trust.RSA, Digest: trust.SHA1}, 2048, "2012-07-31", trust.Fit},
		{trust.Algorithm{Scheme: trust.RSA, Digest: trust.SHA1}, 2048, "2012-08-01", trust.Expired},
		{trust.Algorithm{Scheme: trust.RSA, Digest: trust.SHA256}, 2048, "2029-01-01", trust.Fading},
		{trust.Algorithm{Scheme: trust.RSA, Digest: trust.SHA256}, 512, "2001-01-01", trust.Never},
		{trust.Algorithm{Scheme: trust.EdDSA, Digest: trust.SHA512}, 256, "2026-01-01", trust.Never},
		{trust.Algorithm{Scheme: trust.RSA, Digest: trust.SHA3_224}, 3072, "2026-01-01", trust.Never},
	} {
		if got := c.Signature(x.alg, x.bits, at(x.at)); got != x.want {
			t.Errorf("%v %d at %s: %d, want %d", x.alg, x.bits, x.at, got, x.want)
		}
	}
}

func TestNamesCompareAsTheNormSays(t *testing.T) {
	name := func(seq pkix.RDNSequence) trust.Name {
		der, err := asn1.Marshal(seq)
		if err != nil {
			t.Fatal(err)
		}
		n, err := trust.ParseName(der)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	cn := asn1.ObjectIdentifier{2, 5, 4, 3}
	a := name(pkix.RDNSequence{{{Type: cn, Value: "Mairie  de Nevers"}}})
	b := name(pkix.RDNSequence{{{Type: cn, Value: "MAIRIE DE NEVERS "}}})
	c := name(pkix.RDNSequence{{{Type: cn, Value: "Mairie de Nevers, 2"}}})
	if !a.Equal(b) || a.Equal(c) {
		t.Error("comparison")
	}
	if got := c.String(); got != `CN=Mairie de Nevers\, 2` {
		t.Errorf("%s", got)
	}
}

func selfSigned(t testing.TB, name string, parent *x509.Certificate, signer crypto.Signer, ca bool) ([]byte, crypto.Signer, *x509.Certificate) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tpl := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: name}, IsCA: ca, BasicConstraintsValid: true,
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
	if parent == nil {
		parent, signer = tpl, k
	}
	der, err := x509.CreateCertificate(rand.Reader, tpl, parent, &k.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return der, k, c
}

func TestPathsEndAtAnAnchorOrSayWhatIsMissing(t *testing.T) {
	rootDER, rootKey, root := selfSigned(t, "racine", nil, nil, true)
	caDER, caKey, ca := selfSigned(t, "autorité", root, rootKey, true)
	leafDER, _, _ := selfSigned(t, "agent", ca, caKey, false)
	leaf, err := trust.ParseCertificate(leafDER)
	if err != nil {
		t.Fatal(err)
	}
	store := trust.NewStore()
	n, skipped, err := store.AddFS(context.Background(), fstest.MapFS{
		"a/root.pem": {Data: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: rootDER})},
		"note.txt":   {Data: []byte("rien")},
	})
	if err != nil || n != 1 || skipped != 1 {
		t.Fatal(n, skipped, err)
	}
	p := store.First(leaf)
	if p.Anchored || len(p.Certificates) != 1 {
		t.Fatalf("%+v", p)
	}
	if issuer, _ := p.Certificates[0].Missing(); issuer != "CN=autorité" {
		t.Errorf("missing %q", issuer)
	}
	inter, _ := trust.ParseCertificate(caDER)
	store.Add(inter)
	if p := store.First(leaf); !p.Anchored || len(p.Certificates) != 3 {
		t.Errorf("%+v", p)
	}
	strict := trust.Strict{At: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), Store: store}
	if _, err := strict.Validate(context.Background(), leaf); err != nil {
		t.Error(err)
	}
	var refused *trust.Refusal
	strict.At = strict.At.AddDate(10, 0, 0)
	if _, err := strict.Validate(context.Background(), leaf); !errors.As(err, &refused) || refused.Reason != trust.OutOfValidity {
		t.Error(err)
	}
	self := trust.NewStore(trust.Anchor{Certificate: leaf})
	if p := self.First(leaf); !p.Anchored || len(p.Certificates) != 1 {
		t.Errorf("a signer that is its own anchor: %+v", p)
	}
}

// TestAMazeOfCrossCertificatesEnds: every CA of one name has signed every
// other; no anchor is among them.
func TestAMazeOfCrossCertificatesEnds(t *testing.T) {
	rootDER, rootKey, root := selfSigned(t, "labyrinthe", nil, nil, true)
	_ = rootDER
	store := trust.NewStore()
	parent, key := root, rootKey
	var last []byte
	for range 30 {
		last, key, parent = selfSigned(t, "labyrinthe", parent, key, true)
		c, err := trust.ParseCertificate(last)
		if err != nil {
			t.Fatal(err)
		}
		store.Add(c)
	}
	c, _ := trust.ParseCertificate(last)
	if p := store.First(c); p.Anchored || len(p.Certificates) > 12 {
		t.Errorf("%d certificates", len(p.Certificates))
	}
}

// TestRevocationDataOfTheCorpus reads every list and response there is.
func TestRevocationDataOfTheCorpus(t *testing.T) {
	crls, ocsps, certs := 0, 0, 0
	corpus.Documents(t, "signature", func(name string, b []byte) {
		switch filepath.Ext(name) {
		case ".crl":
			if _, err := trust.ParseCRL(b); err != nil {
				t.Errorf("%s: %v", filepath.Base(name), err)
			}
			crls++
		case ".ors":
			if _, err := trust.ParseOCSP(b); err != nil {
				t.Errorf("%s: %v", filepath.Base(name), err)
			}
			ocsps++
		case ".crt", ".cer":
			if _, err := trust.ParsePEM(b); err != nil {
				t.Errorf("%s: %v", filepath.Base(name), err)
			}
			certs++
		}
	})
	if crls < 170 || ocsps < 3 || certs < 600 {
		t.Errorf("%d lists, %d responses, %d certificates", crls, ocsps, certs)
	}
}

func FuzzCertificate(f *testing.F) {
	der, _, _ := selfSigned(f, "a", nil, nil, true)
	f.Add(der)
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := trust.ParseCertificate(b)
		if err != nil {
			return
		}
		s := trust.Strict{Store: trust.NewStore(trust.Anchor{Certificate: c}), At: c.NotBefore, Revocation: true}
		_, _ = s.Validate(context.Background(), c)
		_ = c.SelfSigned()
		_ = c.Subject.String()
	})
}

func FuzzCRL(f *testing.F) {
	_, key, ca := selfSigned(f, "a", nil, nil, true)
	ca.KeyUsage = x509.KeyUsageCRLSign
	ca.SubjectKeyId = []byte{1}
	der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: time.Unix(0, 0), NextUpdate: time.Unix(1, 0),
		RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: big.NewInt(-7), RevocationTime: time.Unix(0, 0), ReasonCode: 1}}}, ca, key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(der)
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := trust.ParseCRL(b)
		if err != nil {
			return
		}
		l.Find(l.Issuer, big.NewInt(-7))
	})
}

func FuzzOCSP(f *testing.F) {
	f.Add([]byte{0x30, 3, 10, 1, 0})
	der, _, _ := selfSigned(f, "a", nil, nil, true)
	c, err := trust.ParseCertificate(der)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := trust.ParseOCSP(b)
		if err != nil {
			return
		}
		o.Find(c, c)
		o.Signer(c)
	})
}
