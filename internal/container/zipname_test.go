package container

import (
	"archive/zip"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"testing"
)

func TestZipName(t *testing.T) {
	field := func(id uint16, version byte, of, name string) []byte {
		b := binary.LittleEndian.AppendUint16(nil, id)
		b = binary.LittleEndian.AppendUint16(b, uint16(5+len(name)))
		b = append(b, version)
		b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte(of)))
		return append(b, name...)
	}
	const old = "PI\xd4CE.pdf" // in code page 850
	times := []byte{0x55, 0x54, 5, 0, 1, 0, 0, 0, 0}
	for _, c := range []struct {
		name    string
		header  zip.FileHeader
		want    string
		encoded bool
	}{
		{"ASCII", zip.FileHeader{Name: "a.pdf"}, "a.pdf", false},
		{"UTF-8, said", zip.FileHeader{Name: "été", Flags: 0x800}, "été", false},
		{"UTF-8, not said", zip.FileHeader{Name: "été"}, "été", false},
		{"code page 437", zip.FileHeader{Name: "\x82t\x82"}, "été", true},
		{"Unicode path", zip.FileHeader{Name: old, Extra: field(unicodePath, 1, old, "PIÈCE.pdf")}, "PIÈCE.pdf", true},
		{"after another field", zip.FileHeader{Name: old, Extra: slices.Concat(times, field(unicodePath, 1, old, "PIÈCE.pdf"))}, "PIÈCE.pdf", true},
		{"of another name", zip.FileHeader{Name: old, Extra: field(unicodePath, 1, "b", "PIÈCE.pdf")}, "PI╘CE.pdf", true},
		{"of another version", zip.FileHeader{Name: old, Extra: field(unicodePath, 2, old, "PIÈCE.pdf")}, "PI╘CE.pdf", true},
		{"not in UTF-8", zip.FileHeader{Name: old, Extra: field(unicodePath, 1, old, "PI\xc8CE.pdf")}, "PI╘CE.pdf", true},
		{"cut", zip.FileHeader{Name: old, Extra: field(unicodePath, 1, old, "PIÈCE.pdf")[:8]}, "PI╘CE.pdf", true},
		{"a name in UTF-8 is the name", zip.FileHeader{Name: "a", Extra: field(unicodePath, 1, "a", "b")}, "a", false},
	} {
		if got, encoded := ZipName(&c.header); got != c.want || encoded != c.encoded {
			t.Errorf("%s: %q %v, want %q %v", c.name, got, encoded, c.want, c.encoded)
		}
	}
}
