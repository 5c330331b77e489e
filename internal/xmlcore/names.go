package xmlcore

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/liasse/liasse/ged/report"
)

const (
	// XMLSpace is the namespace the prefix xml is always bound to.
	XMLSpace = "http://www.w3.org/XML/1998/namespace"
	// XMLNSSpace is the namespace of the prefix xmlns.
	XMLNSSpace = "http://www.w3.org/2000/xmlns/"
)

// Name is the name of an element or attribute, interned for the document: the
// same prefix, local name and namespace are the same pointer and ID. It is not
// to be changed, and stays valid after the reader has gone on.
type Name struct {
	Space, Local, Prefix string
	// ID counts from 0 in order of first appearance: an index for tables.
	ID int

	raw      string     // as written: prefix:local
	expanded *uint64    // number of the last start tag that had an attribute of this namespace and local name
	siblings []siblings // by depth of the parent
}

// siblings counts the children of that name of one parent.
type siblings struct{ parent, n uint32 }

// String returns the name as written in the document.
func (n *Name) String() string { return n.raw }

// qname is a qualified name as written, whatever its prefix is bound to.
type qname struct {
	raw    string
	local  string
	prefix *prefix
	isDecl bool // xmlns or xmlns:p

	seen  uint64 // number of the last start tag that had it as an attribute
	uri   *uri   // what the prefix was bound to when name was found
	name  *Name
	plain *Name // without namespace, for an attribute without prefix
}

// prefix is a prefix and what it is bound to at this point of the document.
type prefix struct {
	name string
	uri  *uri // nil: not bound
}

// uri is an interned namespace name; pointers are compared.
type uri struct{ name string }

// binding remembers what a declaration replaced.
type binding struct {
	prefix *prefix
	old    *uri
}

// names are the names of one document.
type names struct {
	cache    [256]*qname // the last name of each hash, in front of qnames
	qnames   map[string]*qname
	prefixes map[string]*prefix
	uris     map[string]*uri
	resolved map[resolvedKey]*Name
	expanded map[expandedKey]*uint64
	none     *uri // no namespace
	xml      *uri
	xmlns    *uri
	spent    int // of namesBudget
}

type resolvedKey struct {
	q *qname
	u *uri
}

type expandedKey struct {
	u     *uri
	local string
}

func (n *names) reset() {
	if n.qnames == nil || len(n.qnames) > 4096 { // a map never shrinks
		n.qnames = map[string]*qname{}
		n.prefixes = map[string]*prefix{}
		n.uris = map[string]*uri{}
		n.resolved = map[resolvedKey]*Name{}
		n.expanded = map[expandedKey]*uint64{}
		n.none, n.xml, n.xmlns = &uri{""}, &uri{XMLSpace}, &uri{XMLNSSpace}
	}
	clear(n.cache[:])
	clear(n.qnames)
	clear(n.prefixes)
	clear(n.uris)
	clear(n.resolved)
	clear(n.expanded)
	for _, u := range []*uri{n.none, n.xml, n.xmlns} {
		n.uris[u.name] = u
	}
	n.prefixes[""] = &prefix{"", n.none}
	n.prefixes["xml"] = &prefix{"xml", n.xml}
	n.prefixes["xmlns"] = &prefix{"xmlns", n.xmlns}
	n.spent = 0
}

// hash spreads names over the cache; collisions cost a map lookup.
func hash(b []byte) uint8 {
	var x uint64
	switch n := len(b); {
	case n >= 8:
		x = binary.LittleEndian.Uint64(b) ^ binary.LittleEndian.Uint64(b[n-8:])<<5
	case n >= 4:
		x = uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint32(b[n-4:]))<<32
	case n > 0:
		x = uint64(b[0]) | uint64(b[n/2])<<8 | uint64(b[n-1])<<16
	}
	return uint8((x ^ uint64(len(b))<<56) * 0x9E3779B97F4A7C15 >> 56)
}

// qname interns the name buf[i:j].
func (r *Reader) qname(i, j int) (*qname, error) {
	b := r.buf[i:j]
	h := hash(b)
	if q := r.names.cache[h]; q != nil && q.raw == string(b) {
		return q, nil
	}
	q := r.names.qnames[string(b)]
	if q == nil {
		var err error
		if q, err = r.intern(b, i); err != nil {
			return nil, err
		}
	}
	r.names.cache[h] = q
	return q, nil
}

func (r *Reader) intern(b []byte, at int) (*qname, error) {
	if len(b) > r.lim.NameLen {
		return nil, r.tooLong(at, r.lim.NameLen, "nom", "name")
	}
	if i := badName(b); i >= 0 {
		return nil, r.syntax(at+i, "un caractère n'est pas permis dans un nom", "a character is not allowed in a name")
	}
	colon := bytes.IndexByte(b, ':')
	if colon >= 0 {
		// Both parts are NCNames (Namespaces in XML 1.0 §4).
		local := b[colon+1:]
		if colon == 0 || len(local) == 0 || bytes.IndexByte(local, ':') >= 0 || badName(local) >= 0 {
			return nil, r.fail(report.XMLNSName, at, report.P("name", string(b)))
		}
	}
	if err := r.spend(len(b)+256, at); err != nil {
		return nil, err
	}
	raw := string(b)
	q := &qname{raw: raw, local: raw[colon+1:]}
	q.prefix = r.prefix(raw[:max(colon, 0)])
	q.isDecl = raw == "xmlns" || q.prefix.name == "xmlns"
	r.names.qnames[raw] = q
	return q, nil
}

// spend charges interned memory to the document.
func (r *Reader) spend(n, at int) error {
	if r.names.spent += n; r.names.spent > namesBudget {
		return r.tooLong(at, namesBudget, "noms différents", "different names")
	}
	return nil
}

func (r *Reader) prefix(s string) *prefix {
	p := r.names.prefixes[s]
	if p == nil {
		p = &prefix{name: s}
		r.names.prefixes[s] = p
	}
	return p
}

// resolve returns the name q has when its prefix is bound to u.
func (r *Reader) resolve(q *qname, u *uri) *Name {
	k := resolvedKey{q, u}
	n := r.names.resolved[k]
	if n == nil {
		n = &Name{Space: u.name, Local: q.local, Prefix: q.prefix.name, ID: len(r.names.resolved), raw: q.raw}
		r.names.resolved[k] = n
		x := expandedKey{u, q.local}
		if n.expanded = r.names.expanded[x]; n.expanded == nil {
			n.expanded = new(uint64)
			r.names.expanded[x] = n.expanded
		}
		r.names.spent += 256
	}
	return n
}

func (r *Reader) elementName(q *qname) *Name {
	if u := q.prefix.uri; q.uri != u {
		q.name, q.uri = r.resolve(q, u), u
	}
	return q.name
}

func (r *Reader) attrName(q *qname) *Name {
	if q.prefix.name != "" {
		return r.elementName(q)
	}
	if q.plain == nil {
		q.plain = r.resolve(q, r.names.none)
	}
	return q.plain
}

// declare brings the declaration t of the current start tag into force
// (Namespaces in XML 1.0 §3, §5).
func (r *Reader) declare(t *rawAttr, value []byte) error {
	name := "" // of the prefix
	if t.q.prefix.name != "" {
		name = t.q.local
	}
	at := r.tok + t.at
	u := r.names.uris[string(value)]
	switch {
	case name == "xmlns", name == "xml" && u != r.names.xml, name != "xml" && u == r.names.xml, u == r.names.xmlns:
		what := name
		if what == "" {
			what = "xmlns"
		}
		return r.fail(report.XMLNSReserved, at, report.P("prefix", what))
	case name != "" && len(value) == 0:
		return r.fail(report.XMLNSEmpty, at, report.P("prefix", name))
	case len(r.bindings) >= r.lim.Namespaces:
		return r.fail(report.LimCount, at, report.Int("limit", r.lim.Namespaces),
			report.Words("what", "espaces de noms", "namespaces"))
	}
	if u == nil {
		if err := r.spend(len(value)+64, at); err != nil {
			return err
		}
		u = &uri{string(value)}
		r.names.uris[u.name] = u
	}
	p := r.prefix(name)
	r.bindings = append(r.bindings, binding{p, p.uri})
	p.uri = u
	r.declared = append(r.declared, Namespace{name, u.name})
	return nil
}

// unbind takes back the declarations from number n on.
func (r *Reader) unbind(n int) {
	for i := len(r.bindings) - 1; i >= n; i-- {
		b := r.bindings[i]
		b.prefix.uri = b.old
	}
	r.bindings = r.bindings[:n]
}

// Lookup returns the namespace a prefix is bound to at the current event. The
// empty prefix is always bound, to "" where there is no default namespace.
func (r *Reader) Lookup(prefix string) (uri string, ok bool) {
	if p := r.names.prefixes[prefix]; p != nil && p.uri != nil {
		return p.uri.name, true
	}
	return "", false
}

// reservedTarget reports whether a processing instruction may not have the
// target: xml in any case.
func reservedTarget(s string) bool { return strings.EqualFold(s, "xml") }
