package trust

import (
	"bytes"
	"encoding/pem"
	"strings"

	"github.com/liasse/liasse/internal/asn1x"
)

const (
	extAccess      = "1.3.6.1.5.5.7.1.1"
	accessOCSP     = "1.3.6.1.5.5.7.48.1"
	accessIssuers  = "1.3.6.1.5.5.7.48.2"
	oidNonce       = "1.3.6.1.5.5.7.48.1.2"
	maxAddresses   = 16   // of one kind in one certificate
	maxAddress     = 2048 // octets of one address
	maxBundle      = 64   // certificates in one file
	maxBundleBytes = 4 << 20
)

// Addresses are where an authority says that what goes with a certificate can
// be had: URIs as they are written, of any scheme, in order and without
// doubles. They are the word of whoever made the certificate, to be opened with
// every precaution.
type Addresses struct {
	// Issuers lead to certificates of the issuer, OCSP to responders (authority
	// information access, RFC 5280 §4.2.2.1).
	Issuers, OCSP []string
	// CRLs lead to lists of the issuer that cover every reason (§4.2.1.13).
	CRLs []string
	// Deltas lead to lists of changes (freshest CRL, §4.2.1.15).
	Deltas []string
}

// Addresses returns the addresses a certificate states. What cannot be read
// states none.
func (c *Certificate) Addresses() (a Addresses) {
	for _, e := range c.Extensions {
		if e.OID != extAccess && e.OID != extFreshest {
			continue
		}
		v, err := asn1x.ParseAll(e.Value)
		if err != nil {
			continue
		}
		if e.OID == extFreshest {
			if l, err := parsePoints(v); err == nil {
				a.Deltas = uris(a.Deltas, l, c.Issuer)
			}
			continue
		}
		l, err := v.Children(maxPoints)
		if err != nil {
			continue
		}
		for _, w := range l {
			cur := w.Enter()
			method, err := cur.Take(asn1x.TagOID).OID()
			at, ok := cur.Next()
			if err != nil || !ok || !at.IsContext(6) {
				continue
			}
			switch method {
			case accessOCSP:
				a.OCSP = address(a.OCSP, string(at.Body))
			case accessIssuers:
				a.Issuers = address(a.Issuers, string(at.Body))
			}
		}
	}
	a.CRLs = uris(nil, c.points, c.Issuer)
	return a
}

// Deltas returns where the list says that changes to it are published (freshest
// CRL, RFC 5280 §5.2.6).
func (l *CRL) Deltas() []string { return uris(nil, l.freshest, l.Issuer) }

// uris adds the addresses of the points at which the issuer itself publishes
// for every reason.
func uris(l []string, points []point5280, issuer Name) []string {
	for _, p := range points {
		mine := len(p.issuer) == 0
		for _, g := range p.issuer {
			mine = mine || g.Tag == 4 && g.Name.Equal(issuer)
		}
		if p.reasons != 0 || !mine {
			continue
		}
		for _, g := range p.full {
			if g.Tag == 6 {
				l = address(l, g.Text)
			}
		}
	}
	return l
}

func address(l []string, s string) []string {
	if s = strings.TrimSpace(s); s == "" || len(s) > maxAddress || len(l) >= maxAddresses {
		return l
	}
	for _, x := range l {
		if x == s {
			return l
		}
	}
	return append(l, s)
}

// ParseBundle reads the certificates of a file as authorities publish them
// (RFC 5280 §4.2.2.1): one in DER, several in PEM, or a CMS that holds nothing
// else. Those that cannot be read are left aside; the error means that none can.
func ParseBundle(b []byte) ([]*Certificate, error) {
	if len(b) > maxBundleBytes {
		return nil, &asn1x.Error{Offset: maxBundleBytes, What: "too many certificates", Limit: true}
	}
	if t := bytes.TrimSpace(b); bytes.HasPrefix(t, []byte("-----BEGIN")) {
		var out []*Certificate
		var first error
		for rest := t; len(out) < maxBundle; {
			var p *pem.Block
			if p, rest = pem.Decode(rest); p == nil {
				break
			}
			l, err := parseBundle(p.Bytes)
			if err != nil && first == nil {
				first = err
			}
			out = append(out, l...)
		}
		if len(out) > 0 {
			return out[:min(len(out), maxBundle)], nil
		}
		if first == nil {
			first = &asn1x.Error{What: "no certificate"}
		}
		return nil, first
	}
	return parseBundle(b)
}

func parseBundle(b []byte) ([]*Certificate, error) {
	c, err := ParseCertificate(b)
	if err == nil {
		return []*Certificate{c}, nil
	}
	sd, bad := asn1x.ParseSignedData(b)
	if bad != nil {
		return nil, err
	}
	var out []*Certificate
	for _, v := range sd.Certificates {
		if c, err := ParseCertificate(v.Raw); err == nil && len(out) < maxBundle {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return nil, &asn1x.Error{What: "no certificate"}
	}
	return out, nil
}

// OCSPRequest writes the OCSPRequest (RFC 6960 §4.1) that asks for the status of
// a certificate, to be sent as application/ocsp-request. The certificate is
// named by SHA-1, which every responder understands and which protects nothing
// here. A nonce, when there is one, should have 32 octets (RFC 9654 §2.1): the
// answer to it can be kept for no other request.
func OCSPRequest(c, issuer *Certificate, nonce []byte) []byte {
	id := asn1x.Encode(asn1x.Sequence,
		asn1x.Encode(asn1x.Sequence, asn1x.EncodeOID(SHA1.OID()), []byte{asn1x.TagNull, 0}),
		asn1x.Encode(asn1x.OctetString, SHA1.Sum(c.Issuer.Raw)),
		asn1x.Encode(asn1x.OctetString, SHA1.Sum(issuer.Key.bits)),
		asn1x.Encode(asn1x.Integer, integer(c.Serial)))
	var exts []byte
	if len(nonce) > 0 {
		exts = asn1x.Encode(asn1x.ContextOf+2, asn1x.Encode(asn1x.Sequence, asn1x.Encode(asn1x.Sequence,
			asn1x.EncodeOID(oidNonce), asn1x.Encode(asn1x.OctetString, asn1x.Encode(asn1x.OctetString, nonce)))))
	}
	list := asn1x.Encode(asn1x.Sequence, asn1x.Encode(asn1x.Sequence, id))
	return asn1x.Encode(asn1x.Sequence, asn1x.Encode(asn1x.Sequence, list, exts))
}

// nonceOf reads the nonce among the extensions of a response, which some
// responders write without the OCTET STRING of its own (RFC 8954 §2.1).
func nonceOf(exts []Extension) []byte {
	for _, e := range exts {
		if e.OID != oidNonce {
			continue
		}
		if v, err := asn1x.ParseAll(e.Value); err == nil && v.Is(asn1x.TagOctetString) {
			if b, err := v.Octets(); err == nil {
				return b
			}
		}
		return e.Value
	}
	return nil
}
