package pdf

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/liasse/liasse/internal/pdf/pdftest"
)

// TestDamageAgreesWithPdfinfo damages files in other ways than cutting them.
func TestDamageAgreesWithPdfinfo(t *testing.T) {
	per := 24
	if testing.Short() {
		per = 5
	}
	pdfs := corpusPDFs(t)
	for name, style := range pdftest.Styles {
		pdfs = append(pdfs, sample{name, pdftest.Simple(4).Bytes(style)})
	}
	words := []string{"xref", "startxref", "trailer", "endobj", "obj", "stream", "/Root", "/Pages", "/Count", "/Prev", "/Size", "/W", "/Index", "/Kids", " R", "<<", ">>", "endstream", "/ObjStm", "/Length", "/N ", "/First", "/Linearized", "/L ", "%PDF-", "/Type"}
	n, accepted := referee(t, func(yield func(string, []byte) bool) {
		for _, p := range pdfs {
			if len(p.data) == 0 || len(p.data) > 200_000 {
				continue
			}
			rnd := rand.New(rand.NewPCG(2, uint64(len(p.data))))
			for i := range per {
				b := slices.Clone(p.data)
				name := fmt.Sprintf("%s damage %d", p.name, i)
				switch i % 6 {
				case 0: // a keyword lost
					w := words[rnd.IntN(len(words))]
					b = bytes.ReplaceAll(b, []byte(w), bytes.Repeat([]byte{'Q'}, len(w)))
					name += " without " + w
				case 1: // its last one only
					w := words[rnd.IntN(len(words))]
					if at := bytes.LastIndex(b, []byte(w)); at >= 0 {
						copy(b[at:], "~~~~~~~~~~"[:min(len(w), 10)])
					}
					name += " without the last " + w
				case 2: // bytes changed
					for range 1 + rnd.IntN(20) {
						b[rnd.IntN(len(b))] = byte(rnd.IntN(256))
					}
				case 3: // a hole
					from := rnd.IntN(len(b))
					to := min(len(b), from+1+rnd.IntN(2000))
					b = slices.Delete(b, from, to)
				case 4: // junk in between
					at := rnd.IntN(len(b))
					b = slices.Insert(b, at, []byte("\nendobj 7 0 obj << /Type /Junk >>\n")...)
				case 5: // digits changed near the end, where addresses are
					for range 1 + rnd.IntN(3) {
						at := len(b) - 1 - rnd.IntN(min(len(b), 1500))
						if b[at] >= '0' && b[at] <= '9' {
							b[at] = '0' + byte(rnd.IntN(10))
						}
					}
				}
				yield(name, b)
			}
		}
	})
	if accepted == 0 || accepted == n {
		t.Errorf("%d of %d accepted: the comparison proves nothing", accepted, n)
	}
	t.Logf("%d damaged files, %d readable", n, accepted)
}
