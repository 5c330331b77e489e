package sip

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged/format"
	"github.com/liasse/liasse/ged/report"
)

// byName identifies a file by its name, if its content can be read.
type byName struct{}

func (byName) Identify(ctx context.Context, r io.ReaderAt, size int64, name string) (format.Result, error) {
	if _, err := r.ReadAt(make([]byte, 1), size-1); err != nil && err != io.EOF {
		return format.Result{}, err
	}
	if strings.HasSuffix(name, ".txt") {
		return format.Result{IDs: []format.ID{{PUID: "x-fmt/111", Name: "Plain Text File", MIME: "text/plain"}}}, ctx.Err()
	}
	return format.Result{}, nil
}

// files makes a folder of n files and some more of every kind.
func files(n int) fstest.MapFS {
	out := fstest.MapFS{
		"grand.bin": {Data: bytes.Repeat([]byte("0123456789abcdef"), 100_000), ModTime: sent}, "vide.txt": {ModTime: sent},
		"dossier/vide": {Mode: fs.ModeDir | 0o755}, "image.jpg": {Data: bytes.Repeat([]byte{1}, 5000), ModTime: sent},
	}
	for i := range n {
		out[fmt.Sprintf("d%02d/piece %d.txt", i/50, i)] = &fstest.MapFile{Data: bytes.Repeat([]byte(fmt.Sprint("ligne ", i, "\n")), i%300), ModTime: sent}
	}
	return out
}

func treeOf(t testing.TB, fsys fs.FS) (*archive.Tree, *archive.Package) {
	t.Helper()
	policy := archive.Policy{MessageID: "M", Agreement: "IC", Date: sent, OriginatingAgency: "P", ArchivalAgency: archive.Agency{ID: "A"}, TransferringAgency: archive.Agency{ID: "T"}}
	tree, rep, err := archive.ReadTree(context.Background(), fsys, policy, archive.TreeOptions{})
	if err != nil || !rep.Valid() {
		t.Fatal(err, rep.Err())
	}
	p, _, err := archive.FromTree(context.Background(), fsys, policy, archive.TreeOptions{Formats: byName{}})
	if err != nil {
		t.Fatal(err)
	}
	return tree, p
}

// TestPartsGiveThePackageOfTheWhole: the same bytes, whatever was kept of the
// contents between the passes, and whenever the formats were looked for.
func TestPartsGiveThePackageOfTheWhole(t *testing.T) {
	for _, version := range []seda.Version{seda.V20, seda.V21, seda.V23} {
		fsys, known := files(1200), 1196 // more than one block
		if version == seda.V20 {         // takes no empty file
			for name, f := range fsys {
				if len(f.Data) == 0 && !f.Mode.IsDir() {
					delete(fsys, name)
				}
			}
		}
		tree, p := treeOf(t, fsys)
		var whole bytes.Buffer
		opt := Options{Version: version, Lossy: version == seda.V20}
		if version == seda.V20 {
			for o := range p.Objects() {
				if o.PUID+o.MediaType == "" {
					o.MediaType = "application/octet-stream"
				}
			}
		}
		one, err := Write(context.Background(), &whole, p, opt)
		if err != nil {
			t.Fatal(version, err)
		}
		for _, memory := range []int64{0, 1, 20_000} {
			var parts bytes.Buffer
			opt.Memory, opt.Formats = memory, byName{}
			two, err := WriteParts(context.Background(), &parts, tree, opt)
			if err != nil {
				t.Fatal(version, err)
			}
			if !bytes.Equal(whole.Bytes(), parts.Bytes()) {
				t.Fatalf("%s, memory %d: another package", version, memory)
			}
			if len(two.Formats) != 1 || two.Formats[0].Objects != known || !two.Report.Has(archive.RuleFormatUnknown) || two.Report.Has(archive.RuleFileEmpty) != (version != seda.V20) {
				t.Errorf("formats %v", two.Formats)
			}
			if one.Units != two.Units || one.Groups != two.Groups || one.Objects != two.Objects || one.ContentBytes != two.ContentBytes || one.Manifest != two.Manifest {
				t.Errorf("%+v\n%+v", one, two)
			}
			if version != seda.V20 {
				if seen := verify(t, parts.Bytes()); !seen.Report.Valid() {
					t.Errorf("%s: %v", version, seen.Report.Err())
				}
			}
		}
	}
}

// failingFS is a file system some of whose files cannot be read.
type failingFS struct {
	fs.FS
	bad   func(name string) error
	opens *atomic.Int64
}

func (f failingFS) Open(name string) (fs.File, error) {
	if f.opens != nil {
		f.opens.Add(1)
	}
	if err := f.bad(name); err != nil {
		return nil, err
	}
	return f.FS.Open(name)
}

func TestPartsTellWhatGoesWrong(t *testing.T) {
	ctx, broken := context.Background(), errors.New("broken")
	bad := false
	fsys := failingFS{FS: files(600), bad: func(name string) error {
		if bad && (strings.HasSuffix(name, " 7.txt") || strings.HasSuffix(name, " 599.txt")) {
			return broken
		}
		return nil
	}}
	tree, _ := treeOf(t, fsys)
	bad = true
	var out bytes.Buffer
	_, err := WriteParts(ctx, &out, tree, Options{})
	joined, ok := err.(interface{ Unwrap() []error })
	if !errors.Is(err, broken) || out.Len() > 0 || !ok || len(joined.Unwrap()) != 2 {
		t.Errorf("%d bytes, %v", out.Len(), err)
	}
	bad = false
	var opens atomic.Int64
	fsys.opens = &opens
	tree2, _ := treeOf(t, fsys)
	tree2.Message().Header.Agreement = ""
	opens.Store(0)
	var invalid *report.InvalidError
	if _, err := WriteParts(ctx, &out, tree2, Options{}); !errors.As(err, &invalid) || !invalid.Report.Has(RuleAgreement) || out.Len() > 0 || opens.Load() > 0 {
		t.Errorf("%v after %d files", err, opens.Load())
	}
	gone, cancel := context.WithCancel(ctx)
	stopping := false
	tree3, _ := treeOf(t, failingFS{FS: files(600), bad: func(name string) error {
		if stopping && strings.HasSuffix(name, " 300.txt") {
			cancel()
		}
		return nil
	}})
	stopping = true
	if _, err := WriteParts(gone, &out, tree3, Options{}); !errors.Is(err, context.Canceled) || out.Len() > 0 {
		t.Errorf("cancelled: %v", err)
	}
}

// TestWhatLayInAnotherPackageIsRefused: an object that was read from a message
// has no content to be written.
func TestWhatLayInAnotherPackageIsRefused(t *testing.T) {
	_, p := treeOf(t, files(1))
	for o := range p.Objects() {
		o.Source, o.URI = nil, "content/x"
	}
	var invalid *report.InvalidError
	if _, err := Write(context.Background(), io.Discard, p, Options{}); !errors.As(err, &invalid) || !invalid.Report.Has(archive.RuleContent) {
		t.Error(err)
	}
}
