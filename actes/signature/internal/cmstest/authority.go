package cmstest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"
)

// Authority is a key with its certificate, which may issue others and say
// whether they are revoked. The addresses it states are only written.
type Authority struct {
	Cert *x509.Certificate
	Key  *ecdsa.PrivateKey
}

// Profile says what to certify. The zero value is an agent who signs, from 2020
// to 2030.
type Profile struct {
	Name                       string
	CA                         bool
	EKU                        []asn1.ObjectIdentifier
	NoCheck                    bool
	Issuers, OCSP, CRL, Deltas []string // addresses
	From, Until                time.Time
	Key                        *ecdsa.PrivateKey // another when nil
}

// Root makes an authority that certifies itself.
func Root(t TB, name string) *Authority {
	t.Helper()
	return (*Authority)(nil).Issue(t, Profile{Name: name, CA: true})
}

// Issue certifies another, with a key of its own.
func (a *Authority) Issue(t TB, p Profile) *Authority {
	t.Helper()
	k := p.Key
	if k == nil {
		k = newKey(t)
	}
	x := &x509.Certificate{Subject: pkix.Name{CommonName: p.Name}, NotBefore: p.From, NotAfter: p.Until,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment, UnknownExtKeyUsage: p.EKU,
		IssuingCertificateURL: p.Issuers, OCSPServer: p.OCSP, CRLDistributionPoints: p.CRL}
	if p.CA {
		x.IsCA, x.BasicConstraintsValid, x.KeyUsage = true, true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	}
	if p.NoCheck {
		x.ExtraExtensions = append(x.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}, Value: []byte{5, 0}})
	}
	if len(p.Deltas) > 0 {
		x.ExtraExtensions = append(x.ExtraExtensions, freshest(p.Deltas))
	}
	parent, key := x, k
	if a != nil {
		parent, key = a.Cert, a.Key
	}
	return &Authority{certify(t, x, k, parent, key), k}
}

// freshest is the extension that leads to lists of changes.
func freshest(urls []string) pkix.Extension {
	var points [][]byte
	for _, u := range urls {
		points = append(points, TLV(0x30, TLV(0xa0, TLV(0xa0, TLV(0x86, []byte(u))))))
	}
	return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 46}, Value: TLV(0x30, points...)}
}

// List is what a revocation list says.
type List struct {
	Number     int64 // 1 when 0
	Base       int64 // of the list this one changes; 0 in a complete list
	This, Next time.Time
	Revoked    []*Authority
	At         time.Time // of the revocations
	Reason     int
	Deltas     []string // addresses
}

// CRL signs a list.
func (a *Authority) CRL(t TB, l List) []byte {
	t.Helper()
	x := &x509.RevocationList{Number: big.NewInt(max(l.Number, 1)), ThisUpdate: l.This, NextUpdate: l.Next}
	for _, r := range l.Revoked {
		x.RevokedCertificateEntries = append(x.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: r.Cert.SerialNumber, RevocationTime: l.At, ReasonCode: l.Reason})
	}
	if l.Base > 0 {
		x.ExtraExtensions = append(x.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 27}, Critical: true, Value: DER(l.Base)})
	}
	if len(l.Deltas) > 0 {
		x.ExtraExtensions = append(x.ExtraExtensions, freshest(l.Deltas))
	}
	der, err := x509.CreateRevocationList(rand.Reader, x, a.Cert, a.Key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// Status is what an OCSP response says.
type Status struct {
	Of         *Authority // the certificate
	Issuer     *Authority // that issued it, whose key names it
	This, Next time.Time  // Next may be zero
	Revoked    time.Time  // zero when it is not
	Unknown    bool
	Nonce      []byte
	Bare       bool // the response does not bring the certificate of who signed it
	Failed     int  // an error instead: 1 malformed request, 3 try later, 6 unauthorized
}

func generalized(at time.Time) []byte {
	return TLV(0x18, []byte(at.UTC().Format("20060102150405Z")))
}

// OCSP signs a response as a.
func (a *Authority) OCSP(t TB, s Status) []byte {
	t.Helper()
	if s.Failed > 0 {
		return TLV(0x30, TLV(0x0a, []byte{byte(s.Failed)}))
	}
	bits := func(c *x509.Certificate) []byte {
		var k struct {
			Alg pkix.AlgorithmIdentifier
			Key asn1.BitString
		}
		if _, err := asn1.Unmarshal(c.RawSubjectPublicKeyInfo, &k); err != nil {
			t.Fatal(err)
		}
		return SHA1(k.Key.Bytes)
	}
	id := TLV(0x30, TLV(0x30, DER(asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}), []byte{5, 0}),
		TLV(4, SHA1(s.Issuer.Cert.RawSubject)), TLV(4, bits(s.Issuer.Cert)), DER(s.Of.Cert.SerialNumber))
	status := TLV(0x80)
	switch {
	case s.Unknown:
		status = TLV(0x82)
	case !s.Revoked.IsZero():
		status = TLV(0xa1, generalized(s.Revoked))
	}
	single := [][]byte{id, status, generalized(s.This)}
	if !s.Next.IsZero() {
		single = append(single, TLV(0xa0, generalized(s.Next)))
	}
	data := [][]byte{TLV(0xa2, TLV(4, bits(a.Cert))), generalized(s.This), TLV(0x30, TLV(0x30, single...))}
	if s.Nonce != nil {
		data = append(data, TLV(0xa1, TLV(0x30, TLV(0x30, DER(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2}), TLV(4, TLV(4, s.Nonce))))))
	}
	tbs := TLV(0x30, data...)
	h := sha256.Sum256(tbs)
	value, err := a.Key.Sign(rand.Reader, h[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	basic := [][]byte{tbs, algorithm(oidECDSA256), TLV(3, []byte{0}, value)}
	if !s.Bare {
		basic = append(basic, TLV(0xa0, TLV(0x30, a.Cert.Raw)))
	}
	return TLV(0x30, TLV(0x0a, []byte{0}), TLV(0xa0, TLV(0x30,
		DER(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}), TLV(4, TLV(0x30, basic...)))))
}

// Nonce reads the nonce of an OCSPRequest, nil when there is none; ok is false
// for what is no request for one certificate.
func Nonce(request []byte) (nonce []byte, ok bool) {
	var r struct {
		TBS struct {
			List []struct {
				ID struct {
					Alg       pkix.AlgorithmIdentifier
					Name, Key []byte
					Serial    *big.Int
				}
			}
			Exts []pkix.Extension `asn1:"explicit,optional,tag:2"`
		}
	}
	if rest, err := asn1.Unmarshal(request, &r); err != nil || len(rest) > 0 || len(r.TBS.List) != 1 || len(r.TBS.List[0].ID.Name) != sha1.Size {
		return nil, false
	}
	for _, e := range r.TBS.Exts {
		if _, err := asn1.Unmarshal(e.Value, &nonce); err != nil {
			return nil, false
		}
	}
	return nonce, true
}

// Bundle writes certificates as a CMS that holds nothing else.
func Bundle(l ...*Authority) []byte {
	var certs [][]byte
	for _, a := range l {
		certs = append(certs, a.Cert.Raw)
	}
	return TLV(0x30, DER(OIDSignedData), TLV(0xa0, TLV(0x30, DER(1), TLV(0x31), TLV(0x30, DER(OIDData)), TLV(0xa0, certs...), TLV(0x31))))
}

// Unit is a time-stamping unit with the key and certificate of a; its tokens
// bring that certificate and no other.
func (a *Authority) Unit() *CA { return &CA{Root: a.Cert, Unit: a.Cert, unitKey: a.Key} }

// StampingEKU is the purpose of time-stamping units.
func StampingEKU() []asn1.ObjectIdentifier {
	return []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}}
}
