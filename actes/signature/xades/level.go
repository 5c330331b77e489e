package xades

import (
	"strings"

	"github.com/liasse/liasse/actes/signature/internal/level"
)

// levelFacts are what the level depends on beside the evidence.
type levelFacts struct {
	certAttributes int
	ids            map[string]bool // of the references
	formats        map[string]bool // references whose media type is stated
	signed         map[string]bool // identifiers referred to
}

// levelName names the level: that of the baseline (EN 319 132-1 §6) when its
// rules hold, else one of the older names of TS 101 903, else XML-NOT-ETSI. The
// levels with long-term data need a chain all of whose certificates have
// revocation data, so they depend on the anchors.
func (s *sig) levelName() {
	e := s.e
	if !s.etsi() {
		e.Format, e.Level = "XML", "XML-NOT-ETSI"
		return
	}
	has := func(names ...string) bool {
		for _, n := range names {
			if s.unsigned.named(n) != nil {
				return true
			}
		}
		return false
	}
	stamped := level.Stamped(s.e)
	refs := has("CompleteCertificateRefs", "CompleteCertificateRefsV2", "CompleteRevocationRefs", "AttributeCertificateRefs", "AttributeCertificateRefsV2", "AttributeRevocationRefs")
	refStamps := has("SigAndRefsTimeStamp", "SigAndRefsTimeStampV2", "RefsOnlyTimeStamp", "RefsOnlyTimeStampV2")
	values := has("CertificateValues", "RevocationValues", "TimeStampValidationData", "AnyValidationData")
	archive := has("ArchiveTimeStamp")
	complete := level.Complete(s.e, s.d.pool)
	if !refs && !refStamps && s.baseline() {
		l := "B"
		if stamped && level.Timely(s.e) {
			l = "T"
			if values && complete {
				l = "LT"
				if archive {
					l = "LTA"
				}
			}
		}
		e.Level = "XAdES-BASELINE-" + l
		return
	}
	l := "BES"
	if e.PolicyID != "" || e.PolicyImplied {
		l = "EPES"
	}
	if stamped {
		l = "T"
		switch {
		case refs && refStamps:
			l = "X"
		case refs:
			l = "C"
		}
		if values && complete && (refStamps || !refs) {
			if l = "LT"; refs {
				l = "XL"
			}
			if archive {
				l = "A"
			}
		}
	}
	e.Level = "XAdES-" + l
}

// etsi reports whether this is XAdES at all: signed properties that name the
// certificate, or a key information that is signed, none of them given twice,
// and formats of references that are there.
func (s *sig) etsi() bool {
	if s.signed == nil {
		return false
	}
	props := s.signed.named("SignedSignatureProperties")
	count := func(name string) int { return len(props.allNamed(name)) }
	if s.level.certAttributes > 1 || count("SigningTime") > 1 ||
		count("SignatureProductionPlace")+count("SignatureProductionPlaceV2") > 1 || count("SignerRole")+count("SignerRoleV2") > 1 {
		return false
	}
	if s.level.certAttributes == 0 && !s.signsKey() {
		return false
	}
	s.level.ids, s.level.formats = map[string]bool{}, map[string]bool{}
	for _, r := range s.refs {
		s.level.ids[r.n.id()] = true
		for _, m := range r.entries {
			s.level.ids[m.n.id()] = true
		}
	}
	for _, f := range s.signed.named("SignedDataObjectProperties").allNamed("DataObjectFormat") {
		id, ok := strings.CutPrefix(f.attr("ObjectReference"), "#")
		if !ok || id == "" || !s.level.ids[id] {
			return false
		}
		if len(f.allNamed("Description")) != 1 && len(f.allNamed("ObjectIdentifier")) != 1 && len(f.allNamed("MimeType")) != 1 {
			return false // it says nothing, or says it twice (EN 319 132-1 §5.2.4)
		}
		if f.named("MimeType").string() != "" {
			s.level.formats[id] = true
		}
	}
	return true
}

// signsKey reports whether the key information is signed and holds the
// certificate.
func (s *sig) signsKey() bool {
	if s.keyInfo == nil || s.cert == nil {
		return false
	}
	inside := false
	for _, c := range s.inKeyInfo {
		inside = inside || c.ID() == s.cert.ID()
	}
	for _, r := range s.refs {
		if inside && r.job != nil && !r.job.whole && r.job.at.ord == s.keyInfo.ord {
			return true
		}
	}
	return false
}

// baseline checks what EN 319 132-1 §6.3 asks of level B.
func (s *sig) baseline() bool {
	inside, typed := false, false
	for _, c := range s.inKeyInfo {
		inside = inside || s.cert != nil && c.ID() == s.cert.ID()
	}
	for _, r := range s.refs {
		if r.typ == signedType(s.space) {
			typed = typed || !r.plan.whole
		} else if !s.hasFormat(r) {
			return false
		}
	}
	return s.keyInfo != nil && inside && typed && len(s.refs) >= 2 && s.signed.named("SignedSignatureProperties").named("SigningTime") != nil && s.level.certAttributes == 1 && s.infoJob != nil
}

// hasFormat reports whether a reference that can be named has its media type
// stated.
func (s *sig) hasFormat(r *ref) bool {
	id := r.n.id()
	if id == "" || s.counter || len(r.entries) > 0 || s.kind(r) == ofKey {
		return true
	}
	return s.level.formats[id]
}

// producer recognises the software by its habits (signature §15.4).
func (s *sig) producer() {
	id := s.id()
	switch {
	case len(id) > 6 && id[len(id)-6:] == "_SIG_1":
		s.e.Producer = "i-Parapheur"
	case len(id) > 8 && id[:3] == "IDC" && id[len(id)-5:] == "p0100":
		s.e.Producer = "DGFiP"
	}
}
