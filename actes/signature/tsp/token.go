package tsp

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/cms"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/asn1x"
)

const oidTSTInfo = "1.2.840.113549.1.9.16.1.4"

// Info is a TSTInfo (RFC 3161 §2.4.2).
type Info struct {
	Version int
	Policy  string // of the time-stamping unit
	// Digest and Imprint are what was stamped; Digest is "" when the algorithm
	// DigestOID is not known.
	Digest    trust.Digest
	DigestOID string
	Imprint   []byte
	Serial    *big.Int
	GenTime   time.Time
	// Accuracy is the greatest error of GenTime; 0 when not stated.
	Accuracy time.Duration
	Ordering bool
	Nonce    *big.Int // nil when absent
	// TSA is the name the unit gives itself; empty when absent.
	TSA trust.Name
	// Critical lists the critical extensions, none of which is understood.
	Critical []string
}

// Status is the answer of a time-stamping unit (RFC 3161 §2.4.2).
type Status struct {
	Code int // 0 granted, 1 granted with changes, 2 rejected, 3 waiting, 4 and 5 revocation
	Text string
	// Failure is the bit of PKIFailureInfo, -1 when absent: 0 badAlg, 2
	// badRequest, 5 badDataFormat, 14 timeNotAvailable, 15 unacceptedPolicy, 16
	// unacceptedExtension, 17 addInfoNotAvailable, 25 systemFailure.
	Failure int
}

// Granted reports whether a token is due.
func (s Status) Granted() bool { return s.Code == 0 || s.Code == 1 }

// Token is a timestamp token. It is immutable.
type Token struct {
	Info
	Raw []byte // the token as received
	// Reply is the status of the TimeStampResp that held it; nil when it came
	// bare.
	Reply *Status
	// Trailing are the octets after it.
	Trailing []byte

	sd    *asn1x.SignedData
	certs []*trust.Certificate
}

// RefusedError is a reply that holds no token.
type RefusedError struct{ Status Status }

// Error gives the status and the failure.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("tsp: the unit granted no timestamp (status %d, failure %d)", e.Status.Code, e.Status.Failure)
}

// ErrNotToken says that the input is no timestamp.
var ErrNotToken = errors.New("tsp: not a timestamp token")

// Read reads a token, bare or in a reply. A reply without token gives a
// [*RefusedError].
func Read(b []byte) (*Token, error) {
	v, rest, err := asn1x.Parse(b)
	if err != nil {
		return nil, err
	}
	var reply *Status
	if first, ok := v.Enter().Next(); ok && first.Is(asn1x.TagSequence) {
		c := v.Enter()
		c.Next()
		if reply, err = parseStatus(first); err != nil {
			return nil, err
		}
		token, ok := c.Next()
		if !ok {
			return nil, &RefusedError{*reply}
		}
		if err := c.Close(); err != nil {
			return nil, err
		}
		v = token
	}
	sd, err := asn1x.SignedDataOf(v)
	if err != nil {
		return nil, err
	}
	if sd.ContentType != oidTSTInfo {
		return nil, ErrNotToken
	}
	content, ok := sd.ContentOctets()
	if !ok {
		return nil, ErrNotToken
	}
	t := &Token{Raw: v.Raw, Reply: reply, Trailing: rest, sd: sd}
	t.certs, _ = cms.Certificates(sd)
	in, err := asn1x.ParseAll(content)
	if err != nil {
		return nil, err
	}
	return t, t.parse(in)
}

func parseStatus(v asn1x.Value) (*Status, error) {
	s := &Status{Failure: -1}
	c := v.Enter()
	var err error
	if s.Code, err = c.Take(asn1x.TagInteger).Int(); err != nil {
		return nil, err
	}
	if l := c.Optional(asn1x.TagSequence); !l.IsZero() {
		texts, err := l.Children(32)
		if err != nil {
			return nil, err
		}
		for _, t := range texts {
			if u, ok := t.Text(); ok {
				s.Text += u
			}
		}
	}
	if f := c.Optional(asn1x.TagBitString); !f.IsZero() {
		bits, err := f.BitList()
		if err != nil {
			return nil, err
		}
		for i := range 32 {
			if bits&(1<<i) != 0 {
				s.Failure = i
				break
			}
		}
	}
	return s, c.Close()
}

func (t *Token) parse(v asn1x.Value) error {
	c := v.Enter()
	version, policy, imprint := c.Take(asn1x.TagInteger), c.Take(asn1x.TagOID), c.Take(asn1x.TagSequence)
	serial, gen := c.Take(asn1x.TagInteger), c.Take(asn1x.TagGeneralizedTime)
	if err := c.Err(); err != nil {
		return err
	}
	var err error
	if t.Version, err = version.Int(); err != nil {
		return err
	}
	if t.Policy, err = policy.OID(); err != nil {
		return err
	}
	ic := imprint.Enter()
	algV, hash := ic.Take(asn1x.TagSequence), ic.Take(asn1x.TagOctetString)
	if err := ic.Close(); err != nil {
		return err
	}
	alg, err := asn1x.ParseAlgorithm(algV)
	if err != nil {
		return err
	}
	t.DigestOID, t.Digest = alg.OID, trust.DigestOf(alg.OID)
	if t.Imprint, err = hash.Octets(); err != nil {
		return err
	}
	if t.Serial, err = serial.Integer(); err != nil {
		return err
	}
	if t.GenTime, err = gen.Time(); err != nil {
		return err
	}
	if a := c.Optional(asn1x.TagSequence); !a.IsZero() {
		if t.Accuracy, err = accuracy(a); err != nil {
			return err
		}
	}
	if o := c.Optional(asn1x.TagBoolean); !o.IsZero() {
		if t.Ordering, err = o.Bool(); err != nil {
			return err
		}
	}
	if n := c.Optional(asn1x.TagInteger); !n.IsZero() {
		if t.Nonce, err = n.Integer(); err != nil {
			return err
		}
	}
	if n := c.OptionalContext(0); !n.IsZero() {
		if g, err := n.Explicit(); err == nil && g.IsContext(4) {
			if dn, err := g.Explicit(); err == nil {
				t.TSA, _ = trust.ParseName(dn.Raw)
			}
		}
	}
	if x := c.OptionalContext(1); !x.IsZero() {
		l, err := x.Children(64)
		if err != nil {
			return err
		}
		for _, e := range l {
			ec := e.Enter()
			id, err := ec.Take(asn1x.TagOID).OID()
			if err != nil {
				return err
			}
			if b := ec.Optional(asn1x.TagBoolean); !b.IsZero() && len(b.Body) == 1 && b.Body[0] != 0 {
				t.Critical = append(t.Critical, id)
			}
		}
	}
	return c.Close()
}

func accuracy(v asn1x.Value) (time.Duration, error) {
	c := v.Enter()
	var d time.Duration
	if s := c.Optional(asn1x.TagInteger); !s.IsZero() {
		n, err := s.Int()
		if err != nil || n < 0 || n > 1<<30 {
			return 0, &asn1x.Error{Offset: s.Offset, What: "accuracy out of range"}
		}
		d = time.Duration(n) * time.Second
	}
	for i, unit := range []time.Duration{time.Millisecond, time.Microsecond} {
		if f := c.OptionalContext(uint32(i)); !f.IsZero() {
			n, err := f.Int()
			if err != nil || n < 0 || n > 999 {
				return 0, &asn1x.Error{Offset: f.Offset, What: "accuracy out of range"}
			}
			d += time.Duration(n) * unit
		}
	}
	return d, c.Close()
}

// Imprint is what a timestamp should be over: the digest of it.
type Imprint interface {
	// Digest returns the digest; found is false when what was stamped is not at
	// hand.
	Digest(d trust.Digest) (sum []byte, found bool)
}

// Fill adds to a pool the certificates and revocation data the token brings.
func (t *Token) Fill(p *signature.Pool) { cms.Fill(p, t.sd) }

// Signers returns how many have signed the token: one, or it is malformed.
func (t *Token) Signers() int { return len(t.sd.Signers) }

// Stamp establishes the facts of the token as a timestamp of the kind over the
// imprint. A nil imprint means that nothing is known of what was stamped: only
// the token itself is judged.
func (t *Token) Stamp(kind string, over Imprint, pool *signature.Pool) *signature.Timestamp {
	st := &signature.Timestamp{Kind: kind, GenTime: t.GenTime}
	sum := sha256.Sum256(t.Raw)
	st.ID = "T-" + strings.ToUpper(hex.EncodeToString(sum[:]))
	fault := func(fr, en string) {
		st.Format = append(st.Format, signature.Fault{Rule: signature.RuleFormat, Params: []report.Param{report.Words("why", fr, en)}})
	}
	if len(t.sd.Signers) != 1 {
		fault("un jeton d'horodatage a exactement un signataire", "a timestamp token has exactly one signer")
		return st
	}
	if t.Version != 1 {
		fault("version de jeton inconnue", "unknown token version")
	}
	s := cms.Read(t.sd, &t.sd.Signers[0], cms.Of(t.sd), false, t.certs, pool)
	id := st.ID
	st.Token = s.Token
	st.ID, st.Format = id, append(st.Format, s.Format...)
	if s.HasType && s.ContentType != oidTSTInfo {
		fault("le type de contenu signé n'est pas celui d'un horodatage", "the signed content type is not that of a timestamp")
	}
	// The token's own content is the TSTInfo: a change there is a broken token,
	// not a broken document.
	own := s.References[0]
	st.Intact = st.Intact && own.Found && own.Intact
	st.References = nil
	ref := signature.Reference{Name: kind, Digest: t.Digest, Found: true, Intact: true}
	if over != nil {
		got, found := over.Digest(t.Digest)
		ref.Found = found
		ref.Intact = found && got != nil && bytes.Equal(got, t.Imprint)
	}
	st.References = append(st.References, ref)
	if s.Certificate != nil && !t.TSA.IsEmpty() && !t.TSA.Equal(s.Certificate.Subject) {
		st.Notes = append(st.Notes, signature.Fault{Rule: RuleName})
	}
	if c := s.Certificate; c != nil && (!c.Valid(t.GenTime) || !s.SigningTime.IsZero() && !c.Valid(s.SigningTime)) {
		// A unit that signs with a certificate outside its validity proves
		// nothing, whatever the value.
		st.Intact = false
		st.Notes = append(st.Notes, signature.Fault{Rule: RuleExpired})
	}
	if len(t.Critical) > 0 {
		st.Notes = append(st.Notes, signature.Fault{Rule: RuleExtension})
	}
	return st
}

// SignedData returns the structure of the token, for packages that read what
// is added to it.
func (t *Token) SignedData() *asn1x.SignedData { return t.sd }

// Request is what was asked of a time-stamping unit.
type Request struct {
	Digest  trust.Digest
	Imprint []byte
	Nonce   *big.Int // nil when none was sent
	Policy  string   // "" when any will do
}

// Answers checks that the token is the answer to the request: the same imprint,
// the nonce echoed, the policy asked for (RFC 3161 §2.4.2).
func (t *Token) Answers(q Request) error {
	switch {
	case t.Reply != nil && !t.Reply.Granted():
		return &RefusedError{*t.Reply}
	case t.Digest != q.Digest || !bytes.Equal(t.Imprint, q.Imprint):
		return errors.New("tsp: the token is over another imprint")
	case q.Nonce != nil && (t.Nonce == nil || q.Nonce.Cmp(t.Nonce) != 0):
		return errors.New("tsp: the token does not echo the nonce")
	case q.Policy != "" && t.Policy != q.Policy:
		return errors.New("tsp: the token is under another policy")
	}
	return nil
}
