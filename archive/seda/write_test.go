package seda

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/internal/archivetest"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

var sent = time.Date(2024, 7, 1, 9, 30, 0, 0, time.FixedZone("", 7200))

func policy() archive.Policy {
	return archive.Policy{
		MessageID: "MSG-1", Date: sent, OriginatingAgency: "12345678200010", Agreement: "IC-1", Acquisition: "Versement",
		ArchivalAgency:     archive.Agency{ID: "SAE", Name: "Archives départementales"},
		TransferringAgency: archive.Agency{ID: "12345678200010"},
		RuleCodes:          map[string]string{"DUA-ACTE": "APP-00001"},
		Rules:              []ged.Rule{{Category: ged.Communicabilite, Code: "ACC-00001", Start: day("2024-06-27")}},
		History:            []string{"Transmis par voie électronique"},
	}
}

func day(s string) ged.Date {
	d, err := ged.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// deliberation fills everything a document can hand over.
func deliberation() []*ged.Document {
	act := &ged.Document{
		ID: "doc-1", Title: "Délibération n° 2024-042 — tarifs « cantine » à 3,50 € (œuvre)", Description: "Vœu & avis < 3 mois\nかな 𝄞",
		Identifiers: []ged.Identifier{{Scheme: ged.SchemeActeNumero, Value: "D2024_042"}, {Scheme: ged.SchemePESNomFic, Value: "x"}, {Scheme: ged.SchemeSAE, Value: "y"}},
		Type:        ged.Deliberation,
		Agents: []ged.Agent{{Role: ged.Producer, SIRET: "12345678200010", Name: "Commune"}, {Role: ged.Submitter, SIREN: "123456782"},
			{Role: ged.Author, Name: "A B", Person: true, Function: "rédactrice"}, {Role: ged.Signatory, Name: "C D", Person: true, Function: "maire"},
			{Role: ged.Recipient, Name: "Comptable"}, {Role: ged.Sender, ID: "z"}, {Role: ged.Authority, Name: "Préfecture"}},
		Class:     ged.Class{Plan: "matieres", Path: []ged.ClassStep{{Code: "7", Label: "Finances"}, {Code: "7.10", Label: "Divers"}}},
		Dates:     ged.Dates{Created: sent, Received: sent, Acted: day("2024-06-27"), Transmitted: sent, Closed: day("2024-12-31")},
		Languages: []string{"fr", "fr-FR"}, Keywords: []ged.Keyword{{Content: "Cantine", Reference: "T1", Scheme: "thes", Kind: "subject"}, {Content: "Libre"}},
		Files: []ged.File{{ID: "f1", Name: "délibération n°42.pdf", Role: ged.RoleMain, MediaType: "application/pdf", PUID: "fmt/95", FormatName: "PDF/A-1a", Created: sent},
			{ID: "f2", Name: "annexe.pdf", Role: ged.RoleAnnexe, Title: "Grille tarifaire", Code: "99_DE"},
			{ID: "f3", Name: "tamponnée.pdf", Role: ged.RoleStamped}},
		Signatures: []ged.SignatureCheck{{File: "f1", Format: "PAdES", Level: "B", Indication: "INDETERMINATE", SubIndication: "NO_CERTIFICATE_CHAIN_FOUND", Checked: sent}},
		Events:     []ged.Event{{Type: ged.EventAcknowledgement, Time: sent, Agent: "préfecture", Outcome: ged.Success, Code: "1-2", Detail: "reçu"}},
		Relations:  []ged.Relation{{Type: ged.Remplacant, Target: "D2023_007", Scheme: ged.SchemeActeNumero}},
		Rules: []ged.Rule{{Category: ged.Conservation, Code: "DUA-ACTE", Duration: ged.Period{Years: 1}, Start: day("2024-06-27"), SortFinal: ged.Conserver},
			{Category: ged.Diffusion, Code: "DIS-1", Start: day("2024-06-27")}, {Category: ged.Reutilisation, Code: "REU-1", Start: day("2024-06-27")}},
	}
	ar := &ged.Document{
		ID: "doc-2", Title: "Accusé de réception", Type: ged.AccuseReception, Dates: ged.Dates{Received: sent},
		Files:     []ged.File{{ID: "f4", Name: "ar.xml", Role: ged.RoleMain, MediaType: "application/xml"}},
		Relations: []ged.Relation{{Type: ged.RepondantA, Target: "doc-1"}, {Type: ged.Citant, Target: "doc-1"}},
	}
	return []*ged.Document{act, ar}
}

func contents() ged.Contents {
	return ged.Contents{"f1": ged.BytesSource("un"), "f2": ged.BytesSource(""), "f3": ged.BytesSource("trois"), "f4": ged.BytesSource("<ar/>")}
}

func build(t testing.TB, docs []*ged.Document, c ged.Opener) *archive.Package {
	t.Helper()
	p, r, err := archive.Build(context.Background(), docs, c, policy())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

// stored stands for what a container would say of each object.
func stored(o *archive.Object) Stored {
	d, n, err := ged.DigestSource(context.Background(), o.Source, ged.SHA512)
	if err != nil {
		panic(err)
	}
	return Stored{URI: "content/" + o.ID, Digest: d[0], Size: n}
}

func write(t testing.TB, p *archive.Package, opt Options) []byte {
	t.Helper()
	var b bytes.Buffer
	opt.Stored = stored
	if err := Write(context.Background(), &b, p, opt); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWriteIsValidByTheOfficialSchema(t *testing.T) {
	p := build(t, deliberation(), contents())
	p.Rules = []ged.Rule{{Category: ged.Conservation, Code: "APP-2", Start: day("2024-01-01"), SortFinal: ged.Trier}}
	p.Header.Related, p.Header.Profile, p.Header.ServiceLevel = []string{"MSG-0"}, "PROFIL", "NIVEAU"
	p.Header.Comments = []string{"Un commentaire", " "}
	p.Header.CodeLists = map[string]string{"AccessRule": "2024"}
	shared := p.Units[0].Children[0]
	p.Units = append(p.Units, &archive.Unit{ID: "autre", Level: archive.File, Title: "Autre dossier", Children: []*archive.Unit{shared}})
	plain, indented := write(t, p, Options{}), write(t, p, Options{Indent: true})
	archivetest.Official(t, V21, plain, indented)
	if !bytes.Equal(plain, write(t, p, Options{})) {
		t.Error("two writings differ")
	}
	text := string(plain)
	for _, want := range []string{
		"<FinalAction>Keep</FinalAction>", "<Rule>APP-00001</Rule>", "<Rule>ACC-00001</Rule>", "かな 𝄞", "œuvre", "3,50 €",
		"<ArchiveUnitRefId>" + shared.ID + "</ArchiveUnitRefId>", "<DataObjectVersion>Dissemination_1</DataObjectVersion>",
		"<AccessRuleCodeListVersion>2024</AccessRuleCodeListVersion>", "<TransactedDate>2024-06-27</TransactedDate>",
		"<ExternalReference>D2023_007</ExternalReference>", "tri à faire par l'archiviste", "<Filename>délibération n°42.pdf</Filename>",
		"INDETERMINATE.NO_CERTIFICATE_CHAIN_FOUND", "<Role>Signataire</Role>",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not written", want)
		}
	}
	if strings.Contains(text, "<Size>0</Size>") {
		t.Error("an empty file has a Size")
	}
	if n := strings.Count(text, "<Size>"); n != 3 {
		t.Errorf("%d sizes for 3 files that are not empty", n)
	}
}

func TestWriteRefusesWhatItCannotWriteTruly(t *testing.T) {
	ctx := context.Background()
	p := build(t, deliberation(), contents())
	for _, v := range []Version{"0.1", "2.4", "3.0"} {
		if err := Write(ctx, &bytes.Buffer{}, p, Options{Version: v}); !errors.Is(err, ErrVersion) {
			t.Errorf("version %s: %v", v, err)
		}
	}
	var out bytes.Buffer
	p.Units[0].Title = "\x01"
	var invalid *report.InvalidError
	if err := Write(ctx, &out, p, Options{}); !errors.As(err, &invalid) || !invalid.Report.Has(RuleTextChar) || out.Len() > 0 {
		t.Errorf("a control character: %v, %d bytes written", err, out.Len())
	}
	p.Units[0].Title = "a <b>c</b>"
	if err := Write(ctx, &out, p, Options{}); err != nil {
		t.Errorf("the standard allows what only Vitam refuses: %v", err)
	}
	if err := Write(ctx, &out, p, Options{Target: Vitam}); !errors.As(err, &invalid) {
		t.Errorf("Vitam refuses markup: %v", err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if err := Write(cancelled, &out, p, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := Write(ctx, failing{}, p, Options{}); !errors.Is(err, errFull) {
		t.Errorf("full disk: %v", err)
	}
}

var errFull = errors.New("full")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }

// TestRandomPackagesAreValid: whatever text people type, a package whose checks
// pass is a document the official schema accepts.
func TestRandomPackagesAreValid(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("aé€œ<>&'\"] \t\n\rか𝄞\u00a0\u2028-:/1")
	text := func() string {
		b := make([]rune, rnd.IntN(12))
		for i := range b {
			b[i] = alphabet[rnd.IntN(len(alphabet))]
		}
		return string(b)
	}
	texts := func() []string {
		l := make([]string, rnd.IntN(3))
		for i := range l {
			l[i] = text()
		}
		return l
	}
	when := func() archive.When {
		switch rnd.IntN(3) {
		case 0:
			return archive.Day(ged.Date{Year: 1 + rnd.IntN(3000), Month: time.Month(1 + rnd.IntN(12)), Day: 1 + rnd.IntN(28)})
		case 1:
			return archive.Moment(sent.Add(time.Duration(rnd.Int64N(1e18))))
		}
		return ""
	}
	pick := func(l ...string) string { return l[rnd.IntN(len(l))] }
	docs := map[Version][][]byte{}
	refused, number := 0, 0
	for number < 200 {
		p := build(t, deliberation()[1:], contents())
		n := 0
		var unit func(depth int) *archive.Unit
		var all []*archive.Unit
		unit = func(depth int) *archive.Unit {
			n++
			u := &archive.Unit{
				ID: fmt.Sprintf("U%d", n), Level: archive.Level(pick("Item", "File", "Fonds")), Title: "t" + text(), Description: text(),
				FilePlan: texts(), SystemIDs: texts(), OriginatingIDs: texts(), TransferringIDs: texts(), ArchivalIDs: texts(),
				Type: text(), Status: text(), Tags: texts(), History: texts(), Languages: []string{pick("fr", "fra", "fr-FR", "f_r")},
				Dates: archive.Dates{Created: when(), Transacted: when(), Acquired: when(), Sent: when(), Received: when(), Registered: when(), Start: when(), End: when()},
			}
			for range rnd.IntN(3) {
				u.Agents = append(u.Agents, ged.Agent{Role: ged.Role(pick("producer", "submitter", "author", "signatory", "recipient", "sender", "validator", "authority")),
					SIREN: text(), Name: text(), Function: text(), Person: rnd.IntN(2) == 0})
				u.Keywords = append(u.Keywords, ged.Keyword{Content: text(), Reference: text(), Scheme: text(), Kind: pick("", "subject", "x")})
				u.Events = append(u.Events, ged.Event{Type: ged.EventType(text()), Time: sent, Agent: text(), Outcome: ged.Outcome(text()), Code: text(), Detail: text()})
				u.Rules = append(u.Rules, ged.Rule{Category: ged.RuleCategory(pick("appraisal", "access", "dissemination", "reuse")), Code: "R" + text(),
					Start: when().Date(), SortFinal: ged.SortFinal(pick("conserver", "trier"))})
				u.Links = append(u.Links, archive.Link{Type: ged.RelationType(pick("annexe-de", "remplace", "rendition-de", "cite")), External: text()})
			}
			if len(all) > 0 && rnd.IntN(2) == 0 {
				u.Links = append(u.Links, archive.Link{Type: ged.Citant, Unit: all[rnd.IntN(len(all))]})
			}
			if depth < 4 {
				for range rnd.IntN(3) {
					u.Children = append(u.Children, unit(depth+1))
				}
			}
			all = append(all, u)
			if rnd.IntN(8) == 0 { // a unit in two places
				u.Children = append(u.Children, all[rnd.IntN(len(all))])
			}
			return u
		}
		p.Units = append(p.Units, unit(0))
		var b bytes.Buffer
		version := written[rnd.IntN(len(written))]
		err := Write(context.Background(), &b, p, Options{Version: version, Stored: stored, Indent: rnd.IntN(2) == 0, Flat: rnd.IntN(2) == 0, Lossy: true})
		var invalid *report.InvalidError
		switch {
		case errors.As(err, &invalid):
			if refused++; refused > 2000 {
				t.Fatal("nearly every package is refused: the test proves nothing")
			}
		case err != nil:
			t.Fatal(err)
		default:
			number++
			docs[version] = append(docs[version], b.Bytes())
			again, r, complete := read(t, b.Bytes())
			if second := rewrite(t, again, Options{Version: version}); !complete || !r.Valid() {
				t.Fatal(r.Err())
			} else if third, _, _ := read(t, second); dump(third) != dump(again) {
				t.Fatal(difference(dump(again), dump(third)))
			}
		}
	}
	t.Logf("%d packages refused by their checks, %d written", refused, number)
	for v, all := range docs {
		for i, ok := range archivetest.Valid(t, v, all...) {
			if !ok {
				t.Errorf("%s: a package written is not valid: %.1500s", v, all[i])
				break
			}
		}
	}
}

// TestWritePassesOverWhatIsNotThere: a package made by hand may hold no unit,
// group or object where one should be.
func TestWritePassesOverWhatIsNotThere(t *testing.T) {
	p := &archive.Package{Groups: []*archive.Group{nil, {ID: "G", Objects: []*archive.Object{nil}}},
		Units: []*archive.Unit{nil, {ID: "A", Title: "a", Level: archive.Item, Children: []*archive.Unit{nil},
			Groups: []*archive.Group{nil, {Objects: []*archive.Object{nil}}}, Extras: []archive.Extra{{In: "Content", Name: "Signature",
				XML: `<Signature xmlns="` + V21.Namespace() + `"><ReferencedObject><SignedObjectId>O</SignedObjectId></ReferencedObject></Signature>`}}}}}
	for i, v := range everyVersion {
		p.Origin = string(everyVersion[len(everyVersion)-1-i]) // what comes from the other family is carried over
		for _, flat := range []bool{false, true} {
			var b bytes.Buffer
			if err := Write(context.Background(), &b, p, Options{Version: v, Flat: flat, Checked: true}); err != nil || !strings.Contains(b.String(), ">a<") {
				t.Errorf("%s, flat %v: %v", v, flat, err)
			}
			Check(p, Options{Version: v}, &report.Report{})
			if _, err := Convert(context.Background(), io.Discard, p, Options{Version: v, Flat: flat}); err != nil {
				t.Errorf("%s, flat %v: converted: %v", v, flat, err)
			}
		}
	}
}

// TestWhatTheStandardLeavesFreeIsWritten: a transfer may name no originating
// agency, say no usage and have no original; only a platform asks for the
// first.
func TestWhatTheStandardLeavesFreeIsWritten(t *testing.T) {
	group := func(usage string) string {
		return `<BinaryDataObject id="O1"><DataObjectGroupId>G</DataObjectGroupId>` + usage + `<Uri>content/O1.txt</Uri>` +
			`<MessageDigest algorithm="SHA-256">` + strings.Repeat("0a", 32) + `</MessageDigest><Size>3</Size><FormatIdentification/><FileInfo><Filename>O1.txt</Filename></FileInfo></BinaryDataObject>`
	}
	unit := unitOf("U1", `<DataObjectReference><DataObjectGroupReferenceId>G</DataObjectGroupReferenceId></DataObjectReference>`)
	for _, v := range []Version{V20, V21, V22, V23} {
		for _, usage := range []string{"", "<DataObjectVersion>Thumbnail</DataObjectVersion>"} {
			if v == V20 && usage == "" {
				continue // there an object of a group says its usage
			}
			p, _, _ := read(t, []byte(transferOf(v, group(usage), unit, "")))
			var out bytes.Buffer
			if err := Write(context.Background(), &out, p, Options{Version: v}); err != nil {
				t.Errorf("%s %q: %v", v, usage, err)
			} else if again, _, _ := read(t, out.Bytes()); v != V20 && dump(again) != dump(p) { // 2.0 demands lists of codes
				t.Errorf("%s %q: %s", v, usage, difference(dump(p), dump(again)))
			}
			err := Write(context.Background(), io.Discard, p, Options{Version: v, Target: Vitam})
			var invalid *report.InvalidError
			if !errors.As(err, &invalid) || !invalid.Report.Has(archive.RuleHeader) {
				t.Errorf("%s %q for Vitam: %v", v, usage, err)
			}
		}
	}
	p, _, _ := read(t, []byte(transferOf(V21, group("<DataObjectVersion>BinaryMaster_2</DataObjectVersion>"), unit, "")))
	if err := Write(context.Background(), io.Discard, p, Options{}); err == nil {
		t.Error("a second version without a first is written")
	}
}
