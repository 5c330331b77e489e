package preflight_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/seda/preflight"
	"github.com/liasse/liasse/ged/report"
)

// A transfer of 2.2 that is valid, and names no ingest contract.
const transfer = `<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.2">
<Date>2024-06-28T10:00:00Z</Date><MessageIdentifier>TRF-7</MessageIdentifier><CodeListVersions/>
<DataObjectPackage><DescriptiveMetadata>
<ArchiveUnit id="U1"><Content><DescriptionLevel>Item</DescriptionLevel><Title>Délibération</Title></Content></ArchiveUnit>
</DescriptiveMetadata>
<ManagementMetadata><OriginatingAgencyIdentifier>MAIRIE</OriginatingAgencyIdentifier></ManagementMetadata></DataObjectPackage>
<ArchivalAgency><Identifier>AD21</Identifier></ArchivalAgency><TransferringAgency><Identifier>MAIRIE</Identifier></TransferringAgency>
</ArchiveTransfer>`

func ExampleExamine() {
	for _, target := range []seda.Target{seda.Standard, seda.Vitam} {
		j := &preflight.Judge{Target: target, Report: report.New(report.Options{})}
		s, err := preflight.Examine(context.Background(), strings.NewReader(transfer), "manifest.xml", j)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%q : %d unité, conforme : %v\n", target, s.Units, j.Report.Valid())
		if o := j.Outcome(); o != nil {
			fmt.Println(o.Code)
			fmt.Println(o.FR)
		}
	}
	// Output:
	// "" : 1 unité, conforme : true
	// "vitam" : 1 unité, conforme : false
	// CHECK_HEADER.CHECK_CONTRACT_INGEST.CONTRACT_NOT_IN_MANIFEST.KO
	// indiquer le contrat d'entrée (ArchivalAgreement) convenu avec le service d'archives
}
