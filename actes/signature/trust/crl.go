package trust

import (
	"bytes"
	"encoding/pem"
	"math/big"
	"time"

	"github.com/liasse/liasse/internal/asn1x"
)

const (
	extCRLNumber  = "2.5.29.20"
	extReason     = "2.5.29.21"
	extInvalidity = "2.5.29.24"
	extDelta      = "2.5.29.27"
	extIDP        = "2.5.29.28"
	extCertIssuer = "2.5.29.29"
	extExpired    = "2.5.29.60"
)

// Reasons of revocation (RFC 5280 §5.3.1).
const (
	ReasonUnspecified   = 0
	ReasonKeyCompromise = 1
	ReasonHold          = 6
	ReasonRemove        = 8
)

// Status is what revocation data say of a certificate.
type Status struct {
	Revoked bool
	At      time.Time // of the revocation
	Reason  int
}

// Hold reports whether the certificate is only suspended.
func (s Status) Hold() bool { return s.Revoked && s.Reason == ReasonHold }

// CRL is a certificate revocation list (RFC 5280 §5), complete or delta. Its
// entries are searched where they lie: a list of a million entries costs no
// more memory than its octets. It is immutable.
type CRL struct {
	Raw, RawTBS    []byte
	Issuer         Name
	ThisUpdate     time.Time
	NextUpdate     time.Time // zero when absent
	Number         *big.Int  // nil when absent
	Base           *big.Int  // of a delta list; nil in a complete one
	AuthorityKeyID []byte
	Algorithm      Algorithm
	Signature      []byte
	// Expired is the date since which expired certificates are kept in the
	// list (expiredCertsOnCRL); zero when absent.
	Expired time.Time
	// Unknown says that the list, or one of its entries, has a critical
	// extension that is not understood: the list must not be used.
	Unknown bool

	algorithmErr error
	entries      asn1x.Value
	idp          *issuingPoint
	rawIDP       []byte
	freshest     []point5280
	id           string
}

type issuingPoint struct {
	full           []General
	rel            *rdn
	user, ca, attr bool
	indirect       bool
	reasons        uint32 // 0 when all
}

// ID is the SHA-256 of the list, in hexadecimal.
func (l *CRL) ID() string { return l.id }

// Delta reports whether the list only states changes to another.
func (l *CRL) Delta() bool { return l.Base != nil }

// SignedBy checks the signature of the list with a key.
func (l *CRL) SignedBy(k *Key) error {
	if l.algorithmErr != nil || k == nil {
		return ErrUnsupported
	}
	return k.Verify(l.Algorithm, l.RawTBS, l.Signature)
}

// ParseCRL reads a list, DER or PEM.
func ParseCRL(b []byte) (*CRL, error) {
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte("-----BEGIN")) {
		if p, _ := pem.Decode(b); p != nil {
			b = p.Bytes
		}
	}
	v, _, err := asn1x.Parse(b)
	if err != nil {
		return nil, err
	}
	l := &CRL{Raw: v.Raw, id: idOf(v.Raw)}
	cur := v.Enter()
	tbs, alg, sig := cur.Take(asn1x.TagSequence), cur.Take(asn1x.TagSequence), cur.Take(asn1x.TagBitString)
	if err := cur.Close(); err != nil {
		return nil, err
	}
	l.RawTBS = tbs.Raw
	if l.Signature, _, err = sig.Bits(); err != nil {
		return nil, err
	}
	l.Algorithm, l.algorithmErr = ParseAlgorithm(alg.Raw, "")
	cur = tbs.Enter()
	cur.Optional(asn1x.TagInteger)
	if inner := cur.Take(asn1x.TagSequence); !bytes.Equal(inner.Raw, alg.Raw) {
		l.algorithmErr = ErrUnsupported
	}
	issuer := cur.Take(asn1x.TagSequence)
	this, _ := cur.Next()
	if err := cur.Err(); err != nil {
		return nil, err
	}
	if l.Issuer, err = parseName(issuer); err != nil {
		return nil, err
	}
	if l.ThisUpdate, err = this.Time(); err != nil {
		return nil, err
	}
	if n, ok := cur.Peek(); ok && (n.Is(asn1x.TagUTCTime) || n.Is(asn1x.TagGeneralizedTime)) {
		cur.Next()
		if l.NextUpdate, err = n.Time(); err != nil {
			return nil, err
		}
	}
	l.entries = cur.Optional(asn1x.TagSequence)
	exts := cur.OptionalContext(0)
	if err := cur.Close(); err != nil {
		return nil, err
	}
	if !exts.IsZero() {
		list, err := exts.Explicit()
		if err != nil {
			return nil, err
		}
		if err := l.extensions(list); err != nil {
			return nil, err
		}
	}
	return l, l.checkEntries()
}

func (l *CRL) extensions(list asn1x.Value) error {
	exts, err := parseExtensions(list)
	if err != nil {
		return err
	}
	for _, e := range exts {
		v, err := asn1x.ParseAll(e.Value)
		if err != nil {
			return err
		}
		switch e.OID {
		case extCRLNumber:
			l.Number, err = v.Integer()
		case extDelta:
			l.Base, err = v.Integer()
		case extAKI:
			if k := v.Enter().OptionalContext(0); !k.IsZero() {
				l.AuthorityKeyID = k.Body
			}
		case extIDP:
			l.rawIDP = e.Value
			l.idp, err = parseIDP(v)
		case extExpired:
			l.Expired, err = v.Time()
		case extFreshest:
			// An address that cannot be read costs an address, not the list.
			l.freshest, _ = parsePoints(v)
		case extIssuerAlt:
		default:
			l.Unknown = l.Unknown || e.Critical
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func parseIDP(v asn1x.Value) (*issuingPoint, error) {
	p := &issuingPoint{}
	for cur := v.Enter(); ; {
		w, ok := cur.Next()
		if !ok {
			return p, cur.Err()
		}
		if w.Class != asn1x.Context {
			continue
		}
		var err error
		switch w.Tag {
		case 0:
			p.full, p.rel, err = parsePointName(w)
		case 1:
			p.user, err = w.Bool()
		case 2:
			p.ca, err = w.Bool()
		case 3:
			p.reasons, err = w.BitList()
		case 4:
			p.indirect, err = w.Bool()
		case 5:
			p.attr, err = w.Bool()
		}
		if err != nil {
			return nil, err
		}
	}
}

// entry is one revoked certificate, located but not decoded.
type entry struct {
	serial []byte // contents of the INTEGER
	when   asn1x.Value
	exts   asn1x.Value
}

// each calls f with every entry until it says no.
func (l *CRL) each(f func(entry) bool) error {
	if l.entries.IsZero() {
		return nil
	}
	for cur := l.entries.Enter(); ; {
		v, ok := cur.Next()
		if !ok {
			return cur.Err()
		}
		in := v.Enter()
		e := entry{serial: in.Take(asn1x.TagInteger).Body}
		e.when, _ = in.Next()
		e.exts = in.Optional(asn1x.TagSequence)
		if err := in.Close(); err != nil {
			return err
		}
		if !f(e) {
			return nil
		}
	}
}

func (l *CRL) checkEntries() error {
	var bad error
	err := l.each(func(e entry) bool {
		if e.exts.IsZero() {
			return true
		}
		exts, err := parseExtensions(e.exts)
		if err != nil {
			bad = err
			return false
		}
		for _, x := range exts {
			switch x.OID {
			case extReason, extInvalidity, extCertIssuer:
			default:
				l.Unknown = l.Unknown || x.Critical
			}
		}
		return true
	})
	if err == nil {
		err = bad
	}
	return err
}

// Find says what the list tells of a certificate. ok is false when the list
// does not name it. In an indirect list an entry belongs to the issuer last
// named (RFC 5280 §5.3.3).
func (l *CRL) Find(issuer Name, serial *big.Int) (s Status, ok bool) {
	want := integer(serial)
	current := l.Issuer
	indirect := l.idp != nil && l.idp.indirect
	_ = l.each(func(e entry) bool {
		hit := bytes.Equal(e.serial, want)
		if !hit && !indirect {
			return true
		}
		reason := ReasonUnspecified
		if !e.exts.IsZero() {
			exts, err := parseExtensions(e.exts)
			if err != nil {
				return false
			}
			for _, x := range exts {
				v, err := asn1x.ParseAll(x.Value)
				if err != nil {
					continue
				}
				switch x.OID {
				case extReason:
					if n, err := v.Int(); err == nil {
						reason = n
					}
				case extCertIssuer:
					g, err := parseGenerals(v)
					if err != nil || !indirect {
						continue
					}
					for _, n := range g {
						if n.Tag == 4 {
							current = n.Name
						}
					}
				}
			}
		}
		if !hit || !current.Equal(issuer) {
			return true
		}
		at, err := e.when.Time()
		if err != nil {
			return true
		}
		s, ok = Status{Revoked: reason != ReasonRemove, At: at, Reason: reason}, true
		return true // a later entry for the same certificate prevails
	})
	return s, ok
}

// integer encodes the contents of an INTEGER.
func integer(n *big.Int) []byte {
	if n.Sign() >= 0 {
		b := n.Bytes()
		if len(b) == 0 || b[0]&0x80 != 0 {
			b = append([]byte{0}, b...)
		}
		return b
	}
	size := n.BitLen()/8 + 1
	m := new(big.Int).Add(n, new(big.Int).Lsh(big.NewInt(1), uint(size)*8))
	b := m.FillBytes(make([]byte, size))
	for len(b) > 1 && b[0] == 0xff && b[1]&0x80 != 0 {
		b = b[1:]
	}
	return b
}

// Speaks reports whether the scope of a list of the certificate's issuer
// includes the certificate: users or CAs only, attribute certificates only,
// the distribution point.
func (l *CRL) Speaks(c *Certificate) bool {
	if l.idp != nil && l.idp.reasons != 0 {
		return false // it could not say that the certificate is not revoked
	}
	if scope(l, c, point5280{full: []General{{Tag: 4, Name: c.Issuer}}}) {
		return true
	}
	for _, p := range c.points {
		if scope(l, c, p) {
			return true
		}
	}
	return false
}

// Amend returns what a delta list signed by the issuer changes in the status
// of a certificate. ok is false when d is no delta of this list, or says
// nothing of the certificate.
func (l *CRL) Amend(d *CRL, issuer, c *Certificate) (s Status, ok bool) {
	if !l.AmendedBy(d, issuer) {
		return s, false
	}
	return d.Find(c.Issuer, c.Serial)
}

// AmendedBy reports whether d is a delta of this list, signed by the issuer:
// both together then say what a complete list of the date of d would, of the
// certificates d does not name as well (RFC 5280 §5.2.4).
func (l *CRL) AmendedBy(d *CRL, issuer *Certificate) bool {
	return d.deltaOf(l) && !d.Unknown && d.SignedBy(issuer.Key) == nil
}
