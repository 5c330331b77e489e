package signature_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/cades"
	"github.com/liasse/liasse/actes/signature/internal/cmstest"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/ged/report"
)

// web is what is published where, as a fetcher. It fails the test when an
// address is asked twice.
type web struct {
	t     testing.TB
	pages map[string]func(q signature.Query) ([]byte, error)
	asked []string
	doubt []string
}

var errNobody = errors.New("nobody answers")

func (w *web) Fetch(ctx context.Context, q signature.Query) ([]byte, error) {
	for _, u := range w.asked {
		if u == q.URL && q.Wanted != signature.WantOCSP {
			w.t.Errorf("%s is asked again", u)
		}
	}
	w.asked = append(w.asked, q.URL)
	if f := w.pages[q.URL]; f != nil && ctx.Err() == nil {
		return f(q)
	}
	return nil, errNobody
}

func (w *web) Doubt(q signature.Query) { w.doubt = append(w.doubt, q.URL) }

func page(b []byte) func(signature.Query) ([]byte, error) {
	return func(signature.Query) ([]byte, error) { return b, nil }
}

const (
	atIssuer = "http://ac.exemple.invalid/ac.cer"
	atRoot   = "http://racine.exemple.invalid/racine.cer"
	atList   = "http://ac.exemple.invalid/ac.crl"
	atRootL  = "http://racine.exemple.invalid/racine.crl"
	atDelta  = "http://ac.exemple.invalid/delta.crl"
	atOCSP   = "http://ocsp.exemple.invalid"
)

// town is a hierarchy of three: the root is trusted, and an agent signed.
type town struct {
	root, ca, agent *cmstest.Authority
	web             *web
	opt             signature.Options
	signed          []byte
}

// list and answer are valid at the time judged at.
func list(change func(*cmstest.List)) cmstest.List {
	l := cmstest.List{This: now.AddDate(0, 0, -1), Next: now.AddDate(0, 0, 6), Number: 10}
	if change != nil {
		change(&l)
	}
	return l
}

func newTown(t testing.TB, change func(*cmstest.Profile)) *town {
	t.Helper()
	w := &town{root: cmstest.Root(t, "racine")}
	w.ca = w.root.Issue(t, cmstest.Profile{Name: "ac", CA: true, Issuers: []string{atRoot}, CRL: []string{atRootL}})
	p := cmstest.Profile{Name: "agent", Issuers: []string{atIssuer}, OCSP: []string{atOCSP}, CRL: []string{atList}}
	if change != nil {
		change(&p)
	}
	w.agent = w.ca.Issue(t, p)
	w.web = &web{t: t, pages: map[string]func(signature.Query) ([]byte, error){
		atIssuer: page(w.ca.Cert.Raw),
		atList:   page(w.ca.CRL(t, list(nil))),
		atRootL:  page(w.root.CRL(t, list(nil))),
		atOCSP:   w.answers(t, w.ca, nil),
	}}
	w.opt = signature.Options{At: now, Store: trust.NewStore(trust.Anchor{Certificate: parse(t, w.root)}), Fetcher: w.web}
	w.sign(t)
	return w
}

func (w *town) sign(t testing.TB, issuers ...[]byte) {
	t.Helper()
	var err error
	w.signed, err = cades.Sign(t.Context(), strings.NewReader("délibération"), signature.Signatory{Key: w.agent.Key, Certificate: w.agent.Cert.Raw, Issuers: issuers},
		cades.SignOptions{Time: now.AddDate(0, 0, -10), Attached: true})
	if err != nil {
		t.Fatal(err)
	}
}

// answers is a responder for the agent, that signs as somebody.
func (w *town) answers(t testing.TB, as *cmstest.Authority, change func(*cmstest.Status)) func(signature.Query) ([]byte, error) {
	return func(q signature.Query) ([]byte, error) {
		nonce, ok := cmstest.Nonce(q.Request)
		if !ok {
			t.Error("the request cannot be read")
		}
		s := cmstest.Status{Of: w.agent, Issuer: w.ca, This: now.Add(-time.Hour), Next: now.Add(time.Hour), Nonce: nonce}
		if change != nil {
			change(&s)
		}
		return as.OCSP(t, s), nil
	}
}

func parse(t testing.TB, a *cmstest.Authority) *trust.Certificate {
	t.Helper()
	c, err := trust.ParseCertificate(a.Cert.Raw)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *town) validate(t testing.TB, opt signature.Options) *signature.Report {
	t.Helper()
	r, err := cades.Validate(t.Context(), w.signed, opt)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Verdicts) != 1 {
		t.Fatalf("%d verdicts", len(r.Verdicts))
	}
	return r
}

func said(r *signature.Report) string {
	var l []string
	for _, a := range r.Fetched.Asked {
		l = append(l, string(a.Wanted)+":"+string(a.Outcome))
	}
	return strings.Join(l, " ")
}

// TestWhatIsMissingIsFetched: each case changes what is published; the verdict,
// and what became of each request in order. A verdict that the network did not
// improve is that of the same validation without it.
func TestWhatIsMissingIsFetched(t *testing.T) {
	const passes = "TOTAL-PASSED"
	const good = "issuer:obtained crl:obtained ocsp:obtained"
	day := 24 * time.Hour
	responder := func(t testing.TB, w *town, p cmstest.Profile) *cmstest.Authority {
		p.Name = "répondeur"
		return w.ca.Issue(t, p)
	}
	ocspEKU := []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 9}}
	for _, c := range []struct {
		name   string
		leaf   func(*cmstest.Profile)
		change func(testing.TB, *town)
		want   string // "" is what it is offline
		said   string
	}{
		{"everything", nil, nil, passes, good},
		{"issuer in PEM", nil, func(t testing.TB, w *town) {
			w.web.pages[atIssuer] = page(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.ca.Cert.Raw}))
		}, passes, good},
		{"issuer in a CMS with the root and a stranger", nil, func(t testing.TB, w *town) {
			w.web.pages[atIssuer] = page(cmstest.Bundle(cmstest.Root(t, "autre"), w.root, w.ca))
		}, passes, good},
		{"two authorities above", nil, func(t testing.TB, w *town) {
			w.opt.Store = trust.NewStore(trust.Anchor{Certificate: parse(t, w.root)})
			sub := w.ca.Issue(t, cmstest.Profile{Name: "sous-ac", CA: true, Issuers: []string{atIssuer}, CRL: []string{atList}})
			w.agent = sub.Issue(t, cmstest.Profile{Name: "agent", Issuers: []string{"http://ac.exemple.invalid/sous.cer"}, CRL: []string{"http://ac.exemple.invalid/sous.crl"}})
			w.web.pages["http://ac.exemple.invalid/sous.cer"] = page(sub.Cert.Raw)
			w.web.pages["http://ac.exemple.invalid/sous.crl"] = page(sub.CRL(t, list(nil)))
			w.sign(t)
		}, passes, "issuer:obtained issuer:obtained crl:obtained crl:obtained crl:obtained"},
		{"issuers in a circle", nil, func(t testing.TB, w *town) {
			// a certifies b and b certifies a: no end, and nobody is trusted.
			a := cmstest.Root(t, "a")
			b := a.Issue(t, cmstest.Profile{Name: "b", CA: true, Issuers: []string{"http://a.invalid/"}})
			a2 := b.Issue(t, cmstest.Profile{Name: "a", CA: true, Key: a.Key, Issuers: []string{"http://b.invalid/"}})
			w.agent = b.Issue(t, cmstest.Profile{Name: "agent", Issuers: []string{"http://b.invalid/"}, OCSP: []string{atOCSP}})
			w.web.pages["http://a.invalid/"], w.web.pages["http://b.invalid/"] = page(a2.Cert.Raw), page(b.Cert.Raw)
			w.sign(t)
		}, "", "issuer:obtained issuer:obtained"},
		{"the wrong issuer is served", nil, func(t testing.TB, w *town) { w.web.pages[atIssuer] = page(cmstest.Root(t, "autre").Cert.Raw) }, "", "issuer:foreign"},
		{"one of the same name with another key", nil, func(t testing.TB, w *town) { w.web.pages[atIssuer] = page(cmstest.Root(t, "ac").Cert.Raw) }, "", "issuer:foreign"},
		{"a page in HTML", nil, func(t testing.TB, w *town) { w.web.pages[atIssuer] = page([]byte("<html>portail</html>")) }, "", "issuer:unreadable"},
		{"nothing", nil, func(t testing.TB, w *town) { w.web.pages[atIssuer] = page(nil) }, "", "issuer:unreadable"},
		{"nobody", nil, func(t testing.TB, w *town) { clear(w.web.pages) }, "", "issuer:no-answer"},
		{"no responder, then the list", nil, func(t testing.TB, w *town) { delete(w.web.pages, atOCSP) }, passes, "issuer:obtained crl:obtained ocsp:no-answer crl:obtained"},
		{"the responder refuses", nil, func(t testing.TB, w *town) {
			w.web.pages[atOCSP] = w.answers(t, w.ca, func(s *cmstest.Status) { s.Failed = 6 })
		}, passes, "issuer:obtained crl:obtained ocsp:unreadable crl:obtained"},
		{"no status anywhere", nil, func(t testing.TB, w *town) { delete(w.web.pages, atOCSP); delete(w.web.pages, atList) },
			"INDETERMINATE/CERTIFICATE_CHAIN_GENERAL_FAILURE", "issuer:obtained crl:obtained ocsp:no-answer crl:no-answer"},
		{"revoked, says the responder", nil, func(t testing.TB, w *town) {
			w.web.pages[atOCSP] = w.answers(t, w.ca, func(s *cmstest.Status) { s.Revoked = now.Add(-day) })
		}, "INDETERMINATE/REVOKED_NO_POE", good},
		{"revoked, says the list", func(p *cmstest.Profile) { p.OCSP = nil }, func(t testing.TB, w *town) {
			w.web.pages[atList] = page(w.ca.CRL(t, list(func(l *cmstest.List) { l.Revoked, l.At = []*cmstest.Authority{w.agent}, now.Add(-2*day) })))
		}, "INDETERMINATE/REVOKED_NO_POE", "issuer:obtained crl:obtained crl:obtained"},
		{"the authority is revoked", func(p *cmstest.Profile) { p.OCSP = nil }, func(t testing.TB, w *town) {
			w.web.pages[atRootL] = page(w.root.CRL(t, list(func(l *cmstest.List) { l.Revoked, l.At = []*cmstest.Authority{w.ca}, now.Add(-2*day) })))
		}, "INDETERMINATE/REVOKED_CA_NO_POE", "issuer:obtained crl:obtained crl:obtained"},
		{"on hold", nil, func(t testing.TB, w *town) {
			delete(w.web.pages, atOCSP)
			w.web.pages[atList] = page(w.ca.CRL(t, list(func(l *cmstest.List) {
				l.Revoked, l.At, l.Reason = []*cmstest.Authority{w.agent}, now.Add(-2*day), trust.ReasonHold
			})))
		}, "INDETERMINATE/TRY_LATER", "issuer:obtained crl:obtained ocsp:no-answer crl:obtained"},
		{"an expired list", func(p *cmstest.Profile) { p.OCSP = nil }, func(t testing.TB, w *town) {
			w.web.pages[atList] = page(w.ca.CRL(t, list(func(l *cmstest.List) { l.This, l.Next = now.Add(-9*day), now.Add(-2*day) })))
		}, "INDETERMINATE/CERTIFICATE_CHAIN_GENERAL_FAILURE", "issuer:obtained crl:obtained crl:out-of-date"},
		{"an expired list that says revoked", func(p *cmstest.Profile) { p.OCSP = nil }, func(t testing.TB, w *town) {
			w.web.pages[atList] = page(w.ca.CRL(t, list(func(l *cmstest.List) {
				l.This, l.Next, l.Revoked, l.At = now.Add(-9*day), now.Add(-2*day), []*cmstest.Authority{w.agent}, now.Add(-10*day)
			})))
		}, "INDETERMINATE/REVOKED_NO_POE", "issuer:obtained crl:obtained crl:obtained"},
		{"an expired list with a delta that is not", func(p *cmstest.Profile) { p.OCSP, p.Deltas = nil, []string{atDelta} }, func(t testing.TB, w *town) {
			w.web.pages[atList] = page(w.ca.CRL(t, list(func(l *cmstest.List) { l.This, l.Next = now.Add(-9*day), now.Add(-2*day) })))
			w.web.pages[atDelta] = page(w.ca.CRL(t, list(func(l *cmstest.List) { l.Number, l.Base = 12, 10 })))
		}, passes, "issuer:obtained crl:obtained delta:obtained crl:obtained"},
		{"a delta says revoked", func(p *cmstest.Profile) { p.OCSP = nil }, func(t testing.TB, w *town) {
			w.web.pages[atList] = page(w.ca.CRL(t, list(func(l *cmstest.List) { l.Deltas = []string{atDelta} })))
			w.web.pages[atDelta] = page(w.ca.CRL(t, list(func(l *cmstest.List) {
				l.Number, l.Base, l.Revoked, l.At = 12, 10, []*cmstest.Authority{w.agent}, now.Add(-day)
			})))
		}, "INDETERMINATE/REVOKED_NO_POE", "issuer:obtained crl:obtained delta:obtained crl:obtained"},
		{"a delta of a later list", func(p *cmstest.Profile) { p.OCSP, p.Deltas = nil, []string{atDelta} }, func(t testing.TB, w *town) {
			w.web.pages[atDelta] = page(w.ca.CRL(t, list(func(l *cmstest.List) {
				l.Number, l.Base, l.Revoked, l.At = 12, 11, []*cmstest.Authority{w.agent}, now.Add(-day)
			})))
		}, passes, "issuer:obtained crl:obtained delta:unproved crl:obtained"},
		{"a delta in the place of the list", func(p *cmstest.Profile) { p.OCSP = nil }, func(t testing.TB, w *town) {
			w.web.pages[atList] = page(w.ca.CRL(t, list(func(l *cmstest.List) { l.Number, l.Base = 12, 10 })))
		}, "INDETERMINATE/CERTIFICATE_CHAIN_GENERAL_FAILURE", "issuer:obtained crl:obtained crl:foreign"},
		{"the list of another authority", func(p *cmstest.Profile) { p.OCSP = nil }, func(t testing.TB, w *town) {
			w.web.pages[atList] = page(cmstest.Root(t, "autre").CRL(t, list(nil)))
		}, "INDETERMINATE/CERTIFICATE_CHAIN_GENERAL_FAILURE", "issuer:obtained crl:obtained crl:foreign"},
		{"a list forged in its name", func(p *cmstest.Profile) { p.OCSP = nil }, func(t testing.TB, w *town) {
			forger := w.root.Issue(t, cmstest.Profile{Name: "ac", CA: true})
			forger.Cert.SubjectKeyId = w.ca.Cert.SubjectKeyId
			w.web.pages[atList] = page(forger.CRL(t, list(nil)))
		}, "INDETERMINATE/CERTIFICATE_CHAIN_GENERAL_FAILURE", "issuer:obtained crl:obtained crl:unproved"},
		{"a delegated responder", nil, func(t testing.TB, w *town) {
			w.web.pages[atOCSP] = w.answers(t, responder(t, w, cmstest.Profile{EKU: ocspEKU, NoCheck: true, CRL: []string{"http://jamais.exemple.invalid/"}}), nil)
		}, passes, good},
		{"a delegated responder to be checked itself", nil, func(t testing.TB, w *town) {
			w.web.pages[atOCSP] = w.answers(t, responder(t, w, cmstest.Profile{EKU: ocspEKU, CRL: []string{atList}}), nil)
		}, passes, "issuer:obtained crl:obtained crl:obtained ocsp:obtained"},
		{"a delegated responder without the purpose", nil, func(t testing.TB, w *town) {
			w.web.pages[atOCSP] = w.answers(t, responder(t, w, cmstest.Profile{NoCheck: true}), nil)
			delete(w.web.pages, atList)
		}, "INDETERMINATE/CERTIFICATE_CHAIN_GENERAL_FAILURE", "issuer:obtained crl:obtained ocsp:unproved crl:no-answer"},
		{"a responder of nobody", nil, func(t testing.TB, w *town) {
			w.web.pages[atOCSP] = w.answers(t, cmstest.Root(t, "autre").Issue(t, cmstest.Profile{Name: "répondeur", EKU: ocspEKU, NoCheck: true}), nil)
			delete(w.web.pages, atList)
		}, "INDETERMINATE/CERTIFICATE_CHAIN_GENERAL_FAILURE", "issuer:obtained crl:obtained ocsp:unproved crl:no-answer"},
		{"about another certificate", nil, func(t testing.TB, w *town) {
			other := w.ca.Issue(t, cmstest.Profile{Name: "autre agent"})
			w.web.pages[atOCSP] = w.answers(t, w.ca, func(s *cmstest.Status) { s.Of = other })
		}, passes, "issuer:obtained crl:obtained ocsp:foreign crl:obtained"},
		{"not known to the responder", nil, func(t testing.TB, w *town) {
			w.web.pages[atOCSP] = w.answers(t, w.ca, func(s *cmstest.Status) { s.Unknown = true })
		}, passes, "issuer:obtained crl:obtained ocsp:foreign crl:obtained"},
		{"an old response", nil, func(t testing.TB, w *town) {
			w.web.pages[atOCSP] = w.answers(t, w.ca, func(s *cmstest.Status) { s.This, s.Next = now.Add(-3*day), now.Add(-2*day) })
		}, passes, "issuer:obtained crl:obtained ocsp:out-of-date crl:obtained"},
		{"a response without end, and no nonce", nil, func(t testing.TB, w *town) {
			w.web.pages[atOCSP] = w.answers(t, w.ca, func(s *cmstest.Status) { s.Next = time.Time{} })
		}, passes, "issuer:obtained crl:obtained ocsp:out-of-date crl:obtained"},
		{"a response without end, for this nonce", nil, func(t testing.TB, w *town) {
			w.opt.Fetching.Nonce = rand.Reader
			w.web.pages[atOCSP] = w.answers(t, w.ca, func(s *cmstest.Status) { s.Next = time.Time{} })
		}, passes, good},
		{"the nonce comes back", nil, func(t testing.TB, w *town) { w.opt.Fetching.Nonce = rand.Reader }, passes, good},
		{"another nonce comes back", nil, func(t testing.TB, w *town) {
			w.opt.Fetching.Nonce = rand.Reader
			w.web.pages[atOCSP] = w.answers(t, w.ca, func(s *cmstest.Status) { s.Nonce = bytes.Repeat([]byte{7}, 32) })
		}, passes, "issuer:obtained crl:obtained ocsp:unproved crl:obtained"},
		{"no nonce comes back", nil, func(t testing.TB, w *town) {
			w.opt.Fetching.Nonce = rand.Reader
			w.web.pages[atOCSP] = w.answers(t, w.ca, func(s *cmstest.Status) { s.Nonce = nil })
		}, passes, good},
		{"addresses that are not asked", func(p *cmstest.Profile) {
			p.Issuers = []string{"file:///etc/passwd", "ldap://ac.exemple.invalid/cn=ac", "http://user@ac.exemple.invalid/", "https:", "http://ac exemple/", atIssuer}
			p.OCSP, p.CRL = []string{"ftp://ocsp.exemple.invalid"}, []string{"ldap:///cn=ac?certificateRevocationList", "http://é.invalid/"}
		}, nil, "INDETERMINATE/CERTIFICATE_CHAIN_GENERAL_FAILURE", "issuer:obtained crl:obtained ocsp:bad-address crl:bad-address"},
		{"too many requests", nil, func(t testing.TB, w *town) { w.opt.Fetching.Requests = 2 },
			"INDETERMINATE/CERTIFICATE_CHAIN_GENERAL_FAILURE", "issuer:obtained crl:obtained ocsp:over-limit"},
		{"too many octets", nil, func(t testing.TB, w *town) { w.opt.Fetching.Octets = 10 }, "", "issuer:over-limit"},
		{"an expired certificate of which nothing is said", func(p *cmstest.Profile) { p.Until = now.AddDate(0, 0, -5) }, nil,
			"INDETERMINATE/CERTIFICATE_CHAIN_GENERAL_FAILURE", "issuer:obtained crl:obtained ocsp:silent crl:silent"},
		{"no anchor at all", nil, func(t testing.TB, w *town) { w.opt.Store = nil }, "", ""},
		{"the document was changed", nil, func(t testing.TB, w *town) {
			i := bytes.Index(w.signed, []byte("délibération"))
			w.signed[i]++
		}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newTown(t, c.leaf)
			if c.change != nil {
				c.change(t, w)
			}
			r := w.validate(t, w.opt)
			quiet := w.opt
			quiet.Fetcher = nil
			offline := w.validate(t, quiet)
			if len(offline.Fetched.Asked) > 0 {
				t.Error("asked without a fetcher")
			}
			want := c.want
			if want == "" {
				want = offline.Verdicts[0].Conclusion.String()
			}
			if got := r.Verdicts[0].Conclusion.String(); got != want || said(r) != c.said {
				t.Errorf("%s, want %s\n%s\n%s", got, want, said(r), c.said)
			}
			if r.Verdicts[0].Level != offline.Verdicts[0].Level {
				t.Errorf("what was fetched made the level %s", r.Verdicts[0].Level)
			}
			for _, u := range w.web.asked {
				if !strings.HasPrefix(u, "http://") {
					t.Errorf("%s was asked", u)
				}
			}
			done, failed := 0, 0
			for f := range r.Findings.All() {
				switch f.Rule {
				case signature.RuleFetched:
					done++
				case signature.RuleNotFetched:
					failed++
				}
			}
			if done != strings.Count(c.said, "obtained") || done+failed != len(r.Fetched.Asked) {
				t.Errorf("%d and %d findings", done, failed)
			}
			if n := strings.Count(c.said, "foreign") + strings.Count(c.said, "unproved") + strings.Count(c.said, "unreadable") + strings.Count(c.said, "out-of-date"); len(w.web.doubt) != n {
				t.Errorf("%d answers are doubted, want %d", len(w.web.doubt), n)
			}
			// The same octets give the same verdict without a network.
			again := w.validate(t, w.opt.With(stored(t, r.Fetched)))
			if got := again.Verdicts[0].Conclusion.String(); got != want || len(again.Fetched.Asked) > 0 {
				t.Errorf("with what was fetched: %s after %d requests, want %s", got, len(again.Fetched.Asked), want)
			}
		})
	}
}

// stored is what is left of the answers when their octets are kept.
func stored(t testing.TB, f signature.Fetched) (out signature.Fetched) {
	t.Helper()
	fail := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range f.Certificates {
		c, err := trust.ParseCertificate(c.Raw)
		fail(err)
		out.Certificates = append(out.Certificates, c)
	}
	for _, l := range f.CRLs {
		l, err := trust.ParseCRL(l.Raw)
		fail(err)
		out.CRLs = append(out.CRLs, l)
	}
	for _, o := range f.OCSPs {
		o, err := trust.ParseOCSP(o.Raw)
		fail(err)
		out.OCSPs = append(out.OCSPs, o)
	}
	return out
}

// TestFetchIsCancelled: a fetcher that waits does not keep a validation that was
// cancelled, whose error is that of the context; the time allowed for requests
// ends the requests and not the validation.
func TestFetchIsCancelled(t *testing.T) {
	w := newTown(t, nil)
	w.opt.Fetcher = waiting{}
	ctx, cancel := context.WithCancel(t.Context())
	var at time.Time
	time.AfterFunc(20*time.Millisecond, func() { at = time.Now(); cancel() })
	if _, err := cades.Validate(ctx, w.signed, w.opt); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if d := time.Since(at); d > 100*time.Millisecond {
		t.Errorf("it took %v to stop", d)
	}
	w.opt.Fetching.Time = 20 * time.Millisecond
	r := w.validate(t, w.opt)
	if r.Verdicts[0].Conclusion.Sub != signature.NoCertificateChainFound || said(r) != "issuer:no-answer" {
		t.Errorf("%v, %s", r.Verdicts[0].Conclusion, said(r))
	}
}

type waiting struct{}

func (waiting) Fetch(ctx context.Context, _ signature.Query) ([]byte, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestStaleProofsAreFetchedAgain: what the caller gives is enough while it is
// fresh, by the policy or by its own dates.
func TestStaleProofsAreFetchedAgain(t *testing.T) {
	for _, c := range []struct {
		name      string
		this      time.Time
		next      time.Time
		freshness time.Duration
		asked     bool
	}{
		{"in force", now.AddDate(0, 0, -3), now.AddDate(0, 0, 3), 0, false},
		{"superseded", now.AddDate(0, 0, -9), now.AddDate(0, 0, -3), 0, true},
		{"in force and too old for the policy", now.AddDate(0, 0, -3), now.AddDate(0, 0, 3), 48 * time.Hour, true},
		{"superseded and good enough for the policy", now.AddDate(0, 0, -3), now.AddDate(0, 0, -1), 96 * time.Hour, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newTown(t, nil)
			w.sign(t, w.ca.Cert.Raw)
			for _, a := range []*cmstest.Authority{w.ca, w.root} {
				l, err := trust.ParseCRL(a.CRL(t, cmstest.List{This: c.this, Next: c.next}))
				if err != nil {
					t.Fatal(err)
				}
				w.opt.CRLs = append(w.opt.CRLs, l)
			}
			w.opt.Policy = signature.European()
			w.opt.Policy.MaxFreshness = c.freshness
			r := w.validate(t, w.opt)
			if asked := len(r.Fetched.Asked) > 0; asked != c.asked || !r.Verdicts[0].Trusted {
				t.Errorf("asked: %s; %v", said(r), r.Verdicts[0].Conclusion)
			}
		})
	}
}

// TestNothingNewerIsAsked of what cannot change: a revocation, and the status of
// a certificate that has expired.
func TestNothingNewerIsAsked(t *testing.T) {
	for _, c := range []struct {
		name    string
		until   time.Time
		revoked bool
		reason  int
		want    signature.Sub
		said    string
	}{
		{"revoked", time.Time{}, true, 0, signature.RevokedNoPOE, ""},
		{"on hold", time.Time{}, true, trust.ReasonHold, "", "ocsp:obtained"}, // released since
		{"expired", now.AddDate(0, 0, -5), false, 0, signature.OutOfBoundsNotRevoked, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newTown(t, func(p *cmstest.Profile) { p.Until = c.until })
			w.sign(t, w.ca.Cert.Raw)
			stale := cmstest.List{This: now.AddDate(0, 0, -8), Next: now.AddDate(0, 0, -2), Reason: c.reason}
			if c.revoked {
				stale.Revoked, stale.At = []*cmstest.Authority{w.agent}, now.AddDate(0, 0, -9)
			}
			for _, b := range [][]byte{w.ca.CRL(t, stale), w.root.CRL(t, list(nil))} {
				l, err := trust.ParseCRL(b)
				if err != nil {
					t.Fatal(err)
				}
				w.opt.CRLs = append(w.opt.CRLs, l)
			}
			if r := w.validate(t, w.opt); said(r) != c.said || r.Verdicts[0].Conclusion.Sub != c.want {
				t.Errorf("asked %q: %v", said(r), r.Verdicts[0].Conclusion)
			}
		})
	}
}

// TestFetchFindingsNameTheHost: a finding tells what was asked of whom, and
// nothing else of the address.
func TestFetchFindingsNameTheHost(t *testing.T) {
	w := newTown(t, func(p *cmstest.Profile) { p.Issuers = []string{"http://AC.exemple.invalid:8080/secret?jeton=1#x"} })
	r := w.validate(t, w.opt)
	n := 0
	for f := range r.Findings.All() {
		if f.Rule != signature.RuleNotFetched {
			continue
		}
		n++
		for _, lang := range []report.Lang{report.FR, report.EN} {
			if m := f.Message(lang); !strings.Contains(m, "ac.exemple.invalid") || strings.Contains(m, "jeton") || strings.Contains(m, "secret") {
				t.Error(m)
			}
		}
	}
	if n != 1 || len(w.web.asked) != 1 || strings.Contains(w.web.asked[0], "#") {
		t.Errorf("%d findings, asked %q", n, w.web.asked)
	}
}

// TestTogether: validations under the same account share its limits, and what
// came for one serves the other.
func TestTogether(t *testing.T) {
	w := newTown(t, nil)
	opt := w.opt.Together()
	for i, want := range []int{3, 3} {
		if r := w.validate(t, opt); !r.Verdicts[0].Trusted || len(w.web.asked) != want {
			t.Errorf("validation %d: %v after %d requests", i, r.Verdicts[0].Conclusion, len(w.web.asked))
		}
	}
	w = newTown(t, nil)
	w.opt.Fetching.Requests = 4
	opt = w.opt.Together()
	w.validate(t, opt)
	w.agent = w.ca.Issue(t, cmstest.Profile{Name: "autre", Issuers: []string{atIssuer}, OCSP: []string{"http://autre.exemple.invalid/"}, CRL: []string{"http://autre.exemple.invalid/l"}})
	w.sign(t)
	if r := w.validate(t, opt); len(w.web.asked) != 4 || said(r) != "ocsp:no-answer crl:over-limit" {
		t.Errorf("%d requests: %s", len(w.web.asked), said(r))
	}
}

// TestABagOfLikelyIssuersEnds: certificates of the right name that signed
// nothing are not tried for ever, however many signatures name them.
func TestABagOfLikelyIssuersEnds(t *testing.T) {
	w := newTown(t, nil)
	bag := make([]*cmstest.Authority, 64)
	for i := range bag {
		bag[i] = cmstest.Root(t, "ac")
	}
	w.web.pages[atIssuer] = page(cmstest.Bundle(bag...))
	opt := w.opt.Together()
	for range 40 {
		w.agent = w.ca.Issue(t, cmstest.Profile{Name: "agent", Issuers: []string{atIssuer}})
		w.sign(t)
		if r := w.validate(t, opt); r.Verdicts[0].Conclusion.Sub != signature.NoCertificateChainFound {
			t.Fatal(r.Verdicts[0].Conclusion)
		}
	}
	// Then not even the right one is: what came is refused, and not the file.
	w.web.pages["http://tard.exemple.invalid/"] = page(w.ca.Cert.Raw)
	w.agent = w.ca.Issue(t, cmstest.Profile{Name: "agent", Issuers: []string{"http://tard.exemple.invalid/"}})
	w.sign(t)
	if r := w.validate(t, opt); said(r) != "issuer:foreign" || r.Verdicts[0].Conclusion.Sub != signature.NoCertificateChainFound {
		t.Errorf("%s, %v", said(r), r.Verdicts[0].Conclusion)
	}
}
