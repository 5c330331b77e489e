package paye

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/rulestest"
)

// statement composes a document of n payslips nothing is wrong with.
func statement(t testing.TB, n int) string {
	t.Helper()
	var out bytes.Buffer
	if err := writeStatement(&out, n); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func writeStatement(dst io.Writer, n int) error {
	w := NewWriter(dst, "")
	adresse := &Adresse{TypAdr: "1", Adr2: "1 RUE DE L'ÉCOLE", CP: "56950", Ville: "CRACH", CodRes: "0"}
	items := []Item{
		&Entete{IdVer: "1.1", Annee: "2024", Mois: "03", Budget: &Budget{"BUDGET PRINCIPAL", "00"},
			Employeur: &Employeur{Nom: "COMMUNE", APE: "8411Z", Adresse: adresse, NumUrssaf: "530000000000000000", Siret: "21560046100010"}},
		&Etablissement{Nom: "ÉCOLE", Siret: "21560046100010", Nomme: true},
	}
	for _, it := range items {
		if err := w.Item(it); err != nil {
			return err
		}
	}
	for i := range n {
		b := &Bulletin{Agent: &Agent{Civilite: "Mme", Nom: "ESSAI", Prenom: "Jeanne", Matricule: fmt.Sprint(1000 + i), NIR: "299019999999929", Adresse: adresse,
			NbEnfants: "1", Statut: "TITULAIRE", EmploiMetier: "AGENT", Grade: "ADJOINT", Echelon: "0005", Indice: "0376",
			CptBancaire: &CptBancaire{CodeEtab: "30003", CodeGuic: "03000", IdCpte: "00012345678", CleRib: "45", LibBanc: "BANQUE", TitCpte: "ESSAI"}},
			Service: "ETAT CIVIL", NBI: []string{"0"}, QuotiteTrav: "100", Periode: &Periode{"2024-03-01", "2024-03-31"},
			Remuneration: []Ligne{
				{Categorie: "TraitBrut", Libelle: "TRAITEMENT", Code: "100", Base: "376", Taux: "4.92", Mt: "1850.96", Ordre: "1"},
				{Categorie: "Indemnite", Libelle: "IFSE", Code: "250", Mt: "150.00"},
				{Categorie: "PrimeInconnue", Libelle: "AUTRE", Code: "900", Mt: "7.00", Autres: []*Element{{Nom: "Nouveau", V: "x", Valeur: true}}},
				{Categorie: "Deduction", Libelle: "CSG", Code: "1013", Mt: "133.68"},
				{Categorie: "Cotisation", Libelle: "CNRACL", Code: "1110", Mt: "585.83", CodeCaisse: "C1"},
			},
			NbHeureTotal: "151.67", NbHeureSup: "0", MtBrut: "2000.96", MtNet: "1867.28", MtNetAPayer: "1867.28", DatePaiement: "2024-03-28",
			MtImposable: "1867.28", CumulMtImposable: "1867.28", CumulMtBrut: "2000.96", CumulBaseSS: "2000.96",
			RepartitionBudget: []RepartitionBudget{{CodeBudget: "00", Taux: "1"}}, PJRef: []PJRef{{Support: "01", IdUnique: "A1"}}}
		if err := w.Item(b); err != nil {
			return err
		}
	}
	for _, it := range []Item{
		&Nomenclatures{NomenclatureEvtPaye: &Nomenclature{Description: "Événements"},
			NomenclatureRubriquePaye: &Nomenclature{Description: "Rubriques", Correspondance: []Correspondance{{Libelle: "TRAITEMENT", Code: "100"}, {Libelle: "IFSE", Code: "250"},
				{Libelle: "AUTRE", Code: "900"}, {Libelle: "CSG", Code: "1013"}, {Libelle: "CNRACL", Code: "1110", CodeCaisse: "C1"}}},
			NomenclatureCaisse: &Nomenclature{Description: "Caisses", Correspondance: []Correspondance{{Libelle: "CNRACL", Code: "C1"}}}},
		&Repartition{},
	} {
		if err := w.Item(it); err != nil {
			return err
		}
	}
	return w.Close()
}

func replaced(s string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if !strings.Contains(s, pairs[i]) {
			panic("nothing to replace: " + pairs[i])
		}
		s = strings.Replace(s, pairs[i], pairs[i+1], 1)
	}
	return s
}

func mustRead(t testing.TB, doc string, opt Options) *Reading {
	t.Helper()
	r, err := Read(context.Background(), strings.NewReader(doc), opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func codes(r *report.Report) (s string) {
	for f := range r.All() {
		s += f.Code() + " "
	}
	return s
}

func TestSoundStatement(t *testing.T) {
	r := mustRead(t, statement(t, 3), Options{})
	if !r.Lu || r.Report.Total() != 0 || r.Bulletins != 3 || r.Brut != 600288 || r.NetAPayer != 560184 || r.Lignes["PrimeInconnue"] != 3 || r.Etablissements != 1 || !r.Repartition {
		t.Errorf("%+v: %s", r, codes(r.Report))
	}
	if got := NomFichier(&r.Entete); got != "21560046100010-2024-ETAT_PAYE-03.xhl" {
		t.Error(got)
	}
}

// meaning lists all a document holds, places aside.
func meaning(t testing.TB, doc string) (all []string) {
	t.Helper()
	for it, err := range Items(context.Background(), strings.NewReader(doc), Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		switch x := it.(type) {
		case *Entete:
			x.Where = report.Location{}
		case *Bulletin:
			x.Where = report.Location{}
		}
		b, err := json.Marshal(it)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%T %s", it, b))
	}
	return all
}

func copied(t testing.TB, doc string) string {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out, "")
	for it, err := range Items(context.Background(), strings.NewReader(doc), Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Item(it); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestCopiesMeanTheSame: what has no field and kinds of amounts nobody knows are
// written again; our own files are equal to the byte.
func TestCopiesMeanTheSame(t *testing.T) {
	doc := replaced(statement(t, 2), `<Service V="ETAT CIVIL"/>`, `<Service V="ETAT CIVIL"/><Inconnu><A V="1"/><A/></Inconnu>`)
	again := copied(t, doc)
	if a, b := meaning(t, doc), meaning(t, again); strings.Join(a, "\n") != strings.Join(b, "\n") {
		t.Errorf("%s\n%s", a, b)
	}
	if !strings.Contains(again, `<Inconnu><A V="1"/><A/></Inconnu>`) || !strings.Contains(again, `<PrimeInconnue>`) || !strings.Contains(again, `<Nouveau V="x"/>`) {
		t.Error("something unknown was lost")
	}
	if own := statement(t, 2); copied(t, own) != own {
		t.Error("our own file is not equal to the byte")
	}
	paths, err := filepath.Glob(filepath.Join(corpus.Dir(t, "finance"), "samples", "paye", "*.xhl"))
	if err != nil || len(paths) < 8 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(path, "tronque") {
			continue
		}
		out := copied(t, string(b))
		if a, b := meaning(t, string(b)), meaning(t, out); strings.Join(a, "\n") != strings.Join(b, "\n") {
			t.Errorf("%s: written again it says something else", filepath.Base(path))
		}
	}
}

// TestBothWaysOfNamespaces: elements in the namespace of the root and elements
// in none are read alike.
func TestBothWaysOfNamespaces(t *testing.T) {
	doc := statement(t, 1)
	other := replaced(doc, `<n:DocumentPaye xmlns:n=`, `<DocumentPaye xmlns=`, `</n:DocumentPaye>`, `</DocumentPaye>`)
	if a, b := meaning(t, doc), meaning(t, other); strings.Join(a, "\n") != strings.Join(b, "\n") {
		t.Error("they differ")
	}
}

func TestEveryRuleIsProduced(t *testing.T) {
	in := func(pairs ...string) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			return mustRead(t, replaced(statement(t, 1), pairs...), Options{}).Report
		}
	}
	rulestest.Every(t, Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		EspaceDeNoms:    in(Namespace, "urn:autre"),
		Encodage:        in(`encoding="ISO-8859-1"`, `encoding="windows-1252"`),
		Manque:          in(`<RepartitionParNature/>`, ``),
		MauvaisePeriode: in(`<Mois V="03"/>`, `<Mois V="13"/>`),
		AgentIncomplet:  in(`<NBI V="0"/>`, ``),
		Montant:         in(`<MtBrut V="2000.96"/>`, `<MtBrut V="deux mille"/>`),
		TotalBrut:       in(`<MtBrut V="2000.96"/>`, `<MtBrut V="2000.98"/>`),
		TotalNet:        in(`<MtNet V="1867.28"/>`, `<MtNet V="1867.20"/>`),
		SIRET:           in(`<Siret V="21560046100010"/>`, `<Siret V="21560046100011"/>`),
		NIR:             in(`299019999999929`, `2990199999999`),
		Statut:          in(`<Statut V="TITULAIRE"/>`, `<Statut V="VACATAIRE"/>`),
		Rubrique:        in(`<Code V="250"/>`, `<Code V="251"/>`),
		Caisse:          in(`<CodeCaisse V="C1"/>`, `<CodeCaisse V="C2"/>`),
	})
}

// TestCountsAgree: one line is not "1 lignes".
func TestCountsAgree(t *testing.T) {
	for n, want := range map[int]string{1: "251 (1 ligne, la première", 2: "251 (2 lignes, la première"} {
		doc := strings.ReplaceAll(statement(t, n), `<Code V="250"/><Mt`, `<Code V="251"/><Mt`)
		said := ""
		for f := range mustRead(t, doc, Options{}).Report.All() {
			said += f.Message(report.FR)
		}
		if !strings.Contains(said, want) {
			t.Errorf("%d: %q", n, said)
		}
	}
}

// TestWhatIsTolerated: what payroll software in service writes, without a word.
func TestWhatIsTolerated(t *testing.T) {
	for name, pairs := range map[string][]string{
		"a hundredth":          {`<MtBrut V="2000.96"/>`, `<MtBrut V="2000.97"/>`},
		"spaces around =":      {`<Annee V="2024"/>`, `<Annee V = "2024" />`},
		"a month in one digit": {`<Mois V="03"/>`, `<Mois V="3"/>`},
		"a comma":              {`<MtBrut V="2000.96"/>`, `<MtBrut V="2000,96"/>`},
		"an empty rate":        {`<Taux V="4.92"/>`, `<Taux V=""/>`},
		"signed deductions":    {`<Mt V="133.68"/>`, `<Mt V="-133.68"/>`},
		"money given back":     {`<Mt V="133.68"/>`, `<Mt V="-10.00"/>`, `<MtNet V="1867.28"/>`, `<MtNet V="2010.96"/>`},
		"a negative line":      {`<Code V="900"/><Mt V="7.00"/>`, `<Code V="900"/><Mt V="-7.00"/>`},
	} {
		if r := mustRead(t, replaced(statement(t, 1), pairs...), Options{}); r.Report.Total() != 0 {
			t.Errorf("%s: %s", name, codes(r.Report))
		}
	}
}

// TestNothingPersonalIsQuoted: no value of a payslip reaches a finding.
func TestNothingPersonalIsQuoted(t *testing.T) {
	doc := replaced(statement(t, 1), `<Matricule V="1000"/>`, `<Matricule V="SECRET77"/>`, `299019999999929`, `SECRETNIR`, `<Statut V="TITULAIRE"/>`, `<Statut V="SECRET STATUT"/>`,
		`<Code V="250"/>`, `<Code V="SECRET CODE"/>`, `<MtBrut V="2000.96"/>`, `<MtBrut V="7654321.00"/>`, `<MtNet V="1867.28"/>`, `<MtNet V="SECRET"/>`)
	r := mustRead(t, doc, Options{})
	if r.Report.Total() < 5 {
		t.Fatalf("only %s", codes(r.Report))
	}
	for f := range r.Report.All() {
		if s := f.Message(report.FR) + f.Message(report.EN); strings.Contains(s, "SECRET") || strings.Contains(s, "7654321") {
			t.Errorf("%s quotes a value", f.Code())
		}
	}
}

func TestHostile(t *testing.T) {
	doc := statement(t, 1)
	for name, x := range map[string]struct {
		doc  string
		want *report.Rule
	}{
		"cut":             {doc[:len(doc)/2], report.XMLTruncated},
		"nothing":         {"", nil},
		"a DOCTYPE":       {strings.Replace(doc, "<n:", "<!DOCTYPE x><n:", 1), report.XMLDoctype},
		"too many":        {replaced(doc, `<Service V`, strings.Repeat("<X/>", maxElements)+`<Service V`), report.LimCount},
		"too deep":        {replaced(doc, `<Service V`, strings.Repeat("<X>", 40)+strings.Repeat("</X>", 40)+`<Service V`), report.LimCount},
		"another root":    {`<a/>`, Manque},
		"many codes":      {replaced(doc, `<Service V="ETAT CIVIL"/>`, `<Service V="`+strings.Repeat("x", 100_000)+`"/>`), nil},
		"amounts too big": {replaced(doc, `<MtBrut V="2000.96"/>`, `<MtBrut V="`+strings.Repeat("9", 400)+`"/>`), Montant},
	} {
		r := mustRead(t, x.doc, Options{})
		if x.want != nil && !r.Report.Has(x.want) {
			t.Errorf("%s: %s", name, codes(r.Report))
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, strings.NewReader(statement(t, 50)), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	full := errors.New("full")
	if _, err := Read(context.Background(), strings.NewReader(doc), Options{Visit: func(Item) error { return full }}); !errors.Is(err, full) {
		t.Errorf("a visitor that fails: %v", err)
	}
	n := 0
	for range Items(context.Background(), strings.NewReader(doc), Options{}) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d items after a break", n)
	}
}

func TestWriterRefuses(t *testing.T) {
	for name, items := range map[string][]Item{
		"no header":              {&Bulletin{}},
		"two headers":            {&Entete{}, &Entete{}},
		"a payslip at the end":   {&Entete{}, &Nomenclatures{}, &Bulletin{}},
		"nomenclatures too late": {&Entete{}, &Repartition{}, &Nomenclatures{}},
	} {
		w := NewWriter(io.Discard, "")
		var err error
		for _, it := range items {
			err = errors.Join(err, w.Item(it))
		}
		if !errors.Is(err, ErrOrdre) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := NewWriter(io.Discard, "").Close(); !errors.Is(err, ErrOrdre) {
		t.Errorf("nothing: %v", err)
	}
	if err := writeStatement(failing{io.ErrShortWrite}, 5_000); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("a destination that fails: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestParseCentimes(t *testing.T) {
	for s, want := range map[string]Centimes{"": 0, "1": 100, "-1.5": -150, "+.5": 50, "1,25": 125, " 2.00 ": 200, "0.005": 1, "-0.005": -1, "1.": 100, "1.999": 200, "000123.4": 12340} {
		if got, ok := ParseCentimes(s); !ok || got != want {
			t.Errorf("%q: %d, %v", s, got, ok)
		}
	}
	for _, s := range []string{"-", "+", ".", "1.2.3", "1e3", "x", "1 000", "9999999999999"} {
		if got, ok := ParseCentimes(s); ok {
			t.Errorf("%q: %d", s, got)
		}
	}
	if s := Centimes(-1205).String(); s != "-12.05" {
		t.Error(s)
	}
}

func TestInspector(t *testing.T) {
	res, err := inspect.Run(context.Background(), []inspect.Inspector{Inspector()}, inspect.NewBytes("a.xhl", []byte(statement(t, 2))), inspect.Options{})
	if err != nil || res.Kind != "paye.xhl" || res.Version != "1.1" || res.Summary.Get("mois") != "3" || res.Summary.Get("brut") != "4001.92" || res.Summary.Get("agents") != 2 {
		t.Errorf("%+v, %v", res, err)
	}
}

// large is a stream of a statement of n payslips.
func large(n int) io.Reader {
	pr, pw := io.Pipe()
	go func() { pw.CloseWithError(writeStatement(pw, n)) }()
	return pr
}

// TestMemoryDoesNotGrow reads 40 MB, and watches what is held.
func TestMemoryDoesNotGrow(t *testing.T) {
	n := 20_000
	if testing.Short() {
		n = 4_000
	}
	var peak, m runtime.MemStats
	r, err := Read(context.Background(), large(n), Options{Visit: func(it Item) error {
		if b, ok := it.(*Bulletin); ok && b.Numero%2_000 == 0 {
			runtime.GC()
			if runtime.ReadMemStats(&m); m.HeapAlloc > peak.HeapAlloc {
				peak = m
			}
		}
		return nil
	}})
	if err != nil || r.Bulletins != n || peak.HeapAlloc > 16<<20 {
		t.Errorf("%d payslips, %d bytes held, %v", r.Bulletins, peak.HeapAlloc, err)
	}
}

func BenchmarkRead(b *testing.B) {
	doc := statement(b, 5_000)
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if _, err := Read(context.Background(), strings.NewReader(doc), Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzRead(f *testing.F) {
	doc := statement(f, 2)
	f.Add([]byte(doc))
	f.Add([]byte(doc[:len(doc)-300]))
	f.Add([]byte(replaced(doc, `<MtBrut V="2000.96"/>`, `<MtBrut V="-"/><MtBrut/>`)))
	f.Add([]byte(replaced(doc, `<Remuneration>`, `<Remuneration V="1">`)))
	f.Add([]byte(replaced(doc, `<Agent>`, `<Agent><Agent/></Agent><Agent>`)))
	f.Fuzz(func(t *testing.T, doc []byte) {
		var out bytes.Buffer
		w := NewWriter(&out, "")
		r, err := Read(context.Background(), bytes.NewReader(doc), Options{Visit: func(it Item) error { w.Item(it); return nil }})
		if err != nil {
			t.Fatal(err)
		}
		if r.Lu && r.Report.Valid() && w.Close() == nil { // what was read can be written and read
			again, err := Read(context.Background(), &out, Options{})
			if err != nil || !again.Lu || again.Bulletins != r.Bulletins || again.Brut != r.Brut {
				t.Errorf("written again: %+v, %v", again, err)
			}
		}
	})
}
