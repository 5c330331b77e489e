package actes

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"io"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged"
)

func TestAnActBecomesARecord(t *testing.T) {
	a := good()
	a.Document.Signature = []byte("p7s")
	a.Precedent = IDActe{"034", "123456782", ged.Date{Year: 2023, Month: 1, Day: 2}, "OLD", Deliberation}
	ar := "<AR/>"
	doc, contents, err := a.Record(context.Background(), Suites{
		Producteur: "Ville", Transmis: noon, Publie: ged.Date{Year: 2024, Month: 7, Day: 3}, Classification: small(),
		Recu:   &Recu{IDActe: a.ID().String(), DateReception: ged.Date{Year: 2024, Month: 7, Day: 1}, Message: strings.NewReader(ar), Nom: "ar.xml"},
		Tampon: strings.NewReader(onePage + "stamp"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if doc.ID != a.ID().String() || doc.Identifier(ged.SchemeActeNumero) != "D2024_042" || doc.Identifier(ged.SchemeActeID) != a.ID().String() {
		t.Error("identifiers are wrong")
	}
	if doc.Title != a.Objet || doc.Type != ged.Deliberation || doc.Status != ged.Publie || doc.Dates.Acted != a.Date {
		t.Error("the description is wrong")
	}
	if p, ok := doc.Agent(ged.Producer); !ok || p.SIREN != "123456782" {
		t.Error("who produced it is lost")
	}
	if len(doc.Keywords) != 2 || doc.Keywords[1].Reference != "5.2" {
		t.Errorf("keywords %v", doc.Keywords)
	}
	if len(doc.Relations) != 1 || doc.Relations[0].Target != a.Precedent.String() {
		t.Error("the preceding act is lost")
	}
	var got []string
	for _, f := range doc.Files {
		got = append(got, f.ID+":"+string(f.Role)+":"+f.Code)
		src, err := contents.Source(context.Background(), doc.ID, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		r, err := src.Open(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha512.Sum512(b)
		if f.Digest(ged.SHA512) != hex.EncodeToString(sum[:]) || f.Size != int64(len(b)) {
			t.Errorf("%s: the digest is not that of the content", f.ID)
		}
	}
	want := "document:main:99_DE document-signature:signature: annexe-1:annexe:21_RP tampon:stamped: ar:receipt:"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("%s, want %s", s, want)
	}
	var events []string
	for i, e := range doc.Events {
		events = append(events, string(e.Type))
		if i > 0 && e.Time.Before(doc.Events[i-1].Time) {
			t.Errorf("%s comes before what precedes it", e.Type)
		}
	}
	if s := strings.Join(events, " "); s != "decision transmission acknowledgement" {
		t.Error(s)
	}
}

func TestARecordOfAnActNotYetSent(t *testing.T) {
	doc, _, err := good().Record(context.Background(), Suites{ID: "x"})
	if err != nil || doc.ID != "x" || doc.Status != ged.Valide || doc.Identifier(ged.SchemeActeID) != "" || len(doc.Events) != 1 {
		t.Errorf("%+v %v", doc, err)
	}
}
