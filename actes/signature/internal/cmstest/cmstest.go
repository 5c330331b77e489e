// Package cmstest composes, for tests, CMS signatures and timestamp tokens,
// right and wrong, with keys made on the spot. It shares no code with the
// packages it tests: it writes octets.
package cmstest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"sort"
	"time"
)

// TB is the part of testing.TB needed here: what is not a test does not link
// package testing.
type TB interface {
	Helper()
	Fatal(args ...any)
}

// Time is when everything is signed, unless said otherwise.
var Time = time.Date(2025, time.March, 3, 9, 0, 0, 0, time.UTC)

// Object identifiers.
var (
	OIDData       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	OIDSignedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	OIDTSTInfo    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	OIDType       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	OIDDigest     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	OIDTime       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	OIDCounter    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 6}
	OIDCertV2     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	OIDStamp      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	OIDStampV1    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 27}
	oidSHA256     = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA512     = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
	oidECDSA256   = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
)

// TLV writes a value: identifier octet, definite length, parts.
func TLV(id byte, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	out := []byte{id}
	switch n := len(body); {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 0x100:
		out = append(out, 0x81, byte(n))
	case n < 0x10000:
		out = append(out, 0x82, byte(n>>8), byte(n))
	default:
		out = append(out, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	return append(out, body...)
}

// DER encodes with encoding/asn1.
func DER(v any) []byte {
	b, err := asn1.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// Attr writes an attribute.
func Attr(oid asn1.ObjectIdentifier, values ...[]byte) []byte {
	return TLV(0x30, DER(oid), TLV(0x31, values...))
}

// CA is a root with one agent and one time-stamping unit.
type CA struct {
	Root, Agent, Unit          *x509.Certificate
	rootKey, agentKey, unitKey *ecdsa.PrivateKey
}

// NewCA makes the keys and certificates, valid 2020 to 2030.
func NewCA(t TB) *CA {
	t.Helper()
	c := &CA{}
	usage := x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	c.Root, c.rootKey = issue(t, "racine", nil, nil, func(x *x509.Certificate) {
		x.IsCA, x.BasicConstraintsValid, x.KeyUsage = true, true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	})
	c.Agent, c.agentKey = issue(t, "agent", c.Root, c.rootKey, func(x *x509.Certificate) { x.KeyUsage = usage })
	c.Unit, c.unitKey = issue(t, "horodateur", c.Root, c.rootKey, func(x *x509.Certificate) {
		x.KeyUsage = usage
		x.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true,
			Value: TLV(0x30, DER(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}))}}
	})
	return c
}

func issue(t TB, name string, parent *x509.Certificate, parentKey *ecdsa.PrivateKey, f func(*x509.Certificate)) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	k := newKey(t)
	x := &x509.Certificate{Subject: pkix.Name{CommonName: name}}
	f(x)
	if parent == nil {
		parent, parentKey = x, k
	}
	return certify(t, x, k, parent, parentKey), k
}

func newKey(t TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// certify makes the certificate a template asks for, valid from 2020 to 2030
// unless it says otherwise.
func certify(t TB, x *x509.Certificate, key crypto.Signer, parent *x509.Certificate, parentKey crypto.Signer) *x509.Certificate {
	t.Helper()
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<60))
	if err != nil {
		t.Fatal(err)
	}
	x.SerialNumber = serial
	if x.NotBefore.IsZero() {
		x.NotBefore = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if x.NotAfter.IsZero() {
		x.NotAfter = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	der, err := x509.CreateCertificate(rand.Reader, x, parent, key.Public(), parentKey)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Signature says how to sign, and what to do wrong. The zero value of each
// member is the right thing.
type Signature struct {
	Content  []byte
	Detached bool
	Type     asn1.ObjectIdentifier // of the content; data when nil
	Stored   bool                  // sign the attributes in the order stored, not sorted
	Unsorted bool                  // store them out of order
	Digest   asn1.ObjectIdentifier // stated beside the signer; SHA-256 when nil
	Extra    [][]byte              // more signed attributes
	Bare     [][]byte              // when not nil: these signed attributes and no other
	Sid      []byte                // the signer identifier, when not that of the certificate
	NoAttrs  bool
	NoTime   bool // no signing-time attribute, as in a PDF
	NoCert   bool
	WrongRef bool                  // the signing-certificate attribute names another
	SaysType asn1.ObjectIdentifier // content-type attribute when not Type
	Unsigned func(value []byte) [][]byte
	Trailing []byte
	Counter  []byte // when not nil: write a bare SignerInfo over this value
	Signers  int    // how many times the signer is repeated; 1 when 0
}

// Sign signs as the agent and returns the CMS.
func (c *CA) Sign(t TB, s Signature) []byte { return sign(t, s, c.Agent, c.agentKey, c.Root) }

// SignAsRoot signs with the self-signed certificate.
func (c *CA) SignAsRoot(t TB, s Signature) []byte { return sign(t, s, c.Root, c.rootKey) }

func algorithm(oid asn1.ObjectIdentifier) []byte { return TLV(0x30, DER(oid)) }

func sign(t TB, s Signature, cert *x509.Certificate, key crypto.Signer, others ...*x509.Certificate) []byte {
	t.Helper()
	typ := s.Type
	if typ == nil {
		typ = OIDData
	}
	content := s.Content
	if s.Counter != nil {
		content = s.Counter
	}
	sum := sha256.Sum256(content)
	ref := sha256.Sum256(cert.Raw)
	if s.WrongRef {
		ref[0] ^= 1
	}
	says := typ
	if s.SaysType != nil {
		says = s.SaysType
	}
	attrs := [][]byte{Attr(OIDDigest, TLV(4, sum[:])),
		Attr(OIDCertV2, TLV(0x30, TLV(0x30, TLV(0x30, TLV(4, ref[:])))))}
	if !s.NoTime {
		attrs = append(attrs, Attr(OIDTime, DER(Time)))
	}
	if s.Counter == nil {
		attrs = append(attrs, Attr(OIDType, DER(says)))
	}
	attrs = append(attrs, s.Extra...)
	if s.Bare != nil {
		attrs = s.Bare
	}
	sorted := append([][]byte(nil), attrs...)
	sort.Slice(sorted, func(i, j int) bool { return bytes.Compare(sorted[i], sorted[j]) < 0 })
	stored := sorted
	if s.Unsorted || s.Stored {
		stored = append([][]byte(nil), sorted...)
		for i, j := 0, len(stored)-1; i < j; i, j = i+1, j-1 {
			stored[i], stored[j] = stored[j], stored[i]
		}
	}
	over := TLV(0x31, sorted...)
	if s.Stored {
		over = TLV(0x31, stored...)
	}
	if s.NoAttrs {
		over = content
	}
	h := sha256.Sum256(over)
	value, err := key.Sign(rand.Reader, h[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	digest := s.Digest
	if digest == nil {
		digest = oidSHA256
	}
	sid := s.Sid
	if sid == nil {
		sid = TLV(0x30, cert.RawIssuer, DER(cert.SerialNumber))
	}
	parts := [][]byte{DER(1), sid, algorithm(digest)}
	if !s.NoAttrs {
		parts = append(parts, TLV(0xa0, stored...))
	}
	parts = append(parts, algorithm(oidECDSA256), TLV(4, value))
	if s.Unsigned != nil {
		parts = append(parts, TLV(0xa1, s.Unsigned(value)...))
	}
	signer := TLV(0x30, parts...)
	if s.Counter != nil {
		return signer
	}
	encap := [][]byte{DER(typ)}
	if !s.Detached {
		encap = append(encap, TLV(0xa0, TLV(4, s.Content)))
	}
	data := [][]byte{DER(1), TLV(0x31, algorithm(digest)), TLV(0x30, encap...)}
	if !s.NoCert {
		certs := [][]byte{cert.Raw}
		for _, o := range others {
			certs = append(certs, o.Raw)
		}
		data = append(data, TLV(0xa0, certs...))
	}
	data = append(data, TLV(0x31, bytes.Repeat(signer, max(1, s.Signers))))
	return append(TLV(0x30, DER(OIDSignedData), TLV(0xa0, TLV(0x30, data...))), s.Trailing...)
}

// SHA512 is an identifier that is not that of the signatures made here.
func SHA512() asn1.ObjectIdentifier { return oidSHA512 }

// Stamp says what to stamp, and what to do wrong.
type Stamp struct {
	Content  []byte
	Hash     []byte                // the imprint itself, when not that of Content
	Alg      asn1.ObjectIdentifier // of Hash
	Echo     *big.Int              // a nonce of any length
	At       time.Time
	Nonce    int64
	Millis   int
	TSA      string // the name the unit gives itself
	Critical bool   // add a critical extension
}

// Stamp makes a token as the time-stamping unit.
func (c *CA) Stamp(t TB, s Stamp) []byte {
	t.Helper()
	at := s.At
	if at.IsZero() {
		at = Time
	}
	imprint, alg := s.Hash, s.Alg
	if imprint == nil {
		sum := sha256.Sum256(s.Content)
		imprint, alg = sum[:], oidSHA256
	}
	parts := [][]byte{DER(1), DER(asn1.ObjectIdentifier{1, 2, 3}), TLV(0x30, algorithm(alg), TLV(4, imprint)),
		DER(77), TLV(0x18, []byte(at.Format("20060102150405Z")))}
	if s.Millis > 0 {
		parts = append(parts, TLV(0x30, TLV(0x80, DER(s.Millis)[2:])))
	}
	if s.Echo != nil {
		parts = append(parts, DER(s.Echo))
	} else if s.Nonce != 0 {
		parts = append(parts, DER(s.Nonce))
	}
	if s.TSA != "" {
		parts = append(parts, TLV(0xa0, TLV(0xa4, DER(pkix.Name{CommonName: s.TSA}.ToRDNSequence()))))
	}
	if s.Critical {
		parts = append(parts, TLV(0xa1, TLV(0x30, DER(asn1.ObjectIdentifier{1, 2, 3, 4}), []byte{1, 1, 0xff}, TLV(4, []byte{5, 0}))))
	}
	return sign(t, Signature{Content: TLV(0x30, parts...), Type: OIDTSTInfo}, c.Unit, c.unitKey, c.Root)
}

// Reply wraps a token in a TimeStampResp with the status; a nil token is a
// refusal.
func Reply(status int, token []byte) []byte {
	return TLV(0x30, TLV(0x30, DER(status)), token)
}

// SHA1 is the digest of old signatures.
func SHA1(b []byte) []byte { s := sha1.Sum(b); return s[:] }
