package sip

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/internal/archivetest"
	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

var sent = time.Date(2024, 7, 1, 9, 30, 1, 0, time.FixedZone("", 7200))

func policy() archive.Policy {
	return archive.Policy{
		MessageID: "MSG-1", Date: sent, Agreement: "IC-1", OriginatingAgency: "12345678200010",
		ArchivalAgency: archive.Agency{ID: "SAE"}, TransferringAgency: archive.Agency{ID: "12345678200010"},
	}
}

// pdf is a small page of ours.
func pdf(text string) ged.BytesSource {
	var b bytes.Buffer
	var at []int
	b.WriteString("%PDF-1.4\n")
	object := func(body string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), body)
	}
	object("<</Type/Catalog/Pages 2 0 R>>")
	object("<</Type/Pages/Kids[3 0 R]/Count 1>>")
	object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>")
	page := "BT /F1 12 Tf 72 770 Td (" + text + ") Tj ET"
	object(fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(page), page))
	object("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return b.Bytes()
}

// act is a deliberation with an annexe, an empty file, its stamped copy and its
// acknowledgement.
func act() ([]*ged.Document, ged.Contents) {
	day := ged.Date{Year: 2024, Month: 6, Day: 27}
	docs := []*ged.Document{{
		ID: "doc-1", Title: "Délibération 2024-042 « cœur » かな 𝄞", Type: ged.Deliberation, Dates: ged.Dates{Acted: day},
		Files: []ged.File{
			{ID: "acte", Name: "délibération n° 42.PDF", Role: ged.RoleMain, MediaType: "application/pdf", PUID: "fmt/18"},
			{ID: "annexe", Name: "grille.txt", Role: ged.RoleAnnexe, MediaType: "text/plain"},
			{ID: "vide", Name: "vide.csv", Role: ged.RoleAnnexe},
			{ID: "tampon", Name: "tampon.pdf", Role: ged.RoleStamped}},
		Rules: []ged.Rule{{Category: ged.Conservation, Code: "APP-1", Start: day, SortFinal: ged.Conserver}, {Category: ged.Communicabilite, Code: "ACC-00001", Start: day}},
	}, {
		ID: "doc-2", Title: "Accusé de réception", Type: ged.AccuseReception,
		Files:     []ged.File{{ID: "ar", Name: "034-ar.xml", Role: ged.RoleMain, MediaType: "application/xml"}},
		Relations: []ged.Relation{{Type: ged.RepondantA, Target: "doc-1"}},
	}}
	return docs, ged.Contents{
		"acte": pdf("Deliberation"), "tampon": pdf("Deliberation, tampon"), "vide": ged.BytesSource(nil),
		"annexe": ged.BytesSource(strings.Repeat("tarif 3,50 €\n", 200)), "ar": ged.BytesSource("<ar/>"),
	}
}

func build(t testing.TB, docs []*ged.Document, c ged.Opener) *archive.Package {
	t.Helper()
	p, r, err := archive.Build(context.Background(), docs, c, policy())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

func write(t testing.TB, p *archive.Package, opt Options) ([]byte, Summary) {
	t.Helper()
	var b bytes.Buffer
	s, err := Write(context.Background(), &b, p, opt)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), s
}

// entries reads a package with the standard library.
func entries(t testing.TB, data []byte) (names []string, content map[string][]byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	content = map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(f.Name, err)
		}
		if f.Flags&8 != 0 {
			t.Errorf("%s has a data descriptor", f.Name)
		}
		names = append(names, f.Name)
		content[f.Name] = b
	}
	return names, content
}

// declared is what a manifest says of its files, read by another reader than
// ours.
type declared struct {
	Groups []struct {
		Objects []struct {
			URI    string `xml:"Uri"`
			Digest struct {
				Algorithm string `xml:"algorithm,attr"`
				Value     string `xml:",chardata"`
			} `xml:"MessageDigest"`
			Size *int64 `xml:"Size"`
			Name string `xml:"FileInfo>Filename"`
		} `xml:"BinaryDataObject"`
	} `xml:"DataObjectPackage>DataObjectGroup"`
}

func TestWriteMakesWhatItDeclares(t *testing.T) {
	docs, contents := act()
	p := build(t, docs, contents)
	var copied bytes.Buffer
	data, s := write(t, p, Options{Manifest: &copied, Digest: true})
	again, _ := write(t, p, Options{})
	if !bytes.Equal(data, again) {
		t.Error("two writings differ")
	}
	small, _ := write(t, p, Options{Memory: 1})
	if !bytes.Equal(data, small) {
		t.Error("the memory allowed changes the bytes")
	}
	names, content := entries(t, data)
	if names[0] != "manifest.xml" || len(names) != 6 {
		t.Fatalf("entries %q", names)
	}
	if !bytes.Equal(copied.Bytes(), content["manifest.xml"]) {
		t.Error("the copy of the manifest differs")
	}
	archivetest.Official(t, seda.V21, content["manifest.xml"])
	var m declared
	if err := xml.Unmarshal(content["manifest.xml"], &m); err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, g := range m.Groups {
		for _, o := range g.Objects {
			b, ok := content[o.URI]
			if !ok {
				t.Errorf("no entry %s", o.URI)
				continue
			}
			found[o.Name] = true
			sum := sha512.Sum512(b)
			if o.Digest.Algorithm != "SHA-512" || o.Digest.Value != hex.EncodeToString(sum[:]) {
				t.Errorf("digest of %s", o.URI)
			}
			if len(b) == 0 != (o.Size == nil) || o.Size != nil && *o.Size != int64(len(b)) {
				t.Errorf("size of %s", o.URI)
			}
		}
	}
	if len(found) != 5 || !found["délibération n° 42.PDF"] || !found["vide.csv"] {
		t.Errorf("files %v", found)
	}
	sum := sha512.Sum512(data)
	manifest := sha512.Sum512(content["manifest.xml"])
	if s.Package.Value != hex.EncodeToString(sum[:]) || s.Bytes != int64(len(data)) || s.MessageID != "MSG-1" ||
		s.Manifest.Value != hex.EncodeToString(manifest[:]) || s.ManifestBytes != int64(copied.Len()) ||
		s.Units != 4 || s.Objects != 5 || s.Groups != 4 {
		t.Errorf("summary %+v", s)
	}
}

func TestWriteIsReadByUnzip(t *testing.T) {
	unzip := corpus.Tool(t, "unzip")
	docs, contents := act()
	data, _ := write(t, build(t, docs, contents), Options{})
	name := filepath.Join(t.TempDir(), "a.zip")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(unzip, "-tqq", name).CombinedOutput(); err != nil {
		t.Errorf("unzip: %v\n%s", err, out)
	}
}

func many(n, size int) ([]*ged.Document, ged.Contents) {
	rnd := rand.New(rand.NewPCG(3, 4))
	contents := ged.Contents{}
	docs := make([]*ged.Document, n)
	for i := range docs {
		id := "f" + strconv.Itoa(i)
		b := make([]byte, size)
		for j := range b {
			b[j] = "abcdefghij éèà\n"[rnd.IntN(18)]
		}
		contents[id] = ged.BytesSource(b)
		docs[i] = &ged.Document{ID: "d" + strconv.Itoa(i), Title: "Pièce " + strconv.Itoa(i),
			Files: []ged.File{{ID: id, Name: id + ".txt", Role: ged.RoleMain, MediaType: "text/plain"}}}
	}
	return docs, contents
}

func TestWriteAThousandUnits(t *testing.T) {
	docs, contents := many(1000, 300)
	data, s := write(t, build(t, docs, contents), Options{Memory: 100_000})
	_, content := entries(t, data)
	if s.Units != 1000 || len(content) != 1001 {
		t.Errorf("%d units, %d entries", s.Units, len(content))
	}
	archivetest.Official(t, seda.V21, content["manifest.xml"])
}

// source is a content that behaves as told.
type source struct {
	size  int64
	reads []func() io.Reader // one for each opening
	n     int
}

func (s *source) Size() int64 { return s.size }
func (s *source) Open(context.Context) (io.ReadCloser, error) {
	f := s.reads[min(s.n, len(s.reads)-1)]
	s.n++
	r := f()
	if r == nil {
		return nil, errBroken
	}
	return io.NopCloser(r), nil
}

var errBroken = errors.New("broken")

func TestWriteNoticesAContentThatChanges(t *testing.T) {
	text := func(s string) func() io.Reader { return func() io.Reader { return strings.NewReader(s) } }
	long := strings.Repeat("abcdefgh ", 100)
	for name, c := range map[string]struct {
		s    *source
		want error
	}{
		"shorter than announced": {&source{size: 5, reads: []func() io.Reader{text("abc")}}, ErrChanged},
		"longer than announced":  {&source{size: 2, reads: []func() io.Reader{text("abc")}}, ErrChanged},
		"other bytes":            {&source{size: 3, reads: []func() io.Reader{text("abc"), text("abd")}}, ErrChanged},
		"grew":                   {&source{size: 3, reads: []func() io.Reader{text("abc"), text("abcd")}}, ErrChanged},
		"shrank":                 {&source{size: 3, reads: []func() io.Reader{text("abc"), text("ab")}}, ErrChanged},
		"deflated, other bytes":  {&source{size: 900, reads: []func() io.Reader{text(long), text(strings.ToUpper(long))}}, ErrChanged},
		"gone":                   {&source{size: 3, reads: []func() io.Reader{text("abc"), func() io.Reader { return nil }}}, errBroken},
		"never there":            {&source{size: 3, reads: []func() io.Reader{func() io.Reader { return nil }}}, errBroken},
	} {
		docs := []*ged.Document{{ID: "d", Title: "t", Files: []ged.File{{ID: "f", Name: "f.bin", Role: ged.RoleMain}}}}
		p := build(t, docs, ged.Contents{"f": c.s})
		_, err := Write(context.Background(), io.Discard, p, Options{Memory: 1})
		var content *ContentError
		if !errors.Is(err, c.want) || !errors.As(err, &content) || content.Object != p.Groups[0].Objects[0].ID {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// limited fails once n bytes were written.
type limited struct{ n int }

var errFull = errors.New("full")

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.n {
		return 0, errFull
	}
	l.n -= len(p)
	return len(p), nil
}

func TestWriteReturnsTheWritersError(t *testing.T) {
	docs, contents := act()
	p := build(t, docs, contents)
	data, _ := write(t, p, Options{})
	for n := 0; n < len(data); n += 97 {
		for _, memory := range []int64{0, 1} {
			var content *ContentError
			if _, err := Write(context.Background(), &limited{n}, p, Options{Memory: memory}); !errors.Is(err, errFull) || errors.As(err, &content) {
				t.Fatalf("full after %d bytes: %v", n, err)
			}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Write(ctx, io.Discard, p, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestWriteRefusesBeforeTheFirstByte(t *testing.T) {
	for name, c := range map[string]struct {
		change func(p *archive.Package)
		rule   *report.Rule
	}{
		"no agreement":       {func(p *archive.Package) { p.Header.Agreement = "" }, RuleAgreement},
		"no title":           {func(p *archive.Package) { p.Units[0].Title = " " }, archive.RuleTitle},
		"markup":             {func(p *archive.Package) { p.Units[0].Title = "a &eacute; b" }, seda.RuleTextMarkup},
		"wrong digest":       {func(p *archive.Package) { p.Groups[0].Objects[0].Digests[0].Value = strings.Repeat("0", 64) }, report.DigMismatch},
		"twin names":         {func(p *archive.Package) { p.Groups[0].Objects[0].ID = "X"; p.Groups[1].Objects[0].ID = "x" }, report.CtnDup},
		"identifier of dots": {func(p *archive.Package) { p.Groups[0].Objects[0].ID = "x/.." }, archive.RuleID},
	} {
		docs, contents := act()
		docs[0].Files[0].Size = contents["acte"].Size()
		d, _, err := ged.DigestSource(context.Background(), contents["acte"], ged.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		docs[0].Files[0].Digests = d
		contents["annexe"] = ged.BytesSource("x")
		docs[0].Files[1].Name = "a.pdf"
		p := build(t, docs, contents)
		if _, err := Write(context.Background(), io.Discard, p, Options{}); err != nil {
			t.Fatal(err)
		}
		c.change(p)
		var b bytes.Buffer
		_, err = Write(context.Background(), &b, p, Options{})
		var invalid *report.InvalidError
		if !errors.As(err, &invalid) || !invalid.Report.Has(c.rule) || b.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", name, err, b.Len())
		}
	}
	docs, contents := act()
	if _, err := Write(context.Background(), io.Discard, build(t, docs, contents), Options{Version: "1.0"}); !errors.Is(err, seda.ErrVersion) {
		t.Errorf("version 1.0: %v", err)
	}
}

// TestZip64 lowers the limits, so that small archives take the wide forms.
func TestZip64(t *testing.T) {
	for _, limits := range []struct{ max32, max16 int64 }{{10, 65535}, {1 << 31, 3}, {60, 2}, {1 << 31, 65535}} {
		var b bytes.Buffer
		z := newZip(&b, sent)
		z.max32, z.max16 = limits.max32, int(limits.max16)
		texts := []string{"", "neuf", strings.Repeat("x", 100), "fin"}
		for i, s := range texts {
			e := zipEntry{name: fmt.Sprintf("content/%d", i), size: int64(len(s)), compressed: int64(len(s)), crc: crc32.ChecksumIEEE([]byte(s))}
			if err := z.begin(e); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(z, s); err != nil {
				t.Fatal(err)
			}
			if err := z.end(); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.close(); err != nil {
			t.Fatal(err)
		}
		names, content := entries(t, b.Bytes())
		for i, s := range texts {
			if string(content[fmt.Sprintf("content/%d", i)]) != s || len(names) != len(texts) {
				t.Errorf("limits %v: entry %d is lost", limits, i)
			}
		}
		if unzip, err := exec.LookPath("unzip"); err == nil {
			name := filepath.Join(t.TempDir(), "a.zip")
			if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command(unzip, "-tqq", name).CombinedOutput(); err != nil {
				t.Errorf("limits %v: unzip: %v\n%s", limits, err, out)
			}
		}
	}
	z := newZip(io.Discard, time.Time{})
	if err := z.begin(zipEntry{name: "a", size: 3, compressed: 3}); err != nil {
		t.Fatal(err)
	}
	if err := z.end(); !errors.Is(err, errEntrySize) {
		t.Error("an entry too short is accepted")
	}
	if _, err := io.WriteString(z, "abcd"); !errors.Is(err, errEntrySize) {
		t.Error("an entry too long is accepted")
	}
}

func TestEntriesAreDatedByTheMessage(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"2024-07-01T09:30:01", "2024-07-01T09:30:00"}, {"1970-01-01T00:00:00", "1980-01-01T00:00:00"}, {"2200-01-01T00:00:00", "2107-12-31T23:59:58"},
	} {
		at, _ := time.Parse("2006-01-02T15:04:05", c.in)
		docs, contents := act()
		p := build(t, docs, contents)
		p.Header.Date = at
		data, _ := write(t, p, Options{})
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			if got := f.Modified.Format("2006-01-02T15:04:05"); got != c.want {
				t.Errorf("%s: %s is dated %s", c.in, f.Name, got)
			}
		}
	}
}

func TestCompressionIsForWhatGains(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	noise := make([]byte, 100_000)
	for i := range noise {
		noise[i] = byte(rnd.Uint32())
	}
	text := []byte(strings.Repeat("conseil municipal ", 10_000))
	docs := []*ged.Document{{ID: "d", Title: "t"}}
	contents := ged.Contents{}
	want := map[string]uint16{}
	for _, f := range []struct {
		name  string
		media string
		data  []byte
		how   uint16
	}{
		{"a.txt", "text/plain", text, zip.Deflate}, {"b.pdf", "", text, zip.Store}, {"c.bin", "image/jpeg", text, zip.Store},
		{"d.bin", "", noise, zip.Store}, {"e.bin", "", noise[:1000], zip.Store}, {"f.xml", "", text, zip.Deflate}, {"g.txt", "", nil, zip.Store},
	} {
		docs[0].Files = append(docs[0].Files, ged.File{ID: f.name, Name: f.name, Role: ged.RoleAnnexe, MediaType: f.media})
		contents[f.name] = ged.BytesSource(f.data)
		want[f.name[1:]+f.media+strconv.Itoa(len(f.data))] = f.how
	}
	p := build(t, docs, contents)
	data, _ := write(t, p, Options{})
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for o := range p.Objects() {
		f := z.File[i+1]
		if how := want[o.Name[1:]+o.MediaType+strconv.FormatInt(o.Source.Size(), 10)]; f.Method != how {
			t.Errorf("%s is stored with method %d", o.Name, f.Method)
		}
		i++
	}
}

func BenchmarkWrite2000x4KiB(b *testing.B) {
	docs, contents := many(2000, 4096)
	p := build(b, docs, contents)
	b.SetBytes(2000 * 4096)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Write(context.Background(), io.Discard, p, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// zeros is a large content that costs no memory.
type zeros int64

func (z zeros) Size() int64 { return int64(z) }
func (z zeros) Open(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(io.LimitReader(zeroReader{}, int64(z))), nil
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func BenchmarkWrite2x64MiBStored(b *testing.B) {
	docs := []*ged.Document{{ID: "d", Title: "t", Files: []ged.File{{ID: "a", Name: "a.pdf", Role: ged.RoleMain}, {ID: "b", Name: "b.pdf", Role: ged.RoleAnnexe}}}}
	p := build(b, docs, ged.Contents{"a": zeros(64 << 20), "b": zeros(64 << 20)})
	b.SetBytes(128 << 20)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Write(context.Background(), io.Discard, p, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
