package inspect

import (
	_ "embed"
	"html/template"
	"io"

	"github.com/liasse/liasse/ged/report"
)

//go:embed page.html
var pageSource string

var page = template.Must(template.New("page").Parse(pageSource))

type htmlFinding struct {
	Severity, Word, Message, Code, Ref, Norm, Position string
}

type htmlPlace struct {
	Member   string
	Findings []htmlFinding
}

type htmlFact struct{ Label, Value string }

type htmlResult struct {
	File, Kind, Verdict, VerdictWord, Counts, More string
	Places                                         []htmlPlace
	Signatures                                     []htmlFact
	Facts                                          []htmlFact
	Advice                                         []string
}

type htmlPage struct {
	Lang    report.Lang
	W       map[string]string
	Results []htmlResult
}

var pageWords = map[string]word{
	"title":      {"Contrôle de conformité", "Conformity check"},
	"findings":   {"Constats", "Findings"},
	"none":       {"Rien à signaler.", "Nothing to report."},
	"summary":    {"Résumé", "Summary"},
	"signatures": {"Signatures", "Signatures"},
	"whole":      {"L'ensemble", "The whole"},
	"where":      {"Où", "Where"},
	"what":       {"Constat", "Finding"},
	"rule":       {"Règle", "Rule"},
	"severity":   {"Gravité", "Severity"},
}

// WriteHTML writes one self-contained page that shows the results to a reader
// of the language. The page holds no script and fetches nothing; every text of
// the files goes through html/template after control and direction characters
// were made visible.
func WriteHTML(w io.Writer, l report.Lang, results ...*Result) error {
	if l != report.EN {
		l = report.FR
	}
	p := htmlPage{Lang: l, W: map[string]string{}}
	for k, v := range pageWords {
		p.W[k] = v.in(l)
	}
	for _, r := range results {
		h := htmlResult{File: Visible(r.File), Kind: kindLabel(r, l), Verdict: string(r.Verdict()),
			VerdictWord: verdictWords[r.Verdict()].in(l), Counts: countsText(r.Report, l), More: moreText(r.Report, l)}
		for _, pl := range places(r.Report, l) {
			hp := htmlPlace{Member: Visible(pl.Member)}
			for _, f := range pl.Findings {
				hp.Findings = append(hp.Findings, htmlFinding{f.Severity.String(), severityWords[f.Severity].one.in(l),
					f.text(l), f.Rule.Code, Visible(f.Ref), f.Rule.Norm, positionText(f.Where, l)})
			}
			h.Places = append(h.Places, hp)
		}
		for _, s := range r.Signatures {
			h.Signatures = append(h.Signatures, htmlFact{form(s, l), indication(s, l)})
		}
		h.Facts, h.Advice = r.facts(l), advice(r.Report, l)
		p.Results = append(p.Results, h)
	}
	return page.Execute(w, p)
}
