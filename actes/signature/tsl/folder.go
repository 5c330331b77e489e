package tsl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/folder"
)

// Named is a list of a folder.
type Named struct {
	Name string // its path in the folder
	List *List
}

// Limits of a folder.
const (
	maxFolderFiles = 20000
	maxListFile    = 64 << 20
	maxSigners     = 8 << 20
	looked         = 4096
)

// ReadFS reads the trusted lists of a folder in which anchors are kept, in the
// order of their names, and returns the folder without them: what [trust.Store]
// takes as certificates. The certificates that may sign NAME are in NAME.pem
// beside it, which is left out of the rest as well, for who signs a list is no
// anchor for anything else. A list without them may be named by a list of lists
// of the same folder; else those of the options may sign it.
//
// Lists that are not accepted are returned too, with the findings that say why:
// it is for the caller to go no further. The error means that a file could not
// be read, or that nothing says who may sign a list ([fs.ErrNotExist]).
func ReadFS(ctx context.Context, fsys fs.FS, opt Options) (lists []Named, rest fs.FS, err error) {
	names, err := find(ctx, fsys)
	if err != nil {
		return nil, nil, err
	}
	hidden := map[string]bool{}
	var orphans []string
	for _, name := range names {
		hidden[name], hidden[name+".pem"] = true, true
		pem, err := load(fsys, name+".pem", maxSigners)
		if errors.Is(err, fs.ErrNotExist) {
			orphans = append(orphans, name)
			continue
		}
		o := opt
		if err == nil {
			o.Signers, err = trust.ParsePEM(pem)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("tsl: the signers of %s: %w", name, err)
		}
		l, err := one(ctx, fsys, name, o)
		if err != nil {
			return nil, nil, err
		}
		lists = append(lists, Named{name, l})
	}
	proved := slices.Clone(lists)
	for _, name := range orphans {
		l, err := one(ctx, fsys, name, opt)
		if err != nil {
			return nil, nil, err
		}
		o := opt
		o.Signers = slices.Clone(opt.Signers)
		for _, p := range proved {
			if p.List.OfLists() {
				o.Signers = append(o.Signers, p.List.Pointed(l.Territory)...)
			}
		}
		switch {
		case len(o.Signers) == 0:
			return nil, nil, &fs.PathError{Op: "tsl: the signers", Path: name + ".pem", Err: fs.ErrNotExist}
		case len(o.Signers) > len(opt.Signers):
			if l, err = one(ctx, fsys, name, o); err != nil {
				return nil, nil, err
			}
		}
		lists = append(lists, Named{name, l})
	}
	slices.SortFunc(lists, func(a, b Named) int { return strings.Compare(a.Name, b.Name) })
	if len(lists) == 0 {
		return nil, fsys, nil
	}
	return lists, without{fsys, hidden}, nil
}

// OfLists reports whether this is a list of lists, by its type (TS 119 612
// §5.3.3): the one whose pointers say who may sign the others.
func (l *List) OfLists() bool { return strings.HasSuffix(strings.ToLower(l.Type), "listofthelists") }

// find returns the names of the lists.
func find(ctx context.Context, fsys fs.FS) (names []string, err error) {
	files := 0
	err = folder.Walk(ctx, fsys, func(name string, _ fs.DirEntry) error {
		if files++; files > maxFolderFiles {
			return errors.New("tsl: too many files in the folder of anchors")
		}
		f, err := fsys.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		head := make([]byte, looked)
		n, err := io.ReadFull(f, head)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		if Looks(head[:n]) {
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

func one(ctx context.Context, fsys fs.FS, name string, opt Options) (*List, error) {
	b, err := load(fsys, name, maxListFile)
	if err != nil {
		return nil, err
	}
	return Read(ctx, bytes.NewReader(b), int64(len(b)), opt)
}

func load(fsys fs.FS, name string, limit int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = &fs.PathError{Op: "tsl: read", Path: name, Err: errors.New("file too large")}
	}
	return b, err
}

// without is a folder of which some files are not shown.
type without struct {
	fs.FS
	hidden map[string]bool
}

// Open opens what is shown.
func (w without) Open(name string) (fs.File, error) {
	if w.hidden[name] {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return w.FS.Open(name)
}

// ReadDir lists what is shown.
func (w without) ReadDir(name string) ([]fs.DirEntry, error) {
	l, err := fs.ReadDir(w.FS, name)
	return slices.DeleteFunc(l, func(d fs.DirEntry) bool {
		path := d.Name()
		if name != "." {
			path = name + "/" + path
		}
		return w.hidden[path]
	}), err
}
