package pades

import (
	"crypto/sha1"
	"strings"

	"github.com/liasse/liasse/internal/asn1x"
)

// level names the level of a signature, document timestamps aside: that of the
// baseline of EN 319 142-1 when its rules hold, else PAdES-BES or -EPES; PKCS7
// for the older forms, PDF-NOT-ETSI for what has not even those.
func (f *file) level(s *found) (format, level string) {
	x := s.signed
	inside, has := s.cms.Content()
	reason := len(s.sig.Dict.Key("Reason").Bytes()) > 0
	switch s.SubFilter {
	case "adbe.pkcs7.detached":
		if x.Holds && x.AttributesDone && !has {
			return "PKCS7", "PKCS7-B"
		}
	case digested:
		if x.Holds && len(inside) == sha1.Size {
			return "PKCS7", "PKCS7-B"
		}
	case "ETSI.CAdES.detached":
		switch {
		case !x.Extended, s.cms.Signers() != 1, has, s.Filter == "", x.ContentType != asn1x.OIDData, reason && len(x.Commitments) > 0:
		case f.baseline(s):
			return "PAdES", "PAdES-BASELINE-B"
		case (x.PolicyID != "" || x.PolicyImplied) && !reason:
			return "PAdES", "PAdES-EPES"
		default:
			return "PAdES", "PAdES-BES"
		}
	}
	return "PDF", "PDF-NOT-ETSI"
}

// baseline checks what EN 319 142-1 §6.3 asks of level B.
func (f *file) baseline(s *found) bool {
	x := s.signed
	intent := len(x.Commitments) > 0 || x.PolicyID != "" || x.PolicyImplied
	switch {
	case s.sig.Dict.Key("M").Bytes() == nil, s.sig.Dict.Raw("Cert").Kind() != 0, x.TimeAttribute, !x.Baseline,
		intent && len(s.sig.Dict.Key("Reason").Bytes()) > 0:
		return false
	}
	return true
}

// archived completes the level with what came after: timestamps, validation
// data, and timestamps over those.
func (f *file) archived(s *found) string {
	l := s.signed.Evidence.Level
	base, ok := strings.CutSuffix(l, "B")
	if !ok && l != "PAdES-BES" && l != "PAdES-EPES" {
		return l
	}
	stamped, over := s.signed.Stamped, false
	complete := s.signed.Complete
	for _, t := range f.found {
		if t.time == nil || !t.RangeOK || t.Range[1] < s.Range[2] {
			continue
		}
		stamped = true
		over = over || t.hasStore
	}
	switch {
	case !ok && complete && over:
		return "PAdES-LTV"
	case !ok:
		return l
	case !stamped:
		return base + "B"
	case !f.doc.Root().Key("DSS").IsDict() || !complete:
		return base + "T"
	case !over:
		return base + "LT"
	}
	return base + "LTA"
}
