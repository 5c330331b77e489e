package sip

import (
	"strings"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// pages are the code pages of names that do not say theirs, besides 437, which
// is that of the format of zips: 850 is what Windows has in French, and differs
// from it by the accented capitals; 1252 is that of tools that know of no page.
var pages = []struct {
	table *charmap.Charmap
	name  string
}{{charmap.CodePage850, "850"}, {charmap.Windows1252, "Windows-1252"}}

// mostSpelled bounds what is told of names: it explains, and the findings it
// explains must have room.
const mostSpelled = 20

// spelled tells which of the files nobody announces bear, in other letters, the
// names of those announced that are missing: two findings that show the same
// name help nobody. It changes no verdict: platforms take names to the letter.
func (x *inspection) spelled(missing, undeclared []int) {
	if len(missing) == 0 || len(undeclared) == 0 {
		return
	}
	wanted := make(map[string]string, len(missing)) // by their folded form
	for _, i := range missing {
		o, _ := x.survey.Object(i)
		uri := strings.ReplaceAll(strings.TrimPrefix(o.URI, "./"), `\`, "/")
		wanted[container.FoldName(uri)] = o.URI
	}
	find := func(name string) (uri string, ok bool) {
		name = strings.ReplaceAll(name, `\`, "/")
		if uri, ok = wanted[container.FoldName(name)]; !ok && x.base != "" {
			uri, ok = wanted[container.FoldName(strings.TrimPrefix(name, x.base))]
		}
		return uri, ok
	}
	told := 0
	for _, i := range undeclared {
		if told == mostSpelled {
			return
		}
		name := x.files[i].name
		uri, ok := find(name)
		fr, en := "", ""
		switch {
		case !ok:
			for _, page := range pages {
				other, err := page.table.NewDecoder().String(x.octets[i])
				if err != nil || other == "" {
					continue
				}
				if _, ok = find(other); ok {
					fr, en = "codé en "+page.name+", sans le dire", "encoded in "+page.name+", without saying so"
					break
				}
			}
		case strings.Contains(name, `\`) != strings.Contains(uri, `\`):
			fr, en = `« \ » au lieu de « / »`, `"\" instead of "/"`
		case norm.NFC.String(name) == norm.NFC.String(uri), norm.NFC.String(name) == norm.NFC.String(x.base+uri):
			fr, en = "lettre et accent en un seul caractère ou en deux (macOS)", "letter and accent in one character or two (macOS)"
		default:
			fr, en = "majuscules et minuscules", "upper and lower case"
		}
		if ok {
			told++
			x.judge.Tell(faultSpelled, x.where(name), report.P("entry", container.Show(name)), report.Words("why", fr, en))
		}
	}
}
