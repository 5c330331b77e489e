package seda

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// many is a manifest of n units with an object each, made as it is read.
func many(n int) io.Reader {
	before, after, _ := strings.Cut(transferOf(V21, "\x00", "\x01", ""), "\x00")
	between, end, _ := strings.Cut(after, "\x01")
	object := `<DataObjectGroup id="G%d"><BinaryDataObject id="O%d"><DataObjectVersion>BinaryMaster_1</DataObjectVersion><Uri>content/O%d.pdf</Uri><MessageDigest algorithm="SHA-512">` +
		strings.Repeat("ab", 64) + `</MessageDigest><Size>1024</Size><FormatIdentification><MimeType>application/pdf</MimeType><FormatId>fmt/95</FormatId></FormatIdentification><FileInfo><Filename>piece.pdf</Filename><LastModified>2024-01-01T00:00:00Z</LastModified></FileInfo></BinaryDataObject></DataObjectGroup>`
	unit := `<ArchiveUnit id="U%d"><Management><AccessRule><Rule>ACC-00001</Rule><StartDate>2024-01-01</StartDate></AccessRule></Management><Content><DescriptionLevel>Item</DescriptionLevel><Title>Pièce justificative</Title><TransactedDate>2024-01-01</TransactedDate></Content><DataObjectReference><DataObjectGroupReferenceId>G%d</DataObjectGroupReferenceId></DataObjectReference></ArchiveUnit>`
	each := func(f func(i int) string) io.Reader {
		i := 0
		var rest []byte
		return readerFunc(func(p []byte) (int, error) {
			for len(rest) == 0 {
				if i == n {
					return 0, io.EOF
				}
				rest = []byte(f(i))
				i++
			}
			k := copy(p, rest)
			rest = rest[k:]
			return k, nil
		})
	}
	return io.MultiReader(strings.NewReader(before), each(func(i int) string { return fmt.Sprintf(object, i, i, i) }),
		strings.NewReader(between), each(func(i int) string { return fmt.Sprintf(unit, i, i) }), strings.NewReader(end))
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func BenchmarkManifest(b *testing.B) {
	doc, err := io.ReadAll(many(100_000))
	if err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	b.Run("xmlcore", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		for b.Loop() {
			if err := xmlcore.Run(ctx, xmlcore.NewReader(bytes.NewReader(doc), xmlcore.Options{})); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("scan", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		for b.Loop() {
			for _, err := range Scan(ctx, bytes.NewReader(doc), "", &report.Report{}) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		for b.Loop() {
			if _, complete, err := Read(ctx, bytes.NewReader(doc), ReadOptions{}, &report.Report{}); err != nil || !complete {
				b.Fatal(err)
			}
		}
	})
	p, _, err := Read(ctx, bytes.NewReader(doc), ReadOptions{}, &report.Report{})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("write", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		for b.Loop() {
			if err := Write(ctx, io.Discard, p, Options{Checked: true}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// TestScanMemoryDoesNotGrow reads a manifest larger than the memory it may use.
// scanPeak is the most heap a scan takes; want is how many items it gives.
func scanPeak(t *testing.T, src io.Reader, want int) (top uint64) {
	t.Helper()
	items := 0
	for _, err := range Scan(context.Background(), src, "", &report.Report{}) {
		if err != nil {
			t.Fatal(err)
		}
		if items++; items%10_000 == 0 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			top = max(top, m.HeapAlloc)
		}
	}
	if items != want {
		t.Fatalf("%d items", items)
	}
	return top
}

func TestScanMemoryDoesNotGrow(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for name, c := range map[string]struct {
		made    func(n int) io.Reader
		perUnit int
	}{"2.1": {many, 4}, "1.0": {manyEarly, 3}} {
		small, large := scanPeak(t, c.made(3_500), c.perUnit*3_500+1), scanPeak(t, c.made(30_000), c.perUnit*30_000+1)
		if large > small+4<<20 {
			t.Errorf("%s: 3 500 units: %d bytes of heap, 30 000: %d", name, small, large)
		}
	}
}
