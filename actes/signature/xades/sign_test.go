package xades_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/cmstest"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/tsp"
	"github.com/liasse/liasse/actes/signature/xades"
	"github.com/liasse/liasse/internal/corpus"
	"golang.org/x/text/encoding/charmap"
)

func signatory(t testing.TB, ca *cmstest.CA, kind string) signature.Signatory {
	key, cert := ca.Key(t, kind, x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment)
	return signature.Signatory{Key: key, Certificate: cert.Raw, Issuers: [][]byte{ca.Root.Raw}}
}

func sign(doc string, s signature.Signatory, opt xades.SignOptions) (string, error) {
	opt.Time = cmstest.Time
	var out strings.Builder
	err := xades.Sign(context.Background(), xades.Bytes([]byte(doc)), &out, s, opt)
	return out.String(), err
}

const seance = `<?xml version="1.0" encoding="UTF-8"?>
<s:seance xmlns:s="urn:seance" xmlns="urn:autre" xml:lang="fr" Id="S1">
  <acte Id="A1"><objet>Tarifs &amp; droits</objet></acte><!-- note -->
  <s:acte s:n="2" Id="A2"/><acte Id="A3"></acte>
</s:seance>
<!-- fin -->`

// TestSign makes signatures of every kind and has them verified here and by
// xmlsec1, as far as it knows the algorithms.
func TestSign(t *testing.T) {
	ca := cmstest.NewCA(t)
	unit := &tsp.Client{Send: func(_ context.Context, query []byte) ([]byte, error) { return ca.Answer(t, query, cmstest.Time), nil }}
	latin, err := charmap.ISO8859_1.NewEncoder().String(strings.Replace(strings.Replace(seance, "UTF-8", "ISO-8859-1", 1), "Tarifs", "Délibérés", 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, doc, key string
		digest         trust.Digest
		pss            bool
		opt            xades.SignOptions
		level          string
		xmlsec         bool
	}{
		{"the root", seance, cmstest.RSA, "", false, xades.SignOptions{}, "XAdES-BASELINE-B", true},
		{"a root without identifier", "<a b='1'/>", cmstest.RSA, "", false, xades.SignOptions{}, "XAdES-BASELINE-B", true},
		{"three elements", seance, cmstest.P256, trust.SHA384, false, xades.SignOptions{Over: []string{"A3", "A1", "A2"}, Role: "Maire <déléguée>", City: "Nevers"}, "XAdES-BASELINE-B", true},
		{"level T", seance, cmstest.RSA, trust.SHA512, false, xades.SignOptions{Over: []string{"A1"}, Stamper: unit}, "XAdES-BASELINE-T", true},
		{"ISO-8859-1", latin, cmstest.P256, "", false, xades.SignOptions{Role: "Adjoint délégué"}, "XAdES-BASELINE-B", true},
		{"a name in ISO-8859-1", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><r><d\xe9lib Id='D' b='1'/></r>", cmstest.RSA, "", false, xades.SignOptions{Over: []string{"D"}}, "XAdES-BASELINE-B", false},
		{"PSS", seance, cmstest.RSA, "", true, xades.SignOptions{Over: []string{"A2"}}, "XAdES-BASELINE-B", false},
		{"Ed25519", seance, cmstest.Ed25519, "", false, xades.SignOptions{}, "XAdES-BASELINE-B", false},
		{"1.1.1 with a policy", seance, cmstest.RSA, "", false, xades.SignOptions{Version: xades.V111, Untyped: true, BareTarget: true,
			Policy: &xades.SigningPolicy{ID: "urn:oid:1.2.3", Digest: trust.SHA256, Hash: make([]byte, 32)}}, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := signatory(t, ca, c.key)
			s.Digest, s.PSS = c.digest, c.pss
			out, err := sign(c.doc, s, c.opt)
			if err != nil {
				t.Fatal(err)
			}
			n := max(1, len(c.opt.Over))
			in := xades.Bytes([]byte(out))
			in.AnyTarget = c.opt.BareTarget
			r, err := xades.Validate(context.Background(), in, signature.Options{At: cmstest.Time})
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Verdicts) != n {
				t.Fatalf("%d verdicts", len(r.Verdicts))
			}
			for _, v := range r.Verdicts {
				if !v.Intact || v.Conclusion.Indication == signature.TotalFailed || c.level != "" && v.Level != c.level || !v.SigningTime.Equal(cmstest.Time) {
					t.Errorf("intact %v, %v, %s, claims %v", v.Intact, v.Conclusion, v.Level, v.SigningTime)
				}
			}
			if left := removeSignatures(out); left != strings.ReplaceAll(c.doc, `/>`, `></`+endName(c.doc)+`>`) && left != c.doc {
				t.Errorf("the document is not kept:\n%s", left)
			}
			changed := strings.NewReplacer("b='1'", "b='2'", `Id="A1">`, `Id="A1"> `, `Id="A2">`, `Id="A2"> `, `Id="A3">`, `Id="A3"> `).Replace(out)
			in = xades.Bytes([]byte(changed))
			in.AnyTarget = true
			r, err = xades.Validate(context.Background(), in, signature.Options{At: cmstest.Time})
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range r.Verdicts {
				if v.Intact {
					t.Error("a changed document is intact")
				}
			}
			if c.xmlsec {
				xmlsec(t, out, ca)
			}
		})
	}
}

func endName(doc string) string {
	if strings.HasPrefix(doc, "<a ") {
		return "a"
	}
	if strings.Contains(doc, "<d\xe9lib") {
		return "d\xe9lib"
	}
	return "s:acte"
}

// removeSignatures takes out what was inserted.
func removeSignatures(s string) string {
	for {
		i := strings.Index(s, "<ds:Signature ")
		if i < 0 {
			return s
		}
		j := strings.Index(s, "</ds:Signature>")
		s = s[:i] + s[j+len("</ds:Signature>"):]
	}
}

// xmlsec verifies each signature of a document.
func xmlsec(t *testing.T, doc string, ca *cmstest.CA) {
	t.Helper()
	tool := corpus.Tool(t, "xmlsec1")
	dir := t.TempDir()
	file, root := filepath.Join(dir, "a.xml"), filepath.Join(dir, "ca.pem")
	for name, b := range map[string][]byte{file: []byte(doc), root: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Root.Raw})} {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i := range strings.Count(doc, "<ds:Signature ") {
		id := strings.Split(strings.Split(doc, `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="`)[i+1], `"`)[0]
		args := []string{"--verify", "--trusted-pem", root, "--verification-time", "2025-03-03 12:00:00", "--enabled-key-data", "x509",
			"--id-attr:Id", "Signature", "--id-attr:Id", "SignedProperties", "--node-id", id}
		for _, e := range []string{"urn:seance:seance", "urn:seance:acte", "urn:autre:acte", "http://www.w3.org/2000/09/xmldsig#:Signature", string(xades.V132) + ":SignedProperties", string(xades.V111) + ":SignedProperties"} {
			args = append(args, "--id-attr:Id", e)
		}
		if out, err := exec.Command(tool, append(args, file)...).CombinedOutput(); err != nil {
			t.Errorf("xmlsec1, signature %s: %v\n%s", id, err, out)
		}
	}
}

// TestSignRefuses: nothing is inserted that would not hold or would break what
// holds.
func TestSignRefuses(t *testing.T) {
	ca := cmstest.NewCA(t)
	s := signatory(t, ca, cmstest.P256)
	signed, err := sign(seance, s, xades.SignOptions{Over: []string{"A1"}})
	if err != nil {
		t.Fatal(err)
	}
	whole, err := sign("<a><b Id='B'/></a>", s, xades.SignOptions{})
	if err != nil {
		t.Fatal(err)
	}
	other := func(_ int, over string) xades.Names {
		return xades.Names{Signature: over + "_SIG_2", Properties: over + "_P2", Value: over + "_V2", Reference: over + "_R2"}
	}
	for _, c := range []struct {
		name, doc string
		opt       xades.SignOptions
		want      error
	}{
		{"no such element", seance, xades.SignOptions{Over: []string{"Z"}}, xades.ErrTarget},
		{"two of them", strings.Replace(seance, `"A2"`, `"A1"`, 1), xades.SignOptions{Over: []string{"A1"}}, xades.ErrTarget},
		{"two spellings", strings.Replace(seance, `Id="A2"`, `xml:id="A1"`, 1), xades.SignOptions{Over: []string{"A1"}}, xades.ErrTarget},
		{"one in the other", seance, xades.SignOptions{Over: []string{"S1", "A1"}}, xades.ErrTarget},
		{"twice the same", seance, xades.SignOptions{Over: []string{"A1", "A1"}}, xades.ErrTarget},
		{"signed already", signed, xades.SignOptions{Over: []string{"A1"}, Name: other}, xades.ErrSigned},
		{"inside what is signed", whole, xades.SignOptions{Over: []string{"B"}}, xades.ErrSigned},
		{"in a manifest", `<a xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Manifest><ds:Reference URI='#xpointer(id("B"))'/></ds:Manifest><b Id="B"/></a>`, xades.SignOptions{Over: []string{"B"}}, xades.ErrSigned},
		{"signed whole by a pointer", `<a xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Reference URI="#xpointer(/)"/><b Id="B"/></a>`, xades.SignOptions{Over: []string{"B"}}, xades.ErrSigned},
		{"identifier in use", strings.Replace(seance, `"A2"`, `"A1_SIG_1_SP"`, 1), xades.SignOptions{Over: []string{"A1"}}, xades.ErrIdentifier},
		{"identifier of two", seance, xades.SignOptions{Over: []string{"A1", "A3"}, Name: func(int, string) xades.Names { return other(0, "x") }}, xades.ErrIdentifier},
		{"not well formed", "<a>", xades.SignOptions{}, xades.ErrDocument},
		{"DOCTYPE", "<!DOCTYPE a><a/>", xades.SignOptions{}, xades.ErrDocument},
		{"UTF-16", "\xff\xfe<\x00a\x00/\x00>\x00", xades.SignOptions{}, xades.ErrDocument},
		{"timestamp in 1.1.1", seance, xades.SignOptions{Version: xades.V111, Stamper: &tsp.Client{}}, xades.ErrStamp},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := sign(c.doc, s, c.opt)
			if !errors.Is(err, c.want) || out != "" {
				t.Errorf("%v, %d octets written; want %v", err, len(out), c.want)
			}
		})
	}
	if twice, err := sign(signed, s, xades.SignOptions{}); err != nil {
		t.Errorf("over what is signed: %v", err)
	} else if r, err := xades.Validate(context.Background(), xades.Bytes([]byte(twice)), signature.Options{At: cmstest.Time}); err != nil ||
		len(r.Verdicts) != 2 || !r.Verdicts[0].Intact || !r.Verdicts[1].Intact {
		t.Errorf("over what is signed: %v", err)
	}
}

// TestSignConstantMemory signs every one of many elements of a large document.
func TestSignConstantMemory(t *testing.T) {
	ca := cmstest.NewCA(t)
	var b bytes.Buffer
	b.WriteString("<r>")
	for i := range 8 {
		b.WriteString(`<e Id="E` + string(rune('0'+i)) + `">`)
		b.Write(bytes.Repeat([]byte("<f v='1'>texte</f>"), 1<<18))
		b.WriteString("</e>")
	}
	b.WriteString("</r>")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := xades.Sign(context.Background(), xades.Bytes(b.Bytes()), &counter{}, signatory(t, ca, cmstest.P256), xades.SignOptions{Time: cmstest.Time, Over: []string{"E0", "E7", "E3"}})
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; err != nil || used > 16<<20 {
		t.Errorf("%v, %d KiB allocated for %d", err, used>>10, b.Len()>>10)
	}
}

type counter struct{ n int }

func (c *counter) Write(b []byte) (int, error) { c.n += len(b); return len(b), nil }
