package sip_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing/fstest"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/sip"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

var policy = archive.Policy{
	MessageID:          "TRF-2024-7",
	Date:               time.Date(2024, 7, 1, 9, 0, 0, 0, time.UTC),
	Agreement:          "IC-000001",
	ArchivalAgency:     archive.Agency{ID: "AD21"},
	TransferringAgency: archive.Agency{ID: "21210999900018"},
	OriginatingAgency:  "21210999900018",
}

// deliberation is a package of one unit; package archive says how to make one.
func deliberation() *archive.Package {
	b := archive.NewBuilder(policy)
	u := b.Unit(nil, archive.Item, "Délibération 42")
	day := ged.Date{Year: 2024, Month: 6, Day: 27}
	u.Rules = []ged.Rule{
		{Category: ged.Conservation, Code: "APP10Y", Duration: ged.Period{Years: 10}, Start: day, SortFinal: ged.Conserver},
		{Category: ged.Communicabilite, Code: "AR038", Start: day},
	}
	o, err := b.File(u, fstest.MapFS{"délibération.pdf": {Data: []byte("%PDF-1.7 …")}}, "délibération.pdf")
	if err != nil {
		panic(err) // a file in memory
	}
	o.PUID, o.FormatName, o.MediaType = "fmt/276", "Acrobat PDF 1.7 - Portable Document Format", "application/pdf"
	p, _ := b.Package()
	return p
}

func ExampleWrite() {
	ctx := context.Background()
	var file, manifest bytes.Buffer
	sum, err := sip.Write(ctx, &file, deliberation(), sip.Options{Version: seda.V22, Manifest: &manifest})
	var invalid *report.InvalidError
	var content *sip.ContentError
	switch {
	case errors.As(err, &invalid): // nothing was written: invalid.Report says why
		fmt.Println(invalid.Report.Counts())
		return
	case errors.As(err, &content): // throw away what was written
		fmt.Println("objet", content.Object)
		return
	case err != nil: // the disk, the context: throw it away too
		fmt.Println(err)
		return
	}
	fmt.Println(sum.MessageID, sum.Units, sum.Objects, sum.Manifest.Algorithm)

	back, err := sip.Verify(ctx, bytes.NewReader(file.Bytes()), int64(file.Len()), sip.VerifyOptions{})
	fmt.Println(back.Report.Valid(), back.Manifest == sum.Manifest, err)
	// Output:
	// TRF-2024-7 1 1 SHA-512
	// true true <nil>
}

// A folder of any size, in memory that does not grow with it.
func ExampleWriteParts() {
	ctx := context.Background()
	tree, rep, err := archive.ReadTree(ctx, fstest.MapFS{"séance/délibération.pdf": {Data: []byte("%PDF-1.7 …")}}, policy, archive.TreeOptions{})
	if err != nil || !rep.Valid() {
		fmt.Println(err, rep.Err())
		return
	}
	var file bytes.Buffer
	sum, err := sip.WriteParts(ctx, &file, tree, sip.Options{})
	fmt.Println(sum.Units, sum.Objects, err)
	// Output: 2 1 <nil>
}

// The same records for as@lae. SEDA 1.0 asks for an access rule in its own codes
// (AR038), and holds less than 2.x: what it leaves out is told.
func ExampleWriteAsalae() {
	ctx := context.Background()
	var message, files bytes.Buffer
	sum, err := sip.WriteAsalae(ctx, &message, &files, deliberation(), sip.AsalaeOptions{Lossy: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	for f := range sum.Report.All() {
		fmt.Println(f.Severity, f.Code(), f.Where)
	}
	back, err := sip.VerifyAsalae(ctx, bytes.NewReader(message.Bytes()), int64(message.Len()), bytes.NewReader(files.Bytes()), int64(files.Len()), sip.VerifyOptions{})
	fmt.Println(back.Units, back.Report.Valid(), err)
	// Output:
	// info SEDA-LOST header/ManagementMetadata/LegalStatus
	// info SEDA-LOST header/ManagementMetadata/SubmissionAgencyIdentifier
	// info SEDA-ASSUMED unit[ID1]/ContentDescription/Language
	// warning SEDA-LOST object[ID3]/FormatIdentification/FormatLitteral
	// info SIP-RENAMED object[ID3]
	// 1 true <nil>
}

// Before sending: what would the platform answer? The Inspector takes a package
// from anywhere, well made or not. Here the package is good, and would be
// refused all the same in the workflow of holding trees.
func ExampleInspector() {
	ctx := context.Background()
	var file bytes.Buffer
	if _, err := sip.Write(ctx, &file, deliberation(), sip.Options{}); err != nil {
		fmt.Println(err)
		return
	}
	in := inspect.NewBytes("TRF-2024-7.zip", file.Bytes())
	for _, workflow := range []string{"default", "holding"} {
		res, err := inspect.Run(ctx, []inspect.Inspector{sip.Inspector()}, in, inspect.Options{Profile: "vitam", Context: workflow})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(workflow, res.Kind, res.Version, res.Verdict(), res.Summary.Get("vitam.code"))
		for f := range res.Report.All() {
			fmt.Println(" ", f.Severity, f.Message(report.FR))
		}
	}
	// Output:
	// default sip.vitam 2.1 valid <nil>
	//   info Rien dans le fichier ne s'oppose au versement. Reste ce que seule la plateforme sait : contrat, services, profil et règles connus et actifs, formats admis.
	// holding sip.vitam 2.1 invalid CHECK_DATAOBJECTPACKAGE.CHECK_NO_OBJECT.KO
	//   error Un plan de classement ou un arbre de positionnement ne porte pas d'objets (fichiers) ; il y en a 1 : les retirer.
	//   info Réponse prévue de la plateforme : CHECK_DATAOBJECTPACKAGE.CHECK_NO_OBJECT.KO. À faire : un plan de classement ou un arbre de positionnement ne porte aucun objet : retirer les objets, ou verser en contexte ordinaire.
}

// A package from elsewhere: what its units say, how long each is kept, where its
// files are.
func ExampleRead() {
	ctx := context.Background()
	var file bytes.Buffer
	if _, err := sip.Write(ctx, &file, deliberation(), sip.Options{}); err != nil {
		fmt.Println(err)
		return
	}
	p, rep, err := sip.Read(ctx, bytes.NewReader(file.Bytes()), int64(file.Len()), sip.ReadOptions{})
	if err != nil || p == nil || !rep.Valid() { // p is nil when there is no transfer
		fmt.Println(err, rep.Err())
		return
	}
	rules, err := archive.Resolve(ctx, p, archive.Referential{"APP10Y": {Category: ged.Conservation, Duration: ged.Period{Years: 10}, Known: true}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for u := range p.Walk() {
		e := rules.Of(u)
		fmt.Println(u.Title, e.DUAEnd, e.SortFinal)
		for _, g := range u.Groups {
			for _, o := range g.Objects {
				r, err := o.Source.Open(ctx)
				if err != nil {
					fmt.Println(err)
					return
				}
				content, err := io.ReadAll(r)
				r.Close()
				fmt.Println(o.Name, string(content), err)
			}
		}
	}
	// Output:
	// Délibération 42 2034-06-27 conserver
	// délibération.pdf %PDF-1.7 … <nil>
}
