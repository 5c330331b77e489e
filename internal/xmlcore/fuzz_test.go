package xmlcore

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
)

// FuzzReader feeds anything: no panic, the same events through a window of any
// size, every finding inside the document, events that tile it.
func FuzzReader(f *testing.F) {
	for _, p := range probes {
		if len(p.doc) < 1000 {
			f.Add([]byte(p.doc), uint8(0))
		}
	}
	for i, s := range snippets {
		f.Add([]byte(s.doc), uint8(i))
	}
	for _, s := range seeds {
		f.Add([]byte(s), uint8(9))
	}
	f.Add([]byte(u16(seeds[0], true, true)), uint8(1))
	f.Add([]byte("<a x='1'"+strings.Repeat("6", 2000)+" y=''>"), uint8(14)) // which fault is first must not depend on the window
	f.Fuzz(func(t *testing.T, doc []byte, w uint8) {
		var rep report.Report
		r := NewReader(bytes.NewReader(doc), Options{Report: &rep})
		want, wantErr := events(r)
		var bad *Error
		if errors.As(wantErr, &bad) {
			rep.Record(bad.Finding)
		}
		for f := range rep.All() {
			if w := f.Where; w.Offset < 0 || w.Offset > int64(len(doc)) || w.Line < 1 || w.Column < 1 {
				t.Fatalf("%s at %+v of %d bytes", f.Rule, w, len(doc))
			}
			if strings.Contains(f.Message(report.FR), "?") && !bytes.ContainsAny(doc, "?") && f.Rule != report.XMLDecl {
				t.Fatalf("a parameter of %s is missing: %s", f.Rule, f.Message(report.FR))
			}
		}
		window := 128 + int(w)
		if end := bytes.Index(doc, []byte("?>")); bytes.Contains(doc[:min(16, len(doc))], []byte("<?xml")) && (end < 0 || end > 100) {
			return // the declaration must lie in the first window
		}
		got, err := small(string(doc), window)
		if !alike(got, want, err, wantErr) {
			t.Fatalf("window %d: %v, else %v\n%s\n%s", window, err, wantErr, got, want)
		}
		tile(t, doc)
	})
}

// tile checks that each event begins where the one before ended, outside the
// root aside, where blanks are no event.
func tile(t *testing.T, doc []byte) {
	r := NewReader(bytes.NewReader(doc), Options{})
	last := int64(-1)
	for {
		k, err := r.Next()
		if err != nil {
			return
		}
		if k == Text && r.CData() {
			last = -1 // empty sections are no event
		}
		if r.Offset() > r.End() || last >= 0 && r.Offset() != last && r.Depth() > 0 && !bytes.Contains(doc, []byte("CDATA")) {
			t.Fatalf("%v from %d to %d, the one before ended at %d", k, r.Offset(), r.End(), last)
		}
		last = r.End()
		if r.Depth() == 0 || k == StartElement && r.Depth() == 1 || k == EndElement && r.Depth() == 1 {
			if k != StartElement {
				last = -1
			}
		}
	}
}
