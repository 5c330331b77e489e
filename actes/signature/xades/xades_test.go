package xades_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/cmstest"
	"github.com/liasse/liasse/actes/signature/internal/dsigtest"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/xades"
	"github.com/liasse/liasse/internal/xmlcore"
)

func validate(t testing.TB, doc string, opt signature.Options, contents ...*signature.Content) *signature.Report {
	t.Helper()
	opt.At = now
	in := xades.Bytes([]byte(doc))
	in.Contents = contents
	r, err := xades.Validate(t.Context(), in, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// flux is a document with one bordereau that holds what is given at its end.
func flux(inside string) string {
	return `<PES xmlns:n="urn:n"><EnTete><InfoDematerialisee V="1"/></EnTete><Bordereau Id="A"><Piece><MtHT V="100.00"/><n:Obj>Fournitures</n:Obj></Piece>` + inside + `</Bordereau></PES>`
}

func one(t testing.TB, r *signature.Report) *signature.Verdict {
	t.Helper()
	if len(r.Verdicts) != 1 {
		t.Fatalf("%d signatures", len(r.Verdicts))
	}
	return &r.Verdicts[0]
}

// TestVerdicts is what must be said of signatures composed here: every form,
// every version and every algorithm.
func TestVerdicts(t *testing.T) {
	rsa, ec, ed := dsigtest.New(t, "rsa"), dsigtest.New(t, "ecdsa"), dsigtest.New(t, "ed25519")
	sign := func(s *dsigtest.Signer, g dsigtest.Signature) string {
		if g.ID == "" {
			g.ID = "S"
		}
		return s.Sign(t, flux(s.Skeleton(g)), g.ID)
	}
	over := dsigtest.Signature{Over: "A"}
	with := func(f func(*dsigtest.Signature)) dsigtest.Signature { g := over; f(&g); return g }
	enveloping := func(s *dsigtest.Signer, transforms ...string) string {
		g := dsigtest.Signature{ID: "S", Refs: []dsigtest.Ref{{URI: "#O", Transforms: transforms}}, Objects: `<ds:Object Id="O">TGUgY29uc2VpbA==</ds:Object>`}
		return s.Sign(t, s.Skeleton(g), "S")
	}
	const chain, hash, value, data, format = signature.NoCertificateChainFound, signature.HashFailure, signature.SigCryptoFailure, signature.SignedDataNotFound, signature.FormatFailure
	for _, c := range []struct {
		name   string
		doc    string
		intact bool
		sub    signature.Sub
		covers string
		level  string
	}{
		{"1.1.1 over an element", sign(rsa, over), true, chain, "PARTIAL:A", "XAdES-BASELINE-B"},
		{"1.2.2", sign(rsa, with(func(g *dsigtest.Signature) { g.XAdES = dsigtest.XAdES122 })), true, chain, "PARTIAL:A", "XAdES-BASELINE-B"},
		{"1.3.2", sign(rsa, with(func(g *dsigtest.Signature) { g.XAdES = dsigtest.XAdES132 })), true, chain, "PARTIAL:A", "XAdES-BASELINE-B"},
		{"no XAdES", sign(rsa, with(func(g *dsigtest.Signature) { g.XAdES = "-" })), true, chain, "PARTIAL:A", "XML-NOT-ETSI"},
		{"over the document", sign(rsa, dsigtest.Signature{}), true, chain, "FULL:Full XML File", "XAdES-BASELINE-B"},
		{"inclusive canonicalisation", sign(rsa, with(func(g *dsigtest.Signature) { g.C14N = dsigtest.C14N })), true, chain, "PARTIAL:A", "XAdES-BASELINE-B"},
		{"Canonical XML 1.1", sign(rsa, with(func(g *dsigtest.Signature) { g.C14N = dsigtest.C14N11 })), true, chain, "PARTIAL:A", "XAdES-BASELINE-B"},
		{"enveloping", enveloping(rsa, dsigtest.ExcC14N), true, chain, "PARTIAL:O", "XAdES-BASELINE-B"},
		{"enveloping, base64", enveloping(rsa, dsigtest.Base64), true, chain, "PARTIAL:O", "XAdES-BASELINE-B"},
		{"RSASSA-PSS", sign(rsa, with(func(g *dsigtest.Signature) { g.Method = dsigtest.PSS })), true, chain, "PARTIAL:A", "XAdES-BASELINE-B"},
		{"ECDSA", sign(ec, over), true, chain, "PARTIAL:A", "XAdES-BASELINE-B"},
		{"Ed25519", sign(ed, over), true, chain, "PARTIAL:A", "XAdES-BASELINE-B"},
		{"SHA-1, which is old and right", sign(rsa, with(func(g *dsigtest.Signature) { g.Method = dsigtest.RSASHA1 })), true, chain, "PARTIAL:A", "XAdES-BASELINE-B"},
		{"properties by a reference without type", sign(rsa, with(func(g *dsigtest.Signature) { g.Untyped = true })), true, chain, "PARTIAL:A+PARTIAL:S_SP", "XAdES-EPES"},
		{"properties with the enveloped transform", sign(rsa, with(func(g *dsigtest.Signature) { g.SPTransforms = []string{dsigtest.Enveloped, dsigtest.ExcC14N} })), true, chain, "PARTIAL:A", "XAdES-BASELINE-B"},
		{"altered", strings.Replace(sign(rsa, over), "100.00", "900.00", 1), false, hash, "PARTIAL:A", "XAdES-BASELINE-B"},
		{"properties altered", strings.Replace(sign(rsa, over), ">Maire<", ">Reine<", 1), false, hash, "PARTIAL:A", "XAdES-BASELINE-B"},
		{"signed info altered", strings.Replace(sign(rsa, over), `URI="#A"`, `URI="#A" Id="r"`, 1), false, value, "PARTIAL:A", "XAdES-BES"},
		{"element gone", strings.Replace(sign(rsa, over), `Id="A"`, `Nom="A"`, 1), false, data, "", "XAdES-BASELINE-B"},
		{"line ends changed on the way", strings.ReplaceAll(sign(rsa, with(func(g *dsigtest.Signature) { g.Objects = "\n" })), "\n", "\r\n"), true, chain, "PARTIAL:A", "XAdES-BASELINE-B"},
		{"comment slipped in", strings.Replace(sign(rsa, over), "Fourni", "Fou<!-- x -->rni", 1), true, chain, "PARTIAL:A", "XAdES-BASELINE-B"},
		{"certificate named by another digest", sign(rsa, with(func(g *dsigtest.Signature) { g.CertDigest = base64.StdEncoding.EncodeToString(make([]byte, 32)) })), true, signature.NoSigningCertificateFound, "PARTIAL:A", "XAdES-BASELINE-B"},
		{"no certificate at all", sign(rsa, with(func(g *dsigtest.Signature) { g.NoCert = true })), false, signature.NoSigningCertificateFound, "PARTIAL:A", "XAdES-BES"},
		{"nothing signed but the properties", sign(rsa, with(func(g *dsigtest.Signature) { g.Refs = []dsigtest.Ref{} })), false, data, "", "XAdES-BES"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "nothing signed but the properties" {
				c.level = "XAdES-EPES"
			}
			v := one(t, validate(t, c.doc, signature.Options{}))
			var covers []string
			for _, x := range v.Covers {
				covers = append(covers, x.Kind+":"+x.Name)
			}
			if v.Intact != c.intact || v.Conclusion.Sub != c.sub || strings.Join(covers, "+") != c.covers {
				t.Errorf("intact %v, %s, covers %s", v.Intact, v.Conclusion, covers)
			}
			if c.intact && v.Level != c.level {
				t.Errorf("level %s, want %s", v.Level, c.level)
			}
			if format == v.Conclusion.Sub {
				t.Error("format")
			}
		})
	}
}

// The octets given back are those that were digested, and From and To are where
// the element lies.
func TestCoveredOctets(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	doc := s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A"})), "S")
	v := one(t, validate(t, doc, signature.Options{}))
	c := v.Covers[0]
	r, err := c.Data.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b)
	if c.Digest != "SHA256:"+hex.EncodeToString(sum[:]) || c.Altered {
		t.Errorf("the octets given back are not those signed: %s", b)
	}
	if at := doc[c.From:c.To]; !strings.HasPrefix(at, `<Bordereau Id="A">`) || !strings.HasSuffix(at, `</Bordereau>`) {
		t.Errorf("covered: %s", at)
	}
	// A reader that is not read to its end ends what was behind it.
	r, _ = c.Data.Open()
	r.Close()
}

// A detached signature finds its file by name, or by what it holds when there
// is no name.
func TestDetached(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	file := []byte("Le conseil municipal, après en avoir délibéré…")
	sum := sha256.Sum256(file)
	value := base64.StdEncoding.EncodeToString(sum[:])
	doc := func(r dsigtest.Ref) string {
		return s.Sign(t, s.Skeleton(dsigtest.Signature{ID: "S", Refs: []dsigtest.Ref{r}}), "S")
	}
	named := doc(dsigtest.Ref{URI: "dossier/d%C3%A9lib.pdf", Value: value})
	anonymous := doc(dsigtest.Ref{NoURI: true, Value: value})
	remote := doc(dsigtest.Ref{URI: "http://169.254.169.254/delib.pdf", Value: value})
	for _, c := range []struct {
		name, doc string
		contents  []*signature.Content
		intact    bool
		sub       signature.Sub
	}{
		{"absent", named, nil, false, signature.SignedDataNotFound},
		{"by its full name", named, []*signature.Content{signature.NewContent("dossier/délib.pdf", file)}, true, signature.NoCertificateChainFound},
		{"by its last segment", named, []*signature.Content{signature.NewContent("délib.pdf", file)}, true, signature.NoCertificateChainFound},
		{"another file of the name", named, []*signature.Content{signature.NewContent("délib.pdf", file[1:])}, false, signature.HashFailure},
		{"under another name, by content", named, []*signature.Content{signature.NewContent("y.pdf", nil), signature.NewContent("x.pdf", file)}, true, signature.NoCertificateChainFound},
		{"another file of another name", named, []*signature.Content{signature.NewContent("x.pdf", file[1:])}, false, signature.SignedDataNotFound},
		{"another file of the name, beside the one signed", named, []*signature.Content{signature.NewContent("délib.pdf", file[1:]), signature.NewContent("x.pdf", file)}, false, signature.HashFailure},
		{"without name, by content", anonymous, []*signature.Content{signature.NewContent("x", nil), signature.NewContent("y", file)}, true, signature.NoCertificateChainFound},
		{"address on a network, never fetched", remote, nil, false, signature.SignedDataNotFound},
	} {
		v := one(t, validate(t, c.doc, signature.Options{}, c.contents...))
		if v.Intact != c.intact || v.Conclusion.Sub != c.sub {
			t.Errorf("%s: intact %v, %s", c.name, v.Intact, v.Conclusion)
		}
		if !c.intact && len(v.Covers) > 0 && !v.Covers[0].Altered {
			t.Errorf("%s: covers %v", c.name, v.Covers)
		}
	}
}

// A timestamp over the signature value gives level T, and proves the time; one
// copied from elsewhere is ignored.
func TestTimestamps(t *testing.T) {
	s, ca := dsigtest.New(t, "rsa"), cmstest.NewCA(t)
	const open = `<xad:SignatureTimeStamp><ds:CanonicalizationMethod Algorithm="` + dsigtest.ExcC14N + `"/><xad:EncapsulatedTimeStamp>TOKEN</xad:EncapsulatedTimeStamp></xad:SignatureTimeStamp>`
	doc := s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A", XAdES: dsigtest.XAdES132, Unsigned: open})), "S")
	i, j := strings.Index(doc, "<ds:SignatureValue"), strings.Index(doc, "</ds:SignatureValue>")
	value := strings.Replace(doc[i:j], "<ds:SignatureValue", `<ds:SignatureValue xmlns:ds="`+dsigtest.DSig+`"`, 1) + "</ds:SignatureValue>"
	at := time.Date(2024, 3, 16, 0, 0, 0, 0, time.UTC)
	token := func(b string) string {
		return strings.Replace(doc, "TOKEN", base64.StdEncoding.EncodeToString(ca.Stamp(t, cmstest.Stamp{Content: []byte(b), At: at})), 1)
	}
	good := one(t, validate(t, token(value), signature.Options{}))
	if len(good.Stamps) != 1 || good.Stamps[0].State() != "intact" || !good.Stamps[0].GenTime.Equal(at) || good.Level != "XAdES-BASELINE-T" {
		t.Errorf("%s, %d timestamps: %s", good.Level, len(good.Stamps), good.Stamps[0].State())
	}
	other := one(t, validate(t, token(value+" "), signature.Options{}))
	if other.Stamps[0].State() != "differs" || !other.Intact {
		t.Errorf("a timestamp over something else is %s", other.Stamps[0].State())
	}
}

// Everything the signer says is read.
func TestProperties(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	data := `<xad:SignedDataObjectProperties><xad:CommitmentTypeIndication><xad:CommitmentTypeId><xad:Identifier>http://uri.etsi.org/01903/v1.2.2#ProofOfApproval</xad:Identifier></xad:CommitmentTypeId><xad:AllSignedDataObjects/></xad:CommitmentTypeIndication></xad:SignedDataObjectProperties>`
	for _, c := range []struct {
		time, zone string
		at         time.Time
	}{
		{"2024-03-15T10:20:30Z", "Z", time.Date(2024, 3, 15, 10, 20, 30, 0, time.UTC)},
		{"2024-03-15T10:20:30.5+02:00", "+02:00", time.Date(2024, 3, 15, 8, 20, 30, 5e8, time.UTC)},
		{"2024-03-15T10:20:30", "", time.Date(2024, 3, 15, 10, 20, 30, 0, time.UTC)},
		{"15/03/2024", "", time.Time{}},
	} {
		v := one(t, validate(t, s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A", Time: c.time, SignedData: data})), "S"), signature.Options{}))
		if !v.SigningTime.Equal(c.at) || v.SigningZone != c.zone {
			t.Errorf("%s: %v %q", c.time, v.SigningTime, v.SigningZone)
		}
		got := strings.TrimSpace(fmt.Sprintln(v.Roles, v.Place, v.Commitments, v.PolicyID, v.PolicyURI, v.Namespace))
		if want := "[Maire] [Crach] [http://uri.etsi.org/01903/v1.2.2#ProofOfApproval] 1.2.250.1.131.1.5.18.21.1.7 https://exemple.invalid/politique.pdf http://uri.etsi.org/01903/v1.1.1#"; got != want {
			t.Errorf("%s", got)
		}
	}
}

// The text of a policy is compared with the digest stated of it.
func TestPolicyText(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	text := []byte("Politique de signature")
	for hash, warns := range map[string]bool{digestOf(text): false, digestOf(nil): true, base64.StdEncoding.EncodeToString(make([]byte, 32)): false} {
		doc := s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A", PolicyID: "urn:oid:1.2.3", PolicyHash: hash})), "S")
		r := validate(t, doc, signature.Options{PolicyDocuments: map[string][]byte{"1.2.3": text}})
		if r.Findings.Has(xades.RulePolicy) != warns || !r.Findings.Valid() {
			t.Errorf("%s: warned %v", hash, !warns)
		}
	}
}

// Names of issuers are compared as names, however tools write them; serial
// numbers as numbers.
func TestIssuerSerial(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	for _, c := range []struct {
		issuer, serial string
		agrees         bool
	}{
		{"", "", true},
		{"O=Commune, CN=Maire d'essai", "", true},
		{"cn=MAIRE  d'essai;o=commune", "", true},
		{"2.5.4.3=#0C0D4D6169726520642765737361 69,O=Commune", "", false}, // not hexadecimal
		{"2.5.4.3=#0C0D4D61697265206427657373616 9,O=Commune", "", false},
		{"2.5.4.3=#0C0D4D616972652064276573736169,O=Commune", "", true},
		{`"CN=Maire"`, "", false},
		{"CN=Adjoint,O=Commune", "", false},
		{"", "20240013", false},
		{"", "0020240012", true},
		{"", "vingt", true}, // unreadable: as if it were not there
	} {
		doc := s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A", Issuer: c.issuer, Serial: c.serial})), "S")
		if v := one(t, validate(t, doc, signature.Options{})); v.RefSerial != c.agrees || !v.RefMatches {
			t.Errorf("%s %s: agrees %v", c.issuer, c.serial, v.RefSerial)
		}
	}
}

// The policy for PES files takes what the European one does not.
func TestPESHistorique(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	c, err := trust.ParseCertificate(s.Cert.Raw)
	if err != nil {
		t.Fatal(err)
	}
	doc := s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A", Untyped: true, Method: dsigtest.RSASHA1, Time: "2022-06-01T00:00:00Z"})), "S")
	historique, ok := signature.PolicyNamed("pes-historique")
	if !ok {
		t.Fatal("no policy")
	}
	if f := historique.Crypto.Digest(trust.MD5, time.Date(2003, 1, 1, 0, 0, 0, 0, time.UTC)); f != trust.Never {
		t.Errorf("MD5 at a claimed time is %d", f)
	}
	for _, x := range []struct {
		policy *signature.Policy
		want   string
	}{
		{nil, "INDETERMINATE/SIG_CONSTRAINTS_FAILURE"},
		{historique, "TOTAL-PASSED"},
		{signature.PESHistorique(time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC)), "INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE"},
	} {
		v := one(t, validate(t, doc, signature.Options{Policy: x.policy, Store: trust.NewStore(trust.Anchor{Certificate: c})}))
		if v.Conclusion.String() != x.want {
			t.Errorf("%v: %s, want %s", x.policy, v.Conclusion, x.want)
		}
	}
}

// Counter-signatures and signatures around signatures come in order, each with
// its own verdict.
func TestSeveral(t *testing.T) {
	s, e := dsigtest.New(t, "rsa"), dsigtest.New(t, "ecdsa")
	counter := `<xad:CounterSignature>` + e.Skeleton(dsigtest.Signature{ID: "C", Refs: []dsigtest.Ref{{URI: "#S_SV", Type: "http://uri.etsi.org/01903#CountersignedSignature", Transforms: []string{dsigtest.ExcC14N}}}}) + `</xad:CounterSignature>`
	inner := s.Skeleton(dsigtest.Signature{ID: "S", Over: "A", Unsigned: counter})
	outer := e.Skeleton(dsigtest.Signature{ID: "G"})
	doc := strings.Replace(flux(inner), "</PES>", outer+"</PES>", 1)
	doc = s.Sign(t, doc, "S")
	doc = e.Sign(t, doc, "C", "G")
	r := validate(t, doc, signature.Options{})
	if len(r.Verdicts) != 3 {
		t.Fatalf("%d signatures", len(r.Verdicts))
	}
	for i, want := range []string{"PARTIAL:A", "COUNTER_SIGNATURE:" + r.Verdicts[0].ID, "FULL:Full XML File"} {
		v := &r.Verdicts[i]
		if !v.Intact || v.Covers[0].Kind+":"+v.Covers[0].Name != want || v.Counter != (i == 1) {
			t.Errorf("%d: intact %v, covers %v", i, v.Intact, v.Covers)
		}
	}
	if r.Verdicts[1].Parent != r.Verdicts[0].ID {
		t.Error("the counter-signature has no parent")
	}
}

// A file that is not the same at the second reading gets no verdict: what was
// verified must be what was read.
func TestChangingFile(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	doc := s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A"})), "S")
	changing := &twice{first: []byte(doc), then: []byte(strings.Replace(doc, "Piece", "Pièc", 1))[:len(doc)]}
	if _, err := xades.Validate(t.Context(), xades.Input{Data: changing, Size: int64(len(doc))}, signature.Options{At: now}); err == nil {
		t.Error("a verdict on a file that changes between two readings")
	}
	changing = &twice{first: []byte(doc), then: []byte(strings.Replace(doc, "Fournitures", "Fournisseur", 1))}
	if _, err := xades.Validate(t.Context(), xades.Input{Data: changing, Size: int64(len(doc))}, signature.Options{At: now}); !errors.Is(err, xades.ErrChanged) {
		t.Errorf("a file that changes between two readings: %v", err)
	}
	// What is given back later is checked too.
	changing = &twice{first: []byte(doc), then: []byte(doc), last: []byte(strings.Replace(doc, "100.00", "900.00", 1))}
	r, err := xades.Validate(t.Context(), xades.Input{Data: changing, Size: int64(len(doc))}, signature.Options{At: now})
	if err != nil {
		t.Fatal(err)
	}
	o, err := one(t, r).Covers[0].Data.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if _, err := io.ReadAll(o); !errors.Is(err, xades.ErrChanged) {
		t.Errorf("octets that are no longer those signed: %v", err)
	}
}

// The sinks that watch see the whole document.
func TestWatch(t *testing.T) {
	var c count
	in := xades.Bytes([]byte(flux("")))
	in.Watch = []xmlcore.Sink{&c}
	if _, err := xades.Validate(t.Context(), in, signature.Options{At: now}); err != nil || c != 7 {
		t.Errorf("%d elements seen, %v", c, err)
	}
}

type count int

func (c *count) Event(_ *xmlcore.Reader, k xmlcore.Kind) error {
	if k == xmlcore.StartElement {
		*c++
	}
	return nil
}

// twice reads one thing from its beginning once, another the second time.
type twice struct {
	first, then, last []byte
	begun             int
}

func (w *twice) ReadAt(p []byte, off int64) (int, error) {
	if off == 0 {
		w.begun++
	}
	b := w.first
	if w.begun > 1 {
		b = w.then
	}
	if w.begun > 2 && w.last != nil {
		b = w.last
	}
	return bytes.NewReader(b).ReadAt(p, off)
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.StdEncoding.EncodeToString(sum[:])
}
