package signature_test

import (
	"testing"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

var now = day(2025, 6, 1)

var good = trust.Algorithm{Scheme: trust.RSA, Digest: trust.SHA256}

// anchor, authority and agent are the facts of a chain with nothing wrong.
func anchor() *signature.Cert {
	return &signature.Cert{ID: "anchor", NotBefore: day(2010, 1, 1), NotAfter: day(2040, 1, 1), Trusted: true, CA: true, SelfSigned: true, SignatureIntact: true}
}

func status(id string) *signature.Revocation {
	return &signature.Revocation{ID: id, ThisUpdate: day(2025, 5, 31), ProducedAt: day(2025, 5, 31), NextUpdate: day(2025, 7, 1),
		Intact: true, Delegated: true, Algorithm: good, KeyBits: 3072, Chain: []*signature.Cert{anchor()}}
}

func cert(id string) *signature.Cert {
	return &signature.Cert{ID: id, NotBefore: day(2020, 1, 1), NotAfter: day(2030, 1, 1), SignatureIntact: true, IssuerNameOK: true,
		Algorithm: good, KeyBits: 3072, PublicScheme: trust.RSA, PublicBits: 3072, PathLenOK: true, HasSKI: true, HasAKI: true, NamesOK: true,
		KeyUsage: trust.UsageNonRepudiation, Revocations: []*signature.Revocation{status("rev-" + id)}}
}

func evidence() *signature.Evidence {
	ca := cert("authority")
	ca.CA, ca.KeyUsage = true, trust.UsageCertSign
	e := &signature.Evidence{Format: "XAdES", Level: "XAdES-BASELINE-B", SigningTime: day(2025, 5, 1), AttributesDone: true}
	e.Token = signature.Token{ID: "S", Chain: []*signature.Cert{cert("agent"), ca, anchor()}, RefPresent: true, RefDigest: true, RefMatches: true,
		RefUnique: true, RefSerial: true, Intact: true, Algorithm: good, KeyBits: 3072,
		References: []signature.Reference{{Name: "r", Found: true, Intact: true, Digest: trust.SHA256}}}
	return e
}

// expire ends the certificate of the signer, after the revocation data were
// produced.
func expire(e *signature.Evidence) {
	c := e.Chain[0]
	c.NotAfter = day(2025, 5, 15)
	c.Revocations[0].ThisUpdate, c.Revocations[0].ProducedAt = day(2025, 5, 14), day(2025, 5, 14)
}

func stamp(kind string, at time.Time) *signature.Timestamp {
	tsu := cert("tsu")
	tsu.EKU, tsu.EKUCritical = []string{trust.EKUTimeStamping}, true
	t := &signature.Timestamp{Kind: kind, GenTime: at, Covers: []string{"S"}}
	t.Token = signature.Token{ID: "T", Chain: []*signature.Cert{tsu, anchor()}, RefPresent: true, RefDigest: true, RefMatches: true, RefUnique: true, RefSerial: true,
		Intact: true, Algorithm: good, KeyBits: 3072, References: []signature.Reference{{Name: kind, Found: true, Intact: true, Digest: trust.SHA256}}}
	return t
}

func TestNothingWrongIsTotalPassed(t *testing.T) {
	v := signature.Judge(evidence(), signature.European(), now)
	if v.Conclusion != (signature.Conclusion{Indication: signature.TotalPassed}) || !v.Intact || !v.Trusted || !v.BestTime.Equal(now) {
		t.Fatalf("%v %v", v.Conclusion, v.BestTime)
	}
	for _, c := range v.Checks {
		if !c.Passed {
			t.Errorf("%s %s", c.Block, c.Rule.Code)
		}
	}
}

// TestOneFaultOneConclusion changes one fact at a time of a signature with
// nothing wrong.
func TestOneFaultOneConclusion(t *testing.T) {
	revoked := func(r *signature.Revocation) { r.Status = trust.Status{Revoked: true, At: day(2025, 5, 20)} }
	for _, c := range []struct {
		name   string
		change func(*signature.Evidence)
		want   signature.Sub
		rule   *report.Rule
	}{
		{"format", func(e *signature.Evidence) {
			e.Format, e.Token.Format = "", []signature.Fault{{Rule: signature.RuleFormat, Params: []report.Param{report.Words("why", "deux fois le même identifiant", "the same identifier twice")}}}
			e.References[0].Intact = false
		}, signature.FormatFailure, signature.RuleFormat},
		{"no certificate", func(e *signature.Evidence) { e.Chain = nil }, signature.NoSigningCertificateFound, signature.RuleSignerAbsent},
		{"another certificate named", func(e *signature.Evidence) { e.RefMatches = false }, signature.NoSigningCertificateFound, signature.RuleSignerDiffers},
		{"data absent before data changed", func(e *signature.Evidence) {
			e.References = append(e.References, signature.Reference{}, signature.Reference{Found: true})
		}, signature.SignedDataNotFound, signature.RuleDataAbsent},
		{"data changed before data absent", func(e *signature.Evidence) {
			e.References = append(e.References, signature.Reference{Found: true}, signature.Reference{})
		}, signature.HashFailure, signature.RuleDataDiffers},
		{"data changed beats no anchor", func(e *signature.Evidence) { e.References[0].Intact = false; e.Chain = e.Chain[:2] }, signature.HashFailure, signature.RuleDataDiffers},
		{"value", func(e *signature.Evidence) { e.Intact = false }, signature.SigCryptoFailure, signature.RuleValue},
		{"no anchor beats no signing time", func(e *signature.Evidence) { e.Chain = e.Chain[:2]; e.SigningTime = time.Time{} }, signature.NoCertificateChainFound, signature.RuleChain},
		{"anchor no longer trusted", func(e *signature.Evidence) { e.Chain[2].Sunset = day(2025, 1, 1) }, signature.NoCertificateChainNoPOE, signature.RuleSunset},
		{"anchor not trusted yet", func(e *signature.Evidence) { e.Chain[2].Periods = []trust.Period{{From: day(2025, 7, 1)}} }, signature.NoCertificateChainFound, signature.RuleEarly},
		{"anchor between two periods of trust", func(e *signature.Evidence) {
			e.Chain[2].Periods = []trust.Period{{Until: day(2025, 5, 1)}, {From: day(2025, 7, 1)}}
		}, signature.NoCertificateChainNoPOE, signature.RuleSunset},
		{"certificate signature", func(e *signature.Evidence) { e.Chain[0].SignatureIntact = false }, signature.ChainGeneralFailure, signature.RuleCertSignature},
		{"not a CA", func(e *signature.Evidence) { e.Chain[1].CA = false }, signature.ChainGeneralFailure, signature.RuleCertCA},
		{"issuer name", func(e *signature.Evidence) { e.Chain[0].IssuerNameOK = false }, signature.ChainGeneralFailure, signature.RuleCertIssuer},
		{"path length", func(e *signature.Evidence) { e.Chain[1].PathLenOK = false }, signature.ChainGeneralFailure, signature.RuleCertPath},
		{"CA key usage", func(e *signature.Evidence) { e.Chain[1].KeyUsage = 0 }, signature.ChainConstraintsFailure, signature.RuleCertUsage},
		{"CA key identifier", func(e *signature.Evidence) { e.Chain[1].HasSKI = false }, signature.ChainConstraintsFailure, signature.RuleCertKeyID},
		{"OCSP extension", func(e *signature.Evidence) { e.Chain[0].OCSPNoCheck = true }, signature.ChainConstraintsFailure, signature.RuleCertForbidden},
		{"names only warn", func(e *signature.Evidence) { e.Chain[0].NamesOK = false }, "", signature.RuleCertNames},
		{"policies only warn", func(e *signature.Evidence) { e.Chain[0].PoliciesLost = true }, "", signature.RuleCertPolicies},
		{"critical extension only warns", func(e *signature.Evidence) { e.Chain[0].UnknownExts = true }, "", signature.RuleCertExtension},
		{"self-signed signer only warns", func(e *signature.Evidence) { e.Chain[0].SelfSigned = true }, "", signature.RuleSelfSigned},
		{"no revocation data", func(e *signature.Evidence) { e.Chain[0].Revocations = nil }, signature.ChainGeneralFailure, signature.RuleRevocationNone},
		{"revocation data of nobody", func(e *signature.Evidence) { e.Chain[0].Revocations[0].Intact = false }, signature.ChainGeneralFailure, signature.RuleRevocationUnusable},
		{"expired without revocation data", func(e *signature.Evidence) { expire(e); e.Chain[0].Revocations = nil }, signature.ChainGeneralFailure, signature.RuleRevocationNone},
		{"expired", expire, signature.OutOfBoundsNotRevoked, signature.RuleCertValidity},
		{"revoked", func(e *signature.Evidence) { revoked(e.Chain[0].Revocations[0]) }, signature.RevokedNoPOE, signature.RuleRevoked},
		{"CA revoked", func(e *signature.Evidence) { revoked(e.Chain[1].Revocations[0]) }, signature.RevokedCANoPOE, signature.RuleRevoked},
		{"on hold", func(e *signature.Evidence) {
			e.Chain[0].Revocations[0].Status = trust.Status{Revoked: true, Reason: trust.ReasonHold, At: day(2025, 5, 20)}
		}, signature.TryLater, signature.RuleHold},
		{"no signing time", func(e *signature.Evidence) { e.SigningTime = time.Time{} }, signature.SigConstraintsFailure, signature.RuleTimeAbsent},
		{"signing time outside", func(e *signature.Evidence) { e.SigningTime = day(2019, 1, 1) }, signature.SigConstraintsFailure, signature.RuleTimeOutside},
		{"properties not signed", func(e *signature.Evidence) { e.AttributesDone = false }, signature.SigConstraintsFailure, signature.RuleAttributes},
		{"SHA-1", func(e *signature.Evidence) { e.Algorithm.Digest = trust.SHA1 }, signature.CryptoConstraintsNoPOE, signature.RuleAlgorithm},
		{"512 bits", func(e *signature.Evidence) { e.KeyBits = 512 }, signature.CryptoConstraintsFailure, signature.RuleAlgorithm},
		{"certificate not named", func(e *signature.Evidence) { e.RefPresent = false }, "", signature.RuleSignerUnnamed},
		{"certificate named twice", func(e *signature.Evidence) { e.RefUnique = false }, "", signature.RuleSignerSeveral},
		{"serial number", func(e *signature.Evidence) { e.RefSerial = false }, "", signature.RuleSignerSerial},
		{"manifest entry absent only warns", func(e *signature.Evidence) { e.References = append(e.References, signature.Reference{Manifest: true}) }, "", signature.RuleDataAbsent},
		{"timestamp order", func(e *signature.Evidence) {
			e.Timestamps = []*signature.Timestamp{stamp(signature.StampContent, day(2025, 5, 10)), stamp(signature.StampSignature, day(2025, 5, 5))}
		}, "", signature.RuleStampOrder},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := evidence()
			c.change(e)
			v := signature.Judge(e, signature.European(), now)
			if v.Conclusion.Sub != c.want {
				t.Errorf("%v, want %s", v.Conclusion, c.want)
			}
			found := false
			for _, k := range v.Checks {
				found = found || k.Rule == c.rule && !k.Passed
			}
			if !found {
				t.Errorf("%s is not among the failed checks", c.rule.Code)
			}
		})
	}
}

// TestAStampRescues: a signature timestamp made in time proves that the
// signature existed while all was well.
func TestAStampRescues(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*signature.Evidence)
		at     time.Time
		want   signature.Sub
	}{
		{"expired since", expire, day(2025, 5, 10), ""},
		{"expired before", expire, day(2025, 5, 16), signature.OutOfBoundsNotRevoked},
		{"revoked since", func(e *signature.Evidence) {
			e.Chain[0].Revocations[0].Status = trust.Status{Revoked: true, At: day(2025, 5, 20)}
		}, day(2025, 5, 10), ""},
		{"revoked before", func(e *signature.Evidence) {
			e.Chain[0].Revocations[0].Status = trust.Status{Revoked: true, At: day(2025, 5, 20)}
		}, day(2025, 5, 21), signature.RevokedNoPOE},
		{"before the certificate", func(e *signature.Evidence) {}, day(2019, 12, 31), signature.NotYetValid},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := evidence()
			c.change(e)
			s := stamp(signature.StampSignature, c.at)
			s.Chain[0].NotBefore = day(2015, 1, 1)
			e.Timestamps = []*signature.Timestamp{s}
			v := signature.Judge(e, signature.European(), now)
			if v.Conclusion.Sub != c.want || v.Proof != "T" || !v.BestTime.Equal(c.at) {
				t.Errorf("%v at %v, want %q", v.Conclusion, v.BestTime, c.want)
			}
			e.Timestamps[0].References[0].Intact = false
			if v := signature.Judge(e, signature.European(), now); v.Proof != "" {
				t.Error("a timestamp over something else proves the time")
			}
		})
	}
}

func TestRules(t *testing.T) {
	judge := func(p *signature.Policy, f func(*signature.Evidence)) func(testing.TB) *report.Report {
		return func(testing.TB) *report.Report {
			e := evidence()
			f(e)
			v := signature.Judge(e, p, now)
			r := report.New(report.Options{})
			v.Findings(r, report.Location{})
			return r
		}
	}
	eu := signature.European()
	fresh, quick := signature.European(), signature.European()
	fresh.MaxFreshness, quick.MaxDelay = time.Hour, time.Hour
	cases := map[*report.Rule]func(*signature.Evidence){
		signature.RuleFormat: func(e *signature.Evidence) {
			e.Token.Format = []signature.Fault{{Rule: signature.RuleFormat, Params: []report.Param{report.Words("why", "a", "b")}}}
		},
		signature.RuleDataAbsent:         func(e *signature.Evidence) { e.References[0].Found = false },
		signature.RuleDataDiffers:        func(e *signature.Evidence) { e.References[0].Intact = false },
		signature.RuleValue:              func(e *signature.Evidence) { e.Intact = false },
		signature.RuleSignerAbsent:       func(e *signature.Evidence) { e.Chain = nil },
		signature.RuleSignerDiffers:      func(e *signature.Evidence) { e.RefMatches = false },
		signature.RuleSignerUnnamed:      func(e *signature.Evidence) { e.RefPresent = false },
		signature.RuleSignerSeveral:      func(e *signature.Evidence) { e.RefUnique = false },
		signature.RuleSignerSerial:       func(e *signature.Evidence) { e.RefSerial = false },
		signature.RuleChain:              func(e *signature.Evidence) { e.Chain = e.Chain[:1] },
		signature.RuleSunset:             func(e *signature.Evidence) { e.Chain[2].Sunset = day(2025, 1, 1) },
		signature.RuleEarly:              func(e *signature.Evidence) { e.Chain[2].Periods = []trust.Period{{From: day(2026, 1, 1)}} },
		signature.RuleCertSignature:      func(e *signature.Evidence) { e.Chain[0].SignatureIntact = false },
		signature.RuleCertCA:             func(e *signature.Evidence) { e.Chain[1].CA = false },
		signature.RuleCertIssuer:         func(e *signature.Evidence) { e.Chain[0].IssuerNameOK = false },
		signature.RuleCertPath:           func(e *signature.Evidence) { e.Chain[1].PathLenOK = false },
		signature.RuleCertUsage:          func(e *signature.Evidence) { e.Chain[0].KeyUsage = 0 },
		signature.RuleCertKeyID:          func(e *signature.Evidence) { e.Chain[1].HasSKI = false },
		signature.RuleCertPolicies:       func(e *signature.Evidence) { e.Chain[0].PoliciesLost = true },
		signature.RuleCertNames:          func(e *signature.Evidence) { e.Chain[0].NamesOK = false },
		signature.RuleCertExtension:      func(e *signature.Evidence) { e.Chain[0].UnknownExts = true },
		signature.RuleCertForbidden:      func(e *signature.Evidence) { e.Chain[0].OCSPNoCheck = true },
		signature.RuleCertValidity:       expire,
		signature.RuleSelfSigned:         func(e *signature.Evidence) { e.Chain[0].SelfSigned = true },
		signature.RuleRevocationNone:     func(e *signature.Evidence) { e.Chain[0].Revocations = nil },
		signature.RuleRevocationUnusable: func(e *signature.Evidence) { e.Chain[0].Revocations[0].Unknown = true },
		signature.RuleRevoked: func(e *signature.Evidence) {
			e.Chain[0].Revocations[0].Status = trust.Status{Revoked: true, At: day(2025, 5, 20)}
		},
		signature.RuleHold: func(e *signature.Evidence) {
			e.Chain[0].Revocations[0].Status = trust.Status{Revoked: true, Reason: trust.ReasonHold, At: day(2025, 5, 20)}
		},
		signature.RuleTimeAbsent:  func(e *signature.Evidence) { e.SigningTime = time.Time{} },
		signature.RuleTimeOutside: func(e *signature.Evidence) { e.SigningTime = day(2019, 1, 1) },
		signature.RuleAttributes:  func(e *signature.Evidence) { e.AttributesDone = false },
		signature.RuleAlgorithm:   func(e *signature.Evidence) { e.Algorithm.Digest = trust.MD5 },
		signature.RuleStampDiffers: func(e *signature.Evidence) {
			s := stamp(signature.StampSignature, now)
			s.References[0].Intact = false
			e.Timestamps = []*signature.Timestamp{s}
		},
		signature.RuleStampRefused: func(e *signature.Evidence) {
			s := stamp(signature.StampSignature, now)
			s.Intact = false
			e.Timestamps = []*signature.Timestamp{s}
		},
		signature.RuleStampOrder: func(e *signature.Evidence) {
			e.Timestamps = []*signature.Timestamp{stamp(signature.StampContent, day(2025, 5, 10)), stamp(signature.StampSignature, day(2025, 5, 5))}
		},
		signature.RuleNotYetValid: func(e *signature.Evidence) {
			s := stamp(signature.StampSignature, day(2019, 12, 31))
			s.Chain[0].NotBefore = day(2015, 1, 1)
			e.Timestamps = []*signature.Timestamp{s}
		},
		signature.RuleNotProved: expire,
	}
	all := map[*report.Rule]func(testing.TB) *report.Report{
		signature.RuleStale:      judge(fresh, func(*signature.Evidence) {}),
		signature.RuleStampDelay: judge(quick, func(*signature.Evidence) {}),
		signature.RuleCertPurpose: func(testing.TB) *report.Report {
			s := stamp(signature.StampToken, now)
			s.Chain[0].EKU = nil
			v := signature.JudgeStamp(s, eu, now)
			r := report.New(report.Options{})
			for _, c := range v.Checks {
				if !c.Passed {
					r.Add(c.Rule, report.Location{}, c.Params...)
				}
			}
			return r
		},
	}
	asked := func(o signature.Outcome) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			w := newTown(t, nil)
			if o != signature.Obtained {
				w.web.pages = nil
			}
			return w.validate(t, w.opt).Findings
		}
	}
	all[signature.RuleFetched], all[signature.RuleNotFetched] = asked(signature.Obtained), asked(signature.NoAnswer)
	for rule, f := range cases {
		all[rule] = judge(eu, f)
	}
	rulestest.Every(t, signature.Rules(), all)
}

// TestAProofOfExistenceFallsInAPeriodOfTrust: when the anchor is no longer
// trusted, a signature is saved by what proves that it existed while it was,
// not by a proof of a time between two periods.
func TestAProofOfExistenceFallsInAPeriodOfTrust(t *testing.T) {
	for _, c := range []struct {
		name string
		at   time.Time
		want signature.Sub
	}{
		{"in the last period", day(2024, 6, 1), ""},
		{"in the first", day(2022, 6, 1), ""},
		{"between them", day(2023, 6, 1), signature.NoCertificateChainNoPOE},
		{"before the first", day(2020, 6, 1), signature.NoCertificateChainNoPOE},
		{"after the last", day(2025, 2, 1), signature.NoCertificateChainNoPOE},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := evidence()
			e.SigningTime, e.Archival = day(2020, 5, 1), true
			e.Chain[2].Periods = []trust.Period{{From: day(2021, 1, 1), Until: day(2023, 1, 1)}, {From: day(2024, 1, 1), Until: day(2025, 1, 1)}}
			s := stamp(signature.StampArchive, c.at)
			for _, x := range e.Chain[:2] {
				x.Revocations[0].ThisUpdate, x.Revocations[0].ProducedAt = day(2020, 4, 1), day(2020, 4, 1)
				s.Covers = append(s.Covers, x.ID, x.Revocations[0].ID)
			}
			e.Timestamps = []*signature.Timestamp{s}
			if v := signature.Judge(e, signature.European(), now); v.Conclusion.Sub != c.want || v.Basic.Sub != signature.NoCertificateChainNoPOE {
				t.Errorf("%v after %v, want %q", v.Conclusion, v.Basic, c.want)
			}
		})
	}
}
