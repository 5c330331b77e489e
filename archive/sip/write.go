package sip

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// Options of a package. The zero value makes a SEDA 2.1 package.
type Options struct {
	Version seda.Version
	// Indent makes the manifest readable.
	Indent bool
	// Lossy leaves out what the version cannot hold, with a warning for each,
	// where a package is otherwise refused.
	Lossy bool
	// Manifest, if not nil, receives a copy of the manifest: the bordereau to
	// be kept with the record of the transfer.
	Manifest io.Writer
	// Memory bounds what is kept between the two passes, in bytes; 0 means
	// 32 MiB. A smaller value costs time, never fails.
	Memory int64
	// Digest asks for the digest of the file as a whole. It costs as much time as
	// those of all the objects on one processor, since it cannot be shared out.
	Digest bool
	// Progress, if not nil, is told how much of the contents was gone through,
	// in bytes and of how many: each content counts twice, once when it is
	// digested and once when it is copied. Calls never overlap, and done never
	// goes back.
	Progress func(done, total int64)
}

// meter counts what was gone through; a nil one does not.
type meter struct {
	mu          sync.Mutex
	done, total int64
	tell        func(done, total int64)
}

func newMeter(tell func(done, total int64), members []member) *meter {
	if tell == nil {
		return nil
	}
	m := &meter{tell: tell}
	for i := range members {
		m.total += 2 * members[i].object.Source.Size()
	}
	return m
}

// Write counts what is written to it; it never fails.
func (m *meter) Write(p []byte) (int, error) {
	m.add(int64(len(p)))
	return len(p), nil
}

func (m *meter) add(n int64) {
	if m == nil || n == 0 {
		return
	}
	m.mu.Lock()
	m.done = min(m.done+n, m.total)
	m.tell(m.done, m.total)
	m.mu.Unlock()
}

const (
	defaultMemory = 32 << 20
	manifestName  = "manifest.xml"
	contentFolder = "content/"
)

// Summary says what was written: what to keep of a transfer, and what the
// deposit needs.
type Summary struct {
	MessageID              string
	Units, Groups, Objects int
	ContentBytes           int64 // of all objects
	// Package is the digest of the file, when [Options.Digest] asked for it, and
	// Bytes its size; Manifest and ManifestBytes are those of the manifest
	// (X-Manifest-Digest-Value), which holds the digests of all the objects.
	Package       ged.Digest
	Bytes         int64
	Manifest      ged.Digest
	ManifestBytes int64
	// Report holds the findings that did not stop the package.
	Report *report.Report
}

// Write makes the package and writes it to w, from first byte to last.
//
// A package that does not conform is an error of type [*report.InvalidError]
// and nothing is written. A content that cannot be read, or that changes while
// it is read, is a [*ContentError], and where several cannot be read the error
// joins one for each; then, as after an error of w or of the
// context, what was written is not a package and the caller throws it away.
// The package and the sources are not changed.
func Write(ctx context.Context, w io.Writer, p *archive.Package, opt Options) (Summary, error) {
	s := newSession(ctx, p, opt)
	s.target, s.name = seda.Vitam, entryName
	err := s.prepare()
	if err == nil {
		err = s.prepareManifest()
	}
	if err != nil {
		return Summary{Report: s.report}, err
	}
	if err := s.write(w); err != nil {
		return Summary{Report: s.report}, err
	}
	s.summary.Report = s.report
	return s.summary, nil
}

func newSession(ctx context.Context, p *archive.Package, opt Options) *session {
	s := &session{ctx: ctx, pkg: p, opt: opt, report: &report.Report{}}
	s.budget.left.Store(opt.Memory)
	if opt.Memory <= 0 {
		s.budget.left.Store(defaultMemory)
	}
	return s
}

type session struct {
	ctx      context.Context
	pkg      *archive.Package
	opt      Options
	report   *report.Report
	budget   budget
	meter    *meter
	members  []member
	index    map[*archive.Object]int
	manifest member
	summary  Summary
	// target is the platform the package is for, and name how it wants the
	// entry of an object to be named.
	target seda.Target
	name   func(*archive.Object) string
}

func (s *session) seda() seda.Options {
	return seda.Options{
		Version: s.opt.Version, Target: s.target, Indent: s.opt.Indent, Lossy: s.opt.Lossy, Checked: true,
		Stored: func(o *archive.Object) seda.Stored {
			m := &s.members[s.index[o]]
			return seda.Stored{URI: m.entry.name, Digest: ged.Digest{Algorithm: ged.SHA512, Value: hex.EncodeToString(m.sum[:])}, Size: m.entry.size}
		},
	}
}

// prepare is everything that comes before the first byte.
func (s *session) prepare() error {
	if err := seda.Supported(s.opt.Version); err != nil {
		return err
	}
	if s.target == seda.Vitam && s.opt.Version.Early() {
		return fmt.Errorf("%w by the platform: %q", seda.ErrVersion, string(s.opt.Version))
	}
	archive.Check(s.pkg, s.report)
	seda.Check(s.pkg, s.seda(), s.report)
	if s.target == seda.Vitam {
		s.requireAgreement()
	}
	var names container.Names
	s.index = map[*archive.Object]int{}
	for o := range s.pkg.Objects() {
		m := member{object: o}
		m.entry.name = s.name(o)
		names.Add(s.report, m.entry.name)
		s.fileName(o)
		s.index[o] = len(s.members)
		s.members = append(s.members, m)
	}
	if err := s.report.Err(); err != nil {
		return err
	}
	s.meter = newMeter(s.opt.Progress, s.members)
	if err := prepareAll(s.ctx, s.members, &s.budget, s.meter); err != nil {
		return err
	}
	for i := range s.members {
		m := &s.members[i]
		for _, d := range m.object.Digests {
			if !m.agrees(d) {
				s.report.Add(report.DigMismatch, report.Location{Path: "object[" + m.object.ID + "]"},
					report.P("entry", m.object.ID), report.P("algorithm", string(d.Algorithm)))
			}
		}
		s.summary.ContentBytes += m.entry.size
	}
	return s.report.Err()
}

// agrees reports whether the content has the digest, as far as it was computed.
func (m *member) agrees(d ged.Digest) bool {
	if d.Algorithm == ged.SHA512 {
		return hex.EncodeToString(m.sum[:]) == d.Value
	}
	for _, got := range m.others {
		if got.Algorithm == d.Algorithm {
			return got.Value == d.Value
		}
	}
	return true
}

// requireAgreement: the platform finds the ingest contract in the message
// (archive specification of Vitam, CONTRACT_NOT_IN_MANIFEST).
func (s *session) requireAgreement() {
	if s.pkg.Header.Agreement == "" {
		s.report.Add(RuleAgreement, report.Location{Path: "header"})
	}
}

// fileName warns of a name under which a receiver could not store the file.
func (s *session) fileName(o *archive.Object) {
	_, faults := container.CheckName(o.Name)
	for _, f := range faults {
		s.report.AddAs(report.Warning, report.CtnName, report.Location{Path: "object[" + o.ID + "]"},
			report.P("entry", container.Show(o.Name)), report.P("why", f.Why))
		return // one is enough
	}
}

// entryName names the entry after the object; only the extension comes from
// the file.
func entryName(o *archive.Object) string {
	if ext := extension(o.Name); ext != "" {
		return contentFolder + o.ID + "." + ext
	}
	return contentFolder + o.ID
}

// keptManifest is up to how many bytes a compressed manifest is kept between
// the moment it is digested and the moment it is written; a larger one is made
// twice.
const keptManifest = 16 << 20

// keeper counts what is written to it and keeps the beginning of it.
type keeper struct {
	buf bytes.Buffer
	n   int64
	max int64
}

func (k *keeper) Write(p []byte) (int, error) {
	if k.n += int64(len(p)); k.n > k.max {
		k.buf = bytes.Buffer{}
		return len(p), nil
	}
	return k.buf.Write(p)
}

// prepareManifest writes the manifest once to know its size and its digest,
// and keeps it compressed if it is not too large.
func (s *session) prepareManifest() error {
	d, err := flate.NewWriter(io.Discard, level)
	if err != nil {
		return err
	}
	packed := &keeper{max: keptManifest}
	d.Reset(packed)
	sum, digest, count := crc32.NewIEEE(), sha512.New(), &counter{}
	into := []io.Writer{d, sum, digest, count}
	if s.opt.Manifest != nil {
		into = append(into, s.opt.Manifest)
	}
	if err := seda.Write(s.ctx, io.MultiWriter(into...), s.pkg, s.seda()); err != nil {
		return err
	}
	if err := d.Close(); err != nil {
		return err
	}
	s.manifest.entry = zipEntry{name: manifestName, method: deflate, crc: sum.Sum32(), compressed: packed.n, size: count.n}
	if packed.n <= packed.max {
		s.manifest.data = packed.buf.Bytes()
	}
	s.summary.Manifest = ged.Digest{Algorithm: ged.SHA512, Value: hex.EncodeToString(digest.Sum(nil))}
	s.summary.ManifestBytes = count.n
	return nil
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

func (s *session) write(w io.Writer) error {
	var digest hash.Hash
	if s.opt.Digest {
		digest = sha512.New()
		w = io.MultiWriter(w, digest)
	}
	out := &gather{bufio.NewWriterSize(w, bufferSize)}
	z := newZip(out, s.pkg.Header.Date)
	work, err := newWorker(&s.budget, s.meter)
	if err != nil {
		return err
	}
	if err := s.copyManifest(z, work); err != nil {
		return fmt.Errorf("sip: write the manifest: %w", err)
	}
	if err := copyMembers(s.ctx, z, s.members, work); err != nil {
		return err
	}
	if err := z.close(); err != nil {
		return fmt.Errorf("sip: write the directory: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("sip: write the directory: %w", err)
	}
	s.count()
	if digest != nil {
		s.summary.Package = ged.Digest{Algorithm: ged.SHA512, Value: hex.EncodeToString(digest.Sum(nil))}
	}
	s.summary.Bytes = z.offset
	return nil
}

// count says in the summary what the package holds.
func (s *session) count() {
	sum := &s.summary
	sum.MessageID = s.pkg.Header.MessageID
	for range s.pkg.Walk() {
		sum.Units++
	}
	sum.Groups, sum.Objects = len(s.pkg.Groups), len(s.members)
}

// gather puts small writes together and lets large ones through as they are.
type gather struct{ *bufio.Writer }

func (g *gather) Write(p []byte) (int, error) {
	if len(p) >= bufferSize/2 && g.Buffered() > 0 {
		if err := g.Flush(); err != nil {
			return 0, err
		}
	}
	return g.Writer.Write(p)
}

func (s *session) copyManifest(z *zipWriter, work *worker) error {
	if err := z.begin(s.manifest.entry); err != nil {
		return err
	}
	if s.manifest.data != nil {
		if _, err := z.Write(s.manifest.data); err != nil {
			return err
		}
		s.manifest.data = nil
		return z.end()
	}
	work.deflater.Reset(z)
	if err := seda.Write(s.ctx, work.deflater, s.pkg, s.seda()); err != nil {
		return err
	}
	if err := work.deflater.Close(); err != nil {
		return err
	}
	return z.end()
}
