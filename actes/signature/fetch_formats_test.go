package signature_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/asic"
	"github.com/liasse/liasse/actes/signature/cades"
	"github.com/liasse/liasse/actes/signature/internal/cmstest"
	"github.com/liasse/liasse/actes/signature/internal/pdftest"
	"github.com/liasse/liasse/actes/signature/pades"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/tsp"
	"github.com/liasse/liasse/actes/signature/xades"
)

const (
	atUnit     = "http://horodatage.exemple.invalid/ac.cer"
	atUnitList = "http://horodatage.exemple.invalid/ac.crl"
)

// TestEveryFormatFetches: the signature and its timestamp, of an authority of
// its own, lead to their anchors in each format, by what the fetcher gives and
// not without it.
func TestEveryFormatFetches(t *testing.T) {
	w := newTown(t, nil)
	stamps := cmstest.Root(t, "racine d'horodatage")
	between := stamps.Issue(t, cmstest.Profile{Name: "ac d'horodatage", CA: true, CRL: []string{atUnitList}})
	unit := between.Issue(t, cmstest.Profile{Name: "horodateur", EKU: cmstest.StampingEKU(), Issuers: []string{atUnit}, CRL: []string{"http://horodatage.exemple.invalid/h.crl"}}).Unit()
	w.web.pages[atUnit] = page(between.Cert.Raw)
	w.web.pages[atUnitList] = page(stamps.CRL(t, list(nil)))
	w.web.pages["http://horodatage.exemple.invalid/h.crl"] = page(between.CRL(t, list(nil)))
	w.opt.Store.AddAnchor(trust.Anchor{Certificate: parse(t, stamps)})
	signedAt := now.AddDate(0, 0, -10)
	stamper := &tsp.Client{Send: func(_ context.Context, q []byte) ([]byte, error) { return unit.Answer(t, q, signedAt), nil }}
	who := signature.Signatory{Key: w.agent.Key, Certificate: w.agent.Cert.Raw}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	box := func(name string, b []byte) []byte {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for _, f := range []struct{ name, body string }{{"mimetype", "application/vnd.etsi.asic-s+zip"}, {"acte.txt", "délibération"}, {name, string(b)}} {
			e, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Store})
			must(err)
			_, err = e.Write([]byte(f.body))
			must(err)
		}
		must(z.Close())
		return out.Bytes()
	}
	cms, err := cades.Sign(t.Context(), strings.NewReader("délibération"), who, cades.SignOptions{Time: signedAt, Stamper: stamper})
	must(err)
	var xml, sigs, doc bytes.Buffer
	must(xades.Sign(t.Context(), xades.Bytes([]byte(`<acte Id="a">délibération</acte>`)), &xml, who, xades.SignOptions{Time: signedAt, Stamper: stamper}))
	must(xades.Sign(t.Context(), xades.Bytes([]byte(`<asic:XAdESSignatures xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" Id="a"/>`)), &sigs, who, xades.SignOptions{Time: signedAt, Stamper: stamper}))
	p := pdftest.New().B
	must(pades.Sign(t.Context(), bytes.NewReader(p), int64(len(p)), &doc, who, pades.SignOptions{Time: signedAt, Stamper: stamper}))
	sum := sha256.Sum256([]byte("délibération"))
	token, err := stamper.Stamp(t.Context(), trust.SHA256, sum[:])
	must(err)
	content := signature.NewContent("acte.txt", []byte("délibération"))
	for _, c := range []struct {
		name     string
		validate func(signature.Options) (*signature.Report, error)
		asked    int
	}{
		{"CAdES", func(o signature.Options) (*signature.Report, error) {
			o.Given = []*signature.Content{content}
			return cades.Validate(t.Context(), cms, o)
		}, 6},
		{"XAdES", func(o signature.Options) (*signature.Report, error) {
			return xades.Validate(t.Context(), xades.Bytes(xml.Bytes()), o)
		}, 6},
		{"PAdES", func(o signature.Options) (*signature.Report, error) {
			r, err := pades.Validate(t.Context(), bytes.NewReader(doc.Bytes()), int64(doc.Len()), o)
			return &r.Report, err
		}, 6},
		{"ASiC with CAdES", func(o signature.Options) (*signature.Report, error) {
			b := box("META-INF/signature.p7s", cms)
			r, err := asic.Validate(t.Context(), bytes.NewReader(b), int64(len(b)), o)
			return &r.Report, err
		}, 6},
		{"ASiC with XAdES", func(o signature.Options) (*signature.Report, error) {
			b := box("META-INF/signatures.xml", sigs.Bytes())
			r, err := asic.Validate(t.Context(), bytes.NewReader(b), int64(len(b)), o)
			return &r.Report, err
		}, 6},
		{"timestamp", func(o signature.Options) (*signature.Report, error) {
			o.Given = []*signature.Content{content}
			return tsp.Validate(t.Context(), token, o)
		}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.web.asked = nil
			r, err := c.validate(w.opt)
			must(err)
			if len(r.Fetched.Asked) != c.asked || len(w.web.asked) != c.asked {
				t.Errorf("%d requests, told %s", len(w.web.asked), said(r))
			}
			again, err := c.validate(w.opt.With(r.Fetched))
			must(err)
			quiet := w.opt
			quiet.Fetcher = nil
			alone, err := c.validate(quiet)
			must(err)
			for _, k := range []struct {
				name string
				r    *signature.Report
				ok   bool
			}{{"fetched", r, true}, {"kept", again, true}, {"alone", alone, false}} {
				n := 0
				for _, v := range k.r.Verdicts {
					if n++; v.Trusted != k.ok || v.Level != alone.Verdicts[0].Level {
						t.Errorf("%s: %v, level %s", k.name, v.Conclusion, v.Level)
					}
					for _, s := range v.Stamps {
						if (s.Conclusion.Indication == signature.Passed) != k.ok {
							t.Errorf("%s: the timestamp is %v", k.name, s.Conclusion)
						}
					}
					if len(v.Stamps) != 1 {
						t.Errorf("%d timestamps", len(v.Stamps))
					}
				}
				for _, s := range k.r.Stamps {
					if n++; (s.Conclusion.Indication == signature.Passed) != k.ok {
						t.Errorf("%s: the timestamp is %v", k.name, s.Conclusion)
					}
				}
				told := 0
				for f := range k.r.Findings.All() {
					if f.Rule == signature.RuleFetched {
						told++
					}
				}
				if n != 1 || told != len(k.r.Fetched.Asked) {
					t.Errorf("%s: %d verdicts, %d findings", k.name, n, told)
				}
			}
		})
	}
	w.web.asked = nil
	w.opt.Given = []*signature.Content{signature.NewContent("autre.txt", []byte("autre"))}
	if r, err := tsp.Validate(t.Context(), token, w.opt); err != nil || len(w.web.asked) > 0 || r.Stamps[0].Conclusion.Sub != signature.HashFailure {
		t.Errorf("a timestamp over something else is worth %d requests, %v", len(w.web.asked), err)
	}
}
