package budget

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// familles are the plans of accounts in use since 2013 by the family their
// Nomenclature begins with.
var familles = map[string]string{
	"M14_CCAS_INF3500": "M14", "M14_CCAS_SUP3500": "M14", "M14_CE": "M14", "M14_COM_500_3500": "M14", "M14_COM_INF500": "M14", "M14_COM_SUP3500": "M14",
	"M4": "M4", "M41": "M4", "M42": "M4", "M43": "M4", "M43_A": "M4", "M43_D": "M4", "M44": "M4", "M49_A": "M4", "M49_D": "M4",
	"M52": "M52", "M57": "M57", "M57_A": "M57", "M57_D": "M57", "M57_P": "M57", "M61": "M61", "M71": "M71",
}

// ValidNomenclature reports whether EnTeteBudget/Nomenclature, "M57-M57_A", is
// that of a plan of accounts known (2013 to 2024). Some software writes a plan of
// the family M4 under its own name ("M49-M49_D"), which is taken too.
func ValidNomenclature(s string) bool {
	family, plan, ok := strings.Cut(s, "-")
	known, met := familles[plan]
	return ok && met && (family == known || known == "M4" && strings.HasPrefix(plan, family))
}

// isCode reports whether the value looks like the code of a nomenclature.
func isCode(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return len(s) <= 40
}

func nomenclature(s string) report.Param {
	if isCode(s) {
		return report.Code("value", s)
	}
	return report.Words("value", "illisible", "unreadable")
}

// NomPlan is the name the DGCL gives the file of the plan of accounts a budget
// follows: "2024_M57_A_planDeCompte.xml"; "" when the document does not say.
func NomPlan(d *Document) string {
	_, plan, ok := strings.Cut(d.Etablissement.Nomenclature, "-")
	if !ok || !isYear(d.Exer) || plan == "" || !isCode(plan) {
		return ""
	}
	return d.Exer + "_" + plan + "_planDeCompte.xml"
}

// Plan is a plan of accounts (plan de comptes) of a year: the labels of chapters,
// accounts and functions. It is the caller's data, published each year by the
// DGCL as XML. A Plan is not changed once read; nil has no labels.
type Plan struct {
	chapitres map[string]chapitre
	comptes   map[string]string
	fonctions map[string]string
}

type chapitre struct{ libelle, section string }

// Chapitre returns the label of a chapter by nature and its section: "I"
// investissement, "F" fonctionnement.
func (p *Plan) Chapitre(code string) (libelle, section string) {
	if p == nil {
		return "", ""
	}
	c := p.chapitres[code]
	return c.libelle, c.section
}

// Compte returns the label of an account.
func (p *Plan) Compte(code string) string {
	if p == nil {
		return ""
	}
	return p.comptes[code]
}

// Fonction returns the label of a function.
func (p *Plan) Fonction(code string) string {
	if p == nil {
		return ""
	}
	return p.fonctions[code]
}

// maxPlan bounds the labels of a plan; that of 2024 has some 5 000.
const maxPlan = 200_000

// ReadPlan reads a plan of accounts. The error is that of the source, or a
// *[report.InvalidError] for a file that is no plan.
func ReadPlan(ctx context.Context, src io.Reader) (*Plan, error) {
	p := &planReader{Plan: Plan{map[string]chapitre{}, map[string]string{}, map[string]string{}}}
	rep := report.New(report.Options{})
	r := xmlcore.NewReader(src, xmlcore.Options{Report: rep, Limits: xmlcore.Limits{Bytes: 64 << 20}})
	if err := xmlcore.Run(ctx, r, p); err != nil {
		return nil, fmt.Errorf("budget: plan of accounts: %w", err)
	}
	if len(p.comptes) == 0 {
		rep.Add(Manque, report.Location{}, report.P("element", "Nature/Comptes/Compte"))
		return nil, fmt.Errorf("budget: plan of accounts: %w", rep.Err())
	}
	return &p.Plan, nil
}

type planReader struct {
	Plan
	path []string
}

// Event implements xmlcore.Sink.
func (p *planReader) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	switch k {
	case xmlcore.StartElement:
		p.path = append(p.path, r.Name().Local)
		p.element(r)
	case xmlcore.EndElement:
		p.path = p.path[:len(p.path)-1]
	}
	return nil
}

func (p *planReader) element(r *xmlcore.Reader) {
	if len(p.path) < 4 || len(p.chapitres)+len(p.comptes)+len(p.fonctions) > maxPlan {
		return
	}
	set := func(m map[string]string) {
		if code := attr(r, "Code"); code != "" {
			if _, met := m[code]; !met {
				m[code] = attr(r, "Libelle")
			}
		}
	}
	switch in := p.path[1] + "/" + p.path[2]; {
	case in == "Nature/Chapitres" && r.Name().Local == "Chapitre":
		if code := attr(r, "Code"); code != "" {
			if _, met := p.chapitres[code]; !met {
				p.chapitres[code] = chapitre{attr(r, "Libelle"), attr(r, "Section")}
			}
		}
	case in == "Nature/Comptes" && r.Name().Local == "Compte":
		set(p.comptes)
	case in == "Fonction/RefFonctionnelles" && r.Name().Local == "RefFonc":
		set(p.fonctions)
	}
}
