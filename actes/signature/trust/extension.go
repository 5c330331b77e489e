package trust

import (
	"math/big"

	"github.com/liasse/liasse/internal/asn1x"
)

// point5280 is a DistributionPoint (RFC 5280 §4.2.1.13).
type point5280 struct {
	full    []General
	rel     *rdn
	reasons uint32 // 0 when all
	issuer  []General
}

// extension reads one extension and reports whether it is one of those
// understood.
func (c *Certificate) extension(e Extension) (known bool, err error) {
	switch e.OID {
	case extNoCheck:
		c.OCSPNoCheck = true
		return true, nil
	case extNoRevAvail:
		c.NoRevocation = true
		return true, nil
	case extValAssured:
		c.ShortTerm = true
		return true, nil
	}
	v, err := asn1x.ParseAll(e.Value)
	if err != nil {
		return true, err
	}
	switch e.OID {
	case extSKI:
		c.SubjectKeyID, err = v.Octets()
	case extKeyUsage:
		var bits uint32
		bits, err = v.BitList()
		c.HasKeyUsage, c.KeyUsage = err == nil, int(bits)
	case extSAN:
		c.AlternativeName, err = parseGenerals(v)
	case extIssuerAlt, extFreshest:
	case extBasic:
		err = c.basic(v)
	case extNames:
		c.names, err = parseNameConstraints(v)
	case extCRLPoints:
		c.points, err = parsePoints(v)
	case extPolicies:
		err = c.policies(v)
	case extMappings:
		c.mappings, err = parseMappings(v)
	case extAKI:
		err = c.authority(v)
	case extConstraints:
		err = c.policyConstraints(v)
	case extEKU:
		c.EKUCritical = e.Critical
		c.EKU, err = oidList(v)
	case extInhibitAny:
		c.inhibitAny, err = v.Int()
	case extQC:
		c.QC, err = firstOIDs(v)
	default:
		return false, nil
	}
	return true, err
}

// children reads what a list holds, no more than a limit.
func children[T any](list asn1x.Value, limit int, read func(asn1x.Value) (T, error)) ([]T, error) {
	l, err := list.Children(limit)
	if err != nil {
		return nil, err
	}
	var out []T
	for _, v := range l {
		t, err := read(v)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

func oidList(v asn1x.Value) ([]string, error) { return children(v, maxPolicies, asn1x.Value.OID) }

func (c *Certificate) basic(v asn1x.Value) error {
	cur := v.Enter()
	ca, n := cur.Optional(asn1x.TagBoolean), cur.Optional(asn1x.TagInteger)
	if err := cur.Close(); err != nil {
		return err
	}
	var err error
	if !ca.IsZero() {
		if c.CA, err = ca.Bool(); err != nil {
			return err
		}
	}
	c.HasBasic = true
	if !n.IsZero() {
		c.PathLen, err = n.Int()
	}
	return err
}

func (c *Certificate) policies(v asn1x.Value) (err error) {
	c.Policies, err = firstOIDs(v)
	c.hasPolicies = err == nil
	return err
}

// firstOIDs returns the identifier each sequence of a list begins with:
// policies and statements, whose qualifiers decide nothing here.
func firstOIDs(v asn1x.Value) ([]string, error) {
	return children(v, maxPolicies, func(w asn1x.Value) (string, error) { return w.Enter().Take(asn1x.TagOID).OID() })
}

func parseMappings(v asn1x.Value) ([][2]string, error) {
	return children(v, maxPolicies, func(w asn1x.Value) (pair [2]string, err error) {
		p, err := oidList(w)
		if err != nil || len(p) != 2 {
			return pair, &asn1x.Error{Offset: w.Offset, What: "malformed policy mapping"}
		}
		return [2]string(p), nil
	})
}

func (c *Certificate) authority(v asn1x.Value) error {
	cur := v.Enter()
	id, name, serial := cur.OptionalContext(0), cur.OptionalContext(1), cur.OptionalContext(2)
	if err := cur.Close(); err != nil {
		return err
	}
	if !id.IsZero() {
		c.AuthorityKeyID = id.Body
	}
	var err error
	if !name.IsZero() {
		if c.authorityName, err = parseGenerals(name); err != nil {
			return err
		}
	}
	if !serial.IsZero() {
		c.authoritySer = new(big.Int).SetBytes(serial.Body)
	}
	return nil
}

func (c *Certificate) policyConstraints(v asn1x.Value) error {
	cur := v.Enter()
	exp, inh := cur.OptionalContext(0), cur.OptionalContext(1)
	if err := cur.Close(); err != nil {
		return err
	}
	var err error
	if !exp.IsZero() {
		if c.requireExp, err = exp.Int(); err != nil {
			return err
		}
	}
	if !inh.IsZero() {
		c.inhibitMapping, err = inh.Int()
	}
	return err
}

func parsePoints(v asn1x.Value) ([]point5280, error) { return children(v, maxPoints, parsePoint) }

func parsePoint(v asn1x.Value) (p point5280, err error) {
	cur := v.Enter()
	if n := cur.OptionalContext(0); !n.IsZero() {
		if p.full, p.rel, err = parsePointName(n); err != nil {
			return p, err
		}
	}
	if r := cur.OptionalContext(1); !r.IsZero() {
		if p.reasons, err = r.BitList(); err != nil {
			return p, err
		}
	}
	if n := cur.OptionalContext(2); !n.IsZero() {
		if p.issuer, err = parseGenerals(n); err != nil {
			return p, err
		}
	}
	return p, cur.Close()
}

// parsePointName reads a DistributionPointName inside its explicit tag.
func parsePointName(v asn1x.Value) ([]General, *rdn, error) {
	in, err := v.Explicit()
	if err != nil {
		return nil, nil, err
	}
	switch {
	case in.IsContext(0):
		g, err := parseGenerals(in)
		return g, nil, err
	case in.IsContext(1):
		r, err := parseRDN(in)
		return nil, &r, err
	}
	return nil, nil, &asn1x.Error{Offset: in.Offset, What: "distribution point name expected"}
}
