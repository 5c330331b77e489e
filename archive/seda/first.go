package seda

import (
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/seda1"
	"github.com/liasse/liasse/ged/report"
)

// early tells what a version of the first family cannot hold of the package, and
// what it demands and does not find; header says whether the package is a whole
// transfer.
func (c *checker) early(p *archive.Package, header bool) {
	seda1.Review(p, element.Version(c.version), &earlyTeller{checker: c}, header)
}

// earlyTeller makes findings of what the first family says.
type earlyTeller struct {
	*checker
	large, little element.Loss // what is lost, and what says little
}

func (t *earlyTeller) At(path string) {
	t.where = report.Location{Path: path}
	t.large = reportLoss(t.report, t.loss, t.where, t.version)
	t.little = reportLoss(t.report, report.Info, t.where, t.version)
}

func (t *earlyTeller) Lost(path string)  { t.large(path) }
func (t *earlyTeller) Minor(path string) { t.little(path) }

func (t *earlyTeller) Required(element string) { t.required(element) }

func (t *earlyTeller) Converted(path, other string) {
	t.report.Add(RuleConverted, t.below(path), report.P("element", path), report.P("other", other), report.P("version", string(t.version)))
}

func (t *earlyTeller) Assumed(path, value string) {
	t.report.Add(RuleAssumed, t.below(path), report.P("element", path[strings.LastIndexByte(path, '/')+1:]), report.P("value", value), report.P("version", string(t.version)))
}

func (t *earlyTeller) Sorted(code string) { t.report.Add(RuleSort, t.where, report.P("code", code)) }
func (t *earlyTeller) Misdated(code string) {
	t.report.Add(RuleDateRange, t.where, report.P("code", code))
}

func (t *earlyTeller) below(path string) report.Location {
	at := t.where
	at.Path += "/" + path
	return at
}
