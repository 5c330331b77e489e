package pronom

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/richardlehane/siegfried"
	"github.com/richardlehane/siegfried/pkg/core"
	"github.com/richardlehane/siegfried/pkg/static"

	"github.com/liasse/liasse/ged/format"
)

// DefaultLimit is how many bytes of one file are looked at unless
// [Options.Limit] says otherwise. The marks of PDF/A may stand anywhere in a
// file, so that a lower limit misses them in large ones.
const DefaultLimit = 64 << 20

// Options of an Identifier. The zero value uses the signatures the program
// carries (PRONOM v118, June 2024) and the default limit.
type Options struct {
	// Signatures, if not nil, is a signature file of siegfried (default.sig);
	// it is read whole by New. Its author is trusted.
	Signatures io.Reader
	// Limit is how many bytes of one file are looked at from its beginning, and
	// how many from its end; 0 means DefaultLimit, and less than 64 KiB means
	// 64 KiB.
	Limit int64
}

// Identifier identifies formats. It is immutable and safe for use by several
// goroutines.
type Identifier struct {
	sf    *siegfried.Siegfried
	limit int64
	own   bool      // the signatures are the program's own
	heads sync.Pool // *[headSize]byte
}

var _ format.Identifier = (*Identifier)(nil)

// ErrSignatures says that a signature file could not be used.
var ErrSignatures = errors.New("pronom: the signatures cannot be used")

// New loads the signatures.
func New(opt Options) (id *Identifier, err error) {
	defer func() {
		if recover() != nil { // its reader trusts the lengths it finds
			id, err = nil, ErrSignatures
		}
	}()
	i := &Identifier{limit: opt.Limit}
	switch {
	case i.limit <= 0:
		i.limit = DefaultLimit
	case i.limit < 64<<10:
		i.limit = 64 << 10
	}
	if opt.Signatures == nil {
		i.sf, i.own = static.New(), true
	} else if i.sf, err = siegfried.LoadReader(opt.Signatures); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSignatures, err)
	}
	if i.sf == nil || len(i.sf.Identifiers()) != 1 || len(i.sf.Fields()[0]) != fields {
		// Other registries (Wikidata, MIME) have other fields.
		return nil, fmt.Errorf("%w: not one PRONOM identifier", ErrSignatures)
	}
	// The engine builds its tables when it is first asked, and meanwhile every
	// other goroutine waits.
	if _, err := i.Identify(context.Background(), strings.NewReader("?"), 1, ""); err != nil {
		return nil, err
	}
	return i, nil
}

// Signatures describes the signatures in use, as siegfried does: the files of
// PRONOM they were made from.
func (i *Identifier) Signatures() string { return i.sf.Identifiers()[0][1] }

// Identify tells the format of a file, see [format.Identifier].
func (i *Identifier) Identify(ctx context.Context, r io.ReaderAt, size int64, name string) (format.Result, error) {
	if size < 0 {
		return format.Result{}, errors.New("pronom: a size below zero")
	}
	head, _ := i.heads.Get().(*[headSize]byte)
	if head == nil {
		head = new([headSize]byte)
	}
	v := newView(ctx, r, size, i.limit, head)
	if v.err != nil {
		return format.Result{}, fmt.Errorf("pronom: %w", v.err)
	}
	base := name[strings.LastIndexAny(name, `/\`)+1:]
	guard := i.examine(v)
	if guard == nil {
		guard = v
	}
	ids, panicked := i.ask(guard, base)
	cut, err := v.end()
	if !panicked && !v.container() {
		// The goroutines that look for signatures have read their last when the
		// engine (siegfried 1.11, internal/bytematcher) closes the channel of its
		// answers. Those that look into containers are not held to that.
		i.heads.Put(head)
	}
	if guard != v {
		cut = true
		_, _ = guard.end()
	}
	if err != nil {
		return format.Result{}, fmt.Errorf("pronom: %w", err)
	}
	res := answer(ids)
	res.Partial = cut || panicked
	return res, nil
}

// ask runs the engine. Its buffer is not given back to its pool: a goroutine
// that outlives the answer would then read another file.
func (i *Identifier) ask(v *view, name string) (ids []core.Identification, panicked bool) {
	defer func() {
		if recover() != nil {
			ids, panicked = nil, true
		}
	}()
	buffer, err := i.sf.Buffer(v)
	// The error is of a container that cannot be opened: then other signatures
	// have spoken.
	ids, _ = i.sf.IdentifyBuffer(buffer, err, name, "")
	return ids, false
}

// fields is how many values an identification of PRONOM has: namespace, id,
// format, version, mime, class, basis, warning.
const fields = 8

func answer(ids []core.Identification) (res format.Result) {
	for _, id := range ids {
		v := id.Values()
		if len(v) != fields {
			continue
		}
		if !id.Known() {
			res.Possible = append(res.Possible, possible(v[7])...)
			continue
		}
		mime, _, _ := strings.Cut(v[4], ",")
		res.IDs = append(res.IDs, format.ID{PUID: v[1], Name: v[2], Version: v[3], MIME: strings.TrimSpace(mime),
			Basis: basis(v[6]), Evidence: v[6], Mismatch: strings.Contains(v[7], "extension mismatch")})
	}
	return res
}

// basis tells the strongest of the matches the engine lists.
func basis(evidence string) format.Basis {
	best := format.Unknown
	for _, b := range []struct {
		mark string
		is   format.Basis
	}{
		{"extension match", format.Extension}, {"glob match", format.Extension}, {"text match", format.Text},
		{"xml match", format.XML}, {"byte match", format.Signature}, {"riff match", format.Signature},
		{"fourCC matches", format.Signature}, {"container ", format.Container},
	} {
		if strings.HasPrefix(evidence, b.mark) || strings.Contains(evidence, "; "+b.mark) {
			best = b.is
		}
	}
	return best
}

// possible reads the PUIDs a warning of the engine lists: "no match;
// possibilities based on extension are fmt/14, fmt/15".
func possible(warning string) []string {
	var out []string
	for word := range strings.FieldsFuncSeq(warning, func(r rune) bool { return r == ' ' || r == ',' || r == ';' }) {
		if strings.HasPrefix(word, "fmt/") || strings.HasPrefix(word, "x-fmt/") {
			out = append(out, word)
		}
	}
	return out
}
