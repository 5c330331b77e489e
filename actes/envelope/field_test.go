package envelope_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/envelope"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

// What town halls, their software and the State really put into archives, and
// what our own strict writer would never make: composed here by hand.

const ns = ` xmlns:actes="` + message.Namespace + `" xmlns:insee="` + message.NamespaceINSEE + `"`

// town is what varies from one sender to the next.
type town struct {
	dep, arr, nature  string
	date, number, nat string // of the act: 20240627, D2024_042, DE
	code              int
	matters           []int
	main              string // extension of the main document
	typologies        []string
	exts              []string // of the annexes
	paper             string   // the DocumentPapier element
	sent              string   // day in the envelope's name
	serial            string
	extra             string // after Objet
	signature         string // inside Document
	body              []byte // of the main document
}

func aTown() town {
	return town{dep: "034", arr: "3", nature: "31", date: "20240627", number: "D2024_042", nat: "DE", code: 1, matters: []int{5, 2},
		main: "pdf", typologies: []string{"99_DE-"}, paper: "<actes:DocumentPapier>N</actes:DocumentPapier>", sent: "20240701", serial: "1", body: pdfBytes()}
}

func (w town) base() string {
	return w.dep + "-" + siren + "-" + w.date + "-" + w.number + "-" + w.nat + "-1-1"
}

func (w town) envelope() string { return "TACT--" + siren + "--" + w.sent + "-" + w.serial }

func file(tag, name string) string {
	return "<actes:" + tag + "><actes:NomFichier>" + name + "</actes:NomFichier></actes:" + tag + ">"
}

func prologue(s string) []byte {
	return []byte(`<?xml version="1.0" encoding="ISO-8859-1"?>` + "\n" + s)
}

func (w town) act(i int, names []string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<actes:Acte%s actes:Date="%s-%s-%s" actes:NumeroInterne="%s" actes:CodeNatureActe="%d">`, ns, w.date[:4], w.date[4:6], w.date[6:], w.number, w.code)
	for k, m := range w.matters {
		fmt.Fprintf(&b, `<actes:CodeMatiere%d actes:CodeMatiere="%d"/>`, k+1, m)
	}
	b.WriteString("<actes:Objet>Affaire " + fmt.Sprint(i) + "</actes:Objet>" + w.extra + "<actes:ClassificationDateVersion>2019-04-18</actes:ClassificationDateVersion>")
	b.WriteString(strings.Replace(file("Document", names[0]), "</actes:Document>", w.signature+"</actes:Document>", 1))
	fmt.Fprintf(&b, `<actes:Annexes actes:Nombre="%d">`, len(names)-1)
	for _, n := range names[1:] {
		b.WriteString(file("Annexe", n))
	}
	b.WriteString("</actes:Annexes>" + w.paper + "</actes:Acte>")
	return prologue(b.String())
}

// files makes the files of one envelope with one act for each town.
func (w town) files(more ...town) []member {
	var forms strings.Builder
	var out []member
	for i, a := range append([]town{w}, more...) {
		base := a.base()
		forms.WriteString(file("Formulaire", base+"_0.xml"))
		names := []string{a.typologies[0] + base + "_1." + a.main}
		bodies := [][]byte{a.body}
		for k, ext := range a.exts {
			names = append(names, a.typologies[(k+1)%len(a.typologies)]+base+fmt.Sprintf("_%d.", k+2)+ext)
			bodies = append(bodies, sample(ext))
		}
		out = append(out, member{name: base + "_0.xml", body: a.act(i, names)})
		for k, n := range names {
			out = append(out, member{name: n, body: bodies[k]})
		}
	}
	env := member{name: w.envelope() + ".xml", body: prologue(fmt.Sprintf(`<actes:EnveloppeCLMISILL%s><actes:Emetteur>`+
		`<actes:IDCL insee:SIREN="%s" actes:Departement="%s" actes:Arrondissement="%s" actes:Nature="%s"/></actes:Emetteur>`+
		`<actes:AdressesRetour><actes:Email>retour@tdt.example.fr</actes:Email></actes:AdressesRetour>`+
		`<actes:FormulairesEnvoyes>%s</actes:FormulairesEnvoyes></actes:EnveloppeCLMISILL>`, ns, siren, w.dep, w.arr, w.nature, forms.String()))}
	return append([]member{env}, out...)
}

func sample(ext string) []byte {
	switch strings.ToLower(ext) {
	case "jpg", "jpeg":
		return []byte("\xFF\xD8\xFF\xE0" + strings.Repeat("x", 100))
	case "png":
		return []byte("\x89PNG\r\n\x1a\n" + strings.Repeat("x", 100))
	case "xml":
		return []byte("<?xml version=\"1.0\"?><plan/>")
	}
	return pdfBytes()
}

var profiles = []actes.Profile{actes.Norme, actes.XSD, actes.S2LOW, actes.STELA}

// expect judges an archive under every profile. The verdicts are four letters
// in their order, v for valid and i for invalid; codes are those that must
// stand in the report of the recommended profile, no other above information.
func expect(t *testing.T, data []byte, opt envelope.Options, verdicts string, codes ...string) *envelope.Envelope {
	t.Helper()
	var first *envelope.Envelope
	for i, p := range profiles {
		opt.Profile = p
		env, rep := read(t, data, opt)
		if rep.Valid() != (verdicts[i] == 'v') {
			t.Errorf("profile %q: valid %v:%s", p, rep.Valid(), lines(rep))
		}
		if i > 0 {
			continue
		}
		first = env
		want := map[string]bool{}
		for _, c := range codes {
			want[c] = false
		}
		for f := range rep.All() {
			if _, ok := want[f.Code()]; ok {
				want[f.Code()] = true
			} else if f.Severity > report.Info {
				t.Errorf("unexpected%s", lines(rep))
				break
			}
		}
		for c, seen := range want {
			if !seen {
				t.Errorf("%s is missing:%s", c, lines(rep))
			}
		}
	}
	return first
}

func TestEnvelopesOfOtherTowns(t *testing.T) {
	for _, c := range []struct {
		name     string
		change   func(*town)
		verdicts string // norme, xsd, s2low, stela
		codes    []string
	}{
		{"Guadeloupe", func(w *town) { w.dep, w.arr = "971", "1" }, "vvvv", nil},
		{"Saint-Martin, arrondissement 3 of Guadeloupe", func(w *town) { w.dep, w.arr = "971", "3" }, "vvvv", nil},
		{"Polynésie", func(w *town) { w.dep, w.arr = "987", "6" }, "vvvv", nil},
		{"Mayotte, which the table does not hold", func(w *town) { w.dep, w.arr = "976", "1" }, "vvvv", []string{"ACT-DEPARTEMENT-UNKNOWN"}},
		{"Corse-du-Sud", func(w *town) { w.dep, w.arr = "02A", "4" }, "vvvv", nil},
		{"the old Corsica", func(w *town) { w.dep, w.arr = "020", "1" }, "vvvv", []string{"ACT-DEPARTEMENT-UNKNOWN"}},
		{"Paris through the SGAR", func(w *town) { w.dep, w.arr, w.nature = "075", "9", "21" }, "vvvv", nil},
		{"a fire service", func(w *town) { w.nature = "51" }, "vvvv", nil},
		{"an arrondissement that is new", func(w *town) { w.arr = "9" }, "vvvv", []string{"ACT-ARRONDISSEMENT-UNKNOWN"}},
		{"a department with the bar of the schema's slip", func(w *town) { w.dep = "|34" }, "ivii", []string{"ACT-DEPARTEMENT", "ACT-ENV-FILENAME", "CTN-NAME"}},
		{"upper-case extensions", func(w *town) { w.main, w.exts = "PDF", []string{"PDF", "JPG"} }, "vvvv", nil},
		{"ten annexes of all formats", func(w *town) {
			w.exts = []string{"pdf", "jpg", "jpeg", "png", "xml", "pdf", "pdf", "pdf", "pdf", "pdf"}
			w.typologies = []string{"99_DE-", "21_RP-", "99_SE-"}
		}, "vvvv", nil},
		{"an image as main document", func(w *town) { w.main, w.body = "jpg", sample("jpg") }, "vviv", []string{"ACT-FORMAT-IMAGE"}},
		{"a text as main document", func(w *town) { w.main, w.body = "txt", []byte("Délibération") }, "ivii", []string{"ACT-FORMAT-DOCUMENT"}},
		{"a word processor's document named PDF", func(w *town) { w.body = []byte("PK\x03\x04word/document.xml") }, "iviv", []string{"ACT-FORMAT-DOCUMENT"}},
		{"matter 7.10", func(w *town) { w.matters = []int{7, 10} }, "vvvv", nil},
		{"five levels", func(w *town) { w.matters = []int{1, 1, 10, 2, 3} }, "vvvv", nil},
		{"a level of zero", func(w *town) { w.matters = []int{5, 0} }, "iviv", []string{"ACT-MATIERE-LEVELS"}},
		{"a negative level", func(w *town) { w.matters = []int{5, -1} }, "iviv", []string{"ACT-MATIERE-CODE"}},
		{"one level only", func(w *town) { w.matters = []int{5} }, "iiii", []string{"XSD-MISSING"}},
		{"before typing was mandatory", func(w *town) { w.date, w.sent, w.typologies = "20181030", "20181031", []string{""} }, "vviv",
			[]string{"ACT-TYPOLOGIE-MISSING", "ACT-DATE-OLD"}},
		{"the first day of mandatory types", func(w *town) { w.date, w.sent, w.typologies = "20181030", "20181101", []string{""} }, "iviv",
			[]string{"ACT-TYPOLOGIE-MISSING", "ACT-DATE-OLD"}},
		{"a type that is in no list", func(w *town) { w.typologies = []string{"CO_DE-"} }, "iviv", []string{"ACT-TYPOLOGIE-UNKNOWN"}},
		{"a code of the edition of 2017 for a contract", func(w *town) { w.code, w.nat, w.typologies = 4, "CC", []string{"99_CO-"} }, "vvvv", nil},
		{"the generic type of another nature on an annexe", func(w *town) { w.exts, w.typologies = []string{"pdf"}, []string{"99_DE-", "99_AU-"} }, "iviv",
			[]string{"ACT-TYPOLOGIE-NATURE"}},
		{"paper too", func(w *town) { w.paper = "<actes:DocumentPapier>O</actes:DocumentPapier>" }, "vvvv", nil},
		{"paper left empty", func(w *town) { w.paper = "<actes:DocumentPapier/>" }, "vvvv", nil},
		{"paper said to be nil", func(w *town) {
			w.paper = `<actes:DocumentPapier xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="1"/>`
		}, "vvvv", nil},
		{"no word of paper", func(w *town) { w.paper = "" }, "iiii", []string{"XSD-MISSING"}},
		{"a preceding act", func(w *town) {
			w.extra = `<actes:PrecedentIdentifiantActe actes:IDActe="034-123456782-20230101-D2023_001-DE"/>`
		}, "vvvv", nil},
		{"a preceding act that is none", func(w *town) { w.extra = `<actes:PrecedentIdentifiantActe actes:IDActe="D2023_001"/>` }, "iiii", []string{"XSD-VALUE"}},
		{"an empty signature", func(w *town) { w.signature = "<actes:Signature/>" }, "vvvv", nil},
		{"a detached signature in PEM", func(w *town) {
			w.signature = "<actes:Signature>-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----</actes:Signature>"
		}, "vvvv", nil},
		{"serial 9999", func(w *town) { w.serial = "9999" }, "vvvv", nil},
		{"serial 10000", func(w *town) { w.serial = "10000" }, "ivii", []string{"ACT-ENV-NAME"}},
		{"serial with zeros", func(w *town) { w.serial = "0001" }, "ivii", []string{"ACT-ENV-NAME"}},
		{"a number of one character", func(w *town) { w.number = "7" }, "vvvv", nil},
		{"a number of fifteen", func(w *town) { w.number = "DEL_2024_06_027" }, "vvvv", nil},
		{"a number ending in an underscore", func(w *town) { w.number = "D2024_" }, "iviv", []string{"ACT-NUMERO-EDGE"}},
		{"a number in lower case", func(w *town) { w.number = "d2024_042" }, "ivii", []string{"ACT-NUMERO-CHAR"}},
		{"a nature that does not exist", func(w *town) { w.code, w.nat, w.typologies = 7, "AU", []string{"99_AU-"} }, "iviv", []string{"ACT-NATURE"}},
		{"names of another nature", func(w *town) { w.code = 2; w.typologies = []string{"99_AR-"} }, "ivvv", []string{"ACT-ENV-FILENAME-MISMATCH"}},
		{"tomorrow", func(w *town) { w.date = "20240702" }, "iviv", []string{"ACT-DATE-FUTURE"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := aTown()
			c.change(&w)
			expect(t, pack(t, w.files()), envelope.Options{Name: "abc-" + w.envelope() + ".tar.gz"}, c.verdicts, c.codes...)
		})
	}
}

// What software does to the same envelope on its way.
func TestTheSameEnvelopeInOtherClothes(t *testing.T) {
	each := func(f func(name string, b []byte) []byte) func([]member) []member {
		return func(l []member) []member {
			for i := range l {
				if strings.HasSuffix(l[i].name, ".xml") {
					l[i].body = f(l[i].name, l[i].body)
				}
			}
			return l
		}
	}
	for _, c := range []struct {
		name     string
		change   func([]member) []member
		verdicts string
		codes    []string
	}{
		{"carriage returns", each(func(_ string, b []byte) []byte { return bytes.ReplaceAll(b, []byte("><"), []byte(">\r\n  <")) }), "vvvv", nil},
		{"a byte order mark", each(func(_ string, b []byte) []byte {
			return append([]byte("\xEF\xBB\xBF"), bytes.Replace(b, []byte("ISO-8859-1"), []byte("UTF-8"), 1)...)
		}), "vvvv", nil},
		{"no prologue", each(func(_ string, b []byte) []byte { return b[bytes.IndexByte(b, '\n')+1:] }), "vvvv", nil},
		{"a default namespace", each(func(_ string, b []byte) []byte {
			b = bytes.ReplaceAll(b, []byte("<actes:"), []byte("<"))
			b = bytes.ReplaceAll(b, []byte("</actes:"), []byte("</"))
			return bytes.Replace(b, []byte(" xmlns:actes="), []byte(` xmlns="`+message.Namespace+`" xmlns:actes=`), 1)
		}), "vvvv", nil},
		{"windows-1252 and its ligatures", each(func(_ string, b []byte) []byte {
			b = bytes.Replace(b, []byte("ISO-8859-1"), []byte("windows-1252"), 1)
			return bytes.Replace(b, []byte("Affaire"), []byte("c\x9Cur de ville, 10 \x80"), 1)
		}), "vvvv", nil},
		{"UTF-8 that says ISO-8859-1", each(func(_ string, b []byte) []byte {
			return bytes.Replace(b, []byte("Affaire"), []byte("Délibération"), 1)
		}), "vvvv", []string{"XML-ENCODING-SUSPECT"}},
		{"names after ./", func(l []member) []member {
			for i := range l {
				l[i].name = "./" + l[i].name
			}
			return append([]member{{name: "./", typ: tar.TypeDir}}, l...)
		}, "vvvv", []string{"CTN-DOT-SLASH"}},
		{"the envelope last", func(l []member) []member { return append(l[1:], l[0]) }, "vvvv", nil},
		{"a message named .XML", func(l []member) []member {
			l[0].body = bytes.ReplaceAll(l[0].body, []byte("_0.xml"), []byte("_0.XML"))
			l[1].name = strings.Replace(l[1].name, ".xml", ".XML", 1)
			return l
		}, "iviv", []string{"ACT-ENV-FILENAME"}},
		{"an envelope named .XML", func(l []member) []member {
			l[0].name = strings.Replace(l[0].name, ".xml", ".XML", 1)
			return l
		}, "ivii", []string{"ACT-ENV-MISSING"}},
		{"attributes without prefix", each(func(_ string, b []byte) []byte {
			return bytes.Replace(b, []byte("actes:Date="), []byte("Date="), 1)
		}), "iiii", []string{"XSD-ATTR", "XSD-ATTR-MISSING"}},
		{"two main documents", each(func(name string, b []byte) []byte {
			i, j := bytes.Index(b, []byte("<actes:Document>")), bytes.Index(b, []byte("<actes:Annexes"))
			if i < 0 {
				return b
			}
			return bytes.Join([][]byte{b[:j], b[i:j], b[j:]}, nil)
		}), "iiii", []string{"XSD-ELEMENT"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := aTown()
			expect(t, pack(t, c.change(w.files())), envelope.Options{Name: "abc-" + w.envelope() + ".tar.gz"}, c.verdicts, c.codes...)
		})
	}
}

// Archivers other than the protocol's own ustar.
func TestOtherKindsOfTar(t *testing.T) {
	w := aTown()
	for _, format := range []tar.Format{tar.FormatUSTAR, tar.FormatPAX, tar.FormatGNU} {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		a := tar.NewWriter(z)
		for _, m := range w.files() {
			h := &tar.Header{Name: m.name, Size: int64(len(m.body)), Mode: 0o600, Format: format, Uid: 1000, ModTime: time.Unix(1719800000, 0)}
			if format == tar.FormatPAX {
				h.ModTime, h.Uname = time.Unix(1719800000, 500), "Élodie"
			}
			if err := a.WriteHeader(h); err != nil {
				t.Fatal(err)
			}
			if _, err := a.Write(m.body); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(a.Close(), z.Close()); err != nil {
			t.Fatal(err)
		}
		expect(t, b.Bytes(), envelope.Options{Name: "abc-" + w.envelope() + ".tar.gz"}, "vvvv")
	}
}

func TestSeveralActsInOneEnvelope(t *testing.T) {
	a, b, c := aTown(), aTown(), aTown()
	b.number, c.number = "D2024_043", "A2024_001"
	c.code, c.nat, c.typologies = 2, "AR", []string{"99_AR-"}
	opt := envelope.Options{Name: "abc-" + a.envelope() + ".tar.gz"}
	env := expect(t, pack(t, a.files(b, c)), opt, "vvvv")
	if got := strings.Join(env.Codes(), " "); got != "1-1 1-1 1-1" {
		t.Errorf("messages %s", got)
	}
	// The same number for another nature is another act, but not for S²LOW.
	c.number = a.number
	expect(t, pack(t, a.files(c)), opt, "vviv", "ACT-ENV-ACT-DUP")
}

func TestAnOperatorThatWantsNumbersOnce(t *testing.T) {
	before := sentNumbers{"034-123456782-20230627-D2024_042-AI"}
	for p, valid := range map[actes.Profile]bool{actes.Norme: true, actes.S2LOW: false, actes.STELA: true} {
		if _, rep := spoilt(t, simple(), envelope.Options{Profile: p, Doublons: before}, nil); rep.Valid() != valid {
			t.Errorf("%q:%s", p, lines(rep))
		}
	}
}

func TestSTELAJudgesSignaturesInPDF(t *testing.T) {
	opt := envelope.Options{Profile: actes.STELA, PAdES: func(context.Context, envelope.File, io.ReaderAt) (bool, error) { return false, nil }}
	_, rep := spoilt(t, simple(), opt, nil)
	if p, ok := envelope.Predict(rep, actes.STELA); !ok || p.Etat != "SIGNATURE_ERROR" {
		t.Errorf("%+v%s", p, lines(rep))
	}
}

func fromState(msgs, docs []member) (string, []byte, func(testing.TB) []byte) {
	name := "TACT--SPREF0343-" + siren + "-20240710-52790"
	var forms strings.Builder
	for _, m := range msgs {
		forms.WriteString(file("Formulaire", m.name))
	}
	env := prologue(`<actes:EnveloppeMISILLCL` + ns + `><actes:Emetteur><actes:IDSousPref actes:Departement="034" actes:Arrondissement="3"/></actes:Emetteur>` +
		`<actes:FormulairesEnvoyes>` + forms.String() + `</actes:FormulairesEnvoyes><actes:Destinataire insee:SIREN="` + siren + `"/></actes:EnveloppeMISILLCL>`)
	all := append(append([]member{{name: name + ".xml", body: env}}, msgs...), docs...)
	return "abc-" + name + ".tar.gz", env, func(t testing.TB) []byte { return pack(t, all) }
}

func letter(root, inside string) []byte {
	return prologue(`<actes:` + root + ns + ` actes:IDActe="` + idActe + `" actes:DateCourrierPref="2024-07-10">` + inside + `</actes:` + root + `>`)
}

func TestWhatTheStateSends(t *testing.T) {
	ar := func(paper string) []byte {
		w := aTown()
		w.paper = paper
		act := string(w.act(1, []string{"99_DE-" + w.base() + "_1.pdf"}))
		act = act[strings.Index(act, " actes:Date=") : len(act)-len("</actes:Acte>")]
		return prologue(`<actes:ARActe` + ns + ` actes:IDActe="` + idActe + `" actes:DateReception="2024-07-01"><actes:ActeRecu` + act + `</actes:ActeRecu>` +
			`<actes:ClassificationDateVersionEnCours>2019-04-18</actes:ClassificationDateVersionEnCours></actes:ARActe>`)
	}
	paper := "<actes:DocumentPapier>N</actes:DocumentPapier>"
	pdf := pdfBytes()
	deferral := prologue(`<actes:DefereTA` + ns + ` actes:IDActe="` + idActe + `"><actes:DateDepot>2024-08-01</actes:DateDepot><actes:NatureIllegalite>x</actes:NatureIllegalite>` +
		`<actes:PiecesJointes>` + file("PieceJointe", idActe+"-5-1_1.pdf") + file("PieceJointe", idActe+"-5-1_2.pdf") + `</actes:PiecesJointes></actes:DefereTA>`)
	for _, c := range []struct {
		name       string
		msgs, docs []member
		verdicts   string
		codes      []string
	}{
		{"an acknowledgement with a long serial", []member{{name: idActe + "-1-2_52790.xml", body: ar(paper)}}, nil, "vvvv", nil},
		{"an acknowledgement without serial", []member{{name: idActe + "-1-2.xml", body: ar(paper)}}, nil, "vvvv", nil},
		{"an acknowledgement of an old act", []member{{name: idActe + "-1-2_0.xml", body: ar("")}}, nil, "vivv", []string{"XSD-MISSING"}},
		{"a letter", []member{{name: idActe + "-2-1_0.xml", body: letter("CourrierSimple", file("Document", idActe+"-2-1_1.pdf"))}},
			[]member{{name: idActe + "-2-1_1.pdf", body: pdf}}, "vvvv", nil},
		{"a letter with a name of its own", []member{{name: idActe + "-2-1_0.xml", body: letter("CourrierSimple", file("Document", "Courrier pr\xe9fet.pdf"))}},
			[]member{{name: "Courrier préfet.pdf", body: pdf}}, "vvvv", []string{"ACT-ENV-FILENAME"}},
		{"a letter that did not come", []member{{name: idActe + "-2-1_0.xml", body: letter("CourrierSimple", file("Document", idActe+"-2-1_1.pdf"))}},
			nil, "vvvv", []string{"ACT-ENV-FILE-MISSING"}},
		{"a damaged letter", []member{{name: idActe + "-2-1_0.xml", body: letter("CourrierSimple", file("Document", idActe+"-2-1_1.pdf"))}},
			[]member{{name: idActe + "-2-1_1.pdf", body: []byte("%PDF-1.4 broken")}}, "vvvv", []string{"PDF-XREF"}},
		{"a request of documents", []member{{name: idActe + "-3-1_17.xml", body: letter("DemandePieceComplementaire", "<actes:DescriptionPieces>plans</actes:DescriptionPieces>"+file("Document", idActe+"-3-1_1.pdf"))}},
			[]member{{name: idActe + "-3-1_1.pdf", body: pdf}}, "vvvv", nil},
		{"a referral with its pieces", []member{{name: idActe + "-5-1_1.xml", body: deferral}},
			[]member{{name: idActe + "-5-1_2.pdf", body: pdf}, {name: idActe + "-5-1_1.pdf", body: pdf}}, "vvvv", []string{"ACT-ENV-SERIAL-DUP"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			name, _, data := fromState(c.msgs, c.docs)
			env := expect(t, data(t), envelope.Options{Name: name}, c.verdicts, c.codes...)
			if env.Sens != message.Retour || env.Nom.Serie != 52790 {
				t.Errorf("direction %v, serial %d", env.Sens, env.Nom.Serie)
			}
		})
	}
}

// anomaly is the refusal of an envelope.
func anomaly() member {
	env := string(aTown().files()[0].body)
	env = env[strings.Index(env, "<actes:Emetteur>") : len(env)-len("</actes:EnveloppeCLMISILL>")]
	return member{name: "ANO_TACT--" + siren + "--20240701-1.xml", body: prologue(`<actes:AnomalieEnveloppe` + ns +
		`><actes:Date>2024-07-01</actes:Date><actes:Nature>005</actes:Nature><actes:EnveloppeRecue>` + env + `</actes:EnveloppeRecue></actes:AnomalieEnveloppe>`)}
}

// The State refuses an envelope with a bare ANO_….xml: it needs no envelope.
func TestARefusalNeedsNoEnvelope(t *testing.T) {
	data := pack(t, []member{anomaly()})
	for _, name := range []string{"", "abc-TACT--" + siren + "--20240701-1.tar.gz"} {
		env := expect(t, data, envelope.Options{Name: name}, "vvvv")
		if env.Sens != message.Retour || strings.Join(env.Codes(), " ") != "ANO" {
			t.Errorf("direction %v, messages %v", env.Sens, env.Codes())
		}
	}
}

func TestDetectsArchivesWhateverTheirNames(t *testing.T) {
	w := aTown()
	w.serial = "10000"
	for name, members := range map[string][]member{
		"a renamed archive":                      aTown().files(),
		"an envelope with a wrong serial":        w.files(),
		"an envelope in capitals":                {{name: "TACT--" + siren + "--20240701-1.XML", body: []byte("<x/>")}},
		"the refusal of an envelope":             {anomaly()},
		"an archive of other things":             {{name: "EACT.xml", body: []byte("<x/>")}},
		"an archive of a file that is no XML":    {{name: "TACT--" + siren + "--20240701-1.pdf", body: pdfBytes()}},
		"a single message without its envelope ": {aTown().files()[1]},
	} {
		in := inspect.NewBytes("envoi.tgz", pack(t, members))
		want := !strings.Contains(name, "other things") && !strings.Contains(name, "no XML") && !strings.Contains(name, "single")
		if got := envelope.Inspector().Detect(context.Background(), in); got != want {
			t.Errorf("%s: recognised %v", name, got)
		}
	}
}

// A profile of other formats asks nothing special of an act.
func TestProfilesOfOtherFormats(t *testing.T) {
	w := aTown()
	w.code = 2 // contradicts the names
	w.typologies = []string{"99_AR-"}
	for _, p := range []string{"", "dgfip", "vitam", "asalae"} {
		in := inspect.NewBytes("abc-"+w.envelope()+".tar.gz", pack(t, w.files()))
		res, err := envelope.Inspector().Inspect(context.Background(), in, inspect.Options{Profile: p, At: atThatTime.Now})
		if err != nil || res.Verdict() != inspect.Invalid {
			t.Errorf("profile %q: %v %v", p, res, err)
		}
	}
}
