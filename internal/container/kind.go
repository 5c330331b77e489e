package container

import (
	"archive/tar"
	"io/fs"

	"github.com/liasse/liasse/ged/report"
)

// FileKind says what an entry of that mode is, which is no ordinary file, as
// the parameter "kind" of CTN-LINK.
func FileKind(mode fs.FileMode) report.Param {
	switch {
	case mode&fs.ModeSymlink != 0:
		return symlink.param()
	case mode.IsDir():
		return folder.param()
	case mode&fs.ModeDevice != 0:
		return device.param()
	case mode&fs.ModeNamedPipe != 0:
		return fifo.param()
	}
	return foreign.param()
}

// TarKind says the same of an entry of a tar.
func TarKind(h *tar.Header) report.Param {
	if k := kindOf(h); k != ordinary {
		return k.param()
	}
	return foreign.param()
}
