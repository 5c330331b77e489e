package sip

import (
	"archive/zip"
	"context"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"io"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

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

// lookAll reads the files, as many at a time as there are processors, and
// reports nothing of them yet. It stops at the first limit passed.
func (v *verifier) lookAll(looks []look) error {
	ctx, cancel := context.WithCancelCause(v.ctx)
	defer cancel(nil)
	var m *meter
	if v.opt.Progress != nil {
		m = &meter{tell: v.opt.Progress}
		for i := range looks {
			m.total += int64(min(looks[i].file.UncompressedSize64, 1<<50))
		}
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(looks)) {
		wait.Go(func() {
			e := &examiner{v: v, buf: make([]byte, bufferSize), hashes: map[string]hash.Hash{}, meter: m}
			for {
				i := int(next.Add(1)) - 1
				if i >= len(looks) || ctx.Err() != nil {
					return
				}
				err := e.examine(ctx, &looks[i])
				if err == errMethod || err == errBadEntry {
					looks[i].err = err
				} else if err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	wait.Wait()
	if err := v.ctx.Err(); err != nil {
		return err
	}
	if err := context.Cause(ctx); err != nil {
		return v.blame(err, v.manifest)
	}
	return nil
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
		_ = v.blame(l.err, l.file) // lookAll leaves those only that are reported
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
