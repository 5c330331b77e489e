package sip

import (
	"archive/tar"
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/seda/preflight"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// ReadOptions bound what reading a package may cost. The zero value is safe.
type ReadOptions struct {
	Report report.Options
	Limits Limits
	// MaxBytes and MaxParts bound the message, see [seda.ReadOptions].
	MaxBytes int64
	MaxParts int
}

// Read reads a package whoever made it: a zip, tar, tar.gz or tar.bz2 that holds
// a transfer of SEDA of any version and the files it names, in the forms that
// [Inspector] knows. The message becomes a package of archive, and each object
// whose file is there is given a Source that reads it in r, which must stay
// readable as long as the package is used. A content that the message itself
// carries stays in the Extras of its object.
//
// The package is what could be made of what was received, nil when no transfer
// was found. The report tells what is wrong with the archive, which files are
// missing, and what does not hold together in the message; it compares no digest
// and judges by no schema, which is for [Inspector] or [Verify]. [Write] does
// compare them: a package that was read can be written again, in another version
// or with other rules, and a content that is not the one its message declares is
// then an error. The error is one of r or of the context.
//
// Sources may be used by several goroutines. Those of a zip are found at once;
// those of a tar from its beginning each time, so that a package of many files is
// better unpacked.
func Read(ctx context.Context, r io.ReaderAt, size int64, opt ReadOptions) (*archive.Package, *report.Report, error) {
	x, err := newReading(ctx, r, size, opt)
	if err != nil || x.holder == nil {
		return nil, x.judge.Report, err
	}
	if err = x.list(); err != nil && !errors.Is(err, errStop) {
		return nil, x.judge.Report, err
	}
	if x.kind, x.name = recognise(ctx, x.holder, x.files, false); x.kind == "" {
		if err == nil {
			x.judge.Tell(faultManifest, report.Location{})
		}
		return nil, x.judge.Report, ctx.Err()
	}
	x.layout()
	var p *archive.Package
	err = x.read(func(r io.Reader) (err error) {
		p, _, err = seda.Read(ctx, r, opt.message(container.Show(x.name)), x.judge.Report)
		return err
	})
	return x.finish(p, err)
}

// ReadAsalae reads the two parts of a transfer to as@lae: the message, and the
// archive (zip, tar, tar.gz) of the files it names, which may lie in one folder.
// It keeps the promises of [Read]; files is what must stay readable.
func ReadAsalae(ctx context.Context, message io.Reader, files io.ReaderAt, filesSize int64, opt ReadOptions) (*archive.Package, *report.Report, error) {
	x, err := newReading(ctx, files, filesSize, opt)
	if err != nil {
		return nil, x.judge.Report, err
	}
	p, _, err := seda.Read(ctx, message, opt.message(messageName), x.judge.Report)
	if err != nil || p == nil || x.holder == nil {
		return p, x.judge.Report, err
	}
	if err = x.list(); err == nil {
		x.base = x.common()
	}
	return x.finish(p, err)
}

func (o ReadOptions) message(member string) seda.ReadOptions {
	return seda.ReadOptions{Member: member, MaxBytes: o.MaxBytes, MaxParts: o.MaxParts}
}

// archiveReading is the reading of a package: its files by an inspection that
// judges by the standard, and what their Sources need.
type archiveReading struct {
	inspection
	form  string
	v     *verifier
	sizes []int64 // of the files, as declared
}

// newReading has no holder when the file is no archive, which the report says.
func newReading(ctx context.Context, r io.ReaderAt, size int64, opt ReadOptions) (*archiveReading, error) {
	rep := report.New(opt.Report)
	x := &archiveReading{inspection: inspection{ctx: ctx, judge: preflight.NewJudge(inspect.Options{}, rep), manifest: -1}}
	head := make([]byte, 512)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return x, fmt.Errorf("sip: read the package: %w", err)
	}
	x.form = form(head[:n])
	switch h := newHolder(ctx, x.form, r, size, rep).(type) {
	case *zipHolder:
		x.holder, x.v = h, h.v
	case *tarHolder:
		x.holder, x.v = h, h.v
	default:
		x.judge.Tell(faultContainer, report.Location{}, report.P("format", "zip, tar"),
			report.Words("detail", "ses premiers octets sont ceux d'autre chose", "its first bytes are those of something else"))
		return x, nil
	}
	x.v.opt.Limits = opt.Limits
	x.v.opt.defaults()
	return x, nil
}

func (x *archiveReading) list() error {
	return x.holder.list(x.ctx, func(e entry) error {
		x.sizes = append(x.sizes, e.size)
		return x.add(e)
	})
}

// finish gives the objects their sources; err is what ended the reading of the
// archive or of its message.
func (x *archiveReading) finish(p *archive.Package, err error) (*archive.Package, *report.Report, error) {
	if err == nil && p != nil {
		err = x.bind(p)
	}
	if err != nil && !errors.Is(err, errStop) {
		return nil, x.judge.Report, err
	}
	// The sources are opened under contexts of their own.
	x.v.src.ctx = context.WithoutCancel(x.ctx)
	return p, x.judge.Report, nil
}

// bind gives each object its file. What the files would inflate to is bounded
// all together, and a package beyond is given none.
func (x *archiveReading) bind(p *archive.Package) error {
	sources := map[*archive.Object]int32{}
	counted := make([]bool, len(x.files))
	total := int64(0)
	for o := range p.Objects() {
		if x.ctx.Err() != nil {
			return context.Cause(x.ctx)
		}
		if o.Physical {
			continue
		}
		where, shown := report.Location{Path: "object[" + container.Show(o.ID) + "]"}, report.P("entry", container.Show(o.URI))
		n, ok := int32(0), false
		if o.URI != "" {
			n, ok = x.find(o.URI)
		}
		if !ok {
			if !carried(o) {
				x.judge.Tell(faultMissing, where, shown)
			}
			continue
		}
		if f := &x.files[n]; !f.usable {
			continue // told
		}
		if !counted[n] {
			counted[n] = true
			total += min(x.sizes[n], x.v.opt.Limits.Inflated+1)
			if over := x.v.over(total); over != nil {
				return x.v.blame(over, &zip.File{})
			}
		}
		sources[o] = n
	}
	for o, n := range sources {
		switch h := x.holder.(type) {
		case *zipHolder:
			o.Source = zipSource{h.files[n]}
		case *tarHolder:
			o.Source = tarSource{src: x.v.src, form: x.form, limits: x.v.opt.Limits, number: int(n), size: x.sizes[n]}
		}
	}
	return nil
}

// carried reports whether the message itself holds the content.
func carried(o *archive.Object) bool {
	return slices.ContainsFunc(o.Extras, func(x archive.Extra) bool {
		_, rest, _ := strings.Cut(x.XML, ">")
		return x.Name == "Attachment" && rest != "" && !strings.HasPrefix(rest, "<")
	})
}

// zipSource is a file of a zip.
type zipSource struct{ f *zip.File }

func (s zipSource) Size() int64 { return int64(s.f.UncompressedSize64) }

// Open returns a reader that ends in an error when the file is longer than it
// says or its checksum is wrong.
func (s zipSource) Open(ctx context.Context) (io.ReadCloser, error) {
	r, err := s.f.Open()
	if err != nil {
		return nil, fmt.Errorf("sip: open an entry: %w", err)
	}
	return sourceReader{watchContext{ctx, r}, r}, nil
}

// tarSource is a file of a tar, looked for from the beginning.
type tarSource struct {
	src    *watched
	form   string
	limits Limits
	number int
	size   int64
}

func (s tarSource) Size() int64 { return s.size }

func (s tarSource) Open(ctx context.Context) (io.ReadCloser, error) {
	v := &verifier{ctx: ctx, src: &watched{ctx: ctx, r: s.src.r, size: s.src.size}, size: s.src.size, report: &report.Report{}}
	v.opt.Limits = s.limits
	r, err := (&tarHolder{v: v, form: s.form}).reader()
	if err != nil {
		return nil, fmt.Errorf("sip: open an entry: %w", err)
	}
	t := tar.NewReader(r)
	for i := 0; ; {
		h, err := t.Next()
		switch {
		case err != nil && !errors.Is(err, tar.ErrInsecurePath):
			return nil, fmt.Errorf("sip: open an entry: %w", err)
		case h.Typeflag == tar.TypeXGlobalHeader:
		case i == s.number:
			return sourceReader{t, io.NopCloser(nil)}, nil
		default:
			i++
		}
	}
}

// sourceReader reads the content of an object.
type sourceReader struct {
	r io.Reader
	io.Closer
}

func (s sourceReader) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("sip: read an entry: %w", err)
	}
	return n, err
}
