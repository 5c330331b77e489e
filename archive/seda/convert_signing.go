package seda

import (
	"slices"

	"github.com/liasse/liasse/archive"
)

// signing returns the extras of the unit with each Signature of the versions
// before 2.3 told by one SigningInformation, which replaced it.
//
// Signer and Validator pass; Masterdata does not, nor the digest of the object
// that was signed: that object becomes the unit that describes it.
func (m *maker) signing(u *archive.Unit) []archive.Extra {
	var out []archive.Extra
	var signatures []*node
	for _, e := range u.Extras {
		n, err := (*node)(nil), error(nil)
		if e.In == unitContent.name && e.Name == "Signature" {
			if n, err = m.parse.parse(e.XML); err == nil && n.space == own && n.version < V23 {
				signatures = append(signatures, n)
				continue
			}
		}
		if e.In == unitContent.name && e.Name == "SigningInformation" {
			return u.Extras // it says so already
		}
		out = append(out, e)
	}
	if len(signatures) == 0 {
		return u.Extras
	}
	if m.converted != nil {
		m.converted("Content/Signature", "SigningInformation")
	}
	info := tree("SigningInformation")
	inside := false
	var outside []string
	var descriptions []*node
	for _, s := range signatures {
		validator := s.child("Validator")
		for c := range s.children {
			switch {
			case c.is("Signer"):
				descriptions = append(descriptions, tree("SignatureDescription", c, validator))
				validator = nil
			case c.is("Validator"):
			case c.is("ReferencedObject"):
				to := m.described(c.childToken("SignedObjectId"))
				switch {
				case to == u:
					inside = true
				case to != nil:
					if !slices.Contains(outside, to.ID) {
						outside = append(outside, to.ID)
					}
				default:
					m.lost("Content/Signature/ReferencedObject/SignedObjectId")
				}
				m.lost("Content/Signature/ReferencedObject/SignedObjectDigest")
			default:
				m.lost("Content/Signature/" + c.name)
			}
		}
	}
	if inside {
		info.add(elem("SigningRole", "SignedDocument"))
	}
	info.add(elem("SigningRole", "Signature"))
	for _, id := range outside {
		info.add(elem("SignedDocumentReferenceId", id))
	}
	info.add(descriptions...)
	return append(out, archive.Extra{In: unitContent.name, Name: info.name, XML: info.canonical(V23)})
}

// described returns the unit that describes the object, or nil.
func (m *maker) described(object string) *archive.Unit {
	if m.describes == nil {
		m.describes = map[string]*archive.Unit{}
		for u := range m.pkg.Walk() {
			for _, g := range u.Groups {
				for _, o := range g.Objects {
					if m.describes[o.ID] == nil {
						m.describes[o.ID] = u
					}
				}
			}
		}
	}
	return m.describes[object]
}
