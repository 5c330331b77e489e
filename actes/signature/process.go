package signature

import (
	"time"

	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

// Judge runs the three nested processes of EN 319 102-1 (§5.3, §5.5, §5.6) on
// one signature: facts in, verdict out. at is the time of the validation.
func Judge(e *Evidence, p *Policy, at time.Time) Verdict {
	at = judgedAt(e, p, at)
	run := &process{at: at, policy: p}
	v := Verdict{Evidence: e, BestTime: at, Intact: intact(&e.Token)}
	for i, t := range e.Timestamps {
		if i == maxStampsPerProcess {
			break
		}
		v.Stamps = append(v.Stamps, run.stamp(t))
	}
	v.Basic = run.basic(&v)
	end := v.Basic
	if end == passed || end.among(CryptoConstraintsNoPOE, RevokedNoPOE, RevokedCANoPOE, TryLater, OutOfBoundsNoPOE, OutOfBoundsNotRevoked) {
		v.LongTerm = run.longTerm(&v)
		if end = v.LongTerm; end.among(OutOfBoundsNoPOE) && !e.Archival {
			// Nothing says what the certificate was worth at that time either: it is
			// no part of the answer.
			v.BestTime, v.Proof = at, ""
		}
	}
	if e.Archival && (end == passed || end.among(RevokedNoPOE, RevokedCANoPOE, OutOfBoundsNoPOE, OutOfBoundsNotRevoked,
		CryptoConstraintsNoPOE, RevocationOutOfBoundsNoPOE, NoCertificateChainNoPOE, SigConstraintsFailure, TryLater)) {
		v.Archive = run.archive(&v, end)
		end = v.Archive
	}
	v.Conclusion = end.total()
	v.Trusted = v.Conclusion.Indication == TotalPassed
	return v
}

// judgedAt is the time at which a signature is judged.
func judgedAt(e *Evidence, p *Policy, at time.Time) time.Time {
	if t := e.SigningTime; p.AtSigningTime && !t.IsZero() && t.Before(at) {
		return t
	}
	return at
}

// JudgeStamp validates a timestamp by itself (§5.4).
func JudgeStamp(t *Timestamp, p *Policy, at time.Time) StampVerdict {
	return (&process{at: at, policy: p}).stamp(t)
}

func intact(t *Token) bool {
	if !t.Intact {
		return false
	}
	for _, r := range t.References {
		if !r.Manifest && (!r.Found || !r.Intact) {
			return false
		}
	}
	return true
}

// stamp is the basic validation of a timestamp (§5.4).
func (p *process) stamp(t *Timestamp) StampVerdict {
	v := StampVerdict{Timestamp: t}
	v.Conclusion = p.blocks(&t.Token, asTimestamp, &v.Checks, func() chain { return p.stampAcceptance(t, p.at) })
	return v
}

// blocks runs the blocks in their order. FC and ISC end the validation at
// once; the conclusion of XCV is held back until CV has passed.
func (p *process) blocks(t *Token, as role, checks *[]Check, acceptance func() chain) Conclusion {
	for _, c := range []chain{p.formatChecking(t), p.identification(t)} {
		*checks = append(*checks, c.checks...)
		if c.over {
			return c.end
		}
	}
	x := p.x509(t.Chain, as, p.at)
	v := p.cryptographic(t)
	a := acceptance()
	*checks = append(append(append(*checks, x.checks...), v.checks...), a.checks...)
	for _, c := range []chain{v, x, a} {
		if c.over {
			return c.end
		}
	}
	return passed
}

// basic is the validation of basic signatures (§5.3).
func (p *process) basic(v *Verdict) Conclusion {
	as := asSignature
	if v.Counter {
		as = asCounter
	}
	end := p.blocks(&v.Token, as, &v.Checks, func() chain { return p.acceptance(v.Evidence, p.at) })
	// A content timestamp proves that the signature is later than itself.
	for _, s := range v.Stamps {
		if !s.content() || s.Conclusion != passed {
			continue
		}
		signer := v.signer()
		switch {
		case signer == nil:
		case end.among(RevokedNoPOE):
			if r := p.latest(signer, p.at); r != nil && s.GenTime.After(r.Status.At) {
				return failed(Revoked)
			}
		case end.among(OutOfBoundsNoPOE, OutOfBoundsNotRevoked) && s.GenTime.After(signer.NotAfter):
			return failed(Expired)
		case end.among(CryptoConstraintsNoPOE):
			if c := p.cryptoAt(v, s.GenTime); c.over {
				return indeterminate(CryptoConstraintsFailure)
			}
		}
	}
	return end
}

// cryptoAt checks every algorithm of the signature, its chain and its
// revocation data at another time than the present.
func (p *process) cryptoAt(v *Verdict, at time.Time) chain {
	c := chain{block: "LTV"}
	p.crypto(&c, &v.Token, at)
	for _, x := range v.Chain {
		if x.Trusted {
			break
		}
		p.fitness(&c, x.Algorithm, x.KeyBits, at, ofCert)
		if r := p.latest(x, p.at); r != nil {
			p.fitness(&c, r.Algorithm, r.KeyBits, at, ofRevocation)
		}
	}
	return c
}

// bestTime is the earliest time at which an accepted signature timestamp
// proves the signature.
func (p *process) bestTime(v *Verdict) {
	for _, s := range v.Stamps {
		if _, ok := s.imprint(); !ok || s.Conclusion != passed {
			continue
		}
		if s.Kind != StampSignature && s.Kind != StampDocument {
			continue
		}
		if s.GenTime.Before(v.BestTime) {
			v.BestTime, v.Proof = s.GenTime, s.ID
		}
	}
}

// longTerm is the validation of signatures with time and long-term data
// (§5.5).
func (p *process) longTerm(v *Verdict) Conclusion {
	p.bestTime(v)
	bst, was, signer := v.BestTime, v.Basic, v.signer()
	c := chain{block: "LTV"}
	defer func() { v.Checks = append(v.Checks, c.checks...) }()
	if was.among(RevokedNoPOE, RevokedCANoPOE) {
		at := p.revokedAt(v)
		c.check(at.After(bst), Fail, was, RuleNotProved)
	}
	c.check(!bst.Before(signer.NotBefore), Fail, failed(NotYetValid), RuleNotYetValid)
	switch {
	case was.among(OutOfBoundsNotRevoked):
		c.check(!bst.After(signer.NotAfter), Fail, was, RuleNotProved)
	case was.among(OutOfBoundsNoPOE):
		c.check(false, Fail, was, RuleNotProved)
	case was.among(CryptoConstraintsNoPOE):
		again := p.cryptoAt(v, bst)
		c.check(!again.over, Fail, was, RuleNotProved)
	case was.among(TryLater):
		c.check(p.freshAt(v, bst), Fail, was, RuleStale)
	}
	c.check(ordered(v.Stamps), Warn, indeterminate(TimestampOrderFailure), RuleStampOrder)
	if m := p.policy.MaxDelay; m > 0 && !v.SigningTime.IsZero() {
		c.check(bst.Sub(v.SigningTime) <= m, Fail, indeterminate(SigConstraintsFailure), RuleStampDelay)
	}
	return c.conclude()
}

// revokedAt is the time of the revocation that the basic validation met.
func (p *process) revokedAt(v *Verdict) time.Time {
	for _, x := range v.Chain {
		if x.Trusted {
			break
		}
		if r := p.latest(x, p.at); r != nil && r.Status.Revoked {
			return r.Status.At
		}
	}
	return time.Time{}
}

// freshAt: revocation data that were not good enough now may have been at the
// best signature time, and a suspension may be later than it.
func (p *process) freshAt(v *Verdict, bst time.Time) bool {
	for _, x := range v.Chain {
		if x.Trusted {
			break
		}
		r := p.latest(x, p.at)
		if r == nil {
			continue
		}
		if r.Status.Hold() && !r.Status.At.After(bst) {
			return false
		}
		if m := p.policy.MaxFreshness; m > 0 && r.ThisUpdate.Before(bst.Add(-m)) {
			return false
		}
	}
	return true
}

var stampRank = map[string]int{StampContent: 0, StampAllData: 0, StampIndividualData: 0, StampSignature: 1, StampRefs: 2, StampRefsOnly: 2, StampArchive: 3}

// ordered reports whether no timestamp is older than one that had to exist
// before it.
func ordered(l []StampVerdict) bool {
	for _, a := range l {
		for _, b := range l {
			ra, oka := stampRank[a.Kind]
			rb, okb := stampRank[b.Kind]
			if oka && okb && ra < rb && a.GenTime.After(b.GenTime) {
				return false
			}
		}
		if len(l) > 64 {
			break
		}
	}
	return true
}

// Findings says a verdict as findings, located where the signature is.
func (v *Verdict) Findings(r *report.Report, where report.Location) {
	said := map[*report.Rule]bool{}
	say := func(rule *report.Rule, s report.Severity, params []report.Param) {
		if !said[rule] {
			said[rule] = true
			r.AddAs(s, rule, where, params...)
		}
	}
	for _, c := range v.Checks {
		if c.Passed {
			continue
		}
		s := c.Rule.Severity
		if c.Level != Fail && s > report.Warning {
			s = report.Warning
		}
		if s >= report.Error && v.Conclusion.Indication != TotalFailed {
			s = report.Warning
		}
		say(c.Rule, s, c.Params)
	}
	for _, f := range v.Notes {
		say(f.Rule, f.Rule.Severity, f.Params)
	}
	for _, s := range v.Stamps {
		s.Findings(r, where)
	}
}

// Findings says the verdict of a timestamp as findings. A timestamp that is
// not accepted proves nothing; it does not make the document invalid.
func (s *StampVerdict) Findings(r *report.Report, where report.Location) {
	switch {
	case s.Conclusion == passed || s.Conclusion.Sub == NoCertificateChainFound:
	case s.Conclusion.Sub == HashFailure:
		r.Add(RuleStampDiffers, where)
	default:
		fr, en := inspect.Conclusion(s.Conclusion.String())
		r.Add(RuleStampRefused, where, report.Named("why", s.Conclusion.String(), fr, en))
	}
	for _, f := range s.Notes {
		r.Add(f.Rule, f.Where, f.Params...)
	}
}

// earliest returns the first end date among the algorithms of a certificate
// and of its revocation data; ok is false when one was never acceptable.
func (p *process) earliest(x *Cert, r *Revocation) (end time.Time, ok bool) {
	ends := []func() (time.Time, bool){func() (time.Time, bool) { return p.policy.Crypto.End(x.Algorithm, x.KeyBits) }}
	if r != nil {
		ends = append(ends, func() (time.Time, bool) { return p.policy.Crypto.End(r.Algorithm, r.KeyBits) })
	}
	for _, f := range ends {
		t, good := f()
		if !good {
			return end, false
		}
		if u := p.policy.Crypto.Updated; !t.IsZero() && !u.IsZero() && t.After(u) {
			continue
		}
		if !t.IsZero() && (end.IsZero() || t.Before(end)) {
			end = t
		}
	}
	return end, true
}
