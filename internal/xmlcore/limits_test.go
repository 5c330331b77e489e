package xmlcore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/sedatest"
)

// repeat gives a piece again and again up to a number of bytes, between a
// beginning and an end, without holding it.
type repeat struct {
	head, piece, tail string
	left              int64
	pending           string
	read              int64
	state             int
}

func (r *repeat) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if r.pending == "" {
			switch {
			case r.state == 0:
				r.pending, r.state = r.head, 1
			case r.left > 0:
				r.pending = r.piece
				r.left -= int64(len(r.piece))
			case r.state == 1:
				r.pending, r.state = r.tail, 2
			default:
				r.read += int64(n)
				return n, io.EOF
			}
			continue
		}
		m := copy(p[n:], r.pending)
		n += m
		r.pending = r.pending[m:]
	}
	r.read += int64(n)
	return n, nil
}

func limitVerdict(t *testing.T, src io.Reader, lim Limits) (*Reader, string) {
	t.Helper()
	r := NewReader(src, Options{Limits: lim})
	for {
		if _, err := r.Next(); err != nil {
			var bad *Error
			if errors.As(err, &bad) {
				return r, bad.Finding.Rule.Code + " " + bad.Finding.Message(report.EN)
			}
			return r, err.Error()
		}
	}
}

func TestLimitsAreNamed(t *testing.T) {
	attrs := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	var distinct strings.Builder
	for i := range 70000 {
		fmt.Fprintf(&distinct, "<n%d/>", i)
	}
	for name, c := range map[string]struct {
		doc  string
		lim  Limits
		want string
	}{
		"depth":                    {strings.Repeat("<a>", 10000), Limits{}, "LIM-DEPTH Nesting exceeds 256"},
		"depth just below":         {strings.Repeat("<a>", 256) + strings.Repeat("</a>", 256), Limits{}, "EOF"},
		"depth set":                {"<a><b><c/></b></a>", Limits{Depth: 2}, "LIM-DEPTH Nesting exceeds 2"},
		"attributes":               {"<a" + attrs(257, " a%d=''") + "/>", Limits{}, "LIM-COUNT The number of attributes exceeds the limit of 256"},
		"attributes just below":    {"<a" + attrs(256, " a%d=''") + "/>", Limits{}, "EOF"},
		"element name":             {"<" + strings.Repeat("a", 1025) + "/>", Limits{}, "LIM-BYTES The content exceeds the limit of 1024 bytes (name)"},
		"element name just below":  {"<" + strings.Repeat("a", 1024) + "/>", Limits{}, "EOF"},
		"element name endless":     {"<" + strings.Repeat("a", 1<<20), Limits{}, "LIM-BYTES The content exceeds the limit of 1024 bytes (name)"},
		"attribute name":           {"<a " + strings.Repeat("a", 100000) + "=''/>", Limits{}, "LIM-BYTES The content exceeds the limit of 1024 bytes (name)"},
		"end tag name":             {"<a></" + strings.Repeat("a", 100000), Limits{}, "LIM-BYTES The content exceeds the limit of 1024 bytes (name)"},
		"end tag blanks":           {"<a></a" + strings.Repeat(" ", 1<<20) + ">", Limits{}, "LIM-BYTES The content exceeds the limit of 65536 bytes (tag)"},
		"target":                   {"<?" + strings.Repeat("a", 100000) + "?><a/>", Limits{}, "LIM-BYTES The content exceeds the limit of 1024 bytes (name)"},
		"entity name":              {"<a>&" + strings.Repeat("a", 100000) + ";</a>", Limits{}, "LIM-BYTES The content exceeds the limit of 1024 bytes (reference)"},
		"character reference":      {"<a>&#" + strings.Repeat("0", 100000) + "65;</a>", Limits{}, "LIM-BYTES The content exceeds the limit of 1024 bytes (reference)"},
		"attribute value":          {"<a x='" + strings.Repeat("é", 600000) + "'/>", Limits{}, "LIM-BYTES The content exceeds the limit of 1048576 bytes (attribute value)"},
		"attribute value fits":     {"<a x='" + strings.Repeat("&#9;\n", 200000) + "'/>", Limits{}, "EOF"},
		"start tag blanks":         {"<a " + strings.Repeat(" ", 5<<20) + "/>", Limits{}, "LIM-BYTES The content exceeds the limit of 4194304 bytes (tag)"},
		"namespaces":               {strings.Repeat("<a"+attrs(100, " xmlns:p%d='u'")+">", 3), Limits{}, "LIM-COUNT The number of namespaces exceeds the limit of 256"},
		"namespaces out of scope":  {"<a>" + strings.Repeat("<a"+attrs(100, " xmlns:p%d='u'")+"/>", 30) + "</a>", Limits{}, "EOF"},
		"bytes":                    {"<a>12345</a>", Limits{Bytes: 11}, "LIM-BYTES The content exceeds the limit of 11 bytes (XML document)"},
		"bytes exactly":            {"<a>12345</a>", Limits{Bytes: 12}, "EOF"},
		"distinct names":           {"<a>" + distinct.String() + "</a>", Limits{}, "LIM-BYTES The content exceeds the limit of 16777216 bytes (different names)"},
		"declaration without end":  {"<?xml version='1.0'" + strings.Repeat(" ", 1<<20), Limits{}, "XML-DECL"},
		"instruction with blanks":  {"<?p " + strings.Repeat(" ", 1<<20) + "?><a/>", Limits{}, "EOF"},
		"blanks around the root":   {strings.Repeat(" ", 1<<20) + "<a/>" + strings.Repeat("\n", 1<<20), Limits{}, "EOF"},
		"text of brackets":         {"<a>" + strings.Repeat("]", 1<<20) + "</a>", Limits{}, "EOF"},
		"text of references":       {"<a>" + strings.Repeat("&#x41;", 1<<18) + "</a>", Limits{}, "EOF"},
		"large reference, small w": {"<a>" + strings.Repeat("&#"+strings.Repeat("0", 80000)+"65;", 3) + "</a>", Limits{NameLen: 1 << 20}, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, got := limitVerdict(t, strings.NewReader(c.doc), c.lim); !strings.HasPrefix(got, c.want) {
				t.Errorf("got %.200q, want %q", got, c.want)
			}
		})
	}
}

// However large the text, comment, instruction or CDATA section, memory does
// not grow and no byte is lost.
func TestHugeConstructsPassInPieces(t *testing.T) {
	const size = 24 << 20
	for name, c := range map[string]struct {
		head, piece, tail string
		perPiece          int
	}{
		"text":        {"<a>", "0123456789abcdé", "</a>", 16},
		"CR LF":       {"<a>", "0123456789\r\n", "</a>", 11},
		"references":  {"<a>", "0&amp;1", "</a>", 3},
		"brackets":    {"<a>", "]] >", "</a>", 4},
		"comment":     {"<a><!--", "0 -\r\n- ", "--></a>", 6},
		"instruction": {"<a><?p ", "0?? ?\r", "?></a>", 6},
		"CDATA":       {"<a><![CDATA[", "]] > ]", "]]></a>", 6},
		"Latin-1":     {"<?xml version='1.0' encoding='ISO-8859-1'?><a>", "\xe9\xe9\xe9\r\n", "</a>", 7},
	} {
		t.Run(name, func(t *testing.T) {
			src := &repeat{head: c.head, piece: c.piece, tail: c.tail, left: size}
			r := NewReader(src, Options{})
			chars, most := 0, 0
			for {
				k, err := r.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if k == Text || k == Comment || k == ProcInst {
					chars += len(r.Text())
					most = max(most, len(r.Text()))
				}
			}
			pieces := (size + len(c.piece) - 1) / len(c.piece)
			if want := pieces * c.perPiece; chars != want {
				t.Errorf("%d bytes of characters, want %d", chars, want)
			}
			if most > windowSize || len(r.buf) > windowSize {
				t.Errorf("piece of %d, window of %d", most, len(r.buf))
			}
		})
	}
}

func TestAttributeOfAGigabyteStopsAtTheLimit(t *testing.T) {
	src := &repeat{head: "<a x='", piece: strings.Repeat("x", 4096), left: 1 << 30}
	r, got := limitVerdict(t, src, Limits{})
	if !strings.HasPrefix(got, "LIM-BYTES") {
		t.Errorf("got %s", got)
	}
	if src.read > 8<<20 || len(r.buf) > 8<<20 {
		t.Errorf("%d bytes were read, window of %d", src.read, len(r.buf))
	}
}

// The whole cost of reading a hundred megabytes is a few windows.
func TestReadingAManifestTakesLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 100 MB")
	}
	unit := sedatest.Transfer(1 << 20 / sedatest.UnitSize)
	open := bytes.IndexByte(unit[bytes.Index(unit, []byte("<DescriptiveMetadata>")):], '\n')
	body := string(unit[bytes.Index(unit, []byte("<DescriptiveMetadata>"))+open : bytes.Index(unit, []byte("</DescriptiveMetadata>"))])
	src := &repeat{head: "<a>", piece: body, tail: "</a>", left: 100 << 20}
	r := NewReader(src, Options{})
	var before, m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	most := uint64(0)
	for n := 0; ; n++ {
		if _, err := r.Next(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if n%1000000 == 0 {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}
	if most > before.HeapAlloc+8<<20 {
		t.Errorf("the heap grew by %d bytes", most-before.HeapAlloc)
	}
}

func TestNoAllocationPerEvent(t *testing.T) {
	for name, piece := range map[string]string{
		"plain":      "<b>texte</b>\n",
		"attributes": "<b x='1' p:y='a&amp;b'>l'été\r\n</b><c/>",
		"namespaces": "<b xmlns='v' xmlns:q='w' q:x='1'><q:c/></b>",
		"others":     "<!-- c --><?p d?><![CDATA[x\r\n]]>&#233;",
	} {
		t.Run(name, func(t *testing.T) {
			r := NewReader(&repeat{head: "<a xmlns='u' xmlns:p='p'>", piece: piece, left: 1 << 40}, Options{})
			step := func() {
				if _, err := r.Next(); err != nil {
					t.Fatal(err)
				}
			}
			for range 1000 {
				step()
			}
			if n := testing.AllocsPerRun(20000, step); n != 0 {
				t.Errorf("%v allocations per event", n)
			}
		})
	}
}

// A document that makes every lookup as bad as can be is still read in linear
// time: many names, deep namespaces, redeclared all the time.
func BenchmarkHostile(b *testing.B) {
	var names, redeclared strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&names, "<aaaaaaaa%dzzzzzzzz/>", i)
		fmt.Fprintf(&redeclared, "<p:a xmlns:p='u%d' p:x=''/>", i%100)
	}
	for name, doc := range map[string]string{
		"names": "<a>" + strings.Repeat(names.String(), 10) + "</a>", "redeclared": "<a>" + redeclared.String() + "</a>",
		"brackets": "<a>" + strings.Repeat("]", 1<<20) + "</a>", "amps": "<a>" + strings.Repeat("&amp;", 1<<18) + "</a>",
		"long tags": "<a>" + strings.Repeat("<b"+strings.Repeat(" ", 60000)+"/>", 50) + "</a>",
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			for b.Loop() {
				readAll(b, NewReader(strings.NewReader(doc), Options{}))
			}
		})
	}
}

func TestRunStopsOnContextAndSinkErrors(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	cause := errors.New("the user left")
	var n int
	err := Run(ctx, NewReader(&repeat{head: "<a>", piece: "<b/>", left: 1 << 40}, Options{}), sinkFunc(func(r *Reader, k Kind) error {
		if n++; n == 5000 {
			cancel(cause)
		}
		return nil
	}))
	if !errors.Is(err, cause) || n > 30000 {
		t.Errorf("err = %v after %d events", err, n)
	}
	ctx, cancel = context.WithCancelCause(context.Background())
	blanks := &repeat{head: " ", piece: strings.Repeat(" ", 4096), left: 1 << 40}
	err = Run(ctx, NewReader(readerFunc(func(p []byte) (int, error) {
		if blanks.read > 1<<20 {
			cancel(cause)
		}
		return blanks.Read(p)
	}), Options{}))
	if !errors.Is(err, cause) || blanks.read > 2<<20 {
		t.Errorf("err = %v after %d blanks", err, blanks.read)
	}
	boom := errors.New("boom")
	err = Run(context.Background(), NewReader(strings.NewReader("<a/>"), Options{}), sinkFunc(func(*Reader, Kind) error { return boom }))
	if err != boom {
		t.Errorf("err = %v", err)
	}
	kinds := ""
	err = Run(context.Background(), NewReader(strings.NewReader("<a>x</a>"), Options{}),
		sinkFunc(func(_ *Reader, k Kind) error { kinds += k.String() + " "; return nil }),
		sinkFunc(func(r *Reader, k Kind) error { kinds += fmt.Sprint(r.Depth()) + " "; return nil }))
	if want := "StartElement 1 Text 1 EndElement 1 "; err != nil || kinds != want {
		t.Errorf("err = %v, events %q", err, kinds)
	}
}

type sinkFunc func(*Reader, Kind) error

func (f sinkFunc) Event(r *Reader, k Kind) error { return f(r, k) }

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
