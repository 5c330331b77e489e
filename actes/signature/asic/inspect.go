package asic

import (
	"bytes"
	"context"
	"strconv"
	"strings"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// Digest implements tsp.Imprint: what was stamped is not there.
func (none) Digest(trust.Digest) ([]byte, bool) { return nil, false }

// Kind is the kind of results about signature containers.
const Kind = "signature.asic"

// Inspector returns the inspector of signature containers and of signed
// OpenDocument files, kind "signature.asic".
func Inspector() inspect.Inspector { return inspector{} }

type inspector struct{}

// Detect recognises a zip that says it is a signature container, or that holds
// a signature file where containers have theirs.
func (inspector) Detect(ctx context.Context, in *inspect.Input) bool {
	if in.Data == nil || !bytes.HasPrefix(in.Head, []byte("PK\x03\x04")) {
		return false
	}
	head := in.Head[:min(len(in.Head), 512)]
	if bytes.Contains(head, []byte("mimetypeapplication/vnd.etsi.asic-")) {
		return true
	}
	// The names of the entries stand in the central directory, near the end.
	z, err := container.OpenZip(ctx, in.Data, in.Size, container.ZipOptions{
		Report: report.New(report.Options{}), Limits: container.Limits{Entries: 20000}})
	if err != nil {
		return false
	}
	for _, e := range z.Entries {
		switch partOf(e.Name) {
		case other, manifest, archiveManifest:
		default:
			return true
		}
	}
	return strings.HasPrefix(z.Comment, "mimetype=application/vnd.etsi.asic-")
}

// Inspect reads and judges the container.
func (inspector) Inspect(ctx context.Context, in *inspect.Input, opt inspect.Options) (*inspect.Result, error) {
	o, err := signature.FromInspect(ctx, opt)
	if err != nil {
		return nil, err
	}
	rep, err := Validate(ctx, in.Data, in.Size, o)
	if err != nil {
		return nil, err
	}
	res := &inspect.Result{File: in.Name, Kind: Kind, Version: string(rep.Type), Report: rep.Findings, Signatures: rep.Signatures(o.At)}
	rep.Facts(&res.Summary)
	return res, nil
}

// Facts writes the main facts of the report into a summary.
func (r *Report) Facts(s *inspect.Summary) {
	r.Report.Facts(s)
	if len(r.Verdicts) == 0 {
		s.Set("sig.count", "0")
	}
	if r.Evidence > 0 {
		s.Set("er.count", strconv.Itoa(r.Evidence))
	}
	s.Set("asic.type", string(r.Type))
}
