package archive

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// Policy says how Documents become a package: what the contract with the
// archiving system settles once and no Document knows.
type Policy struct {
	// MessageID of the transfer and its Date, both required by every platform;
	// the caller has the clock and the counter.
	MessageID string
	Date      time.Time
	Comments  []string
	// Agreement and the agencies are given by the archiving system.
	Agreement                          string
	ArchivalAgency, TransferringAgency Agency
	// OriginatingAgency and SubmissionAgency default to the identity of the
	// first Document's producer, and the second to the first.
	OriginatingAgency, SubmissionAgency string
	Acquisition                         string
	LegalStatus                         LegalStatus // "" means public archives
	// RuleCodes translates the codes of the Documents' rules into those of the
	// platform's own referential; a code not in it is kept.
	RuleCodes map[string]string
	// Rules are given to a Document that has none of their category. A rule
	// without Start takes the Document's own date of its StartEvent.
	Rules []ged.Rule
	// History is written in every unit made from a Document.
	History []string
}

// Build makes a package from the Documents, in their order. A Document related
// to another one of the list as its annexe, its answer or its part stands below
// it; the others stand at the top. Contents gives the files.
//
// The report tells what could not be carried over, and what [Check] finds; a
// package whose report is not valid must not be sent. The error is a content
// that could not be looked up.
func Build(ctx context.Context, docs []*ged.Document, contents ged.Opener, policy Policy) (*Package, *report.Report, error) {
	b := builder{ctx: ctx, contents: contents, policy: policy, report: &report.Report{}, pkg: &Package{}}
	if err := b.run(docs); err != nil {
		return nil, b.report, err
	}
	Check(b.pkg, b.report)
	return b.pkg, b.report, nil
}

type builder struct {
	ctx      context.Context
	contents ged.Opener
	policy   Policy
	report   *report.Report
	pkg      *Package
	last     int // of the identifiers given
}

func (b *builder) id() string {
	b.last++
	return "ID" + strconv.Itoa(b.last)
}

func (b *builder) run(docs []*ged.Document) error {
	units := make([]*Unit, len(docs))
	byID := make(map[string]int, len(docs))
	for i, d := range docs {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		if _, twice := byID[d.ID]; twice && d.ID != "" {
			b.report.Add(RuleDocumentTwice, at("document", d.ID))
		} else if d.ID != "" {
			byID[d.ID] = i
		}
		var err error
		if units[i], err = b.unit(d); err != nil {
			return err
		}
	}
	parent := parents(docs, byID)
	for i := range docs {
		if len(units[i].Groups) == 0 && len(units[i].Children) == 0 && !hasChild(parent, i) {
			b.report.Add(RuleDocumentEmpty, at("document", docs[i].ID))
		}
		if p := parent[i]; p < 0 {
			b.pkg.Units = append(b.pkg.Units, units[i])
		} else {
			units[p].Children = append(units[p].Children, units[i])
		}
		units[i].Links = links(docs[i], byID, units, parent[i])
	}
	for u := range b.pkg.Walk() {
		if len(u.Children) > 0 {
			u.Level = RecordGrp
		}
	}
	b.header(docs)
	return nil
}

func hasChild(parent []int, i int) bool {
	for _, p := range parent {
		if p == i {
			return true
		}
	}
	return false
}

// parents returns for each document the one it stands below, or -1. Relations
// that would make a circle are not followed.
func parents(docs []*ged.Document, byID map[string]int) []int {
	parent := make([]int, len(docs))
	for i := range parent {
		parent[i] = -1
	}
	for i, d := range docs {
		for _, r := range d.Relations {
			j, ok := byID[r.Target]
			if !ok || r.Scheme != "" || !below(r.Type) {
				continue
			}
			up := j
			for up >= 0 && up != i {
				up = parent[up]
			}
			if up < 0 {
				parent[i] = j
				break
			}
		}
	}
	return parent
}

func below(t ged.RelationType) bool {
	return t == ged.AnnexeDe || t == ged.RepondantA || t == ged.PartieDe
}

func links(d *ged.Document, byID map[string]int, units []*Unit, parent int) []Link {
	var out []Link
	for _, r := range d.Relations {
		j, ok := byID[r.Target]
		switch {
		case !ok || r.Scheme != "":
			out = append(out, Link{Type: r.Type, External: r.Target})
		case j != parent || !below(r.Type):
			out = append(out, Link{Type: r.Type, Unit: units[j]})
		}
	}
	return out
}

func (b *builder) header(docs []*ged.Document) {
	p := b.policy
	h := Header{
		MessageID: p.MessageID, Date: p.Date, Comments: p.Comments, Agreement: p.Agreement,
		ArchivalAgency: p.ArchivalAgency, TransferringAgency: p.TransferringAgency,
		OriginatingAgency: p.OriginatingAgency, SubmissionAgency: p.SubmissionAgency,
		Acquisition: p.Acquisition, LegalStatus: p.LegalStatus,
	}
	if h.LegalStatus == "" {
		h.LegalStatus = ArchivesPubliques
	}
	if h.OriginatingAgency == "" && len(docs) > 0 {
		if a, ok := docs[0].Agent(ged.Producer); ok {
			h.OriginatingAgency = a.Identity()
		}
	}
	if h.SubmissionAgency == "" {
		h.SubmissionAgency = h.OriginatingAgency
	}
	b.pkg.Header = h
}

// unit describes the document. Its main file and the copies made of it are one
// group; every other file is a unit of its own below.
func (b *builder) unit(d *ged.Document) (*Unit, error) {
	u := &Unit{
		ID: b.id(), Level: Item, Title: d.Title, Description: d.Description,
		Type: d.Type.Label(), Languages: d.Languages, Keywords: keywords(d),
		History: b.policy.History, Agents: d.Agents, Dates: dates(d),
		Events: events(d), Rules: b.rules(d),
	}
	if c := d.Class.Code(); c != "" {
		u.FilePlan = []string{c}
	}
	if d.ID != "" {
		u.SystemIDs = append(u.SystemIDs, d.ID)
	}
	for _, id := range d.Identifiers {
		switch id.Scheme {
		case ged.SchemeSAE:
			u.ArchivalIDs = append(u.ArchivalIDs, id.Value)
		case ged.SchemePESNomFic:
			u.SystemIDs = append(u.SystemIDs, id.Value)
		default:
			u.OriginatingIDs = append(u.OriginatingIDs, id.Value)
		}
	}
	if len(d.Holds) > 0 {
		b.report.Add(RuleHeld, at("document", d.ID))
	}
	for _, f := range d.Extra {
		b.report.Add(RuleFieldLost, at("document", d.ID), report.P("field", f.Name))
	}
	var master *Group
	versions := map[Usage]int{}
	for i := range d.Files {
		f := &d.Files[i]
		o, err := b.object(d, f)
		if err != nil {
			return nil, err
		}
		switch {
		case f.Role == ged.RoleMain && master == nil:
			o.Usage = BinaryMaster
			master = b.group(o)
			u.Groups = []*Group{master}
		case master != nil && (f.Role == ged.RoleStamped || f.Role == ged.RoleRendition):
			versions[Dissemination]++
			o.Usage, o.Version = Dissemination, versions[Dissemination]
			o.ID = b.id()
			master.Objects = append(master.Objects, o)
		default:
			child := &Unit{ID: b.id(), Level: Item, Title: fileTitle(f), Type: fileType(f), Languages: d.Languages}
			if !f.Created.IsZero() {
				child.Dates.Created = Moment(f.Created)
			}
			if f.Code != "" {
				child.Tags = []string{f.Code}
			}
			o.Usage = BinaryMaster
			child.Groups = []*Group{b.group(o)}
			u.Children = append(u.Children, child)
		}
	}
	return u, nil
}

func (b *builder) group(o *Object) *Group {
	g := &Group{ID: b.id(), Objects: []*Object{o}}
	o.ID = b.id()
	b.pkg.Groups = append(b.pkg.Groups, g)
	return g
}

func (b *builder) object(d *ged.Document, f *ged.File) (*Object, error) {
	o := &Object{
		Version: 1, Name: f.Name, MediaType: f.MediaType, PUID: f.PUID, FormatName: f.FormatName,
		Modified: f.Created, Size: f.Size, Digests: f.Digests,
	}
	if b.contents == nil {
		return o, nil
	}
	s, err := b.contents.Source(b.ctx, d.ID, f.ID)
	switch {
	case errors.Is(err, ged.ErrNoContent): // Check reports the object
	case err != nil:
		return nil, fmt.Errorf("archive: find the content of a file: %w", err)
	default:
		o.Source = s
	}
	return o, nil
}

var roleTitles = map[ged.FileRole]string{
	ged.RoleMain:      "Pièce",
	ged.RoleAnnexe:    "Annexe",
	ged.RoleReceipt:   "Accusé de réception",
	ged.RoleSignature: "Signature électronique",
	ged.RoleStamped:   "Copie tamponnée",
	ged.RoleMessage:   "Message de transmission",
	ged.RoleRendition: "Copie",
	ged.RoleReport:    "Rapport de vérification",
}

// fileTitle is the file's own title, else what it is followed by its name.
func fileTitle(f *ged.File) string {
	role := fileType(f)
	switch {
	case f.Title != "":
		return f.Title
	case f.Name == "":
		return role
	case role == "":
		return f.Name
	}
	return role + " : " + f.Name
}

func fileType(f *ged.File) string { return roleTitles[f.Role] }

func keywords(d *ged.Document) []ged.Keyword {
	out := append([]ged.Keyword(nil), d.Keywords...)
	if n := len(d.Class.Path); n > 0 && d.Class.Path[n-1].Label != "" {
		class := ged.Keyword{Content: d.Class.Path[n-1].Label, Reference: d.Class.Path[n-1].Code, Scheme: d.Class.Plan, Kind: "subject"}
		for _, k := range out {
			if k.Content == class.Content {
				return out
			}
		}
		out = append(out, class)
	}
	return out
}

func dates(d *ged.Document) Dates {
	out := Dates{
		Created: Moment(d.Dates.Created), Transacted: Day(d.Dates.Acted),
		Sent: Moment(d.Dates.Transmitted), Received: Moment(d.Dates.Received),
		Start: Day(d.Dates.From), End: Day(d.Dates.To),
	}
	if out.Start.IsZero() {
		out.Start = Day(d.Dates.Acted)
	}
	if out.End.IsZero() {
		out.End = Day(d.Dates.Closed)
	}
	return out
}

// events adds to the document's history the checks of its signatures: SEDA 2.1
// describes a signature only together with the name of who validated it.
func events(d *ged.Document) []ged.Event {
	out := append([]ged.Event(nil), d.Events...)
	for _, s := range d.Signatures {
		if s.Checked.IsZero() {
			continue
		}
		e := ged.Event{Type: ged.EventSignatureValidation, Time: s.Checked, Code: s.Indication, Detail: s.Format}
		if s.Level != "" {
			e.Detail += " " + s.Level
		}
		switch s.Indication {
		case "TOTAL-PASSED":
			e.Outcome = ged.Success
		case "TOTAL-FAILED":
			e.Outcome = ged.Failure
		default:
			e.Outcome = ged.Alert
		}
		if s.SubIndication != "" {
			e.Code += "." + s.SubIndication
		}
		out = append(out, e)
	}
	return out
}

func (b *builder) rules(d *ged.Document) []ged.Rule {
	out := append([]ged.Rule(nil), d.Rules...)
	for _, r := range b.policy.Rules {
		own := false
		for _, o := range d.Rules {
			own = own || o.Category == r.Category
		}
		if !own {
			out = append(out, r)
		}
	}
	for i := range out {
		if out[i].Start.IsZero() {
			out[i].Start = d.Start(out[i].StartEvent, nil)
		}
		if code, ok := b.policy.RuleCodes[out[i].Code]; ok {
			out[i].Code = code
		}
	}
	return out
}

// at locates a finding at a thing of the model.
func at(kind, id string) report.Location { return report.Location{Path: kind + "[" + id + "]"} }
