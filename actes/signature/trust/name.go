package trust

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/liasse/liasse/internal/asn1x"
)

// Name is a distinguished name. The zero value is the empty name.
type Name struct {
	Raw  []byte // as encoded
	rdns []rdn
	// key is the form two names are compared by: attribute values without
	// regard to case, repeated blanks or string type (RFC 5280 §7.1).
	key string
}

type rdn struct {
	attrs []attribute
	key   string
}

type attribute struct {
	oid, value string
	text       bool
}

// limits of a name
const (
	maxRDN   = 256
	maxAttrs = 64
)

var shortNames = map[string]string{
	"2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "SERIALNUMBER", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST",
	"2.5.4.9": "STREET", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "T", "2.5.4.42": "GIVENNAME",
	"0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.25": "DC",
	"1.2.840.113549.1.9.1": "EMAILADDRESS",
}

// ParseName reads a Name.
func ParseName(der []byte) (Name, error) {
	v, err := asn1x.ParseAll(der)
	if err != nil {
		return Name{}, err
	}
	return parseName(v)
}

func parseName(v asn1x.Value) (Name, error) {
	n := Name{Raw: v.Raw}
	sets, err := v.Children(maxRDN)
	if err != nil {
		return Name{}, err
	}
	var key strings.Builder
	for _, s := range sets {
		r, err := parseRDN(s)
		if err != nil {
			return Name{}, err
		}
		n.rdns = append(n.rdns, r)
		key.WriteString(r.key)
		key.WriteByte(0)
	}
	n.key = key.String()
	return n, nil
}

func parseRDN(s asn1x.Value) (rdn, error) {
	pairs, err := s.Children(maxAttrs)
	if err != nil {
		return rdn{}, err
	}
	var r rdn
	var keys []string
	for _, p := range pairs {
		c := p.Enter()
		id, err := c.Take(asn1x.TagOID).OID()
		if err != nil {
			return rdn{}, err
		}
		v, ok := c.Next()
		if !ok {
			c.Fail("value missing")
		}
		if err := c.Close(); err != nil {
			return rdn{}, err
		}
		a := attribute{oid: id}
		if a.value, a.text = v.Text(); !a.text {
			a.value = "#" + hex.EncodeToString(v.Raw)
		}
		r.attrs = append(r.attrs, a)
		keys = append(keys, id+"="+fold(a))
	}
	slices.Sort(keys)
	r.key = strings.Join(keys, "\x01")
	return r, nil
}

func fold(a attribute) string {
	if !a.text {
		return a.value
	}
	return strings.Join(strings.Fields(strings.ToLower(a.value)), " ")
}

// IsEmpty reports whether the name has no component.
func (n Name) IsEmpty() bool { return len(n.rdns) == 0 }

// Equal compares two names as RFC 5280 §7.1 does.
func (n Name) Equal(o Name) bool { return n.key == o.key }

// within reports whether the name lies in the subtree of base.
func (n Name) within(base Name) bool {
	if len(n.rdns) < len(base.rdns) {
		return false
	}
	for i, r := range base.rdns {
		if r.key != n.rdns[i].key {
			return false
		}
	}
	return true
}

// with returns the name followed by one more component.
func (n Name) with(r rdn) Name {
	return Name{rdns: append(slices.Clip(n.rdns), r), key: n.key + r.key + "\x00"}
}

// Common returns the common name, else the last organisation, else "".
func (n Name) Common() string {
	for _, id := range []string{"2.5.4.3", "2.5.4.10"} {
		for i := len(n.rdns) - 1; i >= 0; i-- {
			for _, a := range n.rdns[i].attrs {
				if a.oid == id && a.text {
					return a.value
				}
			}
		}
	}
	return ""
}

// values returns the text values of the attribute.
func (n Name) values(oid string) []string {
	var out []string
	for _, r := range n.rdns {
		for _, a := range r.attrs {
			if a.oid == oid {
				out = append(out, a.value)
			}
		}
	}
	return out
}

// String writes the name as RFC 4514 does, last component first.
func (n Name) String() string {
	var b strings.Builder
	for i := len(n.rdns) - 1; i >= 0; i-- {
		for j, a := range n.rdns[i].attrs {
			if j > 0 {
				b.WriteByte('+')
			} else if b.Len() > 0 {
				b.WriteByte(',')
			}
			if s, ok := shortNames[a.oid]; ok {
				b.WriteString(s)
			} else {
				b.WriteString(a.oid)
			}
			b.WriteByte('=')
			escape(&b, a)
		}
	}
	return b.String()
}

func escape(b *strings.Builder, a attribute) {
	if !a.text {
		b.WriteString(a.value)
		return
	}
	for i, r := range a.value {
		switch {
		case r < 0x20 || r == 0x7f:
			b.WriteByte('\\')
			b.WriteString(hex.EncodeToString([]byte{byte(r)}))
			continue
		case strings.ContainsRune(`,+"\<>;`, r), r == '#' && i == 0, r == ' ' && (i == 0 || i == len(a.value)-1):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
}

// General is a GeneralName (RFC 5280 §4.2.1.6).
type General struct {
	Tag  int    // 1 mail, 2 DNS, 4 directory name, 6 URI, 7 address, …
	Text string // of 1, 2 and 6
	Name Name   // of 4
	IP   []byte // of 7
	raw  []byte
}

func parseGeneral(v asn1x.Value) (General, error) {
	g := General{Tag: int(v.Tag), raw: v.Raw}
	if v.Class != asn1x.Context {
		return g, &asn1x.Error{Offset: v.Offset, What: "general name expected"}
	}
	switch v.Tag {
	case 1, 2, 6:
		b, err := v.Octets()
		if err != nil {
			return g, err
		}
		g.Text = string(b)
	case 4:
		in, err := v.Explicit()
		if err != nil {
			return g, err
		}
		if g.Name, err = parseName(in); err != nil {
			return g, err
		}
	case 7:
		g.IP = v.Body
	}
	return g, nil
}

const maxGeneral = 4096

func parseGenerals(v asn1x.Value) ([]General, error) { return children(v, maxGeneral, parseGeneral) }

func (g General) equal(o General) bool {
	if g.Tag != o.Tag {
		return false
	}
	if g.Tag == 4 {
		return g.Name.Equal(o.Name)
	}
	return string(g.raw) == string(o.raw)
}

func overlap(a, b []General) bool {
	for _, x := range a {
		if slices.ContainsFunc(b, x.equal) {
			return true
		}
	}
	return false
}
