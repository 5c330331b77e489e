package ged_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// Until when is a payment order kept, and what becomes of it? The archivist's table
// says; without one that confirms it, nothing may be destroyed.
func ExampleComputeRetention() {
	table, err := ged.ReadRetentionTable(strings.NewReader(`{"name":"Exemple","version":"1","rows":[
{"code":"FIN-1","label":"Mandats","types":["mandat"],"dua":"P10Y","start":"cloture","sortFinal":"detruire","reference":"tableau de gestion"}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	d := &ged.Document{ID: "m12", Title: "Mandat 12", Type: "mandat", Dates: ged.Dates{Closed: ged.Date{Year: 2013, Month: 12, Day: 31}}}
	r := ged.ComputeRetention(d, table, nil)
	fmt.Println(r.End, r.SortFinal, r.MayAskDestruction(ged.Date{Year: 2024, Month: 7, Day: 1}))
	for f := range r.Reasons.All() {
		fmt.Println(f.Code(), f.Message(report.FR))
	}
	// Output:
	// 2023-12-31 detruire true
	// GED-DUA Règle FIN-1 : durée d'utilité administrative de 10 ans à compter du 31/12/2013 (clôture du dossier ou du registre), jusqu'au 31/12/2023.
	// GED-VISA La destruction demande le visa préalable du directeur des archives départementales.
}

func ExampleComputeAccess() {
	d := &ged.Document{ID: "r1", Title: "Dossier individuel",
		Rules: []ged.Rule{{Category: ged.Communicabilite, Code: "AR048", Start: ged.Date{Year: 1949, Month: 12, Day: 31}}}}
	a := ged.ComputeAccess(nil, d)
	fmt.Println(a.From, a.Code, a.Open(ged.Date{Year: 2024, Month: 12, Day: 31}))
	for f := range a.Reasons.All() {
		fmt.Println(f.Code(), f.Message(report.FR))
	}
	// Output:
	// 2000-01-01 AR048 true
	// GED-ACCESS Délai AR048 : 50 ans à compter du 31/12/1949 (document le plus récent), communicable le 01/01/2000.
}

// The digest of a content of any size, in one reading.
func ExampleDigestSource() {
	digests, size, err := ged.DigestSource(context.Background(), ged.BytesSource("bonjour"), ged.SHA256)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(size, digests[0].Algorithm, digests[0].Value[:16])
	// Output: 7 SHA-256 2cb4b1431b84ec15
}

func ExampleParsePeriod() {
	dua, err := ged.ParsePeriod("P10Y")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(dua.After(ged.Date{Year: 2024, Month: 2, Day: 29}))
	_, err = ged.ParsePeriod("dix ans")
	fmt.Println(errors.Is(err, ged.ErrPeriod))
	// Output:
	// 2034-02-28
	// true
}
