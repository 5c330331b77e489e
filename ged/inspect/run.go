package inspect

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/liasse/liasse/ged/report"
)

// Rules of the inspection itself.
var (
	UnknownKind = report.NewRule("INS-UNKNOWN", report.Info,
		"Ce fichier n'est d'aucun des formats reconnus : rien n'en a été contrôlé.",
		"This file is of none of the formats recognised: nothing of it was checked.", "Liasse")
	EmptyFile = report.NewRule("INS-EMPTY", report.Error,
		"Le fichier est vide : le produire ou le recevoir de nouveau.", "The file is empty: produce or receive it again.", "Liasse")
	Unreadable = report.NewRule("INS-UNREADABLE", report.Error,
		"Le fichier n'a pas pu être lu : vérifier qu'il existe encore et que sa lecture est permise.",
		"The file could not be read: check that it still exists and may be read.", "Liasse")
)

// Rules lists the rules this package exports.
func Rules() []*report.Rule { return []*report.Rule{UnknownKind, EmptyFile, Unreadable} }

// NewFile describes a file for inspection. It reads at most HeadSize bytes of
// it now; data must stay readable until the result is there.
func NewFile(name string, data io.ReaderAt, size int64) (*Input, error) {
	head := make([]byte, min(size, HeadSize))
	n, err := data.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("inspect: reading the first bytes: %w", err)
	}
	return &Input{Name: name, Data: data, Size: size, Head: head[:n]}, nil
}

// NewDir describes a folder for inspection.
func NewDir(name string, dir fs.FS) *Input { return &Input{Name: name, Dir: dir} }

// NewBytes describes a file held in memory.
func NewBytes(name string, data []byte) *Input {
	return &Input{Name: name, Data: bytes.NewReader(data), Size: int64(len(data)),
		Head: data[:min(len(data), HeadSize)]}
}

// Run asks the inspectors in order; the first that recognises the input
// answers. A file nobody recognises gives kind "unknown". The error means that
// no verdict could be reached: an I/O failure, or the context's end.
func Run(ctx context.Context, inspectors []Inspector, in *Input, opt Options) (*Result, error) {
	for _, i := range inspectors {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		if !i.Detect(ctx, in) {
			continue
		}
		r, err := i.Inspect(ctx, in, opt)
		if err != nil {
			return nil, err
		}
		if r.File == "" {
			r.File = in.Name
		}
		return r, nil
	}
	r := &Result{File: in.Name, Kind: "unknown", Report: opt.Report(), Unread: true}
	if in.Dir == nil && in.Size == 0 {
		r.Report.Add(EmptyFile, report.Location{})
	} else {
		r.Report.Add(UnknownKind, report.Location{})
	}
	return r, nil
}

// Failed returns the result about a file of which no verdict could be reached,
// for a list of results that leaves no file out.
func Failed(name string, opt Options) *Result {
	r := &Result{File: name, Kind: "unknown", Report: opt.Report(), Unread: true}
	r.Report.Add(Unreadable, report.Location{})
	return r
}

// escape writes the characters a terminal obeys or does not show, which JSON
// allows as they are beyond U+001F, as escapes: the value is the same.
func escape(b []byte) []byte {
	if bytes.IndexFunc(b, unseen) < 0 {
		return b
	}
	out := make([]byte, 0, len(b)+64)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case !unseen(r):
			out = append(out, b[:n]...)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		b = b[n:]
	}
	return out
}

// MarshalJSON writes the result in the form `inspect -json` prints: version 1
// of a contract that may gain keys and never loses any.
func (r *Result) MarshalJSON() ([]byte, error) {
	findings := make([]*report.Finding, 0, r.Report.Len())
	for f := range r.Report.All() {
		findings = append(findings, f)
	}
	signatures := r.Signatures
	if signatures == nil {
		signatures = []Signature{}
	}
	kind := r.Kind
	if kind == "" {
		kind = "unknown"
	}
	b, err := json.Marshal(struct {
		V          int               `json:"v"`
		File       string            `json:"file"`
		Kind       string            `json:"kind"`
		Version    string            `json:"version,omitempty"`
		Verdict    Verdict           `json:"verdict"`
		Counts     report.Counts     `json:"counts"`
		Findings   []*report.Finding `json:"findings"`
		Signatures []Signature       `json:"signatures"`
		Summary    Summary           `json:"summary"`
	}{1, r.File, kind, r.Version, r.Verdict(), r.Report.Counts(), findings, signatures, r.Summary})
	if err != nil {
		return nil, err
	}
	return escape(b), nil
}

// MarshalJSON writes the summary as one object, in the order of its keys.
func (s Summary) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range s {
		if i > 0 {
			b.WriteByte(',')
		}
		k, err := json.Marshal(f.Key)
		if err != nil {
			return nil, err
		}
		v, err := json.Marshal(f.Value)
		if err != nil {
			return nil, fmt.Errorf("inspect: fact %s: %w", f.Key, err)
		}
		b.Write(k)
		b.WriteByte(':')
		b.Write(v)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
