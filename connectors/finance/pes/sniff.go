package pes

import (
	"bytes"
	"path"
	"strings"
)

// magics are the first bytes of the formats PJ are made of.
var magics = []struct{ magic, mime string }{
	{"%PDF-", "application/pdf"},
	{"\x89PNG\r\n\x1a\n", "image/png"},
	{"\xff\xd8\xff", "image/jpeg"},
	{"II*\x00", "image/tiff"},
	{"MM\x00*", "image/tiff"},
	{"GIF8", "image/gif"},
	{"PK\x03\x04", "application/zip"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"},
	{"{\\rtf", "application/rtf"},
	{"\x1f\x8b", "application/gzip"},
}

// sniff names the type first bytes look like, "" when they look like none.
func sniff(head []byte) string {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.mime
		}
	}
	t := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if bytes.HasPrefix(t, []byte("<")) {
		return "text/xml"
	}
	return ""
}

// extensions says which type a name promises.
var extensions = map[string]string{
	".pdf": "application/pdf", ".xml": "text/xml", ".xhl": "text/xml", ".png": "image/png",
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".tif": "image/tiff", ".tiff": "image/tiff", ".gif": "image/gif",
	".zip": "application/zip", ".docx": "application/zip", ".xlsx": "application/zip", ".odt": "application/zip",
	".ods": "application/zip", ".doc": "application/x-ole-storage", ".xls": "application/x-ole-storage", ".rtf": "application/rtf",
}

// declared brings the ways of naming a type to one; "" says nothing.
func declared(mime string) string {
	m, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(mime)), ";")
	switch m = strings.TrimSpace(m); m {
	case "application/xml", "text/xml", "text/html", "application/xhtml+xml":
		return "text/xml"
	case "image/jpg":
		return "image/jpeg"
	case "image/tif":
		return "image/tiff"
	case "text/rtf":
		return "application/rtf"
	case "application/x-pdf":
		return "application/pdf"
	case "application/msword", "application/vnd.ms-excel":
		return "application/x-ole-storage"
	case "", "application/octet-stream", "text/plain", "application/force-download":
		return ""
	}
	if strings.HasPrefix(m, "application/vnd.o") { // OpenDocument, Office Open XML
		return "application/zip"
	}
	return m
}

// typesDisagree says which of the declared type, the extension and the first
// bytes contradict one another, in that order; nothing where one is silent.
func typesDisagree(p *PJ) (mime, extension, content string, disagree bool) {
	mime, extension, content = declared(p.MIMEType), extensions[strings.ToLower(path.Ext(p.NomPJ))], p.Contenu.Type
	differ := func(a, b string) bool { return a != "" && b != "" && a != b }
	return mime, extension, content, differ(mime, extension) || differ(mime, content) || differ(extension, content)
}
