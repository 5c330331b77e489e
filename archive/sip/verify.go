package sip

import (
	"archive/zip"
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"regexp"
	"strings"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// VerifyOptions say what a package may cost. A zero field takes the default.
type VerifyOptions struct {
	Report   report.Options
	Entries  int   // default 500 000
	Inflated int64 // bytes of all entries together; default 256 GiB
	// Ratio bounds what was inflated for each byte of the package, once 64 MiB
	// were inflated; default 250.
	Ratio int
}

const ratioFloor = 64 << 20

// directoryRoom is what an entry may take of the central directory, in bytes,
// on average: real ones take about 130.
const directoryRoom = 256

// Verify checks a Vitam package: that the zip is sound and safe to extract, its
// layout the one the platform takes, its manifest readable, and that each file
// is declared once with the digest and the size it has. It does not judge the
// manifest by the schema. Nothing is written anywhere, and memory does not grow
// with the size of the files.
//
// What is wrong is in the Summary's Report; the error means that there is no
// verdict (the disk failed, the context was cancelled). Package is left empty.
func Verify(ctx context.Context, r io.ReaderAt, size int64, opt VerifyOptions) (Summary, error) {
	if opt.Entries <= 0 {
		opt.Entries = 500_000
	}
	if opt.Inflated <= 0 {
		opt.Inflated = 256 << 30
	}
	if opt.Ratio <= 0 {
		opt.Ratio = 250
	}
	v := &verifier{ctx: ctx, opt: opt, src: &watched{ctx: ctx, r: r, size: size}, size: size, report: report.New(opt.Report)}
	v.summary.Report, v.summary.Bytes = v.report, size
	err := v.run()
	if v.src.err != nil {
		err = fmt.Errorf("sip: read the package: %w", v.src.err)
	}
	return v.summary, err
}

// watched remembers a failure of the disk, which zip would take for a fault of
// the archive.
type watched struct {
	ctx  context.Context
	r    io.ReaderAt
	size int64
	err  error
	dir  *directory // while the central directory is read
}

func (s *watched) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= s.size { // an offset of the archive, not of the disk
		return 0, io.EOF
	}
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.r.ReadAt(p, off)
	if s.dir != nil && n > 0 {
		if derr := s.dir.saw(p[:n], off); derr != nil {
			return 0, derr
		}
	}
	if err != nil && err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
		s.err = err
	}
	return n, err
}

type verifier struct {
	ctx      context.Context
	opt      VerifyOptions
	src      *watched
	size     int64
	inflated int64
	report   *report.Report
	manifest *zip.File
	files    map[string]*zip.File // in folders
	order    []string
	summary  Summary
}

// Vitam takes the first file at the root whose name ends like this.
var (
	manifestPattern = regexp.MustCompile(`^([a-zA-Z0-9_\-]{0,56}[_-])?manifest\.xml$`)
	partPattern     = regexp.MustCompile(`^[a-zA-Z0-9\-_@]+(\.[a-zA-Z0-9\-_@]+)*$`)
)

// errStop ends the check; the report says why.
var errStop = errors.New("sip: stop")

func (v *verifier) run() error {
	dir := &directory{entries: int64(v.opt.Entries), bytes: max(int64(v.opt.Entries)*directoryRoom, 1<<20), next: -1}
	v.src.dir = dir
	z, err := zip.NewReader(v.src, v.size)
	v.src.dir = nil
	if dir.over {
		v.report.Add(report.LimCount, report.Location{}, report.Int("limit", v.opt.Entries), report.Words("what", "fichiers", "files"))
		return nil
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		if v.src.err != nil {
			return v.src.err
		}
		if v.ctx.Err() != nil {
			return v.ctx.Err()
		}
		v.report.Add(report.CtnFormat, report.Location{}, report.P("format", "zip"),
			report.Words("detail", "le répertoire central est illisible ou absent", "its central directory is unreadable or absent"))
		return nil
	}
	if len(z.File) > v.opt.Entries {
		v.report.Add(report.LimCount, report.Location{}, report.Int("limit", v.opt.Entries), report.Words("what", "fichiers", "files"))
		return nil
	}
	if err := v.layout(z.File); err != nil {
		return err
	}
	if err := v.inOrder(z.File); err != nil {
		return err
	}
	if v.manifest == nil {
		v.report.Add(RuleManifest, report.Location{})
		return nil
	}
	inv, err := v.readManifest()
	if err == nil && inv != nil {
		err = v.compare(inv)
	}
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// layout judges the entries by their headers alone.
func (v *verifier) layout(files []*zip.File) error {
	var names container.Names
	v.files = make(map[string]*zip.File, len(files))
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
			v.report.Add(report.CtnLink, where, entry, report.P("kind", mode.Type().String()))
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
			v.files[f.Name] = f
			v.order = append(v.order, f.Name)
		}
	}
	return nil
}

// open returns the content of an entry, bounded and watched. done must be
// called with the error reading ended with, if any; it reports what is the
// archive's fault.
func (v *verifier) open(f *zip.File) (r io.Reader, done func(error) error) {
	where := report.Location{Member: container.Show(f.Name)}
	in, err := f.Open()
	if err != nil {
		return failed{err}, func(err error) error { return v.fault(err, where, f) }
	}
	return &bounded{v: v, r: in}, func(err error) error {
		if cerr := in.Close(); err == nil {
			err = cerr
		}
		return v.fault(err, where, f)
	}
}

func (v *verifier) fault(err error, where report.Location, f *zip.File) error {
	switch {
	case err == nil:
		return nil
	case v.ctx.Err() != nil:
		return v.ctx.Err()
	case v.src.err != nil:
		return v.src.err
	case errors.Is(err, errStop):
		return err
	case errors.Is(err, zip.ErrAlgorithm):
		v.report.Add(report.CtnFormat, where, report.P("format", "zip"),
			report.Words("detail", "méthode de compression inconnue", "unknown compression method"))
	default:
		v.report.Add(report.CtnCRC, where, report.P("entry", container.Show(f.Name)))
	}
	return errBadEntry
}

// errBadEntry says that one entry could not be read; the others may be.
var errBadEntry = errors.New("sip: bad entry")

type failed struct{ err error }

func (f failed) Read([]byte) (int, error) { return 0, f.err }

// bounded counts what all the entries inflate to.
type bounded struct {
	v *verifier
	r io.Reader
}

func (b *bounded) Read(p []byte) (int, error) {
	v := b.v
	if err := v.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := b.r.Read(p)
	v.inflated += int64(n)
	switch {
	case v.inflated > v.opt.Inflated:
		v.report.Add(report.LimBytes, report.Location{}, report.Int("limit", v.opt.Inflated), report.Words("what", "fichiers décompressés", "inflated files"))
		return n, errStop
	case v.inflated > ratioFloor && v.inflated/int64(v.opt.Ratio) > v.size:
		v.report.Add(report.LimRatio, report.Location{}, report.Int("limit", v.opt.Ratio))
		return n, errStop
	}
	return n, err
}

func (v *verifier) readManifest() (*seda.Inventory, error) {
	in, done := v.open(v.manifest)
	digest, count := sha512.New(), &counter{}
	inv, complete, err := seda.ReadInventory(v.ctx, io.TeeReader(in, io.MultiWriter(digest, count)), v.manifest.Name, v.report)
	if err == nil && complete { // the checksum is checked at the end
		_, err = io.Copy(io.Discard, in)
	}
	if err := done(err); err != nil || !complete {
		if errors.Is(err, errBadEntry) {
			err = nil // the report says it
		}
		return nil, err
	}
	s := &v.summary
	s.MessageID, s.Units, s.Groups, s.Objects = inv.MessageID, inv.Units, inv.Groups, len(inv.Objects)+inv.Physical
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

func (v *verifier) compare(inv *seda.Inventory) error {
	used := map[string]bool{}
	for i := range inv.Objects {
		if i&0xfff == 0 && v.ctx.Err() != nil {
			return v.ctx.Err()
		}
		o := &inv.Objects[i]
		if o.URI == "" {
			v.report.Add(RuleNoURI, o.Where, report.P("id", o.ID))
			continue
		}
		entry := report.P("entry", container.Show(o.URI))
		f, ok := v.files[o.URI]
		switch {
		case used[o.URI]:
			v.report.Add(RuleURITwice, o.Where, entry)
			continue
		case !ok:
			used[o.URI] = true
			v.report.Add(RuleMissing, o.Where, entry)
			continue
		}
		used[o.URI] = true
		if err := v.object(o, f, entry); err != nil && !errors.Is(err, errBadEntry) {
			return err
		}
	}
	for _, name := range v.order {
		if !used[name] {
			v.report.Add(RuleUndeclared, report.Location{Member: container.Show(name)}, report.P("entry", container.Show(name)))
		}
	}
	return nil
}

func (v *verifier) object(o *seda.Declared, f *zip.File, entry report.Param) error {
	sum := newHash(o.Algorithm)
	algorithm := report.P("algorithm", o.Algorithm)
	switch {
	case o.Digest == "":
		v.report.Add(report.DigMissing, o.Where, entry)
	case sum == nil:
		v.report.Add(RuleAlgorithm, o.Where, entry)
	}
	var into io.Writer = io.Discard
	if sum != nil {
		into = sum
	}
	in, done := v.open(f)
	n, err := io.Copy(into, in)
	if err := done(err); err != nil {
		return err
	}
	v.summary.ContentBytes += n
	if o.Size >= 0 && o.Size != n {
		// The platform takes the package and says WARNING.
		v.report.AddAs(report.Warning, report.DigSize, o.Where, entry, report.Int("want", o.Size), report.Int("got", n))
	}
	if sum == nil || o.Digest == "" {
		return nil
	}
	if a := ged.Algorithm(o.Algorithm); a.Weak() {
		v.report.Add(report.DigWeak, o.Where, entry, algorithm)
	}
	got := sum.Sum(nil)
	switch text := hex.EncodeToString(got); {
	case o.Digest == text:
	case strings.EqualFold(o.Digest, text), o.Digest == base64.StdEncoding.EncodeToString(got):
		v.report.Add(RuleDigestCase, o.Where, entry)
	default:
		v.report.Add(report.DigMismatch, o.Where, entry, algorithm)
	}
	return nil
}

// newHash knows the names Vitam takes, to the letter.
func newHash(algorithm string) hash.Hash {
	switch algorithm {
	case "SHA-512":
		return sha512.New()
	case "SHA-384":
		return sha512.New384()
	case "SHA-256":
		return sha256.New()
	case "SHA-1":
		return sha1.New()
	case "MD5":
		return md5.New()
	}
	return nil
}
