package seda_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"

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
	fmt.Println(r.Answers("TRF-7"), r.Acceptance() == seda.Refused)
	for _, s := range r.Failures() {
		fmt.Println(s.Detail)
	}
	// Output:
	// true true
	// CHECK_SEDA.NOT_XSD_VALID.KO
}
