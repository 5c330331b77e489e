package signature

import (
	"slices"
	"time"

	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/ged/report"
)

// role is what a token is validated as.
type role uint8

const (
	asSignature role = iota
	asCounter
	asTimestamp
	asRevocation
)

// process validates the tokens of one file at one time under one policy.
type process struct {
	at     time.Time
	policy *Policy
	// open are the revocation issuers being validated, against loops.
	open map[string]bool
}

// formatChecking is block FC (§5.2.2).
func (p *process) formatChecking(t *Token) chain {
	c := chain{block: "FC"}
	for _, f := range t.Format {
		c.check(false, Fail, failed(FormatFailure), f.Rule, f.Params...)
	}
	if len(t.Format) == 0 {
		c.check(true, Fail, failed(FormatFailure), RuleFormat, report.Words("why", "", ""))
	}
	for _, f := range t.Doubts {
		c.check(false, p.policy.LaterChanges, failed(FormatFailure), f.Rule, f.Params...)
	}
	return c
}

// identification is block ISC (§5.2.3).
func (p *process) identification(t *Token) chain {
	c := chain{block: "ISC"}
	end := indeterminate(NoSigningCertificateFound)
	c.check(len(t.Chain) > 0, Fail, end, RuleSignerAbsent)
	c.check(!t.RefPresent || !t.RefDigest || t.RefMatches, Fail, end, RuleSignerDiffers)
	return c
}

// cryptographic is block CV (§5.2.7).
func (p *process) cryptographic(t *Token) chain {
	c := chain{block: "CV"}
	for _, manifest := range []bool{false, true} {
		// One after the other, in the order of the signature: the first that is
		// absent or differs decides.
		for _, r := range t.References {
			if r.Manifest != manifest {
				continue
			}
			if !manifest || r.Required {
				c.check(r.Found, Fail, indeterminate(SignedDataNotFound), RuleDataAbsent)
			} else if !r.Found {
				c.check(false, Warn, Conclusion{}, RuleDataAbsent)
			}
			if r.Found {
				c.check(r.Intact, Fail, failed(HashFailure), RuleDataDiffers)
			}
		}
	}
	c.check(t.Intact, Fail, failed(SigCryptoFailure), RuleValue)
	return c
}

// fitness checks an algorithm against the table; digest alone when bits is 0.
func (p *process) fitness(c *chain, a trust.Algorithm, bits int, at time.Time, what [2]string) {
	var f trust.Fitness
	name := string(a.Digest)
	if a.Scheme == "" {
		f = p.policy.Crypto.Digest(a.Digest, at)
	} else {
		f, name = p.policy.Crypto.Signature(a, bits, at), a.String()
	}
	shown := report.Code("algorithm", name)
	if name == "" {
		shown = report.Named("algorithm", name, "de nom inconnu", "of unknown name")
	}
	params := []report.Param{shown, report.Words("what", what[0], what[1])}
	switch f {
	case trust.Never:
		c.check(false, Fail, indeterminate(CryptoConstraintsFailure), RuleAlgorithm, params...)
	case trust.Expired:
		c.check(false, Fail, indeterminate(CryptoConstraintsNoPOE), RuleAlgorithm, params...)
	case trust.Fading:
		c.check(false, Warn, Conclusion{}, RuleAlgorithm, params...)
	default:
		c.check(true, Fail, Conclusion{}, RuleAlgorithm, params...)
	}
}

var (
	ofSignature  = [2]string{"valeur de la signature", "signature value"}
	ofReference  = [2]string{"empreinte du document", "digest of the content"}
	ofCertRef    = [2]string{"empreinte du certificat", "digest of the certificate"}
	ofCert       = [2]string{"certificat de la chaîne", "certificate of the chain"}
	ofRevocation = [2]string{"preuve de révocation", "revocation data"}
)

// crypto checks every algorithm of a token at a time.
func (p *process) crypto(c *chain, t *Token, at time.Time) {
	p.fitness(c, t.Algorithm, t.KeyBits, at, ofSignature)
	for _, r := range t.References {
		if r.Digest != "" {
			p.fitness(c, trust.Algorithm{Digest: r.Digest}, 0, at, ofReference)
		}
	}
}

// acceptance is block SAV (§5.2.8).
func (p *process) acceptance(e *Evidence, at time.Time) chain {
	c := chain{block: "SAV"}
	end := indeterminate(SigConstraintsFailure)
	c.check(e.RefPresent, Warn, end, RuleSignerUnnamed)
	if e.RefPresent {
		c.check(e.RefUnique, Warn, end, RuleSignerSeveral)
		c.check(e.RefSerial, Warn, end, RuleSignerSerial)
	}
	c.check(!e.SigningTime.IsZero(), p.policy.SigningTime, end, RuleTimeAbsent)
	if s := e.signer(); s != nil && !e.SigningTime.IsZero() {
		c.check(s.valid(e.SigningTime), p.policy.SigningTimeInRange, end, RuleTimeOutside)
	}
	c.check(e.AttributesDone || e.AttributesUntyped && p.policy.UntypedAttributes, p.policy.AttributesSigned, end, RuleAttributes)
	p.crypto(&c, &e.Token, at)
	for _, d := range e.RefDigests {
		f := p.policy.Crypto.Digest(d, at)
		c.check(f <= trust.Fading, Warn, Conclusion{}, RuleAlgorithm, report.Code("algorithm", string(d)), report.Words("what", ofCertRef[0], ofCertRef[1]))
	}
	return c
}

// stampAcceptance is SAV for a timestamp.
func (p *process) stampAcceptance(t *Timestamp, at time.Time) chain {
	c := chain{block: "SAV"}
	c.check(t.RefPresent, Warn, Conclusion{}, RuleSignerUnnamed)
	if t.RefPresent {
		c.check(t.RefSerial, Warn, Conclusion{}, RuleSignerSerial)
	}
	p.crypto(&c, &t.Token, at)
	return c
}

// x509 is block XCV (§5.2.6) at a time.
func (p *process) x509(l []*Cert, as role, at time.Time) chain {
	c := chain{block: "XCV"}
	anchor := slices.IndexFunc(l, func(x *Cert) bool { return x.Trusted })
	if anchor < 0 {
		issuer := report.Words("issuer", "celle qui a signé le certificat", "the one that signed the certificate")
		key := report.Named("key", "-", "identifiant de clé inconnu", "key identifier not known")
		if n := len(l); n > 0 && l[n-1].X509 != nil {
			name, id := l[n-1].X509.Missing()
			// The name of an authority is public; that of somebody who signs for
			// himself is not.
			if issuer = report.Code("issuer", name); n == 1 && l[0].SelfSigned {
				issuer = report.P("issuer", name)
			}
			if id != "" {
				key = report.Named("key", id, "identifiant de clé "+id, "key identifier "+id)
			}
		}
		c.check(false, Fail, indeterminate(NoCertificateChainFound), RuleChain, issuer, key)
		return c
	}
	// A proof of existence can only make a signature older: it helps against
	// the end of a period of trust, not against its beginning.
	a := l[anchor].anchor()
	_, began := a.Until(at)
	c.check(began, Fail, indeterminate(NoCertificateChainFound), RuleEarly)
	c.check(a.Trusted(at), Fail, indeterminate(NoCertificateChainNoPOE), RuleSunset)
	for i, x := range l[:anchor] {
		p.certificate(&c, x, i == 0, as, at)
	}
	if anchor > 0 {
		p.validity(&c, l[0], as, at)
	}
	return c
}

// validity checks, once every certificate has passed, that the signer's is
// within its validity, and so that of who signed its revocation data.
func (p *process) validity(c *chain, x *Cert, as role, at time.Time) {
	c.of = x.ID
	defer func() { c.of = "" }()
	var last *Revocation
	needed := needsRevocation(x, as, true)
	if needed {
		last = p.latest(x, at)
	}
	good, level := true, Ignore
	if as == asSignature {
		level = Fail
	}
	if last != nil && level == Fail {
		good = last.issuer().Trusted || last.issuer().valid(at)
	}
	end := indeterminate(OutOfBoundsNoPOE)
	if !needed || last != nil && !last.Status.Revoked && good {
		end = indeterminate(OutOfBoundsNotRevoked)
	}
	c.check(x.valid(at), Fail, end, RuleCertValidity, report.Date("at", at.UTC().Format(time.DateOnly)))
	c.check(good, level, indeterminate(RevocationOutOfBoundsNoPOE), RuleRevocationUnusable)
}

// needsRevocation tells whether revocation data are required of a certificate.
func needsRevocation(x *Cert, as role, signer bool) bool {
	switch {
	case x.Trusted, x.ShortTerm, x.NoRevocation && signer, x.SelfSigned:
		return false
	case as == asRevocation && x.OCSPNoCheck:
		return false
	}
	return true
}

// certificate is the sub-block for one certificate below the anchor, in the
// order of the reference validator.
func (p *process) certificate(c *chain, x *Cert, signer bool, as role, at time.Time) {
	c.of = x.ID
	defer func() { c.of = "" }()
	pol, general := p.policy, indeterminate(ChainGeneralFailure)
	constraints := indeterminate(ChainConstraintsFailure)
	if signer && as <= asCounter {
		c.check(!x.SelfSigned, Warn, constraints, RuleSelfSigned)
	}
	c.check(x.SignatureIntact, Fail, general, RuleCertSignature)
	if !signer {
		c.check(x.CA, Fail, general, RuleCertCA)
	}
	c.check(x.IssuerNameOK, Fail, general, RuleCertIssuer)
	switch {
	case !signer:
		c.check(x.PathLenOK, Fail, general, RuleCertPath)
		c.check(x.KeyUsage&trust.UsageCertSign != 0, Fail, constraints, RuleCertUsage)
		c.check(x.HasSKI, pol.SelfIdentifier, constraints, RuleCertKeyID)
	case as <= asCounter:
		c.check(x.KeyUsage&trust.UsageNonRepudiation != 0, pol.KeyUsage, constraints, RuleCertUsage)
	case as == asTimestamp:
		c.check(slices.Contains(x.EKU, trust.EKUTimeStamping), Fail, constraints, RuleCertPurpose)
		c.check(x.EKUCritical && len(x.EKU) == 1, Warn, constraints, RuleCertPurpose)
	}
	if w := pol.CertificatePolicies; len(w) > 0 && signer && as <= asCounter {
		stated := slices.ContainsFunc(x.Policies, func(o string) bool { return slices.Contains(w, o) })
		c.check(stated, Fail, constraints, RuleCertPolicies)
	}
	c.check(!x.PoliciesLost, pol.Policies, general, RuleCertPolicies)
	c.check(x.NamesOK, pol.Names, general, RuleCertNames)
	c.check(!x.UnknownExts, pol.Critical, general, RuleCertExtension)
	if as != asRevocation || !signer {
		c.check(!x.OCSPNoCheck, Fail, constraints, RuleCertForbidden)
	}
	var last *Revocation
	if needsRevocation(x, as, signer) {
		level := pol.Revocation
		if as > asCounter && !signer {
			level = pol.StampCA
		}
		c.check(len(x.Revocations) > 0, level, general, RuleRevocationNone)
		if len(x.Revocations) > 0 {
			last = p.latest(x, at)
			c.check(last != nil, level, general, RuleRevocationUnusable)
		}
		if last != nil {
			p.status(c, last, signer, at)
		}
	}
	p.fitness(c, x.Algorithm, x.KeyBits, at, ofCert)
	if last != nil {
		p.fitness(c, last.Algorithm, last.KeyBits, at, ofRevocation)
	}
}

// status checks what the chosen revocation data say.
func (p *process) status(c *chain, r *Revocation, signer bool, at time.Time) {
	when := report.Date("at", r.Status.At.UTC().Format(time.DateOnly))
	revoked := r.Status.Revoked && !r.Status.Hold() && !r.Status.At.After(at)
	end := indeterminate(RevokedNoPOE)
	if !signer {
		end = indeterminate(RevokedCANoPOE)
	}
	c.check(!revoked, Fail, end, RuleRevoked, when)
	c.check(!r.Status.Hold() || r.Status.At.After(at), Fail, indeterminate(TryLater), RuleHold, when)
	if m := p.policy.MaxFreshness; m > 0 {
		c.check(!r.ThisUpdate.Before(at.Add(-m)), Fail, indeterminate(TryLater), RuleStale)
	}
}

// latest selects the newest acceptable revocation data (§11.3 CRS).
func (p *process) latest(x *Cert, at time.Time) *Revocation {
	var best *Revocation
	for _, r := range x.Revocations {
		if !p.acceptable(x, r, at) {
			continue
		}
		if best == nil || r.ProducedAt.After(best.ProducedAt) {
			best = r
		}
	}
	return best
}

// acceptable is the revocation acceptance check, RAC. Data published after at
// are heard, for whoever judges at a past time gathers them later: their status
// carries its date, and the newest know best.
func (p *process) acceptable(x *Cert, r *Revocation, at time.Time) bool {
	i := r.issuer()
	switch {
	case r.Unknown, r.ThisUpdate.IsZero(), r.HashDiffers, !r.Intact, !r.Delegated, i == nil:
		return false
	case !i.Trusted && !i.valid(r.ProducedAt):
		return false
	}
	if !r.speaks(x) {
		return false
	}
	if p.open[r.ID] {
		return true
	}
	if p.open == nil {
		p.open = map[string]bool{}
	}
	p.open[r.ID] = true
	defer delete(p.open, r.ID)
	c := p.x509(r.Chain, asRevocation, at)
	end := c.conclude()
	return end == passed || end.among(RevokedNoPOE, RevokedCANoPOE, OutOfBoundsNoPOE, OutOfBoundsNotRevoked,
		CryptoConstraintsNoPOE, RevocationOutOfBoundsNoPOE, NoCertificateChainNoPOE)
}
