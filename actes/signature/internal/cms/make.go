package cms

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/asn1x"
)

// OIDStamp is the attribute of signature timestamps (RFC 3161 appendix A).
const OIDStamp = "1.2.840.113549.1.9.16.2.14"

// Making is what goes into a SignedData with one signer.
type Making struct {
	// Digest is that of the content, by the digest of the signatory.
	Digest []byte
	// Content is put inside; nil for a detached signature.
	Content []byte
	// Time is the signing-time attribute; zero leaves it out, as PAdES wants.
	Time time.Time
	// Attributes are more signed attributes, in DER.
	Attributes [][]byte
	// Stamper gives the signature timestamp of level T; nil for level B.
	Stamper signature.Stamper
}

// Make signs and returns the ContentInfo in DER: signed attributes content-type,
// message-digest, signing-certificate-v2 and what Making asks for, with the
// certificates of the signatory (EN 319 122-1 §6.3, level B).
func Make(ctx context.Context, s *signature.Signing, m Making) ([]byte, error) {
	if len(m.Digest) != len(s.Digest.Sum(nil)) {
		return nil, errors.New("cms: the digest of the content has not the length of its algorithm")
	}
	signed := [][]byte{
		attribute(asn1x.OIDContentType, asn1x.EncodeOID(asn1x.OIDData)),
		attribute(asn1x.OIDMessageDigest, asn1x.Encode(asn1x.OctetString, m.Digest)),
		attribute(OIDSigningCertV2, signingCertificate(s)),
	}
	if !m.Time.IsZero() {
		signed = append(signed, attribute(asn1x.OIDSigningTime, signingTime(m.Time)))
	}
	set := asn1x.SetOf(append(signed, m.Attributes...)...)
	value, err := s.Sign(ctx, set)
	if err != nil {
		return nil, err
	}
	var unsigned []byte
	if m.Stamper != nil {
		token, err := m.Stamper.Stamp(ctx, s.Digest, s.Digest.Sum(value))
		if err != nil {
			return nil, fmt.Errorf("cms: signature timestamp: %w", err)
		}
		unsigned = asn1x.Encode(asn1x.ContextOf+1, attribute(OIDStamp, token))
	}
	implicit := bytes.Clone(set)
	implicit[0] = asn1x.ContextOf
	version := []byte{asn1x.Integer, 1, 1}
	algorithm := s.Algorithm.Identifier()
	if algorithm == nil {
		return nil, fmt.Errorf("cms: %s has no identifier", s.Algorithm)
	}
	signer := asn1x.Encode(asn1x.Sequence, version, asn1x.Encode(asn1x.Sequence, s.X509.Issuer.Raw, serial(s.X509)),
		s.Digest.Identifier(), implicit, algorithm, asn1x.Encode(asn1x.OctetString, value), unsigned)
	var content []byte
	if m.Content != nil {
		content = asn1x.Encode(asn1x.ContextOf, asn1x.Encode(asn1x.OctetString, m.Content))
	}
	certificates := append([][]byte{s.Certificate}, s.Issuers...)
	sorted := asn1x.SetOf(certificates...)
	sorted[0] = asn1x.ContextOf
	sd := asn1x.Encode(asn1x.Sequence, version, asn1x.Encode(asn1x.Set, s.Digest.Identifier()),
		asn1x.Encode(asn1x.Sequence, asn1x.EncodeOID(asn1x.OIDData), content), sorted, asn1x.Encode(asn1x.Set, signer))
	return asn1x.Encode(asn1x.Sequence, asn1x.EncodeOID(asn1x.OIDSignedData), asn1x.Encode(asn1x.ContextOf, sd)), nil
}

func attribute(oid string, values ...[]byte) []byte {
	return asn1x.Encode(asn1x.Sequence, asn1x.EncodeOID(oid), asn1x.SetOf(values...))
}

// signingCertificate is the ESS attribute that binds the certificate (RFC 5035
// §3), with issuer and serial.
func signingCertificate(s *signature.Signing) []byte {
	var alg []byte
	if s.Digest != trust.SHA256 { // the default is left out in DER
		alg = s.Digest.Identifier()
	}
	issuer := asn1x.Encode(asn1x.Sequence,
		asn1x.Encode(asn1x.Sequence, asn1x.Encode(asn1x.ContextOf+4, s.X509.Issuer.Raw)), serial(s.X509))
	return asn1x.Encode(asn1x.Sequence, asn1x.Encode(asn1x.Sequence,
		asn1x.Encode(asn1x.Sequence, alg, asn1x.Encode(asn1x.OctetString, s.Digest.Sum(s.Certificate)), issuer)))
}

// serial is the serial number as the certificate has it, negative ones too.
func serial(c *trust.Certificate) []byte {
	v, err := asn1x.ParseAll(c.RawTBS)
	if err != nil {
		return nil
	}
	in := v.Enter()
	in.OptionalContext(0)
	return in.Take(asn1x.TagInteger).Raw
}

// signingTime follows RFC 5652 §11.3: UTCTime until 2049.
func signingTime(t time.Time) []byte {
	t = t.UTC()
	if y := t.Year(); y >= 1950 && y < 2050 {
		return asn1x.Encode(asn1x.TagUTCTime, []byte(t.Format("060102150405Z")))
	}
	return asn1x.Encode(asn1x.TagGeneralizedTime, []byte(t.Format("20060102150405Z")))
}
