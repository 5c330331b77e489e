package pades_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"testing"
	"time"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/envelope"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/actes/signature/internal/cmstest"
	"github.com/liasse/liasse/actes/signature/internal/pdftest"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

// transmitted is the archive of an act with its document and the detached
// signature of that, inspected.
func transmitted(t testing.TB, document, signature []byte) *inspect.Result {
	t.Helper()
	date, err := ged.ParseDate("2024-06-27")
	if err != nil {
		t.Fatal(err)
	}
	made, err := ged.ParseDate("2024-07-01")
	if err != nil {
		t.Fatal(err)
	}
	e := &envelope.Envoi{Trigramme: "abc", Quadrigramme: "TACT", Date: made, Serie: 1,
		Emetteur:       actes.Collectivite{SIREN: "123456782", Departement: "034", Arrondissement: "3", Nature: "31"},
		Referent:       &message.Referent{Nom: "Service", Email: "actes@ville.example.fr"},
		AdressesRetour: []string{"retour@tdt.example.fr"},
		Messages: []envelope.Depart{{
			Message: &message.Acte{DonneesActe: message.DonneesActe{Date: date, NumeroInterne: "D2024_042", Nature: actes.Deliberation,
				Matiere: actes.Matiere{5, 2, 1}, Objet: "Règlement intérieur", ClassificationDateVersion: date}},
			Fichiers: []envelope.Piece{{Nom: "acte.pdf", Typologie: "99_DE", Contenu: bytes.NewReader(document), Signature: signature}},
		}}}
	var b bytes.Buffer
	at := time.Date(2024, 7, 1, 8, 0, 0, 0, time.UTC)
	if _, err := envelope.Write(context.Background(), &b, e, envelope.WriteOptions{Check: envelope.Options{Now: at}}); err != nil {
		t.Fatal(err)
	}
	in := inspect.NewBytes(e.Nom().String(), b.Bytes())
	res, err := inspect.Run(context.Background(), []inspect.Inspector{envelope.Inspector()}, in, inspect.Options{At: at})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// TestSignaturesInsideActs: those inside the PDF and the one beside it are
// judged when an archive is inspected.
func TestSignaturesInsideActs(t *testing.T) {
	ca := cmstest.NewCA(t)
	plain := pdftest.New().B
	beside := func(content []byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: ca.Sign(t, cmstest.Signature{Content: content, Detached: true})})
	}
	signed := func() *pdftest.Doc { return pdftest.New().Sign(t, ca, pdftest.Signing{}) }
	for _, c := range []struct {
		name      string
		document  []byte
		signature []byte
		rule      *report.Rule // nil: valid
		found     int
	}{
		{"unsigned", plain, nil, nil, 0},
		{"signed inside", signed().B, nil, nil, 1},
		{"signed inside, changed", changed(signed()).B, nil, envelope.SignatureInvalide, 1},
		{"signed inside, a page added", attack(t, ca, "a page added").B, nil, envelope.SignatureInvalide, 1},
		{"signed beside", plain, beside(plain), nil, 1},
		{"signed beside, another document", plain, beside([]byte("autre")), envelope.SignatureDetacheeInvalide, 1},
		{"signed beside by nothing that can be read", plain, []byte("rien"), envelope.SignatureDetacheeInvalide, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := transmitted(t, c.document, c.signature)
			if want := c.rule == nil; res.Report.Valid() != want || !want && !res.Report.Has(c.rule) {
				t.Errorf("valid %v", res.Report.Valid())
			}
			if len(res.Signatures) != c.found {
				t.Errorf("%d signatures, want %d", len(res.Signatures), c.found)
			}
			if res.Report.Has(envelope.SignatureNonVerifiee) {
				t.Error("not verified")
			}
		})
	}
}

func attack(t testing.TB, ca *cmstest.CA, name string) *pdftest.Doc {
	for _, a := range attacks {
		if a.name == name {
			return a.make(t, ca)
		}
	}
	t.Fatal("no such attack")
	return nil
}
