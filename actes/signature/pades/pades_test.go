package pades_test

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/cmstest"
	"github.com/liasse/liasse/actes/signature/internal/pdftest"
	"github.com/liasse/liasse/actes/signature/pades"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/pdf"
	"github.com/liasse/liasse/internal/rulestest"
)

// stamped returns a document timestamp in a new field.
func stamped(t testing.TB, ca *cmstest.CA, d *pdftest.Doc, n int) *pdftest.Doc {
	d.Update(objects{n: "<</FT/Sig/T(horodatage)>>", pdftest.Form: strings.Replace(d.Object(pdftest.Form), "]", " "+itoa(n)+" 0 R]", 1)})
	return d.Sign(t, ca, pdftest.Signing{Type: "DocTimeStamp", SubFilter: "ETSI.RFC3161", Field: n, Value: func(over []byte) []byte {
		return ca.Stamp(t, cmstest.Stamp{Content: over})
	}})
}

func itoa(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }

// TestVerdicts is what must be said of documents signed as they should be, and
// of what is usually done to them afterwards.
func TestVerdicts(t *testing.T) {
	ca := cmstest.NewCA(t)
	signed := func() *pdftest.Doc { return pdftest.New().Sign(t, ca, pdftest.Signing{}) }
	const none = signature.NoCertificateChainFound
	for _, c := range []struct {
		name  string
		doc   *pdftest.Doc
		sub   signature.Sub
		level string
		kinds pades.Change // of the first signature
	}{
		{"signed", signed(), none, "PAdES-BASELINE-B", 0},
		{"a signing time inside", pdftest.New().Sign(t, ca, pdftest.Signing{Value: func(b []byte) []byte {
			return ca.Sign(t, cmstest.Signature{Content: b, Detached: true})
		}}), none, "PAdES-BES", 0},
		{"PKCS#7", pdftest.New().Sign(t, ca, pdftest.Signing{SubFilter: "adbe.pkcs7.detached"}), none, "PKCS7-B", 0},
		{"PKCS#7 over the SHA-1", pdftest.New().Sign(t, ca, pdftest.Signing{SubFilter: "adbe.pkcs7.sha1", Value: func(b []byte) []byte {
			return ca.Sign(t, cmstest.Signature{Content: sha1Of(b)})
		}}), none, "PKCS7-B", 0},
		{"another SHA-1", pdftest.New().Sign(t, ca, pdftest.Signing{SubFilter: "adbe.pkcs7.sha1", Value: func(b []byte) []byte {
			return ca.Sign(t, cmstest.Signature{Content: sha1Of([]byte("autre"))})
		}}), signature.HashFailure, "PKCS7-B", 0},
		{"an octet changed", changed(signed()), signature.HashFailure, "PAdES-BASELINE-B", 0},
		{"a document timestamp after", stamped(t, ca, signed(), 21), none, "PAdES-BASELINE-T", pades.Extended},
		{"a field filled after", signed().Edit(pdftest.Name, "(1000)", "(2000)"), none, "PAdES-BASELINE-B", pades.Filled},
		{"a field and its look", signed().Edit(pdftest.Name, "(1000)/Rect", "(2000)/AS/x/Rect"), none, "PAdES-BASELINE-B", pades.Filled},
		{"an annotation after", signed().Update(objects{pdftest.Annots: "[7 0 R 8 0 R 21 0 R]", 21: note}), none, "PAdES-BASELINE-B", pades.Annotated},
		{"a font for fields after", signed().Edit(pdftest.Form, "/SigFlags", "/DR<</Font<</Helv 5 0 R>>>>/SigFlags"), none, "PAdES-BASELINE-B", pades.Filled},
		{"fields made read-only", signed().Edit(pdftest.Name, "/Rect", "/Ff 1/Rect"), none, "PAdES-BASELINE-B", pades.Filled},
		{"private data of software after", signed().Edit(pdftest.Catalog, "/Pages", "/PieceInfo<</X<<>>>>/Pages"), none, "PAdES-BASELINE-B", pades.Filled},
		{"a structure element after", tagged(t, ca, "[21 0 R 23 0 R 25 0 R]", "/K 0"), none, "PAdES-BASELINE-B", pades.Extended},
		{"metadata after", signed().Update(objects{21: pdftest.Stream("", "x")}).Edit(pdftest.Catalog, "/Pages", "/Metadata 21 0 R/Pages"), none, "PAdES-BASELINE-B", pades.Extended},
		{"validation data after", signed().Edit(pdftest.Catalog, "/Pages", "/DSS<</Certs[]>>/Pages"), none, "PAdES-BASELINE-B", pades.Extended},
		{"blanks after", blanks(signed()), none, "PAdES-BASELINE-B", 0},
		{"certified for forms, a field filled", pdftest.New().Sign(t, ca, pdftest.Signing{Entries: certified(2)}).Edit(pdftest.Name, "(1000)", "(2000)"), none, "PAdES-BASELINE-B", pades.Filled},
		{"certified for annotations, annotated", pdftest.New().Sign(t, ca, pdftest.Signing{Entries: certified(3)}).Update(objects{pdftest.Annots: "[7 0 R 8 0 R 21 0 R]", 21: note}), none, "PAdES-BASELINE-B", pades.Annotated},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := validate(t, c.doc.B, strict())
			if len(r.Verdicts) != 1 {
				t.Fatalf("%d verdicts", len(r.Verdicts))
			}
			v := r.Verdicts[0]
			if v.Conclusion.Sub != c.sub || v.Level != c.level {
				t.Errorf("%v %s, want %s %s", v.Conclusion, v.Level, c.sub, c.level)
			}
			if v.Intact != (c.sub == none) || r.Findings.Valid() != v.Intact {
				t.Errorf("intact %v, valid %v", v.Intact, r.Findings.Valid())
			}
			var k pades.Change
			if ch := r.Places[0].Changes; ch != nil {
				k = ch.Kinds
			}
			if k != c.kinds {
				t.Errorf("changes %b, want %b", k, c.kinds)
			}
		})
	}
}

func sha1Of(b []byte) []byte { return cmstest.SHA1(b) }

func changed(d *pdftest.Doc) *pdftest.Doc {
	i := bytes.Index(d.B, []byte("1 000 euros"))
	d.B[i] = '9'
	return d
}

func blanks(d *pdftest.Doc) *pdftest.Doc { d.B = append(d.B, "\n\n \x00\n"...); return d }

// TestEveryOctetIsCovered alters a signed document octet by octet: outside the
// value none may go unnoticed.
func TestEveryOctetIsCovered(t *testing.T) {
	ca := cmstest.NewCA(t)
	d := pdftest.New().Sign(t, ca, pdftest.Signing{Room: 2400})
	start := bytes.Index(d.B, []byte("<30"))
	end := start + 2402
	step := 1
	if testing.Short() {
		step = 17
	}
	for i := 0; i < len(d.B); i += step {
		if i >= start && i < end {
			continue
		}
		b := bytes.Clone(d.B)
		b[i] ^= 1
		for _, v := range validate(t, b, nil).Verdicts {
			if v.Intact {
				t.Fatalf("octet %d changed and the signature is intact", i)
			}
		}
	}
}

// TestCoverageIsTheSignedOctets: what is said to be covered is exactly what was
// signed.
func TestCoverageIsTheSignedOctets(t *testing.T) {
	ca := cmstest.NewCA(t)
	var over []byte
	d := pdftest.New().Sign(t, ca, pdftest.Signing{Value: func(b []byte) []byte {
		over = b
		return ca.Sign(t, cmstest.Signature{Content: b, Detached: true, NoTime: true})
	}})
	d.Edit(pdftest.Name, "(1000)", "(2000)")
	v := validate(t, d.B, nil).Verdicts[0]
	if len(v.Covers) != 1 || v.Covers[0].Kind != "PARTIAL" {
		t.Fatalf("%+v", v.Covers)
	}
	for range 2 {
		r, err := v.Covers[0].Data.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		r.Close()
		if err != nil || !bytes.Equal(got, over) {
			t.Errorf("%d octets, want %d (%v)", len(got), len(over), err)
		}
	}
}

// TestStampsProveTheSignatureBefore: a document timestamp belongs to the
// signatures it covers, one before a signature to none.
func TestStampsProveTheSignatureBefore(t *testing.T) {
	ca := cmstest.NewCA(t)
	r := validate(t, stamped(t, ca, pdftest.New().Sign(t, ca, pdftest.Signing{}), 21).B, nil)
	if len(r.Verdicts) != 1 || len(r.Verdicts[0].Stamps) != 1 || len(r.Stamps) != 0 {
		t.Fatalf("%d verdicts, %d stamps apart", len(r.Verdicts), len(r.Stamps))
	}
	if s := r.Verdicts[0].Stamps[0]; s.State() != "intact" {
		t.Error(s.State())
	}
	r = validate(t, stamped(t, ca, pdftest.New(), 21).Sign(t, ca, pdftest.Signing{}).B, nil)
	if len(r.Verdicts) != 1 || len(r.Verdicts[0].Stamps) != 0 || len(r.Stamps) != 1 {
		t.Fatalf("%d verdicts, %d stamps apart", len(r.Verdicts), len(r.Stamps))
	}
}

// TestTwoSignatures: the second signer's update is no fault of the first.
func TestTwoSignatures(t *testing.T) {
	ca := cmstest.NewCA(t)
	d := pdftest.New(func(o objects) {
		o[pdftest.Form] = "<</Fields[7 0 R 8 0 R 20 0 R]>>"
		o[20] = "<</FT/Sig/T(second)>>"
	})
	d.Sign(t, ca, pdftest.Signing{}).Sign(t, ca, pdftest.Signing{Field: 20})
	r := validate(t, d.B, strict())
	if len(r.Verdicts) != 2 {
		t.Fatalf("%d verdicts", len(r.Verdicts))
	}
	for i, v := range r.Verdicts {
		if !v.Intact || v.Conclusion.Sub != signature.NoCertificateChainFound || r.Places[i].Whole != (i == 1) {
			t.Errorf("%d: %v", i, v.Conclusion)
		}
	}
}

// TestUnsignedIsLeftToOthers: a PDF without signature is none of ours.
func TestUnsignedIsLeftToOthers(t *testing.T) {
	for name, b := range map[string][]byte{"unsigned": pdftest.New().B, "text": []byte("%PDF-1.4 et rien"), "empty": nil} {
		if pades.Inspector().Detect(context.Background(), inspect.NewBytes(name, b)) {
			t.Errorf("%s is recognised", name)
		}
	}
}

// cut takes the end of a signed file away: its signature stands in it and no
// table of objects leads there.
func cut(t testing.TB, ca *cmstest.CA) []byte {
	b := pdftest.New().Sign(t, ca, pdftest.Signing{}).B
	return b[:bytes.LastIndex(b, []byte("startxref"))-40]
}

// TestSignedFilesThatCannotBeRead: a signed file that was cut, or asks for a
// password, is no file of an unknown format.
func TestSignedFilesThatCannotBeRead(t *testing.T) {
	ca := cmstest.NewCA(t)
	locked := func(b []byte) []byte {
		i := bytes.LastIndex(b, []byte("/Root"))
		return slices.Concat(b[:i], []byte("/Encrypt<</Filter/Autre>>"), b[i:])
	}
	signed := pdftest.New().Sign(t, ca, pdftest.Signing{}).B
	for name, x := range map[string]struct {
		b    []byte
		rule *report.Rule // nil: none of ours
	}{
		"cut":              {cut(t, ca), pades.RuleLost},
		"locked":           {locked(signed), pdf.RuleSecurity},
		"beginning only":   {signed[:bytes.Index(signed, []byte("/ByteRange"))+40], pades.RuleLost},
		"unsigned, cut":    {pdftest.New().B[:300], nil},
		"unsigned, locked": {locked(pdftest.New().B), nil},
		"words behind":     {append(bytes.Clone(pdftest.New().B), "/ByteRange of what?"...), nil},
	} {
		in := inspect.NewBytes(name, x.b)
		if got := pades.Inspector().Detect(context.Background(), in); got != (x.rule != nil) {
			t.Errorf("%s: recognised %v", name, got)
		}
		if x.rule == nil {
			continue
		}
		r, err := pades.Inspector().Inspect(context.Background(), in, inspect.Options{})
		if err != nil || r.Verdict() != inspect.Invalid || !r.Report.Has(x.rule) {
			t.Errorf("%s: %v, %v", name, r.Report, err)
		}
	}
	// In front of the text the search goes piece by piece.
	long := append([]byte("%PDF-1.4\n"), bytes.Repeat([]byte("%"), 64<<10-len("%PDF-1.4\n")-5)...)
	if !pades.Inspector().Detect(context.Background(), inspect.NewBytes("long", append(long, "/ByteRange [0 1 2 3]"...))) {
		t.Error("a dictionary across two pieces is not found")
	}
}

// TestPoppler: what we find intact, pdfsig finds valid.
func TestPoppler(t *testing.T) {
	tool := corpus.Tool(t, "pdfsig")
	ca := cmstest.NewCA(t)
	for name, d := range map[string]*pdftest.Doc{
		"signed":        pdftest.New().Sign(t, ca, pdftest.Signing{}),
		"old":           pdftest.New().Sign(t, ca, pdftest.Signing{SubFilter: "adbe.pkcs7.detached"}),
		"two revisions": pdftest.New().Sign(t, ca, pdftest.Signing{}).Edit(pdftest.Name, "(1000)", "(2000)"),
		"changed":       changed(pdftest.New().Sign(t, ca, pdftest.Signing{})),
	} {
		out := run(t, tool, d.B)
		theirs := strings.Contains(out, "Signature is Valid")
		if ours := validate(t, d.B, nil).Verdicts[0].Intact; ours != theirs {
			t.Errorf("%s: intact %v, pdfsig %v", name, ours, theirs)
		}
	}
}

func TestRules(t *testing.T) {
	ca := cmstest.NewCA(t)
	m := map[*report.Rule]func(testing.TB) *report.Report{}
	of := func(d func(testing.TB) *pdftest.Doc) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report { return validate(t, d(t).B, nil).Findings }
	}
	for _, a := range attacks {
		m[a.rule] = of(func(t testing.TB) *pdftest.Doc { return a.make(t, ca) })
	}
	sign := func(s pdftest.Signing) func(testing.TB) *report.Report {
		return of(func(t testing.TB) *pdftest.Doc { return pdftest.New().Sign(t, ca, s) })
	}
	m[pades.RuleUnreadable] = sign(pdftest.Signing{Value: func([]byte) []byte { return []byte("0000") }})
	m[pades.RuleSubFilter] = sign(pdftest.Signing{SubFilter: "adbe.x509.rsa_sha1"})
	m[pades.RulePadding] = sign(pdftest.Signing{Hex: func(h string) string { return h[:len(h)-2] + "41" }})
	annotated := of(func(t testing.TB) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{}).Update(objects{pdftest.Annots: "[7 0 R 8 0 R 21 0 R]",
			21: "<</Type/Annot/Subtype/FreeText/Rect[40 590 400 720]/Contents(corrige)/P 3 0 R>>"})
	})
	m[pades.RuleAnnotation], m[pades.RuleOverlap], m[pades.RuleAllowed] = annotated, annotated, annotated
	m[pades.RuleRepaired] = of(func(t testing.TB) *pdftest.Doc {
		d := pdftest.New().Sign(t, ca, pdftest.Signing{})
		i := bytes.LastIndex(d.B, []byte("startxref\n")) + 10
		copy(d.B[i:], "7777777777777"[:bytes.IndexByte(d.B[i:], '\n')])
		return d
	})
	m[pades.RuleLost] = of(func(t testing.TB) *pdftest.Doc { return &pdftest.Doc{B: cut(t, ca)} })
	m[pades.RuleLimit] = of(func(t testing.TB) *pdftest.Doc {
		fields, sig := "", "/V<</Type/Sig/SubFilter/x/Contents<00>>>"
		d := pdftest.New(func(o objects) {
			for i := range 201 {
				fields += itoa3(1000+i) + " 0 R "
				o[1000+i] = "<</FT/Sig/T(s" + itoa3(1000+i) + ")" + sig + ">>"
			}
			o[pdftest.Form] = "<</Fields[" + fields + "]>>"
		})
		return d
	})
	m[pades.RuleValidation] = of(func(t testing.TB) *pdftest.Doc {
		d := pdftest.New().Sign(t, ca, pdftest.Signing{})
		return d.Update(objects{pdftest.Catalog: "<</Type/Catalog/Pages 2 0 R/AcroForm 6 0 R/DSS<</Certs[21 0 R]>>>>", 21: pdftest.Stream("", "rien")})
	})
	m[pades.RuleCompare] = compareLimit(ca)
	rulestest.Every(t, pades.Rules(), m)
}

func itoa3(n int) string {
	return string([]byte{byte('0' + n/1000), byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)})
}
