package preflight

import (
	"context"
	"strings"
	"testing"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

// draft is a message of 0.2 with what stands at its top, and its documents.
func draft(proofs, documents string) string {
	return `<ArchiveTransfer xmlns="fr:gouv:ae:archive:draft:standard_echange_v0.2"><Date>2024-06-28T10:00:00Z</Date><TransferIdentifier>T</TransferIdentifier>` +
		`<TransferringAgency><Identification>V</Identification></TransferringAgency><ArchivalAgency><Identification>A</Identification></ArchivalAgency>` + proofs +
		`<Contains><DescriptionLanguage listVersionID="edition 2009">fr</DescriptionLanguage><DescriptionLevel listVersionID="edition 2009">file</DescriptionLevel><Name>n</Name>` +
		`<ContentDescription><Language listVersionID="edition 2009">fr</Language></ContentDescription>` +
		`<AccessRestriction><Code listVersionID="edition 2009">AR038</Code><StartDate>2024-06-28</StartDate></AccessRestriction>` + documents + `</Contains></ArchiveTransfer>`
}

func document(name string) string {
	return `<Document><Attachment filename="` + name + `"/><Type listVersionID="edition 2009">CDO</Type></Document>`
}

func proof(file, algorithm string) string {
	return `<Integrity><Contains algorithme="` + algorithm + `">` + strings.Repeat("0a", 32) + `</Contains><UnitIdentifier>` + file + `</UnitIdentifier></Integrity>`
}

// TestDigestsAtTheTopOfDrafts: those of no file, and those of an algorithm
// nobody can compute, prove nothing and are told; the message stays valid.
func TestDigestsAtTheTopOfDrafts(t *testing.T) {
	const sha256 = "http://www.w3.org/2001/04/xmlenc#sha256"
	for _, c := range []struct {
		name, doc string
		rule      *report.Rule
		count     int
	}{
		{"each of a document", draft(proof("a", sha256)+proof("b", sha256), document("a")+document("b")), nil, 0},
		{"one of no document", draft(proof("a", sha256)+proof("c", sha256), document("a")+document("b")), RuleProof, 1},
		{"none of a document", draft(proof("x", sha256)+proof("y", sha256), document("a")), RuleProof, 2},
		{"of nothing", draft(proof("", sha256), document("a")), RuleProof, 1},
		{"algorithm of nobody", draft(proof("a", "http://example.org/#crc32"), document("a")), RuleAlgorithm, 1},
		{"algorithm by its short name", draft(proof("a", "sha256"), document("a")), nil, 0},
	} {
		r := inspected(t, c.doc, inspect.Options{})
		n := 0
		for f := range r.Report.All() {
			if f.Rule == c.rule {
				n++
				if m := f.Message("fr"); f.Where.Line == 0 || strings.Contains(m, "l'objet  ") {
					t.Errorf("%s: line %d, %s", c.name, f.Where.Line, m)
				}
			}
		}
		if r.Verdict() != inspect.Valid || n != c.count || r.Report.Total() != c.count {
			t.Errorf("%s: %s, %d: %v", c.name, r.Verdict(), n, r.Report.Err())
		}
	}
}

// TestUTF16LabelledOtherwise: a message in UTF-16 that declares another
// encoding, or bears no mark, is refused, and known by its root all the same.
func TestUTF16LabelledOtherwise(t *testing.T) {
	wide := func(s string, little bool) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			if little {
				b.Write([]byte{c, 0})
			} else {
				b.Write([]byte{0, c})
			}
		}
		return b.String()
	}
	const utf8 = `<?xml version="1.0" encoding="UTF-8"?><!-- a --><ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1"/>`
	for name, doc := range map[string]string{
		"little-endian, declared UTF-8": "\xff\xfe" + wide(utf8, true),
		"big-endian, declared UTF-8":    "\xfe\xff" + wide(utf8, false),
		"no mark":                       wide(strings.Replace(utf8, "UTF-8", "UTF-16", 1), true),
		"UTF-8, declared UTF-16":        strings.Replace(utf8, "UTF-8", "utf-16", 1),
	} {
		r := inspected(t, doc, inspect.Options{})
		if r.Kind != "seda.transfer" || r.Verdict() != inspect.Invalid || r.Report.Has(seda.RuleNamespace) {
			t.Errorf("%s: %s %s: %v", name, r.Kind, r.Verdict(), r.Report.Err())
		}
	}
	if inspectable(wide("<?xml version='1.0' encoding='UTF-8'?><a/>", true)) {
		t.Error("any document in UTF-16 is taken for a message")
	}
}

func inspectable(doc string) bool {
	return Inspector().Detect(context.Background(), inspect.NewBytes("m", []byte(doc)))
}
