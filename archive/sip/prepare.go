package sip

import (
	"bytes"
	"context"
	"crypto/sha512"
	"errors"
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

// member is an object as the first pass leaves it: what the local header and
// the manifest need of it, but its name and its digest.
type member struct {
	size, compressed int64
	crc              uint32
	method           uint16
	ready            bool
	format           int32 // of those found, -1 for none
}

// blockSize is how many members lie together.
const blockSize = 512

// block is a piece of the table of members. Nothing in the members is a pointer:
// a million of them cost nothing to the collector of memory.
type block struct {
	members [blockSize]member
	sums    *[blockSize][sha512.Size]byte // until the manifest is written
	// data are the entries as they will be stored, where there was memory for
	// them; nil when there was for none.
	data *[blockSize][]byte
}

// table holds what is known of the objects, by their place in the package.
type table struct {
	mu     sync.Mutex
	ready  sync.Cond
	blocks []*block
	n      int
	done   int // how many were prepared, from the first on without a gap
	waits  bool
	asked  int  // how many were asked for, in their order
	ended  bool // no member is to come
}

func newTable() *table {
	t := &table{}
	t.ready.L = &t.mu
	return t
}

// add makes room for one more.
func (t *table) add() slot {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n%blockSize == 0 {
		t.blocks = append(t.blocks, &block{sums: new([blockSize][sha512.Size]byte)})
	}
	t.n++
	return t.slot(t.n - 1)
}

// slot is the place of a member in the table.
type slot struct {
	n int
	b *block
}

func (t *table) slot(n int) slot { return slot{n, t.blocks[n/blockSize]} }

func (s slot) member() *member         { return &s.b.members[s.n%blockSize] }
func (s slot) sum() *[sha512.Size]byte { return &s.b.sums[s.n%blockSize] }

// at returns what is known of the object.
func (t *table) at(n int) (*member, slot) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.slot(n)
	return s.member(), s
}

// data returns what was kept of the content, and forgets it.
func (s slot) data() []byte {
	if s.b.data == nil {
		return nil
	}
	d := s.b.data[s.n%blockSize]
	s.b.data[s.n%blockSize] = nil
	return d
}

// prepared says that the member is as the first pass leaves it.
func (t *table) prepared(s slot, kept []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if kept != nil {
		if s.b.data == nil {
			s.b.data = new([blockSize][]byte)
		}
		s.b.data[s.n%blockSize] = kept
	}
	s.member().ready = true
	for t.done < t.n && t.slot(t.done).member().ready {
		t.done++
	}
	if t.waits {
		t.waits = false
		t.ready.Broadcast()
	}
}

// wait returns when the member is prepared, or false when the context ended
// before that, or when there is no such member.
func (t *table) wait(ctx context.Context, n int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asked = max(t.asked, n+1)
	for n >= t.done {
		if ctx.Err() != nil {
			return false
		}
		if t.ended && n >= t.n {
			return false
		}
		t.waits = true
		t.ready.Wait()
	}
	return true
}

// end says that no member is to come: whoever waits for one more waits no longer.
func (t *table) end() {
	t.mu.Lock()
	t.ended = true
	t.ready.Broadcast()
	t.mu.Unlock()
}

// wake makes whoever waits look at the context.
func (t *table) wake() {
	t.mu.Lock()
	t.ready.Broadcast()
	t.mu.Unlock()
}

// forget gives up the digests, once the manifest is written.
func (t *table) forget() {
	for _, b := range t.blocks {
		b.sums = nil
	}
}

// budget is the memory the members may keep between the passes.
type budget struct {
	left atomic.Int64
	// reserve is what is left to deflated contents: a stored one costs no more
	// than another reading, if it is not kept.
	reserve int64
	// plain says that contents are stored as they are, in an archive that is
	// compressed as a whole.
	plain bool
}

func (b *budget) take(n int64, method uint16) bool {
	least := b.reserve
	if method == deflate {
		least = 0
	}
	if b.left.Add(-n) >= least {
		return true
	}
	b.left.Add(n)
	return false
}

const (
	sampleSize = 64 << 10
	wholeSize  = 1 << 20   // up to which a content is read at once, and may be kept
	arenaSize  = 256 << 10 // in which small contents are kept together
	bufferSize = 128 << 10 // fits the cache between the read and the digest
	level      = 5
)

// worker prepares members one after the other with its own buffers.
type worker struct {
	deflater *flate.Writer
	sha      hash.Hash // of the one algorithm every object needs
	budget   *budget
	meter    *meter
	formats  *formats
	buf      []byte // for what is read at once, or piece by piece
	packed   bytes.Buffer
	arena    []byte
}

func newWorker(b *budget, m *meter, f *formats) (*worker, error) {
	d, err := flate.NewWriter(io.Discard, level)
	if err != nil {
		return nil, err
	}
	return &worker{deflater: d, sha: sha512.New(), budget: b, meter: m, formats: f, buf: make([]byte, bufferSize)}, nil
}

// maxContentErrors bounds how many contents that cannot be read are named.
const maxContentErrors = 100

// job is an object to be prepared, and where to write down what comes out.
type job struct {
	slot   slot
	object *archive.Object
}

// queue is how many objects lie between who lists them and who prepares them.
const queue = 128

// workers is how many members are prepared at a time: digests bind, and two cores
// give twice the speed. What knows the formats may wait for goroutines of its
// own, and one more member fills the gaps.
func (s *session) workers() int {
	n := min(2, runtime.GOMAXPROCS(0))
	if s.formats != nil {
		n++
	}
	return n
}

// prepareAll runs the first pass on all members, a few at a time. Meanwhile the function given writes
// the manifest, as far as its objects are prepared; it returns once the context
// it was given ends. Once a content has failed nothing is digested any more, but
// the others are still opened, so that all those that cannot be are known at
// once.
func (s *session) prepareAll(manifest func(ctx context.Context) error) error {
	digesting, stop := context.WithCancel(s.ctx)
	defer stop()
	var (
		wait    sync.WaitGroup
		mu      sync.Mutex
		failed  = map[int]error{}
		jobs    = make(chan job, queue)
		listed  error
		written error
	)
	fail := func(i int, err error) {
		mu.Lock()
		if len(failed) < maxContentErrors {
			failed[i] = err
		}
		mu.Unlock()
		stop()
	}
	for range min(s.workers(), max(s.summary.Objects, 1)) {
		w, err := newWorker(&s.budget, s.meter, s.formats)
		if err != nil {
			close(jobs)
			wait.Wait()
			return err
		}
		wait.Go(func() {
			for j := range jobs {
				if s.ctx.Err() != nil {
					continue
				}
				var kept []byte
				err := digesting.Err()
				if err == nil {
					kept, err = w.prepare(digesting, s, j)
				}
				if digesting.Err() != nil && errors.Is(err, context.Canceled) { // the echo of another's failure
					err = probe(s.ctx, j.object)
				}
				if err != nil {
					fail(j.slot.n, err)
					continue
				}
				s.members.prepared(j.slot, kept)
			}
		})
	}
	var telling sync.WaitGroup
	telling.Go(func() {
		defer context.AfterFunc(digesting, s.members.wake)()
		if written = manifest(digesting); written != nil {
			stop()
		}
	})
	for o, err := range s.objects() {
		if err != nil {
			listed = err
			stop()
			break
		}
		if s.ctx.Err() != nil {
			break
		}
		jobs <- job{s.members.add(), o}
	}
	close(jobs)
	wait.Wait()
	s.members.end()
	if listed != nil || len(failed) > 0 {
		stop()
	}
	telling.Wait()
	switch {
	case s.ctx.Err() != nil:
		return s.ctx.Err()
	case listed != nil:
		return listed
	case len(failed) == 0 && (s.members.asked > s.members.n || written == nil && s.index == nil && s.members.asked < s.members.n):
		return errOtherParts
	case len(failed) == 0:
		return written
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

// prepare fills the member and returns what is kept of its content, if anything.
func (w *worker) prepare(ctx context.Context, s *session, j job) (kept []byte, err error) {
	o, m := j.object, j.slot.member()
	src, err := o.Source.Open(ctx)
	if err != nil {
		return nil, contentError(ctx, o.ID, err)
	}
	defer src.Close()
	if m.size, m.format = o.Source.Size(), -1; m.size < 0 {
		return nil, contentError(ctx, o.ID, ErrChanged)
	}
	w.sha.Reset()
	others, err := otherHasher(o)
	if err != nil {
		return nil, err
	}
	if m.size <= wholeSize {
		kept, err = w.whole(ctx, src, o, m, others)
	} else {
		err = w.pieces(ctx, src, o, m, others)
	}
	if err != nil {
		return nil, contentError(ctx, o.ID, err)
	}
	w.sha.Sum(j.slot.sum()[:0])
	if len(o.Digests) > 0 {
		s.compare(j, others)
	}
	return kept, nil
}

// otherHasher is nil when the object declares no digest but SHA-512, or weak
// ones, which prove nothing.
func otherHasher(o *archive.Object) (*ged.Hasher, error) {
	var algorithms []ged.Algorithm
	for _, d := range o.Digests {
		if d.Algorithm != ged.SHA512 && !d.Algorithm.Weak() && !slices.Contains(algorithms, d.Algorithm) {
			algorithms = append(algorithms, d.Algorithm)
		}
	}
	if algorithms == nil {
		return nil, nil
	}
	return ged.NewHasher(algorithms...)
}

// whole prepares a content that is read at once.
func (w *worker) whole(ctx context.Context, src io.Reader, o *archive.Object, m *member, others *ged.Hasher) (kept []byte, err error) {
	size := int(m.size)
	w.buf = slices.Grow(w.buf[:0], size+1)[:max(size+1, bufferSize)]
	content := w.buf[:size]
	switch n, err := io.ReadFull(ged.ContextReader(ctx, src), w.buf[:size+1]); {
	case err != io.EOF && err != io.ErrUnexpectedEOF && err != nil:
		return nil, err
	case n != size:
		return nil, ErrChanged
	}
	w.meter.add(m.size)
	w.sha.Write(content)
	if others != nil {
		others.Write(content)
	}
	media := w.formats.look(ctx, bytes.NewReader(content), o, m)
	stored := content
	m.method, m.crc = store, crc32.ChecksumIEEE(content)
	if w.compressible(o, media, content[:min(size, sampleSize)]) {
		w.packed.Reset()
		w.deflater.Reset(&w.packed)
		w.deflater.Write(content) // a buffer never fails
		if err := w.deflater.Close(); err != nil {
			return nil, err
		}
		if w.packed.Len() < size {
			stored, m.method = w.packed.Bytes(), deflate
		}
	}
	m.compressed = int64(len(stored))
	if w.budget.take(int64(len(stored)), m.method) {
		return w.keep(stored), nil
	}
	return nil, nil
}

// keep copies the data to where they stay.
func (w *worker) keep(data []byte) []byte {
	if len(data) > arenaSize/4 {
		return bytes.Clone(data)
	}
	if len(data) > cap(w.arena)-len(w.arena) {
		w.arena = make([]byte, 0, arenaSize)
	}
	n := len(w.arena)
	w.arena = append(w.arena, data...)
	return w.arena[n:len(w.arena):len(w.arena)]
}

// pieces prepares a content that is not held: it is read again to be copied.
func (w *worker) pieces(ctx context.Context, content io.Reader, o *archive.Object, m *member, others *ged.Hasher) error {
	media := w.formats.look(ctx, content, o, m)
	src := ged.ContextReader(ctx, content)
	w.buf = w.buf[:bufferSize]
	sum, size, packed := crc32.NewIEEE(), int64(0), (*counter)(nil)
	for first := true; ; first = false {
		n, err := io.ReadFull(src, w.buf)
		piece := w.buf[:n]
		size += int64(n)
		w.meter.add(int64(n))
		w.sha.Write(piece)
		sum.Write(piece)
		if others != nil {
			others.Write(piece)
		}
		if first && w.compressible(o, media, piece[:min(n, sampleSize)]) {
			packed = &counter{}
			w.deflater.Reset(packed)
		}
		if packed != nil {
			w.deflater.Write(piece) // a counter never fails
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			break
		}
		if err != nil {
			return err
		}
		if size > m.size {
			break
		}
	}
	if size != m.size {
		return ErrChanged
	}
	m.method, m.crc, m.compressed = store, sum.Sum32(), size
	if packed != nil {
		if err := w.deflater.Close(); err != nil {
			return err
		}
		if packed.n < size {
			m.method, m.compressed = deflate, packed.n
		}
	}
	return nil
}

// compressible decides, from the object and its first bytes alone, whether to
// deflate: what is compressed already costs time and gains nothing.
func (w *worker) compressible(o *archive.Object, media string, sample []byte) bool {
	if len(sample) < 64 || w.budget.plain {
		return false
	}
	media, _, _ = strings.Cut(strings.ToLower(media), ";")
	if packedMedia(strings.TrimSpace(media)) || packedExtension(extension(o.Name)) {
		return false
	}
	if len(sample) < sampleSize {
		return true // the whole of it: deflating is the test
	}
	k := &counter{}
	w.deflater.Reset(k)
	_, _ = w.deflater.Write(sample) // a counter never fails
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
