package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/liasse/liasse/connectors/finance/pes"
)

// essai tells a whole story on files it composes: three bordereaux are sent, one
// has a fault nobody saw, Hélios refuses it, it alone is sent again, and the file
// goes to the archives.
func (w *work) essai(ctx context.Context, args []string) error {
	if len(args) > 0 || w.vers == "" {
		return errors.New("essai -vers DOSSIER")
	}
	path := func(name string) string { return filepath.Join(w.vers, name) }
	w.printf("1. Le logiciel de finances fait un fichier.")
	if err := w.create("PES_ESSAI_1.xml", func(out io.Writer) error {
		_, err := pes.Ecrire(ctx, out, pes.Ecriture{Caracteres: pes.CaracteresTranslitteres, Indent: "  "}, compose)
		return err
	}); err != nil {
		return err
	}
	w.printf("2. Il est contrôlé avant de partir.")
	if err := w.controle(ctx, []string{path("PES_ESSAI_1.xml")}); err != nil && !errors.Is(err, errPasBon) {
		return err
	}
	w.printf("3. Hélios répond.")
	if err := w.create("acquit.xml", func(out io.Writer) error {
		_, err := pes.EcrireAcquit(out, entete(), acquit(), pes.Ecriture{Indent: "  "})
		return err
	}); err != nil {
		return err
	}
	w.envoi = path("PES_ESSAI_1.xml")
	if err := w.explique(ctx, []string{path("acquit.xml")}); err != nil {
		return err
	}
	w.printf("4. Seul ce qui fut refusé est renvoyé.")
	w.acquit, w.nomfic = path("acquit.xml"), "PES_ESSAI_2"
	if err := w.renvoie(ctx, []string{path("PES_ESSAI_1.xml")}); err != nil {
		return err
	}
	w.printf("5. Le fichier et sa réponse vont aux archives.")
	if err := w.archive(ctx, []string{path("PES_ESSAI_1.xml")}); err != nil {
		return err
	}
	w.printf("6. Pour le lire, une page ; pour signaler une faute, une copie sans les noms.")
	if err := w.montre(ctx, []string{path("PES_ESSAI_1.xml")}); err != nil {
		return err
	}
	return w.anonymise(ctx, []string{path("PES_ESSAI_1.xml")})
}

const siret = "21560046100010"

func entete() *pes.Entete {
	return &pes.Entete{Version: "2", TypFic: "PESALR2", NomFic: "PES_ESSAI_1", Emetteur: pes.CarteVisite{Sigle: "LIASSE", Adresse: "examples/pes"},
		DteStr: "2024-03-15", IdPost: "056025", IdColl: siret, CodCol: "520", CodBud: "00", LibelleColBud: "COMMUNE D'ESSAI"}
}

// compose gives the items of the file: the third creditor's account is mistyped.
func compose(w *pes.Writer) error {
	if err := w.Entete(entete()); err != nil {
		return err
	}
	ibans := []string{"FR7630003030000001234567845", "FR7630003030000001234567845", "FR7730003030000001234567845"}
	var ids []string
	for i, iban := range ibans {
		n := string(rune('1' + i))
		id, err := pes.IdUnique(siret, pes.Depense, "2024", "10"+n, 1)
		if err != nil {
			return err
		}
		ids = append(ids, id)
		for _, it := range []pes.Item{
			&pes.Bordereau{Domaine: pes.Depense, Exer: "2024", IdBord: n, DteBordEm: "2024-03-15", TypBord: "01", NbrPce: "1", MtBordHT: pes.Centimes(10_000).EnEuros()},
			&pes.Piece{IdPce: "10" + n, TypPce: "01", NatPce: "01", Objet: "Fournitures d’école n° " + n, PJRefs: []pes.PJRef{{Support: "01", IdUnique: id, TypePJ: "003"}}},
			&pes.Ligne{IdLigne: "1", Nature: "60632", Fonction: "213", ModRegl: "03", TVAIntraCom: "0", MtHT: pes.Centimes(10_000).EnEuros(),
				Tiers: []pes.Tiers{{IdTiers: "55208131766522", NatIdTiers: "01", RefTiers: n, CatTiers: "50", NatJur: "03", Nom: "PAPETERIE D'ESSAI",
					Adresse: &pes.Adresse{TypAdr: "1", Adr2: "1 RUE HAUTE", CP: "56950", Ville: "CRACH", CodRes: "0"},
					Compte:  &pes.Compte{BIC: "SOGEFRPP", IBAN: iban, TitCpte: "PAPETERIE D'ESSAI"}}}},
		} {
			if err := w.Item(it); err != nil {
				return err
			}
		}
	}
	for i, id := range ids {
		p := &pes.PJ{MIMEType: "application/pdf", IdUnique: id, NomPJ: "facture" + string(rune('1'+i)) + ".pdf", TypePJ: "003", Description: "Facture"}
		if err := w.PJ(p, strings.NewReader("%PDF-1.4\n"+strings.Repeat("facture ", 100)+"\n%%EOF\n")); err != nil {
			return err
		}
	}
	return nil
}

// acquit is what Hélios says of it.
func acquit() *pes.ReadingAcquit {
	a := &pes.ReadingAcquit{}
	for i := range 3 {
		n := string(rune('1' + i))
		e := pes.ElementAcquit{DomaineAck: "5", EtatAck: "1", ExerciceBord: "2024", NumBord: n}
		if i == 2 {
			e.EtatAck = "0"
			e.Erreurs = []pes.Erreur{{Code: "ERREUR_AUTRE", Libelle: "Coordonnées bancaires invalides", Piece: "103", Ligne: "1"}}
		}
		id, _ := pes.IdUnique(siret, pes.Depense, "2024", "10"+n, 1)
		a.Elements = append(a.Elements, e, pes.ElementAcquit{DomaineAck: "4", EtatAck: "1", IdUnique: id})
	}
	return a
}
