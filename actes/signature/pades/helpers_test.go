package pades_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/signature/internal/cmstest"
	"github.com/liasse/liasse/actes/signature/internal/pdftest"
	"github.com/liasse/liasse/ged/report"
)

func run(t testing.TB, tool string, b []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "acte.pdf")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command(tool, "-nocert", name).CombinedOutput()
	return string(out)
}

// compareLimit makes a document whose comparison meets a limit: one object of
// more values than are held.
func compareLimit(ca *cmstest.CA) func(testing.TB) *report.Report {
	return func(t testing.TB) *report.Report {
		d := pdftest.New(func(o objects) {
			o[21] = "[" + strings.Repeat("1 ", 2<<20+10) + "]"
			o[pdftest.Catalog] = strings.Replace(o[pdftest.Catalog], "/Pages", "/Legal 21 0 R/Pages", 1)
		}).Sign(t, ca, pdftest.Signing{}).Edit(pdftest.Name, "(1000)", "(2000)")
		return validate(t, d.B, nil).Findings
	}
}

// tagged is a document whose structure holds, after signing, these elements; the
// first (21) has these entries. Signed were 21 and 25.
func tagged(t testing.TB, ca *cmstest.CA, kids, entries string) *pdftest.Doc {
	t.Helper()
	const root = "<</Type/StructTreeRoot/K 22 0 R/ParentTreeNextKey 1>>"
	d := pdftest.New(func(o pdftest.Objects) {
		o[pdftest.Catalog] = "<</Type/Catalog/Pages 2 0 R/AcroForm 6 0 R/StructTreeRoot 24 0 R>>"
		o[21], o[25], o[24] = "<</S/P/P 22 0 R/K 0>>", "<</S/P/P 22 0 R/K 3>>", root
		o[22] = "<</S/Document/P 24 0 R/K[21 0 R 25 0 R]>>"
	}).Sign(t, ca, pdftest.Signing{})
	return d.Update(pdftest.Objects{21: "<</S/P/P 22 0 R" + entries + ">>", 22: "<</S/Document/P 24 0 R/K" + kids + ">>",
		23: "<</S/Form/P 22 0 R/K 1>>", 24: strings.Replace(root, "Key 1", "Key 2", 1)})
}
