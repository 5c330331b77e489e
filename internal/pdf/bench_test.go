package pdf

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

func BenchmarkCheck(b *testing.B) {
	for _, name := range []string{"actes/pdf/Delib.pdf", "actes/pdf/vide.pdf", "signature/dss/pades/siwa.pdf", "signature/dss/pades/pkcs7-no-message-digest.pdf", "archive/docs/seda-2.1-dictionnaire.pdf"} {
		data, err := os.ReadFile(filepath.Join(filepath.Dir(corpus.Dir(b, "actes")), name))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(filepath.Base(name), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			var c Checker
			r := bytes.NewReader(data)
			for b.Loop() {
				var rep report.Report
				if _, err := c.Check(context.Background(), r, int64(len(data)), &rep); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
