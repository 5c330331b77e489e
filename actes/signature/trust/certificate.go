package trust

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // key identifiers and OCSP names are SHA-1 by the norm
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/liasse/liasse/internal/asn1x"
)

// Bits of a key usage (RFC 5280 §4.2.1.3).
const (
	UsageDigitalSignature = 1 << iota
	UsageNonRepudiation
	UsageKeyEncipherment
	UsageDataEncipherment
	UsageKeyAgreement
	UsageCertSign
	UsageCRLSign
)

// Extended key usages.
const (
	EKUTimeStamping = "1.3.6.1.5.5.7.3.8"
	EKUOCSPSigning  = "1.3.6.1.5.5.7.3.9"
	EKUAny          = "2.5.29.37.0"
)

const (
	extSKI           = "2.5.29.14"
	extKeyUsage      = "2.5.29.15"
	extSAN           = "2.5.29.17"
	extIssuerAlt     = "2.5.29.18"
	extBasic         = "2.5.29.19"
	extNames         = "2.5.29.30"
	extCRLPoints     = "2.5.29.31"
	extPolicies      = "2.5.29.32"
	extMappings      = "2.5.29.33"
	extAKI           = "2.5.29.35"
	extConstraints   = "2.5.29.36"
	extEKU           = "2.5.29.37"
	extFreshest      = "2.5.29.46"
	extInhibitAny    = "2.5.29.54"
	extNoRevAvail    = "2.5.29.56"
	extQC            = "1.3.6.1.5.5.7.1.3"
	extNoCheck       = "1.3.6.1.5.5.7.48.1.5"
	extValAssured    = "0.4.0.194121.2.1"
	anyPolicy        = "2.5.29.32.0"
	oidEmail         = "1.2.840.113549.1.9.1"
	maxPolicies      = 1024
	maxExtensions    = 256
	maxPoints        = 256
	maxNameSubtrees  = 4096
	maxNameCompared  = 1 << 18
	maxCertificate   = 1 << 20
	maxPolicyEntries = 8192
)

// Extension is one extension of a certificate, as encoded.
type Extension struct {
	OID      string
	Critical bool
	Value    []byte // what the OCTET STRING holds
}

// Certificate is an X.509 certificate (RFC 5280), read tolerantly: what the
// standard library refuses (negative serial numbers, odd extensions) is read
// and judged, since old signatures were made with it. It is immutable.
type Certificate struct {
	Raw, RawTBS []byte
	Version     int // 1, 2 or 3
	Serial      *big.Int
	Issuer      Name
	Subject     Name
	NotBefore   time.Time
	NotAfter    time.Time
	Key         *Key
	Extensions  []Extension
	Algorithm   Algorithm // of the issuer's signature
	Signature   []byte

	// SubjectKeyID and AuthorityKeyID are empty when absent.
	SubjectKeyID    []byte
	AuthorityKeyID  []byte
	HasBasic        bool
	CA              bool
	PathLen         int // -1 when there is none
	HasKeyUsage     bool
	KeyUsage        int // UsageX bits
	EKU             []string
	EKUCritical     bool
	Policies        []string
	AlternativeName []General
	// OCSPNoCheck, NoRevocation and ShortTerm are the extensions that excuse
	// from revocation data: ocsp-nocheck, noRevAvail, validity-assured.
	OCSPNoCheck, NoRevocation, ShortTerm bool
	// QC lists the identifiers of the qcStatements.
	QC []string
	// Broken lists the extensions that could not be read.
	Broken []string
	// Unknown lists the critical extensions that are not understood.
	Unknown []string

	algorithmErr   error
	authorityName  []General
	authoritySer   *big.Int
	mappings       [][2]string
	hasPolicies    bool
	requireExp     int // -1 when there is none
	inhibitMapping int
	inhibitAny     int
	names          *nameConstraints
	points         []point5280
	id             string
}

// ID is the SHA-256 of the certificate, in hexadecimal: its name in reports.
func (c *Certificate) ID() string { return c.id }

// SelfIssued reports whether issuer and subject are the same name.
func (c *Certificate) SelfIssued() bool { return c.Subject.Equal(c.Issuer) }

// SelfSigned reports whether the certificate is signed with its own key.
func (c *Certificate) SelfSigned() bool { return c.SelfIssued() && c.SignedBy(c.Key) == nil }

// SignedBy checks the signature of the certificate with a key. It returns nil,
// [ErrSignature] or [ErrUnsupported].
func (c *Certificate) SignedBy(k *Key) error {
	if c.algorithmErr != nil {
		return ErrUnsupported
	}
	if k == nil {
		return ErrSignature
	}
	return k.Verify(c.Algorithm, c.RawTBS, c.Signature)
}

// HasEKU reports whether the extended key usage is present.
func (c *Certificate) HasEKU(oid string) bool { return slices.Contains(c.EKU, oid) }

// Valid reports whether t lies within the validity, ends included.
func (c *Certificate) Valid(t time.Time) bool {
	return !t.Before(c.NotBefore) && !t.After(c.NotAfter)
}

// KeyID is the SHA-1 of the public key bits: the usual key identifier, for
// certificates that do not state theirs.
func (c *Certificate) KeyID() []byte {
	h := sha1.Sum(c.Key.bits)
	return h[:]
}

// Missing says what would complete a chain that ends at this certificate: the
// name of the issuer looked for and its key identifier in hexadecimal, which
// may be empty.
func (c *Certificate) Missing() (issuer, keyID string) {
	return c.Issuer.String(), hex.EncodeToString(c.AuthorityKeyID)
}

// ParsePEM reads every certificate of a file, PEM or DER.
func ParsePEM(b []byte) ([]*Certificate, error) {
	if len(b) > 0 && b[0] == 0x30 {
		c, err := ParseCertificate(b)
		if err != nil {
			return nil, err
		}
		return []*Certificate{c}, nil
	}
	var out []*Certificate
	for {
		var p *pem.Block
		if p, b = pem.Decode(b); p == nil {
			return out, nil
		}
		if !strings.HasSuffix(p.Type, "CERTIFICATE") {
			continue
		}
		c, err := ParseCertificate(p.Bytes)
		if err != nil {
			return out, err
		}
		out = append(out, c)
	}
}

// ParseCertificate reads one certificate. A broken extension does not lose the
// certificate: it is listed in Broken.
func ParseCertificate(der []byte) (*Certificate, error) {
	if len(der) > maxCertificate {
		return nil, &asn1x.Error{Offset: maxCertificate, What: "certificate too large", Limit: true}
	}
	v, _, err := asn1x.Parse(der)
	if err != nil {
		return nil, err
	}
	c := &Certificate{Raw: v.Raw, Version: 1, PathLen: -1, requireExp: -1, inhibitMapping: -1, inhibitAny: -1, id: idOf(v.Raw)}
	cur := v.Enter()
	tbs, alg, sig := cur.Take(asn1x.TagSequence), cur.Take(asn1x.TagSequence), cur.Take(asn1x.TagBitString)
	if err := cur.Close(); err != nil {
		return nil, err
	}
	c.RawTBS = tbs.Raw
	if c.Signature, _, err = sig.Bits(); err != nil {
		return nil, err
	}
	c.Algorithm, c.algorithmErr = ParseAlgorithm(alg.Raw, "")
	if err := c.parseTBS(tbs, alg); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Certificate) parseTBS(tbs, outer asn1x.Value) error {
	cur := tbs.Enter()
	if v := cur.OptionalContext(0); !v.IsZero() {
		in, err := v.Explicit()
		if err != nil {
			return err
		}
		n, err := in.Int()
		if err != nil {
			return err
		}
		c.Version = n + 1
	}
	serial, alg, issuer := cur.Take(asn1x.TagInteger), cur.Take(asn1x.TagSequence), cur.Take(asn1x.TagSequence)
	validity, subject, key := cur.Take(asn1x.TagSequence), cur.Take(asn1x.TagSequence), cur.Take(asn1x.TagSequence)
	if err := cur.Err(); err != nil {
		return err
	}
	var err error
	if c.Serial, err = serial.Integer(); err != nil {
		return err
	}
	if !bytes.Equal(alg.Raw, outer.Raw) {
		c.algorithmErr = ErrUnsupported // RFC 5280 §4.1.1.2: both must agree
	}
	if c.Issuer, err = parseName(issuer); err != nil {
		return err
	}
	if c.Subject, err = parseName(subject); err != nil {
		return err
	}
	vc := validity.Enter()
	from, _ := vc.Next()
	until, _ := vc.Next()
	if c.NotBefore, err = from.Time(); err != nil {
		return err
	}
	if c.NotAfter, err = until.Time(); err != nil {
		return err
	}
	if c.Key, err = parseKey(key); err != nil {
		return err
	}
	cur.OptionalContext(1)
	cur.OptionalContext(2)
	exts := cur.OptionalContext(3)
	if err := cur.Close(); err != nil {
		return err
	}
	if exts.IsZero() {
		return nil
	}
	list, err := exts.Explicit()
	if err != nil {
		return err
	}
	if c.Extensions, err = parseExtensions(list); err != nil {
		return err
	}
	for _, e := range c.Extensions {
		known, err := c.extension(e)
		if err != nil {
			c.Broken = append(c.Broken, e.OID)
		}
		if e.Critical && (!known || err != nil) {
			c.Unknown = append(c.Unknown, e.OID)
		}
	}
	return nil
}

// idOf is the identifier of evidence: its digest.
func idOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

func parseExtensions(list asn1x.Value) ([]Extension, error) {
	return children(list, maxExtensions, parseExtension)
}

func parseExtension(v asn1x.Value) (e Extension, err error) {
	cur := v.Enter()
	id := cur.Take(asn1x.TagOID)
	critical := cur.Optional(asn1x.TagBoolean)
	val := cur.Take(asn1x.TagOctetString)
	if err := cur.Close(); err != nil {
		return e, err
	}
	if e.OID, err = id.OID(); err != nil {
		return e, err
	}
	if !critical.IsZero() {
		if e.Critical, err = critical.Bool(); err != nil {
			return e, err
		}
	}
	e.Value, err = val.Octets()
	return e, err
}
