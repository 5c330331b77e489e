package actes

import (
	"bytes"
	"strings"

	"github.com/liasse/liasse/ged/report"
)

// Format is a file format the protocol knows; its value is the extension a
// file of it has inside an envelope. The zero value is any other format.
type Format string

// The formats an act may have.
const (
	PDF  Format = "pdf"
	XML  Format = "xml"
	JPEG Format = "jpg"
	PNG  Format = "png"
)

// MediaType returns the media type, "application/octet-stream" for an unknown
// format.
func (f Format) MediaType() string {
	switch f {
	case PDF:
		return "application/pdf"
	case XML:
		return "application/xml"
	case JPEG:
		return "image/jpeg"
	case PNG:
		return "image/png"
	}
	return "application/octet-stream"
}

// String returns the name people know the format by.
func (f Format) String() string {
	if f == "" {
		return "?"
	}
	return strings.ToUpper(string(f))
}

// inWords is a media type for who has to convert the file.
func inWords(mime string) report.Param {
	fr, en := "inconnu", "unknown format"
	switch mime {
	case "application/pdf":
		fr, en = "PDF", "PDF"
	case "application/xml":
		fr, en = "XML", "XML"
	case "image/jpeg":
		fr, en = "image JPEG", "JPEG image"
	case "image/png":
		fr, en = "image PNG", "PNG image"
	case "application/zip":
		fr, en = "ZIP (traitement de texte, tableur ou archive)", "ZIP (word processor, spreadsheet or archive)"
	case "text/plain":
		fr, en = "texte brut", "plain text"
	}
	if mime != "?" {
		en += " (" + mime + ")"
	}
	return report.Words("format", fr, en)
}

// SniffSize is how many bytes [Sniff] looks at, at most.
const SniffSize = 1024

// Sniff recognises a format by the first bytes of a file. For a file that is
// of no format of the protocol, mime is a guess to name it by.
func Sniff(head []byte) (f Format, mime string) {
	head = head[:min(len(head), SniffSize)]
	switch {
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		f = PNG
	case bytes.HasPrefix(head, []byte("\xFF\xD8\xFF")):
		f = JPEG
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return "", "application/zip"
	case looksXML(head):
		f = XML
	case bytes.Contains(head, []byte("%PDF-")):
		// ISO 32000-1 annex H: readers accept the header anywhere in the first
		// 1024 bytes.
		f = PDF
	case len(head) == 0:
		return "", "application/x-empty"
	default:
		return "", guess(head)
	}
	return f, f.MediaType()
}

func looksXML(head []byte) bool {
	switch {
	case bytes.HasPrefix(head, []byte("\xFE\xFF\x00<")), bytes.HasPrefix(head, []byte("\xFF\xFE<\x00")):
		return true
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	if bytes.HasPrefix(head, []byte("<?xml")) || bytes.HasPrefix(head, []byte("<!--")) {
		return true
	}
	if len(head) < 2 || head[0] != '<' {
		return false
	}
	c := head[1] | 0x20
	low := bytes.ToLower(head[:min(len(head), 6)])
	return (c >= 'a' && c <= 'z' || head[1] == '_' || head[1] >= 0x80) && !bytes.HasPrefix(low, []byte("<html"))
}

func guess(head []byte) string {
	for _, c := range head {
		if c == 0 || c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1B {
			return "application/octet-stream"
		}
	}
	return "text/plain"
}

// FormatOf returns the format the extension of a name claims, whatever its
// case.
func FormatOf(name string) Format {
	i := strings.LastIndexByte(name, '.')
	switch strings.ToLower(name[i+1:]) {
	case "pdf":
		return PDF
	case "xml":
		return XML
	case "jpg", "jpeg":
		return JPEG
	case "png":
		return PNG
	}
	return ""
}

// Emplacement is the place of a file in a message.
type Emplacement uint8

// The places.
const (
	Principal Emplacement = iota // main document of an act
	Annexe                       // annexe of an act
	Reponse                      // document of an answer to the préfecture
)

// Cadre is what the formats permitted depend on besides the place.
type Cadre struct {
	Profile   Profile
	Nature    Nature
	Matiere   Matiere
	Principal Format // format of the main document, for an annexe
}

// budget reports whether the act may have an XML main document: a budget
// document under matter 7.1.
func (c Cadre) budget() bool {
	return c.Nature == Budgetaire && c.Matiere[0] == 7 && c.Matiere[1] == 1
}

// Formats returns the formats permitted at a place.
func (c Cadre) Formats(at Emplacement) []Format {
	stela := c.Profile == STELA
	switch {
	case at == Reponse:
		return []Format{PDF, XML, PNG, JPEG}
	case at == Principal && stela && c.Nature == Budgetaire:
		return []Format{XML}
	case at == Principal && stela:
		return []Format{PDF, JPEG, PNG}
	case at == Principal && c.budget():
		return []Format{PDF, XML}
	case at == Principal:
		return []Format{PDF}
	case stela && c.Nature == Budgetaire:
		return []Format{PDF, JPEG, PNG}
	case !stela && c.Principal == XML:
		return []Format{PDF}
	}
	return []Format{PDF, JPEG, PNG, XML}
}

// Check says what is wrong with the format of a file at a place, and returns
// its format. STELA looks at the extension of the name, the other profiles at
// the first bytes, with which the extension must agree. The parameter names
// the file in the findings.
func (c Cadre) Check(rep *report.Report, where report.Location, file report.Param, at Emplacement, name string, head []byte) Format {
	file.Name = "file"
	f, mime := Sniff(head)
	if c.Profile == STELA {
		if f = FormatOf(name); f == "" {
			mime = "?"
		} else {
			mime = f.MediaType()
		}
	}
	if c.Profile == XSD {
		return f
	}
	allowed := c.Formats(at)
	var names []string
	ok := false
	for _, a := range allowed {
		ok = ok || a == f
		names = append(names, a.String())
	}
	switch {
	case ok:
	case c.Profile == Norme && at == Principal && (f == JPEG || f == PNG):
		rep.Add(FormatImage, where, file)
	case at == Principal && f == XML && c.Profile != STELA:
		rep.Add(FormatXML, where, file)
	default:
		rep.Add(FormatDocument, where, file, inWords(mime), report.List("allowed", names))
	}
	if f != "" && FormatOf(name) != f {
		rep.Add(FormatExtension, where, file, report.P("format", f.String()))
	}
	return f
}
