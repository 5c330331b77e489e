package seda

import (
	"time"

	"github.com/liasse/liasse/archive"
)

// Decision is what an archive says of a transfer.
type Decision struct {
	// ID identifies the reply, Code is the answer: OK, KO, or one of
	// [ReplyCodes].
	ID, Code string
	Date     time.Time
	// Grant is when the records were accepted, if they were.
	Grant    time.Time
	Comments []string
	// Archival gives the reference of a unit at the top, "" for none.
	Archival func(*archive.Unit) string
	// Swapped writes the identifier of the transfer where that of the reply
	// belongs, and the other way round, as as@lae does in 2.x.
	Swapped bool
}

// Answer makes the reply to a transfer, in a version of SEDA: an
// ArchiveTransferReply, or in 0.2 an ArchiveTransferAcceptance when the transfer
// is accepted. An archive answers in the version it was written to.
func Answer(p *archive.Package, v Version, d Decision) *Message {
	h := &p.Header
	m := &Message{Name: replyRoot, Version: v, RequestID: h.MessageID, ReplyCode: d.Code, GrantDate: d.Grant}
	m.Package.Header = archive.Header{MessageID: d.ID, Date: d.Date, Comments: d.Comments, ArchivalAgency: h.ArchivalAgency, TransferringAgency: h.TransferringAgency}
	to := &m.Package.Header
	accepted := acceptanceOf(d.Code) == Accepted || acceptanceOf(d.Code) == AcceptedWithWarning
	switch {
	case v == V02 && accepted:
		m.Name, m.GrantDate = acceptanceRoot, time.Time{}
	case v == V02:
		m.GrantDate = time.Time{}
	case !v.Early():
		to.Agreement = h.Agreement
		if d.Swapped {
			to.MessageID, m.RequestID = m.RequestID, to.MessageID
		}
	}
	if !accepted || d.Archival == nil {
		return m
	}
	for _, u := range p.Units {
		if u == nil {
			continue
		}
		if id := d.Archival(u); id != "" {
			m.Package.Units = append(m.Package.Units, &archive.Unit{ID: u.ID, Level: u.Level, Title: u.Title, Languages: u.Languages, Rules: u.Rules, ArchivalIDs: []string{id}})
		}
	}
	if v.Early() && len(m.Package.Units) > 0 {
		to.OriginatingAgency, m.Package.Rules = h.OriginatingAgency, p.Rules
	}
	return m
}

// Acknowledge makes the Acknowledgement of a transfer, which only says that it
// arrived. Versions 1.0 and 2.x have it.
func Acknowledge(p *archive.Package, v Version, id string, at time.Time) *Message {
	h := &p.Header
	m := &Message{Name: ackRoot, Version: v, RequestID: h.MessageID, Sender: h.ArchivalAgency, Receiver: h.TransferringAgency}
	m.Package.Header.MessageID, m.Package.Header.Date = id, at
	return m
}
