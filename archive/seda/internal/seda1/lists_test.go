package seda1

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/liasse/liasse/internal/corpus"
)

// TestClosedLists compares with the official lists what may be written: a code
// they do not have would make the whole message invalid.
func TestClosedLists(t *testing.T) {
	xsd := filepath.Join(corpus.Dir(t, "archive"), "xsd")
	for _, l := range []struct {
		file  string
		codes []string
	}{
		{"seda-1.0/v10/codes/IANA_MIMEMediaType_20110216.xsd", slices.Collect(maps.Keys(mediaTypes))},
		{"seda-0.2/v02/codes/IANA_MIMEMediaType_20081112.xsd", slices.Collect(maps.Keys(mediaTypes))},
		{"seda-1.0/v10/codes/seda_v1-0_filetype_code.xsd", []string{"fmt/1", "fmt/367"}},
		{"seda-0.2/v02/codes/archives_echanges_v0-2_filetype_code.xsd", []string{"fmt/1", "fmt/158"}},
		{"seda-1.0/v10/codes/seda_v1-0_accessrestriction_code.xsd", []string{"AR038", "AR062"}},
		{"seda-1.0/v10/codes/seda_v1-0_documenttype_code.xsd", documentTypes},
		{"seda-1.0/v10/codes/seda_v1-0_descriptionlevel_code.xsd", slices.Collect(maps.Keys(descriptionLevels))},
	} {
		data, err := os.ReadFile(filepath.Join(xsd, l.file))
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range l.codes {
			if !bytes.Contains(data, []byte(`value="`+code+`"`)) {
				t.Errorf("%s has no %s", l.file, code)
			}
		}
	}
	for i, file := range []string{"seda-0.2/v02/codes/archives_echanges_v0-2_language_code.xsd", "seda-1.0/v10/codes/seda_v1-0_language_code.xsd"} {
		data, err := os.ReadFile(filepath.Join(xsd, file))
		if err != nil {
			t.Fatal(err)
		}
		for ; i < len(languageCodes); i += 2 {
			if !bytes.Contains(data, []byte(`value="`+languageCodes[i]+`"`)) {
				t.Errorf("%s has no %s", file, languageCodes[i])
			}
		}
	}
}
