// Package grammar checks XML documents against the schemas a user hands over:
// the official sets of the State and of platforms, in XML Schema 1.0, and the
// profiles of archive services, in RELAX NG (XML or compact syntax), read from
// any [fs.FS] and from nowhere else.
//
//	set, notes, err := grammar.Load(ctx, os.DirFS("seda-2.1"), grammar.Options{Entries: []string{"seda-2.1-main.xsd"}})
//	…
//	rep, err := set.Validate(ctx, file, grammar.ValidateOptions{})
//
// A profile (profil d'archivage) restricts a message of the SEDA to what one
// archive service takes for one kind of records: [LoadProfile].
//
// A [Set] is compiled once, is immutable and serves any number of goroutines.
// Documents of any size are read in one pass and in constant memory. What is
// wrong with a document is in the report, one finding for each fault (rules
// XML-…, XSD-… and LIM-… of package report); the error means that it could not
// be judged.
//
// Where this package differs from libxml2, on purpose: references between
// identifiers (IDREF) are resolved; white space around dates is accepted with a
// warning, as the standard says; a DOCTYPE is always refused; content models
// that are not deterministic, as those of Vitam, are matched exactly instead of
// being refused; an element under a strict wildcard may be known by xsi:type
// alone. Identity constraints (xs:key, xs:unique) are not checked, nor what
// xs:redefine redefines, and a note of [Load] says so for each. Of RELAX NG all
// is understood, with the restrictions of its chapter 7; libxml2 differs in what
// it lets pass (unknown parameters of types) and in exceptions of several
// values.
package grammar

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/relaxng"
	"github.com/liasse/liasse/internal/schema/xsd"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Options of [Load] and [LoadProfile]. The zero value is usable.
type Options struct {
	// Entries are the documents of the file system that describe messages; what
	// they include and import is found from there. None means every document no
	// other refers to; those that cannot be compiled are then reported as
	// warnings and left out. LoadProfile has one entry and does not look here.
	Entries []string
	// MaxBytes bounds what is read for one entry, 0 means 16 MiB, for a profile
	// 4 MiB; MaxDocuments how many documents, 0 means 512.
	MaxBytes     int64
	MaxDocuments int
}

// Set is a compiled set of schemas. It is immutable and may be used by several
// goroutines at once.
type Set struct {
	entries []entry
	readers sync.Pool // *xmlcore.Reader
}

type entry struct {
	name    string
	grammar *schema.Grammar
	pool    *sync.Pool // *schema.Validator
}

// Load compiles schemas. A set that is not acceptable gives a report with the
// findings XSD-COMPILE or XSD-RESOLVE, located in the schemas, and a
// [*report.InvalidError]; any other error comes from the file system or ctx.
// The report of an acceptable set may hold notes (XSD-COMPILE-NOTE): defects
// tolerated, constraints not checked.
func Load(ctx context.Context, fsys fs.FS, opt Options) (*Set, *report.Report, error) {
	return through(fsys, "", opt, func(fsys fs.FS) (*Set, *report.Report, error) { return load(ctx, fsys, opt) })
}

func load(ctx context.Context, fsys fs.FS, opt Options) (*Set, *report.Report, error) {
	o := xsd.Options{Bytes: opt.MaxBytes, Documents: opt.MaxDocuments}
	rep := report.New(report.Options{})
	names := opt.Entries
	if len(names) == 0 {
		// A folder that cannot be listed is not one without schemas.
		_, err := fs.ReadDir(fsys, ".")
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return nil, rep, fmt.Errorf("grammar: list the schemas: %w", err)
		}
		if names, err = xsd.Entries(ctx, fsys, o); err != nil {
			return nil, rep, fmt.Errorf("grammar: %w", err)
		}
	}
	s := &Set{}
	var failed []*report.Report
	for _, name := range names {
		g, notes, err := xsd.Compile(ctx, fsys, []string{name}, o)
		var bad *report.InvalidError
		switch {
		case errors.As(err, &bad):
			failed = append(failed, notes)
		case err != nil:
			return nil, rep, fmt.Errorf("grammar: %w", err)
		default:
			rep.Merge(notes, "")
			s.entries = append(s.entries, entry{name, g, &sync.Pool{}})
		}
	}
	for _, notes := range failed {
		for f := range notes.All() {
			x := *f
			if len(opt.Entries) == 0 && len(s.entries) > 0 {
				x.Severity = min(x.Severity, report.Warning)
			}
			rep.Record(x)
		}
	}
	switch {
	case len(names) == 0:
		rep.Add(report.XSDResolve, report.Location{}, report.P("namespace", "XML Schema"), report.P("location", "*.xsd"))
		return nil, rep, rep.Err()
	case !rep.Valid():
		return nil, rep, rep.Err()
	}
	return s, rep, nil
}

// LoadProfile compiles a profile: a grammar in RELAX NG, in XML syntax (.rng)
// or in compact syntax, and what it includes from the same file system. A
// profile drawn up in XML Schema (.xsd) is taken too. The report and the error
// are those of [Load]; a profile comes from outside and is hostile until
// proved otherwise: whatever it holds, compiling it ends soon and takes little
// memory.
func LoadProfile(ctx context.Context, fsys fs.FS, name string, opt Options) (*Set, *report.Report, error) {
	opt.Entries = nil
	return through(fsys, name, opt, func(fsys fs.FS) (*Set, *report.Report, error) { return loadProfile(ctx, fsys, name, opt) })
}

func loadProfile(ctx context.Context, fsys fs.FS, name string, opt Options) (*Set, *report.Report, error) {
	head, err := peek(fsys, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid) {
		return nil, report.New(report.Options{}), fmt.Errorf("grammar: %w", err)
	}
	if xmlcore.GuessRoot(head) == "schema" {
		opt.Entries = []string{name}
		return load(ctx, fsys, opt)
	}
	g, rep, err := relaxng.Compile(ctx, fsys, name, relaxng.Options{Bytes: opt.MaxBytes, Documents: opt.MaxDocuments})
	var bad *report.InvalidError
	switch {
	case errors.As(err, &bad):
		return nil, rep, err
	case err != nil:
		return nil, rep, fmt.Errorf("grammar: %w", err)
	}
	return &Set{entries: []entry{{name, g, &sync.Pool{}}}}, rep, nil
}

// peek reads the beginning of a file.
func peek(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if st, err := f.Stat(); err == nil && st.IsDir() {
		return nil, fs.ErrNotExist
	}
	head := make([]byte, 4096)
	n, err := io.ReadFull(f, head)
	if err == io.ErrUnexpectedEOF || err == io.EOF {
		err = nil
	}
	return head[:n], err
}

// ValidateOptions are the options of one validation. The zero value is usable.
type ValidateOptions struct {
	// Report are the options of the report.
	Report report.Options
	// Member is the name of the document in locations.
	Member string
	// MaxBytes bounds the document, 0 means 4 GiB.
	MaxBytes int64
	// Places adds to errors where the schema declares the element they were found
	// in, as a further location: for whoever draws up schemas.
	Places bool
	// Also see every event of the document once it has been judged: for the
	// packages of Liasse that read what they check in the same pass.
	Also []xmlcore.Sink
}

// Validate reads a document to its end and judges it by the entry that declares
// its root element. The error means that it was not judged: src could not be
// read, or ctx was cancelled.
func (s *Set) Validate(ctx context.Context, src io.Reader, opt ValidateOptions) (*report.Report, error) {
	rep := report.New(opt.Report)
	o := xmlcore.Options{Report: rep, Member: opt.Member, Limits: xmlcore.Limits{Bytes: opt.MaxBytes}}
	r, _ := s.readers.Get().(*xmlcore.Reader)
	if r == nil {
		r = xmlcore.NewReader(src, o)
	} else {
		r.Reset(src, o)
	}
	k := &sink{set: s, opt: schema.ValidateOptions{Report: rep, Places: opt.Places}}
	var err error
	if len(opt.Also) == 0 {
		err = xmlcore.Drive(ctx, r, k)
	} else {
		err = xmlcore.Run(ctx, r, append([]xmlcore.Sink{k}, opt.Also...)...)
	}
	if k.v != nil {
		k.v.Finish(r)
		k.v.Reset(schema.ValidateOptions{})
		k.entry.pool.Put(k.v)
	}
	r.Reset(nil, xmlcore.Options{})
	s.readers.Put(r)
	var bad *xmlcore.Error
	switch {
	case errors.As(err, &bad):
		rep.Record(bad.Finding)
	case err != nil:
		return nil, fmt.Errorf("grammar: %w", err)
	}
	return rep, nil
}

// sink hands the events over to the entry the root element chooses.
type sink struct {
	set   *Set
	opt   schema.ValidateOptions
	entry *entry
	v     *schema.Validator
}

// Event takes the next event of the document.
func (k *sink) Event(r *xmlcore.Reader, kind xmlcore.Kind) error {
	if k.v == nil {
		if kind != xmlcore.StartElement {
			return nil
		}
		k.choose(schema.QName{Space: r.Name().Space, Local: r.Name().Local})
	}
	return k.v.Event(r, kind)
}

// Pull takes the next events, at most so many.
func (k *sink) Pull(r *xmlcore.Reader, most int) error {
	for ; k.v == nil && most > 0; most-- {
		kind, err := r.Next()
		if err == nil {
			err = k.Event(r, kind)
		}
		if err != nil {
			return err
		}
	}
	if k.v == nil {
		return nil
	}
	return k.v.Pull(r, most)
}

func (k *sink) choose(root schema.QName) {
	k.entry = &k.set.entries[0]
	for i := range k.set.entries {
		if k.set.entries[i].grammar.Declares(root) {
			k.entry = &k.set.entries[i]
			break
		}
	}
	if k.v, _ = k.entry.pool.Get().(*schema.Validator); k.v == nil {
		k.v = k.entry.grammar.NewValidator(k.opt)
	} else {
		k.v.Reset(k.opt)
	}
}
