package sip

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"math"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// entry is one entry of a package, wherever that lies.
type entry struct {
	raw     string // the name as written
	regular bool
	kind    report.Param // of what is not regular, nor a folder
	locked  bool         // encrypted
	paged   bool         // raw was read in the code page of old zips
	octets  string       // the name as it lies there, when it is not UTF-8
	size    int64        // as declared, of what is regular
}

// holder is where a package lies: a zip, a tar, a folder. Its methods report
// what is wrong with the container; their errors are of the disk or of the
// context. errStop says that the container cannot be read further, and a
// finding why.
type holder interface {
	// list calls add for each entry, in order.
	list(ctx context.Context, add func(entry) error) error
	// each calls read for the entries wanted, by their number in the list; calls
	// may overlap, and say nothing themselves.
	each(ctx context.Context, want func(i int) bool, read func(i int, r io.Reader) error) error
}

// errEnough ends a pass that has found what it looked for; each then returns it.
var errEnough = errors.New("sip: enough")

// form recognises a container by its first bytes: zip, gzip, bzip2, tar or "".
func form(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return "zip"
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return "gzip"
	case bytes.HasPrefix(head, []byte("BZh")):
		return "bzip2"
	case len(head) >= 262 && string(head[257:262]) == "ustar", oldTar(head):
		return "tar"
	}
	return ""
}

// oldTar recognises a tar from before POSIX, which has no signature, by the
// checksum of its first header: the sum of its octets, those of the checksum
// taken for blanks, in octal.
func oldTar(head []byte) bool {
	if len(head) < 512 || head[0] == 0 {
		return false
	}
	want, err := strconv.ParseInt(strings.Trim(string(head[148:156]), " \x00"), 8, 32)
	if err != nil {
		return false
	}
	sum := int64(8 * ' ')
	for i, c := range head[:512] {
		if i < 148 || i >= 156 {
			sum += int64(c)
		}
	}
	return sum == want
}

// newHolder returns the holder of a file, nil when it is no container.
func newHolder(ctx context.Context, form string, r io.ReaderAt, size int64, rep *report.Report) holder {
	v := &verifier{ctx: ctx, src: &watched{ctx: ctx, r: r, size: size}, size: size, report: rep}
	v.opt.defaults()
	switch form {
	case "zip":
		return &zipHolder{v: v}
	case "gzip", "bzip2", "tar":
		return &tarHolder{v: v, form: form}
	}
	return nil
}

// zipHolder reads a zip by its directory.
type zipHolder struct {
	v     *verifier
	files []*zip.File
}

func (s *zipHolder) list(ctx context.Context, add func(entry) error) error {
	files, err := s.v.entries()
	if err != nil {
		return err
	}
	s.files = files
	for i, f := range files {
		if i&0xfff == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		mode := f.Mode()
		e := entry{regular: mode.IsRegular(), locked: f.Flags&1 != 0, size: int64(min(f.UncompressedSize64, math.MaxInt64))}
		if e.raw, e.paged = container.ZipName(&f.FileHeader); e.paged {
			e.octets = f.Name
		}
		if mode.IsDir() || strings.HasSuffix(f.Name, "/") {
			e.regular = false
		} else if !e.regular {
			e.kind = container.FileKind(mode)
		}
		if err := add(e); err != nil {
			return err
		}
	}
	return s.v.inOrder(files)
}

// each reads as many entries at a time as there are processors.
func (s *zipHolder) each(ctx context.Context, want func(i int) bool, read func(i int, r io.Reader) error) error {
	v := s.v
	v.inflated.Store(0)
	var list []int
	for i := range s.files {
		if want(i) {
			list = append(list, i)
		}
	}
	faults := make([]error, len(list))
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(list)) {
		wait.Go(func() {
			for {
				k := int(next.Add(1)) - 1
				if k >= len(list) || inner.Err() != nil {
					return
				}
				in, done := v.open(inner, s.files[list[k]])
				err := read(list[k], in)
				if err == errEnough {
					cancel(err)
					err = nil
				}
				switch err := done(err); err {
				case nil:
				case errMethod, errBadEntry:
					faults[k] = err
				default:
					cancel(err)
				}
			}
		})
	}
	wait.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := context.Cause(inner); err != nil && err != errEnough {
		return v.blame(err, &zip.File{}) // which of the others were read depends on who was first
	}
	for k, err := range faults {
		if err != nil {
			_ = v.blame(err, s.files[list[k]]) // only tells
		}
	}
	return context.Cause(inner)
}

// tarHolder reads a tar, compressed or not, as a stream, once for each pass.
type tarHolder struct {
	v    *verifier
	form string
	told bool // what is wrong with the archive was

	trailing bool // told what follows its last member
}

func (s *tarHolder) reader() (io.Reader, error) {
	s.v.inflated.Store(0)
	file := bufio.NewReaderSize(io.NewSectionReader(s.v.src, 0, s.v.size), 64<<10)
	var r io.Reader = file
	switch s.form {
	case "gzip":
		z, err := gzip.NewReader(file)
		if err != nil {
			return nil, err
		}
		z.Multistream(false)
		r = &members{holder: s, file: file, z: z}
	case "bzip2":
		r = bzip2.NewReader(file)
	}
	return &bounded{v: s.v, ctx: s.v.ctx, r: r, count: &s.v.inflated}, nil
}

// members reads the members of a gzip file one after the other, up to what is
// none: zeros are the padding of a tape, and what else follows is told, not
// read, as tools do. (RFC 1952 §2.2 says nothing of either.)
type members struct {
	holder *tarHolder
	file   *bufio.Reader
	z      *gzip.Reader
}

func (m *members) Read(p []byte) (int, error) {
	n, err := m.z.Read(p)
	if err != io.EOF {
		return n, err
	}
	for {
		head, err := m.file.Peek(512)
		if err != nil && err != io.EOF {
			return n, err
		}
		zeros := len(head) - len(bytes.TrimLeft(head, "\x00"))
		if _, err := m.file.Discard(zeros); err != nil {
			return n, err
		}
		switch {
		case len(head) == 0:
			return n, io.EOF
		case zeros > 0:
			continue
		case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
			if err := m.z.Reset(m.file); err != nil {
				return n, err
			}
			m.z.Multistream(false)
			return n, nil
		}
		if !m.holder.trailing {
			m.holder.trailing = true
			m.holder.v.report.Add(report.CtnTrailing, report.Location{}, report.P("format", "gzip"))
		}
		return n, io.EOF
	}
}

func (s *tarHolder) pass(ctx context.Context, visit func(i int, h *tar.Header, r io.Reader) error) error {
	r, err := s.reader()
	if err != nil {
		return s.fault(err)
	}
	t := tar.NewReader(r)
	for i := 0; ; {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		h, err := t.Next()
		switch {
		case err == io.EOF:
			_, err := io.Copy(io.Discard, r) // to the checksum of gzip
			return s.fault(err)
		case err != nil && !errors.Is(err, tar.ErrInsecurePath):
			return s.fault(err)
		case h.Typeflag == tar.TypeXGlobalHeader:
			continue
		}
		if i >= s.v.opt.Limits.Entries {
			s.v.tooMany()
			return errStop
		}
		if err := visit(i, h, t); err != nil {
			return s.fault(err)
		}
		i++
	}
}

func (s *tarHolder) fault(err error) error {
	switch {
	case err == nil, err == errEnough:
		return err
	case s.v.ctx.Err() != nil:
		return context.Cause(s.v.ctx)
	case s.v.src.failure() != nil:
		return s.v.src.failure()
	case errors.Is(err, errStop):
		return err
	case s.told:
		return errStop
	case errors.Is(err, errInflated):
		return s.v.blame(errInflated, &zip.File{})
	case errors.Is(err, errRatio):
		return s.v.blame(errRatio, &zip.File{})
	}
	if !s.told {
		s.told = true
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			s.v.report.Add(report.CtnTruncated, report.Location{}, report.P("format", "tar"))
		} else {
			s.v.report.Add(report.CtnFormat, report.Location{}, report.P("format", "tar"),
				report.Words("detail", "sa structure est endommagée", "its structure is damaged"))
		}
	}
	return errStop
}

func (s *tarHolder) list(ctx context.Context, add func(entry) error) error {
	return s.pass(ctx, func(_ int, h *tar.Header, _ io.Reader) error {
		e := entry{raw: h.Name, regular: h.Typeflag == tar.TypeReg, size: h.Size}
		if !utf8.ValidString(h.Name) {
			e.octets = h.Name
		}
		for k := range h.PAXRecords {
			if strings.HasPrefix(k, "GNU.sparse.") {
				e.regular = false
			}
		}
		if !e.regular && h.Typeflag != tar.TypeDir {
			e.kind = container.TarKind(h)
		}
		return add(e)
	})
}

func (s *tarHolder) each(ctx context.Context, want func(i int) bool, read func(i int, r io.Reader) error) error {
	return s.pass(ctx, func(i int, _ *tar.Header, r io.Reader) error {
		if !want(i) {
			return nil
		}
		return read(i, r)
	})
}

// dirHolder is a folder, the package before it is put into an archive.
type dirHolder struct {
	fsys    fs.FS
	rep     *report.Report
	shallow bool // only what lies at the top
	names   []string
}

func (s *dirHolder) list(ctx context.Context, add func(entry) error) error {
	return fs.WalkDir(s.fsys, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return err
		case d.IsDir():
			if !s.shallow || path == "." {
				return nil
			}
			if err := add(entry{raw: path + "/"}); err != nil {
				return err
			}
			s.names = append(s.names, path)
			return fs.SkipDir
		case s.shallow && len(s.names) >= 4*mostCandidates:
			return fs.SkipAll
		case len(s.names) >= defaultEntries:
			s.rep.Add(report.LimCount, report.Location{}, report.Int("limit", defaultEntries), report.Words("what", "fichiers", "files"))
			return errStop
		}
		e := entry{raw: path, regular: d.Type().IsRegular()}
		if !e.regular {
			e.kind = container.FileKind(d.Type())
		}
		s.names = append(s.names, path)
		return add(e)
	})
}

func (s *dirHolder) each(ctx context.Context, want func(i int) bool, read func(i int, r io.Reader) error) error {
	for i, name := range s.names {
		if !want(i) {
			continue
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		err := func() error {
			f, err := s.fsys.Open(name)
			if err != nil {
				return err
			}
			defer f.Close()
			return read(i, watchContext{ctx, f})
		}()
		if err != nil {
			return err
		}
	}
	return nil
}

// watchContext ends a reading when the context does.
type watchContext struct {
	ctx context.Context
	r   io.Reader
}

func (w watchContext) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, context.Cause(w.ctx)
	}
	return w.r.Read(p)
}
