package container_test

import (
	arch "archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

type zipped struct {
	name, body string
	method     uint16
}

func makeZip(t testing.TB, entries ...zipped) []byte {
	t.Helper()
	var b bytes.Buffer
	w := arch.NewWriter(&b)
	for _, e := range entries {
		f, err := w.CreateHeader(&arch.FileHeader{Name: e.name, Method: e.method})
		if err == nil {
			_, err = io.WriteString(f, e.body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func openZip(t testing.TB, b []byte, l container.Limits) (*container.Zip, *report.Report, error) {
	t.Helper()
	rep := report.New(report.Options{})
	z, err := container.OpenZip(context.Background(), bytes.NewReader(b), int64(len(b)), container.ZipOptions{Report: rep, Limits: l})
	return z, rep, err
}

func readEntry(e *container.ZipEntry) ([]byte, error) {
	r, err := e.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func TestZipIsRead(t *testing.T) {
	b := makeZip(t, zipped{"mimetype", "texte", arch.Store}, zipped{"dossier/", "", arch.Store}, zipped{"dossier/acte.txt", strings.Repeat("oui ", 1000), arch.Deflate})
	z, rep, err := openZip(t, b, container.Limits{})
	if err != nil || rep.Len() > 0 || len(z.Entries) != 3 {
		t.Fatalf("%v, %d findings", err, rep.Len())
	}
	if m := z.Entries[0]; m.Name != "mimetype" || !m.Stored || m.Folder || m.Refused || string(b[m.Offset:m.Offset+m.Size]) != "texte" {
		t.Errorf("%+v", m)
	}
	if !z.Entries[1].Folder {
		t.Error("no folder")
	}
	got, err := readEntry(z.Entries[2])
	if err != nil || len(got) != 4000 {
		t.Errorf("%d octets, %v", len(got), err)
	}
}

// TestHostileZips are refused, whole or by the entry, by the rule that says why.
func TestHostileZips(t *testing.T) {
	two := makeZip(t, zipped{"un.txt", "premier", arch.Store}, zipped{"deux.txt", "second", arch.Store})
	patch := func(b []byte, f func([]byte)) []byte { c := bytes.Clone(b); f(c); return c }
	central := func(b []byte, n int) []byte { // the n-th header of the directory
		for i := 0; ; n-- {
			i += bytes.Index(b[i:], []byte("PK\x01\x02"))
			if n == 0 {
				return b[i:]
			}
			i++
		}
	}
	for _, c := range []struct {
		name  string
		b     []byte
		limit container.Limits
		rule  *report.Rule
		whole bool
	}{
		{"a name twice", makeZip(t, zipped{"a", "1", 0}, zipped{"a", "2", 0}), container.Limits{}, report.CtnDup, false},
		{"a name twice but for the case", makeZip(t, zipped{"Acte.pdf", "1", 0}, zipped{"acte.PDF", "2", 0}), container.Limits{}, report.CtnDup, false},
		{"a name that climbs", makeZip(t, zipped{"../../etc/cron", "1", 0}), container.Limits{}, report.CtnPath, false},
		{"an absolute name", makeZip(t, zipped{"/etc/cron", "1", 0}), container.Limits{}, report.CtnPath, false},
		{"a bomb", makeZip(t, zipped{"a", strings.Repeat("0", 1<<20), arch.Deflate}), container.Limits{RatioFloor: 1 << 10}, report.LimRatio, true},
		{"too large", makeZip(t, zipped{"a", strings.Repeat("0", 1<<20), arch.Deflate}), container.Limits{Inflated: 1 << 10}, report.LimBytes, true},
		{"too many", two, container.Limits{Entries: 1}, report.LimCount, true},
		{"no zip", []byte("PK\x03\x04 rien"), container.Limits{}, report.CtnFormat, true},
		{"cut", two[:len(two)-30], container.Limits{}, report.CtnFormat, true},
		{"encrypted", patch(two, func(b []byte) { central(b, 0)[8] |= 1 }), container.Limits{}, report.CtnEncrypted, false},
		{"a link", patch(two, func(b []byte) {
			h := central(b, 0)
			h[5] = 3 // made on Unix
			binary.LittleEndian.PutUint32(h[38:], 0o120777<<16)
		}), container.Limits{}, report.CtnLink, false},
		{"two entries of the same octets", patch(two, func(b []byte) {
			copy(central(b, 1)[42:46], central(b, 0)[42:46])
		}), container.Limits{}, report.CtnFormat, true},
		{"another name in the entry than in the directory", patch(two, func(b []byte) { b[30] = 'X' }), container.Limits{}, report.CtnFormat, false},
		{"an entry before the file", patch(two, func(b []byte) {
			end := b[len(b)-22:]
			binary.LittleEndian.PutUint32(end[16:], binary.LittleEndian.Uint32(end[16:])+1)
		}), container.Limits{}, report.CtnFormat, false},
		{"an entry outside the file", patch(two, func(b []byte) { binary.LittleEndian.PutUint32(central(b, 0)[42:], 1<<30) }), container.Limits{}, report.CtnFormat, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			z, rep, err := openZip(t, c.b, c.limit)
			if !rep.Has(c.rule) || rep.Valid() {
				t.Errorf("no %s", c.rule.Code)
			}
			if c.whole != errors.Is(err, container.ErrZip) {
				t.Fatalf("error %v", err)
			}
			if err != nil {
				return
			}
			refused := false
			for _, e := range z.Entries {
				refused = refused || e.Refused
			}
			if !refused {
				t.Error("no entry is refused")
			}
		})
	}
}

// TestLyingEntries: an entry never gives more than it says, and a body that is
// not what the directory says ends in a fault of the zip.
func TestLyingEntries(t *testing.T) {
	b := makeZip(t, zipped{"a", strings.Repeat("texte ", 500), arch.Deflate})
	i := bytes.Index(b, []byte("PK\x01\x02"))
	for name, f := range map[string]func(h []byte){
		"smaller":  func(h []byte) { binary.LittleEndian.PutUint32(h[24:], 10) },
		"larger":   func(h []byte) { binary.LittleEndian.PutUint32(h[24:], 4000) },
		"checksum": func(h []byte) { h[16] ^= 1 },
		"method":   func(h []byte) { h[10] = 99 },
	} {
		c := bytes.Clone(b)
		f(c[i:])
		z, _, err := openZip(t, c, container.Limits{})
		if err != nil {
			t.Fatal(name, err)
		}
		got, err := readEntry(z.Entries[0])
		if err == nil || !container.ZipFault(err) || int64(len(got)) > z.Entries[0].Size {
			t.Errorf("%s: %d octets, %v", name, len(got), err)
		}
	}
}

// TestZipErrorsOfTheReader are the reader's, not faults of the zip.
func TestZipErrorsOfTheReader(t *testing.T) {
	boom := errors.New("disque")
	rep := report.New(report.Options{})
	if _, err := container.OpenZip(context.Background(), brokenAt{boom}, 1000, container.ZipOptions{Report: rep}); !errors.Is(err, boom) || rep.Len() > 0 {
		t.Errorf("%v, %d findings", err, rep.Len())
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b := makeZip(t, zipped{"a", "b", 0})
	if _, err := container.OpenZip(ctx, bytes.NewReader(b), int64(len(b)), container.ZipOptions{Report: rep}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

type brokenAt struct{ err error }

func (b brokenAt) ReadAt([]byte, int64) (int, error) { return 0, b.err }

// FuzzZip: whatever the file, no entry gives more than it says.
func FuzzZip(f *testing.F) {
	f.Add(makeZip(f, zipped{"a", "b", 0}, zipped{"c", "d", arch.Deflate}))
	f.Fuzz(func(t *testing.T, b []byte) {
		z, _, err := openZip(t, b, container.Limits{Inflated: 1 << 20})
		if err != nil {
			return
		}
		for _, e := range z.Entries {
			if got, _ := readEntry(e); int64(len(got)) > e.Size {
				t.Fatal("more than it says")
			}
		}
	})
}
