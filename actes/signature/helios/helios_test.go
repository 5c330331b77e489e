package helios_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/signature/helios"
	"github.com/liasse/liasse/actes/signature/internal/dsigtest"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

// aller composes a PES_Aller: bordereaux of the Ids, flag is InfoDematerialisee,
// and holes to put signatures in: «A» at the end of bordereau A, «» at the end
// of the file.
func aller(flag string, ids ...string) string {
	var b strings.Builder
	b.WriteString(`<n:PES_Aller xmlns:n="http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller" Id="PES"><PES_DepenseAller><EnTeteDepense><IdVer V="2"/><InfoDematerialisee V="` + flag + `"/></EnTeteDepense>`)
	for _, id := range ids {
		b.WriteString(`<Bordereau Id="` + id + `"><BlocBordereau><IdBord V="1"/></BlocBordereau>«` + id + `»</Bordereau>`)
	}
	b.WriteString("</PES_DepenseAller>«»</n:PES_Aller>")
	return b.String()
}

// put fills the holes and takes the others away.
func put(doc string, holes ...string) string {
	for i := 0; i+1 < len(holes); i += 2 {
		doc = strings.Replace(doc, "«"+holes[i]+"»", holes[i+1], 1)
	}
	for {
		i := strings.Index(doc, "«")
		if i < 0 {
			return doc
		}
		j := i + strings.Index(doc[i:], "»") + len("»")
		doc = doc[:i] + doc[j:]
	}
}

func TestRules(t *testing.T) {
	s, tls := dsigtest.New(t, "rsa"), dsigtest.New(t, "rsa-tls")
	signed := func(by *dsigtest.Signer, flag string, g dsigtest.Signature) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			g.ID = "S"
			if g.Over == "" && g.Refs == nil {
				g.Over = "A"
			}
			return check(t, []byte(by.Sign(t, put(aller(flag, "A"), "A", by.Skeleton(g)), "S")), helios.Options{}).Findings
		}
	}
	rulestest.Every(t, helios.Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		helios.RuleUncovered: func(t testing.TB) *report.Report {
			return check(t, []byte(s.Sign(t, put(aller("1", "A", "B"), "A", s.Skeleton(dsigtest.Signature{ID: "S", Over: "A"})), "S")), helios.Options{}).Findings
		},
		helios.RuleFlag:          signed(s, "0", dsigtest.Signature{}),
		helios.RuleRole:          signed(s, "1", dsigtest.Signature{NoRole: true}),
		helios.RuleDate:          signed(s, "1", dsigtest.Signature{Time: "2024-03-15T10:20:30+01:00"}),
		helios.RuleUnsigned:      signed(s, "1", dsigtest.Signature{Loose: true}),
		helios.RuleCertificate:   signed(s, "1", dsigtest.Signature{CertDigest: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}),
		helios.RuleMethod:        signed(s, "1", dsigtest.Signature{C14N: dsigtest.C14N}),
		helios.RulePlace:         signed(s, "1", dsigtest.Signature{Refs: []dsigtest.Ref{{URI: "#X"}}, Objects: `<ds:Object Id="X">x</ds:Object>`}),
		helios.RuleUsage:         signed(tls, "1", dsigtest.Signature{}),
		helios.RuleNamespace:     signed(s, "1", dsigtest.Signature{XAdES: dsigtest.XAdES132}),
		helios.RulePolicy:        signed(s, "1", dsigtest.Signature{NoPolicy: true}),
		helios.RulePolicyUnknown: signed(s, "1", dsigtest.Signature{PolicyHash: "AAAA"}),
	})
}

// TestLabels: what each signature is, by its place and by InfoDematerialisee.
func TestLabels(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	bord := func(id string) string { return s.Skeleton(dsigtest.Signature{ID: "S" + id, Over: id}) }
	global := s.Skeleton(dsigtest.Signature{ID: "G", Over: "PES"})
	for _, c := range []struct {
		name, flag string
		holes      []string
		ids        []string
		labels     []string
		metier     []bool
	}{
		{"bordereaux", "1", []string{"A", bord("A"), "B", bord("B")}, []string{"SA", "SB"}, []string{"Signature de Bordereaux", "Signature de Bordereaux"}, []bool{true, true}},
		{"bordereaux, not dematerialised", "0", []string{"A", bord("A"), "B", bord("B")}, []string{"SA", "SB"}, []string{"Signature de Bordereaux", "Signature de Bordereaux"}, []bool{false, false}},
		{"the file", "1", []string{"", global}, []string{"G"}, []string{"Signature Métier Globale"}, []bool{true}},
		{"the file, not dematerialised", "0", []string{"", global}, []string{"G"}, []string{"Signature Technique Globale"}, []bool{false}},
		{"an operator over signed bordereaux", "1", []string{"A", bord("A"), "B", bord("B"), "", global}, []string{"SA", "SB", "G"}, []string{"Signature de Bordereaux", "Signature de Bordereaux", "Signature Technique Globale"}, []bool{true, true, false}},
	} {
		r := check(t, []byte(s.Sign(t, put(aller(c.flag, "A", "B"), c.holes...), c.ids...)), helios.Options{})
		var labels []string
		var metier []bool
		for i, x := range r.Signatures {
			labels, metier = append(labels, x.Label), append(metier, x.Metier)
			if !r.Verdicts[i].Intact || x.AtSigning != helios.Valid || x.Now != helios.Valid {
				t.Errorf("%s: intact %v, %s", c.name, r.Verdicts[i].Intact, x.AtSigning)
			}
		}
		if !slices.Equal(labels, c.labels) || !slices.Equal(metier, c.metier) || len(r.Uncovered) > 0 || len(r.Bordereaux) != 2 {
			t.Errorf("%s: %v %v, %d uncovered", c.name, labels, metier, len(r.Uncovered))
		}
	}
}

// A bordereau is covered where it stands in the file, not where its Id leads.
func TestUncovered(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	signed := s.Sign(t, put(aller("1", "A"), "A", s.Skeleton(dsigtest.Signature{ID: "S", Over: "A"})), "S")
	i, j := strings.Index(signed, `<Bordereau Id="A">`), strings.Index(signed, "</Bordereau>")+len("</Bordereau>")
	original := signed[i:j]
	for name, doc := range map[string]string{
		"moved out of its place, a forgery put there": strings.Replace(signed, original, `<Bordereau Id="F"/>`, 1) + "",
		"a second one added":                          strings.Replace(signed, original, original+`<Bordereau Id="F"/>`, 1),
		"inside another":                              strings.Replace(signed, original, `<Bordereau Id="F">`+original+`</Bordereau>`, 1),
		"in an annex of the file":                     strings.Replace(signed, original, `<Bordereau Id="F"/></PES_DepenseAller><Ext>`+original+`</Ext><PES_DepenseAller>`, 1),
	} {
		r := check(t, []byte(doc), helios.Options{})
		if len(r.Uncovered) != 1 || r.Bordereaux[r.Uncovered[0]].ID != "F" {
			// With the original gone there is no signature at all.
			if len(r.Verdicts) > 0 {
				t.Errorf("%s: %d uncovered", name, len(r.Uncovered))
			}
		}
		if r.Findings.Valid() && len(r.Verdicts) > 0 {
			t.Errorf("%s: valid", name)
		}
	}
	r := check(t, []byte(signed), helios.Options{Placed: true})
	if len(r.Uncovered) > 0 || len(r.Bordereaux[0].By) != 1 {
		t.Error("the original is not covered")
	}
	if again := check(t, []byte(strings.Replace(signed, original, original+`<Bordereau Id="F"/>`, 1)), helios.Options{Placed: true}); again.Findings.Has(helios.RuleUncovered) || len(again.Uncovered) != 1 {
		t.Error("Placed: the finding is the caller's, the list is not")
	}
}

// The state of a certificate is told at the signing time and at the deposit.
func TestValidity(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	doc := []byte(s.Sign(t, put(aller("1", "A"), "A", s.Skeleton(dsigtest.Signature{ID: "S", Over: "A", Time: "2019-01-01T00:00:00Z"})), "S"))
	opt := helios.Options{}
	opt.At = time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
	if x := check(t, doc, opt).Signatures[0]; x.AtSigning != helios.Early || x.Now != helios.Expired {
		t.Errorf("%s %s", x.AtSigning, x.Now)
	}
}
