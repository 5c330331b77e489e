package seda

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// replyReader follows a reply as it is read, so that one about a million units
// costs what is kept of it and no more. Elements are known by their local name:
// a sender who gets the namespace wrong is still understood.
type replyReader struct {
	reply Reply
	root  string
	where report.Location
	units []int // indexes in reply.Units of the units open

	stack []string
	text  [][]byte // by depth: what stands directly inside each open element
	kept  int      // characters of the reply
	limit int      // of them
}

const (
	maxText  = 1 << 20   // of one element; what is beyond is left out
	maxReply = 256 << 20 // of all that is kept
)

// read reads the document. What makes it unreadable goes to the report and ends
// the reading.
func (p *replyReader) read(ctx context.Context, src io.Reader, rep *report.Report) error {
	err := xmlcore.Run(ctx, xmlcore.NewReader(src, xmlcore.Options{Report: rep}), p)
	var verdict *xmlcore.Error
	if errors.As(err, &verdict) {
		rep.Record(verdict.Finding)
		return nil
	}
	return err
}

// at returns the name of the nth element from the top, 0 being the element
// itself, or "".
func (p *replyReader) at(n int) string {
	if i := len(p.stack) - 1 - n; i >= 0 {
		return p.stack[i]
	}
	return ""
}

// keep counts a value the reply holds on to.
func (p *replyReader) keep(v string) string {
	p.kept += len(v) + 64
	return v
}

// Event takes an event of the document.
func (p *replyReader) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	switch k {
	case xmlcore.StartElement:
		p.stack = append(p.stack, r.Name().Local)
		n := len(p.stack)
		if n > len(p.text) {
			p.text = append(p.text, nil)
		}
		p.text[n-1] = p.text[n-1][:0]
		p.start(r)
	case xmlcore.Text:
		if n := len(p.stack); n > 0 {
			t := r.Text()
			room := maxText - len(p.text[n-1])
			p.text[n-1] = append(p.text[n-1], t[:min(room, len(t))]...)
		}
	case xmlcore.EndElement:
		n := len(p.stack)
		p.end(string(bytes.Trim(p.text[n-1], " \t\r\n")))
		p.stack = p.stack[:n-1]
	}
	if p.kept > p.limit {
		return element.TooLong(r, p.limit)
	}
	return nil
}

// stepRoom is what an event costs, in bytes, before it says anything: a Step,
// and its part of the list while that grows.
const stepRoom = 400

func (p *replyReader) start(r *xmlcore.Reader) {
	if len(p.stack) == 1 {
		p.root, p.where = p.at(0), r.Location()
		p.reply.Root, p.reply.Version = p.root, VersionOf(r.Name().Space)
	}
	id := func() string {
		v, ok := r.Attr("", "id")
		if !ok {
			v, _ = r.Attr("", "Id") // of the first family
		}
		return p.keep(string(v))
	}
	switch p.at(0) {
	case "Event":
		if p.at(1) == "Operation" {
			p.reply.Events = append(p.reply.Events, Step{})
			p.kept += stepRoom
		}
	case "BinaryDataObject", "PhysicalDataObject", "Document":
		if p.at(0) == "Document" && len(p.units) == 0 { // the metadata of a file
			return
		}
		p.reply.Objects = append(p.reply.Objects, ObjectID{ID: id()})
	case "ArchiveUnit", "Archive", "ArchiveObject", "Contains":
		if !p.isUnit() {
			return
		}
		p.units = append(p.units, len(p.reply.Units))
		p.reply.Units = append(p.reply.Units, UnitID{ID: id()})
	}
}

func (p *replyReader) end(text string) {
	name, parent := p.at(0), p.at(1)
	if p.isUnit() && len(p.units) > 0 {
		p.units = p.units[:len(p.units)-1]
		return
	}
	if text == "" {
		return
	}
	var into *string
	r := &p.reply
	switch parent {
	case p.root:
		if len(p.stack) != 2 {
			return
		}
		switch name {
		case "Comment":
			r.Comments = append(r.Comments, p.keep(text))
		case "Date":
			r.Date = parseTime(text)
		case "GrantDate":
			r.GrantDate = parseTime(text)
		case "MessageIdentifier", "TransferReplyIdentifier", "TransferAcceptanceIdentifier", "AcknowledgementIdentifier":
			into = &r.MessageID
		case "MessageRequestIdentifier", "TransferIdentifier", "MessageReceivedIdentifier":
			into = &r.RequestID
		case "ReplyCode":
			into = &r.Code
		case "ArchivalAgreement":
			into = &r.Agreement
		}
	case "ArchivalAgency", "TransferringAgency", "Sender", "Receiver":
		switch {
		case name != "Identifier" && name != "Identification" || len(p.stack) != 3:
		case parent == "ArchivalAgency" || parent == "Sender":
			into = &r.ArchivalAgency
		default:
			into = &r.TransferringAgency
		}
	case "Event":
		if n := len(r.Events); n > 0 && p.at(2) == "Operation" {
			into = p.step(&r.Events[n-1], name, text)
		}
	case "BinaryDataObject", "PhysicalDataObject":
		if n := len(r.Objects); n > 0 {
			switch name {
			case "DataObjectSystemId":
				into = &r.Objects[n-1].SystemID
			case "DataObjectGroupSystemId":
				into = &r.Objects[n-1].GroupSystemID
			}
		}
	case "Archive", "ArchiveObject", "Contains":
		if n := len(p.units); n > 0 && (name == "ArchivalAgencyArchiveIdentifier" || name == "ArchivalAgencyObjectIdentifier") {
			into = &r.Units[p.units[n-1]].ArchivalID
		} else if name == "ArchivalAgreement" {
			into = &r.Agreement
		}
	case "Document":
		if n := len(r.Objects); n > 0 && (name == "ArchivalAgencyDocumentIdentifier" || name == "Identification") {
			into = &r.Objects[n-1].SystemID
		}
	case "Content":
		if n := len(p.units); n > 0 && p.at(2) == "ArchiveUnit" {
			switch u := &r.Units[p.units[n-1]]; name {
			case "SystemId":
				into = &u.SystemID
			case "ArchivalAgencyArchiveUnitIdentifier":
				into = &u.ArchivalID
			}
		}
	}
	// The first of an element that should be alone counts.
	if into != nil && *into == "" {
		*into = p.keep(text)
	}
}

// isUnit reports whether the element at hand describes a unit, in any version.
// (In 0.2 the Contains of an Integrity is a digest.)
func (p *replyReader) isUnit() bool {
	switch p.at(0) {
	case "ArchiveUnit":
		return true
	case "Archive", "ArchiveObject", "Contains":
		return len(p.stack) == 2 || p.at(1) == "Archive" || p.at(1) == "ArchiveObject" || p.at(1) == "Contains"
	}
	return false
}

func (p *replyReader) step(s *Step, name, text string) *string {
	switch name {
	case "EventTypeCode":
		return &s.Code
	case "EventType":
		return &s.Label
	case "EventDateTime":
		s.Time = parseTime(text)
	case "Outcome":
		return &s.Outcome
	case "OutcomeDetail":
		return &s.Detail
	case "OutcomeDetailMessage":
		return &s.Message
	case "EventDetailData":
		return &s.Data
	}
	return nil
}

// parseTime reads an xsd:dateTime or xsd:date. One without zone is in UTC, as
// platforms write them.
func parseTime(s string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02Z07:00", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}
