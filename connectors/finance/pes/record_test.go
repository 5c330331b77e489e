package pes

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

const acquitOK = `<ElementACQUIT><DomaineAck V="5"/><EtatAck V="1"/><NumBord V="12"/><ExerciceBord V="2024"/></ElementACQUIT>`
const acquitKO = `<ElementACQUIT><DomaineAck V="5"/><EtatAck V="0"/><NumBord V="12"/><ExerciceBord V="2024"/></ElementACQUIT>`

// sentWithPJ is a mandat and its pièce justificative.
func sentWithPJ(replacements ...string) string {
	return depenseXML(append([]string{`<Obj V="PAPIER"/>`, `<Obj V="PAPIER"/><PJRef><Support V="01"/><IdUnique V="A1"/></PJRef>`,
		`</n:PES_Aller>`, `<PES_PJ><EnTetePES_PJ><IdVer V="1"/></EnTetePES_PJ>` + pjXML("A0", pdf(), refComptaXML) + pjXML("A1", zipped("%PDF-1.4 facture"), "") + `</PES_PJ></n:PES_Aller>`}, replacements...)...)
}

func record(t testing.TB, doc string, s Suites) *Flux {
	t.Helper()
	f, err := Record(context.Background(), strings.NewReader(doc), int64(len(doc)), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func content(t testing.TB, f *Flux, id string) string {
	t.Helper()
	src, err := f.Contents.Source(context.Background(), "", id)
	if err != nil {
		t.Fatal(err)
	}
	r, err := src.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil || int64(len(b)) != src.Size() {
		t.Fatalf("%s: %d bytes of %d, %v", id, len(b), src.Size(), err)
	}
	return string(b)
}

func TestRecord(t *testing.T) {
	doc := sentWithPJ()
	acquit := acquitXML(acquitOK)
	day := time.Date(2024, 3, 16, 9, 0, 0, 0, time.UTC)
	f := record(t, doc, Suites{Producteur: "CRACH", Transmis: day, Acquit: ged.BytesSource(acquit), AcquitLe: day.Add(time.Hour)})
	d := &f.Document
	var files []string
	for _, x := range d.Files {
		files = append(files, x.ID+" "+string(x.Role)+" "+x.Name+" "+x.Code)
		if len(x.Digests) != 1 || x.Digests[0].Algorithm != ged.SHA512 {
			t.Errorf("%s: digests %v", x.ID, x.Digests)
		}
	}
	want := "pes main F1.xml |pj-1 annexe facture.pdf 003|pj-2 annexe facture.pdf 003|acquit receipt acquit.xml "
	if got := strings.Join(files, "|"); got != want {
		t.Errorf("files %q", got)
	}
	if d.Status != ged.Acquitte || d.Title != "Flux comptable dépense en date du 15/03/2024 de CRACH" || d.Identifier(ged.SchemePESNomFic) != "F1" {
		t.Errorf("%s, %s", d.Status, d.Title)
	}
	if r := d.Rules[0]; r.Category != ged.Conservation || r.Duration.Years != 10 || r.SortFinal != ged.Detruire || r.Start.String() != "2024-03-15" || !r.Uncertain {
		t.Errorf("%+v", r)
	}
	if r := d.Rules[1]; r.Category != ged.Communicabilite || r.Code != "AR048" || r.Duration.Years != 50 {
		t.Errorf("%+v", r)
	}
	for id, want := range map[string]string{"pes": doc, "pj-1": "%PDF-1.4\n%%EOF\n", "pj-2": "%PDF-1.4 facture", "acquit": acquit} {
		if got := content(t, f, id); got != want {
			t.Errorf("%s: another content", id)
		}
	}
	pkg, rep, err := archive.Build(context.Background(), []*ged.Document{d}, f.Contents, archive.Policy{})
	if err != nil || len(pkg.Units) != 1 {
		t.Fatalf("no package: %v", err)
	}
	for x := range rep.All() {
		if x.Severity >= report.Error && x.Rule != archive.RuleHeader { // no header was given
			t.Errorf("the package: %s", x.Code())
		}
	}
}

func TestRecordOfPieces(t *testing.T) {
	f := record(t, sentWithPJ(`</Piece>`, `</Piece>`+strings.Replace(depensePieceXML, `<IdPce V="345"/>`, `<IdPce V="0346"/>`, 1)), Suites{ID: "F"})
	var got []string
	for d, err := range f.Pieces(context.Background(), Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		s := d.ID + " " + string(d.Type) + " " + d.Dates.From.String() + " " + string(d.Relations[0].Target)
		for _, x := range d.Files {
			s += " " + x.ID
		}
		got = append(got, s)
	}
	want := "F/01/01/2024/12/345 mandat 2024-01-01 F pj-2|F/01/01/2024/12/346 mandat 2024-01-01 F"
	if strings.Join(got, "|") != want {
		t.Errorf("%q", got)
	}
	n := 0
	for range f.Pieces(context.Background(), Options{}) {
		n++
		break
	}
	if n != 1 {
		t.Error("a break is not heard")
	}
}

// TestRecordAccess: pay, social aid and pièces justificatives close the record
// for fifty years, unless the caller decides.
func TestRecordAccess(t *testing.T) {
	for name, x := range map[string]struct {
		doc   string
		s     Suites
		code  string
		level ged.PrivacyLevel
	}{
		"plain":      {depenseXML(), Suites{}, "AR038", ged.Ordinaire},
		"with PJ":    {sentWithPJ(), Suites{}, "AR048", ged.Ordinaire},
		"pay":        {depenseXML(`<NatPce V="01"/>`, `<NatPce V="11"/>`), Suites{}, "AR048", ged.Sensible},
		"social aid": {sentWithPJ(`<TypePJ V="003"/>`, `<TypePJ V="005"/>`), Suites{}, "AR048", ged.Sensible},
		"decided":    {sentWithPJ(), Suites{Acces: "AR039"}, "AR039", ged.Ordinaire},
	} {
		f := record(t, x.doc, x.s)
		if r := f.Document.Rules[1]; r.Code != x.code || f.Document.Privacy.Level != x.level {
			t.Errorf("%s: %s, %s", name, r.Code, f.Document.Privacy.Level)
		}
	}
	confirmed := &ged.Rule{Code: "DUA-7", Duration: ged.Period{Years: 7}, SortFinal: ged.Trier}
	if r := record(t, depenseXML(), Suites{Conservation: confirmed}).Document.Rules[0]; r.Uncertain || r.Duration.Years != 7 || r.Start.IsZero() {
		t.Errorf("%+v", r)
	}
}

func TestRecordOfWhatWasRefused(t *testing.T) {
	f := record(t, sentWithPJ(), Suites{Acquit: ged.BytesSource(strings.Replace(acquitXML(acquitKO), `<DomaineAck V="6"/><EtatAck V="1"/>`, `<DomaineAck V="6"/><EtatAck V="0"/>`, 1))})
	if e := f.Document.Events; len(e) != 1 || e[0].Type != ged.EventRefusal || e[0].Outcome != ged.Failure {
		t.Errorf("%+v", e)
	}
	f = record(t, sentWithPJ(), Suites{Acquit: ged.BytesSource(acquitXML(acquitKO))})
	if e := f.Document.Events; len(e) != 1 || e[0].Outcome != ged.Alert || !strings.Contains(e[0].Detail, "2024/12") {
		t.Errorf("%+v", e)
	}
	doc := sentWithPJ()
	_, err := Record(context.Background(), strings.NewReader(doc), int64(len(doc)), Suites{Acquit: ged.BytesSource(acquitXML(acquitKO, `<NomFic V="F1"/>`, `<NomFic V="F9"/>`))}, Options{})
	if !errors.Is(err, ErrAcquit) {
		t.Errorf("an acquit of another file: %v", err)
	}
	if _, err := Record(context.Background(), strings.NewReader(doc[:900]), 900, Suites{}, Options{}); err == nil {
		t.Error("a file that is cut is a record")
	}
}

// TestPJSourceTellsOfChange: the file must not change between the record and the
// reading of a content.
func TestPJSourceTellsOfChange(t *testing.T) {
	b := []byte(sentWithPJ())
	f, err := Record(context.Background(), bytes.NewReader(b), int64(len(b)), Suites{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	clear(b)
	if r, err := f.Contents["pj-2"].Open(context.Background()); err == nil {
		if _, err = io.ReadAll(r); err == nil {
			t.Error("nothing is said")
		}
	}
}
