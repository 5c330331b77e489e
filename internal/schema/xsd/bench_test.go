package xsd

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/xmlcore"
)

func BenchmarkCompile(b *testing.B) {
	for _, e := range []entry{
		{"actes", "xsd", "actesv1_1.xsd"}, {"archive", "xsd/seda-1.0", "seda_v1-0.xsd"}, {"archive", "xsd/seda-2.1", "seda-2.1-main.xsd"},
		{"archive", "xsd/vitam-2.3", "seda-vitam-main.xsd"}, {"finance", "xsd/pes_v5.17", "PES_V2/Rev0/PES_Aller.xsd"},
	} {
		b.Run(e.folder+"/"+e.file, func(b *testing.B) {
			fsys := os.DirFS(filepath.Join(corpus.Dir(b, e.domain), filepath.FromSlash(e.folder)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Compile(context.Background(), fsys, []string{e.file}, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// transfer writes a transfer of SEDA 2.1 with n units, a quarter of them with an
// object.
func transfer(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1">
<Date>2026-01-02T03:04:05Z</Date><MessageIdentifier>M</MessageIdentifier><ArchivalAgreement>A</ArchivalAgreement><CodeListVersions/>
<DataObjectPackage>
`)
	for i := range n / 4 {
		fmt.Fprintf(&b, `<DataObjectGroup id="G%d"><BinaryDataObject id="B%[1]d"><DataObjectVersion>BinaryMaster_1</DataObjectVersion><Uri>content/%[1]d.pdf</Uri><MessageDigest algorithm="SHA-512">%0128[1]x</MessageDigest><Size>1%[1]d</Size><FormatIdentification><FormatLitteral>PDF</FormatLitteral><MimeType>application/pdf</MimeType><FormatId>fmt/18</FormatId></FormatIdentification><FileInfo><Filename>%[1]d.pdf</Filename><LastModified>2025-06-01T10:00:00Z</LastModified></FileInfo></BinaryDataObject></DataObjectGroup>`+"\n", i)
	}
	b.WriteString("<DescriptiveMetadata>\n")
	for i := range n {
		fmt.Fprintf(&b, `<ArchiveUnit id="U%d"><Management><AppraisalRule><Rule>APP-00001</Rule><StartDate>2020-01-01</StartDate><FinalAction>Keep</FinalAction></AppraisalRule></Management><Content><DescriptionLevel>Item</DescriptionLevel><Title>Délibération %[1]d du conseil municipal</Title><OriginatingAgencyArchiveUnitIdentifier>D%[1]d</OriginatingAgencyArchiveUnitIdentifier><Description>Travaux, subventions et affaires générales, %[1]d</Description><Language>fra</Language><TransactedDate>2025-06-01</TransactedDate><StartDate>2025-06-01</StartDate><EndDate>2025-06-02</EndDate></Content>`, i)
		if i%4 == 0 && i/4 < n/4 {
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

// BenchmarkOfficialTransfer validates a manifest of about 20 MB by the official
// schemas of SEDA 2.1; ratio is the best time of reading and validating over the
// best of reading alone, on the same bytes in turn.
func BenchmarkOfficialTransfer(b *testing.B) {
	g := entry{"archive", "xsd/seda-2.1", "seda-2.1-main.xsd"}.grammar(b)
	doc := transfer(25_000)
	r := xmlcore.NewReader(nil, xmlcore.Options{})
	v := g.NewValidator(schema.ValidateOptions{})
	alone, both := time.Hour, time.Hour // other programs run beside
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		r.Reset(bytes.NewReader(doc), xmlcore.Options{})
		start := time.Now()
		if err := xmlcore.Run(context.Background(), r); err != nil {
			b.Fatal(err)
		}
		alone = min(alone, time.Since(start))
		rep := report.New(report.Options{})
		v.Reset(schema.ValidateOptions{Report: rep})
		r.Reset(bytes.NewReader(doc), xmlcore.Options{})
		start = time.Now()
		if err := xmlcore.Drive(context.Background(), r, v); err != nil {
			b.Fatal(err)
		}
		both = min(both, time.Since(start))
		v.Finish(r)
		if !rep.Valid() {
			b.Fatal(codesFound(rep))
		}
	}
	b.ReportMetric(float64(both)/float64(alone), "ratio")
}
