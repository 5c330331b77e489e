package trust_test

import (
	"bufio"
	"context"
	"encoding/json"
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
