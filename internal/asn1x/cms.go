package asn1x

import (
	"bytes"
	"math/big"
)

// Object identifiers of CMS itself.
const (
	OIDData          = "1.2.840.113549.1.7.1"
	OIDSignedData    = "1.2.840.113549.1.7.2"
	OIDContentType   = "1.2.840.113549.1.9.3"
	OIDMessageDigest = "1.2.840.113549.1.9.4"
	OIDSigningTime   = "1.2.840.113549.1.9.5"
	OIDCounterSign   = "1.2.840.113549.1.9.6"
	OIDOCSPResponse  = "1.3.6.1.5.5.7.16.2" // ri-ocsp-response, RFC 5940
	OIDOCSPBasic     = "1.3.6.1.5.5.7.48.1.1"
)

// Limits of a SignedData.
const (
	MaxSigners      = 200
	MaxCertificates = 4096
	MaxAttributes   = 1024
	MaxValues       = 4096 // of one attribute
)

// Algorithm is an AlgorithmIdentifier.
type Algorithm struct {
	OID    string
	Params Value // absent, NULL or the parameters
	Raw    []byte
}

// ParseAlgorithm reads an AlgorithmIdentifier.
func ParseAlgorithm(v Value) (Algorithm, error) {
	if !v.Is(TagSequence) {
		return Algorithm{}, fault(v.Offset, "algorithm identifier expected")
	}
	c := v.Enter()
	id, ok := c.Next()
	if !ok {
		c.Fail("value missing")
		return Algorithm{}, c.Err()
	}
	o, err := id.OID()
	if err != nil {
		return Algorithm{}, err
	}
	a := Algorithm{OID: o, Raw: v.Raw}
	a.Params, _ = c.Next()
	return a, c.Close()
}

// Attribute is one attribute of a signer, as it was signed.
type Attribute struct {
	Type   string
	Whole  Value // the SEQUENCE
	Set    Value // the SET of values
	Values []Value
}

// SignerInfo is one signer.
type SignerInfo struct {
	Whole     Value
	Version   int
	SID       Value  // as encoded
	Issuer    []byte // DER or BER Name of the certificate's issuer, or nil
	Serial    *big.Int
	SubjectID []byte // subject key identifier, or nil
	VersionV  Value
	Digest    Algorithm
	DigestV   Value
	// SignedV is the [0] of the signed attributes; absent when there are none.
	SignedV    Value
	Signed     []Attribute
	Algorithm  Algorithm
	AlgorithmV Value
	SignatureV Value
	Signature  []byte
	UnsignedV  Value
	Unsigned   []Attribute
}

// SignedData is a CMS SignedData in its ContentInfo.
type SignedData struct {
	Whole       Value // the ContentInfo
	Data        Value // the SignedData
	Version     int
	Digests     []Algorithm
	ContentType string
	TypeV       Value // the object identifier of the content type
	EncapV      Value // the EncapsulatedContentInfo
	// Content is the eContent OCTET STRING; absent in a detached signature.
	Content Value
	// CertificatesV and Certificates: every member of the CertificateSet, with
	// its tag: SEQUENCE for X.509, [0] to [3] for the unusual ones.
	CertificatesV Value
	Certificates  []Value
	// CRLsV and CRLs: SEQUENCE for a CRL, [1] for OtherRevocationInfo.
	CRLsV    Value
	CRLs     []Value
	SignersV Value
	Signers  []SignerInfo
	// Trailing are the octets after the ContentInfo.
	Trailing []byte
	// Excess says that a list was longer than its limit and has been cut.
	Excess bool
	// BER says that a part outside the content is not in DER form.
	BER bool
}

// ParseSignedData reads a ContentInfo that holds SignedData. Faults inside one
// signer's unsigned attributes do not lose the signer.
func ParseSignedData(b []byte) (*SignedData, error) {
	whole, rest, err := Parse(b)
	if err != nil {
		return nil, err
	}
	sd, err := parseContentInfo(whole)
	if err != nil {
		return nil, err
	}
	sd.Trailing = rest
	return sd, nil
}

// SignedDataOf reads a ContentInfo already parsed, for instance the token of a
// timestamp reply.
func SignedDataOf(whole Value) (*SignedData, error) { return parseContentInfo(whole) }

func parseContentInfo(whole Value) (*SignedData, error) {
	if !whole.Is(TagSequence) {
		return nil, fault(whole.Offset, "not a content info")
	}
	c := whole.Enter()
	typ := c.Take(TagOID)
	inner := c.OptionalContext(0)
	if err := c.Close(); err != nil {
		return nil, err
	}
	if o, err := typ.OID(); err != nil {
		return nil, err
	} else if o != OIDSignedData {
		return nil, fault(typ.Offset, "content is not signed data")
	}
	if inner.IsZero() {
		return nil, fault(whole.Offset, "signed data missing")
	}
	data, err := inner.Explicit()
	if err != nil {
		return nil, err
	}
	sd := &SignedData{Whole: whole, Data: data, BER: whole.Indefinite || data.Indefinite}
	c = data.Enter()
	if sd.Version, err = c.Take(TagInteger).Int(); err != nil {
		return nil, or(c.Err(), err)
	}
	digests, err := sd.list(c.Take(TagSet), MaxSigners)
	if err != nil {
		return nil, or(c.Err(), err)
	}
	for _, d := range digests {
		a, err := ParseAlgorithm(d)
		if err != nil {
			return nil, err
		}
		sd.Digests = append(sd.Digests, a)
	}
	sd.EncapV = c.Take(TagSequence)
	if err := c.Err(); err != nil {
		return nil, err
	}
	if err := sd.encapsulated(); err != nil {
		return nil, err
	}
	if sd.CertificatesV = c.OptionalContext(0); !sd.CertificatesV.IsZero() {
		if sd.Certificates, err = sd.list(sd.CertificatesV, MaxCertificates); err != nil {
			return nil, err
		}
	}
	if sd.CRLsV = c.OptionalContext(1); !sd.CRLsV.IsZero() {
		if sd.CRLs, err = sd.list(sd.CRLsV, MaxCertificates); err != nil {
			return nil, err
		}
	}
	sd.SignersV = c.Take(TagSet)
	if err := c.Close(); err != nil {
		return nil, err
	}
	signers, err := sd.list(sd.SignersV, MaxSigners)
	if err != nil {
		return nil, err
	}
	for _, s := range signers {
		si, err := ParseSignerInfo(s)
		if err != nil {
			return nil, err
		}
		sd.BER = sd.BER || s.Indefinite
		sd.Signers = append(sd.Signers, *si)
	}
	return sd, nil
}

func (sd *SignedData) encapsulated() error {
	e := sd.EncapV.Enter()
	sd.TypeV = e.Take(TagOID)
	if err := e.Err(); err != nil {
		return err
	}
	var err error
	if sd.ContentType, err = sd.TypeV.OID(); err != nil {
		return err
	}
	if content := e.OptionalContext(0); !content.IsZero() {
		// Old PKCS#7 puts any type here, CMS an OCTET STRING; the octets hashed
		// are the contents of either.
		if sd.Content, err = content.Explicit(); err != nil {
			return err
		}
	}
	return e.Close()
}

// ContentPieces calls f with the content octets, piece by piece.
func (sd *SignedData) ContentPieces(f func([]byte)) error {
	if sd.Content.Constructed && !sd.Content.Is(TagOctetString) {
		f(sd.Content.Body)
		return nil
	}
	return sd.Content.Pieces(f)
}

// ContentOctets returns the content octets, and false when there is none.
func (sd *SignedData) ContentOctets() ([]byte, bool) {
	if sd.Content.IsZero() {
		return nil, false
	}
	if !sd.Content.Constructed || !sd.Content.Is(TagOctetString) {
		return sd.Content.Body, true
	}
	b, err := sd.Content.Octets()
	return b, err == nil
}

func or(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// list returns the members, cut at the limit.
func (sd *SignedData) list(v Value, limit int) ([]Value, error) {
	if v.IsZero() {
		return nil, fault(sd.Whole.Offset, "value missing")
	}
	l, err := v.Children(limit)
	if e, ok := err.(*Error); ok && e.Limit && len(l) == limit {
		sd.Excess = true
		return l, nil
	}
	return l, err
}

// ParseSignerInfo reads one SignerInfo: of a SignedData, or the value of a
// counter-signature attribute.
func ParseSignerInfo(v Value) (*SignerInfo, error) {
	if !v.Is(TagSequence) {
		return nil, fault(v.Offset, "signer information expected")
	}
	si := &SignerInfo{Whole: v}
	c := v.Enter()
	si.VersionV = c.Take(TagInteger)
	var err error
	if si.Version, err = si.VersionV.Int(); err != nil {
		return nil, or(c.Err(), err)
	}
	si.SID, _ = c.Next()
	switch {
	case si.SID.Is(TagSequence):
		s := si.SID.Enter()
		name, serial := s.Take(TagSequence), s.Take(TagInteger)
		if err := s.Close(); err != nil {
			return nil, err
		}
		si.Issuer = name.Raw
		if si.Serial, err = serial.Integer(); err != nil {
			return nil, err
		}
	case si.SID.IsContext(0):
		if si.SubjectID, err = si.SID.Octets(); err != nil {
			return nil, err
		}
	default:
		c.Fail("signer identifier expected")
	}
	si.DigestV = c.Take(TagSequence)
	if err := c.Err(); err != nil {
		return nil, err
	}
	if si.Digest, err = ParseAlgorithm(si.DigestV); err != nil {
		return nil, err
	}
	if si.SignedV = c.OptionalContext(0); !si.SignedV.IsZero() {
		if si.Signed, err = ParseAttributes(si.SignedV); err != nil {
			return nil, err
		}
	}
	si.AlgorithmV = c.Take(TagSequence)
	if err := c.Err(); err != nil {
		return nil, err
	}
	if si.Algorithm, err = ParseAlgorithm(si.AlgorithmV); err != nil {
		return nil, err
	}
	si.SignatureV = c.Take(TagOctetString)
	if err := c.Err(); err != nil {
		// A bad algorithm or value must not hide behind the cursor.
		return nil, err
	}
	if si.Signature, err = si.SignatureV.Octets(); err != nil {
		return nil, err
	}
	if si.UnsignedV = c.OptionalContext(1); !si.UnsignedV.IsZero() {
		if si.Unsigned, err = ParseAttributes(si.UnsignedV); err != nil {
			return nil, err
		}
	}
	return si, c.Close()
}

// ParseAttributes reads a SET of attributes under any tag.
func ParseAttributes(v Value) ([]Attribute, error) {
	l, err := v.Children(MaxAttributes)
	if err != nil {
		return nil, err
	}
	out := make([]Attribute, 0, len(l))
	for _, w := range l {
		c := w.Enter()
		typ, set := c.Take(TagOID), c.Take(TagSet)
		if err := c.Close(); err != nil {
			return nil, err
		}
		a := Attribute{Whole: w, Set: set}
		if a.Type, err = typ.OID(); err != nil {
			return nil, err
		}
		if a.Values, err = set.Children(MaxValues); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// Find returns the attributes of the type, in order.
func Find(l []Attribute, oid string) []Attribute {
	var out []Attribute
	for _, a := range l {
		if a.Type == oid {
			out = append(out, a)
		}
	}
	return out
}

// SignedOctets returns what the signature value of a signer with signed
// attributes is over: their SET OF in DER, whatever form they came in.
func (si *SignerInfo) SignedOctets() ([]byte, error) { return DERAs(si.SignedV, 0x31) }

// StoredOctets returns the signed attributes in the order and form they were
// stored, under the tag of a SET OF. Where it differs from SignedOctets the
// signer broke RFC 5652 §5.4.
func (si *SignerInfo) StoredOctets() []byte {
	b := bytes.Clone(si.SignedV.Raw)
	if len(b) > 0 {
		b[0] = 0x31
	}
	return b
}
