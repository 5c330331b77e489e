package container

import (
	"archive/zip"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// unicodePath is the identifier of the extra field that holds the name of an
// entry in UTF-8 (Info-ZIP, WinZip), with the checksum of the other.
const unicodePath = 0x7075

// ZipName returns the name of an entry of a zip: as it stands when it is in
// UTF-8, else as the field for that says, else read in code page 437, which is
// that of the format. encoded says that it was not in UTF-8 as it stands: some
// systems will read it otherwise. (APPNOTE 6.3.10, §4.6.9 and appendix D)
func ZipName(h *zip.FileHeader) (name string, encoded bool) {
	if h.Flags&0x800 != 0 || utf8.ValidString(h.Name) {
		return h.Name, false
	}
	for extra := h.Extra; len(extra) >= 4; {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		extra = extra[4:]
		if n > len(extra) {
			break
		}
		field := extra[:n]
		extra = extra[n:]
		// A field whose checksum is of another name was left by a tool that renamed.
		if id == unicodePath && n > 5 && field[0] == 1 && utf8.Valid(field[5:]) &&
			binary.LittleEndian.Uint32(field[1:]) == crc32.ChecksumIEEE([]byte(h.Name)) {
			return string(field[5:]), true
		}
	}
	var b strings.Builder
	for i := range len(h.Name) {
		b.WriteRune(charmap.CodePage437.DecodeByte(h.Name[i]))
	}
	return b.String(), true
}
