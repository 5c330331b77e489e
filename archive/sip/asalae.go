package sip

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/seda/preflight"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// Container is the form of the archive of files that goes with a message.
type Container uint8

// Containers that as@lae takes. The first is what its clients send.
const (
	TarGz Container = iota
	Zip
)

// String returns the container as the extension of its files: tar.gz, zip.
func (c Container) String() string {
	if c == Zip {
		return "zip"
	}
	return "tar.gz"
}

// AsalaeOptions say how to write for as@lae. The zero value makes a SEDA 1.0
// message and a tar.gz. Formats are those the objects say: [archive.Identify] finds
// them beforehand.
type AsalaeOptions struct {
	// Version is 0.2, 1.0 or 2.x; "" means 1.0.
	Version   seda.Version
	Container Container
	// Indent makes the message readable.
	Indent bool
	// Lossy leaves out what the version cannot hold, with a warning for each,
	// where a package is otherwise refused. Versions 0.2 and 1.0 hold less than
	// a package usually says.
	Lossy bool
	// Memory and Progress are those of [Options].
	Memory   int64
	Progress func(done, total int64)
}

// WriteAsalae writes the two parts an as@lae platform takes: the message
// (bordereau), and one archive with the files it names, all at its root. It
// keeps the promises of [Write]: contents are read twice and never held, the
// same package gives the same bytes, and on an error neither part is of any
// use.
//
// The message says of each file its path in the archive: Attachment/@filename
// in 0.2 and 1.0, Uri in 2.x. The path is the file's own name, in plain letters
// and made different where two would be the same; where the message has no
// other place for the true name, a finding says so. Package in the summary is
// the digest of the archive, and Manifest that of the message.
//
// Rules of access have the codes of the standard in 0.2 and 1.0 (AR038 to AR062),
// and 1.0 wants one on each unit at the top; rules of retention are told by their
// duration (APP10Y). [archive.Policy].RuleCodes translates those of Documents.
func WriteAsalae(ctx context.Context, message, files io.Writer, p *archive.Package, opt AsalaeOptions) (Summary, error) {
	s := newSession(ctx, Options{Version: cmp.Or(opt.Version, seda.V10), Indent: opt.Indent, Lossy: opt.Lossy, Memory: opt.Memory, Progress: opt.Progress})
	s.hold(p)
	s.budget.plain = opt.Container == TarGz
	s.target = seda.Asalae
	names := plainNames{taken: map[string]bool{}}
	var given []string
	s.name = func(n int, o *archive.Object) string {
		if n == len(given) {
			given = append(given, names.of(o))
		}
		return given[n]
	}
	err := s.prepare(func(context.Context) error { return nil })
	if err == nil {
		s.renamed()
		err = s.asalae(message, files, opt.Container)
	}
	if err != nil {
		return Summary{Report: s.report}, err
	}
	s.summary.MessageID = p.Header.MessageID
	s.summary.Report = s.report
	return s.summary, nil
}

// renamed tells which files are known by another name from now on.
func (s *session) renamed() {
	if !s.opt.Version.Early() {
		return
	}
	n := 0
	for o := range s.objects() {
		if name := s.name(n, o); name != o.Name {
			s.report.Add(RuleRenamed, report.Location{Path: "object[" + o.ID + "]"}, report.P("id", o.ID), report.P("entry", name))
		}
		n++
	}
}

func (s *session) asalae(message, files io.Writer, form Container) error {
	digest, count := sha512.New(), &counter{}
	out := bufio.NewWriterSize(io.MultiWriter(message, digest, count), bufferSize)
	if err := s.describe(s.ctx, out, s.seda(s.ctx)); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("sip: write the message: %w", err)
	}
	s.summary.Manifest = ged.Digest{Algorithm: ged.SHA512, Value: hex.EncodeToString(digest.Sum(nil))}
	s.summary.ManifestBytes = count.n
	whole := sha512.New()
	sized := &counter{}
	out.Reset(io.MultiWriter(files, whole, sized))
	write := s.tarGz
	if form == Zip {
		write = s.zip
	}
	if err := write(out); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("sip: write the archive: %w", err)
	}
	s.summary.Package = ged.Digest{Algorithm: ged.SHA512, Value: hex.EncodeToString(whole.Sum(nil))}
	s.summary.Bytes = sized.n
	return nil
}

func (s *session) zip(w io.Writer) error {
	work, err := newWorker(&s.budget, s.meter, nil)
	if err != nil {
		return err
	}
	z := newZip(w, s.message.Header.Date)
	if err := s.copyMembers(z, work); err != nil {
		return err
	}
	if err := z.close(); err != nil {
		return fmt.Errorf("sip: write the directory: %w", err)
	}
	return nil
}

func (s *session) tarGz(w io.Writer) error {
	t, err := container.NewTarGzWriter(s.ctx, w, container.WriterOptions{ModTime: s.message.Header.Date})
	if err != nil {
		return err
	}
	n := 0
	for o, err := range s.objects() {
		if err != nil {
			return err
		}
		m, at := s.members.at(n)
		e := &outgoing{zipEntry{name: s.name(n, o), crc: m.crc, size: m.size}, o}
		if err := s.tarred(t, e, at.data()); err != nil {
			return err
		}
		n++
	}
	if err := t.Close(); err != nil {
		return fmt.Errorf("sip: write the archive: %w", err)
	}
	return nil
}

// tarred copies a file into the archive, and finds whether it is still the one
// the message describes.
func (s *session) tarred(t *container.TarGzWriter, m *outgoing, data []byte) error {
	if data != nil {
		if err := t.Add(m.name, m.size, bytes.NewReader(data)); err != nil {
			return fmt.Errorf("sip: write an entry: %w", err)
		}
		s.meter.add(m.size)
		return nil
	}
	src, err := m.object.Source.Open(s.ctx)
	if err != nil {
		return contentError(s.ctx, m.object.ID, err)
	}
	defer src.Close()
	sum := crc32.NewIEEE()
	in := &reopened{r: io.TeeReader(ged.ContextReader(s.ctx, src), io.MultiWriter(sum, s.meter))}
	err = t.Add(m.name, m.size, in)
	switch {
	case in.err != nil:
		return contentError(s.ctx, m.object.ID, in.err)
	case errors.Is(err, container.ErrSize), err == nil && sum.Sum32() != m.crc:
		return &ContentError{m.object.ID, ErrChanged}
	case err != nil:
		return fmt.Errorf("sip: write an entry: %w", err)
	}
	return nil
}

// reopened remembers that it was the source that failed.
type reopened struct {
	r   io.Reader
	err error
}

func (s *reopened) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// plainNames gives each object the name of its file in letters every tool
// takes, different from all others on any system.
type plainNames struct{ taken map[string]bool }

// longestName leaves room for a number within the 100 bytes of a tar.
const longestName = 80

func (p *plainNames) of(o *archive.Object) string {
	name := plainName(o.Name)
	if clean, faults := container.CheckName(name); clean != name || len(faults) > 0 || name == "" {
		name = plainName(o.ID)
		if ext := extension(o.Name); ext != "" {
			name += "." + ext
		}
	}
	stem, ext := name, ""
	if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= 11 {
		stem, ext = name[:i], name[i:]
	}
	stem = stem[:min(len(stem), longestName)]
	for n := 1; ; n++ {
		try := stem + ext
		if n > 1 {
			try = stem + "-" + strconv.Itoa(n) + ext
		}
		if key := container.FoldName(try); !p.taken[key] {
			p.taken[key] = true
			return try
		}
	}
}

// plainName writes the letters of French without their marks, and anything but
// letters, digits, dots and dashes as an underscore.
func plainName(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case r|0x20 >= 'a' && r|0x20 <= 'z' && r < 0x80, r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			b.WriteRune(r)
		default:
			if i := strings.IndexRune(marked, r); i >= 0 {
				b.WriteString(unmarked[strings.Count(marked[:i], "")-1])
			} else if r < 0x300 || r > 0x36F { // a mark on the letter before
				b.WriteByte('_')
			}
		}
	}
	return strings.TrimLeft(b.String(), ".")
}

const marked = "àâäáãéèêëîïíôöóõùûüúÿçñœæÀÂÄÁÉÈÊËÎÏÔÖÙÛÜÇŒÆ"

var unmarked = strings.Fields("a a a a a e e e e i i i o o o o u u u u y c n oe ae A A A A E E E E I I O O U U U C OE AE")

// VerifyAsalae checks the two parts of a transfer to as@lae: the message by the
// grammar of its version, and that the archive (zip, tar, tar.gz) is sound and
// safe to extract and holds each file the message names, with the digest and
// the size it has. Files may lie in one folder. Of an archive that cannot be read
// to its end that is said, and not which files it lacks. What is wrong is in the
// Summary's Report; the error means that there is no verdict. Of the options,
// Quick and Progress do not count.
func VerifyAsalae(ctx context.Context, message io.ReaderAt, messageSize int64, files io.ReaderAt, filesSize int64, opt VerifyOptions) (Summary, error) {
	opt.defaults()
	rep := report.New(opt.Report)
	x := &inspection{ctx: ctx, judge: preflight.NewJudge(inspect.Options{Profile: string(seda.Asalae)}, rep), manifest: -1,
		kind: kindAsalae, name: messageName, letter: letter{io.NewSectionReader(message, 0, messageSize)}}
	sum := Summary{Report: rep, Bytes: filesSize, ManifestBytes: messageSize}
	head := make([]byte, 512)
	n, err := files.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return sum, fmt.Errorf("sip: read the archive: %w", err)
	}
	x.holder = newHolder(ctx, form(head[:n]), files, filesSize, rep)
	hidden := false // files there may be that nobody can list
	switch h := x.holder.(type) {
	case nil:
		rep.Add(report.CtnFormat, report.Location{}, report.P("format", "zip, tar, tar.gz"),
			report.Words("detail", "ce n'est pas une archive", "it is no archive"))
		x.holder, hidden = noHolder{}, true
	case *zipHolder:
		h.v.opt = opt
	case *tarHolder:
		h.v.opt = opt
	}
	if err := x.holder.list(ctx, x.add); err != nil && !errors.Is(err, errStop) {
		return sum, err
	} else if err == nil {
		x.layout()
	} else {
		hidden = true
	}
	if err := x.message(inspect.Options{}, &inspect.Summary{}); err != nil && !errors.Is(err, errStop) {
		return sum, err
	}
	if !hidden { // else nothing can be said of what is missing
		if err := x.compare(); err != nil && !errors.Is(err, errStop) {
			return sum, err
		}
	}
	x.judge.Conclude()
	if s := x.survey; s != nil {
		sum.MessageID, sum.Units, sum.Groups, sum.Objects = s.MessageID, s.Units, s.Groups, s.Len()
	}
	sum.ContentBytes = x.bytes
	return sum, nil
}

// messageName is what findings call the message.
const messageName = "bordereau.xml"

// letter is a message that lies in no container.
type letter struct{ src *io.SectionReader }

func (l letter) list(_ context.Context, add func(entry) error) error {
	return add(entry{raw: messageName, regular: true})
}

func (l letter) each(_ context.Context, want func(i int) bool, read func(i int, r io.Reader) error) error {
	if _, err := l.src.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return read(0, l.src)
}
