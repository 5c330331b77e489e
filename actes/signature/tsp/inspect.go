package tsp

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/asn1x"
)

// Kind is the kind of results about timestamps.
const Kind = "timestamp"

// maxToken is the largest file read as a timestamp, in bytes.
const maxToken = 16 << 20

// tokenType is the encoded identifier of a TSTInfo content: what tells a token
// from another CMS.
var tokenType = []byte{6, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 0x10, 1, 4}

// signedType is the encoded identifier of signed data.
var signedType = []byte{6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2}

// Validate judges a timestamp by itself, and its imprint when the content
// stamped is among the detached contents.
func Validate(ctx context.Context, b []byte, opt signature.Options) (*signature.Report, error) {
	opt, pool := opt.Ready()
	rep := &signature.Report{Findings: report.New(opt.Report)}
	contents, err := opt.Contents(ctx)
	if err != nil {
		return nil, err
	}
	t, err := Read(unarmour(b))
	if err != nil {
		unreadable(rep.Findings, err)
		return rep, nil
	}
	if n := len(t.Trailing); n > 0 {
		rep.Findings.Add(RuleTrailing, report.Location{}, report.Int("count", n))
	}
	if t.Reply != nil && !t.Reply.Granted() {
		unreadable(rep.Findings, &RefusedError{*t.Reply})
	}
	t.Fill(pool)
	var over Imprint
	if len(contents) > 0 {
		over = contents[0]
		for _, c := range contents {
			if sum, _ := c.Digest(t.Digest); bytes.Equal(sum, t.Imprint) {
				over = c
			}
			if err := c.Err(); err != nil {
				return nil, err
			}
		}
	}
	st := t.Stamp(signature.StampToken, over, pool)
	if err := pool.Complete(ctx, opt, rep, nil, st); err != nil {
		return nil, err
	}
	v := signature.JudgeStamp(st, opt.Policy, opt.At)
	rep.Stamps = []signature.StampVerdict{v}
	v.Findings(rep.Findings, report.Location{})
	switch v.Conclusion.Sub {
	case signature.SigCryptoFailure:
		rep.Findings.Add(RuleBroken, report.Location{})
	case signature.HashFailure:
		rep.Findings.Add(signature.RuleDataDiffers, report.Location{})
	case signature.FormatFailure:
		for _, f := range st.Format {
			rep.Findings.Add(f.Rule, f.Where, f.Params...)
		}
	}
	return rep, nil
}

func unreadable(r *report.Report, err error) {
	var refused *RefusedError
	var at *asn1x.Error
	switch {
	case errors.As(err, &refused):
		r.Add(RuleRefused, report.Location{}, report.Int("status", refused.Status.Code), report.Int("failure", refused.Status.Failure))
	case errors.As(err, &at):
		r.Add(RuleUnreadable, report.Location{Offset: at.Offset, At: true}, report.Int("offset", at.Offset))
	default:
		r.Add(RuleUnreadable, report.Location{}, report.Int("offset", 0))
	}
}

// unarmour takes base64 text for the octets it stands for.
func unarmour(b []byte) []byte {
	t := bytes.TrimSpace(b)
	if len(t) == 0 || t[0] == 0x30 || len(t) > maxToken {
		return b
	}
	if d, err := base64.StdEncoding.DecodeString(string(t)); err == nil {
		return d
	}
	return b
}

// Inspector returns the inspector of timestamps by themselves, kind
// "timestamp": tokens and replies of time-stamping units.
func Inspector() inspect.Inspector { return inspector{} }

type inspector struct{}

// Detect recognises a token by its content type, among the first octets.
func (inspector) Detect(_ context.Context, in *inspect.Input) bool {
	head := in.Head
	if in.Data == nil || in.Size > maxToken || len(head) < 2 {
		return false
	}
	if head[0] != 0x30 {
		if len(head) < 3 || head[0] != 'M' {
			return false
		}
		if head = unarmour(head); head[0] != 0x30 {
			return false
		}
	}
	head = head[:min(len(head), 2048)]
	i := bytes.Index(head, tokenType)
	j := bytes.Index(head, signedType)
	return j >= 0 && j < 400 && i > j
}

// Inspect reads and judges a timestamp.
func (inspector) Inspect(ctx context.Context, in *inspect.Input, opt inspect.Options) (*inspect.Result, error) {
	o, err := signature.FromInspect(ctx, opt)
	if err != nil {
		return nil, err
	}
	b, err := asn1x.ReadAll(in.Data, in.Size, maxToken)
	if err != nil {
		return nil, err
	}
	rep, err := Validate(ctx, b, o)
	if err != nil {
		return nil, err
	}
	res := &inspect.Result{File: in.Name, Kind: Kind, Report: rep.Findings, Signatures: rep.Signatures(o.At)}
	rep.Facts(&res.Summary)
	return res, nil
}
