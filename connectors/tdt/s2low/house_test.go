package s2low

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/envelope"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/connectors/connectortest/fakes2low"
	"github.com/liasse/liasse/ged"
)

// minimalPDF is a page without content, whole enough for those who look inside.
func minimalPDF() string {
	var b strings.Builder
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	b.WriteString("xref\n0 4\n0000000000 65535 f \n")
	for _, p := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", p)
	}
	fmt.Fprintf(&b, "trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", xref)
	return b.String()
}

// TestOurOwnEnvelopesAndAcknowledgementsAgree: what package envelope writes,
// the fake reads with the standard library; what the fake acknowledges, package
// message reads. They share no code.
func TestOurOwnEnvelopesAndAcknowledgementsAgree(t *testing.T) {
	act := someActe()
	act.Classification = ged.Date{Year: 2025, Month: time.December, Day: 1}
	pdf := minimalPDF()
	act.Document.Contenu, act.Annexes[0].Contenu = strings.NewReader(pdf), strings.NewReader(pdf)
	act.Annexes = act.Annexes[:1]
	act.Annexes[0].Typologie = "21_DA"
	act.DocumentPapier = true
	act.Objet = "Forêt d'été & <haie>"
	e := envelope.Envoi{Trigramme: "abc", Quadrigramme: "TACT", Date: ged.Date{Year: 2026, Month: 3, Day: 2}, Serie: 1,
		Emetteur: act.Collectivite, AdressesRetour: []string{"mairie@ville.test"}, Messages: []envelope.Depart{envelope.DepartActe(&act)}}
	var archive bytes.Buffer
	if _, err := envelope.Write(t.Context(), &archive, &e, envelope.WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, way := range []string{"create", "submit"} {
		c, fake := meet(t, fakes2low.Config{Envelopes: true}, Config{})
		var ref connectors.Ref
		if way == "create" {
			r, err := c.Send(t.Context(), connectors.Transmission{Acte: act})
			if err != nil {
				t.Fatal(err)
			}
			ref = r.Ref
		} else {
			rs, err := c.SubmitEnvelope(t.Context(), connectors.Envelope{Name: fmt.Sprint(e.Nom()), Content: ged.BytesSource(archive.Bytes())})
			if err != nil || len(rs) != 1 {
				t.Fatal(rs, err)
			}
			ref = rs[0].Ref
		}
		for range 3 {
			fake.Advance()
		}
		raw, err := c.Reply(t.Context(), ref)
		if err != nil {
			t.Fatal(way, err)
		}
		got, err := message.Read(t.Context(), bytes.NewReader(raw), message.Options{})
		if err != nil || got.Report.Err() != nil {
			t.Fatalf("%s: %v %v\n%s", way, err, got.Report.Err(), raw)
		}
		ar, ok := got.Message.(*message.ARActe)
		if !ok {
			t.Fatalf("%s: a %T", way, got.Message)
		}
		if ar.ActeRecu.Objet != act.Objet || ar.ActeRecu.NumeroInterne != act.Numero || ar.ActeRecu.Matiere != act.Matiere ||
			!ar.ActeRecu.DocumentPapier || len(ar.ActeRecu.Annexes) != 1 {
			t.Errorf("%s: acknowledged %+v", way, ar.ActeRecu)
		}
		if ar.IDActe != act.ID().String() {
			t.Errorf("%s: identifier %v, want %v", way, ar.IDActe, act.ID())
		}
	}
}
