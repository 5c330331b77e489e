package signature

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/folder"
)

// Options of a validation. At must be set: nothing here reads a clock. The
// other zero values trust nobody, and judge by [European].
type Options struct {
	At     time.Time
	Policy *Policy
	Store  *trust.Store // anchors, and certificates that may help
	// CRLs and OCSPs are believed when they prove themselves. They raise no level
	// and no timestamp of the file is over them.
	CRLs  []*trust.CRL
	OCSPs []*trust.OCSP
	// Given are contents of detached signatures at hand, sought before those of
	// Detached.
	Given []*Content
	// Detached are the folders where the contents of detached signatures are
	// found, by name.
	Detached []fs.FS
	// PolicyDocuments are the texts of signature policies by their identifiers
	// (OID without urn:oid:, or URI): a signature that states another digest of
	// one gets a warning.
	PolicyDocuments map[string][]byte
	Report          report.Options
	// Fetcher is asked for issuers, lists and responses that are missing on the
	// way to an anchor. nil, which is the default, asks nobody: there is then no
	// network at all.
	Fetcher  Fetcher
	Fetching Fetching

	asking *asking
}

// Ready returns the options with the policy filled in, and a pool holding the
// certificates they bring. Their lists and responses come with [Pool.Complete].
func (o Options) Ready() (Options, *Pool) {
	if o.Policy == nil {
		o.Policy = European()
	}
	if o.asking == nil {
		o = o.Together()
	}
	return o, NewPool(o.Store)
}

// AnchorSource is what a folder of [inspect.Options] Trust may be besides a
// folder: anchors that are known with their sunset, from a trusted list for
// instance. Its files are then not read.
type AnchorSource interface{ TrustAnchors() []trust.Anchor }

// FromInspect makes the options of a validation from those of an inspection.
// An unknown policy and unreadable folders are errors. Of a folder the
// certificates are read, and nothing else: package tsl reads the trusted lists
// of one ([github.com/liasse/liasse/actes/signature/tsl.ReadFS]).
func FromInspect(ctx context.Context, in inspect.Options) (Options, error) {
	o := Options{At: in.At, Detached: in.Detached, Report: in.Report().Options(), Store: trust.NewStore()}
	var ok bool
	if o.Policy, ok = PolicyNamed(in.Policy); !ok {
		return o, fmt.Errorf("signature: no policy named %q", in.Policy)
	}
	for _, f := range in.Trust {
		if known, ok := f.(AnchorSource); ok {
			for _, a := range known.TrustAnchors() {
				o.Store.AddAnchor(a)
			}
			continue
		}
		if _, _, err := o.Store.AddFS(ctx, f); err != nil {
			return o, err
		}
	}
	return o, nil
}

// Content is a file given as the content of detached signatures. It digests
// the file once for each algorithm, streaming.
type Content struct {
	Name   string
	octets Octets
	sums   map[trust.Digest][]byte
	closed bool // the sums are all that is known
	err    error
}

// file is a file of a folder, as [Octets].
type file struct {
	fsys fs.FS
	path string
}

func (f file) Open() (io.ReadCloser, error) { return f.fsys.Open(f.path) }

// maxDetached bounds the number of files given as contents.
const maxDetached = 10000

// Contents lists the files of the folders given as detached contents, in order.
func (o Options) Contents(ctx context.Context) ([]*Content, error) {
	out := o.Given[:len(o.Given):len(o.Given)]
	for _, f := range o.Detached {
		err := folder.Walk(ctx, f, func(p string, d fs.DirEntry) error {
			if len(out) >= maxDetached {
				return fs.SkipAll
			}
			out = append(out, NewContentOf(d.Name(), file{f, p}))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// NewContent returns content in memory.
func NewContent(name string, b []byte) *Content { return NewContentOf(name, Bytes(b)) }

// NewContentOf returns as content octets that lie elsewhere: parts of a file, a
// member of a container.
func NewContentOf(name string, o Octets) *Content { return &Content{Name: name, octets: o} }

// NewContentDigest returns content of which only a digest is known: any other
// digest of it is not found.
func NewContentDigest(name string, d trust.Digest, sum []byte) *Content {
	return &Content{Name: name, octets: gone{}, sums: map[trust.Digest][]byte{d: sum}, closed: true}
}

// gone are octets that are not at hand any more.
type gone struct{}

func (gone) Open() (io.ReadCloser, error) { return nil, fs.ErrNotExist }

// Open implements [Octets].
func (c *Content) Open() (io.ReadCloser, error) { return c.octets.Open() }

// Digest returns the digest of the file, nil when the algorithm is not known
// or the file cannot be read; [Content.Err] then tells which.
func (c *Content) Digest(d trust.Digest) (sum []byte, found bool) {
	if c == nil {
		return nil, false
	}
	if s, ok := c.sums[d]; ok {
		return s, true
	}
	if c.closed {
		return nil, false
	}
	h := d.New()
	if h == nil {
		return nil, true
	}
	r, err := c.Open()
	if err == nil {
		_, err = io.Copy(h, r)
		r.Close()
	}
	if err != nil {
		c.err = err
		return nil, true
	}
	if c.sums == nil {
		c.sums = map[trust.Digest][]byte{}
	}
	c.sums[d] = h.Sum(nil)
	return c.sums[d], true
}

// Err returns why the file could not be read, or nil.
func (c *Content) Err() error {
	if c == nil {
		return nil
	}
	return c.err
}

// Octets returns the whole file in memory, refusing more than limit octets.
func (c *Content) Octets(limit int64) ([]byte, error) {
	r, err := c.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("signature: content larger than %d octets", limit)
	}
	return b, err
}
