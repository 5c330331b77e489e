package schema_test

import (
	"bytes"
	"context"
	"runtime"
	"testing"
	"testing/fstest"
	"time"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/relaxng"
	"github.com/liasse/liasse/internal/sedatest"
	"github.com/liasse/liasse/internal/xmlcore"
)

// transfer is a grammar of the shape of a SEDA 2.1 transfer (NF Z44-022): as
// many fields and as much optional, for measures only.
const transfer = `
default namespace = "fr:gouv:culture:archivesdefrance:seda:v2.1"
namespace v = "urn:liasse:grammar"
v:xsd [ ]
start = element ArchiveTransfer {
  id?,
  element Comment { xsd:string }*, element Date { xsd:dateTime }, element MessageIdentifier { ident },
  element Signature { any }?, element ArchivalAgreement { ident }?, codes, package,
  element RelatedTransferReference { ident }*, element TransferRequestReplyIdentifier { ident }?,
  element ArchivalAgency { agency }, element TransferringAgency { agency }
}
id = attribute id { xsd:ID }
ident = xsd:token { minLength = "1" }
any = (text | [ v:process = "lax" ] attribute * { text } | [ v:process = "lax" ] element * { any })*
agency = element Identifier { ident }, element OrganizationDescriptiveMetadata { any }?
codes = element CodeListVersions {
  id?,
  element ReplyCodeListVersion { ident }?, element MessageDigestAlgorithmCodeListVersion { ident }?,
  element MimeTypeCodeListVersion { ident }?, element EncodingCodeListVersion { ident }?, element FileFormatCodeListVersion { ident }?
}
package = element DataObjectPackage {
  (group | binary)*,
  element DescriptiveMetadata { id?, unit* },
  element ManagementMetadata {
    id?, element ArchivalProfile { ident }?, element ServiceLevel { ident }?, element AcquisitionInformation { ident }?,
    element LegalStatus { "Public Archive" | "Private Archive" | "Public and Private Archive" }?,
    element OriginatingAgencyIdentifier { ident }?, element SubmissionAgencyIdentifier { ident }?, rules
  }
}
group = element DataObjectGroup { id, binary*, element LogBook { any }? }
binary = element BinaryDataObject {
  id,
  element DataObjectSystemId { ident }?, element DataObjectGroupSystemId { ident }?,
  (element DataObjectGroupId { xsd:NCName } | element DataObjectGroupReferenceId { xsd:NCName })?,
  element DataObjectVersion { ident }?,
  (element Attachment { xsd:base64Binary } | element Uri { xsd:anyURI })?,
  element MessageDigest { attribute algorithm { xsd:token }, xsd:string }?,
  element Size { xsd:positiveInteger }?, element Compressed { any }?,
  element FormatIdentification {
    element FormatLitteral { xsd:string }?, element MimeType { xsd:token }?, element FormatId { xsd:token }?, element Encoding { xsd:token }?
  }?,
  element FileInfo {
    element Filename { xsd:string }, element CreatingApplicationName { xsd:string }?, element CreatingApplicationVersion { xsd:string }?,
    element DateCreatedByApplication { xsd:dateTime }?, element CreatingOs { xsd:string }?, element CreatingOsVersion { xsd:string }?,
    element LastModified { xsd:dateTime }?
  }?,
  element Metadata { any }?
}
unit = element ArchiveUnit {
  id,
  element ArchiveUnitProfile { ident }?, element Management { rules }?,
  element Content { content }?,
  (unit | element ArchiveUnitReferenceAbstract { empty } | object)*
}
object = element DataObjectReference {
  id?, (element DataObjectReferenceId { xsd:NCName } | element DataObjectGroupReferenceId { xsd:NCName })
}
rules =
  element StorageRule { rule, element FinalAction { "RestrictAccess" | "Transfer" | "Copy" } }?,
  element AppraisalRule { rule, element FinalAction { "Keep" | "Destroy" } }?,
  element AccessRule { rule }?, element DisseminationRule { rule }?, element ReuseRule { rule }?,
  element ClassificationRule { any }?, element LogBook { any }?, element NeedAuthorization { xsd:boolean }?
rule =
  (element Rule { id?, ident }, element StartDate { xsd:date }?)*,
  (element PreventInheritance { xsd:boolean } | element RefNonRuleId { ident }*)
content =
  element DescriptionLevel { "Fonds" | "Subfonds" | "Class" | "Collection" | "Series" | "Subseries" | "RecordGrp" | "SubGrp" | "File" | "Item" | "OtherLevel" },
  element Title { attribute xml:lang { xsd:language }?, xsd:string }+,
  element FilePlanPosition { ident }*, element SystemId { ident }*, element OriginatingSystemId { ident }*,
  element ArchivalAgencyArchiveUnitIdentifier { ident }*, element OriginatingAgencyArchiveUnitIdentifier { ident }*,
  element TransferringAgencyArchiveUnitIdentifier { ident }*,
  element Description { attribute xml:lang { xsd:language }?, xsd:string }*,
  element CustodialHistory { any }?, element Type { ident }?, element DocumentType { ident }?,
  element Language { xsd:language }*, element DescriptionLanguage { xsd:language }?, element Status { ident }?,
  element Version { ident }?, element Tag { ident }*, element Keyword { any }*, element Coverage { any }?,
  element OriginatingAgency { agency }?, element SubmissionAgency { agency }?, element AuthorizedAgent { any }*,
  element Writer { any }*, element Addressee { any }*, element Recipient { any }*, element Transmitter { any }*, element Sender { any }*,
  element Source { xsd:string }?, element RelatedObjectReference { any }?,
  element CreatedDate { day }?, element TransactedDate { day }?, element AcquiredDate { day }?, element SentDate { day }?,
  element ReceivedDate { day }?, element RegisteredDate { day }?, element StartDate { day }?, element EndDate { day }?,
  element Event { any }*, element Signature { any }*, element Gps { any }?
day = xsd:date | xsd:dateTime | xsd:gYear | xsd:gYearMonth
`

func compileBench(tb testing.TB) *schema.Grammar {
	tb.Helper()
	g, rep, err := relaxng.Compile(context.Background(), fstest.MapFS{"t.rnc": {Data: []byte(transfer)}}, "t.rnc", relaxng.Options{})
	if err != nil {
		for f := range rep.All() {
			tb.Log(f.Where, f.Message(report.EN))
		}
		tb.Fatal(err)
	}
	return g
}

// BenchmarkTransfer validates a manifest of about 20 MB; ratio is the time of
// reading and validating over that of reading alone, on the same bytes in the
// same run.
func BenchmarkTransfer(b *testing.B) {
	g := compileBench(b)
	doc := sedatest.Transfer(25_000)
	r := xmlcore.NewReader(nil, xmlcore.Options{})
	v := g.NewValidator(schema.ValidateOptions{})
	rep := report.New(report.Options{})
	src := bytes.NewReader(nil)
	pass := func(sinks ...xmlcore.Sink) time.Duration {
		src.Reset(doc)
		r.Reset(src, xmlcore.Options{})
		v.Reset(schema.ValidateOptions{Report: rep})
		start := time.Now()
		if err := xmlcore.Run(context.Background(), r, sinks...); err != nil {
			b.Fatal(err)
		}
		return time.Since(start)
	}
	pass(v)
	if !v.Valid() {
		for f := range rep.All() {
			b.Log(f.Where, f.Message(report.EN))
			break
		}
		b.Fatal("the manifest is not valid")
	}
	runtime.GC()
	b.SetBytes(int64(len(doc)))
	alone, both := time.Hour, time.Hour // the best of all: other programs run beside
	b.ReportAllocs()
	for b.Loop() {
		alone = min(alone, pass())
		both = min(both, pass(v))
	}
	b.ReportMetric(float64(both)/float64(alone), "ratio")
	b.ReportMetric(float64(len(doc))/1e6/both.Seconds(), "MB/s-validated")
	b.ReportMetric(float64(len(doc))/1e6/alone.Seconds(), "MB/s-read")
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		compileBench(b)
	}
}
