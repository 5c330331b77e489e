package trust

import (
	"bytes"
	"net/netip"
	"net/url"
	"strings"

	"github.com/liasse/liasse/internal/asn1x"
)

// nameConstraints is the extension of RFC 5280 §4.2.1.10.
type nameConstraints struct{ permitted, excluded []General }

func parseNameConstraints(v asn1x.Value) (*nameConstraints, error) {
	n := &nameConstraints{}
	cur := v.Enter()
	for i, list := range []asn1x.Value{cur.OptionalContext(0), cur.OptionalContext(1)} {
		if list.IsZero() {
			continue
		}
		l, err := list.Children(maxNameSubtrees)
		if err != nil {
			return nil, err
		}
		for _, w := range l {
			base, ok := w.Enter().Next()
			if !ok {
				return nil, &asn1x.Error{Offset: w.Offset, What: "value missing"}
			}
			g, err := parseGeneral(base)
			if err != nil {
				return nil, err
			}
			if i == 0 {
				n.permitted = append(n.permitted, g)
			} else {
				n.excluded = append(n.excluded, g)
			}
		}
	}
	return n, cur.Close()
}

// namespace gathers the name constraints met on the way down a path: a name
// must lie in a permitted subtree of each certificate that names its type, and
// in no excluded one.
type namespace struct {
	met      []*nameConstraints
	compared int
}

// Faults of names.
const (
	nameOK = iota
	nameRefused
	nameTooMany
)

func (n *namespace) add(c *nameConstraints) {
	if c != nil {
		n.met = append(n.met, c)
	}
}

// check judges every name of a certificate.
func (n *namespace) check(c *Certificate) int {
	if len(n.met) == 0 {
		return nameOK
	}
	names := c.AlternativeName
	mail := false
	for _, g := range names {
		mail = mail || g.Tag == 1
	}
	if !mail {
		for _, m := range c.Subject.values(oidEmail) {
			names = append(names[:len(names):len(names)], General{Tag: 1, Text: m})
		}
	}
	if !c.Subject.IsEmpty() {
		names = append(names[:len(names):len(names)], General{Tag: 4, Name: c.Subject})
	}
	for _, g := range names {
		for _, m := range n.met {
			if n.compared += len(m.permitted) + len(m.excluded); n.compared > maxNameCompared {
				return nameTooMany
			}
			named, in := false, false
			for _, p := range m.permitted {
				if p.Tag == g.Tag {
					named = true
					in = in || inSubtree(g, p)
				}
			}
			if named && !in {
				return nameRefused
			}
			for _, x := range m.excluded {
				if x.Tag == g.Tag && inSubtree(g, x) {
					return nameRefused
				}
			}
		}
	}
	return nameOK
}

// inSubtree compares a name with a constraint of its type. A name it cannot
// read lies in no permitted subtree and in every excluded one is the safe
// reading, but types it does not know are left to the caller's anchors.
func inSubtree(g, base General) bool {
	switch g.Tag {
	case 1:
		return inMail(g.Text, base.Text)
	case 2:
		return inDNS(g.Text, base.Text)
	case 4:
		return g.Name.within(base.Name)
	case 6:
		u, err := url.Parse(g.Text)
		return err == nil && inHost(u.Hostname(), base.Text)
	case 7:
		return inNetwork(g.IP, base.IP)
	}
	return bytes.Equal(g.raw, base.raw)
}

func inMail(mail, base string) bool {
	i := strings.LastIndexByte(mail, '@')
	if i < 0 {
		return false
	}
	if j := strings.LastIndexByte(base, '@'); j >= 0 {
		return mail[:i] == base[:j] && strings.EqualFold(mail[i:], base[j:])
	}
	return inHost(mail[i+1:], base)
}

// inHost: a base that begins with a point is of any host below, another is of
// that very host.
func inHost(host, base string) bool {
	if strings.HasPrefix(base, ".") {
		return len(host) > len(base) && strings.EqualFold(host[len(host)-len(base):], base)
	}
	return strings.EqualFold(host, base)
}

func inDNS(name, base string) bool {
	base = strings.TrimPrefix(base, ".")
	if base == "" || strings.EqualFold(name, base) {
		return true
	}
	return len(name) > len(base) && name[len(name)-len(base)-1] == '.' && strings.EqualFold(name[len(name)-len(base):], base)
}

func inNetwork(ip, base []byte) bool {
	if len(base) != 2*len(ip) {
		return false
	}
	if _, ok := netip.AddrFromSlice(ip); !ok {
		return false
	}
	for i, b := range ip {
		if (b^base[i])&base[len(ip)+i] != 0 {
			return false
		}
	}
	return true
}
