package xades

import (
	"github.com/liasse/liasse/actes/signature"
)

// manifests reads the entries of the ds:Manifest that references are over. The
// digest of a manifest proves its entries; what the entries are over is checked
// apart (XMLDSig §2.3).
func (s *sig) manifests() {
	for _, r := range s.refs {
		if r.typ != typeManifest {
			continue
		}
		for _, o := range s.objects {
			for _, m := range o.all(nsDS, "Manifest") {
				if r.plan.id == "" || m.id() != r.plan.id && o.id() != r.plan.id {
					continue
				}
				for _, n := range m.all(nsDS, "Reference") {
					if s.entries++; s.entries > maxReferences {
						return
					}
					r.entries = append(r.entries, s.reference(n))
				}
			}
		}
	}
}

// manifest checks the entries. Where none of what they are over is at hand,
// nothing is said of them; one that is absent among others is worth a warning,
// one that differs is a failure.
func (s *sig) manifest(r *ref) {
	notes, faults, covers := len(s.e.Notes), len(s.e.Token.Format), len(s.e.Covers)
	var results []signature.Reference
	some := false
	for _, m := range r.entries {
		m.result = signature.Reference{Name: "reference", Digest: m.digest, Manifest: true}
		if u := m.n.attr("URI"); u != "" {
			m.result.Name = u
		}
		before := len(s.e.Notes)
		s.evaluate(m)
		if m.job != nil && m.job.seen > 1 {
			m.result.Found, m.result.Intact = false, false
		}
		if !m.result.Found {
			s.e.Notes = s.e.Notes[:before]
		} else {
			some = true
			s.cover(m, ofData)
		}
		results = append(results, m.result)
	}
	if !some {
		s.e.Notes, s.e.Token.Format, s.e.Covers = s.e.Notes[:notes], s.e.Token.Format[:faults], s.e.Covers[:covers]
		return
	}
	s.e.References = append(s.e.References, results...)
}
