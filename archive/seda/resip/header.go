package resip

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/seda2"
	"github.com/liasse/liasse/ged/report"
)

// layout is what the header of a table says.
type layout struct {
	id, parent, file, objects int // indexes of the first columns, -1 without
	byPath, byFile            bool
	filing                    bool // it is a filing plan
	width                     int  // how many columns there are
	columns                   []column
	places                    int // different elements they lead to
	comma                     rune
	charset                   charset
}

// column is a path of SEDA below Content or Management.
type column struct {
	index  int
	in     string
	root   int // which of roots that is
	steps  []step
	attr   bool // attributes
	attrOf int  // the index of the column whose element has them
}

// step is an element on the way, with its number when it occurs several times:
// without one it is the first, number 0.
type step struct {
	name   string
	number int
	place  int // columns share one as far as they share the way
}

// heads are the first columns a table may have, in alphabetical order.
var heads = []string{"file", "file id", "file parentfile", "file id parentfile", "file id parentid", "id objectfiles parentid", "file id objectfiles parentid"}

// lead finds the first columns, and returns how many there are.
func (t *layout) lead(names []string) int {
	at := map[string]int{}
	for i, name := range names {
		name = strings.ToLower(name)
		if _, twice := at[name]; twice || !slices.Contains([]string{"id", "parentid", "file", "parentfile", "objectfiles"}, name) {
			break
		}
		at[name] = i
	}
	if !slices.Contains(heads, strings.Join(slices.Sorted(maps.Keys(at)), " ")) {
		return 0
	}
	index := func(name string) int {
		if i, ok := at[name]; ok {
			return i
		}
		return -1
	}
	t.id, t.file, t.objects = index("id"), index("file"), index("objectfiles")
	t.parent = max(index("parentid"), index("parentfile"))
	// Beside a ParentFile, and where folders are the parents, files name units.
	t.byPath, t.byFile = t.parent < 0, index("parentid") < 0
	return len(at)
}

// header reads the names of the columns, and reports whether the lines can be
// read.
func (t *layout) header(record []string, rep *report.Report) bool {
	where := report.Location{Line: 1, Column: 1}
	names := make([]string, len(record))
	for i, s := range record {
		names[i] = strings.TrimSpace(strings.TrimPrefix(s, "\ufeff"))
	}
	first := t.lead(names)
	t.width = len(names)
	if planned(names) {
		t.plan()
		return true
	}
	if first == 0 {
		rep.Add(RuleHeader, where, report.Words("what",
			"les premières colonnes sont File, ou File et ParentFile, ou ID, ParentID et File, ou ID, ParentID, File et ObjectFiles, ou, pour un plan de classement, id, nom, observations, cote et série",
			"the first columns are File, or File and ParentFile, or ID, ParentID and File, or ID, ParentID, File and ObjectFiles, or those of a filing plan, id, nom, observations, cote and série"))
		return false
	}
	prefixed, bare := false, false
	for _, name := range names[first:] {
		under := strings.HasPrefix(name, "Content.") || strings.HasPrefix(name, "Management.")
		prefixed, bare = prefixed || under, bare || !under && name != "" && !isAttr(name)
	}
	if prefixed && bare {
		rep.Add(RuleHeader, where, report.Words("what", "des colonnes ont le préfixe Content ou Management et d'autres non", "some columns begin with Content or Management and others do not"))
		return false
	}
	for i, name := range names[first:] {
		if name == "" {
			continue
		}
		c := column{index: first + i, attr: isAttr(name), attrOf: -1}
		switch full := pathOf(name, prefixed); {
		case full != "":
			c.in, c.steps = steps(full)
		case len(t.columns) > 0 && t.columns[len(t.columns)-1].index == c.index-1:
			before := t.columns[len(t.columns)-1]
			c.in, c.steps = before.in, before.steps
		}
		if len(c.steps) == 0 {
			t.unknown(c, names, rep)
			continue
		}
		t.columns = append(t.columns, c)
	}
	t.own(names, rep)
	t.sortRules()
	t.share()
	return true
}

// roots are what the columns are below.
var roots = [2]string{"Content", "Management"}

// share numbers the elements the columns lead to.
func (t *layout) share() {
	places := map[string]int{}
	for i := range t.columns {
		c := &t.columns[i]
		c.root = slices.Index(roots[:], c.in)
		c.steps = slices.Clone(c.steps)
		key := c.in
		for k := range c.steps {
			s := &c.steps[k]
			key += "/" + s.name + "." + strconv.Itoa(s.number)
			if _, known := places[key]; !known {
				places[key] = len(places)
			}
			s.place = places[key]
		}
	}
	t.places = len(places)
}

// unknown says that a column cannot be read.
func (t *layout) unknown(c column, names []string, rep *report.Report) {
	rep.Add(RuleColumn, report.Location{Line: 1, Column: 1}, report.Int("number", c.index+1), report.P("column", names[c.index]))
}

// pathOf is the path a column names, "" when it is of the attributes of the
// column before it.
func pathOf(name string, prefixed bool) string {
	if isAttr(name) {
		if name = strings.TrimSuffix(name[:len(name)-len("attr")], "."); name == "" {
			return ""
		}
	}
	if !prefixed {
		name = "Content." + name
	}
	return name
}

func isAttr(name string) bool {
	return strings.EqualFold(name, "attr") || strings.HasSuffix(name, ".attr")
}

// own finds whose attributes a column gives: those of the nearest column of the
// same path before it, or of the next one.
func (t *layout) own(names []string, rep *report.Report) {
	all := t.columns
	t.columns = nil
	for i, c := range all {
		if c.attr {
			for j, o := range all {
				if !o.attr && o.in == c.in && slices.Equal(o.steps, c.steps) && (j < i || c.attrOf < 0) {
					c.attrOf = o.index
				}
			}
			if c.attrOf < 0 {
				t.unknown(c, names, rep)
				continue
			}
		}
		t.columns = append(t.columns, c)
	}
}

// sortRules puts the columns of a regime in the order of the message: the rules
// by their numbers, each with its own date, before what is said of them all.
func (t *layout) sortRules() {
	met := map[string]int{}
	for _, c := range t.columns {
		if name := c.steps[0].name; met[name] == 0 {
			met[name] = len(met) + 1
		}
	}
	slices.SortStableFunc(t.columns, func(a, b column) int {
		if a.in != "Management" || b.in != "Management" {
			return strings.Compare(a.in, b.in) // Content is first
		}
		last, next := a.steps[len(a.steps)-1], b.steps[len(b.steps)-1]
		return cmp.Or(cmp.Compare(met[a.steps[0].name], met[b.steps[0].name]), cmp.Compare(part(last.name), part(next.name)),
			cmp.Compare(last.number, next.number), cmp.Compare(turn(last.name), turn(next.name)))
	})
}

// part is 0 for what is said of each rule, 1 for what is said once.
func part(name string) int {
	if turn(name) < 2 || strings.HasPrefix(name, "Hold") || name == "PreventRearrangement" {
		return 0
	}
	return 1
}

// turn puts a rule before its date, and that before the rest.
func turn(name string) int {
	switch name {
	case "Rule":
		return 0
	case "StartDate":
		return 1
	}
	return 2
}

// steps cuts the path of a column; none when it leads to nothing of SEDA.
func steps(name string) (in string, out []step) {
	in, rest, _ := strings.Cut(name, ".")
	numbered := false
	for _, s := range strings.Split(rest, ".") {
		n, err := strconv.Atoi(s)
		switch {
		case err == nil && n >= 0 && n < 10_000 && len(out) > 0 && !numbered:
			out[len(out)-1].number, numbered = n, true
		case err == nil || !plainName(s):
			return in, nil
		default:
			out, numbered = append(out, step{name: s}), false
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
