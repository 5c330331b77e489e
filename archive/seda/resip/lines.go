package resip

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/liasse/liasse/ged/report"
)

// lines goes through the lines of a table for the first time, and tells of their
// faults: what [Read] and [ReadTable] have in common.
type lines struct {
	ctx  context.Context
	fsys fs.FS
	rep  *report.Report
	opt  Options
	layout
	placing
}

// line is one that describes a unit.
type line struct {
	record      []string
	key, parent string
	file        string   // "" without
	names       []string // the files it names, of which some may not be there
	// What is known of it when it is first met.
	where  report.Location
	offset int64 // where it begins, or the blank lines before it
}

// file is one that is there.
type file struct {
	name     int // of the line's
	size     int64
	modified time.Time // UTC
}

// maxLine bounds one line, in bytes: a quote that nothing closes makes a line of
// the rest of the table, and a line is held whole.
const maxLine = 8 << 20

var errLine = errors.New("resip: a line is too long")

// bounded reads until its bound is reached.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLine
	}
	n, err := b.r.Read(p)
	b.left -= n
	return n, err
}

// each calls take on each line of use, which numbers them from 0. What the line
// holds is to be copied.
func (t *lines) each(src io.Reader, take func(l *line, faults func(n int)) error) error {
	bound := &bounded{r: src, left: maxLine}
	text := bufio.NewReader(bound)
	if t.comma = t.opt.Comma; t.comma == 0 {
		t.comma = separator(text)
	}
	in, err := newCells(text, t.comma)
	if err != nil {
		return err
	}
	left := cmp.Or(t.opt.MaxLines, 1_000_000)
	malformed := func(where report.Location) func(n int) {
		return func(n int) {
			for range n {
				t.rep.Add(RuleLine, where, report.Words("what", "attributs mal formés", "malformed attributes"))
			}
		}
	}
	var l line
	for n := 0; ; n++ {
		if n%256 == 0 && t.ctx.Err() != nil {
			return context.Cause(t.ctx)
		}
		l.offset, bound.left = in.offset, maxLine
		record, err := in.read()
		if errors.Is(err, io.EOF) {
			if n == 0 {
				t.header(nil, t.rep)
			}
			return nil
		}
		var bad *misquoted
		if errors.As(err, &bad) {
			what := report.Words("what", "un guillemet ferme une cellule qui continue ; la ligne n'est pas lue", "a quote closes a cell that goes on; the line is not read")
			if bad.open {
				what = report.Words("what", "un guillemet ouvre une cellule que rien ne ferme ; la suite n'est pas lue", "a quote opens a cell that nothing closes; the rest is not read")
			}
			t.rep.Add(RuleLine, report.Location{Line: bad.line, Column: bad.column}, what)
			if n == 0 { // nobody knows the columns
				return nil
			}
			continue
		}
		if errors.Is(err, errLine) {
			t.rep.Add(report.LimBytes, report.Location{Line: l.where.Line + 1}, report.Int("limit", maxLine),
				report.Words("what", "une seule ligne de la table, peut-être faute d'un guillemet fermant", "one line of the table, which may want a closing quote"))
			return nil
		}
		if err != nil {
			return err
		}
		l.where = report.Location{Line: in.line, Column: 1}
		known := t.charset
		if !t.charset.decode(record) {
			t.rep.Add(RuleLine, l.where, report.Words("what", "le texte n'est ni en UTF-8 ni en Windows-1252", "the text is neither UTF-8 nor Windows-1252"))
			if n == 0 {
				return nil
			}
			continue
		}
		if t.charset == windows1252 && known != windows1252 {
			t.rep.Add(RuleCharset, l.where)
		}
		if n == 0 {
			if !t.header(record, t.rep) {
				return nil
			}
			continue
		}
		if !slices.ContainsFunc(record, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			continue
		}
		if len(record) != t.width && !(t.filing && len(record) >= planWidth) {
			t.rep.Add(RuleLine, l.where, report.Words("what",
				fmt.Sprintf("elle a %d cellules et l'en-tête %d", len(record), t.width), fmt.Sprintf("it has %d cells and the header %d", len(record), t.width)))
		}
		if left--; left < 0 || t.rows.n == math.MaxInt32 {
			t.rep.Add(report.LimCount, l.where, report.Int("limit", n-1), report.Words("what", "lignes", "lines"))
			return nil
		}
		record = t.complete(record)
		t.read(&l, record)
		if fr, en := t.lacks(record); fr != "" {
			t.rep.Add(RuleLine, l.where, report.Words("what", fr, en))
			continue
		}
		switch {
		case l.key == "":
			t.rep.Add(RuleLine, l.where, report.Words("what", "ni identifiant ni fichier", "neither identifier nor file"))
			continue
		case !t.add(&l):
			t.rep.Add(RuleLine, l.where, report.Words("what", "identifiant ou fichier déjà donné", "identifier or file given before"))
			continue
		}
		if err := take(&l, malformed(l.where)); err != nil {
			return err
		}
	}
}

// clean gives a path its one form: slashes, no dot.
func clean(s string) string {
	s = strings.TrimSpace(strings.ReplaceAll(s, `\`, "/"))
	if s == "" {
		return ""
	}
	return path.Clean(s)
}

// read reads the first columns.
func (t *layout) read(l *line, record []string) {
	cell := func(i int) string {
		if i < 0 || i >= len(record) {
			return ""
		}
		return strings.TrimSpace(record[i])
	}
	l.record, l.file = record, clean(cell(t.file))
	l.key, l.parent = cell(t.id), cell(t.parent)
	if t.filing {
		l.key, l.parent = cell(t.width), cell(planSeries)
	}
	if t.byFile {
		l.key, l.parent = cmp.Or(l.file, l.key), clean(l.parent)
	}
	if l.names = l.names[:0]; l.file != "" {
		l.names = append(l.names, l.file)
	}
	for name := range strings.SplitSeq(cell(t.objects), "|") {
		if name = clean(name); name != "" && name != l.file {
			l.names = append(l.names, name)
		}
	}
}

// files yields the files of the line that are there; what is not is told of, but
// for folders. The error is that of the file system.
func (t *lines) files(l *line, take func(file) error) error {
	for i, name := range l.names {
		if !fs.ValidPath(name) {
			t.rep.Add(RuleFile, l.where)
			continue
		}
		st, err := fs.Stat(t.fsys, name)
		switch {
		case errors.Is(err, fs.ErrNotExist), err == nil && !st.IsDir() && !st.Mode().IsRegular(), err != nil && t.linked(name):
			t.rep.Add(RuleFile, l.where)
		case err != nil:
			return err
		case !st.IsDir():
			f := file{name: i, size: st.Size()}
			if at := st.ModTime(); !at.IsZero() {
				f.modified = at.UTC()
			}
			if err := take(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// linked reports whether a link is on the way to the file: a folder that cannot
// be left ([os.Root]) fails to follow one that leads out of it, or in a circle,
// and the disk is not to blame.
func (t *lines) linked(name string) bool {
	for i := range len(name) + 1 {
		if i < len(name) && name[i] != '/' {
			continue
		}
		if st, err := fs.Lstat(t.fsys, name[:i]); err == nil && st.Mode()&fs.ModeSymlink != 0 {
			return true
		}
	}
	return false
}
