package pes

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/pades"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/pdf/pdftest"
)

var signedAt = time.Date(2025, time.March, 3, 9, 0, 0, 0, time.UTC)

// signedPDF is a PDF with a signature by a key made on the spot.
func signedPDF(t testing.TB) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	model := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ESSAI"}, NotBefore: signedAt.AddDate(-1, 0, 0),
		NotAfter: signedAt.AddDate(2, 0, 0), KeyUsage: x509.KeyUsageContentCommitment}
	cert, err := x509.CreateCertificate(rand.Reader, model, model, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	in := pdftest.Simple(1).Bytes(pdftest.Table)
	var out strings.Builder
	err = pades.Sign(context.Background(), bytes.NewReader(in), int64(len(in)), &out, signature.Signatory{Key: key, Certificate: cert}, pades.SignOptions{Time: signedAt})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// altered is the PDF with another text on its page.
func altered(pdf string) string { return strings.Replace(pdf, "(Page 1)", "(Page 9)", 1) }

func mustVerify(t testing.TB, doc string, opt Options) *Reading {
	t.Helper()
	r, _, err := Verifier(context.Background(), strings.NewReader(doc), int64(len(doc)), opt, signature.Options{At: signedAt.AddDate(0, 1, 0)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestSignaturesInsidePJ: a PDF that was changed after signing is told, in its
// place, and only an operator that looks at it stops the file.
func TestSignaturesInsidePJ(t *testing.T) {
	sound := signedPDF(t)
	two := func(second string) string {
		return pesPJ(pjXML("A1", zipped(sound), refComptaXML), pjXML("A2", zipped(second), refComptaXML))
	}
	octets := replaced(two(altered(sound)), []string{`application/pdf`, `application/octet-stream`, `application/pdf`, `application/octet-stream`})
	for _, x := range []struct {
		name, doc string
		profile   Profil
		broken    bool
		etat      Etat
	}{
		{"sound", two(sound), ProfilDGFiP, false, EtatAccepte},
		{"sound, stela", two(sound), ProfilSTELA, false, EtatTransmis},
		{"altered", two(altered(sound)), ProfilDGFiP, true, EtatAccepte},
		{"altered, s2low", two(altered(sound)), ProfilS2LOW, true, EtatTransmis},
		{"altered, stela", two(altered(sound)), ProfilSTELA, true, "PDF_ATTACHMENT"},
		{"altered and not declared as a PDF, stela", octets, ProfilSTELA, true, EtatTransmis},
		{"altered, schema alone", two(altered(sound)), ProfilXSD, false, EtatAccepte},
	} {
		t.Run(x.name, func(t *testing.T) {
			var verdicts []bool
			var content strings.Builder
			r := mustVerify(t, x.doc, Options{Profile: x.profile, Member: "F1.xml",
				Contenu: func(*PJ) (io.Writer, error) { return &content, nil },
				Visit: func(it Item) error {
					if p, ok := it.(*PJ); ok && p.Signatures != nil {
						for _, v := range p.Signatures.Verdicts {
							verdicts = append(verdicts, v.Intact)
						}
					}
					return nil
				}})
			if r.Etat != x.etat || r.Portee != PorteeAucune || r.Report.Valid() != (x.etat != "PDF_ATTACHMENT") {
				t.Errorf("%s, %s: %s", r.Etat, r.Portee, codes(r.Report))
			}
			if len(content.String()) != 2*len(sound) {
				t.Error("the contents asked for are not given whole")
			}
			if x.profile != ProfilXSD && (len(verdicts) != 2 || !verdicts[0] || verdicts[1] == x.broken) {
				t.Errorf("verdicts %v", verdicts)
			}
			found := 0
			for f := range r.Report.All() {
				if f.Rule == PJSignature {
					found++
					if f.Where.Member != "F1.xml!/PJ[2]" || f.Severity != report.Warning {
						t.Errorf("%s at %v", f.Severity, f.Where)
					}
				}
			}
			if (found == 1) != x.broken || found > 1 {
				t.Errorf("%d finding(s)", found)
			}
		})
	}
	if r := mustRead(t, two(altered(sound)), Options{}); r.Report.Has(PJSignature) {
		t.Error("who only reads judges signatures")
	}
}

// TestPJSignatureNotVerified: what cannot be judged is said not to have been.
func TestPJSignatureNotVerified(t *testing.T) {
	for name, x := range map[string]struct {
		content string
		said    bool
	}{
		"too large":               {tooLarge(), true},
		"not readable":            {"%PDF-1.7\n<< /ByteRange [0 1 2 3] >>\n", true},
		"not a PDF":               {"<a>/ByteRange</a>" + strings.Repeat(" ", 2*enTetePDF), false},
		"a PDF without signature": {string(pdftest.Simple(1).Bytes(pdftest.Table)), false},
	} {
		r := mustVerify(t, pesPJ(pjXML("A1", zipped(x.content), refComptaXML)), Options{})
		if r.Report.Has(PJSignatureNonVerifiee) != x.said || !r.Report.Valid() || r.Etat != EtatAccepte {
			t.Errorf("%s: %s, %s", name, r.Etat, codes(r.Report))
		}
	}
}

// tooLarge is a PDF that holds signatures and passes what is kept.
func tooLarge() string { return "%PDF-1.7\n" + noise(maxPJSignee) + "\n/ByteRange" }

// TestPJIsKeptWithinBounds: whatever the pieces it comes in, the PJ is read back as
// it was, its mark is seen, and what passes the bound is not kept.
func TestPJIsKeptWithinBounds(t *testing.T) {
	doc := signedPDF(t)
	var s signaturesPJ
	for n := 1; n < 40; n++ {
		s.begin()
		for rest := doc; rest != ""; {
			k := min(n, len(rest))
			s.Write([]byte(rest[:k]))
			rest = rest[k:]
		}
		back, err := io.ReadAll(io.NewSectionReader(&s, 0, s.size))
		if err != nil || string(back) != doc || !s.signed || s.other {
			t.Fatalf("pieces of %d: %v, signed %t, other %t", n, err, s.signed, s.other)
		}
	}
	s.begin()
	piece := []byte(strings.Repeat("%PDF-1.7 ", 10000))
	for s.size <= 2*maxPJSignee {
		s.Write(piece)
	}
	if n := len(s.kept) * morceau; n > maxPJSignee || s.signed {
		t.Errorf("%d octets kept, signed %t", n, s.signed)
	}
}
