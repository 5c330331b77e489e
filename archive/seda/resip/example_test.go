package resip_test

import (
	"context"
	"fmt"
	"strings"
	"testing/fstest"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/resip"
	"github.com/liasse/liasse/ged/report"
)

func ExampleRead() {
	files := fstest.MapFS{"actes/D042.pdf": {Data: []byte("%PDF-1.7")}}
	lines := `ID;ParentID;File;Content.Title;Content.StartDate;Management.AccessRule.Rule
1;;actes;Actes de 2024;2024-01-01;
2;1;actes/D042.pdf;Délibération 42;2024-06-27;ACC-00001
`
	p, _, err := resip.Read(context.Background(), strings.NewReader(lines), files, archive.Policy{}, resip.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for u, depth := range p.Walk() {
		fmt.Printf("%*s%s (%s)\n", 2*depth, "", u.Title, u.Level)
		for _, r := range u.Rules {
			fmt.Printf("%*s%s\n", 2*depth+2, "", r.Code)
		}
	}
	// Output:
	// Actes de 2024 (RecordGrp)
	//   Délibération 42 (Item)
	//     ACC-00001
}

// A table of a million lines is read again as its units are asked for, and
// written by sip.WriteParts or seda.WriteParts.
func ExampleReadTable() {
	ctx := context.Background()
	files := fstest.MapFS{"actes/D042.pdf": {Data: []byte("%PDF-1.7")}}
	lines := `ID;ParentID;File;Content.Title
1;;actes;Actes de 2024
2;1;actes/D042.pdf;Délibération 42
3;1;actes/D043.pdf;Délibération 43
`
	t, rep, err := resip.ReadTable(ctx, strings.NewReader(lines), int64(len(lines)), files, archive.Policy{
		MessageID: "TRF-7", Date: time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC), OriginatingAgency: "MAIRIE",
		ArchivalAgency: archive.Agency{ID: "AD21"}, TransferringAgency: archive.Agency{ID: "MAIRIE"},
	}, resip.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Lines, t.Files, t.Bytes)
	for f := range rep.All() { // nothing is to be written of a table with errors
		fmt.Println(f.Severity, f.Where, f.Message(report.FR))
	}
	// Output:
	// 3 1 8
	// error 4:1 Le fichier décrit par cette ligne est introuvable.
}
