package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/liasse/liasse/ged/report"
)

// TreeOptions say how a folder becomes a package. The zero value takes every
// file.
type TreeOptions struct {
	// Ignore are patterns of [path.Match] for the names of files and folders to
	// leave out: Thumbs.db, .DS_Store, ~$*.
	Ignore []string
	// MaxFiles bounds files and folders together; 0 means two millions.
	MaxFiles int
}

// FromTree makes a package of a folder: each folder inside becomes a unit, each
// file a unit of its own that holds it, both under their name, in the order of
// their names. Contents stay where they are.
//
// Links and devices are not followed: they are findings, as are the folders
// that may not be read and the files of description (__…Metadata.xml) some
// tools leave in folders. The error is that of the file system or of the
// context, or a pattern that is none.
func FromTree(ctx context.Context, fsys fs.FS, policy Policy, opt TreeOptions) (*Package, *report.Report, error) {
	for _, pattern := range opt.Ignore {
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, &report.Report{}, fmt.Errorf("archive: ignore pattern: %w", err)
		}
	}
	if opt.MaxFiles == 0 {
		opt.MaxFiles = 2_000_000
	}
	t := &treeBuilder{Builder: NewBuilder(policy), ctx: ctx, fsys: fsys, opt: opt}
	if err := t.folder(".", nil); err != nil {
		return nil, t.b.report, fmt.Errorf("archive: read the folder: %w", err)
	}
	p, r := t.Package()
	Check(p, r)
	return p, r, nil
}

type treeBuilder struct {
	*Builder
	ctx  context.Context
	fsys fs.FS
	opt  TreeOptions
	met  int
}

// ignored returns the pattern that leaves the name out, "" when none does.
func (t *treeBuilder) ignored(name string) string {
	for _, pattern := range t.opt.Ignore {
		if ok, _ := path.Match(pattern, name); ok {
			return pattern
		}
	}
	return ""
}

var errMany = errors.New("too many files")

func (t *treeBuilder) folder(name string, parent *Unit) error {
	if err := t.ctx.Err(); err != nil {
		return context.Cause(t.ctx)
	}
	if strings.Count(name, "/") >= maxDepth {
		t.b.report.Add(RuleDepth, t.where(name), report.P("id", unitID(parent)), report.Int("max", maxDepth))
		return nil
	}
	entries, err := fs.ReadDir(t.fsys, name)
	if errors.Is(err, fs.ErrPermission) && name != "." {
		t.b.report.Add(RuleUnreadable, t.where(name))
		return nil
	} else if err != nil {
		return err
	}
	for _, e := range entries {
		if t.met++; t.met > t.opt.MaxFiles {
			return errMany
		}
		if t.met%256 == 0 && t.ctx.Err() != nil {
			return context.Cause(t.ctx)
		}
		full := path.Join(name, e.Name())
		pattern := t.ignored(e.Name())
		switch {
		case pattern != "":
			t.b.report.Add(RuleIgnored, t.where(full), report.P("pattern", pattern))
		case !utf8.ValidString(e.Name()):
			t.b.report.Add(RuleFileName, t.where(path.Dir(full)))
		case e.IsDir():
			u := t.Unit(parent, RecordGrp, e.Name())
			if err := t.folder(full, u); err != nil {
				return err
			}
		case strings.HasPrefix(e.Name(), "__") && strings.HasSuffix(e.Name(), "Metadata.xml"):
			t.b.report.Add(RuleSidecar, t.where(full))
		case !e.Type().IsRegular():
			t.b.report.Add(RuleIrregular, t.where(full))
		default:
			_, err := t.File(t.Unit(parent, Item, e.Name()), t.fsys, full)
			if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) { // gone since
				t.b.report.Add(RuleUnreadable, t.where(full))
			} else if err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *treeBuilder) where(name string) report.Location { return report.Location{Member: name} }

func unitID(u *Unit) string {
	if u == nil {
		return ""
	}
	return u.ID
}

// Builder puts units and files together into a package, giving identifiers in
// the order they come. It is for one goroutine.
type Builder struct{ b builder }

// NewBuilder returns a Builder of an empty package whose header is the
// policy's.
func NewBuilder(policy Policy) *Builder {
	out := &Builder{builder{policy: policy, report: &report.Report{}, pkg: &Package{}}}
	out.b.header(nil)
	out.b.pkg.Rules = policy.Rules
	return out
}

// Unit adds a unit below the parent, at the top when that is nil.
func (t *Builder) Unit(parent *Unit, level Level, title string) *Unit {
	u := &Unit{ID: t.b.id(), Level: level, Title: title}
	if parent == nil {
		t.b.pkg.Units = append(t.b.pkg.Units, u)
	} else {
		parent.Children = append(parent.Children, u)
	}
	return u
}

// File gives the unit a file as its original, or as one more form of it when it
// has one. The error is that of the file system.
func (t *Builder) File(u *Unit, fsys fs.FS, name string) (*Object, error) {
	st, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("archive: %w: not a regular file", fs.ErrInvalid)
	}
	o := &Object{Usage: BinaryMaster, Version: 1, Name: path.Base(name), Size: st.Size(), Source: &fileSource{fsys, name, st.Size()}}
	if !st.ModTime().IsZero() {
		o.Modified = st.ModTime().UTC() // the same bytes wherever the clock of the machine is set
	}
	if len(u.Groups) == 0 {
		u.Groups = []*Group{t.b.group(o)}
		return o, nil
	}
	o.ID = t.b.id()
	g := u.Groups[0]
	o.Version = len(g.Objects) + 1
	g.Objects = append(g.Objects, o)
	return o, nil
}

// fileSource is a file of a tree: the source ged.FileSource makes, without the
// second look at the file.
type fileSource struct {
	fsys fs.FS
	name string
	size int64
}

func (s *fileSource) Open(context.Context) (io.ReadCloser, error) { return s.fsys.Open(s.name) }
func (s *fileSource) Size() int64                                 { return s.size }

// Package returns what was built and the report it is to be checked into.
func (t *Builder) Package() (*Package, *report.Report) { return t.b.pkg, t.b.report }
