package sip

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

// TestNamesSpelledOtherwise: a file whose name differs from the one announced
// by letters only is missing all the same, and told as what it probably is.
func TestNamesSpelledOtherwise(t *testing.T) {
	for _, c := range []struct{ name, uri, entry, why string }{
		{"case", "content/a.pdf", "Content/A.pdf", "case"},
		{"decomposed", "content/été.pdf", "content/e\u0301te\u0301.pdf", "macOS"},
		{"code page of Windows in French", "content/PIÈCE.pdf", "content/PI\xd4CE.pdf", "850"},
		{"no code page", "content/PIÈCE.pdf", "content/PI\xc8CE.pdf", "1252"},
		{"backslash", "content/a.pdf", `content\a.pdf`, `\`},
		{"backslash announced", `content\a.pdf`, "content/a.pdf", `\`},
	} {
		t.Run(c.name, func(t *testing.T) {
			manifest := manifestHead + bdo(c.uri, "SHA-256", abc256) + manifestTail
			r := ask(t, inspect.NewBytes("a", pack(t, [2]string{"manifest.xml", manifest}, [2]string{c.entry, "abc"})), inspect.Options{})
			if r.Verdict() != inspect.Invalid || !r.Report.Has(RuleMissing) || !r.Report.Has(RuleUndeclared) {
				t.Errorf("%s: %v", r.Verdict(), r.Report.Err())
			}
			for f := range r.Report.All() {
				if f.Rule == RuleSpelled && strings.Contains(f.Message("en"), c.why) {
					return
				}
			}
			t.Error("nothing says that the name is spelled otherwise")
		})
	}
	manifest := manifestHead + bdo("content/a.pdf", "SHA-256", abc256) + manifestTail
	r := ask(t, inspect.NewBytes("a", pack(t, [2]string{"manifest.xml", manifest}, [2]string{"content/b.pdf", "abc"})), inspect.Options{})
	if r.Report.Has(RuleSpelled) {
		t.Error("another name is taken for the one announced")
	}
}

// TestGzipAfterItsEnd: zeros pad tapes and blocks, members follow one another,
// and what is neither is told without being taken for a fault of the package.
func TestGzipAfterItsEnd(t *testing.T) {
	list := ours(t)
	data := tarred(t, list)
	whole, half := zipped(t, data), len(data)/2
	want := ask(t, inspect.NewBytes("a", whole), inspect.Options{})
	for _, c := range []struct {
		name  string
		data  []byte
		rules []*report.Rule
	}{
		{"zeros", slices.Concat(whole, make([]byte, 1000)), nil},
		{"two members", slices.Concat(zipped(t, data[:half]), zipped(t, data[half:])), nil},
		{"zeros between members", slices.Concat(zipped(t, data[:half]), make([]byte, 700), zipped(t, data[half:])), nil},
		{"text", slices.Concat(whole, []byte("fin")), []*report.Rule{report.CtnTrailing}},
		{"zeros and text", slices.Concat(whole, make([]byte, 513), []byte("fin")), []*report.Rule{report.CtnTrailing}},
		{"a member cut", slices.Concat(zipped(t, data[:half]), zipped(t, data[half:])[:40]), []*report.Rule{report.CtnTruncated}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := ask(t, inspect.NewBytes("a", c.data), inspect.Options{})
			for _, rule := range c.rules {
				if n := count(r.Report, rule); n != 1 {
					t.Errorf("%s %d times: %v", rule.Code, n, r.Report.Err())
				}
			}
			if slices.Contains(c.rules, report.CtnTruncated) {
				if r.Verdict() != inspect.Invalid {
					t.Error(r.Verdict())
				}
				return
			}
			if r.Verdict() != want.Verdict() || r.Report.Total() != want.Report.Total()+len(c.rules) {
				t.Errorf("%s: %v", r.Verdict(), r.Report.Err())
			}
			for _, f := range want.Summary {
				if v := r.Summary.Get(f.Key); v != f.Value {
					t.Errorf("%s = %v, want %v", f.Key, v, f.Value)
				}
			}
		})
	}
}

func count(r *report.Report, rule *report.Rule) (n int) {
	for f := range r.All() {
		if f.Rule == rule {
			n++
		}
	}
	return n
}

// TestTarWithoutSignature: tars from before POSIX are known by their checksum.
func TestTarWithoutSignature(t *testing.T) {
	data := tarred(t, ours(t))
	for at := 0; at+512 <= len(data); {
		h := data[at : at+512]
		if h[0] == 0 {
			break
		}
		var size int64
		if _, err := fmt.Sscanf(strings.Trim(string(h[124:136]), " \x00"), "%o", &size); err != nil {
			t.Fatal(err)
		}
		clear(h[257:])
		copy(h[148:156], "        ")
		sum := 0
		for _, c := range h {
			sum += int(c)
		}
		copy(h[148:156], fmt.Sprintf("%06o\x00 ", sum))
		at += 512 + int(size+511)/512*512
	}
	if r := ask(t, inspect.NewBytes("a", data), inspect.Options{}); r.Kind != kindVitam || r.Verdict() != inspect.Valid {
		t.Errorf("%s %s: %v", r.Kind, r.Verdict(), r.Report.Err())
	}
	data[0]++
	if form(data) != "" {
		t.Error("a wrong checksum is taken for a tar")
	}
}

// TestLockedManifest: a package whose message is encrypted is one still, and
// told why nothing more can be said.
func TestLockedManifest(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"manifest.xml", "content/a"} {
		w, err := z.CreateRaw(&zip.FileHeader{Name: name, Flags: 1, Method: zip.Store, CompressedSize64: 20, UncompressedSize64: 8})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, "twelve octetsand them"[:20]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, profile := range []string{"", "vitam", "asalae"} {
		r := ask(t, inspect.NewBytes("a", b.Bytes()), inspect.Options{Profile: profile})
		if r.Kind != kindVitam || r.Verdict() != inspect.Invalid || count(r.Report, report.CtnEncrypted) != 2 {
			t.Errorf("%q: %s %s: %v", profile, r.Kind, r.Verdict(), r.Report.Err())
		}
	}
}

// TestZipWithUnicodePath: the name in UTF-8 that some tools write beside the one
// in the code page of their system is the name.
func TestZipWithUnicodePath(t *testing.T) {
	const old, name = "content/PI\xd4CE.pdf", "content/PIÈCE.pdf"
	field := binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, 0x7075), uint16(5+len(name)))
	field = binary.LittleEndian.AppendUint32(append(field, 1), crc32.ChecksumIEEE([]byte(old)))
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range []struct {
		h    zip.FileHeader
		body string
	}{
		{zip.FileHeader{Name: "manifest.xml"}, manifestHead + bdo(name, "SHA-256", abc256) + manifestTail},
		{zip.FileHeader{Name: old, NonUTF8: true, Extra: append(field, name...)}, "abc"},
	} {
		w, err := z.CreateHeader(&f.h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, f.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	r := ask(t, inspect.NewBytes("a", b.Bytes()), inspect.Options{})
	if r.Report.Has(RuleMissing) || r.Report.Has(RuleUndeclared) || !r.Report.Has(RuleNameCode) || r.Summary.Get("bytes") != 3 {
		t.Errorf("%v: %v", r.Summary, r.Report.Err())
	}
}
