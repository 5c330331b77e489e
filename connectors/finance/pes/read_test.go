package pes

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
)

func TestItemsInDocumentOrder(t *testing.T) {
	doc := depenseXML(`<Bordereau>`, `<Bordereau Id="B1">`, `<Obj V="PAPIER"/>`, `<Obj V="PAPIER"/><PJRef><Support V="01"/><IdUnique V="A1"/><TypePJ V="003"/></PJRef>`,
		`</n:PES_Aller>`, `<PES_PJ><EnTetePES_PJ><IdVer V="1"/></EnTetePES_PJ>`+pjXML("A1", pdf(), refComptaXML)+`</PES_PJ></n:PES_Aller>`)
	var seen []string
	for it, err := range Items(context.Background(), strings.NewReader(doc), Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		switch x := it.(type) {
		case *Entete:
			seen = append(seen, "entête "+x.NomFic+" "+x.CodCol+" "+x.Emetteur.Sigle)
		case *Bordereau:
			seen = append(seen, "bordereau "+x.ID+" "+x.Cle()+" "+x.MtBordHT.Centimes.String()+" "+x.Domaine.String())
		case *Piece:
			seen = append(seen, fmt.Sprint("pièce ", x.IdPce, " ", x.Objet, " ", x.PJRefs, " ", x.Where.Path))
		case *Ligne:
			seen = append(seen, fmt.Sprint("ligne ", x.IdLigne, " ", x.MtTVA.Centimes, " ", x.ModRegl, " ", x.Tiers[0].IdTiers, " ", x.Tiers[0].Adresse.CP, " ", x.Tiers[0].Compte.BIC, " ", x.Piece.IdPce))
		case *FinBordereau:
			seen = append(seen, fmt.Sprint("fin ", x.Pieces, " ", x.Lignes, " ", x.SommeHT, " ", x.SommeTVA, " ", x.Signe))
		case *PJ:
			seen = append(seen, fmt.Sprint("pj ", x.Numero, " ", x.IdUnique, " ", x.NomPJ, " ", x.Contenu.Etat == ContenuBon, " ", x.Contenu.Octets, " ", x.Contenu.Type, " ", x.RefCompta[0].Identifiant))
		}
	}
	want := []string{
		"entête F1 520 E",
		"bordereau B1 2024/12 100.00 dépense",
		"pièce 345 PAPIER [{01 A1  003}] /n:PES_Aller/PES_DepenseAller/Bordereau/Piece",
		"ligne 1 20.00 03 55208131766522 56950 SOGEFRPP 345",
		"fin 1 1 100.00 20.00 false",
		"pj 1 A1 facture.pdf true 15 application/pdf 345",
	}
	if strings.Join(seen, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(seen, "\n"), strings.Join(want, "\n"))
	}
}

func TestItemsStopAndErrors(t *testing.T) {
	n := 0
	for range Items(context.Background(), strings.NewReader(depenseXML()), Options{}) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d items after a break", n)
	}
	var last error
	for _, err := range Items(context.Background(), strings.NewReader(depenseXML()[:900]), Options{}) {
		last = err
	}
	var invalid *report.InvalidError
	if !errors.As(last, &invalid) || !invalid.Report.Has(report.XMLTruncated) {
		t.Errorf("a document that is cut gives %v", last)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, strings.NewReader(depenseXML(`</Piece>`, `</Piece>`+strings.Repeat(depensePieceXML, 50))), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	full := errors.New("disk full")
	if _, err := Read(context.Background(), strings.NewReader(pesPJ(pjXML("A1", pdf(), ""))), Options{
		Contenu: func(*PJ) (io.Writer, error) { return nil, full }}); !errors.Is(err, full) {
		t.Errorf("a failing writer: %v", err)
	}
	if _, err := Read(context.Background(), iotestErr{full}, Options{}); !errors.Is(err, full) {
		t.Errorf("a failing source: %v", err)
	}
	if _, err := Read(context.Background(), strings.NewReader(depenseXML()), Options{Version: "4.0"}); err == nil {
		t.Error("a version that is not built in is accepted")
	}
}

type iotestErr struct{ err error }

func (r iotestErr) Read([]byte) (int, error) { return 0, r.err }

// TestContents: what a Fichier may hold, and what comes out of it.
func TestContents(t *testing.T) {
	big := strings.Repeat("0123456789abcdef", 40_000)
	plain := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	unzip := func(s string) []byte { b, _ := base64.StdEncoding.DecodeString(s); return b }
	lines := func(s string) string {
		var b strings.Builder
		for len(s) > 76 {
			b.WriteString(s[:76] + "\r\n\t ")
			s = s[76:]
		}
		return b.String() + s
	}
	for name, x := range map[string]struct {
		content string
		want    EtatContenu
		out     string
	}{
		"plain":               {zipped("hello"), ContenuBon, "hello"},
		"lines and blanks":    {" \n" + lines(zipped(big)) + " ", ContenuBon, big},
		"long":                {zipped(big), ContenuBon, big},
		"two members":         {base64.StdEncoding.EncodeToString(append(unzip(zipped("a")), unzip(zipped("b"))...)), ContenuBon, "ab"},
		"nothing":             {"", ContenuVide, ""},
		"blanks":              {" \r\n ", ContenuVide, ""},
		"gzip of nothing":     {zipped(""), ContenuVide, ""},
		"not gzip":            {plain("%PDF-1.4"), ContenuPasGzip, ""},
		"one byte":            {plain("\x1f"), ContenuPasGzip, ""},
		"header alone":        {plain("\x1f\x8b"), ContenuTronque, ""},
		"cut":                 {base64.StdEncoding.EncodeToString(unzip(zipped(big))[:900]), ContenuTronque, ""},
		"not base64":          {"H4sI*AAA", ContenuBase64, ""},
		"incomplete quantum":  {zipped("hello") + "A", ContenuBase64, "hello"},
		"text behind padding": {plain("x") + plain("y"), ContenuBase64, ""},
		"a child":             {"<x>AAAA</x>" + zipped("hello"), ContenuBon, "hello"},
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			var pj *PJ
			r := mustRead(t, pesPJ(pjXML("A1", x.content, refComptaXML)), Options{
				Contenu: func(p *PJ) (io.Writer, error) { return &got, nil },
				Visit: func(it Item) error {
					if p, ok := it.(*PJ); ok {
						pj = p
					}
					return nil
				}})
			if pj == nil || pj.Contenu.Etat != x.want || pj.IdUnique != "A1" || r.Facts.PJ != 1 {
				t.Fatalf("%+v", pj)
			}
			if x.want == ContenuBon && (got.String() != x.out || pj.Contenu.SHA256 != sha256.Sum256([]byte(x.out)) || pj.Contenu.Octets != int64(len(x.out))) {
				t.Errorf("%d bytes came out, want %d", got.Len(), len(x.out))
			}
			if bad := r.Report.Has(PieceJustificative); bad == (x.want == ContenuBon) {
				t.Errorf("findings: %s", codes(r.Report))
			}
		})
	}
}

// TestBomb: a content that inflates beyond measure is left, and what follows it
// is read.
func TestBomb(t *testing.T) {
	n := 0
	r := mustRead(t, pesPJ(pjXML("A1", zipped(strings.Repeat("\x00", 40<<20)), refComptaXML), pjXML("A2", pdf(), refComptaXML)), Options{
		Contenu: func(*PJ) (io.Writer, error) { return countWriter{&n}, nil }})
	if !r.Lu || r.Portee != PorteePJ || r.Facts.PJ != 2 || n > 17<<20 {
		t.Errorf("%s, %d PJ, %d bytes written", r.Portee, r.Facts.PJ, n)
	}
	if r := mustRead(t, pesPJ(pjXML("A1", zipped(strings.Repeat("\x00", 40<<20)), refComptaXML)), Options{MaxInflated: 64 << 20}); r.Portee != PorteeAucune {
		t.Errorf("with a larger measure: %s", codes(r.Report))
	}
}

type countWriter struct{ n *int }

func (c countWriter) Write(p []byte) (int, error) { *c.n += len(p); return len(p), nil }

// endless gives a PES whose one PJ is n bytes of text, without holding it.
func endless(n int) io.Reader {
	head, tail, _ := strings.Cut(pesPJ(pjXML("A1", "@", refComptaXML)), "@")
	line := strings.Repeat("AAAA", 4096)
	body := make([]io.Reader, 0, n/len(line)+2)
	body = append(body, strings.NewReader(head))
	for range n / len(line) {
		body = append(body, strings.NewReader(line))
	}
	return io.MultiReader(append(body, strings.NewReader(tail))...)
}

func TestMemoryDoesNotGrow(t *testing.T) {
	alloc := func(n int) uint64 {
		src := endless(n)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		if _, err := Read(context.Background(), src, Options{}); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	alloc(1 << 16) // grammars are compiled once
	small, large := alloc(1<<16), alloc(32<<20)
	if large > small+256<<10 {
		t.Errorf("%d bytes allocated for 64 KiB, %d for 32 MiB", small, large)
	}
}

func TestMontants(t *testing.T) {
	for s, want := range map[string]string{
		"100": "100.00", "100.5": "100.50", " +0100.00 ": "100.00", ".5": "0.50", "5.": "5.00", "-1.25": "-1.25", "0": "0.00",
		"1.230": "1.23", "999999999999.99": "999999999999.99",
		"": "", ".": "", "1e2": "", "1,5": "", "1.234": "", "1 2": "", "--1": "", "9999999999999999": "", "٣": "",
	} {
		m := ParseMontant(s)
		if m.Lisible != (want != "") || m.Lisible && m.Centimes.String() != want {
			t.Errorf("%q: %v %s, want %q", s, m.Lisible, m.Centimes, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for s, want := range map[string]string{"012": "12", " 12 ": "12", "+12": "12", "12.0": "12", "0": "0", "000": "0", "": "", "A1": "A1", "1.5": "1.5"} {
		if got := number(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestBankAccounts(t *testing.T) {
	for iban, want := range map[string]bool{"FR7630003030000001234567845": true, "FR7730003030000001234567845": false, "DE89370400440532013000": true,
		"fr7630003030000001234567845": false, "": false, "FR76": false} {
		if validIBAN(iban) != want {
			t.Errorf("IBAN %s", iban)
		}
	}
	for _, x := range []struct {
		bank, branch, account, key string
		want                       bool
	}{
		{"30001", "00866", "C7850000000", "67", true},
		{"30001", "00866", "C7850000000", "68", false},
		{"30001", "00866", "C785000000000", "67", false},
		{"30001", "00866", "C785-000000", "67", false},
		{"30001", "00866", "C7850000000", "6", false},
	} {
		if validRIB(x.bank, x.branch, x.account, x.key) != x.want {
			t.Errorf("RIB %v", x)
		}
	}
	for ics, want := range map[string]bool{"FR00ZZZ123456": true, "123456": true, "1234567": false, "FR00ZZZ12345": false, "F100ZZZ123456": false} {
		if validICS(ics) != want {
			t.Errorf("ICS %s", ics)
		}
	}
}

// TestFindingsQuoteNobody: values of persons never enter a finding.
func TestFindingsQuoteNobody(t *testing.T) {
	doc := depenseXML(`FR76300`, `FR77300`, `55208131766522`, `55208131766523`, `<Nom V="ESSAI"/>`, `<Nom V="PLANTEE"/><Prenom V="SECRETE"/>`, `56950`, `5695A`, `<TypBord V="01"/>`, `<TypBord V="MADAME SECRETE"/>`, `<IdPce V="345"/>`, `<IdPce V="Mme PLANTEE"/>`)
	r := mustRead(t, doc, Options{})
	text, err := r.Report.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []string{"FR77300", "55208131766523", "PLANTEE", "SECRETE", "5695A"} {
		if bytes.Contains(text, []byte(v)) {
			t.Errorf("%s is in the findings", v)
		}
	}
	if r.Report.Count(report.Error) < 4 {
		t.Errorf("findings: %s", codes(r.Report))
	}
}

func TestAcquitsAtThreeLevels(t *testing.T) {
	body := `<ACQUIT><EnTeteAcquit><IdVer V="2"/></EnTeteAcquit>` +
		`<ElementACQUIT><DomaineAck V="5"/><EtatAck V="1"/><NumBord V="012"/><ExerciceBord V="2024"/></ElementACQUIT>` +
		`<ElementACQUIT><DomaineAck V="5"/><EtatAck V="false"/><NumBord V="12"/><ExerciceBord V="2024"/><Erreur><NumAnoAck V="ERREUR_AUTRE"/></Erreur>` +
		`<DetailPiece><NumPiece V="3"/><Erreur><NumAnoAck V="ERREUR_DOUBLON_PIECE"/></Erreur><DetailLigne><NumLigne V="4"/>` +
		`<Erreur><NumAnoAck V="ERREUR_INVENTEE"/><LibelleAnoAck V="1971 - Compte"/></Erreur></DetailLigne></DetailPiece></ElementACQUIT>` +
		`<ElementACQUIT><DomaineAck V="4"/><EtatAck V="1"/><IdUnique V="A1"/></ElementACQUIT></ACQUIT>`
	doc := declaration + `<n:PES_ACQUIT xmlns:n="` + NamespaceAcquit + `">` + enveloppeXML + body + `</n:PES_ACQUIT>`
	r := mustRead(t, doc, Options{})
	b := r.Acquit.Bilan()
	if b.Etat != EtatPartiel || b.BordereauxOK != 0 || b.BordereauxKO != 1 || b.PJOK != 1 || b.Erreurs != 3 || strings.Join(b.Refuses, " ") != "2024/12" {
		t.Errorf("%+v", b)
	}
	e := r.Acquit.Elements[1].Erreurs
	if e[0].Piece != "" || e[1].Piece != "3" || e[1].Ligne != "" || e[2].Piece != "3" || e[2].Ligne != "4" || e[2].Numero() != "1971" {
		t.Errorf("%+v", e)
	}
	// The State broke its own schema: the acquit is read and not refused.
	if r.Schema(V517) || !r.Report.Valid() || !r.Report.Has(report.XSDEnum) {
		t.Errorf("schema %v; %s", r.Schemas, codes(r.Report))
	}
	r = mustRead(t, declaration+`<pes_nonacquit>`+enveloppeXML+`</pes_nonacquit>`, Options{})
	if r.Root != NonAcquit || r.Entete.NomFic != "F1" || r.Etat != EtatRejete || len(r.Schemas) != 0 {
		t.Errorf("PES_NonACQUIT: %+v", r)
	}
}

func TestAnswersOfTheFirstProtocolAreRead(t *testing.T) {
	const space = `http://www.minefi.gouv.fr/cp/helios/pes`
	for _, x := range []struct {
		root, block string
		of          Root
		etat        Etat
		motif       string
	}{
		{"PES_Acquit", `<Acquit><NomFic V="F9"/></Acquit>`, Acquit, EtatAccepte, ""},
		{"PES_NonAcquit", `<NonAcquit><NomFic V="F9"/><Motif V="Signature absente"/></NonAcquit>`, NonAcquit, EtatRejete, "Signature absente"},
	} {
		doc := `<?xml version="1.0" encoding="UTF-8"?><n:` + x.root + ` xmlns:n="` + space + `">` + x.block + `</n:` + x.root + `>`
		if kindOf([]byte(doc)) != "pes.acquit" {
			t.Errorf("%s: kind %q", x.root, kindOf([]byte(doc)))
		}
		r := mustRead(t, doc, Options{})
		if r.Root != x.of || r.Etat != x.etat || r.Entete.NomFic != "F9" || r.Acquit.Motif != x.motif || len(r.Schemas) != 0 || !r.Report.Has(ReponseAncienne) || r.Report.Has(AcquitVide) || !r.Report.Valid() {
			t.Errorf("%s: %+v; %s", x.root, r, codes(r.Report))
		}
	}
	// The name in other capitals in the namespaces of PES v2 is a fault.
	r := mustRead(t, declaration+`<n:PES_Acquit xmlns:n="`+NamespaceAcquit+`">`+enveloppeXML+`</n:PES_Acquit>`, Options{})
	if len(r.Schemas) == 0 || r.Schema(V517) || r.Report.Has(ReponseAncienne) {
		t.Errorf("PES_Acquit in PES v2: %+v; %s", r, codes(r.Report))
	}
}

func TestAnswersInADefaultNamespaceAreRead(t *testing.T) {
	body := enveloppeXML + `<ACQUIT><EnTeteAcquit><IdVer V="2"/></EnTeteAcquit><ElementACQUIT><DomaineAck V="5"/><EtatAck V="0"/><NumBord V="12"/><ExerciceBord V="2024"/></ElementACQUIT></ACQUIT>`
	r := mustRead(t, declaration+`<PES_ACQUIT xmlns="`+NamespaceAcquit+`">`+body+`</PES_ACQUIT>`, Options{})
	if r.Etat != EtatRejete || r.Entete.NomFic != "F1" || !r.Report.Has(EspaceDeNoms) || !r.Report.Valid() {
		t.Errorf("a refusal seems accepted: %+v; %s", r, codes(r.Report))
	}
	// Elements of any other namespace stay aside.
	r = mustRead(t, declaration+`<n:PES_ACQUIT xmlns:n="`+NamespaceAcquit+`" xmlns="urn:x">`+body+`</n:PES_ACQUIT>`, Options{})
	if r.Entete.NomFic != "" || len(r.Acquit.Elements) != 0 || !r.Report.Has(EspaceDeNoms) {
		t.Errorf("%+v; %s", r, codes(r.Report))
	}
	piece := `<Bordereau><BlocBordereau><Exer V="2024"/><IdBord V="7"/><TypBord V="01"/></BlocBordereau><Piece><BlocPiece><IdPce V="88"/></BlocPiece></Piece></Bordereau>`
	for _, domain := range []string{"PES_RecetteRetour", "PES_TIPI_Recette"} {
		for _, root := range [][2]string{{"<n:PES_Retour xmlns:n=", "</n:PES_Retour>"}, {"<PES_Retour xmlns=", "</PES_Retour>"}} {
			r = mustRead(t, declaration+root[0]+`"`+NamespaceRetour+`"><`+domain+`>`+piece+`</`+domain+`>`+root[1], Options{})
			if r.Retour.Bordereaux != 1 || r.Retour.Pieces != 1 || !r.Report.Valid() {
				t.Errorf("%s in %s: %+v; %s", domain, root[0], r.Retour, codes(r.Report))
			}
		}
	}
}

func TestRetourTellsOfPieces(t *testing.T) {
	doc := declaration + `<n:PES_Retour xmlns:n="` + NamespaceRetour + `"><Enveloppe><Parametres><Version V="1"/><TypFic V="PES2R_DEP"/><NomFic V="F"/></Parametres></Enveloppe>` +
		`<EnTetePES><DteStr V="2024-03-20"/><IdPost V="056025"/><IdColl V="21560046100010"/><CodColl V="520"/><CodBud V="00"/></EnTetePES>` +
		`<PES_DepenseRetour><EnTeteDepense><TypRestit V="01"/><IdVer V="2"/><NatInf V="2"/></EnTeteDepense><Bordereau><BlocBordereau><Exer V="2024"/><IdBord V="7"/><TypBord V="01"/></BlocBordereau>` +
		`<Piece><InfoPiece><IdPce V="88"/><TypPce V="01"/><NatPce V="01"/><EtatPce V="04"/><ObsEtat V="02"/></InfoPiece>` +
		`<LigneDePiece><BlocLignePiece><InfoLignePiece><IdLigne V="1"/><EtatLigPce V="02"/><MtHT V="45.00"/></InfoLignePiece></BlocLignePiece></LigneDePiece></Piece></Bordereau></PES_DepenseRetour></n:PES_Retour>`
	var p *PieceRetour
	r := mustRead(t, doc, Options{Visit: func(it Item) error {
		if x, ok := it.(*PieceRetour); ok {
			p = x
		}
		return nil
	}})
	if r.Report.Total() != 0 || r.Entete.CodCol != "520" || r.Retour.Bordereaux != 1 || r.Retour.Pieces != 1 || r.Retour.TypRestit != "01" {
		t.Errorf("%+v; %s", r.Retour, codes(r.Report))
	}
	if p == nil || p.IdBord != "7" || p.EtatPce != "04" || p.ObsEtat != "02" || len(p.Lignes) != 1 || p.Lignes[0].EtatLigPce != "02" || p.Lignes[0].MtHT.Centimes != 4500 {
		t.Errorf("%+v", p)
	}
}

// FuzzPES: whatever the bytes, reading ends without a panic, and what is read
// twice is read alike.
func FuzzPES(f *testing.F) {
	for _, s := range []string{depenseXML(), recetteXML(), pesPJ(pjXML("A1", pdf(), refComptaXML), pjXML("A2", "x", "")), allerXML(""),
		declaration + `<n:PES_ACQUIT xmlns:n="` + NamespaceAcquit + `"><ACQUIT><ElementACQUIT><DetailPiece><DetailLigne><Erreur/></DetailLigne></DetailPiece></ElementACQUIT></ACQUIT></n:PES_ACQUIT>`,
		`<PES_Retour><PES_RecetteRetour><Bordereau><BordereauORMCGlobal/></Bordereau></PES_RecetteRetour></PES_Retour>`,
		`<PES_Aller><PJ><Contenu><Fichier>H4sI`, `<PES_Aller><PES_PJ><PJ><PJ/></PJ></PES_PJ><Piece/><ds:Signature xmlns:ds="` + nsDSig + `"><Bordereau/></ds:Signature></PES_Aller>`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		for _, profile := range []Profil{ProfilDGFiP, ProfilS2LOW} {
			var first *Reading
			for range 2 {
				r, err := Read(context.Background(), bytes.NewReader(doc), Options{Profile: profile, Nomenclature: "M57", Visit: func(it Item) error {
					if it == nil {
						t.Error("nothing was told")
					}
					return nil
				}})
				if err != nil {
					t.Fatal(err)
				}
				if first != nil && (r.Facts != first.Facts || r.Report.Total() != first.Report.Total() || r.Etat != first.Etat) {
					t.Error("two readings differ")
				}
				if r.Report.Valid() && profile == ProfilDGFiP && r.Root == Aller && r.Portee > PorteeAucune {
					t.Error("something would be rejected and nothing is said")
				}
				first = r
			}
		}
	})
}

// TestHostileValuesAreCut: a value a thousand times too long is not kept whole.
func TestHostileValuesAreCut(t *testing.T) {
	r := mustRead(t, depenseXML(`<NomFic V="F1"/>`, `<NomFic V="`+strings.Repeat("é", 100_000)+`"/>`), Options{})
	if n := len(r.Entete.NomFic); n > maxText || n < maxText-4 || r.Report.Valid() {
		t.Errorf("%d bytes kept; %s", n, codes(r.Report))
	}
}

// TestReadingAlone tells the same items, and judges nothing.
func TestReadingAlone(t *testing.T) {
	doc := sentWithPJ(`<IdVer V="2"/>`, `<IdVer V="1"/>`, `FR76300`, `FR77300`)
	list := func(opt Options) (all []string) {
		opt.Visit = func(it Item) error {
			switch x := it.(type) {
			case *PJ:
				all = append(all, fmt.Sprint("pj ", x.IdUnique, x.RefCompta, x.MIMEType))
			case *Ligne:
				all = append(all, fmt.Sprint("ligne ", x.IdLigne, x.MtHT, x.Tiers[0].Nom, x.Where))
			default:
				all = append(all, fmt.Sprintf("%T", it))
			}
			return nil
		}
		r := mustRead(t, doc, opt)
		all = append(all, fmt.Sprint(r.Facts, r.Lu, r.Entete.NomFic))
		if opt.LectureSeule && (r.Report.Total() > 0 || len(r.Schemas) > 0 || r.Portee != PorteeAucune || r.Etat != "") {
			t.Errorf("something was judged: %s, %s", codes(r.Report), r.Etat)
		}
		return all
	}
	if a, b := list(Options{}), list(Options{LectureSeule: true}); strings.Join(a, "\n") != strings.Join(b, "\n") {
		t.Errorf("%s\n%s", a, b)
	}
	var out bytes.Buffer
	mustRead(t, doc, Options{LectureSeule: true, Contenu: func(*PJ) (io.Writer, error) { return &out, nil }})
	if !strings.HasSuffix(out.String(), "%PDF-1.4 facture") {
		t.Error("contents that are asked for are not given")
	}
	if r := mustRead(t, doc[:900], Options{LectureSeule: true}); r.Lu || !r.Report.Has(report.XMLTruncated) {
		t.Error("a file that is cut is read")
	}
	if r := mustRead(t, acquitXML(""), Options{LectureSeule: true}); r.Acquit == nil || len(r.Acquit.Elements) != 1 {
		t.Error("an acquit is not read")
	}
}
