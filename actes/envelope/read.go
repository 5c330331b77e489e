package envelope

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"sync"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/budget"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
	"github.com/liasse/liasse/internal/pdf"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Read reads an envelope in one pass and says everything that is wrong with
// it: the archive, the envelope, each message, the files, and what they say of
// each other. Memory does not grow with the archive. What could be read is
// returned even when the report is not valid, and of a truncated archive what
// came before the cut.
//
// The error means that the verdict is not known: src or a hook of the options
// failed, or the context was cancelled. Read may be called concurrently.
func Read(ctx context.Context, src io.Reader, opt Options) (*Envelope, *report.Report, error) {
	r, _ := readers.Get().(*reader)
	if r == nil {
		r = new(reader)
	}
	env, rep, err := r.read(ctx, src, opt)
	r.release()
	readers.Put(r)
	return env, rep, err
}

// readers keeps the buffers of readers that are done.
var readers sync.Pool

// reader reads one envelope.
type reader struct {
	ctx  context.Context
	opt  Options
	rep  *report.Report
	env  *Envelope
	tgz  *container.TarGz
	pdf  pdf.Checker
	xml  *xmlcore.Reader
	msg  message.Reader
	body bytes.Reader
	buf  []byte
	info []content // of env.Files, same indexes
	// byName finds the files that may be used, once all are known, byFold by
	// their names in small letters.
	byName   map[string]int
	byFold   map[string]int
	messages int64 // bytes of messages read
}

// content is what the pass over a file learned, for the rules that need more
// than the file.
type content struct {
	head []byte // first bytes, for the rules of formats
	rep  *report.Report
	// msg is the message read, when the root is one; tried says it was read
	// as one, so that rep says why msg is nil.
	msg   message.Message
	tried bool
	// repaired is msg with its texts as they were meant, when its bytes are not
	// of the encoding it declares.
	repaired message.Message
	// budget is what reading it as a budget said, when it is no message; isBudget
	// that its root is that of one.
	budget   *report.Report
	isBudget bool
	seal     string
	isPDF    bool
	// whole says that the content was seen as a whole, not only in passing; cut
	// that the archive broke inside it, which was said already.
	whole, cut bool
	signed     *bool // what Options.PAdES said
}

// maxKept is the largest buffer kept between two envelopes.
const maxKept = 1 << 20

func (r *reader) release() {
	if cap(r.buf) > maxKept {
		r.buf = nil
	}
	clear(r.info)
	r.info = r.info[:0]
	clear(r.byName)
	clear(r.byFold)
	r.messages = 0
	r.env, r.rep, r.ctx, r.opt = nil, nil, nil, Options{}
	r.body.Reset(nil)
	if r.tgz != nil {
		r.tgz.Reset(context.Background(), eof{}, container.TarOptions{})
	}
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

func (r *reader) read(ctx context.Context, src io.Reader, opt Options) (*Envelope, *report.Report, error) {
	r.ctx, r.opt, r.rep = ctx, opt, report.New(opt.Report)
	r.env = &Envelope{}
	safe := report.New(opt.Report)
	topt := container.TarOptions{Limits: opt.limits(), Flat: true, Report: safe}
	if r.tgz == nil {
		r.tgz = container.NewTarGz(ctx, src, topt)
	} else {
		r.tgz.Reset(ctx, src, topt)
	}
	err := r.entries()
	r.env.Compressed, r.env.Inflated = r.tgz.Compressed(), r.tgz.Inflated()
	switch {
	case err == io.EOF:
		r.env.Complete = true
	case errors.Is(err, container.ErrBroken):
	default:
		return nil, nil, err
	}
	r.refer(safe, ofArchive, false)
	if err := r.check(); err != nil {
		return nil, nil, err
	}
	return r.env, r.rep, nil
}

// entries reads the archive; it returns io.EOF at its end.
func (r *reader) entries() error {
	for {
		e, err := r.tgz.Next()
		if err != nil {
			return err
		}
		if !e.Regular || e.Name == "" {
			continue
		}
		r.env.Files = append(r.env.Files, File{Nom: e.Name, Taille: e.Size, Message: -1, ModTime: e.ModTime, Refused: e.Refused})
		r.info = append(r.info, content{})
		i := len(r.env.Files) - 1
		if e.Refused {
			continue
		}
		if err := r.file(&r.env.Files[i], &r.info[i]); err != nil {
			return err
		}
	}
}

// file reads one body: digest, spool, format, and the checks its content asks
// for.
func (r *reader) file(f *File, c *content) error {
	var spool io.Writer
	if r.opt.Spool != nil {
		w, err := r.opt.Spool(*f)
		if err != nil {
			return err
		}
		spool = w
	}
	if f.Taille > r.opt.memory() {
		return r.large(f, c, spool)
	}
	body, err := r.fill(int(f.Taille))
	f.SHA256 = sha256.Sum256(body)
	c.head = bytes.Clone(body[:min(len(body), actes.SniffSize)])
	if spool != nil && len(body) > 0 {
		if _, werr := spool.Write(body); werr != nil {
			return werr
		}
	}
	if err != nil {
		f.Format, _ = actes.Sniff(c.head)
		c.cut = true
		return err
	}
	c.whole = true
	r.body.Reset(body)
	return r.examine(f, c, &r.body)
}

// fill reads size bytes of the current entry into the buffer, which grows with
// what really comes: a header is only a promise.
func (r *reader) fill(size int) ([]byte, error) {
	const step = 256 << 10
	if cap(r.buf) == 0 {
		r.buf = make([]byte, 0, min(max(size, 16<<10), step))
	}
	buf := r.buf[:0]
	for len(buf) < size {
		if len(buf) == cap(buf) {
			// The first steps are small; a body that has proved longer is given
			// all it asks for.
			grown := make([]byte, len(buf), size)
			copy(grown, buf)
			buf = grown
		}
		n, err := r.tgz.Read(buf[len(buf):min(cap(buf), size)])
		buf = buf[:len(buf)+n]
		if err != nil {
			r.buf = buf
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return buf, err
		}
	}
	r.buf = buf
	return buf, nil
}

// large passes a body that memory may not hold to its spool, and checks it
// there when the spool can be read back.
func (r *reader) large(f *File, c *content, spool io.Writer) error {
	sum := sha256.New()
	const chunk = 64 << 10
	if cap(r.buf) < chunk {
		r.buf = make([]byte, 0, chunk)
	}
	buf := r.buf[:chunk]
	var err error
	for err == nil {
		var n int
		n, err = r.tgz.Read(buf)
		if len(c.head) < actes.SniffSize {
			c.head = append(c.head, buf[:min(n, actes.SniffSize-len(c.head))]...)
		}
		sum.Write(buf[:n])
		if spool != nil && n > 0 {
			if _, werr := spool.Write(buf[:n]); werr != nil {
				return werr
			}
		}
	}
	sum.Sum(f.SHA256[:0])
	if err != io.EOF {
		f.Format, _ = actes.Sniff(c.head)
		c.cut = true
		return err
	}
	if at, ok := spool.(io.ReaderAt); ok {
		c.whole = true
		return r.examine(f, c, at)
	}
	f.Format, _ = actes.Sniff(c.head)
	return nil
}

// examine looks at a body that can be read at any place.
func (r *reader) examine(f *File, c *content, body io.ReaderAt) error {
	f.Format, _ = actes.Sniff(c.head)
	if r.opt.Antivirus != nil {
		clean, err := r.opt.Antivirus(r.ctx, *f, body)
		where := report.Location{Member: container.Show(f.Nom)}
		switch {
		case err != nil && r.ctx.Err() != nil:
			return r.ctx.Err()
		case err != nil:
			r.add("M18", VirusInconnu, where, entry(f.Nom))
		case !clean:
			r.add("M18", Virus, where, entry(f.Nom))
		}
	}
	if f.Taille == 0 {
		return nil
	}
	switch {
	case f.Format == actes.PDF:
		return r.examinePDF(f, c, body)
	case f.Format == actes.XML || actes.FormatOf(f.Nom) == actes.XML:
		return r.examineXML(f, c, body)
	}
	return nil
}

func (r *reader) examinePDF(f *File, c *content, body io.ReaderAt) error {
	c.isPDF = true
	if r.opt.Profile == actes.XSD {
		return nil
	}
	if r.opt.Profile != actes.STELA { // which asks about signatures only
		c.rep = report.New(r.opt.Report)
		if _, err := r.pdf.Check(r.ctx, body, f.Taille, c.rep); err != nil {
			return err
		}
	}
	if r.opt.PAdES != nil {
		valid, err := r.opt.PAdES(r.ctx, *f, body)
		if err != nil {
			return err
		}
		c.signed = &valid
	}
	return nil
}

// examineXML reads the file as what its root says it is. A file whose root
// cannot be read is read as a message, which says why.
func (r *reader) examineXML(f *File, c *content, body io.ReaderAt) error {
	src := io.NewSectionReader(body, 0, f.Taille)
	space, local, ok := r.root(src)
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if ok && !actesRoot(space, local) {
		doc, rep, err := budget.Read(r.ctx, body, f.Taille, budget.Options{Member: container.Show(f.Nom), Enveloppe: true,
			SIREN: r.sender(), Report: r.opt.Report})
		if err != nil {
			return err
		}
		c.budget = rep
		if doc != nil && !rep.Has(budget.Racine) {
			c.isBudget, c.seal = true, string(doc.Seal.State)
		}
		return nil
	}
	c.tried = true
	if r.messages += f.Taille; f.Taille > maxMessage || r.messages > maxMessages {
		c.rep = report.New(r.opt.Report)
		c.rep.Add(report.LimBytes, in(f.Nom), report.Int("limit", min(maxMessage, maxMessages)), report.Words("what", "messages", "messages"))
		return nil
	}
	res, err := r.msg.Read(r.ctx, src, r.messageOptions(f.Nom))
	if err != nil {
		return err
	}
	c.msg, c.repaired, c.rep = res.Message, res.Repaired, res.Report
	return nil
}

// A message is held in memory, so that their sum is bounded: a classification
// has 50 kB, an act of a thousand annexes 200 kB.
const (
	maxMessage  = 4 << 20
	maxMessages = 16 << 20
)

// sender is the SIREN of the sender as far as the pass has read: it is there
// before the budget whenever the envelope comes first, as it should.
func (r *reader) sender() string {
	for i := range r.info {
		if m, ok := r.info[i].msg.(*message.EnveloppeCLMISILL); ok {
			return m.Emetteur.SIREN
		}
	}
	n, _ := parseArchive(r.opt.Name)
	return n.SIREN
}

// actesRoot reports whether a root element is to be read as a message: of the
// protocol's namespace in any edition, or of none but named like a message.
func actesRoot(space, local string) bool {
	if space == "" {
		_, known := message.KindOfRoot(local)
		return known
	}
	return strings.HasPrefix(space, namespaceStem)
}

var namespaceStem = message.Namespace[:strings.IndexByte(message.Namespace, '#')]

// root returns the name of the root element, or false when the text does not
// get that far.
func (r *reader) root(src io.Reader) (space, local string, ok bool) {
	if r.xml == nil {
		r.xml = xmlcore.NewReader(src, xmlcore.Options{})
	} else {
		r.xml.Reset(src, xmlcore.Options{})
	}
	for {
		k, err := r.xml.Next()
		if err != nil {
			return "", "", false
		}
		if k == xmlcore.StartElement {
			n := r.xml.Name()
			return n.Space, n.Local, true
		}
	}
}
