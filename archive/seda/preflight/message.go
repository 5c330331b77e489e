package preflight

import (
	"context"
	"slices"
	"strings"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/seda/schema"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

// inspectOther reads a reply, or a message of another kind.
func inspectOther(ctx context.Context, in *inspect.Input, opt inspect.Options, out *inspect.Result) error {
	_, space := Root(in.Head)
	version := seda.VersionOf(space)
	out.Version = string(version)
	opt.Profile = "" // platforms judge what they are sent, not what they send
	j := NewJudge(opt, out.Report)
	s := newSurvey(&Judge{Report: &report.Report{}}, "") // for what it says of itself
	if err := (&schemaSink{judge: j}).run(ctx, in.Reader(), s); err != nil {
		return err
	}
	if s.Root != "" && j.version == "" && !j.elsewhere && !schema.Known(version, seda.Standard) {
		if version == "" {
			j.Tell(faultForeign, s.first, foreign(space))
		} else {
			j.Tell(faultNamespace, s.first, report.P("version", lastPart(space)))
		}
	}
	if err := j.FollowSchemas(ctx, in.Reader(), "", opt); err != nil {
		return err
	}
	if s.Root != "" && out.Kind == "seda.message" && !slices.Contains(seda.Messages(version), s.Root) && !slices.Contains(seda.Messages(seda.V23), s.Root) {
		// The schema has refused the root already; this says what the file is not.
		out.Report.AddAs(report.Info, seda.RuleMessageRoot, report.Location{Path: "/" + s.Root}, report.P("element", s.Root))
	}
	if out.Kind != "seda.reply" {
		out.Summary.Set("replyCode", s.ReplyCode)
		out.Summary.Set("messageIdentifier", s.MessageID)
		out.Summary.Set("messageRequestIdentifier", s.RequestID)
		return nil
	}
	r, rep, err := seda.ReadReply(ctx, in.Reader())
	if err != nil {
		return err
	}
	for f := range rep.All() {
		if !strings.HasPrefix(f.Code(), "XML-") { // told already
			out.Report.Record(*f)
		}
	}
	if r == nil {
		return nil
	}
	// An empty identifier is a fact of a reply: it says that there is none.
	out.Summary = inspect.Summary{{Key: "replyCode", Value: r.Code}, {Key: "messageIdentifier", Value: r.MessageID},
		{Key: "messageRequestIdentifier", Value: r.RequestID}}
	return nil
}
