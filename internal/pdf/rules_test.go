package pdf

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/rc4"
	"fmt"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/pdf/pdftest"
	"github.com/liasse/liasse/internal/rulestest"
)

func checkBytes(t testing.TB, b []byte) (Info, *report.Report) {
	t.Helper()
	info, rep, err := Check(context.Background(), bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return info, rep
}

// encryptR2 makes a file encrypted (RC4, 40 bits) with the empty user
// password; with spoil, with one nobody knows.
func encryptR2(spoil bool) []byte {
	id, o := []byte("0123456789abcdef"), bytes.Repeat([]byte{7}, 32)
	perm := int32(-4)
	h := md5.New()
	h.Write(passwordPad)
	h.Write(o)
	h.Write([]byte{byte(perm), byte(perm >> 8), byte(perm >> 16), byte(perm >> 24)})
	h.Write(id)
	rc, _ := rc4.NewCipher(h.Sum(nil)[:5])
	u := make([]byte, 32)
	rc.XORKeyStream(u, passwordPad)
	if spoil {
		u[0] ^= 1
	}
	f := pdftest.Simple(1)
	f.Obj(9, "<< /Filter /Standard /V 1 /R 2 /P %d /O <%x> /U <%x> >>", perm, o, u)
	f.Trailer = fmt.Sprintf("/Encrypt 9 0 R /ID [<%x> <%x>]", id, id)
	return f.Bytes(pdftest.Table)
}

func TestEveryRule(t *testing.T) {
	of := func(b []byte) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report { _, r := checkBytes(t, b); return r }
	}
	simple := string(pdftest.Simple(2).Bytes(pdftest.Table))
	other := pdftest.Simple(1)
	other.Obj(9, "<< /Filter /Adobe.PubSec /V 1 >>")
	other.Trailer = "/Encrypt 9 0 R"
	bomb := pdftest.Simple(1)
	bomb.Obj(20, "[%s]", strings.Repeat("[]", defaultLimits.nodes))
	bomb.Obj(1, "<< /Pages 20 0 R >>")
	rulestest.Every(t, Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		RuleEmpty:         of(nil),
		RuleHeader:        of([]byte("Ceci n'est pas un PDF.")),
		RuleXRef:          of([]byte(simple[:60])),
		RulePages:         of([]byte(strings.Replace(simple, "/Count 2", "/Count 0", 1))),
		RulePagesMissing:  of([]byte(strings.Replace(simple, "6 0 R ]", "9 0 R ]", 1))),
		RulePagesCount:    of([]byte(strings.Replace(simple, "/Count 2", "/Count 1", 1))),
		RuleEncrypted:     of(encryptR2(true)),
		RuleEncryptedOpen: of(encryptR2(false)),
		RuleSecurity:      of(other.Bytes(pdftest.Table)),
		RuleRepaired:      of([]byte(strings.Replace(simple, "startxref", "startxxxx", 1))),
		RuleLimit:         of(bomb.Bytes(pdftest.Table)),
	})
}

func TestStylesReadAlike(t *testing.T) {
	for name, style := range pdftest.Styles {
		for _, junk := range []string{"", "\xef\xbb\xbf\r\nprologue\n"} {
			f := pdftest.Simple(3)
			f.Junk = junk
			b := f.Bytes(style)
			info, rep := checkBytes(t, b)
			if !info.Readable || info.Pages != 3 || info.Repaired || rep.Total() != 0 {
				t.Errorf("%s (junk %d): %+v, findings %v", name, len(junk), info, rep.Counts())
			}
		}
	}
}
