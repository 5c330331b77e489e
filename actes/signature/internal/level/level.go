// Package level asks what every format asks of the evidence of a signature before
// it names a level with timestamps or long-term data (EN 319 122-1 §6, EN 319
// 132-1 §6).
package level

import (
	"slices"

	"github.com/liasse/liasse/actes/signature"
)

// Stamped reports whether there is a signature timestamp that can be read.
func Stamped(e *signature.Evidence) bool {
	return slices.ContainsFunc(e.Timestamps, func(t *signature.Timestamp) bool { return t.Kind == signature.StampSignature })
}

// Timely reports whether every signature timestamp was made while the
// certificate was valid.
func Timely(e *signature.Evidence) bool {
	return len(e.Chain) == 0 || !slices.ContainsFunc(e.Timestamps, func(t *signature.Timestamp) bool {
		return t.Kind == signature.StampSignature && !t.GenTime.Before(e.Chain[0].NotAfter)
	})
}

// Complete reports whether there are revocation data for every certificate of
// every chain that needs some. What an archive timestamp needs is added with the
// next one.
func Complete(e *signature.Evidence, pool *signature.Pool) bool {
	return len(pool.CRLs)+len(pool.OCSPs) > 0 && covered(e.Chain) && !slices.ContainsFunc(e.Timestamps,
		func(t *signature.Timestamp) bool { return t.Kind != signature.StampArchive && !covered(t.Chain) })
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
