package pronom_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/richardlehane/siegfried/pkg/static"

	"github.com/liasse/liasse/ged/format"
	"github.com/liasse/liasse/ged/format/pronom"
	"github.com/liasse/liasse/internal/corpus"
)

var shared = sync.OnceValues(func() (*pronom.Identifier, error) { return pronom.New(pronom.Options{}) })

func identifier(t testing.TB) *pronom.Identifier {
	t.Helper()
	id, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func identify(t testing.TB, data []byte, name string) format.Result {
	t.Helper()
	r, err := identifier(t).Identify(context.Background(), bytes.NewReader(data), int64(len(data)), name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func pdf(version, metadata string) []byte {
	return []byte("%PDF-" + version + "\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\nendobj\n" + metadata + "\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n")
}

func xmp(part, conformance string) string {
	return `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>` +
		part + `</pdfaid:part><pdfaid:conformance>` + conformance + `</pdfaid:conformance></rdf:Description></rdf:RDF></x:xmpmeta>`
}

func zipOf(t testing.TB, members ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		w, err := z.CreateHeader(&zip.FileHeader{Name: members[i], Method: zip.Store})
		if err == nil {
			_, err = io.WriteString(w, members[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const odtMime = "application/vnd.oasis.opendocument.text"

func odt(t testing.TB, extra ...string) []byte {
	return zipOf(t, append([]string{"mimetype", odtMime,
		"content.xml", `<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2"/>`,
		"META-INF/manifest.xml", `<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:media-type="` + odtMime + `" manifest:version="1.2" manifest:full-path="/"/></manifest:manifest>`}, extra...)...)
}

var png = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\nIDAT\x78\x9cc\x60\x00\x00\x00\x02\x00\x01\x48\xaf\xa4\x71\x00\x00\x00\x00IEND\xaeB\x60\x82")

// TestFormats: what each content is follows from the text of its format.
func TestFormats(t *testing.T) {
	for _, c := range []struct {
		what, name string
		data       []byte
		puid, mime string
		basis      format.Basis
		mismatch   bool
	}{
		{"PDF 1.4", "a.pdf", pdf("1.4", ""), "fmt/18", "application/pdf", format.Signature, false},
		{"PDF 1.7", "a.pdf", pdf("1.7", ""), "fmt/276", "application/pdf", format.Signature, false},
		{"PDF/A-1a", "a.pdf", pdf("1.4", xmp("1", "A")), "fmt/95", "application/pdf", format.Signature, false},
		{"PDF/A-1b", "a.pdf", pdf("1.4", xmp("1", "B")), "fmt/354", "application/pdf", format.Signature, false},
		{"PDF/A-2b", "a.pdf", pdf("1.7", xmp("2", "B")), "fmt/477", "application/pdf", format.Signature, false},
		{"PDF/A-3b", "a.pdf", pdf("1.7", xmp("3", "B")), "fmt/480", "application/pdf", format.Signature, false},
		{"PDF without a name", "", pdf("1.4", ""), "fmt/18", "application/pdf", format.Signature, false},
		{"PDF under another name", "dossier/a.docx", pdf("1.4", ""), "fmt/18", "application/pdf", format.Signature, true},
		{"folders of Windows", `C:\a.b\c.pdf`, pdf("1.4", ""), "fmt/18", "application/pdf", format.Signature, false},
		{"XML", "a.xml", []byte("<?xml version=\"1.0\"?>\n<a/>"), "fmt/101", "application/xml", format.Signature, false},
		{"PNG", "a.png", png, "fmt/11", "image/png", format.Signature, false},
		{"zip", "a.zip", zipOf(t, "a.txt", "alpha"), "x-fmt/263", "application/zip", format.Container, false},
		{"ODT 1.2", "a.odt", odt(t), "fmt/291", odtMime, format.Container, false},
		{"text", "a.txt", []byte("une délibération\n"), "x-fmt/111", "text/plain", format.Text, false},
		{"gzip", "a.gz", []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00"), "x-fmt/266", "application/gzip", format.Signature, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			r := identify(t, c.data, c.name)
			id, ok := r.Best()
			if !ok || id.PUID != c.puid || id.MIME != c.mime || id.Basis != c.basis || id.Mismatch != c.mismatch || r.Partial || r.Ambiguous() {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestASizeBelowZeroIsAnError(t *testing.T) {
	if _, err := identifier(t).Identify(context.Background(), bytes.NewReader(nil), -1, ""); err == nil {
		t.Error("no error")
	}
}

func TestUnknownIsAnAnswer(t *testing.T) {
	noise := make([]byte, 1000)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(r.Uint32()) | 0x80
	}
	if res := identify(t, noise, "a.pdf"); len(res.IDs) > 0 || len(res.Possible) < 3 || res.Partial {
		t.Errorf("noise called a.pdf: %+v", res)
	}
	if res := identify(t, nil, ""); len(res.IDs) > 0 || res.Partial {
		t.Errorf("nothing: %+v", res)
	}
}

// TestCorpus compares with the engine bare, on files of the corpus: the view,
// the guards and the missing pool change no answer.
func TestCorpus(t *testing.T) {
	bare := static.New()
	table := map[string][]string{}
	domain := corpus.Dir(t, "archive")
	list, err := os.ReadFile(filepath.Join(domain, "referentials", "pronom_formats_v118.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(list)) {
		c := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		table[c[0]] = c
	}
	version := regexp.MustCompile(`^%PDF-1\.([0-7])`)
	plain := map[string]string{"0": "fmt/14", "1": "fmt/15", "2": "fmt/16", "3": "fmt/17", "4": "fmt/18", "5": "fmt/19", "6": "fmt/20", "7": "fmt/276"}
	seen, pdfs, kinds := 0, 0, map[string]int{}
	for _, dir := range []string{domain, corpus.Dir(t, "actes"), corpus.Dir(t, "signature"), corpus.Dir(t, "civilstatus-hr")} {
		count := map[string]int{}
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			ext := filepath.Ext(path)
			if count[ext]++; count[ext] > 25 {
				return nil
			}
			data, err := os.ReadFile(path)
			if err != nil || len(data) > 4<<20 {
				return err
			}
			seen++
			got := identify(t, data, path)
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			want, _ := bare.Identify(f, filepath.Base(path), "")
			f.Close()
			var known []string
			for _, w := range want {
				if w.Known() {
					known = append(known, w.String())
				}
			}
			name := strings.TrimPrefix(path, dir)
			if g := puids(got); strings.Join(known, " ") != g || got.Partial {
				t.Errorf("%s: %q, partial %v; the engine bare says %q", name, g, got.Partial, known)
			}
			for _, id := range got.IDs {
				kinds[id.PUID]++
				row := table[id.PUID]
				if row == nil || row[1] != id.Name || row[2] != id.Version || !strings.HasPrefix(row[3], id.MIME) || id.MIME == "" && row[3] != "" {
					t.Errorf("%s: %+v is not what PRONOM says: %q", name, id, row)
				}
				if id.Basis == format.Unknown {
					t.Errorf("%s: basis of %q", name, id.Evidence)
				}
			}
			if m := version.FindSubmatch(data); m != nil && !bytes.Contains(data, []byte("pdfaid")) && !bytes.Contains(data, []byte("pdfxid")) && !bytes.Contains(data, []byte("/ObjStm")) {
				pdfs++
				if id, _ := got.Best(); id.PUID != plain[string(m[1])] {
					t.Errorf("%s: %s, its header says 1.%s", name, id.PUID, m[1])
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d files, %d formats, %d plain PDF", seen, len(kinds), pdfs)
	if seen < 100 || len(kinds) < 8 || pdfs < 3 {
		t.Errorf("too few: %d files, %d formats, %d PDF", seen, len(kinds), pdfs)
	}
}

func puids(r format.Result) string {
	var l []string
	for _, id := range r.IDs {
		l = append(l, id.PUID)
	}
	return strings.Join(l, " ")
}

func TestSharedByGoroutines(t *testing.T) {
	contents := [][]byte{pdf("1.4", ""), pdf("1.7", xmp("2", "B")), odt(t), zipOf(t, "a", "b"), png, []byte("<?xml version=\"1.0\"?><a/>"), []byte("text\n")}
	want := make([]string, len(contents))
	for i, c := range contents {
		want[i] = puids(identify(t, c, ""))
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 40 {
				k := (i + g) % len(contents)
				r, err := identifier(t).Identify(context.Background(), bytes.NewReader(contents[k]), int64(len(contents[k])), "")
				if err != nil || puids(r) != want[k] {
					t.Errorf("content %d: %q, %v; alone it was %q", k, puids(r), err, want[k])
				}
			}
		})
	}
	wg.Wait()
}

// source counts what is read, and may fail or stall.
type source struct {
	io.ReaderAt
	mu    sync.Mutex
	bytes int64
	after int64 // reads beyond this offset, and before the next, call then
	until int64
	then  func() error
	done  bool
	late  bool
}

func (s *source) ReadAt(p []byte, off int64) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.late = s.late || s.done
	if s.then != nil && off >= s.after && (s.until == 0 || off < s.until) {
		if err := s.then(); err != nil {
			return 0, err
		}
	}
	n, err := s.ReaderAt.ReadAt(p, off)
	s.bytes += int64(n)
	return n, err
}

// endless is a file of any size without a signature.
type endless struct{}

func (endless) ReadAt(p []byte, off int64) (int, error) {
	for i := range p {
		p[i] = byte(off+int64(i))*31 | 0x80
	}
	return len(p), nil
}

// endlessPDF begins and ends as a PDF.
type endlessPDF struct{}

func (endlessPDF) ReadAt(p []byte, off int64) (int, error) {
	head := pdf("1.4", "")
	for i := range p {
		switch at := off + int64(i); {
		case at < int64(len(head)):
			p[i] = head[at]
		case at >= 1<<50-64:
			p[i] = head[int64(len(head))-(1<<50-at)]
		default:
			p[i] = ' '
		}
	}
	return len(p), nil
}

func TestLimit(t *testing.T) {
	small, err := pronom.New(pronom.Options{Limit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	// What stands at both ends of a large file is still seen.
	head := pdf("1.4", "")
	big := make([]byte, 8<<20)
	copy(big, head[:len(head)-7])
	copy(big[len(big)-7:], "\n%%EOF\n")
	s := &source{ReaderAt: bytes.NewReader(big)}
	r, err := small.Identify(context.Background(), s, int64(len(big)), "a.pdf")
	if id, _ := r.Best(); err != nil || id.PUID != "fmt/18" || !r.Partial {
		t.Errorf("%+v, %v", r, err)
	}
	if s.bytes > 5<<19 {
		t.Errorf("%d bytes were read", s.bytes)
	}
	// What is hidden in the middle is found when the limit allows it.
	copy(big[4<<20:], xmp("1", "B"))
	if r, err = small.Identify(context.Background(), bytes.NewReader(big), int64(len(big)), "a.pdf"); puids(r) != "fmt/18" || !r.Partial {
		t.Errorf("%+v, %v", r, err)
	}
	if r = identify(t, big, "a.pdf"); puids(r) != "fmt/354" || r.Partial {
		t.Errorf("%+v", r)
	}
}

func TestErrorsAndContext(t *testing.T) {
	id := identifier(t)
	boom := errors.New("boom")
	for _, after := range []int64{0, 40 << 10} {
		s := &source{ReaderAt: endless{}, after: after, then: func() error { return boom }}
		if _, err := id.Identify(context.Background(), s, 1<<20, ""); !errors.Is(err, boom) {
			t.Errorf("failing from %d: %v", after, err)
		}
	}
	if _, err := id.Identify(context.Background(), bytes.NewReader(png), 1000, ""); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a size that is not true: %v", err)
	}
	// A PDF without end would be searched for the marks of PDF/A for ever.
	patient, err := pronom.New(pronom.Options{Limit: 1 << 50})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &source{ReaderAt: endlessPDF{}, after: 4 << 20, until: 1 << 40, then: func() error { cancel(); return nil }}
	start := time.Now()
	_, err = patient.Identify(ctx, s, 1<<50, "")
	s.mu.Lock()
	s.done = true
	s.mu.Unlock()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if s.bytes < 4<<20 {
		t.Errorf("only %d bytes were read: nothing was interrupted", s.bytes)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("it took %v to notice", d)
	}
	time.Sleep(10 * time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.late {
		t.Error("the source was read after the answer")
	}
}

// ole makes the header of an OLE2 file whose tables are what the test says.
func ole(size int, fields map[int]uint32) []byte {
	b := make([]byte, size)
	copy(b, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
	binary.LittleEndian.PutUint16(b[24:], 0x3e)
	binary.LittleEndian.PutUint16(b[26:], 3)
	binary.LittleEndian.PutUint16(b[28:], 0xfffe)
	binary.LittleEndian.PutUint16(b[30:], 9)
	binary.LittleEndian.PutUint16(b[32:], 6)
	for at, v := range fields {
		binary.LittleEndian.PutUint32(b[at:], v)
	}
	return b
}

func TestHostileContainers(t *testing.T) {
	// A member that claims to be larger than any document.
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	w, err := z.Create("[Content_Types].xml")
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	plain := zipOf(t, "a", "b")
	directory := bytes.Clone(plain)
	binary.LittleEndian.PutUint32(directory[len(directory)-10:], 1<<30)
	for _, c := range []struct {
		what string
		data []byte
		puid string
	}{
		{"zip bomb", bomb.Bytes(), "x-fmt/263"},
		{"directory of 1 GiB", directory, "x-fmt/263"},
		{"OLE2, 4 G sectors of DIFAT", ole(4096, map[int]uint32{72: 0xfffffff0, 44: 0xffffffff}), "fmt/111"},
		{"OLE2, 4 G sectors of mini FAT", ole(4096, map[int]uint32{64: 0xfffffff0, 44: 0xffffffff}), "fmt/111"},
		{"OLE2, 4 G sectors of directory", ole(4096, map[int]uint32{40: 0xffffffff}), "fmt/111"},
	} {
		r := identify(t, c.data, "")
		if id, _ := r.Best(); id.PUID != c.puid || !r.Partial {
			t.Errorf("%s: %+v", c.what, r)
		}
	}
	for _, c := range []struct {
		what string
		data []byte
	}{
		{"zip cut", plain[:len(plain)-10]},
		{"OLE2 cut", ole(100, nil)},
		{"OLE2 without tables", ole(512, nil)},
		{"OLE2, a directory that chases its tail", ole(4096, map[int]uint32{44: 1, 48: 1, 76: 0})},
	} {
		if r := identify(t, c.data, ""); len(r.IDs) > 1 {
			t.Errorf("%s: %+v", c.what, r)
		}
	}
	// A large picture in a document is no bomb.
	if r := identify(t, odt(t, "Pictures/a.png", strings.Repeat("x", 17<<20)), "a.odt"); puids(r) != "fmt/291" || r.Partial {
		t.Errorf("large document: %+v", r)
	}
}

func TestSignatureFiles(t *testing.T) {
	var b bytes.Buffer
	if err := static.New().SaveWriter(&b); err != nil {
		t.Fatal(err)
	}
	id, err := pronom.New(pronom.Options{Signatures: bytes.NewReader(b.Bytes())})
	if err != nil {
		t.Fatal(err)
	}
	r, err := id.Identify(context.Background(), bytes.NewReader(pdf("1.4", "")), int64(len(pdf("1.4", ""))), "")
	if err != nil || puids(r) != "fmt/18" {
		t.Errorf("%+v, %v", r, err)
	}
	if id.Signatures() == "" || id.Signatures() != identifier(t).Signatures() {
		t.Errorf("%q", id.Signatures())
	}
	for name, data := range map[string][]byte{"nothing": nil, "not signatures": []byte("not a signature file at all"), "cut": b.Bytes()[:b.Len()/2]} {
		if _, err := pronom.New(pronom.Options{Signatures: bytes.NewReader(data)}); !errors.Is(err, pronom.ErrSignatures) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzIdentify(f *testing.F) {
	f.Add(pdf("1.7", xmp("2", "B")), "a.pdf")
	f.Add(zipOf(f, "mimetype", odtMime), "a.odt")
	f.Add(ole(2048, map[int]uint32{44: 1, 48: 1, 76: 0}), "a.doc")
	f.Add([]byte("\xff\xfe<\x00?\x00x\x00m\x00l\x00"), "://")
	f.Add([]byte("RIFF\x10\x00\x00\x00WAVEfmt "), "*.wav")
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		a := identify(t, data, name)
		if b := identify(t, data, name); puids(a) != puids(b) {
			t.Fatalf("%q then %q", puids(a), puids(b))
		}
	})
}

// BenchmarkIdentify reads the files of the corpus with two goroutines, through
// this package and with the engine bare.
func BenchmarkIdentify(b *testing.B) {
	var paths []string
	total := int64(0)
	err := filepath.WalkDir(corpus.Dir(b, "archive"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		if st, err := d.Info(); err == nil && st.Size() < 1<<20 {
			paths, total = append(paths, path), total+st.Size()
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	id, bare := identifier(b), static.New()
	for name, one := range map[string]func(f *os.File) error{
		"bare": func(f *os.File) error { _, err := bare.Identify(f, filepath.Base(f.Name()), ""); _ = err; return nil },
		"pronom": func(f *os.File) error {
			st, err := f.Stat()
			if err != nil {
				return err
			}
			_, err = id.Identify(context.Background(), f, st.Size(), f.Name())
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(total)
			b.ReportAllocs()
			for b.Loop() {
				var wg sync.WaitGroup
				for g := range 2 {
					wg.Go(func() {
						for i := g; i < len(paths); i += 2 {
							f, err := os.Open(paths[i])
							if err == nil {
								err = errors.Join(one(f), f.Close())
							}
							if err != nil {
								b.Error(err)
							}
						}
					})
				}
				wg.Wait()
			}
			b.ReportMetric(float64(len(paths)*b.N)/b.Elapsed().Seconds(), "files/s")
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := pronom.New(pronom.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
