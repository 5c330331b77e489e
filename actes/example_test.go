package actes_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

func ExampleNormaliseNumero() {
	n := actes.NormaliseNumero("délib. 2024-042")
	fmt.Println(n.Numero)
	for _, r := range n.Retouches {
		fmt.Println("-", r)
	}
	// Output:
	// DELIB_2024_042
	// - mis en majuscules
	// - accents retirés
	// - séparateurs remplacés par « _ »
	// - soulignés superflus retirés
}

func ExampleActe_Check() {
	a := &actes.Acte{
		Collectivite:   actes.Collectivite{SIREN: "123456782", Departement: "034", Arrondissement: "3", Nature: "31"},
		Numero:         "2024-042",
		Date:           ged.Date{Year: 2024, Month: time.June, Day: 27},
		Nature:         actes.Deliberation,
		Matiere:        actes.Matiere{5, 2},
		Objet:          "Règlement intérieur",
		Classification: ged.Date{Year: 2019, Month: time.April, Day: 18},
		Document:       actes.Fichier{Nom: "ri.txt", Typologie: "99_AU", Contenu: strings.NewReader("du texte")},
	}
	rep, err := a.Check(context.Background(), actes.Options{Now: time.Date(2024, 7, 1, 8, 0, 0, 0, time.UTC)})
	if err != nil {
		fmt.Println(err)
		return
	}
	for f := range rep.All() {
		fmt.Println(f.Code(), f.Message(report.FR))
	}
	// Output:
	// ACT-NUMERO-CHAR Le numéro de l'acte contient un trait d'union : seules les majuscules sans accent, les chiffres et le souligné « _ » sont permis. Écrire par exemple 2024_042.
	// ACT-FORMAT-DOCUMENT Document principal : le format « texte brut » n'est pas permis ici ; convertir le fichier en PDF.
	// ACT-TYPOLOGIE-NATURE Document principal : la typologie 99_AU n'est pas permise pour la nature 1 DE ; à la place : 99_DE.
}

func ExampleDelai() {
	e := actes.Delai(ged.Date{Year: 2024, Month: time.July, Day: 1}, false, nil, actes.Comptage{})
	fmt.Println(e.Date.French())
	for _, m := range e.Motifs {
		fmt.Println("-", m.Text(report.FR))
	}
	// Output:
	// 02/09/2024
	// - accusé de réception du 01/07/2024
	// - délai franc : dernier jour utile le 02/09/2024
}
