package pes

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/mutant"
)

// copied reads a document and writes it again, contents included, keeping
// none of them.
func copied(t testing.TB, doc []byte, opt Ecriture) ([]byte, *Reading) {
	t.Helper()
	var out bytes.Buffer
	r, err := Ecrire(context.Background(), &out, opt, func(w *Writer) error {
		_, err := Read(context.Background(), bytes.NewReader(doc), Options{
			Contenu: func(p *PJ) (io.Writer, error) { return w.Fichier(p.MIMEType) },
			Visit: func(it Item) error {
				if p, ok := it.(*PJ); ok {
					return w.FinPJ(p)
				}
				return w.Item(it)
			},
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), r
}

// meaning lists all that a document holds, without places.
func meaning(t testing.TB, doc []byte) (all []string) {
	t.Helper()
	bare := report.Location{}
	_, err := Read(context.Background(), bytes.NewReader(doc), Options{Visit: func(it Item) error {
		var x any
		switch y := it.(type) {
		case *Entete:
			c := *y
			c.Where, c.WhereEntete = bare, bare
			x = c
		case *EnteteDomaine:
			c := *y
			c.Where = bare
			x = c
		case *Bordereau:
			c := *y
			c.Where = bare
			x = c
		case *FinBordereau:
			x = []any{y.Pieces, y.Lignes, y.SommeHT, y.SommeTVA}
		case *Piece:
			c := *y
			c.Bordereau, c.Where = nil, bare
			x = c
		case *Ligne:
			c := *y
			c.Piece, c.Where, c.Tiers = nil, bare, slices.Clone(y.Tiers)
			for i := range c.Tiers {
				c.Tiers[i].Where = bare
			}
			x = c
		case *PJ:
			c := *y
			c.Where, c.Etendue, c.Contenu.Comprime = bare, Etendue{}, 0
			x = c
		}
		b, err := json.Marshal(x)
		all = append(all, fmt.Sprintf("%T %s", it, b))
		return err
	}})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestCopiesMeanTheSame reads and writes again every PES_Aller of the corpus
// that can be: the copy says the same, is right by the official schemas where
// the original is, and a copy of it is equal to the byte.
func TestCopiesMeanTheSame(t *testing.T) {
	var docs [][]byte
	var names []string
	dir := filepath.Join(corpus.Dir(t, "finance"), "samples")
	for _, pattern := range []string{"pes_aller/*.xml", "pes_aller_mutants/*.xml", "renvoi/*envo*.xml"} {
		paths, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			bad := false
			r, err := Read(context.Background(), bytes.NewReader(b), Options{Visit: func(it Item) error {
				if p, ok := it.(*PJ); ok {
					bad = bad || p.Contenu.Etat != ContenuBon
				}
				return nil
			}})
			if err != nil {
				t.Fatal(err)
			}
			if !r.Schema(V517) || bad || r.Facts.Marches > 0 || r.Facts.Facture {
				continue
			}
			name := filepath.Base(path)
			out, judged := copied(t, b, Ecriture{Caracteres: CaracteresReferences})
			if got, want := meaning(t, out), meaning(t, b); !slices.Equal(got, want) {
				for i := range want {
					if i >= len(got) || got[i] != want[i] {
						t.Errorf("%s: item %d differs", name, i)
						break
					}
				}
			}
			if !judged.Schema(V517) {
				t.Errorf("%s: the copy: %s", name, codes(judged.Report))
			}
			if again, _ := copied(t, out, Ecriture{Caracteres: CaracteresReferences}); !bytes.Equal(again, out) {
				t.Errorf("%s: a copy of our own file differs", name)
			}
			docs, names = append(docs, out), append(names, name)
		}
	}
	if len(docs) < 60 {
		t.Errorf("only %d files", len(docs))
	}
	for i, ok := range mutant.Xmllint(t, mutant.XSD, officialSchema(t, families[0], V517), docs) {
		if !ok {
			t.Errorf("%s: the copy is refused by the official schema", names[i])
		}
	}
	t.Logf("%d files", len(docs))
}

// composed is a document made from nothing, of all that can stand in one.
func composed(w *Writer) error {
	compte := &Compte{BIC: "SOGEFRPP", IBAN: "FR7630003030000001234567845", TitCpte: "ESSAI"}
	adresse := &Adresse{TypAdr: "1", Adr2: "1 RUE HAUTE", CP: "56950", Ville: "CRACH", CodRes: "0"}
	items := []Item{
		&Entete{Version: "2", TypFic: "PESALR2", NomFic: "ESSAI_1", Emetteur: CarteVisite{"LIASSE", "0.1"},
			DteStr: "2024-03-15", IdPost: "056025", IdColl: "21560046100010", CodCol: "520", CodBud: "00"},
		&Bordereau{Domaine: Depense, ID: "B12", Exer: "2024", IdBord: "12", DteBordEm: "2024-03-15", TypBord: "01", NbrPce: "1",
			MtCumulAnnuel: Centimes(10000).EnEuros(), MtBordHT: Centimes(10000).EnEuros()},
		&Piece{IdPce: "345", TypPce: "01", NatPce: "01", Objet: "Fournitures d’école", PJRefs: []PJRef{{Support: "01", IdUnique: "21560046100010DEP202400000345001", TypePJ: "003"}},
			DGP: &DGP{"0", "2024-03-01", "2024-03-31", "30", "", ""}},
		&Ligne{IdLigne: "1", Nature: "60632", ModRegl: "03", TVAIntraCom: "0", MtHT: Centimes(10000).EnEuros(), InfoTVAHLM: true, RecTVA: "1",
			MtHtRes: Centimes(1).EnEuros(), CodOpSpec: "01", IdOpSpec: "7", Rattach: &Rattachement{"05", "2023", "7", "1"}, Liens: Liens{IdConv: "C1"},
			Tiers: []Tiers{{IdTiers: "55208131766522", NatIdTiers: "01", RefTiers: "1", CatTiers: "50", NatJur: "03", Nom: "CŒUR & FILS", Adresse: adresse, Compte: compte}}},
		&EnteteDomaine{Domaine: Recette, IdVer: "2"},
		&Bordereau{Domaine: Recette, Exer: "2024", IdBord: "7", DteBordEm: "2024-03-15", TypBord: "06", NbrPce: "1", MtBordHT: Centimes(4500).EnEuros(), Objet: "Cantine"},
		&Piece{IdPce: "88", TypPce: "15", NatPce: "01", Edition: "04", NumDette: "12", Per: "1", PJRefs: []PJRef{{Support: "02", IdUnique: "P1"}}, NumeroFacture: "F-1"},
		&Ligne{IdLigne: "1", CodProdLoc: "REST", Nature: "7067", Majo: "0", TVAIntraCom: "0", MtHT: Centimes(4500).EnEuros(),
			CollBen: CollBen{"21560046100010", "520", "00"}, Prelevement: &Prelevement{SEPA: true, NatPrel: "01", PerPrel: "02", DtePrel: "2024-04-05", MtPrel: Centimes(4500).EnEuros(),
				SequencePres: "03", DateSignMandat: "2023-09-01", RefUniMdt: "R1", LibPrel: "Cantine"},
			Assure: true, CodAssDeb: "2", Recouvrements: []Recouvrement{{"01", "02", "2024-03-01", "1", Centimes(100).EnEuros()}},
			Tiers: []Tiers{{RefTiers: "F1", CatTiers: "01", NatJur: "01", TypTiers: "01", Civilite: "Mme", Nom: "ESSAI", Prenom: "Jeanne", DteNaissance: "1980-01-02",
				Naissance: &Naissance{NeEnFrance: "0", Etranger: true, LibellePays: "ITALIE"}, Adresse: adresse, Compte: compte}}},
	}
	for _, it := range items {
		if err := w.Item(it); err != nil {
			return err
		}
	}
	return w.PJ(&PJ{MIMEType: "application/pdf", IdUnique: "21560046100010DEP202400000345001", NomPJ: "facture.pdf", TypePJ: "003", Description: "Facture n° 17",
		RefCompta: []RefCompta{{"01", "2024", "01", "345", "1", ""}}}, strings.NewReader("%PDF-1.4 "+strings.Repeat("contenu ", 20_000)))
}

func TestComposedFromNothing(t *testing.T) {
	var docs [][]byte
	for _, opt := range []Ecriture{{Caracteres: CaracteresTranslitteres}, {Caracteres: CaracteresReferences, Indent: "  ", ID: "F1", Niveau: 1}} {
		var out bytes.Buffer
		r, err := Ecrire(context.Background(), &out, opt, composed)
		if err != nil {
			t.Fatal(err)
		}
		if !r.Schema(V517) || !r.Schema(V512) || !r.Report.Valid() || r.Facts.Bordereaux != 2 || r.Facts.Lignes != 2 || r.Facts.PJ != 1 {
			t.Errorf("%+v: %s", r.Facts, codes(r.Report))
		}
		replaced := r.Report.Has(CaractereRemplace)
		if replaced != (opt.Caracteres == CaracteresTranslitteres) {
			t.Errorf("characters replaced: %v", replaced)
		}
		want := map[Caracteres]string{CaracteresTranslitteres: `"COEUR &amp; FILS"`, CaracteresReferences: `"C&#338;UR &amp; FILS"`}[opt.Caracteres]
		if !strings.Contains(out.String(), want) || !strings.Contains(out.String(), "Facture n\xb0 17") {
			t.Error("the name is not written as it should")
		}
		again, _ := copied(t, out.Bytes(), opt)
		if !bytes.Equal(again, out.Bytes()) {
			t.Error("read and written again, our own file differs")
		}
		docs = append(docs, out.Bytes())
	}
	for _, version := range Versions() {
		for i, ok := range mutant.Xmllint(t, mutant.XSD, officialSchema(t, families[0], version), docs) {
			if !ok {
				t.Errorf("document %d is refused by the official schema of %s", i, version)
			}
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	entete := &Entete{Version: "2", TypFic: "T", NomFic: "N", Emetteur: CarteVisite{"E", "A"}}
	for name, x := range map[string]struct {
		compose func(w *Writer) error
		want    error
	}{
		"nothing":            {func(*Writer) error { return nil }, ErrVide},
		"two headers":        {func(w *Writer) error { return errors.Join(w.Entete(entete), w.Entete(entete)) }, ErrOrdre},
		"no header":          {func(w *Writer) error { return w.Bordereau(&Bordereau{Domaine: Depense}) }, ErrOrdre},
		"a piece on its own": {func(w *Writer) error { w.Entete(entete); return w.Piece(&Piece{}) }, ErrOrdre},
		"a line on its own":  {func(w *Writer) error { w.Entete(entete); return w.Ligne(&Ligne{}) }, ErrOrdre},
		"the end of no PJ":   {func(w *Writer) error { w.Entete(entete); return w.FinPJ(&PJ{}) }, ErrOrdre},
		"a PJ left open":     {func(w *Writer) error { w.Entete(entete); _, err := w.Fichier("x"); return err }, ErrOrdre},
		"dépense after recette": {func(w *Writer) error {
			w.Entete(entete)
			w.Bordereau(&Bordereau{Domaine: Recette})
			return w.Bordereau(&Bordereau{Domaine: Depense})
		}, ErrOrdre},
		"a bordereau after a PJ": {func(w *Writer) error {
			w.Entete(entete)
			w.PJ(&PJ{}, strings.NewReader("x"))
			return w.Bordereau(&Bordereau{Domaine: Depense})
		}, ErrOrdre},
		"a source that fails": {func(w *Writer) error { w.Entete(entete); return w.PJ(&PJ{}, iotestErr{io.ErrUnexpectedEOF}) }, io.ErrUnexpectedEOF},
	} {
		if _, err := Ecrire(context.Background(), io.Discard, Ecriture{}, x.compose); !errors.Is(err, x.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	full := errors.New("disk full")
	if _, err := Ecrire(context.Background(), failing{full}, Ecriture{Caracteres: CaracteresTranslitteres}, composed); !errors.Is(err, full) {
		t.Errorf("a destination that fails: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Ecrire(ctx, io.Discard, Ecriture{Caracteres: CaracteresTranslitteres}, func(w *Writer) error {
		w.Entete(entete)
		for i := range 10_000 {
			if err := w.Bordereau(&Bordereau{Domaine: Depense, IdBord: fmt.Sprint(i)}); err != nil {
				return err
			}
		}
		return nil
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestWriterGoesOnBehindAFault: a value no reader takes is a finding of what was
// written, not a failure to write.
func TestWriterGoesOnBehindAFault(t *testing.T) {
	var out bytes.Buffer
	r, err := Ecrire(context.Background(), &out, Ecriture{}, func(w *Writer) error {
		if err := w.Entete(&Entete{Version: "2", TypFic: "T", NomFic: strings.Repeat("N", 12<<20), Emetteur: CarteVisite{"E", "A"}}); err != nil {
			return err
		}
		return w.PJ(&PJ{IdUnique: "A1", Description: "d"}, strings.NewReader("x"))
	})
	if err != nil || r.Lu || r.Report.Valid() || !strings.HasSuffix(out.String(), "</n:PES_Aller>") {
		t.Errorf("%v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// TestCharactersAreRefusedByDefault: each is a finding that says where.
func TestCharactersAreRefusedByDefault(t *testing.T) {
	r, err := Ecrire(context.Background(), io.Discard, Ecriture{}, composed)
	var invalid *report.InvalidError
	if !errors.As(err, &invalid) || r == nil {
		t.Fatalf("%v", err)
	}
	var places []string
	for f := range r.Report.All() {
		if f.Rule == CaractereRefuse {
			places = append(places, f.Where.Path)
		}
	}
	want := []string{"/n:PES_Aller/PES_DepenseAller/Bordereau/Piece/BlocPiece/InfoPce/Obj", "/n:PES_Aller/PES_DepenseAller/Bordereau/Piece/LigneDePiece/Tiers/InfoTiers/Nom"}
	if !slices.Equal(places, want) {
		t.Errorf("%v", places)
	}
}

func TestLatin1(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "é": "é", "e\u0301": "é", "’ – … €": "' - ... EUR", "Šibenik ŁÓDŹ": "Sibenik LÓDZ", "a\tb": "a b", "ﬁ œ Œ": "fi oe OE",
		"\u0092": "'", "x\u200By": "xy", "日": "", "n\u00b0\u202f3": "n° 3",
	} {
		out, refused, _ := CaracteresTranslitteres.Latin1(in)
		if out != want || (len(refused) > 0) != (in == "日") {
			t.Errorf("%q: %q, refused %q", in, out, refused)
		}
		if out, refused, _ := CaracteresReferences.Latin1(in); len(refused) > 0 || in != "e\u0301" && out != in {
			t.Errorf("%q by reference: %q, refused %q", in, out, refused)
		}
	}
	if _, refused, _ := CaracteresReferences.Latin1("\x00\uFFFF"); len(refused) != 2 {
		t.Error("what XML cannot hold is written")
	}
}

// TestAcquitsWrittenAreRead: what a fake answers is what was to be said, and the
// official schemas take it.
func TestAcquitsWrittenAreRead(t *testing.T) {
	dir := filepath.Join(corpus.Dir(t, "finance"), "samples", "acquit")
	paths, err := filepath.Glob(filepath.Join(dir, "*.xml"))
	if err != nil {
		t.Fatal(err)
	}
	written := 0
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		r := mustRead(t, string(b), Options{})
		if r.Acquit == nil || r.Root == NonAcquit {
			continue
		}
		var out bytes.Buffer
		if r.Root == AcquitRetour {
			_, err = EcrireAcquitRetour(&out, &r.Entete, r.Acquit.Retours, Ecriture{})
		} else {
			_, err = EcrireAcquit(&out, &r.Entete, r.Acquit, Ecriture{})
		}
		if err != nil {
			t.Fatal(err)
		}
		got := mustRead(t, out.String(), Options{})
		want, _ := json.Marshal(r.Acquit)
		have, _ := json.Marshal(got.Acquit)
		if string(want) != string(have) || got.Root != r.Root || got.Space != r.Space || got.Schema(V517) != r.Schema(V517) {
			t.Errorf("%s: written again it says something else", filepath.Base(path))
		}
		written++
	}
	if written < 10 {
		t.Errorf("only %d acquits", written)
	}
}

func TestRetourWritten(t *testing.T) {
	e := &Entete{Version: "1", TypFic: "PES2R_DEP", NomFic: "PES2R_DEP_P_520_00_056025_20240315_20240315_20240315182309.xml",
		DteStr: "2024-03-15", IdPost: "056025", IdColl: "21560046100010", CodCol: "520", CodBud: "00"}
	piece := func(d Domaine, bord, id, etat string) *PieceRetour {
		return &PieceRetour{Domaine: d, Exer: "2024", IdBord: bord, TypBord: "01", IdPce: id, TypPce: "01", NatPce: "01", EtatPce: etat, DtePcePec: "2024-03-20",
			Lignes: []LigneRetour{{IdLigne: "1", EtatLigPce: "01", MtHT: Centimes(10000).EnEuros()}}}
	}
	sent := []*PieceRetour{piece(Depense, "12", "345", "02"), piece(Depense, "12", "346", "04"), piece(Depense, "13", "347", "02"), piece(Recette, "7", "88", "02")}
	var out bytes.Buffer
	if _, err := EcrireRetour(&out, e, EnteteRetour{"02", "1", "2"}, slices.Values(sent), Ecriture{}); err != nil {
		t.Fatal(err)
	}
	var got []*PieceRetour
	r := mustRead(t, out.String(), Options{Visit: func(it Item) error {
		if p, ok := it.(*PieceRetour); ok {
			got = append(got, p)
		}
		return nil
	}})
	want, _ := json.Marshal(sent)
	have, _ := json.Marshal(got)
	if string(want) != string(have) || r.Retour.Bordereaux != 3 || r.Retour.TypRestit != "02" || !r.Schema(V517) || r.Entete.CodCol != "520" {
		t.Errorf("%s; %s", have, codes(r.Schemas[1].Report))
	}
	for _, f := range families {
		if f.root == string(Retour) && !mutant.Xmllint(t, mutant.XSD, officialSchema(t, f, V517), [][]byte{out.Bytes()})[0] {
			t.Error("refused by the official schema")
		}
	}
}

func TestNames(t *testing.T) {
	id, err := IdUnique("21560046100010", Depense, "2024", "345", 2)
	if err != nil || id != "21560046100010DEP202400000345002" || !ValidIdUnique(id) {
		t.Errorf("%q, %v", id, err)
	}
	if _, err := IdUnique("2156004610001", Depense, "2024", "345", 2); err == nil {
		t.Error("a SIRET of 13 digits is taken")
	}
	for s, want := range map[string]bool{"A1": true, "": false, "000": false, "a-b": false, strings.Repeat("1", 50): true, strings.Repeat("1", 51): false} {
		if ValidIdUnique(s) != want {
			t.Errorf("IdUnique %q: %v", s, !want)
		}
	}
	for s, want := range map[string]bool{"B1": true, "1B": false, "": false, "_x-1.2": true, "a b": false, "é": false, ".a": false} {
		if ValidID(s) != want {
			t.Errorf("Id %q: %v", s, !want)
		}
	}
	if got := NomFichierSTELA("21560046100010", "240315", 7); got != "PESALR2_21560046100010_240315_007.xml" {
		t.Error(got)
	}
}
