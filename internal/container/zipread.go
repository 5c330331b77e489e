package container

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/flate"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/liasse/liasse/ged/report"
)

// ZipOptions say how to read a zip. The zero value takes the default limits.
type ZipOptions struct {
	Limits Limits
	// Report receives the findings; it must not be nil.
	Report *report.Report
}

// Zip is an open zip, read at any place (APPNOTE 6.3.10). What the central
// directory lists is what it holds; an entry whose name must not be used, or
// that shares octets with another, is refused and reported.
type Zip struct {
	Entries []*ZipEntry
	Comment string
}

// ZipEntry is one entry of a zip.
type ZipEntry struct {
	Name    string // without "./"; safe to use unless Refused
	Size    int64  // as declared; no more is ever read
	Folder  bool
	Stored  bool // not compressed
	Extra   bool // the local header has an extra field
	Refused bool
	// Offset is the place of the body in the file.
	Offset int64

	ctx context.Context
	f   *zip.File
}

// ErrZip says that the file is no zip that can be read; a finding says why.
var ErrZip = errors.New("container: no zip that can be read")

// OpenZip reads the central directory. Besides the reader's own errors it
// returns [ErrZip].
func OpenZip(ctx context.Context, r io.ReaderAt, size int64, opt ZipOptions) (*Zip, error) {
	l := opt.Limits.withDefaults()
	src := &failing{ctx: ctx, r: r}
	z, err := ReadDirectory(ctx, src, size, l.Entries)
	if err := cmp.Or(src.err, ctx.Err()); err != nil {
		return nil, err
	}
	if err == ErrEntries {
		opt.Report.Add(report.LimCount, report.Location{}, report.Words("what", "entrées", "entries"), report.Int("limit", l.Entries))
		return nil, ErrZip
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		opt.Report.Add(report.CtnFormat, report.Location{}, report.P("format", "zip"), report.Words("detail", "répertoire central absent ou faux", "central directory missing or wrong"))
		return nil, ErrZip
	}
	out := &Zip{Comment: z.Comment}
	var names Names
	var inflated uint64
	type span struct {
		from, to int64
		e        *ZipEntry
	}
	var spans []span
	for _, f := range z.File {
		if !l.admits(f, &inflated, opt.Report) {
			return nil, ErrZip
		}
		name, ok := names.Add(opt.Report, f.Name)
		e := &ZipEntry{Name: name, Size: int64(f.UncompressedSize64), Stored: f.Method == zip.Store, Refused: !ok, ctx: ctx, f: f}
		e.Folder = strings.HasSuffix(f.Name, "/")
		where := report.Location{Member: Show(name)}
		off, err := f.DataOffset()
		if src.err != nil {
			return nil, src.err
		}
		switch {
		case err != nil:
			opt.Report.Add(report.CtnFormat, where, report.P("format", "zip"), report.Words("detail", "entrée sans en-tête", "entry without header"))
			e.Refused = true
		case f.Flags&1 != 0:
			opt.Report.Add(report.CtnEncrypted, where, report.P("entry", Show(name)))
			e.Refused = true
		case !f.Mode().IsRegular() && !f.Mode().IsDir():
			opt.Report.Add(report.CtnLink, where, report.P("entry", Show(name)), report.Words("kind", "lien", "link"))
			e.Refused = true
		default:
			e.Offset = off
			spans = append(spans, span{off - 30 - int64(len(f.Name)), off + int64(f.CompressedSize64), e})
		}
		out.Entries = append(out.Entries, e)
	}
	slices.SortFunc(spans, func(a, b span) int { return int(min(max(a.from-b.from, -1), 1)) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			// Entries that share octets: a bomb, or one content under two names.
			opt.Report.Add(report.CtnFormat, report.Location{}, report.P("format", "zip"), report.Words("detail", "des entrées se chevauchent", "entries overlap"))
			return nil, ErrZip
		}
	}
	before := int64(0)
	var header []byte
	for _, s := range spans {
		same := false
		s.e.Extra, same, header = localName(src, before, s.e.Offset, s.e.f.Name, header)
		if before = s.to; !same {
			// Programs disagree on what such a zip holds.
			opt.Report.Add(report.CtnFormat, report.Location{Member: Show(s.e.Name)}, report.P("format", "zip"), report.Words("detail", "une entrée porte deux noms", "an entry has two names"))
			s.e.Refused = true
		}
	}
	if src.err != nil {
		return nil, src.err
	}
	return out, nil
}

// admits reports whether an entry keeps within the limits, and says so when it
// does not; inflated is the size of the entries before it.
func (l Limits) admits(f *zip.File, inflated *uint64, rep *report.Report) bool {
	if f.UncompressedSize64 > 1<<60 || f.CompressedSize64 > 1<<60 || *inflated+f.UncompressedSize64 > uint64(l.Inflated) {
		rep.Add(report.LimBytes, report.Location{}, report.Words("what", "contenu de l'archive", "content of the archive"), report.Int("limit", l.Inflated))
		return false
	}
	*inflated += f.UncompressedSize64
	if f.UncompressedSize64 > uint64(l.RatioFloor) && f.UncompressedSize64/max(f.CompressedSize64, 1) > uint64(l.Ratio) {
		rep.Add(report.LimRatio, report.Location{Member: Show(f.Name)}, report.Int("limit", l.Ratio))
		return false
	}
	return true
}

// localName looks for the local header that ends where a body begins and
// reports whether it has the name. The header is 30 octets, the name and an
// extra field of unknown length before the body: it is sought backwards, no
// further than where the body before it ends, in a buffer that comes back.
func localName(r io.ReaderAt, floor, body int64, name string, buf []byte) (extra, same bool, _ []byte) {
	const fixed = 30
	last := body - int64(fixed+len(name)) // where it begins without an extra field
	first := max(floor, last-(1<<16-1))
	if last < first {
		return false, false, buf
	}
	buf = slices.Grow(buf[:0], int(body-first))[:body-first]
	if n, err := r.ReadAt(buf, first); n < len(buf) {
		_ = err // the reader keeps it
		return false, false, buf
	}
	for end := last - first + 4; ; {
		i := int64(bytes.LastIndex(buf[:end], []byte(localSignature)))
		if i < 0 {
			return false, false, buf
		}
		h := buf[i:]
		ln, le := int64(h[26])|int64(h[27])<<8, int64(h[28])|int64(h[29])<<8
		if fixed+ln+le == int64(len(h)) {
			return le > 0, string(h[fixed:fixed+ln]) == name, buf
		}
		end = i + 3
	}
}

// Open returns a reader of the body. It never gives more than Size octets, and
// ends in io.ErrUnexpectedEOF or zip.ErrChecksum when the body is not what the
// directory says. The caller closes it.
func (e *ZipEntry) Open() (io.ReadCloser, error) {
	r, err := e.f.Open()
	if err != nil {
		return nil, err
	}
	return &zipBody{e: e, r: r, left: e.Size}, nil
}

// ZipFault reports whether the error of reading a body is a fault of the zip,
// and not of what the zip is read from.
func ZipFault(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrAlgorithm) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &corrupt)
}

// zipBody bounds what a lying entry inflates to.
type zipBody struct {
	e    *ZipEntry
	r    io.ReadCloser
	left int64
}

func (b *zipBody) Read(p []byte) (int, error) {
	if err := b.e.ctx.Err(); err != nil {
		return 0, err
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, io.ErrUnexpectedEOF
	}
	return n, err
}

func (b *zipBody) Close() error { return b.r.Close() }

// failing remembers the error of a reader, which the zip reader takes for a
// fault of the zip.
type failing struct {
	ctx context.Context
	r   io.ReaderAt
	err error
}

func (f *failing) ReadAt(p []byte, off int64) (int, error) {
	if err := f.ctx.Err(); err != nil {
		f.err = err
		return 0, err
	}
	if off < 0 {
		return 0, zip.ErrFormat // the directory lies about its place
	}
	n, err := f.r.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}
