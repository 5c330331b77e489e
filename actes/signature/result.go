package signature

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/liasse/liasse/ged/inspect"
)

// Signatures returns the verdicts in the form of an inspection.
func (r *Report) Signatures(at time.Time) []inspect.Signature {
	out := make([]inspect.Signature, 0, len(r.Verdicts))
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		s := inspect.Signature{ID: v.ID, Format: v.Format, Indication: string(v.Conclusion.Indication),
			SubIndication: string(v.Conclusion.Sub), Intact: v.Intact, Trusted: v.Trusted, Covers: []string{}}
		s.Level = strings.TrimPrefix(strings.TrimPrefix(v.Level, v.Format+"-"), "BASELINE-")
		for _, c := range v.Covers {
			s.Covers = append(s.Covers, c.Kind+":"+c.Name)
		}
		if x := v.signer(); x != nil && x.X509 != nil {
			s.SignedBy = x.X509.Subject.Common()
		}
		if !v.SigningTime.IsZero() {
			s.ClaimedTime = v.SigningTime.UTC().Format(time.RFC3339Nano)
		}
		if v.Proof != "" {
			s.BestTime = v.BestTime.UTC().Format(time.RFC3339Nano)
		} else if !at.IsZero() {
			s.BestTime = at.UTC().Format(time.RFC3339Nano)
		}
		out = append(out, s)
	}
	return out
}

// State says in one word what a timestamp is worth by itself: "intact",
// "differs" (over something else), "nodata" (what it is over is not at hand),
// "sigbad" (the token itself is not proved).
func (s *StampVerdict) State() string {
	found, intact := s.imprint()
	switch {
	case !found:
		return "nodata"
	case !intact:
		return "differs"
	case !s.Intact, s.Conclusion.Sub == NoSigningCertificateFound, s.Conclusion.Sub == FormatFailure:
		return "sigbad"
	}
	return "intact"
}

// Facts writes the main facts of the report into a summary, under the keys of
// the project's inspection contract. Several signatures are joined by "+".
func (r *Report) Facts(s *inspect.Summary) {
	if len(r.Verdicts) > 0 {
		r.signatureFacts(s)
	}
	r.stampFacts(s)
}

func (r *Report) signatureFacts(s *inspect.Summary) {
	join := func(f func(*Verdict) string) string {
		l := make([]string, len(r.Verdicts))
		some := false
		for i := range r.Verdicts {
			l[i] = f(&r.Verdicts[i])
			some = some || l[i] != ""
			if l[i] == "" {
				l[i] = "-"
			}
		}
		if !some {
			return ""
		}
		return strings.Join(l, "+")
	}
	s.Set("sig.count", strconv.Itoa(len(r.Verdicts)))
	s.Set("sig.indication", join(func(v *Verdict) string { return string(v.Conclusion.Indication) }))
	s.Set("sig.sub", join(func(v *Verdict) string { return string(v.Conclusion.Sub) }))
	s.Set("sig.intact", join(func(v *Verdict) string { return strconv.FormatBool(v.Intact) }))
	s.Set("sig.value_ok", join(func(v *Verdict) string { return strconv.FormatBool(v.Token.Intact) }))
	s.Set("sig.level", join(func(v *Verdict) string { return v.Level }))
	s.Set("sig.trusted", join(func(v *Verdict) string { return strconv.FormatBool(v.Trusted) }))
	s.Set("sig.counter", join(func(v *Verdict) string { return strconv.FormatBool(v.Counter) }))
	s.Set("refs", join(func(v *Verdict) string { return strconv.Itoa(len(v.References)) }))
	s.Set("claimed", join(func(v *Verdict) string { return when(v.SigningTime) }))
	s.Set("policy", join(func(v *Verdict) string {
		if v.PolicyImplied && v.PolicyID == "" {
			return "IMPLICIT_POLICY"
		}
		return v.PolicyID
	}))
	s.Set("bestTime", join(func(v *Verdict) string {
		if v.Proof == "" {
			return "at"
		}
		return when(v.BestTime)
	}))
	var bad, covers []string
	for i := range r.Verdicts {
		for _, f := range r.Verdicts[i].References {
			switch {
			case !f.Found:
				bad = appendNew(bad, f.Name+"!notfound")
			case !f.Intact:
				bad = appendNew(bad, f.Name+"!differs")
			}
		}
		for _, c := range r.Verdicts[i].Covers {
			covers = appendNew(covers, c.Kind+":"+c.Name)
		}
	}
	s.Set("refs.bad", strings.Join(bad, "+"))
	s.Set("covers", strings.Join(covers, "+"))
}

func (r *Report) stampFacts(s *inspect.Summary) {
	// A timestamp over a whole document stands with every signature in it. They
	// come in the order they were made.
	var all []*StampVerdict
	said := map[*Timestamp]bool{}
	add := func(l []StampVerdict) {
		for i := range l {
			if !said[l[i].Timestamp] {
				said[l[i].Timestamp] = true
				all = append(all, &l[i])
			}
		}
	}
	for i := range r.Verdicts {
		add(r.Verdicts[i].Stamps)
	}
	add(r.Stamps)
	slices.SortStableFunc(all, func(a, b *StampVerdict) int { return a.GenTime.Compare(b.GenTime) })
	var stamps, ends []string
	for _, v := range all {
		t := v.Kind + "@" + when(v.GenTime)
		if v.Kind != StampToken {
			t += ":" + v.State()
		}
		stamps = append(stamps, t)
		ends = append(ends, v.Conclusion.String())
	}
	if len(stamps) > 0 {
		s.Set("tst.count", strconv.Itoa(len(stamps)))
		s.Set("tst", strings.Join(stamps, "+"))
		s.Set("tst.indication", strings.Join(ends, "+"))
	}
}

func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	// To the millisecond, as the table of the corpus writes times; all that a
	// token says of its time is in Timestamp.GenTime.
	if t = t.Truncate(time.Millisecond); t.Nanosecond() != 0 {
		return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func appendNew(l []string, s string) []string {
	for _, x := range l {
		if x == s {
			return l
		}
	}
	return append(l, s)
}
