package trust_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/corpus"
)

type pkitsCase struct {
	name     string
	ee       *trust.Certificate
	strict   trust.Strict
	expected string
	why      string
}

func pkits(t testing.TB) []pkitsCase {
	t.Helper()
	dir := filepath.Join(corpus.Dir(t, "signature"), "pkits")
	read := func(parts ...string) []byte {
		b, err := os.ReadFile(filepath.Join(append([]string{dir}, parts...)...))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	cert := func(name string) *trust.Certificate {
		c, err := trust.ParseCertificate(read("certs", name))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return c
	}
	f, err := os.Open(filepath.Join(dir, "cases.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []pkitsCase
	sc := bufio.NewScanner(f)
	for first := true; sc.Scan(); first = false {
		if first {
			continue
		}
		c := append(strings.Split(sc.Text(), "\t"), make([]string, 10)...)
		store := trust.NewStore(trust.Anchor{Certificate: cert("TrustAnchorRootCertificate.crt")})
		p := pkitsCase{name: c[0] + " " + c[1], ee: cert(c[2]), expected: c[8], why: c[9]}
		for n := range strings.SplitSeq(c[3], ",") {
			if n != "" {
				store.Add(cert(n))
			}
		}
		p.strict = trust.Strict{At: time.Date(2015, 6, 1, 0, 0, 0, 0, time.UTC), Store: store, Revocation: c[5] == "True"}
		for n := range strings.SplitSeq("TrustAnchorRootCRL.crl,"+c[4], ",") {
			if n == "" {
				continue
			}
			l, err := trust.ParseCRL(read("crls", n))
			if err != nil {
				t.Fatalf("%s: %v", n, err)
			}
			p.strict.CRLs = append(p.strict.CRLs, l)
		}
		var params struct {
			Set      []string `json:"user_initial_policy_set"`
			Explicit bool     `json:"initial_explicit_policy"`
			Mapping  bool     `json:"initial_policy_mapping_inhibit"`
			Any      bool     `json:"initial_any_policy_inhibit"`
		}
		if err := json.Unmarshal([]byte(c[7]), &params); err != nil {
			t.Fatal(err)
		}
		p.strict.Policies = params.Set
		p.strict.ExplicitPolicy, p.strict.InhibitMapping, p.strict.InhibitAny = params.Explicit, params.Mapping, params.Any
		out = append(out, p)
	}
	return out
}

// TestPKITS runs the NIST path validation suite in strict mode and names every
// disagreement.
func TestPKITS(t *testing.T) {
	cases := pkits(t)
	agreed := 0
	for _, c := range cases {
		_, err := c.strict.Validate(context.Background(), c.ee)
		got := "VALID"
		if err != nil {
			got = "INVALID"
		}
		if got == c.expected {
			agreed++
			continue
		}
		t.Logf("DISAGREES %s: %s (%v), expected %s %s", c.name, got, err, c.expected, c.why)
	}
	t.Logf("%d of %d", agreed, len(cases))
	if len(cases) < 164 || agreed*100 < 98*len(cases) {
		t.Errorf("%d of %d agree, 98 %% are due", agreed, len(cases))
	}
}

// TestRestrictions: judged alone, names and policies are refused where strict
// mode refuses a path for them, and nowhere on a path that is valid.
func TestRestrictions(t *testing.T) {
	names, policies := 0, 0
	for _, c := range pkits(t) {
		path := c.strict.Store.First(c.ee)
		if !path.Anchored {
			continue
		}
		r := path.Restrictions()
		s := c.strict
		s.Revocation, s.Policies, s.ExplicitPolicy, s.InhibitMapping, s.InhibitAny = false, nil, false, false, false
		_, err := s.Validate(context.Background(), c.ee)
		var refusal *trust.Refusal
		switch {
		case err == nil:
			if r != (trust.Restrictions{}) {
				t.Errorf("%s: a valid path is refused", c.name)
			}
		case errors.As(err, &refusal) && refusal.Reason == trust.NameNotPermitted:
			if names++; r.Names != refusal.Certificate {
				t.Errorf("%s: the names are not refused where strict mode does", c.name)
			}
		case errors.As(err, &refusal) && (refusal.Reason == trust.PolicyRefused || refusal.Reason == trust.BadMapping):
			if policies++; r.Policy != refusal.Certificate {
				t.Errorf("%s: the policies are not refused where strict mode does", c.name)
			}
		}
	}
	if names < 14 || policies < 10 {
		t.Errorf("only %d cases of names and %d of policies", names, policies)
	}
}
