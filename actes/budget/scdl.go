package budget

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// colonnesSCDL are the columns of the schéma commun de données locales, budget.
const colonnesSCDL = "BGT_NATDEC,BGT_ANNEE,BGT_SIRET,BGT_NOM,BGT_CONTNAT,BGT_CONTNAT_LABEL,BGT_NATURE,BGT_NATURE_LABEL,BGT_FONCTION,BGT_FONCTION_LABEL," +
	"BGT_OPERATION,BGT_SECTION,BGT_OPBUDG,BGT_CODRD,BGT_MTREAL,BGT_MTBUDGPREC,BGT_MTRARPREC,BGT_MTPROPNOUV,BGT_MTPREV,BGT_CREDOUV,BGT_MTRAR3112,BGT_ARTSPE"

// natures are the words of the schema for NatDec.
var natures = map[string]string{"01": "Budget primitif", "02": "Décision modificative", "03": "Budget supplémentaire", "09": "Compte administratif", "10": "Compte administratif"}

// ExporterSCDL writes a budget document, or the one inside a CFU, as the CSV of
// the schéma commun de données locales: UTF-8, comma, CRLF, a line for each
// LigneBudget that is not calculated, in the order of the document, figures as
// they stand. A code the plan does not know, or a nil plan, leaves the label
// empty. It reads and writes in one pass, in constant memory. The error is that
// of src or dst, or a *[report.InvalidError] for a document that cannot be read
// to its end: what was written is then not the whole.
func ExporterSCDL(ctx context.Context, dst io.Writer, src io.Reader, plan *Plan) error {
	w := bufio.NewWriter(dst)
	w.WriteString(colonnesSCDL + "\r\n")
	s := &scdl{f: &facts{}, w: w, plan: plan}
	err := xmlcore.Run(ctx, xmlcore.NewReader(src, xmlcore.Options{}), s.f, s)
	if err == nil && s.f.base == 0 {
		rep := report.New(report.Options{})
		rep.Add(Manque, s.f.where, report.P("element", "DocumentBudgetaire"))
		err = rep.Err()
	}
	if e := w.Flush(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("budget: %w", err)
	}
	return nil
}

type scdl struct {
	f      *facts // follows the same events, before
	w      *bufio.Writer
	plan   *Plan
	ligne  int // depth of the LigneBudget being read, 0 outside
	skip   bool
	values map[string]string
}

// champsLigne are the elements of a line that are exported.
var champsLigne = []string{"ContNat", "Nature", "Fonction", "Operation", "OpBudg", "CodRD", "MtReal", "MtBudgPrec", "MtRARPrec", "MtPropNouv", "MtPrev", "CredOuv",
	"MtRAR3112", "ArtSpe"}

// Event implements xmlcore.Sink.
func (s *scdl) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	switch k {
	case xmlcore.StartElement:
		name, depth := r.Name(), r.Depth()
		switch {
		case s.ligne == 0 && s.f.base > 0 && !s.f.closed && depth == s.f.base+2 && name.Local == "LigneBudget" && s.f.in[0] == budgetPart:
			s.ligne, s.values = depth, map[string]string{}
			c := attr(r, "calculated")
			s.skip = c == "true" || c == "1"
		case s.ligne > 0 && depth == s.ligne+1 && !s.skip && slices.Contains(champsLigne, name.Local):
			if _, met := s.values[name.Local]; !met {
				s.values[name.Local] = v(r)
			}
		}
	case xmlcore.EndElement:
		if s.ligne > 0 && r.Depth() == s.ligne {
			s.ligne = 0
			if !s.skip {
				return s.line()
			}
		}
	}
	return nil
}

func (s *scdl) line() error {
	d, v := &s.f.doc, s.values
	label, section := s.plan.Chapitre(v["ContNat"])
	cells := []string{natures[d.NatDec], d.Exer, d.Etablissement.IdEtab, d.EnTete.LibelleColl, v["ContNat"], label, v["Nature"], s.plan.Compte(v["Nature"]),
		v["Fonction"], s.plan.Fonction(v["Fonction"]), v["Operation"], map[string]string{"I": "investissement", "F": "fonctionnement"}[section],
		map[string]string{"0": "réel", "1": "ordre"}[v["OpBudg"]], map[string]string{"R": "recette", "D": "dépense"}[v["CodRD"]]}
	for _, name := range champsLigne[6:13] {
		cells = append(cells, v[name])
	}
	cells = append(cells, map[string]string{"false": "non spécialisé", "true": "spécialisé", "0": "non spécialisé", "1": "spécialisé"}[v["ArtSpe"]])
	for i, c := range cells {
		if i > 0 {
			s.w.WriteByte(',')
		}
		s.cell(c)
	}
	_, err := s.w.WriteString("\r\n")
	return err
}

// cell writes a cell, in quotes where the format needs them, and where a
// spreadsheet could take a text for a formula.
func (s *scdl) cell(c string) {
	formula := c != "" && strings.ContainsRune("=+-@", rune(c[0])) && strings.Trim(c[1:], "0123456789.,") != ""
	if !formula && !strings.ContainsAny(c, ",\"\r\n") {
		s.w.WriteString(c)
		return
	}
	s.w.WriteByte('"')
	s.w.WriteString(strings.ReplaceAll(c, `"`, `""`))
	s.w.WriteByte('"')
}
