package asic

import (
	"bytes"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/xmlcore"
	"github.com/liasse/liasse/internal/xmltree"
)

const (
	nsASiC = "http://uri.etsi.org/02918/v1.2.1#"
	nsDS   = "http://www.w3.org/2000/09/xmldsig#"
)

// digests are the algorithms by the last part of their identifiers
// (xmldsig#sha1, xmlenc#sha256, …).
var digests = map[string]trust.Digest{
	"http://www.w3.org/2000/09/xmldsig#sha1":          trust.SHA1,
	"http://www.w3.org/2001/04/xmldsig-more#sha224":   trust.SHA224,
	"http://www.w3.org/2001/04/xmlenc#sha256":         trust.SHA256,
	"http://www.w3.org/2001/04/xmldsig-more#sha384":   trust.SHA384,
	"http://www.w3.org/2001/04/xmlenc#sha512":         trust.SHA512,
	"http://www.w3.org/2007/05/xmldsig-more#sha3-256": trust.SHA3_256,
	"http://www.w3.org/2007/05/xmldsig-more#sha3-384": trust.SHA3_384,
	"http://www.w3.org/2007/05/xmldsig-more#sha3-512": trust.SHA3_512,
}

// list is a manifest that was read.
type list struct {
	at      *member
	archive bool
	signs   string // the signature or timestamp over it
	refs    []listed
}

// listed is one entry of a manifest.
type listed struct {
	name   string
	digest trust.Digest
	want   []byte
}

// manifests reads every manifest. One that cannot be read is none.
func (b *box) manifests() ([]*list, error) {
	var out []*list
	for _, m := range b.order {
		p := partOf(m.Name)
		if p != manifest && p != archiveManifest || len(out) >= maxSignatureFiles {
			continue
		}
		raw, ok, err := m.octets(maxManifestSize)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		l, err := b.parse(raw)
		if err != nil {
			return nil, err
		}
		if l != nil {
			l.at, l.archive = m, p == archiveManifest
			out = append(out, l)
		}
	}
	return out, nil
}

func (b *box) parse(raw []byte) (*list, error) {
	root, err := xmltree.Parse(b.ctx, bytes.NewReader(raw), xmlcore.Options{})
	var bad *xmlcore.Error
	if errors.As(err, &bad) || err == nil && !root.Is(nsASiC, "ASiCManifest") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l := &list{}
	uri, ok := root.Child(nsASiC, "SigReference").Attr("", "URI")
	if !ok {
		return nil, nil
	}
	l.signs = local(uri)
	for n := range root.All(nsASiC, "DataObjectReference") {
		uri, _ := n.Attr("", "URI")
		alg, _ := n.Child(nsDS, "DigestMethod").Attr("", "Algorithm")
		want, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.ChildText(nsDS, "DigestValue")), ""))
		if err != nil {
			want = nil
		}
		l.refs = append(l.refs, listed{local(uri), digests[alg], want})
	}
	return l, nil
}

// local returns the name of the file a URI of the container stands for.
func local(uri string) string {
	uri = strings.TrimPrefix(strings.TrimPrefix(uri, "./"), "/")
	if u, err := url.PathUnescape(uri); err == nil {
		return u
	}
	return uri
}

// references compares the files a manifest names with what it says of them.
func (b *box) references(l *list, given []*signature.Content) ([]signature.Reference, []*member, error) {
	var out []signature.Reference
	var found []*member
	for _, e := range l.refs {
		r := signature.Reference{Name: e.name, Digest: e.digest, Manifest: true, Required: true}
		m := b.members[e.name]
		c := (*signature.Content)(nil)
		if m != nil {
			c = m.content
		} else {
			for _, g := range given {
				if g.Name == e.name {
					c = g
				}
			}
		}
		if c != nil {
			r.Found = true
			sum, _ := c.Digest(e.digest)
			if err := c.Err(); err != nil {
				return nil, nil, err
			}
			r.Intact = sum != nil && len(e.want) > 0 && bytes.Equal(sum, e.want)
			if r.Intact && m != nil {
				found = append(found, m)
			}
		}
		out = append(out, r)
		if err := b.ctx.Err(); err != nil {
			return nil, nil, err
		}
	}
	return out, found, nil
}
