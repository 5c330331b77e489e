package paye

import (
	"bytes"
	"context"
	"strconv"
	"strings"

	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Inspector answers for payroll statements, kind "paye.xhl". The summary holds
// annee, mois, agents (the number of PayeIndivMensuel), brut and netapayer (sums
// in euros).
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
		switch {
		case err != nil:
			return xmlcore.GuessRoot(in.Head) == "DocumentPaye"
		case k == xmlcore.StartElement:
			return r.Name().Local == "DocumentPaye"
		}
	}
}

// Inspect implements inspect.Inspector.
func (inspector) Inspect(ctx context.Context, in *inspect.Input, opt inspect.Options) (*inspect.Result, error) {
	r, err := Read(ctx, in.Reader(), Options{Report: opt.Report().Options()})
	if err != nil {
		return nil, err
	}
	res := &inspect.Result{File: in.Name, Kind: "paye.xhl", Version: Version, Report: r.Report}
	if isYear(r.Entete.Annee) {
		res.Summary.Set("annee", strings.TrimSpace(r.Entete.Annee))
	}
	if m := Mois(r.Entete.Mois); m > 0 {
		res.Summary.Set("mois", strconv.Itoa(m))
	}
	res.Summary.Set("agents", r.Bulletins)
	res.Summary.Set("brut", r.Brut.String())
	res.Summary.Set("netapayer", r.NetAPayer.String())
	return res, nil
}
