// Package cms establishes the facts of one CMS signer (RFC 5652, with the ESS
// attributes of RFC 5035): what CAdES, PAdES and timestamp tokens share. It
// judges nothing.
package cms

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"strings"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/asn1x"
)

// Identifiers of the ESS attributes.
const (
	OIDSigningCert   = "1.2.840.113549.1.9.16.2.12"
	OIDSigningCertV2 = "1.2.840.113549.1.9.16.2.47"
	oidProtection    = "1.2.840.113549.1.9.52"
)

// Content digests what was signed.
type Content interface {
	// Digest returns the digest of the content; found is false when there is
	// no content. A nil digest means that the algorithm is not computed.
	Digest(d trust.Digest) (sum []byte, found bool)
}

// Octets is content in memory. A nil pointer is no content.
type Octets struct {
	pieces func(func([]byte)) error
	cache  map[trust.Digest][]byte
}

// Of returns the content of a SignedData, or nil when it is detached.
func Of(sd *asn1x.SignedData) Content {
	if sd.Content.IsZero() {
		return none{}
	}
	return &Octets{pieces: sd.ContentPieces}
}

// Plain returns octets as content.
func Plain(b []byte) Content {
	return &Octets{pieces: func(f func([]byte)) error { f(b); return nil }}
}

type none struct{}

func (none) Digest(trust.Digest) ([]byte, bool) { return nil, false }

// Digest implements Content.
func (o *Octets) Digest(d trust.Digest) ([]byte, bool) {
	if s, ok := o.cache[d]; ok {
		return s, true
	}
	h := d.New()
	if h == nil {
		return nil, true
	}
	if err := o.pieces(func(b []byte) { h.Write(b) }); err != nil {
		return nil, true
	}
	if o.cache == nil {
		o.cache = map[trust.Digest][]byte{}
	}
	o.cache[d] = h.Sum(nil)
	return o.cache[d], true
}

// Signer is what is known of one signer.
type Signer struct {
	signature.Token
	Info          *asn1x.SignerInfo
	Certificate   *trust.Certificate // nil when not known
	SigningTime   time.Time
	ContentType   string
	HasType       bool
	MessageDigest []byte
	// HasTime says that there is a signing-time with one value, even one that
	// may not be used.
	HasTime bool
	// Ambiguous says that the attributes CMS depends on are there twice: the
	// value cannot be said to be over either.
	Ambiguous bool
	// Duplicates lists the signed attributes present more than once.
	Duplicates []string
	// Refs counts the references in the signing-certificate attributes.
	Refs int
	// Unsorted says that the signed attributes were not stored as signed.
	Unsorted bool
}

// Certificates returns the X.509 certificates of a SignedData. The unusual
// ones (attribute certificates, those that cannot be read) are counted.
func Certificates(sd *asn1x.SignedData) (l []*trust.Certificate, other int) {
	for _, v := range sd.Certificates {
		if !v.Is(asn1x.TagSequence) {
			other++
			continue
		}
		c, err := trust.ParseCertificate(v.Raw)
		if err != nil {
			other++
			continue
		}
		l = append(l, c)
	}
	return l, other
}

// Fill adds to a pool the certificates, lists and responses of a SignedData.
func Fill(p *signature.Pool, sd *asn1x.SignedData) []*trust.Certificate {
	l, _ := Certificates(sd)
	p.AddCertificates(l...)
	for _, v := range sd.CRLs {
		Revocation(p, v)
	}
	return l
}

// Revocation adds one member of a RevocationInfoChoices.
func Revocation(p *signature.Pool, v asn1x.Value) {
	if v.Is(asn1x.TagSequence) {
		if c, err := trust.ParseCRL(v.Raw); err == nil {
			p.AddCRL(c)
		}
		return
	}
	if !v.IsContext(1) {
		return
	}
	c := v.Enter()
	id, err := c.Take(asn1x.TagOID).OID()
	if err != nil || id != asn1x.OIDOCSPResponse && id != asn1x.OIDOCSPBasic {
		return
	}
	if in, ok := c.Next(); ok {
		if o, err := trust.ParseOCSP(in.Raw); err == nil {
			p.AddOCSP(o)
		}
	}
}

// reference is one ESSCertID or ESSCertIDv2.
type reference struct {
	digest trust.Digest
	hash   []byte
	issuer *trust.Name
	serial []byte
}

// Read establishes the facts of a signer. candidates are the certificates of
// the file, in order; counter says that it signs the value of another.
func Read(sd *asn1x.SignedData, si *asn1x.SignerInfo, content Content, counter bool, candidates []*trust.Certificate, pool *signature.Pool) *Signer {
	s := &Signer{Info: si}
	s.RefSerial = true
	sum := sha256.Sum256(si.Whole.Raw)
	s.ID = "S-" + strings.ToUpper(hex.EncodeToString(sum[:]))
	digest := trust.DigestOf(si.Digest.OID)
	s.attributes()
	refs := s.references()
	s.Certificate = choose(si, refs, candidates, pool)
	s.match(refs)
	alg, err := trust.ParseAlgorithm(si.Algorithm.Raw, digest)
	s.Algorithm = alg
	ref := signature.Reference{Name: "message_digest", Digest: digest}
	plain := si.SignedV.IsZero()
	sound, computed := s.sound(sd, counter), false
	ref.Found, computed, ref.Intact = s.compare(content, digest)
	if s.Certificate != nil {
		s.KeyBits = s.Certificate.Key.Bits
		if alg.Scheme == trust.RSA && s.Certificate.Key.Scheme == trust.PSS {
			s.KeyBits = 0
		}
		s.Chain = pool.Chain(s.Certificate)
		// The content is digested as the signer information says, the value is made
		// with the digest its own algorithm names.
		s.Intact = err == nil && (plain || computed || !ref.Found) && sound && s.verify(alg, content, plain)
	}
	switch {
	case plain:
		// No digest is stated: what proves the content is the value alone.
		ref.Name, ref.Intact = "content_digest", ref.Found
	case s.MessageDigest == nil && !sound || !computed:
		// There is nothing to compare; the value is not intact then.
		ref.Intact = ref.Found
	}
	s.References = []signature.Reference{ref}
	return s
}

func (s *Signer) compare(content Content, d trust.Digest) (found, computed, intact bool) {
	sum, found := content.Digest(d)
	return found, sum != nil, found && sum != nil && bytes.Equal(sum, s.MessageDigest)
}

// sound checks what RFC 5652 §5.3 and §11 ask of the signed attributes, without
// which the value is over something else than it says: one content type, that
// of the content (none in a counter-signature); one digest; no more than one
// signing time; no counter-signature among them; and the algorithms those that
// were protected (RFC 6211).
func (s *Signer) sound(sd *asn1x.SignedData, counter bool) bool {
	if s.Info.SignedV.IsZero() {
		return true
	}
	one := func(oid string) (v asn1x.Value, n int) {
		for _, a := range asn1x.Find(s.Info.Signed, oid) {
			if n++; len(a.Values) != 1 {
				return v, 2
			}
			v = a.Values[0]
		}
		return v, n
	}
	v, n := one(asn1x.OIDContentType)
	switch id, err := v.OID(); {
	case counter && n != 0, !counter && n != 1:
		return false
	case !counter && (err != nil || id != sd.ContentType):
		return false
	}
	if v, n = one(asn1x.OIDMessageDigest); n != 1 || !v.Is(asn1x.TagOctetString) {
		return false
	}
	if v, n = one(asn1x.OIDSigningTime); n > 1 || n == 1 && !v.Is(asn1x.TagUTCTime) && !v.Is(asn1x.TagGeneralizedTime) {
		return false
	}
	if _, n = one(asn1x.OIDCounterSign); n > 0 {
		return false
	}
	v, n = one(oidProtection)
	return n == 0 || n == 1 && s.protects(v)
}

// protects reports whether CMSAlgorithmProtection names the algorithms used.
func (s *Signer) protects(v asn1x.Value) bool {
	c := v.Enter()
	d, err := asn1x.ParseAlgorithm(c.Take(asn1x.TagSequence))
	if err != nil || d.OID != s.Info.Digest.OID {
		return false
	}
	alg := c.OptionalContext(1)
	// [1] is the implicit tag of an AlgorithmIdentifier: the contents are the same,
	// but that parameters may be NULL or absent.
	null := []byte{asn1x.TagNull, 0}
	return c.Close() == nil && bytes.Equal(bytes.TrimSuffix(alg.Body, null), bytes.TrimSuffix(s.Info.AlgorithmV.Body, null))
}

func (s *Signer) verify(alg trust.Algorithm, content Content, plain bool) bool {
	key := s.Certificate.Key
	if plain {
		sum, found := content.Digest(alg.Digest)
		return found && sum != nil && key.VerifyDigest(alg, sum, s.Info.Signature) == nil
	}
	octets, err := s.Info.SignedOctets()
	if err != nil {
		return false
	}
	s.Unsorted = !bytes.Equal(octets, s.Info.StoredOctets())
	return key.Verify(alg, octets, s.Info.Signature) == nil
}

// attributes reads the signed attributes of CMS itself.
func (s *Signer) attributes() {
	count := map[string]int{}
	for _, a := range s.Info.Signed {
		if count[a.Type]++; count[a.Type] == 2 {
			s.Duplicates = append(s.Duplicates, a.Type)
		}
		if len(a.Values) == 0 {
			continue
		}
		v := a.Values[0]
		switch a.Type {
		case asn1x.OIDContentType:
			s.ContentType, _ = v.OID()
			s.HasType = true
		case asn1x.OIDMessageDigest:
			s.MessageDigest, _ = v.Octets()
		case asn1x.OIDSigningTime:
			s.signingTime(a, v)
		}
	}
	// RFC 5652 §11: these must not be present twice; a second one is there to
	// be read by somebody else than the first.
	for _, oid := range s.Duplicates {
		switch oid {
		case asn1x.OIDSigningTime:
			s.SigningTime = time.Time{}
			s.Ambiguous = true
		case asn1x.OIDContentType, asn1x.OIDMessageDigest:
			s.Ambiguous = true
		}
	}
}

// signingTime reads the signing time: one value, and a UTCTime until 2049
// (RFC 5652 §11.3). Another is no signing time.
func (s *Signer) signingTime(a asn1x.Attribute, v asn1x.Value) {
	s.HasTime = len(a.Values) == 1
	t, err := v.Time()
	if err == nil && len(a.Values) == 1 && (v.Is(asn1x.TagUTCTime) || t.Year() >= 2050 || t.Year() < 1950) {
		s.SigningTime = t
	}
}

// references reads the ESS attributes: the first certificate named by each is
// the signer's.
func (s *Signer) references() []reference {
	var out []reference
	n := 0
	for _, a := range s.Info.Signed {
		if a.Type != OIDSigningCert && a.Type != OIDSigningCertV2 {
			continue
		}
		s.RefPresent = true
		for _, v := range a.Values {
			n++
			certs, err := v.Enter().Take(asn1x.TagSequence).Children(64)
			if err != nil {
				continue
			}
			for i, c := range certs {
				r, ok := parseReference(c, a.Type == OIDSigningCertV2)
				if !ok {
					continue
				}
				s.Refs++
				if i == 0 {
					out = append(out, r)
				}
				s.RefDigests = append(s.RefDigests, r.digest)
			}
		}
	}
	s.RefUnique = n == 1
	s.RefDigest = len(out) > 0
	return out
}

func parseReference(v asn1x.Value, v2 bool) (r reference, ok bool) {
	c := v.Enter()
	r.digest = trust.SHA1
	if v2 {
		r.digest = trust.SHA256
		if alg := c.Optional(asn1x.TagSequence); !alg.IsZero() {
			a, err := asn1x.ParseAlgorithm(alg)
			if err != nil {
				return r, false
			}
			if r.digest = trust.DigestOf(a.OID); r.digest == "" {
				return r, false
			}
		}
	}
	r.hash = c.Take(asn1x.TagOctetString).Body
	is := c.Optional(asn1x.TagSequence)
	if c.Err() != nil || len(r.hash) == 0 {
		return r, false
	}
	if !is.IsZero() {
		if issuer, serial, ok := IssuerSerial(is); ok {
			r.issuer, r.serial = issuer, serial.Body
		}
	}
	return r, true
}

// IssuerSerial reads an IssuerSerial (RFC 5035 §5): the last directory name that
// can be read, nil when there is none, and the serial number.
func IssuerSerial(v asn1x.Value) (issuer *trust.Name, serial asn1x.Value, ok bool) {
	in := v.Enter()
	names, serial := in.Take(asn1x.TagSequence), in.Take(asn1x.TagInteger)
	if in.Err() != nil {
		return nil, serial, false
	}
	for nc := names.Enter(); ; {
		g, more := nc.Next()
		if !more {
			return issuer, serial, true
		}
		if !g.IsContext(4) {
			continue
		}
		if dn, err := g.Explicit(); err == nil {
			if n, err := trust.ParseName(dn.Raw); err == nil {
				issuer = &n
			}
		}
	}
}

// choose finds the signer's certificate: the one the signer identifier names,
// preferring among several the one the signed attributes name by its digest.
func choose(si *asn1x.SignerInfo, refs []reference, candidates []*trust.Certificate, pool *signature.Pool) *trust.Certificate {
	named := func(c *trust.Certificate) bool {
		if si.SubjectID != nil {
			return bytes.Equal(c.SubjectKeyID, si.SubjectID) || len(c.SubjectKeyID) == 0 && bytes.Equal(c.KeyID(), si.SubjectID)
		}
		n, err := trust.ParseName(si.Issuer)
		return err == nil && si.Serial != nil && c.Serial.Cmp(si.Serial) == 0 && c.Issuer.Equal(n)
	}
	hashed := func(c *trust.Certificate) bool {
		for _, r := range refs {
			if bytes.Equal(r.digest.Sum(c.Raw), r.hash) {
				return true
			}
		}
		return false
	}
	var first *trust.Certificate
	for _, l := range [2][]*trust.Certificate{candidates, pool.Store.Certificates()} {
		for _, c := range l {
			n, h := named(c), hashed(c)
			switch {
			case n && h:
				return c
			case n && first == nil:
				first = c
			}
		}
	}
	return first
}

func (s *Signer) match(refs []reference) {
	if s.Certificate == nil {
		return
	}
	for _, r := range refs {
		if !bytes.Equal(r.digest.Sum(s.Certificate.Raw), r.hash) {
			continue
		}
		s.RefMatches = true
		if r.issuer != nil && !r.issuer.Equal(s.Certificate.Issuer) {
			s.RefSerial = false
		}
		if r.serial != nil && new(big.Int).SetBytes(r.serial).Cmp(new(big.Int).SetBytes(s.Certificate.Serial.Bytes())) != 0 {
			s.RefSerial = false
		}
	}
}
