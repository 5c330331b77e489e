package xsd

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

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

// incomplete are the documents of the corpus that refer to what their set does
// not hold, as published: no reader can compile them.
var incomplete = map[string]*report.Rule{
	"civilstatus-hr/citizen/external/NotifyResultingState.xsd": report.XSDCompile, // a type no document declares; the corpus has it repaired
	"civilstatus-hr/citizen/external/SendRequest.xsd":          report.XSDResolve, // the schemas of requests the corpus does not have
}

// TestCompilesCorpus compiles every schema document of the corpus as an entry
// and lists each with its result.
func TestCompilesCorpus(t *testing.T) {
	corpus.Dir(t, "archive") // skips here: a subtest would skip only itself
	all := 0
	for _, set := range corpusSets {
		t.Run(set, func(t *testing.T) {
			fsys := os.DirFS(corpusFolder(t, set))
			err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
				if err != nil || !strings.HasSuffix(name, ".xsd") {
					return err
				}
				all++
				g, rep, err := Compile(context.Background(), fsys, []string{name}, Options{})
				var bad *report.InvalidError
				switch rule := incomplete[set+"/"+name]; {
				case rule != nil:
					if !errors.As(err, &bad) || !rep.Has(rule) {
						t.Errorf("%s: %v; want %s", name, err, rule.Code)
					}
					return nil
				case err != nil:
					t.Errorf("%s: %v", name, err)
					return nil
				}
				t.Logf("%s: %+v, %d notes", name, g.Stats(), rep.Len())
				for f := range rep.All() {
					t.Logf("  %s: %s", f.Where, f.Message(report.EN))
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	if all < 400 {
		t.Errorf("only %d documents: the corpus has more than 400", all)
	}
}

// TestWholeFolder compiles an entry in a file system that holds all the sets of
// a domain: documents are still found by their namespaces.
func TestWholeFolder(t *testing.T) {
	for domain, entry := range map[string]string{"archive": "xsd/seda-2.1/seda-2.1-main.xsd", "finance": "xsd/pes_v5.17/PES_V2/Rev0/PES_Aller.xsd"} {
		if _, _, err := Compile(context.Background(), os.DirFS(corpus.Dir(t, domain)), []string{entry}, Options{}); err != nil {
			t.Errorf("%s: %v", entry, err)
		}
	}
}
