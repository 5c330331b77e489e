package envelope_test

import (
	"archive/tar"
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/envelope"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/internal/corpus"
)

// roundTrip parses the name as what it looks like and writes it again.
func roundTrip(name string) (string, error) {
	switch {
	case strings.HasSuffix(name, ".tar.gz"):
		n, err := envelope.ParseArchiveName(name)
		return n.String(), err
	case strings.HasPrefix(name, "ANO_"):
		n, err := envelope.ParseAnomalieName(name)
		return n.Anomalie(), err
	case strings.HasPrefix(name, "EACT--"), strings.HasPrefix(name, "TACT--"):
		n, err := envelope.ParseEnvelopeName(name)
		return n.XML(), err
	}
	n, err := envelope.ParseFileName(name)
	return n.String(), err
}

func TestRealNamesParseAndComeBack(t *testing.T) {
	names := map[string]bool{"044-214400152-20180905-4365-DE-4365-DE_0.xml": true}
	dir := corpus.Dir(t, "actes")
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path)
		top, _, _ := strings.Cut(rel, string(filepath.Separator))
		if err != nil || d.IsDir() || top != "composed" && top != "envelopes" && top != "messages" && top != "classification" {
			return err
		}
		if strings.HasSuffix(path, ".tar.gz") {
			names[d.Name()] = true
			for _, n := range members(t, path) {
				names[strings.TrimPrefix(n, "./")] = true
			}
		}
		if strings.HasSuffix(path, ".xml") && strings.Count(d.Name(), "-") >= 4 && d.Name()[0] != 'm' && !strings.Contains(rel, "budget") {
			names[d.Name()] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// Outside the grammar on purpose: the name the ministry refused, a number
	// with a hyphen, an entry that climbs, and files named after their content.
	refused := map[string]bool{
		"044-214400152-20180905-4365-DE-4365-DE_0.xml":       true,
		"034-123456782-20240627-2024-042-DE-1-1_0.xml":       true,
		"99_DE-034-123456782-20240627-2024-042-DE-1-1_1.pdf": true,
		"../evil.pdf":                         true,
		"RetourClassification-2017-12-08.xml": true,
		"RetourClassification-no-typology-not-schema-valid.xml":            true,
		"fake-ar-actes-not-schema-valid.xml":                               true,
		"034-000000000-20170701-20170721D-AI-1-3_0-nature-not-numeric.xml": true, // renamed by the corpus
	}
	if len(names) < 60 {
		t.Fatalf("only %d names found in the corpus", len(names))
	}
	for name := range names {
		back, err := roundTrip(name)
		switch {
		case refused[name]:
			if err == nil {
				t.Errorf("%s is accepted", name)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case back != name:
			t.Errorf("%s comes back as %s", name, back)
		}
	}
}

func members(t *testing.T, path string) []string {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var l []string
	r := tar.NewReader(z)
	for {
		h, err := r.Next()
		if err != nil {
			return l // one archive of the corpus is truncated on purpose
		}
		l = append(l, h.Name)
	}
}

func TestNamesOutsideTheGrammarSayWhichPart(t *testing.T) {
	for name, part := range map[string]string{
		"abc-TACT--123456782--20240701-1.TAR.GZ":                              "the extension",
		"ab1-TACT--123456782--20240701-1.tar.gz":                              "the trigram",
		"abcd-TACT--123456782--20240701-1.tar.gz":                             "the trigram",
		"abc-XACT--123456782--20240701-1.tar.gz":                              "the quadrigram (EACT or TACT)",
		"abc-TACT--12345678--20240701-1.tar.gz":                               "the SIREN",
		"abc-TACT--123456782--20240732-1.tar.gz":                              "the date",
		"abc-TACT--123456782--20240701-0.tar.gz":                              "the serial number",
		"abc-TACT--123456782--20240701-01.tar.gz":                             "the serial number",
		"abc-TACT--123456782--20240701-10000.tar.gz":                          "the serial number",
		"abc-TACT--123456782--20240701.tar.gz":                                "the general shape",
		"EACT--spref0441-214400152-20181012-9.xml":                            "the sender",
		"ANO_EACT--214400152--20180925-1.txt":                                 "the extension",
		"|34-123456782-20240627-D2024_042-DE-1-1_0.xml":                       "the department",
		"034-1234567890-20240627-D2024_042-DE-1-1_0.xml":                      "the SIREN",
		"034-123456782-20240230-D2024_042-DE-1-1_0.xml":                       "the date",
		"034-123456782-20240627-" + strings.Repeat("A", 61) + "-DE-1-1_0.xml": "the number of the act",
		"034-123456782-20240627-D2024_042-ZZ-1-1_0.xml":                       "the nature",
		"034-123456782-20240627-D2024_042-DE-12-1_0.xml":                      "the type and flow",
		"034-123456782-20240627-D2024_042-DE-1-1_a.xml":                       "the serial number",
		"034-123456782-20240627-D2024_042-DE-1-1_0":                           "the extension",
		"034-123456782-20240627-D2024_042-DE-1-1_0.xml.exe":                   "the extension",
		"034-123456782-20240627-D2024-042-DE-1-1_0.xml":                       "the count of hyphens (the number of the act must hold none)",
		"document.pdf": "the general shape",
		"":             "the general shape",
	} {
		_, err := roundTrip(name)
		if e, ok := err.(*envelope.NameError); !ok || e.EN != part {
			t.Errorf("%s: %v, want %q", name, err, part)
		}
	}
}

func TestTheParts(t *testing.T) {
	f, err := envelope.ParseFileName("99_DE-02A-123456782-20240627-D_4-AI-1-1_12.PDF")
	want := envelope.FileName{CodePJ: "99_DE", Base: envelope.Base{Departement: "02A", SIREN: "123456782",
		Date: ged.Date{Year: 2024, Month: time.June, Day: 27}, Numero: "D_4", Nature: "AI", Code: "1-1"}, Serie: 12, Ext: "PDF"}
	if err != nil || f != want {
		t.Errorf("got %+v, %v", f, err)
	}
	m, err := envelope.ParseMessageName("034-123456782----7-1_0.xml")
	if err != nil || m.Code != "7-1" || !m.Date.IsZero() || m.Numero != "" || m.Nature != "" || m.Serie != 0 {
		t.Errorf("got %+v, %v", m, err)
	}
	if m, err := envelope.ParseMessageName("034-491011698-20171207-CL20171227_06-DE-1-2.xml"); err != nil || m.Serie != envelope.NoSerie || m.Numero != "CL20171227_06" {
		t.Errorf("got %+v, %v", m, err)
	}
	if _, err := envelope.ParseMessageName("99_DE-034-123456782-20240627-D2024_042-DE-1-1_1.xml"); err == nil {
		t.Error("the name of an attached file is taken for a message's")
	}
	e, err := envelope.ParseEnvelopeName("EACT--SPREF0441-214400152-20181012-12345.xml")
	if err != nil || !e.FromState() || e.Emetteur != "SPREF0441" || e.SIREN != "214400152" || e.Serie != 12345 {
		t.Errorf("got %+v, %v", e, err)
	}
}

func FuzzNames(f *testing.F) {
	for _, s := range []string{"SIC-EACT--210600730--20180115-1.tar.gz", "ANO_EACT--214400152--20180925-1.xml",
		"EACT--SPREF0441-214400152-20181012-9.xml", "034-123456782----7-1_0.xml", "99_DE-034-123456782-20240627-D2024_042-DE-1-1_1.pdf"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if back, err := roundTrip(name); err == nil && back != name && back != name+".xml" {
			t.Errorf("%q comes back as %q", name, back)
		}
	})
}
