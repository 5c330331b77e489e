package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/format"
	"github.com/liasse/liasse/ged/report"
)

// byName answers by the name of the file, after it has read the content.
type byName map[string]format.Result

func (b byName) Identify(ctx context.Context, r io.ReaderAt, size int64, name string) (format.Result, error) {
	if _, err := io.ReadAll(io.NewSectionReader(r, 0, size)); err != nil {
		return format.Result{}, err
	}
	return b[name], ctx.Err()
}

var pdf = format.ID{PUID: "fmt/18", Name: "Acrobat PDF", Version: "1.4", MIME: "application/pdf", Evidence: "byte match"}

// identifying identifies a folder that holds the one file.
func identifying(name string, content []byte, answer format.Result, change func(o *Object)) func(testing.TB) *report.Report {
	return func(t testing.TB) *report.Report {
		t.Helper()
		p, r, err := FromTree(context.Background(), fstest.MapFS{name: {Data: content}}, policy(), TreeOptions{})
		if err != nil || !r.Valid() {
			t.Fatal(err, r.Err())
		}
		if change != nil {
			change(p.Groups[0].Objects[0])
		}
		rep, err := Identify(context.Background(), p, byName{name: answer}, IdentifyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return rep
	}
}

func TestIdentifyFillsWhatIsNotSaid(t *testing.T) {
	tree := fstest.MapFS{}
	ids := byName{}
	for i := range 50 {
		name := fmt.Sprintf("%02d.pdf", i)
		tree[name] = &fstest.MapFile{Data: []byte(name)}
		ids[name] = format.Result{IDs: []format.ID{{PUID: fmt.Sprint("fmt/", i), Name: "Format", MIME: "a/b"}}}
	}
	p, _, err := FromTree(context.Background(), tree, policy(), TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p.Groups[1].Objects[0].MediaType = "text/plain"
	p.Groups[2].Objects[0].PUID = "fmt/2"
	calls := 0
	rep, err := Identify(context.Background(), p, ids, IdentifyOptions{Progress: func(done, total int) {
		if calls++; done != calls || total != 50 {
			t.Errorf("call %d: %d of %d", calls, done, total)
		}
	}})
	if err != nil || rep.Total() != 0 || calls != 50 {
		t.Fatalf("%v, %d findings, %d calls", err, rep.Total(), calls)
	}
	for i, g := range p.Groups {
		o := g.Objects[0]
		media, name := "a/b", "Format"
		if i == 1 {
			media = "text/plain"
		}
		if i == 2 { // declared: nothing is added to what its author said
			media, name = "", ""
		}
		if o.PUID != fmt.Sprint("fmt/", i) || o.MediaType != media || o.FormatName != name {
			t.Errorf("%s: %+v", o.Name, o)
		}
	}
}

// slow waits for the context.
type slow struct{ started atomic.Int32 }

func (s *slow) Identify(ctx context.Context, _ io.ReaderAt, _ int64, _ string) (format.Result, error) {
	s.started.Add(1)
	<-ctx.Done()
	return format.Result{}, ctx.Err()
}

func TestIdentifyStops(t *testing.T) {
	tree := fstest.MapFS{"a": {Data: []byte("1")}, "b": {Data: []byte("2")}, "c": {Data: []byte("3")}, "d": {Data: []byte("4")}}
	p, _, err := FromTree(context.Background(), tree, policy(), TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	var s slow
	if _, err := Identify(ctx, p, &s, IdentifyOptions{Workers: 1}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err = %v", err)
	}
	if n := s.started.Load(); n != 1 {
		t.Errorf("%d files were looked at by one worker", n)
	}
}

// failingSource cannot be opened, or not read.
type failingSource struct{ openErr, readErr error }

func (s failingSource) Size() int64 { return 5 }
func (s failingSource) Open(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(io.MultiReader(bytes.NewReader([]byte("ab")), failing{s.readErr})), s.openErr
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestIdentifyTellsAllThatCannotBeRead(t *testing.T) {
	p, _, err := FromTree(context.Background(), fstest.MapFS{"a": {Data: []byte("1")}, "b": {Data: []byte("2")}, "c": {Data: []byte("3")}}, policy(), TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	p.Groups[0].Objects[0].Source = failingSource{openErr: broken}
	p.Groups[2].Objects[0].Source = failingSource{readErr: broken}
	rep, err := Identify(context.Background(), p, byName{"b": {IDs: []format.ID{pdf}}}, IdentifyOptions{})
	if err != nil || rep.Count(report.Error) != 2 || !rep.Has(RuleUnreadable) || p.Groups[1].Objects[0].PUID != "fmt/18" {
		t.Errorf("%v, %d errors", err, rep.Count(report.Error))
	}
	if p.Groups[1].Objects[0].FormatName != "Acrobat PDF 1.4" {
		t.Errorf("format %q", p.Groups[1].Objects[0].FormatName)
	}
}

func TestIdentifyDoesNotHoldALargeContent(t *testing.T) {
	big := identifying("a", []byte("x"), format.Result{}, func(o *Object) {
		o.Source = largeSource(identifyBuffer + 1)
	})(t)
	if !big.Has(RuleFormatUnseen) {
		t.Error("a stream too large to hold was looked at")
	}
	var _ ged.Source = largeSource(0)
}

type largeSource int64

func (s largeSource) Size() int64 { return int64(s) }
func (s largeSource) Open(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(failing{errors.New("read")}), nil
}
