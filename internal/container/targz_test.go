package container_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

type item struct {
	h    tar.Header
	body string
}

func file(name, body string) item {
	return item{tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: int64(len(body))}, body}
}

func tarOf(t testing.TB, items ...item) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, i := range items {
		if err := w.WriteHeader(&i.h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, i.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zip(t testing.TB, p []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(p); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type got struct {
	names, refused []string
	bodies         map[string]string
	rep            *report.Report
	err            error
}

func read(src io.Reader, opt container.TarOptions) got {
	g := got{rep: &report.Report{}, bodies: map[string]string{}}
	opt.Report = g.rep
	t := container.NewTarGz(context.Background(), src, opt)
	for {
		e, err := t.Next()
		if err != nil {
			g.err = err
			return g
		}
		g.names = append(g.names, e.Name)
		if e.Refused {
			g.refused = append(g.refused, e.Name)
		}
		b, _ := io.ReadAll(t)
		g.bodies[e.Name] = string(b)
	}
}

func codes(r *report.Report) string {
	var l []string
	for f := range r.All() {
		l = append(l, f.Code())
	}
	return strings.Join(l, " ")
}

func TestEveryHostileArchiveIsAFinding(t *testing.T) {
	plain := tarOf(t, file("un-document.pdf", "corps"), file("deux-document.pdf", "corps2"))
	long := strings.Repeat("a", 150) + ".pdf"
	link := func(typ byte) item {
		return item{tar.Header{Typeflag: typ, Name: "lien-vers-ailleurs", Linkname: "/etc/passwd"}, ""}
	}
	for _, c := range []struct {
		name  string
		data  []byte
		limit container.Limits
		codes string
		err   error
	}{
		{name: "plain", data: zip(t, plain), err: io.EOF},
		{name: "pax name", data: zip(t, tarOf(t, file("délibération-du-conseil.pdf", "x"))), err: io.EOF},
		{name: "gnu long name", data: zip(t, tarOf(t, item{tar.Header{Typeflag: tar.TypeReg, Name: long, Size: 1, Format: tar.FormatGNU}, "x"})), err: io.EOF},
		{name: "parent", data: zip(t, tarOf(t, file("../evil.pdf", ""))), codes: "CTN-PATH", err: io.EOF},
		{name: "absolute", data: zip(t, tarOf(t, file("/etc/evil.pdf", ""))), codes: "CTN-PATH CTN-NAME", err: io.EOF},
		{name: "drive", data: zip(t, tarOf(t, file("C:evil.pdf", ""))), codes: "CTN-PATH CTN-NAME", err: io.EOF},
		{name: "backslash", data: zip(t, tarOf(t, file(`..\evil.pdf`, ""))), codes: "CTN-PATH", err: io.EOF},
		{name: "control", data: zip(t, tarOf(t, file("evil\x1b[2J.pdf", ""))), codes: "CTN-PATH", err: io.EOF},
		{name: "right to left", data: zip(t, tarOf(t, file("evil\u202Efdp.exe", ""))), codes: "CTN-PATH", err: io.EOF},
		{name: "symlink", data: zip(t, tarOf(t, link(tar.TypeSymlink))), codes: "CTN-LINK", err: io.EOF},
		{name: "hard link", data: zip(t, tarOf(t, link(tar.TypeLink))), codes: "CTN-LINK", err: io.EOF},
		{name: "device", data: zip(t, tarOf(t, link(tar.TypeChar))), codes: "CTN-LINK", err: io.EOF},
		{name: "fifo", data: zip(t, tarOf(t, link(tar.TypeFifo))), codes: "CTN-LINK", err: io.EOF},
		{name: "folder", data: zip(t, tarOf(t, item{tar.Header{Typeflag: tar.TypeDir, Name: "un-dossier/"}, ""})), codes: "CTN-DIR", err: io.EOF},
		{name: "in a folder", data: zip(t, tarOf(t, file("un-dossier/fichier.pdf", ""))), codes: "CTN-DIR", err: io.EOF},
		{name: "dot slash", data: zip(t, tarOf(t, item{tar.Header{Typeflag: tar.TypeDir, Name: "./"}, ""}, file("./un-fichier.pdf", "x"), file("./un-autre.pdf", "y"))), codes: "CTN-DOT-SLASH", err: io.EOF},
		{name: "duplicate", data: zip(t, tarOf(t, file("un-document.pdf", "1"), file("un-document.pdf", "2"))), codes: "CTN-DUP", err: io.EOF},
		{name: "case twins", data: zip(t, tarOf(t, file("un-document.pdf", "1"), file("UN-document.PDF", "2"))), codes: "CTN-DUP", err: io.EOF},
		{name: "accent twins", data: zip(t, tarOf(t, file("d\u00e9lib\u00e9ration.pdf", "1"), file("de\u0301libe\u0301ration.PDF", "2"))), codes: "CTN-DUP", err: io.EOF},
		{name: "dot slash twins", data: zip(t, tarOf(t, file("un-document.pdf", "1"), file("./un-document.pdf", "2"))), codes: "CTN-DOT-SLASH CTN-DUP", err: io.EOF},
		{name: "reserved", data: zip(t, tarOf(t, file("con.pdf", ""), file("Lpt1", ""), file("aux .txt", ""), file("com¹.xml", ""))), codes: "CTN-NAME CTN-NAME CTN-NAME CTN-NAME", err: io.EOF},
		{name: "trailing dot", data: zip(t, tarOf(t, file("un-document.pdf.", ""), file("un-autre.pdf ", ""), file("a:b:flux", ""))), codes: "CTN-NAME CTN-NAME CTN-PATH CTN-NAME", err: io.EOF},
		{name: "dot twins", data: zip(t, tarOf(t, file("un-document.pdf", ""), file("un-document.pdf.", ""))), codes: "CTN-NAME CTN-DUP", err: io.EOF},
		{name: "sparse", data: zip(t, sparse(t)), codes: "CTN-LINK", err: io.EOF},
		{name: "name of one mebibyte", data: zip(t, tarOf(t, file(strings.Repeat("n", 1<<19), ""))), codes: "CTN-PATH", err: io.EOF},
		{name: "comment of six mebibytes before an entry", data: zip(t, tarOf(t, comments(6)...)), codes: "LIM-BYTES", err: container.ErrBroken},
		{name: "comment of two mebibytes", data: zip(t, tarOf(t, append(comments(2), file("un-document.pdf", ""))...)), err: io.EOF},
		{name: "records before every entry", data: zip(t, tarOf(t, records(80)...)), limit: container.Limits{Ratio: 2000}, codes: "LIM-BYTES", err: container.ErrBroken},
		{name: "bomb", data: zip(t, tarOf(t, file("bombe-de-zeros.bin", strings.Repeat("\x00", 40<<20)))), codes: "LIM-RATIO", err: container.ErrBroken},
		{name: "inflated", data: zip(t, tarOf(t, file("un-document.pdf", strings.Repeat("x", 2<<20)))), limit: container.Limits{Inflated: 1 << 20}, codes: "LIM-BYTES", err: container.ErrBroken},
		{name: "compressed", data: zip(t, plain), limit: container.Limits{Compressed: 100}, codes: "LIM-BYTES", err: container.ErrBroken},
		{name: "entries", data: zip(t, plain), limit: container.Limits{Entries: 1}, codes: "LIM-COUNT", err: container.ErrBroken},
		{name: "two members", data: append(zip(t, plain[:700]), zip(t, plain[700:])...), err: io.EOF},
		{name: "empty members", data: append(bytes.Repeat(zip(t, nil), 50), zip(t, plain)...), err: io.EOF},
		{name: "trailing garbage", data: append(zip(t, plain), "garbage"...), codes: "CTN-TRAILING", err: io.EOF},
		{name: "trailing zeros", data: append(zip(t, plain), make([]byte, 9000)...), err: io.EOF},
		{name: "second tar", data: zip(t, append(bytes.Clone(plain), plain...)), codes: "CTN-TRAILING", err: io.EOF},
		{name: "tar cut in a body", data: zip(t, plain[:514]), codes: "CTN-TRUNCATED", err: container.ErrBroken},
		{name: "tar cut in a header", data: zip(t, plain[:200]), codes: "CTN-TRUNCATED", err: container.ErrBroken},
		{name: "tar without end mark", data: zip(t, plain[:2048]), codes: "CTN-TRUNCATED", err: io.EOF},
		{name: "not gzip", data: plain, codes: "CTN-FORMAT", err: container.ErrBroken},
		{name: "empty", codes: "CTN-FORMAT", err: container.ErrBroken},
		{name: "one byte", data: []byte{0x1f}, codes: "CTN-TRUNCATED", err: container.ErrBroken},
		{name: "not tar", data: zip(t, bytes.Repeat([]byte("not a tar. "), 100)), codes: "CTN-FORMAT", err: container.ErrBroken},
		{name: "empty tar", data: zip(t, make([]byte, 1024)), err: io.EOF},
		{name: "nothing in gzip", data: zip(t, nil), codes: "CTN-TRUNCATED", err: io.EOF},
		{name: "wrong checksum", data: spoil(zip(t, plain), -8), codes: "CTN-CRC", err: container.ErrBroken},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := read(bytes.NewReader(c.data), container.TarOptions{Flat: true, Limits: c.limit})
			if codes(g.rep) != c.codes {
				t.Errorf("findings %q, want %q", codes(g.rep), c.codes)
			}
			if !errors.Is(g.err, c.err) {
				t.Errorf("ended with %v, want %v", g.err, c.err)
			}
			slow := read(iotest.OneByteReader(bytes.NewReader(c.data[:min(len(c.data), 5000)])), container.TarOptions{Flat: true, Limits: c.limit})
			if len(c.data) <= 5000 && codes(slow.rep) != c.codes {
				t.Errorf("byte by byte: findings %q, want %q", codes(slow.rep), c.codes)
			}
		})
	}
}

// comments are global headers, as git writes one, of a mebibyte each.
func comments(n int) []item {
	var all []item
	for range n {
		all = append(all, item{tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"comment": strings.Repeat("c", 1<<20-100)}}, ""})
	}
	return all
}

// records are files behind a mebibyte of pax records each.
func records(n int) []item {
	var all []item
	for i := range n {
		f := file(fmt.Sprintf("un-document-%d.pdf", i), "")
		f.h.PAXRecords = map[string]string{"LIASSE.records": strings.Repeat("r", 1<<20-100)}
		all = append(all, f)
	}
	return all
}

func spoil(p []byte, at int) []byte {
	p[len(p)+at] ^= 0xff
	return p
}

// sparse makes a header in the old GNU sparse format, which archive/tar reads
// but does not write: a file of 1 TiB stored in one block.
func sparse(t testing.TB) []byte {
	b := tarOf(t, file("un-fichier-creux.bin", strings.Repeat("x", 512)))
	h := b[:512]
	h[156] = 'S'
	copy(h[257:], "ustar  \x00")
	copy(h[386:], "00000000000\x0000000001000\x00")
	copy(h[483:], "\x80\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00") // real size, base 256
	copy(h[148:156], "        ")
	sum := 0
	for _, c := range h {
		sum += int(c)
	}
	for i := 5; i >= 0; i-- {
		h[148+i] = byte('0' + sum&7)
		sum >>= 3
	}
	h[154] = 0
	return b
}

func TestRefusedEntriesAreReturnedAndTheOthersRead(t *testing.T) {
	data := zip(t, tarOf(t, file("../evil.pdf", "evil"), file("un-document.pdf", "corps"),
		item{tar.Header{Typeflag: tar.TypeSymlink, Name: "un-lien.pdf", Linkname: "un-document.pdf"}, ""}, file("./dernier-document.pdf", "fin")))
	g := read(bytes.NewReader(data), container.TarOptions{Flat: true})
	if want := "../evil.pdf un-document.pdf un-lien.pdf dernier-document.pdf"; strings.Join(g.names, " ") != want {
		t.Errorf("names %q, want %q", g.names, want)
	}
	if want := "../evil.pdf un-lien.pdf"; strings.Join(g.refused, " ") != want {
		t.Errorf("refused %q, want %q", g.refused, want)
	}
	if g.bodies["un-document.pdf"] != "corps" || g.bodies["dernier-document.pdf"] != "fin" {
		t.Error("a body was not read")
	}
}

func TestTruncationAnywhereIsSaid(t *testing.T) {
	body := make([]byte, 5000)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range body {
		body[i] = byte(r.Uint32())
	}
	data := zip(t, tarOf(t, file("un-document.pdf", string(body)), file("deux-document.pdf", "x")))
	for n := 0; n < len(data); n += 100 {
		g := read(bytes.NewReader(data[:n]), container.TarOptions{})
		want := "CTN-TRUNCATED"
		if n == 0 {
			want = "CTN-FORMAT"
		}
		if codes(g.rep) != want || !errors.Is(g.err, container.ErrBroken) {
			t.Errorf("cut at %d: findings %q, error %v", n, codes(g.rep), g.err)
		}
	}
}

func TestAnErrorOfTheSourceIsNotAVerdict(t *testing.T) {
	boom := errors.New("boom")
	data := zip(t, tarOf(t, file("un-document.pdf", "corps")))
	for _, n := range []int{0, 1, 12, len(data) / 2, len(data)} {
		g := read(io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(boom)), container.TarOptions{})
		if !errors.Is(g.err, boom) || g.rep.Total() != 0 {
			t.Errorf("after %d bytes: error %v, findings %q", n, g.err, codes(g.rep))
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	tr := container.NewTarGz(ctx, bytes.NewReader(data), container.TarOptions{Report: &report.Report{}})
	if _, err := tr.Next(); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestResetReadsTheNextArchiveAsNew(t *testing.T) {
	rep := &report.Report{}
	opt := container.TarOptions{Report: rep, Flat: true}
	one := zip(t, tarOf(t, file("un-document.pdf", "corps")))
	tr := container.NewTarGz(context.Background(), bytes.NewReader(one[:30]), opt)
	if _, err := tr.Next(); !errors.Is(err, container.ErrBroken) {
		t.Fatal(err)
	}
	for range 2 {
		tr.Reset(context.Background(), bytes.NewReader(one), opt)
		e, err := tr.Next()
		if err != nil || e.Name != "un-document.pdf" || e.Refused {
			t.Fatal(e, err)
		}
		if _, err := tr.Next(); err != io.EOF || tr.Compressed() != int64(len(one)) {
			t.Fatalf("%v, %d bytes of %d", err, tr.Compressed(), len(one))
		}
	}
}

func TestWriterIsDeterministicAndPlain(t *testing.T) {
	write := func(opt container.WriterOptions) []byte {
		var b bytes.Buffer
		w, err := container.NewTarGzWriter(context.Background(), &b, opt)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range [][2]string{{"un-document.xml", "<a/>"}, {"deux-document.pdf", strings.Repeat("x", 70000)}} {
			if err := w.Add(f[0], int64(len(f[1])), strings.NewReader(f[1])); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if w.Written() != int64(b.Len()) {
			t.Errorf("Written %d, wrote %d", w.Written(), b.Len())
		}
		return b.Bytes()
	}
	at := time.Date(2024, 7, 1, 10, 0, 0, 123, time.FixedZone("", 7200))
	a, b := write(container.WriterOptions{ModTime: at}), write(container.WriterOptions{ModTime: at.UTC()})
	if !bytes.Equal(a, b) {
		t.Error("two runs differ")
	}
	if head := a[:10]; head[3] != 0 || !bytes.Equal(head[4:8], make([]byte, 4)) || head[9] != 255 {
		t.Errorf("gzip header % x", head)
	}
	z, err := gzip.NewReader(bytes.NewReader(a))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if len(raw) != 512+512+512+70144+1024 {
		t.Errorf("the tar has %d bytes", len(raw))
	}
	h := raw[:512]
	for _, c := range []struct {
		at   int
		want string
	}{{0, "un-document.xml\x00"}, {100, "0000644\x00"}, {108, "0000000\x00"}, {116, "0000000\x00"}, {124, "00000000004\x00"}, {156, "0"}, {257, "ustar\x0000"}, {265, strings.Repeat("\x00", 64)}} {
		if got := string(h[c.at : c.at+len(c.want)]); got != c.want {
			t.Errorf("header at %d: %q, want %q", c.at, got, c.want)
		}
	}
	if g := read(bytes.NewReader(a), container.TarOptions{Flat: true}); g.err != io.EOF || g.rep.Total() != 0 {
		t.Errorf("our own archive: %v %s", g.err, codes(g.rep))
	}
}

func TestWriterRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(w *container.TarGzWriter) error
		want error
	}{
		{"a path", func(w *container.TarGzWriter) error { return w.Add("../un-document.pdf", 0, strings.NewReader("")) }, container.ErrName},
		{"a folder", func(w *container.TarGzWriter) error { return w.Add("dossier/doc.pdf", 0, strings.NewReader("")) }, container.ErrName},
		{"a reserved name", func(w *container.TarGzWriter) error { return w.Add("NUL.pdf", 0, strings.NewReader("")) }, container.ErrName},
		{"a twin", func(w *container.TarGzWriter) error {
			return errors.Join(w.Add("un-document.pdf", 0, strings.NewReader("")), w.Add("UN-document.pdf", 0, strings.NewReader("")))
		}, container.ErrName},
		{"a short source", func(w *container.TarGzWriter) error { return w.Add("un-document.pdf", 5, strings.NewReader("1234")) }, container.ErrSize},
		{"a long source", func(w *container.TarGzWriter) error { return w.Add("un-document.pdf", 3, strings.NewReader("1234")) }, container.ErrSize},
		{"too much", func(w *container.TarGzWriter) error {
			r := rand.New(rand.NewPCG(1, 2))
			p := make([]byte, 1<<20)
			for i := range p {
				p[i] = byte(r.Uint32())
			}
			if err := w.Add("un-document.pdf", 1<<20, bytes.NewReader(p)); err != nil {
				return err
			}
			return w.Close()
		}, container.ErrTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			w, err := container.NewTarGzWriter(context.Background(), &b, container.WriterOptions{MaxSize: 10_000})
			if err != nil {
				t.Fatal(err)
			}
			if err := c.do(w); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if err := w.Close(); !errors.Is(err, c.want) {
				t.Errorf("Close: %v, want %v", err, c.want)
			}
			if b.Len() > 10_000 {
				t.Errorf("%d bytes written", b.Len())
			}
		})
	}
}

func FuzzTar(f *testing.F) {
	f.Add(tarOf(f, file("un-document.pdf", "corps"), file("../x", "y")))
	f.Add(sparse(f))
	f.Add(tarOf(f, file("délibération.pdf", "x"), item{tar.Header{Typeflag: tar.TypeSymlink, Name: "l", Linkname: "x"}, ""}))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, data := range [][]byte{raw, zip(t, raw)} {
			rep := &report.Report{}
			tr := container.NewTarGz(context.Background(), bytes.NewReader(data), container.TarOptions{Report: rep, Flat: true,
				Limits: container.Limits{Inflated: 1 << 20, Entries: 100}})
			for {
				e, err := tr.Next()
				if err == container.ErrBroken && rep.Valid() {
					t.Fatal("broken without a finding")
				}
				if err != nil && err != io.EOF && err != container.ErrBroken {
					t.Fatalf("an I/O error from a source that has none: %v", err)
				}
				if err != nil {
					break
				}
				n, _ := io.Copy(io.Discard, tr)
				if !e.Refused && e.Regular {
					if n != e.Size && rep.Valid() {
						t.Fatalf("%d bytes of %d without a finding", n, e.Size)
					}
					if _, faults := container.CheckName(e.Name); e.Name == "" || hasPath(faults) || strings.Contains(e.Name, "/") {
						t.Fatalf("an unsafe name is not refused: %q", e.Name)
					}
				}
			}
		}
	})
}

func hasPath(faults []container.Fault) bool {
	for _, f := range faults {
		if f.Rule == report.CtnPath {
			return true
		}
	}
	return false
}

func BenchmarkWriteIncompressible(b *testing.B) {
	p := make([]byte, 16<<20)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	for _, level := range []int{1, 3, 5, 6, 9} {
		b.Run(string(rune('0'+level)), func(b *testing.B) {
			b.SetBytes(int64(len(p)))
			for b.Loop() {
				w, err := container.NewTarGzWriter(context.Background(), io.Discard, container.WriterOptions{Level: level})
				if err != nil {
					b.Fatal(err)
				}
				if err := errors.Join(w.Add("un-document.pdf", int64(len(p)), bytes.NewReader(p)), w.Close()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestSaysWhatIsThereInstead: what is often sent for an archive is named, the
// rest shows its first octets; a reader used again forgets the last head.
func TestSaysWhatIsThereInstead(t *testing.T) {
	good := zip(t, tarOf(t, file("a", "1")))
	one := tarOf(t, file("a", "1"))
	r := container.NewTarGz(context.Background(), bytes.NewReader(nil), container.TarOptions{})
	for _, x := range []struct {
		in   []byte
		want string
	}{
		{[]byte("PK\x03\x04rest"), "archive zip"},
		{zip(t, good), "deux fois"},
		{tarOf(t, file("a", "1")), "tar qui n'est pas compressée"},
		{[]byte("\xef\xbb\xbf\n<html><body>Erreur"), "une page"},
		{[]byte("%PDF-1.4"), "PDF"},
		{zip(t, []byte("%PDF-1.4"+strings.Repeat("x", 1000))), "PDF"},
		{[]byte("rien"), "[72 69 65 6E]"},
		{[]byte("r"), "[72]"},
		{zip(t, []byte(strings.Repeat("rien", 300))), "[72 69 65 6E]"},
		{zip(t, spoil(one, 150-len(one))), "[61 00 00 00]"}, // a tar whose sum is wrong
	} {
		rep := report.New(report.Options{})
		r.Reset(context.Background(), bytes.NewReader(x.in), container.TarOptions{Report: rep})
		if _, err := r.Next(); !errors.Is(err, container.ErrBroken) {
			t.Errorf("%q: %v", x.want, err)
			continue
		}
		for f := range rep.All() {
			if m := f.Message(report.FR); f.Rule != report.CtnFormat || !strings.Contains(m, x.want) {
				t.Errorf("%q: %s", x.want, m)
			}
		}
	}
}
