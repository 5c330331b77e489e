package signature

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/liasse/liasse/actes/signature/trust"
)

// Errors of a [Signatory].
var (
	// ErrKey says that the private key is not the one of the certificate, or
	// that what it answered is no signature by it.
	ErrKey = errors.New("signature: the key is not that of the certificate")
	// ErrWeakKey says that no signature that would hold can be made with the key
	// or the digest.
	ErrWeakKey = errors.New("signature: key or digest too weak, or of an unknown kind")
	// ErrPeriod says that the certificate is not valid at the time of signing.
	ErrPeriod = errors.New("signature: the certificate is not valid at the time of signing")
	// ErrUsage says that the certificate is not for signing.
	ErrUsage = errors.New("signature: the certificate may not be used to sign")
)

// Signatory is who signs: a private key, wherever it is, with its certificate.
// It is data and may be shared if Key may.
type Signatory struct {
	// Key makes the signatures: a key in memory, a card, an HSM, a service. It is
	// asked once for each signature. RSA, ECDSA or Ed25519.
	Key crypto.Signer
	// Certificate is that of the key, in DER.
	Certificate []byte
	// Issuers are put in the signature beside it, so that a reader can build the
	// path; the anchor need not be there.
	Issuers [][]byte
	// Digest is SHA-256 when empty, SHA-512 for Ed25519.
	Digest trust.Digest
	// PSS asks for RSASSA-PSS instead of PKCS#1 v1.5.
	PSS bool
	// Rand is crypto/rand when nil.
	Rand io.Reader
}

// Stamper asks a time-stamping unit for a timestamp over the digest of what is
// to be stamped and returns the token, checked against what was asked. Package
// tsp has one.
type Stamper interface {
	Stamp(ctx context.Context, d trust.Digest, sum []byte) (token []byte, err error)
}

// Signing is a Signatory that was found fit to sign.
type Signing struct {
	Signatory
	X509      *trust.Certificate
	Algorithm trust.Algorithm
}

// Prepare checks that the signatory can sign at a time: the key is that of the
// certificate, which is in its period and for signing, and neither is too weak
// (RSA 2048 bits, a curve of 256; no SHA-1). It does not ask the key to sign.
func (s Signatory) Prepare(at time.Time) (*Signing, error) {
	if s.Key == nil {
		return nil, fmt.Errorf("%w: none given", ErrKey)
	}
	c, err := trust.ParseCertificate(s.Certificate)
	if err != nil {
		return nil, fmt.Errorf("signature: certificate of the signatory: %w", err)
	}
	for i, der := range s.Issuers {
		if _, err := trust.ParseCertificate(der); err != nil {
			return nil, fmt.Errorf("signature: issuer %d of the signatory: %w", i+1, err)
		}
	}
	spki, err := x509.MarshalPKIXPublicKey(s.Key.Public())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWeakKey, err)
	}
	public, err := trust.ParseKey(spki)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWeakKey, err)
	}
	p := &Signing{Signatory: s, X509: c}
	if p.Digest == "" {
		p.Digest = trust.SHA256
	}
	least := 256
	switch s.Key.Public().(type) {
	case *rsa.PublicKey:
		p.Algorithm, least = trust.Algorithm{Scheme: trust.RSA, Digest: p.Digest}, 2048
		if s.PSS {
			p.Algorithm = trust.Algorithm{Scheme: trust.PSS, Digest: p.Digest, MGF: p.Digest, Salt: len(p.Digest.Sum(nil))}
		}
	case *ecdsa.PublicKey:
		p.Algorithm = trust.Algorithm{Scheme: trust.ECDSA, Digest: p.Digest}
	case ed25519.PublicKey:
		p.Digest = trust.SHA512 // RFC 8419 §3.1
		p.Algorithm = trust.Algorithm{Scheme: trust.EdDSA, Digest: p.Digest}
	default:
		return nil, ErrWeakKey
	}
	switch p.Digest {
	case trust.SHA256, trust.SHA384, trust.SHA512, trust.SHA3_256, trust.SHA3_384, trust.SHA3_512:
	default:
		return nil, fmt.Errorf("%w: digest %s", ErrWeakKey, p.Digest)
	}
	switch {
	case public.Bits < least && p.Algorithm.Scheme != trust.EdDSA:
		return nil, ErrWeakKey
	case !c.Key.Equal(public):
		return nil, ErrKey
	case !c.Valid(at):
		return nil, ErrPeriod
	case c.HasKeyUsage && c.KeyUsage&(trust.UsageDigitalSignature|trust.UsageNonRepudiation) == 0:
		return nil, ErrUsage
	}
	return p, nil
}

// Sign signs a message: the octets that the format says, signed attributes or
// SignedInfo. The value is checked with the certificate before it is returned:
// a service that signs with another key is found here. ECDSA values are in DER.
func (p *Signing) Sign(ctx context.Context, message []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	random := p.Rand
	if random == nil {
		random = rand.Reader
	}
	var opt crypto.SignerOpts = hashes[p.Digest]
	sum := message
	switch p.Algorithm.Scheme {
	case trust.EdDSA:
		opt = crypto.Hash(0)
	case trust.PSS:
		opt = &rsa.PSSOptions{SaltLength: p.Algorithm.Salt, Hash: hashes[p.Digest]}
		fallthrough
	default:
		sum = p.Digest.Sum(message)
	}
	value, err := p.Key.Sign(random, sum, opt)
	if err != nil {
		return nil, fmt.Errorf("signature: the key: %w", err)
	}
	if err := p.X509.Key.Verify(p.Algorithm, message, value); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return value, nil
}

var hashes = map[trust.Digest]crypto.Hash{
	trust.SHA256: crypto.SHA256, trust.SHA384: crypto.SHA384, trust.SHA512: crypto.SHA512,
	trust.SHA3_256: crypto.SHA3_256, trust.SHA3_384: crypto.SHA3_384, trust.SHA3_512: crypto.SHA3_512,
}
