package inspect

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/liasse/liasse/ged/report"
)

// place is the findings of one member, in the order they were made.
type place struct {
	Member   string
	Findings []*report.Finding
}

// places groups the findings by member, members in the order they first appear.
func places(r *report.Report) []*place {
	var list []*place
	index := map[string]*place{}
	for f := range r.All() {
		p := index[f.Where.Member]
		if p == nil {
			p = &place{Member: f.Where.Member}
			index[f.Where.Member] = p
			list = append(list, p)
		}
		p.Findings = append(p.Findings, f)
	}
	return list
}

var marks = [...]string{report.Info: "·", report.Warning: "!", report.Error: "✗", report.Fatal: "✗"}

// positionText says where inside its member a finding is.
func positionText(w report.Location, l report.Lang) string {
	var parts []string
	if w.Line > 0 {
		t := "ligne %d, colonne %d"
		if l == report.EN {
			t = "line %d, column %d"
		}
		parts = append(parts, fmt.Sprintf(t, w.Line, w.Column))
	} else if w.At {
		t := "octet %d"
		if l == report.EN {
			t = "byte %d"
		}
		parts = append(parts, fmt.Sprintf(t, w.Offset))
	}
	if w.Path != "" {
		parts = append(parts, Visible(w.Path))
	}
	return strings.Join(parts, ", ")
}

// moreText says how many findings are not shown, "" when all are.
func moreText(r *report.Report, l report.Lang) string {
	n := r.Total() - r.Len()
	if n <= 0 {
		return ""
	}
	if l == report.EN {
		return fmt.Sprintf("%d more findings are not shown (%d in all).", n, r.Total())
	}
	return fmt.Sprintf("%d autres constats ne sont pas affichés (%d en tout).", n, r.Total())
}

// WriteText shows the result to a reader of the language at a terminal.
// Characters that could drive the terminal are made visible.
func (r *Result) WriteText(w io.Writer, l report.Lang) error {
	b := bufio.NewWriter(w)
	head := verdictWords[r.Verdict()].in(l)
	if c := countsText(r.Report, l); c != "" {
		head += " — " + c
	}
	colon := " : "
	if l == report.EN {
		colon = ": "
	}
	fmt.Fprintf(b, "%s\n  %s%s%s\n", Visible(r.File), kindLabel(r, l), colon, head)
	for _, p := range places(r.Report) {
		indent := "  "
		if p.Member != "" {
			fmt.Fprintf(b, "  %s\n", Visible(p.Member))
			indent = "    "
		}
		for _, f := range p.Findings {
			ref := f.Rule.Code
			if f.Ref != "" {
				ref += ", " + Visible(f.Ref)
			}
			fmt.Fprintf(b, "%s%s %s [%s]\n", indent, marks[f.Severity], Visible(f.Message(l)), ref)
			if pos := positionText(f.Where, l); pos != "" {
				fmt.Fprintf(b, "%s  %s\n", indent, pos)
			}
		}
	}
	if m := moreText(r.Report, l); m != "" {
		fmt.Fprintf(b, "  %s\n", m)
	}
	for _, s := range r.Signatures {
		fmt.Fprintf(b, "  %s %s-%s%s%s\n", signatureLabel(l), Visible(s.Format), Visible(s.Level), colon, indication(s))
	}
	width := 0
	for _, f := range r.Summary {
		width = max(width, utf8.RuneCountInString(factLabel(f.Key, l)))
	}
	for _, f := range r.Summary {
		label := factLabel(f.Key, l)
		fmt.Fprintf(b, "  %s %s %s\n", label, strings.Repeat(".", width+2-utf8.RuneCountInString(label)), factText(f.Value, l))
	}
	return b.Flush()
}

func signatureLabel(l report.Lang) string { return word{"Signature", "Signature"}.in(l) }

func indication(s Signature) string {
	if s.SubIndication != "" {
		return Visible(s.Indication + " (" + s.SubIndication + ")")
	}
	return Visible(s.Indication)
}
