package envelope

import (
	"strconv"
	"strings"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// NameError says which part of a name is not of the grammar. It does not quote
// the name.
type NameError struct {
	// FR and EN name the part: "date", "numéro"…
	FR, EN string
}

// Error names the part.
func (e *NameError) Error() string { return "envelope: name: " + e.EN }

func (e *NameError) param(name string) report.Param { return report.Words(name, e.FR, e.EN) }

var (
	errShape     = &NameError{"la forme générale", "the general shape"}
	errTrigram   = &NameError{"le trigramme", "the trigram"}
	errQuadri    = &NameError{"le quadrigramme (EACT ou TACT)", "the quadrigram (EACT or TACT)"}
	errSender    = &NameError{"l'émetteur", "the sender"}
	errSIREN     = &NameError{"le SIREN", "the SIREN"}
	errDate      = &NameError{"la date", "the date"}
	errSerial    = &NameError{"le numéro de série", "the serial number"}
	errDep       = &NameError{"le département", "the department"}
	errNumber    = &NameError{"le numéro de l'acte", "the number of the act"}
	errHyphen    = &NameError{"le nombre de tirets (le numéro de l'acte ne doit pas en contenir)", "the count of hyphens (the number of the act must hold none)"}
	errNature    = &NameError{"la nature", "the nature"}
	errCode      = &NameError{"le type et le flux", "the type and flow"}
	errExtension = &NameError{"l'extension", "the extension"}
)

// EnvelopeName is the name of an envelope without extension, in both
// directions:
//
//	EACT--210600730--20180115-1          from a collectivity
//	EACT--SPREF0441-214400152-20181012-9 from the State
type EnvelopeName struct {
	Quadrigramme string // EACT, or TACT on test platforms
	// Emetteur is the service of the State that sends (SPREF0441), "" when a
	// collectivity sends. Only the prefix SPREF was observed; any is read.
	Emetteur string
	SIREN    string   // of the collectivity, sender or receiver
	Date     ged.Date // day of generation
	Serie    int      // from 1, unique per collectivity and day; 9 999 at most when a collectivity sends
}

// FromState reports whether the State sends.
func (n EnvelopeName) FromState() bool { return n.Emetteur != "" }

// String writes the name without extension.
func (n EnvelopeName) String() string {
	middle := "--" + n.SIREN + "--"
	if n.FromState() {
		middle = "--" + n.Emetteur + "-" + n.SIREN + "-"
	}
	return n.Quadrigramme + middle + n.Date.Compact() + "-" + strconv.Itoa(n.Serie)
}

// XML is the name of the envelope's XML file.
func (n EnvelopeName) XML() string { return n.String() + ".xml" }

// Anomalie is the name of the file by which the State rejects the envelope.
func (n EnvelopeName) Anomalie() string { return "ANO_" + n.XML() }

// Archive is the name of the archive sent by the operator of that trigram.
func (n EnvelopeName) Archive(trigramme string) string {
	return ArchiveName{Trigramme: trigramme, EnvelopeName: n}.String()
}

// ParseEnvelopeName reads the name of an envelope, with or without ".xml". The
// error is a [*NameError].
func ParseEnvelopeName(s string) (EnvelopeName, error) {
	n, err := parseEnvelope(strings.TrimSuffix(s, ".xml"))
	if err != nil {
		return EnvelopeName{}, err
	}
	return n, nil
}

func parseEnvelope(s string) (n EnvelopeName, err *NameError) {
	q, rest, ok := strings.Cut(s, "--")
	if !ok {
		return n, errShape
	}
	if q != "EACT" && q != "TACT" {
		return n, errQuadri
	}
	n.Quadrigramme = q
	var tail string
	if siren, t, ok := strings.Cut(rest, "--"); ok {
		n.SIREN, tail = siren, t
	} else {
		if n.Emetteur, rest, ok = strings.Cut(rest, "-"); !ok || !isSender(n.Emetteur) {
			return n, errSender
		}
		if n.SIREN, tail, ok = strings.Cut(rest, "-"); !ok {
			return n, errShape
		}
	}
	if len(n.SIREN) != 9 || !isDigits(n.SIREN) {
		return n, errSIREN
	}
	date, serial, ok := strings.Cut(tail, "-")
	if !ok {
		return n, errShape
	}
	if n.Date, ok = parseDate(date); !ok {
		return n, errDate
	}
	if n.Serie, ok = parseSerial(serial); !ok || n.Serie == 0 || n.Serie > 9999 && !n.FromState() {
		return n, errSerial
	}
	return n, nil
}

// isSender accepts capitals then capitals and digits: SPREF0441, PREF02A.
func isSender(s string) bool {
	if len(s) < 2 || len(s) > 16 || s[0] < 'A' || s[0] > 'Z' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// ArchiveName is the name of an archive: SIC-EACT--210600730--20180115-1.tar.gz.
type ArchiveName struct {
	Trigramme string // of the operator: three letters
	EnvelopeName
}

// String writes the name with its extension.
func (n ArchiveName) String() string {
	return n.Trigramme + "-" + n.EnvelopeName.String() + ".tar.gz"
}

// ParseArchiveName reads the name of an archive. The error is a [*NameError].
func ParseArchiveName(s string) (ArchiveName, error) {
	n, err := parseArchive(s)
	if err != nil {
		return ArchiveName{}, err
	}
	return n, nil
}

func parseArchive(s string) (n ArchiveName, err *NameError) {
	stem, ok := strings.CutSuffix(s, ".tar.gz")
	if !ok {
		return n, errExtension
	}
	tri, rest, ok := strings.Cut(stem, "-")
	if !ok {
		return n, errShape
	}
	if len(tri) != 3 || !isLetters(tri) {
		return n, errTrigram
	}
	n.Trigramme = tri
	n.EnvelopeName, err = parseEnvelope(rest)
	return n, err
}

// ParseAnomalieName reads the name of an AnomalieEnveloppe file, ANO_….xml, and
// returns the name of the envelope it rejects. The error is a [*NameError].
func ParseAnomalieName(s string) (EnvelopeName, error) {
	rest, ok := strings.CutPrefix(s, "ANO_")
	if !ok {
		return EnvelopeName{}, errShape
	}
	stem, ok := strings.CutSuffix(rest, ".xml")
	if !ok {
		return EnvelopeName{}, errExtension
	}
	n, err := parseEnvelope(stem)
	if err != nil {
		return EnvelopeName{}, err
	}
	return n, nil
}

// Base is what the names of a message and of its files share. The fields stand
// at fixed places between hyphens: that is why a number must hold none.
type Base struct {
	Departement string   // three characters: 034, 02A
	SIREN       string   // nine digits; one simulator writes four, read and judged elsewhere
	Date        ged.Date // of the decision; zero in 7-x and in some anomalies
	Numero      string   // of the act; empty likewise
	Nature      string   // DE, AR, AI, CC, BF, AU; empty likewise
	Code        string   // type and flow of the message: 1-1
}

// String writes the base, hyphens for what is absent.
func (b Base) String() string {
	return b.Departement + "-" + b.SIREN + "-" + b.Date.Compact() + "-" + b.Numero + "-" + b.Nature + "-" + b.Code
}

// NoSerie is the Serie of a name that carries none.
const NoSerie = -1

// MessageName is the name of a message's XML file. The ministry's serials mean
// nothing (any number, or none): identify a message by its root, not by them.
type MessageName struct {
	Base
	Serie int // 0 when a collectivity writes; [NoSerie]
}

// String writes the name with its extension.
func (n MessageName) String() string {
	if n.Serie == NoSerie {
		return n.Base.String() + ".xml"
	}
	return n.Base.String() + "_" + strconv.Itoa(n.Serie) + ".xml"
}

// ParseMessageName reads the name of a message's XML. The error is a
// [*NameError].
func ParseMessageName(s string) (MessageName, error) {
	f, err := parseFile(s)
	switch {
	case err != nil:
		return MessageName{}, err
	case f.CodePJ != "":
		return MessageName{}, errDep
	case f.Ext != "xml":
		return MessageName{}, errExtension
	}
	return MessageName{f.Base, f.Serie}, nil
}

// FileName is the name of a file a message refers to:
// 99_DE-034-123456782-20240627-D2024_042-DE-1-1_1.pdf.
type FileName struct {
	// CodePJ is the code of the typologie des pièces, five characters; empty
	// when the name has none. It may be a code no classification holds.
	CodePJ string
	Base
	Serie int    // 1 for the main document, then 2, 3…; [NoSerie]
	Ext   string // as written, without the dot
}

// String writes the name.
func (n FileName) String() string {
	s := n.Base.String()
	if n.CodePJ != "" {
		s = n.CodePJ + "-" + s
	}
	if n.Serie != NoSerie {
		s += "_" + strconv.Itoa(n.Serie)
	}
	return s + "." + n.Ext
}

// ParseFileName reads the name of a file of a message; the name of the message
// itself is one too. The error is a [*NameError].
func ParseFileName(s string) (FileName, error) {
	n, err := parseFile(s)
	if err != nil {
		return FileName{}, err
	}
	return n, nil
}

const maxNumero = 15

func parseFile(s string) (n FileName, err *NameError) {
	if len(s) > 5 && s[5] == '-' && isCodePJ(s[:5]) {
		n.CodePJ, s = s[:5], s[6:]
	}
	var tok [7]string
	rest := s
	for i := range 6 {
		var ok bool
		if tok[i], rest, ok = strings.Cut(rest, "-"); !ok {
			return n, errShape
		}
	}
	if strings.Contains(rest, "-") {
		return n, errHyphen
	}
	tok[6] = rest
	last, ext, ok := strings.Cut(tok[6], ".")
	if !ok || !isExt(ext) {
		return n, errExtension
	}
	n.Ext = ext
	flux, serial, ok := strings.Cut(last, "_")
	n.Serie = NoSerie
	if ok {
		if n.Serie, ok = parseSerial(serial); !ok {
			return n, errSerial
		}
	}
	switch {
	case !isDepartement(tok[0]):
		return n, errDep
	case tok[1] == "" || len(tok[1]) > 9 || !isDigits(tok[1]):
		return n, errSIREN
	case len(tok[3]) > 4*maxNumero || strings.ContainsAny(tok[3], "./\\"):
		return n, errNumber
	case tok[4] != "" && !isNature(tok[4]):
		return n, errNature
	case len(tok[5]) != 1 || len(flux) != 1 || !isDigits(tok[5]) || !isDigits(flux):
		return n, errCode
	}
	if tok[2] != "" {
		if n.Date, ok = parseDate(tok[2]); !ok {
			return n, errDate
		}
	}
	n.Departement, n.SIREN, n.Numero, n.Nature = tok[0], tok[1], tok[3], tok[4]
	n.Code = tok[5] + "-" + flux
	return n, nil
}

// isCodePJ reports whether the first token of a name is a typology code: five
// capitals, digits and "_", one "_" at least (a department is shorter, but a
// number of a foreign grammar might not be).
func isCodePJ(s string) bool {
	under := false
	for i := range len(s) {
		c := s[i]
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
		under = under || c == '_'
	}
	return under && len(s) == 5
}

// isDepartement: 034, 971, 02A. The schema's stray "|" is never accepted.
func isDepartement(s string) bool {
	return len(s) == 3 && (s[0] == '0' || s[0] == '9') && isDigits(s[1:2]) &&
		(isDigits(s[2:]) || s[2] == 'A' || s[2] == 'B')
}

func isNature(s string) bool {
	switch s {
	case "DE", "AR", "AI", "CC", "BF", "AU":
		return true
	}
	return false
}

func isExt(s string) bool {
	if s == "" || len(s) > 8 {
		return false
	}
	return isAlnum(s)
}

func isAlnum(s string) bool {
	for i := range len(s) {
		if c := s[i]; !(c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9') {
			return false
		}
	}
	return true
}

func isLetters(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// parseSerial reads a serial without leading zeros.
func parseSerial(s string) (int, bool) {
	if s == "" || len(s) > 9 || !isDigits(s) || len(s) > 1 && s[0] == '0' {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

func parseDate(s string) (ged.Date, bool) {
	if len(s) != 8 || !isDigits(s) {
		return ged.Date{}, false
	}
	d, err := ged.ParseDate(s[:4] + "-" + s[4:6] + "-" + s[6:])
	return d, err == nil
}
