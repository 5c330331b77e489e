package preflight

import (
	"context"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

// sound is a transfer of 2.2 nothing stands against. Tests change it by
// replacing some of its text.
const sound = `<?xml version="1.0" encoding="UTF-8"?>
<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.2">
<Date>2024-06-28T10:00:00Z</Date>
<MessageIdentifier>M 1</MessageIdentifier>
<ArchivalAgreement>C1</ArchivalAgreement>
<CodeListVersions/>
<DataObjectPackage>
<DataObjectGroup id="G1">
<BinaryDataObject id="O1"><DataObjectVersion>BinaryMaster_1</DataObjectVersion><Uri>content/O1.txt</Uri><MessageDigest algorithm="SHA-256">ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad</MessageDigest><Size>3</Size></BinaryDataObject>
</DataObjectGroup>
<PhysicalDataObject id="P1"><DataObjectGroupId>G2</DataObjectGroupId><DataObjectVersion>PhysicalMaster_1</DataObjectVersion><PhysicalId>rayon 3</PhysicalId></PhysicalDataObject>
<DescriptiveMetadata>
<ArchiveUnit id="U1"><Management><HoldRule><Rule>H1</Rule><StartDate>2020-01-01</StartDate><HoldEndDate>2030-01-01</HoldEndDate></HoldRule></Management>
<Content><DescriptionLevel>File</DescriptionLevel><Title>Dossier</Title><Description>Un dossier</Description><StartDate>2020-01-01</StartDate><EndDate>2020-12-31</EndDate></Content>
<ArchiveUnit id="U2"><Content><DescriptionLevel>Item</DescriptionLevel><Title>Pièce</Title></Content><DataObjectReference><DataObjectGroupReferenceId>G1</DataObjectGroupReferenceId></DataObjectReference></ArchiveUnit>
<ArchiveUnit id="U3"><Content><DescriptionLevel>Item</DescriptionLevel><Title>Boîte</Title></Content><DataObjectReference><DataObjectGroupReferenceId>G2</DataObjectGroupReferenceId></DataObjectReference></ArchiveUnit>
<ArchiveUnit id="U4"><ArchiveUnitRefId>U5</ArchiveUnitRefId></ArchiveUnit>
</ArchiveUnit>
<ArchiveUnit id="U5"><Content><DescriptionLevel>Item</DescriptionLevel><Title>Annexe</Title></Content></ArchiveUnit>
</DescriptiveMetadata>
<ManagementMetadata><OriginatingAgencyIdentifier>A1</OriginatingAgencyIdentifier></ManagementMetadata>
</DataObjectPackage>
<ArchivalAgency><Identifier>AG</Identifier></ArchivalAgency>
<TransferringAgency><Identifier>TA</Identifier></TransferringAgency>
</ArchiveTransfer>
`

// update is the beginning of unit U2, which completes one the platform holds.
func update(id string) string {
	return `<ArchiveUnit id="U2"><Management><UpdateOperation><SystemId>` + id + `</SystemId></UpdateOperation></Management>`
}

// changed replaces pairs of texts in the sound transfer; each must be there.
func changed(t testing.TB, pairs ...string) string {
	t.Helper()
	text := sound
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the transfer does not hold %s", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

func inspected(t testing.TB, text string, opt inspect.Options) *inspect.Result {
	t.Helper()
	in := inspect.NewBytes("m.xml", []byte(text))
	if !Inspector().Detect(context.Background(), in) {
		t.Fatal("not recognised")
	}
	r, err := Inspector().Inspect(context.Background(), in, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var atVitam = inspect.Options{Profile: "vitam"}

func TestASoundTransfer(t *testing.T) {
	for _, profile := range []string{"", "vitam", "asalae"} {
		r := inspected(t, sound, inspect.Options{Profile: profile})
		if r.Verdict() != inspect.Valid || r.Version != "2.2" || r.Kind != "seda.transfer" {
			t.Errorf("%s: %s %s %s: %v", profile, r.Kind, r.Version, r.Verdict(), r.Report.Err())
		}
		if profile != "" && !r.Report.Has(RuleNothingAgainst) {
			t.Errorf("%s: does not say that nothing stands against it", profile)
		}
		for key, want := range map[string]any{"units": 4, "groups": 2, "objects": 2, "messageIdentifier": "M 1"} {
			if got := r.Summary.Get(key); got != want {
				t.Errorf("%s = %v, want %v", key, got, want)
			}
		}
	}
}

// wrong are faults of a transfer: what is changed, the rule and what Vitam
// answers.
var wrong = []struct {
	name    string
	changes []string
	rule    *report.Rule
	code    string
}{
	{"unsupported version", []string{"seda:v2.2", "seda:v9.99"}, seda.RuleTransferVersion, vitamVersion.Code},
	{"version of the standard only", []string{"seda:v2.2", "seda:v2.0"}, RuleVersionRefused, vitamVersion.Code},
	{"namespace of nobody", []string{"fr:gouv:culture:archivesdefrance:seda:v2.2", "urn:x"}, seda.RuleNamespace, vitamNamespace.Code},
	{"namespace of MEDONA", []string{"fr:gouv:culture:archivesdefrance:seda:v2.2", "org:afnor:medona:1.0"}, seda.RuleNamespace, vitamNamespace.Code},
	{"no namespace", []string{` xmlns="fr:gouv:culture:archivesdefrance:seda:v2.2"`, ""}, seda.RuleNamespace, vitamNamespace.Code},
	{"version of three numbers", []string{"seda:v2.2", "seda:v2.1.1"}, seda.RuleTransferVersion, vitamNamespace.Code},
	{"cut short", []string{"</DataObjectPackage>", "<"}, report.XMLSyntax, vitamNotXML.Code},
	{"no root", []string{"<ArchiveTransfer xmlns", "<!DOCTYPE a><ArchiveTransfer xmlns"}, report.XMLDoctype, vitamNotXMLRoot.Code},
	{"size of nothing", []string{"<Size>3</Size>", "<Size></Size>"}, report.XSDValue, vitamXSD.Code},
	{"element of another version", []string{"<Title>Annexe</Title>", "<Title>Annexe</Title><DataObjectUse>x</DataObjectUse><Tag>y</Tag>"}, report.XSDOrderAfter, vitamXSD.Code},
	{"identifier twice", []string{`id="U2"`, `id="U3"`}, report.XSDIDDup, vitamXSD.Code},
	{"reference to nothing", []string{"<ArchiveUnitRefId>U5<", "<ArchiveUnitRefId>NO<"}, report.XSDIDRef, vitamXSD.Code},
	{"broken after a fault", []string{"<ArchivalAgreement>C1</ArchivalAgreement>", "<Nothing/>", "</DataObjectPackage>", "<"}, report.XMLSyntax, vitamXSD.Code},
	{"no agency", []string{"<OriginatingAgencyIdentifier>A1</OriginatingAgencyIdentifier>", ""}, archive.RuleHeader, vitamAgent.Code},
	{"blank agency", []string{">A1<", "> <"}, archive.RuleHeader, vitamAgent.Code},
	{"no agreement", []string{"<ArchivalAgreement>C1</ArchivalAgreement>", ""}, archive.RuleHeader, vitamAgreement.Code},
	{"algorithm in other letters", []string{"SHA-256", "sha256"}, RuleAlgorithm, vitamAlgorithm.Code},
	{"file used as a thing", []string{"BinaryMaster_1", "PhysicalMaster_1"}, archive.RuleUsage, vitamBinaryUsage.Code},
	{"thing used as a file", []string{"PhysicalMaster_1", "BinaryMaster_1"}, archive.RuleUsage, vitamPhysicalUsage.Code},
	{"usage of nobody", []string{"BinaryMaster_1", "Original_1"}, archive.RuleUsage, vitamUsage.Code},
	{"usage with two numbers", []string{"BinaryMaster_1", "BinaryMaster_1_2"}, archive.RuleUsage, vitamUsage.Code},
	{"usage with a negative number", []string{"BinaryMaster_1", "BinaryMaster_-1"}, archive.RuleUsage, vitamUsage.Code},
	{"file without a place", []string{"<Uri>content/O1.txt</Uri>", ""}, RuleNoURI, vitamRequired.Code},
	{"thing without a mark", []string{"<PhysicalId>rayon 3</PhysicalId>", "<PhysicalId> </PhysicalId>"}, archive.RulePhysicalID, vitamRequired.Code},
	{"update of no unit of Vitam", []string{"<ArchiveUnit id=\"U2\">", update("MON_GUID")}, RuleSystemID, vitamGUID.Code},
	{"two groups", []string{"</ArchiveUnit>\n<ArchiveUnit id=\"U3\">", "<DataObjectReference><DataObjectGroupReferenceId>G2</DataObjectGroupReferenceId></DataObjectReference></ArchiveUnit>\n<ArchiveUnit id=\"U3\">"},
		archive.RuleGroups, vitamGroups.Code},
	{"circle by references", []string{"<Title>Annexe</Title></Content>", `<Title>Annexe</Title></Content><ArchiveUnit id="U6"><ArchiveUnitRefId>U1</ArchiveUnitRefId></ArchiveUnit>`},
		archive.RuleCycle, vitamLoop.Code},
	{"unit that refers to itself", []string{"<ArchiveUnitRefId>U5<", "<ArchiveUnitRefId>U4<"}, archive.RuleCycle, vitamLoop.Code},
	{"object of a group", []string{"<DataObjectGroupReferenceId>G1</DataObjectGroupReferenceId>", "<DataObjectReferenceId>O1</DataObjectReferenceId>"},
		seda.RuleRefObject, vitamGroupObject.Code},
	{"reference to a unit as a group", []string{"ReferenceId>G2<", "ReferenceId>U2<"}, RuleRefKind, vitamManifest.Code},
	{"reference to a rule as a group", []string{"<Rule>H1", `<Rule id="R1">H1`, "ReferenceId>G2<", "ReferenceId>R1<"}, RuleRefKind, vitamManifest.Code},
	{"object of a rule as a group", []string{"<Rule>H1", `<Rule id="R1">H1`, "</DataObjectGroup>", `</DataObjectGroup><BinaryDataObject id="O3"><DataObjectGroupReferenceId>R1</DataObjectGroupReferenceId><DataObjectVersion>BinaryMaster_1</DataObjectVersion><Uri>content/O3.txt</Uri><MessageDigest algorithm="MD5">00000000000000000000000000000000</MessageDigest></BinaryDataObject>`},
		seda.RuleGroupUndeclared, vitamManifest.Code},
	{"usage twice", []string{"</DataObjectGroup>", `<BinaryDataObject id="O2"><DataObjectVersion>BinaryMaster</DataObjectVersion><Uri>content/O2.txt</Uri><MessageDigest algorithm="MD5">00</MessageDigest></BinaryDataObject></DataObjectGroup>`},
		archive.RuleUsageTwice, vitamManifest.Code},
	{"no first version", []string{"BinaryMaster_1", "BinaryMaster_2"}, archive.RuleMaster, vitamMaster.Code},
	{"group nobody names", []string{"<DataObjectReference><DataObjectGroupReferenceId>G1</DataObjectGroupReferenceId></DataObjectReference>", ""},
		archive.RuleGroupOrphan, vitamOrphan.Code},
	{"empty digest", []string{"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", ""}, report.DigMissing, vitamNoDigest.Code},
	{"digest in capitals", []string{"ba7816bf", "BA7816BF"}, archive.RuleDigest, vitamDigest.Code},
	{"digest in base64", []string{"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="}, archive.RuleDigest, vitamDigest.Code},
	{"digest of no file", []string{"ba7816bf", ""}, archive.RuleDigest, vitamDigest.Code},
	{"no level", []string{"<DescriptionLevel>File</DescriptionLevel>", ""}, archive.RuleLevel, vitamUnit.Code},
	{"no title", []string{"<Title>Annexe</Title>", ""}, archive.RuleTitle, vitamUnit.Code},
	{"empty title", []string{"<Title>Annexe</Title>", "<Title/>"}, RuleTextEmpty, vitamUnit.Code},
	{"empty description", []string{"Un dossier", ""}, RuleTextEmpty, vitamUnit.Code},
	{"rule in the year 9000", []string{"<StartDate>2020-01-01</StartDate><HoldEndDate>2030", "<StartDate>9000-01-01</StartDate><HoldEndDate>2030"}, RuleRuleDate, vitamUnit.Code},
	{"rule date with a zone", []string{"<StartDate>2020-01-01</StartDate><HoldEndDate>", "<StartDate>2020-01-01Z</StartDate><HoldEndDate>"}, RuleRuleDate, vitamUnit.Code},
	{"entity left", []string{"Un dossier", "Toto&amp;apos;Titi"}, seda.RuleTextMarkup, vitamUnit.Code},
	{"tags in a text", []string{"Un dossier", "Un &lt;b>dossier&lt;/b>"}, seda.RuleTextMarkup, vitamUnit.Code},
	{"control character", []string{"Un dossier", "Un\u0085dossier"}, seda.RuleTextControl, vitamUnit.Code},
	{"end before start", []string{"<EndDate>2020-12-31", "<EndDate>2019-12-31"}, archive.RuleDateOrder, vitamDates.Code},
	{"end before start, one a year", []string{"<EndDate>2020-12-31", "<EndDate>2019"}, archive.RuleDateOrder, vitamDates.Code},
	{"signed in both ways", []string{"seda:v2.2", "seda:v2.3", "<Title>Annexe</Title>", `<Title>Annexe</Title><SigningInformation><SigningRole>SignedDocument</SigningRole></SigningInformation><Signature/>`},
		RuleSignedTwice, vitamUnit.Code},
	{"hold ends before it starts", []string{"2030-01-01", "2010-01-01"}, RuleHoldOrder, vitamHold.Code},
}

// TestAnExistingGroupIsGivenObjects: what a unit adds to a group the platform
// holds already, it names inside the mark of that group.
func TestAnExistingGroupIsGivenObjects(t *testing.T) {
	const named = "<DataObjectReference><DataObjectGroupReferenceId>G1</DataObjectGroupReferenceId></DataObjectReference>"
	const existing = "<DataObjectGroupExistingReferenceId>aebaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaq</DataObjectGroupExistingReferenceId></DataObjectGroup>"
	const object = "<DataObjectReference><DataObjectReferenceId>O1</DataObjectReferenceId></DataObjectReference>"
	for name, c := range map[string]struct {
		with string
		code any
	}{
		"a group":              {named, nil},
		"an object of a group": {object, vitamGroupObject.Code},
		"nothing":              {"", vitamOrphan.Code},
	} {
		r := inspected(t, changed(t, named, "<DataObjectGroup>"+c.with+existing), atVitam)
		if got := r.Summary.Get("vitam.code"); got != c.code {
			t.Errorf("%s: %v, want %v", name, got, c.code)
		}
	}
}

// TestAMissingAgencyIsToldWhereItGoes, and not of version 2.0, which has no
// place for it.
func TestAMissingAgencyIsToldWhereItGoes(t *testing.T) {
	const agency = "<OriginatingAgencyIdentifier>A1</OriginatingAgencyIdentifier>"
	r := inspected(t, changed(t, agency, ""), inspect.Options{})
	told := false
	for f := range r.Report.All() {
		if f.Rule == archive.RuleHeader {
			told = true
			if !strings.HasSuffix(f.Where.Path, "/ManagementMetadata") || f.Where.Line == 0 {
				t.Errorf("at %+v", f.Where)
			}
		}
	}
	if !told {
		t.Error("not told")
	}
	if r = inspected(t, changed(t, agency, "", "seda:v2.2", "seda:v2.0"), inspect.Options{}); r.Report.Has(archive.RuleHeader) {
		t.Error("told of a version that has no place for it")
	}
}

// TestADigestThatCannotBe is doubtful for the standard, which takes capitals
// and base64 too.
func TestADigestThatCannotBe(t *testing.T) {
	for digest, told := range map[string]bool{"BA7816BF": false, "ba78": true} {
		if r := inspected(t, changed(t, "ba7816bf", digest), inspect.Options{}); r.Report.Has(archive.RuleDigest) != told || r.Verdict() != inspect.Valid {
			t.Errorf("%s: %s, %v", digest, r.Verdict(), !told)
		}
	}
}

// TestAUnitHeldAlreadyIsGivenObjects: they join the group it has, where the
// original is: a second version of it may come, or another usage alone.
func TestAUnitHeldAlreadyIsGivenObjects(t *testing.T) {
	const fresh = "<Content><DescriptionLevel>Item</DescriptionLevel><Title>Pièce</Title>"
	const update = "<Management><UpdateOperation><SystemId>aeaqaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaq</SystemId></UpdateOperation></Management>"
	for _, usage := range []string{"BinaryMaster_2", "Thumbnail_1"} {
		r := inspected(t, changed(t, "BinaryMaster_1", usage, fresh, update+fresh), atVitam)
		if r.Verdict() != inspect.Valid || r.Report.Has(archive.RuleMaster) {
			t.Errorf("%s: %s, %v", usage, r.Verdict(), r.Summary.Get("vitam.code"))
		}
		if r = inspected(t, changed(t, "BinaryMaster_1", usage), atVitam); !r.Report.Has(archive.RuleMaster) {
			t.Errorf("%s in a group that is new: nothing is told", usage)
		}
	}
	r := inspected(t, changed(t, "PhysicalMaster_1", "PhysicalMaster_2"), atVitam)
	for f := range r.Report.All() {
		if f.Rule == archive.RuleMaster && !strings.Contains(f.Message(report.FR), "PhysicalMaster_1") {
			t.Errorf("the version to write is not told: %s", f.Message(report.FR))
		}
	}
}

// TestIdentifiersOfThePlatform: what Vitam reads as one, whatever form it is
// written in, is not foretold to be refused.
func TestIdentifiersOfThePlatform(t *testing.T) {
	raw := append([]byte{1, 1}, make([]byte, 20)...)
	raw[21] = 7
	base := base32.StdEncoding.WithPadding(base32.NoPadding)
	good := strings.ToLower(base.EncodeToString(raw))
	for id, right := range map[string]bool{
		good: true, " " + good + "\n": true, hex.EncodeToString(raw): true, base64.RawURLEncoding.EncodeToString(raw): true,
		"ark:/0/" + strings.ToLower(base.EncodeToString(raw[:18])): true,
		strings.ToUpper(good): false, good[1:]: false, good + "a": false, "b" + good[1:]: false, good[:35] + "1": false,
		"ark:/x/" + strings.ToLower(base.EncodeToString(raw[:18])): false, "ark:/0": false, "ae": false,
	} {
		r := inspected(t, changed(t, `<ArchiveUnit id="U2">`, update(id)), atVitam)
		if r.Report.Has(RuleSystemID) == right || (r.Verdict() == inspect.Valid) != right {
			t.Errorf("%q: %s", id, r.Verdict())
		}
	}
}

func TestVitamAnswersTheFirstFault(t *testing.T) {
	for _, c := range wrong {
		t.Run(c.name, func(t *testing.T) {
			r := inspected(t, changed(t, c.changes...), atVitam)
			if r.Verdict() != inspect.Invalid || !r.Report.Has(c.rule) {
				t.Errorf("%s, no %s: %v", r.Verdict(), c.rule.Code, r.Report.Err())
			}
			if got := r.Summary.Get("vitam.code"); got != c.code {
				t.Errorf("answers %v, want %s", got, c.code)
			}
			told := slices.ContainsFunc(slices.Collect(r.Report.All()), func(f *report.Finding) bool {
				return f.Rule == RuleForeseen && f.Ref == c.code
			})
			if !told {
				t.Error("the answer to expect is not among the findings")
			}
		})
	}
}

// TestFaultsAreToldAtOnce: the platform stops at the first; we do not.
func TestFaultsAreToldAtOnce(t *testing.T) {
	var all []string
	var rules []*report.Rule
	for _, name := range []string{"no agreement", "no agency", "algorithm in other letters", "usage of nobody", "circle by references", "empty description", "hold ends before it starts", "no title"} {
		i := slices.IndexFunc(wrong, func(c struct {
			name    string
			changes []string
			rule    *report.Rule
			code    string
		}) bool {
			return c.name == name
		})
		if name == "no title" { // the circle changed what follows it
			all = append(all, "<Title>Pièce</Title>", "")
		} else {
			all = append(all, wrong[i].changes...)
		}
		rules = append(rules, wrong[i].rule)
	}
	r := inspected(t, changed(t, all...), atVitam)
	for _, rule := range rules {
		if !r.Report.Has(rule) {
			t.Errorf("%s is not told", rule.Code)
		}
	}
	if got := r.Summary.Get("vitam.code"); got != vitamAgent.Code {
		t.Errorf("answers %v", got)
	}
}

func TestContexts(t *testing.T) {
	noAgency := []string{"<OriginatingAgencyIdentifier>A1</OriginatingAgencyIdentifier>", ""}
	objects := sound[strings.Index(sound, "<DataObjectGroup id"):strings.Index(sound, "<DescriptiveMetadata>")]
	noObject := []string{objects, "",
		"<DataObjectReference><DataObjectGroupReferenceId>G1</DataObjectGroupReferenceId></DataObjectReference>", "",
		"<DataObjectReference><DataObjectGroupReferenceId>G2</DataObjectGroupReferenceId></DataObjectReference>", ""}
	for _, c := range []struct {
		name, context string
		changes       []string
		want          any
	}{
		{"agency in a filing plan", "filing", append(noAgency, noObject...), vitamAgent.Code},
		{"agency in a holding tree", "holding", append(noAgency, noObject...), nil},
		{"objects in a filing plan", "filing", nil, vitamNoObject.Code},
		{"objects in a holding tree", "holding", []string{"SHA-256", "sha256"}, vitamNoObject.Code},
		{"plain", "default", nil, nil},
	} {
		r := inspected(t, changed(t, c.changes...), inspect.Options{Profile: "vitam", Context: c.context})
		if got := r.Summary.Get("vitam.code"); got != c.want || (r.Verdict() == inspect.Valid) != (c.want == nil) {
			t.Errorf("%s: %s %v, want %v: %v", c.name, r.Verdict(), got, c.want, r.Report.Err())
		}
	}
}

// TestStandardIsMilder: what only a platform refuses does not make a message
// invalid.
func TestStandardIsMilder(t *testing.T) {
	for _, c := range wrong {
		switch c.rule {
		case report.XMLSyntax, report.XMLDoctype, seda.RuleTransferVersion, seda.RuleNamespace, report.DigMissing,
			report.XSDValue, report.XSDOrderAfter, report.XSDIDDup, report.XSDIDRef:
			continue
		}
		for f := range inspected(t, changed(t, c.changes...), inspect.Options{}).Report.All() {
			if f.Rule == c.rule && f.Severity > report.Warning {
				t.Errorf("%s: %s is an error of the standard", c.name, f.Rule.Code)
			}
		}
	}
}

// TestSchemaOfTheVersion: 2.3 took Signature away, 2.2 has it; Vitam lets it pass
// where anything may stand.
func TestSchemaOfTheVersion(t *testing.T) {
	signature := `<Signature><Signer><FullName>A</FullName><SigningTime>2020-01-01T00:00:00</SigningTime></Signer>
<Validator><FullName>A</FullName><ValidationTime>2020-01-01T00:00:00</ValidationTime></Validator><ReferencedObject><SignedObjectId>O1</SignedObjectId><SignedObjectDigest algorithm="SHA-256">00</SignedObjectDigest></ReferencedObject></Signature>`
	last := []string{"<Title>Annexe</Title>", "<Title>Annexe</Title>" + signature}
	amid := []string{"<Title>Annexe</Title>", "<Title>Annexe</Title>" + signature + "<Gps><GpsVersionID>1</GpsVersionID></Gps>"}
	for _, c := range []struct {
		name, profile string
		changes       []string
		v23, valid    bool
	}{
		{"2.2", "", last, false, true},
		{"2.3", "", last, true, false},
		{"2.3 at Vitam, last", "vitam", last, true, true},
		{"2.3 at Vitam, amid", "vitam", amid, true, false},
		{"2.3 at as@lae", "asalae", last, true, false},
	} {
		text := changed(t, c.changes...)
		if c.v23 {
			text = strings.Replace(text, "seda:v2.2", "seda:v2.3", 1)
		}
		r := inspected(t, text, inspect.Options{Profile: c.profile})
		if got := r.Verdict() == inspect.Valid; got != c.valid || !c.valid && !r.Report.Has(report.XSDElement) && !r.Report.Has(report.XSDOrderAfter) {
			t.Errorf("%s: %s: %v", c.name, r.Verdict(), r.Report.Err())
		}
	}
	r := inspected(t, sound, inspect.Options{Version: "2.1"})
	if r.Verdict() != inspect.Invalid || !r.Report.Has(report.XSDRoot) {
		t.Errorf("judged by another version: %s", r.Verdict())
	}
}

// TestSchemasOfTheUser: those given judge in place of those built in.
func TestSchemasOfTheUser(t *testing.T) {
	const open = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="fr:gouv:culture:archivesdefrance:seda:v2.2" elementFormDefault="qualified"><xs:element name="ArchiveTransfer"`
	for body, code := range map[string]any{`/></xs:schema>`: nil, ` type="xs:date"/></xs:schema>`: vitamXSD.Code} {
		opt := inspect.Options{Profile: "vitam", Schemas: fstest.MapFS{"a.xsd": {Data: []byte(open + body)}}}
		r := inspected(t, changed(t, "<Size>3</Size>", "<Size/>"), opt)
		if got := r.Summary.Get("vitam.code"); got != code || (r.Verdict() == inspect.Valid) != (code == nil) {
			t.Errorf("%v, want %v: %v", got, code, r.Report.Err())
		}
	}
}

// TestSchemasOfAVersionToCome: the set given knows a version we do not.
func TestSchemasOfAVersionToCome(t *testing.T) {
	const open = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified" targetNamespace="fr:gouv:culture:archivesdefrance:seda:v2.4">`
	set := fstest.MapFS{"a.xsd": {Data: []byte(open + `<xs:element name="ArchiveTransfer"/><xs:element name="ArchiveTransferReply"/></xs:schema>`)}}
	transfer := changed(t, "seda:v2.2", "seda:v2.4")
	for name, doc := range map[string]string{"transfer": transfer, "reply": strings.ReplaceAll(transfer, "ArchiveTransfer", "ArchiveTransferReply")} {
		if r := inspected(t, doc, inspect.Options{Schemas: set}); r.Verdict() != inspect.Valid {
			t.Errorf("%s, by the set: %v", name, r.Report.Err())
		}
		if r := inspected(t, doc, inspect.Options{}); r.Verdict() != inspect.Invalid || !r.Report.Has(seda.RuleTransferVersion) {
			t.Errorf("%s, without: %s", name, r.Verdict())
		}
		older := inspect.Options{Schemas: fstest.MapFS{"a.xsd": {Data: []byte(strings.Replace(open, "v2.4", "v2.3", 1) + `<xs:element name="ArchiveTransfer"/></xs:schema>`)}}}
		if r := inspected(t, doc, older); r.Verdict() != inspect.Invalid {
			t.Errorf("%s, by the set of another version: %s", name, r.Verdict())
		}
	}
	if r := inspected(t, transfer, inspect.Options{Schemas: set, Profile: "vitam"}); r.Summary.Get("vitam.code") != vitamVersion.Code {
		t.Errorf("vitam: %v", r.Summary)
	}
}

// TestARefusedReplyIsOfNoStrangeVersion: what cannot be read has no namespace.
func TestARefusedReplyIsOfNoStrangeVersion(t *testing.T) {
	r := inspected(t, `<!DOCTYPE a><ArchiveTransferReply xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1"/>`, inspect.Options{})
	if r.Verdict() != inspect.Invalid || !r.Report.Has(report.XMLDoctype) || r.Report.Has(seda.RuleTransferVersion) {
		t.Errorf("%s: %v", r.Verdict(), r.Report.Err())
	}
}

// TestARefusedReplyNamesItsNamespace: one of no namespace is told so, without a
// hole in the words, at its root.
func TestARefusedReplyNamesItsNamespace(t *testing.T) {
	for _, c := range []struct{ space, want string }{{"", "it has none"}, {"org:afnor:medona:1.0", "MEDONA"}, {"urn:x", "another"}} {
		r := inspected(t, `<ArchiveTransferReply xmlns="`+c.space+`"/>`, inspect.Options{})
		ok := false
		for f := range r.Report.All() {
			ok = ok || f.Rule == seda.RuleNamespace && strings.Contains(f.Message("en"), c.want) && f.Where.Line == 1
		}
		if r.Verdict() != inspect.Invalid || !ok {
			t.Errorf("%q: %s: %v", c.space, r.Verdict(), r.Report.Err())
		}
	}
}

// TestAbsentDates: a rule may say that it has no date.
func TestAbsentDates(t *testing.T) {
	text := changed(t, "<StartDate>2020-01-01</StartDate><HoldEndDate>", `<StartDate xsi:nil="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/><HoldEndDate>`)
	if r := inspected(t, text, atVitam); r.Verdict() != inspect.Valid {
		t.Errorf("%v", r.Report.Err())
	}
}

// TestLimitsAreOurs: what we do not read on is no answer of a platform.
func TestLimitsAreOurs(t *testing.T) {
	deep := strings.Repeat("<Metadata>", 300) + strings.Repeat("</Metadata>", 300)
	r := inspected(t, changed(t, "</DataObjectGroup>", "</DataObjectGroup><BinaryDataObject id=\"O9\">"+deep+"</BinaryDataObject>"), atVitam)
	if r.Verdict() != inspect.Invalid || !r.Report.Has(report.LimDepth) || r.Summary.Get("vitam.code") == vitamNotXML.Code {
		t.Errorf("%s %v", r.Verdict(), r.Summary)
	}
}

func TestFactsOfOtherMessages(t *testing.T) {
	r := inspected(t, `<Acknowledgement xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1"><Date>2024-07-02T10:00:00Z</Date><MessageIdentifier>A1</MessageIdentifier>
<MessageReceivedIdentifier>T1</MessageReceivedIdentifier><Sender><Identifier>a</Identifier></Sender><Receiver><Identifier>b</Identifier></Receiver></Acknowledgement>`, inspect.Options{})
	if r.Kind != "seda.message" || r.Verdict() != inspect.Valid || r.Summary.Get("messageIdentifier") != "A1" || r.Summary.Get("messageRequestIdentifier") != "T1" {
		t.Errorf("%s %s %v: %v", r.Kind, r.Verdict(), r.Summary, r.Report.Err())
	}
}

// TestAPartIsNoMessage: the files an application cuts out of a message are
// invalid, and it is said why.
func TestAPartIsNoMessage(t *testing.T) {
	for _, c := range []struct {
		root, space string
		part        bool
	}{
		{"ArchiveUnit", "fr:gouv:culture:archivesdefrance:seda:v2.1", true},
		{"LogBook", "fr:gouv:culture:archivesdefrance:seda:v2", true},
		{"archiveUnitType", "fr:gouv:culture:archivesdefrance:seda:v2.3", true},
		{"Archive", "fr:gouv:culture:archivesdefrance:seda:v1.0", true},
		{"Acknowledgement", "fr:gouv:culture:archivesdefrance:seda:v2.1", false},
		{"ArchiveDeliveryRequestReply", "fr:gouv:culture:archivesdefrance:seda:v2", false},
	} {
		r := inspected(t, "<"+c.root+` xmlns="`+c.space+`"><Content/></`+c.root+">", inspect.Options{})
		if r.Kind != "seda.message" || r.Verdict() != inspect.Invalid || r.Report.Has(seda.RuleMessageRoot) != c.part {
			t.Errorf("%s of %s: %s, %s, said to be a part: %v", c.root, c.space, r.Kind, r.Verdict(), r.Report.Has(seda.RuleMessageRoot))
		}
	}
}

// TestAgencyIsAskedForWhereItHasAPlace: version 2.0 has no element for the
// originating agency of a transfer.
func TestAgencyIsAskedForWhereItHasAPlace(t *testing.T) {
	for version, asked := range map[string]bool{"2.0": false, "2.1": true, "2.3": true} {
		r := inspected(t, `<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v`+version+`"><ArchivalAgreement>C</ArchivalAgreement></ArchiveTransfer>`, inspect.Options{})
		if r.Report.Has(archive.RuleHeader) != asked {
			t.Errorf("%s: %v", version, r.Report.Has(archive.RuleHeader))
		}
	}
}

func TestMessagesAreRecognised(t *testing.T) {
	for text, want := range map[string]string{
		`<ArchiveTransferReply xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1"/>`:                         "seda.reply",
		`<a:ArchiveTransferAcceptance xmlns:a="fr:gouv:ae:archive:draft:standard_echange_v0.2"/>`:            "seda.reply",
		`<Acknowledgement xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1"/>`:                              "seda.message",
		`<ArchiveDeliveryRequest xmlns="fr:gouv:culture:archivesdefrance:seda:v2.3"/>`:                       "seda.message",
		`<AuthorizationControlAuthorityRequest xmlns="fr:gouv:culture:archivesdefrance:seda:v2.3"/>`:         "seda.message",
		"\xff\xfe<\x00A\x00r\x00c\x00h\x00i\x00v\x00e\x00T\x00r\x00a\x00n\x00s\x00f\x00e\x00r\x00/\x00>\x00": "seda.transfer",
		`<LogBook xmlns="fr:gouv:culture:archivesdefrance:seda:v2"/>`:                                        "seda.message",
		`<!DOCTYPE x><ArchiveTransfer/>`: "seda.transfer",
		`<Acknowledgement/>`:             "",
		`<Archive/>`:                     "",
		`bonjour`:                        "",
	} {
		in := inspect.NewBytes("m", []byte(text))
		if got := Inspector().Detect(context.Background(), in); got != (want != "") {
			t.Errorf("%.60s: recognised %v", text, got)
		} else if got {
			if r, err := Inspector().Inspect(context.Background(), in, inspect.Options{}); err != nil || r.Kind != want {
				t.Errorf("%.60s: %v, %v", text, r.Kind, err)
			}
		}
	}
}

func TestEveryRule(t *testing.T) {
	out := map[*report.Rule]func(testing.TB) *report.Report{}
	with := func(opt inspect.Options, changes ...string) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report { return inspected(t, changed(t, changes...), opt).Report }
	}
	for _, c := range wrong {
		if slices.Contains(Rules(), c.rule) {
			out[c.rule] = with(atVitam, c.changes...)
		}
	}
	out[RulePrologue] = with(inspect.Options{}, "<ArchiveTransfer", "<!-- fait par nous --><ArchiveTransfer")
	out[RuleForeseen] = with(atVitam, "SHA-256", "sha256")
	out[RuleNothingAgainst] = with(atVitam)
	out[RuleObjectsInScheme] = with(inspect.Options{Profile: "vitam", Context: "holding"})
	out[RuleURITwice] = with(inspect.Options{}, "</DataObjectGroup>",
		`<BinaryDataObject id="O2"><DataObjectVersion>Thumbnail_1</DataObjectVersion><Uri>content/O1.txt</Uri></BinaryDataObject></DataObjectGroup>`)
	out[RuleProof] = func(t testing.TB) *report.Report {
		return inspected(t, draft(proof("x", "sha256"), document("a")), inspect.Options{}).Report
	}
	rulestest.Every(t, Rules(), out)
}
