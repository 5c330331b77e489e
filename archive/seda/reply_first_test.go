package seda

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liasse/liasse/archive/internal/archivetest"
	"github.com/liasse/liasse/internal/corpus"
)

const (
	reply02 = `<ArchiveTransferReply xmlns="fr:gouv:ae:archive:draft:standard_echange_v0.2"><Comment>Convention</Comment><Date>2024-07-02T10:00:00Z</Date><ReplyCode listVersionID="edition 2009">300</ReplyCode>` +
		`<TransferIdentifier>T-1</TransferIdentifier><TransferReplyIdentifier>R-1</TransferReplyIdentifier><TransferringAgency><Identification>V</Identification></TransferringAgency><ArchivalAgency><Identification>A</Identification></ArchivalAgency></ArchiveTransferReply>`
	acceptance02 = `<ArchiveTransferAcceptance xmlns="fr:gouv:ae:archive:draft:standard_echange_v0.2"><Date>2024-07-02T10:00:00Z</Date><ReplyCode listVersionID="edition 2009">000</ReplyCode>` +
		`<TransferAcceptanceIdentifier>R-1</TransferAcceptanceIdentifier><TransferIdentifier>T-1</TransferIdentifier><TransferringAgency><Identification>V</Identification></TransferringAgency><ArchivalAgency><Identification>A</Identification></ArchivalAgency>` +
		`<Archive Id="A1"><ArchivalAgencyArchiveIdentifier>COTE 1</ArchivalAgencyArchiveIdentifier><DescriptionLanguage listVersionID="edition 2009">fr</DescriptionLanguage><DescriptionLevel listVersionID="edition 2009">file</DescriptionLevel><Name>n</Name><ContentDescription><Language listVersionID="edition 2009">fr</Language></ContentDescription>` +
		`<Document Id="D1"><Attachment filename="a"/><Identification>DOC 1</Identification><Type listVersionID="edition 2009">CDO</Type></Document>` +
		`<Contains Id="A2"><ArchivalAgencyObjectIdentifier>COTE 2</ArchivalAgencyObjectIdentifier><DescriptionLevel listVersionID="edition 2009">item</DescriptionLevel><Name>n</Name></Contains></Archive></ArchiveTransferAcceptance>`
	reply10 = `<ArchiveTransferReply xmlns="fr:gouv:culture:archivesdefrance:seda:v1.0"><Comment>un</Comment><Comment>deux</Comment><Date>2024-07-02T10:00:00Z</Date><GrantDate>2024-07-03T10:00:00Z</GrantDate><ReplyCode>001</ReplyCode>` +
		`<TransferIdentifier>T-1</TransferIdentifier><TransferReplyIdentifier>R-1</TransferReplyIdentifier><ArchivalAgency><Identification>A</Identification><Contact><Identification>non</Identification></Contact></ArchivalAgency><TransferringAgency><Identification>V</Identification></TransferringAgency>` +
		`<Archive Id="A1"><ArchivalAgencyArchiveIdentifier>COTE 1</ArchivalAgencyArchiveIdentifier><ArchivalAgreement>ACC</ArchivalAgreement><DescriptionLanguage>fra</DescriptionLanguage><Name>n</Name><ContentDescription><DescriptionLevel>file</DescriptionLevel><Language>fra</Language></ContentDescription><AccessRestrictionRule><Code>AR038</Code><StartDate>2024-01-01</StartDate></AccessRestrictionRule>` +
		`<ArchiveObject Id="A2"><ArchivalAgencyObjectIdentifier>COTE 2</ArchivalAgencyObjectIdentifier><Name>n</Name></ArchiveObject><Document Id="D1"><ArchivalAgencyDocumentIdentifier>DOC 1</ArchivalAgencyDocumentIdentifier><Attachment filename="a"/><Type>CDO</Type></Document></Archive></ArchiveTransferReply>`
	// as@lae swaps the identifiers of its 2.x replies (archive specification §8).
	replyAsalae = `<ArchiveTransferReply xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1"><Date>2024-07-02T10:00:00Z</Date><MessageIdentifier>T-1</MessageIdentifier><CodeListVersions/>` +
		`<DataObjectPackage><DescriptiveMetadata><ArchiveUnit id="A1"><Content><ArchivalAgencyArchiveUnitIdentifier>COTE 1</ArchivalAgencyArchiveUnitIdentifier></Content></ArchiveUnit></DescriptiveMetadata><ManagementMetadata/></DataObjectPackage>` +
		`<ReplyCode>000</ReplyCode><MessageRequestIdentifier>R-1</MessageRequestIdentifier><ArchivalAgency><Identifier>A</Identifier></ArchivalAgency><TransferringAgency><Identifier>V</Identifier></TransferringAgency></ArchiveTransferReply>`
	replyVitam = `<ArchiveTransferReply xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1"><Date>2024-07-02T10:00:00Z</Date><MessageIdentifier>R-1</MessageIdentifier><CodeListVersions/>` +
		`<DataObjectPackage><DescriptiveMetadata><ArchiveUnit id="A1"><Content><SystemId>COTE 1</SystemId></Content></ArchiveUnit></DescriptiveMetadata><ManagementMetadata/></DataObjectPackage>` +
		`<ReplyCode>OK</ReplyCode><MessageRequestIdentifier>T-1</MessageRequestIdentifier><ArchivalAgency><Identifier>A</Identifier></ArchivalAgency><TransferringAgency><Identifier>V</Identifier></TransferringAgency></ArchiveTransferReply>`
	ack21 = `<Acknowledgement xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1"><Date>2024-07-02T10:00:00Z</Date><MessageIdentifier>R-1</MessageIdentifier><MessageReceivedIdentifier>T-1</MessageReceivedIdentifier><Sender><Identifier>A</Identifier></Sender><Receiver><Identifier>V</Identifier></Receiver></Acknowledgement>`
	ack10 = `<Acknowledgement xmlns="fr:gouv:culture:archivesdefrance:seda:v1.0"><Date>2024-07-02T10:00:00Z</Date><AcknowledgementIdentifier>R-1</AcknowledgementIdentifier><MessageReceivedIdentifier>T-1</MessageReceivedIdentifier><Receiver><Identification>V</Identification></Receiver><Sender><Identification>A</Identification></Sender></Acknowledgement>`
)

var replies = []string{reply02, acceptance02, reply10, replyAsalae, replyVitam, ack10, ack21}

// TestOneReaderForEveryReply: whatever the version, the platform and the
// identifiers it swaps, a reply says the same.
func TestOneReaderForEveryReply(t *testing.T) {
	for _, tt := range []struct {
		name, doc  string
		version    Version
		acceptance Acceptance
		archival   string
		second     string // identifier of the unit A2
		document   string
	}{
		{"0.2 refused", reply02, V02, Refused, "", "", ""},
		{"0.2 accepted", acceptance02, V02, Accepted, "COTE 1", "COTE 2", "DOC 1"},
		{"1.0", reply10, V10, AcceptedWithWarning, "COTE 1", "COTE 2", "DOC 1"},
		{"as@lae 2.1", replyAsalae, V21, Accepted, "COTE 1", "", ""},
		{"Vitam 2.1", replyVitam, V21, Accepted, "COTE 1", "", ""},
		{"acknowledgement 1.0", ack10, V10, Acknowledged, "", "", ""},
		{"acknowledgement 2.1", ack21, V21, Acknowledged, "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, rep, err := ReadReply(context.Background(), strings.NewReader(tt.doc))
			if err != nil || r == nil || rep.Len() > 0 {
				t.Fatal(err, rep.Err())
			}
			if r.Version != tt.version || r.Acceptance() != tt.acceptance || r.ArchivalID() != tt.archival || r.SystemID("A2") != tt.second {
				t.Errorf("%+v", r)
			}
			if !r.Answers("T-1") || r.Answers("T-2") || r.ReplyID("T-1") != "R-1" || r.ArchivalAgency != "A" || r.TransferringAgency != "V" || r.Date.IsZero() {
				t.Errorf("%+v", r)
			}
			if tt.document != "" && (len(r.Objects) != 1 || r.Objects[0] != (ObjectID{ID: "D1", SystemID: tt.document})) {
				t.Errorf("objects %+v", r.Objects)
			}
		})
	}
	for v, docs := range map[Version][]string{V02: {reply02, acceptance02}, V10: {reply10, ack10}, V21: {replyAsalae, replyVitam, ack21}} {
		var all [][]byte
		for _, d := range docs {
			all = append(all, []byte(d))
		}
		for i, ok := range archivetest.Valid(t, v, all...) {
			if !ok {
				t.Errorf("%s: reply %d is not one a platform would send", v, i)
			}
		}
	}
	r, _, _ := ReadReply(context.Background(), strings.NewReader(strings.Replace(acceptance02, ">000<", ">207<", 1)))
	if r.Acceptance() != Unclear {
		t.Error("an acceptance whose code refuses is not counted as archived")
	}
	r, _, _ = ReadReply(context.Background(), strings.NewReader(reply10))
	if len(r.Comments) != 2 || r.Agreement != "ACC" || r.GrantDate.IsZero() {
		t.Errorf("%+v", r)
	}
}

func TestReplyCodesAreThoseOfTheList(t *testing.T) {
	list, err := os.ReadFile(filepath.Join(corpus.Dir(t, "archive"), "xsd/seda-0.2/v02/codes/archives_echanges_v0-2_reply_code.xsd"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(list), "<xsd:enumeration "); n != len(ReplyCodes()) {
		t.Errorf("%d codes, %d in the list", len(ReplyCodes()), n)
	}
	for _, c := range ReplyCodes() {
		fr, en := MeaningOf(c.Code)
		if !strings.Contains(string(list), `"`+c.Code+`"`) || fr == "" || en == "" {
			t.Errorf("%s", c.Code)
		}
		if want := c.Code == "000" || c.Code == "001" || c.Code == "002"; (acceptanceOf(c.Code) != Refused) != want {
			t.Errorf("%s: %v", c.Code, acceptanceOf(c.Code))
		}
	}
	if fr, en := MeaningOf("OK"); fr != "" || en != "" {
		t.Error("OK is no number")
	}
}
