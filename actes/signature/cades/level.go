package cades

import (
	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/cms"
	"github.com/liasse/liasse/actes/signature/internal/level"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/asn1x"
)

// level names the level of a signer: that of the baseline (EN 319 122-1 §6)
// when its rules hold, else one of the older names of TS 101 733, else
// CMS-NOT-ETSI. The levels with long-term data need a chain all of whose
// certificates have revocation data, so they depend on the anchors.
func (f *file) level(e *signature.Evidence, s *cms.Signer) {
	if s.Ambiguous || !extended(e, s) || !alone(s) {
		e.Format, e.Level = "CMS", "CMS-NOT-ETSI"
		return
	}
	baseline := f.baseline(e, s)
	if !level.Stamped(e) || !level.Timely(e) {
		switch {
		case baseline:
			e.Level = "CAdES-BASELINE-B"
		case values(s.Info.Signed, oidPolicy) > 0:
			e.Level = "CAdES-EPES"
		default:
			e.Level = "CAdES-BES"
		}
		return
	}
	has := func(oids ...string) bool {
		n := 0
		for _, oid := range oids {
			n += len(asn1x.Find(s.Info.Unsigned, oid))
		}
		return n > 0
	}
	complete := f.complete(e)
	over := len(asn1x.Find(s.Info.Unsigned, oidEscStamp))+len(asn1x.Find(s.Info.Unsigned, oidCertCRLStamp)) == 1
	refs := values(s.Info.Unsigned, oidCertRefs) == 1 && values(s.Info.Unsigned, oidRevRefs) == 1
	switch {
	case baseline && complete && !has(oidCertRefs, oidRevRefs, oidCertValues, oidRevValues, oidCertCRLStamp):
		e.Level = "CAdES-BASELINE-LT"
		if has(oidArchiveV3) {
			e.Level += "A"
		}
	case complete && e.Archival:
		e.Level = "CAdES-A"
	case refs && over && complete:
		e.Level = "CAdES-XL"
	case refs && over:
		e.Level = "CAdES-X"
	case refs:
		e.Level = "CAdES-C"
	case complete:
		e.Level = "CAdES-LT"
	case baseline:
		e.Level = "CAdES-BASELINE-T"
	default:
		e.Level = "CAdES-T"
	}
}

// values counts the values of the attributes of one type, all together.
func values(l []asn1x.Attribute, oid string) (n int) {
	for _, a := range asn1x.Find(l, oid) {
		n += len(a.Values)
	}
	return n
}

// extended checks what every form of CAdES asks of the signed attributes: one
// content type (none in a counter-signature), one digest, one reference to the
// signing certificate.
func extended(e *signature.Evidence, s *cms.Signer) bool {
	l := s.Info.Signed
	types := values(l, asn1x.OIDContentType)
	return (types == 1 || types == 0 && e.Counter) && values(l, asn1x.OIDMessageDigest) == 1 && s.MessageDigest != nil && s.RefUnique &&
		len(asn1x.Find(l, oidSignerAttr))+len(asn1x.Find(l, oidSignerAttrV2)) <= 1
}

// alone checks that what may be there once is not there twice, and that the
// certificate is referred to by the attribute of its digest: the first version
// for SHA-1, the second for any other (EN 319 122-1 §6.3).
func alone(s *cms.Signer) bool {
	for _, oid := range []string{asn1x.OIDSigningTime, oidCommitment, oidContentHints, oidMimeType, oidLocation, oidPolicy, oidContentRef, oidContentID} {
		if len(asn1x.Find(s.Info.Signed, oid)) > 1 {
			return false
		}
	}
	for _, oid := range []string{oidPolicyStore, oidCertRefs, oidRevRefs, oidAttrCertRefs, oidAttrRevRefs, oidCertValues, oidRevValues} {
		if len(asn1x.Find(s.Info.Unsigned, oid)) > 1 {
			return false
		}
	}
	return fitting(s)
}

func fitting(s *cms.Signer) bool {
	if len(s.RefDigests) == 0 {
		return true
	}
	if s.RefDigests[0] == trust.SHA1 {
		return len(asn1x.Find(s.Info.Signed, cms.OIDSigningCert)) > 0
	}
	return len(asn1x.Find(s.Info.Signed, cms.OIDSigningCertV2)) > 0
}

// baseline checks what EN 319 122-1 §6.3 asks of level B.
func (f *file) baseline(e *signature.Evidence, s *cms.Signer) bool {
	return values(s.Info.Signed, asn1x.OIDSigningTime) == 1 && f.essential(e, s)
}

// essential is level B but for the signing time, which PDF states elsewhere.
func (f *file) essential(e *signature.Evidence, s *cms.Signer) bool {
	return f.holds(s) && extended(e, s) && !s.Ambiguous && fitting(s) && len(asn1x.Find(s.Info.Signed, oidPolicy)) <= 1 &&
		(!s.HasType || s.ContentType == asn1x.OIDData)
}

// holds reports whether the CMS itself brings the signer's certificate.
func (f *file) holds(s *cms.Signer) bool {
	for _, c := range f.certs {
		if s.Certificate != nil && c.ID() == s.Certificate.ID() {
			return true
		}
	}
	return false
}

// complete: there are revocation data for every certificate of every chain
// that needs some, and a chain.
func (f *file) complete(e *signature.Evidence) bool {
	return len(e.Chain) > 0 && level.Complete(e, f.pool)
}
