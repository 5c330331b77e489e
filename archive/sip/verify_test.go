package sip

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

func verify(t testing.TB, data []byte) Summary {
	t.Helper()
	s, err := Verify(context.Background(), bytes.NewReader(data), int64(len(data)), VerifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestVerifyAcceptsWhatWriteMade(t *testing.T) {
	docs, contents := act()
	data, made := write(t, build(t, docs, contents), Options{})
	seen := verify(t, data)
	if seen.Report.Total() > 0 {
		t.Error(seen.Report.Err())
	}
	made.Package, made.Report, seen.Report = ged.Digest{}, nil, nil
	if !reflect.DeepEqual(made, seen) {
		t.Errorf("made %+v\nseen %+v", made, seen)
	}
}

// TestVerifyCorpus: what the platform takes is valid here, the facts are those
// stated, and the faults of the package (not of the manifest's grammar) are
// found.
func TestVerifyCorpus(t *testing.T) {
	dir := corpus.Dir(t, "archive")
	faults := map[string]*report.Rule{
		"sips/ko/KO_FILE_extension_caractere_special.zip": RuleEntryName,
		"sips/ko/KO_MANIFESTE-URI.zip":                    RuleMissing,
		"sips/ko/KO_SIP_INSUPPORTED_SEDA_VERSION.zip":     RuleVersion,
		"sips/ko/SIP-ingest-internal-Content-KO.zip":      RuleEntryName,
		"sips/ko/SIP_INCORRECT_ALGORITHM.zip":             RuleAlgorithm,
		"sips/ko/SIP_KO_PathTraversalInFileName.zip":      report.CtnPath,
		"sips/ko/SIP_KO_PlusSignInFileName.zip":           RuleEntryName,
		"sips/ko/SIP_arbre_without_ingest_contract.zip":   RuleAgreement,
		"sips/ko/dollar_manifest.xml_KO.zip":              RuleManifest,
		"sips/ko/empty_zip.zip":                           RuleManifest,
		"composed/sip-digest-uppercase-2.1.zip":           RuleDigestCase,
		"composed/sip-digest-wrong-2.1.zip":               report.DigMismatch,
		"composed/sip-duplicate-entry-2.1.zip":            report.CtnDup,
		"composed/sip-file-missing-2.1.zip":               RuleMissing,
		"composed/sip-file-undeclared-2.1.zip":            RuleUndeclared,
		"composed/sip-other-folder-2.1.zip":               RuleFolder,
		"composed/sip-truncated-2.1.zip":                  report.CtnFormat,
		"composed/sip-two-root-files-2.1.zip":             RuleRootFile,
		"sips/warning/KO_SIP_INCORRECT_OBJECT_SIZE.zip":   report.DigSize,
	}
	found, valid := 0, 0
	for _, row := range corpus.Expected(t, "archive") {
		if !strings.HasSuffix(row.Path, ".zip") || row.Kind != "sip.vitam" && !strings.Contains(row.Path, "sip") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, row.Path))
		if err != nil {
			continue
		}
		s := verify(t, data)
		vitam := strings.Join(row.Flags, " ") == "-profile vitam"
		if vitam && row.Verdict == "valid" {
			valid++
			if !s.Report.Valid() {
				t.Errorf("%s: the platform takes it: %v", row.Path, s.Report.Err())
			}
		}
		if rule := faults[row.Path]; rule != nil && vitam {
			found++
			if !s.Report.Has(rule) {
				t.Errorf("%s: no %s: %v", row.Path, rule, s.Report.Err())
			}
		}
		if s.Manifest.Value == "" {
			continue
		}
		for fact, got := range map[string]string{"units": strconv.Itoa(s.Units), "groups": strconv.Itoa(s.Groups),
			"objects": strconv.Itoa(s.Objects), "bytes": strconv.FormatInt(s.ContentBytes, 10), "messageIdentifier": s.MessageID} {
			if fact == "bytes" && (s.Report.Has(report.CtnPath) || s.Report.Has(report.CtnDup)) {
				continue // entries refused by their name are not read here
			}
			if want, ok := row.Facts[fact]; ok && got != want {
				if fact != "messageIdentifier" {
					t.Errorf("%s: %s = %s, want %s", row.Path, fact, got, want)
				} else {
					t.Errorf("%s: the message identifier is not as stated", row.Path)
				}
			}
		}
	}
	if found != len(faults) || valid < 15 {
		t.Errorf("%d faults looked for of %d, %d valid packages", found, len(faults), valid)
	}
}

// pack makes a zip of our own entries.
func pack(t testing.TB, files ...[2]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, f[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const manifestHead = `<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1"><MessageIdentifier>m</MessageIdentifier><ArchivalAgreement>c</ArchivalAgreement><DataObjectPackage>`
const manifestTail = `</DataObjectPackage></ArchiveTransfer>`

func bdo(uri, algorithm, digest string) string {
	return `<BinaryDataObject id="A"><Uri>` + uri + `</Uri><MessageDigest algorithm="` + algorithm + `">` + digest + `</MessageDigest></BinaryDataObject>`
}

// digests of "abc", of the standards that define the algorithms.
const (
	abc1   = "a9993e364706816aba3e25717850c26c9cd0d89d"
	abcMD5 = "900150983cd24fb0d6963f7d28e17f72"
	abc256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
)

func TestVerifyDigests(t *testing.T) {
	for _, c := range []struct {
		algorithm, digest string
		want              *report.Rule
	}{
		{"SHA-256", abc256, nil}, {"SHA-256", strings.ToUpper(abc256), RuleDigestCase}, {"SHA-256", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", RuleDigestCase},
		{"SHA-1", abc1, report.DigWeak}, {"MD5", abcMD5, report.DigWeak}, {"sha256", abc256, RuleAlgorithm}, {"SHA-256", "", report.DigMissing},
		{"SHA-256", abc256[1:], report.DigMismatch}, {"SHA-384", abc256, report.DigMismatch}, {"SHA-512", abc256, report.DigMismatch},
	} {
		s := verify(t, pack(t, [2]string{"manifest.xml", manifestHead + bdo("content/a", c.algorithm, c.digest) + manifestTail}, [2]string{"content/a", "abc"}))
		if c.want == nil && s.Report.Total() > 0 || c.want != nil && !s.Report.Has(c.want) {
			t.Errorf("%s %s: %v", c.algorithm, c.digest, s.Report.Err())
		}
	}
}

func TestVerifyStopsBombs(t *testing.T) {
	bomb := pack(t, [2]string{"manifest.xml", manifestHead + bdo("content/a", "SHA-256", abc256) + manifestTail}, [2]string{"content/a", strings.Repeat("\x00", 80<<20)})
	if s := verify(t, bomb); !s.Report.Has(report.LimRatio) {
		t.Errorf("an entry that inflates a thousand times: %v", s.Report.Err())
	}
	check := func(opt VerifyOptions, want *report.Rule) {
		t.Helper()
		s, err := Verify(context.Background(), bytes.NewReader(bomb), int64(len(bomb)), opt)
		if err != nil || !s.Report.Has(want) {
			t.Errorf("%v, %v", err, s.Report.Err())
		}
	}
	check(VerifyOptions{Limits: Limits{Inflated: 1000}}, report.LimBytes)
	check(VerifyOptions{Limits: Limits{Entries: 1}}, report.LimCount)
	manifest := pack(t, [2]string{"manifest.xml", manifestHead + strings.Repeat(" ", 80<<20) + manifestTail})
	if s := verify(t, manifest); !s.Report.Has(report.LimRatio) {
		t.Errorf("a manifest that inflates a thousand times: %v", s.Report.Err())
	}
}

// TestLimitsDoNotDependOnWhoIsFirst: files are read while the manifest is.
func TestLimitsDoNotDependOnWhoIsFirst(t *testing.T) {
	manifest, files := manifestHead, [][2]string{{"manifest.xml", ""}}
	for i := range 40 {
		name := fmt.Sprintf("content/a%d", i)
		manifest += strings.Replace(bdo(name, "SHA-256", abc256), `id="`, fmt.Sprintf(`id="x%d`, i), 1)
		files = append(files, [2]string{name, strings.Repeat("abc", 1000*i)})
	}
	manifest += "<!--" + strings.Repeat("x", 100_000) + "-->" + manifestTail
	total := int64(len(manifest))
	for _, f := range files {
		total += int64(len(f[1]))
	}
	files[0][1] = manifest
	data := pack(t, files...)
	told := func(limit int64) string {
		s, err := Verify(context.Background(), bytes.NewReader(data), int64(len(data)), VerifyOptions{Limits: Limits{Inflated: limit}})
		if err != nil {
			t.Fatal(err)
		}
		text, err := s.Report.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, limit := range []int64{total, total - 1, total / 2, int64(len(manifest)), int64(len(manifest)) - 1} {
		first := told(limit)
		if over := strings.Contains(first, report.LimBytes.Code); over != (limit < total) {
			t.Errorf("a limit of %d for %d bytes: %s", limit, total, first)
		}
		for range 30 {
			if again := told(limit); again != first {
				t.Fatalf("a limit of %d: another report\n%s\n%s", limit, first, again)
			}
		}
	}
}

// diskAt fails beyond an offset.
type diskAt struct {
	*bytes.Reader
	from int64
}

func (d diskAt) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > d.from && off < d.from+10 {
		return 0, errBroken
	}
	return d.Reader.ReadAt(p, off)
}

func TestVerifyTellsTheDiskFromTheArchive(t *testing.T) {
	docs, contents := act()
	data, _ := write(t, build(t, docs, contents), Options{})
	for from := int64(0); from < int64(len(data)); from += 500 {
		if _, err := Verify(context.Background(), diskAt{bytes.NewReader(data), from}, int64(len(data)), VerifyOptions{}); !errors.Is(err, errBroken) {
			t.Errorf("disk broken at %d: %v", from, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Verify(ctx, bytes.NewReader(data), int64(len(data)), VerifyOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestVerifyNoticesEveryFlippedByte: no byte of the entries can change
// unnoticed.
func TestVerifyNoticesEveryFlippedByte(t *testing.T) {
	docs := []*ged.Document{{ID: "d", Title: "t", Files: []ged.File{{ID: "f", Name: "f.bin", Role: ged.RoleMain}}}}
	p := build(t, docs, ged.Contents{"f": ged.BytesSource("contenu de la pièce")})
	data, _ := write(t, p, Options{})
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		start, err := f.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		for i := start; i < start+int64(f.CompressedSize64); i++ {
			bad := bytes.Clone(data)
			bad[i] ^= 0x10
			if verify(t, bad).Report.Valid() {
				t.Errorf("byte %d of %s may change", i-start, f.Name)
			}
		}
	}
}

func FuzzSIPVerify(f *testing.F) {
	docs, contents := act()
	data, _ := write(f, build(f, docs, contents), Options{})
	f.Add(data)
	f.Add(pack(f, [2]string{"manifest.xml", manifestHead + bdo("content/a", "SHA-256", abc256) + manifestTail}, [2]string{"content/a", "abc"}))
	f.Add(pack(f))
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Verify(context.Background(), bytes.NewReader(data), int64(len(data)), VerifyOptions{Limits: Limits{Inflated: 8 << 20}})
		if err != nil {
			t.Fatalf("a disk that cannot fail: %v", err)
		}
		if s.Report.Valid() && s.Manifest.Value == "" {
			t.Fatal("a package without manifest is valid")
		}
	})
}
