package preflight

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/seda/schema"
	"github.com/liasse/liasse/ged/grammar"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// schemaSink judges a message by the grammar of its version, in the same pass
// as the survey when there is one.
type schemaSink struct {
	judge   *Judge
	survey  *Survey // may be nil
	member  string
	v       *schema.Validator
	started bool
	invalid bool // the schema found a fault
}

// Event takes an event of the document.
func (k *schemaSink) Event(r *xmlcore.Reader, kind xmlcore.Kind) error {
	if !k.started {
		if kind != xmlcore.StartElement {
			return nil
		}
		k.started = true
		k.choose(r.Name().Space)
		if k.survey != nil {
			k.survey.alone = k.v == nil && !k.judge.elsewhere
		}
	}
	if k.v == nil {
		return nil
	}
	before := faults(k.judge.Report)
	err := k.v.Event(r, kind)
	k.invalid = k.invalid || faults(k.judge.Report) > before
	return err
}

// choose takes the grammar of the version asked for, else of the message's. A
// version nobody knows is told as such, not as a fault of every element.
func (k *schemaSink) choose(space string) {
	version := k.judge.version
	if version == "" {
		version = seda.VersionOf(space)
	}
	if !k.judge.elsewhere && schema.Known(version, k.judge.Target) {
		k.v = schema.NewValidator(schema.Options{Version: k.judge.version, Target: k.judge.Target}, k.judge.Report)
	}
}

// run reads a message for its schema, and for what the other sinks want of it.
func (k *schemaSink) run(ctx context.Context, src io.Reader, others ...xmlcore.Sink) error {
	r := xmlcore.NewReader(src, xmlcore.Options{Report: k.judge.Report, Member: k.member})
	err := xmlcore.Run(ctx, r, append([]xmlcore.Sink{k}, others...)...)
	var verdict *xmlcore.Error
	if errors.As(err, &verdict) {
		k.judge.Report.Record(verdict.Finding)
		err = nil
	}
	k.finish(r)
	if err != nil {
		return fmt.Errorf("preflight: read the message: %w", err)
	}
	return nil
}

func (k *schemaSink) finish(r *xmlcore.Reader) {
	if k.v == nil {
		return
	}
	before := faults(k.judge.Report)
	k.v.Finish(r)
	k.invalid = k.invalid || faults(k.judge.Report) > before
}

func faults(r *report.Report) int { return r.Count(report.Error) + r.Count(report.Fatal) }

// FollowSchemas judges a message by the schemas the options of an inspection
// name, in place of those built in; without any it does nothing. It tells the
// faults of grammar only. The error means that nothing was judged: src could
// not be read, ctx was cancelled, or the schemas are unusable.
func (j *Judge) FollowSchemas(ctx context.Context, src io.Reader, member string, opt inspect.Options) error {
	if opt.Schemas == nil {
		return nil
	}
	set, _, err := grammar.Load(ctx, opt.Schemas, grammar.Options{})
	if err != nil {
		return fmt.Errorf("preflight: load the schemas: %w", err)
	}
	found, err := set.Validate(ctx, src, grammar.ValidateOptions{Member: member, Report: j.Report.Options()})
	if err != nil {
		return fmt.Errorf("preflight: judge by the schemas: %w", err)
	}
	invalid := false
	for f := range found.All() {
		if strings.HasPrefix(f.Code(), "XSD-") {
			j.Report.Record(*f)
			invalid = invalid || f.Severity >= report.Error
		}
	}
	if invalid {
		j.foresee(vitamXSD, asalaeMalformed)
	}
	return nil
}
