package pes

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

// schemaOfAnotherYear lets one more element stand in the file, and wants it.
const schemaOfAnotherYear = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="` + NamespaceAller + `">
<xs:element name="PES_Aller"><xs:complexType><xs:sequence>
<xs:any namespace="##local" processContents="skip" maxOccurs="3"/>
<xs:element name="Nouveau" form="unqualified"/>
</xs:sequence></xs:complexType></xs:element></xs:schema>`

func inspected(t testing.TB, doc string, opt inspect.Options) *inspect.Result {
	t.Helper()
	res, err := inspect.Run(context.Background(), []inspect.Inspector{Inspector()}, inspect.NewBytes("a.xml", []byte(doc)), opt)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// TestSchemasHandedOver judge in place of those built in.
func TestSchemasHandedOver(t *testing.T) {
	opt := inspect.Options{Schemas: fstest.MapFS{"annee/PES_V2/Rev0/PES_Aller.xsd": {Data: []byte(schemaOfAnotherYear)}}}
	res := inspected(t, depenseXML(`</n:PES_Aller>`, `<Nouveau/></n:PES_Aller>`), opt)
	if res.Verdict() != inspect.Valid || res.Summary.Get("schema.donné") != "valid" || res.Summary.Get("schema.5.17") != "invalid" || res.Summary.Get("scope") != "aucun" {
		t.Errorf("%s, %v: %s", res.Verdict(), res.Summary, codes(res.Report))
	}
	res = inspected(t, depenseXML(), opt)
	if res.Verdict() != inspect.Invalid || !res.Report.Has(report.XSDMissing) || res.Summary.Get("scope") != "flux" || res.Summary.Get("schema.5.17") != "valid" {
		t.Errorf("%s, %v: %s", res.Verdict(), res.Summary, codes(res.Report))
	}
	opt.Profile = "s2low"
	if res := inspected(t, depenseXML(), opt); res.Verdict() != inspect.Valid {
		t.Errorf("s2low does not look at schemas: %s", codes(res.Report))
	}
	if _, err := inspect.Run(context.Background(), []inspect.Inspector{Inspector()}, inspect.NewBytes("a.xml", []byte(acquitXML(""))), opt); !errors.Is(err, ErrSchemas) {
		t.Errorf("no schema for an acquit: %v", err)
	}
}

// TestOfficialSets: the sets of the corpus, handed over, say what those built in
// say.
func TestOfficialSets(t *testing.T) {
	dir := corpus.Dir(t, "finance")
	for _, version := range Versions() {
		opt := inspect.Options{Schemas: os.DirFS(filepath.Join(dir, "xsd", "pes_v"+version))}
		for _, file := range []string{"pes_aller/PESALR1_unsigned_utf8.xml", "pes_aller/compose_rec_ormc.xml", "acquit/ack_ok.xml", "acquit/compose_ancien_partiel.xml",
			"retour/compose_recette_rejet.xml", "acquit/compose_acquit_retour.xml"} {
			b, err := os.ReadFile(filepath.Join(dir, "samples", filepath.FromSlash(file)))
			if err != nil {
				t.Fatal(err)
			}
			res := inspected(t, string(b), opt)
			if given, built := res.Summary.Get("schema.donné"), res.Summary.Get("schema."+version); given != built || given == nil {
				t.Errorf("%s by %s: %v handed over, %v built in", file, version, given, built)
			}
		}
	}
}

// TestMemoryOfWritingDoesNotGrow writes a PJ of 64 MB.
func TestMemoryOfWritingDoesNotGrow(t *testing.T) {
	size := 64 << 20
	if testing.Short() {
		size = 8 << 20
	}
	before := allocated()
	w := &peak{}
	r, err := Ecrire(context.Background(), w, Ecriture{Niveau: 1}, func(x *Writer) error {
		if err := x.Entete(&Entete{Version: "2", TypFic: "PESALR2", NomFic: "N", Emetteur: CarteVisite{"E", "A"}, DteStr: "2024-03-15", IdPost: "056025",
			IdColl: "21560046100010", CodCol: "520", CodBud: "00"}); err != nil {
			return err
		}
		return x.PJ(&PJ{MIMEType: "application/pdf", IdUnique: "A1", NomPJ: "a.pdf", Description: "d", RefCompta: []RefCompta{{"01", "2024", "01", "345", "", ""}}},
			&noisy{left: size, head: strings.NewReader("%PDF-1.4\n")})
	})
	if err != nil || !r.Report.Valid() || w.n < int64(size) {
		t.Fatalf("%d bytes, %v", w.n, err)
	}
	if grown := int64(w.heap) - int64(before); grown > 24<<20 {
		t.Errorf("%d bytes held", grown)
	}
}

// noisy gives bytes that do not compress, after a head.
type noisy struct {
	head *strings.Reader
	left int
	x    uint64
}

func (e *noisy) Read(p []byte) (int, error) {
	if e.head.Len() > 0 {
		return e.head.Read(p)
	}
	if e.left <= 0 {
		return 0, io.EOF
	}
	p = p[:min(len(p), e.left)]
	for i := range p {
		e.x = e.x*6364136223846793005 + 1442695040888963407
		p[i] = byte(e.x >> 56)
	}
	e.left -= len(p)
	return len(p), nil
}

// peak is a destination that watches memory.
type peak struct {
	n, next int64
	heap    uint64
}

func (w *peak) Write(p []byte) (int, error) {
	if w.n += int64(len(p)); w.n >= w.next {
		w.next += 8 << 20
		runtime.GC()
		w.heap = max(w.heap, allocated())
	}
	return len(p), nil
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
