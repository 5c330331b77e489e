package trust

import (
	"errors"
	"fmt"

	"github.com/liasse/liasse/internal/asn1x"
)

// Scheme is a family of signature algorithms.
type Scheme string

// The schemes.
const (
	RSA   Scheme = "RSA"     // PKCS#1 v1.5
	PSS   Scheme = "RSA-PSS" // RSASSA-PSS
	ECDSA Scheme = "ECDSA"
	EdDSA Scheme = "EdDSA"
	DSA   Scheme = "DSA"
)

// Algorithm is a signature algorithm with its parameters.
type Algorithm struct {
	Scheme Scheme
	Digest Digest
	// MGF and Salt are the mask digest and the salt length, in octets, of PSS.
	MGF  Digest
	Salt int
}

// String names the algorithm, for instance "SHA256withRSA".
func (a Algorithm) String() string {
	if a.Scheme == EdDSA {
		return string(EdDSA)
	}
	return fmt.Sprintf("%swith%s", a.Digest, a.Scheme)
}

// Errors of signature verification. Both mean that the signature is not
// proved; only the first says that it is wrong.
var (
	ErrSignature   = errors.New("trust: signature value does not verify")
	ErrUnsupported = errors.New("trust: algorithm or key not supported")
)

const (
	oidRSA     = "1.2.840.113549.1.1.1"
	oidPSS     = "1.2.840.113549.1.1.10"
	oidMGF1    = "1.2.840.113549.1.1.8"
	oidEC      = "1.2.840.10045.2.1"
	oidEd25519 = "1.3.101.112"
	oidDSA     = "1.2.840.10040.4.1"
)

// signatureOIDs are the algorithms whose identifier says everything. An empty
// digest is the digest named beside the signature (CMS).
var signatureOIDs = map[string]Algorithm{
	oidRSA:                    {Scheme: RSA},
	"1.2.840.113549.1.1.2":    {Scheme: RSA, Digest: MD2},
	"1.2.840.113549.1.1.4":    {Scheme: RSA, Digest: MD5},
	"1.2.840.113549.1.1.5":    {Scheme: RSA, Digest: SHA1},
	"1.3.14.3.2.29":           {Scheme: RSA, Digest: SHA1},
	"1.2.840.113549.1.1.14":   {Scheme: RSA, Digest: SHA224},
	"1.2.840.113549.1.1.11":   {Scheme: RSA, Digest: SHA256},
	"1.2.840.113549.1.1.12":   {Scheme: RSA, Digest: SHA384},
	"1.2.840.113549.1.1.13":   {Scheme: RSA, Digest: SHA512},
	"2.16.840.1.101.3.4.3.13": {Scheme: RSA, Digest: SHA3_224},
	"2.16.840.1.101.3.4.3.14": {Scheme: RSA, Digest: SHA3_256},
	"2.16.840.1.101.3.4.3.15": {Scheme: RSA, Digest: SHA3_384},
	"2.16.840.1.101.3.4.3.16": {Scheme: RSA, Digest: SHA3_512},
	"1.3.36.3.3.1.2":          {Scheme: RSA, Digest: RIPEMD160},
	oidEC:                     {Scheme: ECDSA},
	"1.2.840.10045.4.1":       {Scheme: ECDSA, Digest: SHA1},
	"1.2.840.10045.4.3.1":     {Scheme: ECDSA, Digest: SHA224},
	"1.2.840.10045.4.3.2":     {Scheme: ECDSA, Digest: SHA256},
	"1.2.840.10045.4.3.3":     {Scheme: ECDSA, Digest: SHA384},
	"1.2.840.10045.4.3.4":     {Scheme: ECDSA, Digest: SHA512},
	"2.16.840.1.101.3.4.3.9":  {Scheme: ECDSA, Digest: SHA3_224},
	"2.16.840.1.101.3.4.3.10": {Scheme: ECDSA, Digest: SHA3_256},
	"2.16.840.1.101.3.4.3.11": {Scheme: ECDSA, Digest: SHA3_384},
	"2.16.840.1.101.3.4.3.12": {Scheme: ECDSA, Digest: SHA3_512},
	oidEd25519:                {Scheme: EdDSA, Digest: SHA512},
	oidDSA:                    {Scheme: DSA},
	"1.2.840.10040.4.3":       {Scheme: DSA, Digest: SHA1},
	"2.16.840.1.101.3.4.3.1":  {Scheme: DSA, Digest: SHA224},
	"2.16.840.1.101.3.4.3.2":  {Scheme: DSA, Digest: SHA256},
	"2.16.840.1.101.3.4.3.3":  {Scheme: DSA, Digest: SHA384},
	"2.16.840.1.101.3.4.3.4":  {Scheme: DSA, Digest: SHA512},
	"2.16.840.1.101.3.4.3.5":  {Scheme: DSA, Digest: SHA3_224},
	"2.16.840.1.101.3.4.3.6":  {Scheme: DSA, Digest: SHA3_256},
	"2.16.840.1.101.3.4.3.7":  {Scheme: DSA, Digest: SHA3_384},
	"2.16.840.1.101.3.4.3.8":  {Scheme: DSA, Digest: SHA3_512},
}

// ParseAlgorithm reads an AlgorithmIdentifier. Where it names no digest
// (rsaEncryption in CMS), beside is taken. An algorithm that is well formed
// but not known gives [ErrUnsupported].
func ParseAlgorithm(der []byte, beside Digest) (Algorithm, error) {
	v, err := asn1x.ParseAll(der)
	if err != nil {
		return Algorithm{}, err
	}
	id, err := asn1x.ParseAlgorithm(v)
	if err != nil {
		return Algorithm{}, err
	}
	if id.OID == oidPSS {
		return parsePSS(id.Params)
	}
	a, ok := signatureOIDs[id.OID]
	if !ok {
		return Algorithm{}, ErrUnsupported
	}
	if a.Digest == "" {
		a.Digest = beside
	}
	return a, nil
}

// parsePSS reads RSASSA-PSS-params (RFC 8017 A.2.3); what is absent has its
// default.
func parsePSS(p asn1x.Value) (Algorithm, error) {
	a := Algorithm{Scheme: PSS, Digest: SHA1, MGF: SHA1, Salt: 20}
	if p.IsZero() || p.Is(asn1x.TagNull) {
		return a, nil
	}
	c := p.Enter()
	for {
		v, ok := c.Next()
		if !ok {
			return a, c.Err()
		}
		in, err := v.Explicit()
		if err != nil {
			return a, err
		}
		switch {
		case v.IsContext(0):
			if a.Digest, err = digestAlgorithm(in); err != nil {
				return a, err
			}
		case v.IsContext(1):
			mgf, err := asn1x.ParseAlgorithm(in)
			if err != nil {
				return a, err
			}
			if mgf.OID != oidMGF1 {
				return a, ErrUnsupported
			}
			if a.MGF, err = digestAlgorithm(mgf.Params); err != nil {
				return a, err
			}
		case v.IsContext(2):
			if a.Salt, err = in.Int(); err != nil || a.Salt < 0 || a.Salt > 1024 {
				return a, ErrUnsupported
			}
		case v.IsContext(3):
			if n, err := in.Int(); err != nil || n != 1 {
				return a, ErrUnsupported
			}
		}
	}
}

func digestAlgorithm(v asn1x.Value) (Digest, error) {
	id, err := asn1x.ParseAlgorithm(v)
	if err != nil {
		return "", err
	}
	if d := DigestOf(id.OID); d != "" {
		return d, nil
	}
	return "", ErrUnsupported
}
