// Package dsigtest composes XML signatures for tests, right and wrong: a
// document is written with the signature already in its place, the digests and
// the value left open as "@", and [Signer.Sign] fills them in.
package dsigtest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/liasse/liasse/internal/c14n"
	"github.com/liasse/liasse/internal/xmlcore"
)

// TB is what this package needs of testing.TB.
type TB interface {
	Helper()
	Fatal(args ...any)
}

// Identifiers of algorithms.
const (
	DSig      = "http://www.w3.org/2000/09/xmldsig#"
	ExcC14N   = "http://www.w3.org/2001/10/xml-exc-c14n#"
	C14N      = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	C14N11    = "http://www.w3.org/2006/12/xml-c14n11"
	Enveloped = DSig + "enveloped-signature"
	Base64    = DSig + "base64"
	SHA256    = "http://www.w3.org/2001/04/xmlenc#sha256"
	SHA1      = DSig + "sha1"
	RSASHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	RSASHA1   = DSig + "rsa-sha1"
	PSS       = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
	ECDSA     = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
	Ed25519   = "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519"
	XAdES111  = "http://uri.etsi.org/01903/v1.1.1#"
	XAdES122  = "http://uri.etsi.org/01903/v1.2.2#"
	XAdES132  = "http://uri.etsi.org/01903/v1.3.2#"
	XAdES141  = "http://uri.etsi.org/01903/v1.4.1#"
)

// Signer is a key with a certificate signed by itself.
type Signer struct {
	Key  crypto.Signer
	Cert *x509.Certificate
}

var signers sync.Map

// New returns the signer of a kind: "rsa", "ecdsa", "ed25519". It is made once
// per program.
func New(t TB, kind string) *Signer {
	t.Helper()
	if s, ok := signers.Load(kind); ok {
		return s.(*Signer)
	}
	var key crypto.Signer
	var err error
	switch base, _, _ := strings.Cut(kind, "-"); base {
	case "ecdsa":
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "ed25519":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	default:
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		t.Fatal(err)
	}
	usage := x509.KeyUsageContentCommitment
	if strings.HasSuffix(kind, "-tls") {
		usage = x509.KeyUsageDigitalSignature
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(20240012), Subject: pkix.Name{CommonName: "Maire d'essai", Organization: []string{"Commune"}},
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2035, 1, 1, 0, 0, 0, 0, time.UTC), KeyUsage: usage}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	s := &Signer{key, c}
	signers.Store(kind, s)
	return s
}

// Ref is a reference of a signature.
type Ref struct {
	ID, URI, Type string
	NoURI         bool
	Transforms    []string // algorithms; an element when it begins with "<"
	Digest        string   // algorithm; SHA-256 when empty
	Value         string   // a digest value to write instead of the right one
}

// Signature is what is written into the document. The zero value with an ID is
// an enveloped XAdES-EPES 1.1.1 over the element named, as for a bordereau.
type Signature struct {
	ID     string
	Refs   []Ref  // in place of the reference to Over
	Over   string // Id of the element signed; "" is the whole document
	XAdES  string // namespace; 1.1.1 when empty, none when "-"
	Method string // signature algorithm
	C14N   string
	// Untyped leaves out the Type of the reference to the properties; Loose leaves
	// out the reference.
	Untyped, Loose bool
	SPTransforms   []string
	Target         string // of QualifyingProperties; "#ID" when empty
	Time           string
	NoRole         bool
	NoPolicy       bool
	PolicyID       string
	PolicyHash     string
	NoSPURI        bool
	CertDigest     string // in place of the right one
	Issuer         string
	Serial         string
	NoCert         bool // no certificate in KeyInfo
	KeyInfo        string
	SignedData     string // SignedDataObjectProperties
	Unsigned       string // UnsignedSignatureProperties
	Objects        string // further objects
	Properties     string // in place of the whole SignedSignatureProperties
}

// Skeleton writes the signature, its digests and its value left open.
func (s *Signer) Skeleton(g Signature) string {
	or := func(v, d string) string {
		if v == "" {
			return d
		}
		return v
	}
	ns := or(g.XAdES, XAdES111)
	refs := g.Refs
	if refs == nil {
		uri := ""
		if g.Over != "" {
			uri = "#" + g.Over
		}
		refs = []Ref{{URI: uri, Transforms: []string{Enveloped, ExcC14N}}}
	}
	typ := ns + "SignedProperties"
	if ns == XAdES132 || ns == XAdES141 {
		typ = "http://uri.etsi.org/01903#SignedProperties"
	}
	if ns != "-" && !g.Loose {
		sp := Ref{URI: "#" + g.ID + "_SP", Type: typ, Transforms: g.SPTransforms}
		if sp.Transforms == nil {
			sp.Transforms = []string{ExcC14N}
		}
		if g.Untyped {
			sp.Type = ""
		}
		refs = append(refs[:len(refs):len(refs)], sp)
	}
	method := g.Method
	if method == "" {
		switch s.Key.(type) {
		case *ecdsa.PrivateKey:
			method = ECDSA
		case ed25519.PrivateKey:
			method = Ed25519
		default:
			method = RSASHA256
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<ds:Signature xmlns:ds="%s" Id="%s"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="%s"/><ds:SignatureMethod Algorithm="%s"/>`, DSig, g.ID, or(g.C14N, ExcC14N), method)
	for _, r := range refs {
		b.WriteString("<ds:Reference")
		if r.ID != "" {
			fmt.Fprintf(&b, ` Id="%s"`, r.ID)
		}
		if r.Type != "" {
			fmt.Fprintf(&b, ` Type="%s"`, r.Type)
		}
		if !r.NoURI {
			fmt.Fprintf(&b, ` URI="%s"`, r.URI)
		}
		b.WriteString(">")
		if len(r.Transforms) > 0 {
			b.WriteString("<ds:Transforms>")
			for _, t := range r.Transforms {
				if strings.HasPrefix(t, "<") {
					b.WriteString(t)
				} else {
					fmt.Fprintf(&b, `<ds:Transform Algorithm="%s"/>`, t)
				}
			}
			b.WriteString("</ds:Transforms>")
		}
		fmt.Fprintf(&b, `<ds:DigestMethod Algorithm="%s"/><ds:DigestValue>%s</ds:DigestValue></ds:Reference>`, or(r.Digest, SHA256), or(r.Value, "@"))
	}
	fmt.Fprintf(&b, `</ds:SignedInfo><ds:SignatureValue Id="%s_SV">@</ds:SignatureValue>`, g.ID)
	cert := base64.StdEncoding.EncodeToString(s.Cert.Raw)
	switch {
	case g.KeyInfo != "":
		fmt.Fprintf(&b, "<ds:KeyInfo>%s</ds:KeyInfo>", g.KeyInfo)
	case !g.NoCert:
		fmt.Fprintf(&b, "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>%s</ds:X509Certificate></ds:X509Data></ds:KeyInfo>", cert)
	}
	if ns != "-" {
		sum := sha256.Sum256(s.Cert.Raw)
		fmt.Fprintf(&b, `<ds:Object><xad:QualifyingProperties xmlns:xad="%s" Target="%s"><xad:SignedProperties Id="%s_SP">`, ns, or(g.Target, "#"+g.ID), g.ID)
		if g.Properties != "" {
			b.WriteString(g.Properties)
		} else {
			b.WriteString("<xad:SignedSignatureProperties>")
			if g.Time != "-" {
				fmt.Fprintf(&b, "<xad:SigningTime>%s</xad:SigningTime>", or(g.Time, "2024-03-15T10:20:30Z"))
			}
			fmt.Fprintf(&b, `<xad:SigningCertificate><xad:Cert><xad:CertDigest><ds:DigestMethod Algorithm="%s"/><ds:DigestValue>%s</ds:DigestValue></xad:CertDigest>`,
				SHA256, or(g.CertDigest, base64.StdEncoding.EncodeToString(sum[:])))
			fmt.Fprintf(&b, `<xad:IssuerSerial><ds:X509IssuerName>%s</ds:X509IssuerName><ds:X509SerialNumber>%s</ds:X509SerialNumber></xad:IssuerSerial></xad:Cert></xad:SigningCertificate>`,
				or(g.Issuer, s.Cert.Issuer.String()), or(g.Serial, s.Cert.SerialNumber.String()))
			if !g.NoPolicy {
				b.WriteString(`<xad:SignaturePolicyIdentifier><xad:SignaturePolicyId><xad:SigPolicyId><xad:Identifier>` + or(g.PolicyID, "urn:oid:1.2.250.1.131.1.5.18.21.1.7") +
					`</xad:Identifier></xad:SigPolicyId><xad:SigPolicyHash><ds:DigestMethod Algorithm="` + SHA256 + `"/><ds:DigestValue>` + or(g.PolicyHash, "roF9+cfRHNPtVJolhdqfIqGMVuUXX8aR4rpiquf0u5E=") +
					`</ds:DigestValue></xad:SigPolicyHash>`)
				if !g.NoSPURI {
					b.WriteString(`<xad:SigPolicyQualifiers><xad:SigPolicyQualifier><xad:SPURI>https://exemple.invalid/politique.pdf</xad:SPURI></xad:SigPolicyQualifier></xad:SigPolicyQualifiers>`)
				}
				b.WriteString(`</xad:SignaturePolicyId></xad:SignaturePolicyIdentifier>`)
			}
			b.WriteString(`<xad:SignatureProductionPlace><xad:City>Crach</xad:City></xad:SignatureProductionPlace>`)
			if !g.NoRole {
				b.WriteString(`<xad:SignerRole><xad:ClaimedRoles><xad:ClaimedRole>Maire</xad:ClaimedRole></xad:ClaimedRoles></xad:SignerRole>`)
			}
			b.WriteString("</xad:SignedSignatureProperties>")
			b.WriteString(g.SignedData)
		}
		b.WriteString("</xad:SignedProperties>")
		if g.Unsigned != "" {
			b.WriteString("<xad:UnsignedProperties><xad:UnsignedSignatureProperties>" + g.Unsigned + "</xad:UnsignedSignatureProperties></xad:UnsignedProperties>")
		}
		b.WriteString("</xad:QualifyingProperties></ds:Object>")
	}
	b.WriteString(g.Objects)
	b.WriteString("</ds:Signature>")
	return b.String()
}

var (
	reReference = regexp.MustCompile(`(?s)<ds:Reference([^>]*)>(.*?)</ds:Reference>`)
	reURI       = regexp.MustCompile(` URI="([^"]*)"`)
	reTransform = regexp.MustCompile(`<ds:Transform Algorithm="([^"]*)"`)
	reMethod    = regexp.MustCompile(`<ds:DigestMethod Algorithm="([^"]*)"`)
	reSigMethod = regexp.MustCompile(`<ds:SignatureMethod Algorithm="([^"]*)"`)
	reC14N      = regexp.MustCompile(`<ds:CanonicalizationMethod Algorithm="([^"]*)"`)
)

// Sign fills in the digests and the value of the signatures with the Ids, in
// that order. A digest of what cannot be found stays open.
func (s *Signer) Sign(t TB, doc string, ids ...string) string {
	t.Helper()
	for _, id := range ids {
		start := strings.Index(doc, fmt.Sprintf(`<ds:Signature xmlns:ds="%s" Id="%s">`, DSig, id))
		if start < 0 {
			t.Fatal("no signature " + id)
		}
		end := start + strings.Index(doc[start:], "</ds:SignedInfo>")
		info := doc[start:end]
		filled := reReference.ReplaceAllStringFunc(info, func(r string) string {
			if !strings.Contains(r, "<ds:DigestValue>@<") {
				return r
			}
			if v, ok := digest(t, doc, r, int64(start)); ok {
				return strings.Replace(r, "<ds:DigestValue>@<", "<ds:DigestValue>"+v+"<", 1)
			}
			return r
		})
		doc = doc[:start] + filled + doc[end:]
		at := start + strings.Index(doc[start:], fmt.Sprintf(`<ds:SignatureValue Id="%s_SV">@<`, id))
		value := s.value(t, doc, start, filled)
		doc = doc[:at] + strings.Replace(doc[at:], ">@<", ">"+value+"<", 1)
	}
	return doc
}

func digest(t TB, doc, ref string, signature int64) (string, bool) {
	uri := reURI.FindStringSubmatch(ref)
	if uri == nil || uri[1] != "" && !strings.HasPrefix(uri[1], "#") {
		return "", false
	}
	opt := c14n.Options{}
	coded := false
	for _, m := range reTransform.FindAllStringSubmatch(ref, -1) {
		switch m[1] {
		case ExcC14N:
			opt.Exclusive = true
		case C14N11:
			opt.Version11 = true
		case Base64:
			coded = true
		case Enveloped:
			opt.Skip = func(r *xmlcore.Reader, k xmlcore.Kind) c14n.Skip {
				if k == xmlcore.StartElement && r.Offset() == signature {
					return c14n.Drop
				}
				return c14n.Keep
			}
		}
	}
	if id := strings.TrimPrefix(uri[1], "#"); id != "" {
		opt.Apex = byID(id)
	}
	b, ok := Canonical(t, doc, opt)
	if !ok {
		return "", false
	}
	if coded {
		text := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(string(b), "")
		var err error
		if b, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), "")); err != nil {
			return "", false
		}
	}
	if m := reMethod.FindStringSubmatch(ref); m != nil && m[1] == SHA1 {
		sum := sha1.Sum(b)
		return base64.StdEncoding.EncodeToString(sum[:]), true
	}
	sum := sha256.Sum256(b)
	return base64.StdEncoding.EncodeToString(sum[:]), true
}

func byID(id string) func(*xmlcore.Reader) bool {
	return func(r *xmlcore.Reader) bool { v, ok := r.Attr("", "Id"); return ok && string(v) == id }
}

// Canonical returns a canonical form of the document; ok is false when there is
// no apex.
func Canonical(t TB, doc string, opt c14n.Options) (b []byte, ok bool) {
	t.Helper()
	var out bytes.Buffer
	c := c14n.New(&out, opt)
	if err := xmlcore.Run(context.Background(), xmlcore.NewReader(strings.NewReader(doc), xmlcore.Options{}), c); err != nil {
		t.Fatal(err)
	}
	if err := c.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), c.Found()
}

func (s *Signer) value(t TB, doc string, start int, info string) string {
	opt := c14n.Options{}
	switch reC14N.FindStringSubmatch(info)[1] {
	case ExcC14N:
		opt.Exclusive = true
	case C14N11:
		opt.Version11 = true
	}
	at := int64(start + strings.Index(info, "<ds:SignedInfo>"))
	opt.Apex = func(r *xmlcore.Reader) bool { return r.Offset() == at }
	b, _ := Canonical(t, doc, opt)
	v, err := s.SignOctets(b, reSigMethod.FindStringSubmatch(info)[1])
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(v)
}

// SignOctets signs octets by a signature algorithm.
func (s *Signer) SignOctets(b []byte, method string) ([]byte, error) {
	sum := sha256.Sum256(b)
	switch method {
	case PSS:
		return s.Key.Sign(rand.Reader, sum[:], &rsa.PSSOptions{SaltLength: 32, Hash: crypto.SHA256})
	case RSASHA1:
		sum := sha1.Sum(b)
		return s.Key.Sign(rand.Reader, sum[:], crypto.SHA1)
	case Ed25519:
		return s.Key.Sign(rand.Reader, b, crypto.Hash(0))
	case ECDSA:
		der, err := s.Key.Sign(rand.Reader, sum[:], crypto.SHA256)
		if err != nil {
			return nil, err
		}
		var rs struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(der, &rs); err != nil {
			return nil, err
		}
		width := 32
		if k, ok := s.Key.(*ecdsa.PrivateKey); ok {
			width = (k.Params().BitSize + 7) / 8
		}
		out := make([]byte, 2*width)
		rs.R.FillBytes(out[:width])
		rs.S.FillBytes(out[width:])
		return out, nil
	}
	return s.Key.Sign(rand.Reader, sum[:], crypto.SHA256)
}
