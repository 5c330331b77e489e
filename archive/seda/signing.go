package seda

import (
	"slices"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/seda2"
)

// signing returns the extras of the unit with each Signature of the versions
// before 2.3 told by one SigningInformation, which replaced it.
//
// Signer and Validator pass; Masterdata does not, nor the digest of the object
// that was signed: that object becomes the unit that describes it.
func (m *maker) signing(u *archive.Unit) []archive.Extra {
	var out []archive.Extra
	var signatures []*element.Node
	for _, e := range u.Extras {
		n, err := (*element.Node)(nil), error(nil)
		if e.In == seda2.UnitContent.Name && e.Name == "Signature" {
			if n, err = m.parse.Parse(e.XML); err == nil && n.Space == element.Own && n.Version < element.V23 {
				signatures = append(signatures, n)
				continue
			}
		}
		if e.In == seda2.UnitContent.Name && e.Name == "SigningInformation" {
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
	info := element.Tree("SigningInformation")
	inside := false
	var outside []string
	var descriptions []*element.Node
	for _, s := range signatures {
		validator := s.Child("Validator")
		for c := range s.Children {
			switch {
			case c.Is("Signer"):
				descriptions = append(descriptions, element.Tree("SignatureDescription", c, validator))
				validator = nil
			case c.Is("Validator"):
			case c.Is("ReferencedObject"):
				to := m.described(c.ChildToken("SignedObjectId"))
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
				m.lost("Content/Signature/" + c.Name)
			}
		}
	}
	if inside {
		info.Add(element.Elem("SigningRole", "SignedDocument"))
	}
	info.Add(element.Elem("SigningRole", "Signature"))
	for _, id := range outside {
		info.Add(element.Elem("SignedDocumentReferenceId", id))
	}
	info.Add(descriptions...)
	return append(out, archive.Extra{In: seda2.UnitContent.Name, Name: info.Name, XML: info.Canonical(element.Version(V23))})
}

// described returns the unit that describes the object, or nil.
func (m *maker) described(object string) *archive.Unit {
	if m.describes == nil {
		m.describes = map[string]*archive.Unit{}
		for u := range m.pkg.Walk() {
			for o := range element.Objects(u.Groups) {
				if m.describes[o.ID] == nil {
					m.describes[o.ID] = u
				}
			}
		}
	}
	return m.describes[object]
}
