package bagit

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// VerifyOptions say how a bag is verified. The zero value verifies every
// digest, with as many files at a time as there are processors.
type VerifyOptions struct {
	// Workers is how many files are read at a time; 0 or more than GOMAXPROCS
	// means GOMAXPROCS.
	Workers int
	// Quick leaves the digests out: the answer is only whether the bag is
	// complete.
	Quick bool
}

// Result is what is known of a bag once it was verified.
type Result struct {
	// Report holds every finding, those of [Open] first.
	Report *report.Report
	// Complete says that everything listed is there, everything there is
	// listed, and all of it has the right form. (RFC 8493 §3)
	Complete bool
	// Valid says that, besides, every digest was computed and agrees. It is
	// false after a Quick verification, and when no manifest could be used.
	Valid bool
	// Hashed counts the bytes that were read to compute digests.
	Hashed int64
}

// job is one file to read and the lines it must agree with.
type job struct {
	node  int32
	lines []check
	wrong []bool // by line
	// damaged says that the archive does not give the file back.
	damaged bool
}

type check struct {
	m *manifest
	e *entry
}

// Verify computes the digest of every file a manifest lists, each file read
// once whatever the number of manifests, and reports all that disagree. The
// error means that a file could not be read, or the context's end: then
// nothing is known.
func (b *Bag) Verify(ctx context.Context, opt VerifyOptions) (Result, error) {
	res := Result{Report: report.New(b.rep.Options()), Complete: b.rep.Valid()}
	res.Report.Merge(b.rep, "")
	if opt.Quick || b.broken {
		return res, nil
	}
	jobs := b.jobs()
	var err error
	if s, ok := b.src.(streamed); ok {
		res.Hashed, err = b.runStream(ctx, jobs, s)
	} else {
		res.Hashed, err = b.run(ctx, jobs, opt.Workers)
	}
	if err != nil {
		return Result{}, fmt.Errorf("bagit: verify: %w", err)
	}
	for i := range jobs {
		j := &jobs[i]
		name := container.Show(b.nodes[j.node].path)
		if j.damaged {
			res.Report.Add(report.CtnCRC, report.Location{Member: name}, report.P("entry", name))
			continue
		}
		for k, wrong := range j.wrong {
			if wrong {
				m := j.lines[k].m
				res.Report.Record(report.Finding{Rule: report.DigMismatch, Severity: report.Error,
					Where: report.Location{Member: name}, Also: []report.Location{m.at(int(j.node))},
					Params: []report.Param{report.P("algorithm", m.Algorithm), report.P("entry", name)}})
			}
		}
	}
	res.Valid = res.Report.Valid()
	return res, nil
}

// jobs lists the files to read, in the order of their paths.
func (b *Bag) jobs() []job {
	var jobs []job
	for i := range b.nodes {
		if b.nodes[i].kind != present {
			continue
		}
		j := job{node: int32(i)}
		for _, m := range b.manifests {
			if line := m.refs[int32(i)]; line > 0 && algorithms[m.Algorithm].new != nil && m.lines[line-1].digest != "" {
				j.lines = append(j.lines, check{m, &m.lines[line-1]})
			}
		}
		if len(j.lines) > 0 {
			jobs = append(jobs, j)
		}
	}
	slices.SortStableFunc(jobs, func(x, y job) int { return strings.Compare(b.nodes[x.node].path, b.nodes[y.node].path) })
	return jobs
}

// run reads the files of the jobs, the largest first so that none is left
// alone at the end.
func (b *Bag) run(ctx context.Context, jobs []job, workers int) (int64, error) {
	if most := runtime.GOMAXPROCS(0); workers <= 0 || workers > most {
		workers = most
	}
	order := make([]int32, len(jobs))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(x, y int32) int {
		return int(max(min(b.nodes[jobs[y].node].size-b.nodes[jobs[x].node].size, 1), -1))
	})
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next, total atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, len(jobs)) {
		wg.Go(func() {
			w := newWorker()
			w.share = len(jobs) < workers // processors are left for the algorithms
			for {
				i := next.Add(1) - 1
				if i >= int64(len(order)) || ctx.Err() != nil {
					return
				}
				n, err := w.do(ctx, b, &jobs[order[i]])
				total.Add(n)
				if err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return total.Load(), context.Cause(ctx)
	}
	return total.Load(), nil
}

// bufferSize is large enough to make system calls rare and small enough to
// stay in the processor's cache between the read and the hash.
const bufferSize = 128 << 10

// worker reads one file after the other.
type worker struct {
	buf    []byte
	hashes map[string]hash.Hash
	sum    []byte
	// share gives each algorithm a goroutine of its own.
	share bool
}

func newWorker() worker {
	return worker{buf: make([]byte, bufferSize), hashes: map[string]hash.Hash{}}
}

func (w *worker) do(ctx context.Context, b *Bag, j *job) (int64, error) {
	f, err := b.src.open(b.nodes[j.node].path)
	switch {
	case errors.Is(err, errNotKept): // a finding says why: it is encrypted
		return 0, nil
	case err != nil && b.src.damaged(err):
		j.damaged = true
		return 0, nil
	case err != nil:
		return 0, err
	}
	defer f.Close()
	return w.read(ctx, b, j, f)
}

// read digests one file.
func (w *worker) read(ctx context.Context, b *Bag, j *job, f io.Reader) (int64, error) {
	var used []string
	var hashes []hash.Hash
	for _, c := range j.lines {
		a := c.m.Algorithm
		if slices.Contains(used, a) {
			continue
		}
		h := w.hashes[a]
		if h == nil {
			h = algorithms[a].new()
			w.hashes[a] = h
		}
		h.Reset()
		used, hashes = append(used, a), append(hashes, h)
	}
	total := int64(0)
	others := hashes[1:]
	var shares []share
	if w.share && len(others) > 0 {
		shares, others = newShares(others), nil
		defer closeShares(shares)
	}
	for {
		if err := ctx.Err(); err != nil {
			return total, err
		}
		n, err := f.Read(w.buf)
		total += int64(n)
		for _, s := range shares {
			s.in <- w.buf[:n]
		}
		hashes[0].Write(w.buf[:n])
		for _, h := range others {
			h.Write(w.buf[:n])
		}
		for _, s := range shares {
			<-s.done
		}
		if err == io.EOF {
			break
		}
		if err != nil && b.src.damaged(err) {
			j.damaged = true
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
	for _, c := range j.lines {
		w.sum = w.hashes[c.m.Algorithm].Sum(w.sum[:0])
		j.wrong = append(j.wrong, string(w.sum) != c.e.digest)
	}
	return total, nil
}

// share is an algorithm that is computed in a goroutine of its own, one buffer
// at a time.
type share struct {
	in   chan []byte
	done chan struct{}
}

func newShares(hashes []hash.Hash) []share {
	out := make([]share, len(hashes))
	for i, h := range hashes {
		s := share{make(chan []byte), make(chan struct{})}
		go func() {
			for p := range s.in {
				h.Write(p)
				s.done <- struct{}{}
			}
		}()
		out[i] = s
	}
	return out
}

// closeShares is called when none is at work.
func closeShares(shares []share) {
	for _, s := range shares {
		close(s.in)
	}
}

// streamed is a source whose files come one after the other.
type streamed interface {
	each(ctx context.Context, f func(path string, r io.Reader) error) error
}

func (b *Bag) runStream(ctx context.Context, jobs []job, s streamed) (int64, error) {
	todo := make(map[string]*job, len(jobs))
	for i := range jobs {
		todo[b.nodes[jobs[i].node].path] = &jobs[i]
	}
	w := newWorker()
	w.share = runtime.GOMAXPROCS(0) > 1 // the files come one by one
	total := int64(0)
	err := s.each(ctx, func(path string, r io.Reader) error {
		j := todo[path]
		if j == nil {
			return nil
		}
		delete(todo, path)
		n, err := w.read(ctx, b, j, r)
		total += n
		return err
	})
	for _, j := range todo {
		j.damaged = true
	}
	return total, err
}
