package cades_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/cades"
	"github.com/liasse/liasse/actes/signature/internal/cmstest"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

var acte = []byte("Le conseil municipal, après en avoir délibéré…")

func validate(t testing.TB, b []byte, opt signature.Options) *signature.Report {
	t.Helper()
	opt.At = now
	r, err := cades.Validate(context.Background(), b, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func given(name string, content []byte) signature.Options {
	return signature.Options{Detached: []fs.FS{fstest.MapFS{name: {Data: content}}}}
}

func trusting(t testing.TB, raw []byte) signature.Options {
	t.Helper()
	c, err := trust.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return signature.Options{Store: trust.NewStore(trust.Anchor{Certificate: c})}
}

// TestVerdicts is what must be said of signatures composed here, right and
// wrong.
func TestVerdicts(t *testing.T) {
	ca := cmstest.NewCA(t)
	attached := cmstest.Signature{Content: acte}
	detached := cmstest.Signature{Content: acte, Detached: true}
	with := func(s cmstest.Signature, f func(*cmstest.Signature)) []byte { f(&s); return ca.Sign(t, s) }
	plain := func(*cmstest.Signature) {}
	const none, data, hash, value = signature.NoCertificateChainFound, signature.SignedDataNotFound, signature.HashFailure, signature.SigCryptoFailure
	sum := sha256.Sum256(acte)
	attrType, attrDigest := cmstest.Attr(cmstest.OIDType, cmstest.DER(cmstest.OIDData)), cmstest.Attr(cmstest.OIDDigest, cmstest.TLV(4, sum[:]))
	sha2, ecdsa2 := asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	protection := func(digest, algorithm asn1.ObjectIdentifier) []byte {
		return cmstest.Attr(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 52}, cmstest.TLV(0x30, cmstest.TLV(0x30, cmstest.DER(digest)), cmstest.TLV(0xa1, cmstest.DER(algorithm))))
	}
	for _, c := range []struct {
		name   string
		file   []byte
		opt    signature.Options
		sub    signature.Sub
		intact bool
		level  string
		valid  bool
	}{
		{"attached", with(attached, plain), signature.Options{}, none, true, "CAdES-BASELINE-B", true},
		{"detached", with(detached, plain), given("acte.pdf", acte), none, true, "CAdES-BASELINE-B", true},
		{"its own anchor", with(attached, plain), trusting(t, ca.Agent.Raw), "", true, "CAdES-BASELINE-B", true},
		{"no revocation data", with(attached, plain), trusting(t, ca.Root.Raw), signature.ChainGeneralFailure, true, "CAdES-BASELINE-B", true},
		{"content absent", with(detached, plain), signature.Options{}, data, false, "CAdES-BASELINE-B", true},
		{"content changed", with(detached, plain), given("acte.pdf", append([]byte("x"), acte...)), hash, false, "CAdES-BASELINE-B", false},
		{"no attributes", with(attached, func(s *cmstest.Signature) { s.NoAttrs = true }), signature.Options{}, none, true, "CMS-NOT-ETSI", true},
		{"no attributes, changed", with(detached, func(s *cmstest.Signature) { s.NoAttrs = true }), given("a", []byte("b")), value, false, "CMS-NOT-ETSI", false},
		{"no certificate", with(attached, func(s *cmstest.Signature) { s.NoCert = true }), signature.Options{}, signature.NoSigningCertificateFound, false, "CAdES-BES", true},
		{"another certificate named", with(attached, func(s *cmstest.Signature) { s.WrongRef = true }), signature.Options{}, signature.NoSigningCertificateFound, true, "CAdES-BASELINE-B", true},
		{"stored out of order", with(attached, func(s *cmstest.Signature) { s.Unsorted = true }), signature.Options{}, none, true, "CAdES-BASELINE-B", true},
		{"signed out of order", with(attached, func(s *cmstest.Signature) { s.Stored = true }), signature.Options{}, value, false, "CAdES-BASELINE-B", false},
		{"two signing times", with(attached, func(s *cmstest.Signature) {
			s.Extra = [][]byte{cmstest.Attr(cmstest.OIDTime, cmstest.DER(cmstest.Time.AddDate(1, 0, 0)))}
		}), signature.Options{}, value, false, "CMS-NOT-ETSI", false},
		{"another content type", with(attached, func(s *cmstest.Signature) { s.SaysType = asn1.ObjectIdentifier{1, 2, 3} }), signature.Options{}, value, false, "CAdES-BES", false},
		{"an empty digest", with(detached, func(s *cmstest.Signature) {
			s.Bare = [][]byte{attrType, cmstest.Attr(cmstest.OIDDigest, cmstest.TLV(4))}
		}), given("acte.pdf", acte), hash, false, "", false},
		{"no digest", with(detached, func(s *cmstest.Signature) { s.Bare = [][]byte{attrType} }), given("acte.pdf", acte), value, false, "CMS-NOT-ETSI", false},
		{"no content type", with(attached, func(s *cmstest.Signature) { s.Bare = [][]byte{attrDigest} }), signature.Options{}, value, false, "CMS-NOT-ETSI", false},
		{"a digest of another kind", with(attached, func(s *cmstest.Signature) {
			s.Bare = [][]byte{attrType, cmstest.Attr(cmstest.OIDDigest, cmstest.TLV(0x0c, sum[:]))}
		}), signature.Options{}, value, false, "", false},
		{"a signing time that is none", with(attached, func(s *cmstest.Signature) {
			s.NoTime, s.Extra = true, [][]byte{cmstest.Attr(cmstest.OIDTime, cmstest.TLV(0x0c, []byte("hier")))}
		}), signature.Options{}, value, false, "CAdES-BASELINE-B", false},
		{"a counter-signature that is signed", with(attached, func(s *cmstest.Signature) {
			s.Extra = [][]byte{cmstest.Attr(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 6}, cmstest.TLV(0x30))}
		}), signature.Options{}, value, false, "CAdES-BASELINE-B", false},
		{"the reference of SHA-1 in the attribute of others", with(attached, func(s *cmstest.Signature) {
			ref := sha1.Sum(ca.Agent.Raw)
			s.Bare = [][]byte{attrType, attrDigest, cmstest.Attr(cmstest.OIDTime, cmstest.DER(cmstest.Time)), cmstest.Attr(cmstest.OIDCertV2, cmstest.TLV(0x30, cmstest.TLV(0x30,
				cmstest.TLV(0x30, cmstest.TLV(0x30, cmstest.DER(asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26})), cmstest.TLV(4, ref[:])))))}
		}), signature.Options{}, none, true, "CMS-NOT-ETSI", true},
		{"another signer named", with(attached, func(s *cmstest.Signature) { s.Sid = cmstest.TLV(0x80, make([]byte, 20)) }), signature.Options{}, signature.NoSigningCertificateFound, false, "CAdES-BES", true},
		{"algorithms protected", with(attached, func(s *cmstest.Signature) { s.Extra = [][]byte{protection(sha2, ecdsa2)} }), signature.Options{}, none, true, "CAdES-BASELINE-B", true},
		{"another digest protected", with(attached, func(s *cmstest.Signature) { s.Extra = [][]byte{protection(cmstest.SHA512(), ecdsa2)} }), signature.Options{}, value, false, "CAdES-BASELINE-B", false},
		{"another algorithm protected", with(attached, func(s *cmstest.Signature) {
			s.Extra = [][]byte{protection(sha2, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4})}
		}), signature.Options{}, value, false, "CAdES-BASELINE-B", false},
		{"a timestamp that cannot be read", with(attached, func(s *cmstest.Signature) {
			s.Unsigned = func([]byte) [][]byte {
				return [][]byte{cmstest.Attr(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}, cmstest.TLV(4, []byte("x")))}
			}
		}), signature.Options{}, none, true, "CAdES-BASELINE-B", true},
		{"two message digests", with(attached, func(s *cmstest.Signature) {
			s.Extra = [][]byte{cmstest.Attr(cmstest.OIDDigest, cmstest.TLV(4, make([]byte, 32)))}
		}), signature.Options{}, "", false, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := validate(t, c.file, c.opt)
			if len(r.Verdicts) != 1 {
				t.Fatalf("%d verdicts", len(r.Verdicts))
			}
			v := r.Verdicts[0]
			if c.level != "" && (v.Conclusion.Sub != c.sub || v.Level != c.level) {
				t.Errorf("%v %s, want %s %s", v.Conclusion, v.Level, c.sub, c.level)
			}
			if v.Intact != c.intact || r.Findings.Valid() != c.valid {
				t.Errorf("intact %v valid %v", v.Intact, r.Findings.Valid())
			}
			if v.Trusted != (v.Conclusion.Indication == signature.TotalPassed) || v.Trusted && c.sub != "" {
				t.Errorf("trusted %v with %v", v.Trusted, v.Conclusion)
			}
		})
	}
}

// TestCoverageIsTheOctetsSigned: what is given back is what was signed, and
// nothing is given back for content that is not at hand.
func TestCoverageIsTheOctetsSigned(t *testing.T) {
	ca := cmstest.NewCA(t)
	opt := given("acte.pdf", acte)
	for name, r := range map[string]*signature.Report{
		"attached": validate(t, ca.Sign(t, cmstest.Signature{Content: acte}), signature.Options{}),
		"detached": validate(t, ca.Sign(t, cmstest.Signature{Content: acte, Detached: true}), opt),
	} {
		l := r.Verdicts[0].Covers
		if len(l) != 1 {
			t.Fatalf("%s: %d parts", name, len(l))
		}
		f, err := l[0].Data.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(f)
		f.Close()
		if err != nil || !bytes.Equal(b, acte) {
			t.Errorf("%s: %q %v", name, b, err)
		}
	}
	if r := validate(t, ca.Sign(t, cmstest.Signature{Content: acte, Detached: true}), signature.Options{}); len(r.Verdicts[0].Covers) != 0 {
		t.Error("content that nobody has seen is said to be covered")
	}
}

// TestEveryOctetChangedIsNoticed: no single octet inside the content, the
// signed attributes or the value may change and leave the signature intact.
func TestEveryOctetChangedIsNoticed(t *testing.T) {
	ca := cmstest.NewCA(t)
	good := ca.Sign(t, cmstest.Signature{Content: acte})
	from := bytes.Index(good, acte)
	changed := 0
	for i := range good {
		inside := i >= from && i < from+len(acte) || i > len(good)-200
		if !inside {
			continue
		}
		b := bytes.Clone(good)
		b[i] ^= 0x20
		changed++
		for _, v := range validate(t, b, signature.Options{}).Verdicts {
			if v.Intact && v.Conclusion.Sub == signature.NoCertificateChainFound {
				t.Errorf("octet %d of %d changed and the signature is intact", i, len(good))
			}
		}
	}
	if changed < 200 {
		t.Errorf("only %d octets changed", changed)
	}
}

// TestTheMissingAuthorityIsNamed: the name of an authority is no secret, that of
// somebody who signs for himself is.
func TestTheMissingAuthorityIsNamed(t *testing.T) {
	ca := cmstest.NewCA(t)
	said := func(b []byte) string {
		for f := range validate(t, b, signature.Options{}).Findings.All() {
			if f.Rule == signature.RuleChain {
				return f.Message(report.FR)
			}
		}
		return ""
	}
	if m := said(ca.Sign(t, cmstest.Signature{Content: acte})); !strings.Contains(m, "CN=racine") {
		t.Errorf("%q", m)
	}
	if m := said(ca.SignAsRoot(t, cmstest.Signature{Content: acte})); m == "" || strings.Contains(m, "racine") {
		t.Errorf("%q", m)
	}
}

func TestArmourIsRead(t *testing.T) {
	ca := cmstest.NewCA(t)
	der := ca.Sign(t, cmstest.Signature{Content: acte})
	for name, b := range map[string][]byte{
		"DER":    der,
		"PEM":    pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: der}),
		"base64": []byte(base64.StdEncoding.EncodeToString(der)),
		"lines":  bytes.ReplaceAll([]byte("\r\n"+base64.StdEncoding.EncodeToString(der)), []byte("A"), []byte("A\r\n")),
	} {
		if !cades.Detect(b[:min(len(b), 4096)]) {
			t.Errorf("%s: not recognised", name)
		}
		if r := validate(t, b, signature.Options{}); len(r.Verdicts) != 1 || !r.Verdicts[0].Intact {
			t.Errorf("%s: not intact", name)
		}
	}
	for _, b := range [][]byte{nil, []byte("MI"), []byte("MIME-Version: 1.0"), []byte("-----BEGIN"), {0x30, 0x80}, []byte("%PDF-1.7")} {
		if cades.Detect(b) {
			t.Errorf("%q is recognised", b)
		}
	}
}

func TestCounterSignatureHasItsOwnVerdict(t *testing.T) {
	ca := cmstest.NewCA(t)
	counter := func(over func([]byte) []byte) []byte {
		return ca.Sign(t, cmstest.Signature{Content: acte, Unsigned: func(value []byte) [][]byte {
			return [][]byte{cmstest.Attr(cmstest.OIDCounter, ca.Sign(t, cmstest.Signature{Counter: over(value)}))}
		}})
	}
	r := validate(t, counter(func(v []byte) []byte { return v }), signature.Options{})
	if len(r.Verdicts) != 2 || !r.Verdicts[1].Counter || !r.Verdicts[1].Intact || r.Verdicts[1].Parent != r.Verdicts[0].ID {
		t.Fatalf("%+v", r.Verdicts)
	}
	// One made over another signature and moved here.
	r = validate(t, counter(func([]byte) []byte { return []byte("another value") }), signature.Options{})
	if v := r.Verdicts; len(v) != 2 || !v[0].Intact || v[1].Intact || v[1].Conclusion.Sub != signature.HashFailure || r.Findings.Valid() {
		t.Errorf("a counter-signature moved from elsewhere: %v", v[1].Conclusion)
	}
}

// TestStampMovedFromElsewhereProvesNothing: the level is claimed, the time is
// not proved.
func TestStampMovedFromElsewhereProvesNothing(t *testing.T) {
	ca := cmstest.NewCA(t)
	stamped := func(over func([]byte) []byte) signature.Verdict {
		b := ca.Sign(t, cmstest.Signature{Content: acte, Unsigned: func(value []byte) [][]byte {
			return [][]byte{cmstest.Attr(cmstest.OIDStamp, ca.Stamp(t, cmstest.Stamp{Content: over(value)}))}
		}})
		agent, _ := trust.ParseCertificate(ca.Agent.Raw)
		unit, _ := trust.ParseCertificate(ca.Unit.Raw)
		return validate(t, b, signature.Options{Store: trust.NewStore(trust.Anchor{Certificate: agent}, trust.Anchor{Certificate: unit})}).Verdicts[0]
	}
	if v := stamped(func(v []byte) []byte { return v }); !v.Trusted || !v.BestTime.Equal(cmstest.Time) || v.Proof == "" {
		t.Errorf("a right timestamp: %v %v", v.Conclusion, v.BestTime)
	}
	if v := stamped(func([]byte) []byte { return []byte("other") }); !v.BestTime.Equal(now) || v.Proof != "" || v.Stamps[0].State() != "differs" {
		t.Errorf("a moved timestamp: %v %v", v.Conclusion, v.BestTime)
	}
}

func TestRules(t *testing.T) {
	ca := cmstest.NewCA(t)
	of := func(s cmstest.Signature) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			s.Content = acte
			return validate(t, ca.Sign(t, s), signature.Options{}).Findings
		}
	}
	unsigned := func(attrs ...[]byte) func(testing.TB) *report.Report {
		return of(cmstest.Signature{Unsigned: func([]byte) [][]byte { return attrs }})
	}
	rulestest.Every(t, cades.Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		cades.RuleUnreadable: func(t testing.TB) *report.Report {
			b := ca.Sign(t, cmstest.Signature{Content: acte})
			return validate(t, b[:len(b)-9], signature.Options{}).Findings
		},
		cades.RuleNoSigner: func(t testing.TB) *report.Report {
			b := cmstest.TLV(0x30, cmstest.DER(1), cmstest.TLV(0x31), cmstest.TLV(0x30, cmstest.DER(cmstest.OIDData)), cmstest.TLV(0x31))
			return validate(t, cmstest.TLV(0x30, cmstest.DER(cmstest.OIDSignedData), cmstest.TLV(0xa0, b)), signature.Options{}).Findings
		},
		cades.RuleTrailing:          of(cmstest.Signature{Trailing: []byte("reste")}),
		cades.RuleExcess:            of(cmstest.Signature{Signers: 300}),
		cades.RuleNotDER:            of(cmstest.Signature{Unsorted: true}),
		cades.RuleStoredOrder:       of(cmstest.Signature{Stored: true}),
		cades.RuleDuplicate:         of(cmstest.Signature{Extra: [][]byte{cmstest.Attr(cmstest.OIDTime, cmstest.DER(cmstest.Time))}}),
		cades.RuleAlgorithms:        of(cmstest.Signature{Digest: cmstest.SHA512()}),
		cades.RuleContentType:       of(cmstest.Signature{SaysType: asn1.ObjectIdentifier{1, 2, 3}}),
		cades.RuleCounterUnreadable: unsigned(cmstest.Attr(cmstest.OIDCounter, cmstest.TLV(0x30))),
		cades.RuleStampUnreadable:   unsigned(cmstest.Attr(cmstest.OIDStamp, cmstest.TLV(0x30))),
		cades.RuleStampOld:          unsigned(cmstest.Attr(cmstest.OIDStampV1, cmstest.TLV(0x30))),
		cades.RuleTooLarge: func(t testing.TB) *report.Report {
			res, err := cades.Inspector().Inspect(context.Background(), &inspect.Input{Data: bytes.NewReader(nil), Size: 1 << 40}, inspect.Options{At: now})
			if err != nil {
				t.Fatal(err)
			}
			return res.Report
		},
	})
}

// TestHostileCMS: a verdict or a finding, in bounded time and memory.
func TestHostileCMS(t *testing.T) {
	ca := cmstest.NewCA(t)
	nest := func(id byte, n int) []byte {
		b := []byte{5, 0}
		for range n {
			b = cmstest.TLV(id, b)
		}
		return b
	}
	var counter func(depth int) func([]byte) [][]byte
	counter = func(depth int) func([]byte) [][]byte {
		return func(value []byte) [][]byte {
			s := cmstest.Signature{Counter: value}
			if depth > 0 {
				s.Unsigned = counter(depth - 1)
			}
			return [][]byte{cmstest.Attr(cmstest.OIDCounter, ca.Sign(t, s))}
		}
	}
	many := make([][]byte, 5000)
	for i := range many {
		many[i] = cmstest.TLV(4, []byte{byte(i), byte(i >> 8)})
	}
	for name, b := range map[string][]byte{
		"deep":              append([]byte{0x30, 0x80}, bytes.Repeat([]byte{0x30, 0x80}, 1<<16)...),
		"deep definite":     nest(0x30, 2000),
		"counter of 20":     ca.Sign(t, cmstest.Signature{Content: acte, Unsigned: counter(20)}),
		"5 000 values":      ca.Sign(t, cmstest.Signature{Content: acte, Extra: [][]byte{cmstest.Attr(cmstest.OIDTime, many...)}}),
		"100 000 attrs":     ca.Sign(t, cmstest.Signature{Content: acte, Unsigned: func([]byte) [][]byte { return [][]byte{bytes.Repeat(cmstest.Attr(cmstest.OIDTime), 100000)} }}),
		"a million nulls":   cmstest.TLV(0x30, cmstest.DER(cmstest.OIDSignedData), cmstest.TLV(0xa0, cmstest.TLV(0x30, cmstest.DER(1), cmstest.TLV(0x31, bytes.Repeat([]byte{5, 0}, 1<<20))))),
		"empty":             {},
		"a token of nobody": cmstest.TLV(0x30, cmstest.DER(cmstest.OIDSignedData), cmstest.TLV(0xa0, cmstest.TLV(0x30))),
	} {
		t.Run(name, func(t *testing.T) {
			r := validate(t, b, signature.Options{})
			if len(r.Verdicts) > 200 || len(r.Verdicts) == 0 && r.Findings.Total() == 0 {
				t.Errorf("%d verdicts, %d findings", len(r.Verdicts), r.Findings.Total())
			}
		})
	}
}

func TestCancellation(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := cades.Validate(ctx, cmstest.NewCA(t).Sign(t, cmstest.Signature{Content: acte}), signature.Options{At: now}); err == nil {
		t.Error("a cancelled validation gives a verdict")
	}
}

func FuzzValidate(f *testing.F) {
	ca := cmstest.NewCA(f)
	f.Add(ca.Sign(f, cmstest.Signature{Content: acte, Unsigned: func(v []byte) [][]byte {
		return [][]byte{cmstest.Attr(cmstest.OIDStamp, ca.Stamp(f, cmstest.Stamp{Content: v})), cmstest.Attr(cmstest.OIDCounter, ca.Sign(f, cmstest.Signature{Counter: v}))}
	}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := cades.Validate(context.Background(), b, signature.Options{At: now})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range r.Verdicts {
			if v.Trusted {
				t.Fatal("trusted without an anchor")
			}
			if (v.Conclusion.Sub == "") != (v.Conclusion.Indication == signature.TotalPassed) {
				t.Fatalf("%v", v.Conclusion)
			}
		}
	})
}

func BenchmarkValidate(b *testing.B) {
	ca := cmstest.NewCA(b)
	file := ca.Sign(b, cmstest.Signature{Content: acte})
	b.ReportAllocs()
	for b.Loop() {
		if r := validate(b, file, signature.Options{}); !r.Verdicts[0].Intact {
			b.Fatal("not intact")
		}
	}
}
