package seda_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged/report"
)

// A transfer of SEDA 1.0, as business software has written them since 2012.
const transfer = `<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v1.0">
<Date>2024-06-28T10:00:00Z</Date><TransferIdentifier>TRF-7</TransferIdentifier>
<ArchivalAgency><Identification>AD21</Identification></ArchivalAgency>
<TransferringAgency><Identification>MAIRIE</Identification></TransferringAgency>
<Archive Id="A1"><DescriptionLanguage>fra</DescriptionLanguage><Name>Délibération 42</Name>
<ContentDescription><DescriptionLevel>item</DescriptionLevel><Language>fra</Language></ContentDescription>
<AccessRestrictionRule><Code>AR038</Code><StartDate>2024-06-27</StartDate></AccessRestrictionRule>
<AppraisalRule><Code>conserver</Code><Duration>P10Y</Duration><StartDate>2024-06-27</StartDate></AppraisalRule>
<Document Id="D1"><Attachment filename="D042.pdf" format="fmt/18"/><Purpose>preuve</Purpose><Type>CDO</Type></Document>
</Archive></ArchiveTransfer>`

func ExampleRead() {
	p, complete, err := seda.Read(context.Background(), strings.NewReader(transfer), seda.ReadOptions{}, report.New(report.Options{}))
	if err != nil || !complete {
		fmt.Println(err)
		return
	}
	for u := range p.Walk() {
		fmt.Println(u.Title)
		for _, r := range u.Rules {
			fmt.Println(" ", r.Category, r.Code)
		}
		for _, g := range u.Groups {
			fmt.Println(" ", g.Objects[0].URI, g.Objects[0].PUID)
		}
	}
	// Output:
	// Délibération 42
	//   access AR038
	//   appraisal APP10Y
	// D042.pdf
	//   D042.pdf fmt/18
}

func ExampleConvert() {
	ctx := context.Background()
	p, _, err := seda.Read(ctx, strings.NewReader(transfer), seda.ReadOptions{}, report.New(report.Options{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	var out bytes.Buffer
	lost, err := seda.Convert(ctx, &out, p, seda.Options{Version: seda.V22})
	if err != nil {
		fmt.Println(err)
		return
	}
	for f := range lost.All() {
		fmt.Println(f.Code(), f.Message(report.FR))
	}
	fmt.Println(strings.Contains(out.String(), "<Rule>APP10Y</Rule>"))
	// Output:
	// SEDA-LOST La version 2.2 du SEDA n'admet pas cet élément Purpose : il n'est pas écrit.
	// SEDA-REQUIRED La version 2.2 du SEDA exige l'élément MessageDigest.
	// true
}

func ExampleReadReply() {
	r, _, err := seda.ReadReply(context.Background(), strings.NewReader(`<ArchiveTransferReply xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1">
<Date>2024-07-01T08:00:00Z</Date><MessageIdentifier>ATR-1</MessageIdentifier><ReplyCode>KO</ReplyCode>
<Operation><Event><EventTypeCode>CHECK_SEDA</EventTypeCode><Outcome>KO</Outcome><OutcomeDetail>CHECK_SEDA.NOT_XSD_VALID.KO</OutcomeDetail></Event></Operation>
<MessageRequestIdentifier>TRF-7</MessageRequestIdentifier></ArchiveTransferReply>`))
	if err != nil || r == nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Answers("TRF-7"), r.Acceptance())
	for _, s := range r.Failures() {
		fmt.Println(s.Detail)
	}
	// Output:
	// true refused
	// CHECK_SEDA.NOT_XSD_VALID.KO
}

func ExampleWrite() {
	ctx := context.Background()
	p, _, err := seda.Read(ctx, strings.NewReader(transfer), seda.ReadOptions{}, report.New(report.Options{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	var out bytes.Buffer
	fmt.Println(seda.Write(ctx, &out, p, seda.Options{Version: seda.V10})) // as it came
	err = seda.Write(ctx, &out, p, seda.Options{Version: seda.V21})        // Convert would tell what is lost
	var invalid *report.InvalidError
	if errors.As(err, &invalid) {
		for f := range invalid.Report.All() {
			fmt.Println(f.Severity, f.Code(), f.Where)
		}
	}
	// Output:
	// <nil>
	// warning ARC-HEADER header
	// error SEDA-LOST unit[D1]/Document/Purpose
	// error SEDA-REQUIRED object[D1.o]
}

// A message larger than memory is gone through part by part.
func ExampleScan() {
	var rep report.Report
	for item, err := range seda.Scan(context.Background(), strings.NewReader(transfer), "manifest.xml", &rep) {
		switch {
		case err != nil: // of the source or of the context
			fmt.Println(err)
		case item.Unit != nil:
			fmt.Printf("line %d: unit %s below %q\n", item.Line, item.Unit.ID, item.Parent)
		case item.Object != nil:
			fmt.Printf("line %d: object %s\n", item.Line, item.Object.Name)
		case item.Package != nil:
			fmt.Println("end of", item.Package.Header.MessageID)
		}
	}
	fmt.Println(rep.Valid())
	// Output:
	// line 5: unit A1 below ""
	// line 9: unit D1 below "A1"
	// line 9: object D042.pdf
	// end of TRF-7
	// true
}

// What an archive says of a transfer, in the version it was written to.
func ExampleAnswer() {
	ctx := context.Background()
	p, _, err := seda.Read(ctx, strings.NewReader(transfer), seda.ReadOptions{}, report.New(report.Options{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	at := time.Date(2024, 7, 1, 8, 0, 0, 0, time.UTC)
	m := seda.Answer(p, seda.V10, seda.Decision{ID: "REP-7", Code: "000", Date: at, Grant: at})
	var out bytes.Buffer
	if err := seda.WriteMessage(ctx, &out, m, seda.Options{}); err != nil {
		fmt.Println(err)
		return
	}
	r, _, err := seda.ReadReply(ctx, &out)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Root, r.Answers("TRF-7"), r.Acceptance())
	// Output: ArchiveTransferReply true accepted
}
