package stamp_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/liasse/liasse/actes/stamp"
	"github.com/liasse/liasse/internal/pdf"
)

// FuzzStamp stamps anything: a refusal writes nothing, a success is a longer
// file, with the original as prefix, that our reader opens without repair.
func FuzzStamp(f *testing.F) {
	for _, in := range documents() {
		f.Add(in, uint8(0))
		f.Add(in, uint8(1))
	}
	for level := range 4 {
		f.Add(certified(level), uint8(2))
	}
	f.Fuzz(func(t *testing.T, in []byte, how uint8) {
		o := options()
		o.Mode, o.Pages, o.Force = stamp.Mode(how%3), stamp.Pages(how/3%3), how&64 != 0
		var out bytes.Buffer
		_, err := stamp.Stamp(context.Background(), &out, bytes.NewReader(in), int64(len(in)), o)
		if err != nil {
			var e *stamp.Error
			if !errors.As(err, &e) || out.Len() > 0 {
				t.Fatalf("%d bytes written, %v", out.Len(), err)
			}
			return
		}
		if !bytes.HasPrefix(out.Bytes(), in) || out.Len() <= len(in) {
			t.Fatal("the original is not a prefix")
		}
		var d pdf.Doc
		if err := d.Open(context.Background(), bytes.NewReader(out.Bytes()), int64(out.Len())); err != nil {
			t.Fatalf("the stamped file: %v", err)
		}
		if d.Repaired() {
			t.Fatal("the stamped file must be repaired to be read")
		}
	})
}
