package xades_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/budget"
	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/conformance"
	"github.com/liasse/liasse/actes/signature/internal/dsigtest"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/internal/corpus"
)

// A compte financier unique carries signatures beside what they sign, with the
// enveloped transform all the same. They are judged as they stand; of a sealed
// one, which was laid out again, what does not fit is not verifiable.
func TestBudget(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	doc := `<c:CompteFinancierUnique xmlns:c="` + budget.NSCFU + `" xmlns="` + budget.NS + `"><DocumentBudgetaire Id="D"><VersionSchema V="113"/><EnTeteDocBudgetaire/><Budget><EnTeteBudget/><BlocBudget><NatDec V="09"/><Exer V="2023"/></BlocBudget></Budget></DocumentBudgetaire><c:Signatures>` +
		s.Skeleton(dsigtest.Signature{ID: "S", Over: "D"}) + `</c:Signatures></c:CompteFinancierUnique>`
	doc = s.Sign(t, doc, "S")
	inspected := func(doc string) *inspect.Result {
		in := &inspect.Input{Name: "cfu.xml", Data: strings.NewReader(doc), Size: int64(len(doc)), Head: []byte(doc)}
		r, err := budget.Inspector().Inspect(t.Context(), in, inspect.Options{At: now})
		if err != nil || len(r.Signatures) != 1 {
			t.Fatal(err, len(r.Signatures))
		}
		return r
	}
	if r := inspected(doc); !r.Signatures[0].Intact || r.Signatures[0].SubIndication != string(signature.NoCertificateChainFound) {
		t.Errorf("%+v", r.Signatures[0])
	}
	altered := strings.Replace(doc, `V="2023"`, `V="2024"`, 1)
	if r := inspected(altered); r.Signatures[0].Intact || r.Signatures[0].Indication != string(signature.TotalFailed) || !r.Report.Has(signature.RuleDataDiffers) {
		t.Errorf("altered: %+v", r.Signatures[0])
	}
	outils := `<VersionSchema V="113"/><VersionOutil outil="DSC_COMMON" version="31"/><VersionOutil outil="REMAT" version="1"/>`
	through := strings.Replace(altered, `<VersionSchema V="113"/>`, outils, 1)
	var sealed bytes.Buffer
	if _, err := budget.AddSeal(t.Context(), &sealed, strings.NewReader(through), int64(len(through)), now, budget.Options{}); err != nil {
		t.Fatal(err)
	}
	if r := inspected(sealed.String()); r.Signatures[0].Intact || r.Signatures[0].Indication != string(signature.Indeterminate) || !r.Report.Has(budget.SignatureNonVerifiable) {
		t.Errorf("sealed: %+v", r.Signatures[0])
	}
}

// The real CFU of the corpus: two signatures, by two officers, laid out again.
func TestRealCFU(t *testing.T) {
	path := filepath.Join(corpus.Dir(t, "finance"), "samples", "budget", "CFU-21560134500014-2023.xml")
	r := conformance.File(t, budget.Inspector(), path, inspect.Options{At: now})
	if r == nil || len(r.Signatures) != 2 {
		t.Fatal("not two signatures")
	}
	for _, s := range r.Signatures {
		if s.Indication != string(signature.Indeterminate) || s.SignedBy == "" || s.ClaimedTime == "" {
			t.Errorf("%s %s", s.Indication, s.SubIndication)
		}
	}
}
