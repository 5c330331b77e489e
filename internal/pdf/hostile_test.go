package pdf

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/pdf/pdftest"
)

// hostile composes files made to exhaust a reader.
func hostile() map[string][]byte {
	all := map[string][]byte{}
	simple := func(change func(f *pdftest.File)) []byte {
		f := pdftest.Simple(1)
		change(f)
		return f.Bytes(pdftest.Table)
	}
	whole := string(pdftest.Simple(1).Bytes(pdftest.Table))
	sub := func(old, new string) []byte { return []byte(strings.Replace(whole, old, new, 1)) }

	at := strings.LastIndex(whole, "xref\n0")
	all["Prev to itself"] = sub("/Root", fmt.Sprintf("/Prev %d /Root", at))
	all["Size lies"] = sub("/Size", "/Size 2147483647 /S")
	all["subsection lies"] = []byte(whole[:at] + "xref\n0 2147483647\n0000000000 65535 f \ntrailer << /Root 1 0 R >>\nstartxref\n" + fmt.Sprint(at) + "\n%%EOF")
	all["sparse table"] = []byte(whole[:at] + "xref\n" + sparse(20000) + "trailer << /Root 1 0 R >>\nstartxref\n" + fmt.Sprint(at) + "\n%%EOF")
	// eight megabytes, each line of the table asking for room of its own
	all["sparse table in a long file"] = []byte(whole[:at] + strings.Repeat("%"+strings.Repeat("x", 1022)+"\n", 8<<10) +
		"xref\n" + sparse(20000) + "trailer << /Root 1 0 R >>\nstartxref\n" + fmt.Sprint(at+8<<20) + "\n%%EOF")
	all["count lies"] = sub("/Count 1", "/Count 1000000")
	all["Kids loop"] = simple(func(f *pdftest.File) {
		f.Obj(2, "<< /Type /Pages /Count 3 /Kids [2 0 R 4 0 R 8 0 R] >>")
		f.Obj(8, "<< /Kids [2 0 R 8 0 R] >>")
	})
	all["Kids doubling"] = simple(func(f *pdftest.File) {
		f.Obj(2, "<< /Type /Pages /Count 9 /Kids [20 0 R 20 0 R] >>")
		for i := range 60 {
			f.Obj(20+i, "<< /Type /Pages /Kids [%d 0 R %d 0 R] >>", 21+i, 21+i)
		}
		f.Obj(80, "<< /Type /Page >>")
	})
	all["deep nesting"] = simple(func(f *pdftest.File) { f.Obj(1, "<< /Pages 2 0 R /X %s >>", strings.Repeat("[<</A", 50000)) })
	all["Length loop"] = simple(func(f *pdftest.File) {
		f.Obj(1, "<< /Pages 8 0 R >>")
		f.Obj(8, "<< /Length 8 0 R >>\nstream\n\nendstream")
	})
	all["reference loop"] = simple(func(f *pdftest.File) { f.Obj(2, "8 0 R"); f.Obj(8, "9 0 R"); f.Obj(9, "8 0 R") })
	all["the same long comment"] = simple(func(f *pdftest.File) {
		f.Obj(2, "<< /Type /Pages /Count 1 /Kids [%s] >>", strings.Repeat("8 0 R ", 15000))
		f.Obj(8, "%%%s", strings.Repeat("x", 120000))
	})
	all["streams without end"] = simple(func(f *pdftest.File) {
		f.Obj(2, "<< /Type /Pages /Count 1 /Kids [%s] >>", strings.Repeat("8 0 R ", 15000))
		f.Obj(8, "<< >>\nstream\n%s", strings.Repeat("x", 120000))
	})
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(bytes.Repeat([]byte(" "), 200<<20))
	w.Close()
	bomb := func(dict string) []byte {
		f := pdftest.Simple(1)
		f.Stream(30, dict+" /Filter /FlateDecode", z.String())
		b := f.Bytes(pdftest.XStream)
		return b
	}
	b := string(bomb("/Type /ObjStm /N 1 /First 8"))
	all["object stream bomb"] = []byte(b)
	for i, x := range []string{"/W [1 2147483647 1]", "/W [-1 3 1]", "/W [0 0 0]", "/W [1 3]", "/W [9 9 9]"} {
		all[fmt.Sprintf("W %d", i)] = []byte(strings.Replace(string(pdftest.Simple(1).Bytes(pdftest.XStream)), "/W [1 3 1]", x, 1))
	}
	for i, x := range []string{"/Index [0 2147483647]", "/Index [2147483647 2147483647]", "/Index [-5 10]", "/Columns 2147483647", "/Columns -1", "/Colors 99999"} {
		all[fmt.Sprintf("Index %d", i)] = []byte(strings.Replace(string(pdftest.Simple(1).Bytes(pdftest.XStream)), "/W [1 3 1]", "/W [0 0 0] "+x, 1))
	}
	return all
}

func sparse(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d 1\n0000000000 65535 f \n", i*1600)
	}
	return b.String()
}

// TestHostile: each file gets a verdict for less memory than the limits allow.
func TestHostile(t *testing.T) {
	files := hostile()
	for name, b := range files {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		rep := new(report.Report)
		info, err := new(Checker).Check(context.Background(), bytes.NewReader(b), int64(len(b)), rep)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var d Doc
		if d.Open(context.Background(), bytes.NewReader(b), int64(len(b))) == nil {
			for n := range d.xref.size {
				if n > 100 {
					break
				}
				d.Object(Ref{Num: n})
				d.objStm(n)
			}
			d.Signatures()
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 300<<20 {
			t.Errorf("%s: %d MiB allocated for a file of %d bytes", name, used>>20, len(b))
		}
		if !info.Readable && rep.Valid() {
			t.Errorf("%s: refused without a finding", name)
		}
	}
}

// exhausting are the files that exhaust the referee itself: seconds, or a
// gigabyte.
var exhausting = map[string]bool{"sparse table": true, "sparse table in a long file": true, "the same long comment": true, "streams without end": true}

// TestHostileAgreesWithPdfinfo: even there the verdict is the referee's.
func TestHostileAgreesWithPdfinfo(t *testing.T) {
	referee(t, func(yield func(string, []byte) bool) {
		for name, b := range hostile() {
			if !exhausting[name] {
				yield(name, b)
			}
		}
	})
}

// TestUpdatingAFileThatNumbersFarAhead: the table an update writes for a
// damaged file is as long as what the file holds, not as its numbers are large.
func TestUpdatingAFileThatNumbersFarAhead(t *testing.T) {
	whole := pdftest.Simple(1).Bytes(pdftest.Table)
	in := whole[:bytes.LastIndex(whole, []byte("xref\n0"))]
	in = append(in, "33000000 0 obj\n(far)\nendobj\ntrailer << /Root 1 0 R >>"...)
	ctx := context.Background()
	var d Doc
	if err := d.Open(ctx, bytes.NewReader(in), int64(len(in))); err != nil || !d.Repaired() {
		t.Fatalf("%v, repaired %v", err, d.Repaired())
	}
	var out bytes.Buffer
	u, err := NewUpdate(ctx, &d, &out)
	if err != nil {
		t.Fatal(err)
	}
	e, r, err := added(t, u, &out)
	if out.Len() > len(in)+32<<10 {
		t.Errorf("%d bytes were appended", out.Len()-len(in))
	}
	if err != nil || e.Repaired() {
		t.Fatalf("%v, repaired %v", err, e.Repaired())
	}
	for ref, want := range map[Ref]string{r: "new", {Num: 33_000_000}: "far"} {
		if got := string(e.Object(ref).Bytes()); got != want {
			t.Errorf("object %d is %q", ref.Num, got)
		}
	}
}

// added ends an update with a new object, and opens what was written.
func added(t *testing.T, u *Update, out *bytes.Buffer) (d *Doc, r Ref, err error) {
	t.Helper()
	r = u.New()
	u.Object(r, []byte("(new)"))
	if _, err := u.Close(); err != nil {
		t.Fatal(err)
	}
	d = new(Doc)
	return d, r, d.Open(t.Context(), bytes.NewReader(out.Bytes()), int64(out.Len()))
}

// TestUpdatesThatWouldBeLostAreRefused: before anything is written.
func TestUpdatesThatWouldBeLostAreRefused(t *testing.T) {
	whole := string(pdftest.Simple(1).Bytes(pdftest.Table))
	stream := string(pdftest.Simple(1).Bytes(pdftest.XStream))
	stream = stream[:strings.LastIndex(stream, "startxref")]
	at := strings.LastIndex(stream, " 0 obj")
	begin := strings.LastIndex(stream[:at], "\n") + 1
	far := stream[:begin] + "944444444" + stream[at:] + fmt.Sprintf("startxref\n%d\n%%%%EOF\n", begin)
	for _, c := range []struct {
		name, in string
		rule     *report.Rule
	}{
		{"an object without end", strings.Replace(whole, "/Kids [", "/Kids [ [", 1), RuleXRef},
		{"numbers used up", strings.Replace(whole, "/Size ", "/Size 33554432 /S ", 1), RuleLimit},
		{"a cross-reference stream numbered beyond all", far, nil},
	} {
		var d Doc
		ctx := context.Background()
		if err := d.Open(ctx, strings.NewReader(c.in), int64(len(c.in))); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for range d.Pages() {
		}
		var out bytes.Buffer
		u, err := NewUpdate(ctx, &d, &out)
		if c.rule != nil {
			if e := (*Error)(nil); !errors.As(err, &e) || e.Rule != c.rule || out.Len() > 0 {
				t.Errorf("%s: %v after %d bytes", c.name, err, out.Len())
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, r, err := added(t, u, &out); err != nil || string(e.Object(r).Bytes()) != "new" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
