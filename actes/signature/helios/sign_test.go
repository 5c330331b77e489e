package helios_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/helios"
	"github.com/liasse/liasse/actes/signature/internal/cmstest"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/xades"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/mutant"
)

func signatory(t testing.TB, ca *cmstest.CA) signature.Signatory {
	key, cert := ca.Key(t, cmstest.RSA, x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment)
	return signature.Signatory{Key: key, Certificate: cert.Raw}
}

func sign(b []byte, s signature.Signatory, opt helios.SignOptions) ([]byte, error) {
	opt.Time = cmstest.Time
	var out bytes.Buffer
	err := helios.Sign(context.Background(), xades.Bytes(b), &out, s, opt)
	return out.Bytes(), err
}

// TestSign signs the files of the corpus that are not signed, in both styles,
// by bordereau and whole: the control tool of the DGFiP would object to
// nothing, and what the official schema accepted it still does.
func TestSign(t *testing.T) {
	ca := cmstest.NewCA(t)
	s := signatory(t, ca)
	dir := corpus.Dir(t, "finance")
	schema := filepath.Join(dir, "xsd", "pes_v5.17", "PES_V2", "Rev0", "PES_Aller.xsd")
	files, err := filepath.Glob(filepath.Join(dir, "samples", "pes_aller*", "*.xml"))
	if err != nil {
		t.Fatal(err)
	}
	var before, after [][]byte
	var names []string
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, opt := range []helios.SignOptions{{Role: "Maire", City: "Nevers", PostalCode: "58000"}, {Role: "Maire", Global: true},
			{Role: "Président délégué", Style: helios.DGFiP}, {Role: "Maire", Style: helios.DGFiP, Global: true}} {
			out, err := sign(b, s, opt)
			switch {
			case errors.Is(err, xades.ErrDocument), errors.Is(err, xades.ErrTarget), errors.Is(err, xades.ErrSigned), errors.Is(err, helios.ErrNothing), errors.Is(err, helios.ErrNotAller):
				continue
			case errors.Is(err, xades.ErrIdentifier) && strings.Contains(file, "_id_"): // no name of XML
				continue
			case err != nil:
				t.Errorf("%s: %v", filepath.Base(file), err)
				continue
			}
			before, after, names = append(before, b), append(after, out), append(names, filepath.Base(file))
			if bytes.Contains(b, []byte("SignedInfo")) { // what others signed is theirs
				continue
			}
			r := check(t, out, helios.Options{})
			if len(r.Uncovered) > 0 {
				t.Errorf("%s: %d bordereaux not covered", filepath.Base(file), len(r.Uncovered))
			}
			for i, v := range r.Verdicts {
				if g := r.Signatures[i]; !v.Intact || len(g.NOK)+len(g.Warn)+len(g.OK) > 0 || (g.Portee == helios.Globale) != opt.Global {
					t.Errorf("%s: intact %v, NOK %v, warn %v, OK %v, %s", filepath.Base(file), v.Intact, g.NOK, g.Warn, g.OK, g.Portee)
				}
			}
		}
	}
	valid := 0
	was, is := mutant.Xmllint(t, mutant.XSD, schema, before), mutant.Xmllint(t, mutant.XSD, schema, after)
	for i, name := range names {
		if was[i] {
			valid++
			if !is[i] {
				t.Errorf("%s is no longer valid once signed", name)
			}
		}
	}
	t.Logf("corpus: %d files signed, %d of them valid", len(names), valid)
	if valid < 50 {
		t.Errorf("only %d valid files were signed", valid)
	}
}

func TestSignRefuses(t *testing.T) {
	ca := cmstest.NewCA(t)
	s := signatory(t, ca)
	const head = `<n:PES_Aller xmlns:n="http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller">`
	with := func(bordereau string) []byte {
		return []byte(head + "<PES_DepenseAller>" + bordereau + "</PES_DepenseAller></n:PES_Aller>")
	}
	if _, err := sign(with(`<Bordereau Id="B1"/>`), s, helios.SignOptions{}); err == nil || !strings.Contains(err.Error(), "role") {
		t.Errorf("no role: %v", err)
	}
	once, err := sign(with(`<Bordereau Id="B1"/>`), s, helios.SignOptions{Role: "Maire"})
	if err != nil {
		t.Fatal(err)
	}
	weak := s
	weak.Digest = trust.SHA1
	for _, c := range []struct {
		name string
		doc  []byte
		s    signature.Signatory
		opt  helios.SignOptions
		want error
	}{
		{"other document", []byte("<a/>"), s, helios.SignOptions{}, helios.ErrNotAller},
		{"not well formed", []byte("<a>"), s, helios.SignOptions{}, xades.ErrDocument},
		{"no bordereau", with(""), s, helios.SignOptions{}, helios.ErrNothing},
		{"no Id", with("<Bordereau/>"), s, helios.SignOptions{}, helios.ErrNothing},
		{"signed already", once, s, helios.SignOptions{Style: helios.DGFiP}, xades.ErrSigned},
		{"unknown bordereau", once, s, helios.SignOptions{Bordereaux: []string{"B2"}}, xades.ErrTarget},
		{"SHA-1", with(`<Bordereau Id="B1"/>`), weak, helios.SignOptions{}, signature.ErrWeakKey},
	} {
		c.opt.Role = "Maire"
		if _, err := sign(c.doc, c.s, c.opt); !errors.Is(err, c.want) {
			t.Errorf("%s: %v; want %v", c.name, err, c.want)
		}
	}
}
