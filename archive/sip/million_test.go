package sip

import (
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
)

// manyFiles is a folder of n small files, in folders of a thousand. Nothing of
// them is in memory: they are made as they are asked for.
type manyFiles int

func (n manyFiles) Open(name string) (fs.File, error) {
	folder, file, ok := strings.Cut(name, "/")
	if !ok || !strings.HasPrefix(folder, "dossier ") {
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

// highest writes the package of n files and returns how many units it has and
// the most memory that was in use: that of the description included, that of
// the contents not.
func highest(t testing.TB, n int) (units int, bytes float64) {
	live := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	base, most, calls := live(), 0.0, 0
	tree, rep, err := archive.ReadTree(context.Background(), manyFiles(n), archive.Policy{MessageID: "M", Agreement: "IC", Date: sent,
		OriginatingAgency: "P", ArchivalAgency: archive.Agency{ID: "A"}, TransferringAgency: archive.Agency{ID: "T"}}, archive.TreeOptions{})
	if err != nil || !rep.Valid() {
		t.Fatal(err, rep.Err())
	}
	look := func() { most = max(most, live()) }
	sum, err := WriteParts(context.Background(), writerFunc(func(p []byte) (int, error) {
		if calls++; calls%256 == 0 {
			look()
		}
		return len(p), nil
	}), tree, Options{Memory: 1, Progress: func(done, total int64) {
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
	each := 0.0
	for range 4 { // what else is in memory at a moment only adds to it
		few, small := highest(t, 5_000)
		many, large := highest(t, 45_000)
		if each = (large - small) / float64(many-few); each <= 200 {
			return
		}
	}
	t.Errorf("%.0f bytes for each unit", each)
}

// BenchmarkMillionUnits writes the package of a folder of a million files.
func BenchmarkMillionUnits(b *testing.B) {
	n := 1_000_000
	if testing.Short() {
		n = 20_000
	}
	for b.Loop() {
		units, most := highest(b, n)
		b.ReportMetric(most/float64(units), "B/unit")
	}
}
