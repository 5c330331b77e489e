package xsd

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

// corpusSets are the folders of official sets, relative to the corpus: each is
// the file system its documents are read from.
var corpusSets = []string{
	"actes/xsd", "archive/xsd/seda-0.2", "archive/xsd/seda-1.0", "archive/xsd/seda-2.0", "archive/xsd/seda-2.1", "archive/xsd/seda-2.2",
	"archive/xsd/seda-2.3", "archive/xsd/vitam-2.1", "archive/xsd/vitam-2.2", "archive/xsd/vitam-2.3", "archive/xsd/vitam-unified",
	"archive/eark/schemas", "civilstatus-hr/aec", "civilstatus-hr/citizen", "civilstatus-hr/cityweb", "finance/xsd/pes_v5.12",
	"finance/xsd/pes_v5.17", "platforms/cmis/schema", "signature/xsd",
}

func corpusFolder(t testing.TB, set string) string {
	domain, rest, _ := strings.Cut(set, "/")
	return filepath.Join(corpus.Dir(t, domain), filepath.FromSlash(rest))
}

func TestCompilesCorpus(t *testing.T) {
	for _, set := range corpusSets {
		t.Run(set, func(t *testing.T) {
			fsys := os.DirFS(corpusFolder(t, set))
			_ = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
				if err != nil || !strings.HasSuffix(name, ".xsd") {
					return err
				}
				start := time.Now()
				g, rep, err := Compile(context.Background(), fsys, []string{name}, Options{})
				took := time.Since(start)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					return nil
				}
				t.Logf("%s: %v %+v", name, took.Round(time.Microsecond*100), g.Stats())
				for f := range rep.All() {
					t.Logf("  %s: %s", f.Where, f.Message(report.EN))
				}
				return nil
			})
		})
	}
}
