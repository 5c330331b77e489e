package archive

import (
	"slices"
	"strings"
	"unicode"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container/nameset"
)

// Check adds to the report whatever keeps the package from holding together in
// any format: identifiers, references, circles, contents, dates, rules. It
// reads no content.
func Check(p *Package, r *report.Report) {
	c := checker{pkg: p, report: r, groups: map[*Group]bool{}, met: map[*Unit]bool{}}
	c.header(&p.Header)
	c.allGroups()
	c.units()
	for _, g := range p.Groups {
		if g != nil && !c.groups[g] {
			r.Add(RuleGroupOrphan, at("group", g.ID), report.P("id", g.ID))
		}
	}
	c.rules(p.Rules, report.Location{Path: "package"}, report.Words("where", "l'ensemble du paquet", "the whole package"))
}

// maxDepth bounds the nesting of units: the readers of XML that platforms use
// stop at 256 elements.
const maxDepth = 200

type checker struct {
	pkg    *Package
	report *report.Report
	ids    nameset.Set
	groups map[*Group]bool // true once a unit names it
	met    map[*Unit]bool
	// Of a package that comes in parts: the groups there are, and those that a
	// unit names.
	held, named nameset.Set
	referred    int // how many there are that a unit names
}

func (c *checker) header(h *Header) {
	for _, f := range []struct {
		empty  bool
		fr, en string
	}{
		{strings.TrimSpace(h.MessageID) == "", "identifiant de message", "message identifier"},
		{h.Date.IsZero(), "date", "date"},
		{strings.TrimSpace(h.ArchivalAgency.ID) == "", "service d'archives", "archival agency"},
		{strings.TrimSpace(h.TransferringAgency.ID) == "", "service versant", "transferring agency"},
		{!h.LegalStatus.valid(), "statut juridique reconnu", "known legal status"},
	} {
		if f.empty {
			c.report.Add(RuleHeader, report.Location{Path: "header"}, report.Words("field", f.fr, f.en))
		}
	}
}

func (c *checker) id(kind, id string) {
	switch fresh := c.ids.Add(id); {
	case !validID(id):
		c.report.Add(RuleID, report.Location{Path: kind}, report.P("id", id))
	case !fresh:
		c.report.Add(RuleIDTwice, at(kind, id), report.P("id", id))
	}
}

// validID reports whether the identifier is an NCName of ASCII letters and
// digits, which every tool accepts, beginning with a letter: those beginning
// with _ are left to the writers of formats.
func validID(id string) bool {
	for i, b := range []byte(id) {
		letter := b|0x20 >= 'a' && b|0x20 <= 'z'
		if !letter && (i == 0 || (b < '0' || b > '9') && b != '-' && b != '.' && b != '_') {
			return false
		}
	}
	return id != ""
}

func (c *checker) allGroups() {
	for _, g := range c.pkg.Groups {
		if g == nil {
			continue
		}
		c.groups[g] = false
		c.group(g)
	}
}

// slot is the place an object has in its group.
type slot struct {
	usage   Usage
	version int
}

func (c *checker) group(g *Group) {
	if g.ID != "" || len(g.Objects) != 1 {
		c.id("group", g.ID)
	}
	if len(g.Objects) == 0 {
		c.report.Add(RuleGroupEmpty, at("group", g.ID), report.P("id", g.ID))
		return
	}
	if len(g.Objects) == 1 && g.Objects[0] != nil && usageOf(g.Objects[0]) == BinaryMaster && g.Objects[0].Version <= 1 {
		c.object(g.Objects[0]) // as nearly all are
		return
	}
	used := map[slot]bool{}
	for _, o := range g.Objects {
		if o == nil {
			continue
		}
		c.object(o)
		s := slot{usageOf(o), max(o.Version, 1)}
		if used[s] {
			c.report.Add(RuleUsageTwice, at("group", g.ID), report.P("id", g.ID), report.P("usage", string(o.Usage)))
		}
		used[s] = true
	}
	if used[slot{BinaryMaster, 1}] || used[slot{PhysicalMaster, 1}] {
		return
	}
	// The standard asks for no original, nor do all agreements.
	as, version := report.Warning, report.Words("usage", "BinaryMaster_1 ou PhysicalMaster_1", "BinaryMaster_1 or PhysicalMaster_1")
	for s := range used {
		if s.usage == BinaryMaster || s.usage == PhysicalMaster {
			as = report.Error
		}
	}
	c.report.AddAs(as, RuleMaster, at("group", g.ID), report.P("id", g.ID), version)
}

// usageOf is what an object is for: the original when it does not say.
func usageOf(o *Object) Usage {
	switch {
	case o.Usage != "":
		return o.Usage
	case o.Physical:
		return PhysicalMaster
	}
	return BinaryMaster
}

func (c *checker) object(o *Object) {
	c.id("object", o.ID)
	where, id := at("object", o.ID), report.P("id", o.ID)
	usage := usageOf(o)
	known := usage == Dissemination || usage == BinaryMaster || usage == Thumbnail || usage == TextContent
	if o.Physical {
		known = usage == Dissemination || usage == PhysicalMaster
	}
	if !known {
		c.report.Add(RuleUsage, where, id)
	}
	if o.Physical {
		if strings.TrimSpace(o.PhysicalID) == "" {
			c.report.Add(RulePhysicalID, where, id)
		}
		return
	}
	if strings.TrimSpace(o.Name) == "" {
		c.report.Add(RuleName, where, id)
	}
	for _, d := range o.Digests {
		if n := d.Algorithm.Size(); n == 0 || len(d.Value) != 2*n || strings.Trim(d.Value, "0123456789abcdef") != "" {
			c.report.Add(RuleDigest, where, id, report.P("algorithm", string(d.Algorithm)))
		} else if d.Algorithm.Weak() {
			c.report.Add(report.DigWeak, where, report.P("entry", o.ID), report.P("algorithm", string(d.Algorithm)))
		}
	}
	switch known := o.Size != 0 || len(o.Digests) > 0; {
	case o.Source == nil && o.URI != "": // it lies in the package the message came in
	case o.Source == nil:
		c.report.Add(RuleContent, where, id)
	case known && o.Size != o.Source.Size():
		c.report.Add(report.DigSize, where, report.P("entry", o.ID),
			report.Int("want", o.Size), report.Int("got", o.Source.Size()))
	}
}

func (c *checker) units() {
	if len(c.pkg.Units) == 0 {
		c.report.Add(RuleEmpty, report.Location{})
		return
	}
	for u, depth := range c.pkg.Walk() {
		c.met[u] = true
		c.unit(u)
		if depth == maxDepth {
			c.report.Add(RuleDepth, at("unit", u.ID), report.P("id", u.ID), report.Int("max", maxDepth))
		}
	}
	c.links()
	c.cycles()
}

// links runs after every unit has been met.
func (c *checker) links() {
	for u := range c.pkg.Walk() {
		for _, l := range u.Links {
			if l.Unit != nil && !c.met[l.Unit] {
				c.report.Add(RuleLink, at("unit", u.ID), report.P("id", u.ID))
			}
		}
	}
}

func (c *checker) unit(u *Unit) {
	c.id("unit", u.ID)
	where, id := at("unit", u.ID), report.P("id", u.ID)
	if strings.TrimFunc(u.Title, unicode.IsSpace) == "" {
		c.report.Add(RuleTitle, where, id)
	}
	if !u.Level.Valid() {
		c.report.Add(RuleLevel, where, id)
	}
	// A year or a month alone is no day, and may begin before the start.
	if s, e := u.Dates.Start.Date(), u.Dates.End.Date(); !s.IsZero() && !e.IsZero() && e.Before(s) {
		c.report.Add(RuleDateOrder, where, id, report.Date("start", s.String()), report.Date("end", e.String()))
	}
	distinct := 0
	for i, g := range u.Groups {
		if !c.refers(g) {
			c.report.Add(RuleGroupUnknown, where, id)
		} else if !slices.Contains(u.Groups[:i], g) {
			distinct++
		}
	}
	if distinct > 1 {
		c.report.Add(RuleGroups, where, id, report.Int("count", distinct))
	}
	if len(u.Rules) > 0 {
		c.rules(u.Rules, where, report.Words("where", "l'unité "+u.ID, "unit "+u.ID))
	}
}

// refers notes that a unit names the group, and reports whether there is one.
func (c *checker) refers(g *Group) bool {
	if g == nil {
		return false
	}
	if c.pkg == nil { // the groups went by
		id := groupID(g)
		held := c.held.Has(id)
		if held && c.named.Add(id) {
			c.referred++
		}
		return held
	}
	_, known := c.groups[g]
	if known {
		c.groups[g] = true
	}
	return known
}

func (c *checker) rules(rules []ged.Rule, where report.Location, whose report.Param) {
	keep, destroy := false, false
	for _, r := range rules {
		if strings.TrimSpace(r.Code) == "" {
			c.report.Add(RuleNoCode, where, categoryParam(r.Category))
		}
		code := report.P("code", r.Code)
		if r.Start.IsZero() && !r.Unlimited {
			c.report.Add(RuleNoStart, where, code)
		}
		if r.Category != ged.Conservation {
			continue
		}
		switch r.SortFinal {
		case ged.Conserver, ged.Trier:
			keep = true
		case ged.Detruire:
			destroy = true
			if r.Start.IsZero() {
				c.report.Add(RuleDestroy, where, code)
			} else if r.Uncertain {
				c.report.AddAs(report.Warning, RuleDestroy, where, code)
			}
		default:
			c.report.Add(RuleNoSort, where, code)
		}
	}
	if keep && destroy {
		c.report.Add(RuleSortConflict, where, whose)
	}
}

// cycles finds the units that stand below themselves, without recursion.
func (c *checker) cycles() {
	const open, done = 1, 2
	state := map[*Unit]int{}
	type frame struct {
		unit *Unit
		next int
	}
	for _, root := range c.pkg.Units {
		if root == nil || state[root] != 0 {
			continue
		}
		state[root] = open
		stack := []frame{{unit: root}}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.next == len(top.unit.Children) {
				state[top.unit] = done
				stack = stack[:len(stack)-1]
				continue
			}
			child := top.unit.Children[top.next]
			top.next++
			switch {
			case child == nil || state[child] == done:
			case state[child] == open:
				c.report.Add(RuleCycle, at("unit", child.ID), report.P("id", child.ID))
			default:
				state[child] = open
				stack = append(stack, frame{unit: child})
			}
		}
	}
}
