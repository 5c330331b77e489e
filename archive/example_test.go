package archive_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing/fstest"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/format"
	"github.com/liasse/liasse/ged/report"
)

// What the contract with the archiving system settles once.
var policy = archive.Policy{
	MessageID:          "TRF-2024-7",
	Date:               time.Date(2024, 7, 1, 9, 0, 0, 0, time.UTC),
	Agreement:          "IC-000001",
	ArchivalAgency:     archive.Agency{ID: "AD21"},
	TransferringAgency: archive.Agency{ID: "21210999900018"},
	OriginatingAgency:  "21210999900018",
}

// A record with its rules becomes a unit with its file.
func ExampleBuild() {
	day := ged.Date{Year: 2024, Month: 6, Day: 27}
	docs := []*ged.Document{{
		ID: "d42", Title: "Délibération 42", Type: ged.Deliberation,
		Agents: []ged.Agent{{Role: ged.Producer, SIRET: "21210999900018"}},
		Dates:  ged.Dates{Acted: day},
		Files: []ged.File{
			{ID: "f1", Name: "délibération 42.pdf", Role: ged.RoleMain},
			{ID: "f2", Name: "plan.pdf", Role: ged.RoleAnnexe},
		},
		Rules: []ged.Rule{{Category: ged.Conservation, Code: "APP-00001", Duration: ged.Period{Years: 10}, Start: day, SortFinal: ged.Conserver}},
	}}
	contents := ged.Contents{"f1": ged.BytesSource("%PDF-1.7 …"), "f2": ged.BytesSource("%PDF-1.4 …")}
	p, rep, err := archive.Build(context.Background(), docs, contents, policy)
	if err != nil || !rep.Valid() {
		fmt.Println(err, rep.Err())
		return
	}
	for u, depth := range p.Walk() {
		fmt.Printf("%s%s %s (%s)\n", strings.Repeat("  ", depth), u.ID, u.Title, u.Groups[0].Objects[0].Name)
	}
	// Output:
	// ID1 Délibération 42 (délibération 42.pdf)
	//   ID4 Annexe : plan.pdf (plan.pdf)
}

func ExampleFromTree() {
	folder := fstest.MapFS{
		"séance du 27 juin/délibération 42.pdf": {Data: []byte("%PDF-1.7 …")},
		"séance du 27 juin/Thumbs.db":           {Data: []byte("…")},
	}
	p, rep, err := archive.FromTree(context.Background(), folder, policy, archive.TreeOptions{Ignore: []string{"Thumbs.db"}})
	if err != nil || !rep.Valid() {
		fmt.Println(err, rep.Err())
		return
	}
	for u, depth := range p.Walk() {
		fmt.Println(depth, u.Level, u.Title)
	}
	// Output:
	// 0 RecordGrp séance du 27 juin
	// 1 Item délibération 42.pdf
}

// Builder is for whoever has neither Documents nor a folder.
func ExampleNewBuilder() {
	b := archive.NewBuilder(policy)
	folder := b.Unit(nil, archive.RecordGrp, "Séance du 27 juin")
	act := b.Unit(folder, archive.Item, "Délibération 42")
	if _, err := b.File(act, fstest.MapFS{"a.pdf": {Data: []byte("%PDF-1.7 …")}}, "a.pdf"); err != nil {
		fmt.Println(err)
		return
	}
	p, rep := b.Package()
	archive.Check(p, rep)
	fmt.Println(rep.Valid(), act.ID, act.Groups[0].Objects[0].Name)
	// Output: true ID2 a.pdf
}

// What may be destroyed, and when: the rules of the folder hold for the act,
// the referential of the archiving system says how long they run.
func ExampleResolve() {
	ctx := context.Background()
	ref, rep, err := archive.ReadReferential(strings.NewReader(`RuleId,RuleType,RuleValue,RuleDescription,RuleDuration,RuleMeasurement
APP-1,AppraisalRule,Dossiers courants,,10,Year
ACC-1,AccessRule,Vie privée,,50,Year
`))
	if err != nil || !rep.Valid() {
		fmt.Println(err, rep.Err())
		return
	}
	closed := ged.Date{Year: 2010, Month: 12, Day: 31}
	act := &archive.Unit{ID: "ID2", Title: "Courrier"}
	p := &archive.Package{Units: []*archive.Unit{{ID: "ID1", Title: "Dossier", Children: []*archive.Unit{act}, Rules: []ged.Rule{
		{Category: ged.Conservation, Code: "APP-1", Start: closed, SortFinal: ged.Detruire},
		{Category: ged.Communicabilite, Code: "ACC-1", Start: closed},
	}}}}
	res, err := archive.Resolve(ctx, p, ref)
	if err != nil {
		fmt.Println(err)
		return
	}
	e := res.Of(act)
	today := ged.Date{Year: 2024, Month: 7, Day: 1}
	fmt.Println("conservé jusqu'au", e.DUAEnd, "puis", e.SortFinal)
	fmt.Println("élimination à proposer :", e.MayAskDestruction(today))
	fmt.Println("communicable à tous le", e.AccessFrom)
	for f := range e.Reasons.All() {
		fmt.Println("-", f.Message(report.FR))
	}
	// Output:
	// conservé jusqu'au 2020-12-31 puis detruire
	// élimination à proposer : true
	// communicable à tous le 2061-01-01
	// - Règle APP-1 (durée d'utilité administrative) : héritée (l'unité ID1).
	// - Règle APP-1 : du 31/12/2010 au 31/12/2020.
	// - Règle ACC-1 (communicabilité) : héritée (l'unité ID1).
	// - Règle ACC-1 : du 31/12/2010 au 31/12/2060.
	// - La règle la plus stricte, ACC-1, rend l'unité communicable le 01/01/2061.
}

// byHead is an engine of formats of one format; package ged/format/pronom knows
// them all.
type byHead struct{}

func (byHead) Identify(_ context.Context, r io.ReaderAt, size int64, _ string) (format.Result, error) {
	head := make([]byte, min(size, 5))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF || string(head) != "%PDF-" {
		return format.Result{}, nil
	}
	return format.Result{IDs: []format.ID{{PUID: "fmt/276", Name: "Acrobat PDF 1.7", MIME: "application/pdf", Basis: format.Signature}}}, nil
}

func ExampleIdentify() {
	ctx := context.Background()
	p, _, err := archive.FromTree(ctx, fstest.MapFS{"a.pdf": {Data: []byte("%PDF-1.7 …")}, "b.pdf": {Data: []byte("…")}}, policy, archive.TreeOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	rep, err := archive.Identify(ctx, p, byHead{}, archive.IdentifyOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for o := range p.Objects() {
		fmt.Printf("%s %q %q\n", o.Name, o.PUID, o.MediaType)
	}
	for f := range rep.All() {
		fmt.Println(f.Severity, f.Message(report.FR))
	}
	// Output:
	// a.pdf "fmt/276" "application/pdf"
	// b.pdf "" ""
	// warning Le format du fichier de l'objet ID6 n'est pas reconnu.
}

// A package is checked before it is written, whatever it is made of.
func ExampleCheck() {
	p := &archive.Package{
		Header: archive.Header{MessageID: "TRF-7", Date: policy.Date, OriginatingAgency: "MAIRIE", ArchivalAgency: policy.ArchivalAgency},
		Units:  []*archive.Unit{{ID: "1", Level: archive.Item, Title: "Délibération 42"}},
	}
	rep := report.New(report.Options{})
	archive.Check(p, rep)
	for f := range rep.All() {
		fmt.Println(f.Severity, f.Code(), f.Message(report.FR))
	}
	// Output:
	// error ARC-HEADER Il manque au transfert : service versant. L'indiquer tel que le service d'archives le connaît.
	// error ARC-ID L'identifiant d'un élément du paquet est vide ou mal formé (1 chiffre) : il commence par une lettre et ne contient ni espace ni deux-points.
}
