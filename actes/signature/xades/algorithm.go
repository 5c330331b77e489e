package xades

import (
	"encoding/base64"
	"math/big"
	"strings"

	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/asn1x"
)

const (
	more2001 = "http://www.w3.org/2001/04/xmldsig-more#"
	more2007 = "http://www.w3.org/2007/05/xmldsig-more#"
	more2021 = "http://www.w3.org/2021/04/xmldsig-more#"
	xmlenc   = "http://www.w3.org/2001/04/xmlenc#"
	dsig11   = "http://www.w3.org/2009/xmldsig11#"
)

// digests are the identifiers of RFC 9231 §2.1. What is known by name but not
// computed (Whirlpool) is named in the verdict.
var digests = map[string]trust.Digest{
	nsDS + "sha1": trust.SHA1, more2001 + "md5": trust.MD5, more2001 + "sha224": trust.SHA224,
	xmlenc + "sha256": trust.SHA256, more2001 + "sha384": trust.SHA384, xmlenc + "sha512": trust.SHA512,
	xmlenc + "ripemd160":  trust.RIPEMD160,
	more2007 + "sha3-224": trust.SHA3_224, more2007 + "sha3-256": trust.SHA3_256,
	more2007 + "sha3-384": trust.SHA3_384, more2007 + "sha3-512": trust.SHA3_512,
	more2007 + "whirlpool": trust.Whirlpool,
}

// algorithms are the signature methods of RFC 9231 §2.3. There is no HMAC among
// them: a secret shared with the verifier proves nothing to a third party, and
// a public key taken for a secret is an old attack.
var algorithms = func() map[string]trust.Algorithm {
	m := map[string]trust.Algorithm{
		nsDS + "rsa-sha1": {Scheme: trust.RSA, Digest: trust.SHA1}, nsDS + "dsa-sha1": {Scheme: trust.DSA, Digest: trust.SHA1},
		dsig11 + "dsa-sha256": {Scheme: trust.DSA, Digest: trust.SHA256},
		more2001 + "rsa-md5":  {Scheme: trust.RSA, Digest: trust.MD5}, more2001 + "rsa-ripemd160": {Scheme: trust.RSA, Digest: trust.RIPEMD160},
		more2001 + "ecdsa-sha1": {Scheme: trust.ECDSA, Digest: trust.SHA1}, more2007 + "sha1-rsa-MGF1": {Scheme: trust.PSS, Digest: trust.SHA1, MGF: trust.SHA1, Salt: 20},
		// RFC 4051 wrote the first of these so.
		"http://www.w3.org/2001/04/xmldsig-more/rsa-ripemd160": {Scheme: trust.RSA, Digest: trust.RIPEMD160},
		more2007 + "ripemd160-rsa-MGF1":                        {Scheme: trust.PSS, Digest: trust.RIPEMD160, MGF: trust.RIPEMD160, Salt: 20},
		more2007 + "ecdsa-ripemd160":                           {Scheme: trust.ECDSA, Digest: trust.RIPEMD160},
		more2021 + "eddsa-ed25519":                             {Scheme: trust.EdDSA, Digest: trust.SHA512},
	}
	for name, d := range map[string]trust.Digest{"sha224": trust.SHA224, "sha256": trust.SHA256, "sha384": trust.SHA384, "sha512": trust.SHA512,
		"sha3-224": trust.SHA3_224, "sha3-256": trust.SHA3_256, "sha3-384": trust.SHA3_384, "sha3-512": trust.SHA3_512} {
		ecdsa := more2001
		if strings.HasPrefix(name, "sha3-") {
			ecdsa = more2021
		} else {
			m[more2001+"rsa-"+name] = trust.Algorithm{Scheme: trust.RSA, Digest: d}
		}
		m[ecdsa+"ecdsa-"+name] = trust.Algorithm{Scheme: trust.ECDSA, Digest: d}
		m[more2007+name+"-rsa-MGF1"] = trust.Algorithm{Scheme: trust.PSS, Digest: d, MGF: d, Salt: d.New().Size()}
	}
	return m
}()

// signatureAlgorithm reads a SignatureMethod.
func signatureAlgorithm(n *node) (a trust.Algorithm, ok bool) {
	alg := n.attr("Algorithm")
	if alg == more2007+"rsa-pss" {
		return pss(n)
	}
	a, ok = algorithms[alg]
	return a, ok && len(n.children) == 0
}

// pss reads the parameters of rsa-pss (RFC 9231 §2.3.9).
func pss(n *node) (trust.Algorithm, bool) {
	a := trust.Algorithm{Scheme: trust.PSS, Digest: trust.SHA256}
	p := n.child(more2007, "RSAPSSParams")
	if d := p.child(nsDS, "DigestMethod"); d != nil {
		a.Digest = digests[d.attr("Algorithm")]
	}
	a.MGF = a.Digest
	if m := p.child(more2007, "MaskGenerationFunction"); m != nil {
		if alg := m.attr("Algorithm"); alg != "" && alg != more2007+"MGF1" {
			return a, false
		}
		if d := m.child(nsDS, "DigestMethod"); d != nil {
			a.MGF = digests[d.attr("Algorithm")]
		}
	}
	if !a.Digest.Known() || !a.MGF.Known() {
		return a, false
	}
	a.Salt = a.Digest.New().Size()
	if s := p.child(more2007, "SaltLength"); s != nil {
		v, ok := new(big.Int).SetString(s.string(), 10)
		if !ok || !v.IsInt64() || v.Sign() < 0 || v.Int64() > 1024 {
			return a, false
		}
		a.Salt = int(v.Int64())
	}
	if s := p.child(more2007, "TrailerField"); s != nil && s.string() != "1" {
		return a, false
	}
	return a, true
}

// octets decodes base64 text: blanks are allowed, and nothing else (XMLDSig
// §4.0.1). The encoding must be the canonical one, so that no two texts stand
// for the same value.
func octets(n *node) ([]byte, bool) {
	if n == nil || len(n.children) > 0 {
		return nil, false
	}
	return decode(n.text)
}

func decode(text []byte) ([]byte, bool) {
	clean := make([]byte, 0, len(text))
	for _, c := range text {
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			clean = append(clean, c)
		}
	}
	out := make([]byte, base64.StdEncoding.DecodedLen(len(clean)))
	n, err := base64.StdEncoding.Strict().Decode(out, clean)
	if err != nil {
		return nil, false
	}
	return out[:n], true
}

// verify checks a signature value: over the digest, or over the message where
// the algorithm digests by itself. der says that an elliptic value came as
// ASN.1, which XMLDSig does not allow and is not accepted.
func verify(k *trust.Key, a trust.Algorithm, digest, message, value []byte) (ok, der bool) {
	switch a.Scheme {
	case trust.EdDSA:
		return k.Verify(a, message, value) == nil, false
	case trust.ECDSA, trust.DSA:
		raw := rawPair(a.Scheme, k.Bits, value)
		if raw == nil {
			return false, k.VerifyDigest(a, digest, value) == nil
		}
		return k.VerifyDigest(a, digest, raw) == nil, false
	}
	return k.VerifyDigest(a, digest, value) == nil, false
}

// rawPair turns r‖s (XMLDSig §6.4.1, §6.4.3) into the SEQUENCE that package
// trust reads. Both have the same width, at most that of the key: less when both
// happen to be small and the signer, as many in Java do, made them no wider than
// the larger needs. It returns nil for anything else.
func rawPair(s trust.Scheme, bits int, value []byte) []byte {
	width := len(value) / 2
	most := (bits + 7) / 8
	if s == trust.DSA {
		most = 32 // of the subgroup
	}
	if width == 0 || width > most || len(value) != 2*width {
		return nil
	}
	return asn1x.Encode(asn1x.Sequence, integer(value[:width]), integer(value[width:]))
}

func integer(b []byte) []byte {
	for len(b) > 1 && b[0] == 0 {
		b = b[1:]
	}
	if len(b) == 0 || b[0]&0x80 != 0 {
		b = append([]byte{0}, b...)
	}
	return asn1x.Encode(asn1x.Integer, b)
}

// keyValue reads a bare key, which identifies nobody: it only tells whether the
// value is right.
func keyValue(info *node) *trust.Key {
	if d := info.child(nsDS11, "DEREncodedKeyValue"); d != nil {
		if b, ok := octets(d); ok {
			k, _ := trust.ParseKey(b)
			return k
		}
	}
	v := info.child(nsDS, "KeyValue")
	number := func(n *node, local string) []byte {
		b, _ := octets(n.child(nsDS, local))
		if len(b) > 4096 {
			return nil
		}
		return integer(b)
	}
	sequence := func(parts ...[]byte) []byte { return asn1x.Encode(asn1x.Sequence, parts...) }
	bits := func(b []byte) []byte { return asn1x.Encode(asn1x.TagBitString, []byte{0}, b) }
	var spki []byte
	switch {
	case v.child(nsDS, "RSAKeyValue") != nil:
		n := v.child(nsDS, "RSAKeyValue")
		spki = sequence(sequence(asn1x.EncodeOID("1.2.840.113549.1.1.1"), []byte{5, 0}),
			bits(sequence(number(n, "Modulus"), number(n, "Exponent"))))
	case v.child(nsDS, "DSAKeyValue") != nil:
		n := v.child(nsDS, "DSAKeyValue")
		spki = sequence(sequence(asn1x.EncodeOID("1.2.840.10040.4.1"),
			sequence(number(n, "P"), number(n, "Q"), number(n, "G"))), bits(number(n, "Y")))
	case v.child(nsDS11, "ECKeyValue") != nil:
		n := v.child(nsDS11, "ECKeyValue")
		curve := asn1x.ParseOID(strings.TrimPrefix(n.child(nsDS11, "NamedCurve").attr("URI"), "urn:oid:"))
		point, ok := octets(n.child(nsDS11, "PublicKey"))
		if curve == nil || !ok {
			return nil
		}
		spki = sequence(sequence(asn1x.EncodeOID("1.2.840.10045.2.1"), curve), bits(point))
	default:
		return nil
	}
	k, _ := trust.ParseKey(spki)
	return k
}
