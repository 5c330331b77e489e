package seda

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/internal/archivetest"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

// full10 and full02 say everything a transfer of the first family can say.
var (
	full10 = `<?xml version="1.0" encoding="UTF-8"?><ArchiveTransfer xmlns="` + V10.Namespace() + `">
<Comment languageID="oc">Un</Comment><Comment>Deux</Comment><Date>2024-07-01T09:30:00+02:00</Date>
<RelatedTransferReference schemeID="s">R</RelatedTransferReference><TransferIdentifier schemeAgencyName="Commune">T-1</TransferIdentifier>
<TransferRequestReplyIdentifier>Q</TransferRequestReplyIdentifier>
<ArchivalAgency><BusinessType listName="APE">7112B</BusinessType><Description>d</Description><Identification schemeName="SIRENE">SAE</Identification><LegalClassification>7</LegalClassification><Name>Archives</Name>
<Address><CityName>Dijon</CityName><Country>BE</Country></Address><Communication><Channel>EM</Channel><CompleteNumber>numéro</CompleteNumber><URIID>adresse</URIID></Communication><Contact><PersonName>personne</PersonName></Contact></ArchivalAgency>
<TransferringAgency><Identification>12345678200010</Identification><Name>Commune</Name></TransferringAgency>
<Archive Id="A1"><ArchivalAgencyArchiveIdentifier schemeID="x">AA</ArchivalAgencyArchiveIdentifier><ArchivalAgreement schemeName="accords">ACC</ArchivalAgreement><ArchivalProfile>PRO</ArchivalProfile>
<DescriptionLanguage listVersionID="edition 2011">fra</DescriptionLanguage><DescriptionLanguage>eng</DescriptionLanguage><Name languageID="fr">Actes</Name><OriginatingAgencyArchiveIdentifier>OA</OriginatingAgencyArchiveIdentifier><ServiceLevel listName="n">niveau</ServiceLevel><TransferringAgencyArchiveIdentifier>TA</TransferringAgencyArchiveIdentifier>
<ContentDescription><Description>De quoi</Description><DescriptionLevel listVersionID="edition 2009">recordgrp</DescriptionLevel><FilePlanPosition schemeID="p">7.1</FilePlanPosition><FilePlanPosition>7</FilePlanPosition><Language listVersionID="edition 2011">fra</Language><Language>bre</Language>
<LatestDate>2024-06-30</LatestDate><OldestDate>2024-01-01</OldestDate><OtherDescriptiveData>autre</OtherDescriptiveData><AccessRestrictionRule><Code>AR039</Code><StartDate>2024-01-01</StartDate></AccessRestrictionRule>
<CustodialHistory><CustodialHistoryItem when="2020-01-01">Un</CustodialHistoryItem><CustodialHistoryItem>Deux</CustodialHistoryItem></CustodialHistory>
<Keyword><KeywordContent role="rôle">Mot</KeywordContent><KeywordReference schemeID="t" schemeName="thes">T1</KeywordReference><KeywordType>subject</KeywordType><AccessRestrictionRule><Code>AR040</Code><StartDate>2024-01-01</StartDate></AccessRestrictionRule></Keyword><Keyword><KeywordContent>Libre</KeywordContent></Keyword>
<OriginatingAgency><Identification schemeName="SIRENE">12345678200010</Identification><Name>Commune</Name></OriginatingAgency><OriginatingAgency><Identification>B</Identification></OriginatingAgency>
<RelatedObjectReference><RelatedObjectIdentifier>X-1</RelatedObjectIdentifier><Relation>Replaces</Relation></RelatedObjectReference><RelatedObjectReference><RelatedObjectIdentifier>X-2</RelatedObjectIdentifier><Relation>autre</Relation></RelatedObjectReference>
<Repository><Identification>REP</Identification></Repository></ContentDescription>
<AccessRestrictionRule><Code listVersionID="edition 2009">AR038</Code><StartDate>2024-06-29</StartDate></AccessRestrictionRule><AppraisalRule><Code>detruire</Code><Duration>P10Y</Duration><StartDate>2024-06-29</StartDate></AppraisalRule>
<ArchiveObject Id="A2"><ArchivalAgencyObjectIdentifier>AO</ArchivalAgencyObjectIdentifier><Name>Acte</Name><OriginatingAgencyObjectIdentifier>OO</OriginatingAgencyObjectIdentifier><TransferringAgencyObjectIdentifier>TO</TransferringAgencyObjectIdentifier>
<ContentDescription><DescriptionLevel>item</DescriptionLevel><Language>fra</Language></ContentDescription><AccessRestrictionRule><Code>AR048</Code><StartDate>2024-06-29</StartDate></AccessRestrictionRule><AppraisalRule><Code>conserver</Code><Duration>P1Y</Duration><StartDate>2024-06-29</StartDate></AppraisalRule>
<ArchiveObject><Name>Sans description</Name></ArchiveObject>
<Document Id="D1"><ArchivalAgencyDocumentIdentifier>AD</ArchivalAgencyDocumentIdentifier><Attachment filename="dossier/acte.pdf" format="fmt/95" mimeCode="application/pdf" encodingCode="6" characterSetCode="106" uri="x"/><Control>contrôle</Control><Copy>true</Copy><Creation>2024-06-28T00:00:00</Creation><Description>Acte</Description><Integrity algorithme="http://www.w3.org/2001/04/xmlenc#sha256">8dc2a6966f1be1644ec6b1f7223f47e53de5ad05e1c976736d948e7977a13dd3</Integrity><Issue>2024-06-28T10:01:00Z</Issue><Language>fra</Language><OriginatingAgencyDocumentIdentifier>OD</OriginatingAgencyDocumentIdentifier><Purpose>but</Purpose><Receipt>2024-06-28T10:00:00+02:00</Receipt><Response>2024-06-28T10:02:00Z</Response><Size unitCode="AD">8</Size><Status>final</Status><Submission>2024-06-28T10:03:00Z</Submission><TransferringAgencyDocumentIdentifier>TD</TransferringAgencyDocumentIdentifier><Type>CDO</Type><Type>PDI</Type></Document>
<Document><Attachment filename="dessin.txt">QUJD</Attachment><Integrity algorithme="sha-1">qZk+NkcGgWq6PiVxeFDCbJzQ2J0=</Integrity><Size unitCode="2P">1.5</Size><Type>CDO</Type><RelatedData><Data filename="r"/><Relation>signature</Relation></RelatedData></Document></ArchiveObject>
<ArchiveObject Id="A3"><Name>Un seul fichier</Name><ContentDescription><DescriptionLevel>item</DescriptionLevel><Language>fra</Language><RelatedObjectReference><RelatedObjectIdentifier>A2</RelatedObjectIdentifier><Relation>IsPartOf</Relation></RelatedObjectReference></ContentDescription><Document Id="D3"><Attachment filename="seul.pdf"/><Creation>2024-06-28T10:00:00Z</Creation><Integrity algorithme="http://www.w3.org/2001/04/xmlenc#sha256">8dc2a6966f1be1644ec6b1f7223f47e53de5ad05e1c976736d948e7977a13dd3</Integrity><Type>CDO</Type></Document></ArchiveObject>
</Archive>
<Archive Id="B1"><ArchivalAgreement>ACCORD-2</ArchivalAgreement><DescriptionLanguage>fra</DescriptionLanguage><Name>Second</Name><ContentDescription><DescriptionLevel>file</DescriptionLevel><Language>fra</Language></ContentDescription><AccessRestrictionRule><Code>AR038</Code><StartDate>2024-06-29</StartDate></AccessRestrictionRule><Document Id="D4"><Attachment filename="b.pdf"/><Integrity algorithme="http://www.w3.org/2001/04/xmlenc#sha256">8dc2a6966f1be1644ec6b1f7223f47e53de5ad05e1c976736d948e7977a13dd3</Integrity><Type>RI</Type></Document></Archive>
</ArchiveTransfer>`
	full02 = `<?xml version="1.0" encoding="UTF-8"?><ArchiveTransfer xmlns="` + V02.Namespace() + `">
<Comment>Un</Comment><Date>2024-07-01T09:30:00+02:00</Date><RelatedTransferReference>R</RelatedTransferReference><TransferIdentifier schemeAgencyName="Commune">T-1</TransferIdentifier><TransferRequestReplyIdentifier>Q</TransferRequestReplyIdentifier>
<TransferringAgency><Identification>12345678200010</Identification><Name>Commune</Name><Contact><PersonName>personne</PersonName><Communication><URI>adresse</URI></Communication></Contact><Address><CityName>Dijon</CityName><Country listVersionID="second edition 2006">BE</Country></Address></TransferringAgency><ArchivalAgency><Identification>SAE</Identification></ArchivalAgency>
<Integrity><Contains algorithme="http://www.w3.org/2000/09/xmldsig#sha1">a9993e364706816aba3e25717850c26c9cd0d89d</Contains><UnitIdentifier>acte.pdf</UnitIdentifier></Integrity><Integrity><Contains algorithme="http://www.w3.org/2000/09/xmldsig#sha1">a9993e364706816aba3e25717850c26c9cd0d89d</Contains><UnitIdentifier>seul.pdf</UnitIdentifier></Integrity><Integrity><Contains algorithme="http://www.w3.org/2000/09/xmldsig#sha1">a9993e364706816aba3e25717850c26c9cd0d89d</Contains><UnitIdentifier>absent.pdf</UnitIdentifier></Integrity>
<Contains Id="A1"><ArchivalAgreement>ACC</ArchivalAgreement><ArchivalProfile>PRO</ArchivalProfile><DescriptionLanguage listVersionID="edition 2009">fr</DescriptionLanguage><DescriptionLevel listVersionID="edition 2009">file</DescriptionLevel><Name>Actes</Name><ServiceLevel>niv</ServiceLevel><TransferringAgencyArchiveIdentifier schemeID="x">TA</TransferringAgencyArchiveIdentifier>
<ContentDescription><CustodialHistory>Transmis
puis versé</CustodialHistory><Description>De quoi</Description><FilePlanPosition>7</FilePlanPosition><Format>papier</Format><Language listVersionID="edition 2009">fr</Language><LatestDate>2024-06-30</LatestDate><OldestDate>2024-01-01</OldestDate><OtherDescriptiveData>autre</OtherDescriptiveData><RelatedObjectReference schemeID="s">X-1</RelatedObjectReference><Size unitCode="2P">10</Size><OriginatingAgency><Identification>B</Identification><Name>Commune</Name></OriginatingAgency><Repository><Identification>REP</Identification></Repository><ContentDescriptive><AccessRestriction><Code listVersionID="edition 2009">AR040</Code><StartDate>2024-01-01</StartDate></AccessRestriction><KeywordContent>Mot</KeywordContent><KeywordType listVersionID="edition 2009">subject</KeywordType></ContentDescriptive><ContentDescriptive><KeywordContent>Libre</KeywordContent></ContentDescriptive><AccessRestriction><Code listVersionID="edition 2009">AR039</Code><StartDate>2024-01-01</StartDate></AccessRestriction></ContentDescription>
<Appraisal><Code listVersionID="edition 2009">detruire</Code><Duration>P10Y</Duration><StartDate>2024-06-29</StartDate></Appraisal><AccessRestriction><Code listVersionID="edition 2009">AR038</Code><StartDate>2024-06-29</StartDate></AccessRestriction>
<Document Id="D1"><Attachment filename="acte.pdf" mimeCode="application/pdf"/><Control>false</Control><Copy>true</Copy><Creation>2024-06-28T00:00:00</Creation><Description>Acte</Description><Identification>I</Identification><Issue>2024-06-28T10:01:00Z</Issue><ItemIdentifier>i1</ItemIdentifier><ItemIdentifier>i2</ItemIdentifier><Purpose>but</Purpose><Receipt>2024-06-28T10:04:00Z</Receipt><Response>2024-06-28T10:02:00Z</Response><Status>statut</Status><Submission>2024-06-28T10:03:00Z</Submission><Type listVersionID="edition 2009">CDO</Type></Document>
<Contains Id="A2"><DescriptionLevel listVersionID="edition 2009">item</DescriptionLevel><Name>Un seul fichier</Name><ContentDescription><Language listVersionID="edition 2009">fr</Language></ContentDescription><Document Id="D2"><Attachment filename="seul.pdf"/><Receipt>2024-06-28T10:04:00Z</Receipt><Type listVersionID="edition 2009">CDO</Type></Document><Contains><DescriptionLevel listVersionID="edition 2009">item</DescriptionLevel><Name>Dessous</Name></Contains></Contains></Contains></ArchiveTransfer>`
)

// earlyTransfers are the composed ones and those of the corpus.
func earlyTransfers(t testing.TB) []manifest {
	t.Helper()
	out := []manifest{{name: "full 1.0", doc: []byte(full10), version: V10}, {name: "full 0.2", doc: []byte(full02), version: V02}}
	if _, err := os.Stat("../../../shared/corpus"); err != nil && os.Getenv("LIASSE_CORPUS") == "" {
		return out
	}
	dir := corpus.Dir(t, "archive")
	for _, row := range corpus.Expected(t, "archive") {
		if v := Version(row.Version); row.Kind == "seda.transfer" && v.Early() {
			data, err := os.ReadFile(filepath.Join(dir, row.Path))
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, manifest{name: row.Path, doc: data, version: v})
		}
	}
	return out
}

func TestEarlyReadWriteRead(t *testing.T) {
	before, after := map[Version][][]byte{}, map[Version][][]byte{}
	all := earlyTransfers(t)
	for _, m := range all {
		p, r, complete := read(t, m.doc)
		if !complete || !r.Valid() {
			t.Fatalf("%s: %v", m.name, r.Err())
		}
		want := dump(p)
		out := rewrite(t, p, Options{Version: m.version, Indent: true})
		again, _, complete := read(t, out)
		if got := dump(again); !complete || got != want {
			t.Errorf("%s: %s", m.name, difference(want, got))
		}
		if twice := rewrite(t, again, Options{Version: m.version, Indent: true}); !bytes.Equal(out, twice) {
			t.Errorf("%s: written twice, not the same: %s", m.name, difference(string(out), string(twice)))
		}
		before[m.version], after[m.version] = append(before[m.version], m.doc), append(after[m.version], out)
		// Every value is in the document written, at its place.
		wrote := values(t, out)
		for key, n := range values(t, m.doc) {
			if wrote[key] < n {
				t.Errorf("%s: %s is lost", m.name, key)
			}
		}
	}
	for v := range before {
		for i, ok := range archivetest.Valid(t, v, before[v]...) {
			if !ok {
				t.Errorf("%s: document %d is not valid to begin with", v, i)
			}
		}
		for i, ok := range archivetest.Valid(t, v, after[v]...) {
			if !ok {
				t.Errorf("%s: document %d is not valid once written\n%s", v, i, after[v][i])
			}
		}
	}
}

// sayings lists the values of a message with the path of names they stand at.
func sayings(t testing.TB, doc []byte) (out [][2]string) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(doc))
	var path, text []string
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
			path, text = append(path, e.Name.Local), append(text, "")
			for _, a := range e.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" && a.Name.Local != "schemaLocation" {
					out = append(out, [2]string{strings.Join(path, "/") + "/@" + a.Name.Local, a.Value})
				}
			}
		case xml.CharData:
			if len(text) > 0 {
				text[len(text)-1] += string(e)
			}
		case xml.EndElement:
			if v := strings.TrimSpace(text[len(text)-1]); v != "" {
				out = append(out, [2]string{strings.Join(path, "/"), v})
			}
			path, text = path[:len(path)-1], text[:len(text)-1]
		}
	}
}

var (
	asArchive = strings.NewReplacer("Contains", "Archive")
	asObject  = strings.NewReplacer("Contains", "ArchiveObject")
	asLater   = strings.NewReplacer("Document/Receipt", "Content/ReceivedDate", "Document/Creation", "Content/CreatedDate", "Document/Submission", "Content/SentDate",
		"ContentDescription/Language", "Content/Language", "ContentDescription/FilePlanPosition", "Content/FilePlanPosition",
		"Archive/OriginatingAgencyArchiveIdentifier", "Content/OriginatingAgencyArchiveUnitIdentifier",
		"ArchiveObject/OriginatingAgencyObjectIdentifier", "Content/OriginatingAgencyArchiveUnitIdentifier",
		"Document/OriginatingAgencyDocumentIdentifier", "Content/OriginatingAgencyArchiveUnitIdentifier", "ManagementMetadata", "Management")
)

// otherwise are values each family writes in its own way.
var otherwise = strings.NewReplacer("fra", "fr", "bre", "br", "eng", "en", "conserver", "Keep", "detruire", "Destroy", "T00:00:00", "")

// lostWithoutAWord lists the paths of the values of one message that another
// made from it does not hold and the report does not speak of.
func lostWithoutAWord(t testing.TB, from, to []byte, r *report.Report, counted bool) (out []string, lost int) {
	t.Helper()
	held := map[string]int{}
	for _, s := range sayings(t, to) {
		value := s[1]
		if a, ok := ged.ParseAlgorithm(value); ok {
			value = string(a)
		}
		held[strings.ToLower(otherwise.Replace(value))]++
		if strings.ContainsAny(value, "\n/") { // the items of a text, the name in a path
			for _, line := range append(strings.Split(value, "\n"), path.Base(value)) {
				held[strings.ToLower(otherwise.Replace(strings.TrimSpace(line)))]++
			}
		}
	}
	var said []string
	for f := range r.All() {
		_, rest, ok := strings.Cut(f.Where.Path, "]/")
		if !ok {
			_, rest, _ = strings.Cut(f.Where.Path, "/")
		}
		if rest != "" {
			said = append(said, rest)
		}
	}
	for _, s := range sayings(t, from) {
		value := s[1]
		if a, ok := ged.ParseAlgorithm(value); ok {
			value = string(a)
		} else if strings.HasSuffix(s[0], "Integrity/UnitIdentifier") || strings.HasSuffix(s[0], "DataObjectReferenceId") ||
			strings.HasSuffix(s[0], "DataObjectGroupReferenceId") || strings.HasSuffix(s[0], "DataObjectGroupId") || strings.HasSuffix(s[0], "ArchiveUnitRefId") {
			continue // how the message refers to its own parts
		} else if strings.HasSuffix(s[0], "/DataObjectVersion") && strings.HasPrefix(value, string(archive.BinaryMaster)) {
			continue // what every file is in the first family
		} else if rest, ok := strings.CutPrefix(value, "APP"); ok && held["p"+strings.ToLower(rest)] > 0 {
			continue
		} else if strings.HasSuffix(s[0], "/Duration") && held[strings.ToLower(value)] == 0 {
			value = "APP" + value[1:]
		} else if strings.HasSuffix(s[0], "/@unitCode") && value == "AD" {
			continue // sizes are in bytes
		}
		value, _, _ = strings.Cut(value, "\n") // the lines of a text may become items
		key := strings.ToLower(otherwise.Replace(value))
		if strings.HasSuffix(s[0], "/@Id") || strings.HasSuffix(s[0], "/@id") || strings.HasSuffix(s[0], "/@listVersionID") || held[key] > 0 {
			if counted {
				held[key]--
			}
			continue
		}
		lost++
		// The words of the two families differ: a report may speak in either.
		if !slices.ContainsFunc(said, func(p string) bool {
			return slices.ContainsFunc([]*strings.Replacer{asArchive, asObject, asLater}, func(r *strings.Replacer) bool {
				return strings.Contains(r.Replace(s[0]+"/"), p+"/")
			})
		}) {
			out = append(out, s[0])
		}
	}
	return out, lost
}

func TestEarlyConversionsLoseNothingTheyDoNotReport(t *testing.T) {
	made, names := map[Version][][]byte{}, map[Version][]string{}
	total := 0
	for _, m := range earlyTransfers(t) {
		p, _, _ := read(t, m.doc)
		for _, to := range append([]Version{V02, V10}, written...) {
			if to == m.version {
				continue
			}
			name := m.name + " to " + string(to)
			out, r := convert(t, p, Options{Version: to})
			missing, lost := lostWithoutAWord(t, m.doc, out, r, strings.HasPrefix(m.name, "full"))
			total += lost
			for _, path := range missing {
				t.Errorf("%s: %s is lost without a word", name, path)
			}
			if !r.Has(RuleRequired) {
				made[to], names[to] = append(made[to], out), append(names[to], name)
			} else if to != V20 {
				for f := range r.All() {
					// Neither can be made up: a level, and the digest a Uri goes with.
					if wants := fmt.Sprint(f.Params[0]); f.Rule == RuleRequired && !strings.Contains(wants, "DescriptionLevel") && !strings.Contains(wants, "MessageDigest") {
						t.Errorf("%s: %s wants %v", name, f.Where.Path, f.Params)
					}
				}
			}
			if again, rep, complete := read(t, out); !complete || !rep.Valid() || len(again.Units) != len(p.Units) {
				t.Errorf("%s: read again: %v", name, rep.Err())
			}
		}
	}
	good := 0
	for v, docs := range made {
		for i, ok := range archivetest.Valid(t, v, docs...) {
			if !ok {
				t.Errorf("%s is not valid:\n%s", names[v][i], docs[i])
			} else {
				good++
			}
		}
	}
	t.Logf("%d valid conversions, %d values lost and reported", good, total)
	if good < 8 || total == 0 {
		t.Error("too few to prove anything")
	}
}

// values lists every text and attribute by its path of names.
func values(t testing.TB, doc []byte) map[string]int {
	t.Helper()
	out := map[string]int{}
	for key, n := range said(t, doc) {
		if !strings.Contains(key, "/@Id=") && !strings.Contains(key, "/@listVersionID=") {
			out[key] += n
		}
	}
	return out
}

func FuzzReadEarly(f *testing.F) {
	f.Add([]byte(full10))
	f.Add([]byte(full02))
	f.Fuzz(func(t *testing.T, doc []byte) {
		p, r, complete := read(t, doc)
		if !complete || !Version(p.Origin).Early() || r.Has(archive.RuleIDTwice) {
			return
		}
		for _, v := range []Version{V02, V10, V21, V23} {
			var b bytes.Buffer
			if _, err := Convert(context.Background(), &b, p, Options{Version: v}); err != nil {
				continue // an identifier no document can hold
			}
			again, _, complete := read(t, b.Bytes())
			if !complete {
				t.Fatalf("%s: what was written cannot be read", v)
			}
			if string(v) == p.Origin {
				out := rewrite(t, again, Options{Version: v})
				if third, _, _ := read(t, out); dump(third) != dump(again) {
					t.Fatalf("%s: written twice, not the same: %s", v, difference(dump(again), dump(third)))
				}
			}
		}
	})
}

// TestBackToTheFirstFamily converts what the corpus has of the second family:
// most of it demands what only an archivist knows (a rule of access by its
// code, a duration), and all that is lost is said.
func TestBackToTheFirstFamily(t *testing.T) {
	made, names := map[Version][][]byte{}, map[Version][]string{}
	total, n := 0, 0
	for _, m := range manifests(t) {
		p, r, complete := read(t, m.doc)
		if !complete || r.Has(archive.RuleIDTwice) || Supported(m.version) != nil || !r.Valid() {
			continue
		}
		n++
		for _, to := range []Version{V10, V02} {
			out, r := convert(t, p, Options{Version: to})
			missing, lost := lostWithoutAWord(t, m.doc, out, r, false)
			total += lost
			for _, path := range missing {
				t.Errorf("%s to %s: %s is lost without a word", m.name, to, path)
			}
			if !r.Has(RuleRequired) {
				made[to], names[to] = append(made[to], out), append(names[to], m.name)
			}
			if _, rep, complete := read(t, out); !complete {
				t.Errorf("%s: read again: %v", m.name, rep.Err())
			}
		}
	}
	good := 0
	for v, docs := range made {
		for i, ok := range archivetest.Valid(t, v, docs...) {
			if !ok {
				t.Errorf("%s to %s is not valid:\n%.3000s", names[v][i], v, docs[i])
			} else {
				good++
			}
		}
	}
	t.Logf("%d transfers, %d valid conversions, %d values lost and reported", n, good, total)
}

// TestBuiltForTheFirstFamily: a package made of documents, with the rules an
// as@lae platform knows, is a valid transfer and reads back with what the
// version can say.
func TestBuiltForTheFirstFamily(t *testing.T) {
	for _, v := range []Version{V10, V02} {
		docs := deliberation()
		docs[0].Files, docs[0].Identifiers = docs[0].Files[:2], nil // one file and one identifier each: there is room for no more
		p := build(t, docs, contents())
		for u := range p.Walk() {
			u.Rules = []ged.Rule{{Category: ged.Conservation, Code: "APP1Y", Start: day("2024-06-27"), SortFinal: ged.Conserver},
				{Category: ged.Communicabilite, Code: "AR038", Start: day("2024-06-27")}}
		}
		var b bytes.Buffer
		r, err := Convert(context.Background(), &b, p, Options{Version: v, Stored: stored})
		if err != nil || r.Has(RuleRequired) || !r.Has(RuleLost) {
			t.Fatalf("%s: %v %s", v, err, paths(r))
		}
		if !archivetest.Valid(t, v, b.Bytes())[0] {
			t.Fatalf("%s: not valid: %s", v, b.Bytes())
		}
		if err := Write(context.Background(), io.Discard, p, Options{Version: v, Stored: stored}); err == nil {
			t.Errorf("%s: what the version cannot say is dropped in silence", v)
		}
		again, rep, complete := read(t, b.Bytes())
		if !complete || !rep.Valid() {
			t.Fatal(rep.Err())
		}
		tell := func(p *archive.Package) (out []string) {
			for u, depth := range p.Walk() {
				s := fmt.Sprint(depth, u.ID, u.Level, u.Title, u.Description, u.FilePlan, u.Keywords, u.History, u.SystemIDs)
				slices.SortFunc(u.Rules, func(a, b ged.Rule) int { return strings.Compare(a.Code, b.Code) })
				for _, r := range u.Rules {
					s += fmt.Sprint(r.Category, r.Code, r.Start, r.SortFinal)
				}
				for _, g := range u.Groups {
					for _, o := range g.Objects {
						s += " " + o.ID
						if o.Source != nil {
							o.Digests, o.URI = []ged.Digest{stored(o).Digest}, stored(o).URI
						}
						s += fmt.Sprint(o.Digests, o.URI)
					}
				}
				out = append(out, s)
			}
			return out
		}
		a, c := tell(p), tell(again)
		if !slices.Equal(a, c) {
			t.Errorf("%s:\n%s", v, difference(strings.Join(a, "\n"), strings.Join(c, "\n")))
		}
		if twice := rewrite(t, again, Options{Version: v}); !bytes.Equal(twice, b.Bytes()) {
			t.Errorf("%s: written again, not the same: %s", v, difference(strings.ReplaceAll(b.String(), "><", ">\n<"), strings.ReplaceAll(string(twice), "><", ">\n<")))
		}
	}
}

// manyEarly is a transfer of 1.0 of n archives with a document each, made as
// it is read.
func manyEarly(n int) io.Reader {
	archives := strings.NewReader("")
	i := 0
	body := readerFunc(func(p []byte) (int, error) {
		for archives.Len() == 0 {
			if i == n {
				return 0, io.EOF
			}
			i++
			archives = strings.NewReader(fmt.Sprintf(`<Archive Id="A%d"><DescriptionLanguage>fra</DescriptionLanguage><Name>Acte</Name><ContentDescription><DescriptionLevel>file</DescriptionLevel><Language>fra</Language></ContentDescription>`+
				`<AccessRestrictionRule><Code>AR038</Code><StartDate>2024-01-01</StartDate></AccessRestrictionRule><Document Id="D%d"><Attachment filename="a%d.pdf"/><Type>CDO</Type></Document></Archive>`, i, i, i))
		}
		return archives.Read(p)
	})
	return io.MultiReader(strings.NewReader(`<ArchiveTransfer xmlns="`+V10.Namespace()+`"><Date>2024-01-01T00:00:00Z</Date><TransferIdentifier>T</TransferIdentifier>`),
		body, strings.NewReader(`</ArchiveTransfer>`))
}

// TestThereAndBack: what goes from 1.0 to 2.1 and back is the same message, but
// for what each conversion said.
func TestThereAndBack(t *testing.T) {
	for _, m := range earlyTransfers(t) {
		p, _, _ := read(t, m.doc)
		there, said := convert(t, p, Options{Version: V21})
		again, _, _ := read(t, there)
		back, more := convert(t, again, Options{Version: m.version})
		for f := range more.All() {
			said.Record(*f)
		}
		missing, _ := lostWithoutAWord(t, m.doc, back, said, false)
		for _, path := range missing {
			t.Errorf("%s: %s is lost without a word", m.name, path)
		}
		last, r, complete := read(t, back)
		if !complete || !r.Valid() || len(last.Units) != len(p.Units) {
			t.Errorf("%s: %v", m.name, r.Err())
		}
		names := func(p *archive.Package) (out []string) {
			for u := range p.Walk() {
				out = append(out, u.Title)
			}
			slices.Sort(out)
			return out
		}
		if a, b := names(p), names(last); !slices.Equal(a, b) {
			t.Errorf("%s: units %q, were %q", m.name, b, a)
		}
	}
}
