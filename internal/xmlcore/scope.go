package xmlcore

// Scope are the namespace declarations in force at an element of a tree that is
// kept beyond its event; nil where there are none.
type Scope struct {
	parent   *Scope
	Declared []Namespace // on the start tag nearest above that declares any
}

// Inside returns the scope of the element whose start tag is the event, s being
// that of its parent.
func (s *Scope) Inside(r *Reader) *Scope {
	if d := r.Namespaces(); len(d) > 0 {
		return &Scope{s, append([]Namespace(nil), d...)}
	}
	return s
}

// Lookup returns the namespace a prefix is bound to, as [Reader.Lookup] does.
func (s *Scope) Lookup(prefix string) (uri string, ok bool) {
	for ; s != nil; s = s.parent {
		for _, d := range s.Declared {
			if d.Prefix == prefix {
				return d.URI, true
			}
		}
	}
	if prefix == "xml" {
		return XMLSpace, true
	}
	return "", prefix == ""
}
