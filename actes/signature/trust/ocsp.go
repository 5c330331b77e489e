package trust

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // the responder's key is named by SHA-1 in the norm
	"math/big"
	"time"

	"github.com/liasse/liasse/internal/asn1x"
)

const (
	extArchiveCutoff = "1.3.6.1.5.5.7.48.1.6"
	extCertHash      = "1.3.36.8.3.13"
	maxSingle        = 4096
)

// OCSP is a BasicOCSPResponse (RFC 6960). It is immutable.
type OCSP struct {
	Raw          []byte // of the BasicOCSPResponse
	ProducedAt   time.Time
	Certificates []*Certificate
	Algorithm    Algorithm
	Signature    []byte
	// Nonce is the one of the request answered; nil when the response has none.
	Nonce []byte

	rawData       []byte
	algorithmErr  error
	responder     Name
	responderHash []byte
	singles       []single
	id            string
}

type single struct {
	digest            Digest
	nameHash, keyHash []byte
	serial            *big.Int
	good              bool
	status            Status
	unknown           bool
	this, next        time.Time
	cutoff            time.Time
	certDigest        Digest
	certHash          []byte
}

// ID is the SHA-256 of the response, in hexadecimal.
func (o *OCSP) ID() string { return o.id }

// Answer is what a response says of one certificate.
type Answer struct {
	Status     Status
	Unknown    bool // the responder does not know the certificate
	ThisUpdate time.Time
	NextUpdate time.Time // zero when absent
	Cutoff     time.Time // archive cutoff; zero when absent
	// HashDiffers says that the response names the certificate by a hash
	// (certHash) which is not its own: another certificate was meant.
	HashDiffers bool
}

// ParseOCSP reads an OCSPResponse, or the BasicOCSPResponse inside one.
func ParseOCSP(b []byte) (*OCSP, error) {
	v, _, err := asn1x.Parse(b)
	if err != nil {
		return nil, err
	}
	cur := v.Enter()
	if first, ok := cur.Peek(); ok && first.Is(asn1x.TagEnumerated) {
		cur.Next()
		if n, err := first.Int(); err != nil || n != 0 {
			return nil, &asn1x.Error{Offset: first.Offset, What: "unsuccessful OCSP response"}
		}
		in, err := cur.OptionalContext(0).Explicit()
		if err != nil {
			return nil, err
		}
		ic := in.Enter()
		id, octets := ic.Take(asn1x.TagOID), ic.Take(asn1x.TagOctetString)
		if err := ic.Close(); err != nil {
			return nil, err
		}
		if s, err := id.OID(); err != nil || s != asn1x.OIDOCSPBasic {
			return nil, &asn1x.Error{Offset: id.Offset, What: "OCSP response of another type"}
		}
		basic, err := octets.Octets()
		if err != nil {
			return nil, err
		}
		if v, err = asn1x.ParseAll(basic); err != nil {
			return nil, err
		}
	}
	return parseBasic(v)
}

func parseBasic(v asn1x.Value) (*OCSP, error) {
	o := &OCSP{Raw: v.Raw, id: idOf(v.Raw)}
	cur := v.Enter()
	data, alg, sig := cur.Take(asn1x.TagSequence), cur.Take(asn1x.TagSequence), cur.Take(asn1x.TagBitString)
	certs := cur.OptionalContext(0)
	if err := cur.Close(); err != nil {
		return nil, err
	}
	var err error
	if o.Signature, _, err = sig.Bits(); err != nil {
		return nil, err
	}
	o.rawData = data.Raw
	o.Algorithm, o.algorithmErr = ParseAlgorithm(alg.Raw, "")
	if !certs.IsZero() {
		list, err := certs.Explicit()
		if err != nil {
			return nil, err
		}
		l, err := list.Children(64)
		if err != nil {
			return nil, err
		}
		for _, w := range l {
			if c, err := ParseCertificate(w.Raw); err == nil {
				o.Certificates = append(o.Certificates, c)
			}
		}
	}
	return o, o.parseData(data)
}

func (o *OCSP) parseData(data asn1x.Value) error {
	cur := data.Enter()
	cur.OptionalContext(0)
	responder, _ := cur.Next()
	produced, _ := cur.Next()
	list := cur.Take(asn1x.TagSequence)
	if err := cur.Err(); err != nil {
		return err
	}
	in, err := responder.Explicit()
	if err != nil {
		return err
	}
	if responder.IsContext(1) {
		if o.responder, err = parseName(in); err != nil {
			return err
		}
	} else if o.responderHash, err = in.Octets(); err != nil {
		return err
	}
	if o.ProducedAt, err = produced.Time(); err != nil {
		return err
	}
	if o.singles, err = children(list, maxSingle, parseSingle); err != nil {
		return err
	}
	if x := cur.OptionalContext(1); !x.IsZero() {
		if in, err := x.Explicit(); err == nil {
			if exts, err := parseExtensions(in); err == nil {
				o.Nonce = nonceOf(exts)
			}
		}
	}
	return nil
}

func parseSingle(v asn1x.Value) (s single, err error) {
	cur := v.Enter()
	id := cur.Take(asn1x.TagSequence)
	status, _ := cur.Next()
	this := cur.Take(asn1x.TagGeneralizedTime)
	next, exts := cur.OptionalContext(0), cur.OptionalContext(1)
	if err := cur.Close(); err != nil {
		return s, err
	}
	ic := id.Enter()
	alg, name, key, serial := ic.Take(asn1x.TagSequence), ic.Take(asn1x.TagOctetString), ic.Take(asn1x.TagOctetString), ic.Take(asn1x.TagInteger)
	if err := ic.Close(); err != nil {
		return s, err
	}
	if s.digest, err = digestAlgorithm(alg); err != nil && err != ErrUnsupported {
		return s, err
	}
	s.nameHash, s.keyHash = name.Body, key.Body
	if s.serial, err = serial.Integer(); err != nil {
		return s, err
	}
	switch {
	case status.IsContext(0):
		s.good = true
	case status.IsContext(1):
		rc := status.Enter()
		at := rc.Take(asn1x.TagGeneralizedTime)
		s.status.Revoked = true
		if s.status.At, err = at.Time(); err != nil {
			return s, err
		}
		if r := rc.OptionalContext(0); !r.IsZero() {
			in, err := r.Explicit()
			if err != nil {
				return s, err
			}
			if s.status.Reason, err = in.Int(); err != nil {
				return s, err
			}
		}
	default:
		s.unknown = true
	}
	if s.this, err = this.Time(); err != nil {
		return s, err
	}
	if !next.IsZero() {
		in, err := next.Explicit()
		if err != nil {
			return s, err
		}
		if s.next, err = in.Time(); err != nil {
			return s, err
		}
	}
	if !exts.IsZero() {
		return s, s.extensions(exts)
	}
	return s, nil
}

func (s *single) extensions(v asn1x.Value) error {
	list, err := v.Explicit()
	if err != nil {
		return err
	}
	exts, err := parseExtensions(list)
	if err != nil {
		return err
	}
	for _, e := range exts {
		v, err := asn1x.ParseAll(e.Value)
		if err != nil {
			continue
		}
		switch e.OID {
		case extArchiveCutoff:
			s.cutoff, _ = v.Time()
		case extCertHash:
			cur := v.Enter()
			s.certDigest, _ = digestAlgorithm(cur.Take(asn1x.TagSequence))
			s.certHash = cur.Take(asn1x.TagOctetString).Body
		}
	}
	return nil
}

// Updates returns since when the response speaks of every certificate it names,
// and until when of any: the latest thisUpdate and the earliest nextUpdate, which
// is zero when one states none.
func (o *OCSP) Updates() (this, next time.Time) {
	for i, s := range o.singles {
		if i == 0 || s.this.After(this) {
			this = s.this
		}
		if i == 0 || !next.IsZero() && (s.next.IsZero() || s.next.Before(next)) {
			next = s.next
		}
	}
	return this, next
}

// Find returns what the response says of a certificate, which its issuer has
// signed. ok is false when it does not speak of it.
func (o *OCSP) Find(c, issuer *Certificate) (a Answer, ok bool) {
	for _, s := range o.singles {
		if s.serial.Cmp(c.Serial) != 0 || !s.digest.Known() ||
			!bytes.Equal(s.keyHash, s.digest.Sum(issuer.Key.bits)) {
			continue
		}
		// Either form of the name: as the certificate writes its issuer's, or as
		// the issuer writes its own.
		if !bytes.Equal(s.nameHash, s.digest.Sum(c.Issuer.Raw)) && !bytes.Equal(s.nameHash, s.digest.Sum(issuer.Subject.Raw)) {
			continue
		}
		a = Answer{Status: s.status, Unknown: s.unknown, ThisUpdate: s.this, NextUpdate: s.next, Cutoff: s.cutoff}
		if s.certHash != nil {
			a.HashDiffers = !bytes.Equal(s.certHash, s.certDigest.Sum(c.Raw))
		}
		return a, true
	}
	return a, false
}

// Signer returns the certificate that signed the response: the first among
// those given, and those the response brings, that the responder identifier
// names and whose key verifies. It returns nil when there is none.
func (o *OCSP) Signer(candidates ...*Certificate) *Certificate {
	if o.algorithmErr != nil {
		return nil
	}
	for _, l := range [2][]*Certificate{o.Certificates, candidates} {
		for _, c := range l {
			if o.responderHash != nil {
				h := sha1.Sum(c.Key.bits)
				if !bytes.Equal(h[:], o.responderHash) {
					continue
				}
			} else if !c.Subject.Equal(o.responder) {
				continue
			}
			if c.Key.Verify(o.Algorithm, o.rawData, o.Signature) == nil {
				return c
			}
		}
	}
	return nil
}
