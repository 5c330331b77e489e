package bagit

import (
	"context"
	"strconv"
	"strings"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

const oxumLabel = "Payload-Oxum"

// infoName is the name of the file that describes the bag: package-info.txt
// until 0.95.
func (b *Bag) infoName() string {
	switch b.Version {
	case "0.93", "0.94", "0.95":
		return "package-info.txt"
	}
	return "bag-info.txt"
}

// info reads the descriptions: "Label: value", long values folded on lines
// that begin with a blank. (RFC 8493 §2.2.2)
func (b *Bag) info(ctx context.Context) error {
	name := b.infoName()
	if !b.regular(name) {
		return nil
	}
	var places []report.Location
	full := false
	_, err := b.tagFile(ctx, name, b.cs, func(l *lines, line string) {
		bad := func(s report.Severity, fr, en string) {
			b.rep.AddAs(s, RuleInfoLine, l.where(name), report.Words("detail", fr, en))
		}
		switch {
		case strings.Trim(line, " \t") == "":
			bad(report.Warning, "elle est vide", "it is empty")
			return
		case line[0] == ' ' || line[0] == '\t':
			if len(b.Info) == 0 {
				bad(report.Error, "elle continue une valeur qui n'existe pas", "it continues a value that does not exist")
				return
			}
			last := &b.Info[len(b.Info)-1]
			if len(last.Value) < maxLine {
				last.Value += "\n" + strings.TrimLeft(line, " \t")
			}
			return
		}
		label, value, ok := strings.Cut(line, ":")
		trimmed := strings.Trim(label, " \t")
		switch {
		case !ok || trimmed == "":
			bad(report.Error, "les deux-points ou le libellé manquent", "the colon or the label is missing")
			return
		case trimmed != label:
			bad(b.since10(), "pas d'espace avant les deux-points", "no blank before the colon")
		case value == "": // editors take blanks from the ends of lines
			bad(report.Warning, "la valeur manque", "the value is missing")
		case value[0] != ' ' && value[0] != '\t':
			bad(b.since10(), "un espace est attendu après les deux-points", "a blank is expected after the colon")
		}
		if len(b.Info) == b.limits.Info {
			full = true
			return
		}
		b.Info = append(b.Info, Tag{trimmed, strings.Trim(value, " \t")})
		places = append(places, l.where(name))
	})
	if err != nil {
		return err
	}
	if full {
		b.rep.Add(report.LimCount, report.Location{Member: name}, report.Int("limit", b.limits.Info),
			report.Words("what", "descriptions", "descriptions"))
	}
	b.checkInfo(places)
	return nil
}

// checkInfo judges the values that have a form.
func (b *Bag) checkInfo(places []report.Location) {
	oxums := 0
	for i, t := range b.Info {
		expected := func(s report.Severity, fr, en string) {
			b.rep.AddAs(s, RuleInfoValue, places[i], report.P("label", container.Show(t.Label)), report.P("value", t.Value), report.Words("expected", fr, en))
		}
		switch strings.ToLower(t.Label) {
		case "bagging-date":
			if _, err := ged.ParseDate(t.Value); err != nil || len(t.Value) != 10 {
				expected(report.Warning, "une date AAAA-MM-JJ", "a date YYYY-MM-DD")
			}
		case "bag-count":
			n, of, ok := strings.Cut(t.Value, " of ")
			if !ok || !digits(n) || of != "?" && !digits(of) {
				expected(report.Warning, "« 1 of 3 » ou « 1 of ? »", "\"1 of 3\" or \"1 of ?\"")
			}
		case "payload-oxum":
			oxums++
			if oxums == 2 {
				b.rep.AddAs(b.since10(), RuleInfoRepeat, places[i], report.P("label", oxumLabel))
			}
			bytes, files, ok := strings.Cut(t.Value, ".")
			x, err1 := strconv.ParseInt(bytes, 10, 64)
			y, err2 := strconv.Atoi(files)
			switch {
			case !ok || err1 != nil || err2 != nil || !digits(bytes) || !digits(files):
				// It was to be compared, and cannot be; the tools about refuse it.
				expected(report.Error, "octets.fichiers", "bytes.files")
			case x != b.Bytes || y != b.Files:
				b.rep.Add(RuleOxum, places[i], report.Code("got", oxum(b.Bytes, b.Files)), report.Code("want", oxum(x, y)))
			}
		}
	}
}

func oxum(bytes int64, files int) string {
	return strconv.FormatInt(bytes, 10) + "." + strconv.Itoa(files)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Get returns the values of a label, in order; the case of labels does not
// matter.
func (b *Bag) Get(label string) []string {
	var values []string
	for _, t := range b.Info {
		if strings.EqualFold(t.Label, label) {
			values = append(values, t.Value)
		}
	}
	return values
}
