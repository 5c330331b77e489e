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
