package trust

import (
	"bytes"
	"crypto/dsa" //lint:ignore SA1019 old signatures are judged, none is made
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/subtle"
	"encoding/binary"
	"math/big"
	"strconv"

	"github.com/liasse/liasse/internal/asn1x"
)

// Key is the public key of a certificate. It is immutable.
type Key struct {
	Scheme Scheme // RSA, PSS, ECDSA, EdDSA, DSA; "" when the type is not known
	// Bits is the size that the tables of TS 119 312 speak of: of the modulus,
	// of the order of the curve, of p. 0 when not known.
	Bits int
	Raw  []byte // the SubjectPublicKeyInfo
	bits []byte // the subjectPublicKey bits, what key identifiers are made of

	rsa *rsa.PublicKey
	ec  *ecdsa.PublicKey
	ed  ed25519.PublicKey
	dsa *dsa.PublicKey
	// affine is the key on a curve that ec has not.
	affine *affine
}

const maxModulus = 16 << 10 // bits
const maxExponent = 32      // bits

var curves = map[string]elliptic.Curve{
	"1.3.132.0.33":        elliptic.P224(),
	"1.2.840.10045.3.1.7": elliptic.P256(),
	"1.3.132.0.34":        elliptic.P384(),
	"1.3.132.0.35":        elliptic.P521(),
}

// ParseKey reads a SubjectPublicKeyInfo. A key of a type that is not known is
// a key with which nothing verifies, not an error.
func ParseKey(der []byte) (*Key, error) {
	v, err := asn1x.ParseAll(der)
	if err != nil {
		return nil, err
	}
	return parseKey(v)
}

func parseKey(v asn1x.Value) (*Key, error) {
	c := v.Enter()
	algV, bitsV := c.Take(asn1x.TagSequence), c.Take(asn1x.TagBitString)
	if err := c.Close(); err != nil {
		return nil, err
	}
	alg, err := asn1x.ParseAlgorithm(algV)
	if err != nil {
		return nil, err
	}
	k := &Key{Raw: v.Raw}
	if k.bits, _, err = bitsV.Bits(); err != nil {
		return nil, err
	}
	switch alg.OID {
	case oidRSA, oidPSS:
		k.Scheme = RSA
		if alg.OID == oidPSS {
			k.Scheme = PSS
		}
		s, err := asn1x.ParseAll(k.bits)
		if err != nil {
			return nil, err
		}
		c := s.Enter()
		n, err := c.Take(asn1x.TagInteger).Integer()
		if err != nil {
			return nil, err
		}
		e, err := c.Take(asn1x.TagInteger).Integer()
		if err != nil {
			return nil, err
		}
		k.Bits = n.BitLen()
		// Authorities have drawn exponents of 32 bits; the standard library takes 31,
		// so values are verified here.
		if n.Sign() > 0 && k.Bits <= maxModulus && e.BitLen() <= min(maxExponent, strconv.IntSize-1) && e.Cmp(big.NewInt(2)) >= 0 {
			k.rsa = &rsa.PublicKey{N: n, E: int(e.Int64())}
		}
	case oidEC:
		k.Scheme = ECDSA
		name, err := alg.Params.OID()
		if err != nil {
			name = spelled(alg.Params)
		}
		if c := curves[name]; c != nil {
			k.Bits = c.Params().BitSize
			k.ec = point(c, k.bits)
		} else if w := curve(name); w != nil {
			k.Bits = w.n.BitLen()
			k.affine = w.point(k.bits)
		}
	case oidEd25519:
		k.Scheme, k.Bits = EdDSA, 256
		if len(k.bits) == ed25519.PublicKeySize {
			k.ed = ed25519.PublicKey(k.bits)
		}
	case oidDSA:
		k.Scheme = DSA
		return k, k.parseDSA(alg.Params)
	}
	return k, nil
}

func point(curve elliptic.Curve, b []byte) *ecdsa.PublicKey {
	if len(b) > 0 && (b[0] == 2 || b[0] == 3) {
		x, y := elliptic.UnmarshalCompressed(curve, b)
		if x == nil {
			return nil
		}
		size := (curve.Params().BitSize + 7) / 8
		b = make([]byte, 1+2*size)
		b[0] = 4
		x.FillBytes(b[1 : 1+size])
		y.FillBytes(b[1+size:])
	}
	p, err := ecdsa.ParseUncompressedPublicKey(curve, b)
	if err != nil {
		return nil
	}
	return p
}

func (k *Key) parseDSA(params asn1x.Value) error {
	yV, err := asn1x.ParseAll(k.bits)
	if err != nil {
		return err
	}
	y, err := yV.Integer()
	if err != nil {
		return err
	}
	k.dsa = &dsa.PublicKey{Y: y}
	if !params.Is(asn1x.TagSequence) {
		return nil // inherited from the issuer (RFC 3279 §2.3.2)
	}
	c := params.Enter()
	var n [3]*big.Int
	for i := range n {
		if n[i], err = c.Take(asn1x.TagInteger).Integer(); err != nil {
			return err
		}
	}
	if n[0].Sign() <= 0 || n[1].Sign() <= 0 || n[2].Sign() <= 0 || n[0].BitLen() > maxModulus || n[1].BitLen() > 512 {
		k.dsa = nil
		return nil
	}
	k.dsa.Parameters = dsa.Parameters{P: n[0], Q: n[1], G: n[2]}
	k.Bits = n[0].BitLen()
	return nil
}

// inherit returns the key with the DSA parameters of the issuer where it has
// none of its own.
func (k *Key) inherit(issuer *Key) *Key {
	if k.dsa == nil || k.dsa.P != nil || issuer == nil || issuer.dsa == nil || issuer.dsa.P == nil {
		return k
	}
	n := *k
	n.dsa = &dsa.PublicKey{Y: k.dsa.Y, Parameters: issuer.dsa.Parameters}
	n.Bits = issuer.Bits
	return &n
}

// inherits reports whether the key needs the issuer's DSA parameters.
func (k *Key) inherits() bool { return k.dsa != nil && k.dsa.P == nil }

// Equal reports whether two keys are the same.
func (k *Key) Equal(o *Key) bool { return k != nil && o != nil && bytes.Equal(k.Raw, o.Raw) }

// Verify checks the signature of a message. It returns nil, [ErrSignature] or
// [ErrUnsupported].
func (k *Key) Verify(a Algorithm, message, signature []byte) error {
	if a.Scheme == EdDSA {
		if k.ed == nil {
			return ErrUnsupported
		}
		if !ed25519.Verify(k.ed, message, signature) {
			return ErrSignature
		}
		return nil
	}
	d := a.Digest.Sum(message)
	if d == nil {
		return ErrUnsupported
	}
	return k.VerifyDigest(a, d, signature)
}

// VerifyDigest is [Key.Verify] on a message already digested with a.Digest.
// EdDSA cannot be verified so.
func (k *Key) VerifyDigest(a Algorithm, digest, signature []byte) error {
	h := a.Digest.hash()
	if h == 0 {
		return ErrUnsupported
	}
	ok := false
	switch a.Scheme {
	case RSA:
		if k.rsa == nil || k.Scheme == PSS {
			return ErrUnsupported
		}
		if len(signature) != k.rsa.Size() {
			return ErrSignature
		}
		ok = k.Bits >= 1024 && k.rsa.E&1 == 1 && rsa.VerifyPKCS1v15(k.rsa, h, digest, signature) == nil
		if !ok {
			ok = k.verifyPKCS1(a.Digest, digest, signature)
		}
	case PSS:
		if k.rsa == nil || !a.MGF.Known() {
			return ErrUnsupported
		}
		if len(signature) != k.rsa.Size() {
			return ErrSignature
		}
		ok = k.verifyPSS(a, digest, signature)
	case ECDSA:
		switch {
		case k.ec != nil:
			ok = ecdsa.VerifyASN1(k.ec, digest, signature)
		case k.affine != nil:
			ok = k.affine.verify(digest, signature)
		default:
			return ErrUnsupported
		}
	case DSA:
		if k.dsa == nil || k.dsa.P == nil {
			return ErrUnsupported
		}
		ok = k.verifyDSA(digest, signature)
	default:
		return ErrUnsupported
	}
	if !ok {
		return ErrSignature
	}
	return nil
}

func (k *Key) verifyDSA(digest, signature []byte) bool {
	r, s, ok := pair(signature)
	if !ok {
		return false
	}
	if n := (k.dsa.Q.BitLen() + 7) / 8; len(digest) > n {
		digest = digest[:n]
	}
	return dsa.Verify(k.dsa, digest, r, s)
}

// pair reads the two numbers of a DSA or ECDSA value.
func pair(signature []byte) (r, s *big.Int, ok bool) {
	v, err := asn1x.ParseAll(signature)
	if err != nil {
		return nil, nil, false
	}
	c := v.Enter()
	r, err1 := c.Take(asn1x.TagInteger).Integer()
	s, err2 := c.Take(asn1x.TagInteger).Integer()
	return r, s, err1 == nil && err2 == nil && c.Close() == nil
}

// rsaPublic returns s^e mod n at the width of the modulus, or nil when s is
// not below n.
func (k *Key) rsaPublic(s []byte) []byte {
	m := new(big.Int).SetBytes(s)
	if m.Cmp(k.rsa.N) >= 0 {
		return nil
	}
	m.Exp(m, big.NewInt(int64(k.rsa.E)), k.rsa.N)
	return m.FillBytes(make([]byte, k.rsa.Size()))
}

// verifyPKCS1 does what the standard library refuses: keys below 1024 bits
// (whether a value is right and whether the key is strong enough are two
// questions), and a digest identifier without its NULL parameters, which RFC
// 8017 A.2.4 asks to accept.
func (k *Key) verifyPKCS1(d Digest, digest, signature []byte) bool {
	em := k.rsaPublic(signature)
	for _, null := range []bool{true, false} {
		if subtle.ConstantTimeCompare(em, pkcs1(d, digest, k.rsa.Size(), null)) == 1 {
			return em != nil
		}
	}
	return false
}

// pkcs1 is EMSA-PKCS1-v1_5 (RFC 8017 §9.2): the right encoding, compared whole,
// so that no padding is ever parsed.
func pkcs1(d Digest, digest []byte, size int, null bool) []byte {
	alg := asn1x.ParseOID(d.OID())
	if null {
		alg = append(alg, 5, 0)
	}
	info := asn1x.Encode(asn1x.Sequence, asn1x.Encode(asn1x.Sequence, alg), asn1x.Encode(asn1x.OctetString, digest))
	if size < len(info)+11 {
		return nil
	}
	out := bytes.Repeat([]byte{0xff}, size)
	out[0], out[1], out[size-len(info)-1] = 0, 1, 0
	copy(out[size-len(info):], info)
	return out
}

// verifyPSS is EMSA-PSS-VERIFY (RFC 8017 §9.1.2), for any pair of digest and
// mask digest: the standard library wants them equal.
func (k *Key) verifyPSS(a Algorithm, digest, signature []byte) bool {
	em := k.rsaPublic(signature)
	if em == nil {
		return false
	}
	emBits := k.Bits - 1
	if n := (emBits + 7) / 8; n < len(em) {
		if em[0] != 0 {
			return false
		}
		em = em[len(em)-n:]
	}
	hLen := len(digest)
	if len(em) < hLen+a.Salt+2 || em[len(em)-1] != 0xbc {
		return false
	}
	db, h := bytes.Clone(em[:len(em)-hLen-1]), em[len(em)-hLen-1:len(em)-1]
	top := byte(0xff) >> (8*len(em) - emBits)
	if db[0]&^top != 0 {
		return false
	}
	var counter [4]byte
	for i, done := uint32(0), 0; done < len(db); i++ {
		g := a.MGF.New()
		g.Write(h)
		binary.BigEndian.PutUint32(counter[:], i)
		g.Write(counter[:])
		done += subtle.XORBytes(db[done:], db[done:], g.Sum(nil))
	}
	db[0] &= top
	zeros := len(db) - a.Salt - 1
	for _, c := range db[:zeros] {
		if c != 0 {
			return false
		}
	}
	if db[zeros] != 1 {
		return false
	}
	g := a.Digest.New()
	g.Write(make([]byte, 8))
	g.Write(digest)
	g.Write(db[zeros+1:])
	return subtle.ConstantTimeCompare(g.Sum(nil), h) == 1
}
