package seda

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/seda1"
	"github.com/liasse/liasse/archive/seda/internal/seda2"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Message is any message of SEDA but an ArchiveTransfer: what the services of
// an archive say to each other about the records it keeps. Fields a message of
// this name does not have are empty; [Messages] lists the names.
type Message struct {
	// Name is the local name of its root, ArchiveDeliveryRequest, and Version
	// that of its namespace.
	Name    string
	Version Version
	// Package holds the header (identifier, date, comments, agreement, archival
	// and transferring agency, code lists) and the records the message carries,
	// if any.
	Package archive.Package
	// RequestID identifies the message this one answers or acknowledges, and
	// ReplyCode is the answer.
	RequestID, ReplyCode string
	// Units are the records the message is about, by the identifiers the
	// archive gave them.
	Units []UnitRef
	// Authorizations identify the replies that allow what is asked or was done:
	// no public archive is destroyed without one (code du patrimoine L212-2).
	Authorizations []string
	// Asks is what an authorization is asked for.
	Asks *Authorization
	// Derogation says that records are asked for before they may be read.
	Derogation bool
	// GrantDate and TransferDate are when a transfer was accepted and when it
	// will take place, Done when records were destroyed or changed.
	GrantDate, TransferDate, Done time.Time

	OriginatingAgency, ControlAuthority, Requester, Sender, Receiver archive.Agency

	// Extras are what the message says besides.
	Extras []archive.Extra
}

// UnitRef is the identifier of a record.
type UnitRef struct {
	ID string
	// Scheme says which identifier it is, as SEDA 1.0 demands:
	// ArchivalAgencyArchiveIdentifier.
	Scheme string
}

// Authorization is what is asked of a control authority or of the service that
// made the records.
type Authorization struct {
	Reason    string // in 1.0: communication or destruction
	Comments  []string
	Date      archive.When
	Units     []UnitRef
	Requester archive.Agency
}

// ReadMessage reads a message of any version, of any name of [Messages]. It
// reads as [Read] does: the message is what could be made of the document, nil
// when it is none of SEDA's.
func ReadMessage(ctx context.Context, src io.Reader, opt ReadOptions, rep *report.Report) (m *Message, complete bool, err error) {
	l := newLinker(opt, rep)
	limits := xmlcore.Limits{Bytes: cmp.Or(opt.MaxBytes, 512<<20)}
	t := newTransferReader(ctx, src, xmlcore.Options{Report: rep, Member: opt.Member, Limits: limits})
	t.yield = func(it Item, _ error) bool { return l.take(it) }
	t.follow(opt.Also)
	m = &Message{}
	if err = ctx.Err(); err == nil {
		err = t.message(m)
	}
	err = t.followed(err)
	var verdict *xmlcore.Error
	switch {
	case err == nil:
		complete = true
	case errors.Is(err, errStop):
	case errors.As(err, &verdict):
		rep.Record(verdict.Finding)
	default:
		return nil, false, fmt.Errorf("seda: read the message: %w", err)
	}
	if m.Name == "" {
		return nil, false, nil
	}
	header := m.Package.Header
	header.CodeLists, header.OriginatingAgency = t.pkg.Header.CodeLists, t.pkg.Header.OriginatingAgency
	header.Profile, header.ServiceLevel = t.pkg.Header.Profile, t.pkg.Header.ServiceLevel
	header.Acquisition, header.LegalStatus, header.SubmissionAgency = t.pkg.Header.Acquisition, t.pkg.Header.LegalStatus, t.pkg.Header.SubmissionAgency
	header.Agreement = cmp.Or(header.Agreement, t.pkg.Header.Agreement)
	m.Package = *t.pkg
	m.Package.Header = header
	l.link(&m.Package)
	if m.Version.Early() {
		l.early(&m.Package)
	}
	return m, complete, nil
}

// message reads the message the document is.
func (t *transferReader) message(m *Message) error {
	if err := t.nodes.Root(); err != nil {
		return err
	}
	name := t.r.Name()
	version := VersionOf(name.Space)
	f := formOf(name.Local, version)
	if f == nil {
		t.rep.Add(RuleMessageRoot, t.r.Location(), report.P("element", name.Local))
		return errStop
	}
	m.Name, m.Version = name.Local, version
	fill := element.Filler[Message]{Part: f.table(version)}
	var e *seda1.Reader
	if version.Early() {
		e = t.earlyReader(seda1.Of(element.Version(version)))
	}
	err := t.nodes.Each(func(name *xmlcore.Name) error {
		at := -1
		if v := VersionOf(name.Space); v == version || e == nil && v != "" && !v.Early() {
			at = fill.Find(&element.Node{Space: element.Own, Name: name.Local})
		}
		if at >= 0 && isCarrier(name.Local) {
			switch {
			case e != nil:
				return e.Units()
			case name.Local == "CodeListVersions":
				return t.codeLists()
			}
			return t.nodes.Each(t.packagePart)
		}
		n, err := t.nodes.Read()
		if err != nil {
			return err
		}
		if x, _ := fill.Put(m, n); x != nil {
			m.Extras = append(m.Extras, *x)
		}
		return nil
	})
	if err != nil {
		return err
	}
	// Whatever the order of a message that breaks the schema, as it is written.
	seda2.SortExtras(t.pkg.Extras)
	slices.SortStableFunc(m.Extras, func(a, b archive.Extra) int { return fill.Rank(a) - fill.Rank(b) })
	return t.nodes.Drain()
}

// WriteMessage writes the message in its version, in UTF-8; the output is a
// function of the message and the options alone. Of the options, Indent, Flat,
// Lossy, Stored and Checked count.
//
// A message without what its version demands is an error of type
// [*report.InvalidError] and nothing is written, unless the options say it was
// checked; a name or a version that is not known matches [ErrVersion].
func WriteMessage(ctx context.Context, w io.Writer, m *Message, opt Options) error {
	opt.Version = m.Version
	f := formOf(m.Name, m.Version)
	if f == nil || m.Version == "" || Supported(m.Version) != nil {
		return fmt.Errorf("%w: %q %q", ErrVersion, m.Name, string(m.Version))
	}
	if !opt.Checked {
		r := &report.Report{}
		CheckMessage(m, opt, r)
		if err := r.Err(); err != nil {
			return err
		}
	}
	out := newWriter(ctx, w, &m.Package, opt, func(string) {})
	out.message(m, f)
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("seda: write the message: %w", err)
	}
	return nil
}

// CheckMessage adds to the report what the version demands of the message and
// what it cannot hold.
func CheckMessage(m *Message, opt Options, r *report.Report) {
	opt.Version = m.Version
	f := formOf(m.Name, m.Version)
	if f == nil {
		r.Add(RuleMessageRoot, report.Location{}, report.P("element", m.Name))
		return
	}
	c := newChecker(opt, r)
	c.where = report.Location{Path: m.Name}
	lost := reportLoss(r, c.loss, report.Location{}, m.Version)
	mk := newMaker(&m.Package, opt, lost)
	table := f.table(m.Version)
	nodes := table.Nodes(m, m.Extras, element.Version(m.Version), mk.parserOf(m.Version), lost)
	for _, s := range f.slots() {
		made := slices.ContainsFunc(nodes, func(n *element.Node) bool { return n.Is(s.name) })
		switch s.name {
		case "CodeListVersions", "DataObjectPackage":
			made = true // written from the package, or optional
		case "Archive", "Contains":
			made = len(m.Package.Units) > 0
		}
		if s.required && !made {
			c.required(s.name)
		}
	}
	if len(m.Package.Units)+len(m.Package.Groups) == 0 {
		return
	}
	if m.Version.Early() {
		c.early(&m.Package, false)
	} else {
		c.losses(&m.Package, opt)
	}
}

func (m *maker) parserOf(v Version) *element.Parser {
	if d := seda1.Of(element.Version(v)); d != nil {
		m.parse.Editions = d.Editions
	}
	return &m.parse
}

func (w *writer) message(m *Message, f *form) {
	w.Start("", m.Name)
	w.Namespace("", m.Version.Namespace())
	table := f.table(m.Version)
	nodes := table.Nodes(m, m.Extras, element.Version(m.Version), w.parserOf(m.Version), func(string) {})
	var e *seda1.Maker
	if m.Version.Early() {
		e = seda1.NewMaker(w.pkg, element.Version(w.opt.Version), w.opt.lies())
		for _, n := range nodes {
			e.Stamp(n)
		}
	}
	for i, row := range table.Fields {
		switch {
		case row.Name == "CodeListVersions":
			w.Start("", row.Name)
			w.nodes(w.codeLists())
			w.End()
		case row.Name == "DataObjectPackage":
			if carries(w.pkg) {
				_ = w.dataObjectPackage(w.whole) // whoever closes the writer is told
			}
		case isCarrier(row.Name):
			e.WriteUnits(w.Writer, row.Name, w.stopped)
		}
		for len(nodes) > 0 && table.Find(nodes[0]) == i {
			w.nodes(nodes[:1])
			nodes = nodes[1:]
		}
		if w.stopped() {
			return
		}
	}
	w.nodes(nodes)
	w.End()
}

// carries reports whether the package says anything beyond the header of a
// message.
func carries(p *archive.Package) bool {
	h := &p.Header
	return len(p.Units)+len(p.Groups)+len(p.Rules)+len(p.Regimes) > 0 || h.Profile+h.ServiceLevel+h.Acquisition+string(h.LegalStatus)+h.OriginatingAgency+h.SubmissionAgency != "" ||
		slices.ContainsFunc(p.Extras, func(x archive.Extra) bool {
			return x.In == "DataObjectPackage" || x.In == "DescriptiveMetadata" || x.In == seda2.PackageManagement.Name
		})
}
