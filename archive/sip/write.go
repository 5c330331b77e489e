package sip

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"iter"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/flate"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/format"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// Options of a package. The zero value makes a SEDA 2.1 package.
type Options struct {
	// Version is 2.0 to 2.3; "" means 2.1. Vitam takes 2.1 and later ones today.
	Version seda.Version
	// Indent makes the manifest readable.
	Indent bool
	// Lossy leaves out what the version cannot hold, with a warning for each,
	// where a package is otherwise refused.
	Lossy bool
	// Manifest, if not nil, receives a copy of the manifest: the bordereau to
	// be kept with the record of the transfer. After an error it is to be thrown
	// away as well.
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
	// Formats, if not nil, is asked for the format of each content while that is
	// digested: the content is read once for both. What an object says of its
	// format is kept, and the report tells when its content says otherwise.
	Formats format.Identifier
}

// meter counts what was gone through; a nil one does not. It tells of every
// thousandth part.
type meter struct {
	done  atomic.Int64
	total int64
	mu    sync.Mutex
	told  int64
	tell  func(done, total int64)
}

func newMeter(tell func(done, total int64), size int64) *meter {
	if tell == nil {
		return nil
	}
	return &meter{tell: tell, total: 2 * min(max(size, 0), math.MaxInt64/2)}
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
	done, step := min(m.done.Add(n), m.total), m.total/1000+1
	if done/step == (done-n)/step && done < m.total {
		return
	}
	m.mu.Lock()
	if done > m.told {
		m.told = done
		m.tell(done, m.total)
	}
	m.mu.Unlock()
}

const (
	defaultMemory = 32 << 20
	deflatedRoom  = 8 << 20
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
	// Formats are those that objects are in, the most frequent first, when
	// [Options.Formats] looked for them.
	Formats []Format
	// Report holds the findings that did not stop the package.
	Report *report.Report
}

// Write makes the package and writes it to w, from first byte to last.
//
// A package that does not conform is an error of type [*report.InvalidError]
// and nothing is written; one in a version that is not known, or that Vitam does
// not know (0.2, 1.0), matches [seda.ErrVersion]. A content that cannot be read, or that changes while
// it is read, is a [*ContentError], and where several cannot be read the error
// joins one for each; then, as after an error of w or of the
// context, what was written is not a package and the caller throws it away.
// The package and the sources are not changed.
func Write(ctx context.Context, w io.Writer, p *archive.Package, opt Options) (Summary, error) {
	s := newSession(ctx, opt)
	s.hold(p)
	return s.vitam(w)
}

// WriteParts makes the package of parts that are made as they are asked for, and
// keeps the promises of [Write]: the package is the same, byte for byte, as that
// of the same parts held whole. An object takes some hundred bytes of memory
// until the package is written, whatever describes it, and contents are kept
// within [Options.Memory] only.
//
// The parts are gone through several times, by several goroutines. An object of
// unknown format is of type application/octet-stream in version 2.0, which wants
// one of each.
func WriteParts(ctx context.Context, w io.Writer, parts archive.Parts, opt Options) (Summary, error) {
	s := newSession(ctx, opt)
	s.stream(parts)
	return s.vitam(w)
}

func (s *session) vitam(w io.Writer) (Summary, error) {
	s.target, s.name = seda.Vitam, func(_ int, o *archive.Object) string { return entryName(o) }
	err := s.prepare(s.digestedManifest)
	if err != nil {
		return Summary{Report: s.report}, err
	}
	if err := s.write(w); err != nil {
		return Summary{Report: s.report}, err
	}
	s.summary.Report = s.report
	return s.summary, nil
}

func newSession(ctx context.Context, opt Options) *session {
	s := &session{ctx: ctx, opt: opt, report: &report.Report{}, members: newTable(), formats: newFormats(opt.Formats)}
	room := opt.Memory
	if room <= 0 {
		room = defaultMemory
	}
	s.budget.left.Store(room)
	s.budget.reserve = min(room/2, deflatedRoom)
	return s
}

type session struct {
	ctx     context.Context
	opt     Options
	report  *report.Report
	budget  budget
	meter   *meter
	members *table
	formats *formats
	summary Summary
	// message is what is said of the whole. check judges the package, objects
	// yields the objects that have a file, in the order of the members, and
	// describe writes the message.
	message  *archive.Package
	check    func() error
	all      func() iter.Seq2[*archive.Object, error]
	describe func(ctx context.Context, w io.Writer, opt seda.Options) error
	index    map[*archive.Object]int // nil when objects are described in their order
	manifest zipEntry
	packed   [][]byte // the manifest as it is stored, if it was kept
	// target is the platform the package is for, and name how it wants the
	// entry of an object to be named.
	target    seda.Target
	name      func(n int, o *archive.Object) string
	mu        sync.Mutex
	differing []differing
}

// differing is an object whose content has not the digest it declares.
type differing struct {
	n         int
	id        string
	algorithm ged.Algorithm
}

// hold is for a package held whole.
func (s *session) hold(p *archive.Package) {
	s.message = p
	s.index = map[*archive.Object]int{}
	s.check = func() error {
		archive.Check(p, s.report)
		seda.Check(p, s.seda(s.ctx), s.report)
		for range p.Walk() {
			s.summary.Units++
		}
		s.summary.Groups = len(p.Groups)
		return nil
	}
	s.all = func() iter.Seq2[*archive.Object, error] {
		return func(yield func(*archive.Object, error) bool) {
			for o := range p.Objects() {
				if !yield(o, nil) {
					return
				}
			}
		}
	}
	s.describe = func(ctx context.Context, w io.Writer, opt seda.Options) error { return seda.Write(ctx, w, p, opt) }
}

// stream is for a package that comes in parts.
func (s *session) stream(parts archive.Parts) {
	s.message = parts.Message()
	s.check = func() error {
		// Neither check looks at what the other finds: they go side by side.
		var early error
		found := report.New(s.report.Options())
		var wait sync.WaitGroup
		wait.Go(func() { early = archive.CheckParts(s.ctx, parts, s.report) })
		counted := &counting{Parts: parts}
		err := seda.CheckParts(s.ctx, counted, s.seda(s.ctx), found)
		wait.Wait()
		s.report.Merge(found, "")
		s.summary.Units, s.summary.Groups = counted.units, counted.groups
		return cmp.Or(early, err)
	}
	s.all = func() iter.Seq2[*archive.Object, error] {
		return func(yield func(*archive.Object, error) bool) {
			for g, err := range parts.Groups() {
				if err != nil {
					yield(nil, err)
					return
				}
				for _, o := range g.Objects {
					if o != nil && !yield(o, nil) {
						return
					}
				}
			}
		}
	}
	s.describe = func(ctx context.Context, w io.Writer, opt seda.Options) error {
		return seda.WriteParts(ctx, w, parts, opt)
	}
}

// counting counts what is gone through once.
type counting struct {
	archive.Parts
	units, groups int
}

func (c *counting) Units() iter.Seq2[archive.Placed, error] { return each(c.Parts.Units(), &c.units) }
func (c *counting) Groups() iter.Seq2[*archive.Group, error] {
	return each(c.Parts.Groups(), &c.groups)
}

func each[T any](all iter.Seq2[T, error], n *int) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		*n = 0
		for one, err := range all {
			if *n++; !yield(one, err) {
				return
			}
		}
	}
}

// objects yields those that have a file.
func (s *session) objects() iter.Seq2[*archive.Object, error] {
	return func(yield func(*archive.Object, error) bool) {
		for o, err := range s.all() {
			if (err != nil || !o.Physical) && !yield(o, err) {
				return
			}
		}
	}
}

// seda are the options of a message whose objects are as their members say, once
// these are prepared.
func (s *session) seda(ctx context.Context) seda.Options {
	next := 0
	return seda.Options{
		Version: s.opt.Version, Target: s.target, Indent: s.opt.Indent, Lossy: s.opt.Lossy, Checked: true,
		Stored: func(o *archive.Object) seda.Stored {
			n := next
			if s.index != nil {
				n = s.index[o]
			}
			next++
			if !s.members.wait(ctx, n) {
				return seda.Stored{} // the writing ends with the context
			}
			m, at := s.members.at(n)
			out := seda.Stored{URI: s.name(n, o), Size: m.size, Digest: ged.Digest{Algorithm: ged.SHA512, Value: hex.EncodeToString(at.sum()[:])}}
			f := s.formats.of(m)
			out.PUID, out.FormatName, out.MediaType = f.PUID, f.FormatName, f.MediaType
			if s.opt.Version == seda.V20 && s.index == nil && o.PUID+o.FormatName+o.MediaType+f.PUID+f.MediaType == "" {
				out.MediaType = "application/octet-stream"
			}
			return out
		},
	}
}

// prepare is everything that comes before the first byte.
func (s *session) prepare(manifest func(ctx context.Context) error) error {
	if err := seda.Supported(s.opt.Version); err != nil {
		return err
	}
	if s.target == seda.Vitam && s.opt.Version.Early() {
		return fmt.Errorf("%w by the platform: %q", seda.ErrVersion, string(s.opt.Version))
	}
	if err := s.check(); err != nil {
		return err
	}
	if s.target == seda.Vitam {
		s.requireAgreement()
	}
	var names container.Names
	size, n := int64(0), 0
	for o, err := range s.all() {
		if err != nil {
			return err
		}
		if s.summary.Objects++; s.summary.Objects%256 == 0 && s.ctx.Err() != nil {
			return s.ctx.Err()
		}
		if o.Physical {
			continue
		}
		if o.Source == nil { // known by where it lay in another package
			s.report.Add(archive.RuleContent, report.Location{Path: "object[" + o.ID + "]"}, report.P("id", o.ID))
			continue
		}
		if more := o.Source.Size(); more > 0 { // it is a source that says so
			size += min(more, math.MaxInt64-size)
		}
		names.Add(s.report, s.name(n, o))
		s.fileName(o)
		if s.index != nil {
			s.index[o] = n
		}
		n++
	}
	if err := s.report.Err(); err != nil {
		return err
	}
	s.meter = newMeter(s.opt.Progress, size)
	if err := s.prepareAll(manifest); err != nil {
		return err
	}
	// What knows the formats may be large and is not asked any more.
	s.formats.dismiss()
	s.opt.Formats = nil
	slices.SortFunc(s.differing, func(a, b differing) int {
		return cmp.Or(a.n-b.n, strings.Compare(string(a.algorithm), string(b.algorithm)))
	})
	for _, d := range s.differing {
		s.report.Add(report.DigMismatch, report.Location{Path: "object[" + d.id + "]"}, report.P("entry", d.id), report.P("algorithm", string(d.algorithm)))
	}
	for i := range s.members.n {
		m, _ := s.members.at(i)
		s.summary.ContentBytes += m.size
	}
	if err := s.report.Err(); err != nil {
		return err
	}
	return s.tell()
}

// compare holds the digests the object declares against its content, as far as
// they were computed.
func (s *session) compare(j job, others *ged.Hasher) {
	var computed []ged.Digest
	if others != nil {
		computed = others.Digests()
	}
	for _, d := range j.object.Digests {
		agrees := true
		if d.Algorithm == ged.SHA512 {
			agrees = hex.EncodeToString(j.slot.sum()[:]) == d.Value
		}
		for _, got := range computed {
			agrees = agrees && (got.Algorithm != d.Algorithm || got.Value == d.Value)
		}
		if !agrees {
			s.mu.Lock()
			s.differing = append(s.differing, differing{j.slot.n, j.object.ID, d.Algorithm})
			s.mu.Unlock()
		}
	}
}

// requireAgreement: the platform finds the ingest contract in the message
// (archive specification of Vitam, CONTRACT_NOT_IN_MANIFEST).
func (s *session) requireAgreement() {
	if s.message.Header.Agreement == "" {
		s.report.Add(RuleAgreement, report.Location{Path: "header"})
	}
}

// fileName warns of a name under which a receiver could not store the file.
func (s *session) fileName(o *archive.Object) {
	_, faults := container.CheckName(o.Name)
	for _, f := range faults {
		s.report.AddAs(report.Warning, report.CtnName, report.Location{Path: "object[" + o.ID + "]"},
			report.P("entry", container.Show(o.Name)), container.Why(f.Why))
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
// twice. Lowered by tests.
var keptManifest int64 = 16 << 20

// keeper counts what is written to it and keeps the beginning of it, in pieces.
type keeper struct {
	pieces [][]byte
	n      int64
	max    int64
}

const keeperPiece = 64 << 10

func (k *keeper) Write(p []byte) (int, error) {
	if k.n += int64(len(p)); k.n > k.max {
		k.pieces = nil
		return len(p), nil
	}
	for rest := p; len(rest) > 0; {
		last := len(k.pieces) - 1
		if last < 0 || len(k.pieces[last]) == keeperPiece {
			k.pieces = append(k.pieces, make([]byte, 0, keeperPiece))
			last++
		}
		room := min(keeperPiece-len(k.pieces[last]), len(rest))
		k.pieces[last] = append(k.pieces[last], rest[:room]...)
		rest = rest[room:]
	}
	return len(p), nil
}

// digestedManifest writes the manifest once to know its size and its digest, and
// keeps it compressed if it is not too large. It follows the digests of the
// objects as they come.
func (s *session) digestedManifest(ctx context.Context) error {
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
	if err := s.describe(ctx, io.MultiWriter(into...), s.seda(ctx)); err != nil {
		return err
	}
	if err := d.Close(); err != nil {
		return err
	}
	s.manifest = zipEntry{name: manifestName, method: deflate, crc: sum.Sum32(), compressed: packed.n, size: count.n}
	if packed.n <= packed.max {
		s.packed = packed.pieces
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
	z := newZip(out, s.message.Header.Date)
	work, err := newWorker(&s.budget, s.meter, nil)
	if err != nil {
		return err
	}
	if err := s.copyManifest(z, work); err != nil {
		return fmt.Errorf("sip: write the manifest: %w", err)
	}
	if err := s.copyMembers(z, work); err != nil {
		return err
	}
	if err := z.close(); err != nil {
		return fmt.Errorf("sip: write the directory: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("sip: write the directory: %w", err)
	}
	s.summary.MessageID = s.message.Header.MessageID
	if digest != nil {
		s.summary.Package = ged.Digest{Algorithm: ged.SHA512, Value: hex.EncodeToString(digest.Sum(nil))}
	}
	s.summary.Bytes = z.offset
	return nil
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
	defer s.members.forget()
	if err := z.begin(s.manifest); err != nil {
		return err
	}
	if s.packed != nil {
		for i, piece := range s.packed {
			if _, err := z.Write(piece); err != nil {
				return err
			}
			s.packed[i] = nil
		}
		return z.end()
	}
	work.deflater.Reset(z)
	if err := s.describe(s.ctx, work.deflater, s.seda(s.ctx)); err != nil {
		return err
	}
	if err := work.deflater.Close(); err != nil {
		return err
	}
	return z.end()
}
