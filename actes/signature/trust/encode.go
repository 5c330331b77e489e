package trust

import "github.com/liasse/liasse/internal/asn1x"

// Identifier returns the AlgorithmIdentifier of the digest in DER, without
// parameters (RFC 5754 §2), or nil when it has no identifier.
func (d Digest) Identifier() []byte {
	oid := d.OID()
	if oid == "" {
		return nil
	}
	return asn1x.Encode(asn1x.Sequence, asn1x.EncodeOID(oid))
}

// Identifier returns the AlgorithmIdentifier of the algorithm in DER, or nil
// when it has none.
func (a Algorithm) Identifier() []byte {
	null := []byte{asn1x.TagNull, 0}
	if a.Scheme == PSS {
		// RFC 4055 §3.1: NULL beside the digests; the trailer is the default.
		hash := func(d Digest) []byte { return asn1x.Encode(asn1x.Sequence, asn1x.EncodeOID(d.OID()), null) }
		if a.Digest.OID() == "" || a.MGF.OID() == "" || a.Salt < 0 || a.Salt > 0x7f {
			return nil
		}
		return asn1x.Encode(asn1x.Sequence, asn1x.EncodeOID(oidPSS), asn1x.Encode(asn1x.Sequence,
			asn1x.Encode(asn1x.ContextOf, hash(a.Digest)),
			asn1x.Encode(asn1x.ContextOf+1, asn1x.Encode(asn1x.Sequence, asn1x.EncodeOID(oidMGF1), hash(a.MGF))),
			asn1x.Encode(asn1x.ContextOf+2, asn1x.Encode(asn1x.Integer, []byte{byte(a.Salt)}))))
	}
	for oid, x := range signatureOIDs {
		if x != a || oid == "1.3.14.3.2.29" { // an old double of sha1WithRSA
			continue
		}
		if a.Scheme == RSA {
			return asn1x.Encode(asn1x.Sequence, asn1x.EncodeOID(oid), null)
		}
		return asn1x.Encode(asn1x.Sequence, asn1x.EncodeOID(oid))
	}
	return nil
}
