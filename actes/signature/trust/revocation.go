package trust

import (
	"bytes"
	"context"
	"errors"
)

// revoker finds the status of certificates by CRLs, as RFC 5280 §6.3 says.
type revoker struct {
	*Strict
	ctx    context.Context
	budget int
	// open are the certificates whose status is being looked for: a list must
	// not prove the certificate of its own signer.
	open []*Certificate
}

// allReasons are the bits 1 to 8 of ReasonFlags.
const allReasons = 0x1fe

const maxCRLDepth = 4

// notRevoked returns nil when lists covering every reason say nothing of the
// certificate. above are the certificates over it on the path.
func (r *revoker) notRevoked(c *Certificate, above []*Certificate, depth int) error {
	for _, o := range r.open {
		if o == c {
			return &Refusal{Reason: NoStatus, Certificate: c}
		}
	}
	r.open = append(r.open, c)
	defer func() { r.open = r.open[:len(r.open)-1] }()
	covered := uint32(0)
	points := append([]point5280(nil), c.points...)
	// A certificate without distribution points has one: its issuer's name.
	points = append(points, point5280{full: []General{{Tag: 4, Name: c.Issuer}}})
	for _, p := range points {
		for _, l := range r.CRLs {
			if covered == allReasons {
				return nil
			}
			if err := r.ctx.Err(); err != nil {
				return err
			}
			if r.budget--; r.budget < 0 {
				return &Refusal{Reason: TooComplex, Certificate: c}
			}
			reasons, status, err := r.ask(l, c, p, above, depth)
			if err != nil {
				return err
			}
			if status.Revoked {
				return &Refusal{Reason: RevokedReason, Certificate: c, Status: status}
			}
			covered |= reasons
		}
	}
	if covered == allReasons {
		return nil
	}
	return &Refusal{Reason: NoStatus, Certificate: c}
}

// ask lets one complete list speak of the certificate under one distribution
// point. It returns the reasons the list covers, none when it is not usable.
func (r *revoker) ask(l *CRL, c *Certificate, p point5280, above []*Certificate, depth int) (reasons uint32, s Status, err error) {
	if l.Delta() || l.Unknown || !scope(l, c, p) {
		return 0, s, nil
	}
	reasons = allReasons
	if l.idp != nil && l.idp.reasons != 0 {
		reasons = l.idp.reasons & allReasons
	}
	if p.reasons != 0 {
		reasons &= p.reasons
	}
	signer, err := r.signer(l, c, p, above, depth)
	if signer == nil || err != nil {
		return 0, s, err
	}
	current := !l.ThisUpdate.After(r.At) && (l.NextUpdate.IsZero() || !r.At.After(l.NextUpdate))
	s, listed := l.Find(c.Issuer, c.Serial)
	for _, d := range r.CRLs {
		if !d.deltaOf(l) || d.Unknown || d.SignedBy(signer.Key) != nil ||
			d.ThisUpdate.After(r.At) || !d.NextUpdate.IsZero() && r.At.After(d.NextUpdate) {
			continue
		}
		current = true
		if t, ok := d.Find(c.Issuer, c.Serial); ok {
			s, listed = t, true
		}
	}
	if !current {
		return 0, Status{}, nil
	}
	if !listed {
		s = Status{}
	}
	return reasons, s, nil
}

// deltaOf reports whether d states the changes of the complete list l: the
// same issuer, key and scope, and a base no newer than l (§5.2.4).
func (d *CRL) deltaOf(l *CRL) bool {
	return d.Delta() && l.Number != nil && d.Number != nil && d.Issuer.Equal(l.Issuer) &&
		bytes.Equal(d.AuthorityKeyID, l.AuthorityKeyID) && bytes.Equal(d.rawIDP, l.rawIDP) &&
		l.Number.Cmp(d.Base) >= 0 && d.Number.Cmp(l.Number) >= 0
}

// scope is §6.3.3 (b): whether a list under a distribution point speaks of the
// certificate.
func scope(l *CRL, c *Certificate, p point5280) bool {
	if len(p.issuer) > 0 {
		named := false
		for _, g := range p.issuer {
			named = named || g.Tag == 4 && g.Name.Equal(l.Issuer)
		}
		if !named || l.idp == nil || !l.idp.indirect {
			return false
		}
	} else if !l.Issuer.Equal(c.Issuer) {
		return false
	}
	if l.idp == nil {
		return true
	}
	if l.idp.attr || l.idp.user && c.CA || l.idp.ca && !c.CA {
		return false
	}
	theirs := l.idp.full
	if l.idp.rel != nil {
		theirs = []General{{Tag: 4, Name: l.Issuer.with(*l.idp.rel)}}
	}
	if len(theirs) == 0 {
		return true
	}
	ours := p.full
	switch {
	case p.rel != nil && len(p.issuer) > 0:
		for _, g := range p.issuer {
			if g.Tag == 4 {
				ours = append(ours, General{Tag: 4, Name: g.Name.with(*p.rel)})
			}
		}
	case p.rel != nil:
		ours = []General{{Tag: 4, Name: c.Issuer.with(*p.rel)}}
	case len(ours) == 0:
		ours = p.issuer
	}
	return overlap(ours, theirs)
}

// signer returns the certificate whose key signed the list: one of the path
// above, else another of the issuer's name that leads to the same anchor and
// holds on its own (§6.3.3 (f)).
func (r *revoker) signer(l *CRL, c *Certificate, p point5280, above []*Certificate, depth int) (*Certificate, error) {
	fits := func(o *Certificate) bool {
		return o.Subject.Equal(l.Issuer) && (!o.HasKeyUsage || o.KeyUsage&UsageCRLSign != 0) && l.SignedBy(o.Key) == nil
	}
	for _, o := range above {
		if fits(o) {
			return o, nil
		}
	}
	if len(p.issuer) > 0 && fits(c) {
		// The issuer named this very certificate as the one to sign the list
		// that speaks of it: there is no other list to ask.
		return c, nil
	}
	if depth >= maxCRLDepth {
		return nil, nil
	}
	anchor := above[len(above)-1]
	for _, o := range r.Store.bySubject[l.Issuer.key] {
		if !fits(o) {
			continue
		}
		path, err := r.validate(o, depth+1)
		var refused *Refusal
		switch {
		case err == nil && path.Anchor.Certificate.Key.Equal(anchor.Key):
			return o, nil
		case err != nil && !errors.As(err, &refused):
			return nil, err
		}
	}
	return nil, nil
}
