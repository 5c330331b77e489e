package preflight

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Inspector returns the inspector of messages of SEDA: kinds seda.transfer,
// seda.reply and seda.message.
//
// Facts of the summary: messageIdentifier, and of a transfer units, groups and
// objects, the answer to expect from the platform asked for (vitam.code or
// asalae.code, absent when nothing stands against it), profile.firstLine and
// profile.element; of a reply replyCode, and messageRequestIdentifier of any
// message that answers another.
func Inspector() inspect.Inspector { return inspector{} }

type inspector struct{}

// messages gives the kind of each root element.
var messages = map[string]string{
	"ArchiveTransfer":      "seda.transfer",
	"ArchiveTransferReply": "seda.reply", "ArchiveTransferAcceptance": "seda.reply",
}

// Kind returns the kind of a message, or of a part of one, by its root element
// and its namespace, "" when it is none of SEDA's.
func Kind(local, space string) string {
	if kind := messages[local]; kind != "" {
		return kind
	}
	if seda.VersionOf(space) != "" { // a part of a message too: it is invalid rather than unknown
		return "seda.message"
	}
	return ""
}

// Root returns the name of the root element of a document and its namespace, by
// its first bytes; what is not XML has none.
func Root(head []byte) (local, space string) {
	r := xmlcore.NewReader(bytes.NewReader(head), xmlcore.Options{})
	for {
		k, err := r.Next()
		switch {
		case err != nil:
			return xmlcore.GuessRoot(narrow(head)), ""
		case k == xmlcore.StartElement:
			return r.Name().Local, r.Name().Space
		}
	}
}

// narrow returns text in UTF-16 as ASCII, as far as it is, and any other as it
// is: one that declares UTF-8, or nothing before it, is refused, but told by its
// root. (XML 1.0, appendix F)
func narrow(head []byte) []byte {
	at := 0 // of the low octets
	switch {
	case bytes.HasPrefix(head, []byte("\xFE\xFF")), bytes.HasPrefix(head, []byte("\x00<")):
		at = 1
	case bytes.HasPrefix(head, []byte("\xFF\xFE")), bytes.HasPrefix(head, []byte("<\x00")):
	default:
		return head
	}
	out := make([]byte, 0, len(head)/2)
	for i := 0; i+1 < len(head); i += 2 {
		low, high := head[i+at], head[i+1-at]
		switch {
		case high == 0 && low < 0x80:
			out = append(out, low)
		case i > 0: // no part of a name of ours
			out = append(out, '?')
		}
	}
	return out
}

// Detect recognises the root element.
func (inspector) Detect(_ context.Context, in *inspect.Input) bool {
	return in.Data != nil && Kind(Root(in.Head)) != ""
}

// Inspect reads the message once, and judges it.
func (inspector) Inspect(ctx context.Context, in *inspect.Input, opt inspect.Options) (*inspect.Result, error) {
	rep := opt.Report()
	out := &inspect.Result{File: in.Name, Kind: Kind(Root(in.Head)), Report: rep}
	if out.Kind != "seda.transfer" {
		return out, inspectOther(ctx, in, opt, out)
	}
	j := NewJudge(opt, rep)
	s, err := Examine(ctx, in.Reader(), "", j)
	if err != nil {
		return nil, err
	}
	if err := j.FollowSchemas(ctx, in.Reader(), "", opt); err != nil {
		return nil, err
	}
	if err := j.FollowProfile(ctx, in.Reader(), "", opt, &out.Summary); err != nil {
		return nil, err
	}
	j.Conclude()
	out.Version = string(s.Version)
	s.Facts(&out.Summary)
	j.Facts(&out.Summary)
	return out, nil
}

// NewJudge returns the judge the options of an inspection ask for: Profile and
// Context, the Version a message must be of, and whether Schemas judge in place of
// the grammars built in. Whoever has no such options makes a Judge by naming its
// Target and its Report.
func NewJudge(opt inspect.Options, rep *report.Report) *Judge {
	j := &Judge{Report: rep, version: seda.Version(opt.Version), elsewhere: opt.Schemas != nil}
	switch opt.Profile {
	case string(seda.Vitam), string(seda.Asalae):
		j.Target = seda.Target(opt.Profile)
	}
	switch opt.Context {
	case string(FilingScheme), string(HoldingScheme):
		j.Context = Context(opt.Context)
	}
	return j
}

// Facts sets what the message says of itself.
func (s *Survey) Facts(sum *inspect.Summary) {
	sum.Set("messageIdentifier", s.MessageID)
	sum.Set("units", s.Units)
	sum.Set("groups", s.Groups)
	sum.Set("objects", s.Len())
}

// Facts sets the code of the answer to expect.
func (j *Judge) Facts(sum *inspect.Summary) {
	if o := j.Outcome(); o != nil && j.Target != seda.Standard {
		sum.Set(j.codeKey(), o.Code)
	}
}

// Examine reads a transfer once: for what it says, and by the schema the
// judge's target asks for. What is wrong is in the judge's report; the error is
// one of src or of the context. member is the name the message has in its
// package.
func Examine(ctx context.Context, src io.Reader, member string, j *Judge) (*Survey, error) {
	s := newSurvey(j, member)
	r := xmlcore.NewReader(src, xmlcore.Options{Report: j.Report, Member: member})
	v := &schemaSink{judge: j, survey: s, member: member}
	err := xmlcore.Run(ctx, r, v, s)
	var verdict *xmlcore.Error
	switch {
	case err == nil:
	case errors.As(err, &verdict):
		j.Report.Record(verdict.Finding)
		switch {
		case strings.HasPrefix(verdict.Finding.Code(), "LIM-"): // of ours, not of the platform
		case v.invalid: // met first
			j.foresee(vitamXSDFirst, asalaeMalformed)
		case s.Root == "":
			j.foresee(vitamNotXMLRoot, asalaeMalformed)
		default:
			j.foresee(vitamNotXML, asalaeMalformed)
		}
	default:
		return nil, fmt.Errorf("preflight: read the transfer: %w", err)
	}
	v.finish(r)
	if v.invalid {
		j.foresee(vitamXSD, asalaeMalformed)
	}
	s.finish(err == nil)
	return s, nil
}

// foresee remembers the answer of the judge's target.
func (j *Judge) foresee(vitam, asalae *Outcome) {
	switch j.Target {
	case seda.Vitam:
		j.expect(vitam)
	case seda.Asalae:
		j.expect(asalae)
	}
}
