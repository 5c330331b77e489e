package inspect

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/liasse/liasse/ged/report"
)

// place is the findings of one member, the worst first, those of the same
// severity in the order they were made.
type place struct {
	Member   string
	Findings []*told
}

// told is a finding, and how many times in the same place it says the same.
type told struct {
	*report.Finding
	Times int
}

// places groups the findings by member: the members with the worst findings
// first, and otherwise in the order they first appear.
func places(r *report.Report, l report.Lang) []*place {
	type same struct {
		rule    *report.Rule
		level   report.Severity
		where   report.Location
		message string
	}
	var list []*place
	index := map[string]*place{}
	said := map[same]*told{}
	for f := range r.All() {
		key := same{f.Rule, f.Severity, f.Where, f.Message(l)}
		if t := said[key]; t != nil {
			t.Times++
			continue
		}
		p := index[f.Where.Member]
		if p == nil {
			p = &place{Member: f.Where.Member}
			index[f.Where.Member] = p
			list = append(list, p)
		}
		t := &told{Finding: f, Times: 1}
		said[key] = t
		p.Findings = append(p.Findings, t)
	}
	for _, p := range list {
		slices.SortStableFunc(p.Findings, func(a, b *told) int { return int(b.Severity) - int(a.Severity) })
	}
	slices.SortStableFunc(list, func(a, b *place) int { return int(b.Findings[0].Severity) - int(a.Findings[0].Severity) })
	return list
}

// text is what the finding says, and how many times.
func (t *told) text(l report.Lang) string {
	m := Visible(t.Message(l))
	if t.Times == 1 {
		return m
	}
	return fmt.Sprintf(word{"%s (%d fois)", "%s (%d times)"}.in(l), m, t.Times)
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
	text := strings.Join(parts, ", ")
	if w.Label == "" || text == "" {
		return Visible(w.Label) + text
	}
	return Visible(w.Label) + " — " + text
}

// moreText says how many findings are not shown, "" when all are.
func moreText(r *report.Report, l report.Lang) string {
	n := r.Total() - r.Len()
	if n <= 0 {
		return ""
	}
	w := word{"%d autres constats ne sont pas affichés (%d en tout).", "%d more findings are not shown (%d in all)."}
	if n == 1 {
		w = word{"%d autre constat n'est pas affiché (%d en tout).", "%d more finding is not shown (%d in all)."}
	}
	return fmt.Sprintf(w.in(l), n, r.Total())
}

// adviceWords say what to do about faults whose own words cannot say it: who can
// mend them. They are known by how the code of the rule begins.
var adviceWords = []struct {
	prefix string
	word
}{
	{"XML-", word{"transmettre ce rapport à l'éditeur du logiciel qui a produit le fichier : lui seul peut en corriger la forme.",
		"hand this report to the maker of the software that produced the file: only they can correct its form."}},
	{"XSD-", word{"transmettre ce rapport à l'éditeur du logiciel qui a produit le fichier : lui seul peut en corriger la forme.",
		"hand this report to the maker of the software that produced the file: only they can correct its form."}},
	{"PES-", word{"corriger dans le logiciel de finances, puis produire le fichier de nouveau ; ne pas le retoucher à la main.",
		"correct it in the finance software, then produce the file again; do not edit it by hand."}},
	{"PAYE-", word{"corriger dans le logiciel de paye, puis produire l'état de nouveau.",
		"correct it in the payroll software, then produce the statement again."}},
	{"HELIOS-SIG-", word{"faire corriger les réglages du parapheur par son éditeur, puis signer de nouveau.",
		"have the settings of the signing software corrected by its maker, then sign again."}},
	{"SIG-", word{"demander au signataire le document d'origine, ou une nouvelle signature.",
		"ask the signer for the original document, or for a new signature."}},
	{"PDF-", word{"produire de nouveau le PDF depuis le document d'origine, puis le joindre à la place de celui-ci.",
		"produce the PDF again from the original document, then put it in place of this one."}},
	{"SEDA-", adviceArchive}, {"ARC-", adviceArchive}, {"SIP-", adviceArchive}, {"PROFILE-", adviceArchive},
	{"BAG-", word{"demander à l'expéditeur un sac refait.", "ask the sender for a bag made anew."}},
}

var adviceArchive = word{"corriger dans le logiciel qui prépare le versement ; en cas de doute, demander au service d'archives.",
	"correct it in the software that prepares the transfer; when in doubt, ask the archive service."}

var toDo = word{"À faire : ", "To do: "}

// advice says what to do about the errors, each thing once, in the order of the
// findings. It is empty when there is no error.
func advice(r *report.Report, l report.Lang) []string {
	var list []string
	for f := range r.All() {
		if f.Severity < report.Error {
			continue
		}
		for _, a := range adviceWords {
			if strings.HasPrefix(f.Rule.Code, a.prefix) {
				t := toDo.in(l) + a.in(l)
				if !slices.Contains(list, t) {
					list = append(list, t)
				}
				break
			}
		}
	}
	return list
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
	for _, p := range places(r.Report, l) {
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
			fmt.Fprintf(b, "%s%s %s [%s]\n", indent, marks[f.Severity], f.text(l), ref)
			if pos := positionText(f.Where, l); pos != "" {
				fmt.Fprintf(b, "%s  %s\n", indent, pos)
			}
		}
	}
	if m := moreText(r.Report, l); m != "" {
		fmt.Fprintf(b, "  %s\n", m)
	}
	for _, a := range advice(r.Report, l) {
		fmt.Fprintf(b, "  → %s\n", a)
	}
	for _, s := range r.Signatures {
		fmt.Fprintf(b, "  %s %s%s%s\n", signatureLabel(l), form(s, l), colon, indication(s, l))
	}
	facts := r.facts(l)
	width := 0
	for _, f := range facts {
		width = max(width, utf8.RuneCountInString(f.Label))
	}
	for _, f := range facts {
		fmt.Fprintf(b, "  %s %s %s\n", f.Label, strings.Repeat(".", width+2-utf8.RuneCountInString(f.Label)), f.Value)
	}
	return b.Flush()
}

func signatureLabel(l report.Lang) string { return word{"Signature", "Signature"}.in(l) }

// form is the format and the level of a signature.
func form(s Signature, l report.Lang) string {
	if s.Level == "NOT-ETSI" {
		return Visible(s.Format) + word{" (hors des niveaux de l'ETSI)", " (of no level of ETSI)"}.in(l)
	}
	return Visible(s.Format + "-" + s.Level)
}

// indication says how a signature was judged, and why.
func indication(s Signature, l report.Lang) string {
	if s.SubIndication != "" {
		return conclusion(s.Indication+"/"+s.SubIndication, l)
	}
	return conclusion(s.Indication, l)
}

// said are the facts that the line of each signature says already.
var said = map[string]bool{"sig.indication": true, "sig.sub": true, "sig.level": true}

// facts are those that say something, in words.
func (r *Result) facts(l report.Lang) []htmlFact {
	var list []htmlFact
	for _, f := range r.Summary {
		if said[f.Key] && len(r.Signatures) > 0 {
			continue
		}
		if v := factText(f.Key, f.Value, l); v != "" {
			list = append(list, htmlFact{factLabel(f.Key, l), v})
		}
	}
	return list
}
