// Package sedatest composes, for tests and measures, transfers of SEDA 2.1
// (NF Z44-022) of any size.
package sedatest

import (
	"bytes"
	"fmt"
)

// UnitSize is about how many octets of a transfer come with each unit.
const UnitSize = 810

// Transfer writes a valid transfer of that many units, a quarter of them with an
// object: many small elements without indentation, French titles, digests, as
// the exports of document management systems are.
func Transfer(units int) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1">
<Comment>Versement</Comment><Date>2026-01-02T03:04:05Z</Date><MessageIdentifier>M</MessageIdentifier><ArchivalAgreement>A</ArchivalAgreement><CodeListVersions><ReplyCodeListVersion>R</ReplyCodeListVersion></CodeListVersions>
<DataObjectPackage>
`)
	for i := range units / 4 {
		fmt.Fprintf(&b, `<DataObjectGroup id="G%d"><BinaryDataObject id="B%[1]d"><DataObjectVersion>BinaryMaster_1</DataObjectVersion><Uri>content/%[1]d.pdf</Uri><MessageDigest algorithm="SHA-512">%0128[1]x</MessageDigest><Size>1%[1]d</Size><FormatIdentification><FormatLitteral>Acrobat PDF 1.4</FormatLitteral><MimeType>application/pdf</MimeType><FormatId>fmt/18</FormatId></FormatIdentification><FileInfo><Filename>%[1]d.pdf</Filename><LastModified>2025-06-01T10:00:00Z</LastModified></FileInfo></BinaryDataObject></DataObjectGroup>`+"\n", i)
	}
	b.WriteString("<DescriptiveMetadata>\n")
	for i := range units {
		fmt.Fprintf(&b, `<ArchiveUnit id="U%d"><Management><AppraisalRule><Rule>APP-00001</Rule><StartDate>2020-01-01</StartDate><FinalAction>Keep</FinalAction></AppraisalRule></Management><Content><DescriptionLevel>Item</DescriptionLevel><Title>Délibération %[1]d du conseil municipal, séance ordinaire</Title><OriginatingAgencyArchiveUnitIdentifier>D%[1]d</OriginatingAgencyArchiveUnitIdentifier><Description>Travaux, subventions et affaires générales : délibération %[1]d</Description><Language>fra</Language><TransactedDate>2025-06-01</TransactedDate><StartDate>2025-06-01</StartDate><EndDate>2025-06-02</EndDate></Content>`, i)
		if i%4 == 0 && i/4 < units/4 {
			fmt.Fprintf(&b, `<DataObjectReference><DataObjectGroupReferenceId>G%d</DataObjectGroupReferenceId></DataObjectReference>`, i/4)
		}
		b.WriteString("</ArchiveUnit>\n")
	}
	b.WriteString(`</DescriptiveMetadata>
<ManagementMetadata><OriginatingAgencyIdentifier>M</OriginatingAgencyIdentifier><SubmissionAgencyIdentifier>M</SubmissionAgencyIdentifier></ManagementMetadata>
</DataObjectPackage>
<ArchivalAgency><Identifier>AD</Identifier></ArchivalAgency><TransferringAgency><Identifier>M</Identifier></TransferringAgency>
</ArchiveTransfer>
`)
	return b.Bytes()
}
