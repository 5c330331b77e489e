package pades_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/cmstest"
	"github.com/liasse/liasse/actes/signature/internal/pdftest"
	"github.com/liasse/liasse/actes/signature/pades"
	"github.com/liasse/liasse/ged/report"
)

type objects = pdftest.Objects

// strict is the policy that takes every undefined change for a fault, as is
// advised for acts.
func strict() *signature.Policy {
	p := signature.European()
	p.LaterChanges = signature.Fail
	return p
}

func validate(t testing.TB, b []byte, p *signature.Policy) *pades.Report {
	t.Helper()
	r, err := pades.Validate(context.Background(), bytes.NewReader(b), int64(len(b)), signature.Options{At: now, Policy: p})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// certified are the entries of a certification signature of that permission.
func certified(p int) string {
	return fmt.Sprintf("/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/V/1.2/P %d>>>>]", p)
}

const note = "<</Type/Annot/Subtype/FreeText/Rect[40 690 400 720]/Contents(corrige)/P 3 0 R>>"

// attacks are the ways to make a signed PDF say something else. Each must be
// refused under the strict policy. By default it is told by that rule: as an
// error when always is set, as a warning otherwise.
var attacks = []struct {
	name   string
	rule   *report.Rule
	always bool
	make   func(testing.TB, *cmstest.CA) *pdftest.Doc
}{
	{"wrapping: the hole is larger than the value", pades.RuleByteRange, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{Range: func(r *[4]int) { r[2] += 4; r[3] -= 4 }})
	}},
	{"wrapping: the hole begins before the value", pades.RuleByteRange, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{Range: func(r *[4]int) { r[1] -= 10 }})
	}},
	{"the value is signed as well but for a part", pades.RuleByteRange, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{Range: func(r *[4]int) { r[2] -= 10; r[3] += 10 }})
	}},
	{"the signature does not begin at the first octet", pades.RuleByteRange, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{Range: func(r *[4]int) { r[0] = 1 }})
	}},
	{"universal forgery: no range", pades.RuleByteRange, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{Written: func(string) string { return "null" }})
	}},
	{"universal forgery: a range of nothing", pades.RuleByteRange, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{Range: func(r *[4]int) { *r = [4]int{} }})
	}},
	{"universal forgery: negative numbers", pades.RuleByteRange, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{Written: func(string) string { return "[0 -1 -1 10]" }})
	}},
	{"universal forgery: three numbers", pades.RuleByteRange, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{Written: func(s string) string { return s[:strings.LastIndex(s, " ")] + "]" }})
	}},
	{"universal forgery: octets outside the file", pades.RuleByteRange, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{Range: func(r *[4]int) { r[3] += 1000 }})
	}},
	{"universal forgery: numbers that overflow", pades.RuleByteRange, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{Written: func(string) string { return "[0 9 9223372036854775807 99]" }})
	}},
	{"the value lies in another object", pades.RuleByteRange, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{Indirect: true})
	}},
	{"the hole holds more than digits", pades.RuleByteRange, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{Hex: func(h string) string { return h[:len(h)-40] + strings.Repeat(" ", 40) }})
	}},
	{"an entry of the dictionary is there twice", pades.RuleByteRange, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{Entries: "/ByteRange[0 1 2 3]"})
	}},
	{"the ranges of two signatures cut one another", pades.RuleByteRange, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New(func(o objects) { o[pdftest.Form] = "<</Fields[7 0 R 8 0 R 20 0 R]>>"; o[20] = "<</FT/Sig/T(second)>>" })
		d.Sign(t, ca, pdftest.Signing{})
		return d.Sign(t, ca, pdftest.Signing{Field: 20, Range: func(r *[4]int) { r[1] = 2500 }})
	}},
	{"a page added", pades.RulePages, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New().Sign(t, ca, pdftest.Signing{})
		return d.Update(objects{pdftest.Pages: "<</Type/Pages/Kids[3 0 R 21 0 R]/Count 2>>", 21: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"})
	}},
	{"a page removed", pades.RulePages, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New(func(o objects) {
			o[pdftest.Pages] = "<</Type/Pages/Kids[3 0 R 21 0 R]/Count 2>>"
			o[21] = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"
		}).Sign(t, ca, pdftest.Signing{})
		return d.Update(objects{pdftest.Pages: "<</Type/Pages/Kids[3 0 R]/Count 1>>"})
	}},
	{"a page put in the place of another", pades.RulePages, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New().Sign(t, ca, pdftest.Signing{})
		return d.Update(objects{pdftest.Pages: "<</Type/Pages/Kids[21 0 R]/Count 1>>", 21: d.Object(pdftest.Page)})
	}},
	{"the reason replaced", pades.RuleDictionary, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New().Sign(t, ca, pdftest.Signing{Entries: "/Reason(avis)"})
		i := bytes.Index(d.B, []byte("30 0 obj\n"))
		s := string(d.B[i+9 : i+bytes.Index(d.B[i:], []byte("\nendobj"))])
		return d.Update(objects{pdftest.SignatureAt: strings.Replace(s, "(avis)", "(vote)", 1)})
	}},
	{"the permissions widened", pades.RuleDictionary, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		ref := "/Reference[<</Type/SigRef/TransformMethod/DocMDP/Data 1 0 R/TransformParams 21 0 R>>]"
		d := pdftest.New().Sign(t, ca, pdftest.Signing{Entries: ref, With: objects{21: "<</Type/TransformParams/V/1.2/P 1>>"}})
		return d.Edit(21, "/P 1", "/P 3").Edit(pdftest.Name, "(1000)", "(9000)")
	}},
	{"incremental saving: the text replaced", pades.RuleUndefined, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New().Sign(t, ca, pdftest.Signing{})
		return d.Update(objects{pdftest.Content: pdftest.Stream("", "BT /F 12 Tf 50 700 Td (Le conseil vote 9 000 euros) Tj ET /P Do")})
	}},
	{"incremental saving: objects without cross-reference", pades.RuleHidden, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New().Sign(t, ca, pdftest.Signing{})
		d.B = append(d.B, "4 0 obj\n<</Length 0>>\nstream\n\nendstream\nendobj\n"...)
		return d
	}},
	{"incremental saving: objects and a trailer that is not one", pades.RuleHidden, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New().Sign(t, ca, pdftest.Signing{})
		tail := d.B[bytes.LastIndex(d.B, []byte("startxref")):]
		d.B = append(d.B, "4 0 obj\n<</Length 0>>\nstream\n\nendstream\nendobj\ntrailer\n<</Size 40/Root 1 0 R>>\n"...)
		d.B = append(d.B, tail...)
		return d
	}},
	{"shadow hide: the picture over the text goes", pades.RuleUndefined, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{}).Update(objects{pdftest.Picture: ""})
	}},
	{"shadow replace: another font", pades.RuleUndefined, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{}).Edit(pdftest.Font, "Helvetica", "Evil")
	}},
	{"shadow replace: a field shows something else than its value", pades.RuleUndefined, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New().Sign(t, ca, pdftest.Signing{})
		return d.Update(objects{pdftest.Look: pdftest.Stream("/Type/XObject/Subtype/Form/BBox[0 0 200 20]", "(9000) Tj")})
	}},
	{"shadow hide and replace: another catalogue", pades.RulePages, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New(func(o objects) {
			o[21] = "<</Type/Catalog/Pages 22 0 R/AcroForm 6 0 R>>"
			o[22] = "<</Type/Pages/Kids[23 0 R]/Count 1>>"
			o[23] = "<</Type/Page/Parent 22 0 R/MediaBox[0 0 595 842]/Contents 24 0 R>>"
			o[24] = pdftest.Stream("", "(autre)")
		}).Sign(t, ca, pdftest.Signing{})
		d.Root = 21
		return d.Update(objects{25: "null"})
	}},
	{"what was left to come is supplied", pades.RuleUndefined, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New(func(o objects) {
			o[pdftest.Page] = strings.Replace(o[pdftest.Page], "/Contents 4 0 R", "/Contents[4 0 R 99 0 R]", 1)
		})
		return d.Sign(t, ca, pdftest.Signing{}).Update(objects{99: pdftest.Stream("", "(et 9 000 de plus) Tj")})
	}},
	{"a stream made longer by its length", pades.RuleUndefined, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New(func(o objects) {
			o[pdftest.Content] = "<</Length 21 0 R>>\nstream\n(oui) Tj %(non) Tj\nendstream"
			o[21] = "8"
		})
		return d.Sign(t, ca, pdftest.Signing{}).Update(objects{21: "18"})
	}},
	{"an element of the structure taken away", pades.RuleUndefined, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return tagged(t, ca, "[23 0 R]", "/K 0")
	}},
	{"the words of the structure replaced", pades.RuleUndefined, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return tagged(t, ca, "[21 0 R]", "/K 0/ActualText(autre)")
	}},
	{"the structure put in another order", pades.RuleUndefined, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return tagged(t, ca, "[25 0 R 21 0 R]", "/K 0")
	}},
	{"an action on opening", pades.RuleUndefined, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{}).Edit(pdftest.Catalog, "/Pages", "/OpenAction<</S/JavaScript/JS(app.alert)>>/Pages")
	}},
	{"a script by name", pades.RuleUndefined, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{}).Edit(pdftest.Catalog, "/Pages", "/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(x)>>]>>>>/Pages")
	}},
	{"an action on a field", pades.RuleUndefined, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{}).Edit(pdftest.Name, "/F 4", "/F 4/AA<</F<</S/JavaScript/JS(x)>>>>")
	}},
	{"layers", pades.RuleUndefined, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{}).Edit(pdftest.Catalog, "/Pages", "/OCProperties<</OCGs[]/D<<>>>>/Pages")
	}},
	{"the default font of fields replaced", pades.RuleUndefined, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New(func(o objects) {
			o[pdftest.Form] = "<</Fields[7 0 R 8 0 R]/DR<</Font<</Helv 21 0 R>>>>>>"
			o[21] = "<</Type/Font/Subtype/Type1/BaseFont/Courier>>"
		})
		return d.Sign(t, ca, pdftest.Signing{}).Edit(21, "Courier", "Evil")
	}},
	{"a form in XML replaced", pades.RuleUndefined, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New(func(o objects) {
			o[pdftest.Form] = "<</Fields[7 0 R 8 0 R]/XFA 21 0 R>>"
			o[21] = pdftest.Stream("", "<a/>")
		})
		return d.Sign(t, ca, pdftest.Signing{}).Update(objects{21: pdftest.Stream("", "<b/>")})
	}},
	{"a field moved", pades.RuleUndefined, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{}).Edit(pdftest.Name, "/Rect[50 600 250 620]", "/Rect[0 0 595 842]")
	}},
	{"a field taken away", pades.RuleUndefined, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{}).Edit(pdftest.Form, "7 0 R ", "")
	}},
	{"the look of the signature replaced", pades.RuleUndefined, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New().Sign(t, ca, pdftest.Signing{FieldEntries: "/AP<</N 9 0 R>>"})
		return d.Edit(pdftest.Place, "/AP<</N 9 0 R>>", "/AP<</N 10 0 R>>")
	}},
	{"the frame of the signature replaced", pades.RuleUndefined, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New().Sign(t, ca, pdftest.Signing{FieldEntries: "/MK<</BG[1]>>"})
		return d.Edit(pdftest.Place, "/BG[1]", "/BG[0]")
	}},
	{"certified without any change: a field filled", pades.RuleForbidden, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New().Sign(t, ca, pdftest.Signing{Entries: certified(1)})
		return d.Edit(pdftest.Name, "(1000)", "(9000)")
	}},
	{"certified for forms: an annotation over the text", pades.RuleForbidden, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New().Sign(t, ca, pdftest.Signing{Entries: certified(2)})
		return d.Update(objects{pdftest.Annots: "[7 0 R 8 0 R 21 0 R]", 21: note})
	}},
	{"certified for annotations: the text replaced", pades.RuleForbidden, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New().Sign(t, ca, pdftest.Signing{Entries: certified(3)})
		return d.Edit(pdftest.Font, "Helvetica", "Evil")
	}},
	{"a field locked by the signature changed", pades.RuleLocked, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		ref := "/Reference[<</Type/SigRef/TransformMethod/FieldMDP/TransformParams<</Action/Include/Fields[(montant)]>>>>]"
		return pdftest.New().Sign(t, ca, pdftest.Signing{Entries: ref}).Edit(pdftest.Name, "(1000)", "(9000)")
	}},
	{"a field locked by the signature field changed", pades.RuleLocked, false, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		d := pdftest.New(func(o objects) {
			o[pdftest.Place] = strings.TrimSuffix(o[pdftest.Place], ">>") + "/Lock<</Action/Exclude/Fields[(autre)]>>>>"
		})
		return d.Sign(t, ca, pdftest.Signing{}).Edit(pdftest.Name, "(1000)", "(9000)")
	}},
	{"the value holds its own document", pades.RuleInside, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{Value: func(over []byte) []byte {
			return ca.Sign(t, cmstest.Signature{Content: []byte("un autre document"), NoTime: true})
		}})
	}},
	{"two signers in one value", pades.RuleSigners, true, func(t testing.TB, ca *cmstest.CA) *pdftest.Doc {
		return pdftest.New().Sign(t, ca, pdftest.Signing{Value: func(over []byte) []byte {
			return ca.Sign(t, cmstest.Signature{Content: over, Detached: true, NoTime: true, Signers: 2})
		}})
	}},
}

// TestAttacks: every attack on a signed PDF is refused under the strict policy,
// and told by the rule made for it under the European one.
func TestAttacks(t *testing.T) {
	ca := cmstest.NewCA(t)
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			d := a.make(t, ca)
			r := validate(t, d.B, strict())
			if len(r.Verdicts) == 0 {
				t.Fatal("no signature found")
			}
			failed := false
			for _, v := range r.Verdicts {
				failed = failed || v.Conclusion == signature.Conclusion{Indication: signature.TotalFailed, Sub: signature.FormatFailure}
			}
			if !failed || r.Findings.Valid() {
				t.Errorf("strict: %v", r.Verdicts[0].Conclusion)
			}
			r = validate(t, d.B, nil)
			intact := true
			for _, v := range r.Verdicts {
				intact = intact && v.Intact
			}
			if a.rule == pades.RuleByteRange && intact {
				t.Error("ranges that are not right are said to be intact")
			}
			if !r.Findings.Has(a.rule) || r.Findings.Valid() == a.always {
				t.Errorf("by default: %v, finding %v", r.Verdicts[0].Conclusion, r.Findings.Has(a.rule))
			}
		})
	}
}
