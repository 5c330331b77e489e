package actes_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

func FuzzClassification(f *testing.F) {
	seed := func(c actes.Classification) {
		var b bytes.Buffer
		if err := message.Write(&b, &message.RetourClassification{Classification: c}); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	natures := []actes.NatureActe{{Code: 1, Abrege: "DE", Libelle: "D", Typologies: []actes.Typologie{{Code: "99_DE", Libelle: "D"}, {Code: "55", Libelle: "?uvre"}}}}
	date := ged.Date{Year: 2019, Month: 4, Day: 18}
	seed(actes.Classification{Date: date, Natures: natures, Matieres: []*actes.Branche{
		{Code: 7, Libelle: "Finances", Sous: []*actes.Branche{{Code: 10, Libelle: "Divers"}, {Code: 10, Libelle: "Divers bis", Sous: []*actes.Branche{{Code: 1, Libelle: "x"}}}}}}})
	seed(actes.Classification{Date: date, Natures: append(natures, actes.NatureActe{Abrege: "ZZ", Libelle: "?", Typologies: natures[0].Typologies}),
		Matieres: []*actes.Branche{{Code: -1, Libelle: "¿", Sous: []*actes.Branche{{Code: 0, Libelle: "zéro"}}}}})
	reference := &actes.Classification{Date: date, Natures: natures, Matieres: []*actes.Branche{{Code: 7, Libelle: "Finances"}}}
	f.Fuzz(func(t *testing.T, doc []byte) {
		r, err := message.Read(context.Background(), bytes.NewReader(doc), message.Options{})
		if err != nil {
			t.Fatal(err)
		}
		m, ok := r.Message.(*message.RetourClassification)
		if !ok {
			return
		}
		c := &m.Classification
		rep := new(report.Report)
		c.Check(rep, report.Location{})
		if !rep.Valid() {
			t.Fatal("an oddity of a classification is an error")
		}
		for path, b := range c.All() {
			if path.Hole() == 0 && path.Level() > 0 && path[path.Level()-1] == b.Code {
				if _, ok := c.Lookup(path); !ok {
					t.Fatalf("%v is listed and not found", path)
				}
			}
		}
		for range c.Search(" é DIVERS") {
			break
		}
		if d := actes.Diff(c, c); len(d) != 0 {
			t.Fatalf("differs from itself: %v", d)
		}
		there, back := actes.Diff(reference, c), actes.Diff(c, reference)
		if len(there) != len(back) {
			t.Fatalf("%d differences there, %d back", len(there), len(back))
		}
		actes.Affected(reference, c, []*actes.Acte{{Nature: 1, Matiere: actes.Matiere{7}, Document: actes.Fichier{Typologie: "99_DE"}}})
	})
}
