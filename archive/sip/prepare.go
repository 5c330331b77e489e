package sip

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/flate"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
)

// member is one entry as the first pass leaves it: everything a local header
// and the manifest need.
type member struct {
	entry   zipEntry
	object  *archive.Object
	digests []ged.Digest // SHA-512 first
	// data is the entry as it will be stored, when there was memory for it.
	data []byte
}

// budget is the memory the members may keep between the passes.
type budget struct{ left atomic.Int64 }

func (b *budget) take(n int64) bool {
	if b.left.Add(-n) >= 0 {
		return true
	}
	b.left.Add(n)
	return false
}

const (
	sampleSize = 64 << 10
	keepSize   = 4 << 20 // no single entry takes more of the budget
	level      = 5
)

// worker prepares members one after the other with its own buffers.
type worker struct {
	deflater *flate.Writer
	hasher   *ged.Hasher // of the one algorithm nearly every object needs
	in       *bufio.Reader
	budget   *budget
	meter    *meter
	buf      []byte
}

func newWorker(b *budget) (*worker, error) {
	d, err := flate.NewWriter(io.Discard, level)
	if err != nil {
		return nil, err
	}
	h, err := ged.NewHasher(ged.SHA512)
	if err != nil {
		return nil, err
	}
	return &worker{deflater: d, hasher: h, in: bufio.NewReaderSize(nil, sampleSize), budget: b, buf: make([]byte, 128<<10)}, nil
}

// maxContentErrors bounds how many contents that cannot be read are named.
const maxContentErrors = 100

// prepareAll runs the first pass on all members, two at a time at most: digests
// bind, and two cores give twice the speed. Once a content has failed nothing
// is digested any more, but the others are still opened, so that all those that
// cannot be are known at once.
func prepareAll(ctx context.Context, members []member, b *budget, meter *meter) error {
	digesting, stop := context.WithCancel(ctx)
	defer stop()
	var (
		next   atomic.Int64
		wait   sync.WaitGroup
		mu     sync.Mutex
		failed = map[int]error{}
	)
	for range min(2, runtime.GOMAXPROCS(0), len(members)) {
		w, err := newWorker(b)
		if err != nil {
			return err
		}
		w.meter = meter
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(members) || ctx.Err() != nil {
					return
				}
				err := digesting.Err()
				if err == nil {
					err = w.prepare(digesting, &members[i])
				}
				if digesting.Err() != nil && errors.Is(err, context.Canceled) { // the echo of another's failure
					err = probe(ctx, members[i].object)
				}
				if err != nil {
					mu.Lock()
					if len(failed) < maxContentErrors {
						failed[i] = err
					}
					mu.Unlock()
					stop()
				}
			}
		})
	}
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	errs := make([]error, 0, len(failed))
	for _, i := range slices.Sorted(maps.Keys(failed)) {
		errs = append(errs, failed[i])
	}
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}

// probe says whether the content can be opened at all.
func probe(ctx context.Context, o *archive.Object) error {
	src, err := o.Source.Open(ctx)
	if err != nil {
		return contentError(ctx, o.ID, err)
	}
	_ = src.Close() // nothing was read
	return nil
}

func (w *worker) prepare(ctx context.Context, m *member) error {
	fail := func(err error) error { return contentError(ctx, m.object.ID, err) }
	algorithms := []ged.Algorithm{ged.SHA512}
	for _, d := range m.object.Digests {
		if !d.Algorithm.Weak() && !slices.Contains(algorithms, d.Algorithm) {
			algorithms = append(algorithms, d.Algorithm)
		}
	}
	hasher := w.hasher
	if len(algorithms) > 1 {
		var err error
		if hasher, err = ged.NewHasher(algorithms...); err != nil {
			return err
		}
	}
	hasher.Reset()
	src, err := m.object.Source.Open(ctx)
	if err != nil {
		return fail(err)
	}
	defer src.Close()
	size := m.object.Source.Size()
	w.in.Reset(ged.ContextReader(ctx, src))
	sample, err := w.in.Peek(sampleSize)
	if err != nil && err != io.EOF {
		return fail(err)
	}
	sum := crc32.NewIEEE()
	sinks := []io.Writer{hasher, sum, w.meter}
	plain := w.keeper(size)
	if plain != nil {
		sinks = append(sinks, plain)
	}
	var packed *keeper
	if w.compressible(m.object, sample) {
		packed = w.packer(size)
		w.deflater.Reset(packed)
		sinks = append(sinks, w.deflater)
	}
	if _, err := io.CopyBuffer(io.MultiWriter(sinks...), onlyReader{w.in}, w.buf); err != nil {
		return fail(err)
	}
	if hasher.Size() != size {
		return fail(ErrChanged)
	}
	if packed != nil {
		if err := w.deflater.Close(); err != nil {
			return fail(err)
		}
	}
	m.digests = hasher.Digests()
	m.entry.method, m.entry.crc, m.entry.size, m.entry.compressed = store, sum.Sum32(), size, size
	kept, other := plain, packed
	if packed != nil && packed.n < size {
		m.entry.method, m.entry.compressed = deflate, packed.n
		kept, other = packed, plain
	}
	if kept != nil {
		m.data = kept.bytes()
	}
	if other != nil {
		w.budget.left.Add(other.reserved)
	}
	return nil
}

// onlyReader hides WriteTo, which would ignore the buffer given to CopyBuffer.
type onlyReader struct{ io.Reader }

// keeper counts what is written to it and keeps it, unless keep is false.
type keeper struct {
	buf      bytes.Buffer
	keep     bool
	n        int64
	reserved int64
}

func (k *keeper) Write(p []byte) (int, error) {
	k.n += int64(len(p))
	if k.keep && k.n > k.reserved {
		k.keep, k.buf = false, bytes.Buffer{}
	}
	if k.keep {
		k.buf.Write(p)
	}
	return len(p), nil
}

func (k *keeper) bytes() []byte {
	if !k.keep {
		return nil
	}
	return k.buf.Bytes()
}

// keeper returns a place to keep size bytes, or nil.
func (w *worker) keeper(size int64) *keeper {
	if size > keepSize || !w.budget.take(size) {
		return nil
	}
	k := &keeper{keep: true, reserved: size}
	k.buf.Grow(int(size))
	return k
}

// packer counts compressed bytes, and keeps them if there is room.
func (w *worker) packer(size int64) *keeper {
	if size <= keepSize && w.budget.take(size) {
		return &keeper{keep: true, reserved: size}
	}
	return &keeper{}
}

// compressible decides, from the object and its first bytes alone, whether to
// deflate: what is compressed already costs time and gains nothing.
func (w *worker) compressible(o *archive.Object, sample []byte) bool {
	if len(sample) < 64 {
		return false
	}
	media, _, _ := strings.Cut(strings.ToLower(o.MediaType), ";")
	if packedMedia(strings.TrimSpace(media)) || packedExtension(extension(o.Name)) {
		return false
	}
	if len(sample) < sampleSize {
		return true // the whole of it: deflating is the test
	}
	k := &keeper{}
	w.deflater.Reset(k)
	_, _ = w.deflater.Write(sample) // a keeper never fails
	_ = w.deflater.Flush()
	return k.n < int64(len(sample))*9/10
}

func packedMedia(media string) bool {
	switch media {
	case "application/pdf", "application/zip", "application/gzip", "application/x-gzip", "application/x-7z-compressed",
		"application/x-bzip2", "application/x-xz", "application/zstd", "image/jpeg", "image/png", "image/gif", "image/webp",
		"image/jp2":
		return true
	}
	return strings.HasPrefix(media, "video/") || strings.HasPrefix(media, "audio/mp") ||
		strings.HasPrefix(media, "application/vnd.openxmlformats-officedocument.") ||
		strings.HasPrefix(media, "application/vnd.oasis.opendocument.")
}

func packedExtension(ext string) bool {
	switch ext {
	case "pdf", "zip", "gz", "tgz", "7z", "bz2", "xz", "zst", "rar", "jpg", "jpeg", "png", "gif", "webp", "jp2",
		"docx", "xlsx", "pptx", "odt", "ods", "odp", "odg", "mp3", "mp4", "m4a", "mov", "mkv", "webm", "asice", "asics":
		return true
	}
	return false
}

// extension returns what follows the last dot of the name in lower case, when
// it is made of a few ASCII letters and digits, else "".
func extension(name string) string {
	i := strings.LastIndexByte(name, '.')
	if i < 0 || len(name)-i > 11 {
		return ""
	}
	ext := strings.ToLower(name[i+1:])
	if strings.Trim(ext, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return ""
	}
	return ext
}

// copyMember writes the data of a member into the open entry: the second pass.
func (w *worker) copyMember(ctx context.Context, z *zipWriter, m *member) error {
	if m.data != nil {
		_, err := z.Write(m.data)
		m.data = nil
		w.meter.add(m.entry.size)
		return err
	}
	fail := func(err error) error { return contentError(ctx, m.object.ID, err) }
	if m.entry.size == 0 {
		return nil
	}
	src, err := m.object.Source.Open(ctx)
	if err != nil {
		return fail(err)
	}
	defer src.Close()
	in := &checkedReader{r: ged.ContextReader(ctx, src), sum: crc32.NewIEEE(), meter: w.meter}
	var out io.Writer = sinkErrors{z, &in.sink}
	if m.entry.method == deflate {
		w.deflater.Reset(out)
		out = w.deflater
	}
	_, err = io.CopyBuffer(out, in, w.buf)
	if err == nil && m.entry.method == deflate {
		err = w.deflater.Close()
	}
	switch {
	case in.n != m.entry.size && in.ended, in.n > m.entry.size, in.ended && in.sum.Sum32() != m.entry.crc, errors.Is(err, errEntrySize):
		return fail(ErrChanged)
	case in.sink != nil:
		return in.sink // the caller's writer, not the content
	case err != nil:
		return fail(err)
	}
	return nil
}

// checkedReader sums what is read, and remembers an error of the other end.
type checkedReader struct {
	r     io.Reader
	sum   hash.Hash32
	n     int64
	ended bool
	sink  error
	meter *meter
}

func (c *checkedReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	_, _ = c.sum.Write(p[:n]) // a hash never fails
	c.meter.add(int64(n))
	c.ended = c.ended || err == io.EOF
	return n, err
}

type sinkErrors struct {
	w   io.Writer
	err *error
}

func (s sinkErrors) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	if err != nil && !errors.Is(err, errEntrySize) {
		*s.err = err
	}
	return n, err
}

// ErrChanged says that a content is not of the size its source announced, or
// not the same when read a second time.
var ErrChanged = errors.New("sip: the content changed while the package was made")

// ContentError is the failure to read the content of one object.
type ContentError struct {
	Object string // its identifier
	Err    error
}

// Error names the object; it never quotes its name or its content.
func (e *ContentError) Error() string {
	return fmt.Sprintf("sip: content of object %s: %v", e.Object, e.Err)
}

// Unwrap returns the cause.
func (e *ContentError) Unwrap() error { return e.Err }

func contentError(ctx context.Context, object string, err error) error {
	if cause := ctx.Err(); cause != nil {
		return cause
	}
	return &ContentError{object, err}
}
