package preflight

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/vitam"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// root judges the namespace, before anything else of the message.
func (s *Survey) root(r *xmlcore.Reader) {
	s.Root, s.Space = r.Name().Local, r.Name().Space
	s.first = r.Location()
	s.Version = seda.VersionOf(s.Space)
	s.old = s.Version.Early()
	version := report.P("version", lastPart(s.Space))
	switch {
	case s.Version == seda.V02, s.Version == unnumbered:
		s.judge.Tell(faultOldSpace, r.Location(), version)
	case s.Version == seda.V10, s.Version == seda.V20:
		s.judge.Tell(faultVersion, r.Location(), version)
	case s.Version == seda.V21, s.Version == seda.V22, s.Version == seda.V23:
	case s.judge.elsewhere && s.judge.Target == seda.Standard: // the schemas given know it, or say that they do not
	case spacePattern.MatchString(s.Space):
		s.judge.Tell(faultUnknown, r.Location(), version)
	case s.Version != "":
		s.judge.Tell(faultNamespace, r.Location(), version)
	default:
		s.judge.Tell(faultForeign, r.Location(), foreign(s.Space))
	}
}

// foreign says what a namespace is that is none of SEDA's.
func foreign(space string) report.Param {
	fr, en := element.Foreign(space)
	return report.Words("what", fr, en)
}

// unnumbered is the version of the namespace of Vitam's packages handed out.
const unnumbered seda.Version = "2"

// lastPart is what stands for the version in a namespace.
func lastPart(space string) string {
	return strings.TrimPrefix(space[strings.LastIndexByte(space, ':')+1:], "v")
}

// spacePattern is how Vitam recognises a namespace of SEDA 2.
var spacePattern = regexp.MustCompile(`^fr:gouv:culture:archivesdefrance:seda:v[0-9]\.[0-9]+$`)

// unitText looks at a text of the open unit for what Vitam refuses there.
func (s *Survey) unitText(r *xmlcore.Reader) {
	if len(trim(s.text)) == 0 {
		return
	}
	u := s.unit()
	u.chars += s.runes
	field := report.P("field", r.Name().Local)
	if s.runes > vitam.MaxField {
		s.judge.Tell(faultLong, r.StartLocation(), field, report.Int("got", s.runes), report.Int("max", vitam.MaxField))
	}
	if hasControl(s.text) {
		s.judge.Tell(faultControl, r.StartLocation(), field)
	}
	if bytes.IndexByte(s.text, '&') >= 0 || bytes.IndexByte(s.text, '<') >= 0 {
		if fr, en := vitam.Markup(string(s.text)); fr != "" {
			s.judge.Tell(faultMarkup, r.StartLocation(), field, report.Words("what", fr, en))
		}
	}
}

// hasControl looks for the control characters XML lets pass, DEL and C1.
func hasControl(t []byte) bool {
	if bytes.IndexByte(t, 0x7F) >= 0 {
		return true
	}
	for {
		i := bytes.IndexByte(t, 0xC2)
		if i < 0 || i+1 >= len(t) {
			return false
		}
		if c := t[i+1]; c >= 0x80 && c <= 0x9F {
			return true
		}
		t = t[i+1:]
	}
}

// endDescription takes what platforms look at in the description and the rules
// of a unit.
func (s *Survey) endDescription(r *xmlcore.Reader, e tag) {
	parent := s.at(1)
	switch parent {
	case eRule, eHoldRule:
		s.ruleDate(r, e, parent == eHoldRule)
		return
	case eUpdate:
		if e == eSystemID && s.at(2) == eManagement && s.at(3) == eUnit && !isGUID(s.token()) {
			s.judge.Tell(faultGUID, r.StartLocation())
		}
		return
	case eContent:
	default:
		s.endOld(r, e)
		return
	}
	u := s.unit()
	if u == nil || s.at(2) != eUnit {
		return
	}
	switch e {
	case eLevel:
		u.level = u.level || len(trim(s.text)) > 0
	case eTitle, eDescription:
		u.title = u.title || e == eTitle
		if len(s.text) == 0 {
			s.judge.Tell(faultEmpty, r.StartLocation(), report.P("field", r.Name().Local))
		}
	case eStart:
		u.start = s.date()
	case eEnd:
		u.end = s.date()
	case eSignature:
		u.signed = true
	case eSigning:
		u.signing = true
	}
}

// guidBytes is the length of an identifier of Vitam's own; its first byte is the
// version of the form, 1.
const guidBytes = 22

// isGUID reports whether Vitam reads the text as an identifier of its own. It
// writes them in base 32, and reads hexadecimal, base 64 and ARK names too.
func isGUID(s string) bool {
	n, decode := guidBytes, base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding).DecodeString
	if ark, ok := strings.CutPrefix(s, "ark:/"); ok {
		tenant, name, _ := strings.Cut(ark, "/")
		if _, err := strconv.ParseInt(tenant, 10, 32); err != nil {
			return false
		}
		s, n = name, guidBytes-4 // without that of the tenant
	} else {
		switch len(s) {
		case hex.EncodedLen(n):
			if s != strings.ToLower(s) {
				return false
			}
			decode = hex.DecodeString
		case base64.RawURLEncoding.EncodedLen(n):
			decode = base64.RawURLEncoding.DecodeString
		}
	}
	b, err := decode(s)
	return err == nil && len(b) == n && b[0] == 1
}

// date is the text when it is short enough to be a date.
func (s *Survey) date() string {
	if t := trim(s.text); len(t) < 64 {
		return string(t)
	}
	return ""
}

var dayPattern = regexp.MustCompile(`^[0-8]\d{3}-\d{2}-\d{2}$`)

func (s *Survey) ruleDate(r *xmlcore.Reader, e tag, hold bool) {
	if e != eStart && e != eHoldEnd && e != eRuleDate {
		return
	}
	text := s.date()
	if len(s.text) == 0 {
		return // said to be none (xsi:nil), or a fault of the schema
	}
	if !dayPattern.MatchString(text) {
		s.judge.Tell(faultRuleDate, r.StartLocation(), report.P("field", r.Name().Local))
	}
	switch {
	case hold && e == eStart:
		s.from = text
	case e == eHoldEnd && s.from != "" && before(text, s.from):
		s.judge.Tell(faultHold, r.StartLocation(), report.Date("start", s.from), report.Date("end", text))
	}
}

func (s *Survey) endUnit() {
	u := *s.unit()
	s.open = s.open[:len(s.open)-1]
	if u.reference || !u.content {
		return
	}
	n := s.nodes[u.node]
	where, id := s.where(n.line, n.col), s.named(n.id)
	if !u.updates { // an existing unit is described on the platform already
		if !u.level {
			s.judge.Tell(faultLevel, where, id)
		}
		if !u.title {
			s.judge.Tell(faultTitle, where, id)
		}
	}
	if u.signed && u.signing {
		s.judge.Tell(faultSigned, where)
	}
	if u.chars > vitam.MaxUnit {
		s.judge.Tell(faultUnitLong, where, report.Int("got", u.chars), report.Int("max", vitam.MaxUnit))
	}
	if u.start != "" && u.end != "" && before(u.end, u.start) {
		s.judge.Tell(faultDates, where, id, report.Date("start", u.start), report.Date("end", u.end))
	}
}

// before reports whether date a ends before date b. They may be years, months,
// days or moments; the coarser of the two decides what is compared. What is no
// date comes before nothing.
func before(a, b string) bool {
	ta, pa := instant(a)
	tb, pb := instant(b)
	switch p := min(pa, pb); {
	case p == 0:
		return false
	case p > len(time.DateOnly):
		return ta.Before(tb)
	default:
		return a[:p] < b[:p]
	}
}

// instant reads a date of XML Schema, in UTC without a zone, and says how much of
// it there is, in characters: 4 for a year, 7 for a month, 10 for a day, more for
// a moment, 0 for what is no date.
func instant(s string) (t time.Time, precision int) {
	for _, layout := range []string{"2006", "2006-01", time.DateOnly, "2006-01-02Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, min(len(layout), len(time.DateOnly))
		}
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, len(s)
		}
	}
	return time.Time{}, 0
}
