package xades

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"unicode/utf8"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/asn1x"
	"github.com/liasse/liasse/internal/c14n"
	"github.com/liasse/liasse/internal/xmlcore"
)

const exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"

// maker composes signatures. What it digests is the canonical form of the very
// text it returns: the forms are exclusive, and everything is declared inside.
type maker struct {
	p              *signature.Signing
	opt            SignOptions
	digest, method string // identifiers of the algorithms
}

func newMaker(p *signature.Signing, opt SignOptions) (*maker, error) {
	m := &maker{p: p, opt: opt}
	for uri, d := range digests {
		if d == p.Digest {
			m.digest = uri
		}
	}
	for uri, a := range algorithms {
		if a == p.Algorithm {
			m.method = uri
		}
	}
	if m.digest == "" || m.method == "" {
		return nil, fmt.Errorf("%w: %s has no identifier in XML", signature.ErrWeakKey, p.Algorithm)
	}
	if opt.Policy != nil && (opt.Policy.ID == "" || len(opt.Policy.Hash) != len(opt.Policy.Digest.Sum(nil)) || m.uri(opt.Policy.Digest) == "") {
		return nil, errors.New("xades: the signature policy has no identifier, or a digest of the wrong length")
	}
	texts := []string{opt.Role, opt.City, opt.PostalCode, opt.Country}
	if p := opt.Policy; p != nil {
		texts = append(texts, p.ID, p.Description, p.URI)
	}
	for _, s := range texts {
		if strings.ContainsFunc(s, func(r rune) bool {
			return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == utf8.RuneError || r == 0xfffe || r == 0xffff
		}) {
			return nil, errors.New("xades: a text of the signature holds a character XML cannot carry")
		}
	}
	return m, nil
}

func (m *maker) uri(d trust.Digest) string {
	for uri, x := range digests {
		if x == d {
			return uri
		}
	}
	return ""
}

// Marks of what is known only later; no text that is escaped holds them.
const (
	propertiesMark = "\x00P"
	valueMark      = "\x00V"
	stampMark      = "\x00T"
)

// make returns the signature over a place.
func (m *maker) make(ctx context.Context, pl *place) ([]byte, error) {
	n := namesOf(m.opt, pl)
	for _, id := range n.all() {
		if !plainID(id) {
			return nil, fmt.Errorf("%w: it is no name of XML", ErrIdentifier)
		}
	}
	if n.Signature == "" || n.Properties == "" || m.opt.Version == V132 && n.Reference == "" || m.opt.Stamper != nil && n.Value == "" {
		return nil, fmt.Errorf("%w: one is missing", ErrIdentifier)
	}
	text := m.compose(n, pl)
	sum, err := m.canonical(ctx, text, n.Properties)
	if err != nil {
		return nil, err
	}
	text = bytes.Replace(text, []byte(propertiesMark), []byte(base64.StdEncoding.EncodeToString(m.p.Digest.Sum(sum))), 1)
	info, err := m.canonical(ctx, text, "")
	if err != nil {
		return nil, err
	}
	value, err := m.p.Sign(ctx, info)
	if err != nil {
		return nil, err
	}
	if m.p.Algorithm.Scheme == trust.ECDSA {
		if value, err = plainECDSA(value, m.p.X509.Key.Bits); err != nil {
			return nil, err
		}
	}
	text = bytes.Replace(text, []byte(valueMark), []byte(base64.StdEncoding.EncodeToString(value)), 1)
	if m.opt.Stamper == nil {
		return text, nil
	}
	over, err := m.canonical(ctx, bytes.Replace(text, []byte(stampMark), nil, 1), n.Value)
	if err != nil {
		return nil, err
	}
	token, err := m.opt.Stamper.Stamp(ctx, m.p.Digest, m.p.Digest.Sum(over))
	if err != nil {
		return nil, fmt.Errorf("xades: signature timestamp: %w", err)
	}
	return bytes.Replace(text, []byte(stampMark), []byte(base64.StdEncoding.EncodeToString(token)), 1), nil
}

// canonical returns the canonical form of the element with the identifier, or
// of SignedInfo when it is empty. Marks still open are passed over as blanks:
// they are never inside what is digested.
func (m *maker) canonical(ctx context.Context, text []byte, id string) ([]byte, error) {
	var out bytes.Buffer
	c := c14n.New(&out, c14n.Options{Exclusive: true, Apex: func(r *xmlcore.Reader) bool {
		if id == "" {
			return r.Name().Local == "SignedInfo" && r.Name().Space == nsDS
		}
		v, ok := r.Attr("", "Id")
		return ok && string(v) == id
	}})
	r := xmlcore.NewReader(bytes.NewReader(bytes.ReplaceAll(text, []byte{0}, []byte{' '})), xmlcore.Options{})
	if err := xmlcore.Run(ctx, r, c); err != nil {
		return nil, err
	}
	err := c.Flush()
	return out.Bytes(), err
}

func (m *maker) compose(n Names, pl *place) []byte {
	var b strings.Builder
	add := func(parts ...string) {
		for _, p := range parts {
			b.WriteString(p)
		}
	}
	id := func(v string) string {
		if v == "" {
			return ""
		}
		return ` Id="` + escape(v) + `"`
	}
	method := func(prefix, uri string) string {
		return "<" + prefix + `DigestMethod Algorithm="` + uri + `"></` + prefix + "DigestMethod>"
	}
	canonical := `<ds:Transform Algorithm="` + exclusive + `"></ds:Transform>`
	over := ""
	if pl.id != "" {
		over = "#" + escape(pl.id)
	}
	add(`<ds:Signature xmlns:ds="`, nsDS, `"`, id(n.Signature), `><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="`, exclusive,
		`"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="`, m.method, `"></ds:SignatureMethod><ds:Reference`, id(n.Reference), ` URI="`, over,
		`"><ds:Transforms><ds:Transform Algorithm="`, nsDS, `enveloped-signature"></ds:Transform>`, canonical, `</ds:Transforms>`,
		method("ds:", m.digest), `<ds:DigestValue>`, base64.StdEncoding.EncodeToString(pl.sum), `</ds:DigestValue></ds:Reference><ds:Reference`)
	if !m.opt.Untyped {
		t := string(m.opt.Version)
		if m.opt.Version == V132 {
			t = "http://uri.etsi.org/01903#" // without a version (EN 319 132-1 §4.4.2)
		}
		add(` Type="`, t, `SignedProperties"`)
	}
	add(` URI="#`, escape(n.Properties), `"><ds:Transforms>`, canonical, `</ds:Transforms>`, method("ds:", m.digest), `<ds:DigestValue>`, propertiesMark,
		`</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue`, id(n.Value), `>`, valueMark, `</ds:SignatureValue><ds:KeyInfo`, id(n.KeyInfo), `><ds:X509Data>`)
	for _, der := range append([][]byte{m.p.Certificate}, m.p.Issuers...) {
		add(`<ds:X509Certificate>`, base64.StdEncoding.EncodeToString(der), `</ds:X509Certificate>`)
	}
	target := "#"
	if m.opt.BareTarget {
		target = ""
	}
	add(`</ds:X509Data></ds:KeyInfo><ds:Object`, id(n.Object), `><xad:QualifyingProperties xmlns:xad="`, string(m.opt.Version), `" Target="`, target, escape(n.Signature),
		`"><xad:SignedProperties`, id(n.Properties), `><xad:SignedSignatureProperties><xad:SigningTime>`, m.opt.Time.UTC().Format("2006-01-02T15:04:05Z"), `</xad:SigningTime>`)
	m.certificate(add, method)
	m.policy(add, method)
	m.who(add)
	add(`</xad:SignedSignatureProperties>`)
	if m.opt.Version == V132 {
		add(`<xad:SignedDataObjectProperties><xad:DataObjectFormat ObjectReference="#`, escape(n.Reference),
			`"><xad:MimeType>text/xml</xad:MimeType></xad:DataObjectFormat></xad:SignedDataObjectProperties>`)
	}
	add(`</xad:SignedProperties>`)
	if m.opt.Stamper != nil {
		add(`<xad:UnsignedProperties><xad:UnsignedSignatureProperties><xad:SignatureTimeStamp><ds:CanonicalizationMethod Algorithm="`, exclusive,
			`"></ds:CanonicalizationMethod><xad:EncapsulatedTimeStamp>`, stampMark,
			`</xad:EncapsulatedTimeStamp></xad:SignatureTimeStamp></xad:UnsignedSignatureProperties></xad:UnsignedProperties>`)
	}
	add(`</xad:QualifyingProperties></ds:Object></ds:Signature>`)
	return []byte(b.String())
}

func (m *maker) certificate(add func(...string), method func(prefix, uri string) string) {
	sum := base64.StdEncoding.EncodeToString(m.p.Digest.Sum(m.p.Certificate))
	if m.opt.Version == V132 {
		serial := asn1x.Encode(asn1x.Sequence, asn1x.Encode(asn1x.Sequence, asn1x.Encode(asn1x.ContextOf+4, m.p.X509.Issuer.Raw)), derInteger(m.p.X509.Serial))
		add(`<xad:SigningCertificateV2><xad:Cert><xad:CertDigest>`, method("ds:", m.digest), `<ds:DigestValue>`, sum,
			`</ds:DigestValue></xad:CertDigest><xad:IssuerSerialV2>`, base64.StdEncoding.EncodeToString(serial), `</xad:IssuerSerialV2></xad:Cert></xad:SigningCertificateV2>`)
		return
	}
	add(`<xad:SigningCertificate><xad:Cert><xad:CertDigest>`, method("xad:", m.digest), `<xad:DigestValue>`, sum,
		`</xad:DigestValue></xad:CertDigest><xad:IssuerSerial><ds:X509IssuerName>`, escape(m.p.X509.Issuer.String()),
		`</ds:X509IssuerName><ds:X509SerialNumber>`, m.p.X509.Serial.String(), `</ds:X509SerialNumber></xad:IssuerSerial></xad:Cert></xad:SigningCertificate>`)
}

// derInteger encodes in DER, negative numbers too.
func derInteger(n *big.Int) []byte {
	b := n.Bytes()
	if n.Sign() < 0 {
		bits := uint(len(b))*8 + 8
		b = new(big.Int).Add(n, new(big.Int).Lsh(big.NewInt(1), bits)).Bytes()
		for len(b) > 1 && b[0] == 0xff && b[1] >= 0x80 {
			b = b[1:]
		}
	} else if len(b) == 0 || b[0] >= 0x80 {
		b = append([]byte{0}, b...)
	}
	return asn1x.Encode(asn1x.Integer, b)
}

func (m *maker) policy(add func(...string), method func(prefix, uri string) string) {
	p := m.opt.Policy
	if p == nil {
		return
	}
	prefix := "ds:"
	if m.opt.Version == V111 {
		prefix = "xad:"
	}
	add(`<xad:SignaturePolicyIdentifier><xad:SignaturePolicyId><xad:SigPolicyId><xad:Identifier>`, escape(p.ID), `</xad:Identifier>`)
	if p.Description != "" {
		add(`<xad:Description>`, escape(p.Description), `</xad:Description>`)
	}
	add(`</xad:SigPolicyId><xad:SigPolicyHash>`, method(prefix, m.uri(p.Digest)), `<`, prefix, `DigestValue>`, base64.StdEncoding.EncodeToString(p.Hash),
		`</`, prefix, `DigestValue></xad:SigPolicyHash>`)
	if p.URI != "" {
		add(`<xad:SigPolicyQualifiers><xad:SigPolicyQualifier><xad:SPURI>`, escape(p.URI), `</xad:SPURI></xad:SigPolicyQualifier></xad:SigPolicyQualifiers>`)
	}
	add(`</xad:SignaturePolicyId></xad:SignaturePolicyIdentifier>`)
}

func (m *maker) who(add func(...string)) {
	v2 := ""
	if m.opt.Version == V132 {
		v2 = "V2"
	}
	if m.opt.City+m.opt.PostalCode+m.opt.Country != "" {
		add(`<xad:SignatureProductionPlace`, v2, `>`)
		for _, e := range [][2]string{{"City", m.opt.City}, {"PostalCode", m.opt.PostalCode}, {"CountryName", m.opt.Country}} {
			if e[1] != "" {
				add(`<xad:`, e[0], `>`, escape(e[1]), `</xad:`, e[0], `>`)
			}
		}
		add(`</xad:SignatureProductionPlace`, v2, `>`)
	}
	if m.opt.Role != "" {
		add(`<xad:SignerRole`, v2, `><xad:ClaimedRoles><xad:ClaimedRole>`, escape(m.opt.Role), `</xad:ClaimedRole></xad:ClaimedRoles></xad:SignerRole`, v2, `>`)
	}
}

// plainECDSA turns a value in DER into the two numbers side by side, each as
// long as the order of the curve (RFC 6931 §2.3.6).
func plainECDSA(der []byte, bits int) ([]byte, error) {
	v, err := asn1x.ParseAll(der)
	if err != nil {
		return nil, err
	}
	c := v.Enter()
	n := (bits + 7) / 8
	out := make([]byte, 2*n)
	for i := range 2 {
		x, err := c.Take(asn1x.TagInteger).Integer()
		if err != nil || x.Sign() <= 0 || len(x.Bytes()) > n {
			return nil, signature.ErrKey
		}
		x.FillBytes(out[i*n : (i+1)*n])
	}
	return out, c.Close()
}

// escape writes text in ASCII, which means the same in every encoding a
// document may be in.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&' || r == '<' || r == '>' || r == '"' || r == '\'' || r >= 0x7f || r == '\t' || r == '\n' || r == '\r':
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plainID reports whether s is empty or can be written as an identifier: an
// NCName. What is made here is in ASCII; the identifier of an element may not
// be.
func plainID(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || r >= 0xc0 && r != 0xd7 && r != 0xf7 && r != utf8.RuneError
		if !letter && (i == 0 || !(r >= '0' && r <= '9' || r == '-' || r == '.' || r == 0xb7)) {
			return false
		}
	}
	return true
}
