package container

import (
	"bytes"
	"fmt"

	"github.com/liasse/liasse/ged/report"
)

// headSize is how much of a file or of an inflated archive is looked at to say
// what it is instead of what was expected: the mark of a tar ends there.
const (
	ustarAt  = 257
	headSize = ustarAt + len("ustar")
)

// known are beginnings of what is sent instead of an archive. Each stands where
// the form has it.
var known = []struct {
	at     int
	magic  string
	fr, en string
}{
	{0, "PK\x03\x04", "c'est une archive zip", "it is a zip archive"},
	{0, "PK\x05\x06", "c'est une archive zip vide", "it is an empty zip archive"},
	{0, "\x1f\x8b", "il est compressé deux fois", "it is compressed twice"},
	{0, "BZh", "il est compressé par bzip2", "it is compressed by bzip2"},
	{0, "\xfd7zXZ\x00", "il est compressé par xz", "it is compressed by xz"},
	{0, "\x28\xb5\x2f\xfd", "il est compressé par zstd", "it is compressed by zstd"},
	{0, "7z\xbc\xaf\x27\x1c", "c'est une archive 7-Zip", "it is a 7-Zip archive"},
	{0, "Rar!\x1a\x07", "c'est une archive RAR", "it is a RAR archive"},
	{0, "%PDF-", "c'est un PDF", "it is a PDF"},
	{ustarAt, "ustar", "c'est une archive tar qui n'est pas compressée", "it is a tar archive that is not compressed"},
}

// instead says what a head is the beginning of; else it shows its first octets
// and ok is false.
func instead(head []byte) (detail report.Param, ok bool) {
	for _, k := range known {
		if len(head) >= k.at && bytes.HasPrefix(head[k.at:], []byte(k.magic)) {
			return report.Words("detail", k.fr, k.en), true
		}
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(text) > 1 && text[0] == '<' && text[1] < 0x80 {
		return report.Words("detail", "c'est une page ou un document XML", "it is a page or an XML document"), true
	}
	return report.Code("detail", fmt.Sprintf("[% X]", head[:min(len(head), 4)])), false
}
