package resip

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged/report"
)

// ErrChanged is the error of parts whose line is not any more what it was when
// the table was read.
var ErrChanged = errors.New("resip: the table changed since it was read")

// Table describes what a table says piece by piece, as [Read] would, and keeps
// some forty bytes of each line, thirty more while it is read: lines are read
// again as they are asked for, whatever their order. It is immutable and safe for
// use by several goroutines, as far as its source and its file system are.
// Neither may change as long as it is used: parts of which a line did end with
// [ErrChanged].
type Table struct {
	// Lines are how many describe a unit, Bare how many of these units have no
	// file and Empty how many of the bare ones have nothing below; Files are how
	// many files there are and Bytes their size.
	Lines, Bare, Empty, Files int
	Bytes                     int64
	// Latest is the last change of a file, zero when none is dated.
	Latest time.Time

	src     io.ReaderAt
	size    int64
	fsys    fs.FS
	message *archive.Package
	layout  layout
	placing placing
	next    int64    // number of the identifier that was not given
	chunks  [][]byte // what is known of the files, row by row
}

var _ archive.Parts = (*Table)(nil)

// ReadTable reads a table of size bytes. See [Read] for its form, for what
// becomes of it and what the report then says: all of it is the same. As of a
// package, nothing is to be written of parts whose report is not valid.
func ReadTable(ctx context.Context, src io.ReaderAt, size int64, fsys fs.FS, policy archive.Policy, opt Options) (*Table, *report.Report, error) {
	message, rep := archive.NewBuilder(policy).Package()
	t := &Table{src: src, size: size, fsys: fsys, message: message, next: 1}
	if err := t.read(ctx, opt, rep); err != nil {
		return nil, rep, fmt.Errorf("resip: read the table: %w", err)
	}
	if err := archive.CheckParts(ctx, t, rep); err != nil {
		return nil, rep, fmt.Errorf("resip: check the table: %w", err)
	}
	return t, rep, nil
}

func (t *Table) read(ctx context.Context, opt Options, rep *report.Report) error {
	in := &lines{ctx: ctx, fsys: t.fsys, rep: rep, opt: opt}
	var f *filler
	told := false
	err := in.each(io.NewSectionReader(t.src, 0, t.size), func(l *line, faults func(n int)) error {
		if f == nil {
			f = newFiller(&in.layout, false)
			told = slices.ContainsFunc(in.columns, func(c column) bool { return c.attr })
		}
		if told { // else there is nothing to be told of the columns
			faults(f.fill(&archive.Unit{}, l.record))
		}
		r := in.rows.at(in.rows.n - 1)
		r.first, r.sum = t.next, checksum(l.record)
		t.next++
		return in.files(l, func(at file) error {
			if t.next == r.first+1 {
				t.next++ // the group
			}
			t.next++
			t.keep(at)
			return nil
		})
	})
	if err != nil {
		return err
	}
	t.layout = in.layout
	again := t.reader(&in.rows)
	err = in.place(func(i int) (key, parent string, err error) {
		if i%256 == 0 && ctx.Err() != nil {
			return "", "", context.Cause(ctx)
		}
		l, err := again.at(i)
		if err != nil {
			return "", "", err
		}
		return l.key, l.parent, nil
	})
	t.placing = in.placing
	t.Lines = in.rows.n
	for place := range t.Lines {
		i := t.placing.sorted(place)
		if t.objects(i) > 0 {
			continue
		}
		if t.Bare++; !t.above(place) {
			t.Empty++
		}
	}
	return err
}

// checksum tells a line from what became of it.
func checksum(record []string) (sum uint32) {
	var room [512]byte
	p := room[:0]
	for _, s := range record {
		p = binary.AppendUvarint(p, uint64(len(s)))
		p = append(p, s...)
	}
	return crc32.Checksum(p, castagnoli)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// objects is how many files the row has.
func (t *Table) objects(i int) int {
	end := t.next
	if i+1 < t.placing.rows.n {
		end = t.placing.rows.at(i + 1).first
	}
	return max(0, int(end-t.placing.rows.at(i).first)-2) // without the unit and the group
}

// above reports whether there are units below the one at the place.
func (t *Table) above(place int) bool {
	return place+1 < t.Lines && int(t.placing.rows.at(t.placing.sorted(place+1)).parent) == t.placing.sorted(place)
}

const tableChunk = 4 << 10

// keep writes down what is known of a file.
func (t *Table) keep(f file) {
	t.Files++
	t.Bytes += f.size
	if f.modified.After(t.Latest) {
		t.Latest = f.modified
	}
	last := len(t.chunks) - 1
	if last < 0 || cap(t.chunks[last])-len(t.chunks[last]) < 4*binary.MaxVarintLen64 {
		t.chunks = append(t.chunks, make([]byte, 0, tableChunk))
		last++
	}
	p := binary.AppendUvarint(t.chunks[last], uint64(f.name))
	p = binary.AppendUvarint(p, uint64(f.size))
	nanoseconds := uint64(0) // for no date, else one more than they are
	if !f.modified.IsZero() {
		nanoseconds = uint64(f.modified.Nanosecond()) + 1
	}
	if p = binary.AppendUvarint(p, nanoseconds); nanoseconds > 0 {
		p = binary.AppendVarint(p, f.modified.Unix())
	}
	t.chunks[last] = p
}

// files returns what gives the files that were written down, one by one.
func (t *Table) files() func() file {
	var p []byte
	chunk := 0
	number := func() uint64 {
		v, n := binary.Uvarint(p)
		p = p[n:]
		return v
	}
	return func() (f file) {
		if len(p) == 0 {
			p = t.chunks[chunk]
			chunk++
		}
		f.name, f.size = int(number()), int64(number())
		if nanoseconds := number(); nanoseconds > 0 {
			seconds, n := binary.Varint(p)
			p = p[n:]
			f.modified = time.Unix(seconds, int64(nanoseconds)-1).UTC()
		}
		return f
	}
}

// Message returns what is said of the whole. The caller may complete its header
// before the first part is asked for.
func (t *Table) Message() *archive.Package { return t.message }

// Groups yields one group for each line that has files, in their order.
func (t *Table) Groups() iter.Seq2[*archive.Group, error] {
	return func(yield func(*archive.Group, error) bool) {
		in := t.reader(&t.placing.rows)
		next := t.files()
		for i := range t.Lines {
			n := t.objects(i)
			if n == 0 {
				continue
			}
			l, err := in.at(i)
			if err != nil {
				yield(nil, err)
				return
			}
			id := t.placing.rows.at(i).first + 1
			g := &archive.Group{ID: numbered(id), Objects: make([]*archive.Object, n)}
			for k := range n {
				g.Objects[k] = t.object(l, next(), id, k)
			}
			if !yield(g, nil) {
				return
			}
		}
	}
}

// object makes the one of the index in its group.
func (t *Table) object(l *line, f file, group int64, k int) *archive.Object {
	name := strings.Clone(l.names[f.name])
	o := &archive.Object{ID: numbered(group + 1 + int64(k)), Usage: archive.BinaryMaster, Version: k + 1,
		Name: path.Base(name), Size: f.size, Modified: f.modified, Source: &source{t.fsys, name, f.size}}
	l.use(f.name, o)
	return o
}

// source is a file of the table.
type source struct {
	fsys fs.FS
	name string
	size int64
}

func (s *source) Open(context.Context) (io.ReadCloser, error) { return s.fsys.Open(s.name) }
func (s *source) Size() int64                                 { return s.size }

func numbered(n int64) string { return "ID" + strconv.FormatInt(n, 10) }

// Units yields one unit for each line, those below another behind it.
func (t *Table) Units() iter.Seq2[archive.Placed, error] {
	return func(yield func(archive.Placed, error) bool) {
		in, f := t.reader(&t.placing.rows), newFiller(&t.layout, false)
		var above []int32
		groups := []*archive.Group{{}}
		for place := range t.Lines {
			i := t.placing.sorted(place)
			l, err := in.at(i)
			if err != nil {
				yield(archive.Placed{}, err)
				return
			}
			u := t.unit(f, l, i)
			if t.objects(i) > 0 {
				groups[0].ID = numbered(t.placing.rows.at(i).first + 1)
				u.Groups = groups
			}
			level(u, t.above(place))
			above, _ = t.placing.below(above, i)
			if !yield(archive.Placed{Unit: u, Depth: len(above)}, nil) {
				return
			}
			above = append(above, int32(i))
		}
	}
}

// unit makes what the line says.
func (t *Table) unit(f *filler, l *line, i int) *archive.Unit {
	u := &archive.Unit{ID: numbered(t.placing.rows.at(i).first)}
	f.fill(u, l.record) // its faults were told of
	l.entitle(u)
	return u
}

// maxTitles bounds how far up a place is told: deeper units are a fault anyway.
const maxTitles = 200

// Place returns where the unit, group or object of an identifier is: the titles
// of the units from the top down to it, the last two hundred at most, and for an
// object the name of its file. There are none of an identifier the table did not
// give.
func (t *Table) Place(id string) (titles []string, file string, err error) {
	number, err := strconv.ParseInt(strings.TrimPrefix(id, "ID"), 10, 64)
	if err != nil || numbered(number) != id || number < 1 || number >= t.next {
		return nil, "", nil
	}
	rows := &t.placing.rows
	low, high := 0, rows.n // the last row that begins at the number or before
	for high-low > 1 {
		if middle := (low + high) / 2; rows.at(middle).first <= number {
			low = middle
		} else {
			high = middle
		}
	}
	in, f := t.reader(rows), newFiller(&t.layout, false)
	if object := number - rows.at(low).first - 2; object >= 0 {
		l, err := in.at(low)
		if err != nil {
			return nil, "", err
		}
		next := t.files()
		for i := range low {
			for range t.objects(i) {
				next()
			}
		}
		for range object {
			next()
		}
		file = t.object(l, next(), 0, 0).Name
	}
	for i := int32(low); i >= 0 && len(titles) < maxTitles; i = rows.at(int(i)).parent {
		l, err := in.at(int(i))
		if err != nil {
			return nil, "", err
		}
		u := t.unit(f, l, int(i))
		titles = append(titles, cmp.Or(u.Title, u.ID))
	}
	slices.Reverse(titles)
	return titles, file, nil
}
