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

// member is one entry as the first pass leaves it: everything a local header
// and the manifest need.
type member struct {
	entry  zipEntry
	object *archive.Object
	sum    [sha512.Size]byte
	others []ged.Digest // of the other algorithms the object declares
	// data is the entry as it will be stored, when there was memory for it.
	data []byte
}

// budget is the memory the members may keep between the passes.
type budget struct {
	left atomic.Int64
	// plain says that contents are stored as they are, in an archive that is
	// compressed as a whole.
	plain bool
}

func (b *budget) take(n int64) bool {
	if b.left.Add(-n) >= 0 {
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
	buf      []byte // for what is read at once, or piece by piece
	packed   bytes.Buffer
	arena    []byte
}

func newWorker(b *budget, m *meter) (*worker, error) {
	d, err := flate.NewWriter(io.Discard, level)
	if err != nil {
		return nil, err
	}
	return &worker{deflater: d, sha: sha512.New(), budget: b, meter: m, buf: make([]byte, bufferSize)}, nil
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
		w, err := newWorker(b, meter)
		if err != nil {
			return err
		}
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
	src, err := m.object.Source.Open(ctx)
	if err != nil {
		return contentError(ctx, m.object.ID, err)
	}
	defer src.Close()
	m.entry.size = m.object.Source.Size()
	w.sha.Reset()
	others, err := otherHasher(m.object)
	if err != nil {
		return err
	}
	if m.entry.size <= wholeSize {
		err = w.whole(ged.ContextReader(ctx, src), m, others)
	} else {
		err = w.pieces(ged.ContextReader(ctx, src), m, others)
	}
	if err != nil {
		return contentError(ctx, m.object.ID, err)
	}
	w.sha.Sum(m.sum[:0])
	if others != nil {
		m.others = others.Digests()
	}
	return nil
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
func (w *worker) whole(src io.Reader, m *member, others *ged.Hasher) error {
	size := int(m.entry.size)
	w.buf = slices.Grow(w.buf[:0], size+1)[:max(size+1, bufferSize)]
	content := w.buf[:size]
	switch n, err := io.ReadFull(src, w.buf[:size+1]); {
	case err != io.EOF && err != io.ErrUnexpectedEOF && err != nil:
		return err
	case n != size:
		return ErrChanged
	}
	w.meter.add(m.entry.size)
	w.sha.Write(content)
	if others != nil {
		others.Write(content)
	}
	stored := content
	m.entry.method, m.entry.crc = store, crc32.ChecksumIEEE(content)
	if w.compressible(m.object, content[:min(size, sampleSize)]) {
		w.packed.Reset()
		w.deflater.Reset(&w.packed)
		w.deflater.Write(content) // a buffer never fails
		if err := w.deflater.Close(); err != nil {
			return err
		}
		if w.packed.Len() < size {
			stored, m.entry.method = w.packed.Bytes(), deflate
		}
	}
	m.entry.compressed = int64(len(stored))
	if w.budget.take(int64(len(stored))) {
		m.data = w.keep(stored)
	}
	return nil
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
func (w *worker) pieces(src io.Reader, m *member, others *ged.Hasher) error {
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
		if first && w.compressible(m.object, piece[:min(n, sampleSize)]) {
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
		if size > m.entry.size {
			break
		}
	}
	if size != m.entry.size {
		return ErrChanged
	}
	m.entry.method, m.entry.crc, m.entry.compressed = store, sum.Sum32(), size
	if packed != nil {
		if err := w.deflater.Close(); err != nil {
			return err
		}
		if packed.n < size {
			m.entry.method, m.entry.compressed = deflate, packed.n
		}
	}
	return nil
}

// compressible decides, from the object and its first bytes alone, whether to
// deflate: what is compressed already costs time and gains nothing.
func (w *worker) compressible(o *archive.Object, sample []byte) bool {
	if len(sample) < 64 || w.budget.plain {
		return false
	}
	media, _, _ := strings.Cut(strings.ToLower(o.MediaType), ";")
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
