package bagit

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// ErrNotArchive says that a file is neither zip, tar nor gzip.
var ErrNotArchive = errors.New("bagit: not an archive a bag travels in")

// OpenArchive opens a bag that was put into one file: zip, tar, or tar
// compressed with gzip. Nothing is written anywhere. A tar.gz is read once now
// and once by [Bag.Verify], one file at a time; the others as a folder is.
//
// r is used until the bag is no longer. The errors are those of r and of the
// context, and [ErrNotArchive]; a damaged archive is reported by Verify.
func OpenArchive(ctx context.Context, r io.ReaderAt, size int64, opt Options) (*Bag, error) {
	head := make([]byte, min(size, 512))
	if n, err := r.ReadAt(head, 0); n < len(head) {
		return nil, fmt.Errorf("bagit: open: %w", noEOF(err))
	}
	d := &disk{r: r, size: size}
	switch kindOf(head) {
	case "zip":
		return open(ctx, &zipSource{members{disk: d}}, opt)
	case "tar":
		return open(ctx, &tarSource{members{disk: d}}, opt)
	case "gzip":
		return open(ctx, &gzipSource{disk: d}, opt)
	}
	return nil, ErrNotArchive
}

func noEOF(err error) error {
	if err == nil || err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// kindOf recognises an archive by its first 512 bytes.
func kindOf(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return "zip"
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return "gzip"
	case len(head) >= 262 && string(head[257:262]) == "ustar":
		return "tar"
	}
	return ""
}

// disk is the file of the archive; it keeps its own errors apart from those of
// the format.
type disk struct {
	r    io.ReaderAt
	size int64
	mu   sync.Mutex
	err  error
}

func (d *disk) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= d.size { // what a hostile directory asks for
		return 0, io.EOF
	}
	n, err := d.r.ReadAt(p, off)
	if err != nil && err != io.EOF {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.err = err
	}
	return n, err
}

func (d *disk) failure() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

func (d *disk) damaged(err error) bool {
	return d.failure() == nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

// errNotKept says that a file of an archive is not at hand.
var errNotKept = errors.New("bagit: file not kept")

// member is an entry of an archive.
type member struct {
	name string // without "./", without "/" at the end
	kind kind
	size int64
	open func() (io.ReadCloser, error)
}

// members are the entries of an archive, and the way back to them.
type members struct {
	*disk
	by   map[string]*member // by path in the bag
	all  []member
	seen map[string]bool
}

// admit judges the name of an entry and keeps it. Twins by case are left to be
// warned of, as in a folder.
func (m *members) admit(b *Bag, raw string, e member) bool {
	clean, _ := container.CheckName(raw) // its warnings come later, as for a folder
	clean = strings.TrimRight(clean, "/")
	where := report.Location{Member: container.Show(clean)}
	entry := report.P("entry", container.Show(raw))
	if clean == "" && e.kind == folder {
		return true // "./"
	}
	if why := unsafe(clean); why != "" {
		b.rep.Add(report.CtnPath, where, entry, container.Why(why))
		return true
	}
	if m.seen[clean] {
		if e.kind != folder {
			b.rep.Add(report.CtnDup, where, entry)
		}
		return true
	}
	if m.seen == nil {
		m.seen = map[string]bool{}
	}
	if len(m.all) >= b.limits.Files {
		b.tooMany()
		return false
	}
	m.seen[clean] = true
	e.name = clean
	m.all = append(m.all, e)
	return true
}

// nodes finds the folder of the bag and adds what lies in it.
func (m *members) nodes(b *Bag) {
	base := ""
	if !m.seen[declarationName] {
		for i := range m.all {
			if dir, ok := strings.CutSuffix(m.all[i].name, "/"+declarationName); ok && !strings.Contains(dir, "/") {
				base = dir + "/"
				break
			}
		}
	}
	serial := func(s report.Severity, fr, en string) {
		b.rep.AddAs(s, RuleSerialization, report.Location{}, report.Words("detail", fr, en))
	}
	if base == "" && m.seen[declarationName] {
		serial(report.Warning, "ses fichiers sont au premier niveau", "its files are at the top")
	}
	m.by = make(map[string]*member, len(m.all))
	outside, bags := false, 0
	for i := range m.all {
		e := &m.all[i]
		p, inside := strings.CutPrefix(e.name, base)
		switch {
		case e.name+"/" == base:
			continue
		case !inside:
			outside = true
			if dir, ok := strings.CutSuffix(e.name, "/"+declarationName); ok && !strings.Contains(dir, "/") {
				bags++
			}
			continue
		}
		m.by[p] = e
		if _, twice := b.index[p]; !twice && !b.add(node{path: p, kind: e.kind, size: e.size}) {
			return
		}
		// Archives need not list their folders.
		for d := strings.LastIndexByte(p, '/'); d > 0; d = strings.LastIndexByte(p[:d], '/') {
			if _, known := b.index[p[:d]]; known {
				break
			}
			if !b.add(node{path: p[:d], kind: folder}) {
				return
			}
		}
	}
	switch {
	case bags > 0:
		serial(report.Error, "il y a plusieurs sacs, un seul a été contrôlé", "there are several bags, one was checked")
	case outside:
		serial(report.Warning, "d'autres fichiers y sont aussi", "other files are there too")
	}
}

func (m *members) open(path string) (io.ReadCloser, error) {
	e := m.by[path]
	if e == nil || e.open == nil {
		return nil, errNotKept
	}
	return e.open()
}

// zipSource is a bag in a zip.
type zipSource struct{ members }

func (s *zipSource) list(ctx context.Context, b *Bag) error {
	z, err := container.ReadDirectory(ctx, s.disk, s.size, b.limits.Files)
	if err := errors.Join(s.failure(), ctx.Err()); err != nil {
		return err
	}
	if err == container.ErrEntries {
		b.tooMany()
		b.broken = true
		return nil
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		b.unreadable("zip", err)
		return nil
	}
	total := uint64(0)
	for _, f := range z.File {
		size := min(f.UncompressedSize64, 1<<45) // more is a lie, and sums must not overflow
		e := member{kind: present, size: int64(size), open: f.Open}
		switch mode := f.Mode(); {
		case mode.IsDir() || strings.HasSuffix(f.Name, "/"):
			e.kind = folder
		case mode&fs.ModeType != 0:
			e.kind = other
		case f.Flags&1 != 0:
			name := container.Show(f.Name)
			b.rep.Add(report.CtnEncrypted, report.Location{Member: name}, report.P("entry", name))
			e.open = nil
		}
		total += size
		name, _ := container.ZipName(&f.FileHeader)
		if !s.admit(b, name, e) {
			break
		}
	}
	s.nodes(b)
	// Sizes are announced, and the reader holds the entries to them.
	if total > ratioFloor && total/maxRatio > uint64(s.size) {
		b.rep.Add(report.LimRatio, report.Location{}, report.Int("limit", maxRatio))
		b.broken = true
		clear(s.by) // nothing of it is inflated, its tag files neither
	}
	return nil
}

// The bounds of package container.
const (
	maxRatio   = 250
	ratioFloor = 16 << 20
)

// unreadable reports an archive that cannot be read further.
func (b *Bag) unreadable(format string, err error) {
	b.broken = true
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		b.rep.Add(report.CtnTruncated, report.Location{}, report.P("format", format))
		return
	}
	b.rep.Add(report.CtnFormat, report.Location{}, report.P("format", format),
		report.Words("detail", "sa structure est endommagée", "its structure is damaged"))
}

// tarSource is a bag in a tar that is not compressed: each file is a stretch of
// the archive.
type tarSource struct{ members }

func (s *tarSource) list(ctx context.Context, b *Bag) error {
	in := &cursor{SectionReader: io.NewSectionReader(s.disk, 0, s.size)}
	for t := tar.NewReader(in); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := t.Next()
		if ferr := s.failure(); ferr != nil {
			return ferr
		}
		if err == io.EOF {
			break
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			b.unreadable("tar", err)
			break
		}
		e := member{kind: other}
		switch h.Typeflag {
		case tar.TypeReg:
			if sparse(h) {
				break
			}
			at, size := in.at, h.Size
			if at+size > s.size {
				b.unreadable("tar", io.ErrUnexpectedEOF)
			}
			e = member{kind: present, size: size, open: func() (io.ReadCloser, error) {
				return io.NopCloser(io.NewSectionReader(s.disk, at, size)), nil
			}}
		case tar.TypeDir:
			e.kind = folder
		case tar.TypeXGlobalHeader:
			continue
		}
		if !s.admit(b, h.Name, e) {
			break
		}
	}
	s.nodes(b)
	return nil
}

// sparse reports a file with holes, whose bytes are not those of the archive.
func sparse(h *tar.Header) bool {
	for k := range h.PAXRecords {
		if strings.HasPrefix(k, "GNU.sparse.") {
			return true
		}
	}
	return false
}

// cursor knows where the reader of the tar is.
type cursor struct {
	*io.SectionReader
	at int64
}

func (c *cursor) Read(p []byte) (int, error) {
	n, err := c.SectionReader.Read(p)
	c.at += int64(n)
	return n, err
}

func (c *cursor) Seek(off int64, whence int) (int64, error) {
	at, err := c.SectionReader.Seek(off, whence)
	if err == nil {
		c.at = at
	}
	return at, err
}

// gzipSource is a bag in a tar.gz: it is read from its beginning each time, and
// its tag files are kept in memory.
type gzipSource struct {
	*disk
	base string
	tags map[string][]byte // by path in the bag
	m    members
}

// maxKept bounds the tag files kept in memory.
const maxKept = 64 << 20

func (s *gzipSource) reader(ctx context.Context, rep *report.Report) *container.TarGz {
	return container.NewTarGz(ctx, io.NewSectionReader(s.disk, 0, s.size), container.TarOptions{Report: rep})
}

func (s *gzipSource) list(ctx context.Context, b *Bag) error {
	s.m = members{disk: s.disk}
	kept := map[string][]byte{}
	left := int64(maxKept)
	rep := report.New(b.rep.Options())
	t := s.reader(ctx, rep)
	for {
		e, err := t.Next()
		if err == io.EOF {
			break
		}
		if errors.Is(err, container.ErrBroken) {
			b.broken = true // and a finding says why
			break
		}
		if err != nil {
			return err
		}
		m := member{kind: other, size: e.Size}
		switch {
		case e.Refused:
			continue // and a finding says why
		case e.Regular:
			m.kind = present
		case strings.HasSuffix(e.Name, "/"):
			m.kind = folder
		}
		name := strings.TrimRight(e.Name, "/")
		if m.kind == present && !payloadName(name) {
			if e.Size > left {
				b.rep.Add(report.LimBytes, report.Location{Member: container.Show(name)},
					report.Int("limit", maxKept), report.Words("what", "fichiers de description", "tag files"))
			} else {
				data := make([]byte, 0, min(e.Size, 1<<20))
				w := bytes.NewBuffer(data)
				if _, err := io.Copy(w, t); err != nil {
					if errors.Is(err, container.ErrBroken) {
						b.broken = true
						break
					}
					return err // of the disk, or the context's
				}
				left -= e.Size
				kept[name] = w.Bytes()
			}
		}
		if !s.m.admit(b, name, m) {
			break
		}
	}
	for f := range rep.All() {
		// What is only ugly is told by judgeNames, as for a folder.
		if f.Rule != report.CtnName && f.Rule != report.CtnDotSlash {
			b.rep.Record(*f)
		}
	}
	s.m.nodes(b)
	s.tags = make(map[string][]byte, len(kept))
	for p, e := range s.m.by {
		if data, ok := kept[e.name]; ok {
			s.tags[p] = data
		}
		s.base = strings.TrimSuffix(e.name, p)
	}
	return nil
}

// payloadName reports whether the entry is below the data folder of a bag, be
// the bag in a folder of the archive or at its top.
func payloadName(name string) bool {
	first, rest, _ := strings.Cut(name, "/")
	return first == "data" || strings.HasPrefix(rest, payloadFolder)
}

func (s *gzipSource) open(path string) (io.ReadCloser, error) {
	data, ok := s.tags[path]
	if !ok {
		return nil, errNotKept
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// each reads the archive again. What is wrong with it was told by list.
func (s *gzipSource) each(ctx context.Context, f func(path string, r io.Reader) error) error {
	t := s.reader(ctx, &report.Report{})
	for {
		e, err := t.Next()
		switch {
		case err == io.EOF, errors.Is(err, container.ErrBroken):
			return nil
		case err != nil:
			return err
		case !e.Regular || e.Refused:
			continue
		}
		if p, ok := strings.CutPrefix(e.Name, s.base); ok {
			if err := f(p, t); err != nil {
				return err
			}
		}
	}
}
