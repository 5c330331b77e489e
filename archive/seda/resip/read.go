package resip

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/seda2"
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
	t := &table{ctx: ctx, fsys: fsys, builder: builder, rep: rep, byKey: map[string]*archive.Unit{}, left: cmp.Or(opt.MaxLines, 1_000_000),
		content: element.Filler[archive.Unit]{Part: seda2.UnitContent}, rules: element.Filler[seda2.Managed]{Part: seda2.UnitManagement}}
	text := bufio.NewReader(src)
	in := csv.NewReader(text)
	in.Comma, in.FieldsPerRecord, in.ReuseRecord = opt.Comma, -1, true
	if in.Comma == 0 {
		in.Comma = separator(text)
	}
	if err := t.read(in); err != nil {
		return nil, rep, fmt.Errorf("resip: read the table: %w", err)
	}
	t.place(p)
	archive.Check(p, rep)
	return p, rep, nil
}

type table struct {
	ctx     context.Context
	fsys    fs.FS
	builder *archive.Builder
	rep     *report.Report
	left    int

	id, parent, file, objects int // indexes of the first columns, -1 without
	byPath, byFile            bool
	width                     int
	charset                   charset
	columns                   []column
	rows                      []row
	byKey                     map[string]*archive.Unit

	content element.Filler[archive.Unit]
	rules   element.Filler[seda2.Managed]
}

type row struct {
	unit        *archive.Unit
	key, parent string
	where       report.Location
}

func (t *table) read(in *csv.Reader) error {
	for n := 0; ; n++ {
		if n%256 == 0 && t.ctx.Err() != nil {
			return context.Cause(t.ctx)
		}
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			if n == 0 {
				t.header(nil)
			}
			return nil
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			t.rep.Add(RuleLine, report.Location{Line: bad.Line, Column: bad.Column}, report.Words("what", "guillemets mal placés", "misplaced quotes"))
			return nil
		}
		if err != nil {
			return err
		}
		line, _ := in.FieldPos(0)
		where := report.Location{Line: line, Column: 1}
		known := t.charset
		if !t.charset.decode(record) {
			t.rep.Add(RuleLine, where, report.Words("what", "le texte n'est ni en UTF-8 ni en Windows-1252", "the text is neither UTF-8 nor Windows-1252"))
			if n == 0 {
				return nil
			}
			continue
		}
		if t.charset == windows1252 && known != windows1252 {
			t.rep.Add(RuleCharset, where)
		}
		if n == 0 {
			if !t.header(record) {
				return nil
			}
			continue
		}
		if !slices.ContainsFunc(record, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			continue
		}
		if len(record) != t.width {
			t.rep.Add(RuleLine, where, report.Words("what",
				fmt.Sprintf("elle a %d cellules et l'en-tête %d", len(record), t.width), fmt.Sprintf("it has %d cells and the header %d", len(record), t.width)))
		}
		if t.left--; t.left < 0 {
			t.rep.Add(report.LimCount, where, report.Int("limit", n-1), report.Words("what", "lignes", "lines"))
			return nil
		}
		if err := t.line(record, where); err != nil {
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

func (t *table) line(record []string, where report.Location) error {
	cell := func(i int) string {
		if i < 0 || i >= len(record) {
			return ""
		}
		return strings.Clone(strings.TrimSpace(record[i]))
	}
	file := clean(cell(t.file))
	key, parent := cell(t.id), cell(t.parent)
	if t.byFile {
		key, parent = cmp.Or(file, key), clean(parent)
	}
	switch {
	case key == "":
		t.rep.Add(RuleLine, where, report.Words("what", "ni identifiant ni fichier", "neither identifier nor file"))
		return nil
	case t.byKey[key] != nil:
		t.rep.Add(RuleLine, where, report.Words("what", "identifiant ou fichier déjà donné", "identifier or file given before"))
		return nil
	}
	u := t.builder.Unit(&archive.Unit{}, archive.Item, "")
	u.Level = ""
	t.fill(u, record, where)
	if file != "" {
		if err := t.attach(u, file, where); err != nil {
			return err
		}
	}
	for _, name := range strings.Split(cell(t.objects), "|") {
		if name = clean(name); name != "" && name != file {
			if err := t.attach(u, name, where); err != nil {
				return err
			}
			t.use(u, name)
		}
	}
	if u.Title == "" && file != "" {
		u.Title = path.Base(file)
	}
	t.byKey[key] = u
	t.rows = append(t.rows, row{u, key, parent, where})
	return nil
}

func (t *table) attach(u *archive.Unit, name string, where report.Location) error {
	if !fs.ValidPath(name) {
		t.rep.Add(RuleFile, where)
		return nil
	}
	st, err := fs.Stat(t.fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && !st.IsDir() && !st.Mode().IsRegular():
		t.rep.Add(RuleFile, where)
		return nil
	case err != nil:
		return err
	case st.IsDir():
		return nil
	}
	_, err = t.builder.File(u, t.fsys, name)
	return err
}

// use gives the file attached last the usage and the version its name says:
// __TextContent_1__act.txt.
func (t *table) use(u *archive.Unit, name string) {
	said, own, ok := strings.Cut(strings.TrimPrefix(path.Base(name), "__"), "__")
	if !ok || own == "" || !strings.HasPrefix(path.Base(name), "__") || len(u.Groups) == 0 {
		return
	}
	usage, number, _ := strings.Cut(said, "_")
	version, err := strconv.Atoi(cmp.Or(number, "1"))
	switch usage := archive.Usage(usage); usage {
	case archive.BinaryMaster, archive.Dissemination, archive.Thumbnail, archive.TextContent:
		if objects := u.Groups[0].Objects; err == nil && version > 0 && path.Base(name) == objects[len(objects)-1].Name {
			o := objects[len(objects)-1]
			o.Usage, o.Version, o.Name = usage, version, own
		}
	}
}

// fill makes the elements the columns name, in their order, and gives them to
// the same tables that read a message.
func (t *table) fill(u *archive.Unit, record []string, where report.Location) {
	roots := map[string]*element.Node{"Content": element.Tree("Content"), "Management": element.Tree("Management")}
	places := map[string]*element.Node{}
	made := map[int]*element.Node{}
	value := func(i int) string {
		if i >= len(record) {
			return ""
		}
		return strings.TrimSpace(record[i])
	}
	for _, c := range t.columns {
		if c.attr || value(c.index) == "" {
			continue
		}
		at, key := roots[c.in], c.in
		for i, s := range c.steps {
			key += "/" + s.name + "." + strconv.Itoa(s.number)
			next := places[key]
			if next == nil || i == len(c.steps)-1 {
				next = element.Tree(s.name)
				next.Version = element.AnyVersion
				places[key] = next
				at.Add(next)
			}
			at = next
		}
		at.Items = []element.Piece{{Text: strings.Clone(value(c.index))}}
		made[c.index] = at
	}
	for _, c := range t.columns {
		if n := made[c.attrOf]; c.attr && n != nil && value(c.index) != "" && !attributes(n, value(c.index)) {
			t.rep.Add(RuleLine, where, report.Words("what", "attributs mal formés", "malformed attributes"))
		}
	}
	for n := range roots["Content"].Children {
		if e, _ := t.content.Put(u, n); e != nil {
			u.Extras = append(u.Extras, *e)
		}
	}
	var m seda2.Managed
	for n := range roots["Management"].Children {
		if e, _ := t.rules.Put(&m, n); e != nil {
			u.Extras = append(u.Extras, *e)
		}
	}
	u.Rules, u.Regimes = m.Rules, m.Regimes
	seda2.SortExtras(u.Extras)
}

// place puts every unit below its parent, once all lines have been read. A line
// whose parents run in a circle is left at the top.
func (t *table) place(p *archive.Package) {
	up := make(map[string]string, len(t.rows))
	for _, r := range t.rows {
		parent := r.parent
		if t.byPath {
			for parent = path.Dir(r.key); parent != "." && parent != "/" && t.byKey[parent] == nil; {
				parent = path.Dir(parent)
			}
			if t.byKey[parent] == nil || parent == r.key {
				parent = ""
			}
		}
		switch {
		case parent == r.key: // its own parent: how ReSIP says that it has none
			parent = ""
		case parent != "" && t.byKey[parent] == nil:
			t.rep.Add(RuleParent, r.where)
			parent = ""
		}
		up[r.key] = parent
	}
	// depths of keys known to lead to the top.
	sound := map[string]bool{"": true}
	for _, r := range t.rows {
		var way []string
		met := map[string]bool{}
		k := r.key
		for !sound[k] && !met[k] {
			met[k] = true
			way = append(way, k)
			k = up[k]
		}
		if !sound[k] {
			t.rep.Add(RuleLine, r.where, report.Words("what", "les parents tournent en rond", "the parents run in a circle"))
			up[r.key] = ""
		}
		for _, w := range way {
			sound[w] = true
		}
	}
	for _, r := range t.rows {
		if parent := t.byKey[up[r.key]]; parent != nil {
			parent.Children = append(parent.Children, r.unit)
		} else {
			p.Units = append(p.Units, r.unit)
		}
	}
	for _, r := range t.rows {
		if r.unit.Level == "" {
			r.unit.Level = archive.Item
			if len(r.unit.Children) > 0 {
				r.unit.Level = archive.RecordGrp
			}
		}
	}
}

// attributes gives the element name="value" pairs.
func attributes(n *element.Node, s string) bool {
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		name, rest, ok := strings.Cut(s, "=")
		if name = strings.TrimSpace(name); !ok || rest == "" || rest[0] != '"' && rest[0] != '\'' {
			return false
		}
		value, after, ok := strings.Cut(rest[1:], rest[:1])
		local, xml := strings.CutPrefix(name, "xml:")
		if !ok || !plainName(local) {
			return false
		}
		a := element.Attr{Name: local, Value: strings.Clone(value)}
		if xml {
			a.Space = "http://www.w3.org/XML/1998/namespace"
		}
		if slices.ContainsFunc(n.Attrs, func(b element.Attr) bool { return b.Space == a.Space && b.Name == a.Name }) {
			return false
		}
		n.Attrs, s = append(n.Attrs, a), after
	}
	return true
}
