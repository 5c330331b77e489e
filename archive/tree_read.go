package archive

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/liasse/liasse/ged/report"
)

// Tree describes a folder as [FromTree] does, piece by piece: a name and some
// ten bytes for each file, whatever their number. It is immutable and safe for
// use by several goroutines, as far as its file system is.
type Tree struct {
	// Folders and Files are how many there are, Empty how many folders hold
	// nothing, and Bytes the size of all files.
	Folders, Files, Empty int
	Bytes                 int64
	// Latest is the last change of a file, zero when none is dated.
	Latest time.Time

	fsys    fs.FS
	message *Package
	chunks  [][]byte
}

var _ Parts = (*Tree)(nil)

// ReadTree reads a folder, see [FromTree] for what becomes of it and what the
// report then says. Formats are not looked for: whoever writes the package goes
// through the contents anyway.
func ReadTree(ctx context.Context, fsys fs.FS, policy Policy, opt TreeOptions) (*Tree, *report.Report, error) {
	rep := &report.Report{}
	for _, pattern := range opt.Ignore {
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, rep, fmt.Errorf("archive: ignore pattern: %w", err)
		}
	}
	if opt.MaxFiles == 0 {
		opt.MaxFiles = 2_000_000
	}
	message, _ := NewBuilder(policy).Package()
	t := &treeReader{ctx: ctx, fsys: fsys, opt: opt, report: rep, tree: &Tree{fsys: fsys, message: message}}
	if err := t.folder("."); err != nil {
		return nil, rep, fmt.Errorf("archive: read the folder: %w", err)
	}
	return t.tree, rep, nil
}

// Message returns what is said of the whole. The caller may complete its header
// before the first part is asked for.
func (t *Tree) Message() *Package { return t.message }

// Groups yields one group for each file.
func (t *Tree) Groups() iter.Seq2[*Group, error] {
	return func(yield func(*Group, error) bool) {
		id := 0
		var text []byte // the path above, each folder ended by a slash
		var ends []int
		for e, depth := range t.all() {
			if id++; depth < len(ends) {
				ends = ends[:depth]
			}
			from := 0
			if depth > 0 {
				from = ends[depth-1]
			}
			text = append(text[:from], e.name...)
			if e.folder {
				text = append(text, '/')
				ends = append(ends, len(text))
				continue
			}
			// What is said of a file is one piece of memory, its words another.
			name := len(text)
			text = appendNumbered(text, id+1)
			group := len(text)
			text = appendNumbered(text, id+2)
			words := string(text)
			made := &struct {
				group   Group
				object  Object
				objects [1]*Object
				source  fileSource
			}{source: fileSource{t.fsys, words[:name], e.size}}
			made.object = Object{ID: words[group:], Usage: BinaryMaster, Version: 1, Name: words[from:name], Size: e.size,
				Modified: moment(e.modified), Source: &made.source}
			made.objects[0] = &made.object
			made.group = Group{ID: words[name:group], Objects: made.objects[:]}
			id += 2
			if !yield(&made.group, nil) {
				return
			}
		}
	}
}

// Units yields one unit for each folder and each file.
func (t *Tree) Units() iter.Seq2[Placed, error] {
	return func(yield func(Placed, error) bool) {
		id := 0
		var u Unit
		var text []byte
		groups := []*Group{{}}
		for e, depth := range t.all() {
			id++
			text = append(text[:0], e.name...)
			title := len(text)
			text = appendNumbered(text, id)
			unit := len(text)
			if !e.folder {
				text = appendNumbered(text, id+1)
				id += 2
			}
			words := string(text)
			u.ID, u.Title, u.Level, u.Groups = words[title:unit], words[:title], RecordGrp, nil
			if !e.folder {
				groups[0].ID = words[unit:]
				u.Level, u.Groups = Item, groups
			}
			if !yield(Placed{&u, depth}, nil) {
				return
			}
		}
	}
}

func appendNumbered(p []byte, n int) []byte {
	return strconv.AppendInt(append(p, "ID"...), int64(n), 10)
}

// Path returns the place of a file in the folder by the identifier of its
// object, group or unit, and the place of a folder by that of its unit; "" for
// any other. It goes through the whole.
func (t *Tree) Path(id string) string {
	number, err := strconv.Atoi(strings.TrimPrefix(id, "ID"))
	if err != nil || string(appendNumbered(nil, number)) != id {
		return ""
	}
	n := 0
	var above []string
	for e, depth := range t.all() {
		first := n + 1
		if n++; !e.folder {
			n += 2
		}
		here := first <= number && number <= n
		if e.folder || here {
			above = append(above[:depth], string(e.name))
		}
		if here {
			return strings.Join(above, "/")
		}
	}
	return ""
}

// The tree is written down as one step after the other.
const (
	leavesFolder = iota
	entersFolder
	datedFile
	undatedFile
)

// step is an entry as it is written down. Its name is to be copied.
type step struct {
	name     []byte
	folder   bool
	size     int64
	modified int64
}

// all yields the entries with their depth.
func (t *Tree) all() iter.Seq2[step, int] {
	return func(yield func(step, int) bool) {
		depth := 0
		for _, p := range t.chunks {
			for len(p) > 0 {
				kind := p[0]
				p = p[1:]
				if kind == leavesFolder {
					depth--
					continue
				}
				number := func() uint64 {
					v, n := binary.Uvarint(p)
					p = p[n:]
					return v
				}
				length := number()
				e := step{name: p[:length], folder: kind == entersFolder, modified: undated}
				p = p[length:]
				if !e.folder {
					e.size = int64(number())
				}
				if kind == datedFile {
					v, n := binary.Varint(p)
					e.modified, p = v, p[n:]
				}
				if !yield(e, depth) {
					return
				}
				if e.folder {
					depth++
				}
			}
		}
	}
}

// treeReader goes through a folder.
type treeReader struct {
	ctx    context.Context
	fsys   fs.FS
	opt    TreeOptions
	report *report.Report
	tree   *Tree
	met    int
}

const treeChunk = 64 << 10

// room makes sure that n bytes more can be written down in the last chunk.
func (t *treeReader) room(n int) {
	chunks := t.tree.chunks
	if last := len(chunks) - 1; last < 0 || cap(chunks[last])-len(chunks[last]) < n {
		t.tree.chunks = append(chunks, make([]byte, 0, max(treeChunk, n)))
	}
}

func (t *treeReader) last() []byte { return t.tree.chunks[len(t.tree.chunks)-1] }
func (t *treeReader) end(p []byte) { t.tree.chunks[len(t.tree.chunks)-1] = p }

// put writes down what every entry has.
func (t *treeReader) put(kind byte, name string) {
	t.room(len(name) + 1 + 3*binary.MaxVarintLen64)
	p := append(t.last(), kind)
	p = binary.AppendUvarint(p, uint64(len(name)))
	t.end(append(p, name...))
}

func (t *treeReader) file(name string, st fs.FileInfo) {
	t.tree.Files++
	t.tree.Bytes += st.Size()
	at := st.ModTime()
	dated := at.Year() > 1678 && at.Year() < 2262 // what fits in nanoseconds
	kind := byte(undatedFile)
	if dated {
		kind = datedFile
	}
	t.put(kind, name)
	p := binary.AppendUvarint(t.last(), uint64(st.Size()))
	if dated {
		p = binary.AppendVarint(p, at.UnixNano())
		if at = at.UTC(); at.After(t.tree.Latest) {
			t.tree.Latest = at
		}
	}
	t.end(p)
}

// ignored returns the pattern that leaves the name out, "" when none does.
func (t *treeReader) ignored(name string) string {
	for _, pattern := range t.opt.Ignore {
		if ok, _ := path.Match(pattern, name); ok {
			return pattern
		}
	}
	return ""
}

var errMany = errors.New("too many files")

func (t *treeReader) folder(name string) error {
	if err := t.ctx.Err(); err != nil {
		return context.Cause(t.ctx)
	}
	if strings.Count(name, "/") >= maxDepth {
		t.report.Add(RuleDepth, report.Location{Member: name}, report.P("id", path.Base(name)), report.Int("max", maxDepth))
		return nil
	}
	entries, err := fs.ReadDir(t.fsys, name)
	if errors.Is(err, fs.ErrPermission) && name != "." {
		t.report.Add(RuleUnreadable, report.Location{Member: name})
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
			t.report.Add(RuleIgnored, report.Location{Member: full}, report.P("pattern", pattern))
		case !utf8.ValidString(e.Name()):
			t.report.Add(RuleFileName, report.Location{Member: path.Dir(full)})
		case e.IsDir():
			t.tree.Folders++
			t.put(entersFolder, e.Name())
			before := t.tree.Folders + t.tree.Files
			if err := t.folder(full); err != nil {
				return err
			}
			if t.tree.Folders+t.tree.Files == before {
				t.tree.Empty++
			}
			t.room(1)
			t.end(append(t.last(), leavesFolder))
		case strings.HasPrefix(e.Name(), "__") && strings.HasSuffix(e.Name(), "Metadata.xml"):
			t.report.Add(RuleSidecar, report.Location{Member: full})
		case !e.Type().IsRegular():
			t.report.Add(RuleIrregular, report.Location{Member: full})
		default:
			st, err := e.Info()
			switch {
			case errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist): // gone since
				t.report.Add(RuleUnreadable, report.Location{Member: full})
				continue
			case err != nil:
				return err
			case !st.Mode().IsRegular(): // since
				t.report.Add(RuleIrregular, report.Location{Member: full})
				continue
			}
			t.file(e.Name(), st)
		}
	}
	return nil
}
