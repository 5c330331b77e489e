package cades

import (
	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/cms"
	"github.com/liasse/liasse/internal/asn1x"
)

// level names the level of a signer: that of the baseline (EN 319 122-1 §6)
// when its rules hold, else one of the older names of TS 101 733, else
// CMS-NOT-ETSI. The levels with long-term data need a chain all of whose
// certificates have revocation data, so they depend on the anchors.
func (f *file) level(e *signature.Evidence, s *cms.Signer) {
	if !s.RefPresent || s.Info.SignedV.IsZero() || s.MessageDigest == nil || s.Ambiguous {
		e.Format, e.Level = "CMS", "CMS-NOT-ETSI"
		return
	}
	has := func(oid string) bool { return len(asn1x.Find(s.Info.Unsigned, oid)) > 0 }
	stamped := has(oidStamp)
	refs := has(oidCertRefs) || has(oidRevRefs)
	values := has(oidCertValues) || has(oidRevValues)
	complete := f.complete(e)
	if !refs && f.baseline(e, s) {
		l := "B"
		if stamped && f.timely(e) {
			l = "T"
			if complete && !refs && !values {
				l = "LT"
			}
		}
		if l == "LT" && has(oidArchiveV3) {
			l = "LTA"
		}
		e.Level = "CAdES-BASELINE-" + l
		return
	}
	l := "BES"
	if e.PolicyID != "" {
		l = "EPES"
	}
	if stamped {
		l = "T"
	}
	switch {
	case stamped && refs && (has(oidEscStamp) || has(oidCertCRLStamp)):
		l = "X"
	case stamped && refs:
		l = "C"
	}
	if (l == "X" || l == "C") && values && complete {
		l += "L"
		if l == "CL" {
			l = "XL"
		}
		if e.Archival {
			l = "A"
		}
	}
	e.Level = "CAdES-" + l
}

// baseline checks what EN 319 122-1 §6.3 asks of level B.
func (f *file) baseline(e *signature.Evidence, s *cms.Signer) bool {
	return s.HasTime && f.essential(e, s)
}

// essential is level B but for the signing time, which PDF states elsewhere.
func (f *file) essential(e *signature.Evidence, s *cms.Signer) bool {
	inside := false
	for _, c := range f.certs {
		inside = inside || s.Certificate != nil && c.ID() == s.Certificate.ID()
	}
	count := func(oid string) int { return len(asn1x.Find(s.Info.Signed, oid)) }
	switch {
	case !inside, !s.RefPresent, !s.RefUnique, s.Ambiguous, count(asn1x.OIDMessageDigest) != 1:
		return false
	case !e.Counter && (count(asn1x.OIDContentType) != 1 || s.ContentType != asn1x.OIDData):
		return false
	}
	return true
}

// timely: every signature timestamp was made while the certificate was valid.
func (f *file) timely(e *signature.Evidence) bool {
	for _, t := range e.Timestamps {
		if t.Kind == signature.StampSignature && len(e.Chain) > 0 && !t.GenTime.Before(e.Chain[0].NotAfter) {
			return false
		}
	}
	return true
}

// complete: there are revocation data for every certificate of every chain
// that needs some.
func (f *file) complete(e *signature.Evidence) bool {
	if len(f.pool.CRLs)+len(f.pool.OCSPs) == 0 || len(e.Chain) == 0 {
		return false
	}
	ok := covered(e.Chain)
	for _, t := range e.Timestamps {
		// What an archive timestamp needs is added with the next one.
		ok = ok && (t.Kind == signature.StampArchive || covered(t.Chain))
	}
	return ok
}

func covered(l []*signature.Cert) bool {
	for _, c := range l {
		if c.Trusted {
			return true
		}
		if c.SelfSigned || c.ShortTerm || c.OCSPNoCheck || c.NoRevocation {
			continue
		}
		if len(c.Revocations) == 0 {
			return false
		}
	}
	return true
}
