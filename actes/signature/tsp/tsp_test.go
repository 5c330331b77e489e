package tsp_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/cmstest"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/tsp"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/rulestest"
)

var now = time.Date(2026, time.November, 22, 10, 0, 0, 0, time.UTC)

func inspectBytes(t testing.TB, b []byte, opt inspect.Options) *inspect.Result {
	t.Helper()
	opt.At = now
	in := &inspect.Input{Name: "x.tst", Data: bytes.NewReader(b), Size: int64(len(b)), Head: b[:min(len(b), inspect.HeadSize)]}
	if !tsp.Inspector().Detect(context.Background(), in) {
		return nil
	}
	res, err := tsp.Inspector().Inspect(context.Background(), in, opt)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestCorpus(t *testing.T) {
	dir := corpus.Dir(t, "signature")
	rows := 0
	for _, row := range corpus.Expected(t, "signature") {
		if row.Kind != tsp.Kind {
			continue
		}
		rows++
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(row.Path)))
		if err != nil {
			t.Fatal(err)
		}
		res := inspectBytes(t, b, inspect.Options{})
		if res == nil {
			t.Errorf("%s: not recognised", row.Path)
			continue
		}
		if res.Verdict() != inspect.Valid {
			t.Errorf("%s: verdict %s", row.Path, res.Verdict())
		}
		for k, want := range row.Facts {
			if got, _ := res.Summary.Get(k).(string); got != want {
				t.Errorf("%s: %s = %s, want %s", row.Path, k, got, want)
			}
		}
	}
	if rows != 5 {
		t.Errorf("%d rows", rows)
	}
}

func TestTokenSaysWhatIsInIt(t *testing.T) {
	ca := cmstest.NewCA(t)
	q := tsp.Request{Digest: trust.SHA256, Imprint: trust.SHA256.Sum([]byte("acte")), Nonce: big.NewInt(42)}
	tok, err := tsp.Read(ca.Stamp(t, cmstest.Stamp{Content: []byte("acte"), Nonce: 42, Millis: 250}))
	if err != nil {
		t.Fatal(err)
	}
	if tok.Accuracy != 250*time.Millisecond || tok.Policy != "1.2.3" || !tok.GenTime.Equal(cmstest.Time) {
		t.Errorf("%+v", tok.Info)
	}
	if err := tok.Answers(q); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*tsp.Request){
		"nonce":   func(q *tsp.Request) { q.Nonce = big.NewInt(43) },
		"imprint": func(q *tsp.Request) { q.Imprint = trust.SHA256.Sum([]byte("autre")) },
		"policy":  func(q *tsp.Request) { q.Policy = "1.2.4" },
	} {
		p := q
		change(&p)
		if tok.Answers(p) == nil {
			t.Errorf("another %s is accepted", name)
		}
	}
	reply, err := tsp.Read(cmstest.Reply(0, tok.Raw))
	if err != nil || reply.Reply == nil || !reply.Reply.Granted() {
		t.Errorf("%v", err)
	}
	var refused *tsp.RefusedError
	if _, err := tsp.Read(cmstest.Reply(2, nil)); !errors.As(err, &refused) || refused.Status.Code != 2 {
		t.Errorf("%v", err)
	}
}

// TestEveryChangeIsNoticed alters a token octet by octet: none may be intact
// and over the content any more, unless the change is outside what is signed
// and identified.
func TestEveryChangeIsNoticed(t *testing.T) {
	ca := cmstest.NewCA(t)
	raw := ca.Stamp(t, cmstest.Stamp{Content: []byte("acte")})
	judge := func(b []byte) (signature.Conclusion, bool) {
		tok, err := tsp.Read(b)
		if err != nil {
			return signature.Conclusion{}, false
		}
		p := signature.NewPool(trust.NewStore())
		tok.Fill(p)
		st := tok.Stamp(signature.StampToken, signature.NewContent("acte", []byte("acte")), p)
		return signature.JudgeStamp(st, signature.European(), now).Conclusion, true
	}
	if c, ok := judge(raw); !ok || c.Sub != signature.NoCertificateChainFound {
		t.Fatalf("%v %v", c, ok)
	}
	info := bytes.Index(raw, []byte{6, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 0x10, 1, 4}) + 13
	for i := info + 8; i < info+90; i++ {
		b := bytes.Clone(raw)
		b[i] ^= 1
		if c, ok := judge(b); ok && c.Sub == signature.NoCertificateChainFound {
			t.Errorf("octet %d changed and the token is still intact", i)
		}
	}
}

func TestRules(t *testing.T) {
	ca := cmstest.NewCA(t)
	validate := func(t testing.TB, b []byte) *report.Report {
		r, err := tsp.Validate(context.Background(), b, signature.Options{At: now})
		if err != nil {
			t.Fatal(err)
		}
		return r.Findings
	}
	stamp := func(s cmstest.Stamp) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report { s.Content = []byte("acte"); return validate(t, ca.Stamp(t, s)) }
	}
	rulestest.Every(t, tsp.Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		tsp.RuleUnreadable: func(t testing.TB) *report.Report { return validate(t, []byte{0x30, 0x82}) },
		tsp.RuleRefused:    func(t testing.TB) *report.Report { return validate(t, cmstest.Reply(2, nil)) },
		tsp.RuleBroken: func(t testing.TB) *report.Report {
			b := ca.Stamp(t, cmstest.Stamp{Content: []byte("acte")})
			b[len(b)-3] ^= 1
			return validate(t, b)
		},
		tsp.RuleTrailing: func(t testing.TB) *report.Report {
			return validate(t, append(ca.Stamp(t, cmstest.Stamp{Content: []byte("acte")}), "reste"...))
		},
		tsp.RuleName:      stamp(cmstest.Stamp{TSA: "autre horodateur"}),
		tsp.RuleExpired:   stamp(cmstest.Stamp{At: cmstest.Time.AddDate(20, 0, 0)}),
		tsp.RuleExtension: stamp(cmstest.Stamp{Critical: true}),
	})
}

// TestPlainCMSIsNoTimestamp: a signature is left to its own inspector.
func TestPlainCMSIsNoTimestamp(t *testing.T) {
	ca := cmstest.NewCA(t)
	if inspectBytes(t, ca.Sign(t, cmstest.Signature{Content: []byte("acte")}), inspect.Options{}) != nil {
		t.Error("recognised as a timestamp")
	}
}

func TestContentGivenIsCompared(t *testing.T) {
	ca := cmstest.NewCA(t)
	b := ca.Stamp(t, cmstest.Stamp{Content: []byte("acte")})
	for content, want := range map[string]inspect.Verdict{"acte": inspect.Valid, "autre": inspect.Invalid} {
		res := inspectBytes(t, b, inspect.Options{Detached: fsOf(content)})
		if res.Verdict() != want {
			t.Errorf("%s: %s", content, res.Verdict())
		}
	}
	if res := inspectBytes(t, b, inspect.Options{}); !strings.HasPrefix(res.Summary.Get("tst").(string), "token@") {
		t.Error(res.Summary)
	}
}

func fsOf(content string) []fs.FS { return []fs.FS{fstest.MapFS{"acte.pdf": {Data: []byte(content)}}} }

func FuzzToken(f *testing.F) {
	ca := cmstest.NewCA(f)
	f.Add(ca.Stamp(f, cmstest.Stamp{Content: []byte("acte")}))
	f.Add(cmstest.Reply(2, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := tsp.Validate(context.Background(), b, signature.Options{At: now}); err != nil {
			t.Fatal(err)
		}
	})
}
