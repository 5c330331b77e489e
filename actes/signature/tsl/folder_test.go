package tsl_test

import (
	"encoding/pem"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/liasse/liasse/actes/signature/internal/dsigtest"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/tsl"
)

const listOfLists = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUlistofthelists"

// TestFolderOfAnchors reads the lists that lie among certificates: each is
// proved by those who may sign it, who are no anchors themselves.
func TestFolderOfAnchors(t *testing.T) {
	scheme, operator, service, other := dsigtest.New(t, "rsa"), dsigtest.New(t, "ecdsa"), dsigtest.New(t, "ecdsa-service"), dsigtest.New(t, "ecdsa-autre")
	text := func(l ...*dsigtest.Signer) *fstest.MapFile {
		var b []byte
		for _, s := range l {
			b = append(b, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Cert.Raw})...)
		}
		return &fstest.MapFile{Data: b}
	}
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	body := services(tsl.QualifiedCA, service, []string{"granted", "2017-01-01T00:00:00Z"})
	fr := sign(t, operator, body, "")
	pointers := func(typ string) string {
		return sign(t, scheme, "", "", "urn:type", typ, "<SchemeTerritory>FR</SchemeTerritory><ListIssueDateTime>", "<SchemeTerritory>EU</SchemeTerritory>"+
			`<PointersToOtherTSL><OtherTSLPointer><ServiceDigitalIdentities>`+identity(operator)+`</ServiceDigitalIdentities><TSLLocation>https://exemple.invalid/fr.xml</TSLLocation>`+
			`<AdditionalInformation><OtherInformation><SchemeTerritory>FR</SchemeTerritory></OtherInformation><OtherInformation><MimeType xmlns="http://uri.etsi.org/02231/v2/additionaltypes#">`+
			tsl.MIMEXML+`</MimeType></OtherInformation></AdditionalInformation></OtherTSLPointer></PointersToOtherTSL><ListIssueDateTime>`)
	}
	for _, c := range []struct {
		name    string
		files   fstest.MapFS
		signers []*trust.Certificate
		lists   string // names, "!" before those refused; "-" is an error
		rest    []string
	}{
		{"no list", fstest.MapFS{"a.pem": text(other), "note.xml": file("<note/>")}, nil, "", []string{"a.pem", "note.xml"}},
		{"a list and its signers", fstest.MapFS{"fr.xml": file(fr), "fr.xml.pem": text(operator), "a.pem": text(other)}, nil, "fr.xml", []string{"a.pem"}},
		{"in a folder below", fstest.MapFS{"listes/fr.xml": file(fr), "listes/fr.xml.pem": text(other, operator), "listes/a.pem": text(other)}, nil, "listes/fr.xml", []string{"listes/a.pem"}},
		{"another signer", fstest.MapFS{"fr.xml": file(fr), "fr.xml.pem": text(other)}, nil, "!fr.xml", nil},
		{"a list that was changed", fstest.MapFS{"fr.xml": file(strings.Replace(fr, "/granted", "/accredited", 1)), "fr.xml.pem": text(operator)}, nil, "!fr.xml", nil},
		{"no signers", fstest.MapFS{"fr.xml": file(fr)}, nil, "-", nil},
		{"signers that cannot be read", fstest.MapFS{"fr.xml": file(fr), "fr.xml.pem": file("\x30\x03abc")}, nil, "-", nil},
		{"signers of the options", fstest.MapFS{"fr.xml": file(fr)}, []*trust.Certificate{certificate(t, operator)}, "fr.xml", nil},
		{"named by the list of lists", fstest.MapFS{"fr.xml": file(fr), "lotl.xml": file(pointers(listOfLists)), "lotl.xml.pem": text(scheme)}, nil, "fr.xml lotl.xml", nil},
		{"named by a list of lists that nobody proves", fstest.MapFS{"fr.xml": file(fr), "lotl.xml": file(pointers(listOfLists)), "lotl.xml.pem": text(other)}, nil, "-", nil},
		{"named by a list that is not one of lists", fstest.MapFS{"fr.xml": file(fr), "de.xml": file(pointers("urn:type")), "de.xml.pem": text(scheme)}, nil, "-", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			lists, rest, err := tsl.ReadFS(t.Context(), c.files, tsl.Options{At: now, Signers: c.signers})
			if c.lists == "-" {
				if err == nil {
					t.Fatal("no error")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, l := range lists {
				n := l.Name
				if !l.List.Accepted() {
					n = "!" + n
				}
				names = append(names, n)
			}
			if got := strings.Join(names, " "); got != c.lists {
				t.Errorf("%s, want %s", got, c.lists)
			}
			var left []string
			if err := fs.WalkDir(rest, ".", func(name string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					left = append(left, name)
				}
				return err
			}); err != nil || !slices.Equal(left, c.rest) {
				t.Errorf("the rest is %q, want %q (%v)", left, c.rest, err)
			}
			for _, l := range lists {
				for _, n := range []string{l.Name, l.Name + ".pem"} {
					if _, err := rest.Open(n); !errors.Is(err, fs.ErrNotExist) {
						t.Errorf("%s is still there: %v", n, err)
					}
				}
			}
		})
	}
}
