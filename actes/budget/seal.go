package budget

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/c14n"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Why AddSeal refuses a document; the first two are the rules of the DGCL tool.
var (
	ErrSealed     = errors.New("already sealed")
	ErrNotRemade  = errors.New("never rematerialised: no version of DSC_COMMON or of REMAT in VersionOutil")
	ErrStructure  = errors.New("no EnTeteDocBudgetaire to put a seal before")
	ErrEncoding   = errors.New("encoding in which a seal cannot be inserted")
	ErrDuplicated = errors.New("several DocumentBudgetaire")
)

// Added is what AddSeal did.
type Added struct {
	Digests
	// AnyVariant says that the document is laid out as the DGCL tool does, so
	// that the seal verifies also in tools that lay it out again first. When it
	// is false only the document as it stands verifies.
	AnyVariant bool
}

// AddSeal seals a document: it copies src to w with a Scellement inserted
// immediately before EnTeteDocBudgetaire, followed by the blanks that already
// stood there. No other octet changes, so what verifies is what the finance
// software wrote. The date is written as given, without time zone.
//
// The DGCL tool lays the document out again and seals that; here the digests
// are those of the document as it stands, the form all real files verify in, a
// CFU included. They are the same when the document comes in the tool's layout.
//
// It refuses with one of this package's errors, before anything is written, a
// document that is sealed, that the tools which control budgets never saw
// (VersionOutil DSC_COMMON and REMAT), or that has no place for a seal; and
// with a *report.InvalidError one that is not a well-formed budget. The
// document is read twice and its digests are computed in the first pass.
func AddSeal(ctx context.Context, w io.Writer, src io.ReaderAt, size int64, date time.Time, opt Options) (Added, error) {
	f := &facts{}
	raw, laid := newDigester(), newDigester()
	exact := newUnsealed(f, c14n.New(raw, c14n.Options{}))
	lay := newLayout(f, c14n.New(laid, c14n.Options{}))
	maybe := &tolerant{sink: lay}
	r := xmlcore.NewReader(io.NewSectionReader(src, 0, size), xmlcore.Options{Limits: opt.limits(), Member: opt.Member})
	if err := xmlcore.Run(ctx, r, f, exact, maybe); err != nil {
		var bad *xmlcore.Error
		if errors.As(err, &bad) {
			rep := report.New(opt.Report)
			rep.Record(bad.Finding)
			return Added{}, fmt.Errorf("budget: %w", rep.Err())
		}
		return Added{}, fmt.Errorf("budget: %w", err)
	}
	if err := f.refuse(r.Encoding(), opt); err != nil {
		return Added{}, fmt.Errorf("budget: %w", err)
	}
	if err := errors.Join(exact.c.Flush(), lay.c.Flush()); err != nil {
		return Added{}, fmt.Errorf("budget: %w", err)
	}
	done := Added{Digests: raw.digests()}
	done.AnyVariant = !maybe.failed && done.Digests == laid.digests()

	blanks, err := blanksBefore(src, f.headerAt)
	if err != nil {
		return Added{}, fmt.Errorf("budget: %w", err)
	}
	prefix := f.prefix
	if prefix != "" {
		prefix += ":"
	}
	if prefix, err = encode(prefix, r.Encoding()); err != nil {
		return Added{}, err
	}
	element := fmt.Sprintf(`<%sScellement md5="%s" sha1="%s" date="%s"/>%s`,
		prefix, done.MD5, done.SHA1, date.Format("2006-01-02T15:04:05"), blanks)
	for _, part := range []io.Reader{
		io.NewSectionReader(src, 0, f.headerAt),
		strings.NewReader(element),
		io.NewSectionReader(src, f.headerAt, size-f.headerAt),
	} {
		if _, err := io.Copy(w, &cancellable{ctx, part}); err != nil {
			return Added{}, fmt.Errorf("budget: %w", err)
		}
	}
	return done, nil
}

// refuse says why the document may not be sealed.
func (f *facts) refuse(encoding string, opt Options) error {
	rep := report.New(opt.Report)
	switch {
	case f.badRoot != "", f.base == 0, len(f.foreign) > 0:
		f.check(rep, opt, true)
		return rep.Err()
	case f.documents > 1:
		return ErrDuplicated
	case f.seals > 0:
		return ErrSealed
	case !f.tool("DSC_COMMON") || !f.tool("REMAT"):
		return ErrNotRemade
	case !f.seen.enTete:
		return ErrStructure
	case strings.HasPrefix(encoding, "UTF-16"):
		return ErrEncoding
	}
	return nil
}

func (f *facts) tool(name string) bool {
	for _, o := range f.doc.Outils {
		if o.Outil == name && strings.TrimSpace(o.Version) != "" {
			return true
		}
	}
	return false
}

// blanksBefore returns the blanks that stand just before the offset, at most
// some thousands.
func blanksBefore(src io.ReaderAt, at int64) (string, error) {
	b := make([]byte, min(at, 4096))
	if _, err := src.ReadAt(b, at-int64(len(b))); err != nil && err != io.EOF {
		return "", err
	}
	return string(b[len(bytes.TrimRight(b, " \t\r\n")):]), nil
}

// encode writes a prefix, which comes from the document, in its encoding.
func encode(prefix, encoding string) (string, error) {
	if encoding == "UTF-8" {
		return prefix, nil
	}
	for _, c := range []byte(prefix) {
		if c >= 0x80 {
			return "", fmt.Errorf("budget: %w", ErrEncoding)
		}
	}
	return prefix, nil
}

// tolerant lets a variant give up without ending the pass.
type tolerant struct {
	sink   xmlcore.Sink
	failed bool
}

func (t *tolerant) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	if t.failed {
		return nil
	}
	err := t.sink.Event(r, k)
	if errors.Is(err, errNoVariant) {
		t.failed = true
		return nil
	}
	return err
}

// cancellable stops reading when the context ends.
type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c *cancellable) Read(p []byte) (int, error) {
	if c.ctx.Err() != nil {
		return 0, context.Cause(c.ctx)
	}
	return c.r.Read(p)
}
