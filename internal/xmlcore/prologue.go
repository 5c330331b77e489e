package xmlcore

import (
	"strings"

	"github.com/liasse/liasse/ged/report"
)

// prologue settles the encoding and reads the XML declaration.
func (r *Reader) prologue() error {
	switch f := r.open(); {
	case f.unknown != "":
		return r.fail(report.XMLEncoding, f.at, report.P("encoding", f.unknown))
	case f.declared != "":
		return r.fail(report.XMLEncodingConflict, f.at, report.P("declared", f.declared), report.P("found", f.found))
	}
	r.state = outside
	const opening = "<?xml"
	for r.end <= len(opening) && r.more(false) {
	}
	b := r.buf[:r.end]
	if len(b) <= len(opening) || string(b[:len(opening)]) != opening ||
		b[len(opening)] != '?' && class[b[len(opening)]]&isSpace == 0 {
		return nil
	}
	d := parseDecl(b)
	for d.incomplete && r.more(false) {
		d = parseDecl(r.buf[:r.end])
	}
	switch {
	case d.versionAt > 0 && d.version != "1.0":
		return r.fail(report.XMLVersion, d.versionAt, report.P("version", d.version))
	case d.fr != "":
		return r.fail(report.XMLDecl, d.badAt, detail(d.fr, d.en))
	case d.incomplete && r.stop == running:
		return r.fail(report.XMLDecl, 0, detail("elle est trop longue", "it is too long"))
	case d.incomplete:
		return r.short("la déclaration XML n'est pas terminée", "the XML declaration is not complete")
	}
	if r.enc.table == nil && r.enc != utf8Encoding && d.encoding != "" && !r.enc.declares(d.encoding) {
		return r.fail(report.XMLEncodingConflict, d.encodingAt, report.P("declared", d.encoding), report.P("found", r.enc.name+" (BOM)"))
	}
	r.pos = d.size
	return nil
}

// decl is an XML declaration (XML 1.0 §2.8 [23], §4.3.3 [80], §2.9 [32]).
type decl struct {
	version, encoding     string
	versionAt, encodingAt int // of the values
	size                  int // of a correct declaration
	incomplete            bool
	fr, en                string // what is wrong, at badAt
	badAt                 int
}

func parseDecl(b []byte) (d decl) {
	i := len("<?xml")
	bad := func(at int, fr, en string) decl {
		d.badAt, d.fr, d.en = at, fr, en
		return d
	}
	spaces := func() bool {
		for i < len(b) && class[b[i]]&isSpace != 0 {
			i++
		}
		return i < len(b)
	}
	for seen := 0; ; {
		before := i
		if !spaces() {
			break
		}
		if b[i] == '?' {
			switch {
			case i+1 == len(b):
				d.incomplete = true
			case b[i+1] != '>':
				return bad(i, "« ?> » attendu", "\"?>\" expected")
			case seen == 0:
				return bad(i, "la version manque", "the version is missing")
			}
			d.size = i + 2
			return d
		}
		if before == i {
			return bad(i, "un espace manque", "a space is missing")
		}
		at := i
		for i < len(b) && b[i] >= 'a' && b[i] <= 'z' {
			i++
		}
		if i == len(b) {
			break
		}
		switch name := string(b[at:i]); {
		case name == "version" && seen == 0:
			seen = 1
		case name == "encoding" && seen == 1:
			seen = 2
		case name == "standalone" && (seen == 1 || seen == 2):
			seen = 3
		default:
			return bad(at, "« version », « encoding » ou « standalone » est absent, mal écrit ou mal placé",
				"\"version\", \"encoding\" or \"standalone\" is missing, misspelt or misplaced")
		}
		if !spaces() {
			break
		}
		if b[i] != '=' {
			return bad(i, "« = » attendu", "\"=\" expected")
		}
		i++
		if !spaces() {
			break
		}
		if b[i] != '"' && b[i] != '\'' {
			return bad(i, "guillemet attendu", "quote expected")
		}
		quote := b[i]
		i++
		at = i
		for i < len(b) && b[i] != quote && b[i] != '<' && b[i] != '>' && b[i] < 0x80 {
			i++
		}
		if i == len(b) {
			break
		}
		value := string(b[at:i])
		switch {
		case b[i] != quote:
			return bad(i, "guillemet fermant attendu", "closing quote expected")
		case seen == 1:
			d.version, d.versionAt = value, at
		case seen == 3 && value != "yes" && value != "no":
			return bad(at, "« standalone » vaut yes ou no", "\"standalone\" is yes or no")
		case seen == 2 && !isEncName(value):
			return bad(at, "nom d'encodage mal écrit", "malformed encoding name")
		case seen == 2:
			d.encoding, d.encodingAt = value, at
		}
		i++
	}
	d.incomplete = true
	return d
}

// isEncName is the production EncName (XML 1.0 §4.3.3 [81]).
func isEncName(s string) bool {
	for i, c := range []byte(s) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || class[c]&isDigit == 0 && !strings.ContainsRune("._-", rune(c))) {
			return false
		}
	}
	return s != ""
}
