package ged

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strings"
)

// Algorithm is a digest algorithm under the name Vitam and this module use.
type Algorithm string

// Digest algorithms. MD5 and SHA-1 are read in what others made; nothing here
// computes them.
const (
	SHA256 Algorithm = "SHA-256"
	SHA384 Algorithm = "SHA-384"
	SHA512 Algorithm = "SHA-512"
	SHA1   Algorithm = "SHA-1"
	MD5    Algorithm = "MD5"
)

// Digest is the digest of a file.
type Digest struct {
	Algorithm Algorithm `json:"algorithm"`
	Value     string    `json:"value"` // lower-case hexadecimal
}

// ParseAlgorithm reads the name of a digest algorithm in any of the forms
// producers use: SHA-512, sha512, http://www.w3.org/2001/04/xmlenc#sha512. The
// second result is false for a name it does not know.
func ParseAlgorithm(name string) (Algorithm, bool) {
	s := strings.ToLower(strings.TrimSpace(name))
	if i := strings.LastIndexAny(s, "#:"); i >= 0 {
		s = s[i+1:]
	}
	switch strings.ReplaceAll(strings.ReplaceAll(s, "-", ""), "_", "") {
	case "sha256":
		return SHA256, true
	case "sha384":
		return SHA384, true
	case "sha512":
		return SHA512, true
	case "sha1":
		return SHA1, true
	case "md5":
		return MD5, true
	}
	return "", false
}

// Size returns the length of the algorithm's digests in bytes, or 0.
func (a Algorithm) Size() int {
	switch a {
	case SHA256:
		return sha256.Size
	case SHA384:
		return sha512.Size384
	case SHA512:
		return sha512.Size
	case SHA1:
		return 20
	case MD5:
		return 16
	}
	return 0
}

// Weak reports whether the algorithm no longer proves anything (ETSI TS 119
// 312).
func (a Algorithm) Weak() bool { return a == SHA1 || a == MD5 }

// Hasher computes several digests of what is written to it, in one pass. It is
// used by one goroutine.
type Hasher struct {
	algorithms []Algorithm
	hashes     []hash.Hash
	size       int64
}

// NewHasher returns a Hasher for the algorithms, which must be of the SHA-2
// family.
func NewHasher(algorithms ...Algorithm) (*Hasher, error) {
	h := &Hasher{algorithms: algorithms}
	for _, a := range algorithms {
		switch a {
		case SHA256:
			h.hashes = append(h.hashes, sha256.New())
		case SHA384:
			h.hashes = append(h.hashes, sha512.New384())
		case SHA512:
			h.hashes = append(h.hashes, sha512.New())
		default:
			return nil, fmt.Errorf("ged: digest algorithm %q is not computed", string(a))
		}
	}
	return h, nil
}

// Write adds bytes; it never fails.
func (h *Hasher) Write(p []byte) (int, error) {
	for _, x := range h.hashes {
		x.Write(p)
	}
	h.size += int64(len(p))
	return len(p), nil
}

// Size returns how many bytes were written.
func (h *Hasher) Size() int64 { return h.size }

// Digests returns the digests of what was written so far, in the order the
// algorithms were given.
func (h *Hasher) Digests() []Digest {
	out := make([]Digest, len(h.hashes))
	for i, x := range h.hashes {
		out[i] = Digest{h.algorithms[i], hex.EncodeToString(x.Sum(nil))}
	}
	return out
}

// Reset makes the Hasher ready for another file.
func (h *Hasher) Reset() {
	for _, x := range h.hashes {
		x.Reset()
	}
	h.size = 0
}

// DigestSource reads the source once and returns its digests and the number of
// bytes read.
func DigestSource(ctx context.Context, s Source, algorithms ...Algorithm) ([]Digest, int64, error) {
	h, err := NewHasher(algorithms...)
	if err != nil {
		return nil, 0, err
	}
	r, err := s.Open(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("ged: open the content: %w", err)
	}
	defer r.Close()
	if _, err := io.Copy(h, ContextReader(ctx, r)); err != nil {
		return nil, h.size, fmt.Errorf("ged: read the content: %w", err)
	}
	return h.Digests(), h.size, nil
}

// ContextReader returns a reader that stops with the context's error once it is
// cancelled.
func ContextReader(ctx context.Context, r io.Reader) io.Reader { return ctxReader{ctx, r} }

type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
