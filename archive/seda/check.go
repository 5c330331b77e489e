package seda

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/seda1"
	"github.com/liasse/liasse/archive/seda/internal/seda2"
	"github.com/liasse/liasse/archive/seda/internal/vitam"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// Target is whose rules a message must follow beyond the standard.
type Target string

// Targets. Standard asks for what the schemas ask; what only a platform
// refuses is then a warning. Asalae judges a transfer by the schema, the
// agreement and the files; what only Vitam asks for does not concern it.
const (
	Standard Target = ""
	Vitam    Target = "vitam"
	Asalae   Target = "asalae"
)

// Check adds to the report what would make the message invalid, or refused by
// the target, although [archive.Check] is content.
func Check(p *archive.Package, opt Options, r *report.Report) {
	opt.Version = cmp.Or(opt.Version, V21)
	c := newChecker(opt, r)
	c.where = report.Location{Path: "header"}
	h := &p.Header
	for field, v := range headerTexts(h) {
		c.characters(field, v)
	}
	c.asked(h)
	if opt.Version.Early() {
		c.early(p, true)
	} else {
		c.losses(p, opt)
	}
	for o := range p.Objects() {
		c.objectTexts(o)
	}
	if !opt.Version.Early() {
		c.demands(p, opt)
	}
	for u := range p.Walk() {
		c.unit(u)
	}
	if opt.Version.Early() {
		return
	}
	c.where = report.Location{Path: "package"}
	c.rules(p.Rules, p.Regimes, p.Extras)
}

func headerTexts(h *archive.Header) func(yield func(string, string) bool) {
	return func(yield func(string, string) bool) {
		for _, v := range h.Comments {
			if !yield("Comment", v) {
				return
			}
		}
		for _, v := range h.Related {
			if !yield("RelatedTransferReference", v) {
				return
			}
		}
		for _, v := range h.CodeLists {
			if !yield("CodeListVersions", v) {
				return
			}
		}
		for _, f := range [...][2]string{
			{"MessageIdentifier", h.MessageID}, {"ArchivalAgreement", h.Agreement}, {"ArchivalProfile", h.Profile},
			{"ServiceLevel", h.ServiceLevel}, {"AcquisitionInformation", h.Acquisition},
			{"OriginatingAgencyIdentifier", h.OriginatingAgency}, {"SubmissionAgencyIdentifier", h.SubmissionAgency},
			{"ArchivalAgency", h.ArchivalAgency.ID}, {"ArchivalAgency", h.ArchivalAgency.Name},
			{"TransferringAgency", h.TransferringAgency.ID}, {"TransferringAgency", h.TransferringAgency.Name},
		} {
			if !yield(f[0], f[1]) {
				return
			}
		}
	}
}

type checker struct {
	report   *report.Report
	platform report.Severity // of what only Vitam refuses
	loss     report.Severity // of what the version cannot hold
	version  Version
	where    report.Location
	total    int // characters of the unit
}

func newChecker(opt Options, r *report.Report) checker {
	c := checker{report: r, platform: report.Warning, loss: report.Error, version: opt.Version}
	if opt.Target == Vitam {
		c.platform = report.Error
	}
	if opt.Lossy {
		c.loss = report.Warning
	}
	return c
}

// asked is what no schema asks for and Vitam answers KO without
// (CHECK_AGENT.EMPTY_REQUIRED_FIELD): the originating agency. Version 2.0 has no
// element for that of a transfer, which only Vitam holds against it.
func (c *checker) asked(h *archive.Header) {
	if (c.version != V20 || c.platform == report.Error) && strings.TrimSpace(h.OriginatingAgency) == "" {
		c.report.AddAs(c.platform, archive.RuleHeader, c.where, report.Words("field", "service producteur", "originating agency"))
	}
}

func (c *checker) unit(u *archive.Unit) {
	c.where, c.total = report.Location{Path: "unit[" + u.ID + "]"}, 0
	for field, v := range unitTexts(u) {
		c.text(field, v)
	}
	if c.total > vitam.MaxUnit {
		c.report.AddAs(c.platform, RuleUnitLong, c.where, report.Int("got", c.total), report.Int("max", vitam.MaxUnit))
	}
	for _, l := range u.Languages {
		if !validLanguage(l) {
			c.report.Add(RuleLanguage, c.where, report.P("value", l))
		}
	}
	for _, k := range u.Keywords {
		if k.Kind != "" && !seda2.KeywordKinds[k.Kind] {
			c.report.Add(RuleKeyword, c.where, report.P("value", k.Kind))
		}
	}
	if c.version.Early() { // the losses say it
		return
	}
	for _, e := range u.Events {
		if e.Time.IsZero() {
			c.report.Add(RuleEventTime, c.where)
		}
	}
	for _, a := range seda2.LostAgents(u.Agents) {
		c.report.Add(RuleAgent, c.where, report.P("role", string(a.Role)))
	}
	c.rules(u.Rules, u.Regimes, u.Extras)
}

func (c *checker) rules(rules []ged.Rule, regimes []archive.Regime, extras []archive.Extra) {
	retained := false
	for _, r := range rules {
		c.characters("Rule", r.Code)
		if y := r.Start.Year; !r.Start.IsZero() && (y < 1 || y > 8999) {
			c.report.Add(RuleDateRange, c.where, report.P("code", r.Code))
		}
		switch r.Category {
		case ged.Conservation:
			retained = true
		case ged.Communicabilite, ged.Diffusion, ged.Reutilisation, ged.GelDeConservation:
		case ged.UtiliteCourante:
			if archive.RegimeOf(regimes, r.Category).Storage == "" {
				c.required("StorageRule/FinalAction")
			}
		default:
			// A classification has a level and an owner: only a message that was
			// read gives them.
			if r.Category != ged.SecretClassifie || !element.Has(extras, "ClassificationRule") {
				fr, en := r.Category.Words()
				c.report.Add(RuleCategory, c.where, report.P("code", r.Code), report.Named("category", string(r.Category), fr, en))
			}
		}
		if r.SortFinal == ged.Trier {
			c.report.Add(RuleSort, c.where, report.P("code", r.Code))
		}
	}
	for _, g := range regimes {
		says := g.Prevent || len(g.Except) > 0
		switch {
		case says && g.Category == ged.Conservation && !retained && g.SortFinal == "":
			c.required("AppraisalRule/FinalAction")
		case says && g.Category == ged.UtiliteCourante && g.Storage == "":
			c.required("StorageRule/FinalAction")
		}
	}
}

func (c *checker) required(element string) {
	c.report.Add(RuleRequired, c.where, report.P("element", element), report.P("version", string(c.version)))
}

// demands finds what the version requires and earlier or later ones do not.
func (c *checker) demands(p *archive.Package, opt Options) {
	for _, g := range p.Groups {
		if g == nil {
			continue
		}
		for _, o := range g.Objects {
			if o != nil {
				c.where = report.Location{Path: "object[" + o.ID + "]"}
				c.object(p, g, o, opt)
			}
		}
	}
	if c.version != V20 {
		return
	}
	for u := range p.Walk() {
		c.described(u)
	}
}

// described finds what version 2.0 wants of every unit.
func (c *checker) described(u *archive.Unit) {
	c.where = report.Location{Path: "unit[" + u.ID + "]"}
	if element.Blank(u.Title) && !element.Has(u.Extras, "Title") {
		c.required("Title")
	}
	if element.Blank(string(u.Level)) {
		c.required("DescriptionLevel")
	}
}

func (c *checker) object(p *archive.Package, g *archive.Group, o *archive.Object, opt Options) {
	need := func(name string, missing bool) {
		if missing && !element.Has(o.Extras, name) {
			c.required(name)
		}
	}
	digested := opt.Stored != nil || len(o.Digests) > 0
	if o.URI != "" || p.Origin != "" && element.Has(o.Extras, "Attachment") {
		need("MessageDigest", !digested)
	}
	if c.version != V20 {
		return
	}
	need("DataObjectVersion", g.ID != "" && o.Usage == "")
	if o.Physical {
		need("PhysicalId", element.Blank(o.PhysicalID))
		return
	}
	need("FormatIdentification", element.Blank(o.FormatName+o.MediaType+o.PUID))
	need("MessageDigest", o.URI == "" && o.Source == nil && !digested)
	need("Size", o.Size == 0 && (o.Source == nil || o.Source.Size() == 0))
}

// losses tells what the version cannot hold, part by part.
func (c *checker) losses(p *archive.Package, opt Options) {
	l := c.losing(p, opt)
	l.message()
	for _, g := range p.Groups {
		if g != nil {
			l.group(g)
		}
	}
	for u := range p.Walk() {
		l.unit(u)
	}
}

// losing looks for losses in one part after the other.
type losing struct {
	c   *checker
	m   *maker
	at  func(path string) // of the part that is looked at
	all bool
}

func (c *checker) losing(p *archive.Package, opt Options) *losing {
	opt.Stored = nil // what is stored is not known yet
	m := newMaker(p, opt, nil)
	at := func(path string) {
		where := report.Location{Path: path}
		m.lost = reportLoss(c.report, c.loss, where, c.version)
		m.converted = func(path, other string) {
			at := where
			at.Path += "/" + path
			c.report.Add(RuleConverted, at, report.P("element", path), report.P("other", other), report.P("version", string(c.version)))
		}
	}
	return &losing{c, m, at, c.version == V20 || p.Origin != ""}
}

func (l *losing) message() {
	m := l.m
	l.at("header")
	m.head()
	m.codeLists()
	m.tail()
	m.metadata()
	for _, in := range []string{"DataObjectPackage", "DescriptiveMetadata"} {
		m.extras(in, m.pkg.Extras)
	}
}

func (l *losing) group(g *archive.Group) {
	if len(g.Extras) > 0 {
		l.at("group[" + g.ID + "]")
		if l.c.version == V20 {
			l.m.lost("DataObjectGroup/LogBook")
		} else {
			l.m.extras("DataObjectGroup", g.Extras)
		}
	}
	for i, o := range g.Objects {
		if o != nil && (l.all || len(o.Extras) > 0) {
			l.at("object[" + o.ID + "]")
			l.m.object(g, i)
		}
	}
}

func (l *losing) unit(u *archive.Unit) {
	held := slices.ContainsFunc(u.Rules, func(r ged.Rule) bool { return r.Category == ged.GelDeConservation }) ||
		slices.ContainsFunc(u.Regimes, func(g archive.Regime) bool { return g.Category == ged.GelDeConservation })
	if l.all || held || len(u.Extras) > 0 {
		l.at("unit[" + u.ID + "]")
		if n := seda1.ProducersOf(u); l.m.pkg.Origin != "" && n > 1 { // there is room for one
			l.m.lost("ContentDescription/OriginatingAgency")
		}
		l.m.unitHead(u)
		l.m.management(u)
		l.m.content(u)
	}
}

// unitTexts yields every text of the unit's Content with the element it goes
// to.
func unitTexts(u *archive.Unit) func(yield func(string, string) bool) {
	return func(yield func(string, string) bool) {
		each := func(field string, values []string) bool {
			for _, v := range values {
				if !yield(field, v) {
					return false
				}
			}
			return true
		}
		ok := yield("Title", u.Title) && yield("Description", u.Description) && yield("DocumentType", u.Type) &&
			yield("Status", u.Status) && each("Tag", u.Tags) && each("CustodialHistoryItem", u.History) &&
			each("FilePlanPosition", u.FilePlan) && each("OriginatingSystemId", u.SystemIDs) &&
			each("OriginatingAgencyArchiveUnitIdentifier", u.OriginatingIDs) &&
			each("TransferringAgencyArchiveUnitIdentifier", u.TransferringIDs) &&
			each("ArchivalAgencyArchiveUnitIdentifier", u.ArchivalIDs)
		for _, k := range u.Keywords {
			ok = ok && each("Keyword", []string{k.Content, k.Reference, k.Scheme})
		}
		for _, a := range u.Agents {
			ok = ok && each("Agent", []string{a.Name, a.Identity(), a.Function})
		}
		for _, e := range u.Events {
			ok = ok && each("Event", []string{string(e.Type), e.Agent, string(e.Outcome), e.Code, e.Detail})
		}
		for _, l := range u.Links {
			ok = ok && yield("RelatedObjectReference", l.External)
		}
	}
}

// objectTexts looks at what the object says.
func (c *checker) objectTexts(o *archive.Object) {
	c.where = report.Location{Path: "object[" + o.ID + "]"}
	c.characters("Filename", o.Name)
	c.characters("MimeType", o.MediaType)
	c.characters("FormatId", o.PUID)
	c.characters("FormatLitteral", o.FormatName)
}

// characters finds what cannot be in an XML document at all.
func (c *checker) characters(field, v string) {
	if !utf8.ValidString(v) || strings.ContainsFunc(v, notXML) {
		c.report.Add(RuleTextChar, c.where, report.P("field", field))
	}
}

// notXML is the complement of production [2] of XML 1.0.
func notXML(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
}

func (c *checker) text(field, v string) {
	c.characters(field, v)
	n := utf8.RuneCountInString(v)
	c.total += n
	if n > vitam.MaxField {
		c.report.AddAs(c.platform, RuleTextLong, c.where, report.P("field", field), report.Int("got", n), report.Int("max", vitam.MaxField))
	}
	if strings.ContainsFunc(v, func(r rune) bool { return r >= 0x7F && r <= 0x9F }) {
		c.report.AddAs(c.platform, RuleTextControl, c.where, report.P("field", field))
	}
	if fr, en := vitam.Markup(v); fr != "" {
		c.report.AddAs(c.platform, RuleTextMarkup, c.where, report.P("field", field), report.Words("what", fr, en))
	}
}

// validLanguage is the pattern of xsd:language.
func validLanguage(s string) bool {
	for i, part := range strings.Split(s, "-") {
		if len(part) < 1 || len(part) > 8 {
			return false
		}
		for _, b := range []byte(part) {
			if letter := b|0x20 >= 'a' && b|0x20 <= 'z'; !letter && (i == 0 || b < '0' || b > '9') {
				return false
			}
		}
	}
	return true
}

// reportLoss returns a loss that adds findings, each path once.
func reportLoss(r *report.Report, severity report.Severity, where report.Location, version Version) element.Loss {
	seen := map[string]bool{}
	return func(path string) {
		if seen[path] {
			return
		}
		seen[path] = true
		at := where
		at.Path = strings.TrimSuffix(at.Path+"/"+path, "/")
		_, name, _ := strings.Cut(path, "/")
		if name == "" {
			name = path
		}
		r.AddAs(severity, RuleLost, at, report.P("element", name), report.P("version", string(version)))
	}
}
