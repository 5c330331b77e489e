package pronom

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"strings"

	"github.com/richardlehane/mscfb"
)

// Bounds of what the engine may open inside a container.
const (
	maxDirectory = 16 << 20 // bytes of the directory of a zip
	maxMember    = 16 << 20 // inflated bytes of a member that is looked at
	maxOLEFile   = 256 << 20
	maxOLE       = 48 << 20 // bytes read of an OLE2 file: below what the engine would put on disk
	maxTables    = 8 << 20  // bytes of its tables
	maxEntries   = 10_000   // of its directory
	maxDepth     = 32       // of its folders
)

// How files begin that the engine opens as containers.
const (
	zipMark = "PK\x03\x04"
	oleMark = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
)

func (v *view) container() bool {
	return bytes.HasPrefix(v.head, []byte(zipMark)) || bytes.HasPrefix(v.head, []byte(oleMark))
}

// examine looks at a file that the engine would open as a container. It
// returns nil when the engine may, else a view of the first bytes only, which
// tells the kind of container and nothing of what it holds.
func (i *Identifier) examine(v *view) *view {
	switch {
	case bytes.HasPrefix(v.head, []byte(zipMark)):
		if i.zipIsHostile(v) {
			return v.ends(1<<10, 512)
		}
	case bytes.HasPrefix(v.head, []byte(oleMark)):
		if oleIsHostile(v) {
			return v.ends(256, 0) // less than the header its reader asks for
		}
		v.left = min(v.left, maxOLE)
	}
	return nil
}

// ends is the file as if it were its first and last bytes only. A zip keeps the
// marks of a zip, and whatever its directory then says of so few bytes cannot
// inflate to much.
func (v *view) ends(head, tail int) *view {
	p := v.head[:min(head, len(v.head))]
	if n := min(int64(tail), v.size-int64(len(p))); n > 0 {
		last := make([]byte, n)
		if _, err := (unbound{v}).ReadAt(last, v.size-n); err == nil {
			p = append(p[:len(p):len(p)], last...)
		}
	}
	return &view{ctx: v.ctx, r: v.r, size: int64(len(p)), left: 1 << 20, leftEnd: 1 << 20, head: p}
}

// zipIsHostile reports whether the directory is larger than any document's, or
// a member that signatures look at would inflate without measure. A zip whose
// directory cannot be read is harmless: the engine reads no more of it.
func (i *Identifier) zipIsHostile(v *view) bool {
	size, ok := directorySize(v)
	if !ok {
		return false
	}
	if size > maxDirectory {
		return true
	}
	z, err := zip.NewReader(unbound{v}, v.size)
	if err != nil {
		return false
	}
	total := uint64(0) // the same member may stand there a thousand times
	for _, f := range z.File {
		// The reader of the standard library stops at the size announced.
		if !i.own || members[strings.TrimSuffix(f.Name, "\x00")] {
			total += min(f.UncompressedSize64, maxMember)
			if f.UncompressedSize64 > maxMember || total > 2*maxMember && i.own {
				return true
			}
		}
	}
	return false
}

// unbound reads the file outside the bound on what the engine is shown.
type unbound struct{ v *view }

func (u unbound) ReadAt(p []byte, off int64) (int, error) {
	v := u.v
	v.mu.Lock()
	defer v.mu.Unlock()
	if off < 0 || off >= v.size {
		return 0, io.EOF
	}
	n := min(int64(len(p)), v.size-off)
	if s := v.read(off, n); s == nil {
		return 0, v.err
	} else {
		copy(p, s)
	}
	if n < int64(len(p)) {
		return int(n), io.EOF
	}
	return int(n), nil
}

// directorySize reads the size of a zip's directory from its end records.
// (APPNOTE 6.3.10 §4.3.14, §4.3.16)
func directorySize(v *view) (int64, bool) {
	n := min(v.size, 64<<10+22)
	tail := make([]byte, n)
	if _, err := (unbound{v}).ReadAt(tail, v.size-n); err != nil && err != io.EOF {
		return 0, false
	}
	i := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if i < 0 || len(tail)-i < 22 {
		return 0, false
	}
	size := int64(binary.LittleEndian.Uint32(tail[i+12:]))
	if size < 0xffffffff && binary.LittleEndian.Uint16(tail[i+10:]) < 0xffff {
		return size, true
	}
	// Zip64: 20 bytes before, the locator says where the larger record is.
	if i < 20 || !bytes.HasPrefix(tail[i-20:], []byte("PK\x06\x07")) {
		return size, true
	}
	at := binary.LittleEndian.Uint64(tail[i-20+8:])
	record := make([]byte, 56)
	if at > uint64(v.size) {
		return 0, false
	}
	if _, err := (unbound{v}).ReadAt(record, int64(at)); err != nil {
		return 0, false
	}
	return int64(min(binary.LittleEndian.Uint64(record[40:]), 1<<62)), true
}

// members lists the members of zip files that the signatures of PRONOM v118
// look into.
var members = map[string]bool{
	"Index/Document.iwa": true, "META-INF/AIR/application.xml": true, "META-INF/MANIFEST.MF": true, "META-INF/manifest.xml": true,
	"META-INF/signatures0.xml": true, "META-INF/signatures1.xml": true, "Metadata/BuildVersionHistory.plist": true,
	"[Content_Types].xml": true, "catalog.xml": true, "content.xml": true, "content/riffData.cdr": true, "content/root.dat": true,
	"datapackage.json": true, "doc.kml": true, "doc.xml": true, "document.xml": true, "geogebra.xml": true, "header/metadata.xml": true,
	"index.apxl": true, "index.xml": true, "manifest.xml": true, "mimetype": true, "outputViewer0000000000.xml": true,
	"outputViewer0000000000_heading.xml": true, "ppt/presentation.xml": true, "rdb/refs.frm": true, "refs.FRM": true, "refs.frm": true,
	"summary.xml": true, "word/document.xml": true, "xl/workbook.xml": true,
}

// oleIsHostile walks the tables of an OLE2 file, under guard and within the
// same bound, with the reader the engine uses. ([MS-CFB] §2.2)
func oleIsHostile(v *view) (hostile bool) {
	if len(v.head) < 512 || v.size > maxOLEFile {
		return true
	}
	// The tables the header announces cannot describe more than the file: the
	// reader reserves memory for them.
	shift := int64(binary.LittleEndian.Uint16(v.head[30:]))
	if shift != 9 && shift != 12 {
		return true
	}
	sector := int64(1) << shift
	for _, t := range []struct{ at, covers int64 }{
		{40, sector},                // directory
		{44, sector / 4 * sector},   // FAT
		{64, sector / 4 * 64},       // mini FAT: mini sectors of 64 bytes
		{72, sector/4*sector - 109}, // DIFAT
	} {
		if int64(binary.LittleEndian.Uint32(v.head[t.at:]))*t.covers > v.size+16*t.covers {
			return true
		}
	}
	defer func() {
		if recover() != nil {
			hostile = true
		}
	}()
	c := &counting{v: v, left: maxTables}
	r, err := mscfb.New(c)
	if err != nil {
		return c.left < 0 // else it is the engine's error too, and harmless
	}
	c.left = maxOLE
	buf := make([]byte, 32<<10)
	for n := 0; ; n++ {
		f, err := r.Next()
		if err != nil {
			return false
		}
		if n > maxEntries || len(f.Path) > maxDepth {
			return true
		}
		for c.left > 0 {
			if n, err := f.Read(buf); err != nil || n == 0 {
				break
			}
		}
	}
}

// counting reads the file until its bound is reached.
type counting struct {
	v    *view
	left int64
}

// Slice reads as the engine's own reader does.
func (c *counting) Slice(off int64, n int) ([]byte, error) {
	if c.left -= int64(n); c.left < 0 || n < 0 {
		return nil, io.EOF
	}
	p := make([]byte, n)
	got, err := unbound{c.v}.ReadAt(p, off)
	return p[:got], err
}

func (c *counting) ReadAt(p []byte, off int64) (int, error) {
	s, err := c.Slice(off, len(p))
	return copy(p, s), err
}
