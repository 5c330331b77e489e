package bagit_test

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/text/encoding/unicode"

	"github.com/liasse/liasse/archive/bagit"
	"github.com/liasse/liasse/ged/report"
)

func verify(t testing.TB, fsys fs.FS) bagit.Result {
	t.Helper()
	bag := open(t, fsys)
	r, err := bag.Verify(context.Background(), bagit.VerifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func open(t testing.TB, fsys fs.FS) *bagit.Bag {
	t.Helper()
	bag, err := bagit.Open(context.Background(), fsys, bagit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return bag
}

// files is a bag as paths and contents.
type files map[string]string

func (f files) fs() fstest.MapFS {
	m := fstest.MapFS{}
	for name, content := range f {
		m[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return m
}

func declare(version, encoding string) string {
	return "BagIt-Version: " + version + "\nTag-File-Character-Encoding: " + encoding + "\n"
}

func sha(s string) string { h := sha512.Sum512([]byte(s)); return hex.EncodeToString(h[:]) }

// basic is a valid bag of two files, changed by the pairs of name and content;
// content "-" removes the file. Manifests are not recomputed.
func basic(version string, changes ...string) files {
	f := files{
		"bagit.txt":       declare(version, "UTF-8"),
		"data/a.txt":      "alpha",
		"data/b/beta.txt": "beta",
		"manifest-sha512.txt": sha("alpha") + "  data/a.txt\n" +
			sha("beta") + "  data/b/beta.txt\n",
	}
	for i := 0; i < len(changes); i += 2 {
		if changes[i+1] == "-" {
			delete(f, changes[i])
		} else {
			f[changes[i]] = changes[i+1]
		}
	}
	return f
}

func codes(r *report.Report) string {
	var l []string
	for f := range r.All() {
		c := f.Code()
		if f.Severity < report.Error {
			c = strings.ToLower(c)
		}
		l = append(l, c)
	}
	slices.Sort(l)
	return strings.Join(l, " ")
}

var folder = &fstest.MapFile{Mode: fs.ModeDir | 0o755}

const md5Alpha, md5Beta = "2c1743a391305fbf367df8e4f069f9f9", "987bcab01b929eb2c07877b224215c92"

// TestVerify: codes in capitals are errors, in small letters warnings; all of
// them are expected at once.
func TestVerify(t *testing.T) {
	manifest := basic("1.0")["manifest-sha512.txt"]
	md5Manifest := md5Alpha + "  data/a.txt\n" + md5Beta + "  data/b/beta.txt\n"
	s256 := func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }
	for _, c := range []struct {
		name  string
		bag   files
		codes string
	}{
		{"valid", basic("1.0"), ""},
		{"valid by a draft", basic("0.97"), ""},
		{"every end of line", basic("1.0", "bagit.txt", strings.ReplaceAll(declare("1.0", "UTF-8"), "\n", "\r\n"),
			"manifest-sha512.txt", strings.ReplaceAll(manifest, "\n", "\r")), ""},
		{"digests in capitals, tabs", basic("1.0", "manifest-sha512.txt",
			strings.ToUpper(sha("alpha"))+"\t \tdata/a.txt\n"+sha("beta")+" data/b/beta.txt\n"), ""},
		{"no declaration", basic("1.0", "bagit.txt", "-"), "BAG-DECLARATION-MISSING"},
		{"empty declaration", basic("1.0", "bagit.txt", ""), "BAG-DECLARATION BAG-DECLARATION"},
		{"blank after the version", basic("1.0", "bagit.txt", "BagIt-Version: 1.0 \nTag-File-Character-Encoding: UTF-8\n"), "BAG-DECLARATION"},
		{"two blanks after the colon", basic("1.0", "bagit.txt", "BagIt-Version:  1.0\nTag-File-Character-Encoding: UTF-8\n"), "BAG-DECLARATION"},
		{"two blanks after the colon in a draft", basic("0.97", "bagit.txt", "BagIt-Version:  0.97\nTag-File-Character-Encoding: UTF-8\n"), "bag-declaration"},
		{"lines in the other order", basic("1.0", "bagit.txt", "Tag-File-Character-Encoding: UTF-8\nBagIt-Version: 1.0\n"), "BAG-DECLARATION BAG-DECLARATION"},
		{"a third line", basic("1.0", "bagit.txt", declare("1.0", "UTF-8")+"x\n"), "BAG-DECLARATION"},
		{"a BOM", basic("1.0", "bagit.txt", "\ufeff"+declare("1.0", "UTF-8")), "BAG-BOM"},
		{"draft nobody published", basic("0.98"), "bag-version"},
		{"draft nobody published, between two", basic("0.96", "bagit.txt", declare("0.965", "UTF-8")), "bag-version"},
		{"later minor version", basic("1.1"), "bag-version"},
		{"later minor version, without what 1.0 asks", basic("1.2", "manifest-sha256.txt", ""), "BAG-UNLISTED BAG-UNLISTED bag-version"},
		{"later major version", basic("2.0"), "BAG-VERSION"},
		{"older than the first", basic("0.92"), "BAG-VERSION"},
		{"number with zeros", basic("1.00"), "BAG-VERSION"},
		{"three numbers", basic("1.0.1"), "BAG-VERSION"},
		{"no version", basic("1.0", "bagit.txt", "BagIt-Version: one\nTag-File-Character-Encoding: UTF-8\n"), "BAG-VERSION"},
		{"unknown encoding", basic("1.0", "bagit.txt", declare("1.0", "EBCDIC")), "BAG-ENCODING-UNKNOWN"},

		{"no payload folder", basic("1.0", "data/a.txt", "-", "data/b/beta.txt", "-", "manifest-sha512.txt", ""), "BAG-PAYLOAD-MISSING"},
		{"no manifest", basic("1.0", "manifest-sha512.txt", "-"), "BAG-MANIFEST-MISSING"},
		{"unknown algorithm alone", basic("1.0", "manifest-sha512.txt", "-", "manifest-blake9.txt", "00 data/a.txt\n00 data/b/beta.txt\n"), "BAG-ALGORITHM"},
		{"unknown algorithm beside", basic("1.0", "manifest-blake9.txt", "00 data/a.txt\n00 data/b/beta.txt\n"), "bag-algorithm"},
		{"name of manifest in capitals", basic("1.0", "manifest-sha512.txt", "-", "manifest-SHA-512.txt", manifest), "BAG-MANIFEST-NAME"},
		{"name of manifest in capitals in a draft", basic("0.97", "manifest-sha512.txt", "-", "manifest-SHA-512.txt", manifest), "bag-manifest-name"},
		{"weak digests only", basic("1.0", "manifest-sha512.txt", "-", "manifest-md5.txt", md5Manifest), "dig-weak"},
		{"weak digests beside", basic("1.0", "manifest-md5.txt", md5Manifest), ""},
		{"sha256 and sha512 disagree", basic("1.0", "manifest-sha256.txt", s256("alpha")+" data/a.txt\n"+s256("other")+" data/b/beta.txt\n"), "DIG-MISMATCH"},
		{"wrong content", basic("1.0", "data/a.txt", "omega"), "DIG-MISMATCH"},
		{"missing and extra", basic("1.0", "data/a.txt", "-", "data/c.txt", "c"), "BAG-EXTRA BAG-MISSING"},
		{"one of two manifests lacks a file", basic("1.0", "manifest-md5.txt", md5Alpha+" data/a.txt\n"), "BAG-UNLISTED"},
		{"one of two manifests lacks a file in a draft", basic("0.97", "manifest-md5.txt", md5Alpha+" data/a.txt\n"), ""},
		{"malformed lines", basic("1.0", "manifest-sha512.txt", manifest+"zz\nabc data/a.txt\n\n"+sha("")+" \n"), "BAG-DUPLICATE BAG-LINE BAG-LINE BAG-LINE bag-line"},
		{"same line twice", basic("1.0", "manifest-sha512.txt", manifest+sha("beta")+" data/b/beta.txt\n"), "BAG-DUPLICATE"},
		{"same line twice in a draft", basic("0.97", "manifest-sha512.txt", manifest+sha("beta")+" data/b/beta.txt\n"), "bag-duplicate"},
		{"two digests in a draft", basic("0.97", "manifest-sha512.txt", manifest+sha("other")+" data/b/beta.txt\n"), "BAG-DUPLICATE"},
		{"folder listed", basic("1.0", "manifest-sha512.txt", manifest+sha("")+" data/b\n"), "BAG-NOT-FILE"},
		{"file outside data", basic("1.0", "manifest-sha512.txt", manifest+sha("")+" bagit.txt\n"), "BAG-OUTSIDE"},
		{"tag file in a payload manifest of a draft", basic("0.97", "manifest-sha512.txt", manifest+sha(declare("0.97", "UTF-8"))+" bagit.txt\n"), "bag-outside"},
		{"changed tag file in a payload manifest of a draft", basic("0.97", "manifest-sha512.txt", manifest+sha("")+" bagit.txt\n"), "DIG-MISMATCH bag-outside"},
		{"star of md5sum", basic("1.0", "manifest-sha512.txt", strings.ReplaceAll(manifest, "  ", " *")), "bag-star"},
		{"dot slash", basic("1.0", "manifest-sha512.txt", strings.ReplaceAll(manifest, " data", " ./data")), "bag-dot-slash"},

		{"encoded names", basic("1.0", "data/x\ny\r%.txt", "beta", "manifest-sha512.txt", manifest+sha("beta")+"  data/x%0ay%0D%25.txt\n"), "bag-name"},
		{"bare percent", basic("1.0", "data/100%.txt", "beta", "manifest-sha512.txt", manifest+sha("beta")+"  data/100%.txt\n"), "BAG-PERCENT"},
		{"percent that was not encoded", basic("1.0", "data/a%25.txt", "beta", "manifest-sha512.txt", manifest+sha("beta")+"  data/a%25.txt\n"), "BAG-PERCENT"},
		{"percent in a draft is itself", basic("0.97", "data/a%25.txt", "beta", "manifest-sha512.txt", manifest+sha("beta")+"  data/a%25.txt\n"), ""},
		{"composed here, decomposed there", basic("1.0", "data/de\u0301libe\u0301ration.txt", "beta", "manifest-sha512.txt", manifest+sha("beta")+"  data/d\u00e9lib\u00e9ration.txt\n"), "bag-form"},
		{"case twins", basic("1.0", "data/A.txt", "beta", "manifest-sha512.txt", manifest+sha("beta")+"  data/A.txt\n"), "bag-twin"},
		{"names Windows refuses", basic("1.0", "data/aux.txt", "beta", "manifest-sha512.txt", manifest+sha("beta")+"  data/aux.txt\n"), "bag-name"},
		{"system file", basic("1.0", "data/.DS_Store", "beta", "manifest-sha512.txt", manifest+sha("beta")+"  data/.DS_Store\n"), "bag-system-file"},

		{"tag manifest", basic("1.0", "tagmanifest-sha512.txt", sha(manifest)+" manifest-sha512.txt\n"+sha(declare("1.0", "UTF-8"))+" bagit.txt\n"), ""},
		{"tag manifest of a changed manifest", basic("1.0", "tagmanifest-sha512.txt", sha("other")+" manifest-sha512.txt\n"), "DIG-MISMATCH"},
		{"tag manifest without the manifest", basic("1.0", "tagmanifest-sha512.txt", sha(declare("1.0", "UTF-8"))+" bagit.txt\n"), "BAG-TAG-LIST"},
		{"tag manifest without the manifest in a draft", basic("0.97", "tagmanifest-sha512.txt", sha(declare("0.97", "UTF-8"))+" bagit.txt\n"), "bag-tag-list"},
		{"tag manifest lists payload", basic("1.0", "tagmanifest-sha512.txt", sha(manifest)+" manifest-sha512.txt\n"+sha("alpha")+" data/a.txt\n"), "BAG-OUTSIDE"},
		{"tag manifest lists itself", basic("1.0", "tagmanifest-sha512.txt", sha(manifest)+" manifest-sha512.txt\n"+sha("")+" tagmanifest-sha512.txt\n"), "DIG-MISMATCH bag-tag-self"},
		{"tag file listed and absent", basic("1.0", "tagmanifest-sha512.txt", sha(manifest)+" manifest-sha512.txt\n"+sha("")+" bag-info.txt\n"), "BAG-MISSING"},

		{"descriptions", basic("1.0", "bag-info.txt", "Payload-Oxum: 9.2\nBagging-Date: 2026-02-03\nBag-Count: 1 of ?\nX: folded\n  here\n"), ""},
		{"wrong oxum", basic("1.0", "bag-info.txt", "Payload-Oxum: 10.2\n"), "BAG-OXUM"},
		{"malformed oxum", basic("1.0", "bag-info.txt", "Payload-Oxum: 9\n"), "BAG-INFO-VALUE"},
		{"malformed oxum in a draft", basic("0.97", "bag-info.txt", "Payload-Oxum: 9 bytes\n"), "BAG-INFO-VALUE"},
		{"two oxums", basic("1.0", "bag-info.txt", "Payload-Oxum: 9.2\nPayload-Oxum: 9.2\n"), "BAG-INFO-REPEAT"},
		{"dates and counts", basic("1.0", "bag-info.txt", "Bagging-Date: 3/2/2026\nBag-Count: one\n"), "bag-info-value bag-info-value"},
		{"malformed descriptions", basic("1.0", "bag-info.txt", " lost\nnothing\nA : b\nA:b\n"), "BAG-INFO-LINE BAG-INFO-LINE BAG-INFO-LINE BAG-INFO-LINE"},
		{"descriptions without value", basic("1.0", "bag-info.txt", "A:\nB: \n"), "bag-info-line"},
		{"free blanks in a draft", basic("0.97", "bag-info.txt", "A : b\nA:b\n"), "bag-info-line bag-info-line"},
		{"package-info of 0.95", basic("0.95", "package-info.txt", "Payload-Oxum: 10.2\n"), "BAG-OXUM"},
		{"package-info is nothing in 1.0", basic("1.0", "package-info.txt", "Payload-Oxum: 10.2\n"), ""},

		{"fetched already", basic("1.0", "fetch.txt", "https://example.org/a 5 data/a.txt\n"), ""},
		{"fetched with another size", basic("1.0", "fetch.txt", "https://example.org/a 6 data/a.txt\n"), "bag-fetch-size"},
		{"to be fetched", basic("1.0", "data/a.txt", "-", "fetch.txt", "https://example.org/a - data/a.txt\n"), "BAG-FETCH-HOLE"},
		{"fetched and unlisted", basic("1.0", "fetch.txt", "https://example.org/a - data/z.txt\n"), "BAG-FETCH-UNLISTED"},
		{"fetched twice", basic("1.0", "fetch.txt", "https://example.org/a - data/a.txt\nhttps://example.org/b - data/a.txt\n"), "BAG-DUPLICATE"},
		{"addresses", basic("1.0", "fetch.txt", "a.txt - data/a.txt\nfile:///etc/x - data/b/beta.txt\n"), "BAG-FETCH-URL bag-fetch-scheme"},
		{"fetch lines", basic("1.0", "fetch.txt", "https://example.org/a data/a.txt\nhttps://example.org/a ten data/a.txt\n\n"), "BAG-LINE BAG-LINE bag-line"},
		{"fetch of a tag file", basic("1.0", "fetch.txt", "https://example.org/a - bag-info.txt\n"), "BAG-OUTSIDE"},
		{"bytes foreign to UTF-8", basic("1.0", "bag-info.txt", "Contact-Name: Ren\xe9e\n"), "BAG-ENCODING-BYTES"},
		{"a BOM in a tag file", basic("1.0", "bag-info.txt", "\ufeffA: b\n"), "BAG-BOM"},
		{"a BOM in a tag file of a draft", basic("0.97", "bag-info.txt", "\ufeffA: b\n"), "bag-bom"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := verify(t, c.bag.fs())
			if got := codes(r.Report); got != c.codes {
				t.Errorf("got %q, want %q", got, c.codes)
				for f := range r.Report.All() {
					t.Log(f.Where, f.Code(), f.Message(report.EN))
				}
			}
			errors := strings.ToLower(c.codes) != c.codes
			if r.Valid == errors {
				t.Errorf("valid: %v", r.Valid)
			}
			if digestsOnly := strings.Trim(strings.ReplaceAll(c.codes, "DIG-MISMATCH", ""), "abcdefghijklmnopqrstuvwxyz- ") == ""; r.Complete != digestsOnly {
				t.Errorf("complete: %v", r.Complete)
			}
		})
	}
}

func TestUnsafePathsAreRefusedEverywhere(t *testing.T) {
	for _, p := range []string{
		"/etc/passwd", "../a", "data/../../a", "data/./a.txt", "~/a", "~root/a", `C:\a`, "c:/a", `\\?\UNC\server\a`, `\\server\a`,
		`%HomeDrive%\a`, "%HomeDrive%/a", `data\a.txt`, "data/..", "data/a\x00b", "data/" + strings.Repeat("x", 2000), "data/%2E%2E/..",
	} {
		for _, version := range []string{"1.0", "0.97"} {
			manifest := basic(version)["manifest-sha512.txt"]
			for name, bag := range map[string]files{
				"manifest":     basic(version, "manifest-sha512.txt", manifest+sha("")+"  "+p+"\n"),
				"tag manifest": basic(version, "tagmanifest-sha512.txt", sha(manifest)+"  manifest-sha512.txt\n"+sha("")+"  "+p+"\n"),
				"fetch":        basic(version, "fetch.txt", "https://example.org/a - "+p+"\n"),
			} {
				if r := verify(t, spy{t, bag.fs()}); !r.Report.Has(bagit.RuleUnsafePath) || r.Complete {
					t.Errorf("%q in a %s of %s: %s", p, name, version, codes(r.Report))
				}
			}
		}
	}
}

// spy fails the test when a path outside the bag is opened.
type spy struct {
	t testing.TB
	fstest.MapFS
}

func (s spy) Open(name string) (fs.File, error) {
	if _, known := s.MapFS[name]; !known && name != "." && name != "data" && name != "data/b" {
		s.t.Errorf("%q was opened", name)
	}
	return s.MapFS.Open(name)
}

func TestLinksAreNotFollowed(t *testing.T) {
	m := basic("1.0", "manifest-sha512.txt", basic("1.0")["manifest-sha512.txt"]+sha("alpha")+"  data/link\n").fs()
	m["data/link"] = &fstest.MapFile{Data: []byte("a.txt"), Mode: fs.ModeSymlink}
	if r := verify(t, m); codes(r.Report) != "BAG-NOT-FILE" {
		t.Error(codes(r.Report))
	}
	m = basic("1.0").fs()
	m["bagit.txt"].Mode = fs.ModeSymlink
	if r := verify(t, m); !r.Report.Has(bagit.RuleNoDeclaration) {
		t.Error(codes(r.Report))
	}
}

func TestEncodingsOfTheDrafts(t *testing.T) {
	latin := func(s string) string {
		var b []byte
		for _, r := range s {
			b = append(b, byte(r))
		}
		return string(b)
	}
	wide := func(s string) string {
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for name, encode := range map[string]func(string) string{
		"ISO-8859-1": latin, "UTF-16": wide, "iso-8859-15": latin, "windows-1252": latin,
	} {
		manifest := sha("x") + "  data/d\u00e9lib.txt\r\n" + sha("y") + "  data/absent.txt\r\n"
		bag := files{"bagit.txt": declare("0.97", name), "data/d\u00e9lib.txt": "x",
			"bag-info.txt": encode("Contact-Name: Ren\u00e9e\r\n"), "manifest-sha512.txt": encode(manifest)}
		b := open(t, bag.fs())
		if got := b.Get("contact-name"); len(got) != 1 || got[0] != "Ren\u00e9e" {
			t.Errorf("%s: read %q", name, got)
		}
		r := verify(t, bag.fs())
		if codes(r.Report) != "BAG-MISSING bag-encoding" {
			t.Errorf("%s: %s", name, codes(r.Report))
		}
		for f := range r.Report.All() {
			if f.Rule != bagit.RuleMissing {
				continue
			}
			want := len(encode(manifest[:strings.Index(manifest, sha("y"))]))
			if f.Where.Line != 2 || f.Where.Offset != int64(want) {
				t.Errorf("%s: at %v, offset %d, want %d", name, f.Where, f.Where.Offset, want)
			}
		}
	}
}

func TestDescriptionsKeepTheirOrder(t *testing.T) {
	b := open(t, basic("1.0", "bag-info.txt", "B: 1\nA: 2\nb: 3\r\n\tand more\rC: \n").fs())
	want := []bagit.Tag{{Label: "B", Value: "1"}, {Label: "A", Value: "2"}, {Label: "b", Value: "3\nand more"}, {Label: "C"}}
	if !slices.Equal(b.Info, want) {
		t.Errorf("%q", b.Info)
	}
	if got := b.Get("B"); !slices.Equal(got, []string{"1", "3\nand more"}) {
		t.Errorf("%q", got)
	}
}

func TestPersonalValuesStayOutOfFindings(t *testing.T) {
	r := verify(t, basic("1.0", "bag-info.txt", "Bagging-Date: Jeanne Exemple\nJeanne Exemple\n").fs())
	for f := range r.Report.All() {
		if strings.Contains(f.Message(report.FR)+f.Message(report.EN), "Jeanne") {
			t.Errorf("%s shows the value", f.Code())
		}
	}
}

func TestEveryAlgorithm(t *testing.T) {
	empty := map[string]string{
		"md5":    "d41d8cd98f00b204e9800998ecf8427e",
		"sha1":   "da39a3ee5e6b4b0d3255bfef95601890afd80709",
		"sha224": "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f",
		"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"sha384": "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
		"sha512": "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
		// FIPS 202, empty message.
		"sha3256":   "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
		"sha512256": "c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a",
	}
	bag := files{"bagit.txt": declare("1.0", "UTF-8"), "data/empty": ""}
	for a, digest := range empty {
		bag["manifest-"+a+".txt"] = digest + "  data/empty\n"
	}
	if r := verify(t, bag.fs()); !r.Valid || codes(r.Report) != "" {
		t.Error(codes(r.Report))
	}
	for a := range empty {
		bad := maps.Clone(bag)
		bad["data/empty"] = "x"
		r := verify(t, bad.fs())
		found := false
		for f := range r.Report.All() {
			found = found || f.Rule == report.DigMismatch && f.Also[0].Member == "manifest-"+a+".txt"
		}
		if !found {
			t.Errorf("%s is not verified", a)
		}
	}
	if h := md5.Sum([]byte("alpha")); hex.EncodeToString(h[:]) != md5Alpha {
		t.Error("the digest of this test is wrong")
	}
}

func TestLimits(t *testing.T) {
	for name, c := range map[string]struct {
		bag  files
		lim  bagit.Limits
		rule *report.Rule
	}{
		"files":        {basic("1.0"), bagit.Limits{Files: 3}, report.LimCount},
		"lines":        {basic("1.0", "manifest-sha512.txt", strings.Repeat(sha("")+" data/x\n", 3)+sha("")+" data/y\n"), bagit.Limits{Files: 6}, report.LimCount},
		"tag file":     {basic("1.0"), bagit.Limits{TagFile: 100}, report.LimBytes},
		"descriptions": {basic("1.0", "bag-info.txt", "A: b\nA: b\nA: b\n"), bagit.Limits{Info: 2}, report.LimCount},
	} {
		b, err := bagit.Open(context.Background(), c.bag.fs(), bagit.Options{Limits: c.lim})
		if err != nil {
			t.Fatal(err)
		}
		r, err := b.Verify(context.Background(), bagit.VerifyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if !r.Report.Has(c.rule) || r.Valid {
			t.Errorf("%s: %s", name, codes(r.Report))
		}
	}
	long := basic("1.0", "manifest-sha512.txt", basic("1.0")["manifest-sha512.txt"]+strings.Repeat("a", 1<<20)+"\n")
	if r := verify(t, long.fs()); codes(r.Report) != "BAG-LINE" {
		t.Errorf("long line: %s", codes(r.Report))
	}
}

// broken is a folder whose files fail after a few bytes.
type broken struct {
	fstest.MapFS
	name string
}

var errDisk = errors.New("the disk failed")

func (b broken) Open(name string) (fs.File, error) {
	f, err := b.MapFS.Open(name)
	if name == b.name && err == nil {
		return failing{f}, nil
	}
	return f, err
}

type failing struct{ fs.File }

func (failing) Read([]byte) (int, error) { return 0, errDisk }

func TestAFailingDiskIsNotAVerdict(t *testing.T) {
	ctx := context.Background()
	for _, name := range []string{"bagit.txt", "manifest-sha512.txt"} {
		if _, err := bagit.Open(ctx, broken{basic("1.0").fs(), name}, bagit.Options{}); !errors.Is(err, errDisk) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b := open(t, broken{basic("1.0").fs(), "data/a.txt"})
	if _, err := b.Verify(ctx, bagit.VerifyOptions{}); !errors.Is(err, errDisk) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := bagit.Open(ctx, basic("1.0").fs(), bagit.Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := open(t, basic("1.0").fs()).Verify(ctx, bagit.VerifyOptions{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestQuickTellsCompleteOnly(t *testing.T) {
	b := open(t, basic("1.0", "data/a.txt", "omega").fs())
	r, err := b.Verify(context.Background(), bagit.VerifyOptions{Quick: true})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Complete || r.Valid || r.Hashed != 0 {
		t.Errorf("%+v", r)
	}
}

func FuzzBag(f *testing.F) {
	b := basic("1.0", "bag-info.txt", "Payload-Oxum: 9.2\nA: b\n c\n", "fetch.txt", "https://example.org/a - data/a.txt\n")
	f.Add(b["bagit.txt"], b["manifest-sha512.txt"], "", b["bag-info.txt"], b["fetch.txt"], "a.txt")
	f.Add(declare("0.97", "UTF-16"), "\xff\xfe0\x000\x00 \x00d\x00", sha("")+" *bagit.txt", "A : b\r\rc", "x y z", "%0A")
	f.Add("BagIt-Version: .97 \r", "00 ./data/../x\n00 data/%25%0D\n", "00 tagmanifest-sha512.txt", "", "~ - ~", "e\u0301")
	f.Fuzz(func(t *testing.T, declaration, manifest, tags, info, fetch, name string) {
		m := files{"bagit.txt": declaration, "manifest-sha512.txt": manifest, "manifest-md5.txt": manifest, "tagmanifest-sha512.txt": tags,
			"bag-info.txt": info, "fetch.txt": fetch, "data/a.txt": "alpha"}.fs()
		if p := "data/" + name; fs.ValidPath(p) && !strings.Contains(p, "a.txt/") {
			m[p] = &fstest.MapFile{Data: []byte("x")}
		}
		bag, err := bagit.Open(context.Background(), m, bagit.Options{Limits: bagit.Limits{Files: 100, TagFile: 1 << 16}})
		if err != nil {
			t.Fatal(err)
		}
		a, err := bag.Verify(context.Background(), bagit.VerifyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		again, err := bag.Verify(context.Background(), bagit.VerifyOptions{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		if codes(a.Report) != codes(again.Report) {
			t.Fatal("two verifications differ")
		}
		if a.Valid && (!a.Complete || !a.Report.Valid()) {
			t.Fatal("valid and incomplete")
		}
		if a.Valid && name != "a.txt" && m["data/"+name] != nil && !strings.Contains(manifest, sha("x")) && !strings.Contains(manifest, strings.ToUpper(sha("x"))) {
			// The digest may be in mixed case or in UTF-16: look for its letters.
			if !strings.Contains(strings.ToLower(strings.ReplaceAll(manifest, "\x00", "")), sha("x")) {
				t.Fatal("valid without the digest of a file")
			}
		}
	})
}
