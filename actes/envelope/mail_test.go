package envelope_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/liasse/liasse/actes/envelope"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

func corpusMail(t *testing.T, name string) (*envelope.Mail, *report.Report) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(corpus.Dir(t, "actes"), "composed", "tricky", "mails", name))
	if err != nil {
		t.Fatal(err)
	}
	return readMail(t, string(raw))
}

func readMail(t testing.TB, raw string) (*envelope.Mail, *report.Report) {
	t.Helper()
	m, rep, err := envelope.ReadMail(context.Background(), strings.NewReader(raw), envelope.MailOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return m, rep
}

func TestMailOfAnAcknowledgement(t *testing.T) {
	m, rep := corpusMail(t, "ar.eml")
	if !rep.Valid() {
		t.Errorf("findings:%s", lines(rep))
	}
	if m.Subject != "@CTES accusé de réception" || m.MessageID != "<ar@example.gouv.fr>" {
		t.Errorf("subject %q id %q", m.Subject, m.MessageID)
	}
	if m.Enveloppe == nil || m.Enveloppe.Destinataire != siren || m.EnveloppeNom != "EACT--SPREF0343-123456782-20240701-1.xml" {
		t.Errorf("envelope %+v named %s", m.Enveloppe, m.EnveloppeNom)
	}
	if len(m.Answers) != 1 || m.Answers[0].Fichier != "034-123456782-20240627-D2024_042-DE-1-2_12345.xml" {
		t.Fatalf("answers %+v", m.Answers)
	}
	if ar := m.Answers[0].Message.(*message.ARActe); ar.IDActe != idActe || ar.DateReception != day("2024-07-01") || ar.ActeRecu.Objet != "Règlement intérieur" {
		t.Errorf("the AR is %+v", ar)
	}
	if len(m.Parts) != 3 || m.Text != "Message automatique." {
		t.Errorf("%d parts, text %q", len(m.Parts), m.Text)
	}
}

func TestMailOfAnAnomalyWithoutEnvelope(t *testing.T) {
	m, _ := corpusMail(t, "anomalie-sans-enveloppe.eml")
	if m.Enveloppe != nil || len(m.Answers) != 1 {
		t.Fatalf("envelope %v, answers %v", m.Enveloppe, m.Answers)
	}
	a, ok := m.Answers[0].Message.(*message.AnomalieActe)
	if !ok || a.Nature != "002" || message.ParseDetail(a.Detail).Code != "ODT-VERIF-01" {
		t.Errorf("the anomaly is %+v", a)
	}
}

func TestMailWithAnAccentedName(t *testing.T) {
	m, rep := corpusMail(t, "courrier-nom-accentue.eml")
	if !rep.Valid() || len(m.Answers) != 1 {
		t.Fatalf("answers %v:%s", m.Answers, lines(rep))
	}
	var names []string
	for _, p := range m.Parts {
		names = append(names, p.Name)
	}
	if got := names[len(names)-1]; got != "pièce jointe n°1.pdf" {
		t.Errorf("the name is %q of %q", got, names)
	}
	if last := m.Parts[len(m.Parts)-1]; !bytes.HasPrefix(last.Body, []byte("%PDF-")) {
		t.Error("the file nothing refers to is lost")
	}
}

func TestMailOfAReminder(t *testing.T) {
	m, rep := corpusMail(t, "multicanal.eml")
	if rep.Total() != 0 || m.Multicanal == nil {
		t.Fatalf("not recognised:%s", lines(rep))
	}
	if m.Multicanal.IDActe != idActe || m.Multicanal.SIREN != siren {
		t.Errorf("values %+v", m.Multicanal)
	}
	if !strings.Contains(m.Text, "multi canal") {
		t.Errorf("text %q", m.Text)
	}
}

func TestValuesOfAReminder(t *testing.T) {
	const html = `<html><head><style>p{}</style></head><body><p>Notre service de contr&ocirc;le de l&eacute;galit&eacute; a identifi&eacute; qu'il s'agit d'un
	acte dont la   transmission est effectu&eacute;e en multi canal.</p><img src="cid:x"><table>
	<tr><td>Nature de l'acte :</td><td><span>D&eacute;lib&eacute;rations</span></td></tr>
	<tr><td>Mati&egrave;re</td><td><span>7.2-Fiscalit&eacute;</span></td></tr>
	<tr><td>Date d'&eacute;mission de l'accus&eacute; de r&eacute;ception&nbsp;: <span>2024-07-01</span></td></tr>
	<tr><td>Numéro Acte de la collectivité locale : <span>D2024_042</span></td></tr>
	<tr><td>Opérateur de transmission: <b>TDT</b></td></tr></table>
	Voir aussi 034-123456782-20240627-D2024_042-DE.</body></html>`
	m, _ := readMail(t, "Content-Type: text/html; charset=utf-8\n\n"+html)
	got := m.Multicanal
	if got == nil {
		t.Fatal("not recognised")
	}
	for what, pair := range map[string][2]string{
		"nature": {got.Nature, "Délibérations"}, "matter": {got.Matiere, "7.2-Fiscalité"}, "date": {got.DateAR, "2024-07-01"},
		"number": {got.Numero, "D2024_042"}, "operator": {got.Operateur, "TDT"}, "id": {got.IDActe, idActe},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", what, pair[0], pair[1])
		}
	}
	// Two identifiers: no choice is made.
	m, _ = readMail(t, "Content-Type: text/html; charset=utf-8\n\n"+html+" 034-123456782-20240627-D2024_043-DE")
	if m.Multicanal.IDActe != "" || len(m.Multicanal.Autres) != 2 {
		t.Errorf("of two identifiers: %+v", m.Multicanal)
	}
	if m, _ := readMail(t, "\nbonjour "+idActe); m.Multicanal != nil {
		t.Error("a mail without the sentence is taken for a reminder")
	}
}

// arXML is an acknowledgement as the ministry writes it.
const arXML = `<?xml version="1.0" encoding="UTF-8"?><actes:ARAnnulation xmlns:actes="` + message.Namespace + `" actes:IDActe="` + idActe + `" actes:DateReception="2024-07-02"/>`

func TestMailsAsServersSendThem(t *testing.T) {
	b64 := base64.StdEncoding.EncodeToString([]byte(arXML))
	archive, w := func() (string, *envelope.Written) {
		e := anEnvoi(envelope.Depart{Message: &message.ARAnnulation{IDActe: idActe, DateReception: day("2024-07-02")}})
		e.Prefecture = &envelope.Prefecture{Autorite: message.SousPrefecture, Departement: "034", Arrondissement: "3"}
		data, w := write(t, e)
		return base64.StdEncoding.EncodeToString(data), w
	}()
	for name, c := range map[string]struct {
		raw   string
		part  string // name of the part that holds the answer
		codes string
	}{
		"carriage returns and mbox": {"From x Mon Jul 1\r\nContent-Type: application/xml; name=\"a.xml\"\r\nContent-Transfer-Encoding: BASE64\r\n\r\n" + b64[:60] + "\r\n" + b64[60:] + "\r\n", "a.xml", ""},
		"no name":                   {"Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n" + b64, "part-1.xml", ""},
		"no type":                   {"Subject: x\n\n" + arXML, "part-1.xml", ""},
		"never closed":              {"Content-Type: multipart/mixed; boundary=\"b b\"\n\n--b b\nContent-Type: text/xml; name=a.xml\n\n" + arXML, "a.xml", "ACT-MAIL-TRUNCATED"},
		"nested":                    {"Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/related;\n boundary=\"i\"\n\n--i\nContent-Type: text/xml\nContent-Disposition: attachment; filename=a.xml\n\n" + arXML + "\n--i--\n--o--\n", "a.xml", ""},
		"forwarded":                 {"Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: message/rfc822\n\nSubject: x\nContent-Type: text/xml; name=a.xml\n\n" + arXML + "\n--o--", "a.xml", ""},
		"raw Latin-1 in the name":   {"Content-Type: text/xml; name=\"d\xe9lib\xe9.xml\"\n\n" + arXML, "délibé.xml", ""},
		"raw UTF-8 in the name":     {"Content-Type: text/xml; name=\"délibé.xml\"\n\n" + arXML, "délibé.xml", ""},
		"encoded word in the name":  {"Content-Type: text/xml; name=\"=?ISO-8859-1?Q?d=E9lib=E9.xml?=\"\n\n" + arXML, "délibé.xml", ""},
		"RFC 2231 in pieces":        {"Content-Type: text/xml\nContent-Disposition: attachment; filename*0*=iso-8859-1''d%E9li; filename*1*=b%E9; filename*2=.xml\n\n" + arXML, "délibé.xml", ""},
		"quoted name":               {"Content-Type: text/xml; name=\"a;\\\"b\\\".xml\"\n\n" + arXML, `a;"b".xml`, ""},
		"broken base64":             {"Content-Type: text/xml; name=a.xml\nContent-Transfer-Encoding: base64\n\n" + b64 + "!!", "a.xml", "ACT-MAIL-ENCODING"},
		"broken quoted-printable":   {"Content-Type: text/xml; name=a.xml\nContent-Transfer-Encoding: quoted-printable\n\n" + strings.ReplaceAll(arXML, "=", "=3D") + "\n<!-- caf\x01 -->\n", "a.xml", "ACT-MAIL-ENCODING XML-CHAR"},
		"an archive":                {"Content-Type: application/x-gzip; name=\"" + w.Nom.String() + "\"\nContent-Transfer-Encoding: base64\n\n" + archive, w.Nom.String(), ""},
	} {
		m, rep := readMail(t, c.raw)
		if len(m.Answers) != 1 || message.IDActe(m.Answers[0].Message) != idActe {
			t.Errorf("%s: answers %v:%s", name, m.Answers, lines(rep))
			continue
		}
		var got, parts []string
		for f := range rep.All() {
			got = append(got, f.Code())
		}
		for _, p := range m.Parts {
			parts = append(parts, p.Name)
		}
		if strings.Join(got, " ") != c.codes {
			t.Errorf("%s: findings %v, want %s", name, got, c.codes)
		}
		if parts[len(parts)-1] != c.part {
			t.Errorf("%s: parts %q, want %s", name, parts, c.part)
		}
	}
}

func TestMailsAreBounded(t *testing.T) {
	raw := "Content-Type: multipart/mixed; boundary=b\n" + strings.Repeat("X: y\n", 3000) + "\n" + strings.Repeat("--b\n\nx\n", 2000)
	m, rep := readMail(t, raw)
	if len(m.Parts) > 500 || !rep.Has(envelope.MailTronque) {
		t.Errorf("%d parts:%s", len(m.Parts), lines(rep))
	}
	deep := strings.Repeat("Content-Type: multipart/mixed; boundary=b\n\n--b\n", 1000)
	if m, _ := readMail(t, deep); len(m.Parts) > 1 {
		t.Errorf("%d parts", len(m.Parts))
	}
	_, rep, err := envelope.ReadMail(context.Background(), strings.NewReader("\n"+strings.Repeat("x", 2000)), envelope.MailOptions{MaxSize: 1000})
	if err != nil || !rep.Has(report.LimBytes) {
		t.Errorf("%v:%s", err, lines(rep))
	}
	boom := errors.New("boom")
	if _, _, err := envelope.ReadMail(context.Background(), iotest.ErrReader(boom), envelope.MailOptions{}); !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
}

// Each of these took a minute, or memory many times the mail.
func TestMailsMadeToExhaust(t *testing.T) {
	many := strings.Repeat
	for _, c := range []struct {
		name, raw string
		rule      *report.Rule // nil: none but that the mail is unknown
		memory    uint64       // bytes allocated in all
	}{
		{"a field of 300 000 lines", "Subject: x\n" + many(" a\n", 300_000) + "\nbody", nil, 96 << 20},
		{"mails in mails, each encoded", many("Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n", 9) + many("0123456789\n", 200_000), report.LimBytes, 64 << 20},
		{"10 000 parts inside each other", many("Content-Type: multipart/mixed; boundary=b\n\n--b\n", 10_000), envelope.MailTronque, 16 << 20},
		{"100 000 parts", "Content-Type: multipart/mixed; boundary=b\n\n" + many("--b\n\nx\n", 100_000), report.LimCount, 16 << 20},
		{"200 000 parameters", "Content-Type: text/plain; " + many("a*0=b;", 150_000) + "\n\nx", nil, 16 << 20},
		{"broken quoted-printable", "Content-Transfer-Encoding: quoted-printable\n\n" + many("= \t", 1<<20), envelope.MailEncodage, 64 << 20},
		{"a long text", "Content-Type: text/html; charset=iso-8859-1\n\n" + many("\xa0é", 4<<20), nil, 96 << 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			m, rep, err := envelope.ReadMail(context.Background(), strings.NewReader(c.raw), envelope.MailOptions{MaxSize: max(1<<20, int64(len(c.raw)))})
			runtime.ReadMemStats(&after)
			if err != nil || m == nil {
				t.Fatal(err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > c.memory {
				t.Errorf("%d MiB allocated for %d KiB", used>>20, len(c.raw)>>10)
			}
			if c.rule != nil && !rep.Has(c.rule) || c.rule == nil && rep.Total() != 1 {
				t.Errorf("findings:%s", lines(rep))
			}
		})
	}
}

func TestALongFieldIsJoinedAsAShortOne(t *testing.T) {
	m, _ := readMail(t, "Subject: un\r\n deux\n\t  trois \nTo: x\n y\n\n")
	if m.Subject != "un deux trois" || m.To != "x y" {
		t.Errorf("%q, %q", m.Subject, m.To)
	}
}

func TestTheTextOfAMailIsCutBetweenCharacters(t *testing.T) {
	m, _ := readMail(t, "Content-Type: text/plain; charset=utf-8\n\nx"+strings.Repeat("é", 1<<20))
	if len(m.Text) != 1<<20-1 || strings.Trim(m.Text, "é") != "x" {
		t.Errorf("%d bytes of text", len(m.Text))
	}
}

func TestACancelledMailIsNotRead(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	raw := "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n"
	src := io.MultiReader(strings.NewReader(raw), readerFunc(func([]byte) (int, error) { cancel(); return 0, io.EOF }))
	if _, _, err := envelope.ReadMail(ctx, src, envelope.MailOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func FuzzMail(f *testing.F) {
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/xml; name*0*=utf-8''%C3%A9\n\n" + arXML + "\n--b--"))
	f.Add([]byte("Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<p>acte dont la transmission est effectu=C3=A9e en multi canal</p><script>"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, rep, err := envelope.ReadMail(context.Background(), bytes.NewReader(raw), envelope.MailOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for f := range rep.All() {
			_ = f.Message(report.FR)
		}
		for _, a := range m.Answers {
			var x envelope.Index
			if _, err := envelope.FindSent(context.Background(), &x, a); err != nil {
				t.Fatal(err)
			}
		}
	})
}
