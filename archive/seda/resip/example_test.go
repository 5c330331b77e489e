package resip_test

import (
	"context"
	"fmt"
	"strings"
	"testing/fstest"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/resip"
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
