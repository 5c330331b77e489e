package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/resip"
	"github.com/liasse/liasse/archive/sip"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

// journal prints the work as numbered steps.
type journal struct {
	w    io.Writer
	step int
}

// Step opens a step.
func (j *journal) Step(format string, args ...any) {
	j.step++
	fmt.Fprintf(j.w, "\n%2d. %s\n", j.step, visible(fmt.Sprintf(format, args...)))
}

// Done says what was done, Note what is worth knowing.
func (j *journal) Done(format string, args ...any) { j.line("✓", format, args...) }
func (j *journal) Note(format string, args ...any) { j.line("·", format, args...) }

func (j *journal) line(mark, format string, args ...any) {
	fmt.Fprintf(j.w, "    %s %s\n", mark, visible(fmt.Sprintf(format, args...)))
}

// visible takes from a name of a file what a terminal would obey.
func visible(s string) string { return inspect.Visible(s) }

// maxShown bounds how many findings of one rule are listed one by one.
const maxShown = 5

// judge shows what a check found, and returns a refusal when it found an error.
// What is merely worth knowing is counted, not listed.
func (v *versement) judge(refuse string, rep *report.Report) error {
	if !rep.Valid() && refuse != "" {
		out := &refusal{what: refuse, total: rep.Count(report.Error) + rep.Count(report.Fatal)}
		for f := range rep.All() {
			if f.Severity >= report.Error {
				out.add(v.sentence(f))
			}
		}
		return out
	}
	var order []*report.Rule
	by := map[*report.Rule][]*report.Finding{}
	for f := range rep.All() {
		if f.Severity > report.Warning {
			continue
		}
		if by[f.Rule] == nil {
			order = append(order, f.Rule)
		}
		by[f.Rule] = append(by[f.Rule], f)
	}
	for _, rule := range order {
		all := by[rule]
		mark := "!"
		if all[0].Severity == report.Info {
			mark = "·"
		}
		for _, f := range all[:min(len(all), maxShown)] {
			v.line(mark, "%s [%s]", v.sentence(f), rule.Code)
		}
		if more := len(all) - maxShown; more > 0 {
			v.line(mark, "… et %s [%s]", count(more, "autre comme cela", "autres comme cela"), rule.Code)
		}
	}
	if more := rep.Total() - rep.Len(); more > 0 {
		v.Note("… et encore %s", count(more, "constat qui n'est pas détaillé", "constats qui ne sont pas détaillés"))
	}
	return nil
}

// sentence is a finding with its place, in the words of who made the folder.
func (v *versement) sentence(f *report.Finding) string {
	place := f.Where.Member
	if place == "" {
		place = v.places.of(f.Where.Path)
	}
	if f.Where.Line > 0 {
		place = strings.TrimSpace(fmt.Sprintf("%s ligne %d", place, f.Where.Line))
	}
	if place == "" {
		return f.Message(report.FR)
	}
	return place + " : " + f.Message(report.FR)
}

// places tells where the things of a package come from: findings name them by
// the identifiers the package gave them.
type places struct {
	pkg    *archive.Package
	path   func(id string) string // in place of it; "" for what it does not know
	folder bool
	byID   map[string]string
}

// of turns "unit[ID12]" into the title of the unit below those that hold it.
func (p *places) of(path string) string {
	kind, rest, ok := strings.Cut(path, "[")
	id, _, closed := strings.Cut(rest, "]")
	switch {
	case !ok || !closed:
		return path
	case p.path != nil:
		if name := p.path(id); name != "" {
			return "« " + name + " »"
		}
		return kind + " " + id
	case p.pkg == nil:
		return path
	}
	if p.byID == nil {
		p.name()
	}
	if name := p.byID[id]; name != "" {
		return "« " + name + " »"
	}
	return kind + " " + id
}

// placeIn is the place of what a table describes.
func placeIn(t *resip.Table, id string) string {
	titles, file, err := t.Place(id)
	if err != nil || len(titles) == 0 {
		return ""
	}
	name := strings.Join(titles, "/")
	if file != "" && file != titles[len(titles)-1] {
		name += " (" + file + ")"
	}
	return name
}

func (p *places) name() {
	p.byID = map[string]string{}
	var above []string
	for u, depth := range p.pkg.Walk() {
		above = append(above[:min(depth, len(above))], cmp.Or(u.Title, u.ID))
		name := strings.Join(above, "/")
		p.byID[u.ID] = name
		for _, g := range u.Groups {
			p.byID[g.ID] = name
			for _, o := range g.Objects {
				p.byID[o.ID] = name
				if !p.folder && o.Name != "" && o.Name != u.Title {
					p.byID[o.ID] += " (" + o.Name + ")"
				}
			}
		}
	}
}

// refusal is what cannot be handed over, said in French: every reason, one a
// line, the first ones at least.
type refusal struct {
	what  string
	why   []string
	total int // reasons, when more than why
}

const maxReasons = 40

func (e *refusal) add(reason string) { e.why = append(e.why, reason) }

func (e *refusal) Error() string {
	var b strings.Builder
	b.WriteString(e.what)
	shown := e.why[:min(len(e.why), maxReasons)]
	for _, w := range shown {
		b.WriteString("\n  ✗ " + visible(w))
	}
	if more := max(e.total, len(e.why)) - len(shown); more > 0 {
		fmt.Fprintf(&b, "\n  … et %s", count(more, "autre", "autres"))
	}
	return b.String()
}

// found counts the formats of the files of a package.
func found(p *archive.Package) []sip.Format {
	by := map[string]*sip.Format{}
	var order []*sip.Format
	for o := range p.Objects() {
		if o.PUID == "" {
			continue
		}
		if by[o.PUID] == nil {
			by[o.PUID] = &sip.Format{PUID: o.PUID, Name: o.FormatName}
			order = append(order, by[o.PUID])
		}
		by[o.PUID].Objects++
	}
	all := make([]sip.Format, 0, len(order))
	for _, f := range order {
		all = append(all, *f)
	}
	slices.SortFunc(all, func(a, b sip.Format) int { return cmp.Or(b.Objects-a.Objects, strings.Compare(a.PUID, b.PUID)) })
	return all
}

// formats lists the formats found, the most frequent first.
func (v *versement) formats(all []sip.Format) {
	known := 0
	for _, f := range all {
		known += f.Objects
	}
	v.Done("%s, %s", count(known, "fichier reconnu", "fichiers reconnus"), count(len(all), "format", "formats"))
	for _, k := range all[:min(len(all), 8)] {
		v.Note("%d × %s (%s)", k.Objects, cmp.Or(k.Name, "format"), k.PUID)
	}
	if more := len(all) - 8; more > 0 {
		v.Note("… et %s", count(more, "autre format", "autres formats"))
	}
}

// progress shows on a terminal how far the work is, and now and then elsewhere.
type progress struct {
	w        io.Writer
	now      func() time.Time
	terminal bool
	last     time.Time
	shown    bool
}

func newProgress(w io.Writer, now func() time.Time) *progress {
	p := &progress{w: w, now: now}
	if f, ok := w.(*os.File); ok {
		st, err := f.Stat()
		p.terminal = err == nil && st.Mode()&os.ModeCharDevice != 0
	}
	return p
}

func (p *progress) show(what string, done, total int64) {
	if total == 0 {
		return
	}
	now := p.now()
	if p.last.IsZero() {
		p.last = now
	}
	every, begin, end := 5*time.Second, "", "\n"
	if p.terminal {
		every, begin, end = 200*time.Millisecond, "\r", ""
	}
	if now.Sub(p.last) < every {
		return
	}
	p.last, p.shown = now, end == ""
	fmt.Fprintf(p.w, "%s    … %s : %3d %%%s", begin, what, 100*done/total, end)
}

// clear takes the line of the progress away.
func (p *progress) clear() {
	if p.shown {
		fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", 40))
	}
	p.shown = false
}

// count says a number with its noun.
func count(n int, one, many string) string {
	noun := one
	if n > 1 {
		noun = many
	}
	if n == 0 {
		return "aucun " + noun
	}
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "\u00a0" + digits[i:]
	}
	return digits + " " + noun
}

// octets says a size.
func octets(n int64) string {
	value, unit := float64(n), "octets"
	for _, next := range []string{"ko", "Mo", "Go", "To"} {
		if value < 1000 {
			break
		}
		value, unit = value/1000, next
	}
	if unit == "octets" {
		return fmt.Sprintf("%d octets", n)
	}
	return strings.Replace(fmt.Sprintf("%.1f %s", value, unit), ".", ",", 1)
}

// french says the common failures of the file system in French.
func french(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("il n'existe pas")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("l'accès est refusé")
	case errors.Is(err, resip.ErrChanged):
		return errors.New("la table a changé depuis qu'elle a été lue ; recommencez quand plus personne n'y travaille")
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
