package pades

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/internal/pdf"
)

// Kind is the kind of results about signed PDF files.
const Kind = "signature.pades"

// Inspector returns the inspector of signed PDF files, kind "signature.pades".
// A PDF without any signature field that holds something is left to others,
// unless it cannot be opened, or was cut, and yet holds a signature.
func Inspector() inspect.Inspector { return inspector{} }

type inspector struct{}

// Detect opens the PDF and looks for a signature in it.
func (inspector) Detect(ctx context.Context, in *inspect.Input) bool {
	if in.Data == nil || !bytes.Contains(in.Head[:min(len(in.Head), 1024)], []byte("%PDF-")) {
		return false
	}
	var d pdf.Doc
	if err := d.Open(ctx, in.Data, in.Size); err != nil {
		var at *pdf.Error
		return errors.As(err, &at) && lost(ctx, in.Data, 0, in.Size)
	}
	for _, f := range d.Fields() {
		if f.Type == "Sig" && f.V.IsDict() {
			return true
		}
	}
	return d.Root().Key("Perms").Key("DocMDP").IsDict() || lost(ctx, in.Data, loose(&d), in.Size)
}

// Inspect reads and judges the file.
func (inspector) Inspect(ctx context.Context, in *inspect.Input, opt inspect.Options) (*inspect.Result, error) {
	o, err := signature.FromInspect(ctx, opt)
	if err != nil {
		return nil, err
	}
	rep, err := Validate(ctx, in.Data, in.Size, o)
	if err != nil {
		return nil, err
	}
	res := &inspect.Result{File: in.Name, Kind: Kind, Report: rep.Findings, Signatures: rep.Signatures(o.At)}
	rep.Facts(&res.Summary)
	return res, nil
}

// Facts writes the main facts of the report into a summary.
func (r *Report) Facts(s *inspect.Summary) {
	r.Report.Facts(s)
	if len(r.Verdicts) == 0 {
		s.Set("sig.count", "0")
		return
	}
	var ranges, later, dict []string
	inconsistent := false
	for _, p := range r.Places {
		ranges = append(ranges, choose(p.RangeOK, "ok", "bad"))
		switch c := p.Changes; {
		case p.Whole || c == nil || c.Kinds == 0 && !c.Partial:
			later = append(later, "none")
		case c.Kinds&(Undefined|Paged) != 0 || c.Partial:
			later = append(later, "undefined")
		default:
			later = append(later, "allowed")
		}
		dict = append(dict, choose(p.Consistent, "consistent", "inconsistent"))
		inconsistent = inconsistent || !p.Consistent
	}
	s.Set("pdf.byterange", strings.Join(ranges, "+"))
	s.Set("pdf.later_changes", strings.Join(later, "+"))
	if inconsistent {
		s.Set("pdf.sigdict", strings.Join(dict, "+"))
	}
}

func choose(ok bool, a, b string) string {
	if ok {
		return a
	}
	return b
}
