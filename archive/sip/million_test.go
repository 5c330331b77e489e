package sip

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/resip"
	"github.com/liasse/liasse/ged/report"
)

// manyFiles is a folder of n small files, in folders of a thousand. Nothing of
// them is in memory: they are made as they are asked for.
type manyFiles int

func (n manyFiles) Open(name string) (fs.File, error) {
	folder, file, ok := strings.Cut(name, "/")
	if !ok {
		file = folder
	}
	if !strings.HasPrefix(folder, "dossier ") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &oneFile{smallFile(file), strings.NewReader(smallFile(file).content())}, nil
}

func (n manyFiles) ReadDir(name string) (out []fs.DirEntry, err error) {
	if name == "." {
		for i := range (int(n) + 999) / 1000 {
			out = append(out, smallFile(fmt.Sprintf("dossier %06d", i)))
		}
		return out, nil
	}
	i, err := strconv.Atoi(strings.TrimPrefix(name, "dossier "))
	for k := range min(1000, int(n)-1000*i) {
		out = append(out, smallFile(fmt.Sprintf("piece_%07d.txt", 1000*i+k)))
	}
	return out, err
}

// smallFile is a file or a folder of that name.
type smallFile string

func (f smallFile) content() string {
	return "Pièce " + string(f) + " du registre des délibérations.\n"
}
func (f smallFile) Name() string               { return string(f) }
func (f smallFile) IsDir() bool                { return !strings.HasSuffix(string(f), ".txt") }
func (f smallFile) Info() (fs.FileInfo, error) { return f, nil }
func (f smallFile) Type() fs.FileMode          { return f.Mode().Type() }
func (f smallFile) ModTime() time.Time         { return sent }
func (f smallFile) Sys() any                   { return nil }
func (f smallFile) Size() int64                { return int64(len(f.content())) }
func (f smallFile) Mode() fs.FileMode {
	if f.IsDir() {
		return fs.ModeDir | 0o755
	}
	return 0o644
}

type oneFile struct {
	smallFile
	*strings.Reader
}

func (f *oneFile) Stat() (fs.FileInfo, error) { return f.smallFile, nil }
func (f *oneFile) Close() error               { return nil }
func (f *oneFile) Size() int64                { return f.smallFile.Size() }

// maker makes the parts of n files and what holds them. look is called now and then
// while they are made.
type maker func(t testing.TB, n int, look func()) archive.Parts

func someTree(t testing.TB, n int, _ func()) archive.Parts {
	tree, rep, err := archive.ReadTree(context.Background(), manyFiles(n), manyPolicy, archive.TreeOptions{})
	if err != nil || !rep.Valid() {
		t.Fatal(err, rep.Err())
	}
	return tree
}

var manyPolicy = archive.Policy{MessageID: "M", Agreement: "IC", Date: sent, OriginatingAgency: "P",
	ArchivalAgency: archive.Agency{ID: "A"}, TransferringAgency: archive.Agency{ID: "T"}}

// manyLines is the table of n files and of the folders they are in, made as it
// is read: all lines are of one length.
type manyLines struct {
	n    int
	look func() // called eight times for each time the table is read, if not nil
}

const (
	manyHead = "ID;ParentID;File;Content.Title;Content.Description;Content.StartDate;Management.AccessRule.Rule;Management.AccessRule.StartDate\n"
	manyLine = "%08d;%8s;%-34s;%-40s;%-40s;2024-06-27;ACC-00001;2024-06-27\n"
	lineSize = 8 + 1 + 8 + 1 + 34 + 1 + 40 + 1 + 40 + len(";2024-06-27;ACC-00001;2024-06-27\n")
)

func (m manyLines) lines() int  { return m.n + (m.n+999)/1000 }
func (m manyLines) size() int64 { return int64(len(manyHead) + m.lines()*lineSize) }

func (m manyLines) line(i int) string {
	folder := i / 1001
	name := fmt.Sprintf("dossier %06d", folder)
	if i%1001 == 0 {
		return fmt.Sprintf(manyLine, i, "", name, "Dossier", "")
	}
	file := fmt.Sprintf("piece_%07d.txt", i-folder-1)
	return fmt.Sprintf(manyLine, i, fmt.Sprintf("%08d", 1001*folder), name+"/"+file, file, "Registre, page de plus")
}

func (m manyLines) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		at := off + int64(n)
		switch body := at - int64(len(manyHead)); {
		case body < 0:
			n += copy(p[n:], manyHead[at:])
		case at >= m.size():
			return n, io.EOF
		default:
			n += copy(p[n:], m.line(int(body) / lineSize)[int(body)%lineSize:])
		}
	}
	if part := m.size() / 8; m.look != nil && off/part != (off+int64(n))/part {
		m.look()
	}
	return n, nil
}

func someTable(t testing.TB, n int, look func()) archive.Parts {
	lines := &manyLines{n, look}
	table, rep, err := resip.ReadTable(context.Background(), lines, lines.size(), manyFiles(n), manyPolicy, resip.Options{MaxLines: lines.lines()})
	if err != nil || !rep.Valid() {
		t.Fatal(err, rep.Err())
	}
	lines.look = nil // from here on there are several readers
	return table
}

// highest writes the package of n files and returns how many units it has and
// the most memory that was in use: that of the description included, that of
// the contents not.
func highest(t testing.TB, n int, made maker) (units int, bytes float64) {
	live := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	base, most, calls := live(), 0.0, 0
	look := func() { most = max(most, live()) }
	parts := made(t, n, look)
	sum, err := WriteParts(context.Background(), writerFunc(func(p []byte) (int, error) {
		if calls++; calls%256 == 0 {
			look()
		}
		return len(p), nil
	}), parts, Options{Memory: 1, Progress: func(done, total int64) {
		if done*16/total != (done-100)*16/total {
			look()
		}
	}})
	if err != nil || sum.Objects != n {
		t.Fatal(err, sum.Objects)
	}
	return sum.Units, most - base
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

var _ io.Writer = writerFunc(nil)

// TestAUnitOfPartsCostsLittle: what memory grows by, for each unit more.
func TestAUnitOfPartsCostsLittle(t *testing.T) {
	if testing.Short() {
		t.Skip("not short")
	}
	defer func(n int64) { keptManifest = n }(keptManifest)
	keptManifest = 1
	for name, made := range map[string]maker{"a folder": someTree, "a table": someTable} {
		each := 0.0
		for range 4 { // what else is in memory at a moment only adds to it
			few, small := highest(t, 4_000, made)
			many, large := highest(t, 30_000, made)
			if each = (large - small) / float64(many-few); each <= 200 {
				break
			}
		}
		if each > 200 {
			t.Errorf("%s: %.0f bytes for each unit", name, each)
		}
	}
}

// BenchmarkMillionUnits writes the package of a folder of a million files.
func BenchmarkMillionUnits(b *testing.B) { benchmarkMillion(b, someTree) }

// BenchmarkMillionRows writes that of a table that describes them.
func BenchmarkMillionRows(b *testing.B) { benchmarkMillion(b, someTable) }

func benchmarkMillion(b *testing.B, made maker) {
	n := 1_000_000
	if testing.Short() {
		n = 20_000
	}
	for b.Loop() {
		units, most := highest(b, n, made)
		b.ReportMetric(most/float64(units), "B/unit")
	}
}

// BenchmarkReadTable reads a table whole and in parts, and says what memory each
// then takes.
func BenchmarkReadTable(b *testing.B) {
	live := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	for _, n := range []int{10, 1000, 100_000} {
		lines := manyLines{n: n}
		text, err := io.ReadAll(io.NewSectionReader(lines, 0, lines.size()))
		if err != nil {
			b.Fatal(err)
		}
		opt := resip.Options{MaxLines: lines.lines()}
		for name, read := range map[string]func() (any, *report.Report, error){
			"whole": func() (any, *report.Report, error) {
				return resip.Read(context.Background(), bytes.NewReader(text), manyFiles(n), manyPolicy, opt)
			},
			"parts": func() (any, *report.Report, error) {
				return resip.ReadTable(context.Background(), bytes.NewReader(text), lines.size(), manyFiles(n), manyPolicy, opt)
			},
		} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				base, held := live(), 0.0
				for b.Loop() {
					made, rep, err := read()
					if err != nil || !rep.Valid() {
						b.Fatal(err, rep.Err())
					}
					if held == 0 {
						held = live() - base
					}
					runtime.KeepAlive(made)
				}
				b.ReportMetric(held/float64(lines.lines()), "B/line")
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*lines.lines()), "ns/line")
			})
		}
	}
}
