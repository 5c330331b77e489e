package envelope_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/envelope"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/pdf/pdftest"
)

func TestWhatIsWrittenReadsBackWithoutAFinding(t *testing.T) {
	e := simple()
	e.Messages = append(e.Messages, envelope.Cancel(&message.ARActe{IDActe: "034-123456782-20240101-D1-AI"}),
		envelope.Depart{Message: &message.DemandeClassification{DateClassification: day("2019-04-18")}})
	data, w := write(t, e)
	if w.Taille != int64(len(data)) || w.SHA256 != sha256.Sum256(data) {
		t.Error("Written does not describe the bytes written")
	}
	env, rep := read(t, data, envelope.Options{Name: w.Nom.String(), Trigramme: "abc", Quadrigramme: "TACT", Autorite: &e.Emetteur})
	if rep.Total() != 0 {
		t.Errorf("findings:%s", lines(rep))
	}
	want := []string{
		"TACT--123456782--20240701-1.xml",
		"034-123456782-20240627-D2024_042-DE-1-1_0.xml",
		"99_DE-034-123456782-20240627-D2024_042-DE-1-1_1.pdf",
		"21_RP-034-123456782-20240627-D2024_042-DE-1-1_2.pdf",
		"034-123456782-20240101-D1-AI-6-1_0.xml",
		"034-123456782----7-1_0.xml",
	}
	var got []string
	for _, f := range env.Files {
		got = append(got, f.Nom)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
	if !reflect.DeepEqual(env.Codes(), []string{"1-1", "6-1", "7-1"}) {
		t.Errorf("codes %q", env.Codes())
	}
	// Written.Envelope is what Read says, but for what only a reader measures.
	w.Envelope.Inflated = env.Inflated
	for i := range env.Files {
		if a, b := env.Files[i].ModTime, w.Envelope.Files[i].ModTime; !a.Equal(b) {
			t.Errorf("time %v, want %v", a, b)
		}
		env.Files[i].ModTime = w.Envelope.Files[i].ModTime
	}
	if !reflect.DeepEqual(env, w.Envelope) {
		t.Errorf("Read says\n%+v\nWrite said\n%+v", env, w.Envelope)
	}
	cl := env.Enveloppe.(*message.EnveloppeCLMISILL)
	if cl.Emetteur != e.Emetteur || *cl.Referent != *e.Referent || !reflect.DeepEqual(cl.AdressesRetour, e.AdressesRetour) {
		t.Errorf("the envelope came back as %+v", cl)
	}
	act := env.Messages[0].Message.(*message.Acte)
	if act.Objet != anActe().Objet || act.Matiere != anActe().Matiere || len(act.Annexes) != 1 {
		t.Errorf("the act came back as %+v", act)
	}
}

func TestSameInputSameBytes(t *testing.T) {
	a, _ := write(t, simple())
	b, _ := write(t, simple())
	if !bytes.Equal(a, b) {
		t.Error("two runs differ")
	}
	var c bytes.Buffer
	_, err := envelope.Write(context.Background(), &c, simple(), envelope.WriteOptions{Check: atThatTime, ModTime: time.Unix(1, 0)})
	if err != nil || bytes.Equal(a, c.Bytes()) {
		t.Errorf("the time of the entries is not written: %v", err)
	}
}

func TestWrittenXMLIsSchemaValid(t *testing.T) {
	xmllint := corpus.Tool(t, "xmllint")
	schema := filepath.Join(corpus.Dir(t, "actes"), "xsd", "actesv1_1.xsd")
	e := simple()
	letter := message.CourrierPref{IDActe: idActe, DateCourrierPref: day("2024-07-10")}
	for _, m := range []message.Message{&message.DemandePieceComplementaire{CourrierPref: letter}, &message.LettreObservations{CourrierPref: letter}} {
		ack, err := envelope.Acknowledge(m)
		if err != nil {
			t.Fatal(err)
		}
		no, err := envelope.Refuse(m, piece("99_DE", pdfBytes()))
		if err != nil {
			t.Fatal(err)
		}
		yes, err := envelope.Reply(m, piece("99_DE", pdfBytes()))
		if err != nil {
			t.Fatal(err)
		}
		e.Messages = append(e.Messages, envelope.Depart{Message: ack}, no, yes)
	}
	yes, err := envelope.Reply(&message.CourrierSimple{CourrierPref: letter}, piece("99_DE", pdfBytes()))
	if err != nil {
		t.Fatal(err)
	}
	e.Messages = append(e.Messages, yes)
	data, _ := write(t, e)
	dir := t.TempDir()
	args := []string{"--noout", "--schema", schema}
	for _, m := range unpack(t, data) {
		if strings.HasSuffix(m.name, ".xml") {
			p := filepath.Join(dir, m.name)
			if err := os.WriteFile(p, m.body, 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, p)
		}
	}
	if len(args) != 3+9 {
		t.Errorf("%d XML files", len(args)-3)
	}
	if out, err := exec.Command(xmllint, args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestAnswersCopyTheDateOfTheLetter(t *testing.T) {
	letter := message.CourrierPref{IDActe: idActe, DateCourrierPref: day("2024-07-10")}
	p := piece("99_DE", pdfBytes())
	for _, c := range []struct {
		m                message.Message
		ack, answer, not string
	}{
		{&message.CourrierSimple{CourrierPref: letter}, "", "2-2", ""},
		{&message.DemandePieceComplementaire{CourrierPref: letter}, "3-2", "3-4", "3-3"},
		{&message.LettreObservations{CourrierPref: letter}, "4-2", "4-4", "4-3"},
		{&message.DefereTA{IDActe: idActe}, "", "", ""},
		{&message.ARActe{IDActe: idActe}, "", "", ""},
	} {
		check := func(what, code string, m message.Message, err error) {
			if code == "" {
				if !errors.Is(err, envelope.ErrReponse) {
					t.Errorf("%s of %s: %v, %v", what, c.m.Code(), m, err)
				}
				return
			}
			if err != nil || m.Code() != code {
				t.Errorf("%s of %s: %v, %v", what, c.m.Code(), m, err)
				return
			}
			if got := message.Summary(m).Get("dateCourrierPref"); got != "2024-07-10" {
				t.Errorf("%s of %s is dated %v", what, c.m.Code(), got)
			}
			if got := message.Summary(m).Get("idActe"); got != idActe {
				t.Errorf("%s of %s is about %v", what, c.m.Code(), got)
			}
		}
		ack, err := envelope.Acknowledge(c.m)
		check("acknowledgement", c.ack, ack, err)
		if envelope.MustAcknowledge(c.m) != (c.ack != "") {
			t.Errorf("MustAcknowledge(%s)", c.m.Code())
		}
		yes, err := envelope.Reply(c.m, p)
		check("answer", c.answer, yes.Message, err)
		no, err := envelope.Refuse(c.m, p)
		check("refusal", c.not, no.Message, err)
	}
}

func TestWriteRefusesAllAtOnceAndWritesNothing(t *testing.T) {
	e := simple()
	a := anActe()
	a.NumeroInterne, a.Objet, a.Date = "2024-042", "", day("2024-07-02")
	e.Messages = []envelope.Depart{{Message: a, Fichiers: []envelope.Piece{piece("10_DE", []byte("du texte")), piece("", pdfBytes()[:100])}}}
	e.AdressesRetour = []string{"mairie@ville.bretagne"}
	var b bytes.Buffer
	_, err := envelope.Write(context.Background(), &b, e, envelope.WriteOptions{Check: atThatTime})
	var bad *report.InvalidError
	if !errors.As(err, &bad) {
		t.Fatalf("got %v", err)
	}
	if b.Len() != 0 {
		t.Errorf("%d bytes were written", b.Len())
	}
	refs := map[string]bool{}
	for f := range bad.Report.All() {
		refs[f.Ref] = true
	}
	for _, want := range []string{"M08", "M02", "M12", "M13", "M14", "V01"} {
		if !refs[want] {
			t.Errorf("no finding of %s in:%s", want, lines(bad.Report))
		}
	}
}

func TestWriteRefusesWhatHasNoPlace(t *testing.T) {
	for name, e := range map[string]*envelope.Envoi{
		"an act without document":     anEnvoi(envelope.Depart{Message: anActe()}),
		"a cancellation with a file":  anEnvoi(envelope.Depart{Message: &message.Annulation{IDActe: idActe}, Fichiers: []envelope.Piece{piece("99_DE", pdfBytes())}}),
		"no message":                  anEnvoi(),
		"a nil message":               anEnvoi(envelope.Depart{}),
		"a file without content":      anEnvoi(envelope.Depart{Message: anActe(), Fichiers: []envelope.Piece{{Typologie: "99_DE"}}}),
		"an impossible typology":      anEnvoi(envelope.Depart{Message: anActe(), Fichiers: []envelope.Piece{piece("99-DE", pdfBytes())}}),
		"a message of the prefecture": anEnvoi(envelope.Depart{Message: &message.ARAnnulation{IDActe: idActe, DateReception: day("2024-07-01")}}),
		"twice the same act":          anEnvoi(simple().Messages[0], simple().Messages[0]),
		"a wrong trigram":             func() *envelope.Envoi { e := simple(); e.Trigramme = "a"; return e }(),
		"no serial":                   func() *envelope.Envoi { e := simple(); e.Serie = 0; return e }(),
	} {
		var b bytes.Buffer
		if _, err := envelope.Write(context.Background(), &b, e, envelope.WriteOptions{Check: atThatTime}); err == nil || b.Len() != 0 {
			t.Errorf("%s: error %v, %d bytes written", name, err, b.Len())
		}
	}
}

// noise is a PDF of n bytes, most of them in a stream that does not compress.
func noise(n int) []byte {
	r := rand.New(rand.NewPCG(7, 7))
	p := make([]byte, n)
	for i := 0; i+8 <= n; i += 8 {
		v := r.Uint64()
		for k := range 8 {
			p[i+k] = byte(v >> (8 * k))
		}
	}
	f := pdftest.Simple(1)
	f.Stream(90, "", string(p))
	return f.Bytes(pdftest.Table)
}

func TestSizeLimit(t *testing.T) {
	e := simple()
	e.Messages[0].Fichiers[0] = piece("99_DE", noise(300_000))
	opt := envelope.WriteOptions{Check: atThatTime}
	opt.Check.MaxSize = 200_000
	if _, err := envelope.Write(context.Background(), io.Discard, e, opt); !errors.Is(err, envelope.ErrTooLarge) {
		t.Errorf("written over the limit: %v", err)
	}
	data, w := write(t, e)
	_, rep := read(t, data, envelope.Options{Name: w.Nom.String(), MaxSize: 200_000})
	if !rep.Has(envelope.ArchiveTaille) {
		t.Errorf("read over the limit:%s", lines(rep))
	}
}

// lazyPDF is a huge PDF whose bytes are made when they are read.
type lazyPDF struct {
	head, tail []byte
	size       int64
}

func newLazyPDF(size int64) *lazyPDF {
	const mark = "@@@@"
	f := pdftest.Simple(1)
	f.Stream(90, "", mark)
	head, tail, _ := bytes.Cut(f.Bytes(pdftest.Table), []byte(mark))
	return &lazyPDF{bytes.Clone(head), bytes.Clone(tail), size}
}

func (l *lazyPDF) Size() int64 { return l.size }

func (l *lazyPDF) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) && off+int64(n) < l.size {
		at := off + int64(n)
		switch tail := l.size - int64(len(l.tail)); {
		case at < int64(len(l.head)):
			n += copy(p[n:], l.head[at:])
		case at >= tail:
			n += copy(p[n:], l.tail[at-tail:])
		default:
			x := uint64(at) / 8 * 0x9E3779B97F4A7C15
			x ^= x >> 29
			p[n] = byte(x * 0xBF58476D1CE4E5B9 >> (8 * (uint64(at) % 8)))
			n++
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// peak runs f and returns by how much the heap grew at most, sampled.
func peak(f func()) uint64 {
	runtime.GC()
	var base runtime.MemStats
	runtime.ReadMemStats(&base)
	stop, done := make(chan struct{}), make(chan uint64)
	go func() {
		var top uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			top = max(top, m.HeapAlloc)
			select {
			case <-stop:
				done <- top
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	f()
	close(stop)
	top := <-done
	return top - min(top, base.HeapAlloc)
}

func TestAHugeEnvelopeIsWrittenAndReadInLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("150 MB")
	}
	e := simple()
	e.Messages[0].Fichiers = nil
	for range 3 {
		e.Messages[0].Fichiers = append(e.Messages[0].Fichiers, envelope.Piece{Nom: "a.pdf", Typologie: "99_DE", Contenu: newLazyPDF(48_000_000)})
	}
	pr, pw := io.Pipe()
	var rep *report.Report
	var env *envelope.Envelope
	grown := peak(func() {
		go func() {
			_, err := envelope.Write(context.Background(), pw, e, envelope.WriteOptions{Check: atThatTime})
			pw.CloseWithError(err)
		}()
		var err error
		env, rep, err = envelope.Read(context.Background(), pr, envelope.Options{Name: e.Nom().String(), Now: atThatTime.Now})
		if err != nil {
			t.Fatal(err)
		}
	})
	if !rep.Valid() || env.Compressed < 120_000_000 {
		t.Errorf("%d bytes:%s", env.Compressed, lines(rep))
	}
	if n := rep.Count(report.Info); n != 3 || !rep.Has(envelope.ContenuNonControle) {
		t.Errorf("%d bodies too large are said not to be checked:%s", n, lines(rep))
	}
	t.Logf("%d MB written and read at once, heap grew by %d MiB", env.Compressed/1e6, grown>>20)
	if grown > 64<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
}

func TestALargeFileIsCheckedThroughItsSpool(t *testing.T) {
	e := simple()
	e.Messages[0].Fichiers[0] = piece("99_DE", noise(200_000)[:150_000]) // cut: no cross-reference table
	data, w := func() ([]byte, *envelope.Written) { e := simple(); return write(t, e) }()
	l := unpack(t, data)
	for i := range l {
		if strings.HasPrefix(l[i].name, "99_DE") {
			l[i].body = noise(200_000)[:150_000]
		}
	}
	data = pack(t, l)
	opt := envelope.Options{Name: w.Nom.String(), Memory: 50_000}
	_, rep := read(t, data, opt)
	if !rep.Valid() || !rep.Has(envelope.ContenuNonControle) {
		t.Errorf("without a spool:%s", lines(rep))
	}
	spools := map[string]*os.File{}
	opt.Spool = func(f envelope.File) (io.Writer, error) {
		tmp, err := os.Create(filepath.Join(t.TempDir(), "spool"))
		spools[f.Nom] = tmp
		return tmp, err
	}
	env, rep := read(t, data, opt)
	if rep.Valid() || rep.Has(envelope.ContenuNonControle) {
		t.Errorf("with a spool:%s", lines(rep))
	}
	if len(spools) != len(l) {
		t.Errorf("%d files spooled of %d", len(spools), len(l))
	}
	for _, m := range l {
		got, err := os.ReadFile(spools[m.name].Name())
		spools[m.name].Close()
		f, _ := env.File(m.name)
		if err != nil || !bytes.Equal(got, m.body) || f.SHA256 != sha256.Sum256(m.body) {
			t.Errorf("%s was not spooled or digested whole", m.name)
		}
	}
}

func TestEnvelopesOfTheState(t *testing.T) {
	ar := &message.ARActe{IDActe: idActe, DateReception: day("2024-07-01"), ActeRecu: anActe().DonneesActe, ClassificationDateVersionEnCours: day("2019-04-18")}
	ar.ActeRecu.Document.NomFichier = "99_DE-034-123456782-20240627-D2024_042-DE-1-1_1.pdf"
	e := anEnvoi(envelope.Depart{Message: ar},
		envelope.Depart{Message: &message.CourrierSimple{CourrierPref: message.CourrierPref{IDActe: idActe, DateCourrierPref: day("2024-07-10")}},
			Fichiers: []envelope.Piece{piece("", pdfBytes())}})
	e.Prefecture = &envelope.Prefecture{Autorite: message.SousPrefecture, Departement: "034", Arrondissement: "3"}
	data, w := write(t, e)
	if got := w.Nom.String(); got != "abc-TACT--SPREF0343-123456782-20240701-1.tar.gz" {
		t.Errorf("named %s", got)
	}
	env, rep := read(t, data, envelope.Options{Name: w.Nom.String()})
	if rep.Total() != 0 || env.Sens != message.Retour || env.SIREN() != siren {
		t.Errorf("sens %v siren %s:%s", env.Sens, env.SIREN(), lines(rep))
	}
	// What the State gets wrong is worth warnings.
	if _, rep := read(t, data, envelope.Options{Name: "abc-TACT--SPREF0343-123456782-20240701-2.tar.gz", Trigramme: "xyz"}); !rep.Valid() || !rep.Has(envelope.EnveloppeAbsente) || !rep.Has(envelope.ArchiveTrigramme) {
		t.Errorf("a misnamed archive of the State:%s", lines(rep))
	}
	for _, m := range unpack(t, data) {
		l := unpack(t, data)
		for i := range l {
			if l[i].name == m.name && strings.HasSuffix(m.name, ".pdf") {
				l = append(l[:i], l[i+1:]...)
				break
			}
		}
		l = rename("-2-1_", "-9-9_")(l)
		if _, rep := read(t, pack(t, l), envelope.Options{Name: "abc-TACT--SPREF0442-123456782-20240701-1.tar.gz"}); rep.Count(report.Error) > 1 || rep.Total() == 0 {
			t.Errorf("a careless préfecture is refused:%s", lines(rep))
		}
	}
}

func TestSeriesGiveEachNumberOnce(t *testing.T) {
	var s envelope.Series
	ctx := context.Background()
	d := day("2024-07-01")
	s.Seen(siren, d, 9997)
	for _, want := range []int{9998, 9999} {
		if n, err := s.Next(ctx, siren, d); err != nil || n != want {
			t.Errorf("%d, %v, want %d", n, err, want)
		}
	}
	if _, err := s.Next(ctx, siren, d); !errors.Is(err, envelope.ErrSerie) {
		t.Errorf("the ten thousandth: %v", err)
	}
	if n, err := s.Next(ctx, siren, d.AddDays(1)); n != 1 || err != nil {
		t.Errorf("the next day: %d, %v", n, err)
	}
	if n, err := s.Next(ctx, "210600730", d); n != 1 || err != nil {
		t.Errorf("another authority: %d, %v", n, err)
	}
}

func TestAnActMakesItsMessage(t *testing.T) {
	a := &actes.Acte{Collectivite: actes.Collectivite{SIREN: siren, Departement: "034", Arrondissement: "3", Nature: "31"},
		Numero: "D2024_042", Date: day("2024-06-27"), Nature: actes.Deliberation, Matiere: actes.Matiere{5, 2}, Objet: "Objet",
		Classification: day("2019-04-18"), DocumentPapier: true,
		Precedent: actes.IDActe{Departement: "034", SIREN: siren, Date: day("2024-01-11"), Numero: "D1", Nature: actes.Deliberation},
		Document:  actes.Fichier{Nom: "Délibération n° 42.PDF", Typologie: "99_DE", Contenu: bytes.NewReader(pdfBytes()), Signature: []byte("-----BEGIN PKCS7-----\n-----END PKCS7-----\n")},
		Annexes:   []actes.Fichier{{Nom: "plan.jpeg", Typologie: "21_RP", Contenu: bytes.NewReader([]byte("\xFF\xD8\xFF\xE0 jpeg"))}}}
	data, w := write(t, anEnvoi(envelope.DepartActe(a)))
	env, rep := read(t, data, envelope.Options{Name: w.Nom.String()})
	got := env.Messages[0].Message.(*message.Acte)
	if got.PrecedentIdentifiantActe != a.Precedent.String() || !got.DocumentPapier || !strings.HasSuffix(got.Document.Signature, "-----END PKCS7-----") {
		t.Errorf("the message is %+v", got)
	}
	if got.Annexes[0].NomFichier != "21_RP-034-123456782-20240627-D2024_042-DE-1-1_2.jpg" {
		t.Errorf("the annexe is named %s", got.Annexes[0].NomFichier)
	}
	if !rep.Has(envelope.SignatureNonVerifiee) || !rep.Valid() {
		t.Errorf("findings:%s", lines(rep))
	}
}
