package signature

import (
	"slices"
	"time"
)

// poes are the proofs of existence: for each object the earliest time at which
// it is proved to have existed. What is not listed exists at the present.
type poes struct {
	now   time.Time
	known map[string]time.Time
}

func (p *poes) at(id string) time.Time {
	if t, ok := p.known[id]; ok {
		return t
	}
	return p.now
}

func (p *poes) add(id string, t time.Time) {
	if t.Before(p.at(id)) {
		p.known[id] = t
	}
}

// archive is the validation of signatures with archival data (§5.6): the
// timestamps, newest first, each give proofs of existence to what they cover,
// with which the older ones, and at last the signature, are judged again.
func (p *process) archive(v *Verdict, current Conclusion) Conclusion {
	e := &poes{now: p.at, known: map[string]time.Time{}}
	order := make([]int, len(v.Stamps))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return v.Stamps[b].GenTime.Compare(v.Stamps[a].GenTime) })
	for _, i := range order {
		s := &v.Stamps[i]
		if _, ok := s.imprint(); !ok {
			continue
		}
		end := s.Conclusion
		if end != passed {
			if !end.among(RevokedNoPOE, RevokedCANoPOE, OutOfBoundsNoPOE, OutOfBoundsNotRevoked, CryptoConstraintsNoPOE,
				RevocationOutOfBoundsNoPOE, NoCertificateChainNoPOE) {
				continue
			}
			end = p.past(&s.Token, end, e)
			if end == passed {
				s.Conclusion = passed
			}
		}
		if end != passed {
			continue
		}
		for _, id := range s.Covers {
			e.add(id, s.GenTime)
		}
		if slices.Contains(s.Covers, v.ID) && s.GenTime.Before(v.BestTime) {
			v.BestTime, v.Proof = s.GenTime, s.ID
		}
	}
	if current == passed {
		return passed
	}
	c := chain{block: "PSV"}
	end := p.past(&v.Token, current, e)
	c.check(end == passed, Fail, end, RuleNotProved)
	v.Checks = append(v.Checks, c.checks...)
	return end
}

// past is past signature validation (§5.6.2.4).
func (p *process) past(t *Token, current Conclusion, e *poes) Conclusion {
	signer := t.signer()
	if signer == nil {
		return current
	}
	bst := e.at(t.ID)
	proved := !needsRevocation(signer, asSignature, true)
	for _, r := range signer.Revocations {
		if i := r.issuer(); p.acceptable(signer, r, p.at) && (i.Trusted || i.valid(e.at(i.ID))) {
			proved = true
		}
	}
	control, ok := p.slide(t.Chain, e)
	if !ok {
		inside := !bst.Before(signer.NotBefore) && !bst.After(signer.NotAfter)
		if !proved && inside && current.among(OutOfBoundsNoPOE, OutOfBoundsNotRevoked) && p.latest(signer, p.at) != nil {
			// The signature is proved to be in time, and there are revocation data;
			// that their own issuer was good when they were made is not proved.
			return indeterminate(RevocationOutOfBoundsNoPOE)
		}
		return current
	}
	window := func(otherwise Sub) Conclusion {
		switch {
		case bst.Before(signer.NotBefore):
			return failed(NotYetValid)
		case bst.After(signer.NotAfter):
			return indeterminate(otherwise)
		}
		return passed
	}
	end := current
	exists := !bst.After(control)
	switch {
	case current.among(NoCertificateChainNoPOE):
		// Trusted later is not enough: it must have been when the signature is
		// proved to have existed.
		if exists && slices.ContainsFunc(t.Chain, func(x *Cert) bool { return x.Trusted && x.anchor().Trusted(bst) }) {
			end = window(OutOfBoundsNoPOE)
		}
	case exists && (current.among(RevokedNoPOE, RevocationOutOfBoundsNoPOE) || current.among(TryLater) && p.suspended(signer)):
		end = window(OutOfBoundsNotRevoked)
	case exists && current.among(RevokedCANoPOE):
		end = current
		if p.beforeCARevocation(t.Chain, e) {
			end = window(OutOfBoundsNotRevoked)
		}
	case exists && current.among(OutOfBoundsNoPOE, OutOfBoundsNotRevoked):
		end = window(current.Sub)
	case current.among(CryptoConstraintsNoPOE):
		if p.cryptoProved(t, e) {
			end = passed
		}
	case current.among(TryLater):
		if r := p.latest(signer, p.at); r != nil && p.policy.MaxFreshness > 0 && !r.ThisUpdate.Before(bst.Add(-p.policy.MaxFreshness)) {
			end = passed
		}
	}
	if end == passed && !proved {
		return indeterminate(RevocationOutOfBoundsNoPOE)
	}
	return end
}

func (p *process) suspended(x *Cert) bool {
	r := p.latest(x, p.at)
	return r != nil && r.Status.Hold()
}

func (p *process) beforeCARevocation(l []*Cert, e *poes) bool {
	if len(l) < 2 {
		return false
	}
	ca := p.latest(l[1], p.at)
	if ca == nil || !ca.Status.Revoked {
		return true
	}
	for _, r := range l[0].Revocations {
		if !e.at(r.ID).After(ca.Status.At) {
			return true
		}
	}
	return false
}

// slide is validation time sliding (§5.6.2.2): from the anchor down, the time
// at which the whole chain can still be relied on.
func (p *process) slide(l []*Cert, e *poes) (control time.Time, ok bool) {
	control = p.at
	anchor := slices.IndexFunc(l, func(x *Cert) bool { return x.Trusted })
	if anchor < 0 {
		return control, false
	}
	if control, ok = l[anchor].anchor().Until(control); !ok {
		return control, false
	}
	for i := anchor - 1; i >= 0; i-- {
		x := l[i]
		var best *Revocation
		if e.at(x.ID).After(control) {
			return control, false // not proved to be older than the fall of its issuer
		}
		if needsRevocation(x, asSignature, i == 0) {
			for _, r := range x.Revocations {
				if !p.acceptable(x, r, p.at) || !r.ThisUpdate.Before(control) || e.at(r.ID).After(control) {
					continue
				}
				if is := r.issuer(); !is.Trusted && !is.valid(e.at(is.ID)) {
					continue
				}
				if best == nil || r.ProducedAt.After(best.ProducedAt) {
					best = r
				}
			}
			if best == nil {
				return control, false
			}
		}
		if best != nil {
			switch {
			case best.Status.Revoked:
				if best.Status.At.Before(control) {
					control = best.Status.At
				}
			case p.policy.MaxFreshness > 0 && best.ThisUpdate.Before(control.Add(-p.policy.MaxFreshness)):
				control = best.ThisUpdate
			}
		}
		end, good := p.earliest(x, best)
		if !good {
			return control, false
		}
		if !end.IsZero() && end.Before(control) {
			control = end
		}
	}
	return control, true
}

// cryptoProved reports whether every object that used an algorithm now too
// weak is proved to have existed while it was not.
func (p *process) cryptoProved(t *Token, e *poes) bool {
	proved := func(end time.Time, ok bool, id string) bool {
		return ok && (end.IsZero() || e.at(id).Before(end))
	}
	end, ok := p.policy.Crypto.End(t.Algorithm, t.KeyBits)
	if !proved(end, ok, t.ID) {
		return false
	}
	for _, r := range t.References {
		if r.Digest == "" {
			continue
		}
		end, ok := p.policy.Crypto.Digests[r.Digest]
		if !proved(end, ok, t.ID) {
			return false
		}
	}
	for _, x := range t.Chain {
		if x.Trusted {
			break
		}
		end, ok := p.policy.Crypto.End(x.Algorithm, x.KeyBits)
		if !proved(end, ok, x.ID) {
			return false
		}
		if r := p.latest(x, p.at); r != nil {
			end, ok := p.policy.Crypto.End(r.Algorithm, r.KeyBits)
			if !proved(end, ok, r.ID) {
				return false
			}
		}
	}
	return true
}
