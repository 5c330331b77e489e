package sip

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

func read(t testing.TB, data []byte, opt ReadOptions) (*archive.Package, *report.Report) {
	t.Helper()
	p, rep, err := Read(context.Background(), bytes.NewReader(data), int64(len(data)), opt)
	if err != nil {
		t.Fatal(err)
	}
	return p, rep
}

// contents reads every object of the package, several at a time, twice.
func contents(t testing.TB, p *archive.Package) map[string]string {
	t.Helper()
	out := map[string]string{}
	var mu sync.Mutex
	var wait sync.WaitGroup
	for o := range p.Objects() {
		if o.Source == nil {
			continue
		}
		for range 2 {
			wait.Go(func() {
				r, err := o.Source.Open(context.Background())
				if err != nil {
					t.Error(err)
					return
				}
				defer r.Close()
				b, err := io.ReadAll(r)
				mu.Lock()
				defer mu.Unlock()
				if before, ok := out[o.ID]; err != nil || int64(len(b)) != o.Source.Size() || ok && before != string(b) {
					t.Errorf("%s: %d bytes of %d, %v", o.ID, len(b), o.Source.Size(), err)
				}
				out[o.ID] = string(b)
			})
		}
	}
	wait.Wait()
	return out
}

// TestReadGivesBackWhatWasWritten: the same units, the same files, and the same
// bytes when the package is written again.
func TestReadGivesBackWhatWasWritten(t *testing.T) {
	docs, src := act()
	p := build(t, docs, src)
	want := contents(t, p)
	for _, v := range []seda.Version{seda.V21, seda.V22, seda.V23} {
		data, _ := write(t, p, Options{Version: v})
		back, rep := read(t, data, ReadOptions{})
		if !rep.Valid() {
			t.Fatal(rep.Err())
		}
		got := contents(t, back)
		if len(got) != len(want) || len(want) == 0 {
			t.Fatalf("%s: %d files of %d", v, len(got), len(want))
		}
		for id, text := range want {
			if got[id] != text {
				t.Errorf("%s: %s is another file", v, id)
			}
		}
		if again, _ := write(t, back, Options{Version: v}); !bytes.Equal(again, data) {
			t.Errorf("%s: what was read is not written as it came", v)
		}
	}
}

func TestReadAsalae(t *testing.T) {
	p := forAsalae(t)
	want := contents(t, p)
	for _, v := range asalaeVersions {
		for _, form := range []Container{TarGz, Zip} {
			message, files, _ := writeAsalae(t, p, AsalaeOptions{Version: v, Container: form, Lossy: true})
			back, rep, err := ReadAsalae(context.Background(), bytes.NewReader(message), bytes.NewReader(files), int64(len(files)), ReadOptions{})
			if err != nil || !rep.Valid() {
				t.Fatalf("%s %s: %v, %v", v, form, err, rep.Err())
			}
			got := map[string]int{}
			for _, text := range contents(t, back) {
				got[text]++
			}
			for id, text := range want {
				if got[text]--; got[text] < 0 {
					t.Errorf("%s %s: the file of %s is not there", v, form, id)
				}
			}
		}
	}
	_, rep, err := ReadAsalae(context.Background(), strings.NewReader("<a/>"), strings.NewReader("PK"), 2, ReadOptions{})
	if !rep.Has(report.CtnFormat) || !rep.Has(seda.RuleTransferRoot) || err != nil {
		t.Errorf("neither part is one: %v, %v", rep.Err(), err)
	}
}

// TestReadForms: the same transfer in every form packages come in.
func TestReadForms(t *testing.T) {
	list := ours(t)
	want, _ := read(t, pack(t, list...), ReadOptions{})
	files := contents(t, want)
	for name, data := range map[string][]byte{"tar": tarred(t, list), "tar.gz": zipped(t, tarred(t, list))} {
		p, rep := read(t, data, ReadOptions{})
		if p == nil || !rep.Valid() {
			t.Fatalf("%s: %v", name, rep.Err())
		}
		for id, text := range contents(t, p) {
			if files[id] != text {
				t.Errorf("%s: %s is another file", name, id)
			}
		}
	}
}

func TestReadTellsWhatIsWrong(t *testing.T) {
	manifest := [2]string{"manifest.xml", manifestHead + bdo("content/a", "SHA-256", abc256) + manifestTail}
	for name, c := range map[string]struct {
		data []byte
		opt  ReadOptions
		want *report.Rule
		none bool
	}{
		"no archive":    {data: []byte("%PDF"), want: report.CtnFormat, none: true},
		"no transfer":   {data: pack(t, [2]string{"content/a", "abc"}), want: RuleManifest, none: true},
		"file missing":  {data: pack(t, manifest), want: RuleMissing},
		"cut":           {data: pack(t, manifest, [2]string{"content/a", "abc"})[:60], want: report.CtnFormat, none: true},
		"bomb":          {data: pack(t, manifest, [2]string{"content/a", strings.Repeat("\x00", 80<<20)}), want: report.LimRatio},
		"many entries":  {data: pack(t, manifest, [2]string{"content/a", "abc"}), opt: ReadOptions{Limits: Limits{Entries: 1}}, want: report.LimCount, none: true},
		"large message": {data: pack(t, manifest), opt: ReadOptions{MaxBytes: 100}, want: report.LimBytes},
	} {
		p, rep := read(t, c.data, c.opt)
		if !rep.Has(c.want) || (p == nil) != c.none {
			t.Errorf("%s: package %v, %v", name, p != nil, rep.Err())
		}
		if name == "bomb" {
			for o := range p.Objects() {
				if o.Source != nil {
					t.Error("the bomb may be opened")
				}
			}
		}
	}
}

// TestReadIsHeldToItsDigests: what was read is not written again when a file is
// not the one its message declares.
func TestReadIsHeldToItsDigests(t *testing.T) {
	list := ours(t)
	for i := range list {
		if strings.HasPrefix(list[i][0], "content/") {
			list[i][1] = strings.ToUpper(list[i][1])
		}
	}
	p, rep := read(t, pack(t, list...), ReadOptions{})
	if !rep.Valid() {
		t.Fatal(rep.Err())
	}
	_, err := Write(context.Background(), io.Discard, p, Options{})
	var invalid *report.InvalidError
	if !errors.As(err, &invalid) || !invalid.Report.Has(report.DigMismatch) {
		t.Errorf("%v", err)
	}
}

func TestReadStops(t *testing.T) {
	docs, src := act()
	data, _ := write(t, build(t, docs, src), Options{})
	ctx, cancel := context.WithCancel(context.Background())
	p, _, err := Read(ctx, bytes.NewReader(data), int64(len(data)), ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	cancel() // the reading is over: its sources are not bound to its context
	if len(contents(t, p)) == 0 {
		t.Error("no file")
	}
	if _, _, err := Read(ctx, bytes.NewReader(data), int64(len(data)), ReadOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for o := range p.Objects() {
		r, err := o.Source.Open(ctx)
		if err == nil {
			_, err = io.ReadAll(r)
			r.Close()
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a source under a cancelled context: %v", err)
		}
	}
	broken := errors.New("disk")
	if _, _, err := Read(context.Background(), failingAt{bytes.NewReader(data), broken}, int64(len(data)), ReadOptions{}); !errors.Is(err, broken) {
		t.Errorf("a disk that fails: %v", err)
	}
}

// failingAt is a disk whose second half cannot be read.
type failingAt struct {
	r   *bytes.Reader
	err error
}

func (f failingAt) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.r.Size()/2 {
		return 0, f.err
	}
	return f.r.ReadAt(p, off)
}

// TestReadCorpus: every package of the corpus that platforms take is read with
// all its files, and the digests it declares are those of what is read.
func TestReadCorpus(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(corpus.Dir(t, "archive"), "sips", "ok", "*.zip"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		p, rep := read(t, data, ReadOptions{})
		if p == nil || len(p.Units) == 0 {
			t.Errorf("%s: %v", filepath.Base(name), rep.Err())
			continue
		}
		for o := range p.Objects() {
			if o.Physical {
				continue
			}
			if o.Source == nil {
				t.Errorf("%s: %s has no file", filepath.Base(name), o.ID)
				continue
			}
			for _, d := range o.Digests {
				got, _, err := ged.DigestSource(context.Background(), o.Source, d.Algorithm)
				if err != nil || got[0].Value != d.Value {
					t.Errorf("%s: %s is another file, %v", filepath.Base(name), o.ID, err)
				}
			}
		}
	}
}

func FuzzSIPRead(f *testing.F) {
	list := ours(f)
	f.Add(pack(f, list...))
	f.Add(zipped(f, tarred(f, list)))
	f.Add(pack(f, asalae...))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, rep, err := Read(context.Background(), bytes.NewReader(data), int64(len(data)), ReadOptions{Limits: Limits{Inflated: 8 << 20}})
		if err != nil {
			t.Fatalf("a disk that cannot fail: %v", err)
		}
		if p == nil && rep.Valid() {
			t.Fatal("no package, and nothing said")
		}
		if p == nil {
			return
		}
		for o := range p.Objects() {
			if o.Source == nil {
				continue
			}
			if r, err := o.Source.Open(context.Background()); err == nil {
				_, _ = io.Copy(io.Discard, r) // may break off, must end
				_ = r.Close()
			}
		}
	})
}
