package asic_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/asic"
	"github.com/liasse/liasse/actes/signature/internal/cmstest"
	"github.com/liasse/liasse/actes/signature/internal/dsigtest"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

const (
	typeS = "application/vnd.etsi.asic-s+zip"
	typeE = "application/vnd.etsi.asic-e+zip"
	acte  = "Le conseil municipal, après en avoir délibéré"
)

type file struct {
	name, body string
}

// box makes a container of the files, in order; the mimetype comes first when
// it is not "".
func box(t testing.TB, mimetype string, files ...file) []byte {
	t.Helper()
	if mimetype != "" {
		files = append([]file{{"mimetype", mimetype}}, files...)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		if f.name == "mimetype" {
			h.Method = zip.Store
		}
		e, err := w.CreateHeader(h)
		if err == nil {
			_, err = io.WriteString(e, f.body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(h[:])
}

// manifest writes a manifest of the files, over which the signature file is.
func manifest(over string, files ...file) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><asic:SigReference URI="%s"/>`, over)
	for _, f := range files {
		fmt.Fprintf(&b, `<asic:DataObjectReference URI="%s"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>%s</ds:DigestValue></asic:DataObjectReference>`, f.name, sum(f.body))
	}
	return b.String() + "</asic:ASiCManifest>"
}

func signed(t testing.TB, ca *cmstest.CA, content string) string {
	return string(ca.Sign(t, cmstest.Signature{Content: []byte(content), Detached: true}))
}

func stamped(t testing.TB, ca *cmstest.CA, content string) string {
	return string(ca.Stamp(t, cmstest.Stamp{Content: []byte(content)}))
}

// xades signs the files by references to their names.
func xades(t testing.TB, files ...file) string {
	s := dsigtest.New(t, "ecdsa")
	var refs []dsigtest.Ref
	for i, f := range files {
		refs = append(refs, dsigtest.Ref{ID: fmt.Sprint("r", i), URI: f.name, Value: sum(f.body)})
	}
	g := dsigtest.Signature{ID: "S", XAdES: dsigtest.XAdES132, Refs: refs, Method: dsigtest.ECDSA}
	return s.Sign(t, `<asic:XAdESSignatures xmlns:asic="http://uri.etsi.org/02918/v1.2.1#">`+s.Skeleton(g)+`</asic:XAdESSignatures>`, "S")
}

func validate(t testing.TB, b []byte) *asic.Report {
	t.Helper()
	r, err := asic.Validate(context.Background(), bytes.NewReader(b), int64(len(b)), signature.Options{At: now})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func covered(v *signature.Verdict) string {
	var l []string
	for _, c := range v.Covers {
		l = append(l, c.Kind+":"+c.Name)
	}
	return strings.Join(l, " ")
}

const (
	manifestName = "META-INF/ASiCManifest.xml"
	p7s          = "META-INF/signature.p7s"
	p7s1         = "META-INF/signature001.p7s"
	xmls         = "META-INF/signatures.xml"
	tst          = "META-INF/timestamp.tst"
)

// extended is an ASiC-E whose manifest names the files, signed by CAdES.
func extended(t testing.TB, ca *cmstest.CA, files ...file) []file {
	m := manifest(p7s1, files...)
	return append(files[:len(files):len(files)], file{manifestName, m}, file{p7s1, signed(t, ca, m)})
}

// TestVerdicts is what must be said of containers made as they should be, and
// of those whose content is not what was signed.
func TestVerdicts(t *testing.T) {
	ca := cmstest.NewCA(t)
	doc, note := file{"acte.txt", acte}, file{"annexes/note à lire.txt", "note"}
	const none, data, hash, format = signature.NoCertificateChainFound, signature.SignedDataNotFound, signature.HashFailure, signature.FormatFailure
	m := manifest(p7s1, doc, note)
	inventory := file{"META-INF/manifest.xml", `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>`}
	both := extended(t, ca, doc, note)
	for _, c := range []struct {
		name   string
		b      []byte
		sub    signature.Sub
		intact bool
		covers string
	}{
		{"simple, CAdES", box(t, typeS, doc, file{p7s, signed(t, ca, acte)}), none, true, "FULL:acte.txt"},
		{"simple, XAdES", box(t, typeS, doc, file{xmls, xades(t, doc)}), none, true, "FULL:acte.txt"},
		{"simple, XAdES under another name", box(t, typeS, file{"renomme.txt", acte}, file{xmls, xades(t, doc)}), none, true, "FULL:acte.txt"},
		{"simple, a zip", box(t, typeS, file{"p.zip", string(box(t, "", doc))}, file{p7s, signed(t, ca, string(box(t, "", doc)))}), none, true, "FULL:p.zip ARCHIVED:acte.txt"},
		{"extended, CAdES", box(t, typeE, both...), none, true, "FULL:" + manifestName + " FULL:acte.txt FULL:annexes/note à lire.txt"},
		{"extended, XAdES", box(t, typeE, doc, note, file{xmls, xades(t, doc, note)}, inventory), none, true, "FULL:acte.txt FULL:annexes/note à lire.txt"},
		{"names in escapes", box(t, typeE, doc, note, file{manifestName, strings.ReplaceAll(m, " ", "%20")}, file{p7s1, signed(t, ca, strings.ReplaceAll(m, " ", "%20"))}), format, true, "FULL:" + manifestName},
		{"simple, changed", box(t, typeS, file{"acte.txt", acte + "."}, file{p7s, signed(t, ca, acte)}), hash, false, "FULL:acte.txt"},
		{"simple, XAdES, changed", box(t, typeS, file{"acte.txt", acte + "."}, file{xmls, xades(t, doc)}), hash, false, "FULL:acte.txt"},
		{"extended, a file changed", box(t, typeE, append([]file{{"acte.txt", "x"}}, both[1:]...)...), hash, true, "FULL:" + manifestName + " FULL:annexes/note à lire.txt"},
		{"extended, a file gone", box(t, typeE, both[1:]...), data, true, "FULL:" + manifestName + " FULL:annexes/note à lire.txt"},
		{"extended, XAdES, a file gone", box(t, typeE, note, file{xmls, xades(t, doc, note)}, inventory), data, false, "FULL:annexes/note à lire.txt"},
		{"extended, XAdES, no list of files", box(t, typeE, doc, file{xmls, xades(t, doc)}), format, true, "FULL:acte.txt"},
		{"extended, XAdES, the list of an evidence record", box(t, typeE, doc, file{xmls, xades(t, doc)}, file{"META-INF/ASiCEvidenceRecordManifest001.xml", "<m/>"}), none, true, "FULL:acte.txt"},
		{"extended, the manifest changed", box(t, typeE, doc, note, file{manifestName, m + " "}, both[3]), hash, false, "FULL:" + manifestName + " FULL:acte.txt FULL:annexes/note à lire.txt"},
		{"extended, the manifest of another signature", box(t, typeE, doc, note, file{manifestName, manifest("META-INF/signature002.p7s", doc)}, both[3]), format, false, ""},
		{"extended, no manifest", box(t, typeE, doc, note, both[3]), format, false, ""},
		{"extended, a manifest that is no XML", box(t, typeE, doc, note, file{manifestName, "rien"}, both[3]), format, false, "FULL:" + manifestName},
		{"extended, a manifest with a DOCTYPE", box(t, typeE, doc, note, file{manifestName, "<!DOCTYPE a>" + m}, file{p7s1, signed(t, ca, "<!DOCTYPE a>"+m)}), format, true, "FULL:" + manifestName},
		{"extended, nothing but signatures", box(t, typeE, file{manifestName, manifest(p7s1)}, file{p7s1, signed(t, ca, manifest(p7s1))}), format, true, "FULL:" + manifestName},
		{"simple, two files", box(t, typeS, doc, file{"note.txt", "note"}, file{p7s, signed(t, ca, acte)}), format, true, "FULL:acte.txt"},
		{"simple, another file in a folder", box(t, typeS, doc, note, file{p7s, signed(t, ca, acte)}), none, true, "FULL:acte.txt"},
		{"simple, its file in a folder", box(t, typeS, file{"dossier/acte.txt", acte}, file{p7s, signed(t, ca, acte)}), format, false, ""},
		{"simple, no file", box(t, typeS, file{p7s, signed(t, ca, acte)}), format, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "names in escapes" {
				// Only the names, not the markup: an URI with "%20" is the name with
				// a space.
				e := strings.NewReplacer("note à lire", "note%20à%20lire").Replace(m)
				c.b, c.sub, c.covers = box(t, typeE, doc, note, file{manifestName, e}, file{p7s1, signed(t, ca, e)}), none, "FULL:"+manifestName+" FULL:acte.txt FULL:annexes/note à lire.txt"
			}
			r := validate(t, c.b)
			if len(r.Verdicts) != 1 {
				t.Fatalf("%d verdicts", len(r.Verdicts))
			}
			v := r.Verdicts[0]
			if v.Conclusion.Sub != c.sub || v.Intact != c.intact {
				t.Errorf("%v, intact %v; want %s, %v", v.Conclusion, v.Intact, c.sub, c.intact)
			}
			if got := covered(&v); got != c.covers {
				t.Errorf("covers %q, want %q", got, c.covers)
			}
			if want := c.sub == none || c.sub == data; r.Findings.Valid() != want {
				t.Errorf("valid %v", !want)
			}
		})
	}
}

// TestHostileContainers: no signature of a container that is a trap passes.
func TestHostileContainers(t *testing.T) {
	ca := cmstest.NewCA(t)
	doc := file{"acte.txt", acte}
	sig := file{p7s, signed(t, ca, acte)}
	for name, b := range map[string][]byte{
		"a file twice, the forged one first":  box(t, typeS, file{"acte.txt", "forge"}, doc, sig),
		"a file twice, the forged one last":   box(t, typeS, doc, file{"acte.txt", "forge"}, sig),
		"a file twice but for the case":       box(t, typeE, append(extended(t, ca, doc), file{"ACTE.TXT", "forge"})...),
		"a name that climbs":                  box(t, typeS, doc, sig, file{"../acte.txt", "forge"}),
		"an absolute name":                    box(t, typeS, doc, sig, file{"/acte.txt", "forge"}),
		"another name inside":                 bytes.Replace(box(t, typeS, doc, sig), []byte("acte.txt"), []byte("acte.exe"), 1),
		"the manifest twice":                  box(t, typeE, append(extended(t, ca, doc), file{manifestName, manifest(p7s1)})...),
		"XAdES and a file twice":              box(t, typeE, doc, file{"acte.txt", "forge"}, file{xmls, xades(t, doc)}),
		"a timestamp over a file that climbs": box(t, typeS, doc, file{tst, stamped(t, ca, acte)}, file{"..\\acte.txt", "forge"}),
	} {
		t.Run(name, func(t *testing.T) {
			r := validate(t, b)
			if r.Findings.Valid() || !r.Findings.Has(asic.RuleRefused) {
				t.Error("no error")
			}
			for _, v := range r.Verdicts {
				if v.Conclusion.Indication != signature.TotalFailed {
					t.Error(v.Conclusion)
				}
			}
			for _, v := range r.Stamps {
				if v.Conclusion.Indication != signature.Failed {
					t.Error(v.Conclusion)
				}
			}
		})
	}
	bomb := box(t, typeS, file{"acte.txt", strings.Repeat("0", 40<<20)}, sig)
	if r := validate(t, bomb); !r.Findings.Has(report.LimRatio) || len(r.Verdicts) > 0 {
		t.Error("a bomb is opened")
	}
	damaged := box(t, typeS, doc, sig)
	i := bytes.Index(damaged, []byte("PK\x01\x02"))
	i += 4 + bytes.Index(damaged[i+4:], []byte("PK\x01\x02")) // of the act
	damaged[i+16] ^= 1
	if r := validate(t, damaged); r.Findings.Valid() || !r.Findings.Has(report.CtnCRC) {
		t.Error("a wrong checksum goes unsaid")
	}
}

// TestTimestamps: over the file of an ASiC-S, over a manifest, over a signature
// by an archive manifest; moved or altered they prove nothing.
func TestTimestamps(t *testing.T) {
	ca := cmstest.NewCA(t)
	doc := file{"acte.txt", acte}
	r := validate(t, box(t, typeS, doc, file{tst, stamped(t, ca, acte)}))
	if len(r.Stamps) != 1 || r.Stamps[0].State() != "intact" || !r.Findings.Valid() {
		t.Errorf("over a file: %+v", r.Stamps)
	}
	m := manifest(tst, doc)
	if r = validate(t, box(t, typeE, doc, file{manifestName, m}, file{tst, stamped(t, ca, m)})); len(r.Stamps) != 1 || r.Stamps[0].State() != "intact" {
		t.Errorf("over a manifest: %+v", r.Stamps)
	}
	files := extended(t, ca, doc)
	a := manifest(tst, files...)
	archive := func(token string) *asic.Report {
		return validate(t, box(t, typeE, append(files[:len(files):len(files)], file{"META-INF/ASiCArchiveManifest.xml", a}, file{tst, token})...))
	}
	r = archive(stamped(t, ca, a))
	if len(r.Verdicts) != 1 || len(r.Verdicts[0].Stamps) != 1 || len(r.Stamps) != 0 {
		t.Fatalf("%d verdicts, %d stamps apart", len(r.Verdicts), len(r.Stamps))
	}
	if s := r.Verdicts[0].Stamps[0]; s.Kind != signature.StampContainer || s.State() != "intact" || len(s.Covers) == 0 {
		t.Errorf("%s %s over %d", s.Kind, s.State(), len(s.Covers))
	}
	if s := archive(stamped(t, ca, "autre")).Verdicts[0].Stamps[0]; s.State() != "differs" {
		t.Errorf("a token from elsewhere is %s", s.State())
	}
	a = manifest(tst, file{p7s1, "autre"})
	if s := archive(stamped(t, ca, a)).Verdicts[0].Stamps[0]; s.Conclusion.Sub != signature.HashFailure || len(s.Covers) != 0 {
		t.Errorf("over another signature: %v, covers %d", s.Conclusion, len(s.Covers))
	}
}

// TestCoverageGivesTheOctets back, and of nothing else.
func TestCoverageGivesTheOctets(t *testing.T) {
	ca := cmstest.NewCA(t)
	v := validate(t, box(t, typeE, extended(t, ca, file{"acte.txt", acte}, file{"note.txt", "note"})...)).Verdicts[0]
	want := map[string]string{"acte.txt": acte, "note.txt": "note"}
	for _, c := range v.Covers[1:] {
		o, err := c.Data.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(o)
		o.Close()
		if err != nil || string(b) != want[c.Name] {
			t.Errorf("%s: %d octets, %v", c.Name, len(b), err)
		}
		if c.Digest == "" {
			t.Errorf("%s: no digest", c.Name)
		}
	}
}

// TestOtherZipsAreLeftToOthers: a zip without signature is none of ours.
func TestOtherZipsAreLeftToOthers(t *testing.T) {
	ca := cmstest.NewCA(t)
	doc := file{"acte.txt", acte}
	for name, c := range map[string]struct {
		b    []byte
		want bool
	}{
		"plain":            {box(t, "", doc), false},
		"a jar":            {box(t, "", file{"META-INF/MANIFEST.MF", "x"}), false},
		"by its mimetype":  {box(t, typeS, doc), true},
		"by its signature": {box(t, "", doc, file{p7s, signed(t, ca, acte)}), true},
		"no zip":           {[]byte("PK\x03\x04"), false},
	} {
		if got := asic.Inspector().Detect(context.Background(), inspect.NewBytes(name, c.b)); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestSharedRevocation: the list that one signature brings serves the others,
// whose timestamps and levels it leaves alone.
func TestSharedRevocation(t *testing.T) {
	root := cmstest.Root(t, "racine")
	a, b := root.Issue(t, cmstest.Profile{Name: "un"}), root.Issue(t, cmstest.Profile{Name: "deux"})
	list := base64.StdEncoding.EncodeToString(root.CRL(t, cmstest.List{This: now.AddDate(0, 0, -1), Next: now.AddDate(0, 1, 0)}))
	doc := file{"acte.txt", acte}
	sign := func(who *cmstest.Authority, unsigned string) string {
		s := &dsigtest.Signer{Key: who.Key, Cert: who.Cert}
		g := dsigtest.Signature{ID: "S", XAdES: dsigtest.XAdES132, NoPolicy: true, Refs: []dsigtest.Ref{{ID: "r", URI: doc.name, Value: sum(doc.body)}}, Method: dsigtest.ECDSA, Unsigned: unsigned}
		return s.Sign(t, `<asic:XAdESSignatures xmlns:asic="http://uri.etsi.org/02918/v1.2.1#">`+s.Skeleton(g)+`</asic:XAdESSignatures>`, "S")
	}
	values := `<xad:RevocationValues><xad:CRLValues><xad:EncapsulatedCRLValue>` + list + `</xad:EncapsulatedCRLValue></xad:CRLValues></xad:RevocationValues>`
	inventory := file{"META-INF/manifest.xml", "<m/>"}
	anchor, err := trust.ParseCertificate(root.Cert.Raw)
	if err != nil {
		t.Fatal(err)
	}
	subs := func(files ...file) (out []signature.Sub) {
		c := box(t, typeE, append([]file{doc, inventory}, files...)...)
		r, err := asic.Validate(context.Background(), bytes.NewReader(c), int64(len(c)), signature.Options{At: now, Store: trust.NewStore(trust.Anchor{Certificate: anchor})})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range r.Verdicts {
			out = append(out, v.Conclusion.Sub)
		}
		return out
	}
	first, second := file{"META-INF/signatures001.xml", sign(a, values)}, file{"META-INF/signatures002.xml", sign(b, "")}
	if got := subs(second); len(got) != 1 || got[0] != signature.ChainGeneralFailure {
		t.Errorf("alone: %v", got)
	}
	if got := subs(first, second); len(got) != 2 || got[0] != "" || got[1] != "" {
		t.Errorf("together: %v", got)
	}
}

func TestRules(t *testing.T) {
	ca := cmstest.NewCA(t)
	doc, sig := file{"acte.txt", acte}, file{p7s, signed(t, ca, acte)}
	of := func(mimetype string, files ...file) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report { return validate(t, box(t, mimetype, files...)).Findings }
	}
	many := []file{doc}
	for i := range 201 {
		many = append(many, file{fmt.Sprintf("META-INF/signature%d.p7s", i), sig.body})
	}
	rulestest.Every(t, asic.Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		asic.RuleRefused:       of(typeS, doc, doc, sig),
		asic.RuleMimetype:      of("", doc, sig),
		asic.RuleMimetypePlace: of("", doc, file{"mimetype", typeS}, sig),
		asic.RuleMimetypeWrong: of("text/plain", doc, sig),
		asic.RuleFiles:         of(typeS, doc, file{"b", "b"}, sig),
		asic.RuleManifest:      of(typeE, doc, sig),
		asic.RuleInventory:     of(typeE, doc, file{xmls, xades(t, doc)}),
		asic.RuleUnsigned:      of(typeE, append(extended(t, ca, doc), file{"b", "b"})...),
		asic.RuleName:          of(typeS, doc, file{"META-INF/signature002.p7s", sig.body}),
		asic.RuleUnreadable:    of(typeS, doc, file{p7s, "rien"}),
		asic.RuleEmpty:         of(typeS, doc),
		asic.RuleEvidence:      of(typeS, doc, file{"META-INF/evidencerecord.ers", "x"}),
		asic.RuleLimit:         of(typeE, many...),
	})
}

func FuzzValidate(f *testing.F) {
	ca := cmstest.NewCA(f)
	doc := file{"acte.txt", acte}
	f.Add(box(f, typeS, doc, file{p7s, signed(f, ca, acte)}))
	f.Add(box(f, typeS, doc, file{xmls, xades(f, doc)}))
	f.Add(box(f, typeE, extended(f, ca, doc)...))
	f.Add(box(f, typeS, doc, file{tst, stamped(f, ca, acte)}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := asic.Validate(context.Background(), bytes.NewReader(b), int64(len(b)), signature.Options{At: now}); err != nil {
			t.Fatal(err)
		}
	})
}
