package bagit

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// versions lists the versions of BagIt that were published.
var versions = map[string]bool{"0.93": true, "0.94": true, "0.95": true, "0.96": true, "0.97": true, "1.0": true}

const (
	versionLabel  = "BagIt-Version"
	encodingLabel = "Tag-File-Character-Encoding"
)

// declaration reads bagit.txt: two lines, in UTF-8 without byte-order mark.
// (RFC 8493 §2.1.1)
func (b *Bag) declaration(ctx context.Context) error {
	if !b.regular(declarationName) {
		b.rep.Add(RuleNoDeclaration, report.Location{})
		return nil
	}
	const most = 10 // lines kept; a true declaration has two
	var got []string
	var places []report.Location
	_, err := b.tagFile(ctx, declarationName, utf8Charset, func(l *lines, line string) {
		if len(got) < most {
			got = append(got, line)
			places = append(places, l.where(declarationName))
		}
	})
	if err != nil {
		return err
	}
	fault := func(s report.Severity, i int, fr, en string) {
		where := report.Location{Member: declarationName}
		if i < len(places) {
			where = places[i]
		}
		b.rep.AddAs(s, RuleDeclaration, where, report.Words("detail", fr, en))
	}
	for i, label := range []string{versionLabel, encodingLabel} {
		if i >= len(got) {
			fault(report.Error, i, "la ligne "+label+" manque", "line "+label+" is missing")
			continue
		}
		key, value, _ := strings.Cut(got[i], ":")
		if !strings.EqualFold(strings.TrimSpace(key), label) {
			fault(report.Error, i, "la ligne doit commencer par "+label, "the line must begin with "+label)
			continue
		}
		value = strings.Trim(value, " \t")
		if label == versionLabel {
			b.version(value, places[i])
		} else {
			b.charset(value, places[i])
		}
		if got[i] != label+": "+value {
			// 1.0 knows one spelling; the drafts' tools were free with blanks.
			fault(b.since10(), i, "« "+label+": » puis la valeur, sans autre espace", "\""+label+": \" then the value, without other blanks")
		}
	}
	if len(got) > 2 {
		severity := b.since10()
		for _, line := range got[2:] {
			if strings.TrimSpace(line) != "" {
				severity = report.Error
			}
		}
		fault(severity, 2, "il ne doit avoir que deux lignes", "it must have two lines only")
	}
	return nil
}

// version reads the number of the version, M.N. One that was not published is
// said to be none; where it lies among those that were, or is a later minor of
// the last one, the bag is read by the one before it, as tools do. The RFC says
// nothing of other versions; of a later major one nothing can be known.
func (b *Bag) version(value string, where report.Location) {
	major, minor, ok := strings.Cut(value, ".")
	if ok && major == "" {
		major = "0" // ".97": not a version, but there is no doubt which is meant
	}
	x, err1 := strconv.ParseUint(major, 10, 16)
	y, err2 := strconv.ParseUint(minor, 10, 16)
	if ok && err1 == nil && err2 == nil {
		b.Version = major + "." + minor
		b.old = x == 0
	}
	if !versions[value] {
		used, severity := "1.0", RuleVersion.Severity
		if b.old {
			used = "0.97"
		}
		if known := x == 0 && y > 93 || x == 1; known && err1 == nil && err2 == nil && value == fmt.Sprintf("%d.%d", x, y) {
			severity = report.Warning
		}
		b.rep.AddAs(severity, RuleVersion, where, report.P("version", container.Show(value)), report.P("used", used))
	}
}

func (b *Bag) charset(value string, where report.Location) {
	b.Encoding = value
	cs, known := charsets[strings.ToUpper(value)]
	switch {
	case !known:
		b.rep.Add(RuleEncodingUnknown, where, report.P("encoding", container.Show(value)))
	case cs != utf8Charset:
		b.rep.Add(RuleEncoding, where, report.P("encoding", cs.name))
	}
	if known {
		b.cs = cs
	}
}
