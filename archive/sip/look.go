package sip

import (
	"archive/zip"
	"context"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"io"
	"math"
	"runtime"
	"strings"
	"sync"

	"github.com/liasse/liasse/archive/seda/preflight"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// look is one object with what was seen of its file.
type look struct {
	declared preflight.Declared
	file     *zip.File
	size     int64
	verdict  verdict
	err      error // a fault of the entry
}

// verdict is what the digest of a file says.
type verdict uint8

const (
	notAsked verdict = iota
	agrees
	otherCase // the same digest in another form than the one the platform takes
	differs
)

// examination reads the files that objects name, as many at a time as there are
// processors, while the manifest that names them is read. It reports nothing of
// them yet, and stops at the first limit passed.
type examination struct {
	v      *verifier
	ctx    context.Context
	cancel context.CancelCauseFunc
	jobs   chan *look
	wait   sync.WaitGroup
}

func (v *verifier) examine() *examination {
	x := &examination{v: v, jobs: make(chan *look, queue)}
	x.ctx, x.cancel = context.WithCancelCause(v.ctx)
	var m *meter
	if v.opt.Progress != nil {
		m = &meter{tell: v.opt.Progress}
		for i := range v.files {
			m.total += int64(min(v.files[i].file.UncompressedSize64, uint64(math.MaxInt64-m.total)))
		}
	}
	for range min(runtime.GOMAXPROCS(0), len(v.files)) {
		x.wait.Go(func() {
			e := &examiner{v: v, buf: make([]byte, bufferSize), hashes: map[string]hash.Hash{}, meter: m}
			for l := range x.jobs {
				if x.ctx.Err() != nil {
					continue
				}
				err := e.examine(x.ctx, l)
				if err == errMethod || err == errBadEntry {
					l.err = err
				} else if err != nil {
					x.cancel(err)
				}
			}
		})
	}
	return x
}

// declared begins with a file as soon as the manifest has named it.
func (x *examination) declared(s *preflight.Survey, n int) {
	o, ok := s.Object(n)
	if !ok || o.URI == "" {
		return
	}
	if at, ok := x.v.index[o.URI]; ok && x.v.files[at].look == nil {
		x.give(&x.v.files[at], o)
	}
}

// give has the file read for what the object says of it.
func (x *examination) give(f *filed, o preflight.Declared) {
	f.look = &look{declared: o, file: f.file}
	select {
	case x.jobs <- f.look:
	case <-x.ctx.Done():
	}
}

// end waits until all are read. The error says that there is no telling of them.
func (x *examination) end() error {
	close(x.jobs)
	x.wait.Wait()
	defer x.cancel(nil)
	v := x.v
	if err := v.ctx.Err(); err != nil {
		return err
	}
	err := context.Cause(x.ctx)
	if err == nil {
		err = v.over(v.inflated.Load() + v.message.Load())
	}
	if err != nil {
		return v.blame(err, v.manifest)
	}
	return nil
}

// abandon ends the reading where it is.
func (x *examination) abandon() {
	x.cancel(context.Canceled)
	close(x.jobs)
	x.wait.Wait()
}

// examiner reads one file after the other.
type examiner struct {
	v      *verifier
	buf    []byte
	hashes map[string]hash.Hash
	sum    []byte
	meter  *meter
}

func (e *examiner) examine(ctx context.Context, l *look) error {
	o := l.declared
	var sum hash.Hash
	if !e.v.opt.Quick && o.Digest != "" {
		sum = e.hashes[o.Algorithm]
		if create := hashes[o.Algorithm]; sum == nil && create != nil {
			sum = create()
			e.hashes[o.Algorithm] = sum
		}
	}
	in, done := e.v.open(ctx, l.file)
	if sum != nil {
		sum.Reset()
	}
	for {
		n, err := in.Read(e.buf)
		l.size += int64(n)
		e.meter.add(int64(n))
		if sum != nil {
			sum.Write(e.buf[:n])
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return done(err)
		}
	}
	if err := done(nil); err != nil {
		return err
	}
	if sum == nil {
		return nil
	}
	e.sum = sum.Sum(e.sum[:0])
	switch text := hex.EncodeToString(e.sum); {
	case o.Digest == text:
		l.verdict = agrees
	case strings.EqualFold(o.Digest, text), o.Digest == base64.StdEncoding.EncodeToString(e.sum):
		l.verdict = otherCase
	default:
		l.verdict = differs
	}
	return nil
}

// judge reports what is to be said of an object whose file was read.
func (v *verifier) judge(l *look) {
	o := l.declared
	entry, algorithm := report.P("entry", container.Show(o.URI)), report.P("algorithm", o.Algorithm)
	switch {
	case o.Digest == "":
		v.report.Add(report.DigMissing, o.Where, entry)
	case hashes[o.Algorithm] == nil:
		v.report.Add(RuleAlgorithm, o.Where, entry)
	}
	if l.err != nil {
		_ = v.blame(l.err, l.file) // an examination leaves those only that are reported
		return
	}
	v.summary.ContentBytes += l.size
	if o.Size >= 0 && o.Size != l.size {
		// The platform takes the package and says WARNING.
		v.report.AddAs(report.Warning, report.DigSize, o.Where, entry, report.Int("want", o.Size), report.Int("got", l.size))
	}
	if o.Digest != "" && ged.Algorithm(o.Algorithm).Weak() {
		v.report.Add(report.DigWeak, o.Where, entry, algorithm)
	}
	switch l.verdict {
	case otherCase:
		v.report.Add(RuleDigestCase, o.Where, entry)
	case differs:
		v.report.Add(report.DigMismatch, o.Where, entry, algorithm)
	}
}
