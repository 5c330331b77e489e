package seda

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/liasse/liasse/ged/report"
)

// Reply is what an archiving system says became of a transfer: an
// ArchiveTransferReply (ATR) of any version, the ArchiveTransferAcceptance of
// 0.2, or the Acknowledgement that comes before either. Values are as written,
// without blanks around them; a value that was not there is empty.
type Reply struct {
	// Root is the local name of the message: ArchiveTransferReply.
	Root string
	// Version is that of the namespace, or "" when it is not one of SEDA's.
	Version Version
	// MessageID identifies the reply and RequestID the transfer it answers;
	// some systems write them the other way round, see [Reply.Answers].
	MessageID, RequestID string
	Date, GrantDate      time.Time // zero when absent or not a date
	Code                 string    // OK, WARNING, KO, or a number
	Comments             []string
	Agreement            string
	// Of an acknowledgement, they are who sends it and who receives it.
	ArchivalAgency, TransferringAgency string
	// Events are the steps of the ingest, in the order written.
	Events []Step
	// Units and Objects give the identifiers of the archiving system to what
	// the transfer held, in the order written.
	Units   []UnitID
	Objects []ObjectID
}

// Step is one step of an ingest.
type Step struct {
	// Code names the step and Label describes it: CHECK_HEADER.
	Code, Label string
	Time        time.Time // zero when absent or not a date
	Outcome     string    // OK, WARNING, KO, FATAL
	// Detail is the outcome code, STEP.REASON.KO, and Message its sentence.
	Detail, Message string
	// Data is what the system adds, often JSON. It may quote the records.
	Data string
}

// UnitID is the identifier a unit of the transfer was given.
type UnitID struct {
	ID string // in the transfer
	// SystemID is the archiving system's own key (Vitam), ArchivalID the
	// reference it gives out (as@lae); one of them is usually empty.
	SystemID, ArchivalID string
}

// ObjectID is the identifier an object of the transfer was given.
type ObjectID struct {
	ID                      string // in the transfer
	SystemID, GroupSystemID string
}

// Acceptance is the meaning of a reply.
type Acceptance uint8

// Meanings of a reply. Unclear is a code nobody has described: it must be read
// by someone, and the transfer must not be counted as archived.
const (
	Unclear Acceptance = iota
	Accepted
	AcceptedWithWarning
	Refused
	// Acknowledged is the answer of a platform that has the transfer and has not
	// decided yet: it may take days.
	Acknowledged
)

// String returns the meaning in lower-case words: accepted with warning.
func (a Acceptance) String() string {
	switch a {
	case Accepted:
		return "accepted"
	case AcceptedWithWarning:
		return "accepted with warning"
	case Refused:
		return "refused"
	case Acknowledged:
		return "acknowledged"
	}
	return "unclear"
}

// The messages that answer a transfer.
const (
	replyRoot      = "ArchiveTransferReply"
	acceptanceRoot = "ArchiveTransferAcceptance" // 0.2
	ackRoot        = "Acknowledgement"
)

// Acceptance reads the reply's code: OK, WARNING and KO of Vitam, the numbers
// of SEDA 0.2 that as@lae writes in every version. FATAL and other codes of
// failure are refusals. An ArchiveTransferAcceptance accepts by its name; one
// whose code says otherwise is unclear.
func (r *Reply) Acceptance() Acceptance {
	if r.Root == ackRoot {
		return Acknowledged
	}
	by := acceptanceOf(r.Code)
	if r.Root == acceptanceRoot {
		switch by {
		case Refused:
			return Unclear
		case Unclear:
			return Accepted
		}
	}
	return by
}

func acceptanceOf(code string) Acceptance {
	switch code = strings.ToUpper(code); code {
	case "OK", "000":
		return Accepted
	case "WARNING", "001", "002":
		return AcceptedWithWarning
	case "KO", "FATAL":
		return Refused
	}
	if len(code) == 3 && strings.Trim(code, "0123456789") == "" {
		return Refused
	}
	return Unclear
}

// Answers reports whether the reply is the answer to the transfer. Vitam names
// it in MessageRequestIdentifier, as@lae in MessageIdentifier.
func (r *Reply) Answers(transfer string) bool {
	return transfer != "" && (r.RequestID == transfer || r.MessageID == transfer)
}

// ReplyID returns the identifier of the reply itself, knowing that of the
// transfer it answers.
func (r *Reply) ReplyID(transfer string) string {
	if transfer != "" && r.MessageID == transfer {
		return r.RequestID
	}
	return r.MessageID
}

// ArchivalID returns the reference the archiving system gave the transfer: that
// of its first unit which has one, or "".
func (r *Reply) ArchivalID() string {
	for _, u := range r.Units {
		if id := cmp.Or(u.ArchivalID, u.SystemID); id != "" {
			return id
		}
	}
	return ""
}

// SystemID returns the archiving system's identifier of a unit of the transfer,
// or "".
func (r *Reply) SystemID(unit string) string {
	for _, u := range r.Units {
		if u.ID == unit {
			if u.SystemID != "" {
				return u.SystemID
			}
			return u.ArchivalID
		}
	}
	return ""
}

// Failures returns the steps that did not end well, most telling last: KO and
// FATAL, with the detail codes the platform gave.
func (r *Reply) Failures() []Step {
	var out []Step
	for _, s := range r.Events {
		if s.Outcome == "KO" || s.Outcome == "FATAL" {
			out = append(out, s)
		}
	}
	return out
}

// ReadReply reads the answer to a transfer, of any version and any platform.
// What breaks the schema is forgiven, and
// said in the report as far as it matters to a reader; a document that breaks
// off gives what was read of it. The Reply is nil when the document answers
// no transfer at all. The error is one of src or of the context.
func ReadReply(ctx context.Context, src io.Reader) (*Reply, *report.Report, error) {
	rep := &report.Report{}
	p := &replyReader{limit: maxReply}
	if err := p.read(ctx, src, rep); err != nil {
		return nil, rep, fmt.Errorf("seda: read the reply: %w", err)
	}
	switch {
	case p.root == "":
		return nil, rep, nil // the report says why
	case p.root != replyRoot && p.root != acceptanceRoot && p.root != ackRoot:
		rep.Add(RuleReplyRoot, p.where, report.P("element", p.root))
		return nil, rep, nil
	}
	r := &p.reply
	if r.Version == "" {
		rep.Add(RuleReplyVersion, p.where)
	}
	for _, f := range []struct{ value, fr, en string }{
		{r.Code, "code de réponse", "reply code"},
		{r.MessageID, "identifiant", "identifier"},
		{r.RequestID, "référence au transfert", "reference to the transfer"},
	} {
		if f.value == "" && !(r.Root == ackRoot && f.fr == "code de réponse") {
			rep.Add(RuleReplyMissing, p.where, report.Words("field", f.fr, f.en))
		}
	}
	return r, rep, nil
}
