package cades

import (
	"context"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/tsp"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/asn1x"
)

// Kind is the kind of results about CMS signatures.
const Kind = "signature.cades"

// Inspector returns the inspector of CMS signatures, kind "signature.cades".
// Timestamp tokens, which are CMS too, are left to that of package tsp.
func Inspector() inspect.Inspector { return inspector{} }

type inspector struct{}

// Detect recognises CMS signed data by its first octets.
func (inspector) Detect(ctx context.Context, in *inspect.Input) bool {
	return in.Data != nil && Detect(in.Head) && !tsp.Inspector().Detect(ctx, in)
}

// Inspect reads and judges the file.
func (inspector) Inspect(ctx context.Context, in *inspect.Input, opt inspect.Options) (*inspect.Result, error) {
	o, err := signature.FromInspect(ctx, opt)
	if err != nil {
		return nil, err
	}
	res := &inspect.Result{File: in.Name, Kind: Kind}
	if in.Size > maxSignatureFile {
		res.Report = report.New(o.Report)
		res.Report.Add(RuleTooLarge, report.Location{}, report.Int("limit", maxSignatureFile))
		return res, nil
	}
	b, err := asn1x.ReadAll(in.Data, in.Size, maxSignatureFile)
	if err != nil {
		return nil, err
	}
	rep, err := Validate(ctx, b, o)
	if err != nil {
		return nil, err
	}
	res.Report, res.Signatures = rep.Findings, rep.Signatures(o.At)
	rep.Facts(&res.Summary)
	return res, nil
}
