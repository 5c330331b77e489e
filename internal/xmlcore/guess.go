package xmlcore

import (
	"bytes"
	"regexp"
)

var (
	commentForm = regexp.MustCompile(`(?s)<!--.*?-->`)
	tagForm     = regexp.MustCompile(`<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]`)
)

// GuessRoot returns the local name of the first start tag in the first bytes
// of a document whose encoding is a superset of ASCII, "" when there is none.
// It is for telling what a document was meant to be when the rules of XML fail
// before its root: a DOCTYPE, an unknown encoding, a cut first tag. It proves
// nothing.
func GuessRoot(head []byte) string {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	if !bytes.HasPrefix(head, []byte("<")) {
		return ""
	}
	if m := tagForm.FindSubmatch(commentForm.ReplaceAll(head, nil)); m != nil {
		return string(m[1])
	}
	return ""
}
