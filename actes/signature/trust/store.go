package trust

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/liasse/liasse/internal/folder"
)

// Anchor is a certificate trusted for what it is: where a path may end. An
// anchor may be a root, an intermediate or a signer's own certificate.
type Anchor struct {
	Certificate *Certificate
	// Sunset is when it ceased to be trusted, for instance the day it was
	// withdrawn from a trusted list; zero when it is trusted still.
	Sunset time.Time
	// Periods, when there are any, are all the times during which it is trusted,
	// as a trusted list tells them: Sunset is then the end of the last and says
	// nothing more. Without any, it has been trusted from always until Sunset.
	Periods []Period
}

// Store holds anchors and certificates that may serve to build paths. The zero
// value trusts nobody. It is filled by one goroutine, then read by many.
type Store struct {
	anchors   []Anchor
	bySubject map[string][]*Certificate // anchors and intermediates
	anchorIDs map[string]int
	known     map[string]bool
}

// NewStore returns a store with the anchors.
func NewStore(anchors ...Anchor) *Store {
	s := &Store{}
	for _, a := range anchors {
		s.AddAnchor(a)
	}
	return s
}

// AddAnchor adds an anchor; one given twice is trusted whenever either is.
func (s *Store) AddAnchor(a Anchor) {
	if a.Certificate == nil {
		return
	}
	if s.anchorIDs == nil {
		s.anchorIDs = map[string]int{}
	}
	id := a.Certificate.id
	if i, ok := s.anchorIDs[id]; ok {
		s.anchors[i] = s.anchors[i].and(a.periods())
		return
	}
	s.anchorIDs[id] = len(s.anchors)
	s.anchors = append(s.anchors, a.and(nil))
	s.Add(a.Certificate)
}

// Add adds certificates that may lie on a path, without trusting them.
func (s *Store) Add(certs ...*Certificate) {
	if s.bySubject == nil {
		s.bySubject, s.known = map[string][]*Certificate{}, map[string]bool{}
	}
	for _, c := range certs {
		if c == nil || s.known[c.id] {
			continue
		}
		s.known[c.id] = true
		s.bySubject[c.Subject.key] = append(s.bySubject[c.Subject.key], c)
	}
}

// Has reports whether the certificate is known, as an anchor or not.
func (s *Store) Has(c *Certificate) bool { return s != nil && s.known[c.id] }

// Clone returns a store that can be added to without changing this one.
func (s *Store) Clone() *Store {
	n := NewStore()
	if s == nil {
		return n
	}
	for _, a := range s.anchors {
		n.AddAnchor(a)
	}
	for _, l := range s.bySubject {
		n.Add(l...)
	}
	return n
}

// Len returns how many anchors there are.
func (s *Store) Len() int {
	if s == nil {
		return 0
	}
	return len(s.anchors)
}

// Size returns how many certificates are known, anchors included.
func (s *Store) Size() int {
	if s == nil {
		return 0
	}
	return len(s.known)
}

// Anchor returns the anchor that the certificate is, or is equivalent to: the
// same subject and the same key. It is trusted whenever one of its equivalents
// is: an authority is its name and its key (RFC 5280 §6.1.1 (d)).
func (s *Store) Anchor(c *Certificate) (a Anchor, ok bool) {
	if s == nil {
		return a, false
	}
	if i, found := s.anchorIDs[c.id]; found {
		a, ok = s.anchors[i], true
	}
	for _, o := range s.bySubject[c.Subject.key] {
		i, found := s.anchorIDs[o.id]
		switch {
		case !found || ok && o.id == a.Certificate.id || !o.Key.Equal(c.Key):
		case ok:
			a = a.and(s.anchors[i].periods())
		default:
			a, ok = s.anchors[i], true
		}
	}
	return a, ok
}

// maxTrustFile and maxTrustFiles bound a folder of anchors.
const (
	maxTrustFile  = 8 << 20
	maxTrustFiles = 20000
)

// AddFS adds as anchors every certificate of a folder, PEM or DER: the files
// that hold none are left aside and counted. The error means that the folder
// could not be read.
func (s *Store) AddFS(ctx context.Context, fsys fs.FS) (anchors, skipped int, err error) {
	files := 0
	err = folder.Walk(ctx, fsys, func(name string, d fs.DirEntry) error {
		if files++; files > maxTrustFiles {
			return errors.New("trust: too many files in the folder of anchors")
		}
		if info, err := d.Info(); err != nil || info.Size() > maxTrustFile {
			skipped++
			return nil
		}
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		certs, err := ParsePEM(b)
		if err != nil || len(certs) == 0 {
			skipped++
			return nil
		}
		for _, c := range certs {
			s.AddAnchor(Anchor{Certificate: c})
			anchors++
		}
		return nil
	})
	return anchors, skipped, err
}

// issuers returns the certificates that may have issued c, the likeliest
// first. Signatures are not checked.
func (s *Store) issuers(c *Certificate) []*Certificate {
	if s == nil {
		return nil
	}
	l := slices.Clone(s.bySubject[c.Issuer.key])
	rank := func(o *Certificate) int {
		r := 2
		if len(c.AuthorityKeyID) > 0 && len(o.SubjectKeyID) > 0 {
			if bytes.Equal(c.AuthorityKeyID, o.SubjectKeyID) {
				r = 0
			} else {
				r = 4
			}
		}
		if _, ok := s.anchorIDs[o.id]; ok {
			r--
		}
		return r
	}
	slices.SortStableFunc(l, func(a, b *Certificate) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a.id, b.id)
	})
	return l
}

// Certificates returns every certificate known, anchors included, in the order of their IDs.
func (s *Store) Certificates() []*Certificate {
	if s == nil {
		return nil
	}
	var out []*Certificate
	for _, l := range s.bySubject {
		out = append(out, l...)
	}
	slices.SortFunc(out, func(a, b *Certificate) int { return strings.Compare(a.id, b.id) })
	return out
}

// Limits of path building: enough for any real hierarchy, too little for a
// maze of cross-certificates.
const (
	maxPathLength = 12
	maxPathSteps  = 400
	maxPaths      = 32
)

// Path is a chain of certificates, the signer's first.
type Path struct {
	Certificates []*Certificate
	// Anchored says that the last certificate is a trust anchor.
	Anchored bool
	Anchor   Anchor
}

// Paths builds the paths from a certificate to the anchors, the shortest way
// first among equals: each certificate is signed by the next. A path ends at
// the first anchor met. When there is none, the longest chain found is
// returned alone, not anchored. It does not judge validity, constraints or
// revocation.
func (s *Store) Paths(c *Certificate) []Path {
	b := &builder{store: s}
	b.walk([]*Certificate{c})
	if len(b.anchored) > 0 {
		return b.anchored
	}
	return []Path{{Certificates: b.longest}}
}

// First returns the first of [Store.Paths].
func (s *Store) First(c *Certificate) Path { return s.Paths(c)[0] }

type builder struct {
	store    *Store
	steps    int
	anchored []Path
	longest  []*Certificate
}

func (b *builder) walk(chain []*Certificate) {
	last := chain[len(chain)-1]
	if a, ok := b.store.Anchor(last); ok {
		if signedDown(chain) {
			b.anchored = append(b.anchored, Path{Certificates: slices.Clone(chain), Anchored: true, Anchor: a})
		}
		return
	}
	if len(chain) > len(b.longest) {
		b.longest = slices.Clone(chain)
	}
	if len(chain) >= maxPathLength {
		return
	}
	for _, i := range b.store.issuers(last) {
		if b.steps++; b.steps > maxPathSteps || len(b.anchored) >= maxPaths {
			return
		}
		if slices.ContainsFunc(chain, func(o *Certificate) bool { return o.Subject.Equal(i.Subject) && o.Key.Equal(i.Key) }) {
			continue
		}
		if i.Key.inherits() || last.SignedBy(i.Key) == nil {
			b.walk(append(chain, i))
		}
	}
}

// signedDown checks the signatures that could not be checked on the way up,
// because a DSA key takes its parameters from the certificate above.
func signedDown(chain []*Certificate) bool {
	key := chain[len(chain)-1].Key
	for i := len(chain) - 2; i >= 0; i-- {
		if chain[i+1].Key.inherits() && chain[i].SignedBy(key) != nil {
			return false
		}
		key = chain[i].Key.inherit(key)
	}
	return true
}
