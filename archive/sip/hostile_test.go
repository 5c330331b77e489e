package sip

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

// repeated is how often what depends on timing is tried in the suite; raised by
// hand.
const repeated = 1

// operations calls the function at the nth operation, and fails when that
// returns an error.
type operations struct {
	n    atomic.Int64
	at   int64
	then func() error
}

func (c *operations) one() error {
	if c.n.Add(1) == c.at {
		return c.then()
	}
	return nil
}

var errOperation = errors.New("broken")

// bubble runs the function where one operation fails, or ends the context, and
// waits for whatever was begun. It returns how many operations there were, and
// whether that one was among them.
func bubble(t *testing.T, at int64, cancels bool, do func(ctx context.Context, ops *operations) error) (all int64, touched bool, err error) {
	synctest.Test(t, func(*testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		ops := &operations{at: at}
		ops.then = func() error {
			touched = true
			if cancels {
				cancel()
				return nil
			}
			return errOperation
		}
		err = do(ctx, ops)
		synctest.Wait()
		all = ops.n.Load()
	})
	return all, touched, err
}

// spied is a content every opening, reading and closing of which is counted.
type spied struct {
	text string
	ops  *operations
}

func (s *spied) Size() int64 { return int64(len(s.text)) }
func (s *spied) Open(ctx context.Context) (io.ReadCloser, error) {
	if err := s.ops.one(); err != nil {
		return nil, err
	}
	return &spiedReader{strings.NewReader(s.text), s.ops}, nil
}

type spiedReader struct {
	*strings.Reader
	ops *operations
}

func (r *spiedReader) Read(p []byte) (int, error) {
	if err := r.ops.one(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
func (r *spiedReader) Close() error { _ = r.ops.one(); return nil }

// spiedParts is a package of stored, deflated, small and large contents.
func spiedParts(t testing.TB, ops *operations) *archive.Package {
	docs, contents := many(12, 10)
	random := rand.New(rand.NewPCG(1, 2))
	i := 0
	for id := range contents {
		b := make([]byte, []int{5, 900, bufferSize - 1, bufferSize, 3000, wholeSize + 7}[i%6])
		for k := range b {
			b[k] = byte(random.Uint32())
		}
		if i%4 == 3 {
			b = bytes.Repeat([]byte("texte "), len(b)/6+1)
		}
		contents[id], i = &spied{string(b), ops}, i+1
	}
	return build(t, docs, contents)
}

// TestAPackageFailsCleanlyAtAnyOperation: wherever a content cannot be opened or
// read, and wherever the context ends, the error says so, nothing hangs, no
// goroutine stays behind and nobody hears of progress afterwards.
func TestAPackageFailsCleanlyAtAnyOperation(t *testing.T) {
	run := func(at int64, cancels bool) (all int64, touched bool, err error) {
		return bubble(t, at, cancels, func(ctx context.Context, ops *operations) error {
			var over atomic.Bool
			told := int64(0)
			_, err := Write(ctx, io.Discard, spiedParts(t, ops), Options{Memory: 1, Progress: func(done, total int64) {
				if over.Load() || done < told || done > total {
					t.Errorf("progress: %d after %d of %d, over: %v", done, told, total, over.Load())
				}
				told = done
			}})
			over.Store(true)
			return err
		})
	}
	all, _, err := run(0, false)
	if err != nil {
		t.Fatal(err)
	}
	step := int64(3)
	if testing.Short() {
		step = 9
	}
	for at := int64(1); at <= all; at += step {
		for range repeated {
			for _, cancels := range []bool{false, true} {
				_, touched, err := run(at, cancels)
				var content *ContentError
				switch {
				case cancels && touched && err != nil && !errors.Is(err, context.Canceled):
					t.Errorf("cancelled at %d of %d: %v", at, all, err)
				case !cancels && err != nil && (!errors.Is(err, errOperation) || !errors.As(err, &content)):
					t.Errorf("broken at %d of %d: %v", at, all, err)
				}
			}
		}
	}
}

// TestTheFirstContentInOrderIsBlamed: contents that change are told of as they
// stand in the package, whoever reads them first.
func TestTheFirstContentInOrderIsBlamed(t *testing.T) {
	for range 20 * repeated {
		docs, contents := many(60, 900)
		random := rand.New(rand.NewPCG(3, 4))
		for id := range contents {
			b := make([]byte, 900)
			for k := range b {
				b[k] = byte(random.Uint32())
			}
			contents[id] = &turning{text: string(b)}
		}
		p := build(t, docs, contents)
		first := ""
		for o := range p.Objects() {
			first = o.ID
			break
		}
		_, err := Write(context.Background(), io.Discard, p, Options{Memory: 1})
		var content *ContentError
		if !errors.As(err, &content) || content.Object != first || !errors.Is(err, ErrChanged) {
			t.Fatalf("%v, want the change of %s", err, first)
		}
	}
}

// liar announces another size each time it is asked.
type liar struct{ size atomic.Int64 }

func (l *liar) Size() int64 { return l.size.Add(-3) }
func (l *liar) Open(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("abc")), nil
}

func TestASizeThatIsNoneIsAnError(t *testing.T) {
	for _, from := range []int64{1, 3, 8, 10, -747, 1 << 62} {
		l := &liar{}
		l.size.Store(from)
		p := ofSize(t, "a.bin", l)
		_, err := Write(context.Background(), io.Discard, p, Options{Progress: func(int64, int64) {}})
		if err == nil {
			t.Errorf("from %d: no error", from)
		}
	}
}

// turned are parts with other groups from the nth time on that they are gone
// through: more of them, or fewer.
type turned struct {
	archive.Parts
	passes atomic.Int64
	from   int64
	fewer  bool
}

func (g *turned) Groups() iter.Seq2[*archive.Group, error] {
	short := (g.passes.Add(1) >= g.from) == g.fewer
	return func(yield func(*archive.Group, error) bool) {
		n := 0
		for one, err := range g.Parts.Groups() {
			if n++; short && n > 3 || !yield(one, err) {
				return
			}
		}
	}
}

// TestPartsThatAreOthersEachTimeDoNotHang: to break the contract of parts is an
// error, and no way to stop a server or to have a package made that lacks files.
func TestPartsThatAreOthersEachTimeDoNotHang(t *testing.T) {
	for _, memory := range []int64{0, 1} {
		for from := int64(1); from < 9; from++ {
			for _, fewer := range []bool{false, true} {
				synctest.Test(t, func(t *testing.T) {
					tree, _ := treeOf(t, files(20))
					var b bytes.Buffer
					if _, err := WriteParts(context.Background(), &b, &turned{Parts: tree, from: from, fewer: fewer}, Options{Memory: memory}); err != nil {
						return
					}
					if s := verify(t, b.Bytes()); !s.Report.Valid() {
						t.Errorf("from pass %d, fewer: %v: %v", from, fewer, s.Report.Err())
					}
				})
			}
		}
	}
}

// TestSizesThatOverflowAreNoPanic: the entries of a hostile package announce
// more than can be counted.
func TestSizesThatOverflowAreNoPanic(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	raw := func(name, content string, size uint64) {
		w, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(content)),
			CompressedSize64: uint64(len(content)), UncompressedSize64: size})
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	manifest := manifestHead + bdo("content/a0", "SHA-256", abc256) + manifestTail
	raw("manifest.xml", manifest, uint64(len(manifest)))
	for i := range 1 << 14 { // 2⁶⁴ in all, less a little
		size := uint64(1) << 50
		if i == 7 {
			size -= 1500
		}
		raw(fmt.Sprintf("content/a%d", i), "abc", size)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Verify(context.Background(), bytes.NewReader(b.Bytes()), int64(b.Len()), VerifyOptions{Progress: func(done, total int64) {
		if done < 0 || total < done {
			t.Errorf("%d of %d", done, total)
		}
	}})
	if err != nil || !s.Report.Has(report.CtnCRC) {
		t.Errorf("%v, %v", err, s.Report.Err())
	}
}

// slowDisk counts readings, and does something at one of them.
type slowDisk struct {
	*bytes.Reader
	ops *operations
}

func (d *slowDisk) ReadAt(p []byte, off int64) (int, error) {
	if err := d.ops.one(); err != nil {
		return 0, err
	}
	return d.Reader.ReadAt(p, off)
}

// TestVerifyEndsCleanlyAtAnyReading: a disk that fails at any reading, once, and
// a context that ends there, are errors and never verdicts.
func TestVerifyEndsCleanlyAtAnyReading(t *testing.T) {
	manifest, list := manifestHead, [][2]string{{"manifest.xml", ""}}
	for i := range 30 {
		name := fmt.Sprintf("content/a%d", i)
		manifest += strings.Replace(bdo(name, "SHA-256", abc256), `id="`, fmt.Sprintf(`id="x%d`, i), 1)
		list = append(list, [2]string{name, strings.Repeat("abc", 7*i)})
	}
	list[0][1] = manifest + "<!--" + strings.Repeat("x", 70_000) + "-->" + manifestTail
	data := pack(t, list...)
	run := func(at int64, cancels bool) (all int64, touched bool, err error) {
		return bubble(t, at, cancels, func(ctx context.Context, ops *operations) error {
			var over atomic.Bool
			_, err := Verify(ctx, &slowDisk{bytes.NewReader(data), ops}, int64(len(data)), VerifyOptions{Progress: func(done, total int64) {
				if over.Load() {
					t.Error("progress after the end")
				}
			}})
			over.Store(true)
			return err
		})
	}
	all, _, err := run(0, false)
	if err != nil {
		t.Fatal(err)
	}
	for at := int64(1); at <= all; at++ {
		for range repeated {
			if _, touched, err := run(at, false); touched != errors.Is(err, errOperation) {
				t.Errorf("broken at %d of %d: %v", at, all, err)
			}
			if _, touched, err := run(at, true); touched && err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled at %d of %d: %v", at, all, err)
			} else if touched && err == nil && at < all-20 {
				t.Errorf("cancelled at %d of %d: no error", at, all)
			}
		}
	}
}

// TestVerifySaysTheSameEachTime: what is wrong with a package does not depend on
// who reads what first.
func TestVerifySaysTheSameEachTime(t *testing.T) {
	manifest, list := manifestHead, [][2]string{{"manifest.xml", ""}}
	for i := range 50 {
		name := fmt.Sprintf("content/a%d", i)
		digest := abc256
		if i%7 == 0 {
			digest = strings.ToUpper(abc256)
		}
		manifest += strings.Replace(bdo(name, "SHA-256", digest), `id="`, fmt.Sprintf(`id="x%d`, i), 1)
		if i%5 == 0 {
			manifest += bdo(name, "SHA-512", abc256) // twice
		}
		if i%11 != 0 {
			list = append(list, [2]string{name, strings.Repeat("abc", i%3)})
		}
	}
	list = append(list, [2]string{"content/en trop", "x"}, [2]string{"content/extra", "x"})
	list[0][1] = manifest + manifestTail
	data := pack(t, list...)
	data = bytes.Replace(data, []byte("abcabc"), []byte("abcabd"), 1)
	var once sync.Once
	first := ""
	for range 40 * repeated {
		text, err := verify(t, data).Report.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		once.Do(func() { first = string(text) })
		if string(text) != first {
			t.Fatalf("%s\n%s", first, text)
		}
	}
}

// TestASizeNobodyCanCountIsWrong: the norm bounds no number.
func TestASizeNobodyCanCountIsWrong(t *testing.T) {
	list := ours(t)
	swap(t, list, "<Size>", "<Size>99999999999999999999")
	data := pack(t, list...)
	for _, profile := range []string{"", "vitam", "asalae"} {
		r := ask(t, inspect.NewBytes("a", data), inspect.Options{Profile: profile})
		if !r.Report.Has(report.DigSize) {
			t.Errorf("profile %q: %v", profile, r.Report.Err())
		}
	}
	if s := verify(t, data); !s.Report.Has(report.DigSize) {
		t.Errorf("verified: %v", s.Report.Err())
	}
}

// TestABombIsToldOfTheSameEachTime: what else is wrong depends on who was first,
// and is left out.
func TestABombIsToldOfTheSameEachTime(t *testing.T) {
	list := ours(t)
	zeros := strings.Repeat("\x00", 40<<20)
	for i := range list[1:] {
		list[i+1][1] = "x"
	}
	list[1][1], list[len(list)-1][1] = zeros, zeros
	data := pack(t, list...)
	first := ""
	for range 6 * repeated {
		r := ask(t, inspect.NewBytes("a", data), inspect.Options{})
		text, err := r.Report.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(text)
		}
		if string(text) != first || !r.Report.Has(report.LimRatio) {
			t.Fatalf("%s\n%s", first, text)
		}
	}
}
