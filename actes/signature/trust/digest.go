package trust

import (
	"crypto"
	_ "crypto/md5" // crypto.MD5, to say what an old signature is worth
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha3"
	_ "crypto/sha512"
	"hash"
)

// Digest names a hash function, as the tables of ETSI TS 119 312 do.
type Digest string

// The hash functions known by name. Whirlpool and MD2 are known so
// that they can be named in a verdict; they are not computed.
const (
	MD2       Digest = "MD2"
	MD5       Digest = "MD5"
	SHA1      Digest = "SHA1"
	SHA224    Digest = "SHA224"
	SHA256    Digest = "SHA256"
	SHA384    Digest = "SHA384"
	SHA512    Digest = "SHA512"
	SHA3_224  Digest = "SHA3-224"
	SHA3_256  Digest = "SHA3-256"
	SHA3_384  Digest = "SHA3-384"
	SHA3_512  Digest = "SHA3-512"
	RIPEMD160 Digest = "RIPEMD160"
	Whirlpool Digest = "WHIRLPOOL"
)

var digests = []struct {
	name Digest
	oid  string
	hash crypto.Hash
}{
	{SHA256, "2.16.840.1.101.3.4.2.1", crypto.SHA256},
	{SHA1, "1.3.14.3.2.26", crypto.SHA1},
	{SHA384, "2.16.840.1.101.3.4.2.2", crypto.SHA384},
	{SHA512, "2.16.840.1.101.3.4.2.3", crypto.SHA512},
	{SHA224, "2.16.840.1.101.3.4.2.4", crypto.SHA224},
	{SHA3_224, "2.16.840.1.101.3.4.2.7", crypto.SHA3_224},
	{SHA3_256, "2.16.840.1.101.3.4.2.8", crypto.SHA3_256},
	{SHA3_384, "2.16.840.1.101.3.4.2.9", crypto.SHA3_384},
	{SHA3_512, "2.16.840.1.101.3.4.2.10", crypto.SHA3_512},
	{MD5, "1.2.840.113549.2.5", crypto.MD5},
	{MD2, "1.2.840.113549.2.2", 0},
	{RIPEMD160, "1.3.36.3.2.1", crypto.RIPEMD160},
	{Whirlpool, "1.0.10118.3.0.55", 0},
}

// DigestOf returns the digest with the object identifier, or "" when it is
// not known.
func DigestOf(oid string) Digest {
	for _, d := range digests {
		if d.oid == oid {
			return d.name
		}
	}
	return ""
}

// OID returns the object identifier, or "".
func (d Digest) OID() string {
	for _, x := range digests {
		if x.name == d {
			return x.oid
		}
	}
	return ""
}

func (d Digest) hash() crypto.Hash {
	for _, x := range digests {
		if x.name == d {
			return x.hash
		}
	}
	return 0
}

// Known reports whether the digest can be computed.
func (d Digest) Known() bool { return d.hash() != 0 }

// New returns a new hash, or nil when the digest is not [Digest.Known].
func (d Digest) New() hash.Hash {
	if d == RIPEMD160 {
		return newRIPEMD() // the standard library knows its number only
	}
	if h := d.hash(); h != 0 {
		return h.New()
	}
	return nil
}

// Sum returns the digest of the octets, or nil when it is not [Digest.Known].
func (d Digest) Sum(b []byte) []byte {
	h := d.New()
	if h == nil {
		return nil
	}
	h.Write(b)
	return h.Sum(nil)
}
