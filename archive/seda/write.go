package seda

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlout"
)

// Options of a message. The zero value writes SEDA 2.1 without indentation.
type Options struct {
	Version Version
	// Target is whose rules the package is checked by.
	Target Target
	Indent bool
	// Stored says where each object lies in the file that holds the message,
	// with the digest and the size it really has. Without it the digests the
	// objects declare are written, and no path.
	Stored func(*archive.Object) Stored
	// Checked says that the caller has run [archive.Check] and [Check] on this
	// very package and found it valid.
	Checked bool
}

// Stored is an object as it lies in a package.
type Stored struct {
	URI    string
	Digest ged.Digest
	Size   int64
}

// Write writes the package as one ArchiveTransfer, in UTF-8. The output is a
// function of the package and the options alone, and memory does not grow with
// the size of the message.
//
// A package that does not conform is an error of type [*report.InvalidError]
// and nothing is written; a version that cannot be written matches
// [ErrVersion].
func Write(ctx context.Context, w io.Writer, p *archive.Package, opt Options) error {
	version, dialect, err := dialectOf(opt.Version)
	if err != nil {
		return err
	}
	if !opt.Checked {
		r := &report.Report{}
		archive.Check(p, r)
		Check(p, opt, r)
		if err := r.Err(); err != nil {
			return err
		}
	}
	indent := ""
	if opt.Indent {
		indent = "  "
	}
	m := &writer{Writer: xmlout.New(w, xmlout.Options{Indent: indent}), ctx: ctx, pkg: p, opt: opt}
	m.transfer(version, dialect)
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := m.Close(); err != nil {
		return fmt.Errorf("seda: write the message: %w", err)
	}
	return nil
}

type writer struct {
	*xmlout.Writer
	ctx context.Context
	pkg *archive.Package
	opt Options
}

// blank reports whether the text says nothing.
func blank(s string) bool { return strings.TrimSpace(s) == "" }

// element writes an element unless its text is blank: no element of SEDA means
// anything empty, and most refuse it.
func (m *writer) element(name, text string) {
	if !blank(text) {
		m.Element("", name, text)
	}
}

func (m *writer) elements(name string, texts []string) {
	for _, t := range texts {
		m.element(name, t)
	}
}

func (m *writer) when(name string, w archive.When) { m.element(name, w.String()) }

func (m *writer) moment(name string, t time.Time) {
	if !t.IsZero() {
		m.element(name, t.Format(time.RFC3339Nano))
	}
}

// stopped reports whether there is no use in going on.
func (m *writer) stopped() bool { return m.Err() != nil || m.ctx.Err() != nil }

func (m *writer) transfer(version Version, d dialect) {
	h := &m.pkg.Header
	m.Start("", "ArchiveTransfer")
	m.Namespace("", version.Namespace())
	m.elements("Comment", h.Comments)
	m.element("Comment", m.sortComment())
	m.moment("Date", h.Date)
	m.element("MessageIdentifier", h.MessageID)
	m.element("ArchivalAgreement", h.Agreement)
	m.Start("", "CodeListVersions")
	for _, name := range d.codeLists {
		name, given := name+"CodeListVersion", h.CodeLists[name]
		m.element(name, cmp.Or(strings.TrimSpace(given), name+"0"))
	}
	m.End()
	m.Start("", "DataObjectPackage")
	for _, g := range m.pkg.Groups {
		if m.stopped() {
			return
		}
		m.group(g)
	}
	m.Start("", "DescriptiveMetadata")
	m.units()
	if m.stopped() {
		return
	}
	m.End()
	m.Start("", "ManagementMetadata")
	m.element("ArchivalProfile", h.Profile)
	m.element("ServiceLevel", h.ServiceLevel)
	m.element("AcquisitionInformation", h.Acquisition)
	m.element("LegalStatus", string(h.LegalStatus))
	m.element("OriginatingAgencyIdentifier", h.OriginatingAgency)
	m.element("SubmissionAgencyIdentifier", h.SubmissionAgency)
	m.rules(m.pkg.Rules)
	m.End()
	m.End()
	m.elements("RelatedTransferReference", h.Related)
	m.agency("ArchivalAgency", h.ArchivalAgency)
	m.agency("TransferringAgency", h.TransferringAgency)
	m.End()
}

// sortComment tells the archivist which records are to be sorted, since SEDA's
// FinalAction cannot say it.
func (m *writer) sortComment() string {
	n := 0
	for u := range m.pkg.Walk() {
		for _, r := range u.Rules {
			if r.SortFinal == ged.Trier {
				n++
				break
			}
		}
	}
	for _, r := range m.pkg.Rules {
		if r.SortFinal == ged.Trier {
			return "Sort final « trier » pour l'ensemble du versement : tri à faire par l'archiviste."
		}
	}
	if n == 0 {
		return ""
	}
	return "Sort final « trier » pour " + strconv.Itoa(n) + " unité(s) de ce versement : tri à faire par l'archiviste."
}

func (m *writer) agency(name string, a archive.Agency) {
	m.Start("", name)
	m.element("Identifier", a.ID)
	if !blank(a.Name) {
		// The schema takes here any element of another namespace; producers
		// write the Name of SEDA 1.0.
		m.Start("", "OrganizationDescriptiveMetadata")
		m.Start("n", "Name")
		m.Namespace("n", Version("1.0").Namespace())
		m.Text(a.Name)
		m.End()
		m.End()
	}
	m.End()
}

func (m *writer) group(g *archive.Group) {
	if g == nil {
		return
	}
	m.Start("", "DataObjectGroup")
	m.Attr("", "id", g.ID)
	for _, o := range g.Objects {
		if o != nil {
			m.object(o)
		}
	}
	m.End()
}

func (m *writer) object(o *archive.Object) {
	s := Stored{Size: o.Size}
	if m.opt.Stored != nil {
		s = m.opt.Stored(o)
	} else if len(o.Digests) > 0 {
		s.Digest = o.Digests[0]
	}
	m.Start("", "BinaryDataObject")
	m.Attr("", "id", o.ID)
	m.element("DataObjectVersion", string(o.Usage)+"_"+strconv.Itoa(max(o.Version, 1)))
	if s.Digest.Value != "" {
		m.element("Uri", s.URI)
		m.Start("", "MessageDigest")
		m.Attr("", "algorithm", string(s.Digest.Algorithm))
		m.Text(s.Digest.Value)
		m.End()
	}
	if s.Size > 0 { // xsd:positiveInteger: an empty file has no Size
		m.element("Size", strconv.FormatInt(s.Size, 10))
	}
	if !blank(o.FormatName + o.MediaType + o.PUID) {
		m.Start("", "FormatIdentification")
		m.element("FormatLitteral", o.FormatName)
		m.element("MimeType", o.MediaType)
		m.element("FormatId", o.PUID)
		m.End()
	}
	m.Start("", "FileInfo")
	m.element("Filename", o.Name)
	m.moment("LastModified", o.Modified)
	m.End()
	m.End()
}

// ruleElements are the categories that SEDA 2.1 can carry with what a ged.Rule
// holds, and order is that of the schema.
var (
	ruleElements = map[ged.RuleCategory]string{
		ged.Conservation:    "AppraisalRule",
		ged.Communicabilite: "AccessRule",
		ged.Diffusion:       "DisseminationRule",
		ged.Reutilisation:   "ReuseRule",
	}
	ruleOrder = []ged.RuleCategory{ged.Conservation, ged.Communicabilite, ged.Diffusion, ged.Reutilisation}
)

func (m *writer) rules(rules []ged.Rule) {
	for _, category := range ruleOrder {
		open, action := false, ""
		for _, r := range rules {
			if r.Category != category {
				continue
			}
			if !open {
				m.Start("", ruleElements[category])
				open = true
			}
			m.element("Rule", r.Code)
			m.element("StartDate", r.Start.String())
			switch {
			case category != ged.Conservation:
			case r.SortFinal == ged.Detruire:
				action = cmp.Or(action, "Destroy")
			default:
				action = "Keep"
			}
		}
		if open {
			m.element("FinalAction", action)
			m.End()
		}
	}
}

// units writes the units as they are nested, without recursion. A unit that
// stands in several places is described at the first and referred to at the
// others.
func (m *writer) units() {
	type frame struct {
		units []*archive.Unit
		next  int
	}
	written := map[*archive.Unit]bool{}
	references := 0
	stack := []frame{{units: m.pkg.Units}}
	for len(stack) > 0 {
		if m.stopped() {
			return
		}
		top := &stack[len(stack)-1]
		if top.next == len(top.units) {
			if stack = stack[:len(stack)-1]; len(stack) > 0 {
				m.End()
			}
			continue
		}
		u := top.units[top.next]
		top.next++
		switch {
		case u == nil:
		case written[u]:
			references++
			m.Start("", "ArchiveUnit")
			m.Attr("", "id", "_REF"+strconv.Itoa(references))
			m.element("ArchiveUnitRefId", u.ID)
			m.End()
		default:
			written[u] = true
			m.unit(u)
			stack = append(stack, frame{units: u.Children})
		}
	}
}

// unit opens the unit and writes all of it but its children.
func (m *writer) unit(u *archive.Unit) {
	m.Start("", "ArchiveUnit")
	m.Attr("", "id", u.ID)
	if len(u.Rules) > 0 {
		m.Start("", "Management")
		m.rules(u.Rules)
		m.End()
	}
	m.Start("", "Content")
	m.content(u)
	m.End()
	for _, g := range u.Groups {
		m.Start("", "DataObjectReference")
		m.element("DataObjectGroupReferenceId", g.ID)
		m.End()
	}
}

// content follows the order of seda-2.1-ontology.xsd.
func (m *writer) content(u *archive.Unit) {
	m.element("DescriptionLevel", string(u.Level))
	m.element("Title", u.Title)
	m.elements("FilePlanPosition", u.FilePlan)
	m.elements("OriginatingSystemId", u.SystemIDs)
	m.elements("ArchivalAgencyArchiveUnitIdentifier", u.ArchivalIDs)
	m.elements("OriginatingAgencyArchiveUnitIdentifier", u.OriginatingIDs)
	m.elements("TransferringAgencyArchiveUnitIdentifier", u.TransferringIDs)
	m.element("Description", u.Description)
	if !blank(strings.Join(u.History, "")) {
		m.Start("", "CustodialHistory")
		m.elements("CustodialHistoryItem", u.History)
		m.End()
	}
	m.element("DocumentType", u.Type)
	m.elements("Language", u.Languages)
	m.element("Status", u.Status)
	m.elements("Tag", u.Tags)
	for _, k := range u.Keywords {
		m.keyword(k)
	}
	m.agents(u.Agents)
	m.links(u.Links)
	d := &u.Dates
	m.when("CreatedDate", d.Created)
	m.when("TransactedDate", d.Transacted)
	m.when("AcquiredDate", d.Acquired)
	m.when("SentDate", d.Sent)
	m.when("ReceivedDate", d.Received)
	m.when("RegisteredDate", d.Registered)
	m.when("StartDate", d.Start)
	m.when("EndDate", d.End)
	for _, e := range u.Events {
		m.event(e)
	}
}

func (m *writer) keyword(k ged.Keyword) {
	if blank(k.Content) {
		return
	}
	m.Start("", "Keyword")
	m.element("KeywordContent", k.Content)
	if !blank(k.Reference) {
		m.Start("", "KeywordReference")
		if k.Scheme != "" {
			m.Attr("", "schemeID", k.Scheme)
		}
		m.Text(k.Reference)
		m.End()
	}
	if keywordKinds[k.Kind] {
		m.element("KeywordType", k.Kind)
	}
	m.End()
}

// placed are the agents of a unit by the element that carries them.
type placed struct {
	originating, submission string
	byElement               map[string][]ged.Agent
	lost                    []ged.Agent
}

var agentOrder = []string{"Writer", "Addressee", "Recipient", "Sender"}

// placeAgents finds the element of each agent. The 2.1 schema has no element
// for someone who checked a record or received it as an authority.
func placeAgents(agents []ged.Agent) placed {
	p := placed{byElement: map[string][]ged.Agent{}}
	for _, a := range agents {
		element := ""
		switch a.Role {
		case ged.Producer:
			if p.originating == "" && !blank(a.Identity()) {
				p.originating = a.Identity()
				continue
			}
		case ged.Submitter:
			if p.submission == "" && !blank(a.Identity()) {
				p.submission = a.Identity()
				continue
			}
		case ged.Author, ged.Signatory:
			element = "Writer"
		case ged.Authority:
			element = "Addressee"
		case ged.Recipient:
			element = "Recipient"
		case ged.Sender:
			element = "Sender"
		}
		if element == "" || blank(a.Name+a.Identity()) {
			p.lost = append(p.lost, a)
			continue
		}
		p.byElement[element] = append(p.byElement[element], a)
	}
	return p
}

func (m *writer) agents(agents []ged.Agent) {
	if len(agents) == 0 {
		return
	}
	p := placeAgents(agents)
	for _, o := range [...][2]string{{"OriginatingAgency", p.originating}, {"SubmissionAgency", p.submission}} {
		if o[1] != "" {
			m.Start("", o[0])
			m.element("Identifier", o[1])
			m.End()
		}
	}
	for _, name := range agentOrder {
		for _, a := range p.byElement[name] {
			m.Start("", name)
			if a.Person {
				m.element("FullName", a.Name)
			} else { // required, so it may be the identifier again
				m.element("Corpname", cmp.Or(strings.TrimSpace(a.Name), a.Identity()))
			}
			m.element("Identifier", a.Identity())
			m.element("Function", a.Function)
			if a.Role == ged.Signatory {
				m.element("Role", "Signataire")
			}
			m.End()
		}
	}
}

var linkOrder = []string{"IsVersionOf", "Replaces", "IsPartOf", "References"}

func linkElement(t ged.RelationType) string {
	switch t {
	case ged.RenditionDe:
		return "IsVersionOf"
	case ged.Remplacant:
		return "Replaces"
	case ged.PartieDe, ged.AnnexeDe:
		return "IsPartOf"
	}
	return "References"
}

func (m *writer) links(links []archive.Link) {
	open := false
	for _, name := range linkOrder {
		for _, l := range links {
			if linkElement(l.Type) != name || l.Unit == nil && blank(l.External) {
				continue
			}
			if !open {
				m.Start("", "RelatedObjectReference")
				open = true
			}
			m.Start("", name)
			if l.Unit != nil {
				m.element("ArchiveUnitRefId", l.Unit.ID)
			} else {
				m.element("ExternalReference", l.External)
			}
			m.End()
		}
	}
	if open {
		m.End()
	}
}

func (m *writer) event(e ged.Event) {
	m.Start("", "Event")
	m.element("EventTypeCode", string(e.Type))
	m.moment("EventDateTime", e.Time)
	m.element("EventDetail", e.Detail)
	m.element("Outcome", string(e.Outcome))
	m.element("OutcomeDetail", e.Code)
	if e.Agent != "" {
		// SEDA 2.1 has no element for the agent of an event; platforms keep
		// JSON in this one.
		data, err := json.Marshal(struct {
			Agent string `json:"agent"`
		}{e.Agent})
		if err == nil {
			m.element("EventDetailData", string(data))
		}
	}
	m.End()
}
