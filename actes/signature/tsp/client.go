package tsp

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/asn1x"
)

// MaxReply is how many octets of a reply a client should read.
const MaxReply = 1 << 20

// DER returns the TimeStampReq to send to a time-stamping unit (RFC 3161
// §2.4.1), as application/timestamp-query. It asks for the certificate of the
// unit, which is needed to verify the token in ten years.
func (q Request) DER() ([]byte, error) {
	if q.Digest.OID() == "" || len(q.Imprint) != len(q.Digest.Sum(nil)) || len(q.Imprint) == 0 {
		return nil, errors.New("tsp: the imprint has not the length of its digest")
	}
	var policy, nonce []byte
	if q.Policy != "" {
		if !oidText(q.Policy) {
			return nil, errors.New("tsp: the policy asked for is no policy identifier")
		}
		policy = asn1x.EncodeOID(q.Policy)
	}
	if q.Nonce != nil {
		if q.Nonce.Sign() < 0 {
			return nil, errors.New("tsp: negative nonce")
		}
		b := q.Nonce.Bytes()
		if len(b) == 0 || b[0] >= 0x80 {
			b = append([]byte{0}, b...)
		}
		nonce = asn1x.Encode(asn1x.Integer, b)
	}
	return asn1x.Encode(asn1x.Sequence, []byte{asn1x.Integer, 1, 1},
		asn1x.Encode(asn1x.Sequence, q.Digest.Identifier(), asn1x.Encode(asn1x.OctetString, q.Imprint)),
		policy, nonce, []byte{asn1x.TagBoolean, 1, 0xff}), nil
}

// oidText reports whether s is an object identifier with dots, of arcs that
// [asn1x.EncodeOID] takes.
func oidText(s string) bool {
	var arcs []uint64
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.ParseUint(part, 10, 62)
		if err != nil || len(arcs) == 64 {
			return false
		}
		arcs = append(arcs, n)
	}
	return len(arcs) > 1 && arcs[0] <= 2 && (arcs[0] == 2 || arcs[1] < 40)
}

// Client asks a time-stamping unit for timestamps. It implements
// [signature.Stamper] and may be shared if Send may.
type Client struct {
	// Send carries a request to the unit and returns the reply: an HTTP POST of
	// application/timestamp-query as a rule. It should read [MaxReply] octets at
	// most; this package opens no connection itself.
	Send func(ctx context.Context, query []byte) (reply []byte, err error)
	// Policy to ask for, "" when any will do.
	Policy string
	// Rand gives the nonce; crypto/rand when nil.
	Rand io.Reader
}

var _ signature.Stamper = (*Client)(nil)

// Stamp asks for a timestamp over a digest and returns the token. A refusal is
// a [*RefusedError]. The reply is checked: it answers this request, nonce
// included, it is whole and its signature is right. Whether the unit can be
// trusted is for whoever validates.
func (c *Client) Stamp(ctx context.Context, d trust.Digest, sum []byte) ([]byte, error) {
	random := c.Rand
	if random == nil {
		random = rand.Reader
	}
	b := make([]byte, 8)
	if _, err := io.ReadFull(random, b); err != nil {
		return nil, fmt.Errorf("tsp: nonce: %w", err)
	}
	q := Request{Digest: d, Imprint: sum, Nonce: new(big.Int).SetBytes(b), Policy: c.Policy}
	query, err := q.DER()
	if err != nil {
		return nil, err
	}
	reply, err := c.Send(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("tsp: %w", err)
	}
	if len(reply) > MaxReply {
		return nil, errors.New("tsp: the reply of the unit is too long")
	}
	t, err := Read(reply)
	if err != nil {
		return nil, err
	}
	if err := t.Answers(q); err != nil {
		return nil, err
	}
	pool := signature.NewPool(nil)
	t.Fill(pool)
	if s := t.Stamp(signature.StampSignature, imprint(sum), pool); !s.Intact {
		return nil, errors.New("tsp: the signature of the token is wrong, or its certificate is not inside")
	}
	return t.Raw, nil
}

// imprint is a digest already computed.
type imprint []byte

// Digest implements [Imprint].
func (i imprint) Digest(trust.Digest) ([]byte, bool) { return i, true }
