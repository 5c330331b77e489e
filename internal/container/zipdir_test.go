package container_test

import (
	arch "archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// crowd is a zip of many entries without content.
func crowd(t testing.TB, n int, name string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := arch.NewWriter(&b)
	for range n {
		if _, err := z.CreateRaw(&arch.FileHeader{Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestADirectoryIsCountedBeforeItIsKept(t *testing.T) {
	for name, p := range map[string][]byte{"many entries": crowd(t, 60_000, "a"), "long names": crowd(t, 900, strings.Repeat("n", 60_000))} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, rep, err := openZip(t, p, container.Limits{Entries: 1000})
		runtime.ReadMemStats(&after)
		if !errors.Is(err, container.ErrZip) || !rep.Has(report.LimCount) {
			t.Errorf("%s: %v, %v", name, err, rep.Err())
		}
		// package zip makes room for as many entries as are announced, at once.
		if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 {
			t.Errorf("%s: %d MiB allocated", name, used>>20)
		}
	}
}

// TestBodiesOutliveTheContextOfTheDirectory: only the reading of the directory
// ends with it.
func TestBodiesOutliveTheContextOfTheDirectory(t *testing.T) {
	b := makeZip(t, zipped{"a", "texte", arch.Deflate})
	ctx, cancel := context.WithCancel(context.Background())
	z, err := container.ReadDirectory(ctx, bytes.NewReader(b), int64(len(b)), 10)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	r, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != "texte" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := container.ReadDirectory(ctx, bytes.NewReader(b), int64(len(b)), 10); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// counting counts the readings and what they ask for.
type counting struct {
	*bytes.Reader
	reads, bytes int
}

func (c *counting) ReadAt(p []byte, off int64) (int, error) {
	c.reads++
	c.bytes += len(p)
	return c.Reader.ReadAt(p, off)
}

// TestHeadersAreSoughtInBoundedTime: the header of a body may stand 64 KiB
// before it, or nowhere; thousands of such entries cost what the file is long.
func TestHeadersAreSoughtInBoundedTime(t *testing.T) {
	var b bytes.Buffer
	z := arch.NewWriter(&b)
	for i := range 3000 {
		h := &arch.FileHeader{Name: fmt.Sprintf("a%04d", i), Method: arch.Store, Extra: make([]byte, 40)}
		if i%10 == 0 {
			h.Extra = make([]byte, 60_000)
		}
		if _, err := z.CreateRaw(h); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	for at, n := 0, 0; n < 3000; n++ { // the name in a header is shorter: there is none to be found
		i := at + bytes.Index(data[at:], []byte("PK\x03\x04"))
		length, extra := binary.LittleEndian.Uint16(data[i+26:]), binary.LittleEndian.Uint16(data[i+28:])
		if n%3 == 0 {
			binary.LittleEndian.PutUint16(data[i+26:], length-1)
			binary.LittleEndian.PutUint16(data[i+28:], extra+1)
		}
		at = i + 4
	}
	rep := report.New(report.Options{})
	src := &counting{Reader: bytes.NewReader(data)}
	got, err := container.OpenZip(context.Background(), src, int64(len(data)), container.ZipOptions{Report: rep, Limits: container.Limits{Ratio: 1 << 30}})
	if err != nil {
		t.Fatal(err, rep.Err())
	}
	refused := 0
	for i, e := range got.Entries {
		if e.Refused != (i%3 == 0) {
			t.Fatalf("entry %d: refused %v", i, e.Refused)
		}
		if e.Refused {
			refused++
		} else if !e.Extra {
			t.Fatalf("entry %d: its extra field is not seen", i)
		}
	}
	if refused != 1000 || src.bytes > 4*len(data) || src.reads > 20*3000 {
		t.Errorf("%d refused; %d readings of %d bytes of a file of %d", refused, src.reads, src.bytes, len(data))
	}
}

// TestAFaultOfANameIsToldOnce: however often the part stands there.
func TestAFaultOfANameIsToldOnce(t *testing.T) {
	_, faults := container.CheckName(strings.Repeat("../", 300) + "a")
	if len(faults) != 1 || faults[0].Rule != report.CtnPath {
		t.Errorf("%d faults", len(faults))
	}
}
