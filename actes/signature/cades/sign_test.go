package cades_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/cades"
	"github.com/liasse/liasse/actes/signature/internal/cmstest"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/tsp"
	"github.com/liasse/liasse/internal/corpus"
)

const signs = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment

func signatory(t testing.TB, ca *cmstest.CA, kind string) signature.Signatory {
	key, cert := ca.Key(t, kind, signs)
	return signature.Signatory{Key: key, Certificate: cert.Raw, Issuers: [][]byte{ca.Root.Raw}}
}

func unit(t testing.TB, ca *cmstest.CA) *tsp.Client {
	return &tsp.Client{Send: func(_ context.Context, query []byte) ([]byte, error) {
		return ca.Answer(t, query, cmstest.Time.Add(time.Minute)), nil
	}}
}

// TestSign makes signatures of every kind and has them verified here and by
// openssl, which is not asked what it does not know.
func TestSign(t *testing.T) {
	ca := cmstest.NewCA(t)
	for _, c := range []struct {
		name, key string
		digest    trust.Digest
		pss       bool
		opt       cades.SignOptions
		level     string
		openssl   bool
	}{
		{"RSA, detached", cmstest.RSA, "", false, cades.SignOptions{}, "CAdES-BASELINE-B", true},
		{"RSA PSS, SHA-512", cmstest.RSA, trust.SHA512, true, cades.SignOptions{}, "CAdES-BASELINE-B", true},
		{"ECDSA, attached", cmstest.P256, "", false, cades.SignOptions{Attached: true}, "CAdES-BASELINE-B", true},
		{"ECDSA, SHA-384, level T", cmstest.P256, trust.SHA384, false, cades.SignOptions{Stamper: unit(t, ca)}, "CAdES-BASELINE-T", true},
		{"Ed25519, level T, attached", cmstest.Ed25519, "", false, cades.SignOptions{Attached: true, Stamper: unit(t, ca)}, "CAdES-BASELINE-T", false},
		{"RSA, SHA3-256", cmstest.RSA, trust.SHA3_256, false, cades.SignOptions{}, "CAdES-BASELINE-B", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := signatory(t, ca, c.key)
			s.Digest, s.PSS = c.digest, c.pss
			c.opt.Time = cmstest.Time
			b, err := cades.Sign(context.Background(), bytes.NewReader(acte), s, c.opt)
			if err != nil {
				t.Fatal(err)
			}
			opt := trusting(t, ca.Root.Raw)
			if !c.opt.Attached {
				opt.Detached = given("acte.txt", acte).Detached
			}
			r := validate(t, b, opt)
			if len(r.Verdicts) != 1 {
				t.Fatalf("%d verdicts", len(r.Verdicts))
			}
			v := r.Verdicts[0]
			if !v.Intact || v.Level != c.level || !v.SigningTime.Equal(cmstest.Time) || v.Conclusion.Indication == signature.TotalFailed {
				t.Errorf("intact %v, level %s, %v, claimed %v", v.Intact, v.Level, v.Conclusion, v.SigningTime)
			}
			changed := bytes.Replace(b, []byte("municipal"), []byte("Municipal"), 1)
			if !c.opt.Attached {
				changed = b
				opt.Detached = given("acte.txt", bytes.ToUpper(acte)).Detached
			}
			if got := validate(t, changed, opt).Verdicts[0]; got.Intact || got.Conclusion.Indication != signature.TotalFailed {
				t.Errorf("of a changed content: intact %v, %v", got.Intact, got.Conclusion)
			}
			if !c.openssl {
				return
			}
			dir := t.TempDir()
			sig, content, anchors := filepath.Join(dir, "a.p7s"), filepath.Join(dir, "acte.txt"), filepath.Join(dir, "ca.pem")
			writeFile(t, sig, b)
			writeFile(t, content, acte)
			writeFile(t, anchors, pemOf(ca.Root.Raw))
			args := []string{"cms", "-verify", "-binary", "-inform", "DER", "-in", sig, "-CAfile", anchors, "-purpose", "any", "-attime", "1740992400", "-out", filepath.Join(dir, "out")}
			if !c.opt.Attached {
				args = append(args, "-content", content)
			}
			if out, err := exec.Command(corpus.Tool(t, "openssl"), args...).CombinedOutput(); err != nil {
				t.Errorf("openssl: %v\n%s", err, out)
			}
			if got, _ := os.ReadFile(filepath.Join(dir, "out")); !bytes.Equal(got, acte) {
				t.Error("openssl reads another content")
			}
		})
	}
}

// TestSignRefuses: nothing is signed that would not hold.
func TestSignRefuses(t *testing.T) {
	ca := cmstest.NewCA(t)
	good := signatory(t, ca, cmstest.P256)
	with := func(f func(*signature.Signatory)) signature.Signatory { s := good; f(&s); return s }
	other := signatory(t, ca, cmstest.P256)
	weak := signatory(t, ca, cmstest.RSA1024)
	sealKey, seal := ca.Key(t, cmstest.P256, x509.KeyUsageKeyEncipherment)
	for _, c := range []struct {
		name string
		s    signature.Signatory
		at   time.Time
		want error
	}{
		{"no key", with(func(s *signature.Signatory) { s.Key = nil }), cmstest.Time, signature.ErrKey},
		{"the key of another", with(func(s *signature.Signatory) { s.Key = other.Key }), cmstest.Time, signature.ErrKey},
		{"SHA-1", with(func(s *signature.Signatory) { s.Digest = trust.SHA1 }), cmstest.Time, signature.ErrWeakKey},
		{"RSA 1024", weak, cmstest.Time, signature.ErrWeakKey},
		{"expired", good, time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC), signature.ErrPeriod},
		{"no time", good, time.Time{}, signature.ErrPeriod},
		{"not for signing", signature.Signatory{Key: sealKey, Certificate: seal.Raw}, cmstest.Time, signature.ErrUsage},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := cades.Sign(context.Background(), bytes.NewReader(acte), c.s, cades.SignOptions{Time: c.at})
			if !errors.Is(err, c.want) || b != nil {
				t.Errorf("%v, %d octets; want %v", err, len(b), c.want)
			}
		})
	}
	refuses := &tsp.Client{Send: func(context.Context, []byte) ([]byte, error) { return cmstest.Reply(2, nil), nil }}
	var refused *tsp.RefusedError
	if _, err := cades.Sign(context.Background(), bytes.NewReader(acte), good, cades.SignOptions{Time: cmstest.Time, Stamper: refuses}); !errors.As(err, &refused) {
		t.Errorf("a unit that refuses: %v", err)
	}
	replay := &tsp.Client{Send: func(context.Context, []byte) ([]byte, error) {
		return cmstest.Reply(0, ca.Stamp(t, cmstest.Stamp{Content: acte})), nil
	}}
	if b, err := cades.Sign(context.Background(), bytes.NewReader(acte), good, cades.SignOptions{Time: cmstest.Time, Stamper: replay}); err == nil || b != nil {
		t.Error("a timestamp of something else was taken")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := cades.Sign(ctx, bytes.NewReader(acte), good, cades.SignOptions{Time: cmstest.Time}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestSignConstantMemory: a detached signature of a large file holds nothing of
// it.
func TestSignConstantMemory(t *testing.T) {
	ca := cmstest.NewCA(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := cades.Sign(context.Background(), io.LimitReader(zeros{}, 256<<20), signatory(t, ca, cmstest.P256), cades.SignOptions{Time: cmstest.Time})
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; err != nil || used > 24<<20 {
		t.Errorf("%v, %d KiB allocated for 256 MiB", err, used>>10)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func writeFile(t testing.TB, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func pemOf(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
