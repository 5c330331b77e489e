package seda1

import (
	"slices"
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/seda2"
	"github.com/liasse/liasse/ged"
)

// Teller hears what a version of the first family makes of a package.
type Teller interface {
	// At says which part of the package what comes next is about.
	At(path string)
	// Lost hears of what the version cannot hold, and Minor of what is not
	// written either and says little of the records.
	Lost(path string)
	Minor(path string)
	// Converted hears of what becomes another element.
	Converted(path, other string)
	// Assumed hears of what is written by default, and Required of what is
	// demanded and not there.
	Assumed(path, value string)
	Required(element string)
	// Sorted hears of a rule whose records are to be sorted, and Misdated of one
	// whose start no platform takes.
	Sorted(code string)
	Misdated(code string)
}

// reviewer tells what a version of the first family cannot hold, and what it
// demands and does not find.
type reviewer struct {
	*Maker
	Teller
	reached map[*archive.Group]bool // groups a unit names
}

// Review tells what the version cannot hold of the package, and what it demands
// and does not find; header says whether the header of a transfer goes with it.
func Review(p *archive.Package, v element.Version, t Teller, header bool) {
	m := NewMaker(p, v, nil) // what is stored is not known yet
	m.lost, m.minor, m.converted, m.assumed = t.Lost, t.Minor, t.Converted, t.Assumed
	c := reviewer{m, t, map[*archive.Group]bool{}}
	if header {
		c.At("header")
		c.header()
	}
	m.visit(visitor{
		stop: func() bool { return false }, close: func() {},
		open: func(u *archive.Unit, pl *place) {
			c.At("unit[" + u.ID + "]")
			c.unitAt(u, pl)
			c.groupsOf(u)
		},
		file: func(u *archive.Unit, o *archive.Object, pl *place) {
			c.At("object[" + o.ID + "]")
			m.own(u, o, pl)
			c.objectOf(o)
		},
		item: func(u *archive.Unit) {
			c.At("unit[" + u.ID + "]")
			m.item(u)
			c.reached[u.Groups[0]] = true
			c.extrasLost(u.Extras, inDocument)
			c.At("object[" + u.Groups[0].Objects[0].ID + "]")
			c.objectOf(u.Groups[0].Objects[0])
		},
		again: func(u *archive.Unit) {
			c.At("unit[" + u.ID + "]")
			c.Lost("ArchiveUnit/ArchiveUnitRefId")
		},
		shared: func(u *archive.Unit) {
			c.At("unit[" + u.ID + "]")
			c.Lost("ArchiveUnit/DataObjectReference")
		},
	})
	for _, g := range p.Groups {
		if g != nil && !c.reached[g] {
			c.At("group[" + g.ID + "]")
			c.Lost("DataObjectGroup")
			for _, o := range g.Objects {
				if o != nil {
					c.At("object[" + o.ID + "]")
					c.Lost(seda2.ObjectPart(o).Name)
				}
			}
		}
	}
}

func (c reviewer) header() {
	p := c.pkg
	h := &p.Header
	c.messageHead()
	c.messageTail()
	for _, d := range [...][2]string{
		{"TransferIdentifier", h.MessageID}, {"ArchivalAgency/Identification", h.ArchivalAgency.ID}, {"TransferringAgency/Identification", h.TransferringAgency.ID},
	} {
		if name, _, _ := strings.Cut(d[0], "/"); element.Blank(d[1]) && !element.Has(p.Extras, name) {
			c.Required(d[0])
		}
	}
	if h.Date.IsZero() && !element.Has(p.Extras, "Date") {
		c.Required("Date")
	}
	if len(p.Units) == 0 {
		c.Required(c.top)
	}
	if c.version == element.V02 && len(h.Comments) > 1 {
		c.Converted("Comment", "Comment")
	}
	if !element.Blank(h.Acquisition) {
		c.Lost("ManagementMetadata/AcquisitionInformation")
	}
	if h.LegalStatus != "" { // what the first family is for is understood
		lost := c.Lost
		if h.LegalStatus == archive.ArchivesPubliques {
			lost = c.Minor
		}
		lost("ManagementMetadata/LegalStatus")
	}
	if id := h.SubmissionAgency; !element.Blank(id) {
		lost := c.Lost
		if id == h.OriginatingAgency || id == h.TransferringAgency.ID {
			lost = c.Minor
		}
		lost("ManagementMetadata/SubmissionAgencyIdentifier")
	}
	if len(p.Units) > 0 && p.Units[0] != nil && !element.Blank(h.OriginatingAgency) {
		if a := firstAgent(p.Units[0].Agents, ged.Producer); a != nil && a.Identity() != h.OriginatingAgency {
			c.Lost("ManagementMetadata/OriginatingAgencyIdentifier")
		}
	}
	if len(h.CodeLists) > 0 {
		c.Minor("CodeListVersions")
	}
	for _, r := range p.Rules {
		if r.Category != ged.Conservation && r.Category != ged.Communicabilite {
			c.Lost("ManagementMetadata/" + ruleNames[r.Category])
			continue
		}
		if r.Category == ged.Communicabilite && !isAccessCode(r.Code) {
			c.Lost("ManagementMetadata/" + ruleNames[r.Category])
		}
		for _, u := range p.Units {
			if u != nil && (firstRule(u.Rules, r.Category) != nil || archive.RegimeOf(u.Regimes, r.Category).Prevent) {
				c.Lost("ManagementMetadata/" + ruleNames[r.Category]) // the nearest counts
			}
		}
	}
	for _, g := range p.Regimes {
		c.Lost("ManagementMetadata/" + ruleNames[g.Category])
	}
	c.extrasLost(p.Extras, InMessage, inArchive)
}

// extrasLost reports the extras of the second family that no part given takes.
func (c reviewer) extrasLost(extras []archive.Extra, ins ...string) {
	for _, x := range extras {
		if isExtra(x) || x.In == InMessage && extraVersion(x) == "" || x.Name == "DataObjectVersion" && x.Detail || x.In == seda2.BinaryObject.Name && x.Name == "Attachment" {
			continue
		}
		if !slices.ContainsFunc(ins, func(in string) bool { return c.row(in, x) != nil }) {
			lost := c.Lost
			if x.In == "CodeListVersions" {
				lost = c.Minor
			}
			lost(x.In + "/" + x.Name)
		}
	}
}

func (c reviewer) unitAt(u *archive.Unit, p *place) {
	nodes := c.unit(u, p)
	part := inObject
	if p.top {
		part = inArchive
	}
	ins := []string{part, inContent}
	if files(u) > 0 {
		ins = append(ins, inDocument)
	}
	c.extrasLost(u.Extras, ins...)
	for _, f := range []struct {
		name string
		lost bool
	}{
		{"ArchiveUnitProfile", !element.Blank(u.Profile)}, {"Content/DocumentType", !element.Blank(u.Type)}, {"Content/Tag", len(u.Tags) > 0},
		{"Content/Status", !element.Blank(u.Status) && !c.file(u, p)}, {"Content/Event", len(u.Events) > 0},
		{"Content/TransactedDate", !u.Dates.Transacted.IsZero()}, {"Content/AcquiredDate", !u.Dates.Acquired.IsZero()},
		{"Content/RegisteredDate", !u.Dates.Registered.IsZero()},
		{"Content/CreatedDate", unplaced(u.Dates.Created, c.file(u, p))}, {"Content/ReceivedDate", unplaced(u.Dates.Received, c.file(u, p))},
		{"Content/SentDate", unplaced(u.Dates.Sent, c.file(u, p))},
		{"Content/ArchivalAgencyArchiveUnitIdentifier", len(u.ArchivalIDs) > 1},
		{"Content/OriginatingAgencyArchiveUnitIdentifier", len(u.OriginatingIDs) > 1 || c.version == element.V02 && len(u.OriginatingIDs) > 0},
		{"Content/TransferringAgencyArchiveUnitIdentifier", len(u.TransferringIDs) > 1},
		{"Content/OriginatingSystemId", len(u.SystemIDs) > 1 || len(u.SystemIDs) == 1 && c.taken(u)},
	} {
		if f.lost {
			c.Lost(f.name)
		}
	}
	for _, d := range []struct {
		name string
		when archive.When
	}{{"Content/StartDate", u.Dates.Start}, {"Content/EndDate", u.Dates.End}} {
		switch day := dayIn(d.when); {
		case d.when.IsZero():
		case day == "":
			c.Lost(d.name)
		case d.when.String() != day:
			c.Converted(d.name, "xsd:date")
		}
	}
	for i, l := range u.Languages {
		code := languageCode(l, c.version == element.V10)
		back := code
		if two := isoCode(code, 1, 0); c.version == element.V10 && two != "" {
			back = two
		}
		if back != l || slices.Contains(u.Languages[:i], l) {
			c.Lost("Content/Language")
		}
	}
	for _, a := range u.Agents {
		if a.Role != ged.Producer || element.Blank(a.Identity()) {
			c.Lost("Content/" + agentElements[a.Role])
		}
	}
	if u.Level == archive.OtherLevel {
		c.Converted("Content/DescriptionLevel", "DescriptionLevel")
	}
	if c.version == element.V02 && slices.ContainsFunc(u.Links, func(l archive.Link) bool { return l.Type != ged.Citant }) {
		c.Converted("Content/RelatedObjectReference", "RelatedObjectReference")
	}
	for _, k := range u.Keywords {
		if k.Kind != "" && !seda2.KeywordKinds[k.Kind] {
			c.Lost("Content/Keyword/KeywordType")
		}
	}
	c.rulesAt(u, p)
	c.demands(nodes, p)
}

var agentElements = map[ged.Role]string{
	ged.Producer: "OriginatingAgency", ged.Submitter: "SubmissionAgency", ged.Author: "Writer", ged.Signatory: "Writer",
	ged.Authority: "Addressee", ged.Recipient: "Recipient", ged.Sender: "Sender", ged.Validator: "Validator",
}

// unplaced reports whether a date of the unit has no document to stand in, or
// is neither a day nor a moment.
func unplaced(w archive.When, file bool) bool {
	return !w.IsZero() && (!file || w.Date().IsZero())
}

// taken reports whether the place of the identifier of the system is.
func (m *Maker) taken(u *archive.Unit) bool {
	if m.version == element.V02 {
		return len(u.TransferringIDs) > 0
	}
	return len(u.OriginatingIDs) > 0
}

var ruleNames = map[ged.RuleCategory]string{
	ged.Conservation: "AppraisalRule", ged.Communicabilite: "AccessRule", ged.Diffusion: "DisseminationRule", ged.Reutilisation: "ReuseRule",
	ged.UtiliteCourante: "StorageRule", ged.SecretClassifie: "ClassificationRule", ged.GelDeConservation: "HoldRule",
}

// earlyRules: the first family has one rule of retention and one of access in
// each place, and the nearest counts.
func (c reviewer) rulesAt(u *archive.Unit, p *place) {
	rules := c.rules(u, p.top)
	met := map[ged.RuleCategory]int{}
	for _, r := range rules {
		path := "Management/" + ruleNames[r.Category]
		met[r.Category]++
		switch {
		case r.Category != ged.Conservation && r.Category != ged.Communicabilite, met[r.Category] > 1:
			c.Lost(path)
		case r.Category == ged.Communicabilite:
			if !isAccessCode(r.Code) {
				c.Lost(path)
			}
		default:
			if appraisalPrefix+strings.TrimPrefix(appraisalDuration(r), "P") != r.Code {
				c.Converted(path+"/Rule", "Duration")
			}
			if r.SortFinal == ged.Trier {
				c.Sorted(r.Code)
			}
		}
		if y := r.Start.Year; !r.Start.IsZero() && (y < 1 || y > 8999) {
			c.Misdated(r.Code)
		}
	}
	_, implied := p.above.below(rules)
	for _, g := range u.Regimes {
		path := "Management/" + ruleNames[g.Category]
		said := archive.RegimeOf(implied, g.Category).Prevent
		switch {
		case len(g.Except) > 0:
			c.Lost(path + "/RefNonRuleId")
		case g.Prevent && met[g.Category] == 0:
			c.Lost(path + "/PreventInheritance")
		case g.Prevent && !said:
			c.Minor(path + "/PreventInheritance")
		}
		if g.SortFinal != "" && met[ged.Conservation] == 0 || g.Storage != "" {
			c.Lost(path + "/FinalAction")
		}
	}
	for _, g := range implied {
		if !archive.RegimeOf(u.Regimes, g.Category).Prevent {
			c.Converted("Management/"+ruleNames[g.Category], "PreventInheritance")
		}
	}
}

// demands finds what the schema wants among the elements made.
func (c reviewer) demands(nodes []*element.Node, p *place) {
	find := func(in []*element.Node, name string) *element.Node {
		for _, n := range in {
			if n.Is(name) {
				return n
			}
		}
		return nil
	}
	need := func(in []*element.Node, names ...string) {
		for _, name := range names {
			if n := find(in, name); n == nil || len(n.Items) == 0 {
				c.Required(name)
			}
		}
	}
	inside := func(n *element.Node) (out []*element.Node) {
		for ch := range n.Children {
			out = append(out, ch)
		}
		return out
	}
	need(nodes, "Name")
	content := find(nodes, inContent)
	if c.version == element.V02 {
		need(nodes, "DescriptionLevel")
	} else if content != nil {
		need(inside(content), "DescriptionLevel")
	}
	appraisal, access := "AppraisalRule", "AccessRestrictionRule"
	if c.version == element.V02 {
		appraisal, access = "Appraisal", "AccessRestriction"
	} else if p.top {
		need(nodes, access)
	}
	if n := find(nodes, appraisal); n != nil {
		need(inside(n), "Duration", "StartDate")
	}
	if n := find(nodes, access); n != nil {
		need(inside(n), "StartDate")
	}
}

func (c reviewer) groupsOf(u *archive.Unit) {
	total := files(u)
	for _, g := range u.Groups {
		if g == nil {
			continue
		}
		c.reached[g] = true
		c.At("group[" + g.ID + "]")
		if total > 1 {
			c.Converted("DataObjectGroup", inDocument)
		}
		for _, x := range g.Extras {
			c.Lost(x.In + "/" + x.Name)
		}
		for _, o := range g.Objects {
			if o != nil && o.Physical {
				c.At("object[" + o.ID + "]")
				c.Lost("PhysicalDataObject")
			}
		}
	}
}

func (c reviewer) objectOf(o *archive.Object) {
	c.extrasLost(o.Extras, inDocument)
	for _, f := range []struct {
		name string
		lost bool
	}{
		{"DataObjectVersion", o.Usage != "" && o.Usage != archive.BinaryMaster || o.Version > 1},
		{"FormatIdentification/FormatLitteral", !element.Blank(o.FormatName)},
		{"FileInfo/LastModified", !o.Modified.IsZero()},
		{"FileInfo/Filename", o.URI != "" && !element.Blank(o.Name) && o.Name != fileName(o.URI)},
	} {
		if f.lost {
			c.Lost(f.name)
		}
	}
	if o.PUID != "" && !listed(o.PUID, c.puids) && !element.Has(o.Extras, "Attachment") {
		c.Minor("FormatIdentification/FormatId")
	}
	if o.MediaType != "" && !mediaTypes[o.MediaType] && !element.Has(o.Extras, "Attachment") {
		c.Minor("FormatIdentification/MimeType")
	}
	if c.version == element.V02 && o.Size > 0 {
		c.Minor("Size")
	}
	if c.version == element.V02 && len(o.Digests) > 0 && element.Blank(o.URI+o.Name) {
		c.Lost("MessageDigest")
	}
	if len(o.Digests) > 1 {
		c.Minor("MessageDigest")
	}
}
