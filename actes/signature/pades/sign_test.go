package pades_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/cmstest"
	"github.com/liasse/liasse/actes/signature/internal/pdftest"
	"github.com/liasse/liasse/actes/signature/pades"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/tsp"
	"github.com/liasse/liasse/internal/corpus"
	plainpdf "github.com/liasse/liasse/internal/pdf/pdftest"
)

func signatory(t testing.TB, ca *cmstest.CA, kind string) signature.Signatory {
	key, cert := ca.Key(t, kind, x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment)
	return signature.Signatory{Key: key, Certificate: cert.Raw, Issuers: [][]byte{ca.Root.Raw}}
}

func sign(in []byte, s signature.Signatory, opt pades.SignOptions) ([]byte, error) {
	if opt.Time.IsZero() {
		opt.Time = cmstest.Time
	}
	var out bytes.Buffer
	err := pades.Sign(context.Background(), bytes.NewReader(in), int64(len(in)), &out, s, opt)
	return out.Bytes(), err
}

// TestSign signs documents of every style and those of the corpus, twice; what
// was signed before stays so, here and for pdfsig.
func TestSign(t *testing.T) {
	ca := cmstest.NewCA(t)
	rsa, ecdsa := signatory(t, ca, cmstest.RSA), signatory(t, ca, cmstest.P256)
	unit := &tsp.Client{Send: func(_ context.Context, query []byte) ([]byte, error) { return ca.Answer(t, query, cmstest.Time), nil }}
	docs := map[string][]byte{"with an empty field": pdftest.New().B, "signed": pdftest.New().Sign(t, ca, pdftest.Signing{}).B}
	for name, style := range plainpdf.Styles {
		docs["style "+name] = plainpdf.Simple(2).Bytes(style)
	}
	dir := filepath.Dir(corpus.Dir(t, "signature"))
	for _, domain := range []string{"actes", "signature"} {
		err := filepath.WalkDir(filepath.Join(dir, domain), func(path string, d fs.DirEntry, err error) error {
			if err == nil && strings.EqualFold(filepath.Ext(path), ".pdf") {
				docs[d.Name()], err = os.ReadFile(path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	pdfsig := corpus.Tool(t, "pdfsig")
	made, refused := 0, 0
	for name, in := range docs {
		t.Run(name, func(t *testing.T) {
			before := validate(t, in, nil)
			intact := 0
			for _, v := range before.Verdicts {
				if v.Intact {
					intact++
				}
			}
			once, err := sign(in, rsa, pades.SignOptions{Reason: "Délibération (séance du 3 mars)", Location: "Nevers"})
			switch {
			case errors.Is(err, pades.ErrNotPDF), errors.Is(err, pades.ErrEncrypted), errors.Is(err, pades.ErrCertified):
				refused++
				return
			case err != nil:
				t.Fatal(err)
			}
			made++
			twice, err := sign(once, ecdsa, pades.SignOptions{Stamper: unit})
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.HasPrefix(once, in) || !bytes.HasPrefix(twice, once) {
				t.Fatal("the octets before are not kept")
			}
			after := validate(t, twice, nil)
			if len(after.Verdicts) != len(before.Verdicts)+2 {
				t.Fatalf("%d verdicts, then %d", len(before.Verdicts), len(after.Verdicts))
			}
			kept := 0
			var levels []string
			for _, v := range after.Verdicts {
				switch ours := v.SigningTime.Equal(cmstest.Time) && !slices.ContainsFunc(before.Verdicts, func(o signature.Verdict) bool { return o.ID == v.ID }); {
				case ours && v.Intact && v.Conclusion.Indication != signature.TotalFailed:
					levels = append(levels, v.Level)
				case ours:
					t.Errorf("intact %v, %v", v.Intact, v.Conclusion)
				case v.Intact:
					kept++
				}
			}
			if slices.Sort(levels); !slices.Equal(levels, []string{"PAdES-BASELINE-B", "PAdES-BASELINE-T"}) {
				t.Errorf("levels %v", levels)
			}
			if kept != intact {
				t.Errorf("%d signatures were intact, %d are", intact, kept)
			}
			was, is := strings.Count(run(t, pdfsig, in), "Signature is Valid"), strings.Count(run(t, pdfsig, twice), "Signature is Valid")
			if is != was+2 {
				t.Errorf("pdfsig: %d valid before, %d after\n%s", was, is, run(t, pdfsig, twice))
			}
		})
	}
	t.Logf("corpus: %d documents signed twice, %d refused", made, refused)
	if made < 20 {
		t.Errorf("only %d documents were signed", made)
	}
}

// TestSignRefuses: nothing is appended that would not hold.
func TestSignRefuses(t *testing.T) {
	ca := cmstest.NewCA(t)
	s := signatory(t, ca, cmstest.P256)
	closed := pdftest.New().Sign(t, ca, pdftest.Signing{Entries: certified(1),
		With: objects{pdftest.Catalog: "<</Type/Catalog/Pages 2 0 R/AcroForm 6 0 R/Perms<</DocMDP 30 0 R>>>>"}}).B
	for _, c := range []struct {
		name string
		in   []byte
		s    signature.Signatory
		opt  pades.SignOptions
		want error
	}{
		{"text", []byte("Délibération"), s, pades.SignOptions{}, pades.ErrNotPDF},
		{"empty", nil, s, pades.SignOptions{}, pades.ErrNotPDF},
		{"no such field", pdftest.New().B, s, pades.SignOptions{Field: "adjoint"}, pades.ErrField},
		{"certified", closed, s, pades.SignOptions{}, pades.ErrCertified},
		{"SHA-1", pdftest.New().B, signature.Signatory{Key: s.Key, Certificate: s.Certificate, Digest: trust.SHA1}, pades.SignOptions{}, signature.ErrWeakKey},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := sign(c.in, c.s, c.opt); !errors.Is(err, c.want) {
				t.Errorf("%v; want %v", err, c.want)
			}
		})
	}
	out, err := sign(pdftest.New().B, s, pades.SignOptions{Field: "maire"})
	if r := validate(t, out, nil); err != nil || len(r.Verdicts) != 1 || !r.Verdicts[0].Intact {
		t.Errorf("the field named: %v", err)
	}
}

// TestSignConstantMemory signs a large document.
func TestSignConstantMemory(t *testing.T) {
	ca := cmstest.NewCA(t)
	s := signatory(t, ca, cmstest.P256)
	big := pdftest.New(func(o objects) { o[22] = pdftest.Stream("", strings.Repeat("x", 96<<20)) }).B
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := pades.Sign(context.Background(), bytes.NewReader(big), int64(len(big)), io.Discard, s, pades.SignOptions{Time: cmstest.Time})
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; err != nil || used > 16<<20 {
		t.Errorf("%v, %d MiB allocated for %d", err, used>>20, len(big)>>20)
	}
}
