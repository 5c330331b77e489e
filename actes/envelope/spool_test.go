package envelope_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/envelope"
	"github.com/liasse/liasse/ged/inspect"
)

// room counts what an inspection opens and closes.
type room struct {
	*os.File
	closed *int
}

func (r room) Close() error { *r.closed++; return r.File.Close() }

func TestInspectionOfALargeFileUsesItsSpoolAndGivesItBack(t *testing.T) {
	data, w := write(t, simple())
	l := unpack(t, data)
	for i := range l {
		if strings.HasPrefix(l[i].name, "99_DE") {
			l[i].body = noise(20 << 20)[:19<<20] // cut: no cross-reference table
		}
	}
	in := inspect.NewBytes(w.Nom.String(), pack(t, l))
	opened, closed := 0, 0
	opt := inspect.Options{At: time.Date(2026, time.July, 1, 0, 0, 0, 0, time.UTC), Spool: func() (inspect.Spool, error) {
		opened++
		f, err := os.Create(filepath.Join(t.TempDir(), "spool"))
		return room{f, &closed}, err
	}}
	r, err := envelope.Inspector().Inspect(context.Background(), in, opt)
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict() != inspect.Invalid || r.Report.Has(envelope.ContenuNonControle) {
		t.Errorf("%s:%s", r.Verdict(), lines(r.Report))
	}
	if opened != 1 || closed != 1 {
		t.Errorf("%d spools opened, %d closed", opened, closed)
	}
}
