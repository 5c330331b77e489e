package seda

import (
	"context"

	"github.com/liasse/liasse/ged/inspect"
)

// inspectOther reads a reply, or a message of another kind.
func inspectOther(ctx context.Context, in *inspect.Input, opt inspect.Options, out *inspect.Result) error {
	_, space := Root(in.Head)
	out.Version = string(VersionOf(space))
	if out.Kind != "seda.reply" {
		return nil
	}
	r, rep, err := ReadReply(ctx, in.Reader())
	if err != nil {
		return err
	}
	out.Report.Merge(rep, "")
	if r == nil {
		return nil
	}
	out.Version = string(r.Version)
	// An empty identifier is a fact of a reply: it says that there is none.
	out.Summary = inspect.Summary{{Key: "replyCode", Value: r.Code}, {Key: "messageIdentifier", Value: r.MessageID},
		{Key: "messageRequestIdentifier", Value: r.RequestID}}
	return nil
}
