package container

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/limit"
)

// Limits bound what one archive may cost. A zero field takes the default.
type Limits struct {
	Compressed int64 // bytes of the archive; default 4 GiB
	Inflated   int64 // bytes of the tar; default 16 GiB
	Entries    int   // default 100 000
	// Ratio bounds Inflated/Compressed once RatioFloor bytes were inflated;
	// default 250. Text of budgets stays below 60, deflate cannot exceed 1 032.
	Ratio      int
	RatioFloor int64 // default 16 MiB
}

func (l Limits) withDefaults() Limits {
	limit.Default(&l.Compressed, 4<<30)
	limit.Default(&l.Inflated, 16<<30)
	limit.Default(&l.RatioFloor, 16<<20)
	limit.Default(&l.Entries, 100_000)
	limit.Default(&l.Ratio, 250)
	return l
}

// TarOptions say how to read. The zero value accepts folders and uses the
// default limits.
type TarOptions struct {
	Limits Limits
	Flat   bool // folders are refused
	// Report receives the findings; it must not be nil.
	Report *report.Report
}

// What stands before an entry is parsed in memory: long names, pax records,
// global headers, and as many of them as one likes. Real ones take a kilobyte.
const (
	maxHeader  = 4 << 20  // bytes before one entry
	maxHeaders = 64 << 20 // bytes before all of them, and 4 KiB more for each
	maxHoled   = 1 << 30  // bytes of sparse files, which are skipped
)

// ErrBroken is returned by Next and Read when the archive cannot be read
// further; a finding says why.
var ErrBroken = errors.New("container: the archive cannot be read further")

// Entry is one entry of an archive.
type Entry struct {
	// Name is the name without "./"; safe to use unless Refused.
	Name    string
	Size    int64 // bytes of the body as declared; 0 for what is not a file
	ModTime time.Time
	// Regular says the entry is an ordinary file.
	Regular bool
	// Refused says a finding forbids the use of the entry. Its body may be
	// read, for a digest or a look, but not under that name.
	Refused bool
	// Offset is the place of the body in the inflated archive.
	Offset int64
}

// TarGz reads one gzip-compressed tar after the other. It is used by one
// goroutine; Reset makes it ready for the next archive and keeps its buffers.
type TarGz struct {
	ctx   context.Context
	opt   TarOptions
	src   source
	in    *bufio.Reader
	gz    *gzip.Reader
	out   inflater
	tr    *tar.Reader
	names Names
	entry Entry
	left  int64 // bytes of the current body not read yet
	count int
	heads struct {
		on   bool  // a header is being read
		room int64 // bytes it may still take
		all  int64 // bytes all of them took
		skip int64 // bytes of a refused body that are skipped with the next one
		hole int64 // of what sparse files may have had skipped
	}
	err error // sticky: io.EOF, ErrBroken or an error of the source
	buf [8 << 10]byte
}

// NewTarGz returns a reader of src. Nothing is read before Next.
func NewTarGz(ctx context.Context, src io.Reader, opt TarOptions) *TarGz {
	t := &TarGz{in: bufio.NewReaderSize(nil, 32<<10)}
	t.Reset(ctx, src, opt)
	return t
}

// Reset makes t read src from its beginning.
func (t *TarGz) Reset(ctx context.Context, src io.Reader, opt TarOptions) {
	opt.Limits = opt.Limits.withDefaults()
	t.ctx, t.opt = ctx, opt
	t.src = source{ctx: ctx, r: src, limit: opt.Limits.Compressed}
	t.in.Reset(&t.src)
	t.out = inflater{t: t, head: t.out.head[:0]}
	t.tr = nil
	t.names.Flat = opt.Flat
	t.names.Reset()
	t.entry, t.left, t.count, t.err = Entry{}, 0, 0, nil
	t.heads.all, t.heads.skip, t.heads.hole = 0, 0, maxHoled
}

// Compressed returns how many bytes of the archive were taken from the source.
func (t *TarGz) Compressed() int64 { return t.src.n }

// Inflated returns how many bytes were inflated.
func (t *TarGz) Inflated() int64 { return t.out.n }

// Next moves to the next entry and returns it; it is valid until the following
// call. It returns io.EOF once the whole archive has been read and checked,
// [ErrBroken] when it cannot be read further, or the source's own error.
func (t *TarGz) Next() (*Entry, error) {
	if t.err != nil {
		return nil, t.err
	}
	if t.tr == nil {
		if err := t.open(); err != nil {
			t.err = err
			return nil, err
		}
		t.tr = tar.NewReader(&t.out)
	}
	if err := t.skip(); err != nil {
		return nil, err
	}
	padding := -t.entry.Size & 511
	before := t.out.n
	room := min(maxHeader, maxHeaders+int64(t.count)*4096-t.heads.all)
	t.heads.on, t.heads.room = true, room+t.heads.skip
	h, err := t.tr.Next()
	for err == nil && h.Typeflag == tar.TypeXGlobalHeader && harmless(h) {
		h, err = t.tr.Next()
	}
	t.heads.on = false
	t.heads.all += max(t.out.n-before-t.heads.skip, 0)
	t.heads.skip = 0
	switch {
	case err == io.EOF:
		t.err = t.finish(t.out.n - before - padding)
		return nil, t.err
	case errors.Is(err, tar.ErrInsecurePath) && h != nil: // judged by our own policy
	case err != nil:
		t.err = t.fail(err, before)
		return nil, t.err
	}
	t.count++
	if t.count > t.opt.Limits.Entries {
		t.opt.Report.Add(report.LimCount, report.Location{},
			report.Int("limit", t.opt.Limits.Entries), report.Words("what", "entrées", "entries"))
		t.err = ErrBroken
		return nil, t.err
	}
	return t.admit(h)
}

func (t *TarGz) admit(h *tar.Header) (*Entry, error) {
	e := Entry{ModTime: h.ModTime, Offset: t.out.n}
	kind := kindOf(h)
	name := h.Name
	if kind == folder && !strings.HasSuffix(name, "/") {
		name += "/"
	}
	var ok bool
	e.Name, ok = t.names.Add(t.opt.Report, name)
	e.Refused = !ok
	switch kind {
	case ordinary:
		e.Regular, e.Size = true, h.Size
		if strings.HasSuffix(e.Name, "/") { // what old tars call a folder
			e.Regular = false
		}
	case folder: // "./" itself has lost its name; Names reports the others when flat
	default:
		t.opt.Report.Add(report.CtnLink, report.Location{Member: Show(e.Name)},
			report.P("entry", Show(h.Name)), kind.param())
		e.Refused = true
	}
	if e.Name == "" && e.Regular { // "./" as a file
		e.Refused = true
		t.opt.Report.Add(report.CtnPath, report.Location{}, report.P("entry", Show(h.Name)), Why(`""`))
	}
	if e.Size > t.opt.Limits.Inflated-t.out.n {
		t.err = t.tooLong()
		return nil, t.err
	}
	if e.Size == 0 && h.Size > 0 {
		t.heads.skip = h.Size
		if kind == holed { // its size here is not what it takes
			t.heads.skip = min(h.Size, t.heads.hole)
			t.heads.hole -= t.heads.skip
		}
	}
	t.entry, t.left = e, e.Size
	return &t.entry, nil
}

// kind is what an entry is, in French and English.
type kind struct{ fr, en string }

func (k *kind) param() report.Param { return report.Words("kind", k.fr, k.en) }

var (
	ordinary *kind
	folder   = &kind{"dossier", "folder"}
	hardLink = &kind{"lien physique", "hard link"}
	symlink  = &kind{"lien symbolique", "symbolic link"}
	device   = &kind{"périphérique", "device"}
	fifo     = &kind{"tube nommé", "named pipe"}
	holed    = &kind{"fichier à trous", "sparse file"}
	global   = &kind{"en-tête pax global", "global pax header"}
	foreign  = &kind{"type d'entrée inconnu", "unknown type of entry"}
)

func kindOf(h *tar.Header) *kind {
	switch h.Typeflag {
	case tar.TypeReg, '\x00', tar.TypeCont:
		for k := range h.PAXRecords {
			if strings.HasPrefix(k, "GNU.sparse.") {
				return holed
			}
		}
		return ordinary
	case tar.TypeDir:
		return folder
	case tar.TypeLink:
		return hardLink
	case tar.TypeSymlink:
		return symlink
	case tar.TypeChar, tar.TypeBlock:
		return device
	case tar.TypeFifo:
		return fifo
	case tar.TypeGNUSparse:
		return holed
	case tar.TypeXGlobalHeader:
		return global
	}
	return foreign
}

// harmless reports whether a pax global header (git writes one, holding a
// comment) changes nothing in the entries: a reader that obeys it and one that
// does not would see two archives.
func harmless(h *tar.Header) bool {
	for k := range h.PAXRecords {
		if k != "comment" {
			return false
		}
	}
	return true
}

// Read reads the body of the current entry.
func (t *TarGz) Read(p []byte) (int, error) {
	if t.left == 0 {
		return 0, io.EOF
	}
	if t.err != nil {
		return 0, t.err
	}
	n, err := t.tr.Read(p)
	t.left -= int64(n)
	switch {
	case err == nil || err == io.EOF && t.left == 0:
		return n, nil
	}
	t.err = t.fail(err, t.out.n)
	return n, t.err
}

func (t *TarGz) skip() error {
	for t.left > 0 {
		if _, err := t.Read(t.buf[:]); err != nil && err != io.EOF {
			return err
		}
	}
	return nil
}

// open reads the gzip header.
func (t *TarGz) open() error {
	head, err := t.in.Peek(2)
	if len(head) < 2 || head[0] != 0x1f || head[1] != 0x8b {
		if t.src.err != nil {
			return t.src.failure(t)
		}
		if err != nil && len(head) == 1 && head[0] == 0x1f {
			return t.truncated("gzip")
		}
		return t.notGzip()
	}
	if t.gz == nil {
		t.gz, err = gzip.NewReader(t.in)
	} else {
		err = t.gz.Reset(t.in)
	}
	if err != nil {
		return t.fail(err, 0)
	}
	t.gz.Multistream(false)
	return nil
}

func (t *TarGz) tooDense() error {
	t.opt.Report.Add(report.LimRatio, report.Location{}, report.Int("limit", t.opt.Limits.Ratio))
	return ErrBroken
}

func (t *TarGz) tooMuchHeader() error {
	t.opt.Report.Add(report.LimBytes, report.Location{},
		report.Int("limit", maxHeader), report.Words("what", "en-têtes du tar", "tar headers"))
	return ErrBroken
}

func (t *TarGz) notGzip() error {
	head, _ := t.in.Peek(headSize)
	detail, _ := instead(head)
	t.opt.Report.Add(report.CtnFormat, report.Location{}, report.P("format", "gzip"), detail)
	return ErrBroken
}

// insteadOfTar says what was compressed, when that is no tar.
func (t *TarGz) insteadOfTar() (report.Param, bool) {
	return instead(t.out.head[:min(len(t.out.head), ustarAt)])
}

func (t *TarGz) truncated(format string) error {
	t.opt.Report.Add(report.CtnTruncated, report.Location{}, report.P("format", format))
	return ErrBroken
}

func (t *TarGz) tooLong() error {
	t.opt.Report.Add(report.LimBytes, report.Location{},
		report.Int("limit", t.opt.Limits.Inflated), report.Words("what", "archive décompressée", "inflated archive"))
	return ErrBroken
}

// fail turns an error of the layers below into a finding, or into the source's
// own error.
func (t *TarGz) fail(err error, at int64) error {
	var corrupt flate.CorruptInputError
	switch {
	case t.src.err != nil:
		return t.src.failure(t)
	case t.out.over != nil:
		return t.out.over(t)
	case errors.Is(err, gzip.ErrChecksum):
		t.opt.Report.Add(report.CtnCRC, report.Location{}, report.P("entry", "gzip"))
	case errors.As(err, &corrupt):
		t.opt.Report.Add(report.CtnFormat, report.Location{At: true, Offset: int64(corrupt)},
			report.P("format", "gzip"), report.Code("detail", "deflate +"+strconv.FormatInt(int64(corrupt), 10)))
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		if t.out.ended {
			if detail, known := t.insteadOfTar(); known && at == 0 {
				t.opt.Report.Add(report.CtnFormat, report.Location{}, report.P("format", "tar"), detail)
				return ErrBroken
			}
			return t.truncated("tar")
		}
		return t.truncated("gzip")
	case errors.Is(err, gzip.ErrHeader):
		return t.notGzip()
	case t.out.err != nil && t.out.err != io.EOF:
		t.opt.Report.Add(report.CtnFormat, report.Location{},
			report.P("format", "gzip"), report.Code("detail", "+"+strconv.FormatInt(t.src.n, 10)))
	case at == 0:
		detail, _ := t.insteadOfTar()
		t.opt.Report.Add(report.CtnFormat, report.Location{}, report.P("format", "tar"), detail)
	default: // tar.ErrHeader, tar.ErrFieldTooLong…
		t.opt.Report.Add(report.CtnFormat, report.Location{},
			report.P("format", "tar"), report.Code("detail", "+"+strconv.FormatInt(at, 10)))
	}
	return ErrBroken
}

// finish is called at the end of the tar, whose end mark took that many bytes,
// and reads what is left of the gzip, so that its checksums are verified.
func (t *TarGz) finish(mark int64) error {
	if mark < 1024 {
		// POSIX asks for two blocks of zeros; some tools forget them, and then
		// an archive cut between two entries looks complete.
		t.opt.Report.AddAs(report.Warning, report.CtnTruncated, report.Location{}, report.P("format", "tar"))
	}
	// What follows the last member is read too, so that Compressed is the size;
	// zeros are the padding of a tape.
	for _, r := range []struct {
		io.Reader
		format string
	}{{&t.out, "tar"}, {t.in, "gzip"}} {
		trailing := false
		for {
			n, err := r.Read(t.buf[:])
			trailing = trailing || !zeros(t.buf[:n])
			if err == io.EOF {
				break
			}
			if err != nil {
				return t.fail(err, t.out.n)
			}
		}
		if trailing {
			t.opt.Report.Add(report.CtnTrailing, report.Location{}, report.P("format", r.format))
		}
	}
	return io.EOF
}

func zeros(p []byte) bool {
	for _, b := range p {
		if b != 0 {
			return false
		}
	}
	return true
}

// source counts and bounds the bytes taken from the caller's reader, watches
// the context and keeps the reader's own error apart from those of the format.
type source struct {
	ctx   context.Context
	r     io.Reader
	n     int64
	limit int64
	err   error
}

var errCompressed = errors.New("container: compressed size over the limit")

func (s *source) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	if err := s.ctx.Err(); err != nil {
		s.err = err
		return 0, err
	}
	if room := s.limit - s.n; int64(len(p)) > room+1 {
		p = p[:room+1]
	}
	n, err := s.r.Read(p)
	s.n += int64(n)
	if s.n > s.limit {
		s.err = errCompressed
		return 0, s.err
	}
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// failure says what a recorded error of the source means.
func (s *source) failure(t *TarGz) error {
	if s.err != errCompressed {
		return s.err
	}
	t.opt.Report.Add(report.LimBytes, report.Location{},
		report.Int("limit", s.limit), report.Words("what", "archive compressée", "compressed archive"))
	return ErrBroken
}

// inflater reads the gzip members one after the other, within the limits.
type inflater struct {
	t     *TarGz
	n     int64
	head  []byte // the first octets
	ended bool   // all members were read to their ends
	err   error  // sticky: of the gzip layer
	over  func(*TarGz) error
}

var errInflated = errors.New("container: inflated size over a limit")

func (f *inflater) Read(p []byte) (int, error) {
	t := f.t
	for f.err == nil {
		n, err := t.gz.Read(p)
		f.n += int64(n)
		if room := headSize - len(f.head); room > 0 {
			f.head = append(f.head, p[:min(n, room)]...)
		}
		lim := &t.opt.Limits
		if t.heads.on {
			t.heads.room -= int64(n)
		}
		switch {
		case t.heads.on && t.heads.room < 0:
			f.over, f.err = (*TarGz).tooMuchHeader, errInflated
			return 0, f.err
		case f.n > lim.Inflated:
			f.over, f.err = (*TarGz).tooLong, errInflated
			return 0, f.err
		case f.n > lim.RatioFloor && f.n/int64(lim.Ratio) > t.src.n:
			f.over, f.err = (*TarGz).tooDense, errInflated
			return 0, f.err
		case err == io.EOF:
			f.nextMember()
		default:
			f.err = err
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, f.err
}

// nextMember opens the gzip member that follows, if one does (RFC 1952 §2.2).
func (f *inflater) nextMember() {
	t := f.t
	head, _ := t.in.Peek(2)
	switch {
	case t.src.err != nil:
		f.err = t.src.err
	case len(head) < 2 || head[0] != 0x1f || head[1] != 0x8b:
		f.ended, f.err = true, io.EOF
	default:
		if f.err = t.gz.Reset(t.in); f.err == nil {
			t.gz.Multistream(false)
		}
	}
}
