package container

import (
	"archive/tar"
	"io/fs"
	"testing"

	"github.com/liasse/liasse/ged/report"
)

// TestKinds: what is no file is named in words, never by the letters of a mode.
func TestKinds(t *testing.T) {
	word := func(p report.Param) string {
		var r report.Report
		r.Add(report.CtnLink, report.Location{}, report.P("entry", "a"), p)
		for f := range r.All() {
			return f.Message("fr")
		}
		return ""
	}
	said := func(want report.Param, got ...report.Param) {
		t.Helper()
		for _, g := range got {
			if word(g) != word(want) {
				t.Errorf("%q, want %q", word(g), word(want))
			}
		}
	}
	said(symlink.param(), FileKind(fs.ModeSymlink), TarKind(&tar.Header{Typeflag: tar.TypeSymlink}))
	said(hardLink.param(), TarKind(&tar.Header{Typeflag: tar.TypeLink}))
	said(device.param(), FileKind(fs.ModeDevice), FileKind(fs.ModeDevice|fs.ModeCharDevice), TarKind(&tar.Header{Typeflag: tar.TypeBlock}))
	said(fifo.param(), FileKind(fs.ModeNamedPipe), TarKind(&tar.Header{Typeflag: tar.TypeFifo}))
	said(folder.param(), FileKind(fs.ModeDir), TarKind(&tar.Header{Typeflag: tar.TypeDir}))
	said(foreign.param(), FileKind(fs.ModeSocket), FileKind(fs.ModeIrregular), TarKind(&tar.Header{Typeflag: 'Z'}))
	said(holed.param(), TarKind(&tar.Header{Typeflag: tar.TypeReg, PAXRecords: map[string]string{"GNU.sparse.major": "1"}}))
}
