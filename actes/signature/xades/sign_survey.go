package xades

import (
	"hash"
	"slices"
	"strings"

	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/c14n"
	"github.com/liasse/liasse/internal/xmlcore"
)

// place is an element to be signed and where its signature goes.
type place struct {
	n     int // among those asked for
	id    string
	sum   []byte // of its canonical form
	at    int64  // of its end tag, or of "/>"
	alone bool
	start int64 // of its start tag

	above []string // identifiers of it and what holds it
	seen  int
}

// survey finds in one reading the elements to be signed, their digests, and
// what stands against signing them.
type survey struct {
	opt    SignOptions
	digest trust.Digest
	want   map[string]*place
	root   *place          // when the root is to be signed
	news   map[string]bool // identifiers of the new signatures
	inUse  bool            // one of them is there already, or twice
	nested bool

	context c14n.Context
	c       *c14n.Canonicalizer
	hash    hash.Hash
	now     *place
	depth   int // of now
	ids     []string

	covered map[string]bool
	whole   bool // a signature covers the whole document
}

func newSurvey(d trust.Digest, opt SignOptions) *survey {
	s := &survey{opt: opt, digest: d, want: map[string]*place{}, news: map[string]bool{}, covered: map[string]bool{}}
	for i, id := range opt.Over {
		if s.want[id] != nil {
			s.nested = true // asked for twice
		}
		s.want[id] = &place{n: i, id: id}
		s.reserve(s.want[id])
	}
	if len(opt.Over) == 0 {
		s.root = &place{}
	}
	return s
}

// reserve notes the identifiers that the signature over a place will need.
func (s *survey) reserve(p *place) {
	for _, id := range namesOf(s.opt, p).all() {
		if id != "" {
			s.inUse = s.inUse || s.news[id]
			s.news[id] = true
		}
	}
}

// identity returns the identifier of an element, and whether it has several
// that differ.
func identity(r *xmlcore.Reader) (id string, several bool) {
	for _, a := range r.Attrs() {
		n := a.Name
		if n.Space == "" && strings.EqualFold(n.Local, "id") || n.Local == "id" && n.Space == "http://www.w3.org/XML/1998/namespace" {
			several = several || id != "" && id != string(a.Value)
			id = string(a.Value)
		}
	}
	return id, several
}

// Event implements xmlcore.Sink.
func (s *survey) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	if k == xmlcore.StartElement {
		if err := s.begin(r); err != nil {
			return err
		}
	}
	if s.now != nil {
		if err := s.c.Event(r, k); err != nil {
			return err
		}
	}
	if err := s.context.Event(r, k); err != nil {
		return err
	}
	if k == xmlcore.EndElement {
		return s.end(r)
	}
	return nil
}

func (s *survey) begin(r *xmlcore.Reader) error {
	d := r.Depth()
	n := r.Name()
	if n.Space == nsDS && n.Local == "Reference" { // of a SignedInfo or of a Manifest
		switch uri, has := r.Attr("", "URI"); {
		case !has || len(uri) == 0 || string(uri) == "#xpointer(/)":
			s.whole = true
		case strings.HasPrefix(string(uri), "#") && len(s.covered) < 1<<16:
			s.covered[pointed(string(uri[1:]))] = true
		case strings.HasPrefix(string(uri), "#"):
			s.whole = true // too many to tell them apart
		}
	}
	id, several := identity(r)
	s.ids = append(s.ids, id)
	p := s.want[id]
	if id == "" {
		p = nil
	}
	if d == 1 && s.root != nil {
		p = s.root
		p.id = id
		s.reserve(p)
	}
	if id != "" && len(s.opt.Over) == 0 && d > 1 && id == s.root.id {
		s.root.seen++
	}
	s.inUse = s.inUse || id != "" && s.news[id]
	if p == nil {
		return nil
	}
	p.seen++
	if several || s.now != nil {
		s.nested = true
		return nil
	}
	p.start = r.Offset()
	for _, a := range s.ids {
		if a != "" {
			p.above = append(p.above, a)
		}
	}
	s.now, s.depth = p, d
	s.hash = s.digest.New()
	s.c = c14n.New(s.hash, c14n.Options{Exclusive: true})
	s.c.Enter(&s.context)
	return nil
}

// pointed undoes the pointer forms of a reference.
func pointed(s string) string {
	if in, ok := strings.CutPrefix(s, "xpointer(id("); ok {
		in, _, _ = strings.Cut(in, ")")
		return strings.Trim(in, `'" `)
	}
	return s
}

func (s *survey) end(r *xmlcore.Reader) error {
	d := r.Depth()
	s.ids = s.ids[:len(s.ids)-1]
	if s.now == nil || d != s.depth {
		return nil
	}
	if err := s.c.Flush(); err != nil {
		return err
	}
	p := s.now
	p.sum, s.now = s.hash.Sum(nil), nil
	// An end tag has four octets at least; the end of an empty-element tag is "/>".
	p.at = r.Offset()
	p.alone = r.End()-p.at == 2
	return nil
}

// places returns the elements in document order, or why they cannot be signed.
func (s *survey) places(encoding string) ([]*place, error) {
	if strings.HasPrefix(encoding, "UTF-16") {
		return nil, ErrDocument
	}
	var out []*place
	for _, p := range s.want {
		out = append(out, p)
	}
	if s.root != nil {
		out = append(out, s.root)
	}
	for _, p := range out {
		if p.seen != 1 || s.nested {
			return nil, ErrTarget
		}
		if s.whole || slices.ContainsFunc(p.above, func(id string) bool { return s.covered[id] }) {
			return nil, ErrSigned
		}
	}
	if s.inUse {
		return nil, ErrIdentifier
	}
	slices.SortFunc(out, func(a, b *place) int { return int(min(max(a.at-b.at, -1), 1)) })
	return out, nil
}

func (n Names) all() []string {
	return []string{n.Signature, n.Properties, n.Value, n.KeyInfo, n.Object, n.Reference}
}

// namesOf gives the identifiers of the signature over a place.
func namesOf(opt SignOptions, p *place) Names {
	if opt.Name != nil {
		return opt.Name(p.n, p.id)
	}
	base := p.id
	if base == "" {
		base = "document"
	}
	base += "_SIG_1"
	return Names{Signature: base, Properties: base + "_SP", Value: base + "_SV", Reference: base + "_R"}
}
