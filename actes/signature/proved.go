package signature

import "github.com/liasse/liasse/actes/signature/trust"

// proved remembers signatures that were verified, so that facts can be
// established again, when more is known, without verifying them again.
type proved struct {
	// of is how many certificates and anchors the store had: paths and responders
	// are those among them.
	of         [2]int
	paths      map[string]trust.Path
	responders map[[2]string]*trust.Certificate
	self       map[string]bool
	// lists tells which certificate's key signed which list: one may be of many
	// megabytes, and each certificate looked up in it asks.
	lists map[[2]string]bool
}

func newProved() proved { return proved{self: map[string]bool{}, lists: map[[2]string]bool{}} }

// current forgets what a store that has grown since may answer otherwise.
func (p *Pool) current() *proved {
	if of := [2]int{p.Store.Size(), p.Store.Len()}; p.proved.paths == nil || of != p.proved.of {
		p.proved.of, p.proved.paths, p.proved.responders = of, map[string]trust.Path{}, map[[2]string]*trust.Certificate{}
	}
	return &p.proved
}

// remember returns what is known under the key, found out when it is not.
func remember[K comparable, V any](m map[K]V, k K, find func() V) V {
	v, ok := m[k]
	if !ok {
		v = find()
		m[k] = v
	}
	return v
}

// first is the best path of a certificate.
func (p *Pool) first(c *trust.Certificate) trust.Path {
	return remember(p.current().paths, c.ID(), func() trust.Path { return p.Store.First(c) })
}

// responder finds who signed a response: one of its own certificates, the
// issuer, or any other at hand.
func (p *Pool) responder(o *trust.OCSP, issuer *trust.Certificate) *trust.Certificate {
	return remember(p.current().responders, [2]string{o.ID(), issuer.ID()}, func() *trust.Certificate {
		return o.Signer(append([]*trust.Certificate{issuer}, p.Store.Certificates()...)...)
	})
}

func (p *Pool) selfSigned(c *trust.Certificate) bool {
	return remember(p.proved.self, c.ID(), c.SelfSigned)
}

func (p *Pool) signedBy(l *trust.CRL, issuer *trust.Certificate) bool {
	return remember(p.proved.lists, [2]string{l.ID(), issuer.ID()}, func() bool { return l.SignedBy(issuer.Key) == nil })
}
