package archive

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path"
	"sync"
	"time"

	"github.com/liasse/liasse/ged/format"
	"github.com/liasse/liasse/ged/report"
)

// TreeOptions say how a folder becomes a package. The zero value takes every
// file and asks for no format.
type TreeOptions struct {
	// Ignore are patterns of [path.Match] for the names of files and folders to
	// leave out: Thumbs.db, .DS_Store, ~$*.
	Ignore []string
	// MaxFiles bounds files and folders together; 0 means two millions.
	MaxFiles int
	// Formats, if not nil, is asked for the format of each file, as [Identify]
	// does, but before the package is made: an engine and a large package need
	// not be in memory together. Identify says how it is asked.
	Formats  format.Identifier
	Identify IdentifyOptions
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
	tree, rep, err := ReadTree(ctx, fsys, policy, opt)
	if err != nil {
		return nil, rep, err
	}
	t := &treeBuilder{Builder: NewBuilder(policy), ctx: ctx, fsys: fsys, opt: opt}
	t.b.report = rep
	t.expand(tree)
	formats := opt.Formats
	opt.Formats, t.opt.Formats = nil, nil // so that nothing here keeps its memory
	seen, err := t.identify(formats)
	if err != nil {
		return nil, rep, err
	}
	t.build(seen)
	p, r := t.Package()
	Check(p, r)
	return p, r, nil
}

type treeBuilder struct {
	*Builder
	ctx     context.Context
	fsys    fs.FS
	opt     TreeOptions
	entries []treeEntry
}

// treeEntry is a file or a folder, as little of it as there can be.
type treeEntry struct {
	name     string
	parent   int32 // -1 at the top
	format   int32 // what was seen of it
	folder   bool
	size     int64
	modified int64 // nanoseconds; undated if there is no date
}

const undated = math.MinInt64

func (e *treeEntry) time() time.Time { return moment(e.modified) }

func moment(nanoseconds int64) time.Time {
	if nanoseconds == undated {
		return time.Time{}
	}
	return time.Unix(0, nanoseconds).UTC() // the same bytes wherever the clock of the machine is set
}

// path is where the entry is.
func (t *treeBuilder) path(i int32) string {
	e := &t.entries[i]
	if e.parent < 0 {
		return e.name
	}
	return t.path(e.parent) + "/" + e.name // folders are not deep
}

// expand takes the entries out of the tree.
func (t *treeBuilder) expand(tree *Tree) {
	t.entries = make([]treeEntry, 0, tree.Folders+tree.Files)
	var above []int32
	for e, depth := range tree.all() {
		parent := int32(-1)
		if depth > 0 {
			parent = above[depth-1]
		}
		above = append(above[:depth], int32(len(t.entries)))
		t.entries = append(t.entries, treeEntry{name: string(e.name), parent: parent, folder: e.folder, size: e.size, modified: e.modified})
	}
}

// identify asks for the formats of the files and returns what was seen, each
// different answer once.
func (t *treeBuilder) identify(id format.Identifier) ([]Identified, error) {
	if id == nil {
		return nil, nil
	}
	var files []int32
	for i := range t.entries {
		if !t.entries[i].folder {
			files = append(files, int32(i))
		}
	}
	var mu sync.Mutex
	known := map[Identified]int32{}
	var seen []Identified
	err := eachInParallel(t.ctx, len(files), t.opt.Identify, func(i int) {
		e := &t.entries[files[i]]
		src := &fileSource{t.fsys, t.path(files[i]), e.size}
		answer := LookAt(t.ctx, id, src, e.name)
		mu.Lock()
		defer mu.Unlock()
		n, ok := known[answer]
		if !ok {
			n = int32(len(seen))
			known[answer], seen = n, append(seen, answer)
		}
		e.format = n
	})
	return seen, err
}

// build makes the units. What was read of the folder is given up on the way.
func (t *treeBuilder) build(seen []Identified) {
	units := make([]*Unit, len(t.entries)) // folders only
	for i := range t.entries {
		e := &t.entries[i]
		var parent *Unit
		if e.parent >= 0 {
			parent = units[e.parent]
		}
		if e.folder {
			units[i] = t.Unit(parent, RecordGrp, e.name)
			continue
		}
		src := &fileSource{t.fsys, t.path(int32(i)), e.size}
		o := t.attach(t.Unit(parent, Item, e.name), &Object{Name: e.name, Size: e.size, Modified: e.time(), Source: src})
		if seen != nil {
			seen[e.format].Note(t.b.report, o)
		}
	}
	t.entries = nil
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
	o := &Object{Name: path.Base(name), Size: st.Size(), Source: &fileSource{fsys, name, st.Size()}}
	if !st.ModTime().IsZero() {
		o.Modified = st.ModTime().UTC()
	}
	return t.attach(u, o), nil
}

// attach gives the unit the object.
func (t *Builder) attach(u *Unit, o *Object) *Object {
	o.Usage, o.Version = BinaryMaster, 1
	if len(u.Groups) == 0 {
		u.Groups = []*Group{t.b.group(o)}
		return o
	}
	o.ID = t.b.id()
	g := u.Groups[0]
	o.Version = len(g.Objects) + 1
	g.Objects = append(g.Objects, o)
	return o
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
