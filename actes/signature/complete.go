package signature

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/liasse/liasse/actes/signature/trust"
)

// Complete puts the facts of signatures and of timestamps by themselves right
// with what does not come from the file: the lists and responses of the
// options, then what their fetcher gives for what is still missing. Formats call
// it once everything is read and before anything is judged. So nothing from
// outside raises the level of a signature or is covered by its timestamps: it
// is held to exist since the present only (EN 319 102-1 §5.6.2.3).
//
// The order is that in which the answers can be verified: issuers until an
// anchor is met, for the signer and for its timestamps; then, from the anchor
// down, the revocation status, by OCSP and else by list. Only signatures that
// are intact are worth a request, and revocation is asked only of authorities
// that lead to an anchor. The error is that of the context.
func (p *Pool) Complete(ctx context.Context, opt Options, rep *Report, l []*Evidence, stamps ...*Timestamp) error {
	given := len(p.CRLs) + len(p.OCSPs)
	p.late(opt)
	c := &completion{pool: p, opt: opt, asking: opt.asking}
	if given != len(p.CRLs)+len(p.OCSPs) {
		c.changed()
	}
	for _, e := range l {
		as, at := asSignature, judgedAt(e, opt.Policy, opt.At)
		if e.Counter {
			as = asCounter
		}
		c.want(&e.Token, as, at, intact(&e.Token))
		for i, t := range e.Timestamps {
			if i < maxStampsPerProcess {
				found, same := t.imprint()
				c.want(&t.Token, asTimestamp, at, t.Intact && found && same)
			}
		}
	}
	for _, t := range stamps {
		found, same := t.imprint()
		c.want(&t.Token, asTimestamp, opt.At, t.Intact && (same || !found))
	}
	c.uncover(l, stamps)
	// With no anchor to lead to, nothing that could be fetched would be believed.
	if opt.Fetcher != nil && p.Store.Len() > 0 {
		if err := c.fetch(ctx); err != nil {
			return err
		}
	}
	if c.dirty {
		for _, w := range c.wants {
			w.token.Chain = p.Chain(w.token.Chain[0].X509)
		}
	}
	rep.Fetched.Add(c.got)
	c.got.Findings(rep.Findings)
	return nil
}

// uncover takes from what timestamps are over the certificates of the chains
// that the file does not hold: nobody saw them when the timestamps were made.
func (c *completion) uncover(l []*Evidence, stamps []*Timestamp) {
	outside := map[string]bool{}
	for _, w := range c.wants {
		for _, x := range w.token.Chain {
			if !c.pool.isOwn[x.ID] {
				outside[x.ID] = true
			}
		}
	}
	if len(outside) == 0 {
		return
	}
	drop := func(t *Timestamp) {
		t.Covers = slices.DeleteFunc(t.Covers, func(id string) bool { return outside[id] })
	}
	for _, e := range l {
		for _, t := range e.Timestamps {
			drop(t)
		}
	}
	for _, t := range stamps {
		drop(t)
	}
}

// completion is one call of Complete.
type completion struct {
	pool  *Pool
	opt   Options
	wants []want
	got   Fetched
	// dirty says that facts have changed since the chains were built.
	dirty bool
	*asking
	ctx context.Context // with the time allowed for requests
}

// want is a token whose chain may lack something.
type want struct {
	token *Token
	as    role
	at    time.Time
	// worth says that it can be worth asking for.
	worth bool
}

func (c *completion) want(t *Token, as role, at time.Time, worth bool) {
	if len(t.Chain) > 0 && t.Chain[0].X509 != nil {
		c.wants = append(c.wants, want{t, as, at, worth && len(t.Format) == 0})
	}
}

// changed forgets the facts, which more is now known for.
func (c *completion) changed() {
	c.pool.facts, c.dirty = map[string]*Cert{}, true
}

func (c *completion) fetch(ctx context.Context) error {
	timed, cancel := context.WithTimeout(ctx, cmp.Or(c.opt.Fetching.Time, time.Minute))
	defer cancel()
	c.ctx = timed
	type key struct {
		id string
		as role
		at time.Time
	}
	for _, step := range []func(x *trust.Certificate, w want){c.issuers, c.statuses} {
		done := map[key]bool{}
		for _, w := range c.wants {
			x := w.token.Chain[0].X509
			k := key{x.ID(), w.as, w.at}
			if !w.worth || done[k] {
				continue
			}
			done[k] = true
			step(x, w)
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

// issuers asks for the certificates above x until a path ends at an anchor.
func (c *completion) issuers(x *trust.Certificate, _ want) {
	for range maxFetchedIssuers {
		path := c.pool.first(x)
		if path.Anchored || !c.above(path.Certificates) {
			return
		}
		c.changed()
	}
}

const maxFetchedIssuers = 16

// above asks for an issuer of the certificates of a path, the last first: it is
// the one that lacks, but one below may have been certified by others as well.
func (c *completion) above(path []*trust.Certificate) bool {
	for _, y := range slices.Backward(path) {
		if c.pool.selfSigned(y) {
			continue
		}
		for _, q := range c.queries(WantIssuer, y, y.Addresses().Issuers) {
			a := c.ask(q, y)
			if a == nil {
				continue
			}
			if c.certificates(a, y) {
				c.record(q, y, a, Obtained)
				return true
			}
			out := a.outcome
			if out == Obtained && !slices.ContainsFunc(a.certs, func(k *trust.Certificate) bool { return c.issued(k, y) }) {
				out = Foreign
			}
			c.record(q, y, a, out)
		}
	}
	return false
}

// maxTries bounds the signatures that certificates received are tried on.
const maxTries = 2000

// issued reports whether k signed y and bears the name of its issuer. Beyond the
// limit it did not.
func (c *completion) issued(k, y *trust.Certificate) bool {
	if !k.Subject.Equal(y.Issuer) {
		return false
	}
	c.tries++
	return c.tries <= maxTries && y.SignedBy(k.Key) == nil
}

// certificates takes from an answer the issuers of y, and theirs. It reports
// whether any of them was not known.
func (c *completion) certificates(a *answer, y *trust.Certificate) bool {
	below, grew := []*trust.Certificate{y}, false
	for i := 0; i < len(below) && i < maxFetchedIssuers; i++ {
		for _, k := range a.certs {
			if !c.issued(k, below[i]) || slices.Contains(below, k) {
				continue
			}
			below = append(below, k)
			if !c.pool.Store.Has(k) {
				c.pool.Store.Add(k)
				c.got.Certificates = append(c.got.Certificates, k)
				grew = true
			}
		}
	}
	return grew
}

// statuses asks for the revocation status of the certificates below the anchor,
// from the top: the list that speaks of one is signed by the one above.
func (c *completion) statuses(x *trust.Certificate, w want) { c.chain(x, w.as, w.at, 0) }

// maxResponders bounds the asking for the status of who signed a status.
const maxResponders = 2

func (c *completion) chain(x *trust.Certificate, as role, at time.Time, depth int) {
	l := c.pool.Chain(x)
	i := slices.IndexFunc(l, func(x *Cert) bool { return x.Trusted }) - 1
	for ; i >= 0 && i+1 < len(l); i-- {
		if c.status(l[i], l[i+1].X509, as, at, i == 0, depth) {
			l = c.pool.Chain(x)
		}
	}
}

// status asks for the status of one certificate where none that is good is
// known. It reports whether the facts have changed.
func (c *completion) status(x *Cert, issuer *trust.Certificate, as role, at time.Time, signer bool, depth int) bool {
	level := c.opt.Policy.Revocation
	if as > asCounter && !signer {
		level = c.opt.Policy.StampCA
	}
	if level == Ignore || !needsRevocation(x, as, signer) {
		return false
	}
	run := &process{at: at, policy: c.opt.Policy}
	if last := run.latest(x, at); last != nil &&
		(last.Status.Revoked && !last.Status.Hold() || fresh(last, c.opt.Policy, at) || !x.valid(at)) {
		// A revocation is not taken back, and of an expired certificate nothing
		// newer is published.
		return false
	}
	a := x.X509.Addresses()
	if as != asRevocation || !signer { // a responder does not vouch for itself
		for _, q := range c.queries(WantOCSP, x.X509, a.OCSP) {
			if c.ocsp(q, x, issuer, run, depth) {
				return true
			}
		}
	}
	for _, q := range c.queries(WantCRL, x.X509, a.CRLs) {
		if c.crl(q, x, issuer, run) {
			return true
		}
	}
	return false
}

// fresh is revocation freshness (EN 319 102-1 §5.2.5): no older than the policy
// wants, or where it wants nothing, not superseded yet.
func fresh(r *Revocation, p *Policy, at time.Time) bool {
	if p.MaxFreshness > 0 {
		return !r.ThisUpdate.Before(at.Add(-p.MaxFreshness))
	}
	return !r.NextUpdate.IsZero() && !r.NextUpdate.Before(at)
}

// usable says what revocation data just received are worth. What is out of date
// is believed all the same when it says revoked.
func usable(r *Revocation, x *Cert, run *process, answered bool) Outcome {
	switch {
	case r == nil, r.Unknown, r.HashDiffers:
		return Foreign
	case !r.speaks(x):
		return Silent
	case !run.acceptable(x, r, run.at):
		return Unproved
	case r.Status.Revoked && !r.Status.Hold(), fresh(r, run.policy, run.at):
		return Obtained
	case answered && run.policy.MaxFreshness == 0 && r.NextUpdate.IsZero():
		return Obtained // made for this very request
	}
	return OutOfDate
}

// ocsp asks a responder for the status of x.
func (c *completion) ocsp(q Query, x *Cert, issuer *trust.Certificate, run *process, depth int) bool {
	if q.nonce = c.nonce(); q.nonce != nil {
		q.Once = true
	}
	q.Request = trust.OCSPRequest(x.X509, issuer, q.nonce)
	a := c.ask(q, x.X509)
	if a == nil {
		return false
	}
	out := a.outcome
	if out == Obtained {
		answered := a.nonce != nil && bytes.Equal(a.ocsp.Nonce, a.nonce)
		r := c.pool.response(a.ocsp, x.X509, issuer)
		if r != nil && depth < maxResponders && r.issuer() != nil && !r.issuer().Trusted && len(r.issuer().Revocations) == 0 {
			// A responder that does not say it need not be checked is.
			c.chain(r.issuer().X509, asRevocation, run.at, depth+1)
			r = c.pool.response(a.ocsp, x.X509, issuer)
		}
		if out = usable(r, x, run, answered); out == Obtained && a.nonce != nil && a.ocsp.Nonce != nil && !answered {
			out = Unproved // made for somebody else's request
		}
	}
	c.record(q, x.X509, a, out)
	if out == Obtained {
		c.keep(nil, a.ocsp)
	}
	return out == Obtained
}

// keep gives the pool what was received and proved.
func (c *completion) keep(crls []*trust.CRL, ocsps ...*trust.OCSP) {
	p := c.pool
	n, m := len(p.CRLs), len(p.OCSPs)
	p.late(Options{CRLs: crls, OCSPs: ocsps})
	c.got.CRLs = append(c.got.CRLs, p.CRLs[n:]...)
	c.got.OCSPs = append(c.got.OCSPs, p.OCSPs[m:]...)
	c.changed()
}

// crl asks for the list that speaks of x, and for the changes to it.
func (c *completion) crl(q Query, x *Cert, issuer *trust.Certificate, run *process) bool {
	a := c.ask(q, x.X509)
	if a == nil {
		return false
	}
	out, use := a.outcome, []*trust.CRL{a.crl}
	if out == Obtained {
		known := c.pool.CRLs
		r := c.pool.list(a.crl, x.X509, issuer, known)
		if out = usable(r, x, run, false); r != nil && r.Intact && !(r.Status.Revoked && !r.Status.Hold()) {
			// The list may be superseded and its changes not.
			for _, d := range c.deltas(a.crl, x, issuer, run) {
				r := c.pool.list(a.crl, x.X509, issuer, append(known[:len(known):len(known)], d))
				if usable(r, x, run, false) == Obtained {
					out, use = Obtained, append(use, d)
				}
			}
		}
	}
	c.record(q, x.X509, a, out)
	if out == Obtained {
		c.keep(use)
	}
	return out == Obtained
}

// deltas asks for the lists of changes to l.
func (c *completion) deltas(l *trust.CRL, x *Cert, issuer *trust.Certificate, run *process) (out []*trust.CRL) {
	at := l.Deltas()
	for _, u := range x.X509.Addresses().Deltas {
		if !slices.Contains(at, u) {
			at = append(at, u)
		}
	}
	for _, q := range c.queries(WantDelta, x.X509, at) {
		a := c.ask(q, x.X509)
		if a == nil {
			continue
		}
		what := a.outcome
		if what == Obtained {
			switch d := a.crl; {
			case !d.Delta() || !d.Issuer.Equal(l.Issuer):
				what = Foreign
			case !l.AmendedBy(d, issuer):
				what = Unproved
			case !fresh(&Revocation{ThisUpdate: d.ThisUpdate, NextUpdate: d.NextUpdate}, run.policy, run.at):
				what = OutOfDate
			default:
				out = append(out, d)
			}
		}
		c.record(q, x.X509, a, what)
	}
	return out
}
