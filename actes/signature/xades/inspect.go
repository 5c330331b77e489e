package xades

import (
	"bytes"
	"context"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/ged/inspect"
)

// Kind is the kind of results about XML signatures.
const Kind = "signature.xades"

// Inspector returns the inspector of signed XML documents, kind
// "signature.xades". Formats that may carry signatures have inspectors of their
// own, which come before it.
func Inspector() inspect.Inspector { return inspector{} }

type inspector struct{}

// Detect recognises an XML document with a signature near its beginning or its
// end.
func (inspector) Detect(_ context.Context, in *inspect.Input) bool {
	if in.Data == nil || !looksXML(in.Head) {
		return false
	}
	if bytes.Contains(in.Head, []byte(nsDS)) {
		return true
	}
	if in.Size <= int64(len(in.Head)) {
		return false
	}
	tail := make([]byte, min(in.Size, inspect.HeadSize))
	n, _ := in.Data.ReadAt(tail, in.Size-int64(len(tail)))
	return bytes.Contains(tail[:n], []byte(nsDS))
}

func looksXML(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	return len(head) > 1 && head[0] == '<'
}

// Inspect reads and judges the signatures of the file.
func (inspector) Inspect(ctx context.Context, in *inspect.Input, opt inspect.Options) (*inspect.Result, error) {
	o, err := signature.FromInspect(ctx, opt)
	if err != nil {
		return nil, err
	}
	rep, err := Validate(ctx, Input{Data: in.Data, Size: in.Size}, o)
	if err != nil {
		return nil, err
	}
	res := &inspect.Result{File: in.Name, Kind: Kind, Report: rep.Findings, Signatures: rep.Signatures(o.At)}
	rep.Facts(&res.Summary)
	return res, nil
}
