package pdf

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/pdf/pdftest"
)

// holed is a file with a long run of one byte in the middle, which takes no
// memory.
type holed struct {
	head, tail string
	hole       int64
}

func (h holed) size() int64 { return int64(len(h.head)) + h.hole + int64(len(h.tail)) }

func (h holed) ReadAt(p []byte, off int64) (int, error) {
	for i := range p {
		switch at := off + int64(i); {
		case at < int64(len(h.head)):
			p[i] = h.head[at]
		case at < int64(len(h.head))+h.hole:
			p[i] = 'x'
		case at < h.size():
			p[i] = h.tail[at-int64(len(h.head))-h.hole]
		default:
			return i, io.EOF
		}
	}
	return len(p), nil
}

// large is a file whose second page's content is a stream of 200 MB.
func large(broken bool) holed {
	const hole = 200 << 20
	f := pdftest.Simple(2)
	f.Stream(7, "", "HOLE")
	s := string(f.Bytes(pdftest.Table))
	head, tail, _ := strings.Cut(s, "HOLE")
	head = strings.Replace(head, "/Length 4 ", fmt.Sprintf("/Length %d ", hole), 1)
	grown := int64(hole + len(fmt.Sprint(hole)) - 1 - 4)
	at := int64(strings.LastIndex(s, "xref\n0")) + grown
	tail = tail[:strings.LastIndex(tail, "startxref")] + fmt.Sprintf("startxref\n%d\n%%%%EOF\n", at)
	if broken {
		tail = strings.Replace(tail, "startxref", "lostxrefs", 1)
	}
	return holed{head, tail, hole}
}

// TestLarge: memory does not grow with the file, nor time with what need not
// be read; a scan of the whole can be cancelled.
func TestLarge(t *testing.T) {
	for _, broken := range []bool{false, true} {
		if broken && testing.Short() {
			continue
		}
		h := large(broken)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		info, err := new(Checker).Check(context.Background(), h, h.size(), new(report.Report))
		runtime.ReadMemStats(&after)
		if err != nil || !info.Readable || info.Pages != 2 || info.Repaired != broken {
			t.Errorf("broken %v: %+v %v", broken, info, err)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
			t.Errorf("broken %v: %d KiB allocated", broken, used>>10)
		}
		t.Logf("broken %v: %v", broken, time.Since(start).Round(time.Millisecond))
	}
	h := large(true)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := new(Checker).Check(ctx, h, h.size(), new(report.Report))
	if err == nil || time.Since(start) > time.Second {
		t.Errorf("cancelled after 20 ms: %v after %v", err, time.Since(start))
	}
}

// TestReaderFails: the reader's error is the error, not a verdict.
func TestReaderFails(t *testing.T) {
	b := pdftest.Simple(1).Bytes(pdftest.Table)
	if _, _, err := Check(context.Background(), bytes.NewReader(b), int64(len(b))+10); err == nil {
		t.Error("a reader shorter than announced went unnoticed")
	}
}
