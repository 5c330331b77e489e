package pdf

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/pdf/pdftest"
)

// TestEncryption has qpdf encrypt a file in every way it knows.
func TestEncryption(t *testing.T) {
	qpdf := corpus.Tool(t, "qpdf")
	dir := t.TempDir()
	in := filepath.Join(dir, "in.pdf")
	f := pdftest.Simple(2)
	f.Obj(20, "<< /Title (Un titre) >>")
	f.Trailer = "/Info 20 0 R"
	if err := os.WriteFile(in, f.Bytes(pdftest.Table), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, how := range map[string]string{
		"RC4-40": "40", "RC4-128": "128 --use-aes=n", "AES-128": "128 --use-aes=y",
		"V4-RC4": "128 --use-aes=n --force-V4", "AES-256-R6": "256", "AES-256-R5": "256 --force-R5",
	} {
		for _, user := range []string{"", "secret"} {
			out := filepath.Join(dir, "out.pdf")
			args := append([]string{"--allow-weak-crypto", "--object-streams=generate", "--encrypt", user, "owner"}, strings.Fields(how)...)
			if msg, err := exec.Command(qpdf, append(args, "--", in, out)...).CombinedOutput(); err != nil {
				t.Errorf("%s: qpdf: %v %s", name, err, msg)
				continue
			}
			b, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			info, rep := checkBytes(t, b)
			if user != "" {
				if info.Readable || !info.NeedsPassword || !rep.Has(RuleEncrypted) {
					t.Errorf("%s with a password: %+v", name, info)
				}
				continue
			}
			if !info.Readable || !info.Encrypted || info.Pages != 2 || !rep.Has(RuleEncryptedOpen) || rep.Has(RulePagesMissing) {
				t.Errorf("%s without password: %+v", name, info)
				continue
			}
			var d Doc
			if err := d.Open(context.Background(), bytes.NewReader(b), int64(len(b))); err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if got := d.Trailer().Key("Info").Key("Title").Bytes(); string(got) != "Un titre" {
				t.Errorf("%s: a string is not decrypted", name)
			}
			for p := range d.Pages() {
				r, err := d.Stream(p.Dict.Key("Contents"))
				if err != nil {
					t.Fatal(err)
				}
				if text, _ := io.ReadAll(r); !bytes.Contains(text, []byte("(Page ")) {
					t.Errorf("%s: page %d is not decrypted", name, p.Index)
				}
			}
		}
	}
}
