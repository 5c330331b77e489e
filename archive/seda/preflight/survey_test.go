package preflight

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/liasse/liasse/archive/seda/schema"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// manyUnits is a transfer of n units nested by ten, each with a reference to a
// group of its own when objects is true.
func manyUnits(n int, objects bool) io.Reader {
	r, w := io.Pipe()
	go func() {
		head, rest, _ := strings.Cut(sound, "<DataObjectGroup id")
		_, tail, _ := strings.Cut(rest, "</DescriptiveMetadata>")
		put := func(format string, args ...any) { fmt.Fprintf(w, format, args...) }
		put("%s", head)
		if objects {
			for i := range n {
				put(`<DataObjectGroup id="G%d"><BinaryDataObject id="O%d"><DataObjectVersion>BinaryMaster_1</DataObjectVersion><Uri>content/O%d.pdf</Uri><MessageDigest algorithm="SHA-512">%0128x</MessageDigest><Size>1</Size></BinaryDataObject></DataObjectGroup>`, i, i, i, i)
			}
		}
		put("<DescriptiveMetadata>")
		for i := range n {
			put(`<ArchiveUnit id="U%d"><Content><DescriptionLevel>Item</DescriptionLevel><Title>Titre de la pièce %d</Title></Content>`, i, i)
			if objects {
				put(`<DataObjectReference><DataObjectGroupReferenceId>G%d</DataObjectGroupReferenceId></DataObjectReference>`, i)
			}
			if i%10 == 9 || i == n-1 {
				put("%s", strings.Repeat("</ArchiveUnit>", i%10+1))
			}
		}
		put("</DescriptiveMetadata>%s", tail)
		w.Close()
	}()
	return r
}

// TestMemoryHeldByUnit: the survey and its judge hold less than 200 bytes for
// each unit, what the schema remembers of identifiers left aside.
func TestMemoryHeldByUnit(t *testing.T) {
	n := 100_000
	if testing.Short() {
		n = 20_000
	}
	held := func(objects bool) int {
		j := NewJudge(inspect.Options{Profile: "vitam"}, &report.Report{})
		s := newSurvey(j, "")
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		r := xmlcore.NewReader(manyUnits(n, objects), xmlcore.Options{})
		if err := xmlcore.Run(context.Background(), r, s); err != nil {
			t.Fatal(err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		s.finish(true)
		if s.Units != n || j.Outcome() != nil {
			t.Fatalf("%d units, %v: %v", s.Units, j.Outcome(), j.Report.Err())
		}
		return int(after.HeapAlloc-before.HeapAlloc) / n
	}
	units, all := held(false), held(true)
	t.Logf("%d bytes for a unit, %d with an object", units, all)
	if units > 200 || all > 600 {
		t.Errorf("%d bytes for a unit, %d with an object", units, all)
	}
}

// TestSurveyIsBounded: elements that cost little to write do not fill the memory.
func TestSurveyIsBounded(t *testing.T) {
	for name, part := range map[string]string{"units": "<ArchiveUnit/>", "objects": "<BinaryDataObject/>", "identifiers": `<ArchiveUnit id="%d"/>`} {
		s := newSurvey(&Judge{Report: &report.Report{}}, "")
		s.limit = 1 << 20
		r, w := io.Pipe()
		go func() {
			io.WriteString(w, `<ArchiveTransfer>`)
			for i := 0; ; i++ {
				text := part
				if strings.Contains(part, "%") {
					text = fmt.Sprintf(part, i)
				}
				if _, err := io.WriteString(w, text); err != nil {
					return
				}
			}
		}()
		err := xmlcore.Run(context.Background(), xmlcore.NewReader(r, xmlcore.Options{}), s)
		r.Close()
		var bad *xmlcore.Error
		if !errors.As(err, &bad) || bad.Finding.Rule != report.LimBytes {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func BenchmarkExamine(b *testing.B) {
	text, err := io.ReadAll(manyUnits(20_000, true))
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		run  func(r *strings.Reader) error
	}{
		{"xmlcore", func(r *strings.Reader) error {
			return xmlcore.Run(context.Background(), xmlcore.NewReader(r, xmlcore.Options{}))
		}},
		{"schema", func(r *strings.Reader) error {
			_, err := schema.Validate(context.Background(), r, schema.Options{})
			return err
		}},
		{"survey", func(r *strings.Reader) error {
			s := newSurvey(&Judge{Report: &report.Report{}}, "")
			err := xmlcore.Run(context.Background(), xmlcore.NewReader(r, xmlcore.Options{}), s)
			s.finish(true)
			return err
		}},
		{"examine", func(r *strings.Reader) error {
			_, err := Examine(context.Background(), r, "", NewJudge(inspect.Options{Profile: "vitam"}, &report.Report{}))
			return err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if err := c.run(strings.NewReader(string(text))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func FuzzInspectMessage(f *testing.F) {
	f.Add([]byte(sound))
	for _, c := range wrong {
		f.Add([]byte(changed(f, c.changes...)))
	}
	f.Add([]byte(`<ArchiveTransferReply xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1"/>`))
	f.Add([]byte(`<ArchiveTransfer xmlns="fr:gouv:ae:archive:draft:standard_echange_v0.2"><Integrity><Contains algorithme="a">x</Contains><UnitIdentifier>a</UnitIdentifier></Integrity><Contains><Document><Attachment filename="a"/></Document></Contains></ArchiveTransfer>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := inspect.NewBytes("m.xml", data)
		if !Inspector().Detect(context.Background(), in) {
			return
		}
		for _, opt := range []inspect.Options{{}, {Profile: "vitam"}, {Profile: "vitam", Context: "holding"}, {Profile: "asalae"}} {
			r, err := Inspector().Inspect(context.Background(), in, opt)
			if err != nil {
				t.Fatalf("a memory that cannot fail: %v", err)
			}
			limited := slices.ContainsFunc(slices.Collect(r.Report.All()), func(f *report.Finding) bool { return strings.HasPrefix(f.Code(), "LIM-") })
			if code := r.Summary.Get("vitam.code"); opt.Profile == "vitam" && r.Kind == "seda.transfer" && code == nil && r.Verdict() == inspect.Invalid && !limited {
				t.Fatalf("refused without a code: %v", r.Report.Err())
			}
		}
	})
}
