package resip

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged/report"
)

// Options of a table of units. The zero value is what ReSIP writes.
type Options struct {
	// Comma separates the cells; 0 means what the header does: a semicolon, or a
	// tab or a comma where there is none.
	Comma rune
	// MaxLines bounds the table; 0 means a million.
	MaxLines int
}

// Read makes a package of a table in the form ReSIP imports: one line for
// each unit. The first columns are File, or File;ParentFile, or ID;File, or
// ID;ParentID;File, or ID;ParentID;ObjectFiles, or ID;ParentID;File;ObjectFiles,
// in any order and in capitals or not; the others are paths of
// SEDA, Content.Title or Management.AccessRule.Rule, with the numbers of
// elements that occur several times (Content.Keyword.0.KeywordContent). Every
// element of SEDA may be named. A column called attr or .attr gives the
// attributes of the element of the column before it, as they are written in XML;
// Content.Title.0.attr those of Content.Title.0. When no column begins with
// Content or Management, all are of Content.
//
// A table whose first columns are id, nom, observations, cote and série is a filing
// plan: a unit of each line, without files, below the one whose mark its série is.
// Its title is nom, its description observations, and its mark série and cote put
// together; what has no série is of level Series, the rest Subseries.
//
// A unit without parent, or which is its own, or whose parent has no line,
// stands at the top. A table that is not in UTF-8 is read as Windows-1252, as
// spreadsheets write one: a finding says so. Blank lines say nothing.
//
// Files are looked for in fsys, under the path of their line; a folder is a
// unit without file. With File alone, a unit stands below that of the folder it
// is in, when the table has one. Several files in ObjectFiles are separated by
// a vertical bar; one called __TextContent_1__act.txt is of that usage and
// version.
//
// Each fault is a finding with its line; the error is that of src, of the file
// system or of the context.
func Read(ctx context.Context, src io.Reader, fsys fs.FS, policy archive.Policy, opt Options) (*archive.Package, *report.Report, error) {
	builder := archive.NewBuilder(policy)
	p, rep := builder.Package()
	t := &lines{ctx: ctx, fsys: fsys, rep: rep, opt: opt}
	type held struct {
		unit        *archive.Unit
		key, parent string
	}
	var rows []held
	var f *filler
	err := t.each(src, func(l *line, faults func(n int)) error {
		if f == nil {
			f = newFiller(&t.layout, true)
		}
		u := builder.Unit(&archive.Unit{}, "", "")
		faults(f.fill(u, l.record))
		l.entitle(u)
		rows = append(rows, held{u, strings.Clone(l.key), strings.Clone(l.parent)})
		return t.files(l, func(at file) error {
			o, err := builder.File(u, fsys, strings.Clone(l.names[at.name]))
			if err == nil {
				l.use(at.name, o)
			}
			return err
		})
	})
	if err == nil {
		err = t.place(func(i int) (key, parent string, err error) { return rows[i].key, rows[i].parent, nil })
	}
	if err != nil {
		return nil, rep, fmt.Errorf("resip: read the table: %w", err)
	}
	for i, r := range rows {
		if parent := t.rows.at(i).parent; parent >= 0 {
			rows[parent].unit.Children = append(rows[parent].unit.Children, r.unit)
		} else {
			p.Units = append(p.Units, r.unit)
		}
	}
	for _, r := range rows {
		level(r.unit, len(r.unit.Children) > 0)
	}
	archive.Check(p, rep)
	return p, rep, nil
}

// entitle gives the unit the name of its file when it has no title.
func (l *line) entitle(u *archive.Unit) {
	if u.Title == "" && l.file != "" {
		u.Title = strings.Clone(path.Base(l.file))
	}
}

// use gives a file of ObjectFiles the usage and the version its name says:
// __TextContent_1__act.txt.
func (l *line) use(name int, o *archive.Object) {
	rest, ok := strings.CutPrefix(o.Name, "__")
	said, own, cut := strings.Cut(rest, "__")
	if !ok || !cut || own == "" || name == 0 && l.file != "" {
		return
	}
	usage, number, _ := strings.Cut(said, "_")
	version, err := strconv.Atoi(cmp.Or(number, "1"))
	switch usage := archive.Usage(usage); usage {
	case archive.BinaryMaster, archive.Dissemination, archive.Thumbnail, archive.TextContent:
		if err == nil && version > 0 {
			o.Usage, o.Version, o.Name = usage, version, own
		}
	}
}

// level gives a unit whose line does not say its level that of what it is.
func level(u *archive.Unit, above bool) {
	switch {
	case u.Level != "":
	case above:
		u.Level = archive.RecordGrp
	default:
		u.Level = archive.Item
	}
}
