package container

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container/nameset"
)

// MaxName is the longest name of an entry that is kept, in bytes.
const MaxName = 1024

// Fault is what is wrong with a name. Why is the offending part, in a form that
// needs no translation: "..", "\", "U+202E", "CON".
type Fault struct {
	Rule *report.Rule // CTN-PATH, CTN-NAME or CTN-DOT-SLASH
	Why  string
}

// CheckName judges the name of an entry as written in a container, where "/"
// separates folders, and returns it without its "./" prefix. A name with a
// CTN-PATH fault must not be used to write anything anywhere.
func CheckName(raw string) (clean string, faults []Fault) {
	clean = raw
	for strings.HasPrefix(clean, "./") {
		clean = strings.TrimLeft(clean[2:], "/")
		if faults == nil {
			faults = append(faults, Fault{report.CtnDotSlash, "./"})
		}
	}
	if clean == "." {
		clean = ""
		faults = append(faults, Fault{report.CtnDotSlash, "."})
	}
	if plain(clean) {
		return clean, faults
	}
	path := func(why string) {
		if f := (Fault{report.CtnPath, why}); !slices.Contains(faults, f) { // once, however often it stands there
			faults = append(faults, f)
		}
	}
	switch {
	case clean == "":
		if raw == "" {
			path(`""`)
		}
		return clean, faults
	case len(clean) > MaxName:
		path("> 1024")
		return clean[:MaxName], faults
	}
	if clean[0] == '/' {
		path("/")
	}
	if len(clean) >= 2 && clean[1] == ':' && isLetter(clean[0]) {
		path(clean[:2])
	}
	if strings.Contains(clean, `\`) {
		path(`\`)
	}
	if why := badRune(clean); why != "" {
		path(why)
	}
	windows := ""
	for part := range strings.SplitSeq(strings.TrimSuffix(clean, "/"), "/") {
		if part == ".." || part == "." {
			path(part)
			continue
		}
		if windows == "" {
			windows = windowsFault(part)
		}
	}
	if !utf8.ValidString(clean) && windows == "" {
		windows = "UTF-8"
	}
	if windows != "" {
		faults = append(faults, Fault{report.CtnName, windows})
	}
	return clean, faults
}

// Why is what is wrong with a name, in a finding: what stands in it that must
// not, in words for people.
func Why(why string) report.Param {
	fr, en := "« "+why+" » n'y est pas permis", "\""+why+"\" is not allowed in it"
	switch {
	case why == `""`:
		fr, en = "il est vide", "it is empty"
	case why == "..":
		fr, en = "« .. » le fait sortir du dossier", "\"..\" leads out of the folder"
	case why == ".":
		fr, en = "il passe par « . », le dossier lui-même", "it goes through \".\", the folder itself"
	case why == "/":
		fr, en = "il commence par « / », la racine du disque", "it begins with \"/\", the root of the disk"
	case why == "//":
		fr, en = "un de ses dossiers n'a pas de nom (« // »)", "one of its folders has no name (\"//\")"
	case len(why) == 2 && why[1] == ':':
		fr, en = "« "+why+" » désigne un disque", "\""+why+"\" names a disk"
	case why == "~":
		fr, en = "« ~ » désigne le dossier d'un utilisateur", "\"~\" names the folder of a user"
	case why == "%…%":
		fr, en = "« %…% » désigne un dossier du système", "\"%…%\" names a folder of the system"
	case strings.HasPrefix(why, "> "):
		fr, en = "il a plus de "+why[2:]+" octets", "it is longer than "+why[2:]+" bytes"
	case why == "UTF-8":
		fr, en = "ses lettres accentuées ne sont pas codées en UTF-8", "its accented letters are not encoded in UTF-8"
	case strings.HasPrefix(why, "U+"):
		fr, en = "il contient un caractère invisible ("+why+")", "it holds an invisible character ("+why+")"
	case strings.HasPrefix(why, "« "):
		fr, en = "il finit par un point ou un espace", "it ends with a point or a blank"
	case len(why) > 2:
		fr, en = why+" est un nom que Windows se réserve", why+" is a name Windows keeps for itself"
	}
	return report.Named("why", why, fr, en)
}

// plain is the fast way out for the names honest senders use: letters, digits,
// "-", "_" and dots between them, too long for a device name of Windows.
func plain(s string) bool {
	if len(s) < 12 || len(s) > 200 || s[0] == '.' || s[len(s)-1] == '.' {
		return false
	}
	head := true // before the first dot a device name may hide
	for i := range len(s) {
		c := s[i]
		switch {
		case isLetter(c), c >= '0' && c <= '9', c == '-', c == '_':
		case c == '.' && s[i-1] != '.':
			if head && i < 8 {
				return false
			}
			head = false
		default:
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// badRune names the first character that has no business in a name: controls,
// and the invisible ones that make a name look like another.
func badRune(s string) string {
	for _, r := range s {
		if r != utf8.RuneError && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == 0x2028 || r == 0x2029) {
			const hex = "0123456789ABCDEF"
			b := []byte("U+0000")
			for i := 5; i >= 2; i-- {
				b[i] = hex[r&15]
				r >>= 4
			}
			return string(b)
		}
	}
	return ""
}

// windowsFault names what keeps Windows from storing a component of a path.
func windowsFault(part string) string {
	if i := strings.IndexAny(part, `:*?"<>|`); i >= 0 {
		return part[i : i+1]
	}
	switch {
	case part == "":
		return "//"
	case part[len(part)-1] == '.' || part[len(part)-1] == ' ':
		return "« " + part[len(part)-1:] + " »"
	case len(part) > 255:
		return "> 255"
	}
	// A device name stays one with any extension and with blanks after it.
	stem, _, _ := strings.Cut(part, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return stem
	}
	if n, ok := strings.CutPrefix(stem, "COM"); ok && isPort(n) {
		return stem
	}
	if n, ok := strings.CutPrefix(stem, "LPT"); ok && isPort(n) {
		return stem
	}
	return ""
}

func isPort(n string) bool {
	return len(n) == 1 && n[0] >= '0' && n[0] <= '9' || n == "¹" || n == "²" || n == "³"
}

// FoldName returns the form in which two names of the same file on some system
// are equal, for a caller that judges twins by rules of its own.
func FoldName(name string) string { return foldName(name) }

// foldName returns the form in which two names of the same file on some system
// are equal: case, composed or decomposed accents, trailing dots and blanks.
func foldName(s string) string {
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < utf8.RuneSelf
	}
	if !ascii {
		// Lower-casing may change the composition, hence twice. Upper case first
		// joins the letters with several lower-case forms (ς and σ, ſ and s).
		s = norm.NFC.String(strings.ToLower(strings.ToUpper(norm.NFC.String(s))))
	} else {
		s = strings.ToLower(s)
	}
	return strings.TrimRight(s, ". /")
}

// Names is the policy applied to all the names of one container. The zero
// value is ready to use.
type Names struct {
	// Flat refuses folders: the container holds files only.
	Flat     bool
	seen     nameset.Set
	dotSlash bool
}

// Reset forgets the names seen.
func (n *Names) Reset() {
	n.seen = nameset.Set{}
	n.dotSlash = false
}

// Add judges the next name, reports what is wrong and returns the name to use.
// ok is false when the entry must be refused. A folder's name ends in "/".
func (n *Names) Add(rep *report.Report, raw string) (clean string, ok bool) {
	clean, faults := CheckName(raw)
	where := report.Location{Member: Show(clean)}
	ok = true
	for _, f := range faults {
		switch f.Rule {
		case report.CtnDotSlash:
			if !n.dotSlash {
				n.dotSlash = true
				rep.Add(f.Rule, report.Location{})
			}
		case report.CtnPath:
			ok = false
			rep.Add(f.Rule, where, report.P("entry", Show(raw)), Why(f.Why))
		default:
			rep.Add(f.Rule, where, report.P("entry", Show(raw)), Why(f.Why))
		}
	}
	if !ok || clean == "" {
		return clean, ok
	}
	if n.Flat {
		if i := strings.IndexByte(clean, '/'); i >= 0 {
			rep.Add(report.CtnDir, where, report.P("entry", Show(clean[:i+1])))
			ok = false
		}
	}
	if !n.seen.Add(foldName(clean)) {
		rep.Add(report.CtnDup, where, report.P("entry", Show(clean)))
		return clean, false
	}
	return clean, ok
}

// admit reports whether the name has no fault at all and none of its twins was
// seen: the rule for what we write ourselves.
func (n *Names) admit(name string) bool {
	clean, faults := CheckName(name)
	if len(faults) > 0 || clean == "" || n.Flat && strings.Contains(clean, "/") {
		return false
	}
	return n.seen.Add(foldName(clean))
}

// Show returns a name fit for a finding: valid UTF-8 of bounded length.
func Show(name string) string {
	const limit = 200
	if len(name) > limit {
		cut := limit
		for cut > 0 && !utf8.RuneStart(name[cut]) {
			cut--
		}
		name = name[:cut] + "…"
	}
	return strings.ToValidUTF8(name, "\uFFFD")
}
