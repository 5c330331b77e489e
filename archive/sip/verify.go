package sip

import (
	"archive/zip"
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/seda/preflight"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// Limits bound what a package may cost. A zero field takes the default.
type Limits struct {
	Entries  int   // default 500 000
	Inflated int64 // bytes of all entries together; default 256 GiB
	// Ratio bounds what was inflated for each byte of the package, once 64 MiB
	// were inflated; default 250.
	Ratio int
}

// VerifyOptions say how a package is verified. The zero value compares all
// digests within the default limits.
type VerifyOptions struct {
	Report report.Options
	Limits Limits
	// Quick leaves the digests of the objects out: sizes and the checksums of
	// the archive are still compared. It is for whoever made the package a
	// moment ago and asks whether the disk gives it back.
	Quick bool
	// Progress, if not nil, is told how many bytes of the objects were read, of
	// how many. Calls never overlap, and done never goes back.
	Progress func(done, total int64)
}

const (
	ratioFloor     = 64 << 20
	defaultEntries = 500_000
)

func (o *VerifyOptions) defaults() {
	l := &o.Limits
	if l.Entries <= 0 {
		l.Entries = defaultEntries
	}
	if l.Inflated <= 0 {
		l.Inflated = 256 << 30
	}
	if l.Ratio <= 0 {
		l.Ratio = 250
	}
}

// Verify checks a Vitam package: that the zip is sound and safe to extract, its
// layout the one the platform takes, its manifest readable, and that each file
// is declared once with the digest and the size it has. Nothing is written
// anywhere, and memory does not grow with the size of the files.
//
// It asks whether a package that was made, or received, is whole: by the letter
// of what Vitam takes, and no further. It neither judges the manifest by its
// schema nor foresees an answer, and takes no other form: [Inspector] does.
//
// What is wrong is in the Summary's Report; the error means that there is no
// verdict (the disk failed, the context was cancelled). Package is left empty.
func Verify(ctx context.Context, r io.ReaderAt, size int64, opt VerifyOptions) (Summary, error) {
	opt.defaults()
	v := &verifier{ctx: ctx, opt: opt, src: &watched{ctx: ctx, r: r, size: size}, size: size, report: report.New(opt.Report)}
	v.summary.Report, v.summary.Bytes = v.report, size
	err := v.run()
	if v.src.failure() != nil {
		err = fmt.Errorf("sip: read the package: %w", v.src.failure())
	}
	return v.summary, err
}

// watched remembers a failure of the disk, which zip would take for a fault of
// the archive.
type watched struct {
	ctx  context.Context
	r    io.ReaderAt
	size int64
	near *window // while headers are read in their order, by one goroutine
	mu   sync.Mutex
	err  error
}

func (s *watched) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= s.size { // an offset of the archive, not of the disk
		return 0, io.EOF
	}
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := 0, error(nil)
	if s.near != nil && len(p) <= len(s.near.buf)/4 {
		n, err = s.near.read(s.r, p, off)
	} else {
		n, err = s.r.ReadAt(p, off)
	}
	if err != nil && err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
		s.mu.Lock()
		s.err = err
		s.mu.Unlock()
	}
	return n, err
}

// window reads small things that lie close to each other together.
type window struct {
	buf [64 << 10]byte
	at  int64
	n   int
	err error // what the reading of buf ended with
}

func (w *window) read(r io.ReaderAt, p []byte, off int64) (int, error) {
	if off < w.at || off+int64(len(p)) > w.at+int64(w.n) {
		w.at = off
		w.n, w.err = r.ReadAt(w.buf[:], off)
	}
	n := copy(p, w.buf[off-w.at:w.n])
	if n < len(p) {
		return n, w.err
	}
	return n, nil
}

func (s *watched) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

type verifier struct {
	ctx      context.Context
	opt      VerifyOptions
	src      *watched
	size     int64
	inflated atomic.Int64
	message  atomic.Int64 // what the manifest inflated to, when it is read beside the files
	report   *report.Report
	manifest *zip.File
	files    []filed // in folders
	index    map[string]int
	summary  Summary
}

// filed is an entry in a folder.
type filed struct {
	file *zip.File
	used bool // an object names it
	look *look
}

// Vitam takes the first file at the root whose name ends like this.
var (
	manifestPattern = regexp.MustCompile(`^([a-zA-Z0-9_\-]{0,56}[_-])?manifest\.xml$`)
	partPattern     = regexp.MustCompile(`^[a-zA-Z0-9\-_@]+(\.[a-zA-Z0-9\-_@]+)*$`)
)

// errStop ends the check; the report says why.
var errStop = errors.New("sip: stop")

// entries returns the entries of a zip. What makes it unreadable is reported,
// and the error is errStop; another error is the disk's or the context's.
func (v *verifier) entries() ([]*zip.File, error) {
	z, err := container.ReadDirectory(v.ctx, v.src, v.size, v.opt.Limits.Entries)
	if err == container.ErrEntries {
		v.tooMany()
		return nil, errStop
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		if v.src.failure() != nil {
			return nil, v.src.failure()
		}
		if v.ctx.Err() != nil {
			return nil, v.ctx.Err()
		}
		v.report.Add(report.CtnFormat, report.Location{}, report.P("format", "zip"),
			report.Words("detail", "le répertoire central est illisible ou absent", "its central directory is unreadable or absent"))
		return nil, errStop
	}
	return z.File, nil
}

func (v *verifier) tooMany() {
	v.report.Add(report.LimCount, report.Location{}, report.Int("limit", v.opt.Limits.Entries), report.Words("what", "fichiers", "files"))
}

func (v *verifier) run() error {
	files, err := v.entries()
	if errors.Is(err, errStop) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := v.layout(files); err != nil {
		return err
	}
	if err := v.inOrder(files); err != nil {
		return err
	}
	if v.manifest == nil {
		v.report.Add(RuleManifest, report.Location{})
		return nil
	}
	x := v.examine()
	inv, err := v.readManifest(x.declared)
	if err == nil && inv != nil {
		err = v.compare(inv, x)
	} else {
		x.abandon()
	}
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// layout judges the entries by their headers alone.
func (v *verifier) layout(files []*zip.File) error {
	var names container.Names
	v.files, v.index = make([]filed, 0, len(files)), make(map[string]int, len(files))
	for i, f := range files {
		if i&0xfff == 0 && v.ctx.Err() != nil {
			return v.ctx.Err()
		}
		clean, ok := names.Add(v.report, f.Name)
		where, entry := report.Location{Member: container.Show(clean)}, report.P("entry", container.Show(f.Name))
		switch mode := f.Mode(); {
		case !ok:
			continue
		case mode.IsDir() || strings.HasSuffix(f.Name, "/"):
			continue // folders are not looked at by the platform
		case !mode.IsRegular():
			v.report.Add(report.CtnLink, where, entry, container.FileKind(mode))
			continue
		case f.Flags&1 != 0:
			v.report.Add(report.CtnEncrypted, where, entry)
			continue
		}
		for part := range strings.SplitSeq(f.Name, "/") {
			if !partPattern.MatchString(part) {
				v.report.Add(RuleEntryName, where, entry)
				break
			}
		}
		folder, _, inFolder := strings.Cut(f.Name, "/")
		switch {
		case !inFolder && v.manifest == nil && manifestPattern.MatchString(f.Name):
			v.manifest = f
		case !inFolder:
			v.report.Add(RuleRootFile, where, entry)
		default:
			if !strings.EqualFold(folder, "content") {
				v.report.Add(RuleFolder, where, entry)
			}
			v.index[f.Name] = len(v.files)
			v.files = append(v.files, filed{file: f})
		}
	}
	return nil
}

// open returns the content of an entry, bounded and watched. done must be
// called with the error reading ended with, if any; it tells what is the
// archive's fault from what is not.
func (v *verifier) open(ctx context.Context, f *zip.File) (r io.Reader, done func(error) error) {
	in, err := f.Open()
	if err != nil {
		return failed{err}, func(err error) error { return v.fault(ctx, err) }
	}
	count := &v.inflated
	if f == v.manifest {
		count = &v.message
	}
	return &bounded{v: v, ctx: ctx, r: in, count: count}, func(err error) error {
		if cerr := in.Close(); err == nil {
			err = cerr
		}
		return v.fault(ctx, err)
	}
}

// The faults of an archive that fault tells apart.
var (
	errMethod   = errors.New("sip: unknown compression method")
	errBadEntry = errors.New("sip: an entry cannot be read")
	errInflated = errors.New("sip: more inflated than allowed")
	errRatio    = errors.New("sip: inflates beyond the ratio allowed")
)

func (v *verifier) fault(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errInflated):
		return errInflated
	case errors.Is(err, errRatio):
		return errRatio
	case ctx.Err() != nil:
		return ctx.Err()
	case v.src.failure() != nil:
		return v.src.failure()
	case errors.Is(err, zip.ErrAlgorithm):
		return errMethod
	}
	return errBadEntry
}

// blame reports a fault of an entry; what it returns is no fault, or says that
// nothing more is to be read.
func (v *verifier) blame(err error, f *zip.File) error {
	where := report.Location{Member: container.Show(f.Name)}
	switch err {
	case errMethod:
		v.report.Add(report.CtnFormat, where, report.P("format", "zip"),
			report.Words("detail", "méthode de compression inconnue", "unknown compression method"))
	case errBadEntry:
		v.report.Add(report.CtnCRC, where, report.P("entry", container.Show(f.Name)))
	case errInflated:
		v.report.Add(report.LimBytes, report.Location{}, report.Int("limit", v.opt.Limits.Inflated), report.Words("what", "fichiers décompressés", "inflated files"))
		return errStop
	case errRatio:
		v.report.Add(report.LimRatio, report.Location{}, report.Int("limit", v.opt.Limits.Ratio))
		return errStop
	default:
		return err
	}
	return nil
}

type failed struct{ err error }

func (f failed) Read([]byte) (int, error) { return 0, f.err }

// bounded counts what all the entries inflate to. Files are counted together
// with what was read of the manifest; the manifest is counted alone, so that
// what is told of it does not depend on how far the files were read meanwhile.
type bounded struct {
	v     *verifier
	ctx   context.Context
	r     io.Reader
	count *atomic.Int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := b.r.Read(p)
	total := b.count.Add(int64(n))
	if b.count != &b.v.message {
		total += b.v.message.Load()
	}
	if over := b.v.over(total); over != nil {
		return n, over
	}
	return n, err
}

// over says whether so many bytes are more than the entries may inflate to. It
// is always the lower of the two limits that is passed, whoever counts.
func (v *verifier) over(total int64) error {
	ratio := int64(math.MaxInt64)
	if n := int64(v.opt.Limits.Ratio); v.size < math.MaxInt64/n {
		ratio = max(ratioFloor, (v.size+1)*n-1)
	}
	switch {
	case total <= min(ratio, v.opt.Limits.Inflated):
		return nil
	case ratio < v.opt.Limits.Inflated:
		return errRatio
	}
	return errInflated
}

func (v *verifier) readManifest(declared func(s *preflight.Survey, n int)) (*preflight.Survey, error) {
	in, done := v.open(v.ctx, v.manifest)
	digest, count := sha512.New(), &counter{}
	inv, complete, err := preflight.Skim(v.ctx, io.TeeReader(in, io.MultiWriter(digest, count)), v.manifest.Name, v.report, declared)
	if err == nil && complete { // the checksum is checked at the end
		_, err = io.Copy(io.Discard, in)
	}
	if err := done(err); err != nil || !complete {
		return nil, v.blame(err, v.manifest)
	}
	s := &v.summary
	s.MessageID, s.Units, s.Groups, s.Objects = inv.MessageID, inv.Units, inv.Groups, inv.Len()
	s.Manifest = ged.Digest{Algorithm: ged.SHA512, Value: hex.EncodeToString(digest.Sum(nil))}
	s.ManifestBytes = count.n
	if supported := inv.Version == seda.V21 || inv.Version == seda.V22 || inv.Version == seda.V23; inv.Root != "ArchiveTransfer" || !supported {
		v.report.Add(RuleVersion, report.Location{Member: v.manifest.Name})
	}
	if inv.Agreement == "" {
		v.report.Add(RuleAgreement, report.Location{Member: v.manifest.Name})
	}
	return inv, nil
}

// compare holds the files against what the manifest says of them. Most have been
// read by then, or are being read.
func (v *verifier) compare(inv *preflight.Survey, x *examination) error {
	looks := make([]*look, 0, inv.Objects)
	missing := map[string]bool{}
	for i := range inv.Len() {
		if i&0xfff == 0 && v.ctx.Err() != nil {
			x.abandon()
			return v.ctx.Err()
		}
		o, ok := inv.Object(i)
		if !ok {
			continue
		}
		if o.URI == "" {
			v.report.Add(RuleNoURI, o.Where, report.P("id", o.ID))
			continue
		}
		n, ok := v.index[o.URI]
		switch {
		case missing[o.URI] || ok && v.files[n].used:
			v.report.Add(RuleURITwice, o.Where, report.P("entry", container.Show(o.URI)))
			continue
		case !ok:
			missing[o.URI] = true
			v.report.Add(RuleMissing, o.Where, report.P("entry", container.Show(o.URI)))
			continue
		}
		f := &v.files[n]
		f.used = true
		if f.look == nil || f.look.declared != o { // more was said of it further on
			x.give(f, o)
		}
		looks = append(looks, f.look)
	}
	if err := x.end(); err != nil {
		return err
	}
	for _, l := range looks {
		v.judge(l)
	}
	for i := range v.files {
		if f := &v.files[i]; !f.used {
			name := container.Show(f.file.Name)
			v.report.Add(RuleUndeclared, report.Location{Member: name}, report.P("entry", name))
		}
	}
	return nil
}

// hashes knows the names Vitam takes, to the letter.
var hashes = map[string]func() hash.Hash{
	"SHA-512": sha512.New, "SHA-384": sha512.New384, "SHA-256": sha256.New, "SHA-1": sha1.New, "MD5": md5.New,
}
