package seda

import (
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/internal/archivetest"
	"github.com/liasse/liasse/ged/report"
)

func convert(t testing.TB, p *archive.Package, opt Options) ([]byte, *report.Report) {
	t.Helper()
	var b bytes.Buffer
	r, err := Convert(context.Background(), &b, p, opt)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), r
}

// said lists every text and attribute of a message by where it stands: from
// the unit, the object, the group or the header. It reads with encoding/xml,
// so that it shares nothing with what it judges. How units and groups refer to
// each other is left out: layouts differ.
func said(t testing.TB, doc []byte) map[string]int {
	t.Helper()
	out := map[string]int{}
	var path, holders []string
	var text []string
	d := xml.NewDecoder(bytes.NewReader(doc))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			holder := ""
			for _, a := range e.Attr {
				if a.Name.Local == "id" && a.Name.Space == "" {
					switch e.Name.Local {
					case "ArchiveUnit":
						holder = "unit[" + a.Value + "]"
					case "BinaryDataObject", "PhysicalDataObject":
						holder = "object[" + a.Value + "]"
					case "DataObjectGroup":
						holder = "group[" + a.Value + "]"
					}
				}
			}
			if len(path) == 0 {
				holder = "header"
			}
			if len(holders) > 0 && holder == "" {
				holder = holders[len(holders)-1] + "/" + e.Name.Local
			} else if strings.HasPrefix(holder, "object") || strings.HasPrefix(holder, "group") {
				holder += "/" + e.Name.Local
			}
			path, holders, text = append(path, e.Name.Local), append(holders, holder), append(text, "")
			for _, a := range e.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" && a.Name.Local != "schemaLocation" &&
					!(a.Name.Local == "id" && strings.HasSuffix(holder, "]")) && !layout(holder+"/@"+a.Name.Local) {
					out[holder+"/@"+a.Name.Local+"="+a.Value]++
				}
			}
		case xml.CharData:
			if len(text) > 0 {
				text[len(text)-1] += string(e)
			}
		case xml.EndElement:
			n := len(path) - 1
			if v := strings.TrimSpace(text[n]); v != "" && !layout(holders[n]) {
				out[holders[n]+"="+v]++
			}
			path, holders, text = path[:n], holders[:n], text[:n]
		}
	}
}

// layout tells what says only how things are laid out.
func layout(where string) bool {
	_, name, _ := strings.Cut(where, "]/")
	switch name {
	case "ArchiveUnitRefId", "DataObjectReference/DataObjectGroupReferenceId", "DataObjectReference/DataObjectReferenceId", "DataObjectReference/@id",
		"BinaryDataObject/DataObjectGroupId", "BinaryDataObject/DataObjectGroupReferenceId", "PhysicalDataObject/DataObjectGroupId", "PhysicalDataObject/DataObjectGroupReferenceId":
		return true
	}
	switch where { // xml:id of what only holds the rest
	case "header/@id", "header/CodeListVersions/@id", "header/DataObjectPackage/@id", "header/DataObjectPackage/DescriptiveMetadata/@id", "header/DataObjectPackage/ManagementMetadata/@id":
		return true
	}
	return false
}

// header paths are said from ArchiveTransfer by the one and from their part by
// the other.
func covers(r *report.Report, key string) bool {
	for f := range r.All() {
		at := f.Where.Path
		if rest, ok := strings.CutPrefix(at, "header/"); ok {
			rest = strings.TrimPrefix(rest, "ArchiveTransfer/")
			if strings.Contains(key, "/"+rest) && strings.HasPrefix(key, "header/") {
				return true
			}
		}
		if strings.HasPrefix(key, at) && (f.Rule == RuleLost || f.Rule == RuleConverted) {
			return true
		}
	}
	return false
}

// TestConversionsLoseNothingTheyDoNotReport converts every valid transfer of
// the corpus to every other version and back.
func TestConversionsLoseNothingTheyDoNotReport(t *testing.T) {
	all := manifests(t)
	byVersion := map[Version][][]byte{}
	var sources []manifest
	for _, m := range all {
		if Supported(m.version) == nil {
			byVersion[m.version] = append(byVersion[m.version], m.doc)
		}
	}
	isValid := map[string]bool{}
	for v, docs := range byVersion {
		for i, ok := range archivetest.Valid(t, v, docs...) {
			isValid[string(docs[i])] = ok
		}
	}
	for _, m := range all {
		if isValid[string(m.doc)] {
			sources = append(sources, m)
		}
	}
	converted, names := map[Version][][]byte{}, map[Version][]string{}
	lost := 0
	for _, m := range sources {
		p, r, complete := read(t, m.doc)
		if !complete || r.Has(archive.RuleIDTwice) {
			continue
		}
		before := said(t, m.doc)
		for _, to := range written {
			if to == m.version {
				continue
			}
			out, losses := convert(t, p, Options{Version: to})
			if !losses.Has(RuleRequired) {
				converted[to], names[to] = append(converted[to], out), append(names[to], m.name+" "+string(m.version)+" to "+string(to))
			}
			again, _, _ := read(t, out)
			back, more := convert(t, again, Options{Version: m.version})
			after := said(t, back)
			for key, n := range before {
				if after[key] >= n {
					continue
				}
				if lost++; !covers(losses, key) && !covers(more, key) {
					where, _, _ := strings.Cut(key, "=")
					t.Errorf("%s by %s: %s is lost without a word", m.name, to, where)
				}
			}
		}
	}
	good := 0
	for v, docs := range converted {
		for i, ok := range archivetest.Valid(t, v, docs...) {
			if !ok {
				t.Errorf("%s is not valid", names[v][i])
			} else {
				good++
			}
		}
	}
	t.Logf("%d sources, %d valid conversions, %d values lost and reported", len(sources), good, lost)
	if good < 100 || lost == 0 {
		t.Error("too few to prove anything")
	}
}

const (
	signedObject = `<DataObjectGroup id="G1"><BinaryDataObject id="O1"/></DataObjectGroup><DataObjectGroup id="G2"><BinaryDataObject id="O2"/></DataObjectGroup>`
	signature    = `<Signature><Signer><FullName>A B</FullName><SigningTime>2024-01-01T00:00:00Z</SigningTime><Function>maire</Function></Signer>` +
		`<Signer><Corpname>C</Corpname><SigningTime>2024-01-02T00:00:00Z</SigningTime></Signer>` +
		`<Validator><Corpname>V</Corpname><ValidationTime>2024-01-03T00:00:00Z</ValidationTime></Validator><Masterdata>m</Masterdata>` +
		`<ReferencedObject><SignedObjectId>O1</SignedObjectId><SignedObjectDigest algorithm="SHA-512">AA==</SignedObjectDigest></ReferencedObject></Signature>`
	signedUnits = `<ArchiveUnit id="A"><Content><DescriptionLevel>Item</DescriptionLevel><Title>acte</Title></Content>` +
		`<DataObjectReference><DataObjectGroupReferenceId>G1</DataObjectGroupReferenceId></DataObjectReference></ArchiveUnit>` +
		`<ArchiveUnit id="B"><Content><DescriptionLevel>Item</DescriptionLevel><Title>signature</Title>` + signature + `</Content>` +
		`<DataObjectReference><DataObjectGroupReferenceId>G2</DataObjectGroupReferenceId></DataObjectReference></ArchiveUnit>`
)

func paths(r *report.Report) string {
	var out []string
	for f := range r.All() {
		out = append(out, f.Rule.Code+" "+f.Where.Path)
	}
	return strings.Join(out, "\n")
}

func TestASignatureBecomesSigningInformation(t *testing.T) {
	doc := []byte(transferOf(V21, signedObject, signedUnits, ""))
	p, _, _ := read(t, doc)
	out, r := convert(t, p, Options{Version: V23})
	if got := paths(r); got != "SEDA-CONVERTED unit[B]/Content/Signature\nSEDA-LOST unit[B]/Content/Signature/Masterdata\nSEDA-LOST unit[B]/Content/Signature/ReferencedObject/SignedObjectDigest" {
		t.Errorf("reported:\n%s", got)
	}
	want := `<SigningInformation><SigningRole>Signature</SigningRole><SignedDocumentReferenceId>A</SignedDocumentReferenceId>` +
		`<SignatureDescription><Signer><FullName>A B</FullName><SigningTime>2024-01-01T00:00:00Z</SigningTime><Function>maire</Function></Signer>` +
		`<Validator><Corpname>V</Corpname><ValidationTime>2024-01-03T00:00:00Z</ValidationTime></Validator></SignatureDescription>` +
		`<SignatureDescription><Signer><Corpname>C</Corpname><SigningTime>2024-01-02T00:00:00Z</SigningTime></Signer></SignatureDescription></SigningInformation>`
	if !strings.Contains(string(out), want) {
		t.Errorf("not the signing information expected in %.3000s", out)
	}
	p, _, _ = read(t, []byte(strings.Replace(transferOf(V21, signedObject, signedUnits, ""), ">O1</SignedObjectId>", ">O2</SignedObjectId>", 1)))
	inside, _ := convert(t, p, Options{Version: V23})
	if !strings.Contains(string(inside), `<SigningRole>SignedDocument</SigningRole><SigningRole>Signature</SigningRole><SignatureDescription>`) {
		t.Error("a signature inside the document is not both")
	}
	again, _, _ := read(t, out)
	back, r := convert(t, again, Options{Version: V21})
	if paths(r) != "SEDA-LOST unit[B]/Content/SigningInformation" || strings.Contains(string(back), "SigningInformation") {
		t.Errorf("the way back: %s", paths(r))
	}
	for v, doc := range map[Version][]byte{V21: doc, V23: out} {
		if !archivetest.Valid(t, v, doc)[0] {
			t.Errorf("%s: not valid", v)
		}
	}
	if same := archivetest.Valid(t, V21, back); !same[0] {
		t.Error("the way back is not valid")
	}
}

func TestAHoldIsNotLostByAccident(t *testing.T) {
	units := strings.Replace(unitOf("A", ""), "<Content>", `<Management><HoldRule><Rule>H</Rule><StartDate>2024-01-01</StartDate><HoldEndDate>2030-01-01</HoldEndDate><HoldOwner>o</HoldOwner></HoldRule></Management><Content>`, 1)
	p, _, _ := read(t, []byte(transferOf(V22, "", units, `<OriginatingAgencyIdentifier>P</OriginatingAgencyIdentifier>`)))
	if end := p.Units[0].Rules[0].End.String(); end != "2030-01-01" {
		t.Errorf("the hold ends %q", end)
	}
	for _, v := range []Version{V22, V23} {
		out, r := convert(t, p, Options{Version: v})
		if r.Len() > 0 || !strings.Contains(string(out), "<HoldOwner>o</HoldOwner>") || !archivetest.Valid(t, v, out)[0] {
			t.Errorf("%s: %s", v, paths(r))
		}
	}
	var b bytes.Buffer
	if err := Write(context.Background(), &b, p, Options{Version: V21}); err == nil || b.Len() > 0 {
		t.Error("a hold is dropped silently")
	}
	if err := Write(context.Background(), &b, p, Options{Version: V21, Lossy: true}); err != nil {
		t.Error(err)
	}
	if out, r := convert(t, p, Options{Version: V21}); paths(r) != "SEDA-LOST unit[A]/Management/HoldRule" || strings.Contains(string(out), "Hold") {
		t.Error(paths(r))
	}
}

// TestOnlyAnIdentifierMayNoLongerBeEmpty: from 2.2 on an identifier says
// something; what holds optional elements alone may hold none in any version.
func TestOnlyAnIdentifierMayNoLongerBeEmpty(t *testing.T) {
	doc := `<ArchiveTransfer xmlns="` + V21.Namespace() + `"><Date>2024-06-28T10:00:00</Date><MessageIdentifier>M-1</MessageIdentifier>` +
		`<ArchivalAgreement/><CodeListVersions/><DataObjectPackage><DataObjectGroup id="G1">` +
		`<BinaryDataObject id="B1"><FormatIdentification/><Metadata><Document/></Metadata><OtherMetadata/></BinaryDataObject>` +
		`<PhysicalDataObject id="P1"><PhysicalId/><PhysicalDimensions/></PhysicalDataObject></DataObjectGroup>` +
		`<DescriptiveMetadata><ArchiveUnit id="U1"><Content><Title>Registre</Title></Content>` +
		`<DataObjectReference><DataObjectGroupReferenceId>G1</DataObjectGroupReferenceId></DataObjectReference></ArchiveUnit></DescriptiveMetadata>` +
		`<ManagementMetadata/></DataObjectPackage><ArchivalAgency><Identifier>A</Identifier></ArchivalAgency>` +
		`<TransferringAgency><Identifier>T</Identifier></TransferringAgency></ArchiveTransfer>`
	p, complete, err := Read(context.Background(), strings.NewReader(doc), ReadOptions{}, &report.Report{})
	if err != nil || !complete {
		t.Fatal(complete, err)
	}
	for version, gone := range map[Version][]string{
		V21: nil,
		V22: {"ArchivalAgreement", "PhysicalId"},
		V23: {"ArchivalAgreement", "PhysicalId"},
	} {
		out, r := convert(t, p, Options{Version: version})
		if r.Count(report.Warning) != len(gone) || r.Total() != len(gone) {
			t.Errorf("%s: %d findings, %d expected", version, r.Total(), len(gone))
		}
		for _, name := range []string{"FormatIdentification", "Document", "OtherMetadata", "PhysicalDimensions", "ArchivalAgreement", "PhysicalId"} {
			if kept := bytes.Contains(out, []byte("<"+name)); kept == slices.Contains(gone, name) {
				t.Errorf("%s: %s written: %v", version, name, kept)
			}
		}
	}
}

// TestVersion20NeedsNoOriginatingAgency: it has no element for the one of a
// transfer, and the schemas of the others leave it free, so a message without one
// is written as it was read.
func TestVersion20NeedsNoOriginatingAgency(t *testing.T) {
	doc := func(v Version) string {
		return `<ArchiveTransfer xmlns="` + v.Namespace() + `"><Date>2024-06-28T10:00:00</Date><MessageIdentifier>M-1</MessageIdentifier>` +
			`<ArchivalAgreement>C-1</ArchivalAgreement><CodeListVersions><ReplyCodeListVersion>1</ReplyCodeListVersion>` +
			`<MessageDigestAlgorithmCodeListVersion>1</MessageDigestAlgorithmCodeListVersion><FileFormatCodeListVersion>1</FileFormatCodeListVersion></CodeListVersions>` +
			`<DataObjectPackage><DescriptiveMetadata><ArchiveUnit id="U1"><Content><DescriptionLevel>File</DescriptionLevel><Title>Registre</Title></Content></ArchiveUnit>` +
			`</DescriptiveMetadata><ManagementMetadata/></DataObjectPackage><ArchivalAgency><Identifier>A</Identifier></ArchivalAgency>` +
			`<TransferringAgency><Identifier>T</Identifier></TransferringAgency></ArchiveTransfer>`
	}
	for _, v := range []Version{V20, V21} {
		p, complete, err := Read(context.Background(), strings.NewReader(doc(v)), ReadOptions{}, &report.Report{})
		if err != nil || !complete {
			t.Fatal(complete, err)
		}
		var b bytes.Buffer
		err = Write(context.Background(), &b, p, Options{Version: v})
		if err != nil {
			t.Errorf("%s: %v", v, err)
		}
		if strings.Contains(b.String(), "OriginatingAgency") {
			t.Errorf("%s: an agency was made up", v)
		}
	}
}
