package xades

import (
	"bytes"
	"context"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/scan"
	"github.com/liasse/liasse/ged/inspect"
)

// Kind is the kind of results about XML signatures.
const Kind = "signature.xades"

// Inspector returns the inspector of signed XML documents, kind
// "signature.xades". Formats that may carry signatures have inspectors of their
// own, which come before it.
func Inspector() inspect.Inspector { return inspector{} }

type inspector struct{}

// Detect recognises an XML document with a signature anywhere in it: values of
// revocation and large contents may stand on either side.
func (inspector) Detect(ctx context.Context, in *inspect.Input) bool {
	if in.Data == nil {
		return false
	}
	head, name := in.Head, []byte(nsDS)
	switch {
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		head, name = head[2:], wide(nsDS, 0)
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		head, name = head[min(3, len(head)):], wide(nsDS, 1)
	}
	return looksXML(head) && scan.Find(ctx, in.Data, 0, in.Size, int64(len(name)), func(b []byte) bool { return bytes.Contains(b, name) })
}

func looksXML(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n\x00")
	return len(head) > 1 && head[0] == '<'
}

// wide is a text of ASCII as UTF-16 writes it, the octet of each character at
// the place.
func wide(text string, at int) []byte {
	b := make([]byte, 2*len(text))
	for i := range len(text) {
		b[2*i+at] = text[i]
	}
	return b
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
