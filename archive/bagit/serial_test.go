package bagit_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/liasse/liasse/archive/bagit"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

func zipOf(t testing.TB, f files, base string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(f)) {
		w, err := z.Create(base + name)
		if err == nil {
			_, err = io.WriteString(w, f[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarOf(t testing.TB, f files, base string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(f)) {
		h := &tar.Header{Name: base + name, Mode: 0o644, Size: int64(len(f[name]))}
		if target, link := strings.CutPrefix(f[name], "-> "); link {
			h = &tar.Header{Name: base + name, Typeflag: tar.TypeSymlink, Linkname: target}
		}
		err := w.WriteHeader(h)
		if err == nil && h.Size > 0 {
			_, err = io.WriteString(w, f[name])
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

func gzipOf(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// archives gives the bag in each form it can travel in.
func archives(t testing.TB, f files, base string) map[string][]byte {
	plain := tarOf(t, f, base)
	return map[string][]byte{"zip": zipOf(t, f, base), "tar": plain, "tar.gz": gzipOf(t, plain)}
}

func verifyArchive(t testing.TB, data []byte) bagit.Result {
	t.Helper()
	b, err := bagit.OpenArchive(context.Background(), bytes.NewReader(data), int64(len(data)), bagit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.Verify(context.Background(), bagit.VerifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestArchivesAsFolders: a bag has the same findings wherever it lies.
func TestArchivesAsFolders(t *testing.T) {
	manifest := basic("1.0")["manifest-sha512.txt"]
	for name, bag := range map[string]files{
		"valid":        basic("1.0", "bag-info.txt", "Payload-Oxum: 9.2\n"),
		"changed":      basic("1.0", "data/a.txt", "omega"),
		"missing":      basic("1.0", "data/a.txt", "-", "bag-info.txt", "Payload-Oxum: 9.2\n"),
		"extra":        basic("1.0", "data/c.txt", ""),
		"unsafe":       basic("1.0", "manifest-sha512.txt", manifest+sha("")+"  ../x\n"),
		"a draft":      basic("0.97", "manifest-sha512.txt", strings.ReplaceAll(manifest, " data", " ./data")),
		"names":        basic("1.0", "data/aux.txt", "beta", "manifest-sha512.txt", manifest+sha("beta")+"  data/aux.txt\n"),
		"a folder":     basic("1.0", "manifest-sha512.txt", manifest+sha("")+"  data/b\n"),
		"tag manifest": basic("1.0", "tagmanifest-sha512.txt", sha("other")+" manifest-sha512.txt\n"),
		"a bag in it":  basic("1.0", "data/bag/bagit.txt", "x"),
	} {
		want := verify(t, bag.fs())
		for form, data := range archives(t, bag, "versement/") {
			got := verifyArchive(t, data)
			if codes(got.Report) != codes(want.Report) || got.Valid != want.Valid || got.Complete != want.Complete {
				t.Errorf("%s as %s: %q, valid %v; as a folder %q, %v", name, form, codes(got.Report), got.Valid, codes(want.Report), want.Valid)
			}
			in := inspect.NewBytes("v."+form, data)
			r, err := inspect.Run(context.Background(), []inspect.Inspector{bagit.Inspector()}, in, inspect.Options{})
			if err != nil || r.Kind != "bagit" || r.Report.Valid() != want.Valid {
				t.Errorf("%s as %s: inspected as %s, %v", name, form, r.Kind, err)
			}
		}
	}
}

func TestArchiveLayout(t *testing.T) {
	for name, c := range map[string]struct {
		bag   files
		base  string
		codes string
	}{
		"at the top":       {basic("1.0"), "", "bag-serialization"},
		"beneath ./":       {basic("1.0"), "./v/", ""},
		"beside something": {files{"__MACOSX/x": "x"}, "", "bag-serialization"},
	} {
		bag := c.bag
		base := c.base
		if name == "beside something" {
			for n, content := range basic("1.0") {
				bag["v/"+n] = content
			}
		}
		for form, data := range archives(t, bag, base) {
			if got := codes(verifyArchive(t, data).Report); got != c.codes {
				t.Errorf("%s as %s: %q, want %q", name, form, got, c.codes)
			}
		}
	}
	both := files{}
	for n, content := range basic("1.0") {
		both["a/"+n], both["b/"+n] = content, content
	}
	for form, data := range archives(t, both, "") {
		if r := verifyArchive(t, data); codes(r.Report) != "BAG-SERIALIZATION" || r.Valid {
			t.Errorf("two bags as %s: %s", form, codes(r.Report))
		}
	}
	if _, err := bagit.OpenArchive(context.Background(), strings.NewReader("not an archive"), 14, bagit.Options{}); !errors.Is(err, bagit.ErrNotArchive) {
		t.Error(err)
	}
}

func TestHostileArchives(t *testing.T) {
	bag := basic("1.0")
	plain := tarOf(t, bag, "v/")
	packed := zipOf(t, bag, "v/")
	link := maps.Clone(bag)
	link["data/link"] = "-> /etc/passwd"
	climb := maps.Clone(bag)
	climb["../../evil"] = "x"
	bomb := maps.Clone(bag)
	bomb["data/a.txt"] = strings.Repeat("\x00", 20<<20)
	damaged := bytes.Clone(packed)
	i := bytes.Index(damaged, []byte("data/b/beta.txt"))
	damaged[i+len("data/b/beta.txt")+1] ^= 0x55
	encrypted := bytes.Clone(packed)
	for _, mark := range []string{"PK\x03\x04", "PK\x01\x02"} {
		at := bytes.Index(encrypted, []byte(mark)) + 6
		if mark[2] == 1 {
			at += 2
		}
		encrypted[at] |= 1
	}
	for name, c := range map[string]struct {
		data []byte
		rule *report.Rule
	}{
		"zip cut":            {packed[:len(packed)-30], report.CtnFormat},
		"tar cut":            {plain[:1200], report.CtnTruncated},
		"tar.gz cut":         {gzipOf(t, plain)[:200], report.CtnTruncated},
		"zip member damaged": {damaged, report.CtnCRC},
		"zip encrypted":      {encrypted, report.CtnEncrypted},
		"link in a tar":      {tarOf(t, link, "v/"), bagit.RuleNotFile},
		"link in a tar.gz":   {gzipOf(t, tarOf(t, link, "v/")), report.CtnLink},
		"zip that climbs":    {zipOf(t, climb, "v/"), report.CtnPath},
		"tar that climbs":    {tarOf(t, climb, "v/"), report.CtnPath},
		"tar.gz that climbs": {gzipOf(t, tarOf(t, climb, "v/")), report.CtnPath},
		"zip bomb":           {zipOf(t, bomb, "v/"), report.LimRatio},
		"tar.gz bomb":        {gzipOf(t, tarOf(t, bomb, "v/")), report.LimRatio},
		"the same twice":     {append(plain[:len(plain)-1024:len(plain)-1024], plain...), report.CtnDup},
	} {
		if r := verifyArchive(t, c.data); !r.Report.Has(c.rule) || r.Valid {
			t.Errorf("%s: %s", name, codes(r.Report))
		}
	}
}

// failingAt fails beyond an offset, as a disk does.
type failingAt struct {
	io.ReaderAt
	from int64
}

func (f failingAt) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.from {
		return 0, errDisk
	}
	return f.ReaderAt.ReadAt(p, off)
}

func TestAFailingDiskUnderAnArchiveIsNotAVerdict(t *testing.T) {
	for form, data := range archives(t, basic("1.0"), "v/") {
		for _, from := range []int64{0, 600, int64(len(data)) - 10} {
			if from < 0 {
				continue
			}
			_, err := bagit.OpenArchive(context.Background(), failingAt{bytes.NewReader(data), from}, int64(len(data)), bagit.Options{})
			if from < int64(len(data)) && !errors.Is(err, errDisk) {
				t.Errorf("%s failing from %d: %v", form, from, err)
			}
		}
		ctx, cancel := context.WithCancel(context.Background())
		b, err := bagit.OpenArchive(ctx, bytes.NewReader(data), int64(len(data)), bagit.Options{})
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		if _, err := b.Verify(ctx, bagit.VerifyOptions{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s cancelled: %v", form, err)
		}
	}
}

func FuzzArchive(f *testing.F) {
	for _, data := range archives(f, basic("1.0"), "v/") {
		f.Add(data)
	}
	f.Add(zipOf(f, basic("0.97"), ""))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := bagit.OpenArchive(context.Background(), bytes.NewReader(data), int64(len(data)), bagit.Options{Limits: bagit.Limits{Files: 200}})
		if errors.Is(err, bagit.ErrNotArchive) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		r, err := b.Verify(context.Background(), bagit.VerifyOptions{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		if r.Valid && (!r.Report.Valid() || b.Files == 0 && r.Report.Total() == 0) {
			t.Fatal("valid without a reason")
		}
	})
}

// TestADirectoryOfAnyLengthIsNotKept: package zip takes it into memory whole,
// and a bag is looked for in every zip.
func TestADirectoryOfAnyLengthIsNotKept(t *testing.T) {
	f := files{}
	for i := range 5000 {
		f[fmt.Sprintf("data/%d", i)] = ""
	}
	data := zipOf(t, f, "")
	b, err := bagit.OpenArchive(context.Background(), bytes.NewReader(data), int64(len(data)), bagit.Options{Limits: bagit.Limits{Files: 1000}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.Verify(context.Background(), bagit.VerifyOptions{})
	if err != nil || r.Valid || r.Complete || !r.Report.Has(report.LimCount) || b.Files > 0 {
		t.Errorf("%v, %d files, %v", err, b.Files, r.Report.Err())
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := bagit.OpenArchive(ctx, bytes.NewReader(data), int64(len(data)), bagit.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestZipInCodePage: names of old zips are read as the format has them, so that
// they meet those of the manifest.
func TestZipInCodePage(t *testing.T) {
	f := basic("1.0", "data/\x82t\x82.txt", "gamma")
	f["manifest-sha512.txt"] += sha("gamma") + "  data/été.txt\n"
	data := zipOf(t, f, "sac/")
	if r := verifyArchive(t, data); !r.Valid {
		t.Error(r.Report.Err())
	}
}
