package signature

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/corpus"
)

// TestTimeSliding runs validation time sliding on the published vectors: the
// control time it ends at, or that it cannot end.
func TestTimeSliding(t *testing.T) {
	dir := filepath.Join(corpus.Dir(t, "signature"), "timeslide")
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	f, err := os.Open(filepath.Join(dir, "cases.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	poe := time.Date(2020, 11, 30, 0, 0, 0, 0, time.UTC)
	cases := 0
	sc := bufio.NewScanner(f)
	for first := true; sc.Scan(); first = false {
		if first {
			continue
		}
		c := strings.Split(sc.Text(), "\t")
		cases++
		t.Run(c[0], func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, c[1])
			if err != nil {
				t.Fatal(err)
			}
			var chain []*trust.Certificate
			for n := range strings.SplitSeq(c[2], ",") {
				l, err := trust.ParsePEM(read(n))
				if err != nil {
					t.Fatal(err)
				}
				chain = append(chain, l...)
			}
			pool := NewPool(trust.NewStore(trust.Anchor{Certificate: chain[2]}))
			pool.AddCertificates(chain...)
			responder, err := trust.ParsePEM(read("interm-ocsp.crt"))
			if err != nil {
				t.Fatal(err)
			}
			pool.AddCertificates(responder...)
			proofs := &poes{now: at, known: map[string]time.Time{}}
			if c[3] != "-" {
				o, err := trust.ParseOCSP(read(c[3]))
				if err != nil {
					t.Fatal(err)
				}
				pool.AddOCSP(o)
			}
			for n := range strings.SplitSeq(c[4], ",") {
				l, err := trust.ParseCRL(read(n))
				if err != nil {
					t.Fatal(err)
				}
				pool.AddCRL(l)
				if strings.Contains(c[5], n) {
					proofs.add(l.ID(), poe)
				}
			}
			if strings.Contains(c[5], "alice.crt") {
				proofs.add(chain[0].ID(), poe)
			}
			p := &process{at: at, policy: European()}
			facts := pool.Chain(chain[0])
			if len(facts) != 3 {
				t.Fatalf("a chain of %d", len(facts))
			}
			control, ok := p.slide(facts, proofs)
			want := at
			if _, s, found := strings.Cut(c[7], "control-time = 20"); found {
				if want, err = time.Parse(time.RFC3339, "20"+s[:18]); err != nil {
					t.Fatal(err)
				}
			}
			if due := !strings.Contains(c[7], "NO_POE"); ok != due || ok && !control.Equal(want) {
				t.Errorf("%v %v, want %s", control, ok, c[7])
			}
		})
	}
	if cases != 5 {
		t.Errorf("%d cases", cases)
	}
}
