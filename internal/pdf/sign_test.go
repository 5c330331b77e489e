package pdf

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/pdf/pdftest"
)

// TestSignatures compares with pdfsig what is signed, and where.
func TestSignatures(t *testing.T) {
	pdfsig := corpus.Tool(t, "pdfsig")
	dir := corpus.Dir(t, "signature")
	total := 0
	for _, p := range corpusPDFs(t) {
		rel, ok := strings.CutPrefix(p.name, "signature"+string(filepath.Separator))
		if !ok {
			continue
		}
		name := filepath.Base(rel)
		var d Doc
		if err := d.Open(context.Background(), bytes.NewReader(p.data), int64(len(p.data))); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		out, _ := exec.Command(pdfsig, "-nocert", filepath.Join(dir, rel)).CombinedOutput()
		ends := d.Revisions()
		if len(ends) == 0 && !d.Repaired() || len(ends) > 0 && ends[len(ends)-1] > int64(len(p.data)) {
			t.Errorf("%s: revisions end at %v", name, ends)
		}
		n := 0
		for _, s := range d.Signatures() {
			if len(s.Contents) == 0 || len(s.ByteRange) != 4 {
				continue
			}
			n++
			if s.Start == 0 || p.data[s.Start] != '<' || p.data[s.End-1] != '>' {
				t.Errorf("%s: Contents not found in the file", name)
				continue
			}
			// what pdfsig calls valid covers a whole revision around Contents,
			// but for the two files made to show that it does not check
			if strings.Count(string(out), "Signature is Valid") < strings.Count(string(out), "Signature #") ||
				slices.Contains([]string{"siwa.pdf", "weird-byterange.pdf", "pdf-byterange-overlap.pdf", "pdf-eof.pdf"}, name) {
				continue
			}
			if s.Start != s.ByteRange[1] || s.End != s.ByteRange[2] {
				t.Errorf("%s: Contents at [%d,%d), ByteRange says [%d,%d)", name, s.Start, s.End, s.ByteRange[1], s.ByteRange[2])
			}
			end := s.ByteRange[2] + s.ByteRange[3]
			if !slices.ContainsFunc(ends, func(e int64) bool { return e-end >= -2 && e-end <= 2 }) {
				t.Errorf("%s: a signature ends at %d, revisions at %v", name, end, ends)
			}
		}
		if want := strings.Count(string(out), "Signed Ranges"); n < want {
			t.Errorf("%s: %d signatures, pdfsig sees %d", name, n, want)
		}
		total += n
	}
	if total < 25 {
		t.Errorf("%d signatures in the corpus", total)
	}
}

// TestDocMDP knows the two certified documents of the corpus.
func TestDocMDP(t *testing.T) {
	for name, want := range map[string]int{"pdf-eof.pdf": 2, "pkcs7-no-message-digest.pdf": 1, "pdf-signed-original.pdf": 0} {
		b, err := os.ReadFile(filepath.Join(corpus.Dir(t, "signature"), "dss", "pades", name))
		if err != nil {
			t.Fatal(err)
		}
		var d Doc
		if err := d.Open(context.Background(), bytes.NewReader(b), int64(len(b))); err != nil {
			t.Fatal(err)
		}
		if got := d.DocMDP(); got != want {
			t.Errorf("%s: level %d, not %d", name, got, want)
		}
	}
}

// TestFields: names, inheritance, and a loop.
func TestFields(t *testing.T) {
	f := pdftest.Simple(1)
	f.Obj(1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [10 0 R 14 0 R] >> >>")
	f.Obj(10, "<< /T (a) /FT /Sig /Kids [11 0 R 12 0 R 10 0 R] >>")
	f.Obj(11, "<< /T (b) /Parent 10 0 R /V << /Type /Sig /Contents <30 00> /ByteRange [0 1 2 3] /Filter /X >> >>")
	f.Obj(12, "<< /T <FEFF00E9> /Parent 10 0 R /Kids [13 0 R] >>")
	f.Obj(13, "<< /Parent 12 0 R /Subtype /Widget >>")
	f.Obj(14, "<< /T (t) /FT /Tx /V (v) >>")
	b := f.Bytes(pdftest.Table)
	var d Doc
	if err := d.Open(context.Background(), bytes.NewReader(b), int64(len(b))); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range d.Fields() {
		got = append(got, x.Name+":"+x.Type)
	}
	if want := []string{"a.b:Sig", "a.é:Sig", "t:Tx"}; !slices.Equal(got, want) {
		t.Errorf("fields %v, not %v", got, want)
	}
	s := d.Signatures()
	if len(s) != 1 || string(b[s[0].Start:s[0].End]) != "<30 00>" || s[0].Field.Name != "a.b" {
		t.Errorf("signatures: %d", len(s))
	}
}
