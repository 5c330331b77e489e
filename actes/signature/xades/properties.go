package xades

import (
	"bytes"
	"math/big"
	"strings"
	"time"

	"github.com/liasse/liasse/actes/signature/internal/cms"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/asn1x"
)

// certRef is one certificate named in SigningCertificate or SigningCertificateV2.
type certRef struct {
	digest    trust.Digest
	hash      []byte
	issuer    string     // as text, V1
	issuerDN  trust.Name // V2
	serial    *big.Int
	hasSerial bool
	first     bool // of its attribute: the signer's
}

func (r *certRef) matches(c *trust.Certificate) bool {
	sum := r.digest.Sum(c.Raw)
	return sum != nil && bytes.Equal(sum, r.hash)
}

// agrees reports whether the issuer and serial number stated, if any, are those
// of the certificate.
func (r *certRef) agrees(c *trust.Certificate) bool {
	if !r.hasSerial {
		return true
	}
	if r.serial == nil || r.serial.Cmp(c.Serial) != 0 {
		return false
	}
	if r.issuer != "" {
		return sameName(r.issuer, c.Issuer)
	}
	return r.issuerDN.Equal(c.Issuer)
}

// certReferences reads SigningCertificate and SigningCertificateV2: those whose
// digest can be read.
func (s *sig) certReferences() []*certRef {
	props := s.signed.named("SignedSignatureProperties")
	var out []*certRef
	attributes := 0
	for _, a := range props.allNamed("SigningCertificate") {
		attributes++
		for i, c := range a.allNamed("Cert") {
			r := s.certRefV1(c)
			r.first = i == 0
			out = append(out, r)
		}
	}
	for _, a := range props.allNamed("SigningCertificateV2") {
		attributes++
		for i, c := range a.allNamed("Cert") {
			r := s.certRefV2(c)
			r.first = i == 0
			out = append(out, r)
		}
	}
	s.e.RefPresent = attributes > 0
	s.e.RefUnique = attributes == 1
	s.level.certAttributes = attributes
	readable := out[:0]
	for _, r := range out {
		if r.hash != nil && r.digest != "" {
			s.e.RefDigests = append(s.e.RefDigests, r.digest)
			readable = append(readable, r)
		}
	}
	s.e.RefDigest = len(readable) > 0
	return readable
}

func (s *sig) certRefV1(c *node) *certRef {
	r := s.certDigest(c)
	is := c.named("IssuerSerial")
	if is == nil {
		return r
	}
	r.issuer = is.child(nsDS, "X509IssuerName").string()
	n, ok := new(big.Int).SetString(is.child(nsDS, "X509SerialNumber").string(), 10)
	if !ok {
		s.note(RuleProperties) // then it is as if it were not there
		return r
	}
	r.serial, r.hasSerial = n, true
	return r
}

func (s *sig) certRefV2(c *node) *certRef {
	r := s.certDigest(c)
	is := c.named("IssuerSerialV2")
	if is == nil {
		return r
	}
	if b, ok := octets(is); ok {
		if v, err := asn1x.ParseAll(b); err == nil {
			if issuer, serial, ok := cms.IssuerSerial(v); ok {
				if n, err := serial.Integer(); err == nil {
					r.serial, r.hasSerial = n, true
					if issuer != nil {
						r.issuerDN = *issuer
					}
					return r
				}
			}
		}
	}
	s.note(RuleProperties)
	return r
}

func (s *sig) certDigest(c *node) *certRef {
	d := c.named("CertDigest")
	r := &certRef{digest: digests[d.named("DigestMethod").attr("Algorithm")]}
	if b, ok := octets(d.named("DigestValue")); ok && len(b) > 0 {
		r.hash = b
	}
	if r.hash == nil || r.digest == "" {
		s.note(RuleProperties)
	}
	return r
}

// matchReferences compares the certificate chosen with what was named.
func (s *sig) matchReferences(named []*certRef) {
	for _, r := range named {
		if r.first && r.matches(s.cert) {
			s.e.RefMatches = true
			s.e.RefSerial = s.e.RefSerial && r.agrees(s.cert)
		}
	}
}

// properties reads what the signer says of the signature.
func (s *sig) properties() {
	p := s.signed.named("SignedSignatureProperties")
	if t := p.named("SigningTime"); t != nil {
		at, zone, ok := dateTime(t.string())
		if !ok {
			s.note(RuleProperties)
		}
		s.e.SigningTime, s.e.SigningZone = at, zone
	}
	s.policy(p.named("SignaturePolicyIdentifier"))
	for _, name := range []string{"SignatureProductionPlace", "SignatureProductionPlaceV2"} {
		if place := p.named(name); place != nil {
			for _, c := range place.children {
				if t := c.string(); t != "" {
					s.e.Place = append(s.e.Place, t)
				}
			}
		}
	}
	for _, name := range []string{"SignerRole", "SignerRoleV2"} {
		role := p.named(name)
		for _, c := range role.named("ClaimedRoles").allNamed("ClaimedRole") {
			if t := c.string(); t != "" {
				s.e.Roles = append(s.e.Roles, t)
			}
		}
		for _, certified := range []string{"CertifiedRoles", "CertifiedRolesV2", "SignedAssertions"} {
			if n := role.named(certified); n != nil {
				s.e.CertifiedRoles += len(n.children)
			}
		}
	}
	for _, c := range s.signed.named("SignedDataObjectProperties").allNamed("CommitmentTypeIndication") {
		if id := identifier(c.named("CommitmentTypeId")); id != "" {
			s.e.Commitments = append(s.e.Commitments, id)
		}
	}
}

// identifier reads an ObjectIdentifierType: a URN of an OID becomes the OID.
func identifier(n *node) string {
	id := strings.Join(strings.Fields(n.named("Identifier").string()), "")
	if len(id) > 8 && strings.EqualFold(id[:8], "urn:oid:") {
		return id[8:]
	}
	return id
}

func (s *sig) policy(n *node) {
	if n == nil {
		return
	}
	if n.named("SignaturePolicyImplied") != nil {
		s.e.PolicyImplied = true
		return
	}
	id := n.named("SignaturePolicyId")
	s.e.PolicyID = identifier(id.named("SigPolicyId"))
	h := id.named("SigPolicyHash")
	s.e.PolicyHashAlgorithm = digests[h.named("DigestMethod").attr("Algorithm")]
	if b, ok := octets(h.named("DigestValue")); ok {
		s.e.PolicyHash = b
	}
	s.policyText(id.named("Transforms") != nil)
	for _, q := range id.named("SigPolicyQualifiers").allNamed("SigPolicyQualifier") {
		if u := q.named("SPURI").string(); u != "" {
			s.e.PolicyURI = u
		}
	}
}

// policyText compares the digest stated of the policy with that of its text,
// where the caller has it. A digest of nothing but zeros says that it is not
// known (ETSI EN 319 132-1 §5.2.9).
func (s *sig) policyText(transformed bool) {
	text, ok := s.d.policies[s.e.PolicyID]
	if !ok || len(bytes.Trim(s.e.PolicyHash, "\x00")) == 0 {
		return
	}
	if sum := s.e.PolicyHashAlgorithm.Sum(text); transformed || !bytes.Equal(sum, s.e.PolicyHash) {
		s.note(RulePolicy)
	}
}

// dateTime reads an xsd:dateTime; one without a zone is taken as UTC.
func dateTime(v string) (at time.Time, zone string, ok bool) {
	if at, err := time.Parse("2006-01-02T15:04:05.999999999Z07:00", v); err == nil {
		zone = "Z"
		if !strings.HasSuffix(v, "Z") {
			zone = v[len(v)-6:]
		}
		return at.UTC(), zone, true
	}
	at, err := time.Parse("2006-01-02T15:04:05.999999999", v)
	return at, "", err == nil
}
