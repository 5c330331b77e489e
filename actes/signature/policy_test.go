package signature_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/corpus"
)

func TestPoliciesHaveNames(t *testing.T) {
	for name, want := range map[string]string{"": "eu", "eu": "eu", "rgs": "rgs", "actes": "actes", "pes-historique": "pes-historique"} {
		if p, ok := signature.PolicyNamed(name); !ok || p.Name != want {
			t.Errorf("%q is not the policy %s", name, want)
		}
	}
	if _, ok := signature.PolicyNamed("RGS***"); ok {
		t.Error("a policy nobody wrote")
	}
}

// TestPoliciesDiffer judges the same fault under the named policies.
func TestPoliciesDiffer(t *testing.T) {
	const yes signature.Sub = ""
	levels := []string{"1.2.250.1.999.1", "1.2.250.1.999.2"}
	for _, c := range []struct {
		name           string
		change         func(*signature.Evidence)
		eu, rgs, actes signature.Sub
	}{
		{"nothing wrong", func(*signature.Evidence) {}, yes, yes, yes},
		{"no certificate policy", func(e *signature.Evidence) { e.Chain[0].Policies = nil }, yes, signature.ChainConstraintsFailure, yes},
		{"another certificate policy", func(e *signature.Evidence) { e.Chain[0].Policies = []string{"1.2.3"} }, yes, signature.ChainConstraintsFailure, yes},
		{"digitalSignature alone", func(e *signature.Evidence) { e.Chain[0].KeyUsage = trust.UsageDigitalSignature }, yes, signature.ChainConstraintsFailure, yes},
		{"names", func(e *signature.Evidence) { e.Chain[0].NamesOK = false }, yes, signature.ChainGeneralFailure, yes},
		{"policies required above", func(e *signature.Evidence) { e.Chain[1].PoliciesLost = true }, yes, signature.ChainGeneralFailure, yes},
		{"critical extension", func(e *signature.Evidence) { e.Chain[0].UnknownExts = true }, yes, signature.ChainGeneralFailure, yes},
		{"no revocation data", func(e *signature.Evidence) { e.Chain[0].Revocations = nil }, signature.ChainGeneralFailure, signature.ChainGeneralFailure, yes},
		{"no signing time", func(e *signature.Evidence) { e.SigningTime = time.Time{} }, signature.SigConstraintsFailure, signature.SigConstraintsFailure, yes},
		{"expired since", expire, signature.OutOfBoundsNotRevoked, signature.OutOfBoundsNotRevoked, yes},
		{"revoked since", func(e *signature.Evidence) {
			e.Chain[0].Revocations[0].Status = trust.Status{Revoked: true, At: day(2025, 5, 20)}
		}, signature.RevokedNoPOE, signature.RevokedNoPOE, yes},
		{"revoked before", func(e *signature.Evidence) {
			e.Chain[0].Revocations[0].Status = trust.Status{Revoked: true, At: day(2025, 4, 20)}
		}, signature.RevokedNoPOE, signature.RevokedNoPOE, signature.RevokedNoPOE},
		{"changed", func(e *signature.Evidence) { e.References[0].Intact = false }, signature.HashFailure, signature.HashFailure, signature.HashFailure},
		{"no anchor", func(e *signature.Evidence) { e.Chain = e.Chain[:2] }, signature.NoCertificateChainFound, signature.NoCertificateChainFound, signature.NoCertificateChainFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, k := range []struct {
				policy *signature.Policy
				want   signature.Sub
			}{{signature.European(), c.eu}, {signature.RGS(levels...), c.rgs}, {signature.Actes(), c.actes}} {
				e := evidence()
				e.Chain[0].Policies = levels[1:]
				c.change(e)
				if got := signature.Judge(e, k.policy, now).Conclusion.Sub; got != k.want {
					t.Errorf("%s: %q, want %q", k.policy.Name, got, k.want)
				}
			}
		})
	}
}

// TestChainsAreHeldToTheirConstraints: a pool establishes, of real certificates,
// that a name is not permitted and that a policy required is lost.
func TestChainsAreHeldToTheirConstraints(t *testing.T) {
	dir := filepath.Join(corpus.Dir(t, "signature"), "pkits", "certs")
	read := func(name string) *trust.Certificate {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		c, err := trust.ParseCertificate(b)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for _, c := range []struct {
		signer   string
		above    []string
		names    bool
		policies bool
	}{
		{"ValidDNnameConstraintsTest1EE.crt", []string{"nameConstraintsDN1CACert.crt"}, true, true},
		{"InvalidDNnameConstraintsTest2EE.crt", []string{"nameConstraintsDN1CACert.crt"}, false, true},
		{"InvalidrequireExplicitPolicyTest3EE.crt", []string{"requireExplicitPolicy4CACert.crt", "requireExplicitPolicy4subCACert.crt",
			"requireExplicitPolicy4subsubCACert.crt", "requireExplicitPolicy4subsubsubCACert.crt"}, true, false},
	} {
		t.Run(c.signer, func(t *testing.T) {
			pool := signature.NewPool(trust.NewStore(trust.Anchor{Certificate: read("TrustAnchorRootCertificate.crt")}))
			for _, n := range c.above {
				pool.AddCertificates(read(n))
			}
			chain := pool.Chain(read(c.signer))
			if !chain[len(chain)-1].Trusted {
				t.Fatal("no chain")
			}
			names := !slices.ContainsFunc(chain, func(x *signature.Cert) bool { return !x.NamesOK })
			policies := !slices.ContainsFunc(chain, func(x *signature.Cert) bool { return x.PoliciesLost })
			if names != c.names || policies != c.policies {
				t.Errorf("names %v, policies %v", names, policies)
			}
		})
	}
}
