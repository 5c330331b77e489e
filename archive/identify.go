package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/format"
	"github.com/liasse/liasse/ged/report"
)

// IdentifyOptions say how formats are looked for. The zero value uses every
// processor.
type IdentifyOptions struct {
	// Workers is how many files are looked at a time; 0 or more than GOMAXPROCS
	// means GOMAXPROCS.
	Workers int
	// Progress, if not nil, is told how many objects were looked at, of how
	// many. Calls never overlap, and done never goes back.
	Progress func(done, total int)
}

// identifyBuffer bounds a content that must be held to be looked at, because
// its source cannot be read at any place.
const identifyBuffer = 8 << 20

// Identify asks the identifier for the format of the content of each object and
// writes it in the object: PUID, name of the format, media type. What an object
// says already is kept, and a finding tells when the content says otherwise.
//
// A content that cannot be read is a finding too, so that all of them are known
// at once; the error is the context's.
func Identify(ctx context.Context, p *Package, id format.Identifier, opt IdentifyOptions) (*report.Report, error) {
	var objects []*Object
	for o := range p.Objects() {
		if !o.Physical && o.Source != nil {
			objects = append(objects, o)
		}
	}
	seen := make([]Identified, len(objects))
	err := eachInParallel(ctx, len(objects), opt, func(i int) {
		seen[i] = LookAt(ctx, id, objects[i].Source, objects[i].Name)
	})
	if err != nil {
		return nil, err
	}
	rep := &report.Report{}
	for i := range seen {
		seen[i].Note(rep, objects[i])
	}
	return rep, nil
}

// eachInParallel calls the function for 0 to n-1, several at a time.
func eachInParallel(ctx context.Context, n int, opt IdentifyOptions, do func(i int)) error {
	workers := opt.Workers
	if most := runtime.GOMAXPROCS(0); workers <= 0 || workers > most {
		workers = most
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for range min(workers, n) {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return
				}
				do(i)
				if opt.Progress != nil {
					mu.Lock()
					done++
					opt.Progress(done, n)
					mu.Unlock()
				}
			}
		})
	}
	wait.Wait()
	if ctx.Err() != nil {
		return fmt.Errorf("archive: identify formats: %w", context.Cause(ctx))
	}
	return nil
}

// Identified is what one look at the content of an object says of its format.
// The same answer is the same value: it may be the key of a map.
type Identified struct {
	id                       format.ID
	known, ambiguous         bool
	partial, unseen, failing bool
}

// Look asks the identifier for the format of one content. A content that cannot
// be read is an answer too.
func Look(ctx context.Context, id format.Identifier, content io.ReaderAt, size int64, name string) Identified {
	switch {
	case size == 0:
		return Identified{}
	case size < 0:
		return Identified{failing: true}
	}
	res, err := id.Identify(ctx, content, size, name)
	if err != nil {
		return Identified{failing: !errors.Is(err, context.Canceled)}
	}
	out := Identified{ambiguous: res.Ambiguous(), partial: res.Partial}
	out.id, out.known = res.Best()
	out.id.Evidence = "" // it names members of the file, and is of no use here
	return out
}

// LookAt opens a source and asks for the format of its content. One that cannot
// be read at any place is held, up to some megabytes.
func LookAt(ctx context.Context, id format.Identifier, content ged.Source, name string) Identified {
	size := content.Size()
	switch {
	case size == 0:
		return Identified{}
	case size < 0: // no source has that
		return Identified{failing: true}
	}
	src, err := content.Open(ctx)
	if err != nil {
		return Identified{failing: true}
	}
	defer src.Close()
	at, ok := src.(io.ReaderAt)
	if !ok {
		if size > identifyBuffer {
			return Identified{unseen: true} // too large to be looked at
		}
		held := make([]byte, size)
		if _, err := io.ReadFull(src, held); err != nil {
			return Identified{failing: true}
		}
		at = bytes.NewReader(held)
	}
	return Look(ctx, id, at, size, name)
}

// Note writes what was found in the object, unless it says its format already,
// and what is to be said of it in the report.
func (d *Identified) Note(rep *report.Report, o *Object) {
	where, id := at("object", o.ID), report.P("id", o.ID)
	switch {
	case d.failing:
		rep.Add(RuleUnreadable, where)
		return
	case o.Source.Size() == 0:
		rep.Add(RuleFileEmpty, where, id)
		return
	case d.unseen:
		rep.Add(RuleFormatUnseen, where, id)
		return
	case !d.known:
		rep.Add(RuleFormatUnknown, where, id)
		return
	}
	found := report.P("puid", d.id.PUID)
	switch o.PUID {
	case "":
		o.PUID, o.FormatName = d.id.PUID, d.id.Name
		if d.id.Version != "" && d.id.Name != "" {
			o.FormatName += " " + d.id.Version
		}
		if o.MediaType == "" {
			o.MediaType = d.id.MIME
		}
	case d.id.PUID:
	default:
		if !d.ambiguous {
			rep.Add(RuleFormatDiffers, where, id, found, report.P("declared", o.PUID))
		}
	}
	if d.id.Mismatch {
		rep.Add(RuleFormatExtension, where, id, found)
	}
	if d.ambiguous {
		rep.Add(RuleFormatAmbiguous, where, id, found)
	}
	if d.partial {
		rep.Add(RuleFormatUnseen, where, id)
	}
}
