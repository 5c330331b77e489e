package seda_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/seda/schema"
	"github.com/liasse/liasse/ged/report"
)

func messageOf(v seda.Version, management, content string) string {
	return `<ArchiveTransfer xmlns="` + v.Namespace() + `"><Date>2024-07-01T09:30:00Z</Date><MessageIdentifier>M</MessageIdentifier>` +
		`<CodeListVersions/><DataObjectPackage><DescriptiveMetadata><ArchiveUnit id="U1"><Management>` + management + `</Management><Content><DescriptionLevel>Item</DescriptionLevel>` +
		content + `</Content></ArchiveUnit></DescriptiveMetadata><ManagementMetadata>` + management + `</ManagementMetadata></DataObjectPackage>` +
		`<ArchivalAgency><Identifier>A</Identifier></ArchivalAgency><TransferringAgency><Identifier>T</Identifier></TransferringAgency></ArchiveTransfer>`
}

func readMessage(t *testing.T, doc string) *archive.Package {
	t.Helper()
	p, _, err := seda.Read(context.Background(), strings.NewReader(doc), seda.ReadOptions{}, &report.Report{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func judged(t *testing.T, doc []byte) *report.Report {
	t.Helper()
	r, err := schema.Validate(context.Background(), bytes.NewReader(doc), schema.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRulesAreWrittenInTheOrderOfTheSchema, whatever that of the message they were
// read from, with all they hold; what has no place in a rule is reported by a
// conversion and refused by Write.
func TestRulesAreWrittenInTheOrderOfTheSchema(t *testing.T) {
	const title = "<Title>t</Title>"
	for _, c := range []struct{ name, wrong, right, lost string }{
		{"action first", `<AppraisalRule><FinalAction>Keep</FinalAction><Rule>A</Rule><StartDate>2024-01-01</StartDate></AppraisalRule>`,
			`<AppraisalRule><Rule>A</Rule><StartDate>2024-01-01</StartDate><FinalAction>Keep</FinalAction></AppraisalRule>`, ""},
		{"date before its rule", `<AccessRule><StartDate>2024-01-01</StartDate><Rule>A</Rule></AccessRule>`,
			`<AccessRule><Rule>A</Rule><StartDate>2024-01-01</StartDate></AccessRule>`, ""},
		{"rules behind the rest", `<StorageRule><Rule>A</Rule><RefNonRuleId>B</RefNonRuleId><FinalAction>Copy</FinalAction><Rule>C</Rule><StartDate>2024-01-01</StartDate><RefNonRuleId>D</RefNonRuleId></StorageRule>`,
			`<StorageRule><Rule>A</Rule><Rule>C</Rule><StartDate>2024-01-01</StartDate><RefNonRuleId>B</RefNonRuleId><RefNonRuleId>D</RefNonRuleId><FinalAction>Copy</FinalAction></StorageRule>`, ""},
		{"what the model does not hold", `<HoldRule><Rule>A</Rule><HoldReason>r</HoldReason><HoldOwner>o</HoldOwner><StartDate>2024-01-01</StartDate></HoldRule>`,
			`<HoldRule><Rule>A</Rule><StartDate>2024-01-01</StartDate><HoldOwner>o</HoldOwner><HoldReason>r</HoldReason></HoldRule>`, ""},
		{"classification", `<ClassificationRule><Rule>A</Rule><ClassificationOwner>o</ClassificationOwner><ClassificationLevel>l</ClassificationLevel><ClassificationAudience>a</ClassificationAudience></ClassificationRule>`,
			`<ClassificationRule><Rule>A</Rule><ClassificationAudience>a</ClassificationAudience><ClassificationLevel>l</ClassificationLevel><ClassificationOwner>o</ClassificationOwner></ClassificationRule>`, ""},
		{"two actions", `<AppraisalRule><Rule>A</Rule><FinalAction>Keep</FinalAction><FinalAction>Destroy</FinalAction></AppraisalRule>`,
			`<AppraisalRule><Rule>A</Rule><FinalAction>Keep</FinalAction></AppraisalRule>`, "AppraisalRule/FinalAction"},
		{"a date before several rules", `<AccessRule><StartDate>2024-01-01</StartDate><Rule>A</Rule><Rule>B</Rule></AccessRule>`,
			`<AccessRule><Rule>A</Rule><Rule>B</Rule></AccessRule>`, "AccessRule/StartDate"},
		{"both ways to stop inheritance", `<ReuseRule><Rule>A</Rule><PreventInheritance>true</PreventInheritance><RefNonRuleId>B</RefNonRuleId></ReuseRule>`,
			`<ReuseRule><Rule>A</Rule><PreventInheritance>true</PreventInheritance></ReuseRule>`, "ReuseRule/RefNonRuleId"},
	} {
		for _, indent := range []string{"", "\n  "} {
			wrong := strings.ReplaceAll(c.wrong, "><", ">"+indent+"<")
			doc := messageOf(seda.V23, wrong, title)
			if judged(t, []byte(doc)).Valid() {
				t.Fatalf("%s: valid as it is read", c.name)
			}
			p := readMessage(t, doc)
			var out bytes.Buffer
			r, err := seda.Convert(context.Background(), &out, p, seda.Options{Version: seda.V23})
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(out.String(), c.right); n != 2 {
				t.Errorf("%s: %d times\n%s\nin %s", c.name, n, c.right, &out)
			}
			if found := judged(t, out.Bytes()); !found.Valid() {
				t.Errorf("%s: %v", c.name, found.Err())
			}
			said := ""
			for f := range r.All() {
				said += f.Message(report.FR)
			}
			if c.lost == "" && said != "" || strings.Count(said, c.lost) != 2 && c.lost != "" {
				t.Errorf("%s: said %q", c.name, said)
			}
			var invalid *report.InvalidError
			out.Reset()
			if err := seda.Write(context.Background(), &out, p, seda.Options{Version: seda.V23}); (err == nil) != (c.lost == "") || err != nil && (!errors.As(err, &invalid) || out.Len() > 0) {
				t.Errorf("%s: written: %v", c.name, err)
			}
		}
	}
}

// TestALanguageIsWrittenWithItsPrefix: lang is nothing in SEDA.
func TestALanguageIsWrittenWithItsPrefix(t *testing.T) {
	for _, v := range []seda.Version{seda.V21, seda.V22, seda.V23} {
		doc := messageOf(seda.V21, "", `<Title lang="fr">t</Title><Title lang="en">u</Title><Description lang="fr">d</Description>`+
			`<CustodialHistory><CustodialHistoryItem>h</CustodialHistoryItem></CustodialHistory><Event><EventDateTime>2024-01-01T00:00:00</EventDateTime><EventDetail lang="fr">e</EventDetail></Event>`)
		if judged(t, []byte(doc)).Valid() {
			t.Fatal("valid as it is read")
		}
		var out bytes.Buffer
		if err := seda.Write(context.Background(), &out, readMessage(t, doc), seda.Options{Version: v}); err != nil {
			t.Fatal(err)
		}
		if found := judged(t, out.Bytes()); !found.Valid() {
			t.Errorf("%s: %v", v, found.Err())
		}
		for _, want := range []string{`<Title xml:lang="fr">t</Title>`, `<Title xml:lang="en">u</Title>`, `<Description xml:lang="fr">d</Description>`, `<EventDetail xml:lang="fr">e</EventDetail>`} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: no %s", v, want)
			}
		}
	}
}

// TestPartsAreWrittenInTheOrderOfTheSchema, those of the first family too.
func TestPartsAreWrittenInTheOrderOfTheSchema(t *testing.T) {
	second := func(content string) string { return messageOf(seda.V21, "", "<Title>t</Title>"+content) }
	first := func(rules string) string {
		return `<ArchiveTransfer xmlns="` + seda.V10.Namespace() + `"><Date>2024-07-01T09:30:00Z</Date><TransferIdentifier>M</TransferIdentifier>` +
			`<ArchivalAgency><Identification>A</Identification></ArchivalAgency><TransferringAgency><Identification>T</Identification></TransferringAgency>` +
			`<Archive><DescriptionLanguage listVersionID="edition 2011">fra</DescriptionLanguage><Name>n</Name><ContentDescription>` +
			`<DescriptionLevel listVersionID="edition 2009">file</DescriptionLevel><Language listVersionID="edition 2011">fra</Language></ContentDescription>` + rules + `</Archive></ArchiveTransfer>`
	}
	const code = ` listVersionID="edition 2009">`
	for name, c := range map[string]struct {
		version seda.Version
		doc     string
	}{
		"keyword":                    {seda.V21, second(`<Keyword><KeywordType>subject</KeywordType><KeywordContent>k</KeywordContent></Keyword>`)},
		"event":                      {seda.V21, second(`<Event><EventDetail>d</EventDetail><EventDateTime>2024-01-01</EventDateTime><EventType>k</EventType></Event>`)},
		"keyword, with an attribute": {seda.V21, second(`<Keyword><KeywordType>subject</KeywordType><KeywordReference schemeID="s">r</KeywordReference><KeywordContent>k</KeywordContent></Keyword>`)},
		"coordinates":                {seda.V21, second(`<Gps><GpsLongitude>1</GpsLongitude><GpsLatitude>2</GpsLatitude></Gps>`)},
		"authorized agent":           {seda.V21, second(`<AuthorizedAgent><Identifier>i</Identifier><Corpname>c</Corpname></AuthorizedAgent>`)},
		"a file": {seda.V21, strings.Replace(second(""), "<DescriptiveMetadata>", `<BinaryDataObject id="O"><FormatIdentification><FormatId>fmt/1</FormatId><FormatLitteral>f</FormatLitteral></FormatIdentification>`+
			`<FileInfo><LastModified>2024-01-01T00:00:00</LastModified><CreatingOs>o</CreatingOs><Filename>f</Filename></FileInfo></BinaryDataObject><DescriptiveMetadata>`, 1)},
		"writer": {seda.V21, second(`<Writer><Role>r</Role><BirthName>b</BirthName><FirstName>f</FirstName></Writer>`)},
		"rules of the first family": {seda.V10, first(`<AccessRestrictionRule><StartDate>2024-01-01</StartDate><Code` + code + `AR038</Code></AccessRestrictionRule>` +
			`<AppraisalRule><StartDate>2024-01-01</StartDate><Duration>P1Y</Duration><Code` + code + `conserver</Code></AppraisalRule>`)},
	} {
		if judged(t, []byte(c.doc)).Valid() {
			t.Fatalf("%s: valid as it is read", name)
		}
		var out bytes.Buffer
		if _, err := seda.Convert(context.Background(), &out, readMessage(t, c.doc), seda.Options{Version: c.version}); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if found := judged(t, out.Bytes()); !found.Valid() {
			t.Errorf("%s: %v", name, found.Err())
		}
	}
}
