package budget

import (
	"bytes"
	"context"

	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Inspector answers for budget documents, kind "actes.budget". The version is
// VersionSchema/@V; the summary holds natDec, exercice, lignes and scellement
// (intact, rompu, absent).
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
	doc, rep, err := Read(ctx, in.Data, in.Size, Options{Report: opt.Report().Options()})
	if err != nil {
		return nil, err
	}
	res := &inspect.Result{File: in.Name, Kind: "actes.budget", Version: code(doc.VersionSchema), Report: rep}
	res.Summary.Set("natDec", code(doc.NatDec))
	res.Summary.Set("exercice", year(doc.Exer))
	res.Summary.Set("lignes", doc.Lignes)
	res.Summary.Set("scellement", string(doc.Seal.State))
	return res, nil
}

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
