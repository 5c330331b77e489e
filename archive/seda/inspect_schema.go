package seda

import (
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// schemaSink judges a transfer by its schema, in the same pass as the survey.
type schemaSink struct {
	judge   *Judge
	survey  *Survey
	member  string
	started bool
	invalid bool // the schema found a fault
}

// Event takes an event of the document.
func (k *schemaSink) Event(r *xmlcore.Reader, kind xmlcore.Kind) error {
	if !k.started && kind == xmlcore.StartElement {
		k.started = true
		k.survey.alone = true
		k.judge.Report.Add(RuleNoSchema, report.Location{Member: k.member})
	}
	return nil
}

func (k *schemaSink) finish(*xmlcore.Reader) {}
