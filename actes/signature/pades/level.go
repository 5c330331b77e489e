package pades

import (
	"strings"

	"github.com/liasse/liasse/internal/asn1x"
)

// level names the level of a signature, document timestamps aside: that of the
// baseline of EN 319 142-1 when its rules hold, else PAdES-BES or -EPES; PKCS7
// for the older forms, PDF-NOT-ETSI for what has not even those.
func (f *file) level(s *found) (format, level string) {
	x := s.signed
	if !x.AttributesDone {
		return "PDF", "PDF-NOT-ETSI"
	}
	if strings.HasPrefix(s.SubFilter, "adbe.") {
		return "PKCS7", "PKCS7-B"
	}
	switch {
	case !x.RefPresent:
		return "PDF", "PDF-NOT-ETSI"
	case f.baseline(s):
		return "PAdES", "PAdES-BASELINE-B"
	case x.PolicyID != "":
		return "PAdES", "PAdES-EPES"
	}
	return "PAdES", "PAdES-BES"
}

// baseline checks what EN 319 142-1 §6.3 asks of level B.
func (f *file) baseline(s *found) bool {
	x := s.signed
	intent := len(x.Commitments) > 0 || x.PolicyID != "" || x.PolicyImplied
	switch {
	case s.SubFilter != "ETSI.CAdES.detached", s.Filter == "", s.sig.Dict.Key("M").Bytes() == nil,
		s.sig.Dict.Raw("Cert").Kind() != 0, x.TimeAttribute, !x.Baseline, x.ContentType != asn1x.OIDData,
		intent && s.sig.Dict.Key("Reason").Bytes() != nil:
		return false
	}
	return true
}

// archived completes the level with what came after: timestamps, validation
// data, and timestamps over those.
func (f *file) archived(s *found) string {
	l := s.signed.Evidence.Level
	if !strings.HasSuffix(l, "-B") {
		return l
	}
	base := strings.TrimSuffix(l, "B")
	stamped, over := s.signed.Stamped, false
	complete := s.signed.Complete
	for _, t := range f.found {
		if t.time == nil || !t.RangeOK || t.Range[1] < s.Range[2] {
			continue
		}
		if early(s, t) {
			stamped = true
			over = over || t.hasStore
		}
	}
	switch {
	case !stamped:
		return base + "B"
	case !f.doc.Root().Key("DSS").IsDict() || !complete:
		return base + "T"
	case !over:
		return base + "LT"
	}
	return base + "LTA"
}

// early: the timestamp was made while the certificate was valid.
func early(s, t *found) bool {
	c := s.signed.Chain
	return len(c) == 0 || !t.time.GenTime.After(c[0].NotAfter)
}
