package budget

import (
	"bytes"
	"context"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Inspector answers for budget documents, kind "actes.budget". The version is
// VersionSchema/@V; the summary holds the verdicts of the schemas (schema.5.12,
// schema.5.17), natDec, exercice, nomenclature, lignes and scellement (intact,
// rompu, absent).
func Inspector() inspect.Inspector { return inspector{} }

type inspector struct{}

// Detect implements inspect.Inspector: the root element decides, also in a
// document that is no further readable.
func (inspector) Detect(_ context.Context, in *inspect.Input) bool {
	if in.Data == nil {
		return false
	}
	r := xmlcore.NewReader(bytes.NewReader(in.Head), xmlcore.Options{})
	for {
		k, err := r.Next()
		if err != nil {
			return isRoot(xmlcore.GuessRoot(in.Head))
		}
		if k == xmlcore.StartElement {
			return isRoot(r.Name().Local)
		}
	}
}

func isRoot(local string) bool {
	return local == "DocumentBudgetaire" || local == "CompteFinancierUnique"
}

// Inspect implements inspect.Inspector.
func (inspector) Inspect(ctx context.Context, in *inspect.Input, opt inspect.Options) (*inspect.Result, error) {
	doc, rep, err := Read(ctx, in.Data, in.Size, Options{Schemas: true, Signatures: true, Report: opt.Report().Options()})
	if err != nil {
		return nil, err
	}
	res := &inspect.Result{File: in.Name, Kind: "actes.budget", Version: code(doc.VersionSchema), Report: rep}
	for _, x := range doc.SchemasJuges {
		verdict := "invalid"
		if x.Valid {
			verdict = "valid"
		}
		res.Summary.Set("schema."+x.Version, verdict)
	}
	n := ""
	if doc.Etablissement.Nomenclature != "" && isCode(doc.Etablissement.Nomenclature) {
		n = doc.Etablissement.Nomenclature
	}
	// Empty values say something here: a document that was emptied.
	res.Summary = append(res.Summary, inspect.Fact{Key: "natDec", Value: code(doc.NatDec)},
		inspect.Fact{Key: "exercice", Value: year(doc.Exer)}, inspect.Fact{Key: "nomenclature", Value: n})
	res.Summary.Set("lignes", doc.Lignes)
	if doc.Signatures > 0 {
		o, err := signature.FromInspect(ctx, opt)
		if err != nil {
			return nil, err
		}
		s, err := Signatures(ctx, in.Data, in.Size, doc, o)
		if err != nil {
			return nil, err
		}
		rep.Merge(s.Findings, "")
		res.Signatures = s.Signatures(o.At)
		res.Signatures = res.Signatures[:min(len(res.Signatures), maxSignatures)]
	}
	res.Summary.Set("scellement", string(doc.Seal.State))
	return res, nil
}

// maxSignatures bounds those that are listed.
const maxSignatures = 100

// code lets a value into a summary or a finding only when it looks like the
// short code that should be there: anything may stand in its place.
func code(s string) string {
	if len(s) > 8 {
		return ""
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && c != '.' && (len(s) > 3 || c|0x20 < 'a' || c|0x20 > 'z') {
			return ""
		}
	}
	return s
}

// year lets into a summary what begins with a year, and little more.
func year(s string) string {
	if len(s) > 20 || len(s) < 4 || !isYear(s[:4]) {
		return ""
	}
	return s
}

// shown is the parameter for such a value.
func shown(v string) report.Param {
	if c := code(v); c != "" {
		return report.Code("value", c)
	}
	return report.P("value", v)
}
