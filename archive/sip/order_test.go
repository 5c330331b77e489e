package sip

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
)

// honest is a package nothing is wrong with.
func honest(t testing.TB) []byte {
	return pack(t, [2]string{"manifest.xml", manifestHead + bdo("content/a", "SHA-256", abc256) + manifestTail}, [2]string{"content/a", "abc"})
}

// moved returns the package with bytes put in at an offset, and the directory's
// offsets moved with what they point to, beyond from.
func moved(t testing.TB, data []byte, at int, insert []byte) []byte {
	t.Helper()
	out := bytes.Join([][]byte{data[:at], insert, data[at:]}, nil)
	add := func(at, by int) {
		binary.LittleEndian.PutUint32(out[at:], binary.LittleEndian.Uint32(out[at:])+uint32(by))
	}
	end := bytes.LastIndex(out, []byte("PK\x05\x06"))
	add(end+16, len(insert))
	for i := int(binary.LittleEndian.Uint32(out[end+16:])); i < end; {
		if int(binary.LittleEndian.Uint32(out[i+42:])) >= at {
			add(i+42, len(insert))
		}
		i += 46 + int(binary.LittleEndian.Uint16(out[i+28:])) + int(binary.LittleEndian.Uint16(out[i+30:])) + int(binary.LittleEndian.Uint16(out[i+32:]))
	}
	return out
}

// What a reader of streams would take must be what was verified.
func TestADirectoryThatDoesNotTellAllIsRefused(t *testing.T) {
	data := honest(t)
	if s := verify(t, data); s.Report.Total() > 0 {
		t.Fatal(s.Report.Err())
	}
	second := bytes.LastIndex(data, []byte("PK\x03\x04"))
	central := bytes.Index(data, []byte("PK\x01\x02"))
	hidden := pack(t, [2]string{"content/b", "hidden"})
	hidden = hidden[:bytes.Index(hidden, []byte("PK\x01\x02"))]
	renamed := bytes.Replace(data, []byte("content/a"), []byte("content/b"), 2) // the manifest is deflated
	copy(renamed[central:], data[central:])
	overlap := bytes.Clone(data)
	last := bytes.LastIndex(overlap, []byte("PK\x01\x02"))
	copy(overlap[last+42:last+46], []byte{0, 0, 0, 0}) // the second entry is where the first one is
	for name, p := range map[string][]byte{
		"another name in the header":   renamed,
		"an entry between entries":     moved(t, data, second, hidden),
		"an entry before the first":    moved(t, data, 0, hidden),
		"bytes before the directory":   moved(t, data, central, []byte("hidden")),
		"two entries in one place":     overlap,
		"an entry before all, unmoved": append(bytes.Clone(hidden), data...),
	} {
		if _, err := zip.NewReader(bytes.NewReader(p), int64(len(p))); err != nil {
			t.Errorf("%s: not a zip: %v", name, err)
		}
		if s := verify(t, p); s.Report.Valid() || !s.Report.Has(report.CtnFormat) {
			t.Errorf("%s: %v", name, s.Report.Err())
		}
	}
}

// crowd is a zip whose directory holds many entries of one header, though its
// end says there are as many as fit 16 bits.
func crowd(n int, name string) []byte {
	var b bytes.Buffer
	h := make([]byte, 46, 46+len(name))
	copy(h, "PK\x01\x02")
	binary.LittleEndian.PutUint16(h[28:], uint16(len(name)))
	h = append(h, name...)
	for range n {
		b.Write(h)
	}
	end := make([]byte, 22)
	copy(end, "PK\x05\x06")
	binary.LittleEndian.PutUint16(end[8:], uint16(n))
	binary.LittleEndian.PutUint16(end[10:], uint16(n))
	binary.LittleEndian.PutUint32(end[12:], uint32(b.Len()))
	b.Write(end)
	return b.Bytes()
}

func TestADirectoryIsCountedBeforeItIsKept(t *testing.T) {
	for name, p := range map[string][]byte{
		"many entries": crowd(300_000, "a"),
		"long names":   crowd(900, strings.Repeat("n", 60_000)),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		s, err := Verify(context.Background(), bytes.NewReader(p), int64(len(p)), VerifyOptions{Limits: Limits{Entries: 1000}})
		runtime.ReadMemStats(&after)
		if err != nil || !s.Report.Has(report.LimCount) {
			t.Errorf("%s: %v, %v", name, err, s.Report.Err())
		}
		// package zip makes room for as many entries as are announced, at once.
		if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 {
			t.Errorf("%s: %d MiB allocated", name, used>>20)
		}
	}
}

// cancelling ends a context when it is read.
type cancelling struct {
	io.ReaderAt
	cancel func()
}

func (c cancelling) ReadAt(p []byte, off int64) (int, error) {
	c.cancel()
	return c.ReaderAt.ReadAt(p, off)
}

func TestReadingTheDirectoryCanBeCancelled(t *testing.T) {
	p := crowd(100_000, "a")
	ctx, cancel := context.WithCancel(context.Background())
	if _, err := Verify(ctx, cancelling{bytes.NewReader(p), cancel}, int64(len(p)), VerifyOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
