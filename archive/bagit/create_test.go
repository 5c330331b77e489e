package bagit_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"hash"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/liasse/liasse/archive/bagit"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// memory is a Target that keeps what is written, and the order of it.
type memory struct {
	mu    sync.Mutex
	files fstest.MapFS
	order []string
	fail  string // this file cannot be written
}

func newMemory() *memory { return &memory{files: fstest.MapFS{}} }

func (m *memory) Create(name string) (io.WriteCloser, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.files[name] != nil {
		return nil, fs.ErrExist
	}
	if name == m.fail {
		return nil, errDisk
	}
	f := &fstest.MapFile{}
	m.files[name] = f
	m.order = append(m.order, name)
	return &memoryFile{m: m, f: f}, nil
}

type memoryFile struct {
	m *memory
	f *fstest.MapFile
	b bytes.Buffer
}

func (f *memoryFile) Write(p []byte) (int, error) { return f.b.Write(p) }
func (f *memoryFile) Close() error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	f.f.Data = f.b.Bytes()
	return nil
}

var sources = []bagit.File{
	{Path: "data/délibérations/2026-001.pdf", Content: ged.BytesSource("une délibération")},
	{Path: "data/100 % coton.txt", Content: ged.BytesSource("")},
	{Path: "metadata/plan.csv", Content: ged.BytesSource("a;b\n")},
	{Path: "data/a.txt", Content: ged.BytesSource("alpha")},
}

var created = bagit.CreateOptions{
	Algorithms: []string{"sha512", "sha256"},
	Info:       []bagit.Tag{{Label: "Source-Organization", Value: "Commune d'Exemple"}, {Label: "External-Description", Value: "Une ligne\nune autre"}},
	Date:       ged.Date{Year: 2026, Month: 2, Day: 3},
}

func TestCreatedBagIsValidAndTheSameEachTime(t *testing.T) {
	var first *memory
	for i := range 4 {
		m := newMemory()
		files := slices.Clone(sources)
		rand.New(rand.NewPCG(1, uint64(i))).Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		oxum, err := bagit.Create(context.Background(), m, files, created)
		if err != nil {
			t.Fatal(err)
		}
		if oxum != "23.3" {
			t.Errorf("oxum %s", oxum)
		}
		r := verify(t, m.files)
		if !r.Valid || r.Report.Total() != 0 {
			t.Errorf("valid %v: %s", r.Valid, codes(r.Report))
		}
		b := open(t, m.files)
		if b.Version != "1.0" || b.Files != 3 || len(b.Manifests) != 4 || b.Get("payload-oxum")[0] != oxum ||
			b.Get("Bagging-Date")[0] != "2026-02-03" || b.Get("External-Description")[0] != "Une ligne\nune autre" {
			t.Errorf("read back: %+v", b.Info)
		}
		if last := m.order[len(m.order)-1]; last != "bagit.txt" {
			t.Errorf("%s is written last", last)
		}
		if first == nil {
			first = m
			continue
		}
		if len(m.files) != len(first.files) {
			t.Fatal("two runs made different files")
		}
		for name, f := range first.files {
			if g := m.files[name]; g == nil || !bytes.Equal(f.Data, g.Data) {
				t.Errorf("%s differs", name)
			}
		}
	}
}

// TestEveryByteIsProtected changes each file of a bag in turn: nothing, tag
// files included, can change unseen.
func TestEveryByteIsProtected(t *testing.T) {
	m := newMemory()
	if _, err := bagit.Create(context.Background(), m, sources, created); err != nil {
		t.Fatal(err)
	}
	for name, f := range m.files {
		for _, change := range []string{"changed", "removed"} {
			bag := fstest.MapFS{}
			for n, g := range m.files {
				bag[n] = g
			}
			if change == "removed" {
				delete(bag, name)
			} else {
				bag[name] = &fstest.MapFile{Data: append([]byte("#"), f.Data...)}
			}
			// Without one of the two tag manifests the other still holds.
			if r := verify(t, bag); r.Valid && !(change == "removed" && name[:3] == "tag") {
				t.Errorf("%s was %s and the bag is valid", name, change)
			}
		}
	}
}

func TestCreateRefuses(t *testing.T) {
	text := ged.BytesSource("x")
	file := func(paths ...string) []bagit.File {
		var files []bagit.File
		for _, p := range paths {
			files = append(files, bagit.File{Path: p, Content: text})
		}
		return files
	}
	info := func(label, value string) bagit.CreateOptions {
		return bagit.CreateOptions{Info: []bagit.Tag{{Label: label, Value: value}}}
	}
	ok := file("data/a.txt")
	for name, c := range map[string]struct {
		files []bagit.File
		opt   bagit.CreateOptions
		want  error
	}{
		"nothing":              {nil, bagit.CreateOptions{}, bagit.ErrName},
		"no payload":           {file("a.txt"), bagit.CreateOptions{}, bagit.ErrName},
		"no content":           {[]bagit.File{{Path: "data/a.txt"}}, bagit.CreateOptions{}, bagit.ErrName},
		"a path that climbs":   {file("data/../../a"), bagit.CreateOptions{}, bagit.ErrName},
		"an absolute path":     {file("/data/a"), bagit.CreateOptions{}, bagit.ErrName},
		"a backslash":          {file(`data\a`), bagit.CreateOptions{}, bagit.ErrName},
		"a name of Windows":    {file("data/nul.txt"), bagit.CreateOptions{}, bagit.ErrName},
		"a line break":         {file("data/a\nb"), bagit.CreateOptions{}, bagit.ErrName},
		"twins by case":        {file("data/a.txt", "data/A.txt"), bagit.CreateOptions{}, bagit.ErrName},
		"twins by accents":     {file("data/\u00e9", "data/e\u0301"), bagit.CreateOptions{}, bagit.ErrName},
		"the same twice":       {file("data/a.txt", "data/a.txt"), bagit.CreateOptions{}, bagit.ErrName},
		"a file and a folder":  {file("data/a", "data/a/b"), bagit.CreateOptions{}, bagit.ErrName},
		"a folder and a file":  {file("data/a-b", "data/a/b", "data/A"), bagit.CreateOptions{}, bagit.ErrName},
		"data in capitals":     {file("data/a", "DATA/b"), bagit.CreateOptions{}, bagit.ErrName},
		"data itself":          {file("data"), bagit.CreateOptions{}, bagit.ErrName},
		"our own names":        {file("data/a", "bagit.txt"), bagit.CreateOptions{}, bagit.ErrName},
		"our own manifests":    {file("data/a", "manifest-md5.txt"), bagit.CreateOptions{}, bagit.ErrName},
		"fetch.txt":            {file("data/a", "fetch.txt"), bagit.CreateOptions{}, bagit.ErrName},
		"a system file":        {file("data/Thumbs.db"), bagit.CreateOptions{}, bagit.ErrName},
		"md5":                  {ok, bagit.CreateOptions{Algorithms: []string{"md5"}}, bagit.ErrAlgorithm},
		"an unknown algorithm": {ok, bagit.CreateOptions{Algorithms: []string{"SHA-512"}}, bagit.ErrAlgorithm},
		"a label with a colon": {ok, info("A:b", "c"), bagit.ErrInfo},
		"a label with a blank": {ok, info(" A", "c"), bagit.ErrInfo},
		"no label":             {ok, info("", "c"), bagit.ErrInfo},
		"a carriage return":    {ok, info("A", "b\rc"), bagit.ErrInfo},
		"an empty line":        {ok, info("A", "b\n\nc"), bagit.ErrInfo},
		"not UTF-8":            {ok, info("A", "\xff"), bagit.ErrInfo},
		"a tag file elsewhere": {[]bagit.File{{Path: "data/a", Content: text}, {Path: "a.xml", Content: text, URL: "https://example.org/a.xml"}}, bagit.CreateOptions{}, bagit.ErrName},
		"no address":           {[]bagit.File{{Path: "data/a", Content: text, URL: "a.txt"}}, bagit.CreateOptions{}, bagit.ErrURL},
		"an address of a disk": {[]bagit.File{{Path: "data/a", Content: text, URL: "file:///a.txt"}}, bagit.CreateOptions{}, bagit.ErrURL},
		"a blank in it":        {[]bagit.File{{Path: "data/a", Content: text, URL: "https://example.org/a b"}}, bagit.CreateOptions{}, bagit.ErrURL},
		"a source that lies":   {[]bagit.File{{Path: "data/a", Content: liar{text}}}, bagit.CreateOptions{}, bagit.ErrSize},
	} {
		m := newMemory()
		if _, err := bagit.Create(context.Background(), m, c.files, c.opt); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if c.want != bagit.ErrSize && len(m.files) > 0 {
			t.Errorf("%s: something was written", name)
		}
	}
}

// TestCreateLeavesFilesElsewhere: such a bag lacks what it says, and nothing
// else; it is valid once the receiver has fetched it.
func TestCreateLeavesFilesElsewhere(t *testing.T) {
	files := slices.Clone(sources)
	files[0].URL = "https://archives.example.org/2026-001.pdf"
	m := newMemory()
	oxum, err := bagit.Create(context.Background(), m, files, created)
	if err != nil || oxum != "23.3" {
		t.Fatal(oxum, err)
	}
	if m.files[files[0].Path] != nil {
		t.Error("the file is in the bag")
	}
	bag := open(t, m.files)
	if want := []bagit.Fetch{{URL: files[0].URL, Size: files[0].Content.Size(), Path: files[0].Path}}; !slices.Equal(bag.Fetch, want) {
		t.Errorf("%+v", bag.Fetch)
	}
	if r := verify(t, m.files); r.Complete || !r.Report.Has(bagit.RuleFetchHole) || codes(r.Report) != "BAG-FETCH-HOLE BAG-OXUM" {
		t.Errorf("before: %s", codes(r.Report))
	}
	m.files[files[0].Path] = &fstest.MapFile{Data: files[0].Content.(ged.BytesSource)}
	if r := verify(t, m.files); !r.Valid || r.Report.Total() != 0 {
		t.Errorf("after: %s", codes(r.Report))
	}
	m.files["fetch.txt"].Data[9] ^= 1 // what is fetched, and from where, is protected as well
	if r := verify(t, m.files); r.Valid || !r.Report.Has(report.DigMismatch) {
		t.Errorf("fetch.txt was changed: %s", codes(r.Report))
	}
}

type liar struct{ ged.BytesSource }

func (liar) Size() int64 { return 7 }

func TestAnInterruptedBagDeclaresNothing(t *testing.T) {
	whole := newMemory()
	if _, err := bagit.Create(context.Background(), whole, sources, created); err != nil {
		t.Fatal(err)
	}
	for _, name := range whole.order {
		m := newMemory()
		m.fail = name
		if _, err := bagit.Create(context.Background(), m, sources, created); !errors.Is(err, errDisk) {
			t.Errorf("%s failed: %v", name, err)
		}
		if m.files["bagit.txt"] != nil {
			t.Errorf("%s failed and the bag is declared", name)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := bagit.Create(ctx, newMemory(), sources, created); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// rooted is the target the documentation shows.
func rooted(root *os.Root) bagit.Target {
	return bagit.TargetFunc(func(name string) (io.WriteCloser, error) {
		if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
			return nil, err
		}
		return root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	})
}

func TestCreateOnDisk(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if _, err := bagit.Create(context.Background(), rooted(root), sources, created); err != nil {
		t.Fatal(err)
	}
	if r := verify(t, root.FS()); !r.Valid || r.Report.Total() != 0 {
		t.Errorf("valid %v: %s", r.Valid, codes(r.Report))
	}
	if _, err := bagit.Create(context.Background(), rooted(root), sources, created); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over an older bag: %v", err)
	}
}

// zeros is a content of any size.
type zeros int64

func (z zeros) Size() int64 { return int64(z) }
func (z zeros) Open(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(io.LimitReader(zero{}, int64(z))), nil
}

type zero struct{}

func (zero) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// BenchmarkVerify reads bags from the disk's cache and, in turn with each, does
// what binds: it digests as many bytes on two goroutines. The ratio is that of
// the times, and GB/s-alone what the processor can do at all.
func BenchmarkVerify(b *testing.B) {
	for _, c := range []struct {
		name  string
		files int
		size  zeros
		alg   []string
	}{
		{"4x64MiB/sha512", 4, 64 << 20, []string{"sha512"}},
		{"4x64MiB/sha256", 4, 64 << 20, []string{"sha256"}},
		{"4x64MiB/sha256+sha512", 4, 64 << 20, []string{"sha256", "sha512"}},
		{"1x128MiB/sha256+sha512", 1, 128 << 20, []string{"sha256", "sha512"}},
		{"20000x4KiB/sha512", 20000, 4 << 10, []string{"sha512"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			root, err := os.OpenRoot(b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			defer root.Close()
			var files []bagit.File
			for i := range c.files {
				files = append(files, bagit.File{Path: "data/" + strconv.Itoa(i/1000) + "/" + strconv.Itoa(i) + ".bin", Content: c.size})
			}
			if _, err := bagit.Create(context.Background(), rooted(root), files, bagit.CreateOptions{Algorithms: c.alg}); err != nil {
				b.Fatal(err)
			}
			bytes := int64(c.files) * int64(c.size)
			b.SetBytes(bytes)
			b.ReportAllocs()
			var ours, alone time.Duration
			for b.Loop() {
				start := time.Now()
				if r := verify(b, os.DirFS(root.Name())); !r.Valid {
					b.Fatal(codes(r.Report))
				}
				ours += time.Since(start)
				b.StopTimer()
				alone += digestAlone(bytes, c.alg)
				b.StartTimer()
			}
			b.ReportMetric(ours.Seconds()/alone.Seconds(), "ratio")
			b.ReportMetric(float64(bytes)*float64(b.N)/alone.Seconds()/1e9, "GB/s-alone")
		})
	}
}

// digestAlone digests so many bytes of memory by each algorithm, on two
// goroutines, and returns how long it took.
func digestAlone(bytes int64, algorithms []string) time.Duration {
	p := make([]byte, 128<<10)
	start := time.Now()
	for _, name := range algorithms {
		create := map[string]func() hash.Hash{"sha512": sha512.New, "sha256": sha256.New}[name]
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				h := create()
				for n := int64(0); n < bytes/2; n += int64(len(p)) {
					h.Write(p)
				}
			})
		}
		wg.Wait()
	}
	return time.Since(start)
}
