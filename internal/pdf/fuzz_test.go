package pdf

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/pdf/pdftest"
)

// FuzzPDF checks and walks anything, with the same memory all along.
func FuzzPDF(f *testing.F) {
	for _, style := range pdftest.Styles {
		f.Add(pdftest.Simple(2).Bytes(style))
	}
	f.Add(encryptR2(false))
	f.Add(encryptR2(true))
	for _, b := range hostile() {
		if len(b) < 50000 {
			f.Add(b)
		}
	}
	var c Checker
	var d Doc
	f.Fuzz(func(t *testing.T, in []byte) {
		ctx := context.Background()
		rep := new(report.Report)
		info, err := c.Check(ctx, bytes.NewReader(in), int64(len(in)), rep)
		if err != nil {
			t.Fatal(err)
		}
		if !info.Readable && rep.Valid() {
			t.Fatal("refused without a finding")
		}
		if info.Readable && !rep.Valid() {
			t.Fatal("accepted with an error")
		}
		again, err := new(Checker).Check(ctx, bytes.NewReader(in), int64(len(in)), new(report.Report))
		if err != nil || again != info {
			t.Fatalf("a fresh checker says otherwise: %+v, %+v", info, again)
		}
		if d.Open(ctx, bytes.NewReader(in), int64(len(in))) != nil {
			return
		}
		d.DocMDP()
		d.Revisions()
		n := 0
		for p := range d.Pages() {
			d.Balance(p)
			_ = AppendEntries(nil, p.Dict, 0)
			if n++; n > 1000 {
				break
			}
		}
		if d.Encrypted() {
			return
		}
		var out bytes.Buffer
		u, err := NewUpdate(ctx, &d, &out)
		if no := (*Error)(nil); errors.As(err, &no) && out.Len() == 0 {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		e, r, err := added(t, u, &out)
		if err != nil {
			t.Fatalf("an updated file: %v", err)
		}
		if got := e.Object(r).Bytes(); string(got) != "new" {
			t.Fatal("the new object is not found")
		}
		for v := range e.xref.size {
			if v > 2000 {
				break
			}
			if s := e.Object(Ref{Num: v}); s.Kind() == Stream {
				if sr, err := e.Stream(s); err == nil {
					io.CopyN(io.Discard, sr, 1<<20)
				}
			}
		}
	})
}
