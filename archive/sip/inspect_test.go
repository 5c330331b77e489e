package sip

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/preflight"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

// ours are the entries of a package of ours, the manifest first.
func ours(t testing.TB) [][2]string {
	t.Helper()
	docs, contents := act()
	data, _ := write(t, build(t, docs, contents), Options{})
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out [][2]string
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, [2]string{f.Name, string(b)})
	}
	return out
}

// swap replaces a text of the manifest.
func swap(t testing.TB, list [][2]string, old, with string) {
	t.Helper()
	if !strings.Contains(list[0][1], old) {
		t.Fatalf("the manifest does not hold %s", old)
	}
	list[0][1] = strings.Replace(list[0][1], old, with, 1)
}

func ask(t testing.TB, in *inspect.Input, opt inspect.Options) *inspect.Result {
	t.Helper()
	if !Inspector().Detect(context.Background(), in) {
		t.Fatal("not recognised")
	}
	r, err := Inspector().Inspect(context.Background(), in, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func tarred(t testing.TB, list [][2]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range list {
		if err := errors.Join(w.WriteHeader(&tar.Header{Name: f[0], Size: int64(len(f[1])), Mode: 0o644, Typeflag: tar.TypeReg})); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, f[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipped(t testing.TB, data []byte) []byte {
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

func folder(list [][2]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, f := range list {
		fsys[f[0]] = &fstest.MapFile{Data: []byte(f[1])}
	}
	return fsys
}

// TestEveryContainer: the same package in each of the containers platforms
// take, and as a folder, is of the same kind with the same facts.
func TestEveryContainer(t *testing.T) {
	list := ours(t)
	want := ask(t, inspect.NewBytes("a", pack(t, list...)), inspect.Options{Profile: "vitam"})
	if want.Kind != kindVitam || want.Verdict() != inspect.Valid || !want.Report.Has(preflight.RuleNothingAgainst) {
		t.Fatalf("%s %s: %v", want.Kind, want.Verdict(), want.Report.Err())
	}
	size := 0
	for _, f := range list[1:] {
		size += len(f[1])
	}
	if got := want.Summary.Get("bytes"); got != size {
		t.Errorf("bytes %v, want %d", got, size)
	}
	for name, in := range map[string]*inspect.Input{
		"tar":    inspect.NewBytes("a", tarred(t, list)),
		"tar.gz": inspect.NewBytes("a", zipped(t, tarred(t, list))),
		"folder": inspect.NewDir("a", folder(list)),
	} {
		got := ask(t, in, inspect.Options{Profile: "vitam"})
		if got.Kind != want.Kind || got.Verdict() != want.Verdict() || got.Report.Total() != want.Report.Total() {
			t.Errorf("%s: %s %s: %v", name, got.Kind, got.Verdict(), got.Report.Err())
		}
		for _, f := range want.Summary {
			if v := got.Summary.Get(f.Key); v != f.Value {
				t.Errorf("%s: %s = %v, want %v", name, f.Key, v, f.Value)
			}
		}
	}
}

// bad are packages with one fault each: what is changed, whether the package is
// then invalid for the standard, the rule, and what Vitam answers.
var bad = []struct {
	name    string
	change  func(t testing.TB, list [][2]string) [][2]string
	invalid bool
	rule    *report.Rule
	code    string
}{
	{"manifest under another name", func(_ testing.TB, l [][2]string) [][2]string { l[0][0] = "$_manifest.xml"; return l }, false, RuleManifestName, vitamManifestName.Code},
	{"names that begin with a dot", func(_ testing.TB, l [][2]string) [][2]string {
		for i := range l {
			l[i][0] = "./" + l[i][0]
		}
		return l
	}, false, report.CtnDotSlash, vitamManifestName.Code},
	{"package in a folder", func(_ testing.TB, l [][2]string) [][2]string {
		for i := range l {
			l[i][0] = "versement/" + l[i][0]
		}
		return l
	}, false, RuleManifestName, vitamManifestName.Code},
	{"forbidden name", func(t testing.TB, l [][2]string) [][2]string {
		swap(t, l, l[1][0], "content/a+b.pdf")
		l[1][0] = "content/a+b.pdf"
		return l
	}, false, RuleEntryName, vitamUpload.Code},
	{"slip", func(_ testing.TB, l [][2]string) [][2]string { return append(l, [2]string{"../../evil", "x"}) }, true, report.CtnPath, vitamUpload.Code},
	{"file at the root", func(_ testing.TB, l [][2]string) [][2]string { return append(l, [2]string{"readme.txt", "x"}) }, true, RuleRootFile, vitamRoot.Code},
	{"other folder", func(_ testing.TB, l [][2]string) [][2]string { return append(l, [2]string{"annexes/a.txt", "x"}) }, true, RuleFolder, vitamFolder.Code},
	{"not XML", func(_ testing.TB, l [][2]string) [][2]string { l[0][1] = l[0][1][:len(l[0][1])/2]; return l }, true, report.XMLTruncated, "CHECK_SEDA.NOT_XML_FILE.KO"},
	{"missing file", func(_ testing.TB, l [][2]string) [][2]string { return l[:len(l)-1] }, true, RuleMissing, vitamSuperior.Code},
	{"undeclared file", func(_ testing.TB, l [][2]string) [][2]string { return append(l, [2]string{"content/more.txt", "x"}) }, true, RuleUndeclared, vitamInferior.Code},
	{"file under another name", func(_ testing.TB, l [][2]string) [][2]string { l[1][0] = "content/other"; return l }, true, RuleMissing, vitamURI.Code},
	{"file changed", func(_ testing.TB, l [][2]string) [][2]string { l[1][1] += "x"; return l }, true, report.DigMismatch, vitamDigest.Code},
	{"wrong size", func(t testing.TB, l [][2]string) [][2]string { swap(t, l, "<Size>", "<Size>1"); return l }, true, report.DigSize, vitamSize.Code},
	{"digest in capitals", func(t testing.TB, l [][2]string) [][2]string {
		at := strings.Index(l[0][1], `algorithm="SHA-512">`) + len(`algorithm="SHA-512">`)
		l[0][1] = l[0][1][:at] + strings.ToUpper(l[0][1][at:at+128]) + l[0][1][at+128:]
		return l
	}, false, RuleDigestCase, vitamDigest.Code},
	{"the same entry twice", func(_ testing.TB, l [][2]string) [][2]string { return append(l, [2]string{l[1][0], "x"}) }, true, report.CtnDup, vitamDigest.Code},
	{"circle", func(t testing.TB, l [][2]string) [][2]string {
		at := strings.Index(l[0][1], `<ArchiveUnit id="`) + len(`<ArchiveUnit id="`)
		id, _, _ := strings.Cut(l[0][1][at:], `"`)
		end := strings.LastIndex(l[0][1], "</ArchiveUnit>")
		l[0][1] = l[0][1][:end] + `<ArchiveUnit id="circle"><ArchiveUnitRefId>` + id + `</ArchiveUnitRefId></ArchiveUnit>` + l[0][1][end:]
		return l
	}, false, archive.RuleCycle, "CHECK_DATAOBJECTPACKAGE.CHECK_MANIFEST.CHECK_MANIFEST_LOOP.KO"},
}

func TestFaultsOfPackages(t *testing.T) {
	for _, c := range bad {
		t.Run(c.name, func(t *testing.T) {
			list := c.change(t, ours(t))
			for form, in := range map[string]*inspect.Input{"zip": inspect.NewBytes("a", pack(t, list...)), "tar.gz": inspect.NewBytes("a", zipped(t, tarred(t, list)))} {
				r := ask(t, in, inspect.Options{Profile: "vitam"})
				if !r.Report.Has(c.rule) || r.Kind != kindVitam {
					t.Errorf("%s: %s, no %s: %v", form, r.Kind, c.rule.Code, r.Report.Err())
				}
				if got := r.Summary.Get("vitam.code"); got != c.code {
					t.Errorf("%s: answers %v, want %s", form, got, c.code)
				}
				if got := r.Verdict() == inspect.Invalid; got == strings.HasSuffix(c.code, ".WARNING") {
					t.Errorf("%s: vitam: %s", form, r.Verdict())
				}
				if r := ask(t, in, inspect.Options{}); (r.Verdict() == inspect.Invalid) != c.invalid {
					t.Errorf("%s: standard: %s: %v", form, r.Verdict(), r.Report.Err())
				}
			}
		})
	}
}

// TestAllFaultsAtOnce: the platform stops at the first; we do not.
func TestAllFaultsAtOnce(t *testing.T) {
	list := ours(t)
	swap(t, list, "<Size>", "<Size>1")
	list[1][1] += "x"
	list = append(list[:len(list)-1], [2]string{"content/more.txt", "x"}, [2]string{"../evil", "x"}, [2]string{"content/é", "x"}, [2]string{"notes.txt", "x"})
	r := ask(t, inspect.NewBytes("a", pack(t, list...)), inspect.Options{Profile: "vitam"})
	for _, rule := range []*report.Rule{report.DigSize, report.DigMismatch, RuleMissing, RuleUndeclared, report.CtnPath, RuleEntryName, RuleRootFile, RuleFolder} {
		if !r.Report.Has(rule) {
			t.Errorf("%s is not told", rule.Code)
		}
	}
	if got := r.Summary.Get("vitam.code"); got != vitamUpload.Code {
		t.Errorf("answers %v", got)
	}
	for f := range r.Report.All() {
		if f.Rule == report.DigMismatch && (f.Where.Member != "manifest.xml" || f.Where.Line == 0) {
			t.Errorf("a wrong digest is not located: %v", f.Where)
		}
	}
}

func TestBombsAndBrokenZips(t *testing.T) {
	list := ours(t)
	good := pack(t, list...)
	cut64 := func() []byte { // a package with zip64 records, cut in them
		var b bytes.Buffer
		z := newZip(&b, sent)
		z.max32, z.max16 = 1, 1
		for _, f := range list {
			e := zipEntry{name: f[0], method: store, size: int64(len(f[1])), compressed: int64(len(f[1]))}
			if err := z.begin(e); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(z, f[1]); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()[:b.Len()-60]
	}()
	overlap := bytes.Clone(good) // the second entry of the directory lies over the first
	at := bytes.LastIndex(overlap, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(overlap[at+42:], 0)
	for name, c := range map[string]struct {
		data []byte
		rule *report.Rule
	}{
		"bomb":                         {pack(t, list[0], [2]string{list[1][0], strings.Repeat("\x00", 80<<20)}), report.LimRatio},
		"truncated zip64":              {cut64, report.CtnFormat},
		"truncated":                    {good[:len(good)-30], report.CtnFormat},
		"overlapping entries":          {overlap, report.CtnFormat},
		"truncated tar.gz":             {zipped(t, tarred(t, list)[:3000]), report.CtnTruncated},
		"manifest that fails its sum":  {flipped(t, list, 0), report.CtnCRC},
		"content that fails its sum":   {flipped(t, list, 1), report.CtnCRC},
		"tar.gz whose checksum is bad": {spoiled(zipped(t, tarred(t, list))), report.CtnFormat},
	} {
		r := ask(t, inspect.NewBytes("a", c.data), inspect.Options{Profile: "vitam"})
		if r.Verdict() != inspect.Invalid || !r.Report.Has(c.rule) {
			t.Errorf("%s: %s, no %s: %v", name, r.Verdict(), c.rule.Code, r.Report.Err())
		}
		if r := ask(t, inspect.NewBytes("a", c.data), inspect.Options{}); r.Verdict() == inspect.Valid || !r.Report.Has(c.rule) {
			t.Errorf("%s: standard: %s: %v", name, r.Verdict(), r.Report.Err())
		}
	}
}

// flipped makes a zip whose nth entry is stored with one byte changed.
func flipped(t testing.TB, list [][2]string, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, f := range list {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f[0], Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		text := f[1]
		if i == n {
			text = strings.Repeat(" ", len(text)-8) + "\n  mark "
			if i == 0 {
				text = f[1] + "mark "
			}
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.Replace(b.Bytes(), []byte("mark "), []byte("    \n"), 1)
}

// spoiled changes the checksum at the end of a gzip.
func spoiled(data []byte) []byte {
	data[len(data)-8] ^= 1
	return data
}

func TestEmptyZip(t *testing.T) {
	in := inspect.NewBytes("a", pack(t))
	if r := ask(t, in, inspect.Options{}); r.Verdict() != inspect.Unknown {
		t.Errorf("standard: %s", r.Verdict())
	}
	r := ask(t, in, inspect.Options{Profile: "vitam"})
	if r.Verdict() != inspect.Invalid || r.Summary.Get("vitam.code") != vitamManifestName.Code {
		t.Errorf("vitam: %s %v", r.Verdict(), r.Summary)
	}
}

// TestManifestByItsNameAlone: what bears the name is read as the message by
// Vitam, whatever it holds; nobody else is asked.
func TestManifestByItsNameAlone(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		code any
	}{
		"text":           {"bonjour", "CHECK_SEDA.NOT_XML_FILE.KO"},
		"nothing":        {"", "CHECK_SEDA.NOT_XML_FILE.KO"},
		"other document": {"<a/>", "CHECK_SEDA.KO"},
	} {
		in := inspect.NewBytes("a", pack(t, [2]string{"lot_manifest.xml", c.text}))
		if Inspector().Detect(context.Background(), in) {
			t.Errorf("%s: taken for a package", name)
		}
		r, err := Inspector().Inspect(context.Background(), in, inspect.Options{Profile: "vitam"})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Summary.Get("vitam.code"); r.Kind != kindVitam || r.Verdict() != inspect.Invalid || got != c.code {
			t.Errorf("%s: %s %s %v, want %v", name, r.Kind, r.Verdict(), got, c.code)
		}
		if r, err := Inspector().Inspect(context.Background(), in, inspect.Options{}); err != nil || r.Verdict() != inspect.Unknown {
			t.Errorf("%s: %s, %v", name, r.Verdict(), err)
		}
	}
}

// TestMessageLast: a tar whose message comes after large files is known by their
// folder.
func TestMessageLast(t *testing.T) {
	list := ours(t)
	list = append(list[1:len(list):len(list)], [2]string{"content/large", strings.Repeat("large", 2<<20)}, list[0])
	if r := ask(t, inspect.NewBytes("a", tarred(t, list)), inspect.Options{}); r.Kind != kindVitam || !r.Report.Has(RuleUndeclared) || r.Summary.Get("units") == nil {
		t.Errorf("%s: %v", r.Kind, r.Report.Err())
	}
}

// TestNoContainer: who asks of any file whether Vitam takes it gets an answer.
func TestNoContainer(t *testing.T) {
	for profile, want := range map[string]inspect.Verdict{"": inspect.Unknown, "vitam": inspect.Invalid} {
		r, err := Inspector().Inspect(context.Background(), inspect.NewBytes("a.7z", []byte("7z\xbc\xaf")), inspect.Options{Profile: profile})
		if err != nil || r.Verdict() != want || !r.Report.Has(report.CtnFormat) {
			t.Errorf("%q: %v, %v", profile, r.Verdict(), err)
		}
		if code := r.Summary.Get("vitam.code"); profile == "vitam" && code != vitamContainer.Code {
			t.Errorf("answers %v", code)
		}
	}
}

// asalae is a transfer in SEDA 1.0 and the files it names.
var asalae = [][2]string{{"bordereau.xml", `<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v1.0">
<Date>2024-06-28T10:00:00Z</Date><TransferIdentifier>T1</TransferIdentifier>
<ArchivalAgency><Identification>A</Identification></ArchivalAgency><TransferringAgency><Identification>B</Identification></TransferringAgency>
<Archive><ArchivalAgreement>C</ArchivalAgreement><DescriptionLanguage>fra</DescriptionLanguage><Name>Acte</Name>
<ContentDescription><DescriptionLevel>file</DescriptionLevel><Language>fra</Language></ContentDescription>
<AccessRestrictionRule><Code>AR038</Code><StartDate>2024-06-28</StartDate></AccessRestrictionRule>
<Document><Attachment filename="pièces/acte 1.txt"/><Integrity algorithme="http://www.w3.org/2001/04/xmlenc#sha256">` + abc256 + `</Integrity><Type>CDO</Type></Document>
</Archive></ArchiveTransfer>`}, {"pièces/acte 1.txt", "abc"}}

func TestAsalae(t *testing.T) {
	files := asalae[1:]
	changed := [][2]string{{files[0][0], "abd"}}
	topped := [][2]string{{"lot/" + files[0][0], "abc"}}
	inner := string(pack(t, files...))
	sum := sha256.Sum256([]byte(inner))
	onlyZip := [2]string{asalae[0][0], strings.NewReplacer(files[0][0], "f.zip", abc256, hex.EncodeToString(sum[:])).Replace(asalae[0][1])}
	for name, c := range map[string]struct {
		in   *inspect.Input
		code any
	}{
		"one zip":                         {inspect.NewBytes("a", pack(t, asalae...)), nil},
		"one tar.gz":                      {inspect.NewBytes("a", zipped(t, tarred(t, asalae))), nil},
		"folder of files":                 {inspect.NewDir("a", folder(asalae)), nil},
		"message beside a tar.gz":         {inspect.NewDir("a", folder([][2]string{asalae[0], {"pj.tar.gz", string(zipped(t, tarred(t, files)))}})), nil},
		"message beside a tar.gz, folder": {inspect.NewDir("a", folder([][2]string{asalae[0], {"pj.tar.gz", string(zipped(t, tarred(t, topped)))}})), nil},
		"message beside a zip, in a zip":  {inspect.NewBytes("a", pack(t, asalae[0], [2]string{"pj.zip", string(pack(t, files...))})), nil},
		"message beside a tgz, in a zip":  {inspect.NewBytes("a", pack(t, asalae[0], [2]string{"pj.tar.gz", string(zipped(t, tarred(t, topped)))})), nil},
		"message beside a zip, in a tgz":  {inspect.NewBytes("a", zipped(t, tarred(t, [][2]string{asalae[0], {"pj.zip", string(pack(t, files...))}}))), nil},
		"all in one folder":               {inspect.NewBytes("a", pack(t, [2]string{"lot/" + asalae[0][0], asalae[0][1]}, topped[0])), nil},
		"file named with its folder":      {inspect.NewBytes("a", pack(t, [2]string{asalae[0][0], strings.ReplaceAll(asalae[0][1], `filename="`, `filename="./`)}, files[0])), nil},
		"object that is an archive":       {inspect.NewBytes("a", pack(t, onlyZip, [2]string{"f.zip", inner})), nil},
		"the same in a folder":            {inspect.NewDir("a", folder([][2]string{onlyZip, {"f.zip", inner}})), nil},
		"file missing in a zip in a zip":  {inspect.NewBytes("a", pack(t, asalae[0], [2]string{"pj.zip", string(pack(t, [2]string{"x", ""}))})), asalaeMissing.Code},
		"missing file":                    {inspect.NewBytes("a", pack(t, asalae[0], [2]string{"other.txt", "x"})), asalaeMissing.Code},
		"changed file":                    {inspect.NewBytes("a", pack(t, append(asalae[:1:1], changed...)...)), asalaeDigest.Code},
		"changed file in a tar.gz": {inspect.NewDir("a", folder([][2]string{asalae[0], {"pj.tar.gz", string(zipped(t, tarred(t, changed)))}})),
			asalaeDigest.Code},
	} {
		for _, spool := range []func() (inspect.Spool, error){nil, func() (inspect.Spool, error) { return &room{}, nil }} {
			r := ask(t, c.in, inspect.Options{Profile: "asalae", Spool: spool})
			if r.Kind != kindAsalae || r.Version != "1.0" || (r.Verdict() == inspect.Valid) != (c.code == nil) || r.Summary.Get("asalae.code") != c.code {
				t.Errorf("%s: %s %s %s %v: %v", name, r.Kind, r.Version, r.Verdict(), r.Summary.Get("asalae.code"), r.Report.Err())
			}
			if r.Summary.Get("units") != 1 || r.Summary.Get("objects") != 1 || r.Summary.Get("messageIdentifier") != "T1" {
				t.Errorf("%s: %v", name, r.Summary)
			}
		}
	}
	full := errors.New("no room")
	if _, err := Inspector().Inspect(context.Background(), inspect.NewBytes("a", pack(t, asalae[0], [2]string{"pj.zip", inner})),
		inspect.Options{Spool: func() (inspect.Spool, error) { return &room{err: full}, nil }}); !errors.Is(err, full) {
		t.Errorf("a full disk is taken for a fault of the archive: %v", err)
	}
}

// room is what is copied out of an archive.
type room struct {
	bytes.Buffer
	err error
}

func (r *room) Write(b []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	return r.Buffer.Write(b)
}

func (r *room) ReadAt(b []byte, off int64) (int, error) {
	return bytes.NewReader(r.Bytes()).ReadAt(b, off)
}

func (r *room) Close() error { return nil }

// TestProfiles: the message of a package follows the profile given, or not.
func TestProfiles(t *testing.T) {
	grammar := func(comment string) fstest.MapFS {
		return folder([][2]string{{"p.rng", `<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start><element><anyName/><ref name="any"/></element></start>
<define name="any"><zeroOrMore><choice><attribute><anyName/></attribute><text/><element><anyName>` + comment + `</anyName><ref name="any"/></element></choice></zeroOrMore></define></grammar>`}})
	}
	in := inspect.NewBytes("a", pack(t, ours(t)...))
	free := inspect.Options{Profile: "vitam", RNG: grammar(""), RNGName: "p.rng"}
	if r := ask(t, in, free); r.Verdict() != inspect.Valid {
		t.Errorf("a profile that asks for nothing: %v", r.Report.Err())
	}
	free.RNG = grammar(`<except><name ns="fr:gouv:culture:archivesdefrance:seda:v2.1">ArchivalAgreement</name></except>`)
	r := ask(t, in, free)
	if got := r.Summary.Get("vitam.code"); r.Verdict() != inspect.Invalid || got != "CHECK_HEADER.CHECK_ARCHIVEPROFILE.KO" || r.Summary.Get("profile.firstLine") == nil {
		t.Errorf("a profile without agreement: %s %v", r.Verdict(), r.Summary)
	}
	free.RNG = folder([][2]string{{"p.rng", "<a/>"}})
	if _, err := Inspector().Inspect(context.Background(), in, free); err == nil {
		t.Error("a profile of no use is no error")
	}
}

func TestWhatIsNoPackage(t *testing.T) {
	for name, in := range map[string]*inspect.Input{
		"zip of other things": inspect.NewBytes("a", pack(t, [2]string{"word/document.xml", "<a/>"}, [2]string{"AndroidManifest.xml", "x"})),
		"text":                inspect.NewBytes("a", []byte("bonjour")),
		"empty":               inspect.NewBytes("a", nil),
		"tar of other things": inspect.NewBytes("a", tarred(t, [][2]string{{"a.xml", "<a/>"}})),
		"cut zip of another":  inspect.NewBytes("a", pack(t, [2]string{"word/document.xml", "<a/>"})[:40]),
		"folder of messages":  inspect.NewDir("a", folder([][2]string{{"a.xml", asalae[0][1]}, {"b.xml", asalae[0][1]}})),
		"folder of one":       inspect.NewDir("a", folder([][2]string{{"a.xml", asalae[0][1]}})),
	} {
		if Inspector().Detect(context.Background(), in) {
			t.Errorf("%s is taken for a package", name)
		}
	}
}

func TestInspectionTellsTheDiskFromTheArchive(t *testing.T) {
	data := pack(t, ours(t)...)
	for from := int64(0); from < int64(len(data)); from += 500 {
		in := &inspect.Input{Name: "a", Data: diskAt{bytes.NewReader(data), from}, Size: int64(len(data)), Head: data[:min(len(data), 1000)]}
		if _, err := Inspector().Inspect(context.Background(), in, inspect.Options{}); !errors.Is(err, errBroken) {
			t.Errorf("disk broken at %d: %v", from, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Inspector().Inspect(ctx, inspect.NewBytes("a", data), inspect.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestInspectionIsConstantInSizes: memory does not grow with the files.
func TestInspectionIsConstantInSizes(t *testing.T) {
	measure := func(size int) uint64 {
		list := ours(t)
		list[1][1] = strings.Repeat("abcdefgh", size/8)
		in := inspect.NewBytes("a", pack(t, list...))
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		ask(t, in, inspect.Options{})
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	small, large := measure(1<<10), measure(16<<20)
	if large > small+2<<20 {
		t.Errorf("%d bytes allocated for 1 KiB, %d for 16 MiB", small, large)
	}
}

func FuzzInspectPackage(f *testing.F) {
	list := ours(f)
	f.Add(pack(f, list...))
	f.Add(zipped(f, tarred(f, list)))
	f.Add(tarred(f, asalae))
	f.Add(pack(f, asalae...))
	f.Add(pack(f)[:10])
	f.Fuzz(func(t *testing.T, data []byte) {
		in := inspect.NewBytes("a", data)
		Inspector().Detect(context.Background(), in)
		for _, profile := range []string{"", "vitam", "asalae"} {
			r, err := Inspector().Inspect(context.Background(), in, inspect.Options{Profile: profile})
			if err != nil {
				t.Fatalf("a disk that cannot fail: %v", err)
			}
			if r.Verdict() == inspect.Valid && r.Summary.Get("units") == nil {
				t.Fatal("a package without message is valid")
			}
		}
	})
}
