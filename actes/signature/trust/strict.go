package trust

import (
	"context"
	"time"
)

// Reason says why a path is refused, by the step of RFC 5280 that refused it.
type Reason string

// The reasons, with the section of RFC 5280.
const (
	NoPath             Reason = "no-path"            // no chain to an anchor
	BadSignature       Reason = "signature"          // §6.1.3 (a)(1)
	OutOfValidity      Reason = "validity"           // §6.1.3 (a)(2)
	RevokedReason      Reason = "revoked"            // §6.1.3 (a)(3)
	NoStatus           Reason = "no-status"          // §6.3: no usable list covers the certificate
	NameNotPermitted   Reason = "names"              // §6.1.3 (b), (c)
	PolicyRefused      Reason = "policy"             // §6.1.3 (f), §6.1.5 (g)
	BadMapping         Reason = "policy-mapping"     // §6.1.4 (a)
	NotCA              Reason = "not-a-ca"           // §6.1.4 (k)
	PathTooLong        Reason = "path-length"        // §6.1.4 (l), (m)
	CannotSign         Reason = "key-usage"          // §6.1.4 (n)
	UnknownCritical    Reason = "critical-extension" // §6.1.4 (o), §6.1.5 (f)
	AnchorExpiredTrust Reason = "anchor-sunset"      // the anchor was not, or no longer, trusted at the time
	TooComplex         Reason = "too-complex"        // a limit of this package
)

// Refusal is a path refused: the reason and the certificate it concerns.
type Refusal struct {
	Reason      Reason
	Certificate *Certificate
	Status      Status // of RevokedReason
}

// Error gives the reason.
func (r *Refusal) Error() string { return "trust: path refused: " + string(r.Reason) }

// Strict validates paths by the letter of RFC 5280 §6: name constraints,
// policies and unknown critical extensions are grounds for refusal, unlike in
// the signature policies of ETSI, where they are warnings. Revocation is by the
// CRLs given; delta lists are applied to their base. The zero value checks no
// revocation and accepts any policy.
type Strict struct {
	At    time.Time
	Store *Store
	// Policies the user accepts; none means any.
	Policies []string
	// ExplicitPolicy, InhibitMapping and InhibitAny are the initial values of
	// §6.1.1 (e) to (g).
	ExplicitPolicy, InhibitMapping, InhibitAny bool
	// Revocation asks that every certificate below the anchor be proved not
	// revoked by CRLs.
	Revocation bool
	CRLs       []*CRL
}

// Validate looks for a path from the certificate to an anchor that holds by
// RFC 5280. It returns the path, or a [*Refusal] for the path that came
// furthest, or the error of the context.
func (s *Strict) Validate(ctx context.Context, c *Certificate) (Path, error) {
	r := &revoker{Strict: s, ctx: ctx, budget: 2000}
	return r.validate(c, 0)
}

func (r *revoker) validate(c *Certificate, depth int) (Path, error) {
	var first error
	for _, p := range r.Store.Paths(c) {
		if err := r.ctx.Err(); err != nil {
			return Path{}, err
		}
		if !p.Anchored {
			last := p.Certificates[len(p.Certificates)-1]
			reason := NoPath
			if len(r.Store.issuers(last)) > 0 && !last.SelfSigned() {
				reason = BadSignature
			}
			return Path{}, &Refusal{Reason: reason, Certificate: last}
		}
		err := r.check(p, depth)
		if err == nil {
			return p, nil
		}
		if first == nil {
			first = err
		}
	}
	return Path{}, first
}

// check is the basic path validation of §6.1: from the anchor down.
func (r *revoker) check(p Path, depth int) error {
	if !p.Anchor.Trusted(r.At) {
		return &Refusal{Reason: AnchorExpiredTrust, Certificate: p.Anchor.Certificate}
	}
	chain := p.Certificates[:len(p.Certificates)-1]
	n := len(chain)
	w := newWalk(n, r)
	maxLength := n
	key := p.Certificates[n].Key
	issuer := p.Certificates[n]
	for i := n - 1; i >= 0; i-- {
		c, last := chain[i], i == 0
		refuse := func(why Reason) error { return &Refusal{Reason: why, Certificate: c} }
		self := c.SelfIssued()
		if c.SignedBy(key) != nil {
			return refuse(BadSignature)
		}
		if !c.Valid(r.At) {
			return refuse(OutOfValidity)
		}
		if !c.Issuer.Equal(issuer.Subject) {
			return refuse(NoPath)
		}
		if r.Revocation {
			if err := r.notRevoked(c, p.Certificates[i+1:], depth); err != nil {
				return err
			}
		}
		if why := w.names.refuses(c, last); why != "" {
			return refuse(why)
		}
		if why := w.enter(c, last); why != "" {
			return refuse(why)
		}
		key, issuer = c.Key.inherit(key), c
		if last {
			if len(c.Unknown) > 0 {
				return refuse(UnknownCritical)
			}
			continue
		}
		w.names.add(c.names)
		if why := w.leave(c); why != "" {
			return refuse(why)
		}
		if c.Version < 3 || !c.HasBasic || !c.CA {
			return refuse(NotCA)
		}
		if !self {
			if maxLength <= 0 {
				return refuse(PathTooLong)
			}
			maxLength--
		}
		maxLength = tighten(maxLength, c.PathLen)
		if c.HasKeyUsage && c.KeyUsage&UsageCertSign == 0 {
			return refuse(CannotSign)
		}
		if len(c.Unknown) > 0 {
			return refuse(UnknownCritical)
		}
	}
	if n > 0 && !w.accepted(r.Policies) {
		return &Refusal{Reason: PolicyRefused, Certificate: p.Certificates[0]}
	}
	return nil
}

// tighten lowers a counter to the value a certificate states, -1 being none.
func tighten(counter, stated int) int {
	if stated >= 0 && stated < counter {
		return stated
	}
	return counter
}
