package seda

import (
	"slices"
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
)

// teller hears what a version of the first family makes of a package.
type teller interface {
	// at says which part of the package what comes next is about.
	at(path string)
	// lost is what the version cannot hold, and minor what says little of the
	// records.
	lost(path string)
	minor(path string)
	converted(path, other string)
	// assumed is written by default, required demanded and not found.
	assumed(path, value string)
	required(element string)
	// sorted is a rule whose records are to be sorted, misdated one whose start no
	// platform takes.
	sorted(code string)
	misdated(code string)
}

// review tells what a version of the first family cannot hold, and what it
// demands and does not find.
type review struct {
	*earlyMaker
	teller
}

// reviewEarly reviews a package, the header of a transfer included if header
// is true.
func reviewEarly(p *archive.Package, v Version, t teller, header bool) {
	m := newEarlyMaker(p, v, nil) // what is stored is not known yet
	m.lost, m.minor, m.converted, m.assumed = t.lost, t.minor, t.converted, t.assumed
	c := review{m, t}
	at := t.at
	if header {
		at("header")
		c.earlyHeader(m)
	}
	reached := map[*archive.Group]bool{}
	m.visit(visitor{
		stop: func() bool { return false }, close: func() {},
		open: func(u *archive.Unit, pl *place) {
			at("unit[" + u.ID + "]")
			c.earlyUnit(m, u, pl)
			c.earlyGroups(m, u, reached, at)
		},
		file: func(u *archive.Unit, o *archive.Object, pl *place) {
			at("object[" + o.ID + "]")
			m.own(u, o, pl)
			c.earlyObject(m, o)
		},
		item: func(u *archive.Unit) {
			at("unit[" + u.ID + "]")
			m.item(u)
			reached[u.Groups[0]] = true
			c.extrasLost(m, u.Extras, inDocument)
			at("object[" + u.Groups[0].Objects[0].ID + "]")
			c.earlyObject(m, u.Groups[0].Objects[0])
		},
		again: func(u *archive.Unit) {
			at("unit[" + u.ID + "]")
			m.lost("ArchiveUnit/ArchiveUnitRefId")
		},
		shared: func(u *archive.Unit) {
			at("unit[" + u.ID + "]")
			m.lost("ArchiveUnit/DataObjectReference")
		},
	})
	for _, g := range p.Groups {
		if g != nil && !reached[g] {
			at("group[" + g.ID + "]")
			m.lost("DataObjectGroup")
			for _, o := range g.Objects {
				if o != nil {
					at("object[" + o.ID + "]")
					m.lost(objectPart(o).name)
				}
			}
		}
	}
}

func (c review) earlyHeader(m *earlyMaker) {
	p := m.pkg
	h := &p.Header
	m.messageHead()
	m.messageTail()
	for _, d := range [...][2]string{
		{"TransferIdentifier", h.MessageID}, {"ArchivalAgency/Identification", h.ArchivalAgency.ID}, {"TransferringAgency/Identification", h.TransferringAgency.ID},
	} {
		if name, _, _ := strings.Cut(d[0], "/"); blank(d[1]) && !has(p.Extras, name) {
			c.required(d[0])
		}
	}
	if h.Date.IsZero() && !has(p.Extras, "Date") {
		c.required("Date")
	}
	if len(p.Units) == 0 {
		c.required(m.top)
	}
	if m.version == V02 && len(h.Comments) > 1 {
		m.converted("Comment", "Comment")
	}
	if !blank(h.Acquisition) {
		m.lost("ManagementMetadata/AcquisitionInformation")
	}
	if h.LegalStatus != "" { // what the first family is for is understood
		lost := m.lost
		if h.LegalStatus == archive.ArchivesPubliques {
			lost = m.minor
		}
		lost("ManagementMetadata/LegalStatus")
	}
	if id := h.SubmissionAgency; !blank(id) {
		lost := m.lost
		if id == h.OriginatingAgency || id == h.TransferringAgency.ID {
			lost = m.minor
		}
		lost("ManagementMetadata/SubmissionAgencyIdentifier")
	}
	if len(p.Units) > 0 && !blank(h.OriginatingAgency) {
		if a := firstAgent(p.Units[0].Agents, ged.Producer); a != nil && a.Identity() != h.OriginatingAgency {
			m.lost("ManagementMetadata/OriginatingAgencyIdentifier")
		}
	}
	if len(h.CodeLists) > 0 {
		m.minor("CodeListVersions")
	}
	for _, r := range p.Rules {
		if r.Category != ged.Conservation && r.Category != ged.Communicabilite {
			m.lost("ManagementMetadata/" + earlyRuleNames[r.Category])
			continue
		}
		if r.Category == ged.Communicabilite && !isAccessCode(r.Code) {
			m.lost("ManagementMetadata/" + earlyRuleNames[r.Category])
		}
		for _, u := range p.Units {
			if u != nil && (firstRule(u.Rules, r.Category) != nil || archive.RegimeOf(u.Regimes, r.Category).Prevent) {
				m.lost("ManagementMetadata/" + earlyRuleNames[r.Category]) // the nearest counts
			}
		}
	}
	for _, g := range p.Regimes {
		m.lost("ManagementMetadata/" + earlyRuleNames[g.Category])
	}
	c.extrasLost(m, p.Extras, inMessage, inArchive)
}

// extrasLost reports the extras of the second family that no part given takes.
func (c review) extrasLost(m *earlyMaker, extras []archive.Extra, ins ...string) {
	for _, x := range extras {
		if earlyExtra(x) || x.In == inMessage && extraVersion(x) == "" || x.Name == "DataObjectVersion" && x.Detail || x.In == binaryObject.name && x.Name == "Attachment" {
			continue
		}
		if !slices.ContainsFunc(ins, func(in string) bool { return m.row(in, x) != nil }) {
			lost := m.lost
			if x.In == "CodeListVersions" {
				lost = m.minor
			}
			lost(x.In + "/" + x.Name)
		}
	}
}

func (c review) earlyUnit(m *earlyMaker, u *archive.Unit, p *place) {
	nodes := m.unit(u, p)
	part := inObject
	if p.top {
		part = inArchive
	}
	ins := []string{part, inContent}
	if files(u) > 0 {
		ins = append(ins, inDocument)
	}
	c.extrasLost(m, u.Extras, ins...)
	for _, f := range []struct {
		name string
		lost bool
	}{
		{"ArchiveUnitProfile", !blank(u.Profile)}, {"Content/DocumentType", !blank(u.Type)}, {"Content/Tag", len(u.Tags) > 0},
		{"Content/Status", !blank(u.Status) && !m.file(u, p)}, {"Content/Event", len(u.Events) > 0},
		{"Content/TransactedDate", !u.Dates.Transacted.IsZero()}, {"Content/AcquiredDate", !u.Dates.Acquired.IsZero()},
		{"Content/RegisteredDate", !u.Dates.Registered.IsZero()},
		{"Content/CreatedDate", unplaced(u.Dates.Created, m.file(u, p))}, {"Content/ReceivedDate", unplaced(u.Dates.Received, m.file(u, p))},
		{"Content/SentDate", unplaced(u.Dates.Sent, m.file(u, p))},
		{"Content/ArchivalAgencyArchiveUnitIdentifier", len(u.ArchivalIDs) > 1},
		{"Content/OriginatingAgencyArchiveUnitIdentifier", len(u.OriginatingIDs) > 1 || m.version == V02 && len(u.OriginatingIDs) > 0},
		{"Content/TransferringAgencyArchiveUnitIdentifier", len(u.TransferringIDs) > 1},
		{"Content/OriginatingSystemId", len(u.SystemIDs) > 1 || len(u.SystemIDs) == 1 && taken(m, u)},
	} {
		if f.lost {
			m.lost(f.name)
		}
	}
	for _, d := range []struct {
		name string
		when archive.When
	}{{"Content/StartDate", u.Dates.Start}, {"Content/EndDate", u.Dates.End}} {
		switch day := dayIn(d.when); {
		case d.when.IsZero():
		case day == "":
			m.lost(d.name)
		case d.when.String() != day:
			m.converted(d.name, "xsd:date")
		}
	}
	for i, l := range u.Languages {
		code := languageCode(l, m.version == V10)
		back := code
		if two := isoCode(code, 1, 0); m.version == V10 && two != "" {
			back = two
		}
		if back != l || slices.Contains(u.Languages[:i], l) {
			m.lost("Content/Language")
		}
	}
	for _, a := range u.Agents {
		if a.Role != ged.Producer || blank(a.Identity()) {
			m.lost("Content/" + agentElements[a.Role])
		}
	}
	if u.Level == archive.OtherLevel {
		m.converted("Content/DescriptionLevel", "DescriptionLevel")
	}
	if m.version == V02 && slices.ContainsFunc(u.Links, func(l archive.Link) bool { return l.Type != ged.Citant }) {
		m.converted("Content/RelatedObjectReference", "RelatedObjectReference")
	}
	for _, k := range u.Keywords {
		if k.Kind != "" && !keywordKinds[k.Kind] {
			m.lost("Content/Keyword/KeywordType")
		}
	}
	c.earlyRules(m, u, p)
	c.earlyDemands(m, nodes, p)
}

var agentElements = map[ged.Role]string{
	ged.Producer: "OriginatingAgency", ged.Submitter: "SubmissionAgency", ged.Author: "Writer", ged.Signatory: "Writer",
	ged.Authority: "Addressee", ged.Recipient: "Recipient", ged.Sender: "Sender", ged.Validator: "Validator",
}

// unplaced reports whether a date of the unit has no document to stand in, or
// is neither a day nor a moment.
func unplaced(w archive.When, file bool) bool {
	if w.IsZero() {
		return false
	}
	_, err := ged.ParseDateTime(w.Text)
	return !file || w.Text != "" && err != nil
}

// taken reports whether the place of the identifier of the system is.
func taken(m *earlyMaker, u *archive.Unit) bool {
	if m.version == V02 {
		return len(u.TransferringIDs) > 0
	}
	return len(u.OriginatingIDs) > 0
}

var earlyRuleNames = map[ged.RuleCategory]string{
	ged.Conservation: "AppraisalRule", ged.Communicabilite: "AccessRule", ged.Diffusion: "DisseminationRule", ged.Reutilisation: "ReuseRule",
	ged.UtiliteCourante: "StorageRule", ged.SecretClassifie: "ClassificationRule", ged.GelDeConservation: "HoldRule",
}

// earlyRules: the first family has one rule of retention and one of access in
// each place, and the nearest counts.
func (c review) earlyRules(m *earlyMaker, u *archive.Unit, p *place) {
	rules := m.rules(u, p.top)
	met := map[ged.RuleCategory]int{}
	for _, r := range rules {
		path := "Management/" + earlyRuleNames[r.Category]
		met[r.Category]++
		switch {
		case r.Category != ged.Conservation && r.Category != ged.Communicabilite, met[r.Category] > 1:
			m.lost(path)
		case r.Category == ged.Communicabilite:
			if !isAccessCode(r.Code) {
				m.lost(path)
			}
		default:
			if appraisalPrefix+strings.TrimPrefix(appraisalDuration(r), "P") != r.Code {
				m.converted(path+"/Rule", "Duration")
			}
			if r.SortFinal == ged.Trier {
				c.sorted(r.Code)
			}
		}
		if y := r.Start.Year; !r.Start.IsZero() && (y < 1 || y > 8999) {
			c.misdated(r.Code)
		}
	}
	_, implied := p.above.below(rules)
	for _, g := range u.Regimes {
		path := "Management/" + earlyRuleNames[g.Category]
		said := archive.RegimeOf(implied, g.Category).Prevent
		switch {
		case len(g.Except) > 0:
			m.lost(path + "/RefNonRuleId")
		case g.Prevent && met[g.Category] == 0:
			m.lost(path + "/PreventInheritance")
		case g.Prevent && !said:
			m.minor(path + "/PreventInheritance")
		}
		if g.SortFinal != "" && met[ged.Conservation] == 0 || g.Storage != "" {
			m.lost(path + "/FinalAction")
		}
	}
	for _, g := range implied {
		if !archive.RegimeOf(u.Regimes, g.Category).Prevent {
			m.converted("Management/"+earlyRuleNames[g.Category], "PreventInheritance")
		}
	}
}

// earlyDemands finds what the schema wants among the elements made.
func (c review) earlyDemands(m *earlyMaker, nodes []*node, p *place) {
	find := func(in []*node, name string) *node {
		for _, n := range in {
			if n.is(name) {
				return n
			}
		}
		return nil
	}
	need := func(in []*node, names ...string) {
		for _, name := range names {
			if n := find(in, name); n == nil || len(n.items) == 0 {
				c.required(name)
			}
		}
	}
	inside := func(n *node) (out []*node) {
		for ch := range n.children {
			out = append(out, ch)
		}
		return out
	}
	need(nodes, "Name")
	content := find(nodes, inContent)
	if m.version == V02 {
		need(nodes, "DescriptionLevel")
	} else if content != nil {
		need(inside(content), "DescriptionLevel")
	}
	appraisal, access := "AppraisalRule", "AccessRestrictionRule"
	if m.version == V02 {
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

func (c review) earlyGroups(m *earlyMaker, u *archive.Unit, reached map[*archive.Group]bool, at func(string)) {
	total := files(u)
	for _, g := range u.Groups {
		if g == nil {
			continue
		}
		reached[g] = true
		at("group[" + g.ID + "]")
		if total > 1 {
			m.converted("DataObjectGroup", inDocument)
		}
		for _, x := range g.Extras {
			m.lost(x.In + "/" + x.Name)
		}
		for _, o := range g.Objects {
			if o != nil && o.Physical {
				at("object[" + o.ID + "]")
				m.lost("PhysicalDataObject")
			}
		}
	}
}

func (c review) earlyObject(m *earlyMaker, o *archive.Object) {
	c.extrasLost(m, o.Extras, inDocument)
	for _, f := range []struct {
		name string
		lost bool
	}{
		{"DataObjectVersion", o.Usage != "" && o.Usage != archive.BinaryMaster || o.Version > 1},
		{"FormatIdentification/FormatLitteral", !blank(o.FormatName)},
		{"FileInfo/LastModified", !o.Modified.IsZero()},
		{"FileInfo/Filename", o.URI != "" && !blank(o.Name) && o.Name != fileName(o.URI)},
	} {
		if f.lost {
			m.lost(f.name)
		}
	}
	if o.PUID != "" && !listed(o.PUID, m.puids) && !has(o.Extras, "Attachment") {
		m.minor("FormatIdentification/FormatId")
	}
	if o.MediaType != "" && !mediaTypes[o.MediaType] && !has(o.Extras, "Attachment") {
		m.minor("FormatIdentification/MimeType")
	}
	if m.version == V02 && o.Size > 0 {
		m.minor("Size")
	}
	if m.version == V02 && len(o.Digests) > 0 && blank(o.URI+o.Name) {
		m.lost("MessageDigest")
	}
	if len(o.Digests) > 1 {
		m.minor("MessageDigest")
	}
}
