package envelope

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// Envoi is an envelope to write.
type Envoi struct {
	Trigramme    string // of the operator, three letters
	Quadrigramme string // EACT in production, TACT on test platforms
	// Date and Serie are the day of generation and the number of the envelope
	// on that day, from 1: see [Series].
	Date  ged.Date
	Serie int
	// Emetteur is the authority that sends; of an envelope of the State, the
	// one it is for.
	Emetteur       actes.Collectivite
	Referent       *message.Referent // or nil
	AdressesRetour []string          // where the ministry answers
	Messages       []Depart
	// Prefecture, when given, makes it an envelope of the State: for simulators
	// and tests.
	Prefecture *Prefecture
}

// Prefecture is a service of the State.
type Prefecture struct {
	Autorite                    message.Autorite
	Departement, Arrondissement string
	// Prefixe begins its name in that of the envelope; "" means SPREF, the only
	// one observed.
	Prefixe string
}

// Depart is a message to write, with its files.
type Depart struct {
	// Message is the message; the names of files in it are composed here and
	// those the caller put are ignored.
	Message message.Message
	// Fichiers are its files, the main document first.
	Fichiers []Piece
}

// Piece is a file to write.
type Piece struct {
	// Nom is the name the authority knows it by; only its extension counts, and
	// only when the content is of no known format.
	Nom       string
	Typologie string // five characters such as 99_DE
	Contenu   actes.Contenu
	// Signature is a detached signature of the content (PKCS#7, PEM), or nil.
	Signature []byte
}

// DepartActe makes the message (1-1) and files of an act.
func DepartActe(a *actes.Acte) Depart {
	d := Depart{Message: message.Of(a, "", nil)}
	for _, f := range a.Fichiers() {
		d.Fichiers = append(d.Fichiers, Piece{f.Nom, f.Typologie, f.Contenu, f.Signature})
	}
	return d
}

// Nom composes the name of the envelope.
func (e *Envoi) Nom() ArchiveName {
	n := EnvelopeName{Quadrigramme: e.Quadrigramme, SIREN: e.Emetteur.SIREN, Date: e.Date, Serie: e.Serie}
	if p := e.Prefecture; p != nil {
		n.Emetteur = p.Prefixe
		if n.Emetteur == "" {
			n.Emetteur = "SPREF"
		}
		n.Emetteur += p.Departement + p.Arrondissement
	}
	return ArchiveName{e.Trigramme, n}
}

// WriteOptions are the options of [Write]. The zero value is what to use.
type WriteOptions struct {
	// Check are the options the envelope is judged with before anything is
	// written: Now, Classification, Doublons, Profile… Name and Spool are not
	// used.
	Check Options
	// ModTime is the time given to the entries; zero means midnight UTC of the
	// envelope's date.
	ModTime time.Time
	// Level is the deflate level, 1 to 9; 0 means 5.
	Level int
}

// ErrTooLarge is returned when the archive would exceed Check.MaxSize. What was
// written must be thrown away.
var ErrTooLarge = container.ErrTooLarge

// Written is what [Write] wrote.
type Written struct {
	Nom    ArchiveName
	Taille int64 // bytes
	// SHA256 is of the whole archive.
	SHA256 [32]byte
	// Envelope describes what was written as [Read] would, digests of the files
	// included.
	Envelope *Envelope
	// Report holds the warnings.
	Report *report.Report
}

// Write composes an envelope and writes its archive: names and serials, the
// envelope XML, each message with its files, as a flat tar.gz that is the same
// byte for byte for the same input. Documents are streamed; memory does not
// grow with them.
//
// Everything is checked first, by the rules [Read] applies: when something is
// wrong nothing is written, and the error is a [*report.InvalidError] whose
// report holds all findings. Other errors are [ErrTooLarge], those of w and of
// the contents, and the context's; the archive is then incomplete.
func Write(ctx context.Context, w io.Writer, e *Envoi, opt WriteOptions) (*Written, error) {
	c := &composer{ctx: ctx, envoi: e, opt: opt, nom: e.Nom()}
	if err := c.compose(); err != nil {
		return nil, err
	}
	rep, err := c.check()
	if err != nil {
		return nil, fmt.Errorf("envelope: %w", err)
	}
	if err := rep.Err(); err != nil {
		return nil, err
	}
	return c.write(w, rep)
}

// composer makes the files of an archive.
type composer struct {
	ctx   context.Context
	envoi *Envoi
	opt   WriteOptions
	nom   ArchiveName
	files []file
	early *report.Report // what has no place in a name
	// checked describes the archive as Read would.
	checked *Envelope
}

// file is one file of the archive to be.
type file struct {
	nom  string
	body actes.Contenu
	msg  message.Message // of a message or the envelope
	rep  *report.Report  // why it could not be written as XML, nil when it could
}

func (c *composer) compose() error {
	c.early = report.New(c.opt.Check.Report)
	e := c.envoi
	var forms []message.FichierSigne
	var bodies []file
	for i, d := range e.Messages {
		if d.Message == nil {
			return fmt.Errorf("envelope: message %d is nil", i)
		}
		files, form, err := c.depart(d)
		if err != nil {
			return err
		}
		bodies = append(bodies, files...)
		forms = append(forms, message.FichierSigne{NomFichier: form})
	}
	var env message.Message = &message.EnveloppeCLMISILL{Emetteur: e.Emetteur, Referent: e.Referent,
		AdressesRetour: e.AdressesRetour, Formulaires: forms}
	if p := e.Prefecture; p != nil {
		env = &message.EnveloppeMISILLCL{Autorite: p.Autorite, Departement: p.Departement, Arrondissement: p.Arrondissement,
			Referent: e.Referent, Formulaires: forms, Destinataire: e.Emetteur.SIREN}
	}
	first, err := xmlFile(c.nom.XML(), env)
	if err != nil {
		return err
	}
	c.files = append([]file{first}, bodies...)
	return nil
}

// depart names and lists the files of one message.
func (c *composer) depart(d Depart) (files []file, form string, err error) {
	exp := baseOf(d.Message, c.envoi.Emetteur.Departement, c.envoi.Emetteur.SIREN)
	form = MessageName{exp.Base, 0}.String()
	var signed []message.FichierSigne
	for k, p := range d.Fichiers {
		if p.Contenu == nil {
			return nil, "", fmt.Errorf("envelope: %s: file %d has no content", d.Message.Code(), k)
		}
		head := make([]byte, min(p.Contenu.Size(), actes.SniffSize))
		if _, err := p.Contenu.ReadAt(head, 0); err != nil && err != io.EOF {
			return nil, "", fmt.Errorf("envelope: %s: file %d: %w", d.Message.Code(), k, err)
		}
		n := FileName{Base: exp.Base, Serie: k + 1, Ext: extension(head, p.Nom)}
		if isCodePJ(p.Typologie) {
			n.CodePJ = p.Typologie
		} else if p.Typologie != "" {
			actes.CheckTypologie(c.early, in(n.String()), report.Error, actes.FileLabel(k), p.Typologie, exp.nature, actes.Matiere{}, nil, actes.ParNature)
		}
		signed = append(signed, message.FichierSigne{NomFichier: n.String(), Signature: strings.TrimRight(string(p.Signature), "\r\n")})
		files = append(files, file{nom: n.String(), body: p.Contenu})
	}
	m, err := withFiles(d.Message, signed)
	if err != nil {
		return nil, "", err
	}
	x, err := xmlFile(form, m)
	if err != nil {
		return nil, "", err
	}
	return append([]file{x}, files...), form, nil
}

// extension is that of the content's format, else that of the author's name.
func extension(head []byte, nom string) string {
	if f, _ := actes.Sniff(head); f != "" {
		return string(f)
	}
	if i := strings.LastIndexByte(nom, '.'); i >= 0 && isExt(nom[i+1:]) {
		return strings.ToLower(nom[i+1:])
	}
	return "bin"
}

// xmlFile writes a message into memory, or keeps the report that says why it
// may not be written.
func xmlFile(nom string, m message.Message) (file, error) {
	var b bytes.Buffer
	err := message.Write(&b, m)
	var invalid *report.InvalidError
	if errors.As(err, &invalid) {
		return file{nom: nom, body: bytes.NewReader(nil), msg: m, rep: invalid.Report}, nil
	}
	if err != nil {
		return file{}, fmt.Errorf("envelope: %w", err)
	}
	return file{nom: nom, body: bytes.NewReader(b.Bytes()), msg: m}, nil
}

// withFiles returns the message with the names of its files.
func withFiles(m message.Message, l []message.FichierSigne) (message.Message, error) {
	want := func(ok bool) error {
		if !ok {
			return fmt.Errorf("envelope: %s %s cannot have %d file(s)", m.Code(), m.Root(), len(l))
		}
		return nil
	}
	var first message.FichierSigne
	if len(l) > 0 {
		first = l[0]
	}
	switch m := m.(type) {
	case *message.Acte:
		n := *m
		n.Document, n.Annexes = first, nil
		if len(l) > 1 {
			n.Annexes = l[1:]
		}
		return &n, want(len(l) >= 1)
	case *message.CourrierSimple:
		n := *m
		n.Document = first
		return &n, want(len(l) == 1)
	case *message.ReponseCourrierSimple:
		n := *m
		n.Document = first
		return &n, want(len(l) == 1)
	case *message.DemandePieceComplementaire:
		n := *m
		n.Document = first
		return &n, want(len(l) == 1)
	case *message.RefusPieceComplementaire:
		n := *m
		n.Document = first
		return &n, want(len(l) == 1)
	case *message.PieceComplementaire:
		n := *m
		n.Documents = l
		return &n, want(len(l) >= 1)
	case *message.LettreObservations:
		n := *m
		n.Document = first
		return &n, want(len(l) == 1)
	case *message.RejetLettreObservations:
		n := *m
		n.Document = first
		return &n, want(len(l) == 1)
	case *message.ReponseLettreObservations:
		n := *m
		n.Document = first
		return &n, want(len(l) == 1)
	case *message.DefereTA:
		n := *m
		n.PiecesJointes = l
		return &n, nil
	}
	return m, want(len(l) == 0)
}

// check judges the files as Read would the archive they will make.
func (c *composer) check() (*report.Report, error) {
	r, _ := readers.Get().(*reader)
	if r == nil {
		r = new(reader)
	}
	defer func() {
		r.release()
		readers.Put(r)
	}()
	opt := c.opt.Check
	opt.Name, opt.Spool = c.nom.String(), nil
	r.ctx, r.opt, r.rep = c.ctx, opt, report.New(opt.Report)
	r.env = &Envelope{Complete: true, Files: make([]File, len(c.files))}
	r.info = append(r.info[:0], make([]content, len(c.files))...)
	names := container.Names{Flat: true}
	safe := report.New(opt.Report)
	for i, f := range c.files {
		if err := c.ctx.Err(); err != nil {
			return nil, err
		}
		out, info := &r.env.Files[i], &r.info[i]
		*out = File{Nom: f.nom, Taille: f.body.Size(), Message: -1, ModTime: c.modTime()}
		_, ok := names.Add(safe, f.nom)
		out.Refused = !ok
		info.whole = true
		if f.rep != nil {
			located := report.New(opt.Report)
			located.Merge(f.rep, container.Show(f.nom))
			info.tried, info.msg, info.rep = true, f.msg, located
			continue
		}
		info.head = make([]byte, min(out.Taille, actes.SniffSize))
		if _, err := f.body.ReadAt(info.head, 0); err != nil && err != io.EOF {
			return nil, err
		}
		if err := r.examine(out, info, f.body); err != nil {
			return nil, err
		}
	}
	r.refer(safe, ofArchive, false)
	r.refer(c.early, ofMessage, false)
	if err := r.check(); err != nil {
		return nil, err
	}
	c.checked = r.env
	return r.rep, nil
}

func (c *composer) modTime() time.Time {
	if !c.opt.ModTime.IsZero() {
		return c.opt.ModTime
	}
	return c.envoi.Date.In(time.UTC)
}

func (c *composer) write(w io.Writer, rep *report.Report) (*Written, error) {
	sum := sha256.New()
	out, err := container.NewTarGzWriter(c.ctx, io.MultiWriter(w, sum),
		container.WriterOptions{ModTime: c.modTime(), Level: c.opt.Level, MaxSize: c.opt.Check.maxSize()})
	if err != nil {
		return nil, fmt.Errorf("envelope: %w", err)
	}
	env := c.checked
	for i, f := range c.files {
		h := sha256.New()
		src := io.NewSectionReader(f.body, 0, f.body.Size())
		if err := out.Add(f.nom, f.body.Size(), &digesting{src, h}); err != nil {
			return nil, fmt.Errorf("envelope: %w", err)
		}
		h.Sum(env.Files[i].SHA256[:0])
	}
	if err := out.Close(); err != nil {
		return nil, fmt.Errorf("envelope: %w", err)
	}
	env.Compressed = out.Written()
	res := &Written{Nom: c.nom, Taille: out.Written(), Envelope: env, Report: rep}
	sum.Sum(res.SHA256[:0])
	return res, nil
}

type digesting struct {
	r io.Reader
	h hash.Hash
}

func (d *digesting) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	d.h.Write(p[:n])
	return n, err
}

// Numerotation gives the serials of envelopes. Next MUST return each number
// once for an authority and a day, from 1, across all processes that send for
// that authority, and fail past 9 999.
type Numerotation interface {
	Next(ctx context.Context, siren string, day ged.Date) (int, error)
}

// ErrSerie is returned when an authority has sent 9 999 envelopes in one day.
var ErrSerie = errors.New("envelope: no serial number is left for that day")

// Series is a [Numerotation] in memory, for one process. The zero value is
// ready; it is safe for concurrent use.
type Series struct {
	mu   sync.Mutex
	last map[serieKey]int
}

type serieKey struct {
	siren string
	day   ged.Date
}

var _ Numerotation = (*Series)(nil)

// Next implements [Numerotation].
func (s *Series) Next(_ context.Context, siren string, day ged.Date) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := serieKey{siren, day}
	if s.last[k] >= 9999 {
		return 0, ErrSerie
	}
	if s.last == nil {
		s.last = map[serieKey]int{}
	}
	s.last[k]++
	return s.last[k], nil
}

// Seen tells that a number was used, by an earlier run.
func (s *Series) Seen(siren string, day ged.Date, serie int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil {
		s.last = map[serieKey]int{}
	}
	k := serieKey{siren, day}
	s.last[k] = max(s.last[k], serie)
}
