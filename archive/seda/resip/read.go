package resip

import (
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
	"unicode/utf8"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/seda2"
	"github.com/liasse/liasse/ged/report"
)

// Options of a table of units. The zero value is what ReSIP writes.
type Options struct {
	// Comma separates the cells; 0 means a semicolon.
	Comma rune
	// MaxLines bounds the table; 0 means a million.
	MaxLines int
}

// Read makes a package of a table in the form ReSIP imports: one line for
// each unit. The first columns are File, or File;ParentFile, or ID;File, or
// ID;ParentID;File, or ID;ParentID;File;ObjectFiles; the others are paths of
// SEDA, Content.Title or Management.AccessRule.Rule, with the numbers of
// elements that occur several times (Content.Keyword.0.KeywordContent). Every
// element of SEDA may be named. A column called .attr gives the attributes of
// the element of the column before it, as they are written in XML. When no
// column begins with Content or Management, all are of Content.
//
// Files are looked for in fsys, under the path of their line; a folder is a
// unit without file. With File alone, a unit stands below that of the folder it
// is in, when the table has one. Several files in ObjectFiles are separated by
// a vertical bar.
//
// Each fault is a finding with its line; the error is that of src, of the file
// system or of the context.
func Read(ctx context.Context, src io.Reader, fsys fs.FS, policy archive.Policy, opt Options) (*archive.Package, *report.Report, error) {
	builder := archive.NewBuilder(policy)
	p, rep := builder.Package()
	t := &table{ctx: ctx, fsys: fsys, builder: builder, rep: rep, byKey: map[string]*archive.Unit{}, left: cmp.Or(opt.MaxLines, 1_000_000),
		content: element.Filler[archive.Unit]{Part: seda2.UnitContent}, rules: element.Filler[seda2.Managed]{Part: seda2.UnitManagement}}
	in := csv.NewReader(src)
	in.Comma, in.FieldsPerRecord, in.ReuseRecord = cmp.Or(opt.Comma, ';'), -1, true
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
	byPath                    bool
	columns                   []column
	rows                      []row
	byKey                     map[string]*archive.Unit

	content element.Filler[archive.Unit]
	rules   element.Filler[seda2.Managed]
}

// column is a path of SEDA below Content or Management.
type column struct {
	index int
	in    string
	steps []step
	attr  bool // the attributes of the column before
}

// step is an element on the way, with its number when it occurs several times.
type step struct {
	name   string
	number int
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
		if slices.ContainsFunc(record, func(s string) bool { return !utf8.ValidString(s) }) {
			t.rep.Add(RuleLine, where, report.Words("what", "le texte n'est pas en UTF-8", "the text is not UTF-8"))
			if n == 0 {
				return nil
			}
			continue
		}
		if n == 0 {
			if !t.header(record) {
				return nil
			}
			continue
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

// heads are the first columns a table may have.
var heads = [][]string{{"ID", "ParentID", "File", "ObjectFiles"}, {"ID", "ParentID", "File"}, {"ID", "File"}, {"File", "ParentFile"}, {"File"}}

func (t *table) header(record []string) bool {
	where := report.Location{Line: 1, Column: 1}
	names := make([]string, len(record))
	for i, s := range record {
		names[i] = strings.TrimSpace(strings.TrimPrefix(s, "\ufeff"))
	}
	t.id, t.parent, t.file, t.objects = -1, -1, -1, -1
	first := 0
	for _, h := range heads {
		if len(names) < len(h) || !slices.Equal(names[:len(h)], h) {
			continue
		}
		first = len(h)
		t.id, t.file, t.objects = slices.Index(h, "ID"), slices.Index(h, "File"), slices.Index(h, "ObjectFiles")
		t.parent = max(slices.Index(h, "ParentID"), slices.Index(h, "ParentFile"))
		t.byPath = t.parent < 0
		break
	}
	if first == 0 {
		t.rep.Add(RuleHeader, where, report.Words("what", "les premières colonnes sont File, ou ID et File", "the first columns are File, or ID and File"))
		return false
	}
	prefixed, bare := false, false
	for _, name := range names[first:] {
		under := strings.HasPrefix(name, "Content.") || strings.HasPrefix(name, "Management.")
		prefixed, bare = prefixed || under, bare || !under && name != "" && !isAttr(name)
	}
	if prefixed && bare {
		t.rep.Add(RuleHeader, where, report.Words("what", "des colonnes ont le préfixe Content ou Management et d'autres non", "some columns begin with Content or Management and others do not"))
		return false
	}
	for i, name := range names[first:] {
		c := column{index: first + i, attr: isAttr(name)}
		switch {
		case name == "":
			continue
		case c.attr:
			if len(t.columns) > 0 && t.columns[len(t.columns)-1].index == c.index-1 {
				t.columns = append(t.columns, c)
				continue
			}
		default:
			if !prefixed {
				name = "Content." + name
			}
			if c.in, c.steps = steps(name); len(c.steps) > 0 {
				t.columns = append(t.columns, c)
				continue
			}
		}
		t.rep.Add(RuleColumn, where, report.P("column", name))
	}
	return true
}

func isAttr(name string) bool {
	return name == ".attr" || name == "attr" || strings.HasSuffix(name, ".attr")
}

// steps cuts the path of a column; none when it leads to nothing of SEDA.
func steps(name string) (in string, out []step) {
	in, rest, _ := strings.Cut(name, ".")
	for _, s := range strings.Split(rest, ".") {
		n, err := strconv.Atoi(s)
		switch {
		case err == nil && n >= 0 && n < 10_000 && len(out) > 0 && out[len(out)-1].number < 0:
			out[len(out)-1].number = n
		case err == nil || !plainName(s):
			return in, nil
		default:
			out = append(out, step{s, -1})
		}
	}
	top := &element.Node{Space: element.Own, Name: out[0].name}
	if in == "Content" && seda2.UnitContent.Find(top) < 0 || in == "Management" && seda2.UnitManagement.Find(top) < 0 {
		return in, nil
	}
	return in, out
}

func plainName(s string) bool {
	for i, b := range []byte(s) {
		if letter := b|0x20 >= 'a' && b|0x20 <= 'z'; !letter && (i == 0 || b < '0' || b > '9') {
			return false
		}
	}
	return s != ""
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
	if t.id < 0 {
		key, parent = file, clean(parent)
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

// fill makes the elements the columns name, in their order, and gives them to
// the same tables that read a message.
func (t *table) fill(u *archive.Unit, record []string, where report.Location) {
	roots := map[string]*element.Node{"Content": element.Tree("Content"), "Management": element.Tree("Management")}
	places := map[string]*element.Node{}
	var last *element.Node
	for _, c := range t.columns {
		value := ""
		if c.index < len(record) {
			value = strings.TrimSpace(record[c.index])
		}
		if c.attr {
			if last != nil && value != "" && !attributes(last, value) {
				t.rep.Add(RuleLine, where, report.Words("what", "attributs mal formés", "malformed attributes"))
			}
			continue
		}
		if last = nil; value == "" {
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
		at.Items = []element.Piece{{Text: strings.Clone(value)}}
		last = at
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
		if parent != "" && t.byKey[parent] == nil {
			t.rep.Add(RuleLine, r.where, report.Words("what", "le parent n'est pas dans la table", "the parent is not in the table"))
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
