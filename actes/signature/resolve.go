package signature

import (
	"bytes"
	"slices"

	"github.com/liasse/liasse/actes/signature/trust"
)

// Pool gathers what a validation knows beside the file's own structure:
// anchors, certificates, lists and responses, of the user and of the file. It
// establishes the facts about certificates, each once. There is one for each
// call of a validation, used by one goroutine: what many validations share is
// the store of the options, which is only read, and their fetcher.
type Pool struct {
	Store *trust.Store
	CRLs  []*trust.CRL
	OCSPs []*trust.OCSP

	facts  map[string]*Cert
	seen   map[string]bool
	own    []string // IDs of what the file brought
	isOwn  map[string]bool
	proved proved
	depth  int
}

// Limits of a pool: revocation data of one file.
const maxRevocations = 2000

// NewPool returns a pool that begins with the anchors and certificates of the
// store, which is not changed.
func NewPool(s *trust.Store) *Pool {
	return &Pool{Store: s.Clone(), facts: map[string]*Cert{}, seen: map[string]bool{}, isOwn: map[string]bool{}, proved: newProved()}
}

// AddCertificates adds certificates of the file that may lie on a path.
func (p *Pool) AddCertificates(l ...*trust.Certificate) {
	p.Store.Add(l...)
	for _, c := range l {
		if c != nil {
			p.bring(c.ID())
		}
	}
}

// AddCRL adds a list of the file.
func (p *Pool) AddCRL(l *trust.CRL) {
	p.bring(l.ID())
	p.addCRL(l)
}

func (p *Pool) addCRL(l *trust.CRL) {
	if !p.seen[l.ID()] && len(p.CRLs) < maxRevocations {
		p.seen[l.ID()] = true
		p.CRLs = append(p.CRLs, l)
	}
}

// AddOCSP adds a response of the file, and the certificates it brings.
func (p *Pool) AddOCSP(o *trust.OCSP) {
	p.bring(o.ID())
	for _, c := range o.Certificates {
		p.bring(c.ID())
	}
	p.addOCSP(o)
}

func (p *Pool) addOCSP(o *trust.OCSP) {
	if !p.seen[o.ID()] && len(p.OCSPs) < maxRevocations {
		p.seen[o.ID()] = true
		p.OCSPs = append(p.OCSPs, o)
		p.Store.Add(o.Certificates...)
	}
}

func (p *Pool) bring(id string) {
	if !p.isOwn[id] {
		p.isOwn[id] = true
		p.own = append(p.own, id)
	}
}

// Own returns the IDs of the certificates, lists and responses that the file
// itself brought, in that order: what its timestamps can be over.
func (p *Pool) Own() []string { return slices.Clone(p.own) }

// late adds the lists and responses that do not come from the file.
func (p *Pool) late(o Options) {
	for _, l := range o.CRLs {
		p.addCRL(l)
	}
	for _, r := range o.OCSPs {
		p.addOCSP(r)
	}
}

// Gather returns the IDs of the certificates, lists and responses that fill
// adds to the pool: what one part of a file brings.
func (p *Pool) Gather(fill func()) (ids []string) {
	known := map[string]bool{}
	for _, c := range p.Store.Certificates() {
		known[c.ID()] = true
	}
	crls, ocsps := len(p.CRLs), len(p.OCSPs)
	fill()
	for _, c := range p.Store.Certificates() {
		if !known[c.ID()] {
			ids = append(ids, c.ID())
		}
	}
	for _, l := range p.CRLs[crls:] {
		ids = append(ids, l.ID())
	}
	for _, r := range p.OCSPs[ocsps:] {
		ids = append(ids, r.ID())
	}
	return ids
}

// Chain returns the facts of a certificate and of those above it, up to the
// first anchor, or as far as is known.
func (p *Pool) Chain(c *trust.Certificate) []*Cert {
	if c == nil {
		return nil
	}
	path := p.first(c)
	l := path.Certificates
	out := make([]*Cert, len(l))
	for i, x := range l {
		var issuer *trust.Certificate
		if i+1 < len(l) {
			issuer = l[i+1]
		}
		out[i] = p.fact(x, issuer, i)
	}
	if path.Anchored {
		// What was refused once on the way to another certificate stays refused.
		r := path.Restrictions()
		if r.Names != nil {
			p.facts[r.Names.ID()].NamesOK = false
		}
		if r.Policy != nil {
			p.facts[r.Policy.ID()].PoliciesLost = true
		}
	}
	return out
}

func (p *Pool) fact(c, issuer *trust.Certificate, below int) *Cert {
	if f := p.facts[c.ID()]; f != nil {
		return f
	}
	f := &Cert{
		ID: c.ID(), X509: c, NotBefore: c.NotBefore, NotAfter: c.NotAfter,
		Algorithm: c.Algorithm, PublicScheme: c.Key.Scheme, PublicBits: c.Key.Bits,
		CA: c.CA, PathLenOK: c.PathLen < 0 || below-1 <= c.PathLen, KeyUsage: c.KeyUsage, EKU: c.EKU, EKUCritical: c.EKUCritical,
		HasSKI: len(c.SubjectKeyID) > 0, HasAKI: len(c.AuthorityKeyID) > 0,
		OCSPNoCheck: c.OCSPNoCheck, NoRevocation: c.NoRevocation, ShortTerm: c.ShortTerm,
		NamesOK: true, Policies: c.Policies, UnknownExts: len(c.Unknown) > 0,
	}
	p.facts[c.ID()] = f
	if a, ok := p.Store.Anchor(c); ok {
		f.Trusted, f.Sunset, f.Periods = true, a.Sunset, a.Periods
	}
	f.SelfSigned = p.selfSigned(c)
	switch {
	case issuer != nil:
		f.SignatureIntact = true // the path was built on it
		f.IssuerNameOK = c.Issuer.Equal(issuer.Subject)
		f.KeyBits = issuer.Key.Bits
		p.revocations(f, c, issuer)
	case f.SelfSigned:
		f.SignatureIntact, f.IssuerNameOK, f.KeyBits = true, true, c.Key.Bits
	}
	return f
}

const maxRevocationDepth = 4

// revocations gathers what every list and response says of the certificate.
func (p *Pool) revocations(f *Cert, c, issuer *trust.Certificate) {
	if p.depth >= maxRevocationDepth {
		return
	}
	p.depth++
	defer func() { p.depth-- }()
	for _, o := range p.OCSPs {
		if r := p.response(o, c, issuer); r != nil {
			f.Revocations = append(f.Revocations, r)
		}
	}
	for _, l := range p.CRLs {
		if r := p.list(l, c, issuer, p.CRLs); r != nil {
			f.Revocations = append(f.Revocations, r)
		}
	}
}

// response returns what an OCSP response says of a certificate, nil when it
// does not speak of it.
func (p *Pool) response(o *trust.OCSP, c, issuer *trust.Certificate) *Revocation {
	a, ok := o.Find(c, issuer)
	if !ok {
		return nil
	}
	r := &Revocation{ID: o.ID(), OCSP: true, Status: a.Status, Unknown: a.Unknown, ThisUpdate: a.ThisUpdate,
		NextUpdate: a.NextUpdate, ProducedAt: o.ProducedAt, Cutoff: a.Cutoff, HashDiffers: a.HashDiffers, Algorithm: o.Algorithm}
	if s := p.responder(o, issuer); s != nil {
		r.Intact, r.KeyBits = true, s.Key.Bits
		r.Chain = p.Chain(s)
		// RFC 6960 §4.2.2.2: the issuer itself, a responder it delegated, or one
		// the user trusts, which a chain to an anchor of his stands for.
		anchored := slices.ContainsFunc(r.Chain, func(c *Cert) bool { return c.Trusted })
		r.Delegated = s.Key.Equal(issuer.Key) || s.HasEKU(trust.EKUOCSPSigning) && (s.Issuer.Equal(issuer.Subject) || anchored)
	}
	return r
}

// list returns what a list, with the changes to it among those given, says of a
// certificate; nil when it does not speak of it.
func (p *Pool) list(l *trust.CRL, c, issuer *trust.Certificate, changes []*trust.CRL) *Revocation {
	if l.Delta() || l.Unknown || !l.Issuer.Equal(c.Issuer) || !l.Speaks(c) {
		return nil
	}
	if len(l.AuthorityKeyID) > 0 && len(issuer.SubjectKeyID) > 0 && !bytes.Equal(l.AuthorityKeyID, issuer.SubjectKeyID) {
		return nil
	}
	s, _ := l.Find(c.Issuer, c.Serial)
	r := &Revocation{ID: l.ID(), Status: s, ThisUpdate: l.ThisUpdate, NextUpdate: l.NextUpdate,
		ProducedAt: l.ThisUpdate, Cutoff: l.Expired, Algorithm: l.Algorithm}
	if p.signedBy(l, issuer) && (!issuer.HasKeyUsage || issuer.KeyUsage&trust.UsageCRLSign != 0) {
		r.Intact, r.Delegated, r.KeyBits = true, true, issuer.Key.Bits
		r.Chain = p.Chain(issuer)
	}
	var last *trust.CRL
	for _, d := range changes {
		if (last == nil || d.Number != nil && d.Number.Cmp(last.Number) > 0) && l.AmendedBy(d, issuer) {
			last = d
		}
	}
	if last != nil {
		if t, ok := last.Find(c.Issuer, c.Serial); ok {
			r.Status = t
		}
		r.ThisUpdate, r.NextUpdate = last.ThisUpdate, last.NextUpdate
	}
	return r
}
