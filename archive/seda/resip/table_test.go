package resip

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/sip"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

// bothWays reads a table whole and in parts, and fails when they differ.
func bothWays(t testing.TB, text string, fsys fs.FS, opt Options) (*archive.Package, *Table, *report.Report) {
	t.Helper()
	ctx := context.Background()
	p, want, err := Read(ctx, strings.NewReader(text), fsys, policy, opt)
	table, got, other := ReadTable(ctx, strings.NewReader(text), int64(len(text)), fsys, policy, opt)
	if err != nil || other != nil {
		if err == nil || other == nil {
			t.Fatalf("%q\nwhole: %v, parts: %v", text, err, other)
		}
		return nil, nil, nil
	}
	a, _ := json.Marshal(want)
	b, _ := json.Marshal(got)
	if !bytes.Equal(a, b) {
		t.Fatalf("%q\nwhole: %s\nparts: %s", text, a, b)
	}
	if whole := held(t, table); !reflect.DeepEqual(plain(t, p), plain(t, whole)) {
		t.Fatalf("%q\nwhole: %s\nparts: %s", text, shape(p), shape(whole))
	}
	return p, table, want
}

// held makes a package of the parts.
func held(t testing.TB, parts archive.Parts) *archive.Package {
	t.Helper()
	p := *parts.Message()
	groups := map[string]*archive.Group{}
	for g, err := range parts.Groups() {
		if err != nil {
			t.Fatal(err)
		}
		p.Groups = append(p.Groups, g)
		groups[g.ID] = g
	}
	var above []*archive.Unit
	for u, err := range parts.Units() {
		if err != nil {
			t.Fatal(err)
		}
		if u.Depth > len(above) {
			t.Fatalf("%s stands at depth %d, below %d", u.Unit.ID, u.Depth, len(above))
		}
		unit := *u.Unit
		unit.Groups = slices.Clone(unit.Groups)
		for i, g := range unit.Groups {
			unit.Groups[i] = groups[g.ID]
		}
		if above = append(above[:u.Depth], &unit); u.Depth == 0 {
			p.Units = append(p.Units, &unit)
		} else {
			in := above[u.Depth-1]
			in.Children = append(in.Children, &unit)
		}
	}
	return &p
}

// plain gives the objects sources that can be compared.
func plain(t testing.TB, p *archive.Package) *archive.Package {
	t.Helper()
	for o := range p.Objects() {
		r, err := o.Source.Open(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil || int64(len(content)) != o.Source.Size() {
			t.Fatalf("%d bytes of %d: %v", len(content), o.Source.Size(), err)
		}
		r.Close()
		o.Source = said(content)
	}
	return p
}

// said is a source in memory.
type said string

func (s said) Open(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(string(s))), nil
}
func (s said) Size() int64 { return int64(len(s)) }

// composedFiles are some files of every age.
func composedFiles() fstest.MapFS {
	at := time.Date(2024, 6, 27, 10, 0, 0, 5, time.FixedZone("", 3600))
	out := fstest.MapFS{"__TextContent_1__t.txt": {Data: []byte("t")}, "__Thumbnail__t.txt": {Data: []byte("u")}, "vide": {Mode: fs.ModeDir | 0o755}, "tube": {Mode: fs.ModeNamedPipe}, "nul.txt": {ModTime: at}}
	for i, folder := range []string{"", "a/", "a/b/", "a/b/c/", "d/"} {
		for k := range 6 {
			f := &fstest.MapFile{Data: bytes.Repeat([]byte("x"), 1+i*6+k), ModTime: at.Add(time.Duration(k) * time.Hour)}
			if k == 4 {
				f.ModTime = time.Time{}
			} else if k == 5 {
				f.ModTime = time.Date(1200, 1, 1, 0, 0, 0, 0, time.UTC)
			}
			out[fmt.Sprintf("%sf%d.txt", folder, k)] = f
		}
	}
	return out
}

// compose writes a table of n lines. A sound one has no fault, and is in any
// order all the same.
func compose(r *rand.Rand, n int, sound bool) string {
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	once := func(chance int) bool { return !sound && r.IntN(chance) == 0 }
	quote := func(s string) string {
		if strings.ContainsAny(s, ";\"\n") || r.IntN(9) == 0 {
			return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
		}
		return s
	}
	head := [][]string{{"ID", "ParentID", "File", "ObjectFiles"}, {"File", "ParentID", "ID", "ObjectFiles"}, {"ID", "ParentID", "File"}, {"ID", "ParentID", "ObjectFiles"},
		{"File", "ParentFile"}, {"File"}, {"ID", "File"}, {"File", "ID", "ParentFile"}}[r.IntN(8)]
	cell := func(row []string, name string) string {
		if i := slices.Index(head, name); i >= 0 && i < len(row) {
			return row[i]
		}
		return ""
	}
	names := []string{"Content.Title", "Content.DescriptionLevel", "Content.Tag.0", "Content.Tag.1", "Content.Keyword.0.KeywordContent", "Management.AccessRule.Rule",
		"Management.AccessRule.StartDate", "Content.Keyword.0.KeywordType", "Content.StartDate", "Content.Gps.GpsLatitude", "Content.Writer.0.FirstName", "Content.Writer.0.BirthName"}
	r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	names = names[:r.IntN(len(names)+1)]
	attr := r.IntN(2) == 0
	var cols []string
	for _, name := range names {
		if cols = append(cols, name); attr && name == "Content.Title" {
			cols = append(cols, ".attr")
		}
	}
	if once(8) {
		cols = append(cols, pick("Content.Inconnu", "Titre", ""))
	}
	var rows [][]string
	var paths []string
	for name := range composedFiles() {
		if name != "tube" {
			paths = append(paths, name)
		}
	}
	paths = append(paths, "a", "a/b", "a/b/c", "d")
	slices.Sort(paths)
	r.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
	if !slices.Contains(head, "ParentID") {
		n = min(n, len(paths))
	}
	for i := range n {
		var row []string
		for _, h := range head {
			switch h {
			case "ID":
				row = append(row, fmt.Sprint("n", i))
			case "File":
				file := paths[i%len(paths)]
				if slices.Contains(head, "ParentID") && i > len(paths) {
					file = pick("", "a", "vide", file)
				}
				if once(20) {
					file = pick("absent.txt", "../f", "/f0.txt", "tube", "", ".", "/", "./a", `a\f0.txt`, "n0")
				}
				row = append(row, file)
			case "ParentID":
				parent := ""
				if i > 0 && r.IntN(4) > 0 {
					parent = fmt.Sprint("n", r.IntN(i))
				}
				if once(15) {
					parent = fmt.Sprint("n", r.IntN(2*n))
				}
				row = append(row, parent)
			case "ParentFile":
				parent := ""
				if up := path.Dir(cell(row, "File")); up != "." && slices.Contains(paths[:n], up) {
					parent = up
				}
				if once(15) {
					parent = pick("a", "f0.txt", "absent", cell(row, "File"))
				}
				row = append(row, parent)
			case "ObjectFiles":
				row = append(row, pick("", "", "f0.txt", "f1.txt|a/f2.txt", "d|d/f3.txt|f4.txt", cell(row, "File")+"|f5.txt", "f1.txt|__TextContent_1__t.txt", "f2.txt|__Thumbnail__t.txt"))
			}
		}
		if once(25) && i > 0 {
			row = slices.Clone(rows[r.IntN(i)])
			row = row[:len(head)]
		}
		for _, c := range cols {
			switch {
			case c == ".attr":
				row = append(row, pick("", `xml:lang="fr"`))
				if once(15) {
					row[len(row)-1] = "lang"
				}
			case r.IntN(3) == 0 && !strings.HasPrefix(c, "Content.Title") && !strings.Contains(c, "Rule") && !strings.Contains(c, "Keyword"):
				row = append(row, "")
			case strings.HasSuffix(c, "Date"):
				row = append(row, pick("2024-01-01", "2024-02-03"))
			case strings.HasSuffix(c, "Level"):
				row = append(row, pick("Item", "File", "RecordGrp"))
			case strings.HasSuffix(c, "KeywordType"):
				row = append(row, "subject")
			case strings.HasSuffix(c, "Latitude"):
				row = append(row, "48")
			default:
				row = append(row, pick("mot", "été", "un; deux", "il dit \"non\"", "deux\nlignes", " blanc "))
			}
		}
		rows = append(rows, row)
	}
	if r.IntN(2) == 0 {
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	}
	end, accent := pick("\n", "\r\n"), pick("é", "é", "\xe9")
	var b strings.Builder
	b.WriteString(pick("", "\ufeff") + strings.Join(slices.Concat(head, cols), ";") + end)
	for _, row := range rows {
		for i, c := range row {
			if i > 0 {
				b.WriteByte(';')
			}
			b.WriteString(strings.ReplaceAll(quote(c), "é", accent))
		}
		if once(40) {
			b.WriteString(pick(";\xff", `;"`, ";;;", `;a"b`))
		}
		b.WriteString(end + pick("", "", "", end))
	}
	return b.String()
}

// TestPartsAreThePackage: what a table says is the same whole and in parts, with
// its faults, and so are the bytes of the package.
func TestPartsAreThePackage(t *testing.T) {
	n, each := 400, 5 // packages are written of one in so many
	if testing.Short() {
		n = 150
	}
	r := rand.New(rand.NewPCG(7, 8))
	fsys := composedFiles()
	written, refused, reordered, several := 0, 0, 0, 0
	for i := range n {
		text := compose(r, r.IntN(40), r.IntN(2) == 0)
		p, table, rep := bothWays(t, text, fsys, Options{})
		if !rep.Valid() {
			refused++
			continue
		}
		if table.placing.order != nil {
			reordered++
		}
		for _, g := range p.Groups {
			if len(g.Objects) > 1 {
				several++
				break
			}
		}
		if i%each == 0 {
			version := []seda.Version{seda.V21, seda.V22, seda.V23}[i/each%3]
			var whole, parts bytes.Buffer
			one, err := sip.Write(context.Background(), &whole, p, sip.Options{Version: version, Lossy: true})
			two, other := sip.WriteParts(context.Background(), &parts, table, sip.Options{Version: version, Lossy: true})
			if (err == nil) != (other == nil) || !bytes.Equal(whole.Bytes(), parts.Bytes()) || one.Units != two.Units || one.Manifest != two.Manifest {
				t.Fatalf("%q\nanother package: %v, %v", text, err, other)
			}
			if err == nil {
				written++
			}
		}
	}
	if min(4*each*written, 2*refused, 3*reordered, 6*several) < n/2 {
		t.Errorf("of %d tables %d packages, %d refused, %d in another order, %d with several forms", n, written, refused, reordered, several)
	}
}

// TestCircleIsCutWhereItIs: a line that leads to a circle is not of it, and what
// stands in it is not lost.
func TestCircleIsCutWhereItIs(t *testing.T) {
	p, _, rep := bothWays(t, "ID;ParentID;File;Title\na;b;;A\nb;c;;B\nc;b;;C\nd;d;;D\n", fstest.MapFS{}, Options{})
	if got := shape(p); got != "B|-A|-C|D" {
		t.Error(got)
	}
	var lines []int
	for f := range rep.All() {
		if f.Rule == RuleLine {
			lines = append(lines, f.Where.Line)
		}
	}
	if !slices.Equal(lines, []int{3}) {
		t.Errorf("lines %v", lines)
	}
}

func TestNearestFolderAbove(t *testing.T) {
	for text, want := range map[string]string{
		"File\nx/y/z\nx\nx/y/z/t\nw\n":                "x|-z|--t|w",
		"File\n.\nx/y\nx\n":                           ".|-x|--y",
		"File\nx\n.\n":                                ".|-x",
		"File\n/a/b/c\n/\n/a\n":                       "/|-a|--c",
		"File\n../a\n..\n.\n../../b\n../a/c":          ".|-..|--a|---c|--b",
		"ID;File;Title\na//b;;n\na;;m\n./;;o\n.;;p\n": "p|-m|--n|-o",
	} {
		p, _, _ := bothWays(t, text, fstest.MapFS{}, Options{})
		if got := shape(p); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// TestPassesOverTheSameParts reads them side by side, and goes on after one that
// was given up.
func TestPassesOverTheSameParts(t *testing.T) {
	text := compose(rand.New(rand.NewPCG(3, 4)), 300, true)
	_, table, rep := bothWays(t, text, composedFiles(), Options{})
	if !rep.Valid() {
		t.Fatal(rep.Err())
	}
	describe := func() string {
		var b strings.Builder
		for g, err := range table.Groups() {
			fmt.Fprint(&b, g.ID, len(g.Objects), err)
		}
		for u, err := range table.Units() {
			fmt.Fprint(&b, u.Depth, u.Unit.ID, u.Unit.Title, err)
		}
		return b.String()
	}
	want := describe()
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range table.Units() {
				break
			}
			if describe() != want {
				t.Error("other parts")
			}
		})
	}
	wait.Wait()
}

func TestPlaceNamesWhatAnIdentifierIs(t *testing.T) {
	text := "ID;ParentID;File;ObjectFiles;Title\n2;1;f0.txt;f1.txt;\n1;;;;Dossier\n3;2;a/f2.txt;;Pièce\n"
	p, table, _ := bothWays(t, text, composedFiles(), Options{})
	want := map[string]string{"": "", "ID": "", "ID0": "", "ID01": "", "ID9": "", "X1": "", "ID-1": ""}
	var above []string
	for u, depth := range p.Walk() {
		above = append(above[:depth], u.Title)
		way := strings.Join(above, "/")
		want[u.ID] = way + " "
		for _, g := range u.Groups {
			want[g.ID] = way + " "
			for _, o := range g.Objects {
				want[o.ID] = way + " " + o.Name
			}
		}
	}
	if len(want) != 7+8 {
		t.Fatalf("%d identifiers", len(want))
	}
	for id, want := range want {
		titles, file, err := table.Place(id)
		if got := strings.Join(titles, "/") + " " + file; err != nil || got != want && got != " " || got == " " && want != "" {
			t.Errorf("%s: %q, want %q, %v", id, got, want, err)
		}
	}
}

// TestDeepTable: of what lies below a thousand others, the nearest ones are told,
// whatever it takes to reach the top.
func TestDeepTable(t *testing.T) {
	const n = 3000
	var b strings.Builder
	b.WriteString("ID;ParentID;File;Title\n")
	for i := range n {
		fmt.Fprintf(&b, "%d;%d;;T%d\n", n-i, n-i-1+i/(n-1), n-i)
	}
	_, table, rep := bothWays(t, b.String(), fstest.MapFS{}, Options{})
	if !rep.Has(archive.RuleDepth) {
		t.Error(rep.Err())
	}
	titles, _, err := table.Place("ID1")
	if err != nil || len(titles) != maxTitles || titles[maxTitles-1] != fmt.Sprint("T", n) {
		t.Errorf("%d titles, %v", len(titles), err)
	}
}

// TestChangedTableIsAnError: what was read is not what is there.
func TestChangedTableIsAnError(t *testing.T) {
	text := []byte("ID;ParentID;File;Title\n2;1;f0.txt;Un\n1;;f1.txt;Deux\n")
	table, _, err := ReadTable(context.Background(), bytes.NewReader(text), int64(len(text)), composedFiles(), policy, Options{})
	if err != nil {
		t.Fatal(err)
	}
	passes := func() (units, groups error) {
		for _, err := range table.Units() {
			units = err
		}
		for _, err := range table.Groups() {
			groups = err
		}
		return units, groups
	}
	if units, groups := passes(); units != nil || groups != nil {
		t.Fatal(units, groups)
	}
	for _, change := range []string{"Deuy", `D"ux`} {
		copy(text[len(text)-5:], change)
		if units, groups := passes(); !errors.Is(units, ErrChanged) || !errors.Is(groups, ErrChanged) {
			t.Error(units, groups)
		}
		if _, err := sip.WriteParts(context.Background(), io.Discard, table, sip.Options{}); !errors.Is(err, ErrChanged) {
			t.Error(err)
		}
		if _, _, err := table.Place("ID4"); !errors.Is(err, ErrChanged) {
			t.Error(err)
		}
	}
	table.src = bytes.NewReader(text[:40])
	if units, groups := passes(); !errors.Is(units, ErrChanged) || !errors.Is(groups, ErrChanged) {
		t.Error("cut short:", units, groups)
	}
	broken := errors.New("broken")
	table.src = readerAtFunc(func([]byte, int64) (int, error) { return 0, broken })
	if units, groups := passes(); !errors.Is(units, broken) || !errors.Is(groups, broken) {
		t.Error("broken:", units, groups)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := ReadTable(ctx, bytes.NewReader(text), int64(len(text)), composedFiles(), policy, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

type readerAtFunc func(p []byte, off int64) (int, error)

func (f readerAtFunc) ReadAt(p []byte, off int64) (int, error) { return f(p, off) }

// TestTablesOfTheCorpus reads whatever table there is.
func TestTablesOfTheCorpus(t *testing.T) {
	dir := filepath.Dir(corpus.Dir(t, "archive"))
	n := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(strings.ToLower(name), ".csv") {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		n++
		for _, comma := range []rune{0, ','} {
			bothWays(t, string(text), fstest.MapFS{}, Options{Comma: comma})
		}
		// The same lines as a table of units.
		_, lines, _ := strings.Cut(string(text), "\n")
		bothWays(t, "ID;ParentID;File;Title;Tag.0;.attr;Tag.1;Tag.2\n"+lines, fstest.MapFS{}, Options{})
		return nil
	})
	if err != nil || n == 0 {
		t.Errorf("%d tables: %v", n, err)
	}
}
